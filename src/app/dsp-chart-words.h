/* dsp-chart-words.h: a chart's bars and figures in words, as a picture and as a file of figures
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-chart-draw.h"
#include "dsp-office.h"
#include "dsp-order-axis.h"
#include "dsp-order-chart.h"

G_BEGIN_DECLS

/* All (transfer full). Main thread only. */
char       *dsp_chart_title       (const DspChart *chart);                 /* with what it is divided by, if that was chosen */
char       *dsp_chart_by_label    (const DspField *by);
char       *dsp_chart_bar_label   (DspOffice *office, const DspChart *chart, const DspChartBar *bar);
char       *dsp_chart_bar_axis    (DspOffice *office, const DspChart *chart, const DspChartBar *bar); /* the same, shorter */
/* What a part of an axis is called; of a field. */
char       *dsp_axis_part_label   (DspOffice *office, const DspField *by, const DspAxisPart *part, DspSpan span, gboolean is_short);
/* As a spreadsheet takes it: times in minutes, distances in kilometres, money in whole units with the currency's decimals. */
char       *dsp_figure_plain      (DspUnit unit, gint64 value);
char       *dsp_chart_figure_text (DspUnit unit, gint64 value);
/* One bar with all its figures, as a sentence: for a tooltip and a screen reader. */
char       *dsp_chart_bar_words   (DspOffice *office, const DspChart *chart, const DspChartBar *bar);
/* At most @n_max bars. */
DspPicture *dsp_chart_picture     (DspOffice *office, const DspChart *chart, guint n_max);
/* All bars with their figures: numbers as a spreadsheet takes them, texts harmless. UTF-8 with a mark. */
char       *dsp_chart_csv         (DspOffice *office, const DspChart *chart);

G_END_DECLS
