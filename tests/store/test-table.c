/* test-table.c: records go into their tables and come back the same
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-schema.h"
#include "dsp-table.h"
#include "store-util.h"

#include <string.h>

typedef struct {
  TestPlace place;
  DspDb    *db;
  GRand    *rand;
} Fixture;

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  test_place_open (&f->place);
  f->db = test_db_open (&f->place, DSP_DB_CREATE);
  dsp_schema_open (f->db, &dsp_schema_entities, &error);
  g_assert_no_error (error);
  f->rand = g_rand_new_with_seed (g_test_rand_int ());
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  g_rand_free (f->rand);
  dsp_db_close (f->db);
  test_place_close (&f->place);
}

static void
assert_same (const DspEntity *entity,
             gconstpointer    a,
             gconstpointer    b)
{
  const DspRecord *x = a, *y = b;

  g_assert_true (dsp_id_equal (&x->id, &y->id));
  g_assert_true (dsp_id_equal (&x->scope, &y->scope));
  g_assert_cmpint (x->version, ==, y->version);
  g_assert_cmphex (dsp_table_diff (&entity->table, a, b), ==, 0);
}

static void
assert_stored (Fixture         *f,
               const char      *prefix,
               const DspEntity *entity,
               gconstpointer    record)
{
  g_autoptr(GError) error = NULL;
  gpointer stored = dsp_record_new (entity);

  g_assert_cmpint (dsp_table_get (f->db, prefix, entity, &((const DspRecord *) record)->id, DSP_FIELDS_ALL, stored, &error), ==,
                   DSP_STEP_ROW);
  g_assert_no_error (error);
  assert_same (entity, stored, record);
  dsp_record_free (entity, stored);
}

static void
test_round_trip (Fixture      *f,
                 gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (dsp_db_begin (f->db, &error));
  for (guint e = 0; dsp_entities[e] != NULL; e++)
    for (guint i = 0; i < 60; i++)
      {
        const DspEntity *entity = dsp_entities[e];
        DspRecord *record = test_random_record (f->rand, entity);
        gboolean deleted;

        g_assert_true (dsp_table_insert (f->db, NULL, entity, record, &error));
        assert_stored (f, NULL, entity, record);

        /* Some other value for some fields, by the mask, and the version that goes with it. */
        guint64 mask = ((guint64) g_rand_int (f->rand) << 32 | g_rand_int (f->rand)) &
                       ((G_GUINT64_CONSTANT (1) << entity->table.n_fields) - 1);

        test_random_fields (f->rand, entity, record, mask);
        record->version++;
        g_assert_true (dsp_table_update (f->db, NULL, entity, record, mask, 1, &error));
        assert_stored (f, NULL, entity, record);

        record->version++;
        record->scope = test_random_id (f->rand);
        test_random_fields (f->rand, entity, record, DSP_FIELDS_ALL);
        g_assert_true (dsp_table_put (f->db, NULL, entity, record, &error));
        assert_stored (f, NULL, entity, record);

        if (i % 3 == 0)
          {
            g_assert_true (dsp_table_delete (f->db, NULL, entity, &record->id, &deleted, &error));
            g_assert_true (deleted);
            g_assert_true (dsp_table_delete (f->db, NULL, entity, &record->id, &deleted, &error));
            g_assert_false (deleted);
            g_assert_true (dsp_table_put (f->db, NULL, entity, record, &error));
            assert_stored (f, NULL, entity, record);
          }
        g_assert_no_error (error);
        dsp_record_free (entity, record);
      }
  g_assert_true (dsp_db_commit (f->db, &error));
}

static void
test_none (Fixture      *f,
           gconstpointer data)
{
  g_autoptr(GError) error = NULL;

  for (guint e = 0; dsp_entities[e] != NULL; e++)
    {
      DspRecord *record = dsp_record_new (dsp_entities[e]);

      record->id = test_random_id (f->rand);
      dsp_table_insert (f->db, NULL, dsp_entities[e], record, &error);
      g_assert_no_error (error);
      assert_stored (f, NULL, dsp_entities[e], record);
      dsp_record_free (dsp_entities[e], record);
    }
}

static void
test_unknown_word (Fixture      *f,
                   gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOrder) order = test_random_record (f->rand, &dsp_order);

  order->status = DSP_WORD_UNKNOWN;
  dsp_table_insert (f->db, NULL, &dsp_order, order, &error);
  g_assert_no_error (error);
  assert_stored (f, NULL, &dsp_order, order);
}

static void
test_mask (Fixture      *f,
           gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOrder) order = test_random_record (f->rand, &dsp_order);
  g_autoptr(DspOrder) part = dsp_order_new ();
  guint64 mask = dsp_table_bit (&dsp_order.table, offsetof (DspOrder, number)) |
                 dsp_table_bit (&dsp_order.table, offsetof (DspOrder, status));
  DspRecord head;

  dsp_table_insert (f->db, NULL, &dsp_order, order, &error);
  /* What was in the record before does not stay. */
  part->description = g_strdup ("old");
  g_assert_cmpint (dsp_table_get (f->db, NULL, &dsp_order, &order->id, mask, part, &error), ==, DSP_STEP_ROW);
  g_assert_cmpstr (part->number, ==, order->number);
  g_assert_cmpint (part->status, ==, order->status);
  g_assert_null (part->description);
  g_assert_null (part->type);
  g_assert_cmpint (dsp_table_head (f->db, NULL, &dsp_order, &order->id, &head, &error), ==, DSP_STEP_ROW);
  g_assert_true (dsp_id_equal (&head.scope, &order->scope));

  DspId other = test_random_id (f->rand);

  g_assert_cmpint (dsp_table_get (f->db, NULL, &dsp_order, &other, mask, part, &error), ==, DSP_STEP_DONE);
  g_assert_null (part->number);
  g_assert_cmpint (dsp_table_lookup (f->db, NULL, &dsp_order, dsp_table_at (&dsp_order.table, offsetof (DspOrder, number)),
                                     order->number, DSP_FIELDS_ALL, part, &error), ==, DSP_STEP_ROW);
  assert_same (&dsp_order, part, order);
  g_assert_no_error (error);
}

static void
test_unique (Fixture      *f,
             gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOrder) one = test_random_record (f->rand, &dsp_order);
  g_autoptr(DspOrder) two = test_random_record (f->rand, &dsp_order);

  g_assert_true (dsp_table_insert (f->db, NULL, &dsp_order, one, &error));
  g_assert_false (dsp_table_insert (f->db, NULL, &dsp_order, one, &error));
  g_assert_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_CONFLICT);
  g_assert_nonnull (strstr (error->message, one->number));
  g_clear_error (&error);

  g_free (two->number);
  two->number = g_strdup (one->number);
  g_assert_false (dsp_table_insert (f->db, NULL, &dsp_order, two, &error));
  g_assert_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_CONFLICT);
  g_clear_error (&error);

  /* A replica's tables take the number twice, while a snapshot shows it on its old and its new owner. */
  g_assert_true (dsp_schema_create_table (f->db, "shadow_", &dsp_order, &error));
  g_assert_true (dsp_schema_create_indexes (f->db, "shadow_", &dsp_order, FALSE, &error));
  g_assert_true (dsp_table_insert (f->db, "shadow_", &dsp_order, one, &error));
  g_assert_true (dsp_table_insert (f->db, "shadow_", &dsp_order, two, &error));
  g_assert_false (dsp_table_insert (f->db, "shadow_", &dsp_order, two, &error));
  g_assert_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_CONFLICT);
}

static void
test_update_says_why (Fixture      *f,
                      gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOrder) order = test_random_record (f->rand, &dsp_order);
  guint64 mask = dsp_table_bit (&dsp_order.table, offsetof (DspOrder, status));

  g_assert_false (dsp_table_update (f->db, NULL, &dsp_order, order, mask, -1, &error));
  g_assert_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  dsp_table_insert (f->db, NULL, &dsp_order, order, &error);
  g_assert_no_error (error);
  order->version = 8;
  g_assert_false (dsp_table_update (f->db, NULL, &dsp_order, order, mask, 7, &error));
  g_assert_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_CONFLICT);
}

/* Within a transaction a store may send its writes ahead and tell later; at the commit at the latest, and then nothing stays. */
static void
test_update_within_a_transaction (Fixture      *f,
                                  gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  DspOrder *orders[2] = { test_random_record (f->rand, &dsp_order), test_random_record (f->rand, &dsp_order) };
  guint64 status = dsp_table_bit (&dsp_order.table, offsetof (DspOrder, status));
  gint64 versions[2] = { orders[0]->version, orders[1]->version };

  for (guint i = 0; i < 2; i++)
    dsp_table_insert (f->db, NULL, &dsp_order, orders[i], &error);
  g_assert_no_error (error);

  g_assert_true (dsp_db_begin (f->db, &error));
  orders[0]->version++;
  g_assert_true (dsp_table_update (f->db, NULL, &dsp_order, orders[0], status, versions[0], &error));
  orders[1]->version += 2;
  g_assert_false (dsp_table_update (f->db, NULL, &dsp_order, orders[1], status, versions[1] + 1, &error) && dsp_db_commit (f->db, &error));
  g_assert_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_CONFLICT);
  dsp_db_rollback (f->db);

  for (guint i = 0; i < 2; i++)
    {
      orders[i]->version = versions[i];
      assert_stored (f, NULL, &dsp_order, orders[i]);
      dsp_record_free (&dsp_order, orders[i]);
    }
}

static gboolean
add_id (gconstpointer record,
        gpointer      user_data)
{
  g_array_append_val (user_data, ((const DspRecord *) record)->id);
  return TRUE;
}

static gboolean
stop_at_once (gconstpointer record,
              gpointer      user_data)
{
  (*(guint *) user_data)++;
  return FALSE;
}

static void
test_each_and_scan (Fixture      *f,
                    gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (DspId));
  g_autoptr(GArray) seen = g_array_new (FALSE, FALSE, sizeof (DspId));
  g_autoptr(GArray) scoped = g_array_new (FALSE, FALSE, sizeof (DspId));
  DspId crew = test_random_id (f->rand), scope = test_random_id (f->rand);
  gint64 row = 0, n_rows;
  guint n = 0, n_pages = 0;

  for (guint i = 0; i < 50; i++)
    {
      g_autoptr(DspOrder) order = test_random_record (f->rand, &dsp_order);

      order->crew_id = i % 5 == 0 ? crew : test_random_id (f->rand);
      order->scope = i % 3 == 0 ? scope : dsp_scope_company;
      g_assert_true (dsp_table_insert (f->db, NULL, &dsp_order, order, &error));
      g_array_append_val (ids, order->id);
    }
  dsp_table_each_id (f->db, NULL, &dsp_order, dsp_table_at (&dsp_order.table, offsetof (DspOrder, crew_id)), &crew, 0, add_id, seen,
                     &error);
  g_assert_no_error (error);
  g_assert_cmpint (seen->len, ==, 10);
  for (guint i = 0; i < 10; i++)
    g_assert_true (dsp_id_equal (&g_array_index (seen, DspId, i), &g_array_index (ids, DspId, i * 5)));

  g_assert_true (dsp_table_each_id (f->db, NULL, &dsp_order, dsp_table_at (&dsp_order.table, offsetof (DspOrder, crew_id)), &crew,
                                    DSP_FIELDS_ALL, stop_at_once, &n, &error));
  g_assert_cmpint (n, ==, 1);

  g_array_set_size (seen, 0);
  do
    {
      g_assert_true (dsp_table_scan (f->db, NULL, &dsp_order, NULL, row, 7, DSP_FIELDS_ALL, add_id, seen, &row, &error));
      n_pages++;
    }
  while (row != 0);
  g_assert_cmpint (n_pages, ==, 8);
  g_assert_cmpint (seen->len, ==, 50);
  g_assert_cmpmem (seen->data, seen->len * sizeof (DspId), ids->data, ids->len * sizeof (DspId));

  g_assert_true (dsp_table_scan (f->db, NULL, &dsp_order, &scope, 0, 0, 0, add_id, scoped, &row, &error));
  g_assert_cmpint (scoped->len, ==, 17);
  g_assert_cmpint (row, ==, 0);
  g_assert_true (dsp_table_count (f->db, NULL, &dsp_order, &n_rows, &error));
  g_assert_cmpint (n_rows, ==, 50);
  g_assert_no_error (error);
}

static void
test_bulk_and_swap (Fixture      *f,
                    gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) orders = g_ptr_array_new_with_free_func ((GDestroyNotify) dsp_order_free);
  g_autofree char *before = dsp_schema_describe (f->db, "order", &error);

  /* Twice, since the second time the names of the first time's indexes are taken. */
  for (guint round = 0; round < 2; round++)
    {
      DspBulk *bulk;

      g_ptr_array_set_size (orders, 0);
      g_assert_true (dsp_db_begin (f->db, &error));
      g_assert_true (dsp_schema_create_table (f->db, "shadow_", &dsp_order, &error));
      bulk = dsp_bulk_new (f->db, "shadow_", &dsp_order, &error);
      for (guint i = 0; i < 200; i++)
        {
          g_ptr_array_add (orders, test_random_record (f->rand, &dsp_order));
          g_assert_true (dsp_bulk_add (bulk, g_ptr_array_index (orders, i), &error));
        }
      dsp_bulk_free (bulk);
      g_assert_true (dsp_schema_create_indexes (f->db, "shadow_", &dsp_order, TRUE, &error));
      g_assert_true (dsp_schema_swap_table (f->db, "shadow_", NULL, &dsp_order, &error));
      g_assert_true (dsp_db_commit (f->db, &error));
      for (guint i = 0; i < orders->len; i++)
        assert_stored (f, NULL, &dsp_order, g_ptr_array_index (orders, i));
    }
  g_autofree char *after = dsp_schema_describe (f->db, "order", &error);

  g_assert_cmpstr (before, ==, after);
  g_assert_true (dsp_schema_empty_table (f->db, NULL, &dsp_order, &error));
  g_assert_true (dsp_schema_analyze (f->db, &error));
  g_assert_no_error (error);
}

static void
test_facts (Fixture      *f,
            gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspCrew) crew = test_random_record (f->rand, &dsp_crew);
  g_autoptr(DspDbFacts) facts = dsp_db_facts_new (f->db, NULL);
  const DspFacts *ask = dsp_db_facts_get (facts);
  const DspField *code = dsp_table_at (&dsp_crew.table, offsetof (DspCrew, code));
  gconstpointer record = NULL;
  guint n = 0;

  dsp_table_insert (f->db, NULL, &dsp_crew, crew, &error);
  g_assert_no_error (error);
  g_assert_cmpint (ask->get (ask->data, &dsp_crew, &crew->id, &record), ==, DSP_FACT_HERE);
  assert_same (&dsp_crew, record, crew);
  g_assert_cmpint (ask->get (ask->data, &dsp_order, &crew->id, &record), ==, DSP_FACT_NONE);
  g_assert_cmpint (ask->find (ask->data, &dsp_crew, code, crew->code, &record), ==, DSP_FACT_HERE);
  assert_same (&dsp_crew, record, crew);
  g_assert_cmpint (ask->find (ask->data, &dsp_crew, code, "no such", &record), ==, DSP_FACT_NONE);
  g_assert_cmpint (ask->each (ask->data, &dsp_crew, NULL, &dsp_id_none, stop_at_once, &n), ==, DSP_FACT_HERE);
  g_assert_cmpint (n, ==, 1);
  g_assert_true (dsp_db_facts_check (facts, &error));

  /* What could not be read is no "there is none". */
  dsp_db_exec (f->db, "DROP TABLE \"membership\"", &error);
  g_assert_cmpint (ask->get (ask->data, &dsp_membership, &crew->id, &record), ==, DSP_FACT_UNKNOWN);
  g_assert_false (dsp_db_facts_check (facts, &error));
  g_assert_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_FAILED);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/store/table/random-records-come-back-the-same", test_round_trip);
  ADD ("/store/table/none-comes-back-as-none", test_none);
  ADD ("/store/table/unknown-word-stays-unknown", test_unknown_word);
  ADD ("/store/table/mask-reads-only-its-fields", test_mask);
  ADD ("/store/table/ids-and-keys-are-unique", test_unique);
  ADD ("/store/table/update-says-why-it-missed", test_update_says_why);
  ADD ("/store/table/update-within-a-transaction-fails-all-of-it", test_update_within_a_transaction);
  ADD ("/store/table/each-and-scan-give-every-row-once", test_each_and_scan);
  ADD ("/store/table/bulk-then-swap", test_bulk_and_swap);
  ADD ("/store/table/facts-have-three-answers", test_facts);
  return g_test_run ();
}
