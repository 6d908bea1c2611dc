/* dsp-statement-page.h: the running statement: what a distributor is owed, as it grows, with the evidence of each line
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_STATEMENT_PAGE (dsp_statement_page_get_type ())
G_DECLARE_FINAL_TYPE (DspStatementPage, dsp_statement_page, DSP, STATEMENT_PAGE, GtkWidget)

GtkWidget *dsp_statement_page_new (DspOffice *office);

G_END_DECLS
