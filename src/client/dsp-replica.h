/* dsp-replica.h: the part of the office's data that one user sees, on this computer
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One SQLite file per (server, user): base tables (only what the server sent), overlay (what this user's waiting commands
 * make of it), outbox, cursor and identity. Screens read base + overlay and never wait for the network.
 *
 * Threads: a replica belongs to the thread that opened it and that thread's default main context at that time. All
 * functions are called there, all callbacks and signals come there. SQL runs in a worker thread that owns the writing
 * connection; slow reads in a second one. Nothing here waits for the disk in the owner's thread, except where it says so:
 * dsp_replica_get_order() may read one row (10-20 us), dsp_replica_open() and dsp_replica_close() do what they say.
 *
 * Signals (all RUN_LAST, no return value):
 *   changed (DspChanges *changes)  records changed, after the index and the caches know it. changes->reset: read everything again
 *   status-changed ()              dsp_replica_get_status() gives something else
 *   lookers-changed ()             somebody looks at an order that a window shows, or no longer
 *   order-ready ()                 the index is complete, or the column asked for is sorted now: ask again
 */
#pragma once

#include <gio/gio.h>

#include "dsp-client-error.h"
#include "dsp-command.h"
#include "dsp-order-index.h"

G_BEGIN_DECLS

#define DSP_TYPE_REPLICA (dsp_replica_get_type ())
G_DECLARE_FINAL_TYPE (DspReplica, dsp_replica, DSP, REPLICA, GObject)

/* ---- opening ---- */

/* The file of a user at a server, below @dir: (transfer full). */
char       *dsp_replica_path        (const char *dir, const char *server, const char *user_name);

typedef enum {
  DSP_REPLICA_NO_INDEX = 1 << 0, /* no order index: for tools that only give commands */
} DspReplicaFlags;

DspReplica *dsp_replica_open        (const char *path, DspReplicaFlags flags, GError **error);
void        dsp_replica_close       (DspReplica *self); /* ends the worker; waits for what was given to be on disk */
gboolean    dsp_replica_delete      (const char *path, GError **error); /* "forget": file, -wal, -shm, index */
bool        dsp_replica_was_salvaged (DspReplica *self); /* the file was damaged: outbox and identity were saved, base comes again */

/* Who this cache is of. Texts lent while the replica lives; NULL before the first sign-in. */
const char *dsp_replica_get_server      (DspReplica *self);
const char *dsp_replica_get_fingerprint (DspReplica *self); /* pinned; NULL: the system's authorities decide */
const char *dsp_replica_get_user_name   (DspReplica *self);
const char *dsp_replica_get_full_name   (DspReplica *self);
const DspActor *dsp_replica_get_actor   (DspReplica *self); /* what the user may; lent until "status-changed" */
gboolean    dsp_replica_has_data        (DspReplica *self); /* was a first synchronisation ever completed? */

/* Offline sign-in: against a local argon2id verifier, stored at each sign-in by password. DSP_CLIENT_ERROR_SIGN_IN if
 * wrong, NOT_FOUND if there is none. Takes 50-150 ms, in a thread. */
void        dsp_replica_check_password_async  (DspReplica *self, const char *password, GCancellable *cancellable,
                                               GAsyncReadyCallback callback, gpointer user_data);
gboolean    dsp_replica_check_password_finish (DspReplica *self, GAsyncResult *result, GError **error);

/* ---- status ---- */

typedef enum {
  DSP_LINK_STOPPED,     /* no synchronisation was started */
  DSP_LINK_CONNECTING,
  DSP_LINK_ONLINE,
  DSP_LINK_OFFLINE,     /* the server cannot be reached; tried again by itself */
  DSP_LINK_FIRST_SYNC,  /* the first copy is being fetched: progress says how much */
  DSP_LINK_SIGN_IN,     /* the token ended: sign in again. Nothing is lost */
  DSP_LINK_CERTIFICATE, /* the server shows another certificate */
  DSP_LINK_UPGRADE,     /* the server wants a newer program; commands are kept */
  DSP_LINK_QUARANTINED, /* this cache is a copy of, or older than, one that has sent already: enrol again */
} DspLink;

typedef struct {
  DspLink link;
  guint   n_waiting;       /* gestures that the server has not confirmed (one per group) */
  guint   n_waiting_rows;  /* records in them */
  guint   n_rejected;      /* refusals in the tray that nobody dismissed */
  gint64  contact_us;      /* when the server last answered; 0: never */
  double  progress;        /* 0 to 1 while the first copy is fetched; else -1 */
  bool    loading;         /* the order index is being filled */
  const char *trouble;     /* (nullable) for the log or a tooltip, English; lent until "status-changed" */
} DspReplicaStatus;

void        dsp_replica_get_status (DspReplica *self, DspReplicaStatus *status);

/* ---- giving commands ---- */

typedef struct {
  DspId    id;
  DspRule  rule;
  char    *message;  /* English, for the log; windows word rule and record themselves */
} DspRefusal;

/* A record that a preview would change besides the one that was asked about: a child order, a penalty. */
typedef struct {
  const DspEntity *entity;
  gpointer         after;   /* (owned): as it would be */
} DspBeside;

typedef struct {
  gint64  group;     /* names the gesture for undo and the outbox list; 0: no row was accepted, nothing was stored */
  guint   n_given;   /* rows accepted */
  GArray *refused;   /* of DspRefusal: rows that the rules refuse already here; they are not sent */
  const DspEntity *entity;
  gpointer after;    /* (owned) (nullable): of a preview of one record: as it would be */
  GArray  *beside;   /* of DspBeside: of a preview of one record */
} DspOutcome;
DspOutcome *dsp_outcome_new  (void);
void        dsp_outcome_free (DspOutcome *outcome);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspOutcome, dsp_outcome_free)

DspId       dsp_replica_new_id       (DspReplica *self); /* for a creation */

/* How far long work is; any thread. */
typedef struct { gint done, all; } DspProgress;
DspProgress *dsp_progress_new   (void);
void         dsp_progress_unref (DspProgress *progress);
void         dsp_progress_set   (DspProgress *progress, guint done, guint all); /* @progress: (nullable) */
double       dsp_progress_get   (DspProgress *progress); /* 0 to 1; negative: not known yet */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspProgress, dsp_progress_unref)

/* Gives @command for @n_ids records with the same arguments (@args of command->args, @given: which of them; both copied).
 * Accepted rows show at once ("changed" comes before the callback); when the callback comes they are on disk. The
 * outcome is also given when every row was refused; an error means that nothing was done (FULL, FAILED). One id that is
 * refused is an outcome with one refusal. Commands without DSP_COMMAND_MANY are stored one per id, in one group.
 * Cancelled before it is on disk, nothing was given and nothing shows, and the error is G_IO_ERROR_CANCELLED; later there is
 * an outcome all the same, to be taken back by dsp_replica_undo_async(). */
void        dsp_replica_give_async   (DspReplica *self, const DspCommand *command, const DspId *ids, guint n_ids,
                                      gconstpointer args, guint64 given, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data);
DspOutcome *dsp_replica_give_finish  (DspReplica *self, GAsyncResult *result, GError **error);
/* The same for a command that changes thousands of records. @progress: (nullable), kept until the callback. Ends with
 * dsp_replica_give_finish(). */
void        dsp_replica_give_long_async (DspReplica *self, const DspCommand *command, const DspId *ids, guint n_ids,
                                      gconstpointer args, guint64 given, DspProgress *progress, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data);

/* The same judgement without doing it: what would be refused and why. */
void        dsp_replica_preview_async  (DspReplica *self, const DspCommand *command, const DspId *ids, guint n_ids,
                                        gconstpointer args, guint64 given, GCancellable *cancellable,
                                        GAsyncReadyCallback callback, gpointer user_data);
DspOutcome *dsp_replica_preview_finish (DspReplica *self, GAsyncResult *result, GError **error);

/* ---- many records, each with commands of its own ---- */

#define DSP_GIFT_STEPS 4

typedef struct {
  const DspCommand *command;
  gpointer          args;     /* (owned by the caller): of command->args */
  guint64           given;
} DspGiftStep;

/* One record and what is to be done to it, in this order: all of it or nothing. */
typedef struct {
  DspId       id;
  gint64      version;        /* with which the person saw it: another one is refused as changed. 0: any */
  DspGiftStep steps[DSP_GIFT_STEPS];
  guint       n_steps;
  /* the answer */
  gboolean    refused;
  guint       refused_step;
  DspRule     rule;
  char       *message;        /* (owned by the caller once set): English, for the log */
} DspGift;

/* Judges and, unless @preview, gives what is accepted: one action, to be undone as one. @gifts is lent until the callback, which
 * finds the answers in them; no other thread looks at them before. @group: of an earlier call whose action this goes on with; 0: a
 * new action. The outcome has the group and how many records were accepted. A call of some hundred records takes the time of a
 * few frames: give thousands in several calls. */
void        dsp_replica_give_rows_async  (DspReplica *self, DspGift **gifts, guint n_gifts, gint64 group, gboolean preview,
                                          GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
DspOutcome *dsp_replica_give_rows_finish (DspReplica *self, GAsyncResult *result, GError **error);

/* Takes a gesture back: commands not yet sent become nothing, sent ones get their inverse command, as a new group (its
 * number is in the outcome, 0 if nothing had been sent). Rows whose state no longer allows it are refused one by one. */
void        dsp_replica_undo_async   (DspReplica *self, gint64 group, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data);
DspOutcome *dsp_replica_undo_finish  (DspReplica *self, GAsyncResult *result, GError **error);

/* Attaches @bytes, called @name, to an order, as a record with @id. They are on this computer's disk before the command is,
 * and go to the server before it. An error is for people: too large, of a kind that is not attached, no room. */
void        dsp_replica_attach_async   (DspReplica *self, const DspId *id, const DspId *order_id, const char *name, GBytes *bytes,
                                        GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
DspOutcome *dsp_replica_attach_finish  (DspReplica *self, GAsyncResult *result, GError **error);
/* Where an attachment's bytes are on this computer: (transfer full) (nullable): they have to be fetched. */
char       *dsp_replica_dup_file_path  (DspReplica *self, const char *hash);

/* ---- what waits, and what was refused ---- */

typedef enum {
  DSP_OUTBOX_QUEUED,   /* to be sent */
  DSP_OUTBOX_SENDING,
  DSP_OUTBOX_ACKED,    /* the server has it; its effect has not come back yet */
  DSP_OUTBOX_SETTLED,  /* done; kept for a restore of the server */
  DSP_OUTBOX_REJECTED,
  DSP_OUTBOX_BLOCKED,
} DspOutboxState;

/* One gesture. */
typedef struct {
  gint64            group;
  const DspCommand *command;   /* (nullable): of a newer version of the program */
  guint             n_rows;
  DspOutboxState    state;     /* of its least advanced command */
  gint64            at_us;
  char             *to;        /* (nullable): the name of the record that the arguments point at: the crew's code */
} DspOutboxItem;

/* One field of a refused change. Texts as dsp_field_dup_text() gives them, ids resolved to the record's display name. */
typedef struct {
  const DspField *field;
  char           *seen;    /* (nullable): what it was when the command was given */
  char           *wanted;  /* (nullable): what the command made of it */
  char           *now;     /* (nullable): what it is at the server */
} DspFieldConflict;

/* One refused record. */
typedef struct {
  gint64            no;        /* with the id, its name for retry and discard */
  gint64            group;
  DspId             id;
  const DspCommand *command;   /* (nullable) */
  char             *display;   /* the record's name: the order's number */
  DspRule           rule;
  char             *message;   /* English */
  gint64            given_us;  /* when the command was given */
  GArray           *fields;    /* of DspFieldConflict: those that the command wanted to change */
  char             *by;        /* (nullable): who changed the record since */
  gint64            by_at_us;  /* when; 0: not known */
  bool              follows;   /* an earlier refusal on the same record caused this one */
} DspRejected;

void        dsp_outbox_item_free (DspOutboxItem *item);
void        dsp_rejected_free    (DspRejected *rejected);

/* GPtrArrays with free functions, (transfer full); oldest first. */
void        dsp_replica_list_outbox_async    (DspReplica *self, gboolean settled_too, GCancellable *cancellable,
                                              GAsyncReadyCallback callback, gpointer user_data);
GPtrArray  *dsp_replica_list_outbox_finish   (DspReplica *self, GAsyncResult *result, GError **error);
void        dsp_replica_list_rejected_async  (DspReplica *self, guint limit, GCancellable *cancellable,
                                              GAsyncReadyCallback callback, gpointer user_data);
GPtrArray  *dsp_replica_list_rejected_finish (DspReplica *self, GAsyncResult *result, GError **error);

/* Gives the refused command again, as a new one, from what the record is now; the tray entry goes if it was accepted.
 * "Move it here all the same": a refused assign of an order that got another crew is given as a move. */
void        dsp_replica_retry_async    (DspReplica *self, gint64 no, const DspId *id, GCancellable *cancellable,
                                        GAsyncReadyCallback callback, gpointer user_data);
DspOutcome *dsp_replica_retry_finish   (DspReplica *self, GAsyncResult *result, GError **error);
/* @id NULL: all rows of the command; @no 0: the whole tray. */
void        dsp_replica_discard_async  (DspReplica *self, gint64 no, const DspId *id, GCancellable *cancellable,
                                        GAsyncReadyCallback callback, gpointer user_data);
gboolean    dsp_replica_discard_finish (DspReplica *self, GAsyncResult *result, GError **error);

/* ---- orders ---- */

/* The index of this replica (transfer none), never NULL; another one after a "changed" with reset. */
DspOrderIndex *dsp_replica_get_index (DspReplica *self);

/* Rows, order and counts of a filter. Conditions that need SQL are resolved in the reader's thread first; if there are
 * none the answer is computed at once and comes with the next turn of the main loop. @query is copied. n_first: how many
 * must be in order in any case (the rest follows after "order-ready"). */
void        dsp_replica_query_async  (DspReplica *self, const DspOrderQuery *query, guint n_first, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data);
DspOrderResult *dsp_replica_query_finish (DspReplica *self, GAsyncResult *result, GError **error);
/* The same without the turn of the loop; NULL if the query needs SQL (then use the async one). */
DspOrderResult *dsp_replica_query_now (DspReplica *self, const DspOrderQuery *query, guint n_first);

/* One order with the overlay over it, from the cache or read now (10-20 us): (nullable) (transfer none), lent until the
 * next "changed" or 1,000 further calls. */
const DspOrder *dsp_replica_get_order (DspReplica *self, const DspId *id);

/* ---- who looks at what ---- */

/* Somebody else who has an order open now. */
typedef struct {
  DspId user_id;
  char *name;       /* (owned): the full name, else the user name */
} DspLooker;

/* A window shows @order, and does so no longer: each call of the one is answered by one of the other. The server, and through
 * it those who also have it open, hear of it within a second while there is contact. */
void             dsp_replica_look        (DspReplica *self, const DspId *order);
void             dsp_replica_look_away   (DspReplica *self, const DspId *order);
/* Of DspLooker, by user name: (nullable): nobody; lent until "lookers-changed". Only of orders that this replica looks at. */
const GPtrArray *dsp_replica_get_lookers (DspReplica *self, const DspId *order);

/* ---- other records ---- */

/* Crews, technicians, memberships, distributors, masters, users, profiles and saved filters are all held in memory, with
 * the overlay: lent until the next "changed". NULL: not here. */
gconstpointer dsp_replica_get        (DspReplica *self, const DspEntity *entity, const DspId *id);
/* All of them, by display name: (transfer container). */
GPtrArray    *dsp_replica_list       (DspReplica *self, const DspEntity *entity);

/* One record of any entity, with the overlay over it; read now (10-20 us): (transfer full) (nullable): not here. */
gpointer      dsp_replica_dup_record (DspReplica *self, const DspEntity *entity, const DspId *id);

/* Records of any entity that match @filter (its entity), by display name, at most @limit (0: all): GPtrArray of records
 * of that entity with their free function, (transfer full). For postal codes, settlements, areas, customers. */
void        dsp_replica_find_async   (DspReplica *self, const DspFilter *filter, guint limit, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data);
GPtrArray  *dsp_replica_find_finish  (DspReplica *self, GAsyncResult *result, GError **error);

/* Search over everything: order number, account, customer, address; crew code and name. Words or their beginnings, case
 * and accents folded; all must be found. */
typedef struct {
  const DspEntity *entity;
  DspId            id;
  char            *title;     /* the number, the crew's code */
  char            *subtitle;  /* (nullable): customer, address */
} DspFound;
void        dsp_found_free             (DspFound *found);
void        dsp_replica_search_async   (DspReplica *self, const char *text, guint limit, GCancellable *cancellable,
                                        GAsyncReadyCallback callback, gpointer user_data);
GPtrArray  *dsp_replica_search_finish  (DspReplica *self, GAsyncResult *result, GError **error);

/* History of a record as far as this computer has it, oldest first (DspHistory); dsp_sync_fetch_history_async() gets
 * the rest. */
void        dsp_replica_history_async  (DspReplica *self, const DspEntity *entity, const DspId *id, GCancellable *cancellable,
                                        GAsyncReadyCallback callback, gpointer user_data);
GPtrArray  *dsp_replica_history_finish (DspReplica *self, GAsyncResult *result, GError **error);

/* The packed geometry of an area, by DspArea.geometry: GBytes; DSP_CLIENT_ERROR_NOT_FOUND while it has not come yet. */
void        dsp_replica_blob_async     (DspReplica *self, const char *hash, GCancellable *cancellable,
                                        GAsyncReadyCallback callback, gpointer user_data);
GBytes     *dsp_replica_blob_finish    (DspReplica *self, GAsyncResult *result, GError **error);
/* All that are here: GPtrArray of DspBlob, (transfer full). For the map's first picture. */
typedef struct { char *hash; GBytes *bytes; } DspBlob;
void        dsp_replica_blobs_async    (DspReplica *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray  *dsp_replica_blobs_finish   (DspReplica *self, GAsyncResult *result, GError **error);

/* ---- the signal's argument ---- */

typedef struct {
  const DspEntity *entity;
  DspId            id;
  bool             deleted;
  guint32          row;      /* of an order: its row in the index; of a deleted one: the row that it had */
  const char      *by;       /* (nullable): the user name of whoever changed it, if it came from the server; lent */
  const DspCommand *command; /* (nullable): by which command */
} DspRecordChange;

typedef struct {
  gboolean reset;            /* everything may be different; @list is empty */
  gboolean mine;             /* made here: given, undone or refused */
  gboolean blobs;            /* geometries came */
  guint    n_merged;         /* changes made here that the server put over newer ones of others */
  const DspEntity *merged_entity; /* if any: the last record of them */
  DspId    merged_id;
  GArray  *list;             /* of DspRecordChange */
} DspChanges;

G_END_DECLS
