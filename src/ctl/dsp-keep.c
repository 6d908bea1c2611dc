/* dsp-keep.c: copies of a database, and databases from copies
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "despachoctl"

#include "config.h"
#include "dsp-keep.h"

#include "dsp-copy.h"
#include "dsp-feed.h"
#include "dsp-json-read.h"
#include "dsp-link.h"
#include "dsp-recovery.h"
#include "dsp-server-schema.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SQLITE "sqlite:"

/* ---- is it whole? ---- */

static void
print_finding (const char *what,
               gpointer    user_data)
{
  g_printerr ("%s\n", what);
}

static gboolean
verify (DspDb   *db,
        GError **error)
{
  guint n_findings = 0;

  if (!dsp_feed_verify (db, print_finding, NULL, &n_findings, error))
    return FALSE;
  if (n_findings > 0)
    g_set_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_DAMAGED,
                 ngettext ("%u place is not as it was written", "%u places are not as they were written", n_findings), n_findings);
  return n_findings == 0;
}

gboolean
dsp_keep_verify (const char *database,
                 GError    **error)
{
  g_autoptr(DspDb) db = dsp_db_open (database, DSP_DB_READ_ONLY, error);

  if (db == NULL || !verify (db, error))
    return FALSE;
  puts (_("The history, the feed and the sums are whole."));
  return TRUE;
}

/* ---- backup ---- */

/* Every page, every chain and every sum of a file. What reading left beside it goes. */
static gboolean
check_whole (const char   *path,
             DspFeedState *state,
             GString      *devices,
             GError      **error)
{
  g_autofree char *uri = g_strconcat (SQLITE, path, NULL);
  g_autoptr(DspDb) db = dsp_db_open (uri, DSP_DB_READ_ONLY, error);
  g_autoptr(DspStmt) stmt = NULL;
  DspStep step;

  if (db == NULL || !dsp_db_check (db, TRUE, error) || !verify (db, error) || !dsp_feed_read_state (db, state, error))
    return FALSE;
  if (devices == NULL)
    return TRUE;
  stmt = dsp_db_prepare (db, "SELECT \"device\", max(\"no\") FROM \"result\" GROUP BY \"device\"", error);
  if (stmt == NULL)
    return FALSE;
  while ((step = dsp_stmt_step (stmt, error)) == DSP_STEP_ROW)
    {
      DspId device = dsp_stmt_id (stmt, 0);
      char text[DSP_ID_TEXT];

      dsp_id_print (&device, text);
      g_string_append_printf (devices, "%s{\"device\":\"%s\",\"no\":%" G_GINT64_FORMAT "}", devices->len > 0 ? "," : "", text, dsp_stmt_int (stmt, 1));
    }
  return step == DSP_STEP_DONE;
}

static void
remove_beside (const char *path)
{
  static const char *const ends[] = { "-wal", "-shm" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *name = g_strconcat (path, ends[i], NULL);

      g_unlink (name);
    }
}

/* Clients may let go of what a backup holds. It is no less a backup if they are not told. */
static void
tell_stable (const DspPlace     *place,
             const DspFeedState *state,
             const GString      *devices,
             GCancellable       *cancellable)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspLink) link = dsp_link_open (place, "admin", cancellable, &error);
  g_autoptr(GBytes) body = NULL;
  g_autoptr(GBytes) reply = NULL;
  char epoch[DSP_ID_TEXT];
  DspId id;

  memcpy (id.b, state->epoch, sizeof id.b);
  dsp_id_print (&id, epoch);
  if (link != NULL)
    {
      GString *text = g_string_new (NULL);

      g_string_append_printf (text, "{\"epoch\":\"%s\",\"devices\":[%s]}", epoch, devices->str);
      body = g_string_free_to_bytes (text);
      reply = dsp_link_call (link, "POST", "/v1/admin/stable", body, &error);
    }
  if (reply == NULL)
    g_printerr (_("despachoctl: the server was not told of the backup: %s\n"), error->message);
}

gboolean
dsp_keep_backup (const DspPlace *place,
                 const char     *path,
                 GCancellable   *cancellable,
                 GError        **error)
{
  const char *database = place->database;
  g_autoptr(DspDb) db = NULL;
  g_autoptr(GString) devices = g_string_new (NULL);
  DspFeedState state;
  gboolean whole;

  if (!g_str_has_prefix (database, SQLITE))
    return dsp_refuse (error, DSP_RULE_INVALID, _("%s is backed up by PostgreSQL's own tools: pg_basebackup or pg_dump"), database);
  if (g_strcmp0 (database + strlen (SQLITE), path) == 0)
    return dsp_refuse (error, DSP_RULE_INVALID, _("%s is the database itself"), path);
  db = dsp_db_open (database, DSP_DB_READ_ONLY, error);
  if (db == NULL || !dsp_db_backup (db, path, error))
    return FALSE;
  g_clear_pointer (&db, dsp_db_close);
  whole = check_whole (path, &state, devices, error);
  remove_beside (path);
  if (!whole)
    return FALSE;
  tell_stable (place, &state, devices, cancellable);
  printf (_("%s is whole: %lld entries of history.\n"), path, (long long) state.log_seq);
  return TRUE;
}

/* ---- restore ---- */

/* A log that lies beside the place of the new file would be taken for its own. */
static gboolean
check_free (const char *path,
            GError    **error)
{
  static const char *const ends[] = { "", "-wal", "-shm" };

  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *name = g_strconcat (path, ends[i], NULL);

      if (g_file_test (name, G_FILE_TEST_EXISTS))
        return dsp_refuse (error, DSP_RULE_INVALID, _("%s exists: move it away first"), name);
    }
  return TRUE;
}

/* A server that still has the old file open, moved away or not, would write into it. */
static gboolean
check_stopped (const char *database,
               GError    **error)
{
  g_autoptr(GError) fault = NULL;
  g_autoptr(DspDb) db = dsp_db_open (database, DSP_DB_LOCK, &fault);

  if (db != NULL || !g_error_matches (fault, DSP_STORE_ERROR, DSP_STORE_ERROR_LOCKED))
    return TRUE;
  return dsp_refuse (error, DSP_RULE_INVALID, _("%s: a server has it open; stop it first"), database);
}

/* Another epoch, and the time in which clients bring back what they have. */
static gboolean
begin_anew (const char *database,
            guint       minutes,
            gint64     *log_seq,
            GError    **error)
{
  g_autoptr(DspDb) db = dsp_db_open (database, DSP_DB_LOCK, error);
  g_autoptr(DspFeed) feed = NULL;

  if (db == NULL || !dsp_database_init (db, error) || !dsp_recovery_set (db, minutes, error))
    return FALSE;
  feed = dsp_feed_open (db, error);
  if (feed == NULL || !dsp_feed_new_epoch (feed, DSP_LOCAL_USER_NAME, g_get_real_time (), error))
    return FALSE;
  *log_seq = dsp_feed_get_state (feed)->log_seq;
  return dsp_db_is_shared (db) || dsp_db_checkpoint (db, DSP_CHECKPOINT_TRUNCATE, NULL, error);
}

/* A file gets its name when all of it is on the disk. */
static gboolean
name_file (const char *from,
           const char *to,
           GError    **error)
{
  g_autofree char *folder = g_path_get_dirname (to);
  int fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean done = fd >= 0 && g_rename (from, to) == 0 && fsync (fd) == 0;
  int code = errno;

  if (fd >= 0)
    close (fd);
  if (!done)
    g_set_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_FAILED, "%s: %s", to, g_strerror (code));
  return done;
}

/* The file is made beside its place, so that a restore that was cut off leaves no database of the old epoch. */
static gboolean
put_back (const char *database,
          const char *path,
          guint       minutes,
          gint64     *log_seq,
          GError    **error)
{
  const char *target = database + strlen (SQLITE);
  g_autofree char *from = g_strconcat (SQLITE, path, NULL);
  g_autofree char *work = NULL;
  g_autofree char *lock = NULL;
  g_autoptr(DspDb) backup = NULL;
  DspFeedState state;
  gboolean done;

  if (!g_str_has_prefix (database, SQLITE))
    return dsp_refuse (error, DSP_RULE_INVALID, _("%s is put back by PostgreSQL's own tools; then: restore, without a file"), database);
  if (!check_free (target, error) || !check_stopped (database, error) || !check_whole (path, &state, NULL, error))
    return FALSE;
  work = g_strconcat (database, ".restoring", NULL);
  lock = g_strconcat (work + strlen (SQLITE), ".lock", NULL);
  backup = dsp_db_open (from, DSP_DB_READ_ONLY, error);
  done = backup != NULL && dsp_db_backup (backup, work + strlen (SQLITE), error);
  g_clear_pointer (&backup, dsp_db_close);
  remove_beside (path);
  done = done && begin_anew (work, minutes, log_seq, error);
  remove_beside (work + strlen (SQLITE));
  g_unlink (lock);
  if (done && name_file (work + strlen (SQLITE), target, error))
    return TRUE;
  g_unlink (work + strlen (SQLITE));
  return FALSE;
}

gboolean
dsp_keep_restore (const char *database,
                  const char *path,
                  guint       minutes,
                  GError    **error)
{
  gint64 log_seq;

  if (path != NULL ? !put_back (database, path, minutes, &log_seq, error) : !begin_anew (database, minutes, &log_seq, error))
    return FALSE;
  printf (_("%s goes on from entry %lld of its history.\n"), database, (long long) log_seq);
  if (minutes > 0)
    printf (_("Start the server now. For %u minutes it gathers what the offices' computers still have of the time since the backup;\n"
              "then it takes that in its old order. If there is a newer verified backup use that one instead: the computers have let go\n"
              "of what it holds.\n"), minutes);
  return TRUE;
}

/* ---- copy ---- */

typedef struct
{
  GCancellable *cancellable;
  gboolean      terminal; /* a line that is written over, else one every so many rows */
  char         *table;
  gint64        shown;
} Progress;

#define SHOW_EVERY 200000

static gboolean
on_copied (const char *table,
           gint64      n_done,
           gint64      n_all,
           gboolean    checking,
           gpointer    user_data)
{
  Progress *self = user_data;
  gboolean ready = n_done >= n_all;

  if (n_done > 0 && (self->terminal || ready || n_done - self->shown >= SHOW_EVERY || n_done < self->shown))
    {
      g_printerr (checking ? _("%s%s: %lld of %lld read back%s") : _("%s%s: %lld of %lld%s"), self->terminal ? "\r\033[K" : "", table,
                  (long long) n_done, (long long) n_all, self->terminal && !ready ? "" : "\n");
      self->shown = n_done;
    }
  return !g_cancellable_is_cancelled (self->cancellable);
}

static const DspSchemaPart *const parts[] = { &dsp_schema_entities, &dsp_schema_feed, &dsp_schema_server };

static DspDb *
open_source (const char *uri,
             GError    **error)
{
  g_autoptr(DspDb) db = dsp_db_open (uri, DSP_DB_LOCK, error);

  for (guint i = 0; db != NULL && i < G_N_ELEMENTS (parts); i++)
    if (!dsp_schema_require (db, parts[i], error))
      {
        g_prefix_error (error, _("%s: a despachod of this version has to run on it once before it is copied: "), uri);
        return NULL;
      }
  return g_steal_pointer (&db);
}

/* Tables, and nothing in them: not even the feed's state, which makes them a database. */
static DspDb *
open_target (const char *uri,
             GError    **error)
{
  g_autoptr(DspDb) db = dsp_db_open (uri, DSP_DB_CREATE | DSP_DB_LOCK, error);
  gboolean empty = FALSE;
  int version = 0;

  if (db == NULL || !dsp_schema_version (db, dsp_schema_feed.name, &version, error) || (version > 0 && !dsp_copy_is_empty (db, &empty, error)))
    return NULL;
  if (version > 0 && !empty)
    {
      dsp_refuse (error, DSP_RULE_INVALID, _("%s is not empty: a copy goes into a database that holds nothing"), uri);
      return NULL;
    }
  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    if (!dsp_schema_open (db, parts[i], error))
      return NULL;
  return dsp_db_exec (db, "DELETE FROM \"feed_state\"", error) ? g_steal_pointer (&db) : NULL;
}

static gboolean
copy_into (DspDb        *from,
           const char   *to,
           GCancellable *cancellable,
           gint64       *n_rows,
           GError      **error)
{
  g_autoptr(DspDb) db = open_target (to, error);
  Progress progress = { .cancellable = cancellable, .terminal = isatty (STDERR_FILENO) };
  g_autoptr(DspFeed) feed = NULL;

  if (db == NULL || !dsp_copy_rows (from, db, on_copied, &progress, n_rows, error))
    return FALSE;
  feed = dsp_feed_open (db, error);
  return feed != NULL && dsp_feed_new_epoch (feed, DSP_LOCAL_USER_NAME, g_get_real_time (), error) && dsp_schema_analyze (db, error) &&
         (dsp_db_is_shared (db) || dsp_db_checkpoint (db, DSP_CHECKPOINT_TRUNCATE, NULL, error));
}

/* A file is made beside its place, and gets its name when it is whole. */
static gboolean
copy_into_file (DspDb        *from,
                const char   *to,
                GCancellable *cancellable,
                gint64       *n_rows,
                GError      **error)
{
  const char *target = to + strlen (SQLITE);
  g_autofree char *work = g_strconcat (to, ".copying", NULL);
  g_autofree char *lock = g_strconcat (target, ".copying.lock", NULL);
  const char *path = work + strlen (SQLITE);
  gboolean done;

  if (!check_free (target, error) || !check_stopped (to, error))
    return FALSE;
  remove_beside (path);
  g_unlink (path);
  done = copy_into (from, work, cancellable, n_rows, error);
  remove_beside (path);
  g_unlink (lock);
  if (done && name_file (path, target, error))
    return TRUE;
  g_unlink (path);
  return FALSE;
}

gboolean
dsp_keep_copy (const char   *from,
               const char   *to,
               GCancellable *cancellable,
               GError      **error)
{
  g_autoptr(DspDb) db = NULL;
  gint64 n_rows = 0;

  if (strcmp (from, to) == 0)
    return dsp_refuse (error, DSP_RULE_INVALID, _("--from and --to are the same"));
  db = open_source (from, error);
  if (db == NULL || !(g_str_has_prefix (to, SQLITE) ? copy_into_file (db, to, cancellable, &n_rows, error)
                                                    : copy_into (db, to, cancellable, &n_rows, error)))
    return FALSE;
  printf (_("%lld rows are copied, read back and the same. Start the server on the copy, and on nothing else any more.\n"), (long long) n_rows);
  return TRUE;
}

/* ---- the time after it ---- */

static void
print_recovery (GBytes *reply)
{
  gsize size, length;
  const char *text = g_bytes_get_data (reply, &size), *name;
  g_autofree char *until = NULL;
  gint64 held = 0, devices = 0;
  bool open = false;
  DspJsonReader r;

  dsp_json_reader_init (&r, text, size);
  dsp_json_enter_object (&r);
  while (dsp_json_next_member (&r, &name, &length))
    if (dsp_json_is (name, length, "open"))
      dsp_json_read_bool (&r, &open);
    else if (dsp_json_is (name, length, "held"))
      dsp_json_read_int (&r, &held);
    else if (dsp_json_is (name, length, "devices"))
      dsp_json_read_int (&r, &devices);
    else if (dsp_json_is (name, length, "until") && dsp_json_peek (&r) == '"')
      dsp_json_read_text (&r, &until);
    else
      dsp_json_skip (&r, NULL, NULL);
  if (open)
    printf (_("Open until %s: %lld commands of %lld computers are held.\n"), until != NULL ? until : "—", (long long) held, (long long) devices);
  else
    puts (_("The server is not gathering anything: commands are judged as they come."));
}

gboolean
dsp_keep_recovery (const DspPlace *place,
                   gboolean        end,
                   gboolean        json,
                   GCancellable   *cancellable,
                   GError        **error)
{
  g_autoptr(DspLink) link = dsp_link_open (place, "admin", cancellable, error);
  g_autoptr(GBytes) body = g_bytes_new_static ("{}", 2);
  g_autoptr(GBytes) done = NULL;
  g_autoptr(GBytes) reply = NULL;

  if (link == NULL || (end && (done = dsp_link_call (link, "POST", "/v1/admin/recovery/end", body, error)) == NULL))
    return FALSE;
  reply = dsp_link_call (link, "GET", "/v1/admin/recovery", NULL, error);
  if (reply == NULL)
    return FALSE;
  if (json)
    printf ("%.*s\n", (int) g_bytes_get_size (reply), (const char *) g_bytes_get_data (reply, NULL));
  else
    print_recovery (reply);
  return TRUE;
}
