/* dsp-replica-files.c: attaching a file
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-replica"

#include "config.h"
#include "dsp-file-cache.h"
#include "dsp-penalty.h"
#include "dsp-replica-private.h"

typedef struct {
  DspId   id, order_id;
  char   *name;  /* (owned) */
  GBytes *bytes; /* (owned) */
} Attaching;

static void
attaching_free (gpointer data)
{
  Attaching *attaching = data;

  g_free (attaching->name);
  g_bytes_unref (attaching->bytes);
  g_free (attaching);
}

/* The bytes first: a command without them would be refused. */
static void
do_attach (GTask      *task,
           DspReplica *self,
           gpointer    data)
{
  static const gsize given_fields[] = { offsetof (DspAttachment, order_id), offsetof (DspAttachment, name), offsetof (DspAttachment, media_type),
                                        offsetof (DspAttachment, size), offsetof (DspAttachment, hash) };
  Attaching *attaching = data;
  g_autofree char *folder = dsp_file_cache_folder (self->path);
  g_autoptr(DspAttachment) args = dsp_attachment_new ();
  const char *media_type = NULL;
  DspOutcome *outcome;
  GError *error = NULL;
  guint64 given = 0;
  char hash[65];

  if (!dsp_file_cache_put (folder, attaching->bytes, hash, &media_type, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  args->order_id = attaching->order_id;
  dsp_set_text (&args->name, attaching->name);
  dsp_set_text (&args->media_type, media_type);
  dsp_set_text (&args->hash, hash);
  args->size = (DspInt) { .value = (gint64) g_bytes_get_size (attaching->bytes), .is_set = true };
  for (guint i = 0; i < G_N_ELEMENTS (given_fields); i++)
    given |= dsp_table_bit (&dsp_attachment.table, given_fields[i]);
  outcome = dsp_keeper_give (self->keeper, &dsp_attachment_create, &attaching->id, 1, args, given, FALSE, &error);
  if (outcome != NULL && outcome->group != 0)
    dsp_sync_wake (self);
  dsp_replica_return_outcome (task, self, outcome, error);
}

void
dsp_replica_attach_async (DspReplica         *self,
                          const DspId        *id,
                          const DspId        *order_id,
                          const char         *name,
                          GBytes             *bytes,
                          GCancellable       *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer            user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Attaching *attaching = g_new0 (Attaching, 1);

  g_task_set_source_tag (task, dsp_replica_attach_async);
  attaching->id = *id;
  attaching->order_id = *order_id;
  attaching->name = g_strdup (name);
  attaching->bytes = g_bytes_ref (bytes);
  g_task_set_task_data (task, attaching, attaching_free);
  dsp_replica_run (self, FALSE, task, do_attach);
}

DspOutcome *
dsp_replica_attach_finish (DspReplica   *self,
                           GAsyncResult *result,
                           GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

char *
dsp_replica_dup_file_path (DspReplica *self,
                           const char *hash)
{
  g_autofree char *folder = dsp_file_cache_folder (self->path);

  return hash != NULL && dsp_file_cache_has (folder, hash) ? dsp_file_cache_path (folder, hash) : NULL;
}
