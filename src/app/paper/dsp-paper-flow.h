/* dsp-paper-flow.h: text that flows over pages
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A flow is filled from top to bottom and then drawn, page by page, on any cairo context: that of the print dialog or of
 * a PDF file. What does not fit goes on with the next page; nothing is ever cut. Lengths are points (1/72 inch), from the
 * upper left corner of the page's printable part.
 *
 * A pen belongs to one thread; it keeps what it has shaped, since most words of a pack are the same on each sheet. A flow
 * must not outlive its pen.
 */
#pragma once

#include <cairo.h>
#include <glib.h>

G_BEGIN_DECLS

typedef enum {
  DSP_PAPER_BODY,
  DSP_PAPER_STRONG,
  DSP_PAPER_SMALL,
  DSP_PAPER_LABEL,   /* the name of a value: small and grey */
  DSP_PAPER_HEADING, /* of a section */
  DSP_PAPER_TITLE,
  DSP_PAPER_NUMBER,  /* an order's number: its digits are told apart easily */
  DSP_PAPER_N_STYLES
} DspPaperStyle;

typedef enum { DSP_PAPER_LEFT, DSP_PAPER_RIGHT, DSP_PAPER_CENTRE } DspPaperAlign;

typedef struct _DspPaperPen DspPaperPen;
typedef struct _DspPaperFlow DspPaperFlow;

DspPaperPen  *dsp_paper_pen_new  (void);
void          dsp_paper_pen_free (DspPaperPen *pen);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspPaperPen, dsp_paper_pen_free)

/* Called at the top of each page but the first, to repeat what it is about; it may place, and advance. */
typedef void (*DspPaperPageFunc) (DspPaperFlow *flow, gpointer user_data);
/* Draws a picture whose upper left corner is the origin. @picture is what was handed in. */
typedef void (*DspPaperDrawFunc) (cairo_t *cr, gconstpointer picture, double width, double height);

DspPaperFlow *dsp_paper_flow_new    (DspPaperPen *pen, double width, double height, DspPaperPageFunc on_page, gpointer user_data);
void          dsp_paper_flow_free   (DspPaperFlow *flow);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspPaperFlow, dsp_paper_flow_free)

double        dsp_paper_flow_width  (DspPaperFlow *flow);
double        dsp_paper_flow_left   (DspPaperFlow *flow); /* what is left of the page, downwards */
double        dsp_paper_flow_y      (DspPaperFlow *flow);
guint         dsp_paper_flow_n_pages (DspPaperFlow *flow);

/* A page whose rest is shorter than @height ends here; a height of more than a page begins a new one at most. */
void          dsp_paper_flow_need   (DspPaperFlow *flow, double height);
void          dsp_paper_flow_break  (DspPaperFlow *flow); /* a new page, in any case */
void          dsp_paper_flow_skip   (DspPaperFlow *flow, double height);

/* How high @text becomes. NULL is nothing. */
double        dsp_paper_flow_measure (DspPaperFlow *flow, DspPaperStyle style, double width, const char *text);
/* Text that goes on with the next page, line by line, and moves the flow down. */
void          dsp_paper_flow_text   (DspPaperFlow *flow, DspPaperStyle style, double x, double width, const char *text);
/* Columns side by side: @texts of one style each, from the flow's place; moves down by the highest. If they do not fit the
 * rest of the page they go to the next, and if not even there, one under the other. */
typedef struct { DspPaperStyle style; double x, width; const char *text; DspPaperAlign align; } DspPaperCell;
double        dsp_paper_flow_row_height (DspPaperFlow *flow, const DspPaperCell *cells, guint n_cells);
void          dsp_paper_flow_row    (DspPaperFlow *flow, const DspPaperCell *cells, guint n_cells);

/* On the present page, at a place of its own; the flow stays where it is. Text is wrapped, not limited: returns its height. */
double        dsp_paper_flow_put    (DspPaperFlow *flow, DspPaperStyle style, double x, double y, double width, DspPaperAlign align,
                                     const char *text);
void          dsp_paper_flow_rule   (DspPaperFlow *flow, double x, double y, double width, double height, double thickness);
void          dsp_paper_flow_box    (DspPaperFlow *flow, double x, double y, double width, double height, double thickness);
void          dsp_paper_flow_shade  (DspPaperFlow *flow, double x, double y, double width, double height, double grey);
/* @picture is borrowed until the flow ends. */
void          dsp_paper_flow_picture (DspPaperFlow *flow, double x, double y, double width, double height, DspPaperDrawFunc draw,
                                      gconstpointer picture);
/* Bars of Code 128, with the quiet zone inside @width; nothing where @text cannot be encoded. */
void          dsp_paper_flow_barcode (DspPaperFlow *flow, double x, double y, double width, double height, const char *text);

/* A place on any page, for what is known only at the end: "page 1 of 2". */
void          dsp_paper_flow_put_on (DspPaperFlow *flow, guint page, DspPaperStyle style, double x, double y, double width,
                                     DspPaperAlign align, const char *text);

void          dsp_paper_flow_draw   (DspPaperFlow *flow, guint page, cairo_t *cr);

G_END_DECLS
