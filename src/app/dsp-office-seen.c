/* dsp-office-seen.c: where crews were last, as far as what they did tells
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A crew was where it began or closed an order: at the position that came with that, else, of one that it has begun and not
 * closed, where that order is. Only orders that this user may see are here, so nobody learns of other crews.
 */
#define G_LOG_DOMAIN "dsp-office"

#include "config.h"
#include "dsp-office-private.h"

typedef struct {
  DspOffice  *office;
  GHashTable *crews;   /* crew id -> DspCrewSeen */
  gint64      from_us; /* what was before that says nothing */
} Seeing;

static void
see (Seeing         *seeing,
     const DspOrder *order,
     gint64          at_us,
     DspInt          lat_e7,
     DspInt          lon_e7)
{
  DspCrewSeen *seen = g_hash_table_lookup (seeing->crews, &order->crew_id);

  if (at_us < seeing->from_us || dsp_id_is_none (&order->crew_id) || !lat_e7.is_set || !lon_e7.is_set ||
      (seen != NULL && seen->at_us >= at_us))
    return;
  if (seen == NULL)
    {
      seen = g_new0 (DspCrewSeen, 1);
      seen->crew_id = order->crew_id;
      g_hash_table_insert (seeing->crews, &seen->crew_id, seen);
    }
  seen->order_id = order->id;
  seen->lat_e7 = (gint32) lat_e7.value;
  seen->lon_e7 = (gint32) lon_e7.value;
  seen->at_us = at_us;
}

static void
look_at (Seeing     *seeing,
         const char *states,
         const char *closed_at)
{
  DspReplica *replica = seeing->office->replica;
  g_autoptr(DspFilter) filter = dsp_filter_new (&dsp_order);
  g_autoptr(DspOrderResult) result = NULL;
  DspOrderQuery query = { .filter = filter };

  dsp_filter_set (filter, "status", states, NULL);
  dsp_filter_set (filter, "closed_at", closed_at, NULL);
  dsp_office_get_clock (seeing->office, &query.clock);
  result = dsp_replica_query_now (replica, &query, 0);
  for (guint i = 0; result != NULL && i < result->n_rows; i++)
    {
      const DspOrder *order = dsp_replica_get_order (replica, dsp_order_index_id (dsp_replica_get_index (replica), result->rows[i]));
      bool own = order != NULL && order->attended_lat_e7.is_set;

      if (order == NULL)
        continue;
      if (own)
        see (seeing, order, order->closed_at.us != 0 ? order->closed_at.us : order->started_at.us, order->attended_lat_e7,
             order->attended_lon_e7);
      else if (order->status == DSP_ORDER_IN_PROGRESS)
        see (seeing, order, order->started_at.us, order->lat_e7, order->lon_e7);
    }
}

GHashTable *
dsp_office_dup_crews_seen (DspOffice *self)
{
  Seeing seeing = { self, g_hash_table_new_full (dsp_id_hash, dsp_id_equal_func, NULL, g_free), 0 };
  g_autofree char *since = NULL;
  DspClock clock;
  char from[32];

  dsp_office_get_clock (self, &clock);
  seeing.from_us = clock.day_from_us;
  dsp_time_print ((DspTime) { clock.day_from_us }, from);
  since = g_strconcat (from, "..", NULL);
  look_at (&seeing, "in_progress", NULL);
  look_at (&seeing, "closed", since);
  return seeing.crews;
}
