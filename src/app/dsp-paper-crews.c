/* dsp-paper-crews.c: whose orders go on a crew's sheets
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-paper-crews"

#include "config.h"
#include "dsp-paper-crews.h"

#include "dsp-office-private.h"
#include "dsp-text.h"

#include <glib/gi18n.h>

static void
orders_free (gpointer data)
{
  DspPaperCrewOrders *orders = data;

  g_array_unref (orders->ids);
  g_free (orders);
}

static DspPaperCrewOrders *
orders_new (const DspId *crew_id)
{
  DspPaperCrewOrders *orders = g_new0 (DspPaperCrewOrders, 1);

  orders->crew_id = *crew_id;
  orders->ids = g_array_new (FALSE, FALSE, sizeof (DspId));
  return orders;
}

static DspOrderIndex *
index_of (DspPaperWords *words)
{
  return dsp_replica_get_index (dsp_office_get_replica (words->office));
}

/* Today's, as the card has them. */
static void
add_today (DspPaperWords      *words,
           DspPaperCrewOrders *orders,
           GHashTable         *taken)
{
  const guint32 *rows;
  guint n;

  dsp_office_get_stops (words->office, &orders->crew_id, &rows, &n);
  for (guint i = 0; i < n; i++)
    {
      g_array_append_val (orders->ids, *dsp_order_index_id (index_of (words), rows[i]));
      if (taken != NULL)
        g_hash_table_add (taken, GUINT_TO_POINTER (rows[i]));
    }
  orders->n_today = orders->ids->len;
}

GPtrArray *
dsp_paper_crews_day (DspPaperWords *words,
                     const DspId   *crew_id)
{
  GPtrArray *all = g_ptr_array_new_with_free_func (orders_free);
  DspPaperCrewOrders *orders = orders_new (crew_id);

  add_today (words, orders, NULL);
  g_ptr_array_add (all, orders);
  return all;
}

/* ---- the whole office ---- */

typedef struct { DspId crew_id; guint32 row; gint64 attention_us, penalty_us; const char *code; } Open;

/* By appointment; those without crew by place, since nobody goes there yet. */
static int
compare_open (gconstpointer a,
              gconstpointer b)
{
  const Open *x = a, *y = b;
  gint64 tx = x->attention_us != 0 ? x->attention_us : G_MAXINT64, ty = y->attention_us != 0 ? y->attention_us : G_MAXINT64;
  bool without_x = dsp_id_is_none (&x->crew_id), without_y = dsp_id_is_none (&y->crew_id);
  int by_code = without_x && without_y ? g_strcmp0 (x->code, y->code) : 0;

  if (without_x != without_y)
    return without_x - without_y;
  if (by_code != 0)
    return by_code;
  if (tx == ty)
    {
      tx = x->penalty_us != 0 ? x->penalty_us : G_MAXINT64;
      ty = y->penalty_us != 0 ? y->penalty_us : G_MAXINT64;
    }
  return (tx > ty) - (tx < ty);
}

static GArray *
open_orders (DspPaperWords *words)
{
  const DspField *attention = dsp_table_at (&dsp_order.table, offsetof (DspOrder, attention_at));
  const DspField *penalty = dsp_table_at (&dsp_order.table, offsetof (DspOrder, penalty_at));
  DspOrderIndex *index = index_of (words);
  GArray *list = g_array_new (FALSE, FALSE, sizeof (Open));
  g_autoptr(DspFilter) filter = dsp_filter_new (&dsp_order);
  g_autofree char *states = dsp_office_states_text (DSP_ORDER_OPEN);
  DspOrderQuery query = { .filter = filter };
  g_autoptr(DspOrderResult) result = NULL;

  dsp_office_get_clock (words->office, &query.clock);
  dsp_filter_set (filter, "status", states, NULL);
  result = dsp_replica_query_now (dsp_office_get_replica (words->office), &query, 0);
  for (guint i = 0; result != NULL && i < result->n_rows; i++)
    {
      guint32 row = result->rows[i];
      Open open = { *dsp_order_index_crew (index, row), row, dsp_order_index_time (index, attention, row),
                    dsp_order_index_time (index, penalty, row), dsp_order_index_postal_code (index, row) };

      g_array_append_val (list, open);
    }
  g_array_sort (list, compare_open);
  return list;
}

GPtrArray *
dsp_paper_crews_all (DspPaperWords *words)
{
  g_autoptr(GArray) open = open_orders (words);
  g_autoptr(GHashTable) by_crew = g_hash_table_new (dsp_id_hash, dsp_id_equal_func);
  g_autoptr(GHashTable) taken = g_hash_table_new (NULL, NULL);
  const GPtrArray *crews = dsp_office_records (words->office, &dsp_crew);
  GPtrArray *all = g_ptr_array_new_with_free_func (orders_free);
  DspPaperCrewOrders *without = orders_new (&dsp_id_none);

  for (guint i = 0; i < crews->len; i++)
    {
      DspPaperCrewOrders *orders = orders_new (&((const DspCrew *) crews->pdata[i])->id);

      g_ptr_array_add (all, orders);
      g_hash_table_insert (by_crew, &orders->crew_id, orders);
      add_today (words, orders, taken);
    }
  g_ptr_array_add (all, without);
  for (guint i = 0; i < open->len; i++)
    {
      const Open *one = &g_array_index (open, Open, i);
      DspPaperCrewOrders *orders = g_hash_table_lookup (by_crew, &one->crew_id);

      /* Of a crew that is not ours to see, the order is as good as without one. */
      if (!g_hash_table_contains (taken, GUINT_TO_POINTER (one->row)))
        g_array_append_val ((orders != NULL ? orders : without)->ids, *dsp_order_index_id (index_of (words), one->row));
    }
  for (guint i = all->len; i > 0; i--)
    if (((DspPaperCrewOrders *) all->pdata[i - 1])->ids->len == 0)
      g_ptr_array_remove_index (all, i - 1);
  return all;
}

/* ---- the sheets ---- */

static char *
totals_words (DspPaperWords            *words,
              const DspPaperCrewOrders *orders,
              const DspPaperCrew       *crew)
{
  g_autofree char *visits = g_strdup_printf (ngettext ("%u order", "%u orders", orders->ids->len), orders->ids->len);
  g_autofree char *today = NULL, *capacity = NULL, *km = NULL, *late = NULL;
  gint64 now_us = g_get_real_time ();
  guint n_late = 0;

  for (guint i = 0; i < orders->ids->len; i++)
    {
      guint32 row = dsp_order_index_find (index_of (words), &g_array_index (orders->ids, DspId, i));

      if (row != DSP_NO_ROW && dsp_order_index_penalized (index_of (words), row, now_us))
        n_late++;
    }
  if (orders->n_today != orders->ids->len && crew != NULL)
    today = g_strdup_printf (_("%u for today"), orders->n_today);
  if (crew != NULL && crew->record->capacity.is_set)
    capacity = g_strdup_printf (_("capacity %d a day"), (int) crew->record->capacity.value);
  if (crew != NULL && crew->km > 0)
    km = dsp_text_km (crew->km);
  if (n_late > 0)
    late = g_strdup_printf (ngettext ("%u penalized", "%u penalized", n_late), n_late);
  {
    const char *parts[] = { visits, today, capacity, km, late };

    return dsp_paper_join (" · ", parts, G_N_ELEMENTS (parts));
  }
}

DspPaperDay *
dsp_paper_crews_head (DspPaperWords            *words,
                      const DspPaperCrewOrders *orders,
                      gboolean                  for_results,
                      DspMapAreas              *areas,
                      DspMapOutline            *outline)
{
  DspPaperDay *day = dsp_paper_day_new ();
  const DspPaperCrew *crew = dsp_paper_words_crew (words, &orders->crew_id);
  const char *heading[] = { for_results ? _("Contingency sheets") : _("A crew's day"), words->office_name };
  g_autofree char *date = dsp_text_time_full ((DspTime) { g_get_real_time () });

  day->heading = dsp_paper_join (" · ", heading, G_N_ELEMENTS (heading));
  day->title = g_strdup (crew != NULL ? crew->title : _("Without crew"));
  day->day = g_steal_pointer (&date);
  day->people = g_strdup (crew != NULL ? crew->people : NULL);
  day->totals = totals_words (words, orders, crew);
  day->printed = g_strdup (words->printed);
  day->for_results = for_results;
  if (for_results)
    {
      day->solutions = g_strdupv (words->solutions);
      day->rejections = g_strdupv (words->rejections);
      day->reschedules = g_strdupv (words->reschedules);
    }
  if (crew != NULL)
    day->map = dsp_paper_map_new (areas, outline);
  if (crew != NULL && crew->record->home_lat_e7.is_set && crew->record->home_lon_e7.is_set)
    dsp_paper_map_add (day->map, crew->record->home_lat_e7.value, crew->record->home_lon_e7.value, 0, FALSE);
  return day;
}

gboolean
dsp_paper_crews_add (DspPaperWords            *words,
                     const DspPaperCrewOrders *orders,
                     guint                     i,
                     DspPaperDay              *day)
{
  const DspPaperCrew *crew = dsp_paper_words_crew (words, &orders->crew_id);
  const DspOrder *order = dsp_replica_get_order (dsp_office_get_replica (words->office), &g_array_index (orders->ids, DspId, i));
  const DspPostalCode *place;
  gint64 arrival_us = 0;

  if (order == NULL)
    return FALSE;
  /* The day was planned a moment after it was listed; it may have changed meanwhile. */
  if (crew != NULL && i < MIN (orders->n_today, crew->n_stops) && crew->rows[i] == dsp_order_index_find (index_of (words), &order->id))
    arrival_us = crew->arrivals[i];
  g_ptr_array_add (day->visits, dsp_paper_words_visit (words, order, i + 1, arrival_us));
  if (day->map == NULL)
    return TRUE;
  place = dsp_office_get_place (words->office, order->postal_code);
  if (order->lat_e7.is_set && order->lon_e7.is_set)
    dsp_paper_map_add (day->map, order->lat_e7.value, order->lon_e7.value, i + 1, FALSE);
  else if (place != NULL && place->lat_e7.is_set && place->lon_e7.is_set)
    dsp_paper_map_add (day->map, place->lat_e7.value, place->lon_e7.value, i + 1, TRUE);
  return TRUE;
}
