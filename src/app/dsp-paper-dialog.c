/* dsp-paper-dialog.c: what to print, and where it goes
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Three faces of one window: what is wanted, how far it is, and where it went.
 */
#define G_LOG_DOMAIN "dsp-paper-dialog"

#include "config.h"
#include "dsp-paper-dialog.h"

#include "dsp-paper-print.h"
#include "dsp-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

typedef struct {
  DspOffice    *office;      /* (owned) */
  GPtrArray    *requests;    /* (owned) of DspPaperRequest */
  GtkWindow    *parent;      /* NULL once closed, as window */
  GtkWidget    *window;
  GtkWidget    *stack, *cancel, *print, *save, *close;
  GtkWidget    *choices[DSP_N_PAPERS]; /* as requests */
  GtkWidget    *size;
  GtkWidget    *apart;       /* a switch: each crew in a file of its own */
  GtkWidget    *files;       /* a switch: sheets with photos and signature */
  GtkWidget    *progress, *doing;
  GtkWidget    *done;        /* status page */
  GCancellable *cancellable; /* (owned) */
  GFile        *file;        /* (owned) (nullable): where the PDF goes; NULL: to the printer */
  gboolean      writing;     /* the second half: the pages */
  int           refs;
} Dialog;

static Dialog *
dialog_ref (Dialog *dialog)
{
  dialog->refs++;
  return dialog;
}

static void
dialog_unref (Dialog *dialog)
{
  if (--dialog->refs > 0)
    return;
  g_ptr_array_unref (dialog->requests);
  g_clear_object (&dialog->file);
  g_object_unref (dialog->cancellable);
  g_object_unref (dialog->office);
  g_free (dialog);
}

static void
on_destroy (GtkWidget *window,
            Dialog    *dialog)
{
  g_cancellable_cancel (dialog->cancellable);
  dialog->window = NULL;
  dialog_unref (dialog);
}

static const DspPaperSize *
chosen_size (Dialog *dialog)
{
  return g_settings_get_enum (dsp_office_get_settings (dialog->office), "paper") == 1 ? &dsp_paper_a4 : &dsp_paper_letter;
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

/* ---- faces ---- */

static void
show_face (Dialog     *dialog,
           const char *name)
{
  gboolean asks = g_str_equal (name, "ask"), done = g_str_equal (name, "done");

  gtk_stack_set_visible_child_name (GTK_STACK (dialog->stack), name);
  gtk_widget_set_visible (dialog->print, asks);
  gtk_widget_set_visible (dialog->save, asks);
  gtk_widget_set_visible (dialog->cancel, !done);
  gtk_widget_set_visible (dialog->close, done);
  if (done)
    gtk_widget_grab_focus (dialog->close);
}

static void
show_result (Dialog     *dialog,
             const char *icon,
             const char *title,
             const char *text)
{
  if (dialog->window == NULL)
    return;
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (dialog->done), icon);
  adw_status_page_set_title (ADW_STATUS_PAGE (dialog->done), title);
  adw_status_page_set_description (ADW_STATUS_PAGE (dialog->done), text);
  show_face (dialog, "done");
}

static void
show_failure (Dialog       *dialog,
              const GError *error)
{
  g_autofree char *escaped = g_markup_escape_text (error->message, -1);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;                                     /* the window has gone with it */
  gtk_widget_set_visible (adw_status_page_get_child (ADW_STATUS_PAGE (dialog->done)), FALSE);
  show_result (dialog, "dialog-error-symbolic", _("The file could not be written"), escaped);
}

static void
on_progress (double   fraction,
             gpointer user_data)
{
  Dialog *dialog = user_data;

  if (dialog->window == NULL)
    return;
  /* Reading what is to be printed is the smaller part. */
  fraction = dialog->file == NULL ? fraction : dialog->writing ? 0.15 + 0.85 * fraction : 0.15 * fraction;
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (dialog->progress), fraction);
}

/* ---- working ---- */

static void
written_cb (GObject      *source,
            GAsyncResult *res,
            gpointer      user_data)
{
  Dialog *dialog = user_data;
  g_autoptr(GError) error = NULL;
  guint n = dsp_paper_pdf_write_finish (res, &error);

  if (error != NULL && dialog->window != NULL)
    show_failure (dialog, error);
  else if (error == NULL)
    {
      g_autofree char *path = g_file_get_parse_name (dialog->file);
      g_autofree char *escaped = g_markup_escape_text (path, -1);
      g_autofree char *title = g_strdup_printf (ngettext ("%'u page written", "%'u pages written", n), n);

      show_result (dialog, "object-select-symbolic", title, escaped);
    }
  dialog_unref (dialog);
}

static void
gathered_cb (GObject      *source,
             GAsyncResult *res,
             gpointer      user_data)
{
  Dialog *dialog = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspPaperDocument) document = dsp_paper_gather_finish (res, &error);

  if (document == NULL)
    {
      if (dialog->window != NULL)
        show_failure (dialog, error);
    }
  else if (dsp_paper_document_n_parts (document) == 0)
    show_result (dialog, "dialog-information-symbolic", _("Nothing to print"),
                 _("The orders are no longer on this computer."));
  else if (dialog->file != NULL)
    {
      dialog->writing = TRUE;
      gtk_label_set_text (GTK_LABEL (dialog->doing), _("Writing the pages"));
      if (is_apart (dialog))
        dsp_paper_pdf_write_parts_async (document, chosen_size (dialog), dialog->file, dialog->cancellable, on_progress, dialog,
                                         written_cb, dialog_ref (dialog));
      else
        dsp_paper_pdf_write_async (document, chosen_size (dialog), dialog->file, dialog->cancellable, on_progress, dialog,
                                   written_cb, dialog_ref (dialog));
    }
  else
    {
      GtkWindow *parent = dialog->parent;

      dsp_paper_print (parent, dialog->office, document, chosen_size (dialog));
      gtk_window_destroy (GTK_WINDOW (dialog->window));
    }
  dialog_unref (dialog);
}

static void
begin (Dialog *dialog)
{
  gtk_label_set_text (GTK_LABEL (dialog->doing), _("Reading the orders"));
  show_face (dialog, "work");
  chosen (dialog)->with_files = gtk_switch_get_active (GTK_SWITCH (dialog->files));
  dsp_paper_gather_async (dialog->office, chosen (dialog), dialog->cancellable, on_progress, dialog, gathered_cb, dialog_ref (dialog));
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
  return g_strdelimit (name, "/\\", '-');
}

static void
on_file_chosen (GtkNativeDialog *chooser,
                int              response,
                Dialog          *dialog)
{
  g_autoptr(GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser)) : NULL;
  gboolean to_folder = gtk_file_chooser_get_action (GTK_FILE_CHOOSER (chooser)) == GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER;

  if (file != NULL && dialog->window != NULL)
    {
      g_autoptr(GFile) folder = to_folder ? g_object_ref (file) : g_file_get_parent (file);
      g_autofree char *path = folder != NULL ? g_file_get_path (folder) : NULL;

      if (path != NULL)
        g_settings_set_string (dsp_office_get_settings (dialog->office), "paper-folder", path);
      g_set_object (&dialog->file, file);
      begin (dialog);
    }
  g_object_unref (chooser);
  dialog_unref (dialog);
}

static void
on_save (GtkWidget *button,
         Dialog    *dialog)
{
  gboolean apart = is_apart (dialog);
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (apart ? _("Folder for the files") : _("Save as PDF"), GTK_WINDOW (dialog->window),
                                                               apart ? GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER
                                                                     : GTK_FILE_CHOOSER_ACTION_SAVE, _("_Save"), _("_Cancel"));
  g_autofree char *name = file_name (dialog);
  g_autofree char *last = g_settings_get_string (dsp_office_get_settings (dialog->office), "paper-folder");
  const char *documents = g_get_user_special_dir (G_USER_DIRECTORY_DOCUMENTS);
  g_autoptr(GFile) folder = g_file_new_for_path (*last != '\0' && g_file_test (last, G_FILE_TEST_IS_DIR) ? last
                                                 : documents != NULL ? documents : g_get_home_dir ());

  gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (chooser), folder, NULL);
  if (!apart)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect (chooser, "response", G_CALLBACK (on_file_chosen), dialog_ref (dialog));
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
open_uri (Dialog *dialog,
          GFile  *file)
{
  g_autofree char *uri = g_file_get_uri (file);

  gtk_show_uri (GTK_WINDOW (dialog->window), uri, GDK_CURRENT_TIME);
}

static void
on_open (GtkWidget *button,
         Dialog    *dialog)
{
  open_uri (dialog, dialog->file);
}

static void
on_open_folder (GtkWidget *button,
                Dialog    *dialog)
{
  g_autoptr(GFile) folder = is_apart (dialog) ? g_object_ref (dialog->file) : g_file_get_parent (dialog->file);

  if (folder != NULL)
    open_uri (dialog, folder);
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

static void
on_size_chosen (AdwComboRow *row,
                GParamSpec  *pspec,
                Dialog      *dialog)
{
  g_settings_set_enum (dsp_office_get_settings (dialog->office), "paper", (int) adw_combo_row_get_selected (row));
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
  const char *const sizes[] = { _("Letter"), _("A4"), NULL };
  g_autoptr(GtkStringList) model = gtk_string_list_new (sizes);

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
  dialog->size = adw_combo_row_new ();
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (dialog->size), _("Paper"));
  adw_combo_row_set_model (ADW_COMBO_ROW (dialog->size), G_LIST_MODEL (model));
  adw_combo_row_set_selected (ADW_COMBO_ROW (dialog->size), (guint) g_settings_get_enum (dsp_office_get_settings (dialog->office), "paper"));
  g_signal_connect (dialog->size, "notify::selected", G_CALLBACK (on_size_chosen), dialog);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (paper), dialog->size);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (paper), make_switch (_("One PDF file a crew"), NULL, &dialog->apart));
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (paper),
                             make_switch (_("With photos and signature"), _("Those that are on this computer"), &dialog->files));
  /* Of one order they are why it is printed; of many they would be a book. */
  gtk_switch_set_active (GTK_SWITCH (dialog->files), chosen (dialog)->n_ids == 1);
  on_choice (dialog);
  gtk_box_append (GTK_BOX (page), group);
  gtk_box_append (GTK_BOX (page), paper);
  gtk_widget_add_css_class (page, "dsp-dialog-content");
  return page;
}

static GtkWidget *
make_work (Dialog *dialog)
{
  GtkWidget *page = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  dialog->doing = gtk_label_new ("");
  dialog->progress = gtk_progress_bar_new ();
  gtk_accessible_update_property (GTK_ACCESSIBLE (dialog->progress), GTK_ACCESSIBLE_PROPERTY_LABEL, _("How far it is"), -1);
  gtk_box_append (GTK_BOX (page), dialog->doing);
  gtk_box_append (GTK_BOX (page), dialog->progress);
  gtk_widget_set_valign (page, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (page, "dsp-dialog-content");
  return page;
}

static GtkWidget *
make_done (Dialog *dialog)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *open = gtk_button_new_with_label (_("Open"));
  GtkWidget *folder = gtk_button_new_with_label (_("Open the folder"));

  dialog->done = adw_status_page_new ();
  gtk_widget_add_css_class (dialog->done, "compact");
  gtk_widget_add_css_class (open, "pill");
  gtk_widget_add_css_class (folder, "pill");
  g_signal_connect (open, "clicked", G_CALLBACK (on_open), dialog);
  g_signal_connect (folder, "clicked", G_CALLBACK (on_open_folder), dialog);
  gtk_box_append (GTK_BOX (box), open);
  gtk_box_append (GTK_BOX (box), folder);
  gtk_widget_set_halign (box, GTK_ALIGN_CENTER);
  adw_status_page_set_child (ADW_STATUS_PAGE (dialog->done), box);
  return dialog->done;
}

static GtkWidget *
make_button (Dialog     *dialog,
             const char *label,
             const char *name,
             GCallback   callback)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  if (callback != NULL)
    g_signal_connect (button, "clicked", callback, dialog);
  else
    gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "window.close");
  return button;
}

void
dsp_paper_dialog_open (GtkWindow *parent,
                       DspOffice *office,
                       GPtrArray *requests)
{
  Dialog *dialog = g_new0 (Dialog, 1);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *header = adw_header_bar_new ();
  GtkEventController *shortcuts = gtk_shortcut_controller_new ();

  dialog->refs = 1;
  dialog->office = g_object_ref (office);
  dialog->requests = requests;
  dialog->parent = parent;
  dialog->cancellable = g_cancellable_new ();
  dialog->window = adw_window_new ();
  gtk_window_set_title (GTK_WINDOW (dialog->window), _("Print"));
  gtk_window_set_modal (GTK_WINDOW (dialog->window), TRUE);
  gtk_window_set_transient_for (GTK_WINDOW (dialog->window), parent);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (dialog->window), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (dialog->window), 640, -1);
  g_signal_connect (dialog->window, "destroy", G_CALLBACK (on_destroy), dialog);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (shortcuts),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0), gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (dialog->window, shortcuts);

  adw_header_bar_set_show_end_title_buttons (ADW_HEADER_BAR (header), FALSE);
  dialog->cancel = make_button (dialog, _("_Cancel"), _("Cancel"), NULL);
  dialog->close = make_button (dialog, _("_Close"), _("Close"), NULL);
  dialog->print = make_button (dialog, _("_Print…"), _("Print…"), G_CALLBACK (on_print));
  dialog->save = make_button (dialog, _("_Save as PDF…"), _("Save as PDF…"), G_CALLBACK (on_save));
  gtk_widget_add_css_class (dialog->print, "suggested-action");
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), dialog->cancel);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), dialog->close);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), dialog->print);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), dialog->save);

  dialog->stack = gtk_stack_new ();
  gtk_stack_set_vhomogeneous (GTK_STACK (dialog->stack), TRUE);
  gtk_stack_add_named (GTK_STACK (dialog->stack), make_ask (dialog), "ask");
  gtk_stack_add_named (GTK_STACK (dialog->stack), make_work (dialog), "work");
  gtk_stack_add_named (GTK_STACK (dialog->stack), make_done (dialog), "done");
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), dialog->stack);
  adw_window_set_content (ADW_WINDOW (dialog->window), box);
  gtk_window_set_default_widget (GTK_WINDOW (dialog->window), dialog->print);
  show_face (dialog, "ask");
  gtk_window_present (GTK_WINDOW (dialog->window));
  gtk_widget_grab_focus (dialog->print);
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
