/* test-map-scene.c: what the map shows, without any window
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include "dsp-map-mercator.h"
#include "dsp-map-render.h"
#include "dsp-map-scene.h"

static DspMapArea
make_area (const char *code,
           double      lon,
           double      lat,
           double      side)
{
  g_autoptr(DspGeometryBuilder) builder = dsp_geometry_builder_new (DSP_OPEN_RINGS_CLOSE);
  g_autoptr(DspGeometry) geometry = NULL;
  g_autoptr(GError) error = NULL;

  dsp_geometry_builder_begin_polygon (builder);
  dsp_geometry_builder_begin_ring (builder);
  for (guint i = 0; i < 4; i++)
    g_assert_true (dsp_geometry_builder_add_point (builder, lon + (i == 1 || i == 2 ? side : 0),
                                                   lat + (i >= 2 ? side : 0), &error));
  g_assert_true (dsp_geometry_builder_end_ring (builder, &error));
  geometry = dsp_geometry_builder_finish (builder, &error);
  g_assert_no_error (error);

  return (DspMapArea) { code, dsp_geometry_pack (geometry) };
}

static void
test_codes_are_five_digits (void)
{
  static const char *const bad[] = { "", "0310", "031000", "0310a", " 3100", "-3100", "٠٣١٠٠", NULL };
  char text[8];

  g_assert_cmpuint (dsp_map_code_parse ("03100"), ==, 3100);
  dsp_map_code_print (3100, text);
  g_assert_cmpstr (text, ==, "03100");
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_cmpuint (dsp_map_code_parse (bad[i]), ==, DSP_MAP_NO_CODE);
}

static void
test_mercator_round_trip (void)
{
  for (double lat = -84; lat <= 84; lat += 3.7)
    g_assert_cmpfloat_with_epsilon (dsp_map_lat_from_y (dsp_map_y_from_lat (lat)), lat, 1e-9);
  g_assert_cmpfloat_with_epsilon (dsp_map_x_from_lon (-180), 0, 1e-12);
  g_assert_cmpfloat_with_epsilon (dsp_map_y_from_lat (90), 0, 1e-9);
  g_assert_cmpfloat_with_epsilon (dsp_map_zoom_from_scale (dsp_map_scale_from_zoom (11.4)), 11.4, 1e-12);
}

/* A boundary says better where a code is than a place does, and is never approximate. */
static void
test_boundary_wins_over_place (void)
{
  const DspMapPlace given[] = {
    { "03100", 190000000, -980000000, TRUE, "Del Valle" },
    { "99999", 200000000, -990000000, TRUE, NULL },
    { "9999", 200000000, -990000000, TRUE, NULL },
  };
  DspMapArea area = make_area ("03100", -99.2, 19.3, 0.02);
  const DspMapArea areas_given[] = { area, { "06700", NULL }, { "x", area.geometry } };
  g_autoptr(DspMapAreas) areas = dsp_map_areas_new (areas_given, G_N_ELEMENTS (areas_given));
  g_autoptr(DspMapPlaces) places = dsp_map_places_new (given, G_N_ELEMENTS (given));
  g_autoptr(DspMapSlots) slots = dsp_map_slots_new (areas, places);
  const DspMapSlot *slot;

  g_assert_cmpuint (areas->n_areas, ==, 1);
  g_assert_cmpuint (slots->n_slots, ==, 2);
  slot = &slots->slots[slots->by_code[3100]];
  g_assert_cmpuint (slot->area, ==, 0);
  g_assert_false (slot->is_approximate);
  g_assert_cmpstr (slot->name, ==, "Del Valle");
  g_assert_cmpfloat_with_epsilon (dsp_map_lon_from_x (slot->x), -99.19, 1e-6);
  slot = &slots->slots[slots->by_code[99999]];
  g_assert_cmpuint (slot->area, ==, G_MAXUINT32);
  g_assert_true (slot->is_approximate);
  g_bytes_unref (area.geometry);
}

static void
make_places (DspMapPlace *places,
             guint        n)
{
  for (guint i = 0; i < n; i++)
    {
      places[i] = (DspMapPlace) { g_strdup_printf ("%05u", i), (gint32) (190000000 + (i % 40) * 20000),
                                  (gint32) (-990000000 + (i / 40) * 20000), FALSE, NULL };
    }
}

static void
free_places (DspMapPlace *places,
             guint        n)
{
  for (guint i = 0; i < n; i++)
    g_free ((char *) places[i].code);
}

static void
test_classes_ascend_and_stay (void)
{
  DspMapPlace given[400];
  guint32 codes[401];
  DspMapTally tallies[401] = { 0 };
  g_autoptr(DspMapAreas) areas = dsp_map_areas_new (NULL, 0);
  g_autoptr(DspMapPlaces) places = NULL;
  g_autoptr(DspMapSlots) slots = NULL;
  g_autoptr(DspMapTallies) first = NULL, second = NULL, third = NULL;

  make_places (given, 400);
  places = dsp_map_places_new (given, 400);
  slots = dsp_map_slots_new (areas, places);
  for (guint i = 0; i < 400; i++)
    {
      codes[i] = i;
      tallies[i].values[DSP_MAP_COLOUR_UNASSIGNED] = i * i / 2000;
      tallies[i].values[DSP_MAP_COLOUR_TOTAL] = 1;
    }
  codes[400] = 77777; /* nowhere */
  tallies[400].values[DSP_MAP_COLOUR_TOTAL] = 5;

  first = dsp_map_tallies_new (slots, codes, tallies, 401, NULL);
  g_assert_cmpuint (first->n_off_map, ==, 5);
  g_assert_cmpuint (first->breaks[0][0], ==, 1);
  for (guint i = 1; i < DSP_MAP_N_CLASSES; i++)
    g_assert_cmpuint (first->breaks[0][i], >, first->breaks[0][i - 1]);
  g_assert_cmpuint (dsp_map_tallies_get_class (first, DSP_MAP_COLOUR_UNASSIGNED, 0), ==, 0);
  g_assert_cmpuint (dsp_map_tallies_get_class (first, DSP_MAP_COLOUR_UNASSIGNED, 1), ==, 1);
  g_assert_cmpuint (dsp_map_tallies_get_class (first, DSP_MAP_COLOUR_UNASSIGNED, 1000), ==, DSP_MAP_N_CLASSES);

  /* One assignment more or less changes no colour; ten times as many orders do. */
  for (guint i = 0; i < 400; i += 9)
    tallies[i].values[DSP_MAP_COLOUR_UNASSIGNED] += 1;
  second = dsp_map_tallies_new (slots, codes, tallies, 401, first);
  g_assert_cmpmem (first->breaks[0], sizeof first->breaks[0], second->breaks[0], sizeof second->breaks[0]);
  for (guint i = 0; i < 400; i++)
    tallies[i].values[DSP_MAP_COLOUR_UNASSIGNED] *= 10;
  third = dsp_map_tallies_new (slots, codes, tallies, 401, second);
  g_assert_cmpuint (third->breaks[0][4], >, second->breaks[0][4]);

  free_places (given, 400);
}

/* Whatever is joined, no code is lost and none counted twice, and bubbles do not cover each other. */
static void
test_bubbles_hold_each_code_once (void)
{
  DspMapPlace given[1200];
  guint32 codes[1200];
  DspMapTally tallies[1200] = { 0 };
  g_autoptr(DspMapAreas) areas = dsp_map_areas_new (NULL, 0);
  g_autoptr(DspMapPlaces) places = NULL;
  g_autoptr(DspMapSlots) slots = NULL;
  g_autoptr(DspMapTallies) sums = NULL;

  make_places (given, 1200);
  places = dsp_map_places_new (given, 1200);
  slots = dsp_map_slots_new (areas, places);
  for (guint i = 0; i < 1200; i++)
    {
      codes[i] = i;
      tallies[i].values[DSP_MAP_COLOUR_UNASSIGNED] = i % 7;
      tallies[i].values[DSP_MAP_COLOUR_TOTAL] = i % 5 == 0 ? 0 : 1 + i % 7;
    }
  sums = dsp_map_tallies_new (slots, codes, tallies, 1200, NULL);

  for (double zoom = 6; zoom < 15; zoom += 1.3)
    {
      DspMapRenderInput input = { slots, sums, NULL, NULL, NULL, NULL, DSP_MAP_COLOUR_UNASSIGNED, FALSE, { 0 } };
      g_autoptr(GArray) marks = g_array_new (FALSE, FALSE, sizeof (DspMapMark));
      g_autoptr(GArray) members = g_array_new (FALSE, FALSE, sizeof (guint32));
      g_autoptr(GHashTable) seen = g_hash_table_new (NULL, NULL);
      cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, 800, 600);
      cairo_t *cr = cairo_create (surface);

      input.frame.scale = dsp_map_scale_from_zoom (zoom);
      input.frame.width = 800;
      input.frame.height = 600;
      input.frame.origin_x = dsp_map_x_from_lon (-98.97) - 400 / input.frame.scale;
      input.frame.origin_y = dsp_map_y_from_lat (19.04) - 300 / input.frame.scale;
      dsp_map_render (cr, &input, marks, members);

      for (guint i = 0; i < marks->len; i++)
        {
          const DspMapMark *mark = &g_array_index (marks, DspMapMark, i);

          g_assert_cmpint (mark->kind, ==, DSP_MAP_MARK_BUBBLE);
          g_assert_cmpuint (mark->first + mark->n, <=, members->len);
          for (guint j = 0; j < mark->n; j++)
            g_assert_true (g_hash_table_add (seen, GUINT_TO_POINTER (
                                                 1 + g_array_index (members, guint32, mark->first + j))));
          for (guint j = 0; j < i; j++)
            {
              const DspMapMark *other = &g_array_index (marks, DspMapMark, j);
              double dx = (mark->x - other->x) * input.frame.scale, dy = (mark->y - other->y) * input.frame.scale;

              g_assert_cmpfloat (dx * dx + dy * dy, >, 0.5 * (mark->radius + other->radius) * 0.5
                                                       * (mark->radius + other->radius));
            }
        }
      g_assert_cmpuint (g_hash_table_size (seen), ==, members->len);
      if (zoom < 10)
        g_assert_cmpuint (members->len, ==, 960); /* four fifths of them have orders */
      cairo_destroy (cr);
      cairo_surface_destroy (surface);
    }
  free_places (given, 1200);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/map/scene/codes-are-five-digits", test_codes_are_five_digits);
  g_test_add_func ("/map/scene/mercator-round-trip", test_mercator_round_trip);
  g_test_add_func ("/map/scene/boundary-wins-over-place", test_boundary_wins_over_place);
  g_test_add_func ("/map/scene/classes-ascend-and-stay", test_classes_ascend_and_stay);
  g_test_add_func ("/map/scene/bubbles-hold-each-code-once", test_bubbles_hold_each_code_once);

  return g_test_run ();
}
