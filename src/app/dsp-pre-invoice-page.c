/* dsp-pre-invoice-page.c: the page of the pre-invoices: all of them, and one with its lines
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-pre-invoice-page"

#include "config.h"
#include "dsp-pre-invoice-page.h"

#include "dsp-bill-window.h"
#include "dsp-distributor-choice.h"
#include "dsp-money-commands.h"
#include "dsp-pre-invoice-view.h"
#include "dsp-record-list.h"
#include "dsp-statement-query.h"
#include "dsp-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define P(state) DSP_BIT (DSP_PRE_INVOICE_##state)

/* All of pre-invoices: words that other languages bend by what they are of. */
#define OF_PRE_INVOICES "pre-invoices"
static const struct { const char *label; guint32 states; } views[] = {
  { NC_("pre-invoices", "Under way"), P (DRAFT) | P (SUBMITTED) | P (OBSERVED) | P (APPROVED) | P (INVOICED) },
  { NC_("pre-invoices", "To review"), P (SUBMITTED) },
  { NC_("pre-invoices", "Observed"), P (OBSERVED) },
  { NC_("pre-invoices", "To invoice"), P (APPROVED) },
  { NC_("pre-invoices", "To pay"), P (INVOICED) },
  { NC_("pre-invoices", "Paid"), P (PAID) },
  { NC_("pre-invoices", "All"), G_MAXUINT32 },
};
#define N_VIEWS G_N_ELEMENTS (views)

struct _DspPreInvoicePage
{
  GtkWidget          parent_instance;

  DspOffice         *office;    /* (owned) */
  GPtrArray         *all;       /* (owned) (nullable): of DspPreInvoice: those of the distributor that is chosen */
  guint              view;
  bool               asking, again;

  GtkWidget         *stack;     /* the list, or one */
  GtkWidget         *views[N_VIEWS];
  GtkWidget         *whose;
  GtkWidget         *generate;
  GtkWidget         *list_stack;
  GtkWidget         *empty;
  GtkWidget         *list;
  GtkWidget         *sums;
  GListStore        *store;     /* of the list */
  GtkWidget         *one;
};

G_DEFINE_FINAL_TYPE (DspPreInvoicePage, dsp_pre_invoice_page, GTK_TYPE_WIDGET)

static void ask (DspPreInvoicePage *self);

/* ---- columns ---- */

#define TEXT(name, expression)                          \
  static char *                                         \
  name##_text (DspOffice *office, gconstpointer record) \
  {                                                     \
    const DspPreInvoice *pre_invoice = record;          \
    return expression;                                  \
  }

TEXT (number, dsp_pre_invoice_number (pre_invoice))
TEXT (distributor, dsp_office_title_of (office, &dsp_distributor, &pre_invoice->distributor_id))
TEXT (period, dsp_pre_invoice_period (pre_invoice))
TEXT (state, g_strdup (dsp_text_word (&DspPreInvoiceState_words, pre_invoice->state)))
TEXT (waits, dsp_pre_invoice_waits (pre_invoice))
TEXT (made, dsp_text_time (pre_invoice->made_at))
TEXT (lines, g_strdup_printf ("%'d", (int) pre_invoice->n_lines.value))
TEXT (total, dsp_text_money (pre_invoice->total.cents))

static const DspRecordColumn columns[] = {
  { N_("Number"), 120, 0, false, number_text },
  { N_("Distributor"), 0, 0, true, distributor_text },
  { N_("Period"), 190, 0, false, period_text },
  { N_("Status"), 110, 0, false, state_text },
  { N_("Waits for"), 220, 0, true, waits_text },
  { N_("Made on"), 120, 0, false, made_text },
  { N_("Lines"), 80, 1, false, lines_text },
  { N_("Total"), 120, 1, false, total_text },
};

/* ---- the list ---- */

static void
show_views (DspPreInvoicePage *self)
{
  for (guint i = 0; i < N_VIEWS; i++)
    {
      g_autofree char *label = NULL;
      guint n = 0;

      for (guint k = 0; self->all != NULL && k < self->all->len; k++)
        n += (views[i].states >> ((const DspPreInvoice *) self->all->pdata[k])->state) & 1;
      label = g_strdup_printf ("%s %'u", g_dpgettext2 (NULL, OF_PRE_INVOICES, views[i].label), n);
      gtk_button_set_label (GTK_BUTTON (self->views[i]), label);
    }
}

static void
show_list (DspPreInvoicePage *self)
{
  g_autoptr(GPtrArray) shown = g_ptr_array_new ();
  g_autofree char *money = NULL, *sums = NULL;
  gint64 cents = 0;

  for (guint i = 0; self->all != NULL && i < self->all->len; i++)
    {
      const DspPreInvoice *pre_invoice = self->all->pdata[i];

      if (!((views[self->view].states >> pre_invoice->state) & 1))
        continue;
      g_ptr_array_add (shown, (gpointer) pre_invoice);
      cents += pre_invoice->total.cents;
    }
  dsp_record_list_fill (self->store, &dsp_pre_invoice, shown);
  money = dsp_text_money (cents);
  /* Translators: how many pre-invoices, then what they come to */
  sums = g_strdup_printf (ngettext ("%'u pre-invoice · %s", "%'u pre-invoices · %s", shown->len), shown->len, money);
  gtk_label_set_text (GTK_LABEL (self->sums), sums);
  gtk_stack_set_visible_child_name (GTK_STACK (self->list_stack), shown->len > 0 ? "list" : "empty");
  adw_status_page_set_title (ADW_STATUS_PAGE (self->empty), self->all != NULL && self->all->len > 0 ? _("None in this state")
                                                                                                   : _("No pre-invoice yet"));
}

static void
listed_cb (GObject      *source,
           GAsyncResult *res,
           gpointer      user_data)
{
  g_autoptr(DspPreInvoicePage) self = user_data;
  g_autoptr(GError) error = NULL;
  GPtrArray *all = dsp_replica_pre_invoices_finish (DSP_REPLICA (source), res, &error);

  self->asking = false;
  if (all == NULL)
    {
      if (self->stack != NULL)
        dsp_office_message (self->office, 0, "%s", error->message);
      return;
    }
  g_clear_pointer (&self->all, g_ptr_array_unref);
  self->all = all;
  if (self->stack == NULL)
    return;
  if (self->again)
    {
      self->again = false;
      ask (self);
    }
  show_views (self);
  show_list (self);
}

static void
ask (DspPreInvoicePage *self)
{
  DspId distributor_id = dsp_distributor_choice_get (DSP_DISTRIBUTOR_CHOICE (self->whose));

  if (self->asking)
    {
      self->again = true;
      return;
    }
  self->asking = true;
  dsp_replica_pre_invoices_async (dsp_office_get_replica (self->office), &distributor_id, NULL, listed_cb, g_object_ref (self));
}

static void
on_records_changed (DspOffice         *office,
                    const DspEntity   *entity,
                    DspPreInvoicePage *self)
{
  if (entity == NULL || entity == &dsp_pre_invoice)
    ask (self);
  else if (entity == &dsp_distributor)
    dsp_record_list_redraw (G_LIST_MODEL (self->store));
}

static void
show_permissions (DspPreInvoicePage *self)
{
  gtk_widget_set_visible (self->generate, dsp_office_may (self->office, &dsp_pre_invoice_create));
}

static void
on_view (GtkToggleButton   *button,
         DspPreInvoicePage *self)
{
  if (!gtk_toggle_button_get_active (button))
    return;
  for (guint i = 0; i < N_VIEWS; i++)
    if (self->views[i] == GTK_WIDGET (button))
      self->view = i;
  show_list (self);
}

static void
on_generate (GtkWidget         *button,
             DspPreInvoicePage *self)
{
  DspId distributor_id = dsp_distributor_choice_get (DSP_DISTRIBUTOR_CHOICE (self->whose));

  dsp_bill_window_open (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), self->office, &distributor_id, (DspDate) { 0 },
                        (DspDate) { 0 });
}

/* ---- one ---- */

void
dsp_pre_invoice_page_show (DspPreInvoicePage *self,
                           const DspId       *id)
{
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "one");
  dsp_pre_invoice_view_open (DSP_PRE_INVOICE_VIEW (self->one), id);
  dsp_pre_invoice_view_focus (DSP_PRE_INVOICE_VIEW (self->one));
}

static void
on_activate (GtkColumnView     *view,
             guint              position,
             DspPreInvoicePage *self)
{
  const DspRecord *record = dsp_record_list_at (G_LIST_MODEL (self->store), position);
  DspId id;

  if (record == NULL)
    return;
  id = record->id; /* the list may change under it */
  dsp_pre_invoice_page_show (self, &id);
}

static void
on_closed (DspPreInvoicePage *self)
{
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "list");
  gtk_widget_child_focus (self->list, GTK_DIR_TAB_FORWARD);
}

/* ---- the widget ---- */

static void
dsp_pre_invoice_page_dispose (GObject *object)
{
  DspPreInvoicePage *self = DSP_PRE_INVOICE_PAGE (object);

  g_clear_pointer (&self->stack, gtk_widget_unparent);
  g_clear_pointer (&self->all, g_ptr_array_unref);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_pre_invoice_page_parent_class)->dispose (object);
}

static void
dsp_pre_invoice_page_class_init (DspPreInvoicePageClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_pre_invoice_page_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
  gtk_widget_class_set_accessible_role (GTK_WIDGET_CLASS (klass), GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
dsp_pre_invoice_page_init (DspPreInvoicePage *self)
{
}

static GtkWidget *
make_filter (DspPreInvoicePage *self)
{
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8), *toggles = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);
  GtkWidget *gap = gtk_label_new (NULL); /* the choice of a distributor may be hidden */

  for (guint i = 0; i < N_VIEWS; i++)
    {
      self->views[i] = gtk_toggle_button_new ();
      gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (self->views[i]), i > 0 ? GTK_TOGGLE_BUTTON (self->views[0]) : NULL);
      gtk_widget_add_css_class (self->views[i], "dsp-tab");
      g_signal_connect (self->views[i], "toggled", G_CALLBACK (on_view), self);
      gtk_box_append (GTK_BOX (toggles), self->views[i]);
    }
  gtk_widget_add_css_class (toggles, "linked");
  self->whose = dsp_distributor_choice_new (self->office, _("Every distributor"));
  g_signal_connect_swapped (self->whose, "changed", G_CALLBACK (ask), self);
  gtk_widget_set_hexpand (gap, TRUE);
  self->generate = gtk_button_new_with_label (_(dsp_pre_invoice_create.label));
  gtk_widget_add_css_class (self->generate, "suggested-action");
  g_signal_connect (self->generate, "clicked", G_CALLBACK (on_generate), self);
  gtk_box_append (GTK_BOX (line), toggles);
  gtk_box_append (GTK_BOX (line), gap);
  gtk_box_append (GTK_BOX (line), self->whose);
  gtk_box_append (GTK_BOX (line), self->generate);
  gtk_widget_add_css_class (line, "dsp-review-filter");
  return line;
}

static GtkWidget *
make_list (DspPreInvoicePage *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *scroller = gtk_scrolled_window_new ();
  GtkSelectionModel *selection;

  self->store = g_list_store_new (DSP_TYPE_RECORD_ITEM);
  selection = GTK_SELECTION_MODEL (gtk_single_selection_new (G_LIST_MODEL (self->store)));
  self->list = gtk_column_view_new (selection);
  gtk_column_view_set_single_click_activate (GTK_COLUMN_VIEW (self->list), TRUE);
  dsp_record_columns_add (GTK_COLUMN_VIEW (self->list), self->office, columns, G_N_ELEMENTS (columns));
  gtk_widget_add_css_class (self->list, "dsp-orders");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Pre-invoices"), -1);
  g_signal_connect (self->list, "activate", G_CALLBACK (on_activate), self);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), self->list);
  self->empty = adw_status_page_new ();
  adw_status_page_set_icon_name (ADW_STATUS_PAGE (self->empty), "despacho-pre-invoice-symbolic");
  adw_status_page_set_description (ADW_STATUS_PAGE (self->empty), _("A pre-invoice gathers what is to be paid for the days of a period."));
  self->list_stack = gtk_stack_new ();
  gtk_stack_add_named (GTK_STACK (self->list_stack), self->empty, "empty");
  gtk_stack_add_named (GTK_STACK (self->list_stack), scroller, "list");
  gtk_widget_set_vexpand (self->list_stack, TRUE);
  self->sums = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->sums), 0);
  gtk_widget_add_css_class (self->sums, "numeric");
  gtk_widget_add_css_class (self->sums, "dsp-review-counts");
  gtk_box_append (GTK_BOX (box), make_filter (self));
  gtk_box_append (GTK_BOX (box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  gtk_box_append (GTK_BOX (box), self->list_stack);
  gtk_box_append (GTK_BOX (box), self->sums);
  return box;
}

GtkWidget *
dsp_pre_invoice_page_new (DspOffice *office)
{
  DspPreInvoicePage *self = g_object_new (DSP_TYPE_PRE_INVOICE_PAGE, NULL);

  self->office = g_object_ref (office);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Pre-invoices"), -1);
  self->stack = gtk_stack_new ();
  gtk_stack_add_named (GTK_STACK (self->stack), make_list (self), "list");
  self->one = dsp_pre_invoice_view_new (office);
  g_signal_connect_swapped (self->one, "closed", G_CALLBACK (on_closed), self);
  gtk_stack_add_named (GTK_STACK (self->stack), self->one, "one");
  gtk_widget_set_parent (self->stack, GTK_WIDGET (self));
  show_views (self);
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->views[0]), TRUE);
  show_permissions (self);
  g_signal_connect_object (office, "records-changed", G_CALLBACK (on_records_changed), self, 0);
  g_signal_connect_object (office, "status-changed", G_CALLBACK (show_permissions), self, G_CONNECT_SWAPPED);
  ask (self);
  return GTK_WIDGET (self);
}
