/* dsp-office-crew-day.c: who is in the crews today, by memberships and roll calls
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Roll calls grow by one a crew and day, for years: only those of today are held in memory.
 */
#define G_LOG_DOMAIN "dsp-office"

#include "config.h"
#include "dsp-office-private.h"

#include "dsp-text.h"

static void
roll_calls_cb (GObject      *source,
               GAsyncResult *res,
               gpointer      user_data)
{
  g_autoptr(DspOffice) self = user_data;
  g_autoptr(GError) error = NULL;
  GPtrArray *list = dsp_replica_find_finish (DSP_REPLICA (source), res, &error);

  if (list == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_warning ("Could not read the roll calls: %s", error->message);
      return;
    }
  g_clear_pointer (&self->roll_calls, g_ptr_array_unref);
  self->roll_calls = list;
  dsp_office_emit_records (self, &dsp_roll_call);
}

void
dsp_office_load_roll_calls (DspOffice *self)
{
  g_autoptr(DspFilter) filter = dsp_filter_new (&dsp_roll_call);
  char day[16];

  self->roll_day = dsp_text_local_day (g_get_real_time ());
  dsp_date_print (self->roll_day, day);
  dsp_filter_set (filter, "day", day, NULL);
  dsp_replica_find_async (self->replica, filter, 0, self->cancellable, roll_calls_cb, g_object_ref (self));
}

const DspRollCall *
dsp_office_get_roll_call (DspOffice   *self,
                          const DspId *crew_id)
{
  DspDate today = dsp_text_local_day (g_get_real_time ());

  /* Another day has begun: yesterday's calls say nothing any more. */
  if (self->roll_day.day != today.day)
    {
      g_clear_pointer (&self->roll_calls, g_ptr_array_unref);
      dsp_office_load_roll_calls (self);
    }
  for (guint i = 0; self->roll_calls != NULL && i < self->roll_calls->len; i++)
    {
      const DspRollCall *call = self->roll_calls->pdata[i];

      if (dsp_id_equal (&call->crew_id, crew_id))
        return call;
    }
  return NULL;
}

/* ---- who was there on another day ---- */

typedef struct {
  DspId   crew_id;
  DspDate day;
} Asked;

static void
day_cb (GObject      *source,
        GAsyncResult *res,
        gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  DspOffice *self = g_task_get_source_object (task);
  const Asked *asked = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) calls = dsp_replica_find_finish (DSP_REPLICA (source), res, &error);
  g_autoptr(GArray) lines = NULL;
  const DspRollCall *call = NULL;

  if (g_task_return_error_if_cancelled (task))
    return;
  if (calls == NULL)
    g_warning ("Could not read the roll calls: %s", error->message);
  for (guint i = 0; calls != NULL && i < calls->len; i++)
    if (dsp_id_equal (&((const DspRollCall *) calls->pdata[i])->crew_id, &asked->crew_id))
      call = calls->pdata[i];
  lines = dsp_crew_day_read (&asked->crew_id, asked->day, dsp_office_records (self, &dsp_membership),
                             dsp_office_records (self, &dsp_technician), call);
  g_task_return_pointer (task, dsp_crew_day_names (lines), g_free);
}

void
dsp_office_members_async (DspOffice          *self,
                          const DspId        *crew_id,
                          DspDate             day,
                          GCancellable       *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer            user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr(DspFilter) filter = dsp_filter_new (&dsp_roll_call);
  Asked asked = { *crew_id, day };
  char text[16];

  g_task_set_task_data (task, g_memdup2 (&asked, sizeof asked), g_free);
  dsp_date_print (day, text);
  dsp_filter_set (filter, "day", text, NULL);
  dsp_replica_find_async (self->replica, filter, 0, cancellable, day_cb, task);
}

char *
dsp_office_members_finish (DspOffice    *self,
                           GAsyncResult *res,
                           GError      **error)
{
  return g_task_propagate_pointer (G_TASK (res), error);
}
