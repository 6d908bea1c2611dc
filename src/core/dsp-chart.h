/* dsp-chart.h: which charts of orders there are, and the arithmetic behind them
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * S0-16. What a chart counts, in which units, and by what it is divided is said once, here: the window, the files that it
 * writes and the query over the replica follow. Pure: clock, time zone and values are arguments.
 *
 * Two of them need besides what other records say of the orders (kilometres, lines of pre-invoices): they are only for those
 * who see such records.
 */
#pragma once

#include "dsp-actor.h"
#include "dsp-calendar.h"
#include "dsp-entities.h"

G_BEGIN_DECLS

typedef enum {
  DSP_CHART_NONE,
  DSP_CHART_STATUS,
  DSP_CHART_GROUP,
  DSP_CHART_TYPE,
  DSP_CHART_DAY,
  DSP_CHART_POSTAL_CODE,
  DSP_CHART_CREW,
  DSP_CHART_DISTRIBUTOR,
  DSP_CHART_HOURS,       /* assigned against unassigned through a day */
  DSP_CHART_ATTENTION,   /* from creation to attention */
  DSP_CHART_PENALIZED,   /* their share, and what they cost */
  DSP_CHART_RESCHEDULES, /* by the reason that the order carries */
  DSP_CHART_REJECTIONS,
  DSP_CHART_FIRST_VISIT, /* solved by the first visit */
  DSP_CHART_KILOMETRES,  /* approved ones, per order */
  DSP_CHART_AMOUNTS,     /* of pre-invoices, by month */
  DSP_N_CHARTS
} DspChartKind;
extern const DspWords DspChartKind_words;

/* All figures are integers. */
typedef enum {
  DSP_UNIT_COUNT,
  DSP_UNIT_SHARE,   /* ten-thousandths: 2500 is 25 % */
  DSP_UNIT_SECONDS,
  DSP_UNIT_CENTS,
  DSP_UNIT_METRES,  /* shown as kilometres */
  DSP_N_UNITS
} DspUnit;

#define DSP_CHART_MAX_FIGURES 5

typedef struct {
  const char *label;  /* through gettext */
  DspUnit     unit;
  bool        drawn;  /* else only in the table of figures */
} DspFigure;

/* What a kind may be divided by: offsets of the order's fields, the kind's own first. */
#define DSP_CHART_MAX_BY 8

typedef struct {
  const char *sentence;                       /* what is counted, for people; through gettext */
  DspFigure   figures[DSP_CHART_MAX_FIGURES];
  guint       n_figures;
  gsize       by[DSP_CHART_MAX_BY];
  guint       n_by;
  bool        stacked;                        /* the drawn figures add up to one column */
  guint       counts;                         /* which figure says how many a bar has: bars of none are left out */
  const DspEntity *reads;                     /* (nullable): whose records it needs beside the orders */
} DspChartInfo;

const DspChartInfo *dsp_chart_info      (DspChartKind kind);
const DspField     *dsp_chart_by        (DspChartKind kind, guint i);       /* the i-th of its divisions */
bool                dsp_chart_may_be_by (DspChartKind kind, const DspField *by);

/* Does @actor (nullable: nobody) see what the chart is made of? */
bool                dsp_chart_may       (DspChartKind kind, const DspActor *actor, gint64 now_us);

/* The four that matter to whoever opens the page, by what his profiles let him do. @actor nullable. */
void                dsp_chart_dashboard (const DspActor *actor, gint64 now_us, DspChartKind four[4]);

/* ---- axes ---- */

/* The distance of the marks of an axis from 0 to at least @max with at most @n_marks above 0: 1, 2 or 5 times a power of
 * ten; of times what a clock and a calendar have. @max under 1 is taken as the smallest step. */
gint64 dsp_chart_step (gint64 max, DspUnit unit, guint n_marks);

/* ---- times ---- */

typedef enum { DSP_SPAN_DAY, DSP_SPAN_WEEK, DSP_SPAN_MONTH, DSP_SPAN_YEAR } DspSpan;

/* Local days, weeks from Monday, months or years, without gaps, from the one of @from_us to that of @to_us: the finest, none
 * finer than @finest, of which there are at most @n_max (years in any case). */
typedef struct {
  DspSpan  span;
  guint    n;
  DspDate *days;     /* (owned): the first day of each; of the end, too: n + 1 */
  gint64  *starts_us;/* (owned): its first instant; n + 1 */
} DspBins;

DspBins *dsp_bins_new  (DspCalendar *calendar, gint64 from_us, gint64 to_us, DspSpan finest, guint n_max);
void     dsp_bins_free (DspBins *bins);
guint    dsp_bins_find (const DspBins *bins, gint64 at_us); /* bins->n: outside */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspBins, dsp_bins_free)

/* ---- numbers ---- */

/* The value that at least @permille of 1,000 of the values are not above (nearest rank); reorders them. 0 without values. */
guint32 dsp_quantile (guint32 *values, guint n, guint permille);
/* @part of @whole in ten-thousandths, half up; 0 of nothing. */
gint64  dsp_share    (gint64 part, gint64 whole);

G_END_DECLS
