/* dsp-crew-members.h: who is in a crew, from when until when
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_CREW_MEMBERS (dsp_crew_members_get_type ())
G_DECLARE_FINAL_TYPE (DspCrewMembers, dsp_crew_members, DSP, CREW_MEMBERS, GtkWidget)

GtkWidget *dsp_crew_members_new      (DspOffice *office);
void       dsp_crew_members_set_crew (DspCrewMembers *self, const DspId *crew_id, gboolean may_change); /* nullable */

G_END_DECLS
