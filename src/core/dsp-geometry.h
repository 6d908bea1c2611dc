/* dsp-geometry.h: multipolygons in degrees, packed into few bytes, and what is asked of them
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A boundary is a set of polygons, each an outer ring and its holes, in integers of 1e-7 degree. The same value has two
 * shapes: packed bytes (stored, sent, hashed) and DspGeometry (read-only arrays, safe to share between threads).
 * Outer rings run counterclockwise and holes clockwise, whatever the input did, so "inside" is everywhere the nonzero
 * winding rule and parts that overlap add up instead of cancelling each other.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  DSP_GEOMETRY_ERROR_DAMAGED, /* packed bytes that nobody wrote like this */
  DSP_GEOMETRY_ERROR_VERSION, /* packed by a newer program */
  DSP_GEOMETRY_ERROR_INVALID, /* coordinates or rings that are no boundary */
  DSP_GEOMETRY_ERROR_TOO_LARGE,
} DspGeometryError;

#define DSP_GEOMETRY_ERROR (dsp_geometry_error_quark ())
GQuark dsp_geometry_error_quark (void);

/* Points of one geometry; a country in full detail has a tenth of it. */
#define DSP_GEOMETRY_MAX_POINTS 4000000

typedef struct
{
  gint32 lon_e7;
  gint32 lat_e7;
} DspGeoPoint;

typedef struct
{
  gint32 west;
  gint32 south;
  gint32 east;
  gint32 north;
} DspGeoBox;

/* A ring's points stand in DspGeometry.points from `first` on; the closing point is not repeated. */
typedef struct
{
  guint32 first;
  guint32 n_points;
  gboolean is_hole; /* of the outer ring before it */
} DspGeoRing;

typedef struct
{
  /*< public, read-only >*/
  guint n_points;
  guint n_rings;
  DspGeoPoint *points;
  DspGeoRing *rings;
  DspGeoBox box;

  /*< private >*/
  gatomicrefcount ref_count;
} DspGeometry;

DspGeometry *dsp_geometry_ref   (DspGeometry *geometry);
void         dsp_geometry_unref (DspGeometry *geometry);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspGeometry, dsp_geometry_unref)

/* Packed form: a version byte, then LEB128 numbers: polygons; per polygon its rings; per ring its points, each as
 * zigzag difference (longitude, latitude) to the point before, through the whole geometry. */
GBytes      *dsp_geometry_pack   (const DspGeometry *geometry) G_GNUC_WARN_UNUSED_RESULT;
DspGeometry *dsp_geometry_unpack (GBytes            *bytes,
                                  GError           **error) G_GNUC_WARN_UNUSED_RESULT;
DspGeometry *dsp_geometry_unpack_data (const guint8 *data,
                                       gsize         length,
                                       GError      **error) G_GNUC_WARN_UNUSED_RESULT;

/* Building one from degrees, as a GeoJSON reader meets them. */
typedef struct _DspGeometryBuilder DspGeometryBuilder;

typedef enum
{
  DSP_OPEN_RINGS_REFUSE, /* RFC 7946: the last position repeats the first */
  DSP_OPEN_RINGS_CLOSE,  /* close them, and count: dsp_geometry_builder_get_n_closed() */
} DspOpenRings;

DspGeometryBuilder *dsp_geometry_builder_new  (DspOpenRings        open_rings) G_GNUC_WARN_UNUSED_RESULT;
void                dsp_geometry_builder_free (DspGeometryBuilder *builder);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspGeometryBuilder, dsp_geometry_builder_free)

void         dsp_geometry_builder_begin_polygon (DspGeometryBuilder *builder);
void         dsp_geometry_builder_begin_ring    (DspGeometryBuilder *builder);
gboolean     dsp_geometry_builder_add_point     (DspGeometryBuilder *builder,
                                                 double              lon,
                                                 double              lat,
                                                 GError            **error);
gboolean     dsp_geometry_builder_end_ring      (DspGeometryBuilder *builder,
                                                 GError            **error);
gboolean     dsp_geometry_builder_add_geometry  (DspGeometryBuilder *builder,
                                                 const DspGeometry  *geometry,
                                                 GError            **error);
guint        dsp_geometry_builder_get_n_closed  (const DspGeometryBuilder *builder);
guint        dsp_geometry_builder_get_n_dropped (const DspGeometryBuilder *builder);
DspGeometry *dsp_geometry_builder_finish        (DspGeometryBuilder *builder,
                                                 GError            **error) G_GNUC_WARN_UNUSED_RESULT;

/* Fewer points; see dsp-geometry-simplify.c. */
DspGeometry *dsp_geometry_simplify     (const DspGeometry  *geometry,
                                        double              tolerance_m) G_GNUC_WARN_UNUSED_RESULT;
GPtrArray   *dsp_geometry_simplify_set (GPtrArray          *geometries,
                                        double              tolerance_m) G_GNUC_WARN_UNUSED_RESULT;

/* Questions. */
double      dsp_geometry_area_m2        (const DspGeometry *geometry);
DspGeoPoint dsp_geometry_centroid       (const DspGeometry *geometry);
DspGeoPoint dsp_geometry_interior_point (const DspGeometry *geometry);
gboolean    dsp_geometry_contains       (const DspGeometry *geometry,
                                         DspGeoPoint        point);

static inline gboolean
dsp_geo_box_contains (const DspGeoBox *box,
                      DspGeoPoint      point)
{
  return point.lon_e7 >= box->west && point.lon_e7 <= box->east
         && point.lat_e7 >= box->south && point.lat_e7 <= box->north;
}

/* Which side of the edge a-b the point lies on: > 0 left, < 0 right, 0 on its line. Each product of differences fits
 * into 63 bits (360 by 180 degrees), their difference does not: so they are compared, not subtracted. */
static inline int
dsp_geo_side (DspGeoPoint a,
              DspGeoPoint b,
              DspGeoPoint point)
{
  gint64 left = ((gint64) b.lon_e7 - a.lon_e7) * ((gint64) point.lat_e7 - a.lat_e7);
  gint64 right = ((gint64) point.lon_e7 - a.lon_e7) * ((gint64) b.lat_e7 - a.lat_e7);

  return (left > right) - (left < right);
}

G_END_DECLS
