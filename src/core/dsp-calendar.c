/* dsp-calendar.c: an office's days, hours and holidays, and the minutes that a clock counts
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-calendar.h"

#include <glib/gi18n-lib.h>

#define DAY_S     86400
#define YEARS_MAX 30 /* a clock that is not over by then never is */

typedef struct {
  gint64 open_us, close_us; /* equal: nobody works */
} Hours;

struct _DspCalendar
{
  GTimeZone  *zone;     /* (owned) */
  int         starts, ends;
  guint       weekdays; /* bits 1 to 7 */
  bool        federal;
  GHashTable *listed;   /* day to "working" (DspYesNo): what the office's records say of it */
  GHashTable *hours;    /* day to Hours (owned): remembered */
};

const DspOfficeSettings *
dsp_office_defaults (void)
{
  static char *week[] = { (char *) "1", (char *) "2", (char *) "3", (char *) "4", (char *) "5", NULL };
  static const DspOfficeSettings defaults = {
    .time_zone = (char *) "America/Mexico_City",
    .starts = { 8 * 60, true },
    .ends = { 18 * 60, true },
    .weekdays = week,
    .federal_holidays = DSP_YES,
    .risk_minutes = { 240, true },
    .distance_factor = { 130, true },
    .mileage_tolerance = { 20, true },
    .night_starts = { 22 * 60, true },
    .night_ends = { 6 * 60, true },
    .files_quota = { 10240, true },
  };

  return &defaults;
}

/* A zone is a file: calendars come and go with each command, zones are kept. Any thread. */
static GTimeZone *
ref_zone (const char *name)
{
  static GMutex lock;
  static GHashTable *zones;
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&lock);
  GTimeZone *zone;

  if (zones == NULL)
    zones = g_hash_table_new (g_str_hash, g_str_equal);
  zone = g_hash_table_lookup (zones, name);
  if (zone == NULL)
    {
      zone = g_time_zone_new_identifier (name);
      if (zone == NULL)
        return NULL;
      g_hash_table_insert (zones, g_strdup (name), zone);
    }
  return g_time_zone_ref (zone);
}

/**
 * dsp_calendar_new:
 * Returns: (transfer full): without the office's own holidays; add them before counting
 */
DspCalendar *
dsp_calendar_new (const DspOfficeSettings *office)
{
  const DspOfficeSettings *defaults = dsp_office_defaults ();
  DspCalendar *self = g_new0 (DspCalendar, 1);
  const char *const *weekdays;

  if (office == NULL)
    office = defaults;
  self->zone = office->time_zone != NULL ? ref_zone (office->time_zone) : NULL;
  if (self->zone == NULL)
    self->zone = ref_zone (defaults->time_zone);
  /* Without a data base of zones: the one that has been central Mexico's all year since 2022. */
  if (self->zone == NULL)
    self->zone = g_time_zone_new_offset (-6 * 3600);
  self->starts = (int) (office->starts.is_set ? office->starts : defaults->starts).value;
  self->ends = (int) (office->ends.is_set ? office->ends : defaults->ends).value;
  weekdays = (const char *const *) (office->weekdays != NULL ? office->weekdays : defaults->weekdays);
  for (; *weekdays != NULL; weekdays++)
    self->weekdays |= 1u << (**weekdays - '0');
  self->federal = office->federal_holidays != DSP_NO;
  self->listed = g_hash_table_new (NULL, NULL);
  self->hours = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  return self;
}

void
dsp_calendar_free (DspCalendar *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->hours);
  g_hash_table_unref (self->listed);
  g_time_zone_unref (self->zone);
  g_free (self);
}

void
dsp_calendar_add_holiday (DspCalendar      *self,
                          const DspHoliday *holiday)
{
  g_hash_table_insert (self->listed, GINT_TO_POINTER (holiday->day.day),
                       GINT_TO_POINTER (holiday->working == DSP_YES ? DSP_YES : DSP_NO));
  g_hash_table_remove (self->hours, GINT_TO_POINTER (holiday->day.day));
}

const char *
dsp_federal_holiday (DspDate date)
{
  int year, month, day, monday;

  if (date.day == 0)
    return NULL;
  dsp_date_split (date, &year, &month, &day);
  /* Which Monday of its month it is; 0: no Monday. */
  monday = dsp_date_weekday (date) == 1 ? (day + 6) / 7 : 0;
  if (month == 1 && day == 1)
    return _("New Year's Day");
  if (month == 2 && monday == 1)
    return _("Constitution Day");
  if (month == 3 && monday == 3)
    return _("Benito Juárez's birthday");
  if (month == 5 && day == 1)
    return _("Labour Day");
  if (month == 9 && day == 16)
    return _("Independence Day");
  if (month == 10 && day == 1 && year >= 2024 && (year - 2024) % 6 == 0)
    return _("Change of the federal executive");
  if (month == 11 && monday == 3)
    return _("Revolution Day");
  if (month == 12 && day == 25)
    return _("Christmas Day");
  return NULL;
}

bool
dsp_calendar_works (DspCalendar *self,
                    DspDate      day)
{
  DspYesNo listed = (DspYesNo) GPOINTER_TO_INT (g_hash_table_lookup (self->listed, GINT_TO_POINTER (day.day)));

  /* A record of the day says it all: also a Sunday can be worked. */
  if (listed != DSP_UNSAID)
    return listed == DSP_YES;
  if (!(self->weekdays >> dsp_date_weekday (day) & 1))
    return false;
  return !self->federal || dsp_federal_holiday (day) == NULL;
}

gint64
dsp_calendar_at (DspCalendar *self,
                 DspDate      day,
                 int          minute)
{
  gint64 local_s = (gint64) (day.day - 1) * DAY_S + (gint64) minute * 60;
  int interval = g_time_zone_adjust_time (self->zone, G_TIME_TYPE_DAYLIGHT, &local_s);

  return (local_s - g_time_zone_get_offset (self->zone, interval)) * G_USEC_PER_SEC;
}

static gint64
floor_div (gint64 a,
           gint64 b)
{
  return a / b - (a % b < 0);
}

DspDate
dsp_calendar_day (DspCalendar *self,
                  gint64       at_us,
                  int         *minute)
{
  gint64 at_s = floor_div (at_us, G_USEC_PER_SEC);
  int interval = g_time_zone_find_interval (self->zone, G_TIME_TYPE_UNIVERSAL, at_s);
  gint64 local_s = at_s + g_time_zone_get_offset (self->zone, interval);
  gint64 day = floor_div (local_s, DAY_S);

  if (minute != NULL)
    *minute = (int) ((local_s - day * DAY_S) / 60);
  return (DspDate) { (gint32) day + 1 };
}

static const Hours *
hours_of (DspCalendar *self,
          DspDate      day)
{
  Hours *hours = g_hash_table_lookup (self->hours, GINT_TO_POINTER (day.day));

  if (hours != NULL)
    return hours;
  hours = g_new0 (Hours, 1);
  if (dsp_calendar_works (self, day))
    {
      hours->open_us = dsp_calendar_at (self, day, self->starts);
      hours->close_us = MAX (dsp_calendar_at (self, day, self->ends), hours->open_us);
    }
  g_hash_table_insert (self->hours, GINT_TO_POINTER (day.day), hours);
  return hours;
}

gint64
dsp_calendar_add (DspCalendar *self,
                  DspCounts    counts,
                  gint64       from_us,
                  gint64       span_us)
{
  DspDate day, last;

  if (counts == DSP_COUNTS_CALENDAR)
    return from_us + span_us;
  if (counts != DSP_COUNTS_WORKING)
    return 0;
  if (span_us <= 0)
    return from_us;
  day = dsp_calendar_day (self, from_us, NULL);
  last.day = day.day + YEARS_MAX * 366;
  for (; day.day < last.day; day.day++)
    {
      const Hours *hours = hours_of (self, day);
      gint64 begin_us = MAX (from_us, hours->open_us);

      if (begin_us >= hours->close_us)
        continue;
      if (span_us <= hours->close_us - begin_us)
        return begin_us + span_us;
      span_us -= hours->close_us - begin_us;
    }
  return 0;
}

gint64
dsp_calendar_between (DspCalendar *self,
                      DspCounts    counts,
                      gint64       from_us,
                      gint64       to_us)
{
  gint64 sum_us = 0;
  DspDate day, last;

  if (counts == DSP_COUNTS_CALENDAR)
    return to_us - from_us;
  if (counts != DSP_COUNTS_WORKING)
    return 0;
  if (to_us < from_us)
    return -dsp_calendar_between (self, counts, to_us, from_us);
  day = dsp_calendar_day (self, from_us, NULL);
  last = dsp_calendar_day (self, to_us, NULL);
  for (; day.day <= last.day; day.day++)
    {
      const Hours *hours = hours_of (self, day);
      gint64 begin_us = MAX (from_us, hours->open_us), end_us = MIN (to_us, hours->close_us);

      if (begin_us < end_us)
        sum_us += end_us - begin_us;
    }
  return sum_us;
}
