/* dsp-map-pane.h: the map of the orders in the filter
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_MAP_PANE (dsp_map_pane_get_type ())
G_DECLARE_FINAL_TYPE (DspMapPane, dsp_map_pane, DSP, MAP_PANE, GtkWidget)

/* Signal "selected": the person selected on the map; the list should scroll there. */
GtkWidget *dsp_map_pane_new       (DspOffice *office);
gboolean   dsp_map_pane_show_code (GtkWidget *self, const char *code);
void       dsp_map_pane_print     (GtkWidget *self, GtkWindow *parent); /* what it shows */

G_END_DECLS
