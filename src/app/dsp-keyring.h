/* dsp-keyring.h: the sign-in token, kept where the desktop keeps secrets
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The token, never the password. A computer without a keyring says so by an error, and the person signs in each time.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

void     dsp_keyring_store_async   (const char *server, const char *user, const char *token,
                                    GAsyncReadyCallback callback, gpointer user_data);
gboolean dsp_keyring_store_finish  (GAsyncResult *result, GError **error);
void     dsp_keyring_lookup_async  (const char *server, const char *user, GAsyncReadyCallback callback, gpointer user_data);
char    *dsp_keyring_lookup_finish (GAsyncResult *result, GError **error); /* (nullable) without error: none stored */
void     dsp_keyring_clear         (const char *server, const char *user); /* best effort */

G_END_DECLS
