/* dsp-paper-dialog.h: what to print, and where it goes
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-paper-source.h"

G_BEGIN_DECLS

/* Asks what of @requests goes on paper, on which size, and whether through the print dialog or into a PDF file; shows how
 * far it is, can be cancelled, and says at the end where the file is. @requests: (element-type DspPaperRequest) (transfer
 * full), the first one is proposed. Works without the network. */
void dsp_paper_dialog_open (GtkWindow *parent, DspOffice *office, GPtrArray *requests);

/* Of the selection; without one, of all that the list shows. */
void dsp_paper_dialog_open_list (GtkWindow *parent, DspOffice *office);
/* A crew's day; the contingency pack. */
void dsp_paper_dialog_open_day  (GtkWindow *parent, DspOffice *office, const DspId *crew_id);
void dsp_paper_dialog_open_pack (GtkWindow *parent, DspOffice *office);
/* The sheets of these orders, in this order. */
void dsp_paper_dialog_open_orders (GtkWindow *parent, DspOffice *office, const DspId *ids, guint n_ids);

G_END_DECLS
