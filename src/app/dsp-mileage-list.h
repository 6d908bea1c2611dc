/* dsp-mileage-list.h: a claim of kilometres in words: columns, sentences, verdicts
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-record-list.h"
#include "dsp-verdict-bar.h"

G_BEGIN_DECLS

#define DSP_MILEAGE_N_COLUMNS 8
extern const DspRecordColumn dsp_mileage_columns[DSP_MILEAGE_N_COLUMNS];

/* What the crew's office and the reviewer do with claims. */
extern const DspVerdictKind dsp_mileage_verdicts;

/* "C-07 Norte · 12/11/2026", and the order where it is of one. (transfer full) */
char  *dsp_mileage_title     (DspOffice *office, const DspMileage *mileage);
/* Does it stand out by the office's percentage? */
bool   dsp_mileage_stands_out (DspOffice *office, const DspMileage *mileage);
/* That percentage. */
gint64 dsp_mileage_tolerance (DspOffice *office);

G_END_DECLS
