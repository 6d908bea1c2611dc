/* dsp-sign-in.c: sign-in, sign-out and passwords
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A sign-in runs on one of two threads of its own: it reads who that is, checks the password, which takes its time, and
 * has the executor store the token. Whatever is wrong, the answer and the work are the same: nothing tells a user that
 * does not exist from a wrong password.
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-sign-in.h"

#include "dsp-account.h"
#include "dsp-json.h"
#include "dsp-judge.h"
#include "dsp-password.h"
#include "dsp-second-factor.h"
#include "dsp-server-private.h"
#include "dsp-table.h"

#include <sodium.h>
#include <string.h>

/* ---- what a sign-in stores ---- */

typedef struct
{
  DspAccount    *account;
  const DspForm *form;
  const char    *address;
  guint8         key_hash[32];
  char          *new_hash;   /* (nullable): of the password, when it was weaker than today's */
  gboolean       require_second_factor;
  gboolean       refused;    /* (out) */
  DspFactor      factor;     /* (out) */
  DspDevice      device;     /* (out) */
  DspSession    *session;    /* (out) */
  char          *token;      /* (out) */
} Entering;

static gboolean
store_password (DspDb       *db,
                const DspId *user_id,
                const char  *hash,
                GError     **error)
{
  g_autoptr(DspStmt) stmt = NULL;

  stmt = dsp_db_prepare (db, "INSERT INTO credential (user_id, hash, changed_at) VALUES ($1, $2, $3)"
                             " ON CONFLICT (user_id) DO UPDATE SET hash = excluded.hash, changed_at = excluded.changed_at", error);
  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_id (stmt, 1, user_id);
  dsp_stmt_bind_text (stmt, 2, hash, -1);
  dsp_stmt_bind_int (stmt, 3, g_get_real_time ());
  return dsp_stmt_run (stmt, NULL, error);
}

/* Whoever holds the first code chooses a name and becomes the administrator. */
static gboolean
make_administrator (DspFeed     *feed,
                    const char  *name,
                    DspAccount  *account,
                    GError     **error)
{
  DspJudge *judge = dsp_judge_new (feed);
  DspPublished published;
  g_autoptr(DspUser) user = dsp_user_new ();
  g_autoptr(DspGrant) grant = dsp_grant_new ();
  guint8 random[10];
  gint64 now_us = g_get_real_time ();
  DspId grant_id;
  gboolean done;

  randombytes_buf (random, sizeof random);
  account->user_id = dsp_id_v7 (now_us, random);
  randombytes_buf (random, sizeof random);
  grant_id = dsp_id_v7 (now_us, random);
  user->name = g_strdup (name);
  grant->user_id = account->user_id;
  grant->profile_id = dsp_id_from_key ("profile", "administrator");
  grant->over = dsp_scope_all;
  dsp_published_init (&published);
  done = dsp_judge_internal (judge, &dsp_user_create, &account->user_id, user, DSP_FIELDS_ALL, now_us, &published, error) &&
         dsp_judge_internal (judge, &dsp_grant_create, &grant_id, grant, DSP_FIELDS_ALL, now_us, &published, error);
  dsp_published_clear (&published);
  dsp_judge_free (judge);
  if (done)
    {
      account->found = TRUE;
      account->name = g_strdup (name);
    }
  return done;
}

/* A key counts once, within its time, and for its user. Keys without a user are for the first administrator. */
static gboolean
use_key (DspFeed   *feed,
         Entering  *entering,
         gboolean  *used,
         GError   **error)
{
  DspDb *db = dsp_feed_get_db (feed);
  g_autoptr(DspStmt) stmt = NULL;
  gint64 n_changed = 0, n_users = 0;
  DspId owner = entering->account->found ? entering->account->user_id : dsp_local_user_id ();

  *used = FALSE;
  stmt = dsp_db_prepare (db, "UPDATE one_time_key SET used_at = $1 WHERE hash = $2 AND user_id = $3 AND until > $1"
                             " AND coalesce (used_at, 0) = 0", error);
  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_int (stmt, 1, g_get_real_time ());
  dsp_stmt_bind_blob (stmt, 2, entering->key_hash, sizeof entering->key_hash);
  dsp_stmt_bind_id (stmt, 3, &owner);
  if (!dsp_stmt_run (stmt, &n_changed, error))
    return FALSE;
  if (n_changed == 0)
    return TRUE;
  if (!entering->account->found)
    {
      if (!dsp_db_int (db, "SELECT count(*) FROM \"user\"", &n_users, error))
        return FALSE;
      if (n_users > 1)
        return TRUE;
      if (!make_administrator (feed, entering->form->user, entering->account, error))
        return FALSE;
    }
  *used = TRUE;
  return TRUE;
}

static gboolean
choose_device (DspFeed   *feed,
               Entering  *entering,
               GError   **error)
{
  const DspId *wanted = &entering->form->device;
  DspDevice *device = &entering->device;

  if (!dsp_id_is_none (wanted))
    switch (dsp_feed_get_device (feed, wanted, device, error))
      {
      case DSP_STEP_FAILED:
        return FALSE;
      case DSP_STEP_ROW:
        if (dsp_id_equal (&device->user_id, &entering->account->user_id) && g_str_equal (device->state, "active"))
          return TRUE;
        break;
      case DSP_STEP_DONE:
        break;
      }
  *device = (DspDevice) { .user_id = entering->account->user_id };
  randombytes_buf (device->id.b, sizeof device->id.b);
  return dsp_feed_add_device (feed, &device->id, &device->user_id, entering->form->program, g_get_real_time (), error);
}

/* A key that came without a code, or with a wrong one, is not used up. */
static gboolean
use_factors (DspFeed   *feed,
             Entering  *entering,
             GError   **error)
{
  DspDb *db = dsp_feed_get_db (feed);
  gboolean by_key = entering->form->key != NULL, known = entering->account->found, used = TRUE;

  entering->factor = DSP_FACTOR_FINE;
  if (by_key && known && !dsp_feed_mark (feed, error))
    return FALSE;
  if (by_key && !use_key (feed, entering, &used, error))
    return FALSE;
  entering->refused = !used;
  if (used && known)
    entering->factor = dsp_second_factor_use (db, &entering->account->user_id, entering->form->code, entering->require_second_factor,
                                              g_get_real_time (), error);
  if (entering->factor == DSP_FACTOR_FAILED)
    return FALSE;
  if (!by_key || !known)
    return TRUE;
  if (used && entering->factor == DSP_FACTOR_FINE)
    return dsp_feed_keep (feed, error);
  dsp_feed_undo (feed);
  return TRUE;
}

static gboolean
enter (DspFeed  *feed,
       gpointer  user_data,
       GError  **error)
{
  Entering *entering = user_data;
  DspAccount *account = entering->account;
  gboolean by_key = entering->form->key != NULL;

  if (!use_factors (feed, entering, error))
    return FALSE;
  if (entering->refused || entering->factor != DSP_FACTOR_FINE)
    return TRUE;
  if (!choose_device (feed, entering, error))
    return FALSE;
  entering->session = dsp_session_make (&account->user_id, account->name, &entering->device.id, by_key, g_get_real_time (),
                                        &entering->token);
  entering->session->address = g_strdup (entering->address);
  return (entering->new_hash == NULL || store_password (dsp_feed_get_db (feed), &account->user_id, entering->new_hash, error)) &&
         dsp_token_insert (dsp_feed_get_db (feed), entering->session, error);
}

static void
put_user (GString     *out,
          const DspId *id,
          const char  *name,
          const char  *full_name)
{
  g_string_append (out, "\"user\":{\"id\":");
  dsp_json_put_id (out, id);
  g_string_append (out, ",\"name\":");
  dsp_json_put_text (out, name);
  if (full_name != NULL)
    {
      g_string_append (out, ",\"full_name\":");
      dsp_json_put_text (out, full_name);
    }
  g_string_append_c (out, '}');
}

static void
put_device (GString         *out,
            DspServer       *server,
            const DspDevice *device)
{
  g_string_append (out, ",\"device\":");
  dsp_json_put_id (out, &device->id);
  g_string_append_printf (out, ",\"epoch\":\"%s\",\"last\":%" G_GINT64_FORMAT ",\"stable\":%" G_GINT64_FORMAT,
                          server->epoch, device->last_no, device->stable_no);
}

static void
answer_entered (DspCall  *call,
                Entering *entering)
{
  GString *out = g_string_new ("{\"token\":");

  dsp_json_put_text (out, entering->token);
  g_string_append_c (out, ',');
  put_user (out, &entering->account->user_id, entering->account->name, entering->account->full_name);
  put_device (out, call->server, &entering->device);
  g_string_append_printf (out, ",\"by_key\":%s}", entering->session->by_key ? "true" : "false");
  dsp_reply_json (call->request, out);
}

/* Password or key were right. Asking for the code is no attempt at it: it neither counts nor forgives. */
static void
answer_factor (DspCall   *call,
               DspFactor  factor)
{
  const DspForm *form = call->data;
  const char *address = dsp_request_get_address (call->request);

  if (factor == DSP_FACTOR_WRONG)
    {
      g_autofree char *shown = g_strescape (form->user, NULL);

      g_message ("sign-in of \"%s\" from %s refused: the code", shown, address);
      g_atomic_int_inc (&call->server->n_refused_sign_ins);
      dsp_sign_in_limits_end (call->server->sign_ins, form->user, address, FALSE, g_get_monotonic_time ());
    }
  if (factor == DSP_FACTOR_MISSING)
    dsp_request_reply_error (call->request, 403, "second_factor_missing", "this user needs a second factor: an administrator sets it up");
  else
    dsp_request_reply_error (call->request, 401, "second_factor", factor == DSP_FACTOR_WRONG ? "the code is wrong, or was used before" : "a code is needed");
}

/* On a signer's thread. */
static void
sign_in (DspDb   *db,
         gpointer data)
{
  g_autoptr(DspCall) call = data;
  DspServer *server = call->server;
  const DspForm *form = call->data;
  const char *address = dsp_request_get_address (call->request);
  g_auto(DspAccount) account = { 0 };
  g_autoptr(GError) error = NULL;
  Entering entering = { .account = &account, .form = form, .address = address, .require_second_factor = server->require_second_factor, .factor = DSP_FACTOR_FINE };
  gboolean right, weak = FALSE;

  if (!dsp_account_read (db, form->user, &account, &error))
    {
      dsp_reply_fault (call->request, error);
      return;
    }
  if (form->key != NULL)
    right = dsp_key_digest (form->key, entering.key_hash) && !account.disabled;
  else
    right = dsp_password_verify (account.disabled ? NULL : account.hash, form->password, &weak);
  if (right && weak)
    entering.new_hash = dsp_password_hash (form->password);
  if (right && !dsp_executor_write (server->executor, enter, &entering, &error))
    {
      dsp_reply_fault (call->request, error);
      goto out;
    }
  right = right && !entering.refused;
  if (right && entering.factor != DSP_FACTOR_FINE)
    {
      answer_factor (call, entering.factor);
      goto out;
    }
  dsp_sign_in_limits_end (server->sign_ins, form->user, address, right, g_get_monotonic_time ());
  if (!right)
    {
      g_autofree char *shown = g_strescape (form->user, NULL);

      g_message ("sign-in of \"%s\" from %s refused", shown, address);
      g_atomic_int_inc (&server->n_refused_sign_ins);
      dsp_request_reply_error (call->request, 401, "sign_in", "user, password or key is wrong");
      goto out;
    }
  g_message ("user %s signed in from %s", account.name, address);
  g_atomic_int_inc (&server->n_sign_ins);
  dsp_sessions_add (server->sessions, entering.session);
  answer_entered (call, &entering);
out:
  dsp_session_unref (entering.session);
  dsp_wipe (entering.token);
  g_free (entering.new_hash);
}

void
dsp_call_try_secret (DspServer  *server,
                     DspRequest *request,
                     DspSession *session,
                     DspForm    *form,
                     const char *name,
                     DspReadFunc func)
{
  guint wait_s = dsp_sign_in_limits_try (server->sign_ins, name, dsp_request_get_address (request), g_get_monotonic_time ());
  DspCall *call;

  if (wait_s > 0)
    {
      dsp_form_free (form);
      dsp_request_reply_retry_later (request, 429, wait_s, "wait", "too many attempts");
      return;
    }
  call = dsp_call_new (server, request, session);
  call->data = form;
  call->free_data = dsp_form_free;
  dsp_call_read (call, server->signers, func);
}

void
dsp_handle_sign_in (DspServer  *server,
                    DspRequest *request,
                    DspSession *session)
{
  g_autoptr(GError) error = NULL;
  DspForm *form = dsp_form_parse (dsp_request_get_body (request), &error);

  if (form == NULL)
    {
      dsp_request_reply_error (request, 400, "json", error->message);
      return;
    }
  if (form->user == NULL || *form->user == '\0' || strlen (form->user) > 160 || (form->password == NULL) == (form->key == NULL))
    {
      dsp_form_free (form);
      dsp_request_reply_error (request, 400, "invalid", "user, and password or key are needed");
      return;
    }
  dsp_call_try_secret (server, request, NULL, form, form->user, sign_in);
}

/* ---- who am I ---- */

static void
put_permissions (GString        *out,
                 const DspActor *actor,
                 gint64          now_us)
{
  gboolean first = TRUE;

  g_string_append (out, ",\"permissions\":[");
  for (guint i = 0; i < DSP_N_PERMISSIONS; i++)
    if (dsp_permission_word (i) != NULL && dsp_actor_may (actor, i, now_us))
      {
        if (!first)
          g_string_append_c (out, ',');
        first = FALSE;
        dsp_json_put_text (out, dsp_permission_word (i));
      }
  g_string_append (out, "],\"scopes\":[");
}

static void
read_session (DspDb   *db,
              gpointer data)
{
  g_autoptr(DspCall) call = data;
  DspSession *session = call->session;
  g_autoptr(DspActorRef) ref = dsp_call_begin (call, db);
  g_autoptr(DspUser) user = dsp_user_new ();
  g_autoptr(GError) error = NULL;
  DspDevice device = { .id = session->device };
  GString *out;

  if (ref == NULL)
    return;
  if (dsp_feed_read_device (db, &session->device, &device, &error) == DSP_STEP_FAILED ||
      dsp_table_get (db, NULL, &dsp_user, &session->user_id, DSP_FIELDS_ALL, user, &error) == DSP_STEP_FAILED)
    {
      dsp_call_end (db);
      dsp_reply_fault (call->request, error);
      return;
    }
  dsp_call_end (db);
  out = g_string_new ("{");
  put_user (out, &session->user_id, session->user_name, user->full_name);
  put_device (out, call->server, &device);
  g_string_append_printf (out, ",\"grants_ver\":%" G_GINT64_FORMAT, ref->actor->grants_ver);
  put_permissions (out, ref->actor, g_get_real_time ());
  for (guint i = 0; i < ref->scopes->len; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      dsp_json_put_scope (out, &g_array_index (ref->scopes, DspId, i));
    }
  g_string_append (out, "]}");
  dsp_reply_json (call->request, out);
}

void
dsp_handle_session (DspServer  *server,
                    DspRequest *request,
                    DspSession *session)
{
  dsp_call_read (dsp_call_new (server, request, session), server->readers, read_session);
}

/* ---- a new token for an old one ---- */

static gboolean
insert_token (DspFeed  *feed,
              gpointer  user_data,
              GError  **error)
{
  return dsp_token_insert (dsp_feed_get_db (feed), user_data, error);
}

static void
exchange_token (DspDb   *db,
                gpointer data)
{
  g_autoptr(DspCall) call = data;
  g_autofree char *token = NULL;
  g_autoptr(DspSession) session = dsp_session_make_next (call->session, g_get_real_time (), &token);
  g_autoptr(GError) error = NULL;
  GString *out;

  if (!dsp_executor_write (call->server->executor, insert_token, session, &error))
    {
      dsp_reply_fault (call->request, error);
      return;
    }
  dsp_sessions_add (call->server->sessions, session);
  out = g_string_new ("{\"token\":");
  dsp_json_put_text (out, token);
  g_string_append_c (out, '}');
  dsp_reply_json (call->request, out);
  dsp_wipe (token);
  token = NULL;
}

/* Section 11: the one before counts until five minutes after the first use of the new one, so that a lost answer costs
 * nothing; used later than that, it is somebody else's copy, and the family ends. */
void
dsp_handle_session_token (DspServer  *server,
                          DspRequest *request,
                          DspSession *session)
{
  if (session->local)
    {
      dsp_request_reply_error (request, 400, "invalid", "the owner's tools have no token");
      return;
    }
  dsp_call_read (dsp_call_new (server, request, session), server->signers, exchange_token);
}

/* ---- the end of a session ---- */

static gboolean
delete_token (DspFeed  *feed,
              gpointer  user_data,
              GError  **error)
{
  return dsp_token_delete (dsp_feed_get_db (feed), ((DspSession *) user_data)->hash, error);
}

void
dsp_wake_ended (DspServer *server)
{
  DspPublished published;

  dsp_published_init (&published);
  dsp_waiters_publish (server->waiters, &published);
  dsp_published_clear (&published);
}

static void
end_session (DspDb   *db,
             gpointer data)
{
  g_autoptr(DspCall) call = data;
  g_autoptr(GError) error = NULL;

  if (!dsp_executor_write (call->server->executor, delete_token, call->session, &error))
    {
      dsp_reply_fault (call->request, error);
      return;
    }
  dsp_sessions_end (call->server->sessions, call->session);
  dsp_wake_ended (call->server);
  dsp_request_reply_json (call->request, 200, "{}");
}

void
dsp_handle_session_end (DspServer  *server,
                        DspRequest *request,
                        DspSession *session)
{
  dsp_call_read (dsp_call_new (server, request, session), server->signers, end_session);
}

static void
end_leaked (DspDb   *db,
            gpointer data)
{
  g_autoptr(DspCall) call = data;
  g_autoptr(GError) error = NULL;

  g_warning ("user %s sent a token in a URL: it is ended", call->session->user_name);
  if (!dsp_executor_write (call->server->executor, delete_token, call->session, &error))
    g_warning ("the token is ended in memory only: %s", error->message);
  dsp_wake_ended (call->server);
}

void
dsp_end_leaked_token (const char *token,
                      gpointer    data)
{
  DspServer *server = data;
  g_autoptr(DspSession) session = dsp_sessions_find (server->sessions, token, g_get_real_time (), NULL);
  DspCall *call;

  if (session == NULL)
    return;
  dsp_sessions_end (server->sessions, session);
  call = dsp_call_new (server, NULL, session);
  if (!dsp_readers_push (server->signers, end_leaked, call))
    dsp_call_free (call);
}

/* ---- a new password ---- */

typedef struct
{
  DspSession *session;
  const char *hash;
} NewPassword;

static gboolean
change_password (DspFeed  *feed,
                 gpointer  user_data,
                 GError  **error)
{
  NewPassword *new = user_data;
  DspDb *db = dsp_feed_get_db (feed);

  return store_password (db, &new->session->user_id, new->hash, error) &&
         dsp_token_delete_user (db, &new->session->user_id, new->session->hash, error);
}

static void
set_password (DspDb   *db,
              gpointer data)
{
  g_autoptr(DspCall) call = data;
  DspSession *session = call->session;
  const DspForm *form = call->data;
  const char *address = dsp_request_get_address (call->request);
  g_auto(DspAccount) account = { 0 };
  g_autoptr(GError) error = NULL;
  g_autofree char *hash = NULL;
  NewPassword new = { .session = session };

  if (!dsp_account_read (db, session->user_name, &account, &error))
    {
      dsp_reply_fault (call->request, error);
      return;
    }
  /* Right after a one-time key, or when there never was a password, there is no old one to ask for. */
  if (account.hash != NULL && !session->by_key &&
      !dsp_password_verify (account.hash, form->old != NULL ? form->old : "", NULL))
    {
      dsp_sign_in_limits_end (call->server->sign_ins, session->user_name, address, FALSE, g_get_monotonic_time ());
      dsp_request_reply_error (call->request, 401, "sign_in", "the old password is wrong");
      return;
    }
  new.hash = hash = dsp_password_hash (form->password);
  if (hash == NULL)
    dsp_request_reply_retry_later (call->request, 503, 5, "unavailable", "no memory to hash a password");
  else if (!dsp_executor_write (call->server->executor, change_password, &new, &error))
    dsp_reply_fault (call->request, error);
  else
    {
      g_message ("user %s changed the password", session->user_name);
      dsp_sessions_end_user (call->server->sessions, &session->user_id, session);
      dsp_wake_ended (call->server);
      dsp_request_reply_json (call->request, 200, "{}");
    }
}

void
dsp_handle_password (DspServer  *server,
                     DspRequest *request,
                     DspSession *session)
{
  g_autoptr(GError) error = NULL;
  DspForm *form = dsp_form_parse (dsp_request_get_body (request), &error);
  const char *why = "password is needed";

  if (form == NULL)
    {
      dsp_request_reply_error (request, 400, "json", error->message);
      return;
    }
  if (session->local || form->password == NULL || !dsp_password_allowed (form->password, session->user_name, &why))
    {
      dsp_form_free (form);
      dsp_request_reply_error (request, 400, "password", why);
      return;
    }
  dsp_call_try_secret (server, request, session, form, session->user_name, set_password);
}
