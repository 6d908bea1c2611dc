/* dsp-mileage-page.h: claims of kilometres: entered, submitted, and decided
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_MILEAGE_PAGE (dsp_mileage_page_get_type ())
G_DECLARE_FINAL_TYPE (DspMileagePage, dsp_mileage_page, DSP, MILEAGE_PAGE, GtkWidget)

/* The list on the left, those that stand out first; the chosen claim beside what is proposed on the right; below what may be
 * done with it. Nothing waits for the network. */
GtkWidget *dsp_mileage_page_new (DspOffice *office);

G_END_DECLS
