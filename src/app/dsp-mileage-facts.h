/* dsp-mileage-facts.h: what one has to see of a claim of kilometres before a verdict
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Signal: change (gpointer DspMileage)  it is to be changed
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_MILEAGE_FACTS (dsp_mileage_facts_get_type ())
G_DECLARE_FINAL_TYPE (DspMileageFacts, dsp_mileage_facts, DSP, MILEAGE_FACTS, GtkWidget)

GtkWidget *dsp_mileage_facts_new  (DspOffice *office);
void       dsp_mileage_facts_show (DspMileageFacts *self, const DspMileage *mileage); /* nullable: none is chosen */

G_END_DECLS
