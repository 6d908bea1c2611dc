/* test-rates.c: rates, kilometres, and the arithmetic of money
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-money.h"
#include "money-world.h"

#include <string.h>

static void
half_up (void)
{
  char text[DSP_MONEY_TEXT];

  g_assert_cmpint (dsp_money_share (50, 10000), ==, 1); /* 0.5 */
  g_assert_cmpint (dsp_money_share (49, 10000), ==, 0);
  g_assert_cmpint (dsp_money_share (-50, 10000), ==, -1);
  g_assert_cmpint (dsp_money_share (DSP_MONEY_MAX, DSP_MILLION), ==, DSP_MONEY_MAX);
  g_assert_cmpint (dsp_money_for_distance (485, 12700), ==, 6160); /* 61.595 */
  g_assert_cmpint (dsp_money_for_distance (DSP_MONEY_MAX, 2000000), ==, DSP_MONEY_MAX * 2000);
  dsp_money_print (-5, text);
  g_assert_cmpstr (text, ==, "-0.05");
  dsp_money_print (G_MININT64, text);
  g_assert_cmpstr (text, ==, "-92233720368547758.08");
}

static void
overlaps_are_refused (void)
{
  static char *a[] = { (char *) "03100-03199", NULL }, *b[] = { (char *) "031*", (char *) "Toluca", NULL }, *c[] = { (char *) "032*", NULL };
  g_autoptr(World) w = money_office ();
  DspRate rate = { .code = (char *) "X", .pays = DSP_PAYS_SERVICE, .type = (char *) "INST", .from = jan (15), .amount = cents (1) };

  money_refused (w, &dsp_rate_create, 101, &rate, DSP_RULE_OVERLAP, "T82 (from 2027-01-01, without end)");
  money_refused (w, &dsp_rate_create, 101, &rate, DSP_RULE_OVERLAP, "X (from 2027-01-15, without end)");
  rate.zone = a;
  g_assert_true (money_try (w, &dsp_rate_create, 101, &rate, NULL));
  rate.code = (char *) "Y";
  rate.zone = b;
  money_refused (w, &dsp_rate_create, 102, &rate, DSP_RULE_OVERLAP, "X");
  rate.zone = c;
  g_assert_true (money_try (w, &dsp_rate_create, 102, &rate, NULL));
  /* One ends the day before the other begins. */
  g_assert_true (money_try (w, &dsp_rate_change, 82, &(DspRate) { .until = jan (20) }, NULL));
  g_assert_true (money_try (w, &dsp_rate_create, 103, &(DspRate) { .code = (char *) "Z", .pays = DSP_PAYS_SERVICE, .type = (char *) "INST", .from = jan (21), .amount = cents (1) }, NULL));
  money_refused (w, &dsp_rate_change, 82, &(DspRate) { .until = jan (21) }, DSP_RULE_OVERLAP, "Z");
  money_refused (w, &dsp_tax_rule_create, 104, &(DspTaxRule) { .code = (char *) "T", .regime = (char *) "RESICO", .from = jan (9), .vat = number (1) }, DSP_RULE_OVERLAP, "IVA16-RESICO");
}

static void
bad_rates (void)
{
  g_autoptr(World) w = money_office ();
  DspRate rate = { .code = (char *) "X", .pays = DSP_PAYS_SERVICE, .group = (char *) "G", .from = jan (15), .amount = cents (-1) };
  static char *zone[] = { (char *) "310", NULL };

  money_refused (w, &dsp_rate_create, 101, &rate, DSP_RULE_INVALID, "-0.01");
  rate.amount = cents (G_GINT64_CONSTANT (100000000000000000));
  money_refused (w, &dsp_rate_create, 101, &rate, DSP_RULE_INVALID, "1000000000000000.00");
  rate.amount = (DspMoney) { 0 };
  money_refused (w, &dsp_rate_create, 101, &rate, DSP_RULE_REQUIRED, "X");
  rate.share = number (10);
  money_refused (w, &dsp_rate_create, 101, &rate, DSP_RULE_INVALID, "only a bonus");
  rate.share = (DspInt) { 0 };
  rate.amount = cents (5);
  rate.included = number (1);
  money_refused (w, &dsp_rate_create, 101, &rate, DSP_RULE_INVALID, "included");
  rate.included = (DspInt) { 0 };
  rate.until = jan (14);
  money_refused (w, &dsp_rate_create, 101, &rate, DSP_RULE_INVALID, "2027-01-14");
  rate.until = (DspDate) { 0 };
  rate.zone = zone;
  money_refused (w, &dsp_rate_create, 101, &rate, DSP_RULE_INVALID, "310");
}

/* The most specific one, whatever the order in which they stand. */
static void
most_specific (void)
{
  static char *code[] = { (char *) "31000", NULL }, *name[] = { (char *) "Chihuahua", NULL };
  DspRate rates[] = {
    { .pays = DSP_PAYS_SERVICE, .from = jan (1), .code = (char *) "all" },
    { .pays = DSP_PAYS_SERVICE, .from = jan (1), .code = (char *) "name", .zone = name },
    { .pays = DSP_PAYS_SERVICE, .from = jan (1), .code = (char *) "zone", .zone = code },
    { .pays = DSP_PAYS_SERVICE, .from = jan (1), .code = (char *) "group", .group = (char *) "G" },
    { .pays = DSP_PAYS_SERVICE, .from = jan (1), .code = (char *) "type", .type = (char *) "T" },
    { .pays = DSP_PAYS_SERVICE, .from = jan (1), .code = (char *) "type+zone", .type = (char *) "T", .zone = code },
    { .pays = DSP_PAYS_SERVICE, .from = jan (1), .code = (char *) "subtype", .type = (char *) "T", .subtype = (char *) "S" },
    { .pays = DSP_PAYS_SERVICE, .from = jan (1), .code = (char *) "master", .master_id = { { 2 } } },
    { .pays = DSP_PAYS_SERVICE, .from = jan (1), .code = (char *) "distributor", .distributor_id = { { 1 } } },
  };
  DspPayable payable = { .pays = DSP_PAYS_SERVICE, .distributor_id = { { 1 } }, .master_id = { { 2 } }, .group = "G", .type = "T", .subtype = "S",
                         .postal_code = "31000", .municipality = "Chihuahua", .day = jan (5) };

  /* Without the last n, the next best one applies. */
  for (guint n = G_N_ELEMENTS (rates); n > 0; n--)
    {
      g_autoptr(GPtrArray) list = g_ptr_array_new ();

      for (guint i = 0; i < n; i++)
        g_ptr_array_insert (list, g_test_rand_int_range (-1, (int) list->len), &rates[i]);
      g_assert_cmpstr (dsp_rate_find (list, &payable, NULL)->code, ==, rates[n - 1].code);
    }
  for (guint i = 0; i < G_N_ELEMENTS (rates); i++)
    for (guint k = 0; k < G_N_ELEMENTS (rates); k++)
      g_assert_cmpint (dsp_rate_clashes (&rates[i], &rates[k]), ==, i == k);
}

/* S0-18: the most specific first; what each condition says; the one that applies is the one that would be paid. */
static void
explained (void)
{
  static char *code[] = { (char *) "31*", (char *) "Toluca", NULL };
  DspRate rates[] = {
    { .id = { { 1 } }, .pays = DSP_PAYS_SERVICE, .from = jan (1), .code = (char *) "all" },
    { .id = { { 2 } }, .pays = DSP_PAYS_SERVICE, .from = jan (1), .until = jan (4), .code = (char *) "ended", .type = (char *) "T" },
    { .id = { { 3 } }, .pays = DSP_PAYS_SERVICE, .from = jan (1), .code = (char *) "type", .type = (char *) "T" },
    { .id = { { 4 } }, .pays = DSP_PAYS_SERVICE, .from = jan (1), .code = (char *) "elsewhere", .type = (char *) "T", .zone = code },
    { .id = { { 5 } }, .pays = DSP_PAYS_SERVICE, .from = jan (1), .code = (char *) "other's", .distributor_id = { { 9 } } },
    { .id = { { 6 } }, .pays = DSP_PAYS_SERVICE, .from = jan (1), .code = (char *) "retired", .subtype = (char *) "S", .type = (char *) "T", .retired = DSP_YES },
    { .id = { { 7 } }, .pays = DSP_PAYS_KILOMETRE, .from = jan (1), .code = (char *) "km" },
  };
  static const struct { const char *code; guint asks, missed; bool applies; } expected[] = {
    { "other's", DSP_BY_DISTRIBUTOR, DSP_BY_DISTRIBUTOR, false },
    { "retired", DSP_BY_SUBTYPE | DSP_BY_TYPE, DSP_BY_RETIRED, false },
    { "elsewhere", DSP_BY_TYPE | DSP_BY_POSTAL_CODE | DSP_BY_MUNICIPALITY, DSP_BY_POSTAL_CODE | DSP_BY_MUNICIPALITY, false },
    { "type", DSP_BY_TYPE, 0, true },
    { "ended", DSP_BY_TYPE, DSP_BY_DAY, false },
    { "all", 0, 0, false },
  };
  DspOrder order = { .distributor_id = { { 1 } }, .type = (char *) "T", .subtype = (char *) "S", .postal_code = (char *) "03100" };
  g_autoptr(GPtrArray) list = g_ptr_array_new ();
  g_autoptr(GArray) candidates = NULL;
  DspPayable payable;

  for (guint i = 0; i < G_N_ELEMENTS (rates); i++)
    g_ptr_array_insert (list, g_test_rand_int_range (-1, (int) list->len), &rates[i]);
  dsp_statement_payable (&order, &dsp_id_none, jan (5), DSP_PAYS_SERVICE, &payable);
  candidates = dsp_rate_explain (list, &payable);
  g_assert_cmpuint (candidates->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < candidates->len; i++)
    {
      const DspRateCandidate *candidate = &g_array_index (candidates, DspRateCandidate, i);

      g_assert_cmpstr (candidate->rate->code, ==, expected[i].code);
      g_assert_cmphex (candidate->asks, ==, expected[i].asks);
      g_assert_cmphex (candidate->missed, ==, expected[i].missed);
      g_assert_true (candidate->applies == expected[i].applies);
      g_assert_true (candidate->applies == (candidate->rate == dsp_rate_find (list, &payable, NULL)));
    }
}

static void
frozen_or_waiting (void)
{
  g_autoptr(World) w = money_office ();
  DspRate change = { .amount = cents (99900) };
  guint8 id = 81;

  money_add_closed (w, 31, "REP", NULL, "31000", 11, 10, HOUR);
  money_give (w, &dsp_rate_change, id, &(DspRate) { .code = (char *) "T81", .pays = DSP_PAYS_SERVICE, .from = jan (1), .until = jan (10), .amount = cents (35000) });
  money_add_closed (w, 34, "SURVEY", NULL, "06700", 12, 10, HOUR); /* no rate applies */
  g_assert_false (money_service (w, 34)->amount.is_set);
  g_assert_false (money_line_of (w, 34, DSP_CONCEPT_BONUS, DSP_PAYS_SAME_DAY)->amount.is_set);
  g_assert_true (money_try (w, &dsp_rate_change, 84, &change, NULL));
  money_give (w, &dsp_rate_apply, 84, NULL);
  g_assert_cmpint (money_service (w, 31)->amount.cents, ==, 41010);
  /* The rate that it lacked comes; the server's clock looks once. */
  money_add_rate (w, 101, (DspRate) { .pays = DSP_PAYS_SERVICE, .from = jan (11), .amount = cents (40000) });
  g_assert_cmpint (((const DspRate *) money_record (w, &dsp_rate, world_id (101)))->pricing_at.us, ==, END);
  money_give (w, &dsp_rate_apply, 101, NULL);
  g_assert_cmpint (((const DspRate *) money_record (w, &dsp_rate, world_id (101)))->pricing_at.us, ==, 0);
  g_assert_cmpint (money_service (w, 34)->amount.cents, ==, 40000);
  g_assert_cmpint (money_line_of (w, 34, DSP_CONCEPT_BONUS, DSP_PAYS_SAME_DAY)->amount.cents, ==, 4000);
  world_refused (w, &dsp_rate_apply, world_id (101), NULL, DSP_RULE_STATE);
}

/* ---- kilometres ---- */

static DspMileage
by_odometer (int    day,
             gint64 from_km,
             gint64 to_km)
{
  DspMileage args = { .day = jan (day), .odometer_start = number (from_km * 1000), .odometer_end = number (to_km * 1000) };

  args.crew_id = world_id (11);
  return args;
}

static void
contradictions (void)
{
  g_autoptr(World) w = money_office ();
  static char *off[] = { (char *) "7", (char *) "2027-01-06", NULL };
  DspCrew crew = { .days_off = off, .vehicle = (char *) "AB-1" };
  DspMileage args = by_odometer (11, 12000, 12100);

  g_assert_true (money_try (w, &dsp_crew_change, 11, &crew, NULL));
  g_assert_true (money_try (w, &dsp_mileage_create, 41, &args, NULL));
  args = by_odometer (12, 12300, 12200);
  money_refused (w, &dsp_mileage_create, 42, &args, DSP_RULE_INVALID, "from 12300.0 km to 12200.0 km");
  args = by_odometer (12, 12050, 12200);
  money_refused (w, &dsp_mileage_create, 42, &args, DSP_RULE_OVERLAP, "12050.0 to 12200.0 km overlap with 12000.0 to 12100.0 km of 2027-01-11");
  args = by_odometer (12, 11000, 11900);
  money_refused (w, &dsp_mileage_create, 42, &args, DSP_RULE_OVERLAP, "backwards: 11000.0 km, and 12100.0 km on 2027-01-11");
  /* Entered late, of an earlier day: the two figures that contradict each other. */
  args = by_odometer (10, 12500, 12600);
  args.day = jan (9);
  money_refused (w, &dsp_mileage_create, 42, &args, DSP_RULE_OVERLAP, "backwards: 12600.0 km, and 12000.0 km on 2027-01-11");
  args = by_odometer (17, 12200, 12300); /* a Sunday */
  money_refused (w, &dsp_mileage_create, 42, &args, DSP_RULE_INVALID, "2027-01-17 off");
  args = by_odometer (6, 11900, 11950);
  money_refused (w, &dsp_mileage_create, 42, &args, DSP_RULE_INVALID, "2027-01-06 off");
  args = by_odometer (12, 12200, G_GINT64_CONSTANT (1000000000000));
  money_refused (w, &dsp_mileage_create, 42, &args, DSP_RULE_INVALID, "1000000000000; 0 to 10000000");
  args = by_odometer (12, 12200, 15000);
  money_refused (w, &dsp_mileage_create, 42, &args, DSP_RULE_INVALID, "2800");
  args = (DspMileage) { .day = dsp_date_make (2027, 2, 9), .claimed = number (5) };
  args.crew_id = world_id (11);
  money_refused (w, &dsp_mileage_create, 42, &args, DSP_RULE_INVALID, "2027-02-09");
  /* Of another vehicle, the odometer is another. */
  args = by_odometer (12, 500, 560);
  args.vehicle = (char *) "AB-2";
  g_assert_true (money_try (w, &dsp_mileage_create, 42, &args, NULL));
  /* The day is claimed as a whole. */
  money_add_closed (w, 31, "REP", NULL, "31000", 11, 10, HOUR);
  args = (DspMileage) { .day = jan (11), .claimed = number (5000) };
  args.crew_id = world_id (11);
  args.order_id = world_id (31);
  money_refused (w, &dsp_mileage_create, 43, &args, DSP_RULE_OVERLAP, "one or the other");
  /* Refused, a claim stands in nobody's way and can be put right. */
  money_give (w, &dsp_mileage_submit, 41, NULL);
  money_give (w, &dsp_mileage_reject, 41, &(DspReason) { (char *) "photo of the odometer is missing" });
  g_assert_true (money_try (w, &dsp_mileage_create, 43, &args, NULL));
}

static void
only_approved_is_paid (void)
{
  g_autoptr(World) w = money_office ();
  DspMileageAdjust less = { .approved = number (35000), .reason = (char *) "shorter road" };

  money_add_closed (w, 31, "REP", NULL, "06700", 11, 10, 2 * DAY);
  money_claim (w, 41, 31, 11, 90000);
  g_assert_null (money_line_of (w, 41, DSP_CONCEPT_MILEAGE, DSP_PAYS_KILOMETRE));
  money_refused (w, &dsp_mileage_adjust, 41, &(DspMileageAdjust) { number (90001), (char *) "longer road" }, DSP_RULE_INVALID, "90.0 km are claimed");
  money_give (w, &dsp_mileage_adjust, 41, &less);
  g_assert_cmpint (money_line_of (w, 41, DSP_CONCEPT_MILEAGE, DSP_PAYS_KILOMETRE)->metres.value, ==, 5000);
  g_assert_cmpint (money_line_of (w, 41, DSP_CONCEPT_MILEAGE, DSP_PAYS_KILOMETRE)->amount.cents, ==, 2425);
  world_refused (w, &dsp_mileage_approve, world_id (41), NULL, DSP_RULE_STATE);
}

/* The mark is set by the office's percentage exactly: at it no, above it by any metre yes. */
static void
exceeds_by_the_percentage (void)
{
  static const struct { gint64 claimed, proposed, percent; bool exceeds; } cases[] = {
    { 121, 100, 20, true },       { 120, 100, 20, false },     { 12001, 10000, 20, true },  { 12000, 10000, 20, false },
    { 90, 100, 0, false },        { 1, 0, 500, true },         { 0, 0, 0, false },          { 2000000, 1, 500, true },
    { 2000000, 2000000, 0, false }, { 2000000, 1999999, 0, true }, { 0, 1999999, 0, false },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      DspMileage claim = { .claimed = number (cases[i].claimed) };

      dsp_mileage_propose (&claim, DSP_DISTANCE_GREAT_CIRCLE, cases[i].proposed);
      g_assert_cmpint (dsp_mileage_exceeds (&claim, cases[i].percent), ==, cases[i].exceeds);
      g_assert_cmpint (claim.excess.value, >=, -100);
      g_assert_cmpint (claim.excess.value, <=, DSP_MILEAGE_EXCESS_MAX);
      dsp_mileage_propose (&claim, DSP_DISTANCE_NONE, 0);
      g_assert_false (claim.proposed.is_set || dsp_mileage_exceeds (&claim, 0));
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add_func ("/rates/" path, function)
  ADD ("half-up", half_up);
  ADD ("rates/overlaps-are-refused-with-both", overlaps_are_refused);
  ADD ("rates/bad", bad_rates);
  ADD ("rates/most-specific", most_specific);
  ADD ("rates/S0-18-why-each-rate-applies-or-not", explained);
  ADD ("rates/frozen-or-waiting", frozen_or_waiting);
  ADD ("S0-15/contradictions", contradictions);
  ADD ("S0-15/only-approved-is-paid", only_approved_is_paid);
  ADD ("S0-15/exceeds-by-the-percentage", exceeds_by_the_percentage);
  return g_test_run ();
}
