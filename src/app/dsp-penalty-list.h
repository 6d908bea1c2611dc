/* dsp-penalty-list.h: the review desk's queue as a list that widgets show
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_PENALTY_ROW (dsp_penalty_row_get_type ())
G_DECLARE_FINAL_TYPE (DspPenaltyRow, dsp_penalty_row, DSP, PENALTY_ROW, GObject)

/* One line. "changed": it holds another version of the same penalty. Lent until then. */
const DspPenalty *dsp_penalty_row_get (DspPenaltyRow *self);

/* Makes @store (of DspPenaltyRow) hold @penalties. Only what is different is announced: selection, focus and the place
 * scrolled to stay with the penalties that stay. */
void  dsp_penalty_list_fill   (GListStore *store, GPtrArray *penalties);
/* Where the penalty is now; G_MAXUINT: not there. */
guint dsp_penalty_list_find   (GListModel *list, const DspId *id);

/* Everything is shown again: names changed, or time passed. */
void  dsp_penalty_list_redraw (GListModel *list);

/* The columns, for a view that lives no longer than @office. */
void  dsp_penalty_columns_add (GtkColumnView *view, DspOffice *office);

/* How long after its date the fault ended, or lasts by now: microseconds; 0 where that says nothing. */
gint64 dsp_penalty_late_us    (DspOffice *office, const DspPenalty *penalty);

G_END_DECLS
