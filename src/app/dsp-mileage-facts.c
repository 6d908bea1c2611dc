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

  self->office = g_object_ref (office);
  gtk_box_set_homogeneous (GTK_BOX (columns), TRUE);
  gtk_widget_add_css_class (columns, "dsp-facts");
  gtk_box_append (GTK_BOX (columns), left);
  gtk_box_append (GTK_BOX (columns), right);
  self->distance = dsp_facts_section (left, _("Distance"));
  self->decision = dsp_facts_section (left, _("Decision"));
  self->claim = dsp_facts_section (right, _("Claim"));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), columns);
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_box_append (GTK_BOX (all), make_head (self));
  gtk_box_append (GTK_BOX (all), scroller);
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (empty), "despacho-mileage-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (empty), _("No claim chosen"));
  adw_status_page_set_description (ADW_STATUS_PAGE (empty), _("Choose one in the list to see it beside the proposal."));
  self->stack = gtk_stack_new ();
  gtk_stack_add_named (GTK_STACK (self->stack), empty, "empty");
  gtk_stack_add_named (GTK_STACK (self->stack), all, "facts");
  gtk_widget_set_parent (self->stack, GTK_WIDGET (self));
  return GTK_WIDGET (self);
}
