/* dsp-macro-pivot.h: open services by any two things
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Signal "open" (const char *row, const char *column): a figure was pressed; the conditions that lead to its orders, each nullable.
 * Main thread only.
 */
#pragma once

#include "dsp-office.h"
#include "dsp-work-bar.h"

G_BEGIN_DECLS

#define DSP_TYPE_MACRO_PIVOT (dsp_macro_pivot_get_type ())
G_DECLARE_FINAL_TYPE (DspMacroPivot, dsp_macro_pivot, DSP, MACRO_PIVOT, GtkWidget)

GtkWidget *dsp_macro_pivot_new    (DspOffice *office, DspWorkBar *work);
void       dsp_macro_pivot_copy   (DspMacroPivot *self);
void       dsp_macro_pivot_export (DspMacroPivot *self, gboolean text);

G_END_DECLS
