/* dsp-geometry-pack.c: multipolygons packed into few bytes
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The packed bytes come from files, the network and other people's programs: the reader believes no count in them
 * before it has seen that enough bytes follow.
 */
#define G_LOG_DOMAIN "dsp-geometry"

#include "config.h"
#include "dsp-geometry-private.h"

#define PACKED_VERSION 1
#define MAX_LON_E7 G_GINT64_CONSTANT (1800000000)
#define MAX_LAT_E7 G_GINT64_CONSTANT (900000000)

/* A point costs at least two bytes, so a count larger than half of what is left is a lie. */
#define MIN_BYTES_PER_POINT 2

static void
put_number (GByteArray *out,
            guint64     number)
{
  guint8 bytes[10];
  guint n = 0;

  do
    {
      bytes[n] = number & 0x7f;
      number >>= 7;
      if (number != 0)
        bytes[n] |= 0x80;
      n++;
    }
  while (number != 0);

  g_byte_array_append (out, bytes, n);
}

static void
put_difference (GByteArray *out,
                gint64      difference)
{
  put_number (out, ((guint64) difference << 1) ^ (guint64) (difference >> 63));
}

typedef struct
{
  const guint8 *at;
  const guint8 *end;
} Reader;

static gboolean
get_number (Reader  *reader,
            guint64 *number)
{
  guint64 value = 0;

  for (guint shift = 0; shift < 64; shift += 7)
    {
      guint8 byte;

      if (reader->at == reader->end)
        return FALSE;

      byte = *reader->at++;
      if (shift == 63 && byte > 1)
        return FALSE;

      value |= (guint64) (byte & 0x7f) << shift;
      if ((byte & 0x80) == 0)
        {
          *number = value;
          return TRUE;
        }
    }

  return FALSE;
}

/* A coordinate that moved by a difference; FALSE where it leaves -limit..limit. */
static gboolean
get_moved (Reader *reader,
           gint32  from,
           gint64  limit,
           gint32 *to)
{
  guint64 raw;
  gint64 difference;

  if (!get_number (reader, &raw))
    return FALSE;

  difference = (gint64) (raw >> 1) ^ -(gint64) (raw & 1);
  if (difference < -2 * limit || difference > 2 * limit)
    return FALSE;

  difference += from;
  if (difference < -limit || difference > limit)
    return FALSE;

  *to = (gint32) difference;

  return TRUE;
}

/* Returns: (transfer full): the packed bytes; equal geometries give equal bytes, so their hash names the geometry. */
GBytes *
dsp_geometry_pack (const DspGeometry *geometry)
{
  GByteArray *out;
  DspGeoPoint last = { 0, 0 };
  guint n_polygons = 0;

  g_return_val_if_fail (geometry != NULL, NULL);

  out = g_byte_array_sized_new (16 + geometry->n_rings * 4 + geometry->n_points * 4);
  g_byte_array_append (out, &(guint8) { PACKED_VERSION }, 1);

  for (guint i = 0; i < geometry->n_rings; i++)
    n_polygons += !geometry->rings[i].is_hole;
  put_number (out, n_polygons);

  for (guint i = 0; i < geometry->n_rings; i++)
    {
      const DspGeoRing *ring = &geometry->rings[i];

      if (!ring->is_hole)
        {
          guint n_rings = 1;

          while (i + n_rings < geometry->n_rings && geometry->rings[i + n_rings].is_hole)
            n_rings++;
          put_number (out, n_rings);
        }

      put_number (out, ring->n_points);
      for (guint j = 0; j < ring->n_points; j++)
        {
          DspGeoPoint point = geometry->points[ring->first + j];

          put_difference (out, (gint64) point.lon_e7 - last.lon_e7);
          put_difference (out, (gint64) point.lat_e7 - last.lat_e7);
          last = point;
        }
    }

  return g_byte_array_free_to_bytes (out);
}

static gboolean
unpack_ring (Reader      *reader,
             GArray      *points,
             GArray      *rings,
             gboolean     is_hole,
             DspGeoPoint *last,
             GError     **error)
{
  DspGeoRing ring = { points->len, 0, is_hole };
  guint64 n_points;

  if (!get_number (reader, &n_points) || n_points < 3
      || n_points > (guint64) (reader->end - reader->at) / MIN_BYTES_PER_POINT)
    {
      g_set_error (error, DSP_GEOMETRY_ERROR, DSP_GEOMETRY_ERROR_DAMAGED,
                   "ring %u of the packed geometry has an impossible number of points", rings->len + 1);
      return FALSE;
    }
  if (n_points + points->len > DSP_GEOMETRY_MAX_POINTS)
    {
      g_set_error (error, DSP_GEOMETRY_ERROR, DSP_GEOMETRY_ERROR_TOO_LARGE,
                   "the packed geometry has more than %d points", DSP_GEOMETRY_MAX_POINTS);
      return FALSE;
    }

  for (guint64 i = 0; i < n_points; i++)
    {
      if (!get_moved (reader, last->lon_e7, MAX_LON_E7, &last->lon_e7)
          || !get_moved (reader, last->lat_e7, MAX_LAT_E7, &last->lat_e7))
        {
          g_set_error (error, DSP_GEOMETRY_ERROR, DSP_GEOMETRY_ERROR_DAMAGED,
                       "point %u of ring %u of the packed geometry is cut off or outside the world",
                       (guint) i + 1, rings->len + 1);
          return FALSE;
        }
      g_array_append_val (points, *last);
    }

  ring.n_points = (guint32) n_points;
  g_array_append_val (rings, ring);

  return TRUE;
}

/* The same as dsp_geometry_unpack() for bytes that the caller keeps. */
DspGeometry *
dsp_geometry_unpack_data (const guint8 *data,
                          gsize         length,
                          GError      **error)
{
  g_autoptr(GArray) points = g_array_new (FALSE, FALSE, sizeof (DspGeoPoint));
  g_autoptr(GArray) rings = g_array_new (FALSE, FALSE, sizeof (DspGeoRing));
  Reader reader = { data, data + length };
  DspGeoPoint last = { 0, 0 };
  guint64 n_polygons;

  if (length == 0 || data[0] == 0)
    {
      g_set_error (error, DSP_GEOMETRY_ERROR, DSP_GEOMETRY_ERROR_DAMAGED,
                   "%" G_GSIZE_FORMAT " bytes are no packed geometry", length);
      return NULL;
    }
  if (data[0] > PACKED_VERSION)
    {
      g_set_error (error, DSP_GEOMETRY_ERROR, DSP_GEOMETRY_ERROR_VERSION,
                   "the packed geometry has version %u, this program reads up to %u", data[0], PACKED_VERSION);
      return NULL;
    }
  reader.at++;

  if (!get_number (&reader, &n_polygons) || n_polygons == 0 || n_polygons > (guint64) (reader.end - reader.at))
    {
      g_set_error_literal (error, DSP_GEOMETRY_ERROR, DSP_GEOMETRY_ERROR_DAMAGED,
                           "the packed geometry has an impossible number of polygons");
      return NULL;
    }

  for (guint64 i = 0; i < n_polygons; i++)
    {
      guint64 n_rings;

      if (!get_number (&reader, &n_rings) || n_rings == 0 || n_rings > (guint64) (reader.end - reader.at))
        {
          g_set_error (error, DSP_GEOMETRY_ERROR, DSP_GEOMETRY_ERROR_DAMAGED,
                       "polygon %u of the packed geometry has an impossible number of rings", (guint) i + 1);
          return NULL;
        }
      for (guint64 j = 0; j < n_rings; j++)
        {
          if (!unpack_ring (&reader, points, rings, j > 0, &last, error))
            return NULL;
        }
    }

  if (reader.at != reader.end)
    {
      g_set_error (error, DSP_GEOMETRY_ERROR, DSP_GEOMETRY_ERROR_DAMAGED,
                   "%" G_GSIZE_FORMAT " bytes too many after the packed geometry", (gsize) (reader.end - reader.at));
      return NULL;
    }

  return dsp_geometry_new_take (g_steal_pointer (&points), g_steal_pointer (&rings));
}

/* Returns: (transfer full) (nullable): the geometry, or NULL with DSP_GEOMETRY_ERROR for bytes that are not one. */
DspGeometry *
dsp_geometry_unpack (GBytes  *bytes,
                     GError **error)
{
  const guint8 *data;
  gsize length;

  g_return_val_if_fail (bytes != NULL, NULL);

  data = g_bytes_get_data (bytes, &length);

  return dsp_geometry_unpack_data (data, length, error);
}
