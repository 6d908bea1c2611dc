/* dsp-crew-members.c: who is in a crew, from when until when
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * "Who was in crew 7 on that day" must have an answer, for penalties and pay: nobody is taken out of a crew, a
 * membership ends on a day. Only one that was entered by mistake is deleted.
 */
#define G_LOG_DOMAIN "dsp-crew-members"

#include "config.h"
#include "dsp-crew-members.h"

#include "dsp-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

struct _DspCrewMembers
{
  GtkWidget  parent_instance;

  DspOffice *office; /* (owned) */
  DspId      crew_id;
  gboolean   may_change;
  GArray    *ids;    /* (owned): technicians as in the drop-down; the first is "a new one" */
  GtkWidget *box;
  GtkWidget *list;
  GtkWidget *add;
  GtkWidget *technician;
  GtkWidget *new_name;
  GtkWidget *from;
  GtkWidget *error;
};

G_DEFINE_FINAL_TYPE (DspCrewMembers, dsp_crew_members, GTK_TYPE_WIDGET)

static void
show_error (DspCrewMembers *self,
            const char     *sentence)
{
  gtk_label_set_text (GTK_LABEL (self->error), sentence != NULL ? sentence : "");
  gtk_widget_set_visible (self->error, sentence != NULL);
}

static void
given_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  g_autoptr(DspCrewMembers) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_give_finish (DSP_REPLICA (source), res, &error);
  g_autofree char *sentence = dsp_text_outcome (outcome, error);

  if (self->box != NULL)
    show_error (self, sentence);
}

static void
on_end (GtkButton      *button,
        DspCrewMembers *self)
{
  const DspId *id = g_object_get_data (G_OBJECT (button), "id");
  const DspMembership *member = dsp_office_get (self->office, &dsp_membership, id);
  DspMembership change = { 0 };

  if (member == NULL)
    return;
  change.until = dsp_text_local_day (g_get_real_time ());
  /* A membership that would end before it began never was. */
  if (member->from.day > change.until.day)
    dsp_replica_give_async (dsp_office_get_replica (self->office), &dsp_membership_delete, id, 1, NULL, 0, NULL, given_cb,
                            g_object_ref (self));
  else
    dsp_replica_give_async (dsp_office_get_replica (self->office), &dsp_membership_change, id, 1, &change,
                            dsp_table_bit (&dsp_membership.table, offsetof (DspMembership, until)), NULL, given_cb,
                            g_object_ref (self));
}

static void
add_line (DspCrewMembers      *self,
          const DspMembership *member)
{
  GtkWidget *row = adw_action_row_new ();
  g_autofree char *title = dsp_office_title_of (self->office, &dsp_technician, &member->technician_id);
  g_autofree char *from = dsp_text_date (member->from);
  g_autofree char *until = dsp_text_date (member->until);
  g_autofree char *subtitle = NULL;

  if (*until != '\0')
    subtitle = g_strdup_printf (_("from %s until %s"), from, until);
  else
    subtitle = g_strdup_printf (_("since %s"), from);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  if (*until == '\0' && self->may_change)
    {
      GtkWidget *button = gtk_button_new_with_label (_("End today"));
      g_autofree char *name = g_strdup_printf (_("End today: %s"), title);

      gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
      gtk_widget_add_css_class (button, "flat");
      gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
      g_object_set_data_full (G_OBJECT (button), "id", g_memdup2 (&member->id, sizeof member->id), g_free);
      g_signal_connect (button, "clicked", G_CALLBACK (on_end), self);
      adw_action_row_add_suffix (ADW_ACTION_ROW (row), button);
    }
  else if (*until != '\0')
    gtk_widget_add_css_class (row, "dim-label");
  gtk_list_box_append (GTK_LIST_BOX (self->list), row);
}

static int
compare_members (gconstpointer a,
                 gconstpointer b)
{
  const DspMembership *x = *(gpointer *) a, *y = *(gpointer *) b;
  gboolean ended_x = x->until.day != 0, ended_y = y->until.day != 0;

  if (ended_x != ended_y)
    return ended_x ? 1 : -1;
  return (y->from.day > x->from.day) - (y->from.day < x->from.day);
}

static void
show (DspCrewMembers *self)
{
  const GPtrArray *all = dsp_office_records (self->office, &dsp_membership);
  const GPtrArray *technicians = dsp_office_records (self->office, &dsp_technician);
  const DspCrew *crew = dsp_office_get (self->office, &dsp_crew, &self->crew_id);
  g_autoptr(GPtrArray) mine = g_ptr_array_new ();
  g_autoptr(GtkStringList) names = gtk_string_list_new (NULL);
  GtkWidget *child;

  gtk_widget_set_visible (self->box, crew != NULL);
  if (crew == NULL)
    return;
  while ((child = gtk_widget_get_first_child (self->list)) != NULL)
    gtk_list_box_remove (GTK_LIST_BOX (self->list), child);
  for (guint i = 0; i < all->len; i++)
    if (dsp_id_equal (&((DspMembership *) all->pdata[i])->crew_id, &self->crew_id))
      g_ptr_array_add (mine, all->pdata[i]);
  g_ptr_array_sort (mine, compare_members);
  for (guint i = 0; i < mine->len; i++)
    add_line (self, mine->pdata[i]);
  gtk_widget_set_visible (self->list, mine->len > 0);

  g_array_set_size (self->ids, 0);
  g_array_append_val (self->ids, dsp_id_none);
  gtk_string_list_append (names, _("New technician"));
  for (guint i = 0; i < technicians->len; i++)
    {
      const DspTechnician *technician = technicians->pdata[i];
      g_autofree char *title = NULL;

      if (technician->retired == DSP_YES || !dsp_id_equal (&technician->distributor_id, &crew->distributor_id))
        continue;
      title = dsp_office_record_title (self->office, &dsp_technician, technician);
      gtk_string_list_append (names, title);
      g_array_append_val (self->ids, technician->id);
    }
  gtk_drop_down_set_model (GTK_DROP_DOWN (self->technician), G_LIST_MODEL (names));
  gtk_widget_set_visible (self->add, self->may_change);
}

static void
on_technician_chosen (GtkDropDown    *list,
                      GParamSpec     *pspec,
                      DspCrewMembers *self)
{
  gtk_widget_set_visible (self->new_name, gtk_drop_down_get_selected (list) == 0);
}

/* A code that no technician has yet: "T-" and the next number. */
static char *
next_code (DspCrewMembers *self)
{
  const GPtrArray *technicians = dsp_office_records (self->office, &dsp_technician);
  guint64 highest = 0;

  for (guint i = 0; i < technicians->len; i++)
    {
      const DspTechnician *technician = technicians->pdata[i];
      const char *digits = technician->code != NULL ? technician->code : "";

      while (*digits != '\0' && !g_ascii_isdigit (*digits))
        digits++;
      highest = MAX (highest, g_ascii_strtoull (digits, NULL, 10));
    }
  return g_strdup_printf ("T-%03u", (guint) MIN (highest + 1, 999999));
}

static void
on_add (GtkWidget      *widget,
        DspCrewMembers *self)
{
  const DspCrew *crew = dsp_office_get (self->office, &dsp_crew, &self->crew_id);
  DspReplica *replica = dsp_office_get_replica (self->office);
  guint selected = gtk_drop_down_get_selected (GTK_DROP_DOWN (self->technician));
  g_autofree char *day = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->from))));
  g_autofree char *name = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->new_name))));
  const DspTable *table = &dsp_membership.table;
  DspMembership member = { .crew_id = self->crew_id };
  DspId id;

  if (crew == NULL || selected >= self->ids->len)
    return;
  member.distributor_id = crew->distributor_id;
  member.from = dsp_text_local_day (g_get_real_time ());
  if (*day != '\0' && !dsp_text_read_date (day, g_get_real_time (), &member.from))
    {
      g_autofree char *sentence = g_strdup_printf (_("“%s” is not a day. Write it as 31/12/2026."), day);

      show_error (self, sentence);
      return;
    }
  if (selected > 0)
    member.technician_id = g_array_index (self->ids, DspId, selected);
  else
    {
      g_autofree char *code = next_code (self);
      DspTechnician technician = { .code = code, .name = name, .distributor_id = crew->distributor_id };

      if (*name == '\0')
        {
          show_error (self, _("Write the technician's name."));
          gtk_widget_grab_focus (self->new_name);
          return;
        }
      member.technician_id = dsp_replica_new_id (replica);
      dsp_replica_give_async (replica, &dsp_technician_create, &member.technician_id, 1, &technician,
                              dsp_table_bit (&dsp_technician.table, offsetof (DspTechnician, code)) |
                              dsp_table_bit (&dsp_technician.table, offsetof (DspTechnician, name)) |
                              dsp_table_bit (&dsp_technician.table, offsetof (DspTechnician, distributor_id)),
                              NULL, given_cb, g_object_ref (self));
    }
  show_error (self, NULL);
  id = dsp_replica_new_id (replica);
  dsp_replica_give_async (replica, &dsp_membership_create, &id, 1, &member,
                          dsp_table_bit (table, offsetof (DspMembership, crew_id)) |
                          dsp_table_bit (table, offsetof (DspMembership, technician_id)) |
                          dsp_table_bit (table, offsetof (DspMembership, distributor_id)) |
                          dsp_table_bit (table, offsetof (DspMembership, from)),
                          NULL, given_cb, g_object_ref (self));
  gtk_editable_set_text (GTK_EDITABLE (self->new_name), "");
  gtk_editable_set_text (GTK_EDITABLE (self->from), "");
}

static void
on_records_changed (DspOffice       *office,
                    const DspEntity *entity,
                    DspCrewMembers  *self)
{
  if (entity == NULL || entity == &dsp_membership || entity == &dsp_technician)
    show (self);
}

static void
dsp_crew_members_dispose (GObject *object)
{
  DspCrewMembers *self = DSP_CREW_MEMBERS (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->office);
  g_clear_pointer (&self->ids, g_array_unref);
  G_OBJECT_CLASS (dsp_crew_members_parent_class)->dispose (object);
}

static void
dsp_crew_members_class_init (DspCrewMembersClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_crew_members_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
dsp_crew_members_init (DspCrewMembers *self)
{
  GtkWidget *heading = gtk_label_new (_("Members")), *button;

  self->ids = g_array_new (FALSE, FALSE, sizeof (DspId));
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 9);
  gtk_label_set_xalign (GTK_LABEL (heading), 0);
  gtk_widget_add_css_class (heading, "title-4");
  gtk_box_append (GTK_BOX (self->box), heading);

  self->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (self->list, "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Members"), -1);
  gtk_box_append (GTK_BOX (self->box), self->list);

  self->add = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  self->technician = gtk_drop_down_new (NULL, gtk_property_expression_new (GTK_TYPE_STRING_OBJECT, NULL, "string"));
  gtk_drop_down_set_enable_search (GTK_DROP_DOWN (self->technician), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->technician), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Technician"), -1);
  g_signal_connect (self->technician, "notify::selected", G_CALLBACK (on_technician_chosen), self);
  gtk_box_append (GTK_BOX (self->add), self->technician);
  self->new_name = gtk_entry_new ();
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->new_name), _("Name"));
  gtk_widget_set_hexpand (self->new_name, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->new_name), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Name of the new technician"), -1);
  g_signal_connect (self->new_name, "activate", G_CALLBACK (on_add), self);
  gtk_box_append (GTK_BOX (self->add), self->new_name);
  self->from = gtk_entry_new ();
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->from), _("from today"));
  gtk_editable_set_width_chars (GTK_EDITABLE (self->from), 11);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->from), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Member from"), -1);
  g_signal_connect (self->from, "activate", G_CALLBACK (on_add), self);
  gtk_box_append (GTK_BOX (self->add), self->from);
  button = gtk_button_new_with_label (_("Add member"));
  g_signal_connect (button, "clicked", G_CALLBACK (on_add), self);
  gtk_box_append (GTK_BOX (self->add), button);
  gtk_box_append (GTK_BOX (self->box), self->add);

  self->error = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->error), 0);
  gtk_label_set_wrap (GTK_LABEL (self->error), TRUE);
  gtk_widget_add_css_class (self->error, "error");
  gtk_widget_set_visible (self->error, FALSE);
  gtk_box_append (GTK_BOX (self->box), self->error);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
}

GtkWidget *
dsp_crew_members_new (DspOffice *office)
{
  DspCrewMembers *self = g_object_new (DSP_TYPE_CREW_MEMBERS, NULL);

  self->office = g_object_ref (office);
  g_signal_connect_object (office, "records-changed", G_CALLBACK (on_records_changed), self, 0);
  show (self);
  return GTK_WIDGET (self);
}

void
dsp_crew_members_set_crew (DspCrewMembers *self,
                           const DspId    *crew_id,
                           gboolean        may_change)
{
  self->crew_id = crew_id != NULL ? *crew_id : dsp_id_none;
  self->may_change = may_change && dsp_office_may (self->office, &dsp_membership_create);
  show_error (self, NULL);
  show (self);
}
