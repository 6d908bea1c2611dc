/* dsp-server.c: what serves one company, assembled
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Threads: one that writes (the executor), two that read, two that check passwords, and one that asks a routing service
 * where there is one. Requests come from the house's two for I/O. What a commit brought goes from the executor to those who
 * wait.
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-server-private.h"

#include "dsp-openapi.h"
#include "dsp-sign-in.h"

#include <gio/gio.h>
#include <string.h>

#define N_READERS      2
#define READ_QUEUE     8192
#define READ_MS        2000
#define N_SIGNERS      2
#define SIGN_IN_QUEUE  32

void
dsp_server_options_init (DspServerOptions *options)
{
  *options = (DspServerOptions) {
    .sign_ins_per_minute = 20,
    .requests_per_second = DSP_LIMIT_REQUESTS_PER_S,
    .commands_per_minute = DSP_LIMIT_COMMANDS_PER_MIN,
    .rotate_tokens_s = 86400,
    .token_grace_s = 300,
    .housekeeping_s = 600,
    .keep_days = 90,
    .clock = TRUE,
  };
}

/* What a commit means for those who wait and read; of another process on the follower's thread. */
static void
publish (const DspPublished *published,
         gpointer            user_data)
{
  DspServer *server = user_data;

  if (published->grants_changed)
    dsp_actors_forget (server->actors);
  for (guint i = 0; i < published->ended_users->len; i++)
    dsp_sessions_end_user (server->sessions, published->ended_users->pdata[i], NULL);
  dsp_waiters_publish (server->waiters, published);
}

/* On the executor's thread, after each commit that changed something. */
static void
on_published (const DspPublished *published,
              gpointer            user_data)
{
  DspServer *server = user_data;

  DspRoads *roads = g_atomic_pointer_get (&server->roads);

  if (server->follower != NULL)
    dsp_follower_own (server->follower, published);
  if (roads != NULL)
    dsp_roads_note (roads, published->claims);
  publish (published, server);
}

static void
on_ended_elsewhere (gpointer user_data)
{
  dsp_wake_ended (user_data);
}

static gboolean
open_local (DspServer  *self,
            GError    **error)
{
  char epoch[DSP_ID_TEXT];
  gint64 last;

  self->local_admin = dsp_executor_local (self->executor, "admin", &last, epoch, error);
  if (self->local_admin == NULL)
    return FALSE;
  self->local_import = dsp_executor_local (self->executor, "import", &last, epoch, error);
  self->epoch = g_strdup (epoch);
  return self->local_import != NULL;
}

static gboolean
open_store (DspServer               *self,
            const DspServerOptions  *options,
            GError                 **error)
{
  g_autoptr(DspDb) db = dsp_db_open (options->database, DSP_DB_CREATE | DSP_DB_LOCK, error);
  gboolean shared = db != NULL && dsp_db_is_shared (db);

  if (db == NULL || !dsp_database_init (db, error) || !dsp_db_share (db, error) || !dsp_sessions_load (self->sessions, db, g_get_real_time (), error))
    return FALSE;
  self->executor = dsp_executor_new (g_steal_pointer (&db), options->replay_from_us, error);
  if (self->executor == NULL)
    return FALSE;
  if (shared)
    {
      self->follower = dsp_follower_new (options->database, self->sessions, publish, on_ended_elsewhere, self, error);
      if (self->follower == NULL)
        return FALSE;
      dsp_executor_set_word (self->executor, dsp_follower_get_word (self->follower));
    }
  dsp_executor_set_publish (self->executor, on_published, self);
  dsp_executor_set_clock (self->executor, options->clock);
  self->readers = dsp_readers_new ("reader", options->database, N_READERS, READ_QUEUE, READ_MS, error);
  if (self->readers == NULL)
    return FALSE;
  self->signers = dsp_readers_new ("signer", options->database, N_SIGNERS, SIGN_IN_QUEUE, 0, error);
  return self->signers != NULL;
}

/* A replay comes to the same end each time: there no service is asked. */
static gboolean
open_roads (DspServer               *self,
            const DspServerOptions  *options,
            GError                 **error)
{
  DspRoadOptions road = { (char *) options->osrm, (char *) options->routino, 0 };
  DspRoads *roads;

  if ((options->osrm == NULL && options->routino == NULL) || options->replay_from_us != 0 || !options->clock)
    return TRUE;
  roads = dsp_roads_new (options->database, self->executor, &road, error);
  g_atomic_pointer_set (&self->roads, roads);
  return roads != NULL;
}

static gboolean
open_files (DspServer   *self,
            const char  *folder,
            GError     **error)
{
  self->files = dsp_files_new (folder, error);
  if (self->files == NULL)
    return FALSE;
  dsp_executor_set_files (self->executor, self->files);
  return TRUE;
}

/**
 * dsp_server_new:
 * @files_folder: of its attachments
 *
 * Opens the database, which no other process may hold unless its store can be shared. Blocks on files.
 */
DspServer *
dsp_server_new (const DspServerOptions  *options,
                const char              *files_folder,
                GError                 **error)
{
  DspServer *self = g_new0 (DspServer, 1);

  self->require_second_factor = options->require_second_factor;
  self->sessions = dsp_sessions_new (options->rotate_tokens_s, options->token_grace_s);
  self->actors = dsp_actors_new (false);
  self->waiters = dsp_waiters_new ();
  self->file_quota = dsp_file_quota_new ();
  self->sign_ins = dsp_sign_in_limits_new (options->sign_ins_per_minute);
  if (options->requests_per_second > 0)
    self->requests = dsp_limits_new (options->requests_per_second, G_USEC_PER_SEC, 10 * options->requests_per_second);
  if (options->commands_per_minute > 0)
    self->commands = dsp_limits_new (options->commands_per_minute, G_GINT64_CONSTANT (60) * G_USEC_PER_SEC,
                                     MAX (options->commands_per_minute, DSP_LIMIT_COMMANDS_BURST));
  self->openapi = dsp_openapi_print ();
  if (!open_store (self, options, error) || !open_local (self, error) || !open_files (self, files_folder, error) ||
      !open_roads (self, options, error))
    {
      dsp_server_free (self);
      return NULL;
    }
  self->housekeeping = dsp_housekeeping_new (self->executor, self->sessions, options->housekeeping_s, options->keep_days);
  return self;
}

void
dsp_server_free (DspServer *self)
{
  if (self == NULL)
    return;
  /* Nothing new comes in any more: what was taken is finished, in the direction that it flows. */
  dsp_waiters_stop (self->waiters);
  dsp_readers_free (self->signers);
  dsp_housekeeping_free (self->housekeeping);
  dsp_roads_stop (self->roads);
  dsp_executor_free (self->executor);
  dsp_roads_free (self->roads);
  dsp_follower_free (self->follower);
  dsp_readers_free (self->readers);
  dsp_files_free (self->files);
  dsp_file_quota_free (self->file_quota);
  dsp_session_unref (self->local_admin);
  dsp_session_unref (self->local_import);
  dsp_waiters_free (self->waiters);
  dsp_actors_free (self->actors);
  dsp_sessions_free (self->sessions);
  dsp_sign_in_limits_free (self->sign_ins);
  g_clear_pointer (&self->requests, dsp_limits_free);
  g_clear_pointer (&self->commands, dsp_limits_free);
  g_free (self->openapi);
  g_free (self->epoch);
  g_free (self);
}

char *
dsp_server_make_first_code (DspServer  *self,
                            GError    **error)
{
  char *key = NULL;

  return dsp_first_key_issue (self->executor, &key, error) ? key : NULL;
}

/* ---- is it ready? ---- */

/* Balancers ask several times a second: what is wrong is in the log already, of those who wanted something. */
static void
answer_not_ready (DspRequest *request)
{
  dsp_request_reply_retry_later (request, 503, 2, "unavailable", "the store cannot answer now");
}

/* On a reader's thread. */
static void
look_ready (DspDb   *db,
            gpointer data)
{
  g_autoptr(DspCall) call = data;
  gint64 seq;

  if (dsp_db_int (db, "SELECT \"seq\" FROM \"feed_state\"", &seq, NULL))
    dsp_request_reply_json (call->request, 200, "{\"status\":\"ready\"}");
  else
    answer_not_ready (call->request);
}

/**
 * dsp_server_tell_ready:
 * Answers @request: 200 if the store reads and writes, else 503. On an I/O thread.
 */
void
dsp_server_tell_ready (DspServer  *self,
                       DspRequest *request)
{
  if (dsp_executor_can_store (self->executor))
    dsp_call_read (dsp_call_new (self, request, NULL), self->readers, look_ready);
  else
    answer_not_ready (request);
}
