/* dsp-query.c: lists and counts from filters
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A query is text with "$1" … and the values beside it. Text and values are made together in one pass; equal shapes of
 * filters make equal texts, so that the statement is found prepared.
 */
#define G_LOG_DOMAIN "dsp-store"

#include "config.h"
#include "dsp-query.h"

#include "dsp-search.h"
#include "dsp-table-private.h"

#include <string.h>

/* Up to this many scopes, each is read in order by an index of its own and the parts are merged. */
#define MAX_MERGED 16

typedef struct {
  enum { INTEGER, TEXT, ID } kind;
  gint64      number;
  DspId       id;
  const char *text;  /* the filter's, or in Query.owned */
} Value;

typedef struct {
  const DspQuery *query;
  DspDb          *db;
  GString        *where;  /* (owned) conditions joined by AND; "" if there is none */
  GArray         *values; /* (owned) of Value */
  GPtrArray      *owned;  /* (owned) texts that had to be made */
} Build;

static void
build_clear (Build *build)
{
  g_string_free (build->where, TRUE);
  g_array_unref (build->values);
  g_ptr_array_unref (build->owned);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Build, build_clear)

static void
build_init (Build          *build,
            DspDb          *db,
            const DspQuery *query)
{
  build->query = query;
  build->db = db;
  build->where = g_string_new (NULL);
  build->values = g_array_new (FALSE, FALSE, sizeof (Value));
  build->owned = g_ptr_array_new_with_free_func (g_free);
}

/* Returns: the number of its "$". */
static guint
add_int (Build *build,
         gint64 number)
{
  Value value = { .kind = INTEGER, .number = number };

  g_array_append_val (build->values, value);
  return build->values->len;
}

static guint
add_text (Build      *build,
          const char *text)
{
  Value value = { .kind = TEXT, .text = text };

  g_array_append_val (build->values, value);
  return build->values->len;
}

static guint
add_id (Build       *build,
        const DspId *id)
{
  Value value = { .kind = ID, .id = *id };

  g_array_append_val (build->values, value);
  return build->values->len;
}

static void
and (Build *build)
{
  if (build->where->len > 0)
    g_string_append (build->where, " AND ");
}

/* ---- conditions ---- */

/* Whether the alternative is one value, which stands with others in an IN. */
static bool
is_equal (const DspAlternative *a)
{
  return a->op == DSP_OP_EQUAL;
}

static guint
add_equal (Build                *build,
           const DspField       *field,
           const DspAlternative *a)
{
  switch ((DspKind) field->kind)
    {
    case DSP_KIND_TEXT:
    case DSP_KIND_LIST:
      return add_text (build, a->text);
    case DSP_KIND_ID:
      return add_id (build, &a->id);
    case DSP_KIND_WORD:
      return add_text (build, a->from >= 0 && a->from < field->words->n ? field->words->list[a->from].name : NULL);
    case DSP_KIND_YES_NO:
      return add_text (build, a->from == DSP_YES ? "yes" : "no");
    case DSP_KIND_TIME:
    case DSP_KIND_DATE:
    case DSP_KIND_INT:
    case DSP_KIND_MONEY:
      return add_int (build, a->from);
    }
  g_assert_not_reached ();
}

/* The first text behind all that begin with @prefix: its last character, one further. NULL: there is none. */
static char *
behind_prefix (const char *prefix)
{
  GString *text = g_string_new (prefix);

  while (text->len > 0)
    {
      char *last = g_utf8_find_prev_char (text->str, text->str + text->len);
      gunichar c = g_utf8_get_char (last);

      g_string_truncate (text, (gsize) (last - text->str));
      if (c < 0x10ffff)
        {
          g_string_append_unichar (text, c == 0xd7ff ? 0xe000 : c + 1);
          return g_string_free (text, FALSE);
        }
    }
  g_string_free (text, TRUE);
  return NULL;
}

static void
put_prefix (Build      *build,
            const char *column,
            const char *prefix)
{
  char *behind = behind_prefix (prefix);

  if (*prefix == '\0')
    {
      g_string_append_printf (build->where, "%s IS NOT NULL", column);
      g_free (behind);
      return;
    }
  g_string_append_printf (build->where, "(%s >= $%u", column, add_text (build, prefix));
  if (behind != NULL)
    {
      g_ptr_array_add (build->owned, behind);
      g_string_append_printf (build->where, " AND %s < $%u", column, add_text (build, behind));
    }
  g_string_append_c (build->where, ')');
}

static void
put_range (Build                *build,
           const DspField       *field,
           const char           *column,
           const DspAlternative *a)
{
  bool text = field->kind == DSP_KIND_TEXT || field->kind == DSP_KIND_LIST;
  bool has_from = text ? a->text != NULL : a->from != G_MININT64;
  bool has_to = text ? a->text_to != NULL : a->to != G_MAXINT64;

  g_string_append_c (build->where, '(');
  if (has_from)
    g_string_append_printf (build->where, "%s >= $%u", column, text ? add_text (build, a->text) : add_int (build, a->from));
  if (has_from && has_to)
    g_string_append (build->where, " AND ");
  if (has_to)
    g_string_append_printf (build->where, "%s %s $%u", column, field->kind == DSP_KIND_TIME ? "<" : "<=",
                            text ? add_text (build, a->text_to) : add_int (build, a->to));
  if (!has_from && !has_to)
    g_string_append_printf (build->where, "%s IS NOT NULL", column);
  g_string_append_c (build->where, ')');
}

/* One alternative that is not a plain value. */
static void
put_other (Build                *build,
           const DspField       *field,
           const char           *column,
           const DspAlternative *a)
{
  switch (a->op)
    {
    case DSP_OP_PREFIX:
      put_prefix (build, column, a->text);
      return;
    case DSP_OP_RANGE:
      put_range (build, field, column, a);
      return;
    case DSP_OP_NONE:
      g_string_append_printf (build->where, "%s IS NULL", column);
      return;
    case DSP_OP_ANY:
      g_string_append_printf (build->where, "%s IS NOT NULL", column);
      return;
    case DSP_OP_EQUAL:
      break;
    }
  g_assert_not_reached ();
}

static void
put_alternatives (Build              *build,
                  const DspCondition *condition,
                  const char         *column)
{
  const DspField *field = condition->field;
  const char *join = "";
  guint n_equal = 0, n_put = 0;

  for (guint i = 0; i < condition->any->len; i++)
    n_equal += is_equal (&g_array_index (condition->any, DspAlternative, i));
  for (guint i = 0; i < condition->any->len && n_equal > 0; i++)
    {
      const DspAlternative *a = &g_array_index (condition->any, DspAlternative, i);

      if (!is_equal (a))
        continue;
      if (n_put == 0)
        g_string_append_printf (build->where, n_equal > 1 ? "%s IN (" : "%s = ", column);
      g_string_append_printf (build->where, "%s$%u", n_put > 0 ? ", " : "", add_equal (build, field, a));
      n_put++;
      join = " OR ";
    }
  if (n_equal > 1)
    g_string_append_c (build->where, ')');
  for (guint i = 0; i < condition->any->len; i++)
    if (!is_equal (&g_array_index (condition->any, DspAlternative, i)))
      {
        g_string_append (build->where, join);
        put_other (build, field, column, &g_array_index (condition->any, DspAlternative, i));
        join = " OR ";
      }
}

/* A list matches by any of its items; none and any look at the list itself. */
static void
put_list (Build              *build,
          const DspCondition *condition)
{
  const char *join = "";

  for (guint i = 0; i < condition->any->len; i++)
    {
      DspAlternative *a = &g_array_index (condition->any, DspAlternative, i);

      g_string_append (build->where, join);
      join = " OR ";
      if (a->op == DSP_OP_NONE || a->op == DSP_OP_ANY)
        {
          g_string_append_printf (build->where, "\"%s\" IS %sNULL", condition->field->name, a->op == DSP_OP_ANY ? "NOT " : "");
          continue;
        }
      g_string_append_printf (build->where, "EXISTS (SELECT 1 FROM %s(\"%s\") AS item WHERE ", build->db->driver->list_items,
                              condition->field->name);
      if (is_equal (a))
        g_string_append_printf (build->where, "item.value = $%u", add_text (build, a->text));
      else
        put_other (build, condition->field, "item.value", a);
      g_string_append_c (build->where, ')');
    }
}

/* An order's scope is its distributor (dsp_entity.scope), and the index is on the scope. */
static void
put_implied_scope (Build              *build,
                   const DspCondition *condition)
{
  for (guint i = 0; i < condition->any->len; i++)
    if (!is_equal (&g_array_index (condition->any, DspAlternative, i)))
      return;
  for (guint i = 0; i < condition->any->len; i++)
    g_string_append_printf (build->where, "%s$%u", i == 0 ? " AND \"scope\" IN (" : ", ",
                            add_id (build, &g_array_index (condition->any, DspAlternative, i).id));
  g_string_append_c (build->where, ')');
}

static void
put_condition (Build              *build,
               const DspCondition *condition)
{
  g_autofree char *column = g_strdup_printf ("\"%s\"", condition->field->name);

  and (build);
  if (condition->any->len == 0) /* nothing may hold */
    g_string_append (build->where, "1 = 0");
  g_string_append (build->where, condition->any->len > 0 ? "(" : "");
  if (condition->field->kind == DSP_KIND_LIST)
    put_list (build, condition);
  else
    put_alternatives (build, condition, column);
  g_string_append (build->where, condition->any->len > 0 ? ")" : "");
  if (condition->any->len == 0)
    return;
  if (condition->field == dsp_table_at (&dsp_order.table, offsetof (DspOrder, distributor_id)))
    put_implied_scope (build, condition);
}

#define OPEN "'unassigned', 'assigned', 'in_progress', 'to_reschedule'"

/* dsp_order_is_penalized() in SQL. The OR of "yes" is of no index; "within" is a range of penalties. */
static void
put_penalized (Build           *build,
               const DspFilter *filter)
{
  gint64 now_us = build->query->now_us;

  if (filter->penalized == DSP_PENALIZED_ANY)
    return;
  and (build);
  if (filter->penalized == DSP_PENALIZED_WITHIN)
    {
      g_string_append_printf (build->where, "\"status\" IN (" OPEN ") AND \"penalty_at\" > $%u AND \"penalty_at\" <= $%u",
                              add_int (build, now_us),
                              add_int (build, now_us + filter->within_hours * G_TIME_SPAN_HOUR));
      return;
    }
  g_string_append_printf (build->where,
                          "(\"penalty_at\" IS NOT NULL AND"
                          " ((\"status\" = 'closed' AND coalesce(\"closed_at\", 0) > \"penalty_at\") OR"
                          " (\"status\" IN (" OPEN ", 'rejected') AND"
                          " \"penalty_at\" <= $%u))) IS %sTRUE",
                          add_int (build, now_us), filter->penalized == DSP_PENALIZED_NO ? "NOT " : "");
}

static void
put_words (Build           *build,
           const DspFilter *filter)
{
  char *folded;
  g_auto(GStrv) words = NULL;

  if (filter->words == NULL)
    return;
  if (dsp_search_mask (build->query->entity) == 0)
    {
      and (build);
      g_string_append (build->where, "1 = 0");
      return;
    }
  folded = dsp_fold (filter->words);
  words = g_strsplit (folded, " ", -1);
  g_free (folded);
  /* Blanks alone ask for what any searchable text has: the empty word. */
  for (guint i = 0; words[i] != NULL; i++)
    if (*words[i] != '\0')
      {
        and (build);
        g_string_append_printf (build->where, "%s(\"_search\", $%u) > 0", build->db->driver->position, add_text (build, words[i]));
        g_ptr_array_add (build->owned, g_strdup (words[i]));
        g_array_index (build->values, Value, build->values->len - 1).text =
            g_ptr_array_index (build->owned, build->owned->len - 1);
      }
}

static void
put_filter (Build *build)
{
  const DspFilter *filter = build->query->filter;

  if (filter == NULL)
    return;
  for (guint i = 0; i < filter->conditions->len; i++)
    put_condition (build, &g_array_index (filter->conditions, DspCondition, i));
  put_penalized (build, filter);
  put_words (build, filter);
}

/* ---- scopes ---- */

static bool
sees_all (const DspQuery *query)
{
  if (query->scopes == NULL)
    return true;
  for (guint i = 0; i < query->scopes->len; i++)
    if (dsp_id_equal (&g_array_index (query->scopes, DspId, i), &dsp_scope_all))
      return true;
  return false;
}

static void
put_scopes (Build *build)
{
  const GArray *scopes = build->query->scopes;

  if (sees_all (build->query))
    return;
  and (build);
  if (scopes->len == 0)
    {
      g_string_append (build->where, "1 = 0");
      return;
    }
  g_string_append (build->where, "\"scope\" IN (");
  for (guint i = 0; i < scopes->len; i++)
    g_string_append_printf (build->where, "%s$%u", i > 0 ? ", " : "", add_id (build, &g_array_index (scopes, DspId, i)));
  g_string_append_c (build->where, ')');
}

/* ---- order and pages ---- */

typedef enum { KEY_NONE, KEY_NULL, KEY_VALUE } KeyKind;

typedef struct {
  KeyKind kind;   /* NONE: from the start */
  Value   value;  /* of the sort field */
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
      return TEXT;
    case DSP_KIND_ID:
      return ID;
    case DSP_KIND_TIME:
    case DSP_KIND_DATE:
    case DSP_KIND_INT:
    case DSP_KIND_MONEY:
      return INTEGER;
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
unpack_value (Build      *build,
              const char *packed,
              Value      *value)
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
  if (value->kind == INTEGER)
    return g_ascii_string_to_signed (text, 10, G_MININT64, G_MAXINT64, &value->number, NULL);
  return value->kind == TEXT || dsp_id_parse (text, length, &value->id);
}

static gboolean
read_key (Build   *build,
          Key     *key,
          GError **error)
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
put_part (Build     *build,
          Part       part,
          const Key *key)
{
  const DspField *sort = build->query->sort;
  char sign = build->query->descending ? '<' : '>';

  if (part == PART_WHOLE)
    return;
  and (build);
  if (part == PART_NULLS)
    g_string_append_printf (build->where, "\"%s\" IS NULL", sort->name);
  else if (part == PART_VALUES)
    g_string_append_printf (build->where, "\"%s\" IS NOT NULL", sort->name);
  else if (part == PART_AFTER_NULL)
    g_string_append_printf (build->where, "\"%s\" IS NULL AND \"id\" %c $%u", sort->name, sign, add_id (build, &key->id));
  else if (sort == NULL)
    g_string_append_printf (build->where, "\"id\" %c $%u", sign, add_id (build, &key->id));
  else
    {
      g_array_append_val (build->values, key->value);
      g_string_append_printf (build->where, "(\"%s\", \"id\") %c ($%u", sort->name, sign, build->values->len);
      g_string_append_printf (build->where, ", $%u)", add_id (build, &key->id));
    }
}

static void
put_order (GString        *sql,
           const DspQuery *query,
           guint           limit)
{
  const char *direction = query->descending ? "DESC" : "ASC";

  g_string_append (sql, " ORDER BY ");
  if (query->sort != NULL)
    g_string_append_printf (sql, "\"%s\" %s, ", query->sort->name, direction);
  g_string_append_printf (sql, "\"id\" %s", direction);
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
put_choice (GString *sql,
            Build   *build,
            bool     merged,
            guint    limit)
{
  const GArray *scopes = build->query->scopes;
  guint n_parts = merged ? scopes->len : 1;

  for (guint i = 0; i < n_parts; i++)
    {
      g_string_append (sql, i > 0 ? " UNION ALL SELECT * FROM (SELECT \"_row\"" : merged ? "SELECT * FROM (SELECT \"_row\"" : "SELECT \"_row\"");
      put_from (sql, build->query);
      if (merged)
        g_string_append_printf (sql, " WHERE \"scope\" = $%u%s%s", add_id (build, &g_array_index (scopes, DspId, i)),
                                build->where->len > 0 ? " AND " : "", build->where->str);
      else if (build->where->len > 0)
        g_string_append_printf (sql, " WHERE %s", build->where->str);
      put_order (sql, build->query, limit);
      if (merged)
        g_string_append_c (sql, ')');
    }
}

static void
put_select (GString *sql,
            Build   *build,
            bool     merged,
            guint    limit)
{
  g_string_append (sql, "SELECT ");
  dsp_columns_append (sql, build->query->entity, mask_of (build->query));
  put_from (sql, build->query);
  g_string_append (sql, " WHERE \"_row\" IN (");
  put_choice (sql, build, merged, limit);
  g_string_append_c (sql, ')');
  put_order (sql, build->query, limit);
}

static DspStmt *
prepare (Build      *build,
         const char *sql,
         GError    **error)
{
  DspStmt *stmt = dsp_db_prepare (build->db, sql, error);

  for (guint i = 0; stmt != NULL && i < build->values->len; i++)
    {
      const Value *value = &g_array_index (build->values, Value, i);

      switch (value->kind)
        {
        case INTEGER:
          dsp_stmt_bind_int (stmt, (int) i + 1, value->number);
          break;
        case TEXT:
          dsp_stmt_bind_text (stmt, (int) i + 1, value->text, -1);
          break;
        case ID: /* a condition on the id of none matches nothing, not what has none */
          dsp_stmt_bind_blob (stmt, (int) i + 1, value->id.b, sizeof value->id.b);
          break;
        }
    }
  return stmt;
}

static gboolean
read_part (DspDb          *db,
           const DspQuery *query,
           Part            part,
           const Key      *key,
           guint          *n_left,
           DspEach         each,
           gpointer        user_data,
           bool           *stopped,
           char          **next,
           GError        **error)
{
  g_auto(Build) build;
  g_autoptr(GString) sql = g_string_new (NULL);
  g_autoptr(DspStmt) stmt = NULL;
  bool merged = !sees_all (query) && query->scopes->len > 1 && query->scopes->len <= MAX_MERGED && query->limit > 0;
  gpointer record;
  DspStep step = DSP_STEP_DONE;

  build_init (&build, db, query);
  put_filter (&build);
  if (!merged)
    put_scopes (&build);
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
dsp_query_rows (DspDb          *db,
                const DspQuery *query,
                DspEach         each,
                gpointer        user_data,
                char          **next,
                GError        **error)
{
  g_auto(Build) scratch;
  Key key = { .kind = KEY_NONE };
  Part parts[3];
  guint n_left = query->limit;
  bool stopped = false;
  g_autofree char *last = NULL;

  build_init (&scratch, db, query);
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
dsp_query_counts (DspDb          *db,
                  const DspQuery *query,
                  const DspField *by,
                  DspCountFunc    count,
                  gpointer        user_data,
                  GError        **error)
{
  g_auto(Build) build;
  g_autoptr(GString) sql = g_string_new ("SELECT ");
  g_autoptr(DspStmt) stmt = NULL;
  DspStep step;

  g_return_val_if_fail (by == NULL || value_kind (by) == TEXT, FALSE);

  build_init (&build, db, query);
  put_filter (&build);
  put_scopes (&build);
  if (by != NULL)
    g_string_append_printf (sql, "\"%s\", ", by->name);
  g_string_append_printf (sql, "count(*) FROM \"%s%s\"", query->prefix != NULL ? query->prefix : "", query->entity->table.name);
  if (build.where->len > 0)
    g_string_append_printf (sql, " WHERE %s", build.where->str);
  /* With a condition its index is to be read, not the one that has the groups in order. */
  if (by != NULL)
    g_string_append_printf (sql, build.where->len > 0 ? " GROUP BY coalesce(\"%s\", NULL)" : " GROUP BY \"%s\"", by->name);
  stmt = prepare (&build, sql->str, error);
  if (stmt == NULL)
    return FALSE;
  while ((step = dsp_stmt_step (stmt, error)) == DSP_STEP_ROW)
    count (by != NULL ? dsp_stmt_text (stmt, 0, NULL) : NULL, dsp_stmt_int (stmt, by != NULL ? 1 : 0), user_data);
  return step != DSP_STEP_FAILED;
}
