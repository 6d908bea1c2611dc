/* dsp-chart-view.h: a picture of bars that can be pressed, by pointer and by keyboard
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Arrows go from bar to bar, Enter or Space presses; whoever does not see it hears the bar in words.
 *
 * Signal "pressed" (guint bar, guint series).
 */
#pragma once

#include "dsp-chart-draw.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define DSP_TYPE_CHART_VIEW (dsp_chart_view_get_type ())
G_DECLARE_FINAL_TYPE (DspChartView, dsp_chart_view, DSP, CHART_VIEW, GtkWidget)

GtkWidget *dsp_chart_view_new  (void);
/* @title: what it is called. @words: (transfer full): a sentence for each bar. Takes both and @picture. */
void       dsp_chart_view_show (DspChartView *self, const char *title, DspPicture *picture, GStrv words);

G_END_DECLS
