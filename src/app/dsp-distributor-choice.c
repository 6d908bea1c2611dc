/* dsp-distributor-choice.c: whose statement or pre-invoices are shown
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-distributor-choice"

#include "config.h"
#include "dsp-distributor-choice.h"

#include <glib/gi18n.h>

struct _DspDistributorChoice
{
  GtkWidget   parent_instance;

  DspOffice  *office; /* (owned) */
  const char *all;
  GArray     *ids;    /* (owned): of DspId, as in the drop-down */
  GtkWidget  *drop_down;
  gboolean    filling;
};

G_DEFINE_FINAL_TYPE (DspDistributorChoice, dsp_distributor_choice, GTK_TYPE_WIDGET)

static guint changed_signal;

GPtrArray *
dsp_own_distributors (DspOffice *office)
{
  const GPtrArray *all = dsp_office_records (office, &dsp_distributor);
  const DspActor *actor = dsp_replica_get_actor (dsp_office_get_replica (office));
  GPtrArray *own = g_ptr_array_new ();

  for (guint i = 0; i < all->len; i++)
    {
      const DspDistributor *distributor = all->pdata[i];

      if (actor != NULL && dsp_actor_sees (actor, &distributor->id, g_get_real_time ()))
        g_ptr_array_add (own, (gpointer) distributor);
    }
  return own;
}

DspId
dsp_distributor_choice_get (DspDistributorChoice *self)
{
  guint chosen = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->drop_down));

  return chosen < self->ids->len ? g_array_index (self->ids, DspId, chosen) : dsp_id_none;
}

static void
fill (DspDistributorChoice *self)
{
  g_autoptr(GPtrArray) own = dsp_own_distributors (self->office);
  g_autoptr(GtkStringList) names = gtk_string_list_new (NULL);
  DspId before = dsp_distributor_choice_get (self);
  guint chosen = 0;

  self->filling = TRUE;
  g_array_set_size (self->ids, 0);
  if (self->all != NULL)
    {
      gtk_string_list_append (names, self->all);
      g_array_append_val (self->ids, dsp_id_none);
    }
  for (guint i = 0; i < own->len; i++)
    {
      const DspRecord *distributor = own->pdata[i];
      g_autofree char *title = dsp_office_record_title (self->office, &dsp_distributor, distributor);

      if (dsp_id_equal (&distributor->id, &before))
        chosen = self->ids->len;
      gtk_string_list_append (names, title);
      g_array_append_val (self->ids, distributor->id);
    }
  gtk_drop_down_set_model (GTK_DROP_DOWN (self->drop_down), G_LIST_MODEL (names));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (self->drop_down), self->ids->len > 0 ? chosen : GTK_INVALID_LIST_POSITION);
  gtk_widget_set_visible (GTK_WIDGET (self), own->len > 1);
  self->filling = FALSE;
}

static void
on_selected (DspDistributorChoice *self)
{
  if (!self->filling)
    g_signal_emit (self, changed_signal, 0);
}

static void
on_records_changed (DspOffice            *office,
                    const DspEntity      *entity,
                    DspDistributorChoice *self)
{
  DspId before, now;

  if (entity != NULL && entity != &dsp_distributor)
    return;
  before = dsp_distributor_choice_get (self);
  fill (self);
  now = dsp_distributor_choice_get (self);
  if (!dsp_id_equal (&before, &now))
    g_signal_emit (self, changed_signal, 0);
}

static void
dsp_distributor_choice_dispose (GObject *object)
{
  DspDistributorChoice *self = DSP_DISTRIBUTOR_CHOICE (object);

  g_clear_pointer (&self->drop_down, gtk_widget_unparent);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_distributor_choice_parent_class)->dispose (object);
}

static void
dsp_distributor_choice_finalize (GObject *object)
{
  g_array_unref (DSP_DISTRIBUTOR_CHOICE (object)->ids);
  G_OBJECT_CLASS (dsp_distributor_choice_parent_class)->finalize (object);
}

static void
dsp_distributor_choice_class_init (DspDistributorChoiceClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_distributor_choice_dispose;
  G_OBJECT_CLASS (klass)->finalize = dsp_distributor_choice_finalize;
  changed_signal = g_signal_new ("changed", DSP_TYPE_DISTRIBUTOR_CHOICE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
dsp_distributor_choice_init (DspDistributorChoice *self)
{
  self->ids = g_array_new (FALSE, FALSE, sizeof (DspId));
}

GtkWidget *
dsp_distributor_choice_new (DspOffice  *office,
                            const char *all)
{
  DspDistributorChoice *self = g_object_new (DSP_TYPE_DISTRIBUTOR_CHOICE, NULL);

  self->office = g_object_ref (office);
  self->all = all;
  self->drop_down = gtk_drop_down_new (NULL, gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string"));
  gtk_drop_down_set_enable_search (GTK_DROP_DOWN (self->drop_down), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->drop_down), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Distributor"), -1);
  gtk_widget_set_parent (self->drop_down, GTK_WIDGET (self));
  g_signal_connect_swapped (self->drop_down, "notify::selected", G_CALLBACK (on_selected), self);
  g_signal_connect_object (office, "records-changed", G_CALLBACK (on_records_changed), self, 0);
  fill (self);
  return GTK_WIDGET (self);
}
