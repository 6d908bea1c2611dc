/* dsp-penalty-list.c: the review desk's queue as a list that widgets show
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-penalty-list"

#include "config.h"
#include "dsp-penalty-list.h"

#include "dsp-text.h"

#include <glib/gi18n.h>

/* ---- one line ---- */

struct _DspPenaltyRow
{
  GObject     parent_instance;
  DspPenalty *penalty; /* (owned) */
};

G_DEFINE_FINAL_TYPE (DspPenaltyRow, dsp_penalty_row, G_TYPE_OBJECT)

static guint row_changed_signal;

static void
dsp_penalty_row_finalize (GObject *object)
{
  dsp_penalty_free (DSP_PENALTY_ROW (object)->penalty);
  G_OBJECT_CLASS (dsp_penalty_row_parent_class)->finalize (object);
}

static void
dsp_penalty_row_class_init (DspPenaltyRowClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = dsp_penalty_row_finalize;
  row_changed_signal = g_signal_new ("changed", DSP_TYPE_PENALTY_ROW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
dsp_penalty_row_init (DspPenaltyRow *self)
{
}

const DspPenalty *
dsp_penalty_row_get (DspPenaltyRow *self)
{
  return self->penalty;
}

/* ---- the list ---- */

static DspPenaltyRow *
row_at (GListModel *list,
        guint       position)
{
  DspPenaltyRow *row = g_list_model_get_item (list, position);

  g_object_unref (row); /* the list holds it */
  return row;
}

static bool
same_at (GListModel *list,
         guint       position,
         GPtrArray  *penalties,
         guint       i)
{
  return dsp_id_equal (&row_at (list, position)->penalty->id, &((const DspPenalty *) penalties->pdata[i])->id);
}

static void
refill (DspPenaltyRow    *row,
        const DspPenalty *penalty)
{
  /* A waiting verdict has the version of what it was given on. */
  if (row->penalty->version == penalty->version && row->penalty->state == penalty->state)
    return;
  dsp_penalty_free (row->penalty);
  row->penalty = dsp_penalty_dup (penalty);
  g_signal_emit (row, row_changed_signal, 0);
}

void
dsp_penalty_list_fill (GListStore *store,
                       GPtrArray  *penalties)
{
  GListModel *list = G_LIST_MODEL (store);
  guint n = g_list_model_get_n_items (list), head = 0, tail = 0, n_new;
  g_autoptr(GPtrArray) added = g_ptr_array_new_with_free_func (g_object_unref);

  while (head < n && head < penalties->len && same_at (list, head, penalties, head))
    head++;
  while (tail < n - head && tail < penalties->len - head && same_at (list, n - 1 - tail, penalties, penalties->len - 1 - tail))
    tail++;
  for (guint i = 0; i < head; i++)
    refill (row_at (list, i), penalties->pdata[i]);
  for (guint i = 0; i < tail; i++)
    refill (row_at (list, n - 1 - i), penalties->pdata[penalties->len - 1 - i]);
  n_new = penalties->len - head - tail;
  for (guint i = 0; i < n_new; i++)
    {
      DspPenaltyRow *row = g_object_new (DSP_TYPE_PENALTY_ROW, NULL);

      row->penalty = dsp_penalty_dup (penalties->pdata[head + i]);
      g_ptr_array_add (added, row);
    }
  if (n_new > 0 || n > head + tail)
    g_list_store_splice (store, head, n - head - tail, added->pdata, n_new);
}

guint
dsp_penalty_list_find (GListModel  *list,
                       const DspId *id)
{
  guint n = g_list_model_get_n_items (list);

  for (guint i = 0; i < n; i++)
    if (dsp_id_equal (&row_at (list, i)->penalty->id, id))
      return i;
  return G_MAXUINT;
}

void
dsp_penalty_list_redraw (GListModel *list)
{
  guint n = g_list_model_get_n_items (list);

  for (guint i = 0; i < n; i++)
    g_signal_emit (row_at (list, i), row_changed_signal, 0);
}

gint64
dsp_penalty_late_us (DspOffice        *office,
                     const DspPenalty *penalty)
{
  const DspOrder *order = dsp_replica_get_order (dsp_office_get_replica (office), &penalty->order_id);
  gint64 end_us;

  if (penalty->fault != DSP_FAULT_LATE_ATTENTION && penalty->fault != DSP_FAULT_MISSED_SLOT)
    return 0;
  if (order == NULL)
    return 0;
  end_us = penalty->fault == DSP_FAULT_MISSED_SLOT && order->started_at.us != 0 ? order->started_at.us : order->closed_at.us;
  if (end_us == 0)
    end_us = g_get_real_time ();
  return MAX (end_us - penalty->due_at.us, 0);
}

/* ---- columns ---- */

typedef enum { CELL_NUMBER, CELL_LATE, CELL_RULE, CELL_AMOUNT, CELL_DISTRIBUTOR, CELL_CREW, CELL_STATE, N_CELLS } CellKind;

static const struct { const char *title; int width; float xalign; } cells[N_CELLS] = {
  [CELL_NUMBER]      = { N_("Order"), 72, 0 },
  [CELL_LATE]        = { N_("Late by"), 80, 1 },
  [CELL_RULE]        = { N_("Rule"), -1, 0 },
  [CELL_AMOUNT]      = { N_("Amount"), 88, 1 },
  [CELL_DISTRIBUTOR] = { N_("Distributor"), 112, 0 },
  [CELL_CREW]        = { N_("Crew"), 72, 0 },
  [CELL_STATE]       = { N_("Status"), 96, 0 },
};

typedef struct { DspOffice *office; CellKind kind; } Column;

static void
show_cell (Column     *column,
           GtkWidget  *label,
           DspPenalty *penalty)
{
  g_autofree char *text = NULL;
  gint64 late_us;

  switch (column->kind)
    {
    case CELL_NUMBER:
      text = g_strdup (penalty->number);
      break;
    case CELL_LATE:
      late_us = dsp_penalty_late_us (column->office, penalty);
      text = late_us > 0 ? dsp_text_span (late_us) : g_strdup ("");
      break;
    case CELL_RULE:
      text = dsp_office_title_of (column->office, &dsp_penalty_rule, &penalty->rule_id);
      if (*text == '\0')
        {
          g_free (text);
          text = g_strdup (dsp_text_word (&DspFault_words, penalty->fault));
        }
      break;
    case CELL_AMOUNT:
      text = penalty->amount.is_set ? dsp_text_money (penalty->amount.cents) : g_strdup ("");
      break;
    case CELL_DISTRIBUTOR:
      text = dsp_office_title_of (column->office, &dsp_distributor, &penalty->distributor_id);
      break;
    case CELL_CREW:
      {
        const DspCrew *crew = dsp_office_get (column->office, &dsp_crew, &penalty->crew_id);

        text = g_strdup (crew != NULL ? crew->code : "");
      }
      break;
    case CELL_STATE:
    case N_CELLS:
    default:
      text = g_strdup (dsp_text_word (&DspPenaltyState_words, penalty->state));
      break;
    }
  gtk_label_set_text (GTK_LABEL (label), text);
  if (column->kind == CELL_RULE || column->kind == CELL_DISTRIBUTOR)
    gtk_widget_set_tooltip_text (label, text);
}

static void
on_row_changed (DspPenaltyRow *row,
                GtkListItem   *item)
{
  show_cell (g_object_get_data (G_OBJECT (item), "column"), gtk_list_item_get_child (item), row->penalty);
}

static void
on_setup (GtkSignalListItemFactory *factory,
          GtkListItem              *item,
          Column                   *column)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), cells[column->kind].xalign);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_add_css_class (label, "numeric");
  if (column->kind == CELL_LATE)
    gtk_widget_add_css_class (label, "dsp-late");
  gtk_list_item_set_child (item, label);
  g_object_set_data (G_OBJECT (item), "column", column);
}

static void
on_bind (GtkSignalListItemFactory *factory,
         GtkListItem              *item,
         Column                   *column)
{
  DspPenaltyRow *row = gtk_list_item_get_item (item);

  show_cell (column, gtk_list_item_get_child (item), row->penalty);
  g_signal_connect (row, "changed", G_CALLBACK (on_row_changed), item);
}

static void
on_unbind (GtkSignalListItemFactory *factory,
           GtkListItem              *item,
           Column                   *column)
{
  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (item), on_row_changed, item);
}

void
dsp_penalty_columns_add (GtkColumnView *view,
                         DspOffice     *office)
{
  for (CellKind kind = 0; kind < N_CELLS; kind++)
    {
      GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
      g_autoptr(GtkColumnViewColumn) shown = gtk_column_view_column_new (_(cells[kind].title), factory);
      Column *column = g_new0 (Column, 1);

      column->office = office;
      column->kind = kind;
      g_object_set_data_full (G_OBJECT (factory), "column", column, g_free);
      g_signal_connect (factory, "setup", G_CALLBACK (on_setup), column);
      g_signal_connect (factory, "bind", G_CALLBACK (on_bind), column);
      g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), column);
      gtk_column_view_column_set_resizable (shown, TRUE);
      if (cells[kind].width > 0)
        gtk_column_view_column_set_fixed_width (shown, cells[kind].width);
      else
        gtk_column_view_column_set_expand (shown, TRUE);
      gtk_column_view_append_column (view, shown);
    }
}
