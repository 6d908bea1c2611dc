/* dsp-map-view-look.c: where the map looks
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-map"

#include "config.h"
#include "dsp-map-view-private.h"

#include "dsp-map-mercator.h"

#define FIT_MARGIN 28 /* pixels around what is shown */
#define MAX_FIT_ZOOM 15.4
#define GO_TO_MS 220

void
dsp_map_view_go_to (DspMapView *self,
                    double      x,
                    double      y,
                    double      zoom)
{
  gboolean is_animated = FALSE;

  shumate_map_stop_go_to (self->map);
  g_object_get (gtk_widget_get_settings (GTK_WIDGET (self)), "gtk-enable-animations", &is_animated, NULL);
  if (is_animated && !self->is_picture && gtk_widget_get_mapped (GTK_WIDGET (self)))
    {
      shumate_map_go_to_full_with_duration (self->map, dsp_map_lat_from_y (y), dsp_map_lon_from_x (x), zoom, GO_TO_MS);
      return;
    }

  shumate_viewport_set_zoom_level (self->viewport, zoom);
  shumate_location_set_location (SHUMATE_LOCATION (self->viewport), dsp_map_lat_from_y (y), dsp_map_lon_from_x (x));
}

static void
fit (DspMapView *self,
     double      x0,
     double      y0,
     double      x1,
     double      y1)
{
  double width = gtk_widget_get_width (GTK_WIDGET (self)) - 2 * FIT_MARGIN;
  double height = gtk_widget_get_height (GTK_WIDGET (self)) - 2 * FIT_MARGIN;
  double scale = MIN (MAX (width, 64) / MAX (x1 - x0, 1e-12), MAX (height, 64) / MAX (y1 - y0, 1e-12));
  double zoom = floor (dsp_map_zoom_from_scale (scale) * 5) / 5;

  dsp_map_view_go_to (self, (x0 + x1) / 2, (y0 + y1) / 2, CLAMP (zoom, DSP_MAP_MIN_ZOOM, MAX_FIT_ZOOM));
}

void
dsp_map_view_do_pending (DspMapView *self)
{
  DspMapPending pending = self->pending;
  double x0, y0, x1, y1;

  if (pending == DSP_MAP_PENDING_NOTHING || gtk_widget_get_width (GTK_WIDGET (self)) <= 0
      || dsp_map_layer_is_preparing (self->layer))
    return;

  /* Without any data yet, it waits for some. */
  if (!dsp_map_layer_get_extent (self->layer, pending == DSP_MAP_PENDING_SELECTION, &x0, &y0, &x1, &y1))
    {
      if (pending == DSP_MAP_PENDING_SELECTION)
        self->pending = DSP_MAP_PENDING_NOTHING;
      return;
    }

  self->pending = DSP_MAP_PENDING_NOTHING;
  fit (self, x0, y0, x1, y1);
}

void
dsp_map_view_zoom_by (DspMapView *self,
                      double      step)
{
  double zoom = round ((shumate_viewport_get_zoom_level (self->viewport) + step) * 5) / 5;

  dsp_map_view_go_to (self, dsp_map_x_from_lon (shumate_location_get_longitude (SHUMATE_LOCATION (self->viewport))),
                      dsp_map_y_from_lat (shumate_location_get_latitude (SHUMATE_LOCATION (self->viewport))),
                      CLAMP (zoom, DSP_MAP_MIN_ZOOM, DSP_MAP_MAX_ZOOM));
}

/* Shows all codes with orders; once there are any, if there are none yet. */
void
dsp_map_view_zoom_to_fit (DspMapView *self)
{
  g_return_if_fail (DSP_IS_MAP_VIEW (self));

  self->pending = DSP_MAP_PENDING_FIT;
  dsp_map_view_do_pending (self);
}

void
dsp_map_view_zoom_to_selection (DspMapView *self)
{
  g_return_if_fail (DSP_IS_MAP_VIEW (self));

  self->pending = DSP_MAP_PENDING_SELECTION;
  dsp_map_view_do_pending (self);
}

/* Shows a code and puts the keyboard's cursor on it. Returns FALSE for a code without a place. */
gboolean
dsp_map_view_zoom_to_code (DspMapView *self,
                           const char *code)
{
  double x0, y0, x1, y1, zoom;

  g_return_val_if_fail (DSP_IS_MAP_VIEW (self), FALSE);

  if (!dsp_map_layer_get_code_extent (self->layer, code, &x0, &y0, &x1, &y1))
    return FALSE;

  dsp_map_layer_set_cursor (self->layer, code);
  zoom = shumate_viewport_get_zoom_level (self->viewport);
  if (x1 - x0 < 1e-9)
    {
      dsp_map_view_go_to (self, x0, y0, MAX (zoom, 13));
    }
  else
    {
      /* Its neighbours too: a shape alone does not say where it is. */
      double dx = x1 - x0, dy = y1 - y0;

      fit (self, x0 - dx, y0 - dy, x1 + dx, y1 + dy);
    }

  return TRUE;
}

void
dsp_map_view_set_centre (DspMapView *self,
                         gint32      lat_e7,
                         gint32      lon_e7,
                         double      zoom)
{
  g_return_if_fail (DSP_IS_MAP_VIEW (self));

  self->pending = DSP_MAP_PENDING_NOTHING;
  shumate_map_stop_go_to (self->map);
  shumate_viewport_set_zoom_level (self->viewport, CLAMP (zoom, DSP_MAP_MIN_ZOOM, DSP_MAP_MAX_ZOOM));
  shumate_location_set_location (SHUMATE_LOCATION (self->viewport), lat_e7 / 1e7, lon_e7 / 1e7);
}

void
dsp_map_view_get_centre (DspMapView *self,
                         gint32     *lat_e7,
                         gint32     *lon_e7,
                         double     *zoom)
{
  g_return_if_fail (DSP_IS_MAP_VIEW (self));

  *lat_e7 = (gint32) lround (shumate_location_get_latitude (SHUMATE_LOCATION (self->viewport)) * 1e7);
  *lon_e7 = (gint32) lround (shumate_location_get_longitude (SHUMATE_LOCATION (self->viewport)) * 1e7);
  *zoom = shumate_viewport_get_zoom_level (self->viewport);
}

/* The part of the world in view. */
DspGeoBox
dsp_map_view_get_region (DspMapView *self)
{
  DspMapFrame frame;
  DspGeoPoint north_west, south_east;

  g_return_val_if_fail (DSP_IS_MAP_VIEW (self), ((DspGeoBox) { 0 }));

  dsp_map_layer_get_frame (self->layer, &frame);
  north_west = dsp_map_point_from_xy (frame.origin_x, frame.origin_y);
  south_east = dsp_map_point_from_xy (frame.origin_x + frame.width / frame.scale,
                                      frame.origin_y + frame.height / frame.scale);

  return (DspGeoBox) { north_west.lon_e7, south_east.lat_e7, south_east.lon_e7, north_west.lat_e7 };
}

/* TRUE if single orders are shown at this zoom: time to hand in those of the region. */
gboolean
dsp_map_view_wants_pins (DspMapView *self)
{
  g_return_val_if_fail (DSP_IS_MAP_VIEW (self), FALSE);

  return shumate_viewport_get_zoom_level (self->viewport) >= DSP_MAP_PIN_ZOOM;
}
