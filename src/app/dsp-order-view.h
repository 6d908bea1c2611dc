/* dsp-order-view.h: the list of orders with its tabs
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-order-list.h"

G_BEGIN_DECLS

#define DSP_TYPE_ORDER_VIEW (dsp_order_view_get_type ())
G_DECLARE_FINAL_TYPE (DspOrderView, dsp_order_view, DSP, ORDER_VIEW, GtkWidget)

void dsp_order_view_set_office (DspOrderView *self, DspOffice *office);
/* Scrolls to the first selected order (after a selection on the map), and to @row. */
void dsp_order_view_show_selection (DspOrderView *self);
void dsp_order_view_show_row   (DspOrderView *self, guint32 row);
/* The order that comes @step after the one of @row in the list; DSP_NO_ROW: none. */
guint32 dsp_order_view_neighbour (DspOrderView *self, guint32 row, int step);
void dsp_order_view_focus      (DspOrderView *self);

/* The icon of a drag: a small card that says how many orders hang on the pointer. */
void dsp_order_drag_icon       (GdkDrag *drag, guint n_orders);
/* What a drag of orders carries: the rows, and their numbers as text for other programs. */
GdkContentProvider *dsp_order_drag_content (DspOffice *office, GtkBitset *rows);

G_END_DECLS
