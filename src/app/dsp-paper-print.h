/* dsp-paper-print.h: a document through the system's print dialog
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"
#include "dsp-paper-document.h"

G_BEGIN_DECLS

/* As it was chosen last. */
const DspPaperSize *dsp_paper_size_chosen (DspOffice *office);

/* Opens the print dialog with paper of @size chosen; what the person chooses there counts. What goes wrong is told as the
 * office's message. */
void dsp_paper_print (GtkWindow *parent, DspOffice *office, DspPaperDocument *document, const DspPaperSize *size);

G_END_DECLS
