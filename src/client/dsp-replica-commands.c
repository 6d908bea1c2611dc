/* dsp-replica-commands.c: giving commands, the outbox, the tray, identity
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-replica"

#include "config.h"
#include "dsp-replica-private.h"

#include <sodium.h>
#include <string.h>

void
dsp_replica_return_outcome (GTask      *task,
                            DspReplica *self,
                            DspOutcome *outcome,
                            GError     *error)
{
  dsp_replica_post_state (self);
  /* Looked through at the next opening, and mended there. */
  if (outcome == NULL && g_error_matches (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_DAMAGED))
    {
      g_autofree char *doubt = g_strconcat (self->path, ".doubt", NULL);

      g_file_set_contents (doubt, "", 0, NULL);
    }
  if (outcome != NULL)
    g_task_return_pointer (task, outcome, (GDestroyNotify) dsp_outcome_free);
  else
    g_task_return_error (task, error);
}

static DspOutcome *
finish_outcome (GAsyncResult *result,
                GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- give and preview ---- */

typedef struct {
  const DspCommand *command;
  const DspTable   *table;   /* of args */
  DspId            *ids;     /* (owned) */
  guint             n_ids;
  gpointer          args;    /* (owned) (nullable) */
  guint64           given;
  gboolean          preview;
  DspProgress      *progress;    /* (owned) (nullable) */
  GCancellable     *cancellable; /* (nullable): the task's */
} Given;

static void
given_free (gpointer data)
{
  Given *given = data;

  if (given->args != NULL)
    dsp_table_clear (given->table, given->args);
  g_clear_pointer (&given->progress, dsp_progress_unref);
  g_free (given->args);
  g_free (given->ids);
  g_free (given);
}

DspProgress *
dsp_progress_new (void)
{
  return g_atomic_rc_box_new0 (DspProgress);
}

void
dsp_progress_unref (DspProgress *progress)
{
  g_atomic_rc_box_release (progress);
}

void
dsp_progress_set (DspProgress *progress,
                  guint        done,
                  guint        all)
{
  if (progress == NULL)
    return;
  g_atomic_int_set (&progress->done, (gint) done);
  g_atomic_int_set (&progress->all, (gint) all);
}

double
dsp_progress_get (DspProgress *progress)
{
  gint all = g_atomic_int_get (&progress->all);

  return all > 0 ? (double) g_atomic_int_get (&progress->done) / all : -1;
}

static bool
on_step (guint    done,
         guint    all,
         gpointer user_data)
{
  Given *given = user_data;

  dsp_progress_set (given->progress, done, all);
  return !g_cancellable_is_cancelled (given->cancellable);
}

static void
do_give (GTask      *task,
         DspReplica *self,
         gpointer    data)
{
  Given *given = data;
  GError *error = NULL;
  DspOutcome *outcome;

  given->cancellable = g_task_get_cancellable (task);
  dsp_keeper_set_step (self->keeper, on_step, given);
  outcome = dsp_keeper_give (self->keeper, given->command, given->ids, given->n_ids, given->args, given->given, given->preview, &error);
  dsp_keeper_set_step (self->keeper, NULL, NULL);
  if (!given->preview && outcome != NULL && outcome->group != 0)
    dsp_sync_wake (self);
  dsp_replica_return_outcome (task, self, outcome, error);
}

static void
give (DspReplica          *self,
      gboolean             preview,
      const DspCommand    *command,
      const DspId         *ids,
      guint                n_ids,
      gconstpointer        args,
      guint64              given_mask,
      DspProgress         *progress,
      GCancellable        *cancellable,
      GAsyncReadyCallback  callback,
      gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Given *given = g_new0 (Given, 1);

  g_task_set_source_tag (task, give);
  /* What is on disk by then is told, whatever was wished meanwhile. */
  g_task_set_check_cancellable (task, preview);
  given->progress = progress != NULL ? g_atomic_rc_box_acquire (progress) : NULL;
  given->command = command;
  given->table = command->args != NULL ? command->args : (command->flags & DSP_COMMAND_PUTS) ? &command->entity->table : NULL;
  given->ids = g_memdup2 (ids, n_ids * sizeof *ids);
  given->n_ids = n_ids;
  given->given = given_mask;
  given->preview = preview;
  if (args != NULL && given->table != NULL)
    {
      given->args = g_malloc0 (given->table->size);
      dsp_table_copy (given->table, given->args, args);
    }
  g_task_set_task_data (task, given, given_free);
  dsp_replica_run (self, FALSE, task, do_give);
}

void
dsp_replica_give_async (DspReplica         *self,
                        const DspCommand   *command,
                        const DspId        *ids,
                        guint               n_ids,
                        gconstpointer       args,
                        guint64             given_mask,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            user_data)
{
  give (self, FALSE, command, ids, n_ids, args, given_mask, NULL, cancellable, callback, user_data);
}

void
dsp_replica_give_long_async (DspReplica         *self,
                             const DspCommand   *command,
                             const DspId        *ids,
                             guint               n_ids,
                             gconstpointer       args,
                             guint64             given_mask,
                             DspProgress        *progress,
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            user_data)
{
  give (self, FALSE, command, ids, n_ids, args, given_mask, progress, cancellable, callback, user_data);
}

DspOutcome *
dsp_replica_give_finish (DspReplica   *self,
                         GAsyncResult *result,
                         GError      **error)
{
  return finish_outcome (result, error);
}

void
dsp_replica_preview_async (DspReplica         *self,
                           const DspCommand   *command,
                           const DspId        *ids,
                           guint               n_ids,
                           gconstpointer       args,
                           guint64             given_mask,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data)
{
  give (self, TRUE, command, ids, n_ids, args, given_mask, NULL, cancellable, callback, user_data);
}

DspOutcome *
dsp_replica_preview_finish (DspReplica   *self,
                            GAsyncResult *result,
                            GError      **error)
{
  return finish_outcome (result, error);
}

/* ---- rows ---- */

typedef struct {
  DspGift **gifts; /* (owned): the array alone */
  guint     n_gifts;
  gint64    group;
  gboolean  preview;
} Rows;

static void
rows_free (gpointer data)
{
  g_free (((Rows *) data)->gifts);
  g_free (data);
}

static void
do_give_rows (GTask      *task,
              DspReplica *self,
              gpointer    data)
{
  Rows *rows = data;
  GError *error = NULL;
  DspOutcome *outcome = dsp_keeper_give_rows (self->keeper, rows->gifts, rows->n_gifts, rows->group, rows->preview, &error);

  if (!rows->preview && outcome != NULL && outcome->n_given > 0)
    dsp_sync_wake (self);
  dsp_replica_return_outcome (task, self, outcome, error);
}

void
dsp_replica_give_rows_async (DspReplica         *self,
                             DspGift           **gifts,
                             guint               n_gifts,
                             gint64              group,
                             gboolean            preview,
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Rows *rows = g_new0 (Rows, 1);

  g_task_set_source_tag (task, dsp_replica_give_rows_async);
  rows->gifts = g_memdup2 (gifts, n_gifts * sizeof *gifts);
  rows->n_gifts = n_gifts;
  rows->group = group;
  rows->preview = preview;
  g_task_set_task_data (task, rows, rows_free);
  dsp_replica_run (self, FALSE, task, do_give_rows);
}

DspOutcome *
dsp_replica_give_rows_finish (DspReplica   *self,
                              GAsyncResult *result,
                              GError      **error)
{
  return finish_outcome (result, error);
}

/* ---- one number and perhaps an id ---- */

typedef struct {
  gint64   no;
  DspId    id;
  gboolean has_id;
} Named;

static GTask *
named_task (DspReplica         *self,
            gint64              no,
            const DspId        *id,
            GCancellable       *cancellable,
            GAsyncReadyCallback callback,
            gpointer            user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Named *named = g_new0 (Named, 1);

  named->no = no;
  named->has_id = id != NULL;
  if (id != NULL)
    named->id = *id;
  g_task_set_task_data (task, named, g_free);
  return task;
}

static void
do_undo (GTask      *task,
         DspReplica *self,
         gpointer    data)
{
  GError *error = NULL;
  DspOutcome *outcome = dsp_keeper_undo (self->keeper, ((Named *) data)->no, &error);

  dsp_sync_wake (self);
  dsp_replica_return_outcome (task, self, outcome, error);
}

void
dsp_replica_undo_async (DspReplica         *self,
                        gint64              group,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            user_data)
{
  dsp_replica_run (self, FALSE, named_task (self, group, NULL, cancellable, callback, user_data), do_undo);
}

DspOutcome *
dsp_replica_undo_finish (DspReplica   *self,
                         GAsyncResult *result,
                         GError      **error)
{
  return finish_outcome (result, error);
}

static void
do_retry (GTask      *task,
          DspReplica *self,
          gpointer    data)
{
  Named *named = data;
  GError *error = NULL;
  DspOutcome *outcome = dsp_keeper_retry (self->keeper, named->no, &named->id, &error);

  dsp_sync_wake (self);
  dsp_replica_return_outcome (task, self, outcome, error);
}

void
dsp_replica_retry_async (DspReplica         *self,
                         gint64              no,
                         const DspId        *id,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  dsp_replica_run (self, FALSE, named_task (self, no, id, cancellable, callback, user_data), do_retry);
}

DspOutcome *
dsp_replica_retry_finish (DspReplica   *self,
                          GAsyncResult *result,
                          GError      **error)
{
  return finish_outcome (result, error);
}

static void
do_discard (GTask      *task,
            DspReplica *self,
            gpointer    data)
{
  Named *named = data;
  GError *error = NULL;
  gboolean done = dsp_keeper_discard (self->keeper, named->no, named->has_id ? &named->id : NULL, &error);

  dsp_replica_post_state (self);
  if (done)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
dsp_replica_discard_async (DspReplica         *self,
                           gint64              no,
                           const DspId        *id,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data)
{
  dsp_replica_run (self, FALSE, named_task (self, no, id, cancellable, callback, user_data), do_discard);
}

gboolean
dsp_replica_discard_finish (DspReplica   *self,
                            GAsyncResult *result,
                            GError      **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- lists ---- */

static void
return_list (GTask     *task,
             GPtrArray *list,
             GError    *error)
{
  if (list != NULL)
    g_task_return_pointer (task, list, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static void
do_list_outbox (GTask      *task,
                DspReplica *self,
                gpointer    data)
{
  GError *error = NULL;
  GPtrArray *list = dsp_keeper_list_outbox (self->keeper, ((Named *) data)->no != 0, &error);

  return_list (task, list, error);
}

void
dsp_replica_list_outbox_async (DspReplica         *self,
                               gboolean            settled_too,
                               GCancellable       *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer            user_data)
{
  dsp_replica_run (self, FALSE, named_task (self, settled_too, NULL, cancellable, callback, user_data), do_list_outbox);
}

GPtrArray *
dsp_replica_list_outbox_finish (DspReplica   *self,
                                GAsyncResult *result,
                                GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
do_list_rejected (GTask      *task,
                  DspReplica *self,
                  gpointer    data)
{
  GError *error = NULL;
  GPtrArray *list = dsp_keeper_list_rejected (self->keeper, (guint) ((Named *) data)->no, &error);

  return_list (task, list, error);
}

void
dsp_replica_list_rejected_async (DspReplica         *self,
                                 guint               limit,
                                 GCancellable       *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer            user_data)
{
  dsp_replica_run (self, FALSE, named_task (self, limit, NULL, cancellable, callback, user_data), do_list_rejected);
}

GPtrArray *
dsp_replica_list_rejected_finish (DspReplica   *self,
                                  GAsyncResult *result,
                                  GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- identity ---- */

typedef struct {
  DspReplica       *self;
  const DspSession *session;
  gboolean          anew;
  gboolean          done;
  DspKeeperState   *state;  /* (owned) */
  GError           *error;
} SetSession;

static void
do_set_session (gpointer data)
{
  SetSession *set = data;
  const DspSession *session = set->session;
  char verifier[crypto_pwhash_STRBYTES];
  gboolean by_password = session->password != NULL &&
                         crypto_pwhash_str (verifier, session->password, strlen (session->password), 2, 64 * 1024 * 1024) == 0;

  /* Named by the person: also if the server gave the same device again. */
  if (set->anew && !dsp_keeper_enrol_again (set->self->keeper, &session->device, session->epoch, session->last, &set->error))
    return;
  set->done = dsp_keeper_set_session (set->self->keeper, session->server, session->fingerprint, &session->user_id, session->user_name,
                                      session->full_name, &session->device, session->epoch, session->last,
                                      by_password ? verifier : NULL, &set->error);
  sodium_memzero (verifier, sizeof verifier);
  set->state = dsp_keeper_dup_state (set->self->keeper);
}

static gboolean
set_session (DspReplica       *self,
             const DspSession *session,
             gboolean          anew,
             GError          **error)
{
  SetSession set = { .self = self, .session = session, .anew = anew };

  g_return_val_if_fail (!self->closed, FALSE);
  if (sodium_init () < 0)
    {
      g_set_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_FAILED, "no random numbers");
      return FALSE;
    }
  dsp_lane_call (self->lane, TRUE, do_set_session, &set);
  if (set.state != NULL)
    {
      dsp_keeper_state_free (self->state);
      self->state = set.state;
    }
  if (!set.done)
    {
      g_propagate_error (error, set.error);
      return FALSE;
    }
  g_signal_emit_by_name (self, "status-changed");
  return TRUE;
}

gboolean
dsp_replica_set_session (DspReplica       *self,
                         const DspSession *session,
                         GError          **error)
{
  return set_session (self, session, FALSE, error);
}

gboolean
dsp_replica_enrol_again (DspReplica       *self,
                         const DspSession *session,
                         GError          **error)
{
  return set_session (self, session, TRUE, error);
}

gboolean
dsp_replica_dup_device (DspReplica *self,
                        DspId      *device)
{
  if (!self->state->enrolled)
    return FALSE;
  *device = self->state->device;
  return TRUE;
}
