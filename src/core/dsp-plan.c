/* dsp-plan.c: what handing orders to a crew would mean
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Estimates, not promises: roads are taken as a third longer than the straight line, driven at 24 km/h, and a visit takes
 * the crew's working day divided by its capacity. They serve to compare crews.
 */
#define G_LOG_DOMAIN "dsp-plan"

#include "config.h"
#include "dsp-plan.h"

#include "dsp-command.h"
#include "dsp-crew-day.h"

#include <math.h>
#include <string.h>

#define EARTH_KM 6371.0088
#define ROAD_FACTOR 1.3
#define SPEED_KM_H 24.0
#define MINUTE_US (G_GINT64_CONSTANT (60) * G_USEC_PER_SEC)
#define DAY_US (24 * 60 * MINUTE_US)
#define DEFAULT_VISIT_MINUTES 60
/* Nobody drives that far to a visit: such coordinates are a mistake of whoever wrote them. */
#define FAR_KM 300.0
#define DEFAULT_STARTS (8 * 60)
#define DEFAULT_ENDS (18 * 60)

/* More places than this are thinned out: a drag of 5,000 orders must still be answered by 400 crews in one frame or two. */
#define MAX_PLACES 24

typedef struct {
  DspPlanPoint at;
  gint64       penalty_us; /* the earliest there */
  guint        n;
} Place;

typedef struct {
  char *postal_code;
  char *municipality;
  guint n;
} Code;

typedef struct {
  DspId crew_id;
  guint n;
} Holder;

struct _DspPlanOrders
{
  guint       n, n_final;
  GHashTable *types;        /* (owned): type -> count */
  GPtrArray  *type_order;   /* keys of types, as they came */
  GHashTable *codes;        /* (owned): "code/municipality" -> Code */
  GHashTable *places;       /* (owned): rounded coordinates -> Place */
  GArray     *holders;      /* (owned) of Holder: crews that have some of them */
  GArray     *appointments; /* (owned) of gint64 */
  DspPlanPoint middle;      /* not normalised */
  GPtrArray  *closures;     /* (owned) (nullable) of DspZoneClosure */
  DspPlanClock clock;       /* of closures */
  guint       n_closed;
  char       *closed;       /* (owned) (nullable): why */
};

DspPlanPoint
dsp_plan_point (DspInt lat_e7,
                DspInt lon_e7)
{
  DspPlanPoint point = { 0 };

  /* 0, 0 lies in the Gulf of Guinea and in many files: it means that nobody knew. */
  if (lat_e7.is_set && lon_e7.is_set && (lat_e7.value != 0 || lon_e7.value != 0))
    {
      double lat = lat_e7.value * 1e-7 * G_PI / 180, lon = lon_e7.value * 1e-7 * G_PI / 180;

      point.x = cos (lat) * cos (lon);
      point.y = cos (lat) * sin (lon);
      point.z = sin (lat);
    }
  return point;
}

bool
dsp_plan_is_known (const DspPlanPoint *point)
{
  return point->x != 0 || point->y != 0 || point->z != 0;
}

double
dsp_plan_km (const DspPlanPoint *a,
             const DspPlanPoint *b)
{
  double dx = a->x - b->x, dy = a->y - b->y, dz = a->z - b->z;

  if (!dsp_plan_is_known (a) || !dsp_plan_is_known (b))
    return 0;
  /* From the chord: precise for the short ways that matter here, and without a cosine a pair. */
  return 2 * EARTH_KM * asin (MIN (1.0, sqrt (dx * dx + dy * dy + dz * dz) / 2));
}

static void
code_free (gpointer data)
{
  Code *code = data;

  g_free (code->postal_code);
  g_free (code->municipality);
  g_free (code);
}

DspPlanOrders *
dsp_plan_orders_new (void)
{
  DspPlanOrders *orders = g_new0 (DspPlanOrders, 1);

  orders->types = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  orders->type_order = g_ptr_array_new ();
  orders->codes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, code_free);
  orders->places = g_hash_table_new_full (g_int64_hash, g_int64_equal, g_free, g_free);
  orders->holders = g_array_new (FALSE, FALSE, sizeof (Holder));
  orders->appointments = g_array_new (FALSE, FALSE, sizeof (gint64));
  return orders;
}

void
dsp_plan_orders_free (DspPlanOrders *orders)
{
  if (orders == NULL)
    return;
  g_ptr_array_unref (orders->type_order);
  g_hash_table_unref (orders->types);
  g_hash_table_unref (orders->codes);
  g_hash_table_unref (orders->places);
  g_array_unref (orders->holders);
  g_array_unref (orders->appointments);
  g_clear_pointer (&orders->closures, g_ptr_array_unref);
  g_free (orders->closed);
  g_free (orders);
}

static void
add_place (DspPlanOrders      *orders,
           const DspPlanPoint *at,
           gint64              penalty_us)
{
  /* About 600 m: orders of one street are one place. */
  gint64 key = (gint64) floor (at->x * 10000) * 1000000007 + (gint64) floor (at->y * 10000) * 30011 +
               (gint64) floor (at->z * 10000);
  Place *place = g_hash_table_lookup (orders->places, &key);

  if (place == NULL)
    {
      place = g_new0 (Place, 1);
      place->at = *at;
      g_hash_table_insert (orders->places, g_memdup2 (&key, sizeof key), place);
    }
  place->n++;
  if (penalty_us != 0 && (place->penalty_us == 0 || penalty_us < place->penalty_us))
    place->penalty_us = penalty_us;
}

static gint64
local_day (gint64 us, const DspPlanClock *clock)
{
  gint64 local = us + clock->offset_us;

  return local >= 0 ? local / DAY_US : -((-local + DAY_US - 1) / DAY_US);
}

void
dsp_plan_orders_set_closures (DspPlanOrders      *orders,
                              const GPtrArray    *closures,
                              const DspPlanClock *clock)
{
  orders->clock = *clock;
  g_clear_pointer (&orders->closures, g_ptr_array_unref);
  if (closures == NULL || closures->len == 0)
    return;
  orders->closures = g_ptr_array_new_with_free_func ((GDestroyNotify) dsp_zone_closure_free);
  for (guint i = 0; i < closures->len; i++)
    g_ptr_array_add (orders->closures, dsp_zone_closure_dup (closures->pdata[i]));
}

/* An appointment of the past, or none: the visit is for today. */
static void
add_closed (DspPlanOrders  *orders,
            const DspOrder *order)
{
  gint64 today = local_day (orders->clock.now_us, &orders->clock);
  gint64 day = order->attention_at.us != 0 ? MAX (local_day (order->attention_at.us, &orders->clock), today) : today;

  for (guint i = 0; orders->closures != NULL && i < orders->closures->len; i++)
    {
      const DspZoneClosure *closure = orders->closures->pdata[i];

      if (!dsp_zone_closure_covers (closure, (DspDate) { (gint32) day + 1 }, order->postal_code, order->municipality))
        continue;
      orders->n_closed++;
      if (orders->closed == NULL)
        orders->closed = g_strdup (closure->reason);
      return;
    }
}

void
dsp_plan_orders_add (DspPlanOrders      *orders,
                     const DspOrder     *order,
                     const DspPlanPoint *place)
{
  DspPlanPoint at;
  g_autofree char *code_key = NULL;
  Code *code;

  orders->n++;
  if (!dsp_order_is_open (order))
    {
      orders->n_final++;
      return;
    }

  if (order->type != NULL)
    {
      gpointer key, count;

      if (g_hash_table_lookup_extended (orders->types, order->type, &key, &count))
        g_hash_table_insert (orders->types, g_strdup (order->type), GUINT_TO_POINTER (GPOINTER_TO_UINT (count) + 1));
      else
        {
          char *copy = g_strdup (order->type);

          g_hash_table_insert (orders->types, copy, GUINT_TO_POINTER (1));
          g_ptr_array_add (orders->type_order, copy);
        }
    }

  code_key = g_strconcat (order->postal_code != NULL ? order->postal_code : "", "/",
                          order->municipality != NULL ? order->municipality : "", NULL);
  code = g_hash_table_lookup (orders->codes, code_key);
  if (code == NULL)
    {
      code = g_new0 (Code, 1);
      code->postal_code = g_strdup (order->postal_code);
      code->municipality = g_strdup (order->municipality);
      g_hash_table_insert (orders->codes, g_steal_pointer (&code_key), code);
    }
  code->n++;

  if (!dsp_id_is_none (&order->crew_id))
    {
      Holder *found = NULL;

      for (guint i = 0; i < orders->holders->len && found == NULL; i++)
        if (dsp_id_equal (&g_array_index (orders->holders, Holder, i).crew_id, &order->crew_id))
          found = &g_array_index (orders->holders, Holder, i);
      if (found != NULL)
        found->n++;
      else
        {
          Holder holder = { order->crew_id, 1 };

          g_array_append_val (orders->holders, holder);
        }
    }

  add_closed (orders, order);
  if (order->attention_at.us != 0)
    g_array_append_val (orders->appointments, order->attention_at.us);

  at = dsp_plan_point (order->lat_e7, order->lon_e7);
  if (!dsp_plan_is_known (&at) && place != NULL)
    at = *place;
  if (dsp_plan_is_known (&at))
    {
      add_place (orders, &at, order->penalty_at.us);
      orders->middle.x += at.x;
      orders->middle.y += at.y;
      orders->middle.z += at.z;
    }
}

guint
dsp_plan_orders_n (const DspPlanOrders *orders)
{
  return orders->n;
}

static gint64
visit_us (const DspCrew *crew)
{
  gint64 starts = crew->starts.is_set ? crew->starts.value : DEFAULT_STARTS;
  gint64 ends = crew->ends.is_set ? crew->ends.value : DEFAULT_ENDS;

  if (!crew->capacity.is_set || crew->capacity.value <= 0 || ends <= starts)
    return DEFAULT_VISIT_MINUTES * MINUTE_US;
  /* A quarter of the day is spent on the way. */
  return (ends - starts) * MINUTE_US * 3 / 4 / crew->capacity.value;
}

static gint64
way_us (double km)
{
  return (gint64) (km * ROAD_FACTOR / SPEED_KM_H * 60 * MINUTE_US);
}

static gint64
day_starts_us (const DspCrew      *crew,
               const DspPlanClock *clock)
{
  gint64 midnight = local_day (clock->now_us, clock) * DAY_US - clock->offset_us;

  return MAX (clock->now_us, midnight + (crew->starts.is_set ? crew->starts.value : DEFAULT_STARTS) * MINUTE_US);
}

double
dsp_plan_route (const DspCrew      *crew,
                const DspPlanStop  *stops,
                guint               n_stops,
                const DspPlanClock *clock,
                gint64             *arrivals)
{
  DspPlanPoint here = dsp_plan_point (crew->home_lat_e7, crew->home_lon_e7);
  gint64 time = day_starts_us (crew, clock), visit = visit_us (crew);
  double km = 0;

  for (guint i = 0; i < n_stops; i++)
    {
      double way = dsp_plan_km (&here, &stops[i].at) * ROAD_FACTOR;

      km += way;
      time += way_us (way / ROAD_FACTOR);
      /* Nobody is at home before the appointment. */
      if (stops[i].attention_us > time)
        time = stops[i].attention_us;
      if (arrivals != NULL)
        arrivals[i] = time;
      time += visit;
      if (dsp_plan_is_known (&stops[i].at))
        here = stops[i].at;
    }
  return km;
}

/* Where one more place costs the least way. Returns kilometres in a straight line; @index: it would come before that one. */
static double
cheapest (const DspPlanPoint *home,
          const DspPlanPoint *route,
          guint               n,
          const DspPlanPoint *place,
          guint              *index)
{
  double best = -1, way_to = 0;

  for (guint i = 0; i <= n; i++)
    {
      const DspPlanPoint *before = i == 0 ? home : &route[i - 1];
      double to = i == 0 ? dsp_plan_km (before, place) : way_to;
      double cost = to;

      if (i < n)
        {
          way_to = dsp_plan_km (place, &route[i]);
          cost = to + way_to - dsp_plan_km (before, &route[i]);
        }
      if (best < 0 || cost < best)
        {
          best = MAX (cost, 0);
          *index = i;
        }
    }
  return best < 0 ? 0 : best;
}

static void
answer_way (const DspPlanOrders *orders,
            const DspCrew       *crew,
            const DspPlanStop   *stops,
            guint                n_stops,
            const DspPlanClock  *clock,
            DspPlanAnswer       *answer)
{
  guint n_places = g_hash_table_size (orders->places), n_route = 0, seen = 0, taken = 0, visits = 0;
  g_autofree DspPlanPoint *route = g_new (DspPlanPoint, n_stops + MIN (n_places, MAX_PLACES) + 1);
  DspPlanPoint home = dsp_plan_point (crew->home_lat_e7, crew->home_lon_e7);
  gint64 starts = day_starts_us (crew, clock), visit = visit_us (crew);
  double straight = 0, way = 0;
  GHashTableIter iter;
  gpointer value;

  for (guint i = 0; i < n_stops; i++)
    if (dsp_plan_is_known (&stops[i].at))
      route[n_route++] = stops[i].at;
  if (!dsp_plan_is_known (&home) && n_route == 0)
    return;

  g_hash_table_iter_init (&iter, orders->places);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Place *place = value;
      guint at = 0;

      if ((guint64) seen++ * MAX_PLACES / MAX (n_places, MAX_PLACES) < taken)
        continue;
      taken++;
      if (dsp_plan_km (n_route > 0 ? &route[0] : &home, &place->at) > FAR_KM)
        continue;
      way = cheapest (&home, route, n_route, &place->at, &at);
      straight += way;
      memmove (route + at + 1, route + at, (n_route - at) * sizeof *route);
      route[at] = place->at;
      n_route++;

      if (place->penalty_us != 0)
        {
          /* With what is before it done at the crew's pace. */
          gint64 reached = starts + (gint64) (at + visits) * visit + way_us (dsp_plan_km (&home, &place->at));

          if (reached > place->penalty_us)
            answer->late_us = MAX (answer->late_us, reached - place->penalty_us);
        }
      visits += place->n - 1;
    }
  if (taken > 0)
    {
      answer->has_km = true;
      /* Thinned out: a tour through n places grows with the square root of n. */
      answer->extra_km = straight * ROAD_FACTOR * sqrt ((double) n_places / taken);
    }
}

static bool
works_on (const DspCrew *crew,
          gint64         day)
{
  DspDate date = { (gint32) day + 1 };
  char weekday[2] = { (char) ('0' + dsp_date_weekday (date)), 0 };
  char text[16];

  if (crew->days_off == NULL)
    return true;
  dsp_date_print (date, text);
  return !g_strv_contains ((const char *const *) crew->days_off, weekday) &&
         !g_strv_contains ((const char *const *) crew->days_off, text);
}

static int
compare_times (gconstpointer a,
               gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return (x > y) - (x < y);
}

static void
answer_appointments (const DspPlanOrders *orders,
                     const DspCrew       *crew,
                     const DspPlanStop   *stops,
                     guint                n_stops,
                     const DspPlanClock  *clock,
                     DspPlanAnswer       *answer)
{
  g_autoptr(GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 today = local_day (clock->now_us, clock);
  bool day_off = false;

  for (guint i = 0; i < orders->appointments->len; i++)
    {
      gint64 us = g_array_index (orders->appointments, gint64, i);
      gint64 day = local_day (us, clock);
      gint64 minute = (us + clock->offset_us - day * DAY_US) / MINUTE_US;

      /* An appointment of the past is only a late one: when the visit will be is not said. */
      if (day < today)
        continue;
      g_array_append_val (times, us);
      if ((crew->starts.is_set && minute < crew->starts.value) || (crew->ends.is_set && minute >= crew->ends.value))
        answer->warnings |= DSP_PLAN_OUTSIDE_HOURS;
      if (!works_on (crew, day))
        day_off = true;
    }
  if (day_off || (times->len < answer->n_new && !works_on (crew, today)))
    answer->warnings |= DSP_PLAN_DAY_OFF;

  if (times->len == 0)
    return;
  for (guint i = 0; i < n_stops; i++)
    if (stops[i].attention_us != 0 && local_day (stops[i].attention_us, clock) >= today)
      g_array_append_val (times, stops[i].attention_us);
  g_array_sort (times, compare_times);
  for (guint i = 1; i < times->len; i++)
    if (g_array_index (times, gint64, i) - g_array_index (times, gint64, i - 1) < 60 * MINUTE_US)
      answer->warnings |= DSP_PLAN_SAME_HOUR;
}

void
dsp_plan_answer (const DspPlanOrders *orders,
                 const DspCrew       *crew,
                 const DspPlanStop   *stops,
                 guint                n_stops,
                 const DspActor      *actor,
                 const DspPlanClock  *clock,
                 DspPlanAnswer       *answer)
{
  guint here = 0;

  memset (answer, 0, sizeof *answer);
  for (guint i = 0; i < orders->holders->len; i++)
    if (dsp_id_equal (&g_array_index (orders->holders, Holder, i).crew_id, &crew->id))
      here = g_array_index (orders->holders, Holder, i).n;

  answer->n_final = orders->n_final;
  answer->n_new = orders->n - orders->n_final - here;
  answer->load = n_stops + answer->n_new;
  answer->capacity = crew->capacity.is_set ? (guint) MAX (crew->capacity.value, 0) : 0;
  answer->left = answer->capacity > 0 ? (gint) answer->capacity - (gint) answer->load : 0;

  if (crew->retired == DSP_YES)
    answer->errors |= DSP_PLAN_RETIRED;
  if (actor != NULL &&
      dsp_authz (actor, dsp_command_number (&dsp_order_assign), &crew->scope, clock->now_us) != DSP_AUTHZ_ALLOW)
    answer->errors |= DSP_PLAN_SCOPE;
  if (orders->n > 0 && orders->n == orders->n_final)
    answer->errors |= DSP_PLAN_FINAL;
  else if (answer->n_new == 0)
    answer->errors |= DSP_PLAN_ALL_HERE;

  if (answer->capacity > 0 && answer->left < 0)
    answer->warnings |= DSP_PLAN_OVER_CAPACITY;

  if (crew->skills != NULL)
    for (guint i = 0; i < orders->type_order->len; i++)
      {
        const char *type = orders->type_order->pdata[i];

        if (g_strv_contains ((const char *const *) crew->skills, type))
          continue;
        answer->warnings |= DSP_PLAN_SKILL_MISSING;
        answer->n_skill_missing += GPOINTER_TO_UINT (g_hash_table_lookup (orders->types, type));
        if (answer->skill == NULL)
          answer->skill = type;
      }

  if (crew->zone != NULL)
    {
      GHashTableIter iter;
      gpointer value;

      g_hash_table_iter_init (&iter, orders->codes);
      while (g_hash_table_iter_next (&iter, NULL, &value))
        {
          const Code *code = value;

          if (!dsp_zone_covers ((const char *const *) crew->zone, code->postal_code, code->municipality))
            answer->n_outside_zone += code->n;
        }
      if (answer->n_outside_zone > 0)
        answer->warnings |= DSP_PLAN_OUTSIDE_ZONE;
    }

  answer->n_closed = orders->n_closed;
  answer->closed = orders->closed;
  if (orders->n_closed > 0)
    answer->warnings |= DSP_PLAN_ZONE_CLOSED;

  answer_appointments (orders, crew, stops, n_stops, clock, answer);
  answer_way (orders, crew, stops, n_stops, clock, answer);
}

void
dsp_plan_hear_roll_call (const DspPlanOrders *orders,
                         const DspRollCall   *call,
                         const DspPlanClock  *clock,
                         DspPlanAnswer       *answer)
{
  gint64 today = local_day (clock->now_us, clock);
  guint n_later = 0;

  if (call == NULL || !dsp_roll_call_is_empty (call) || answer->n_new == 0)
    return;
  for (guint i = 0; i < orders->appointments->len; i++)
    n_later += local_day (g_array_index (orders->appointments, gint64, i), clock) > today;
  if (n_later < orders->n - orders->n_final)
    answer->warnings |= DSP_PLAN_NOBODY_CAME;
}

double
dsp_plan_distance (const DspPlanOrders *orders,
                   const DspCrew       *crew,
                   const DspPlanStop   *stops,
                   guint                n_stops)
{
  DspPlanPoint middle = orders->middle, home = dsp_plan_point (crew->home_lat_e7, crew->home_lon_e7);
  double length = sqrt (middle.x * middle.x + middle.y * middle.y + middle.z * middle.z), best = -1;

  if (length <= 0)
    return -1;
  middle.x /= length;
  middle.y /= length;
  middle.z /= length;
  if (dsp_plan_is_known (&home))
    best = dsp_plan_km (&middle, &home);
  for (guint i = 0; i < n_stops; i++)
    if (dsp_plan_is_known (&stops[i].at))
      {
        double km = dsp_plan_km (&middle, &stops[i].at);

        if (best < 0 || km < best)
          best = km;
      }
  return best;
}
