/* dsp-mileage-page.c: claims of kilometres: entered, submitted, and decided
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-mileage-page"

#include "config.h"
#include "dsp-mileage-page.h"

#include "dsp-mileage-dialog.h"
#include "dsp-mileage-facts.h"
#include "dsp-mileage-filter.h"
#include "dsp-mileage-list.h"
#include "dsp-money-commands.h"
#include "dsp-queue.h"

#include <glib/gi18n.h>

struct _DspMileagePage
{
  GtkWidget  parent_instance;

  DspOffice *office;   /* (owned) */
  GtkWidget *box;
  GtkWidget *filter;
  GtkWidget *queue;
  GtkWidget *facts;
};

G_DEFINE_FINAL_TYPE (DspMileagePage, dsp_mileage_page, GTK_TYPE_WIDGET)

/* ---- the list ---- */

static void
show_counts (DspMileagePage        *self,
             const DspRecordResult *result)
{
  g_autofree char *count = g_strdup_printf (ngettext ("%'u claim", "%'u claims", result->n_rows), result->n_rows);
  /* Translators: under a list of claims: how many, then the kilometres of all of them, claimed and approved */
  g_autofree char *text = g_strdup_printf (_("%s · claimed: %'.1f km · approved: %'.1f km"), count, (double) result->sums[0] / 1000,
                                           (double) result->sums[1] / 1000);
  gboolean plain = dsp_mileage_filter_is_plain (DSP_MILEAGE_FILTER (self->filter));
  bool may_claim = dsp_office_may (self->office, &dsp_mileage_create);

  dsp_queue_say (DSP_QUEUE (self->queue), text, plain ? _("No claims here") : _("No claim with these filters"),
                 !plain      ? NULL
                 : may_claim ? _("Press “Claim kilometres” to enter what a crew drove.")
                             : _("Claims come here when a crew's office submits them."),
                 !plain);
}

static void
answered_cb (GObject      *source,
             GAsyncResult *res,
             gpointer      user_data)
{
  g_autoptr(DspMileagePage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspRecordResult) result = dsp_replica_records_finish (DSP_REPLICA (source), res, &error);

  if (self->box == NULL ||
      !dsp_queue_answer (DSP_QUEUE (self->queue), result != NULL ? result->rows : NULL, result != NULL ? result->n_rows : 0, error))
    return;
  dsp_mileage_filter_show (DSP_MILEAGE_FILTER (self->filter), result);
  show_counts (self, result);
}

static void
ask (gpointer page,
     guint    n)
{
  DspMileagePage *self = page;
  DspRecordQuery query;

  dsp_mileage_filter_get (DSP_MILEAGE_FILTER (self->filter), &query);
  query.n = n;
  query.sums[0] = dsp_table_at (&dsp_mileage.table, offsetof (DspMileage, claimed));
  query.sums[1] = dsp_table_at (&dsp_mileage.table, offsetof (DspMileage, approved));
  dsp_replica_records_async (dsp_office_get_replica (self->office), &query, NULL, answered_cb, g_object_ref (self));
  dsp_mileage_query_clear (&query);
}

static void
show (gpointer      page,
      gconstpointer record)
{
  dsp_mileage_facts_show (DSP_MILEAGE_FACTS (((DspMileagePage *) page)->facts), record);
}

static GtkWindow *
window_of (DspMileagePage *self)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  return GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL;
}

/* What may be changed is; of an order, else, the order is opened. */
static void
open_claim (gpointer      page,
            gconstpointer record)
{
  DspMileagePage *self = page;
  const DspMileage *mileage = record;
  char id[DSP_ID_TEXT];

  if (dsp_office_may (self->office, &dsp_mileage_change) && (DSP_BIT (mileage->state) & dsp_mileage_change.from))
    dsp_mileage_dialog_open (window_of (self), self->office, mileage, &mileage->crew_id);
  else if (!dsp_id_is_none (&mileage->order_id))
    {
      dsp_id_print (&mileage->order_id, id);
      gtk_widget_activate_action (page, "win.open-order", "s", id);
    }
}

static void
on_new (DspMileagePage *self)
{
  DspId crew_id = dsp_mileage_filter_get_crew (DSP_MILEAGE_FILTER (self->filter));

  dsp_mileage_dialog_open (window_of (self), self->office, NULL, &crew_id);
}

static void
on_change (GtkWidget      *facts,
           gpointer        mileage,
           DspMileagePage *self)
{
  open_claim (self, mileage);
}

static char *
gone (DspOffice    *office,
      gconstpointer record)
{
  g_autofree char *title = dsp_mileage_title (office, record);

  return g_strdup_printf (_("%s has left this list: somebody else decided about it"), title);
}

/* ---- following ---- */

static void
on_records_changed (DspOffice       *office,
                    const DspEntity *entity,
                    DspMileagePage  *self)
{
  if (entity == NULL || entity == &dsp_mileage || entity == &dsp_office_settings)
    dsp_queue_ask (DSP_QUEUE (self->queue));
  if (entity == &dsp_order || entity == &dsp_distributor || entity == &dsp_crew || entity == &dsp_office_settings)
    dsp_queue_redraw (DSP_QUEUE (self->queue));
}

static gboolean
on_key (GtkEventControllerKey *controller,
        guint                  keyval,
        guint                  keycode,
        GdkModifierType        state,
        DspMileagePage        *self)
{
  if (gdk_keyval_to_lower (keyval) == GDK_KEY_n && dsp_queue_takes_letters (DSP_QUEUE (self->queue), state) &&
      dsp_office_may (self->office, &dsp_mileage_create))
    {
      on_new (self);
      return TRUE;
    }
  return dsp_queue_key (DSP_QUEUE (self->queue), keyval, state);
}

/* Whoever opens the page can decide at once. */
static void
on_map (GtkWidget      *box,
        DspMileagePage *self)
{
  dsp_queue_focus (DSP_QUEUE (self->queue));
}

/* ---- the widget ---- */

static void
dsp_mileage_page_dispose (GObject *object)
{
  DspMileagePage *self = DSP_MILEAGE_PAGE (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_mileage_page_parent_class)->dispose (object);
}

static void
dsp_mileage_page_class_init (DspMileagePageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_mileage_page_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
dsp_mileage_page_init (DspMileagePage *self)
{
}

GtkWidget *
dsp_mileage_page_new (DspOffice *office)
{
  static const DspQueueKind kind = {
    .verdicts = &dsp_mileage_verdicts, .columns = dsp_mileage_columns, .n_columns = DSP_MILEAGE_N_COLUMNS,
    .label = N_("Claims of kilometres"), .icon = "despacho-mileage-symbolic", .ask = ask, .show = show, .open = open_claim, .gone = gone,
  };
  DspMileagePage *self = g_object_new (DSP_TYPE_MILEAGE_PAGE, NULL);
  GtkWidget *paned = gtk_paned_new (GTK_ORIENTATION_HORIZONTAL);
  GtkEventController *keys = gtk_event_controller_key_new ();

  self->office = g_object_ref (office);
  self->filter = dsp_mileage_filter_new (office);
  self->facts = dsp_mileage_facts_new (office);
  self->queue = dsp_queue_new (office, &kind, self);
  g_signal_connect_object (self->filter, "changed", G_CALLBACK (dsp_queue_restart), self->queue, G_CONNECT_SWAPPED);
  g_signal_connect_swapped (self->filter, "new", G_CALLBACK (on_new), self);
  g_signal_connect (self->facts, "change", G_CALLBACK (on_change), self);
  g_signal_connect_object (dsp_queue_get_reset (DSP_QUEUE (self->queue)), "clicked", G_CALLBACK (dsp_mileage_filter_reset), self->filter,
                           G_CONNECT_SWAPPED);
  gtk_paned_set_start_child (GTK_PANED (paned), self->queue);
  gtk_paned_set_end_child (GTK_PANED (paned), self->facts);
  gtk_paned_set_position (GTK_PANED (paned), 830);
  gtk_paned_set_resize_end_child (GTK_PANED (paned), FALSE);
  gtk_paned_set_shrink_start_child (GTK_PANED (paned), FALSE);
  gtk_paned_set_shrink_end_child (GTK_PANED (paned), FALSE);
  gtk_widget_set_vexpand (paned, TRUE);

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
  dsp_queue_ask (DSP_QUEUE (self->queue));
  return GTK_WIDGET (self);
}
