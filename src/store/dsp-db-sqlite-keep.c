/* dsp-db-sqlite-keep.c: looking after an SQLite file: check, backup, description, and what its planner is told
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-store"

#include "config.h"
#include "dsp-db-sqlite-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

gboolean
dsp_sqlite_check (DspDb    *db,
                  gboolean  thorough,
                  GError  **error)
{
  DspSqlite *self = (DspSqlite *) db;
  sqlite3_stmt *stmt = NULL;
  gboolean ok = FALSE;
  int code = sqlite3_prepare_v2 (self->handle, thorough ? "PRAGMA integrity_check(1)" : "PRAGMA quick_check(1)", -1, &stmt, NULL);

  if (code == SQLITE_OK)
    code = sqlite3_step (stmt);
  if (code == SQLITE_ROW)
    {
      const char *text = (const char *) sqlite3_column_text (stmt, 0);

      ok = g_strcmp0 (text, "ok") == 0;
      if (!ok)
        g_set_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_DAMAGED, "the file is damaged: %s", text);
    }
  else
    dsp_sqlite_error (self->handle, code, error);
  sqlite3_finalize (stmt);
  return ok;
}

static gboolean
copy_all (DspSqlite *from,
          DspSqlite *to,
          GError  **error)
{
  sqlite3_backup *backup = sqlite3_backup_init (to->handle, "main", from->handle, "main");
  int code;

  if (backup == NULL)
    {
      dsp_sqlite_error (to->handle, sqlite3_extended_errcode (to->handle), error);
      return FALSE;
    }
  /* One step is one snapshot: in pieces it would begin again with each commit of the writer. */
  code = sqlite3_backup_step (backup, -1);
  sqlite3_backup_finish (backup);
  if (code == SQLITE_DONE)
    return TRUE;
  dsp_sqlite_error (to->handle, code, error);
  return FALSE;
}

static gboolean
sync_directory (const char *path,
                GError    **error)
{
  g_autofree char *directory = g_path_get_dirname (path);
  int fd = open (directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  gboolean ok = fd >= 0 && fsync (fd) == 0;
  int code = errno;

  if (!ok)
    g_set_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_FAILED, "cannot flush directory %s: %s", directory, g_strerror (code));
  if (fd >= 0)
    close (fd);
  return ok;
}

gboolean
dsp_sqlite_backup (DspDb      *db,
                   const char *path,
                   GError    **error)
{
  DspSqlite *self = (DspSqlite *) db;
  g_autofree char *part = g_strconcat (path, ".part", NULL);
  DspDb *from, *to = NULL;
  gboolean ok = FALSE;

  if (g_unlink (part) != 0 && errno != ENOENT)
    {
      int code = errno;

      g_set_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_FAILED, "cannot replace %s: %s", part, g_strerror (code));
      return FALSE;
    }
  from = dsp_sqlite_open (self->path, DSP_DB_READ_ONLY, error);
  if (from != NULL)
    to = dsp_sqlite_open (part, DSP_DB_CREATE, error);
  if (to != NULL)
    ok = copy_all ((DspSqlite *) from, (DspSqlite *) to, error) && dsp_sqlite_check (to, FALSE, error) &&
         dsp_sqlite_checkpoint (to, DSP_CHECKPOINT_TRUNCATE, NULL, error);
  if (to != NULL)
    dsp_sqlite_close (to);
  if (from != NULL)
    dsp_sqlite_close (from);
  if (ok && g_rename (part, path) != 0)
    {
      int code = errno;

      g_set_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_FAILED, "cannot name the copy %s: %s", path, g_strerror (code));
      ok = FALSE;
    }
  if (!ok)
    g_unlink (part);
  return ok && sync_directory (path, error);
}

const char dsp_sqlite_tables[] =
  "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";

const char dsp_sqlite_has[] =
  "SELECT 1 FROM sqlite_schema WHERE name = $1";

/* An index's text from its "ON" on: what it is, not how it is called. */
const char dsp_sqlite_describe[] =
  "SELECT 'column ' || name || ' ' || type || CASE WHEN \"notnull\" THEN ' NOT NULL' ELSE '' END ||"
  "       CASE WHEN pk THEN ' KEY ' || pk ELSE '' END || coalesce(' DEFAULT ' || dflt_value, '')"
  "  FROM pragma_table_info($1) "
  "UNION ALL "
  "SELECT CASE WHEN sql LIKE 'CREATE UNIQUE%' THEN 'unique ' ELSE 'index ' END || substr(sql, instr(sql, ' ON ') + 1)"
  "  FROM sqlite_schema WHERE type = 'index' AND tbl_name = $1 AND sql IS NOT NULL";

gboolean
dsp_sqlite_analyze (DspDb   *db,
                    GError **error)
{
  return dsp_sqlite_exec (db, "PRAGMA analysis_limit = 1000; ANALYZE", error);
}

/* The planner reads "rows, rows a value of the first column, of the first two …" for each index. */
gboolean
dsp_sqlite_set_share (DspDb      *db,
                      const char *table,
                      const char *index,
                      int         n_columns,
                      int         share,
                      GError    **error)
{
  g_autofree char *pattern = g_strdup_printf ("%s_%s_[0-9]*", table, index);
  g_autoptr(GString) stat = g_string_new ("1000000");
  g_autoptr(DspStmt) drop = NULL;
  g_autoptr(DspStmt) stmt = NULL;

  for (int i = 0; i < n_columns; i++)
    g_string_append_printf (stat, " %d", i == 0 && share > 0 ? 1000000 / share : 1);
  drop = dsp_db_prepare (db, "DELETE FROM sqlite_stat1 WHERE tbl = $1 AND idx GLOB $2", error);
  if (drop == NULL)
    return FALSE;
  dsp_stmt_bind_text (drop, 1, table, -1);
  dsp_stmt_bind_text (drop, 2, pattern, -1);
  if (!dsp_stmt_run (drop, NULL, error))
    return FALSE;
  stmt = dsp_db_prepare (db, "INSERT INTO sqlite_stat1 (tbl, idx, stat) SELECT tbl_name, name, $3 FROM sqlite_schema"
                             " WHERE type = 'index' AND tbl_name = $1 AND name GLOB $2", error);
  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_text (stmt, 1, table, -1);
  dsp_stmt_bind_text (stmt, 2, pattern, -1);
  dsp_stmt_bind_text (stmt, 3, stat->str, -1);
  return dsp_stmt_run (stmt, NULL, error);
}

gboolean
dsp_sqlite_use_shares (DspDb   *db,
                       GError **error)
{
  return dsp_sqlite_exec (db, "ANALYZE sqlite_schema", error);
}
