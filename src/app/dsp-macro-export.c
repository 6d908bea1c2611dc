/* dsp-macro-export.c: the open services of the filter into a file
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * S0-19.
 */
#define G_LOG_DOMAIN "dsp-macro-export"

#include "config.h"
#include "dsp-macro-export.h"

#include "dsp-file-save.h"
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
} Asked;

static void
asked_free (gpointer data)
{
  Asked *asked = data;

  g_object_unref (asked->bar);
  g_object_unref (asked->office);
  g_free (asked);
}

static void
start (char     *path,
       gpointer  data)
{
  Asked *asked = data;
  Export *export;

  if (dsp_work_bar_is_running (asked->bar))
    {
      g_free (path);
      return;
    }
  export = g_new0 (Export, 1);
  export->macro = dsp_macro_export_office (asked->office, dsp_office_get_filter (asked->office));
  export->path = path;
  dsp_work_bar_run (asked->bar, _("Writing the open services…"), asked->n_orders, write_file, export, export_free, NULL, on_written, asked->office);
}

void
dsp_macro_export (DspWorkBar *bar,
                  DspOffice  *office,
                  guint       n_orders,
                  gboolean    text)
{
  g_autofree char *name = dsp_file_save_name (_("Open services"), text ? ".csv" : ".xlsx");
  Asked *asked = g_new (Asked, 1);

  *asked = (Asked) { g_object_ref (bar), g_object_ref (office), n_orders };
  dsp_file_save (GTK_WIDGET (bar), office, text ? _("Save text") : _("Save workbook"), name, text ? ".csv" : ".xlsx", start, asked, asked_free);
}
