/* dsp-macro-window.c: a workbook of open services that came back: looked at, applied, taken back
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * S0-19. Nothing changes before a person has seen what each row would do, and why others are refused.
 */
#define G_LOG_DOMAIN "dsp-macro-window"

#include "config.h"
#include "dsp-macro-window.h"

#include "dsp-file-open.h"
#include "dsp-macro-export.h"
#include "dsp-macro-import.h"
#include "dsp-text-column.h"
#include "dsp-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define DSP_TYPE_MACRO_WINDOW (dsp_macro_window_get_type ())
G_DECLARE_FINAL_TYPE (DspMacroWindow, dsp_macro_window, DSP, MACRO_WINDOW, AdwWindow)

struct _DspMacroWindow
{
  AdwWindow           parent_instance;

  DspOffice          *office;  /* (owned) */
  DspMacroImport     *import;  /* (owned) (nullable): of the file that was read */
  GtkFilterListModel *shown;   /* (owned) */
  char               *path;    /* (owned) (nullable) */
  AdwToastOverlay    *toasts;
  DspWorkBar         *work;
  GtkWidget          *stack;   /* "empty" or "rows" */
  GtkWidget          *file;
  GtkWidget          *status;
  GtkWidget          *only_refused;
  GtkWidget          *open;
  GtkWidget          *undo;
  GtkWidget          *go;
};

G_DEFINE_FINAL_TYPE (DspMacroWindow, dsp_macro_window, ADW_TYPE_WINDOW)

static void
say (DspMacroWindow *self,
     const char     *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (escaped));
}

/* ---- what there is to say ---- */

/* Takes @part. */
static void
append_part (GString *text,
             char    *part)
{
  g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", part);
  g_free (part);
}

static char *
status_text (DspMacroImport *import)
{
  guint ready = dsp_macro_import_count (import, DSP_CHANGE_READY), refused = dsp_macro_import_count (import, DSP_CHANGE_REFUSED);
  guint done = dsp_macro_import_count (import, DSP_CHANGE_DONE), undone = dsp_macro_import_count (import, DSP_CHANGE_UNDONE);
  guint n_read = dsp_macro_import_n_read (import), unchanged = dsp_macro_import_n_unchanged (import);
  const char *trouble = dsp_macro_import_get_trouble (import);
  g_autoptr(GString) text = g_string_new (trouble);

  append_part (text, g_strdup_printf (ngettext ("%'u row read", "%'u rows read", n_read), n_read));
  if (done > 0)
    append_part (text, g_strdup_printf (ngettext ("%'u applied", "%'u applied", done), done));
  if (undone > 0)
    append_part (text, g_strdup_printf (ngettext ("%'u undone", "%'u undone", undone), undone));
  if (ready > 0 || done + undone == 0)
    append_part (text, g_strdup_printf (ngettext ("%'u change", "%'u changes", ready), ready));
  append_part (text, g_strdup_printf (ngettext ("%'u refused", "%'u refused", refused), refused));
  append_part (text, g_strdup_printf (ngettext ("%'u unchanged", "%'u unchanged", unchanged), unchanged));
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* A button that has gone takes the keyboard with it: what comes next gets it. */
static void
move_focus (DspMacroWindow *self)
{
  GtkWidget *next[] = { self->go, self->undo, self->open };

  for (guint i = 0; i < G_N_ELEMENTS (next); i++)
    if (gtk_widget_get_visible (next[i]) && gtk_widget_get_sensitive (next[i]))
      {
        gtk_widget_grab_focus (next[i]);
        return;
      }
}

static void
show_state (DspMacroWindow *self)
{
  guint n_done, ready = dsp_macro_import_count (self->import, DSP_CHANGE_READY);
  DspMacroWork work = dsp_macro_import_get_work (self->import, &n_done);
  g_autofree char *status = status_text (self->import);
  gboolean ended = work == DSP_MACRO_IDLE && dsp_work_bar_is_running (self->work);
  g_autofree char *label = g_strdup_printf (ngettext ("_Apply %'u change", "_Apply %'u changes", ready), ready);

  if (ended)
    dsp_work_bar_end (self->work);
  else if (work != DSP_MACRO_IDLE)
    dsp_work_bar_set_done (self->work, n_done);
  gtk_label_set_text (GTK_LABEL (self->status), status);
  gtk_widget_set_tooltip_text (self->status, status);
  if (dsp_macro_import_get_trouble (self->import) != NULL)
    gtk_widget_add_css_class (self->status, "error");
  else
    gtk_widget_remove_css_class (self->status, "error");
  gtk_button_set_label (GTK_BUTTON (self->go), label);
  gtk_widget_set_sensitive (self->go, work == DSP_MACRO_IDLE && ready > 0);
  gtk_widget_set_visible (self->go, ready > 0 || dsp_macro_import_count (self->import, DSP_CHANGE_DONE) == 0);
  gtk_widget_set_visible (self->undo, dsp_macro_import_can_undo (self->import));
  gtk_widget_set_sensitive (self->open, work == DSP_MACRO_IDLE);
  gtk_widget_set_sensitive (self->only_refused, dsp_macro_import_count (self->import, DSP_CHANGE_REFUSED) > 0);
  if (ended)
    move_focus (self);
}

/* ---- the table ---- */

static char *
line_text (gpointer     item,
           const char **css_class,
           gpointer     user_data)
{
  return g_strdup_printf ("%u", dsp_macro_change_get_row (item)->line);
}

static char *
number_text (gpointer     item,
             const char **css_class,
             gpointer     user_data)
{
  return g_strdup (dsp_macro_change_get_row (item)->number);
}

static char *
what_text (gpointer     item,
           const char **css_class,
           gpointer     user_data)
{
  return g_strdup (dsp_macro_change_get_row (item)->what);
}

static char *
result_text (gpointer     item,
             const char **css_class,
             gpointer     user_data)
{
  static const struct { const char *word, *css_class; } looks[DSP_N_CHANGE_STATES] = {
    [DSP_CHANGE_READY] = { N_("Will be done"), NULL }, [DSP_CHANGE_REFUSED] = { N_("Refused"), "error" },
    [DSP_CHANGE_DONE] = { N_("Done"), "success" }, [DSP_CHANGE_UNDONE] = { N_("Undone"), "dim-label" },
  };
  DspChangeState state = dsp_macro_change_get_state (item);
  const char *reason = dsp_macro_change_get_reason (item);

  *css_class = looks[state].css_class;
  /* Translators: what became of a row, and why */
  return reason != NULL ? g_strdup_printf (_("%s: %s"), _(looks[state].word), reason) : g_strdup (_(looks[state].word));
}

static gboolean
is_refused (gpointer item,
            gpointer user_data)
{
  return dsp_macro_change_get_state (item) == DSP_CHANGE_REFUSED;
}

static void
on_only_refused (GtkToggleButton *button,
                 DspMacroWindow  *self)
{
  g_autoptr(GtkFilter) filter = gtk_toggle_button_get_active (button) ? GTK_FILTER (gtk_custom_filter_new (is_refused, NULL, NULL)) : NULL;

  gtk_filter_list_model_set_filter (self->shown, filter);
}

static void
on_activate (GtkColumnView  *view,
             guint           position,
             DspMacroWindow *self)
{
  g_autoptr(DspMacroChange) change = g_list_model_get_item (G_LIST_MODEL (self->shown), position);
  const DspMacroRow *row = change != NULL ? dsp_macro_change_get_row (change) : NULL;
  GtkWindow *parent = gtk_window_get_transient_for (GTK_WINDOW (self));
  char id[DSP_ID_TEXT];

  if (row == NULL || parent == NULL || dsp_replica_get_order (dsp_office_get_replica (self->office), &row->gift.id) == NULL)
    return;
  dsp_id_print (&row->gift.id, id);
  gtk_widget_activate_action (GTK_WIDGET (parent), "win.open-order", "s", id);
}

static GtkWidget *
make_table (DspMacroWindow *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new (), *view;

  self->shown = gtk_filter_list_model_new (NULL, NULL);
  view = gtk_column_view_new (GTK_SELECTION_MODEL (gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->shown)))));
  gtk_column_view_set_show_row_separators (GTK_COLUMN_VIEW (view), TRUE);
  gtk_widget_add_css_class (view, "data-table");
  gtk_widget_add_css_class (view, "dsp-import");
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Changes in the workbook"), -1);
  dsp_text_column_add (GTK_COLUMN_VIEW (view), _("Line"), 70, line_text, NULL);
  dsp_text_column_add (GTK_COLUMN_VIEW (view), _("Order"), 110, number_text, NULL);
  dsp_text_column_add (GTK_COLUMN_VIEW (view), _("What it would do"), 480, what_text, NULL);
  dsp_text_column_add (GTK_COLUMN_VIEW (view), _("Result"), 0, result_text, NULL);
  g_signal_connect (view, "activate", G_CALLBACK (on_activate), self);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), view);
  gtk_widget_set_vexpand (scroller, TRUE);
  return scroller;
}

/* ---- reading ---- */

typedef struct {
  DspMacroOffice *office; /* (owned) */
  char           *path;   /* (owned) */
} Reading;

static void
reading_free (gpointer data)
{
  Reading *reading = data;

  dsp_macro_office_free (reading->office);
  g_free (reading->path);
  g_free (reading);
}

static gpointer
read_file (gpointer           data,
           DspMacroProgress  *progress,
           GCancellable      *cancellable,
           GError           **error)
{
  Reading *reading = data;

  return dsp_macro_read (reading->office, reading->path, progress, cancellable, error);
}

static void
free_plan (gpointer plan)
{
  dsp_macro_plan_free (plan);
}

static void
take_plan (DspMacroWindow *self,
           DspMacroPlan   *plan)
{
  g_autofree char *name = g_path_get_basename (self->path);

  if (self->import != NULL)
    g_signal_handlers_disconnect_by_data (self->import, self);
  g_clear_object (&self->import);
  self->import = dsp_macro_import_new (self->office, plan);
  g_signal_connect_object (self->import, "changed", G_CALLBACK (show_state), self, G_CONNECT_SWAPPED);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->only_refused), FALSE);
  gtk_filter_list_model_set_model (self->shown, G_LIST_MODEL (self->import));
  gtk_label_set_text (GTK_LABEL (self->file), name);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "rows");
  dsp_macro_import_judge (self->import, dsp_work_bar_begin (self->work, _("Asking the rules about each change…"),
                                                            dsp_macro_import_count (self->import, DSP_CHANGE_READY)));
}

static void
on_read (gpointer      result,
         const GError *error,
         gpointer      user_data)
{
  DspMacroWindow *self = user_data;

  gtk_widget_set_sensitive (self->open, TRUE);
  move_focus (self);
  if (result != NULL)
    take_plan (self, result);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    say (self, _("Cancelled: nothing was changed"));
  else
    say (self, error->message);
}

static void
on_file_chosen (GtkWindow  *window,
                const char *path)
{
  DspMacroWindow *self = DSP_MACRO_WINDOW (window);
  Reading *reading;

  if (dsp_work_bar_is_running (self->work))
    return;
  g_free (self->path);
  self->path = g_strdup (path);
  reading = g_new (Reading, 1);
  *reading = (Reading) { dsp_macro_export_office (self->office, NULL), g_strdup (path) };
  gtk_widget_set_sensitive (self->open, FALSE);
  dsp_work_bar_run (self->work, _("Reading the workbook…"), 0, read_file, reading, reading_free, free_plan, on_read, self);
}

static void
on_open (DspMacroWindow *self)
{
  dsp_file_open (GTK_WINDOW (self), _("A workbook of open services"), "*.xlsx *.csv", on_file_chosen);
}

/* ---- applying ---- */

static void
on_go (DspMacroWindow *self)
{
  dsp_macro_import_apply (self->import, dsp_work_bar_begin (self->work, _("Applying the changes…"),
                                                            dsp_macro_import_count (self->import, DSP_CHANGE_READY)));
}

static void
on_undo (DspMacroWindow *self)
{
  dsp_work_bar_begin (self->work, _("Taking the changes back…"), 0);
  dsp_macro_import_undo (self->import);
}

/* ---- the window ---- */

static void
dsp_macro_window_dispose (GObject *object)
{
  DspMacroWindow *self = DSP_MACRO_WINDOW (object);

  if (self->import != NULL)
    g_signal_handlers_disconnect_by_data (self->import, self);
  g_clear_object (&self->import);
  g_clear_object (&self->shown);
  g_clear_pointer (&self->path, g_free);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_macro_window_parent_class)->dispose (object);
}

static void
dsp_macro_window_class_init (DspMacroWindowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_macro_window_dispose;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
dsp_macro_window_init (DspMacroWindow *self)
{
}

static GtkWidget *
make_empty (DspMacroWindow *self)
{
  GtkWidget *empty = adw_status_page_new (), *button = gtk_button_new_with_mnemonic (_("_Choose a file…"));

  adw_status_page_set_icon_name (ADW_STATUS_PAGE (empty), "despacho-macro-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (empty), _("A workbook of open services"));
  adw_status_page_set_description (ADW_STATUS_PAGE (empty), _("One that was exported here and worked on in a spreadsheet, or as CSV. You see what each row would do before "
                                                              "anything changes."));
  gtk_widget_set_halign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "suggested-action");
  gtk_widget_add_css_class (button, "pill");
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (on_open), self);
  adw_status_page_set_child (ADW_STATUS_PAGE (empty), button);
  return empty;
}

static GtkWidget *
make_rows (DspMacroWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9), *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 9);

  self->file = gtk_label_new (NULL);
  gtk_widget_add_css_class (self->file, "heading");
  self->status = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->status), 0);
  gtk_label_set_ellipsize (GTK_LABEL (self->status), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (self->status, "numeric");
  gtk_widget_set_hexpand (self->status, TRUE);
  self->only_refused = gtk_toggle_button_new_with_label (_("Only refused"));
  g_signal_connect (self->only_refused, "toggled", G_CALLBACK (on_only_refused), self);
  gtk_box_append (GTK_BOX (line), self->file);
  gtk_box_append (GTK_BOX (line), self->status);
  gtk_box_append (GTK_BOX (line), self->only_refused);
  gtk_widget_add_css_class (box, "dsp-dialog-content");
  gtk_box_append (GTK_BOX (box), line);
  gtk_box_append (GTK_BOX (box), make_table (self));
  return box;
}

static GtkWidget *
make_header (DspMacroWindow *self)
{
  GtkWidget *header = adw_header_bar_new ();

  self->open = gtk_button_new_with_mnemonic (_("_Open…"));
  self->undo = gtk_button_new_with_mnemonic (_("_Undo"));
  self->go = gtk_button_new_with_mnemonic ("");
  gtk_widget_add_css_class (self->go, "suggested-action");
  gtk_widget_set_visible (self->go, FALSE);
  gtk_widget_set_visible (self->undo, FALSE);
  g_signal_connect_swapped (self->open, "clicked", G_CALLBACK (on_open), self);
  g_signal_connect_swapped (self->undo, "clicked", G_CALLBACK (on_undo), self);
  g_signal_connect_swapped (self->go, "clicked", G_CALLBACK (on_go), self);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), self->open);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), self->go);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), self->undo);
  return header;
}

static DspMacroWindow *
find_open (DspOffice *office)
{
  g_autoptr(GList) windows = gtk_window_list_toplevels ();

  for (GList *l = windows; l != NULL; l = l->next)
    if (DSP_IS_MACRO_WINDOW (l->data) && DSP_MACRO_WINDOW (l->data)->office == office)
      return l->data;
  return NULL;
}

void
dsp_macro_window_open (GtkWindow *parent,
                       DspOffice *office)
{
  DspMacroWindow *self = find_open (office);
  GtkWidget *box;

  if (self != NULL)
    {
      gtk_window_present (GTK_WINDOW (self));
      return;
    }
  self = g_object_new (DSP_TYPE_MACRO_WINDOW, "title", _("Import workbook"), "transient-for", parent, "destroy-with-parent", TRUE,
                       "default-width", 1240, "default-height", 680, NULL);
  self->office = g_object_ref (office);
  self->work = DSP_WORK_BAR (dsp_work_bar_new ());
  self->stack = gtk_stack_new ();
  gtk_widget_set_vexpand (self->stack, TRUE);
  gtk_stack_add_named (GTK_STACK (self->stack), make_empty (self), "empty");
  gtk_stack_add_named (GTK_STACK (self->stack), make_rows (self), "rows");
  box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (box), make_header (self));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->work));
  gtk_box_append (GTK_BOX (box), self->stack);
  self->toasts = ADW_TOAST_OVERLAY (adw_toast_overlay_new ());
  adw_toast_overlay_set_child (self->toasts, box);
  adw_window_set_content (ADW_WINDOW (self), GTK_WIDGET (self->toasts));
  gtk_window_present (GTK_WINDOW (self));
}
