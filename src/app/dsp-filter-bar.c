/* dsp-filter-bar.c: the filter in force as chips, the form behind a button, and saved filters
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-filter-bar"

#include "config.h"
#include "dsp-filter-bar.h"

#include "dsp-filter-form.h"
#include "dsp-filter-words.h"
#include "dsp-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

struct _DspFilterBar
{
  GtkWidget  parent_instance;

  DspOffice *office; /* (owned) */
  GtkWidget *form;

  GtkWidget *chips;
  GtkWidget *hint;
  GtkWidget *filter_button;
  GtkWidget *saved_button;
  GtkWidget *saved_list;
  GtkWidget *saved_name;
  GtkWidget *saved_shared;
  GtkWidget *saved_save;
};

G_DEFINE_FINAL_TYPE (DspFilterBar, dsp_filter_bar, GTK_TYPE_WIDGET)

/* ---- chips ---- */

static void
on_chip_removed (GtkButton    *button,
                 DspFilterBar *self)
{
  const char *name = g_object_get_data (G_OBJECT (button), "name");
  DspFilter *filter = dsp_filter_dup (dsp_office_get_filter (self->office));

  dsp_filter_set (filter, name, NULL, NULL);
  dsp_office_take_filter (self->office, filter);
}

static void
show_chips (DspFilterBar *self)
{
  const DspFilter *filter = dsp_office_get_filter (self->office);
  g_auto(GStrv) names = dsp_filter_names (filter);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->chips)) != NULL)
    gtk_box_remove (GTK_BOX (self->chips), child);
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *words = dsp_filter_words (self->office, filter, names[i]);
      g_autofree char *remove = g_strdup_printf (_("Remove filter %s"), words);
      GtkWidget *button = gtk_button_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
      GtkWidget *label = gtk_label_new (words);

      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_label_set_max_width_chars (GTK_LABEL (label), 36);
      gtk_box_append (GTK_BOX (box), label);
      gtk_box_append (GTK_BOX (box), gtk_image_new_from_icon_name ("window-close-symbolic"));
      gtk_button_set_child (GTK_BUTTON (button), box);
      gtk_widget_add_css_class (button, "dsp-chip");
      gtk_widget_set_tooltip_text (button, remove);
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, remove, -1);
      g_object_set_data_full (G_OBJECT (button), "name", g_strdup (names[i]), g_free);
      g_signal_connect (button, "clicked", G_CALLBACK (on_chip_removed), self);
      gtk_box_append (GTK_BOX (self->chips), button);
    }
  gtk_widget_set_visible (self->hint, names[0] == NULL);
}

/* ---- saved filters ---- */

static void
given_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  g_autoptr(DspFilterBar) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_give_finish (DSP_REPLICA (source), res, &error);

  if (self->office == NULL)
    return;
  if (outcome == NULL)
    dsp_office_message (self->office, 0, _("The filter could not be saved: %s"), error->message);
  else if (outcome->refused->len > 0)
    {
      const DspRefusal *refusal = &g_array_index (outcome->refused, DspRefusal, 0);
      g_autofree char *sentence = dsp_text_rule (refusal->rule, refusal->message);

      dsp_office_message (self->office, 0, "%s", sentence);
    }
}

static void
on_saved_chosen (GtkButton    *button,
                 DspFilterBar *self)
{
  g_autoptr(GError) error = NULL;
  DspFilter *filter = dsp_filter_parse (&dsp_order, g_object_get_data (G_OBJECT (button), "query"), &error);

  gtk_menu_button_popdown (GTK_MENU_BUTTON (self->saved_button));
  if (filter == NULL)
    {
      dsp_office_message (self->office, 0, _("This filter cannot be read: %s"), error->message);
      return;
    }
  dsp_office_take_filter (self->office, filter);
}

static void
on_saved_deleted (GtkButton    *button,
                  DspFilterBar *self)
{
  const DspId *id = g_object_get_data (G_OBJECT (button), "id");

  dsp_replica_give_async (dsp_office_get_replica (self->office), &dsp_saved_filter_delete, id, 1, NULL, 0, NULL, given_cb,
                          g_object_ref (self));
}

static void
on_saved_shared (GtkToggleButton *button,
                 DspFilterBar    *self)
{
  const DspId *id = g_object_get_data (G_OBJECT (button), "id");
  DspSavedFilter change = { .shared = gtk_toggle_button_get_active (button) ? DSP_YES : DSP_NO };

  dsp_replica_give_async (dsp_office_get_replica (self->office), &dsp_saved_filter_change, id, 1, &change,
                          dsp_table_bit (&dsp_saved_filter.table, offsetof (DspSavedFilter, shared)), NULL, given_cb,
                          g_object_ref (self));
}

static void
show_saved (DspFilterBar *self)
{
  const GPtrArray *filters = dsp_office_records (self->office, &dsp_saved_filter);
  const DspActor *actor = dsp_replica_get_actor (dsp_office_get_replica (self->office));
  GtkWidget *child;
  guint n = 0;

  while ((child = gtk_widget_get_first_child (self->saved_list)) != NULL)
    gtk_box_remove (GTK_BOX (self->saved_list), child);
  for (guint i = 0; i < filters->len; i++)
    {
      const DspSavedFilter *filter = filters->pdata[i];
      GtkWidget *line, *button, *label;
      gboolean mine = actor != NULL && dsp_id_equal (&filter->owner_id, &actor->user_id);
      g_autofree char *remove = NULL;
      g_autofree char *share = NULL;

      if (g_strcmp0 (filter->module, "order") != 0)
        continue;
      n++;
      line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 2);
      button = gtk_button_new ();
      label = gtk_label_new (filter->name);
      gtk_label_set_xalign (GTK_LABEL (label), 0);
      gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
      gtk_label_set_max_width_chars (GTK_LABEL (label), 30);
      gtk_button_set_child (GTK_BUTTON (button), label);
      gtk_widget_add_css_class (button, "flat");
      gtk_widget_set_hexpand (button, TRUE);
      g_object_set_data_full (G_OBJECT (button), "query", g_strdup (filter->query != NULL ? filter->query : ""), g_free);
      g_signal_connect (button, "clicked", G_CALLBACK (on_saved_chosen), self);
      gtk_box_append (GTK_BOX (line), button);

      share = g_strdup_printf (_("Share %s with the office"), filter->name);
      button = gtk_toggle_button_new ();
      gtk_button_set_icon_name (GTK_BUTTON (button), "system-users-symbolic");
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (button), filter->shared == DSP_YES);
      gtk_widget_set_sensitive (button, mine);
      gtk_widget_set_tooltip_text (button, share);
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, share, -1);
      gtk_widget_add_css_class (button, "flat");
      g_object_set_data_full (G_OBJECT (button), "id", g_memdup2 (&filter->id, sizeof filter->id), g_free);
      g_signal_connect (button, "toggled", G_CALLBACK (on_saved_shared), self);
      gtk_box_append (GTK_BOX (line), button);

      remove = g_strdup_printf (_("Delete filter %s"), filter->name);
      button = gtk_button_new_from_icon_name ("user-trash-symbolic");
      gtk_widget_set_sensitive (button, mine);
      gtk_widget_set_tooltip_text (button, remove);
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, remove, -1);
      gtk_widget_add_css_class (button, "flat");
      g_object_set_data_full (G_OBJECT (button), "id", g_memdup2 (&filter->id, sizeof filter->id), g_free);
      g_signal_connect (button, "clicked", G_CALLBACK (on_saved_deleted), self);
      gtk_box_append (GTK_BOX (line), button);
      gtk_box_append (GTK_BOX (self->saved_list), line);
    }
  if (n == 0)
    {
      GtkWidget *none = gtk_label_new (_("No saved filters yet"));

      gtk_widget_add_css_class (none, "dim-label");
      gtk_box_append (GTK_BOX (self->saved_list), none);
    }
}

static void
on_save (GtkWidget    *widget,
         DspFilterBar *self)
{
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->saved_name))));
  g_autofree char *query = dsp_filter_print (dsp_office_get_filter (self->office));
  DspReplica *replica = dsp_office_get_replica (self->office);
  const DspActor *actor = dsp_replica_get_actor (replica);
  DspSavedFilter filter = { .name = name, .module = (char *) "order", .query = query };
  const DspTable *table = &dsp_saved_filter.table;
  DspId id;

  if (*name == '\0')
    {
      gtk_widget_grab_focus (self->saved_name);
      gtk_widget_add_css_class (self->saved_name, "error");
      return;
    }
  gtk_widget_remove_css_class (self->saved_name, "error");
  filter.shared = gtk_check_button_get_active (GTK_CHECK_BUTTON (self->saved_shared)) ? DSP_YES : DSP_NO;
  if (actor != NULL)
    filter.owner_id = actor->user_id;
  id = dsp_replica_new_id (replica);
  dsp_replica_give_async (replica, &dsp_saved_filter_create, &id, 1, &filter,
                          dsp_table_bit (table, offsetof (DspSavedFilter, name)) |
                          dsp_table_bit (table, offsetof (DspSavedFilter, owner_id)) |
                          dsp_table_bit (table, offsetof (DspSavedFilter, module)) |
                          dsp_table_bit (table, offsetof (DspSavedFilter, query)) |
                          dsp_table_bit (table, offsetof (DspSavedFilter, shared)),
                          NULL, given_cb, g_object_ref (self));
  gtk_editable_set_text (GTK_EDITABLE (self->saved_name), "");
}

static void
on_saved_shown (GtkWidget    *popover,
                DspFilterBar *self)
{
  gboolean can = !dsp_filter_is_empty (dsp_office_get_filter (self->office)) &&
                 dsp_office_may (self->office, &dsp_saved_filter_create);

  show_saved (self);
  gtk_widget_set_sensitive (self->saved_save, can);
}

static void
on_records_changed (DspOffice       *office,
                    const DspEntity *entity,
                    DspFilterBar    *self)
{
  if (entity == NULL || entity == &dsp_crew || entity == &dsp_distributor)
    show_chips (self);
  if ((entity == NULL || entity == &dsp_saved_filter) && gtk_widget_get_mapped (self->saved_list))
    show_saved (self);
}

/* ---- the form ---- */

static void
on_form_shown (GtkWidget    *popover,
               DspFilterBar *self)
{
  dsp_filter_form_show (DSP_FILTER_FORM (self->form));
}

static void
on_applied (DspFilterForm *form,
            DspFilterBar  *self)
{
  gtk_menu_button_popdown (GTK_MENU_BUTTON (self->filter_button));
}

/* ---- object ---- */

static void
dsp_filter_bar_dispose (GObject *object)
{
  DspFilterBar *self = DSP_FILTER_BAR (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_filter_bar_parent_class)->dispose (object);
}

static void
dsp_filter_bar_class_init (DspFilterBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dsp_filter_bar_dispose;
  gtk_widget_class_set_template_from_resource (widget_class, "/mx/despacho/Despacho/dsp-filter-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, DspFilterBar, chips);
  gtk_widget_class_bind_template_child (widget_class, DspFilterBar, hint);
  gtk_widget_class_bind_template_child (widget_class, DspFilterBar, filter_button);
  gtk_widget_class_bind_template_child (widget_class, DspFilterBar, saved_button);
  gtk_widget_class_bind_template_child (widget_class, DspFilterBar, saved_list);
  gtk_widget_class_bind_template_child (widget_class, DspFilterBar, saved_name);
  gtk_widget_class_bind_template_child (widget_class, DspFilterBar, saved_shared);
  gtk_widget_class_bind_template_child (widget_class, DspFilterBar, saved_save);
  gtk_widget_class_bind_template_callback (widget_class, on_save);
  gtk_widget_class_bind_template_callback (widget_class, on_saved_shown);
}

static void
dsp_filter_bar_init (DspFilterBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
dsp_filter_bar_set_office (DspFilterBar *self,
                           DspOffice    *office)
{
  GtkWidget *popover = gtk_popover_new ();

  self->office = g_object_ref (office);
  self->form = dsp_filter_form_new (office);
  gtk_popover_set_child (GTK_POPOVER (popover), self->form);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (self->filter_button), popover);
  g_signal_connect (popover, "show", G_CALLBACK (on_form_shown), self);
  g_signal_connect (self->form, "applied", G_CALLBACK (on_applied), self);
  g_signal_connect_object (office, "filter-changed", G_CALLBACK (show_chips), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (office, "records-changed", G_CALLBACK (on_records_changed), self, 0);
  show_chips (self);
}

void
dsp_filter_bar_open (DspFilterBar *self)
{
  gtk_menu_button_popup (GTK_MENU_BUTTON (self->filter_button));
}
