/* dsp-bill-window.c: a new pre-invoice: whose, of which days, what it would hold
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The preview is asked for as soon as the form can be read, by the function that generates. What is generated is what was
 * seen: if it is something else by then, the command is refused, and there is another preview. The preview and the generation
 * can be stopped, and stop when the window is left: nothing stays behind. What was stored in that very moment is taken back, as
 * by the message's "Undo" later.
 */
#define G_LOG_DOMAIN "dsp-bill-window"

#include "config.h"
#include "dsp-bill-window.h"

#include "dsp-assign.h"
#include "dsp-distributor-choice.h"
#include "dsp-facts.h"
#include "dsp-line-list.h"
#include "dsp-record-form.h"
#include "dsp-statement-query.h"
#include "dsp-text.h"
#include "dsp-totals-view.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define PREVIEW_AFTER_MS 250
#define PROGRESS_EVERY_MS 50
#define PROGRESS_AFTER_MS 400
#define MAX_LEFT_OUT 200 /* lines that are listed; how many there are is said */

typedef struct {
  DspOffice         *office;      /* (owned) */
  GtkWidget         *window;      /* NULL once closed */
  GtkWidget         *form;
  GtkWidget         *stack;       /* what there is to say under the form */
  GtkWidget         *says;
  GtkWidget         *working;     /* what the bar is of */
  GtkWidget         *bar;
  GtkWidget         *stop, *again;
  GtkWidget         *totals;
  GtkWidget         *out;         /* of what is left out; hidden without */
  GtkWidget         *out_list;
  GtkWidget         *generate;
  GtkWidget         *cancel;
  GListStore        *store;       /* of the view */
  DspBill           *bill;        /* (owned) (nullable): what is shown */
  DspPreInvoice      wanted;      /* what the form says; its texts are owned */
  GCancellable      *asking;      /* (owned) (nullable): a preview or the pre-invoice is being made */
  DspProgress       *progress;    /* (owned) (nullable): its */
  gint64             asked_us;
  guint              soon, tick;
  gboolean           giving;      /* the pre-invoice */
  int                refs;
} Dialog;

static void preview (Dialog *dialog);

static void
stop (Dialog *dialog)
{
  g_cancellable_cancel (dialog->asking);
  g_clear_object (&dialog->asking);
  g_clear_pointer (&dialog->progress, dsp_progress_unref);
  g_clear_handle_id (&dialog->soon, g_source_remove);
  g_clear_handle_id (&dialog->tick, g_source_remove);
}

static void
dialog_unref (Dialog *dialog)
{
  if (--dialog->refs > 0)
    return;
  g_clear_pointer (&dialog->bill, dsp_bill_free);
  dsp_table_clear (&dsp_pre_invoice.table, &dialog->wanted);
  g_object_unref (dialog->office);
  g_free (dialog);
}

static void
on_destroy (GtkWidget *window,
            Dialog    *dialog)
{
  dialog->window = NULL;
  stop (dialog);
  dialog_unref (dialog);
}

/* ---- what it would hold ---- */

static void
say (Dialog     *dialog,
     const char *page,
     const char *sentence)
{
  gtk_label_set_text (GTK_LABEL (dialog->says), sentence != NULL ? sentence : "");
  gtk_stack_set_visible_child_name (GTK_STACK (dialog->stack), page);
}

static void
forget (Dialog *dialog)
{
  stop (dialog);
  g_clear_pointer (&dialog->bill, dsp_bill_free);
  gtk_widget_set_sensitive (dialog->generate, FALSE);
}

static void
show_left_out (Dialog *dialog)
{
  const GArray *left_out = dialog->bill->left_out;
  g_autofree char *title = NULL;

  dsp_facts_clear (dialog->out_list);
  gtk_widget_set_visible (dialog->out, left_out->len > 0);
  title = g_strdup_printf (ngettext ("%u line is left out", "%u lines are left out", left_out->len), left_out->len);
  gtk_expander_set_label (GTK_EXPANDER (dialog->out), title);
  for (guint i = 0; i < left_out->len && i < MAX_LEFT_OUT; i++)
    {
      const DspLeftOutLine *out = &g_array_index (left_out, DspLeftOutLine, i);
      g_autofree char *concept = dsp_line_concept (out->line), *day = dsp_text_date (out->line->day);
      g_autofree char *text = g_strdup_printf ("%s · %s · %s: %s", day, out->line->number, concept,
                                               dsp_text_word (&DspLeftOut_words, out->why));

      gtk_box_append (GTK_BOX (dialog->out_list), dsp_facts_label (text, "numeric"));
    }
  if (left_out->len > MAX_LEFT_OUT)
    gtk_box_append (GTK_BOX (dialog->out_list), dsp_facts_label (_("… and more"), "dim-label"));
}

static void
show_bill (Dialog *dialog)
{
  dsp_totals_view_show (DSP_TOTALS_VIEW (dialog->totals), &dialog->bill->totals);
  dsp_record_list_fill (dialog->store, &dsp_statement_line, dialog->bill->lines);
  show_left_out (dialog);
  gtk_widget_set_sensitive (dialog->generate, dialog->bill->lines->len > 0);
  if (dialog->bill->lines->len == 0 && dialog->bill->left_out->len == 0)
    say (dialog, "says", _("There is nothing to bill in these days."));
  else
    say (dialog, "bill", NULL);
}

static void
billed_cb (GObject      *source,
           GAsyncResult *res,
           gpointer      user_data)
{
  Dialog *dialog = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspBill) bill = dsp_replica_bill_finish (DSP_REPLICA (source), res, &error);

  /* Another one has been asked for, or none is wanted any more. */
  if (dialog->window != NULL && g_task_get_cancellable (G_TASK (res)) == dialog->asking)
    {
      stop (dialog);
      if (bill != NULL)
        {
          dialog->bill = g_steal_pointer (&bill);
          show_bill (dialog);
        }
      else
        {
          g_autofree char *sentence = dsp_text_error (error);

          say (dialog, "says", sentence);
        }
    }
  dialog_unref (dialog);
}

static gboolean
on_tick (gpointer user_data)
{
  Dialog *dialog = user_data;
  double done = dsp_progress_get (dialog->progress);

  if (g_get_monotonic_time () - dialog->asked_us < PROGRESS_AFTER_MS * G_TIME_SPAN_MILLISECOND)
    return G_SOURCE_CONTINUE;
  gtk_label_set_text (GTK_LABEL (dialog->working), dialog->giving ? _("Generating the pre-invoice") : _("Looking through the statement"));
  /* The button that was pressed cannot be pressed any more: what can is where the keyboard is. */
  if (dialog->giving && g_strcmp0 (gtk_stack_get_visible_child_name (GTK_STACK (dialog->stack)), "progress") != 0)
    {
      gtk_stack_set_visible_child_name (GTK_STACK (dialog->stack), "progress");
      gtk_widget_grab_focus (dialog->stop);
    }
  gtk_stack_set_visible_child_name (GTK_STACK (dialog->stack), "progress");
  if (done < 0)
    gtk_progress_bar_pulse (GTK_PROGRESS_BAR (dialog->bar));
  else
    gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (dialog->bar), done);
  return G_SOURCE_CONTINUE;
}

/* What begins now can be stopped, and says how far it is. */
static void
begin (Dialog *dialog)
{
  dialog->asking = g_cancellable_new ();
  dialog->progress = dsp_progress_new ();
  dialog->asked_us = g_get_monotonic_time ();
  gtk_widget_set_sensitive (dialog->stop, TRUE);
  dialog->tick = g_timeout_add (PROGRESS_EVERY_MS, on_tick, dialog);
  dialog->refs++;
}

/* The period's own rule, before anything is looked through. */
static char *
dup_wrong (Dialog *dialog)
{
  g_autoptr(GError) error = NULL;

  if (dsp_id_is_none (&dialog->wanted.distributor_id) || dialog->wanted.from.day == 0 || dialog->wanted.until.day == 0)
    return g_strdup (_("Say whose pre-invoice it is, and its first and last day."));
  return dsp_pre_invoice.check (&dialog->wanted, &error) ? NULL : dsp_text_error (error);
}

static void
preview (Dialog *dialog)
{
  g_autofree char *wrong = NULL;
  guint64 given;

  forget (dialog);
  dsp_table_clear (&dsp_pre_invoice.table, &dialog->wanted);
  dsp_record_form_clear_errors (DSP_RECORD_FORM (dialog->form));
  if (!dsp_record_form_peek (DSP_RECORD_FORM (dialog->form), &dialog->wanted, &given))
    {
      /* The field says what is wrong with it once one goes on. */
      say (dialog, "says", _("Say whose pre-invoice it is, and its first and last day."));
      return;
    }
  wrong = dup_wrong (dialog);
  if (wrong != NULL)
    {
      say (dialog, "says", wrong);
      return;
    }
  begin (dialog);
  dsp_replica_bill_async (dsp_office_get_replica (dialog->office), &dialog->wanted.distributor_id, dialog->wanted.from,
                          dialog->wanted.until, dialog->progress, dialog->asking, billed_cb, dialog);
}

static gboolean
on_soon (gpointer user_data)
{
  Dialog *dialog = user_data;

  dialog->soon = 0;
  preview (dialog);
  return G_SOURCE_REMOVE;
}

static void
on_changed (GtkWidget *form,
            Dialog    *dialog)
{
  forget (dialog);
  dialog->soon = g_timeout_add (PREVIEW_AFTER_MS, on_soon, dialog);
}

/* What is generated must be what was seen: lines that come or go meanwhile are shown. */
static void
on_records_changed (GtkWidget       *window,
                    const DspEntity *entity)
{
  Dialog *dialog = g_object_get_data (G_OBJECT (window), "dialog");

  if (dialog == NULL || dialog->giving || (entity != NULL && entity != &dsp_statement_line && entity != &dsp_penalty && entity != &dsp_tax_rule))
    return;
  if (dialog->soon == 0 && dialog->asking == NULL)
    dialog->soon = g_timeout_add (PREVIEW_AFTER_MS, on_soon, dialog);
}

/* Of the pre-invoice it is said once it is known that there is none. */
static void
on_stop (Dialog *dialog)
{
  if (dialog->giving)
    {
      g_cancellable_cancel (dialog->asking);
      gtk_widget_set_sensitive (dialog->stop, FALSE);
      return;
    }
  forget (dialog);
  say (dialog, "stopped", NULL);
}

/* ---- generating ---- */

static void
show_stopped (Dialog *dialog)
{
  if (dialog->window == NULL)
    return;
  gtk_widget_set_sensitive (dialog->form, TRUE);
  forget (dialog);
  say (dialog, "stopped", NULL);
  gtk_widget_grab_focus (dialog->again);
}

static void
taken_back_cb (GObject      *source,
               GAsyncResult *res,
               gpointer      user_data)
{
  Dialog *dialog = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_undo_finish (DSP_REPLICA (source), res, &error);
  g_autofree char *sentence = outcome == NULL || outcome->refused->len > 0 ? dsp_text_outcome (outcome, error) : NULL;

  dialog->giving = FALSE;
  if (sentence != NULL)
    dsp_office_message (dialog->office, 0, "%s", sentence);
  show_stopped (dialog);
  dialog_unref (dialog);
}

static void
given_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  Dialog *dialog = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_give_finish (DSP_REPLICA (source), res, &error);
  const DspRefusal *refusal = outcome != NULL && outcome->refused->len > 0 ? &g_array_index (outcome->refused, DspRefusal, 0) : NULL;
  bool stopped = g_cancellable_is_cancelled (g_task_get_cancellable (G_TASK (res)));

  if (stopped && outcome != NULL && outcome->group != 0)
    {
      /* Too late to be stopped. */
      dsp_replica_undo_async (DSP_REPLICA (source), outcome->group, NULL, taken_back_cb, dialog);
      return;
    }
  dialog->giving = FALSE;
  if (dialog->window != NULL)
    stop (dialog);
  if (stopped)
    show_stopped (dialog);
  else if (outcome != NULL && outcome->n_given > 0)
    {
      dsp_office_message (dialog->office, dsp_assign_remember (dialog->office, outcome->group), "%s", _(dsp_pre_invoice_create.past));
      if (dialog->window != NULL)
        gtk_window_destroy (GTK_WINDOW (dialog->window));
    }
  else if (dialog->window != NULL)
    {
      g_autofree char *sentence = refusal != NULL && refusal->rule == DSP_RULE_CHANGED && refusal->message != NULL
                                    ? g_strdup_printf (_("Not generated: %s. Here is the new preview."), refusal->message)
                                    : dsp_text_outcome (outcome, error);

      gtk_widget_set_sensitive (dialog->form, TRUE);
      preview (dialog);
      dsp_record_form_show_error (DSP_RECORD_FORM (dialog->form), NULL, sentence);
    }
  dialog_unref (dialog);
}

static guint64
bit (gsize offset)
{
  return dsp_table_bit (&dsp_pre_invoice.table, offset);
}

static void
on_generate (GtkWidget *button,
             Dialog    *dialog)
{
  DspReplica *replica = dsp_office_get_replica (dialog->office);
  DspId id = dsp_replica_new_id (replica);
  guint64 given = bit (offsetof (DspPreInvoice, distributor_id)) | bit (offsetof (DspPreInvoice, from)) |
                  bit (offsetof (DspPreInvoice, until)) | bit (offsetof (DspPreInvoice, n_lines)) | bit (offsetof (DspPreInvoice, total));

  if (dialog->bill == NULL || dialog->giving || dialog->bill->lines->len == 0)
    return;
  dialog->wanted.n_lines = (DspInt) { dialog->bill->lines->len, true };
  dialog->wanted.total = (DspMoney) { dialog->bill->totals.total, true };
  if (dialog->wanted.note != NULL)
    given |= bit (offsetof (DspPreInvoice, note));
  stop (dialog);
  dialog->giving = TRUE;
  begin (dialog);
  gtk_widget_set_sensitive (dialog->generate, FALSE);
  gtk_widget_set_sensitive (dialog->form, FALSE);
  dsp_replica_give_long_async (replica, &dsp_pre_invoice_create, &id, 1, &dialog->wanted, given, dialog->progress, dialog->asking, given_cb,
                               dialog);
}

/* ---- the window ---- */

static void
suggest (Dialog      *dialog,
         const DspId *distributor_id,
         DspDate      from,
         DspDate      until)
{
  g_autoptr(GPtrArray) own = dsp_own_distributors (dialog->office);
  DspPreInvoice args = { .distributor_id = *distributor_id, .from = from, .until = until };

  if (dsp_id_is_none (distributor_id) && own->len == 1)
    args.distributor_id = ((const DspRecord *) own->pdata[0])->id;
  if (from.day == 0)
    {
      DspDate today = dsp_text_local_day (g_get_real_time ());
      int year, month, day;

      dsp_date_split (today, &year, &month, &day);
      args.until = (DspDate) { today.day - day };
      dsp_date_split (args.until, &year, &month, &day);
      args.from = (DspDate) { args.until.day - day + 1 };
    }
  dsp_record_form_suggest (DSP_RECORD_FORM (dialog->form), &args);
}

static GtkWidget *
make_form (Dialog *dialog)
{
  static const gsize shown[] = { offsetof (DspPreInvoice, distributor_id), offsetof (DspPreInvoice, from),
                                 offsetof (DspPreInvoice, until), offsetof (DspPreInvoice, note) };
  guint64 without = DSP_FIELDS_ALL;

  for (guint i = 0; i < G_N_ELEMENTS (shown); i++)
    without &= ~bit (shown[i]);
  dialog->form = dsp_record_form_new (dialog->office, &dsp_pre_invoice, without);
  g_signal_connect (dialog->form, "changed", G_CALLBACK (on_changed), dialog);
  return dialog->form;
}

static GtkWidget *
make_progress (Dialog *dialog)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  dialog->stop = gtk_button_new_with_label (_("Stop"));
  dialog->working = gtk_label_new (NULL);
  dialog->bar = gtk_progress_bar_new ();
  gtk_widget_set_hexpand (dialog->bar, TRUE);
  gtk_widget_set_valign (dialog->bar, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (dialog->bar), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Progress"), -1);
  g_signal_connect_swapped (dialog->stop, "clicked", G_CALLBACK (on_stop), dialog);
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), dialog->working);
  gtk_box_append (GTK_BOX (box), dialog->bar);
  gtk_box_append (GTK_BOX (box), dialog->stop);
  return box;
}

static GtkWidget *
make_stopped (Dialog *dialog)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  dialog->again = gtk_button_new_with_label (_("Preview again"));
  gtk_box_append (GTK_BOX (box), gtk_label_new (_("Stopped. Nothing was generated.")));
  gtk_box_append (GTK_BOX (box), dialog->again);
  gtk_widget_set_halign (box, GTK_ALIGN_CENTER);
  gtk_widget_set_valign (box, GTK_ALIGN_CENTER);
  g_signal_connect_swapped (dialog->again, "clicked", G_CALLBACK (preview), dialog);
  return box;
}

static GtkWidget *
make_bill (Dialog *dialog)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12), *scroller = gtk_scrolled_window_new (), *view;
  GtkSelectionModel *selection;

  dialog->totals = dsp_totals_view_new ();
  view = dsp_line_view_new (dialog->office, false, _("Lines that it would have"), &dialog->store, &selection);
  gtk_widget_add_css_class (view, "frame");
  dialog->out = gtk_expander_new (NULL);
  dialog->out_list = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), dialog->out_list);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scroller), 120);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scroller), TRUE);
  gtk_expander_set_child (GTK_EXPANDER (dialog->out), scroller);
  gtk_box_append (GTK_BOX (box), dialog->totals);
  gtk_box_append (GTK_BOX (box), view);
  gtk_box_append (GTK_BOX (box), dialog->out);
  return box;
}

static GtkWidget *
make_content (Dialog *dialog)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);

  dialog->says = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (dialog->says), TRUE);
  gtk_widget_add_css_class (dialog->says, "dim-label");
  dialog->stack = gtk_stack_new ();
  gtk_stack_add_named (GTK_STACK (dialog->stack), dialog->says, "says");
  gtk_stack_add_named (GTK_STACK (dialog->stack), make_progress (dialog), "progress");
  gtk_stack_add_named (GTK_STACK (dialog->stack), make_stopped (dialog), "stopped");
  gtk_stack_add_named (GTK_STACK (dialog->stack), make_bill (dialog), "bill");
  gtk_widget_set_vexpand (dialog->stack, TRUE);
  gtk_box_append (GTK_BOX (box), make_form (dialog));
  gtk_box_append (GTK_BOX (box), dialog->stack);
  gtk_widget_add_css_class (box, "dsp-dialog-content");
  return box;
}

static GtkWidget *
make_header (Dialog *dialog)
{
  GtkWidget *header = adw_header_bar_new ();
  GtkEventController *shortcuts = gtk_shortcut_controller_new ();

  adw_header_bar_set_show_end_title_buttons (ADW_HEADER_BAR (header), FALSE);
  dialog->cancel = gtk_button_new_with_mnemonic (_("_Cancel"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (dialog->cancel), "window.close");
  gtk_accessible_update_property (GTK_ACCESSIBLE (dialog->cancel), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Cancel"), -1);
  dialog->generate = gtk_button_new_with_mnemonic (_("_Generate"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (dialog->generate), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Generate"), -1);
  gtk_widget_add_css_class (dialog->generate, "suggested-action");
  gtk_widget_set_sensitive (dialog->generate, FALSE);
  g_signal_connect (dialog->generate, "clicked", G_CALLBACK (on_generate), dialog);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), dialog->cancel);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), dialog->generate);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (shortcuts),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                                                          gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (dialog->window, shortcuts);
  return header;
}

void
dsp_bill_window_open (GtkWindow   *parent,
                      DspOffice   *office,
                      const DspId *distributor_id,
                      DspDate      from,
                      DspDate      until)
{
  Dialog *dialog = g_new0 (Dialog, 1);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  dialog->refs = 1;
  dialog->office = g_object_ref (office);
  dialog->window = adw_window_new ();
  gtk_window_set_title (GTK_WINDOW (dialog->window), _(dsp_pre_invoice_create.label));
  gtk_window_set_modal (GTK_WINDOW (dialog->window), TRUE);
  gtk_window_set_transient_for (GTK_WINDOW (dialog->window), parent);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (dialog->window), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (dialog->window), 860, 660);
  g_object_set_data (G_OBJECT (dialog->window), "dialog", dialog);
  g_signal_connect (dialog->window, "destroy", G_CALLBACK (on_destroy), dialog);
  gtk_box_append (GTK_BOX (box), make_header (dialog));
  gtk_box_append (GTK_BOX (box), make_content (dialog));
  adw_window_set_content (ADW_WINDOW (dialog->window), box);
  gtk_window_set_default_widget (GTK_WINDOW (dialog->window), dialog->generate);
  g_signal_connect_object (office, "records-changed", G_CALLBACK (on_records_changed), dialog->window, G_CONNECT_SWAPPED);
  suggest (dialog, distributor_id, from, until);
  preview (dialog);
  gtk_window_present (GTK_WINDOW (dialog->window));
  gtk_widget_child_focus (dialog->form, GTK_DIR_TAB_FORWARD);
}
