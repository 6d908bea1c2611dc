/* dsp-chart-ask.c: one chart of the office's filter, asked for anew when something changes
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-chart-ask"

#include "config.h"
#include "dsp-chart-ask.h"

#include "dsp-text.h"

struct _DspChartAsk
{
  grefcount       refs;
  DspOffice      *office;      /* (owned) (nullable): nobody wants an answer any more */
  GtkWidget      *widget;      /* (unowned) */
  DspChartAnswer  answer;
  gpointer        user_data;
  DspChart       *chart;       /* (owned) (nullable) */

  DspChartKind    kind;
  const DspField *by;
  DspDate         day;
  char           *filter;      /* (owned) (nullable): of what was asked last */
  GCancellable   *cancellable; /* (owned) (nullable): of what is under way */
  gboolean        again;       /* it is out of date already */
};

static void ask (DspChartAsk *self);

static void
unref (DspChartAsk *self)
{
  if (!g_ref_count_dec (&self->refs))
    return;
  g_clear_pointer (&self->chart, dsp_chart_free);
  g_clear_object (&self->cancellable);
  g_free (self->filter);
  g_free (self);
}

typedef struct { DspChartAsk *self; GCancellable *cancellable; } Under; /* both owned */

static void
answered_cb (GObject      *source,
             GAsyncResult *res,
             gpointer      user_data)
{
  Under *under = user_data;
  DspChartAsk *self = under->self;
  g_autoptr(GError) error = NULL;
  DspChart *chart = dsp_replica_chart_finish (DSP_REPLICA (source), res, &error);

  if (self->office == NULL || under->cancellable != self->cancellable)
    g_clear_pointer (&chart, dsp_chart_free); /* another one took its place */
  else
    {
      g_clear_object (&self->cancellable);
      if (chart != NULL)
        {
          g_clear_pointer (&self->chart, dsp_chart_free);
          self->chart = chart;
          self->answer (chart, self->user_data);
        }
      else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        {
          g_autofree char *sentence = dsp_text_error (error);

          dsp_office_message (self->office, 0, "%s", sentence);
        }
      if (self->again && self->office != NULL && self->cancellable == NULL)
        ask (self);
    }
  g_object_unref (under->cancellable);
  g_free (under);
  unref (self);
}

/* Codes of the reasons for which an order is rescheduled. */
static GStrv
reschedule_reasons (DspOffice *office)
{
  const GPtrArray *reasons = dsp_office_records (office, &dsp_reason_code);
  g_autoptr(GStrvBuilder) codes = g_strv_builder_new ();

  for (guint i = 0; i < reasons->len; i++)
    {
      const DspReasonCode *reason = reasons->pdata[i];

      if (reason->process == DSP_PROCESS_RESCHEDULE && reason->code != NULL)
        g_strv_builder_add (codes, reason->code);
    }
  return g_strv_builder_end (codes);
}

static void
ask (DspChartAsk *self)
{
  g_autofree char *zone = g_settings_get_string (dsp_office_get_settings (self->office), "time-zone");
  g_auto(GStrv) reasons = reschedule_reasons (self->office);
  DspChartQuery query = { .kind = self->kind, .by = self->by, .filter = dsp_office_get_filter (self->office), .zone = zone,
                          .now_us = g_get_real_time (), .day = self->day, .reasons = (const char *const *) reasons };
  Under *under;

  if (self->kind == DSP_CHART_NONE || !gtk_widget_get_mapped (self->widget))
    return;
  if (self->cancellable != NULL)
    {
      g_cancellable_cancel (self->cancellable);
      g_object_unref (self->cancellable);
    }
  self->again = FALSE;
  self->cancellable = g_cancellable_new ();
  g_free (self->filter);
  self->filter = dsp_filter_print (query.filter);
  under = g_new (Under, 1);
  *under = (Under) { self, g_object_ref (self->cancellable) };
  g_ref_count_inc (&self->refs);
  dsp_replica_chart_async (dsp_office_get_replica (self->office), &query, self->cancellable, answered_cb, under);
}

/* The list has been asked for anew: because of the filter, of the data, or because time passed. */
static void
on_refreshed (DspChartAsk *self)
{
  g_autofree char *filter = dsp_filter_print (dsp_office_get_filter (self->office));

  if (self->cancellable != NULL && g_strcmp0 (filter, self->filter) == 0)
    self->again = TRUE;
  else
    ask (self);
}

/* Amounts depend on whether their pre-invoice is approved, too. */
static bool
is_read (DspChartKind     kind,
         const DspEntity *entity)
{
  const DspEntity *reads = dsp_chart_info (kind)->reads;

  return reads != NULL && (entity == reads || (reads == &dsp_statement_line && entity == &dsp_pre_invoice));
}

static void
on_records_changed (DspOffice       *office,
                    const DspEntity *entity,
                    DspChartAsk     *self)
{
  if (entity == NULL || is_read (self->kind, entity) || entity == &dsp_crew || entity == &dsp_distributor || entity == &dsp_reason_code)
    on_refreshed (self);
}

DspChartAsk *
dsp_chart_ask_new (DspOffice      *office,
                   GtkWidget      *widget,
                   DspChartAnswer  answer,
                   gpointer        user_data)
{
  DspChartAsk *self = g_new0 (DspChartAsk, 1);

  g_ref_count_init (&self->refs);
  self->office = g_object_ref (office);
  self->widget = widget;
  self->answer = answer;
  self->user_data = user_data;
  g_signal_connect_swapped (office, "refreshed", G_CALLBACK (on_refreshed), self);
  g_signal_connect (office, "records-changed", G_CALLBACK (on_records_changed), self);
  g_signal_connect_swapped (widget, "map", G_CALLBACK (ask), self);
  return self;
}

void
dsp_chart_ask_free (DspChartAsk *self)
{
  if (self == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->office, self);
  g_signal_handlers_disconnect_by_data (self->widget, self);
  g_clear_object (&self->office);
  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  unref (self);
}

void
dsp_chart_ask_for (DspChartAsk    *self,
                   DspChartKind    kind,
                   const DspField *by,
                   DspDate         day)
{
  self->kind = kind;
  self->by = by;
  self->day = day;
  ask (self);
}

const DspChart *
dsp_chart_ask_get (DspChartAsk *self)
{
  return self->chart;
}
