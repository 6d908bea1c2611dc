/* dsp-pre-invoice-view.h: one pre-invoice: its sums, its lines with their evidence, and what may be done to them
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Signals:
 *   closed ()  back to the list is wanted, or it is no more
 */
#pragma once

#include "dsp-office.h"
#include "dsp-statement.h"

G_BEGIN_DECLS

#define DSP_TYPE_PRE_INVOICE_VIEW (dsp_pre_invoice_view_get_type ())
G_DECLARE_FINAL_TYPE (DspPreInvoiceView, dsp_pre_invoice_view, DSP, PRE_INVOICE_VIEW, GtkWidget)

GtkWidget   *dsp_pre_invoice_view_new  (DspOffice *office);
/* Shows that pre-invoice from now on, as it changes; none: nothing. */
void         dsp_pre_invoice_view_open (DspPreInvoiceView *self, const DspId *id);
const DspId *dsp_pre_invoice_view_get  (DspPreInvoiceView *self);
void         dsp_pre_invoice_view_focus (DspPreInvoiceView *self);

/* In words, for the list too; (transfer full), never NULL. */
char        *dsp_pre_invoice_number    (const DspPreInvoice *pre_invoice); /* a draft of this computer has none yet */
char        *dsp_pre_invoice_period    (const DspPreInvoice *pre_invoice);
/* Who has to do something now, and what; "" when nobody has. */
char        *dsp_pre_invoice_waits     (const DspPreInvoice *pre_invoice);

G_END_DECLS
