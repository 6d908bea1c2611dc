/* dsp-line-facts.c: what one line of the statement stands on, and what was said about it
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-line-facts"

#include "config.h"
#include "dsp-line-facts.h"

#include "dsp-action-bar.h"
#include "dsp-facts.h"
#include "dsp-line-list.h"
#include "dsp-money-commands.h"
#include "dsp-rate-why.h"
#include "dsp-rate-words.h"
#include "dsp-text.h"

#include <glib/gi18n.h>

struct _DspLineFacts
{
  GtkWidget  parent_instance;

  DspOffice *office; /* (owned) */
  bool       linked;
  DspId      order_id, pre_invoice_id, line_id;
  GtkWidget *box;
  GtkWidget *title, *subtitle;
  GtkWidget *order, *pre_invoice; /* buttons */
  GtkWidget *evidence;
  GtkWidget *why;                 /* button */
  GtkWidget *money;
  GtkWidget *words;
};

G_DEFINE_FINAL_TYPE (DspLineFacts, dsp_line_facts, GTK_TYPE_WIDGET)

/* ---- the facts ---- */

static void
show_evidence (DspLineFacts           *self,
               const DspStatementLine *line)
{
  static const gsize before[] = {
    offsetof (DspStatementLine, day), offsetof (DspStatementLine, crew_id), offsetof (DspStatementLine, type),
    offsetof (DspStatementLine, subtype), offsetof (DspStatementLine, postal_code), offsetof (DspStatementLine, municipality),
  };
  g_autofree char *why = dsp_rate_words_by ((DspRateBy) line->rate_by.value), *what = dsp_line_what (line);

  dsp_facts_clear (self->evidence);
  for (guint i = 0; i < G_N_ELEMENTS (before); i++)
    dsp_facts_add_field (self->evidence, self->office, &dsp_statement_line.table, line, before[i]);
  if (line->metres.is_set)
    dsp_facts_add (self->evidence, _("Kilometres"), what);
  dsp_facts_add_field (self->evidence, self->office, &dsp_statement_line.table, line, offsetof (DspStatementLine, rate_code));
  if (line->rate_code != NULL && line->pays != DSP_PAYS_NONE)
    dsp_facts_add (self->evidence, _("This rate applies because of"), *why != '\0' ? why : _("It is the general one"));
  dsp_facts_add_field (self->evidence, self->office, &dsp_statement_line.table, line, offsetof (DspStatementLine, reason));
}

static void
add_money (GtkWidget  *box,
           const char *name,
           DspMoney    amount)
{
  g_autofree char *text = amount.is_set ? dsp_text_money (amount.cents) : NULL;

  dsp_facts_add (box, name, text);
}

static void
show_money (DspLineFacts           *self,
            const DspStatementLine *line)
{
  dsp_facts_clear (self->money);
  add_money (self->money, _("Amount"), line->amount);
  if (!line->amount.is_set)
    dsp_facts_add (self->money, _("Amount"), _("It waits for a rate"));
  if (dsp_id_is_none (&line->pre_invoice_id))
    return;
  if (line->vat_rate.is_set)
    {
      g_autofree char *name = g_strdup_printf (_("VAT %g %%"), (double) line->vat_rate.value / 10000);

      add_money (self->money, name, line->vat);
    }
  if (line->vat_withheld.cents != 0)
    add_money (self->money, _("VAT withheld"), line->vat_withheld);
  if (line->income_withheld.cents != 0)
    add_money (self->money, _("Income tax withheld"), line->income_withheld);
}

static void
add_words (DspLineFacts *self,
           const char   *who,
           const char   *name,
           DspTime       at,
           const char   *words)
{
  g_autofree char *when = at.us != 0 ? dsp_text_time (at) : NULL;
  g_autofree char *by = name != NULL && when != NULL ? g_strdup_printf ("%s · %s · %s", who, name, when) : g_strdup (who);

  dsp_facts_add (self->words, by, words);
}

static void
show_words (DspLineFacts           *self,
            const DspStatementLine *line)
{
  dsp_facts_clear (self->words);
  add_words (self, _("Question"), line->asked_by, line->asked_at, line->question);
  add_words (self, _("Answer"), line->answered_by, line->answered_at, line->answer);
  add_words (self, _("Observation"), NULL, (DspTime) { 0 }, line->observation);
  add_words (self, _("Defence"), NULL, (DspTime) { 0 }, line->defence);
  gtk_widget_set_visible (gtk_widget_get_parent (self->words), gtk_widget_get_first_child (self->words) != NULL);
}

static void
show_title (DspLineFacts           *self,
            const DspStatementLine *line)
{
  g_autofree char *concept = dsp_line_concept (line), *amount = dsp_line_amount (line), *status = dsp_line_status (line);
  g_autofree char *subtitle = *amount != '\0' ? g_strdup_printf ("%s · %s · %s", concept, amount, status)
                                              : g_strdup_printf ("%s · %s", concept, status);

  gtk_label_set_text (GTK_LABEL (self->title), line->number);
  gtk_label_set_text (GTK_LABEL (self->subtitle), subtitle);
}

/* A line of a pre-invoice that is not on this computer has no button to it. */
static void
show_buttons (DspLineFacts           *self,
              const DspStatementLine *line)
{
  g_autoptr(DspPreInvoice) pre_invoice = !self->linked ? NULL
                                         : dsp_replica_dup_record (dsp_office_get_replica (self->office), &dsp_pre_invoice,
                                                                   &line->pre_invoice_id);

  self->line_id = line->id;
  self->order_id = line->order_id;
  gtk_widget_set_visible (self->why, line->pays != DSP_PAYS_NONE && dsp_rate_why_opens (self->office));
  self->pre_invoice_id = line->pre_invoice_id;
  gtk_widget_set_visible (self->order, !dsp_id_is_none (&line->order_id));
  gtk_widget_set_visible (self->pre_invoice, pre_invoice != NULL);
  if (pre_invoice != NULL)
    {
      g_autofree char *label = g_strdup_printf (_("Pre-invoice %s"), pre_invoice->number != NULL ? pre_invoice->number : "");

      gtk_button_set_label (GTK_BUTTON (self->pre_invoice), label);
    }
}

static void
show_many (DspLineFacts *self,
           GPtrArray    *lines)
{
  g_autofree char *title = NULL, *money = NULL;
  gint64 cents = 0;

  for (guint i = 0; i < lines->len; i++)
    cents += ((const DspStatementLine *) lines->pdata[i])->amount.cents;
  money = dsp_text_money (cents);
  title = lines->len > 0 ? g_strdup_printf (ngettext ("%u line", "%u lines", lines->len), lines->len) : g_strdup (_("No line chosen"));
  gtk_label_set_text (GTK_LABEL (self->title), title);
  gtk_label_set_text (GTK_LABEL (self->subtitle), lines->len > 0 ? money : _("Choose one to see what it stands on."));
  dsp_facts_clear (self->evidence);
  dsp_facts_clear (self->money);
  dsp_facts_clear (self->words);
  gtk_widget_set_visible (self->order, FALSE);
  gtk_widget_set_visible (self->pre_invoice, FALSE);
}

void
dsp_line_facts_show (DspLineFacts *self,
                     GPtrArray    *lines)
{
  bool one = lines->len == 1;

  if (!one)
    show_many (self, lines);
  else
    {
      show_title (self, lines->pdata[0]);
      show_buttons (self, lines->pdata[0]);
      show_evidence (self, lines->pdata[0]);
      show_money (self, lines->pdata[0]);
      show_words (self, lines->pdata[0]);
    }
  gtk_widget_set_visible (gtk_widget_get_parent (self->evidence), one);
  gtk_widget_set_visible (gtk_widget_get_parent (self->money), one);
  if (!one)
    gtk_widget_set_visible (gtk_widget_get_parent (self->words), FALSE);
}

static void
on_order (GtkWidget    *button,
          DspLineFacts *self)
{
  char id[DSP_ID_TEXT];

  dsp_id_print (&self->order_id, id);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.open-order", "s", id);
}

static void
on_pre_invoice (GtkWidget    *button,
                DspLineFacts *self)
{
  char id[DSP_ID_TEXT];
  g_autofree char *target = NULL;

  dsp_id_print (&self->pre_invoice_id, id);
  target = g_strdup_printf ("pre_invoice/%s", id);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.open-record", "s", target);
}

static void
on_why (GtkWidget    *button,
        DspLineFacts *self)
{
  g_autoptr(DspStatementLine) line = dsp_replica_dup_record (dsp_office_get_replica (self->office), &dsp_statement_line, &self->line_id);
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));

  if (line != NULL && GTK_IS_WINDOW (root))
    dsp_rate_why_open_line (GTK_WINDOW (root), self->office, line);
}

/* ---- object ---- */

static void
dsp_line_facts_dispose (GObject *object)
{
  DspLineFacts *self = DSP_LINE_FACTS (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_line_facts_parent_class)->dispose (object);
}

static void
dsp_line_facts_class_init (DspLineFactsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_line_facts_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
dsp_line_facts_init (DspLineFacts *self)
{
}

GtkWidget *
dsp_line_facts_new (DspOffice *office,
                    bool       linked)
{
  DspLineFacts *self = g_object_new (DSP_TYPE_LINE_FACTS, NULL);
  GtkWidget *all = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12), *buttons = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  g_autoptr(GPtrArray) none = g_ptr_array_new ();

  self->office = g_object_ref (office);
  self->linked = linked;
  self->title = dsp_facts_label ("", "title-3");
  self->subtitle = dsp_facts_label ("", "numeric");
  self->order = gtk_button_new_with_label (_("Open order"));
  g_signal_connect (self->order, "clicked", G_CALLBACK (on_order), self);
  self->pre_invoice = gtk_button_new_with_label ("");
  g_signal_connect (self->pre_invoice, "clicked", G_CALLBACK (on_pre_invoice), self);
  gtk_box_append (GTK_BOX (buttons), self->order);
  gtk_box_append (GTK_BOX (buttons), self->pre_invoice);
  gtk_box_append (GTK_BOX (all), self->title);
  gtk_box_append (GTK_BOX (all), self->subtitle);
  gtk_box_append (GTK_BOX (all), buttons);
  self->words = dsp_facts_section (all, _("What was said"));
  self->money = dsp_facts_section (all, _("Amounts"));
  self->evidence = dsp_facts_section (all, _("Evidence"));
  self->why = gtk_button_new_with_label (_("Why this rate"));
  gtk_widget_set_halign (self->why, GTK_ALIGN_START);
  g_signal_connect (self->why, "clicked", G_CALLBACK (on_why), self);
  gtk_box_append (GTK_BOX (gtk_widget_get_parent (self->evidence)), self->why);
  gtk_widget_add_css_class (all, "dsp-line-facts");
  self->box = gtk_scrolled_window_new ();
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (self->box), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (self->box), all);
  gtk_widget_set_size_request (self->box, 300, -1);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  dsp_line_facts_show (self, none);
  return GTK_WIDGET (self);
}

/* ---- what may be done ---- */

/* Are all of them in pre-invoices in one of @states? In none is DSP_PRE_INVOICE_NONE, as is one that is not here. */
static bool
are_in (DspOffice *office,
        GPtrArray *lines,
        guint32    states)
{
  DspReplica *replica = dsp_office_get_replica (office);
  DspId last = dsp_id_none;
  guint32 state = DSP_BIT (DSP_PRE_INVOICE_NONE);

  for (guint i = 0; i < lines->len; i++)
    {
      const DspStatementLine *line = lines->pdata[i];

      if (!dsp_id_equal (&line->pre_invoice_id, &last))
        {
          g_autoptr(DspPreInvoice) pre_invoice = dsp_replica_dup_record (replica, &dsp_pre_invoice, &line->pre_invoice_id);

          state = DSP_BIT (pre_invoice != NULL ? pre_invoice->state : DSP_PRE_INVOICE_NONE);
          last = line->pre_invoice_id;
        }
      if ((state & states) == 0)
        return false;
    }
  return true;
}

#define P(state) DSP_BIT (DSP_PRE_INVOICE_##state)

/* Until it is approved; or it is in none. */
static bool
is_open (DspOffice *office,
         GPtrArray *lines)
{
  return are_in (office, lines, P (NONE) | P (DRAFT) | P (SUBMITTED) | P (OBSERVED));
}

/* A draft is still its maker's, and what was sent back too. */
static bool
is_in_review (DspOffice *office,
              GPtrArray *lines)
{
  return are_in (office, lines, P (SUBMITTED));
}

static bool
is_unanswered (DspOffice *office,
               GPtrArray *lines)
{
  const DspStatementLine *line = lines->pdata[0];

  return line->question != NULL && line->answer == NULL;
}

static bool
stands (DspOffice *office,
        GPtrArray *lines)
{
  return ((const DspStatementLine *) lines->pdata[0])->state != DSP_LINE_VOID;
}

static bool
are_priced_by_rate (DspOffice *office,
                    GPtrArray *lines)
{
  for (guint i = 0; i < lines->len; i++)
    if (((const DspStatementLine *) lines->pdata[i])->pays == DSP_PAYS_NONE)
      return false;
  return true;
}

static bool
is_adjustment (DspOffice *office,
               GPtrArray *lines)
{
  return ((const DspStatementLine *) lines->pdata[0])->concept == DSP_CONCEPT_ADJUSTMENT;
}

static const DspAction line_actions[] = {
  { &dsp_statement_line_answer, "suggested-action", NULL, is_unanswered },
  { &dsp_statement_line_observe, NULL, NULL, is_in_review },
  { &dsp_statement_line_accept, NULL, NULL, is_open },
  { &dsp_statement_line_defend, "suggested-action", NULL, is_open },
  { &dsp_statement_line_ask, NULL, NULL, stands },
  { &dsp_statement_line_correct, NULL, NULL, is_open },
  { &dsp_statement_line_withdraw, NULL, NULL, is_open },
  { &dsp_statement_line_reprice, NULL, NULL, are_priced_by_rate },
  { &dsp_statement_line_delete, NULL, N_("The adjustment leaves the statement."), is_adjustment },
};

GtkWidget *
dsp_line_actions_new (DspOffice *office)
{
  return dsp_action_bar_new (office, line_actions, G_N_ELEMENTS (line_actions), _("Nothing to do with what is chosen"));
}
