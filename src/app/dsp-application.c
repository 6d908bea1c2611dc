/* dsp-application.c: the program `despacho`
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-application"

#include "config.h"
#include "dsp-application.h"

#include "dsp-window.h"

#include <glib/gi18n.h>
#include <string.h>

/* A one-time key is short; whatever is longer is another file. */
#define MAX_KEY 4096

struct _DspApplication
{
  AdwApplication  parent_instance;

  GSettings      *settings;    /* (owned) */
  char           *server;      /* (owned) (nullable): from the command line, as the others */
  char           *fingerprint;
  char           *user;
  char           *key;
};

G_DEFINE_FINAL_TYPE (DspApplication, dsp_application, ADW_TYPE_APPLICATION)

static void
action_about (GSimpleAction *action,
              GVariant      *parameter,
              gpointer       user_data)
{
  DspApplication *self = user_data;

  adw_show_about_window (gtk_application_get_active_window (GTK_APPLICATION (self)),
                         "application-name", _("Despacho"),
                         "application-icon", "mx.despacho.Despacho",
                         "version", PACKAGE_VERSION,
                         "comments", _("Orders, crews and their map for a dispatch office"),
                         "license-type", GTK_LICENSE_GPL_3_0,
                         /* Translators: your name, one line a person */
                         "translator-credits", _("translator-credits"),
                         NULL);
}

static void
action_quit (GSimpleAction *action,
             GVariant      *parameter,
             gpointer       user_data)
{
  GList *windows = g_list_copy (gtk_application_get_windows (user_data));

  for (GList *l = windows; l != NULL; l = l->next)
    if (DSP_IS_WINDOW (l->data))
      gtk_window_close (l->data);
  g_list_free (windows);
}

static const GActionEntry actions[] = {
  { .name = "about", .activate = action_about },
  { .name = "quit", .activate = action_quit },
};

static const struct { const char *action; const char *keys[3]; } keys[] = {
  { "app.quit", { "<Control>q" } },
  { "win.search", { "<Control>k" } },
  { "win.new-order", { "<Control>n" } },
  { "win.import-orders", { "<Control>i" } },
  { "win.filter", { "<Control>f" } },
  { "win.undo", { "<Control>z" } },
  { "win.select-all", { "<Control>a" } },
  { "win.type-crew", { "<Control>t" } },
  { "win.next-case", { "F8" } },
  { "win.previous-case", { "<Shift>F8" } },
  { "win.outbox", { "<Control>o" } },
  { "win.print", { "<Control>p" } },
  { "win.contingency", { "<Control><Shift>p" } },
  { "win.results", { "<Control>r" } },
  { "win.sync-now", { "F5" } },
  { "win.roll-call", { "F7" } },
  { "win.closed-zones", { "F9" } },
  { "win.preferences", { "<Control>comma" } },
  { "win.show-help-overlay", { "<Control>question", "F1" } },
  { "panes.list-window", { "<Control><Alt>1" } },
  { "panes.map-window", { "<Control><Alt>2" } },
  { "panes.crews-window", { "<Control><Alt>3" } },
  { "win.page('assignments')", { "<Alt>1" } },
  { "win.page('crews')", { "<Alt>2" } },
  { "win.page('masters')", { "<Alt>3" } },
  { "win.page('distributors')", { "<Alt>4" } },
};

static void
dsp_application_startup (GApplication *application)
{
  DspApplication *self = DSP_APPLICATION (application);

  G_APPLICATION_CLASS (dsp_application_parent_class)->startup (application);
  self->settings = g_settings_new ("mx.despacho.Despacho");
  gtk_window_set_default_icon_name ("mx.despacho.Despacho");
  g_action_map_add_action_entries (G_ACTION_MAP (self), actions, G_N_ELEMENTS (actions), self);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_application_set_accels_for_action (GTK_APPLICATION (self), keys[i].action, keys[i].keys);
  for (guint key = 1; key <= 9; key++)
    {
      g_autofree char *action = g_strdup_printf ("win.assign-key(uint32 %u)", key);
      g_autofree char *accel = g_strdup_printf ("<Control>%u", key);
      g_autofree char *keypad = g_strdup_printf ("<Control>KP_%u", key);
      const char *const accels[] = { accel, keypad, NULL };

      gtk_application_set_accels_for_action (GTK_APPLICATION (self), action, accels);
    }
}

static void
dsp_application_activate (GApplication *application)
{
  DspApplication *self = DSP_APPLICATION (application);
  GtkWindow *window = gtk_application_get_active_window (GTK_APPLICATION (self));

  if (window == NULL)
    {
      window = GTK_WINDOW (dsp_window_new (GTK_APPLICATION (self), self->settings));
      if (self->key != NULL)
        dsp_window_sign_in (DSP_WINDOW (window), self->server, self->fingerprint, self->user, self->key);
      else
        dsp_window_resume (DSP_WINDOW (window));
      /* Good for one use. */
      g_clear_pointer (&self->key, g_free);
    }
  gtk_window_present (window);
}

/* Options are looked at before there is a window, so that a mistake is told on the terminal. */
static int
dsp_application_handle_local_options (GApplication *application,
                                      GVariantDict *options)
{
  DspApplication *self = DSP_APPLICATION (application);
  g_autofree char *file = NULL;

  if (g_variant_dict_contains (options, "version"))
    {
      g_print ("despacho %s\n", PACKAGE_VERSION);
      return 0;
    }
  g_variant_dict_lookup (options, "server", "s", &self->server);
  g_variant_dict_lookup (options, "fingerprint", "s", &self->fingerprint);
  g_variant_dict_lookup (options, "user", "s", &self->user);
  if (g_variant_dict_lookup (options, "key-file", "^ay", &file))
    {
      g_autoptr(GError) error = NULL;
      gsize length = 0;

      if (self->server == NULL || self->user == NULL)
        {
          g_printerr (_("despacho: --key-file needs --server and --user\n"));
          return 2;
        }
      if (!g_file_get_contents (file, &self->key, &length, &error))
        {
          g_printerr ("despacho: %s\n", error->message);
          return 2;
        }
      g_strstrip (self->key);
      if (length == 0 || length > MAX_KEY || *self->key == '\0' || !g_utf8_validate (self->key, -1, NULL))
        {
          g_printerr (_("despacho: %s does not hold a one-time key\n"), file);
          return 2;
        }
    }
  return -1;
}

static void
dsp_application_finalize (GObject *object)
{
  DspApplication *self = DSP_APPLICATION (object);

  g_clear_object (&self->settings);
  g_free (self->server);
  g_free (self->fingerprint);
  g_free (self->user);
  g_free (self->key);
  G_OBJECT_CLASS (dsp_application_parent_class)->finalize (object);
}

static void
dsp_application_class_init (DspApplicationClass *klass)
{
  GApplicationClass *application_class = G_APPLICATION_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = dsp_application_finalize;
  application_class->startup = dsp_application_startup;
  application_class->activate = dsp_application_activate;
  application_class->handle_local_options = dsp_application_handle_local_options;
}

static void
dsp_application_init (DspApplication *self)
{
  const GOptionEntry options[] = {
    { "server", 0, 0, G_OPTION_ARG_STRING, NULL, N_("Address of the server"), N_("URL") },
    { "fingerprint", 0, 0, G_OPTION_ARG_STRING, NULL, N_("SHA-256 of the server's certificate"), N_("FINGERPRINT") },
    { "user", 0, 0, G_OPTION_ARG_STRING, NULL, N_("User to sign in"), N_("NAME") },
    { "key-file", 0, 0, G_OPTION_ARG_FILENAME, NULL, N_("File with a one-time key"), N_("FILE") },
    { "version", 'v', 0, G_OPTION_ARG_NONE, NULL, N_("Print the version"), NULL },
    { NULL, 0, 0, 0, NULL, NULL, NULL },
  };

  g_application_add_main_option_entries (G_APPLICATION (self), options);
}

/* Not unique: two users may each have a window, with a cache of their own, on one screen. */
DspApplication *
dsp_application_new (void)
{
  return g_object_new (DSP_TYPE_APPLICATION, "application-id", "mx.despacho.Despacho", "flags", G_APPLICATION_NON_UNIQUE,
                       "resource-base-path", "/mx/despacho/Despacho", NULL);
}
