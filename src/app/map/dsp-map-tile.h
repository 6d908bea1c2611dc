/* dsp-map-tile.h: pictures of tiles: decoded, magnified, and drawn cheaply
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef enum
{
  DSP_MAP_IMAGE_UNKNOWN,
  DSP_MAP_IMAGE_PNG,
  DSP_MAP_IMAGE_JPEG,
  DSP_MAP_IMAGE_WEBP,   /* recognised, not drawn */
  DSP_MAP_IMAGE_VECTOR, /* (gzipped) protocol buffers */
} DspMapImage;

DspMapImage      dsp_map_image_sniff      (GBytes          *bytes);
cairo_surface_t *dsp_map_image_decode     (GBytes          *bytes) G_GNUC_WARN_UNUSED_RESULT;
cairo_surface_t *dsp_map_image_magnify    (cairo_surface_t *ancestor,
                                           guint            n_levels,
                                           guint            x,
                                           guint            y,
                                           guint            size) G_GNUC_WARN_UNUSED_RESULT;

#define DSP_TYPE_MAP_TILE (dsp_map_tile_get_type ())
G_DECLARE_FINAL_TYPE (DspMapTile, dsp_map_tile, DSP, MAP_TILE, GObject)

GdkPaintable    *dsp_map_tile_new         (cairo_surface_t *surface,
                                           gboolean         has_cairo_renderer) G_GNUC_WARN_UNUSED_RESULT;

GskRenderNode   *dsp_map_node_from_surface (cairo_surface_t *surface,
                                            double           width,
                                            double           height,
                                            gboolean         has_cairo_renderer) G_GNUC_WARN_UNUSED_RESULT;
gboolean         dsp_map_widget_has_cairo_renderer (GtkWidget *widget);

G_END_DECLS
