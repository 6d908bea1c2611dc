/* dsp-review-page.c: the review desk: penalties, their facts, and the verdict
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The queue is asked for as far as somebody has scrolled, and anew whenever a penalty changes: a few hundred rows of a
 * hundred thousand. What is chosen is held by its id, so that a row that another supervisor takes away does not put the
 * next one under the hand; only one's own verdict moves on.
 */
#define G_LOG_DOMAIN "dsp-review-page"

#include "config.h"
#include "dsp-review-page.h"

#include "dsp-penalty-facts.h"
#include "dsp-penalty-list.h"
#include "dsp-record-list.h"
#include "dsp-review-filter.h"
#include "dsp-text.h"
#include "dsp-verdict-bar.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define N_STEP 300        /* rows, at first and with each turn of the scroll bar */
#define REDRAW_S 60

struct _DspReviewPage
{
  GtkWidget          parent_instance;

  DspOffice         *office;      /* (owned) */
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
  guint              redraw;      /* lateness grows */

  GtkWidget         *box;
  GtkWidget         *filter;
  GtkWidget         *counts;
  GtkWidget         *stack;
  GtkWidget         *view;
  GtkWidget         *reset;
  GtkWidget         *empty;
  GtkWidget         *facts;
  GtkWidget         *verdicts;
  GListStore        *store;       /* (owned): of DspRecordItem */
  GtkSelectionModel *selection;   /* (owned) */
};

G_DEFINE_FINAL_TYPE (DspReviewPage, dsp_review_page, GTK_TYPE_WIDGET)

static void ask (DspReviewPage *self);

/* ---- what is chosen ---- */

static const DspPenalty *
penalty_at (DspReviewPage *self,
            guint          position)
{
  return dsp_record_list_at (G_LIST_MODEL (self->store), position);
}

static void
show_chosen (DspReviewPage *self)
{
  g_autoptr(GtkBitset) chosen = gtk_selection_model_get_selection (self->selection);
  g_autoptr(GPtrArray) penalties = g_ptr_array_new ();
  const DspPenalty *facts = NULL;
  GtkBitsetIter iter;
  guint position;

  if (gtk_bitset_iter_init_first (&iter, chosen, &position))
    do
      {
        const DspPenalty *penalty = penalty_at (self, position);

        if (facts == NULL || dsp_id_equal (&penalty->id, &self->shown))
          {
            facts = penalty;
            self->shown_at = position;
          }
        g_ptr_array_add (penalties, (gpointer) penalty);
      }
    while (gtk_bitset_iter_next (&iter, &position));
  self->shown = facts != NULL ? facts->id : dsp_id_none;
  dsp_penalty_facts_show (DSP_PENALTY_FACTS (self->facts), facts);
  dsp_verdict_bar_set (DSP_VERDICT_BAR (self->verdicts), penalties);
}

static void
on_selection_changed (DspReviewPage *self)
{
  if (!self->filling)
    show_chosen (self);
}

static void
choose (DspReviewPage *self,
        guint          position)
{
  gtk_selection_model_select_item (self->selection, position, TRUE);
  gtk_widget_activate_action (gtk_widget_get_last_child (self->view), "list.scroll-to-item", "u", position);
}

static void
on_step (GtkWidget     *bar,
         int            by,
         DspReviewPage *self)
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
on_giving (DspReviewPage *self)
{
  self->judged = self->shown;
  self->accepted = false;
}

static void
on_done (GtkWidget     *bar,
         gboolean       given,
         DspReviewPage *self)
{
  dsp_review_page_focus (self);
  self->accepted = given;
  if (given)
    ask (self);
  else
    self->judged = dsp_id_none;
}

/* ---- the queue ---- */

/* One's own verdict moves on to the case after it, also where the judged one stays in the list. What somebody else took
 * is said, and nothing is chosen in its place: a key meant for it must not fall on another. */
static void
keep_chosen (DspReviewPage *self,
             const char    *number)
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
  else if (!mine && number != NULL && position == G_MAXUINT)
    dsp_office_message (self->office, 0, _("Order %s has left this list: somebody else decided about it"), number);
  self->fresh = false;
  if (mine)
    self->judged = dsp_id_none;
}

static void
show_counts (DspReviewPage          *self,
             const DspPenaltyResult *result)
{
  g_autofree char *money = dsp_text_money (result->cents);
  g_autofree char *text = NULL;
  gboolean plain = dsp_review_filter_is_plain (DSP_REVIEW_FILTER (self->filter));

  /* Translators: how many penalties, then what they come to */
  text = g_strdup_printf (ngettext ("%'u penalty · %s", "%'u penalties · %s", result->n_rows), result->n_rows, money);
  gtk_label_set_text (GTK_LABEL (self->counts), text);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), result->n_rows > 0 ? "queue" : "empty");
  gtk_widget_set_visible (self->reset, !plain);
  adw_status_page_set_title (ADW_STATUS_PAGE (self->empty), plain ? _("Nothing to see here") : _("No penalty with these filters"));
  adw_status_page_set_description (ADW_STATUS_PAGE (self->empty),
                                   plain ? _("Penalties come here by themselves when an order's penalty date has passed.") : NULL);
}

static void
answered_cb (GObject      *source,
             GAsyncResult *res,
             gpointer      user_data)
{
  g_autoptr(DspReviewPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspPenaltyResult) result = dsp_replica_penalties_finish (DSP_REPLICA (source), res, &error);
  g_autofree char *number = NULL;
  guint position;

  self->asking = false;
  if (self->box == NULL)
    return;
  if (self->again)
    {
      self->again = false;
      ask (self);
      return;
    }
  if (result == NULL)
    {
      g_autofree char *sentence = dsp_text_error (error);

      dsp_office_message (self->office, 0, "%s", sentence);
      return;
    }
  position = dsp_record_list_find (G_LIST_MODEL (self->store), &self->shown);
  number = position != G_MAXUINT ? g_strdup (penalty_at (self, position)->number) : NULL;
  self->n_rows = result->n_rows;
  dsp_review_filter_show (DSP_REVIEW_FILTER (self->filter), result);
  show_counts (self, result);
  self->filling = true;
  dsp_record_list_fill (self->store, &dsp_penalty, result->rows);
  keep_chosen (self, number);
  self->filling = false;
  show_chosen (self);
}

static void
ask (DspReviewPage *self)
{
  DspPenaltyQuery query;

  if (self->asking)
    {
      self->again = true;
      return;
    }
  self->asking = true;
  dsp_review_filter_get (DSP_REVIEW_FILTER (self->filter), &query);
  query.n = self->n_wanted;
  dsp_replica_penalties_async (dsp_office_get_replica (self->office), &query, NULL, answered_cb, g_object_ref (self));
}

static void
on_filter (DspReviewPage *self)
{
  self->n_wanted = N_STEP;
  self->shown = self->judged = dsp_id_none;
  self->shown_at = 0;
  self->fresh = true;
  g_list_store_remove_all (self->store);
  ask (self);
}

/* The end of what was asked for comes near: more. */
static void
on_scrolled (GtkAdjustment *adjustment,
             DspReviewPage *self)
{
  double left = gtk_adjustment_get_upper (adjustment) - gtk_adjustment_get_value (adjustment) - gtk_adjustment_get_page_size (adjustment);

  if (left > gtk_adjustment_get_page_size (adjustment) || self->n_wanted >= self->n_rows || self->asking)
    return;
  self->n_wanted += N_STEP;
  ask (self);
}

/* ---- following ---- */

static void
on_records_changed (DspOffice       *office,
                    const DspEntity *entity,
                    DspReviewPage   *self)
{
  if (entity == NULL || entity == &dsp_penalty)
    ask (self);
  else if (entity == &dsp_penalty_rule || entity == &dsp_distributor || entity == &dsp_crew)
    dsp_record_list_redraw (G_LIST_MODEL (self->store));
}

static gboolean
redraw (gpointer user_data)
{
  DspReviewPage *self = user_data;

  dsp_record_list_redraw (G_LIST_MODEL (self->store));
  return G_SOURCE_CONTINUE;
}

void
dsp_review_page_focus (DspReviewPage *self)
{
  gtk_widget_child_focus (self->view, GTK_DIR_TAB_FORWARD);
}

/* Whoever opens the page can judge at once. */
static void
on_map (GtkWidget     *box,
        DspReviewPage *self)
{
  dsp_review_page_focus (self);
}

/* Letters are the verdicts', unless somebody is writing. */
static gboolean
on_key (GtkEventControllerKey *controller,
        guint                  keyval,
        guint                  keycode,
        GdkModifierType        state,
        DspReviewPage         *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *focus = root != NULL ? gtk_root_get_focus (root) : NULL;

  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK | GDK_SUPER_MASK)) != 0 || (focus != NULL && GTK_IS_EDITABLE (focus)))
    return FALSE;
  return dsp_verdict_bar_key (DSP_VERDICT_BAR (self->verdicts), keyval);
}

static void
on_activate (GtkColumnView *view,
             guint          position,
             DspReviewPage *self)
{
  const DspPenalty *penalty = penalty_at (self, position);
  char id[DSP_ID_TEXT];

  if (penalty == NULL)
    return;
  dsp_id_print (&penalty->order_id, id);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.open-order", "s", id);
}

/* ---- the widget ---- */

static void
dsp_review_page_dispose (GObject *object)
{
  DspReviewPage *self = DSP_REVIEW_PAGE (object);

  g_clear_handle_id (&self->redraw, g_source_remove);
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->selection);
  g_clear_object (&self->store);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_review_page_parent_class)->dispose (object);
}

static void
dsp_review_page_class_init (DspReviewPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_review_page_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
dsp_review_page_init (DspReviewPage *self)
{
  self->n_wanted = N_STEP;
  self->fresh = true;
}

static GtkWidget *
make_queue (DspReviewPage *self)
{
  GtkWidget *scroller = gtk_scrolled_window_new ();

  self->store = g_list_store_new (DSP_TYPE_RECORD_ITEM);
  self->selection = GTK_SELECTION_MODEL (gtk_multi_selection_new (G_LIST_MODEL (g_object_ref (self->store))));
  g_signal_connect_swapped (self->selection, "selection-changed", G_CALLBACK (on_selection_changed), self);
  self->view = gtk_column_view_new (g_object_ref (self->selection));
  dsp_penalty_columns_add (GTK_COLUMN_VIEW (self->view), self->office);
  gtk_widget_add_css_class (self->view, "dsp-orders");
  gtk_widget_add_css_class (self->view, "dsp-compact");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->view), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Penalties"), -1);
  g_signal_connect (self->view, "activate", G_CALLBACK (on_activate), self);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), self->view);
  g_signal_connect (gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (scroller)), "value-changed", G_CALLBACK (on_scrolled), self);
  gtk_widget_set_vexpand (scroller, TRUE);
  return scroller;
}

static GtkWidget *
make_empty (DspReviewPage *self)
{
  self->empty = adw_status_page_new ();
  self->reset = gtk_button_new_with_label (_("Remove the filters"));
  gtk_widget_set_halign (self->reset, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (self->reset, "pill");
  g_signal_connect_swapped (self->reset, "clicked", G_CALLBACK (dsp_review_filter_reset), self->filter);
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (self->empty), "despacho-penalized-symbolic");
  adw_status_page_set_child (ADW_STATUS_PAGE (self->empty), self->reset);
  return self->empty;
}

GtkWidget *
dsp_review_page_new (DspOffice *office)
{
  DspReviewPage *self = g_object_new (DSP_TYPE_REVIEW_PAGE, NULL);
  GtkWidget *paned = gtk_paned_new (GTK_ORIENTATION_HORIZONTAL), *left = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->office = g_object_ref (office);
  self->filter = dsp_review_filter_new (office);
  g_signal_connect_swapped (self->filter, "changed", G_CALLBACK (on_filter), self);
  self->stack = gtk_stack_new ();
  gtk_stack_add_named (GTK_STACK (self->stack), make_queue (self), "queue");
  gtk_stack_add_named (GTK_STACK (self->stack), make_empty (self), "empty");
  self->counts = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->counts), 0);
  gtk_widget_add_css_class (self->counts, "numeric");
  gtk_widget_add_css_class (self->counts, "dsp-review-counts");
  gtk_box_append (GTK_BOX (left), self->stack);
  gtk_box_append (GTK_BOX (left), self->counts);
  self->facts = dsp_penalty_facts_new (office);
  gtk_paned_set_start_child (GTK_PANED (paned), left);
  gtk_paned_set_end_child (GTK_PANED (paned), self->facts);
  gtk_paned_set_position (GTK_PANED (paned), 690);
  gtk_paned_set_resize_start_child (GTK_PANED (paned), FALSE);
  gtk_paned_set_shrink_start_child (GTK_PANED (paned), FALSE);
  gtk_paned_set_shrink_end_child (GTK_PANED (paned), FALSE);
  gtk_widget_set_vexpand (paned, TRUE);
  self->verdicts = dsp_verdict_bar_new (office, &dsp_penalty_verdicts);
  g_signal_connect (self->verdicts, "step", G_CALLBACK (on_step), self);
  g_signal_connect_swapped (self->verdicts, "giving", G_CALLBACK (on_giving), self);
  g_signal_connect (self->verdicts, "done", G_CALLBACK (on_done), self);

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (self->box), self->filter);
  gtk_box_append (GTK_BOX (self->box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_box_append (GTK_BOX (self->box), paned);
  gtk_box_append (GTK_BOX (self->box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_box_append (GTK_BOX (self->box), self->verdicts);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  g_signal_connect (self->box, "map", G_CALLBACK (on_map), self);
  g_signal_connect_object (office, "records-changed", G_CALLBACK (on_records_changed), self, 0);
  self->redraw = g_timeout_add_seconds (REDRAW_S, redraw, self);
  ask (self);
  return GTK_WIDGET (self);
}
