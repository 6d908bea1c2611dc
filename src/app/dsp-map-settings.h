/* dsp-map-settings.h: what every map in the window has from the person's settings and the office's clock
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"
#include "map/dsp-map-view.h"

G_BEGIN_DECLS

/* The base map that the person chose: outline, server, file. What cannot be used is told as the office's message, and the
 * outline shows. */
void          dsp_map_use_settings (DspMapView *view, DspOffice *office);

/* How a pin of an order is coloured at @clock. */
DspMapUrgency dsp_map_urgency      (const DspOrder *order, const DspClock *clock);

G_END_DECLS
