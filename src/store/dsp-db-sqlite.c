/* dsp-db-sqlite.c: the driver for SQLite
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One process holds a database. One connection of it writes and checkpoints; the readers never checkpoint, since a
 * checkpoint that meets a writer of another connection is where SQLite before 3.51.3 can damage a file.
 */
#define G_LOG_DOMAIN "dsp-store"

#include "config.h"
#include "dsp-db-sqlite-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define BUSY_MS 5000
#define STEPS_BETWEEN_STOPS 10000

typedef struct
{
  DspStmt       parent;

  sqlite3_stmt *handle;   /* (owned) */
  int          *places;   /* (owned) (nullable): the engine's index of "$n"; NULL where they are the same */
  int           n_values;
  int           bind_code; /* the first bind that failed, told at the next step */
} SqliteStmt;

static bool
is_full (int code)
{
  return code == ENOSPC || code == EDQUOT || code == EFBIG;
}

/* SQLite says FULL only where the write call itself said ENOSPC; a quota, a limit, or a commit that fails later, come as an
 * I/O error, with the system's code at the file it happened to: the log or the database. */
static bool
was_full (sqlite3 *handle)
{
  sqlite3_file *log = NULL;
  int code = 0;

  if (is_full (sqlite3_system_errno (handle)))
    return true;
  if (sqlite3_file_control (handle, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log) == SQLITE_OK && log != NULL &&
      log->pMethods != NULL && log->pMethods->xFileControl (log, SQLITE_FCNTL_LAST_ERRNO, &code) == SQLITE_OK && is_full (code))
    return true;
  return sqlite3_file_control (handle, "main", SQLITE_FCNTL_LAST_ERRNO, &code) == SQLITE_OK && is_full (code);
}

static int
store_code (sqlite3 *handle,
            int      code)
{
  switch (code & 0xff)
    {
    case SQLITE_FULL:
      return DSP_STORE_ERROR_FULL;
    case SQLITE_IOERR:
      if (was_full (handle))
        return DSP_STORE_ERROR_FULL;
      return code == SQLITE_IOERR_CORRUPTFS ? DSP_STORE_ERROR_DAMAGED : DSP_STORE_ERROR_FAILED;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return DSP_STORE_ERROR_BUSY;
    case SQLITE_CONSTRAINT:
      return DSP_STORE_ERROR_CONFLICT;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return DSP_STORE_ERROR_DAMAGED;
    default:
      return DSP_STORE_ERROR_FAILED;
    }
}

/* The handle keeps code and text only until its next call, so they are copied here. */
void
dsp_sqlite_error (sqlite3 *handle,
                  int      code,
                  GError **error)
{
  if ((code & 0xff) == SQLITE_INTERRUPT)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "the statement was stopped");
  else
    g_set_error (error, DSP_STORE_ERROR, store_code (handle, code), "%s (SQLite code %d)",
                 sqlite3_extended_errcode (handle) == code ? sqlite3_errmsg (handle) : sqlite3_errstr (code), code);
}

gboolean
dsp_sqlite_exec (DspDb      *db,
                 const char *sql,
                 GError    **error)
{
  DspSqlite *self = (DspSqlite *) db;
  int code = sqlite3_exec (self->handle, sql, NULL, NULL, NULL);

  if (code == SQLITE_OK)
    return TRUE;
  dsp_sqlite_error (self->handle, code, error);
  return FALSE;
}

/* Sets a pragma and reads back what it is now. Some answer with a row, some do not, so it is asked for again. */
static gboolean
pragma (DspSqlite   *self,
        const char *name,
        const char *value,
        const char *expected,
        GError    **error)
{
  g_autofree char *set = g_strdup_printf ("PRAGMA %s=%s", name, value);
  g_autofree char *get = g_strdup_printf ("PRAGMA %s", name);
  sqlite3_stmt *stmt = NULL;
  int code = sqlite3_exec (self->handle, set, NULL, NULL, NULL);
  gboolean ok = FALSE;

  if (code == SQLITE_OK)
    code = sqlite3_prepare_v2 (self->handle, get, -1, &stmt, NULL);
  if (code == SQLITE_OK)
    code = sqlite3_step (stmt);
  if (code == SQLITE_ROW)
    {
      const char *now = (const char *) sqlite3_column_text (stmt, 0);

      ok = g_strcmp0 (now, expected) == 0;
      if (!ok)
        g_set_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_FAILED, "%s stays %s, it must be %s", name, now, expected);
    }
  else
    dsp_sqlite_error (self->handle, code, error);
  sqlite3_finalize (stmt);
  return ok;
}

static int
on_commit (void       *data,
           sqlite3    *handle,
           const char *name,
           int         n_pages)
{
  ((DspSqlite *) data)->log_pages = n_pages;
  return SQLITE_OK;
}

static gboolean
set_up (DspSqlite  *self,
        DspDbFlags flags,
        GError   **error)
{
  bool memory = strcmp (self->path, ":memory:") == 0;
  bool writes = !(flags & DSP_DB_READ_ONLY);

  sqlite3_extended_result_codes (self->handle, 1);
  sqlite3_busy_timeout (self->handle, BUSY_MS);
  /* A name in double quotes that is no column must be an error, not a text. */
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_db_config (self->handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, !writes, NULL);

  if (writes && !pragma (self, "journal_mode", "WAL", memory ? "memory" : "wal", error))
    return FALSE;
  if (!pragma (self, "synchronous", "FULL", "2", error) ||
      !pragma (self, "foreign_keys", "ON", "1", error) ||
      !pragma (self, "wal_autocheckpoint", "0", "0", error) ||
      !pragma (self, "cell_size_check", "ON", "1", error) ||
      /* Debian's library overwrites all that is deleted; here only what costs no extra write. */
      !pragma (self, "secure_delete", "FAST", "2", error) ||
      /* A reader's pages are in the system's cache, too; there are several of them. */
      !pragma (self, "cache_size", writes ? "-16384" : "-4096", writes ? "-16384" : "-4096", error) ||
      !pragma (self, "query_only", writes ? "OFF" : "ON", writes ? "0" : "1", error))
    return FALSE;
  if (writes)
    sqlite3_wal_hook (self->handle, on_commit, self);
  /* Opening reads nothing; what is not a database shows itself with the first page. */
  return dsp_sqlite_exec (&self->parent, "SELECT count(*) FROM sqlite_schema", error);
}

static gboolean
take_lock (DspSqlite *self,
           GError  **error)
{
  g_autofree char *path = g_strconcat (self->path, ".lock", NULL);
  int code;

  self->lock_fd = open (path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (self->lock_fd < 0)
    {
      code = errno;
      g_set_error (error, DSP_STORE_ERROR, is_full (code) ? DSP_STORE_ERROR_FULL : DSP_STORE_ERROR_FAILED,
                   "cannot make the lock file %s: %s", path, g_strerror (code));
      return FALSE;
    }
  if (flock (self->lock_fd, LOCK_EX | LOCK_NB) == 0)
    return TRUE;
  code = errno;
  if (code == EWOULDBLOCK)
    g_set_error_literal (error, DSP_STORE_ERROR, DSP_STORE_ERROR_LOCKED, "another program has it open");
  else
    g_set_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_FAILED, "cannot lock %s: %s", path, g_strerror (code));
  return FALSE;
}

/* Only a file that is not there yet is opened by hand: closing a descriptor of one that SQLite has open elsewhere in this
 * process would drop that connection's locks. */
static gboolean
make_file (const char *path,
           GError    **error)
{
  int fd = open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);

  if (fd < 0 && errno != EEXIST)
    {
      int code = errno;

      g_set_error (error, DSP_STORE_ERROR, is_full (code) ? DSP_STORE_ERROR_FULL : DSP_STORE_ERROR_FAILED,
                   "cannot make it: %s", g_strerror (code));
      return FALSE;
    }
  if (fd >= 0)
    close (fd);
  return TRUE;
}

void
dsp_sqlite_close (DspDb *db)
{
  DspSqlite *self = (DspSqlite *) db;

  sqlite3_close_v2 (self->handle);
  if (self->lock_fd >= 0)
    close (self->lock_fd);
  g_free (self->path);
  g_free (self);
}

DspDb *
dsp_sqlite_open (const char *where,
                 DspDbFlags  flags,
                 GError    **error)
{
  DspSqlite *self = g_new0 (DspSqlite, 1);
  bool memory = strcmp (where, ":memory:") == 0;
  int code;

  self->path = g_strdup (where);
  self->lock_fd = -1;
  if (*where == '\0')
    {
      g_set_error_literal (error, DSP_STORE_ERROR, DSP_STORE_ERROR_NOT_FOUND, "the address names no file");
      goto failed;
    }
  if (!memory && !(flags & DSP_DB_CREATE) && g_access (where, F_OK) != 0)
    {
      g_set_error_literal (error, DSP_STORE_ERROR, DSP_STORE_ERROR_NOT_FOUND, "there is no such file");
      goto failed;
    }
  if (!memory && (flags & DSP_DB_LOCK) && !take_lock (self, error))
    goto failed;
  if (!memory && (flags & DSP_DB_CREATE) && !make_file (where, error))
    goto failed;
  code = sqlite3_open_v2 (where, &self->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE, NULL);
  if (code != SQLITE_OK)
    {
      dsp_sqlite_error (self->handle, code, error);
      goto failed;
    }
  if (!set_up (self, flags, error))
    goto failed;
  return &self->parent;

failed:
  dsp_sqlite_close (&self->parent);
  return NULL;
}

static DspStmt *
sqlite_prepare (DspDb      *db,
                const char *sql,
                GError    **error)
{
  DspSqlite *self = (DspSqlite *) db;
  sqlite3_stmt *handle = NULL;
  int code = sqlite3_prepare_v3 (self->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle, NULL);
  SqliteStmt *stmt;

  if (code != SQLITE_OK)
    {
      dsp_sqlite_error (self->handle, code, error);
      return NULL;
    }
  stmt = g_new0 (SqliteStmt, 1);
  stmt->handle = handle;
  stmt->n_values = sqlite3_bind_parameter_count (handle);
  /* "$2" is a name to SQLite, numbered by where it first stands. */
  for (int i = 1; i <= stmt->n_values; i++)
    {
      gint64 n = g_ascii_strtoll (sqlite3_bind_parameter_name (handle, i) + 1, NULL, 10);

      g_assert (n >= 1 && n <= stmt->n_values);
      if (n != i && stmt->places == NULL)
        {
          stmt->places = g_new (int, stmt->n_values + 1);
          for (int j = 0; j <= stmt->n_values; j++)
            stmt->places[j] = j;
        }
      if (stmt->places != NULL)
        stmt->places[n] = i;
    }
  return &stmt->parent;
}

static void
sqlite_finalize (DspStmt *base)
{
  SqliteStmt *stmt = (SqliteStmt *) base;

  sqlite3_finalize (stmt->handle);
  g_free (stmt->places);
  g_free (stmt);
}

static void
sqlite_reset (DspStmt *stmt)
{
  sqlite3_reset (((SqliteStmt *) stmt)->handle);
}

static void
sqlite_clear (DspStmt *base)
{
  SqliteStmt *stmt = (SqliteStmt *) base;

  sqlite3_clear_bindings (stmt->handle);
  stmt->bind_code = SQLITE_OK;
}

static inline int
place (SqliteStmt *stmt,
       int         n)
{
  return stmt->places != NULL && n >= 1 && n <= stmt->n_values ? stmt->places[n] : n;
}

static inline void
note (SqliteStmt *stmt,
      int         code)
{
  if (G_UNLIKELY (code != SQLITE_OK && stmt->bind_code == SQLITE_OK))
    stmt->bind_code = code;
}

static void
sqlite_bind_null (DspStmt *base,
                  int      n)
{
  SqliteStmt *stmt = (SqliteStmt *) base;

  note (stmt, sqlite3_bind_null (stmt->handle, place (stmt, n)));
}

static void
sqlite_bind_int (DspStmt *base,
                 int      n,
                 gint64   value)
{
  SqliteStmt *stmt = (SqliteStmt *) base;

  note (stmt, sqlite3_bind_int64 (stmt->handle, place (stmt, n), value));
}

static void
sqlite_bind_text (DspStmt    *base,
                  int         n,
                  const char *text,
                  gssize      length)
{
  SqliteStmt *stmt = (SqliteStmt *) base;

  note (stmt, sqlite3_bind_text64 (stmt->handle, place (stmt, n), text, length < 0 ? strlen (text) : (gsize) length,
                                   SQLITE_STATIC, SQLITE_UTF8));
}

static void
sqlite_bind_blob (DspStmt      *base,
                  int           n,
                  gconstpointer data,
                  gsize         length)
{
  SqliteStmt *stmt = (SqliteStmt *) base;

  note (stmt, sqlite3_bind_blob64 (stmt->handle, place (stmt, n), data, length, SQLITE_STATIC));
}

static DspStep
sqlite_step (DspStmt *base,
             GError **error)
{
  SqliteStmt *stmt = (SqliteStmt *) base;
  sqlite3 *handle = ((DspSqlite *) base->db)->handle;
  int code = stmt->bind_code;

  if (code == SQLITE_OK)
    code = sqlite3_step (stmt->handle);
  if (code == SQLITE_ROW)
    return DSP_STEP_ROW;
  if (code == SQLITE_DONE)
    return DSP_STEP_DONE;
  dsp_sqlite_error (handle, code, error);
  sqlite3_reset (stmt->handle);
  return DSP_STEP_FAILED;
}

static gboolean
sqlite_run (DspStmt *stmt,
            gint64  *n_changed,
            GError **error)
{
  DspStep step;

  do
    step = sqlite_step (stmt, error);
  while (step == DSP_STEP_ROW);
  if (step == DSP_STEP_DONE && n_changed != NULL)
    *n_changed = sqlite3_changes64 (((DspSqlite *) stmt->db)->handle);
  sqlite_reset (stmt);
  return step == DSP_STEP_DONE;
}

static bool
sqlite_is_null (DspStmt *stmt,
                int      column)
{
  return sqlite3_column_type (((SqliteStmt *) stmt)->handle, column) == SQLITE_NULL;
}

static gint64
sqlite_column_int (DspStmt *stmt,
                   int      column)
{
  return sqlite3_column_int64 (((SqliteStmt *) stmt)->handle, column);
}

static const char *
sqlite_column_text (DspStmt *stmt,
                    int      column,
                    gsize   *length)
{
  const char *text = (const char *) sqlite3_column_text (((SqliteStmt *) stmt)->handle, column);

  if (length != NULL)
    *length = text != NULL ? (gsize) sqlite3_column_bytes (((SqliteStmt *) stmt)->handle, column) : 0;
  return text;
}

static gconstpointer
sqlite_column_blob (DspStmt *stmt,
                    int      column,
                    gsize   *length)
{
  gconstpointer data = sqlite3_column_blob (((SqliteStmt *) stmt)->handle, column);

  if (length != NULL)
    *length = data != NULL ? (gsize) sqlite3_column_bytes (((SqliteStmt *) stmt)->handle, column) : 0;
  return data;
}

static gboolean
sqlite_begin (DspDb   *db,
              gboolean write,
              GError **error)
{
  DspSqlite *self = (DspSqlite *) db;

  if (self->left_open && !sqlite3_get_autocommit (self->handle) && !dsp_sqlite_exec (db, "ROLLBACK", error))
    return FALSE;
  self->left_open = false;
  return dsp_sqlite_exec (db, write ? "BEGIN IMMEDIATE" : "BEGIN", error);
}

static gboolean
sqlite_commit (DspDb   *db,
               GError **error)
{
  return dsp_sqlite_exec (db, "COMMIT", error);
}

static void
sqlite_rollback (DspDb *db)
{
  DspSqlite *self = (DspSqlite *) db;
  g_autoptr(GError) error = NULL;

  if (dsp_sqlite_exec (db, "ROLLBACK", &error))
    return;
  g_debug ("could not roll back, ignoring: %s", error->message);
  /* Without memory not even that: the next begin does it. */
  self->left_open = !sqlite3_get_autocommit (self->handle);
}

static gboolean
sqlite_in_transaction (DspDb *db)
{
  return !sqlite3_get_autocommit (((DspSqlite *) db)->handle);
}

static gboolean
sqlite_part (DspDb    *db,
             DspDbPart what,
             GError  **error)
{
  switch (what)
    {
    case DSP_DB_PART_BEGIN:
      return dsp_sqlite_exec (db, "SAVEPOINT part", error);
    case DSP_DB_PART_KEEP:
      return dsp_sqlite_exec (db, "RELEASE SAVEPOINT part", error);
    case DSP_DB_PART_UNDO:
      return dsp_sqlite_exec (db, "ROLLBACK TO SAVEPOINT part", error) && dsp_sqlite_exec (db, "RELEASE SAVEPOINT part", error);
    }
  g_assert_not_reached ();
}

static void
sqlite_interrupt (DspDb *db)
{
  sqlite3_interrupt (((DspSqlite *) db)->handle);
}

static int
on_progress (void *data)
{
  DspDb *db = data;

  return db->stop != NULL && db->stop (db->stop_data);
}

static void
sqlite_stop_changed (DspDb *db)
{
  sqlite3_progress_handler (((DspSqlite *) db)->handle, STEPS_BETWEEN_STOPS, db->stop != NULL ? on_progress : NULL, db);
}

gboolean
dsp_sqlite_checkpoint (DspDb        *db,
                       DspCheckpoint how,
                       gint64       *remaining,
                       GError      **error)
{
  DspSqlite *self = (DspSqlite *) db;
  int n_log = 0, n_done = 0, code;

  /* TRUNCATE would wait for readers, and everybody for it; whoever is in the way is met again next time. */
  sqlite3_busy_timeout (self->handle, 0);
  code = sqlite3_wal_checkpoint_v2 (self->handle, NULL, how == DSP_CHECKPOINT_TRUNCATE ? SQLITE_CHECKPOINT_TRUNCATE :
                                    SQLITE_CHECKPOINT_PASSIVE, &n_log, &n_done);
  sqlite3_busy_timeout (self->handle, BUSY_MS);
  if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY)
    {
      dsp_sqlite_error (self->handle, code, error);
      return FALSE;
    }
  if (how == DSP_CHECKPOINT_TRUNCATE && code == SQLITE_OK)
    self->log_pages = 0;
  if (remaining != NULL)
    *remaining = n_log - n_done;
  return TRUE;
}

static gint64
sqlite_log_pages (DspDb *db)
{
  return ((DspSqlite *) db)->log_pages;
}

const DspDbDriver dsp_db_sqlite = {
  .name = "sqlite",
  .position = "instr",
  .list_items = "json_each(\"@\")",
  .group_apart = "coalesce(\"@\", NULL)",
  .nulls_first = "",
  .nulls_last = "",
  .for_update = "",
  .open = dsp_sqlite_open,
  .close = dsp_sqlite_close,
  .exec = dsp_sqlite_exec,
  .prepare = sqlite_prepare,
  .finalize = sqlite_finalize,
  .reset = sqlite_reset,
  .clear = sqlite_clear,
  .bind_null = sqlite_bind_null,
  .bind_int = sqlite_bind_int,
  .bind_text = sqlite_bind_text,
  .bind_blob = sqlite_bind_blob,
  .step = sqlite_step,
  .run = sqlite_run,
  .is_null = sqlite_is_null,
  .column_int = sqlite_column_int,
  .column_text = sqlite_column_text,
  .column_blob = sqlite_column_blob,
  .begin = sqlite_begin,
  .commit = sqlite_commit,
  .rollback = sqlite_rollback,
  .in_transaction = sqlite_in_transaction,
  .part = sqlite_part,
  .interrupt = sqlite_interrupt,
  .stop_changed = sqlite_stop_changed,
  .checkpoint = dsp_sqlite_checkpoint,
  .log_pages = sqlite_log_pages,
  .backup = dsp_sqlite_backup,
  .check = dsp_sqlite_check,
  .describe = dsp_sqlite_describe,
  .has = dsp_sqlite_has,
  .tables = dsp_sqlite_tables,
  .analyze = dsp_sqlite_analyze,
  .set_share = dsp_sqlite_set_share,
  .use_shares = dsp_sqlite_use_shares,
};
