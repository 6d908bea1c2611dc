/* dsp-crew-panel.h: the crews beside the orders
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_CREW_PANEL (dsp_crew_panel_get_type ())
G_DECLARE_FINAL_TYPE (DspCrewPanel, dsp_crew_panel, DSP, CREW_PANEL, GtkWidget)

void           dsp_crew_panel_set_office (DspCrewPanel *self, DspOffice *office);
/* The crew that Ctrl+@key means: its card carries that number; nullable. */
const DspCrew *dsp_crew_panel_get_crew   (DspCrewPanel *self, guint key);

G_END_DECLS
