/* dsp-db-postgres.c: the driver for PostgreSQL
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The connection is always in libpq's pipeline mode. A statement is sent and, where its answer is needed, the answers of
 * all that was sent before it are read first. In a transaction that writes, a statement whose number of rows nobody asks
 * for is only sent: a command of twenty writes costs as many trips to the server as it has reads. When such a one fails,
 * the next call that reads says so, the commit at the latest, and the transaction is over either way.
 *
 * A result is in memory as a whole when its first row is there. So statements can be open beside each other, and so
 * whoever reads without end reads in pieces ("keeps_results").
 */
#define G_LOG_DOMAIN "dsp-store"

#include "config.h"
#include "dsp-db-postgres.h"
#include "dsp-db-postgres-private.h"

#include <poll.h>
#include <string.h>

/* Statements sent without reading an answer: beyond this the server's own buffers are what is filled. */
#define MAX_QUEUED 256
/* How often a statement that runs is asked whether it should stop. */
#define STOP_MS 20

/* Object ids of types, from the server's catalogue, which never change. */
enum { TYPE_BOOL = 16, TYPE_INT8 = 20, TYPE_INT2 = 21, TYPE_INT4 = 23 };

typedef struct
{
  DspStmt      parent;

  char         name[24];
  guint        life;      /* of the connection that has it prepared */
  int          n_values;
  const char **values;    /* (owned): of borrowed values, or of an element of numbers; NULL: NULL */
  int         *lengths, *formats; /* (owned) */
  char       (*numbers)[24]; /* (owned) */
  PGresult    *result;    /* (owned) (nullable): none: not run yet */
  int          row;
} PostgresStmt;

/* ---- errors ---- */

static const struct { const char *state; DspStoreError code; } states[] = {
  /* the longest that fits counts */
  { "53100", DSP_STORE_ERROR_FULL },
  { "53", DSP_STORE_ERROR_BUSY },      /* no connection, no memory is free */
  { "57014", DSP_STORE_ERROR_BUSY },   /* took longer than it may */
  { "57", DSP_STORE_ERROR_AWAY },      /* it ends, or starts */
  { "58", DSP_STORE_ERROR_FAILED },
  { "55P03", DSP_STORE_ERROR_BUSY },
  { "40", DSP_STORE_ERROR_BUSY },
  { "23", DSP_STORE_ERROR_CONFLICT },
  { "25P03", DSP_STORE_ERROR_AWAY },   /* was idle in a transaction for too long: disconnected */
  { "08", DSP_STORE_ERROR_AWAY },
  { "XX001", DSP_STORE_ERROR_DAMAGED },
  { "XX002", DSP_STORE_ERROR_DAMAGED },
  { "3F", DSP_STORE_ERROR_NOT_FOUND },
  { "3D", DSP_STORE_ERROR_NOT_FOUND },
};

static DspStoreError
code_of (DspPostgres *self,
         const char  *state)
{
  if (PQstatus (self->conn) != CONNECTION_OK)
    return DSP_STORE_ERROR_AWAY;
  /* A writer's server that no longer takes writes was replaced by another. */
  if (state != NULL && strcmp (state, "25006") == 0 && !(self->flags & DSP_DB_READ_ONLY))
    return DSP_STORE_ERROR_AWAY;
  for (guint i = 0; state != NULL && i < G_N_ELEMENTS (states); i++)
    if (g_str_has_prefix (state, states[i].state))
      return states[i].code;
  return DSP_STORE_ERROR_FAILED;
}

void
dsp_postgres_error (DspPostgres    *self,
                    const PGresult *result,
                    GError        **error)
{
  const char *state = result != NULL ? PQresultErrorField (result, PG_DIAG_SQLSTATE) : NULL;
  const char *text = result != NULL ? PQresultErrorField (result, PG_DIAG_MESSAGE_PRIMARY) : NULL;
  g_autofree char *whole = g_strchomp (g_strdup (text != NULL ? text : PQerrorMessage (self->conn)));

  if (g_strcmp0 (state, "57014") == 0 && g_atomic_int_get (&self->stopped))
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "the statement was stopped");
  else if (state != NULL)
    g_set_error (error, DSP_STORE_ERROR, (int) code_of (self, state), "%s (PostgreSQL state %s)", whole, state);
  else
    g_set_error (error, DSP_STORE_ERROR, (int) code_of (self, state), "%s", whole);
  /* The next transaction looks for the server that takes writes. */
  if (g_strcmp0 (state, "25006") == 0)
    self->moved = !(self->flags & DSP_DB_READ_ONLY);
}

/* ---- sending and reading ---- */

/* The next result, watched while the statement may have to be stopped. */
static PGresult *
next_result (DspPostgres *self)
{
  DspDb *db = &self->parent;

  while (db->stop != NULL && PQisBusy (self->conn))
    {
      struct pollfd wait = { .fd = PQsocket (self->conn), .events = POLLIN };
      int n = poll (&wait, 1, STOP_MS);

      if (n == 0 && !g_atomic_int_get (&self->stopped) && db->stop (db->stop_data))
        dsp_postgres_interrupt (db);
      if (n > 0 && !PQconsumeInput (self->conn))
        break;
    }
  return PQgetResult (self->conn);
}

static bool
is_fault (const PGresult *result)
{
  switch (PQresultStatus (result))
    {
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK:
    case PGRES_PIPELINE_SYNC:
    case PGRES_SINGLE_TUPLE:
    case PGRES_EMPTY_QUERY:
      return false;
    case PGRES_BAD_RESPONSE:
    case PGRES_NONFATAL_ERROR:
    case PGRES_FATAL_ERROR:
    case PGRES_PIPELINE_ABORTED: /* because of the one before it, which said why */
    case PGRES_COPY_OUT:
    case PGRES_COPY_IN:
    case PGRES_COPY_BOTH:
    default:
      return true;
    }
}

static void
forget_queued (DspPostgres *self)
{
  self->n_queued = 0;
  g_array_set_size (self->ones, 0);
}

gboolean
dsp_postgres_finish (DspPostgres *self,
                     PGresult   **last,
                     GError     **error)
{
  g_autoptr(GError) fault = NULL;
  PGresult *result = NULL, *kept = NULL;
  guint n_ones = 0;
  guint n_ends = 0; /* each statement's results end with NULL, the synchronisation is one result alone */

  g_atomic_int_set (&self->stopped, 0);
  if (self->n_queued == 0)
    return TRUE;
  if (self->conn == NULL || !PQpipelineSync (self->conn))
    {
      forget_queued (self);
      if (self->conn != NULL)
        dsp_postgres_error (self, NULL, error);
      else
        g_set_error_literal (error, DSP_STORE_ERROR, DSP_STORE_ERROR_AWAY, "there is no connection to the database");
      return FALSE;
    }
  for (;;)
    {
      result = next_result (self);
      if (result == NULL)
        {
          if (PQstatus (self->conn) != CONNECTION_OK || n_ends++ > self->n_queued)
            break;
          continue;
        }
      if (PQresultStatus (result) == PGRES_PIPELINE_SYNC)
        break;
      if (fault == NULL && is_fault (result))
        dsp_postgres_error (self, result, &fault);
      else if (fault == NULL && n_ones < self->ones->len && g_array_index (self->ones, guint, n_ones) == n_ends)
        {
          n_ones++;
          if (strcmp (PQcmdTuples (result), "1") != 0)
            g_set_error_literal (&fault, DSP_STORE_ERROR, DSP_STORE_ERROR_CONFLICT, "a row is not as it was when it was read");
        }
      PQclear (kept);
      kept = result;
    }
  if (fault == NULL && PQstatus (self->conn) != CONNECTION_OK)
    dsp_postgres_error (self, NULL, &fault);
  if (kept != result)
    PQclear (result);
  forget_queued (self);
  if (last != NULL && fault == NULL)
    *last = kept;
  else
    PQclear (kept);
  if (fault == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&fault));
  return FALSE;
}

/* After a send. */
static gboolean
sent (DspPostgres *self,
      int          ok,
      GError     **error)
{
  if (ok)
    self->n_queued++;
  else
    dsp_postgres_error (self, NULL, error);
  return ok != 0;
}

static gboolean
queue (DspPostgres *self,
       const char  *sql,
       GError     **error)
{
  if (self->conn == NULL)
    {
      g_set_error_literal (error, DSP_STORE_ERROR, DSP_STORE_ERROR_AWAY, "there is no connection to the database");
      return FALSE;
    }
  return sent (self, PQsendQueryParams (self->conn, sql, 0, NULL, NULL, NULL, NULL, 0), error);
}

PGresult *
dsp_postgres_command (DspPostgres *self,
                      const char  *sql,
                      GError     **error)
{
  PGresult *result = NULL;

  if (PQpipelineStatus (self->conn) != PQ_PIPELINE_OFF)
    return queue (self, sql, error) && dsp_postgres_finish (self, &result, error) ? result : NULL;
  result = PQexec (self->conn, sql);
  if (!is_fault (result))
    return result;
  dsp_postgres_error (self, result, error);
  PQclear (result);
  return NULL;
}

/* Several statements, in one transaction; what takes long because there is much data is not stopped. */
static gboolean
postgres_exec (DspDb      *db,
               const char *sql,
               GError    **error)
{
  DspPostgres *self = (DspPostgres *) db;
  g_autofree char *own = dsp_postgres_words (sql);
  g_autofree char *whole = g_strconcat ("SET LOCAL statement_timeout = 0;", own, NULL);
  PGresult *result;
  gboolean ok;

  if (!dsp_postgres_ensure (self, error) || !dsp_postgres_finish (self, NULL, error))
    return FALSE;
  if (!PQexitPipelineMode (self->conn))
    {
      dsp_postgres_error (self, NULL, error);
      return FALSE;
    }
  result = PQexec (self->conn, whole);
  ok = !is_fault (result);
  if (!ok)
    dsp_postgres_error (self, result, error);
  PQclear (result);
  PQenterPipelineMode (self->conn);
  return ok;
}

/* ---- statements ---- */

/* The highest "$n"; quoted text has none of ours. */
static int
count_values (const char *sql)
{
  int n = 0;

  for (const char *p = strchr (sql, '$'); p != NULL; p = strchr (p + 1, '$'))
    n = MAX (n, (int) g_ascii_strtoll (p + 1, NULL, 10));
  return n;
}

static gboolean
prepare_now (PostgresStmt *stmt,
             DspPostgres  *self,
             const char   *sql,
             GError      **error)
{
  g_snprintf (stmt->name, sizeof stmt->name, "s%u", ++self->n_names);
  if (!sent (self, PQsendPrepare (self->conn, stmt->name, sql, 0, NULL), error) || !dsp_postgres_finish (self, NULL, error))
    return FALSE;
  stmt->life = self->life;
  return TRUE;
}

static DspStmt *
postgres_prepare (DspDb      *db,
                  const char *sql,
                  GError    **error)
{
  DspPostgres *self = (DspPostgres *) db;
  PostgresStmt *stmt = g_new0 (PostgresStmt, 1);

  if (!dsp_postgres_ensure (self, error) || !prepare_now (stmt, self, sql, error))
    {
      g_free (stmt);
      return NULL;
    }
  stmt->n_values = count_values (sql);
  stmt->values = g_new0 (const char *, stmt->n_values);
  stmt->lengths = g_new0 (int, stmt->n_values);
  stmt->formats = g_new0 (int, stmt->n_values);
  stmt->numbers = g_malloc0_n ((gsize) stmt->n_values, sizeof *stmt->numbers);
  return &stmt->parent;
}

static void
postgres_finalize (DspStmt *base)
{
  PostgresStmt *stmt = (PostgresStmt *) base;
  DspPostgres *self = (DspPostgres *) base->db;

  if (stmt->life == self->life)
    g_ptr_array_add (self->dropped, g_strdup (stmt->name));
  PQclear (stmt->result);
  g_free (stmt->values);
  g_free (stmt->lengths);
  g_free (stmt->formats);
  g_free (stmt->numbers);
  g_free (stmt);
}

static void
postgres_reset (DspStmt *base)
{
  PostgresStmt *stmt = (PostgresStmt *) base;

  g_clear_pointer (&stmt->result, PQclear);
  stmt->row = 0;
}

static void
postgres_clear (DspStmt *base)
{
  PostgresStmt *stmt = (PostgresStmt *) base;

  if (stmt->n_values > 0)
    memset (stmt->values, 0, (gsize) stmt->n_values * sizeof *stmt->values);
}

/* Whose number is none of the statement's is told by the server: too few values. */
static void
set_value (DspStmt    *base,
           int         n,
           const char *value,
           gsize       length,
           int         format)
{
  PostgresStmt *stmt = (PostgresStmt *) base;

  g_return_if_fail (n >= 1 && n <= stmt->n_values && length <= G_MAXINT);

  stmt->values[n - 1] = value;
  stmt->lengths[n - 1] = (int) length;
  stmt->formats[n - 1] = format;
}

static void
postgres_bind_null (DspStmt *stmt,
                    int      n)
{
  set_value (stmt, n, NULL, 0, 0);
}

/* As text, which is a number of whatever size the server takes it for. */
static void
postgres_bind_int (DspStmt *base,
                   int      n,
                   gint64   value)
{
  PostgresStmt *stmt = (PostgresStmt *) base;

  g_return_if_fail (n >= 1 && n <= stmt->n_values);

  g_snprintf (stmt->numbers[n - 1], sizeof *stmt->numbers, "%" G_GINT64_FORMAT, value);
  set_value (base, n, stmt->numbers[n - 1], 0, 0);
}

static void
postgres_bind_text (DspStmt    *stmt,
                    int         n,
                    const char *text,
                    gssize      length)
{
  set_value (stmt, n, text, length < 0 ? strlen (text) : (gsize) length, 1);
}

static void
postgres_bind_blob (DspStmt      *stmt,
                    int           n,
                    gconstpointer data,
                    gsize         length)
{
  set_value (stmt, n, data, length, 1);
}

/* Statements that nobody needs any more. */
static gboolean
give_back (DspPostgres *self,
           GError     **error)
{
  if (self->dropped->len == 0)
    return TRUE;
  while (self->dropped->len > 0)
    {
      g_autofree char *name = g_ptr_array_steal_index (self->dropped, self->dropped->len - 1);
      g_autofree char *sql = g_strconcat ("DEALLOCATE ", name, NULL);

      if (!queue (self, sql, error))
        return FALSE;
    }
  return dsp_postgres_finish (self, NULL, error);
}

static gboolean
send_stmt (PostgresStmt *stmt,
           DspPostgres  *self,
           GError      **error)
{
  if (!dsp_postgres_ensure (self, error) ||
      (stmt->life != self->life && !prepare_now (stmt, self, stmt->parent.sql, error)))
    return FALSE;
  return sent (self, PQsendQueryPrepared (self->conn, stmt->name, stmt->n_values, stmt->values, stmt->lengths, stmt->formats, 1), error);
}

static DspStep
postgres_step (DspStmt *base,
               GError **error)
{
  PostgresStmt *stmt = (PostgresStmt *) base;
  DspPostgres *self = (DspPostgres *) base->db;

  if (stmt->result == NULL)
    {
      if (!send_stmt (stmt, self, error) || !dsp_postgres_finish (self, &stmt->result, error))
        return DSP_STEP_FAILED;
      stmt->row = -1;
    }
  return ++stmt->row < PQntuples (stmt->result) ? DSP_STEP_ROW : DSP_STEP_DONE;
}

static gboolean
postgres_run (DspStmt *base,
              gint64  *n_changed,
              GError **error)
{
  PostgresStmt *stmt = (PostgresStmt *) base;
  DspPostgres *self = (DspPostgres *) base->db;

  if (n_changed == NULL && self->in_transaction && self->writes)
    {
      if (!send_stmt (stmt, self, error))
        return FALSE;
      if (base->one)
        {
          guint number = self->n_queued - 1;

          g_array_append_val (self->ones, number);
          base->one = false;
        }
      return self->n_queued < MAX_QUEUED || dsp_postgres_finish (self, NULL, error);
    }
  if (postgres_step (base, error) == DSP_STEP_FAILED)
    return FALSE;
  if (n_changed != NULL)
    *n_changed = g_ascii_strtoll (PQcmdTuples (stmt->result), NULL, 10);
  postgres_reset (base);
  return TRUE;
}

static bool
postgres_is_null (DspStmt *base,
                  int      column)
{
  PostgresStmt *stmt = (PostgresStmt *) base;

  return PQgetisnull (stmt->result, stmt->row, column);
}

static gint64
postgres_column_int (DspStmt *base,
                     int      column)
{
  PostgresStmt *stmt = (PostgresStmt *) base;
  const char *bytes;
  gint64 eight;
  gint32 four;
  gint16 two;

  if (PQgetisnull (stmt->result, stmt->row, column))
    return 0;
  bytes = PQgetvalue (stmt->result, stmt->row, column);
  switch (PQftype (stmt->result, column))
    {
    case TYPE_INT8:
      memcpy (&eight, bytes, sizeof eight);
      return GINT64_FROM_BE (eight);
    case TYPE_INT4:
      memcpy (&four, bytes, sizeof four);
      return GINT32_FROM_BE (four);
    case TYPE_INT2:
      memcpy (&two, bytes, sizeof two);
      return GINT16_FROM_BE (two);
    case TYPE_BOOL:
      return *bytes;
    default:
      return g_ascii_strtoll (bytes, NULL, 10);
    }
}

static gconstpointer
postgres_column_blob (DspStmt *base,
                      int      column,
                      gsize   *length)
{
  PostgresStmt *stmt = (PostgresStmt *) base;
  bool null = PQgetisnull (stmt->result, stmt->row, column);

  if (length != NULL)
    *length = null ? 0 : (gsize) PQgetlength (stmt->result, stmt->row, column);
  return null ? NULL : PQgetvalue (stmt->result, stmt->row, column);
}

static const char *
postgres_column_text (DspStmt *base,
                      int      column,
                      gsize   *length)
{
  return postgres_column_blob (base, column, length);
}

/* ---- transactions ---- */

static gboolean
postgres_begin (DspDb   *db,
                gboolean write,
                GError **error)
{
  DspPostgres *self = (DspPostgres *) db;

  if (self->in_transaction)
    {
      g_set_error_literal (error, DSP_STORE_ERROR, DSP_STORE_ERROR_FAILED, "there is a transaction already");
      return FALSE;
    }
  if (!dsp_postgres_ensure (self, error) || !give_back (self, error) ||
      !queue (self, write ? "BEGIN ISOLATION LEVEL READ COMMITTED" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY", error))
    return FALSE;
  self->in_transaction = true;
  self->writes = write;
  return TRUE;
}

/* A commit of a transaction that failed is answered with "ROLLBACK", and no error. */
static gboolean
postgres_commit (DspDb   *db,
                 GError **error)
{
  DspPostgres *self = (DspPostgres *) db;
  PGresult *result;
  gboolean ok;

  /* A row that was not changed fails nothing at the server: the commit must not be on its way already. */
  if (self->ones->len > 0 && !dsp_postgres_finish (self, NULL, error))
    return FALSE;
  result = queue (self, "COMMIT", error) && dsp_postgres_finish (self, &result, error) ? result : NULL;
  if (result == NULL)
    return FALSE;
  ok = strcmp (PQcmdStatus (result), "COMMIT") == 0;
  PQclear (result);
  self->in_transaction = false;
  if (!ok)
    g_set_error_literal (error, DSP_STORE_ERROR, DSP_STORE_ERROR_FAILED, "the transaction had failed before and was rolled back");
  return ok;
}

static void
postgres_rollback (DspDb *db)
{
  DspPostgres *self = (DspPostgres *) db;
  g_autoptr(GError) error = NULL;

  /* What was queued may have failed; it goes either way. */
  dsp_postgres_finish (self, NULL, NULL);
  if (self->conn != NULL && PQstatus (self->conn) == CONNECTION_OK &&
      !(queue (self, "ROLLBACK", &error) && dsp_postgres_finish (self, NULL, &error)))
    g_debug ("could not roll back, ignoring: %s", error->message);
  self->in_transaction = false;
}

static gboolean
postgres_in_transaction (DspDb *db)
{
  return ((DspPostgres *) db)->in_transaction;
}

static gboolean
postgres_part (DspDb     *db,
               DspDbPart  what,
               GError   **error)
{
  DspPostgres *self = (DspPostgres *) db;

  switch (what)
    {
    case DSP_DB_PART_BEGIN:
      return queue (self, "SAVEPOINT part", error);
    case DSP_DB_PART_KEEP:
      return queue (self, "RELEASE SAVEPOINT part", error);
    case DSP_DB_PART_UNDO:
      dsp_postgres_finish (self, NULL, NULL);
      return queue (self, "ROLLBACK TO SAVEPOINT part", error) && queue (self, "RELEASE SAVEPOINT part", error) &&
             dsp_postgres_finish (self, NULL, error);
    }
  g_assert_not_reached ();
}

/* ---- what this store has no need of ---- */

static void
postgres_stop_changed (DspDb *db)
{
}

static gboolean
postgres_checkpoint (DspDb        *db,
                     DspCheckpoint how,
                     gint64       *remaining,
                     GError      **error)
{
  if (remaining != NULL)
    *remaining = 0;
  return TRUE;
}

static gint64
postgres_log_pages (DspDb *db)
{
  return 0;
}

/* Its planner knows the tables by the samples that it takes itself. */
static gboolean
postgres_set_share (DspDb      *db,
                    const char *table,
                    const char *index,
                    int         n_columns,
                    int         share,
                    GError    **error)
{
  return TRUE;
}

static gboolean
postgres_use_shares (DspDb   *db,
                     GError **error)
{
  return TRUE;
}

static const DspDbDriver driver = {
  .name = "postgresql",
  .keeps_results = true,
  .sends_ahead = true,
  .position = "strpos",
  .list_items = "(SELECT value COLLATE \"C\" AS value FROM json_array_elements_text(\"@\"::json))",
  .group_apart = "\"@\"",
  .nulls_first = " NULLS FIRST",
  .nulls_last = " NULLS LAST",
  .for_update = " FOR UPDATE",
  .label = dsp_postgres_label,
  .open = dsp_postgres_open,
  .close = dsp_postgres_close,
  .exec = postgres_exec,
  .prepare = postgres_prepare,
  .finalize = postgres_finalize,
  .reset = postgres_reset,
  .clear = postgres_clear,
  .bind_null = postgres_bind_null,
  .bind_int = postgres_bind_int,
  .bind_text = postgres_bind_text,
  .bind_blob = postgres_bind_blob,
  .step = postgres_step,
  .run = postgres_run,
  .is_null = postgres_is_null,
  .column_int = postgres_column_int,
  .column_text = postgres_column_text,
  .column_blob = postgres_column_blob,
  .begin = postgres_begin,
  .commit = postgres_commit,
  .rollback = postgres_rollback,
  .in_transaction = postgres_in_transaction,
  .part = postgres_part,
  .share = dsp_postgres_share,
  .notify = dsp_postgres_notify,
  .wait = dsp_postgres_wait,
  .interrupt = dsp_postgres_interrupt,
  .stop_changed = postgres_stop_changed,
  .checkpoint = postgres_checkpoint,
  .log_pages = postgres_log_pages,
  .backup = dsp_postgres_backup,
  .check = dsp_postgres_check,
  .describe = dsp_postgres_describe,
  .has = dsp_postgres_has,
  .tables = dsp_postgres_tables,
  .go_on = dsp_postgres_go_on,
  .analyze = dsp_postgres_analyze,
  .set_share = postgres_set_share,
  .use_shares = postgres_use_shares,
};

void
dsp_db_postgres_init (void)
{
  dsp_db_add_driver (&driver);
}
