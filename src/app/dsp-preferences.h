/* dsp-preferences.h: what a person can set
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

void dsp_preferences_open (GtkWindow *parent, GSettings *settings);

G_END_DECLS
