/* dsp-history-view.h: everything that happened to an order, the newest first
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_HISTORY_VIEW (dsp_history_view_get_type ())
G_DECLARE_FINAL_TYPE (DspHistoryView, dsp_history_view, DSP, HISTORY_VIEW, GtkWidget)

GtkWidget *dsp_history_view_new  (DspOffice *office);

/* First what is on this computer, then what the server has; without network it says so. Showing the same order again
 * keeps what stands there until the answer comes. */
void       dsp_history_view_show (DspHistoryView *self, const DspId *order_id);

G_END_DECLS
