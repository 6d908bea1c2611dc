/* dsp-own-factor.c: a user sets up, or takes away, his own second factor
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The secret that "new" gives is stored nowhere: it comes back together with a code, which proves that the authenticator
 * has it, and with the password, which proves that nobody but the user sits there. So it works with several servers, and a
 * window that is closed in the middle leaves nothing behind. Wrong passwords and codes are slowed down as at a sign-in.
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-second-factor.h"

#include "dsp-account.h"
#include "dsp-json.h"
#include "dsp-password.h"
#include "dsp-server-private.h"

#include <sodium.h>

/* ---- what there is ---- */

/* On a reader's thread. */
static void
read_factor (DspDb   *db,
             gpointer data)
{
  g_autoptr(DspCall) call = data;
  g_autoptr(GError) error = NULL;
  g_autofree char *json = NULL;
  gboolean has = FALSE;
  gint64 n_codes = 0;

  if (!dsp_second_factor_read (db, &call->session->user_id, &has, &n_codes, &error))
    {
      dsp_reply_fault (call->request, error);
      return;
    }
  json = g_strdup_printf ("{\"has\":%s,\"codes\":%" G_GINT64_FORMAT "}", has ? "true" : "false", n_codes);
  dsp_request_reply_json (call->request, 200, json);
}

void
dsp_handle_factor (DspServer  *server,
                   DspRequest *request,
                   DspSession *session)
{
  dsp_call_read (dsp_call_new (server, request, session), server->readers, read_factor);
}

void
dsp_handle_factor_new (DspServer  *server,
                       DspRequest *request,
                       DspSession *session)
{
  g_auto(DspFactorSecret) secret = { NULL };
  guint8 bytes[DSP_FACTOR_SECRET_BYTES];
  GString *out = g_string_new ("{\"secret\":");

  dsp_factor_secret_make (&secret, session->user_name, bytes);
  sodium_memzero (bytes, sizeof bytes);
  dsp_json_put_text (out, secret.secret);
  g_string_append (out, ",\"uri\":");
  dsp_json_put_text (out, secret.uri);
  g_string_append_c (out, '}');
  dsp_reply_json (request, out);
}

/* ---- setting and taking away ---- */

typedef struct {
  DspServer    *server;
  DspSession   *session;
  const char   *code;
  const guint8 *bytes;   /* (nullable): take away */
  guint8      (*hashes)[32];
  gint64        step;    /* of the code, when it is set */
  gint64        now_us;
  gboolean      there;   /* (out): there is one already, or there is none */
  gboolean      must;    /* (out): it may not be taken away */
  DspFactor     factor;  /* (out): of the code, when it is taken away */
} OwnFactor;

static gboolean
store (DspFeed  *feed,
       gpointer  user_data,
       GError  **error)
{
  OwnFactor *own = user_data;
  DspDb *db = dsp_feed_get_db (feed);
  const DspId *user_id = &own->session->user_id;
  gint64 n_codes;

  if (!dsp_second_factor_read (db, user_id, &own->there, &n_codes, error))
    return FALSE;
  if (own->bytes == NULL && own->there && own->server->require_second_factor &&
      !dsp_second_factor_must (db, user_id, own->now_us, &own->must, error))
    return FALSE;
  if (own->there == (own->bytes != NULL) || own->must)
    return TRUE;
  if (own->bytes == NULL)
    own->factor = dsp_second_factor_use (db, user_id, own->code, FALSE, own->now_us, error);
  if (own->factor == DSP_FACTOR_FAILED)
    return FALSE;
  return own->factor != DSP_FACTOR_FINE ||
         (dsp_second_factor_store (db, user_id, own->bytes, own->hashes, own->step, own->now_us, error) &&
          dsp_token_delete_user (db, user_id, own->session->hash, error));
}

static void
refuse (DspCall    *call,
        const char *code,
        const char *message)
{
  dsp_sign_in_limits_end (call->server->sign_ins, call->session->user_name, dsp_request_get_address (call->request), FALSE,
                          g_get_monotonic_time ());
  dsp_request_reply_error (call->request, 403, code, message);
}

/* Right after a one-time key, or when there never was a password, there is none to ask for. */
static gboolean
knows_password (DspDb         *db,
                DspSession    *session,
                const DspForm *form,
                gboolean      *right,
                GError       **error)
{
  g_auto(DspAccount) account = { 0 };

  if (!dsp_account_read (db, session->user_name, &account, error))
    return FALSE;
  *right = account.hash == NULL || session->by_key || dsp_password_verify (account.hash, form->old != NULL ? form->old : "", NULL);
  return TRUE;
}

static void
answer (DspCall               *call,
        const OwnFactor       *own,
        const DspFactorSecret *secret)
{
  GString *out;

  if (own->bytes != NULL ? own->there : !own->there)
    dsp_request_reply_error (call->request, 409, "second_factor", own->bytes != NULL ? "there is one already" : "there is none");
  else if (own->must)
    dsp_request_reply_error (call->request, 409, "second_factor_missing", "supervisors and administrators need one here");
  else if (own->factor != DSP_FACTOR_FINE)
    refuse (call, "code", "the code is wrong, or was used before");
  else
    {
      g_message ("user %s %s", own->session->user_name, own->bytes != NULL ? "set up a second factor" : "took the second factor away");
      dsp_sessions_end_user (call->server->sessions, &own->session->user_id, own->session);
      dsp_wake_ended (call->server);
      out = g_string_new ("{");
      if (own->bytes != NULL)
        dsp_factor_codes_put (out, secret);
      g_string_append_c (out, '}');
      dsp_reply_json (call->request, out);
    }
}

/* On a signer's thread, which may wait for the executor. */
static void
change (DspDb    *db,
        DspCall  *call,
        gboolean  set)
{
  const DspForm *form = call->data;
  g_auto(DspFactorSecret) secret = { NULL };
  g_autoptr(GError) error = NULL;
  guint8 bytes[DSP_FACTOR_SECRET_BYTES] = { 0 }, hashes[DSP_FACTOR_N_CODES][32];
  OwnFactor own = { .server = call->server, .session = call->session, .code = form->code, .hashes = hashes, .now_us = g_get_real_time (),
                    .factor = DSP_FACTOR_FINE };
  gboolean right = FALSE;

  if (!knows_password (db, call->session, form, &right, &error))
    dsp_reply_fault (call->request, error);
  else if (!right)
    refuse (call, "password", "the password is wrong");
  else if (set && !dsp_factor_secret_parse (form->secret != NULL ? form->secret : "", bytes))
    dsp_request_reply_error (call->request, 400, "invalid", "secret is not one that this server gave");
  else if (set && !dsp_factor_find_step (bytes, form->code, own.now_us, &own.step))
    refuse (call, "code", "the code is not that of this secret");
  else
    {
      own.bytes = set ? bytes : NULL;
      if (set)
        dsp_factor_codes_make (&secret, hashes);
      if (dsp_executor_write (call->server->executor, store, &own, &error))
        answer (call, &own, &secret);
      else
        dsp_reply_fault (call->request, error);
    }
  sodium_memzero (bytes, sizeof bytes);
}

static void
set_factor (DspDb   *db,
            gpointer data)
{
  g_autoptr(DspCall) call = data;

  change (db, call, TRUE);
}

static void
take_factor (DspDb   *db,
             gpointer data)
{
  g_autoptr(DspCall) call = data;

  change (db, call, FALSE);
}

static void
handle (DspServer  *server,
        DspRequest *request,
        DspSession *session,
        DspReadFunc func)
{
  g_autoptr(GError) error = NULL;
  DspForm *form = dsp_form_parse (dsp_request_get_body (request), &error);

  if (form == NULL || session->local || form->code == NULL)
    {
      g_clear_pointer (&form, dsp_form_free);
      dsp_request_reply_error (request, 400, "invalid", error != NULL ? error->message : "code is needed");
      return;
    }
  dsp_call_try_secret (server, request, session, form, session->user_name, func);
}

void
dsp_handle_factor_set (DspServer  *server,
                       DspRequest *request,
                       DspSession *session)
{
  handle (server, request, session, set_factor);
}

void
dsp_handle_factor_off (DspServer  *server,
                       DspRequest *request,
                       DspSession *session)
{
  handle (server, request, session, take_factor);
}
