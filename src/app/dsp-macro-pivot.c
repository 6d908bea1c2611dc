/* dsp-macro-pivot.c: open services by any two things
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * S0-19. Counted over the order index in a thread, anew whenever the office's lists are. Every figure is a button that leads to its
 * orders.
 */
#define G_LOG_DOMAIN "dsp-macro-pivot"

#include "config.h"
#include "dsp-macro-pivot.h"

#include "dsp-chart-words.h"
#include "dsp-file-save.h"
#include "dsp-macro-grid.h"
#include "dsp-macro-sheet.h"
#include "dsp-order-pivot.h"
#include "dsp-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define NAME_WIDTH 210
#define FIGURE_WIDTH 104
#define WIDE_WIDTH 124 /* of columns called by names */
#define TOTAL G_MAXUINT /* in place of a row or column */

static const DspUnit units[DSP_N_PIVOT_FIGURES] = {
  [DSP_FIGURE_COUNT] = DSP_UNIT_COUNT, [DSP_FIGURE_AGE] = DSP_UNIT_SECONDS, [DSP_FIGURE_MONEY] = DSP_UNIT_CENTS,
};

/* ---- a line ---- */

#define DSP_TYPE_PIVOT_LINE (dsp_pivot_line_get_type ())
G_DECLARE_FINAL_TYPE (DspPivotLine, dsp_pivot_line, DSP, PIVOT_LINE, GObject)

struct _DspPivotLine
{
  GObject parent_instance;
  guint   row;      /* of the pivot; TOTAL */
};

G_DEFINE_FINAL_TYPE (DspPivotLine, dsp_pivot_line, G_TYPE_OBJECT)

static guint line_changed_signal;

static void
dsp_pivot_line_class_init (DspPivotLineClass *klass)
{
  line_changed_signal = g_signal_new ("changed", DSP_TYPE_PIVOT_LINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
dsp_pivot_line_init (DspPivotLine *self)
{
}

/* ---- the pivot ---- */

struct _DspMacroPivot
{
  GtkWidget     parent_instance;

  DspOffice    *office;      /* (owned) */
  DspWorkBar   *work;        /* (owned) */
  DspPivot     *pivot;       /* (owned) (nullable) */
  GCancellable *cancellable; /* (owned) (nullable): of what is asked */
  gboolean      again;       /* it is out of date already */
  GListStore   *store;       /* (owned): of DspPivotLine */
  GPtrArray    *titles;      /* (owned): of the columns that are shown */
  GtkWidget    *box;
  GtkWidget    *by[2];
  GtkWidget    *figure;
  GtkWidget    *stack;
  GtkWidget    *scroller;
  GtkWidget    *view;        /* (nullable) */
};

G_DEFINE_FINAL_TYPE (DspMacroPivot, dsp_macro_pivot, GTK_TYPE_WIDGET)

static guint open_signal;

static DspPivotFigure
chosen_figure (DspMacroPivot *self)
{
  return gtk_drop_down_get_selected (GTK_DROP_DOWN (self->figure));
}

/* ---- words ---- */

static const char *
age_label (guint band)
{
  static const char *const labels[DSP_N_AGES + 1] = {
    N_("Without date"), N_("30 days and more"), N_("15 to 29 days"), N_("7 to 14 days"), N_("3 to 6 days"), N_("2 days"), N_("Yesterday"), N_("Today"),
  };

  return _(labels[MIN (band, DSP_N_AGES)]);
}

static char *
key_label (DspMacroPivot     *self,
           guint              axis,
           const DspPivotKey *key,
           gboolean           is_short)
{
  const DspPivotBy *by = self->pivot->by[axis];

  if (key->rest)
    return g_strdup (_("Others"));
  if (by->kind == DSP_AXIS_AGE)
    return g_strdup (age_label (key->part.number));
  if (by->kind == DSP_AXIS_PENALIZED)
    return g_strdup (key->part.number == DSP_YES ? _("Penalized") : _("Not penalized"));
  return dsp_axis_part_label (self->office, by->field, &key->part, self->pivot->span[axis], is_short);
}

static const DspPivotKey *
key_at (const DspPivot *pivot,
        guint           axis,
        guint           i)
{
  return &g_array_index (axis == 0 ? pivot->rows : pivot->columns, DspPivotKey, i);
}

static const DspPivotSum *
sum_at (const DspPivot *pivot,
        guint           row,
        guint           column)
{
  if (row == TOTAL && column == TOTAL)
    return &pivot->total;
  if (row == TOTAL)
    return &key_at (pivot, 1, column)->sum;
  return column == TOTAL ? &key_at (pivot, 0, row)->sum : dsp_pivot_cell (pivot, row, column);
}

static char *
row_label (DspMacroPivot *self,
           guint          row)
{
  return row == TOTAL ? g_strdup (_("Total")) : key_label (self, 0, key_at (self->pivot, 0, row), FALSE);
}

static char *
column_label (DspMacroPivot *self,
              guint          column,
              gboolean       is_short)
{
  return column == TOTAL ? g_strdup (_("Total")) : key_label (self, 1, key_at (self->pivot, 1, column), is_short);
}

static char *
figure_text (DspMacroPivot *self,
             guint          row,
             guint          column)
{
  const DspPivotSum *sum = sum_at (self->pivot, row, column);
  DspPivotFigure figure = chosen_figure (self);

  return sum->n == 0 ? g_strdup ("") : dsp_chart_figure_text (units[figure], dsp_pivot_sum_get (sum, figure));
}

/* ---- cells ---- */

/* Which column a factory's or cell's is; the name of the line has none. */
#define COLUMN(object) (GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (object), "dsp-column")))

static void
show_figure (GtkListItem *item)
{
  DspMacroPivot *self = g_object_get_data (G_OBJECT (item), "dsp-pivot");
  DspPivotLine *line = gtk_list_item_get_item (item);
  GtkWidget *button = gtk_list_item_get_child (item);
  g_autofree char *text = NULL, *row = NULL, *column = NULL, *name = NULL;
  guint at = COLUMN (item);

  if (self->pivot == NULL || (line->row != TOTAL && line->row >= self->pivot->rows->len) || (at != TOTAL && at >= self->pivot->columns->len))
    return;
  text = figure_text (self, line->row, at);
  gtk_button_set_label (GTK_BUTTON (button), text);
  gtk_widget_set_sensitive (button, *text != '\0');
  gtk_label_set_xalign (GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button))), 1);
  row = row_label (self, line->row);
  column = column_label (self, at, FALSE);
  /* Translators: a cell of a table, for those who do not see it: row, column, figure */
  name = g_strdup_printf (_("%s, %s: %s"), row, column, text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  if (line->row == TOTAL || at == TOTAL)
    gtk_widget_add_css_class (button, "dsp-total");
  else
    gtk_widget_remove_css_class (button, "dsp-total");
}

static void
show_name (GtkListItem *item)
{
  DspMacroPivot *self = g_object_get_data (G_OBJECT (item), "dsp-pivot");
  DspPivotLine *line = gtk_list_item_get_item (item);
  GtkWidget *label = gtk_list_item_get_child (item);
  g_autofree char *text = NULL;

  if (self->pivot == NULL || (line->row != TOTAL && line->row >= self->pivot->rows->len))
    return;
  text = row_label (self, line->row);
  gtk_label_set_text (GTK_LABEL (label), text);
  if (line->row == TOTAL)
    gtk_widget_add_css_class (label, "dsp-total");
  else
    gtk_widget_remove_css_class (label, "dsp-total");
}

static void
open_cell (DspMacroPivot *self,
           guint          row,
           guint          column)
{
  if (self->pivot != NULL)
    g_signal_emit (self, open_signal, 0, row == TOTAL ? NULL : key_at (self->pivot, 0, row)->condition,
                   column == TOTAL ? NULL : key_at (self->pivot, 1, column)->condition);
}

static void
on_pressed (GtkButton   *button,
            GtkListItem *item)
{
  DspPivotLine *line = gtk_list_item_get_item (item);

  if (line != NULL)
    open_cell (g_object_get_data (G_OBJECT (item), "dsp-pivot"), line->row, COLUMN (item));
}

static void
set_up_figure (GtkSignalListItemFactory *factory,
               GtkListItem              *item,
               DspMacroPivot            *self)
{
  GtkWidget *button = gtk_button_new_with_label ("");

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "numeric");
  gtk_widget_add_css_class (button, "dsp-pivot-cell");
  g_object_set_data (G_OBJECT (item), "dsp-pivot", self);
  g_object_set_data (G_OBJECT (item), "dsp-column", GUINT_TO_POINTER (COLUMN (factory)));
  g_signal_connect (button, "clicked", G_CALLBACK (on_pressed), item);
  gtk_list_item_set_child (item, button);
  gtk_list_item_set_selectable (item, FALSE);
}

static void
set_up_name (GtkSignalListItemFactory *factory,
             GtkListItem              *item,
             DspMacroPivot            *self)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  g_object_set_data (G_OBJECT (item), "dsp-pivot", self);
  gtk_list_item_set_child (item, label);
  gtk_list_item_set_selectable (item, FALSE);
}

static void
on_bind (GtkSignalListItemFactory *factory,
         GtkListItem              *item,
         gpointer                  show)
{
  g_signal_connect_swapped (gtk_list_item_get_item (item), "changed", G_CALLBACK (show), item);
  ((void (*) (GtkListItem *)) show) (item);
}

static void
on_unbind (GtkSignalListItemFactory *factory,
           GtkListItem              *item,
           gpointer                  show)
{
  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (item), show, item);
}

/* ---- the table ---- */

static void
add_column (DspMacroPivot *self,
            const char    *title,
            gboolean       is_name,
            guint          column)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autoptr(GtkColumnViewColumn) shown = gtk_column_view_column_new (title, factory);
  gpointer show = is_name ? (gpointer) show_name : (gpointer) show_figure;

  g_object_set_data (G_OBJECT (factory), "dsp-column", GUINT_TO_POINTER (column));
  g_signal_connect (factory, "setup", is_name ? G_CALLBACK (set_up_name) : G_CALLBACK (set_up_figure), self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), show);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), show);
  gtk_column_view_column_set_resizable (shown, TRUE);
  gtk_column_view_column_set_fixed_width (shown, is_name ? NAME_WIDTH : column != TOTAL && !self->pivot->ordered[1] ? WIDE_WIDTH : FIGURE_WIDTH);
  gtk_column_view_column_set_expand (shown, is_name);
  gtk_column_view_append_column (GTK_COLUMN_VIEW (self->view), shown);
}

static void
on_activate (GtkColumnView *view,
             guint          position,
             DspMacroPivot *self)
{
  g_autoptr(DspPivotLine) line = g_list_model_get_item (G_LIST_MODEL (self->store), position);

  if (line != NULL)
    open_cell (self, line->row, TOTAL);
}

/* A view of its own for each set of columns. */
static void
make_view (DspMacroPivot *self)
{
  self->view = gtk_column_view_new (GTK_SELECTION_MODEL (gtk_single_selection_new (G_LIST_MODEL (g_object_ref (self->store)))));
  gtk_column_view_set_show_row_separators (GTK_COLUMN_VIEW (self->view), TRUE);
  gtk_column_view_set_show_column_separators (GTK_COLUMN_VIEW (self->view), TRUE);
  gtk_widget_add_css_class (self->view, "data-table");
  gtk_widget_add_css_class (self->view, "dsp-orders");
  gtk_widget_add_css_class (self->view, "dsp-compact");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Pivot"), -1);
  add_column (self, _(self->pivot->by[0]->label), TRUE, 0);
  add_column (self, _("Total"), FALSE, TOTAL);
  for (guint i = 0; i < self->titles->len; i++)
    add_column (self, self->titles->pdata[i], FALSE, i);
  g_signal_connect (self->view, "activate", G_CALLBACK (on_activate), self);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), self->view);
}

static gboolean
same_titles (GPtrArray *a,
             GPtrArray *b)
{
  for (guint i = 0; a->len == b->len && i < a->len; i++)
    if (!g_str_equal (a->pdata[i], b->pdata[i]))
      return FALSE;
  return a->len == b->len;
}

static int
compare_rows (gconstpointer a,
              gconstpointer b,
              gpointer      user_data)
{
  DspMacroPivot *self = user_data;
  guint one = *(const guint *) a, two = *(const guint *) b;
  gint64 x = dsp_pivot_sum_get (&key_at (self->pivot, 0, one)->sum, chosen_figure (self));
  gint64 y = dsp_pivot_sum_get (&key_at (self->pivot, 0, two)->sum, chosen_figure (self));

  return x != y ? (x > y ? -1 : 1) : (one > two) - (one < two);
}

/* Rows without an order of their own stand by the figure that is shown. */
static GArray *
order_rows (DspMacroPivot *self)
{
  GArray *order = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < self->pivot->rows->len; i++)
    g_array_append_val (order, i);
  if (!self->pivot->ordered[0])
    g_array_sort_with_data (order, compare_rows, self);
  return order;
}

/* Lines stay where they are and are told; only the difference in their number is announced. The total comes first. */
static void
fill_lines (DspMacroPivot *self)
{
  g_autoptr(GArray) order = order_rows (self);
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->store)), wanted = self->pivot->rows->len + 1;
  g_autoptr(GPtrArray) more = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = n; i < wanted; i++)
    {
      DspPivotLine *line = g_object_new (DSP_TYPE_PIVOT_LINE, NULL);

      line->row = i == 0 ? TOTAL : g_array_index (order, guint, i - 1);
      g_ptr_array_add (more, line);
    }
  if (n > wanted)
    g_list_store_splice (self->store, wanted, n - wanted, NULL, 0);
  for (guint i = 0; i < MIN (n, wanted); i++)
    {
      g_autoptr(DspPivotLine) line = g_list_model_get_item (G_LIST_MODEL (self->store), i);

      line->row = i == 0 ? TOTAL : g_array_index (order, guint, i - 1);
      g_signal_emit (line, line_changed_signal, 0);
    }
  if (more->len > 0)
    g_list_store_splice (self->store, n, 0, more->pdata, more->len);
}

static void
show_pivot (DspMacroPivot *self)
{
  GPtrArray *titles = g_ptr_array_new_with_free_func (g_free);
  gboolean empty = self->pivot == NULL || self->pivot->total.n == 0;

  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), empty ? "empty" : "pivot");
  if (empty)
    {
      g_ptr_array_unref (titles);
      return;
    }
  for (guint i = 0; i < self->pivot->columns->len; i++)
    g_ptr_array_add (titles, column_label (self, i, TRUE));
  /* The heading of the lines is part of what is compared. */
  g_ptr_array_add (titles, g_strdup (self->pivot->by[0]->name));
  if (self->view == NULL || self->titles == NULL || !same_titles (self->titles, titles))
    {
      g_list_store_remove_all (self->store);
      g_clear_pointer (&self->titles, g_ptr_array_unref);
      self->titles = titles;
      g_ptr_array_set_size (titles, (int) titles->len - 1);
      make_view (self);
      g_ptr_array_add (titles, g_strdup (self->pivot->by[0]->name));
    }
  else
    g_ptr_array_unref (titles);
  fill_lines (self);
}

/* ---- asking ---- */

static void refresh (DspMacroPivot *self);

static void
answered_cb (GObject      *source,
             GAsyncResult *res,
             gpointer      user_data)
{
  g_autoptr(DspMacroPivot) self = user_data;
  g_autoptr(GError) error = NULL;
  DspPivot *pivot = dsp_replica_pivot_finish (DSP_REPLICA (source), res, &error);

  if (self->office == NULL)
    {
      dsp_pivot_free (pivot);
      return;
    }
  g_clear_object (&self->cancellable);
  if (pivot != NULL)
    {
      g_clear_pointer (&self->pivot, dsp_pivot_free);
      self->pivot = pivot;
      show_pivot (self);
    }
  else if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    {
      g_autofree char *sentence = dsp_text_error (error);

      dsp_office_message (self->office, 0, "%s", sentence);
    }
  if (self->again)
    refresh (self);
}

static void
refresh (DspMacroPivot *self)
{
  g_autoptr(DspFilter) filter = NULL;
  g_autofree char *zone = NULL;

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return;
  self->again = self->cancellable != NULL;
  if (self->again)
    return;
  filter = dsp_macro_open_filter (dsp_office_get_filter (self->office));
  if (filter == NULL)
    {
      g_clear_pointer (&self->pivot, dsp_pivot_free);
      show_pivot (self);
      return;
    }
  zone = g_settings_get_string (dsp_office_get_settings (self->office), "time-zone");
  self->cancellable = g_cancellable_new ();
  dsp_replica_pivot_async (dsp_office_get_replica (self->office), filter,
                           dsp_pivot_by (gtk_drop_down_get_selected (GTK_DROP_DOWN (self->by[0]))),
                           dsp_pivot_by (gtk_drop_down_get_selected (GTK_DROP_DOWN (self->by[1]))), zone, self->cancellable, answered_cb,
                           g_object_ref (self));
}

static void
on_by_chosen (DspMacroPivot *self)
{
  static const char *const keys[2] = { "pivot-rows", "pivot-columns" };

  for (guint i = 0; i < 2; i++)
    g_settings_set_string (dsp_office_get_settings (self->office), keys[i],
                           dsp_pivot_by (gtk_drop_down_get_selected (GTK_DROP_DOWN (self->by[i])))->name);
  refresh (self);
}

static void
on_figure_chosen (DspMacroPivot *self)
{
  if (self->pivot != NULL)
    show_pivot (self);
}

/* ---- out ---- */

static void
add_value (DspMacroGrid      *grid,
           const DspPivotSum *sum,
           DspPivotFigure     figure)
{
  gint64 value = sum->n > 0 ? dsp_pivot_sum_get (sum, figure) : -1;

  g_array_append_val (grid->values, value);
}

static DspMacroGrid *
make_grid (DspMacroPivot *self)
{
  DspMacroGrid *grid = g_new0 (DspMacroGrid, 1);
  DspPivotFigure figure = chosen_figure (self);
  const char *name = _(DspPivotFigure_words.list[figure].label);
  guint n_rows = self->pivot->rows->len, n_columns = self->pivot->columns->len;
  g_autoptr(GArray) order = order_rows (self);

  /* Translators: the figure, by what in rows, by what in columns: "Number of services: Crew × Order type" */
  grid->title = g_strdup_printf (_("%s: %s × %s"), name, _(self->pivot->by[0]->label), _(self->pivot->by[1]->label));
  grid->unit = units[figure];
  grid->columns = g_ptr_array_new_with_free_func (g_free);
  grid->rows = g_ptr_array_new_with_free_func (g_free);
  grid->values = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_ptr_array_add (grid->columns, g_strdup (_(self->pivot->by[0]->label)));
  for (guint i = 0; i <= n_columns; i++)
    g_ptr_array_add (grid->columns, column_label (self, i < n_columns ? i : TOTAL, FALSE));
  for (guint i = 0; i <= n_rows; i++)
    {
      guint row = i < n_rows ? g_array_index (order, guint, i) : TOTAL;

      g_ptr_array_add (grid->rows, row_label (self, row));
      for (guint j = 0; j <= n_columns; j++)
        add_value (grid, sum_at (self->pivot, row, j < n_columns ? j : TOTAL), figure);
    }
  return grid;
}

static void
on_written (gpointer      result,
            const GError *error,
            gpointer      user_data)
{
  DspOffice *office = user_data;
  DspMacroGrid *grid = result;
  g_autofree char *name = grid != NULL ? g_path_get_basename (grid->path) : NULL;

  if (grid != NULL)
    dsp_office_message (office, 0, _("Saved as %s"), name);
  else
    dsp_office_message (office, 0, _("The file could not be written: %s"), error->message);
}

typedef struct { DspMacroPivot *self; DspMacroGrid *grid; } Saving; /* both owned */

static void
saving_free (gpointer data)
{
  Saving *saving = data;

  g_object_unref (saving->self);
  if (saving->grid != NULL)
    dsp_macro_grid_free (saving->grid);
  g_free (saving);
}

static void
save (char     *path,
      gpointer  data)
{
  Saving *saving = data;

  g_free (saving->grid->path);
  saving->grid->path = path;
  if (!dsp_work_bar_is_running (saving->self->work))
    dsp_work_bar_run (saving->self->work, _("Writing the pivot…"), 0, dsp_macro_grid_write, g_steal_pointer (&saving->grid), dsp_macro_grid_free, NULL, on_written,
                      saving->self->office);
}

void
dsp_macro_pivot_export (DspMacroPivot *self,
                        gboolean       text)
{
  const char *suffix = text ? ".csv" : ".xlsx";
  g_autofree char *name = dsp_file_save_name (_("Pivot"), suffix);
  Saving *saving;

  if (self->pivot == NULL)
    return;
  saving = g_new (Saving, 1);
  *saving = (Saving) { g_object_ref (self), make_grid (self) };
  saving->grid->text = text;
  dsp_file_save (GTK_WIDGET (self), self->office, text ? _("Save text") : _("Save workbook"), name, suffix, save, saving, saving_free);
}

void
dsp_macro_pivot_copy (DspMacroPivot *self)
{
  DspMacroGrid *grid;
  g_autoptr(GString) text = NULL;

  if (self->pivot == NULL)
    return;
  grid = make_grid (self);
  text = dsp_macro_grid_text (grid, '\t');
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text->str);
  dsp_office_message (self->office, 0, "%s", _("Pivot copied"));
  dsp_macro_grid_free (grid);
}

/* ---- the widget ---- */

static void
dsp_macro_pivot_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (dsp_macro_pivot_parent_class)->map (widget);
  refresh (DSP_MACRO_PIVOT (widget));
}

static void
dsp_macro_pivot_dispose (GObject *object)
{
  DspMacroPivot *self = DSP_MACRO_PIVOT (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->view = NULL;
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->store);
  g_clear_pointer (&self->titles, g_ptr_array_unref);
  g_clear_pointer (&self->pivot, dsp_pivot_free);
  g_clear_object (&self->work);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_macro_pivot_parent_class)->dispose (object);
}

static void
dsp_macro_pivot_class_init (DspMacroPivotClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_macro_pivot_dispose;
  GTK_WIDGET_CLASS (klass)->map = dsp_macro_pivot_map;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  open_signal = g_signal_new ("open", DSP_TYPE_MACRO_PIVOT, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_STRING);
}

static void
dsp_macro_pivot_init (DspMacroPivot *self)
{
  self->store = g_list_store_new (DSP_TYPE_PIVOT_LINE);
}

static GtkWidget *
make_choice (GtkWidget  *line,
             const char *title)
{
  GtkWidget *drop_down = gtk_drop_down_new (NULL, gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string")), *label = gtk_label_new (title);

  gtk_widget_add_css_class (label, "dim-label");
  gtk_accessible_update_property (GTK_ACCESSIBLE (drop_down), GTK_ACCESSIBLE_PROPERTY_LABEL, title, -1);
  gtk_box_append (GTK_BOX (line), label);
  gtk_box_append (GTK_BOX (line), drop_down);
  return drop_down;
}

static void
fill_by (DspMacroPivot *self,
         guint          axis,
         const char    *key,
         const char    *otherwise)
{
  g_autoptr(GtkStringList) words = gtk_string_list_new (NULL);
  g_autofree char *last = g_settings_get_string (dsp_office_get_settings (self->office), key);
  int at = dsp_pivot_find (last);

  for (guint i = 0; i < dsp_pivot_n_by (); i++)
    gtk_string_list_append (words, _(dsp_pivot_by (i)->label));
  gtk_drop_down_set_model (GTK_DROP_DOWN (self->by[axis]), G_LIST_MODEL (words));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->by[axis]), (guint) (at >= 0 ? at : dsp_pivot_find (otherwise)));
  g_signal_connect_swapped (self->by[axis], "notify::selected", G_CALLBACK (on_by_chosen), self);
}

static GtkWidget *
make_line (DspMacroPivot *self)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  g_autoptr(GtkStringList) figures = gtk_string_list_new (NULL);

  self->by[0] = make_choice (line, _("Rows"));
  self->by[1] = make_choice (line, _("Columns"));
  self->figure = make_choice (line, _("Figure"));
  fill_by (self, 0, "pivot-rows", "crew");
  fill_by (self, 1, "pivot-columns", "type");
  for (guint i = 0; i < DSP_N_PIVOT_FIGURES; i++)
    gtk_string_list_append (figures, _(DspPivotFigure_words.list[i].label));
  gtk_drop_down_set_model (GTK_DROP_DOWN (self->figure), G_LIST_MODEL (figures));
  g_signal_connect_swapped (self->figure, "notify::selected", G_CALLBACK (on_figure_chosen), self);
  gtk_widget_add_css_class (line, "dsp-pivot-head");
  return line;
}

GtkWidget *
dsp_macro_pivot_new (DspOffice  *office,
                     DspWorkBar *work)
{
  DspMacroPivot *self = g_object_new (DSP_TYPE_MACRO_PIVOT, NULL);

  self->office = g_object_ref (office);
  self->work = g_object_ref (work);
  self->scroller = gtk_scrolled_window_new ();
  self->stack = gtk_stack_new ();
  gtk_widget_set_vexpand (self->stack, TRUE);
  gtk_stack_add_named (GTK_STACK (self->stack), self->scroller, "pivot");
  gtk_stack_add_named (GTK_STACK (self->stack), dsp_macro_make_empty (), "empty");
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (self->box), make_line (self));
  gtk_box_append (GTK_BOX (self->box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_box_append (GTK_BOX (self->box), self->stack);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  g_signal_connect_object (office, "refreshed", G_CALLBACK (refresh), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
