/* test-work.c: what commands do, and what they refuse, with facts from a hash table
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "world.h"

#include <string.h>

static void
test_create_links_customer (void)
{
  g_autoptr(World) w = world_new ();

  g_assert_cmpint (world_order (w)->status, ==, DSP_ORDER_UNASSIGNED);
  g_assert_cmpuint (w->records[dsp_customer.number]->len, ==, 1);
  g_assert_false (dsp_id_is_none (&world_order (w)->customer_id));
  g_assert_true (dsp_id_equal (&world_order (w)->scope, &(DspId) { { [0] = 9, [15] = 1 } }));
}

static void
test_assign_unassign_move (void)
{
  g_autoptr(World) w = world_new ();
  g_autoptr(GError) error = NULL;
  DspAssign assign = { .crew_id = world_id (11) };
  DspMove move = { .from_crew_id = world_id (11), .crew_id = world_id (12) };
  DspUnassign unassign = { .from_crew_id = world_id (12) };

  world_act_as (w, "dispatcher", dsp_scope_all);
  g_assert_true (world_give (w, &dsp_order_assign, world_id (21), 1, &assign, 1, &error));
  g_assert_cmpint (world_order (w)->status, ==, DSP_ORDER_ASSIGNED);
  g_assert_cmpint (world_order (w)->version, ==, 2);
  g_assert_cmpint (world_order (w)->assigned_at.us, ==, NOW);

  g_assert_true (world_give (w, &dsp_order_move, world_id (21), 2, &move, 3, &error));
  g_assert_true (dsp_id_equal (&world_order (w)->crew_id, &move.crew_id));
  /* Assigning it to a crew makes it that crew's distributor's, and so does moving it. */
  g_assert_true (dsp_id_equal (&world_order (w)->scope, &(DspId) { { [0] = 9, [15] = 2 } }));

  g_assert_true (world_give (w, &dsp_order_unassign, world_id (21), 3, &unassign, 1, &error));
  g_assert_cmpint (world_order (w)->status, ==, DSP_ORDER_UNASSIGNED);
  g_assert_true (dsp_id_is_none (&world_order (w)->crew_id));
  g_assert_no_error (error);
}

static void
test_at_most_one_crew (void)
{
  g_autoptr(World) w = world_new ();
  DspAssign first = { .crew_id = world_id (11) }, second = { .crew_id = world_id (12) };
  DspUnassign stale = { .from_crew_id = world_id (12) };
  DspMove same = { .crew_id = world_id (11) };

  g_assert_true (world_give (w, &dsp_order_assign, world_id (21), 1, &first, 1, NULL));
  world_refused (w, &dsp_order_assign, world_id (21), &second, DSP_RULE_STATE);
  world_refused (w, &dsp_order_unassign, world_id (21), &stale, DSP_RULE_CHANGED);
  world_refused (w, &dsp_order_move, world_id (21), &same, DSP_RULE_SAME_CREW);
  g_assert_true (dsp_id_equal (&world_order (w)->crew_id, &first.crew_id));
}

static void
test_crews_that_may_not (void)
{
  g_autoptr(World) w = world_new ();

  world_refused (w, &dsp_order_assign, world_id (21), &(DspAssign) { .crew_id = world_id (13) }, DSP_RULE_CREW_RETIRED);
  world_refused (w, &dsp_order_assign, world_id (21), &(DspAssign) { .crew_id = world_id (99) }, DSP_RULE_NO_SUCH_RECORD);
  world_refused (w, &dsp_order_assign, world_id (21), &(DspAssign) { 0 }, DSP_RULE_REQUIRED);
}

static void
test_outside_the_scope_nothing_exists (void)
{
  g_autoptr(World) w = world_new ();

  world_act_as (w, "distributor", world_id (2));
  world_refused (w, &dsp_order_assign, world_id (21), &(DspAssign) { .crew_id = world_id (12) }, DSP_RULE_NO_SUCH_RECORD);
  world_refused (w, &dsp_order_assign, world_id (77), &(DspAssign) { .crew_id = world_id (12) }, DSP_RULE_NO_SUCH_RECORD);
  world_act_as (w, "distributor", world_id (1));
  world_refused (w, &dsp_order_assign, world_id (21), &(DspAssign) { .crew_id = world_id (12) }, DSP_RULE_NO_SUCH_RECORD);
  g_assert_true (world_give (w, &dsp_order_assign, world_id (21), 1, &(DspAssign) { .crew_id = world_id (11) }, 1, NULL));
}

static void
test_profiles_decide_what (void)
{
  g_autoptr(World) w = world_new ();

  world_act_as (w, "auditor", dsp_scope_all);
  world_refused (w, &dsp_order_assign, world_id (21), &(DspAssign) { .crew_id = world_id (11) }, DSP_RULE_FORBIDDEN);
  world_act_as (w, "agent", dsp_scope_all);
  world_refused (w, &dsp_order_assign, world_id (21), &(DspAssign) { .crew_id = world_id (11) }, DSP_RULE_FORBIDDEN);
  world_act_as (w, "dispatcher", dsp_scope_all);
  world_refused (w, &dsp_user_create, world_id (90), &(DspUser) { .name = (char *) "mallory" }, DSP_RULE_FORBIDDEN);
}

/* A user's own row must not let him grant himself anything. */
static void
test_nobody_raises_himself (void)
{
  g_autoptr(World) w = world_new ();
  DspGrant grant = { .user_id = world_id (200), .profile_id = world_id (201), .over = dsp_scope_all };

  world_act_as (w, "supervisor", dsp_scope_all);
  world_refused (w, &dsp_grant_create, world_id (91), &grant, DSP_RULE_FORBIDDEN);
}

static void
test_close_asks_both (void)
{
  g_autoptr(World) w = world_new ();
  DspClose args = { .closed_at = { NOW }, .attended = DSP_YES, .satisfied = DSP_YES, .resolution = (char *) "fixed" };
  DspClose unhappy = args, silent = args, later = args, early = args;

  world_refused (w, &dsp_order_close, world_id (21), &args, DSP_RULE_STATE);
  g_assert_true (world_give (w, &dsp_order_assign, world_id (21), 1, &(DspAssign) { .crew_id = world_id (11) }, 1, NULL));
  unhappy.satisfied = DSP_NO;
  silent.attended = DSP_UNSAID;
  later.closed_at.us = NOW + G_TIME_SPAN_HOUR;
  early.closed_at.us = NOW - 2 * G_TIME_SPAN_DAY;
  world_refused (w, &dsp_order_close, world_id (21), &unhappy, DSP_RULE_INVALID);
  world_refused (w, &dsp_order_close, world_id (21), &silent, DSP_RULE_REQUIRED);
  world_refused (w, &dsp_order_close, world_id (21), &later, DSP_RULE_INVALID);
  world_refused (w, &dsp_order_close, world_id (21), &early, DSP_RULE_INVALID);
  g_assert_true (world_give (w, &dsp_order_close, world_id (21), 2, &args, 15, NULL));
  g_assert_cmpint (world_order (w)->status, ==, DSP_ORDER_CLOSED);
  world_refused (w, &dsp_order_unassign, world_id (21), &(DspUnassign) { 0 }, DSP_RULE_STATE);
}

static void
test_penalized_follows_date_and_clock (void)
{
  DspOrder o = { .status = DSP_ORDER_UNASSIGNED };

  g_assert_false (dsp_order_is_penalized (&o, NOW));
  o.penalty_at.us = NOW;
  g_assert_true (dsp_order_is_penalized (&o, NOW));
  g_assert_false (dsp_order_is_penalized (&o, NOW - 1));
  o.status = DSP_ORDER_REJECTED;
  g_assert_true (dsp_order_is_penalized (&o, NOW));
  o.status = DSP_ORDER_CANCELLED;
  g_assert_false (dsp_order_is_penalized (&o, NOW));
  o.status = DSP_ORDER_CLOSED;
  o.closed_at.us = NOW - 1;
  g_assert_false (dsp_order_is_penalized (&o, NOW + G_TIME_SPAN_DAY));
  o.closed_at.us = NOW + 1;
  g_assert_true (dsp_order_is_penalized (&o, NOW + G_TIME_SPAN_DAY));
}

static void
test_retire_needs_an_empty_crew (void)
{
  g_autoptr(World) w = world_new ();

  g_assert_true (world_give (w, &dsp_order_assign, world_id (21), 1, &(DspAssign) { .crew_id = world_id (11) }, 1, NULL));
  world_refused (w, &dsp_crew_retire, world_id (11), &(DspReason) { 0 }, DSP_RULE_CREW_BUSY);
  g_assert_true (world_give (w, &dsp_order_unassign, world_id (21), 2, &(DspUnassign) { 0 }, 0, NULL));
  g_assert_true (world_give (w, &dsp_crew_retire, world_id (11), 1, &(DspReason) { 0 }, 0, NULL));
}

static void
test_import_twice_changes_nothing (void)
{
  g_autoptr(World) w = world_new ();
  DspOrder row = { .number = (char *) "904112", .account = (char *) "55120", .type = (char *) "REP",
                   .created_at = { NOW - G_TIME_SPAN_DAY } };
  guint64 given = dsp_table_bit (&dsp_order.table, offsetof (DspOrder, number)) |
                  dsp_table_bit (&dsp_order.table, offsetof (DspOrder, account)) |
                  dsp_table_bit (&dsp_order.table, offsetof (DspOrder, type)) |
                  dsp_table_bit (&dsp_order.table, offsetof (DspOrder, created_at));

  /* Another id, the same number: the order that is there is meant. */
  g_assert_true (world_give (w, &dsp_order_import, world_id (60), 0, &row, given, NULL));
  g_assert_cmpuint (dsp_work_n_edits (w->work), ==, 0);
  row.type = (char *) "INST";
  g_assert_true (world_give (w, &dsp_order_import, world_id (60), 0, &row, given, NULL));
  g_assert_cmpuint (dsp_work_n_edits (w->work), ==, 1);
  g_assert_cmpstr (world_order (w)->type, ==, "INST");
  g_assert_cmpuint (w->records[dsp_order.number]->len, ==, 1);
}

static void
test_repeated_creation (void)
{
  g_autoptr(World) w = world_new ();
  DspCrew same = { .code = (char *) "C11", .name = (char *) "Crew", .distributor_id = world_id (1) };
  DspCrew other = { .code = (char *) "C11", .name = (char *) "Another", .distributor_id = world_id (1) };

  g_assert_true (world_give (w, &dsp_crew_create, world_id (11), 0, &same, 7, NULL));
  g_assert_cmpuint (dsp_work_n_edits (w->work), ==, 0);
  world_refused (w, &dsp_crew_create, world_id (11), &other, DSP_RULE_ID_TAKEN);
  world_refused (w, &dsp_crew_create, world_id (61), &other, DSP_RULE_DUPLICATE);
}

static void
test_members_have_one_crew_a_day (void)
{
  g_autoptr(World) w = world_new ();
  DspTechnician t = { .code = (char *) "T1", .name = (char *) "Luis", .distributor_id = world_id (1) };
  DspMembership may = { .crew_id = world_id (11), .technician_id = world_id (31), .from = dsp_date_make (2026, 5, 1),
                        .until = dsp_date_make (2026, 5, 31) };
  DspMembership overlap = { .crew_id = world_id (12), .technician_id = world_id (31), .from = dsp_date_make (2026, 5, 31) };
  DspMembership june = { .crew_id = world_id (12), .technician_id = world_id (31), .from = dsp_date_make (2026, 6, 1) };
  DspMembership backwards = { .crew_id = world_id (12), .technician_id = world_id (31), .from = dsp_date_make (2026, 4, 2),
                              .until = dsp_date_make (2026, 4, 1) };

  g_assert_true (world_give (w, &dsp_technician_create, world_id (31), 0, &t, 7, NULL));
  g_assert_true (world_give (w, &dsp_membership_create, world_id (41), 0, &may, 27, NULL));
  world_refused (w, &dsp_membership_create, world_id (42), &overlap, DSP_RULE_OVERLAP);
  world_refused (w, &dsp_membership_create, world_id (42), &backwards, DSP_RULE_INVALID);
  g_assert_true (world_give (w, &dsp_membership_create, world_id (42), 0, &june, 27, NULL));
}

static void
test_descriptive_changes_merge (void)
{
  g_autoptr(World) w = world_new ();
  DspCrew change = { .name = (char *) "North" };
  bool merged = false;
  DspId id = world_id (11);
  guint64 name = dsp_table_bit (&dsp_crew.table, offsetof (DspCrew, name));

  g_assert_true (dsp_work_run (w->work, &dsp_crew_change, &id, 1, &change, name, &merged, NULL));
  g_assert_false (merged);
  world_store (w);
  change.name = (char *) "South";
  g_assert_true (dsp_work_run (w->work, &dsp_crew_change, &id, 1, &change, name, &merged, NULL));
  g_assert_true (merged);
  world_refused (w, &dsp_user_change, world_id (11), &(DspUser) { 0 }, DSP_RULE_NO_SUCH_RECORD);
}

/* Whatever the state, a command either is refused or leads into its own set of states. The processes, whose arguments are
 * more than a crew, are in test-process.c. */
static void
test_every_command_stays_in_its_table (void)
{
  static const DspCommand *const commands[] = { &dsp_order_assign, &dsp_order_move, &dsp_order_unassign, &dsp_order_close,
                                                &dsp_order_sequence };

  for (guint c = 0; c < G_N_ELEMENTS (commands); c++)
    for (guint state = 1; state < DSP_N_ORDER_STATUSES; state++)
      {
        const DspCommand *command = commands[c];
        g_autoptr(World) w = world_new ();
        DspOrder *o = (DspOrder *) world_order (w);
        g_autofree gpointer args = g_malloc0 (MAX (command->args != NULL ? command->args->size : 1, 1));
        g_autoptr(GError) error = NULL;

        o->status = state;
        o->crew_id = state == DSP_ORDER_ASSIGNED || state == DSP_ORDER_IN_PROGRESS ? world_id (11) : dsp_id_none;
        if (command == &dsp_order_assign)
          ((DspAssign *) args)->crew_id = world_id (12);
        if (command == &dsp_order_move)
          *(DspMove *) args = (DspMove) { .crew_id = world_id (12), .reason = (char *) "breakdown" };
        if (command == &dsp_order_unassign)
          ((DspUnassign *) args)->reason = (char *) "breakdown";
        if (command == &dsp_order_close)
          *(DspClose *) args = (DspClose) { { NOW }, DSP_YES, DSP_YES, (char *) "fixed", NULL };
        if (command->from & DSP_BIT (state))
          {
            g_assert_true (world_give (w, command, world_id (21), 0, args, DSP_FIELDS_ALL, &error));
            g_assert_no_error (error);
            g_assert_true (command->to & DSP_BIT (world_order (w)->status));
          }
        else
          {
            g_assert_false (world_give (w, command, world_id (21), 0, args, DSP_FIELDS_ALL, &error));
            g_assert_error (error, DSP_RULE_ERROR, DSP_RULE_STATE);
            g_assert_cmpint (world_order (w)->status, ==, state);
          }
      }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/command/S0-02/first-order-of-an-account-makes-its-customer", test_create_links_customer);
  g_test_add_func ("/command/S0-34/S0-37/assign-unassign-move", test_assign_unassign_move);
  g_test_add_func ("/command/S0-38/an-order-has-at-most-one-crew", test_at_most_one_crew);
  g_test_add_func ("/command/crews-that-may-not-take-an-order", test_crews_that_may_not);
  g_test_add_func ("/command/S0-21/outside-the-scope-nothing-exists", test_outside_the_scope_nothing_exists);
  g_test_add_func ("/command/profiles-decide-what", test_profiles_decide_what);
  g_test_add_func ("/command/nobody-raises-himself", test_nobody_raises_himself);
  g_test_add_func ("/command/S0-46/close-asks-both-conditions", test_close_asks_both);
  g_test_add_func ("/command/S0-28/penalized-follows-date-and-clock", test_penalized_follows_date_and_clock);
  g_test_add_func ("/command/retire-needs-an-empty-crew", test_retire_needs_an_empty_crew);
  g_test_add_func ("/command/import-twice-changes-nothing", test_import_twice_changes_nothing);
  g_test_add_func ("/command/repeated-creation-is-done-other-content-is-refused", test_repeated_creation);
  g_test_add_func ("/command/members-have-one-crew-a-day", test_members_have_one_crew_a_day);
  g_test_add_func ("/command/descriptive-changes-merge", test_descriptive_changes_merge);
  g_test_add_func ("/command/S0-50/every-command-stays-in-its-table", test_every_command_stays_in_its_table);
  return g_test_run ();
}
