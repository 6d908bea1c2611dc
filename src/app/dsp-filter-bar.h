/* dsp-filter-bar.h: the filter in force as chips, the form behind a button, and saved filters
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_FILTER_BAR (dsp_filter_bar_get_type ())
G_DECLARE_FINAL_TYPE (DspFilterBar, dsp_filter_bar, DSP, FILTER_BAR, GtkWidget)

void dsp_filter_bar_set_office (DspFilterBar *self, DspOffice *office);
void dsp_filter_bar_open       (DspFilterBar *self); /* the form */

G_END_DECLS
