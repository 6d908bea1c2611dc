/* dsp-rate-notes.h: what a rate or tax rule means beside the others, while it is being written
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_RATE_NOTES (dsp_rate_notes_get_type ())
G_DECLARE_FINAL_TYPE (DspRateNotes, dsp_rate_notes, DSP, RATE_NOTES, GtkWidget)

/* @entity: rates or tax rules. */
GtkWidget *dsp_rate_notes_new (DspOffice *office, const DspEntity *entity);
/* @record: (nullable): as the form has it now, saved or not; copied. */
void       dsp_rate_notes_set (DspRateNotes *self, gconstpointer record);

/* What stands above the form: (transfer none) */
GtkWidget *dsp_rate_notes_get_head (DspRateNotes *self);

G_END_DECLS
