/* dsp-paper-results.h: the dense screen that takes results back from paper
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

/* A line a sheet: number (typed or scanned), code, time, answers, what was done. Each is checked while it is typed, given by
 * Enter through the order's ordinary processes, and answered in its own line. Works without the network. */
void dsp_paper_results_open (GtkWindow *parent, DspOffice *office);

G_END_DECLS
