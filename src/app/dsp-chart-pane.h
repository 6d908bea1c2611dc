/* dsp-chart-pane.h: one chart with its figures, or as a card among others
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Signal "open" (const char *conditions): somebody pressed a bar: its orders, besides the office's filter.
 */
#pragma once

#include "dsp-office.h"
#include "dsp-order-chart.h"

G_BEGIN_DECLS

#define DSP_TYPE_CHART_PANE (dsp_chart_pane_get_type ())
G_DECLARE_FINAL_TYPE (DspChartPane, dsp_chart_pane, DSP, CHART_PANE, GtkWidget)

/* @card: only the picture under its title, which activates "charts.show" with the kind's word. */
GtkWidget *dsp_chart_pane_new  (DspOffice *office, gboolean card);
void       dsp_chart_pane_show (DspChartPane *self, DspChartKind kind);

G_END_DECLS
