/* dsp-order-groups.h: rows of orders put together by what they have in common, with their sums
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * S0-19. For lists with lines of subtotals: some milliseconds for a hundred thousand rows, in the thread of the index's owner.
 */
#pragma once

#include "dsp-order-axis.h"

G_BEGIN_DECLS

typedef struct {
  DspAxisPart part;   /* texts are lent by the index */
  guint       first;  /* place of its first row */
  guint       n;
  gint64      age_s;  /* since the creation, of all together */
  gint64      cents;  /* of penalties at stake */
} DspOrderGroup;

/* Puts @rows in groups; within one they stay in their order, and groups are in that of the field's codes or states. (transfer full):
 * of DspOrderGroup, none empty. @by: a field of few values or the status (dsp_order_axis_can()), no time. */
GArray *dsp_order_groups_make (DspOrderIndex *index, const DspField *by, gint64 now_us, guint32 *rows, guint n_rows) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
