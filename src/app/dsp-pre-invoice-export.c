/* dsp-pre-invoice-export.c: a pre-invoice goes to the printer or into a file
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * lines from the replica (its reader's thread) -> document, added up and measured (a thread) -> file (a thread), or the print dialog
 */
#define G_LOG_DOMAIN "dsp-pre-invoice-export"

#include "config.h"
#include "dsp-pre-invoice-export.h"

#include "dsp-export-window.h"
#include "dsp-paper-print.h"
#include "dsp-pre-invoice-paper.h"
#include "dsp-statement-query.h"
#include "dsp-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define LOOK_MS 100

typedef enum { PDF, XLSX, CSV, JSON, XML, N_FORMS } Form;

static const struct { const char *label, *hint, *suffix; DspDocFormat format; } forms[N_FORMS] = {
  [PDF] = { N_("PDF document"), N_("Parties, sums, every line and places to sign, as it is printed"), "pdf", DSP_N_DOC_FORMATS },
  [XLSX] = { N_("Spreadsheet (XLSX)"), N_("A workbook that calculates: its sums are formulas"), "xlsx", DSP_DOC_XLSX },
  [CSV] = { N_("Lines as CSV"), N_("Separated text, one line each"), "csv", DSP_DOC_CSV },
  [JSON] = { N_("Exchange file (JSON)"), N_("For the company's accounting program"), "json", DSP_DOC_JSON },
  [XML] = { N_("Exchange file (XML)"), N_("The same for programs that read XML"), "xml", DSP_DOC_XML },
};

typedef struct {
  DspExportWindow  *shell;        /* owns it */
  DspOffice        *office;       /* (owned) */
  DspId             id;
  char             *number;       /* (owned) */
  GtkWidget        *choices[N_FORMS];
  Form              form;         /* as chosen when the work began: threads do not look at widgets */
  DspPreInvoice    *pre_invoice;  /* (owned) (nullable), as the three that follow: until the document has it */
  GPtrArray        *lines;
  GHashTable       *crews;
  GTimeZone        *zone;
  DspPreInvoiceDoc *doc;          /* (owned) (nullable) */
  DspPaperDocument *paper;        /* (owned) (nullable) */
  GFile            *file;         /* (owned) (nullable); NULL: to the printer */
  gint              permille;     /* atomic: how far the thread is that writes */
  guint             look;
} Export;

static void
export_free (gpointer data)
{
  Export *export = data;

  g_clear_handle_id (&export->look, g_source_remove);
  g_clear_pointer (&export->pre_invoice, dsp_pre_invoice_free);
  g_clear_pointer (&export->lines, g_ptr_array_unref);
  g_clear_pointer (&export->crews, g_hash_table_unref);
  g_clear_pointer (&export->zone, g_time_zone_unref);
  g_clear_pointer (&export->doc, dsp_pre_invoice_doc_unref);
  g_clear_pointer (&export->paper, dsp_paper_document_unref);
  g_clear_object (&export->file);
  g_object_unref (export->office);
  g_free (export->number);
  g_free (export);
}

/* ---- the file ---- */

static void
end (Export       *export,
     const char   *title,
     const GError *error)
{
  g_clear_handle_id (&export->look, g_source_remove);
  if (error != NULL)
    dsp_export_window_fail (export->shell, error);
  else
    dsp_export_window_done (export->shell, title, export->file);
  dsp_export_window_unref (export->shell);
}

static void
pages_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  g_autoptr(GError) error = NULL;
  guint n = dsp_paper_pdf_write_finish (res, &error);
  g_autofree char *title = g_strdup_printf (ngettext ("%'u page written", "%'u pages written", n), n);

  end (user_data, title, error);
}

static void
on_pages (double   fraction,
          gpointer user_data)
{
  dsp_export_window_progress (((Export *) user_data)->shell, fraction);
}

static void
written_cb (GObject      *source,
            GAsyncResult *res,
            gpointer      user_data)
{
  Export *export = user_data;
  g_autoptr(GError) error = NULL;
  guint n = export->doc->lines->len;
  g_autofree char *title = g_strdup_printf (ngettext ("%'u line written", "%'u lines written", n), n);

  g_task_propagate_boolean (G_TASK (res), &error);
  end (export, title, error);
}

/* In the thread that writes. */
static void
on_lines (double   fraction,
          gpointer data)
{
  g_atomic_int_set (&((Export *) data)->permille, (gint) (fraction * 1000));
}

static gboolean
on_look (gpointer data)
{
  Export *export = data;

  dsp_export_window_progress (export->shell, g_atomic_int_get (&export->permille) / 1000.0);
  return G_SOURCE_CONTINUE;
}

static void
write_in_thread (GTask        *task,
                 gpointer      source,
                 gpointer      data,
                 GCancellable *cancellable)
{
  Export *export = data;
  g_autofree char *path = g_file_get_path (export->file);
  GError *error = NULL;

  if (path == NULL)
    g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED, "%s", _("Only a folder of this computer can be written to"));
  else if (dsp_pre_invoice_doc_write (export->doc, forms[export->form].format, path, on_lines, export, cancellable, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

/* ---- the document ---- */

static void
write_file (Export *export)
{
  GCancellable *cancellable = dsp_export_window_cancellable (export->shell);
  g_autoptr(GTask) task = NULL;

  dsp_export_window_ref (export->shell);
  if (export->form == PDF)
    {
      dsp_export_window_work (export->shell, _("Writing the pages"));
      dsp_paper_pdf_write_async (export->paper, dsp_paper_size_chosen (export->office), export->file, cancellable, on_pages, export, pages_cb,
                                 export);
      return;
    }
  dsp_export_window_work (export->shell, _("Writing the lines"));
  export->look = g_timeout_add (LOOK_MS, on_look, export);
  task = g_task_new (NULL, cancellable, written_cb, export);
  g_task_set_source_tag (task, write_file);
  g_task_set_task_data (task, export, NULL);
  g_task_run_in_thread (task, write_in_thread);
}

/* Everything that takes longer the more lines there are. */
static void
make_in_thread (GTask        *task,
                gpointer      source,
                gpointer      data,
                GCancellable *cancellable)
{
  Export *export = data;
  GError *error = NULL;

  export->doc = dsp_pre_invoice_doc_new (g_steal_pointer (&export->pre_invoice), g_steal_pointer (&export->lines), g_steal_pointer (&export->crews),
                                         dsp_currency_get (), export->zone);
  if (!dsp_pre_invoice_doc_check (export->doc, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  export->paper = dsp_pre_invoice_paper_new (export->doc);
  g_task_return_boolean (task, TRUE);
}

static void
made_cb (GObject      *source,
         GAsyncResult *res,
         gpointer      user_data)
{
  Export *export = user_data;
  GtkWindow *window = dsp_export_window_window (export->shell);
  g_autoptr(GError) error = NULL;

  if (!g_task_propagate_boolean (G_TASK (res), &error))
    dsp_export_window_fail (export->shell, error);
  else if (window != NULL && export->file != NULL)
    write_file (export);
  else if (window != NULL)
    {
      dsp_paper_print (dsp_export_window_parent (export->shell), export->office, export->paper, dsp_paper_size_chosen (export->office));
      gtk_window_destroy (window);
    }
  dsp_export_window_unref (export->shell);
}

static GHashTable *
dup_crews (DspOffice *office)
{
  const GPtrArray *records = dsp_office_records (office, &dsp_crew);
  GHashTable *crews = g_hash_table_new_full (dsp_id_hash, dsp_id_equal_func, g_free, g_free);

  for (guint i = 0; i < records->len; i++)
    {
      const DspCrew *crew = records->pdata[i];

      g_hash_table_insert (crews, g_memdup2 (&crew->id, sizeof crew->id), g_strdup (crew->code));
    }
  return crews;
}

static void
lines_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  Export *export = user_data;
  g_autoptr(GError) error = NULL;
  GPtrArray *lines = dsp_replica_lines_finish (DSP_REPLICA (source), res, &error);
  g_autoptr(GTask) task = NULL;

  /* As late as can be: the head that belongs to these lines. */
  if (lines != NULL)
    export->pre_invoice = dsp_replica_dup_record (DSP_REPLICA (source), &dsp_pre_invoice, &export->id);
  if (lines == NULL)
    dsp_export_window_fail (export->shell, error);
  else if (export->pre_invoice == NULL)
    {
      dsp_export_window_tell (export->shell, _("Nothing to print"), _("The pre-invoice is no longer on this computer."));
      g_ptr_array_unref (lines);
    }
  else
    {
      export->lines = lines;
      export->crews = dup_crews (export->office);
      export->zone = g_time_zone_ref (dsp_text_zone ());
      task = g_task_new (NULL, dsp_export_window_cancellable (export->shell), made_cb, export);
      g_task_set_source_tag (task, lines_cb);
      g_task_set_task_data (task, export, NULL);
      dsp_export_window_ref (export->shell);
      g_task_run_in_thread (task, make_in_thread);
    }
  dsp_export_window_unref (export->shell);
}

static void
begin (Export *export)
{
  DspLineQuery query = { .pre_invoice_id = export->id };

  dsp_export_window_work (export->shell, _("Reading the lines"));
  dsp_export_window_ref (export->shell);
  dsp_replica_lines_async (dsp_office_get_replica (export->office), &query, dsp_export_window_cancellable (export->shell), lines_cb, export);
}

/* ---- the window ---- */

static void
on_print (GtkWidget *button,
          Export    *export)
{
  begin (export);
}

static void
on_file_chosen (DspExportWindow *shell,
                GFile           *file,
                gpointer         data)
{
  Export *export = data;

  g_set_object (&export->file, file);
  begin (export);
}

static void
on_save (GtkWidget *button,
         Export    *export)
{
  g_autofree char *name = NULL;

  export->form = PDF;
  while (export->form + 1 < N_FORMS && !gtk_check_button_get_active (GTK_CHECK_BUTTON (export->choices[export->form])))
    export->form++;
  /* Translators: name of a file; the pre-invoice's number and what kind of file */
  name = g_strdup_printf (_("Pre-invoice %s.%s"), export->number, forms[export->form].suffix);
  dsp_export_window_choose (export->shell, _("Save pre-invoice"), name, on_file_chosen, export);
}

static GtkWidget *
make_choice (Export *export,
             Form    form)
{
  GtkWidget *row = adw_action_row_new (), *check = gtk_check_button_new ();

  export->choices[form] = check;
  gtk_widget_set_valign (check, GTK_ALIGN_CENTER);
  if (form == PDF)
    gtk_check_button_set_active (GTK_CHECK_BUTTON (check), TRUE);
  else
    gtk_check_button_set_group (GTK_CHECK_BUTTON (check), GTK_CHECK_BUTTON (export->choices[PDF]));
  gtk_accessible_update_property (GTK_ACCESSIBLE (check), GTK_ACCESSIBLE_PROPERTY_LABEL, _(forms[form].label), -1);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _(forms[form].label));
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), _(forms[form].hint));
  adw_action_row_add_prefix (ADW_ACTION_ROW (row), check);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), check);
  return row;
}

static GtkWidget *
make_page (Export *export)
{
  GtkWidget *page = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18), *group = adw_preferences_group_new (), *paper = adw_preferences_group_new ();

  for (Form form = PDF; form < N_FORMS; form++)
    adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), make_choice (export, form));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (paper), dsp_export_window_paper_row (export->shell));
  gtk_box_append (GTK_BOX (page), group);
  gtk_box_append (GTK_BOX (page), paper);
  return page;
}

void
dsp_pre_invoice_export (GtkWindow   *parent,
                        DspOffice   *office,
                        const DspId *id)
{
  g_autoptr(DspPreInvoice) pre_invoice = dsp_replica_dup_record (dsp_office_get_replica (office), &dsp_pre_invoice, id);
  g_autofree char *title = NULL;
  GtkWidget *save;
  Export *export;

  if (pre_invoice == NULL)
    {
      dsp_office_message (office, 0, "%s", _("The pre-invoice is no longer on this computer."));
      return;
    }
  export = g_new0 (Export, 1);
  export->office = g_object_ref (office);
  export->id = *id;
  export->number = g_strdup (pre_invoice->number != NULL ? pre_invoice->number : "");
  title = g_strdup_printf (_("Pre-invoice %s"), export->number);
  export->shell = dsp_export_window_new (parent, office, title, export, export_free);
  save = dsp_export_window_add_button (export->shell, _("_Save…"), _("Save…"), G_CALLBACK (on_save), export);
  dsp_export_window_add_button (export->shell, _("_Print…"), _("Print…"), G_CALLBACK (on_print), export);
  dsp_export_window_set_page (export->shell, make_page (export));
  dsp_export_window_present (export->shell, save);
}
