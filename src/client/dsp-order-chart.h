/* dsp-order-chart.h: the figures of a chart, from the columns of the order index
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * S0-16. The owner of the index picks the rows of the filter and copies the columns that the chart needs (a few
 * milliseconds for a million orders); the rest is done in any thread. Each bar carries the conditions that lead to its
 * orders, in the text form of a filter. Kilometres and amounts come from records beside the orders (dsp-order-aside.h).
 */
#pragma once

#include "dsp-chart.h"
#include "dsp-order-aside.h"
#include "dsp-replica.h"

G_BEGIN_DECLS

typedef struct {
  DspChartKind       kind;
  const DspField    *by;      /* (nullable): the kind's own */
  const DspFilter   *filter;  /* (nullable): all orders */
  const char        *zone;    /* whose days these are: a name of the time zone database */
  gint64             now_us;  /* what is penalized by now; hours after it are not shown */
  DspDate            day;     /* DSP_CHART_HOURS: which day; none: today */
  const char *const *reasons; /* DSP_CHART_RESCHEDULES: codes of reasons for rescheduling */
  guint              n_bins;  /* of times, at most; 0: 62 */
  GArray            *asides;  /* (nullable): of DspAside: what other records say, if the kind reads any */
} DspChartQuery;

typedef struct {
  const char *text;      /* (nullable): of a text field. Lent by the chart */
  DspId       id;        /* of a crew or distributor */
  guint       word;      /* of the status */
  gint64      from_us;   /* of a time: the bar's first instant, and the next bar's. HOURS: the hour, or now; 0: none */
  gint64      to_us;
  bool        rest;      /* RESCHEDULES: orders that carry another reason by now */
  gint64      figures[DSP_CHART_MAX_FIGURES];
  char       *filters[2];/* (owned) (nullable): of the drawn figures: conditions that lead to these orders, beside the query's filter */
} DspChartBar;

typedef struct {
  DspChartKind    kind;
  const DspField *by;
  DspSpan         span;   /* of a time */
  GArray         *bars;   /* of DspChartBar: times in their order, states in theirs, others by how many orders they have */
  gint64          totals[DSP_CHART_MAX_FIGURES]; /* of all bars together */
  guint           n_orders; /* that the chart is about */
  bool            loading;  /* the index does not hold all orders yet */
  gpointer        index;  /* (owned): keeps the texts */
} DspChart;

void      dsp_chart_free (DspChart *chart);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspChart, dsp_chart_free)

typedef struct _DspChartJob DspChartJob;

/* In the owner's thread. @only (nullable): rows that the conditions allow which dsp_order_index_can() refuses. */
DspChartJob *dsp_chart_job_new  (DspOrderIndex *index, const DspChartQuery *query, const DspRowSet *only);
void         dsp_chart_job_free (DspChartJob *job);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspChartJob, dsp_chart_job_free)
/* In any thread, once. NULL with G_IO_ERROR_CANCELLED. (transfer full) */
DspChart    *dsp_chart_job_run  (DspChartJob *job, GCancellable *cancellable, GError **error);

/* Of a replica, without waiting; what the kind reads beside the orders is read first. */
void         dsp_replica_chart_async  (DspReplica *self, const DspChartQuery *query, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data);
DspChart    *dsp_replica_chart_finish (DspReplica *self, GAsyncResult *result, GError **error);

G_END_DECLS
