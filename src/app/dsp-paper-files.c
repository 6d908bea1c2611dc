/* dsp-paper-files.c: the files of orders that are printed with them
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-paper-files"

#include "config.h"
#include "dsp-paper-files.h"

#include <glib/gi18n.h>

#define ORDERS_A_QUESTION 100

typedef struct {
  DspOffice  *office; /* (owned) */
  GHashTable *files;  /* (owned) */
  DspId      *ids;    /* (owned) */
  guint       n_ids, next;
} Reading;

static void ask (GTask *task);

static void
reading_free (gpointer data)
{
  Reading *reading = data;

  g_object_unref (reading->office);
  g_hash_table_unref (reading->files);
  g_free (reading->ids);
  g_free (reading);
}

static guint
hash_id (gconstpointer id)
{
  guint hash;

  /* The end of an id is random. */
  memcpy (&hash, ((const DspId *) id)->b + sizeof (DspId) - sizeof hash, sizeof hash);
  return hash;
}

static gboolean
equal_ids (gconstpointer a,
           gconstpointer b)
{
  return dsp_id_equal (a, b);
}

static void
free_attachment (gpointer attachment)
{
  dsp_attachment_free (attachment);
}

GHashTable *
dsp_paper_files_new (void)
{
  return g_hash_table_new_full (hash_id, equal_ids, g_free, (GDestroyNotify) g_ptr_array_unref);
}

static void
take (GHashTable    *files,
      DspAttachment *attachment) /* (transfer full) */
{
  GPtrArray *list = g_hash_table_lookup (files, &attachment->order_id);

  if (list == NULL)
    {
      list = g_ptr_array_new_with_free_func (free_attachment);
      g_hash_table_insert (files, g_memdup2 (&attachment->order_id, sizeof (DspId)), list);
    }
  g_ptr_array_add (list, attachment);
}

static void
found_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Reading *reading = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr(GPtrArray) found = dsp_replica_find_finish (DSP_REPLICA (source), res, &error);

  if (found == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  for (guint i = 0; i < found->len; i++)
    take (reading->files, dsp_attachment_dup (found->pdata[i]));
  if (reading->next < reading->n_ids)
    ask (g_steal_pointer (&task));
  else
    g_task_return_boolean (task, TRUE);
}

/* @task: (transfer full) */
static void
ask (GTask *task)
{
  Reading *reading = g_task_get_task_data (task);
  g_autoptr(DspFilter) filter = dsp_filter_new (&dsp_attachment);
  g_autoptr(GString) values = g_string_new (NULL);

  for (guint i = 0; i < ORDERS_A_QUESTION && reading->next < reading->n_ids; i++)
    {
      char text[DSP_ID_TEXT];

      dsp_id_print (&reading->ids[reading->next++], text);
      g_string_append_printf (values, "%s%s", values->len > 0 ? "," : "", text);
    }
  dsp_filter_set (filter, "order_id", values->str, NULL);
  dsp_replica_find_async (dsp_office_get_replica (reading->office), filter, 0, g_task_get_cancellable (task), found_cb, task);
}

void
dsp_paper_files_read_async (DspOffice          *office,
                            GHashTable         *files,
                            const DspId        *ids,
                            guint               n_ids,
                            GCancellable       *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer            user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  Reading *reading = g_new0 (Reading, 1);

  reading->office = g_object_ref (office);
  reading->files = g_hash_table_ref (files);
  reading->ids = g_memdup2 (ids, n_ids * sizeof *ids);
  reading->n_ids = n_ids;
  g_task_set_source_tag (task, dsp_paper_files_read_async);
  g_task_set_task_data (task, reading, reading_free);
  if (n_ids > 0)
    ask (task);
  else
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
    }
}

gboolean
dsp_paper_files_read_finish (GAsyncResult *result,
                             GError      **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- on the sheet ---- */

void
dsp_paper_files_add (DspOffice      *office,
                     GHashTable     *files,
                     const DspOrder *order,
                     DspPaperOrder  *sheet)
{
  const GPtrArray *list = g_hash_table_lookup (files, &order->id);
  g_autoptr(GString) others = g_string_new (NULL);

  for (guint i = 0; list != NULL && i < list->len; i++)
    {
      const DspAttachment *attachment = list->pdata[i];
      gboolean is_picture = g_str_has_prefix (attachment->media_type, "image/");
      g_autofree char *path = is_picture ? dsp_replica_dup_file_path (dsp_office_get_replica (office), attachment->hash) : NULL;

      if (path != NULL && dsp_id_equal (&attachment->id, &order->signature_id))
        sheet->signature = dsp_paper_photo_new (attachment->name, path);
      else if (path != NULL)
        g_ptr_array_add (sheet->photos, dsp_paper_photo_new (attachment->name, path));
      else
        g_string_append_printf (others, "%s%s", others->len > 0 ? " · " : "", attachment->name);
    }
  if (others->len > 0)
    /* Translators: names of files that belong to an order, but do not stand on its sheet */
    sheet->other_files = g_strdup_printf (_("Not printed here: %s"), others->str);
}
