/* dsp-file-open.c: asking for a file to read
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-file-open"

#include "config.h"
#include "dsp-file-open.h"

#define CHOOSER "dsp-file-open"

static void
on_chosen (GtkNativeDialog *chooser,
           int              response,
           GtkWindow       *parent)
{
  g_autoptr(GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser)) : NULL;
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;
  DspFileOpenFunc func = (DspFileOpenFunc) g_object_get_data (G_OBJECT (chooser), "dsp-func");

  g_object_set_data (G_OBJECT (parent), CHOOSER, NULL);
  if (path != NULL)
    func (parent, path);
}

void
dsp_file_open (GtkWindow       *parent,
               const char      *title,
               const char      *patterns,
               DspFileOpenFunc  func)
{
  g_autoptr(GtkFileFilter) filter = NULL;
  g_auto(GStrv) globs = NULL;
  GtkFileChooserNative *chooser;

  if (g_object_get_data (G_OBJECT (parent), CHOOSER) != NULL)
    return;
  filter = gtk_file_filter_new ();
  globs = g_strsplit (patterns, " ", -1);
  for (guint i = 0; globs[i] != NULL; i++)
    gtk_file_filter_add_pattern (filter, globs[i]);
  gtk_file_filter_set_name (filter, patterns);
  chooser = gtk_file_chooser_native_new (title, parent, GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (chooser), filter);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_object_set_data (G_OBJECT (chooser), "dsp-func", (gpointer) func);
  g_object_set_data_full (G_OBJECT (parent), CHOOSER, chooser, g_object_unref);
  g_signal_connect_object (chooser, "response", G_CALLBACK (on_chosen), parent, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}
