/* dsp-penalty-facts.c: what a supervisor has to see before a verdict, side by side
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-penalty-facts"

#include "config.h"
#include "dsp-penalty-facts.h"

#include "dsp-attachments-view.h"
#include "dsp-facts.h"
#include "dsp-history-view.h"
#include "dsp-penalty-clock.h"
#include "dsp-penalty-list.h"
#include "dsp-penalty-query.h"
#include "dsp-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define N_EARLIER 5

struct _DspPenaltyFacts
{
  GtkWidget     parent_instance;

  DspOffice    *office;    /* (owned) */
  DspId         order_id;
  GCancellable *asking;    /* (owned) (nullable): for the crew and the earlier verdicts */
  GtkWidget    *stack;
  GtkWidget    *title;
  GtkWidget    *subtitle;
  GtkWidget    *fault;
  GtkWidget    *order;
  GtkWidget    *crew;
  GtkWidget    *words;     /* of the distributor; hidden without */
  GtkWidget    *earlier;
  GtkWidget    *history;
  GtkWidget    *files;
};

G_DEFINE_FINAL_TYPE (DspPenaltyFacts, dsp_penalty_facts, GTK_TYPE_WIDGET)

/* ---- the fault ---- */

static void
add_clock (DspPenaltyFacts *self,
           const DspOrder  *order)
{
  g_autoptr(DspCalendar) calendar = dsp_office_dup_calendar (self->office);
  g_autoptr(GString) text = g_string_new (NULL);
  DspClockSays says;

  if (!dsp_order_clock_says (calendar, order, g_get_real_time (), &says))
    return;
  if (says.limit_us != 0)
    {
      g_autofree char *limit = dsp_text_span (says.limit_us);

      /* Translators: a span, then "Calendar time" or "Working time" */
      g_string_append_printf (text, _("%s, %s"), limit, dsp_text_word (&DspCounts_words, says.counts));
    }
  if (says.left_us < 0)
    {
      g_autofree char *late = dsp_text_span (says.left_us);

      g_string_append_printf (text, text->len > 0 ? _("; over by %s of it") : _("Over by %s"), late);
    }
  if (says.stopped)
    {
      g_autofree char *since = dsp_text_time ((DspTime) { says.since_us });

      g_string_append_printf (text, _("; stands since %s"), since);
    }
  dsp_facts_add (self->fault, _("The clock counts"), text->str);
}

static void
show_fault (DspPenaltyFacts  *self,
            const DspPenalty *penalty,
            const DspOrder   *order)
{
  static const gsize shown[] = {
    offsetof (DspPenalty, due_at), offsetof (DspPenalty, at), offsetof (DspPenalty, distributor_id), offsetof (DspPenalty, state),
    offsetof (DspPenalty, reason), offsetof (DspPenalty, reviewed_by), offsetof (DspPenalty, reviewed_at),
    offsetof (DspPenalty, appeal_until),
  };
  const DspPenaltyRule *rule = dsp_office_get (self->office, &dsp_penalty_rule, &penalty->rule_id);

  dsp_facts_clear (self->fault);
  dsp_facts_add (self->fault, _("Fault"), dsp_text_word (&DspFault_words, penalty->fault));
  if (rule != NULL)
    dsp_facts_add (self->fault, _("Look at"), rule->evidence);
  if (order != NULL && penalty->fault == DSP_FAULT_LATE_ATTENTION)
    add_clock (self, order);
  for (guint i = 0; i < G_N_ELEMENTS (shown); i++)
    dsp_facts_add_field (self->fault, self->office, &dsp_penalty.table, penalty, shown[i]);
}

static void
show_words (DspPenaltyFacts  *self,
            const DspPenalty *penalty)
{
  dsp_facts_clear (self->words);
  gtk_widget_set_visible (gtk_widget_get_parent (self->words), penalty->appeal != NULL);
  if (penalty->appeal == NULL)
    return;
  gtk_box_append (GTK_BOX (self->words), dsp_facts_label (penalty->appeal, NULL));
  dsp_facts_add_field (self->words, self->office, &dsp_penalty.table, penalty, offsetof (DspPenalty, appealed_at));
  dsp_facts_add_field (self->words, self->office, &dsp_penalty.table, penalty, offsetof (DspPenalty, answer));
  dsp_facts_add_field (self->words, self->office, &dsp_penalty.table, penalty, offsetof (DspPenalty, answered_at));
}

/* ---- the order and who had it ---- */

static void
show_order (DspPenaltyFacts *self,
            const DspOrder  *order)
{
  static const gsize shown[] = {
    offsetof (DspOrder, status), offsetof (DspOrder, group), offsetof (DspOrder, type), offsetof (DspOrder, subtype),
    offsetof (DspOrder, contact_name), offsetof (DspOrder, neighbourhood), offsetof (DspOrder, created_at),
    offsetof (DspOrder, attention_at), offsetof (DspOrder, started_at), offsetof (DspOrder, closed_at),
    offsetof (DspOrder, reschedules), offsetof (DspOrder, resolution), offsetof (DspOrder, observation),
  };

  dsp_facts_clear (self->order);
  if (order == NULL)
    {
      gtk_box_append (GTK_BOX (self->order), dsp_facts_label (_("This order is no longer yours to see"), "dim-label"));
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (shown); i++)
    dsp_facts_add_field (self->order, self->office, &dsp_order.table, order, shown[i]);
}

/* By its memberships and that morning's roll call. */
static void
members_cb (GObject      *source,
            GAsyncResult *res,
            gpointer      user_data)
{
  g_autoptr(DspPenaltyFacts) self = user_data;
  g_autofree char *names = dsp_office_members_finish (DSP_OFFICE (source), res, NULL);
  g_auto(GStrv) each = names != NULL ? g_strsplit (names, ", ", -1) : NULL;

  if (each == NULL || self->crew == NULL)
    return;
  for (guint i = 0; each[i] != NULL; i++)
    gtk_box_append (GTK_BOX (self->crew), dsp_facts_label (each[i], NULL));
  if (each[0] == NULL)
    gtk_box_append (GTK_BOX (self->crew), dsp_facts_label (_("Nobody of it was there on that day"), "dim-label"));
}

static void
show_crew (DspPenaltyFacts  *self,
           const DspPenalty *penalty)
{
  g_autofree char *title = dsp_office_title_of (self->office, &dsp_crew, &penalty->crew_id);

  dsp_facts_clear (self->crew);
  if (*title == '\0')
    {
      gtk_box_append (GTK_BOX (self->crew), dsp_facts_label (_("No crew had it"), "dim-label"));
      return;
    }
  gtk_box_append (GTK_BOX (self->crew), dsp_facts_label (title, NULL));
  dsp_office_members_async (self->office, &penalty->crew_id, dsp_text_local_day (penalty->due_at.us), self->asking, members_cb,
                            g_object_ref (self));
}

/* ---- earlier verdicts ---- */

static void
add_earlier (DspPenaltyFacts  *self,
             const DspPenalty *penalty)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  g_autofree char *day = dsp_text_date (dsp_text_local_day (penalty->due_at.us));
  g_autofree char *what = g_strdup_printf ("%s · %s · %s", dsp_text_word (&DspPenaltyState_words, penalty->state), penalty->number, day);

  gtk_box_append (GTK_BOX (line), dsp_facts_label (what, "numeric"));
  if (penalty->answer != NULL || penalty->reason != NULL)
    {
      GtkWidget *why = dsp_facts_label (penalty->answer != NULL ? penalty->answer : penalty->reason, "caption");

      gtk_widget_add_css_class (why, "dim-label");
      gtk_box_append (GTK_BOX (line), why);
    }
  gtk_box_append (GTK_BOX (self->earlier), line);
}

static void
earlier_cb (GObject      *source,
            GAsyncResult *res,
            gpointer      user_data)
{
  g_autoptr(DspPenaltyFacts) self = user_data;
  g_autoptr(DspPenaltyResult) result = dsp_replica_penalties_finish (DSP_REPLICA (source), res, NULL);

  if (result == NULL || self->earlier == NULL)
    return;
  dsp_facts_clear (self->earlier);
  for (guint i = 0; i < result->rows->len; i++)
    add_earlier (self, result->rows->pdata[i]);
  if (result->n_rows > result->rows->len)
    {
      g_autofree char *more = g_strdup_printf (ngettext ("and %u earlier one", "and %u earlier ones", result->n_rows - result->rows->len),
                                               result->n_rows - result->rows->len);

      gtk_box_append (GTK_BOX (self->earlier), dsp_facts_label (more, "dim-label"));
    }
  if (result->n_rows == 0)
    gtk_box_append (GTK_BOX (self->earlier), dsp_facts_label (_("None yet under this rule for this distributor"), "dim-label"));
}

static void
ask_earlier (DspPenaltyFacts  *self,
             const DspPenalty *penalty)
{
  DspPenaltyQuery query = {
    .states = DSP_BIT (DSP_PENALTY_CONFIRMED) | DSP_BIT (DSP_PENALTY_WAIVED) | DSP_BIT (DSP_PENALTY_TRANSFERRED),
    .fault = penalty->fault, .rule_id = penalty->rule_id, .distributor_id = penalty->distributor_id,
    .sort = DSP_PENALTY_BY_DUE, .reversed = true, .n = N_EARLIER,
  };

  dsp_replica_penalties_async (dsp_office_get_replica (self->office), &query, self->asking, earlier_cb, g_object_ref (self));
}

/* ---- all of it ---- */

static void
show_title (DspPenaltyFacts  *self,
            const DspPenalty *penalty)
{
  g_autofree char *rule = dsp_office_title_of (self->office, &dsp_penalty_rule, &penalty->rule_id);
  g_autofree char *title = g_strdup_printf (_("Order %s"), penalty->number);
  g_autoptr(GString) subtitle = g_string_new (*rule != '\0' ? rule : dsp_text_word (&DspFault_words, penalty->fault));
  gint64 late_us = dsp_penalty_late_us (self->office, penalty);

  if (late_us > 0)
    {
      g_autofree char *span = dsp_text_span (late_us);

      g_string_append_printf (subtitle, _(" · late by %s"), span);
    }
  if (penalty->amount.is_set)
    {
      g_autofree char *money = dsp_text_money (penalty->amount.cents);

      g_string_append_printf (subtitle, " · %s", money);
    }
  gtk_label_set_text (GTK_LABEL (self->title), title);
  gtk_label_set_text (GTK_LABEL (self->subtitle), subtitle->str);
}

void
dsp_penalty_facts_show (DspPenaltyFacts  *self,
                        const DspPenalty *penalty)
{
  const DspOrder *lent;
  g_autoptr(DspOrder) order = NULL;

  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), penalty != NULL ? "facts" : "empty");
  if (penalty == NULL)
    return;
  lent = dsp_replica_get_order (dsp_office_get_replica (self->office), &penalty->order_id);
  order = lent != NULL ? dsp_order_dup (lent) : NULL;
  self->order_id = penalty->order_id;
  g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  self->asking = g_cancellable_new ();
  show_title (self, penalty);
  show_fault (self, penalty, order);
  show_words (self, penalty);
  show_order (self, order);
  show_crew (self, penalty);
  ask_earlier (self, penalty);
  dsp_attachments_view_show (DSP_ATTACHMENTS_VIEW (self->files), &penalty->order_id);
  dsp_history_view_show (DSP_HISTORY_VIEW (self->history), &penalty->order_id);
}

static void
on_open (GtkWidget       *button,
         DspPenaltyFacts *self)
{
  char id[DSP_ID_TEXT];

  dsp_id_print (&self->order_id, id);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.open-order", "s", id);
}

/* ---- object ---- */

static void
dsp_penalty_facts_dispose (GObject *object)
{
  DspPenaltyFacts *self = DSP_PENALTY_FACTS (object);
  GtkWidget *child;

  g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  self->earlier = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (self))) != NULL)
    gtk_widget_unparent (child);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_penalty_facts_parent_class)->dispose (object);
}

static void
dsp_penalty_facts_class_init (DspPenaltyFactsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_penalty_facts_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
dsp_penalty_facts_init (DspPenaltyFacts *self)
{
}

static GtkWidget *
make_head (DspPenaltyFacts *self)
{
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12), *titles = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  GtkWidget *open = gtk_button_new_with_label (_("Open order"));

  self->title = dsp_facts_label ("", "title-3");
  self->subtitle = dsp_facts_label ("", "numeric");
  gtk_widget_set_hexpand (titles, TRUE);
  gtk_box_append (GTK_BOX (titles), self->title);
  gtk_box_append (GTK_BOX (titles), self->subtitle);
  gtk_widget_set_valign (open, GTK_ALIGN_START);
  g_signal_connect (open, "clicked", G_CALLBACK (on_open), self);
  gtk_box_append (GTK_BOX (head), titles);
  gtk_box_append (GTK_BOX (head), open);
  gtk_widget_add_css_class (head, "dsp-facts-head");
  return head;
}

GtkWidget *
dsp_penalty_facts_new (DspOffice *office)
{
  DspPenaltyFacts *self = g_object_new (DSP_TYPE_PENALTY_FACTS, NULL);
  GtkWidget *all = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *columns = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 24);
  GtkWidget *left = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18), *middle = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  GtkWidget *right = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18), *scroller = gtk_scrolled_window_new (), *empty = adw_status_page_new ();

  self->office = g_object_ref (office);
  gtk_box_set_homogeneous (GTK_BOX (columns), TRUE);
  gtk_widget_add_css_class (columns, "dsp-facts");
  gtk_box_append (GTK_BOX (columns), left);
  gtk_box_append (GTK_BOX (columns), middle);
  gtk_box_append (GTK_BOX (columns), right);
  self->fault = dsp_facts_section (left, _("Fault"));
  self->words = dsp_facts_section (left, _("The distributor's words"));
  self->crew = dsp_facts_section (middle, _("Crew of that day"));
  self->earlier = dsp_facts_section (right, _("Earlier verdicts"));
  self->files = dsp_attachments_view_new (office, FALSE);
  gtk_box_append (GTK_BOX (dsp_facts_section (middle, _("Photos and documents"))), self->files);
  self->order = dsp_facts_section (middle, _("Order"));
  self->history = dsp_history_view_new (office);
  gtk_box_append (GTK_BOX (dsp_facts_section (right, _("Time line"))), self->history);

  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), columns);
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_box_append (GTK_BOX (all), make_head (self));
  gtk_box_append (GTK_BOX (all), scroller);

  adw_status_page_set_icon_name (ADW_STATUS_PAGE (empty), "despacho-penalized-symbolic");
  adw_status_page_set_title (ADW_STATUS_PAGE (empty), _("No penalty chosen"));
  adw_status_page_set_description (ADW_STATUS_PAGE (empty), _("Choose one in the queue to see its facts."));
  self->stack = gtk_stack_new ();
  gtk_stack_add_named (GTK_STACK (self->stack), empty, "empty");
  gtk_stack_add_named (GTK_STACK (self->stack), all, "facts");
  gtk_widget_set_parent (self->stack, GTK_WIDGET (self));
  return GTK_WIDGET (self);
}
