/* dsp-map-palette.h: the map's colours, for light and dark, told apart by every kind of eye
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Areas use one hue per question, from pale to strong (on a dark map from dim to bright): order is read from lightness
 * alone. Urgency uses blue, amber and vermilion (Okabe and Ito), which differ for colour-blind people too, and pins
 * differ in shape as well.
 */
#pragma once

#include <cairo.h>

#include "dsp-map-scene.h"

G_BEGIN_DECLS

typedef struct
{
  double red;
  double green;
  double blue;
} DspMapRgb;

DspMapRgb dsp_map_palette_get_class   (DspMapColour  colour,
                                       guint         n_class,
                                       gboolean      is_dark);
DspMapRgb dsp_map_palette_get_urgency (DspMapUrgency urgency,
                                       gboolean      is_dark);
DspMapRgb dsp_map_palette_get_paper   (gboolean      is_dark);
DspMapRgb dsp_map_palette_get_ink     (gboolean      is_dark);
DspMapRgb dsp_map_palette_get_text_on (DspMapRgb     background);

static inline void
dsp_map_set_rgb (cairo_t   *cr,
                 DspMapRgb  rgb,
                 double     alpha)
{
  cairo_set_source_rgba (cr, rgb.red, rgb.green, rgb.blue, alpha);
}

/* How strongly areas cover the base map. */
#define DSP_MAP_FILL_ALPHA 0.82

G_END_DECLS
