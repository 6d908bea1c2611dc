/* dsp-import-window.h: a file of orders, looked at, mended and imported
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

/* Opens the window, or brings the one that is open to the front. Says so instead when the profile does not allow imports.
 * Works without network. */
void     dsp_import_window_open      (GtkWindow *parent, DspOffice *office);

/* Closes it, if it is open; an import that runs ends after its present row. FALSE: it holds cells that were mended and not
 * imported, and asks. */
gboolean dsp_import_window_may_close (DspOffice *office);

G_END_DECLS
