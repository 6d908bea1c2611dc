/* dsp-order-list.h: the orders of the tab as a list that widgets show
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A GListModel and GtkSelectionModel over the office's rows: a million of them cost four bytes each; row objects exist
 * only for what is on the screen. The selection is the office's, a set of orders and not of positions, so it outlives
 * sorting and filtering.
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_ORDER_ROW (dsp_order_row_get_type ())
G_DECLARE_FINAL_TYPE (DspOrderRow, dsp_order_row, DSP, ORDER_ROW, GObject)

/* One line. Signal "changed": it shows another order, or the order is another now. */
const DspOrder *dsp_order_row_get_order (DspOrderRow *self); /* nullable */
guint32         dsp_order_row_get_row   (DspOrderRow *self);
guint8          dsp_order_row_get_flags (DspOrderRow *self);

/* A line that is no order, but the sum of those above it. */
typedef struct {
  const DspField *by;
  char           *name;   /* (owned): of what they have in common */
  guint           n;
  gint64          age_s;  /* since the creation, on average */
  gint64          cents;  /* of penalties at stake, together */
} DspOrderTotal;

void                 dsp_order_total_free    (gpointer total);
const DspOrderTotal *dsp_order_row_get_total (DspOrderRow *self); /* nullable: it is an order */

#define DSP_TYPE_ORDER_LIST (dsp_order_list_get_type ())
G_DECLARE_FINAL_TYPE (DspOrderList, dsp_order_list, DSP, ORDER_LIST, GObject)

DspOrderList   *dsp_order_list_new      (DspOffice *office);
/* Other orders than the tab's: whoever made the list gives them. @rows is copied. */
DspOrderList   *dsp_order_list_new_empty (DspOffice *office);
void            dsp_order_list_set_rows (DspOrderList *self, const guint32 *rows, guint n_rows);
/* The same with subtotals: @totals (transfer full) (nullable): position -> DspOrderTotal, whose row is DSP_NO_ROW. They are never
 * selected. */
void            dsp_order_list_set_lines (DspOrderList *self, const guint32 *rows, guint n_rows, GHashTable *totals);
/* Where the row stands: GTK_INVALID_LIST_POSITION if it is not in the tab. Looks through all rows. */
guint           dsp_order_list_find     (DspOrderList *self, guint32 row);
void            dsp_order_list_redraw   (DspOrderList *self); /* time passed: the cells compute anew */

G_END_DECLS
