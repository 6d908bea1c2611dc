/* dsp-process-dialog.c: a process of one order or of many, from its command's argument table
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The form is the table's. Under it stands what saving would mean, from a run of the same rules that is thrown away: for
 * one order its new status and dates, for many which will and which will not be done, and why.
 */
#define G_LOG_DOMAIN "dsp-process-dialog"

#include "config.h"
#include "dsp-process-dialog.h"

#include "dsp-bookable.h"
#include "dsp-policy-list.h"
#include "dsp-process-effect.h"
#include "dsp-record-form.h"
#include "dsp-slot-row.h"
#include "dsp-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

const DspCommand *const dsp_processes[] = {
  &dsp_order_retype, &dsp_order_cancel, &dsp_order_reject, &dsp_order_reschedule, &dsp_order_close, &dsp_order_update_address, NULL,
};
const DspCommand *const dsp_more_processes[] = {
  &dsp_order_start, &dsp_order_needs_reschedule, &dsp_order_follow_up, &dsp_order_return, &dsp_order_transfer, &dsp_order_reopen,
  &dsp_penalty_create, NULL,
};

typedef struct {
  DspOffice        *office;   /* (owned) */
  const DspCommand *command;
  DspId            *ids;      /* (owned) */
  guint             n_ids;
  GtkWidget        *window;   /* NULL once closed */
  GtkWidget        *form;
  GtkWidget        *policy;   /* (nullable): what its sentences say of one order */
  GtkWidget        *effect;
  GtkWidget        *save;
  GtkWidget        *cancel;
  gboolean          saving;
  int               refs;
} Dialog;

static void
dialog_unref (Dialog *dialog)
{
  if (--dialog->refs > 0)
    return;
  g_object_unref (dialog->office);
  g_free (dialog->ids);
  g_free (dialog);
}

static void
on_destroy (GtkWidget *window,
            Dialog    *dialog)
{
  dialog->window = NULL;
  g_object_set_data (G_OBJECT (window), "dialog", NULL);
  dialog_unref (dialog);
}

gboolean
dsp_process_may (DspOffice        *office,
                 const DspCommand *command,
                 const DspOrder   *order,
                 char            **why)
{
  g_autoptr(GError) error = NULL;

  if (!dsp_office_may (office, command))
    {
      if (why != NULL)
        *why = dsp_text_rule (DSP_RULE_FORBIDDEN, NULL);
      return FALSE;
    }
  if (command->from == 0 || (DSP_BIT (order->status) & command->from))
    return TRUE;
  if (why != NULL)
    /* Translators: a status, such as Closed */
    *why = g_strdup_printf (_("Not possible: the order is “%s”"), dsp_text_word (&DspOrderStatus_words, order->status));
  return FALSE;
}

static const DspOrder *
first_order (Dialog *dialog)
{
  return dsp_replica_get_order (dsp_office_get_replica (dialog->office), &dialog->ids[0]);
}

/* ---- what saving would mean ---- */

static void
show_policy (Dialog *dialog)
{
  const DspOrder *lent = first_order (dialog);
  g_autoptr(DspOrder) order = lent != NULL ? dsp_order_dup (lent) : NULL;
  const DspPolicy *policy = dsp_bookable_policy (dialog->office, order);
  g_autoptr(DspBookable) bookable = dsp_bookable_new (dialog->office, order, policy);
  g_autoptr(GArray) sentences = NULL;
  g_autofree char *title = NULL;
  DspReschedule args = { 0 };

  dsp_record_form_peek_field (DSP_RECORD_FORM (dialog->form), "attention_at", &args);
  dsp_record_form_peek_field (DSP_RECORD_FORM (dialog->form), "attention_until", &args);
  dsp_record_form_peek_field (DSP_RECORD_FORM (dialog->form), "reason", &args);
  dsp_bookable_set_reason (bookable, args.reason);
  sentences = dsp_policy_judge (dsp_bookable_case (bookable), args.attention_at, args.attention_until);
  /* Translators: the code of a rescheduling policy */
  title = policy != NULL ? g_strdup_printf (_("Rescheduling policy %s"), policy->code) : g_strdup (_("No policy rules this order"));
  dsp_policy_list_show (DSP_POLICY_LIST (dialog->policy), title, sentences);
  dsp_table_clear (dialog->command->args, &args);
}

/* Another window may have taken the last place. */
static void
on_news (GtkWidget *window)
{
  Dialog *dialog = g_object_get_data (G_OBJECT (window), "dialog");

  if (dialog != NULL)
    show_policy (dialog);
}

static void
on_changed (GtkWidget *form,
            Dialog    *dialog)
{
  if (dialog->policy != NULL)
    show_policy (dialog);
}

/* ---- saving ---- */

/* Answers of which some are refusals stay until they were read. */
static void
tell (Dialog     *dialog,
      DspOutcome *outcome)
{
  gtk_widget_set_visible (dialog->form, FALSE);
  gtk_widget_set_visible (dialog->save, FALSE);
  gtk_widget_set_hexpand (dialog->effect, TRUE);
  gtk_button_set_label (GTK_BUTTON (dialog->cancel), _("_Close"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (dialog->cancel), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Close"), -1);
  gtk_widget_grab_focus (dialog->cancel);
  dsp_process_effect_tell (DSP_PROCESS_EFFECT (dialog->effect), dialog->ids, dialog->n_ids, outcome);
}

static void
given_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  Dialog *dialog = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_give_finish (DSP_REPLICA (source), res, &error);
  g_autofree char *wrong = NULL;

  dialog->saving = FALSE;
  if (outcome == NULL)
    wrong = dsp_text_error (error);
  else if (outcome->n_given == 0 && dialog->n_ids == 1)
    wrong = dsp_process_refusal (dialog->office, &g_array_index (outcome->refused, DspRefusal, 0));
  else if (outcome->n_given == 0)
    wrong = g_strdup (_("Nothing was changed: the rules refuse each of these orders."));
  if (wrong != NULL && dialog->window != NULL)
    {
      dsp_record_form_show_error (DSP_RECORD_FORM (dialog->form), NULL, wrong);
      gtk_widget_set_sensitive (dialog->save, TRUE);
    }
  else if (wrong != NULL)
    dsp_office_message (dialog->office, 0, "%s", wrong);
  else
    {
      const DspOrder *order = dialog->n_ids == 1 ? first_order (dialog) : NULL;

      if (order != NULL)
        /* Translators: what was done, then the number of the order */
        dsp_office_message (dialog->office, 0, _("%s: order %s"), _(dialog->command->past), order->number);
      else
        dsp_office_message (dialog->office, 0, ngettext ("%s: %u order", "%s: %u orders", outcome->n_given), _(dialog->command->past),
                            outcome->n_given);
      if (dialog->window != NULL && outcome->refused->len > 0)
        tell (dialog, outcome);
      else if (dialog->window != NULL)
        gtk_window_destroy (GTK_WINDOW (dialog->window));
    }
  dialog_unref (dialog);
}

static void
on_save (GtkWidget *button,
         Dialog    *dialog)
{
  g_autofree gpointer args = g_malloc0 (dialog->command->args->size);
  guint64 given;

  if (dialog->saving || !dsp_record_form_read (DSP_RECORD_FORM (dialog->form), args, &given))
    {
      dsp_table_clear (dialog->command->args, args);
      return;
    }
  dialog->saving = TRUE;
  dialog->refs++;
  gtk_widget_set_sensitive (dialog->save, FALSE);
  dsp_replica_give_async (dsp_office_get_replica (dialog->office), dialog->command, dialog->ids, dialog->n_ids, args, given, NULL,
                          given_cb, dialog);
  dsp_table_clear (dialog->command->args, args);
}

/* ---- the window ---- */

/* What is known already: fields of the order that the arguments are called after, and now for when it was attended. */
static void
fill_known (Dialog  *dialog,
            gpointer args)
{
  static const DspCommand *const prefilled[] = { &dsp_order_update_address, &dsp_order_retype };
  const DspTable *table = dialog->command->args;
  const DspOrder *order = dialog->n_ids == 1 ? first_order (dialog) : NULL;
  bool from_order = false;

  for (guint i = 0; i < G_N_ELEMENTS (prefilled); i++)
    from_order = from_order || dialog->command == prefilled[i];
  if (dialog->command == &dsp_order_close)
    {
      DspClose *close = args;

      close->closed_at.us = g_get_real_time () / G_TIME_SPAN_MINUTE * G_TIME_SPAN_MINUTE;
      /* Where a position is asked for it is the customer's, unless the crew says another. */
      if (order != NULL)
        {
          close->lat_e7 = order->lat_e7;
          close->lon_e7 = order->lon_e7;
        }
    }
  if (dialog->command == &dsp_order_start)
    ((DspStart *) args)->started_at.us = g_get_real_time () / G_TIME_SPAN_MINUTE * G_TIME_SPAN_MINUTE;
  for (guint i = 0; order != NULL && from_order && i < table->n_fields; i++)
    {
      const DspField *to = &table->fields[i];
      const DspField *from = dsp_table_find (&dsp_order.table, to->name, to->name_len);

      if (from != NULL && from->kind == to->kind && !(to->flags & DSP_WHY) && !dsp_field_is_none (from, order))
        {
          g_autofree char *text = dsp_field_dup_text (from, order);

          dsp_field_set_text (to, args, text, NULL);
        }
    }
}

static char *
dup_title (Dialog *dialog)
{
  const DspOrder *order = first_order (dialog);

  if (dialog->n_ids > 1)
    return g_strdup_printf (ngettext ("%s · %u order", "%s · %u orders", dialog->n_ids), _(dialog->command->label), dialog->n_ids);
  /* Translators: the process, then the number of the order */
  return g_strdup_printf (_("%s · order %s"), _(dialog->command->label), order != NULL ? order->number : "?");
}

static void
add_escape (GtkWidget *window)
{
  GtkEventController *shortcuts = gtk_shortcut_controller_new ();

  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (shortcuts),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                                                          gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (window, shortcuts);
}

/* Beside the form what it would mean: of a date there is more to see than fits under one another. */
static GtkWidget *
make_content (Dialog *dialog)
{
  bool beside = dialog->command == &dsp_order_reschedule;
  GtkWidget *inner = gtk_box_new (beside ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL, 18);
  GtkWidget *side = inner;

  gtk_widget_add_css_class (inner, "dsp-dialog-content");
  gtk_box_append (GTK_BOX (inner), dialog->form);
  if (beside)
    {
      side = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
      gtk_widget_set_size_request (side, 340, -1);
      gtk_widget_set_hexpand (dialog->form, TRUE);
      gtk_box_append (GTK_BOX (inner), side);
      dsp_slot_row_set_orders (DSP_RECORD_FORM (dialog->form), dialog->ids, dialog->n_ids);
      if (dialog->n_ids == 1)
        {
          dialog->policy = dsp_policy_list_new ();
          gtk_box_append (GTK_BOX (side), dialog->policy);
          g_object_set_data (G_OBJECT (dialog->window), "dialog", dialog);
          g_signal_connect_object (dialog->office, "refreshed", G_CALLBACK (on_news), dialog->window, G_CONNECT_SWAPPED);
        }
      gtk_window_set_default_size (GTK_WINDOW (dialog->window), 1010, 640);
    }
  dialog->effect = dsp_process_effect_new (dialog->office);
  dsp_process_effect_follow (DSP_PROCESS_EFFECT (dialog->effect), DSP_RECORD_FORM (dialog->form), dialog->command, dialog->ids,
                             dialog->n_ids);
  gtk_box_append (GTK_BOX (side), dialog->effect);
  return inner;
}

void
dsp_process_dialog_open (GtkWindow        *parent,
                         DspOffice        *office,
                         const DspCommand *command,
                         const DspId      *ids,
                         guint             n_ids)
{
  Dialog *dialog = g_new0 (Dialog, 1);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *header = adw_header_bar_new (), *scroller = gtk_scrolled_window_new ();
  g_autoptr(DspOrder) order = NULL;
  g_autofree gpointer args = g_malloc0 (command->args->size);
  g_autofree char *title = NULL;

  g_return_if_fail (n_ids > 0);
  dialog->refs = 1;
  dialog->office = g_object_ref (office);
  dialog->command = command;
  dialog->ids = g_memdup2 (ids, n_ids * sizeof *ids);
  dialog->n_ids = n_ids;
  title = dup_title (dialog);
  if (n_ids == 1 && first_order (dialog) != NULL)
    order = dsp_order_dup (first_order (dialog));
  dialog->window = adw_window_new ();
  gtk_window_set_title (GTK_WINDOW (dialog->window), title);
  gtk_window_set_modal (GTK_WINDOW (dialog->window), TRUE);
  gtk_window_set_transient_for (GTK_WINDOW (dialog->window), parent);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (dialog->window), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (dialog->window), 620, command->args->n_fields > 8 ? 620 : 460);
  g_signal_connect (dialog->window, "destroy", G_CALLBACK (on_destroy), dialog);
  add_escape (dialog->window);

  adw_header_bar_set_show_end_title_buttons (ADW_HEADER_BAR (header), FALSE);
  dialog->cancel = gtk_button_new_with_mnemonic (_("_Cancel"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (dialog->cancel), "window.close");
  gtk_accessible_update_property (GTK_ACCESSIBLE (dialog->cancel), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Cancel"), -1);
  dialog->save = gtk_button_new_with_mnemonic (_("_Save"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (dialog->save), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Save"), -1);
  gtk_widget_add_css_class (dialog->save, "suggested-action");
  g_signal_connect (dialog->save, "clicked", G_CALLBACK (on_save), dialog);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), dialog->cancel);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), dialog->save);

  dialog->form = dsp_record_form_new_for_args (office, command, order);
  fill_known (dialog, args);
  /* Of an address only what was changed is given; everything else is said anew. */
  if (command == &dsp_order_update_address)
    dsp_record_form_set_record (DSP_RECORD_FORM (dialog->form), args, TRUE);
  else
    dsp_record_form_suggest (DSP_RECORD_FORM (dialog->form), args);
  dsp_table_clear (command->args, args);
  g_signal_connect (dialog->form, "changed", G_CALLBACK (on_changed), dialog);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), make_content (dialog));
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), scroller);
  adw_window_set_content (ADW_WINDOW (dialog->window), box);
  gtk_window_set_default_widget (GTK_WINDOW (dialog->window), dialog->save);
  gtk_window_present (GTK_WINDOW (dialog->window));
  gtk_widget_child_focus (dialog->form, GTK_DIR_TAB_FORWARD);
  on_changed (dialog->form, dialog);
}
