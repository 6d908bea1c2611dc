/* dsp-map-marks.c: the shapes of what stands at a point of the map
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-map"

#include "config.h"
#include "dsp-map-marks.h"

/* A house: where the day begins and ends. */
void
dsp_map_add_house (cairo_t *cr,
                   double   x,
                   double   y,
                   double   r)
{
  cairo_move_to (cr, x, y - r);
  cairo_line_to (cr, x + r, y - 0.5);
  cairo_line_to (cr, x + r - 2.5, y - 0.5);
  cairo_line_to (cr, x + r - 2.5, y + r - 2);
  cairo_line_to (cr, x - r + 2.5, y + r - 2);
  cairo_line_to (cr, x - r + 2.5, y - 0.5);
  cairo_line_to (cr, x - r, y - 0.5);
  cairo_close_path (cr);
}

/* A drop that points at where the crew was last. */
void
dsp_map_add_drop (cairo_t *cr,
                  double   x,
                  double   y,
                  double   r)
{
  cairo_move_to (cr, x, y);
  cairo_line_to (cr, x - r * 0.75, y - r * 1.1);
  cairo_arc (cr, x, y - r * DSP_MAP_DROP_UP, r * 0.9, G_PI * 0.82, G_PI * 2.18);
  cairo_close_path (cr);
}

/* Circle, diamond, triangle: urgency is read without colour too. */
void
dsp_map_add_pin (cairo_t       *cr,
                 double         x,
                 double         y,
                 double         r,
                 DspMapUrgency  urgency)
{
  switch (urgency)
    {
    case DSP_MAP_URGENCY_AT_RISK:
      cairo_move_to (cr, x, y - r);
      cairo_line_to (cr, x + r, y);
      cairo_line_to (cr, x, y + r);
      cairo_line_to (cr, x - r, y);
      cairo_close_path (cr);
      break;

    case DSP_MAP_URGENCY_PENALIZED:
      cairo_move_to (cr, x, y - r);
      cairo_line_to (cr, x + r, y + r * 0.75);
      cairo_line_to (cr, x - r, y + r * 0.75);
      cairo_close_path (cr);
      break;

    case DSP_MAP_URGENCY_NORMAL:
    default:
      cairo_arc (cr, x, y, r - 1.2, 0, 2 * G_PI);
      break;
    }
}
