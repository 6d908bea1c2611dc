/* dsp-doctor.c: is the installation as it should be?
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Looks from outside, as the owner of the files. Whether the history is whole is another question, which takes longer: verify.
 */
#define G_LOG_DOMAIN "despachoctl"

#include "config.h"
#include "dsp-doctor.h"

#include "dsp-command.h"
#include "dsp-feed.h"
#include "dsp-json-read.h"
#include "dsp-recovery.h"
#include "dsp-server-schema.h"

#include <errno.h>
#include <gio/gunixsocketaddress.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>

#define SQLITE    "sqlite:"
#define EARLIER_S 5 /* that a clock may be behind the newest entry */

typedef enum { FINE, NOTICE, WARNING, FAULT } Grade;

typedef struct
{
  const DspDoctor *asked;
  GString         *json;
  guint            n_complaints;
} Visit;

/* ---- telling ---- */

static void
tell (Visit      *self,
      Grade       grade,
      const char *what, /* a word that stays the same in every language */
      const char *format,
      ...) G_GNUC_PRINTF (4, 5);

static void
tell (Visit      *self,
      Grade       grade,
      const char *what,
      const char *format,
      ...)
{
  static const char *const words[] = { "ok", "notice", "warning", "fault" };
  const char *const shown[] = { C_ ("doctor", "fine"), C_ ("doctor", "notice"), C_ ("doctor", "warning"), C_ ("doctor", "FAULT") };
  g_autofree char *text = NULL;
  va_list args;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  self->n_complaints += grade >= WARNING;
  if (!self->asked->json)
    {
      printf ("%-8s %-12s %s\n", shown[grade], what, text);
      return;
    }
  g_string_append_printf (self->json, "%s{\"check\":\"%s\",\"status\":\"%s\",\"text\":", self->json->len > 1 ? "," : "", what, words[grade]);
  dsp_json_put_string (self->json, text);
  g_string_append_c (self->json, '}');
}

/* ---- files ---- */

static const char *
file_of (const Visit *self)
{
  return g_str_has_prefix (self->asked->database, SQLITE) ? self->asked->database + strlen (SQLITE) : NULL;
}

/* Nobody but the owner. @owner (in, out): of the first one; all are the same person's. */
static void
look_at_rights (Visit      *self,
                const char *path,
                gboolean    must_be,
                uid_t      *owner)
{
  struct stat info;

  if (lstat (path, &info) != 0)
    {
      if (must_be || errno != ENOENT)
        tell (self, FAULT, "rights", "%s: %s", path, g_strerror (errno));
      return;
    }
  if (info.st_mode & 077)
    tell (self, WARNING, "rights", _("%s: others than its owner may use it (mode %03o); chmod go= %s"), path, info.st_mode & 0777u, path);
  else if (*owner != (uid_t) -1 && *owner != info.st_uid)
    tell (self, FAULT, "rights", _("%s belongs to user %u, the database to %u"), path, (guint) info.st_uid, (guint) *owner);
  else
    tell (self, FINE, "rights", "%s", path);
  if (*owner == (uid_t) -1)
    *owner = info.st_uid;
}

/* A secret belongs to whoever runs the server, or is handed to it. The configuration has none, and may be read by all. */
static void
look_at_configuration (Visit *self)
{
  const char *path = self->asked->config_path;
  struct stat info;

  if (path == NULL)
    return;
  tell (self, FINE, "configuration", _("%s is understood"), path);
  if (stat (path, &info) == 0 && (info.st_mode & 022))
    tell (self, WARNING, "rights", _("%s: others than its owner may change it (mode %03o); chmod go-w %s"), path, info.st_mode & 0777u, path);
  for (guint i = 0; i < G_N_ELEMENTS (self->asked->secret_paths); i++)
    {
      uid_t any = (uid_t) -1;

      if (self->asked->secret_paths[i] != NULL)
        look_at_rights (self, self->asked->secret_paths[i], TRUE, &any);
    }
}

static void
look_at_files (Visit *self)
{
  static const char *const beside[] = { "-wal", "-shm" };
  static const char *const inside[] = { "files", "tls", "tls/server-key.pem" };
  const char *path = file_of (self), *state = self->asked->state_folder;
  uid_t owner = (uid_t) -1;

  if (path != NULL)
    look_at_rights (self, path, TRUE, &owner);
  for (guint i = 0; path != NULL && i < G_N_ELEMENTS (beside); i++)
    {
      g_autofree char *name = g_strconcat (path, beside[i], NULL);

      look_at_rights (self, name, FALSE, &owner);
    }
  if (state == NULL)
    {
      tell (self, NOTICE, "rights", _("--state is not given: attachments and certificate were not looked at"));
      return;
    }
  look_at_rights (self, state, TRUE, &owner);
  for (guint i = 0; i < G_N_ELEMENTS (inside); i++)
    {
      g_autofree char *name = g_build_filename (state, inside[i], NULL);

      look_at_rights (self, name, FALSE, &owner);
    }
}

static void
look_at_space (Visit      *self,
               const char *folder)
{
  struct statvfs info;
  guint64 free_mb;

  if (statvfs (folder, &info) != 0)
    {
      tell (self, FAULT, "disk", "%s: %s", folder, g_strerror (errno));
      return;
    }
  free_mb = (guint64) info.f_bavail * info.f_frsize >> 20;
  if (free_mb < (guint64) self->asked->free_mb)
    tell (self, WARNING, "disk", _("%s: %llu MB are free, fewer than %d"), folder, (unsigned long long) free_mb, self->asked->free_mb);
  else if (info.f_files > 0 && info.f_favail < 1000)
    tell (self, WARNING, "disk", _("%s: there is room for %llu more files only"), folder, (unsigned long long) info.f_favail);
  else
    tell (self, FINE, "disk", _("%s: %llu MB are free"), folder, (unsigned long long) free_mb);
}

static void
look_at_disks (Visit *self)
{
  const char *path = file_of (self);
  g_autofree char *folder = path != NULL ? g_path_get_dirname (path) : NULL;

  if (folder != NULL)
    look_at_space (self, folder);
  if (self->asked->state_folder != NULL && g_strcmp0 (folder, self->asked->state_folder) != 0)
    look_at_space (self, self->asked->state_folder);
}

/* ---- the certificate ---- */

static void
look_at_certificate (Visit *self)
{
  g_autofree char *own = self->asked->state_folder != NULL ? g_build_filename (self->asked->state_folder, "tls", "server-certificate.pem", NULL) : NULL;
  const char *path = self->asked->certificate_path != NULL ? self->asked->certificate_path : own;
  g_autoptr(GError) fault = NULL;
  g_autoptr(GTlsCertificate) certificate = NULL;
  g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr(GDateTime) end = NULL;
  g_autofree char *day = NULL;
  gint64 days;

  if (path == NULL || (self->asked->certificate_path == NULL && !g_file_test (path, G_FILE_TEST_EXISTS)))
    {
      tell (self, NOTICE, "certificate", _("none was found: the server makes its own, or a proxy has it"));
      return;
    }
  certificate = g_tls_certificate_new_from_file (path, &fault);
  if (certificate != NULL)
    end = g_tls_certificate_get_not_valid_after (certificate);
  if (end == NULL)
    {
      tell (self, FAULT, "certificate", "%s: %s", path, fault != NULL ? fault->message : "?");
      return;
    }
  day = g_date_time_format (end, "%Y-%m-%d");
  days = g_date_time_difference (end, now) / G_TIME_SPAN_DAY;
  if (g_date_time_compare (end, now) <= 0)
    tell (self, FAULT, "certificate", _("%s ended on %s"), path, day);
  else if (days < self->asked->days)
    tell (self, WARNING, "certificate", _("%s ends on %s, in %d days"), path, day, (int) days);
  else
    tell (self, FINE, "certificate", _("%s is good until %s"), path, day);
}

/* ---- the database ---- */

static void
look_at_schema (Visit *self,
                DspDb *db)
{
  static const DspSchemaPart *const parts[] = { &dsp_schema_entities, &dsp_schema_feed, &dsp_schema_server };
  gboolean told = FALSE;

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autoptr(GError) fault = NULL;
      int version = 0;

      if (!dsp_schema_version (db, parts[i]->name, &version, &fault))
        tell (self, FAULT, "schema", "%s", fault->message);
      else if (version == 0)
        tell (self, FAULT, "schema", _("there is no database of an office: %s is missing"), parts[i]->name);
      else if (version > parts[i]->version)
        tell (self, FAULT, "schema", _("a newer version of the program wrote it: %s is at %d, this one knows %d"), parts[i]->name, version,
              parts[i]->version);
      else if (version == parts[i]->version)
        continue;
      else
        {
          tell (self, NOTICE, "schema", _("%s is at %d; the server brings it to %d when it starts"), parts[i]->name, version, parts[i]->version);
          continue;
        }
      told = TRUE;
    }
  if (!told)
    tell (self, FINE, "schema", _("this version can use it"));
}

/* The text that @sql answers; (transfer full) (nullable). */
static char *
ask_text (Visit      *self,
          DspDb      *db,
          const char *what,
          const char *sql)
{
  g_autoptr(GError) fault = NULL;
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, sql, &fault);
  DspStep step = stmt != NULL ? dsp_stmt_step (stmt, &fault) : DSP_STEP_FAILED;

  if (step == DSP_STEP_ROW)
    return g_strdup (dsp_stmt_text (stmt, 0, NULL));
  tell (self, FAULT, what, "%s", fault != NULL ? fault->message : sql);
  return NULL;
}

static void
expect_setting (Visit      *self,
                DspDb      *db,
                const char *name,
                const char *sql,
                const char *const *wanted)
{
  g_autofree char *value = ask_text (self, db, "settings", sql);

  if (value == NULL)
    return;
  if (g_strv_contains (wanted, value))
    tell (self, FINE, "settings", "%s = %s", name, value);
  else
    tell (self, FAULT, "settings", _("%s is %s, it must be %s: an answer would not mean that it is stored"), name, value, wanted[0]);
}

static void
look_at_settings (Visit *self,
                  DspDb *db)
{
  static const char *const wal[] = { "wal", NULL }, *const on[] = { "on", NULL };
  static const char *const remote[] = { "on", "remote_apply", NULL };

  if (file_of (self) != NULL)
    {
      /* How hard a commit is pressed onto the disk (synchronous=FULL) each writer sets and reads back itself. */
      expect_setting (self, db, "journal_mode", "PRAGMA journal_mode", wal);
      return;
    }
  expect_setting (self, db, "fsync", "SELECT current_setting('fsync')", on);
  expect_setting (self, db, "full_page_writes", "SELECT current_setting('full_page_writes')", on);
  expect_setting (self, db, "synchronous_commit", "SELECT current_setting('synchronous_commit')", remote);
}

static void
look_at_recovery (Visit *self,
                  DspDb *db)
{
  g_autoptr(GError) fault = NULL;
  DspRecovery recovery = { 0 };
  gint64 n_stable = 0;
  int version = 0;

  if (!dsp_schema_version (db, dsp_schema_server.name, &version, NULL) || version < dsp_schema_server.version)
    return;
  if (!dsp_recovery_read (db, &recovery, &fault) || !dsp_db_int (db, "SELECT count(*) FROM \"device\" WHERE \"stable_no\" > 0", &n_stable, &fault))
    tell (self, FAULT, "backup", "%s", fault->message);
  else if (recovery.open)
    tell (self, NOTICE, "backup", _("it was restored; the server gathers what computers bring back"));
  else if (file_of (self) != NULL && n_stable == 0)
    tell (self, NOTICE, "backup", _("no verified backup is known: despachoctl backup FILE"));
  else
    tell (self, FINE, "backup", file_of (self) != NULL ? _("a verified one is known") : _("is PostgreSQL's own"));
}

/* ---- the clock ---- */

static void
look_at_clock (Visit *self,
               DspDb *db)
{
  struct timex info = { 0 };
  gint64 newest_us = 0, now_us = g_get_real_time ();
  g_autoptr(GError) fault = NULL;
  g_autoptr(GDateTime) when = NULL;
  g_autofree char *text = NULL;

  if (db != NULL && !dsp_db_int (db, "SELECT max(\"at\") FROM \"history\"", &newest_us, &fault))
    {
      tell (self, FAULT, "clock", "%s", fault->message);
      return;
    }
  if (newest_us > now_us + EARLIER_S * G_USEC_PER_SEC)
    {
      when = g_date_time_new_from_unix_utc (newest_us / G_USEC_PER_SEC);
      text = g_date_time_format (when, "%Y-%m-%d %H:%M:%SZ");
      tell (self, FAULT, "clock", _("it is behind: the newest entry of the history is of %s"), text);
    }
  else if (adjtimex (&info) < 0 || (info.status & STA_UNSYNC))
    tell (self, NOTICE, "clock", _("nothing on this computer keeps it right, as far as can be seen: due times count by it"));
  else
    tell (self, FINE, "clock", _("it is kept right"));
}

/* ---- the server ---- */

static void
look_at_server (Visit *self)
{
  const char *path = file_of (self);
  g_autofree char *own = path != NULL ? g_strconcat (path, ".socket", NULL) : NULL;
  const char *at = self->asked->socket_path != NULL ? self->asked->socket_path : own;
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  g_autoptr(GSocketAddress) address = at != NULL ? g_unix_socket_address_new (at) : NULL;
  g_autoptr(GSocketConnection) connection = NULL;

  if (address != NULL)
    connection = g_socket_client_connect (client, G_SOCKET_CONNECTABLE (address), NULL, NULL);
  if (connection != NULL)
    tell (self, FINE, "server", _("it listens at %s"), at);
  else
    tell (self, NOTICE, "server", _("none listens at %s"), at != NULL ? at : "--socket");
}

gboolean
dsp_doctor_look (const DspDoctor *doctor,
                 GError         **error)
{
  Visit self = { .asked = doctor, .json = g_string_new ("[") };
  g_autoptr(GError) fault = NULL;
  g_autoptr(DspDb) db = dsp_db_open (doctor->database, DSP_DB_READ_ONLY, &fault);

  look_at_configuration (&self);
  look_at_files (&self);
  look_at_disks (&self);
  look_at_certificate (&self);
  look_at_server (&self);
  if (db == NULL)
    tell (&self, FAULT, "database", "%s", fault->message);
  else
    {
      look_at_schema (&self, db);
      look_at_settings (&self, db);
      look_at_recovery (&self, db);
    }
  look_at_clock (&self, db);
  if (doctor->json)
    printf ("%s]\n", self.json->str);
  g_string_free (self.json, TRUE);
  if (self.n_complaints > 0)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, ngettext ("%u complaint", "%u complaints", self.n_complaints), self.n_complaints);
  return self.n_complaints == 0;
}
