/* dsp-rate-file.c: rates and tax rules go into a file and come back, seen first
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * In: the file is read in a thread, its rows are compared with what there is, the rules judge them without doing anything, a dialog
 * shows all of it, and only then are they given, as one action.
 */
#define G_LOG_DOMAIN "dsp-rate-file"

#include "config.h"
#include "dsp-rate-file.h"

#include "dsp-assign.h"
#include "dsp-file-open.h"
#include "dsp-record-kind.h"
#include "dsp-record-sheet.h"
#include "dsp-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define ASKED "dsp-rate-file"

typedef struct {
  GtkWindow           *parent; /* (owned) */
  DspOffice           *office; /* (owned) */
  const DspRecordKind *kind;
  DspRecordSheet      *sheet;  /* (owned) (nullable) */
  GPtrArray           *gifts;  /* (owned): lent ones of the sheet's rows, to be judged */
  GPtrArray           *chosen; /* (owned) (nullable): those that were accepted */
} Work;

static void
work_free (Work *work)
{
  g_clear_pointer (&work->gifts, g_ptr_array_unref);
  g_clear_pointer (&work->chosen, g_ptr_array_unref);
  g_clear_pointer (&work->sheet, dsp_record_sheet_free);
  g_object_unref (work->parent);
  g_object_unref (work->office);
  g_free (work);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Work, work_free)

static Work *
work_new (GtkWindow       *parent,
          DspOffice       *office,
          const DspEntity *entity)
{
  Work *work = g_new0 (Work, 1);

  work->parent = g_object_ref (parent);
  work->office = g_object_ref (office);
  work->kind = dsp_record_kind_of (entity);
  work->gifts = g_ptr_array_new ();
  return work;
}

static void
tell (Work       *work,
      const char *heading,
      const char *text)
{
  GtkWidget *dialog = adw_message_dialog_new (work->parent, heading, text);

  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

/* ---- names ---- */

static char *
name_of (const DspEntity *entity,
         const DspId     *id,
         gpointer         data)
{
  gconstpointer record = dsp_office_get (data, entity, id);

  return record != NULL ? g_strdup (dsp_record_display (entity, record)) : NULL;
}

static gboolean
find_name (const DspEntity *entity,
           const char      *name,
           DspId           *id,
           gpointer         data)
{
  const GPtrArray *records = dsp_office_records (data, entity);

  for (guint i = 0; i < records->len; i++)
    {
      g_autofree char *title = dsp_office_record_title (data, entity, records->pdata[i]);

      if (g_strcmp0 (dsp_record_display (entity, records->pdata[i]), name) == 0 || g_str_equal (title, name))
        {
          *id = ((const DspRecord *) records->pdata[i])->id;
          return TRUE;
        }
    }
  return FALSE;
}

static DspId
new_id (gpointer data)
{
  return dsp_replica_new_id (dsp_office_get_replica (data));
}

static DspRecordNames
names_of (DspOffice *office)
{
  return (DspRecordNames) { name_of, find_name, new_id, office };
}

/* ---- out ---- */

static void
on_save_response (GtkNativeDialog *chooser,
                  int              response,
                  Work            *work)
{
  g_autoptr(GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser)) : NULL;
  g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;
  DspRecordNames names = names_of (work->office);
  g_autoptr(GError) error = NULL;

  /* Some hundreds of rows: written within a frame or two. */
  if (path != NULL && !dsp_record_sheet_write (work->kind->entity, work->kind->without, work->gifts, &names, path, &error))
    tell (work, _("The file was not written"), error->message);
  else if (path != NULL)
    dsp_office_message (work->office, 0, _("Written: %s"), path);
  g_object_unref (chooser);
  work_free (work);
}

void
dsp_rate_file_export (GtkWindow       *parent,
                      DspOffice       *office,
                      const DspEntity *entity,
                      GPtrArray       *records)
{
  Work *work = work_new (parent, office, entity);
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (_("Export to a workbook or CSV"), parent, GTK_FILE_CHOOSER_ACTION_SAVE, NULL, NULL);
  g_autofree char *name = g_strdup_printf ("%s.xlsx", _(entity->label_plural));

  /* The records are lent until something changes: what is written is what is there when the file is chosen. */
  for (guint i = 0; i < records->len; i++)
    g_ptr_array_add (work->gifts, dsp_record_dup (entity, records->pdata[i]));
  g_ptr_array_set_free_func (work->gifts, entity == &dsp_rate ? (GDestroyNotify) dsp_rate_free : (GDestroyNotify) dsp_tax_rule_free);
  g_ptr_array_unref (records);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect (chooser, "response", G_CALLBACK (on_save_response), work);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

/* ---- in ---- */

static void
given_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  g_autoptr(Work) work = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_give_rows_finish (DSP_REPLICA (source), res, &error);
  g_autofree char *sentence = outcome == NULL ? dsp_text_error (error) : NULL;

  if (outcome == NULL)
    tell (work, _("Nothing was imported"), sentence);
  else
    dsp_office_message (work->office, outcome->group != 0 ? dsp_assign_remember (work->office, outcome->group) : 0,
                        ngettext ("%u row imported", "%u rows imported", outcome->n_given), outcome->n_given);
}

static void
on_preview_response (AdwMessageDialog *dialog,
                     const char       *response,
                     Work             *work)
{
  if (!g_str_equal (response, "apply"))
    {
      work_free (work);
      return;
    }
  dsp_replica_give_rows_async (dsp_office_get_replica (work->office), (DspGift **) work->chosen->pdata, work->chosen->len, 0, FALSE, NULL,
                               given_cb, work);
}

static GtkWidget *
make_line (const DspRecordSheetRow *row)
{
  g_autofree char *refused = row->reason != NULL ? g_strdup (row->reason) : row->gift.refused ? dsp_text_rule (row->gift.rule, row->gift.message) : NULL;
  /* Translators: the number of a file's line, the code of its rate, what it does or why not */
  g_autofree char *text = g_strdup_printf (_("Line %u · %s · %s"), row->line, row->code, refused != NULL ? refused : row->what);
  /* A sign besides the colour. */
  g_autofree char *marked = g_strdup_printf ("✗ %s", text);
  GtkWidget *label = gtk_label_new (refused != NULL ? marked : text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_widget_add_css_class (label, "dsp-file-line");
  if (refused != NULL)
    gtk_widget_add_css_class (label, "error");
  return label;
}

static int
compare_lines (gconstpointer a,
               gconstpointer b)
{
  const DspRecordSheetRow *one = *(const DspRecordSheetRow *const *) a, *two = *(const DspRecordSheetRow *const *) b;

  return (one->line > two->line) - (one->line < two->line);
}

/* What is refused first: that is what one has to look at; each by the lines of the file. */
static GtkWidget *
make_lines (Work *work)
{
  GtkWidget *scroller = gtk_scrolled_window_new (), *list = gtk_list_box_new ();
  g_autoptr(GPtrArray) rows = g_ptr_array_new ();

  for (guint i = 0; i < work->sheet->rows->len; i++)
    g_ptr_array_add (rows, work->sheet->rows->pdata[i]);
  g_ptr_array_sort (rows, compare_lines);
  for (int pass = 0; pass < 2; pass++)
    for (guint i = 0; i < rows->len; i++)
      {
        const DspRecordSheetRow *row = rows->pdata[i];

        if ((row->reason != NULL || row->gift.refused) == (pass == 0))
          gtk_list_box_append (GTK_LIST_BOX (list), make_line (row));
      }
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Rows of the file"), -1);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), list);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_min_content_height (GTK_SCROLLED_WINDOW (scroller), 260);
  gtk_widget_set_size_request (scroller, 560, -1);
  return scroller;
}

static void
judged_cb (GObject      *source,
           GAsyncResult *res,
           gpointer      user_data)
{
  g_autoptr(Work) work = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_give_rows_finish (DSP_REPLICA (source), res, &error);
  g_autofree char *sentence = outcome == NULL ? dsp_text_error (error) : NULL, *counts = NULL;
  GtkWidget *dialog;

  if (outcome == NULL)
    {
      tell (work, _("Nothing was imported"), sentence);
      return;
    }
  work->chosen = g_ptr_array_new ();
  for (guint i = 0; i < work->gifts->len; i++)
    if (!((DspGift *) work->gifts->pdata[i])->refused)
      g_ptr_array_add (work->chosen, work->gifts->pdata[i]);
  /* Translators: three counts of rows */
  counts = g_strdup_printf (_("To apply: %u · refused: %u · unchanged: %u. Nothing has been done yet."), work->chosen->len,
                            work->sheet->rows->len - work->chosen->len, work->sheet->n_unchanged);
  dialog = adw_message_dialog_new (work->parent, _("What the file would do"), counts);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), make_lines (work));
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "apply", _("_Apply"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "apply", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_response_enabled (ADW_MESSAGE_DIALOG (dialog), "apply", work->chosen->len > 0);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_signal_connect (dialog, "response", G_CALLBACK (on_preview_response), g_steal_pointer (&work));
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
read_thread (GTask        *task,
             gpointer      source,
             gpointer      task_data,
             GCancellable *cancellable)
{
  GError *error = NULL;
  GPtrArray *lines = dsp_record_sheet_read_lines (task_data, cancellable, &error);

  if (lines != NULL)
    g_task_return_pointer (task, lines, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static void
read_cb (GObject      *source,
         GAsyncResult *res,
         gpointer      user_data)
{
  g_autoptr(Work) work = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) lines = g_task_propagate_pointer (G_TASK (res), &error);
  DspRecordNames names = names_of (work->office);
  GPtrArray *gifts = work->gifts;

  if (lines != NULL)
    work->sheet = dsp_record_sheet_plan (work->kind->entity, work->kind->without, work->kind->create, work->kind->change, lines,
                                         dsp_office_records (work->office, work->kind->entity), &names, &error);
  if (work->sheet == NULL)
    {
      tell (work, _("The file cannot be read"), error->message);
      return;
    }
  for (guint i = 0; i < work->sheet->rows->len; i++)
    {
      DspRecordSheetRow *row = work->sheet->rows->pdata[i];

      if (row->reason == NULL)
        g_ptr_array_add (work->gifts, &row->gift);
    }
  dsp_replica_give_rows_async (dsp_office_get_replica (names.data), (DspGift **) gifts->pdata, gifts->len, 0, TRUE, NULL, judged_cb,
                               g_steal_pointer (&work));
}

/* What the question was asked for; it does not hold the window. */
typedef struct {
  DspOffice       *office; /* (owned) */
  const DspEntity *entity;
} Asked;

static void
asked_free (gpointer data)
{
  g_object_unref (((Asked *) data)->office);
  g_free (data);
}

static void
on_open (GtkWindow  *parent,
         const char *path)
{
  const Asked *asked = g_object_get_data (G_OBJECT (parent), ASKED);
  g_autoptr(GTask) task = g_task_new (NULL, NULL, read_cb, work_new (parent, asked->office, asked->entity));

  g_task_set_task_data (task, g_strdup (path), g_free);
  g_task_run_in_thread (task, read_thread);
}

void
dsp_rate_file_import (GtkWindow       *parent,
                      DspOffice       *office,
                      const DspEntity *entity)
{
  Asked *asked = g_new0 (Asked, 1);

  asked->office = g_object_ref (office);
  asked->entity = entity;
  g_object_set_data_full (G_OBJECT (parent), ASKED, asked, asked_free);
  dsp_file_open (parent, _("Import from a workbook or CSV"), "*.xlsx *.csv", on_open);
}
