/* test-plan.c: what a crew answers before the drop
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-plan.h"

#include <math.h>

#define HOUR_US (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)

/* Sunday, 22 November 2026, 09:00 in an office six hours west of Greenwich. */
static const DspPlanClock nine = { G_GINT64_CONSTANT (1795359600) * G_USEC_PER_SEC, -6 * HOUR_US };

static DspInt
e7 (double degrees)
{
  return (DspInt) { llround (degrees * 1e7), true };
}

static DspCrew
make_crew (void)
{
  DspCrew crew = { .code = (char *) "C-07", .capacity = { 9, true }, .starts = { 480, true }, .ends = { 1080, true } };

  crew.id.b[0] = 7;
  crew.home_lat_e7 = e7 (19.40);
  crew.home_lon_e7 = e7 (-99.15);
  return crew;
}

static DspOrder
make_order (void)
{
  DspOrder order = { .status = DSP_ORDER_UNASSIGNED, .type = (char *) "Repair", .postal_code = (char *) "03100",
                     .municipality = (char *) "Benito Juárez" };

  order.lat_e7 = e7 (19.38);
  order.lon_e7 = e7 (-99.16);
  return order;
}

static DspPlanAnswer
ask (const DspCrew     *crew,
     const DspOrder    *orders,
     guint              n_orders,
     const DspPlanStop *stops,
     guint              n_stops)
{
  g_autoptr(DspPlanOrders) sum = dsp_plan_orders_new ();
  static DspPlanAnswer answer;

  for (guint i = 0; i < n_orders; i++)
    dsp_plan_orders_add (sum, &orders[i], NULL);
  dsp_plan_answer (sum, crew, stops, n_stops, NULL, &nine, &answer);
  answer.skill = NULL; /* belongs to the sum, which ends here */
  return answer;
}

static void
test_great_circle (void)
{
  DspPlanPoint zocalo = dsp_plan_point (e7 (19.432608), e7 (-99.133209));
  DspPlanPoint coyoacan = dsp_plan_point (e7 (19.349), e7 (-99.162));
  DspPlanPoint nowhere = { 0 };

  g_assert_cmpfloat_with_epsilon (dsp_plan_km (&zocalo, &coyoacan), 9.77, 0.05);
  g_assert_cmpfloat (dsp_plan_km (&zocalo, &zocalo), ==, 0);
  g_assert_cmpfloat (dsp_plan_km (&zocalo, &nowhere), ==, 0);
  g_assert_false (dsp_plan_is_known (&nowhere));
}

static void
test_fits (void)
{
  DspCrew crew = make_crew ();
  DspOrder order = make_order ();
  DspPlanStop stops[6] = { 0 };
  DspPlanAnswer answer = ask (&crew, &order, 1, stops, 6);

  g_assert_cmpuint (answer.errors, ==, 0);
  g_assert_cmpuint (answer.warnings, ==, 0);
  g_assert_cmpuint (answer.load, ==, 7);
  g_assert_cmpint (answer.left, ==, 2);
  g_assert_cmpint (answer.late_us, ==, 0);
}

static void
test_over_capacity (void)
{
  DspCrew crew = make_crew ();
  DspOrder orders[2] = { make_order (), make_order () };
  DspPlanStop stops[8] = { 0 };
  DspPlanAnswer answer = ask (&crew, orders, 2, stops, 8);

  g_assert_cmpuint (answer.warnings, ==, DSP_PLAN_OVER_CAPACITY);
  g_assert_cmpint (answer.left, ==, -1);
  g_assert_cmpuint (answer.errors, ==, 0);
}

static void
test_refusals (void)
{
  DspCrew crew = make_crew ();
  DspOrder order = make_order ();

  crew.retired = DSP_YES;
  g_assert_cmpuint (ask (&crew, &order, 1, NULL, 0).errors, ==, DSP_PLAN_RETIRED);
  crew.retired = DSP_NO;
  order.status = DSP_ORDER_CLOSED;
  g_assert_cmpuint (ask (&crew, &order, 1, NULL, 0).errors, ==, DSP_PLAN_FINAL);
  order.status = DSP_ORDER_ASSIGNED;
  order.crew_id = crew.id;
  g_assert_cmpuint (ask (&crew, &order, 1, NULL, 0).errors, ==, DSP_PLAN_ALL_HERE);
}

static void
test_scope (void)
{
  DspCrew crew = make_crew ();
  DspOrder order = make_order ();
  g_autoptr(DspPlanOrders) sum = dsp_plan_orders_new ();
  g_autoptr(DspActor) actor = dsp_actor_new (&crew.id, "ana");
  DspPlanAnswer answer;

  crew.scope.b[3] = 9;
  dsp_plan_orders_add (sum, &order, NULL);
  dsp_plan_answer (sum, &crew, NULL, 0, actor, &nine, &answer);
  g_assert_cmpuint (answer.errors, ==, DSP_PLAN_SCOPE);
}

static void
test_partly_closed (void)
{
  DspCrew crew = make_crew ();
  DspOrder orders[2] = { make_order (), make_order () };
  DspPlanAnswer answer;

  orders[1].status = DSP_ORDER_CANCELLED;
  answer = ask (&crew, orders, 2, NULL, 0);
  g_assert_cmpuint (answer.errors, ==, 0);
  g_assert_cmpuint (answer.n_new, ==, 1);
  g_assert_cmpuint (answer.n_final, ==, 1);
}

static void
test_skill_and_zone (void)
{
  DspCrew crew = make_crew ();
  DspOrder orders[2] = { make_order (), make_order () };
  char *skills[] = { (char *) "Install", NULL };
  char *zone[] = { (char *) "031*", NULL };
  DspPlanAnswer answer;

  crew.skills = skills;
  crew.zone = zone;
  orders[1].type = (char *) "Install";
  orders[1].postal_code = (char *) "06700";
  answer = ask (&crew, orders, 2, NULL, 0);
  g_assert_cmpuint (answer.warnings, ==, DSP_PLAN_SKILL_MISSING | DSP_PLAN_OUTSIDE_ZONE);
  g_assert_cmpuint (answer.n_skill_missing, ==, 1);
  g_assert_cmpuint (answer.n_outside_zone, ==, 1);
}

static void
test_appointments (void)
{
  DspCrew crew = make_crew ();
  DspOrder order = make_order ();
  DspPlanStop stop = { .attention_us = nine.now_us + 2 * HOUR_US };
  char *sundays[] = { (char *) "7", NULL };

  order.attention_at.us = nine.now_us + 2 * HOUR_US + HOUR_US / 2;
  g_assert_cmpuint (ask (&crew, &order, 1, &stop, 1).warnings, ==, DSP_PLAN_SAME_HOUR);
  order.attention_at.us = nine.now_us + 3 * HOUR_US;
  g_assert_cmpuint (ask (&crew, &order, 1, &stop, 1).warnings, ==, 0);
  order.attention_at.us = nine.now_us + 10 * HOUR_US;
  g_assert_cmpuint (ask (&crew, &order, 1, &stop, 1).warnings, ==, DSP_PLAN_OUTSIDE_HOURS);
  /* An appointment that has passed says nothing about when the visit will be. */
  order.attention_at.us = nine.now_us - 40 * HOUR_US;
  g_assert_cmpuint (ask (&crew, &order, 1, &stop, 1).warnings, ==, 0);
  crew.days_off = sundays;
  g_assert_cmpuint (ask (&crew, &order, 1, &stop, 1).warnings, ==, DSP_PLAN_DAY_OFF);
}

static void
test_cheapest_insertion (void)
{
  DspCrew crew = make_crew ();
  DspOrder order = make_order ();
  DspPlanStop stops[2] = { { .at = dsp_plan_point (e7 (19.39), e7 (-99.15)) }, { .at = dsp_plan_point (e7 (19.37), e7 (-99.15)) } };
  DspPlanAnswer answer;

  /* On the way from the first stop to the second: next to nothing. */
  order.lat_e7 = e7 (19.38);
  order.lon_e7 = e7 (-99.15);
  answer = ask (&crew, &order, 1, stops, 2);
  g_assert_true (answer.has_km);
  g_assert_cmpfloat (answer.extra_km, <, 0.01);

  /* At the end of the route, 2.2 km in a straight line further south, a third more by road. */
  order.lat_e7 = e7 (19.35);
  answer = ask (&crew, &order, 1, stops, 2);
  g_assert_cmpfloat_with_epsilon (answer.extra_km, 2.22 * 1.3, 0.1);
}

static void
test_impossible_places (void)
{
  DspCrew crew = make_crew ();
  DspOrder orders[2] = { make_order (), make_order () };
  DspPlanPoint nowhere = dsp_plan_point (e7 (0), e7 (0));
  DspPlanAnswer one = ask (&crew, orders, 1, NULL, 0), both;

  g_assert_false (dsp_plan_is_known (&nowhere));
  /* In Italy: longitude without its sign, or worse. */
  orders[1].lat_e7 = e7 (41.9);
  orders[1].lon_e7 = e7 (12.5);
  both = ask (&crew, orders, 2, NULL, 0);
  g_assert_cmpuint (both.n_new, ==, 2);
  g_assert_cmpfloat (both.extra_km, <, 3 * one.extra_km);
}

static void
test_late (void)
{
  DspCrew crew = make_crew ();
  DspOrder order = make_order ();

  order.penalty_at.us = nine.now_us - HOUR_US;
  g_assert_cmpint (ask (&crew, &order, 1, NULL, 0).late_us, >=, HOUR_US);
  order.penalty_at.us = nine.now_us + 5 * HOUR_US;
  g_assert_cmpint (ask (&crew, &order, 1, NULL, 0).late_us, ==, 0);
}

static void
test_route_waits_for_appointment (void)
{
  DspCrew crew = make_crew ();
  DspPlanStop stops[2] = { { .at = dsp_plan_point (e7 (19.39), e7 (-99.15)), .attention_us = nine.now_us + 3 * HOUR_US },
                           { .at = dsp_plan_point (e7 (19.37), e7 (-99.15)) } };
  gint64 arrivals[2];
  double km = dsp_plan_route (&crew, stops, 2, &nine, arrivals);

  g_assert_cmpint (arrivals[0], ==, nine.now_us + 3 * HOUR_US);
  g_assert_cmpint (arrivals[1], >, arrivals[0]);
  g_assert_cmpfloat_with_epsilon (km, 3.336 * 1.3, 0.05);
}

static void
test_thousands (void)
{
  DspCrew crew = make_crew ();
  g_autofree DspOrder *orders = g_new (DspOrder, 5000);
  DspPlanStop stops[20];
  g_autoptr(DspPlanOrders) sum = dsp_plan_orders_new ();
  DspPlanAnswer answer;
  gint64 began;

  for (guint i = 0; i < 5000; i++)
    {
      orders[i] = make_order ();
      orders[i].lat_e7 = e7 (19.2 + (i % 70) * 0.005);
      orders[i].lon_e7 = e7 (-99.3 + (i / 70) * 0.005);
    }
  for (guint i = 0; i < 20; i++)
    stops[i] = (DspPlanStop) { .at = dsp_plan_point (e7 (19.3 + i * 0.01), e7 (-99.2)) };
  for (guint i = 0; i < 5000; i++)
    dsp_plan_orders_add (sum, &orders[i], NULL);
  began = g_get_monotonic_time ();
  for (guint i = 0; i < 400; i++)
    dsp_plan_answer (sum, &crew, stops, 20, NULL, &nine, &answer);
  g_test_message ("400 crews about 5,000 orders: %.1f ms", (g_get_monotonic_time () - began) / 1000.0);
  g_assert_cmpuint (answer.n_new, ==, 5000);
  g_assert_true (answer.has_km);
  /* A bound that only a quadratic answer breaks, whatever the machine. */
  g_assert_cmpint (g_get_monotonic_time () - began, <, 2 * G_USEC_PER_SEC);
}

/* The day of the visit counts: the appointment's, or today. */
static void
test_closed_zone (void)
{
  DspCrew crew = make_crew ();
  DspOrder orders[2] = { make_order (), make_order () };
  DspDate today = dsp_date_make (2026, 11, 22);
  char *zone[] = { (char *) "031*", NULL };
  DspZoneClosure closure = { .zone = zone, .from = today, .until = today, .reason = (char *) "Flooded" };
  g_autoptr(GPtrArray) closures = g_ptr_array_new ();
  g_autoptr(DspPlanOrders) sum = dsp_plan_orders_new ();
  DspPlanAnswer answer;

  g_ptr_array_add (closures, &closure);
  orders[1].attention_at.us = nine.now_us + 24 * HOUR_US;
  dsp_plan_orders_set_closures (sum, closures, &nine);
  dsp_plan_orders_add (sum, &orders[0], NULL);
  dsp_plan_orders_add (sum, &orders[1], NULL);
  dsp_plan_answer (sum, &crew, NULL, 0, NULL, &nine, &answer);
  g_assert_cmpuint (answer.errors, ==, 0);
  g_assert_cmpuint (answer.warnings, ==, DSP_PLAN_ZONE_CLOSED);
  g_assert_cmpuint (answer.n_closed, ==, 1);
  g_assert_cmpstr (answer.closed, ==, "Flooded");
}

static void
test_roll_call (void)
{
  DspCrew crew = make_crew ();
  DspOrder order = make_order ();
  char *ana[] = { (char *) "T1", NULL };
  DspRollCall call = { .crew_id = crew.id };
  g_autoptr(DspPlanOrders) today = dsp_plan_orders_new (), later = dsp_plan_orders_new ();
  DspPlanAnswer answer;

  dsp_plan_orders_add (today, &order, NULL);
  dsp_plan_answer (today, &crew, NULL, 0, NULL, &nine, &answer);
  dsp_plan_hear_roll_call (today, NULL, &nine, &answer);
  g_assert_cmpuint (answer.warnings, ==, 0);
  dsp_plan_hear_roll_call (today, &call, &nine, &answer);
  g_assert_cmpuint (answer.warnings, ==, DSP_PLAN_NOBODY_CAME);

  call.present = ana;
  dsp_plan_answer (today, &crew, NULL, 0, NULL, &nine, &answer);
  dsp_plan_hear_roll_call (today, &call, &nine, &answer);
  g_assert_cmpuint (answer.warnings, ==, 0);

  /* Tomorrow somebody may come. */
  call.present = NULL;
  order.attention_at.us = nine.now_us + 24 * HOUR_US;
  dsp_plan_orders_add (later, &order, NULL);
  dsp_plan_answer (later, &crew, NULL, 0, NULL, &nine, &answer);
  dsp_plan_hear_roll_call (later, &call, &nine, &answer);
  g_assert_cmpuint (answer.warnings, ==, 0);
}

/* Places that somebody gave, appointments between them, the rest by penalty; every stop once. */
static void
test_arrange (void)
{
  const DspPlanStop day[] = {
    { .penalty_us = 9 * HOUR_US },                    /* 0: nothing said */
    { .visit = 2, .attention_us = 12 * HOUR_US },     /* 1 */
    { .attention_us = 10 * HOUR_US },                 /* 2: before the first placed one that is later */
    { .visit = 1 },                                   /* 3 */
    { .penalty_us = 5 * HOUR_US },                    /* 4: nothing said, more urgent */
    { .attention_us = 15 * HOUR_US },                 /* 5 */
    { .visit = 3, .attention_us = 14 * HOUR_US },     /* 6 */
  };
  const guint expected[] = { 3, 2, 1, 6, 5, 4, 0 };
  g_autofree guint *order = dsp_plan_arrange (day, G_N_ELEMENTS (day));
  g_autofree guint *nothing = dsp_plan_arrange (NULL, 0);

  g_assert_cmpmem (order, sizeof expected, expected, sizeof expected);
  for (guint round = 0; round < 500; round++)
    {
      DspPlanStop stops[30];
      guint n = (guint) g_test_rand_int_range (0, 31);
      g_autofree guint *places = NULL;
      guint32 seen = 0, last = 0;

      for (guint i = 0; i < n; i++)
        stops[i] = (DspPlanStop) { .visit = (guint) g_test_rand_int_range (0, 8),
                                   .attention_us = g_test_rand_int_range (0, 6), .penalty_us = g_test_rand_int_range (0, 6) };
      places = dsp_plan_arrange (stops, n);
      for (guint i = 0; i < n; i++)
        {
          seen |= 1u << places[i];
          if (stops[places[i]].visit == 0)
            continue;
          g_assert_cmpuint (stops[places[i]].visit, >=, last);
          last = stops[places[i]].visit;
        }
      g_assert_cmpuint (seen, ==, (guint32) ((G_GUINT64_CONSTANT (1) << n) - 1));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plan/great-circle", test_great_circle);
  g_test_add_func ("/plan/fits", test_fits);
  g_test_add_func ("/plan/over-capacity-warns", test_over_capacity);
  g_test_add_func ("/plan/refusals-come-first", test_refusals);
  g_test_add_func ("/plan/crew-out-of-scope-is-refused", test_scope);
  g_test_add_func ("/plan/closed-orders-are-left-out", test_partly_closed);
  g_test_add_func ("/plan/skill-and-zone-warn", test_skill_and_zone);
  g_test_add_func ("/plan/appointments-warn", test_appointments);
  g_test_add_func ("/plan/cheapest-insertion", test_cheapest_insertion);
  g_test_add_func ("/plan/impossible-places-do-not-count", test_impossible_places);
  g_test_add_func ("/plan/late-by", test_late);
  g_test_add_func ("/plan/route-waits-for-the-appointment", test_route_waits_for_appointment);
  g_test_add_func ("/plan/thousands-of-orders", test_thousands);
  g_test_add_func ("/plan/S0-33/a-closed-zone-warns-on-the-day-of-the-visit", test_closed_zone);
  g_test_add_func ("/plan/the-order-of-visit-is-what-somebody-said-then-the-clock", test_arrange);
  g_test_add_func ("/plan/S0-33/a-crew-of-whom-nobody-came-warns-today", test_roll_call);
  return g_test_run ();
}
