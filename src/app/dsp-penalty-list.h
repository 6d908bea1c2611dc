/* dsp-penalty-list.h: the columns of the review desk's queue
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-record-list.h"

G_BEGIN_DECLS

#define DSP_PENALTY_N_COLUMNS 7
extern const DspRecordColumn dsp_penalty_columns[DSP_PENALTY_N_COLUMNS];

/* How long after its date the fault ended, or lasts by now: microseconds; 0 where that says nothing. */
gint64 dsp_penalty_late_us    (DspOffice *office, const DspPenalty *penalty);

G_END_DECLS
