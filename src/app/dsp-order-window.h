/* dsp-order-window.h: one order: its customer, its place, its history
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

/* The order beside it in the list behind, for Up and Down; DSP_NO_ROW: none. */
typedef guint32 (*DspOrderNeighbour) (gpointer data, guint32 row, int step);

void dsp_order_window_open (GtkWindow *parent, DspOffice *office, const DspId *id, DspOrderNeighbour neighbour, gpointer data);

/* Makes one of no order, shown to nobody, and drops it: classes, styles, icons and fonts are then there when a person opens the
 * first. Asks and tells nobody anything. To be called when there is nothing else to do. */
void dsp_order_window_warm (GtkWindow *parent, DspOffice *office);

G_END_DECLS
