/* dsp-chart.c: which charts of orders there are, and the arithmetic behind them
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-chart.h"
#include "dsp-command.h"

#include <glib/gi18n-lib.h>

static const DspWord kind_list[] = {
  [DSP_CHART_NONE]        = { NULL, NULL },
  [DSP_CHART_STATUS]      = { "status", N_("Orders by status") },
  [DSP_CHART_GROUP]       = { "group", N_("Orders by group") },
  [DSP_CHART_TYPE]        = { "type", N_("Orders by type") },
  [DSP_CHART_DAY]         = { "day", N_("Orders by day") },
  [DSP_CHART_POSTAL_CODE] = { "postal_code", N_("Orders by postal code") },
  [DSP_CHART_CREW]        = { "crew", N_("Orders by crew") },
  [DSP_CHART_DISTRIBUTOR] = { "distributor", N_("Orders by distributor") },
  [DSP_CHART_HOURS]       = { "hours", N_("Assigned and unassigned through the day") },
  [DSP_CHART_ATTENTION]   = { "attention", N_("Time to attention") },
  [DSP_CHART_PENALIZED]   = { "penalized", N_("Penalized share and cost") },
  [DSP_CHART_RESCHEDULES] = { "reschedules", N_("Reschedules by reason") },
  [DSP_CHART_REJECTIONS]  = { "rejections", N_("Rejections by reason") },
  [DSP_CHART_FIRST_VISIT] = { "first_visit", N_("First-visit success") },
  [DSP_CHART_KILOMETRES]  = { "kilometres", N_("Kilometres per order") },
  [DSP_CHART_AMOUNTS]     = { "amounts", N_("Pre-invoice amounts by month") },
};
G_STATIC_ASSERT (G_N_ELEMENTS (kind_list) == DSP_N_CHARTS);
const DspWords DspChartKind_words = { kind_list, G_N_ELEMENTS (kind_list) };

#define AT(member) offsetof (DspOrder, member)
#define ORDERS { N_("Orders"), DSP_UNIT_COUNT, true }
#define ALL_ORDERS { N_("Orders"), DSP_UNIT_COUNT, false }
#define WHOSE AT (distributor_id), AT (crew_id), AT (group), AT (type), AT (municipality), AT (postal_code), AT (created_at)
#define COUNTS(member) { N_("Orders of the filter. A bar opens its own."), { ORDERS }, 1, { AT (member) }, 1, false }
#define OF_CLOSED AT (type), AT (group), AT (distributor_id), AT (crew_id), AT (municipality), AT (postal_code), AT (closed_at)

static const DspChartInfo infos[] = {
  [DSP_CHART_NONE]        = { .n_by = 0 },
  [DSP_CHART_STATUS]      = COUNTS (status),
  [DSP_CHART_GROUP]       = COUNTS (group),
  [DSP_CHART_TYPE]        = COUNTS (type),
  [DSP_CHART_DAY]         = { N_("Orders of the filter, by a date of theirs in the office's time zone."), { ORDERS }, 1,
                              { AT (created_at), AT (attention_at), AT (penalty_at), AT (closed_at) }, 4, false },
  [DSP_CHART_POSTAL_CODE] = COUNTS (postal_code),
  [DSP_CHART_CREW]        = COUNTS (crew_id),
  [DSP_CHART_DISTRIBUTOR] = COUNTS (distributor_id),
  [DSP_CHART_HOURS]       = { N_("How many orders waited at each hour of the day, without and with a crew. An order counts as assigned since it "
                                 "was assigned last; those cancelled, rejected or annulled since are left out."),
                              { { N_("With crew"), DSP_UNIT_COUNT, true }, { N_("Without crew"), DSP_UNIT_COUNT, true } }, 2,
                              { AT (assigned_at) }, 1, true },
  [DSP_CHART_ATTENTION]   = { N_("Of closed orders, the time from creation to attention: half of them took at most the median, nine of ten at "
                                 "most the 90th percentile."),
                              { { N_("Median"), DSP_UNIT_SECONDS, true }, { N_("90th percentile"), DSP_UNIT_SECONDS, true }, ALL_ORDERS }, 3,
                              { OF_CLOSED }, 7, false, .counts = 2 },
  [DSP_CHART_PENALIZED]   = { N_("How many of the filter's orders are penalized, and what their penalties cost. A bar opens the penalized ones."),
                              { { N_("Share"), DSP_UNIT_SHARE, true }, { N_("Penalized orders"), DSP_UNIT_COUNT, false },
                                { N_("Cost"), DSP_UNIT_CENTS, false }, ALL_ORDERS }, 4, { WHOSE }, 7, false, .counts = 3 },
  [DSP_CHART_RESCHEDULES] = { N_("Orders that were rescheduled or wait for it, by the reason that they carry; and how many times they were."),
                              { ORDERS, { N_("Times"), DSP_UNIT_COUNT, false } }, 2, { AT (reason) }, 1, false },
  [DSP_CHART_REJECTIONS]  = { N_("Rejected orders, by their reason."), { ORDERS }, 1, { AT (reason) }, 1, false },
  [DSP_CHART_FIRST_VISIT] = { N_("Of closed orders that follow from no other: how many were neither rescheduled nor followed by another visit. "
                                 "A bar opens all of them."),
                              { { N_("Success"), DSP_UNIT_SHARE, true }, { N_("Solved"), DSP_UNIT_COUNT, false },
                                { N_("Rescheduled orders"), DSP_UNIT_COUNT, false }, { N_("Another visit"), DSP_UNIT_COUNT, false }, ALL_ORDERS }, 5,
                              { OF_CLOSED }, 7, false, .counts = 4 },
  [DSP_CHART_KILOMETRES]  = { N_("Approved kilometres of closed orders: an order's own claim, or its part of its crew's day, shared evenly by the "
                                 "orders attended then. The average is of orders that have kilometres; a bar opens all closed ones."),
                              { { N_("Per order"), DSP_UNIT_METRES, true }, { N_("Kilometres driven"), DSP_UNIT_METRES, false },
                                { N_("With kilometres"), DSP_UNIT_COUNT, false }, ALL_ORDERS }, 4,
                              { AT (crew_id), AT (distributor_id), AT (type), AT (group), AT (municipality), AT (postal_code), AT (closed_at) }, 7, false,
                              .counts = 3, .reads = &dsp_mileage },
  [DSP_CHART_AMOUNTS]     = { N_("What pre-invoices hold, with its taxes, by the month in which the orders were attended. Without a filter also what "
                                 "is of no order, by its own day: kilometres of whole days, adjustments. A bar opens the orders of its month."),
                              { { N_("Approved amount"), DSP_UNIT_CENTS, true }, { N_("Not approved yet"), DSP_UNIT_CENTS, true },
                                { N_("Total"), DSP_UNIT_CENTS, false }, { N_("Lines"), DSP_UNIT_COUNT, false } }, 4,
                              { AT (closed_at) }, 1, true, .counts = 3, .reads = &dsp_statement_line },
};
G_STATIC_ASSERT (G_N_ELEMENTS (infos) == DSP_N_CHARTS);

const DspChartInfo *
dsp_chart_info (DspChartKind kind)
{
  g_return_val_if_fail (kind < DSP_N_CHARTS, &infos[0]);
  return &infos[kind];
}

const DspField *
dsp_chart_by (DspChartKind kind,
              guint        i)
{
  const DspChartInfo *info = dsp_chart_info (kind);

  g_return_val_if_fail (i < info->n_by, NULL);
  return dsp_table_at (&dsp_order.table, info->by[i]);
}

bool
dsp_chart_may_be_by (DspChartKind    kind,
                     const DspField *by)
{
  const DspChartInfo *info = dsp_chart_info (kind);

  for (guint i = 0; i < info->n_by; i++)
    if (info->by[i] == by->offset)
      return true;
  return false;
}

/* ---- whose charts ---- */

bool
dsp_chart_may (DspChartKind    kind,
               const DspActor *actor,
               gint64          now_us)
{
  const DspEntity *reads = dsp_chart_info (kind)->reads;

  return reads == NULL || (actor != NULL && dsp_actor_sees_some (actor, reads, now_us));
}

/* Who judges penalties answers for money and quality; whoever may appeal bears them, and is paid; whoever assigns has the day
 * in his hands; others take calls about it. */
void
dsp_chart_dashboard (const DspActor *actor,
                     gint64          now_us,
                     DspChartKind    four[4])
{
  static const DspChartKind judge[] = { DSP_CHART_PENALIZED, DSP_CHART_ATTENTION, DSP_CHART_FIRST_VISIT, DSP_CHART_HOURS };
  static const DspChartKind bears[] = { DSP_CHART_CREW, DSP_CHART_PENALIZED, DSP_CHART_FIRST_VISIT, DSP_CHART_AMOUNTS };
  static const DspChartKind assigns[] = { DSP_CHART_HOURS, DSP_CHART_STATUS, DSP_CHART_CREW, DSP_CHART_PENALIZED };
  static const DspChartKind others[] = { DSP_CHART_STATUS, DSP_CHART_DAY, DSP_CHART_ATTENTION, DSP_CHART_RESCHEDULES };
  const DspChartKind *best = others;

  if (actor != NULL && dsp_actor_may (actor, dsp_command_number (&dsp_penalty_confirm), now_us))
    best = judge;
  else if (actor != NULL && dsp_actor_may (actor, dsp_command_number (&dsp_penalty_appeal), now_us))
    best = bears;
  else if (actor != NULL && dsp_actor_may (actor, dsp_command_number (&dsp_order_assign), now_us))
    best = assigns;
  for (guint i = 0; i < 4; i++)
    four[i] = dsp_chart_may (best[i], actor, now_us) ? best[i] : DSP_CHART_DAY;
}

/* ---- axes ---- */

gint64
dsp_chart_step (gint64  max,
                DspUnit unit,
                guint   n_marks)
{
  static const gint64 times_s[] = { 60, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800, 432000 };
  static const gint64 shares[] = { 10, 20, 50, 100, 200, 500, 1000, 2000, 2500, 5000 };
  static const gint64 mantissas[] = { 1, 2, 5 };
  gint64 marks = MAX (n_marks, 1);
  gint64 power = unit == DSP_UNIT_SECONDS ? 864000 : unit == DSP_UNIT_METRES ? 1000 : unit == DSP_UNIT_CENTS ? 100 : 1;

  max = CLAMP (max, 1, G_MAXINT64 / 16);
  if (unit == DSP_UNIT_SECONDS)
    for (guint i = 0; i < G_N_ELEMENTS (times_s); i++)
      if (times_s[i] * marks >= max)
        return times_s[i];
  if (unit == DSP_UNIT_SHARE)
    for (guint i = 0; i < G_N_ELEMENTS (shares); i++)
      if (shares[i] * marks >= max)
        return shares[i];
  for (;; power *= 10)
    for (guint i = 0; i < G_N_ELEMENTS (mantissas); i++)
      if (mantissas[i] * power >= (max + marks - 1) / marks)
        return mantissas[i] * power;
}

/* ---- times ---- */

static DspDate
span_begin (DspSpan span,
            DspDate day)
{
  int year, month, of_month;

  switch (span)
    {
    case DSP_SPAN_DAY:
      return day;
    case DSP_SPAN_WEEK:
      return (DspDate) { day.day - (dsp_date_weekday (day) - 1) };
    case DSP_SPAN_MONTH:
      dsp_date_split (day, &year, &month, &of_month);
      return (DspDate) { day.day - (of_month - 1) };
    case DSP_SPAN_YEAR:
    default:
      dsp_date_split (day, &year, &month, &of_month);
      return dsp_date_make (year, 1, 1);
    }
}

/* Days of the longest one: so far from its beginning the next one has begun, and not yet ended. */
static const int longest[] = { [DSP_SPAN_DAY] = 1, [DSP_SPAN_WEEK] = 7, [DSP_SPAN_MONTH] = 31, [DSP_SPAN_YEAR] = 366 };

/* @day is a beginning. */
static DspDate
span_next (DspSpan span,
           DspDate day)
{
  return span_begin (span, (DspDate) { day.day + longest[span] });
}

DspBins *
dsp_bins_new (DspCalendar *calendar,
              gint64       from_us,
              gint64       to_us,
              DspSpan      finest,
              guint        n_max)
{
  DspBins *bins = g_new0 (DspBins, 1);
  DspDate first = dsp_calendar_day (calendar, from_us, NULL), last = dsp_calendar_day (calendar, MAX (from_us, to_us), NULL);
  int days = last.day - first.day + 1;
  g_autoptr(GArray) list = g_array_new (FALSE, FALSE, sizeof (DspDate));

  for (bins->span = finest; ; bins->span++)
    {
      /* So many there are at least: nothing that is too fine is listed day by day. */
      if (bins->span < DSP_SPAN_YEAR && (guint) (days / longest[bins->span]) > n_max)
        continue;
      g_array_set_size (list, 0);
      for (DspDate day = span_begin (bins->span, first); day.day <= last.day; day = span_next (bins->span, day))
        g_array_append_val (list, day);
      if (list->len <= n_max || bins->span == DSP_SPAN_YEAR)
        break;
    }
  bins->n = list->len;
  bins->days = g_new (DspDate, bins->n + 1);
  bins->starts_us = g_new (gint64, bins->n + 1);
  for (guint i = 0; i <= bins->n; i++)
    {
      bins->days[i] = i < bins->n ? g_array_index (list, DspDate, i) : span_next (bins->span, bins->days[i - 1]);
      bins->starts_us[i] = dsp_calendar_at (calendar, bins->days[i], 0);
    }
  return bins;
}

void
dsp_bins_free (DspBins *bins)
{
  if (bins == NULL)
    return;
  g_free (bins->days);
  g_free (bins->starts_us);
  g_free (bins);
}

guint
dsp_bins_find (const DspBins *bins,
               gint64         at_us)
{
  guint low = 0, high = bins->n;

  if (at_us < bins->starts_us[0] || at_us >= bins->starts_us[bins->n])
    return bins->n;
  while (high - low > 1)
    {
      guint middle = (low + high) / 2;

      if (bins->starts_us[middle] <= at_us)
        low = middle;
      else
        high = middle;
    }
  return low;
}

/* ---- numbers ---- */

/* Hoare's FIND: what is left of the rank is never above it, what is right of it never below. */
guint32
dsp_quantile (guint32 *values,
              guint    n,
              guint    permille)
{
  gint64 rank, low = 0, high = (gint64) n - 1;

  if (n == 0)
    return 0;
  rank = ((gint64) n * MIN (permille, 1000) + 999) / 1000;
  rank = MAX (rank, 1) - 1;
  while (low < high)
    {
      guint32 pivot = values[rank];
      gint64 i = low, j = high;

      while (i <= j)
        {
          while (values[i] < pivot)
            i++;
          while (values[j] > pivot)
            j--;
          if (i <= j)
            {
              guint32 swap = values[i];

              values[i++] = values[j];
              values[j--] = swap;
            }
        }
      if (j < rank)
        low = i;
      if (rank < i)
        high = j;
    }
  return values[rank];
}

gint64
dsp_share (gint64 part,
           gint64 whole)
{
  return whole > 0 ? (part * 20000 + whole) / (2 * whole) : 0;
}
