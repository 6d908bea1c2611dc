/* dsp-roll-call.h: the morning's roll call in one dense list
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

void dsp_roll_call_open (GtkWindow *parent, DspOffice *office);

G_END_DECLS
