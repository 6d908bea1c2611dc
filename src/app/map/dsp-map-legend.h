/* dsp-map-legend.h: what the map's colours and signs mean
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

#include "dsp-map-scene.h"

G_BEGIN_DECLS

#define DSP_TYPE_MAP_LEGEND (dsp_map_legend_get_type ())
G_DECLARE_FINAL_TYPE (DspMapLegend, dsp_map_legend, DSP, MAP_LEGEND, GtkWidget)

void dsp_map_legend_set  (DspMapLegend  *self,
                          DspMapColour   colour,
                          const guint32 *breaks,
                          const char    *closed,
                          gboolean       is_dark);
void dsp_map_legend_draw (cairo_t       *cr,
                          PangoLayout   *layout,
                          DspMapColour   colour,
                          const guint32 *breaks,
                          const char    *closed,
                          gboolean       is_dark);
int  dsp_map_legend_height (const char   *closed);

#define DSP_MAP_LEGEND_WIDTH 226

G_END_DECLS
