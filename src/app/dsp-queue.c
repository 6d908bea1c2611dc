/* dsp-queue.c: records that wait for somebody's verdict: their list, and the bar of verdicts
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-queue"

#include "config.h"
#include "dsp-queue.h"

#include "dsp-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define N_STEP 300        /* rows, at first and with each turn of the scroll bar */

struct _DspQueue
{
  GtkWidget          parent_instance;

  DspOffice         *office;      /* (owned) */
  const DspQueueKind *kind;
  gpointer           page;
  guint              n_wanted;
  guint              n_rows;      /* that match, in all */
  DspId              shown;       /* whose facts are shown */
  guint              shown_at;    /* where it was */
  DspId              judged;      /* what was shown when the verdict under way was given */
  bool               accepted;    /* it was taken */
  bool               fresh;       /* another queue: its first case is chosen */
  bool               filling;
  bool               asking;      /* an answer is on its way */
  bool               again;       /* and is out of date already */

  GtkWidget         *box;
  GtkWidget         *counts;
  GtkWidget         *stack;
  GtkWidget         *view;
  GtkWidget         *reset;
  GtkWidget         *empty;
  GtkWidget         *bar;         /* (owned) */
  GListStore        *store;       /* (owned): of DspRecordItem */
  GtkSelectionModel *selection;   /* (owned) */
};

G_DEFINE_FINAL_TYPE (DspQueue, dsp_queue, GTK_TYPE_WIDGET)

/* ---- what is chosen ---- */

static gconstpointer
record_at (DspQueue *self,
           guint     position)
{
  return dsp_record_list_at (G_LIST_MODEL (self->store), position);
}

static void
show_chosen (DspQueue *self)
{
  g_autoptr(GtkBitset) chosen = gtk_selection_model_get_selection (self->selection);
  g_autoptr(GPtrArray) records = g_ptr_array_new ();
  gconstpointer facts = NULL;
  GtkBitsetIter iter;
  guint position;

  if (gtk_bitset_iter_init_first (&iter, chosen, &position))
    do
      {
        gconstpointer record = record_at (self, position);

        if (facts == NULL || dsp_id_equal (&((const DspRecord *) record)->id, &self->shown))
          {
            facts = record;
            self->shown_at = position;
          }
        g_ptr_array_add (records, (gpointer) record);
      }
    while (gtk_bitset_iter_next (&iter, &position));
  self->shown = facts != NULL ? ((const DspRecord *) facts)->id : dsp_id_none;
  self->kind->show (self->page, facts);
  dsp_verdict_bar_set (DSP_VERDICT_BAR (self->bar), records);
}

static void
on_selection_changed (DspQueue *self)
{
  if (!self->filling)
    show_chosen (self);
}

static void
choose (DspQueue *self,
        guint     position)
{
  gtk_selection_model_select_item (self->selection, position, TRUE);
  gtk_widget_activate_action (gtk_widget_get_last_child (self->view), "list.scroll-to-item", "u", position);
}

static void
on_step (GtkWidget *bar,
         int        by,
         DspQueue  *self)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->store));

  if (n == 0)
    return;
  if (dsp_id_is_none (&self->shown))
    choose (self, 0);
  else if (by > 0 && self->shown_at + 1 < n)
    choose (self, self->shown_at + 1);
  else if (by < 0 && self->shown_at > 0)
    choose (self, self->shown_at - 1);
}

static void
on_giving (DspQueue *self)
{
  self->judged = self->shown;
  self->accepted = false;
}

static void
on_done (GtkWidget *bar,
         gboolean   given,
         DspQueue  *self)
{
  dsp_queue_focus (self);
  self->accepted = given;
  if (given)
    dsp_queue_ask (self);
  else
    self->judged = dsp_id_none;
}

/* ---- the rows ---- */

/* One's own verdict moves on to the case after it, also where the judged one stays in the list. What somebody else took
 * is said, and nothing is chosen in its place: a key meant for it must not fall on another. */
static void
keep_chosen (DspQueue   *self,
             const char *gone)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->store));
  guint position = dsp_record_list_find (G_LIST_MODEL (self->store), &self->shown);
  bool mine = !dsp_id_is_none (&self->judged) && dsp_id_equal (&self->judged, &self->shown);

  if (mine && position != G_MAXUINT && !self->accepted)
    return; /* not yet */
  if (mine && n > 0)
    choose (self, MIN (position != G_MAXUINT ? position + 1 : self->shown_at, n - 1));
  else if (self->fresh && n > 0)
    choose (self, 0);
  else if (!mine && gone != NULL && position == G_MAXUINT)
    dsp_office_message (self->office, 0, "%s", gone);
  self->fresh = false;
  if (mine)
    self->judged = dsp_id_none;
}

gboolean
dsp_queue_answer (DspQueue     *self,
                  GPtrArray    *rows,
                  guint         n_rows,
                  const GError *error)
{
  g_autofree char *gone = NULL;
  guint position;

  self->asking = false;
  if (self->box == NULL)
    return FALSE;
  if (self->again)
    {
      self->again = false;
      dsp_queue_ask (self);
      return FALSE;
    }
  if (rows == NULL)
    {
      g_autofree char *sentence = dsp_text_error (error);

      dsp_office_message (self->office, 0, "%s", sentence);
      return FALSE;
    }
  position = dsp_record_list_find (G_LIST_MODEL (self->store), &self->shown);
  gone = position != G_MAXUINT ? self->kind->gone (self->office, record_at (self, position)) : NULL;
  self->n_rows = n_rows;
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), n_rows > 0 ? "queue" : "empty");
  self->filling = true;
  dsp_record_list_fill (self->store, self->kind->verdicts->entity, rows);
  keep_chosen (self, gone);
  self->filling = false;
  show_chosen (self);
  return TRUE;
}

void
dsp_queue_ask (DspQueue *self)
{
  if (self->asking)
    {
      self->again = true;
      return;
    }
  self->asking = true;
  self->kind->ask (self->page, self->n_wanted);
}

void
dsp_queue_restart (DspQueue *self)
{
  self->n_wanted = N_STEP;
  self->shown = self->judged = dsp_id_none;
  self->shown_at = 0;
  self->fresh = true;
  g_list_store_remove_all (self->store);
  dsp_queue_ask (self);
}

void
dsp_queue_redraw (DspQueue *self)
{
  dsp_record_list_redraw (G_LIST_MODEL (self->store));
}

void
dsp_queue_say (DspQueue   *self,
               const char *counts,
               const char *title,
               const char *description,
               bool        may_reset)
{
  gtk_label_set_text (GTK_LABEL (self->counts), counts);
  gtk_widget_set_visible (self->reset, may_reset);
  adw_status_page_set_title (ADW_STATUS_PAGE (self->empty), title);
  adw_status_page_set_description (ADW_STATUS_PAGE (self->empty), description);
}

/* The end of what was asked for comes near: more. */
static void
on_scrolled (GtkAdjustment *adjustment,
             DspQueue      *self)
{
  double left = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_value (adjustment) - gtk_adjustment_get_page_size (adjustment);

  if (left > gtk_adjustment_get_page_size (adjustment) || self->n_wanted >= self->n_rows || self->asking)
    return;
  self->n_wanted += N_STEP;
  dsp_queue_ask (self);
}

/* ---- the keyboard ---- */

void
dsp_queue_focus (DspQueue *self)
{
  gtk_widget_child_focus (self->view, GTK_DIR_TAB_FORWARD);
}

bool
dsp_queue_takes_letters (DspQueue        *self,
                         GdkModifierType  state)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  return (state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK)) == 0 && (focus == NULL || !GTK_IS_EDITABLE (focus));
}

gboolean
dsp_queue_key (DspQueue        *self,
               guint            keyval,
               GdkModifierType  state)
{
  return dsp_queue_takes_letters (self, state) && dsp_verdict_bar_key (DSP_VERDICT_BAR (self->bar), keyval);
}

static void
on_activate (GtkColumnView *view,
             guint          position,
             DspQueue      *self)
{
  gconstpointer record = record_at (self, position);

  if (record != NULL)
    self->kind->open (self->page, record);
}

/* ---- the widget ---- */

GtkWidget *
dsp_queue_get_bar (DspQueue *self)
{
  return self->bar;
}

GtkWidget *
dsp_queue_get_reset (DspQueue *self)
{
  return self->reset;
}

static void
dsp_queue_dispose (GObject *object)
{
  DspQueue *self = DSP_QUEUE (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->bar);
  g_clear_object (&self->selection);
  g_clear_object (&self->store);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_queue_parent_class)->dispose (object);
}

static void
dsp_queue_class_init (DspQueueClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_queue_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
dsp_queue_init (DspQueue *self)
{
  self->n_wanted = N_STEP;
  self->fresh = true;
}

static GtkWidget *
make_list (DspQueue *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  self->store = g_list_store_new (DSP_TYPE_RECORD_ITEM);
  self->selection = GTK_SELECTION_MODEL (gtk_multi_selection_new (G_LIST_MODEL (g_object_ref (self->store))));
  g_signal_connect_swapped (self->selection, "selection-changed", G_CALLBACK (on_selection_changed), self);
  self->view = gtk_column_view_new (g_object_ref (self->selection));
  dsp_record_columns_add (GTK_COLUMN_VIEW (self->view), self->office, self->kind->columns, self->kind->n_columns);
  gtk_widget_add_css_class (self->view, "dsp-orders");
  gtk_widget_add_css_class (self->view, "dsp-compact");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL, _(self->kind->label), -1);
  g_signal_connect (self->view, "activate", G_CALLBACK (on_activate), self);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), self->view);
  g_signal_connect (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller)), "value-changed", G_CALLBACK (on_scrolled), self);
  gtk_widget_set_vexpand (scroller, TRUE);
  return scroller;
}

static GtkWidget *
make_empty (DspQueue *self)
{
  self->empty = adw_status_page_new ();
  self->reset = gtk_button_new_with_label (_("Remove the filters"));
  gtk_widget_set_halign (self->reset, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->reset, "pill");
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (self->empty), self->kind->icon);
  adw_status_page_set_child (ADW_STATUS_PAGE (self->empty), self->reset);
  return self->empty;
}

GtkWidget *
dsp_queue_new (DspOffice          *office,
               const DspQueueKind *kind,
               gpointer            page)
{
  DspQueue *self = g_object_new (DSP_TYPE_QUEUE, NULL);

  self->office = g_object_ref (office);
  self->kind = kind;
  self->page = page;
  self->bar = g_object_ref_sink (dsp_verdict_bar_new (office, kind->verdicts));
  g_signal_connect_object (self->bar, "step", G_CALLBACK (on_step), self, 0);
  g_signal_connect_object (self->bar, "giving", G_CALLBACK (on_giving), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->bar, "done", G_CALLBACK (on_done), self, 0);
  self->stack = gtk_stack_new ();
  gtk_stack_add_named (GTK_STACK (self->stack), make_list (self), "queue");
  gtk_stack_add_named (GTK_STACK (self->stack), make_empty (self), "empty");
  self->counts = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->counts), 0);
  gtk_widget_add_css_class (self->counts, "numeric");
  gtk_widget_add_css_class (self->counts, "dsp-review-counts");
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (self->box), self->stack);
  gtk_box_append (GTK_BOX (self->box), self->counts);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  return GTK_WIDGET (self);
}
