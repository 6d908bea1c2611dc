/* dsp-map-hatch.c: slanting lines over what is closed, readable on any colour and without colour
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-map"

#include "config.h"
#include "dsp-map-hatch.h"

#include <math.h>

#include "dsp-map-palette.h"

#define SPACING 7.0 /* along x */

/* The lines are those with x + y = phase + n * SPACING. */
void
dsp_map_hatch_fill (cairo_t  *cr,
                    double    phase,
                    gboolean  is_dark)
{
  double x0, y0, x1, y1;

  cairo_save (cr);
  cairo_clip (cr);
  cairo_clip_extents (cr, &x0, &y0, &x1, &y1);
  for (double at = ceil ((x0 + y0 - phase) / SPACING) * SPACING + phase; at < x1 + y1; at += SPACING)
    {
      cairo_move_to (cr, at - y0, y0);
      cairo_line_to (cr, at - y1, y1);
    }
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_BUTT);
  dsp_map_set_rgb (cr, dsp_map_palette_get_paper (is_dark), 0.6);
  cairo_set_line_width (cr, 3);
  cairo_stroke_preserve (cr);
  dsp_map_set_rgb (cr, dsp_map_palette_get_ink (is_dark), 0.8);
  cairo_set_line_width (cr, 1.2);
  cairo_stroke (cr);
  cairo_restore (cr);
}

double
dsp_map_hatch_phase (const DspMapFrame *frame)
{
  return -fmod ((frame->origin_x + frame->origin_y) * frame->scale, SPACING);
}
