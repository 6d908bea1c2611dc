/* bench-index.c: the window's query path over a million orders
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bench-index [ORDERS]: prints each figure with its goal, as text and as one line of JSON.
 */
#include "config.h"
#include "dsp-order-index.h"
#include "generate.h"

#include <stdio.h>
#include <stdlib.h>

#define FIELD(member) dsp_table_at (&dsp_order.table, offsetof (DspOrder, member))

/* The eleven criteria, alone and three at once. */
static const char *const filters[] = {
  "", "status=unassigned", "postal_code=03*", "postal_code=06000..06400", "penalized=yes", "penalized=<4h", "type=Sin%20servicio",
  "group=Falla,Retiro", "created_at=2026-01-01T00:00:00Z..2026-02-01T00:00:00Z", "attention_at=2026-03-02T06:00:00Z..2026-03-03T06:00:00Z",
  "status=unassigned&postal_code=03*,06000..06400&type=Sin%20servicio", "status=closed&group=Falla&created_at=2026-01-01T00:00:00Z..",
  "priority=1&subtype=Total&penalized=yes", "neighbourhood=Narvarte%20Poniente&status=unassigned,assigned&penalized=<4h",
};

static int
compare_doubles (const void *a,
                 const void *b)
{
  double one = *(const double *) a, two = *(const double *) b;

  return (one > two) - (one < two);
}

static double
ms_since (gint64 from_us)
{
  return (double) (g_get_monotonic_time () - from_us) / 1000.0;
}

static void
report (const char *what,
        double      ms,
        double      goal)
{
  printf ("%-58s %9.3f ms   goal %7.1f\n", what, ms, goal);
}

int
main (int   argc,
      char *argv[])
{
  guint n = argc > 1 ? (guint) atoi (argv[1]) : 1000000;
  g_autoptr(DspOrderIndex) index = dsp_order_index_new ();
  const DspField *sorts[] = { FIELD (created_at), FIELD (penalty_at), FIELD (postal_code), FIELD (status), FIELD (neighbourhood) };
  DspClock clock = { GENERATE_NOW, GENERATE_NOW - G_TIME_SPAN_HOUR * 10, GENERATE_NOW + G_TIME_SPAN_HOUR * 14, 4 * G_TIME_SPAN_HOUR };
  g_autoptr(Generate) generate = generate_new (1, n, 400, 12, NULL);
  double times[2000], first[64], all_p50, all_p99, put_ms = 0, prepare_ms;
  guint n_times = 0, n_first = 0;
  gint64 from;

  for (guint i = 0; i < n; i++)
    {
      g_autoptr(DspOrder) order = dsp_order_new ();

      generate_order (generate, i, false, order);
      from = g_get_monotonic_time ();
      dsp_order_index_put (index, order, 0);
      put_ms += ms_since (from);
    }
  printf ("%u orders; %.1f bytes a row before sorting\n", n, (double) dsp_order_index_memory (index) / n);
  report ("put all rows", put_ms, 1000);

  for (guint f = 0; f < G_N_ELEMENTS (filters); f++)
    {
      g_autoptr(DspFilter) filter = dsp_filter_parse (&dsp_order, filters[f], NULL);
      DspOrderQuery query = { .filter = filter, .sort = FIELD (penalty_at), .clock = clock };

      g_assert (filter != NULL);
      from = g_get_monotonic_time ();
      dsp_order_result_free (dsp_order_index_query (index, &query, 100));
      first[n_first++] = ms_since (from);
    }
  qsort (first, n_first, sizeof *first, compare_doubles);
  report ("page of 100 and counts, column never sorted, worst", first[n_first - 1], 16);

  from = g_get_monotonic_time ();
  for (guint i = 0; i < G_N_ELEMENTS (sorts); i++)
    dsp_order_index_prepare (index, sorts[i]);
  prepare_ms = ms_since (from) / G_N_ELEMENTS (sorts);
  report ("sort a column (in a thread)", prepare_ms, 200);

  for (guint round = 0; round < 20; round++)
    for (guint f = 0; f < G_N_ELEMENTS (filters); f++)
      {
        g_autoptr(DspFilter) filter = dsp_filter_parse (&dsp_order, filters[f], NULL);
        DspOrderQuery query = { .filter = filter, .sort = sorts[round % G_N_ELEMENTS (sorts)], .descending = round & 1, .clock = clock };
        g_autoptr(DspOrderResult) result = NULL;

        from = g_get_monotonic_time ();
        result = dsp_order_index_query (index, &query, 100);
        times[n_times++] = ms_since (from);
        if (round == 0)
          printf ("    %-70s %8u rows %7.3f ms\n", filters[f], result->n_rows, times[n_times - 1]);
      }
  qsort (times, n_times, sizeof *times, compare_doubles);
  all_p50 = times[n_times / 2];
  all_p99 = times[n_times * 99 / 100];
  report ("whole result in order and counts, p50", all_p50, 16);
  report ("whole result in order and counts, p99", all_p99, 16);

  from = g_get_monotonic_time ();
  dsp_order_totals_free (dsp_order_index_totals (index, &clock));
  report ("exceptions and loads of all crews", ms_since (from), 16);

  {
    g_autoptr(GPtrArray) changed = g_ptr_array_new_with_free_func ((GDestroyNotify) dsp_order_free);
    DspOrderQuery query = { .sort = FIELD (status), .clock = clock };
    double update_ms, one_ms;

    /* The newest are the open ones. */
    for (guint i = 0; i < 5000 && i < n; i++)
      {
        DspOrder *order = dsp_order_new ();

        generate_order (generate, n - 1 - i, false, order);
        order->status = DSP_ORDER_ASSIGNED;
        order->crew_id = generate_crew_id (7);
        g_ptr_array_add (changed, order);
      }
    from = g_get_monotonic_time ();
    for (guint i = 0; i < changed->len; i++)
      dsp_order_index_put (index, changed->pdata[i], DSP_ROW_PENDING);
    update_ms = ms_since (from);
    report ("change 5,000 rows, five columns sorted", update_ms, 16);
    from = g_get_monotonic_time ();
    dsp_order_result_free (dsp_order_index_query (index, &query, 100));
    report ("first query after it, by a column that changed", ms_since (from), 16);
    from = g_get_monotonic_time ();
    dsp_order_index_put (index, changed->pdata[0], 0);
    one_ms = ms_since (from);
    report ("change one row", one_ms, 0.1);
  }
  printf ("%.1f bytes a row with five columns sorted\n", (double) dsp_order_index_memory (index) / n);
  printf ("{\"bench\":\"index\",\"orders\":%u,\"put_ms\":%.1f,\"first_page_ms\":%.3f,\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"sort_ms\":%.1f}\n",
          n, put_ms, first[n_first - 1], all_p50, all_p99, prepare_ms);
  return 0;
}
