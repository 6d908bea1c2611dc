/* dsp-text.c: values and answers in words for the screen
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-text"

#include "config.h"
#include "dsp-text.h"

#include <glib/gi18n.h>
#include <math.h>
#include <stdio.h>

static GTimeZone *zone;

void
dsp_text_set_zone (const char *name)
{
  g_clear_pointer (&zone, g_time_zone_unref);
  if (name != NULL && *name != '\0')
    zone = g_time_zone_new_identifier (name);
  if (zone == NULL)
    {
      g_message ("Unknown time zone “%s”, using UTC", name != NULL ? name : "");
      zone = g_time_zone_new_utc ();
    }
}

GTimeZone *
dsp_text_zone (void)
{
  if (zone == NULL)
    dsp_text_set_zone ("America/Mexico_City");
  return zone;
}

gint64
dsp_text_offset_us (gint64 at_us)
{
  GTimeZone *tz = dsp_text_zone ();
  int interval = g_time_zone_find_interval (tz, G_TIME_TYPE_UNIVERSAL, at_us / G_USEC_PER_SEC);

  return interval < 0 ? 0 : (gint64) g_time_zone_get_offset (tz, interval) * G_USEC_PER_SEC;
}

static char *
format_time (DspTime     time,
             const char *format)
{
  g_autoptr(GDateTime) utc = NULL;
  g_autoptr(GDateTime) local = NULL;

  if (time.us == 0)
    return g_strdup ("");
  utc = g_date_time_new_from_unix_utc (time.us / G_USEC_PER_SEC);
  if (utc == NULL)
    return g_strdup ("");
  local = g_date_time_to_timezone (utc, dsp_text_zone ());
  return g_date_time_format (local, format);
}

char *
dsp_text_time (DspTime time)
{
  /* Translators: date and time in a narrow column, strftime format: day, short month, hour and minute */
  return format_time (time, _("%e %b %H:%M"));
}

char *
dsp_text_time_full (DspTime time)
{
  /* Translators: date and time in full, strftime format */
  return format_time (time, _("%A, %e %B %Y, %H:%M %Z"));
}

char *
dsp_text_hour (DspTime time)
{
  return format_time (time, "%H:%M");
}

char *
dsp_text_date (DspDate date)
{
  int year, month, day;
  g_autoptr(GDateTime) at = NULL;

  if (date.day == 0)
    return g_strdup ("");
  dsp_date_split (date, &year, &month, &day);
  at = g_date_time_new_utc (year, month, day, 0, 0, 0);
  /* Translators: a day, strftime format */
  return at != NULL ? g_date_time_format (at, _("%d/%m/%Y")) : g_strdup ("");
}

const char *
dsp_text_weekday (int      weekday,
                  gboolean full)
{
  static const char *const names[7][2] = {
    { N_("Mon"), N_("Monday") }, { N_("Tue"), N_("Tuesday") }, { N_("Wed"), N_("Wednesday") }, { N_("Thu"), N_("Thursday") },
    { N_("Fri"), N_("Friday") }, { N_("Sat"), N_("Saturday") }, { N_("Sun"), N_("Sunday") },
  };

  g_return_val_if_fail (weekday >= 1 && weekday <= 7, "");
  return _(names[weekday - 1][full ? 1 : 0]);
}

static const char *
month_name (int month)
{
  static const char *const names[12] = {
    N_("January"), N_("February"), N_("March"), N_("April"), NC_("month", "May"), N_("June"),
    N_("July"), N_("August"), N_("September"), N_("October"), N_("November"), N_("December"),
  };

  return month == 5 ? C_("month", "May") : _(names[month - 1]);
}

char *
dsp_text_months (DspDate from,
                 DspDate to)
{
  int year, month, until_year, until_month, day;

  dsp_date_split (from, &year, &month, &day);
  dsp_date_split (to, &until_year, &until_month, &day);
  if (year == until_year && month == until_month)
    /* Translators: above a calendar: the month, the year */
    return g_strdup_printf (_("%s %d"), month_name (month), year);
  /* Translators: above a calendar: the first month, the last one, its year */
  return g_strdup_printf (_("%s – %s %d"), month_name (month), month_name (until_month), until_year);
}

char *
dsp_text_day_name (DspDate date)
{
  int year, month, day;

  dsp_date_split (date, &year, &month, &day);
  /* Translators: weekday, day, month: Monday 30 November */
  return g_strdup_printf (_("%s %d %s"), dsp_text_weekday (dsp_date_weekday (date), TRUE), day, month_name (month));
}

char *
dsp_text_minutes (DspInt minutes)
{
  if (!minutes.is_set)
    return g_strdup ("");
  return g_strdup_printf ("%02d:%02d", (int) (minutes.value / 60), (int) (minutes.value % 60));
}

char *
dsp_text_span (gint64 us)
{
  gint64 minutes = ABS (us) / (60 * G_USEC_PER_SEC);

  if (minutes < 60)
    /* Translators: a span of minutes, as short as possible */
    return g_strdup_printf (_("%d min"), (int) minutes);
  if (minutes < 48 * 60)
    /* Translators: hours and minutes, as short as possible: "1 h 12" */
    return g_strdup_printf (_("%d h %02d"), (int) (minutes / 60), (int) (minutes % 60));
  if (minutes >= 10 * 24 * 60)
    /* Translators: a span of days, as short as possible */
    return g_strdup_printf (_("%d d"), (int) (minutes / 60 / 24));
  /* Translators: days and hours, as short as possible: "3 d 4 h" */
  return g_strdup_printf (_("%d d %d h"), (int) (minutes / 60 / 24), (int) (minutes / 60 % 24));
}

char *
dsp_text_ago (gint64 at_us,
              gint64 now_us)
{
  g_autofree char *span = NULL;

  if (now_us - at_us < 2 * 60 * G_USEC_PER_SEC)
    return g_strdup (_("a moment ago"));
  span = dsp_text_span (now_us - at_us);
  /* Translators: %s is a span of time such as "5 min" */
  return g_strdup_printf (_("%s ago"), span);
}

char *
dsp_text_km (double km)
{
  if (km < 10)
    return g_strdup_printf (_("%.1f km"), km);
  return g_strdup_printf (_("%.0f km"), km);
}

gboolean
dsp_text_is_degrees (const DspField *field)
{
  return field->kind == DSP_KIND_INT && (g_str_has_suffix (field->name, "lat_e7") || g_str_has_suffix (field->name, "lon_e7"));
}

/* With a point in every language, as it is read back and as maps take it. */
char *
dsp_text_degrees (DspInt e7)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  return g_strdup (e7.is_set ? g_ascii_formatd (text, sizeof text, "%.6f", (double) e7.value * 1e-7) : "");
}

/* With Mexico's separators in every language; the C library's Spanish (Mexico) groups by blanks, which nobody there does. */
static char *
grouped (gint64      cents,
         const char *sign)
{
  const DspCurrency *currency = dsp_currency_get ();
  guint64 whole = cents < 0 ? 0 - (guint64) cents : (guint64) cents, unit = (guint64) dsp_currency_unit (currency);
  g_autofree char *digits = g_strdup_printf ("%" G_GUINT64_FORMAT, whole / unit);
  g_autoptr(GString) text = g_string_new (cents < 0 ? "−" : "");
  gsize n = strlen (digits);

  g_string_append (text, sign);
  for (gsize i = 0; i < n; i++)
    {
      if (i > 0 && (n - i) % 3 == 0)
        g_string_append_c (text, ',');
      g_string_append_c (text, digits[i]);
    }
  if (currency->digits > 0)
    g_string_append_printf (text, ".%0*u", (int) currency->digits, (guint) (whole % unit));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* A sign of its own has only the peso, which the whole country writes so; elsewhere "$" would be a guess. */
char *
dsp_text_money (gint64 cents)
{
  const char *code = dsp_currency_get ()->code;
  g_autofree char *sign = g_strdup_printf ("%s\u00a0", code);

  return grouped (cents, g_str_equal (code, "MXN") ? "$" : sign);
}

char *
dsp_text_money_coded (gint64 cents)
{
  const char *code = dsp_currency_get ()->code;
  g_autofree char *amount = dsp_text_money (cents);

  return g_str_equal (code, "MXN") ? g_strdup_printf ("%s %s", amount, code) : g_steal_pointer (&amount);
}

char *
dsp_text_amount (gint64 cents)
{
  return grouped (cents, "");
}

DspDate
dsp_text_local_day (gint64 us)
{
  g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc (us / G_USEC_PER_SEC);
  g_autoptr(GDateTime) local = g_date_time_to_timezone (utc, dsp_text_zone ());

  return dsp_date_make (g_date_time_get_year (local), g_date_time_get_month (local),
                        g_date_time_get_day_of_month (local));
}

DspTime
dsp_text_day_starts (DspDate date)
{
  int year, month, day;
  g_autoptr(GDateTime) at = NULL;
  DspTime time = { 0 };

  if (date.day == 0)
    return time;
  dsp_date_split (date, &year, &month, &day);
  at = g_date_time_new (dsp_text_zone (), year, month, day, 0, 0, 0);
  if (at != NULL)
    time.us = g_date_time_to_unix (at) * G_USEC_PER_SEC;
  return time;
}

gboolean
dsp_text_read_date (const char *text,
                    gint64      now_us,
                    DspDate    *date)
{
  int a, b, c, n = 0, year, month, day;
  DspDate read;

  if (dsp_date_parse (text, strlen (text), &read))
    {
      *date = read;
      return TRUE;
    }
  if (sscanf (text, " %d / %d / %d %n", &a, &b, &c, &n) == 3 && text[n] == '\0')
    read = dsp_date_make (c < 100 ? c + 2000 : c, b, a);
  else if ((n = 0, sscanf (text, " %d / %d %n", &a, &b, &n)) == 2 && text[n] == '\0')
    {
      dsp_date_split (dsp_text_local_day (now_us), &year, &month, &day);
      read = dsp_date_make (year, b, a);
    }
  else
    return FALSE;
  if (read.day == 0)
    return FALSE;
  *date = read;
  return TRUE;
}

gboolean
dsp_text_read_minutes (const char *text,
                       DspInt     *minutes)
{
  int hour, minute = 0, n = 0;

  if ((sscanf (text, " %d : %d %n", &hour, &minute, &n) != 2 || text[n] != '\0') &&
      (minute = 0, n = 0, sscanf (text, " %d %n", &hour, &n) != 1 || text[n] != '\0'))
    return FALSE;
  if (hour < 0 || hour > 24 || minute < 0 || minute > 59 || hour * 60 + minute > 24 * 60)
    return FALSE;
  minutes->value = hour * 60 + minute;
  minutes->is_set = true;
  return TRUE;
}

gboolean
dsp_text_read_time (const char *text,
                    gint64      now_us,
                    DspTime    *time)
{
  g_autofree char *clean = g_strstrip (g_strdup (text));
  char *blank = strrchr (clean, ' ');
  DspInt minutes = { 0 };
  DspDate date;

  if (blank == NULL || !dsp_text_read_minutes (blank + 1, &minutes))
    return FALSE;
  *blank = '\0';
  if (!dsp_text_read_date (clean, now_us, &date))
    return FALSE;
  time->us = dsp_text_day_starts (date).us + minutes.value * G_TIME_SPAN_MINUTE;
  return TRUE;
}

char *
dsp_text_time_edit (DspTime time)
{
  g_autoptr(GDateTime) utc = NULL, local = NULL;

  if (time.us == 0)
    return g_strdup ("");
  utc = g_date_time_new_from_unix_utc (time.us / G_USEC_PER_SEC);
  local = g_date_time_to_timezone (utc, dsp_text_zone ());
  return g_date_time_format (local, "%d/%m/%Y %H:%M");
}

const char *
dsp_text_word (const DspWords *words,
               guint           value)
{
  if (value == DSP_WORD_UNKNOWN)
    return _("Unknown");
  if (value == 0 || value >= words->n)
    return "";
  return _(words->list[value].label);
}

static char *
error_sentence (const DspPlanAnswer *answer)
{
  if (answer->errors & DSP_PLAN_RETIRED)
    return g_strdup (_("Cannot: the crew is retired"));
  if (answer->errors & DSP_PLAN_SCOPE)
    return g_strdup (_("Cannot: its distributor is not one of yours"));
  if (answer->errors & DSP_PLAN_FINAL)
    return g_strdup (_("Cannot: closed orders are not assigned"));
  if (answer->errors & DSP_PLAN_ALL_HERE)
    return g_strdup (_("Has them already"));
  return NULL;
}

GStrv
dsp_text_warnings (const DspPlanAnswer *answer)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_autofree char *text = NULL;

  if (answer->warnings & DSP_PLAN_OVER_CAPACITY)
    {
      text = g_strdup_printf (_("over capacity: %u of %u"), answer->load, answer->capacity);
      g_strv_builder_add (builder, text);
      g_clear_pointer (&text, g_free);
    }
  if (answer->warnings & DSP_PLAN_SKILL_MISSING)
    {
      text = g_strdup_printf (_("skill missing: %s"), answer->skill);
      g_strv_builder_add (builder, text);
      g_clear_pointer (&text, g_free);
    }
  if (answer->warnings & DSP_PLAN_OUTSIDE_ZONE)
    {
      text = answer->n_outside_zone == answer->n_new
        ? g_strdup (_("outside its zone"))
        : g_strdup_printf (ngettext ("%u outside its zone", "%u outside its zone", answer->n_outside_zone),
                           answer->n_outside_zone);
      g_strv_builder_add (builder, text);
      g_clear_pointer (&text, g_free);
    }
  if (answer->warnings & DSP_PLAN_OUTSIDE_HOURS)
    g_strv_builder_add (builder, _("appointment outside its hours"));
  if (answer->warnings & DSP_PLAN_SAME_HOUR)
    g_strv_builder_add (builder, _("two appointments at the same hour"));
  if (answer->warnings & DSP_PLAN_DAY_OFF)
    g_strv_builder_add (builder, _("day off"));
  if (answer->warnings & DSP_PLAN_NOBODY_CAME)
    g_strv_builder_add (builder, _("nobody of it came today"));
  if (answer->warnings & DSP_PLAN_ZONE_CLOSED)
    {
      /* Translators: the reason for which a zone was closed */
      text = answer->n_closed == answer->n_new
        ? g_strdup_printf (_("zone closed: %s"), answer->closed)
        : g_strdup_printf (ngettext ("%u in a closed zone: %s", "%u in a closed zone: %s", answer->n_closed), answer->n_closed,
                           answer->closed);
      g_strv_builder_add (builder, text);
      g_clear_pointer (&text, g_free);
    }
  return g_strv_builder_end (builder);
}

char *
dsp_text_answer (const DspPlanAnswer *answer)
{
  g_autoptr(GString) text = g_string_new (NULL);
  g_auto(GStrv) warnings = NULL;
  char *refusal = error_sentence (answer);

  if (refusal != NULL)
    return refusal;

  warnings = dsp_text_warnings (answer);
  if (answer->warnings == 0)
    {
      if (answer->capacity > 0)
        g_string_append_printf (text, ngettext ("Fits: %u of %u, %d left", "Fits: %u of %u, %d left", answer->left),
                                answer->load, answer->capacity, answer->left);
      else
        g_string_append_printf (text, ngettext ("Fits: %u order", "Fits: %u orders", answer->load), answer->load);
    }
  else
    {
      g_autofree char *all = g_strjoinv (" · ", warnings);
      g_autofree char *first = g_utf8_substring (all, 0, 1);
      g_autofree char *upper = g_utf8_strup (first, -1);

      g_string_append (text, upper);
      g_string_append (text, g_utf8_next_char (all));
      if (!(answer->warnings & DSP_PLAN_OVER_CAPACITY) && answer->capacity > 0)
        g_string_append_printf (text, _(" · %u of %u"), answer->load, answer->capacity);
    }
  if (answer->late_us >= 60 * G_USEC_PER_SEC)
    {
      g_autofree char *span = dsp_text_span (answer->late_us);

      /* Translators: the crew would come that long after the penalty date */
      g_string_append_printf (text, _(" · late by %s"), span);
    }
  if (answer->has_km)
    {
      g_autofree char *km = dsp_text_km (answer->extra_km);

      /* Translators: extra kilometres to drive */
      g_string_append_printf (text, _(" · +%s"), km);
    }
  if (answer->n_final > 0)
    g_string_append_printf (text, ngettext (" · %u closed is left out", " · %u closed are left out", answer->n_final),
                            answer->n_final);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

char *
dsp_text_rule (DspRule     rule,
               const char *message)
{
  switch (rule)
    {
    case DSP_RULE_INVALID:
      return message != NULL ? g_strdup_printf (_("A value cannot be accepted: %s"), message)
                             : g_strdup (_("A value cannot be accepted."));
    case DSP_RULE_REQUIRED:
      return message != NULL ? g_strdup_printf (_("A value is missing: %s"), message)
                             : g_strdup (_("A value is missing."));
    case DSP_RULE_NO_SUCH_RECORD:
      return g_strdup (_("There is no such record, or it is not yours to see."));
    case DSP_RULE_FORBIDDEN:
      return g_strdup (_("Your profile does not allow this."));
    case DSP_RULE_STATE:
      return g_strdup (_("Not possible in the state that it is in now."));
    case DSP_RULE_CHANGED:
      return g_strdup (_("Somebody else changed it meanwhile."));
    case DSP_RULE_CREW_RETIRED:
      return g_strdup (_("The crew is retired and takes no orders."));
    case DSP_RULE_CREW_SCOPE:
      return g_strdup (_("The crew belongs to a distributor that is not one of yours."));
    case DSP_RULE_SAME_CREW:
      return g_strdup (_("The crew has this order already."));
    case DSP_RULE_CREW_BUSY:
      return g_strdup (_("The crew still has open orders. Reassign them first."));
    case DSP_RULE_DUPLICATE:
      return g_strdup (_("Another record has this code or number already."));
    case DSP_RULE_ID_TAKEN:
      return g_strdup (_("This record exists already with other content."));
    case DSP_RULE_GONE:
      return g_strdup (_("The record was deleted."));
    case DSP_RULE_REASON:
      return g_strdup (_("A reason is needed."));
    case DSP_RULE_UPGRADE:
      return g_strdup (_("This needs a newer version of Despacho. It stays in the list until then."));
    case DSP_RULE_OVERLAP:
      return g_strdup (message != NULL ? message : _("The dates overlap with an earlier entry."));
    case DSP_RULE_PAST:
      return g_strdup (_("That date has passed."));
    case DSP_RULE_RESCHEDULE_COUNT:
      return g_strdup (_("It was rescheduled as often as the policy allows. A supervisor may do it once more."));
    case DSP_RULE_TOO_EARLY:
      return g_strdup (_("That day is before the earliest one that the policy allows."));
    case DSP_RULE_TOO_LATE:
      return g_strdup (_("That day is after the latest one that the policy allows."));
    case DSP_RULE_NOTICE:
      return g_strdup (_("That visit begins too soon: the policy asks for more notice."));
    case DSP_RULE_HOLIDAY:
      return g_strdup (_("The office does not work on that day."));
    case DSP_RULE_ZONE_CLOSED:
      return g_strdup (_("The zone is closed on that day."));
    case DSP_RULE_NO_SLOT:
      return g_strdup (_("The policy has no slot at that time."));
    case DSP_RULE_SLOT_FULL:
      return g_strdup (_("That slot has no place left. Choose another one."));
    case DSP_RULE_QUOTA:
      return message != NULL ? g_strdup_printf (_("The file does not fit: %s"), message)
                             : g_strdup (_("The distributor's files have reached the office's quota."));
    case DSP_N_RULES:
    default:
      return g_strdup (message != NULL ? message : _("The server refused it."));
    }
}

char *
dsp_text_error (const GError *error)
{
  if (error->domain == DSP_RULE_ERROR)
    return dsp_text_rule (error->code, error->message);
  return g_strdup (error->message);
}

char *
dsp_text_outcome (const DspOutcome *outcome,
                  const GError     *error)
{
  const DspRefusal *refusal;

  if (outcome == NULL)
    return dsp_text_error (error);
  if (outcome->refused->len == 0)
    return NULL;
  refusal = &g_array_index (outcome->refused, DspRefusal, 0);
  return dsp_text_rule (refusal->rule, refusal->message);
}
