/* dsp-second-factor.c: codes from an authenticator (RFC 6238), and recovery codes
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tables: second_factor (user_id, secret, made_at, last_step), recovery_code (hash, user_id, used_at). The secret has to be
 * readable for whoever checks a code, so it is as safe as the database file; recovery codes are kept as hashes. A code is used
 * up by the same transaction that lets its user in, so that of two sign-ins with it, at whichever servers, one is refused.
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-second-factor.h"

#include "dsp-account.h"
#include "dsp-json.h"
#include "dsp-password.h"
#include "dsp-server-private.h"

#include <liboath/oath.h>
#include <sodium.h>
#include <string.h>

#define STEP_S        30
#define WINDOW        1  /* steps to either side */
#define DIGITS        6
#define SECRET_LENGTH DSP_FACTOR_SECRET_BYTES /* of SHA-1, which is what authenticators know */
#define N_CODES       DSP_FACTOR_N_CODES
#define ISSUER        "Despacho"

static void
begin_oath (void)
{
  static gsize begun;

  if (g_once_init_enter (&begun))
    {
      if (oath_init () != OATH_OK)
        g_error ("liboath does not start");
      g_once_init_leave (&begun, 1);
    }
}

/* ---- checking ---- */

/* Who may do more harm than a dispatcher: by the profiles that ship, or any that opens the page of administration. */
gboolean
dsp_second_factor_must (DspDb       *db,
                        const DspId *user_id,
                        gint64       now_us,
                        gboolean    *must,
                        GError     **error)
{
  g_autoptr(DspStmt) stmt = NULL;
  DspId administrator = dsp_id_from_key ("profile", "administrator"), supervisor = dsp_id_from_key ("profile", "supervisor");
  DspStep step;

  stmt = dsp_db_prepare (db, "SELECT 1 FROM \"grant\" g JOIN \"profile\" p ON p.\"id\" = g.\"profile_id\" WHERE g.\"user_id\" = $1"
                             " AND (coalesce(g.\"until\", 0) = 0 OR g.\"until\" > $2) AND (p.\"id\" = $3 OR p.\"id\" = $4"
                             " OR p.\"permissions\" LIKE '%module.administration%') LIMIT 1", error);
  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_id (stmt, 1, user_id);
  dsp_stmt_bind_int (stmt, 2, now_us);
  dsp_stmt_bind_id (stmt, 3, &administrator);
  dsp_stmt_bind_id (stmt, 4, &supervisor);
  step = dsp_stmt_step (stmt, error);
  *must = step == DSP_STEP_ROW;
  return step != DSP_STEP_FAILED;
}

static gboolean
is_number (const char *code)
{
  return strlen (code) == DIGITS && strspn (code, "0123456789") == DIGITS;
}

/* The step that @code is of. FALSE: of none that counts now. */
static gboolean
find_step (const char *secret,
           gsize       length,
           const char *code,
           gint64      now_us,
           gint64     *step)
{
  uint64_t counter = 0;
  int found;

  begin_oath ();
  found = oath_totp_validate3 (secret, length, (time_t) (now_us / G_USEC_PER_SEC), STEP_S, OATH_TOTP_DEFAULT_START_TIME, WINDOW, NULL,
                                   &counter, code);

  *step = (gint64) counter;
  return found >= 0;
}

/* People type the two halves of a code apart. (transfer full) (nullable) */
static char *
dup_plain (const char *code)
{
  char *plain = code != NULL ? g_strdup (code) : NULL;

  if (plain == NULL)
    return NULL;
  g_strdelimit (g_strstrip (plain), " ", '-');
  if (strlen (plain) == DIGITS + 1 && plain[DIGITS / 2] == '-')
    memmove (plain + DIGITS / 2, plain + DIGITS / 2 + 1, DIGITS / 2 + 1);
  return plain;
}

gboolean
dsp_factor_find_step (const guint8 bytes[DSP_FACTOR_SECRET_BYTES],
                      const char  *code,
                      gint64       now_us,
                      gint64      *step)
{
  g_autofree char *plain = dup_plain (code);

  return plain != NULL && is_number (plain) && find_step ((const char *) bytes, SECRET_LENGTH, plain, now_us, step);
}

static DspFactor
run_use (DspStmt  *stmt,
         GError  **error)
{
  gint64 n_changed = 0;

  if (!dsp_stmt_run (stmt, &n_changed, error))
    return DSP_FACTOR_FAILED;
  return n_changed > 0 ? DSP_FACTOR_FINE : DSP_FACTOR_WRONG;
}

static DspFactor
use_step (DspDb       *db,
          const DspId *user_id,
          gint64       step,
          GError     **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, "UPDATE second_factor SET last_step = $2 WHERE user_id = $1 AND last_step < $2", error);

  if (stmt == NULL)
    return DSP_FACTOR_FAILED;
  dsp_stmt_bind_id (stmt, 1, user_id);
  dsp_stmt_bind_int (stmt, 2, step);
  return run_use (stmt, error);
}

static DspFactor
use_recovery_code (DspDb       *db,
                   const DspId *user_id,
                   const char  *code,
                   gint64       now_us,
                   GError     **error)
{
  g_autoptr(DspStmt) stmt = NULL;
  guint8 hash[32];

  if (!dsp_key_digest (code, hash))
    return DSP_FACTOR_WRONG;
  stmt = dsp_db_prepare (db, "UPDATE recovery_code SET used_at = $3 WHERE hash = $2 AND user_id = $1 AND used_at = 0", error);
  if (stmt == NULL)
    return DSP_FACTOR_FAILED;
  dsp_stmt_bind_id (stmt, 1, user_id);
  dsp_stmt_bind_blob (stmt, 2, hash, sizeof hash);
  dsp_stmt_bind_int (stmt, 3, now_us);
  return run_use (stmt, error);
}

DspFactor
dsp_second_factor_use (DspDb       *db,
                       const DspId *user_id,
                       const char  *code,
                       gboolean     required,
                       gint64       now_us,
                       GError     **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, "SELECT secret FROM second_factor WHERE user_id = $1", error);
  g_autofree char *plain = dup_plain (code);
  gboolean must = FALSE, counts = FALSE;
  const char *secret;
  gint64 step = 0;
  gsize length;

  if (stmt == NULL)
    return DSP_FACTOR_FAILED;
  dsp_stmt_bind_id (stmt, 1, user_id);
  switch (dsp_stmt_step (stmt, error))
    {
    case DSP_STEP_FAILED:
      return DSP_FACTOR_FAILED;
    case DSP_STEP_DONE:
      if (required && !dsp_second_factor_must (db, user_id, now_us, &must, error))
        return DSP_FACTOR_FAILED;
      return must ? DSP_FACTOR_MISSING : DSP_FACTOR_FINE;
    case DSP_STEP_ROW:
      break;
    }
  if (plain == NULL || *plain == '\0')
    return DSP_FACTOR_NEEDED;
  if (!is_number (plain))
    return use_recovery_code (db, user_id, plain, now_us, error);
  secret = dsp_stmt_blob (stmt, 0, &length);
  counts = find_step (secret, length, plain, now_us, &step);
  g_clear_pointer (&stmt, dsp_stmt_done);
  return counts ? use_step (db, user_id, step, error) : DSP_FACTOR_WRONG;
}

/* ---- setting ---- */

typedef struct
{
  const char      *user_name;
  guint8           secret[SECRET_LENGTH];
  guint8           hashes[N_CODES][32];
  gboolean         off;
  DspId            user_id;  /* (out) */
  gint64           now_us;
} NewFactor;

void
dsp_factor_secret_clear (DspFactorSecret *secret)
{
  dsp_wipe (secret->secret);
  dsp_wipe (secret->uri);
  for (guint i = 0; secret->codes != NULL && secret->codes[i] != NULL; i++)
    sodium_memzero (secret->codes[i], strlen (secret->codes[i]));
  g_strfreev (secret->codes);
  *secret = (DspFactorSecret) { NULL };
}

static gboolean
delete_old (DspDb       *db,
            const DspId *user_id,
            GError     **error)
{
  static const char *const sql[] = { "DELETE FROM second_factor WHERE user_id = $1", "DELETE FROM recovery_code WHERE user_id = $1" };

  for (guint i = 0; i < G_N_ELEMENTS (sql); i++)
    {
      g_autoptr(DspStmt) stmt = dsp_db_prepare (db, sql[i], error);

      if (stmt == NULL)
        return FALSE;
      dsp_stmt_bind_id (stmt, 1, user_id);
      if (!dsp_stmt_run (stmt, NULL, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
insert_code (DspDb        *db,
             const DspId  *user_id,
             const guint8  hash[32],
             GError      **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, "INSERT INTO recovery_code (hash, user_id, used_at) VALUES ($1, $2, 0)", error);

  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_blob (stmt, 1, hash, 32);
  dsp_stmt_bind_id (stmt, 2, user_id);
  return dsp_stmt_run (stmt, NULL, error);
}

gboolean
dsp_second_factor_store (DspDb         *db,
                         const DspId   *user_id,
                         const guint8  *bytes,
                         guint8       (*hashes)[32],
                         gint64         last_step,
                         gint64         now_us,
                         GError       **error)
{
  g_autoptr(DspStmt) stmt = NULL;

  if (!delete_old (db, user_id, error))
    return FALSE;
  if (bytes == NULL)
    return TRUE;
  stmt = dsp_db_prepare (db, "INSERT INTO second_factor (user_id, secret, made_at, last_step) VALUES ($1, $2, $3, $4)", error);
  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_id (stmt, 1, user_id);
  dsp_stmt_bind_blob (stmt, 2, bytes, SECRET_LENGTH);
  dsp_stmt_bind_int (stmt, 3, now_us);
  dsp_stmt_bind_int (stmt, 4, last_step);
  if (!dsp_stmt_run (stmt, NULL, error))
    return FALSE;
  for (guint i = 0; i < N_CODES; i++)
    if (!insert_code (db, user_id, hashes[i], error))
      return FALSE;
  return TRUE;
}

gboolean
dsp_second_factor_read (DspDb       *db,
                        const DspId *user_id,
                        gboolean    *has,
                        gint64      *n_codes,
                        GError     **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, "SELECT (SELECT count(*) FROM second_factor WHERE user_id = $1),"
                                                " (SELECT count(*) FROM recovery_code WHERE user_id = $1 AND used_at = 0)", error);

  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_id (stmt, 1, user_id);
  if (dsp_stmt_step (stmt, error) != DSP_STEP_ROW)
    return FALSE;
  *has = dsp_stmt_int (stmt, 0) > 0;
  *n_codes = dsp_stmt_int (stmt, 1);
  return TRUE;
}

static gboolean
store_factor (DspFeed  *feed,
              gpointer  user_data,
              GError  **error)
{
  DspDb *db = dsp_feed_get_db (feed);
  NewFactor *new = user_data;
  g_auto(DspAccount) account = { 0 };
  DspId local = dsp_local_user_id ();

  if (!dsp_account_read (db, new->user_name, &account, error))
    return FALSE;
  if (!account.found || dsp_id_equal (&account.user_id, &local))
    {
      g_set_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_NOT_FOUND, "there is no user “%s” who could sign in", new->user_name);
      return FALSE;
    }
  new->user_id = account.user_id;
  return dsp_second_factor_store (db, &new->user_id, new->off ? NULL : new->secret, new->hashes, 0, new->now_us, error) &&
         dsp_token_delete_user (db, &new->user_id, NULL, error);
}

void
dsp_factor_secret_make (DspFactorSecret *secret,
                        const char      *user_name,
                        guint8           bytes[DSP_FACTOR_SECRET_BYTES])
{
  g_autofree char *name = g_uri_escape_string (user_name, NULL, FALSE);
  char *text = NULL;
  size_t length = 0;

  begin_oath ();
  randombytes_buf (bytes, SECRET_LENGTH);
  if (oath_base32_encode ((const char *) bytes, SECRET_LENGTH, &text, &length) != OATH_OK)
    g_error ("no memory for a secret");
  secret->secret = g_strndup (text, length);
  sodium_memzero (text, length);
  free (text);
  secret->uri = g_strdup_printf ("otpauth://totp/" ISSUER ":%s?secret=%s&issuer=" ISSUER "&digits=%d&period=%d", name, secret->secret, DIGITS, STEP_S);
}

void
dsp_factor_codes_make (DspFactorSecret *secret,
                       guint8           hashes[DSP_FACTOR_N_CODES][32])
{
  secret->codes = g_new0 (char *, N_CODES + 1);
  for (guint i = 0; i < N_CODES; i++)
    {
      secret->codes[i] = dsp_key_make ();
      dsp_key_digest (secret->codes[i], hashes[i]);
    }
}

gboolean
dsp_factor_secret_parse (const char *text,
                         guint8      bytes[DSP_FACTOR_SECRET_BYTES])
{
  char *plain = NULL;
  size_t length = 0;
  gboolean done;

  begin_oath ();
  if (oath_base32_decode (text, strlen (text), &plain, &length) != OATH_OK)
    return FALSE;
  done = length == SECRET_LENGTH;
  if (done)
    memcpy (bytes, plain, SECRET_LENGTH);
  sodium_memzero (plain, length);
  free (plain);
  return done;
}

gboolean
dsp_second_factor_set (DspExecutor     *executor,
                       const char      *user_name,
                       DspFactorSecret *secret,
                       DspId           *user_id,
                       GError         **error)
{
  NewFactor new = { .user_name = user_name, .off = secret == NULL, .now_us = g_get_real_time () };
  gboolean done;

  if (secret != NULL)
    {
      dsp_factor_secret_make (secret, user_name, new.secret);
      dsp_factor_codes_make (secret, new.hashes);
    }
  done = dsp_executor_write (executor, store_factor, &new, error);
  *user_id = new.user_id;
  sodium_memzero (new.secret, sizeof new.secret);
  return done;
}

/* ---- the route of the owner's tools ---- */

void
dsp_factor_codes_put (GString               *out,
                      const DspFactorSecret *secret)
{
  g_string_append (out, "\"codes\":[");
  for (guint i = 0; secret->codes[i] != NULL; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      dsp_json_put_text (out, secret->codes[i]);
    }
  g_string_append_c (out, ']');
}

/* On a signer's thread, which may wait for the executor. */
static void
set_factor (DspDb   *db,
            gpointer data)
{
  g_autoptr(DspCall) call = data;
  const DspForm *form = call->data;
  g_auto(DspFactorSecret) secret = { NULL };
  g_autoptr(GError) error = NULL;
  gboolean off = g_strcmp0 (form->code, "off") == 0;
  DspId user_id;
  GString *out;

  if (!dsp_second_factor_set (call->server->executor, form->user, off ? NULL : &secret, &user_id, &error))
    {
      if (g_error_matches (error, DSP_STORE_ERROR, DSP_STORE_ERROR_NOT_FOUND))
        dsp_request_reply_error (call->request, 404, "no_such_record", error->message);
      else
        dsp_reply_fault (call->request, error);
      return;
    }
  g_message ("user %s: the second factor was %s", form->user, off ? "taken away" : "set");
  dsp_sessions_end_user (call->server->sessions, &user_id, NULL);
  dsp_wake_ended (call->server);
  out = g_string_new ("{");
  if (!off)
    {
      g_string_append (out, "\"secret\":");
      dsp_json_put_text (out, secret.secret);
      g_string_append (out, ",\"uri\":");
      dsp_json_put_text (out, secret.uri);
      g_string_append_c (out, ',');
      dsp_factor_codes_put (out, &secret);
    }
  g_string_append_c (out, '}');
  dsp_reply_json (call->request, out);
}

void
dsp_handle_user_factor (DspServer  *server,
                        DspRequest *request,
                        DspSession *session)
{
  dsp_call_about_user (server, request, session, set_factor);
}
