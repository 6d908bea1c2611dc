/* dsp-executor-recovery.c: the executor in the time after a restore
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * See dsp-recovery.h. While it is open the clock waits too: what it would find due may be done already in what comes back.
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-executor-private.h"

#define OFFERS      64 /* held commands of one batch */
#define ASK_AGAIN_S 5  /* who has offered all that he has */

gboolean
dsp_executor_hold (DspExecutor     *self,
                   Item            *item,
                   const DspDevice *device,
                   GError         **error)
{
  gint64 wait_s = CLAMP ((self->recovery.until_us - dsp_executor_now (self)) / G_USEC_PER_SEC, 1, ASK_AGAIN_S);
  gint64 held;
  char *json;

  if (!dsp_recovery_hold (self->db, device, item->push, &held, error))
    return FALSE;
  dsp_executor_answer_state (self, item, device, 202, NULL, NULL);
  json = g_strdup_printf ("{\"held\":%" G_GINT64_FORMAT ",\"wait\":%" G_GINT64_FORMAT ",%s", held, wait_s, item->reply.json + 1);
  g_free (item->reply.json);
  item->reply.json = json;
  return TRUE;
}

gboolean
dsp_executor_holds (DspExecutor     *self,
                    const Item      *item,
                    const DspDevice *device)
{
  const GArray *commands = item->push->commands;

  return self->recovery.open && item->push->first > 0 && commands->len > 0 &&
         g_array_index (commands, DspPushCommand, commands->len - 1).no > device->last_no;
}

static gboolean
apply_offers (DspFeed  *feed,
              gpointer  user_data,
              GError  **error)
{
  DspExecutor *self = user_data;
  guint n = 0;

  if (!dsp_recovery_apply (feed, self->judge, self->offers, dsp_executor_now (self), &self->published, &n, error))
    return FALSE;
  g_atomic_pointer_add (&self->n_commands, n);
  return TRUE;
}

static gboolean
skip_offer (DspFeed  *feed,
            gpointer  user_data,
            GError  **error)
{
  return dsp_recovery_skip (dsp_feed_get_db (feed), error);
}

gboolean
dsp_executor_read_recovery (DspExecutor *self,
                            GError     **error)
{
  gboolean was_open = self->recovery.open;

  if (!dsp_recovery_read (self->db, &self->recovery, error))
    return FALSE;
  if (was_open && !self->recovery.open)
    g_message ("the time after the restore is over: what clients offered has been judged");
  return TRUE;
}

static gboolean
start_recovery (DspFeed  *feed,
                gpointer  user_data,
                GError  **error)
{
  DspExecutor *self = user_data;

  return dsp_recovery_start (self->db, dsp_executor_now (self), error) && dsp_recovery_read (self->db, &self->recovery, error);
}

/* A part of what is held, when its time has come. One that cannot be stored is tried alone, and then left to its device. */
void
dsp_executor_run_recovery (DspExecutor *self)
{
  g_autoptr(GError) error = NULL;

  if (dsp_executor_in_transaction (self, apply_offers, self, &error) && dsp_executor_read_recovery (self, &error))
    {
      self->offers = OFFERS;
      return;
    }
  g_warning ("commands after the restore were rolled back: %s", error->message);
  self->due_again_us = g_get_monotonic_time () + RETRY_AFTER_S * G_USEC_PER_SEC;
  if (self->offers > 1)
    self->offers = 1;
  else if (!g_error_matches (error, DSP_STORE_ERROR, DSP_STORE_ERROR_AWAY) && !g_error_matches (error, DSP_STORE_ERROR, DSP_STORE_ERROR_FULL))
    dsp_executor_in_transaction (self, skip_offer, self, NULL);
}

/* The clock waits with them: what it would find due may be done already in what comes back. */
gint64
dsp_executor_recovery_sleep (DspExecutor *self)
{
  gint64 again_us = MAX (self->due_again_us - g_get_monotonic_time (), 0);

  return CLAMP (MAX (self->recovery.until_us - dsp_executor_now (self), again_us), 0, TICK_US);
}

gboolean
dsp_executor_open_recovery (DspExecutor *self,
                            GError     **error)
{
  self->offers = OFFERS;
  if (!dsp_recovery_read (self->db, &self->recovery, error))
    return FALSE;
  return !self->recovery.open || self->recovery.until_us > 0 || dsp_executor_in_transaction (self, start_recovery, self, error);
}

static gboolean
end_recovery (DspFeed  *feed,
              gpointer  user_data,
              GError  **error)
{
  DspExecutor *self = user_data;

  return dsp_recovery_end (self->db, dsp_executor_now (self), error) && dsp_recovery_read (self->db, &self->recovery, error);
}

gboolean
dsp_executor_end_recovery (DspExecutor *self,
                           GError     **error)
{
  return dsp_executor_write (self, end_recovery, self, error);
}
