/* dsp-record-list.c: records of one entity as a list that widgets show
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-record-list"

#include "config.h"
#include "dsp-record-list.h"

#include <glib/gi18n.h>

/* ---- one line ---- */

struct _DspRecordItem
{
  GObject          parent_instance;
  const DspEntity *entity;
  gpointer         record; /* (owned) */
};

G_DEFINE_FINAL_TYPE (DspRecordItem, dsp_record_item, G_TYPE_OBJECT)

static guint item_changed_signal;

static void
dsp_record_item_finalize (GObject *object)
{
  DspRecordItem *self = DSP_RECORD_ITEM (object);

  dsp_record_free (self->entity, self->record);
  G_OBJECT_CLASS (dsp_record_item_parent_class)->finalize (object);
}

static void
dsp_record_item_class_init (DspRecordItemClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = dsp_record_item_finalize;
  item_changed_signal = g_signal_new ("changed", DSP_TYPE_RECORD_ITEM, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
dsp_record_item_init (DspRecordItem *self)
{
}

gconstpointer
dsp_record_item_get (DspRecordItem *self)
{
  return self->record;
}

/* ---- the list ---- */

static DspRecordItem *
item_at (GListModel *list,
         guint       position)
{
  DspRecordItem *item = g_list_model_get_item (list, position);

  g_object_unref (item); /* the list holds it */
  return item;
}

gconstpointer
dsp_record_list_at (GListModel *list,
                    guint       position)
{
  return position < g_list_model_get_n_items (list) ? item_at (list, position)->record : NULL;
}

static bool
same_at (GListModel *list,
         guint       position,
         GPtrArray  *records,
         guint       i)
{
  return dsp_id_equal (&((DspRecord *) item_at (list, position)->record)->id, &((DspRecord *) records->pdata[i])->id);
}

/* A waiting change has the version of what it was given on, so the version alone does not tell. */
static void
refill (DspRecordItem *item,
        gconstpointer  record)
{
  if (((DspRecord *) item->record)->version == ((const DspRecord *) record)->version &&
      dsp_table_equal (&item->entity->table, item->record, record))
    return;
  dsp_record_free (item->entity, item->record);
  item->record = dsp_record_dup (item->entity, record);
  g_signal_emit (item, item_changed_signal, 0);
}

void
dsp_record_list_fill (GListStore      *store,
                      const DspEntity *entity,
                      GPtrArray       *records)
{
  GListModel *list = G_LIST_MODEL (store);
  guint n = g_list_model_get_n_items (list), head = 0, tail = 0, n_new;
  g_autoptr(GPtrArray) added = g_ptr_array_new_with_free_func (g_object_unref);

  while (head < n && head < records->len && same_at (list, head, records, head))
    head++;
  while (tail < n - head && tail < records->len - head && same_at (list, n - 1 - tail, records, records->len - 1 - tail))
    tail++;
  for (guint i = 0; i < head; i++)
    refill (item_at (list, i), records->pdata[i]);
  for (guint i = 0; i < tail; i++)
    refill (item_at (list, n - 1 - i), records->pdata[records->len - 1 - i]);
  n_new = records->len - head - tail;
  for (guint i = 0; i < n_new; i++)
    {
      DspRecordItem *item = g_object_new (DSP_TYPE_RECORD_ITEM, NULL);

      item->entity = entity;
      item->record = dsp_record_dup (entity, records->pdata[head + i]);
      g_ptr_array_add (added, item);
    }
  if (n_new > 0 || n > head + tail)
    g_list_store_splice (store, head, n - head - tail, added->pdata, n_new);
}

guint
dsp_record_list_find (GListModel  *list,
                      const DspId *id)
{
  guint n = g_list_model_get_n_items (list);

  for (guint i = 0; i < n; i++)
    if (dsp_id_equal (&((DspRecord *) item_at (list, i)->record)->id, id))
      return i;
  return G_MAXUINT;
}

GPtrArray *
dsp_record_list_chosen (GtkSelectionModel *selection)
{
  g_autoptr(GtkBitset) chosen = gtk_selection_model_get_selection (selection);
  GPtrArray *records = g_ptr_array_new ();
  GtkBitsetIter iter;
  guint position;

  if (gtk_bitset_iter_init_first (&iter, chosen, &position))
    do
      {
        gconstpointer record = dsp_record_list_at (G_LIST_MODEL (selection), position);

        if (record != NULL)
          g_ptr_array_add (records, (gpointer) record);
      }
    while (gtk_bitset_iter_next (&iter, &position));
  return records;
}

void
dsp_record_list_redraw (GListModel *list)
{
  guint n = g_list_model_get_n_items (list);

  for (guint i = 0; i < n; i++)
    g_signal_emit (item_at (list, i), item_changed_signal, 0);
}

/* ---- columns ---- */

typedef struct { DspOffice *office; const DspRecordColumn *is; } Column;

static void
show_cell (Column        *column,
           GtkWidget     *label,
           gconstpointer  record)
{
  g_autofree char *text = column->is->text (column->office, record);

  gtk_label_set_text (GTK_LABEL (label), text);
  if (column->is->tip)
    gtk_widget_set_tooltip_text (label, text);
  if (column->is->css == NULL)
    return;
  if (column->is->marked == NULL || column->is->marked (column->office, record))
    gtk_widget_add_css_class (label, column->is->css);
  else
    gtk_widget_remove_css_class (label, column->is->css);
}

static void
on_item_changed (DspRecordItem *item,
                 GtkListItem   *list_item)
{
  show_cell (g_object_get_data (G_OBJECT (list_item), "column"), gtk_list_item_get_child (list_item), item->record);
}

static void
on_setup (GtkSignalListItemFactory *factory,
          GtkListItem              *list_item,
          Column                   *column)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), column->is->xalign);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "numeric");
  gtk_list_item_set_child (list_item, label);
  g_object_set_data (G_OBJECT (list_item), "column", column);
}

static void
on_bind (GtkSignalListItemFactory *factory,
         GtkListItem              *list_item,
         Column                   *column)
{
  DspRecordItem *item = gtk_list_item_get_item (list_item);

  show_cell (column, gtk_list_item_get_child (list_item), item->record);
  g_signal_connect (item, "changed", G_CALLBACK (on_item_changed), list_item);
}

static void
on_unbind (GtkSignalListItemFactory *factory,
           GtkListItem              *list_item,
           Column                   *column)
{
  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (list_item), on_item_changed, list_item);
}

void
dsp_record_columns_add (GtkColumnView         *view,
                        DspOffice             *office,
                        const DspRecordColumn *columns,
                        guint                  n_columns)
{
  for (guint i = 0; i < n_columns; i++)
    {
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
      g_autoptr(GtkColumnViewColumn) shown = gtk_column_view_column_new (_(columns[i].title), factory);
      Column *column = g_new0 (Column, 1);

      column->office = office;
      column->is = &columns[i];
      g_object_set_data_full (G_OBJECT (factory), "column", column, g_free);
      g_signal_connect (factory, "setup", G_CALLBACK (on_setup), column);
      g_signal_connect (factory, "bind", G_CALLBACK (on_bind), column);
      g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), column);
      gtk_column_view_column_set_resizable (shown, TRUE);
      if (columns[i].width > 0)
        gtk_column_view_column_set_fixed_width (shown, columns[i].width);
      else
        gtk_column_view_column_set_expand (shown, TRUE);
      gtk_column_view_append_column (view, shown);
    }
}
