/* test-geometry.c: boundaries packed, built, simplified and asked
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-geometry.h"
#include "dsp-locator.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Builds polygons from "lon lat, lon lat, ..." with ';' between rings and '|' between polygons. */
static DspGeometry *
build (const char   *text,
       DspOpenRings  open_rings,
       GError      **error)
{
  g_autoptr(DspGeometryBuilder) builder = dsp_geometry_builder_new (open_rings);
  g_auto(GStrv) polygons = g_strsplit (text, "|", -1);

  for (guint i = 0; polygons[i] != NULL; i++)
    {
      g_auto(GStrv) rings = g_strsplit (polygons[i], ";", -1);

      dsp_geometry_builder_begin_polygon (builder);
      for (guint j = 0; rings[j] != NULL; j++)
        {
          g_auto(GStrv) points = g_strsplit (rings[j], ",", -1);

          dsp_geometry_builder_begin_ring (builder);
          for (guint k = 0; points[k] != NULL; k++)
            {
              char *end;
              double lon = g_ascii_strtod (points[k], &end);
              double lat = g_ascii_strtod (end, NULL);

              if (!dsp_geometry_builder_add_point (builder, lon, lat, error))
                return NULL;
            }
          if (!dsp_geometry_builder_end_ring (builder, error))
            return NULL;
        }
    }

  return dsp_geometry_builder_finish (builder, error);
}

static DspGeometry *
build_valid (const char *text)
{
  g_autoptr(GError) error = NULL;
  DspGeometry *geometry = build (text, DSP_OPEN_RINGS_REFUSE, &error);

  g_assert_no_error (error);
  g_assert_nonnull (geometry);

  return geometry;
}

static DspGeoPoint
at (double lon,
    double lat)
{
  return (DspGeoPoint) { (gint32) lround (lon * 1e7), (gint32) lround (lat * 1e7) };
}

/* A many-pointed round area that touches nothing else. */
static DspGeometry *
build_star (double lon,
            double lat,
            double radius,
            guint  n_points)
{
  g_autoptr(DspGeometryBuilder) builder = dsp_geometry_builder_new (DSP_OPEN_RINGS_CLOSE);
  g_autoptr(GError) error = NULL;
  DspGeometry *geometry;

  dsp_geometry_builder_begin_polygon (builder);
  dsp_geometry_builder_begin_ring (builder);
  for (guint i = 0; i < n_points; i++)
    {
      double angle = 2 * G_PI * i / n_points, r = radius * (1 + 0.3 * sin (7 * angle) + 0.02 * sin (91 * angle));

      g_assert_true (dsp_geometry_builder_add_point (builder, lon + r * cos (angle), lat + r * sin (angle), &error));
    }
  g_assert_true (dsp_geometry_builder_end_ring (builder, &error));
  geometry = dsp_geometry_builder_finish (builder, &error);
  g_assert_no_error (error);

  return geometry;
}

#define SQUARE "0 0, 2 0, 2 2, 0 2, 0 0"
#define HOLE "0.5 0.5, 1 0.5, 1 1, 0.5 1, 0.5 0.5"

static void
test_pack_round_trip (void)
{
  static const char *texts[] = {
    SQUARE, SQUARE ";" HOLE, SQUARE ";" HOLE "|5 5, 6 5, 6 6, 5 5",
    "-180 -90, 180 -90, 180 90, -180 90, -180 -90", "-99.1923929 19.2863226, -99.1926208 19.2862738, -99.19 19.29, -99.1923929 19.2863226",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr(DspGeometry) geometry = build_valid (texts[i]);
      g_autoptr(GBytes) packed = dsp_geometry_pack (geometry);
      g_autoptr(GError) error = NULL;
      g_autoptr(DspGeometry) again = dsp_geometry_unpack (packed, &error);
      g_autoptr(GBytes) packed_again = NULL;

      g_assert_no_error (error);
      g_assert_cmpuint (again->n_points, ==, geometry->n_points);
      g_assert_cmpuint (again->n_rings, ==, geometry->n_rings);
      g_assert_cmpmem (again->points, again->n_points * sizeof (DspGeoPoint),
                       geometry->points, geometry->n_points * sizeof (DspGeoPoint));
      g_assert_cmpmem (&again->box, sizeof (DspGeoBox), &geometry->box, sizeof (DspGeoBox));
      packed_again = dsp_geometry_pack (again);
      g_assert_true (g_bytes_equal (packed, packed_again));
    }
}

static void
test_pack_cut_anywhere_is_refused (void)
{
  g_autoptr(DspGeometry) geometry = build_valid (SQUARE ";" HOLE "|5 5, 6 5, 6 6, 5 5");
  g_autoptr(GBytes) packed = dsp_geometry_pack (geometry);
  gsize length;
  const guint8 *data = g_bytes_get_data (packed, &length);

  for (gsize i = 0; i < length; i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree guint8 *cut = g_memdup2 (data, i);

      g_assert_null (dsp_geometry_unpack_data (cut, i, &error));
      g_assert_error (error, DSP_GEOMETRY_ERROR, DSP_GEOMETRY_ERROR_DAMAGED);
    }
}

static void
test_pack_survives_hostile_bytes (void)
{
  static const guint8 huge_points[] = { 1, 1, 1, 0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0 };
  static const guint8 huge_polygons[] = { 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01 };
  static const guint8 long_number[] = { 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01 };
  static const guint8 off_earth[] = { 1, 1, 1, 3, 0xfe, 0xff, 0xff, 0xff, 0x0f, 0, 2, 2, 2, 2 };
  static const guint8 newer[] = { 2, 1, 1, 3 };
  g_autoptr(DspGeometry) geometry = build_star (-99, 19, 0.1, 40);
  g_autoptr(GBytes) packed = dsp_geometry_pack (geometry);
  g_autoptr(GRand) random = g_rand_new_with_seed (7);
  g_autoptr(GError) error = NULL;
  gsize length;
  const guint8 *data = g_bytes_get_data (packed, &length);

  g_assert_null (dsp_geometry_unpack_data (huge_points, sizeof huge_points, NULL));
  g_assert_null (dsp_geometry_unpack_data (huge_polygons, sizeof huge_polygons, NULL));
  g_assert_null (dsp_geometry_unpack_data (long_number, sizeof long_number, NULL));
  g_assert_null (dsp_geometry_unpack_data (off_earth, sizeof off_earth, NULL));
  g_assert_null (dsp_geometry_unpack_data (newer, sizeof newer, &error));
  g_assert_error (error, DSP_GEOMETRY_ERROR, DSP_GEOMETRY_ERROR_VERSION);

  for (guint i = 0; i < 20000; i++)
    {
      g_autofree guint8 *bent = g_memdup2 (data, length);
      g_autoptr(DspGeometry) got = NULL;

      for (guint j = 0; j < 1 + i % 4; j++)
        bent[g_rand_int_range (random, 0, (gint32) length)] = (guint8) g_rand_int (random);
      got = dsp_geometry_unpack_data (bent, length, NULL);
      if (got != NULL)
        {
          g_assert_cmpint (got->box.west, >=, -1800000000);
          g_assert_cmpint (got->box.north, <=, 900000000);
          dsp_geometry_area_m2 (got);
          dsp_geometry_interior_point (got);
        }
    }
}

static void
test_builder_refuses (void)
{
  static const struct { const char *text; const char *words; } cases[] = {
    { "0 0, nan 1, 1 1, 0 0", "*position 2 of ring 1*nan*" },
    { "0 0, 1 inf, 1 1, 0 0", "*inf*" },
    { "0 0, 181 0, 1 1, 0 0", "*181*" },
    { "0 0, 1 -90.5, 1 1, 0 0", "*-90.5*" },
    { "0 0, 1 0, 1 1", "*ring 1 is open*" },
    { "0 0, 0 0", "*ring 1 has only 2 positions*" },
    { SQUARE ";0 0, 1 1", "*ring 2 has only 2 positions*" },
    { "0 0, 1 1, 2 2, 0 0", "*encloses an area*" },
    { "0 0, 0.00000001 0, 0 0.00000001, 0 0", "*encloses an area*" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (build (cases[i].text, DSP_OPEN_RINGS_REFUSE, &error));
      g_assert_error (error, DSP_GEOMETRY_ERROR, DSP_GEOMETRY_ERROR_INVALID);
      g_assert_true (g_pattern_match_simple (cases[i].words, error->message));
    }
}

static void
test_builder_closes_and_drops (void)
{
  g_autoptr(DspGeometryBuilder) builder = dsp_geometry_builder_new (DSP_OPEN_RINGS_CLOSE);
  g_autoptr(DspGeometry) geometry = NULL;
  g_autoptr(GError) error = NULL;

  dsp_geometry_builder_begin_polygon (builder);
  dsp_geometry_builder_begin_ring (builder);
  g_assert_true (dsp_geometry_builder_add_point (builder, 0, 0, &error));
  g_assert_true (dsp_geometry_builder_add_point (builder, 0, 0, &error));
  g_assert_true (dsp_geometry_builder_add_point (builder, 0, 1, &error));
  g_assert_true (dsp_geometry_builder_add_point (builder, 1, 1, &error));
  g_assert_true (dsp_geometry_builder_end_ring (builder, &error));

  /* A second polygon without area, with a hole: both go. */
  dsp_geometry_builder_begin_polygon (builder);
  for (guint i = 0; i < 2; i++)
    {
      dsp_geometry_builder_begin_ring (builder);
      g_assert_true (dsp_geometry_builder_add_point (builder, 0, 0, &error));
      g_assert_true (dsp_geometry_builder_add_point (builder, 2, 2, &error));
      g_assert_true (dsp_geometry_builder_add_point (builder, 3, 3 + i, &error));
      g_assert_true (dsp_geometry_builder_add_point (builder, 0, 0, &error));
      g_assert_true (dsp_geometry_builder_end_ring (builder, &error));
    }

  g_assert_cmpuint (dsp_geometry_builder_get_n_closed (builder), ==, 1);
  g_assert_cmpuint (dsp_geometry_builder_get_n_dropped (builder), ==, 2);
  geometry = dsp_geometry_builder_finish (builder, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (geometry->n_rings, ==, 1);
  g_assert_cmpuint (geometry->n_points, ==, 3);
  /* Came clockwise, is kept counterclockwise. */
  g_assert_cmpint (dsp_geo_side (geometry->points[0], geometry->points[1], geometry->points[2]), >, 0);
}

static void
test_overlapping_parts_add_up (void)
{
  /* Both outer rings, one drawn each way round: where they overlap is inside. */
  g_autoptr(DspGeometry) geometry = build_valid ("0 0, 2 0, 2 2, 0 2, 0 0|1 1, 1 3, 3 3, 3 1, 1 1");

  g_assert_true (dsp_geometry_contains (geometry, at (1.5, 1.5)));
  g_assert_true (dsp_geometry_contains (geometry, at (0.5, 0.5)));
  g_assert_true (dsp_geometry_contains (geometry, at (2.5, 2.5)));
  g_assert_false (dsp_geometry_contains (geometry, at (0.5, 2.5)));
}

static void
test_area_centroid_inside (void)
{
  g_autoptr(DspGeometry) square = build_valid (SQUARE);
  g_autoptr(DspGeometry) holed = build_valid (SQUARE ";" HOLE);
  g_autoptr(DspGeometry) horseshoe = build_valid ("0 0, 3 0, 3 3, 2 3, 2 1, 1 1, 1 3, 0 3, 0 0");
  g_autoptr(DspGeometry) tiny = build_valid ("-99.1 19.1, -99.0999 19.1, -99.0999 19.1001, -99.1 19.1001, -99.1 19.1");
  DspGeoPoint centre = dsp_geometry_centroid (square);
  DspGeoPoint inside;

  g_assert_cmpint (abs (centre.lon_e7 - 10000000), <=, 1);
  g_assert_cmpint (abs (centre.lat_e7 - 10000000), <=, 1);
  /* Two degrees at the equator: (2 * 111.195 km)^2, less a little for the curve. */
  g_assert_cmpfloat_with_epsilon (dsp_geometry_area_m2 (square) / 1e6, 49448.0, 20);
  g_assert_cmpfloat (dsp_geometry_area_m2 (holed), <, dsp_geometry_area_m2 (square) * 0.94);
  g_assert_cmpfloat_with_epsilon (dsp_geometry_area_m2 (tiny), 11.1195 * 11.1195 * cos (19.1 * G_PI / 180), 0.1);

  g_assert_false (dsp_geometry_contains (holed, at (0.75, 0.75)));
  g_assert_true (dsp_geometry_contains (holed, at (1.5, 1.5)));

  g_assert_false (dsp_geometry_contains (horseshoe, at (1.5, 2)));
  inside = dsp_geometry_interior_point (horseshoe);
  g_assert_true (dsp_geometry_contains (horseshoe, inside));
}

static void
test_contains_world_wide_edges (void)
{
  g_autoptr(DspGeometry) world = build_valid ("-180 -90, 180 -90, 180 90, -180 -90");

  g_assert_true (dsp_geometry_contains (world, at (179, -89)));
  g_assert_false (dsp_geometry_contains (world, at (-179, 89)));
}

static void
test_simplify_stays_close (void)
{
  g_autoptr(DspGeometry) star = build_star (-99.13, 19.43, 0.05, 5000);
  g_autoptr(DspGeometry) simple = dsp_geometry_simplify (star, 20);
  double before = dsp_geometry_area_m2 (star), after = dsp_geometry_area_m2 (simple);

  g_assert_cmpuint (simple->n_points, <, star->n_points / 8);
  g_assert_cmpuint (simple->n_points, >=, 3);
  g_assert_cmpfloat (fabs (before - after) / before, <, 0.002);
}

static void
test_simplify_never_drops_a_ring (void)
{
  g_autoptr(DspGeometry) geometry = build_valid (SQUARE ";" HOLE "|5 5, 6 5, 6 6, 5 5");
  g_autoptr(DspGeometry) simple = dsp_geometry_simplify (geometry, 1e7);

  g_assert_cmpuint (simple->n_rings, ==, geometry->n_rings);
  for (guint i = 0; i < simple->n_rings; i++)
    {
      g_assert_cmpuint (simple->rings[i].n_points, >=, 3);
      g_assert_cmpint (simple->rings[i].is_hole, ==, geometry->rings[i].is_hole);
    }
  g_assert_cmpfloat (dsp_geometry_area_m2 (simple), >, 0);
}

/* A grid of areas with wiggly common borders: whatever is cut off one must be given to its neighbour. */
static GPtrArray *
build_patchwork (guint n,
                 guint n_wiggles)
{
  GPtrArray *areas = g_ptr_array_new_with_free_func ((GDestroyNotify) dsp_geometry_unref);

  for (guint row = 0; row < n; row++)
    {
      for (guint column = 0; column < n; column++)
        {
          g_autoptr(DspGeometryBuilder) builder = dsp_geometry_builder_new (DSP_OPEN_RINGS_CLOSE);
          g_autoptr(GError) error = NULL;
          guint total = 4 * n_wiggles;

          dsp_geometry_builder_begin_polygon (builder);
          dsp_geometry_builder_begin_ring (builder);
          for (guint k = 0; k < total; k++)
            {
              /* Each ring begins elsewhere on its outline, and every second one runs the other way round. */
              guint step = (k + row * 5 + column * 3) % total;
              guint side, i;
              double x, y, t;

              if ((row + column) % 2)
                step = total - 1 - step;
              side = step / n_wiggles;
              i = side < 2 ? step % n_wiggles : n_wiggles - step % n_wiggles;
              t = (double) i / n_wiggles;
              x = side == 0 || side == 2 ? t : side == 1 ? 1 : 0;
              y = side == 1 || side == 3 ? t : side == 2 ? 1 : 0;
              x += column;
              y += row;
              if (i > 0 && i < n_wiggles)
                {
                  if (side == 0 || side == 2)
                    y += 0.08 * sin (x * 37 + y * 5) + 0.01 * sin (x * 500);
                  else
                    x += 0.08 * sin (y * 41 + x * 3) + 0.01 * sin (y * 600);
                }
              g_assert_true (dsp_geometry_builder_add_point (builder, -99 + x * 0.01, 19 + y * 0.01, &error));
            }
          g_assert_true (dsp_geometry_builder_end_ring (builder, &error));
          g_ptr_array_add (areas, dsp_geometry_builder_finish (builder, &error));
          g_assert_no_error (error);
        }
    }

  return areas;
}

static void
test_simplify_set_leaves_no_slivers (void)
{
  g_autoptr(GPtrArray) areas = build_patchwork (4, 200);
  g_autoptr(GPtrArray) simple = dsp_geometry_simplify_set (areas, 15);
  g_autoptr(GHashTable) edges = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer key, value;
  guint n_before = 0, n_after = 0, n_lonely = 0;

  g_assert_cmpuint (simple->len, ==, areas->len);
  for (guint i = 0; i < simple->len; i++)
    {
      const DspGeometry *geometry = simple->pdata[i];

      n_before += ((DspGeometry *) areas->pdata[i])->n_points;
      n_after += geometry->n_points;
      for (guint j = 0, k = geometry->n_points - 1; j < geometry->n_points; k = j++)
        {
          DspGeoPoint a = geometry->points[k], b = geometry->points[j];
          gboolean swap = a.lon_e7 > b.lon_e7 || (a.lon_e7 == b.lon_e7 && a.lat_e7 > b.lat_e7);
          char *name = g_strdup_printf ("%d %d %d %d", swap ? b.lon_e7 : a.lon_e7, swap ? b.lat_e7 : a.lat_e7,
                                        swap ? a.lon_e7 : b.lon_e7, swap ? a.lat_e7 : b.lat_e7);
          guint n = GPOINTER_TO_UINT (g_hash_table_lookup (edges, name));

          g_hash_table_insert (edges, name, GUINT_TO_POINTER (n + 1));
        }
    }
  g_assert_cmpuint (n_after, <, n_before / 4);

  /* An edge inside the patchwork belongs to two areas; only the outer border stands alone. */
  g_hash_table_iter_init (&iter, edges);
  while (g_hash_table_iter_next (&iter, &key, &value))
    {
      int a_lon, a_lat, b_lon, b_lat;
      double x, y;

      if (value != GUINT_TO_POINTER (1))
        continue;
      n_lonely++;
      g_assert_cmpint (sscanf (key, "%d %d %d %d", &a_lon, &a_lat, &b_lon, &b_lat), ==, 4);
      x = (((double) a_lon + b_lon) / 2e7 + 99) / 0.01;
      y = (((double) a_lat + b_lat) / 2e7 - 19) / 0.01;
      g_assert_true (x < 0.15 || x > 3.85 || y < 0.15 || y > 3.85);
    }
  g_assert_cmpuint (n_lonely, >, 0);
}

static void
test_simplify_island_and_its_hole_agree (void)
{
  /* An enclave fills a hole exactly: both are rings without any junction. */
  g_autoptr(DspGeometry) enclave = build_star (-99, 19, 0.02, 600);
  g_autoptr(DspGeometryBuilder) builder = dsp_geometry_builder_new (DSP_OPEN_RINGS_REFUSE);
  g_autoptr(GPtrArray) both = g_ptr_array_new ();
  g_autoptr(GPtrArray) simple = NULL;
  g_autoptr(DspGeometry) around = NULL;
  g_autoptr(GError) error = NULL;
  const DspGeometry *first, *second;

  dsp_geometry_builder_begin_polygon (builder);
  dsp_geometry_builder_begin_ring (builder);
  for (guint i = 0; i < 5; i++)
    g_assert_true (dsp_geometry_builder_add_point (builder, -99 + (i % 4 == 1 || i % 4 == 2 ? 0.1 : -0.1),
                                                   19 + (i % 4 >= 2 ? 0.1 : -0.1), &error));
  g_assert_true (dsp_geometry_builder_end_ring (builder, &error));
  dsp_geometry_builder_begin_ring (builder);
  for (guint i = 0; i <= enclave->n_points; i++)
    {
      DspGeoPoint point = enclave->points[(i + 77) % enclave->n_points];

      g_assert_true (dsp_geometry_builder_add_point (builder, point.lon_e7 / 1e7, point.lat_e7 / 1e7, &error));
    }
  g_assert_true (dsp_geometry_builder_end_ring (builder, &error));
  around = dsp_geometry_builder_finish (builder, &error);
  g_assert_no_error (error);

  g_ptr_array_add (both, enclave);
  g_ptr_array_add (both, around);
  simple = dsp_geometry_simplify_set (both, 10);
  first = simple->pdata[0];
  second = simple->pdata[1];
  g_assert_cmpuint (first->n_points, <, 300);
  g_assert_cmpuint (second->rings[1].n_points, ==, first->n_points);
  g_assert_cmpfloat_with_epsilon (dsp_geometry_area_m2 (first) + dsp_geometry_area_m2 (second),
                                  dsp_geometry_area_m2 (enclave) + dsp_geometry_area_m2 (around), 1);
}

static void
test_locator_agrees_with_contains (void)
{
  g_autoptr(GPtrArray) areas = build_patchwork (12, 40);
  g_autoptr(DspLocator) locator = NULL;
  g_autoptr(GRand) random = g_rand_new_with_seed (3);
  guint n_found = 0;

  g_ptr_array_add (areas, build_star (-98.9, 19.3, 0.05, 300));
  g_ptr_array_add (areas, build_valid ("-110 25, -109 25, -109 26, -110 25"));
  locator = dsp_locator_new ((DspGeometry **) areas->pdata, areas->len);

  for (guint i = 0; i < 20000; i++)
    {
      DspGeoPoint point = at (g_rand_double_range (random, -99.05, -98.8), g_rand_double_range (random, 18.95, 19.4));
      int expected = -1;

      for (guint j = 0; j < areas->len && expected < 0; j++)
        {
          if (dsp_geometry_contains (areas->pdata[j], point))
            expected = (int) j;
        }
      g_assert_cmpint (dsp_locator_find (locator, point), ==, expected);
      n_found += expected >= 0;
    }
  g_assert_cmpuint (n_found, >, 1000);
  g_assert_cmpint (dsp_locator_find (locator, at (-109.1, 25.2)), ==, (int) areas->len - 1);
  g_assert_cmpint (dsp_locator_find (locator, at (0, 0)), ==, -1);
}

/* Long straight borders along the grid, one area inside another, parts and holes. */
static void
test_locator_knows_straight_borders (void)
{
  static const char *const texts[] = {
    "0 0, 10 0, 10 10, 0 10, 0 0;2 2, 8 2, 8 8, 2 8, 2 2", "3 3, 7 3, 7 7, 3 7, 3 3",
    "10 0, 20 0, 20 1, 10 1, 10 0|10 2, 20 2, 20 3, 10 3, 10 2", "-5 -5, 25 -5, 25 15, -5 15, -5 -5",
  };
  g_autoptr(GPtrArray) areas = g_ptr_array_new_with_free_func ((GDestroyNotify) dsp_geometry_unref);
  g_autoptr(DspLocator) locator = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_ptr_array_add (areas, build_valid (texts[i]));
  locator = dsp_locator_new ((DspGeometry **) areas->pdata, areas->len);

  for (double lon = -5.97; lon < 26; lon += 0.13)
    {
      for (double lat = -5.97; lat < 16; lat += 0.11)
        {
          int expected = -1;

          for (guint j = 0; j < areas->len && expected < 0; j++)
            {
              if (dsp_geometry_contains (areas->pdata[j], at (lon, lat)))
                expected = (int) j;
            }
          g_assert_cmpint (dsp_locator_find (locator, at (lon, lat)), ==, expected);
        }
    }
}

static void
test_locator_without_areas (void)
{
  g_autoptr(DspLocator) locator = dsp_locator_new (NULL, 0);

  g_assert_cmpint (dsp_locator_find (locator, at (-99, 19)), ==, -1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/geometry/pack/round-trip", test_pack_round_trip);
  g_test_add_func ("/geometry/pack/cut-anywhere-is-refused", test_pack_cut_anywhere_is_refused);
  g_test_add_func ("/geometry/pack/survives-hostile-bytes", test_pack_survives_hostile_bytes);
  g_test_add_func ("/geometry/builder/refuses", test_builder_refuses);
  g_test_add_func ("/geometry/builder/closes-and-drops", test_builder_closes_and_drops);
  g_test_add_func ("/geometry/overlapping-parts-add-up", test_overlapping_parts_add_up);
  g_test_add_func ("/geometry/area-centroid-inside", test_area_centroid_inside);
  g_test_add_func ("/geometry/contains-world-wide-edges", test_contains_world_wide_edges);
  g_test_add_func ("/geometry/simplify/stays-close", test_simplify_stays_close);
  g_test_add_func ("/geometry/simplify/never-drops-a-ring", test_simplify_never_drops_a_ring);
  g_test_add_func ("/geometry/simplify/set-leaves-no-slivers", test_simplify_set_leaves_no_slivers);
  g_test_add_func ("/geometry/simplify/island-and-its-hole-agree", test_simplify_island_and_its_hole_agree);
  g_test_add_func ("/geometry/locator/agrees-with-contains", test_locator_agrees_with_contains);
  g_test_add_func ("/geometry/locator/knows-straight-borders", test_locator_knows_straight_borders);
  g_test_add_func ("/geometry/locator/without-areas", test_locator_without_areas);

  return g_test_run ();
}
