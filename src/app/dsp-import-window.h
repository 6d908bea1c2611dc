/* dsp-import-window.h: a file of orders, looked at, mended and imported
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

/* Says so instead when the profile does not allow imports. Works without network. */
void dsp_import_window_open (GtkWindow *parent, DspOffice *office);

G_END_DECLS
