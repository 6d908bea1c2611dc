/* test-xlsx-read.c: workbooks in: as Excel and LibreOffice save them, and as nobody should
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-wire-error.h"
#include "dsp-xlsx-read.h"
#include "dsp-xlsx-style.h"
#include "dsp-xlsx-write.h"
#include "xlsx-file.h"

#include <glib/gstdio.h>
#include <string.h>

static char *folder;

static gboolean
print_row (guint               row,
           const DspXlsxCell  *cells,
           guint               n_cells,
           gpointer            data,
           GError            **error)
{
  static const char kinds[] = ".tndbe";
  GString *out = data;

  g_string_append_printf (out, "%u:", row + 1);
  for (guint i = 0; i < n_cells; i++)
    g_string_append_printf (out, " %c%s[%s]", kinds[cells[i].kind], cells[i].formula ? "f" : "", cells[i].text);
  g_string_append_c (out, '\n');
  return TRUE;
}

static char *
read_sheet (const char *path,
            GError    **error)
{
  g_autoptr(DspXlsxReader) reader = dsp_xlsx_reader_open (path, NULL, error);
  GString *out;

  if (reader == NULL)
    return NULL;
  out = g_string_new (NULL);
  if (dsp_xlsx_reader_read (reader, 0, print_row, out, error))
    return g_string_free (out, FALSE);
  g_string_free (out, TRUE);
  return NULL;
}

static char *
read_parts (const XlsxPart  *parts,
            GError         **error)
{
  g_autofree char *path = g_build_filename (folder, "test.xlsx", NULL);

  xlsx_file_write (path, parts);
  return read_sheet (path, error);
}

static char *
read_rows (const char  *rows,
           const char  *after,
           GError     **error)
{
  g_autofree char *sheet = xlsx_file_sheet (rows, after);
  const XlsxPart parts[] = { { "xl/worksheets/sheet1.xml", sheet }, { NULL, NULL } };

  return read_parts (parts, error);
}

static void
assert_rows (const char *rows,
             const char *expected)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *text = read_rows (rows, "", &error);

  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, expected);
}

static void
assert_refused (char       *text,
                GError     *error,
                int         code,
                const char *part)
{
  g_assert_null (text);
  g_assert_error (error, DSP_WIRE_ERROR, code);
  if (strstr (error->message, part) == NULL)
    g_error ("no %s in %s", part, error->message);
  g_error_free (error);
}

static void
assert_rows_refused (const char *rows,
                     int         code,
                     const char *part)
{
  GError *error = NULL;
  char *text = read_rows (rows, "", &error);

  assert_refused (text, error, code, part);
}

static void
test_kinds (void)
{
  assert_rows ("<row r=\"2\"><c r=\"B2\" t=\"s\"><v>0</v></c><c r=\"C2\" t=\"s\"><v>1</v></c></row>"
               "<row><c><v>12.50</v></c><c t=\"b\"><v>1</v></c><c t=\"e\"><v>#N/A</v></c><c t=\"inlineStr\"><is><t>&lt;a&amp;b&gt;</t></is></c></row>"
               "<row r=\"9\"><c r=\"A9\" s=\"1\"><v>46354</v></c><c r=\"B9\" s=\"2\"><v>46354.75</v></c><c r=\"C9\" t=\"d\"><v>2026-11-28T10:30:05</v></c>"
               "<c r=\"D9\"><f>1+1</f><v>2</v></c><c r=\"E9\" t=\"str\"><f>\"a\"</f><v>a</v></c><c r=\"F9\"><f>x</f></c></row>",
               "2: .[] t[uno] t[dos ]\n3: n[12.5] b[TRUE] e[#N/A] t[<a&b>]\n"
               "9: d[2026-11-28] d[2026-11-28 18:00] d[2026-11-28 10:30:05] nf[2] tf[a] .f[]\n");
  assert_rows ("<row r=\"1\"><c t=\"str\"><v>a_x000D_b_x005F_x0041_</v></c></row>", "1: t[a\rb_x0041_]\n");
  assert_rows ("<row r=\"1\"><c r=\"A1\" s=\"1\"/></row><row r=\"2\"/>", "");
}

static void
test_dates (void)
{
  static const char *const times[] = { "dd/mm/yyyy", "d-mmm", "[$-80A]d \"de\" mmmm", "[h]:mm", "yyyy\\-mm\\-dd;@", "HH:MM:SS" };
  static const char *const others[] = { "General", "0.00", "#,##0 \"días\"", "[Red]0", "0\\h", "@", "_-* #,##0.00_-", "0.00E+00", "" };
  gint64 wall;

  for (guint i = 0; i < G_N_ELEMENTS (times); i++)
    g_assert_true (dsp_xlsx_format_is_time (times[i]));
  for (guint i = 0; i < G_N_ELEMENTS (others); i++)
    g_assert_false (dsp_xlsx_format_is_time (others[i]));
  g_assert_true (dsp_xlsx_serial_to_wall (25569, FALSE, &wall));
  g_assert_cmpint (wall, ==, 0);
  g_assert_true (dsp_xlsx_serial_to_wall (25569 - 1462, TRUE, &wall));
  g_assert_cmpint (wall, ==, 0);
  g_assert_true (dsp_xlsx_serial_to_wall (1, FALSE, &wall)); /* the 1st of January of 1900 */
  g_assert_cmpint (wall, ==, (gint64) -25567 * 86400);
  g_assert_false (dsp_xlsx_serial_to_wall (60, FALSE, &wall));
  g_assert_false (dsp_xlsx_serial_to_wall (-1, FALSE, &wall));
  g_assert_false (dsp_xlsx_serial_to_wall (1e300, FALSE, &wall));
}

static void
test_1904 (void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *sheet = xlsx_file_sheet ("<row><c s=\"1\"><v>44892</v></c></row>", ""), *text = NULL;
  const XlsxPart parts[] = {
    { "xl/worksheets/sheet1.xml", sheet },
    { "xl/workbook.xml", "<workbook><workbookPr date1904=\"true\"/><sheets><sheet name=\"Macro\" id=\"r1\"/></sheets></workbook>" },
    { NULL, NULL },
  };

  text = read_parts (parts, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "1: d[2026-11-28]\n");
}

static void
test_merged (void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_build_filename (folder, "merged.xlsx", NULL);
  g_autofree char *sheet = xlsx_file_sheet ("<row r=\"3\"><c r=\"A3\"><v>1</v></c></row>",
                                            "<mergeCells><mergeCell ref=\"B2:C20\"/><mergeCell ref=\"zz\"/></mergeCells>");
  const XlsxPart parts[] = { { "xl/worksheets/sheet1.xml", sheet }, { NULL, NULL } };
  g_autoptr(DspXlsxReader) reader = NULL;
  GString *out = g_string_new (NULL);

  xlsx_file_write (path, parts);
  reader = dsp_xlsx_reader_open (path, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (dsp_xlsx_reader_read (reader, 0, print_row, out, &error));
  for (guint row = 0; row < 30; row++)
    for (guint column = 0; column < 5; column++)
      {
        g_autofree char *range = dsp_xlsx_reader_dup_merged (reader, row, column);

        g_assert_cmpstr (range, ==, row >= 1 && row <= 19 && column >= 1 && column <= 2 ? "B2:C20" : NULL);
      }
  g_string_free (out, TRUE);
}

/* Each fault is told with its sheet and cell. */
static void
test_damaged (void)
{
  assert_rows_refused ("<row r=\"2\"><c r=\"B2\"><v>12x</v></c></row>", DSP_WIRE_ERROR_INVALID, "sheet Macro, cell B2");
  assert_rows_refused ("<row r=\"2\"><c r=\"B2\"><v>0x10</v></c></row>", DSP_WIRE_ERROR_INVALID, "cell B2");
  assert_rows_refused ("<row r=\"2\"><c r=\"B2\"><v>nan</v></c></row>", DSP_WIRE_ERROR_INVALID, "cell B2");
  assert_rows_refused ("<row r=\"2\"><c r=\"B2\" t=\"s\"><v>2</v></c></row>", DSP_WIRE_ERROR_INVALID, "cell B2");
  assert_rows_refused ("<row r=\"2\"><c r=\"C2\"><v>2</v></c><c r=\"B2\"><v>2</v></c></row>", DSP_WIRE_ERROR_INVALID, "not in order");
  assert_rows_refused ("<row r=\"2\"/><row r=\"2\"/>", DSP_WIRE_ERROR_INVALID, "not in order");
  assert_rows_refused ("<row r=\"2\"><c r=\"C3\"><v>2</v></c></row>", DSP_WIRE_ERROR_INVALID, "does not belong");
  assert_rows_refused ("<row r=\"2\"><c r=\"XFE2\"><v>2</v></c></row>", DSP_WIRE_ERROR_INVALID, "does not belong");
  assert_rows_refused ("<row r=\"1048577\"><c><v>2</v></c></row>", DSP_WIRE_ERROR_INVALID, "no valid number");
  assert_rows_refused ("<row r=\"1048576\"/><row><c><v>2</v></c></row>", DSP_WIRE_ERROR_LIMIT, "more rows");
  assert_rows_refused ("<row><c t=\"d\"><v>tomorrow</v></c></row>", DSP_WIRE_ERROR_INVALID, "no date");
  assert_rows_refused ("<row>", DSP_WIRE_ERROR_INVALID, "not well-formed");
  assert_rows_refused ("<row><c t=\"str\"><v>&nothing;</v></c></row>", DSP_WIRE_ERROR_INVALID, "not well-formed");
}

static void
test_hostile (void)
{
  g_autofree char *lengthy = g_strnfill (200000, 'x'), *many = NULL, *deep = NULL, *attributes = NULL, *bomb = NULL;
  GString *out = g_string_new (NULL);
  XlsxPart parts[] = { { "xl/worksheets/sheet1.xml", NULL }, { NULL, NULL } };
  GError *error = NULL;
  char *text;

  parts[0].text = "<!DOCTYPE x [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;\">]><worksheet>&c;</worksheet>";
  text = read_parts (parts, &error);
  assert_refused (text, g_steal_pointer (&error), DSP_WIRE_ERROR_INVALID, "DOCTYPE");
  parts[0].text = "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><worksheet><sheetData><row><c t=\"str\"><v>&a;</v></c></row></sheetData></worksheet>";
  text = read_parts (parts, &error);
  assert_refused (text, g_steal_pointer (&error), DSP_WIRE_ERROR_INVALID, "DOCTYPE");
  parts[0].text = "<!DOCTYPE x SYSTEM \"http://127.0.0.1:1/x.dtd\"><worksheet/>";
  text = read_parts (parts, &error);
  assert_refused (text, g_steal_pointer (&error), DSP_WIRE_ERROR_INVALID, "DOCTYPE");
  parts[0].text = "hello";
  text = read_parts (parts, &error);
  assert_refused (text, g_steal_pointer (&error), DSP_WIRE_ERROR_INVALID, "not XML in UTF-8");

  g_string_printf (out, "<row><c t=\"str\"><v>%s</v></c></row>", lengthy);
  assert_rows_refused (out->str, DSP_WIRE_ERROR_LIMIT, "cell A1");
  g_string_truncate (out, 0);
  for (guint i = 0; i < 1000; i++)
    g_string_append (out, "<a>");
  assert_rows_refused (out->str, DSP_WIRE_ERROR_LIMIT, "nested");
  g_string_assign (out, "<a");
  for (guint i = 0; i < 100000; i++)
    g_string_append_printf (out, " a%u=\">\"", i);
  g_string_append (out, "/>");
  assert_rows_refused (out->str, DSP_WIRE_ERROR_LIMIT, "too long");
  g_string_free (out, TRUE);

  /* 64 MiB of blanks in 64 KiB. */
  bomb = g_strnfill (64 << 20, ' ');
  parts[0].text = bomb;
  memcpy (bomb, "<worksheet>", 11);
  text = read_parts (parts, &error);
  assert_refused (text, g_steal_pointer (&error), DSP_WIRE_ERROR_LIMIT, "sheet1.xml");
}

/* As a spreadsheet saves a sheet whose every row was once given a colour. */
static void
test_empty_rows (void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL;
  GString *rows = g_string_new ("<row r=\"1\"><c r=\"A1\"><v>1</v></c></row>");

  for (guint i = 2; i <= DSP_XLSX_MAX_ROWS; i++)
    g_string_append_printf (rows, "<row r=\"%u\" s=\"1\"><c r=\"A%u\" s=\"1\"/></row>", i, i);
  text = read_rows (rows->str, "", &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, "1: n[1]\n");
  g_string_free (rows, TRUE);
}

static void
test_no_workbook (void)
{
  static const struct { const char *bytes; gsize length; const char *says; } files[] = {
    { "number,account\n", 15, "no .xlsx" },
    { "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8, "password" },
    { "PK\3\4xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 39, "cut off" },
    { "", 0, "no .xlsx" },
  };
  g_autofree char *path = g_build_filename (folder, "none.xlsx", NULL);
  XlsxPart parts[] = { { "_rels/.rels", NULL }, { NULL, NULL } };
  GError *error = NULL;
  char *text;

  for (guint i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_assert_true (g_file_set_contents (path, files[i].bytes, (gssize) files[i].length, NULL));
      text = read_sheet (path, &error);
      assert_refused (text, g_steal_pointer (&error), DSP_WIRE_ERROR_INVALID, files[i].says);
    }
  text = read_parts (parts, &error);
  assert_refused (text, g_steal_pointer (&error), DSP_WIRE_ERROR_INVALID, "_rels/.rels");
  g_unlink (path);
  g_assert_null (read_sheet (path, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND);
  g_clear_error (&error);
}

/* ---- what we write, and what LibreOffice makes of it ---- */

static void
write_sample (const char *path)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GTimeZone) zone = g_time_zone_new_identifier ("America/Mexico_City");
  g_autoptr(DspXlsxWriter) writer = dsp_xlsx_writer_new (path, NULL, zone, &error);
  DspXlsxSheet *sheet = dsp_xlsx_writer_add_sheet (writer, "Macro");
  DspTime time;

  g_assert_true (dsp_time_parse ("2026-11-28T18:00:00Z", 20, &time));
  dsp_xlsx_sheet_text (sheet, 0, 0, "=1+1", DSP_XLSX_PLAIN);
  dsp_xlsx_sheet_text (sheet, 0, 1, "03100", DSP_XLSX_UNLOCKED);
  dsp_xlsx_sheet_text (sheet, 0, 2, "_x0041_ ñ “a” <&>", DSP_XLSX_PLAIN);
  dsp_xlsx_sheet_text (sheet, 0, 3, "-5", DSP_XLSX_PLAIN);
  dsp_xlsx_sheet_text (sheet, 0, 4, "two\nlines", DSP_XLSX_PLAIN);
  dsp_xlsx_sheet_money (sheet, 2, 0, 123456, DSP_XLSX_PLAIN);
  dsp_xlsx_sheet_time (sheet, 2, 1, time, DSP_XLSX_UNLOCKED);
  dsp_xlsx_sheet_date (sheet, 2, 2, dsp_date_make (2026, 11, 28), DSP_XLSX_PLAIN);
  dsp_xlsx_sheet_money_formula (sheet, 2, 3, "=A3*2", 246912, DSP_XLSX_PLAIN);
  dsp_xlsx_sheet_int (sheet, 2, 4, -7, DSP_XLSX_PLAIN);
  g_assert_true (dsp_xlsx_writer_commit (writer, NULL, &error));
  g_assert_no_error (error);
}

#define SAMPLE "1: t[=1+1] t[03100] t[_x0041_ ñ “a” <&>] t[-5] t[two\nlines]\n" \
               "3: n[1234.56] d[2026-11-28 12:00] d[2026-11-28] nf[2469.12] n[-7]\n"

static void
test_round_trip (void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_build_filename (folder, "ours.xlsx", NULL), *text = NULL;

  write_sample (path);
  text = read_sheet (path, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, SAMPLE);
}

static void
test_libreoffice (void)
{
  g_autofree char *soffice = g_find_program_in_path ("soffice"), *profile = NULL, *out = NULL, *path = NULL, *saved = NULL, *text = NULL;
  g_autoptr(GError) error = NULL;
  int status;

  if (soffice == NULL)
    {
      g_test_skip ("LibreOffice is not installed");
      return;
    }
  path = g_build_filename (folder, "ours.xlsx", NULL);
  out = g_build_filename (folder, "theirs", NULL);
  profile = g_strdup_printf ("-env:UserInstallation=file://%s/profile", folder);
  write_sample (path);
  {
    const char *argv[] = { soffice, profile, "--headless", "--convert-to", "xlsx", "--outdir", out, path, NULL };

    g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL,
                                 NULL, &status, &error));
  }
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
  saved = g_build_filename (out, "ours.xlsx", NULL);
  text = read_sheet (saved, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (text, ==, SAMPLE);
}

static void
remove_folder (const char *path)
{
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *inner = g_build_filename (path, name, NULL);

      if (g_file_test (inner, G_FILE_TEST_IS_DIR) && !g_file_test (inner, G_FILE_TEST_IS_SYMLINK))
        remove_folder (inner);
      else
        g_unlink (inner);
    }
  g_rmdir (path);
}

int
main (int   argc,
      char *argv[])
{
  int result;

  g_test_init (&argc, &argv, NULL);
  folder = g_dir_make_tmp ("despacho-xlsx-XXXXXX", NULL);
  g_test_add_func ("/xlsx-read/S0-19/kinds-of-cells", test_kinds);
  g_test_add_func ("/xlsx-read/S0-19/dates-by-style", test_dates);
  g_test_add_func ("/xlsx-read/S0-19/dates-since-1904", test_1904);
  g_test_add_func ("/xlsx-read/S0-19/merged-cells-are-known", test_merged);
  g_test_add_func ("/xlsx-read/S0-19/a-fault-names-sheet-and-cell", test_damaged);
  g_test_add_func ("/xlsx-read/S0-19/hostile-files", test_hostile);
  g_test_add_func ("/xlsx-read/S0-19/a-million-empty-rows", test_empty_rows);
  g_test_add_func ("/xlsx-read/S0-19/what-is-no-workbook", test_no_workbook);
  g_test_add_func ("/xlsx-read/S0-19/what-we-write-is-read-back", test_round_trip);
  g_test_add_func ("/xlsx-read/S0-19/as-libreoffice-saves-it", test_libreoffice);
  result = g_test_run ();
  remove_folder (folder);
  g_free (folder);
  return result;
}
