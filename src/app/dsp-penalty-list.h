/* dsp-penalty-list.h: the columns of the review desk's queue
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

/* The columns, for a view of DspRecordItem that lives no longer than @office. */
void  dsp_penalty_columns_add (GtkColumnView *view, DspOffice *office);

/* How long after its date the fault ended, or lasts by now: microseconds; 0 where that says nothing. */
gint64 dsp_penalty_late_us    (DspOffice *office, const DspPenalty *penalty);

G_END_DECLS
