/* dsp-closed-zones.h: zones that are closed for a day or some, and closing one
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

/* The form begins with the postal codes of the selected orders. */
void dsp_closed_zones_open (GtkWindow *parent, DspOffice *office);

G_END_DECLS
