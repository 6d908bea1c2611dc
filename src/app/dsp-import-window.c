/* dsp-import-window.c: a file of orders, looked at, mended and imported
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Above, which column is which field, guessed and remembered by the file's headings; below, the rows: what each became,
 * and every wrong cell open to be mended. The same mapping as despachoctl's judges them.
 */
#define G_LOG_DOMAIN "dsp-import"

#include "config.h"
#include "dsp-import-window.h"

#include "dsp-file-open.h"
#include "dsp-import-table.h"
#include "dsp-record-form.h"
#include "dsp-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define DSP_TYPE_IMPORT_WINDOW (dsp_import_window_get_type ())
G_DECLARE_FINAL_TYPE (DspImportWindow, dsp_import_window, DSP, IMPORT_WINDOW, AdwWindow)

struct _DspImportWindow
{
  AdwWindow        parent_instance;

  DspOffice       *office;    /* (owned) */
  DspImport       *import;    /* (owned) (nullable): of the file that is open */
  GtkWidget       *stack;     /* "empty" or "rows" */
  GtkWidget       *page;
  GtkWidget       *table;     /* (nullable) */
  GtkWidget       *columns;   /* flow box of drop-downs */
  GtkWidget       *constants; /* box of chips */
  GtkWidget       *choices[3]; /* what a mapping file makes needless */
  GtkWidget       *file;
  GtkWidget       *status;
  GtkWidget       *only_bad;
  GtkWidget       *go;
  GtkWidget       *progress;
  AdwToastOverlay *toasts;
  char            *path;      /* (owned) (nullable): of the file that is open */
  GCancellable    *reading;   /* (owned) (nullable): a file is being read */
  guint            pulse_id;  /* … and that is shown */
};

G_DEFINE_FINAL_TYPE (DspImportWindow, dsp_import_window, ADW_TYPE_WINDOW)

static void
say (DspImportWindow *self,
     const char      *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (escaped));
}

/* ---- choices that are remembered ---- */

static char *
choices_path (DspSheet *sheet)
{
  g_autofree char *key = dsp_sheet_dup_key (sheet);
  g_autofree char *name = g_strconcat (key, ".ini", NULL);

  return g_build_filename (g_get_user_config_dir (), "despacho", "imports", name, NULL);
}

static gboolean
recall (DspSheet *sheet)
{
  g_autofree char *path = choices_path (sheet);
  g_autofree char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) && dsp_sheet_take_choices (sheet, text);
}

static void
remember (DspSheet *sheet)
{
  g_autofree char *path = choices_path (sheet);
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *text = dsp_sheet_dup_choices (sheet);
  g_autoptr(GError) error = NULL;

  if (g_mkdir_with_parents (folder, 0700) != 0 || !g_file_set_contents (path, text, -1, &error))
    g_message ("The choices of an import are not remembered: %s", error != NULL ? error->message : g_strerror (errno));
}

/* ---- what there is to say ---- */

static void
show_counts (DspImportWindow *self)
{
  guint good = dsp_import_count (self->import, DSP_IMPORT_GOOD), bad = dsp_import_count (self->import, DSP_IMPORT_BAD);
  guint added = dsp_import_count (self->import, DSP_IMPORT_ADDED), changed = dsp_import_count (self->import, DSP_IMPORT_CHANGED);
  guint unchanged = dsp_import_count (self->import, DSP_IMPORT_UNCHANGED), refused = dsp_import_count (self->import, DSP_IMPORT_REFUSED);
  guint done = added + changed + unchanged + refused, all = done + good + bad;
  double fraction;
  gboolean running = dsp_import_is_running (self->import), checking = dsp_import_is_checking (self->import, &fraction);
  const char *trouble = checking ? NULL : dsp_import_get_trouble (self->import);
  g_autofree char *label = running ? g_strdup (_("_Stop")) : g_strdup_printf (ngettext ("_Import %u row", "_Import %u rows", good), good);
  g_autoptr(GString) text = g_string_new (NULL);

  if (trouble != NULL)
    g_string_append (text, trouble);
  else if (checking)
    g_string_append_printf (text, ngettext ("Looking at %u row", "Looking at %u rows", all), all);
  else if (done > 0)
    g_string_append_printf (text, _("%u added, %u changed, %u unchanged, %u refused"), added, changed, unchanged, refused);
  if (trouble == NULL && !checking && (done == 0 || good + bad > 0))
    {
      g_string_append (text, text->len > 0 ? " · " : "");
      g_string_append_printf (text, ngettext ("%u good row", "%u good rows", good), good);
      g_string_append_printf (text, ngettext (", %u with a mistake", ", %u with mistakes", bad), bad);
    }
  gtk_label_set_text (GTK_LABEL (self->status), text->str);
  if (trouble != NULL)
    gtk_widget_add_css_class (self->status, "error");
  else
    gtk_widget_remove_css_class (self->status, "error");
  gtk_button_set_label (GTK_BUTTON (self->go), label);
  gtk_button_set_use_underline (GTK_BUTTON (self->go), TRUE);
  gtk_widget_set_sensitive (self->go, running || (trouble == NULL && !checking && good > 0));
  gtk_widget_set_visible (self->progress, running || checking);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->progress), running && all > 0 ? (double) done / all : checking ? fraction : 0);
}

/* ---- choosing ---- */

static void
on_field_chosen (GtkDropDown     *drop_down,
                 GParamSpec      *pspec,
                 DspImportWindow *self)
{
  guint column = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (drop_down), "dsp-column"));
  guint selected = gtk_drop_down_get_selected (drop_down);
  const char *field = selected > 0 ? dsp_import_get_fields (self->import)[selected - 1] : NULL;
  DspSheet *sheet = dsp_import_get_sheet (self->import);

  if (g_strcmp0 (field, dsp_sheet_get_field (sheet, column)) == 0)
    return;
  dsp_sheet_set_field (sheet, column, field);
  /* The field may have been another column's. */
  for (GtkWidget *child = gtk_widget_get_first_child (self->columns); child != NULL; child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *other = g_object_get_data (G_OBJECT (gtk_flow_box_child_get_child (GTK_FLOW_BOX_CHILD (child))), "dsp-drop-down");

      if (other != GTK_WIDGET (drop_down) && selected > 0 && gtk_drop_down_get_selected (GTK_DROP_DOWN (other)) == selected)
        gtk_drop_down_set_selected (GTK_DROP_DOWN (other), 0);
    }
  dsp_import_check (self->import);
}

static GtkWidget *
make_field_list (DspImportWindow *self,
                 const char      *none)
{
  GtkStringList *words = gtk_string_list_new (NULL);
  GtkWidget *drop_down;

  gtk_string_list_append (words, none);
  gtk_string_list_splice (words, 1, 0, dsp_import_get_labels (self->import));
  drop_down = gtk_drop_down_new (G_LIST_MODEL (words), gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string"));
  gtk_drop_down_set_enable_search (GTK_DROP_DOWN (drop_down), TRUE);
  return drop_down;
}

static guint
place_of (const char *const *names,
          const char        *name)
{
  for (guint i = 0; name != NULL && names[i] != NULL; i++)
    if (g_str_equal (names[i], name))
      return i + 1;
  return 0;
}

static void
fill_columns (DspImportWindow *self)
{
  DspSheet *sheet = dsp_import_get_sheet (self->import);
  guint n_columns;
  const char *const *names = dsp_sheet_get_columns (sheet, &n_columns);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->columns)) != NULL)
    gtk_flow_box_remove (GTK_FLOW_BOX (self->columns), child);
  for (guint i = 0; i < n_columns; i++)
    {
      GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2), *label = gtk_label_new (names[i]);
      GtkWidget *drop_down = make_field_list (self, _("(not imported)"));
      /* Translators: a column of the file */
      g_autofree char *title = g_strdup_printf (_("Column %s is"), names[i]);

      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_widget_add_css_class (label, "caption");
      gtk_widget_add_css_class (label, "dim-label");
      gtk_widget_set_size_request (drop_down, 172, -1);
      g_object_set_data (G_OBJECT (drop_down), "dsp-column", GUINT_TO_POINTER (i));
      g_object_set_data (G_OBJECT (box), "dsp-drop-down", drop_down);
      gtk_drop_down_set_selected (GTK_DROP_DOWN (drop_down), place_of (dsp_import_get_fields (self->import), dsp_sheet_get_field (sheet, i)));
      gtk_accessible_update_property (GTK_ACCESSIBLE (drop_down), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
      g_signal_connect (drop_down, "notify::selected", G_CALLBACK (on_field_chosen), self);
      gtk_box_append (GTK_BOX (box), label);
      gtk_box_append (GTK_BOX (box), drop_down);
      gtk_flow_box_insert (GTK_FLOW_BOX (self->columns), box, -1);
      gtk_widget_set_focusable (gtk_widget_get_parent (box), FALSE);
    }
}

static void
on_format_chosen (GtkDropDown     *drop_down,
                  GParamSpec      *pspec,
                  DspImportWindow *self)
{
  dsp_sheet_set_time_format (dsp_import_get_sheet (self->import), dsp_sheet_time_formats[gtk_drop_down_get_selected (drop_down)]);
  dsp_import_check (self->import);
}

/* Each form as the last minute but one of a year looks in it. */
static GtkWidget *
make_formats (DspImportWindow *self)
{
  g_autoptr(GDateTime) example = g_date_time_new_local (2026, 12, 31, 23, 58, 0);
  GtkStringList *words = gtk_string_list_new (NULL);
  GtkWidget *drop_down;

  for (guint i = 0; dsp_sheet_time_formats[i] != NULL; i++)
    {
      g_autofree char *text = g_date_time_format (example, dsp_sheet_time_formats[i]);

      gtk_string_list_append (words, text);
    }
  drop_down = gtk_drop_down_new (G_LIST_MODEL (words), NULL);
  gtk_drop_down_set_selected (GTK_DROP_DOWN (drop_down), place_of (dsp_sheet_time_formats, dsp_sheet_get_time_format (dsp_import_get_sheet (self->import))) - 1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (drop_down), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Dates are written as"), -1);
  gtk_widget_set_tooltip_text (drop_down, _("Dates are written as"));
  g_signal_connect (drop_down, "notify::selected", G_CALLBACK (on_format_chosen), self);
  return drop_down;
}

/* ---- the same for all rows ---- */

static void fill_constants (DspImportWindow *self);

static void
on_constant_dropped (GtkWidget       *chip,
                     DspImportWindow *self)
{
  dsp_sheet_set_constant (dsp_import_get_sheet (self->import), g_object_get_data (G_OBJECT (chip), "dsp-field"), NULL);
  fill_constants (self);
  dsp_import_check (self->import);
}

static void
fill_constants (DspImportWindow *self)
{
  DspSheet *sheet = dsp_import_get_sheet (self->import);
  const char *const *fields = dsp_import_get_fields (self->import), *const *labels = dsp_import_get_labels (self->import);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->constants)) != NULL)
    gtk_box_remove (GTK_BOX (self->constants), child);
  for (guint i = 0; fields[i] != NULL; i++)
    {
      const char *text = dsp_sheet_get_constant (sheet, fields[i]);
      /* Translators: a field and its value; pressing it takes it away */
      g_autofree char *words = text != NULL ? g_strdup_printf (_("%s: %s ✕"), labels[i], text) : NULL;
      GtkWidget *chip;

      if (text == NULL)
        continue;
      chip = gtk_button_new_with_label (words);
      gtk_widget_add_css_class (chip, "dsp-chip");
      g_object_set_data (G_OBJECT (chip), "dsp-field", (gpointer) fields[i]);
      g_signal_connect (chip, "clicked", G_CALLBACK (on_constant_dropped), self);
      gtk_box_append (GTK_BOX (self->constants), chip);
    }
}

static void
on_constant_given (GtkEntry        *entry,
                   DspImportWindow *self)
{
  GtkWidget *drop_down = g_object_get_data (G_OBJECT (entry), "dsp-drop-down");
  guint selected = gtk_drop_down_get_selected (GTK_DROP_DOWN (drop_down));

  if (selected == 0)
    return;
  dsp_sheet_set_constant (dsp_import_get_sheet (self->import), dsp_import_get_fields (self->import)[selected - 1],
                          gtk_editable_get_text (GTK_EDITABLE (entry)));
  gtk_editable_set_text (GTK_EDITABLE (entry), "");
  gtk_drop_down_set_selected (GTK_DROP_DOWN (drop_down), 0);
  fill_constants (self);
  dsp_import_check (self->import);
}

static GtkWidget *
make_constant_line (DspImportWindow *self)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *drop_down = make_field_list (self, _("Field")), *entry = gtk_entry_new ();

  gtk_accessible_update_property (GTK_ACCESSIBLE (drop_down), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Field that is the same in all rows"), -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Its value in all rows"), -1);
  gtk_entry_set_placeholder_text (GTK_ENTRY (entry), _("Value, then Enter"));
  g_object_set_data (G_OBJECT (entry), "dsp-drop-down", drop_down);
  g_signal_connect (entry, "activate", G_CALLBACK (on_constant_given), self);
  self->constants = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_box_append (GTK_BOX (line), gtk_label_new (_("The same in all rows:")));
  gtk_box_append (GTK_BOX (line), drop_down);
  gtk_box_append (GTK_BOX (line), entry);
  gtk_box_append (GTK_BOX (line), self->constants);
  return line;
}

/* ---- the page of a file ---- */

static void read_file (DspImportWindow *self, const char *path, const char *sheet);

/* The one that is open: another was not to be. */
static void
choose_sheet_again (DspImportWindow *self)
{
  GtkWidget *drop_down = g_object_get_data (G_OBJECT (self->page), "dsp-sheets");

  if (drop_down != NULL)
    gtk_drop_down_set_selected (GTK_DROP_DOWN (drop_down), dsp_sheet_get_sheet (dsp_import_get_sheet (self->import)));
}

static void
on_sheet_discard (AdwMessageDialog *dialog,
                  const char       *response,
                  DspImportWindow  *self)
{
  const char *sheet = g_object_get_data (G_OBJECT (dialog), "dsp-sheet");

  if (g_str_equal (response, "discard"))
    read_file (self, self->path, sheet);
  else
    choose_sheet_again (self);
}

/* Cells that were mended are of the sheet that is left. */
static gboolean
leave_sheet (gpointer user_data)
{
  DspImportWindow *self = user_data;
  DspSheet *sheet = self->import != NULL ? dsp_import_get_sheet (self->import) : NULL;
  GtkDropDown *drop_down = sheet != NULL ? g_object_get_data (G_OBJECT (self->page), "dsp-sheets") : NULL;
  guint selected = drop_down != NULL ? gtk_drop_down_get_selected (drop_down) : 0;
  g_autofree char *name = NULL;
  GtkWidget *dialog;

  if (drop_down == NULL || selected == dsp_sheet_get_sheet (sheet))
    return G_SOURCE_REMOVE;
  name = g_strdup (dsp_sheet_get_sheets (sheet)[selected]);
  if (!dsp_import_has_mended (self->import))
    {
      read_file (self, self->path, name);
      return G_SOURCE_REMOVE;
    }
  dialog = dsp_record_form_ask_discard (GTK_WIDGET (self));
  g_object_set_data_full (G_OBJECT (dialog), "dsp-sheet", g_steal_pointer (&name), g_free);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_sheet_discard), self, 0);
  return G_SOURCE_REMOVE;
}

/* When the list of sheets has closed: a question must not come before that. */
static void
on_sheet_chosen (GtkDropDown     *drop_down,
                 GParamSpec      *pspec,
                 DspImportWindow *self)
{
  g_timeout_add_full (G_PRIORITY_DEFAULT, 50, leave_sheet, g_object_ref (self), g_object_unref);
}

/* Of a workbook with several. */
static GtkWidget *
make_sheets (DspImportWindow *self)
{
  DspSheet *sheet = dsp_import_get_sheet (self->import);
  GtkWidget *drop_down = gtk_drop_down_new_from_strings (dsp_sheet_get_sheets (sheet));

  gtk_drop_down_set_selected (GTK_DROP_DOWN (drop_down), dsp_sheet_get_sheet (sheet));
  gtk_widget_set_tooltip_text (drop_down, _("Sheet of the workbook"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (drop_down), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Sheet of the workbook"), -1);
  g_signal_connect (drop_down, "notify::selected", G_CALLBACK (on_sheet_chosen), self);
  return drop_down;
}

static void
on_only_bad (GtkToggleButton *button,
             DspImportWindow *self)
{
  dsp_import_table_only_bad (self->table, gtk_toggle_button_get_active (button));
}

static GtkWidget *
scrolled (GtkWidget *child,
          int        most)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), child);
  if (most > 0)
    {
      gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
      gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
      gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), most);
    }
  else
    gtk_widget_set_vexpand (scroller, TRUE);
  return scroller;
}

static GtkWidget *
make_page (DspImportWindow *self)
{
  GtkWidget *page = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9), *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);
  const char *const *sheets = dsp_sheet_get_sheets (dsp_import_get_sheet (self->import));

  self->file = gtk_label_new (dsp_sheet_get_name (dsp_import_get_sheet (self->import)));
  gtk_widget_add_css_class (self->file, "heading");
  self->status = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->status), 0);
  gtk_label_set_ellipsize (GTK_LABEL (self->status), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (self->status, TRUE);
  self->only_bad = gtk_toggle_button_new_with_label (_("Only with mistakes"));
  g_signal_connect (self->only_bad, "toggled", G_CALLBACK (on_only_bad), self);
  gtk_box_append (GTK_BOX (line), self->file);
  if (sheets != NULL && g_strv_length ((char **) sheets) > 1)
    {
      GtkWidget *drop_down = make_sheets (self);

      g_object_set_data (G_OBJECT (page), "dsp-sheets", drop_down);
      gtk_box_append (GTK_BOX (line), drop_down);
    }
  gtk_box_append (GTK_BOX (line), self->status);
  gtk_box_append (GTK_BOX (line), gtk_label_new (_("Dates:")));
  self->choices[0] = make_formats (self);
  gtk_box_append (GTK_BOX (line), self->choices[0]);
  gtk_box_append (GTK_BOX (line), self->only_bad);

  self->columns = gtk_flow_box_new ();
  gtk_flow_box_set_selection_mode (GTK_FLOW_BOX (self->columns), GTK_SELECTION_NONE);
  gtk_widget_set_valign (self->columns, GTK_ALIGN_START);
  gtk_flow_box_set_min_children_per_line (GTK_FLOW_BOX (self->columns), 5);
  gtk_flow_box_set_max_children_per_line (GTK_FLOW_BOX (self->columns), 12);
  gtk_flow_box_set_column_spacing (GTK_FLOW_BOX (self->columns), 6);
  gtk_flow_box_set_row_spacing (GTK_FLOW_BOX (self->columns), 4);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->columns), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Columns of the file"), -1);
  self->table = dsp_import_table_new (self->import);
  gtk_widget_add_css_class (page, "dsp-dialog-content");
  gtk_box_append (GTK_BOX (page), line);
  self->choices[1] = scrolled (self->columns, 190);
  self->choices[2] = make_constant_line (self);
  gtk_box_append (GTK_BOX (page), self->choices[1]);
  gtk_box_append (GTK_BOX (page), self->choices[2]);
  gtk_box_append (GTK_BOX (page), scrolled (self->table, 0));
  return page;
}

static void
take_sheet (DspImportWindow *self,
            DspSheet        *sheet)
{
  if (self->page != NULL)
    gtk_stack_remove (GTK_STACK (self->stack), self->page);
  if (self->import != NULL)
    g_signal_handlers_disconnect_by_data (self->import, self);
  g_clear_object (&self->import);
  self->import = dsp_import_new (self->office, sheet);
  if (!recall (sheet))
    dsp_sheet_guess (sheet, &dsp_order.table, dsp_import_get_fields (self->import), dsp_import_get_labels (self->import));
  self->page = make_page (self);
  gtk_stack_add_named (GTK_STACK (self->stack), self->page, "rows");
  gtk_stack_set_visible_child (GTK_STACK (self->stack), self->page);
  fill_columns (self);
  fill_constants (self);
  g_signal_connect_object (self->import, "changed", G_CALLBACK (show_counts), self, G_CONNECT_SWAPPED);
  gtk_widget_set_visible (self->go, TRUE);
  dsp_import_check (self->import);
  gtk_widget_grab_focus (self->go);
}

/* ---- opening files ---- */

typedef struct { char *path, *sheet; } File;

static void
file_free (gpointer data)
{
  File *file = data;

  g_free (file->path);
  g_free (file->sheet);
  g_free (file);
}

static void
read_sheet (GTask        *task,
            gpointer      source,
            gpointer      data,
            GCancellable *cancellable)
{
  File *file = data;
  GError *error = NULL;
  DspSheet *sheet = dsp_sheet_read (file->path, file->sheet, cancellable, &error);

  if (sheet != NULL)
    g_task_return_pointer (task, sheet, (GDestroyNotify) dsp_sheet_free);
  else
    g_task_return_error (task, error);
}

static void
stop_reading (DspImportWindow *self)
{
  g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  g_clear_handle_id (&self->pulse_id, g_source_remove);
  if (self->office != NULL)
    gtk_widget_set_visible (self->progress, FALSE);
}

static void
on_sheet_read (GObject      *source,
               GAsyncResult *res,
               gpointer      user_data)
{
  DspImportWindow *self = DSP_IMPORT_WINDOW (source);
  g_autoptr(GError) error = NULL;
  g_autoptr(DspSheet) sheet = g_task_propagate_pointer (G_TASK (res), &error);

  if (g_task_get_cancellable (G_TASK (res)) != self->reading)
    return; /* closed, or another file was chosen meanwhile */
  stop_reading (self);
  if (sheet != NULL)
    {
      g_free (self->path);
      self->path = g_strdup (((File *) g_task_get_task_data (G_TASK (res)))->path);
      take_sheet (self, g_steal_pointer (&sheet));
    }
  else
    {
      say (self, error->message);
      if (self->import != NULL)
        choose_sheet_again (self);
    }
}

static gboolean
pulse (gpointer progress)
{
  gtk_widget_set_visible (progress, TRUE);
  gtk_progress_bar_pulse (progress);
  return G_SOURCE_CONTINUE;
}

/* @sheet: (nullable): the first */
static void
read_file (DspImportWindow *self,
           const char      *path,
           const char      *sheet)
{
  g_autoptr(GTask) task = NULL;
  File *file = g_new0 (File, 1);

  stop_reading (self);
  file->path = g_strdup (path);
  file->sheet = g_strdup (sheet);
  self->reading = g_cancellable_new ();
  self->pulse_id = g_timeout_add (500, pulse, self->progress);
  task = g_task_new (self, self->reading, on_sheet_read, NULL);
  g_task_set_task_data (task, file, file_free);
  g_task_run_in_thread (task, read_sheet);
}

/* A mapping file says everything; the choices stand aside. */
static void
show_mapping (DspImportWindow *self,
              const char      *path)
{
  g_autofree char *name = g_path_get_basename (path);
  /* Translators: a file and the mapping file by which it is read */
  g_autofree char *text = g_strdup_printf (_("%s by %s"), dsp_sheet_get_name (dsp_import_get_sheet (self->import)), name);

  gtk_label_set_text (GTK_LABEL (self->file), text);
  for (guint i = 0; i < G_N_ELEMENTS (self->choices); i++)
    gtk_widget_set_sensitive (self->choices[i], FALSE);
}

static void
on_file_chosen (GtkWindow  *window,
                const char *path)
{
  read_file (DSP_IMPORT_WINDOW (window), path, NULL);
}

static void
on_mapping_chosen (GtkWindow  *window,
                   const char *path)
{
  DspImportWindow *self = DSP_IMPORT_WINDOW (window);
  g_autoptr(GError) error = NULL;

  if (dsp_import_use_mapping (self->import, path, &error))
    show_mapping (self, path);
  else
    say (self, error->message);
}

static void
on_open (DspImportWindow *self)
{
  dsp_file_open (GTK_WINDOW (self), _("A file of orders"), "*.csv *.txt *.tsv *.xlsx *.gz *.xz *.zip", on_file_chosen);
}

static void
on_mapping (DspImportWindow *self)
{
  if (self->import == NULL)
    say (self, _("Choose a file of orders first"));
  else
    dsp_file_open (GTK_WINDOW (self), _("A mapping file"), "*.json", on_mapping_chosen);
}

static void
on_go (DspImportWindow *self)
{
  if (dsp_import_is_running (self->import))
    dsp_import_stop (self->import);
  else
    {
      remember (dsp_import_get_sheet (self->import));
      dsp_import_start (self->import);
    }
}

/* ---- the window ---- */

static gboolean
close_now (gpointer window)
{
  gtk_window_destroy (window);
  return G_SOURCE_REMOVE;
}

/* The dialog still needs the window under it until it has answered. */
static void
on_discard_response (AdwMessageDialog *dialog,
                     const char       *response,
                     DspImportWindow  *self)
{
  if (g_str_equal (response, "discard"))
    g_idle_add_full (G_PRIORITY_DEFAULT, close_now, g_object_ref (self), g_object_unref);
}

/* Cells that were mended are only here until they are imported. */
static gboolean
dsp_import_window_close_request (GtkWindow *window)
{
  DspImportWindow *self = DSP_IMPORT_WINDOW (window);

  if (self->import == NULL || !dsp_import_has_mended (self->import))
    return GTK_WINDOW_CLASS (dsp_import_window_parent_class)->close_request (window);
  g_signal_connect_object (dsp_record_form_ask_discard (GTK_WIDGET (self)), "response", G_CALLBACK (on_discard_response), self, 0);
  return TRUE;
}

static void
dsp_import_window_dispose (GObject *object)
{
  DspImportWindow *self = DSP_IMPORT_WINDOW (object);

  if (self->import != NULL)
    {
      dsp_import_stop (self->import);
      g_signal_handlers_disconnect_by_data (self->import, self);
    }
  g_clear_object (&self->office);
  stop_reading (self);
  g_clear_pointer (&self->path, g_free);
  g_clear_object (&self->import);
  G_OBJECT_CLASS (dsp_import_window_parent_class)->dispose (object);
}

static void
dsp_import_window_class_init (DspImportWindowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_import_window_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = dsp_import_window_close_request;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
dsp_import_window_init (DspImportWindow *self)
{
}

static GtkWidget *
make_empty (DspImportWindow *self)
{
  GtkWidget *empty = adw_status_page_new (), *button = gtk_button_new_with_mnemonic (_("_Choose a file…"));

  adw_status_page_set_icon_name (ADW_STATUS_PAGE (empty), "document-open-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (empty), _("A file of orders"));
  adw_status_page_set_description (ADW_STATUS_PAGE (empty), _("A workbook (XLSX) or rows of text (CSV), with a line of headings. You see each row before anything is imported."));
  gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "suggested-action");
  gtk_widget_add_css_class (button, "pill");
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (on_open), self);
  adw_status_page_set_child (ADW_STATUS_PAGE (empty), button);
  return empty;
}

static GtkWidget *
make_header (DspImportWindow *self)
{
  GtkWidget *header = adw_header_bar_new ();
  GtkWidget *open = gtk_button_new_with_mnemonic (_("_Open…")), *mapping = gtk_button_new_with_mnemonic (_("_Mapping file…"));

  self->go = gtk_button_new ();
  gtk_widget_add_css_class (self->go, "suggested-action");
  gtk_widget_set_visible (self->go, FALSE);
  g_signal_connect_swapped (self->go, "clicked", G_CALLBACK (on_go), self);
  g_signal_connect_swapped (open, "clicked", G_CALLBACK (on_open), self);
  g_signal_connect_swapped (mapping, "clicked", G_CALLBACK (on_mapping), self);
  gtk_widget_set_tooltip_text (mapping, _("Says which column is what, as for despachoctl"));
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), open);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), mapping);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), self->go);
  return header;
}

static DspImportWindow *
find_open (DspOffice *office)
{
  g_autoptr(GList) windows = gtk_window_list_toplevels ();

  for (GList *l = windows; l != NULL; l = l->next)
    if (DSP_IS_IMPORT_WINDOW (l->data) && DSP_IMPORT_WINDOW (l->data)->office == office)
      return l->data;
  return NULL;
}

gboolean
dsp_import_window_may_close (DspOffice *office)
{
  DspImportWindow *self = find_open (office);

  if (self == NULL)
    return TRUE;
  gtk_window_present (GTK_WINDOW (self));
  gtk_window_close (GTK_WINDOW (self));
  return find_open (office) == NULL;
}

void
dsp_import_window_open (GtkWindow *parent,
                        DspOffice *office)
{
  DspImportWindow *self = find_open (office);
  GtkWidget *box;

  if (!dsp_office_may (office, &dsp_order_import))
    {
      g_autofree char *why = dsp_text_rule (DSP_RULE_FORBIDDEN, NULL);

      dsp_office_message (office, 0, _("%s: %s"), _("Import orders"), why);
      return;
    }
  if (self != NULL)
    {
      gtk_window_present (GTK_WINDOW (self));
      return;
    }
  self = g_object_new (DSP_TYPE_IMPORT_WINDOW, "title", _("Import orders"), "transient-for", parent, "destroy-with-parent", TRUE,
                       "default-width", 1240, "default-height", 700, NULL);
  self->office = g_object_ref (office);
  self->stack = gtk_stack_new ();
  gtk_widget_set_vexpand (self->stack, TRUE);
  gtk_stack_add_named (GTK_STACK (self->stack), make_empty (self), "empty");
  self->progress = gtk_progress_bar_new ();
  gtk_widget_add_css_class (self->progress, "osd");
  gtk_widget_set_visible (self->progress, FALSE);
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (box), make_header (self));
  gtk_box_append (GTK_BOX (box), self->progress);
  gtk_box_append (GTK_BOX (box), self->stack);
  self->toasts = ADW_TOAST_OVERLAY (adw_toast_overlay_new ());
  adw_toast_overlay_set_child (self->toasts, box);
  adw_window_set_content (ADW_WINDOW (self), GTK_WIDGET (self->toasts));
  gtk_window_present (GTK_WINDOW (self));
}
