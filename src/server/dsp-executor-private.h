/* dsp-executor-private.h: what the executor's files share
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-executor.h"

#include "dsp-recovery.h"

G_BEGIN_DECLS

#define RETRY_AFTER_S 2
#define TICK_US       G_USEC_PER_SEC

typedef struct
{
  /* a push … */
  DspSession  *session;  /* (owned) (nullable) */
  DspPush     *push;     /* (owned) (nullable) */
  DspPushDone  done;
  gpointer     user_data;
  /* … as far as it got, and as far as it is on the disk */
  guint        next, stored_next;
  GString     *results;
  gsize        stored_length;
  gboolean     begun, stored_begun;
  gboolean     alone;    /* after a fault: no other push in its batch */
  DspPushReply reply;
  gboolean     answered; /* reply says it; goes out after the commit */

  /* … or a function to run in a transaction */
  DspWriteFunc write;
  GError     **error;
  gboolean     result;
  gboolean     finished; /* (guarded by the executor's lock) */
} Item;

struct _DspExecutor
{
  DspDb          *db;    /* (owned) */
  DspFeed        *feed;  /* (owned) */
  DspJudge       *judge; /* (owned) */
  GThread        *thread;
  guint8          epoch[16];
  DspPublishFunc  publish;
  gpointer        publish_data;
  char           *word;        /* (owned) (nullable): for other processes */

  GMutex          lock;
  GCond           wake;
  GCond           written;     /* a write is finished */
  GQueue          queue;       /* (guarded by lock) of Item */
  gboolean        ending;      /* (guarded by lock) */
  gsize           n_commands;  /* (atomic) */
  gsize           n_batches;   /* (atomic) */
  gsize           commit_us;   /* (atomic): spent in commits */
  gsize           n_faults;    /* (atomic) */
  gsize           head;        /* (atomic): seq of the feed */
  gint            away;        /* (atomic): the store failed, and has taken nothing since */
  gint            clock;       /* (atomic): it runs */

  /* the thread's own */
  gint64          replay_us;   /* where the clock of a replay stands; 0: real time */
  DspPublished    published;
  gint64          begun_seq;   /* the head before the open batch */
  gint64          idle_since_us;
  gint64          grants_seen_us;
  gint64          next_tick_us;
  guint           due_faults;
  gint64          due_again_us;
  DspRecovery     recovery;    /* its counts are not kept */
  guint           offers;      /* of the next batch of held ones: 1 after a fault */
};

gint64   dsp_executor_now            (DspExecutor *self);
/* What a device's client gets: its numbers, and the results so far. */
void     dsp_executor_answer_state   (DspExecutor *self, Item *item, const DspDevice *device, guint status, const char *code, const char *message);
gboolean dsp_executor_in_transaction (DspExecutor *self, DspWriteFunc func, gpointer user_data, GError **error);

/* ---- between batches (dsp-executor-tick.c) ---- */
/* How long the thread may sleep until the clock, or what is held, needs it. */
gint64   dsp_executor_sleep_us       (DspExecutor *self);
void     dsp_executor_run_clock      (DspExecutor *self);
/* After each batch, and each second. @idle: nobody waits. */
void     dsp_executor_tick           (DspExecutor *self, gboolean idle);

/* ---- the time after a restore (dsp-executor-recovery.c) ---- */
/* Before the thread; and as of the open batch. */
gboolean dsp_executor_open_recovery  (DspExecutor *self, GError **error);
gboolean dsp_executor_read_recovery  (DspExecutor *self, GError **error);
/* Whether a push is to be held: what was judged is answered, and without commands a client only asks where it stands. */
gboolean dsp_executor_holds          (DspExecutor *self, const Item *item, const DspDevice *device);
gboolean dsp_executor_hold           (DspExecutor *self, Item *item, const DspDevice *device, GError **error);
/* A part of what is held; after the sleep. */
gint64   dsp_executor_recovery_sleep (DspExecutor *self);
void     dsp_executor_run_recovery   (DspExecutor *self);

G_END_DECLS
