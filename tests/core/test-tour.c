/* test-tour.c: what distance is proposed for a claim of kilometres
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-tour.h"
#include "money-world.h"

#include <math.h>

#define DEGREE_M (6371008.8 * G_PI / 180) /* along a meridian */
#define E7(degrees) { (gint64) ((degrees) * 1e7), true }

static const DspTourPlace nowhere;

static DspTourPlace
visit (guint8 n,
       gint64 at_us,
       double lat,
       double lon)
{
  DspTourPlace place = { .order_id = world_id (n), .at_us = at_us, .was = true, .lat_e7 = E7 (lat), .lon_e7 = E7 (lon) };

  return place;
}

static GArray *
new_visits (void)
{
  return g_array_new (FALSE, TRUE, sizeof (DspTourPlace));
}

static gint64
proposal (const GArray *visits,
          DspTourPlace  base,
          gint64        factor,
          guint8        order) /* 0: the whole day */
{
  g_autoptr(GArray) tour = dsp_tour_new (visits, &base);
  g_autoptr(GArray) ways = dsp_tour_straight (tour, factor);
  DspId id = order != 0 ? world_id (order) : dsp_id_none;
  gint64 metres;

  return dsp_tour_proposal (tour, ways, &id, &metres) ? metres : -1;
}

static void
known_distances (void)
{
  g_autoptr(GArray) visits = new_visits ();
  DspTourPlace base = { .lat_e7 = E7 (19.0), .lon_e7 = E7 (-99.0) };
  DspTourPlace first = visit (1, 10, 19.25, -99.0), second = visit (2, 20, 19.5, -99.0);

  g_assert_cmpint (proposal (visits, base, 130, 0), ==, -1);
  g_array_append_val (visits, first);
  g_assert_cmpint (proposal (visits, base, 100, 0), ==, llround (DEGREE_M / 2));
  g_assert_cmpint (proposal (visits, base, 130, 0), ==, llround (DEGREE_M / 2 * 1.3));
  g_assert_cmpint (proposal (visits, base, 130, 1), ==, llround (DEGREE_M / 2 * 1.3));
  g_assert_cmpint (proposal (visits, nowhere, 130, 0), ==, -1); /* from where is not known */
  g_array_append_val (visits, second);
  g_assert_cmpint (proposal (visits, base, 100, 0), ==, llround (DEGREE_M));
  g_assert_cmpint (proposal (visits, base, 100, 1), ==, llround (DEGREE_M / 4));
  g_assert_cmpint (proposal (visits, base, 100, 2), ==, llround (DEGREE_M) - llround (DEGREE_M / 4)); /* and home */
  g_assert_cmpint (proposal (visits, base, 100, 3), ==, -1); /* not of that day */
  g_assert_cmpint (proposal (visits, nowhere, 100, 0), ==, llround (DEGREE_M / 4));
  g_assert_cmpint (proposal (visits, nowhere, 100, 1), ==, -1);
  g_assert_cmpint (proposal (visits, nowhere, 100, 2), ==, llround (DEGREE_M / 4));
}

static void
impossible_places_are_left_out (void)
{
  g_autoptr(GArray) visits = new_visits ();
  DspTourPlace base = { .lat_e7 = E7 (19.0), .lon_e7 = E7 (-99.0) };
  DspTourPlace good = visit (1, 10, 19.25, -99.0), far = visit (2, 20, 32.5, -117.0), null = visit (3, 30, 0, 0), none = { .order_id = world_id (4) };
  gint64 alone;

  g_array_append_val (visits, good);
  alone = proposal (visits, base, 130, 0);
  g_array_append_val (visits, far);
  g_array_append_val (visits, null);
  g_array_append_val (visits, none);
  g_assert_cmpint (proposal (visits, base, 130, 0), ==, alone);
  g_assert_cmpint (proposal (visits, base, 130, 2), ==, -1);
}

static GArray *
random_visits (guint n)
{
  GArray *visits = new_visits ();

  for (guint i = 0; i < n; i++)
    {
      DspTourPlace place = visit ((guint8) (i + 1), g_test_rand_int_range (0, 5), g_test_rand_double_range (19, 20),
                                  g_test_rand_double_range (-100, -99));

      place.was = g_test_rand_bit ();
      place.rank = g_test_rand_int_range (0, 4);
      if (g_test_rand_int_range (0, 8) == 0)
        place.lat_e7 = place.lon_e7 = (DspInt) { 0 };
      g_array_append_val (visits, place);
    }
  return visits;
}

static void
shuffle (GArray *visits)
{
  for (guint i = visits->len; i > 1; i--)
    {
      guint k = (guint) g_test_rand_int_range (0, (int) i);
      DspTourPlace *a = &g_array_index (visits, DspTourPlace, i - 1), *b = &g_array_index (visits, DspTourPlace, k), held = *a;

      *a = *b;
      *b = held;
    }
}

/* Whatever the day: its orders come to the day, who was told first changes nothing, a longer road is not shorter, and no
 * tour is shorter than there and back to its farthest place. */
static void
what_holds_for_every_day (void)
{
  DspTourPlace base = { .lat_e7 = E7 (19.4), .lon_e7 = E7 (-99.4) };

  for (guint run = 0; run < 500; run++)
    {
      guint n = (guint) g_test_rand_int_range (0, 30);
      g_autoptr(GArray) visits = random_visits (n);
      gint64 day = proposal (visits, base, 130, 0), sum = 0, farthest = 0;

      for (guint i = 0; i < n; i++)
        {
          g_autoptr(GArray) one = new_visits ();

          g_array_append_val (one, g_array_index (visits, DspTourPlace, i));
          sum += MAX (proposal (visits, base, 130, (guint8) (i + 1)), 0);
          farthest = MAX (farthest, proposal (one, base, 130, 0));
        }
      g_assert_cmpint (sum, ==, MAX (day, 0));
      g_assert_cmpint (day, >=, farthest - 1);
      g_assert_cmpint (proposal (visits, base, 131, 0), >=, day);
      shuffle (visits);
      g_assert_cmpint (proposal (visits, base, 130, 0), ==, day);
    }
}

static void
no_day_has_more_places_than_a_service_takes (void)
{
  g_autoptr(GArray) visits = new_visits ();
  g_autoptr(GArray) tour = NULL;
  DspTourPlace base = { .lat_e7 = E7 (19.0), .lon_e7 = E7 (-99.0) };

  for (guint i = 0; i < 250; i++)
    {
      DspTourPlace place = visit ((guint8) i, i, 19.0 + i * 0.001, -99.0);

      g_array_append_val (visits, place);
    }
  tour = dsp_tour_new (visits, &base);
  g_assert_cmpuint (tour->len, <=, DSP_TOUR_MAX_PLACES);
  g_assert_true (dsp_id_is_none (&g_array_index (tour, DspTourPlace, tour->len - 1).order_id));
}

/* ---- by the command, from the office's own records ---- */

static void
put_base (World *w)
{
  DspCrew crew = { .home_lat_e7 = E7 (19.0), .home_lon_e7 = E7 (-99.0) };
  g_autoptr(GError) error = NULL;

  money_try (w, &dsp_crew_change, 11, &crew, &error);
  g_assert_no_error (error);
}

static void
add_order (World *w,
           guint8 n,
           double lat,
           int    day)
{
  g_autofree char *text = g_strdup_printf ("N%u", n);
  DspOrder order = { .number = text, .account = (char *) "A", .type = (char *) "REP", .created_at = { at (day, 8) },
                     .lat_e7 = E7 (lat), .lon_e7 = E7 (-99.0), .distributor_id = world_id (1) };
  DspAssign assign = { .crew_id = world_id (11) };
  DspClose args = { .closed_at = { at (day, 10 + n % 10) }, .attended = DSP_YES, .satisfied = DSP_YES, .resolution = (char *) "done" };

  money_give (w, &dsp_order_create, n, &order);
  money_give (w, &dsp_order_assign, n, &assign);
  money_give (w, &dsp_order_close, n, &args);
}

static const DspMileage *
claim (World *w,
       guint8 n,
       guint8 order,
       int    day,
       gint64 metres)
{
  DspMileage args = { .day = jan (day), .claimed = number (metres), .proposed = number (1999999), .proposed_by = DSP_DISTANCE_OSRM,
                      .excess = number (-99) };
  g_autoptr(GError) error = NULL;

  args.crew_id = world_id (11);
  if (order != 0)
    args.order_id = world_id (order);
  money_try (w, &dsp_mileage_create, n, &args, &error);
  g_assert_no_error (error);
  return money_record (w, &dsp_mileage, world_id (n));
}

static void
proposed_from_the_days_orders (void)
{
  g_autoptr(World) w = money_office ();
  const DspMileage *mileage;
  DspMileage change = { .claimed = number (200000) };

  put_base (w);
  add_order (w, 31, 19.25, 11);
  add_order (w, 32, 19.5, 11);
  add_order (w, 33, 20.0, 12); /* another day's */
  mileage = claim (w, 41, 0, 11, 150000);
  g_assert_cmpint (mileage->proposed.value, ==, llround (DEGREE_M * 1.3));
  g_assert_cmpint (mileage->proposed_by, ==, DSP_DISTANCE_GREAT_CIRCLE);
  g_assert_cmpint (mileage->excess.value, ==, 4);
  g_assert_true (money_try (w, &dsp_mileage_change, 41, &change, NULL));
  mileage = money_record (w, &dsp_mileage, world_id (41));
  g_assert_cmpint (mileage->excess.value, ==, 39);
  g_assert_true (dsp_mileage_exceeds (mileage, 20));
  mileage = claim (w, 42, 33, 12, 290000);
  g_assert_cmpint (mileage->proposed.value, ==, llround (DEGREE_M * 2 * 1.3));
  /* Of a day without orders nothing can be said, whatever the claim says of itself. */
  mileage = claim (w, 43, 0, 13, 1000);
  g_assert_false (mileage->proposed.is_set || mileage->excess.is_set);
  g_assert_cmpint (mileage->proposed_by, ==, DSP_DISTANCE_NONE);
}

static void
orders_without_coordinates_are_in_their_postal_code (void)
{
  g_autoptr(World) w = money_office ();
  DspPostalCode code = { .code = (char *) "31000", .state = (char *) "Chihuahua", .municipality = (char *) "Chihuahua",
                         .lat_e7 = E7 (19.25), .lon_e7 = E7 (-99.0) };

  put_base (w);
  money_give (w, &dsp_postal_code_import, 90, &code);
  money_add_closed (w, 31, "REP", NULL, "31000", 11, 10, HOUR);
  g_assert_cmpint (claim (w, 41, 0, 11, 1000)->proposed.value, ==, llround (DEGREE_M / 2 * 1.3));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add_func ("/tour/S0-15/" path, function)
  ADD ("known-distances", known_distances);
  ADD ("impossible-places-are-left-out", impossible_places_are_left_out);
  ADD ("what-holds-for-every-day", what_holds_for_every_day);
  ADD ("no-day-has-more-places-than-a-service-takes", no_day_has_more_places_than_a_service_takes);
  ADD ("proposed-from-the-days-orders-and-not-by-the-claim", proposed_from_the_days_orders);
  ADD ("orders-without-coordinates-are-in-their-postal-code", orders_without_coordinates_are_in_their_postal_code);
  return g_test_run ();
}
