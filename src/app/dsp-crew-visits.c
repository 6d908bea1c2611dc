/* dsp-crew-visits.c: a crew's orders of one day, as it visited them
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-crew-visits"

#include "config.h"
#include "dsp-crew-visits.h"

#include "dsp-text.h"
#include "dsp-tour.h"

/* What makes a visit of that day: one question for each. */
static const char *const asked_by[] = { "attention_at", "closed_at" };

typedef struct {
  gint64      from_us, until_us;
  guint       n_waiting;
  bool        failed;
  GPtrArray  *orders; /* (owned): of DspOrder (owned) */
  GHashTable *seen;   /* (owned): of DspId, in orders */
} Asked;

static void
free_order (gpointer order)
{
  dsp_order_free (order);
}

static void
asked_free (gpointer data)
{
  Asked *asked = data;

  g_hash_table_unref (asked->seen);
  g_ptr_array_unref (asked->orders);
  g_free (asked);
}

static int
compare_visits (gconstpointer a,
                gconstpointer b,
                gpointer      user_data)
{
  const Asked *asked = user_data;
  DspTourPlace x, y;

  dsp_tour_visits (*(DspOrder *const *) a, asked->from_us, asked->until_us, &x);
  dsp_tour_visits (*(DspOrder *const *) b, asked->from_us, asked->until_us, &y);
  return dsp_tour_compare (&x, &y);
}

static void
found_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Asked *asked = g_task_get_task_data (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) found = dsp_replica_find_finish (DSP_REPLICA (source), res, &error);
  DspTourPlace place;

  asked->n_waiting--;
  for (guint i = 0; found != NULL && i < found->len; i++)
    {
      const DspOrder *order = found->pdata[i];
      DspOrder *own;

      if (!dsp_tour_visits (order, asked->from_us, asked->until_us, &place) || g_hash_table_contains (asked->seen, &order->id))
        continue;
      own = dsp_order_dup (order);
      g_ptr_array_add (asked->orders, own);
      g_hash_table_add (asked->seen, &own->id);
    }
  if (found == NULL && !asked->failed)
    {
      asked->failed = true;
      g_task_return_error (task, g_steal_pointer (&error));
    }
  else if (asked->n_waiting == 0 && !asked->failed)
    {
      g_ptr_array_sort_with_data (asked->orders, compare_visits, asked);
      g_task_return_pointer (task, g_ptr_array_ref (asked->orders), (GDestroyNotify) g_ptr_array_unref);
    }
}

void
dsp_crew_visits_async (DspOffice           *office,
                       const DspId         *crew_id,
                       DspDate              day,
                       GCancellable        *cancellable,
                       GAsyncReadyCallback  callback,
                       gpointer             user_data)
{
  g_autoptr(GTask) task = g_task_new (office, cancellable, callback, user_data);
  Asked *asked = g_new0 (Asked, 1);
  char crew[DSP_ID_TEXT], from[32], until[32];

  g_task_set_source_tag (task, dsp_crew_visits_async);
  asked->from_us = dsp_text_day_starts (day).us;
  asked->until_us = dsp_text_day_starts ((DspDate) { day.day + 1 }).us;
  asked->orders = g_ptr_array_new_with_free_func (free_order);
  asked->seen = g_hash_table_new (dsp_id_hash, dsp_id_equal_func);
  asked->n_waiting = G_N_ELEMENTS (asked_by);
  g_task_set_task_data (task, asked, asked_free);
  dsp_id_print (crew_id, crew);
  dsp_time_print ((DspTime) { asked->from_us }, from);
  dsp_time_print ((DspTime) { asked->until_us }, until);
  for (guint i = 0; i < G_N_ELEMENTS (asked_by); i++)
    {
      g_autoptr(DspFilter) filter = dsp_filter_new (&dsp_order);
      g_autofree char *day_text = g_strdup_printf ("%s..%s", from, until);

      dsp_filter_set (filter, "crew_id", crew, NULL);
      dsp_filter_set (filter, asked_by[i], day_text, NULL);
      dsp_replica_find_async (dsp_office_get_replica (office), filter, 0, cancellable, found_cb, g_object_ref (task));
    }
}

GPtrArray *
dsp_crew_visits_finish (GAsyncResult  *res,
                        GError       **error)
{
  return g_task_propagate_pointer (G_TASK (res), error);
}
