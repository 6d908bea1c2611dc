/* dsp-visits-view.h: the visits of one problem: the orders that an order comes from, and those that come from it
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_VISITS_VIEW (dsp_visits_view_get_type ())
G_DECLARE_FINAL_TYPE (DspVisitsView, dsp_visits_view, DSP, VISITS_VIEW, GtkWidget)

GtkWidget *dsp_visits_view_new  (DspOffice *office);

/* Parents above, children below, as far as the user sees them; each opens its window. Hidden for an order without either. */
void       dsp_visits_view_show (DspVisitsView *self, const DspOrder *order);

G_END_DECLS
