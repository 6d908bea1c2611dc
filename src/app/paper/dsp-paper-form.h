/* dsp-paper-form.h: boxes and lines that are filled in by hand
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-paper-flow.h"

G_BEGIN_DECLS

#define DSP_PAPER_TICK 8.0 /* a box to tick */

/* A section's name with a line under it; at least @then points below it stay on the same page. */
void   dsp_paper_heading       (DspPaperFlow *flow, const char *text, double then);
/* Labels above values, side by side in so many columns; those without a value leave their place to the next. */
#define DSP_PAPER_FACT_COLUMNS 4
typedef struct { const char *label, *value; DspPaperStyle style; guint span; /* of the columns */ } DspPaperFact;
void   dsp_paper_facts         (DspPaperFlow *flow, const DspPaperFact *facts, guint n);
void   dsp_paper_tick          (DspPaperFlow *flow, double x, double y);
/* A box and what it means; returns the height. */
double dsp_paper_ticked        (DspPaperFlow *flow, double x, double y, double width, const char *text);
double dsp_paper_ticked_height (DspPaperFlow *flow, double width, const char *text);
/* "label ______": a line to write on; the label begins at @x, the line ends at @x + @width. */
void   dsp_paper_blank         (DspPaperFlow *flow, double x, double y, double width, double label_width, const char *label);
/* Closed, rejected, to be rescheduled: side by side, each with its codes; @boxes: to tick. */
void   dsp_paper_ways          (DspPaperFlow *flow, gboolean boxes, GStrv solutions, GStrv rejections, GStrv reschedules);
double dsp_paper_ways_height   (DspPaperFlow *flow, GStrv solutions, GStrv rejections, GStrv reschedules);

G_END_DECLS
