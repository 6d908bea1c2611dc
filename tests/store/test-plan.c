/* test-plan.c: a page of a list looks at few rows, whatever it is filtered by
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Time says little on a busy machine; the engine's own steps say the same everywhere. A plan that scans all rows, or sorts
 * them, shows at 20,000 orders already.
 */
#include "config.h"
#include "../bench/generate.h"
#include "dsp-query.h"
#include "dsp-schema.h"
#include "dsp-table.h"
#include "dsp-tour.h"
#include "store-util.h"

#define N_ORDERS 20000
#define STEPS 10000 /* between two calls of the stop function */

static gboolean
count_steps (gpointer user_data)
{
  (*(guint *) user_data)++;
  return FALSE;
}

static gboolean
see (gconstpointer record,
     gpointer      user_data)
{
  (*(guint *) user_data)++;
  return TRUE;
}

static void
fill (DspDb    *db,
      gboolean  indexes_first)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(Generate) generate = generate_new (7, N_ORDERS, 400, 12, NULL);
  DspOrder order = { 0 };
  DspBulk *bulk;

  g_assert_true (dsp_db_begin (db, &error));
  if (!indexes_first)
    {
      g_assert_true (dsp_schema_drop_table (db, NULL, &dsp_order, &error));
      g_assert_true (dsp_schema_create_table (db, NULL, &dsp_order, &error));
    }
  bulk = dsp_bulk_new (db, NULL, &dsp_order, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < N_ORDERS; i++)
    {
      generate_order (generate, i, false, &order);
      dsp_bulk_add (bulk, &order, &error);
      g_assert_no_error (error);
    }
  dsp_bulk_free (bulk);
  dsp_table_clear (&dsp_order.table, &order);
  if (!indexes_first)
    g_assert_true (dsp_schema_create_indexes (db, NULL, &dsp_order, TRUE, &error));
  g_assert_true (dsp_db_commit (db, &error));
}

static void
check_plans (DspDb *db)
{
  static const char *const filters[] = {
    "", "group=Falla", "type=Preventivo", "subtype=Fibra", "priority=3", "municipality=Tlalpan", "neighbourhood=Centro",
    "postal_code=03050", "postal_code=03*", "status=closed", "status=unassigned", "status=annulled", "crew_id=-",
    "status=unassigned,assigned,in_progress,to_reschedule", "penalized=no", "penalized=<4h", "number=2600000005", "account=00000077",
    "created_at=2025-08-01T06:00:00Z..2025-08-02T06:00:00Z", "attention_at=2025-08-01T06:00:00Z..2025-08-02T06:00:00Z",
    "penalty_at=2025-08-01T06:00:00Z..2025-08-02T06:00:00Z", "status=unassigned&type=Preventivo&priority=1",
    "postal_code=03050&status=closed&group=Falla", "q=garcia", "state=-",
  };

  for (guint i = 0; i < 2 * G_N_ELEMENTS (filters); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(DspFilter) filter = dsp_filter_parse (&dsp_order, filters[i / 2], &error);
      g_autoptr(GArray) scopes = g_array_new (FALSE, FALSE, sizeof (DspId));
      DspId distributor = generate_distributor_id (3);
      DspQuery query = { .entity = &dsp_order, .filter = filter, .sort = dsp_table_at (&dsp_order.table, offsetof (DspOrder, created_at)),
                         .descending = TRUE, .limit = 100, .now_us = GENERATE_NOW };
      g_autofree char *next = NULL;
      guint n_steps = 0, n_rows = 0;

      g_assert_no_error (error);
      g_array_append_val (scopes, dsp_scope_common);
      g_array_append_val (scopes, distributor);
      query.scopes = i % 2 == 0 ? NULL : scopes;
      dsp_db_set_stop (db, count_steps, &n_steps);
      dsp_query_rows (db, &query, see, &n_rows, &next, &error);
      dsp_db_set_stop (db, NULL, NULL);
      g_assert_no_error (error);
      g_test_message ("%s%s: %u rows, about %u steps", filters[i / 2], i % 2 == 0 ? "" : ", scoped", n_rows, n_steps * STEPS);
      /* Scanning and sorting 20,000 rows takes over 200,000. */
      g_assert_cmpint (n_steps * STEPS, <=, 90000);
    }
}

/* ---- a crew's day ---- */

#define N_DAYS 12

typedef struct {
  gint64      from_us, until_us;
  GHashTable *ids; /* (owned) */
} Day;

static gboolean
note_visit (gconstpointer record,
            gpointer      user_data)
{
  Day *day = user_data;
  DspTourPlace place;

  if (dsp_tour_visits (record, day->from_us, day->until_us, &place))
    g_hash_table_add (day->ids, g_memdup2 (&((const DspRecord *) record)->id, sizeof (DspId)));
  return TRUE;
}

/* Of a crew that had all orders of some years, only those of the day are read; and none of them is missing. */
static void
test_visits (void)
{
  g_autoptr(GError) error = NULL;
  TestPlace place;
  DspDb *db;
  DspId crew = generate_distributor_id (1);
  const DspField *field = dsp_table_at (&dsp_order.table, offsetof (DspOrder, crew_id));
  g_autoptr(DspStmt) all = NULL;

  test_place_open (&place);
  db = test_db_open (&place, DSP_DB_CREATE);
  g_assert_true (dsp_schema_open (db, &dsp_schema_entities, &error));
  fill (db, TRUE);
  /* Begun on the day of the visit, or of the closing, or of neither. */
  all = dsp_db_prepare (db, "UPDATE \"order\" SET crew_id = $1, started_at = CASE WHEN _row % 3 = 0 THEN attention_at WHEN _row % 3 = 1 THEN"
                            " closed_at END", &error);
  g_assert_no_error (error);
  dsp_stmt_bind_id (all, 1, &crew);
  g_assert_true (dsp_stmt_run (all, NULL, &error));
  for (guint i = 0; i < N_DAYS; i++)
    {
      gint64 from_us = GENERATE_NOW - (gint64) (i * 7) * G_TIME_SPAN_DAY;
      Day wanted = { from_us, from_us + G_TIME_SPAN_DAY, g_hash_table_new_full (dsp_id_hash, dsp_id_equal_func, g_free, NULL) };
      Day found = { from_us, from_us + G_TIME_SPAN_DAY, g_hash_table_new_full (dsp_id_hash, dsp_id_equal_func, g_free, NULL) };
      guint n_rows = 0, n_steps = 0;

      g_assert_true (dsp_table_each_id (db, NULL, &dsp_order, field, &crew, DSP_FIELDS_ALL, note_visit, &wanted, &error));
      g_assert_true (dsp_table_each_visit (db, NULL, &crew, found.from_us, found.until_us, note_visit, &found, &error));
      dsp_db_set_stop (db, count_steps, &n_steps);
      g_assert_true (dsp_table_each_visit (db, NULL, &crew, found.from_us, found.until_us, see, &n_rows, &error));
      dsp_db_set_stop (db, NULL, NULL);
      g_test_message ("%u visits, %u rows read, about %u steps", g_hash_table_size (found.ids), n_rows, n_steps * STEPS);
      g_assert_cmpuint (g_hash_table_size (found.ids), ==, g_hash_table_size (wanted.ids));
      /* Cancelled ones that were booked for then are among them. */
      g_assert_cmpuint (n_rows, >=, g_hash_table_size (found.ids));
      g_assert_cmpuint (n_rows, <, N_ORDERS / 10);
      g_hash_table_unref (wanted.ids);
      g_hash_table_unref (found.ids);
    }
  g_clear_pointer (&all, dsp_stmt_done);
  dsp_db_close (db);
  test_place_close (&place);
}

static void
test_plans (gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  TestPlace place;
  DspDb *db;

  test_place_open (&place);
  db = test_db_open (&place, DSP_DB_CREATE);
  g_assert_true (dsp_schema_open (db, &dsp_schema_entities, &error));
  fill (db, GPOINTER_TO_INT (data));
  if (!GPOINTER_TO_INT (data))
    g_assert_true (dsp_schema_analyze (db, &error));
  check_plans (db);
  g_assert_no_error (error);
  dsp_db_close (db);
  test_place_close (&place);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_data_func ("/store/plan/a-page-looks-at-few-rows-from-the-first-day", GINT_TO_POINTER (TRUE), test_plans);
  g_test_add_data_func ("/store/plan/a-page-looks-at-few-rows-after-a-bulk-load", GINT_TO_POINTER (FALSE), test_plans);
  g_test_add_func ("/store/plan/S0-03/a-crews-day-is-found-among-years", test_visits);
  return g_test_run ();
}
