/* dsp-db.h: a connection to an SQL database
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One API over drivers, SQLite and PostgreSQL; SQL given here is what both understand. A connection and its statements
 * belong to one thread at a time; only dsp_db_interrupt() may be called from another. Parameters are "$1", "$2" …, values
 * are always bound. Statements are kept prepared by their text: ask for one each time it is needed.
 *
 *   g_autoptr(DspStmt) stmt = dsp_db_prepare (db, "SELECT \"code\" FROM \"crew\" WHERE \"id\" = $1", error);
 *   if (stmt == NULL)
 *     return FALSE;
 *   dsp_stmt_bind_id (stmt, 1, &crew_id);
 *   switch (dsp_stmt_step (stmt, error)) …
 *
 * Tables are made with three types: INTEGER (64 bits), TEXT (compared by its bytes) and BLOB; a column "_row" that is an
 * INTEGER PRIMARY KEY numbers the rows as they are inserted. A driver may hold a whole result in memory: who may stop
 * early, or reads a whole table, asks in pieces.
 *
 * Errors are of DSP_STORE_ERROR, except a cancelled statement: G_IO_ERROR_CANCELLED.
 */
#pragma once

#include "dsp-types.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum {
  DSP_STORE_ERROR_FAILED,
  DSP_STORE_ERROR_BUSY,      /* another connection writes; try again later */
  DSP_STORE_ERROR_CONFLICT,  /* a unique key or another constraint; or somebody else changed the record */
  DSP_STORE_ERROR_NOT_FOUND, /* no such record, or no such file */
  DSP_STORE_ERROR_FULL,      /* the disk, or the quota, is full: nothing of the transaction stays */
  DSP_STORE_ERROR_NEWER,     /* the schema was written by a newer version of the program */
  DSP_STORE_ERROR_DAMAGED,   /* the file is not a database, or its content is broken */
  DSP_STORE_ERROR_LOCKED,    /* another process holds this database */
  DSP_STORE_ERROR_AWAY,      /* the database server does not answer. From a commit: it may be stored, or not */
} DspStoreError;

#define DSP_STORE_ERROR (dsp_store_error_quark ())
GQuark dsp_store_error_quark (void);

typedef enum {
  DSP_DB_CREATE    = 1 << 0, /* make the file (mode 0600) if there is none; else: NOT_FOUND */
  DSP_DB_READ_ONLY = 1 << 1, /* a reader: writes fail, never checkpoints */
  DSP_DB_LOCK      = 1 << 2, /* hold FILE.lock as long as it is open, or fail with LOCKED: the one process's main connection */
} DspDbFlags;

typedef struct _DspDb DspDb;
typedef struct _DspStmt DspStmt;

typedef enum {
  DSP_STEP_FAILED, /* error is set */
  DSP_STEP_ROW,    /* a row is there: dsp_stmt_int() and the others read it; in lookups: found */
  DSP_STEP_DONE,   /* no (more) rows; in lookups: there is none */
} DspStep;

/* @uri: "sqlite:FILE", or another driver's own. Opening does not look at the schema: dsp_schema_*() and dsp_feed_open() do. A writer has WAL,
 * synchronous=FULL and foreign keys on, each read back, waits up to 5 s for a lock, and checkpoints only when told to.
 * Of PostgreSQL: a schema, the first of the search path, made by CREATE; what a commit stands on must be on, as well. */
DspDb      *dsp_db_open       (const char *uri,
                               DspDbFlags  flags,
                               GError    **error);
void        dsp_db_close      (DspDb      *db);
const char *dsp_db_get_uri    (DspDb      *db);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspDb, dsp_db_close)

/* Runs one or several statements without parameters and drops their rows: for CREATE and the like. */
gboolean    dsp_db_exec       (DspDb      *db,
                               const char *sql,
                               GError    **error);

/* Returns: (transfer full): give it back with dsp_stmt_done() (g_autoptr does). The same text may be in use twice. */
DspStmt    *dsp_db_prepare    (DspDb      *db,
                               const char *sql,
                               GError    **error);

/* Values count from 1, columns from 0. Texts and blobs are NOT copied: they stay as they are until the statement is done,
 * reset, or the value is bound anew. NULL text or an id of none is bound as NULL. @length -1: up to the NUL. */
void          dsp_stmt_bind_null (DspStmt *stmt, int n);
void          dsp_stmt_bind_int  (DspStmt *stmt, int n, gint64 value);
void          dsp_stmt_bind_text (DspStmt *stmt, int n, const char *text, gssize length);
void          dsp_stmt_bind_blob (DspStmt *stmt, int n, gconstpointer data, gsize length);
void          dsp_stmt_bind_id   (DspStmt *stmt, int n, const DspId *id);
DspStep       dsp_stmt_step      (DspStmt *stmt, GError **error);
/* Steps to the end and resets, for statements that write; the values stay bound. @n_changed (nullable): rows touched.
 * Without it, in a transaction, the statement may run later: whatever is asked or committed next says if it failed. */
gboolean      dsp_stmt_run       (DspStmt *stmt, gint64 *n_changed, GError **error);
void          dsp_stmt_reset     (DspStmt *stmt); /* to be stepped again; the values stay bound */
void          dsp_stmt_clear     (DspStmt *stmt); /* all values NULL */
void          dsp_stmt_done      (DspStmt *stmt);
/* Borrowed until the next step, reset or done. NULL reads as 0, NULL and the id of none. @length is nullable. */
bool          dsp_stmt_is_null   (DspStmt *stmt, int column);
gint64        dsp_stmt_int       (DspStmt *stmt, int column);
const char   *dsp_stmt_text      (DspStmt *stmt, int column, gsize *length);
gconstpointer dsp_stmt_blob      (DspStmt *stmt, int column, gsize *length);
DspId         dsp_stmt_id        (DspStmt *stmt, int column);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspStmt, dsp_stmt_done)

/* A single number: the first column of the first row, 0 if there is none. @value is untouched on failure. */
gboolean    dsp_db_int        (DspDb      *db,
                               const char *sql,
                               gint64     *value,
                               GError    **error);

/* Transactions do not nest. A writer says so at its begin (BEGIN IMMEDIATE). After a failed statement roll back: a full
 * disk may have done so already, then rolling back again is harmless. FALSE from a commit: nothing was stored (SQLite);
 * roll back. */
gboolean    dsp_db_begin      (DspDb      *db,
                               GError    **error);
gboolean    dsp_db_begin_read (DspDb      *db,   /* one snapshot for all reads until commit or rollback */
                               GError    **error);
gboolean    dsp_db_commit     (DspDb      *db,
                               GError    **error);
void        dsp_db_rollback   (DspDb      *db);
gboolean    dsp_db_in_transaction (DspDb  *db);
/* A part of a transaction that can be undone alone. They do not nest either. */
gboolean    dsp_db_savepoint  (DspDb      *db,
                               GError    **error);
gboolean    dsp_db_savepoint_release (DspDb *db,
                               GError    **error);
void        dsp_db_savepoint_rollback (DspDb *db);

/* ---- several processes on one database ---- */

/* Whether others may write, too: PostgreSQL, where the lock of a batch makes all writing one line. */
gboolean    dsp_db_is_shared  (DspDb      *db);
/* The tables are made, the lock (DSP_DB_LOCK) is no longer needed: where others may write, it is given back. */
gboolean    dsp_db_share      (DspDb      *db,
                               GError    **error);
/* In a transaction that writes: once it is committed, those who wait for it are told @what, a short word. */
gboolean    dsp_db_notify     (DspDb      *db,
                               const char *what,
                               GError    **error);
/* Waits until something was told, at most @wait_ms, on a connection that does nothing else. @told gets each word, and NULL
 * when the connection was made anew: words may have been missed. FALSE: there is no connection now. */
typedef void (*DspDbTold) (const char *what, gpointer user_data);
gboolean    dsp_db_wait       (DspDb      *db,
                               guint       wait_ms,
                               DspDbTold   told,
                               gpointer    user_data,
                               GError    **error);

/* Called about every 10,000 steps of the SQL engine in the connection's thread; TRUE stops the statement with
 * G_IO_ERROR_CANCELLED. NULL removes it. */
typedef gboolean (*DspDbStop) (gpointer user_data);
void        dsp_db_set_stop   (DspDb      *db,
                               DspDbStop   stop,
                               gpointer    user_data);
/* Stops what runs now, from any thread. */
void        dsp_db_interrupt  (DspDb      *db);

/* Checkpoints are done by the one writing connection, outside of transactions and of the commit path: PASSIVE by the size
 * of the log and a timer, TRUNCATE when idle. Readers that still use old pages are no error; @remaining (nullable) is the
 * pages of the log that stay. */
typedef enum { DSP_CHECKPOINT_PASSIVE, DSP_CHECKPOINT_TRUNCATE } DspCheckpoint;
gboolean    dsp_db_checkpoint (DspDb        *db,
                               DspCheckpoint how,
                               gint64       *remaining,
                               GError      **error);
gint64      dsp_db_log_pages  (DspDb      *db); /* in the log after this connection's last commit */

/* Copies what is committed into the file @path (replaced when the copy is whole and checked), by the online backup call,
 * on a reading connection of its own; writers go on meanwhile. */
gboolean    dsp_db_backup     (DspDb      *db,
                               const char *path,
                               GError    **error);
/* Looks through the whole file. DAMAGED says what was found first. @thorough compares indexes with tables as well. */
gboolean    dsp_db_check      (DspDb      *db,
                               gboolean    thorough,
                               GError    **error);

G_END_DECLS
