/* dsp-pre-invoice-exchange.c: a pre-invoice for another program, as JSON or XML
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Both have the members of the field tables, under their names; what is none is left out. Money is an integer of cents, a distance
 * of metres, a share of millionths; days are YYYY-MM-DD, instants UTC. The README describes it; a change of it is a new version.
 */
#define G_LOG_DOMAIN "dsp-wire"

#include "config.h"
#include "dsp-pre-invoice-doc-private.h"

#include "dsp-record-json.h"

#define FORMAT "despacho.pre_invoice"
#define VERSION 1

#define AT(member) offsetof (DspPreInvoice, member)
static const gsize head[] = {
  AT (number), AT (from), AT (until), AT (state), AT (n_lines), AT (services), AT (mileage), AT (bonuses), AT (penalties),
  AT (adjustments), AT (subtotal), AT (deductions), AT (vat), AT (vat_withheld), AT (income_withheld), AT (total), AT (issuer),
  AT (issuer_tax_id), AT (issuer_address), AT (issuer_regime), AT (receiver), AT (receiver_tax_id), AT (receiver_address), AT (note),
  AT (made_by), AT (made_at), AT (submitted_at), AT (decided_by), AT (decided_at), AT (invoice_uuid), AT (invoice_number),
  AT (invoiced_on), AT (paid_on), AT (payment),
};

/* One member, its value already as the format writes it. */
typedef void (*PutFunc) (GString *out, const char *name, const char *value, bool is_number);

static void
put_json_member (GString    *out,
                 const char *name,
                 const char *value,
                 bool        is_number)
{
  if (out->str[out->len - 1] != '{')
    g_string_append_c (out, ',');
  g_string_append_printf (out, "\"%s\":", name);
  if (is_number)
    g_string_append (out, value);
  else
    dsp_json_put_string (out, value);
}

/* XML has no place for most control characters, nor for the two that are none, not even escaped. */
static void
put_xml_member (GString    *out,
                const char *name,
                const char *value,
                bool        is_number)
{
  g_autoptr(GString) clean = g_string_new (NULL);
  g_autofree char *escaped = NULL;

  for (const char *p = value; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar letter = g_utf8_get_char (p);

      if ((letter >= 0x20 || letter == '\t' || letter == '\n') && letter != 0xfffe && letter != 0xffff)
        g_string_append_unichar (clean, letter);
    }
  escaped = g_markup_escape_text (clean->str, (gssize) clean->len);
  g_string_append_printf (out, "<%s>%s</%s>", name, escaped, name);
}

static void
put_fields (PutFunc         put,
            const DspTable *table,
            const gsize    *offsets,
            guint           n,
            const DspPreInvoiceDoc *doc,
            gconstpointer   record,
            GString        *out)
{
  for (guint i = 0; i < n; i++)
    {
      const DspField *field = dsp_table_at (table, offsets[i]);
      char number[24];

      if (dsp_field_is_none (field, record))
        continue;
      if (field->kind == DSP_KIND_INT || field->kind == DSP_KIND_MONEY)
        {
          g_snprintf (number, sizeof number, "%" G_GINT64_FORMAT,
                      field->kind == DSP_KIND_INT ? dsp_field_int (field, record)->value : dsp_field_money (field, record)->cents);
          put (out, field->name, number, true);
        }
      else if (field->kind == DSP_KIND_ID)
        {
          const char *crew = dsp_pre_invoice_doc_crew (doc, record);

          if (crew != NULL)
            put (out, "crew", crew, false);
        }
      else
        {
          g_autofree char *text = dsp_field_dup_text (field, record);

          put (out, field->name, text, false);
        }
    }
}

static void
put_id (PutFunc       put,
        gconstpointer record,
        GString      *out)
{
  char id[DSP_ID_TEXT];

  dsp_id_print (&((const DspRecord *) record)->id, id);
  put (out, "id", id, false);
}

static void
put_record (PutFunc           put,
            const DspPreInvoiceDoc *doc,
            const DspStatementLine *line, /* NULL: the head */
            GString          *out)
{
  put_id (put, line != NULL ? (gconstpointer) line : doc->pre_invoice, out);
  if (line != NULL)
    put_fields (put, &dsp_statement_line.table, dsp_doc_columns, dsp_doc_n_columns, doc, line, out);
  else
    put_fields (put, &dsp_pre_invoice.table, head, G_N_ELEMENTS (head), doc, doc->pre_invoice, out);
}

gboolean
dsp_doc_put_json (const DspDocJob *job,
                      GString             *out,
                      GError             **error)
{
  const DspPreInvoiceDoc *doc = job->doc;

  g_string_append_printf (out, "{\"format\":\"" FORMAT "\",\"version\":%d,\"currency\":\"%s\",\"minor_digits\":%u,\n\"pre_invoice\":{", VERSION,
                          doc->currency->code, doc->currency->digits);
  put_record (put_json_member, doc, NULL, out);
  g_string_append (out, "},\n\"lines\":[");
  for (guint i = 0; i < doc->lines->len; i++)
    {
      if (!dsp_doc_step (job, i, error))
        return FALSE;
      g_string_append (out, i > 0 ? ",\n{" : "\n{");
      put_record (put_json_member, doc, doc->lines->pdata[i], out);
      g_string_append_c (out, '}');
    }
  g_string_append (out, "\n]}\n");
  return TRUE;
}

gboolean
dsp_doc_put_xml (const DspDocJob *job,
                     GString             *out,
                     GError             **error)
{
  const DspPreInvoiceDoc *doc = job->doc;

  g_string_append_printf (out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                               "<document format=\"" FORMAT "\" version=\"%d\" currency=\"%s\" minor_digits=\"%u\">\n<pre_invoice>", VERSION,
                               doc->currency->code, doc->currency->digits);
  put_record (put_xml_member, doc, NULL, out);
  g_string_append (out, "</pre_invoice>\n<lines>\n");
  for (guint i = 0; i < doc->lines->len; i++)
    {
      if (!dsp_doc_step (job, i, error))
        return FALSE;
      g_string_append (out, "<line>");
      put_record (put_xml_member, doc, doc->lines->pdata[i], out);
      g_string_append (out, "</line>\n");
    }
  g_string_append (out, "</lines>\n</document>\n");
  return TRUE;
}
