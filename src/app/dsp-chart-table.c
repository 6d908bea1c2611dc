/* dsp-chart-table.c: the figures of a chart as a table, all of them, sorted by any column
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-chart-table"

#include "config.h"
#include "dsp-chart-table.h"

#include <glib/gi18n.h>

#define NAME_WIDTH 150
#define AROUND 28 /* a cell's padding, and the heading's arrow */

/* ---- a line ---- */

#define DSP_TYPE_CHART_LINE (dsp_chart_line_get_type ())
G_DECLARE_FINAL_TYPE (DspChartLine, dsp_chart_line, DSP, CHART_LINE, GObject)

struct _DspChartLine
{
  GObject parent_instance;

  guint   bar;
  char   *name;     /* (owned) */
  gint64  figures[DSP_CHART_MAX_FIGURES];
};

G_DEFINE_FINAL_TYPE (DspChartLine, dsp_chart_line, G_TYPE_OBJECT)

static guint line_changed_signal;

static void
dsp_chart_line_finalize (GObject *object)
{
  g_free (DSP_CHART_LINE (object)->name);
  G_OBJECT_CLASS (dsp_chart_line_parent_class)->finalize (object);
}

static void
dsp_chart_line_class_init (DspChartLineClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = dsp_chart_line_finalize;
  line_changed_signal = g_signal_new ("changed", DSP_TYPE_CHART_LINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
dsp_chart_line_init (DspChartLine *self)
{
}

/* ---- the table ---- */

struct _DspChartTable
{
  GtkWidget       parent_instance;

  DspOffice      *office;  /* (owned) */
  GListStore     *store;   /* (owned): of DspChartLine, in the chart's order */
  DspChartKind    kind;    /* whose columns are shown */
  const DspField *by;
  GtkWidget      *scroller;
  GtkWidget      *view;
};

G_DEFINE_FINAL_TYPE (DspChartTable, dsp_chart_table, GTK_TYPE_WIDGET)

static guint pressed_signal;

/* Which column a factory or a sorter is of: -1 is the name. */
#define COLUMN(object) (GPOINTER_TO_INT (g_object_get_data (G_OBJECT (object), "column")) - 1)

static void
show_cell (DspChartTable *self,
           int            column,
           GtkWidget     *label,
           DspChartLine  *line)
{
  g_autofree char *text = NULL;

  text = column < 0 ? g_strdup (line->name)
                    : dsp_chart_figure_text (dsp_chart_info (self->kind)->figures[column].unit, line->figures[column]);
  gtk_label_set_text (GTK_LABEL (label), text);
  if (column < 0)
    gtk_widget_set_tooltip_text (label, text);
}

static void
on_line_changed (DspChartLine *line,
                 GtkListItem  *item)
{
  show_cell (g_object_get_data (G_OBJECT (item), "table"), COLUMN (item), gtk_list_item_get_child (item), line);
}

static void
on_setup (GtkSignalListItemFactory *factory,
          GtkListItem              *item,
          DspChartTable            *self)
{
  GtkWidget *cell = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (cell), COLUMN (factory) < 0 ? 0 : 1);
  gtk_label_set_ellipsize (GTK_LABEL (cell), COLUMN (factory) < 0 ? PANGO_ELLIPSIZE_END : PANGO_ELLIPSIZE_NONE);
  gtk_widget_add_css_class (cell, "numeric");
  gtk_list_item_set_child (item, cell);
  g_object_set_data (G_OBJECT (item), "table", self);
  g_object_set_data (G_OBJECT (item), "column", GINT_TO_POINTER (COLUMN (factory) + 1));
}

static void
on_bind (GtkSignalListItemFactory *factory,
         GtkListItem              *item,
         DspChartTable            *self)
{
  show_cell (self, COLUMN (factory), gtk_list_item_get_child (item), gtk_list_item_get_item (item));
  g_signal_connect (gtk_list_item_get_item (item), "changed", G_CALLBACK (on_line_changed), item);
}

static void
on_unbind (GtkSignalListItemFactory *factory,
           GtkListItem              *item,
           DspChartTable            *self)
{
  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (item), on_line_changed, item);
}

/* By the name is the chart's own order: days, states. */
static int
compare_lines (gconstpointer a,
               gconstpointer b,
               gpointer      user_data)
{
  const DspChartLine *one = a, *two = b;
  int column = GPOINTER_TO_INT (user_data);
  gint64 x = column < 0 ? one->bar : one->figures[column], y = column < 0 ? two->bar : two->figures[column];

  return (x > y) - (x < y);
}

/* On two lines, if it has two words: so a narrow window has room for it. (transfer full) */
static char *
heading (const char *label)
{
  char *text = g_strdup (label), *best = NULL;
  gsize middle = strlen (text) / 2;

  for (char *blank = strchr (text, ' '); blank != NULL; blank = strchr (blank + 1, ' '))
    if (best == NULL || ABS ((blank - text) - (gssize) middle) < ABS ((best - text) - (gssize) middle))
      best = blank;
  if (best != NULL)
    *best = '\n';
  return text;
}

static int
width_of (DspChartTable *self,
          const char    *text)
{
  g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout (self->view, text);
  int width;

  pango_layout_get_pixel_size (layout, &width, NULL);
  return width + AROUND;
}

/* As wide as its heading and its longest figure: nothing is cut off. Columns only grow: figures that change leave them alone. */
static void
fit_columns (DspChartTable  *self,
             const DspChart *chart)
{
  const DspChartInfo *info = dsp_chart_info (chart->kind);
  GListModel *columns = gtk_column_view_get_columns (GTK_COLUMN_VIEW (self->view));
  int all = NAME_WIDTH;

  for (guint i = 0; i < info->n_figures; i++)
    {
      g_autoptr(GtkColumnViewColumn) column = g_list_model_get_item (columns, i + 1);
      int width = MAX (gtk_column_view_column_get_fixed_width (column), width_of (self, gtk_column_view_column_get_title (column)));
      gint64 largest = 0;
      g_autofree char *text = NULL;

      for (guint bar = 0; bar < chart->bars->len; bar++)
        {
          gint64 figure = g_array_index (chart->bars, DspChartBar, bar).figures[i];

          largest = ABS (figure) > ABS (largest) ? figure : largest;
        }
      text = dsp_chart_figure_text (info->figures[i].unit, largest);
      width = MAX (width, width_of (self, text));
      gtk_column_view_column_set_fixed_width (column, width);
      all += width;
    }
  gtk_widget_set_size_request (GTK_WIDGET (self), all, -1);
}

static void
add_column (DspChartTable *self,
            int            column,
            const char    *title)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autofree char *lines = column < 0 ? g_strdup (title) : heading (title);
  g_autoptr(GtkColumnViewColumn) shown = gtk_column_view_column_new (lines, factory);
  g_autoptr(GtkSorter) sorter = GTK_SORTER (gtk_custom_sorter_new (compare_lines, GINT_TO_POINTER (column), NULL));

  g_object_set_data (G_OBJECT (factory), "column", GINT_TO_POINTER (column + 1));
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), self);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), self);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), self);
  gtk_column_view_column_set_sorter (shown, sorter);
  gtk_column_view_column_set_resizable (shown, TRUE);
  gtk_column_view_column_set_expand (shown, column < 0);
  gtk_column_view_append_column (GTK_COLUMN_VIEW (self->view), shown);
}

static void
on_activate (GtkColumnView *view,
             guint          position,
             DspChartTable *self)
{
  g_autoptr(DspChartLine) line = g_list_model_get_item (G_LIST_MODEL (gtk_column_view_get_model (view)), position);

  if (line != NULL)
    g_signal_emit (self, pressed_signal, 0, line->bar);
}

/* A view of its own for each kind: columns that come and go leave their widths behind. */
static void
make_view (DspChartTable  *self,
           const DspChart *chart)
{
  const DspChartInfo *info = dsp_chart_info (chart->kind);
  GtkSortListModel *sorted;
  g_autoptr(GtkSingleSelection) selection = NULL;

  g_list_store_remove_all (self->store);
  self->kind = chart->kind;
  self->by = chart->by;
  self->view = gtk_column_view_new (NULL);
  sorted = gtk_sort_list_model_new (G_LIST_MODEL (g_object_ref (self->store)),
                                    g_object_ref (gtk_column_view_get_sorter (GTK_COLUMN_VIEW (self->view))));
  selection = gtk_single_selection_new (G_LIST_MODEL (sorted));
  gtk_column_view_set_model (GTK_COLUMN_VIEW (self->view), GTK_SELECTION_MODEL (selection));
  gtk_widget_add_css_class (self->view, "dsp-orders");
  gtk_widget_add_css_class (self->view, "dsp-compact");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Figures"), -1);
  add_column (self, -1, chart->kind == DSP_CHART_HOURS ? _("Hour") : _(chart->by->label));
  for (guint i = 0; i < info->n_figures; i++)
    add_column (self, (int) i, _(info->figures[i].label));
  g_signal_connect (self->view, "activate", G_CALLBACK (on_activate), self);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), self->view);
}

static void
take_figures (DspChartLine      *line,
              guint              bar,
              const DspChartBar *from)
{
  line->bar = bar;
  memcpy (line->figures, from->figures, sizeof line->figures);
}

/* The same lines with other figures stay, with selection and place. */
static gboolean
refill (DspChartTable  *self,
        const DspChart *chart,
        GPtrArray      *names)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->store));

  if (n != chart->bars->len)
    return FALSE;
  for (guint i = 0; i < n; i++)
    {
      g_autoptr(DspChartLine) line = g_list_model_get_item (G_LIST_MODEL (self->store), i);

      if (g_strcmp0 (line->name, names->pdata[i]) != 0)
        return FALSE;
    }
  for (guint i = 0; i < n; i++)
    {
      g_autoptr(DspChartLine) line = g_list_model_get_item (G_LIST_MODEL (self->store), i);

      take_figures (line, i, &g_array_index (chart->bars, DspChartBar, i));
      g_signal_emit (line, line_changed_signal, 0);
    }
  return TRUE;
}

void
dsp_chart_table_show (DspChartTable  *self,
                      const DspChart *chart)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free), lines = g_ptr_array_new_with_free_func (g_object_unref);

  if (self->view == NULL || self->kind != chart->kind || self->by != chart->by)
    make_view (self, chart);
  fit_columns (self, chart);
  for (guint i = 0; i < chart->bars->len; i++)
    g_ptr_array_add (names, dsp_chart_bar_label (self->office, chart, &g_array_index (chart->bars, DspChartBar, i)));
  if (refill (self, chart, names))
    return;
  for (guint i = 0; i < chart->bars->len; i++)
    {
      DspChartLine *line = g_object_new (DSP_TYPE_CHART_LINE, NULL);

      line->name = g_strdup (names->pdata[i]);
      take_figures (line, i, &g_array_index (chart->bars, DspChartBar, i));
      g_ptr_array_add (lines, line);
    }
  g_list_store_splice (self->store, 0, g_list_model_get_n_items (G_LIST_MODEL (self->store)), lines->pdata, lines->len);
}

/* ---- object ---- */

static void
dsp_chart_table_dispose (GObject *object)
{
  DspChartTable *self = DSP_CHART_TABLE (object);

  self->view = NULL;
  g_clear_pointer (&self->scroller, gtk_widget_unparent);
  g_clear_object (&self->store);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_chart_table_parent_class)->dispose (object);
}

static void
dsp_chart_table_class_init (DspChartTableClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_chart_table_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  pressed_signal = g_signal_new ("pressed", DSP_TYPE_CHART_TABLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_UINT);
}

static void
dsp_chart_table_init (DspChartTable *self)
{
  self->store = g_list_store_new (DSP_TYPE_CHART_LINE);
  self->scroller = gtk_scrolled_window_new ();
  gtk_widget_set_parent (self->scroller, GTK_WIDGET (self));
}

GtkWidget *
dsp_chart_table_new (DspOffice *office)
{
  DspChartTable *self = g_object_new (DSP_TYPE_CHART_TABLE, NULL);

  self->office = g_object_ref (office);
  return GTK_WIDGET (self);
}
