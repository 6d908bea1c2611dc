/* dsp-own-account.c: one's sign-ins and second factor, which live at the server alone
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-sync"

#include "config.h"
#include "dsp-own-account.h"

#include "dsp-json-read.h"
#include "dsp-sync-private.h"

#include <string.h>

/* {"a":"x","b":"y"} of pairs of name and value, NULL at the end; a NULL value is left out. (transfer full) */
static char *
form (const char *name,
      ...)
{
  GString *out = g_string_new ("{");
  va_list args;

  va_start (args, name);
  for (; name != NULL; name = va_arg (args, const char *))
    {
      const char *value = va_arg (args, const char *);

      if (value == NULL)
        continue;
      g_string_append_printf (out, "%s\"%s\":", out->len > 1 ? "," : "", name);
      dsp_json_put_string (out, value);
    }
  va_end (args);
  g_string_append_c (out, '}');
  return g_string_free (out, FALSE);
}

static void
read_text (DspJsonReader *r,
           char         **text)
{
  if (*text != NULL || dsp_json_peek (r) != '"' || !dsp_json_read_text (r, text))
    dsp_json_skip (r, NULL, NULL);
}

static void
read_time (DspJsonReader *r,
           gint64        *us)
{
  g_autofree char *text = NULL;
  DspTime time = { 0 };

  read_text (r, &text);
  if (text != NULL && dsp_time_parse (text, strlen (text), &time))
    *us = time.us;
}

/* ---- sign-ins ---- */

static void
sign_in_free (gpointer data)
{
  DspSignIn *self = data;

  g_free (self->id);
  g_free (self->program);
  g_free (self->address);
  g_free (self);
}

static void
read_sign_in (DspJsonReader *r,
              DspSignIn     *one)
{
  const char *name;
  gsize n;

  dsp_json_enter_object (r);
  while (dsp_json_next_member (r, &name, &n))
    if (dsp_json_is (name, n, "id"))
      read_text (r, &one->id);
    else if (dsp_json_is (name, n, "program"))
      read_text (r, &one->program);
    else if (dsp_json_is (name, n, "address"))
      read_text (r, &one->address);
    else if (dsp_json_is (name, n, "began_at"))
      read_time (r, &one->began_us);
    else if (dsp_json_is (name, n, "seen_at"))
      read_time (r, &one->seen_us);
    else if (dsp_json_is (name, n, "current"))
      dsp_json_read_bool (r, &one->current);
    else
      dsp_json_skip (r, NULL, NULL);
}

void
dsp_sync_sign_ins_async (DspSync            *self,
                         const char         *user,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  g_autofree char *escaped = user != NULL ? g_uri_escape_string (user, NULL, FALSE) : NULL;
  g_autofree char *path = g_strconcat ("v1/sign-ins", escaped != NULL ? "?user=" : NULL, escaped, NULL);

  dsp_sync_ask_async (self, "GET", path, NULL, cancellable, callback, user_data);
}

GPtrArray *
dsp_sync_sign_ins_finish (DspSync      *self,
                          GAsyncResult *result,
                          GError      **error)
{
  g_autoptr(GBytes) body = dsp_sync_ask_finish (self, result, error);
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func (sign_in_free);
  const char *name, *text;
  gsize n, length;
  DspJsonReader r;

  if (body == NULL)
    return NULL;
  text = g_bytes_get_data (body, &length);
  dsp_json_reader_init (&r, text, length);
  dsp_json_enter_object (&r);
  while (dsp_json_next_member (&r, &name, &n))
    {
      if (!dsp_json_is (name, n, "sign_ins") || !dsp_json_enter_array (&r))
        dsp_json_skip (&r, NULL, NULL);
      else
        while (dsp_json_next_item (&r))
          {
            DspSignIn *one = g_new0 (DspSignIn, 1);

            g_ptr_array_add (list, one);
            read_sign_in (&r, one);
          }
    }
  return dsp_json_reader_finish (&r, error) ? g_steal_pointer (&list) : NULL;
}

void
dsp_sync_end_sign_in_async (DspSync            *self,
                            const char         *user,
                            const char         *id,
                            GCancellable       *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer            user_data)
{
  dsp_sync_ask_async (self, "POST", "v1/sign-ins/end", form ("id", id, "user", user, NULL), cancellable, callback, user_data);
}

static gboolean
done (DspSync      *self,
      GAsyncResult *result,
      GError      **error)
{
  g_autoptr(GBytes) body = dsp_sync_ask_finish (self, result, error);

  return body != NULL;
}

gboolean
dsp_sync_end_sign_in_finish (DspSync      *self,
                             GAsyncResult *result,
                             GError      **error)
{
  return done (self, result, error);
}

/* ---- second factor ---- */

/* What an answer about it may say. */
typedef struct {
  bool   has;
  gint64 n_codes;
  char  *secret, *uri; /* (owned) (nullable) */
  GStrv  codes;        /* (owned) (nullable) */
} Factor;

static void
read_codes (DspJsonReader *r,
            Factor        *factor)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  dsp_json_enter_array (r);
  while (dsp_json_next_item (r))
    {
      g_autofree char *code = NULL;

      read_text (r, &code);
      if (code != NULL)
        g_strv_builder_add (builder, code);
    }
  g_strfreev (factor->codes);
  factor->codes = g_strv_builder_end (builder);
}

static gboolean
read_factor (DspSync      *self,
             GAsyncResult *result,
             Factor       *factor,
             GError      **error)
{
  g_autoptr(GBytes) body = dsp_sync_ask_finish (self, result, error);
  const char *name, *text;
  gsize n, length;
  DspJsonReader r;

  if (body == NULL)
    return FALSE;
  text = g_bytes_get_data (body, &length);
  dsp_json_reader_init (&r, text, length);
  dsp_json_enter_object (&r);
  while (dsp_json_next_member (&r, &name, &n))
    if (dsp_json_is (name, n, "has"))
      dsp_json_read_bool (&r, &factor->has);
    else if (dsp_json_is (name, n, "codes") && dsp_json_peek (&r) == '[')
      read_codes (&r, factor);
    else if (dsp_json_is (name, n, "codes"))
      dsp_json_read_int (&r, &factor->n_codes);
    else if (dsp_json_is (name, n, "secret"))
      read_text (&r, &factor->secret);
    else if (dsp_json_is (name, n, "uri"))
      read_text (&r, &factor->uri);
    else
      dsp_json_skip (&r, NULL, NULL);
  return dsp_json_reader_finish (&r, error);
}

static void
factor_clear (Factor *factor)
{
  g_free (factor->secret);
  g_free (factor->uri);
  g_strfreev (factor->codes);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Factor, factor_clear)

void
dsp_sync_factor_async (DspSync            *self,
                       GCancellable       *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer            user_data)
{
  dsp_sync_ask_async (self, "GET", "v1/second-factor", NULL, cancellable, callback, user_data);
}

gboolean
dsp_sync_factor_finish (DspSync      *self,
                        GAsyncResult *result,
                        bool         *has,
                        gint64       *n_codes,
                        GError      **error)
{
  g_auto(Factor) factor = { false };

  if (!read_factor (self, result, &factor, error))
    return FALSE;
  *has = factor.has;
  *n_codes = factor.n_codes;
  return TRUE;
}

void
dsp_sync_new_factor_async (DspSync            *self,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data)
{
  dsp_sync_ask_async (self, "POST", "v1/second-factor/new", g_strdup ("{}"), cancellable, callback, user_data);
}

gboolean
dsp_sync_new_factor_finish (DspSync      *self,
                            GAsyncResult *result,
                            char        **secret,
                            char        **uri,
                            GError      **error)
{
  g_auto(Factor) factor = { false };

  if (!read_factor (self, result, &factor, error))
    return FALSE;
  if (factor.secret == NULL || factor.uri == NULL)
    {
      g_set_error_literal (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_SERVER, "the server gave no secret");
      return FALSE;
    }
  *secret = g_steal_pointer (&factor.secret);
  *uri = g_steal_pointer (&factor.uri);
  return TRUE;
}

void
dsp_sync_set_factor_async (DspSync            *self,
                           const char         *secret,
                           const char         *code,
                           const char         *password,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data)
{
  dsp_sync_ask_async (self, "POST", "v1/second-factor", form ("secret", secret, "code", code, "old", password, NULL), cancellable, callback,
                      user_data);
}

GStrv
dsp_sync_set_factor_finish (DspSync      *self,
                            GAsyncResult *result,
                            GError      **error)
{
  g_auto(Factor) factor = { false };

  if (!read_factor (self, result, &factor, error))
    return NULL;
  return factor.codes != NULL ? g_steal_pointer (&factor.codes) : g_new0 (char *, 1);
}

void
dsp_sync_drop_factor_async (DspSync            *self,
                            const char         *code,
                            const char         *password,
                            GCancellable       *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer            user_data)
{
  dsp_sync_ask_async (self, "POST", "v1/second-factor/off", form ("code", code, "old", password, NULL), cancellable, callback, user_data);
}

gboolean
dsp_sync_drop_factor_finish (DspSync      *self,
                             GAsyncResult *result,
                             GError      **error)
{
  return done (self, result, error);
}
