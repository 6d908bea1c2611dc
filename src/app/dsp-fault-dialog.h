/* dsp-fault-dialog.h: a supervisor notes a fault that no clock sees
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

/* Asks for the fault of the order @id, when it happened and why, and says before saving which rule prices it, what it costs
 * and who bears it. Opens nothing when the order is not on this computer. */
void dsp_fault_dialog_open (GtkWindow *parent, DspOffice *office, const DspId *id);

G_END_DECLS
