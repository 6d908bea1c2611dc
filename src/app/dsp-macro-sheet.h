/* dsp-macro-sheet.h: all open services of the filter as one dense sheet
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Signal "changed": other orders, or another number of them. Main thread only.
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_MACRO_SHEET (dsp_macro_sheet_get_type ())
G_DECLARE_FINAL_TYPE (DspMacroSheet, dsp_macro_sheet, DSP, MACRO_SHEET, GtkWidget)

GtkWidget *dsp_macro_sheet_new            (DspOffice *office);
/* Which orders: lent until "changed". */
const guint32 *dsp_macro_sheet_get_rows   (DspMacroSheet *self, guint *n_rows);
/* A popover for choosing columns. */
GtkWidget *dsp_macro_sheet_make_chooser   (DspMacroSheet *self);
void       dsp_macro_sheet_select_all     (DspMacroSheet *self);
/* The selected lines, or all if none is selected, with headings, as a spreadsheet takes them when they are pasted. */
void       dsp_macro_sheet_copy           (DspMacroSheet *self);
void       dsp_macro_sheet_focus          (DspMacroSheet *self);
/* By what its lines are put together, each group with a line of its sums; "" not at all. Kept in the settings. */
GtkWidget *dsp_macro_sheet_make_grouping  (DspMacroSheet *self);

/* The open orders of @filter: (transfer full) (nullable): it allows none. */
DspFilter *dsp_macro_open_filter          (const DspFilter *filter);
/* Says that there are none, with a way out. */
GtkWidget *dsp_macro_make_empty           (void);

G_END_DECLS
