/* dsp-order-cells.h: what stands in the cells of the list of orders
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-order-list.h"

G_BEGIN_DECLS

typedef enum {
  DSP_ORDER_CELL_TICK,
  DSP_ORDER_CELL_LEFT,
  DSP_ORDER_CELL_NUMBER,
  DSP_ORDER_CELL_STATUS,
  DSP_ORDER_CELL_TEXT,
} DspOrderCell;

/* Makes the cells of one column. @field: nullable for ticks. @office lives longer. (transfer full) */
GtkListItemFactory *dsp_order_cells_new (DspOffice *office, DspOrderCell kind, const DspField *field);

G_END_DECLS
