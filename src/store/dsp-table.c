/* dsp-table.c: records in the table of their entity
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-store"

#include "config.h"
#include "dsp-table.h"

#include "dsp-search.h"
#include "dsp-table-private.h"

#include <string.h>

/* DspStmtKey.what: one of these, and above them the number of a field. */
enum {
  WHAT_GET,
  WHAT_LOOKUP,
  WHAT_EACH,
  WHAT_SCAN,
  WHAT_SCAN_SCOPE,
  WHAT_HEAD,
  WHAT_INSERT,
  WHAT_UPDATE,
  WHAT_UPDATE_AT,
  WHAT_DELETE,
  WHAT_COUNT,
  WHAT_VISITS,
  WHAT_BITS = 4
};

static DspStmt *
prepare (DspDb           *db,
         const char      *prefix,
         const DspEntity *entity,
         guint64          mask,
         guint            what,
         DspMakeSql       make,
         GError         **error)
{
  DspStmtKey key = { entity, prefix != NULL ? g_intern_string (prefix) : "", mask, what };

  return dsp_db_prepare_made (db, &key, make, error);
}

/* Every mask that reads the same columns is one statement. */
static guint64
whole (const DspEntity *entity,
       guint64          mask)
{
  return mask & ((G_GUINT64_CONSTANT (1) << entity->table.n_fields) - 1);
}

static guint
number_of (const DspEntity *entity,
           const DspField  *field)
{
  return (guint) (field - entity->table.fields);
}

static char *
make_select (DspDb            *db,
             const DspStmtKey *key)
{
  GString *sql = g_string_new ("SELECT ");
  const char *column = key->entity->table.fields[key->what >> WHAT_BITS].name;

  if ((key->what & 15) == WHAT_SCAN || (key->what & 15) == WHAT_SCAN_SCOPE)
    g_string_append (sql, "\"_row\", ");
  dsp_columns_append (sql, key->entity, key->mask);
  g_string_append_printf (sql, " FROM \"%s%s\" WHERE ", key->prefix, key->entity->table.name);
  switch (key->what & 15)
    {
    case WHAT_GET:
    case WHAT_HEAD:
      g_string_append (sql, "\"id\" = $1");
      break;
    case WHAT_LOOKUP:
      g_string_append_printf (sql, "\"%s\" = $1 ORDER BY \"_row\" LIMIT 1", column);
      break;
    case WHAT_EACH:
      g_string_append_printf (sql, "\"%s\" = $1 ORDER BY \"_row\"", column);
      break;
    case WHAT_VISITS:
      g_string_append (sql, "\"crew_id\" = $1 AND ((\"started_at\" >= $2 AND \"started_at\" < $3) OR (\"closed_at\" >= $2 AND \"closed_at\" < $3)"
                            " OR (\"attention_at\" >= $2 AND \"attention_at\" < $3)) ORDER BY \"_row\"");
      break;
    case WHAT_SCAN:
      g_string_append (sql, "\"_row\" > $1 ORDER BY \"_row\" LIMIT $2");
      break;
    case WHAT_SCAN_SCOPE:
      g_string_append (sql, "\"_row\" > $1 AND \"scope\" = $3 ORDER BY \"_row\" LIMIT $2");
      break;
    default:
      g_assert_not_reached ();
    }
  return g_string_free (sql, FALSE);
}

/* Reads the one row that a statement finds, and gives the statement back. */
static DspStep
read_one (DspStmt         *stmt,
          const DspEntity *entity,
          guint64          mask,
          gpointer         record,
          GError         **error)
{
  DspStep step = dsp_stmt_step (stmt, error);

  dsp_table_clear (&entity->table, record);
  if (step == DSP_STEP_ROW)
    dsp_columns_read (stmt, 0, entity, mask, record);
  else
    *(DspRecord *) record = (DspRecord) { 0 };
  dsp_stmt_done (stmt);
  return step;
}

DspStep
dsp_table_get (DspDb           *db,
               const char      *prefix,
               const DspEntity *entity,
               const DspId     *id,
               guint64          mask,
               gpointer         record,
               GError         **error)
{
  DspStmt *stmt = prepare (db, prefix, entity, whole (entity, mask), WHAT_GET, make_select, error);

  if (stmt == NULL)
    return DSP_STEP_FAILED;
  dsp_stmt_bind_id (stmt, 1, id);
  return read_one (stmt, entity, mask, record, error);
}

DspStep
dsp_table_lookup (DspDb           *db,
                  const char      *prefix,
                  const DspEntity *entity,
                  const DspField  *field,
                  const char      *text,
                  guint64          mask,
                  gpointer         record,
                  GError         **error)
{
  DspStmt *stmt = prepare (db, prefix, entity, whole (entity, mask), WHAT_LOOKUP | number_of (entity, field) << WHAT_BITS,
                           make_select, error);

  if (stmt == NULL)
    return DSP_STEP_FAILED;
  dsp_stmt_bind_text (stmt, 1, text, -1);
  return read_one (stmt, entity, mask, record, error);
}

DspStep
dsp_table_head (DspDb           *db,
                const char      *prefix,
                const DspEntity *entity,
                const DspId     *id,
                DspRecord       *head,
                GError         **error)
{
  DspStmt *stmt = prepare (db, prefix, entity, 0, WHAT_HEAD, make_select, error);
  DspStep step;

  if (stmt == NULL)
    return DSP_STEP_FAILED;
  dsp_stmt_bind_id (stmt, 1, id);
  step = dsp_stmt_step (stmt, error);
  if (step == DSP_STEP_ROW)
    *head = (DspRecord) { dsp_stmt_id (stmt, 0), dsp_stmt_id (stmt, 1), dsp_stmt_int (stmt, 2) };
  dsp_stmt_done (stmt);
  return step;
}

/* Gives each row of a bound statement to @each. @row_column: 1 if the first column is "_row"; @last then gets the last. */
static gboolean
read_all (DspStmt         *stmt,
          const DspEntity *entity,
          guint64          mask,
          int              row_column,
          DspEach          each,
          gpointer         user_data,
          gint64          *last,
          guint           *n_rows,
          GError         **error)
{
  gpointer record = dsp_record_new (entity);
  gboolean more = TRUE;
  DspStep step = DSP_STEP_DONE;

  while (more && (step = dsp_stmt_step (stmt, error)) == DSP_STEP_ROW)
    {
      dsp_table_clear (&entity->table, record);
      dsp_columns_read (stmt, row_column, entity, mask, record);
      if (last != NULL)
        *last = dsp_stmt_int (stmt, 0);
      if (n_rows != NULL)
        (*n_rows)++;
      more = each (record, user_data);
    }
  dsp_record_free (entity, record);
  return step != DSP_STEP_FAILED;
}

gboolean
dsp_table_each_id (DspDb           *db,
                   const char      *prefix,
                   const DspEntity *entity,
                   const DspField  *field,
                   const DspId     *id,
                   guint64          mask,
                   DspEach          each,
                   gpointer         user_data,
                   GError         **error)
{
  g_autoptr(DspStmt) stmt = prepare (db, prefix, entity, whole (entity, mask),
                                     WHAT_EACH | number_of (entity, field) << WHAT_BITS, make_select, error);

  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_id (stmt, 1, id);
  return read_all (stmt, entity, mask, 0, each, user_data, NULL, NULL, error);
}

gboolean
dsp_table_each_text (DspDb           *db,
                     const char      *prefix,
                     const DspEntity *entity,
                     const DspField  *field,
                     const char      *text,
                     guint64          mask,
                     DspEach          each,
                     gpointer         user_data,
                     GError         **error)
{
  g_autoptr(DspStmt) stmt = prepare (db, prefix, entity, whole (entity, mask),
                                     WHAT_EACH | number_of (entity, field) << WHAT_BITS, make_select, error);

  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_text (stmt, 1, text, -1);
  return read_all (stmt, entity, mask, 0, each, user_data, NULL, NULL, error);
}

gboolean
dsp_table_each_visit (DspDb       *db,
                      const char  *prefix,
                      const DspId *crew_id,
                      gint64       from_us,
                      gint64       until_us,
                      DspEach      each,
                      gpointer     user_data,
                      GError     **error)
{
  g_autoptr(DspStmt) stmt = prepare (db, prefix, &dsp_order, whole (&dsp_order, DSP_FIELDS_ALL), WHAT_VISITS, make_select, error);

  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_id (stmt, 1, crew_id);
  dsp_stmt_bind_int (stmt, 2, from_us);
  dsp_stmt_bind_int (stmt, 3, until_us);
  return read_all (stmt, &dsp_order, DSP_FIELDS_ALL, 0, each, user_data, NULL, NULL, error);
}

/* Rows asked for at once of a whole table, where a result is in memory as a whole. */
#define PIECE 2000

typedef struct {
  DspEach  each;
  gpointer user_data;
  bool     stopped;
} Rows;

static gboolean
see_row (gconstpointer record,
         gpointer      user_data)
{
  Rows *rows = user_data;

  rows->stopped = !rows->each (record, rows->user_data);
  return !rows->stopped;
}

gboolean
dsp_table_scan (DspDb           *db,
                const char      *prefix,
                const DspEntity *entity,
                const DspId     *scope,
                gint64           after,
                guint            limit,
                guint64          mask,
                DspEach          each,
                gpointer         user_data,
                gint64          *last,
                GError         **error)
{
  g_autoptr(DspStmt) stmt = prepare (db, prefix, entity, whole (entity, mask), scope != NULL ? WHAT_SCAN_SCOPE : WHAT_SCAN,
                                     make_select, error);
  guint piece = limit == 0 && db->driver->keeps_results ? PIECE : limit;
  Rows rows = { .each = each, .user_data = user_data };
  gint64 row = after;
  guint n_rows;

  if (stmt == NULL)
    return FALSE;
  if (scope != NULL)
    dsp_stmt_bind_id (stmt, 3, scope);
  dsp_stmt_bind_int (stmt, 2, piece > 0 ? piece : G_MAXINT64);
  do
    {
      n_rows = 0;
      dsp_stmt_bind_int (stmt, 1, row);
      if (!read_all (stmt, entity, mask, 1, see_row, &rows, &row, &n_rows, error))
        return FALSE;
      dsp_stmt_reset (stmt);
    }
  while (limit == 0 && piece > 0 && n_rows == piece && !rows.stopped);
  if (last != NULL)
    *last = limit > 0 && n_rows == limit ? row : 0;
  return TRUE;
}

static gboolean
see_one (gconstpointer record,
         gpointer      user_data)
{
  *(bool *) user_data = true;
  return FALSE;
}

gboolean
dsp_table_any (DspDb           *db,
               const char      *prefix,
               const DspEntity *entity,
               bool            *any,
               GError         **error)
{
  *any = false;
  return dsp_table_scan (db, prefix, entity, NULL, 0, 1, DSP_FIELDS_ALL, see_one, any, NULL, error);
}

static char *
make_count (DspDb            *db,
            const DspStmtKey *key)
{
  return g_strdup_printf ("SELECT count(*) FROM \"%s%s\"", key->prefix, key->entity->table.name);
}

gboolean
dsp_table_count (DspDb           *db,
                 const char      *prefix,
                 const DspEntity *entity,
                 gint64          *n_rows,
                 GError         **error)
{
  g_autoptr(DspStmt) stmt = prepare (db, prefix, entity, 0, WHAT_COUNT, make_count, error);

  if (stmt == NULL || dsp_stmt_step (stmt, error) != DSP_STEP_ROW)
    return FALSE;
  *n_rows = dsp_stmt_int (stmt, 0);
  return TRUE;
}

/* ---- writing ---- */

static char *
make_insert (DspDb            *db,
             const DspStmtKey *key)
{
  GString *sql = g_string_new (NULL);

  g_string_printf (sql, "INSERT INTO \"%s%s\" (", key->prefix, key->entity->table.name);
  dsp_columns_append (sql, key->entity, DSP_FIELDS_ALL);
  if (dsp_search_mask (key->entity) != 0)
    g_string_append (sql, ", \"_search\"");
  g_string_append (sql, ") VALUES ($1, $2, $3");
  for (guint i = 0; i < key->entity->table.n_fields; i++)
    g_string_append_printf (sql, ", $%u", i + 4);
  if (dsp_search_mask (key->entity) != 0)
    g_string_append_printf (sql, ", $%u", key->entity->table.n_fields + 4);
  g_string_append_c (sql, ')');
  return g_string_free (sql, FALSE);
}

/* Binds the folded texts as $n; @search holds them until the step. */
static void
bind_search (DspStmt         *stmt,
             int              n,
             const DspEntity *entity,
             gconstpointer    record,
             GString         *search)
{
  dsp_search_text (entity, record, search);
  dsp_stmt_bind_text (stmt, n, search->len > 0 ? search->str : NULL, (gssize) search->len);
}

/* Values are all NULL before: a none is not bound. */
static gboolean
insert (DspStmt         *stmt,
        const DspEntity *entity,
        gconstpointer    record,
        GError         **error)
{
  const DspRecord *head = record;
  g_autoptr(GPtrArray) texts = NULL;
  g_autoptr(GString) search = NULL;

  dsp_stmt_bind_blob (stmt, 1, head->id.b, sizeof head->id.b);
  dsp_stmt_bind_blob (stmt, 2, head->scope.b, sizeof head->scope.b);
  dsp_stmt_bind_int (stmt, 3, head->version);
  for (guint i = 0; i < entity->table.n_fields; i++)
    if (!dsp_field_is_none (&entity->table.fields[i], record))
      dsp_column_bind (stmt, (int) i + 4, &entity->table.fields[i], record, &texts);
  if (dsp_search_mask (entity) != 0)
    {
      search = g_string_new (NULL);
      bind_search (stmt, (int) entity->table.n_fields + 4, entity, record, search);
    }
  return dsp_stmt_run (stmt, NULL, error);
}

static void
name_record (const DspEntity *entity,
             gconstpointer    record,
             GError         **error)
{
  char id[DSP_ID_TEXT];

  dsp_id_print (&((const DspRecord *) record)->id, id);
  g_prefix_error (error, "%s %s %s: ", entity->table.name, dsp_record_display (entity, record), id);
}

gboolean
dsp_table_insert (DspDb           *db,
                  const char      *prefix,
                  const DspEntity *entity,
                  gconstpointer    record,
                  GError         **error)
{
  g_autoptr(DspStmt) stmt = prepare (db, prefix, entity, 0, WHAT_INSERT, make_insert, error);

  if (stmt == NULL)
    return FALSE;
  if (insert (stmt, entity, record, error))
    return TRUE;
  name_record (entity, record, error);
  return FALSE;
}

static char *
make_update (DspDb            *db,
             const DspStmtKey *key)
{
  GString *sql = g_string_new (NULL);
  int n = 3;

  g_string_printf (sql, "UPDATE \"%s%s\" SET \"version\" = $2", key->prefix, key->entity->table.name);
  if (key->mask & DSP_MASK_SCOPE)
    g_string_append_printf (sql, ", \"scope\" = $%d", n++);
  for (guint i = 0; i < key->entity->table.n_fields; i++)
    if (key->mask >> i & 1)
      g_string_append_printf (sql, ", \"%s\" = $%d", key->entity->table.fields[i].name, n++);
  if (key->mask & dsp_search_mask (key->entity))
    g_string_append_printf (sql, ", \"_search\" = $%d", n++);
  g_string_append (sql, " WHERE \"id\" = $1");
  if (key->what == WHAT_UPDATE_AT)
    g_string_append_printf (sql, " AND \"version\" = $%d", n);
  return g_string_free (sql, FALSE);
}

/* Why an update touched no row. */
static gboolean
explain_miss (DspDb           *db,
              const char      *prefix,
              const DspEntity *entity,
              gconstpointer    record,
              gint64           expected,
              GError         **error)
{
  DspRecord head;

  switch (dsp_table_head (db, prefix, entity, &((const DspRecord *) record)->id, &head, error))
    {
    case DSP_STEP_ROW:
      g_set_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_CONFLICT, "it is at version %" G_GINT64_FORMAT ", not %" G_GINT64_FORMAT,
                   head.version, expected);
      break;
    case DSP_STEP_DONE:
      g_set_error_literal (error, DSP_STORE_ERROR, DSP_STORE_ERROR_NOT_FOUND, "there is no such record");
      break;
    case DSP_STEP_FAILED:
      break;
    }
  name_record (entity, record, error);
  return FALSE;
}

gboolean
dsp_table_update (DspDb           *db,
                  const char      *prefix,
                  const DspEntity *entity,
                  gconstpointer    record,
                  guint64          mask,
                  gint64           expected,
                  GError         **error)
{
  const DspRecord *head = record;
  g_autoptr(GPtrArray) texts = NULL;
  g_autoptr(GString) search = NULL;
  g_autoptr(DspStmt) stmt = NULL;
  gint64 n_changed;
  int n = 3;

  mask = whole (entity, mask) | (mask & DSP_MASK_SCOPE);
  stmt = prepare (db, prefix, entity, mask, expected >= 0 ? WHAT_UPDATE_AT : WHAT_UPDATE, make_update, error);
  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_blob (stmt, 1, head->id.b, sizeof head->id.b);
  dsp_stmt_bind_int (stmt, 2, head->version);
  if (mask & DSP_MASK_SCOPE)
    dsp_stmt_bind_blob (stmt, n++, head->scope.b, sizeof head->scope.b);
  for (guint i = 0; i < entity->table.n_fields; i++)
    if (mask >> i & 1)
      dsp_column_bind (stmt, n++, &entity->table.fields[i], record, &texts);
  if (mask & dsp_search_mask (entity))
    {
      search = g_string_new (NULL);
      bind_search (stmt, n++, entity, record, search);
    }
  if (expected >= 0)
    dsp_stmt_bind_int (stmt, n, expected);
  /* Nothing is worth a trip to the server of the database that only says once more what was read before. */
  if (expected >= 0 && db->driver->sends_ahead && dsp_db_in_transaction (db))
    {
      stmt->one = true;
      return dsp_stmt_run (stmt, NULL, error);
    }
  if (!dsp_stmt_run (stmt, &n_changed, error))
    {
      name_record (entity, record, error);
      return FALSE;
    }
  return n_changed == 1 || explain_miss (db, prefix, entity, record, expected, error);
}

/* Reads what is there first: a row that changes in one column must not touch the indexes of all. */
gboolean
dsp_table_put (DspDb           *db,
               const char      *prefix,
               const DspEntity *entity,
               gconstpointer    record,
               GError         **error)
{
  const DspRecord *head = record;
  gpointer before = dsp_record_new (entity);
  gboolean ok = FALSE;
  guint64 mask;

  switch (dsp_table_get (db, prefix, entity, &head->id, DSP_FIELDS_ALL, before, error))
    {
    case DSP_STEP_ROW:
      mask = dsp_table_diff (&entity->table, before, record);
      if (!dsp_id_equal (&((DspRecord *) before)->scope, &head->scope))
        mask |= DSP_MASK_SCOPE;
      ok = (mask == 0 && ((DspRecord *) before)->version == head->version) ||
           dsp_table_update (db, prefix, entity, record, mask, -1, error);
      break;
    case DSP_STEP_DONE:
      ok = dsp_table_insert (db, prefix, entity, record, error);
      break;
    case DSP_STEP_FAILED:
      break;
    }
  dsp_record_free (entity, before);
  return ok;
}

static char *
make_delete (DspDb            *db,
             const DspStmtKey *key)
{
  return g_strdup_printf ("DELETE FROM \"%s%s\" WHERE \"id\" = $1", key->prefix, key->entity->table.name);
}

gboolean
dsp_table_delete (DspDb           *db,
                  const char      *prefix,
                  const DspEntity *entity,
                  const DspId     *id,
                  gboolean        *deleted,
                  GError         **error)
{
  g_autoptr(DspStmt) stmt = prepare (db, prefix, entity, 0, WHAT_DELETE, make_delete, error);
  gint64 n_changed;

  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_id (stmt, 1, id);
  if (!dsp_stmt_run (stmt, &n_changed, error))
    return FALSE;
  if (deleted != NULL)
    *deleted = n_changed > 0;
  return TRUE;
}

/* ---- bulk ---- */

struct _DspBulk
{
  const DspEntity *entity;
  DspStmt         *stmt;   /* (owned) */
  guint64          bound;  /* fields that the row before left bound */
  GString         *search; /* (owned) (nullable): none of its fields is searched */
};

DspBulk *
dsp_bulk_new (DspDb           *db,
              const char      *prefix,
              const DspEntity *entity,
              GError         **error)
{
  DspStmt *stmt = prepare (db, prefix, entity, 0, WHAT_INSERT, make_insert, error);
  DspBulk *bulk;

  if (stmt == NULL)
    return NULL;
  bulk = g_new0 (DspBulk, 1);
  bulk->entity = entity;
  bulk->stmt = stmt;
  if (dsp_search_mask (entity) != 0)
    bulk->search = g_string_new (NULL);
  return bulk;
}

gboolean
dsp_bulk_add (DspBulk      *bulk,
              gconstpointer record,
              GError      **error)
{
  const DspRecord *head = record;
  const DspEntity *entity = bulk->entity;
  g_autoptr(GPtrArray) texts = NULL;

  dsp_stmt_bind_blob (bulk->stmt, 1, head->id.b, sizeof head->id.b);
  dsp_stmt_bind_blob (bulk->stmt, 2, head->scope.b, sizeof head->scope.b);
  dsp_stmt_bind_int (bulk->stmt, 3, head->version);
  for (guint i = 0; i < entity->table.n_fields; i++)
    {
      const DspField *field = &entity->table.fields[i];
      guint64 bit = G_GUINT64_CONSTANT (1) << i;

      if (!dsp_field_is_none (field, record))
        {
          dsp_column_bind (bulk->stmt, (int) i + 4, field, record, &texts);
          bulk->bound |= bit;
        }
      else if (bulk->bound & bit)
        {
          dsp_stmt_bind_null (bulk->stmt, (int) i + 4);
          bulk->bound &= ~bit;
        }
    }
  if (bulk->search != NULL)
    bind_search (bulk->stmt, (int) entity->table.n_fields + 4, entity, record, bulk->search);
  if (dsp_stmt_run (bulk->stmt, NULL, error))
    return TRUE;
  name_record (entity, record, error);
  return FALSE;
}

void
dsp_bulk_free (DspBulk *bulk)
{
  if (bulk == NULL)
    return;
  dsp_stmt_done (bulk->stmt);
  if (bulk->search != NULL)
    g_string_free (bulk->search, TRUE);
  g_free (bulk);
}
