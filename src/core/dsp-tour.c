/* dsp-tour.c: how far a crew drove on a day, as far as its orders tell
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-tour.h"

#include <math.h>

static bool
is_between (DspTime time,
            gint64  from_us,
            gint64  until_us)
{
  return time.us != 0 && time.us >= from_us && time.us < until_us;
}

bool
dsp_tour_visits (const DspOrder *order,
                 gint64          from_us,
                 gint64          until_us,
                 DspTourPlace   *place)
{
  *place = (DspTourPlace) { .order_id = order->id, .rank = order->visit.is_set ? order->visit.value : G_MAXINT64 };
  place->was = true;
  place->at_us = order->started_at.us;
  if (is_between (order->started_at, from_us, until_us))
    return true;
  place->at_us = order->closed_at.us;
  if (order->status == DSP_ORDER_CLOSED || order->closed_at.us != 0)
    return is_between (order->closed_at, from_us, until_us);
  place->was = false;
  place->at_us = order->attention_at.us;
  return dsp_order_is_open (order) && is_between (order->attention_at, from_us, until_us);
}

/* Where it was, by the clock; where it is to go, after that and as planned. */
int
dsp_tour_compare (gconstpointer a,
                  gconstpointer b)
{
  const DspTourPlace *x = a, *y = b;

  if (x->was != y->was)
    return x->was ? -1 : 1;
  if (!x->was && x->rank != y->rank)
    return x->rank < y->rank ? -1 : 1;
  if (x->at_us != y->at_us)
    return x->at_us < y->at_us ? -1 : 1;
  return dsp_id_compare (&x->order_id, &y->order_id);
}

static double
straight_m (const DspTourPlace *a,
            const DspTourPlace *b)
{
  DspPlanPoint from = dsp_plan_point (a->lat_e7, a->lon_e7), to = dsp_plan_point (b->lat_e7, b->lon_e7);

  return dsp_plan_km (&from, &to) * 1000;
}

static bool
is_known (const DspTourPlace *place)
{
  DspPlanPoint point = dsp_plan_point (place->lat_e7, place->lon_e7);

  return dsp_plan_is_known (&point);
}

GArray *
dsp_tour_new (const GArray       *visits,
              const DspTourPlace *base)
{
  GArray *tour = g_array_new (FALSE, TRUE, sizeof (DspTourPlace));
  g_autoptr(GArray) sorted = g_array_new (FALSE, TRUE, sizeof (DspTourPlace));
  bool has_base = is_known (base);

  g_array_append_vals (sorted, visits->data, visits->len);
  g_array_sort (sorted, dsp_tour_compare);
  if (has_base)
    g_array_append_val (tour, *base);
  for (guint i = 0; i < sorted->len && tour->len + has_base < DSP_TOUR_MAX_PLACES; i++)
    {
      const DspTourPlace *place = &g_array_index (sorted, DspTourPlace, i);
      /* By the base, where there is one: of two neighbours nobody knows which one is wrong. */
      const DspTourPlace *from = has_base ? base : tour->len > 0 ? &g_array_index (tour, DspTourPlace, tour->len - 1) : place;

      if (is_known (place) && straight_m (from, place) <= DSP_TOUR_FAR_M)
        g_array_append_val (tour, *place);
    }
  if (has_base && tour->len > 1)
    g_array_append_val (tour, *base);
  return tour;
}

GArray *
dsp_tour_straight (const GArray *tour,
                   gint64        factor_percent)
{
  GArray *ways = g_array_new (FALSE, TRUE, sizeof (gint64));
  double driven = 0;
  gint64 before = 0;

  for (guint i = 1; i < tour->len; i++)
    {
      gint64 now, way;

      driven += straight_m (&g_array_index (tour, DspTourPlace, i - 1), &g_array_index (tour, DspTourPlace, i)) * factor_percent / 100;
      now = llround (driven);
      way = now - before;
      before = now;
      g_array_append_val (ways, way);
    }
  return ways;
}

bool
dsp_tour_proposal (const GArray *tour,
                   const GArray *ways,
                   const DspId  *order_id,
                   gint64       *metres)
{
  bool found = dsp_id_is_none (order_id);

  *metres = 0;
  g_return_val_if_fail (ways->len + 1 == tour->len || ways->len == 0, false);
  /* The way i leads to the place i + 1. */
  for (guint i = 0; i < ways->len; i++)
    {
      const DspTourPlace *to = &g_array_index (tour, DspTourPlace, i + 1);
      bool mine = dsp_id_equal (&to->order_id, order_id);
      bool home = i > 0 && i + 1 == ways->len && dsp_id_is_none (&to->order_id) &&
                  dsp_id_equal (&g_array_index (tour, DspTourPlace, i).order_id, order_id);

      if (dsp_id_is_none (order_id) || mine || home)
        *metres += g_array_index (ways, gint64, i);
      found = found || mine;
    }
  return found && ways->len > 0;
}

/* ---- from records ---- */

typedef struct {
  gint64  from_us, until_us;
  GArray *visits; /* of DspTourPlace */
  GPtrArray *codes; /* (owned) of texts, nullable: the postal code of each */
} Collect;

static gboolean
collect (gconstpointer record,
         gpointer      user_data)
{
  const DspOrder *order = record;
  Collect *to = user_data;
  DspTourPlace place;

  if (!dsp_tour_visits (order, to->from_us, to->until_us, &place))
    return TRUE;
  place.lat_e7 = order->lat_e7;
  place.lon_e7 = order->lon_e7;
  /* The office's own coordinates come before those that the crew gave. */
  if (!is_known (&place))
    {
      place.lat_e7 = order->attended_lat_e7;
      place.lon_e7 = order->attended_lon_e7;
    }
  g_array_append_val (to->visits, place);
  g_ptr_array_add (to->codes, g_strdup (order->postal_code));
  return TRUE;
}

/* An order without coordinates is taken to be at the middle of its postal code. */
static void
add_middles (DspWork *work,
             Collect *visits)
{
  for (guint i = 0; i < visits->visits->len; i++)
    {
      DspTourPlace *place = &g_array_index (visits->visits, DspTourPlace, i);
      const char *code = visits->codes->pdata[i];
      gconstpointer record = NULL;

      if (is_known (place) || code == NULL ||
          dsp_work_find (work, &dsp_postal_code, offsetof (DspPostalCode, code), code, &record) != DSP_FACT_HERE)
        continue;
      place->lat_e7 = ((const DspPostalCode *) record)->lat_e7;
      place->lon_e7 = ((const DspPostalCode *) record)->lon_e7;
    }
}

GArray *
dsp_tour_of_crew (DspWork       *work,
                  const DspCrew *crew,
                  DspDate        day)
{
  DspCalendar *calendar = dsp_work_calendar (work);
  g_autoptr(GArray) places = g_array_new (FALSE, TRUE, sizeof (DspTourPlace));
  g_autoptr(GPtrArray) codes = g_ptr_array_new_with_free_func (g_free);
  DspDate next = { day.day + 1 };
  Collect visits = { dsp_calendar_at (calendar, day, 0), dsp_calendar_at (calendar, next, 0), places, codes };
  DspTourPlace base = { .lat_e7 = crew->home_lat_e7, .lon_e7 = crew->home_lon_e7 };

  dsp_work_visits (work, &crew->id, visits.from_us, visits.until_us, collect, &visits);
  add_middles (work, &visits);
  return dsp_tour_new (places, &base);
}
