/* test-penalties.c: how penalties come to be, and what supervisors and distributors make of them
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-penalty-clock.h"
#include "world.h"

#include <string.h>

#define HOUR G_TIME_SPAN_HOUR
#define DUE (NOW + HOUR)

static void
add_rule (World   *w,
          guint8   n,
          DspFault fault,
          int      cents)
{
  g_autofree char *code = g_strdup_printf ("R%u", n);
  DspPenaltyRule rule = { .code = code, .label = code, .fault = fault, .amount = { cents, true }, .grace_minutes = { 30, true },
                          .repeat_days = { 15, true }, .appeal_days = { 5, true } };

  g_assert_true (world_give (w, &dsp_penalty_rule_create, world_id (n), 0, &rule, DSP_FIELDS_ALL, NULL));
}

static void
act (World      *w,
     const char *profile,
     gint64      now_us)
{
  w->now_us = now_us;
  world_act_as (w, profile, dsp_scope_all);
}

/* Order 31 of distributor 1, with its penalty date at DUE; acted as administrator at NOW. */
static World *
office (void)
{
  World *w = world_new ();
  DspOrder args = { .number = (char *) "N31", .account = (char *) "A", .type = (char *) "repair", .penalty_at = { DUE } };

  args.distributor_id = world_id (1);
  act (w, "administrator", NOW);
  add_rule (w, 61, DSP_FAULT_LATE_ATTENTION, 25000);
  g_assert_true (world_give (w, &dsp_order_create, world_id (31), 0, &args, DSP_FIELDS_ALL, NULL));
  return w;
}

static gconstpointer
record (World           *w,
        const DspEntity *entity,
        guint8           n)
{
  gconstpointer found = NULL;
  DspId id = world_id (n);

  return w->facts.get (w->facts.data, entity, &id, &found) == DSP_FACT_HERE ? found : NULL;
}

static const DspOrder *
order_31 (World *w)
{
  return record (w, &dsp_order, 31);
}

static guint
n_penalties (World *w)
{
  return w->records[dsp_penalty.number]->len;
}

static const DspPenalty *
penalty_at (World *w,
            guint  i)
{
  return w->records[dsp_penalty.number]->pdata[i];
}

static void
penalize (World *w)
{
  act (w, "administrator", DUE + HOUR);
  g_assert_true (world_give (w, &dsp_order_penalize, world_id (31), 0, NULL, 0, NULL));
  g_assert_cmpuint (n_penalties (w), ==, 1);
}

static void
noted_once (void)
{
  g_autoptr(World) w = office ();
  gint64 version = order_31 (w)->version;

  world_refused (w, &dsp_order_penalize, world_id (31), NULL, DSP_RULE_STATE);
  penalize (w);
  g_assert_true (world_give (w, &dsp_order_penalize, world_id (31), 0, NULL, 0, NULL));
  act (w, "administrator", DUE + 9 * HOUR);
  g_assert_true (world_give (w, &dsp_order_penalize, world_id (31), 0, NULL, 0, NULL));
  g_assert_cmpuint (n_penalties (w), ==, 1);
  g_assert_cmpint (penalty_at (w, 0)->due_at.us, ==, DUE);
  g_assert_cmpint (penalty_at (w, 0)->amount.cents, ==, 25000);
  g_assert_cmpint (penalty_at (w, 0)->appeal_until.us, ==, DUE + HOUR + 5 * G_TIME_SPAN_DAY);
  g_assert_cmpstr (penalty_at (w, 0)->number, ==, "N31");
  /* It is red by the clock alone; nothing was written on it. */
  g_assert_cmpint (order_31 (w)->version, ==, version);
  g_assert_true (dsp_order_is_penalized (order_31 (w), w->now_us));
}

static void
give_to_crew (World *w)
{
  DspAssign assign = { .crew_id = world_id (11) };

  g_assert_true (world_give (w, &dsp_order_assign, world_id (31), 0, &assign, DSP_FIELDS_ALL, NULL));
}

static void
close_order (World *w,
             gint64 attended_us)
{
  DspClose args = { .closed_at = { attended_us }, .attended = DSP_YES, .satisfied = DSP_YES, .resolution = (char *) "done" };
  GError *error = NULL;

  world_give (w, &dsp_order_close, world_id (31), 0, &args, DSP_FIELDS_ALL, &error);
  g_assert_no_error (error);
}

static void
attended_in_time_withdraws (void)
{
  g_autoptr(World) w = office ();

  give_to_crew (w);
  penalize (w);
  close_order (w, DUE - 60 * G_TIME_SPAN_SECOND);
  g_assert_cmpint (penalty_at (w, 0)->state, ==, DSP_PENALTY_WITHDRAWN);
  g_assert_false (dsp_order_is_penalized (order_31 (w), w->now_us));
}

static void
attended_late_stays (void)
{
  g_autoptr(World) w = office ();

  give_to_crew (w);
  penalize (w);
  close_order (w, DUE + G_TIME_SPAN_MINUTE);
  g_assert_cmpint (penalty_at (w, 0)->state, ==, DSP_PENALTY_PENDING);
  g_assert_true (dsp_order_is_penalized (order_31 (w), w->now_us));
}

/* Told an hour and a half later than it was attended, with half an hour's grace. */
static void
late_closing (void)
{
  g_autoptr(World) w = office ();

  add_rule (w, 62, DSP_FAULT_LATE_CLOSING, 5000);
  give_to_crew (w);
  act (w, "administrator", NOW + 2 * HOUR);
  close_order (w, NOW + HOUR / 2);
  g_assert_cmpuint (n_penalties (w), ==, 1);
  g_assert_cmpint (penalty_at (w, 0)->fault, ==, DSP_FAULT_LATE_CLOSING);
}

/* An agent who creates an order cannot bring its verdict along. */
static void
forged_at_creation (void)
{
  g_autoptr(World) w = office ();
  DspOrder plain = { .number = (char *) "N32", .account = (char *) "A", .type = (char *) "repair", .penalty_at = { DUE } };
  DspOrder forged[] = { plain, plain, plain, plain };

  forged[0].excused = DSP_YES;
  forged[1].stopped_at.us = NOW;
  forged[2].penalty = (DspMoney) { 1, true };
  forged[3].limit_minutes = (DspInt) { 500000, true };
  act (w, "agent", NOW);
  for (guint i = 0; i < G_N_ELEMENTS (forged); i++)
    world_refused (w, &dsp_order_create, world_id (32), &forged[i], DSP_RULE_INVALID);
  g_assert_true (world_give (w, &dsp_order_create, world_id (32), 0, &plain, DSP_FIELDS_ALL, NULL));
}

/* The appointment is over, nobody came: his fault by the reason, or the customer's wish. */
static void
missed_slot (void)
{
  static const DspYesNo against[] = { DSP_YES, DSP_NO };

  for (guint i = 0; i < G_N_ELEMENTS (against); i++)
    {
      g_autoptr(World) w = office ();
      DspReasonCode reason = { .code = (char *) "WHY", .label = (char *) "Why", .process = DSP_PROCESS_RESCHEDULE, .against = against[i] };
      DspOrder booked = { .number = (char *) "N32", .account = (char *) "A", .type = (char *) "repair",
                          .attention_at = { NOW }, .attention_until = { NOW + HOUR }, .penalty_at = { NOW + 50 * HOUR } };
      DspReschedule args = { .attention_at = { NOW + 24 * HOUR }, .reason = (char *) "WHY", .asked_by = DSP_ASKED_BY_COMPANY };
      GError *error = NULL;

      add_rule (w, 62, DSP_FAULT_MISSED_SLOT, 8000);
      g_assert_true (world_give (w, &dsp_reason_code_create, world_id (63), 0, &reason, DSP_FIELDS_ALL, NULL));
      g_assert_true (world_give (w, &dsp_order_create, world_id (32), 0, &booked, DSP_FIELDS_ALL, NULL));
      act (w, "administrator", NOW + 2 * HOUR);
      world_give (w, &dsp_order_reschedule, world_id (32), 0, &args, DSP_FIELDS_ALL, &error);
      g_assert_no_error (error);
      g_assert_cmpuint (n_penalties (w), ==, against[i] == DSP_YES);
      if (against[i] == DSP_YES)
        g_assert_cmpint (penalty_at (w, 0)->due_at.us, ==, NOW + HOUR);
    }
}

static void
repeat_visit (void)
{
  g_autoptr(World) w = office ();
  DspOrder again = { .number = (char *) "N32", .account = (char *) "A", .type = (char *) "repair", .parent = (char *) "N31" };
  DspOrder other = { .number = (char *) "N33", .account = (char *) "A", .type = (char *) "survey", .parent = (char *) "N31" };
  DspId first = world_id (31);

  add_rule (w, 62, DSP_FAULT_REPEAT_VISIT, 9000);
  give_to_crew (w);
  close_order (w, NOW);
  act (w, "administrator", NOW + 3 * G_TIME_SPAN_DAY);
  g_assert_true (world_give (w, &dsp_order_create, world_id (33), 0, &other, DSP_FIELDS_ALL, NULL));
  g_assert_cmpuint (n_penalties (w), ==, 0);
  g_assert_true (world_give (w, &dsp_order_create, world_id (32), 0, &again, DSP_FIELDS_ALL, NULL));
  g_assert_cmpuint (n_penalties (w), ==, 1);
  g_assert_cmpint (penalty_at (w, 0)->fault, ==, DSP_FAULT_REPEAT_VISIT);
  g_assert_true (dsp_id_equal (&penalty_at (w, 0)->order_id, &first));
}

static void
verdicts (void)
{
  g_autoptr(World) w = office ();
  DspWaive silent = { NULL, { { 0 } } }, waive = { .reason = (char *) "flood" };
  DspReason confirm = { NULL };
  DspId id;

  penalize (w);
  id = penalty_at (w, 0)->id;
  act (w, "dispatcher", DUE + HOUR);
  world_refused (w, &dsp_penalty_waive, id, &waive, DSP_RULE_FORBIDDEN);
  act (w, "supervisor", DUE + HOUR);
  world_refused (w, &dsp_penalty_waive, id, &silent, DSP_RULE_REQUIRED);
  g_assert_true (world_give (w, &dsp_penalty_waive, id, 0, &waive, DSP_FIELDS_ALL, NULL));
  g_assert_cmpint (penalty_at (w, 0)->state, ==, DSP_PENALTY_WAIVED);
  g_assert_cmpstr (penalty_at (w, 0)->reviewed_by, ==, "supervisor");
  g_assert_false (dsp_order_is_penalized (order_31 (w), w->now_us));
  world_refused (w, &dsp_penalty_confirm, id, &confirm, DSP_RULE_STATE);
}

/* To another distributor: then it is his to see, and to appeal. */
static void
transferred (void)
{
  g_autoptr(World) w = office ();
  DspPenaltyTransfer same = { world_id (1), (char *) "x" }, args = { world_id (2), (char *) "his crew" };
  DspAppeal appeal = { .appeal = (char *) "no" };
  DspAppealAnswer answer = { DSP_VERDICT_WAIVE, (char *) "you are right" };
  DspId id;

  penalize (w);
  id = penalty_at (w, 0)->id;
  act (w, "supervisor", DUE + HOUR);
  world_refused (w, &dsp_penalty_transfer, id, &same, DSP_RULE_INVALID);
  g_assert_true (world_give (w, &dsp_penalty_transfer, id, 0, &args, DSP_FIELDS_ALL, NULL));
  world_act_as (w, "distributor", world_id (1));
  world_refused (w, &dsp_penalty_appeal, id, &appeal, DSP_RULE_NO_SUCH_RECORD);
  world_act_as (w, "distributor", world_id (2));
  g_assert_true (world_give (w, &dsp_penalty_appeal, id, 0, &appeal, DSP_FIELDS_ALL, NULL));
  world_refused (w, &dsp_penalty_answer, id, &answer, DSP_RULE_FORBIDDEN);
  act (w, "supervisor", DUE + 2 * HOUR);
  g_assert_true (world_give (w, &dsp_penalty_answer, id, 0, &answer, DSP_FIELDS_ALL, NULL));
  g_assert_cmpint (penalty_at (w, 0)->state, ==, DSP_PENALTY_WAIVED);
  g_assert_cmpint (order_31 (w)->excused, ==, DSP_YES);
}

static void
appeal_in_its_window (void)
{
  g_autoptr(World) w = office ();
  DspReason confirm = { (char *) "late" };
  DspAppeal appeal = { .appeal = (char *) "the street was closed" };
  DspAppealAnswer answer = { DSP_VERDICT_CONFIRM, (char *) "it was open" };
  gint64 until;
  DspId id;

  penalize (w);
  id = penalty_at (w, 0)->id;
  act (w, "supervisor", DUE + 24 * HOUR);
  g_assert_true (world_give (w, &dsp_penalty_confirm, id, 0, &confirm, DSP_FIELDS_ALL, NULL));
  /* The verdict is what he learns of: the days begin with it. */
  until = DUE + 24 * HOUR + 5 * G_TIME_SPAN_DAY;
  w->now_us = until + 1;
  world_act_as (w, "distributor", world_id (1));
  world_refused (w, &dsp_penalty_appeal, id, &appeal, DSP_RULE_INVALID);
  w->now_us = until;
  world_act_as (w, "distributor", world_id (1));
  g_assert_true (world_give (w, &dsp_penalty_appeal, id, 0, &appeal, DSP_FIELDS_ALL, NULL));
  act (w, "supervisor", until + HOUR);
  g_assert_true (world_give (w, &dsp_penalty_answer, id, 0, &answer, DSP_FIELDS_ALL, NULL));
  g_assert_cmpint (penalty_at (w, 0)->state, ==, DSP_PENALTY_CONFIRMED);
  w->now_us = until - HOUR;
  world_act_as (w, "distributor", world_id (1));
  world_refused (w, &dsp_penalty_appeal, id, &appeal, DSP_RULE_STATE);
}

/* The lifted date does not come back; a new one counts. */
static void
counts_again_after_waiving (void)
{
  g_autoptr(World) w = office ();
  g_autoptr(DspOrder) order = NULL;
  DspWaive waive = { .reason = (char *) "flood" };

  penalize (w);
  act (w, "supervisor", DUE + HOUR);
  g_assert_true (world_give (w, &dsp_penalty_waive, penalty_at (w, 0)->id, 0, &waive, DSP_FIELDS_ALL, NULL));
  order = dsp_order_dup (order_31 (w));
  dsp_order_move_clock (w->work, order, DUE + 20 * HOUR);
  g_assert_false (dsp_order_is_penalized (order, DUE + 19 * HOUR));
  g_assert_true (dsp_order_is_penalized (order, DUE + 20 * HOUR));
}

static void
noted_by_a_supervisor (void)
{
  g_autoptr(World) w = office ();
  DspPenalty args = { .order_id = world_id (31), .fault = DSP_FAULT_NO_SHOW }, late = args, judged = args;
  const guint64 given = dsp_table_bit (&dsp_penalty.table, offsetof (DspPenalty, order_id)) |
                        dsp_table_bit (&dsp_penalty.table, offsetof (DspPenalty, fault));
  DspId distributor = world_id (1);
  DspReason verdict = { 0 };

  act (w, "supervisor", NOW + HOUR / 2);
  late.fault = DSP_FAULT_LATE_ATTENTION;
  world_refused (w, &dsp_penalty_create, world_id (71), &late, DSP_RULE_INVALID);
  judged.reviewed_by = (char *) "me";
  world_refused (w, &dsp_penalty_create, world_id (71), &judged, DSP_RULE_INVALID);
  world_refused (w, &dsp_penalty_create, world_id (71), &args, DSP_RULE_REQUIRED);
  args.amount = (DspMoney) { 7000, true };
  args.reason = (char *) "the customer waited in vain";
  g_assert_true (world_give (w, &dsp_penalty_create, world_id (71), 0, &args,
                             given | dsp_table_bit (&dsp_penalty.table, offsetof (DspPenalty, amount)) |
                               dsp_table_bit (&dsp_penalty.table, offsetof (DspPenalty, reason)), NULL));
  g_assert_cmpint (penalty_at (w, 0)->state, ==, DSP_PENALTY_PENDING);
  g_assert_cmpint (penalty_at (w, 0)->amount.cents, ==, 7000);
  g_assert_true (dsp_id_equal (&penalty_at (w, 0)->distributor_id, &distributor));
  g_assert_cmpstr (penalty_at (w, 0)->reason, ==, "the customer waited in vain");
  g_assert_true (world_give (w, &dsp_penalty_confirm, world_id (71), 0, &verdict, DSP_FIELDS_ALL, NULL));
  g_assert_cmpint (penalty_at (w, 0)->state, ==, DSP_PENALTY_CONFIRMED);
  g_assert_cmpstr (penalty_at (w, 0)->reason, ==, "the customer waited in vain");
  world_act_as (w, "distributor", world_id (1));
  world_refused (w, &dsp_penalty_create, world_id (72), &args, DSP_RULE_FORBIDDEN);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/penalties/S0-28/noted-once", noted_once);
  g_test_add_func ("/penalties/S0-28/attended-in-time-withdraws", attended_in_time_withdraws);
  g_test_add_func ("/penalties/S0-28/attended-late-stays", attended_late_stays);
  g_test_add_func ("/penalties/S0-28/counts-again-after-waiving", counts_again_after_waiving);
  g_test_add_func ("/penalties/late-closing", late_closing);
  g_test_add_func ("/penalties/S0-28/forged-at-creation", forged_at_creation);
  g_test_add_func ("/penalties/missed-slot", missed_slot);
  g_test_add_func ("/penalties/repeat-visit", repeat_visit);
  g_test_add_func ("/penalties/verdicts", verdicts);
  g_test_add_func ("/penalties/transferred", transferred);
  g_test_add_func ("/penalties/appeal-in-its-window", appeal_in_its_window);
  g_test_add_func ("/penalties/noted-by-a-supervisor", noted_by_a_supervisor);
  return g_test_run ();
}
