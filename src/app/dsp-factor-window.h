/* dsp-factor-window.h: one's own second factor is set up, or taken away
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* @done is called when it was done; not after @owner is gone. */
void dsp_factor_window_open   (GtkWindow *parent, DspOffice *office, GCallback done, gpointer owner);
void dsp_factor_ask_to_drop   (GtkWindow *parent, DspOffice *office, GCallback done, gpointer owner);

G_END_DECLS
