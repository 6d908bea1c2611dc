/* test-order-index.c: the columns answer what core says, whatever happened to them before
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Random orders and filters; the seed is GLib's own: run again with --seed=…
 */
#include "config.h"
#include "dsp-order-index-private.h"

#include <glib/gstdio.h>
#include <string.h>

static const char *const groups[] = { "LEAK", "METER", "NETWORK" };
static const char *const types[] = { "repair", "install", "disconnect", "inspect" };
static const gint64 now_us = G_GINT64_CONSTANT (1750000000) * G_TIME_SPAN_SECOND;

#define FIELD(member) dsp_table_at (&dsp_order.table, offsetof (DspOrder, member))

static DspClock
a_clock (void)
{
  gint64 day = now_us - now_us % G_TIME_SPAN_DAY;

  return (DspClock) { now_us, day, day + G_TIME_SPAN_DAY, 4 * G_TIME_SPAN_HOUR };
}

static gint64
random_time (void)
{
  if (g_test_rand_int_range (0, 5) == 0)
    return 0;
  return now_us + g_test_rand_int_range (-200000, 200000) * G_TIME_SPAN_SECOND;
}

static DspId
id_of (guint n)
{
  DspId id = { { 0 } };

  memcpy (id.b + 4, &n, sizeof n);
  id.b[15] = (guint8) (n * 37);
  return id;
}

static DspOrder *
random_order (guint n)
{
  DspOrder *order = dsp_order_new ();
  static const char *const neighbourhoods[] = { "Álamos", "Zona Centro", "álamos norte", "Narvarte", "Ñuñoa" };

  order->id = id_of (n);
  order->version = 1;
  order->number = g_strdup_printf ("%u", g_test_rand_int_range (1, 100000));
  order->account = g_strdup_printf ("A-%05u", g_test_rand_int_range (0, 99999));
  order->group = g_strdup (groups[g_test_rand_int_range (0, G_N_ELEMENTS (groups))]);
  order->type = g_strdup (types[g_test_rand_int_range (0, G_N_ELEMENTS (types))]);
  order->neighbourhood = g_strdup (neighbourhoods[g_test_rand_int_range (0, G_N_ELEMENTS (neighbourhoods))]);
  if (g_test_rand_int_range (0, 10) > 0)
    order->postal_code = g_strdup_printf ("%05d", 3000 + g_test_rand_int_range (0, 400) * 10);
  order->created_at.us = now_us - g_test_rand_int_range (0, 3000000) * G_TIME_SPAN_SECOND;
  order->attention_at.us = random_time ();
  order->penalty_at.us = random_time ();
  order->status = (DspOrderStatus) g_test_rand_int_range (1, DSP_N_ORDER_STATUSES);
  if (order->status == DSP_ORDER_CLOSED)
    order->closed_at.us = random_time ();
  if (order->status != DSP_ORDER_UNASSIGNED)
    order->crew_id = id_of (900000 + (guint) g_test_rand_int_range (0, 300));
  if (g_test_rand_int_range (0, 3) > 0)
    order->priority = (DspInt) { g_test_rand_int_range (1, 6), true };
  order->distributor_id = id_of (800000 + (guint) g_test_rand_int_range (0, 12));
  if (g_test_rand_int_range (0, 4) == 0)
    order->stopped_at.us = random_time ();
  if (g_test_rand_int_range (0, 4) == 0)
    order->penalized_at.us = now_us - g_test_rand_int_range (0, 200000) * G_TIME_SPAN_SECOND;
  if (g_test_rand_int_range (0, 4) == 0)
    order->excused = g_test_rand_bit () ? DSP_YES : DSP_NO;
  if (g_test_rand_bit ())
    order->penalty = (DspMoney) { g_test_rand_int_range (0, 400) * 100, true };
  return order;
}

/* The same orders, kept plainly. */
typedef struct {
  DspOrderIndex *index;
  GHashTable    *orders; /* DspId * (in the order) -> DspOrder */
} Twin;

static Twin *
twin_new (void)
{
  Twin *twin = g_new0 (Twin, 1);

  twin->index = dsp_order_index_new ();
  twin->orders = g_hash_table_new_full (dsp_id_hash, dsp_id_equal_func, NULL, (GDestroyNotify) dsp_order_free);
  return twin;
}

static void
twin_free (Twin *twin)
{
  dsp_order_index_unref (twin->index);
  g_hash_table_unref (twin->orders);
  g_free (twin);
}

static void
twin_put (Twin *twin,
          guint n)
{
  DspOrder *order = random_order (n);

  dsp_order_index_put (twin->index, order, 0);
  g_hash_table_replace (twin->orders, &order->id, order);
}

static void
twin_remove (Twin *twin,
             guint n)
{
  DspId id = id_of (n);
  gboolean there = g_hash_table_remove (twin->orders, &id);

  g_assert_cmpint (dsp_order_index_remove (twin->index, &id), ==, there);
}

static void
twin_churn (Twin *twin,
            guint n_turns)
{
  for (guint i = 0; i < n_turns; i++)
    if (g_test_rand_int_range (0, 4) == 0)
      twin_remove (twin, (guint) g_test_rand_int_range (0, 3000));
    else
      twin_put (twin, (guint) g_test_rand_int_range (0, 3000));
}

/* What of an order decides its policy and its zone. */
static void
test_rows_say_their_texts (void)
{
  static const gsize kept[] = { offsetof (DspOrder, type), offsetof (DspOrder, group), offsetof (DspOrder, municipality) };
  Twin *twin = twin_new ();
  GHashTableIter iter;
  gpointer order;

  twin_churn (twin, 2000);
  g_hash_table_iter_init (&iter, twin->orders);
  while (g_hash_table_iter_next (&iter, NULL, &order))
    {
      guint32 row = dsp_order_index_find (twin->index, &((DspOrder *) order)->id);

      for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
        {
          const DspField *field = dsp_table_at (&dsp_order.table, kept[i]);

          g_assert_cmpstr (dsp_order_index_text (twin->index, field, row), ==, *dsp_field_text (field, order));
        }
      g_assert_null (dsp_order_index_text (twin->index, dsp_table_at (&dsp_order.table, offsetof (DspOrder, number)), row));
    }
  twin_free (twin);
}

static DspFilter *
random_filter (void)
{
  static const char *const parts[] = {
    "status=unassigned", "status=unassigned,assigned,-", "postal_code=03100", "postal_code=031*,03500..03900", "postal_code=-",
    "priority=1,2", "priority=2..4", "priority=-", "type=repair", "group=LEAK,METER", "neighbourhood=%C3%81lamos", "penalized=yes",
    "penalized=no", "penalized=<4h", "attention_at=2025-06-15T00:00:00Z..2025-06-16T00:00:00Z", "attention_at=-", "penalty_at=+",
    "created_at=..2025-06-01T12:30:00Z", "crew_id=-", "distributor_id=+", "attention_at=-,2025-06-15T12:00:00Z..",
  };
  g_autoptr(GString) text = g_string_new (NULL);
  g_autoptr(GError) error = NULL;
  guint32 used = 0;
  DspFilter *filter;
  int n = g_test_rand_int_range (0, 4);

  for (int i = 0; i < n; i++)
    {
      guint part = (guint) g_test_rand_int_range (0, G_N_ELEMENTS (parts));
      gsize length = strcspn (parts[part], "=");
      bool repeated = false;

      for (guint j = 0; j < G_N_ELEMENTS (parts); j++)
        repeated = repeated || ((used >> j & 1) && strncmp (parts[j], parts[part], length + 1) == 0);
      if (repeated)
        continue;
      used |= 1u << part;
      g_string_append_printf (text, "%s%s", text->len > 0 ? "&" : "", parts[part]);
    }
  filter = dsp_filter_parse (&dsp_order, text->str, &error);
  g_assert_no_error (error);
  return filter;
}

static int
compare_field (const DspField *field,
               const DspOrder *a,
               const DspOrder *b)
{
  switch ((DspKind) field->kind)
    {
    case DSP_KIND_TIME:
      return (dsp_field_time (field, a)->us > dsp_field_time (field, b)->us) -
             (dsp_field_time (field, a)->us < dsp_field_time (field, b)->us);
    case DSP_KIND_WORD:
      return (int) *dsp_field_word (field, a) - (int) *dsp_field_word (field, b);
    case DSP_KIND_MONEY:
      {
        const DspMoney *one = dsp_field_money (field, a), *two = dsp_field_money (field, b);

        return one->is_set && two->is_set ? (int) (one->cents - two->cents) : one->is_set - two->is_set;
      }
    case DSP_KIND_INT:
      return (int) (dsp_field_int (field, a)->value - dsp_field_int (field, b)->value);
    case DSP_KIND_TEXT:
      {
        const char *one = *dsp_field_text (field, a), *two = *dsp_field_text (field, b);

        if (one == NULL || two == NULL)
          return (one != NULL) - (two != NULL);
        if (field->offset == offsetof (DspOrder, number))
          return atoi (one) - atoi (two);
        return g_utf8_collate (one, two);
      }
    default:
      return 0;
    }
}

static void
check_query (Twin           *twin,
             DspFilter      *filter,
             DspException    exception,
             const DspField *sort,
             guint           n_first)
{
  DspOrderQuery query = { .filter = filter, .exception = exception, .sort = sort, .descending = g_test_rand_bit (), .clock = a_clock () };
  g_autoptr(DspOrderResult) result = dsp_order_index_query (twin->index, &query, n_first);
  g_autofree char *text = dsp_filter_print (filter);
  guint by_status[DSP_N_ORDER_STATUSES] = { 0 }, n = 0, n_counted = 0, n_unassigned = 0, n_penalized = 0, counted_penalized = 0;
  guint counted_unassigned = 0;
  GHashTableIter iter;
  DspOrder *order;

  g_test_message ("filter “%s”, exception %d, sort %s", text, exception, sort->name);
  g_hash_table_iter_init (&iter, twin->orders);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &order))
    {
      if (!dsp_filter_matches (filter, order, now_us))
        continue;
      if (exception == DSP_EXCEPTION_AT_RISK &&
          !(dsp_order_is_open (order) && dsp_order_penalized_from (order) > now_us &&
            dsp_order_penalized_from (order) <= now_us + query.clock.risk_us))
        continue;
      if (exception == DSP_EXCEPTION_UNASSIGNED && !(dsp_order_is_open (order) && dsp_id_is_none (&order->crew_id)))
        continue;
      n++;
      by_status[order->status]++;
      n_unassigned += dsp_order_is_open (order) && dsp_id_is_none (&order->crew_id);
      n_penalized += dsp_order_is_open (order) && dsp_order_is_penalized (order, now_us);
    }
  g_assert_cmpuint (result->n_rows, ==, n);
  g_assert_cmpmem (result->by_status, sizeof by_status, by_status, sizeof by_status);
  for (guint i = 0; i < result->by_postal_code->len; i++)
    {
      const DspPostalCount *count = &g_array_index (result->by_postal_code, DspPostalCount, i);

      n_counted += count->total;
      counted_unassigned += count->unassigned;
      counted_penalized += count->penalized;
      if (i > 0)
        g_assert_cmpint (g_strcmp0 (count[-1].postal_code, count->postal_code), <, 0);
    }
  g_assert_cmpuint (n_counted, ==, n);
  g_assert_cmpuint (counted_unassigned, ==, n_unassigned);
  g_assert_cmpuint (counted_penalized, ==, n_penalized);
  g_assert_cmpuint (result->n_sorted, >=, MIN (n, n_first));

  for (guint i = 0; i < result->n_rows; i++)
    {
      DspOrder *at = g_hash_table_lookup (twin->orders, dsp_order_index_id (twin->index, result->rows[i]));

      g_assert_nonnull (at);
      g_assert_true (dsp_filter_matches (filter, at, now_us));
      if (i > 0 && i < result->n_sorted)
        {
          DspOrder *before = g_hash_table_lookup (twin->orders, dsp_order_index_id (twin->index, result->rows[i - 1]));
          int order_of = compare_field (sort, before, at);

          if (order_of != 0)
            g_assert_true ((order_of > 0) == query.descending);
        }
    }
}

static void
give_texts (Twin           *twin,
            const DspField *field)
{
  DspIndexTexts *texts;
  GHashTableIter iter;
  DspOrder *order;

  if (!dsp_order_index_needs_texts (twin->index, field))
    return;
  texts = dsp_index_texts_new (field);
  g_hash_table_iter_init (&iter, twin->orders);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &order))
    dsp_index_texts_add (texts, &order->id, *dsp_field_text (field, order));
  dsp_order_index_take_texts (twin->index, texts);
}

/* Filters, counts and orders agree with a plain list of the same orders, through any history of changes. */
static void
test_agrees_with_core (void)
{
  const DspField *sorts[] = { FIELD (created_at), FIELD (penalty_at), FIELD (penalty), FIELD (status), FIELD (priority), FIELD (postal_code),
                              FIELD (neighbourhood), FIELD (number) };
  Twin *twin = twin_new ();

  for (int round = 0; round < 60; round++)
    {
      twin_churn (twin, (guint) g_test_rand_int_range (1, 200));
      for (guint i = 0; i < G_N_ELEMENTS (sorts); i++)
        {
          g_autoptr(DspFilter) filter = random_filter ();

          give_texts (twin, sorts[i]);
          if (g_test_rand_int_range (0, 6) == 0)
            dsp_order_index_prepare (twin->index, sorts[i]);
          check_query (twin, filter, g_test_rand_int_range (0, 3) == 0 ? DSP_EXCEPTION_AT_RISK : DSP_EXCEPTION_NONE, sorts[i],
                       (guint) g_test_rand_int_range (1, 200));
        }
      g_assert_cmpuint (dsp_order_index_n_orders (twin->index), ==, g_hash_table_size (twin->orders));
    }
  twin_free (twin);
}

/* More values than a byte, then two, can name: the codes widen and nothing is mixed up. */
static void
test_wide_dictionaries (void)
{
  Twin *twin = twin_new ();
  g_autoptr(DspFilter) filter = NULL;

  for (guint i = 0; i < 70000; i++)
    {
      g_autoptr(DspOrder) order = random_order (i);

      g_free (order->neighbourhood);
      order->neighbourhood = g_strdup_printf ("N%u", i);
      dsp_order_index_put (twin->index, order, 0);
    }
  filter = dsp_filter_parse (&dsp_order, "neighbourhood=N200,N300,N69999", NULL);
  {
    DspOrderQuery query = { .filter = filter, .clock = a_clock () };
    g_autoptr(DspOrderResult) result = dsp_order_index_query (twin->index, &query, 10);

    g_assert_cmpuint (result->n_rows, ==, 3);
    g_assert_cmpuint (result->n_sorted, ==, 3);
  }
  twin_free (twin);
}

static void
on_prepared (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  gboolean *done = user_data;

  g_assert_true (dsp_order_index_prepare_finish (NULL, result, NULL));
  *done = TRUE;
}

/* What changes while a column is sorted in a thread is in the order afterwards. */
static void
test_sorted_in_background (void)
{
  Twin *twin = twin_new ();
  gboolean done = FALSE;
  g_autoptr(DspFilter) filter = dsp_filter_new (&dsp_order);

  twin_churn (twin, 5000);
  dsp_order_index_prepare_async (twin->index, FIELD (penalty_at), NULL, on_prepared, &done);
  g_assert_false (dsp_order_index_is_sorted (twin->index, FIELD (penalty_at)));
  twin_churn (twin, 500);
  while (!done)
    g_main_context_iteration (NULL, TRUE);
  g_assert_true (dsp_order_index_is_sorted (twin->index, FIELD (penalty_at)));
  check_query (twin, filter, DSP_EXCEPTION_NONE, FIELD (penalty_at), 1);
  twin_churn (twin, 500);
  check_query (twin, filter, DSP_EXCEPTION_NONE, FIELD (penalty_at), 1);
  twin_free (twin);
}

/* S1: the exception strip and the crew cards count over all orders. */
static void
test_totals (void)
{
  Twin *twin = twin_new ();
  DspClock clock = a_clock ();
  g_autoptr(DspOrderTotals) totals = NULL;
  const char *const known[] = { "03000", "03010" };
  guint open = 0, none = 0, today = 0;
  DspId crew_id = id_of (900007);
  const DspCrewLoad *load;
  GHashTableIter iter;
  DspOrder *order;

  twin_churn (twin, 4000);
  dsp_order_index_set_known_codes (twin->index, known, G_N_ELEMENTS (known));
  totals = dsp_order_index_totals (twin->index, &clock);
  g_hash_table_iter_init (&iter, twin->orders);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &order))
    {
      if (!dsp_order_is_open (order))
        {
          today += dsp_id_equal (&order->crew_id, &crew_id) && order->status == DSP_ORDER_CLOSED &&
                   order->closed_at.us >= clock.day_from_us && order->closed_at.us < clock.day_to_us;
          continue;
        }
      none += order->postal_code == NULL || (strcmp (order->postal_code, known[0]) != 0 && strcmp (order->postal_code, known[1]) != 0);
      open += dsp_id_equal (&order->crew_id, &crew_id);
      today += dsp_id_equal (&order->crew_id, &crew_id) && order->attention_at.us < clock.day_to_us;
    }
  load = dsp_order_totals_crew (totals, &crew_id);
  /* By chance no order may be the crew's. */
  g_assert_cmpuint (load != NULL ? load->open : 0, ==, open);
  g_assert_cmpuint (load != NULL ? load->today : 0, ==, today);
  g_assert_cmpuint (totals->exceptions[DSP_EXCEPTION_NO_POSTAL_CODE], ==, none);
  twin_free (twin);
}

static void
test_flags_and_values (void)
{
  g_autoptr(DspOrderIndex) index = dsp_order_index_new ();
  g_autoptr(DspOrder) order = random_order (1);
  g_autoptr(GArray) values = NULL;
  DspClock clock = a_clock ();
  guint32 row = dsp_order_index_put (index, order, DSP_ROW_PENDING);

  dsp_order_index_set_flag (index, &order->id, DSP_ROW_CONFLICT, true);
  g_assert_cmpuint (dsp_order_index_flags (index, row), ==, DSP_ROW_PENDING | DSP_ROW_CONFLICT);
  {
    g_autoptr(DspOrderTotals) totals = dsp_order_index_totals (index, &clock);

    g_assert_cmpuint (totals->exceptions[DSP_EXCEPTION_CONFLICT], ==, 1);
    g_assert_cmpuint (totals->exceptions[DSP_EXCEPTION_PENDING], ==, 1);
  }
  values = dsp_order_index_values (index, FIELD (type));
  g_assert_cmpuint (values->len, ==, 1);
  g_assert_cmpstr (g_array_index (values, DspColumnValue, 0).text, ==, order->type);
}

/* Written and read again it answers the same; with another stamp, cut, or with a byte changed it is refused. */
static void
test_kept_in_a_file (void)
{
  Twin *twin = twin_new ();
  g_autofree char *dir = g_dir_make_tmp ("despacho-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "index", NULL);
  g_autofree char *bytes = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspFilter) filter = dsp_filter_parse (&dsp_order, "status=unassigned&postal_code=031*", NULL);
  gsize length;

  twin_churn (twin, 4000);
  g_assert_true (dsp_order_index_write (twin->index, path, "stamp 1", &error));
  g_assert_no_error (error);
  g_assert_null (dsp_order_index_read (path, "stamp 2", NULL));
  dsp_order_index_unref (twin->index);
  twin->index = dsp_order_index_read (path, "stamp 1", &error);
  g_assert_no_error (error);
  check_query (twin, filter, DSP_EXCEPTION_NONE, FIELD (penalty_at), 50);
  twin_churn (twin, 500);
  check_query (twin, filter, DSP_EXCEPTION_NONE, FIELD (neighbourhood), 50);

  g_file_get_contents (path, &bytes, &length, NULL);
  g_file_set_contents (path, bytes, (gssize) length / 2, NULL);
  g_assert_null (dsp_order_index_read (path, "stamp 1", NULL));
  for (guint i = 0; i < 50; i++)
    {
      gsize at = (gsize) g_test_rand_int_range (0, (gint32) length);

      bytes[at] ^= 0x10;
      g_file_set_contents (path, bytes, (gssize) length, NULL);
      g_assert_null (dsp_order_index_read (path, "stamp 1", NULL));
      bytes[at] ^= 0x10;
    }
  g_unlink (path);
  g_rmdir (dir);
  twin_free (twin);
}

/* S0-28: nothing comes from the server, only time passes. A clock that stands, a lifted penalty and a date that was kept
 * are what core says of the order. */
static void
turns_by_the_clock (void)
{
  g_autoptr(DspOrderIndex) index = dsp_order_index_new ();
  g_autoptr(DspFilter) filter = dsp_filter_parse (&dsp_order, "penalized=yes", NULL);
  DspOrder order = { .id = id_of (1), .number = (char *) "1", .status = DSP_ORDER_ASSIGNED, .penalty_at = { now_us } };
  DspOrderQuery query = { .filter = filter, .clock = a_clock () };
  const struct { gint64 stopped_us, kept_us; DspYesNo excused; guint before, after; } cases[] = {
    { 0, 0, DSP_UNSAID, 0, 1 },
    { now_us - G_TIME_SPAN_HOUR, 0, DSP_UNSAID, 0, 0 },
    { now_us - G_TIME_SPAN_HOUR, now_us - 2 * G_TIME_SPAN_HOUR, DSP_UNSAID, 1, 1 },
    { 0, now_us - G_TIME_SPAN_HOUR, DSP_YES, 0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    for (int passed = 0; passed < 2; passed++)
      {
        g_autoptr(DspOrderResult) result = NULL;

        order.stopped_at.us = cases[i].stopped_us;
        order.penalized_at.us = cases[i].kept_us;
        order.excused = cases[i].excused;
        if (!passed)
          dsp_order_index_put (index, &order, 0);
        query.clock.now_us = now_us + (passed ? 0 : -G_TIME_SPAN_SECOND);
        result = dsp_order_index_query (index, &query, 10);
        g_assert_cmpuint (result->n_rows, ==, passed ? cases[i].after : cases[i].before);
        g_assert_cmpint (dsp_order_index_penalized (index, dsp_order_index_find (index, &order.id), query.clock.now_us), ==,
                         dsp_order_is_penalized (&order, query.clock.now_us));
      }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/order-index/agrees-with-core", test_agrees_with_core);
  g_test_add_func ("/order-index/rows-say-their-texts", test_rows_say_their_texts);
  g_test_add_func ("/order-index/wide-dictionaries", test_wide_dictionaries);
  g_test_add_func ("/order-index/sorted-in-background", test_sorted_in_background);
  g_test_add_func ("/order-index/S0-28/turns-by-the-clock", turns_by_the_clock);
  g_test_add_func ("/order-index/totals", test_totals);
  g_test_add_func ("/order-index/flags-and-values", test_flags_and_values);
  g_test_add_func ("/order-index/kept-in-a-file", test_kept_in_a_file);
  return g_test_run ();
}
