/* dsp-factor-window.c: one's own second factor is set up, or taken away
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Setting up: the server gives a secret, which is shown as a picture and as letters; a code of it and the password go back;
 * then the recovery codes are shown, this once. Closing the window before leaves everything as it was. Neither secret nor
 * codes are kept anywhere but in the widgets that show them.
 */
#define G_LOG_DOMAIN "dsp-factor-window"

#include "config.h"
#include "dsp-factor-window.h"

#include "dsp-own-account.h"
#include "dsp-qr-view.h"
#include "dsp-sign-ins-view.h"

#include <glib/gi18n.h>
#include <sodium.h>
#include <string.h>

#define DSP_TYPE_FACTOR_WINDOW (dsp_factor_window_get_type ())
G_DECLARE_FINAL_TYPE (DspFactorWindow, dsp_factor_window, DSP, FACTOR_WINDOW, AdwWindow)

struct _DspFactorWindow
{
  AdwWindow     parent_instance;

  DspOffice    *office;      /* (owned) */
  GCancellable *cancellable; /* (owned) */
  char         *secret;      /* (owned) (nullable) */
  GtkWidget    *stack;
  GtkWidget    *setup;       /* what is shown while it is set up */
  GtkWidget    *code;
  GtkWidget    *password;
  GtkWidget    *set;
  GtkWidget    *error;
  gboolean      busy;
};

G_DEFINE_FINAL_TYPE (DspFactorWindow, dsp_factor_window, ADW_TYPE_WINDOW)

enum { SIGNAL_DONE, N_SIGNALS };
static guint signals[N_SIGNALS];

static GtkWidget *
make_text (const char *text,
           const char *css_class)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  if (css_class != NULL)
    gtk_widget_add_css_class (label, css_class);
  return label;
}

static char *
sentence_of (const GError *error)
{
  if (g_error_matches (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_SIGN_IN))
    return g_strdup (_("The password is wrong."));
  if (g_error_matches (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_CODE))
    return g_strdup (_("The code is wrong or was used already. Type the one that your authenticator shows now."));
  return dsp_sign_ins_sentence (error);
}

static void
show_state (DspFactorWindow *self)
{
  const char *code = gtk_editable_get_text (GTK_EDITABLE (self->code));

  gtk_widget_set_sensitive (self->set, !self->busy && strlen (code) >= 6);
}

static void
fail (DspFactorWindow *self,
      const GError    *error)
{
  g_autofree char *sentence = sentence_of (error);

  self->busy = FALSE;
  gtk_label_set_text (GTK_LABEL (self->error), sentence);
  gtk_widget_set_visible (self->error, TRUE);
  show_state (self);
}

/* ---- recovery codes ---- */

static void
on_copy (GtkWidget *button)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (button), g_object_get_data (G_OBJECT (button), "text"));
  gtk_button_set_label (GTK_BUTTON (button), _("Copied"));
}

static GtkWidget *
make_copy (char *text) /* (transfer full) */
{
  GtkWidget *copy = gtk_button_new_with_label (_("Copy"));

  gtk_widget_set_halign (copy, GTK_ALIGN_START);
  g_object_set_data_full (G_OBJECT (copy), "text", text, g_free);
  g_signal_connect (copy, "clicked", G_CALLBACK (on_copy), NULL);
  return copy;
}

static void
show_codes (DspFactorWindow *self,
            GStrv            codes)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12), *grid = gtk_grid_new (), *end = gtk_button_new_with_label (_("I have kept them"));

  gtk_box_append (GTK_BOX (box), make_text (_("Your second factor is on"), "title-2"));
  gtk_box_append (GTK_BOX (box), make_text (_("With one of these codes you can sign in without your authenticator, each once. Keep them where you find them "
                                              "when it is lost: they are shown only now. You stay signed in here; elsewhere you sign in again."), NULL));
  gtk_grid_set_row_spacing (GTK_GRID (grid), 6);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 24);
  for (guint i = 0; codes[i] != NULL; i++)
    {
      GtkWidget *label = make_text (codes[i], "monospace");

      gtk_label_set_selectable (GTK_LABEL (label), TRUE);
      gtk_label_set_wrap (GTK_LABEL (label), FALSE);
      gtk_widget_set_can_focus (label, FALSE);
      gtk_grid_attach (GTK_GRID (grid), label, 0, (int) i, 1, 1);
    }
  gtk_box_append (GTK_BOX (box), grid);
  gtk_box_append (GTK_BOX (box), make_copy (g_strjoinv ("\n", codes)));
  gtk_widget_add_css_class (end, "suggested-action");
  gtk_widget_set_halign (end, GTK_ALIGN_END);
  g_signal_connect_swapped (end, "clicked", G_CALLBACK (gtk_window_close), self);
  gtk_box_append (GTK_BOX (box), end);
  gtk_stack_add_named (GTK_STACK (self->stack), box, "codes");
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "codes");
  /* The window keeps no hold of its default widget: it has to let go of the old one first. */
  gtk_window_set_default_widget (GTK_WINDOW (self), end);
  gtk_widget_grab_focus (end);
  gtk_stack_remove (GTK_STACK (self->stack), self->setup);
}

static void
set_cb (GObject      *source,
        GAsyncResult *res,
        gpointer      user_data)
{
  g_autoptr(DspFactorWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) codes = dsp_sync_set_factor_finish (DSP_SYNC (source), res, &error);

  if (self->stack == NULL)
    return;
  if (codes == NULL)
    {
      fail (self, error);
      return;
    }
  show_codes (self, codes);
  g_signal_emit (self, signals[SIGNAL_DONE], 0);
}

static void
on_set (DspFactorWindow *self)
{
  DspSync *sync = dsp_office_get_sync (self->office);

  if (sync == NULL || !gtk_widget_get_sensitive (self->set))
    return;
  self->busy = TRUE;
  gtk_widget_set_visible (self->error, FALSE);
  show_state (self);
  dsp_sync_set_factor_async (sync, self->secret, gtk_editable_get_text (GTK_EDITABLE (self->code)),
                             gtk_editable_get_text (GTK_EDITABLE (self->password)), NULL, set_cb, g_object_ref (self));
}

/* ---- setting up ---- */

/* Letters in fours, as people type them. */
static char *
dup_grouped (const char *secret)
{
  GString *out = g_string_new (NULL);

  for (gsize i = 0; secret[i] != '\0'; i++)
    {
      if (i > 0 && i % 4 == 0)
        g_string_append_c (out, ' ');
      g_string_append_c (out, secret[i]);
    }
  return g_string_free (out, FALSE);
}

static GtkWidget *
make_entries (DspFactorWindow *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  self->code = gtk_entry_new ();
  gtk_entry_set_input_purpose (GTK_ENTRY (self->code), GTK_INPUT_PURPOSE_DIGITS);
  g_object_set (self->code, "placeholder-text", _("Code that it shows now"), "activates-default", TRUE, "max-length", 9, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->code), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Code that it shows now"), -1);
  self->password = gtk_password_entry_new ();
  gtk_password_entry_set_show_peek_icon (GTK_PASSWORD_ENTRY (self->password), TRUE);
  g_object_set (self->password, "placeholder-text", _("Your password"), "activates-default", TRUE, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->password), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Your password"), -1);
  g_signal_connect_swapped (self->code, "changed", G_CALLBACK (show_state), self);
  gtk_box_append (GTK_BOX (box), self->code);
  gtk_box_append (GTK_BOX (box), self->password);
  return box;
}

static void
show_secret (DspFactorWindow *self,
             const char      *uri)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  g_autofree char *grouped = dup_grouped (self->secret);
  GtkWidget *letters = make_text (grouped, "monospace"), *picture = dsp_qr_view_new (uri, _("Secret for an authenticator, as a picture"));

  self->setup = box;
  gtk_box_append (GTK_BOX (box), make_text (_("Scan this with an authenticator app on your telephone, or type the letters into it."), NULL));
  gtk_widget_set_halign (picture, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (box), picture);
  gtk_label_set_selectable (GTK_LABEL (letters), TRUE);
  gtk_label_set_xalign (GTK_LABEL (letters), 0.5f);
  gtk_widget_set_can_focus (letters, FALSE);
  gtk_box_append (GTK_BOX (box), letters);
  gtk_box_append (GTK_BOX (box), make_entries (self));
  self->error = make_text ("", "error");
  gtk_widget_set_visible (self->error, FALSE);
  gtk_box_append (GTK_BOX (box), self->error);
  self->set = gtk_button_new_with_label (_("Turn on"));
  gtk_widget_add_css_class (self->set, "suggested-action");
  gtk_widget_set_halign (self->set, GTK_ALIGN_END);
  g_signal_connect_swapped (self->set, "clicked", G_CALLBACK (on_set), self);
  gtk_box_append (GTK_BOX (box), self->set);
  gtk_stack_add_named (GTK_STACK (self->stack), box, "setup");
  gtk_stack_set_visible_child (GTK_STACK (self->stack), box);
  gtk_window_set_default_widget (GTK_WINDOW (self), self->set);
  show_state (self);
  gtk_widget_grab_focus (self->code);
}

static void
secret_cb (GObject      *source,
           GAsyncResult *res,
           gpointer      user_data)
{
  g_autoptr(DspFactorWindow) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *uri = NULL;
  g_autofree char *sentence = NULL;

  if (dsp_sync_new_factor_finish (DSP_SYNC (source), res, &self->secret, &uri, &error))
    {
      if (self->stack != NULL)
        show_secret (self, uri);
      sodium_memzero (uri, strlen (uri));
      return;
    }
  if (self->stack == NULL)
    return;
  sentence = dsp_sign_ins_sentence (error);
  gtk_stack_add_named (GTK_STACK (self->stack), make_text (sentence, "error"), "failed");
  gtk_stack_set_visible_child_name (GTK_STACK (self->stack), "failed");
}

/* ---- the window ---- */

static void
dsp_factor_window_dispose (GObject *object)
{
  DspFactorWindow *self = DSP_FACTOR_WINDOW (object);

  g_cancellable_cancel (self->cancellable);
  self->stack = NULL;
  G_OBJECT_CLASS (dsp_factor_window_parent_class)->dispose (object);
}

static void
dsp_factor_window_finalize (GObject *object)
{
  DspFactorWindow *self = DSP_FACTOR_WINDOW (object);

  if (self->secret != NULL)
    sodium_memzero (self->secret, strlen (self->secret));
  g_free (self->secret);
  g_clear_object (&self->cancellable);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_factor_window_parent_class)->finalize (object);
}

static void
dsp_factor_window_class_init (DspFactorWindowClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_factor_window_dispose;
  G_OBJECT_CLASS (klass)->finalize = dsp_factor_window_finalize;
  gtk_widget_class_add_binding_action (GTK_WIDGET_CLASS (klass), GDK_KEY_Escape, 0, "window.close", NULL);
  signals[SIGNAL_DONE] = g_signal_new ("done", DSP_TYPE_FACTOR_WINDOW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
dsp_factor_window_init (DspFactorWindow *self)
{
  GtkWidget *content = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *spinner = gtk_spinner_new ();

  self->cancellable = g_cancellable_new ();
  self->stack = gtk_stack_new ();
  gtk_stack_set_vhomogeneous (GTK_STACK (self->stack), FALSE);
  gtk_spinner_start (GTK_SPINNER (spinner));
  gtk_stack_add_named (GTK_STACK (self->stack), spinner, "waiting");
  gtk_widget_add_css_class (self->stack, "dsp-dialog-content");
  gtk_widget_set_vexpand (self->stack, TRUE);
  gtk_box_append (GTK_BOX (content), adw_header_bar_new ());
  gtk_box_append (GTK_BOX (content), self->stack);
  adw_window_set_content (ADW_WINDOW (self), content);
}

void
dsp_factor_window_open (GtkWindow *parent,
                        DspOffice *office,
                        GCallback  done,
                        gpointer   owner)
{
  DspFactorWindow *self = g_object_new (DSP_TYPE_FACTOR_WINDOW, "title", _("Second factor"), "modal", TRUE, "transient-for", parent,
                                        "destroy-with-parent", TRUE, "default-width", 420, "resizable", FALSE, NULL);
  DspSync *sync = dsp_office_get_sync (office);

  self->office = g_object_ref (office);
  g_signal_connect_object (self, "done", done, owner, G_CONNECT_SWAPPED);
  if (sync != NULL)
    dsp_sync_new_factor_async (sync, self->cancellable, secret_cb, g_object_ref (self));
  gtk_window_present (GTK_WINDOW (self));
}

/* ---- taking away ---- */

typedef struct {
  GtkWidget *dialog;   /* (nullable): NULL once closed */
  GtkWindow *parent;   /* (owned) */
  DspOffice *office;   /* (owned) */
  GtkWidget *code, *password;
  GCallback  done;
  GObject   *owner;    /* (owned) */
} Drop;

static void
drop_free (Drop *drop)
{
  g_object_unref (drop->parent);
  g_object_unref (drop->office);
  g_object_unref (drop->owner);
  g_free (drop);
}

static void ask_to_drop (Drop *drop, const char *wrong);

static void
dropped_cb (GObject      *source,
            GAsyncResult *res,
            gpointer      user_data)
{
  Drop *drop = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *sentence = NULL;

  if (!dsp_sync_drop_factor_finish (DSP_SYNC (source), res, &error))
    {
      sentence = sentence_of (error);
      ask_to_drop (drop, sentence);
      return;
    }
  dsp_office_message (drop->office, 0, "%s", _("From now on your password is enough."));
  ((void (*) (gpointer)) drop->done) (drop->owner);
  drop_free (drop);
}

static void
on_drop_response (AdwMessageDialog *dialog,
                  const char       *response,
                  Drop             *drop)
{
  DspSync *sync = dsp_office_get_sync (drop->office);

  if (g_str_equal (response, "off") && sync != NULL)
    dsp_sync_drop_factor_async (sync, gtk_editable_get_text (GTK_EDITABLE (drop->code)), gtk_editable_get_text (GTK_EDITABLE (drop->password)),
                                NULL, dropped_cb, drop);
  else
    drop_free (drop);
}

static GtkWidget *
add_entry (GtkWidget  *box,
           GtkWidget  *entry,
           const char *name)
{
  g_object_set (entry, "placeholder-text", name, "activates-default", TRUE, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_box_append (GTK_BOX (box), entry);
  return entry;
}

/* What was wrong is said where it is asked again. */
static void
ask_to_drop (Drop       *drop,
             const char *wrong)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);

  drop->dialog = adw_message_dialog_new (drop->parent, _("Turn the second factor off?"),
                                         wrong != NULL ? wrong : _("Then your password alone is enough to sign in as you."));
  drop->code = add_entry (box, gtk_entry_new (), _("Code, or a recovery code"));
  drop->password = add_entry (box, gtk_password_entry_new (), _("Your password"));
  adw_message_dialog_set_extra_child (ADW_MESSAGE_DIALOG (drop->dialog), box);
  adw_message_dialog_add_responses (ADW_MESSAGE_DIALOG (drop->dialog), "cancel", _("_Cancel"), "off", _("_Turn off"), NULL);
  adw_message_dialog_set_response_appearance (ADW_MESSAGE_DIALOG (drop->dialog), "off", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (ADW_MESSAGE_DIALOG (drop->dialog), "off");
  adw_message_dialog_set_close_response (ADW_MESSAGE_DIALOG (drop->dialog), "cancel");
  g_signal_connect (drop->dialog, "response", G_CALLBACK (on_drop_response), drop);
  gtk_window_present (GTK_WINDOW (drop->dialog));
}

void
dsp_factor_ask_to_drop (GtkWindow *parent,
                        DspOffice *office,
                        GCallback  done,
                        gpointer   owner)
{
  Drop *drop = g_new0 (Drop, 1);

  drop->parent = g_object_ref (parent);
  drop->office = g_object_ref (office);
  drop->owner = g_object_ref (owner);
  drop->done = done;
  ask_to_drop (drop, NULL);
}
