/* test-sheet.c: a file of rows that a person looks at: guessed, mended, judged by the same mapping as everywhere
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-entities.h"
#include "dsp-sheet.h"
#include "dsp-xlsx-write.h"

#include <glib/gstdio.h>
#include <string.h>

static const char *const fields[] = { "number", "account", "type", "postal_code", "created_at", "lat_e7", "contact_name", NULL };
static const char *const labels[] = { "Número de solicitud", "Cuenta", "Tipo de orden", "Código postal", "Fecha de creación", "Latitud",
                                      "Cliente", NULL };

static DspSheet *
sheet_of (const char *text,
          GError    **error)
{
  g_autofree char *path = NULL;
  int fd = g_file_open_tmp ("despacho-sheet-XXXXXX.csv", &path, NULL);
  DspSheet *sheet;

  g_assert_cmpint (fd, >=, 0);
  g_close (fd, NULL);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  sheet = dsp_sheet_read (path, NULL, NULL, error);
  g_unlink (path);
  return sheet;
}

static void
test_guess (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspSheet) sheet = sheet_of ("Folio;Cuenta;TIPO;C.P.;Fecha de creacion;LAT;nada\n1;A;Reparación;3100;2026-11-27 10:00;19.4;x\n", &error);

  g_assert_no_error (error);
  dsp_sheet_guess (sheet, &dsp_order.table, fields, labels);
  g_assert_cmpstr (dsp_sheet_get_field (sheet, 0), ==, "number");
  g_assert_cmpstr (dsp_sheet_get_field (sheet, 1), ==, "account");
  g_assert_cmpstr (dsp_sheet_get_field (sheet, 2), ==, "type");
  g_assert_cmpstr (dsp_sheet_get_field (sheet, 3), ==, "postal_code");
  g_assert_cmpstr (dsp_sheet_get_field (sheet, 4), ==, "created_at");
  g_assert_cmpstr (dsp_sheet_get_field (sheet, 5), ==, "lat_e7");
  g_assert_null (dsp_sheet_get_field (sheet, 6));
  g_assert_cmpstr (dsp_sheet_get_time_format (sheet), ==, "%Y-%m-%d %H:%M");
  /* A field comes from one column: the later choice takes it. */
  dsp_sheet_set_field (sheet, 6, "account");
  g_assert_null (dsp_sheet_get_field (sheet, 1));
}

static DspMappingRun *
run_of (DspSheet    *sheet,
        DspMapping **mapping)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *text = dsp_sheet_dup_mapping (sheet, &dsp_order.table, "America/Mexico_City");
  DspMappingRun *run;

  *mapping = dsp_mapping_new_from_data ("choices", text, strlen (text), NULL, &error);
  g_assert_no_error (error);
  run = dsp_mapping_run_new (*mapping, "test.csv", dsp_sheet_get_columns (sheet, NULL), dsp_date_make (2026, 11, 27), &error);
  g_assert_no_error (error);
  return run;
}

static const char *
value_of (const DspMappedRow *row,
          const char         *name)
{
  for (guint i = 0; i < row->n_fields; i++)
    if (g_str_equal (row->names[i], name))
      return row->values[i];
  return NULL;
}

/* Each wrong cell of a row is told, not only the first; once mended the row is good. */
static void
test_mended (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspSheet) sheet = sheet_of ("Folio,Cuenta,Tipo,CP,Creacion\n1,,Reparación,3100x,31/02/2026 10:00\n", &error);
  g_autoptr(DspMapping) mapping = NULL;
  g_autoptr(DspMappingRun) run = NULL;
  const char *const columns[] = { "Cuenta", "CP", "Creacion" };
  DspMappedRow row;

  g_assert_no_error (error);
  dsp_sheet_guess (sheet, &dsp_order.table, fields, labels);
  dsp_sheet_set_constant (sheet, "group", "Mantenimiento");
  run = run_of (sheet, &mapping);
  g_assert_false (dsp_mapping_run_row (run, 2, dsp_sheet_get_cells (sheet, 0), &row));
  g_assert_cmpuint (row.faults->len, ==, G_N_ELEMENTS (columns));
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    g_assert_cmpstr (g_array_index (row.faults, DspMappedFault, i).column, ==, columns[i]);
  g_assert_cmpstr (row.reason, ==, g_array_index (row.faults, DspMappedFault, 0).reason);

  g_assert_false (dsp_sheet_is_mended (sheet, 0));
  dsp_sheet_set_cell (sheet, 0, 1, "A-1");
  dsp_sheet_set_cell (sheet, 0, 3, "3100");
  dsp_sheet_set_cell (sheet, 0, 4, "28/02/2026 10:00");
  g_assert_true (dsp_sheet_is_mended (sheet, 0));
  g_assert_true (dsp_mapping_run_row (run, 2, dsp_sheet_get_cells (sheet, 0), &row));
  g_assert_cmpstr (value_of (&row, "account"), ==, "A-1");
  g_assert_cmpstr (value_of (&row, "postal_code"), ==, "03100"); /* S0-30 */
  g_assert_cmpstr (value_of (&row, "group"), ==, "Mantenimiento");
  g_assert_cmpstr (value_of (&row, "created_at"), ==, "2026-02-28T16:00:00Z");
}

static void
test_remembered (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspSheet) one = sheet_of ("a,b,c\n1,2,3\n", &error), two = sheet_of ("a,b,c\n4,5,6\n", &error), other = sheet_of ("a,b\n1,2\n", &error);
  g_autofree char *text = NULL, *key = NULL, *same = NULL;

  dsp_sheet_set_field (one, 2, "number");
  dsp_sheet_set_constant (one, "type", "Reparación; con \"comillas\"");
  dsp_sheet_set_time_format (one, "%Y-%m-%d");
  text = dsp_sheet_dup_choices (one);
  key = dsp_sheet_dup_key (one);
  same = dsp_sheet_dup_key (two);
  g_assert_cmpstr (key, ==, same);
  g_assert_true (dsp_sheet_take_choices (two, text));
  g_assert_cmpint (dsp_sheet_find_field (two, "number"), ==, 2);
  g_assert_cmpstr (dsp_sheet_get_constant (two, "type"), ==, "Reparación; con \"comillas\"");
  g_assert_cmpstr (dsp_sheet_get_time_format (two), ==, "%Y-%m-%d");
  g_assert_false (dsp_sheet_take_choices (other, text));
  g_assert_false (dsp_sheet_take_choices (other, "no key file"));
}

/* Whole days, give or take the hour of a clock change; anything else is another matter. */
static void
test_day (void)
{
  const DspTime mapped = { 20 * G_TIME_SPAN_DAY };
  DspDate day = dsp_date_make (2026, 11, 27);

  g_assert_true (dsp_mapping_find_day (mapped, (DspTime) { 17 * G_TIME_SPAN_DAY - G_TIME_SPAN_HOUR }, &day));
  g_assert_cmpint (day.day, ==, dsp_date_make (2026, 11, 24).day);
  g_assert_false (dsp_mapping_find_day (mapped, (DspTime) { 17 * G_TIME_SPAN_DAY + 5 * G_TIME_SPAN_HOUR }, &day));
  g_assert_cmpint (day.day, ==, dsp_date_make (2026, 11, 24).day);
}

static void
test_bad_files (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspSheet) broken = NULL;
  g_autoptr(GString) large = g_string_new ("a\n");

  g_assert_null (sheet_of ("", &error));
  g_assert_nonnull (error);
  g_clear_error (&error);
  /* A line that is none keeps its place and says why. */
  broken = sheet_of ("a,b\n1,2\n1,2,3,4\n3,4\n", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (dsp_sheet_get_n_rows (broken), ==, 3);
  g_assert_nonnull (dsp_sheet_get_broken (broken, 1));
  g_assert_cmpstr (dsp_sheet_get_cell (broken, 2, 1), ==, "4");
  for (guint i = 0; i <= DSP_SHEET_MAX_ROWS; i++)
    g_string_append (large, "1\n");
  g_assert_null (sheet_of (large->str, &error));
  g_assert_nonnull (error);
}

static DspTime
at (int hour,
    int minute,
    int second)
{
  g_autoptr(GDateTime) time = g_date_time_new_utc (2026, 11, 27, hour, minute, second);

  return (DspTime) { g_date_time_to_unix (time) * G_USEC_PER_SEC };
}

static char *
write_workbook (int seconds)
{
  char *path = g_build_filename (g_get_tmp_dir (), "despacho-sheet-test.xlsx", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(DspXlsxWriter) writer = dsp_xlsx_writer_new (path, &(DspXlsxAbout) { 0 }, NULL, &error);
  const char *const headings[] = { "Folio", "Cuenta", "Tipo", "CP", "Creacion", "", "Folio" };
  DspXlsxSheet *notes, *orders, *hidden;

  g_assert_no_error (error);
  notes = dsp_xlsx_writer_add_sheet (writer, "Notas");
  dsp_xlsx_sheet_text (notes, 0, 0, "solo un apunte", DSP_XLSX_PLAIN);
  orders = dsp_xlsx_writer_add_sheet (writer, "Órdenes");
  dsp_xlsx_sheet_text (orders, 0, 0, "Órdenes de noviembre", DSP_XLSX_TITLE);
  for (guint i = 0; i < G_N_ELEMENTS (headings); i++)
    dsp_xlsx_sheet_text (orders, 2, i, headings[i], DSP_XLSX_HEADING);
  dsp_xlsx_sheet_int (orders, 3, 0, 1, DSP_XLSX_PLAIN);
  dsp_xlsx_sheet_text (orders, 3, 1, "0A", DSP_XLSX_PLAIN);
  dsp_xlsx_sheet_text (orders, 3, 2, "Reparación", DSP_XLSX_PLAIN);
  dsp_xlsx_sheet_int (orders, 3, 3, 6800, DSP_XLSX_PLAIN);
  dsp_xlsx_sheet_time (orders, 3, 4, at (10, 30, seconds), DSP_XLSX_PLAIN);
  dsp_xlsx_sheet_time (orders, 5, 4, at (0, 0, 0), DSP_XLSX_PLAIN);
  dsp_xlsx_sheet_text (orders, 6, 9, "fuera", DSP_XLSX_PLAIN);
  hidden = dsp_xlsx_writer_add_sheet (writer, "listas");
  dsp_xlsx_sheet_text (hidden, 0, 0, "a", DSP_XLSX_PLAIN);
  dsp_xlsx_sheet_text (hidden, 0, 1, "b", DSP_XLSX_PLAIN);
  dsp_xlsx_sheet_hide (hidden);
  g_assert_true (dsp_xlsx_writer_commit (writer, NULL, &error));
  g_assert_no_error (error);
  return path;
}

/* Below a title, in the second sheet: numbers and times as people see them, a heading of its own for each column. */
static void
test_workbook (void)
{
  for (int seconds = 0; seconds <= 7; seconds += 7)
    {
      g_autofree char *path = write_workbook (seconds);
      g_autoptr(GError) error = NULL;
      g_autoptr(DspSheet) sheet = dsp_sheet_read (path, NULL, NULL, &error);
      const char *const *names;
      guint n;

      g_assert_no_error (error);
      g_assert_cmpuint (g_strv_length ((char **) dsp_sheet_get_sheets (sheet)), ==, 2);
      g_assert_cmpuint (dsp_sheet_get_sheet (sheet), ==, 1);
      names = dsp_sheet_get_columns (sheet, &n);
      g_assert_cmpuint (n, ==, 7);
      g_assert_cmpstr (names[5], ==, "F");
      g_assert_cmpstr (names[6], ==, "Folio (G)");
      g_assert_cmpuint (dsp_sheet_get_n_rows (sheet), ==, 3);
      g_assert_cmpuint (dsp_sheet_get_line (sheet, 0), ==, 4);
      g_assert_cmpstr (dsp_sheet_get_cell (sheet, 0, 0), ==, "1");
      g_assert_cmpstr (dsp_sheet_get_cell (sheet, 0, 3), ==, "6800");
      g_assert_cmpstr (dsp_sheet_get_cell (sheet, 0, 4), ==, seconds > 0 ? "2026-11-27 10:30:07" : "2026-11-27 10:30");
      g_assert_cmpstr (dsp_sheet_get_cell (sheet, 1, 4), ==, seconds > 0 ? "2026-11-27 00:00:00" : "2026-11-27 00:00");
      g_assert_cmpstr (dsp_sheet_get_time_format (sheet), ==, seconds > 0 ? "%Y-%m-%d %H:%M:%S" : "%Y-%m-%d %H:%M");
      g_assert_false (dsp_sheet_is_mended (sheet, 1));
      g_assert_nonnull (dsp_sheet_get_broken (sheet, 2));
      /* How a text's times are written was remembered of a text with the same headings. */
      g_assert_true (dsp_sheet_take_choices (sheet, "[columns]\nnames=Folio;Cuenta;Tipo;CP;Creacion;F;Folio (G);\ntimes=%d/%m/%Y\n"));
      g_assert_cmpstr (dsp_sheet_get_time_format (sheet), !=, "%d/%m/%Y");
      g_assert_null (dsp_sheet_read (path, "Notas", NULL, &error));
      g_assert_nonnull (error);
      g_unlink (path);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/sheet/columns_are_guessed_from_their_headings", test_guess);
  g_test_add_func ("/sheet/S0-30/every_wrong_cell_is_told_and_can_be_mended", test_mended);
  g_test_add_func ("/sheet/choices_are_remembered_for_the_same_headings", test_remembered);
  g_test_add_func ("/sheet/a_moved_file_finds_the_day_of_its_first_import", test_day);
  g_test_add_func ("/sheet/a_workbook_is_read_below_its_title_with_the_sheet_that_has_headings", test_workbook);
  g_test_add_func ("/sheet/what_is_no_file_of_rows_is_refused", test_bad_files);
  return g_test_run ();
}
