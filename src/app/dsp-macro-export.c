/* dsp-macro-export.c: the open services of the filter into a file
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * S0-19.
 */
#define G_LOG_DOMAIN "dsp-macro-export"

#include "config.h"
#include "dsp-macro-export.h"

#include "dsp-text.h"

#include <glib/gi18n.h>

typedef struct {
  DspMacroOffice *macro;   /* (owned) */
  char           *path;    /* (owned) */
  guint           n_rows;  /* written */
} Export;

static void
export_free (gpointer data)
{
  Export *export = data;

  dsp_macro_office_free (export->macro);
  g_free (export->path);
  g_free (export);
}

DspMacroOffice *
dsp_macro_export_office (DspOffice       *office,
                         const DspFilter *filter)
{
  DspReplica *replica = dsp_office_get_replica (office);
  const char *name = dsp_replica_get_full_name (replica);

  return dsp_macro_office_new (replica, filter, dsp_text_zone (), name != NULL ? name : dsp_replica_get_user_name (replica));
}

char *
dsp_macro_export_name (const char *what,
                       const char *suffix)
{
  g_autoptr(GDateTime) utc = g_date_time_new_now_utc ();
  g_autoptr(GDateTime) local = g_date_time_to_timezone (utc, dsp_text_zone ());
  g_autofree char *day = g_date_time_format (local, "%Y-%m-%d");

  return g_strdup_printf ("%s %s%s", what, day, suffix);
}

/* ---- the work ---- */

/* Returns what it was given: the number of rows is in it. */
static gpointer
write_file (gpointer           data,
            DspMacroProgress  *progress,
            GCancellable      *cancellable,
            GError           **error)
{
  Export *export = data;

  return dsp_macro_write (export->macro, export->path, progress, cancellable, &export->n_rows, error) ? export : NULL;
}

static void
on_written (gpointer      result,
            const GError *error,
            gpointer      user_data)
{
  DspOffice *office = user_data;
  Export *export = result;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    dsp_office_message (office, 0, "%s", _("Cancelled: no file was written"));
  else if (error != NULL)
    dsp_office_message (office, 0, _("The file could not be written: %s"), error->message);
  else
    {
      g_autofree char *name = g_path_get_basename (export->path);

      /* Translators: how many, and the file's name */
      dsp_office_message (office, 0, ngettext ("%'u open service in %s", "%'u open services in %s", export->n_rows), export->n_rows, name);
    }
}

/* ---- the file ---- */

typedef struct {
  DspWorkBar *bar;     /* (owned) */
  DspOffice  *office;  /* (owned) */
  guint       n_orders;
  gboolean    text;
} Asked;

static void
asked_free (gpointer  data,
            GClosure *closure)
{
  Asked *asked = data;

  g_object_unref (asked->bar);
  g_object_unref (asked->office);
  g_free (asked);
}

/* What kind of file it is stands in its name. Nobody was asked whether a file with the longer name may go. */
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
start (Asked *asked,
       char  *path)
{
  Export *export = g_new0 (Export, 1);

  export->macro = dsp_macro_export_office (asked->office, dsp_office_get_filter (asked->office));
  export->path = path;
  dsp_work_bar_run (asked->bar, _("Writing the open services…"), asked->n_orders, write_file, export, export_free, NULL, on_written, asked->office);
}

static void
on_file_chosen (GtkNativeDialog *chooser,
                int              response,
                Asked           *asked)
{
  g_autoptr(GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser)) : NULL;
  char *path = file != NULL ? g_file_get_path (file) : NULL;

  if (file != NULL && path == NULL)
    dsp_office_message (asked->office, 0, "%s", _("A file can only be written to a folder of this computer"));
  path = complete_path (asked->office, path, asked->text ? ".csv" : ".xlsx");
  if (path != NULL && !dsp_work_bar_is_running (asked->bar))
    start (asked, g_steal_pointer (&path));
  g_free (path);
  g_object_unref (chooser);
}

void
dsp_macro_export (DspWorkBar *bar,
                  DspOffice  *office,
                  guint       n_orders,
                  gboolean    text)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (bar));
  g_autofree char *name = dsp_macro_export_name (_("Open services"), text ? ".csv" : ".xlsx");
  GtkFileChooserNative *chooser;
  Asked *asked = g_new (Asked, 1);

  *asked = (Asked) { g_object_ref (bar), g_object_ref (office), n_orders, text };
  chooser = gtk_file_chooser_native_new (text ? _("Save text") : _("Save workbook"), GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                         GTK_FILE_CHOOSER_ACTION_SAVE, _("_Save"), _("_Cancel"));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect_data (chooser, "response", G_CALLBACK (on_file_chosen), asked, asked_free, 0);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}
