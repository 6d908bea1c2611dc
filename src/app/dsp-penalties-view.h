/* dsp-penalties-view.h: the penalties of an order and what became of them
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_PENALTIES_VIEW (dsp_penalties_view_get_type ())
G_DECLARE_FINAL_TYPE (DspPenaltiesView, dsp_penalties_view, DSP, PENALTIES_VIEW, GtkWidget)

GtkWidget *dsp_penalties_view_new  (DspOffice *office);

/* Reads them anew, as far as the user sees them. Hidden for an order without. */
void       dsp_penalties_view_show (DspPenaltiesView *self, const DspId *order_id);

G_END_DECLS
