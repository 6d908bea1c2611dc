/* dsp-chart-table.h: the figures of a chart as a table, all of them, sorted by any column
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Signal "pressed" (guint bar): a row was activated.
 */
#pragma once

#include "dsp-chart-words.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define DSP_TYPE_CHART_TABLE (dsp_chart_table_get_type ())
G_DECLARE_FINAL_TYPE (DspChartTable, dsp_chart_table, DSP, CHART_TABLE, GtkWidget)

GtkWidget *dsp_chart_table_new  (DspOffice *office);
void       dsp_chart_table_show (DspChartTable *self, const DspChart *chart);

G_END_DECLS
