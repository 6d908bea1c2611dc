/* dsp-sign-in.c: becoming somebody at the server
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-sync"

#include "config.h"
#include "dsp-sync.h"

#include "dsp-channel.h"
#include "dsp-json-read.h"

#include <glib/gi18n-lib.h>
#include <sodium.h>
#include <string.h>

#define TIMEOUT_S 20

static void
free_secret (char *secret)
{
  if (secret == NULL)
    return;
  sodium_memzero (secret, strlen (secret));
  g_free (secret);
}

void
dsp_session_free (DspSession *session)
{
  if (session == NULL)
    return;
  g_free (session->server);
  g_free (session->fingerprint);
  free_secret (session->token);
  g_free (session->user_name);
  g_free (session->full_name);
  g_free (session->epoch);
  free_secret (session->password);
  g_free (session);
}

typedef struct {
  char    *server, *fingerprint, *user_name, *password, *key, *code, *token;
  DspId    device;
  gboolean has_device;
  char    *shown;       /* (nullable) */
} Ask;

static void
ask_free (gpointer data)
{
  Ask *ask = data;

  g_free (ask->server);
  g_free (ask->fingerprint);
  g_free (ask->user_name);
  free_secret (ask->password);
  free_secret (ask->key);
  free_secret (ask->code);
  free_secret (ask->token);
  g_free (ask->shown);
  g_free (ask);
}

static void
put_member (GString    *out,
            const char *name,
            const char *value)
{
  if (value == NULL)
    return;
  g_string_append_printf (out, "%s\"%s\":", out->len > 1 ? "," : "", name);
  dsp_json_put_string (out, value);
}

static void
read_user (DspJsonReader *r,
           DspSession    *session)
{
  const char *name, *text;
  gsize n, length;

  dsp_json_enter_object (r);
  while (dsp_json_next_member (r, &name, &n))
    if (dsp_json_is (name, n, "id"))
      {
        if (dsp_json_read_raw (r, &text, &length))
          dsp_id_parse (text, length, &session->user_id);
      }
    else if (dsp_json_is (name, n, "name") && session->user_name == NULL && dsp_json_peek (r) == '"')
      dsp_json_read_text (r, &session->user_name);
    else if (dsp_json_is (name, n, "full_name") && session->full_name == NULL && dsp_json_peek (r) == '"')
      dsp_json_read_text (r, &session->full_name);
    else
      dsp_json_skip (r, NULL, NULL);
}

static DspSession *
read_session (const Ask *ask,
              GBytes    *body,
              GError   **error)
{
  g_autoptr(DspSession) session = g_new0 (DspSession, 1);
  const char *name, *text;
  gsize n, length;
  DspJsonReader r;
  bool by_key = false;

  text = g_bytes_get_data (body, &length);
  dsp_json_reader_init (&r, text, length);
  dsp_json_enter_object (&r);
  while (dsp_json_next_member (&r, &name, &n))
    if (dsp_json_is (name, n, "token") && session->token == NULL)
      dsp_json_read_text (&r, &session->token);
    else if (dsp_json_is (name, n, "device"))
      {
        if (dsp_json_read_raw (&r, &text, &length))
          dsp_id_parse (text, length, &session->device);
      }
    else if (dsp_json_is (name, n, "user") && dsp_json_peek (&r) == '{')
      read_user (&r, session);
    else if (dsp_json_is (name, n, "epoch") && session->epoch == NULL)
      dsp_json_read_text (&r, &session->epoch);
    else if (dsp_json_is (name, n, "last"))
      dsp_json_read_int (&r, &session->last);
    else if (dsp_json_is (name, n, "by_key"))
      dsp_json_read_bool (&r, &by_key);
    else
      dsp_json_skip (&r, NULL, NULL);
  if (!dsp_json_reader_finish (&r, error))
    return NULL;
  if (session->token == NULL || session->user_name == NULL || dsp_id_is_none (&session->user_id) || dsp_id_is_none (&session->device))
    {
      g_set_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_SERVER, "the answer to the sign-in is not complete");
      return NULL;
    }
  session->server = g_strdup (ask->server);
  while (g_str_has_suffix (session->server, "/"))
    session->server[strlen (session->server) - 1] = '\0';
  session->fingerprint = g_strdup (ask->fingerprint);
  session->password = g_strdup (ask->password);
  session->by_key = by_key;
  return g_steal_pointer (&session);
}

/* One server may serve several companies, each at an address of its own. */
static void
set_company_error (const char *server,
                   GError    **error)
{
  g_autoptr(GUri) uri = g_uri_parse (server, G_URI_FLAGS_NONE, NULL);
  const char *path = uri != NULL ? g_uri_get_path (uri) : "";

  while (*path == '/')
    path++;
  if (*path != '\0')
    g_set_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_FAILED, _("This server has no company “%s”. Look at the end of its address."), path);
  else
    g_set_error_literal (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_FAILED,
                         _("This server has several companies: its address ends in the name of yours, as in server.example/company."));
}

static void
sign_in (GTask        *task,
         gpointer      source,
         gpointer      data,
         GCancellable *cancellable)
{
  Ask *ask = data;
  g_autoptr(DspChannel) channel = dsp_channel_new (ask->server, ask->fingerprint, TIMEOUT_S);
  g_auto(DspAnswer) answer = { 0 };
  GString *json = g_string_new ("{");
  g_autofree char *body = NULL;
  DspSession *session = NULL;
  GError *error = NULL;
  g_autofree char *program = NULL;
  char device[DSP_ID_TEXT];
  gboolean asked;

  put_member (json, "user", ask->user_name);
  put_member (json, "password", ask->key == NULL ? ask->password : NULL);
  put_member (json, "key", ask->key);
  put_member (json, "code", ask->code);
  if (ask->has_device)
    {
      dsp_id_print (&ask->device, device);
      put_member (json, "device", device);
    }
  program = g_strdup_printf ("despacho %s, %s", PACKAGE_VERSION, g_get_host_name ());
  put_member (json, "program", program);
  g_string_append_c (json, '}');
  asked = dsp_channel_ask (channel, "POST", "v1/session", json->str, cancellable, &answer, &error);
  sodium_memzero (json->str, json->len);
  g_string_free (json, TRUE);
  ask->shown = g_strdup (dsp_channel_get_shown_fingerprint (channel));
  if (asked && answer.status == 429)
    g_set_error (&error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_WAIT, _("wait %u s"), answer.retry_after_s);
  else if (asked && answer.status == 401 && g_strcmp0 (answer.code, "second_factor") == 0)
    g_set_error_literal (&error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_CODE, answer.message != NULL ? answer.message : answer.code);
  else if (asked && answer.status == 403 && g_strcmp0 (answer.code, "second_factor_missing") == 0)
    g_set_error_literal (&error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_FAILED,
                         _("Supervisors and administrators need a second factor here. An administrator sets yours up."));
  else if (asked && answer.status == 404 && g_strcmp0 (answer.code, "company") == 0)
    set_company_error (ask->server, &error);
  else if (asked && answer.status != 200)
    dsp_answer_set_error (&answer, &error);
  else if (asked)
    session = read_session (ask, answer.body, &error);
  if (session != NULL)
    g_task_return_pointer (task, session, (GDestroyNotify) dsp_session_free);
  else
    g_task_return_error (task, error);
}

void
dsp_sign_in_async (const char         *server,
                   const char         *fingerprint,
                   const char         *user_name,
                   const char         *password,
                   const char         *key,
                   const char         *code,
                   const DspId        *device,
                   GCancellable       *cancellable,
                   GAsyncReadyCallback callback,
                   gpointer            user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Ask *ask = g_new0 (Ask, 1);

  g_task_set_source_tag (task, dsp_sign_in_async);
  ask->server = g_strdup (server);
  ask->fingerprint = g_strdup (fingerprint);
  ask->user_name = g_strdup (user_name);
  ask->password = g_strdup (password);
  ask->key = g_strdup (key);
  ask->code = g_strdup (code);
  ask->has_device = device != NULL;
  if (device != NULL)
    ask->device = *device;
  g_task_set_task_data (task, ask, ask_free);
  g_task_run_in_thread (task, sign_in);
}

DspSession *
dsp_sign_in_finish (GAsyncResult *result,
                    GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

char *
dsp_sign_in_dup_shown_fingerprint (GAsyncResult *result)
{
  return g_strdup (((Ask *) g_task_get_task_data (G_TASK (result)))->shown);
}

/* ---- password ---- */

static void
set_password (GTask        *task,
              gpointer      source,
              gpointer      data,
              GCancellable *cancellable)
{
  Ask *ask = data;
  g_autoptr(DspChannel) channel = dsp_channel_new (ask->server, ask->fingerprint, TIMEOUT_S);
  g_auto(DspAnswer) answer = { 0 };
  GString *json = g_string_new ("{");
  GError *error = NULL;

  dsp_channel_set_token (channel, ask->token);
  put_member (json, "password", ask->password);
  put_member (json, "old", ask->key);
  g_string_append_c (json, '}');
  if (dsp_channel_ask (channel, "POST", "v1/password", json->str, cancellable, &answer, &error))
    {
      if (answer.status >= 200 && answer.status < 300)
        g_task_return_boolean (task, TRUE);
      else if (answer.status == 400 || answer.status == 422)
        g_task_return_new_error (task, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_PASSWORD, "%s", answer.message != NULL ? answer.message : "refused");
      else
        dsp_answer_set_error (&answer, &error);
    }
  if (error != NULL)
    g_task_return_error (task, error);
  sodium_memzero (json->str, json->len);
  g_string_free (json, TRUE);
}

void
dsp_set_password_async (const DspSession   *session,
                        const char         *old_password,
                        const char         *new_password,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            user_data)
{
  g_autoptr(GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Ask *ask = g_new0 (Ask, 1);

  g_task_set_source_tag (task, dsp_set_password_async);
  ask->server = g_strdup (session->server);
  ask->fingerprint = g_strdup (session->fingerprint);
  ask->token = g_strdup (session->token);
  ask->password = g_strdup (new_password);
  ask->key = g_strdup (old_password);
  g_task_set_task_data (task, ask, ask_free);
  g_task_run_in_thread (task, set_password);
}

gboolean
dsp_set_password_finish (GAsyncResult *result,
                         GError      **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
