/* dsp-print.h: the list of orders on paper
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

/* Opens the system's print dialog for what the list shows: the selection if there is one, else all of the tab. */
void dsp_print_list (GtkWindow *parent, DspOffice *office);

G_END_DECLS
