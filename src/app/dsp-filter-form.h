/* dsp-filter-form.h: all criteria of the list of orders, to be filled in and applied
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_FILTER_FORM (dsp_filter_form_get_type ())
G_DECLARE_FINAL_TYPE (DspFilterForm, dsp_filter_form, DSP, FILTER_FORM, GtkWidget)

/* Signal "applied": the filter was given to the office. */
GtkWidget *dsp_filter_form_new  (DspOffice *office);
void       dsp_filter_form_show (DspFilterForm *self); /* what the office's filter says, with the present choices */

G_END_DECLS
