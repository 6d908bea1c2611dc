/* dsp-totals-view.h: what lines come to: by concept, and the sums of a bill
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-statement.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define DSP_TYPE_TOTALS_VIEW (dsp_totals_view_get_type ())
G_DECLARE_FINAL_TYPE (DspTotalsView, dsp_totals_view, DSP, TOTALS_VIEW, GtkWidget)

GtkWidget *dsp_totals_view_new  (void);
void       dsp_totals_view_show (DspTotalsView *self, const DspTotals *totals);

G_END_DECLS
