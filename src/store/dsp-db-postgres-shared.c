/* dsp-db-postgres-shared.c: several processes on one database: the lock at the start, and words between them
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Words go by NOTIFY on a channel of the schema. They are a hint: who waits looks for himself, too.
 */
#define G_LOG_DOMAIN "dsp-store"

#include "config.h"
#include "dsp-db-postgres-private.h"

#include <poll.h>
#include <string.h>

gboolean
dsp_postgres_share (DspDb   *db,
                    GError **error)
{
  DspPostgres *self = (DspPostgres *) db;
  gint64 value;

  if (!(self->flags & DSP_DB_LOCK))
    return TRUE;
  self->flags &= ~(guint) DSP_DB_LOCK;
  return dsp_db_int (db, "SELECT pg_advisory_unlock(" DSP_POSTGRES_LOCK ")::int", &value, error);
}

gboolean
dsp_postgres_notify (DspDb      *db,
                     const char *what,
                     GError    **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, "SELECT pg_notify('despacho ' || current_schema(), $1)", error);

  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_text (stmt, 1, what, -1);
  return dsp_stmt_run (stmt, NULL, error);
}

/* A channel is a name in the SQL, which the server writes. */
static gboolean
listen_now (DspPostgres *self,
            GError     **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (&self->parent, "SELECT format('LISTEN %I', 'despacho ' || current_schema())", error);
  PGresult *result;

  if (stmt == NULL || dsp_stmt_step (stmt, error) != DSP_STEP_ROW)
    return FALSE;
  result = dsp_postgres_command (self, dsp_stmt_text (stmt, 0, NULL), error);
  PQclear (result);
  self->listens = self->life;
  return result != NULL;
}

gboolean
dsp_postgres_wait (DspDb     *db,
                   guint      wait_ms,
                   DspDbTold  told,
                   gpointer   user_data,
                   GError   **error)
{
  DspPostgres *self = (DspPostgres *) db;
  struct pollfd look = { .events = POLLIN };
  PGnotify *note;

  if (!dsp_postgres_ensure (self, error))
    return FALSE;
  if (self->listens != self->life)
    {
      if (!listen_now (self, error))
        return FALSE;
      told (NULL, user_data);
    }
  look.fd = PQsocket (self->conn);
  /* What came while a statement ran is there already. */
  note = PQnotifies (self->conn);
  if (note == NULL && poll (&look, 1, (int) wait_ms) > 0)
    {
      if (!PQconsumeInput (self->conn))
        {
          dsp_postgres_error (self, NULL, error);
          return FALSE;
        }
      note = PQnotifies (self->conn);
    }
  for (; note != NULL; note = PQnotifies (self->conn))
    {
      told (note->extra, user_data);
      PQfreemem (note);
    }
  return TRUE;
}
