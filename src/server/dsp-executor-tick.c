/* dsp-executor-tick.c: what the thread that writes does between batches
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Checkpoints, after the answers; grants that end; the clock, by which orders turn penalized; and after a fault, whether the
 * store takes commands again.
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-executor-private.h"

#define CHECKPOINT_PAGES 16000                /* 64 MB of log */
#define IDLE_US          (5 * G_USEC_PER_SEC) /* then the log is emptied */

static gboolean
end_grants (DspFeed  *feed,
            gpointer  user_data,
            GError  **error)
{
  DspExecutor *self = user_data;
  gint64 now_us = dsp_executor_now (self);

  return dsp_judge_end_grants (self->judge, self->grants_seen_us, now_us, &self->published, error);
}

/* A page is really written: an empty transaction would tell nothing of the disk. */
static gboolean
write_something (DspFeed  *feed,
                 gpointer  user_data,
                 GError  **error)
{
  return dsp_db_exec (dsp_feed_get_db (feed), "UPDATE \"feed_state\" SET \"one\" = 1 WHERE \"one\" = 1", error);
}

/* After a fault a balancer sends nobody here any more, so it is for the server to find out that the store is back. */
static void
ask_store (DspExecutor *self)
{
  g_autoptr(GError) error = NULL;

  if (!g_atomic_int_get (&self->away))
    return;
  if (dsp_executor_in_transaction (self, write_something, self, &error))
    g_message ("the store takes commands again");
  else
    g_debug ("the store: %s", error->message);
}

void
dsp_executor_tick (DspExecutor *self,
                   gboolean     idle)
{
  gint64 monotonic_us = g_get_monotonic_time ();
  gint64 now_us = dsp_executor_now (self);
  gint64 n_ended = 0;
  g_autoptr(DspStmt) stmt = NULL;
  g_autoptr(GError) error = NULL;

  if (dsp_db_log_pages (self->db) > CHECKPOINT_PAGES && !dsp_db_checkpoint (self->db, DSP_CHECKPOINT_PASSIVE, NULL, &error))
    {
      g_warning ("checkpoint: %s", error->message);
      g_clear_error (&error);
    }
  if (monotonic_us < self->next_tick_us)
    return;
  self->next_tick_us = monotonic_us + TICK_US;
  ask_store (self);
  /* Another process may have noted what is due, and be gone. */
  if (dsp_db_is_shared (self->db))
    dsp_judge_forget (self->judge);

  stmt = dsp_db_prepare (self->db, "SELECT count(*) FROM \"grant\" WHERE \"until\" > $1 AND \"until\" <= $2", &error);
  if (stmt != NULL)
    {
      dsp_stmt_bind_int (stmt, 1, self->grants_seen_us);
      dsp_stmt_bind_int (stmt, 2, now_us);
      if (dsp_stmt_step (stmt, &error) == DSP_STEP_ROW)
        n_ended = dsp_stmt_int (stmt, 0);
      g_clear_pointer (&stmt, dsp_stmt_done);
    }
  if (error == NULL && (n_ended == 0 || dsp_executor_in_transaction (self, end_grants, self, &error)))
    self->grants_seen_us = now_us;
  if (idle && self->idle_since_us > 0 && monotonic_us - self->idle_since_us > IDLE_US && dsp_db_log_pages (self->db) > 0)
    {
      self->idle_since_us = 0;
      if (error == NULL && !dsp_db_checkpoint (self->db, DSP_CHECKPOINT_TRUNCATE, NULL, &error) &&
          g_error_matches (error, DSP_STORE_ERROR, DSP_STORE_ERROR_BUSY))
        g_clear_error (&error);
    }
  if (error != NULL)
    g_warning ("between batches: %s", error->message);
}

static gboolean
give_due (DspFeed  *feed,
          gpointer  user_data,
          GError  **error)
{
  DspExecutor *self = user_data;

  return dsp_judge_run_due (self->judge, dsp_executor_now (self), &self->published, error);
}

/* What it had to do may have come while nobody ran: then not at all. Instants are real time,
 * which somebody can set: it is looked at again with each tick. */
gint64
dsp_executor_sleep_us (DspExecutor *self)
{
  gint64 next_us, now_us = dsp_executor_now (self);

  if (self->recovery.open)
    return dsp_executor_recovery_sleep (self);
  if (!g_atomic_int_get (&self->clock) || (self->due_faults > 0 && g_get_monotonic_time () < self->due_again_us))
    return TICK_US;
  next_us = dsp_judge_next_due (self->judge);
  return next_us <= now_us ? 0 : MIN (next_us - now_us, TICK_US);
}

/* A part of what is due, after each batch; so neither waits long for the other. */
void
dsp_executor_run_clock (DspExecutor *self)
{
  g_autoptr(GError) error = NULL;

  if (dsp_executor_in_transaction (self, give_due, self, &error))
    {
      self->due_faults = 0;
      return;
    }
  self->due_faults++;
  self->due_again_us = g_get_monotonic_time () + RETRY_AFTER_S * G_USEC_PER_SEC;
  g_warning ("the clock's commands were rolled back: %s", error->message);
}
