/* dsp-window-session.c: signing in, signing out, tokens and passwords
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-window"

#include "config.h"
#include "dsp-window-private.h"

#include "dsp-import-window.h"
#include "dsp-keyring.h"
#include "dsp-new-order.h"
#include "dsp-order-window.h"
#include "dsp-outbox-window.h"

#include <glib/gi18n.h>

/* How long to wait before signing in again with what was typed, when that was offline. */
#define SIGN_IN_AGAIN_S 10
/* After signing in; by then the first pages are drawn. */
#define WARM_MS 3000

/* The pages are there and nobody has opened an order yet. */
static gboolean
warm_cb (gpointer user_data)
{
  DspWindow *self = user_data;

  self->warm_id = 0;
  dsp_order_window_warm (GTK_WINDOW (self), self->office);
  return G_SOURCE_REMOVE;
}

void
dsp_window_close_office (DspWindow *self)
{
  DspReplica *replica;
  DspSync *sync;

  g_clear_handle_id (&self->again_id, g_source_remove);
  g_clear_handle_id (&self->tick_id, g_source_remove);
  g_clear_handle_id (&self->warm_id, g_source_remove);
  if (self->office == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->office, self);
  dsp_search_box_set_office (self->search, NULL);
  self->assignments = NULL;
  for (guint i = 0; i < DSP_N_PAGES; i++)
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
  dsp_window_show_connection (user_data);
  dsp_window_show_notice (user_data);
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
  dsp_window_close_office (self);
  self->office = dsp_office_new (replica, self->settings);
  g_signal_connect (self->office, "message", G_CALLBACK (dsp_window_on_message), self);
  g_signal_connect (self->office, "order-message", G_CALLBACK (dsp_window_on_order_message), self);
  g_signal_connect_swapped (self->office, "status-changed", G_CALLBACK (dsp_window_on_status_changed), self);
  g_signal_connect_swapped (self->office, "refreshed", G_CALLBACK (dsp_window_show_bell), self);
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
  self->warm_id = g_timeout_add_full (G_PRIORITY_LOW, WARM_MS, warm_cb, self, NULL);
  dsp_window_on_status_changed (self);
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
      else if (g_error_matches (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_CODE))
        dsp_office_message (self->office, 0, "%s", _("Sign in again with the code of your authenticator; your changes wait until then."));
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
                     dsp_replica_get_user_name (replica), self->password, NULL, NULL, has_device ? &device : NULL, NULL,
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

void
dsp_window_on_signed_in (DspSignInPage *page,
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
  dsp_window_close_office (self);
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
  dsp_sign_in_page_go (DSP_SIGN_IN_PAGE (self->sign_in), server, fingerprint, user, NULL, key, NULL);
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

      dsp_window_show_toast (self, adw_toast_new (escaped));
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

void
dsp_window_action_sign_out (GtkWidget  *widget,
                 const char *name,
                 GVariant   *parameter)
{
  DspWindow *self = DSP_WINDOW (widget);
  DspReplicaStatus status;
  GtkWidget *dialog;

  if (self->office == NULL || !dsp_new_order_may_close (self->office) || !dsp_import_window_may_close (self->office))
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

void
dsp_window_on_notice_clicked (GtkWidget *button,
                   DspWindow *self)
{
  GtkWidget *dialog, *entry;

  if (self->away_since != 0)
    {
      self->away_told = TRUE;
      dsp_window_show_notice (self);
      gtk_widget_activate_action (GTK_WIDGET (self), "win.contingency", NULL);
      return;
    }
  dialog = adw_message_dialog_new (GTK_WINDOW (self), _("Sign in again"), NULL);
  entry = make_password_entry (_("Password"));
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
