/* dsp-policy-preview.c: what a policy says while it is being written, and what it would mean for an order
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Its sentences, then the same ticked or crossed for one order: the first open one that it would rule, or whichever
 * somebody writes; on the first day that could be booked, or one that is written.
 */
#define G_LOG_DOMAIN "dsp-policy-preview"

#include "config.h"
#include "dsp-policy-preview.h"

#include "dsp-bookable.h"
#include "dsp-order-entry.h"
#include "dsp-policy-list.h"
#include "dsp-text.h"

#include <glib/gi18n.h>

#define LOOK_DAYS 90

struct _DspPolicyPreview
{
  GtkWidget     parent_instance;

  DspOffice    *office;  /* (owned) */
  DspPolicy    *policy;  /* (owned) (nullable) */
  DspOrder     *order;   /* (owned) (nullable): the sample */
  GtkWidget    *says;
  GtkWidget    *number, *when;
  GtkWidget    *first;
  GtkWidget    *sample;
};

G_DEFINE_FINAL_TYPE (DspPolicyPreview, dsp_policy_preview, GTK_TYPE_WIDGET)

static void
dsp_policy_preview_dispose (GObject *object)
{
  DspPolicyPreview *self = DSP_POLICY_PREVIEW (object);
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_pointer (&self->policy, dsp_policy_free);
  g_clear_pointer (&self->order, dsp_order_free);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_policy_preview_parent_class)->dispose (object);
}

static void
dsp_policy_preview_class_init (DspPolicyPreviewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_policy_preview_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

/* ---- what it means ---- */

/* The first instant that can be booked, 0 if none is near. */
static gint64
first_open (const DspPolicyCase *c)
{
  DspDate today = dsp_calendar_day (c->calendar, c->now_us, NULL);

  for (int i = 0; i <= LOOK_DAYS; i++)
    {
      DspDate day = { today.day + i };
      g_autoptr(GPtrArray) slots = NULL;

      if (dsp_policy_day (c, day, NULL) != DSP_DAY_OPEN)
        continue;
      slots = dsp_policy_slots (c, day);
      for (guint k = 0; k < slots->len; k++)
        if (dsp_policy_slot_refuses (c, slots->pdata[k], day) == DSP_N_RULES)
          return dsp_calendar_at (c->calendar, day, (int) ((const DspSlot *) slots->pdata[k])->starts.value);
      if (slots->len == 0)
        return MAX (dsp_calendar_at (c->calendar, day, (int) dsp_office_defaults ()->starts.value),
                    c->now_us + c->policy->notice_minutes.value * G_TIME_SPAN_MINUTE);
    }
  return 0;
}

static void
show_first (DspPolicyPreview *self,
            gint64            at_us)
{
  DspDate day = dsp_text_local_day (at_us);
  g_autofree char *name = at_us != 0 ? dsp_text_day_name (day) : NULL, *hour = dsp_text_hour ((DspTime) { at_us }), *text = NULL;

  if (at_us != 0)
    /* Translators: a day, an hour */
    text = g_strdup_printf (_("First visit that can be booked: %s, %s"), name, hour);
  else
    text = g_strdup_printf (_("No visit can be booked within %d days"), LOOK_DAYS);
  gtk_label_set_text (GTK_LABEL (self->first), text);
  if (at_us == 0)
    gtk_widget_add_css_class (self->first, "error");
  else
    gtk_widget_remove_css_class (self->first, "error");
}

static void
show_sample (DspPolicyPreview *self)
{
  g_autoptr(DspBookable) bookable = dsp_bookable_new (self->office, self->order, self->policy);
  g_autoptr(GArray) sentences = NULL;
  g_autofree char *title = NULL, *full = NULL;
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->when));
  DspTime at = { 0 };
  gint64 first_us = first_open (dsp_bookable_case (bookable));

  show_first (self, first_us);
  gtk_widget_set_visible (self->sample, self->order != NULL);
  if (self->order == NULL)
    return;
  if (*text == '\0' || !dsp_text_read_time (text, g_get_real_time (), &at))
    at.us = first_us;
  sentences = dsp_policy_judge (dsp_bookable_case (bookable), at, (DspTime) { 0 });
  full = dsp_text_time (at);
  /* Translators: the number of an order, a date and time (perhaps none) */
  title = g_strdup_printf (_("Order %s · %s"), self->order->number, *full != '\0' ? full : "–");
  dsp_policy_list_show (DSP_POLICY_LIST (self->sample), title, sentences);
}

static void
show (DspPolicyPreview *self)
{
  g_autoptr(DspBookable) bookable = NULL;
  g_autoptr(GArray) sentences = NULL;

  gtk_widget_set_visible (GTK_WIDGET (self), self->policy != NULL);
  if (self->policy == NULL)
    return;
  bookable = dsp_bookable_new (self->office, NULL, self->policy);
  sentences = dsp_policy_judge (dsp_bookable_case (bookable), (DspTime) { 0 }, (DspTime) { 0 });
  dsp_policy_list_show (DSP_POLICY_LIST (self->says), _("What it says"), sentences);
  show_sample (self);
}

/* ---- the sample ---- */

static gboolean
rules (const DspPolicy *policy,
       DspOrderIndex   *index,
       guint32          row)
{
  const char *group = dsp_order_index_text (index, dsp_table_at (&dsp_order.table, offsetof (DspOrder, group)), row);
  const char *type = dsp_order_index_text (index, dsp_table_at (&dsp_order.table, offsetof (DspOrder, type)), row);

  return (policy->group == NULL || g_strcmp0 (policy->group, group) == 0) && (policy->type == NULL || g_strcmp0 (policy->type, type) == 0);
}

static void
take_sample (DspPolicyPreview *self,
             const DspOrder   *order)
{
  g_clear_pointer (&self->order, dsp_order_free);
  if (order != NULL)
    self->order = dsp_order_dup (order);
}

/* One that it would rule. */
static void
choose_sample (DspPolicyPreview *self)
{
  DspReplica *replica = dsp_office_get_replica (self->office);
  DspOrderIndex *index = dsp_replica_get_index (replica);
  g_autoptr(DspFilter) filter = dsp_filter_new (&dsp_order);
  g_autoptr(DspOrderResult) result = NULL;
  DspOrderQuery query = { .filter = filter };
  const DspOrder *order = NULL;

  dsp_filter_set (filter, "status", "unassigned,assigned,in_progress,to_reschedule", NULL);
  dsp_office_get_clock (self->office, &query.clock);
  result = dsp_replica_query_now (replica, &query, 1);
  for (guint i = 0; self->policy != NULL && result != NULL && i < result->n_rows && order == NULL; i++)
    if (rules (self->policy, index, result->rows[i]))
      order = dsp_replica_get_order (replica, dsp_order_index_id (index, result->rows[i]));
  take_sample (self, order);
  dsp_order_entry_suggest (DSP_ORDER_ENTRY (self->number), order != NULL ? order->number : NULL);
}

/* Nothing is taken for a number that is not there: the sample before stays. */
static void
on_number (DspPolicyPreview *self)
{
  DspOrderEntry *number = DSP_ORDER_ENTRY (self->number);

  if (dsp_order_entry_is_empty (number))
    choose_sample (self);
  else if (dsp_order_entry_get (number) != NULL)
    take_sample (self, dsp_order_entry_get (number));
  show (self);
}

/* ---- making it ---- */

static void
dsp_policy_preview_init (DspPolicyPreview *self)
{
  gtk_orientable_set_orientation (GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (gtk_widget_get_layout_manager (GTK_WIDGET (self))), 12);
}

GtkWidget *
dsp_policy_preview_new (DspOffice *office)
{
  DspPolicyPreview *self = g_object_new (DSP_TYPE_POLICY_PREVIEW, NULL);
  GtkWidget *entries = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18), *lists = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18);

  self->office = g_object_ref (office);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Preview of the policy"), -1);
  self->first = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->first), 0);
  gtk_label_set_wrap (GTK_LABEL (self->first), TRUE);
  gtk_widget_add_css_class (self->first, "heading");
  gtk_widget_set_parent (self->first, GTK_WIDGET (self));
  gtk_box_set_homogeneous (GTK_BOX (entries), TRUE);
  self->number = dsp_captioned (entries, _("For this order"), dsp_order_entry_new (office));
  self->when = dsp_captioned (entries, _("On this day and time"), gtk_entry_new ());
  gtk_entry_set_placeholder_text (GTK_ENTRY (self->when), _("31/12/2026 10:30"));
  gtk_widget_set_parent (entries, GTK_WIDGET (self));
  gtk_box_set_homogeneous (GTK_BOX (lists), TRUE);
  self->says = dsp_policy_list_new ();
  self->sample = dsp_policy_list_new ();
  gtk_box_append (GTK_BOX (lists), self->says);
  gtk_box_append (GTK_BOX (lists), self->sample);
  gtk_widget_set_parent (lists, GTK_WIDGET (self));
  g_signal_connect_swapped (self->number, "changed", G_CALLBACK (on_number), self);
  g_signal_connect_swapped (self->when, "changed", G_CALLBACK (show), self);
  g_signal_connect_object (office, "records-changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
  show (self);
  return GTK_WIDGET (self);
}

void
dsp_policy_preview_set (DspPolicyPreview *self,
                        const DspPolicy  *policy)
{
  bool other = self->policy == NULL || policy == NULL || !dsp_id_equal (&self->policy->id, &policy->id) ||
               g_strcmp0 (self->policy->group, policy->group) != 0 || g_strcmp0 (self->policy->type, policy->type) != 0;

  g_clear_pointer (&self->policy, dsp_policy_free);
  if (policy != NULL)
    self->policy = dsp_policy_dup (policy);
  if (other && dsp_order_entry_is_empty (DSP_ORDER_ENTRY (self->number)))
    choose_sample (self);
  show (self);
}
