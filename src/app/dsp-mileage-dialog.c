/* dsp-mileage-dialog.c: kilometres are claimed: by day or by order, by odometer or from where to where
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-mileage-dialog"

#include "config.h"
#include "dsp-mileage-dialog.h"

#include "dsp-crew-visits.h"
#include "dsp-facts.h"
#include "dsp-mileage-list.h"
#include "dsp-money-commands.h"
#include "dsp-process-effect.h"
#include "dsp-record-form-private.h"
#include "dsp-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define PREVIEW_MS 150

#define DSP_TYPE_MILEAGE_DIALOG (dsp_mileage_dialog_get_type ())
G_DECLARE_FINAL_TYPE (DspMileageDialog, dsp_mileage_dialog, DSP, MILEAGE_DIALOG, AdwWindow)

struct _DspMileageDialog
{
  AdwWindow  parent_instance;

  DspOffice *office;   /* (owned) */
  const DspCommand *command;
  DspId      id;
  DspId      crew_id;  /* whose orders are offered, and of which day */
  DspDate    day;
  GCancellable *offering; /* (owned) (nullable) */
  GtkWidget *form;
  GtkWidget *facts;    /* the claim beside the proposal */
  GtkWidget *save;
  GtkWidget *submit;   /* save, and submit */
  guint      soon;     /* a preview */
  guint      run;      /* the newest preview counts */
  gboolean   saving;
  gboolean   submitting;
};

G_DEFINE_FINAL_TYPE (DspMileageDialog, dsp_mileage_dialog, ADW_TYPE_WINDOW)

/* A preview on its way. */
typedef struct {
  DspMileageDialog *self; /* (owned) */
  guint             run;
} Preview;

/* ---- the day's orders ---- */

static void
offered_cb (GObject      *source,
            GAsyncResult *res,
            gpointer      user_data)
{
  g_autoptr(DspMileageDialog) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) orders = dsp_crew_visits_finish (res, &error);

  if (orders != NULL && self->form != NULL)
    dsp_mileage_rows_offer (DSP_RECORD_FORM (self->form), orders);
  else if (orders == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_warning ("the crew's orders of the day: %s", error->message);
}

static void
offer_orders (DspMileageDialog *self,
              const DspMileage *args)
{
  if (dsp_id_equal (&self->crew_id, &args->crew_id) && self->day.day == args->day.day)
    return;
  self->crew_id = args->crew_id;
  self->day = args->day;
  g_cancellable_cancel (self->offering);
  g_clear_object (&self->offering);
  if (dsp_id_is_none (&self->crew_id) || self->day.day == 0)
    return;
  self->offering = g_cancellable_new ();
  dsp_crew_visits_async (self->office, &self->crew_id, self->day, self->offering, offered_cb, g_object_ref (self));
}

/* ---- what saving would mean ---- */

static void
say (DspMileageDialog *self,
     const char       *text,
     const char       *css_class)
{
  dsp_facts_clear (self->facts);
  gtk_box_append (GTK_BOX (self->facts), dsp_facts_label (text, css_class));
}

static void
show_claim (DspMileageDialog *self,
            const DspMileage *mileage)
{
  g_autofree char *claimed = g_strdup_printf (_("%.1f km are claimed."), mileage->claimed.value / 1000.0);
  g_autofree char *proposed = NULL, *above = NULL;

  if (mileage->proposed.is_set)
    /* Translators: kilometres, and who proposes them: "Straight line with the office's factor" */
    proposed = g_strdup_printf (_("%.1f km are proposed. %s."), mileage->proposed.value / 1000.0,
                                dsp_text_word (&DspDistance_words, mileage->proposed_by));
  else
    proposed = g_strdup (_("Nothing is proposed: the places of that day's visits are not known."));
  say (self, claimed, "numeric");
  gtk_box_append (GTK_BOX (self->facts), dsp_facts_label (proposed, "numeric"));
  if (!dsp_mileage_stands_out (self->office, mileage))
    return;
  above = g_strdup_printf (_("▲ That is more than %d %% above the proposal: say why in the note, the reviewer sees it first."),
                           (int) dsp_mileage_tolerance (self->office));
  gtk_box_append (GTK_BOX (self->facts), dsp_facts_label (above, "warning"));
}

static void
previewed_cb (GObject      *source,
              GAsyncResult *res,
              gpointer      user_data)
{
  Preview *preview = user_data;
  g_autoptr(DspMileageDialog) self = preview->self;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_preview_finish (DSP_REPLICA (source), res, &error);

  if (self->form != NULL && preview->run == self->run && outcome != NULL && outcome->refused->len > 0)
    {
      g_autofree char *sentence = dsp_process_refusal (self->office, &g_array_index (outcome->refused, DspRefusal, 0));

      say (self, sentence, "error");
    }
  else if (self->form != NULL && preview->run == self->run && outcome != NULL && outcome->after != NULL)
    show_claim (self, outcome->after);
  g_free (preview);
}

/* Enough to be judged: the crew, the day, and a distance. */
static bool
says_enough (DspMileageDialog *self,
             const DspMileage *args,
             guint64           given)
{
  if (self->command == &dsp_mileage_change)
    return given != 0;
  return !dsp_id_is_none (&args->crew_id) && args->day.day != 0 &&
         (args->claimed.is_set || (args->odometer_start.is_set && args->odometer_end.is_set));
}

static gboolean
preview_now (gpointer user_data)
{
  DspMileageDialog *self = user_data;
  DspMileage args = { 0 };
  guint64 given = 0;
  gboolean whole;

  self->soon = 0;
  self->run++;
  whole = dsp_record_form_peek (DSP_RECORD_FORM (self->form), &args, &given);
  offer_orders (self, &args);
  if (!whole || !says_enough (self, &args, given))
    say (self, _("When the crew, the day and the kilometres are said, the proposal stands here beside the claim."), "dim-label");
  else
    {
      Preview *preview = g_new0 (Preview, 1);

      preview->self = g_object_ref (self);
      preview->run = self->run;
      dsp_replica_preview_async (dsp_office_get_replica (self->office), self->command, &self->id, 1, &args, given, NULL,
                                 previewed_cb, preview);
    }
  dsp_table_clear (&dsp_mileage.table, &args);
  return G_SOURCE_REMOVE;
}

static void
preview_soon (DspMileageDialog *self)
{
  g_clear_handle_id (&self->soon, g_source_remove);
  self->soon = g_timeout_add (PREVIEW_MS, preview_now, self);
}

/* ---- saving ---- */

static void
set_busy (DspMileageDialog *self,
          gboolean          busy)
{
  self->saving = busy;
  gtk_widget_set_sensitive (self->save, !busy);
  gtk_widget_set_sensitive (self->submit, !busy);
}

static void
fail (DspMileageDialog *self,
      const char       *sentence)
{
  if (self->form == NULL)
    {
      dsp_office_message (self->office, 0, "%s", sentence);
      return;
    }
  dsp_record_form_show_error (DSP_RECORD_FORM (self->form), NULL, sentence);
  set_busy (self, FALSE);
}

static void
given_cb (GObject      *source,
          GAsyncResult *res,
          gpointer      user_data)
{
  g_autoptr(DspMileageDialog) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_give_finish (DSP_REPLICA (source), res, &error);
  g_autofree char *wrong = NULL;

  if (outcome == NULL)
    wrong = dsp_text_error (error);
  else if (outcome->n_given == 0)
    wrong = dsp_process_refusal (self->office, &g_array_index (outcome->refused, DspRefusal, 0));
  if (wrong != NULL)
    {
      fail (self, wrong);
      return;
    }
  if (self->submitting)
    {
      self->submitting = FALSE;
      self->command = &dsp_mileage_submit;
      dsp_replica_give_async (DSP_REPLICA (source), &dsp_mileage_submit, &self->id, 1, NULL, 0, NULL, given_cb, g_object_ref (self));
      return;
    }
  dsp_office_message (self->office, 0, "%s", _(self->command->past));
  if (self->form != NULL)
    gtk_window_destroy (GTK_WINDOW (self));
}

static void
give (DspMileageDialog *self,
      gboolean          submitting)
{
  DspMileage args = { 0 };
  guint64 given;

  if (!self->saving && dsp_record_form_read (DSP_RECORD_FORM (self->form), &args, &given))
    {
      set_busy (self, TRUE);
      self->submitting = submitting;
      dsp_replica_give_async (dsp_office_get_replica (self->office), self->command, &self->id, 1, &args, given, NULL, given_cb,
                              g_object_ref (self));
    }
  dsp_table_clear (&dsp_mileage.table, &args);
}

static void on_save (DspMileageDialog *self) { give (self, FALSE); }
static void on_submit (DspMileageDialog *self) { give (self, TRUE); }

/* ---- the window ---- */

static void
dsp_mileage_dialog_dispose (GObject *object)
{
  DspMileageDialog *self = DSP_MILEAGE_DIALOG (object);

  g_clear_handle_id (&self->soon, g_source_remove);
  g_cancellable_cancel (self->offering);
  g_clear_object (&self->offering);
  self->form = NULL;
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_mileage_dialog_parent_class)->dispose (object);
}

static void
dsp_mileage_dialog_class_init (DspMileageDialogClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_mileage_dialog_dispose;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close", NULL);
}

static void
dsp_mileage_dialog_init (DspMileageDialog *self)
{
}

static GtkWidget *
make_header (DspMileageDialog *self)
{
  GtkWidget *header = adw_header_bar_new (), *cancel = gtk_button_new_with_mnemonic (_("_Cancel"));

  adw_header_bar_set_show_end_title_buttons (ADW_HEADER_BAR (header), FALSE);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (cancel), "window.close");
  gtk_accessible_update_property (GTK_ACCESSIBLE (cancel), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Cancel"), -1);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), cancel);
  self->save = gtk_button_new_with_mnemonic (_("_Save"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->save), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Save"), -1);
  g_signal_connect_swapped (self->save, "clicked", G_CALLBACK (on_save), self);
  self->submit = gtk_button_new_with_mnemonic (_("Save and su_bmit"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->submit), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Save and submit"), -1);
  gtk_widget_add_css_class (self->submit, "suggested-action");
  gtk_widget_set_visible (self->submit, dsp_office_may (self->office, &dsp_mileage_submit));
  g_signal_connect_swapped (self->submit, "clicked", G_CALLBACK (on_submit), self);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), self->submit);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), self->save);
  return header;
}

static GtkWidget *
make_content (DspMileageDialog *self,
              const DspMileage *mileage,
              const DspId      *crew_id)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *inner = gtk_box_new (GTK_ORIENTATION_VERTICAL, 18);
  GtkWidget *effect = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4), *scroller = gtk_scrolled_window_new ();
  DspMileage known = { .crew_id = *crew_id, .day = dsp_text_local_day (g_get_real_time ()) };

  self->form = dsp_record_form_new_for_args (self->office, self->command, NULL);
  if (mileage != NULL)
    dsp_record_form_set_record (DSP_RECORD_FORM (self->form), mileage, TRUE);
  else
    dsp_record_form_suggest (DSP_RECORD_FORM (self->form), &known);
  g_signal_connect_object (self->form, "changed", G_CALLBACK (preview_soon), self, G_CONNECT_SWAPPED);
  self->facts = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2);
  gtk_widget_add_css_class (effect, "dsp-effect");
  gtk_box_append (GTK_BOX (effect), dsp_facts_label (_("Claim and proposal"), "heading"));
  gtk_box_append (GTK_BOX (effect), self->facts);
  gtk_widget_add_css_class (inner, "dsp-dialog-content");
  gtk_box_append (GTK_BOX (inner), self->form);
  gtk_box_append (GTK_BOX (inner), effect);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroller), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroller), inner);
  gtk_widget_set_vexpand (scroller, TRUE);
  gtk_box_append (GTK_BOX (box), make_header (self));
  gtk_box_append (GTK_BOX (box), scroller);
  return box;
}

void
dsp_mileage_dialog_open (GtkWindow        *parent,
                         DspOffice        *office,
                         const DspMileage *mileage,
                         const DspId      *crew_id)
{
  const DspCommand *command = mileage != NULL ? &dsp_mileage_change : &dsp_mileage_create;
  DspMileageDialog *self = g_object_new (DSP_TYPE_MILEAGE_DIALOG, "title", _(command->label), "modal", TRUE, "transient-for", parent,
                                         "destroy-with-parent", TRUE, "default-width", 680, "default-height", 640, NULL);

  self->office = g_object_ref (office);
  self->command = command;
  self->id = mileage != NULL ? mileage->id : dsp_replica_new_id (dsp_office_get_replica (office));
  adw_window_set_content (ADW_WINDOW (self), make_content (self, mileage, crew_id));
  gtk_window_set_default_widget (GTK_WINDOW (self), gtk_widget_get_visible (self->submit) ? self->submit : self->save);
  gtk_window_present (GTK_WINDOW (self));
  gtk_widget_child_focus (self->form, GTK_DIR_TAB_FORWARD);
  preview_now (self);
}
