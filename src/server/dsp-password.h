/* dsp-password.h: passwords, one-time keys and what is stored of them
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Letters and digits of a one-time key, without the dashes that it is shown with. */
#define DSP_KEY_LETTERS 24

/* Prepares the library behind; once, before any thread. */
gboolean dsp_password_init    (GError **error);

gboolean dsp_password_allowed (const char *password, const char *user_name, const char **why);
char    *dsp_password_hash    (const char *password) G_GNUC_WARN_UNUSED_RESULT;
gboolean dsp_password_verify  (const char *stored, const char *password, gboolean *weak);

char    *dsp_key_make         (void) G_GNUC_WARN_UNUSED_RESULT;
gboolean dsp_key_digest       (const char *key, guint8 digest[32]);

G_END_DECLS
