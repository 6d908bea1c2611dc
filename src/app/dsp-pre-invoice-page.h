/* dsp-pre-invoice-page.h: the page of the pre-invoices: all of them, and one with its lines
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_PRE_INVOICE_PAGE (dsp_pre_invoice_page_get_type ())
G_DECLARE_FINAL_TYPE (DspPreInvoicePage, dsp_pre_invoice_page, DSP, PRE_INVOICE_PAGE, GtkWidget)

GtkWidget *dsp_pre_invoice_page_new  (DspOffice *office);
void       dsp_pre_invoice_page_show (DspPreInvoicePage *self, const DspId *id);

G_END_DECLS
