/* dsp-search-box.h: the search over everything, in the header bar
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_SEARCH_BOX (dsp_search_box_get_type ())
G_DECLARE_FINAL_TYPE (DspSearchBox, dsp_search_box, DSP, SEARCH_BOX, GtkWidget)

/* What is chosen is opened by the window's actions: "win.open-order" (id), "win.open-record" ("entity/id"). */
void dsp_search_box_set_office (DspSearchBox *self, DspOffice *office); /* nullable */
void dsp_search_box_focus      (DspSearchBox *self);

G_END_DECLS
