/* dsp-visits-view.c: the visits of one problem: the orders that an order comes from, and those that come from it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The parent is known by its number: one question after the other goes up the line, then one goes down.
 */
#define G_LOG_DOMAIN "dsp-visits-view"

#include "config.h"
#include "dsp-visits-view.h"

#include "dsp-facts.h"
#include "dsp-text.h"

#include <glib/gi18n.h>

#define MAX_ABOVE 8  /* a line that is longer, or goes round, ends there */
#define MAX_BELOW 20

struct _DspVisitsView
{
  GtkWidget     parent_instance;

  DspOffice    *office;   /* (owned) */
  DspOrder     *order;    /* (owned) (nullable) */
  GCancellable *asking;   /* (owned) (nullable) */
  GPtrArray    *above;    /* (owned) of DspOrder: the nearest first */
  GtkWidget    *box;
};

G_DEFINE_FINAL_TYPE (DspVisitsView, dsp_visits_view, GTK_TYPE_WIDGET)

static void ask (DspVisitsView *self, const char *name, const char *number, GAsyncReadyCallback callback);

static void
on_open (GtkWidget     *button,
         DspVisitsView *self)
{
  GtkRoot *root = gtk_widget_get_root (button);
  GtkWindow *parent = GTK_IS_WINDOW (root) ? gtk_window_get_transient_for (GTK_WINDOW (root)) : NULL;
  const DspId *id = g_object_get_data (G_OBJECT (button), "id");
  char text[DSP_ID_TEXT];

  dsp_id_print (id, text);
  gtk_widget_activate_action (parent != NULL ? GTK_WIDGET (parent) : button, "win.open-order", "s", text);
}

static void
add_order (DspVisitsView  *self,
           const DspOrder *order,
           guint           depth)
{
  g_autoptr(GString) text = g_string_new (NULL);
  g_autofree char *day = dsp_text_date (dsp_text_local_day (order->created_at.us));
  gboolean own = dsp_id_equal (&order->id, &self->order->id);
  GtkWidget *label, *line;

  g_string_append_printf (text, "%s · %s · %s · %s", order->number, order->type != NULL ? order->type : "–",
                          dsp_text_word (&DspOrderStatus_words, order->status), day);
  label = dsp_facts_label (text->str, "numeric");
  line = label;
  if (own)
    gtk_widget_add_css_class (label, "heading");
  else
    {
      line = gtk_button_new ();
      gtk_button_set_child (GTK_BUTTON (line), label);
      gtk_widget_add_css_class (line, "flat");
      gtk_widget_add_css_class (line, "dsp-visit");
      gtk_accessible_update_property (GTK_ACCESSIBLE (line), GTK_ACCESSIBLE_PROPERTY_LABEL, text->str, -1);
      g_object_set_data_full (G_OBJECT (line), "id", g_memdup2 (&order->id, sizeof order->id), g_free);
      g_signal_connect (line, "clicked", G_CALLBACK (on_open), self);
    }
  gtk_widget_set_margin_start (line, (int) (14 * depth));
  gtk_box_append (GTK_BOX (self->box), line);
}

static GPtrArray *
finish (DspVisitsView *self,
        GObject       *source,
        GAsyncResult  *res,
        guint          max)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOrderResult) result = dsp_replica_query_finish (DSP_REPLICA (source), res, &error);
  GPtrArray *orders;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || self->box == NULL)
    return NULL;
  orders = g_ptr_array_new_with_free_func ((GDestroyNotify) dsp_order_free);
  for (guint i = 0; result != NULL && i < result->n_rows && i < max; i++)
    {
      const DspOrder *order = dsp_office_get_order (self->office, result->rows[i]);

      if (order != NULL)
        g_ptr_array_add (orders, dsp_order_dup (order));
    }
  return orders;
}

static void
below_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  g_autoptr(DspVisitsView) self = user_data;
  g_autoptr(GPtrArray) below = finish (self, source, res, MAX_BELOW);
  guint depth = 0;

  if (below == NULL)
    return;
  dsp_facts_clear (self->box);
  for (guint i = self->above->len; i > 0; i--)
    add_order (self, self->above->pdata[i - 1], depth++);
  add_order (self, self->order, depth);
  for (guint i = 0; i < below->len; i++)
    add_order (self, below->pdata[i], depth + 1);
  gtk_widget_set_visible (GTK_WIDGET (self), self->above->len + below->len > 0);
}

static void
above_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  g_autoptr(DspVisitsView) self = user_data;
  g_autoptr(GPtrArray) found = finish (self, source, res, MAX_BELOW);
  const DspOrder *child, *parent = NULL;

  if (found == NULL)
    return;
  child = self->above->len > 0 ? self->above->pdata[self->above->len - 1] : self->order;
  for (guint i = 0; i < found->len && parent == NULL; i++)
    if (g_strcmp0 (((const DspOrder *) found->pdata[i])->number, child->parent) == 0)
      parent = found->pdata[i];
  if (parent != NULL)
    g_ptr_array_add (self->above, dsp_order_dup (parent));
  if (parent != NULL && parent->parent != NULL && self->above->len < MAX_ABOVE)
    ask (self, "number", parent->parent, above_cb);
  else
    ask (self, "parent", self->order->number, below_cb);
}

static void
ask (DspVisitsView      *self,
     const char         *name,
     const char         *number,
     GAsyncReadyCallback callback)
{
  g_autoptr(DspFilter) filter = dsp_filter_new (&dsp_order);
  DspOrderQuery query = { .filter = filter };

  dsp_office_get_clock (self->office, &query.clock);
  dsp_filter_set (filter, name, number, NULL);
  dsp_replica_query_async (dsp_office_get_replica (self->office), &query, MAX_BELOW, self->asking, callback, g_object_ref (self));
}

void
dsp_visits_view_show (DspVisitsView  *self,
                      const DspOrder *order)
{
  if (self->order != NULL && dsp_id_equal (&self->order->id, &order->id) && self->order->version == order->version)
    return;
  if (self->order == NULL || !dsp_id_equal (&self->order->id, &order->id))
    gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  self->asking = g_cancellable_new ();
  g_clear_pointer (&self->order, dsp_order_free);
  self->order = dsp_order_dup (order);
  g_ptr_array_set_size (self->above, 0);
  if (order->parent != NULL)
    ask (self, "number", order->parent, above_cb);
  else
    ask (self, "parent", order->number, below_cb);
}

/* ---- object ---- */

static void
dsp_visits_view_dispose (GObject *object)
{
  DspVisitsView *self = DSP_VISITS_VIEW (object);
  GtkWidget *child;

  g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  self->box = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_pointer (&self->order, dsp_order_free);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_visits_view_parent_class)->dispose (object);
}

static void
dsp_visits_view_finalize (GObject *object)
{
  g_ptr_array_unref (DSP_VISITS_VIEW (object)->above);
  G_OBJECT_CLASS (dsp_visits_view_parent_class)->finalize (object);
}

static void
dsp_visits_view_class_init (DspVisitsViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_visits_view_dispose;
  G_OBJECT_CLASS (klass)->finalize = dsp_visits_view_finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
dsp_visits_view_init (DspVisitsView *self)
{
  self->above = g_ptr_array_new_with_free_func ((GDestroyNotify) dsp_order_free);
}

GtkWidget *
dsp_visits_view_new (DspOffice *office)
{
  DspVisitsView *self = g_object_new (DSP_TYPE_VISITS_VIEW, NULL);
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->office = g_object_ref (office);
  self->box = dsp_facts_section (column, _("Visits"));
  gtk_box_set_spacing (GTK_BOX (self->box), 2);
  gtk_widget_set_parent (column, GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  return GTK_WIDGET (self);
}
