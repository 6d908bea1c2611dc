/* dsp-place-view.h: where an order is: a small map with its place, and what is known of it
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_PLACE_VIEW (dsp_place_view_get_type ())
G_DECLARE_FINAL_TYPE (DspPlaceView, dsp_place_view, DSP, PLACE_VIEW, GtkWidget)

/* Signal "open-map": the person wants the big map.
 *
 * The map itself is made after the first picture of the window that holds the view: a window opens without waiting for it. */
GtkWidget *dsp_place_view_new  (DspOffice *office);

/* The order's own position; for want of it the centre of its postal code, which is said; or that there is neither. */
void       dsp_place_view_show (DspPlaceView *self, const DspOrder *order);

G_END_DECLS
