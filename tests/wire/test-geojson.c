/* test-geojson.c: boundaries in, areas out, and what is none named by its place
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-geojson.h"

#include <string.h>

#include "dsp-wire-error.h"

#define RING     "[[0,0],[1,0],[1,1],[0,1],[0,0]]"
#define HOLE     "[[0.2,0.2],[0.2,0.4],[0.4,0.4],[0.4,0.2],[0.2,0.2]]"
#define FAR_RING "[[5,5],[6,5],[6,6],[5,6],[5,5]]"
#define POLYGON  "{\"type\":\"Polygon\",\"coordinates\":[" RING "]}"
#define FEATURE(properties, geometry) \
  "{\"type\":\"Feature\",\"properties\":" properties ",\"geometry\":" geometry "}"
#define COLLECTION(features) "{\"type\":\"FeatureCollection\",\"name\":\"x\",\"features\":[" features "]}"

static DspGeojson *
open_text (const char               *text,
           const DspGeojsonOptions  *options,
           GError                  **error)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, strlen (text));

  return dsp_geojson_new_for_bytes ("test.geojson", bytes, options, error);
}

/* All features as one text: "INDEX:CODE/rings/points;" or "INDEX!CODE reason;". */
static char *
read_all (const char              *text,
          const DspGeojsonOptions *options)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspGeojson) geojson = open_text (text, options, &error);
  g_autoptr(GString) all = g_string_new (NULL);
  DspGeojsonResult result;
  DspGeojsonFeature feature;

  g_assert_no_error (error);
  while ((result = dsp_geojson_next (geojson, &feature, &error)) == DSP_GEOJSON_FEATURE
         || result == DSP_GEOJSON_REFUSED)
    {
      if (result == DSP_GEOJSON_FEATURE)
        g_string_append_printf (all, "%" G_GUINT64_FORMAT ":%s/%u/%u;", feature.index, feature.code,
                                feature.geometry->n_rings, feature.geometry->n_points);
      else
        g_string_append_printf (all, "%" G_GUINT64_FORMAT "!%s %s;", feature.index,
                                feature.code != NULL ? feature.code : "-", feature.reason);
    }
  if (result == DSP_GEOJSON_FAILED)
    g_string_append_printf (all, "failed: %s", error->message);

  return g_string_free (g_steal_pointer (&all), FALSE);
}

static void
assert_reads (const char              *text,
              const DspGeojsonOptions *options,
              const char              *expected)
{
  g_autofree char *all = read_all (text, options);

  g_assert_cmpstr (all, ==, expected);
}

static void
test_reads_every_container (void)
{
  const DspGeojsonOptions coded = { .code = "1010" };

  assert_reads (COLLECTION (FEATURE ("{\"d_codigo\":\"01010\"}", POLYGON)), NULL, "1:01010/1/4;");
  assert_reads (COLLECTION (""), NULL, "");
  assert_reads (FEATURE ("{\"d_codigo\":\"01010\"}", POLYGON), NULL, "1:01010/1/4;");
  assert_reads (POLYGON, &coded, "1:01010/1/4;");
  assert_reads ("{\"type\":\"MultiPolygon\",\"coordinates\":[[" RING "," HOLE "],[" FAR_RING "]]}", &coded,
                "1:01010/3/12;");
  assert_reads ("{\"type\":\"GeometryCollection\",\"geometries\":[" POLYGON ",\n" POLYGON "]}", &coded,
                "1:01010/1/4;2:01010/1/4;");
  assert_reads (COLLECTION (FEATURE ("{\"cp\":1010}", "{\"type\":\"GeometryCollection\",\"geometries\":["
                                     "{\"type\":\"Point\",\"coordinates\":[1,2]}," POLYGON ",{\"type\":\"MultiPolygon\","
                                     "\"coordinates\":[[" FAR_RING "]]}]}")), NULL, "1:01010/2/8;");
  assert_reads ("\xef\xbb\xbf {\"features\" : [ " FEATURE ("{\"CP\":\"1010\"}", POLYGON) " ] , \"type\":\"x\"}\n", NULL,
                "1:01010/1/4;");
}

static void
test_codes_are_texts_or_numbers_of_five_digits (void)
{
  const DspGeojsonOptions given = { .property = "v" };

  assert_reads (COLLECTION (FEATURE ("{\"v\":1010}", POLYGON) "," FEATURE ("{\"v\":1010.0}", POLYGON) ","
                            FEATURE ("{\"v\":\" 20049 \"}", POLYGON)), &given, "1:01010/1/4;2:01010/1/4;3:20049/1/4;");
  assert_reads (COLLECTION (FEATURE ("{\"v\":101}", POLYGON) "," FEATURE ("{\"v\":\"0101A\"}", POLYGON) ","
                            FEATURE ("{\"v\":123456}", POLYGON) "," FEATURE ("{\"v\":null}", POLYGON) ","
                            FEATURE ("{\"w\":20049}", POLYGON) "," FEATURE ("null", POLYGON)), &given,
                "1!- v: “101” is no postal code of 5 digits;2!- v: “0101A” is no postal code of 5 digits;"
                "3!- v: “123456” is no postal code of 5 digits;4!- the property v is missing;"
                "5!- the property v is missing;6!- the feature has no properties, so no postal code;");
}

static void
test_property_is_found_by_name_or_by_its_values (void)
{
  struct { const char *properties, *found; } cases[] = {
    { "{\"cve_mun\":\"19006\",\"d_cp\":\"66647\"}", "d_cp" },
    { "{\"OBJECTID\":12345,\"CP\":1010}", "CP" },
    { "{\"name\":\"x\",\"clave\":\"01010\"}", "clave" },
    { "{\"ZIP\":\"no\",\"other\":\"01010\"}", "other" },
  };
  g_autoptr(GString) text = g_string_new (NULL);
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *whole = g_strdup_printf (COLLECTION (FEATURE ("%s", POLYGON)), cases[i].properties);
      g_autoptr(DspGeojson) geojson = open_text (whole, NULL, NULL);

      g_assert_nonnull (geojson);
      g_assert_cmpstr (dsp_geojson_get_property (geojson), ==, cases[i].found);
    }

  g_assert_null (open_text (COLLECTION (FEATURE ("{\"a\":11111,\"b\":22222}", POLYGON)), NULL, &error));
  g_assert_nonnull (strstr (error->message, "in a or in b"));
  g_clear_error (&error);
  g_assert_null (open_text (COLLECTION (FEATURE ("{\"a\":\"x\"}", POLYGON)), NULL, &error));
  g_assert_nonnull (strstr (error->message, "test.geojson: no property"));
  g_clear_error (&error);

  /* Nine of ten are enough, eight are not. */
  for (guint n_bad = 1; n_bad <= 2; n_bad++)
    {
      g_autoptr(DspGeojson) geojson = NULL;

      g_string_assign (text, "{\"features\":[");
      for (guint i = 0; i < 10; i++)
        g_string_append_printf (text, "%s" FEATURE ("{\"a\":%d}", POLYGON), i > 0 ? "," : "", i < n_bad ? 1 : 20000);
      g_string_append (text, "]}");
      geojson = open_text (text->str, NULL, NULL);
      g_assert_true ((geojson != NULL) == (n_bad == 1));
    }
}

#define BAD(coordinates) FEATURE ("{\"cp\":\"01010\"}", "{\"type\":\"Polygon\",\"coordinates\":" coordinates "}")

static void
test_bad_feature_is_refused_and_the_next_one_read (void)
{
  const DspGeojsonOptions given = { .property = "cp" };
  struct { const char *feature, *says; } cases[] = {
    { BAD ("[[[0,0],[1,0],[1,1],[0,1]]]"), "ring 1 is open: it begins at 0.0000000, 0.0000000" },
    { BAD ("[" RING ",[[0,0],[1,0],[0,0]]]"), "ring 2 has only 3 positions, 4 are needed" },
    { BAD ("[[]]"), "ring 1 has only 0 positions" },
    { BAD ("[]"), "a polygon without a ring" },
    { BAD ("[[[0,0],[NaN,0],[1,1],[0,0]]]"), "NaN and Infinity are none" },
    { BAD ("[[[0,0],[-Infinity,0],[1,1],[0,0]]]"), "NaN and Infinity are none" },
    { BAD ("[[[0,0],[1e999,0],[1,1],[0,0]]]"), "out of range" },
    { BAD ("[[[0,0],[181,0],[1,1],[0,0]]]"), "position 2 of ring 1 (longitude 181, latitude 0) is not on Earth" },
    { BAD ("[[[0,0],[0,-91],[1,1],[0,0]]]"), "not on Earth" },
    { BAD ("[[[0,0],[0],[1,1],[0,0]]]"), "position 2 of ring 1 is not a pair" },
    { BAD ("[[[0,0],[0,null],[1,1],[0,0]]]"), "position 2 of ring 1 is not a pair" },
    { BAD ("[[0,0],[1,0],[1,1],[0,0]]"), "position 1 of ring 1 is not a pair" },
    { BAD ("[[" RING "]]"), "wrong nesting" },
    { BAD ("[1]"), "ring 1 is not a list" },
    { BAD ("{}"), "no coordinates" },
    { BAD ("[[[0,0],[1,1],[2,2],[0,0]]]"), "encloses an area" },
    { FEATURE ("{\"cp\":\"01010\"}", "null"), "no geometry" },
    { FEATURE ("{\"cp\":\"01010\"}", "{}"), "has no type" },
    { FEATURE ("{\"cp\":\"01010\"}", "{\"type\":\"Point\",\"coordinates\":[0,0]}"), "a Point is no area" },
    { FEATURE ("{\"cp\":\"01010\",\"cp\":\"02020\"}", POLYGON), "the same key a second time" },
    { "[]", "not an object" },
    { "\"a ] } \\\" string\"", "not an object" },
    { "{\"cp\":}", "not a JSON value" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *text = g_strdup_printf (COLLECTION ("%s,\n%s"), cases[i].feature,
                                               FEATURE ("{\"cp\":\"20049\"}", POLYGON));
      g_autofree char *all = read_all (text, &given);

      if (!g_str_has_prefix (all, "1!") || strstr (all, cases[i].says) == NULL || !g_str_has_suffix (all, ";2:20049/1/4;"))
        g_error ("%s: \"%s\" does not say \"%s\"", cases[i].feature, all, cases[i].says);
    }
}

static void
test_open_rings_can_be_closed (void)
{
  const DspGeojsonOptions closing = { .open_rings = DSP_OPEN_RINGS_CLOSE };

  assert_reads (COLLECTION (BAD ("[[[0,0],[1,0],[1,1],[0,1]]]") "," BAD ("[[[0,0],[1,0],[1,1]]]")), &closing,
                "1:01010/1/4;2:01010/1/3;");
}

static void
test_refusal_knows_its_line (void)
{
  const DspGeojsonOptions given = { .property = "cp" };
  g_autoptr(DspGeojson) geojson = open_text ("{\n\"features\": [\n\n" FEATURE ("{\"cp\":1}", POLYGON) ",\n"
                                             FEATURE ("{\"cp\":2}", POLYGON) "]}", &given, NULL);
  DspGeojsonFeature feature;

  g_assert_cmpint (dsp_geojson_next (geojson, &feature, NULL), ==, DSP_GEOJSON_REFUSED);
  g_assert_cmpint (feature.line, ==, 4);
  g_assert_cmpint (dsp_geojson_next (geojson, &feature, NULL), ==, DSP_GEOJSON_REFUSED);
  g_assert_cmpint (feature.line, ==, 5);
}

static void
test_coordinates_are_1e7_degrees (void)
{
  const DspGeojsonOptions given = { .property = "cp" };
  g_autoptr(DspGeojson) geojson = open_text (COLLECTION (BAD ("[[[-99.1958885,19.2790397],[-99.19,19.2790397,2240.5],"
                                                              "[-9.919e1,19.28000000000000000001],"
                                                              "[-99.1958885,19.2790397]]]")), &given, NULL);
  DspGeojsonFeature feature;

  g_assert_cmpint (dsp_geojson_next (geojson, &feature, NULL), ==, DSP_GEOJSON_FEATURE);
  g_assert_cmpint (feature.geometry->points[0].lon_e7, ==, -991958885);
  g_assert_cmpint (feature.geometry->points[0].lat_e7, ==, 192790397);
  g_assert_cmpint (feature.geometry->points[1].lon_e7, ==, -991900000);
  g_assert_cmpint (feature.geometry->points[2].lon_e7, ==, -991900000);
  g_assert_cmpint (feature.geometry->points[2].lat_e7, ==, 192800000);
}

static void
test_cut_or_foreign_file_is_an_error (void)
{
  const char *whole = COLLECTION (FEATURE ("{\"cp\":\"01010\"}", POLYGON) "," FEATURE ("{\"cp\":\"20049\"}", POLYGON));
  const DspGeojsonOptions given = { .property = "cp" };
  struct { const char *text, *says; } foreign[] = {
    { "", "ends here" },
    { "[]", "line 1: not GeoJSON" },
    { "not json", "not GeoJSON" },
    { "{\"features\":{}}", "a list of features" },
    { "{\"features\":[{} {}]}", "a comma" },
    { "{\"features\":[]} x", "the end of the file" },
  };

  for (gsize n = 0; n < strlen (whole); n++)
    {
      g_autofree char *text = g_strndup (whole, n);
      g_autofree char *all = read_all (text, &given);

      g_assert_nonnull (strstr (all, "failed: test.geojson, line 1: the file ends here"));
    }

  for (guint i = 0; i < G_N_ELEMENTS (foreign); i++)
    {
      g_autofree char *all = read_all (foreign[i].text, &given);

      if (strstr (all, "failed: ") == NULL || strstr (all, foreign[i].says) == NULL)
        g_error ("%s: \"%s\" does not say \"%s\"", foreign[i].text, all, foreign[i].says);
    }
}

/* All published boundaries: counts from the description of the data. Two colonias of Monterrey have no area once they
 * are rounded to seven decimals. */
static void
test_real_boundaries (void)
{
  static const struct { const char *name, *property; guint n_features, n_refused, n_codes, n_positions; } files[] = {
    { "09-Cdmx.geojson.xz", "d_codigo", 1182, 0, 1182, 100175 },
    { "01-Ags.geojson.xz", "d_codigo", 386, 0, 386, 56245 },
    { "06-Col.geojson.xz", "d_codigo", 272, 0, 272, 48816 },
    { "22-Qro.geojson.xz", "d_codigo", 518, 0, 518, 123285 },
    { "23-Qroo.geojson.xz", "d_codigo", 391, 0, 391, 50268 },
    { "19-NL_monterrey_colonias.geojson.xz", "d_cp", 3136, 2, 452, 0 },
  };
  const char *data = g_getenv ("DESPACHO_DATA");

  if (data == NULL)
    {
      g_test_skip ("DESPACHO_DATA is not set");
      return;
    }

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (data, "cp_polygons", files[i].name, NULL);
      g_autoptr(GHashTable) codes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      g_autoptr(GError) error = NULL;
      g_autoptr(DspGeojson) geojson = NULL;
      guint n_features = 0, n_refused = 0, n_positions = 0;
      DspGeojsonResult result;
      DspGeojsonFeature feature;

      g_test_timer_start ();
      geojson = dsp_geojson_open (path, NULL, NULL, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (dsp_geojson_get_property (geojson), ==, files[i].property);
      while ((result = dsp_geojson_next (geojson, &feature, &error)) == DSP_GEOJSON_FEATURE
             || result == DSP_GEOJSON_REFUSED)
        {
          if (result == DSP_GEOJSON_REFUSED)
            {
              g_test_message ("%s %s: %s", files[i].name, feature.code, feature.reason);
              n_refused++;
              continue;
            }
          n_features++;
          n_positions += feature.geometry->n_points + feature.geometry->n_rings;
          g_hash_table_add (codes, g_strdup (feature.code));
        }
      g_assert_no_error (error);
      g_test_message ("%s: %u features, %u refused, %u codes, %u positions, %.0f ms", files[i].name, n_features,
                      n_refused, g_hash_table_size (codes), n_positions, g_test_timer_elapsed () * 1000);
      g_assert_cmpint (n_features + n_refused, ==, files[i].n_features);
      g_assert_cmpint (n_refused, ==, files[i].n_refused);
      g_assert_cmpint (g_hash_table_size (codes), ==, files[i].n_codes);

      /* Positions that repeat the one before are dropped. */
      if (files[i].n_positions != 0)
        g_assert_cmpint (n_positions, <=, files[i].n_positions);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name) g_test_add_func ("/geojson/" #name, test_##name)
  ADD (reads_every_container);
  ADD (codes_are_texts_or_numbers_of_five_digits);
  ADD (property_is_found_by_name_or_by_its_values);
  ADD (bad_feature_is_refused_and_the_next_one_read);
  ADD (open_rings_can_be_closed);
  ADD (refusal_knows_its_line);
  ADD (coordinates_are_1e7_degrees);
  ADD (cut_or_foreign_file_is_an_error);
  ADD (real_boundaries);

  return g_test_run ();
}
