/* dsp-map-mercator.h: degrees to the unit square of web maps and back
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * x and y run from 0 (west, north) to 1; times 256 * 2^zoom they are pixels.
 */
#pragma once

#include <math.h>

#include "dsp-geometry.h"

#define DSP_MAP_TILE_SIZE 256
#define DSP_MAP_MIN_ZOOM 3
#define DSP_MAP_MAX_ZOOM 18
#define DSP_MAP_MAX_LAT 85.05112878

static inline double
dsp_map_x_from_lon (double lon)
{
  return lon / 360.0 + 0.5;
}

static inline double
dsp_map_y_from_lat (double lat)
{
  double s = sin (CLAMP (lat, -DSP_MAP_MAX_LAT, DSP_MAP_MAX_LAT) * G_PI / 180.0);

  return 0.5 - log ((1 + s) / (1 - s)) / (4 * G_PI);
}

static inline double
dsp_map_lon_from_x (double x)
{
  return (x - 0.5) * 360.0;
}

static inline double
dsp_map_lat_from_y (double y)
{
  return atan (sinh ((0.5 - y) * 2 * G_PI)) * 180.0 / G_PI;
}

/* Pixels across the world. */
static inline double
dsp_map_scale_from_zoom (double zoom)
{
  return DSP_MAP_TILE_SIZE * exp2 (zoom);
}

static inline double
dsp_map_zoom_from_scale (double scale)
{
  return log2 (scale / DSP_MAP_TILE_SIZE);
}

static inline DspGeoPoint
dsp_map_point_from_xy (double x,
                       double y)
{
  return (DspGeoPoint) {
    (gint32) lround (CLAMP (dsp_map_lon_from_x (x), -180.0, 180.0) * 1e7),
    (gint32) lround (CLAMP (dsp_map_lat_from_y (y), -90.0, 90.0) * 1e7),
  };
}
