/* test-mapping.c: a mapping file says what becomes of each row
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-mapping.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "dsp-entities.h"
#include "dsp-wire-error.h"

static DspMapping *
new_mapping (const char  *text,
             GError     **error)
{
  return dsp_mapping_new_from_data ("map.json", text, strlen (text), NULL, error);
}

/* Maps a CSV text: "LINE:value,value;" or "LINE!reason;", nothing shown as "-". */
static char *
map_text (const char *mapping_text,
          const char *csv_text,
          DspDate     today)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspMapping) mapping = new_mapping (mapping_text, &error);
  g_autoptr(DspMappingReader) reader = NULL;
  g_autoptr(GString) all = g_string_new (NULL);
  g_autofree char *path = NULL;
  DspCsvResult result;
  DspMappedRow row;
  int fd;

  g_assert_no_error (error);
  fd = g_file_open_tmp ("dsp-mapping-XXXXXX", &path, NULL);
  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, csv_text, -1, NULL));
  reader = dsp_mapping_reader_open (mapping, path, today, NULL, &error);
  g_unlink (path);
  if (reader == NULL)
    return g_strdup (error->message);

  while ((result = dsp_mapping_reader_next (reader, &row, &error)) == DSP_CSV_ROW || result == DSP_CSV_REFUSED)
    {
      g_string_append_printf (all, "%" G_GUINT64_FORMAT, row.line);
      if (result == DSP_CSV_REFUSED)
        {
          g_string_append_printf (all, "!%s;", row.reason);
          continue;
        }
      for (guint i = 0; i < row.n_fields; i++)
        g_string_append_printf (all, "%c%s", i == 0 ? ':' : ',', row.values[i] != NULL ? row.values[i] : "-");
      g_string_append_c (all, ';');
    }
  g_assert_no_error (error);

  return g_string_free (g_steal_pointer (&all), FALSE);
}

static void
assert_maps_on (const char *fields,
                const char *settings,
                const char *csv,
                DspDate     today,
                const char *expected)
{
  g_autofree char *mapping = g_strdup_printf ("{\"format\":1,%s\"fields\":{%s}}", settings, fields);
  g_autofree char *all = map_text (mapping, csv, today);

  g_assert_cmpstr (all, ==, expected);
}

static void
assert_maps (const char *fields,
             const char *csv,
             const char *expected)
{
  assert_maps_on (fields, "", csv, dsp_date_make (2026, 11, 22), expected);
}

static void
test_columns_constants_and_joins (void)
{
  assert_maps ("\"number\":\"id\",\"state\":{\"const\":\"CDMX\"},\"street\":{\"columns\":[\"a\",\"b\",\"c\"],"
               "\"join\":\" · \"},\"account\":{\"column\":\"id\",\"prefix\":\"A-\",\"suffix\":\"/1\"}",
               "id,a,b,c\n 7 ,x, ,z\n8,,,\n",
               "2:7,CDMX,x · z,A-7/1;3:8,CDMX,-,A-8/1;");
}

static void
test_words_for_nothing (void)
{
  assert_maps_on ("\"a\":\"a\",\"b\":{\"column\":\"b\",\"null_words\":\"0.0\"},\"c\":{\"column\":\"b\",\"prefix\":\"x\"}",
                  "\"null_words\":[\"NA\",\"?\"],", "a,b\nNA,0.0\n ? ,1\nNAN,NA\n", dsp_date_make (2026, 1, 1),
                  "2:-,-,x0.0;3:-,1,x1;4:NAN,-,-;");
}

static void
test_value_map_with_default_or_refusal (void)
{
  assert_maps ("\"p\":{\"column\":\"a\",\"map\":{\"alta\":\"1\",\"nada\":null}}", "a,b\nalta,1\nnada,2\nmedia,3\n,4\n",
               "2:1;3:-;4!column a: “media” is not in the mapping's list of values;5:-;");
  assert_maps ("\"p\":{\"column\":\"a\",\"map\":{\"alta\":\"1\"},\"default\":\"3\"}", "a,b\nalta,1\nmedia,2\n,3\n",
               "2:1;3:3;4:-;");
  assert_maps ("\"p\":{\"column\":\"a\",\"map\":{\"alta\":\"1\"},\"unmapped\":\"keep\"}", "a,b\nalta,1\nmedia,2\n",
               "2:1;3:media;");
  assert_maps ("\"p\":{\"column\":\"a\",\"map\":{\"alta\":\"1\"},\"unmapped\":\"none\"}", "a,b\nalta,1\nmedia,2\n",
               "2:1;3:-;");
}

static void
test_times_are_read_in_the_zone_of_the_file (void)
{
  const char *zone = "\"time_zone\":\"America/Mexico_City\",";
  const DspDate today = dsp_date_make (2026, 1, 1);

  /* Summer time until October 2022. */
  assert_maps_on ("\"t\":{\"columns\":[\"d\",\"h\"],\"time\":\"%d/%m/%Y %H:%M:%S\"}", zone,
                  "d,h\n13/04/2018,17:24:42\n1/1/2018,0:00:00\n13/04/2023,17:24:42\n", today,
                  "2:2018-04-13T22:24:42Z;3:2018-01-01T06:00:00Z;4:2023-04-13T23:24:42Z;");
  assert_maps_on ("\"t\":{\"column\":\"d\",\"time\":\"%Y-%m-%dT%H:%M:%S%z\"}", zone,
                  "d,h\n2018-04-13T22:24:42Z,\n2018-04-13T22:24:42+0530,\n", today,
                  "2:2018-04-13T22:24:42Z;3:2018-04-13T16:54:42Z;");
  assert_maps ("\"t\":{\"column\":\"d\",\"time\":\"%Y-%m-%d\"}", "d,h\n2018-04-13,\n,\n", "2:2018-04-13T00:00:00Z;3:-;");
}

static void
test_days_that_do_not_exist_are_refused_by_name (void)
{
  assert_maps ("\"t\":{\"columns\":[\"d\",\"h\"],\"time\":\"%d/%m/%Y %H:%M\"}",
               "d,h\n31/02/2018,10:00\n29/02/2020,10:00\n29/02/2021,10:00\n31/04/2018,10:00\n01/13/2018,10:00\n"
               "01/01/2018,24:00\n01/01/2018,\nmañana,10:00\n00/01/2018,10:00\n01/01/0000,10:00\n",
               "2!columns d, h: “31/02/2018 10:00” is no day of the calendar: February 2018 has 28 days;"
               "3:2020-02-29T10:00:00Z;"
               "4!columns d, h: “29/02/2021 10:00” is no day of the calendar: February 2021 has 28 days;"
               "5!columns d, h: “31/04/2018 10:00” is no day of the calendar: April 2018 has 30 days;"
               "6!columns d, h: “01/13/2018 10:00” is no day of the calendar;"
               "7!columns d, h: “01/01/2018 24:00” is no time of the form %d/%m/%Y %H:%M;"
               "8!columns d, h: “01/01/2018” is no time of the form %d/%m/%Y %H:%M;"
               "9!columns d, h: “mañana 10:00” is no time of the form %d/%m/%Y %H:%M;"
               "10!columns d, h: “00/01/2018 10:00” is no day of the calendar;"
               "11!columns d, h: “01/01/0000 10:00” is no day of the calendar;");
}

static void
test_time_plus_minutes (void)
{
  assert_maps ("\"t\":{\"column\":\"d\",\"time\":\"%Y-%m-%d\"},\"u\":{\"field\":\"t\",\"plus\":{\"minutes\":1441}},"
               "\"v\":{\"field\":\"t\",\"plus\":{\"minutes\":-1}}",
               "d,h\n2018-02-28,1\n,2\n", "2:2018-02-28T00:00:00Z,2018-03-01T00:01:00Z,2018-02-27T23:59:00Z;3:-,-,-;");
}

static void
test_newest_day_becomes_today (void)
{
  const char *settings = "\"time_zone\":\"America/Mexico_City\",\"shift_dates\":\"newest-is-today\",";
  const char *by_a = "\"time_zone\":\"America/Mexico_City\",\"shift_dates\":\"newest-is-today\",\"shift_by\":\"a\",";
  const char *fields = "\"a\":{\"column\":\"a\",\"time\":\"%Y-%m-%d %H:%M\"},\"b\":{\"column\":\"b\",\"time\":\"%Y-%m-%d\"}";
  const DspDate today = dsp_date_make (2026, 11, 22);

  /* The clock on the wall stays: 23:30 of a summer evening is 23:30 of a November one. A refused row has no say. */
  assert_maps_on (fields, settings, "a,b\n2022-06-01 23:30,2022-06-02\n2022-05-31 08:00,\n2023-01-01 00:00,x\n", today,
                  "2:2026-11-22T05:30:00Z,2026-11-22T06:00:00Z;3:2026-11-20T14:00:00Z,-;"
                  "4!column b: “x” is no time of the form %Y-%m-%d;");
  assert_maps_on (fields, by_a, "a,b\n2022-06-01 23:30,2022-06-02\n", today,
                  "2:2026-11-23T05:30:00Z,2026-11-23T06:00:00Z;");
  assert_maps_on (fields, by_a, "a,b\n,2022-06-02\n", today, "2:-,2022-06-02T05:00:00Z;");
}

static void
test_degrees_become_integers (void)
{
  assert_maps ("\"lat_e7\":{\"column\":\"a\",\"degrees\":\"latitude\"},\"lon_e7\":{\"column\":\"b\",\"degrees\":\"longitude\"}",
               "a,b\n19.341799572539976,-99.1682732538209\n90,-180\n0,-0.00000004\n,\n90.1,0\n0,181\nnan,0\n0x10,0\n1e1,0\n"
               "19;5,0\n1.2.3,0\n-,0\n",
               "2:193417996,-991682733;3:900000000,-1800000000;4:0,0;5:-,-;"
               "6!column a: “90.1” is no latitude: -90 to 90 degrees are possible;"
               "7!column b: “181” is no longitude: -180 to 180 degrees are possible;"
               "8!column a: “nan” is no decimal number of degrees;9!column a: “0x10” is no decimal number of degrees;"
               "10!column a: “1e1” is no decimal number of degrees;11!column a: “19;5” is no decimal number of degrees;"
               "12!column a: “1.2.3” is no decimal number of degrees;13!column a: “-” is no decimal number of degrees;");
}

static void
test_postal_codes_have_five_digits (void)
{
  assert_maps ("\"p\":{\"column\":\"a\",\"postal_code\":\"refuse\"}", "a,b\n01010,1\n,2\n1010,3\n0101A,4\n010101,5\n",
               "2:01010;3:-;4!column a: “1010” is no postal code of 5 digits;"
               "5!column a: “0101A” is no postal code of 5 digits;6!column a: “010101” is no postal code of 5 digits;");
  assert_maps ("\"p\":{\"column\":\"a\",\"postal_code\":\"pad\"}", "a,b\n01010,1\n1010,3\n101,4\n",
               "2:01010;3:01010;4!column a: “101” is no postal code of 5 digits;");
}

static void
test_parent_is_the_first_of_its_group (void)
{
  const char *csv = "g,id,t\nA,3,2022-02\nA,1,2022-01\nB,4,2022-01\nA,2,2022-01\n,5,2022-01\n,6,2022-01\n";

  assert_maps ("\"n\":\"id\",\"p\":{\"first_of\":{\"same\":\"g\",\"take\":\"id\"}}", csv,
               "2:3,-;3:1,3;4:4,-;5:2,3;6:5,-;7:6,-;");
  assert_maps ("\"n\":\"id\",\"p\":{\"first_of\":{\"same\":\"g\",\"take\":\"id\",\"by\":[\"t\",\"id\"]}}", csv,
               "2:3,1;3:1,-;4:4,-;5:2,1;6:5,-;7:6,-;");
}

static void
test_same_row_twice_is_refused_with_its_first_line (void)
{
  assert_maps ("\"n\":\"a\"", "a,b\n1,x\n2,\"y\nz\"\n1,x\n1,X\n2,\"y\nz\"\n",
               "2:1;3:2;5!“1”: the row is the same as line 2;6:1;7!“2”: the row is the same as line 3;");
  assert_maps ("\"n\":{\"column\":\"a\",\"unique\":true}", "a,b\n1,x\n1,y\n2,z\n1,x\n",
               "2:1;3!column a: “1” stands in line 2 already;4:2;5!“1”: the row is the same as line 2;");
}

static void
test_required_value_missing_is_refused (void)
{
  assert_maps ("\"n\":{\"column\":\"a\",\"required\":true}", "a,b\n,x\n1,x\n",
               "2!column a is empty, a value is needed;3:1;");
}

static void
test_derived_values_are_the_same_each_time (void)
{
  const char *mapping = "{\"format\":1,\"lists\":{\"g\":[\"Ana\",\"Luis\",\"Eva\"],\"f\":[\"Cruz\",\"Díaz\",\"Gil\",\"Paz\"]},"
                        "\"fields\":{\"account\":{\"digits\":{\"by\":[\"a\",\"b\"],\"count\":10},\"prefix\":\"A-\"},"
                        "\"name\":{\"pick\":{\"by\":[\"a\",\"b\"],\"from\":[\"g\",\"f\",\"f\"]}},"
                        "\"phone\":{\"digits\":{\"by\":[\"a\",\"b\"],\"count\":8}}}}";
  const char *csv = "a,b,c\n1,2,x\n1,2,y\n12,,z\n";
  g_autofree char *first = map_text (mapping, csv, dsp_date_make (2026, 11, 22));
  g_autofree char *second = map_text (mapping, csv, dsp_date_make (2027, 1, 1));
  g_auto(GStrv) rows = g_strsplit (first, ";", -1);
  g_auto(GStrv) values = g_strsplit (rows[0] + 2, ",", -1);

  g_assert_cmpstr (first, ==, second);
  g_assert_cmpstr (rows[0] + 1, ==, rows[1] + 1);
  g_assert_cmpstr (rows[0] + 1, !=, rows[2] + 1);
  g_assert_cmpint (strlen (values[0]), ==, 12);
  g_assert_cmpint (strlen (values[2]), ==, 8);

  /* Frozen: an installation that imports a newer file must not give its customers new names. */
  g_assert_cmpstr (rows[0], ==, "2:A-9833933171,Luis Díaz Gil,28505127");
}

static void
test_bad_rows_of_the_file_keep_their_line (void)
{
  assert_maps ("\"n\":\"a\"", "a,b\n1,\"x\ny\"\n2\n3,\"z\n4,w\n5",
               "2:1;4!1 field where the header has 2;5!the quote that opens column 2 is never closed;6:4;"
               "7!the file is cut off in the middle of this row: 1 field where the header has 2;");
}

static void
test_missing_column_stops_before_any_row (void)
{
  g_autofree char *all = map_text ("{\"format\":1,\"fields\":{\"n\":\"id\",\"t\":{\"columns\":[\"a\",\"hora\"]}}}",
                                   "a,b\n1,2\n", dsp_date_make (2026, 1, 1));

  g_assert_nonnull (strstr (all, "map.json needs columns that are not there: id (fields.n), hora (fields.t). "
                                 "The columns are: a, b"));
}

static void
test_faults_of_the_mapping_are_named (void)
{
  static const struct { const char *text, *says; } cases[] = {
    { "", "map.json: JSON, byte 0" },
    { "[]", "map.json: : a mapping is a JSON object" },
    { "{}", "map.json: format: is missing" },
    { "{\"format\":\"1\"}", "format: a number" },
    { "{\"format\":1}", "fields: 1 to" },
    { "{\"format\":1,\"feilds\":{}}", "feilds: there is no such setting" },
    { "{\"format\":1,\"time_zone\":\"Mars\",\"fields\":{\"a\":\"b\"}}", "time_zone: there is no time zone Mars" },
    { "{\"format\":1,\"csv\":{\"separator\":\":\"},\"fields\":{\"a\":\"b\"}}", "csv.separator: one of" },
    { "{\"format\":1,\"csv\":{\"encoding\":\"cp1252\"},\"fields\":{\"a\":\"b\"}}", "csv.encoding: cp1252 is none of utf-8" },
    { "{\"format\":1,\"shift_by\":\"a\",\"fields\":{\"a\":\"b\"}}", "shift_by: a is no field with a time" },
    { "{\"format\":1,\"fields\":{\"a\":1}}", "fields.a: a column's name" },
    { "{\"format\":1,\"fields\":{\"a\":{}}}", "fields.a: has no source" },
    { "{\"format\":1,\"fields\":{\"a\":{\"column\":\"x\",\"const\":\"y\"}}}", "fields.a: has more than one source" },
    { "{\"format\":1,\"fields\":{\"a\":{\"columns\":[]}}}", "fields.a.columns: a text or a list" },
    { "{\"format\":1,\"fields\":{\"a\":{\"columns\":[1]}}}", "fields.a.columns: item 1" },
    { "{\"format\":1,\"fields\":{\"a\":{\"field\":\"b\"},\"b\":\"x\"}}", "fields.a.field: no field b stands before" },
    { "{\"format\":1,\"fields\":{\"a\":{\"column\":\"x\",\"time\":\"%Y-%q\"}}}", "fields.a.time: %q is none of" },
    { "{\"format\":1,\"fields\":{\"a\":{\"column\":\"x\",\"time\":\"%H:%M\"}}}", "fields.a.time: %Y, %m and %d" },
    { "{\"format\":1,\"fields\":{\"a\":{\"column\":\"x\",\"time\":\"%\"}}}", "fields.a.time" },
    { "{\"format\":1,\"fields\":{\"a\":{\"column\":\"x\",\"degrees\":\"up\"}}}", "fields.a.degrees: up is none of" },
    { "{\"format\":1,\"fields\":{\"a\":{\"column\":\"x\",\"default\":\"up\"}}}", "fields.a.map: is missing" },
    { "{\"format\":1,\"fields\":{\"a\":{\"column\":\"x\",\"plus\":{}}}}", "fields.a.plus: the field is no time" },
    { "{\"format\":1,\"fields\":{\"a\":{\"pick\":{\"by\":\"x\",\"from\":\"y\"}}}}", "there is no list y" },
    { "{\"format\":1,\"fields\":{\"a\":{\"digits\":{\"by\":\"x\",\"count\":19}}}}", "count: a number from 1 to 18" },
    { "{\"format\":1,\"fields\":{\"a\":{\"first_of\":{\"same\":\"x\"}}}}", "fields.a.first_of: needs" },
  };
  static const char *const known[] = { "number", NULL };
  const char *misspelt = "{\"format\":1,\"fields\":{\"numbre\":\"x\"}}";
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) fault = NULL;

      g_assert_null (new_mapping (cases[i].text, &fault));
      g_assert_nonnull (fault);
      if (strstr (fault->message, cases[i].says) == NULL)
        g_error ("%s: \"%s\" does not say \"%s\"", cases[i].text, fault->message, cases[i].says);
    }

  g_assert_null (new_mapping ("{\"format\":2,\"x\":1}", &error));
  g_assert_error (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_UPGRADE);
  g_clear_error (&error);

  g_assert_null (dsp_mapping_new_from_data ("m", misspelt, strlen (misspelt), known, &error));
  g_assert_nonnull (strstr (error->message, "fields.numbre: there is no such field"));
}

static void
test_day_is_that_of_the_zone (void)
{
  g_autoptr(DspMapping) mapping = new_mapping ("{\"format\":1,\"time_zone\":\"America/Mexico_City\","
                                               "\"fields\":{\"a\":\"b\"}}", NULL);
  const DspTime before = { G_GINT64_CONSTANT (1795240799) * G_USEC_PER_SEC };
  const DspTime after = { G_GINT64_CONSTANT (1795240800) * G_USEC_PER_SEC };
  char text[16];

  dsp_date_print (dsp_mapping_get_day (mapping, before), text);
  g_assert_cmpstr (text, ==, "2026-11-20");
  dsp_date_print (dsp_mapping_get_day (mapping, after), text);
  g_assert_cmpstr (text, ==, "2026-11-21");
}

/* --- the real files --- */

static const char *
value_of (const DspMappedRow *row,
          const char         *name)
{
  for (guint i = 0; i < row->n_fields; i++)
    if (strcmp (row->names[i], name) == 0)
      return row->values[i];

  g_error ("no field %s", name);
}

typedef struct
{
  guint rows, same, refused, without_code, without_coordinates, with_parent;
  char *newest;
  char *digest;
} Totals;

static void
read_real (const char *mapping_name,
           const char *file,
           DspDate     today,
           Totals     *totals)
{
  g_autofree char *mapping_path = g_test_build_filename (G_TEST_DIST, "..", "data", "mappings", mapping_name, NULL);
  g_autofree char *path = g_build_filename (g_getenv ("DESPACHO_DATA"), "orders", file, NULL);
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr(GError) error = NULL;
  g_autoptr(DspMapping) mapping = dsp_mapping_new_from_file (mapping_path, NULL, &error);
  g_autoptr(DspMappingReader) reader = NULL;
  DspCsvResult result;
  DspMappedRow row;

  g_assert_no_error (error);
  *totals = (Totals) { 0 };
  g_test_timer_start ();
  reader = dsp_mapping_reader_open (mapping, path, today, NULL, &error);
  g_assert_no_error (error);
  while ((result = dsp_mapping_reader_next (reader, &row, &error)) == DSP_CSV_ROW || result == DSP_CSV_REFUSED)
    {
      const char *created;

      if (result == DSP_CSV_REFUSED)
        {
          if (strstr (row.reason, ": the row is the same as line ") != NULL)
            totals->same++;
          else
            g_test_message ("line %" G_GUINT64_FORMAT ": %s", row.line, row.reason);
          totals->refused++;
          continue;
        }

      totals->rows++;
      totals->without_code += value_of (&row, "postal_code") == NULL;
      totals->without_coordinates += value_of (&row, "lat_e7") == NULL;
      for (guint i = 0; i < row.n_fields; i++)
        {
          const char *text = row.values[i] != NULL ? row.values[i] : "";

          g_checksum_update (checksum, (const guchar *) text, (gssize) strlen (text) + 1);
          if (strcmp (row.names[i], "parent") == 0)
            totals->with_parent += row.values[i] != NULL;
        }
      created = value_of (&row, "created_at");
      if (totals->newest == NULL || strcmp (totals->newest, created) < 0)
        {
          g_free (totals->newest);
          totals->newest = g_strdup (created);
        }
    }
  g_assert_no_error (error);
  totals->digest = g_strdup (g_checksum_get_string (checksum));
  g_test_message ("%s: %u rows, %u refused, %u of them the same as earlier ones, %u without code, newest %s, %.0f ms", file,
                  totals->rows, totals->refused, totals->same, totals->without_code, totals->newest,
                  g_test_timer_elapsed () * 1000);
}

static void
test_real_orders_of_sacmex (void)
{
  const DspDate today = dsp_date_make (2026, 11, 22);
  const char *file = "sacmex_leak_reports_2022-01_2023-06.csv.xz";
  Totals first, second;

  if (g_getenv ("DESPACHO_DATA") == NULL)
    {
      g_test_skip ("DESPACHO_DATA is not set");
      return;
    }

  read_real ("sacmex.json", file, today, &first);
  g_assert_cmpint (first.rows + first.refused, ==, 75577);
  g_assert_cmpint (first.same, ==, 4680);
  g_assert_cmpint (first.refused, ==, 4680);
  g_assert_cmpint (first.rows, ==, 70897);
  g_assert_cmpint (first.without_code, ==, 255);
  g_assert_cmpint (first.without_coordinates, ==, 0);
  g_assert_cmpint (first.with_parent, ==, 70897 - 54056);
  g_assert_true (g_str_has_prefix (first.newest, "2026-11-22T") || g_str_has_prefix (first.newest, "2026-11-23T0"));

  read_real ("sacmex.json", file, today, &second);
  g_assert_cmpstr (first.digest, ==, second.digest);

  g_free (first.newest);
  g_free (first.digest);
  g_free (second.newest);
  g_free (second.digest);
}

static void
test_real_log_of_c5 (void)
{
  Totals totals;

  if (g_getenv ("DESPACHO_DATA") == NULL)
    {
      g_test_skip ("DESPACHO_DATA is not set");
      return;
    }

  read_real ("c5.json", "c5_incidents_iztapalapa_2018-04a.csv.xz", dsp_date_make (2026, 11, 22), &totals);
  g_assert_cmpint (totals.rows, ==, 1650);
  g_assert_cmpint (totals.refused, ==, 0);
  g_free (totals.newest);
  g_free (totals.digest);
}

/* Every mapping that ships can be read and names fields that an order has; "distributor" is one's code. */
static void
test_mappings_that_ship_fill_orders (void)
{
  static const char *const names[] = { "sacmex.json", "c5.json" };
  g_autoptr(GPtrArray) known = g_ptr_array_new ();

  for (guint i = 0; i < dsp_order.table.n_fields; i++)
    g_ptr_array_add (known, (gpointer) dsp_order.table.fields[i].name);
  g_ptr_array_add (known, (gpointer) "distributor");
  g_ptr_array_add (known, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_test_build_filename (G_TEST_DIST, "..", "data", "mappings", names[i], NULL);
      g_autoptr(GError) error = NULL;
      g_autoptr(DspMapping) mapping = dsp_mapping_new_from_file (path, (const char *const *) known->pdata, &error);

      g_assert_no_error (error);
      g_assert_nonnull (mapping);
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name) g_test_add_func ("/mapping/" #name, test_##name)
  ADD (columns_constants_and_joins);
  ADD (words_for_nothing);
  ADD (value_map_with_default_or_refusal);
  ADD (times_are_read_in_the_zone_of_the_file);
  ADD (days_that_do_not_exist_are_refused_by_name);
  ADD (time_plus_minutes);
  ADD (newest_day_becomes_today);
  ADD (degrees_become_integers);
  ADD (postal_codes_have_five_digits);
  ADD (parent_is_the_first_of_its_group);
  ADD (same_row_twice_is_refused_with_its_first_line);
  ADD (required_value_missing_is_refused);
  ADD (derived_values_are_the_same_each_time);
  ADD (bad_rows_of_the_file_keep_their_line);
  ADD (missing_column_stops_before_any_row);
  ADD (faults_of_the_mapping_are_named);
  ADD (day_is_that_of_the_zone);
  ADD (mappings_that_ship_fill_orders);
  ADD (real_orders_of_sacmex);
  ADD (real_log_of_c5);

  return g_test_run ();
}
