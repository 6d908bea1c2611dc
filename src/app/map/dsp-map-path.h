/* dsp-map-path.h: many rings, projected once, to cairo paths
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <cairo.h>

#include "dsp-geometry.h"

G_BEGIN_DECLS

/* The part of the world that a picture shows: pixel = (unit - origin) * scale. */
typedef struct
{
  double origin_x;
  double origin_y;
  double scale;
  double width;  /* pixels */
  double height;
} DspMapFrame;

/* Rings of one area or country, ready to be drawn: floats relative to the box's corner keep centimetres. */
typedef struct
{
  double x0; /* box, in the unit square */
  double y0;
  double x1;
  double y1;
  guint n_rings;
  guint *ring_ends; /* (array length=n_rings): index after the ring's last point */
  float *points;    /* x, y, x, y */
} DspMapShape;

void     dsp_map_shape_init_from_geometry (DspMapShape       *shape,
                                           const DspGeometry *geometry);
void     dsp_map_shape_clear              (DspMapShape       *shape);

gboolean dsp_map_shape_is_visible         (const DspMapShape *shape,
                                           const DspMapFrame *frame,
                                           double             margin);
guint    dsp_map_shape_add_path           (const DspMapShape *shape,
                                           const DspMapFrame *frame,
                                           cairo_t           *cr);

G_END_DECLS
