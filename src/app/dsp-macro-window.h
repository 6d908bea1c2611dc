/* dsp-macro-window.h: a workbook of open services that came back: looked at, applied, taken back
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

void dsp_macro_window_open (GtkWindow *parent, DspOffice *office);

G_END_DECLS
