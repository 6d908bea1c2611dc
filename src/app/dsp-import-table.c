/* dsp-import-table.c: the rows of an import: what each became, and their cells
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A cell is a label. One that is wrong is an entry, and stays one while its row is in view, so that what is being typed
 * does not go away under the hand when it becomes right.
 */
#define G_LOG_DOMAIN "dsp-import"

#include "config.h"
#include "dsp-import-table.h"

#include "dsp-text-column.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#define CHECK_MS 300

/* ---- what a row became ---- */

static char *
result_text (gpointer     item,
             const char **css_class,
             gpointer     user_data)
{
  static const struct { const char *word, *css_class; } looks[DSP_N_IMPORT_STATES] = {
    [DSP_IMPORT_BAD] = { NULL, "error" }, [DSP_IMPORT_ADDED] = { N_("Added"), "success" }, [DSP_IMPORT_CHANGED] = { N_("Changed"), "success" },
    [DSP_IMPORT_UNCHANGED] = { N_("Unchanged"), "dim-label" }, [DSP_IMPORT_REFUSED] = { N_("Refused"), "error" },
  };
  DspImportState state = dsp_import_row_get_state (item);
  const char *reason = dsp_import_row_get_reason (item);

  *css_class = looks[state].css_class;
  if (looks[state].word == NULL)
    return g_strdup (reason != NULL ? reason : "");
  /* Translators: what became of a row, and why */
  return reason != NULL ? g_strdup_printf (_("%s: %s"), _(looks[state].word), reason) : g_strdup (_(looks[state].word));
}

static char *
line_text (gpointer     item,
           const char **css_class,
           gpointer     import)
{
  return g_strdup_printf ("%" G_GUINT64_FORMAT, dsp_sheet_get_line (dsp_import_get_sheet (import), dsp_import_row_get_index (item)));
}

/* ---- a cell ---- */

typedef struct {
  DspImport    *import;
  guint         column;
  GtkWidget    *box;    /* holds a label or an entry */
  GtkWidget    *label;  /* (nullable) */
  GtkWidget    *entry;  /* (nullable) */
  DspImportRow *row;    /* (nullable): bound */
  gulong        handler;
  gboolean      filling;
} Cell;

static gboolean
check_soon_cb (gpointer import)
{
  g_object_set_data (import, "dsp-check", NULL);
  dsp_import_check (import);
  return G_SOURCE_REMOVE;
}

static void
check_soon (DspImport *import)
{
  guint id = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (import), "dsp-check"));

  if (id != 0)
    g_source_remove (id);
  id = g_timeout_add_full (G_PRIORITY_DEFAULT, CHECK_MS, check_soon_cb, g_object_ref (import), g_object_unref);
  g_object_set_data (G_OBJECT (import), "dsp-check", GUINT_TO_POINTER (id));
}

static void
on_edited (GtkEditable *entry,
           Cell        *cell)
{
  if (cell->filling || cell->row == NULL)
    return;
  dsp_sheet_set_cell (dsp_import_get_sheet (cell->import), dsp_import_row_get_index (cell->row), cell->column, gtk_editable_get_text (entry));
  check_soon (cell->import);
}

static void
make_label (Cell *cell)
{
  if (cell->entry != NULL)
    gtk_box_remove (GTK_BOX (cell->box), cell->entry);
  cell->entry = NULL;
  cell->label = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (cell->label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (cell->label), PANGO_ELLIPSIZE_END);
  gtk_box_append (GTK_BOX (cell->box), cell->label);
}

static void
make_entry (Cell *cell)
{
  const char *const *names = dsp_sheet_get_columns (dsp_import_get_sheet (cell->import), NULL);
  /* Translators: a column of the file, and a line in it */
  g_autofree char *name = g_strdup_printf (_("%s, line %" PRIu64), names[cell->column],
                                           dsp_sheet_get_line (dsp_import_get_sheet (cell->import), dsp_import_row_get_index (cell->row)));

  if (cell->label != NULL)
    gtk_box_remove (GTK_BOX (cell->box), cell->label);
  cell->label = NULL;
  cell->entry = gtk_entry_new ();
  gtk_widget_set_hexpand (cell->entry, TRUE);
  gtk_editable_set_width_chars (GTK_EDITABLE (cell->entry), 6);
  gtk_widget_add_css_class (cell->entry, "dsp-cell");
  gtk_accessible_update_property (GTK_ACCESSIBLE (cell->entry), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect (cell->entry, "changed", G_CALLBACK (on_edited), cell);
  gtk_box_append (GTK_BOX (cell->box), cell->entry);
}

static void
show_cell (Cell *cell)
{
  const char *text = dsp_sheet_get_cell (dsp_import_get_sheet (cell->import), dsp_import_row_get_index (cell->row), cell->column);
  const char *fault = dsp_import_row_get_fault (cell->row, cell->column);

  if (fault != NULL && cell->entry == NULL)
    make_entry (cell);
  cell->filling = TRUE;
  if (cell->entry == NULL)
    gtk_label_set_text (GTK_LABEL (cell->label), text);
  else
    {
      if (g_strcmp0 (gtk_editable_get_text (GTK_EDITABLE (cell->entry)), text) != 0)
        gtk_editable_set_text (GTK_EDITABLE (cell->entry), text);
      gtk_widget_set_tooltip_text (cell->entry, fault);
      if (fault != NULL)
        gtk_widget_add_css_class (cell->entry, "error");
      else
        gtk_widget_remove_css_class (cell->entry, "error");
    }
  cell->filling = FALSE;
}

static void
set_up_cell (GtkSignalListItemFactory *factory,
             GtkListItem              *item,
             DspImport                *import)
{
  Cell *cell = g_new0 (Cell, 1);

  cell->import = import;
  cell->column = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (factory), "dsp-column"));
  cell->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  make_label (cell);
  g_object_set_data_full (G_OBJECT (cell->box), "dsp-cell", cell, g_free);
  gtk_list_item_set_child (item, cell->box);
  gtk_list_item_set_selectable (item, FALSE);
}

static void
bind_cell (GtkSignalListItemFactory *factory,
           GtkListItem              *item)
{
  Cell *cell = g_object_get_data (G_OBJECT (gtk_list_item_get_child (item)), "dsp-cell");

  cell->row = gtk_list_item_get_item (item);
  if (cell->label == NULL)
    make_label (cell);
  cell->handler = g_signal_connect_swapped (cell->row, "changed", G_CALLBACK (show_cell), cell);
  show_cell (cell);
}

static void
unbind_cell (GtkSignalListItemFactory *factory,
             GtkListItem              *item)
{
  Cell *cell = g_object_get_data (G_OBJECT (gtk_list_item_get_child (item)), "dsp-cell");

  g_clear_signal_handler (&cell->handler, cell->row);
  cell->row = NULL;
}

/* ---- the table ---- */

static void
add_column (GtkWidget          *view,
            const char         *title,
            GtkListItemFactory *factory,
            int                 width)
{
  GtkColumnViewColumn *column = gtk_column_view_column_new (title, factory);

  gtk_column_view_column_set_resizable (column, TRUE);
  gtk_column_view_column_set_fixed_width (column, width);
  gtk_column_view_append_column (GTK_COLUMN_VIEW (view), column);
  g_object_unref (column);
}

static gboolean
is_bad (gpointer item,
        gpointer user_data)
{
  DspImportState state = dsp_import_row_get_state (item);

  return state == DSP_IMPORT_BAD || state == DSP_IMPORT_REFUSED;
}

GtkWidget *
dsp_import_table_new (DspImport *import)
{
  guint n_columns;
  const char *const *names = dsp_sheet_get_columns (dsp_import_get_sheet (import), &n_columns);
  GtkFilterListModel *filtered = gtk_filter_list_model_new (g_object_ref (G_LIST_MODEL (import)), NULL);
  GtkWidget *view = gtk_column_view_new (GTK_SELECTION_MODEL (gtk_no_selection_new (G_LIST_MODEL (g_object_ref (filtered)))));

  g_object_set_data_full (G_OBJECT (view), "dsp-filtered", filtered, g_object_unref);
  gtk_column_view_set_show_row_separators (GTK_COLUMN_VIEW (view), TRUE);
  gtk_widget_add_css_class (view, "data-table");
  gtk_widget_add_css_class (view, "dsp-import");
  gtk_accessible_update_property (GTK_ACCESSIBLE (view), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Rows of the file"), -1);

  dsp_text_column_add (GTK_COLUMN_VIEW (view), _("Line"), 76, line_text, import);
  dsp_text_column_add (GTK_COLUMN_VIEW (view), _("Result"), 280, result_text, NULL);
  for (guint i = 0; i < n_columns; i++)
    {
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();

      g_object_set_data (G_OBJECT (factory), "dsp-column", GUINT_TO_POINTER (i));
      g_signal_connect (factory, "setup", G_CALLBACK (set_up_cell), import);
      g_signal_connect (factory, "bind", G_CALLBACK (bind_cell), NULL);
      g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cell), NULL);
      add_column (view, names[i], factory, 145);
    }
  return view;
}

void
dsp_import_table_only_bad (GtkWidget *table,
                           gboolean   only_bad)
{
  g_autoptr(GtkFilter) filter = only_bad ? GTK_FILTER (gtk_custom_filter_new (is_bad, NULL, NULL)) : NULL;

  gtk_filter_list_model_set_filter (g_object_get_data (G_OBJECT (table), "dsp-filtered"), filter);
}
