/* dsp-crew-stops.h: the list of a crew's day on its card
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A stop is a button that opens its order. It can be dragged to another card, to the list of orders without crew, or up and
 * down its own list, and moved there by Alt+Up and Alt+Down.
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

/* Fills @day (a vertical GtkBox) with the stops of @crew as dsp_office_get_stops() has them. While an order hangs on the pointer
 * nothing is changed: the widget may be the drag's source. The focus stays on the order that has it. */
void dsp_crew_stops_show (GtkWidget         *day,
                          DspOffice         *office,
                          const DspCrew     *crew,
                          const DspPlanStop *stops,
                          const guint32     *rows,
                          guint              n_stops);

G_END_DECLS
