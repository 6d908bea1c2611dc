/* dsp-macro-import.h: what a workbook that came back would do, and did
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A row model of DspMacroChange; each change has a signal "changed" of its own. Work that is under way keeps the model alive.
 */
#pragma once

#include "dsp-macro.h"
#include "dsp-row-model.h"

G_BEGIN_DECLS

typedef enum {
  DSP_CHANGE_READY,
  DSP_CHANGE_REFUSED,  /* by the file, the rules here, or the server later */
  DSP_CHANGE_DONE,
  DSP_CHANGE_UNDONE,
  DSP_N_CHANGE_STATES
} DspChangeState;

#define DSP_TYPE_MACRO_CHANGE (dsp_macro_change_get_type ())
G_DECLARE_FINAL_TYPE (DspMacroChange, dsp_macro_change, DSP, MACRO_CHANGE, GObject)

const DspMacroRow *dsp_macro_change_get_row    (DspMacroChange *self);
DspChangeState     dsp_macro_change_get_state  (DspMacroChange *self);
const char        *dsp_macro_change_get_reason (DspMacroChange *self); /* (nullable): why it was refused, or not undone */

#define DSP_TYPE_MACRO_IMPORT (dsp_macro_import_get_type ())
G_DECLARE_FINAL_TYPE (DspMacroImport, dsp_macro_import, DSP, MACRO_IMPORT, DspRowModel)

typedef enum { DSP_MACRO_IDLE, DSP_MACRO_JUDGING, DSP_MACRO_APPLYING, DSP_MACRO_UNDOING } DspMacroWork;

DspMacroImport *dsp_macro_import_new          (DspOffice *office, DspMacroPlan *plan); /* takes @plan */
/* Asks the rules about every change, without doing it. A cancelled judgement leaves changes unjudged, which "apply" judges all the same. */
void            dsp_macro_import_judge        (DspMacroImport *self, GCancellable *cancellable);
/* Does what is ready, as one action. What was done before it was cancelled stays done. */
void            dsp_macro_import_apply        (DspMacroImport *self, GCancellable *cancellable);
void            dsp_macro_import_undo         (DspMacroImport *self);
gboolean        dsp_macro_import_can_undo     (DspMacroImport *self);

DspMacroWork    dsp_macro_import_get_work     (DspMacroImport *self, guint *n_done); /* under way now */
guint           dsp_macro_import_count        (DspMacroImport *self, DspChangeState state);
guint           dsp_macro_import_n_read       (DspMacroImport *self);
guint           dsp_macro_import_n_unchanged  (DspMacroImport *self);
const char     *dsp_macro_import_get_trouble  (DspMacroImport *self); /* (nullable): why the work ended early */

G_END_DECLS
