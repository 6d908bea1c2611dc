/* dsp-office-plan.c: the crews' days and the orders to be planned
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-office"

#include "config.h"
#include "dsp-office-private.h"

/* A crew's route is estimated over this many visits at most. */
#define MAX_STOPS 60
/* Of more orders than this only a sample is read in full; the others come from the index's columns. */
#define MAX_PLANNED 1000

typedef struct {
  GArray *stops; /* of DspPlanStop */
  GArray *rows;  /* of guint32 */
} Day;

static void
day_free (gpointer data)
{
  Day *day = data;

  g_array_unref (day->stops);
  g_array_unref (day->rows);
  g_free (day);
}

static DspPlanPoint
place_point (DspOffice  *self,
             const char *code)
{
  const DspPostalCode *place = dsp_office_get_place (self, code);
  DspPlanPoint unknown = { 0 };

  return place != NULL ? dsp_plan_point (place->lat_e7, place->lon_e7) : unknown;
}

static Day *
day_of (GHashTable  *days,
        const DspId *crew_id)
{
  Day *day = g_hash_table_lookup (days, crew_id);

  if (day == NULL)
    {
      day = g_new0 (Day, 1);
      day->stops = g_array_new (FALSE, FALSE, sizeof (DspPlanStop));
      day->rows = g_array_new (FALSE, FALSE, sizeof (guint32));
      g_hash_table_insert (days, g_memdup2 (crew_id, sizeof *crew_id), day);
    }
  return day;
}

/* From the order of the index to that of visit; the first places are looked up. */
static void
arrange (DspOffice *self,
         Day       *day)
{
  DspOrderIndex *index = dsp_replica_get_index (self->replica);
  g_autoptr(GArray) stops = day->stops, rows = day->rows;
  g_autofree guint *order = dsp_plan_arrange ((const DspPlanStop *) stops->data, stops->len);

  day->stops = g_array_sized_new (FALSE, FALSE, sizeof (DspPlanStop), stops->len);
  day->rows = g_array_sized_new (FALSE, FALSE, sizeof (guint32), stops->len);
  for (guint i = 0; i < stops->len; i++)
    {
      DspPlanStop stop = g_array_index (stops, DspPlanStop, order[i]);
      guint32 row = g_array_index (rows, guint32, order[i]);

      if (i < MAX_STOPS)
        stop.at = place_point (self, dsp_order_index_postal_code (index, row));
      g_array_append_val (day->stops, stop);
      g_array_append_val (day->rows, row);
    }
}

static void
make_days (DspOffice *self)
{
  g_autoptr(DspFilter) filter = dsp_filter_new (&dsp_order);
  g_autofree char *states = dsp_office_states_text (dsp_office_tab_states[DSP_TAB_ASSIGNED]);
  const DspField *attention = dsp_table_at (&dsp_order.table, offsetof (DspOrder, attention_at));
  const DspField *penalty = dsp_table_at (&dsp_order.table, offsetof (DspOrder, penalty_at));
  DspOrderIndex *index = dsp_replica_get_index (self->replica);
  g_autoptr(DspOrderResult) result = NULL;
  DspOrderQuery query = { .filter = filter };
  GHashTableIter iter;
  gpointer value;

  self->days = g_hash_table_new_full (dsp_id_hash, dsp_id_equal_func, g_free, day_free);
  dsp_office_get_clock (self, &query.clock);
  dsp_filter_set (filter, "status", states, NULL);
  result = dsp_replica_query_now (self->replica, &query, 0);
  for (guint i = 0; result != NULL && i < result->n_rows; i++)
    {
      guint32 row = result->rows[i];
      const DspId *crew = dsp_order_index_crew (index, row);
      DspPlanStop stop = { 0 };
      Day *day;

      if (dsp_id_is_none (crew))
        continue;
      stop.attention_us = dsp_order_index_time (index, attention, row);
      stop.penalty_us = dsp_order_index_time (index, penalty, row);
      stop.visit = dsp_order_index_visit (index, row);
      if (stop.attention_us >= query.clock.day_to_us)
        continue;
      day = day_of (self->days, crew);
      g_array_append_val (day->stops, stop);
      g_array_append_val (day->rows, row);
    }

  g_hash_table_iter_init (&iter, self->days);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    arrange (self, value);
}

const DspPlanStop *
dsp_office_get_stops (DspOffice      *self,
                      const DspId    *crew_id,
                      const guint32 **rows,
                      guint          *n_stops)
{
  Day *day;

  if (self->days == NULL)
    make_days (self);
  day = g_hash_table_lookup (self->days, crew_id);
  *n_stops = day != NULL ? day->stops->len : 0;
  if (rows != NULL)
    *rows = day != NULL ? (const guint32 *) day->rows->data : NULL;
  return day != NULL ? (const DspPlanStop *) day->stops->data : NULL;
}

DspPlanOrders *
dsp_office_plan (DspOffice *self,
                 GtkBitset *rows)
{
  DspPlanOrders *orders = dsp_plan_orders_new ();
  DspOrderIndex *index = dsp_replica_get_index (self->replica);
  const DspField *attention = dsp_table_at (&dsp_order.table, offsetof (DspOrder, attention_at));
  const DspField *penalty = dsp_table_at (&dsp_order.table, offsetof (DspOrder, penalty_at));
  guint n = (guint) gtk_bitset_get_size (rows), step = n / MAX_PLANNED + 1, i = 0;
  GtkBitsetIter iter;
  DspPlanClock clock;
  guint row;

  dsp_office_get_plan_clock (self, &clock);
  dsp_plan_orders_set_closures (orders, dsp_office_records (self, &dsp_zone_closure), &clock);
  if (!gtk_bitset_iter_init_first (&iter, rows, &row))
    return orders;
  do
    {
      const char *code = dsp_order_index_postal_code (index, row);
      const DspPostalCode *known = dsp_office_get_place (self, code);
      DspPlanPoint place = place_point (self, code);
      const DspOrder *order = i++ % step == 0 ? dsp_office_get_order (self, row) : NULL;
      DspOrder stub = { 0 };

      if (order == NULL)
        {
          stub.status = dsp_order_index_status (index, row);
          stub.crew_id = *dsp_order_index_crew (index, row);
          stub.postal_code = (char *) code;
          stub.municipality = known != NULL ? known->municipality : NULL;
          stub.attention_at.us = dsp_order_index_time (index, attention, row);
          stub.penalty_at.us = dsp_order_index_time (index, penalty, row);
          order = &stub;
        }
      dsp_plan_orders_add (orders, order, &place);
    }
  while (gtk_bitset_iter_next (&iter, &row));
  return orders;
}

void
dsp_office_answer (DspOffice           *self,
                   const DspPlanOrders *orders,
                   const DspCrew       *crew,
                   DspPlanAnswer       *answer)
{
  DspPlanClock clock;
  guint n;
  const DspPlanStop *stops = dsp_office_get_stops (self, &crew->id, NULL, &n);

  dsp_office_get_plan_clock (self, &clock);
  dsp_plan_answer (orders, crew, stops, n, dsp_replica_get_actor (self->replica), &clock, answer);
  dsp_plan_hear_roll_call (orders, dsp_office_get_roll_call (self, &crew->id), &clock, answer);
}
