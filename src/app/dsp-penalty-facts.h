/* dsp-penalty-facts.h: what a supervisor has to see before a verdict, side by side
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_PENALTY_FACTS (dsp_penalty_facts_get_type ())
G_DECLARE_FINAL_TYPE (DspPenaltyFacts, dsp_penalty_facts, DSP, PENALTY_FACTS, GtkWidget)

GtkWidget *dsp_penalty_facts_new  (DspOffice *office);

/* The fault and what the clock says, the order, the crew of that day, the distributor's words, earlier verdicts under the
 * same rule, and the order's history. @penalty: (nullable): none is chosen. */
void       dsp_penalty_facts_show (DspPenaltyFacts *self, const DspPenalty *penalty);

G_END_DECLS
