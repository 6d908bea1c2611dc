/* dsp-replica-private.h: the replica's insides, for its own files and the synchronisation
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-keeper.h"
#include "dsp-lane.h"
#include "dsp-order-index-private.h"
#include "dsp-query.h"
#include "dsp-table.h"
#include "dsp-sync.h"

G_BEGIN_DECLS

/* A record held in the owner's thread. */
typedef struct {
  const DspEntity *entity;
  DspId            id;
  gpointer         record;  /* (owned) (nullable): NULL: deleted by the overlay */
  GList           *place;   /* orders only: in the queue of the cache */
} DspHeld;

struct _DspReplica
{
  GObject         parent_instance;

  /* any thread */
  char           *path, *uri;
  GMainContext   *context;     /* (owned): the owner's */
  DspLane        *lane;        /* owns keeper */
  DspLane        *reader;      /* owns reader_db */
  DspKeeper      *keeper;      /* in the lane only */
  DspDb          *reader_db;   /* in the reader only; opened when first needed */

  gint            n_told;      /* (atomic) deltas on their way to the owner */

  /* owner's thread */
  DspReplicaFlags flags;
  gboolean        closed;
  bool            salvaged;
  DspKeeperState *state;       /* (owned) */
  DspLink         link;
  double          progress;
  char           *trouble;     /* (owned) (nullable) */
  DspDb          *db;          /* for single orders */
  GHashTable     *small;       /* DspHeld, of the small entities, overlay included */
  GHashTable     *overlay;     /* DspHeld, of the others that are in the overlay */
  GHashTable     *orders;      /* DspHeld: cache */
  GQueue          recent;      /* of DspHeld: the cache by last use, newest first */

  DspOrderIndex  *index;       /* (owned) */
  gboolean        loading;
  guint           build;       /* of the index: the newest one counts */
  GPtrArray      *missed;      /* (nullable) of DspDelta: since the build began */
  gboolean        checked;     /* the file is being looked through, or was */
  gboolean        codes_stale; /* the catalogue's postal codes changed */
  GHashTable     *sorting;     /* set of field offsets being sorted */
  GArray         *open;        /* orders that windows show, the newest last */
  GSource        *say_open;    /* (owned) (nullable): the server hears of them soon */
  GHashTable     *lookers;     /* DspId of an order to GPtrArray of DspLooker */

  GMutex          sync_lock;
  DspSync        *sync;        /* (unowned) (nullable) (guarded by sync_lock) */
  char           *open_text;   /* (owned) (nullable) (guarded by sync_lock): as the server hears of them */
  char           *looks_tag;   /* (owned) (nullable) (guarded by sync_lock): of what it told of who looks */
};

/* dsp-replica.c */
void      dsp_replica_post_state (DspReplica *self);  /* in the lane */
void      dsp_replica_set_link   (DspReplica *self, DspLink link, double progress, const char *trouble); /* any thread */
/* Runs @func in the owner's main context; any thread. */
void      dsp_replica_post       (DspReplica *self, GSourceFunc func, gpointer data, GDestroyNotify free_data);
DspDb    *dsp_replica_reader_db  (DspReplica *self, GError **error); /* in the reader */
DspHeld  *dsp_held_new           (const DspEntity *entity, const DspId *id, gpointer record);
void      dsp_held_free          (gpointer held);
DspHeld  *dsp_held_find          (GHashTable *table, const DspEntity *entity, const DspId *id); /* (nullable) */
void      dsp_replica_emit_changed (DspReplica *self, DspChanges *changes);
/* Copies of the records of @entity that the outbox changes, as they will be; of one that it deletes an empty one with its id, which
 * is in no state and so matches no question. Owner's thread; (transfer full). */
GPtrArray *dsp_replica_dup_overlay (DspReplica *self, const DspEntity *entity, GDestroyNotify free_record);
gconstpointer dsp_replica_overlaid (DspReplica *self, const DspEntity *entity, const DspId *id, bool *in_overlay);

/* A GTask that runs in one of the lanes. @func returns its result with g_task_return_*(). */
typedef void (*DspReplicaWork) (GTask *task, DspReplica *self, gpointer data);
void      dsp_replica_run        (DspReplica *self, gboolean in_reader, GTask *task, DspReplicaWork func);

/* dsp-replica-commands.c: in the lane; takes both */
void      dsp_replica_return_outcome (GTask *task, DspReplica *self, DspOutcome *outcome, GError *error);

/* dsp-replica-index.c */
void      dsp_replica_start_index (DspReplica *self);
void      dsp_replica_index_delta (DspReplica *self, const DspDelta *delta, GArray *list);
void      dsp_replica_save_index  (DspReplica *self);
/* The rows that the conditions allow which the index cannot answer: looked up in the reader's thread, overlay included.
 * @filter nullable. @only: (transfer full) (nullable): there are no such conditions. FALSE with an error. */
void      dsp_replica_resolve_async  (DspReplica *self, const DspFilter *filter, gint64 now_us, GCancellable *cancellable,
                                      GAsyncReadyCallback callback, gpointer user_data);
gboolean  dsp_replica_resolve_finish (DspReplica *self, GAsyncResult *result, DspRowSet **only, GError **error);

/* dsp-replica-looks.c */
void      dsp_replica_looks_init  (DspReplica *self);
void      dsp_replica_looks_clear (DspReplica *self);
char     *dsp_replica_dup_looks_query (DspReplica *self) G_GNUC_WARN_UNUSED_RESULT;
void      dsp_replica_take_looks  (DspReplica *self, GBytes *reply);
void      dsp_replica_forget_looks (DspReplica *self);

/* dsp-sync.c: there is something to send; any thread, nothing happens without a synchronisation */
void      dsp_sync_wake           (DspReplica *self);
/* The request that waits is made anew. */
void      dsp_sync_ask_anew       (DspReplica *self);

G_END_DECLS
