/* dsp-query-where.c: filters and scopes as the WHERE of a query
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Text and values are made together in one pass. Names come from the field tables; every value is bound.
 */
#define G_LOG_DOMAIN "dsp-store"

#include "config.h"
#include "dsp-query-private.h"
#include "dsp-search.h"

#include <string.h>

void
dsp_build_clear (DspBuild *build)
{
  g_string_free (build->where, TRUE);
  g_array_unref (build->values);
  g_ptr_array_unref (build->owned);
}

void
dsp_build_init (DspBuild       *build,
                DspDb          *db,
                const DspQuery *query)
{
  build->query = query;
  build->db = db;
  build->where = g_string_new (NULL);
  build->values = g_array_new (FALSE, FALSE, sizeof (DspValue));
  build->owned = g_ptr_array_new_with_free_func (g_free);
}

/* Returns: the number of its "$". */
guint
dsp_build_int (DspBuild *build,
               gint64    number)
{
  DspValue value = { .kind = DSP_VALUE_INTEGER, .number = number };

  g_array_append_val (build->values, value);
  return build->values->len;
}

guint
dsp_build_text (DspBuild   *build,
                const char *text)
{
  DspValue value = { .kind = DSP_VALUE_TEXT, .text = text };

  g_array_append_val (build->values, value);
  return build->values->len;
}

guint
dsp_build_id (DspBuild    *build,
              const DspId *id)
{
  DspValue value = { .kind = DSP_VALUE_ID, .id = *id };

  g_array_append_val (build->values, value);
  return build->values->len;
}

void
dsp_build_and (DspBuild *build)
{
  if (build->where->len > 0)
    g_string_append (build->where, " AND ");
}

/* A driver's own words, with the column's name in them. */
void
dsp_query_put_words (GString        *sql,
                     const char     *words,
                     const DspField *field)
{
  for (const char *p = words; *p != '\0'; p++)
    if (*p == '@')
      g_string_append (sql, field->name);
    else
      g_string_append_c (sql, *p);
}

/* ---- conditions ---- */

/* Whether the alternative is one value, which stands with others in an IN. */
static bool
is_equal (const DspAlternative *a)
{
  return a->op == DSP_OP_EQUAL;
}

static guint
add_equal (DspBuild             *build,
           const DspField       *field,
           const DspAlternative *a)
{
  switch ((DspKind) field->kind)
    {
    case DSP_KIND_TEXT:
    case DSP_KIND_LIST:
      return dsp_build_text (build, a->text);
    case DSP_KIND_ID:
      return dsp_build_id (build, &a->id);
    case DSP_KIND_WORD:
      return dsp_build_text (build, a->from >= 0 && a->from < field->words->n ? field->words->list[a->from].name : NULL);
    case DSP_KIND_YES_NO:
      return dsp_build_text (build, a->from == DSP_YES ? "yes" : "no");
    case DSP_KIND_TIME:
    case DSP_KIND_DATE:
    case DSP_KIND_INT:
    case DSP_KIND_MONEY:
      return dsp_build_int (build, a->from);
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
put_prefix (DspBuild   *build,
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
  g_string_append_printf (build->where, "(%s >= $%u", column, dsp_build_text (build, prefix));
  if (behind != NULL)
    {
      g_ptr_array_add (build->owned, behind);
      g_string_append_printf (build->where, " AND %s < $%u", column, dsp_build_text (build, behind));
    }
  g_string_append_c (build->where, ')');
}

static void
put_range (DspBuild             *build,
           const DspField       *field,
           const char           *column,
           const DspAlternative *a)
{
  bool text = field->kind == DSP_KIND_TEXT || field->kind == DSP_KIND_LIST;
  bool has_from = text ? a->text != NULL : a->from != G_MININT64;
  bool has_to = text ? a->text_to != NULL : a->to != G_MAXINT64;

  g_string_append_c (build->where, '(');
  if (has_from)
    g_string_append_printf (build->where, "%s >= $%u", column, text ? dsp_build_text (build, a->text) : dsp_build_int (build, a->from));
  if (has_from && has_to)
    g_string_append (build->where, " AND ");
  if (has_to)
    g_string_append_printf (build->where, "%s %s $%u", column, field->kind == DSP_KIND_TIME ? "<" : "<=",
                            text ? dsp_build_text (build, a->text_to) : dsp_build_int (build, a->to));
  if (!has_from && !has_to)
    g_string_append_printf (build->where, "%s IS NOT NULL", column);
  g_string_append_c (build->where, ')');
}

/* One alternative that is not a plain value. */
static void
put_other (DspBuild             *build,
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
put_alternatives (DspBuild           *build,
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
put_list (DspBuild           *build,
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
      g_string_append (build->where, "EXISTS (SELECT 1 FROM ");
      dsp_query_put_words (build->where, build->db->driver->list_items, condition->field);
      g_string_append (build->where, " AS item WHERE ");
      if (is_equal (a))
        g_string_append_printf (build->where, "item.value = $%u", dsp_build_text (build, a->text));
      else
        put_other (build, condition->field, "item.value", a);
      g_string_append_c (build->where, ')');
    }
}

/* An order's scope is its distributor (dsp_entity.scope), and the index is on the scope. */
static void
put_implied_scope (DspBuild           *build,
                   const DspCondition *condition)
{
  for (guint i = 0; i < condition->any->len; i++)
    if (!is_equal (&g_array_index (condition->any, DspAlternative, i)))
      return;
  for (guint i = 0; i < condition->any->len; i++)
    g_string_append_printf (build->where, "%s$%u", i == 0 ? " AND \"scope\" IN (" : ", ",
                            dsp_build_id (build, &g_array_index (condition->any, DspAlternative, i).id));
  g_string_append_c (build->where, ')');
}

static void
put_condition (DspBuild           *build,
               const DspCondition *condition)
{
  g_autofree char *column = g_strdup_printf ("\"%s\"", condition->field->name);

  dsp_build_and (build);
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
put_penalized (DspBuild        *build,
               const DspFilter *filter)
{
  gint64 now_us = build->query->now_us;

  if (filter->penalized == DSP_PENALIZED_ANY)
    return;
  dsp_build_and (build);
  if (filter->penalized == DSP_PENALIZED_WITHIN)
    {
      g_string_append_printf (build->where, "\"status\" IN (" OPEN ") AND \"penalty_at\" > $%u AND \"penalty_at\" <= $%u"
                              " AND \"penalized_at\" IS NULL AND \"stopped_at\" IS NULL AND coalesce(\"excused\", '') <> 'yes'",
                              dsp_build_int (build, now_us),
                              dsp_build_int (build, now_us + filter->within_hours * G_TIME_SPAN_HOUR));
      return;
    }
  g_string_append_printf (build->where,
                          "(coalesce(\"excused\", '') <> 'yes' AND (\"penalized_at\" <= $%u OR"
                          " (\"penalized_at\" IS NULL AND \"penalty_at\" <= $%u AND"
                          " ((\"status\" = 'closed' AND coalesce(\"closed_at\", 0) > \"penalty_at\") OR"
                          " (\"status\" IN (" OPEN ", 'rejected') AND \"stopped_at\" IS NULL))))) IS %sTRUE",
                          dsp_build_int (build, now_us), dsp_build_int (build, now_us), filter->penalized == DSP_PENALIZED_NO ? "NOT " : "");
}

static void
put_words (DspBuild        *build,
           const DspFilter *filter)
{
  char *folded;
  g_auto(GStrv) words = NULL;

  if (filter->words == NULL)
    return;
  if (dsp_search_mask (build->query->entity) == 0)
    {
      dsp_build_and (build);
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
        dsp_build_and (build);
        g_string_append_printf (build->where, "%s(\"_search\", $%u) > 0", build->db->driver->position, dsp_build_text (build, words[i]));
        g_ptr_array_add (build->owned, g_strdup (words[i]));
        g_array_index (build->values, DspValue, build->values->len - 1).text =
            g_ptr_array_index (build->owned, build->owned->len - 1);
      }
}

void
dsp_build_filter (DspBuild *build)
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

bool
dsp_query_sees_all (const DspQuery *query)
{
  if (query->scopes == NULL)
    return true;
  for (guint i = 0; i < query->scopes->len; i++)
    if (dsp_id_equal (&g_array_index (query->scopes, DspId, i), &dsp_scope_all))
      return true;
  return false;
}

void
dsp_build_scopes (DspBuild *build)
{
  const GArray *scopes = build->query->scopes;

  if (dsp_query_sees_all (build->query))
    return;
  dsp_build_and (build);
  if (scopes->len == 0)
    {
      g_string_append (build->where, "1 = 0");
      return;
    }
  g_string_append (build->where, "\"scope\" IN (");
  for (guint i = 0; i < scopes->len; i++)
    g_string_append_printf (build->where, "%s$%u", i > 0 ? ", " : "", dsp_build_id (build, &g_array_index (scopes, DspId, i)));
  g_string_append_c (build->where, ')');
}
