/* dsp-settings.c: how a server is set up, by its configuration file and its command line
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One table describes every setting; options of the command line and keys of the file have the same names, and both come
 * from it. What the command line says goes before the file.
 */
#define G_LOG_DOMAIN "despachod"

#include "config.h"
#include "dsp-settings.h"

#include "dsp-types.h"

#include <glib/gi18n.h>
#include <string.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>

#define GROUP_SERVER   "server"
#define GROUP_COMPANY  "company"
#define UNSAID         -1
#define NAME_MAX_BYTES 63

typedef enum {
  IN_BOTH    = 0,
  IN_COMPANY = 1 << 0, /* may differ from company to company */
  NOT_IN_FILE = 1 << 1,
} Where;

typedef struct {
  const char *name;
  GOptionArg  kind;  /* STRING, FILENAME, STRING_ARRAY, INT or NONE */
  Where       where;
  gsize       offset; /* in DspSettings; in_company: within its part "usual" */
  const char *help, *value;
} Setting;

#define SERVER(name, kind, member, help, value)  { name, G_OPTION_ARG_##kind, IN_BOTH, G_STRUCT_OFFSET (DspSettings, member), help, value }
#define LINE(name, kind, member, help, value)    { name, G_OPTION_ARG_##kind, NOT_IN_FILE, G_STRUCT_OFFSET (DspSettings, member), help, value }
#define COMPANY(name, kind, member, help, value) { name, G_OPTION_ARG_##kind, IN_COMPANY, G_STRUCT_OFFSET (DspCompanySettings, member), help, value }

static const Setting settings[] = {
  LINE ("config", FILENAME, config, N_("Configuration file"), "FILE"),
  COMPANY ("database", STRING, database, N_("The database"), "sqlite:FILE|postgresql://…"),
  SERVER ("listen", STRING, listen, N_("Where to listen; port 0 is any free one"), "HOST:PORT"),
  SERVER ("socket", FILENAME, socket, N_("UNIX socket for the owner's tools; else FILE.socket"), "PATH"),
  SERVER ("state", FILENAME, state, N_("Folder for attachments and the server's own certificate"), "DIR"),
  SERVER ("no-tls", NONE, no_tls, N_("Speak plain HTTP, behind a proxy on this machine"), NULL),
  SERVER ("certificate", FILENAME, certificate, N_("Certificate chain"), "PEM"),
  SERVER ("key", FILENAME, key, N_("Its private key"), "PEM"),
  SERVER ("host", STRING_ARRAY, hosts, N_("A name under which it is asked, else any; may be given again"), "NAME"),
  SERVER ("proxy", STRING_ARRAY, proxies, N_("A proxy that says in X-Forwarded-For who calls; may be given again"), "ADDRESS[/BITS]"),
  SERVER ("metrics-secret", FILENAME, metrics_secret, N_("File with the token for /metrics; else it is on the socket only"), "FILE"),
  SERVER ("waits-per-token", INT, waits, N_("Requests that wait for news"), "N"),
  COMPANY ("sign-ins-per-minute", INT, sign_ins, N_("From one address; 0: no limit"), "N"),
  COMPANY ("require-second-factor", NONE, second_factor, N_("Supervisors and administrators need a second factor"), NULL),
  COMPANY ("requests-per-second", INT, requests, N_("Of one user; 0: no limit"), "N"),
  COMPANY ("commands-per-minute", INT, commands, N_("Of one user; 0: no limit"), "N"),
  COMPANY ("rotate-tokens-after", INT, rotate, N_("Age at which a token is exchanged; else a day"), "SECONDS"),
  COMPANY ("token-grace", INT, grace, N_("How long the old one counts then; else 300"), "SECONDS"),
  COMPANY ("keep-changes", INT, keep_days, N_("Prune older changes; else 90"), "DAYS"),
  COMPANY ("housekeeping", INT, housekeeping, N_("How often that is done; else 600"), "SECONDS"),
  COMPANY ("osrm", STRING, osrm, N_("Routing service that measures claims of kilometres, as OSRM's"), "http://HOST:PORT"),
  COMPANY ("routino", FILENAME, routino, N_("Folder of Routino's database, by which they are measured"), "DIR[/PREFIX]"),
  LINE ("ready-fd", INT, ready_fd, N_("Write a line there and close it when ready"), "N"),
  LINE ("replay-from", STRING, replay, N_("For tests: the clock starts there and goes on by the times that commands carry"), "TIME"),
  LINE ("version", NONE, version, N_("Print the version"), NULL),
};

static void
company_clear (DspCompanySettings *self)
{
  g_free (self->name);
  g_free (self->database);
  g_free (self->osrm);
  g_free (self->routino);
}

static void
company_free (gpointer data)
{
  company_clear (data);
  g_free (data);
}

DspSettings *
dsp_settings_new (void)
{
  DspSettings *self = g_new0 (DspSettings, 1);

  self->ready_fd = UNSAID;
  self->listen_fd = -1;
  self->waits = UNSAID;
  self->usual = (DspCompanySettings) { .sign_ins = UNSAID, .requests = UNSAID, .commands = UNSAID, .rotate = UNSAID, .grace = UNSAID,
                                       .keep_days = UNSAID, .housekeeping = UNSAID };
  self->companies = g_ptr_array_new_with_free_func (company_free);
  return self;
}

void
dsp_settings_free (DspSettings *self)
{
  char **texts[] = { &self->listen, &self->socket, &self->state, &self->certificate, &self->key, &self->metrics_secret, &self->config, &self->replay };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_free (*texts[i]);
  g_strfreev (self->hosts);
  g_strfreev (self->proxies);
  company_clear (&self->usual);
  g_ptr_array_unref (self->companies);
  g_free (self);
}

static gboolean refuse (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
refuse (GError    **error,
        const char *format,
        ...)
{
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, text);
  return FALSE;
}

/* Where @setting is kept: in @company, or in the settings of all. */
static gpointer
place_of (DspSettings        *self,
          const Setting      *setting,
          DspCompanySettings *company)
{
  return setting->where == IN_COMPANY ? G_STRUCT_MEMBER_P (company, setting->offset) : G_STRUCT_MEMBER_P (self, setting->offset);
}

static gboolean
is_said (const Setting *setting,
         gconstpointer  place)
{
  switch (setting->kind)
    {
    case G_OPTION_ARG_NONE:
      return *(const gboolean *) place;
    case G_OPTION_ARG_INT:
      return *(const int *) place != UNSAID;
    default:
      return *(char *const *) place != NULL;
    }
}

/* ---- the file ---- */

static const Setting *
find_key (const char *key,
          gboolean    in_company)
{
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    if (strcmp (settings[i].name, key) == 0 && settings[i].where != NOT_IN_FILE && (!in_company || settings[i].where == IN_COMPANY))
      return &settings[i];
  return NULL;
}

/* The parts of a list with commas. */
static GStrv
split (const char *text)
{
  GStrv parts = g_strsplit (text, ",", -1);

  for (guint i = 0; parts[i] != NULL; i++)
    g_strstrip (parts[i]);
  return parts;
}

static gboolean
read_key (GKeyFile       *file,
          const char     *group,
          const Setting  *setting,
          gpointer        place,
          GError        **error)
{
  g_autofree char *text = g_key_file_get_string (file, group, setting->name, error);
  guint64 number;

  if (text == NULL)
    return FALSE;
  g_strstrip (text);
  switch (setting->kind)
    {
    case G_OPTION_ARG_NONE:
      if (strcmp (text, "yes") != 0 && strcmp (text, "no") != 0)
        return refuse (error, _("[%s] %s: “%s” is neither yes nor no"), group, setting->name, text);
      *(gboolean *) place = text[0] == 'y';
      return TRUE;
    case G_OPTION_ARG_STRING_ARRAY:
      *(GStrv *) place = split (text);
      return TRUE;
    case G_OPTION_ARG_INT:
      if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXINT, &number, NULL))
        return refuse (error, _("[%s] %s: “%s” is not a number"), group, setting->name, text);
      *(int *) place = (int) number;
      return TRUE;
    default:
      if (*text == '\0')
        return refuse (error, _("[%s] %s: nothing is said"), group, setting->name);
      g_free (*(char **) place);
      *(char **) place = g_steal_pointer (&text);
      return TRUE;
    }
}

static gboolean
read_group (DspSettings         *self,
            GKeyFile            *file,
            const char          *group,
            DspCompanySettings  *company,
            gboolean             in_company,
            GError             **error)
{
  g_auto(GStrv) keys = g_key_file_get_keys (file, group, NULL, error);

  if (keys == NULL)
    return FALSE;
  for (guint i = 0; keys[i] != NULL; i++)
    {
      const Setting *setting = find_key (keys[i], in_company);
      gpointer place;

      if (setting == NULL)
        return refuse (error, _("[%s] %s: there is no such setting here"), group, keys[i]);
      place = place_of (self, setting, company);
      if ((in_company || !is_said (setting, place)) && !read_key (file, group, setting, place, error))
        return FALSE;
    }
  return TRUE;
}

/* It is part of addresses, of a folder's name, and of figures' labels; and not one of the server's own paths. */
static gboolean
is_name (const char *name)
{
  static const char *const taken[] = { "v1", "healthz", "readyz", "metrics", NULL };
  gsize n = strlen (name);

  return n > 0 && n <= NAME_MAX_BYTES && strspn (name, "abcdefghijklmnopqrstuvwxyz0123456789-") == n && name[0] != '-' &&
         !g_strv_contains (taken, name);
}

static DspCompanySettings *
add_company (DspSettings *self,
             const char  *name)
{
  DspCompanySettings *company = g_new0 (DspCompanySettings, 1);

  *company = self->usual;
  company->name = g_strdup (name);
  company->database = g_strdup (self->usual.database);
  company->osrm = g_strdup (self->usual.osrm);
  company->routino = g_strdup (self->usual.routino);
  g_ptr_array_add (self->companies, company);
  return company;
}

static gboolean
read_companies (DspSettings *self,
                GKeyFile    *file,
                GError     **error)
{
  g_auto(GStrv) groups = g_key_file_get_groups (file, NULL);

  for (guint i = 0; groups[i] != NULL; i++)
    {
      gboolean only = strcmp (groups[i], GROUP_COMPANY) == 0;
      const char *name = g_str_has_prefix (groups[i], GROUP_COMPANY " ") ? groups[i] + strlen (GROUP_COMPANY " ") : NULL;

      if (strcmp (groups[i], GROUP_SERVER) == 0)
        continue;
      if (name == NULL && !only)
        return refuse (error, _("[%s]: a group is [server], [company], or [company NAME]"), groups[i]);
      if (name != NULL && !is_name (name))
        return refuse (error, _("[%s]: a name has small letters a to z, digits and hyphens, at most 63, and is not one of the server's own paths"), groups[i]);
      if (!read_group (self, file, groups[i], add_company (self, name), TRUE, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
read_file (DspSettings *self,
           const char  *path,
           GError     **error)
{
  g_autoptr(GKeyFile) file = g_key_file_new ();
  g_autofree char *text = NULL;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, error))
    return FALSE;
  /* The library takes any bytes as a name, and a name is said in messages. */
  if (!g_utf8_validate_len (text, length, NULL))
    return refuse (error, _("this is not a text in UTF-8"));
  return g_key_file_load_from_data (file, text, length, G_KEY_FILE_NONE, error) &&
         (!g_key_file_has_group (file, GROUP_SERVER) || read_group (self, file, GROUP_SERVER, &self->usual, FALSE, error)) &&
         read_companies (self, file, error);
}

/* ---- the whole ---- */

static gboolean
check_companies (DspSettings *self,
                 GError     **error)
{
  for (guint i = 0; i < self->companies->len; i++)
    {
      const DspCompanySettings *company = self->companies->pdata[i];

      if (company->name == NULL && self->companies->len > 1)
        return refuse (error, _("[company] is for a server of one company; of several each has its name: [company NAME]"));
      if (company->database == NULL)
        return company->name == NULL ? refuse (error, _("--database and --listen or --socket are needed"))
                                     : refuse (error, _("[company %s]: its database is not said"), company->name);
      for (guint j = 0; j < i; j++)
        if (strcmp (company->database, ((DspCompanySettings *) self->companies->pdata[j])->database) == 0)
          return refuse (error, _("[company %s]: this database is already that of [company %s]"), company->name,
                         ((DspCompanySettings *) self->companies->pdata[j])->name);
    }
  return TRUE;
}

/* Where despachoctl looks if it is not told. A name too long for a socket leaves the server without. */
static void
choose_socket (DspSettings *self)
{
  const DspCompanySettings *first = self->companies->pdata[0];
  g_autofree char *path = NULL;

  if (self->socket != NULL)
    return;
  if (first->name != NULL)
    path = g_build_filename (self->state, "control", NULL);
  else if (g_str_has_prefix (first->database, "sqlite:"))
    path = g_strconcat (first->database + strlen ("sqlite:"), ".socket", NULL);
  if (path != NULL && strlen (path) < sizeof ((struct sockaddr_un *) NULL)->sun_path)
    self->socket = g_steal_pointer (&path);
}

static gboolean
finish (DspSettings *self,
        GError     **error)
{
  if (self->companies->len == 0)
    add_company (self, NULL);
  if (!check_companies (self, error))
    return FALSE;
  if (self->state == NULL)
    self->state = g_build_filename (g_get_user_state_dir (), "despachod", NULL);
  choose_socket (self);
  return TRUE;
}

gboolean
dsp_settings_load (DspSettings *self,
                   const char  *path,
                   GError     **error)
{
  if (read_file (self, path, error) && finish (self, error))
    return TRUE;
  g_prefix_error (error, "%s: ", path);
  return FALSE;
}

/* Socket activation: one listening TCP socket, which then is the one, whatever "listen" says. */
static gboolean
take_socket (DspSettings *self,
             GError     **error)
{
  int n = sd_listen_fds (TRUE);

  if (n <= 0)
    return TRUE;
  if (n > 1 || (sd_is_socket_inet (SD_LISTEN_FDS_START, AF_INET, SOCK_STREAM, 1, 0) <= 0 &&
                sd_is_socket_inet (SD_LISTEN_FDS_START, AF_INET6, SOCK_STREAM, 1, 0) <= 0))
    return refuse (error, _("What the service manager hands over must be one TCP socket that listens"));
  self->listen_fd = SD_LISTEN_FDS_START;
  return TRUE;
}

static gboolean
check_line (DspSettings *self,
            GError     **error)
{
  DspTime from = { 0 };

  if (self->listen == NULL && self->listen_fd < 0 && self->socket == NULL)
    return refuse (error, _("--database and --listen or --socket are needed"));
  if ((self->certificate == NULL) != (self->key == NULL))
    return refuse (error, _("--certificate and --key go together"));
  if (self->replay != NULL && (!dsp_time_parse (self->replay, strlen (self->replay), &from) || from.us <= 0))
    return refuse (error, _("--replay-from: “%s” is no time; one is 2016-02-29T06:00:00Z"), self->replay);
  self->replay_from_us = from.us;
  return TRUE;
}

gboolean
dsp_settings_parse (DspSettings   *self,
                    int           *argc,
                    char        ***argv,
                    GError       **error)
{
  g_autoptr(GOptionContext) context = g_option_context_new (NULL);
  GOptionEntry entries[G_N_ELEMENTS (settings) + 1] = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (settings); i++)
    entries[i] = (GOptionEntry) { settings[i].name, 0, 0, settings[i].kind, place_of (self, &settings[i], &self->usual), settings[i].help,
                                  settings[i].value };
  g_option_context_set_summary (context, _("The shared server of Despacho."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc > 1)
    return refuse (error, _("“%s” is not an option"), (*argv)[1]);
  if (self->version)
    return TRUE;
  if (self->config != NULL && !read_file (self, self->config, error))
    {
      g_prefix_error (error, "%s: ", self->config);
      return FALSE;
    }
  if (!take_socket (self, error) || !check_line (self, error))
    return FALSE;
  return finish (self, error);
}

DspCompanySettings *
dsp_settings_find (DspSettings *self,
                   const char  *name,
                   GError     **error)
{
  for (guint i = 0; i < self->companies->len; i++)
    {
      DspCompanySettings *company = self->companies->pdata[i];

      if (g_strcmp0 (company->name, name) == 0)
        return company;
    }
  if (name == NULL)
    refuse (error, _("This server has several companies: --company says which"));
  else
    refuse (error, _("There is no company “%s” in this configuration"), name);
  return NULL;
}

static void
fill_company (const DspSettings        *self,
              const DspCompanySettings *from,
              DspServerOptions         *to)
{
  dsp_server_options_init (to);
  to->name = from->name;
  to->database = from->database;
  to->osrm = from->osrm;
  to->routino = from->routino;
  to->require_second_factor = from->second_factor;
  to->replay_from_us = self->replay_from_us;
#define TAKE(member, value) \
  if ((value) != UNSAID) \
    to->member = (guint) (value)
  TAKE (sign_ins_per_minute, from->sign_ins);
  TAKE (requests_per_second, from->requests);
  TAKE (commands_per_minute, from->commands);
  TAKE (rotate_tokens_s, from->rotate);
  TAKE (token_grace_s, from->grace);
  TAKE (keep_days, from->keep_days);
  TAKE (housekeeping_s, from->housekeeping);
#undef TAKE
}

void
dsp_settings_fill (const DspSettings *self,
                   DspHouseOptions   *options,
                   DspServerOptions **companies)
{
  *companies = g_new0 (DspServerOptions, self->companies->len);
  for (guint i = 0; i < self->companies->len; i++)
    fill_company (self, self->companies->pdata[i], &(*companies)[i]);
  dsp_house_options_init (options);
  options->companies = *companies;
  options->n_companies = self->companies->len;
  options->listen = self->listen;
  options->listen_fd = self->listen_fd;
  options->socket_path = self->socket;
  options->state_folder = self->state;
  options->tls = !self->no_tls;
  options->certificate_path = self->certificate;
  options->key_path = self->key;
  options->hosts = (const char *const *) self->hosts;
  options->proxies = (const char *const *) self->proxies;
  options->metrics_secret_path = self->metrics_secret;
  if (self->waits > 0)
    options->waits_per_token = (guint) self->waits;
}
