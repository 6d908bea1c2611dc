/* dsp-replica.c: the owner's side of the cache: opening, deltas, records in memory, status
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *   owner's thread ──────────── lane (keeper: writes) ────── sync threads
 *     index, small entities,       │ deltas, state, in order
 *     overlay, order cache   <─────┘
 *         └──────────────────── reader (own connection): searches, lists, texts for sorting
 *
 * What the lane tells comes as sources of one priority in the owner's context, so it comes in the order in which it was
 * told, and a task's result comes after the changes that it made.
 */
#define G_LOG_DOMAIN "dsp-replica"

#include "config.h"
#include "dsp-currency.h"
#include "dsp-file-cache.h"
#include "dsp-replica-private.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>

G_DEFINE_FINAL_TYPE (DspReplica, dsp_replica, G_TYPE_OBJECT)

enum { SIGNAL_CHANGED, SIGNAL_STATUS_CHANGED, SIGNAL_LOOKERS_CHANGED, SIGNAL_ORDER_READY, N_SIGNALS };
static guint signals[N_SIGNALS];

/* ---- records held here ---- */

static guint
held_hash (gconstpointer data)
{
  const DspHeld *held = data;

  return dsp_id_hash (&held->id) ^ held->entity->number * 0x9e3779b1u;
}

static gboolean
held_equal (gconstpointer a,
            gconstpointer b)
{
  const DspHeld *one = a, *two = b;

  return one->entity == two->entity && dsp_id_equal (&one->id, &two->id);
}

DspHeld *
dsp_held_new (const DspEntity *entity,
              const DspId     *id,
              gpointer         record)
{
  DspHeld *held = g_new0 (DspHeld, 1);

  held->entity = entity;
  held->id = *id;
  held->record = record;
  return held;
}

void
dsp_held_free (gpointer data)
{
  DspHeld *held = data;

  if (held->record != NULL)
    dsp_record_free (held->entity, held->record);
  g_free (held);
}

DspHeld *
dsp_held_find (GHashTable      *table,
               const DspEntity *entity,
               const DspId     *id)
{
  DspHeld key = { .entity = entity, .id = *id };

  return g_hash_table_lookup (table, &key);
}

gconstpointer
dsp_replica_overlaid (DspReplica      *self,
                      const DspEntity *entity,
                      const DspId     *id,
                      bool            *in_overlay)
{
  DspHeld *held = dsp_held_find (self->overlay, entity, id);

  *in_overlay = held != NULL;
  return held != NULL ? held->record : NULL;
}

static void
forget_order (DspReplica  *self,
              const DspId *id)
{
  DspHeld *held = dsp_held_find (self->orders, &dsp_order, id);

  if (held == NULL)
    return;
  g_queue_delete_link (&self->recent, held->place);
  g_hash_table_remove (self->orders, held);
}

static void
forget_orders (DspReplica *self)
{
  g_queue_clear (&self->recent);
  g_hash_table_remove_all (self->orders);
}

/* ---- what the lane tells ---- */

typedef struct {
  DspReplica     *self;  /* (owned) */
  DspDelta       *delta; /* (owned) (nullable) */
  DspKeeperState *state; /* (owned) (nullable) */
} Told;

static void
told_free (gpointer data)
{
  Told *told = data;

  g_object_unref (told->self);
  dsp_delta_free (told->delta);
  dsp_keeper_state_free (told->state);
  g_free (told);
}

void
dsp_replica_emit_changed (DspReplica *self,
                          DspChanges *changes)
{
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0, changes);
}

static void
take_item (DspReplica   *self,
           DspDeltaItem *item)
{
  gpointer record = item->record;

  if (dsp_entity_is_small (item->entity))
    {
      DspHeld *held = dsp_held_new (item->entity, &item->id, record);

      item->record = NULL;
      if (item->entity == &dsp_office_settings)
        dsp_currency_set (record != NULL ? ((DspOfficeSettings *) record)->currency : NULL);
      if (record != NULL)
        g_hash_table_replace (self->small, held, held);
      else
        {
          g_hash_table_remove (self->small, held);
          dsp_held_free (held);
        }
      if (!(self->flags & DSP_REPLICA_NO_INDEX) && (item->entity == &dsp_crew || item->entity == &dsp_distributor))
        dsp_order_index_set_name (self->index,
                                  dsp_table_at (&dsp_order.table, item->entity == &dsp_crew ? offsetof (DspOrder, crew_id)
                                                                                            : offsetof (DspOrder, distributor_id)),
                                  &item->id, record != NULL ? dsp_record_display (item->entity, record) : NULL);
      return;
    }
  if (item->entity == &dsp_order)
    forget_order (self, &item->id);
  if (item->pending)
    {
      DspHeld *held = dsp_held_new (item->entity, &item->id, g_steal_pointer (&item->record));

      g_hash_table_replace (self->overlay, held, held);
    }
  else
    {
      DspHeld key = { .entity = item->entity, .id = item->id };

      g_hash_table_remove (self->overlay, &key);
    }
  self->codes_stale = self->codes_stale || item->entity == &dsp_postal_code;
}

static void
take_delta (DspReplica *self,
            DspDelta   *delta)
{
  g_autoptr(GArray) list = g_array_new (FALSE, TRUE, sizeof (DspRecordChange));
  DspChanges changes = { .reset = delta->reset, .mine = delta->mine, .blobs = delta->blobs, .list = list,
                         .n_merged = delta->n_merged, .merged_entity = delta->merged_entity, .merged_id = delta->merged_id };

  if (delta->reset)
    {
      g_hash_table_remove_all (self->small);
      g_hash_table_remove_all (self->overlay);
      forget_orders (self);
    }
  for (guint i = 0; i < delta->items->len; i++)
    {
      DspDeltaItem *item = &g_array_index (delta->items, DspDeltaItem, i);
      DspRecordChange change = { .entity = item->entity, .id = item->id, .deleted = item->record == NULL, .row = DSP_NO_ROW,
                                 .by = item->by, .command = item->command };

      g_array_append_val (list, change);
    }
  if (!(self->flags & DSP_REPLICA_NO_INDEX))
    dsp_replica_index_delta (self, delta, list);
  for (guint i = 0; i < delta->items->len; i++)
    take_item (self, &g_array_index (delta->items, DspDeltaItem, i));
  if (delta->reset)
    {
      g_array_set_size (list, 0);
      self->codes_stale = FALSE;
      if (!(self->flags & DSP_REPLICA_NO_INDEX))
        dsp_replica_start_index (self);
    }
  dsp_replica_emit_changed (self, &changes);
}

/* The time of the last contact alone is no news. */
static bool
same_state (const DspKeeperState *a,
            const DspKeeperState *b)
{
  return a->n_waiting == b->n_waiting && a->n_waiting_rows == b->n_waiting_rows && a->n_rejected == b->n_rejected &&
         a->has_data == b->has_data && a->enrolled == b->enrolled && g_strcmp0 (a->full_name, b->full_name) == 0 &&
         a->actor != NULL && b->actor != NULL && a->actor->grants->len == b->actor->grants->len &&
         (a->actor->grants->len == 0 ||
          memcmp (a->actor->grants->data, b->actor->grants->data, a->actor->grants->len * sizeof (DspActorGrant)) == 0);
}

static gboolean
on_told (gpointer data)
{
  Told *told = data;
  DspReplica *self = told->self;
  bool news = false;

  if (told->delta != NULL)
    g_atomic_int_add (&self->n_told, -1);
  if (self->closed)
    return G_SOURCE_REMOVE;
  if (told->state != NULL)
    {
      news = !same_state (self->state, told->state);
      dsp_keeper_state_free (self->state);
      self->state = g_steal_pointer (&told->state);
    }
  if (told->delta != NULL)
    take_delta (self, told->delta);
  if (news)
    g_signal_emit (self, signals[SIGNAL_STATUS_CHANGED], 0);
  return G_SOURCE_REMOVE;
}

void
dsp_replica_post (DspReplica    *self,
                  GSourceFunc    func,
                  gpointer       data,
                  GDestroyNotify free_data)
{
  g_autoptr(GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, func, data, free_data);
  g_source_attach (source, self->context);
}

static void
on_delta (DspDelta *delta,
          gpointer  user_data)
{
  DspReplica *self = user_data;
  Told *told;

  /* While it is being opened there is only one thread. */
  if (self->lane == NULL)
    {
      take_delta (self, delta);
      dsp_delta_free (delta);
      return;
    }
  told = g_new0 (Told, 1);
  told->self = g_object_ref (self);
  told->delta = delta;
  g_atomic_int_inc (&self->n_told);
  dsp_replica_post (self, on_told, told, told_free);
}

void
dsp_replica_post_state (DspReplica *self)
{
  Told *told = g_new0 (Told, 1);

  told->self = g_object_ref (self);
  told->state = dsp_keeper_dup_state (self->keeper);
  dsp_replica_post (self, on_told, told, told_free);
}

/* ---- status ---- */

typedef struct {
  DspReplica *self;
  DspLink     link;
  double      progress;
  char       *trouble;
} LinkNews;

static void
link_news_free (gpointer data)
{
  LinkNews *news = data;

  g_object_unref (news->self);
  g_free (news->trouble);
  g_free (news);
}

static gboolean
on_link_news (gpointer data)
{
  LinkNews *news = data;
  DspReplica *self = news->self;

  if (self->closed ||
      (self->link == news->link && self->progress == news->progress && g_strcmp0 (self->trouble, news->trouble) == 0))
    return G_SOURCE_REMOVE;
  self->link = news->link;
  self->progress = news->progress;
  g_free (self->trouble);
  self->trouble = g_steal_pointer (&news->trouble);
  g_signal_emit (self, signals[SIGNAL_STATUS_CHANGED], 0);
  return G_SOURCE_REMOVE;
}

void
dsp_replica_set_link (DspReplica *self,
                      DspLink     link,
                      double      progress,
                      const char *trouble)
{
  LinkNews *news = g_new0 (LinkNews, 1);

  news->self = g_object_ref (self);
  news->link = link;
  news->progress = progress;
  news->trouble = g_strdup (trouble);
  if (link != DSP_LINK_ONLINE)
    dsp_replica_forget_looks (self);
  dsp_replica_post (self, on_link_news, news, link_news_free);
}

/**
 * dsp_replica_get_status:
 * @status: (out caller-allocates)
 */
void
dsp_replica_get_status (DspReplica       *self,
                        DspReplicaStatus *status)
{
  memset (status, 0, sizeof *status);
  status->link = self->link;
  status->progress = self->progress;
  status->trouble = self->trouble;
  status->loading = self->loading;
  status->n_waiting = self->state->n_waiting;
  status->n_waiting_rows = self->state->n_waiting_rows;
  status->n_rejected = self->state->n_rejected;
  status->contact_us = self->state->contact_us;
}

/* ---- tasks in the lanes ---- */

typedef struct {
  DspReplica    *self;  /* (owned) */
  GTask         *task;  /* (owned) */
  DspReplicaWork func;
  gboolean       in_reader;
} Job;

static void
run_job (gpointer data)
{
  Job *job = data;

  if (g_task_return_error_if_cancelled (job->task))
    ;
  else
    job->func (job->task, job->self, g_task_get_task_data (job->task));
  g_object_unref (job->task);
  g_object_unref (job->self);
  g_free (job);
}

/* @task: (transfer full) */
void
dsp_replica_run (DspReplica    *self,
                 gboolean       in_reader,
                 GTask         *task,
                 DspReplicaWork func)
{
  Job *job;

  if (self->closed)
    {
      g_task_return_new_error (task, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_FAILED, "the cache is closed");
      g_object_unref (task);
      return;
    }
  job = g_new0 (Job, 1);
  job->self = g_object_ref (self);
  job->task = task;
  job->func = func;
  dsp_lane_push (in_reader ? self->reader : self->lane, TRUE, run_job, job);
}

DspDb *
dsp_replica_reader_db (DspReplica *self,
                       GError    **error)
{
  if (self->reader_db == NULL)
    self->reader_db = dsp_db_open (self->uri, DSP_DB_READ_ONLY, error);
  return self->reader_db;
}

/* ---- opening and closing ---- */

/**
 * dsp_replica_path:
 * Returns: (transfer full): a file name that tells neither server nor user to whoever lists the folder.
 */
char *
dsp_replica_path (const char *dir,
                  const char *server,
                  const char *user_name)
{
  g_autofree char *key = g_strconcat (server, "\n", user_name, NULL);
  g_autofree char *sum = g_compute_checksum_for_string (G_CHECKSUM_SHA256, key, -1);
  g_autofree char *name = g_strdup_printf ("%.24s.sqlite", sum);

  return g_build_filename (dir, name, NULL);
}

static void
on_lane_idle (gpointer data)
{
  DspReplica *self = data;

  dsp_keeper_idle (self->keeper);
}

/**
 * dsp_replica_open:
 * Opens or makes the file, runs the waiting commands over the base and starts to fill the order index. Some
 * milliseconds, up to half a second for files of 50 MB, which are looked through.
 */
DspReplica *
dsp_replica_open (const char      *path,
                  DspReplicaFlags  flags,
                  GError         **error)
{
  g_autoptr(DspReplica) self = g_object_new (DSP_TYPE_REPLICA, NULL);
  g_autofree char *dir = g_path_get_dirname (path);

  self->path = g_strdup (path);
  self->uri = g_strconcat ("sqlite:", path, NULL);
  self->flags = flags;
  self->context = g_main_context_ref_thread_default ();
  if (g_mkdir_with_parents (dir, 0700) != 0)
    {
      g_set_error (error, DSP_CLIENT_ERROR, errno == ENOSPC ? DSP_CLIENT_ERROR_FULL : DSP_CLIENT_ERROR_FAILED, "%s: %s", dir,
                   g_strerror (errno));
      self->closed = TRUE;
      return NULL;
    }
  self->keeper = dsp_keeper_open (path, on_delta, self, error);
  if (self->keeper == NULL)
    {
      self->closed = TRUE;
      return NULL;
    }
  self->salvaged = dsp_keeper_was_salvaged (self->keeper);
  self->state = dsp_keeper_dup_state (self->keeper);
  self->db = dsp_db_open (self->uri, DSP_DB_READ_ONLY, error);
  if (self->db == NULL)
    {
      self->closed = TRUE;
      return NULL;
    }
  if (!dsp_keeper_load_all (self->keeper, error))
    {
      self->closed = TRUE;
      return NULL;
    }
  self->lane = dsp_lane_new ("dsp-keeper", on_lane_idle, self);
  self->reader = dsp_lane_new ("dsp-reader", NULL, NULL);
  return g_steal_pointer (&self);
}

/**
 * dsp_replica_close:
 * Waits for what was given to be on disk. The object can then only be released.
 */
void
dsp_replica_close (DspReplica *self)
{
  if (self->closed)
    return;
  g_return_if_fail (self->sync == NULL);
  self->closed = TRUE;
  g_clear_pointer (&self->lane, dsp_lane_free);
  g_clear_pointer (&self->reader, dsp_lane_free);
  if (!(self->flags & DSP_REPLICA_NO_INDEX))
    dsp_replica_save_index (self);
  self->build++;
}

gboolean
dsp_replica_delete (const char *path,
                    GError    **error)
{
  g_autofree char *files = dsp_file_cache_folder (path);
  static const char *const ends[] = { "", "-wal", "-shm", ".index", ".doubt", ".lock" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *file = g_strconcat (path, ends[i], NULL);

      if (g_unlink (file) != 0 && errno != ENOENT)
        {
          g_set_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_FAILED, "%s: %s", file, g_strerror (errno));
          return FALSE;
        }
    }
  dsp_file_cache_delete (files);
  return TRUE;
}

static void
dsp_replica_dispose (GObject *object)
{
  DspReplica *self = DSP_REPLICA (object);

  dsp_replica_close (self);
  G_OBJECT_CLASS (dsp_replica_parent_class)->dispose (object);
}

static void
dsp_replica_finalize (GObject *object)
{
  DspReplica *self = DSP_REPLICA (object);

  g_clear_pointer (&self->keeper, dsp_keeper_close);
  g_clear_pointer (&self->reader_db, dsp_db_close);
  g_clear_pointer (&self->db, dsp_db_close);
  g_clear_pointer (&self->state, dsp_keeper_state_free);
  forget_orders (self);
  g_hash_table_unref (self->small);
  g_hash_table_unref (self->overlay);
  g_hash_table_unref (self->orders);
  g_hash_table_unref (self->sorting);
  g_clear_pointer (&self->missed, g_ptr_array_unref);
  dsp_order_index_unref (self->index);
  dsp_replica_looks_clear (self);
  g_clear_pointer (&self->context, g_main_context_unref);
  g_free (self->path);
  g_free (self->uri);
  g_free (self->trouble);
  g_mutex_clear (&self->sync_lock);
  G_OBJECT_CLASS (dsp_replica_parent_class)->finalize (object);
}

static void
dsp_replica_class_init (DspReplicaClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->dispose = dsp_replica_dispose;
  object_class->finalize = dsp_replica_finalize;

  signals[SIGNAL_CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_STATUS_CHANGED] = g_signal_new ("status-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_LOOKERS_CHANGED] = g_signal_new ("lookers-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_ORDER_READY] = g_signal_new ("order-ready", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
dsp_replica_init (DspReplica *self)
{
  self->progress = -1;
  self->small = g_hash_table_new_full (held_hash, held_equal, NULL, dsp_held_free);
  self->overlay = g_hash_table_new_full (held_hash, held_equal, NULL, dsp_held_free);
  self->orders = g_hash_table_new_full (held_hash, held_equal, NULL, dsp_held_free);
  self->sorting = g_hash_table_new (NULL, NULL);
  self->index = dsp_order_index_new ();
  g_queue_init (&self->recent);
  g_mutex_init (&self->sync_lock);
  dsp_replica_looks_init (self);
}

bool
dsp_replica_was_salvaged (DspReplica *self)
{
  return self->salvaged;
}

const char *
dsp_replica_get_server (DspReplica *self)
{
  return self->state->server;
}

const char *
dsp_replica_get_fingerprint (DspReplica *self)
{
  return self->state->fingerprint;
}

const char *
dsp_replica_get_user_name (DspReplica *self)
{
  return self->state->user_name;
}

const char *
dsp_replica_get_full_name (DspReplica *self)
{
  return self->state->full_name;
}

const DspActor *
dsp_replica_get_actor (DspReplica *self)
{
  return self->state->actor;
}

gboolean
dsp_replica_has_data (DspReplica *self)
{
  return self->state->has_data;
}

DspId
dsp_replica_new_id (DspReplica *self)
{
  guint8 random[10];

  randombytes_buf (random, sizeof random);
  return dsp_id_v7 (g_get_real_time (), random);
}

/* ---- signing in without the server ---- */

static void
check_password (GTask      *task,
                DspReplica *self,
                gpointer    data)
{
  g_autofree char *verifier = NULL;
  GError *error = NULL;
  DspKeeper *keeper = self->keeper;

  verifier = dsp_keeper_dup_verifier (keeper, &error);
  if (verifier == NULL)
    g_task_return_error (task, error);
  else if (crypto_pwhash_str_verify (verifier, data, strlen (data)) != 0)
    g_task_return_new_error (task, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_SIGN_IN, "the password is not the one of the last sign-in");
  else
    g_task_return_boolean (task, TRUE);
}

static void
free_secret (gpointer data)
{
  sodium_memzero (data, strlen (data));
  g_free (data);
}

void
dsp_replica_check_password_async (DspReplica         *self,
                                  const char         *password,
                                  GCancellable       *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer            user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, dsp_replica_check_password_async);
  g_task_set_task_data (task, g_strdup (password), free_secret);
  dsp_replica_run (self, FALSE, task, check_password);
}

gboolean
dsp_replica_check_password_finish (DspReplica   *self,
                                   GAsyncResult *result,
                                   GError      **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
