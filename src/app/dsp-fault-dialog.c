/* dsp-fault-dialog.c: a supervisor notes a fault that no clock sees
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-fault-dialog"

#include "config.h"
#include "dsp-fault-dialog.h"

#include "dsp-facts.h"
#include "dsp-process-effect.h"
#include "dsp-record-form.h"
#include "dsp-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define PREVIEW_MS 150

#define DSP_TYPE_FAULT_DIALOG (dsp_fault_dialog_get_type ())
G_DECLARE_FINAL_TYPE (DspFaultDialog, dsp_fault_dialog, DSP, FAULT_DIALOG, AdwWindow)

struct _DspFaultDialog
{
  AdwWindow  parent_instance;

  DspOffice *office;   /* (owned) */
  DspId      order_id;
  char      *number;   /* (owned): the order's */
  DspId      id;       /* of the penalty to be */
  GtkWidget *form;
  GtkWidget *facts;    /* what saving would mean */
  GtkWidget *save;
  guint      soon;     /* a preview */
  guint      run;      /* the newest preview counts */
  gboolean   saving;
};

G_DEFINE_FINAL_TYPE (DspFaultDialog, dsp_fault_dialog, ADW_TYPE_WINDOW)

/* A preview on its way. */
typedef struct {
  DspFaultDialog *self; /* (owned) */
  guint           run;
} Preview;

/* The form knows nothing of which order it is. */
static guint64
add_order (DspFaultDialog *self,
           DspPenalty     *args)
{
  args->order_id = self->order_id;
  return dsp_table_bit (&dsp_penalty.table, offsetof (DspPenalty, order_id));
}

/* ---- what saving would mean ---- */

static void
say (DspFaultDialog *self,
     const char     *text,
     const char     *css_class)
{
  dsp_facts_clear (self->facts);
  gtk_box_append (GTK_BOX (self->facts), dsp_facts_label (text, css_class));
}

static void
show_penalty (DspFaultDialog   *self,
              const DspPenalty *penalty)
{
  static const gsize shown[] = { offsetof (DspPenalty, rule_id), offsetof (DspPenalty, distributor_id), offsetof (DspPenalty, crew_id),
                                 offsetof (DspPenalty, state), offsetof (DspPenalty, appeal_until) };
  g_autofree char *money = dsp_text_money (penalty->amount.cents);
  g_autoptr(GString) text = g_string_new (NULL);

  /* Translators: a fault and what it costs */
  g_string_append_printf (text, _("A penalty is noted: %s, %s"), dsp_text_word (&DspFault_words, penalty->fault), money);
  for (guint i = 0; i < G_N_ELEMENTS (shown); i++)
    {
      const DspField *field = dsp_table_at (&dsp_penalty.table, shown[i]);
      g_autofree char *is = dsp_office_field_text (self->office, field, penalty);

      g_string_append_c (text, '\n');
      /* Translators: a field and its value */
      g_string_append_printf (text, _("%s: %s"), _(field->label), *is != '\0' ? is : _("none"));
    }
  say (self, text->str, "numeric");
}

static void
previewed_cb (GObject      *source,
              GAsyncResult *res,
              gpointer      user_data)
{
  Preview *preview = user_data;
  g_autoptr(DspFaultDialog) self = preview->self;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_preview_finish (DSP_REPLICA (source), res, &error);

  if (self->form != NULL && preview->run == self->run && outcome != NULL && outcome->refused->len > 0)
    {
      g_autofree char *sentence = dsp_process_refusal (self->office, &g_array_index (outcome->refused, DspRefusal, 0));

      say (self, sentence, "error");
    }
  else if (self->form != NULL && preview->run == self->run && outcome != NULL && outcome->after != NULL)
    show_penalty (self, outcome->after);
  g_free (preview);
}

static gboolean
preview_now (gpointer user_data)
{
  DspFaultDialog *self = user_data;
  DspPenalty args = { 0 };
  guint64 given;

  self->soon = 0;
  self->run++;
  /* Without the reason it can be said already. */
  dsp_record_form_peek (DSP_RECORD_FORM (self->form), &args, &given);
  if (args.fault == DSP_FAULT_NONE)
    say (self, _("Choose the fault: then its rule and what it costs stand here."), "dim-label");
  else
    {
      Preview *preview = g_new0 (Preview, 1);

      preview->self = g_object_ref (self);
      preview->run = self->run;
      given = dsp_table_bit (&dsp_penalty.table, offsetof (DspPenalty, fault)) |
              dsp_table_bit (&dsp_penalty.table, offsetof (DspPenalty, due_at)) |
              (args.amount.is_set ? dsp_table_bit (&dsp_penalty.table, offsetof (DspPenalty, amount)) : 0) | add_order (self, &args);
      dsp_replica_preview_async (dsp_office_get_replica (self->office), &dsp_penalty_create, &self->id, 1, &args, given, NULL,
                                 previewed_cb, preview);
    }
  dsp_table_clear (&dsp_penalty.table, &args);
  return G_SOURCE_REMOVE;
}

static void
preview_soon (DspFaultDialog *self)
{
  g_clear_handle_id (&self->soon, g_source_remove);
  self->soon = g_timeout_add (PREVIEW_MS, preview_now, self);
}

/* ---- saving ---- */

static void
given_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  g_autoptr(DspFaultDialog) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_give_finish (DSP_REPLICA (source), res, &error);
  g_autofree char *wrong = NULL;

  self->saving = FALSE;
  if (outcome == NULL)
    wrong = dsp_text_error (error);
  else if (outcome->n_given == 0)
    wrong = dsp_process_refusal (self->office, &g_array_index (outcome->refused, DspRefusal, 0));
  if (wrong == NULL)
    dsp_office_message (self->office, 0, _("%s: order %s"), _(dsp_penalty_create.past), self->number);
  else if (self->form == NULL)
    dsp_office_message (self->office, 0, "%s", wrong);
  if (self->form == NULL)
    return;
  if (wrong == NULL)
    gtk_window_destroy (GTK_WINDOW (self));
  else
    {
      dsp_record_form_show_error (DSP_RECORD_FORM (self->form), NULL, wrong);
      gtk_widget_set_sensitive (self->save, TRUE);
    }
}

static void
on_save (DspFaultDialog *self)
{
  DspPenalty args = { 0 };
  guint64 given;

  if (!self->saving && dsp_record_form_read (DSP_RECORD_FORM (self->form), &args, &given))
    {
      self->saving = TRUE;
      gtk_widget_set_sensitive (self->save, FALSE);
      given |= add_order (self, &args);
      dsp_replica_give_async (dsp_office_get_replica (self->office), &dsp_penalty_create, &self->id, 1, &args, given, NULL, given_cb,
                              g_object_ref (self));
    }
  dsp_table_clear (&dsp_penalty.table, &args);
}

/* ---- the window ---- */

static void
dsp_fault_dialog_dispose (GObject *object)
{
  DspFaultDialog *self = DSP_FAULT_DIALOG (object);

  g_clear_handle_id (&self->soon, g_source_remove);
  self->form = NULL;
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_fault_dialog_parent_class)->dispose (object);
}

static void
dsp_fault_dialog_finalize (GObject *object)
{
  g_free (DSP_FAULT_DIALOG (object)->number);
  G_OBJECT_CLASS (dsp_fault_dialog_parent_class)->finalize (object);
}

static void
dsp_fault_dialog_class_init (DspFaultDialogClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_fault_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = dsp_fault_dialog_finalize;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
dsp_fault_dialog_init (DspFaultDialog *self)
{
}

static GtkWidget *
make_header (DspFaultDialog *self)
{
  GtkWidget *header = adw_header_bar_new (), *cancel = gtk_button_new_with_mnemonic (_("_Cancel"));

  adw_header_bar_set_show_end_title_buttons (ADW_HEADER_BAR (header), FALSE);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (cancel), "window.close");
  gtk_accessible_update_property (GTK_ACCESSIBLE (cancel), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Cancel"), -1);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), cancel);
  self->save = gtk_button_new_with_mnemonic (_("_Save"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->save), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Save"), -1);
  gtk_widget_add_css_class (self->save, "suggested-action");
  g_signal_connect_swapped (self->save, "clicked", G_CALLBACK (on_save), self);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), self->save);
  return header;
}

static GtkWidget *
make_content (DspFaultDialog *self,
              const DspOrder *order)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *inner = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  GtkWidget *effect = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  DspPenalty known = { .due_at.us = g_get_real_time () / G_TIME_SPAN_MINUTE * G_TIME_SPAN_MINUTE };

  self->form = dsp_record_form_new_for_args (self->office, &dsp_penalty_create, order);
  dsp_record_form_suggest (DSP_RECORD_FORM (self->form), &known);
  g_signal_connect_object (self->form, "changed", G_CALLBACK (preview_soon), self, G_CONNECT_SWAPPED);
  self->facts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_add_css_class (effect, "dsp-effect");
  gtk_box_append (GTK_BOX (effect), dsp_facts_label (_("On saving"), "heading"));
  gtk_box_append (GTK_BOX (effect), self->facts);
  gtk_widget_add_css_class (inner, "dsp-dialog-content");
  gtk_box_append (GTK_BOX (inner), self->form);
  gtk_box_append (GTK_BOX (inner), effect);
  gtk_box_append (GTK_BOX (box), make_header (self));
  gtk_box_append (GTK_BOX (box), inner);
  return box;
}

void
dsp_fault_dialog_open (GtkWindow   *parent,
                       DspOffice   *office,
                       const DspId *id)
{
  const DspOrder *lent = dsp_replica_get_order (dsp_office_get_replica (office), id);
  g_autoptr(DspOrder) order = lent != NULL ? dsp_order_dup (lent) : NULL;
  DspFaultDialog *self;
  g_autofree char *title = NULL;

  if (order == NULL)
    return;
  title = g_strdup_printf (_("%s · order %s"), _("Note a fault"), order->number);
  self = g_object_new (DSP_TYPE_FAULT_DIALOG, "title", title, "modal", TRUE, "transient-for", parent, "destroy-with-parent", TRUE,
                       "default-width", 620, NULL);
  self->office = g_object_ref (office);
  self->order_id = *id;
  self->number = g_strdup (order->number);
  self->id = dsp_replica_new_id (dsp_office_get_replica (office));
  adw_window_set_content (ADW_WINDOW (self), make_content (self, order));
  gtk_window_set_default_widget (GTK_WINDOW (self), self->save);
  gtk_window_present (GTK_WINDOW (self));
  gtk_widget_child_focus (self->form, GTK_DIR_TAB_FORWARD);
  preview_now (self);
}
