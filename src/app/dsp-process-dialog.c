/* dsp-process-dialog.c: a process of one order or of many, from its command's argument table
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The form is the table's. Under it stands what saving would mean, from a run of the same rules that is thrown away: for
 * one order its new status and dates, for many which will and which will not be done, and why.
 */
#define G_LOG_DOMAIN "dsp-process-dialog"

#include "config.h"
#include "dsp-process-dialog.h"

#include "dsp-record-form.h"
#include "dsp-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define PREVIEW_MS 150
#define MAX_LISTED 50

const DspCommand *const dsp_processes[] = {
  &dsp_order_retype, &dsp_order_cancel, &dsp_order_reject, &dsp_order_reschedule, &dsp_order_close, &dsp_order_update_address, NULL,
};
const DspCommand *const dsp_more_processes[] = {
  &dsp_order_start, &dsp_order_needs_reschedule, &dsp_order_follow_up, &dsp_order_return, &dsp_order_transfer, &dsp_order_reopen, NULL,
};

typedef struct {
  DspOffice        *office;   /* (owned) */
  const DspCommand *command;
  DspId            *ids;      /* (owned) */
  guint             n_ids;
  GtkWidget        *window;   /* NULL once closed */
  GtkWidget        *form;
  GtkWidget        *effect;
  GtkWidget        *save;
  guint             soon;     /* a preview */
  guint             run;      /* the newest preview counts */
  gboolean          saving;
  int               refs;
} Dialog;

/* A preview on its way. */
typedef struct {
  Dialog *dialog;
  guint   run;
} Preview;

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
  g_clear_handle_id (&dialog->soon, g_source_remove);
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
add_change (GString    *text,
            const char *what,
            const char *before,
            const char *after)
{
  if (g_strcmp0 (before, after) == 0)
    return;
  /* Translators: what changes, before, after */
  g_string_append_printf (text, _("%s: %s → %s"), what, *before != '\0' ? before : "–", *after != '\0' ? after : "–");
  g_string_append_c (text, '\n');
}

static char *
effect_on_one (Dialog         *dialog,
               const DspOrder *after)
{
  static const gsize shown[] = { offsetof (DspOrder, status), offsetof (DspOrder, crew_id), offsetof (DspOrder, distributor_id),
                                 offsetof (DspOrder, attention_at), offsetof (DspOrder, penalty_at) };
  const DspOrder *lent = first_order (dialog);
  g_autoptr(DspOrder) before = lent != NULL ? dsp_order_dup (lent) : NULL;
  GString *text = g_string_new (NULL);

  for (guint i = 0; before != NULL && i < G_N_ELEMENTS (shown); i++)
    {
      const DspField *field = dsp_table_at (&dsp_order.table, shown[i]);
      g_autofree char *was = dsp_office_field_text (dialog->office, field, before);
      g_autofree char *is = dsp_office_field_text (dialog->office, field, after);

      add_change (text, _(field->label), was, is);
    }
  if (before != NULL && before->stopped_at.us == 0 && after->stopped_at.us != 0)
    g_string_append_printf (text, "%s\n", _("The penalty clock stops"));
  if (before != NULL && before->stopped_at.us != 0 && after->stopped_at.us == 0 && dsp_order_is_open (after))
    g_string_append_printf (text, "%s\n", _("The penalty clock runs again"));
  if (text->len == 0)
    g_string_append (text, _("Nothing else changes."));
  return g_strchomp (g_string_free (text, FALSE));
}

static void
list_refusals (Dialog     *dialog,
               DspOutcome *outcome,
               GString    *text)
{
  for (guint i = 0; i < outcome->refused->len && i < MAX_LISTED; i++)
    {
      const DspRefusal *refusal = &g_array_index (outcome->refused, DspRefusal, i);
      const DspOrder *order = dsp_replica_get_order (dsp_office_get_replica (dialog->office), &refusal->id);
      g_autofree char *sentence = dsp_text_rule (refusal->rule, refusal->message);

      g_string_append_printf (text, "\n%s: %s", order != NULL ? order->number : "?", sentence);
    }
  if (outcome->refused->len > MAX_LISTED)
    {
      g_string_append_c (text, '\n');
      g_string_append_printf (text, ngettext ("and %u more", "and %u more", outcome->refused->len - MAX_LISTED),
                              outcome->refused->len - MAX_LISTED);
    }
}

static char *
effect_on_many (Dialog     *dialog,
                DspOutcome *outcome)
{
  g_autoptr(GString) text = g_string_new (NULL);

  g_string_append_printf (text, ngettext ("%u order will be changed", "%u orders will be changed", outcome->n_given), outcome->n_given);
  if (outcome->refused->len > 0)
    {
      g_string_append (text, "; ");
      g_string_append_printf (text, ngettext ("%u will not:", "%u will not:", outcome->refused->len), outcome->refused->len);
      list_refusals (dialog, outcome, text);
    }
  return g_strdup (text->str);
}

static void
previewed_cb (GObject      *source,
              GAsyncResult *res,
              gpointer      user_data)
{
  g_autofree Preview *preview = user_data;
  Dialog *dialog = preview->dialog;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_preview_finish (DSP_REPLICA (source), res, &error);
  g_autofree char *text = NULL;

  if (dialog->window != NULL && preview->run == dialog->run && outcome != NULL)
    {
      gboolean possible = outcome->refused->len < dialog->n_ids;

      if (dialog->n_ids > 1)
        text = effect_on_many (dialog, outcome);
      else if (outcome->after != NULL)
        text = effect_on_one (dialog, outcome->after);
      else if (outcome->refused->len > 0)
        {
          const DspRefusal *refusal = &g_array_index (outcome->refused, DspRefusal, 0);

          text = dsp_text_rule (refusal->rule, refusal->message);
        }
      gtk_label_set_text (GTK_LABEL (dialog->effect), text != NULL ? text : "");
      if (possible)
        gtk_widget_remove_css_class (dialog->effect, "error");
      else
        gtk_widget_add_css_class (dialog->effect, "error");
    }
  dialog_unref (dialog);
}

static gboolean
preview_now (gpointer user_data)
{
  Dialog *dialog = user_data;
  g_autofree gpointer args = g_malloc0 (dialog->command->args->size);
  Preview *preview = g_new0 (Preview, 1);
  guint64 given;

  dialog->soon = 0;
  dialog->refs++;
  preview->dialog = dialog;
  preview->run = ++dialog->run;
  /* A form that cannot be read yet says so at its fields when it is saved, not while it is written. */
  if (dsp_record_form_read (DSP_RECORD_FORM (dialog->form), args, &given))
    dsp_replica_preview_async (dsp_office_get_replica (dialog->office), dialog->command, dialog->ids, dialog->n_ids, args, given,
                               NULL, previewed_cb, preview);
  else
    {
      dsp_record_form_clear_errors (DSP_RECORD_FORM (dialog->form));
      gtk_label_set_text (GTK_LABEL (dialog->effect), "");
      g_free (preview);
      dialog_unref (dialog);
    }
  dsp_table_clear (dialog->command->args, args);
  return G_SOURCE_REMOVE;
}

static void
on_changed (GtkWidget *form,
            Dialog    *dialog)
{
  g_clear_handle_id (&dialog->soon, g_source_remove);
  dialog->soon = g_timeout_add (PREVIEW_MS, preview_now, dialog);
}

/* ---- saving ---- */

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
  else if (outcome->n_given == 0 && outcome->refused->len > 0)
    {
      g_autoptr(GString) text = g_string_new (_("Nothing was changed:"));

      list_refusals (dialog, outcome, text);
      wrong = g_strdup (text->str);
    }
  if (wrong != NULL && dialog->window != NULL)
    {
      dsp_record_form_show_error (DSP_RECORD_FORM (dialog->form), NULL, wrong);
      gtk_widget_set_sensitive (dialog->save, TRUE);
    }
  else if (wrong != NULL)
    dsp_office_message (dialog->office, 0, "%s", wrong);
  else
    {
      if (outcome->refused->len > 0)
        {
          g_autoptr(GString) text = g_string_new (NULL);

          list_refusals (dialog, outcome, text);
          dsp_office_message (dialog->office, 0, ngettext ("%s: %u order; refused:%s", "%s: %u orders; refused:%s", outcome->n_given),
                              _(dialog->command->past), outcome->n_given, text->str);
        }
      else if (dialog->n_ids > 1)
        dsp_office_message (dialog->office, 0, ngettext ("%s: %u order", "%s: %u orders", outcome->n_given), _(dialog->command->past),
                            outcome->n_given);
      else
        {
          const DspOrder *order = first_order (dialog);

          /* Translators: what was done, then the number of the order */
          dsp_office_message (dialog->office, 0, _("%s: order %s"), _(dialog->command->past), order != NULL ? order->number : "?");
        }
      if (dialog->window != NULL)
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
    ((DspClose *) args)->closed_at.us = g_get_real_time () / G_TIME_SPAN_MINUTE * G_TIME_SPAN_MINUTE;
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

/* Attachments are chosen elsewhere. */
static guint64
hidden_fields (const DspTable *table)
{
  guint64 hidden = 0;

  for (guint i = 0; i < table->n_fields; i++)
    if (table->fields[i].target == &dsp_attachment)
      hidden |= G_GUINT64_CONSTANT (1) << i;
  return hidden;
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

static GtkWidget *
make_effect (Dialog *dialog)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4), *heading = gtk_label_new (_("On saving"));

  gtk_label_set_xalign (GTK_LABEL (heading), 0);
  gtk_widget_add_css_class (heading, "heading");
  dialog->effect = gtk_label_new ("");
  gtk_label_set_xalign (GTK_LABEL (dialog->effect), 0);
  gtk_label_set_wrap (GTK_LABEL (dialog->effect), TRUE);
  gtk_label_set_selectable (GTK_LABEL (dialog->effect), TRUE);
  gtk_widget_add_css_class (dialog->effect, "numeric");
  gtk_widget_add_css_class (box, "dsp-effect");
  gtk_box_append (GTK_BOX (box), heading);
  gtk_box_append (GTK_BOX (box), dialog->effect);
  return box;
}

void
dsp_process_dialog_open (GtkWindow        *parent,
                         DspOffice        *office,
                         const DspCommand *command,
                         const DspId      *ids,
                         guint             n_ids)
{
  Dialog *dialog = g_new0 (Dialog, 1);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *inner = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  GtkWidget *header = adw_header_bar_new (), *scroller = gtk_scrolled_window_new (), *cancel;
  g_autofree gpointer args = g_malloc0 (command->args->size);
  g_autofree char *title = NULL;

  g_return_if_fail (n_ids > 0);
  dialog->refs = 1;
  dialog->office = g_object_ref (office);
  dialog->command = command;
  dialog->ids = g_memdup2 (ids, n_ids * sizeof *ids);
  dialog->n_ids = n_ids;
  title = dup_title (dialog);
  dialog->window = adw_window_new ();
  gtk_window_set_title (GTK_WINDOW (dialog->window), title);
  gtk_window_set_modal (GTK_WINDOW (dialog->window), TRUE);
  gtk_window_set_transient_for (GTK_WINDOW (dialog->window), parent);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (dialog->window), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (dialog->window), 620, command->args->n_fields > 8 ? 620 : 460);
  g_signal_connect (dialog->window, "destroy", G_CALLBACK (on_destroy), dialog);
  add_escape (dialog->window);

  adw_header_bar_set_show_end_title_buttons (ADW_HEADER_BAR (header), FALSE);
  cancel = gtk_button_new_with_mnemonic (_("_Cancel"));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (cancel), "window.close");
  gtk_accessible_update_property (GTK_ACCESSIBLE (cancel), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Cancel"), -1);
  dialog->save = gtk_button_new_with_mnemonic (_("_Save"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (dialog->save), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Save"), -1);
  gtk_widget_add_css_class (dialog->save, "suggested-action");
  g_signal_connect (dialog->save, "clicked", G_CALLBACK (on_save), dialog);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), cancel);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), dialog->save);

  dialog->form = dsp_record_form_new_for_args (office, command, hidden_fields (command->args));
  fill_known (dialog, args);
  dsp_record_form_set_record (DSP_RECORD_FORM (dialog->form), args, TRUE);
  dsp_table_clear (command->args, args);
  g_signal_connect (dialog->form, "changed", G_CALLBACK (on_changed), dialog);
  gtk_widget_add_css_class (inner, "dsp-dialog-content");
  gtk_box_append (GTK_BOX (inner), dialog->form);
  gtk_box_append (GTK_BOX (inner), make_effect (dialog));
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), inner);
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), scroller);
  adw_window_set_content (ADW_WINDOW (dialog->window), box);
  gtk_window_set_default_widget (GTK_WINDOW (dialog->window), dialog->save);
  gtk_window_present (GTK_WINDOW (dialog->window));
  gtk_widget_child_focus (dialog->form, GTK_DIR_TAB_FORWARD);
  on_changed (dialog->form, dialog);
}
