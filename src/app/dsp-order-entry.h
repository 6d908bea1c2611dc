/* dsp-order-entry.h: an order, named by its number
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_ORDER_ENTRY (dsp_order_entry_get_type ())
G_DECLARE_FINAL_TYPE (DspOrderEntry, dsp_order_entry, DSP, ORDER_ENTRY, GtkWidget)

/* A caption over an editor, as such lines have it: appended to @line. Returns @editor, whose name it is too. */
GtkWidget      *dsp_captioned         (GtkWidget *line, const char *caption, GtkWidget *editor);

/* Signal "changed": what dsp_order_entry_get() gives may be another order. Needs a caption: dsp_captioned(). */
GtkWidget      *dsp_order_entry_new      (DspOffice *office);
const DspOrder *dsp_order_entry_get      (DspOrderEntry *self); /* (nullable): nothing is written, or there is no such order; lent until "changed" */
gboolean        dsp_order_entry_is_empty (DspOrderEntry *self);
void            dsp_order_entry_suggest  (DspOrderEntry *self, const char *number); /* (nullable): shown where nothing is written */

G_END_DECLS
