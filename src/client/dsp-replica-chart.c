/* dsp-replica-chart.c: a chart of a replica's orders, without waiting for it
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-order-chart"

#include "config.h"
#include "dsp-order-chart.h"
#include "dsp-replica-private.h"

static void resolve (DspReplica *self, GTask *task);

static void
run_in_thread (GTask        *task,
               gpointer      source,
               gpointer      data,
               GCancellable *cancellable)
{
  GError *error = NULL;
  DspChart *chart = dsp_chart_job_run (data, cancellable, &error);

  if (chart != NULL)
    g_task_return_pointer (task, chart, (GDestroyNotify) dsp_chart_free);
  else
    g_task_return_error (task, error);
}

typedef struct {
  DspChartQuery query;
  DspFilter    *filter;  /* (owned) (nullable) */
  char         *zone;    /* (owned) */
  GStrv         reasons; /* (owned) */
  bool          loading;
} Asked;

static void
asked_free (gpointer data)
{
  Asked *asked = data;

  dsp_filter_free (asked->filter);
  g_free (asked->zone);
  g_strfreev (asked->reasons);
  g_clear_pointer (&asked->query.asides, g_array_unref);
  g_free (asked);
}

static void
on_run (GObject      *source,
        GAsyncResult *result,
        gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Asked *asked = g_task_get_task_data (task);
  GError *error = NULL;
  DspChart *chart = g_task_propagate_pointer (G_TASK (result), &error);

  if (chart == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  chart->loading = asked->loading;
  g_task_return_pointer (task, chart, (GDestroyNotify) dsp_chart_free);
}

static void
on_aside (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  DspReplica *self = DSP_REPLICA (source);
  GTask *task = user_data;
  Asked *asked = g_task_get_task_data (task);
  GError *error = NULL;

  asked->query.asides = dsp_replica_aside_finish (self, result, &error);
  if (asked->query.asides != NULL)
    resolve (self, task);
  else
    {
      g_task_return_error (task, error);
      g_object_unref (task);
    }
}

static void
on_rows (GObject      *source,
         GAsyncResult *result,
         gpointer      user_data)
{
  DspReplica *self = DSP_REPLICA (source);
  GTask *task = user_data;
  Asked *asked = g_task_get_task_data (task);
  DspRowSet *only = NULL;
  GError *error = NULL;
  g_autoptr(GTask) inner = NULL;

  if (!dsp_replica_resolve_finish (self, result, &only, &error))
    {
      g_task_return_error (task, error);
      g_object_unref (task);
      return;
    }
  asked->loading = self->loading;
  inner = g_task_new (self, g_task_get_cancellable (task), on_run, task);
  g_task_set_task_data (inner, dsp_chart_job_new (self->index, &asked->query, only), (GDestroyNotify) dsp_chart_job_free);
  g_task_run_in_thread (inner, run_in_thread);
  dsp_row_set_free (only);
}

static void
resolve (DspReplica *self,
         GTask      *task)
{
  Asked *asked = g_task_get_task_data (task);

  dsp_replica_resolve_async (self, asked->filter, asked->query.now_us, g_task_get_cancellable (task), on_rows, task);
}

/**
 * dsp_replica_chart_async:
 * @query: copied
 * Owner's thread. What the columns cannot answer is looked up in the reader's thread first, the figures come from another
 * one; here are only the filter and the copies.
 */
void
dsp_replica_chart_async (DspReplica          *self,
                         const DspChartQuery *query,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Asked *asked = g_new0 (Asked, 1);
  const DspEntity *reads = dsp_chart_info (query->kind)->reads;

  g_task_set_source_tag (task, dsp_replica_chart_async);
  asked->query = *query;
  asked->query.filter = asked->filter = query->filter != NULL ? dsp_filter_dup (query->filter) : NULL;
  asked->query.zone = asked->zone = g_strdup (query->zone);
  asked->reasons = g_strdupv ((GStrv) query->reasons);
  asked->query.reasons = (const char *const *) asked->reasons;
  g_task_set_task_data (task, asked, asked_free);
  asked->query.asides = NULL;
  if (reads != NULL)
    dsp_replica_aside_async (self, reads, cancellable, on_aside, task);
  else
    resolve (self, task);
}

DspChart *
dsp_replica_chart_finish (DspReplica   *self,
                          GAsyncResult *result,
                          GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
