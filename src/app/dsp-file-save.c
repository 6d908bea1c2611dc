/* dsp-file-save.c: asking where a file is to be written
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-file-save"

#include "config.h"
#include "dsp-file-save.h"

#include "dsp-text.h"

#include <glib/gi18n.h>

typedef struct {
  DspOffice      *office;  /* (owned) */
  const char     *suffix;
  DspFileSaveFunc func;
  gpointer        data;
  GDestroyNotify  free_data;
} Asked;

static void
asked_free (gpointer  data,
            GClosure *closure)
{
  Asked *asked = data;

  if (asked->free_data != NULL)
    asked->free_data (asked->data);
  g_object_unref (asked->office);
  g_free (asked);
}

char *
dsp_file_save_name (const char *what,
                    const char *suffix)
{
  g_autoptr(GDateTime) utc = g_date_time_new_now_utc ();
  g_autoptr(GDateTime) local = g_date_time_to_timezone (utc, dsp_text_zone ());
  g_autofree char *day = g_date_time_format (local, "%Y-%m-%d");
  g_autofree char *name = g_strdup_printf ("%s %s%s", what, day, suffix);

  return g_strdup (g_strdelimit (name, "/\\", '-'));
}

/* Nobody was asked whether a file with the longer name may go. */
static char *
complete_path (DspOffice  *office,
               char       *path,
               const char *suffix)
{
  g_autofree char *whole = NULL, *name = NULL;

  if (path == NULL || g_str_has_suffix (path, suffix))
    return path;
  whole = g_strconcat (path, suffix, NULL);
  g_free (path);
  if (!g_file_test (whole, G_FILE_TEST_EXISTS))
    return g_steal_pointer (&whole);
  name = g_path_get_basename (whole);
  dsp_office_message (office, 0, _("There is a file %s already: choose it, or another name"), name);
  return NULL;
}

static void
on_chosen (GtkNativeDialog *chooser,
           int              response,
           Asked           *asked)
{
  g_autoptr(GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser)) : NULL;
  char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (file != NULL && path == NULL)
    dsp_office_message (asked->office, 0, "%s", _("A file can only be written to a folder of this computer"));
  path = complete_path (asked->office, path, asked->suffix);
  if (path != NULL)
    asked->func (path, asked->data);
  g_object_unref (chooser);
}

void
dsp_file_save (GtkWidget       *widget,
               DspOffice       *office,
               const char      *title,
               const char      *name,
               const char      *suffix,
               DspFileSaveFunc  func,
               gpointer         data,
               GDestroyNotify   free_data)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  GtkFileChooserNative *chooser;
  Asked *asked = g_new (Asked, 1);

  *asked = (Asked) { g_object_ref (office), suffix, func, data, free_data };
  chooser = gtk_file_chooser_native_new (title, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL, GTK_FILE_CHOOSER_ACTION_SAVE,
                                         _("_Save"), _("_Cancel"));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect_data (chooser, "response", G_CALLBACK (on_chosen), asked, asked_free, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}
