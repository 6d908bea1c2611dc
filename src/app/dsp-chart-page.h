/* dsp-chart-page.h: charts of the orders in the filter, and the four that matter to whoever looks
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_CHART_PAGE (dsp_chart_page_get_type ())
G_DECLARE_FINAL_TYPE (DspChartPage, dsp_chart_page, DSP, CHART_PAGE, GtkWidget)

GtkWidget *dsp_chart_page_new         (DspOffice *office);
void       dsp_chart_page_open_filter (DspChartPage *self);

G_END_DECLS
