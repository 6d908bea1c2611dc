/* dsp-order-entry.c: an order, named by its number
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-order-entry"

#include "config.h"
#include "dsp-order-entry.h"

struct _DspOrderEntry
{
  GtkWidget     parent_instance;

  DspOffice    *office;  /* (owned) */
  DspOrder     *order;   /* (owned) (nullable) */
  GCancellable *looking; /* (owned) (nullable) */
  GtkWidget    *entry;
};

G_DEFINE_FINAL_TYPE (DspOrderEntry, dsp_order_entry, GTK_TYPE_WIDGET)

static guint changed_signal;

GtkWidget *
dsp_captioned (GtkWidget  *line,
               const char *caption,
               GtkWidget  *editor)
{
  GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3), *label = gtk_label_new (caption);
  GtkWidget *named = DSP_IS_ORDER_ENTRY (editor) ? DSP_ORDER_ENTRY (editor)->entry : editor;

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_label_set_mnemonic_widget (GTK_LABEL (label), named);
  gtk_accessible_update_property (GTK_ACCESSIBLE (named), GTK_ACCESSIBLE_PROPERTY_LABEL, caption, -1);
  gtk_box_append (GTK_BOX (column), label);
  gtk_box_append (GTK_BOX (column), editor);
  gtk_box_append (GTK_BOX (line), column);
  return editor;
}

static void
stop_looking (DspOrderEntry *self)
{
  if (self->looking != NULL)
    g_cancellable_cancel (self->looking);
  g_clear_object (&self->looking);
}

/* @order: (nullable) */
static void
take (DspOrderEntry  *self,
      const DspOrder *order)
{
  g_clear_pointer (&self->order, dsp_order_free);
  self->order = order != NULL ? dsp_order_dup (order) : NULL;
  if (order == NULL && !dsp_order_entry_is_empty (self))
    gtk_widget_add_css_class (self->entry, "error");
  else
    gtk_widget_remove_css_class (self->entry, "error");
  g_signal_emit (self, changed_signal, 0);
}

static void
found_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  g_autoptr(DspOrderEntry) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) found = dsp_replica_find_finish (DSP_REPLICA (source), res, &error);

  if (self->entry == NULL || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&self->looking);
  take (self, found != NULL && found->len > 0 ? found->pdata[0] : NULL);
}

static void
on_changed (DspOrderEntry *self)
{
  g_autofree char *number = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));
  g_autofree char *escaped = g_uri_escape_string (number, NULL, TRUE);
  g_autoptr(DspFilter) filter = dsp_filter_new (&dsp_order);

  stop_looking (self);
  gtk_widget_remove_css_class (self->entry, "error");
  if (*number == '\0' || !dsp_filter_set (filter, "number", escaped, NULL))
    {
      take (self, NULL);
      return;
    }
  self->looking = g_cancellable_new ();
  dsp_replica_find_async (dsp_office_get_replica (self->office), filter, 1, self->looking, found_cb, g_object_ref (self));
}

static void
dsp_order_entry_dispose (GObject *object)
{
  DspOrderEntry *self = DSP_ORDER_ENTRY (object);

  stop_looking (self);
  g_clear_pointer (&self->entry, gtk_widget_unparent);
  g_clear_pointer (&self->order, dsp_order_free);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_order_entry_parent_class)->dispose (object);
}

static void
dsp_order_entry_class_init (DspOrderEntryClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_order_entry_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  changed_signal = g_signal_new ("changed", DSP_TYPE_ORDER_ENTRY, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
dsp_order_entry_init (DspOrderEntry *self)
{
  self->entry = gtk_entry_new ();
  gtk_widget_set_parent (self->entry, GTK_WIDGET (self));
  g_signal_connect_swapped (self->entry, "changed", G_CALLBACK (on_changed), self);
}

GtkWidget *
dsp_order_entry_new (DspOffice *office)
{
  DspOrderEntry *self = g_object_new (DSP_TYPE_ORDER_ENTRY, NULL);

  self->office = g_object_ref (office);
  return GTK_WIDGET (self);
}

const DspOrder *
dsp_order_entry_get (DspOrderEntry *self)
{
  return self->order;
}

gboolean
dsp_order_entry_is_empty (DspOrderEntry *self)
{
  g_autofree char *number = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->entry))));

  return *number == '\0';
}

void
dsp_order_entry_suggest (DspOrderEntry *self,
                         const char    *number)
{
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->entry), number);
}
