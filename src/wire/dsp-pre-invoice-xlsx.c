/* dsp-pre-invoice-xlsx.c: a pre-invoice as a workbook that calculates
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A first sheet with the parties and the totals, a second with the lines. Formulas multiply whole numbers (cents, metres, millionths)
 * and divide once: a product of fractions may lie a hair below a half and be rounded down where ours is rounded up.
 */
#define G_LOG_DOMAIN "dsp-wire"

#include "config.h"
#include "dsp-pre-invoice-doc-private.h"

#include "dsp-money.h"
#include "dsp-xlsx-write.h"

#include <glib/gi18n-lib.h>

static guint
column_of (gsize offset)
{
  guint i = 0;

  while (dsp_doc_columns[i] != offset)
    i++;
  return i;
}
#define COLUMN(member) column_of (offsetof (DspStatementLine, member))

/* How many minor units make one of the currency: the workbook's formulas count in them. */
#define UNIT(doc) ((int) dsp_currency_unit ((doc)->currency))

/* A spreadsheet keeps fifteen digits: a product of more is written as a value. */
#define EXACT G_GINT64_CONSTANT (100000000000000)

static gboolean
calculates (gint64 a,
            gint64 b)
{
  return (__int128) ABS (a) * ABS (b) < EXACT;
}

/* ---- lines ---- */

/* "=ROUND(ROUND(L2*1000,0)*ROUND(M2*100,0)/1000,0)/100": @a and @b as whole numbers, by which @scales they become so; 100 is the
 * currency's minor unit. */
static void
put_product (const DspPreInvoiceDoc *doc,
             DspXlsxSheet *sheet,
             guint         row,
             guint         column,
             guint         a,
             int           a_scale,
             guint         b,
             int           b_scale,
             int           divisor,
             gint64        cents)
{
  g_autofree char *x = dsp_xlsx_dup_cell_name (row, a), *y = dsp_xlsx_dup_cell_name (row, b);
  g_autofree char *formula = g_strdup_printf ("=ROUND(ROUND(%s*%d,0)*ROUND(%s*%d,0)/%d,0)/%d", x, a_scale, y, b_scale, divisor, UNIT (doc));

  dsp_xlsx_sheet_money_formula (sheet, row, column, formula, cents, DSP_XLSX_PLAIN);
}

/* A corrected line is no longer the product. */
static void
put_amount (const DspPreInvoiceDoc *doc,
            DspXlsxSheet           *sheet,
            guint                   row,
            const DspStatementLine *line)
{
  if (line->metres.is_set && line->unit.is_set && calculates (line->metres.value, line->unit.cents) &&
      dsp_money_for_distance (line->unit.cents, line->metres.value) == line->amount.cents)
    put_product (doc, sheet, row, COLUMN (amount), COLUMN (metres), 1000, COLUMN (unit), UNIT (doc), 1000, line->amount.cents);
  else
    dsp_xlsx_sheet_money (sheet, row, COLUMN (amount), line->amount.cents, DSP_XLSX_PLAIN);
}

static void
put_vat (const DspPreInvoiceDoc *doc,
         DspXlsxSheet           *sheet,
         guint                   row,
         const DspStatementLine *line)
{
  if (calculates (line->amount.cents, line->vat_rate.value) && dsp_money_share (line->amount.cents, line->vat_rate.value) == line->vat.cents)
    put_product (doc, sheet, row, COLUMN (vat), COLUMN (amount), UNIT (doc), COLUMN (vat_rate), (int) DSP_MILLION, (int) DSP_MILLION,
                 line->vat.cents);
  else
    dsp_xlsx_sheet_money (sheet, row, COLUMN (vat), line->vat.cents, DSP_XLSX_PLAIN);
}

static void
put_cell (const DspPreInvoiceDoc *doc,
          DspXlsxSheet           *sheet,
          guint                   row,
          guint                   column,
          const DspStatementLine *line)
{
  const DspField *field = dsp_doc_column (column);

  if (column == COLUMN (amount))
    put_amount (doc, sheet, row, line);
  else if (column == COLUMN (vat))
    put_vat (doc, sheet, row, line);
  else if (dsp_field_is_none (field, line))
    return;
  else if (field->kind == DSP_KIND_DATE)
    dsp_xlsx_sheet_date (sheet, row, column, *dsp_field_date (field, line), DSP_XLSX_PLAIN);
  else if (field->kind == DSP_KIND_MONEY)
    dsp_xlsx_sheet_money (sheet, row, column, dsp_field_money (field, line)->cents, DSP_XLSX_PLAIN);
  else if (column == COLUMN (metres))
    dsp_xlsx_sheet_double (sheet, row, column, (double) line->metres.value / 1000, DSP_XLSX_PLAIN);
  else if (field->kind == DSP_KIND_INT)
    dsp_xlsx_sheet_percent (sheet, row, column, (double) dsp_field_int (field, line)->value / DSP_MILLION, DSP_XLSX_PLAIN);
  else
    {
      g_autofree char *text = dsp_doc_dup_text (doc, field, line);

      dsp_xlsx_sheet_text (sheet, row, column, text, DSP_XLSX_PLAIN);
    }
}

static gboolean
put_lines (const DspDocJob *job,
           DspXlsxSheet        *sheet,
           GError             **error)
{
  GPtrArray *lines = job->doc->lines;

  dsp_xlsx_sheet_freeze (sheet, 1, 2);
  for (guint i = 0; i < dsp_doc_n_columns; i++)
    dsp_xlsx_sheet_set_column (sheet, i, 14, DSP_XLSX_PLAIN);
  for (guint i = 0; i < dsp_doc_n_columns; i++)
    dsp_xlsx_sheet_text (sheet, 0, i, _(dsp_doc_column (i)->label), DSP_XLSX_HEADING);
  dsp_xlsx_sheet_filter (sheet, 0, lines->len, dsp_doc_n_columns - 1);
  for (guint i = 0; i < lines->len; i++)
    {
      if (!dsp_doc_step (job, i, error))
        return FALSE;
      for (guint column = 0; column < dsp_doc_n_columns; column++)
        put_cell (job->doc, sheet, i + 1, column, lines->pdata[i]);
    }
  return TRUE;
}

/* ---- the first sheet ---- */

#define AT(member) offsetof (DspPreInvoice, member)
static const gsize facts[] = {
  AT (state), AT (from), AT (until), AT (issuer), AT (issuer_tax_id), AT (issuer_address), AT (issuer_regime), AT (receiver),
  AT (receiver_tax_id), AT (receiver_address), AT (made_by), AT (made_at), AT (submitted_at), AT (decided_by), AT (decided_at),
  AT (invoice_uuid), AT (invoice_number), AT (invoiced_on), AT (paid_on), AT (payment), AT (note), AT (reason),
};

/* Labels, figures; texts run on to the right. */
static void
put_fact (const DspPreInvoiceDoc *doc,
          DspXlsxSheet           *sheet,
          guint                  *row,
          const DspField         *field)
{
  const DspPreInvoice *record = doc->pre_invoice;

  if (dsp_field_is_none (field, record))
    return;
  dsp_xlsx_sheet_text (sheet, *row, 0, _(field->label), DSP_XLSX_BOLD);
  if (field->kind == DSP_KIND_TIME)
    dsp_xlsx_sheet_time (sheet, *row, 1, *dsp_field_time (field, record), DSP_XLSX_PLAIN);
  else if (field->kind == DSP_KIND_DATE)
    dsp_xlsx_sheet_date (sheet, *row, 1, *dsp_field_date (field, record), DSP_XLSX_PLAIN);
  else if (field->kind == DSP_KIND_WORD)
    dsp_xlsx_sheet_text (sheet, *row, 1, record->state < DSP_N_PRE_INVOICE_STATES ? _(field->words->list[record->state].label) : NULL, DSP_XLSX_PLAIN);
  else
    dsp_xlsx_sheet_text (sheet, *row, 1, *dsp_field_text (field, record), DSP_XLSX_PLAIN);
  *row += 1;
}

/* "'Líneas'!O2:O10001". The name is ours, without an apostrophe. */
static char *
dup_range (const char *sheet,
           guint       column,
           guint       n_lines)
{
  g_autofree char *first = dsp_xlsx_dup_cell_name (1, column), *last = dsp_xlsx_dup_cell_name (MAX (n_lines, 1), column);

  return g_strdup_printf ("'%s'!%s:%s", sheet, first, last);
}

static void
put_sum (DspXlsxSheet *sheet,
         guint        *row,
         const char   *label,
         const char   *formula,
         gint64        cents,
         DspXlsxLook   look)
{
  dsp_xlsx_sheet_text (sheet, *row, 0, label, look | DSP_XLSX_BOLD);
  dsp_xlsx_sheet_money_formula (sheet, *row, 1, formula, cents, look);
  *row += 1;
}

/* The label beside each sum is what the lines' column is compared with. */
static void
put_by_concept (const DspPreInvoiceDoc *doc,
                const char             *lines_name,
                DspXlsxSheet           *sheet,
                guint                  *row)
{
  g_autofree char *concepts = dup_range (lines_name, COLUMN (concept), doc->lines->len);
  g_autofree char *amounts = dup_range (lines_name, COLUMN (amount), doc->lines->len);
  g_autofree char *count = g_strdup_printf ("=COUNTA(%s)", concepts);
  DspTotals totals;

  dsp_pre_invoice_get_totals (doc->pre_invoice, &totals);
  dsp_xlsx_sheet_text (sheet, *row, 0, _("Lines"), DSP_XLSX_BOLD);
  dsp_xlsx_sheet_int_formula (sheet, *row, 1, count, totals.n, DSP_XLSX_PLAIN);
  *row += 1;
  for (guint i = 1; i < DSP_N_CONCEPTS; i++)
    {
      g_autofree char *label = dsp_xlsx_dup_cell_name (*row, 0);
      g_autofree char *formula = g_strdup_printf ("=ROUND(SUMIF(%s,%s,%s),%u)", concepts, label, amounts, doc->currency->digits);

      put_sum (sheet, row, _(DspConcept_words.list[i].label), formula, totals.by_concept[i], DSP_XLSX_PLAIN);
    }
  *row += 1;
}

static void
put_totals (const DspPreInvoiceDoc *doc,
            const char             *lines_name,
            DspXlsxSheet           *sheet,
            guint                  *row)
{
  const DspPreInvoice *p = doc->pre_invoice;
  const struct { const char *label, *before, *after; guint column; gint64 cents; } sums[] = {
    { _("Subtotal"), "=ROUND(SUMIF(", ",\">0\")", COLUMN (amount), p->subtotal.cents },
    { _("Deductions"), "=ROUND(-SUMIF(", ",\"<0\")", COLUMN (amount), p->deductions.cents },
    { _("VAT"), "=ROUND(SUM(", ")", COLUMN (vat), p->vat.cents },
    { _("VAT withheld"), "=ROUND(SUM(", ")", COLUMN (vat_withheld), p->vat_withheld.cents },
    { _("Income tax withheld"), "=ROUND(SUM(", ")", COLUMN (income_withheld), p->income_withheld.cents },
  };
  guint first = *row + 1; /* as formulas count */
  g_autofree char *words = dsp_money_dup_words (p->total.cents, doc->currency);
  g_autofree char *total = g_strdup_printf ("=ROUND(B%u-B%u+B%u-B%u-B%u,%u)", first, first + 1, first + 2, first + 3, first + 4,
                                             doc->currency->digits);

  for (guint i = 0; i < G_N_ELEMENTS (sums); i++)
    {
      g_autofree char *range = dup_range (lines_name, sums[i].column, doc->lines->len);
      g_autofree char *formula = g_strdup_printf ("%s%s%s,%u)", sums[i].before, range, sums[i].after, doc->currency->digits);

      put_sum (sheet, row, sums[i].label, formula, sums[i].cents, DSP_XLSX_PLAIN);
    }
  put_sum (sheet, row, _("Total"), total, p->total.cents, DSP_XLSX_TOTAL);
  dsp_xlsx_sheet_text (sheet, *row, 0, _("Currency"), DSP_XLSX_BOLD);
  dsp_xlsx_sheet_text (sheet, (*row)++, 1, doc->currency->code, DSP_XLSX_PLAIN);
  dsp_xlsx_sheet_text (sheet, *row, 0, _("Amount in words"), DSP_XLSX_BOLD);
  dsp_xlsx_sheet_text (sheet, (*row)++, 1, words, DSP_XLSX_PLAIN);
}

static void
put_front (const DspPreInvoiceDoc *doc,
           const char             *lines_name,
           DspXlsxSheet           *sheet)
{
  g_autofree char *title = g_strdup_printf (_("Pre-invoice %s"), doc->pre_invoice->number);
  guint row = 2;

  dsp_xlsx_sheet_set_column (sheet, 0, 28, DSP_XLSX_PLAIN);
  dsp_xlsx_sheet_set_column (sheet, 1, 20, DSP_XLSX_PLAIN);
  dsp_xlsx_sheet_text (sheet, 0, 0, title, DSP_XLSX_TITLE);
  for (guint i = 0; i < G_N_ELEMENTS (facts); i++)
    put_fact (doc, sheet, &row, dsp_table_at (&dsp_pre_invoice.table, facts[i]));
  row++;
  put_by_concept (doc, lines_name, sheet, &row);
  put_totals (doc, lines_name, sheet, &row);
}

gboolean
dsp_doc_save_xlsx (const DspDocJob *job,
                   const char      *path,
                   GError         **error)
{
  const DspPreInvoiceDoc *doc = job->doc;
  DspXlsxAbout about = { .title = doc->pre_invoice->number, .author = doc->pre_invoice->issuer, .created = doc->pre_invoice->made_at };
  g_autoptr(DspXlsxWriter) writer = dsp_xlsx_writer_new (path, &about, doc->zone, error);
  const char *lines_name = C_("sheet", "Lines");
  DspXlsxSheet *front, *lines;

  if (writer == NULL)
    return FALSE;
  front = dsp_xlsx_writer_add_sheet (writer, _("Pre-invoice"));
  lines = dsp_xlsx_writer_add_sheet (writer, lines_name);
  put_front (doc, lines_name, front);
  return put_lines (job, lines, error) && dsp_xlsx_writer_commit (writer, job->cancellable, error);
}
