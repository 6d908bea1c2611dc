/* test-pre-invoice-doc.c: a pre-invoice's files: workbook, CSV, and what accounting reads
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The workbook is recalculated by LibreOffice where that is installed.
 */
#include "config.h"
#include "dsp-pre-invoice-doc.h"
#include "dsp-input.h"
#include "dsp-money.h"
#include "dsp-rule.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <libxml/parser.h>
#include <math.h>
#include <string.h>

typedef struct {
  char             *folder;
  char             *profile; /* LibreOffice's */
  DspPreInvoice    *pre_invoice; /* (borrowed), as lines */
  GPtrArray        *lines;
  DspPreInvoiceDoc *doc;
} Fixture;

static void
free_line (gpointer line)
{
  dsp_statement_line_free (line);
}

static DspStatementLine *
add_line (Fixture    *f,
          DspConcept  concept,
          gint64      cents,
          gint64      metres,
          gint64      unit)
{
  DspStatementLine *line = dsp_statement_line_new ();
  DspTaxRule rule = { .vat = { 160000, true }, .vat_withheld = { 106667, true }, .income_withheld = { 12500, true } };
  g_autofree char *number = g_strdup_printf ("=1+%03u", f->lines->len);

  line->id.b[15] = (guint8) f->lines->len;
  line->id.b[14] = (guint8) (f->lines->len >> 8);
  dsp_set_text (&line->number, number);
  line->concept = concept;
  line->pays = concept == DSP_CONCEPT_MILEAGE ? DSP_PAYS_KILOMETRE : concept == DSP_CONCEPT_SERVICE ? DSP_PAYS_SERVICE : DSP_PAYS_NONE;
  line->state = DSP_LINE_HELD;
  line->day = dsp_date_make (2027, 1, 5);
  line->amount = (DspMoney) { metres != 0 ? dsp_money_for_distance (unit, metres) : cents, true };
  if (metres != 0)
    {
      line->metres = (DspInt) { metres, true };
      line->unit = (DspMoney) { unit, true };
    }
  dsp_set_text (&line->reason, "<&> \"ñ\"");
  dsp_statement_line_tax (line, &rule);
  g_ptr_array_add (f->lines, line);
  return line;
}

static void
add_up (Fixture *f)
{
  DspTotals totals = { 0 };

  for (guint i = 0; i < f->lines->len; i++)
    dsp_totals_add (&totals, f->lines->pdata[i]);
  dsp_pre_invoice_set_totals (f->pre_invoice, &totals);
}

/* @currency: its code; NULL: MXN. */
static void
set_up (Fixture      *f,
        gconstpointer currency)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (4);

  dsp_currency_set (currency);

  f->folder = g_dir_make_tmp ("despacho-invoice-XXXXXX", NULL);
  f->profile = g_dir_make_tmp ("despacho-office-XXXXXX", NULL);
  f->lines = g_ptr_array_new_with_free_func (free_line);
  f->pre_invoice = dsp_pre_invoice_new ();
  dsp_set_text (&f->pre_invoice->number, "P-000017");
  dsp_set_text (&f->pre_invoice->issuer, "=HYPERLINK(\"x\")");
  f->pre_invoice->state = DSP_PRE_INVOICE_SUBMITTED;
  f->pre_invoice->from = dsp_date_make (2027, 1, 1);
  f->pre_invoice->until = dsp_date_make (2027, 1, 31);
  add_line (f, DSP_CONCEPT_SERVICE, 35000, 0, 0);
  /* Exactly half a cent, which doubles make a little less of. */
  add_line (f, DSP_CONCEPT_MILEAGE, 0, 1010, 450);
  add_line (f, DSP_CONCEPT_MILEAGE, 0, 1005, 100);
  add_line (f, DSP_CONCEPT_MILEAGE, 0, 8325, 1060);
  add_line (f, DSP_CONCEPT_BONUS, 4375, 0, 0);
  add_line (f, DSP_CONCEPT_PENALTY, -10003, 0, 0);
  add_line (f, DSP_CONCEPT_ADJUSTMENT, 40, 0, 0);
  /* The largest that there is. */
  add_line (f, DSP_CONCEPT_ADJUSTMENT, DSP_MONEY_MAX, 0, 0);
  add_line (f, DSP_CONCEPT_MILEAGE, 0, 1999999, 49999);
  /* Corrected: no longer the product. */
  add_line (f, DSP_CONCEPT_MILEAGE, 0, 12345, 485)->amount.cents -= 1;
  while (f->lines->len < 400)
    if (f->lines->len % 2 == 0)
      add_line (f, DSP_CONCEPT_MILEAGE, 0, g_rand_int_range (rand, 1, 400) * 5, g_rand_int_range (rand, 1, 200) * 5);
    else
      add_line (f, DSP_CONCEPT_PENALTY, -g_rand_int_range (rand, 1, 400000), 0, 0);
  add_up (f);
  f->doc = dsp_pre_invoice_doc_new (f->pre_invoice, f->lines, NULL, dsp_currency_get (), NULL);
}

static void
remove_tree (const char *path)
{
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *inner = g_build_filename (path, name, NULL);

      if (g_file_test (inner, G_FILE_TEST_IS_DIR) && !g_file_test (inner, G_FILE_TEST_IS_SYMLINK))
        remove_tree (inner);
      else
        g_unlink (inner);
    }
  g_rmdir (path);
}

static void
tear_down (Fixture      *f,
           gconstpointer unused)
{
  dsp_currency_set (NULL);
  remove_tree (f->folder);
  remove_tree (f->profile);
  dsp_pre_invoice_doc_unref (f->doc);
  g_free (f->folder);
  g_free (f->profile);
}

static char *
written (Fixture         *f,
         DspDocFormat format,
         const char      *name,
         char           **text)
{
  g_autoptr(GError) error = NULL;
  char *path = g_build_filename (f->folder, name, NULL);

  dsp_pre_invoice_doc_write (f->doc, format, path, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, text, NULL, &error));
  return path;
}

static void
test_csv (Fixture      *f,
          gconstpointer unused)
{
  g_autofree char *text = NULL, *path = written (f, DSP_DOC_CSV, "a.csv", &text);
  g_auto(GStrv) rows = g_strsplit (text, "\r\n", -1);

  g_assert_cmpuint (g_strv_length (rows), ==, f->lines->len + 2);
  g_assert_true (g_str_has_prefix (rows[1], "P-000017,2027-01-05,'=1+000,"));
  g_assert_nonnull (strstr (rows[2], ",1.01,4.50,,4.55,16,0.73,"));
  g_assert_nonnull (strstr (rows[6], ",-100.03,"));
  g_assert_nonnull (strstr (rows[1], "\"<&> \"\"ñ\"\"\""));
}

/* Whatever order lines come in, the file is the same. */
static void
test_permutation (Fixture      *f,
                  gconstpointer unused)
{
  for (guint format = DSP_DOC_CSV; format < DSP_N_DOC_FORMATS; format++)
    {
      g_autofree char *text = NULL, *path = written (f, format, "a", &text), *other = NULL, *there = NULL;
      g_autoptr(DspPreInvoiceDoc) doc = NULL;
      GPtrArray *lines = g_ptr_array_new_with_free_func (free_line);
      DspPreInvoiceDoc *first = f->doc;

      for (guint i = 0; i < f->lines->len; i++)
        g_ptr_array_add (lines, dsp_statement_line_dup (f->lines->pdata[(i * 171 + 5) % f->lines->len]));
      doc = dsp_pre_invoice_doc_new (dsp_pre_invoice_dup (f->pre_invoice), lines, NULL, dsp_currency_find ("MXN"), NULL);
      f->doc = doc;
      there = written (f, format, "b", &other);
      f->doc = first;
      g_assert_cmpstr (text, ==, other);
    }
}

static void
test_json (Fixture      *f,
           gconstpointer unused)
{
  g_autofree char *text = NULL, *path = written (f, DSP_DOC_JSON, "a.json", &text);
  g_autoptr(JsonParser) parser = json_parser_new ();
  g_autoptr(GError) error = NULL;
  JsonObject *root, *head;
  JsonArray *lines;
  gint64 sum = 0;

  json_parser_load_from_data (parser, text, -1, &error);
  g_assert_no_error (error);
  root = json_node_get_object (json_parser_get_root (parser));
  head = json_object_get_object_member (root, "pre_invoice");
  lines = json_object_get_array_member (root, "lines");
  g_assert_cmpstr (json_object_get_string_member (root, "currency"), ==, "MXN");
  g_assert_cmpint (json_object_get_int_member (head, "total"), ==, f->pre_invoice->total.cents);
  g_assert_cmpstr (json_object_get_string_member (head, "issuer"), ==, "=HYPERLINK(\"x\")");
  for (guint i = 0; i < json_array_get_length (lines); i++)
    sum += json_object_get_int_member (json_array_get_object_element (lines, i), "amount");
  g_assert_cmpint (sum, ==, f->pre_invoice->subtotal.cents - f->pre_invoice->deductions.cents);
}

static void
test_xml (Fixture      *f,
          gconstpointer unused)
{
  g_autofree char *text = NULL, *path = NULL;
  xmlDoc *doc;

  /* What no XML can hold is left out. */
  dsp_set_text (&f->pre_invoice->note, "a\x01<b>");
  path = written (f, DSP_DOC_XML, "a.xml", &text);
  doc = xmlReadFile (path, NULL, XML_PARSE_NONET);
  g_assert_nonnull (doc);
  g_assert_cmpstr ((const char *) xmlDocGetRootElement (doc)->name, ==, "document");
  xmlFreeDoc (doc);
  g_assert_nonnull (strstr (text, "<note>a&lt;b&gt;</note>"));
}

static void
assert_refused (Fixture    *f,
                int         code,
                const char *says)
{
  g_autofree char *path = g_build_filename (f->folder, "a", NULL);

  for (guint format = 0; format < DSP_N_DOC_FORMATS; format++)
    {
      g_autoptr(GError) error = NULL;

      g_assert_false (dsp_pre_invoice_doc_write (f->doc, format, path, NULL, NULL, NULL, &error));
      g_assert_error (error, DSP_RULE_ERROR, code);
      g_assert_nonnull (strstr (error->message, says));
      g_assert_false (g_file_test (path, G_FILE_TEST_EXISTS));
    }
}

static void
test_missing_line (Fixture      *f,
                   gconstpointer unused)
{
  g_ptr_array_remove_index (f->lines, 0);
  assert_refused (f, DSP_RULE_CHANGED, "the pre-invoice has 400 lines, and 399 of them");
}

static void
test_other_amount (Fixture      *f,
                   gconstpointer unused)
{
  DspStatementLine *line = f->lines->pdata[4];

  line->amount.cents += 1;
  assert_refused (f, DSP_RULE_CHANGED, "says 43.75 for “Bonus”, and its lines here make 43.76");
}

static void
test_rejected (Fixture      *f,
               gconstpointer unused)
{
  f->pre_invoice->state = DSP_PRE_INVOICE_REJECTED;
  g_ptr_array_set_size (f->lines, 0);
  assert_refused (f, DSP_RULE_STATE, "P-000017 was rejected");
}

static void
cancel (double   fraction,
        gpointer data)
{
  g_cancellable_cancel (data);
}

static void
test_cancelled (Fixture      *f,
                gconstpointer unused)
{
  for (guint format = 0; format < DSP_N_DOC_FORMATS; format++)
    {
      g_autofree char *path = g_build_filename (f->folder, "a", NULL);
      g_autoptr(GCancellable) cancellable = g_cancellable_new ();
      g_autoptr(GError) error = NULL;
      g_autoptr(GDir) dir = NULL;

      g_assert_false (dsp_pre_invoice_doc_write (f->doc, format, path, cancel, cancellable, cancellable, &error));
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      dir = g_dir_open (f->folder, 0, NULL);
      g_assert_null (g_dir_read_name (dir));
    }
}

/* Otherwise it trusts the results that are in the file. */
#define RECALCULATE "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" \
                    "<oor:items xmlns:oor=\"http://openoffice.org/2001/registry\">" \
                    "<item oor:path=\"/org.openoffice.Office.Calc/Formula/Load\"><prop oor:name=\"OOXMLRecalcMode\" oor:op=\"fuse\">" \
                    "<value>0</value></prop></item></oor:items>\n"
/* 76 is UTF-8; -1: each sheet in a file of its own; values, not as shown. */
#define EACH_SHEET "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false,false,false,-1"

static void
recalculate (Fixture    *f,
             const char *office,
             const char *path)
{
  g_autofree char *user = g_build_filename (f->profile, "user", NULL), *settings = g_build_filename (user, "registrymodifications.xcu", NULL);
  g_autofree char *profile = g_strdup_printf ("-env:UserInstallation=file://%s", f->profile);
  const char *argv[] = { office, profile, "--headless", "--convert-to", EACH_SHEET, "--outdir", f->folder, path, NULL };
  /* Its own GLib warns of nothing that concerns us. */
  g_auto(GStrv) environment = g_environ_unsetenv (g_get_environ (), "G_DEBUG");
  g_autoptr(GError) error = NULL;
  int status;

  g_assert_cmpint (g_mkdir_with_parents (user, 0700), ==, 0);
  g_assert_true (g_file_set_contents (settings, RECALCULATE, -1, &error));
  g_spawn_sync (f->folder, (char **) argv, environment, G_SPAWN_STDOUT_TO_DEV_NULL | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, NULL, NULL, &status,
                &error);
  g_assert_no_error (error);
  g_assert_true (g_spawn_check_wait_status (status, &error));
}

static char *
recalculated (Fixture    *f,
              const char *name)
{
  g_autofree char *path = g_build_filename (f->folder, name, NULL);
  g_autoptr(GError) error = NULL;
  char *text;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

/* Cents of a field of a row: LibreOffice writes 12.5 for 12.50. */
static gint64
cents_at (const char *row,
          guint       column)
{
  g_auto(GStrv) fields = g_strsplit (row, ",", -1);

  g_assert_cmpuint (column, <, g_strv_length (fields));
  return (gint64) round (g_ascii_strtod (fields[column] + (fields[column][0] == '"'), NULL) * (double) dsp_currency_unit (dsp_currency_get ()));
}

static void
assert_sum (const char *text,
            const char *label,
            DspMoney    sum)
{
  g_autofree char *begin = g_strdup_printf ("\n%s,", label);
  const char *row = strstr (text, begin);

  if (row == NULL)
    g_error ("no %s in %s", label, text);
  g_assert_cmpint (cents_at (row, 1), ==, sum.cents);
}

static guint
column_called (const char *headings,
               const char *name)
{
  g_auto(GStrv) fields = g_strsplit (headings, ",", -1);
  guint i = 0;

  while (fields[i] != NULL && strcmp (fields[i], name) != 0)
    i++;
  g_assert_nonnull (fields[i]);
  return i;
}

/* The formulas are worked out anew, from the cells, and come to the same cents: of each line, and of all. */
static void
test_recalculated (Fixture      *f,
                   gconstpointer unused)
{
  g_autofree char *unread = NULL, *path = NULL, *office = g_find_program_in_path ("soffice"), *front = NULL, *lines = NULL;
  const DspPreInvoice *p = f->pre_invoice;
  g_auto(GStrv) rows = NULL;
  guint amount, vat;

  if (office == NULL)
    {
      g_test_skip ("LibreOffice is not installed");
      return;
    }
  path = written (f, DSP_DOC_XLSX, "a.xlsx", &unread);
  recalculate (f, office, path);
  front = recalculated (f, "a-Pre-invoice.csv");
  lines = recalculated (f, "a-Lines.csv");
  rows = g_strsplit (lines, "\n", -1);
  amount = column_called (rows[0], "Amount");
  vat = column_called (rows[0], "VAT");
  for (guint i = 0; i < f->lines->len; i++)
    {
      const DspStatementLine *line = f->lines->pdata[i];

      g_assert_cmpint (cents_at (rows[i + 1], amount), ==, line->amount.cents);
      g_assert_cmpint (cents_at (rows[i + 1], vat), ==, line->vat.cents);
      /* Text of a line that begins like a formula stays what it is. */
      g_assert_nonnull (strstr (rows[i + 1], line->number));
    }
  g_assert_nonnull (strstr (front, "\nLines,\"400\"\n"));
  assert_sum (front, "Service", p->services);
  assert_sum (front, "Kilometres", p->mileage);
  assert_sum (front, "Bonus", p->bonuses);
  assert_sum (front, "Penalty", p->penalties);
  assert_sum (front, "Adjustment", p->adjustments);
  assert_sum (front, "Subtotal", p->subtotal);
  assert_sum (front, "Deductions", p->deductions);
  assert_sum (front, "VAT", p->vat);
  assert_sum (front, "VAT withheld", p->vat_withheld);
  assert_sum (front, "Income tax withheld", p->income_withheld);
  assert_sum (front, "Total", p->total);
  g_assert_nonnull (strstr (front, f->doc->currency->digits == 2 ? "PESOS" : f->doc->currency->code));
}

/* A program that reads amounts in minor units is told how many digits they have; a person reads as many. */
static void
test_other_currency (Fixture      *f,
                     gconstpointer currency)
{
  g_autofree char *json = NULL, *xml = NULL, *csv = NULL, *one = written (f, DSP_DOC_JSON, "a.json", &json);
  g_autofree char *two = written (f, DSP_DOC_XML, "a.xml", &xml), *three = written (f, DSP_DOC_CSV, "a.csv", &csv);
  g_autofree char *said = g_strdup_printf ("\"currency\":\"%s\",\"minor_digits\":%u,", f->doc->currency->code, f->doc->currency->digits);
  g_autofree char *told = g_strdup_printf ("currency=\"%s\" minor_digits=\"%u\"", f->doc->currency->code, f->doc->currency->digits);

  g_assert_nonnull (strstr (json, said));
  g_assert_nonnull (strstr (xml, told));
  g_assert_nonnull (strstr (json, "\"amount\":35000,"));
  g_assert_nonnull (strstr (csv, f->doc->currency->digits == 0 ? ",35000," : f->doc->currency->digits == 3 ? ",35.000," : ",350.00,"));
}

/* Somebody changes an amount in the workbook: the sums follow. */
static void
test_live (Fixture      *f,
           gconstpointer unused)
{
  DspInputOptions options = { .encoding = DSP_INPUT_UTF8, .member = "xl/worksheets/sheet1.xml" };
  g_autofree char *unread = NULL, *path = written (f, DSP_DOC_XLSX, "a.xlsx", &unread);
  g_autoptr(GError) error = NULL;
  g_autoptr(DspInput) input = dsp_input_open (path, &options, NULL, &error);
  g_autofree char *front = g_malloc0 (1 << 16);
  static const char *const formulas[] = { "ROUND(SUMIF('Lines'!O2:O401,\"&gt;0\"),2)", "ROUND(SUM('Lines'!Q2:Q401),2)", "SUMIF('Lines'!C2:C401,A9,'Lines'!O2:O401)" };
  gsize n = 0;
  gssize got;

  g_assert_no_error (error);
  while (n < (1 << 16) - 1 && (got = dsp_input_read (input, front + n, (1 << 16) - 1 - n, &error)) > 0)
    n += (gsize) got;
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (formulas); i++)
    if (strstr (front, formulas[i]) == NULL)
      g_error ("no %s in %s", formulas[i], front);
  g_assert_null (strstr (front, "<f>HYPERLINK"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add ("/pre-invoice-doc/S0-04/" path, Fixture, NULL, set_up, function, tear_down)
  ADD ("csv-has-no-formulas", test_csv);
  ADD ("json-is-cents", test_json);
  ADD ("xml-is-well-formed", test_xml);
  ADD ("any-order-of-lines-makes-the-same-file", test_permutation);
  ADD ("missing-lines-are-told", test_missing_line);
  ADD ("a-line-that-says-something-else-is-told", test_other_amount);
  ADD ("a-rejected-one-has-no-lines", test_rejected);
  ADD ("cancelled-leaves-nothing", test_cancelled);
  ADD ("sums-of-the-workbook-are-formulas", test_live);
  ADD ("libreoffice-comes-to-the-same", test_recalculated);
#define OF(code, path, function) g_test_add ("/pre-invoice-doc/S0-04/" path "-in-" code, Fixture, code, set_up, function, tear_down)
  OF ("MXN", "the-currency-and-its-digits-are-said", test_other_currency);
  OF ("JPY", "the-currency-and-its-digits-are-said", test_other_currency);
  OF ("KWD", "the-currency-and-its-digits-are-said", test_other_currency);
  OF ("JPY", "libreoffice-comes-to-the-same", test_recalculated);
  OF ("KWD", "libreoffice-comes-to-the-same", test_recalculated);
  return g_test_run ();
}
