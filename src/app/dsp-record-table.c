/* dsp-record-table.c: records of an entity as a table, of which one is chosen
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * List of copies, sort by the headings, single selection, view. Some thousands of records at most: all are held.
 */
#define G_LOG_DOMAIN "dsp-record-table"

#include "config.h"
#include "dsp-record-table.h"

#include <glib/gi18n.h>

struct _DspRecordTable
{
  GtkWidget           parent_instance;

  DspOffice          *office;    /* (owned) */
  const DspEntity    *entity;
  GListStore         *store;     /* (owned): of DspRecordItem */
  GtkSingleSelection *selection; /* (owned): of it, sorted */
  GtkWidget          *scroller;
  GtkWidget          *view;
  gboolean            filling;
};

G_DEFINE_FINAL_TYPE (DspRecordTable, dsp_record_table, GTK_TYPE_WIDGET)

enum { SIGNAL_CHOSEN, N_SIGNALS };
static guint signals[N_SIGNALS];

/* Of a heading; the office is the table's, which lives longer than its columns. */
typedef struct {
  DspOffice             *office;
  const DspRecordColumn *column;
  DspRecordCompare       compare; /* (nullable) */
} Sort;

static int
compare (gconstpointer a,
         gconstpointer b,
         gpointer      user_data)
{
  const Sort *sort = user_data;
  gconstpointer x = dsp_record_item_get ((DspRecordItem *) a), y = dsp_record_item_get ((DspRecordItem *) b);
  g_autofree char *text_x = NULL, *text_y = NULL;

  if (sort->compare != NULL)
    return sort->compare (x, y);
  text_x = sort->column->text (sort->office, x);
  text_y = sort->column->text (sort->office, y);
  return g_utf8_collate (text_x, text_y);
}

static void
set_sorter (DspRecordTable        *self,
            guint                  position,
            const DspRecordColumn *spec,
            DspRecordCompare       by)
{
  g_autoptr(GtkColumnViewColumn) column = g_list_model_get_item (gtk_column_view_get_columns (GTK_COLUMN_VIEW (self->view)), position);
  g_autoptr(GtkSorter) sorter = NULL;
  Sort *sort = g_new0 (Sort, 1);

  sort->office = self->office;
  sort->column = spec;
  sort->compare = by;
  sorter = GTK_SORTER (gtk_custom_sorter_new (compare, sort, g_free));
  gtk_column_view_column_set_sorter (column, sorter);
}

static void
on_selected (DspRecordTable *self)
{
  if (!self->filling && gtk_single_selection_get_selected_item (self->selection) != NULL)
    g_signal_emit (self, signals[SIGNAL_CHOSEN], 0);
}

static void
dsp_record_table_dispose (GObject *object)
{
  DspRecordTable *self = DSP_RECORD_TABLE (object);

  g_clear_pointer (&self->scroller, gtk_widget_unparent);
  g_clear_object (&self->selection);
  g_clear_object (&self->store);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_record_table_parent_class)->dispose (object);
}

static void
dsp_record_table_class_init (DspRecordTableClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_record_table_dispose;
  signals[SIGNAL_CHOSEN] = g_signal_new ("chosen", DSP_TYPE_RECORD_TABLE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
dsp_record_table_init (DspRecordTable *self)
{
}

GtkWidget *
dsp_record_table_new (DspOffice              *office,
                      const DspEntity        *entity,
                      const DspRecordColumn  *columns,
                      const DspRecordCompare *compares,
                      guint                   n_columns)
{
  DspRecordTable *self = g_object_new (DSP_TYPE_RECORD_TABLE, NULL);
  GtkSortListModel *sorted;

  self->office = g_object_ref (office);
  self->entity = entity;
  self->store = g_list_store_new (DSP_TYPE_RECORD_ITEM);
  self->view = gtk_column_view_new (NULL);
  dsp_record_columns_add (GTK_COLUMN_VIEW (self->view), office, columns, n_columns);
  for (guint i = 0; i < n_columns; i++)
    set_sorter (self, i, &columns[i], compares[i]);
  sorted = gtk_sort_list_model_new (G_LIST_MODEL (g_object_ref (self->store)),
                                    g_object_ref (gtk_column_view_get_sorter (GTK_COLUMN_VIEW (self->view))));
  self->selection = gtk_single_selection_new (NULL);
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_single_selection_set_model (self->selection, G_LIST_MODEL (sorted));
  g_object_unref (sorted);
  g_signal_connect_swapped (self->selection, "selection-changed", G_CALLBACK (on_selected), self);
  gtk_column_view_set_model (GTK_COLUMN_VIEW (self->view), GTK_SELECTION_MODEL (self->selection));
  gtk_widget_add_css_class (self->view, "dsp-orders");
  gtk_widget_add_css_class (self->view, "dsp-compact");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL, _(entity->label_plural), -1);
  self->scroller = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->scroller), self->view);
  gtk_widget_set_parent (self->scroller, GTK_WIDGET (self));
  return GTK_WIDGET (self);
}

void
dsp_record_table_fill (DspRecordTable *self,
                       GPtrArray      *records)
{
  self->filling = TRUE;
  dsp_record_list_fill (self->store, self->entity, records);
  self->filling = FALSE;
}

void
dsp_record_table_choose (DspRecordTable *self,
                         const DspId    *id)
{
  guint found = dsp_record_list_find (G_LIST_MODEL (self->selection), id);

  self->filling = TRUE;
  gtk_single_selection_set_selected (self->selection, found == G_MAXUINT ? GTK_INVALID_LIST_POSITION : found);
  self->filling = FALSE;
}

const DspId *
dsp_record_table_get_chosen (DspRecordTable *self)
{
  DspRecordItem *item = gtk_single_selection_get_selected_item (self->selection);

  return item != NULL ? &((const DspRecord *) dsp_record_item_get (item))->id : NULL;
}
