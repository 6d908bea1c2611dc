/* dsp-paper-dialog.c: what to print, and where it goes
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-paper-dialog"

#include "config.h"
#include "dsp-paper-dialog.h"

#include "dsp-export-window.h"
#include "dsp-paper-print.h"
#include "dsp-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

typedef struct {
  DspExportWindow *shell;       /* owns it */
  DspOffice       *office;      /* (owned) */
  GPtrArray       *requests;    /* (owned) of DspPaperRequest */
  GtkWidget       *choices[DSP_N_PAPERS]; /* as requests */
  GtkWidget       *apart;       /* a switch: each crew in a file of its own */
  GtkWidget       *files;       /* a switch: sheets with photos and signature */
  GFile           *file;        /* (owned) (nullable): where the PDF goes; NULL: to the printer */
  gboolean         writing;     /* the second half: the pages */
} Dialog;

static void
dialog_free (gpointer data)
{
  Dialog *dialog = data;

  g_ptr_array_unref (dialog->requests);
  g_clear_object (&dialog->file);
  g_object_unref (dialog->office);
  g_free (dialog);
}

static DspPaperRequest *
chosen (Dialog *dialog)
{
  for (guint i = 0; i < dialog->requests->len; i++)
    if (dialog->choices[i] == NULL || gtk_check_button_get_active (GTK_CHECK_BUTTON (dialog->choices[i])))
      return dialog->requests->pdata[i];
  return dialog->requests->pdata[0];
}

static gboolean
is_apart (Dialog *dialog)
{
  return chosen (dialog)->what == DSP_PAPER_PACK && gtk_switch_get_active (GTK_SWITCH (dialog->apart));
}

/* ---- working ---- */

static void
on_progress (double   fraction,
             gpointer user_data)
{
  Dialog *dialog = user_data;

  /* Reading what is to be printed is the smaller part. */
  fraction = dialog->file == NULL ? fraction : dialog->writing ? 0.15 + 0.85 * fraction : 0.15 * fraction;
  dsp_export_window_progress (dialog->shell, fraction);
}

static void
written_cb (GObject      *source,
            GAsyncResult *res,
            gpointer      user_data)
{
  Dialog *dialog = user_data;
  g_autoptr(GError) error = NULL;
  guint n = dsp_paper_pdf_write_finish (res, &error);

  if (error != NULL)
    dsp_export_window_fail (dialog->shell, error);
  else
    {
      g_autofree char *title = g_strdup_printf (ngettext ("%'u page written", "%'u pages written", n), n);

      dsp_export_window_done (dialog->shell, title, dialog->file);
    }
  dsp_export_window_unref (dialog->shell);
}

static void
gathered_cb (GObject      *source,
             GAsyncResult *res,
             gpointer      user_data)
{
  Dialog *dialog = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspPaperDocument) document = dsp_paper_gather_finish (res, &error);
  GCancellable *cancellable = dsp_export_window_cancellable (dialog->shell);
  GtkWindow *window = dsp_export_window_window (dialog->shell);

  if (document == NULL)
    dsp_export_window_fail (dialog->shell, error);
  else if (dsp_paper_document_n_parts (document) == 0)
    dsp_export_window_tell (dialog->shell, _("Nothing to print"), _("The orders are no longer on this computer."));
  else if (window == NULL)
    g_debug ("closed before anything was printed");
  else if (dialog->file != NULL)
    {
      dialog->writing = TRUE;
      dsp_export_window_work (dialog->shell, _("Writing the pages"));
      dsp_export_window_ref (dialog->shell);
      if (is_apart (dialog))
        dsp_paper_pdf_write_parts_async (document, dsp_paper_size_chosen (dialog->office), dialog->file, cancellable, on_progress, dialog,
                                         written_cb, dialog);
      else
        dsp_paper_pdf_write_async (document, dsp_paper_size_chosen (dialog->office), dialog->file, cancellable, on_progress, dialog,
                                   written_cb, dialog);
    }
  else
    {
      dsp_paper_print (dsp_export_window_parent (dialog->shell), dialog->office, document, dsp_paper_size_chosen (dialog->office));
      gtk_window_destroy (window);
    }
  dsp_export_window_unref (dialog->shell);
}

static void
begin (Dialog *dialog)
{
  dsp_export_window_work (dialog->shell, _("Reading the orders"));
  dsp_export_window_ref (dialog->shell);
  chosen (dialog)->with_files = gtk_switch_get_active (GTK_SWITCH (dialog->files));
  dsp_paper_gather_async (dialog->office, chosen (dialog), dsp_export_window_cancellable (dialog->shell), on_progress, dialog, gathered_cb, dialog);
}

static void
on_print (GtkWidget *button,
          Dialog    *dialog)
{
  begin (dialog);
}

/* ---- a file ---- */

static char *
file_name (Dialog *dialog)
{
  const DspPaperRequest *request = chosen (dialog);
  g_autoptr(GDateTime) now = g_date_time_new_now (dsp_text_zone ());
  g_autofree char *day = g_date_time_format (now, "%Y-%m-%d");
  const DspOrder *order = request->what == DSP_PAPER_SHEETS && request->n_ids == 1 ? dsp_replica_get_order (dsp_office_get_replica (dialog->office), request->ids) : NULL;
  char *name;

  /* Translators: name of a PDF file; the number of the order or the day follows */
  if (request->what == DSP_PAPER_LIST)
    name = g_strdup_printf (_("List of orders %s.pdf"), day);
  else if (request->what == DSP_PAPER_PACK)
    name = g_strdup_printf (_("Contingency pack %s.pdf"), day);
  else if (request->what == DSP_PAPER_DAY)
    {
      g_autofree char *crew = dsp_office_title_of (dialog->office, &dsp_crew, request->ids);

      name = g_strdup_printf (_("Day of %s %s.pdf"), crew, day);
    }
  else
    name = order != NULL ? g_strdup_printf (_("Work order %s.pdf"), order->number) : g_strdup_printf (_("Work orders %s.pdf"), day);
  return name;
}

static void
on_file_chosen (DspExportWindow *shell,
                GFile           *file,
                gpointer         data)
{
  Dialog *dialog = data;

  g_set_object (&dialog->file, file);
  begin (dialog);
}

static void
on_save (GtkWidget *button,
         Dialog    *dialog)
{
  gboolean apart = is_apart (dialog);
  g_autofree char *name = apart ? NULL : file_name (dialog);

  dsp_export_window_choose (dialog->shell, apart ? _("Folder for the files") : _("Save as PDF"), name, on_file_chosen, dialog);
}

/* ---- the window ---- */

static char *
choice_title (Dialog                *dialog,
              const DspPaperRequest *request)
{
  switch (request->what)
    {
    case DSP_PAPER_SHEETS:
      return g_strdup_printf (ngettext ("%'u work order sheet", "%'u work order sheets", request->n_ids), request->n_ids);
    case DSP_PAPER_LIST:
      return g_strdup_printf (ngettext ("List of %'u order", "List of %'u orders", request->n_ids), request->n_ids);
    case DSP_PAPER_DAY:
      {
        g_autofree char *crew = dsp_office_title_of (dialog->office, &dsp_crew, request->ids);

        return g_strdup_printf (_("Day of %s"), crew);
      }
    case DSP_PAPER_PACK:
      return g_strdup (_("Contingency pack"));
    case DSP_N_PAPERS:
    default:
      g_assert_not_reached ();
    }
}

static const char *
choice_subtitle (const DspPaperRequest *request)
{
  switch (request->what)
    {
    case DSP_PAPER_SHEETS:
      return _("One page an order: who, where, when, what to ask, and the boxes for the result");
    case DSP_PAPER_LIST:
      return _("One line an order");
    case DSP_PAPER_DAY:
      return _("Today's visits in their sequence, with a map and the totals");
    case DSP_PAPER_PACK:
      return _("All open orders by crew, with boxes for their results: the office goes on with paper during an outage. "
               "Made from this computer's data; no server is needed.");
    case DSP_N_PAPERS:
    default:
      g_assert_not_reached ();
    }
}

/* Whether there may be one file a crew is asked only where there are crews; photos belong to sheets. */
static void
on_choice (Dialog *dialog)
{
  gtk_widget_set_visible (gtk_widget_get_ancestor (dialog->files, ADW_TYPE_ACTION_ROW), chosen (dialog)->what == DSP_PAPER_SHEETS);
  gtk_widget_set_visible (gtk_widget_get_ancestor (dialog->apart, ADW_TYPE_ACTION_ROW), chosen (dialog)->what == DSP_PAPER_PACK);
}

static GtkWidget *
make_switch (const char  *title,
             const char  *subtitle,
             GtkWidget  **switch_)
{
  GtkWidget *row = adw_action_row_new ();

  *switch_ = gtk_switch_new ();
  gtk_widget_set_valign (*switch_, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (*switch_), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  if (subtitle != NULL)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), *switch_);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), *switch_);
  return row;
}

static GtkWidget *
make_ask (Dialog *dialog)
{
  GtkWidget *page = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18), *group = adw_preferences_group_new (), *paper = adw_preferences_group_new ();

  for (guint i = 0; i < dialog->requests->len; i++)
    {
      const DspPaperRequest *request = dialog->requests->pdata[i];
      g_autofree char *title = choice_title (dialog, request);
      GtkWidget *row = adw_action_row_new ();

      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
      adw_action_row_set_subtitle (ADW_ACTION_ROW (row), choice_subtitle (request));
      adw_action_row_set_subtitle_lines (ADW_ACTION_ROW (row), 0);
      if (dialog->requests->len > 1)
        {
          dialog->choices[i] = gtk_check_button_new ();
          gtk_widget_set_valign (dialog->choices[i], GTK_ALIGN_CENTER);
          if (i > 0)
            gtk_check_button_set_group (GTK_CHECK_BUTTON (dialog->choices[i]), GTK_CHECK_BUTTON (dialog->choices[0]));
          else
            gtk_check_button_set_active (GTK_CHECK_BUTTON (dialog->choices[i]), TRUE);
          gtk_accessible_update_property (GTK_ACCESSIBLE (dialog->choices[i]), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
          adw_action_row_add_prefix (ADW_ACTION_ROW (row), dialog->choices[i]);
          adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), dialog->choices[i]);
          g_signal_connect_swapped (dialog->choices[i], "toggled", G_CALLBACK (on_choice), dialog);
        }
      adw_preferences_group_add (ADW_PREFERENCES_GROUP (group), row);
    }
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (paper), dsp_export_window_paper_row (dialog->shell));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (paper), make_switch (_("One PDF file a crew"), NULL, &dialog->apart));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (paper),
                             make_switch (_("With photos and signature"), _("Those that are on this computer"), &dialog->files));
  /* Of one order they are why it is printed; of many they would be a book. */
  gtk_switch_set_active (GTK_SWITCH (dialog->files), chosen (dialog)->n_ids == 1);
  on_choice (dialog);
  gtk_box_append (GTK_BOX (page), group);
  gtk_box_append (GTK_BOX (page), paper);
  return page;
}

void
dsp_paper_dialog_open (GtkWindow *parent,
                       DspOffice *office,
                       GPtrArray *requests)
{
  Dialog *dialog = g_new0 (Dialog, 1);
  GtkWidget *print;

  dialog->office = g_object_ref (office);
  dialog->requests = requests;
  dialog->shell = dsp_export_window_new (parent, office, _("Print"), dialog, dialog_free);
  print = dsp_export_window_add_button (dialog->shell, _("_Print…"), _("Print…"), G_CALLBACK (on_print), dialog);
  dsp_export_window_add_button (dialog->shell, _("_Save as PDF…"), _("Save as PDF…"), G_CALLBACK (on_save), dialog);
  dsp_export_window_set_page (dialog->shell, make_ask (dialog));
  dsp_export_window_present (dialog->shell, print);
}

static void
open_one (GtkWindow    *parent,
          DspOffice    *office,
          DspPaperWhat  what,
          const DspId  *ids,
          guint         n_ids)
{
  GPtrArray *requests = g_ptr_array_new_with_free_func ((GDestroyNotify) dsp_paper_request_free);

  g_ptr_array_add (requests, dsp_paper_request_new (what, ids, n_ids));
  dsp_paper_dialog_open (parent, office, requests);
}

void
dsp_paper_dialog_open_day (GtkWindow   *parent,
                           DspOffice   *office,
                           const DspId *crew_id)
{
  open_one (parent, office, DSP_PAPER_DAY, crew_id, 1);
}

void
dsp_paper_dialog_open_pack (GtkWindow *parent,
                            DspOffice *office)
{
  open_one (parent, office, DSP_PAPER_PACK, NULL, 0);
}

void
dsp_paper_dialog_open_orders (GtkWindow   *parent,
                              DspOffice   *office,
                              const DspId *ids,
                              guint        n_ids)
{
  open_one (parent, office, DSP_PAPER_SHEETS, ids, n_ids);
}

void
dsp_paper_dialog_open_list (GtkWindow *parent,
                            DspOffice *office)
{
  GPtrArray *requests = g_ptr_array_new_with_free_func ((GDestroyNotify) dsp_paper_request_free);
  GtkBitset *selection = dsp_office_get_selection (office);
  DspOrderIndex *index = dsp_replica_get_index (dsp_office_get_replica (office));
  guint n, n_ids = 0;
  const guint32 *rows = dsp_office_get_rows (office, &n);
  g_autofree DspId *ids = g_new (DspId, n + gtk_bitset_get_size (selection) + 1);
  g_autoptr(GtkBitset) left = gtk_bitset_copy (selection);
  GtkBitsetIter iter;
  guint row;

  /* As the list shows them; then what is selected and not in this tab. */
  for (guint i = 0; i < n; i++)
    if (gtk_bitset_is_empty (selection) || gtk_bitset_contains (selection, rows[i]))
      {
        ids[n_ids++] = *dsp_order_index_id (index, rows[i]);
        gtk_bitset_remove (left, rows[i]);
      }
  if (gtk_bitset_iter_init_first (&iter, left, &row))
    do
      ids[n_ids++] = *dsp_order_index_id (index, row);
    while (gtk_bitset_iter_next (&iter, &row));
  if (n_ids == 0)
    {
      dsp_office_message (office, 0, "%s", _("There is no order to print in this list"));
      g_ptr_array_unref (requests);
      return;
    }
  g_ptr_array_add (requests, dsp_paper_request_new (DSP_PAPER_SHEETS, ids, n_ids));
  g_ptr_array_add (requests, dsp_paper_request_new (DSP_PAPER_LIST, ids, n_ids));
  g_ptr_array_add (requests, dsp_paper_request_new (DSP_PAPER_PACK, NULL, 0));
  /* Of everything, the list; of what was chosen, the sheets. */
  if (gtk_bitset_is_empty (selection))
    g_ptr_array_insert (requests, 0, g_ptr_array_steal_index (requests, 1));
  dsp_paper_dialog_open (parent, office, requests);
}
