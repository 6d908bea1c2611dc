/* dsp-map-path.c: many rings, projected once, to cairo paths
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-map"

#include "config.h"
#include "dsp-map-path.h"

#include "dsp-map-mercator.h"

/* Points snap to this many places per pixel, repeated ones are skipped. A point snaps the same way in both areas that
 * share it, so neighbours lose the same detail and no gap opens; and a path is never longer than its outline in
 * half pixels, whatever the data. */
#define SNAPS_PER_PIXEL 2.0

void
dsp_map_shape_init_from_geometry (DspMapShape       *shape,
                                  const DspGeometry *geometry)
{
  guint n = 0;

  shape->x0 = dsp_map_x_from_lon (geometry->box.west / 1e7);
  shape->x1 = dsp_map_x_from_lon (geometry->box.east / 1e7);
  shape->y0 = dsp_map_y_from_lat (geometry->box.north / 1e7);
  shape->y1 = dsp_map_y_from_lat (geometry->box.south / 1e7);
  shape->n_rings = geometry->n_rings;
  shape->ring_ends = g_new (guint, geometry->n_rings);
  shape->points = g_new (float, 2 * geometry->n_points);

  for (guint i = 0; i < geometry->n_rings; i++)
    {
      const DspGeoPoint *points = geometry->points + geometry->rings[i].first;

      for (guint j = 0; j < geometry->rings[i].n_points; j++)
        {
          shape->points[2 * n] = (float) (dsp_map_x_from_lon (points[j].lon_e7 / 1e7) - shape->x0);
          shape->points[2 * n + 1] = (float) (dsp_map_y_from_lat (points[j].lat_e7 / 1e7) - shape->y0);
          n++;
        }
      shape->ring_ends[i] = n;
    }
}

void
dsp_map_shape_clear (DspMapShape *shape)
{
  g_clear_pointer (&shape->ring_ends, g_free);
  g_clear_pointer (&shape->points, g_free);
}

/* TRUE if the shape's box, `margin` pixels wider, meets the frame. */
gboolean
dsp_map_shape_is_visible (const DspMapShape *shape,
                          const DspMapFrame *frame,
                          double             margin)
{
  return (shape->x0 - frame->origin_x) * frame->scale < frame->width + margin
         && (shape->x1 - frame->origin_x) * frame->scale > -margin
         && (shape->y0 - frame->origin_y) * frame->scale < frame->height + margin
         && (shape->y1 - frame->origin_y) * frame->scale > -margin;
}

/* Adds the rings to the current path, closed; fill with CAIRO_FILL_RULE_WINDING. Returns the number of points added. */
guint
dsp_map_shape_add_path (const DspMapShape *shape,
                        const DspMapFrame *frame,
                        cairo_t           *cr)
{
  double offset_x = (shape->x0 - frame->origin_x) * frame->scale * SNAPS_PER_PIXEL;
  double offset_y = (shape->y0 - frame->origin_y) * frame->scale * SNAPS_PER_PIXEL;
  double scale = frame->scale * SNAPS_PER_PIXEL;
  guint n_added = 0, i = 0;

  for (guint ring = 0; ring < shape->n_rings; ring++)
    {
      double first_x = 0, first_y = 0, last_x = 0, last_y = 0;
      guint n = 0;

      for (; i < shape->ring_ends[ring]; i++)
        {
          double x = floor (offset_x + shape->points[2 * i] * scale + 0.5);
          double y = floor (offset_y + shape->points[2 * i + 1] * scale + 0.5);

          if (n == 0)
            {
              first_x = x;
              first_y = y;
            }
          else if (x == last_x && y == last_y)
            {
              continue;
            }
          else if (n == 1)
            {
              cairo_move_to (cr, first_x / SNAPS_PER_PIXEL, first_y / SNAPS_PER_PIXEL);
              cairo_line_to (cr, x / SNAPS_PER_PIXEL, y / SNAPS_PER_PIXEL);
            }
          else
            {
              cairo_line_to (cr, x / SNAPS_PER_PIXEL, y / SNAPS_PER_PIXEL);
            }
          last_x = x;
          last_y = y;
          n++;
        }

      if (n > 1)
        cairo_close_path (cr);
      n_added += n;
    }

  return n_added;
}
