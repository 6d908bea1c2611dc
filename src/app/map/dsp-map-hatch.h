/* dsp-map-hatch.h: slanting lines over what is closed, readable on any colour and without colour
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <cairo.h>

#include "dsp-map-path.h"

G_BEGIN_DECLS

/* Shades what the current path encloses, and forgets the path. Any thread. */
void   dsp_map_hatch_fill  (cairo_t           *cr,
                            double             phase,
                            gboolean           is_dark);

/* The phase with which the lines stay where they are on the ground, whatever part of it the frame shows. */
double dsp_map_hatch_phase (const DspMapFrame *frame);

G_END_DECLS
