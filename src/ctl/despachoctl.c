/* despachoctl.c: the administrator's command line
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "despachoctl"

#include "config.h"

#include "dsp-db-postgres.h"
#include "dsp-db.h"
#include "dsp-doctor.h"
#include "dsp-keep.h"
#include "dsp-language.h"
#include "dsp-office.h"
#include "dsp-sessions.h"
#include "dsp-server-schema.h"
#include "dsp-settings.h"

#include <glib/gi18n.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#define DEFAULT_CONFIG "/etc/despachod/despachod.conf"

/* What was said before and after the command's own words. */
typedef struct {
  char         *database, *socket_path, *config, *company;
  DspSettings  *settings; /* (owned) (nullable): what config says */
  char         *from, *to, *state, *certificate;
  char         *mapping, *today, *property, *profile, *scope, *reason;
  gboolean      json, version;
  gboolean      told; /* why it was stopped has been said */
  int           minutes, free_mb, days;
  char        **words; /* the command and what it is about */
  GCancellable *cancellable;
} Call;

static void
call_clear (Call *call)
{
  char **texts[] = { &call->database, &call->socket_path, &call->mapping, &call->today,
                     &call->property, &call->profile,     &call->scope,   &call->reason,
                     &call->from,     &call->to,      &call->state,   &call->certificate,
                     &call->config,   &call->company };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    g_clear_pointer (texts[i], g_free);
  g_clear_pointer (&call->words, g_strfreev);
  g_clear_pointer (&call->settings, dsp_settings_free);
  g_clear_object (&call->cancellable);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Call, call_clear)

/* What Ctrl+C and "systemctl stop" send. */
static void
fill_signals (sigset_t *set)
{
  sigemptyset (set);
  sigaddset (set, SIGINT);
  sigaddset (set, SIGTERM);
}

static void *
wait_for_signals (void *data)
{
  GCancellable *cancellable = data;
  sigset_t set;
  int signal_number;

  /* The push under way is answered first; nothing is left half done. */
  fill_signals (&set);
  while (sigwait (&set, &signal_number) == 0)
    g_cancellable_cancel (cancellable);
  return NULL;
}

/* Ctrl+C is taken by a thread, since cancelling is no work for a signal handler. It lasts as long as the program. */
static void
watch_signals (GCancellable *cancellable)
{
  sigset_t set;

  fill_signals (&set);
  pthread_sigmask (SIG_BLOCK, &set, NULL);
  g_thread_unref (g_thread_new ("signals", wait_for_signals, g_object_ref (cancellable)));
}

/* The server inside tells of faults in its log: here that is one line more for whoever looks. */
static GLogWriterOutput
write_log (GLogLevelFlags   level,
           const GLogField *fields,
           gsize            n_fields,
           gpointer         user_data)
{
  if (!(level & G_LOG_LEVEL_WARNING) || (level & g_log_set_always_fatal (G_LOG_FATAL_MASK)))
    return g_log_writer_default (level, fields, n_fields, user_data);
  for (gsize i = 0; i < n_fields; i++)
    if (strcmp (fields[i].key, "MESSAGE") == 0)
      g_printerr ("despachoctl: %s\n", (const char *) fields[i].value);
  return G_LOG_WRITER_HANDLED;
}

static void
take_text (char      **text,
           const char *otherwise)
{
  if (*text == NULL)
    *text = g_strdup (otherwise);
}

/* Where nothing else is said, things are where the server's configuration says. */
static gboolean
use_configuration (Call    *call,
                   GError **error)
{
  DspCompanySettings *company;

  if (call->config == NULL && call->database == NULL && g_file_test (DEFAULT_CONFIG, G_FILE_TEST_EXISTS))
    call->config = g_strdup (DEFAULT_CONFIG);
  if (call->config == NULL)
    return call->company == NULL || dsp_refuse (error, DSP_RULE_REQUIRED, _("--company: --config says which there are"));
  if (call->database != NULL)
    return dsp_refuse (error, DSP_RULE_INVALID, _("--database and --config: only one of them"));
  call->settings = dsp_settings_new ();
  company = dsp_settings_load (call->settings, call->config, error) ? dsp_settings_find (call->settings, call->company, error) : NULL;
  if (company == NULL)
    return FALSE;
  take_text (&call->database, company->database);
  take_text (&call->socket_path, call->settings->socket);
  take_text (&call->state, call->settings->state);
  take_text (&call->certificate, call->settings->certificate);
  return TRUE;
}

static DspPlace
place_of (const Call *call)
{
  return (DspPlace) { call->database, call->socket_path, call->company };
}

static gboolean
check_database (Call    *call,
                GError **error)
{
  if (!use_configuration (call, error))
    return FALSE;
  if (call->database == NULL || *call->database == '\0')
    return dsp_refuse (error, DSP_RULE_REQUIRED, _("--database is missing: say which, as sqlite:FILE or postgresql://…"));
  if (strchr (call->database, ':') == NULL)
    return dsp_refuse (error, DSP_RULE_INVALID, _("--database: “%s” is not of the form sqlite:FILE or postgresql://…"), call->database);
  return TRUE;
}

static DspLink *
open_link (Call       *call,
           const char *purpose,
           GError    **error)
{
  DspPlace place;

  if (!check_database (call, error))
    return NULL;
  place = place_of (call);
  return dsp_link_open (&place, purpose, call->cancellable, error);
}

/* Whatever went wrong, the message says with which file. */
static void
name_in_error (const char *name,
               GError    **error)
{
  g_autofree char *base = g_path_get_basename (name);

  if (error != NULL && *error != NULL && !g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_CANCELLED) &&
      strstr ((*error)->message, base) == NULL)
    g_prefix_error (error, "%s: ", name);
}

static gboolean
do_init (Call    *call,
         GError **error)
{
  g_autoptr(DspDb) db = NULL;

  if (!check_database (call, error))
    return FALSE;
  db = dsp_db_open (call->database, DSP_DB_CREATE | DSP_DB_LOCK, error);
  if (db == NULL || !dsp_database_init (db, error))
    {
      name_in_error (call->database, error);
      return FALSE;
    }
  printf (_("%s is ready.\n"), call->database);
  return TRUE;
}

typedef gboolean (*Import) (DspLink *link, Call *call, const char *path, DspReport *report, GError **error);

static gboolean
import_postal_codes (DspLink *link, Call *call, const char *path, DspReport *report, GError **error)
{
  return dsp_import_postal_codes (link, path, report, call->cancellable, error);
}

static gboolean
import_coordinates (DspLink *link, Call *call, const char *path, DspReport *report, GError **error)
{
  return dsp_import_coordinates (link, path, report, call->cancellable, error);
}

static gboolean
import_boundaries (DspLink *link, Call *call, const char *path, DspReport *report, GError **error)
{
  return dsp_import_boundaries (link, path, call->property, report, call->cancellable, error);
}

static gboolean
import_orders (DspLink *link, Call *call, const char *path, DspReport *report, GError **error)
{
  DspDate today = { 0 };

  if (call->mapping == NULL)
    return dsp_refuse (error, DSP_RULE_REQUIRED, _("--mapping is missing: which file says what each column is?"));
  if (call->today != NULL && !dsp_date_parse (call->today, strlen (call->today), &today))
    return dsp_refuse (error, DSP_RULE_INVALID, _("--today: “%s” is not a day, YYYY-MM-DD"), call->today);
  return dsp_import_orders (link, path, call->mapping, today, report, call->cancellable, error);
}

static const struct {
  const char *what;
  Import      import;
} imports[] = {
  { "postal-codes", import_postal_codes },
  { "coordinates", import_coordinates },
  { "boundaries", import_boundaries },
  { "orders", import_orders },
};

/* "crews" is the file of crew records. What nobody makes by hand is not imported by the row either. */
static const DspEntity *
entity_of_plural (const char *what)
{
  gsize length = strlen (what);

  for (guint i = 0; dsp_entities[i] != NULL; i++)
    if (length > 1 && what[length - 1] == 's' && strlen (dsp_entities[i]->table.name) == length - 1 &&
        strncmp (dsp_entities[i]->table.name, what, length - 1) == 0)
      return dsp_import_need_command (dsp_entities[i], "create", NULL) != NULL ? dsp_entities[i] : NULL;
  return NULL;
}

static gboolean
check_file (const char *path,
            GError    **error)
{
  if (g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return TRUE;
  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_IS_DIRECTORY, _("%s is a folder, not a file"), path);
  else if (g_file_test (path, G_FILE_TEST_EXISTS))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, _("%s is not an ordinary file, which can be read twice"), path);
  else
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, _("There is no file %s"), path);
  return FALSE;
}

static gboolean
do_import (Call    *call,
           GError **error)
{
  const char *what = call->words[1], *path = what != NULL ? call->words[2] : NULL;
  const DspEntity *entity = what != NULL ? entity_of_plural (what) : NULL;
  g_autoptr(DspLink) link = NULL;
  g_autoptr(DspReport) report = NULL;
  g_autofree char *title = NULL;
  Import import = NULL;
  gboolean catalogue, folder, done;

  if (path == NULL)
    return dsp_refuse (error, DSP_RULE_REQUIRED, _("import WHAT FILE: one of the two is missing"));
  for (guint i = 0; i < G_N_ELEMENTS (imports); i++)
    if (strcmp (imports[i].what, what) == 0)
      import = imports[i].import;
  catalogue = strcmp (what, "catalogue") == 0;
  folder = catalogue && g_file_test (path, G_FILE_TEST_IS_DIR);
  if (catalogue && !folder && (entity = dsp_office_catalogue_of (path, error)) == NULL)
    return FALSE;
  if (import == NULL && entity == NULL && !folder)
    return dsp_refuse (error, DSP_RULE_INVALID, _("“%s” cannot be imported"), what);
  if (!folder && !check_file (path, error))
    return FALSE;

  link = open_link (call, "import", error);
  if (link == NULL)
    return FALSE;
  if (folder)
    return dsp_office_load_catalogues (link, path, call->json, call->cancellable, error);
  title = g_path_get_basename (path);
  report = dsp_report_new (title, call->json);
  done = import != NULL ? import (link, call, path, report, error)
                        : dsp_import_records (link, entity, path, report, call->cancellable, error);
  if (done || g_cancellable_is_cancelled (call->cancellable))
    dsp_report_print (report);
  if (done && dsp_report_is_all_refused (report))
    return dsp_refuse (error, DSP_RULE_INVALID, _("%s: not one of its rows could be taken"), path);
  if (!done)
    name_in_error (path, error);
  return done;
}

static gboolean
do_give (Call    *call,
         GError **error)
{
  const DspCommand *command = call->words[1] != NULL ? dsp_command_find (call->words[1]) : NULL;
  const char *path = command != NULL ? call->words[2] : NULL;
  g_autoptr(DspLink) link = NULL;
  g_autoptr(DspReport) report = NULL;
  g_autofree char *title = NULL;

  if (call->words[1] != NULL && command == NULL)
    return dsp_refuse (error, DSP_RULE_INVALID, _("give COMMAND FILE: there is no command “%s”"), call->words[1]);
  if (path == NULL)
    return dsp_refuse (error, DSP_RULE_REQUIRED, _("give COMMAND FILE: one of the two is missing"));
  if (!check_file (path, error))
    return FALSE;
  link = open_link (call, "import", error);
  if (link == NULL)
    return FALSE;
  title = g_path_get_basename (path);
  report = dsp_report_new (title, call->json);
  if (!dsp_import_commands (link, command, path, report, call->cancellable, error))
    {
      name_in_error (path, error);
      return FALSE;
    }
  dsp_report_print (report);
  return TRUE;
}

static gboolean
do_demo (Call    *call,
         GError **error)
{
  g_autoptr(DspLink) link = NULL;

  if (g_strcmp0 (call->words[1], "load") != 0 || call->words[2] == NULL)
    return dsp_refuse (error, DSP_RULE_INVALID, _("demo load FOLDER: say which folder"));
  link = open_link (call, "import", error);
  return link != NULL && dsp_office_load (link, call->words[2], call->json, call->cancellable, error);
}

static gboolean
do_verify (Call    *call,
           GError **error)
{
  return check_database (call, error) && dsp_keep_verify (call->database, error);
}

static gboolean
do_backup (Call    *call,
           GError **error)
{
  const char *path = call->words[1];
  DspPlace place;

  if (path == NULL)
    return dsp_refuse (error, DSP_RULE_REQUIRED, _("backup FILE: where to? The file is missing"));
  if (!check_database (call, error))
    return FALSE;
  place = place_of (call);
  if (dsp_keep_backup (&place, path, call->cancellable, error))
    return TRUE;
  name_in_error (path, error);
  return FALSE;
}

static gboolean
do_restore (Call    *call,
            GError **error)
{
  const char *path = call->words[1];

  if (!check_database (call, error))
    return FALSE;
  if (call->minutes < 0 || call->minutes > 1440)
    return dsp_refuse (error, DSP_RULE_INVALID, _("--minutes: %d is not from 0 to 1440"), call->minutes);
  if (dsp_keep_restore (call->database, path, (guint) call->minutes, error))
    return TRUE;
  name_in_error (path != NULL ? path : call->database, error);
  return FALSE;
}

static gboolean
do_doctor (Call    *call,
           GError **error)
{
  DspDoctor doctor;

  if (!check_database (call, error))
    return FALSE;
  doctor = (DspDoctor) { .database = call->database, .socket_path = call->socket_path, .state_folder = call->state,
                         .certificate_path = call->certificate, .config_path = call->config, .free_mb = call->free_mb,
                         .days = call->days, .json = call->json };
  if (call->settings != NULL)
    {
      doctor.secret_paths[0] = call->settings->key;
      doctor.secret_paths[1] = call->settings->metrics_secret;
    }
  return dsp_doctor_look (&doctor, error);
}

static gboolean
do_copy (Call    *call,
         GError **error)
{
  const char *const uris[] = { call->from, call->to };

  for (guint i = 0; i < G_N_ELEMENTS (uris); i++)
    if (uris[i] == NULL || strchr (uris[i], ':') == NULL)
      return dsp_refuse (error, DSP_RULE_INVALID, _("copy --from DATABASE --to DATABASE: each of the form sqlite:FILE or postgresql://…"));
  if (dsp_keep_copy (call->from, call->to, call->cancellable, error))
    return TRUE;
  if (!g_error_matches (*error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return FALSE;
  g_printerr (_("despachoctl: stopped; %s holds nothing of it\n"), call->to);
  call->told = TRUE;
  return FALSE;
}

static gboolean
do_recovery (Call    *call,
             GError **error)
{
  gboolean end = g_strcmp0 (call->words[1], "end") == 0;
  DspPlace place;

  if (call->words[1] != NULL && !end)
    return dsp_refuse (error, DSP_RULE_INVALID, _("recovery [end]: “%s” is not end"), call->words[1]);
  if (!check_database (call, error))
    return FALSE;
  place = place_of (call);
  return dsp_keep_recovery (&place, end, call->json, call->cancellable, error);
}

static gboolean
do_user (Call    *call,
         DspLink *link,
         GError **error)
{
  const char *verb = call->words[1], *name = call->words[2];

  if (strcmp (verb, "key") == 0)
    {
      g_autofree char *key = dsp_office_user_key (link, name, error);

      if (key == NULL)
        return FALSE;
      printf (_("Key for %s, good for one sign-in within a day: %s\n"), name, key);
      return TRUE;
    }
  if (strcmp (verb, "totp") == 0)
    {
      if (call->words[3] != NULL && strcmp (call->words[3], "off") != 0)
        return dsp_refuse (error, DSP_RULE_INVALID, _("user totp NAME [off]: “%s” is not off"), call->words[3]);
      return dsp_office_user_factor (link, name, call->words[3] != NULL, call->json, error);
    }
  if (strcmp (verb, "grant") == 0)
    return dsp_office_grant (link, name, call->profile, call->scope, error);
  if (strcmp (verb, "revoke") == 0)
    return dsp_office_revoke (link, name, call->profile, call->scope, error);
  return dsp_office_add_user (link, name, call->profile, call->scope, call->words + 3, error);
}

/* sessions list USER | end USER ID */
static gboolean
do_sessions (Call    *call,
             GError **error)
{
  const char *verb = call->words[1], *user = verb != NULL ? call->words[2] : NULL, *id = user != NULL ? call->words[3] : NULL;
  gboolean end = g_strcmp0 (verb, "end") == 0;
  g_autoptr(DspLink) link = NULL;

  if (!end && g_strcmp0 (verb, "list") != 0)
    return dsp_refuse (error, DSP_RULE_INVALID, _("sessions list USER, or sessions end USER ID: “%s” is neither"), verb != NULL ? verb : "");
  if (user == NULL || (end && id == NULL))
    return dsp_refuse (error, DSP_RULE_REQUIRED, _("sessions list USER, or sessions end USER ID: one of them is missing"));
  link = open_link (call, "admin", error);
  if (link == NULL)
    return FALSE;
  return end ? dsp_sessions_end_one (link, user, id, error) : dsp_sessions_print (link, user, call->json, error);
}

static const char *const user_verbs[] = { "add", "key", "totp", "grant", "revoke", NULL };

/* ENTITY add FIELD=VALUE… | change KEY FIELD=VALUE… | list [FILTER] | retire KEY | restore KEY | delete KEY */
static gboolean
do_record (Call            *call,
           const DspEntity *entity,
           GError         **error)
{
  const char *verb = call->words[1] != NULL ? call->words[1] : "list";
  const char *key = call->words[1] != NULL ? call->words[2] : NULL;
  g_autofree char *name = g_strdup_printf ("%s.%s", entity->table.name, verb);
  const DspCommand *command = dsp_command_find (name);
  g_autoptr(DspLink) link = open_link (call, "admin", error);

  if (link == NULL)
    return FALSE;
  if (strcmp (verb, "list") == 0)
    return dsp_office_list (link, entity, key, call->json, error);
  if (entity == &dsp_user && g_strv_contains (user_verbs, verb))
    return key != NULL ? do_user (call, link, error)
                       : dsp_refuse (error, DSP_RULE_REQUIRED, _("user %s NAME: the name is missing"), verb);
  if (strcmp (verb, "add") == 0)
    return dsp_office_add (link, entity, call->words + 2, error);
  if (key == NULL && (command != NULL || dsp_office_can_retire (entity, verb)))
    return dsp_refuse (error, DSP_RULE_REQUIRED, _("%s %s KEY: which one? The key is missing"), entity->table.name, verb);
  if (strcmp (verb, "change") == 0 && command != NULL)
    return dsp_office_change (link, entity, key, call->words + 3, error);
  if (command != NULL && (command->args == NULL || strcmp (command->args->name, "reason") == 0))
    return dsp_office_give (link, command, key, call->reason, error);
  if (dsp_office_can_retire (entity, verb))
    return dsp_office_retire (link, entity, key, strcmp (verb, "retire") == 0, error);
  return dsp_refuse (error, DSP_RULE_INVALID, _("%s: “%s” is not add, change, list, or a command of it"),
                     entity->table.name, verb);
}

static gboolean
run (Call    *call,
     GError **error)
{
  const DspEntity *entity = dsp_entity_find (call->words[0]);

  if (strcmp (call->words[0], "init") == 0)
    return do_init (call, error);
  if (strcmp (call->words[0], "import") == 0)
    return do_import (call, error);
  if (strcmp (call->words[0], "give") == 0)
    return do_give (call, error);
  if (strcmp (call->words[0], "demo") == 0)
    return do_demo (call, error);
  if (strcmp (call->words[0], "verify") == 0)
    return do_verify (call, error);
  if (strcmp (call->words[0], "backup") == 0)
    return do_backup (call, error);
  if (strcmp (call->words[0], "restore") == 0)
    return do_restore (call, error);
  if (strcmp (call->words[0], "doctor") == 0)
    return do_doctor (call, error);
  if (strcmp (call->words[0], "copy") == 0)
    return do_copy (call, error);
  if (strcmp (call->words[0], "recovery") == 0)
    return do_recovery (call, error);
  if (strcmp (call->words[0], "sessions") == 0)
    return do_sessions (call, error);
  if (entity != NULL)
    return do_record (call, entity, error);
  return dsp_refuse (error, DSP_RULE_INVALID, _("“%s” is not a command; --help lists them"), call->words[0]);
}

static const char summary[] = N_(
    "Commands:\n"
    "  init                                make a database\n"
    "  import postal-codes FILE            the official catalogue, zip or text\n"
    "  import coordinates FILE             CSV with cp, lat, lon, source; or GeoNames\n"
    "  import boundaries FILE              GeoJSON; --property names the postal code\n"
    "  import orders FILE --mapping MAP    any CSV, by a mapping; --today says to which day its\n"
    "                                      newest date moves at the first import, if dates are moved\n"
    "  import catalogue FILE|FOLDER        order_types.csv, reason_codes.csv, policies.csv …\n"
    "  import crews|technicians|memberships|distributors|masters|users FILE\n"
    "                                      CSV with columns named as the fields\n"
    "  give COMMAND FILE                   one command a row: its record's key and its arguments\n"
    "  user add NAME [FIELD=VALUE…] --profile PROFILE --scope 'all|distributor CODE|master CODE'\n"
    "  user grant|revoke NAME --profile PROFILE --scope SCOPE\n"
    "  user key NAME                       a key for one sign-in\n"
    "  user totp NAME [off]                a second factor: a secret for an authenticator, and recovery codes\n"
    "  sessions list USER                  where a user is signed in: since when, from where, last seen\n"
    "  sessions end USER ID                one of them ends, at once\n"
    "  crew|technician|membership|distributor|master add FIELD=VALUE…\n"
    "  crew|technician|membership|distributor|master|user change KEY FIELD=VALUE…\n"
    "  crew retire|restore KEY [--reason TEXT]\n"
    "  technician|distributor|master retire|restore KEY\n"
    "  membership delete KEY\n"
    "  crew|order|user|… list [FILTER]     CSV, or with --json one object a line\n"
    "  demo load FOLDER                    a whole office from files\n"
    "  verify                              is the history whole?\n"
    "  backup FILE                         a copy while the server goes on, and the proof that it is whole\n"
    "  restore [FILE]                      the database from a backup; without: it was put back by other means\n"
    "  doctor [--state FOLDER]             files, disk, clock, settings, certificate: is all as it should be?\n"
    "  copy --from DATABASE --to DATABASE  all of it into an empty one, of either store; the feed goes on\n"
    "  recovery [end]                      how the gathering after a restore goes; end: it is over now\n"
    "KEY is the code, name or number by which people know it; of a membership, CREW/TECHNICIAN.\n"
    "Files may be packed as .xz, .gz or .zip. While a despachod holds the database, its socket is used.");

int
main (int   argc,
      char *argv[])
{
  g_auto(Call) call = { .minutes = DSP_RECOVERY_MINUTES, .free_mb = DSP_DOCTOR_FREE_MB, .days = DSP_DOCTOR_DAYS };
  g_autoptr(GError) error = NULL;
  g_autoptr(GOptionContext) context = NULL;
  const GOptionEntry options[] = {
    { "database", 'd', 0, G_OPTION_ARG_STRING, &call.database, N_("Which database"), "sqlite:FILE|postgresql://…" },
    { "socket", 's', 0, G_OPTION_ARG_FILENAME, &call.socket_path, N_("Socket of the server that holds it"), "PATH" },
    { "config", 'c', 0, G_OPTION_ARG_FILENAME, &call.config, N_("The server's configuration; else /etc/despachod/despachod.conf"), "FILE" },
    { "company", 0, 0, G_OPTION_ARG_STRING, &call.company, N_("Which company of that server"), "NAME" },
    { "json", 'j', 0, G_OPTION_ARG_NONE, &call.json, N_("Answer in JSON"), NULL },
    { "state", 0, 0, G_OPTION_ARG_FILENAME, &call.state, N_("Folder of the server's files and certificate"), "DIR" },
    { "certificate", 0, 0, G_OPTION_ARG_FILENAME, &call.certificate, N_("The server's certificate, if it is another one"), "PEM" },
    { "free", 0, 0, G_OPTION_ARG_INT, &call.free_mb, N_("Free space that has to be there"), "MB" },
    { "days", 0, 0, G_OPTION_ARG_INT, &call.days, N_("How long the certificate has to be good"), "N" },
    { "from", 0, 0, G_OPTION_ARG_STRING, &call.from, N_("Which database is copied"), "DATABASE" },
    { "to", 0, 0, G_OPTION_ARG_STRING, &call.to, N_("Into which"), "DATABASE" },
    { "mapping", 'm', 0, G_OPTION_ARG_FILENAME, &call.mapping, N_("Which column is what"), "FILE" },
    { "today", 0, 0, G_OPTION_ARG_STRING, &call.today, N_("Day to which the newest date is moved"), "YYYY-MM-DD" },
    { "property", 0, 0, G_OPTION_ARG_STRING, &call.property, N_("Property that holds the postal code"), "NAME" },
    { "profile", 0, 0, G_OPTION_ARG_STRING, &call.profile, N_("What the user is"), "NAME" },
    { "scope", 0, 0, G_OPTION_ARG_STRING, &call.scope, N_("What the user may see"), "SCOPE" },
    { "reason", 0, 0, G_OPTION_ARG_STRING, &call.reason, N_("Why"), "TEXT" },
    { "minutes", 0, 0, G_OPTION_ARG_INT, &call.minutes, N_("How long a restored server gathers; 0: not at all"), "N" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &call.version, N_("Which version this is"), NULL },
    { G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_STRING_ARRAY, &call.words, NULL, N_("COMMAND …") },
    { NULL },
  };
  gboolean done;

  dsp_language_begin ();
  g_set_prgname ("despachoctl");
  dsp_db_postgres_init ();
  g_log_set_writer_func (write_log, NULL, NULL);

  context = g_option_context_new (NULL);
  g_option_context_add_main_entries (context, options, GETTEXT_PACKAGE);
  g_option_context_set_translation_domain (context, GETTEXT_PACKAGE);
  g_option_context_set_summary (context, _(summary));
  if (!g_option_context_parse (context, &argc, &argv, &error))
    {
      g_printerr ("despachoctl: %s\n", error->message);
      return 2;
    }
  if (call.version)
    {
      printf ("despachoctl %s\n", PACKAGE_VERSION);
      return 0;
    }
  if (call.words == NULL)
    {
      g_autofree char *help = g_option_context_get_help (context, TRUE, NULL);

      g_printerr ("%s", help);
      return 2;
    }

  call.cancellable = g_cancellable_new ();
  watch_signals (call.cancellable);
  done = run (&call, &error);
  if (!done && g_cancellable_is_cancelled (call.cancellable))
    {
      if (!call.told)
        g_printerr (_("despachoctl: stopped; what was sent before is in the database whole\n"));
      return 130;
    }
  if (!done)
    g_printerr ("despachoctl: %s\n", error->message);
  return done ? 0 : 1;
}
