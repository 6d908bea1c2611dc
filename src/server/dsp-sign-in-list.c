/* dsp-sign-in-list.c: where somebody is signed in, and the end of one of these sign-ins
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A sign-in is a family of tokens: the first one and those that it was exchanged for. It is named by the first half of
 * the family's name, from which no token can be made. Everybody has those of his own; those of another user whoever may
 * change that user. What is nobody's business does not exist.
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-server-private.h"

#include "dsp-account.h"
#include "dsp-command.h"
#include "dsp-json.h"

#include <string.h>

#define SIGN_INS "SELECT t.family, min(t.made_at), max(t.used_at), s.address, d.\"label\", t.device FROM token t" \
                 " LEFT JOIN sign_in s ON s.family = t.family LEFT JOIN \"device\" d ON d.\"id\" = t.device WHERE t.user_id = $1" \
                 " GROUP BY t.family, s.address, d.\"label\", t.device ORDER BY 3 DESC, 2 DESC"

static DspId
id_of (gconstpointer family)
{
  DspId id;

  memcpy (id.b, family, sizeof id.b);
  return id;
}

/* Whose sign-ins they are: @name's, or his own who asks. FALSE: the request has been answered. */
static gboolean
find_user (DspDb      *db,
           DspCall    *call,
           const char *name,
           DspId      *user_id)
{
  g_autoptr(DspActorRef) ref = dsp_call_begin (call, db);
  g_auto(DspAccount) account = { 0 };
  g_autoptr(GError) error = NULL;
  DspAuthz answer = DSP_AUTHZ_ALLOW;

  if (ref == NULL)
    return FALSE;
  *user_id = call->session->user_id;
  if (name != NULL && !dsp_account_read (db, name, &account, &error))
    {
      dsp_call_end (db);
      dsp_reply_fault (call->request, error);
      return FALSE;
    }
  dsp_call_end (db);
  if (name != NULL)
    {
      *user_id = account.user_id;
      answer = account.found ? dsp_authz (ref->actor, dsp_command_number (&dsp_user_change), user_id, g_get_real_time ()) : DSP_AUTHZ_HIDE;
      /* His own he may see, whatever else he may. */
      if (account.found && dsp_id_equal (user_id, &call->session->user_id))
        answer = DSP_AUTHZ_ALLOW;
    }
  if (answer == DSP_AUTHZ_HIDE)
    dsp_request_reply_error (call->request, 404, "no_such_record", "there is no such user");
  else if (answer == DSP_AUTHZ_DENY)
    dsp_request_reply_error (call->request, 403, "forbidden", "the sign-ins of others are for whoever administers users");
  return answer == DSP_AUTHZ_ALLOW;
}

/* ---- the list ---- */

static void
put_sign_in (GString *out,
             DspCall *call,
             DspStmt *stmt)
{
  gsize size;
  const guint8 *family = dsp_stmt_blob (stmt, 0, &size);
  DspId id = id_of (family), device = dsp_stmt_id (stmt, 5);
  gboolean current = !call->session->local && memcmp (family, call->session->family, size) == 0;
  gint64 seen_us = dsp_sessions_seen_us (call->server->sessions, family);

  g_string_append_printf (out, "%s{\"id\":", g_str_has_suffix (out->str, "}") ? "," : "");
  dsp_json_put_id (out, &id);
  g_string_append (out, ",\"device\":");
  dsp_json_put_id (out, &device);
  g_string_append (out, ",\"program\":");
  dsp_json_put_text (out, dsp_stmt_text (stmt, 4, NULL));
  g_string_append (out, ",\"address\":");
  dsp_json_put_text (out, dsp_stmt_text (stmt, 3, NULL));
  g_string_append (out, ",\"began_at\":");
  dsp_json_put_time (out, dsp_stmt_int (stmt, 1));
  g_string_append (out, ",\"seen_at\":");
  dsp_json_put_time (out, MAX (seen_us, dsp_stmt_int (stmt, 2)));
  g_string_append_printf (out, ",\"current\":%s}", current ? "true" : "false");
}

/* On a reader's thread. */
static void
list (DspDb   *db,
      gpointer data)
{
  g_autoptr(DspCall) call = data;
  g_autoptr(DspStmt) stmt = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GString) out = g_string_new ("{\"sign_ins\":[");
  DspStep step;
  DspId user_id;

  if (!find_user (db, call, dsp_request_get_arg (call->request, "user"), &user_id))
    return;
  stmt = dsp_db_prepare (db, SIGN_INS, &error);
  if (stmt != NULL)
    {
      dsp_stmt_bind_id (stmt, 1, &user_id);
      while ((step = dsp_stmt_step (stmt, &error)) == DSP_STEP_ROW)
        put_sign_in (out, call, stmt);
    }
  if (error != NULL)
    dsp_reply_fault (call->request, error);
  else
    {
      g_string_append (out, "]}");
      dsp_reply_json (call->request, g_steal_pointer (&out));
    }
}

void
dsp_handle_sign_ins (DspServer  *server,
                     DspRequest *request,
                     DspSession *session)
{
  dsp_call_read (dsp_call_new (server, request, session), server->readers, list);
}

/* ---- the end of one ---- */

typedef struct {
  DspId    user_id;
  DspId    id;
  guint8   family[32]; /* (out) */
  gboolean found;      /* (out) */
} Ending;

static gboolean
find_family (DspDb   *db,
             Ending  *ending,
             GError **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, "SELECT DISTINCT family FROM token WHERE user_id = $1", error);
  DspStep step;

  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_id (stmt, 1, &ending->user_id);
  while ((step = dsp_stmt_step (stmt, error)) == DSP_STEP_ROW)
    {
      gsize size;
      gconstpointer family = dsp_stmt_blob (stmt, 0, &size);
      DspId id = id_of (family);

      if (size == sizeof ending->family && dsp_id_equal (&id, &ending->id))
        {
          memcpy (ending->family, family, size);
          ending->found = TRUE;
        }
    }
  return step == DSP_STEP_DONE;
}

static gboolean
delete_family (DspFeed  *feed,
               gpointer  user_data,
               GError  **error)
{
  Ending *ending = user_data;
  DspDb *db = dsp_feed_get_db (feed);

  return find_family (db, ending, error) && (!ending->found || dsp_token_delete_family (db, ending->family, error));
}

/* On a signer's thread, which may wait for the executor. */
static void
end_one (DspDb   *db,
         gpointer data)
{
  g_autoptr(DspCall) call = data;
  const DspForm *form = call->data;
  g_autoptr(GError) error = NULL;
  Ending ending = { .found = FALSE };

  if (!dsp_id_parse (form->id, strlen (form->id), &ending.id))
    {
      dsp_request_reply_error (call->request, 400, "invalid", "id is not the one of a sign-in");
      return;
    }
  if (!find_user (db, call, form->user, &ending.user_id))
    return;
  if (!dsp_executor_write (call->server->executor, delete_family, &ending, &error))
    {
      dsp_reply_fault (call->request, error);
      return;
    }
  if (!ending.found)
    {
      dsp_request_reply_error (call->request, 404, "no_such_record", "there is no such sign-in");
      return;
    }
  g_message ("user %s ended a sign-in of %s", call->session->user_name, form->user != NULL ? form->user : "his own");
  dsp_sessions_end_family (call->server->sessions, ending.family);
  dsp_wake_ended (call->server);
  dsp_request_reply_json (call->request, 200, "{}");
}

void
dsp_handle_sign_in_end (DspServer  *server,
                        DspRequest *request,
                        DspSession *session)
{
  g_autoptr(GError) error = NULL;
  DspForm *form = dsp_form_parse (dsp_request_get_body (request), &error);
  DspCall *call;

  if (form == NULL || form->id == NULL)
    {
      g_clear_pointer (&form, dsp_form_free);
      dsp_request_reply_error (request, 400, "invalid", error != NULL ? error->message : "id is needed");
      return;
    }
  call = dsp_call_new (server, request, session);
  call->data = form;
  call->free_data = dsp_form_free;
  dsp_call_read (call, server->signers, end_one);
}
