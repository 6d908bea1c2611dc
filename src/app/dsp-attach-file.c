/* dsp-attach-file.c: a file of this computer becomes an attachment
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-attachments-view"

#include "config.h"
#include "dsp-attachments-view.h"

#include "dsp-media-type.h"
#include "dsp-text.h"

#include <glib/gi18n.h>

typedef struct {
  DspOffice *office; /* (owned) */
  DspId      id, order_id;
  GFile     *file;   /* (owned) */
} Attach;

static void
attach_free (gpointer data)
{
  Attach *attach = data;

  g_object_unref (attach->office);
  g_object_unref (attach->file);
  g_free (attach);
}

static void
attached_cb (GObject      *source,
             GAsyncResult *res,
             gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_attach_finish (DSP_REPLICA (source), res, &error);
  g_autofree char *sentence = dsp_text_outcome (outcome, error);

  if (sentence != NULL)
    g_task_return_new_error (task, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_FAILED, "%s", sentence);
  else
    g_task_return_boolean (task, TRUE);
}

static void
read_cb (GObject      *source,
         GAsyncResult *res,
         gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Attach *attach = g_task_get_task_data (task);
  GError *error = NULL;
  g_autoptr(GBytes) bytes = g_input_stream_read_bytes_finish (G_INPUT_STREAM (source), res, &error);
  g_autofree char *path = g_file_get_parse_name (attach->file);
  g_autofree char *name = g_path_get_basename (path);

  if (bytes == NULL)
    {
      g_task_return_error (task, error);
      return;
    }
  dsp_replica_attach_async (dsp_office_get_replica (attach->office), &attach->id, &attach->order_id, name, bytes, NULL, attached_cb,
                            g_object_ref (task));
}

static void
opened_cb (GObject      *source,
           GAsyncResult *res,
           gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;
  g_autoptr(GFileInputStream) stream = g_file_read_finish (G_FILE (source), res, &error);

  if (stream == NULL)
    g_task_return_error (task, error);
  else
    g_input_stream_read_bytes_async (G_INPUT_STREAM (stream), DSP_ATTACHMENT_MAX + 1, G_PRIORITY_DEFAULT, NULL, read_cb,
                                     g_object_ref (task));
}

void
dsp_attach_file_async (DspOffice          *office,
                       const DspId        *id,
                       const DspId        *order_id,
                       GFile              *file,
                       GAsyncReadyCallback callback,
                       gpointer            user_data)
{
  GTask *task = g_task_new (office, NULL, callback, user_data);
  Attach *attach = g_new0 (Attach, 1);

  attach->office = g_object_ref (office);
  attach->id = *id;
  attach->order_id = *order_id;
  attach->file = g_object_ref (file);
  g_task_set_task_data (task, attach, attach_free);
  g_file_read_async (file, G_PRIORITY_DEFAULT, NULL, opened_cb, task);
}

gboolean
dsp_attach_file_finish (GAsyncResult *result,
                        GError      **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
dsp_attach_file_choose (GtkWidget  *widget,
                        const char *title,
                        gboolean    many,
                        GCallback   chosen,
                        gpointer    data)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (title, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                                               GTK_FILE_CHOOSER_ACTION_OPEN, _("_Attach"), _("_Cancel"));

  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (chooser), many);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect_object (chooser, "response", chosen, data, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}
