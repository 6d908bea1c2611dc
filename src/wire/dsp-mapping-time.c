/* dsp-mapping-time.c: dates and times as foreign files write them
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A subset of strptime() that knows no locale and refuses what the calendar does not have: strptime() itself takes
 * 31 February and leaves it to the caller.
 */
#define G_LOG_DOMAIN "dsp-wire"

#include "config.h"
#include "dsp-mapping-private.h"

#include <glib/gi18n-lib.h>
#include <langinfo.h>
#include <string.h>

typedef struct
{
  int      year, month, day, hour, minute, second;
  gboolean has_offset;
  int      offset_min;
} Parts;

/* Up to @most digits. */
static gboolean
read_digits (const char **p,
             guint        least,
             guint        most,
             int         *value)
{
  guint n = 0;

  for (*value = 0; n < most && g_ascii_isdigit (**p); n++, (*p)++)
    *value = *value * 10 + (**p - '0');

  return n >= least;
}

/* "+0530", "-06:00", "Z". */
static gboolean
read_offset (const char **p,
             Parts       *parts)
{
  int hours, minutes, sign;

  parts->has_offset = TRUE;
  parts->offset_min = 0;
  if (**p == 'Z')
    {
      (*p)++;
      return TRUE;
    }
  if (**p != '+' && **p != '-')
    return FALSE;

  sign = *(*p)++ == '-' ? -1 : 1;
  if (!read_digits (p, 2, 2, &hours))
    return FALSE;
  if (**p == ':')
    (*p)++;
  if (!read_digits (p, 2, 2, &minutes) || hours > 14 || minutes > 59)
    return FALSE;

  parts->offset_min = sign * (hours * 60 + minutes);
  return TRUE;
}

static gboolean
read_parts (const char *text,
            const char *format,
            Parts      *parts)
{
  const char *p = text;
  gboolean fine = TRUE;

  for (; fine && *format != '\0'; format++)
    {
      if (g_ascii_isspace (*format))
        {
          fine = g_ascii_isspace (*p);
          while (g_ascii_isspace (*p))
            p++;
          continue;
        }
      if (*format != '%')
        {
          fine = *p == *format;
          p += fine;
          continue;
        }

      switch (*++format)
        {
        case 'Y': fine = read_digits (&p, 4, 4, &parts->year); break;
        case 'm': fine = read_digits (&p, 1, 2, &parts->month); break;
        case 'd': fine = read_digits (&p, 1, 2, &parts->day); break;
        case 'H': fine = read_digits (&p, 1, 2, &parts->hour) && parts->hour <= 23; break;
        case 'M': fine = read_digits (&p, 1, 2, &parts->minute) && parts->minute <= 59; break;
        case 'S': fine = read_digits (&p, 1, 2, &parts->second) && parts->second <= 60; break;
        case 'z': fine = read_offset (&p, parts); break;
        case '%': fine = *p == '%'; p += fine; break;
        default:  fine = FALSE; break;
        }
    }

  return fine && *p == '\0';
}

static int
days_in_month (int year,
               int month)
{
  return g_date_get_days_in_month ((GDateMonth) month, (GDateYear) year);
}

/* Whether @format has what a time needs. @fault: (out): what it lacks, for people. */
gboolean
dsp_wall_time_check_format (const char  *format,
                            char       **fault)
{
  for (const char *p = strchr (format, '%'); p != NULL; p = strchr (p + 2, '%'))
    if (p[1] == '\0' || strchr ("YmdHMSz%", p[1]) == NULL)
      {
        *fault = g_strdup_printf (_("%%%c is none of %%Y %%m %%d %%H %%M %%S %%z"), p[1] != '\0' ? p[1] : '?');
        return FALSE;
      }

  if (strstr (format, "%Y") == NULL || strstr (format, "%m") == NULL || strstr (format, "%d") == NULL)
    {
      *fault = g_strdup (_("%Y, %m and %d are needed"));
      return FALSE;
    }

  return TRUE;
}

/**
 * dsp_wall_time_read:
 * @zone: whose clock; matters only if the text itself says how far from UTC it is
 * @fault: (out): what is wrong with the text, for people
 */
gboolean
dsp_wall_time_read (const char   *text,
                    const char   *format,
                    GTimeZone    *zone,
                    DspWallTime  *wall,
                    char        **fault)
{
  Parts parts = { 0 };
  DspDate date;

  if (!read_parts (text, format, &parts))
    {
      *fault = g_strdup_printf (_("is no time of the form %s"), format);
      return FALSE;
    }
  if (parts.year < 1 || parts.month < 1 || parts.month > 12 || parts.day < 1)
    {
      *fault = g_strdup (_("is no day of the calendar"));
      return FALSE;
    }
  if (parts.day > days_in_month (parts.year, parts.month))
    {
      const char *month = nl_langinfo (MON_1 + parts.month - 1);

      /* Translators: "is no day of the calendar: February 2018 has 28 days" */
      *fault = g_strdup_printf (_("is no day of the calendar: %s %d has %d days"), month, parts.year,
                                days_in_month (parts.year, parts.month));
      return FALSE;
    }

  date = dsp_date_make (parts.year, parts.month, parts.day);
  wall->us = (((gint64) date.day - 1) * 86400 + parts.hour * 3600 + parts.minute * 60 + parts.second) * G_USEC_PER_SEC;

  if (parts.has_offset)
    {
      gint64 utc_us = wall->us - (gint64) parts.offset_min * 60 * G_USEC_PER_SEC;
      int interval = g_time_zone_find_interval (zone, G_TIME_TYPE_UNIVERSAL, utc_us / G_USEC_PER_SEC);

      wall->us = utc_us + (interval >= 0 ? (gint64) g_time_zone_get_offset (zone, interval) * G_USEC_PER_SEC : 0);
    }

  return TRUE;
}

/* A wall time that the zone skips when its clocks go forward is taken as an hour later; one it has twice, as the first. */
DspTime
dsp_wall_time_to_utc (DspWallTime  wall,
                      GTimeZone   *zone)
{
  gint64 seconds = wall.us / G_USEC_PER_SEC;
  int interval = g_time_zone_adjust_time (zone, G_TIME_TYPE_STANDARD, &seconds);
  gint64 offset = interval >= 0 ? g_time_zone_get_offset (zone, interval) : 0;

  return (DspTime) { (seconds - offset) * G_USEC_PER_SEC + wall.us % G_USEC_PER_SEC };
}

/* ---- the day that is called today ---- */

/* The calendar day that it is at @now where the file's times are meant. */
DspDate
dsp_mapping_get_day (const DspMapping *self,
                     DspTime           now)
{
  int interval = g_time_zone_find_interval (self->time_zone, G_TIME_TYPE_UNIVERSAL, now.us / G_USEC_PER_SEC);
  gint64 offset = interval >= 0 ? g_time_zone_get_offset (self->time_zone, interval) : 0;

  return (DspDate) { (gint32) ((now.us / G_USEC_PER_SEC + offset) / 86400) + 1 };
}

/**
 * dsp_mapping_find_day:
 * @mapped: a time of a row that is mapped for @day
 * @there: the same time of the record that the row made at an earlier import
 * @day: (inout): the day that the file's newest date becomes
 *
 * A file whose dates are moved keeps the move of its first import, so that a run on a later day changes nothing: the day
 * is found again by how far the two lie apart. Clocks that went forward or back between the two days make an hour.
 *
 * Returns: %FALSE if they lie apart by anything else, which is no move of this file's: somebody changed the record, or it
 *   is of another file. @day is untouched then.
 */
gboolean
dsp_mapping_find_day (DspTime  mapped,
                      DspTime  there,
                      DspDate *day)
{
  gint64 apart = there.us - mapped.us;
  gint64 days = (apart + (apart < 0 ? -1 : 1) * G_TIME_SPAN_DAY / 2) / G_TIME_SPAN_DAY;

  if (ABS (apart - days * G_TIME_SPAN_DAY) > G_TIME_SPAN_HOUR)
    return FALSE;

  day->day += (gint32) days;
  return TRUE;
}
