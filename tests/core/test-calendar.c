/* test-calendar.c: an office's minutes, against a count of every one of them
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-calendar.h"

#include <string.h>

#define MINUTE G_TIME_SPAN_MINUTE

static void
federal_holidays (void)
{
  /* The rest days of 2024 to 2026, from a printed calendar. */
  static const char *const days[] = {
    "2024-01-01", "2024-02-05", "2024-03-18", "2024-05-01", "2024-09-16", "2024-10-01", "2024-11-18", "2024-12-25",
    "2025-01-01", "2025-02-03", "2025-03-17", "2025-05-01", "2025-09-16", "2025-11-17", "2025-12-25",
    "2026-01-01", "2026-02-02", "2026-03-16", "2026-05-01", "2026-09-16", "2026-11-16", "2026-12-25", NULL,
  };
  DspDate until = dsp_date_make (2027, 1, 1);

  for (DspDate day = dsp_date_make (2024, 1, 1); day.day < until.day; day.day++)
    {
      char text[16];

      dsp_date_print (day, text);
      g_assert_cmpint (dsp_federal_holiday (day) != NULL, ==, g_strv_contains (days, text));
    }
  g_assert_nonnull (dsp_federal_holiday (dsp_date_make (2030, 10, 1)));
}

static void
office_edits_holidays (void)
{
  g_autoptr(DspCalendar) calendar = dsp_calendar_new (NULL);
  DspHoliday local = { .day = dsp_date_make (2026, 12, 12) }, worked = { .day = dsp_date_make (2026, 9, 16), .working = DSP_YES };
  DspDate eve = dsp_date_make (2026, 9, 15);
  gint64 from = dsp_calendar_at (calendar, eve, 17 * 60);

  /* A Saturday is free anyway; Wednesday the 16th is a holiday, so an hour before closing leads to Thursday. */
  g_assert_false (dsp_calendar_works (calendar, local.day));
  g_assert_cmpint (dsp_calendar_add (calendar, DSP_COUNTS_WORKING, from, 120 * MINUTE), ==,
                   dsp_calendar_at (calendar, dsp_date_make (2026, 9, 17), 9 * 60));
  dsp_calendar_add_holiday (calendar, &worked);
  g_assert_cmpint (dsp_calendar_add (calendar, DSP_COUNTS_WORKING, from, 120 * MINUTE), ==,
                   dsp_calendar_at (calendar, worked.day, 9 * 60));
  local.day = eve;
  dsp_calendar_add_holiday (calendar, &local);
  g_assert_cmpint (dsp_calendar_between (calendar, DSP_COUNTS_WORKING, from, from + 60 * MINUTE), ==, 0);
}

/* Independent of the code under test: GDateTime says what the clock on the wall shows. */
static bool
works_at (GTimeZone               *zone,
          const DspOfficeSettings *office,
          gint64                   at_us)
{
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc (at_us / G_USEC_PER_SEC);
  g_autoptr(GDateTime) local = g_date_time_to_timezone (utc, zone);
  int minute = g_date_time_get_hour (local) * 60 + g_date_time_get_minute (local);
  g_autofree char *weekday = g_strdup_printf ("%d", g_date_time_get_day_of_week (local));
  DspDate day = dsp_date_make (g_date_time_get_year (local), g_date_time_get_month (local), g_date_time_get_day_of_month (local));

  return g_strv_contains ((const char *const *) office->weekdays, weekday) && dsp_federal_holiday (day) == NULL &&
         minute >= office->starts.value && minute < office->ends.value;
}

static void
every_minute (const char *zone_name,
              int         starts,
              int         ends,
              int         month)
{
  static char *week[] = { (char *) "1", (char *) "2", (char *) "3", (char *) "4", (char *) "5", (char *) "7", NULL };
  DspOfficeSettings office = {
    .time_zone = (char *) zone_name, .starts = { starts, true }, .ends = { ends, true }, .weekdays = week, .federal_holidays = DSP_YES,
  };
  g_autoptr(GTimeZone) zone = g_time_zone_new_identifier (zone_name);
  g_autoptr(DspCalendar) calendar = dsp_calendar_new (&office);
  guint n = 21 * 1440;
  g_autofree guint *worked = g_new0 (guint, n + 1); /* minutes before */
  g_autoptr(GRand) rand = g_rand_new_with_seed (28);
  gint64 begin;

  g_assert_nonnull (zone);
  begin = dsp_calendar_at (calendar, dsp_date_make (2025, month, 1), 0);
  for (guint i = 0; i < n; i++)
    worked[i + 1] = worked[i] + works_at (zone, &office, begin + i * MINUTE);
  for (guint i = 0; i < 4000; i++)
    {
      guint a = (guint) g_rand_int_range (rand, 0, (gint32) n), b = (guint) g_rand_int_range (rand, 0, (gint32) n);
      gint64 from = begin + a * MINUTE, to = begin + b * MINUTE;
      gint64 span = dsp_calendar_between (calendar, DSP_COUNTS_WORKING, from, to);

      g_assert_cmpint (span, ==, ((gint64) worked[b] - worked[a]) * MINUTE);
      g_assert_cmpint (dsp_calendar_between (calendar, DSP_COUNTS_CALENDAR, from, to), ==, to - from);
      if (span > 0)
        {
          gint64 end = dsp_calendar_add (calendar, DSP_COUNTS_WORKING, from, span);
          guint at = (guint) ((end - begin) / MINUTE);

          /* The first instant at which so much has been worked. */
          g_assert_cmpint (end, <=, to);
          g_assert_cmpuint (worked[at] - worked[a], ==, worked[b] - worked[a]);
          g_assert_cmpuint (worked[at - 1], <, worked[at]);
        }
    }
}

static void
minute_by_minute (void)
{
  every_minute ("America/Mexico_City", 480, 1080, 2);
  every_minute ("America/Mexico_City", 480, 1080, 9);
  /* Clocks go forward on 9 March and back on 2 November 2025, at two in the night of a Sunday. */
  every_minute ("America/Tijuana", 480, 1080, 3);
  every_minute ("America/Tijuana", 0, 1440, 3);
  every_minute ("America/Tijuana", 60, 600, 3);
  every_minute ("America/Tijuana", 0, 1440, 11);
  every_minute ("America/Tijuana", 30, 600, 11);
}

static void
local_days (void)
{
  DspOfficeSettings office = { .time_zone = (char *) "America/Tijuana" };
  g_autoptr(DspCalendar) calendar = dsp_calendar_new (&office);
  DspDate spring = dsp_date_make (2025, 3, 9), autumn = dsp_date_make (2025, 11, 2);
  int minute;

  g_assert_cmpint (dsp_calendar_at (calendar, spring, 1440) - dsp_calendar_at (calendar, spring, 0), ==, 23 * 60 * MINUTE);
  g_assert_cmpint (dsp_calendar_at (calendar, autumn, 1440) - dsp_calendar_at (calendar, autumn, 0), ==, 25 * 60 * MINUTE);
  /* Half past two did not exist: the gap's end. */
  g_assert_cmpint (dsp_calendar_at (calendar, spring, 150), ==, dsp_calendar_at (calendar, spring, 180));
  for (int m = 180; m < 1440; m += 7)
    {
      DspDate day = dsp_calendar_day (calendar, dsp_calendar_at (calendar, spring, m), &minute);

      g_assert_cmpint (day.day, ==, spring.day);
      g_assert_cmpint (minute, ==, m);
    }
  /* Before 1970, too. */
  g_assert_cmpint (dsp_calendar_day (calendar, -G_USEC_PER_SEC, NULL).day, ==, dsp_date_make (1969, 12, 31).day);
}

static void
never_works (void)
{
  static char *week[] = { (char *) "6", NULL };
  DspOfficeSettings office = { .time_zone = (char *) "America/Mexico_City", .starts = { 480, true }, .ends = { 480, true }, .weekdays = week };
  g_autoptr(DspCalendar) calendar = dsp_calendar_new (&office);

  g_assert_cmpint (dsp_calendar_add (calendar, DSP_COUNTS_WORKING, G_USEC_PER_SEC, MINUTE), ==, 0);
  g_assert_cmpint (dsp_calendar_add (calendar, DSP_COUNTS_NONE, G_USEC_PER_SEC, MINUTE), ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/calendar/federal-holidays", federal_holidays);
  g_test_add_func ("/calendar/office-edits-holidays", office_edits_holidays);
  g_test_add_func ("/calendar/minute-by-minute", minute_by_minute);
  g_test_add_func ("/calendar/local-days", local_days);
  g_test_add_func ("/calendar/never-works", never_works);
  return g_test_run ();
}
