/* bench-review.c: the review desk's queue among 100,000 penalties on a client's SQLite
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each figure is a line of JSON on standard output, for a person on standard error. A page of 100 rows with all numbers.
 */
#define G_LOG_DOMAIN "bench"

#include "config.h"
#include "dsp-penalty-query.h"
#include "dsp-schema.h"
#include "dsp-table.h"

#include <stdlib.h>

#define FRAME_MS 16.0
#define ROUNDS 40

static int n_penalties = 100000;

static void
check (gboolean ok,
       GError  *error)
{
  if (!ok)
    g_error ("%s", error != NULL ? error->message : "failed");
}

static DspId
id_of (const char *entity,
       guint       n)
{
  g_autofree char *key = g_strdup_printf ("%u", n);

  return dsp_id_from_key (entity, key);
}

static void
fill (DspDb *db)
{
  g_autoptr(GRand) rand = g_rand_new_with_seed (3);
  GError *error = NULL;

  check (dsp_schema_open (db, &dsp_schema_replica, &error) && dsp_db_begin (db, &error), error);
  for (int i = 0; i < n_penalties; i++)
    {
      g_autofree char *number = g_strdup_printf ("N%07d", i);
      guint turn = g_rand_int (rand);
      DspPenalty penalty = { .version = 1, .number = number, .fault = DSP_FAULT_LATE_ATTENTION, .at = { 1 },
                             .state = turn % 10 < 7 ? DSP_PENALTY_PENDING : DSP_PENALTY_CONFIRMED, .scope = dsp_scope_company,
                             .due_at = { (gint64) (g_rand_int (rand) % 100000) * G_TIME_SPAN_MINUTE + 1 },
                             .amount = { g_rand_int_range (rand, 100, 5000) * 50, true } };

      penalty.id = id_of ("penalty", (guint) i);
      penalty.order_id = id_of ("order", (guint) i);
      penalty.distributor_id = id_of ("distributor", turn / 16 % 12);
      penalty.rule_id = id_of ("rule", turn / 256 % 8);
      penalty.crew_id = id_of ("crew", turn / 4096 % 400);
      check (dsp_table_insert (db, NULL, &dsp_penalty, &penalty, &error), error);
    }
  check (dsp_db_commit (db, &error) && dsp_db_checkpoint (db, DSP_CHECKPOINT_TRUNCATE, NULL, &error), error);
}

static int
compare_times (gconstpointer a,
               gconstpointer b)
{
  return (*(const gint64 *) a > *(const gint64 *) b) - (*(const gint64 *) a < *(const gint64 *) b);
}

static void
measure (DspDb                 *db,
         const char            *name,
         const DspPenaltyQuery *query)
{
  gint64 times[ROUNDS];
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  for (int i = 0; i < ROUNDS; i++)
    {
      GError *error = NULL;
      gint64 begin = g_get_monotonic_time ();
      g_autoptr(DspPenaltyResult) result = dsp_penalty_query_run (db, query, NULL, &error);

      check (result != NULL, error);
      times[i] = g_get_monotonic_time () - begin;
    }
  qsort (times, ROUNDS, sizeof *times, compare_times);
  g_ascii_formatd (text, sizeof text, "%.4g", times[ROUNDS / 2] / 1e3);
  g_print ("{\"name\":\"review/%s\",\"value\":%s,\"unit\":\"ms\",\"goal\":%g}\n", name, text, FRAME_MS);
  g_printerr ("%-46s %10s ms    goal %g\n", name, text, FRAME_MS);
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *dir = g_dir_make_tmp ("bench-review-XXXXXX", NULL);
  g_autofree char *uri = g_strdup_printf ("sqlite:%s/replica", dir);
  GError *error = NULL;
  g_autoptr(DspDb) db = dsp_db_open (uri, DSP_DB_CREATE, &error);
  DspPenaltyQuery query = { .states = DSP_BIT (DSP_PENALTY_PENDING), .n = 100 };
  char *arguments[] = { (char *) "rm", (char *) "-rf", dir, NULL };

  if (argc > 1)
    n_penalties = atoi (argv[1]);
  check (db != NULL, error);
  fill (db);
  measure (db, "pending by money, page and numbers", &query);
  query.first = 5000;
  measure (db, "the fiftieth page", &query);
  query.first = 0;
  query.sort = DSP_PENALTY_BY_DUE;
  measure (db, "pending by lateness", &query);
  query.states = 0;
  measure (db, "all states by lateness", &query);
  query.states = DSP_BIT (DSP_PENALTY_PENDING);
  query.distributor_id = id_of ("distributor", 3);
  measure (db, "of one distributor", &query);
  query.rule_id = id_of ("rule", 3);
  measure (db, "of one distributor and rule", &query);
  g_clear_pointer (&db, dsp_db_close);
  check (g_spawn_sync (NULL, arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, &error), error);
  return 0;
}
