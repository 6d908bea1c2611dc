/* dsp-create-window.c: a small window for a new record, of a few of its fields
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-create-window"

#include "config.h"
#include "dsp-create-window.h"

#include "dsp-record-form.h"
#include "dsp-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

typedef struct {
  DspOffice        *office; /* (owned) */
  const DspCommand *command;
  GtkWidget        *window; /* NULL once closed */
  GtkWidget        *form;
  GtkWidget        *save;
  int               refs;
} Dialog;

static void
dialog_unref (Dialog *dialog)
{
  if (--dialog->refs > 0)
    return;
  g_object_unref (dialog->office);
  g_free (dialog);
}

static void
on_destroy (GtkWidget *window,
            Dialog    *dialog)
{
  dialog->window = NULL;
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

  if (outcome != NULL && outcome->n_given > 0)
    {
      dsp_office_message (dialog->office, 0, "%s", _(dialog->command->past));
      if (dialog->window != NULL)
        gtk_window_destroy (GTK_WINDOW (dialog->window));
    }
  else
    {
      g_autofree char *sentence = dsp_text_outcome (outcome, error);

      if (dialog->window != NULL)
        {
          dsp_record_form_show_error (DSP_RECORD_FORM (dialog->form), NULL, sentence);
          gtk_widget_set_sensitive (dialog->save, TRUE);
        }
      else
        dsp_office_message (dialog->office, 0, "%s", sentence);
    }
  dialog_unref (dialog);
}

static void
on_save (GtkWidget *button,
         Dialog    *dialog)
{
  const DspEntity *entity = dialog->command->entity;
  gpointer record = dsp_record_new (entity);
  DspReplica *replica = dsp_office_get_replica (dialog->office);
  DspId id = dsp_replica_new_id (replica);
  guint64 given;

  if (dsp_record_form_read (DSP_RECORD_FORM (dialog->form), record, &given))
    {
      dialog->refs++;
      gtk_widget_set_sensitive (dialog->save, FALSE);
      dsp_replica_give_async (replica, dialog->command, &id, 1, record, given, NULL, given_cb, dialog);
    }
  dsp_record_free (entity, record);
}

void
dsp_create_window_open (GtkWindow        *parent,
                        DspOffice        *office,
                        const DspCommand *command,
                        guint64           fields,
                        gconstpointer     suggested)
{
  Dialog *dialog = g_new0 (Dialog, 1);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *header = adw_header_bar_new ();
  GtkWidget *cancel = gtk_button_new_with_mnemonic (_("_Cancel")), *content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkEventController *shortcuts = gtk_shortcut_controller_new ();

  dialog->refs = 1;
  dialog->office = g_object_ref (office);
  dialog->command = command;
  dialog->window = adw_window_new ();
  gtk_window_set_title (GTK_WINDOW (dialog->window), _(command->label));
  gtk_window_set_modal (GTK_WINDOW (dialog->window), TRUE);
  gtk_window_set_transient_for (GTK_WINDOW (dialog->window), parent);
  gtk_window_set_destroy_with_parent (GTK_WINDOW (dialog->window), TRUE);
  gtk_window_set_default_size (GTK_WINDOW (dialog->window), 560, -1);
  g_signal_connect (dialog->window, "destroy", G_CALLBACK (on_destroy), dialog);
  gtk_shortcut_controller_add_shortcut (GTK_SHORTCUT_CONTROLLER (shortcuts),
                                        gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Escape, 0),
                                                          gtk_named_action_new ("window.close")));
  gtk_widget_add_controller (dialog->window, shortcuts);

  adw_header_bar_set_show_end_title_buttons (ADW_HEADER_BAR (header), FALSE);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (cancel), "window.close");
  gtk_accessible_update_property (GTK_ACCESSIBLE (cancel), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Cancel"), -1);
  dialog->save = gtk_button_new_with_mnemonic (_("_Save"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (dialog->save), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Save"), -1);
  gtk_widget_add_css_class (dialog->save, "suggested-action");
  g_signal_connect (dialog->save, "clicked", G_CALLBACK (on_save), dialog);
  adw_header_bar_pack_start (ADW_HEADER_BAR (header), cancel);
  adw_header_bar_pack_end (ADW_HEADER_BAR (header), dialog->save);

  dialog->form = dsp_record_form_new (office, command->entity, ~fields);
  dsp_record_form_suggest (DSP_RECORD_FORM (dialog->form), suggested);
  gtk_box_append (GTK_BOX (content), dialog->form);
  gtk_widget_add_css_class (content, "dsp-dialog-content");
  gtk_box_append (GTK_BOX (box), header);
  gtk_box_append (GTK_BOX (box), content);
  adw_window_set_content (ADW_WINDOW (dialog->window), box);
  gtk_window_set_default_widget (GTK_WINDOW (dialog->window), dialog->save);
  gtk_window_present (GTK_WINDOW (dialog->window));
  gtk_widget_child_focus (dialog->form, GTK_DIR_TAB_FORWARD);
}
