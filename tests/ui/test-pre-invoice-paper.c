/* test-pre-invoice-paper.c: a pre-invoice on paper: parties, sums, words, every line, pages in their order
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a reader of PDF finds in the file is compared with what went in.
 */
#include "config.h"
#include "dsp-money.h"
#include "dsp-pre-invoice-paper.h"
#include "paper-file.h"

#include <glib/gstdio.h>
#include <string.h>

static void
free_line (gpointer line)
{
  dsp_statement_line_free (line);
}

static DspStatementLine *
line_of (guint i)
{
  static const struct { DspConcept concept; DspPays pays; } kinds[] = {
    { DSP_CONCEPT_SERVICE, DSP_PAYS_SERVICE }, { DSP_CONCEPT_BONUS, DSP_PAYS_NIGHT }, { DSP_CONCEPT_SERVICE, DSP_PAYS_SERVICE },
    { DSP_CONCEPT_MILEAGE, DSP_PAYS_KILOMETRE }, { DSP_CONCEPT_SERVICE, DSP_PAYS_SERVICE }, { DSP_CONCEPT_PENALTY, DSP_PAYS_NONE },
    { DSP_CONCEPT_SERVICE, DSP_PAYS_SERVICE },
  };
  static const char *const types[] = { "Instalación", "Reparación", "Cambio de domicilio" };
  DspStatementLine *line = dsp_statement_line_new ();
  const DspTaxRule rule = { .vat = { i % 11 == 0 ? 80000 : 160000, true }, .vat_withheld = { 106667, true }, .income_withheld = { 12500, true } };

  line->id.b[12] = 1;
  line->id.b[14] = (guint8) (i >> 8);
  line->id.b[15] = (guint8) i;
  line->number = g_strdup_printf ("S-%06u", 100000 + i);
  line->concept = kinds[i % G_N_ELEMENTS (kinds)].concept;
  line->pays = kinds[i % G_N_ELEMENTS (kinds)].pays;
  line->state = DSP_LINE_HELD;
  line->day = dsp_date_make (2027, 1, 1 + (int) (i * 7 % 31));
  line->postal_code = g_strdup_printf ("%05u", 3100 + i % 60);
  line->rate_code = g_strdup (line->pays != DSP_PAYS_NONE ? "SERV-2027" : NULL);
  line->crew_id.b[0] = (guint8) (1 + i % 5);
  if (line->concept == DSP_CONCEPT_SERVICE)
    {
      line->type = g_strdup (types[i % G_N_ELEMENTS (types)]);
      line->subtype = g_strdup (i % 4 == 0 ? "FTTH" : NULL);
    }
  if (line->concept == DSP_CONCEPT_MILEAGE)
    {
      line->metres = (DspInt) { 1000 + 137 * (i % 90), true };
      line->unit = (DspMoney) { 485, true };
      line->amount = (DspMoney) { dsp_money_for_distance (485, line->metres.value), true };
    }
  else
    line->amount = (DspMoney) { line->concept == DSP_CONCEPT_PENALTY ? -7654 : 35000 + 1013 * (int) (i % 70), true };
  if (line->concept == DSP_CONCEPT_PENALTY && i % 3 == 2)
    {
      line->reason = g_strdup ("Atención fuera de la fecha límite, confirmada por el supervisor");
      line->defence = g_strdup ("La clienta pidió la segunda vuelta; consta en la bitácora de la orden");
    }
  dsp_statement_line_tax (line, &rule);
  return line;
}

static DspPreInvoice *
sample (void)
{
  DspPreInvoice *p = dsp_pre_invoice_new ();

  p->number = g_strdup ("P-000017");
  p->state = DSP_PRE_INVOICE_SUBMITTED;
  p->from = dsp_date_make (2027, 1, 1);
  p->until = dsp_date_make (2027, 1, 31);
  p->issuer = g_strdup ("Redes y Acometidas del Norte, S.A. de C.V.");
  p->issuer_tax_id = g_strdup ("RAN150312AB1");
  p->issuer_address = g_strdup ("Av. Constitución 1250, int. 4\nCentro, 64000 Monterrey, Nuevo León");
  p->issuer_regime = g_strdup ("RESICO");
  p->receiver = g_strdup ("Telecomunicaciones del Valle, S.A.B. de C.V.");
  p->receiver_tax_id = g_strdup ("TVA900101XY9");
  p->receiver_address = g_strdup ("Insurgentes Sur 3500, Peña Pobre, 14060 Tlalpan, Ciudad de México");
  p->made_by = g_strdup ("Ana Lucía Robles");
  p->made_at.us = G_GINT64_CONSTANT (1801504800) * G_USEC_PER_SEC;
  p->submitted_at.us = p->made_at.us + 20 * G_TIME_SPAN_MINUTE;
  return p;
}

static GHashTable *
crews (void)
{
  GHashTable *table = g_hash_table_new_full (dsp_id_hash, dsp_id_equal_func, g_free, g_free);

  for (guint i = 1; i <= 5; i++)
    {
      DspId id = { .b = { (guint8) i } };

      g_hash_table_insert (table, g_memdup2 (&id, sizeof id), g_strdup_printf ("C-%02u", i));
    }
  return table;
}

static DspPreInvoiceDoc *
doc_of (DspPreInvoice *p,
        GPtrArray     *lines)
{
  g_autoptr(GTimeZone) zone = g_time_zone_new_identifier ("America/Mexico_City");
  DspTotals totals = { 0 };

  for (guint i = 0; i < lines->len; i++)
    dsp_totals_add (&totals, lines->pdata[i]);
  dsp_pre_invoice_set_totals (p, &totals);
  return dsp_pre_invoice_doc_new (p, lines, crews (), dsp_currency_find ("MXN"), zone);
}

static GPtrArray *
lines_of (guint n)
{
  GPtrArray *lines = g_ptr_array_new_with_free_func (free_line);

  for (guint i = 0; i < n; i++)
    g_ptr_array_add (lines, line_of (i));
  return lines;
}

static guint
written (PaperFile          *file,
         DspPreInvoiceDoc   *doc,
         const DspPaperSize *size)
{
  g_autoptr(DspPaperDocument) document = dsp_pre_invoice_paper_new (doc);
  g_autoptr(GError) error = NULL;
  guint n = dsp_paper_pdf_write (document, size, file->file, NULL, &error);

  g_assert_no_error (error);
  return n;
}

static void
test_one_page (PaperFile    *file,
               gconstpointer unused)
{
  g_autoptr(DspPreInvoiceDoc) doc = doc_of (sample (), lines_of (12));
  static const char *const wanted[] = {
    "Pre-invoice P-000017", "Submitted", "Period from 01/01/2027 to 31/01/2027", "Redes y Acometidas del Norte, S.A. de C.V.", "RAN150312AB1",
    "RESICO", "Av. Constitución 1250, int. 4, Centro, 64000 Monterrey", "Telecomunicaciones del Valle", "TVA900101XY9", "Insurgentes Sur 3500",
    "Ana Lucía Robles · 01/02/2027 12:00", "Amount in words", "PESOS", "M.N.", "VAT 16 %", "VAT 8 %", "Service: Instalación / FTTH",
    "Bonus: at night", "SERV-2027", "C-03", "12 lines", "Defence: La clienta pidió la segunda vuelta", "page 1 of 1",
    "A pre-invoice is no tax document.",
  };
  g_autofree char *words = NULL, *total = NULL;
  char sum[DSP_MONEY_TEXT];

  g_assert_cmpuint (written (file, doc, &dsp_paper_letter), ==, 1);
  words = paper_words (file->path);
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++)
    paper_has (words, wanted[i]);
  dsp_money_print (doc->pre_invoice->total.cents, sum);
  total = g_strdup_printf ("Total $%c,%s MXN", sum[0], sum + 1);
  paper_has (words, total);
}

/* Every line once, in order, on pages that say of how many. */
static void
test_many_pages (PaperFile    *file,
                 gconstpointer unused)
{
  g_autoptr(DspPreInvoiceDoc) doc = doc_of (sample (), lines_of (1500));
  const DspPaperSize *sizes[] = { &dsp_paper_letter, &dsp_paper_a4 };

  for (guint s = 0; s < G_N_ELEMENTS (sizes); s++)
    {
      guint n = written (file, doc, sizes[s]);
      g_autofree char *words = paper_words (file->path), *last = g_strdup_printf ("%u", n), *end = NULL;
      const char *place = words;

      g_assert_cmpuint (n, >, 20);
      for (guint i = 0; i < doc->lines->len; i++)
        {
          const DspStatementLine *line = doc->lines->pdata[i];

          place = strstr (place, line->number);
          if (place == NULL)
            g_error ("%s is not on paper after the line before it", line->number);
          place += strlen (line->number);
          g_assert_null (strstr (place, line->number));
        }
      for (guint page = 1; page <= n; page++)
        {
          g_autofree char *foot = g_strdup_printf ("Pre-invoice P-000017 · Redes y Acometidas del Norte, S.A. de C.V. page %u of %u", page, n);

          paper_has (words, foot);
        }
      /* What it all adds up to stands below the last line. */
      end = paper_run ("pdftotext", "-layout", "-f", last, file->path, "-", NULL);
      paper_has (end, "1500 lines"); /* the C locale groups no digits */
      paper_has (end, "signature");
    }
}

/* Nothing is cut, and no number is broken, however long. */
static void
test_extremes (PaperFile    *file,
               gconstpointer unused)
{
  g_autoptr(GString) text = g_string_new (NULL);
  GPtrArray *lines = lines_of (3);
  DspStatementLine *line = lines->pdata[1];
  g_autoptr(DspPreInvoiceDoc) doc = NULL;
  g_autofree char *words = NULL;
  guint n;

  for (guint i = 0; i < 250; i++)
    g_string_append_printf (text, "motivo%03u\n", i);
  line->reason = g_strdup (text->str);
  line->amount.cents = DSP_MONEY_MAX;
  line->vat.cents = DSP_MONEY_MAX;
  doc = doc_of (sample (), lines);
  n = written (file, doc, &dsp_paper_letter);
  g_assert_cmpuint (n, >, 2);
  words = paper_words (file->path);
  for (guint i = 0; i < 250; i++)
    {
      g_autofree char *word = g_strdup_printf ("motivo%03u", i);

      paper_has (words, word);
    }
  paper_has (words, " 1,000,000,000.00 1,000,000,000.00 ");
  paper_has (words, "S-100002");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  if (!paper_has_program ("pdftotext"))
    {
      g_print ("1..0 # SKIP no poppler-utils to read the sheets with\n");
      return 0;
    }
#define ADD(name, function) g_test_add ("/pre-invoice-paper/S0-04/" name, PaperFile, NULL, paper_file_set_up, function, paper_file_tear_down)
  ADD ("all_that_is_asked_of_a_document_on_one_page", test_one_page);
  ADD ("every_line_once_and_in_order_on_numbered_pages", test_many_pages);
  ADD ("long_texts_flow_and_no_number_is_broken", test_extremes);
  return g_test_run ();
}
