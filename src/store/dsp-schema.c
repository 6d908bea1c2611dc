/* dsp-schema.c: tables and indexes from the field tables; migrations
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-store"

#include "config.h"
#include "dsp-schema.h"

#include "dsp-db-private.h"
#include "dsp-schema-steps.h"
#include "dsp-search.h"
#include "dsp-table.h"
#include "dsp-table-private.h"

#include <string.h>

/* Indexes that no flag of a field can say. An index costs each insert, and each update of one of its columns or of its
 * WHERE: two thirds of the rate of assignments with four of them on status and crew. So those two stand in one each.
 * Behind the columns by which an index is entered and read in order come those that lists filter by besides: what does
 * not match is passed over without fetching its row. But for the instants of a visit no state step changes them, so they cost no
 * update. */
typedef struct {
  const DspEntity *entity;
  const char      *name;
  const char      *columns;
  bool             server;  /* a replica answers its lists of orders from memory and is filled faster without it */
  int              share;   /* for the planner: one value of the first column is about 1/share of the rows; 0: few rows */
} Index;

#define NEWEST "\"created_at\", \"id\""
#define VISITED "\"attention_at\", \"started_at\", \"closed_at\""

static const Index indexes[] = {
  /* All that can be filtered by and that no state step changes: any mixture of these is looked for in the list's order. */
  { &dsp_order, "created", NEWEST ", \"type\", \"subtype\", \"priority\", \"municipality\", \"neighbourhood\", \"group\", \"state\","
    " \"postal_code\"", true, 0 },
  { &dsp_order, "created", NEWEST, false, 0 },
  { &dsp_order, "search", NEWEST ", \"_search\"", true, 0 },
  { &dsp_order, "postal_code", "\"postal_code\", " NEWEST ", \"type\", \"priority\"", true, 1000 },
  { &dsp_order, "municipality", "\"municipality\", " NEWEST ", \"type\", \"subtype\", \"priority\"", true, 16 },
  { &dsp_order, "neighbourhood", "\"neighbourhood\", " NEWEST ", \"type\", \"subtype\", \"priority\"", true, 300 },
  { &dsp_order, "account", "\"account\"", true, 0 },
  { &dsp_order, "account", "\"account\"", false, 0 },
  { &dsp_order, "parent", "\"parent\"", true, 0 },
  { &dsp_order, "attention", "\"attention_at\", " NEWEST, true, 0 },
  { &dsp_order, "penalty", "\"penalty_at\", " NEWEST, true, 0 },
  { &dsp_order, "scope", "\"scope\", " NEWEST ", \"type\", \"priority\", \"municipality\"", true, 12 },
  { &dsp_order, "status", "\"status\", " NEWEST ", \"type\", \"priority\", \"municipality\", \"postal_code\", \"penalty_at\"", true, 8 },
  /* Those of a day are found by it, among all that a crew ever had, without fetching the others: dsp_table_each_visit(). */
  { &dsp_order, "crew", "\"crew_id\", " NEWEST ", \"type\", \"postal_code\", " VISITED, true, 400 },
  { &dsp_order, "crew", "\"crew_id\", " VISITED, false, 0 },
  { &dsp_penalty, "order_id", "\"order_id\"", true, 0 },
  { &dsp_penalty, "order_id", "\"order_id\"", false, 0 },
  { &dsp_penalty, "amount", "\"state\", \"amount\", \"id\"", true, 0 },
  /* The review desk's, at the client: behind the order what it filters by; and its numbers, which no row is read for. */
  { &dsp_penalty, "amount", "\"state\", \"amount\", \"id\", \"distributor_id\", \"rule_id\"", false, 0 },
  { &dsp_penalty, "due", "\"state\", \"due_at\", \"id\"", true, 0 },
  { &dsp_penalty, "due", "\"state\", \"due_at\", \"id\", \"distributor_id\", \"rule_id\"", false, 0 },
  { &dsp_penalty, "review", "\"state\", \"distributor_id\", \"rule_id\", \"amount\"", false, 0 },
  /* Of an order; of a hash (who may bring bytes that are missing); and what a scope's come to, which no row is read for. */
  { &dsp_attachment, "order_id", "\"order_id\"", true, 0 },
  { &dsp_attachment, "order_id", "\"order_id\"", false, 0 },
  { &dsp_attachment, "hash", "\"hash\"", true, 0 },
  { &dsp_attachment, "hash", "\"hash\"", false, 0 },
  { &dsp_attachment, "held", "\"scope\", \"size\"", true, 0 },
  { &dsp_attachment, "held", "\"scope\", \"size\"", false, 0 },
  { &dsp_statement_line, "order_id", "\"order_id\"", true, 0 },
  { &dsp_statement_line, "order_id", "\"order_id\"", false, 0 },
  { &dsp_statement_line, "open_for", "\"open_for\"", true, 0 },
  { &dsp_statement_line, "open_for", "\"open_for\"", false, 0 },
  { &dsp_statement_line, "pre_invoice_id", "\"pre_invoice_id\"", true, 0 },
  { &dsp_statement_line, "pre_invoice_id", "\"pre_invoice_id\"", false, 0 },
  /* The running statement, at the client: a distributor's lines of some days. */
  { &dsp_statement_line, "day", "\"distributor_id\", \"day\"", false, 0 },
  { &dsp_mileage, "crew_id", "\"crew_id\"", true, 0 },
  { &dsp_mileage, "crew_id", "\"crew_id\"", false, 0 },
  { &dsp_mileage, "day", "\"day\"", false, 0 },
  { &dsp_mileage, "excess", "\"state\", \"excess\", \"id\"", false, 0 },
  { &dsp_history, "record", "\"record_id\"", true, 0 },
  { &dsp_history, "record", "\"record_id\"", false, 0 },
};

static bool
has_own_list (const DspEntity *entity)
{
  for (guint i = 0; i < G_N_ELEMENTS (indexes); i++)
    if (indexes[i].entity == entity)
      return true;
  return false;
}

static const char *
column_type (const DspField *field)
{
  switch ((DspKind) field->kind)
    {
    case DSP_KIND_TEXT:
    case DSP_KIND_LIST:
    case DSP_KIND_WORD:
    case DSP_KIND_YES_NO:
      return "TEXT";
    case DSP_KIND_ID:
      return "BLOB";
    case DSP_KIND_TIME:
    case DSP_KIND_DATE:
    case DSP_KIND_INT:
    case DSP_KIND_MONEY:
      return "INTEGER";
    }
  g_assert_not_reached ();
}

gboolean
dsp_schema_create_table (DspDb           *db,
                         const char      *prefix,
                         const DspEntity *entity,
                         GError         **error)
{
  g_autoptr(GString) sql = g_string_new (NULL);

  g_assert (entity->table.n_fields <= 63);

  g_string_printf (sql, "CREATE TABLE \"%s%s\" (\"_row\" INTEGER PRIMARY KEY, \"id\" BLOB NOT NULL, \"scope\" BLOB NOT NULL,"
                        " \"version\" INTEGER NOT NULL", prefix != NULL ? prefix : "", entity->table.name);
  for (guint i = 0; i < entity->table.n_fields; i++)
    g_string_append_printf (sql, ", \"%s\" %s", entity->table.fields[i].name, column_type (&entity->table.fields[i]));
  if (dsp_search_mask (entity) != 0)
    g_string_append (sql, ", \"_search\" TEXT");
  g_string_append_c (sql, ')');
  return dsp_db_exec (db, sql->str, error);
}

/* A table that takes over another's name keeps the names of its own indexes, so each gets a number that is free. */
/* Is there a table or index of that name? */
static gboolean
has (DspDb      *db,
     const char *name,
     gboolean   *there,
     GError    **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, db->driver->has, error);
  DspStep step;

  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_text (stmt, 1, name, -1);
  step = dsp_stmt_step (stmt, error);
  *there = step == DSP_STEP_ROW;
  return step != DSP_STEP_FAILED;
}

static gboolean
create_index (DspDb           *db,
              const char      *prefix,
              const DspEntity *entity,
              gboolean         unique,
              const char      *name,
              const char      *columns,
              GError         **error)
{
  g_autofree char *sql = NULL;
  g_autofree char *full = NULL;
  gboolean taken = TRUE;

  for (guint n = 1; taken; n++)
    {
      g_free (full);
      full = g_strdup_printf ("%s_%s_%u", entity->table.name, name, n);
      if (!has (db, full, &taken, error))
        return FALSE;
    }
  sql = g_strdup_printf ("CREATE %sINDEX \"%s\" ON \"%s%s\" (%s)", unique ? "UNIQUE " : "", full, prefix != NULL ? prefix : "",
                         entity->table.name, columns);
  return dsp_db_exec (db, sql, error);
}

gboolean
dsp_schema_create_indexes (DspDb           *db,
                           const char      *prefix,
                           const DspEntity *entity,
                           gboolean         server,
                           GError         **error)
{
  bool own_list = has_own_list (entity);

  /* The server appends to its history, and reads it by record: each entry would pay for an index that nobody uses. */
  if (!(server && entity == &dsp_history) && !create_index (db, prefix, entity, TRUE, "id", "\"id\"", error))
    return FALSE;
  for (guint i = 0; i < entity->table.n_fields; i++)
    {
      const DspField *field = &entity->table.fields[i];
      bool unique = field->flags & DSP_UNIQUE;
      g_autofree char *column = g_strdup_printf ("\"%s\"", field->name);

      if (unique || ((field->flags & DSP_INDEXED) && !own_list))
        if (!create_index (db, prefix, entity, unique && server, field->name, column, error))
          return FALSE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (indexes); i++)
    if (indexes[i].entity == entity && indexes[i].server == (bool) server &&
        !create_index (db, prefix, entity, FALSE, indexes[i].name, indexes[i].columns, error))
      return FALSE;
  return TRUE;
}

gboolean
dsp_schema_drop_table (DspDb           *db,
                       const char      *prefix,
                       const DspEntity *entity,
                       GError         **error)
{
  g_autofree char *sql = g_strdup_printf ("DROP TABLE IF EXISTS \"%s%s\"", prefix != NULL ? prefix : "", entity->table.name);

  return dsp_db_exec (db, sql, error);
}

gboolean
dsp_schema_swap_table (DspDb           *db,
                       const char      *from,
                       const char      *to,
                       const DspEntity *entity,
                       GError         **error)
{
  g_autofree char *sql = g_strdup_printf ("ALTER TABLE \"%s%s\" RENAME TO \"%s%s\"", from != NULL ? from : "",
                                          entity->table.name, to != NULL ? to : "", entity->table.name);

  return dsp_schema_drop_table (db, to, entity, error) && dsp_db_exec (db, sql, error);
}

gboolean
dsp_schema_empty_table (DspDb           *db,
                        const char      *prefix,
                        const DspEntity *entity,
                        GError         **error)
{
  g_autofree char *sql = g_strdup_printf ("DELETE FROM \"%s%s\"", prefix != NULL ? prefix : "", entity->table.name);

  return dsp_db_exec (db, sql, error);
}

static int
n_columns (const char *columns)
{
  int n = 1;

  for (const char *p = columns; *p != '\0'; p++)
    n += *p == ',';
  return n;
}

gboolean
dsp_schema_analyze (DspDb   *db,
                    GError **error)
{
  /* The size of the table is believed of whichever index comes last: all must say the same. */
  if (!db->driver->analyze (db, error) || !db->driver->set_share (db, dsp_order.table.name, "id", 1, 0, error) ||
      !db->driver->set_share (db, dsp_order.table.name, "number", 1, 0, error))
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (indexes); i++)
    if (indexes[i].server && indexes[i].entity == &dsp_order &&
        !db->driver->set_share (db, dsp_order.table.name, indexes[i].name, n_columns (indexes[i].columns), indexes[i].share, error))
      return FALSE;
  return db->driver->use_shares (db, error);
}

/* ---- versions ---- */

gboolean
dsp_schema_version (DspDb      *db,
                    const char *part,
                    int        *version,
                    GError    **error)
{
  g_autoptr(DspStmt) stmt = NULL;
  gboolean there;

  if (!has (db, "schema_part", &there, error))
    return FALSE;
  *version = 0;
  if (!there)
    return TRUE;
  stmt = dsp_db_prepare (db, "SELECT \"version\" FROM \"schema_part\" WHERE \"name\" = $1", error);
  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_text (stmt, 1, part, -1);
  switch (dsp_stmt_step (stmt, error))
    {
    case DSP_STEP_ROW:
      *version = (int) dsp_stmt_int (stmt, 0);
      return TRUE;
    case DSP_STEP_DONE:
      return TRUE;
    case DSP_STEP_FAILED:
    default:
      return FALSE;
    }
}

static gboolean
set_version (DspDb      *db,
             const char *part,
             int         version,
             GError    **error)
{
  g_autoptr(DspStmt) stmt = NULL;

  stmt = dsp_db_prepare (db, "INSERT INTO \"schema_part\" (\"name\", \"version\") VALUES ($1, $2)"
                             " ON CONFLICT (\"name\") DO UPDATE SET \"version\" = excluded.\"version\"", error);
  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_text (stmt, 1, part, -1);
  dsp_stmt_bind_int (stmt, 2, version);
  return dsp_stmt_run (stmt, NULL, error);
}

static gboolean
refuse_newer (const DspSchemaPart *part,
              int                  version,
              GError             **error)
{
  if (version <= part->version)
    return TRUE;
  g_set_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_NEWER,
               "the database was written by a newer version of the program (part %s is at %d, this program knows %d)",
               part->name, version, part->version);
  return FALSE;
}

/* Makes the part when it is not there; a step after @from otherwise. */
static gboolean
advance (DspDb               *db,
         const DspSchemaPart *part,
         const DspMigration  *step,
         GError             **error)
{
  const char *table = "CREATE TABLE IF NOT EXISTS \"schema_part\" (\"name\" TEXT PRIMARY KEY, \"version\" INTEGER NOT NULL)";

  if (!dsp_db_begin (db, error))
    return FALSE;
  if (!dsp_db_exec (db, table, error) ||
      (step == NULL && !part->fresh (db, error)) ||
      (step != NULL && step->sql != NULL && !dsp_db_exec (db, step->sql, error)) ||
      (step != NULL && step->run != NULL && !step->run (db, error)) ||
      !set_version (db, part->name, step != NULL ? step->number : part->version, error) ||
      !dsp_db_commit (db, error))
    {
      dsp_db_rollback (db);
      if (step != NULL)
        g_prefix_error (error, "upgrading the database, part %s, to version %d: ", part->name, step->number);
      else
        g_prefix_error (error, "making the database, part %s: ", part->name);
      return FALSE;
    }
  return TRUE;
}

gboolean
dsp_schema_open (DspDb               *db,
                 const DspSchemaPart *part,
                 GError             **error)
{
  int version;

  if (!dsp_schema_version (db, part->name, &version, error) || !refuse_newer (part, version, error))
    return FALSE;
  if (version == 0)
    return advance (db, part, NULL, error);
  for (const DspMigration *step = part->migrations; step != NULL && step->number != 0; step++)
    if (step->number > version && step->number <= part->version && !advance (db, part, step, error))
      return FALSE;
  return TRUE;
}

gboolean
dsp_schema_require (DspDb               *db,
                    const DspSchemaPart *part,
                    GError             **error)
{
  int version;

  if (!dsp_schema_version (db, part->name, &version, error) || !refuse_newer (part, version, error))
    return FALSE;
  if (version == part->version)
    return TRUE;
  g_set_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_FAILED, "the database's part %s is at version %d, not %d",
               part->name, version, part->version);
  return FALSE;
}

static gboolean
fresh (DspDb   *db,
       gboolean server,
       GError **error)
{
  for (guint i = 0; dsp_entities[i] != NULL; i++)
    if (!dsp_schema_create_table (db, NULL, dsp_entities[i], error) ||
        !dsp_schema_create_indexes (db, NULL, dsp_entities[i], server, error))
      return FALSE;
  return TRUE;
}

static gboolean
fresh_server (DspDb   *db,
              GError **error)
{
  return fresh (db, TRUE, error) && dsp_schema_analyze (db, error);
}

static gboolean
fresh_replica (DspDb   *db,
               GError **error)
{
  return fresh (db, FALSE, error);
}

const DspSchemaPart dsp_schema_entities = { "entities", 7, fresh_server, dsp_schema_server_steps };
const DspSchemaPart dsp_schema_replica = { "entities", 7, fresh_replica, dsp_schema_replica_steps };

static int
compare_lines (gconstpointer a,
               gconstpointer b)
{
  return strcmp (*(char *const *) a, *(char *const *) b);
}

char *
dsp_schema_describe (DspDb      *db,
                     const char *table,
                     GError    **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, db->driver->describe, error);
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  DspStep step;

  if (stmt == NULL)
    return NULL;
  dsp_stmt_bind_text (stmt, 1, table, -1);
  while ((step = dsp_stmt_step (stmt, error)) == DSP_STEP_ROW)
    g_ptr_array_add (lines, g_strdup (dsp_stmt_text (stmt, 0, NULL)));
  if (step == DSP_STEP_FAILED)
    return NULL;
  g_ptr_array_sort (lines, compare_lines);
  g_ptr_array_add (lines, NULL);
  return g_strjoinv ("\n", (char **) lines->pdata);
}
