/* test-demo.c: the demonstration's files are files that the importers take whole
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <string.h>

#include "dsp-entities.h"
#include "dsp-geojson.h"
#include "dsp-mapping.h"

static char *
demo_path (const char *name)
{
  return g_test_build_filename (G_TEST_DIST, "..", "data", "demo", name, NULL);
}

static const char *
value_of (const DspMappedRow *row,
          const char         *field)
{
  for (guint i = 0; i < row->n_fields; i++)
    if (strcmp (row->names[i], field) == 0)
      return row->values[i];

  g_test_message ("there is no field %s", field);
  g_assert_not_reached ();
}

static void
test_orders (void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *mapping_path = demo_path ("orders.mapping.json");
  g_autofree char *path = demo_path ("orders.csv");
  g_autoptr(DspMapping) mapping = dsp_mapping_new_from_file (mapping_path, NULL, &error);
  g_autoptr(DspMappingReader) reader = NULL;
  guint n_rows = 0, n_without_code = 0, n_late = 0;
  gint64 newest_us = 0, zone_us = 6 * G_TIME_SPAN_HOUR, midnight_us;
  DspDate today = dsp_date_make (2027, 3, 1);
  DspCsvResult result;
  DspMappedRow row;
  DspTime time;

  g_assert_no_error (error);
  g_assert_true (dsp_time_parse ("2027-03-01T00:00:00Z", 20, &time));
  midnight_us = time.us + zone_us;
  reader = dsp_mapping_reader_open (mapping, path, today, NULL, &error);
  g_assert_no_error (error);

  while ((result = dsp_mapping_reader_next (reader, &row, &error)) != DSP_CSV_END)
    {
      const char *code;

      g_assert_no_error (error);
      if (result == DSP_CSV_REFUSED)
        g_error ("line %" G_GUINT64_FORMAT ": %s", row.line, row.reason);
      n_rows++;
      code = value_of (&row, "postal_code");
      if (code == NULL)
        n_without_code++;
      else
        g_assert_true (dsp_postal_code_is_valid (code));

      g_assert_true (dsp_time_parse (value_of (&row, "created_at"), strlen (value_of (&row, "created_at")), &time));
      newest_us = MAX (newest_us, time.us);
      g_assert_true (dsp_time_parse (value_of (&row, "penalty_at"), strlen (value_of (&row, "penalty_at")), &time));
      n_late += time.us < midnight_us;
    }

  g_assert_cmpuint (n_rows, ==, 1200);
  g_assert_cmpuint (n_without_code, ==, 3);
  g_assert_cmpuint (n_late, >, 100);
  /* The newest came in on the morning of the day of the import. */
  g_assert_cmpint (newest_us, >=, midnight_us);
  g_assert_cmpint (newest_us, <, midnight_us + 8 * G_TIME_SPAN_HOUR);
}

static void
test_boundaries (void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = demo_path ("boundaries.geojson");
  g_autoptr(DspGeojson) geojson = dsp_geojson_open (path, &(DspGeojsonOptions) { 0 }, NULL, &error);
  DspGeojsonResult result;
  DspGeojsonFeature feature;
  guint n_areas = 0;

  g_assert_no_error (error);
  g_assert_cmpstr (dsp_geojson_get_property (geojson), ==, "d_codigo");
  while ((result = dsp_geojson_next (geojson, &feature, &error)) != DSP_GEOJSON_END)
    {
      g_assert_no_error (error);
      if (result == DSP_GEOJSON_REFUSED)
        g_error ("feature %" G_GUINT64_FORMAT ": %s", feature.index, feature.reason);
      n_areas++;
    }
  g_assert_cmpuint (n_areas, ==, 57);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/demo/orders_are_mapped_without_refusal", test_orders);
  g_test_add_func ("/demo/boundaries_are_read_without_refusal", test_boundaries);
  return g_test_run ();
}
