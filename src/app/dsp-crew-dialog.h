/* dsp-crew-dialog.h: type the crew, press Enter
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

/* Opens a small window over @parent: what is typed narrows the crews, each with its answer for @rows; Enter assigns. */
void dsp_crew_dialog_open (GtkWidget *parent, DspOffice *office, GtkBitset *rows);

G_END_DECLS
