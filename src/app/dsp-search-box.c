/* dsp-search-box.c: the search over everything, in the header bar
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-search-box"

#include "config.h"
#include "dsp-search-box.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define MAX_FOUND 20

struct _DspSearchBox
{
  GtkWidget     parent_instance;

  DspOffice    *office; /* (owned) (nullable) */
  GCancellable *cancellable;
  GtkWidget    *entry;
  GtkWidget    *popover;
  GtkWidget    *list;
};

G_DEFINE_FINAL_TYPE (DspSearchBox, dsp_search_box, GTK_TYPE_WIDGET)

static void
open_row (DspSearchBox     *self,
          GtkListBoxRow *row)
{
  const char *target = row != NULL ? g_object_get_data (G_OBJECT (row), "target") : NULL;

  if (target == NULL)
    return;
  gtk_popover_popdown (GTK_POPOVER (self->popover));
  if (g_str_has_prefix (target, "order/"))
    gtk_widget_activate_action (GTK_WIDGET (self), "win.open-order", "s", target + strlen ("order/"));
  else
    gtk_widget_activate_action (GTK_WIDGET (self), "win.open-record", "s", target);
  gtk_editable_set_text (GTK_EDITABLE (self->entry), "");
}

static void
add_line (DspSearchBox  *self,
          const char *kind,
          const char *title,
          const char *subtitle,
          const char *target)
{
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *label;
  GtkWidget *texts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  g_autofree char *name = g_strdup_printf ("%s %s%s%s", kind, title, subtitle != NULL ? ", " : "", subtitle != NULL ? subtitle : "");

  label = gtk_label_new (title);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_box_append (GTK_BOX (texts), label);
  if (subtitle != NULL)
    {
      label = gtk_label_new (subtitle);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_widget_add_css_class (label, "caption");
      gtk_widget_add_css_class (label, "dim-label");
      gtk_box_append (GTK_BOX (texts), label);
    }
  gtk_widget_set_hexpand (texts, TRUE);
  gtk_box_append (GTK_BOX (box), texts);
  label = gtk_label_new (kind);
  gtk_widget_add_css_class (label, "caption");
  gtk_widget_add_css_class (label, "dim-label");
  gtk_box_append (GTK_BOX (box), label);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), target != NULL);
  gtk_list_box_row_set_selectable (GTK_LIST_BOX_ROW (row), target != NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data_full (G_OBJECT (row), "target", g_strdup (target), g_free);
  gtk_list_box_append (GTK_LIST_BOX (self->list), row);
}

static void
found_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  g_autoptr(DspSearchBox) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) found = dsp_replica_search_finish (DSP_REPLICA (source), res, &error);
  GtkWidget *child;

  if (found == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_warning ("Could not search: %s", error->message);
      return;
    }
  if (self->list == NULL)
    return;
  while ((child = gtk_widget_get_first_child (self->list)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (self->list), child);
  for (guint i = 0; i < found->len; i++)
    {
      const DspFound *one = found->pdata[i];
      g_autofree char *target = NULL;
      char id[DSP_ID_TEXT];

      dsp_id_print (&one->id, id);
      target = g_strdup_printf ("%s/%s", one->entity->table.name, id);
      add_line (self, _(one->entity->label), one->title, one->subtitle, target);
    }
  if (found->len == 0)
    add_line (self, "", _("Nothing found"), NULL, NULL);
  gtk_list_box_select_row (GTK_LIST_BOX (self->list), gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), 0));
  gtk_widget_set_size_request (self->popover, MAX (340, gtk_widget_get_width (GTK_WIDGET (self))), -1);
  gtk_popover_popup (GTK_POPOVER (self->popover));
}

static void
on_search_changed (GtkSearchEntry *entry,
                   DspSearchBox      *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (entry));

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->office == NULL || strlen (text) < 2)
    {
      gtk_popover_popdown (GTK_POPOVER (self->popover));
      return;
    }
  self->cancellable = g_cancellable_new ();
  dsp_replica_search_async (dsp_office_get_replica (self->office), text, MAX_FOUND, self->cancellable, found_cb,
                            g_object_ref (self));
}

static void
on_activate (GtkSearchEntry *entry,
             DspSearchBox      *self)
{
  if (gtk_widget_get_visible (self->popover))
    open_row (self, gtk_list_box_get_selected_row (GTK_LIST_BOX (self->list)));
}

static void
on_row_activated (GtkListBox    *list,
                  GtkListBoxRow *row,
                  DspSearchBox     *self)
{
  open_row (self, row);
}

static void
on_stop (GtkSearchEntry *entry,
         DspSearchBox      *self)
{
  gtk_editable_set_text (GTK_EDITABLE (entry), "");
  gtk_popover_popdown (GTK_POPOVER (self->popover));
  gtk_widget_child_focus (GTK_WIDGET (gtk_widget_get_root (GTK_WIDGET (self))), GTK_DIR_TAB_FORWARD);
}

static gboolean
on_key (GtkEventControllerKey *controller,
        guint                  keyval,
        guint                  keycode,
        GdkModifierType        state,
        DspSearchBox             *self)
{
  GtkListBoxRow *row = gtk_list_box_get_selected_row (GTK_LIST_BOX (self->list));
  int index = row != NULL ? gtk_list_box_row_get_index (row) : -1;

  if ((keyval != GDK_KEY_Down && keyval != GDK_KEY_Up) || !gtk_widget_get_visible (self->popover))
    return FALSE;
  row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), MAX (0, index + (keyval == GDK_KEY_Down ? 1 : -1)));
  if (row != NULL)
    gtk_list_box_select_row (GTK_LIST_BOX (self->list), row);
  return TRUE;
}

static void
on_focus_left (GtkEventControllerFocus *controller,
               DspSearchBox               *self)
{
  gtk_popover_popdown (GTK_POPOVER (self->popover));
}

static void
dsp_search_box_dispose (GObject *object)
{
  DspSearchBox *self = DSP_SEARCH_BOX (object);

  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  self->list = NULL;
  g_clear_pointer (&self->popover, gtk_widget_unparent);
  g_clear_pointer (&self->entry, gtk_widget_unparent);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_search_box_parent_class)->dispose (object);
}

static void
dsp_search_box_size_allocate (GtkWidget *widget,
                          int        width,
                          int        height,
                          int        baseline)
{
  DspSearchBox *self = DSP_SEARCH_BOX (widget);
  GtkAllocation all = { 0, 0, width, height };

  gtk_widget_size_allocate (self->entry, &all, baseline);
  gtk_popover_present (GTK_POPOVER (self->popover));
}

static void
dsp_search_box_measure (GtkWidget      *widget,
                    GtkOrientation  orientation,
                    int             for_size,
                    int            *minimum,
                    int            *natural,
                    int            *minimum_baseline,
                    int            *natural_baseline)
{
  gtk_widget_measure (DSP_SEARCH_BOX (widget)->entry, orientation, for_size, minimum, natural, minimum_baseline, natural_baseline);
}

static void
dsp_search_box_class_init (DspSearchBoxClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dsp_search_box_dispose;
  widget_class->size_allocate = dsp_search_box_size_allocate;
  widget_class->measure = dsp_search_box_measure;
}

static void
dsp_search_box_init (DspSearchBox *self)
{
  GtkEventController *keys = gtk_event_controller_key_new (), *focus = gtk_event_controller_focus_new ();
  GtkWidget *scroller = gtk_scrolled_window_new ();

  self->entry = gtk_search_entry_new ();
  g_object_set (self->entry, "placeholder-text", _("Search everything (Ctrl+K)"), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->entry), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Search everything"), -1);
  gtk_widget_set_parent (self->entry, GTK_WIDGET (self));
  gtk_editable_set_width_chars (GTK_EDITABLE (self->entry), 16);
  gtk_editable_set_max_width_chars (GTK_EDITABLE (self->entry), 48);

  self->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_BROWSE);
  gtk_widget_add_css_class (self->list, "dsp-found");
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), 440);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), self->list);
  self->popover = gtk_popover_new ();
  /* The focus stays in the entry while the list follows what is typed. */
  gtk_popover_set_autohide (GTK_POPOVER (self->popover), FALSE);
  gtk_popover_set_has_arrow (GTK_POPOVER (self->popover), FALSE);
  gtk_popover_set_child (GTK_POPOVER (self->popover), scroller);
  gtk_widget_set_parent (self->popover, GTK_WIDGET (self));

  g_signal_connect (self->entry, "search-changed", G_CALLBACK (on_search_changed), self);
  g_signal_connect (self->entry, "activate", G_CALLBACK (on_activate), self);
  g_signal_connect (self->entry, "stop-search", G_CALLBACK (on_stop), self);
  g_signal_connect (self->list, "row-activated", G_CALLBACK (on_row_activated), self);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), self);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (self->entry, keys);
  g_signal_connect (focus, "leave", G_CALLBACK (on_focus_left), self);
  gtk_widget_add_controller (self->entry, focus);
}

void
dsp_search_box_set_office (DspSearchBox *self,
                       DspOffice *office)
{
  g_set_object (&self->office, office);
}

void
dsp_search_box_focus (DspSearchBox *self)
{
  gtk_widget_grab_focus (self->entry);
}
