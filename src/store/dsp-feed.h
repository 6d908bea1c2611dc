/* dsp-feed.h: the server's change feed, results, sums and history chain
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The executor's only way to change synced tables. One DspFeed stands on the one writing connection, in its thread:
 *
 *   dsp_feed_begin(); for each command: judge it, dsp_feed_append() its edits (or not), dsp_feed_put_result(); dsp_feed_commit()
 *
 * Functions that take a DspDb read only, on any connection, the readers' too; run several of them between
 * dsp_db_begin_read() and dsp_db_commit() when they must agree with each other.
 *
 * Tables of the part "feed", server only (all ids 16-byte blobs, all times UTC microseconds, 0 or NULL: none):
 *   feed_state   (one INTEGER = 1, epoch, seq, digest, floor_seq, floor_digest, log_seq, log_digest)
 *   change       (seq, device, no, last, entity, id, version, op, scope_old, scope_new, user_name, kind, at, body, salt,
 *                 body_hash, digest)
 *   history      (the entity's columns, salt, body_hash, before_record, before_log, digest)
 *   device       (id, user_id, label, stable_no, seen_at, state); its last number is that of its newest result
 *   result       (device, no, cmd_hash, status, code, seq, at, reply)
 *   scope_sum    (scope, entity, n_rows, sum)
 *   user_state   (user_id, grants_ver)
 *   blob         (hash, bytes)
 * and for sign-in, which the server reads and writes with statements of its own:
 *   credential   (user_id PRIMARY KEY, hash TEXT, changed_at)
 *   token        (hash BLOB PRIMARY KEY, family BLOB, user_id, device, made_at, used_at, replaced_at, ended_at)
 *   one_time_key (hash BLOB PRIMARY KEY, user_id, made_at, until, used_at)
 */
#pragma once

#include "dsp-command.h"
#include "dsp-db.h"
#include "dsp-schema.h"

G_BEGIN_DECLS

#define DSP_DIGEST 32 /* bytes of a SHA-256 */

typedef struct _DspFeed DspFeed;

extern const DspSchemaPart dsp_schema_feed;

typedef struct {
  guint8 epoch[16];
  gint64 seq;                     /* of the newest change; 0: none yet */
  guint8 digest[DSP_DIGEST];      /* at seq */
  gint64 floor_seq;               /* changes up to this one were pruned */
  guint8 floor_digest[DSP_DIGEST];
  gint64 log_seq;                 /* entries in the history */
  guint8 log_digest[DSP_DIGEST];
} DspFeedState;

/* Whose command it is that the edits come from. Texts are borrowed during the call. */
typedef struct {
  DspId             device;
  gint64            no;
  const DspCommand *command;
  DspId             user_id;
  const char       *user_name;
  gint64            at_us;       /* the server's clock */
  gint64            given_at_us; /* the client's; 0: none */
  const char       *reason;      /* nullable */
  bool              no_history;  /* rows of a catalogue import: one dsp_feed_note() a file instead */
} DspFeedCommand;

typedef enum { DSP_FEED_PUT, DSP_FEED_DEL, DSP_FEED_LEAVE } DspFeedOp;

typedef struct {
  gint64      seq;
  bool        last;      /* no more of the same command follows */
  const char *entity;
  DspId       id;
  gint64      version;
  DspFeedOp   op;        /* LEAVE: it is no longer in these scopes; only entity and id count */
  DspId       scope;
  const char *by;        /* user name */
  const char *kind;      /* command */
  gint64      at_us;
  const char *body;      /* JSON; NULL but for PUT */
  gsize       body_length;
} DspChange;

/* Makes what is missing of the parts "entities" and "feed" (a new epoch with the latter), and reads the state. */
DspFeed *dsp_feed_open     (DspDb   *db,
                            GError **error);
void     dsp_feed_close    (DspFeed *feed); /* not the connection */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspFeed, dsp_feed_close)
DspDb   *dsp_feed_get_db   (DspFeed *feed);
/* The database was put back from a backup, or came from elsewhere: another epoch, and an entry of the history that names the
 * old one and its head. Not in a batch; nobody else has the database open. */
gboolean dsp_feed_new_epoch (DspFeed *feed, const char *user_name, gint64 now_us, GError **error);
/* As of now, in the middle of a batch too: "head" after the append. Borrowed. */
const DspFeedState *dsp_feed_get_state (DspFeed *feed);

/* A batch: one transaction. After FALSE from any function between, and from commit itself, call rollback: nothing of the
 * batch stays, neither on disk nor in the feed's memory. */
gboolean dsp_feed_begin    (DspFeed *feed,
                            GError **error);
gboolean dsp_feed_commit   (DspFeed *feed,
                            GError **error);
void     dsp_feed_rollback (DspFeed *feed);
/* Whether others wrote between the last batch and the open one: what was remembered of the tables counts no more. */
gboolean dsp_feed_others_wrote (DspFeed *feed);
/* One command of a batch that may still have to be undone alone; at most one at a time. */
gboolean dsp_feed_mark     (DspFeed *feed,
                            GError **error);
gboolean dsp_feed_keep     (DspFeed *feed,
                            GError **error);
void     dsp_feed_undo     (DspFeed *feed);

/* Stores the @edits of one accepted command: rows, changes (the last one says so), sums, history. Nothing for 0 edits.
 * @seq (nullable): that of the last change, unchanged state's seq for none. CONFLICT: the stored row is not the edit's "before". */
gboolean dsp_feed_append   (DspFeed              *feed,
                            const DspFeedCommand *command,
                            DspEdit *const       *edits,
                            guint                 n_edits,
                            gint64               *seq,
                            GError              **error);
/* The same with the edits of @work, in its order. */
gboolean dsp_feed_append_work (DspFeed              *feed,
                               const DspFeedCommand *command,
                               DspWork              *work,
                               gint64               *seq,
                               GError              **error);
/* A history entry that stands for many changes (an import of a file) or for an act without a record. @changes: JSON. */
gboolean dsp_feed_note     (DspFeed              *feed,
                            const DspFeedCommand *command,
                            const char           *entity,
                            const DspId          *record_id,
                            const DspId          *scope,
                            const char           *changes,
                            GError              **error);

/* ---- devices and results: exactly once ---- */
typedef struct {
  DspId  id, user_id;
  gint64 last_no;   /* highest number that was taken; in a batch: as of now */
  gint64 stable_no; /* highest number in a verified backup */
  gint64 seen_at;
  char   state[16]; /* "active", "quarantined", "ended" */
} DspDevice;

typedef struct {
  guint8 cmd_hash[DSP_DIGEST]; /* of the command as received: tells a repetition from a reused number */
  char  *status;               /* (owned) "applied", "merged", "rejected" */
  char  *code;                 /* (owned) (nullable) */
  gint64 seq;
  gint64 at_us;
  char  *reply;                /* (owned) (nullable): JSON, whatever the server wants to answer again */
} DspResult;
void     dsp_result_clear       (DspResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DspResult, dsp_result_clear)

gboolean dsp_feed_add_device    (DspFeed         *feed,  /* within a batch */
                                 const DspId     *id,
                                 const DspId     *user_id,
                                 const char      *label,
                                 gint64           now_us,
                                 GError         **error);
/* Its commands up to @no are in a backup that was found whole: no restore asks for them again. Never goes down. */
gboolean dsp_feed_set_stable    (DspFeed         *feed,  /* within a batch */
                                 const DspId     *id,
                                 gint64           no,
                                 GError         **error);
gboolean dsp_feed_set_device_state (DspFeed      *feed,  /* within a batch */
                                 const DspId     *id,
                                 const char      *state,
                                 GError         **error);
/* Within a batch it sees the numbers that the batch took already. */
DspStep  dsp_feed_get_device    (DspFeed         *feed,
                                 const DspId     *id,
                                 DspDevice       *device,
                                 GError         **error);
DspStep  dsp_feed_read_device   (DspDb           *db,
                                 const DspId     *id,
                                 DspDevice       *device,
                                 GError         **error);
DspStep  dsp_feed_get_result    (DspDb           *db,
                                 const DspId     *device,
                                 gint64           no,
                                 DspResult       *result, /* cleared before */
                                 GError         **error);
/* Stores it and takes the number: last_no becomes @no, which must be last_no + 1 (CONFLICT). */
gboolean dsp_feed_put_result    (DspFeed         *feed,
                                 const DspId     *device,
                                 gint64           no,
                                 const DspResult *result,
                                 GError         **error);

/* ---- reading ---- */
typedef gboolean (*DspChangeFunc) (const DspChange *change, gpointer user_data); /* FALSE: an error of the callee, stops */

gboolean dsp_feed_read_state    (DspDb           *db,
                                 DspFeedState    *state,
                                 GError         **error);
/* The digest after change @seq. DONE: pruned, or not there yet. */
DspStep  dsp_feed_digest_at     (DspDb           *db,
                                 gint64           seq,
                                 guint8           digest[DSP_DIGEST],
                                 GError         **error);
/* The changes after @after that a reader of @scopes (as for DspQuery) gets, of the @entities (nullable: all; else a set by number,
 * guint64, for each of the scopes), at most about @max_changes and @max_bytes of
 * bodies, cut only between commands. @cursor: go on after this seq (≥ @after, moves over what is not visible);
 * @more: there is more already. @head (nullable): the newest seq there is. NOT_FOUND: @after is under the floor. */
gboolean dsp_feed_read          (DspDb           *db,
                                 gint64           after,
                                 const GArray    *scopes,
                                 const GArray    *entities,
                                 guint            max_changes,
                                 gsize            max_bytes,
                                 DspChangeFunc    change,
                                 gpointer         user_data,
                                 gint64          *cursor,
                                 gint64          *head,
                                 gboolean        *more,
                                 GError         **error);

/* @sum: rows and their sum modulo 2^128, big endian. */
typedef gboolean (*DspSumFunc) (const DspId *scope, const char *entity, gint64 n_rows, const guint8 sum[16], gpointer user_data);
gboolean dsp_feed_read_sums     (DspDb           *db,
                                 const GArray    *scopes,
                                 const GArray    *entities,
                                 DspSumFunc       sum,
                                 gpointer         user_data,
                                 GError         **error);
/* What one row adds to its scope's sum, for the client that checks its own: first 16 bytes of SHA-256 over the entity's
 * name, a zero byte, id, and version as 8 bytes, big endian. */
void     dsp_sum_add            (guint8           sum[16],
                                 const char      *entity,
                                 const DspId     *id,
                                 gint64           version);
void     dsp_sum_remove         (guint8           sum[16],
                                 const char      *entity,
                                 const DspId     *id,
                                 gint64           version);

/* ---- grants: +1 on any change of what a user may see or do ---- */
gboolean dsp_feed_bump_grants   (DspFeed         *feed,
                                 const DspId     *user_id,
                                 GError         **error);
gboolean dsp_feed_grants_ver    (DspDb           *db,
                                 const DspId     *user_id,
                                 gint64          *grants_ver,
                                 GError         **error);

/* ---- blobs: geometry by the first 16 bytes of its SHA-256 ---- */
gboolean dsp_blob_put           (DspDb           *db,
                                 const DspId     *hash,
                                 GBytes          *bytes,
                                 GError         **error);
/* (transfer full) NULL: NOT_FOUND or another error. */
GBytes  *dsp_blob_get           (DspDb           *db,
                                 const DspId     *hash,
                                 GError         **error);
DspStep  dsp_blob_has           (DspDb           *db,
                                 const DspId     *hash,
                                 GError         **error);
/* The table alone, for the client's file. */
gboolean dsp_blob_create_table  (DspDb           *db,
                                 GError         **error);

/* ---- keeping ---- */
/* Drops changes older than @older_than_us, oldest first and never past @up_to (the lowest cursor in use), and results as
 * section 3 of the protocol says; at most about @limit rows, so that the batch stays short. Within a batch. */
gboolean dsp_feed_prune         (DspFeed         *feed,
                                 gint64           older_than_us,
                                 gint64           up_to,
                                 guint            limit,
                                 guint           *n_pruned,
                                 GError         **error);

/* What verify found wrong, and where. */
typedef void (*DspFindingFunc) (const char *what, gpointer user_data);

/* Walks the feed's and the history's chains, recounts the sums, and compares rows with their newest change. @n_findings 0:
 * whole. FALSE only when it could not read. Reads one snapshot; give it a reading connection. */
gboolean dsp_feed_verify        (DspDb           *db,
                                 DspFindingFunc   finding,
                                 gpointer         user_data,
                                 guint           *n_findings,
                                 GError         **error);

G_END_DECLS
