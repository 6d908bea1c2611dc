/* dsp-mileage-facts.c: what one has to see of a claim of kilometres before a verdict
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-mileage-facts"

#include "config.h"
#include "dsp-mileage-facts.h"

#include "dsp-facts.h"
#include "dsp-mileage-list.h"
#include "dsp-money-commands.h"
#include "dsp-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define MAX_ORDERS 40 /* that are shown of a day */

struct _DspMileageFacts
{
  GtkWidget  parent_instance;

  DspOffice *office;    /* (owned) */
  DspMileage *mileage;  /* (owned) (nullable): shown */
  GtkWidget *stack;
  GtkWidget *title;
  GtkWidget *subtitle;
  GtkWidget *open;
  GtkWidget *change;
  GtkWidget *distance;
  GtkWidget *claim;
  GtkWidget *decision;  /* hidden before there is one */
  GtkWidget *orders;    /* that the claim pays the way to */
};

G_DEFINE_FINAL_TYPE (DspMileageFacts, dsp_mileage_facts, GTK_TYPE_WIDGET)

static guint change_signal;

static void
add_km (GtkWidget  *box,
        const char *name,
        DspInt      metres)
{
  g_autofree char *text = metres.is_set ? g_strdup_printf (_("%.1f km"), metres.value / 1000.0) : NULL;

  dsp_facts_add (box, name, text);
}

/* The claim beside what is proposed, and by whom. */
static void
show_distance (DspMileageFacts  *self,
               const DspMileage *mileage)
{
  dsp_facts_clear (self->distance);
  add_km (self->distance, _("Claimed"), mileage->claimed);
  add_km (self->distance, _("Proposed"), mileage->proposed);
  if (mileage->proposed.is_set)
    dsp_facts_add (self->distance, _("Proposed by"), dsp_text_word (&DspDistance_words, mileage->proposed_by));
  else
    dsp_facts_add (self->distance, _("Proposed"), _("Nothing: the places of that day's visits are not known"));
  add_km (self->distance, _("Approved distance"), mileage->approved);
}

/* ---- the orders ---- */

static void
on_order_clicked (GtkButton       *button,
                  DspMileageFacts *self)
{
  gtk_widget_activate_action (GTK_WIDGET (self), "win.open-order", "s", g_object_get_data (G_OBJECT (button), "id"));
}

/* "904112 · 10:21 · Reparación · 03100": a press opens it. */
static void
add_order (DspMileageFacts *self,
           const DspOrder  *order)
{
  GtkWidget *button = gtk_button_new (), *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *label;
  g_autofree char *hour = dsp_text_hour (order->closed_at), *what = g_strjoin (" · ", order->type, order->postal_code, NULL), *name = NULL;
  char id[DSP_ID_TEXT];

  dsp_id_print (&order->id, id);
  label = gtk_label_new (order->number);
  gtk_widget_add_css_class (label, "dsp-number");
  gtk_box_append (GTK_BOX (line), label);
  label = gtk_label_new (hour);
  gtk_widget_add_css_class (label, "numeric");
  gtk_box_append (GTK_BOX (line), label);
  label = gtk_label_new (what);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (line), label);
  gtk_button_set_child (GTK_BUTTON (button), line);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "dsp-mileage-order");
  /* Translators: the number of an order, when it was attended, what and where it is */
  name = g_strdup_printf (_("Open order %s, %s, %s"), order->number, hour, what != NULL ? what : "");
  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_object_set_data_full (G_OBJECT (button), "id", g_strdup (id), g_free);
  g_signal_connect (button, "clicked", G_CALLBACK (on_order_clicked), self);
  gtk_box_append (GTK_BOX (self->orders), button);
}

/* Of a day's claim those that the crew attended then; in the order of the visits. (transfer full) (nullable): the index is elsewhere. */
static DspOrderResult *
find_orders (DspMileageFacts  *self,
             const DspMileage *mileage)
{
  DspOrderQuery query = { .sort = dsp_table_at (&dsp_order.table, offsetof (DspOrder, closed_at)), .clock.now_us = g_get_real_time () };
  char crew[DSP_ID_TEXT], from[32], until[32];
  g_autofree char *text = NULL;
  g_autoptr(DspFilter) filter = NULL;

  dsp_id_print (&mileage->crew_id, crew);
  dsp_time_print (dsp_text_day_starts (mileage->day), from);
  dsp_time_print (dsp_text_day_starts ((DspDate) { mileage->day.day + 1 }), until);
  text = g_strdup_printf ("status=closed&crew_id=%s&closed_at=%s..%s", crew, from, until);
  filter = dsp_filter_parse (&dsp_order, text, NULL);
  query.filter = filter;
  return filter != NULL ? dsp_replica_query_now (dsp_office_get_replica (self->office), &query, MAX_ORDERS) : NULL;
}

static void
say_about_orders (DspMileageFacts *self,
                  const char      *text)
{
  GtkWidget *label = dsp_facts_label (text, "dim-label");

  gtk_box_append (GTK_BOX (self->orders), label);
}

static void
show_orders (DspMileageFacts  *self,
             const DspMileage *mileage)
{
  DspOrderIndex *index = dsp_replica_get_index (dsp_office_get_replica (self->office));
  guint32 one = dsp_id_is_none (&mileage->order_id) ? DSP_NO_ROW : dsp_order_index_find (index, &mileage->order_id);
  g_autoptr(DspOrderResult) result = dsp_id_is_none (&mileage->order_id) ? find_orders (self, mileage) : NULL;
  const guint32 *rows = result != NULL ? result->rows : &one;
  guint n = result != NULL ? result->n_rows : one != DSP_NO_ROW ? 1 : 0;

  dsp_facts_clear (self->orders);
  for (guint i = 0; i < n && i < MAX_ORDERS; i++)
    {
      const DspOrder *order = dsp_office_get_order (self->office, rows[i]);

      if (order != NULL)
        add_order (self, order);
    }
  if (n == 0)
    say_about_orders (self, _("No order that the crew attended that day is known here."));
  else if (n > 1)
    {
      g_autofree char *text = NULL;
      gint64 metres = mileage->approved.is_set ? mileage->approved.value : mileage->claimed.value;

      /* Translators: how many orders, then how many kilometres come to each */
      text = g_strdup_printf (ngettext ("%u order, %.1f km for each", "%u orders, %.1f km for each", n), n, (double) metres / 1000 / n);
      say_about_orders (self, text);
    }
}

static void
show_fields (DspMileageFacts  *self,
             GtkWidget        *box,
             const DspMileage *mileage,
             const gsize      *offsets,
             guint             n_offsets)
{
  dsp_facts_clear (box);
  for (guint i = 0; i < n_offsets; i++)
    dsp_facts_add_field (box, self->office, &dsp_mileage.table, mileage, offsets[i]);
}

static char *
dup_excess (DspMileageFacts  *self,
            const DspMileage *mileage)
{
  gint64 percent = mileage->excess.value;

  if (!mileage->excess.is_set)
    return g_strdup (dsp_text_word (&DspMileageState_words, mileage->state));
  if (percent > 999)
    /* Translators: a status, and how far a claim is above the proposal */
    return g_strdup_printf (_("%s · more than ten times the proposal"), dsp_text_word (&DspMileageState_words, mileage->state));
  if (percent > 0)
    return g_strdup_printf (_("%s · %d %% above the proposal"), dsp_text_word (&DspMileageState_words, mileage->state), (int) percent);
  return g_strdup_printf (_("%s · not above the proposal"), dsp_text_word (&DspMileageState_words, mileage->state));
}

void
dsp_mileage_facts_show (DspMileageFacts  *self,
                        const DspMileage *mileage)
{
  static const gsize claim[] = {
    offsetof (DspMileage, vehicle), offsetof (DspMileage, odometer_start), offsetof (DspMileage, odometer_end),
    offsetof (DspMileage, from_place), offsetof (DspMileage, to_place), offsetof (DspMileage, note),
    offsetof (DspMileage, distributor_id), offsetof (DspMileage, submitted_at),
  };
  static const gsize decision[] = { offsetof (DspMileage, reason), offsetof (DspMileage, decided_by), offsetof (DspMileage, decided_at) };
  g_autofree char *title = NULL, *excess = NULL;

  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), mileage != NULL ? "facts" : "empty");
  g_clear_pointer (&self->mileage, dsp_mileage_free);
  if (mileage == NULL)
    return;
  self->mileage = dsp_mileage_dup (mileage);
  title = dsp_mileage_title (self->office, mileage);
  excess = dup_excess (self, mileage);
  gtk_label_set_text (GTK_LABEL (self->title), title);
  gtk_label_set_text (GTK_LABEL (self->subtitle), excess);
  if (dsp_mileage_stands_out (self->office, mileage))
    gtk_widget_add_css_class (self->subtitle, "dsp-late");
  else
    gtk_widget_remove_css_class (self->subtitle, "dsp-late");
  gtk_widget_set_visible (self->open, !dsp_id_is_none (&mileage->order_id));
  gtk_widget_set_visible (self->change, dsp_office_may (self->office, &dsp_mileage_change) &&
                                        (DSP_BIT (mileage->state) & dsp_mileage_change.from) != 0);
  show_distance (self, mileage);
  show_orders (self, mileage);
  show_fields (self, self->claim, mileage, claim, G_N_ELEMENTS (claim));
  show_fields (self, self->decision, mileage, decision, G_N_ELEMENTS (decision));
  gtk_widget_set_visible (gtk_widget_get_parent (self->decision), mileage->decided_at.us != 0);
}

static void
on_open (GtkButton       *button,
         DspMileageFacts *self)
{
  char id[DSP_ID_TEXT];

  dsp_id_print (&self->mileage->order_id, id);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.open-order", "s", id);
}

static void
on_change (GtkButton       *button,
           DspMileageFacts *self)
{
  g_autoptr(DspMileage) mileage = dsp_mileage_dup (self->mileage);

  g_signal_emit (self, change_signal, 0, mileage);
}

static void
dsp_mileage_facts_dispose (GObject *object)
{
  DspMileageFacts *self = DSP_MILEAGE_FACTS (object);

  g_clear_pointer (&self->stack, gtk_widget_unparent);
  g_clear_pointer (&self->mileage, dsp_mileage_free);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_mileage_facts_parent_class)->dispose (object);
}

static void
dsp_mileage_facts_class_init (DspMileageFactsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_mileage_facts_dispose;
  change_signal = g_signal_new ("change", DSP_TYPE_MILEAGE_FACTS, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_POINTER);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
dsp_mileage_facts_init (DspMileageFacts *self)
{
}

static GtkWidget *
make_head (DspMileageFacts *self)
{
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *titles = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);

  self->title = dsp_facts_label ("", "title-3");
  self->subtitle = dsp_facts_label ("", "numeric");
  self->open = gtk_button_new_with_label (_("Open order"));
  gtk_widget_set_hexpand (titles, TRUE);
  gtk_box_append (GTK_BOX (titles), self->title);
  gtk_box_append (GTK_BOX (titles), self->subtitle);
  gtk_widget_set_valign (self->open, GTK_ALIGN_START);
  g_signal_connect (self->open, "clicked", G_CALLBACK (on_open), self);
  gtk_box_append (GTK_BOX (head), titles);
  self->change = gtk_button_new_with_label (_("Change claim"));
  gtk_widget_set_valign (self->change, GTK_ALIGN_START);
  g_signal_connect (self->change, "clicked", G_CALLBACK (on_change), self);
  gtk_box_append (GTK_BOX (head), self->open);
  gtk_box_append (GTK_BOX (head), self->change);
  gtk_widget_add_css_class (head, "dsp-facts-head");
  return head;
}

GtkWidget *
dsp_mileage_facts_new (DspOffice *office)
{
  DspMileageFacts *self = g_object_new (DSP_TYPE_MILEAGE_FACTS, NULL);
  GtkWidget *all = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *columns = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 24);
  GtkWidget *left = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18), *right = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  GtkWidget *scroller = gtk_scrolled_window_new (), *empty = adw_status_page_new ();
  GtkWidget *whole = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *below = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->office = g_object_ref (office);
  gtk_box_set_homogeneous (GTK_BOX (columns), TRUE);
  gtk_widget_add_css_class (columns, "dsp-facts");
  gtk_box_append (GTK_BOX (columns), left);
  gtk_box_append (GTK_BOX (columns), right);
  self->distance = dsp_facts_section (left, _("Distance"));
  self->decision = dsp_facts_section (left, _("Decision"));
  self->claim = dsp_facts_section (right, _("Claim"));
  self->orders = dsp_facts_section (below, _("Orders that it pays the way to"));
  gtk_box_set_spacing (GTK_BOX (self->orders), 0);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_widget_add_css_class (below, "dsp-facts");
  gtk_box_append (GTK_BOX (whole), columns);
  gtk_box_append (GTK_BOX (whole), below);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), whole);
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_box_append (GTK_BOX (all), make_head (self));
  gtk_box_append (GTK_BOX (all), scroller);
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (empty), "despacho-mileage-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (empty), _("No claim chosen"));
  adw_status_page_set_description (ADW_STATUS_PAGE (empty), _("Choose one in the list to see it beside the proposal."));
  self->stack = gtk_stack_new ();
  /* What is wide in one of them does not take the list's room beside the other. */
  gtk_stack_set_hhomogeneous (GTK_STACK (self->stack), FALSE);
  gtk_stack_add_named (GTK_STACK (self->stack), empty, "empty");
  gtk_stack_add_named (GTK_STACK (self->stack), all, "facts");
  gtk_widget_set_parent (self->stack, GTK_WIDGET (self));
  return GTK_WIDGET (self);
}
