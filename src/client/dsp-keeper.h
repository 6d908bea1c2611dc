/* dsp-keeper.h: the cache file itself: base, overlay, outbox, identity
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a replica's worker thread does, as plain functions: a keeper belongs to one thread at a time and knows neither
 * main loops nor the network. Everything that changes what screens show is told as a delta, in order.
 *
 * The overlay is what the waiting commands make of the base. It is a pure function of both, so it is not stored: it lives
 * in memory and is computed again when the file is opened (3,000 commands take milliseconds). What is stored is the base,
 * the commands, and nothing that could disagree with them.
 */
#pragma once

#include "dsp-db.h"
#include "dsp-replica.h"

G_BEGIN_DECLS

typedef struct _DspKeeper DspKeeper;

/* Files up to this size are looked through whole at each opening. */
#define DSP_KEEPER_CHECK_MAX (48 * 1024 * 1024)

/* One record, as screens see it from now on. */
typedef struct {
  const DspEntity  *entity;
  DspId             id;
  gpointer          record;   /* (owned) (nullable): NULL if there is none any more */
  bool              pending;  /* the waiting commands made it so: it is in the overlay */
  guint8            flags;    /* DspRowFlags */
  const char       *by;       /* (nullable) interned */
  const DspCommand *command;  /* (nullable) */
} DspDeltaItem;

typedef struct {
  GArray  *items;  /* (owned) of DspDeltaItem */
  guint            n_merged;      /* changes from here that the server put over newer ones of others */
  const DspEntity *merged_entity; /* the last of them */
  DspId            merged_id;
  gboolean reset;  /* the base was replaced */
  gboolean mine;
  gboolean blobs;
} DspDelta;

/* Entities that are held in memory whole. */
bool      dsp_entity_is_small (const DspEntity *entity);

DspDelta *dsp_delta_new  (void);
void      dsp_delta_free (DspDelta *delta);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspDelta, dsp_delta_free)

/* @delta: (transfer full). Called in the keeper's thread. */
typedef void (*DspDeltaFunc) (DspDelta *delta, gpointer user_data);

/* What the owner's thread shows of the keeper. */
typedef struct {
  guint    n_waiting, n_waiting_rows, n_rejected;
  gint64   contact_us;
  gboolean has_data;
  gboolean enrolled;
  char    *server, *fingerprint, *user_name, *full_name; /* (owned) (nullable) */
  DspId    user_id, device;
  DspActor *actor;                                       /* (owned) (nullable) */
} DspKeeperState;
void            dsp_keeper_state_free (DspKeeperState *state);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspKeeperState, dsp_keeper_state_free)

DspKeeper      *dsp_keeper_open      (const char *path, DspDeltaFunc emit, gpointer emit_data, GError **error);
void            dsp_keeper_close     (DspKeeper *keeper);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspKeeper, dsp_keeper_close)
bool            dsp_keeper_was_salvaged (DspKeeper *keeper);
DspDb          *dsp_keeper_get_db    (DspKeeper *keeper);
DspKeeperState *dsp_keeper_dup_state (DspKeeper *keeper);
void            dsp_keeper_idle      (DspKeeper *keeper); /* nothing waits: checkpoint */
char           *dsp_keeper_stamp     (DspKeeper *keeper); /* names the base as it is now: (transfer full) */
gboolean        dsp_keeper_load_all  (DspKeeper *keeper, GError **error); /* tells the small entities and the overlay */

/* identity */
gboolean        dsp_keeper_set_session  (DspKeeper *keeper, const char *server, const char *fingerprint, const DspId *user_id,
                                         const char *user_name, const char *full_name, const DspId *device, const char *epoch,
                                         gint64 last, const char *verifier, GError **error);
gboolean        dsp_keeper_enrol_again  (DspKeeper *keeper, const DspId *device, const char *epoch, gint64 last, GError **error);
char           *dsp_keeper_dup_verifier (DspKeeper *keeper, GError **error);
void            dsp_keeper_contact      (DspKeeper *keeper, gint64 now_us);

/* commands (dsp-outbox.c, dsp-keeper-give.c, -answers.c, -undo.c) */
/* Asked while a command is judged and until it is stored; FALSE from it: nothing is given, G_IO_ERROR_CANCELLED. NULL: nobody. */
void            dsp_keeper_set_step  (DspKeeper *keeper, DspWorkStep step, gpointer step_data);
DspOutcome     *dsp_keeper_give      (DspKeeper *keeper, const DspCommand *command, const DspId *ids, guint n_ids,
                                      gconstpointer args, guint64 given, gboolean preview, GError **error);
DspOutcome     *dsp_keeper_give_rows (DspKeeper *keeper, DspGift **gifts, guint n_gifts, gint64 group, gboolean preview, GError **error);
DspOutcome     *dsp_keeper_undo      (DspKeeper *keeper, gint64 group, GError **error);
DspOutcome     *dsp_keeper_retry     (DspKeeper *keeper, gint64 no, const DspId *id, GError **error);
gboolean        dsp_keeper_discard   (DspKeeper *keeper, gint64 no, const DspId *id, GError **error);
GPtrArray      *dsp_keeper_list_outbox   (DspKeeper *keeper, gboolean settled_too, GError **error);
GPtrArray      *dsp_keeper_list_rejected (DspKeeper *keeper, guint limit, GError **error);

/* sending */
/* The next request's body, its commands marked as sent: (transfer full), NULL without error: nothing to send. */
char           *dsp_keeper_next_push (DspKeeper *keeper, gint64 *first, GError **error);
/* @reply: the body of the 200 to the request that began with @first. */
gboolean        dsp_keeper_pushed    (DspKeeper *keeper, gint64 first, const char *reply, gsize length, GError **error);
/* The server holds what was offered up to @no until its time after a restore is over; 0: to be offered anew. */
void            dsp_keeper_set_held  (DspKeeper *keeper, gint64 no);
gboolean        dsp_keeper_renumber  (DspKeeper *keeper, gint64 last, GError **error); /* the server is behind: offer again from last + 1 */
/* Highest number given so far; a server that has a higher one has heard a copy of this file. */
gint64          dsp_keeper_last_no   (DspKeeper *keeper);
gboolean        dsp_keeper_is_rolled_back (DspKeeper *keeper); /* such a copy was heard: a new device is needed */
gboolean        dsp_keeper_has_unsent (DspKeeper *keeper);

/* receiving (dsp-keeper-feed.c, -copy.c, -beside.c) */
typedef struct {
  gboolean more;          /* ask again at once */
  gboolean rotate;        /* exchange the token */
  gboolean bootstrap;     /* what was granted is all, or in place of all: fetch everything anew */
  guint    n_changes;
  gboolean at_head;
} DspPulled;
char           *dsp_keeper_dup_cursor (DspKeeper *keeper);   /* NULL: nothing was ever fetched */
char           *dsp_keeper_dup_epoch  (DspKeeper *keeper);
gboolean        dsp_keeper_pulled     (DspKeeper *keeper, const char *reply, gsize length, DspPulled *pulled, GError **error);

/* Where an unfinished copy goes on. */
typedef struct {
  char  *scope;   /* (owned) (nullable): of its last page; NULL: there is none yet */
  char  *next;    /* (owned) (nullable): what to ask with "after"; NULL: nothing more of that scope */
  guint  n_rows;  /* that are here */
} DspCopyPlace;
void            dsp_copy_place_clear  (DspCopyPlace *place);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DspCopyPlace, dsp_copy_place_clear)

/* Scopes that were granted since, ids as text, whose rows are not here: (transfer full) (nullable). */
GStrv           dsp_keeper_dup_added  (DspKeeper *keeper);

/* A whole copy: begin, a page at a time, then the feed from where it began until it has passed the pages, then swap.
 * A copy of added scopes (@added): begin, its pages, then the feed into the base until it has passed the pages, then add.
 * Until the feed's turn what is there outlives the program; begin goes on with it. */
gboolean        dsp_keeper_copy_begin (DspKeeper *keeper, gboolean added, DspCopyPlace *place, GError **error);
/* Right after a begin that goes on with nothing: the feed goes on from @from, of one instant with the list of what is to be
 * fetched. Without it the first page says where. */
void            dsp_keeper_copy_start (DspKeeper *keeper, const char *epoch, const char *from, gint64 seq);
gboolean        dsp_keeper_copy_page  (DspKeeper *keeper, const char *scope, const char *reply, gsize length, char **next, guint *n_rows, GError **error);
gboolean        dsp_keeper_copy_index (DspKeeper *keeper, char **cursor, GError **error);
gboolean        dsp_keeper_copy_follows (DspKeeper *keeper, char **cursor);
/* One page of the feed into the copy. @done: it has passed the pages; else @cursor is where to go on. */
gboolean        dsp_keeper_copy_pull  (DspKeeper *keeper, const char *reply, gsize length, char **cursor, gboolean *done, GError **error);
gboolean        dsp_keeper_copy_swap  (DspKeeper *keeper, GError **error);
gboolean        dsp_keeper_copy_add   (DspKeeper *keeper, GError **error);
void            dsp_keeper_copy_abort (DspKeeper *keeper); /* nothing of it stays */

gboolean        dsp_keeper_put_history (DspKeeper *keeper, const char *reply, gsize length, GError **error);
/* Geometries that areas name and that are not here: at most @limit hashes, (transfer full). */
GPtrArray      *dsp_keeper_wanted_blobs (DspKeeper *keeper, guint limit, GError **error);
gboolean        dsp_keeper_put_blobs   (DspKeeper *keeper, const guint8 *bytes, gsize length, guint *n_stored, GError **error);
/* Compares with the server's sums (GET v1/sums). @same FALSE: fetch everything anew. */
gboolean        dsp_keeper_check_sums  (DspKeeper *keeper, const char *reply, gsize length, gboolean *same, GError **error);

G_END_DECLS
