/* dsp-user-key.c: one-time keys: a user's first way in, and the first administrator's
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-sign-in.h"

#include "dsp-account.h"
#include "dsp-json.h"
#include "dsp-password.h"
#include "dsp-server-private.h"

#define KEY_US (G_GINT64_CONSTANT (24) * 3600 * G_USEC_PER_SEC)

typedef struct
{
  const char *user_name; /* NULL: for the first administrator */
  guint8      hash[32];
  gint64      until_us;
  gboolean    pointless; /* (out): there are users already */
} NewKey;

static gboolean
insert_key (DspDb        *db,
            const DspId  *user_id,
            const NewKey *key,
            GError      **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, "DELETE FROM one_time_key WHERE user_id = $1", error);

  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_id (stmt, 1, user_id);
  if (!dsp_stmt_run (stmt, NULL, error))
    return FALSE;
  g_clear_pointer (&stmt, dsp_stmt_done);
  stmt = dsp_db_prepare (db, "INSERT INTO one_time_key (hash, user_id, made_at, until) VALUES ($1, $2, $3, $4)", error);
  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_blob (stmt, 1, key->hash, sizeof key->hash);
  dsp_stmt_bind_id (stmt, 2, user_id);
  dsp_stmt_bind_int (stmt, 3, key->until_us - KEY_US);
  dsp_stmt_bind_int (stmt, 4, key->until_us);
  return dsp_stmt_run (stmt, NULL, error);
}

static gboolean
store_key (DspFeed  *feed,
           gpointer  user_data,
           GError  **error)
{
  DspDb *db = dsp_feed_get_db (feed);
  NewKey *key = user_data;
  g_auto(DspAccount) account = { 0 };
  DspId local = dsp_local_user_id ();
  gint64 n_users = 0;

  if (key->user_name == NULL)
    {
      if (!dsp_db_int (db, "SELECT count(*) FROM \"user\"", &n_users, error))
        return FALSE;
      key->pointless = n_users > 1;
      return key->pointless || insert_key (db, &local, key, error);
    }
  if (!dsp_account_read (db, key->user_name, &account, error))
    return FALSE;
  if (!account.found || account.disabled || dsp_id_equal (&account.user_id, &local))
    {
      g_set_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_NOT_FOUND, "there is no user “%s” who could sign in", key->user_name);
      return FALSE;
    }
  return insert_key (db, &account.user_id, key, error);
}

gboolean
dsp_user_key_issue (DspExecutor *executor,
                    const char  *user_name,
                    char       **key,
                    gint64      *until_us,
                    GError     **error)
{
  g_autofree char *text = dsp_key_make ();
  NewKey new = { .user_name = user_name, .until_us = g_get_real_time () + KEY_US };

  dsp_key_digest (text, new.hash);
  if (!dsp_executor_write (executor, store_key, &new, error))
    return FALSE;
  *key = g_steal_pointer (&text);
  if (until_us != NULL)
    *until_us = new.until_us;
  return TRUE;
}

gboolean
dsp_first_key_issue (DspExecutor *executor,
                     char       **key,
                     GError     **error)
{
  g_autofree char *text = dsp_key_make ();
  NewKey new = { .until_us = g_get_real_time () + KEY_US };

  dsp_key_digest (text, new.hash);
  if (!dsp_executor_write (executor, store_key, &new, error))
    return FALSE;
  *key = new.pointless ? NULL : g_steal_pointer (&text);
  return TRUE;
}

/* On a signer's thread, which may wait for the executor. */
static void
issue_key (DspDb   *db,
           gpointer data)
{
  g_autoptr(DspCall) call = data;
  const DspForm *form = call->data;
  g_autoptr(GError) error = NULL;
  char *key = NULL;
  gint64 until_us = 0;
  GString *out;

  if (!dsp_user_key_issue (call->server->executor, form->user, &key, &until_us, &error))
    {
      if (g_error_matches (error, DSP_STORE_ERROR, DSP_STORE_ERROR_NOT_FOUND))
        dsp_request_reply_error (call->request, 404, "no_such_record", error->message);
      else
        dsp_reply_fault (call->request, error);
      return;
    }
  out = g_string_new ("{\"key\":");
  dsp_json_put_text (out, key);
  g_string_append (out, ",\"until\":");
  dsp_json_put_time (out, until_us);
  g_string_append_c (out, '}');
  dsp_reply_json (call->request, out);
  dsp_wipe (key);
}

void
dsp_call_about_user (DspServer  *server,
                     DspRequest *request,
                     DspSession *session,
                     DspReadFunc func)
{
  g_autoptr(GError) error = NULL;
  DspForm *form = dsp_form_parse (dsp_request_get_body (request), &error);
  DspCall *call;

  if (!session->local || form == NULL || form->user == NULL)
    {
      g_clear_pointer (&form, dsp_form_free);
      dsp_request_reply_error (request, 400, "invalid", error != NULL ? error->message : "user is needed");
      return;
    }
  call = dsp_call_new (server, request, session);
  call->data = form;
  call->free_data = dsp_form_free;
  dsp_call_read (call, server->signers, func);
}

void
dsp_handle_user_key (DspServer  *server,
                     DspRequest *request,
                     DspSession *session)
{
  dsp_call_about_user (server, request, session, issue_key);
}
