/* dsp-pull-private.h: those who wait for news, for dsp-pull.c and dsp-pull-looks.c
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-server-private.h"

#include "dsp-cursor.h"
#include "dsp-presence.h"

G_BEGIN_DECLS

#define DSP_ASKS_AGAIN_US (12 * G_USEC_PER_SEC) /* an answered client looks on for so long without asking again */
#define DSP_GONE_US       (2 * G_USEC_PER_SEC)  /* one that left its request, for so long */

/* One request for changes. */
typedef struct
{
  DspCursor    cursor;
  gboolean     from_start;  /* no cursor: everything there is */
  gint64       until_us;    /* monotonic; wait until then */
  guint        generation;  /* of the waiters, before the feed was read */
  DspActorRef *ref;         /* (owned) (nullable): who waits */
  char        *empty;       /* (owned) (nullable): the beginning of the answer when nothing comes */
  gboolean     looks;       /* it said which orders are open */
  DspId        asked[DSP_LOOKS_MAX]; /* these */
  DspId        open[DSP_LOOKS_MAX];  /* those of them that he sees */
  guint        n_asked, n_open;
  char         tag[DSP_LOOKS_TAG]; /* what the client knows of who looks */
  guint64      serial;      /* of this saying; 0: it looks at nothing */
  guint64      arrival;     /* among those who wait */
} Pull;

struct _DspWaiters
{
  GMutex      lock;
  GHashTable *calls;       /* (guarded by lock): DspRequest to DspCall of a Pull */
  guint       generation;  /* (guarded by lock): how often something was published */
  guint64     n_arrived;   /* (guarded by lock) */
  GPtrArray  *pages;       /* (guarded by lock): of pages shared by several, of this generation */

  DspPresence *presence;   /* (guarded by lock) */
  GThread    *watch;       /* ends what is over */
  GCond       watched;     /* the next end may be another */
  gint64      watch_us;    /* (guarded by lock): the end that the thread waits for, monotonic */
  gboolean    stopping;    /* (guarded by lock) */
};

/* Answers a call, or lets it wait. Takes @data, a DspCall of a Pull. On a reader's thread. */
void     dsp_pull_read        (DspDb *db, gpointer data);

/* ---- dsp-pull-looks.c: who looks at what ---- */

/* From the request's arguments. FALSE: it has been answered. */
gboolean dsp_pull_parse_looks (DspRequest *request, Pull *pull);
/* What the request says of its windows counts from now on; those whom it concerns read again. @ref NULL: nothing any more. */
gboolean dsp_pull_say_looks   (DspDb *db, DspCall *call, DspActorRef *ref, GError **error);

/* With the lock: */
/* Appends "looks" of the answer. TRUE: it says what the client does not know. */
gboolean dsp_pull_put_looks   (DspWaiters *self, DspCall *call, GString *out);
/* The whole answer when nothing came. */
char    *dsp_pull_dup_empty   (DspWaiters *self, DspCall *call, gboolean *news) G_GNUC_WARN_UNUSED_RESULT;
/* Somebody looks until then only. */
void     dsp_pull_watch_until (DspWaiters *self, gint64 until_us);

void     dsp_pull_start_watch (DspWaiters *self);

G_END_DECLS
