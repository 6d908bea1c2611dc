/* dsp-office-refresh.c: the orders of the filter and of the tab, asked for anew when something changes
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-office"

#include "config.h"
#include "dsp-office-private.h"

/* Rows that must be in order at once; the rest of a column that was never sorted by follows. */
#define N_FIRST 512

char *
dsp_office_states_text (guint32 states)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 1; i < DSP_N_ORDER_STATUSES; i++)
    if (states & DSP_BIT (i))
      g_string_append_printf (text, "%s%s", text->len > 0 ? "," : "", DspOrderStatus_words.list[i].name);
  if (text->len == 0)
    g_string_append_c (text, '-');
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* The filter's own states and the tab's, both. */
static DspFilter *
filter_for_tab (DspOffice *self)
{
  DspFilter *filter = dsp_filter_dup (self->filter);
  g_autofree char *own = dsp_filter_get (self->filter, "status");
  g_autofree char *text = NULL;
  guint32 states = dsp_office_tab_states[self->tab];

  if (self->tab == DSP_TAB_ALL)
    return filter;
  if (own != NULL)
    {
      g_auto(GStrv) words = g_strsplit (own, ",", -1);
      guint32 wanted = 0;

      for (guint i = 0; words[i] != NULL; i++)
        wanted |= DSP_BIT (dsp_words_find (&DspOrderStatus_words, words[i], strlen (words[i])));
      states &= wanted;
    }
  text = dsp_office_states_text (states);
  dsp_filter_set (filter, "status", text, NULL);
  return filter;
}

static void
prune_selection (DspOffice *self)
{
  DspOrderIndex *index = dsp_replica_get_index (self->replica);

  if (gtk_bitset_is_empty (self->selection))
    return;
  /* Rows that left the index altogether were taken out when they went; an empty index has nothing. */
  if (dsp_order_index_n_orders (index) == 0)
    dsp_office_select (self, NULL);
}

static void
take_results (DspOffice      *self,
              DspOrderResult *result,
              DspOrderResult *tab_result)
{
  DspClock clock;

  g_clear_pointer (&self->result, dsp_order_result_free);
  g_clear_pointer (&self->tab_result, dsp_order_result_free);
  g_clear_pointer (&self->totals, dsp_order_totals_free);
  g_clear_pointer (&self->days, g_hash_table_unref);
  self->result = result;
  self->tab_result = tab_result;
  dsp_office_get_clock (self, &clock);
  self->totals = dsp_order_index_totals (dsp_replica_get_index (self->replica), &clock);
  prune_selection (self);
  dsp_office_emit (self, DSP_OFFICE_REFRESHED);
}

static void
tab_query_cb (GObject      *source,
              GAsyncResult *res,
              gpointer      user_data)
{
  g_autoptr(DspOffice) self = user_data;
  g_autoptr(GError) error = NULL;
  DspOrderResult *tab_result = dsp_replica_query_finish (DSP_REPLICA (source), res, &error);
  DspOrderResult *whole;

  if (tab_result == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_warning ("Could not query the orders: %s", error->message);
      return;
    }
  whole = g_object_steal_data (G_OBJECT (self), "whole-result");
  if (self->replica == NULL || whole == NULL)
    {
      dsp_order_result_free (tab_result);
      g_clear_pointer (&whole, dsp_order_result_free);
      return;
    }
  take_results (self, whole, tab_result);
}

static void
fill_query (DspOffice       *self,
            const DspFilter *filter,
            DspOrderQuery   *query)
{
  *query = (DspOrderQuery) { .filter = filter, .exception = self->exception, .sort = self->sort,
                             .descending = self->descending };
  dsp_office_get_clock (self, &query->clock);
}

static void
whole_query_cb (GObject      *source,
                GAsyncResult *res,
                gpointer      user_data)
{
  g_autoptr(DspOffice) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspFilter) filter = NULL;
  DspOrderResult *whole = dsp_replica_query_finish (DSP_REPLICA (source), res, &error);
  DspOrderQuery query;

  if (whole == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_warning ("Could not query the orders: %s", error->message);
      return;
    }
  if (self->replica == NULL)
    {
      dsp_order_result_free (whole);
      return;
    }
  g_object_set_data_full (G_OBJECT (self), "whole-result", whole, (GDestroyNotify) dsp_order_result_free);
  filter = filter_for_tab (self);
  fill_query (self, filter, &query);
  dsp_replica_query_async (self->replica, &query, N_FIRST, self->query_cancellable, tab_query_cb, g_object_ref (self));
}

void
dsp_office_refresh_now (DspOffice *self)
{
  g_autoptr(DspFilter) tab_filter = filter_for_tab (self);
  DspOrderQuery query, tab_query;
  DspOrderResult *result, *tab_result;
  gint64 began = g_get_monotonic_time ();

  fill_query (self, self->filter, &query);
  fill_query (self, tab_filter, &tab_query);
  g_cancellable_cancel (self->query_cancellable);
  g_clear_object (&self->query_cancellable);
  self->query_cancellable = g_cancellable_new ();

  result = dsp_replica_query_now (self->replica, &query, 0);
  if (result == NULL)
    {
      dsp_replica_query_async (self->replica, &query, 0, self->query_cancellable, whole_query_cb, g_object_ref (self));
      return;
    }
  tab_result = dsp_replica_query_now (self->replica, &tab_query, N_FIRST);
  if (tab_result == NULL)
    {
      /* The same conditions but for the state: if one could be answered at once, so can the other. */
      dsp_order_result_free (result);
      dsp_replica_query_async (self->replica, &query, 0, self->query_cancellable, whole_query_cb, g_object_ref (self));
      return;
    }
  take_results (self, result, tab_result);
  /* While changes pour in, at most half of the time goes into showing them. */
  self->busy_until_us = g_get_monotonic_time () + (g_get_monotonic_time () - began);
}

static gboolean
refresh_cb (gpointer user_data)
{
  DspOffice *self = user_data;

  self->refresh_id = 0;
  dsp_office_refresh_now (self);
  return G_SOURCE_REMOVE;
}

void
dsp_office_refresh (DspOffice *self)
{
  gint64 wait_us = self->busy_until_us - g_get_monotonic_time ();

  if (self->refresh_id != 0 || self->replica == NULL)
    return;
  if (wait_us > 1000)
    self->refresh_id = g_timeout_add_full (G_PRIORITY_HIGH_IDLE, (guint) MIN (wait_us / 1000, 500), refresh_cb, self, NULL);
  else
    self->refresh_id = g_idle_add_full (G_PRIORITY_HIGH_IDLE, refresh_cb, self, NULL);
}
