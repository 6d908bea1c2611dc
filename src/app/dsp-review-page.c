/* dsp-review-page.c: the review desk: penalties, their facts, and the verdict
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-review-page"

#include "config.h"
#include "dsp-review-page.h"

#include "dsp-penalty-facts.h"
#include "dsp-penalty-list.h"
#include "dsp-queue.h"
#include "dsp-review-filter.h"
#include "dsp-text.h"

#include <glib/gi18n.h>

#define REDRAW_S 60

struct _DspReviewPage
{
  GtkWidget  parent_instance;

  DspOffice *office;      /* (owned) */
  guint      redraw;      /* lateness grows */

  GtkWidget *box;
  GtkWidget *filter;
  GtkWidget *queue;
  GtkWidget *facts;
};

G_DEFINE_FINAL_TYPE (DspReviewPage, dsp_review_page, GTK_TYPE_WIDGET)

/* ---- the queue ---- */

static void
show_counts (DspReviewPage          *self,
             const DspPenaltyResult *result)
{
  g_autofree char *money = dsp_text_money (result->cents);
  g_autofree char *text = NULL;
  gboolean plain = dsp_review_filter_is_plain (DSP_REVIEW_FILTER (self->filter));

  /* Translators: how many penalties, then what they come to */
  text = g_strdup_printf (ngettext ("%'u penalty · %s", "%'u penalties · %s", result->n_rows), result->n_rows, money);
  dsp_queue_say (DSP_QUEUE (self->queue), text, plain ? _("Nothing to see here") : _("No penalty with these filters"),
                 plain ? _("Penalties come here by themselves when an order's penalty date has passed.") : NULL, !plain);
}

static void
answered_cb (GObject      *source,
             GAsyncResult *res,
             gpointer      user_data)
{
  g_autoptr(DspReviewPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspPenaltyResult) result = dsp_replica_penalties_finish (DSP_REPLICA (source), res, &error);

  if (self->box == NULL ||
      !dsp_queue_answer (DSP_QUEUE (self->queue), result != NULL ? result->rows : NULL, result != NULL ? result->n_rows : 0, error))
    return;
  dsp_review_filter_show (DSP_REVIEW_FILTER (self->filter), result);
  show_counts (self, result);
}

static void
ask (gpointer page,
     guint    n)
{
  DspReviewPage *self = page;
  DspPenaltyQuery query;

  dsp_review_filter_get (DSP_REVIEW_FILTER (self->filter), &query);
  query.n = n;
  dsp_replica_penalties_async (dsp_office_get_replica (self->office), &query, NULL, answered_cb, g_object_ref (self));
}

static void
show (gpointer      page,
      gconstpointer record)
{
  dsp_penalty_facts_show (DSP_PENALTY_FACTS (((DspReviewPage *) page)->facts), record);
}

static void
open_order (gpointer      page,
            gconstpointer record)
{
  char id[DSP_ID_TEXT];

  dsp_id_print (&((const DspPenalty *) record)->order_id, id);
  gtk_widget_activate_action (page, "win.open-order", "s", id);
}

static char *
gone (DspOffice    *office,
      gconstpointer record)
{
  return g_strdup_printf (_("Order %s has left this list: somebody else decided about it"), ((const DspPenalty *) record)->number);
}

/* ---- following ---- */

static void
on_records_changed (DspOffice       *office,
                    const DspEntity *entity,
                    DspReviewPage   *self)
{
  if (entity == NULL || entity == &dsp_penalty)
    dsp_queue_ask (DSP_QUEUE (self->queue));
  else if (entity == &dsp_penalty_rule || entity == &dsp_distributor || entity == &dsp_crew)
    dsp_queue_redraw (DSP_QUEUE (self->queue));
}

static gboolean
redraw (gpointer user_data)
{
  dsp_queue_redraw (DSP_QUEUE (((DspReviewPage *) user_data)->queue));
  return G_SOURCE_CONTINUE;
}

void
dsp_review_page_focus (DspReviewPage *self)
{
  dsp_queue_focus (DSP_QUEUE (self->queue));
}

/* Whoever opens the page can judge at once. */
static void
on_map (GtkWidget     *box,
        DspReviewPage *self)
{
  dsp_review_page_focus (self);
}

static gboolean
on_key (GtkEventControllerKey *controller,
        guint                  keyval,
        guint                  keycode,
        GdkModifierType        state,
        DspReviewPage         *self)
{
  return dsp_queue_key (DSP_QUEUE (self->queue), keyval, state);
}

/* ---- the widget ---- */

static void
dsp_review_page_dispose (GObject *object)
{
  DspReviewPage *self = DSP_REVIEW_PAGE (object);

  g_clear_handle_id (&self->redraw, g_source_remove);
  g_clear_pointer (&self->box, gtk_widget_unparent);
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
}

static GtkWidget *
make_queue (DspReviewPage *self)
{
  static const DspQueueKind kind = {
    .verdicts = &dsp_penalty_verdicts, .columns = dsp_penalty_columns, .n_columns = DSP_PENALTY_N_COLUMNS,
    .label = N_("Penalties"), .icon = "despacho-penalized-symbolic", .ask = ask, .show = show, .open = open_order, .gone = gone,
  };

  self->queue = dsp_queue_new (self->office, &kind, self);
  g_signal_connect_object (dsp_queue_get_reset (DSP_QUEUE (self->queue)), "clicked", G_CALLBACK (dsp_review_filter_reset), self->filter,
                           G_CONNECT_SWAPPED);
  return self->queue;
}

GtkWidget *
dsp_review_page_new (DspOffice *office)
{
  DspReviewPage *self = g_object_new (DSP_TYPE_REVIEW_PAGE, NULL);
  GtkWidget *paned = gtk_paned_new (GTK_ORIENTATION_HORIZONTAL);
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->office = g_object_ref (office);
  self->filter = dsp_review_filter_new (office);
  self->facts = dsp_penalty_facts_new (office);
  gtk_paned_set_start_child (GTK_PANED (paned), make_queue (self));
  gtk_paned_set_end_child (GTK_PANED (paned), self->facts);
  gtk_paned_set_position (GTK_PANED (paned), 690);
  gtk_paned_set_resize_start_child (GTK_PANED (paned), FALSE);
  gtk_paned_set_shrink_start_child (GTK_PANED (paned), FALSE);
  gtk_paned_set_shrink_end_child (GTK_PANED (paned), FALSE);
  gtk_widget_set_vexpand (paned, TRUE);
  g_signal_connect_object (self->filter, "changed", G_CALLBACK (dsp_queue_restart), self->queue, G_CONNECT_SWAPPED);

  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (self->box), self->filter);
  gtk_box_append (GTK_BOX (self->box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_box_append (GTK_BOX (self->box), paned);
  gtk_box_append (GTK_BOX (self->box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_box_append (GTK_BOX (self->box), dsp_queue_get_bar (DSP_QUEUE (self->queue)));
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  g_signal_connect (self->box, "map", G_CALLBACK (on_map), self);
  g_signal_connect_object (office, "records-changed", G_CALLBACK (on_records_changed), self, 0);
  self->redraw = g_timeout_add_seconds (REDRAW_S, redraw, self);
  dsp_queue_ask (DSP_QUEUE (self->queue));
  return GTK_WIDGET (self);
}
