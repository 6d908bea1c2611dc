/* test-chart.c: marks of axes, medians, local days, and a bar's filter among the chart's
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-chart.h"
#include "dsp-command.h"
#include "dsp-filter.h"

#include <stdlib.h>
#include <string.h>

/* ---- axes ---- */

static void
test_steps (void)
{
  g_assert_cmpint (dsp_chart_step (0, DSP_UNIT_COUNT, 5), ==, 1);
  g_assert_cmpint (dsp_chart_step (5, DSP_UNIT_COUNT, 5), ==, 1);
  g_assert_cmpint (dsp_chart_step (6, DSP_UNIT_COUNT, 5), ==, 2);
  g_assert_cmpint (dsp_chart_step (11, DSP_UNIT_COUNT, 5), ==, 5);
  g_assert_cmpint (dsp_chart_step (1000000, DSP_UNIT_COUNT, 5), ==, 200000);
  g_assert_cmpint (dsp_chart_step (1, DSP_UNIT_CENTS, 5), ==, 100);
  g_assert_cmpint (dsp_chart_step (123456, DSP_UNIT_CENTS, 5), ==, 50000);
  g_assert_cmpint (dsp_chart_step (10000, DSP_UNIT_SHARE, 5), ==, 2000);
  g_assert_cmpint (dsp_chart_step (10000, DSP_UNIT_SHARE, 4), ==, 2500);
  g_assert_cmpint (dsp_chart_step (3600, DSP_UNIT_SECONDS, 6), ==, 600);
  g_assert_cmpint (dsp_chart_step (86400, DSP_UNIT_SECONDS, 4), ==, 21600);
  g_assert_cmpint (dsp_chart_step (50 * 86400, DSP_UNIT_SECONDS, 5), ==, 10 * 86400);
}

/* Whatever the largest value: it is under the last mark, and there are not more marks than asked for, nor one for all. */
static void
test_steps_fit (void)
{
  for (int i = 0; i < 20000; i++)
    {
      gint64 max = (gint64) (g_test_rand_double_range (0, 1) * (double) (G_GINT64_CONSTANT (1) << g_test_rand_int_range (0, 58)));
      DspUnit unit = (DspUnit) g_test_rand_int_range (0, DSP_N_UNITS);
      guint marks = (guint) g_test_rand_int_range (2, 12);
      gint64 step = dsp_chart_step (max, unit, marks);

      g_assert_cmpint (step, >, 0);
      g_assert_cmpint ((max + step - 1) / step, <=, marks);
    }
}

/* ---- numbers ---- */

static int
compare_numbers (gconstpointer a,
                 gconstpointer b)
{
  return (*(const guint32 *) a > *(const guint32 *) b) - (*(const guint32 *) a < *(const guint32 *) b);
}

static void
test_quantiles (void)
{
  guint32 four[] = { 40, 10, 30, 20 }, one[] = { 7 };

  g_assert_cmpuint (dsp_quantile (four, 4, 500), ==, 20);
  g_assert_cmpuint (dsp_quantile (four, 4, 900), ==, 40);
  g_assert_cmpuint (dsp_quantile (four, 4, 0), ==, 10);
  g_assert_cmpuint (dsp_quantile (four, 4, 1000), ==, 40);
  g_assert_cmpuint (dsp_quantile (one, 1, 500), ==, 7);
  g_assert_cmpuint (dsp_quantile (NULL, 0, 500), ==, 0);
  for (int round = 0; round < 3000; round++)
    {
      guint n = (guint) g_test_rand_int_range (1, 60), permille = (guint) g_test_rand_int_range (0, 1001);
      guint32 values[60], sorted[60];
      int distinct = g_test_rand_int_range (1, 100);

      for (guint i = 0; i < n; i++)
        sorted[i] = values[i] = (guint32) g_test_rand_int_range (0, distinct) * (round % 5 == 0 ? 40000000u : 1u);
      qsort (sorted, n, sizeof *sorted, compare_numbers);
      g_assert_cmpuint (dsp_quantile (values, n, permille), ==, sorted[MAX ((n * permille + 999) / 1000, 1) - 1]);
    }
}

static void
test_shares (void)
{
  g_assert_cmpint (dsp_share (1, 4), ==, 2500);
  g_assert_cmpint (dsp_share (1, 3), ==, 3333);
  g_assert_cmpint (dsp_share (2, 3), ==, 6667);
  g_assert_cmpint (dsp_share (1, 20000), ==, 1);
  g_assert_cmpint (dsp_share (0, 0), ==, 0);
  g_assert_cmpint (dsp_share (1000000, 1000000), ==, 10000);
}

/* ---- days ---- */

static DspCalendar *
calendar_of (const char *zone)
{
  DspOfficeSettings office = *dsp_office_defaults ();

  office.time_zone = (char *) zone;
  return dsp_calendar_new (&office);
}

static gint64
at (const char *text)
{
  DspTime time;

  g_assert_true (dsp_time_parse (text, strlen (text), &time));
  return time.us;
}

/* The office's days, not UTC's: 05:59 UTC is still yesterday in Mexico City. */
static void
test_days_are_the_offices (void)
{
  g_autoptr(DspCalendar) calendar = calendar_of ("America/Mexico_City");
  g_autoptr(DspBins) bins = dsp_bins_new (calendar, at ("2026-11-20T05:59:59Z"), at ("2026-11-22T06:00:00Z"), DSP_SPAN_DAY, 62);

  g_assert_cmpint (bins->span, ==, DSP_SPAN_DAY);
  g_assert_cmpuint (bins->n, ==, 4);
  g_assert_cmpint (bins->days[0].day, ==, dsp_date_make (2026, 11, 19).day);
  g_assert_cmpint (bins->starts_us[1], ==, at ("2026-11-20T06:00:00Z"));
  g_assert_cmpuint (dsp_bins_find (bins, at ("2026-11-20T05:59:59Z")), ==, 0);
  g_assert_cmpuint (dsp_bins_find (bins, at ("2026-11-20T06:00:00Z")), ==, 1);
  g_assert_cmpuint (dsp_bins_find (bins, at ("2026-11-23T05:59:59Z")), ==, 3);
  g_assert_cmpuint (dsp_bins_find (bins, at ("2026-11-23T06:00:00Z")), ==, bins->n);
  g_assert_cmpuint (dsp_bins_find (bins, at ("2026-11-18T06:00:00Z")), ==, bins->n);
}

/* Tijuana's clocks go back on 1 November 2026: that day has 25 hours, and all of them are of it. */
static void
test_a_day_of_25_hours (void)
{
  g_autoptr(DspCalendar) calendar = calendar_of ("America/Tijuana");
  g_autoptr(DspBins) bins = dsp_bins_new (calendar, at ("2026-10-31T12:00:00Z"), at ("2026-11-02T12:00:00Z"), DSP_SPAN_DAY, 62);

  g_assert_cmpuint (bins->n, ==, 3);
  g_assert_cmpint (bins->starts_us[2] - bins->starts_us[1], ==, 25 * G_TIME_SPAN_HOUR);
  for (int hour = 0; hour < 25; hour++)
    g_assert_cmpuint (dsp_bins_find (bins, bins->starts_us[1] + hour * G_TIME_SPAN_HOUR), ==, 1);
}

static void
test_spans (void)
{
  g_autoptr(DspCalendar) calendar = calendar_of ("America/Mexico_City");
  static const struct { const char *from, *to; DspSpan span; guint n; } cases[] = {
    { "2026-01-01T12:00:00Z", "2026-01-01T13:00:00Z", DSP_SPAN_DAY, 1 },
    { "2026-01-01T12:00:00Z", "2026-03-03T12:00:00Z", DSP_SPAN_DAY, 62 },
    { "2026-01-01T12:00:00Z", "2026-03-04T12:00:00Z", DSP_SPAN_WEEK, 10 },
    { "2021-01-15T12:00:00Z", "2026-01-15T12:00:00Z", DSP_SPAN_MONTH, 61 },
    { "1971-06-01T12:00:00Z", "2105-06-01T12:00:00Z", DSP_SPAN_YEAR, 135 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(DspBins) bins = dsp_bins_new (calendar, at (cases[i].from), at (cases[i].to), DSP_SPAN_DAY, 62);

      g_assert_cmpint (bins->span, ==, cases[i].span);
      g_assert_cmpuint (bins->n, ==, cases[i].n);
      g_assert_cmpuint (dsp_bins_find (bins, at (cases[i].from)), ==, 0);
      g_assert_cmpuint (dsp_bins_find (bins, at (cases[i].to)), ==, bins->n - 1);
      if (bins->span == DSP_SPAN_WEEK)
        g_assert_cmpint (dsp_date_weekday (bins->days[1]), ==, 1);
      for (guint j = 0; j < bins->n; j++)
        {
          g_assert_cmpint (bins->starts_us[j], <, bins->starts_us[j + 1]);
          g_assert_cmpint (dsp_calendar_day (calendar, bins->starts_us[j], NULL).day, ==, bins->days[j].day);
        }
    }
}

/* ---- kinds ---- */

static void
test_kinds_are_whole (void)
{
  for (guint kind = 1; kind < DSP_N_CHARTS; kind++)
    {
      const DspChartInfo *info = dsp_chart_info (kind);

      g_assert_nonnull (DspChartKind_words.list[kind].label);
      g_assert_nonnull (info->sentence);
      g_assert_cmpuint (info->n_figures, >, 0);
      g_assert_true (info->figures[0].drawn);
      for (guint i = 0; i < info->n_figures; i++)
        g_assert_nonnull (info->figures[i].label);
      for (guint i = 0; i < info->n_by; i++)
        g_assert_true (dsp_chart_may_be_by (kind, dsp_chart_by (kind, i)) && (dsp_chart_by (kind, i)->flags & DSP_FILTER));
    }
}

static DspActor *
actor_of (const char *profile)
{
  DspId user = { { 1 } };
  DspActor *actor = dsp_actor_new (&user, "somebody");

  for (const DspShippedProfile *p = dsp_shipped_profiles; p->name != NULL; p++)
    if (g_str_equal (p->name, profile))
      {
        g_auto(GStrv) words = g_strsplit (p->permissions, " ", -1);
        g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
        g_auto(GStrv) list = NULL;
        DspPermissions may = { { 0 } };
        const char *unknown = NULL;

        for (guint i = 0; words[i] != NULL; i++)
          if (*words[i] != '\0')
            g_strv_builder_add (builder, words[i]);
        list = g_strv_builder_end (builder);
        g_assert_true (dsp_permissions_from_words (&may, (const char *const *) list, &unknown));
        dsp_actor_add_grant (actor, &may, &dsp_scope_all, 0);
      }
  return actor;
}

static void
test_dashboards (void)
{
  static const struct { const char *profile; DspChartKind first; } cases[] = {
    { "supervisor", DSP_CHART_PENALIZED }, { "administrator", DSP_CHART_PENALIZED }, { "distributor", DSP_CHART_CREW },
    { "master", DSP_CHART_CREW }, { "dispatcher", DSP_CHART_HOURS }, { "agent", DSP_CHART_STATUS }, { "auditor", DSP_CHART_STATUS },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(DspActor) actor = actor_of (cases[i].profile);
      DspChartKind four[4];

      dsp_chart_dashboard (actor, 1, four);
      g_assert_cmpint (four[0], ==, cases[i].first);
      for (guint j = 0; j < 4; j++)
        for (guint k = 0; k < j; k++)
          g_assert_cmpint (four[j], !=, four[k]);
    }
}

/* ---- a bar's filter ---- */

static void
check_narrow (const char *filter,
              const char *more,
              const char *expected)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspFilter) narrow = dsp_filter_parse (&dsp_order, filter, &error);
  g_autofree char *text = NULL;

  g_assert_no_error (error);
  g_assert_cmpint (dsp_filter_narrow (narrow, more, &error), ==, expected != NULL);
  text = dsp_filter_print (narrow);
  if (expected == NULL)
    {
      g_assert_error (error, DSP_RULE_ERROR, DSP_RULE_INVALID);
      g_assert_cmpstr (text, ==, filter); /* as it was */
    }
  else
    g_assert_cmpstr (text, ==, expected);
}

static void
test_narrow (void)
{
  check_narrow ("", "type=repair", "type=repair");
  check_narrow ("type=repair,install", "type=install", "type=install");
  check_narrow ("group=A", "type=install", "group=A&type=install");
  check_narrow ("postal_code=031*,06000..06400", "postal_code=03100", "postal_code=03100");
  check_narrow ("postal_code=031*,06000..06400", "postal_code=06100", "postal_code=06100");
  check_narrow ("postal_code=03*", "postal_code=031*", "postal_code=031*");
  check_narrow ("postal_code=03000..03400", "postal_code=03200..03900", "postal_code=03200..03400");
  check_narrow ("postal_code=031*", "postal_code=06100", NULL);
  check_narrow ("status=assigned,closed", "status=unassigned,closed", "status=closed");
  check_narrow ("priority=2..4", "priority=-", NULL);
  check_narrow ("priority=2..4,-", "priority=-", "priority=-");
  check_narrow ("crew_id=+", "crew_id=-", NULL);
  check_narrow ("created_at=2026-01-01T00:00:00Z..2026-02-01T00:00:00Z", "created_at=2026-01-15T00:00:00Z..2026-03-01T00:00:00Z",
                "created_at=2026-01-15T00:00:00Z..2026-02-01T00:00:00Z");
  check_narrow ("created_at=2026-01-01T00:00:00Z..2026-02-01T00:00:00Z", "created_at=2026-02-01T00:00:00Z..2026-03-01T00:00:00Z", NULL);
  check_narrow ("penalized=yes&q=ana", "penalized=yes&q=luna", "penalized=yes&q=ana luna");
  check_narrow ("penalized=no", "penalized=yes", NULL);
}

/* Who matches both matches the narrower one, and nobody else does. */
static void
test_narrow_is_both (void)
{
  static const char *const parts[] = {
    "status=unassigned,closed", "status=closed", "priority=1..3", "priority=2,4,-", "priority=+", "postal_code=03*", "postal_code=031*",
    "postal_code=03100", "postal_code=03050..03150", "postal_code=-,031*", "created_at=..1970-01-01T00:00:05Z", "created_at=1970-01-01T00:00:02Z..",
    "created_at=1970-01-01T00:00:03Z..1970-01-01T00:00:07Z", "closed_at=-,1970-01-01T00:00:04Z..", "closed_at=..1970-01-01T00:00:06Z",
    "reschedules=1..", "reschedules=-", "reason=no-access,-",
  };
  static const char *const codes[] = { NULL, "03050", "03100", "03149", "06000" }, *const reasons[] = { NULL, "no-access", "rain" };

  for (int round = 0; round < 4000; round++)
    {
      const char *a = parts[g_test_rand_int_range (0, G_N_ELEMENTS (parts))], *b = parts[g_test_rand_int_range (0, G_N_ELEMENTS (parts))];
      g_autoptr(DspFilter) one = dsp_filter_parse (&dsp_order, a, NULL), two = dsp_filter_parse (&dsp_order, b, NULL), both = dsp_filter_dup (one);
      g_autoptr(GError) error = NULL;
      gboolean some;
      DspOrder order = { .status = (DspOrderStatus) g_test_rand_int_range (1, DSP_N_ORDER_STATUSES) };

      g_assert_nonnull (one);
      g_assert_nonnull (two);
      some = dsp_filter_narrow (both, b, &error);
      order.priority = (DspInt) { g_test_rand_int_range (1, 6), g_test_rand_bit () };
      order.postal_code = (char *) codes[g_test_rand_int_range (0, G_N_ELEMENTS (codes))];
      order.reason = (char *) reasons[g_test_rand_int_range (0, G_N_ELEMENTS (reasons))];
      order.created_at.us = g_test_rand_int_range (0, 10) * G_TIME_SPAN_SECOND;
      order.closed_at.us = g_test_rand_int_range (0, 10) * G_TIME_SPAN_SECOND;
      order.reschedules = (DspInt) { g_test_rand_int_range (0, 3), g_test_rand_bit () };
      if (some)
        g_assert_cmpint (dsp_filter_matches (both, &order, 0), ==, dsp_filter_matches (one, &order, 0) && dsp_filter_matches (two, &order, 0));
      else
        g_assert_false (dsp_filter_matches (one, &order, 0) && dsp_filter_matches (two, &order, 0));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/chart/S0-16/axes_have_round_marks", test_steps);
  g_test_add_func ("/chart/S0-16/the_largest_value_fits_under_the_marks", test_steps_fit);
  g_test_add_func ("/chart/S0-16/median_and_percentile_are_values_that_are_there", test_quantiles);
  g_test_add_func ("/chart/S0-16/shares_round_half_up", test_shares);
  g_test_add_func ("/chart/S0-16/days_are_the_offices", test_days_are_the_offices);
  g_test_add_func ("/chart/S0-16/a_day_on_which_clocks_go_back_has_25_hours", test_a_day_of_25_hours);
  g_test_add_func ("/chart/S0-16/long_times_become_weeks_months_and_years", test_spans);
  g_test_add_func ("/chart/S0-16/every_kind_says_what_it_counts", test_kinds_are_whole);
  g_test_add_func ("/chart/S0-16/each_profile_has_its_four", test_dashboards);
  g_test_add_func ("/chart/S0-16/a_bars_filter_narrows_the_charts", test_narrow);
  g_test_add_func ("/chart/S0-16/narrowed_is_both_for_any_order", test_narrow_is_both);
  return g_test_run ();
}
