/* test-penalty-query.c: the review desk's queue, against the same done plainly
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-penalty-query.h"
#include "dsp-schema.h"
#include "dsp-table.h"

#define N 1500

static void
check (gboolean ok,
       GError  *error)
{
  if (!ok)
    g_error ("%s", error != NULL ? error->message : "failed");
}

static DspId
id_of (const char *entity,
       int         n)
{
  g_autofree char *key = g_strdup_printf ("%d", n);

  return n == 0 ? dsp_id_none : dsp_id_from_key (entity, key);
}

static void
fill (DspPenalty *penalty,
      int         n)
{
  g_free (penalty->number);
  penalty->number = g_strdup_printf ("N%d", n);
  penalty->id = id_of ("penalty", n + 1);
  penalty->scope = dsp_scope_company;
  penalty->version = 1;
  penalty->order_id = id_of ("order", n + 1);
  penalty->distributor_id = id_of ("distributor", g_test_rand_int_range (0, 5));
  penalty->crew_id = id_of ("crew", g_test_rand_int_range (0, 8));
  penalty->rule_id = id_of ("rule", g_test_rand_int_range (0, 3));
  penalty->fault = (DspFault) g_test_rand_int_range (1, DSP_N_FAULTS);
  penalty->state = (DspPenaltyState) g_test_rand_int_range (1, DSP_N_PENALTY_STATES);
  penalty->due_at.us = 1 + g_test_rand_int_range (0, 400) * G_TIME_SPAN_HOUR;
  penalty->at = penalty->due_at;
  penalty->amount = (DspMoney) { g_test_rand_int_range (0, 60) * 100, g_test_rand_int_range (0, 9) > 0 };
  if (!penalty->amount.is_set)
    penalty->amount.cents = 0;
}

static int
compare_plainly (gconstpointer a,
                 gconstpointer b,
                 gpointer      user_data)
{
  const DspPenaltyQuery *query = user_data;
  const DspPenalty *one = *(DspPenalty *const *) a, *two = *(DspPenalty *const *) b;
  gint64 x = query->sort == DSP_PENALTY_BY_DUE ? one->due_at.us : one->amount.is_set ? one->amount.cents : -1;
  gint64 y = query->sort == DSP_PENALTY_BY_DUE ? two->due_at.us : two->amount.is_set ? two->amount.cents : -1;
  int order = x != y ? (x < y ? -1 : 1) : dsp_id_compare (&one->id, &two->id);

  return (query->sort == DSP_PENALTY_BY_MONEY) != query->reversed ? -order : order;
}

static void
check_query (DspDb                 *db,
             GPtrArray             *all,
             GPtrArray             *overlay,
             const DspPenaltyQuery *query)
{
  GError *error = NULL;
  g_autoptr(DspPenaltyResult) result = dsp_penalty_query_run (db, query, overlay, &error);
  g_autoptr(GPtrArray) wanted = g_ptr_array_new ();
  gint64 cents = 0, counted_cents = 0;
  guint n = 0;

  check (result != NULL, error);
  for (guint i = 0; i < all->len; i++)
    {
      DspPenalty *one = all->pdata[i];

      if ((query->states != 0 && !(query->states & DSP_BIT (one->state))) || (query->fault != 0 && one->fault != query->fault) ||
          (!dsp_id_is_none (&query->distributor_id) && !dsp_id_equal (&query->distributor_id, &one->distributor_id)) ||
          (!dsp_id_is_none (&query->rule_id) && !dsp_id_equal (&query->rule_id, &one->rule_id)) ||
          (!dsp_id_is_none (&query->crew_id) && !dsp_id_equal (&query->crew_id, &one->crew_id)))
        continue;
      g_ptr_array_add (wanted, one);
      cents += one->amount.cents;
    }
  g_ptr_array_sort_with_data (wanted, compare_plainly, (gpointer) query);
  g_assert_cmpuint (result->n_rows, ==, wanted->len);
  g_assert_cmpint (result->cents, ==, cents);
  g_assert_cmpuint (result->rows->len, ==, MIN (query->n, wanted->len - MIN (wanted->len, query->first)));
  for (guint i = 0; i < result->rows->len; i++)
    {
      DspPenalty *seen = result->rows->pdata[i], *expected = wanted->pdata[query->first + i];

      g_assert_true (dsp_id_equal (&seen->id, &expected->id));
      g_assert_true (dsp_table_equal (&dsp_penalty.table, seen, expected));
    }
  cents = 0;
  for (guint i = 0; i < all->len; i++)
    cents += ((DspPenalty *) all->pdata[i])->amount.cents;
  for (guint i = 0; i < result->counts->len; i++)
    {
      const DspPenaltyCount *count = &g_array_index (result->counts, DspPenaltyCount, i);
      guint plain = 0;

      for (guint j = 0; j < all->len; j++)
        {
          const DspPenalty *one = all->pdata[j];

          plain += one->state == count->state && dsp_id_equal (&one->distributor_id, &count->distributor_id) &&
                   dsp_id_equal (&one->rule_id, &count->rule_id) &&
                   (!query->finely || (one->fault == count->fault && dsp_id_equal (&one->crew_id, &count->crew_id)));
        }
      g_assert_cmpuint (count->n, ==, plain);
      n += count->n;
      counted_cents += count->cents;
    }
  g_assert_cmpuint (n, ==, all->len);
  g_assert_cmpint (counted_cents, ==, cents);
}

static void
agrees_with_plain (void)
{
  g_autofree char *dir = g_dir_make_tmp ("penalties-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "replica", NULL), *uri = g_strconcat ("sqlite:", path, NULL);
  g_autofree char *remove = g_strdup_printf ("rm -rf '%s'", dir);
  GError *error = NULL;
  g_autoptr(DspDb) db = dsp_db_open (uri, DSP_DB_CREATE, &error);
  g_autoptr(GPtrArray) all = g_ptr_array_new (), overlay = g_ptr_array_new ();

  check (db != NULL && dsp_schema_open (db, &dsp_schema_replica, &error) && dsp_db_begin (db, &error), error);
  for (int i = 0; i < N; i++)
    {
      DspPenalty *penalty = dsp_penalty_new ();

      fill (penalty, i);
      check (dsp_table_insert (db, NULL, &dsp_penalty, penalty, &error), error);
      g_ptr_array_add (all, penalty);
    }
  check (dsp_db_commit (db, &error), error);
  for (int round = 0; round < 2; round++)
    {
      for (int i = 0; i < 120; i++)
        {
          DspPenaltyQuery query = {
            .states = g_test_rand_int_range (0, 3) == 0 ? 0 : (guint32) g_test_rand_int_range (1, 1 << DSP_N_PENALTY_STATES),
            .fault = g_test_rand_int_range (0, 4) == 0 ? (DspFault) g_test_rand_int_range (1, DSP_N_FAULTS) : DSP_FAULT_NONE,
            .distributor_id = id_of ("distributor", MAX (g_test_rand_int_range (-5, 5), 0)),
            .rule_id = id_of ("rule", MAX (g_test_rand_int_range (-3, 3), 0)),
            .crew_id = id_of ("crew", MAX (g_test_rand_int_range (-16, 8), 0)),
            .sort = g_test_rand_bit () ? DSP_PENALTY_BY_DUE : DSP_PENALTY_BY_MONEY,
            .reversed = g_test_rand_bit (),
            .finely = g_test_rand_int_range (0, 5) == 0,
            .first = (guint) g_test_rand_int_range (0, 3) * 20,
            .n = (guint) g_test_rand_int_range (1, 60),
          };

          check_query (db, all, round == 0 ? NULL : overlay, &query);
        }
      /* Then some wait in the outbox: changed ones, and one that is new. */
      for (int i = 0; i < 40 && round == 0; i++)
        {
          DspPenalty *penalty = i < 39 ? all->pdata[i * 7] : dsp_penalty_new ();

          fill (penalty, i < 39 ? i * 7 : N);
          if (i == 39)
            g_ptr_array_add (all, penalty);
          g_ptr_array_add (overlay, penalty);
        }
    }
  for (guint i = 0; i < all->len; i++)
    dsp_penalty_free (all->pdata[i]);
  g_clear_pointer (&db, dsp_db_close);
  g_assert_true (g_spawn_command_line_sync (remove, NULL, NULL, NULL, NULL));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/penalty-query/agrees-with-plain", agrees_with_plain);
  return g_test_run ();
}
