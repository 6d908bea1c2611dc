/* dsp-chart-export.h: a chart in a file: PNG, SVG, PDF, or its figures as CSV
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-chart-words.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum { DSP_CHART_PNG, DSP_CHART_SVG, DSP_CHART_PDF, DSP_CHART_CSV, DSP_N_CHART_FILES } DspChartFile;
extern const char *const dsp_chart_file_words[DSP_N_CHART_FILES]; /* "png" …: also the ends of the files' names */

/* Bars that a picture holds; the figures have all. */
#define DSP_CHART_MAX_BARS 40

/* The whole file. NULL with an error. (transfer full) */
GBytes *dsp_picture_file   (const DspPicture *picture, DspChartFile file, GError **error); /* not CSV */
/* Asks where, writes it there, and says so. @chart is used at once. */
void    dsp_chart_export   (GtkWidget *widget, DspOffice *office, const DspChart *chart, DspChartFile file);

G_END_DECLS
