/* dsp-db.c: what all drivers share: statements kept by their text, and the way to the driver
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-store"

#include "config.h"
#include "dsp-db.h"
#include "dsp-db-private.h"

#include <string.h>

/* Lists make texts by the shape of their filter; beyond this many, those not in use are dropped. */
#define MAX_STATEMENTS 256

G_DEFINE_QUARK (dsp-store-error-quark, dsp_store_error)

static const DspDbDriver *drivers[4] = { &dsp_db_sqlite };

static guint
key_hash (gconstpointer data)
{
  const DspStmtKey *key = data;
  guint64 h = (guintptr) key->entity ^ (guintptr) key->prefix << 7 ^ key->mask * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);

  return (guint) (h ^ h >> 32) + key->what * 31;
}

static gboolean
key_equal (gconstpointer a,
           gconstpointer b)
{
  const DspStmtKey *x = a, *y = b;

  return x->entity == y->entity && x->prefix == y->prefix && x->mask == y->mask && x->what == y->what;
}

static void
finalize (gpointer data)
{
  DspStmt *stmt = data;

  g_free (g_steal_pointer (&stmt->sql));
  stmt->db->driver->finalize (stmt);
}

void
dsp_db_add_driver (const DspDbDriver *driver)
{
  guint n = 0;

  while (drivers[n] != NULL && drivers[n] != driver)
    n++;
  g_assert (n < G_N_ELEMENTS (drivers));
  drivers[n] = driver;
}

/**
 * dsp_db_open:
 * @uri: "sqlite:FILE", or of a driver that was added
 *
 * Returns: (transfer full): the connection, for use in one thread at a time; NULL with @error
 */
DspDb *
dsp_db_open (const char *uri,
             DspDbFlags  flags,
             GError    **error)
{
  const char *colon = strchr (uri, ':');

  for (guint i = 0; colon != NULL && i < G_N_ELEMENTS (drivers) && drivers[i] != NULL; i++)
    if (strlen (drivers[i]->name) == (gsize) (colon - uri) && g_str_has_prefix (uri, drivers[i]->name))
      {
        DspDb *db = drivers[i]->open (colon + 1, flags, error);

        if (db == NULL)
          {
            g_autofree char *label = drivers[i]->label != NULL ? drivers[i]->label (colon + 1) : g_strdup (colon + 1);

            g_prefix_error (error, "database %s: ", label);
            return NULL;
          }
        db->driver = drivers[i];
        db->uri = g_strdup (uri);
        db->by_text = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, finalize);
        db->by_key = g_hash_table_new_full (key_hash, key_equal, NULL, finalize);
        return db;
      }
  g_set_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_FAILED,
               "database address \"%s\" is not of a kind that this program knows (sqlite:FILE)", uri);
  return NULL;
}

/**
 * dsp_db_close:
 *
 * All statements must be done. An open transaction is rolled back.
 */
void
dsp_db_close (DspDb *db)
{
  if (db == NULL)
    return;
  dsp_db_rollback (db);
  g_hash_table_destroy (db->by_text);
  g_hash_table_destroy (db->by_key);
  g_free (db->uri);
  db->driver->close (db);
}

const char *
dsp_db_get_uri (DspDb *db)
{
  return db->uri;
}

gboolean
dsp_db_exec (DspDb      *db,
             const char *sql,
             GError    **error)
{
  return db->driver->exec (db, sql, error);
}

static gboolean
is_idle (gpointer key,
         gpointer value,
         gpointer user_data)
{
  return !((DspStmt *) value)->in_use;
}

static DspStmt *
make (DspDb      *db,
      const char *sql,
      GError    **error)
{
  DspStmt *stmt = db->driver->prepare (db, sql, error);

  if (stmt == NULL)
    {
      g_prefix_error (error, "%s: ", sql);
      return NULL;
    }
  stmt->db = db;
  stmt->sql = g_strdup (sql);
  stmt->in_use = true;
  return stmt;
}

/**
 * dsp_db_prepare:
 * @sql: one statement, with parameters "$1" … without gaps
 *
 * Returns: (transfer full): the statement, all values NULL
 */
DspStmt *
dsp_db_prepare (DspDb      *db,
                const char *sql,
                GError    **error)
{
  DspStmt *stmt = g_hash_table_lookup (db->by_text, sql);

  if (stmt != NULL && !stmt->in_use)
    {
      stmt->in_use = true;
      return stmt;
    }
  bool kept = stmt == NULL;

  stmt = make (db, sql, error);
  if (stmt == NULL)
    return NULL;
  if (kept)
    {
      if (g_hash_table_size (db->by_text) >= MAX_STATEMENTS)
        g_hash_table_foreach_remove (db->by_text, is_idle, NULL);
      stmt->is_kept = true;
      g_hash_table_insert (db->by_text, stmt->sql, stmt);
    }
  return stmt;
}

DspStmt *
dsp_db_prepare_made (DspDb            *db,
                     const DspStmtKey *key,
                     DspMakeSql        make_sql,
                     GError          **error)
{
  DspStmt *stmt = g_hash_table_lookup (db->by_key, key);

  if (stmt != NULL && !stmt->in_use)
    {
      stmt->in_use = true;
      return stmt;
    }
  bool kept = stmt == NULL;
  g_autofree char *sql = make_sql (db, key);

  stmt = make (db, sql, error);
  if (stmt == NULL)
    return NULL;
  if (kept)
    {
      if (g_hash_table_size (db->by_key) >= MAX_STATEMENTS)
        g_hash_table_foreach_remove (db->by_key, is_idle, NULL);
      stmt->key = *key;
      stmt->is_kept = true;
      g_hash_table_insert (db->by_key, &stmt->key, stmt);
    }
  return stmt;
}

void
dsp_stmt_bind_null (DspStmt *stmt,
                    int      n)
{
  stmt->db->driver->bind_null (stmt, n);
}

void
dsp_stmt_bind_int (DspStmt *stmt,
                   int      n,
                   gint64   value)
{
  stmt->db->driver->bind_int (stmt, n, value);
}

void
dsp_stmt_bind_text (DspStmt    *stmt,
                    int         n,
                    const char *text,
                    gssize      length)
{
  if (text == NULL)
    stmt->db->driver->bind_null (stmt, n);
  else
    stmt->db->driver->bind_text (stmt, n, text, length);
}

void
dsp_stmt_bind_blob (DspStmt      *stmt,
                    int           n,
                    gconstpointer data,
                    gsize         length)
{
  if (data == NULL)
    stmt->db->driver->bind_null (stmt, n);
  else
    stmt->db->driver->bind_blob (stmt, n, data, length);
}

void
dsp_stmt_bind_id (DspStmt     *stmt,
                  int          n,
                  const DspId *id)
{
  if (dsp_id_is_none (id))
    stmt->db->driver->bind_null (stmt, n);
  else
    stmt->db->driver->bind_blob (stmt, n, id->b, sizeof id->b);
}

DspStep
dsp_stmt_step (DspStmt *stmt,
               GError **error)
{
  return stmt->db->driver->step (stmt, error);
}

gboolean
dsp_stmt_run (DspStmt *stmt,
              gint64  *n_changed,
              GError **error)
{
  return stmt->db->driver->run (stmt, n_changed, error);
}

void
dsp_stmt_reset (DspStmt *stmt)
{
  stmt->db->driver->reset (stmt);
}

void
dsp_stmt_clear (DspStmt *stmt)
{
  stmt->db->driver->clear (stmt);
}

/**
 * dsp_stmt_done:
 *
 * Ends the use of a statement: values are forgotten, locks released.
 */
void
dsp_stmt_done (DspStmt *stmt)
{
  if (stmt == NULL)
    return;
  stmt->db->driver->reset (stmt);
  stmt->db->driver->clear (stmt);
  if (stmt->is_kept)
    stmt->in_use = false;
  else
    finalize (stmt);
}

bool
dsp_stmt_is_null (DspStmt *stmt,
                  int      column)
{
  return stmt->db->driver->is_null (stmt, column);
}

gint64
dsp_stmt_int (DspStmt *stmt,
              int      column)
{
  return stmt->db->driver->column_int (stmt, column);
}

const char *
dsp_stmt_text (DspStmt *stmt,
               int      column,
               gsize   *length)
{
  return stmt->db->driver->column_text (stmt, column, length);
}

gconstpointer
dsp_stmt_blob (DspStmt *stmt,
               int      column,
               gsize   *length)
{
  return stmt->db->driver->column_blob (stmt, column, length);
}

DspId
dsp_stmt_id (DspStmt *stmt,
             int      column)
{
  gsize length;
  gconstpointer data = stmt->db->driver->column_blob (stmt, column, &length);
  DspId id = { { 0 } };

  if (length == sizeof id.b)
    memcpy (id.b, data, sizeof id.b);
  return id;
}

gboolean
dsp_db_int (DspDb      *db,
            const char *sql,
            gint64     *value,
            GError    **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, sql, error);

  if (stmt == NULL)
    return FALSE;
  switch (dsp_stmt_step (stmt, error))
    {
    case DSP_STEP_ROW:
      *value = dsp_stmt_int (stmt, 0);
      return TRUE;
    case DSP_STEP_DONE:
      *value = 0;
      return TRUE;
    case DSP_STEP_FAILED:
    default:
      return FALSE;
    }
}

gboolean
dsp_db_begin (DspDb   *db,
              GError **error)
{
  return db->driver->begin (db, TRUE, error);
}

gboolean
dsp_db_begin_read (DspDb   *db,
                   GError **error)
{
  return db->driver->begin (db, FALSE, error);
}

gboolean
dsp_db_commit (DspDb   *db,
               GError **error)
{
  return db->driver->commit (db, error);
}

void
dsp_db_rollback (DspDb *db)
{
  if (db->driver->in_transaction (db))
    db->driver->rollback (db);
}

gboolean
dsp_db_in_transaction (DspDb *db)
{
  return db->driver->in_transaction (db);
}

gboolean
dsp_db_savepoint (DspDb   *db,
                  GError **error)
{
  return db->driver->part (db, DSP_DB_PART_BEGIN, error);
}

gboolean
dsp_db_savepoint_release (DspDb   *db,
                          GError **error)
{
  return db->driver->part (db, DSP_DB_PART_KEEP, error);
}

/* If even this fails, the transaction is gone as a whole, and its next statement or commit says so. */
void
dsp_db_savepoint_rollback (DspDb *db)
{
  g_autoptr(GError) error = NULL;

  if (!db->driver->in_transaction (db))
    return;
  if (!db->driver->part (db, DSP_DB_PART_UNDO, &error))
    {
      g_debug ("could not roll back a part, rolling back all: %s", error->message);
      db->driver->rollback (db);
    }
}

gboolean
dsp_db_is_shared (DspDb *db)
{
  return db->driver->share != NULL;
}

gboolean
dsp_db_share (DspDb   *db,
              GError **error)
{
  return !dsp_db_is_shared (db) || db->driver->share (db, error);
}

gboolean
dsp_db_notify (DspDb      *db,
               const char *what,
               GError    **error)
{
  return !dsp_db_is_shared (db) || db->driver->notify (db, what, error);
}

gboolean
dsp_db_wait (DspDb     *db,
             guint      wait_ms,
             DspDbTold  told,
             gpointer   user_data,
             GError   **error)
{
  g_return_val_if_fail (dsp_db_is_shared (db), FALSE);

  return db->driver->wait (db, wait_ms, told, user_data, error);
}

void
dsp_db_set_stop (DspDb    *db,
                 DspDbStop stop,
                 gpointer  user_data)
{
  db->stop = stop;
  db->stop_data = user_data;
  db->driver->stop_changed (db);
}

void
dsp_db_interrupt (DspDb *db)
{
  db->driver->interrupt (db);
}

gboolean
dsp_db_checkpoint (DspDb        *db,
                   DspCheckpoint how,
                   gint64       *remaining,
                   GError      **error)
{
  return db->driver->checkpoint (db, how, remaining, error);
}

gint64
dsp_db_log_pages (DspDb *db)
{
  return db->driver->log_pages (db);
}

gboolean
dsp_db_backup (DspDb      *db,
               const char *path,
               GError    **error)
{
  return db->driver->backup (db, path, error);
}

gboolean
dsp_db_check (DspDb    *db,
              gboolean  thorough,
              GError  **error)
{
  return db->driver->check (db, thorough, error);
}
