/* dsp-pre-invoice-export.h: a pre-invoice goes to the printer or into a file
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* S0-04. Asks for the form (PDF, workbook, CSV, JSON, XML) or for the printer; shows how far it is, can be cancelled, and says at the end
 * where the file is. Everything long runs in threads; the replica is enough, no server is needed. What goes wrong is told in its window. */
void dsp_pre_invoice_export (GtkWindow *parent, DspOffice *office, const DspId *id);

G_END_DECLS
