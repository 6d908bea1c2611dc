/* bench-chart.c: every chart over a million orders, beside a plain group-by of the same rows in SQLite
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bench-chart [ORDERS]. Each figure is a line of JSON on standard output, for a person on standard error. "owner" is what
 * the window's thread does, "thread" the rest.
 */
#include "config.h"
#include "dsp-order-chart.h"
#include "dsp-schema.h"
#include "dsp-table.h"
#include "generate.h"

#include <stdlib.h>

#define GOAL_MS 150.0

static void
report (const char *name,
        const char *part,
        gint64      us)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (text, sizeof text, "%.4g", (double) us / 1e3);
  g_print ("{\"name\":\"chart/%s/%s\",\"value\":%s,\"unit\":\"ms\",\"goal\":%g}\n", name, part, text, GOAL_MS);
  g_printerr ("%-16s %-8s %10s ms    goal %g\n", name, part, text, GOAL_MS);
}

/* Of every second order a line; of every crew that appears a claim for each of its days. What it costs to read them is not in it. */
static GArray *
make_asides (DspOrderIndex *index,
             DspChartKind   kind)
{
  GArray *asides = g_array_new (FALSE, FALSE, sizeof (DspAside));
  const DspField *closed = dsp_table_at (&dsp_order.table, offsetof (DspOrder, closed_at));
  guint step = kind == DSP_CHART_AMOUNTS ? 2 : 7;

  for (guint row = 0; dsp_chart_info (kind)->reads != NULL && row < dsp_order_index_n_orders (index); row += step)
    {
      DspAside aside = { .is_approved = row % 4 == 0, .value = 20000 + row % 9000 };

      aside.day.day = (gint32) (dsp_order_index_time (index, closed, row) / G_TIME_SPAN_DAY);
      if (kind == DSP_CHART_AMOUNTS)
        aside.order_id = *dsp_order_index_id (index, row);
      else
        aside.crew_id = *dsp_order_index_crew (index, row);
      if (aside.day.day != 0)
        g_array_append_val (asides, aside);
    }
  return asides;
}

static void
measure (DspOrderIndex *index,
         DspChartKind   kind)
{
  g_autoptr(GArray) asides = make_asides (index, kind);
  DspChartQuery query = { .kind = kind, .zone = "America/Mexico_City", .now_us = GENERATE_NOW, .asides = asides };
  gint64 owner = G_MAXINT64, thread = G_MAXINT64;

  for (int i = 0; i < 5; i++)
    {
      gint64 from = g_get_monotonic_time (), between;
      g_autoptr(DspChartJob) job = dsp_chart_job_new (index, &query, NULL);
      g_autoptr(DspChart) chart = NULL;

      between = g_get_monotonic_time ();
      chart = dsp_chart_job_run (job, NULL, NULL);
      g_assert_nonnull (chart);
      owner = MIN (owner, between - from);
      thread = MIN (thread, g_get_monotonic_time () - between);
    }
  report (DspChartKind_words.list[kind].name, "owner", owner);
  report (DspChartKind_words.list[kind].name, "thread", thread);
}

static void
measure_sql (DspDb      *db,
             const char *column)
{
  g_autofree char *sql = g_strdup_printf ("SELECT \"%s\", count(*) FROM \"order\" GROUP BY 1", column);
  g_autoptr(GError) error = NULL;
  gint64 from = g_get_monotonic_time ();
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, sql, &error);

  g_assert_no_error (error);
  while (dsp_stmt_step (stmt, &error) == DSP_STEP_ROW)
    ;
  g_assert_no_error (error);
  report (column, "sql", g_get_monotonic_time () - from);
}

int
main (int    argc,
      char **argv)
{
  static const char *const columns[] = { "status", "group", "type", "postal_code", "crew_id", "distributor_id" };
  guint n = argc > 1 ? (guint) atoi (argv[1]) : 1000000;
  g_autofree char *dir = g_dir_make_tmp ("bench-chart-XXXXXX", NULL);
  g_autofree char *uri = g_strdup_printf ("sqlite:%s/replica", dir);
  g_autoptr(GError) error = NULL;
  g_autoptr(DspDb) db = dsp_db_open (uri, DSP_DB_CREATE, &error);
  g_autoptr(DspOrderIndex) index = dsp_order_index_new ();
  g_autoptr(Generate) generate = generate_new (1, n, 400, 12, NULL);
  char *arguments[] = { (char *) "rm", (char *) "-rf", dir, NULL };

  g_assert_no_error (error);
  if (!dsp_schema_open (db, &dsp_schema_replica, &error) || !dsp_db_begin (db, &error))
    g_error ("%s", error->message);
  for (guint i = 0; i < n; i++)
    {
      g_autoptr(DspOrder) order = dsp_order_new ();

      generate_order (generate, i, false, order);
      dsp_order_index_put (index, order, 0);
      if (!dsp_table_insert (db, NULL, &dsp_order, order, &error))
        g_error ("%s", error->message);
    }
  if (!dsp_db_commit (db, &error))
    g_error ("%s", error->message);
  for (guint kind = 1; kind < DSP_N_CHARTS; kind++)
    measure (index, kind);
  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    measure_sql (db, columns[i]);
  g_clear_pointer (&db, dsp_db_close);
  return g_spawn_sync (NULL, arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, NULL, NULL) ? 0 : 1;
}
