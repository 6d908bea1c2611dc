/* dsp-window-status.c: the connection, and what was refused
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-window"

#include "config.h"
#include "dsp-window-private.h"

#include "dsp-outbox-window.h"
#include "dsp-text.h"

#include <glib/gi18n.h>

/* So long the server may be away before paper is proposed. */
#define AWAY_US (45 * G_USEC_PER_SEC)

/* Until the first permissions come there is no page to show. */
static void
show_waiting (DspWindow              *self,
              const DspReplicaStatus *status)
{
  gboolean fetching = status->link == DSP_LINK_FIRST_SYNC || status->link == DSP_LINK_CONNECTING || status->loading;

  if (dsp_replica_has_data (dsp_office_get_replica (self->office)) && !fetching)
    {
      adw_status_page_set_title (self->waiting, _("No page is open to you"));
      adw_status_page_set_description (self->waiting, _("Your profile opens none. Ask your administrator."));
    }
  else
    {
      adw_status_page_set_title (self->waiting, _("Fetching the office's data"));
      adw_status_page_set_description (self->waiting, fetching ? _("This happens once on each computer.")
                                                               : _("It goes on when the server can be reached."));
    }
  gtk_widget_set_visible (self->waiting_progress, fetching);
  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->waiting_progress), CLAMP (status->progress, 0, 1));
}

void
dsp_window_show_connection (DspWindow *self)
{
  DspReplicaStatus status;
  g_autofree char *text = NULL;
  g_autofree char *waiting = NULL;
  g_autofree char *tip = NULL;
  g_autofree char *contact = NULL;
  const char *dot = "dsp-offline";

  dsp_replica_get_status (dsp_office_get_replica (self->office), &status);
  waiting = g_strdup_printf (ngettext ("%u waiting", "%u waiting", status.n_waiting), status.n_waiting);
  if (status.contact_us != 0)
    contact = dsp_text_ago (status.contact_us, g_get_real_time ());
  switch (status.link)
    {
    case DSP_LINK_ONLINE:
      dot = "dsp-online";
      /* Translators: %s is "3 waiting" */
      text = g_strdup_printf (_("online · %s"), waiting);
      break;
    case DSP_LINK_FIRST_SYNC:
      dot = "dsp-busy";
      text = status.progress >= 0 ? g_strdup_printf (_("fetching %d %%"), (int) (status.progress * 100)) : g_strdup (_("fetching"));
      break;
    case DSP_LINK_CONNECTING:
      dot = "dsp-busy";
      text = g_strdup_printf (_("connecting · %s"), waiting);
      break;
    case DSP_LINK_STOPPED:
    case DSP_LINK_OFFLINE:
    case DSP_LINK_SIGN_IN:
    case DSP_LINK_CERTIFICATE:
    case DSP_LINK_UPGRADE:
    case DSP_LINK_QUARANTINED:
    default:
      if (contact != NULL)
        text = g_strdup_printf (_("offline · %s · %s"), contact, waiting);
      else
        text = g_strdup_printf (_("offline · %s"), waiting);
      break;
    }
  if (status.n_rejected > 0)
    {
      g_autofree char *with = g_strdup_printf (ngettext ("%s · %u refused", "%s · %u refused", status.n_rejected), text,
                                               status.n_rejected);

      g_free (text);
      text = g_steal_pointer (&with);
    }
  gtk_label_set_text (GTK_LABEL (self->connection_text), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->connection), GTK_ACCESSIBLE_PROPERTY_LABEL, text, -1);
  if (contact != NULL)
    tip = g_strdup_printf (_("Data of %s. Shows what waits and what was refused."), contact);
  else
    tip = g_strdup (_("Shows what waits and what was refused."));
  gtk_widget_set_tooltip_text (self->connection, tip);
  gtk_widget_remove_css_class (self->connection_dot, "dsp-online");
  gtk_widget_remove_css_class (self->connection_dot, "dsp-offline");
  gtk_widget_remove_css_class (self->connection_dot, "dsp-busy");
  gtk_widget_add_css_class (self->connection_dot, dot);

  show_waiting (self, &status);
  gtk_widget_set_visible (self->progress, status.link == DSP_LINK_FIRST_SYNC || status.loading);
  if (status.link == DSP_LINK_FIRST_SYNC && status.progress >= 0)
    gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (self->progress), status.progress);
  else
    gtk_progress_bar_pulse (GTK_PROGRESS_BAR (self->progress));
}

/* The link goes to and fro between offline and connecting while it is tried again. */
static gboolean
is_away_for_long (DspWindow              *self,
                  const DspReplicaStatus *status)
{
  gint64 now = g_get_monotonic_time ();

  if (status->link != DSP_LINK_OFFLINE && status->link != DSP_LINK_CONNECTING)
    {
      self->away_since = 0;
      self->away_told = FALSE;
    }
  else if (self->away_since == 0)
    self->away_since = now;
  return self->away_since != 0 && now - self->away_since >= AWAY_US && !self->away_told &&
         dsp_replica_has_data (dsp_office_get_replica (self->office));
}

/* What only the person can do: sign in again, trust a certificate, update, go on with paper. */
void
dsp_window_show_notice (DspWindow *self)
{
  DspReplicaStatus status;
  const char *text = NULL, *button = NULL;
  gboolean away;

  dsp_replica_get_status (dsp_office_get_replica (self->office), &status);
  away = is_away_for_long (self, &status);
  switch (status.link)
    {
    case DSP_LINK_SIGN_IN:
      text = _("Your sign-in has ended. Work goes on from this computer; nothing is lost.");
      button = _("Sign in again");
      break;
    case DSP_LINK_CERTIFICATE:
      text = _("The server shows another certificate than before. Nothing is sent until you sign in again and confirm it.");
      button = _("Sign in again");
      break;
    case DSP_LINK_QUARANTINED:
      text = _("This computer's data was copied or restored. Sign in again to send what waits.");
      button = _("Sign in again");
      break;
    case DSP_LINK_UPGRADE:
      text = _("The server needs a newer Despacho. Changes are kept here until the program is updated.");
      break;
    case DSP_LINK_OFFLINE:
    case DSP_LINK_CONNECTING:
      /* Only once it was long enough that somebody wonders; a blink of the network says nothing. */
      if (away)
        {
          text = _("The server cannot be reached. Work goes on here and is sent later; for crews without this screen there is the contingency pack.");
          button = _("Contingency pack…");
        }
      break;
    case DSP_LINK_STOPPED:
    case DSP_LINK_ONLINE:
    case DSP_LINK_FIRST_SYNC:
    default:
      break;
    }
  gtk_revealer_set_reveal_child (GTK_REVEALER (self->notice_revealer), text != NULL);
  if (text != NULL)
    gtk_label_set_text (GTK_LABEL (self->notice), text);
  gtk_widget_set_visible (self->notice_button, button != NULL);
  if (button != NULL)
    gtk_button_set_label (GTK_BUTTON (self->notice_button), button);
}

/* ---- conflicts ---- */

static void
retried_cb (GObject      *source,
            GAsyncResult *res,
            gpointer      user_data)
{
  g_autoptr(DspOffice) office = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_replica_retry_finish (DSP_REPLICA (source), res, &error);

  if (outcome == NULL)
    dsp_office_message (office, 0, _("It could not be given again: %s"), error->message);
  else if (outcome->refused->len > 0)
    {
      g_autofree char *sentence = dsp_text_rule (g_array_index (outcome->refused, DspRefusal, 0).rule,
                                                 g_array_index (outcome->refused, DspRefusal, 0).message);

      dsp_office_message (office, 0, "%s", sentence);
    }
}

static void
discarded_cb (GObject      *source,
              GAsyncResult *res,
              gpointer      user_data)
{
  g_autoptr(DspOffice) office = user_data;
  g_autoptr(GError) error = NULL;

  if (!dsp_replica_discard_finish (DSP_REPLICA (source), res, &error))
    dsp_office_message (office, 0, _("It could not be discarded: %s"), error->message);
}

static void
on_conflict_response (AdwMessageDialog *dialog,
                      const char       *response,
                      DspWindow        *self)
{
  const gint64 *no = g_object_get_data (G_OBJECT (dialog), "no");
  const DspId *id = g_object_get_data (G_OBJECT (dialog), "id");
  DspReplica *replica;

  if (self->office == NULL)
    return;
  replica = dsp_office_get_replica (self->office);
  if (g_str_equal (response, "move"))
    dsp_replica_retry_async (replica, *no, id, NULL, retried_cb, g_object_ref (self->office));
  else if (g_str_equal (response, "leave"))
    dsp_replica_discard_async (replica, *no, id, NULL, discarded_cb, g_object_ref (self->office));
}

static void
tell_conflict (DspWindow         *self,
               const DspRejected *rejected)
{
  g_autofree char *sentence = dsp_rejected_sentence (self->office, rejected);
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), NULL, NULL);
  gboolean moves = rejected->command == &dsp_order_assign || rejected->command == &dsp_order_move;

  if (rejected->rule == DSP_RULE_STATE || rejected->rule == DSP_RULE_CHANGED)
    adw_message_dialog_format_heading (ADW_MESSAGE_DIALOG (dialog), _("Somebody was faster with %s"),
                                       rejected->display != NULL ? rejected->display : "");
  else
    adw_message_dialog_format_heading (ADW_MESSAGE_DIALOG (dialog), _("Refused: %s, %s"),
                                       rejected->command != NULL ? _(rejected->command->label) : _("A change"),
                                       rejected->display != NULL ? rejected->display : "");
  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (dialog), sentence);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "later", _("Decide _later"), "leave", _("_Leave it there"), NULL);
  if (moves)
    adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "move", _("_Move it here all the same"));
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "later");
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "leave");
  g_object_set_data_full (G_OBJECT (dialog), "no", g_memdup2 (&rejected->no, sizeof rejected->no), g_free);
  g_object_set_data_full (G_OBJECT (dialog), "id", g_memdup2 (&rejected->id, sizeof rejected->id), g_free);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_conflict_response), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

void
dsp_window_rejected_cb (GObject      *source,
             GAsyncResult *res,
             gpointer      user_data)
{
  g_autoptr(DspWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) items = dsp_replica_list_rejected_finish (DSP_REPLICA (source), res, &error);
  const DspRejected *last;

  if (items == NULL || items->len == 0 || self->office == NULL)
    return;
  last = items->pdata[items->len - 1];
  /* One that was just made is asked about at once; a tray full of old ones is a list. */
  if (items->len == 1 && g_get_real_time () - last->given_us < 2 * G_TIME_SPAN_MINUTE)
    tell_conflict (self, last);
  else
    {
      g_autofree char *text = g_strdup_printf (ngettext ("%u change was refused", "%u changes were refused", items->len),
                                               items->len);
      AdwToast *toast = adw_toast_new (text);

      adw_toast_set_button_label (toast, _("Show"));
      adw_toast_set_action_name (toast, "win.outbox");
      adw_toast_set_timeout (toast, 0);
      dsp_window_show_toast (self, toast);
    }
}
