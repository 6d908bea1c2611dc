/* dsp-macro-page.h: the workbook of open services: on the screen, out, and back in
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_MACRO_PAGE (dsp_macro_page_get_type ())
G_DECLARE_FINAL_TYPE (DspMacroPage, dsp_macro_page, DSP, MACRO_PAGE, GtkWidget)

GtkWidget *dsp_macro_page_new (DspOffice *office);
/* What a key of the window means here: FALSE if it means nothing of its own. @action: "win.filter", "win.select-all". */
gboolean   dsp_macro_page_act (DspMacroPage *self, const char *action);

G_END_DECLS
