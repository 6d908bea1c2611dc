/* dsp-policy-preview.h: what a policy says while it is being written, and what it would mean for an order
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_POLICY_PREVIEW (dsp_policy_preview_get_type ())
G_DECLARE_FINAL_TYPE (DspPolicyPreview, dsp_policy_preview, DSP, POLICY_PREVIEW, GtkWidget)

GtkWidget *dsp_policy_preview_new (DspOffice *office);
/* @policy: (nullable): as the form has it now, saved or not; copied. */
void       dsp_policy_preview_set (DspPolicyPreview *self, const DspPolicy *policy);

G_END_DECLS
