/* dsp-sync-fetch.c: what is asked for when somebody looks: histories, signing out
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Its own lane with its own connection: it waits behind neither the feed nor the outbox.
 */
#define G_LOG_DOMAIN "dsp-sync"

#include "config.h"
#include "dsp-file-cache.h"
#include "dsp-sync-private.h"

#include <glib/gi18n-lib.h>
#include <sodium.h>
#include <string.h>

#define ASK_TIMEOUT_S 15

typedef struct {
  DspSync         *self;  /* (owned) */
  GTask           *task;  /* (owned) */
  const DspEntity *entity;
  DspId            id;
  char            *hash;   /* (owned) (nullable) */
  char            *method, *path, *json; /* (owned) (nullable): of a question */
  GBytes          *body;
  gboolean         ok;
  GError          *error;
} Fetch;

void
dsp_sync_free_fetch_channel (gpointer data)
{
  DspSync *self = data;

  g_clear_pointer (&self->fetch_channel, dsp_channel_free);
}

static DspChannel *
fetch_channel (DspSync *self)
{
  if (self->fetch_channel == NULL)
    self->fetch_channel = dsp_channel_new (self->server, self->fingerprint, ASK_TIMEOUT_S);
  dsp_sync_give_token (self, self->fetch_channel);
  return self->fetch_channel;
}

/* The last references go in the owner's thread. */
static gboolean
fetch_end (gpointer data)
{
  Fetch *fetch = data;

  g_clear_object (&fetch->task);
  g_object_unref (fetch->self);
  g_free (fetch->hash);
  g_free (fetch->method);
  g_free (fetch->path);
  if (fetch->json != NULL)
    sodium_memzero (fetch->json, strlen (fetch->json));
  g_free (fetch->json);
  g_free (fetch);
  return G_SOURCE_REMOVE;
}

static void
fetch_end_later (Fetch *fetch)
{
  g_autoptr(GSource) source = g_idle_source_new ();

  g_source_set_callback (source, fetch_end, fetch, NULL);
  g_source_attach (source, fetch->self->replica->context);
}

static void
do_put_history (gpointer data)
{
  Fetch *fetch = data;
  gsize length;
  const char *text = g_bytes_get_data (fetch->body, &length);

  fetch->ok = dsp_keeper_put_history (fetch->self->replica->keeper, text, length, &fetch->error);
}

static void
do_fetch_history (gpointer data)
{
  Fetch *fetch = data;
  g_auto(DspAnswer) answer = { 0 };
  g_autofree char *path = NULL;
  GError *error = NULL;
  char id[DSP_ID_TEXT];

  dsp_id_print (&fetch->id, id);
  path = g_strdup_printf ("v1/history?entity=%s&id=%s", fetch->entity->table.name, id);
  if (g_task_return_error_if_cancelled (fetch->task))
    ;
  else if (!dsp_channel_ask (fetch_channel (fetch->self), "GET", path, NULL, fetch->self->all, &answer, &error))
    g_task_return_error (fetch->task, error);
  else if (answer.status != 200)
    {
      dsp_answer_set_error (&answer, &error);
      g_task_return_error (fetch->task, error);
    }
  else
    {
      fetch->body = answer.body;
      dsp_lane_call (fetch->self->replica->lane, TRUE, do_put_history, fetch);
      if (fetch->ok)
        g_task_return_boolean (fetch->task, TRUE);
      else
        g_task_return_error (fetch->task, fetch->error);
    }
  fetch_end_later (fetch);
}

static void
on_kept_history (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;
  GPtrArray *list = dsp_replica_history_finish (DSP_REPLICA (source), result, &error);

  if (list != NULL)
    g_task_return_pointer (task, list, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static void
on_fetched_history (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  DspSync *self = DSP_SYNC (source);
  GTask *task = user_data;
  const Fetch *what = g_task_get_task_data (task);
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    dsp_replica_history_async (self->replica, what->entity, &what->id, NULL, on_kept_history, task);
  else
    {
      g_task_return_error (task, error);
      g_object_unref (task);
    }
}

static Fetch *
fetch_new (DspSync            *self,
           GCancellable       *cancellable,
           GAsyncReadyCallback callback,
           gpointer            user_data)
{
  Fetch *fetch = g_new0 (Fetch, 1);

  fetch->self = g_object_ref (self);
  fetch->task = g_task_new (self, cancellable, callback, user_data);
  return fetch;
}

static void
fetch_begin (Fetch      *fetch,
             DspLaneFunc func)
{
  DspSync *self = fetch->self;

  if (self->fetcher != NULL)
    {
      dsp_lane_push (self->fetcher, TRUE, func, fetch);
      return;
    }
  g_task_return_new_error (fetch->task, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_OFFLINE, "the synchronisation was stopped");
  fetch_end (fetch);
}

static void
fetch_in_lane (DspSync            *self,
               DspLaneFunc         func,
               const DspEntity    *entity,
               const DspId        *id,
               const char         *hash,
               GCancellable       *cancellable,
               GAsyncReadyCallback callback,
               gpointer            user_data)
{
  Fetch *fetch = fetch_new (self, cancellable, callback, user_data);

  fetch->entity = entity;
  if (id != NULL)
    fetch->id = *id;
  fetch->hash = g_strdup (hash);
  fetch_begin (fetch, func);
}

/* ---- questions ---- */

static void
set_ask_error (const DspAnswer *answer,
               GError         **error)
{
  if (answer->status == 403 && g_strcmp0 (answer->code, "password") == 0)
    g_set_error_literal (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_SIGN_IN, answer->code);
  else if (answer->status == 403 && g_strcmp0 (answer->code, "code") == 0)
    g_set_error_literal (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_CODE, answer->code);
  else if (answer->status == 429)
    g_set_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_WAIT, _("wait %u s"), answer->retry_after_s);
  else
    dsp_answer_set_error (answer, error);
}

static void
do_ask (gpointer data)
{
  Fetch *fetch = data;
  g_auto(DspAnswer) answer = { 0 };
  GError *error = NULL;

  if (!g_task_return_error_if_cancelled (fetch->task))
    {
      if (dsp_channel_ask (fetch_channel (fetch->self), fetch->method, fetch->path, fetch->json, fetch->self->all, &answer, &error) &&
          answer.status != 200)
        set_ask_error (&answer, &error);
      if (error != NULL)
        g_task_return_error (fetch->task, error);
      else
        g_task_return_pointer (fetch->task, g_bytes_ref (answer.body), (GDestroyNotify) g_bytes_unref);
    }
  fetch_end_later (fetch);
}

void
dsp_sync_ask_async (DspSync            *self,
                    const char         *method,
                    const char         *path,
                    char               *json,
                    GCancellable       *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer            user_data)
{
  Fetch *fetch = fetch_new (self, cancellable, callback, user_data);

  fetch->method = g_strdup (method);
  fetch->path = g_strdup (path);
  fetch->json = json;
  fetch_begin (fetch, do_ask);
}

GBytes *
dsp_sync_ask_finish (DspSync      *self,
                     GAsyncResult *result,
                     GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
dsp_sync_fetch_history_async (DspSync            *self,
                              const DspEntity    *entity,
                              const DspId        *id,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Fetch *what = g_new0 (Fetch, 1);

  g_task_set_source_tag (task, dsp_sync_fetch_history_async);
  what->entity = entity;
  what->id = *id;
  g_task_set_task_data (task, what, g_free);
  fetch_in_lane (self, do_fetch_history, entity, id, NULL, cancellable, on_fetched_history, task);
}

GPtrArray *
dsp_sync_fetch_history_finish (DspSync      *self,
                               GAsyncResult *result,
                               GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* What came is kept only if it is what was attached. */
static void
do_fetch_file (gpointer data)
{
  Fetch *fetch = data;
  g_autofree char *folder = dsp_file_cache_folder (fetch->self->replica->path);
  g_auto(DspAnswer) answer = { 0 };
  g_autofree char *path = NULL;
  const char *media_type;
  GError *error = NULL;
  char id[DSP_ID_TEXT], hash[65];

  dsp_id_print (&fetch->id, id);
  path = g_strconcat ("v1/files/", id, NULL);
  if (!g_task_return_error_if_cancelled (fetch->task))
    {
      if (dsp_channel_ask (fetch_channel (fetch->self), "GET", path, NULL, fetch->self->all, &answer, &error) && answer.status != 200)
        dsp_answer_set_error (&answer, &error);
      else if (error == NULL && dsp_file_cache_put (folder, answer.body, hash, &media_type, &error) &&
               g_strcmp0 (hash, fetch->hash) != 0)
        g_set_error (&error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_SERVER, "the file %s came as %s", fetch->hash, hash);
      if (error != NULL)
        g_task_return_error (fetch->task, error);
      else
        g_task_return_pointer (fetch->task, dsp_file_cache_path (folder, hash), g_free);
    }
  fetch_end_later (fetch);
}

void
dsp_sync_fetch_file_async (DspSync            *self,
                           const DspId        *attachment_id,
                           const char         *hash,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data)
{
  fetch_in_lane (self, do_fetch_file, NULL, attachment_id, hash, cancellable, callback, user_data);
}

char *
dsp_sync_fetch_file_finish (DspSync      *self,
                            GAsyncResult *result,
                            GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
do_sign_out (gpointer data)
{
  Fetch *fetch = data;
  g_auto(DspAnswer) answer = { 0 };
  GError *error = NULL;

  if (!dsp_channel_ask (fetch_channel (fetch->self), "POST", "v1/session/end", "{}", fetch->self->all, &answer, &error))
    g_task_return_error (fetch->task, error);
  else
    g_task_return_boolean (fetch->task, TRUE);
  fetch_end_later (fetch);
}

void
dsp_sync_sign_out_async (DspSync            *self,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  fetch_in_lane (self, do_sign_out, NULL, NULL, NULL, NULL, callback, user_data);
}

gboolean
dsp_sync_sign_out_finish (DspSync      *self,
                          GAsyncResult *result,
                          GError      **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
