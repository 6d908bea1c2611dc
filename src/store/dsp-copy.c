/* dsp-copy.c: all of a server's database into another one, of whichever store
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which tables there are, what columns they have and by which key their rows can be walked is asked of the database itself:
 * a table that is new tomorrow is copied tomorrow. Rows are walked by key in pages, since a driver may hold a whole result.
 */
#define G_LOG_DOMAIN "dsp-store"

#include "config.h"
#include "dsp-copy.h"
#include "dsp-db-private.h"
#include "dsp-feed-private.h"
#include "dsp-schema.h"

#include <sodium.h>
#include <string.h>

#define PAGE 2000

typedef enum { KIND_INT, KIND_TEXT, KIND_BLOB } Kind;

typedef struct
{
  char *name;
  Kind  kind;
  guint key; /* its place in the key, from 1 on; 0: not of it */
} Column;

typedef struct
{
  char      *name;
  GPtrArray *columns; /* of Column: those of the key first, in its order; then by name */
  guint      n_key;
} Table;

/* A value of a row's key, kept while the page after it is asked for. */
typedef struct
{
  gint64  number;
  GBytes *bytes;
} Value;

typedef struct
{
  DspDb          *from, *to;
  DspCopyProgress progress;
  gpointer        user_data;
  gint64          n_rows;
} Copy;

static void
column_free (gpointer data)
{
  g_free (((Column *) data)->name);
  g_free (data);
}

static void
table_free (gpointer data)
{
  Table *table = data;

  g_free (table->name);
  g_ptr_array_unref (table->columns);
  g_free (table);
}

static void
value_clear (gpointer data)
{
  g_clear_pointer (&((Value *) data)->bytes, g_bytes_unref);
}

/* ---- what there is ---- */

static int
compare_columns (gconstpointer a,
                 gconstpointer b)
{
  const Column *x = *(Column *const *) a, *y = *(Column *const *) b;

  if ((x->key == 0) != (y->key == 0))
    return x->key == 0 ? 1 : -1;
  return x->key != y->key ? (int) x->key - (int) y->key : strcmp (x->name, y->name);
}

/* "column NAME TYPE… KEY 1", as dsp_schema_describe() says it. */
static gboolean
add_column (Table       *table,
            const char  *line,
            GError     **error)
{
  static const char *const kinds[] = { [KIND_INT] = "INTEGER", [KIND_TEXT] = "TEXT", [KIND_BLOB] = "BLOB" };
  g_auto(GStrv) words = g_strsplit (line, " ", -1);
  const char *key = strstr (line, " KEY ");
  Column *column;

  if (g_strcmp0 (words[0], "column") != 0)
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (kinds) && g_strv_length (words) >= 3; i++)
    if (strcmp (words[2], kinds[i]) == 0)
      {
        column = g_new0 (Column, 1);
        column->name = g_strdup (words[1]);
        column->kind = i;
        column->key = key != NULL ? (guint) g_ascii_strtoull (key + strlen (" KEY "), NULL, 10) : 0;
        table->n_key += column->key > 0;
        g_ptr_array_add (table->columns, column);
        return TRUE;
      }
  g_set_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_FAILED, "table %s: no way to copy “%s”", table->name, line);
  return FALSE;
}

static Table *
read_table (DspDb      *db,
            const char *name,
            GError    **error)
{
  g_autofree char *text = dsp_schema_describe (db, name, error);
  g_auto(GStrv) lines = text != NULL ? g_strsplit (text, "\n", -1) : NULL;
  Table *table;

  if (text == NULL)
    return NULL;
  table = g_new0 (Table, 1);
  table->name = g_strdup (name);
  table->columns = g_ptr_array_new_with_free_func (column_free);
  for (guint i = 0; lines[i] != NULL; i++)
    if (!add_column (table, lines[i], error))
      {
        table_free (table);
        return NULL;
      }
  g_ptr_array_sort (table->columns, compare_columns);
  if (table->n_key > 0)
    return table;
  g_set_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_FAILED, "table %s has no key to walk it by", name);
  table_free (table);
  return NULL;
}

static int
compare_tables (gconstpointer a,
                gconstpointer b)
{
  return strcmp ((*(Table *const *) a)->name, (*(Table *const *) b)->name);
}

/* Which part is at which version is no data: dsp_schema_open() wrote it. */
static GPtrArray *
read_tables (DspDb   *db,
             GError **error)
{
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GPtrArray) tables = g_ptr_array_new_with_free_func (table_free);
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, db->driver->tables, error);
  DspStep step;

  if (stmt == NULL)
    return NULL;
  while ((step = dsp_stmt_step (stmt, error)) == DSP_STEP_ROW)
    if (strcmp (dsp_stmt_text (stmt, 0, NULL), "schema_part") != 0)
      g_ptr_array_add (names, g_strdup (dsp_stmt_text (stmt, 0, NULL)));
  if (step == DSP_STEP_FAILED)
    return NULL;
  for (guint i = 0; i < names->len; i++)
    {
      Table *table = read_table (db, names->pdata[i], error);

      if (table == NULL)
        return NULL;
      g_ptr_array_add (tables, table);
    }
  g_ptr_array_sort (tables, compare_tables);
  return g_steal_pointer (&tables);
}

static gboolean
same_table (const Table *a,
            const Table *b)
{
  if (strcmp (a->name, b->name) != 0 || a->columns->len != b->columns->len)
    return FALSE;
  for (guint i = 0; i < a->columns->len; i++)
    {
      const Column *x = a->columns->pdata[i], *y = b->columns->pdata[i];

      if (strcmp (x->name, y->name) != 0 || x->kind != y->kind || x->key != y->key)
        return FALSE;
    }
  return TRUE;
}

static gboolean
check_same (GPtrArray *a,
            GPtrArray *b,
            GError   **error)
{
  for (guint i = 0; i < MAX (a->len, b->len); i++)
    if (i >= a->len || i >= b->len || !same_table (a->pdata[i], b->pdata[i]))
      {
        g_set_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_FAILED, "the two databases do not have the same tables: %s",
                     ((Table *) (i < a->len ? a : b)->pdata[i])->name);
        return FALSE;
      }
  return TRUE;
}

static gboolean
count_rows (DspDb      *db,
            const char *table,
            gint64     *n,
            GError    **error)
{
  g_autofree char *sql = g_strdup_printf ("SELECT count(*) FROM \"%s\"", table);

  return dsp_db_int (db, sql, n, error);
}

gboolean
dsp_copy_is_empty (DspDb     *db,
                   gboolean  *empty,
                   GError   **error)
{
  g_autoptr(GPtrArray) tables = read_tables (db, error);
  gint64 n = 0;

  for (guint i = 0; tables != NULL && i < tables->len && n == 0; i++)
    if (!count_rows (db, ((Table *) tables->pdata[i])->name, &n, error))
      return FALSE;
  *empty = n == 0;
  return tables != NULL;
}

/* ---- walking ---- */

static void
put_names (GString     *sql,
           const Table *table,
           guint        n)
{
  for (guint i = 0; i < n; i++)
    g_string_append_printf (sql, "%s\"%s\"", i > 0 ? ", " : "", ((Column *) table->columns->pdata[i])->name);
}

static void
put_numbers (GString *sql,
             guint    n)
{
  for (guint i = 0; i < n; i++)
    g_string_append_printf (sql, "%s$%u", i > 0 ? ", " : "", i + 1);
}

static char *
select_text (const Table *table,
             gboolean     first)
{
  GString *sql = g_string_new ("SELECT ");

  put_names (sql, table, table->columns->len);
  g_string_append_printf (sql, " FROM \"%s\"", table->name);
  if (!first)
    {
      g_string_append (sql, " WHERE (");
      put_names (sql, table, table->n_key);
      g_string_append (sql, ") > (");
      put_numbers (sql, table->n_key);
      g_string_append_c (sql, ')');
    }
  g_string_append (sql, " ORDER BY ");
  put_names (sql, table, table->n_key);
  g_string_append_printf (sql, " LIMIT %d", PAGE);
  return g_string_free (sql, FALSE);
}

static char *
insert_text (const Table *table)
{
  GString *sql = g_string_new (NULL);

  g_string_append_printf (sql, "INSERT INTO \"%s\" (", table->name);
  put_names (sql, table, table->columns->len);
  g_string_append (sql, ") VALUES (");
  put_numbers (sql, table->columns->len);
  g_string_append_c (sql, ')');
  return g_string_free (sql, FALSE);
}

static void
bind_value (DspStmt     *stmt,
            guint        n,
            Kind         kind,
            const Value *value)
{
  gsize length = 0;
  gconstpointer data = value->bytes != NULL ? g_bytes_get_data (value->bytes, &length) : NULL;

  if (kind == KIND_INT)
    dsp_stmt_bind_int (stmt, (int) n, value->number);
  else if (kind == KIND_TEXT)
    dsp_stmt_bind_text (stmt, (int) n, data != NULL ? data : "", (gssize) length);
  else
    dsp_stmt_bind_blob (stmt, (int) n, data != NULL ? data : "", length);
}

static void
keep_key (DspStmt     *row,
          const Table *table,
          GArray      *key)
{
  g_array_set_size (key, 0);
  g_array_set_size (key, table->n_key);
  for (guint i = 0; i < table->n_key; i++)
    {
      Value *value = &g_array_index (key, Value, i);
      Kind kind = ((Column *) table->columns->pdata[i])->kind;
      gsize length = 0;
      gconstpointer data;

      if (kind == KIND_INT)
        {
          value->number = dsp_stmt_int (row, (int) i);
          continue;
        }
      data = kind == KIND_TEXT ? dsp_stmt_text (row, (int) i, &length) : dsp_stmt_blob (row, (int) i, &length);
      value->bytes = g_bytes_new (data, length);
    }
}

/* A row as bytes that say where each value ends, and which is none. */
static void
hash_row (crypto_hash_sha256_state *state,
          DspStmt                  *row,
          const Table              *table)
{
  for (guint i = 0; i < table->columns->len; i++)
    {
      Kind kind = ((Column *) table->columns->pdata[i])->kind;
      gboolean none = dsp_stmt_is_null (row, (int) i);
      gsize length = 0;
      guint64 head;
      gconstpointer data = NULL;

      if (none || kind == KIND_INT)
        head = none ? 0 : (guint64) dsp_stmt_int (row, (int) i);
      else
        {
          data = kind == KIND_TEXT ? dsp_stmt_text (row, (int) i, &length) : dsp_stmt_blob (row, (int) i, &length);
          head = length;
        }
      crypto_hash_sha256_update (state, (const guint8[]) { (guint8) none, (guint8) kind }, 2);
      crypto_hash_sha256_update (state, (const guint8 *) &head, sizeof head);
      crypto_hash_sha256_update (state, data != NULL ? data : (const guint8 *) "", length);
    }
}

static void
bind_row (DspStmt     *insert,
          DspStmt     *row,
          const Table *table)
{
  for (guint i = 0; i < table->columns->len; i++)
    {
      Kind kind = ((Column *) table->columns->pdata[i])->kind;
      int n = (int) i + 1;
      gsize length;
      gconstpointer data;

      if (dsp_stmt_is_null (row, (int) i))
        dsp_stmt_bind_null (insert, n);
      else if (kind == KIND_INT)
        dsp_stmt_bind_int (insert, n, dsp_stmt_int (row, (int) i));
      else if (kind == KIND_TEXT)
        {
          data = dsp_stmt_text (row, (int) i, &length);
          dsp_stmt_bind_text (insert, n, data, (gssize) length);
        }
      else
        {
          data = dsp_stmt_blob (row, (int) i, &length);
          dsp_stmt_bind_blob (insert, n, data != NULL ? data : "", length);
        }
    }
}

static gboolean
put_row (DspStmt     *insert,
         DspStmt     *row,
         const Table *table,
         GError     **error)
{
  bind_row (insert, row, table);
  return dsp_stmt_run (insert, NULL, error);
}

/* One page, after @key unless it is empty. @n (out): its rows. */
static gboolean
walk_page (DspDb                    *db,
           const Table              *table,
           GArray                   *key,
           DspStmt                  *insert, /* nullable */
           crypto_hash_sha256_state *state,
           guint                    *n,
           GError                  **error)
{
  g_autofree char *sql = select_text (table, key->len == 0);
  g_autoptr(DspStmt) row = dsp_db_prepare (db, sql, error);
  DspStep step = DSP_STEP_FAILED;

  *n = 0;
  for (guint i = 0; row != NULL && i < key->len; i++)
    bind_value (row, i + 1, ((Column *) table->columns->pdata[i])->kind, &g_array_index (key, Value, i));
  while (row != NULL && (step = dsp_stmt_step (row, error)) == DSP_STEP_ROW)
    {
      hash_row (state, row, table);
      if (insert != NULL && !put_row (insert, row, table, error))
        return FALSE;
      if (++*n == PAGE)
        {
          /* Its values are bound to this very statement: they must outlive it. */
          g_autoptr(GArray) next = g_array_new (FALSE, TRUE, sizeof (Value));

          g_array_set_clear_func (next, value_clear);
          keep_key (row, table, next);
          g_clear_pointer (&row, dsp_stmt_done);
          g_array_set_size (key, 0);
          g_array_append_vals (key, next->data, next->len);
          g_array_set_clear_func (next, NULL);
          return TRUE;
        }
    }
  return step == DSP_STEP_DONE;
}

/* All rows of @table in @db: into the other database, or only read. */
static gboolean
walk_table (Copy         *copy,
            const Table  *table,
            gboolean      write,
            guint8        hash[crypto_hash_sha256_BYTES],
            gint64       *n_rows,
            GError      **error)
{
  DspDb *db = write ? copy->from : copy->to;
  g_autofree char *sql = insert_text (table);
  g_autoptr(DspStmt) insert = write ? dsp_db_prepare (copy->to, sql, error) : NULL;
  g_autoptr(GArray) key = g_array_new (FALSE, TRUE, sizeof (Value));
  crypto_hash_sha256_state state;
  gint64 n_all;
  guint n;

  g_array_set_clear_func (key, value_clear);
  if ((write && insert == NULL) || !count_rows (db, table->name, &n_all, error))
    return FALSE;
  crypto_hash_sha256_init (&state);
  *n_rows = 0;
  do
    {
      if (!walk_page (db, table, key, insert, &state, &n, error))
        return FALSE;
      *n_rows += n;
      if (!copy->progress (table->name, *n_rows, n_all, !write, copy->user_data))
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "stopped");
          return FALSE;
        }
    }
  while (n == PAGE);
  crypto_hash_sha256_final (&state, hash);
  return TRUE;
}

/* ---- copying ---- */

typedef struct
{
  guint8 hash[crypto_hash_sha256_BYTES];
  gint64 n_rows;
} Proof;

static gboolean
write_tables (Copy      *copy,
              GPtrArray *tables,
              Proof     *proofs,
              GError   **error)
{
  for (guint i = 0; i < tables->len; i++)
    {
      const Table *table = tables->pdata[i];

      if (!walk_table (copy, table, TRUE, proofs[i].hash, &proofs[i].n_rows, error) ||
          (strcmp (((Column *) table->columns->pdata[0])->name, "_row") == 0 && copy->to->driver->go_on != NULL &&
           !copy->to->driver->go_on (copy->to, table->name, error)))
        return FALSE;
      copy->n_rows += proofs[i].n_rows;
    }
  return TRUE;
}

static gboolean
check_tables (Copy        *copy,
              GPtrArray   *tables,
              const Proof *proofs,
              GError     **error)
{
  for (guint i = 0; i < tables->len; i++)
    {
      const Table *table = tables->pdata[i];
      Proof proof;

      if (!walk_table (copy, table, FALSE, proof.hash, &proof.n_rows, error))
        return FALSE;
      if (proof.n_rows != proofs[i].n_rows || memcmp (proof.hash, proofs[i].hash, sizeof proof.hash) != 0)
        {
          g_set_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_DAMAGED, "table %s is not the same after it was copied", table->name);
          return FALSE;
        }
    }
  return TRUE;
}

/* Whoever knew the old database must not take this one for it, even if the program ends right after the commit. */
static gboolean
change_epoch (DspDb   *db,
              GError **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, "UPDATE \"feed_state\" SET \"epoch\" = $1", error);
  guint8 epoch[16];

  if (stmt == NULL)
    return FALSE;
  randombytes_buf (epoch, sizeof epoch);
  dsp_stmt_bind_blob (stmt, 1, epoch, sizeof epoch);
  return dsp_stmt_run (stmt, NULL, error);
}

gboolean
dsp_copy_rows (DspDb          *from,
               DspDb          *to,
               DspCopyProgress progress,
               gpointer        user_data,
               gint64         *n_rows,
               GError        **error)
{
  Copy copy = { .from = from, .to = to, .progress = progress, .user_data = user_data };
  g_autoptr(GPtrArray) tables = read_tables (from, error);
  g_autoptr(GPtrArray) theirs = tables != NULL ? read_tables (to, error) : NULL;
  g_autofree Proof *proofs = NULL;
  gboolean empty = FALSE, done;

  if (theirs == NULL || !check_same (tables, theirs, error) || !dsp_copy_is_empty (to, &empty, error))
    return FALSE;
  if (!empty)
    {
      g_set_error_literal (error, DSP_STORE_ERROR, DSP_STORE_ERROR_CONFLICT, "the target is not empty");
      return FALSE;
    }
  proofs = g_new0 (Proof, tables->len);
  if (!dsp_db_begin_read (from, error))
    return FALSE;
  done = dsp_db_begin (to, error) && write_tables (&copy, tables, proofs, error);
  dsp_db_rollback (from);
  done = done && check_tables (&copy, tables, proofs, error) && change_epoch (to, error) && dsp_db_commit (to, error);
  if (!done)
    dsp_db_rollback (to);
  *n_rows = copy.n_rows;
  return done;
}
