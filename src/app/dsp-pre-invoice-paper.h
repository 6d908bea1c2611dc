/* dsp-pre-invoice-paper.h: a pre-invoice on paper
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-paper-document.h"
#include "dsp-pre-invoice-doc.h"

G_BEGIN_DECLS

/* S0-04: parties, sums, the total in words, each line, signatures; for the print dialog and for a PDF file alike. @doc is referenced.
 * Any thread. */
DspPaperDocument *dsp_pre_invoice_paper_new (DspPreInvoiceDoc *doc) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
