/* dsp-process-effect.h: what saving a process would mean, and what it meant
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-record-form.h"

G_BEGIN_DECLS

#define DSP_TYPE_PROCESS_EFFECT (dsp_process_effect_get_type ())
G_DECLARE_FINAL_TYPE (DspProcessEffect, dsp_process_effect, DSP, PROCESS_EFFECT, GtkWidget)

GtkWidget *dsp_process_effect_new      (DspOffice *office);

/* Shows now, and anew whenever somebody types, what @command with the arguments in @form, which must be in the same window,
 * would make of these orders. Of one: its new status and dates, the penalty, what is made besides. Of many: which will be
 * done and which not, and why, row by row. Again with other ids: for the next order. */
void       dsp_process_effect_follow   (DspProcessEffect *self, DspRecordForm *form, const DspCommand *command,
                                        const DspId *ids, guint n_ids);
/* The same after saving, for many; the form is no longer followed. */
void       dsp_process_effect_tell     (DspProcessEffect *self, const DspId *ids, guint n_ids, const DspOutcome *outcome);

/* Why an order was refused; a state is named: (transfer full). */
char      *dsp_process_refusal         (DspOffice *office, const DspRefusal *refusal);

G_END_DECLS
