/* test-record-sheet.c: rates go into a workbook or CSV and come back as what a person would have given
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-money-commands.h"
#include "dsp-record-sheet.h"
#include "xlsx-file.h"

#include <glib/gstdio.h>

static DspId next_id;

static char *
name_of (const DspEntity *entity,
         const DspId     *id,
         gpointer         data)
{
  return g_strdup ("D02");
}

static gboolean
find (const DspEntity *entity,
      const char      *name,
      DspId           *id,
      gpointer         data)
{
  if (!g_str_equal (name, "D02"))
    return FALSE;
  *id = (DspId) { { 2 } };
  return TRUE;
}

static DspId
new_id (gpointer data)
{
  next_id.b[15]++;
  return next_id;
}

static const DspRecordNames names = { name_of, find, new_id, NULL };

static GPtrArray *
make_rates (void)
{
  static char *zone[] = { (char *) "031*", (char *) "Toluca", NULL };
  GPtrArray *rates = g_ptr_array_new_with_free_func ((GDestroyNotify) dsp_rate_free);
  DspRate a = { .id = { { 7 } }, .version = 4, .code = (char *) "REP", .pays = DSP_PAYS_SERVICE, .type = (char *) "=cmd()", .from = dsp_date_make (2026, 1, 1),
                .amount = { .cents = 31050, .is_set = true }, .pricing_at = { 5 } };
  DspRate b = { .id = { { 8 } }, .version = 1, .code = (char *) "NIGHT", .pays = DSP_PAYS_NIGHT, .distributor_id = { { 2 } }, .zone = zone,
                .from = dsp_date_make (2026, 1, 1), .until = dsp_date_make (2026, 12, 31), .share = { .value = 125000, .is_set = true } };

  g_ptr_array_add (rates, dsp_rate_dup (&a));
  g_ptr_array_add (rates, dsp_rate_dup (&b));
  return rates;
}

static DspRecordSheet *
plan (const char *path,
      GPtrArray  *rates,
      GError    **error)
{
  g_autoptr(GPtrArray) lines = dsp_record_sheet_read_lines (path, NULL, error);

  return lines != NULL ? dsp_record_sheet_plan (&dsp_rate, "pricing_at", &dsp_rate_create, &dsp_rate_change, lines, rates, &names, error) : NULL;
}

/* What goes out and comes back changes nothing; into an empty office it makes the same records. */
static void
round_trip (gconstpointer suffix)
{
  g_autofree char *dir = g_dir_make_tmp ("despacho-XXXXXX", NULL), *name = g_strconcat ("rates", suffix, NULL), *path = g_build_filename (dir, name, NULL);
  g_autoptr(GPtrArray) rates = make_rates (), none = g_ptr_array_new ();
  g_autoptr(GError) error = NULL;
  g_autoptr(DspRecordSheet) same = NULL, fresh = NULL;

  g_assert_true (dsp_record_sheet_write (&dsp_rate, "pricing_at", rates, &names, path, &error));
  g_assert_no_error (error);
  same = plan (path, rates, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < same->rows->len; i++)
    g_test_message ("%s %s", ((DspRecordSheetRow *) same->rows->pdata[i])->what, ((DspRecordSheetRow *) same->rows->pdata[i])->reason);
  g_assert_cmpuint (same->n_unchanged, ==, 2);
  g_assert_cmpuint (same->rows->len, ==, 0);
  fresh = plan (path, none, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (fresh->rows->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      const DspRecordSheetRow *row = fresh->rows->pdata[i];
      g_autoptr(DspRate) wanted = dsp_rate_dup (rates->pdata[i]);

      wanted->pricing_at.us = 0;
      g_assert_cmpstr (row->reason, ==, NULL);
      g_assert_true (row->gift.steps[0].command == &dsp_rate_create);
      g_assert_true (dsp_table_equal (&dsp_rate.table, row->gift.steps[0].args, wanted));
    }
  g_remove (path);
  g_rmdir (dir);
}

static void
rows_are_changes_new_or_refused (void)
{
  static const char text[] = "code,pays,distributor_id,from,until,amount,share\n"
                             "NEW,service,,2027-01-01,,10.00,\n"
                             "REP,service,,2026-01-01,2026-12-31,320.00,\n"
                             "BAD,service,,01/13/2027,,1.00,\n"
                             "WHO,service,D99,2027-01-01,,1.00,\n"
                             "NEW,service,,2027-01-01,,11.00,\n"
                             ",service,,2027-01-01,,1.00,\n"
                             "MUCH,service,,2027-01-01,,ten,\n";
  static const struct { guint line; const char *code, *says; } expected[] = {
    { 3, "REP", NULL }, { 4, "BAD", "01/13/2027" }, { 5, "WHO", "D99" }, { 6, "NEW", "twice" }, { 7, "", "no code" }, { 8, "MUCH", "ten" }, { 2, "NEW", NULL },
  };
  g_autofree char *dir = g_dir_make_tmp ("despacho-XXXXXX", NULL), *path = g_build_filename (dir, "rates.csv", NULL);
  g_autoptr(GPtrArray) rates = make_rates ();
  g_autoptr(GError) error = NULL;
  g_autoptr(DspRecordSheet) sheet = NULL;
  const DspRecordSheetRow *row;

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  sheet = plan (path, rates, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (sheet->rows->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < sheet->rows->len; i++)
    {
      row = sheet->rows->pdata[i];
      g_assert_cmpuint (row->line, ==, expected[i].line);
      g_assert_cmpstr (row->code, ==, expected[i].code);
      g_assert_true (expected[i].says == NULL ? row->reason == NULL : row->reason != NULL && strstr (row->reason, expected[i].says) != NULL);
    }
  row = sheet->rows->pdata[0];
  g_assert_cmpint (row->gift.version, ==, 4);
  g_assert_true (row->gift.steps[0].command == &dsp_rate_change);
  g_assert_cmpint (((DspRate *) row->gift.steps[0].args)->amount.cents, ==, 32000);
  g_assert_nonnull (strstr (row->what, "310.50 → 320.00"));
  g_assert_true (g_file_set_contents (path, "code,colour\nA,red\n", -1, NULL));
  g_clear_pointer (&sheet, dsp_record_sheet_free);
  g_assert_null (plan (path, rates, &error));
  g_assert_nonnull (strstr (error->message, "colour"));
  g_remove (path);
  g_rmdir (dir);
}

static DspRecordSheet *
plan_workbook (const char *rows,
               const char *after,
               GError    **error)
{
  g_autofree char *dir = g_dir_make_tmp ("despacho-XXXXXX", NULL), *path = g_build_filename (dir, "rates.xlsx", NULL);
  g_autofree char *sheet = xlsx_file_sheet (rows, after);
  const XlsxPart parts[] = { { "xl/worksheets/sheet1.xml", sheet }, { NULL, NULL } };
  g_autoptr(GPtrArray) rates = make_rates ();
  DspRecordSheet *planned;

  xlsx_file_write (path, parts);
  planned = plan (path, rates, error);
  g_remove (path);
  g_rmdir (dir);
  return planned;
}

#define TEXT(cell, text) "<c r=\"" cell "\" t=\"inlineStr\"><is><t>" text "</t></is></c>"
#define NUMBER(cell, text) "<c r=\"" cell "\"><v>" text "</v></c>"
#define HEADINGS "<row r=\"1\">" TEXT ("A1", "code") TEXT ("B1", "pays") TEXT ("C1", "from") TEXT ("D1", "amount") "</row>"

/* What a spreadsheet can do to a list of rates: each row says by its cells what is wrong with it, and the others go on. */
static void
rows_of_a_spreadsheet (void)
{
  static const char rows[] = HEADINGS
    "<row r=\"2\">" TEXT ("A2", "ONE") TEXT ("B2", "service") TEXT ("C2", "2027-01-01") NUMBER ("D2", "10") "</row>"
    "<row r=\"3\">" TEXT ("A3", "TWO") TEXT ("B3", "night") TEXT ("C3", "2027-01-01") "</row>"
    "<row r=\"5\">" TEXT ("A5", "DATE") TEXT ("B5", "night") "<c r=\"C5\" s=\"1\"><v>46388</v></c>" NUMBER ("D5", "20") "</row>"
    "<row r=\"6\">" TEXT ("A6", "SUM") TEXT ("B6", "night") TEXT ("C6", "2027-01-01") "<c r=\"D6\"><f>D2+D5</f><v>30</v></c></row>"
    "<row r=\"7\">" TEXT ("A7", "WORDS") TEXT ("B7", "night") TEXT ("C7", "1 de enero") NUMBER ("D7", "5") "</row>";
  static const struct { guint line; const char *code, *says; } expected[] = {
    { 2, "ONE", "the cells D2:D4 are merged" }, { 3, "TWO", "the cells D2:D4 are merged" }, { 6, "SUM", "cell D6 is a formula" },
    { 7, "WORDS", "1 de enero" }, { 5, "DATE", NULL },
  };
  g_autoptr(GError) error = NULL;
  g_autoptr(DspRecordSheet) sheet = plan_workbook (rows, "<mergeCells><mergeCell ref=\"D2:D4\"/><mergeCell ref=\"H2:K9\"/></mergeCells>", &error);
  const DspRecordSheetRow *row;

  g_assert_no_error (error);
  g_assert_cmpuint (sheet->rows->len, ==, G_N_ELEMENTS (expected));
  for (guint i = 0; i < sheet->rows->len; i++)
    {
      row = sheet->rows->pdata[i];
      g_test_message ("%u %s: %s", row->line, row->code, row->reason);
      g_assert_cmpuint (row->line, ==, expected[i].line);
      g_assert_cmpstr (row->code, ==, expected[i].code);
      g_assert_true (expected[i].says == NULL ? row->reason == NULL : row->reason != NULL && strstr (row->reason, expected[i].says) != NULL);
    }
  row = sheet->rows->pdata[4];
  g_assert_cmpint (((DspRate *) row->gift.steps[0].args)->from.day, ==, dsp_date_make (2027, 1, 1).day);
  g_clear_pointer (&sheet, dsp_record_sheet_free);
  g_assert_null (plan_workbook (rows, "<mergeCells><mergeCell ref=\"C1:D1\"/></mergeCells>", &error));
  g_assert_nonnull (strstr (error->message, "C1:D1"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/record-sheet/S0-18-a-workbook-comes-back-the-same", ".xlsx", round_trip);
  g_test_add_data_func ("/record-sheet/S0-18-a-csv-comes-back-the-same", ".csv", round_trip);
  g_test_add_func ("/record-sheet/S0-18-rows-are-changes-new-or-refused", rows_are_changes_new_or_refused);
  g_test_add_func ("/record-sheet/S0-18-what-a-spreadsheet-did-is-named-by-its-cells", rows_of_a_spreadsheet);
  return g_test_run ();
}
