/* dsp-export-window.c: something is chosen, made with progress and cancel, and found again
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-export-window"

#include "config.h"
#include "dsp-export-window.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define LAST_FOLDER "paper-folder"

struct _DspExportWindow
{
  int            refs;
  DspOffice     *office;      /* (owned) */
  GtkWindow     *parent;      /* (nullable): weak */
  GtkWidget     *window;      /* NULL once closed */
  GtkWidget     *header, *stack, *cancel, *close;
  GPtrArray     *buttons;     /* (owned): of the first face */
  GtkWidget     *progress, *doing;
  GtkWidget     *result, *found;
  GFile         *file;        /* (owned) (nullable): what was made */
  GCancellable  *cancellable; /* (owned) */
  gpointer       data;        /* (owned) */
  GDestroyNotify data_free;
};

DspExportWindow *
dsp_export_window_ref (DspExportWindow *self)
{
  self->refs++;
  return self;
}

void
dsp_export_window_unref (DspExportWindow *self)
{
  if (--self->refs > 0)
    return;
  if (self->data_free != NULL)
    self->data_free (self->data);
  g_clear_weak_pointer (&self->parent);
  g_ptr_array_unref (self->buttons);
  g_clear_object (&self->file);
  g_object_unref (self->cancellable);
  g_object_unref (self->office);
  g_free (self);
}

GtkWindow *dsp_export_window_parent (DspExportWindow *self) { return self->parent; }
GtkWindow *dsp_export_window_window (DspExportWindow *self) { return self->window != NULL ? GTK_WINDOW (self->window) : NULL; }
GCancellable *dsp_export_window_cancellable (DspExportWindow *self) { return self->cancellable; }

static void
on_destroy (GtkWidget       *window,
            DspExportWindow *self)
{
  g_cancellable_cancel (self->cancellable);
  self->window = NULL;
  dsp_export_window_unref (self);
}

/* ---- faces ---- */

static void
show_face (DspExportWindow *self,
           const char      *name)
{
  gboolean asks = g_str_equal (name, "ask"), done = g_str_equal (name, "done");

  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), name);
  for (guint i = 0; i < self->buttons->len; i++)
    gtk_widget_set_visible (self->buttons->pdata[i], asks);
  gtk_widget_set_visible (self->cancel, !done);
  gtk_widget_set_visible (self->close, done);
  if (done)
    gtk_widget_grab_focus (self->close);
}

void
dsp_export_window_work (DspExportWindow *self,
                        const char      *doing)
{
  if (self->window == NULL)
    return;
  gtk_label_set_text (GTK_LABEL (self->doing), doing);
  show_face (self, "work");
}

void
dsp_export_window_progress (DspExportWindow *self,
                            double           fraction)
{
  if (self->window != NULL)
    gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->progress), fraction);
}

static void
show_result (DspExportWindow *self,
             const char      *icon,
             const char      *title,
             const char      *text,
             gboolean         found)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  if (self->window == NULL)
    return;
  gtk_widget_set_visible (self->found, found);
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (self->result), icon);
  adw_status_page_set_title (ADW_STATUS_PAGE (self->result), title);
  adw_status_page_set_description (ADW_STATUS_PAGE (self->result), escaped);
  show_face (self, "done");
}

void
dsp_export_window_done (DspExportWindow *self,
                        const char      *title,
                        GFile           *file)
{
  g_autofree char *path = g_file_get_parse_name (file);

  g_set_object (&self->file, file);
  show_result (self, "object-select-symbolic", title, path, TRUE);
}

void
dsp_export_window_tell (DspExportWindow *self,
                        const char      *title,
                        const char      *text)
{
  show_result (self, "dialog-information-symbolic", title, text, FALSE);
}

void
dsp_export_window_fail (DspExportWindow *self,
                        const GError    *error)
{
  if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) /* the window has gone with it */
    show_result (self, "dialog-error-symbolic", _("The file could not be written"), error->message, FALSE);
}

/* ---- where it goes ---- */

typedef struct {
  DspExportWindow    *self; /* (owned) */
  DspExportChosenFunc chosen;
  gpointer            data;
} Choice;

static void
on_file_chosen (GtkNativeDialog *chooser,
                int              response,
                Choice          *choice)
{
  DspExportWindow *self = choice->self;
  g_autoptr(GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser)) : NULL;
  gboolean to_folder = gtk_file_chooser_get_action (GTK_FILE_CHOOSER (chooser)) == GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER;

  if (file != NULL && self->window != NULL)
    {
      g_autoptr(GFile) folder = to_folder ? g_object_ref (file) : g_file_get_parent (file);
      g_autofree char *path = folder != NULL ? g_file_get_path (folder) : NULL;

      if (path != NULL)
        g_settings_set_string (dsp_office_get_settings (self->office), LAST_FOLDER, path);
      choice->chosen (self, file, choice->data);
    }
  g_object_unref (chooser);
  dsp_export_window_unref (self);
  g_free (choice);
}

void
dsp_export_window_choose (DspExportWindow    *self,
                          const char         *title,
                          const char         *name,
                          DspExportChosenFunc chosen,
                          gpointer            data)
{
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (title, GTK_WINDOW (self->window),
                                                               name == NULL ? GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER
                                                                            : GTK_FILE_CHOOSER_ACTION_SAVE, _("_Save"), _("_Cancel"));
  g_autofree char *last = g_settings_get_string (dsp_office_get_settings (self->office), LAST_FOLDER);
  const char *documents = g_get_user_special_dir (G_USER_DIRECTORY_DOCUMENTS);
  g_autoptr(GFile) folder = g_file_new_for_path (*last != '\0' && g_file_test (last, G_FILE_TEST_IS_DIR) ? last
                                                 : documents != NULL ? documents : g_get_home_dir ());
  Choice *choice = g_new (Choice, 1);

  *choice = (Choice) { dsp_export_window_ref (self), chosen, data };
  gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (chooser), folder, NULL);
  if (name != NULL)
    {
      g_autofree char *clean = g_strdelimit (g_strdup (name), "/\\", '-');

      gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), clean);
    }
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect (chooser, "response", G_CALLBACK (on_file_chosen), choice);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
open_uri (DspExportWindow *self,
          GFile           *file)
{
  g_autofree char *uri = g_file_get_uri (file);

  gtk_show_uri (GTK_WINDOW (self->window), uri, GDK_CURRENT_TIME);
}

static void
on_open (GtkWidget       *button,
         DspExportWindow *self)
{
  open_uri (self, self->file);
}

static void
on_open_folder (GtkWidget       *button,
                DspExportWindow *self)
{
  gboolean is_folder = g_file_query_file_type (self->file, G_FILE_QUERY_INFO_NONE, NULL) == G_FILE_TYPE_DIRECTORY;
  g_autoptr(GFile) folder = is_folder ? g_object_ref (self->file) : g_file_get_parent (self->file);

  if (folder != NULL)
    open_uri (self, folder);
}

/* ---- the window ---- */

static void
on_size_chosen (AdwComboRow     *row,
                GParamSpec      *pspec,
                DspExportWindow *self)
{
  g_settings_set_enum (dsp_office_get_settings (self->office), "paper", (int) adw_combo_row_get_selected (row));
}

GtkWidget *
dsp_export_window_paper_row (DspExportWindow *self)
{
  const char *const sizes[] = { _("Letter"), _("A4"), NULL };
  g_autoptr(GtkStringList) model = gtk_string_list_new (sizes);
  GtkWidget *row = adw_combo_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), _("Paper"));
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (model));
  adw_combo_row_set_selected (ADW_COMBO_ROW (row), (guint) g_settings_get_enum (dsp_office_get_settings (self->office), "paper"));
  g_signal_connect (row, "notify::selected", G_CALLBACK (on_size_chosen), self);
  return row;
}

static GtkWidget *
make_work (DspExportWindow *self)
{
  GtkWidget *page = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  self->doing = gtk_label_new ("");
  self->progress = gtk_progress_bar_new ();
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->progress), GTK_ACCESSIBLE_PROPERTY_LABEL, _("How far it is"), -1);
  gtk_box_append (GTK_BOX (page), self->doing);
  gtk_box_append (GTK_BOX (page), self->progress);
  gtk_widget_set_valign (page, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (page, "dsp-dialog-content");
  return page;
}

static GtkWidget *
make_result (DspExportWindow *self)
{
  GtkWidget *open = gtk_button_new_with_label (_("Open")), *folder = gtk_button_new_with_label (_("Open the folder"));

  self->found = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  self->result = adw_status_page_new ();
  gtk_widget_add_css_class (self->result, "compact");
  gtk_widget_add_css_class (open, "pill");
  gtk_widget_add_css_class (folder, "pill");
  g_signal_connect (open, "clicked", G_CALLBACK (on_open), self);
  g_signal_connect (folder, "clicked", G_CALLBACK (on_open_folder), self);
  gtk_box_append (GTK_BOX (self->found), open);
  gtk_box_append (GTK_BOX (self->found), folder);
  gtk_widget_set_halign (self->found, GTK_ALIGN_CENTER);
  adw_status_page_set_child (ADW_STATUS_PAGE (self->result), self->found);
  return self->result;
}

static GtkWidget *
make_button (const char *label,
             const char *name)
{
  GtkWidget *button = gtk_button_new_with_mnemonic (label);

  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return button;
}

static GtkWidget *
make_closing (const char *label,
              const char *name)
{
  GtkWidget *button = make_button (label, name);

  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "window.close");
  return button;
}

GtkWidget *
dsp_export_window_add_button (DspExportWindow *self,
                              const char      *label,
                              const char      *name,
                              GCallback        clicked,
                              gpointer         data)
{
  GtkWidget *button = make_button (label, name);

  g_signal_connect (button, "clicked", clicked, data);
  g_ptr_array_add (self->buttons, button);
  adw_header_bar_pack_end (ADW_HEADER_BAR (self->header), button);
  return button;
}

void
dsp_export_window_set_page (DspExportWindow *self,
                            GtkWidget       *page)
{
  gtk_widget_add_css_class (page, "dsp-dialog-content");
  gtk_stack_add_named (GTK_STACK (self->stack), page, "ask");
}

void
dsp_export_window_present (DspExportWindow *self,
                           GtkWidget       *first_choice)
{
  gtk_widget_add_css_class (first_choice, "suggested-action");
  gtk_window_set_default_widget (GTK_WINDOW (self->window), first_choice);
  show_face (self, "ask");
  gtk_window_present (GTK_WINDOW (self->window));
  gtk_widget_grab_focus (first_choice);
}

static void
make_window (DspExportWindow *self,
             const char      *title)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkEventController *shortcuts = gtk_shortcut_controller_new ();

  self->window = adw_window_new ();
  gtk_window_set_title (GTK_WINDOW (self->window), title);
  gtk_window_set_modal (GTK_WINDOW (self->window), TRUE);
  gtk_window_set_transient_for (GTK_WINDOW (self->window), self->parent);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (self->window), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (self->window), 640, -1);
  g_signal_connect (self->window, "destroy", G_CALLBACK (on_destroy), self);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (shortcuts),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0), gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (self->window, shortcuts);
  self->header = adw_header_bar_new ();
  adw_header_bar_set_show_end_title_buttons (ADW_HEADER_BAR (self->header), FALSE);
  self->cancel = make_closing (_("_Cancel"), _("Cancel"));
  self->close = make_closing (_("_Close"), _("Close"));
  adw_header_bar_pack_start (ADW_HEADER_BAR (self->header), self->cancel);
  adw_header_bar_pack_end (ADW_HEADER_BAR (self->header), self->close);
  self->stack = gtk_stack_new ();
  gtk_stack_set_vhomogeneous (GTK_STACK (self->stack), TRUE);
  gtk_stack_add_named (GTK_STACK (self->stack), make_work (self), "work");
  gtk_stack_add_named (GTK_STACK (self->stack), make_result (self), "done");
  gtk_box_append (GTK_BOX (box), self->header);
  gtk_box_append (GTK_BOX (box), self->stack);
  adw_window_set_content (ADW_WINDOW (self->window), box);
}

DspExportWindow *
dsp_export_window_new (GtkWindow     *parent,
                       DspOffice     *office,
                       const char    *title,
                       gpointer       data,
                       GDestroyNotify data_free)
{
  DspExportWindow *self = g_new0 (DspExportWindow, 1);

  self->refs = 1;
  self->office = g_object_ref (office);
  g_set_weak_pointer (&self->parent, parent);
  self->buttons = g_ptr_array_new ();
  self->cancellable = g_cancellable_new ();
  self->data = data;
  self->data_free = data_free;
  make_window (self, title);
  return self;
}
