/* dsp-query.c: lists and counts from filters
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A query is text with "$1" … and the values beside it. Text and values are made together in one pass; equal shapes of
 * filters make equal texts, so that the statement is found prepared.
 */
#define G_LOG_DOMAIN "dsp-store"

#include "config.h"
#include "dsp-query.h"

#include "dsp-query-private.h"
#include "dsp-table-private.h"

#include <string.h>

/* Up to this many scopes, each is read in order by an index of its own and the parts are merged. */
#define MAX_MERGED 16

/* ---- order and pages ---- */

typedef enum { KEY_NONE, KEY_NULL, KEY_VALUE } KeyKind;

typedef struct {
  KeyKind kind;   /* NONE: from the start */
  DspValue   value;  /* of the sort field */
  DspId   id;
} Key;

static int
value_kind (const DspField *field)
{
  switch ((DspKind) field->kind)
    {
    case DSP_KIND_TEXT:
    case DSP_KIND_LIST:
    case DSP_KIND_WORD:
    case DSP_KIND_YES_NO:
      return DSP_VALUE_TEXT;
    case DSP_KIND_ID:
      return DSP_VALUE_ID;
    case DSP_KIND_TIME:
    case DSP_KIND_DATE:
    case DSP_KIND_INT:
    case DSP_KIND_MONEY:
      return DSP_VALUE_INTEGER;
    }
  g_assert_not_reached ();
}

/* The sort value as the column holds it. (transfer full) (nullable) */
static char *
key_text (const DspField *field,
          gconstpointer   record)
{
  guint word;

  switch ((DspKind) field->kind)
    {
    case DSP_KIND_TEXT:
      return g_strdup (*dsp_field_text (field, record));
    case DSP_KIND_LIST:
      return dsp_list_to_json (*dsp_field_list (field, record));
    case DSP_KIND_WORD:
      word = *dsp_field_word (field, record);
      return g_strdup (word < field->words->n ? field->words->list[word].name : "?");
    case DSP_KIND_YES_NO:
      return g_strdup (*dsp_field_word (field, record) == DSP_YES ? "yes" : "no");
    case DSP_KIND_ID:
      {
        char id[DSP_ID_TEXT];

        dsp_id_print (dsp_field_id (field, record), id);
        return g_strdup (id);
      }
    case DSP_KIND_TIME:
      return g_strdup_printf ("%" G_GINT64_FORMAT, dsp_field_time (field, record)->us);
    case DSP_KIND_DATE:
      return g_strdup_printf ("%d", dsp_field_date (field, record)->day);
    case DSP_KIND_INT:
      return g_strdup_printf ("%" G_GINT64_FORMAT, dsp_field_int (field, record)->value);
    case DSP_KIND_MONEY:
      return g_strdup_printf ("%" G_GINT64_FORMAT, dsp_field_money (field, record)->cents);
    }
  g_assert_not_reached ();
}

/* "uuid", or "uuid.value" where the value is base64url, so that it goes into an address as it is; "uuid." for none. */
char *
dsp_query_key (const DspQuery *query,
               gconstpointer   record)
{
  char id[DSP_ID_TEXT];
  g_autofree char *text = NULL;
  g_autofree char *packed = NULL;

  dsp_id_print (&((const DspRecord *) record)->id, id);
  if (query->sort == NULL)
    return g_strdup (id);
  if (dsp_field_is_none (query->sort, record))
    return g_strconcat (id, ".", NULL);
  text = key_text (query->sort, record);
  packed = g_base64_encode ((const guchar *) text, strlen (text));
  g_strdelimit (packed, "+", '-');
  g_strdelimit (packed, "/", '_');
  g_strdelimit (packed, "=", '\0');
  return g_strconcat (id, ".", packed, NULL);
}

static bool
unpack_value (DspBuild   *build,
              const char *packed,
              DspValue   *value)
{
  g_autofree char *padded = g_strconcat (packed, &"==="[3 - (4 - strlen (packed) % 4) % 4], NULL);
  gsize length;
  char *text;
  g_autofree guchar *bytes = NULL;

  g_strdelimit (padded, "-", '+');
  g_strdelimit (padded, "_", '/');
  bytes = g_base64_decode (padded, &length);
  if (length == 0 || memchr (bytes, '\0', length) != NULL || !g_utf8_validate_len ((const char *) bytes, length, NULL))
    return false;
  text = g_strndup ((const char *) bytes, length);
  g_ptr_array_add (build->owned, text);
  value->kind = value_kind (build->query->sort);
  value->text = text;
  if (value->kind == DSP_VALUE_INTEGER)
    return g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, &value->number, NULL);
  return value->kind == DSP_VALUE_TEXT || dsp_id_parse (text, length, &value->id);
}

static gboolean
read_key (DspBuild  *build,
          Key       *key,
          GError   **error)
{
  const char *after = build->query->after;
  const gsize id_length = DSP_ID_TEXT - 1;
  bool good;

  if (after == NULL)
    return TRUE;
  good = strlen (after) >= id_length && dsp_id_parse (after, id_length, &key->id);
  if (good && build->query->sort == NULL)
    {
      good = after[id_length] == '\0';
      key->kind = KEY_VALUE;
    }
  else if (good)
    {
      good = after[id_length] == '.';
      key->kind = good && after[id_length + 1] != '\0' ? KEY_VALUE : KEY_NULL;
      good = good && (key->kind == KEY_NULL || unpack_value (build, after + id_length + 1, &key->value));
    }
  if (!good)
    g_set_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_FAILED, "“%.80s” is no key of this list", after);
  return good;
}

/* A page may have two parts: rows with a value and rows without one. NULLs stand first upwards, last downwards. */
typedef enum { PART_WHOLE, PART_AFTER_VALUE, PART_AFTER_NULL, PART_VALUES, PART_NULLS, PART_END } Part;

static void
choose_parts (const DspQuery *query,
              const Key      *key,
              Part            parts[3])
{
  guint n = 0;

  if (key->kind == KEY_NONE)
    parts[n++] = PART_WHOLE;
  else if (key->kind == KEY_VALUE)
    {
      parts[n++] = PART_AFTER_VALUE;
      if (query->sort != NULL && query->descending)
        parts[n++] = PART_NULLS;
    }
  else
    {
      parts[n++] = PART_AFTER_NULL;
      if (!query->descending)
        parts[n++] = PART_VALUES;
    }
  parts[n] = PART_END;
}

static void
put_part (DspBuild  *build,
          Part       part,
          const Key *key)
{
  const DspField *sort = build->query->sort;
  char sign = build->query->descending ? '<' : '>';

  if (part == PART_WHOLE)
    return;
  dsp_build_and (build);
  if (part == PART_NULLS)
    g_string_append_printf (build->where, "\"%s\" IS NULL", sort->name);
  else if (part == PART_VALUES)
    g_string_append_printf (build->where, "\"%s\" IS NOT NULL", sort->name);
  else if (part == PART_AFTER_NULL)
    g_string_append_printf (build->where, "\"%s\" IS NULL AND \"id\" %c $%u", sort->name, sign, dsp_build_id (build, &key->id));
  else if (sort == NULL)
    g_string_append_printf (build->where, "\"id\" %c $%u", sign, dsp_build_id (build, &key->id));
  else
    {
      g_array_append_val (build->values, key->value);
      g_string_append_printf (build->where, "(\"%s\", \"id\") %c ($%u", sort->name, sign, build->values->len);
      g_string_append_printf (build->where, ", $%u)", dsp_build_id (build, &key->id));
    }
}

static void
put_order (GString        *sql,
           DspBuild       *build,
           guint           limit)
{
  const DspQuery *query = build->query;
  const char *direction = query->descending ? "DESC" : "ASC";
  const char *nulls = query->descending ? build->db->driver->nulls_last : build->db->driver->nulls_first;

  g_string_append (sql, " ORDER BY ");
  if (query->sort != NULL)
    g_string_append_printf (sql, "\"%s\" %s%s, ", query->sort->name, direction, nulls);
  g_string_append_printf (sql, "\"id\" %s%s", direction, nulls);
  /* Not bound: the planner looks at it. */
  if (limit > 0)
    g_string_append_printf (sql, " LIMIT %u", limit);
}

static guint64
mask_of (const DspQuery *query)
{
  guint64 mask = query->mask != 0 ? query->mask : DSP_FIELDS_ALL;

  if (query->sort != NULL)
    mask |= G_GUINT64_CONSTANT (1) << (query->sort - query->entity->table.fields);
  return mask;
}

static void
put_from (GString        *sql,
          const DspQuery *query)
{
  g_string_append_printf (sql, " FROM \"%s%s\"", query->prefix != NULL ? query->prefix : "", query->entity->table.name);
}

/* Which rows, without their fields: filtering and ordering can be done in an index, and whole rows are fetched only for
 * the page. With several scopes no index gives the order; each scope's own does, and few rows are left to merge. */
static void
put_choice (GString  *sql,
            DspBuild *build,
            bool      merged,
            guint     limit)
{
  const GArray *scopes = build->query->scopes;
  guint n_parts = merged ? scopes->len : 1;

  for (guint i = 0; i < n_parts; i++)
    {
      g_string_append (sql, i > 0 ? " UNION ALL SELECT * FROM (SELECT \"_row\"" : merged ? "SELECT * FROM (SELECT \"_row\"" : "SELECT \"_row\"");
      put_from (sql, build->query);
      if (merged)
        g_string_append_printf (sql, " WHERE \"scope\" = $%u%s%s", dsp_build_id (build, &g_array_index (scopes, DspId, i)),
                                build->where->len > 0 ? " AND " : "", build->where->str);
      else if (build->where->len > 0)
        g_string_append_printf (sql, " WHERE %s", build->where->str);
      put_order (sql, build, limit);
      if (merged)
        g_string_append (sql, ") AS part");
    }
}

static void
put_select (GString  *sql,
            DspBuild *build,
            bool      merged,
            guint     limit)
{
  g_string_append (sql, "SELECT ");
  dsp_columns_append (sql, build->query->entity, mask_of (build->query));
  put_from (sql, build->query);
  g_string_append (sql, " WHERE \"_row\" IN (");
  put_choice (sql, build, merged, limit);
  g_string_append_c (sql, ')');
  put_order (sql, build, limit);
}

static DspStmt *
prepare (DspBuild    *build,
         const char  *sql,
         GError     **error)
{
  DspStmt *stmt = dsp_db_prepare (build->db, sql, error);

  for (guint i = 0; stmt != NULL && i < build->values->len; i++)
    {
      const DspValue *value = &g_array_index (build->values, DspValue, i);

      switch (value->kind)
        {
        case DSP_VALUE_INTEGER:
          dsp_stmt_bind_int (stmt, (int) i + 1, value->number);
          break;
        case DSP_VALUE_TEXT:
          dsp_stmt_bind_text (stmt, (int) i + 1, value->text, -1);
          break;
        case DSP_VALUE_ID: /* a condition on the id of none matches nothing, not what has none */
          dsp_stmt_bind_blob (stmt, (int) i + 1, value->id.b, sizeof value->id.b);
          break;
        }
    }
  return stmt;
}

static gboolean
read_part (DspDb           *db,
           const DspQuery  *query,
           Part             part,
           const Key       *key,
           guint           *n_left,
           DspEach          each,
           gpointer         user_data,
           bool            *stopped,
           char           **next,
           GError         **error)
{
  g_auto(DspBuild) build;
  g_autoptr(GString) sql = g_string_new (NULL);
  g_autoptr(DspStmt) stmt = NULL;
  bool merged = !dsp_query_sees_all (query) && query->scopes->len > 1 && query->scopes->len <= MAX_MERGED && query->limit > 0;
  gpointer record;
  DspStep step = DSP_STEP_DONE;

  dsp_build_init (&build, db, query);
  dsp_build_filter (&build);
  if (!merged)
    dsp_build_scopes (&build);
  put_part (&build, part, key);
  /* One row more than asked for tells whether there is a next page. */
  put_select (sql, &build, merged, query->limit > 0 ? *n_left + 1 : 0);
  stmt = prepare (&build, sql->str, error);
  if (stmt == NULL)
    return FALSE;

  record = dsp_record_new (query->entity);
  while (!*stopped && (step = dsp_stmt_step (stmt, error)) == DSP_STEP_ROW)
    {
      if (query->limit > 0 && *n_left == 0)
        {
          /* *next is the key of the row before this one. */
          *stopped = true;
          dsp_record_free (query->entity, record);
          return TRUE;
        }
      dsp_table_clear (&query->entity->table, record);
      dsp_columns_read (stmt, 0, query->entity, mask_of (query), record);
      if (query->limit > 0 && --*n_left == 0)
        *next = dsp_query_key (query, record);
      if (!each (record, user_data))
        {
          *stopped = true;
          g_clear_pointer (next, g_free);
        }
    }
  dsp_record_free (query->entity, record);
  return step != DSP_STEP_FAILED;
}

gboolean
dsp_query_rows (DspDb           *db,
                const DspQuery  *query,
                DspEach          each,
                gpointer         user_data,
                char           **next,
                GError         **error)
{
  g_auto(DspBuild) scratch;
  Key key = { .kind = KEY_NONE };
  Part parts[3];
  guint n_left = query->limit;
  bool stopped = false;
  g_autofree char *last = NULL;

  dsp_build_init (&scratch, db, query);
  if (!read_key (&scratch, &key, error))
    return FALSE;
  choose_parts (query, &key, parts);
  for (guint i = 0; parts[i] != PART_END && !stopped; i++)
    if (!read_part (db, query, parts[i], &key, &n_left, each, user_data, &stopped, &last, error))
      return FALSE;
  /* A page that is full and yet met no further row was the last. */
  if (next != NULL)
    *next = stopped ? g_steal_pointer (&last) : NULL;
  return TRUE;
}

gboolean
dsp_query_counts (DspDb           *db,
                  const DspQuery  *query,
                  const DspField  *by,
                  DspCountFunc     count,
                  gpointer         user_data,
                  GError         **error)
{
  g_auto(DspBuild) build;
  g_autoptr(GString) sql = g_string_new ("SELECT ");
  g_autoptr(DspStmt) stmt = NULL;
  DspStep step;

  g_return_val_if_fail (by == NULL || value_kind (by) == DSP_VALUE_TEXT, FALSE);

  dsp_build_init (&build, db, query);
  dsp_build_filter (&build);
  dsp_build_scopes (&build);
  if (by != NULL)
    g_string_append_printf (sql, "\"%s\", ", by->name);
  g_string_append_printf (sql, "count(*) FROM \"%s%s\"", query->prefix != NULL ? query->prefix : "", query->entity->table.name);
  if (build.where->len > 0)
    g_string_append_printf (sql, " WHERE %s", build.where->str);
  /* With a condition its index is to be read, not the one that has the groups in order. */
  if (by != NULL)
    {
      g_string_append (sql, " GROUP BY ");
      dsp_query_put_words (sql, build.where->len > 0 ? db->driver->group_apart : "\"@\"", by);
    }
  stmt = prepare (&build, sql->str, error);
  if (stmt == NULL)
    return FALSE;
  while ((step = dsp_stmt_step (stmt, error)) == DSP_STEP_ROW)
    count (by != NULL ? dsp_stmt_text (stmt, 0, NULL) : NULL, dsp_stmt_int (stmt, by != NULL ? 1 : 0), user_data);
  return step != DSP_STEP_FAILED;
}
