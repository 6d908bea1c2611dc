/* dsp-readers.c: threads that read the database for requests
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An I/O thread never touches the database: it hands a function over and goes on. Each thread has its own read-only
 * connection, because a connection belongs to one thread. A read that takes too long is stopped: it would keep the
 * log from being checkpointed.
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-readers.h"

typedef struct
{
  DspReadFunc func;
  gpointer    data;
} Job;

typedef struct
{
  DspReaders *pool;
  DspDb      *db;    /* (owned) */
  GThread    *thread;
  gint64      until_us;
} Reader;

struct _DspReaders
{
  guint        n_threads;
  guint        max_queue; /* 0: no limit */
  guint        limit_ms;  /* of one job's reading; 0: no limit */
  Reader      *readers;
  GMutex       lock;
  GCond        wake;
  GQueue       jobs;      /* (guarded by lock) of Job */
  gboolean     ending;    /* (guarded by lock) */
};

static gboolean
is_too_long (gpointer user_data)
{
  Reader *reader = user_data;

  return g_get_monotonic_time () > reader->until_us;
}

static gpointer
reader_run (gpointer user_data)
{
  Reader *reader = user_data;
  DspReaders *self = reader->pool;

  if (self->limit_ms > 0)
    dsp_db_set_stop (reader->db, is_too_long, reader);
  for (;;)
    {
      g_autofree Job *job = NULL;

      g_mutex_lock (&self->lock);
      while (g_queue_is_empty (&self->jobs) && !self->ending)
        g_cond_wait (&self->wake, &self->lock);
      job = g_queue_pop_head (&self->jobs);
      g_mutex_unlock (&self->lock);
      if (job == NULL)
        return NULL;
      reader->until_us = g_get_monotonic_time () + (gint64) self->limit_ms * 1000;
      job->func (reader->db, job->data);
      if (dsp_db_in_transaction (reader->db))
        {
          g_warning ("a read left its transaction open");
          dsp_db_rollback (reader->db);
        }
    }
}

/**
 * dsp_readers_new:
 * @name: of the threads
 * @max_queue: how many jobs may wait; 0: any number
 * @limit_ms: how long one job may read; 0: any time
 *
 * Returns: (transfer full) (nullable): the pool, its connections open
 */
DspReaders *
dsp_readers_new (const char *name,
                 const char *uri,
                 guint       n_threads,
                 guint       max_queue,
                 guint       limit_ms,
                 GError    **error)
{
  DspReaders *self = g_new0 (DspReaders, 1);

  self->n_threads = n_threads;
  self->max_queue = max_queue;
  self->limit_ms = limit_ms;
  self->readers = g_new0 (Reader, n_threads);
  g_mutex_init (&self->lock);
  g_cond_init (&self->wake);
  g_queue_init (&self->jobs);
  for (guint i = 0; i < n_threads; i++)
    {
      Reader *reader = &self->readers[i];

      reader->pool = self;
      reader->db = dsp_db_open (uri, DSP_DB_READ_ONLY, error);
      if (reader->db == NULL)
        {
          dsp_readers_free (self);
          return NULL;
        }
      reader->thread = g_thread_new (name, reader_run, reader);
    }
  return self;
}

/**
 * dsp_readers_free:
 * Runs what waits, then ends the threads.
 */
void
dsp_readers_free (DspReaders *self)
{
  if (self == NULL)
    return;
  g_mutex_lock (&self->lock);
  self->ending = TRUE;
  g_cond_broadcast (&self->wake);
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < self->n_threads; i++)
    {
      g_clear_pointer (&self->readers[i].thread, g_thread_join);
      g_clear_pointer (&self->readers[i].db, dsp_db_close);
    }
  g_cond_clear (&self->wake);
  g_mutex_clear (&self->lock);
  g_free (self->readers);
  g_free (self);
}

/**
 * dsp_readers_push:
 * Returns: %FALSE if too many jobs wait: @func will not be called then
 */
gboolean
dsp_readers_push (DspReaders *self,
                  DspReadFunc func,
                  gpointer    data)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Job *job;

  if (self->ending || (self->max_queue > 0 && g_queue_get_length (&self->jobs) >= self->max_queue))
    return FALSE;
  job = g_new (Job, 1);
  *job = (Job) { func, data };
  g_queue_push_tail (&self->jobs, job);
  g_cond_signal (&self->wake);
  return TRUE;
}

guint
dsp_readers_get_n_waiting (DspReaders *self)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return g_queue_get_length (&self->jobs);
}
