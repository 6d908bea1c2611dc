/* dsp-macro-page.c: the workbook of open services: on the screen, out, and back in
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * S0-19. The filter is the office's own, that of list and map; of its orders the open ones are here.
 */
#define G_LOG_DOMAIN "dsp-macro-page"

#include "config.h"
#include "dsp-macro-page.h"

#include "dsp-filter-bar.h"
#include "dsp-filter-visit.h"
#include "dsp-macro-export.h"
#include "dsp-macro-pivot.h"
#include "dsp-macro-sheet.h"
#include "dsp-macro-window.h"
#include "dsp-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

struct _DspMacroPage
{
  GtkWidget      parent_instance;

  DspOffice     *office;  /* (owned) */
  GtkWidget     *box;     /* (nullable): made when somebody first looks */
  DspFilterBar  *filter_bar;
  GtkWidget     *counts;
  DspMacroSheet *sheet;
  DspMacroPivot *pivot;
  GtkWidget     *stack;   /* "sheet" or "pivot" */
  GtkWidget     *columns;
  GtkWidget     *grouping;
  DspFilterVisit visit;   /* from a figure to its orders */
  DspWorkBar    *work;
};

G_DEFINE_FINAL_TYPE (DspMacroPage, dsp_macro_page, GTK_TYPE_WIDGET)

/* ---- what there is to say ---- */

static void
show_counts (DspMacroPage *self)
{
  guint n_rows;
  g_autofree char *text = NULL;

  dsp_macro_sheet_get_rows (self->sheet, &n_rows);
  text = g_strdup_printf (ngettext ("%'u open service", "%'u open services", n_rows), n_rows);
  gtk_label_set_text (GTK_LABEL (self->counts), text);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "macro.export", n_rows > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "macro.copy", n_rows > 0);
}

/* ---- sheet and pivot ---- */

static gboolean
shows_pivot (DspMacroPage *self)
{
  return gtk_stack_get_visible_child (GTK_STACK (self->stack)) == GTK_WIDGET (self->pivot);
}

static void
on_shown (DspMacroPage *self)
{
  gtk_widget_set_visible (self->columns, !shows_pivot (self));
  gtk_widget_set_visible (self->grouping, !shows_pivot (self));
}

static void
on_open (DspMacroPivot *pivot,
         const char    *row,
         const char    *column,
         DspMacroPage  *self)
{
  const char *const all[] = { DSP_MACRO_OPEN, row != NULL ? row : column, row != NULL ? column : NULL, NULL };

  if (!dsp_filter_visit_open (&self->visit, GTK_WIDGET (self), self->office, all))
    dsp_office_message (self->office, 0, "%s", _("There are no orders behind this figure"));
}

/* ---- actions ---- */

static void
action_export (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  DspMacroPage *self = DSP_MACRO_PAGE (widget);
  gboolean text = g_str_equal (g_variant_get_string (parameter, NULL), "csv");
  guint n_rows;

  if (dsp_work_bar_is_running (self->work))
    {
      dsp_office_message (self->office, 0, "%s", _("One file is being written already"));
      return;
    }
  if (shows_pivot (self))
    {
      dsp_macro_pivot_export (self->pivot, text);
      return;
    }
  dsp_macro_sheet_get_rows (self->sheet, &n_rows);
  dsp_macro_export (self->work, self->office, n_rows, text);
}

static void
action_copy (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  DspMacroPage *self = DSP_MACRO_PAGE (widget);

  if (shows_pivot (self))
    dsp_macro_pivot_copy (self->pivot);
  else
    dsp_macro_sheet_copy (self->sheet);
}

static void
action_import (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  dsp_macro_window_open (GTK_WINDOW (gtk_widget_get_root (widget)), DSP_MACRO_PAGE (widget)->office);
}

gboolean
dsp_macro_page_act (DspMacroPage *self,
                    const char   *action)
{
  if (self->box == NULL)
    return FALSE;
  if (g_str_equal (action, "win.filter"))
    dsp_filter_bar_open (self->filter_bar);
  else if (g_str_equal (action, "win.select-all"))
    dsp_macro_sheet_select_all (self->sheet);
  else
    return FALSE;
  return TRUE;
}

/* ---- the widget ---- */

static GtkWidget *
make_export (void)
{
  GtkWidget *button = gtk_menu_button_new ();
  g_autoptr(GMenu) menu = g_menu_new ();

  g_menu_append (menu, _("Workbook (XLSX)"), "macro.export::xlsx");
  g_menu_append (menu, _("Text (CSV)"), "macro.export::csv");
  gtk_menu_button_set_label (GTK_MENU_BUTTON (button), _("Export…"));
  gtk_menu_button_set_menu_model (GTK_MENU_BUTTON (button), G_MENU_MODEL (menu));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Export open services"), -1);
  return button;
}

static GtkWidget *
make_head (DspMacroPage *self)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6), *copy = gtk_button_new_from_icon_name ("edit-copy-symbolic");
  GtkWidget *columns = self->columns = gtk_menu_button_new (), *switcher = gtk_stack_switcher_new (), *import = gtk_button_new_with_label (_("Import workbook"));

  self->counts = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->counts), 0);
  gtk_label_set_ellipsize (GTK_LABEL (self->counts), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (self->counts, "numeric");
  gtk_widget_set_hexpand (self->counts, TRUE);
  gtk_widget_set_tooltip_text (copy, _("Copy (Ctrl+C)"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (copy), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Copy"), -1);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (copy), "macro.copy");
  gtk_menu_button_set_icon_name (GTK_MENU_BUTTON (columns), "view-more-symbolic");
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (columns), dsp_macro_sheet_make_chooser (self->sheet));
  gtk_widget_set_tooltip_text (columns, _("Choose columns"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (columns), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Choose columns"), -1);
  gtk_stack_switcher_set_stack (GTK_STACK_SWITCHER (switcher), GTK_STACK (self->stack));
  gtk_box_append (GTK_BOX (line), switcher);
  gtk_box_append (GTK_BOX (line), self->counts);
  self->grouping = dsp_macro_sheet_make_grouping (self->sheet);
  gtk_box_append (GTK_BOX (line), self->grouping);
  gtk_box_append (GTK_BOX (line), copy);
  gtk_box_append (GTK_BOX (line), columns);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (import), "macro.import");
  gtk_box_append (GTK_BOX (line), import);
  gtk_box_append (GTK_BOX (line), make_export ());
  gtk_widget_add_css_class (line, "dsp-macro-head");
  return line;
}

static void
make_content (DspMacroPage *self)
{
  self->filter_bar = g_object_new (DSP_TYPE_FILTER_BAR, NULL);
  dsp_filter_bar_set_office (self->filter_bar, self->office);
  gtk_widget_add_css_class (GTK_WIDGET (self->filter_bar), "dsp-chart-filter");
  self->sheet = DSP_MACRO_SHEET (dsp_macro_sheet_new (self->office));
  g_signal_connect_swapped (self->sheet, "changed", G_CALLBACK (show_counts), self);
  self->work = DSP_WORK_BAR (dsp_work_bar_new ());
  self->pivot = DSP_MACRO_PIVOT (dsp_macro_pivot_new (self->office, self->work));
  g_signal_connect (self->pivot, "open", G_CALLBACK (on_open), self);
  self->stack = gtk_stack_new ();
  gtk_widget_set_vexpand (self->stack, TRUE);
  gtk_stack_add_titled (GTK_STACK (self->stack), GTK_WIDGET (self->sheet), "sheet", _("Sheet"));
  gtk_stack_add_titled (GTK_STACK (self->stack), GTK_WIDGET (self->pivot), "pivot", _("Pivot"));
  g_signal_connect_swapped (self->stack, "notify::visible-child", G_CALLBACK (on_shown), self);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->filter_bar));
  gtk_box_append (GTK_BOX (self->box), make_head (self));
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (self->work));
  gtk_box_append (GTK_BOX (self->box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_box_append (GTK_BOX (self->box), self->stack);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

static void
dsp_macro_page_map (GtkWidget *widget)
{
  DspMacroPage *self = DSP_MACRO_PAGE (widget);

  if (self->box == NULL)
    make_content (self);
  dsp_filter_visit_back (&self->visit, self->office);
  GTK_WIDGET_CLASS (dsp_macro_page_parent_class)->map (widget);
}

static void
dsp_macro_page_dispose (GObject *object)
{
  DspMacroPage *self = DSP_MACRO_PAGE (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  dsp_filter_visit_clear (&self->visit);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_macro_page_parent_class)->dispose (object);
}

static void
dsp_macro_page_class_init (DspMacroPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dsp_macro_page_dispose;
  widget_class->map = dsp_macro_page_map;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_install_action (widget_class, "macro.export", "s", action_export);
  gtk_widget_class_install_action (widget_class, "macro.import", NULL, action_import);
  gtk_widget_class_install_action (widget_class, "macro.copy", NULL, action_copy);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_c, GDK_CONTROL_MASK, "macro.copy", NULL);
}

static void
dsp_macro_page_init (DspMacroPage *self)
{
}

GtkWidget *
dsp_macro_page_new (DspOffice *office)
{
  DspMacroPage *self = g_object_new (DSP_TYPE_MACRO_PAGE, NULL);

  self->office = g_object_ref (office);
  return GTK_WIDGET (self);
}
