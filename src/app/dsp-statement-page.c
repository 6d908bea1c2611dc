/* dsp-statement-page.c: the running statement: what a distributor is owed, as it grows, with the evidence of each line
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lines come by the day of the attention, a month at a time; or all that no pre-invoice holds yet, whatever their day.
 */
#define G_LOG_DOMAIN "dsp-statement-page"

#include "config.h"
#include "dsp-statement-page.h"

#include "dsp-action-bar.h"
#include "dsp-bill-window.h"
#include "dsp-form-window.h"
#include "dsp-record-form.h"
#include "dsp-distributor-choice.h"
#include "dsp-line-facts.h"
#include "dsp-line-list.h"
#include "dsp-money-commands.h"
#include "dsp-statement-query.h"
#include "dsp-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

struct _DspStatementPage
{
  GtkWidget          parent_instance;

  DspOffice         *office;    /* (owned) */
  DspDate            from, until; /* the month */
  bool               open;      /* instead of the month: what is not billed yet */
  DspConcept         concept;   /* none: all */
  GPtrArray         *lines;     /* (owned) (nullable): of DspStatementLine, those asked for */
  bool               asking, again;

  GtkWidget         *box;
  GtkWidget         *previous, *month, *next, *not_billed, *whose, *adjust, *generate;
  GtkWidget         *kinds[DSP_N_CONCEPTS]; /* the first is of all */
  GtkWidget         *stack, *empty;
  GtkWidget         *sums;
  GListStore        *store;     /* of the view */
  GtkSelectionModel *selection; /* of the view */
  GtkWidget         *view;
  GtkWidget         *facts;
  GtkWidget         *actions;
};

G_DEFINE_FINAL_TYPE (DspStatementPage, dsp_statement_page, GTK_TYPE_WIDGET)

static void ask (DspStatementPage *self);

/* ---- sums ---- */

static const char *
kind_label (guint concept)
{
  static const char *const labels[DSP_N_CONCEPTS] = {
    [DSP_CONCEPT_NONE]       = NC_("lines", "All"),
    [DSP_CONCEPT_SERVICE]    = NC_("lines", "Services"),
    [DSP_CONCEPT_MILEAGE]    = NC_("lines", "Kilometres"),
    [DSP_CONCEPT_BONUS]      = NC_("lines", "Bonuses"),
    [DSP_CONCEPT_PENALTY]    = NC_("lines", "Penalties"),
    [DSP_CONCEPT_ADJUSTMENT] = NC_("lines", "Adjustments"),
  };

  return g_dpgettext2 (NULL, "lines", labels[concept]);
}

/* How many of each kind there are, and what they come to; each is also the filter by it. */
static void
show_kinds (DspStatementPage *self)
{
  guint n[DSP_N_CONCEPTS] = { 0 };
  gint64 cents[DSP_N_CONCEPTS] = { 0 };

  for (guint i = 0; self->lines != NULL && i < self->lines->len; i++)
    {
      const DspStatementLine *line = self->lines->pdata[i];

      if (line->state == DSP_LINE_VOID || line->concept >= DSP_N_CONCEPTS)
        continue;
      n[line->concept]++;
      n[0]++;
      cents[line->concept] += line->amount.cents;
      cents[0] += line->amount.cents;
    }
  for (guint i = 0; i < DSP_N_CONCEPTS; i++)
    {
      g_autofree char *money = dsp_text_money (cents[i]);
      g_autofree char *label = g_strdup_printf ("%s %'u · %s", kind_label (i), n[i], money);

      gtk_button_set_label (GTK_BUTTON (self->kinds[i]), label);
    }
}

/* What of it waits: for a pre-invoice, for a rate, for an answer. */
static void
show_sums (DspStatementPage *self,
           GPtrArray        *shown)
{
  guint n_free = 0, n_priceless = 0, n_asked = 0;
  gint64 cents_free = 0;
  g_autofree char *money = NULL;
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < shown->len; i++)
    {
      const DspStatementLine *line = shown->pdata[i];

      if (line->state == DSP_LINE_FREE)
        {
          n_free++;
          cents_free += line->amount.cents;
          n_priceless += line->amount.is_set ? 0 : 1;
        }
      n_asked += line->question != NULL && line->answer == NULL ? 1 : 0;
    }
  money = dsp_text_money (cents_free);
  g_string_append_printf (text, ngettext ("%'u line", "%'u lines", shown->len), shown->len);
  g_string_append (text, " · ");
  /* Translators: how many lines, then what they come to */
  g_string_append_printf (text, ngettext ("%'u not billed yet: %s", "%'u not billed yet: %s", n_free), n_free, money);
  if (n_priceless > 0)
    g_string_append_printf (text, ngettext (" · %'u waits for a rate", " · %'u wait for a rate", n_priceless), n_priceless);
  if (n_asked > 0)
    g_string_append_printf (text, ngettext (" · %'u question without an answer", " · %'u questions without an answer", n_asked), n_asked);
  gtk_label_set_text (GTK_LABEL (self->sums), text->str);
}

/* ---- the lines ---- */

static void
show_chosen (DspStatementPage *self)
{
  g_autoptr(GPtrArray) chosen = dsp_record_list_chosen (self->selection);

  dsp_line_facts_show (DSP_LINE_FACTS (self->facts), chosen);
  dsp_action_bar_set (DSP_ACTION_BAR (self->actions), chosen);
}

static void
show_lines (DspStatementPage *self)
{
  g_autoptr(GPtrArray) shown = g_ptr_array_new ();

  for (guint i = 0; self->lines != NULL && i < self->lines->len; i++)
    {
      const DspStatementLine *line = self->lines->pdata[i];

      if (self->concept == DSP_CONCEPT_NONE || line->concept == self->concept)
        g_ptr_array_add (shown, (gpointer) line);
    }
  dsp_record_list_fill (self->store, &dsp_statement_line, shown);
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), shown->len > 0 ? "lines" : "empty");
  adw_status_page_set_title (ADW_STATUS_PAGE (self->empty), self->open ? _("Everything is billed") : _("No line in this month"));
  show_sums (self, shown);
  show_chosen (self);
}

static void
lines_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  g_autoptr(DspStatementPage) self = user_data;
  g_autoptr(GError) error = NULL;
  GPtrArray *lines = dsp_replica_lines_finish (DSP_REPLICA (source), res, &error);

  self->asking = false;
  if (self->box == NULL || self->again)
    {
      g_clear_pointer (&lines, g_ptr_array_unref);
      self->again = false;
      if (self->box != NULL)
        ask (self);
      return;
    }
  if (lines == NULL)
    {
      dsp_office_message (self->office, 0, "%s", error->message);
      return;
    }
  g_clear_pointer (&self->lines, g_ptr_array_unref);
  self->lines = lines;
  show_kinds (self);
  show_lines (self);
}

static void
ask (DspStatementPage *self)
{
  DspLineQuery query = { .distributor_id = dsp_distributor_choice_get (DSP_DISTRIBUTOR_CHOICE (self->whose)),
                         .open = self->open, .from = self->from, .until = self->until };

  if (self->asking)
    {
      self->again = true;
      return;
    }
  self->asking = true;
  dsp_replica_lines_async (dsp_office_get_replica (self->office), &query, NULL, lines_cb, g_object_ref (self));
}

static void
on_records_changed (DspOffice        *office,
                    const DspEntity  *entity,
                    DspStatementPage *self)
{
  if (entity == NULL || entity == &dsp_statement_line)
    ask (self);
  else if (entity == &dsp_pre_invoice)
    show_chosen (self);
  else if (entity == &dsp_crew)
    dsp_record_list_redraw (G_LIST_MODEL (self->store));
}

/* ---- what is shown ---- */

static void
set_month (DspStatementPage *self,
           DspDate           any_day)
{
  g_autofree char *name = NULL;
  int year, month, day;

  dsp_date_split (any_day, &year, &month, &day);
  self->from = dsp_date_make (year, month, 1);
  self->until = (DspDate) { dsp_date_make (month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1).day - 1 };
  name = dsp_text_months (self->from, self->from);
  gtk_label_set_text (GTK_LABEL (self->month), name);
}

static void
on_month (GtkWidget        *button,
          DspStatementPage *self)
{
  set_month (self, (DspDate) { button == self->previous ? self->from.day - 1 : self->until.day + 1 });
  ask (self);
}

static void
on_not_billed (GtkToggleButton  *button,
               DspStatementPage *self)
{
  self->open = gtk_toggle_button_get_active (button);
  gtk_widget_set_sensitive (self->previous, !self->open);
  gtk_widget_set_sensitive (self->month, !self->open);
  gtk_widget_set_sensitive (self->next, !self->open);
  ask (self);
}

static void
on_kind (GtkToggleButton  *button,
         DspStatementPage *self)
{
  if (!gtk_toggle_button_get_active (button))
    return;
  for (guint i = 0; i < DSP_N_CONCEPTS; i++)
    if (self->kinds[i] == GTK_WIDGET (button))
      self->concept = i;
  show_lines (self);
}

static void
on_generate (GtkWidget        *button,
             DspStatementPage *self)
{
  DspId distributor_id = dsp_distributor_choice_get (DSP_DISTRIBUTOR_CHOICE (self->whose));

  dsp_bill_window_open (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), self->office, &distributor_id, self->from, self->until);
}

static guint64
bit (gsize offset)
{
  return dsp_table_bit (&dsp_statement_line.table, offset);
}

static void
on_adjust (GtkWidget        *button,
           DspStatementPage *self)
{
  static const DspFormKind kind = { .width = 560, .height = -1 };
  guint64 fields = bit (offsetof (DspStatementLine, number)) | bit (offsetof (DspStatementLine, distributor_id)) |
                   bit (offsetof (DspStatementLine, day)) | bit (offsetof (DspStatementLine, amount)) |
                   bit (offsetof (DspStatementLine, reason));
  DspStatementLine suggested = { .distributor_id = dsp_distributor_choice_get (DSP_DISTRIBUTOR_CHOICE (self->whose)),
                                 .day = dsp_text_local_day (g_get_real_time ()) };
  const DspCommand *command = &dsp_statement_line_create;
  DspId id = dsp_replica_new_id (dsp_office_get_replica (self->office));
  GtkWidget *form = dsp_record_form_new (self->office, &dsp_statement_line, ~fields);

  dsp_record_form_suggest (DSP_RECORD_FORM (form), &suggested);
  dsp_form_window_open (dsp_form_window_new (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), self->office, _(command->label), &kind,
                                             command, &id, form, NULL, NULL));
}

static void
show_permissions (DspStatementPage *self)
{
  gtk_widget_set_visible (self->adjust, dsp_office_may (self->office, &dsp_statement_line_create));
  gtk_widget_set_visible (self->generate, dsp_office_may (self->office, &dsp_pre_invoice_create));
}

static void
on_done (GtkWidget        *bar,
         gboolean          taken,
         DspStatementPage *self)
{
  gtk_widget_child_focus (self->view, GTK_DIR_TAB_FORWARD);
}

/* ---- the widget ---- */

static void
dsp_statement_page_dispose (GObject *object)
{
  DspStatementPage *self = DSP_STATEMENT_PAGE (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->lines, g_ptr_array_unref);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_statement_page_parent_class)->dispose (object);
}

static void
dsp_statement_page_class_init (DspStatementPageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_statement_page_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
dsp_statement_page_init (DspStatementPage *self)
{
}

static GtkWidget *
make_step (DspStatementPage *self,
           const char       *icon,
           const char       *name)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon);

  gtk_widget_set_tooltip_text (button, name);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect (button, "clicked", G_CALLBACK (on_month), self);
  return button;
}

static GtkWidget *
make_filter (DspStatementPage *self)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8), *months = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 4);
  GtkWidget *gap = gtk_label_new (NULL);

  self->previous = make_step (self, "go-previous-symbolic", _("Month before"));
  self->next = make_step (self, "go-next-symbolic", _("Month after"));
  self->month = gtk_label_new (NULL);
  gtk_label_set_width_chars (GTK_LABEL (self->month), 16);
  gtk_widget_add_css_class (self->month, "heading");
  gtk_box_append (GTK_BOX (months), self->previous);
  gtk_box_append (GTK_BOX (months), self->month);
  gtk_box_append (GTK_BOX (months), self->next);
  self->not_billed = gtk_toggle_button_new_with_label (_("Not billed yet"));
  gtk_widget_set_tooltip_text (self->not_billed, _("Lines of any month that no pre-invoice holds"));
  g_signal_connect (self->not_billed, "toggled", G_CALLBACK (on_not_billed), self);
  self->whose = dsp_distributor_choice_new (self->office, NULL);
  g_signal_connect_swapped (self->whose, "changed", G_CALLBACK (ask), self);
  gtk_widget_set_hexpand (gap, TRUE);
  self->adjust = gtk_button_new_with_label (_(dsp_statement_line_create.label));
  g_signal_connect (self->adjust, "clicked", G_CALLBACK (on_adjust), self);
  self->generate = gtk_button_new_with_label (_(dsp_pre_invoice_create.label));
  gtk_widget_add_css_class (self->generate, "suggested-action");
  g_signal_connect (self->generate, "clicked", G_CALLBACK (on_generate), self);
  gtk_box_append (GTK_BOX (line), months);
  gtk_box_append (GTK_BOX (line), self->not_billed);
  gtk_box_append (GTK_BOX (line), self->whose);
  gtk_box_append (GTK_BOX (line), gap);
  gtk_box_append (GTK_BOX (line), self->adjust);
  gtk_box_append (GTK_BOX (line), self->generate);
  gtk_widget_add_css_class (line, "dsp-review-filter");
  return line;
}

static GtkWidget *
make_kinds (DspStatementPage *self)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);

  for (guint i = 0; i < DSP_N_CONCEPTS; i++)
    {
      self->kinds[i] = gtk_toggle_button_new ();
      gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (self->kinds[i]), i > 0 ? GTK_TOGGLE_BUTTON (self->kinds[0]) : NULL);
      gtk_widget_add_css_class (self->kinds[i], "dsp-exception");
      gtk_widget_add_css_class (self->kinds[i], "numeric");
      g_signal_connect (self->kinds[i], "toggled", G_CALLBACK (on_kind), self);
      gtk_box_append (GTK_BOX (line), self->kinds[i]);
    }
  gtk_widget_add_css_class (line, "dsp-exceptions");
  return line;
}

static GtkWidget *
make_lines (DspStatementPage *self)
{
  GtkWidget *left = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  self->view = dsp_line_view_new (self->office, true, _("Lines of the statement"), &self->store, &self->selection);
  g_signal_connect_swapped (self->selection, "selection-changed", G_CALLBACK (show_chosen), self);
  self->empty = adw_status_page_new ();
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (self->empty), "despacho-reports-symbolic");
  adw_status_page_set_description (ADW_STATUS_PAGE (self->empty),
                                   _("Lines come by themselves: closed orders, approved kilometres, reviewed penalties."));
  self->stack = gtk_stack_new ();
  gtk_stack_add_named (GTK_STACK (self->stack), self->empty, "empty");
  gtk_stack_add_named (GTK_STACK (self->stack), self->view, "lines");
  self->sums = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->sums), 0);
  gtk_widget_add_css_class (self->sums, "numeric");
  gtk_widget_add_css_class (self->sums, "dsp-review-counts");
  gtk_box_append (GTK_BOX (left), self->stack);
  gtk_box_append (GTK_BOX (left), self->sums);
  return left;
}

GtkWidget *
dsp_statement_page_new (DspOffice *office)
{
  DspStatementPage *self = g_object_new (DSP_TYPE_STATEMENT_PAGE, NULL);
  GtkWidget *paned = gtk_paned_new (GTK_ORIENTATION_HORIZONTAL);

  self->office = g_object_ref (office);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Statement"), -1);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (self->box), make_filter (self));
  gtk_box_append (GTK_BOX (self->box), make_kinds (self));
  gtk_box_append (GTK_BOX (self->box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  self->facts = dsp_line_facts_new (office, true);
  self->actions = dsp_line_actions_new (office);
  gtk_paned_set_start_child (GTK_PANED (paned), make_lines (self));
  gtk_paned_set_end_child (GTK_PANED (paned), self->facts);
  gtk_paned_set_resize_end_child (GTK_PANED (paned), FALSE);
  gtk_paned_set_shrink_start_child (GTK_PANED (paned), FALSE);
  gtk_paned_set_shrink_end_child (GTK_PANED (paned), FALSE);
  gtk_widget_set_vexpand (paned, TRUE);
  gtk_box_append (GTK_BOX (self->box), paned);
  gtk_box_append (GTK_BOX (self->box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_widget_add_css_class (self->actions, "dsp-line-actions");
  g_signal_connect (self->actions, "done", G_CALLBACK (on_done), self);
  gtk_box_append (GTK_BOX (self->box), self->actions);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  set_month (self, dsp_text_local_day (g_get_real_time ()));
  show_kinds (self);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->kinds[0]), TRUE);
  show_permissions (self);
  g_signal_connect_object (office, "records-changed", G_CALLBACK (on_records_changed), self, 0);
  g_signal_connect_object (office, "status-changed", G_CALLBACK (show_permissions), self, G_CONNECT_SWAPPED);
  ask (self);
  return GTK_WIDGET (self);
}
