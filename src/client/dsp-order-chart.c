/* dsp-order-chart.c: the figures of a chart, from the columns of the order index
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every order of the chart gets the number of its bar; then the kind's figures are summed up by bar. What a bar is — a code
 * of a dictionary, a state, a stretch of time — is settled before, so that the sums are the same loop for all.
 */
#define G_LOG_DOMAIN "dsp-order-chart"

#include "config.h"
#include "dsp-order-chart.h"
#include "dsp-order-axis.h"
#include "dsp-order-index-private.h"

#include <string.h>

#define N_BINS 62
#define AT_ONCE (1u << 16) /* rows between two looks at the cancellable */
#define NOBODY G_MAXUINT32
#define N_HOURS 26         /* a day on which clocks are set back has 25; and now */

/* What is copied: bits of a set. */
enum {
  NEEDS_STATUS      = 1 << 0,
  NEEDS_NUMBERS     = 1 << 1, /* with parents and what is alive: who follows from whom */
  NEEDS_PLACES      = 1 << 2, /* to find the orders of other records */
  NEEDS_CREWS       = 1 << 3,
  NEEDS_SECONDS     = 8,      /* from this bit on one of the columns of numbers each */
};

struct _DspChartJob
{
  DspChartKind    kind;
  const DspField *by;
  gint64          now_us;
  DspDate         day;
  guint           n_bins;
  char           *zone;      /* (owned) */
  GHashTable     *reasons;   /* (owned): set of char * (owned) */

  DspOrderIndex  *index;     /* (owned): for the values of its dictionaries alone */
  guint           n_rows;
  guint64        *words;     /* (owned): the rows of the filter */
  guint           n_words;
  guint64        *alive;     /* (owned) (nullable), as are all columns below */
  guint8         *status;
  guint64        *numbers;
  guint32        *seconds[DSP_N_SECONDS];
  DspOrderAxis   *axis;      /* (owned): by what it is divided */
  DspCodes        parents;
  gpointer       *parent_values;
  guint           n_parents;
  DspIndexPlaces  places;
  DspOrderAxis   *crews;     /* (owned) */
  bool            all;       /* no filter: what is of no order counts, too */

  GArray         *asides;    /* (owned): of DspAside */
  guint32        *aside_rows; /* (owned): of each, its order's; DSP_NO_ROW: of none here */
  guint64        *has_aside;/* (owned): a bit a row */

  guint32        *rows;      /* (owned): of the chart */
  guint32        *bars;      /* (owned): the bar of each */
  guint           n;
  guint           n_bars;
};

void
dsp_chart_free (DspChart *chart)
{
  if (chart == NULL)
    return;
  for (guint i = 0; i < chart->bars->len; i++)
    for (guint j = 0; j < 2; j++)
      g_free (g_array_index (chart->bars, DspChartBar, i).filters[j]);
  g_array_unref (chart->bars);
  if (chart->index != NULL)
    dsp_order_index_unref (chart->index);
  g_free (chart);
}

void
dsp_chart_job_free (DspChartJob *job)
{
  if (job == NULL)
    return;
  g_free (job->zone);
  g_hash_table_unref (job->reasons);
  dsp_order_index_unref (job->index);
  g_free (job->words);
  g_free (job->alive);
  g_free (job->status);
  g_free (job->numbers);
  for (guint i = 0; i < DSP_N_SECONDS; i++)
    g_free (job->seconds[i]);
  dsp_order_axis_free (job->axis);
  g_free (job->parents.codes);
  g_free (job->parent_values);
  dsp_index_places_clear (&job->places);
  dsp_order_axis_free (job->crews);
  g_array_unref (job->asides);
  g_free (job->aside_rows);
  g_free (job->has_aside);
  g_free (job->rows);
  g_free (job->bars);
  g_free (job);
}

/* ---- in the owner's thread ---- */

static guint
needs_of (DspChartKind kind)
{
#define SECONDS(column) (1u << (NEEDS_SECONDS + (column)))
  switch (kind)
    {
    case DSP_CHART_HOURS:
      return NEEDS_STATUS | SECONDS (DSP_SECONDS_CREATED) | SECONDS (DSP_SECONDS_ASSIGNED) | SECONDS (DSP_SECONDS_CLOSED);
    case DSP_CHART_ATTENTION:
      return NEEDS_STATUS | SECONDS (DSP_SECONDS_CREATED) | SECONDS (DSP_SECONDS_CLOSED);
    case DSP_CHART_PENALIZED:
      return SECONDS (DSP_SECONDS_LATE) | SECONDS (DSP_SECONDS_PRICE);
    case DSP_CHART_RESCHEDULES:
      return SECONDS (DSP_SECONDS_RESCHEDULES);
    case DSP_CHART_REJECTIONS:
      return NEEDS_STATUS;
    case DSP_CHART_FIRST_VISIT:
      return NEEDS_STATUS | NEEDS_NUMBERS | SECONDS (DSP_SECONDS_RESCHEDULES);
    case DSP_CHART_KILOMETRES:
      return NEEDS_STATUS | NEEDS_PLACES | NEEDS_CREWS | SECONDS (DSP_SECONDS_CLOSED);
    case DSP_CHART_AMOUNTS:
      return NEEDS_PLACES;
    default:
      return 0;
    }
}

DspChartJob *
dsp_chart_job_new (DspOrderIndex       *index,
                   const DspChartQuery *query,
                   const DspRowSet     *only)
{
  DspChartJob *job = g_new0 (DspChartJob, 1);
  DspOrderQuery rows = { .filter = query->filter, .only = only, .clock = { .now_us = query->now_us } };
  guint needs = needs_of (query->kind);

  job->kind = query->kind;
  job->by = query->by != NULL && dsp_chart_may_be_by (query->kind, query->by) ? query->by : dsp_chart_by (query->kind, 0);
  job->now_us = query->now_us;
  job->day = query->day;
  job->n_bins = query->n_bins > 0 ? query->n_bins : N_BINS;
  job->zone = g_strdup (query->zone);
  job->reasons = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; query->reasons != NULL && query->reasons[i] != NULL; i++)
    g_hash_table_add (job->reasons, g_strdup (query->reasons[i]));
  job->asides = query->asides != NULL ? g_array_ref (query->asides) : g_array_new (FALSE, FALSE, sizeof (DspAside));
  job->all = only == NULL && (query->filter == NULL || dsp_filter_is_empty (query->filter));
  job->index = dsp_order_index_ref (index);
  job->n_rows = index->n_rows;
  job->words = dsp_index_match (index, &rows, &job->n_words);

  if (job->kind != DSP_CHART_HOURS)
    job->axis = dsp_order_axis_new (index, DSP_AXIS_FIELD, job->by);
  if (needs & NEEDS_STATUS)
    job->status = g_memdup2 (index->status, index->n_rows);
  if (needs & NEEDS_NUMBERS)
    {
      job->numbers = g_memdup2 (index->numbers, index->n_rows * sizeof *index->numbers);
      job->alive = g_memdup2 (index->alive, (index->n_rows + 63) / 64 * sizeof *index->alive);
      job->parents.width = index->codes[DSP_CODES_PARENT].width;
      job->parents.codes = g_memdup2 (index->codes[DSP_CODES_PARENT].codes, (gsize) index->n_rows * job->parents.width);
      job->n_parents = index->codes[DSP_CODES_PARENT].dictionary.values->len;
      job->parent_values = g_memdup2 (index->codes[DSP_CODES_PARENT].dictionary.values->pdata, job->n_parents * sizeof (gpointer));
    }
  if (needs & NEEDS_PLACES)
    dsp_index_places_copy (index, &job->places);
  if (needs & NEEDS_CREWS)
    job->crews = dsp_order_axis_new (index, DSP_AXIS_FIELD, dsp_table_at (&dsp_order.table, offsetof (DspOrder, crew_id)));
  for (int i = 0; i < DSP_N_SECONDS; i++)
    if (needs & SECONDS (i))
      job->seconds[i] = g_memdup2 (index->seconds[i], index->n_rows * sizeof (guint32));
  return job;
}

/* ---- rows ---- */

/* What the chart is about, of the rows of the filter. The conditions of base_filter() say the same. */
static inline bool
wants (const DspChartJob *job,
       guint32            row)
{
  switch (job->kind)
    {
    case DSP_CHART_HOURS:
      return ((DSP_ORDER_OPEN | DSP_BIT (DSP_ORDER_CLOSED)) >> job->status[row] & 1) != 0;
    case DSP_CHART_ATTENTION:
    case DSP_CHART_KILOMETRES:
      return job->status[row] == DSP_ORDER_CLOSED && job->seconds[DSP_SECONDS_CLOSED][row] != 0;
    case DSP_CHART_AMOUNTS:
      return (job->has_aside[row >> 6] >> (row & 63) & 1) != 0;
    case DSP_CHART_REJECTIONS:
      return job->status[row] == DSP_ORDER_REJECTED;
    case DSP_CHART_FIRST_VISIT:
      return job->status[row] == DSP_ORDER_CLOSED && dsp_codes_get (&job->parents, row) == 0;
    default:
      return true;
    }
}

static const char *
base_filter (DspChartKind kind)
{
  switch (kind)
    {
    case DSP_CHART_HOURS:
      return "status=unassigned,assigned,in_progress,to_reschedule,closed";
    case DSP_CHART_ATTENTION:
    case DSP_CHART_KILOMETRES:
      return "status=closed&closed_at=+";
    case DSP_CHART_REJECTIONS:
      return "status=rejected";
    case DSP_CHART_FIRST_VISIT:
      return "status=closed&parent=-";
    case DSP_CHART_PENALIZED:
      return "penalized=yes";
    default:
      return NULL;
    }
}

/* Rescheduled: those with a reason for it, which wait for it or have been; and those that were, whatever they carry. */
static bool
is_rescheduled (const DspChartJob *job,
                const guint8      *is_reason,
                guint32            row)
{
  return is_reason[dsp_order_axis_part_of (job->axis, row)] || job->seconds[DSP_SECONDS_RESCHEDULES][row] > 1;
}

static guint8 *
make_is_reason (const DspChartJob *job)
{
  guint n_values = dsp_order_axis_n_values (job->axis);
  guint8 *is_reason = g_malloc0 (n_values + 1);

  for (guint code = 1; code < n_values; code++)
    {
      DspAxisPart what;

      dsp_order_axis_describe (job->axis, code, &what);
      is_reason[code] = g_hash_table_contains (job->reasons, what.text);
    }
  return is_reason;
}

static gboolean
find_aside (DspChartJob  *job,
             GCancellable *cancellable,
             GError      **error)
{
  job->aside_rows = g_new (guint32, MAX (job->asides->len, 1));
  job->has_aside = g_new0 (guint64, job->n_rows / 64 + 1);
  for (guint i = 0; i < job->asides->len; i++)
    {
      const DspId *order_id = &g_array_index (job->asides, DspAside, i).order_id;
      guint32 row = dsp_id_is_none (order_id) ? DSP_NO_ROW : dsp_index_places_find (&job->places, order_id);

      if (i % AT_ONCE == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      job->aside_rows[i] = row;
      if (row != DSP_NO_ROW)
        job->has_aside[row >> 6] |= G_GUINT64_CONSTANT (1) << (row & 63);
    }
  return TRUE;
}

static gboolean
collect_rows (DspChartJob  *job,
              GCancellable *cancellable,
              GError      **error)
{
  g_autofree guint8 *is_reason = job->kind == DSP_CHART_RESCHEDULES ? make_is_reason (job) : NULL;
  gsize n = 0;

  if (dsp_chart_info (job->kind)->reads != NULL && !find_aside (job, cancellable, error))
    return FALSE;
  for (guint w = 0; w < job->n_words; w++)
    n += (gsize) __builtin_popcountll (job->words[w]);
  job->rows = g_new (guint32, MAX (n, 1));
  for (guint w = 0; w < job->n_words; w++)
    {
      if (w % (AT_ONCE / 64) == 0 && g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      for (guint64 left = job->words[w]; left != 0; left &= left - 1)
        {
          guint32 row = (w << 6) + (guint) __builtin_ctzll (left);

          if (is_reason != NULL ? is_rescheduled (job, is_reason, row) : wants (job, row))
            job->rows[job->n++] = row;
        }
    }
  return TRUE;
}

/* ---- bars ---- */

static DspCalendar *
make_calendar (const DspChartJob *job)
{
  DspOfficeSettings office = *dsp_office_defaults ();

  if (job->zone != NULL)
    office.time_zone = job->zone;
  return dsp_calendar_new (&office);
}

/* Whole months, those of what is of no order among them. */
static void
widen_to_asides (DspChartJob *job,
                 DspCalendar *calendar)
{
  DspDate first = { G_MAXINT32 }, last = { G_MININT32 };

  for (guint i = 0; job->all && i < job->asides->len; i++)
    {
      DspDate day = g_array_index (job->asides, DspAside, i).day;

      if (job->aside_rows[i] != DSP_NO_ROW)
        continue;
      first.day = MIN (first.day, day.day);
      last.day = MAX (last.day, day.day);
    }
  if (first.day <= last.day)
    dsp_order_axis_widen (job->axis, DSP_SPAN_MONTH, dsp_calendar_at (calendar, first, 0), dsp_calendar_at (calendar, last, 0));
  else
    dsp_order_axis_widen (job->axis, DSP_SPAN_MONTH, 0, 0);
}

/* Bar 0 is that of orders without this date or value; of RESCHEDULES the rest, whose own codes are told from the others when its
 * filter is written. */
static void
make_bars (DspChartJob *job)
{
  g_autoptr(DspCalendar) calendar = make_calendar (job);

  if (job->kind == DSP_CHART_AMOUNTS)
    widen_to_asides (job, calendar);
  job->bars = g_new (guint32, MAX (job->n, 1));
  job->n_bars = dsp_order_axis_divide (job->axis, calendar, job->now_us, job->n_bins, job->rows, job->n, job->bars);
  if (job->kind == DSP_CHART_RESCHEDULES)
    {
      g_autofree guint8 *is_reason = make_is_reason (job);

      for (guint i = 0; i < job->n; i++)
        if (!is_reason[job->bars[i]])
          job->bars[i] = 0;
    }
}

/* ---- figures ---- */

/* One row of figures a bar, and one more for all. */
typedef gint64 Figures[DSP_CHART_MAX_FIGURES];

static void
count_penalized (const DspChartJob *job,
                 Figures           *sums)
{
  const guint32 *late = job->seconds[DSP_SECONDS_LATE], *price = job->seconds[DSP_SECONDS_PRICE];
  guint32 now = dsp_index_seconds (job->now_us);

  for (guint i = 0; i < job->n; i++)
    {
      gint64 *sum = sums[job->bars[i]];
      guint32 row = job->rows[i];
      bool penalized = late[row] - 1 < now;

      sum[3]++;
      sum[1] += penalized;
      sum[2] += penalized && price[row] != 0 ? price[row] - 1 : 0;
    }
  for (guint bar = 0; bar < job->n_bars; bar++)
    for (guint j = 1; j < 4; j++)
      sums[job->n_bars][j] += sums[bar][j];
  for (guint bar = 0; bar <= job->n_bars; bar++)
    sums[bar][0] = dsp_share (sums[bar][1], sums[bar][3]);
}

/* The times of all bars beside each other, so that each bar's are together. */
static gboolean
count_times (const DspChartJob *job,
             Figures           *sums,
             GCancellable      *cancellable,
             GError           **error)
{
  const guint32 *created = job->seconds[DSP_SECONDS_CREATED], *closed = job->seconds[DSP_SECONDS_CLOSED];
  g_autofree guint32 *times = g_new (guint32, MAX (job->n, 1));
  g_autofree guint *starts = g_new0 (guint, job->n_bars + 2), *at = NULL;

  for (guint i = 0; i < job->n; i++)
    starts[job->bars[i] + 1]++;
  for (guint bar = 0; bar < job->n_bars; bar++)
    starts[bar + 1] += starts[bar];
  at = g_memdup2 (starts, (job->n_bars + 1) * sizeof *at);
  for (guint i = 0; i < job->n; i++)
    {
      guint32 row = job->rows[i];

      times[at[job->bars[i]]++] = closed[row] > created[row] ? closed[row] - created[row] : 0;
    }
  for (guint bar = 0; bar <= job->n_bars; bar++)
    {
      guint32 *of_bar = times + (bar < job->n_bars ? starts[bar] : 0);
      guint n = bar < job->n_bars ? starts[bar + 1] - starts[bar] : job->n;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      sums[bar][0] = dsp_quantile (of_bar, n, 500);
      sums[bar][1] = dsp_quantile (of_bar, n, 900);
      sums[bar][2] = n;
    }
  return TRUE;
}

static void
count_reschedules (const DspChartJob *job,
                   Figures           *sums)
{
  const guint32 *reschedules = job->seconds[DSP_SECONDS_RESCHEDULES];

  for (guint i = 0; i < job->n; i++)
    {
      guint32 times = reschedules[job->rows[i]];

      sums[job->bars[i]][0]++;
      sums[job->bars[i]][1] += times > 0 ? times - 1 : 0;
    }
  for (guint bar = 0; bar < job->n_bars; bar++)
    for (guint j = 0; j < 2; j++)
      sums[job->n_bars][j] += sums[bar][j];
}

/* Which numbers an order that is here names as its parent: a set with open addressing; 0 is an empty slot. */
typedef struct { guint64 *slots; guint mask; } Keys;

static void
keys_add (Keys    *keys,
          guint64  key)
{
  guint at = (guint) (key * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) >> 32) & keys->mask;

  while (keys->slots[at] != 0 && keys->slots[at] != key)
    at = (at + 1) & keys->mask;
  keys->slots[at] = key;
}

static bool
keys_has (const Keys *keys,
          guint64     key)
{
  guint at = (guint) (key * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15) >> 32) & keys->mask;

  while (keys->slots[at] != 0 && keys->slots[at] != key)
    at = (at + 1) & keys->mask;
  return keys->slots[at] != 0;
}

static Keys
make_parents (const DspChartJob *job)
{
  g_autofree guint8 *used = g_malloc0 (job->n_parents + 1);
  Keys keys = { NULL, 15 };

  for (guint row = 0; row < job->n_rows; row++)
    if ((job->alive[row >> 6] >> (row & 63) & 1) != 0)
      used[dsp_codes_get (&job->parents, row)] = 1;
  while (keys.mask < 2 * job->n_parents)
    keys.mask = keys.mask * 2 + 1;
  keys.slots = g_new0 (guint64, keys.mask + 1);
  for (guint code = 1; code < job->n_parents; code++)
    if (used[code])
      keys_add (&keys, dsp_index_number_key (job->parent_values[code]));
  return keys;
}

static void
count_first_visits (const DspChartJob *job,
                    Figures           *sums)
{
  Keys parents = make_parents (job);

  for (guint i = 0; i < job->n; i++)
    {
      gint64 *sum = sums[job->bars[i]];
      guint32 row = job->rows[i];
      bool rescheduled = job->seconds[DSP_SECONDS_RESCHEDULES][row] > 1, followed = keys_has (&parents, job->numbers[row]);

      sum[4]++;
      sum[2] += rescheduled;
      sum[3] += followed;
      sum[1] += !rescheduled && !followed;
    }
  g_free (parents.slots);
  for (guint bar = 0; bar < job->n_bars; bar++)
    for (guint j = 1; j < 5; j++)
      sums[job->n_bars][j] += sums[bar][j];
  for (guint bar = 0; bar <= job->n_bars; bar++)
    sums[bar][0] = dsp_share (sums[bar][1], sums[bar][4]);
}

static gint64
rounded (gint64 thousandths,
         gint64 n)
{
  return n > 0 ? (thousandths + 500 * n) / (1000 * n) : 0;
}

static void
count_kilometres (const DspChartJob *job,
                  Figures           *sums)
{
  g_autoptr(DspCalendar) calendar = make_calendar (job);
  g_autofree guint64 *metres = dsp_aside_metres (job->asides, job->aside_rows, job->crews, job->status, job->seconds[DSP_SECONDS_CLOSED],
                                                  job->n_rows, calendar);

  for (guint i = 0; i < job->n; i++)
    {
      gint64 *sum = sums[job->bars[i]];
      guint64 of_row = metres[job->rows[i]];

      sum[3]++;
      sum[2] += of_row != 0;
      sum[1] += of_row != 0 ? (gint64) of_row - 1 : 0;
    }
  for (guint bar = 0; bar < job->n_bars; bar++)
    for (guint j = 1; j < 4; j++)
      sums[job->n_bars][j] += sums[bar][j];
  for (guint bar = 0; bar <= job->n_bars; bar++)
    {
      sums[bar][0] = rounded (sums[bar][1], sums[bar][2]);
      sums[bar][1] = rounded (sums[bar][1], 1);
    }
}

static void
count_amounts (const DspChartJob *job,
               Figures           *sums)
{
  g_autoptr(DspCalendar) calendar = make_calendar (job);
  g_autofree guint32 *bar_of = g_new (guint32, MAX (job->n_rows, 1));

  memset (bar_of, 0xff, job->n_rows * sizeof *bar_of); /* NOBODY */
  for (guint i = 0; i < job->n; i++)
    bar_of[job->rows[i]] = job->bars[i];
  for (guint i = 0; i < job->asides->len; i++)
    {
      const DspAside *line = &g_array_index (job->asides, DspAside, i);
      guint32 row = job->aside_rows[i], bar = row != DSP_NO_ROW ? bar_of[row] : NOBODY;

      if (row == DSP_NO_ROW && job->all)
        bar = dsp_order_axis_part_at (job->axis, dsp_calendar_at (calendar, line->day, 0));
      if (bar == NOBODY)
        continue;
      sums[bar][line->is_approved ? 0 : 1] += line->value;
      sums[bar][2] += line->value;
      sums[bar][3]++;
    }
  for (guint bar = 0; bar < job->n_bars; bar++)
    for (guint j = 0; j < 4; j++)
      sums[job->n_bars][j] += sums[bar][j];
}

static void
count_orders (const DspChartJob *job,
              Figures           *sums)
{
  for (guint i = 0; i < job->n; i++)
    sums[job->bars[i]][0]++;
  sums[job->n_bars][0] = job->n;
}

/* ---- filters of bars ---- */

/* RESCHEDULES: what the rest carries. */
static char *
rest_filter (const DspChartJob *job)
{
  g_autofree guint8 *is_reason = make_is_reason (job);
  guint n_values = dsp_order_axis_n_values (job->axis);
  g_autofree guint8 *used = g_malloc0 (n_values + 1);
  g_autoptr(GString) out = g_string_new (NULL);

  for (guint i = 0; i < job->n; i++)
    used[dsp_order_axis_part_of (job->axis, job->rows[i])] = 1;
  for (guint code = 0; code < n_values; code++)
    if (used[code] && !is_reason[code])
      {
        g_autofree char *value = dsp_order_axis_value (job->axis, code);

        g_string_append_printf (out, "%s%s", out->len > 0 ? "," : "reschedules=1..&reason=", value);
      }
  return g_string_free (g_steal_pointer (&out), FALSE);
}

/* The base's conditions and the bar's; a bar by the closing takes the place of the base's "any". */
static char *
filter_of (const DspChartJob *job,
           guint              bar)
{
  g_autofree char *condition = dsp_order_axis_condition (job->axis, bar);
  const char *base = base_filter (job->kind);

  if (job->kind == DSP_CHART_RESCHEDULES && bar == 0)
    return rest_filter (job);
  if ((job->kind == DSP_CHART_ATTENTION || job->kind == DSP_CHART_KILOMETRES) && job->by->offset == offsetof (DspOrder, closed_at))
    base = "status=closed";
  return g_strdup_printf ("%s%s%s", base != NULL ? base : "", base != NULL ? "&" : "", condition);
}

/* ---- the hours of a day ---- */

/* How many of the instants are not after @at. */
static guint
n_until (const guint32 *instants,
         guint          n,
         guint32        at)
{
  guint i = 0;

  while (i < n && instants[i] <= at)
    i++;
  return i;
}

/* An order waits without a crew from its creation until it is assigned or closed, then with one until it is closed. What
 * happens in an hour's first instant shows at the next hour, as the conditions of a filter say it. */
static void
count_hours (const DspChartJob *job,
             const guint32     *hours,
             guint              n_hours,
             Figures           *sums)
{
  const guint32 *created = job->seconds[DSP_SECONDS_CREATED], *assigned = job->seconds[DSP_SECONDS_ASSIGNED];
  const guint32 *closed = job->seconds[DSP_SECONDS_CLOSED];
  int steps[2][N_HOURS + 1] = { { 0 } };

  for (guint i = 0; i < job->n; i++)
    {
      guint32 row = job->rows[i];
      guint32 ends = closed[row] != 0 ? closed[row] : G_MAXUINT32, taken = assigned[row] != 0 ? assigned[row] : G_MAXUINT32;
      guint from = n_until (hours, n_hours, created[row]), until = n_until (hours, n_hours, ends);
      guint between = CLAMP (n_until (hours, n_hours, taken), from, MAX (from, until));

      if (from >= until)
        continue;
      steps[1][from]++;
      steps[1][between]--;
      steps[0][between]++;
      steps[0][until]--;
    }
  for (guint j = 0; j < 2; j++)
    for (guint hour = 0, n = 0; hour < n_hours; hour++)
      {
        n = (guint) ((int) n + steps[j][hour]);
        sums[hour][j] = n;
      }
}

static void
add_hours (DspChartJob *job,
           DspChart    *chart)
{
  g_autoptr(DspCalendar) calendar = make_calendar (job);
  DspDate day = job->day.day != 0 ? job->day : dsp_calendar_day (calendar, job->now_us, NULL), next = { day.day + 1 };
  gint64 starts_us = dsp_calendar_at (calendar, day, 0), ends_us = dsp_calendar_at (calendar, next, 0);
  guint32 hours[N_HOURS];
  Figures sums[N_HOURS] = { { 0 } };
  guint n = 0;

  for (gint64 at_us = starts_us + G_TIME_SPAN_HOUR; at_us <= ends_us && at_us <= job->now_us && n < N_HOURS; at_us += G_TIME_SPAN_HOUR)
    hours[n++] = dsp_index_seconds (at_us);
  if (job->now_us > starts_us && job->now_us < ends_us && n < N_HOURS && (n == 0 || hours[n - 1] < dsp_index_seconds (job->now_us)))
    hours[n++] = dsp_index_seconds (job->now_us);
  count_hours (job, hours, n, sums);
  for (guint i = 0; i < n; i++)
    {
      DspChartBar bar = { .from_us = hours[i] * G_TIME_SPAN_SECOND };
      const char *base = base_filter (job->kind);
      char at[32];

      memcpy (bar.figures, sums[i], sizeof bar.figures);
      bar.to_us = bar.from_us + G_TIME_SPAN_HOUR;
      dsp_time_print ((DspTime) { bar.from_us }, at);
      bar.filters[0] = g_strdup_printf ("%s&created_at=..%s&assigned_at=..%s&closed_at=-,%s..", base, at, at, at);
      bar.filters[1] = g_strdup_printf ("%s&created_at=..%s&assigned_at=-,%s..&closed_at=-,%s..", base, at, at, at);
      g_array_append_val (chart->bars, bar);
    }
  if (n > 0)
    memcpy (chart->totals, sums[n - 1], sizeof chart->totals);
}

/* ---- the chart ---- */

static int
compare_bars (gconstpointer a,
              gconstpointer b,
              gpointer      user_data)
{
  const DspChartBar *one = a, *two = b;
  guint by = GPOINTER_TO_UINT (user_data);

  if (one->rest != two->rest)
    return one->rest - two->rest;
  if (one->figures[by] != two->figures[by])
    return one->figures[by] > two->figures[by] ? -1 : 1;
  return one->text != NULL || two->text != NULL ? g_strcmp0 (one->text, two->text) : dsp_id_compare (&one->id, &two->id);
}

static void
add_bar (const DspChartJob *job,
         DspChart          *chart,
         guint              number,
         const gint64      *figures)
{
  DspChartBar bar = { .rest = job->kind == DSP_CHART_RESCHEDULES && number == 0 };
  DspAxisPart what;

  memcpy (bar.figures, figures, sizeof bar.figures);
  dsp_order_axis_describe (job->axis, number, &what);
  bar.text = what.text;
  bar.id = what.id;
  bar.word = what.number;
  bar.from_us = what.from_us;
  bar.to_us = what.to_us;
  bar.filters[0] = filter_of (job, number);
  if (dsp_chart_info (job->kind)->figures[1].drawn)
    bar.filters[1] = g_strdup (bar.filters[0]);
  g_array_append_val (chart->bars, bar);
}

DspChart *
dsp_chart_job_run (DspChartJob  *job,
                   GCancellable *cancellable,
                   GError      **error)
{
  g_autoptr(DspChart) chart = g_new0 (DspChart, 1);
  g_autofree Figures *sums = NULL;
  guint by_n = dsp_chart_info (job->kind)->counts;

  chart->kind = job->kind;
  chart->by = job->by;
  chart->bars = g_array_new (FALSE, FALSE, sizeof (DspChartBar));
  chart->index = dsp_order_index_ref (job->index);
  if (!collect_rows (job, cancellable, error))
    return NULL;
  chart->n_orders = job->n;
  if (job->kind == DSP_CHART_HOURS)
    {
      add_hours (job, chart);
      return g_steal_pointer (&chart);
    }

  make_bars (job);
  chart->span = dsp_order_axis_span (job->axis);
  sums = g_new0 (Figures, job->n_bars + 1);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return NULL;
  switch (job->kind)
    {
    case DSP_CHART_ATTENTION:
      if (!count_times (job, sums, cancellable, error))
        return NULL;
      break;
    case DSP_CHART_PENALIZED:
      count_penalized (job, sums);
      break;
    case DSP_CHART_RESCHEDULES:
      count_reschedules (job, sums);
      break;
    case DSP_CHART_FIRST_VISIT:
      count_first_visits (job, sums);
      break;
    case DSP_CHART_KILOMETRES:
      count_kilometres (job, sums);
      break;
    case DSP_CHART_AMOUNTS:
      count_amounts (job, sums);
      break;
    default:
      count_orders (job, sums);
    }
  /* Times have no gaps; what has no date comes first. */
  for (guint bar = 0; bar < job->n_bars; bar++)
    if (sums[bar][by_n] > 0 || (dsp_order_axis_is_time (job->axis) && bar > 0))
      add_bar (job, chart, bar, sums[bar]);
  if (!dsp_order_axis_is_ordered (job->axis))
    g_array_sort_with_data (chart->bars, compare_bars, GUINT_TO_POINTER (by_n));
  memcpy (chart->totals, sums[job->n_bars], sizeof chart->totals);
  return g_steal_pointer (&chart);
}
