/* dsp-routes.c: which request goes where
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The caller is known before any handler runs: by his token, or, on the UNIX socket, by being the owner of the files.
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-server-private.h"

#include "dsp-json.h"
#include "dsp-media-type.h"

#include <unistd.h>

#define BODY_SMALL   (16u << 10)
#define BODY_PUSH    (256u << 10)
#define BODY_IMPORT  (4u << 20)
#define BODY_BLOB    (4u << 20)

typedef struct
{
  DspHandler handler;
  gboolean   open; /* no token */
} Entry;

static void
handle_openapi (DspServer  *server,
                DspRequest *request,
                DspSession *session)
{
  dsp_request_reply_json (request, 200, server->openapi);
}

#define ENTRY(handler, ...) (&(const Entry) { handler, ##__VA_ARGS__ })
#define TOKEN DSP_ROUTE_NEEDS_TOKEN

const DspRoute dsp_routes[] = {
  { DSP_METHOD_GET,  "healthz",            0,           DSP_ROUTE_ROOT,                        DSP_AT_HEALTH },
  { DSP_METHOD_GET,  "readyz",             0,           DSP_ROUTE_ROOT,                        DSP_AT_READY },
  { DSP_METHOD_GET,  "metrics",            0,           DSP_ROUTE_ROOT,                        DSP_AT_METRICS },
  { DSP_METHOD_GET,  "v1/openapi.json",    0,           DSP_ROUTE_NONE,                        0, ENTRY (handle_openapi, TRUE) },
  { DSP_METHOD_POST, "v1/session",         BODY_SMALL,  DSP_ROUTE_NO_COMPRESS,                 0, ENTRY (dsp_handle_sign_in, TRUE) },
  { DSP_METHOD_GET,  "v1/session",         0,           TOKEN,                                 0, ENTRY (dsp_handle_session) },
  { DSP_METHOD_POST, "v1/session/end",     BODY_SMALL,  TOKEN,                                 0, ENTRY (dsp_handle_session_end) },
  { DSP_METHOD_POST, "v1/session/token",   BODY_SMALL,  TOKEN | DSP_ROUTE_NO_COMPRESS,         0, ENTRY (dsp_handle_session_token) },
  { DSP_METHOD_GET,  "v1/sign-ins",        0,           TOKEN,                                 0, ENTRY (dsp_handle_sign_ins) },
  { DSP_METHOD_POST, "v1/sign-ins/end",    BODY_SMALL,  TOKEN,                                 0, ENTRY (dsp_handle_sign_in_end) },
  { DSP_METHOD_GET,  "v1/second-factor",   0,           TOKEN,                                 0, ENTRY (dsp_handle_factor) },
  { DSP_METHOD_POST, "v1/second-factor",   BODY_SMALL,  TOKEN | DSP_ROUTE_NO_COMPRESS,         0, ENTRY (dsp_handle_factor_set) },
  { DSP_METHOD_POST, "v1/second-factor/new", BODY_SMALL, TOKEN | DSP_ROUTE_NO_COMPRESS,        0, ENTRY (dsp_handle_factor_new) },
  { DSP_METHOD_POST, "v1/second-factor/off", BODY_SMALL, TOKEN | DSP_ROUTE_NO_COMPRESS,        0, ENTRY (dsp_handle_factor_off) },
  { DSP_METHOD_POST, "v1/password",        BODY_SMALL,  TOKEN | DSP_ROUTE_NO_COMPRESS,         0, ENTRY (dsp_handle_password) },
  { DSP_METHOD_POST, "v1/commands",        BODY_PUSH,   TOKEN,                                 0, ENTRY (dsp_handle_commands) },
  { DSP_METHOD_POST, "v1/admin/commands",  BODY_IMPORT, TOKEN | DSP_ROUTE_SOCKET_ONLY,         0, ENTRY (dsp_handle_commands) },
  { DSP_METHOD_POST, "v1/admin/user-key",  BODY_SMALL,  TOKEN | DSP_ROUTE_SOCKET_ONLY | DSP_ROUTE_NO_COMPRESS, 0, ENTRY (dsp_handle_user_key) },
  { DSP_METHOD_POST, "v1/admin/stable",    BODY_IMPORT, TOKEN | DSP_ROUTE_SOCKET_ONLY,         0, ENTRY (dsp_handle_stable) },
  { DSP_METHOD_GET,  "v1/admin/recovery",  0,           TOKEN | DSP_ROUTE_SOCKET_ONLY,         0, ENTRY (dsp_handle_recovery) },
  { DSP_METHOD_POST, "v1/admin/recovery/end", BODY_SMALL, TOKEN | DSP_ROUTE_SOCKET_ONLY,       0, ENTRY (dsp_handle_recovery_end) },
  { DSP_METHOD_POST, "v1/admin/user-factor", BODY_SMALL, TOKEN | DSP_ROUTE_SOCKET_ONLY | DSP_ROUTE_NO_COMPRESS, 0, ENTRY (dsp_handle_user_factor) },
  { DSP_METHOD_GET,  "v1/admin/counts",    0,           TOKEN | DSP_ROUTE_SOCKET_ONLY,         0, ENTRY (dsp_handle_counts) },
  { DSP_METHOD_GET,  "v1/changes",         0,           TOKEN | DSP_ROUTE_MAY_WAIT,            0, ENTRY (dsp_handle_changes) },
  { DSP_METHOD_GET,  "v1/snapshot",        0,           TOKEN,                                 0, ENTRY (dsp_handle_snapshot) },
  { DSP_METHOD_GET,  "v1/sums",            0,           TOKEN,                                 0, ENTRY (dsp_handle_sums) },
  { DSP_METHOD_GET,  "v1/history",         0,           TOKEN,                                 0, ENTRY (dsp_handle_history) },
  { DSP_METHOD_GET,  "v1/search",          0,           TOKEN,                                 0, ENTRY (dsp_handle_search) },
  { DSP_METHOD_GET,  "v1/blobs/*",         0,           TOKEN,                                 0, ENTRY (dsp_handle_blobs) },
  { DSP_METHOD_PUT,  "v1/blobs/*",         BODY_BLOB,   TOKEN | DSP_ROUTE_ANY_TYPE,            0, ENTRY (dsp_handle_blob_put) },
  { DSP_METHOD_GET,  "v1/files/missing",   0,           TOKEN,                                 0, ENTRY (dsp_handle_files_missing) },
  { DSP_METHOD_GET,  "v1/files/*",         0,           TOKEN | DSP_ROUTE_NO_COMPRESS,         0, ENTRY (dsp_handle_file_get) },
  { DSP_METHOD_PUT,  "v1/files/*",         DSP_ATTACHMENT_MAX, TOKEN | DSP_ROUTE_SPOOL,        0, ENTRY (dsp_handle_file_put) },
  { DSP_METHOD_GET,  "v1/*",               0,           TOKEN,                                 0, ENTRY (dsp_handle_list) },
  { DSP_METHOD_GET,  "v1/*/*",             0,           TOKEN,                                 0, ENTRY (dsp_handle_record) },
};
const gsize dsp_n_routes = G_N_ELEMENTS (dsp_routes);

/* The owner of the files on the UNIX socket is the built-in administrator; anybody else shows a token. */
static DspSession *
find_session (DspServer  *server,
              DspRequest *request)
{
  const char *token = dsp_request_get_token (request);
  gboolean reused = FALSE;
  uid_t uid;

  if (token != NULL)
    {
      DspSession *session = dsp_sessions_find (server->sessions, token, g_get_real_time (), &reused);

      if (reused)
        dsp_wake_ended (server);
      return session;
    }
  if (!dsp_request_is_unix (request))
    return NULL;
  uid = dsp_request_get_peer_uid (request);
  if (uid != 0 && uid != geteuid ())
    return NULL;
  return dsp_session_ref (g_strcmp0 (dsp_request_get_field (request, "X-Despacho-Device"), "import") == 0
                            ? server->local_import : server->local_admin);
}

static void
dispatch_known (DspServer  *server,
                DspRequest *request,
                DspSession *session)
{
  const Entry *entry = dsp_request_get_route (request)->data;
  char user[DSP_ID_TEXT];
  guint wait_s;

  if (session->local)
    {
      entry->handler (server, request, session);
      return;
    }
  if (!dsp_request_sign_in (request, session->key))
    {
      dsp_request_refuse (request);
      return;
    }
  dsp_id_print (&session->user_id, user);
  wait_s = server->requests != NULL ? dsp_limits_take (server->requests, user, 1, g_get_monotonic_time ()) : 0;
  if (wait_s > 0)
    {
      dsp_request_reply_retry_later (request, 429, wait_s, "too_many", "too many requests of this user");
      return;
    }
  entry->handler (server, request, session);
}

/* On a reader's thread: who signed in at another server a moment ago is in the table. */
static void
look_up (DspDb   *db,
         gpointer data)
{
  g_autoptr(DspCall) call = data;
  g_autoptr(DspSession) session = NULL;
  g_autoptr(GError) error = NULL;
  guint8 hash[32];

  if (!dsp_token_hash (dsp_request_get_token (call->request), hash) ||
      dsp_sessions_follow (call->server->sessions, db, hash, g_get_real_time (), NULL, &error))
    session = find_session (call->server, call->request);
  if (session != NULL)
    dispatch_known (call->server, call->request, session);
  else if (error != NULL)
    dsp_reply_fault (call->request, error);
  else
    dsp_request_reply_error (call->request, 401, "token", "sign in first");
}

void
dsp_routes_dispatch (DspRequest *request,
                     gpointer    data)
{
  const Entry *entry = dsp_request_get_route (request)->data;
  g_autoptr(DspSession) session = NULL;
  DspServer *server = data;

  if (entry->open)
    {
      entry->handler (server, request, NULL);
      return;
    }
  session = find_session (server, request);
  if (session != NULL)
    dispatch_known (server, request, session);
  else if (server->follower != NULL && dsp_request_get_token (request) != NULL)
    dsp_call_read (dsp_call_new (server, request, NULL), server->readers, look_up);
  else
    dsp_request_reply_error (request, 401, "token", "sign in first");
}

/* ---- shared by the handlers ---- */

DspCall *
dsp_call_new (DspServer  *server,
              DspRequest *request,
              DspSession *session)
{
  DspCall *call = g_new0 (DspCall, 1);

  call->server = server;
  call->request = request;
  call->session = session != NULL ? dsp_session_ref (session) : NULL;
  return call;
}

void
dsp_call_free (DspCall *call)
{
  if (call == NULL)
    return;
  dsp_session_unref (call->session);
  if (call->free_data != NULL)
    call->free_data (call->data);
  g_free (call);
}

void
dsp_call_read (DspCall    *call,
               DspReaders *readers,
               DspReadFunc func)
{
  if (dsp_readers_push (readers, func, call))
    return;
  dsp_request_reply_retry_later (call->request, 503, g_random_int_range (1, 6), "overload", "too many requests wait");
  dsp_call_free (call);
}

DspActorRef *
dsp_call_begin (DspCall *call,
                DspDb   *db)
{
  g_autoptr(GError) error = NULL;
  DspActorRef *ref = NULL;

  if (dsp_session_has_ended (call->session))
    {
      dsp_request_reply_error (call->request, 401, "token", "the session has ended");
      return NULL;
    }
  if (dsp_db_begin_read (db, &error))
    ref = dsp_actors_get (call->server->actors, db, &call->session->user_id, g_get_real_time (), &error);
  if (ref != NULL)
    return ref;
  dsp_call_end (db);
  if (error != NULL)
    dsp_reply_fault (call->request, error);
  else
    dsp_request_reply_error (call->request, 401, "token", "the user is disabled");
  return NULL;
}

void
dsp_call_end (DspDb *db)
{
  if (dsp_db_in_transaction (db))
    dsp_db_rollback (db);
}

void
dsp_reply_json (DspRequest *request,
                GString    *out)
{
  g_autoptr(GBytes) body = g_string_free_to_bytes (out);

  dsp_request_reply (request, 200, "application/json", body, NULL);
}

void
dsp_reply_fault (DspRequest   *request,
                 const GError *error)
{
  g_warning ("%s: %s", dsp_request_get_path (request), error->message);
  if (g_error_matches (error, DSP_STORE_ERROR, DSP_STORE_ERROR_BUSY) ||
      g_error_matches (error, DSP_STORE_ERROR, DSP_STORE_ERROR_FULL) ||
      g_error_matches (error, DSP_STORE_ERROR, DSP_STORE_ERROR_AWAY) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    dsp_request_reply_retry_later (request, 503, 5, "unavailable", "the store cannot answer now");
  else
    dsp_request_reply_error (request, 500, "internal", "internal error");
}
