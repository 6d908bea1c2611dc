/* dsp-keyring.c: the sign-in token, kept where the desktop keeps secrets
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-keyring"

#include "config.h"
#include "dsp-keyring.h"

#include <glib/gi18n.h>
#include <libsecret/secret.h>

static const SecretSchema schema = {
  "mx.despacho.Despacho.Token", SECRET_SCHEMA_NONE,
  { { "server", SECRET_SCHEMA_ATTRIBUTE_STRING }, { "user", SECRET_SCHEMA_ATTRIBUTE_STRING }, { NULL, 0 } },
  0, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
};

void
dsp_keyring_store_async (const char          *server,
                         const char          *user,
                         const char          *token,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  /* Translators: shown in the desktop's list of secrets; user, then server */
  g_autofree char *label = g_strdup_printf (_("Despacho: %s at %s"), user, server);

  secret_password_store (&schema, SECRET_COLLECTION_DEFAULT, label, token, NULL, callback, user_data, "server", server, "user",
                         user, NULL);
}

gboolean
dsp_keyring_store_finish (GAsyncResult *result,
                          GError      **error)
{
  return secret_password_store_finish (result, error);
}

void
dsp_keyring_lookup_async (const char          *server,
                          const char          *user,
                          GAsyncReadyCallback  callback,
                          gpointer             user_data)
{
  secret_password_lookup (&schema, NULL, callback, user_data, "server", server, "user", user, NULL);
}

char *
dsp_keyring_lookup_finish (GAsyncResult *result,
                           GError      **error)
{
  return secret_password_lookup_finish (result, error);
}

void
dsp_keyring_clear (const char *server,
                   const char *user)
{
  secret_password_clear (&schema, NULL, NULL, NULL, "server", server, "user", user, NULL);
}
