/* dsp-bookable.h: what can be booked for an order, as far as this computer knows
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Core's judgement over the office's catalogues, with the places that the orders at hand have taken. Who sees only a part
 * of the orders leaves the count to the server. Records are lent until the office's "records-changed": make it, ask it,
 * free it. Main thread only.
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

typedef struct _DspBookable DspBookable;

/* The policy that rules @order (nullable). */
const DspPolicy *dsp_bookable_policy  (DspOffice *office, const DspOrder *order);

/* @order, @policy: (nullable): for no order in particular; under which policy, not always the order's own. */
DspBookable     *dsp_bookable_new     (DspOffice *office, const DspOrder *order, const DspPolicy *policy);
void             dsp_bookable_free    (DspBookable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspBookable, dsp_bookable_free)

void             dsp_bookable_set_reason (DspBookable *self, const char *code); /* (nullable) */
const DspPolicyCase *dsp_bookable_case (DspBookable *self);

G_END_DECLS
