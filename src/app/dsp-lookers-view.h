/* dsp-lookers-view.h: who else is looking at an order now
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_LOOKERS_VIEW (dsp_lookers_view_get_type ())
G_DECLARE_FINAL_TYPE (DspLookersView, dsp_lookers_view, DSP, LOOKERS_VIEW, GtkWidget)

/* Hidden while nobody else looks, and without contact. As long as it exists its window looks at the order that it shows. */
GtkWidget *dsp_lookers_view_new  (DspOffice *office);
void       dsp_lookers_view_show (DspLookersView *self, const DspId *order);

G_END_DECLS
