/* dsp-geometry.c: multipolygons in degrees, how they are built, and what is asked of them
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-geometry"

#include "config.h"
#include "dsp-geometry-private.h"

#include <math.h>

#define EARTH_RADIUS_M 6371008.8
#define E7_TO_RADIANS (G_PI / 180.0 / 1e7)

G_DEFINE_QUARK (dsp-geometry-error-quark, dsp_geometry_error)

struct _DspGeometryBuilder
{
  GArray *points; /* (element-type DspGeoPoint) */
  GArray *rings;  /* (element-type DspGeoRing) */

  DspOpenRings open_rings;
  guint ring_first;     /* where the open ring begins in points */
  guint n_positions;    /* of the open ring, as they came in */
  guint n_rings_seen;   /* for messages, counted from 1 */
  gboolean next_is_hole;
  gboolean outer_dropped;
  guint n_closed;
  guint n_dropped;
};

static gboolean
points_equal (DspGeoPoint a,
              DspGeoPoint b)
{
  return a.lon_e7 == b.lon_e7 && a.lat_e7 == b.lat_e7;
}

/* Twice the area in square degrees: positive when counterclockwise. Doubles of differences to the first point keep a
 * ring of a few metres exact, which absolute coordinates would not. */
static double
ring_signed_area2 (const DspGeoPoint *points,
                   guint              n_points)
{
  double sum = 0;

  for (guint i = 1; i + 1 < n_points; i++)
    {
      double ax = (double) points[i].lon_e7 - points[0].lon_e7;
      double ay = (double) points[i].lat_e7 - points[0].lat_e7;
      double bx = (double) points[i + 1].lon_e7 - points[0].lon_e7;
      double by = (double) points[i + 1].lat_e7 - points[0].lat_e7;

      sum += ax * by - bx * ay;
    }

  return sum;
}

static void
reverse_points (DspGeoPoint *points,
                guint        n_points)
{
  for (guint i = 0, j = n_points; i + 1 < j; i++)
    {
      DspGeoPoint held;

      j--;
      held = points[i];
      points[i] = points[j];
      points[j] = held;
    }
}

/* Takes arrays of at least one valid ring. */
DspGeometry *
dsp_geometry_new_take (GArray *points,
                       GArray *rings)
{
  DspGeometry *self = g_new0 (DspGeometry, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->n_points = points->len;
  self->n_rings = rings->len;
  self->points = (DspGeoPoint *) g_array_free (points, FALSE);
  self->rings = (DspGeoRing *) g_array_free (rings, FALSE);

  self->box = (DspGeoBox) { G_MAXINT32, G_MAXINT32, G_MININT32, G_MININT32 };
  for (guint i = 0; i < self->n_points; i++)
    {
      self->box.west = MIN (self->box.west, self->points[i].lon_e7);
      self->box.east = MAX (self->box.east, self->points[i].lon_e7);
      self->box.south = MIN (self->box.south, self->points[i].lat_e7);
      self->box.north = MAX (self->box.north, self->points[i].lat_e7);
    }

  return self;
}

DspGeometry *
dsp_geometry_ref (DspGeometry *geometry)
{
  g_return_val_if_fail (geometry != NULL, NULL);

  g_atomic_ref_count_inc (&geometry->ref_count);

  return geometry;
}

void
dsp_geometry_unref (DspGeometry *geometry)
{
  g_return_if_fail (geometry != NULL);

  if (!g_atomic_ref_count_dec (&geometry->ref_count))
    return;

  g_free (geometry->points);
  g_free (geometry->rings);
  g_free (geometry);
}

/* --- builder --- */

DspGeometryBuilder *
dsp_geometry_builder_new (DspOpenRings open_rings)
{
  DspGeometryBuilder *self = g_new0 (DspGeometryBuilder, 1);

  self->open_rings = open_rings;
  self->points = g_array_new (FALSE, FALSE, sizeof (DspGeoPoint));
  self->rings = g_array_new (FALSE, FALSE, sizeof (DspGeoRing));

  return self;
}

void
dsp_geometry_builder_free (DspGeometryBuilder *builder)
{
  if (builder == NULL)
    return;

  g_array_unref (builder->points);
  g_array_unref (builder->rings);
  g_free (builder);
}

/* The next ring is an outer one; those after it, up to the next call, are its holes. */
void
dsp_geometry_builder_begin_polygon (DspGeometryBuilder *builder)
{
  g_return_if_fail (builder != NULL);

  builder->next_is_hole = FALSE;
  builder->outer_dropped = FALSE;
}

void
dsp_geometry_builder_begin_ring (DspGeometryBuilder *builder)
{
  g_return_if_fail (builder != NULL);

  g_array_set_size (builder->points, builder->ring_first);
  builder->n_positions = 0;
  builder->n_rings_seen++;
}

/* Adds a position, in degrees. Returns FALSE with DSP_GEOMETRY_ERROR_INVALID for what is no number on Earth. */
gboolean
dsp_geometry_builder_add_point (DspGeometryBuilder *builder,
                                double              lon,
                                double              lat,
                                GError            **error)
{
  DspGeoPoint point;

  g_return_val_if_fail (builder != NULL, FALSE);

  /* Written so that NaN fails as well. */
  if (!(lon >= -180.0 && lon <= 180.0) || !(lat >= -90.0 && lat <= 90.0))
    {
      g_set_error (error, DSP_GEOMETRY_ERROR, DSP_GEOMETRY_ERROR_INVALID,
                   "position %u of ring %u (longitude %.7g, latitude %.7g) is not on Earth",
                   builder->n_positions + 1, builder->n_rings_seen, lon, lat);
      return FALSE;
    }
  if (builder->points->len >= DSP_GEOMETRY_MAX_POINTS)
    {
      g_set_error (error, DSP_GEOMETRY_ERROR, DSP_GEOMETRY_ERROR_TOO_LARGE,
                   "the geometry has more than %d points", DSP_GEOMETRY_MAX_POINTS);
      return FALSE;
    }

  point.lon_e7 = (gint32) lround (lon * 1e7);
  point.lat_e7 = (gint32) lround (lat * 1e7);
  g_array_append_val (builder->points, point);
  builder->n_positions++;

  return TRUE;
}

/* Removes each point that repeats the one before it. Returns the number left. */
static guint
drop_repeated (DspGeoPoint *points,
               guint        n_points)
{
  guint n_kept = 0;

  for (guint i = 0; i < n_points; i++)
    {
      if (n_kept == 0 || !points_equal (points[n_kept - 1], points[i]))
        points[n_kept++] = points[i];
    }

  return n_kept;
}

/* Closes and checks the ring. A ring without any area (all on one line, after rounding to 1e-7 degree) is dropped
 * and counted; one with too few positions, or open where that is refused, is an error.
 */
gboolean
dsp_geometry_builder_end_ring (DspGeometryBuilder *builder,
                               GError            **error)
{
  DspGeoRing ring;
  DspGeoPoint *points;
  guint n_points;
  gboolean is_open;
  double area2;

  g_return_val_if_fail (builder != NULL, FALSE);

  n_points = builder->points->len - builder->ring_first;
  if (n_points < 3)
    {
      g_set_error (error, DSP_GEOMETRY_ERROR, DSP_GEOMETRY_ERROR_INVALID,
                   "ring %u has only %u positions", builder->n_rings_seen, n_points);
      return FALSE;
    }

  points = &g_array_index (builder->points, DspGeoPoint, builder->ring_first);
  is_open = !points_equal (points[0], points[n_points - 1]);
  if (is_open && builder->open_rings == DSP_OPEN_RINGS_REFUSE)
    {
      g_set_error (error, DSP_GEOMETRY_ERROR, DSP_GEOMETRY_ERROR_INVALID,
                   "ring %u is open: it begins at %.7f, %.7f and ends at %.7f, %.7f", builder->n_rings_seen,
                   points[0].lon_e7 / 1e7, points[0].lat_e7 / 1e7,
                   points[n_points - 1].lon_e7 / 1e7, points[n_points - 1].lat_e7 / 1e7);
      return FALSE;
    }
  builder->n_closed += is_open;

  n_points = drop_repeated (points, n_points);
  if (n_points > 1 && points_equal (points[0], points[n_points - 1]))
    n_points--;
  area2 = ring_signed_area2 (points, n_points);

  ring.first = builder->ring_first;
  ring.n_points = n_points;
  ring.is_hole = builder->next_is_hole;
  builder->next_is_hole = TRUE;

  if (n_points < 3 || area2 == 0 || (ring.is_hole && builder->outer_dropped))
    {
      if (!ring.is_hole)
        builder->outer_dropped = TRUE;
      builder->n_dropped++;
      g_array_set_size (builder->points, builder->ring_first);
      return TRUE;
    }

  if ((area2 < 0) != ring.is_hole)
    reverse_points (points, n_points);

  g_array_set_size (builder->points, builder->ring_first + n_points);
  builder->ring_first = builder->points->len;
  g_array_append_val (builder->rings, ring);

  return TRUE;
}

/* Adds all polygons of another geometry: several features of one postal code become one area. */
gboolean
dsp_geometry_builder_add_geometry (DspGeometryBuilder *builder,
                                   const DspGeometry  *geometry,
                                   GError            **error)
{
  g_return_val_if_fail (builder != NULL, FALSE);
  g_return_val_if_fail (geometry != NULL, FALSE);

  g_array_set_size (builder->points, builder->ring_first);
  if (geometry->n_points > DSP_GEOMETRY_MAX_POINTS - builder->points->len)
    {
      g_set_error (error, DSP_GEOMETRY_ERROR, DSP_GEOMETRY_ERROR_TOO_LARGE,
                   "the geometry has more than %d points", DSP_GEOMETRY_MAX_POINTS);
      return FALSE;
    }

  for (guint i = 0; i < geometry->n_rings; i++)
    {
      DspGeoRing ring = geometry->rings[i];

      ring.first += builder->ring_first;
      g_array_append_val (builder->rings, ring);
    }
  g_array_append_vals (builder->points, geometry->points, geometry->n_points);
  builder->ring_first = builder->points->len;
  builder->n_rings_seen += geometry->n_rings;

  return TRUE;
}

/* Rings that came in open and were closed. */
guint
dsp_geometry_builder_get_n_closed (const DspGeometryBuilder *builder)
{
  g_return_val_if_fail (builder != NULL, 0);

  return builder->n_closed;
}

/* Rings left out because they have no area. */
guint
dsp_geometry_builder_get_n_dropped (const DspGeometryBuilder *builder)
{
  g_return_val_if_fail (builder != NULL, 0);

  return builder->n_dropped;
}

/* Hands over what was built and empties the builder for the next one.
 *
 * Returns: (transfer full) (nullable): the geometry, or NULL with an error if no ring with an area is in it
 */
DspGeometry *
dsp_geometry_builder_finish (DspGeometryBuilder *builder,
                             GError            **error)
{
  DspGeometry *geometry = NULL;

  g_return_val_if_fail (builder != NULL, NULL);

  g_array_set_size (builder->points, builder->ring_first);
  if (builder->rings->len == 0)
    {
      g_set_error (error, DSP_GEOMETRY_ERROR, DSP_GEOMETRY_ERROR_INVALID,
                   "none of %u rings encloses an area", builder->n_rings_seen);
    }
  else
    {
      geometry = dsp_geometry_new_take (g_steal_pointer (&builder->points), g_steal_pointer (&builder->rings));
      builder->points = g_array_new (FALSE, FALSE, sizeof (DspGeoPoint));
      builder->rings = g_array_new (FALSE, FALSE, sizeof (DspGeoRing));
    }

  builder->ring_first = 0;
  builder->n_rings_seen = 0;
  builder->n_closed = 0;
  builder->n_dropped = 0;
  builder->next_is_hole = FALSE;
  builder->outer_dropped = FALSE;

  return geometry;
}

/* --- questions --- */

/* The area on the sphere, in square metres, holes taken out, overlapping parts counted twice. */
double
dsp_geometry_area_m2 (const DspGeometry *geometry)
{
  double sum = 0;

  g_return_val_if_fail (geometry != NULL, 0);

  for (guint i = 0; i < geometry->n_rings; i++)
    {
      const DspGeoRing *ring = &geometry->rings[i];
      const DspGeoPoint *points = geometry->points + ring->first;
      double sin_a = sin (points[ring->n_points - 1].lat_e7 * E7_TO_RADIANS);
      double sin_0 = sin (points[0].lat_e7 * E7_TO_RADIANS);

      /* Sines relative to the ring's first point: small rings would drown in the rounding of large numbers. */
      for (guint j = 0, k = ring->n_points - 1; j < ring->n_points; k = j++)
        {
          double sin_b = sin (points[j].lat_e7 * E7_TO_RADIANS);

          sum -= ((double) points[j].lon_e7 - points[k].lon_e7) * E7_TO_RADIANS * (sin_a + sin_b - 2 * sin_0) / 2;
          sin_a = sin_b;
        }
    }

  return MAX (0, sum * EARTH_RADIUS_M * EARTH_RADIUS_M);
}

/* Centre of gravity; may lie outside of the area (dsp_geometry_interior_point() does not). */
DspGeoPoint
dsp_geometry_centroid (const DspGeometry *geometry)
{
  DspGeoPoint origin;
  double sum_x = 0, sum_y = 0, sum_area = 0;

  g_return_val_if_fail (geometry != NULL, ((DspGeoPoint) { 0, 0 }));

  origin = geometry->points[0];
  for (guint i = 0; i < geometry->n_rings; i++)
    {
      const DspGeoRing *ring = &geometry->rings[i];
      const DspGeoPoint *points = geometry->points + ring->first;

      for (guint j = 0, k = ring->n_points - 1; j < ring->n_points; k = j++)
        {
          double ax = (double) points[k].lon_e7 - origin.lon_e7;
          double ay = (double) points[k].lat_e7 - origin.lat_e7;
          double bx = (double) points[j].lon_e7 - origin.lon_e7;
          double by = (double) points[j].lat_e7 - origin.lat_e7;
          double cross = ax * by - bx * ay;

          sum_x += (ax + bx) * cross;
          sum_y += (ay + by) * cross;
          sum_area += cross;
        }
    }

  if (sum_area <= 0)
    return (DspGeoPoint) { (gint32) (((gint64) geometry->box.west + geometry->box.east) / 2),
                           (gint32) (((gint64) geometry->box.south + geometry->box.north) / 2) };

  return (DspGeoPoint) {
    (gint32) CLAMP (origin.lon_e7 + sum_x / (3 * sum_area), geometry->box.west, geometry->box.east),
    (gint32) CLAMP (origin.lat_e7 + sum_y / (3 * sum_area), geometry->box.south, geometry->box.north),
  };
}

static int
compare_doubles (gconstpointer a,
                 gconstpointer b)
{
  double left = *(const double *) a, right = *(const double *) b;

  return (left > right) - (left < right);
}

/* Where the outer rings and holes cross the parallel `lat`, sorted from west to east. */
static void
collect_crossings (const DspGeometry *geometry,
                   gint32             lat,
                   GArray            *crossings)
{
  g_array_set_size (crossings, 0);

  for (guint i = 0; i < geometry->n_rings; i++)
    {
      const DspGeoRing *ring = &geometry->rings[i];
      const DspGeoPoint *points = geometry->points + ring->first;

      for (guint j = 0, k = ring->n_points - 1; j < ring->n_points; k = j++)
        {
          if ((points[j].lat_e7 > lat) != (points[k].lat_e7 > lat))
            {
              double part = ((double) lat - points[k].lat_e7) / ((double) points[j].lat_e7 - points[k].lat_e7);
              double lon = points[k].lon_e7 + part * ((double) points[j].lon_e7 - points[k].lon_e7);

              g_array_append_val (crossings, lon);
            }
        }
    }

  g_array_sort (crossings, compare_doubles);
}

/* A point well inside, for a label or a bubble: the centroid where it is inside, else the middle of the widest stretch
 * found on some parallels. */
DspGeoPoint
dsp_geometry_interior_point (const DspGeometry *geometry)
{
  g_autoptr(GArray) crossings = NULL;
  DspGeoPoint best;
  double best_width = -1;

  g_return_val_if_fail (geometry != NULL, ((DspGeoPoint) { 0, 0 }));

  best = dsp_geometry_centroid (geometry);
  if (dsp_geometry_contains (geometry, best))
    return best;

  crossings = g_array_new (FALSE, FALSE, sizeof (double));
  for (guint i = 1; i < 16; i++)
    {
      gint64 height = (gint64) geometry->box.north - geometry->box.south;
      gint32 lat = (gint32) (geometry->box.south + height * i / 16);

      collect_crossings (geometry, lat, crossings);
      for (guint j = 0; j + 1 < crossings->len; j++)
        {
          double west = g_array_index (crossings, double, j);
          double east = g_array_index (crossings, double, j + 1);
          DspGeoPoint middle = { (gint32) ((west + east) / 2), lat };

          if (east - west > best_width && dsp_geometry_contains (geometry, middle))
            {
              best_width = east - west;
              best = middle;
            }
        }
    }

  return best_width >= 0 ? best : geometry->points[0];
}

/* TRUE inside (nonzero winding); a point exactly on an edge belongs to one side of it. */
gboolean
dsp_geometry_contains (const DspGeometry *geometry,
                       DspGeoPoint        point)
{
  int winding = 0;

  g_return_val_if_fail (geometry != NULL, FALSE);

  if (!dsp_geo_box_contains (&geometry->box, point))
    return FALSE;

  for (guint i = 0; i < geometry->n_rings; i++)
    {
      const DspGeoRing *ring = &geometry->rings[i];
      const DspGeoPoint *points = geometry->points + ring->first;

      for (guint j = 0, k = ring->n_points - 1; j < ring->n_points; k = j++)
        {
          if (points[k].lat_e7 <= point.lat_e7)
            {
              if (points[j].lat_e7 > point.lat_e7 && dsp_geo_side (points[k], points[j], point) > 0)
                winding++;
            }
          else if (points[j].lat_e7 <= point.lat_e7 && dsp_geo_side (points[k], points[j], point) < 0)
            {
              winding--;
            }
        }
    }

  return winding != 0;
}
