/* dsp-lane.c: a thread that does one thing after the other
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-client"

#include "config.h"
#include "dsp-lane.h"

typedef struct {
  DspLaneFunc func;
  gpointer    data;
  gboolean   *done; /* (nullable) (guarded by lock) */
} Job;

struct _DspLane
{
  GThread    *thread;
  GMutex      lock;
  GCond       asked, finished;
  GQueue      urgent, normal; /* (guarded by lock) of Job */
  gboolean    ending;         /* (guarded by lock) */
  DspLaneFunc idle;
  gpointer    idle_data;
};

#define IDLE_US (2 * G_TIME_SPAN_SECOND)

static gpointer
run (gpointer data)
{
  DspLane *lane = data;
  gboolean rested = FALSE;

  g_mutex_lock (&lane->lock);
  for (;;)
    {
      Job *job = g_queue_pop_head (&lane->urgent);

      if (job == NULL)
        job = g_queue_pop_head (&lane->normal);
      if (job == NULL)
        {
          gint64 until = g_get_monotonic_time () + IDLE_US;

          if (lane->ending)
            break;
          if (lane->idle == NULL || rested)
            g_cond_wait (&lane->asked, &lane->lock);
          else if (!g_cond_wait_until (&lane->asked, &lane->lock, until) && g_queue_is_empty (&lane->urgent) &&
                   g_queue_is_empty (&lane->normal) && !lane->ending)
            {
              g_mutex_unlock (&lane->lock);
              lane->idle (lane->idle_data);
              g_mutex_lock (&lane->lock);
              rested = TRUE;
            }
          continue;
        }
      g_mutex_unlock (&lane->lock);
      job->func (job->data);
      g_mutex_lock (&lane->lock);
      rested = FALSE;
      if (job->done != NULL)
        {
          *job->done = TRUE;
          g_cond_broadcast (&lane->finished);
        }
      g_free (job);
    }
  g_mutex_unlock (&lane->lock);
  return NULL;
}

DspLane *
dsp_lane_new (const char *name,
              DspLaneFunc idle,
              gpointer    idle_data)
{
  DspLane *lane = g_new0 (DspLane, 1);

  g_mutex_init (&lane->lock);
  g_cond_init (&lane->asked);
  g_cond_init (&lane->finished);
  lane->idle = idle;
  lane->idle_data = idle_data;
  lane->thread = g_thread_new (name, run, lane);
  return lane;
}

void
dsp_lane_free (DspLane *lane)
{
  if (lane == NULL)
    return;
  g_mutex_lock (&lane->lock);
  lane->ending = TRUE;
  g_cond_signal (&lane->asked);
  g_mutex_unlock (&lane->lock);
  g_thread_join (lane->thread);
  g_mutex_clear (&lane->lock);
  g_cond_clear (&lane->asked);
  g_cond_clear (&lane->finished);
  g_free (lane);
}

static void
add (DspLane    *lane,
     gboolean    urgent,
     DspLaneFunc func,
     gpointer    data,
     gboolean   *done)
{
  Job *job = g_new0 (Job, 1);

  job->func = func;
  job->data = data;
  job->done = done;
  g_queue_push_tail (urgent ? &lane->urgent : &lane->normal, job);
  g_cond_signal (&lane->asked);
}

void
dsp_lane_push (DspLane    *lane,
               gboolean    urgent,
               DspLaneFunc func,
               gpointer    data)
{
  g_mutex_lock (&lane->lock);
  add (lane, urgent, func, data, NULL);
  g_mutex_unlock (&lane->lock);
}

void
dsp_lane_call (DspLane    *lane,
               gboolean    urgent,
               DspLaneFunc func,
               gpointer    data)
{
  gboolean done = FALSE;

  g_mutex_lock (&lane->lock);
  add (lane, urgent, func, data, &done);
  while (!done)
    g_cond_wait (&lane->finished, &lane->lock);
  g_mutex_unlock (&lane->lock);
}
