/* dsp-policy-list.h: the sentences of a policy, ticked or crossed
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_POLICY_LIST (dsp_policy_list_get_type ())
G_DECLARE_FINAL_TYPE (DspPolicyList, dsp_policy_list, DSP, POLICY_LIST, GtkWidget)

GtkWidget *dsp_policy_list_new  (void);
/* @title: above them; @sentences: of DspSentence. */
void       dsp_policy_list_show (DspPolicyList *self, const char *title, GArray *sentences);

G_END_DECLS
