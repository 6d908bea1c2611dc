/* dsp-pre-invoice-doc.c: a pre-invoice with its lines, as it goes on paper and into files
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-wire"

#include "config.h"
#include "dsp-pre-invoice-doc-private.h"

#include "dsp-csv-write.h"
#include "dsp-money.h"
#include "dsp-rule.h"

#include <glib/gi18n-lib.h>

#define LINES_A_STEP 256

#define AT(member) offsetof (DspStatementLine, member)
const gsize dsp_doc_columns[] = {
  AT (day), AT (number), AT (concept), AT (pays), AT (group), AT (type), AT (subtype), AT (postal_code), AT (municipality), AT (crew_id),
  AT (rate_code), AT (metres), AT (unit), AT (share), AT (amount), AT (vat_rate), AT (vat), AT (vat_withheld), AT (income_withheld),
  AT (state), AT (reason), AT (observation), AT (defence),
};
const guint dsp_doc_n_columns = G_N_ELEMENTS (dsp_doc_columns);

/* ---- the document ---- */

static int
compare_lines (gconstpointer a,
               gconstpointer b)
{
  return dsp_statement_line_compare (*(const DspStatementLine *const *) a, *(const DspStatementLine *const *) b);
}

DspPreInvoiceDoc *
dsp_pre_invoice_doc_new (DspPreInvoice *pre_invoice,
                         GPtrArray     *lines,
                         GHashTable    *crews,
                         const DspCurrency *currency,
                         GTimeZone     *zone)
{
  DspPreInvoiceDoc *doc = g_atomic_rc_box_new0 (DspPreInvoiceDoc);

  g_ptr_array_sort (lines, compare_lines);
  *doc = (DspPreInvoiceDoc) {
    .pre_invoice = pre_invoice,
    .lines = lines,
    .crews = crews != NULL ? crews : g_hash_table_new (dsp_id_hash, dsp_id_equal_func),
    .currency = currency,
    .zone = zone != NULL ? g_time_zone_ref (zone) : g_time_zone_new_utc (),
  };
  return doc;
}

DspPreInvoiceDoc *
dsp_pre_invoice_doc_ref (DspPreInvoiceDoc *doc)
{
  return g_atomic_rc_box_acquire (doc);
}

static void
clear (gpointer data)
{
  DspPreInvoiceDoc *doc = data;

  dsp_pre_invoice_free (doc->pre_invoice);
  g_ptr_array_unref (doc->lines);
  g_hash_table_unref (doc->crews);
  g_time_zone_unref (doc->zone);
}

void
dsp_pre_invoice_doc_unref (DspPreInvoiceDoc *doc)
{
  g_atomic_rc_box_release_full (doc, clear);
}

const char *
dsp_pre_invoice_doc_crew (const DspPreInvoiceDoc *doc,
                          const DspStatementLine *line)
{
  return g_hash_table_lookup (doc->crews, &line->crew_id);
}

/* ---- sums ---- */

static gboolean
same (const DspPreInvoiceDoc *doc,
      const char             *what,
      gint64                  said,
      gint64                  found,
      GError                **error)
{
  char one[DSP_MONEY_TEXT], two[DSP_MONEY_TEXT];

  if (said == found)
    return TRUE;
  dsp_money_print_digits (said, doc->currency->digits, one);
  dsp_money_print_digits (found, doc->currency->digits, two);
  return dsp_refuse (error, DSP_RULE_CHANGED, _("the pre-invoice says %s for “%s”, and its lines here make %s: not all of them are on this computer"),
                     one, what, two);
}

gboolean
dsp_pre_invoice_doc_check (const DspPreInvoiceDoc *doc,
                           GError                **error)
{
  DspTotals said, found = { 0 };

  if (doc->pre_invoice->state == DSP_PRE_INVOICE_REJECTED && doc->lines->len == 0)
    return dsp_refuse (error, DSP_RULE_STATE, _("pre-invoice %s was rejected: its lines are free again, and there is nothing to print or to save"),
                       doc->pre_invoice->number);
  dsp_pre_invoice_get_totals (doc->pre_invoice, &said);
  for (guint i = 0; i < doc->lines->len; i++)
    dsp_totals_add (&found, doc->lines->pdata[i]);
  if (said.n != found.n)
    return dsp_refuse (error, DSP_RULE_CHANGED, _("the pre-invoice has %u lines, and %u of them are on this computer"), said.n, found.n);
  for (guint i = 1; i < DSP_N_CONCEPTS; i++)
    if (!same (doc, _(DspConcept_words.list[i].label), said.by_concept[i], found.by_concept[i], error))
      return FALSE;
  return same (doc, _("Subtotal"), said.subtotal, found.subtotal, error) &&
         same (doc, _("Deductions"), said.deductions, found.deductions, error) && same (doc, _("VAT"), said.vat, found.vat, error) &&
         same (doc, _("VAT withheld"), said.vat_withheld, found.vat_withheld, error) &&
         same (doc, _("Income tax withheld"), said.income_withheld, found.income_withheld, error) &&
         same (doc, _("Total"), said.total, found.total, error);
}

/* ---- for all formats ---- */

gboolean
dsp_doc_step (const DspDocJob *job,
              guint            i,
              GError         **error)
{
  if (i % LINES_A_STEP != 0)
    return TRUE;
  if (job->progress != NULL)
    job->progress ((double) i / MAX (job->doc->lines->len, 1), job->data);
  return !g_cancellable_set_error_if_cancelled (job->cancellable, error);
}

const DspField *
dsp_doc_column (guint i)
{
  return dsp_table_at (&dsp_statement_line.table, dsp_doc_columns[i]);
}

char *
dsp_doc_dup_text (const DspPreInvoiceDoc *doc,
                  const DspField         *field,
                  const DspStatementLine *line)
{
  guint word;

  if (field->offset == AT (crew_id))
    return g_strdup (dsp_pre_invoice_doc_crew (doc, line));
  if (field->kind == DSP_KIND_MONEY && dsp_field_money (field, line)->is_set)
    {
      char amount[DSP_MONEY_TEXT];

      dsp_money_print_digits (dsp_field_money (field, line)->cents, doc->currency->digits, amount);
      return g_strdup (amount);
    }
  if (field->kind != DSP_KIND_WORD)
    return dsp_field_dup_text (field, line);
  word = *dsp_field_word (field, line);
  return word != 0 && word < field->words->n ? g_strdup (_(field->words->list[word].label)) : NULL;
}

/* ---- CSV ---- */

static void
put_line (const DspPreInvoiceDoc *doc,
          const DspStatementLine *line,
          GString                *out)
{
  dsp_csv_write_field (out, ',', TRUE, doc->pre_invoice->number, FALSE);
  for (guint i = 0; i < dsp_doc_n_columns; i++)
    {
      const DspField *field = dsp_doc_column (i);
      g_autofree char *text = dsp_doc_dup_text (doc, field, line);

      dsp_csv_write_field (out, ',', FALSE, text, field->kind == DSP_KIND_MONEY || field->kind == DSP_KIND_INT);
    }
  dsp_csv_write_end (out);
}

static gboolean
put_csv (const DspDocJob *job,
         GString         *out,
         GError         **error)
{
  const DspPreInvoiceDoc *doc = job->doc;

  g_string_append (out, DSP_CSV_BOM);
  dsp_csv_write_field (out, ',', TRUE, _("Pre-invoice"), FALSE);
  for (guint i = 0; i < dsp_doc_n_columns; i++)
    dsp_csv_write_field (out, ',', FALSE, _(dsp_doc_column (i)->label), FALSE);
  dsp_csv_write_end (out);
  for (guint i = 0; i < doc->lines->len; i++)
    {
      if (!dsp_doc_step (job, i, error))
        return FALSE;
      put_line (doc, doc->lines->pdata[i], out);
    }
  return TRUE;
}

/* ---- the file ---- */

gboolean
dsp_pre_invoice_doc_write (const DspPreInvoiceDoc *doc,
                           DspDocFormat            format,
                           const char             *path,
                           DspDocProgressFunc      progress,
                           gpointer                data,
                           GCancellable           *cancellable,
                           GError                **error)
{
  static gboolean (*const put[]) (const DspDocJob *job, GString *out, GError **error) = {
    [DSP_DOC_CSV] = put_csv, [DSP_DOC_JSON] = dsp_doc_put_json, [DSP_DOC_XML] = dsp_doc_put_xml,
  };
  DspDocJob job = { doc, progress, data, cancellable };
  g_autoptr(GString) out = NULL;

  if (!dsp_pre_invoice_doc_check (doc, error))
    return FALSE;
  if (format == DSP_DOC_XLSX)
    return dsp_doc_save_xlsx (&job, path, error);
  out = g_string_new (NULL);
  return put[format] (&job, out, error) && !g_cancellable_set_error_if_cancelled (cancellable, error) &&
         g_file_set_contents_full (path, out->str, (gssize) out->len, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0666,
                                   error);
}
