/* test-csv.c: rows in, rows out, and the bad ones named by their line
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-csv.h"
#include "dsp-csv-write.h"

#include <string.h>

#include "dsp-wire-error.h"

static DspCsv *
open_text (const char          *text,
           gssize               length,
           const DspCsvOptions *options,
           GError             **error)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, length < 0 ? strlen (text) : (gsize) length);

  return dsp_csv_new (dsp_input_new_for_bytes ("test.csv", bytes, DSP_INPUT_UTF8), options, error);
}

/* All rows as one text: "LINE:field,field;" for a row, "LINE!reason;" for a refusal. */
static char *
read_all (const char          *text,
          const DspCsvOptions *options)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspCsv) csv = open_text (text, -1, options, &error);
  g_autoptr(GString) all = g_string_new (NULL);
  DspCsvResult result;
  DspCsvRow row;

  g_assert_no_error (error);
  while ((result = dsp_csv_next (csv, &row, &error)) == DSP_CSV_ROW || result == DSP_CSV_REFUSED)
    {
      g_string_append_printf (all, "%" G_GUINT64_FORMAT, row.line);
      if (result == DSP_CSV_REFUSED)
        {
          g_string_append_printf (all, "%s%s;", row.cut ? "!!" : "!", row.reason);
          continue;
        }
      for (guint i = 0; i < row.n_fields; i++)
        g_string_append_printf (all, "%c%s", i == 0 ? ':' : ',', row.fields[i]);
      g_string_append_c (all, ';');
    }
  g_assert_no_error (error);
  g_assert_cmpint (result, ==, DSP_CSV_END);
  g_assert_cmpint (dsp_csv_next (csv, &row, &error), ==, DSP_CSV_END);

  return g_string_free (g_steal_pointer (&all), FALSE);
}

static void
assert_reads (const char          *text,
              const DspCsvOptions *options,
              const char          *expected)
{
  g_autofree char *all = read_all (text, options);

  g_assert_cmpstr (all, ==, expected);
}

static void
test_reads_rfc_4180 (void)
{
  assert_reads ("a,b\n1,2\n3,4\n", NULL, "2:1,2;3:3,4;");
  assert_reads ("a,b\r\n1,2\r\n3,4", NULL, "2:1,2;3:3,4;");
  assert_reads ("a,b\n\"1\",\"two, \"\"2\"\"\"\r\n", NULL, "2:1,two, \"2\";");
  assert_reads ("a,b\n,\n\"\",\"\"\n", NULL, "2:,;3:,;");
  assert_reads ("a,b\n x , y \n", NULL, "2: x , y ;");
  assert_reads ("a\n1\n\n3\n", NULL, "2:1;3:;4:3;");
  assert_reads ("a,b\n\n1,2\r\n\r\n\n3,4\n\n", NULL, "3:1,2;6:3,4;");
  assert_reads ("\xef\xbb\xbf" "a,b\n1,2\n", NULL, "2:1,2;");
  assert_reads ("a,b\n1,x\ry\n", NULL, "2:1,x\ry;");
}

static void
test_counts_the_lines_inside_quotes (void)
{
  assert_reads ("a,b\n1,\"x\ny\r\nz\"\n3,4\n", NULL, "2:1,x\ny\r\nz;5:3,4;");
}

static void
test_separators_are_given_or_found (void)
{
  const DspCsvOptions pipe = { .separator = '|', .no_quotes = TRUE, .skip_lines = 1 };

  assert_reads ("a;b\n1,5;2\n", NULL, "2:1,5,2;");
  assert_reads ("a\tb\n1\t2\n", NULL, "2:1,2;");
  assert_reads ("\"a,b,c\";\"d\"\n1;2\n", NULL, "2:1,2;");
  assert_reads ("El aviso, \"legal\n" "a|b\n1|La \"Joya\n|\n", &pipe, "3:1,La \"Joya;4:,;");
}

static void
test_broken_quote_costs_one_row (void)
{
  /* The quote of line 3 is closed by the one that opens on line 5. */
  assert_reads ("a,b\n1,2\n3,\"x\n5,6\n7,\"eight\"\n9,0\n", NULL,
                "2:1,2;3!text after the closing quote of column 2;4:5,6;5:7,eight;6:9,0;");
  assert_reads ("a,b\n3,\"x\n5,6\n", NULL, "2!the quote that opens column 2 is never closed;3:5,6;");
  assert_reads ("a,b\n3,x\"y\n5,6\n", NULL, "2!a quote in the middle of column 2;3:5,6;");
  assert_reads ("a,b\n\"3\"x,4\n5,6\n", NULL, "2!text after the closing quote of column 1;3:5,6;");
}

static void
test_quote_that_swallows_the_file_costs_one_row (void)
{
  g_autoptr(GString) text = g_string_new ("a,b\n1,\"lost\n");
  g_autoptr(GError) error = NULL;
  g_autoptr(DspCsv) csv = NULL;
  DspCsvRow row;

  for (int i = 0; i < 200000; i++)
    g_string_append_printf (text, "%d,x\n", i);
  csv = open_text (text->str, -1, NULL, &error);
  g_assert_no_error (error);

  g_assert_cmpint (dsp_csv_next (csv, &row, &error), ==, DSP_CSV_REFUSED);
  g_assert_cmpint (row.line, ==, 2);
  for (int i = 0; i < 200000; i++)
    {
      g_assert_cmpint (dsp_csv_next (csv, &row, &error), ==, DSP_CSV_ROW);
      g_assert_cmpint (row.line, ==, 3 + i);
    }
  g_assert_cmpint (dsp_csv_next (csv, &row, &error), ==, DSP_CSV_END);
}

static void
test_wrong_width_and_cut_file_are_told_apart (void)
{
  assert_reads ("a,b\n1\n1,2,3\n1,2\n", NULL,
                "2!1 field where the header has 2;3!3 fields where the header has 2;4:1,2;");
  assert_reads ("a,b,c\n1,2,3\n4,5", NULL,
                "2:1,2,3;3!!the file is cut off in the middle of this row: 2 fields where the header has 3;");
  assert_reads ("a,b\n1,2\n4,\"5", NULL,
                "2:1,2;3!!the file is cut off in the middle of this row: "
                "the quote that opens column 2 is never closed;");
  assert_reads ("a,b\n1,2\n4,5", NULL, "2:1,2;3:4,5;");
}

static void
test_text_that_is_not_utf8_costs_one_row (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspCsv) csv = open_text ("a,b\n1,\0\n2,3\n", 12, NULL, &error);
  DspCsvRow row;

  assert_reads ("a,b\n1,Obreg\xf3n\n2,Obreg\xc3\xb3n\n", NULL, "2!column 2 is not UTF-8;3:2,Obreg\xc3\xb3n;");

  g_assert_no_error (error);
  g_assert_cmpint (dsp_csv_next (csv, &row, &error), ==, DSP_CSV_REFUSED);
  g_assert_cmpstr (row.reason, ==, "a NUL byte in column 2");
  g_assert_cmpint (dsp_csv_next (csv, &row, &error), ==, DSP_CSV_ROW);
  g_assert_cmpint (row.line, ==, 3);
}

static void
test_fields_and_columns_are_limited (void)
{
  const DspCsvOptions small = { .max_field = 4, .max_columns = 3 };
  g_autoptr(GString) wide = g_string_new ("a,b\n");

  assert_reads ("a,b\n1234,2\n12345,2\n1,\"12345\"\n1,2\n", &small,
                "2:1234,2;3!column 1 is longer than 4 bytes;4!the quote that opens column 2 is never closed;5:1,2;");
  assert_reads ("a,b\n1,2,3,4\n1,2\n", &small, "2!more than 3 columns;3:1,2;");

  for (int i = 0; i < 3 << 20; i++)
    g_string_append_c (wide, 'x');
  g_string_append (wide, ",2\n3,4\n");
  assert_reads (wide->str, NULL, "2!column 1 is longer than 65536 bytes;3:3,4;");
}

static void
test_columns_are_found_by_name (void)
{
  const char *const names[] = { "country", "code", NULL };
  const DspCsvOptions nameless = { .separator = '\t', .names = names };
  g_autoptr(GError) error = NULL;
  g_autoptr(DspCsv) csv = open_text ("\xef\xbb\xbf" "folio, año ,\"c\"\n1,2,3\n", -1, NULL, &error);
  guint n;

  g_assert_no_error (error);
  g_assert_cmpint (dsp_csv_find (csv, "folio"), ==, 0);
  g_assert_cmpint (dsp_csv_find (csv, "año"), ==, 1);
  g_assert_cmpint (dsp_csv_find (csv, "c"), ==, 2);
  g_assert_cmpint (dsp_csv_find (csv, "Folio"), ==, -1);
  g_assert_cmpstr (dsp_csv_get_names (csv, &n)[1], ==, "año");
  g_assert_cmpint (n, ==, 3);

  assert_reads ("MX\t01000\nMX\n", &nameless, "1:MX,01000;2!1 field where the header has 2;");
}

static void
test_bad_header_names_its_line (void)
{
  const DspCsvOptions notice = { .skip_lines = 1 };
  struct { const char *text, *says; } cases[] = {
    { "", "is empty" },
    { "\n\n", "is empty" },
    { "x\na,b,a\n", "line 2: two columns are called a" },
    { "x\na,\"b\n1,2\n", "line 2: the quote" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_null (open_text (cases[i].text, -1, &notice, &error));
      g_assert_nonnull (error);
      g_assert_nonnull (strstr (error->message, cases[i].says));
      g_assert_nonnull (strstr (error->message, "test.csv"));
    }
}

static void
test_writer_guards_formulas_and_comes_back (void)
{
  static const char *const texts[] = {
    "plain", "", "two, \"2\"", "line\nbreak", " blanks ", "=1+1", "+52 55", "-cmd", "@x", "\tx", "\rx", "'=1", "''-x",
    "'quoted'", "it's", "a=b", "Álvaro Obregón", "-5", ";|",
  };
  const char separators[] = { ',', ';', '|', '\t' };

  for (guint s = 0; s < G_N_ELEMENTS (separators); s++)
    {
      const DspCsvOptions options = { .separator = separators[s], .any_width = TRUE };
      g_autoptr(GString) out = g_string_new (DSP_CSV_BOM "header\r\n");
      g_autoptr(DspCsv) csv = NULL;
      DspCsvRow row;

      for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
        dsp_csv_write_field (out, separators[s], i == 0, texts[i], FALSE);
      dsp_csv_write_end (out);

      csv = open_text (out->str, (gssize) out->len, &options, NULL);
      g_assert_cmpint (dsp_csv_next (csv, &row, NULL), ==, DSP_CSV_ROW);
      g_assert_cmpint (row.n_fields, ==, G_N_ELEMENTS (texts));
      for (guint i = 0; i < row.n_fields; i++)
        {
          g_autofree char *back = dsp_csv_unguard (row.fields[i]);

          g_assert_cmpstr (back, ==, texts[i]);
          g_assert_true (row.fields[i][0] == '\0' || strchr ("=+-@\t\r", row.fields[i][0]) == NULL);
        }
    }
}

static void
test_writer_leaves_numbers_alone (void)
{
  g_autoptr(GString) out = g_string_new (NULL);

  dsp_csv_write_field (out, ',', TRUE, "-99.16", TRUE);
  dsp_csv_write_field (out, ',', FALSE, "-1+cmd", TRUE);
  dsp_csv_write_field (out, ',', FALSE, NULL, TRUE);
  dsp_csv_write_field (out, ',', FALSE, "-99.16", FALSE);
  dsp_csv_write_end (out);

  g_assert_cmpstr (out->str, ==, "-99.16,'-1+cmd,,'-99.16\r\n");
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/csv/reads_rfc_4180", test_reads_rfc_4180);
  g_test_add_func ("/csv/counts_the_lines_inside_quotes", test_counts_the_lines_inside_quotes);
  g_test_add_func ("/csv/separators_are_given_or_found", test_separators_are_given_or_found);
  g_test_add_func ("/csv/broken_quote_costs_one_row", test_broken_quote_costs_one_row);
  g_test_add_func ("/csv/quote_that_swallows_the_file_costs_one_row", test_quote_that_swallows_the_file_costs_one_row);
  g_test_add_func ("/csv/wrong_width_and_cut_file_are_told_apart", test_wrong_width_and_cut_file_are_told_apart);
  g_test_add_func ("/csv/text_that_is_not_utf8_costs_one_row", test_text_that_is_not_utf8_costs_one_row);
  g_test_add_func ("/csv/fields_and_columns_are_limited", test_fields_and_columns_are_limited);
  g_test_add_func ("/csv/columns_are_found_by_name", test_columns_are_found_by_name);
  g_test_add_func ("/csv/bad_header_names_its_line", test_bad_header_names_its_line);
  g_test_add_func ("/csv/writer_guards_formulas_and_comes_back", test_writer_guards_formulas_and_comes_back);
  g_test_add_func ("/csv/writer_leaves_numbers_alone", test_writer_leaves_numbers_alone);

  return g_test_run ();
}
