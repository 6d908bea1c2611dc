/* test-query.c: SQL answers what dsp_filter_matches() answers, page by page
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-query.h"
#include "dsp-schema.h"
#include "dsp-search.h"
#include "dsp-table.h"
#include "store-util.h"

#include <string.h>

#define N_RECORDS 300
#define NOW G_GINT64_CONSTANT (1700000000000000)

typedef struct {
  TestPlace  place;
  DspDb     *db;
  GRand     *rand;
  const DspEntity *entity;
  GPtrArray *records; /* of records of entity */
} Fixture;

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  test_place_open (&f->place);
  f->db = test_db_open (&f->place, DSP_DB_CREATE);
  dsp_schema_open (f->db, &dsp_schema_replica, &error);
  g_assert_no_error (error);
  f->rand = g_rand_new_with_seed (g_test_rand_int ());
  f->records = g_ptr_array_new ();
}

static void
forget_records (Fixture *f)
{
  for (guint i = 0; i < f->records->len; i++)
    dsp_record_free (f->entity, g_ptr_array_index (f->records, i));
  g_ptr_array_set_size (f->records, 0);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  forget_records (f);
  g_ptr_array_unref (f->records);
  g_rand_free (f->rand);
  dsp_db_close (f->db);
  test_place_close (&f->place);
}

/* Few values, so that filters find something and rows tie. */
static void
coarsen (Fixture        *f,
         const DspField *field,
         gpointer        record)
{
  static const char *const texts[] = { "a", "ab", "abc", "b", "ñandú", "García López", "GARCIA", "03100", "03199", "%_", "zz\"'" };

  bool dated = field->kind == DSP_KIND_TIME || field->kind == DSP_KIND_DATE; /* not every number is a day that can be written */

  if (dsp_field_is_none (field, record) || (!dated && g_rand_int_range (f->rand, 0, 8) == 0))
    return;
  switch ((DspKind) field->kind)
    {
    case DSP_KIND_TEXT:
      if (!(field->flags & DSP_UNIQUE))
        dsp_set_text (dsp_field_text (field, record), texts[g_rand_int_range (f->rand, 0, G_N_ELEMENTS (texts))]);
      return;
    case DSP_KIND_ID:
      *dsp_field_id (field, record) = (DspId) { { (guint8) g_rand_int_range (f->rand, 1, 6) } };
      return;
    case DSP_KIND_TIME:
      dsp_field_time (field, record)->us = NOW + g_rand_int_range (f->rand, -6, 7) * G_TIME_SPAN_HOUR;
      return;
    case DSP_KIND_DATE:
      dsp_field_date (field, record)->day = g_rand_int_range (f->rand, 19000, 19010);
      return;
    case DSP_KIND_INT:
      dsp_field_int (field, record)->value = g_rand_int_range (f->rand, -2, 6);
      return;
    case DSP_KIND_MONEY:
      dsp_field_money (field, record)->cents = g_rand_int_range (f->rand, -2, 6) * 50;
      return;
    case DSP_KIND_LIST:
      for (guint i = 0; (*dsp_field_list (field, record))[i] != NULL; i++)
        dsp_set_text (&(*dsp_field_list (field, record))[i], texts[g_rand_int_range (f->rand, 0, G_N_ELEMENTS (texts))]);
      return;
    case DSP_KIND_WORD:
    case DSP_KIND_YES_NO:
      return;
    }
}

static void
fill (Fixture         *f,
      const DspEntity *entity)
{
  g_autoptr(GError) error = NULL;

  f->entity = entity;
  g_assert_true (dsp_db_begin (f->db, &error));
  for (guint i = 0; i < N_RECORDS; i++)
    {
      DspRecord *record = test_random_record (f->rand, entity);

      for (guint j = 0; j < entity->table.n_fields; j++)
        coarsen (f, &entity->table.fields[j], record);
      if (entity != &dsp_history)
        record->scope = entity->scope (record);
      if (dsp_id_is_none (&record->scope))
        record->scope = dsp_scope_common;
      g_ptr_array_add (f->records, record);
      dsp_table_insert (f->db, NULL, entity, record, &error);
      g_assert_no_error (error);
    }
  g_assert_true (dsp_db_commit (f->db, &error));
}

/* ---- the oracle ---- */

typedef struct {
  const DspField *sort;
  bool            descending;
} Order;

static int
compare_field (const DspField *field,
               gconstpointer   a,
               gconstpointer   b)
{
  bool none_a = dsp_field_is_none (field, a), none_b = dsp_field_is_none (field, b);

  if (none_a || none_b)
    return (int) none_b - (int) none_a;
#define CMP(x, y) (((x) > (y)) - ((x) < (y)))
  switch ((DspKind) field->kind)
    {
    case DSP_KIND_TEXT: return strcmp (*dsp_field_text (field, a), *dsp_field_text (field, b));
    case DSP_KIND_ID:   return dsp_id_compare (dsp_field_id (field, a), dsp_field_id (field, b));
    case DSP_KIND_TIME: return CMP (dsp_field_time (field, a)->us, dsp_field_time (field, b)->us);
    case DSP_KIND_DATE: return CMP (dsp_field_date (field, a)->day, dsp_field_date (field, b)->day);
    case DSP_KIND_INT:  return CMP (dsp_field_int (field, a)->value, dsp_field_int (field, b)->value);
    case DSP_KIND_MONEY: return CMP (dsp_field_money (field, a)->cents, dsp_field_money (field, b)->cents);
    case DSP_KIND_WORD:
    case DSP_KIND_YES_NO:
      {
        g_autofree char *x = dsp_field_dup_text (field, a);
        g_autofree char *y = dsp_field_dup_text (field, b);

        return strcmp (x, y);
      }
    case DSP_KIND_LIST:
      break;
    }
  g_assert_not_reached ();
}

static int
compare (gconstpointer a,
         gconstpointer b,
         gpointer      user_data)
{
  const Order *order = user_data;
  const DspRecord *x = *(gconstpointer *) a, *y = *(gconstpointer *) b;
  int c = order->sort != NULL ? compare_field (order->sort, x, y) : 0;

  if (c == 0)
    c = dsp_id_compare (&x->id, &y->id);
  return order->descending ? -c : c;
}

static GPtrArray *
expected (Fixture         *f,
          const DspFilter *filter,
          const GArray    *scopes,
          const DspField  *sort,
          bool             descending)
{
  Order order = { sort, descending };
  GPtrArray *rows = g_ptr_array_new ();

  for (guint i = 0; i < f->records->len; i++)
    {
      const DspRecord *record = g_ptr_array_index (f->records, i);
      bool sees = scopes == NULL;

      for (guint j = 0; scopes != NULL && j < scopes->len; j++)
        sees |= dsp_id_equal (&g_array_index (scopes, DspId, j), &record->scope);
      if (sees && dsp_filter_matches (filter, record, NOW))
        g_ptr_array_add (rows, (gpointer) record);
    }
  g_ptr_array_sort_with_data (rows, compare, &order);
  return rows;
}

/* ---- random filters ---- */

static char *
escape (const char *text)
{
  g_autofree char *escaped = g_uri_escape_string (text, NULL, FALSE);
  GString *out = g_string_new (escaped);

  g_string_replace (out, ".", "%2E", 0);
  g_string_replace (out, "-", "%2D", 0);
  return g_string_free (out, FALSE);
}

/* A value of some record, in the filter's text form. */
static char *
some_value (Fixture        *f,
            const DspField *field)
{
  gconstpointer record = g_ptr_array_index (f->records, g_rand_int_range (f->rand, 0, (int) f->records->len));
  g_autofree char *text = NULL;

  if (dsp_field_is_none (field, record))
    return g_strdup ("-");
  if (field->kind == DSP_KIND_LIST)
    return escape ((*dsp_field_list (field, record))[0]);
  text = dsp_field_dup_text (field, record);
  return field->kind == DSP_KIND_TIME ? g_strdup (text) : escape (text);
}

static char *
random_alternative (Fixture        *f,
                    const DspField *field)
{
  g_autofree char *a = some_value (f, field), *b = some_value (f, field);
  bool text = field->kind == DSP_KIND_TEXT || field->kind == DSP_KIND_LIST;
  bool range = field->kind != DSP_KIND_ID && field->kind != DSP_KIND_WORD && field->kind != DSP_KIND_YES_NO;
  bool none = strcmp (a, "-") == 0 || strcmp (b, "-") == 0;

  switch (g_rand_int_range (f->rand, 0, 8))
    {
    case 0: return g_strdup ("-");
    case 1: return g_strdup ("+");
    case 2:
      if (text && !none)
        {
          g_autofree char *whole = g_uri_unescape_string (a, NULL);
          g_autofree char *part = g_utf8_substring (whole, 0, g_rand_int_range (f->rand, 0, (int) g_utf8_strlen (whole, -1) + 1));
          g_autofree char *escaped = escape (part);

          return g_strconcat (escaped, "*", NULL);
        }
      return g_steal_pointer (&a);
    case 3:
    case 4:
      if (range && !none)
        return g_strconcat (g_rand_boolean (f->rand) ? a : "", "..", b, NULL);
      return g_steal_pointer (&a);
    default: return g_steal_pointer (&a);
    }
}

static DspFilter *
random_filter (Fixture *f)
{
  g_autoptr(GError) error = NULL;
  DspFilter *filter = dsp_filter_new (f->entity);
  int n = g_rand_int_range (f->rand, 0, 4);

  for (int i = 0; i < n; i++)
    {
      const DspField *field = &f->entity->table.fields[g_rand_int_range (f->rand, 0, (int) f->entity->table.n_fields)];
      g_autoptr(GString) values = g_string_new (NULL);
      int m = g_rand_int_range (f->rand, 1, 4);

      if (!(field->flags & DSP_FILTER))
        continue;
      for (int j = 0; j < m; j++)
        {
          g_autofree char *alternative = random_alternative (f, field);

          g_string_append_printf (values, "%s%s", j > 0 ? "," : "", alternative);
        }
      dsp_filter_set (filter, field->name, values->str, &error);
      g_assert_no_error (error);
    }
  if (f->entity == &dsp_order && g_rand_int_range (f->rand, 0, 3) == 0)
    {
      static const char *const values[] = { "yes", "no", "<4h", "<1h" };

      dsp_filter_set (filter, "penalized", values[g_rand_int_range (f->rand, 0, 4)], &error);
    }
  if (g_rand_int_range (f->rand, 0, 4) == 0)
    {
      static const char *const words[] = { "garcia", "a", "GARCÍA lop", "zz", "%25", "ñ  b", "nandu" };

      dsp_filter_set (filter, "q", words[g_rand_int_range (f->rand, 0, G_N_ELEMENTS (words))], &error);
    }
  g_assert_no_error (error);
  return filter;
}

static GArray *
random_scopes (Fixture *f)
{
  GArray *scopes;
  int n = g_rand_int_range (f->rand, 0, 8);

  if (n == 0)
    return NULL;
  scopes = g_array_new (FALSE, FALSE, sizeof (DspId));
  for (int i = 1; i < n; i++)
    {
      const DspRecord *record = g_ptr_array_index (f->records, g_rand_int_range (f->rand, 0, (int) f->records->len));
      bool there = false;

      for (guint j = 0; j < scopes->len; j++)
        there |= dsp_id_equal (&g_array_index (scopes, DspId, j), &record->scope);
      if (!there)
        g_array_append_val (scopes, record->scope);
    }
  return scopes;
}

static gboolean
add_id (gconstpointer record,
        gpointer      user_data)
{
  g_array_append_val (user_data, ((const DspRecord *) record)->id);
  return TRUE;
}

typedef struct { gint64 total; gint64 named; const char *name; } Counted;

static void
count (const char *value,
       gint64      n,
       gpointer    user_data)
{
  Counted *counted = user_data;

  counted->total += n;
  if (g_strcmp0 (value, counted->name) == 0)
    counted->named += n;
}

static void
check_counts (Fixture        *f,
              const DspQuery *query,
              GPtrArray      *rows)
{
  g_autoptr(GError) error = NULL;
  Counted counted = { 0 };
  const DspField *by = &f->entity->table.fields[g_rand_int_range (f->rand, 0, (int) f->entity->table.n_fields)];
  gint64 n = 0;

  g_assert_true (dsp_query_counts (f->db, query, NULL, count, &counted, &error));
  g_assert_cmpint (counted.total, ==, rows->len);
  if (by->kind != DSP_KIND_TEXT && by->kind != DSP_KIND_WORD && by->kind != DSP_KIND_YES_NO)
    return;
  for (guint i = 0; i < rows->len; i++)
    n += dsp_field_is_none (by, g_ptr_array_index (rows, i));
  counted = (Counted) { 0 };
  g_assert_true (dsp_query_counts (f->db, query, by, count, &counted, &error));
  g_assert_cmpint (counted.total, ==, rows->len);
  g_assert_cmpint (counted.named, ==, n);
  g_assert_no_error (error);
}

static void
check_pages (Fixture         *f,
             const DspFilter *filter,
             const GArray    *scopes)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (DspId));
  g_autoptr(GPtrArray) rows = NULL;
  g_autofree char *text = dsp_filter_print (filter);
  g_autofree char *next = NULL;
  DspQuery query = { .entity = f->entity, .filter = filter, .scopes = scopes, .now_us = NOW,
                     .descending = g_rand_boolean (f->rand), .limit = (guint) g_rand_int_range (f->rand, 1, 60) };

  if (g_rand_int_range (f->rand, 0, 5) > 0)
    query.sort = &f->entity->table.fields[g_rand_int_range (f->rand, 0, (int) f->entity->table.n_fields)];
  if (query.sort != NULL && query.sort->kind == DSP_KIND_LIST)
    query.sort = NULL;
  query.mask = g_rand_boolean (f->rand) ? g_rand_int (f->rand) & ((1u << MIN (f->entity->table.n_fields, 31u)) - 1) : 0;
  rows = expected (f, filter, scopes, query.sort, query.descending);
  do
    {
      guint before = ids->len;
      g_autofree char *after = g_steal_pointer (&next);

      query.after = after;
      if (!dsp_query_rows (f->db, &query, add_id, ids, &next, &error))
        g_error ("%s: %s", text, error->message);
      if (next != NULL)
        g_assert_cmpint (ids->len - before, ==, query.limit);
      else
        g_assert_cmpint (ids->len - before, <=, query.limit);
    }
  while (next != NULL);
  if (ids->len != rows->len)
    g_error ("%s: %u rows, expected %u", text, ids->len, rows->len);
  for (guint i = 0; i < rows->len; i++)
    if (!dsp_id_equal (&g_array_index (ids, DspId, i), &((const DspRecord *) g_ptr_array_index (rows, i))->id))
      g_error ("%s, sorted by %s: row %u differs", text, query.sort != NULL ? query.sort->name : "id", i);
  check_counts (f, &query, rows);
}

static void
test_oracle (Fixture      *f,
             gconstpointer data)
{
  static const DspEntity *const entities[] = { &dsp_order, &dsp_crew, &dsp_customer, &dsp_postal_code, &dsp_history, &dsp_grant };

  for (guint e = 0; e < G_N_ELEMENTS (entities); e++)
    {
      forget_records (f);
      fill (f, entities[e]);
      for (guint i = 0; i < (entities[e] == &dsp_order ? 400 : 60); i++)
        {
          g_autoptr(DspFilter) filter = random_filter (f);
          GArray *scopes = random_scopes (f);

          check_pages (f, filter, scopes);
          g_clear_pointer (&scopes, g_array_unref);
        }
    }
}

static void
test_words (Fixture      *f,
            gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GString) search = g_string_new (NULL);

  /* The quick way of folding is dsp_fold()'s. */
  f->entity = &dsp_order;
  for (guint i = 0; i < 500; i++)
    {
      g_autoptr(DspOrder) order = dsp_order_new ();
      g_autoptr(GString) text = g_string_new (NULL);
      g_autofree char *folded = NULL;
      g_autofree char *with_end = NULL;

      for (guint j = 0; j < 20; j++)
        {
          gunichar c = (gunichar) g_rand_int_range (f->rand, 1, i % 2 == 0 ? 0x250 : 0x3000);

          if (g_unichar_validate (c))
            g_string_append_unichar (text, c);
        }
      order->contact_name = g_strdup (text->str);
      dsp_search_text (&dsp_order, order, search);
      folded = dsp_fold (order->contact_name);
      with_end = g_strconcat (folded, "\n", NULL);
      g_assert_cmpstr (search->str, ==, with_end);
    }

  /* What is searched follows an update. */
  fill (f, &dsp_order);
  DspOrder *order = g_ptr_array_index (f->records, 0);
  g_autoptr(DspFilter) filter = dsp_filter_parse (&dsp_order, "q=QUETZALCÓATL", &error);
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (DspId));
  DspQuery query = { .entity = &dsp_order, .filter = filter };

  g_assert_true (dsp_query_rows (f->db, &query, add_id, ids, NULL, &error));
  g_assert_cmpint (ids->len, ==, 0);
  dsp_set_text (&order->contact_name, "Señora Quetzalcoatl");
  order->version++;
  g_assert_true (dsp_table_update (f->db, NULL, &dsp_order, order, dsp_table_bit (&dsp_order.table, offsetof (DspOrder, contact_name)),
                                   1, &error));
  g_assert_true (dsp_query_rows (f->db, &query, add_id, ids, NULL, &error));
  g_assert_cmpint (ids->len, ==, 1);
  g_assert_no_error (error);
}

static void
test_bad_keys (Fixture      *f,
               gconstpointer data)
{
  static const char *const keys[] = {
    "", "x", ".", "00000000-0000-7000-8000-000000000001", "00000000-0000-7000-8000-000000000001.!", "00000000-0000-7000-8000-000000000001.AA",
    "00000000-0000-7000-8000-000000000001.YWJj", "00000000-0000-7000-8000-000000000001.YWJj'; DROP TABLE",
  };
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (DspId));
  DspQuery query = { .entity = &dsp_order, .sort = dsp_table_at (&dsp_order.table, offsetof (DspOrder, created_at)), .limit = 3 };

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autoptr(GError) error = NULL;

      query.after = keys[i];
      g_assert_false (dsp_query_rows (f->db, &query, add_id, ids, NULL, &error));
      g_assert_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_FAILED);
      g_assert_nonnull (strstr (error->message, "key"));
    }
  g_assert_cmpint (ids->len, ==, 0);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/store/query/pages-equal-the-sorted-scan", test_oracle);
  ADD ("/store/query/words-are-found-folded", test_words);
  ADD ("/store/query/refuses-what-is-no-key", test_bad_keys);
  return g_test_run ();
}
