/* test-xlsx.c: workbooks out: text stays text, money stays to the cent, a cancelled one leaves nothing
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-input.h"
#include "dsp-xlsx-write.h"
#include "dsp-wire-error.h"

#include <glib/gstdio.h>
#include <string.h>

static char *
member_of (const char *path,
           const char *member)
{
  DspInputOptions options = { .encoding = DSP_INPUT_UTF8, .member = member };
  g_autoptr(GError) error = NULL;
  g_autoptr(DspInput) input = dsp_input_open (path, &options, NULL, &error);
  GString *text = g_string_new (NULL);
  char buffer[4096];
  gssize n;

  g_assert_no_error (error);
  while ((n = dsp_input_read (input, buffer, sizeof buffer, &error)) > 0)
    g_string_append_len (text, buffer, n);
  g_assert_no_error (error);
  return g_string_free (text, FALSE);
}

static char *
temporary_folder (void)
{
  g_autoptr(GError) error = NULL;
  char *folder = g_dir_make_tmp ("despacho-xlsx-XXXXXX", &error);

  g_assert_no_error (error);
  return folder;
}

static guint
n_files (const char *folder)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
assert_has (const char *text,
            const char *part)
{
  if (strstr (text, part) == NULL)
    g_error ("no %s in %s", part, text);
}

static void
test_cells (void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = temporary_folder (), *path = g_build_filename (folder, "a.xlsx", NULL), *xml = NULL;
  g_autoptr(GTimeZone) zone = g_time_zone_new_identifier ("America/Mexico_City");
  DspXlsxAbout about = { .title = "Macro", .author = "Ana" };
  g_autoptr(DspXlsxWriter) writer = dsp_xlsx_writer_new (path, &about, zone, &error);
  DspXlsxSheet *sheet;
  DspTime time;

  g_assert_no_error (error);
  g_assert_true (dsp_time_parse ("2026-11-28T18:00:00Z", 20, &time));
  sheet = dsp_xlsx_writer_add_sheet (writer, "Servicios: [abiertos]");
  dsp_xlsx_sheet_text (sheet, 0, 0, "=1+1", DSP_XLSX_PLAIN);
  dsp_xlsx_sheet_text (sheet, 0, 1, "+52 <&> \"x\"", DSP_XLSX_PLAIN);
  dsp_xlsx_sheet_text (sheet, 0, 2, "-x", DSP_XLSX_UNLOCKED);
  dsp_xlsx_sheet_text (sheet, 0, 3, "@SUM(A1)", DSP_XLSX_PLAIN);
  dsp_xlsx_sheet_text (sheet, 0, 4, "_x0041_", DSP_XLSX_PLAIN);
  dsp_xlsx_sheet_text (sheet, 0, 5, "a\x01" "b\xef\xbf\xbf", DSP_XLSX_PLAIN);
  dsp_xlsx_sheet_money (sheet, 1, 0, 123456, DSP_XLSX_TOTAL);
  dsp_xlsx_sheet_time (sheet, 1, 1, time, DSP_XLSX_PLAIN);
  dsp_xlsx_sheet_date (sheet, 1, 2, dsp_date_make (2026, 11, 28), DSP_XLSX_PLAIN);
  dsp_xlsx_sheet_date (sheet, 1, 3, dsp_date_make (1850, 1, 1), DSP_XLSX_PLAIN);
  dsp_xlsx_sheet_money_formula (sheet, 1, 4, "=SUM(A2:A2)", 123456, DSP_XLSX_BOLD);
  dsp_xlsx_sheet_int (sheet, 1, 5, G_MAXINT64, DSP_XLSX_PLAIN);
  g_assert_true (dsp_xlsx_writer_commit (writer, NULL, &error));
  g_assert_no_error (error);

  xml = member_of (path, "xl/worksheets/sheet1.xml");
  assert_has (xml, "<is><t>=1+1</t></is>");
  assert_has (xml, "<is><t>+52 &lt;&amp;&gt; \"x\"</t></is>");
  assert_has (xml, "<is><t>-x</t></is>");
  assert_has (xml, "<is><t>@SUM(A1)</t></is>");
  assert_has (xml, "<is><t>_x005F_x0041_</t></is>");
  assert_has (xml, "<is><t>a_x0001_b</t></is>");
  assert_has (xml, "<v>1234.56</v>");
  assert_has (xml, "<v>46354.5</v>"); /* noon in Mexico City */
  assert_has (xml, "<v>46354</v>");
  assert_has (xml, "<t>1850-01-01</t>");
  assert_has (xml, "<f>SUM(A2:A2)</f><v>1234.56</v>");
  assert_has (xml, "<t>9223372036854775807</t>");
  g_free (xml);
  xml = member_of (path, "xl/workbook.xml");
  assert_has (xml, "name=\"Servicios   abiertos \"");
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_lists (void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *folder = temporary_folder (), *path = g_build_filename (folder, "a.xlsx", NULL), *xml = NULL;
  g_autoptr(DspXlsxWriter) writer = dsp_xlsx_writer_new (path, NULL, NULL, &error);
  DspXlsxSheet *data = dsp_xlsx_writer_add_sheet (writer, "Data"), *lists = dsp_xlsx_writer_add_sheet (writer, "It's lists");

  dsp_xlsx_sheet_hide (lists);
  dsp_xlsx_sheet_text (lists, 0, 27, "C-01", DSP_XLSX_PLAIN);
  dsp_xlsx_sheet_text (lists, 1, 27, "C-02", DSP_XLSX_PLAIN);
  dsp_xlsx_sheet_set_column (data, 3, 12, DSP_XLSX_UNLOCKED);
  dsp_xlsx_sheet_hide_column (data, 0);
  dsp_xlsx_sheet_set_list (data, 3, 1, 100, lists, 27, 0, 1, "Only a crew of the list");
  dsp_xlsx_sheet_protect (data);
  g_assert_true (dsp_xlsx_writer_commit (writer, NULL, &error));
  g_assert_no_error (error);
  xml = member_of (path, "xl/worksheets/sheet1.xml");
  assert_has (xml, "sqref=\"D2:D101\"");
  assert_has (xml, "<formula1>'It''s lists'!$AB$1:$AB$2</formula1>");
  assert_has (xml, "<sheetProtection sheet=\"1\"");
  assert_has (xml, "hidden=\"1\"");
  g_unlink (path);
  g_rmdir (folder);
}

/* Nothing stays of a workbook that was cancelled, dropped, or could not be written; what had its name is untouched. */
static void
test_nothing_left (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autofree char *folder = temporary_folder (), *path = g_build_filename (folder, "a.xlsx", NULL), *text = NULL;
  g_autofree char *nowhere = g_build_filename (folder, "no", "a.xlsx", NULL), *lengthy = g_strnfill (DSP_XLSX_MAX_TEXT + 1, 'x');
  DspXlsxWriter *writer;

  g_assert_true (g_file_set_contents (path, "before", -1, NULL));
  writer = dsp_xlsx_writer_new (path, NULL, NULL, &error);
  dsp_xlsx_sheet_text (dsp_xlsx_writer_add_sheet (writer, "a"), 0, 0, "x", DSP_XLSX_PLAIN);
  g_cancellable_cancel (cancellable);
  g_assert_false (dsp_xlsx_writer_commit (writer, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&error);
  dsp_xlsx_writer_free (writer);
  g_assert_cmpuint (n_files (folder), ==, 1);

  writer = dsp_xlsx_writer_new (path, NULL, NULL, &error);
  dsp_xlsx_sheet_text (dsp_xlsx_writer_add_sheet (writer, "Macro"), 4, 27, lengthy, DSP_XLSX_PLAIN);
  g_assert_false (dsp_xlsx_writer_commit (writer, NULL, &error));
  g_assert_error (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_LIMIT);
  assert_has (error->message, "Macro");
  assert_has (error->message, "AB5");
  g_clear_error (&error);
  dsp_xlsx_writer_free (writer);

  writer = dsp_xlsx_writer_new (path, NULL, NULL, &error);
  dsp_xlsx_writer_add_sheet (writer, "Macro");
  dsp_xlsx_writer_add_sheet (writer, "macro");
  g_assert_false (dsp_xlsx_writer_commit (writer, NULL, &error));
  g_assert_error (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_INVALID);
  g_clear_error (&error);
  dsp_xlsx_writer_free (writer);

  g_assert_null (dsp_xlsx_writer_new (nowhere, NULL, NULL, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_assert_cmpuint (n_files (folder), ==, 1);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "before");
  g_unlink (path);
  g_rmdir (folder);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/xlsx/S0-19/text-is-never-a-formula", test_cells);
  g_test_add_func ("/xlsx/S0-19/drop-down-lists-and-protection", test_lists);
  g_test_add_func ("/xlsx/S0-19/nothing-is-left-of-what-was-not-written", test_nothing_left);
  return g_test_run ();
}
