/* dsp-map-render-outline.c: the outlines of what is chosen, visible on any colour
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-map"

#include "config.h"
#include "dsp-map-render.h"

#include "dsp-map-palette.h"

static void
stroke_cased (cairo_t        *cr,
              gboolean        is_dark,
              DspMapSelected  how,
              double          width)
{
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  dsp_map_set_rgb (cr, dsp_map_palette_get_paper (is_dark), 0.95);
  cairo_set_line_width (cr, width + 2.6);
  cairo_stroke_preserve (cr);
  dsp_map_set_rgb (cr, dsp_map_palette_get_ink (is_dark), 1);
  cairo_set_line_width (cr, width);
  if (how == DSP_MAP_SELECTED_PARTLY)
    cairo_set_dash (cr, (double[]) { 5, 4 }, 2, 0);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
}

/* Strokes an area; `how` decides between a full and a broken line. */
void
dsp_map_render_outline (cairo_t           *cr,
                        const DspMapFrame *frame,
                        const DspMapShape *shape,
                        gboolean           is_dark,
                        DspMapSelected     how,
                        double             width)
{
  cairo_new_path (cr);
  dsp_map_shape_add_path (shape, frame, cr);
  stroke_cased (cr, is_dark, how, width);
}

void
dsp_map_render_ring (cairo_t        *cr,
                     double          x,
                     double          y,
                     double          radius,
                     gboolean        is_dark,
                     DspMapSelected  how,
                     double          width)
{
  cairo_new_path (cr);
  cairo_arc (cr, x, y, radius, 0, 2 * G_PI);
  stroke_cased (cr, is_dark, how, width);
}
