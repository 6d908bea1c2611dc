/* dsp-housekeeping.c: what the server does for itself, now and then
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A device that was seen in the last thirty days has a cursor no older than that, so changes of ninety days are below
 * every cursor that counts; whoever comes back later is told to begin anew.
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-housekeeping.h"

#define PRUNED_AT_ONCE 500
#define DAY_US (G_GINT64_CONSTANT (86400) * G_USEC_PER_SEC)

struct _DspHousekeeping
{
  DspExecutor *executor;
  DspSessions *sessions;
  gint64       every_us;
  gint64       keep_us;
  GThread     *thread;
  GMutex       lock;
  GCond        wake;
  gboolean     ending;   /* (guarded by lock) */
  guint        n_pruned; /* by the last step */
};

static gboolean
touch_tokens (DspFeed  *feed,
              gpointer  user_data,
              GError  **error)
{
  DspHousekeeping *self = user_data;

  return dsp_token_touch (dsp_feed_get_db (feed), self->sessions, g_get_real_time (), error);
}

static gboolean
prune (DspFeed  *feed,
       gpointer  user_data,
       GError  **error)
{
  DspHousekeeping *self = user_data;

  return dsp_feed_prune (feed, g_get_real_time () - self->keep_us, G_MAXINT64, PRUNED_AT_ONCE, &self->n_pruned, error);
}

/* FALSE: it ends. */
static gboolean
rest (DspHousekeeping *self,
      gint64           us)
{
  gint64 until = g_get_monotonic_time () + us;
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  while (!self->ending && g_cond_wait_until (&self->wake, &self->lock, until))
    ;
  return !self->ending;
}

static gpointer
run (gpointer user_data)
{
  DspHousekeeping *self = user_data;

  while (rest (self, self->every_us))
    {
      g_autoptr(GError) error = NULL;

      if (!dsp_executor_write (self->executor, touch_tokens, self, &error))
        {
          g_warning ("tokens could not be looked after: %s", error->message);
          continue;
        }
      do
        if (!dsp_executor_write (self->executor, prune, self, &error))
          {
            g_warning ("old changes could not be pruned: %s", error->message);
            break;
          }
      /* Others come first. */
      while (self->n_pruned > 0 && rest (self, G_USEC_PER_SEC / 20));
    }
  return NULL;
}

DspHousekeeping *
dsp_housekeeping_new (DspExecutor *executor,
                      DspSessions *sessions,
                      guint        every_s,
                      guint        keep_days)
{
  DspHousekeeping *self = g_new0 (DspHousekeeping, 1);

  self->executor = executor;
  self->sessions = sessions;
  self->every_us = (gint64) MAX (every_s, 1) * G_USEC_PER_SEC;
  self->keep_us = keep_days * DAY_US;
  g_mutex_init (&self->lock);
  g_cond_init (&self->wake);
  self->thread = g_thread_new ("housekeeping", run, self);
  return self;
}

void
dsp_housekeeping_free (DspHousekeeping *self)
{
  if (self == NULL)
    return;
  g_mutex_lock (&self->lock);
  self->ending = TRUE;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
  g_thread_join (self->thread);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->wake);
  g_free (self);
}
