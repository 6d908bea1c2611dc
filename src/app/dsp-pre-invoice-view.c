/* dsp-pre-invoice-view.c: one pre-invoice: its sums, its lines with their evidence, and what may be done to them
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-pre-invoice-view"

#include "config.h"
#include "dsp-pre-invoice-view.h"

#include "dsp-action-bar.h"
#include "dsp-facts.h"
#include "dsp-line-facts.h"
#include "dsp-line-list.h"
#include "dsp-money-commands.h"
#include "dsp-pre-invoice-export.h"
#include "dsp-statement-query.h"
#include "dsp-text.h"
#include "dsp-totals-view.h"

#include <glib/gi18n.h>

struct _DspPreInvoiceView
{
  GtkWidget          parent_instance;

  DspOffice         *office;    /* (owned) */
  DspId              id;        /* none: nothing is shown */
  bool               asking;    /* lines are on their way */
  bool               again;     /* and are out of date already */

  GtkWidget         *box;
  GtkWidget         *title, *subtitle, *note;
  GtkWidget         *actions;
  GtkWidget         *totals;
  GtkWidget         *lines;
  GListStore        *store;     /* of the view */
  GtkSelectionModel *selection; /* of the view */
  GtkWidget         *facts;
  GtkWidget         *line_actions;
};

G_DEFINE_FINAL_TYPE (DspPreInvoiceView, dsp_pre_invoice_view, GTK_TYPE_WIDGET)

enum { CLOSED, N_SIGNALS };
static guint signals[N_SIGNALS];

static void ask (DspPreInvoiceView *self);

/* ---- in words ---- */

char *
dsp_pre_invoice_number (const DspPreInvoice *pre_invoice)
{
  return g_strdup (pre_invoice->number != NULL ? pre_invoice->number : _("(no number yet)"));
}

char *
dsp_pre_invoice_period (const DspPreInvoice *pre_invoice)
{
  g_autofree char *from = dsp_text_date (pre_invoice->from), *until = dsp_text_date (pre_invoice->until);

  return g_strdup_printf ("%s – %s", from, until);
}

char *
dsp_pre_invoice_waits (const DspPreInvoice *pre_invoice)
{
  bool by_master = !dsp_id_is_none (&pre_invoice->master_id);

  switch (pre_invoice->state)
    {
    case DSP_PRE_INVOICE_DRAFT:
      return g_strdup (_("Distributor: to submit it"));
    case DSP_PRE_INVOICE_SUBMITTED:
      return g_strdup (by_master ? _("Master: to review it") : _("Company: to review it"));
    case DSP_PRE_INVOICE_OBSERVED:
      return g_strdup (_("Distributor: what was observed"));
    case DSP_PRE_INVOICE_APPROVED:
      return g_strdup (_("Distributor: the tax invoice"));
    case DSP_PRE_INVOICE_INVOICED:
      return g_strdup (by_master ? _("Master: to pay it") : _("Company: to pay it"));
    case DSP_PRE_INVOICE_NONE:
    case DSP_PRE_INVOICE_REJECTED:
    case DSP_PRE_INVOICE_PAID:
    case DSP_N_PRE_INVOICE_STATES:
    default:
      return g_strdup ("");
    }
}

/* What was said or recorded last about the whole of it. */
static char *
dup_note (const DspPreInvoice *pre_invoice)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();
  g_auto(GStrv) parts = NULL;
  guint n_observed = (guint) pre_invoice->n_observed.value;
  g_autofree char *invoiced_on = dsp_text_date (pre_invoice->invoiced_on), *paid_on = dsp_text_date (pre_invoice->paid_on);
  g_autofree char *said = NULL, *observed = NULL, *invoice = NULL, *payment = NULL;

  if (pre_invoice->reason != NULL)
    {
      /* Translators: who said it, then what */
      said = g_strdup_printf (_("%s: “%s”"), pre_invoice->decided_by != NULL ? pre_invoice->decided_by : "", pre_invoice->reason);
      g_strv_builder_add (builder, said);
    }
  if (n_observed > 0)
    {
      observed = g_strdup_printf (ngettext ("%u line in question", "%u lines in question", n_observed), n_observed);
      g_strv_builder_add (builder, observed);
    }
  if (pre_invoice->invoice_uuid != NULL)
    {
      /* Translators: the tax invoice's number and UUID, and its day */
      invoice = g_strdup_printf (_("Tax invoice %s %s of %s"), pre_invoice->invoice_number != NULL ? pre_invoice->invoice_number : "",
                                 pre_invoice->invoice_uuid, invoiced_on);
      g_strv_builder_add (builder, invoice);
    }
  if (pre_invoice->payment != NULL)
    {
      payment = g_strdup_printf (_("Paid on %s: %s"), paid_on, pre_invoice->payment);
      g_strv_builder_add (builder, payment);
    }
  if (pre_invoice->note != NULL)
    g_strv_builder_add (builder, pre_invoice->note);
  parts = g_strv_builder_end (builder);
  return g_strjoinv (" · ", parts);
}

/* ---- what may be done ---- */

static bool
has_lines (DspOffice *office,
           GPtrArray *records)
{
  return ((const DspPreInvoice *) records->pdata[0])->n_lines.value > 0;
}

static const DspAction actions[] = {
  { &dsp_pre_invoice_submit, "suggested-action", NULL, has_lines },
  { &dsp_pre_invoice_approve, "suggested-action", NULL, NULL },
  { &dsp_pre_invoice_observe, NULL, NULL, NULL },
  { &dsp_pre_invoice_invoice, "suggested-action", NULL, NULL },
  { &dsp_pre_invoice_pay, "suggested-action", NULL, NULL },
  { &dsp_pre_invoice_reject, NULL, NULL, NULL },
  { &dsp_pre_invoice_discard, NULL, N_("Its lines are free again, for another pre-invoice."), NULL },
};

/* ---- showing ---- */

static void
show_chosen (DspPreInvoiceView *self)
{
  g_autoptr(GPtrArray) chosen = dsp_record_list_chosen (self->selection);

  dsp_line_facts_show (DSP_LINE_FACTS (self->facts), chosen);
  dsp_action_bar_set (DSP_ACTION_BAR (self->line_actions), chosen);
}

static void
show_head (DspPreInvoiceView   *self,
           const DspPreInvoice *pre_invoice)
{
  g_autofree char *number = dsp_pre_invoice_number (pre_invoice), *period = dsp_pre_invoice_period (pre_invoice);
  g_autofree char *distributor = dsp_office_title_of (self->office, &dsp_distributor, &pre_invoice->distributor_id);
  g_autofree char *waits = dsp_pre_invoice_waits (pre_invoice), *note = dup_note (pre_invoice);
  g_autofree char *title = g_strdup_printf ("%s · %s", number, distributor);
  g_autofree char *subtitle = g_strdup_printf (*waits != '\0' ? "%s · %s · %s" : "%s · %s", period,
                                               dsp_text_word (&DspPreInvoiceState_words, pre_invoice->state), waits);
  g_autoptr(GPtrArray) one = g_ptr_array_new ();
  DspTotals totals;

  gtk_label_set_text (GTK_LABEL (self->title), title);
  gtk_label_set_text (GTK_LABEL (self->subtitle), subtitle);
  gtk_label_set_text (GTK_LABEL (self->note), note);
  gtk_widget_set_tooltip_text (self->note, note);
  gtk_widget_set_visible (self->note, *note != '\0');
  dsp_pre_invoice_get_totals (pre_invoice, &totals);
  dsp_totals_view_show (DSP_TOTALS_VIEW (self->totals), &totals);
  g_ptr_array_add (one, (gpointer) pre_invoice);
  dsp_action_bar_set (DSP_ACTION_BAR (self->actions), one);
}

/* FALSE: it is no more. */
static gboolean
show (DspPreInvoiceView *self)
{
  g_autoptr(DspPreInvoice) pre_invoice = dsp_replica_dup_record (dsp_office_get_replica (self->office), &dsp_pre_invoice, &self->id);

  if (pre_invoice == NULL)
    return FALSE;
  show_head (self, pre_invoice);
  return TRUE;
}

static void
lines_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  g_autoptr(DspPreInvoiceView) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) lines = dsp_replica_lines_finish (DSP_REPLICA (source), res, &error);

  self->asking = false;
  if (self->box == NULL)
    return;
  if (self->again)
    {
      self->again = false;
      ask (self);
      return;
    }
  if (lines == NULL)
    {
      g_autofree char *sentence = dsp_text_error (error);

      dsp_office_message (self->office, 0, "%s", sentence);
      return;
    }
  dsp_record_list_fill (self->store, &dsp_statement_line, lines);
  show_chosen (self);
}

static void
ask (DspPreInvoiceView *self)
{
  DspLineQuery query = { .pre_invoice_id = self->id };

  if (dsp_id_is_none (&self->id))
    return;
  if (self->asking)
    {
      self->again = true;
      return;
    }
  self->asking = true;
  dsp_replica_lines_async (dsp_office_get_replica (self->office), &query, NULL, lines_cb, g_object_ref (self));
}

static void
close_it (DspPreInvoiceView *self)
{
  self->id = dsp_id_none;
  g_list_store_remove_all (self->store);
  g_signal_emit (self, signals[CLOSED], 0);
}

void
dsp_pre_invoice_view_open (DspPreInvoiceView *self,
                           const DspId       *id)
{
  self->id = *id;
  g_list_store_remove_all (self->store);
  if (dsp_id_is_none (id))
    return;
  if (!show (self))
    {
      close_it (self);
      return;
    }
  show_chosen (self);
  ask (self);
}

const DspId *
dsp_pre_invoice_view_get (DspPreInvoiceView *self)
{
  return &self->id;
}

void
dsp_pre_invoice_view_focus (DspPreInvoiceView *self)
{
  gtk_widget_child_focus (self->lines, GTK_DIR_TAB_FORWARD);
}

static void
on_records_changed (DspOffice         *office,
                    const DspEntity   *entity,
                    DspPreInvoiceView *self)
{
  if (dsp_id_is_none (&self->id))
    return;
  if (entity == NULL || entity == &dsp_pre_invoice || entity == &dsp_distributor)
    {
      if (!show (self))
        {
          close_it (self);
          return;
        }
    }
  if (entity == NULL || entity == &dsp_pre_invoice || entity == &dsp_statement_line)
    ask (self);
}

static void
on_export (DspPreInvoiceView *self)
{
  dsp_pre_invoice_export (GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), self->office, &self->id);
}

static void
on_done (GtkWidget         *bar,
         gboolean           taken,
         DspPreInvoiceView *self)
{
  dsp_pre_invoice_view_focus (self);
}

static gboolean
on_back (GtkWidget *widget,
         GVariant  *args,
         gpointer   user_data)
{
  close_it (DSP_PRE_INVOICE_VIEW (widget));
  return TRUE;
}

/* ---- the widget ---- */

static void
dsp_pre_invoice_view_dispose (GObject *object)
{
  DspPreInvoiceView *self = DSP_PRE_INVOICE_VIEW (object);

  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_pre_invoice_view_parent_class)->dispose (object);
}

static void
dsp_pre_invoice_view_class_init (DspPreInvoiceViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dsp_pre_invoice_view_dispose;
  signals[CLOSED] = g_signal_new ("closed", DSP_TYPE_PRE_INVOICE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Escape, 0, on_back, NULL);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Left, GDK_ALT_MASK, on_back, NULL);
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

static void
dsp_pre_invoice_view_init (DspPreInvoiceView *self)
{
}

static GtkWidget *
make_head (DspPreInvoiceView *self)
{
  GtkWidget *head = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8), *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *titles = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2), *back = gtk_button_new_from_icon_name ("go-previous-symbolic");
  GtkWidget *export = gtk_button_new_with_label (_("Print or export"));

  gtk_accessible_update_property (GTK_ACCESSIBLE (back), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Back to the list"), -1);
  gtk_widget_set_tooltip_text (back, _("Back to the list (Esc)"));
  gtk_widget_set_valign (back, GTK_ALIGN_START);
  gtk_widget_add_css_class (back, "flat");
  g_signal_connect_swapped (back, "clicked", G_CALLBACK (close_it), self);
  self->title = dsp_facts_label ("", "title-3");
  self->subtitle = dsp_facts_label ("", "numeric");
  self->note = gtk_label_new (NULL);
  gtk_label_set_xalign (GTK_LABEL (self->note), 0);
  gtk_label_set_ellipsize (GTK_LABEL (self->note), PANGO_ELLIPSIZE_END);
  gtk_label_set_selectable (GTK_LABEL (self->note), TRUE);
  gtk_widget_add_css_class (self->note, "dim-label");
  gtk_widget_set_hexpand (titles, TRUE);
  gtk_box_append (GTK_BOX (titles), self->title);
  gtk_box_append (GTK_BOX (titles), self->subtitle);
  gtk_box_append (GTK_BOX (titles), self->note);
  g_signal_connect_swapped (export, "clicked", G_CALLBACK (on_export), self);
  gtk_widget_set_tooltip_text (export, _("Print, or write to a file: PDF, workbook, CSV, JSON, XML"));
  gtk_widget_set_valign (export, GTK_ALIGN_START);
  gtk_box_append (GTK_BOX (line), back);
  gtk_box_append (GTK_BOX (line), titles);
  gtk_box_append (GTK_BOX (line), export);
  self->actions = dsp_action_bar_new (self->office, actions, G_N_ELEMENTS (actions), NULL);
  g_signal_connect (self->actions, "done", G_CALLBACK (on_done), self);
  self->totals = dsp_totals_view_new ();
  gtk_box_append (GTK_BOX (head), line);
  gtk_box_append (GTK_BOX (head), self->actions);
  gtk_box_append (GTK_BOX (head), self->totals);
  gtk_widget_add_css_class (head, "dsp-bill-head");
  return head;
}

GtkWidget *
dsp_pre_invoice_view_new (DspOffice *office)
{
  DspPreInvoiceView *self = g_object_new (DSP_TYPE_PRE_INVOICE_VIEW, NULL);
  GtkWidget *paned = gtk_paned_new (GTK_ORIENTATION_HORIZONTAL);

  self->office = g_object_ref (office);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_box_append (GTK_BOX (self->box), make_head (self));
  gtk_box_append (GTK_BOX (self->box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  self->lines = dsp_line_view_new (office, true, _("Lines of the pre-invoice"), &self->store, &self->selection);
  g_signal_connect_swapped (self->selection, "selection-changed", G_CALLBACK (show_chosen), self);
  self->facts = dsp_line_facts_new (office, false);
  gtk_paned_set_start_child (GTK_PANED (paned), self->lines);
  gtk_paned_set_end_child (GTK_PANED (paned), self->facts);
  gtk_paned_set_resize_end_child (GTK_PANED (paned), FALSE);
  gtk_paned_set_shrink_start_child (GTK_PANED (paned), FALSE);
  gtk_paned_set_shrink_end_child (GTK_PANED (paned), FALSE);
  gtk_widget_set_vexpand (paned, TRUE);
  gtk_box_append (GTK_BOX (self->box), paned);
  gtk_box_append (GTK_BOX (self->box), gtk_separator_new (GTK_ORIENTATION_HORIZONTAL));
  self->line_actions = dsp_line_actions_new (office);
  gtk_widget_add_css_class (self->line_actions, "dsp-line-actions");
  g_signal_connect (self->line_actions, "done", G_CALLBACK (on_done), self);
  gtk_box_append (GTK_BOX (self->box), self->line_actions);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  g_signal_connect_object (office, "records-changed", G_CALLBACK (on_records_changed), self, 0);
  return GTK_WIDGET (self);
}
