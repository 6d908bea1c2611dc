/* test-order-chart.c: every bar of every chart says of its orders what a plain count of the same orders says
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Random orders, filters and changes; the seed is GLib's own: run again with --seed=… A bar's orders are found by its own
 * filter, with core's dsp_filter_matches(): so the figures and the way from a bar to its orders are judged together.
 */
#include "config.h"
#include "dsp-order-chart.h"
#include "dsp-order-groups.h"
#include "dsp-order-index-private.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#define N_ORDERS 1500
static const gint64 now_us = G_GINT64_CONSTANT (1750000000) * G_TIME_SPAN_SECOND;
static const char *const zones[] = { "America/Mexico_City", "America/Tijuana", "UTC", "Asia/Kolkata" };
static const char *const reschedule_reasons[] = { "customer-away", "rain", NULL };
static GArray *asides[DSP_N_CHARTS]; /* of DspAside: of the kinds that read other records */

static const char *
one_of (const char *const *list,
        int                n)
{
  return list[g_test_rand_int_range (0, n)];
}

static gint64
random_time (int days)
{
  return g_test_rand_int_range (0, 4) == 0 ? 0 : now_us - g_test_rand_int_range (-86400, days * 86400) * G_TIME_SPAN_SECOND;
}

static DspId
id_of (guint n)
{
  DspId id = { { 0 } };

  memcpy (id.b + 4, &n, sizeof n);
  id.b[14] = 1; /* never none */
  id.b[15] = (guint8) (n * 37);
  return id;
}

static DspOrder *
random_order (guint n,
              int   days)
{
  static const char *const groups[] = { "LEAK", "METER", "A, b & c=1", "=SUM(A1)" }, *const types[] = { "repair", "install", "Sin señal" };
  static const char *const reasons[] = { NULL, "customer-away", "rain", "no-access", "dog" };
  DspOrder *order = dsp_order_new ();

  order->id = id_of (n);
  order->number = g_strdup_printf (n % 2 ? "%u" : "NUMERO-LARGO-%u", n);
  if (g_test_rand_int_range (0, 4) == 0)
    {
      guint of = (guint) g_test_rand_int_range (0, N_ORDERS);

      order->parent = g_strdup_printf (of % 2 ? "%u" : "NUMERO-LARGO-%u", of);
    }
  order->group = g_strdup (g_test_rand_int_range (0, 5) == 0 ? NULL : one_of (groups, G_N_ELEMENTS (groups)));
  order->type = g_strdup (one_of (types, G_N_ELEMENTS (types)));
  order->municipality = g_strdup ("Benito Juárez");
  order->postal_code = g_test_rand_int_range (0, 10) > 0 ? g_strdup_printf ("%05d", 3000 + g_test_rand_int_range (0, 60) * 10) : NULL;
  order->created_at.us = now_us - g_test_rand_int_range (0, days * 86400) * G_TIME_SPAN_SECOND;
  order->attention_at.us = random_time (days);
  order->penalty_at.us = random_time (days);
  order->assigned_at.us = random_time (days);
  order->status = (DspOrderStatus) g_test_rand_int_range (1, DSP_N_ORDER_STATUSES);
  if (order->status == DSP_ORDER_CLOSED)
    order->closed_at.us = random_time (days);
  if (order->status != DSP_ORDER_UNASSIGNED)
    order->crew_id = id_of (900000 + (guint) g_test_rand_int_range (0, 20));
  order->distributor_id = g_test_rand_bit () ? id_of (800000 + (guint) g_test_rand_int_range (0, 5)) : dsp_id_none;
  order->reason = g_strdup (one_of (reasons, G_N_ELEMENTS (reasons)));
  order->reschedules = (DspInt) { g_test_rand_int_range (0, 4), g_test_rand_bit () };
  order->penalty = (DspMoney) { g_test_rand_int_range (0, 400) * 50, g_test_rand_bit () };
  return order;
}

/* Claims of orders and of days, lines of orders and of none; some name orders that are not here. */
static GArray *
random_asides (DspChartKind kind,
               int          days)
{
  GArray *list = g_array_new (FALSE, FALSE, sizeof (DspAside));

  for (guint n = 0; n < N_ORDERS / 2; n++)
    {
      DspAside one = { .is_approved = kind == DSP_CHART_KILOMETRES || g_test_rand_bit () };

      if (g_test_rand_bit ())
        one.order_id = id_of ((guint) g_test_rand_int_range (0, N_ORDERS + 50));
      one.crew_id = id_of (900000 + (guint) g_test_rand_int_range (0, 22));
      one.day.day = (gint32) (now_us / G_TIME_SPAN_DAY) - g_test_rand_int_range (0, days + 1);
      one.value = kind == DSP_CHART_KILOMETRES ? g_test_rand_int_range (0, 90000) : g_test_rand_int_range (-20000, 90000);
      g_array_append_val (list, one);
    }
  return list;
}

/* ---- the plain count ---- */

static int
compare_times (gconstpointer a,
               gconstpointer b)
{
  return (*(const gint64 *) a > *(const gint64 *) b) - (*(const gint64 *) a < *(const gint64 *) b);
}

static gint64
rank (GArray *times,
      guint   permille)
{
  g_array_sort (times, compare_times);
  return times->len == 0 ? 0 : g_array_index (times, gint64, MAX ((times->len * permille + 999) / 1000, 1) - 1);
}

static bool
has_child (GPtrArray      *orders,
           const DspOrder *order)
{
  for (guint i = 0; i < orders->len; i++)
    if (g_strcmp0 (((DspOrder *) orders->pdata[i])->parent, order->number) == 0)
      return true;
  return false;
}

static const DspOrder *
find_order (GPtrArray   *orders,
            const DspId *id)
{
  for (guint i = 0; !dsp_id_is_none (id) && i < orders->len; i++)
    if (dsp_id_equal (&((DspOrder *) orders->pdata[i])->id, id))
      return orders->pdata[i];
  return NULL;
}

/* What each order has of the claims, in thousandths of a metre: its own, and its part of its crew's day among all orders; -1: none. */
static gint64 *
kilometres_of_all (GPtrArray  *orders,
                   const char *zone)
{
  DspOfficeSettings office = *dsp_office_defaults ();
  g_autoptr(DspCalendar) calendar = NULL;
  g_autofree gint32 *days = g_new0 (gint32, orders->len);
  gint64 *thousandths = g_new (gint64, orders->len);

  office.time_zone = (char *) zone;
  calendar = dsp_calendar_new (&office);
  for (guint i = 0; i < orders->len; i++)
    {
      const DspOrder *order = orders->pdata[i];

      if (order->status == DSP_ORDER_CLOSED && order->closed_at.us != 0)
        days[i] = dsp_calendar_day (calendar, order->closed_at.us, NULL).day;
    }
  for (guint i = 0; i < orders->len; i++)
    {
      const DspOrder *order = orders->pdata[i];
      gint64 own = -1, of_day = -1, n = 0;

      for (guint j = 0; j < asides[DSP_CHART_KILOMETRES]->len; j++)
        {
          const DspAside *claim = &g_array_index (asides[DSP_CHART_KILOMETRES], DspAside, j);

          if (dsp_id_equal (&claim->order_id, &order->id))
            own = MAX (own, 0) + claim->value * 1000;
          if (dsp_id_is_none (&claim->order_id) && dsp_id_equal (&claim->crew_id, &order->crew_id) && claim->day.day == days[i])
            of_day = MAX (of_day, 0) + claim->value * 1000;
        }
      for (guint j = 0; of_day >= 0 && j < orders->len; j++)
        n += days[j] == days[i] && dsp_id_equal (&((DspOrder *) orders->pdata[j])->crew_id, &order->crew_id);
      thousandths[i] = own < 0 && of_day < 0 ? -1 : MAX (own, 0) + (of_day >= 0 ? of_day / n : 0);
    }
  return thousandths;
}

static void
count_kilometres_plainly (GPtrArray       *orders,
                          const DspFilter *filter,
                          const gint64    *thousandths,
                          gint64           figures[DSP_CHART_MAX_FIGURES])
{
  gint64 sum = 0;

  for (guint i = 0; i < orders->len; i++)
    {
      if (!dsp_filter_matches (filter, orders->pdata[i], now_us))
        continue;
      sum += MAX (thousandths[i], 0);
      figures[2] += thousandths[i] >= 0;
      figures[3]++;
    }
  figures[0] = figures[2] > 0 ? (sum + 500 * figures[2]) / (1000 * figures[2]) : 0;
  figures[1] = (sum + 500) / 1000;
}

/* Lines of no order here are of the month of @bar, if no filter stands against it. */
static void
count_amounts_plainly (GPtrArray         *orders,
                       const DspFilter   *filter,
                       bool               all,
                       const DspChartBar *bar,
                       const char        *zone,
                       gint64             figures[DSP_CHART_MAX_FIGURES])
{
  DspOfficeSettings office = *dsp_office_defaults ();
  g_autoptr(DspCalendar) calendar = NULL;

  office.time_zone = (char *) zone;
  calendar = dsp_calendar_new (&office);
  for (guint i = 0; i < asides[DSP_CHART_AMOUNTS]->len; i++)
    {
      const DspAside *line = &g_array_index (asides[DSP_CHART_AMOUNTS], DspAside, i);
      const DspOrder *order = find_order (orders, &line->order_id);
      gint64 at_us = dsp_calendar_at (calendar, line->day, 0);

      if (order != NULL ? !dsp_filter_matches (filter, order, now_us) : !all || at_us < bar->from_us || at_us >= bar->to_us)
        continue;
      figures[line->is_approved ? 0 : 1] += line->value;
      figures[2] += line->value;
      figures[3]++;
    }
}

/* Of the orders that match both filters. */
static void
count_plainly (GPtrArray       *orders,
               DspChartKind     kind,
               const DspFilter *filter,
               const char      *bar,
               gint64           figures[DSP_CHART_MAX_FIGURES])
{
  g_autoptr(GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autoptr(GError) error = NULL;
  g_autoptr(DspFilter) both = dsp_filter_dup (filter);
  gint64 n = 0, late = 0, cents = 0, solved = 0, moved = 0, followed = 0, moves = 0;

  memset (figures, 0, DSP_CHART_MAX_FIGURES * sizeof *figures);
  if (!dsp_filter_narrow (both, bar, &error))
    return; /* there are none, then */
  for (guint i = 0; i < orders->len; i++)
    {
      const DspOrder *order = orders->pdata[i];
      gint64 span = (order->closed_at.us - order->created_at.us) / G_TIME_SPAN_SECOND;
      bool was_moved = order->reschedules.is_set && order->reschedules.value > 0;

      if (!dsp_filter_matches (both, order, now_us))
        continue;
      n++;
      late += dsp_order_is_penalized (order, now_us);
      cents += dsp_order_is_penalized (order, now_us) && order->penalty.is_set ? order->penalty.cents : 0;
      span = MAX (span, 0);
      g_array_append_val (times, span);
      moved += was_moved;
      moves += order->reschedules.is_set ? order->reschedules.value : 0;
      if (kind == DSP_CHART_FIRST_VISIT)
        {
          bool child = has_child (orders, order);

          followed += child;
          solved += !child && !was_moved;
        }
    }
  switch (kind)
    {
    case DSP_CHART_ATTENTION:
      figures[0] = rank (times, 500);
      figures[1] = rank (times, 900);
      figures[2] = n;
      break;
    case DSP_CHART_PENALIZED:
      figures[1] = late;
      figures[2] = cents;
      break;
    case DSP_CHART_RESCHEDULES:
      figures[0] = n;
      figures[1] = moves;
      break;
    case DSP_CHART_FIRST_VISIT:
      figures[0] = dsp_share (solved, n);
      figures[1] = solved;
      figures[2] = moved;
      figures[3] = followed;
      figures[4] = n;
      break;
    default:
      figures[0] = n;
    }
}

static DspChart *
make_chart (DspOrderIndex   *index,
            DspChartKind     kind,
            const DspField  *by,
            const DspFilter *filter,
            const char      *zone)
{
  DspChartQuery query = { .kind = kind, .by = by, .filter = filter, .zone = zone, .now_us = now_us, .reasons = reschedule_reasons,
                          .asides = asides[kind] };
  g_autoptr(DspChartJob) job = dsp_chart_job_new (index, &query, NULL);
  g_autoptr(GError) error = NULL;
  DspChart *chart = dsp_chart_job_run (job, NULL, &error);

  g_assert_no_error (error);
  return chart;
}

static void
check_chart (GPtrArray       *orders,
             DspOrderIndex   *index,
             DspChartKind     kind,
             const DspField  *by,
             const DspFilter *filter,
             const char      *zone)
{
  g_autoptr(DspChart) chart = make_chart (index, kind, by, filter, zone);
  const DspChartInfo *info = dsp_chart_info (kind);
  g_autofree char *text = dsp_filter_print (filter);
  gint64 sums[DSP_CHART_MAX_FIGURES] = { 0 }, figures[DSP_CHART_MAX_FIGURES];
  g_autofree gint64 *thousandths = kind == DSP_CHART_KILOMETRES && chart->bars->len > 0 ? kilometres_of_all (orders, zone) : NULL;

  g_test_message ("%s by %s in %s of “%s”: %u bars", DspChartKind_words.list[kind].name, by->name, zone, text, chart->bars->len);
  for (guint i = 0; i < chart->bars->len; i++)
    {
      const DspChartBar *bar = &g_array_index (chart->bars, DspChartBar, i);

      if (kind == DSP_CHART_HOURS)
        {
          for (guint j = 0; j < 2; j++)
            {
              count_plainly (orders, kind, filter, bar->filters[j], figures);
              g_assert_cmpint (bar->figures[j], ==, figures[0]);
            }
          continue;
        }
      count_plainly (orders, kind, filter, bar->filters[0], figures);
      if (dsp_chart_info (kind)->reads != NULL)
        {
          g_autoptr(DspFilter) both = dsp_filter_dup (filter);

          memset (figures, 0, sizeof figures);
          if (kind == DSP_CHART_AMOUNTS && dsp_filter_narrow (both, bar->filters[0], NULL))
            count_amounts_plainly (orders, both, dsp_filter_is_empty (filter), bar, zone, figures);
          else if (kind == DSP_CHART_KILOMETRES && dsp_filter_narrow (both, bar->filters[0], NULL))
            count_kilometres_plainly (orders, both, thousandths, figures);
        }
      if (kind == DSP_CHART_PENALIZED)
        {
          /* The bar opens the penalized ones: its share is of all that its value has. */
          g_autofree char *all = g_strdup (strchr (bar->filters[0], '&') + 1);
          gint64 whole[DSP_CHART_MAX_FIGURES];

          count_plainly (orders, DSP_CHART_STATUS, filter, all, whole);
          figures[3] = whole[0];
          figures[0] = dsp_share (figures[1], whole[0]);
        }
      for (guint j = 0; j < info->n_figures; j++)
        {
          g_assert_cmpint (bar->figures[j], ==, figures[j]);
          sums[j] += figures[j];
        }
      if (chart->by->kind == DSP_KIND_TIME && i > 0 && bar[-1].to_us != 0)
        g_assert_cmpint (bar->from_us, ==, bar[-1].to_us);
    }
  if (kind == DSP_CHART_HOURS)
    return;
  /* No order is lost between the bars. */
  for (guint j = 0; j < info->n_figures; j++)
    if (info->figures[j].unit == DSP_UNIT_COUNT || info->figures[j].unit == DSP_UNIT_CENTS)
      g_assert_cmpint (chart->totals[j], ==, sums[j]);
}

static DspFilter *
random_filter (void)
{
  static const char *const texts[] = {
    "", "", "status=closed", "status=unassigned,assigned,closed", "postal_code=031*,03400..03500", "penalized=yes", "penalized=no",
    "type=repair&group=LEAK", "created_at=2025-05-20T00:00:00Z..2025-06-14T12:30:00Z", "crew_id=+", "reason=rain,-", "reschedules=1..",
    "parent=-", "closed_at=..2025-06-12T00:00:00Z", "assigned_at=-,2025-06-10T00:00:00Z..", "reschedules=2&distributor_id=-", "status=annulled&type=nobody",
  };
  g_autoptr(GError) error = NULL;
  DspFilter *filter = dsp_filter_parse (&dsp_order, one_of (texts, G_N_ELEMENTS (texts)), &error);

  g_assert_no_error (error);
  return filter;
}

/* Orders come, change and go between two charts. */
static void
churn (GPtrArray     *orders,
       DspOrderIndex *index,
       int            days)
{
  for (guint n = 0; n < 200; n++)
    {
      guint at = (guint) g_test_rand_int_range (0, (int) orders->len);
      guint number = ((DspOrder *) orders->pdata[at])->id.b[4] | (guint) ((DspOrder *) orders->pdata[at])->id.b[5] << 8;

      if (g_test_rand_bit () && orders->len > 50)
        {
          dsp_order_index_remove (index, &((DspOrder *) orders->pdata[at])->id);
          g_ptr_array_remove_index_fast (orders, at);
          continue;
        }
      dsp_order_free (orders->pdata[at]);
      orders->pdata[at] = random_order (number, days);
      dsp_order_index_put (index, orders->pdata[at], 0);
    }
}

static void
test_bars_are_plain_counts (void)
{
  for (int days = 1; days <= 2000; days *= 12)
    {
      g_autoptr(GPtrArray) orders = g_ptr_array_new_with_free_func ((GDestroyNotify) dsp_order_free);
      g_autoptr(DspOrderIndex) index = dsp_order_index_new ();

      for (guint n = 0; n < N_ORDERS; n++)
        {
          DspOrder *order = random_order (n, days);

          g_ptr_array_add (orders, order);
          dsp_order_index_put (index, order, 0);
        }
      for (int round = 0; round < 3; round++)
        {
          for (guint kind = DSP_CHART_KILOMETRES; kind <= DSP_CHART_AMOUNTS; kind++)
            {
              g_clear_pointer (&asides[kind], g_array_unref);
              asides[kind] = random_asides (kind, days);
            }
          for (guint kind = 1; kind < DSP_N_CHARTS; kind++)
            for (guint i = 0; i < dsp_chart_info (kind)->n_by; i++)
              {
                g_autoptr(DspFilter) filter = random_filter ();

                check_chart (orders, index, kind, dsp_chart_by (kind, i), filter, one_of (zones, G_N_ELEMENTS (zones)));
              }
          churn (orders, index, days);
        }
    }
  for (guint kind = 0; kind < DSP_N_CHARTS; kind++)
    g_clear_pointer (&asides[kind], g_array_unref);
}

static void
test_nothing_is_a_chart_too (void)
{
  g_autoptr(DspOrderIndex) index = dsp_order_index_new ();
  g_autoptr(DspFilter) filter = dsp_filter_new (&dsp_order);

  for (guint kind = 1; kind < DSP_N_CHARTS; kind++)
    for (guint i = 0; i < dsp_chart_info (kind)->n_by; i++)
      {
        g_autoptr(DspChart) chart = make_chart (index, kind, dsp_chart_by (kind, i), filter, "UTC");

        g_assert_cmpuint (chart->n_orders, ==, 0);
        if (kind != DSP_CHART_HOURS)
          g_assert_cmpuint (chart->bars->len, ==, 0);
      }
}

static void
test_a_cancelled_chart_ends (void)
{
  g_autoptr(DspOrderIndex) index = dsp_order_index_new ();
  g_autoptr(GCancellable) cancellable = g_cancellable_new ();
  g_autoptr(GError) error = NULL;
  DspChartQuery query = { .kind = DSP_CHART_ATTENTION, .zone = "UTC", .now_us = now_us };
  g_autoptr(DspChartJob) job = NULL;

  for (guint n = 0; n < 100; n++)
    {
      g_autoptr(DspOrder) order = random_order (n, 10);

      dsp_order_index_put (index, order, 0);
    }
  job = dsp_chart_job_new (index, &query, NULL);
  g_cancellable_cancel (cancellable);
  g_assert_null (dsp_chart_job_run (job, cancellable, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Every row is in one group, with those that have the same value, in the order in which it came; and the sums are theirs. */
static void
test_groups (void)
{
  static const gsize fields[] = { offsetof (DspOrder, crew_id), offsetof (DspOrder, type), offsetof (DspOrder, group), offsetof (DspOrder, status),
                                  offsetof (DspOrder, distributor_id), offsetof (DspOrder, postal_code) };
  g_autoptr(GPtrArray) orders = g_ptr_array_new_with_free_func ((GDestroyNotify) dsp_order_free);
  g_autoptr(DspOrderIndex) index = dsp_order_index_new ();

  for (guint n = 0; n < N_ORDERS; n++)
    {
      g_ptr_array_add (orders, random_order (n, 40));
      g_assert_cmpuint (dsp_order_index_put (index, orders->pdata[n], 0), ==, n);
    }
  for (guint f = 0; f < G_N_ELEMENTS (fields); f++)
    {
      const DspField *by = dsp_table_at (&dsp_order.table, fields[f]);
      g_autofree guint32 *rows = g_new (guint32, N_ORDERS / 2);
      g_autoptr(GArray) groups = NULL;
      g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
      guint next = 0;

      for (guint i = 0; i < N_ORDERS / 2; i++)
        rows[i] = i * 2;
      groups = dsp_order_groups_make (index, by, now_us, rows, N_ORDERS / 2);
      for (guint g = 0; g < groups->len; g++)
        {
          const DspOrderGroup *group = &g_array_index (groups, DspOrderGroup, g);
          g_autofree char *value = NULL;
          gint64 cents = 0, age_s = 0;

          g_assert_cmpuint (group->first, ==, next);
          g_assert_cmpuint (group->n, >, 0);
          next += group->n;
          for (guint i = group->first; i < next; i++)
            {
              const DspOrder *order = orders->pdata[rows[i]];
              g_autofree char *text = dsp_field_dup_text (by, order);

              if (i == group->first)
                value = g_strdup (text);
              else
                g_assert_cmpuint (rows[i - 1], <, rows[i]);
              g_assert_cmpstr (text, ==, value);
              cents += order->penalty.is_set ? order->penalty.cents : 0;
              age_s += (now_us - order->created_at.us) / G_TIME_SPAN_SECOND;
            }
          g_assert_cmpint (group->cents, ==, cents);
          g_assert_cmpint (group->age_s, ==, age_s);
          g_assert_true (g_hash_table_add (seen, g_strdup (value != NULL ? value : "-")));
        }
      g_assert_cmpuint (next, ==, N_ORDERS / 2);
    }
}

/* What the index keeps for charts outlives a file. */
static void
test_the_file_keeps_it (void)
{
  g_autofree char *folder = g_dir_make_tmp ("despacho-chart-XXXXXX", NULL), *path = g_build_filename (folder, "chart.index", NULL);
  g_autoptr(DspOrderIndex) index = dsp_order_index_new (), again = NULL;
  g_autoptr(DspFilter) filter = dsp_filter_new (&dsp_order);
  g_autoptr(GError) error = NULL;

  for (guint n = 0; n < 300; n++)
    {
      g_autoptr(DspOrder) order = random_order (n, 10);

      dsp_order_index_put (index, order, 0);
    }
  g_assert_true (dsp_order_index_write (index, path, "stamp", &error));
  again = dsp_order_index_read (path, "stamp", &error);
  g_assert_no_error (error);
  for (guint kind = 1; kind < DSP_N_CHARTS; kind++)
    {
      g_autoptr(DspChart) before = make_chart (index, kind, NULL, filter, "UTC"), after = make_chart (again, kind, NULL, filter, "UTC");

      g_assert_cmpuint (before->bars->len, ==, after->bars->len);
      for (guint i = 0; i < before->bars->len; i++)
        {
          const DspChartBar *one = &g_array_index (before->bars, DspChartBar, i), *two = &g_array_index (after->bars, DspChartBar, i);

          g_assert_cmpstr (one->text, ==, two->text);
          g_assert_cmpmem (one->figures, sizeof one->figures, two->figures, sizeof two->figures);
        }
    }
  g_unlink (path);
  g_rmdir (folder);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/order-chart/S0-16/bars_are_plain_counts_of_the_orders_that_they_open", test_bars_are_plain_counts);
  g_test_add_func ("/order-chart/S0-16/no_orders_are_a_chart_too", test_nothing_is_a_chart_too);
  g_test_add_func ("/order-chart/S0-16/a_cancelled_chart_ends", test_a_cancelled_chart_ends);
  g_test_add_func ("/order-chart/S0-19/groups_hold_every_row_once_and_sum_up_their_own", test_groups);
  g_test_add_func ("/order-chart/S0-16/the_index_file_keeps_what_charts_need", test_the_file_keeps_it);
  return g_test_run ();
}
