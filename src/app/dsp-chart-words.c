/* dsp-chart-words.c: a chart's bars and figures in words, as a picture and as a file of figures
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-chart-words"

#include "config.h"
#include "dsp-chart-words.h"

#include "dsp-csv-write.h"
#include "dsp-money.h"
#include "dsp-text.h"

#include <glib/gi18n.h>

char *
dsp_chart_by_label (const DspField *by)
{
  return g_strdup (_(by->label));
}

char *
dsp_chart_title (const DspChart *chart)
{
  const char *title = _(DspChartKind_words.list[chart->kind].label);

  if (dsp_chart_info (chart->kind)->n_by < 2)
    return g_strdup (title);
  /* Translators: the title of a chart, then what it is divided by: "First-visit success · Order type" */
  return g_strdup_printf (_("%s · %s"), title, _(chart->by->label));
}

/* ---- bars ---- */

static const char *
none_of (const DspField *by)
{
  if (by->offset == offsetof (DspOrder, crew_id))
    return _("Without crew");
  if (by->offset == offsetof (DspOrder, distributor_id))
    return _("Without distributor");
  if (by->offset == offsetof (DspOrder, postal_code))
    return _("Without postal code");
  if (by->offset == offsetof (DspOrder, reason))
    return _("Without reason");
  return by->kind == DSP_KIND_TIME ? _("Without date") : _("Not said");
}

static char *
format_day (DspDate     date,
            const char *format)
{
  int year, month, day;
  g_autoptr(GDateTime) at = NULL;

  dsp_date_split (date, &year, &month, &day);
  at = g_date_time_new_utc (year, month, day, 0, 0, 0);
  return at != NULL ? g_date_time_format (at, format) : g_strdup ("");
}

static char *
time_label (DspSpan  span,
            gint64   from_us,
            gboolean is_short)
{
  DspDate day = dsp_text_local_day (from_us);
  int year, month, of_month;

  dsp_date_split (day, &year, &month, &of_month);
  switch (span)
    {
    case DSP_SPAN_DAY:
    case DSP_SPAN_WEEK:
      if (is_short)
        /* Translators: a day under a narrow column, strftime format: day and short month */
        return format_day (day, _("%-d %b"));
      if (span == DSP_SPAN_WEEK)
        {
          g_autofree char *text = dsp_text_date (day);

          /* Translators: %s is a Monday */
          return g_strdup_printf (_("Week from %s"), text);
        }
      return dsp_text_date (day);
    case DSP_SPAN_MONTH:
      return is_short ? format_day (day, _("%b %y")) : dsp_text_months (day, day);
    case DSP_SPAN_YEAR:
    default:
      return g_strdup_printf ("%d", year);
    }
}

char *
dsp_axis_part_label (DspOffice         *office,
                     const DspField    *by,
                     const DspAxisPart *part,
                     DspSpan            span,
                     gboolean           is_short)
{
  if (part->from_us != 0)
    return time_label (span, part->from_us, is_short);
  if (part->number != 0)
    return by->kind == DSP_KIND_WORD ? g_strdup (dsp_text_word (by->words, part->number)) : g_strdup_printf ("%u", part->number);
  if (!dsp_id_is_none (&part->id))
    {
      g_autofree char *title = by->target != NULL ? dsp_office_title_of (office, by->target, &part->id) : NULL;

      return title != NULL && *title != '\0' ? g_steal_pointer (&title) : g_strdup (_("Not known here"));
    }
  if (part->text == NULL)
    return g_strdup (none_of (by));
  return by->offset == offsetof (DspOrder, reason) ? dsp_office_reason_title (office, part->text) : g_strdup (part->text);
}

static char *
label (DspOffice         *office,
       const DspChart    *chart,
       const DspChartBar *bar,
       gboolean           is_short)
{
  DspAxisPart part = { bar->text, bar->id, bar->word, bar->from_us, bar->to_us };

  if (bar->rest)
    return g_strdup (_("Another reason by now"));
  if (bar->from_us != 0 && chart->kind == DSP_CHART_HOURS)
    return dsp_text_hour ((DspTime) { bar->from_us });
  return dsp_axis_part_label (office, chart->by, &part, chart->span, is_short);
}

char *
dsp_chart_bar_label (DspOffice         *office,
                     const DspChart    *chart,
                     const DspChartBar *bar)
{
  return label (office, chart, bar, FALSE);
}

char *
dsp_chart_bar_axis (DspOffice         *office,
                    const DspChart    *chart,
                    const DspChartBar *bar)
{
  return label (office, chart, bar, TRUE);
}

/* ---- figures ---- */

char *
dsp_chart_figure_text (DspUnit unit,
                       gint64  value)
{
  switch (unit)
    {
    case DSP_UNIT_SHARE:
      return value % 100 == 0 ? g_strdup_printf ("%d %%", (int) (value / 100)) : g_strdup_printf ("%.1f %%", (double) value / 100);
    case DSP_UNIT_SECONDS:
      return dsp_text_span (value * G_TIME_SPAN_SECOND);
    case DSP_UNIT_CENTS:
      return dsp_text_money (value);
    case DSP_UNIT_METRES:
      /* Translators: a figure of a chart: kilometres, with thousands grouped */
      return g_strdup_printf (_("%'.1f km"), (double) value / 1000);
    case DSP_N_UNITS:
    case DSP_UNIT_COUNT:
    default:
      return g_strdup_printf ("%'" G_GINT64_FORMAT, value);
    }
}

/* Marks of an axis are round: what is nought after the point is left out. */
static char *
mark (DspUnit unit,
      gint64  value)
{
  guint digits = dsp_currency_get ()->digits;

  if (unit == DSP_UNIT_SECONDS && value > 0 && value % 86400 == 0)
    return g_strdup_printf (_("%d d"), (int) (value / 86400));
  if (unit == DSP_UNIT_SECONDS && value > 0 && value % 3600 == 0)
    /* Translators: a mark of a time axis: hours */
    return g_strdup_printf (_("%d h"), (int) (value / 3600));
  if (unit == DSP_UNIT_CENTS && digits > 0 && value % dsp_currency_unit (dsp_currency_get ()) == 0)
    {
      char *text = dsp_text_money (value);

      text[strlen (text) - digits - 1] = '\0';
      return text;
    }
  if (unit == DSP_UNIT_METRES && value % 1000 == 0)
    /* Translators: a mark of an axis: whole kilometres, with thousands grouped */
    return g_strdup_printf (_("%'d km"), (int) (value / 1000));
  return value == 0 && unit == DSP_UNIT_SECONDS ? g_strdup ("0") : dsp_chart_figure_text (unit, value);
}

char *
dsp_chart_bar_words (DspOffice         *office,
                     const DspChart    *chart,
                     const DspChartBar *bar)
{
  const DspChartInfo *info = dsp_chart_info (chart->kind);
  g_autofree char *name = dsp_chart_bar_label (office, chart, bar);
  GString *words = g_string_new (name);

  for (guint i = 0; i < info->n_figures; i++)
    {
      g_autofree char *text = dsp_chart_figure_text (info->figures[i].unit, bar->figures[i]);

      g_string_append_printf (words, "%s%s: %s", i == 0 ? ". " : ", ", _(info->figures[i].label), text);
    }
  return g_string_free (words, FALSE);
}

/* Beside the bar: its figure, and what that costs. */
static char *
first_words (const DspChartInfo *info,
             const DspChartBar  *bar)
{
  char *text = dsp_chart_figure_text (info->figures[0].unit, bar->figures[0]);

  for (guint i = 1; i < info->n_figures && info->figures[0].unit != DSP_UNIT_CENTS; i++)
    if (info->figures[i].unit == DSP_UNIT_CENTS)
      {
        g_autofree char *share = text;
        g_autofree char *money = dsp_chart_figure_text (DSP_UNIT_CENTS, bar->figures[i]);

        text = g_strdup_printf ("%s · %s", share, money);
      }
  return text;
}

DspPicture *
dsp_chart_picture (DspOffice      *office,
                   const DspChart *chart,
                   guint           n_max)
{
  const DspChartInfo *info = dsp_chart_info (chart->kind);
  DspPicture *picture = dsp_picture_new ();

  picture->empty = g_strdup (_("No orders for this chart with these filters"));
  picture->unit = info->figures[0].unit;
  picture->n_series = info->n_figures > 1 && info->figures[1].drawn ? 2 : 1;
  for (guint i = 0; i < picture->n_series; i++)
    picture->series[i] = g_strdup (_(info->figures[i].label));
  picture->standing = chart->by->kind == DSP_KIND_TIME;
  picture->stacked = info->stacked && picture->standing;
  picture->mark = mark;
  for (guint i = 0; i < chart->bars->len && i < n_max; i++)
    {
      const DspChartBar *bar = &g_array_index (chart->bars, DspChartBar, i);
      gint64 values[2] = { bar->figures[0], picture->n_series > 1 ? bar->figures[1] : 0 };
      char *texts[2] = { first_words (info, bar), picture->n_series > 1 ? dsp_chart_figure_text (picture->unit, values[1]) : NULL };

      dsp_picture_add_bar (picture, dsp_chart_bar_axis (office, chart, bar), values, texts);
    }
  return picture;
}

/* ---- the file of figures ---- */

char *
dsp_figure_plain (DspUnit unit,
              gint64  value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (unit == DSP_UNIT_COUNT)
    return g_strdup_printf ("%" G_GINT64_FORMAT, value);
  if (unit == DSP_UNIT_SECONDS)
    return g_strdup_printf ("%" G_GINT64_FORMAT, (value + 30) / 60);
  if (unit == DSP_UNIT_CENTS)
    {
      char amount[DSP_MONEY_TEXT];

      dsp_money_print (value, amount);
      return g_strdup (amount);
    }
  if (unit == DSP_UNIT_METRES)
    return g_strdup (g_ascii_formatd (text, sizeof text, "%.3f", (double) value / 1000));
  g_ascii_formatd (text, sizeof text, "%.2f", (double) value / 100);
  return g_strdup (text);
}

static char *
figure_heading (const DspFigure *figure)
{
  switch (figure->unit)
    {
    case DSP_UNIT_SECONDS:
      /* Translators: heading of a column of numbers: the figure, in minutes */
      return g_strdup_printf (_("%s (minutes)"), _(figure->label));
    case DSP_UNIT_SHARE:
      return g_strdup_printf ("%s (%%)", _(figure->label));
    case DSP_UNIT_METRES:
      return g_strdup_printf ("%s (km)", _(figure->label));
    case DSP_UNIT_COUNT:
    case DSP_UNIT_CENTS:
    case DSP_N_UNITS:
    default:
      return g_strdup (_(figure->label));
    }
}

char *
dsp_chart_csv (DspOffice      *office,
               const DspChart *chart)
{
  const DspChartInfo *info = dsp_chart_info (chart->kind);
  GString *out = g_string_new (DSP_CSV_BOM);

  dsp_csv_write_field (out, ',', TRUE, chart->kind == DSP_CHART_HOURS ? _("Hour") : _(chart->by->label), FALSE);
  for (guint i = 0; i < info->n_figures; i++)
    {
      g_autofree char *heading = figure_heading (&info->figures[i]);

      dsp_csv_write_field (out, ',', FALSE, heading, FALSE);
    }
  dsp_csv_write_end (out);
  for (guint i = 0; i < chart->bars->len; i++)
    {
      const DspChartBar *bar = &g_array_index (chart->bars, DspChartBar, i);
      g_autofree char *name = dsp_chart_bar_label (office, chart, bar);

      dsp_csv_write_field (out, ',', TRUE, name, FALSE);
      for (guint j = 0; j < info->n_figures; j++)
        {
          g_autofree char *number = dsp_figure_plain (info->figures[j].unit, bar->figures[j]);

          dsp_csv_write_field (out, ',', FALSE, number, TRUE);
        }
      dsp_csv_write_end (out);
    }
  return g_string_free (out, FALSE);
}
