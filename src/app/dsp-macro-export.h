/* dsp-macro-export.h: the open services of the filter into a file
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"
#include "dsp-work-bar.h"

G_BEGIN_DECLS

/* What the office has now, for dsp_macro_write() and dsp_macro_read(): (transfer full). Main thread. */
DspMacroOffice *dsp_macro_export_office (DspOffice *office, const DspFilter *filter);

/* Asks for a file and writes it in a thread, shown by @bar. @n_orders: about how many there are. @text: CSV instead of a workbook. */
void            dsp_macro_export        (DspWorkBar *bar, DspOffice *office, guint n_orders, gboolean text);

G_END_DECLS
