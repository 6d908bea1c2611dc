/* dsp-map-marks.h: the shapes of what stands at a point of the map
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each adds a closed path around (x, y), in pixels, to be filled or stroked. Any thread.
 */
#pragma once

#include "dsp-map-view.h"

G_BEGIN_DECLS

void dsp_map_add_house (cairo_t *cr, double x, double y, double r);
void dsp_map_add_drop  (cairo_t *cr, double x, double y, double r); /* its tip at the point; its head DSP_MAP_DROP_UP times r above */
void dsp_map_add_pin   (cairo_t *cr, double x, double y, double r, DspMapUrgency urgency);

#define DSP_MAP_DROP_UP 1.6

G_END_DECLS
