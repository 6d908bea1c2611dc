/* dsp-pre-invoice-doc.h: a pre-invoice with its lines, as it goes on paper and into files
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * S0-04. Everything in it is its own and only read once it is made, so that a print dialog and a thread that writes a file may use
 * one at once. A file appears under its name when all of it is on the disk; cancelled or failed, what had that name is untouched
 * and nothing else stays.
 */
#pragma once

#include <gio/gio.h>

#include "dsp-currency.h"
#include "dsp-entities.h"

G_BEGIN_DECLS

typedef struct {
  DspPreInvoice *pre_invoice; /* (owned) */
  GPtrArray     *lines;       /* (owned) of DspStatementLine, in the order of a bill */
  GHashTable    *crews;       /* (owned): DspId -> the crew's code (owned) */
  const DspCurrency *currency;
  GTimeZone     *zone;        /* (owned): of the instants for people; files for programs have UTC */
} DspPreInvoiceDoc;

/* @pre_invoice, @lines (of DspStatementLine, in any order): (transfer full). @crews: (transfer full) (nullable). @zone: (nullable): UTC. */
DspPreInvoiceDoc *dsp_pre_invoice_doc_new   (DspPreInvoice *pre_invoice, GPtrArray *lines, GHashTable *crews, const DspCurrency *currency,
                                             GTimeZone *zone) G_GNUC_WARN_UNUSED_RESULT;
DspPreInvoiceDoc *dsp_pre_invoice_doc_ref   (DspPreInvoiceDoc *doc);
void              dsp_pre_invoice_doc_unref (DspPreInvoiceDoc *doc);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspPreInvoiceDoc, dsp_pre_invoice_doc_unref)

/* Do the lines add up to what the pre-invoice says, each figure to the cent? FALSE, of DSP_RULE_ERROR, with an error that names the two
 * figures: lines are missing on this computer, or it was rejected and its lines are free again. Whatever goes out asks this first. */
gboolean          dsp_pre_invoice_doc_check (const DspPreInvoiceDoc *doc, GError **error);

/* The code of a line's crew: (nullable). */
const char       *dsp_pre_invoice_doc_crew  (const DspPreInvoiceDoc *doc, const DspStatementLine *line);

typedef enum {
  DSP_DOC_XLSX,
  DSP_DOC_CSV,
  DSP_DOC_JSON,
  DSP_DOC_XML,
  DSP_N_DOC_FORMATS
} DspDocFormat;

/* From 0 to 1, in the thread that writes. */
typedef void (*DspDocProgressFunc) (double fraction, gpointer data);

/* Blocks. @progress: (nullable). FALSE with G_IO_ERROR (CANCELLED among them), DSP_RULE_ERROR or DSP_WIRE_ERROR. */
gboolean          dsp_pre_invoice_doc_write (const DspPreInvoiceDoc *doc, DspDocFormat format, const char *path, DspDocProgressFunc progress,
                                             gpointer data, GCancellable *cancellable, GError **error);

G_END_DECLS
