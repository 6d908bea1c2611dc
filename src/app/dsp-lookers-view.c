/* dsp-lookers-view.c: who else is looking at an order now
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two people who work on one order should know of each other before they collide: a face each, and a sentence.
 */
#define G_LOG_DOMAIN "dsp-lookers-view"

#include "config.h"
#include "dsp-lookers-view.h"

#include "dsp-facts.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define FACES_MAX 4

struct _DspLookersView
{
  GtkWidget   parent_instance;

  DspReplica *replica;  /* (owned) */
  DspId       order;    /* none: not shown yet */
  GtkWidget  *line, *faces, *label;
};

G_DEFINE_FINAL_TYPE (DspLookersView, dsp_lookers_view, GTK_TYPE_WIDGET)

static const char *
name_of (const GPtrArray *who,
         guint            i)
{
  return ((const DspLooker *) who->pdata[i])->name;
}

static char *
dup_sentence (const GPtrArray *who)
{
  if (who->len == 1)
    /* Translators: a person's name */
    return g_strdup_printf (_("%s is looking at this order now"), name_of (who, 0));
  if (who->len == 2)
    /* Translators: two persons' names */
    return g_strdup_printf (_("%s and %s are looking at this order now"), name_of (who, 0), name_of (who, 1));
  /* Translators: two persons' names, and how many more there are */
  return g_strdup_printf (ngettext ("%s, %s and %u more person are looking at this order now",
                                    "%s, %s and %u more people are looking at this order now", who->len - 2),
                          name_of (who, 0), name_of (who, 1), who->len - 2);
}

static void
show (DspLookersView *self)
{
  const GPtrArray *who = dsp_replica_get_lookers (self->replica, &self->order);
  g_autofree char *sentence = who != NULL ? dup_sentence (who) : NULL;

  gtk_widget_set_visible (GTK_WIDGET (self), sentence != NULL);
  dsp_facts_clear (self->faces);
  if (sentence == NULL)
    return;
  for (guint i = 0; i < MIN (who->len, FACES_MAX); i++)
    {
      GtkWidget *face = adw_avatar_new (24, name_of (who, i), TRUE);

      gtk_widget_set_tooltip_text (face, name_of (who, i));
      gtk_accessible_update_property (GTK_ACCESSIBLE (face), GTK_ACCESSIBLE_PROPERTY_LABEL, name_of (who, i), -1);
      gtk_box_append (GTK_BOX (self->faces), face);
    }
  gtk_label_set_text (GTK_LABEL (self->label), sentence);
}

void
dsp_lookers_view_show (DspLookersView *self,
                       const DspId    *order)
{
  if (dsp_id_equal (&self->order, order))
    return;
  if (!dsp_id_is_none (&self->order))
    dsp_replica_look_away (self->replica, &self->order);
  self->order = *order;
  dsp_replica_look (self->replica, order);
  show (self);
}

static void
dsp_lookers_view_dispose (GObject *object)
{
  DspLookersView *self = DSP_LOOKERS_VIEW (object);

  if (self->replica != NULL && !dsp_id_is_none (&self->order))
    dsp_replica_look_away (self->replica, &self->order);
  self->order = dsp_id_none;
  g_clear_pointer (&self->line, gtk_widget_unparent);
  g_clear_object (&self->replica);
  G_OBJECT_CLASS (dsp_lookers_view_parent_class)->dispose (object);
}

static void
dsp_lookers_view_class_init (DspLookersViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_lookers_view_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
dsp_lookers_view_init (DspLookersView *self)
{
  self->line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  self->faces = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);
  self->label = dsp_facts_label ("", NULL);
  gtk_widget_add_css_class (self->line, "dsp-lookers");
  gtk_widget_set_valign (self->label, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (self->line), self->faces);
  gtk_box_append (GTK_BOX (self->line), self->label);
  gtk_widget_set_parent (self->line, GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

GtkWidget *
dsp_lookers_view_new (DspOffice *office)
{
  DspLookersView *self = g_object_new (DSP_TYPE_LOOKERS_VIEW, NULL);

  self->replica = g_object_ref (dsp_office_get_replica (office));
  g_signal_connect_object (self->replica, "lookers-changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
