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

/* One condition in words, for a chip: "Order type: Repair"; (transfer full). @name: a field, "penalized" or "q". */
char      *dsp_filter_words     (DspOffice *office, const DspFilter *filter, const char *name);
/* Names of the criteria that are set, in the order of the table; (transfer full). */
GStrv      dsp_filter_names     (const DspFilter *filter);
/* A value in the text form, with what has a meaning there protected; (transfer full). */
char      *dsp_filter_escape    (const char *value);

G_END_DECLS
