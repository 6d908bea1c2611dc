/* dsp-account-window.h: who one is at the server: second factor, and where one is signed in
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

void dsp_account_window_open (GtkWindow *parent, DspOffice *office);

G_END_DECLS
