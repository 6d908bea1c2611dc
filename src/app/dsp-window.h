/* dsp-window.h: the main window
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

#define DSP_TYPE_WINDOW (dsp_window_get_type ())
G_DECLARE_FINAL_TYPE (DspWindow, dsp_window, DSP, WINDOW, AdwApplicationWindow)

GtkWidget *dsp_window_new     (GtkApplication *application, GSettings *settings);

/* With a one-time key, as `despacho --key-file` does: the ordinary sign-in, without typing. */
void       dsp_window_sign_in (DspWindow *self, const char *server, const char *fingerprint, const char *user, const char *key);
/* As who was signed in last, with the token of the keyring; else the sign-in page. */
void       dsp_window_resume  (DspWindow *self);

G_END_DECLS
