/* dsp-sign-in-page.c: who are you, and where
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-sign-in-page"

#include "config.h"
#include "dsp-sign-in-page.h"

#include <adwaita.h>
#include <glib/gi18n.h>

struct _DspSignInPage
{
  GtkWidget     parent_instance;

  GSettings    *settings;    /* (owned) */
  GCancellable *cancellable; /* (owned) (nullable): an attempt is under way */
  DspReplica   *replica;     /* (owned) (nullable): the cache that was there before */

  /* The attempt. */
  char         *try_server;
  char         *try_fingerprint;
  char         *try_user;
  char         *try_password;
  char         *try_key;
  char         *try_code;

  GtkWidget    *error;
  GtkWidget    *server;
  GtkWidget    *user;
  GtkWidget    *password;
  GtkWidget    *key;
  GtkWidget    *code;
  GtkWidget    *keep;
  GtkWidget    *button;
  GtkWidget    *button_stack;
  GtkWidget    *spinner;
  GtkWidget    *with_key;
  GtkWidget    *scroller;
};

G_DEFINE_FINAL_TYPE (DspSignInPage, dsp_sign_in_page, GTK_TYPE_WIDGET)

static guint signed_in_signal;

static void attempt (DspSignInPage *self);

char *
dsp_sign_in_server (const char *typed)
{
  g_autofree char *text = g_strstrip (g_strdup (typed));
  gsize length = strlen (text);

  while (length > 0 && text[length - 1] == '/')
    text[--length] = '\0';
  if (length == 0 || strstr (text, "://") != NULL)
    return g_steal_pointer (&text);
  return g_strconcat ("https://", text, NULL);
}

static char *
cache_path (const char *server,
            const char *user)
{
  g_autofree char *dir = g_build_filename (g_get_user_data_dir (), "despacho", NULL);

  return dsp_replica_path (dir, server, user);
}

DspReplica *
dsp_sign_in_open_cache (const char *server,
                        const char *user,
                        GError    **error)
{
  g_autofree char *path = cache_path (server, user);

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return NULL;
  return dsp_replica_open (path, 0, error);
}

char *
dsp_sign_in_sentence (const GError *error)
{
  if (error->domain != DSP_CLIENT_ERROR)
    return g_strdup (error->message);
  switch ((DspClientError) error->code)
    {
    case DSP_CLIENT_ERROR_SIGN_IN:
      return g_strdup (_("User or password is wrong."));
    case DSP_CLIENT_ERROR_CODE:
      return g_strdup (_("The code is wrong or was used already. Type the next one that your authenticator shows, or a recovery code."));
    case DSP_CLIENT_ERROR_WAIT:
      return g_strdup_printf (_("Too many attempts. Wait a little, then try again. (%s)"), error->message);
    case DSP_CLIENT_ERROR_OFFLINE:
      return g_strdup (_("The server cannot be reached. Look at its address and at the network."));
    case DSP_CLIENT_ERROR_LOCKED:
      return g_strdup (_("Despacho is open already for this user on this computer."));
    case DSP_CLIENT_ERROR_NEWER:
      return g_strdup (_("The data on this computer was written by a newer Despacho. Update the program; nothing was touched."));
    case DSP_CLIENT_ERROR_FULL:
      return g_strdup (_("The disk of this computer is full. Nothing was lost; make room and try again."));
    case DSP_CLIENT_ERROR_UPGRADE:
      return g_strdup (_("This server needs another version of Despacho."));
    case DSP_CLIENT_ERROR_SERVER:
      return g_strdup_printf (_("The server answered with an error: %s"), error->message);
    case DSP_CLIENT_ERROR_PASSWORD:
      return g_strdup (_("This password is too short, too long or too common."));
    case DSP_CLIENT_ERROR_CERTIFICATE:
    case DSP_CLIENT_ERROR_NEW_CERTIFICATE:
    case DSP_CLIENT_ERROR_DAMAGED:
    case DSP_CLIENT_ERROR_NOT_FOUND:
    case DSP_CLIENT_ERROR_FAILED:
    default:
      return g_strdup (error->message);
    }
}

/* ---- the form ---- */

static gboolean
uses_key (DspSignInPage *self)
{
  return gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (self->with_key));
}

static void
show_state (DspSignInPage *self)
{
  gboolean busy = self->cancellable != NULL;
  const char *server = gtk_editable_get_text (GTK_EDITABLE (self->server));
  const char *user = gtk_editable_get_text (GTK_EDITABLE (self->user));
  const char *secret = gtk_editable_get_text (GTK_EDITABLE (uses_key (self) ? self->key : self->password));

  const char *code = gtk_editable_get_text (GTK_EDITABLE (self->code));

  gtk_widget_set_sensitive (self->button, !busy && *server != '\0' && *user != '\0' && *secret != '\0' &&
                                            (*code != '\0' || !gtk_widget_get_visible (self->code)));
  gtk_stack_set_visible_child_name (GTK_STACK (self->button_stack), busy ? "busy" : "label");
  gtk_spinner_set_spinning (GTK_SPINNER (self->spinner), busy);
}

static void
show_error (DspSignInPage *self,
            const char    *sentence)
{
  gtk_label_set_text (GTK_LABEL (self->error), sentence != NULL ? sentence : "");
  gtk_widget_set_visible (self->error, sentence != NULL);
}

static void
on_edited (GtkEditable   *editable,
           DspSignInPage *self)
{
  show_state (self);
}

/* Only whom the server asks for a code sees the row for it; as long as it is about the same person. */
static void
hide_code (DspSignInPage *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->code), "");
  gtk_widget_set_visible (self->code, FALSE);
}

static void
on_account_edited (GtkEditable   *editable,
                   DspSignInPage *self)
{
  hide_code (self);
  show_state (self);
}

static void
ask_code (DspSignInPage *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->code), "");
  gtk_widget_set_visible (self->code, TRUE);
  show_state (self);
  gtk_widget_grab_focus (self->code);
}

static void
on_with_key (GtkToggleButton *button,
             DspSignInPage   *self)
{
  gtk_widget_set_visible (self->key, uses_key (self));
  gtk_widget_set_visible (self->password, !uses_key (self));
  show_state (self);
}

/* A certificate is of a host, whichever of its companies is meant. */
static gboolean
is_same_host (const char *a,
              const char *b)
{
  const char *ends[] = { a, b };

  for (guint i = 0; i < 2; i++)
    {
      const char *host = ends[i] != NULL ? strstr (ends[i], "://") : NULL;

      if (host == NULL)
        return FALSE;
      ends[i] = host + 3 + strcspn (host + 3, "/");
    }
  return ends[0] - a == ends[1] - b && g_ascii_strncasecmp (a, b, (gsize) (ends[0] - a)) == 0;
}

static void
on_submit (GtkWidget     *widget,
           DspSignInPage *self)
{
  g_autofree char *server = dsp_sign_in_server (gtk_editable_get_text (GTK_EDITABLE (self->server)));
  g_autofree char *user = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->user))));
  g_autofree char *known = g_settings_get_string (self->settings, "server-url");
  g_autofree char *fingerprint = g_settings_get_string (self->settings, "server-fingerprint");
  g_autofree char *tried = g_strdup (self->try_fingerprint); /* trusted a moment ago, or given at the start */
  g_autofree char *key = g_strstrip (g_strdup (gtk_editable_get_text (GTK_EDITABLE (self->key))));

  if (!gtk_widget_get_sensitive (self->button))
    return;
  if (tried == NULL || !is_same_host (self->try_server, server))
    {
      g_free (tried);
      tried = is_same_host (known, server) && *fingerprint != '\0' ? g_strdup (fingerprint) : NULL;
    }
  dsp_sign_in_page_go (self, server, tried, user,
                       uses_key (self) ? NULL : gtk_editable_get_text (GTK_EDITABLE (self->password)),
                       uses_key (self) ? key : NULL,
                       gtk_widget_get_visible (self->code) ? gtk_editable_get_text (GTK_EDITABLE (self->code)) : NULL);
}

/* ---- the attempt ---- */

static void
end_attempt (DspSignInPage *self,
             const char    *sentence)
{
  g_clear_object (&self->cancellable);
  if (self->replica != NULL)
    {
      dsp_replica_close (self->replica);
      g_clear_object (&self->replica);
    }
  show_error (self, sentence);
  show_state (self);
}

static void
succeed (DspSignInPage *self,
         DspSession    *session)
{
  g_autoptr(DspReplica) replica = g_steal_pointer (&self->replica);

  g_settings_set_string (self->settings, "server-url", self->try_server);
  g_settings_set_string (self->settings, "server-fingerprint", self->try_fingerprint != NULL ? self->try_fingerprint : "");
  g_settings_set_string (self->settings, "user", self->try_user);
  g_clear_object (&self->cancellable);
  show_error (self, NULL);
  show_state (self);
  g_signal_emit (self, signed_in_signal, 0, replica, session != NULL ? session->token : NULL, session);
}

static void
checked_offline_cb (GObject      *source,
                    GAsyncResult *res,
                    gpointer      user_data)
{
  g_autoptr(DspSignInPage) self = user_data;
  g_autoptr(GError) error = NULL;

  if (self->cancellable == NULL)
    return;
  if (dsp_replica_check_password_finish (DSP_REPLICA (source), res, &error))
    succeed (self, NULL);
  else if (g_error_matches (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_SIGN_IN))
    {
      g_autofree char *sentence = dsp_sign_in_sentence (error);

      end_attempt (self, sentence);
    }
  else
    end_attempt (self, _("The server cannot be reached, and this user has never signed in by password on this computer."));
}

static void
on_certificate_response (AdwMessageDialog *dialog,
                         const char       *response,
                         DspSignInPage    *self)
{
  if (g_str_equal (response, "trust"))
    {
      g_free (self->try_fingerprint);
      self->try_fingerprint = g_strdup (g_object_get_data (G_OBJECT (dialog), "fingerprint"));
      attempt (self);
    }
  else
    end_attempt (self, NULL);
}

static void
ask_certificate (DspSignInPage *self,
                 char          *fingerprint,
                 gboolean       changed)
{
  GtkRoot *root = gtk_widget_get_root (GTK_WIDGET (self));
  GtkWidget *dialog, *label;

  dialog = adw_message_dialog_new (GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                   changed ? _("The server's certificate has changed") : _("Is this your server?"), NULL);
  if (changed)
    adw_message_dialog_format_body (ADW_MESSAGE_DIALOG (dialog),
                                    _("%s shows another certificate than before. Somebody may be listening. Go on only if "
                                      "your administrator confirms the new fingerprint:"), self->try_server);
  else
    adw_message_dialog_format_body (ADW_MESSAGE_DIALOG (dialog),
                                    _("Nobody vouches for the certificate of %s. Compare its fingerprint with the one that "
                                      "your administrator gave you:"), self->try_server);
  label = gtk_label_new (fingerprint);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_CHAR);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_label_set_max_width_chars (GTK_LABEL (label), 48);
  gtk_widget_add_css_class (label, "monospace");
  gtk_accessible_update_property (GTK_ACCESSIBLE (label), GTK_ACCESSIBLE_PROPERTY_LABEL, fingerprint, -1);
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (dialog), label);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (dialog), "cancel", _("_Cancel"), "trust", _("_Trust this server"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (dialog), "trust",
                                              changed ? ADW_RESPONSE_DESTRUCTIVE : ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (dialog), "cancel");
  g_object_set_data_full (G_OBJECT (dialog), "fingerprint", g_steal_pointer (&fingerprint), g_free);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_certificate_response), self, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
signed_in_cb (GObject      *source,
              GAsyncResult *res,
              gpointer      user_data)
{
  g_autoptr(DspSignInPage) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspSession) session = dsp_sign_in_finish (res, &error);
  g_autofree char *path = NULL;
  g_autofree char *sentence = NULL;

  if (self->cancellable == NULL)
    return;
  if (session == NULL)
    {
      if (g_error_matches (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_NEW_CERTIFICATE) ||
          g_error_matches (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_CERTIFICATE))
        {
          char *shown = dsp_sign_in_dup_shown_fingerprint (res);

          if (shown != NULL)
            {
              ask_certificate (self, shown, error->code == DSP_CLIENT_ERROR_CERTIFICATE);
              return;
            }
        }
      if (g_error_matches (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_OFFLINE) && self->replica != NULL &&
          self->try_password != NULL)
        {
          dsp_replica_check_password_async (self->replica, self->try_password, self->cancellable, checked_offline_cb,
                                            g_object_ref (self));
          return;
        }
      /* Being asked for the first time is no fault. */
      if (!g_error_matches (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_CODE) || self->try_code != NULL)
        sentence = dsp_sign_in_sentence (error);
      end_attempt (self, sentence);
      if (g_error_matches (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_CODE))
        ask_code (self);
      return;
    }

  if (self->replica == NULL)
    {
      g_autofree char *dir = NULL;

      path = cache_path (self->try_server, self->try_user);
      dir = g_path_get_dirname (path);
      g_mkdir_with_parents (dir, 0700);
      self->replica = dsp_replica_open (path, 0, &error);
    }
  if (self->replica == NULL || !dsp_replica_set_session (self->replica, session, &error))
    {
      sentence = dsp_sign_in_sentence (error);
      end_attempt (self, sentence);
      return;
    }
  succeed (self, session);
}

static void
attempt (DspSignInPage *self)
{
  DspId device;
  gboolean has_device = self->replica != NULL && dsp_replica_dup_device (self->replica, &device);

  dsp_sign_in_async (self->try_server, self->try_fingerprint, self->try_user, self->try_password, self->try_key, self->try_code,
                     has_device ? &device : NULL, self->cancellable, signed_in_cb, g_object_ref (self));
}

void
dsp_sign_in_page_go (DspSignInPage *self,
                     const char    *server,
                     const char    *fingerprint,
                     const char    *user,
                     const char    *password,
                     const char    *key,
                     const char    *code)
{
  g_autoptr(GError) error = NULL;

  if (self->cancellable != NULL)
    return;
  g_free (self->try_server);
  g_free (self->try_fingerprint);
  g_free (self->try_user);
  g_free (self->try_password);
  g_free (self->try_key);
  g_free (self->try_code);
  self->try_server = dsp_sign_in_server (server);
  self->try_fingerprint = g_strdup (fingerprint);
  self->try_user = g_strdup (user);
  self->try_password = g_strdup (password);
  self->try_key = g_strdup (key);
  self->try_code = g_strdup (code);
  /* A text that is set anew counts as edited, and the row of the code would go. */
  if (!g_str_equal (gtk_editable_get_text (GTK_EDITABLE (self->server)), self->try_server))
    gtk_editable_set_text (GTK_EDITABLE (self->server), self->try_server);
  if (!g_str_equal (gtk_editable_get_text (GTK_EDITABLE (self->user)), self->try_user))
    gtk_editable_set_text (GTK_EDITABLE (self->user), self->try_user);
  /* A key that came without the form stands in it as well: it goes again when the server asks for a code. */
  if (key != NULL && !g_str_equal (gtk_editable_get_text (GTK_EDITABLE (self->key)), key))
    {
      gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->with_key), TRUE);
      gtk_editable_set_text (GTK_EDITABLE (self->key), key);
    }
  self->cancellable = g_cancellable_new ();
  show_error (self, NULL);
  show_state (self);

  self->replica = dsp_sign_in_open_cache (self->try_server, self->try_user, &error);
  if (error != NULL)
    {
      g_autofree char *sentence = dsp_sign_in_sentence (error);

      end_attempt (self, sentence);
      return;
    }
  if (self->try_fingerprint == NULL && self->replica != NULL)
    self->try_fingerprint = g_strdup (dsp_replica_get_fingerprint (self->replica));
  attempt (self);
}

gboolean
dsp_sign_in_page_get_keep (DspSignInPage *self)
{
  return gtk_switch_get_active (GTK_SWITCH (self->keep));
}

const char *
dsp_sign_in_page_get_password (DspSignInPage *self)
{
  return self->try_password;
}

void
dsp_sign_in_page_reset (DspSignInPage *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->password), "");
  gtk_editable_set_text (GTK_EDITABLE (self->key), "");
  g_clear_pointer (&self->try_password, g_free);
  g_clear_pointer (&self->try_key, g_free);
  g_clear_pointer (&self->try_code, g_free);
  hide_code (self);
  show_error (self, NULL);
  show_state (self);
  gtk_widget_grab_focus (gtk_editable_get_text (GTK_EDITABLE (self->user))[0] != '\0' ? self->password : self->server);
}

/* ---- object ---- */

static void
dsp_sign_in_page_dispose (GObject *object)
{
  DspSignInPage *self = DSP_SIGN_IN_PAGE (object);

  if (self->cancellable != NULL)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  if (self->replica != NULL)
    dsp_replica_close (self->replica);
  g_clear_object (&self->replica);
  g_clear_pointer (&self->scroller, gtk_widget_unparent);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (dsp_sign_in_page_parent_class)->dispose (object);
}

static void
dsp_sign_in_page_finalize (GObject *object)
{
  DspSignInPage *self = DSP_SIGN_IN_PAGE (object);

  g_free (self->try_server);
  g_free (self->try_fingerprint);
  g_free (self->try_user);
  g_free (self->try_password);
  g_free (self->try_key);
  g_free (self->try_code);
  G_OBJECT_CLASS (dsp_sign_in_page_parent_class)->finalize (object);
}

static void
dsp_sign_in_page_class_init (DspSignInPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dsp_sign_in_page_dispose;
  G_OBJECT_CLASS (klass)->finalize = dsp_sign_in_page_finalize;
  signed_in_signal = g_signal_new ("signed-in", DSP_TYPE_SIGN_IN_PAGE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 3,
                                   DSP_TYPE_REPLICA, G_TYPE_STRING, G_TYPE_POINTER);
  gtk_widget_class_set_template_from_resource (widget_class, "/mx/despacho/Despacho/dsp-sign-in-page.ui");
  gtk_widget_class_bind_template_child (widget_class, DspSignInPage, scroller);
  gtk_widget_class_bind_template_child (widget_class, DspSignInPage, error);
  gtk_widget_class_bind_template_child (widget_class, DspSignInPage, server);
  gtk_widget_class_bind_template_child (widget_class, DspSignInPage, user);
  gtk_widget_class_bind_template_child (widget_class, DspSignInPage, password);
  gtk_widget_class_bind_template_child (widget_class, DspSignInPage, key);
  gtk_widget_class_bind_template_child (widget_class, DspSignInPage, code);
  gtk_widget_class_bind_template_child (widget_class, DspSignInPage, keep);
  gtk_widget_class_bind_template_child (widget_class, DspSignInPage, button);
  gtk_widget_class_bind_template_child (widget_class, DspSignInPage, button_stack);
  gtk_widget_class_bind_template_child (widget_class, DspSignInPage, spinner);
  gtk_widget_class_bind_template_child (widget_class, DspSignInPage, with_key);
  gtk_widget_class_bind_template_callback (widget_class, on_submit);
  gtk_widget_class_bind_template_callback (widget_class, on_edited);
  gtk_widget_class_bind_template_callback (widget_class, on_account_edited);
  gtk_widget_class_bind_template_callback (widget_class, on_with_key);
}

static void
dsp_sign_in_page_init (DspSignInPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
dsp_sign_in_page_new (GSettings *settings)
{
  DspSignInPage *self = g_object_new (DSP_TYPE_SIGN_IN_PAGE, NULL);
  g_autofree char *server = g_settings_get_string (settings, "server-url");
  g_autofree char *user = g_settings_get_string (settings, "user");

  self->settings = g_object_ref (settings);
  gtk_editable_set_text (GTK_EDITABLE (self->server), server);
  gtk_editable_set_text (GTK_EDITABLE (self->user), user);
  gtk_switch_set_active (GTK_SWITCH (self->keep), g_settings_get_boolean (settings, "keep-signed-in"));
  show_state (self);
  return GTK_WIDGET (self);
}
