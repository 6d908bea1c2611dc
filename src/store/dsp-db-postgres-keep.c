/* dsp-db-postgres-keep.c: looking after a database in PostgreSQL: what its own tools do, and how its tables look
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-store"

#include "config.h"
#include "dsp-db-postgres-private.h"

#include <string.h>

/* Runs the statements that @sql writes, for our tables: others of the same database are none of our business. */
static gboolean
for_each_table (DspDb      *db,
                const char *sql,
                GError    **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, sql, error);
  g_autofree char *statements = NULL;

  if (stmt == NULL || dsp_stmt_step (stmt, error) == DSP_STEP_FAILED)
    return FALSE;
  statements = g_strdup (dsp_stmt_text (stmt, 0, NULL));
  return statements == NULL || dsp_db_exec (db, statements, error);
}

/* Pages have sums where the cluster was made with them, and its own tools (pg_amcheck) look through its files. Here: it
 * answers, and every row of ours can be read, which checks those sums. */
gboolean
dsp_postgres_check (DspDb    *db,
                    gboolean  thorough,
                    GError  **error)
{
  gint64 one;

  return thorough ? for_each_table (db, "SELECT string_agg(format('SELECT count(*) FROM %I.%I t WHERE t IS NULL', schemaname, tablename), ';')"
                                        " FROM pg_tables WHERE schemaname = current_schema()", error)
                  : dsp_db_int (db, "SELECT 1", &one, error);
}

gboolean
dsp_postgres_backup (DspDb      *db,
                     const char *path,
                     GError    **error)
{
  g_set_error_literal (error, DSP_STORE_ERROR, DSP_STORE_ERROR_FAILED,
                       "a database in PostgreSQL is backed up by its own tools, pg_basebackup or pg_dump");
  return FALSE;
}

const char dsp_postgres_tables[] =
  "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()";

gboolean
dsp_postgres_go_on (DspDb      *db,
                    const char *table,
                    GError    **error)
{
  g_autofree char *sql = g_strdup_printf ("SELECT setval(pg_get_serial_sequence('\"%1$s\"', '_row'), coalesce(max(\"_row\"), 0) + 1, false)"
                                          " FROM \"%1$s\"", table);

  return dsp_db_exec (db, sql, error);
}

const char dsp_postgres_has[] =
  "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
  " WHERE n.nspname = current_schema() AND c.relname = $1::text";

/* In the words of SQLite, so that both stores say the same of the same table. */
const char dsp_postgres_describe[] =
  "WITH t AS (SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
  "            WHERE n.nspname = current_schema() AND c.relname = $1::text AND c.relkind = 'r'),"
  "     k AS (SELECT i.* FROM pg_index i JOIN t ON i.indrelid = t.oid) "
  "SELECT 'column ' || a.attname || ' ' || CASE a.atttypid WHEN 'bigint'::regtype THEN 'INTEGER' WHEN 'bytea'::regtype THEN 'BLOB'"
  "         WHEN 'text'::regtype THEN 'TEXT' ELSE a.atttypid::regtype::text END ||"
  "       CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' END ||"
  "       coalesce((SELECT ' KEY ' || array_position(k.indkey::int[], a.attnum::int) + 1 FROM k WHERE k.indisprimary"
  "                    AND a.attnum = ANY (k.indkey)), '') ||"
  "       coalesce((SELECT ' DEFAULT ' || regexp_replace(pg_get_expr(d.adbin, d.adrelid), '::.*$', '') FROM pg_attrdef d"
  "                  WHERE d.adrelid = a.attrelid AND d.adnum = a.attnum), '')"
  "  FROM pg_attribute a JOIN t ON a.attrelid = t.oid WHERE a.attnum > 0 AND NOT a.attisdropped "
  "UNION ALL "
  "SELECT CASE WHEN k.indisunique THEN 'unique ON ' ELSE 'index ON ' END || '\"' || $1::text || '\" (' ||"
  "       (SELECT string_agg('\"' || a.attname || '\"', ', ' ORDER BY p.n) FROM unnest(k.indkey) WITH ORDINALITY AS p (attnum, n)"
  "          JOIN pg_attribute a ON a.attrelid = k.indrelid AND a.attnum = p.attnum) || ')'"
  "  FROM k WHERE NOT k.indisprimary";

gboolean
dsp_postgres_analyze (DspDb   *db,
                      GError **error)
{
  return for_each_table (db, "SELECT string_agg(format('ANALYZE %I.%I', schemaname, tablename), ';') FROM pg_tables"
                             " WHERE schemaname = current_schema()", error);
}
