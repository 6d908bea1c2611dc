/* test-penalty-clock.c: how long an order may wait
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-penalty-clock.h"
#include "world.h"

#define HOUR G_TIME_SPAN_HOUR

static void
add_type (World      *w,
          guint8      n,
          const char *group,
          const char *type,
          int         minutes,
          DspCounts   counts)
{
  DspOrderType args = { .group = (char *) group, .type = (char *) type, .limit_minutes = { minutes, true }, .counts = counts };
  g_autofree char *code = g_strdup_printf ("T%u", n);

  args.code = code;
  g_assert_true (world_give (w, &dsp_order_type_create, world_id (n), 0, &args, DSP_FIELDS_ALL, NULL));
}

static const DspOrder *
add_order (World      *w,
           guint8      n,
           const char *group,
           const char *type,
           gint64      penalty_us)
{
  g_autofree char *number = g_strdup_printf ("N%u", n);
  DspOrder args = { .number = number, .account = (char *) "A", .group = (char *) group, .type = (char *) type, .penalty_at = { penalty_us } };
  DspId id = world_id (n);
  gconstpointer order = NULL;

  g_assert_true (world_give (w, &dsp_order_create, id, 0, &args, DSP_FIELDS_ALL, NULL));
  g_assert_cmpint (w->facts.get (w->facts.data, &dsp_order, &id, &order), ==, DSP_FACT_HERE);
  return order;
}

static World *
office (void)
{
  World *w = world_new ();
  DspPenaltyRule rule = { .code = (char *) "LATE", .label = (char *) "Late", .fault = DSP_FAULT_LATE_ATTENTION,
                          .grace_minutes = { 30, true }, .amount = { 25000, true }, .percent = { 1000, true }, .cap = { 30000, true } };

  world_act_as (w, "administrator", dsp_scope_all);
  add_type (w, 61, NULL, NULL, 2880, DSP_COUNTS_CALENDAR);
  add_type (w, 62, NULL, "repair", 600, DSP_COUNTS_WORKING);
  add_type (w, 63, "gold", "repair", 240, DSP_COUNTS_CALENDAR);
  g_assert_true (world_give (w, &dsp_penalty_rule_create, world_id (64), 0, &rule, DSP_FIELDS_ALL, NULL));
  return w;
}

static void
most_specific (void)
{
  g_autoptr(World) w = office ();
  g_autoptr(DspCalendar) calendar = dsp_calendar_new (NULL);
  const DspOrder *order;

  order = add_order (w, 31, "gold", "repair", 0);
  g_assert_cmpint (order->penalty_at.us, ==, NOW + 270 * G_TIME_SPAN_MINUTE);
  g_assert_cmpint (order->limit_minutes.value, ==, 270);
  g_assert_cmpint (order->penalty.cents, ==, 25000);
  order = add_order (w, 32, "silver", "repair", 0);
  g_assert_cmpint (order->counts, ==, DSP_COUNTS_WORKING);
  g_assert_cmpint (order->penalty_at.us, ==, dsp_calendar_add (calendar, DSP_COUNTS_WORKING, NOW, 630 * G_TIME_SPAN_MINUTE));
  order = add_order (w, 33, NULL, "move", 0);
  g_assert_cmpint (order->penalty_at.us, ==, NOW + 2910 * G_TIME_SPAN_MINUTE);
  /* One that brings its date keeps it, and has a price all the same. */
  order = add_order (w, 34, NULL, "move", NOW + HOUR);
  g_assert_cmpint (order->penalty_at.us, ==, NOW + HOUR);
  g_assert_cmpint (order->penalty.cents, ==, 25000);
}

static void
price (void)
{
  DspPenaltyRule rule = { .amount = { 25000, true }, .percent = { 1000, true }, .cap = { 30000, true } };

  g_assert_cmpint (dsp_penalty_price (&rule, 20005).cents, ==, 27001);
  g_assert_cmpint (dsp_penalty_price (&rule, 500000).cents, ==, 30000);
}

/* At another time: works are of one instant. */
static void
at (World *w,
    gint64 now_us)
{
  w->now_us = now_us;
  world_act_as (w, "administrator", dsp_scope_all);
}

static void
stop_and_restart (void)
{
  g_autoptr(World) w = office ();
  g_autoptr(DspOrder) order = dsp_order_dup (add_order (w, 31, "gold", "repair", 0));
  g_autoptr(DspCalendar) calendar = dsp_calendar_new (NULL);
  gint64 due = order->penalty_at.us;
  DspClockSays says;

  at (w, NOW + HOUR);
  dsp_order_stop_clock (w->work, order);
  g_assert_true (dsp_order_clock_says (calendar, order, NOW + 50 * HOUR, &says));
  g_assert_true (says.stopped && !says.over && !says.penalized);
  g_assert_cmpint (says.left_us, ==, 210 * G_TIME_SPAN_MINUTE);
  g_assert_cmpint (says.since_us, ==, NOW + HOUR);
  /* It stands past its date, and is not late. */
  g_assert_false (dsp_order_is_penalized (order, NOW + 50 * HOUR));
  at (w, NOW + 20 * HOUR);
  dsp_order_stop_clock (w->work, order);
  g_assert_cmpint (order->stopped_at.us, ==, NOW + HOUR);
  dsp_order_restart_clock (w->work, order);
  g_assert_cmpint (order->penalty_at.us, ==, due + 19 * HOUR);
  dsp_order_restart_clock (w->work, order);
  g_assert_cmpint (order->penalty_at.us, ==, due + 19 * HOUR);
  g_assert_true (dsp_order_clock_says (calendar, order, due + 20 * HOUR, &says));
  g_assert_true (says.penalized);
  g_assert_cmpint (says.left_us, ==, -HOUR);
}

/* S0-28: what had passed stays, whatever is done to the date afterwards. */
static void
kept (void)
{
  g_autoptr(World) w = office ();
  g_autoptr(DspOrder) order = dsp_order_dup (add_order (w, 31, "gold", "repair", 0));
  gint64 due = order->penalty_at.us;

  at (w, due + HOUR);
  dsp_order_move_clock (w->work, order, due + 24 * HOUR);
  g_assert_cmpint (order->penalty_at.us, ==, due + 24 * HOUR);
  g_assert_cmpint (order->penalized_at.us, ==, due);
  g_assert_true (dsp_order_is_penalized (order, due + 2 * HOUR));
  order->status = DSP_ORDER_CANCELLED;
  dsp_order_stop_clock (w->work, order);
  g_assert_true (dsp_order_is_penalized (order, due + 30 * HOUR));
  /* Attended in time after all, as a late closing tells. */
  order->status = DSP_ORDER_CLOSED;
  order->closed_at.us = due - HOUR;
  dsp_order_keep_penalty (w->work, order);
  g_assert_false (dsp_order_is_penalized (order, due + 30 * HOUR));
  order->closed_at.us = due + 25 * HOUR;
  dsp_order_keep_penalty (w->work, order);
  g_assert_true (dsp_order_is_penalized (order, due + 30 * HOUR));
  order->excused = DSP_YES;
  g_assert_false (dsp_order_is_penalized (order, due + 30 * HOUR));
}

static void
moved_in_time (void)
{
  g_autoptr(World) w = office ();
  g_autoptr(DspOrder) order = dsp_order_dup (add_order (w, 31, "gold", "repair", 0));
  gint64 due = order->penalty_at.us;

  dsp_order_move_clock (w->work, order, due - HOUR);
  g_assert_cmpint (order->penalty_at.us, ==, due);
  dsp_order_move_clock (w->work, order, due + HOUR);
  g_assert_cmpint (order->penalty_at.us, ==, due + HOUR);
  g_assert_cmpint (order->penalized_at.us, ==, 0);
  g_assert_false (dsp_order_is_penalized (order, due));
  g_assert_true (dsp_order_is_penalized (order, due + HOUR));
}

/* A closing stops it, a reopening lets it run on with what was left. */
static void
reopened (void)
{
  g_autoptr(World) w = office ();
  g_autoptr(DspOrder) order = dsp_order_dup (add_order (w, 31, "gold", "repair", 0));
  gint64 due = order->penalty_at.us;

  order->status = DSP_ORDER_CLOSED;
  order->closed_at.us = due - HOUR;
  at (w, due + 10 * HOUR);
  dsp_order_keep_penalty (w->work, order);
  order->status = DSP_ORDER_UNASSIGNED;
  dsp_order_restart_clock (w->work, order);
  order->closed_at.us = 0;
  g_assert_cmpint (order->penalty_at.us, ==, due + 11 * HOUR);
  g_assert_false (dsp_order_is_penalized (order, due + 10 * HOUR));
}

/* A catalogue that changes in the same work is seen by the next run. */
static void
catalogue_changes (void)
{
  g_autoptr(World) w = office ();
  DspOrderType shorter = { .limit_minutes = { 60, true } };

  add_order (w, 31, NULL, "move", 0);
  g_assert_true (world_give (w, &dsp_order_type_change, world_id (61), 1, &shorter,
                             dsp_table_bit (&dsp_order_type.table, offsetof (DspOrderType, limit_minutes)), NULL));
  g_assert_cmpint (add_order (w, 32, NULL, "move", 0)->limit_minutes.value, ==, 90);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/penalty-clock/most-specific", most_specific);
  g_test_add_func ("/penalty-clock/price", price);
  g_test_add_func ("/penalty-clock/stop-and-restart", stop_and_restart);
  g_test_add_func ("/penalty-clock/S0-28/kept", kept);
  g_test_add_func ("/penalty-clock/S0-28/moved-in-time", moved_in_time);
  g_test_add_func ("/penalty-clock/reopened", reopened);
  g_test_add_func ("/penalty-clock/catalogue-changes", catalogue_changes);
  return g_test_run ();
}
