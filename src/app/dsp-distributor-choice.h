/* dsp-distributor-choice.h: whose statement or pre-invoices are shown
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * "changed" when a person chooses. Hidden where there is only one to choose.
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_DISTRIBUTOR_CHOICE (dsp_distributor_choice_get_type ())
G_DECLARE_FINAL_TYPE (DspDistributorChoice, dsp_distributor_choice, DSP, DISTRIBUTOR_CHOICE, GtkWidget)

/* @all: (nullable): what is called to choose none in particular; NULL: it is always one of them. */
GtkWidget *dsp_distributor_choice_new (DspOffice *office, const char *all);
/* None: all, or there is none. */
DspId      dsp_distributor_choice_get (DspDistributorChoice *self);

/* The distributors whose statement the user may see, as the office knows them: (transfer container), of DspDistributor. */
GPtrArray *dsp_own_distributors       (DspOffice *office);

G_END_DECLS
