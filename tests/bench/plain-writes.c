/* plain-writes.c: what assignments cost at least: the same rows written by hand
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "bench"

#include "config.h"
#include "plain-writes.h"

#include "generate.h"

#include <libpq-fe.h>
#include <sqlite3.h>

#define N_CREWS 400

/* ---- SQLite ---- */

double
plain_sqlite (const char *path,
              int         n_commands,
              int         batch)
{
  g_autofree char *body = g_strnfill (500, 'x');
  sqlite3_stmt *update, *log, *feed;
  sqlite3 *plain;
  gint64 start_us;

  if (sqlite3_open (path, &plain) != SQLITE_OK)
    g_error ("%s", sqlite3_errmsg (plain));
  sqlite3_exec (plain, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;"
                       "CREATE TABLE IF NOT EXISTS plain (id INTEGER PRIMARY KEY, status TEXT, crew BLOB, version INTEGER, body TEXT);"
                       "CREATE INDEX IF NOT EXISTS plain_status ON plain (status, id); CREATE INDEX IF NOT EXISTS plain_crew ON plain (crew);"
                       "CREATE TABLE IF NOT EXISTS log (seq INTEGER PRIMARY KEY, body TEXT);"
                       "CREATE TABLE IF NOT EXISTS feed (seq INTEGER PRIMARY KEY, body TEXT);"
                       "INSERT OR IGNORE INTO plain SELECT value, 'unassigned', NULL, 1, hex (randomblob (150)) FROM "
                       "(WITH RECURSIVE c (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM c WHERE value < 100000) SELECT value FROM c)", NULL, NULL, NULL);
  sqlite3_wal_checkpoint_v2 (plain, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
  if (sqlite3_prepare_v2 (plain, "UPDATE plain SET status = ?2, crew = ?3, version = version + 1 WHERE id = ?1", -1, &update, NULL) ||
      sqlite3_prepare_v2 (plain, "INSERT INTO log (body) VALUES (?1)", -1, &log, NULL) ||
      sqlite3_prepare_v2 (plain, "INSERT INTO feed (body) VALUES (?1)", -1, &feed, NULL))
    g_error ("%s", sqlite3_errmsg (plain));
  start_us = g_get_monotonic_time ();
  for (int i = 0; i < n_commands; i++)
    {
      DspId crew = generate_crew_id ((guint) i % N_CREWS);

      if (i % batch == 0)
        sqlite3_exec (plain, "BEGIN IMMEDIATE", NULL, NULL, NULL);
      sqlite3_bind_int64 (update, 1, 1 + (sqlite3_int64) i * 7919 % 100000);
      sqlite3_bind_text (update, 2, i % 2 == 0 ? "assigned" : "unassigned", -1, SQLITE_STATIC);
      sqlite3_bind_blob (update, 3, crew.b, 16, SQLITE_STATIC);
      sqlite3_bind_text (log, 1, body, 250, SQLITE_STATIC);
      sqlite3_bind_text (feed, 1, body, 500, SQLITE_STATIC);
      if (sqlite3_step (update) != SQLITE_DONE || sqlite3_step (log) != SQLITE_DONE || sqlite3_step (feed) != SQLITE_DONE)
        g_error ("%s", sqlite3_errmsg (plain));
      sqlite3_reset (update);
      sqlite3_reset (log);
      sqlite3_reset (feed);
      if (i % batch == batch - 1 && sqlite3_exec (plain, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
        g_error ("%s", sqlite3_errmsg (plain));
    }
  sqlite3_finalize (update);
  sqlite3_finalize (log);
  sqlite3_finalize (feed);
  {
    double rate = n_commands * 1e6 / (g_get_monotonic_time () - start_us);

    sqlite3_close (plain);
    return rate;
  }
}

/* ---- PostgreSQL ---- */

static void
run (PGconn     *conn,
     const char *sql)
{
  PGresult *result = PQexec (conn, sql);

  if (PQresultStatus (result) != PGRES_COMMAND_OK && PQresultStatus (result) != PGRES_TUPLES_OK)
    g_error ("%s", PQerrorMessage (conn));
  PQclear (result);
}

static void
send_one (PGconn            *conn,
          const char        *statement,
          int                n,
          const char *const *values)
{
  if (!PQsendQueryPrepared (conn, statement, n, values, NULL, NULL, 0))
    g_error ("%s", PQerrorMessage (conn));
}

/* Until the end of what was sent; each statement must have done its work. */
static void
receive_all (PGconn *conn)
{
  gboolean synced = FALSE;

  while (!synced)
    {
      PGresult *result = PQgetResult (conn);

      if (result == NULL)
        continue;
      synced = PQresultStatus (result) == PGRES_PIPELINE_SYNC;
      if (!synced && PQresultStatus (result) != PGRES_COMMAND_OK)
        g_error ("%s", PQerrorMessage (conn));
      PQclear (result);
    }
}

double
plain_postgres (const char *uri,
                int         n_commands,
                int         batch)
{
  g_autofree char *body = g_strnfill (500, 'x');
  PGconn *conn = PQconnectdb (uri);
  gint64 start_us;
  double rate;

  if (PQstatus (conn) != CONNECTION_OK)
    g_error ("%s", PQerrorMessage (conn));
  run (conn, "CREATE TABLE plain AS SELECT i AS id, 'unassigned'::text AS status, NULL::text AS crew, 1 AS version, repeat ('x', 300) AS body"
             " FROM generate_series (1, 100000) AS i");
  run (conn, "ALTER TABLE plain ADD PRIMARY KEY (id)");
  run (conn, "CREATE INDEX plain_status ON plain (status, id)");
  run (conn, "CREATE INDEX plain_crew ON plain (crew)");
  run (conn, "CREATE TABLE plain_log (seq bigserial PRIMARY KEY, body text)");
  run (conn, "CREATE TABLE plain_feed (seq bigserial PRIMARY KEY, body text)");
  run (conn, "ANALYZE plain");
  PQclear (PQprepare (conn, "update", "UPDATE plain SET status = $2, crew = $3, version = version + 1 WHERE id = $1::integer", 3, NULL));
  PQclear (PQprepare (conn, "log", "INSERT INTO plain_log (body) VALUES ($1)", 1, NULL));
  PQclear (PQprepare (conn, "feed", "INSERT INTO plain_feed (body) VALUES ($1)", 1, NULL));
  PQclear (PQprepare (conn, "begin", "BEGIN", 0, NULL));
  PQclear (PQprepare (conn, "commit", "COMMIT", 0, NULL));
  if (!PQenterPipelineMode (conn))
    g_error ("%s", PQerrorMessage (conn));
  start_us = g_get_monotonic_time ();
  for (int i = 0; i < n_commands; i++)
    {
      char id[16], crew[16];
      const char *update[] = { id, i % 2 == 0 ? "assigned" : "unassigned", crew };
      const char *log[] = { body + 250 }, *feed[] = { body };

      g_snprintf (id, sizeof id, "%d", 1 + (int) ((gint64) i * 7919 % 100000));
      g_snprintf (crew, sizeof crew, "crew-%08d", i % 400);
      if (i % batch == 0)
        send_one (conn, "begin", 0, NULL);
      send_one (conn, "update", 3, update);
      send_one (conn, "log", 1, log);
      send_one (conn, "feed", 1, feed);
      if (i % batch == batch - 1)
        {
          send_one (conn, "commit", 0, NULL);
          if (!PQpipelineSync (conn))
            g_error ("%s", PQerrorMessage (conn));
          receive_all (conn);
        }
    }
  rate = n_commands * 1e6 / (double) (g_get_monotonic_time () - start_us);
  PQfinish (conn);
  return rate;
}
