/* dsp-order-list.c: the orders of the tab as a list that widgets show
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * On a new query the model does not say "all removed, all added": GTK would destroy and rebuild every row widget (100 to
 * 350 ms). Row objects are kept by position, refilled, and told to redraw; only the difference in length is announced.
 */
#define G_LOG_DOMAIN "dsp-order-list"

#include "config.h"
#include "dsp-order-list.h"

/* ---- one line ---- */

struct _DspOrderRow
{
  GObject       parent_instance;

  DspOrderList *list;     /* not owned; NULL when the list has gone */
  guint         position;
  guint32       row;
  DspOrder     *order;    /* (owned) (nullable): a copy, read when first asked for */
};

G_DEFINE_FINAL_TYPE (DspOrderRow, dsp_order_row, G_TYPE_OBJECT)

static guint row_changed_signal;

struct _DspOrderList
{
  GObject     parent_instance;

  DspOffice  *office;    /* (owned) */
  guint32    *rows;      /* (owned): a copy, so that the length only changes when it is announced */
  guint       n_rows;
  GHashTable *live;      /* position -> DspOrderRow, not owned */
  GHashTable *totals;    /* (owned) (nullable): position -> DspOrderTotal */
  gboolean    selecting; /* we changed the selection ourselves */
};

static void list_model_init (GListModelInterface *iface);
static void selection_model_init (GtkSelectionModelInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (DspOrderList, dsp_order_list, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init)
                               G_IMPLEMENT_INTERFACE (GTK_TYPE_SELECTION_MODEL, selection_model_init))

static void
dsp_order_row_finalize (GObject *object)
{
  DspOrderRow *self = DSP_ORDER_ROW (object);

  if (self->list != NULL)
    g_hash_table_remove (self->list->live, GUINT_TO_POINTER (self->position));
  g_clear_pointer (&self->order, dsp_order_free);
  G_OBJECT_CLASS (dsp_order_row_parent_class)->finalize (object);
}

static void
dsp_order_row_class_init (DspOrderRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = dsp_order_row_finalize;
  row_changed_signal = g_signal_new ("changed", DSP_TYPE_ORDER_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
dsp_order_row_init (DspOrderRow *self)
{
}

const DspOrder *
dsp_order_row_get_order (DspOrderRow *self)
{
  if (self->order == NULL && self->list != NULL && self->row != DSP_NO_ROW)
    {
      const DspOrder *order = dsp_office_get_order (self->list->office, self->row);

      if (order != NULL)
        self->order = dsp_order_dup (order);
    }
  return self->order;
}

guint32
dsp_order_row_get_row (DspOrderRow *self)
{
  return self->row;
}

void
dsp_order_total_free (gpointer total)
{
  g_free (((DspOrderTotal *) total)->name);
  g_free (total);
}

const DspOrderTotal *
dsp_order_row_get_total (DspOrderRow *self)
{
  if (self->list == NULL || self->list->totals == NULL || self->row != DSP_NO_ROW)
    return NULL;
  return g_hash_table_lookup (self->list->totals, GUINT_TO_POINTER (self->position));
}

guint8
dsp_order_row_get_flags (DspOrderRow *self)
{
  if (self->list == NULL || self->row == DSP_NO_ROW)
    return 0;
  return dsp_order_index_flags (dsp_replica_get_index (dsp_office_get_replica (self->list->office)), self->row);
}

/* ---- GListModel ---- */

static GType
get_item_type (GListModel *model)
{
  return DSP_TYPE_ORDER_ROW;
}

static guint
get_n_items (GListModel *model)
{
  return DSP_ORDER_LIST (model)->n_rows;
}

static gpointer
get_item (GListModel *model,
          guint       position)
{
  DspOrderList *self = DSP_ORDER_LIST (model);
  DspOrderRow *row;

  if (position >= self->n_rows)
    return NULL;
  row = g_hash_table_lookup (self->live, GUINT_TO_POINTER (position));
  if (row != NULL)
    return g_object_ref (row);
  row = g_object_new (DSP_TYPE_ORDER_ROW, NULL);
  row->list = self;
  row->position = position;
  row->row = self->rows[position];
  g_hash_table_insert (self->live, GUINT_TO_POINTER (position), row);
  return row;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

/* ---- GtkSelectionModel ---- */

static gboolean
is_selected (GtkSelectionModel *model,
             guint              position)
{
  DspOrderList *self = DSP_ORDER_LIST (model);

  return position < self->n_rows && gtk_bitset_contains (dsp_office_get_selection (self->office), self->rows[position]);
}

static GtkBitset *
get_selection_in_range (GtkSelectionModel *model,
                        guint              position,
                        guint              n_items)
{
  DspOrderList *self = DSP_ORDER_LIST (model);
  GtkBitset *selection = dsp_office_get_selection (self->office), *found = gtk_bitset_new_empty ();
  guint end = n_items > self->n_rows - MIN (position, self->n_rows) ? self->n_rows : position + n_items;

  if (gtk_bitset_is_empty (selection))
    return found;
  for (guint i = position; i < end; i++)
    if (gtk_bitset_contains (selection, self->rows[i]))
      gtk_bitset_add (found, i);
  return found;
}

/* Subtotals are no orders. */
static void
add_position (DspOrderList *self,
              GtkBitset    *after,
              guint         position)
{
  if (self->rows[position] != DSP_NO_ROW)
    gtk_bitset_add (after, self->rows[position]);
}

static void
apply (DspOrderList *self,
       GtkBitset    *rows)
{
  self->selecting = TRUE;
  dsp_office_select (self->office, rows);
  self->selecting = FALSE;
  if (self->n_rows > 0)
    gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), 0, self->n_rows);
}

static gboolean
set_selection (GtkSelectionModel *model,
               GtkBitset         *selected,
               GtkBitset         *mask)
{
  DspOrderList *self = DSP_ORDER_LIST (model);
  g_autoptr(GtkBitset) after = gtk_bitset_copy (dsp_office_get_selection (self->office));
  GtkBitsetIter iter;
  guint position;

  if (gtk_bitset_iter_init_first (&iter, mask, &position))
    do
      {
        if (position >= self->n_rows)
          break;
        if (gtk_bitset_contains (selected, position))
          add_position (self, after, position);
        else
          gtk_bitset_remove (after, self->rows[position]);
      }
    while (gtk_bitset_iter_next (&iter, &position));
  apply (self, after);
  return TRUE;
}

static gboolean
select_item (GtkSelectionModel *model,
             guint              position,
             gboolean           unselect_rest)
{
  DspOrderList *self = DSP_ORDER_LIST (model);
  g_autoptr(GtkBitset) after = unselect_rest ? gtk_bitset_new_empty ()
                                             : gtk_bitset_copy (dsp_office_get_selection (self->office));

  if (position < self->n_rows)
    add_position (self, after, position);
  apply (self, after);
  return TRUE;
}

static gboolean
unselect_item (GtkSelectionModel *model,
               guint              position)
{
  DspOrderList *self = DSP_ORDER_LIST (model);
  g_autoptr(GtkBitset) after = gtk_bitset_copy (dsp_office_get_selection (self->office));

  if (position < self->n_rows)
    gtk_bitset_remove (after, self->rows[position]);
  apply (self, after);
  return TRUE;
}

static gboolean
select_range (GtkSelectionModel *model,
              guint              position,
              guint              n_items,
              gboolean           unselect_rest)
{
  DspOrderList *self = DSP_ORDER_LIST (model);
  g_autoptr(GtkBitset) after = unselect_rest ? gtk_bitset_new_empty ()
                                             : gtk_bitset_copy (dsp_office_get_selection (self->office));

  for (guint i = position; i < self->n_rows && i - position < n_items; i++)
    add_position (self, after, i);
  apply (self, after);
  return TRUE;
}

static gboolean
select_all (GtkSelectionModel *model)
{
  return select_range (model, 0, DSP_ORDER_LIST (model)->n_rows, TRUE);
}

/* Also what the tab does not show: nothing stays selected unseen after "unselect all". */
static gboolean
unselect_all (GtkSelectionModel *model)
{
  apply (DSP_ORDER_LIST (model), NULL);
  return TRUE;
}

static void
selection_model_init (GtkSelectionModelInterface *iface)
{
  iface->is_selected = is_selected;
  iface->get_selection_in_range = get_selection_in_range;
  iface->set_selection = set_selection;
  iface->select_item = select_item;
  iface->unselect_item = unselect_item;
  iface->select_range = select_range;
  iface->select_all = select_all;
  iface->unselect_all = unselect_all;
}

/* ---- following the office ---- */

void
dsp_order_list_set_rows (DspOrderList  *self,
                         const guint32 *rows,
                         guint          n_rows)
{
  dsp_order_list_set_lines (self, rows, n_rows, NULL);
}

void
dsp_order_list_set_lines (DspOrderList  *self,
                          const guint32 *rows,
                          guint          n_after,
                          GHashTable    *totals)
{
  guint n_before = self->n_rows;
  g_autoptr(GPtrArray) live = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer value;

  g_clear_pointer (&self->totals, g_hash_table_unref);
  self->totals = totals;
  g_free (self->rows);
  self->rows = g_memdup2 (rows, n_after * sizeof *rows);
  self->n_rows = n_after;

  /* Held while they redraw: a cell that is recycled meanwhile drops its row. */
  g_hash_table_iter_init (&iter, self->live);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      DspOrderRow *row = value;

      row->row = row->position < n_after ? self->rows[row->position] : DSP_NO_ROW;
      g_clear_pointer (&row->order, dsp_order_free);
      g_ptr_array_add (live, g_object_ref (row));
    }
  if (n_after > n_before)
    g_list_model_items_changed (G_LIST_MODEL (self), n_before, 0, n_after - n_before);
  else if (n_after < n_before)
    g_list_model_items_changed (G_LIST_MODEL (self), n_after, n_before - n_after, 0);
  for (guint i = 0; i < live->len; i++)
    g_signal_emit (live->pdata[i], row_changed_signal, 0);
  if (n_after > 0)
    gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), 0, n_after);
}

static void
on_refreshed (DspOffice    *office,
              DspOrderList *self)
{
  guint n_rows;
  const guint32 *rows = dsp_office_get_rows (office, &n_rows);

  dsp_order_list_set_rows (self, rows, n_rows);
}

static void
on_selection_changed (DspOffice    *office,
                      DspOrderList *self)
{
  if (!self->selecting && self->n_rows > 0)
    gtk_selection_model_selection_changed (GTK_SELECTION_MODEL (self), 0, self->n_rows);
}

static void
dsp_order_list_dispose (GObject *object)
{
  DspOrderList *self = DSP_ORDER_LIST (object);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->live);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    DSP_ORDER_ROW (value)->list = NULL;
  g_hash_table_remove_all (self->live);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_order_list_parent_class)->dispose (object);
}

static void
dsp_order_list_finalize (GObject *object)
{
  DspOrderList *self = DSP_ORDER_LIST (object);

  g_hash_table_unref (self->live);
  g_clear_pointer (&self->totals, g_hash_table_unref);
  g_free (self->rows);
  G_OBJECT_CLASS (dsp_order_list_parent_class)->finalize (object);
}

static void
dsp_order_list_class_init (DspOrderListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_order_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = dsp_order_list_finalize;
}

static void
dsp_order_list_init (DspOrderList *self)
{
  self->live = g_hash_table_new (NULL, NULL);
}

DspOrderList *
dsp_order_list_new_empty (DspOffice *office)
{
  DspOrderList *self = g_object_new (DSP_TYPE_ORDER_LIST, NULL);

  self->office = g_object_ref (office);
  g_signal_connect_object (office, "selection-changed", G_CALLBACK (on_selection_changed), self, 0);
  return self;
}

DspOrderList *
dsp_order_list_new (DspOffice *office)
{
  DspOrderList *self = dsp_order_list_new_empty (office);

  g_signal_connect_object (office, "refreshed", G_CALLBACK (on_refreshed), self, 0);
  on_refreshed (office, self);
  return self;
}

guint
dsp_order_list_find (DspOrderList *self,
                     guint32       row)
{
  for (guint i = 0; i < self->n_rows; i++)
    if (self->rows[i] == row)
      return i;
  return GTK_INVALID_LIST_POSITION;
}

void
dsp_order_list_redraw (DspOrderList *self)
{
  g_autoptr(GPtrArray) live = g_ptr_array_new_with_free_func (g_object_unref);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->live);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    g_ptr_array_add (live, g_object_ref (value));
  for (guint i = 0; i < live->len; i++)
    g_signal_emit (live->pdata[i], row_changed_signal, 0);
}
