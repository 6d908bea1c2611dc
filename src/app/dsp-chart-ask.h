/* dsp-chart-ask.h: one chart of the office's filter, asked for anew when something changes
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a person asks for takes the place of what is under way; what only happened to the data waits for its end. Nothing is
 * asked for while nobody looks. Main thread only.
 */
#pragma once

#include "dsp-office.h"
#include "dsp-order-chart.h"

G_BEGIN_DECLS

typedef struct _DspChartAsk DspChartAsk;

/* @chart: lent until the next one or dsp_chart_ask_free(). */
typedef void (*DspChartAnswer) (const DspChart *chart, gpointer user_data);

/* @widget: whoever shows it; while it is not mapped nothing is asked. */
DspChartAsk    *dsp_chart_ask_new  (DspOffice *office, GtkWidget *widget, DspChartAnswer answer, gpointer user_data);
void            dsp_chart_ask_free (DspChartAsk *self);
/* @by nullable: the kind's own. @day: of DSP_CHART_HOURS; none: today. */
void            dsp_chart_ask_for  (DspChartAsk *self, DspChartKind kind, const DspField *by, DspDate day);
const DspChart *dsp_chart_ask_get  (DspChartAsk *self); /* nullable */

G_END_DECLS
