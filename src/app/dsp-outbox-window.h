/* dsp-outbox-window.h: what waits to be sent, and what the server refused
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

void  dsp_outbox_window_open (GtkWindow *parent, DspOffice *office);

/* One refused change explained in one or two sentences: who did what meanwhile, what was wanted; (transfer full). */
char *dsp_rejected_sentence  (DspOffice *office, const DspRejected *rejected);

G_END_DECLS
