/* dsp-window.c: the main window
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Either the sign-in page, or the pages that the user's profile opens over one office.
 */
#define G_LOG_DOMAIN "dsp-window"

#include "config.h"
#include "dsp-window.h"

#include "dsp-assign.h"
#include "dsp-assignments-page.h"
#include "dsp-keyring.h"
#include "dsp-order-window.h"
#include "dsp-outbox-window.h"
#include "dsp-preferences.h"
#include "dsp-print.h"
#include "dsp-record-page.h"
#include "dsp-search-box.h"
#include "dsp-sign-in-page.h"
#include "dsp-text.h"

#include <glib/gi18n.h>

/* How long to wait before signing in again with what was typed, when that was offline. */
#define SIGN_IN_AGAIN_S 10

typedef struct {
  const char *name, *label, *icon;
  DspModule   module;
} Page;

static const Page pages[] = {
  { "assignments", N_("Assignments"), "despacho-assignments-symbolic", DSP_MODULE_ASSIGNMENTS },
  { "crews", N_("Crews"), "despacho-crews-symbolic", DSP_MODULE_CREWS },
  { "masters", N_("Master"), "despacho-master-symbolic", DSP_MODULE_MASTERS },
  { "distributors", N_("Distributor"), "despacho-distributor-symbolic", DSP_MODULE_DISTRIBUTORS },
};

struct _DspWindow
{
  AdwApplicationWindow parent_instance;

  GSettings          *settings;  /* (owned) */
  DspOffice          *office;    /* (owned) (nullable): signed in */
  GtkWidget          *sign_in;
  DspAssignmentsPage *assignments;
  GtkWidget          *page_widgets[G_N_ELEMENTS (pages)];
  GtkWidget          *page_buttons[G_N_ELEMENTS (pages)];
  guint               n_rejected;
  gboolean            by_key;
  char               *password;  /* (owned) (nullable): typed while offline, until the server takes it */
  guint               again_id;
  guint               tick_id;
  DspLink             last_link;

  GWeakRef            last_toast;

  AdwToastOverlay    *toasts;
  GtkWidget          *root;
  AdwBin             *sign_in_slot;
  GtkWidget          *header;
  GtkWidget          *rail_button;
  GtkWidget          *page_title;
  DspSearchBox          *search;
  GtkWidget          *bell;
  GtkWidget          *bell_count;
  GtkWidget          *bell_list;
  GtkWidget          *connection;
  GtkWidget          *connection_dot;
  GtkWidget          *connection_text;
  GtkWidget          *notice_revealer;
  GtkWidget          *notice;
  GtkWidget          *notice_button;
  GtkWidget          *progress;
  GtkWidget          *rail;
  GtkWidget          *pages;
  AdwStatusPage      *waiting;
  GtkWidget          *waiting_progress;
};

G_DEFINE_FINAL_TYPE (DspWindow, dsp_window, ADW_TYPE_APPLICATION_WINDOW)

/* ---- toasts ---- */

/* The newest matters: it does not wait until the one before has had its time. */
static void
show_toast (DspWindow *self,
            AdwToast  *toast)
{
  g_autoptr(AdwToast) last = g_weak_ref_get (&self->last_toast);

  if (last != NULL)
    adw_toast_dismiss (last);
  g_weak_ref_set (&self->last_toast, toast);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
on_message (DspOffice  *office,
            const char *text,
            gint64      gesture,
            DspWindow  *self)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);
  AdwToast *toast = adw_toast_new (escaped);

  if (gesture != 0)
    {
      adw_toast_set_button_label (toast, _("Undo"));
      adw_toast_set_action_name (toast, "win.undo-gesture");
      adw_toast_set_action_target_value (toast, g_variant_new_int64 (gesture));
      adw_toast_set_timeout (toast, 8);
    }
  show_toast (self, toast);
}

/* ---- connection ---- */

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

static void
show_connection (DspWindow *self)
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

/* What only the person can do: sign in again, trust a certificate, update. */
static void
show_notice (DspWindow *self)
{
  DspReplicaStatus status;
  const char *text = NULL, *button = NULL;

  dsp_replica_get_status (dsp_office_get_replica (self->office), &status);
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
    case DSP_LINK_STOPPED:
    case DSP_LINK_CONNECTING:
    case DSP_LINK_ONLINE:
    case DSP_LINK_OFFLINE:
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

static void
rejected_cb (GObject      *source,
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
      show_toast (self, toast);
    }
}

/* ---- pages ---- */

static void
show_page (DspWindow  *self,
           const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    if (g_str_equal (pages[i].name, name) && self->page_widgets[i] != NULL)
      {
        gtk_stack_set_visible_child_name (GTK_STACK (self->pages), name);
        gtk_label_set_text (GTK_LABEL (self->page_title), _(pages[i].label));
        gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->page_buttons[i]), TRUE);
        g_settings_set_string (self->settings, "page", name);
      }
}

static void
on_page_toggled (GtkToggleButton *button,
                 DspWindow       *self)
{
  if (gtk_toggle_button_get_active (button))
    show_page (self, g_object_get_data (G_OBJECT (button), "page"));
}

static void
show_rail_width (DspWindow *self)
{
  gboolean wide = g_settings_get_boolean (self->settings, "rail-wide");

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    if (self->page_buttons[i] != NULL)
      {
        GtkWidget *box = gtk_button_get_child (GTK_BUTTON (self->page_buttons[i]));

        gtk_orientable_set_orientation (GTK_ORIENTABLE (box), wide ? GTK_ORIENTATION_HORIZONTAL : GTK_ORIENTATION_VERTICAL);
        gtk_box_set_spacing (GTK_BOX (box), wide ? 10 : 3);
      }
  if (wide)
    gtk_widget_add_css_class (self->rail, "wide");
  else
    gtk_widget_remove_css_class (self->rail, "wide");
}

static void
add_page (DspWindow *self,
          guint      i)
{
  GtkWidget *button = gtk_toggle_button_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 3), *label;
  GtkWidget *image = gtk_image_new_from_icon_name (pages[i].icon);

  label = gtk_label_new (_(pages[i].label));
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_box_append (GTK_BOX (box), image);
  gtk_box_append (GTK_BOX (box), label);
  gtk_button_set_child (GTK_BUTTON (button), box);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "dsp-page-button");
  gtk_widget_set_tooltip_text (button, _(pages[i].label));
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, _(pages[i].label), -1);
  for (guint before = 0; before < i; before++)
    if (self->page_buttons[before] != NULL)
      {
        gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (button), GTK_TOGGLE_BUTTON (self->page_buttons[before]));
        break;
      }
  g_object_set_data (G_OBJECT (button), "page", (gpointer) pages[i].name);
  g_signal_connect (button, "toggled", G_CALLBACK (on_page_toggled), self);
  gtk_box_append (GTK_BOX (self->rail), button);
  self->page_buttons[i] = button;

  switch (pages[i].module)
    {
    case DSP_MODULE_ASSIGNMENTS:
      self->page_widgets[i] = dsp_assignments_page_new (self->office);
      self->assignments = DSP_ASSIGNMENTS_PAGE (self->page_widgets[i]);
      break;
    case DSP_MODULE_CREWS:
      self->page_widgets[i] = dsp_record_page_new (self->office, &dsp_crew);
      break;
    case DSP_MODULE_MASTERS:
      self->page_widgets[i] = dsp_record_page_new (self->office, &dsp_master);
      break;
    case DSP_MODULE_DISTRIBUTORS:
      self->page_widgets[i] = dsp_record_page_new (self->office, &dsp_distributor);
      break;
    case DSP_MODULE_ADMINISTRATION:
    case DSP_MODULE_LAST:
    default:
      g_assert_not_reached ();
    }
  gtk_stack_add_named (GTK_STACK (self->pages), self->page_widgets[i], pages[i].name);
}

/* Pages come and go with the permissions; the first answer of the server may bring them. */
static void
show_pages (DspWindow *self)
{
  gboolean had_any = FALSE, added = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    had_any |= self->page_widgets[i] != NULL;
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      gboolean opens = dsp_office_opens (self->office, pages[i].module);

      if (opens && self->page_widgets[i] == NULL)
        {
          add_page (self, i);
          added = TRUE;
        }
      if (self->page_buttons[i] != NULL)
        {
          gtk_widget_set_visible (self->page_buttons[i], opens);
          if (i > 0 && self->page_buttons[i - 1] != NULL)
            gtk_box_reorder_child_after (GTK_BOX (self->rail), self->page_buttons[i], self->page_buttons[i - 1]);
        }
    }
  if (added)
    {
      show_rail_width (self);
      if (!had_any)
        {
          g_autofree char *last = g_settings_get_string (self->settings, "page");

          for (guint i = G_N_ELEMENTS (pages); i > 0; i--)
            if (self->page_widgets[i - 1] != NULL)
              show_page (self, pages[i - 1].name);
          show_page (self, last);
          if (self->assignments != NULL)
            {
              show_page (self, g_str_equal (last, "") ? "assignments" : last);
              dsp_assignments_page_focus (self->assignments);
            }
        }
    }
}

static void
on_status_changed (DspWindow *self)
{
  DspReplicaStatus status;

  dsp_replica_get_status (dsp_office_get_replica (self->office), &status);
  show_connection (self);
  show_notice (self);
  show_pages (self);
  if (status.n_rejected > self->n_rejected)
    dsp_replica_list_rejected_async (dsp_office_get_replica (self->office), 200, NULL, rejected_cb, g_object_ref (self));
  self->n_rejected = status.n_rejected;
}

static void
show_bell (DspWindow *self)
{
  const DspOrderTotals *totals = dsp_office_get_totals (self->office);
  guint n = self->n_rejected;
  g_autofree char *text = NULL;
  g_autofree char *name = NULL;

  if (totals != NULL)
    n += totals->exceptions[DSP_EXCEPTION_AT_RISK];
  text = n > 999 ? g_strdup ("999+") : g_strdup_printf ("%u", n);
  name = g_strdup_printf (ngettext ("%u notification", "%u notifications", n), n);
  gtk_label_set_text (GTK_LABEL (self->bell_count), text);
  gtk_widget_set_visible (self->bell_count, n > 0);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->bell), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static void
add_notification (DspWindow  *self,
                  const char *text,
                  const char *action,
                  GVariant   *target)
{
  GtkWidget *button = gtk_button_new (), *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_button_set_child (GTK_BUTTON (button), label);
  gtk_widget_add_css_class (button, "flat");
  gtk_actionable_set_action_target_value (GTK_ACTIONABLE (button), target);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  g_signal_connect_swapped (button, "clicked", G_CALLBACK (gtk_menu_button_popdown), self->bell);
  gtk_box_append (GTK_BOX (self->bell_list), button);
}

static char *
exception_sentence (DspException exception,
                    guint        n)
{
  switch (exception)
    {
    case DSP_EXCEPTION_AT_RISK:
      return g_strdup_printf (ngettext ("%u order is at risk", "%u orders are at risk", n), n);
    case DSP_EXCEPTION_PENALIZES_TODAY:
      return g_strdup_printf (ngettext ("%u order penalizes today", "%u orders penalize today", n), n);
    case DSP_EXCEPTION_TO_RESCHEDULE:
      return g_strdup_printf (ngettext ("%u order is to be rescheduled", "%u orders are to be rescheduled", n), n);
    case DSP_EXCEPTION_NO_POSTAL_CODE:
    default:
      return g_strdup_printf (ngettext ("%u order has no known postal code", "%u orders have no known postal code", n), n);
    }
}

static void
on_bell_shown (GtkWidget *popover,
               DspWindow *self)
{
  static const DspException lines[] = {
    DSP_EXCEPTION_AT_RISK, DSP_EXCEPTION_PENALIZES_TODAY, DSP_EXCEPTION_TO_RESCHEDULE, DSP_EXCEPTION_NO_POSTAL_CODE,
  };
  const DspOrderTotals *totals = self->office != NULL ? dsp_office_get_totals (self->office) : NULL;
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->bell_list)) != NULL)
    gtk_box_remove (GTK_BOX (self->bell_list), child);
  if (self->n_rejected > 0)
    {
      g_autofree char *text = g_strdup_printf (ngettext ("%u change was refused", "%u changes were refused", self->n_rejected),
                                               self->n_rejected);

      add_notification (self, text, "win.outbox", NULL);
    }
  for (guint i = 0; totals != NULL && i < G_N_ELEMENTS (lines); i++)
    {
      guint n = totals->exceptions[lines[i]];
      g_autofree char *text = NULL;

      if (n == 0)
        continue;
      text = exception_sentence (lines[i], n);
      add_notification (self, text, "win.exception", g_variant_new_uint32 (lines[i]));
    }
  if (gtk_widget_get_first_child (self->bell_list) == NULL)
    {
      GtkWidget *nothing = gtk_label_new (_("Nothing needs you"));

      gtk_widget_add_css_class (nothing, "dim-label");
      gtk_box_append (GTK_BOX (self->bell_list), nothing);
    }
}

/* ---- signing in and out ---- */

static void
close_office (DspWindow *self)
{
  DspReplica *replica;
  DspSync *sync;

  g_clear_handle_id (&self->again_id, g_source_remove);
  g_clear_handle_id (&self->tick_id, g_source_remove);
  if (self->office == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->office, self);
  dsp_search_box_set_office (self->search, NULL);
  self->assignments = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      if (self->page_widgets[i] != NULL)
        gtk_stack_remove (GTK_STACK (self->pages), self->page_widgets[i]);
      if (self->page_buttons[i] != NULL)
        gtk_box_remove (GTK_BOX (self->rail), self->page_buttons[i]);
      self->page_widgets[i] = NULL;
      self->page_buttons[i] = NULL;
    }
  replica = g_object_ref (dsp_office_get_replica (self->office));
  sync = dsp_office_get_sync (self->office);
  dsp_office_close (self->office);
  if (sync != NULL)
    dsp_sync_stop (sync);
  g_clear_object (&self->office);
  dsp_replica_close (replica);
  g_object_unref (replica);
  self->n_rejected = 0;
}

static void
stored_cb (GObject      *source,
           GAsyncResult *res,
           gpointer      user_data)
{
  g_autoptr(DspWindow) self = user_data;
  g_autoptr(GError) error = NULL;

  if (!dsp_keyring_store_finish (res, &error))
    {
      g_message ("The token could not be kept: %s", error->message);
      if (self->office != NULL)
        dsp_office_message (self->office, 0, "%s", _("This computer has no keyring: you will sign in each time."));
    }
}

static void
keep_token (DspWindow  *self,
            const char *token)
{
  DspReplica *replica = dsp_office_get_replica (self->office);
  gboolean keep = dsp_sign_in_page_get_keep (DSP_SIGN_IN_PAGE (self->sign_in));

  g_settings_set_boolean (self->settings, "keep-signed-in", keep);
  if (keep && token != NULL)
    dsp_keyring_store_async (dsp_replica_get_server (replica), dsp_replica_get_user_name (replica), token, stored_cb,
                             g_object_ref (self));
}

typedef struct {
  DspSync *sync;  /* (owned) */
  char    *token; /* (owned) */
} NewToken;

/* The new token is only used once it is kept, or cannot be: the program may end at any moment. */
static void
new_token_kept_cb (GObject      *source,
                   GAsyncResult *res,
                   gpointer      user_data)
{
  NewToken *new = user_data;
  g_autoptr(GError) error = NULL;

  if (!dsp_keyring_store_finish (res, &error))
    g_message ("The new token could not be kept: %s", error->message);
  dsp_sync_set_token (new->sync, new->token);
  g_object_unref (new->sync);
  g_free (new->token);
  g_free (new);
}

static gboolean
on_new_token (DspSync    *sync,
              const char *token,
              DspWindow  *self)
{
  DspReplica *replica = self->office != NULL ? dsp_office_get_replica (self->office) : NULL;
  NewToken *new;

  if (replica == NULL || !g_settings_get_boolean (self->settings, "keep-signed-in"))
    return FALSE;
  new = g_new0 (NewToken, 1);
  new->sync = g_object_ref (sync);
  new->token = g_strdup (token);
  dsp_keyring_store_async (dsp_replica_get_server (replica), dsp_replica_get_user_name (replica), token, new_token_kept_cb, new);
  return TRUE;
}

static gboolean
connection_tick (gpointer user_data)
{
  show_connection (user_data);
  return G_SOURCE_CONTINUE;
}

static void
start_sync (DspWindow  *self,
            const char *token)
{
  g_autoptr(DspSync) sync = dsp_sync_new (dsp_office_get_replica (self->office), token);

  g_signal_connect_object (sync, "new-token", G_CALLBACK (on_new_token), self, 0);
  dsp_office_set_sync (self->office, sync);
}

static void
start (DspWindow  *self,
       DspReplica *replica,
       const char *token)
{
  close_office (self);
  self->office = dsp_office_new (replica, self->settings);
  g_signal_connect (self->office, "message", G_CALLBACK (on_message), self);
  g_signal_connect_swapped (self->office, "status-changed", G_CALLBACK (on_status_changed), self);
  g_signal_connect_swapped (self->office, "refreshed", G_CALLBACK (show_bell), self);
  dsp_search_box_set_office (self->search, self->office);
  if (token != NULL)
    start_sync (self, token);
  gtk_stack_set_visible_child_name (GTK_STACK (self->root), "main");
  {
    const char *name = dsp_replica_get_full_name (replica) != NULL ? dsp_replica_get_full_name (replica)
                                                                   : dsp_replica_get_user_name (replica);
    /* Translators: title of the window: program, then the user's name */
    g_autofree char *title = g_strdup_printf (_("Despacho – %s"), name != NULL ? name : "");

    gtk_window_set_title (GTK_WINDOW (self), title);
  }
  self->tick_id = g_timeout_add_seconds (20, connection_tick, self);
  on_status_changed (self);
  if (dsp_replica_was_salvaged (replica))
    dsp_office_message (self->office, 0, "%s",
                        _("The data on this computer was damaged. What you had entered was saved; the rest is fetched again."));
}

static gboolean sign_in_again_cb (gpointer user_data);

static void
signed_in_again_cb (GObject      *source,
                    GAsyncResult *res,
                    gpointer      user_data)
{
  g_autoptr(DspWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspSession) session = dsp_sign_in_finish (res, &error);
  DspReplica *replica;

  if (self->office == NULL)
    return;
  replica = dsp_office_get_replica (self->office);
  if (session == NULL)
    {
      if (g_error_matches (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_OFFLINE))
        self->again_id = g_timeout_add_seconds (SIGN_IN_AGAIN_S, sign_in_again_cb, self);
      else
        {
          g_autofree char *sentence = dsp_sign_in_sentence (error);

          dsp_office_message (self->office, 0, "%s", sentence);
        }
      return;
    }
  if (!dsp_replica_set_session (replica, session, &error))
    {
      dsp_office_message (self->office, 0, "%s", error->message);
      return;
    }
  g_clear_pointer (&self->password, g_free);
  if (dsp_office_get_sync (self->office) != NULL)
    dsp_sync_set_token (dsp_office_get_sync (self->office), session->token);
  else
    start_sync (self, session->token);
  keep_token (self, session->token);
}

static void
sign_in_again (DspWindow *self)
{
  DspReplica *replica = dsp_office_get_replica (self->office);
  DspId device;
  gboolean has_device = dsp_replica_dup_device (replica, &device);

  dsp_sign_in_async (dsp_replica_get_server (replica), dsp_replica_get_fingerprint (replica),
                     dsp_replica_get_user_name (replica), self->password, NULL, has_device ? &device : NULL, NULL,
                     signed_in_again_cb, g_object_ref (self));
}

static gboolean
sign_in_again_cb (gpointer user_data)
{
  DspWindow *self = user_data;

  self->again_id = 0;
  if (self->office != NULL && self->password != NULL)
    sign_in_again (self);
  return G_SOURCE_REMOVE;
}

/* ---- a password after a one-time key ---- */

static DspSession *
dup_session (const DspSession *session)
{
  DspSession *copy = g_new0 (DspSession, 1);

  copy->server = g_strdup (session->server);
  copy->fingerprint = g_strdup (session->fingerprint);
  copy->token = g_strdup (session->token);
  copy->device = session->device;
  copy->user_id = session->user_id;
  copy->user_name = g_strdup (session->user_name);
  copy->full_name = g_strdup (session->full_name);
  copy->epoch = g_strdup (session->epoch);
  copy->last = session->last;
  return copy;
}

typedef struct {
  DspWindow  *window;  /* (owned) */
  DspSession *session; /* (owned): with the new password */
} NewPassword;

static void
password_set_cb (GObject      *source,
                 GAsyncResult *res,
                 gpointer      user_data)
{
  g_autofree NewPassword *data = user_data;
  g_autoptr(DspWindow) self = data->window;
  g_autoptr(DspSession) session = data->session;
  g_autoptr(GError) error = NULL;

  if (self->office == NULL)
    return;
  /* From now on it opens this computer's data without network too. */
  if (dsp_set_password_finish (res, &error) &&
      dsp_replica_set_session (dsp_office_get_replica (self->office), session, &error))
    dsp_office_message (self->office, 0, "%s", _("Your password is set"));
  else
    {
      g_autofree char *sentence = dsp_sign_in_sentence (error);

      dsp_office_message (self->office, 0, "%s", sentence);
    }
}

static void
on_password_response (AdwMessageDialog *dialog,
                      const char       *response,
                      DspWindow        *self)
{
  GtkEditable *entry = g_object_get_data (G_OBJECT (dialog), "entry");
  const DspSession *session = g_object_get_data (G_OBJECT (dialog), "session");
  NewPassword *data;

  if (!g_str_equal (response, "set"))
    return;
  data = g_new0 (NewPassword, 1);
  data->window = g_object_ref (self);
  data->session = dup_session (session);
  data->session->password = g_strdup (gtk_editable_get_text (entry));
  dsp_set_password_async (data->session, NULL, data->session->password, NULL, password_set_cb, data);
}

static void
on_password_typed (GtkEditable *editable,
                   GtkWidget   *dialog)
{
  const char *first = gtk_editable_get_text (g_object_get_data (G_OBJECT (dialog), "entry"));
  const char *second = gtk_editable_get_text (g_object_get_data (G_OBJECT (dialog), "again"));

  adw_message_dialog_set_response_enabled (ADW_MESSAGE_DIALOG (dialog), "set", *first != '\0' && g_str_equal (first, second));
}

/* Not a row of libadwaita: in 1.2 one that has the focus when its dialog is answered by Return crashes on its way out. */
static GtkWidget *
make_password_entry (const char *name)
{
  GtkWidget *entry = gtk_password_entry_new ();

  gtk_password_entry_set_show_peek_icon (GTK_PASSWORD_ENTRY (entry), TRUE);
  g_object_set (entry, "placeholder-text", name, "activates-default", TRUE, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  return entry;
}

static void
ask_password (DspWindow        *self,
              const DspSession *session)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), _("Choose a password"),
                                              _("The key was good for this once. With a password you can sign in again, "
                                                "also without network."));
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkWidget *first = make_password_entry (_("New password")), *second = make_password_entry (_("Once more"));

  gtk_box_append (GTK_BOX (box), first);
  gtk_box_append (GTK_BOX (box), second);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), box);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "later", _("_Later"), "set", _("_Set password"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "set", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_response_enabled (ADW_MESSAGE_DIALOG (dialog), "set", FALSE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "set");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "later");
  g_object_set_data (G_OBJECT (dialog), "entry", first);
  g_object_set_data (G_OBJECT (dialog), "again", second);
  g_object_set_data_full (G_OBJECT (dialog), "session", dup_session (session), (GDestroyNotify) dsp_session_free);
  g_signal_connect (first, "changed", G_CALLBACK (on_password_typed), dialog);
  g_signal_connect (second, "changed", G_CALLBACK (on_password_typed), dialog);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_password_response), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_signed_in (DspSignInPage *page,
              DspReplica    *replica,
              const char    *token,
              DspSession    *session,
              DspWindow     *self)
{
  g_clear_pointer (&self->password, g_free);
  if (token == NULL)
    self->password = g_strdup (dsp_sign_in_page_get_password (page));
  start (self, replica, token);
  keep_token (self, token);
  if (token == NULL)
    self->again_id = g_timeout_add_seconds (SIGN_IN_AGAIN_S, sign_in_again_cb, self);
  else if (session->by_key && !self->by_key)
    ask_password (self, session);
  dsp_sign_in_page_reset (page);
}

static void
show_sign_in (DspWindow *self)
{
  close_office (self);
  gtk_window_set_title (GTK_WINDOW (self), _("Despacho"));
  gtk_stack_set_visible_child_name (GTK_STACK (self->root), "sign-in");
  dsp_sign_in_page_reset (DSP_SIGN_IN_PAGE (self->sign_in));
}

static void
looked_up_cb (GObject      *source,
              GAsyncResult *res,
              gpointer      user_data)
{
  g_autoptr(DspWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *token = dsp_keyring_lookup_finish (res, &error);
  g_autofree char *server = g_settings_get_string (self->settings, "server-url");
  g_autofree char *user = g_settings_get_string (self->settings, "user");
  g_autoptr(DspReplica) replica = NULL;

  if (error != NULL)
    g_message ("The keyring cannot be read: %s", error->message);
  if (token != NULL)
    {
      g_clear_error (&error);
      replica = dsp_sign_in_open_cache (server, user, &error);
    }
  if (replica != NULL)
    start (self, replica, token);
  else
    show_sign_in (self);
}

void
dsp_window_resume (DspWindow *self)
{
  g_autofree char *server = g_settings_get_string (self->settings, "server-url");
  g_autofree char *user = g_settings_get_string (self->settings, "user");

  if (g_settings_get_boolean (self->settings, "keep-signed-in") && *server != '\0' && *user != '\0')
    dsp_keyring_lookup_async (server, user, looked_up_cb, g_object_ref (self));
  else
    show_sign_in (self);
}

void
dsp_window_sign_in (DspWindow  *self,
                    const char *server,
                    const char *fingerprint,
                    const char *user,
                    const char *key)
{
  self->by_key = TRUE;
  dsp_sign_in_page_go (DSP_SIGN_IN_PAGE (self->sign_in), server, fingerprint, user, NULL, key);
}

static void
signed_out_cb (GObject      *source,
               GAsyncResult *res,
               gpointer      user_data)
{
  g_autoptr(GError) error = NULL;

  /* Without network the token just ages. */
  if (!dsp_sync_sign_out_finish (DSP_SYNC (source), res, &error))
    g_message ("The session could not be ended at the server: %s", error->message);
}

static void
sign_out (DspWindow *self,
          gboolean   forget)
{
  DspReplica *replica = dsp_office_get_replica (self->office);
  g_autoptr(DspSync) sync = dsp_office_get_sync (self->office) != NULL ? g_object_ref (dsp_office_get_sync (self->office)) : NULL;
  g_autofree char *dir = g_build_filename (g_get_user_data_dir (), "despacho", NULL);
  g_autofree char *path = dsp_replica_path (dir, dsp_replica_get_server (replica), dsp_replica_get_user_name (replica));
  g_autoptr(GError) error = NULL;

  dsp_keyring_clear (dsp_replica_get_server (replica), dsp_replica_get_user_name (replica));
  g_clear_pointer (&self->password, g_free);
  if (sync != NULL)
    dsp_sync_sign_out_async (sync, signed_out_cb, NULL);
  show_sign_in (self);
  if (forget && !dsp_replica_delete (path, &error))
    {
      g_autofree char *escaped = g_markup_escape_text (error->message, -1);

      show_toast (self, adw_toast_new (escaped));
    }
}

static void
on_sign_out_response (AdwMessageDialog *dialog,
                      const char       *response,
                      DspWindow        *self)
{
  GtkWidget *forget = g_object_get_data (G_OBJECT (dialog), "forget");

  if (self->office == NULL)
    return;
  if (g_str_equal (response, "show"))
    dsp_outbox_window_open (GTK_WINDOW (self), self->office);
  else if (g_str_equal (response, "sign-out"))
    sign_out (self, forget != NULL && gtk_check_button_get_active (GTK_CHECK_BUTTON (forget)));
}

static void
action_sign_out (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  DspWindow *self = DSP_WINDOW (widget);
  DspReplicaStatus status;
  GtkWidget *dialog;

  if (self->office == NULL)
    return;
  dsp_replica_get_status (dsp_office_get_replica (self->office), &status);
  dialog = adw_message_dialog_new (GTK_WINDOW (self), _("Sign out?"), NULL);
  if (status.n_waiting + status.n_rejected > 0)
    {
      adw_message_dialog_format_body (ADW_MESSAGE_DIALOG (dialog),
                                      ngettext ("%u change is not yet at the server. It stays on this computer and is sent "
                                                "when you sign in here again.",
                                                "%u changes are not yet at the server. They stay on this computer and are "
                                                "sent when you sign in here again.", status.n_waiting + status.n_rejected),
                                      status.n_waiting + status.n_rejected);
      adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "show", _("S_how them"),
                                        "sign-out", _("_Sign out"), NULL);
    }
  else
    {
      GtkWidget *forget = gtk_check_button_new_with_label (_("Also remove the data from this computer"));

      adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (dialog), _("The server has everything that was done here."));
      adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), forget);
      g_object_set_data (G_OBJECT (dialog), "forget", forget);
      adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "sign-out", _("_Sign out"), NULL);
    }
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "sign-out");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_sign_out_response), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_again_response (AdwMessageDialog *dialog,
                   const char       *response,
                   DspWindow        *self)
{
  GtkEditable *entry = g_object_get_data (G_OBJECT (dialog), "entry");

  if (!g_str_equal (response, "sign-in") || self->office == NULL)
    return;
  g_free (self->password);
  self->password = g_strdup (gtk_editable_get_text (entry));
  sign_in_again (self);
}

static void
on_notice_clicked (GtkWidget *button,
                   DspWindow *self)
{
  GtkWidget *dialog = adw_message_dialog_new (GTK_WINDOW (self), _("Sign in again"), NULL);
  GtkWidget *entry = make_password_entry (_("Password"));

  adw_message_dialog_format_body (ADW_MESSAGE_DIALOG (dialog), _("%s at %s"),
                                  dsp_replica_get_user_name (dsp_office_get_replica (self->office)),
                                  dsp_replica_get_server (dsp_office_get_replica (self->office)));
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), entry);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "sign-in", _("_Sign in"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "sign-in", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (dialog), "sign-in");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_object_set_data (G_OBJECT (dialog), "entry", entry);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_again_response), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

/* ---- actions ---- */

static guint32
neighbour (gpointer data,
           guint32  row,
           int      step)
{
  DspWindow *self = data;

  return self->assignments != NULL ? dsp_assignments_page_neighbour (self->assignments, row, step) : DSP_NO_ROW;
}

static gboolean
read_id (GVariant *parameter,
         DspId    *id)
{
  const char *text = g_variant_get_string (parameter, NULL);

  return dsp_id_parse (text, strlen (text), id);
}

static void
action_open_order (GtkWidget  *widget,
                   const char *name,
                   GVariant   *parameter)
{
  DspWindow *self = DSP_WINDOW (widget);
  DspId id;

  if (self->office != NULL && read_id (parameter, &id))
    dsp_order_window_open (GTK_WINDOW (self), self->office, &id, neighbour, self);
}

static void
action_show_order (GtkWidget  *widget,
                   const char *name,
                   GVariant   *parameter)
{
  DspWindow *self = DSP_WINDOW (widget);
  DspOrderIndex *index;
  g_autoptr(GtkBitset) one = gtk_bitset_new_empty ();
  const char *code;
  guint32 row;
  DspId id;

  if (self->office == NULL || self->assignments == NULL || !read_id (parameter, &id))
    return;
  index = dsp_replica_get_index (dsp_office_get_replica (self->office));
  row = dsp_order_index_find (index, &id);
  if (row == DSP_NO_ROW)
    return;
  show_page (self, "assignments");
  gtk_bitset_add (one, row);
  dsp_office_set_tab (self->office, DSP_TAB_ALL);
  dsp_office_select (self->office, one);
  dsp_assignments_page_show_row (self->assignments, row);
  code = dsp_order_index_postal_code (index, row);
  if (code != NULL)
    dsp_assignments_page_find_code (self->assignments, code);
  gtk_window_present (GTK_WINDOW (self));
}

static void
action_open_record (GtkWidget  *widget,
                    const char *name,
                    GVariant   *parameter)
{
  static const struct { const char *entity, *page; } where[] = {
    { "crew", "crews" }, { "master", "masters" }, { "distributor", "distributors" },
  };
  DspWindow *self = DSP_WINDOW (widget);
  g_auto(GStrv) parts = g_strsplit (g_variant_get_string (parameter, NULL), "/", 2);
  DspId id;

  if (self->office == NULL || g_strv_length (parts) != 2 || !dsp_id_parse (parts[1], strlen (parts[1]), &id))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (where); i++)
    if (g_str_equal (where[i].entity, parts[0]))
      {
        GtkWidget *page = gtk_stack_get_child_by_name (GTK_STACK (self->pages), where[i].page);

        if (page != NULL)
          {
            show_page (self, where[i].page);
            dsp_record_page_show (DSP_RECORD_PAGE (page), &id);
          }
        return;
      }
}

/* Keys that an entry knows too are the entry's while one types. */
static gboolean
typing (DspWindow  *self,
        const char *action)
{
  GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (self));

  if (focus == NULL || !(GTK_IS_TEXT (focus) || GTK_IS_TEXT_VIEW (focus)))
    return FALSE;
  gtk_widget_activate_action (focus, action, NULL);
  return TRUE;
}

static void
action_assign (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  DspWindow *self = DSP_WINDOW (widget);
  guint32 number = parameter != NULL ? g_variant_get_uint32 (parameter) : 0;

  if (g_str_equal (name, "win.select-all") && typing (self, "selection.select-all"))
    return;
  if (self->assignments == NULL)
    return;
  if (g_str_equal (name, "win.assign"))
    dsp_assignments_page_assign (self->assignments, FALSE);
  else if (g_str_equal (name, "win.move"))
    dsp_assignments_page_assign (self->assignments, TRUE);
  else if (g_str_equal (name, "win.release"))
    dsp_assignments_page_release (self->assignments);
  else if (g_str_equal (name, "win.type-crew"))
    dsp_assignments_page_type_crew (self->assignments);
  else if (g_str_equal (name, "win.assign-key"))
    dsp_assignments_page_assign_key (self->assignments, number);
  else if (g_str_equal (name, "win.next-case"))
    dsp_assignments_page_step_case (self->assignments, 1);
  else if (g_str_equal (name, "win.previous-case"))
    dsp_assignments_page_step_case (self->assignments, -1);
  else if (g_str_equal (name, "win.filter"))
    dsp_assignments_page_open_filter (self->assignments);
  else if (g_str_equal (name, "win.select-none"))
    dsp_office_select (self->office, NULL);
  else if (g_str_equal (name, "win.select-all"))
    dsp_assignments_page_select_all (self->assignments);
  else if (g_str_equal (name, "win.clear-filters"))
    {
      dsp_office_set_exception (self->office, DSP_EXCEPTION_NONE);
      dsp_office_take_filter (self->office, dsp_filter_new (&dsp_order));
    }
  else if (g_str_equal (name, "win.exception"))
    {
      show_page (self, "assignments");
      dsp_office_set_exception (self->office, number);
      dsp_office_set_tab (self->office, DSP_TAB_ALL);
    }
  else if (g_str_equal (name, "win.print"))
    dsp_print_list (GTK_WINDOW (self), self->office);
}

static void
action_undo (GtkWidget  *widget,
             const char *name,
             GVariant   *parameter)
{
  DspWindow *self = DSP_WINDOW (widget);

  if ((parameter == NULL && typing (self, "text.undo")) || self->office == NULL)
    return;
  dsp_assign_undo (widget, self->office, parameter != NULL ? g_variant_get_int64 (parameter) : 0);
}

static void
action_window (GtkWidget  *widget,
               const char *name,
               GVariant   *parameter)
{
  DspWindow *self = DSP_WINDOW (widget);

  if (g_str_equal (name, "win.preferences"))
    dsp_preferences_open (GTK_WINDOW (self), self->settings);
  else if (self->office == NULL)
    return;
  else if (g_str_equal (name, "win.search"))
    dsp_search_box_focus (self->search);
  else if (g_str_equal (name, "win.outbox"))
    dsp_outbox_window_open (GTK_WINDOW (self), self->office);
  else if (g_str_equal (name, "win.page"))
    show_page (self, g_variant_get_string (parameter, NULL));
  else if (g_str_equal (name, "win.sync-now") && dsp_office_get_sync (self->office) != NULL)
    dsp_sync_now (dsp_office_get_sync (self->office));
}

/* ---- object ---- */

static gboolean
dsp_window_close_request (GtkWindow *window)
{
  DspWindow *self = DSP_WINDOW (window);

  int width, height;

  g_settings_set_boolean (self->settings, "window-maximized", gtk_window_is_maximized (window));
  gtk_window_get_default_size (window, &width, &height);
  if (width >= 360 && height >= 294)
    {
      g_settings_set_int (self->settings, "window-width", width);
      g_settings_set_int (self->settings, "window-height", height);
    }
  /* What was given is on disk before the window goes. */
  close_office (self);
  return GTK_WINDOW_CLASS (dsp_window_parent_class)->close_request (window);
}

static void
dsp_window_dispose (GObject *object)
{
  DspWindow *self = DSP_WINDOW (object);

  close_office (self);
  g_clear_object (&self->settings);
  g_clear_pointer (&self->password, g_free);
  G_OBJECT_CLASS (dsp_window_parent_class)->dispose (object);
}

static void
dsp_window_finalize (GObject *object)
{
  g_weak_ref_clear (&DSP_WINDOW (object)->last_toast);
  G_OBJECT_CLASS (dsp_window_parent_class)->finalize (object);
}

static void
dsp_window_class_init (DspWindowClass *klass)
{
  static const char *const assign_actions[] = { "win.assign", "win.move", "win.release", "win.type-crew", "win.next-case",
                                                "win.previous-case", "win.filter", "win.select-none", "win.select-all",
                                                "win.clear-filters", "win.print" };
  static const char *const window_actions[] = { "win.preferences", "win.search", "win.outbox", "win.sync-now" };
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dsp_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = dsp_window_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = dsp_window_close_request;
  g_type_ensure (DSP_TYPE_SEARCH_BOX);
  gtk_widget_class_set_template_from_resource (widget_class, "/mx/despacho/Despacho/dsp-window.ui");
  gtk_widget_class_bind_template_child (widget_class, DspWindow, toasts);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, root);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, sign_in_slot);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, header);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, rail_button);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, page_title);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, search);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, bell);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, bell_count);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, bell_list);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, connection);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, connection_dot);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, connection_text);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, notice_revealer);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, notice);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, notice_button);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, progress);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, rail);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, pages);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, waiting);
  gtk_widget_class_bind_template_child (widget_class, DspWindow, waiting_progress);
  gtk_widget_class_bind_template_callback (widget_class, on_bell_shown);

  for (guint i = 0; i < G_N_ELEMENTS (assign_actions); i++)
    gtk_widget_class_install_action (widget_class, assign_actions[i], NULL, action_assign);
  gtk_widget_class_install_action (widget_class, "win.assign-key", "u", action_assign);
  gtk_widget_class_install_action (widget_class, "win.exception", "u", action_assign);
  for (guint i = 0; i < G_N_ELEMENTS (window_actions); i++)
    gtk_widget_class_install_action (widget_class, window_actions[i], NULL, action_window);
  gtk_widget_class_install_action (widget_class, "win.page", "s", action_window);
  gtk_widget_class_install_action (widget_class, "win.open-order", "s", action_open_order);
  gtk_widget_class_install_action (widget_class, "win.show-order", "s", action_show_order);
  gtk_widget_class_install_action (widget_class, "win.open-record", "s", action_open_record);
  gtk_widget_class_install_action (widget_class, "win.undo", NULL, action_undo);
  gtk_widget_class_install_action (widget_class, "win.undo-gesture", "x", action_undo);
  gtk_widget_class_install_action (widget_class, "win.sign-out", NULL, action_sign_out);
}

static void
dsp_window_init (DspWindow *self)
{
  g_weak_ref_init (&self->last_toast, NULL);
  gtk_widget_init_template (GTK_WIDGET (self));
  g_signal_connect (self->notice_button, "clicked", G_CALLBACK (on_notice_clicked), self);
}

GtkWidget *
dsp_window_new (GtkApplication *application,
                GSettings      *settings)
{
  DspWindow *self = g_object_new (DSP_TYPE_WINDOW, "application", application, NULL);

  gtk_window_set_default_size (GTK_WINDOW (self), g_settings_get_int (settings, "window-width"),
                               g_settings_get_int (settings, "window-height"));
  if (g_settings_get_boolean (settings, "window-maximized"))
    gtk_window_maximize (GTK_WINDOW (self));
  self->settings = g_object_ref (settings);
  self->sign_in = dsp_sign_in_page_new (settings);
  g_signal_connect (self->sign_in, "signed-in", G_CALLBACK (on_signed_in), self);
  adw_bin_set_child (self->sign_in_slot, self->sign_in);
  g_settings_bind (settings, "rail-wide", self->rail_button, "active", G_SETTINGS_BIND_DEFAULT);
  g_signal_connect_object (settings, "changed::rail-wide", G_CALLBACK (show_rail_width), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
