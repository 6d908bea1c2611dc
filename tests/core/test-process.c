/* test-process.c: the processes of an order: from where, to where, by whom, and what each asks for
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "world.h"

#include <string.h>

#define ALL DSP_FIELDS_ALL

static void
add_reason (World      *w,
            guint8      n,
            const char *code,
            DspProcess  process,
            DspFamily   family,
            DspYesNo    against)
{
  DspReasonCode reason = { .code = (char *) code, .label = (char *) code, .process = process, .family = family, .against = against };
  g_autoptr(GError) error = NULL;

  world_give (w, &dsp_reason_code_create, world_id (n), 0, &reason, ALL, &error);
  g_assert_no_error (error);
}

static World *
office (void)
{
  World *w = world_new ();

  add_reason (w, 100, "wrong", DSP_PROCESS_RETYPE, DSP_FAMILY_NONE, DSP_UNSAID);
  add_reason (w, 101, "remote", DSP_PROCESS_CANCEL, DSP_FAMILY_NONE, DSP_UNSAID);
  add_reason (w, 102, "risk", DSP_PROCESS_REJECT, DSP_FAMILY_HIGH_RISK, DSP_UNSAID);
  add_reason (w, 103, "absent", DSP_PROCESS_RESCHEDULE, DSP_FAMILY_NONE, DSP_UNSAID);
  add_reason (w, 104, "no-time", DSP_PROCESS_RESCHEDULE, DSP_FAMILY_NONE, DSP_YES);
  add_reason (w, 105, "other-zone", DSP_PROCESS_TRANSFER, DSP_FAMILY_NONE, DSP_UNSAID);
  add_reason (w, 106, "again", DSP_PROCESS_REOPEN, DSP_FAMILY_NONE, DSP_UNSAID);
  return w;
}

static void
done (World            *w,
      const DspCommand *command,
      gconstpointer     args)
{
  g_autoptr(GError) error = NULL;

  world_give (w, command, world_id (21), 0, args, ALL, &error);
  g_assert_no_error (error);
}

static void
assign (World *w)
{
  done (w, &dsp_order_assign, &(DspAssign) { .crew_id = world_id (11) });
}

/* Each command is refused from every state that its row of the table does not name, and leads where it says. */
static void
test_from_and_to (void)
{
  static const struct { const DspCommand *command; guint32 from, to; } rows[] = {
#define B(state) DSP_BIT (DSP_ORDER_##state)
    { &dsp_order_retype, DSP_ORDER_OPEN, DSP_ORDER_OPEN },
    { &dsp_order_cancel, B (UNASSIGNED) | B (ASSIGNED) | B (TO_RESCHEDULE), B (CANCELLED) },
    { &dsp_order_reject, B (UNASSIGNED) | B (ASSIGNED) | B (IN_PROGRESS), B (REJECTED) },
    { &dsp_order_return, B (REJECTED), B (UNASSIGNED) },
    { &dsp_order_transfer, B (UNASSIGNED) | B (REJECTED), B (UNASSIGNED) },
    { &dsp_order_start, B (ASSIGNED), B (IN_PROGRESS) },
    { &dsp_order_reschedule, DSP_ORDER_OPEN, B (UNASSIGNED) | B (ASSIGNED) },
    { &dsp_order_needs_reschedule, B (ASSIGNED) | B (IN_PROGRESS), B (TO_RESCHEDULE) },
    { &dsp_order_close, B (ASSIGNED) | B (IN_PROGRESS), B (CLOSED) },
    { &dsp_order_update_address, DSP_ORDER_OPEN, DSP_ORDER_OPEN },
    { &dsp_order_reopen, B (CLOSED) | B (CANCELLED) | B (ANNULLED), B (UNASSIGNED) },
  };
  DspRetype retype = { .type = (char *) "INST", .reason = (char *) "wrong" };
  DspCancel cancel = { .solved = (char *) "by telephone" };
  DspReject reject = { .reason = (char *) "risk" };
  DspReturn send_back = { .note = (char *) "look again" };
  DspTransfer transfer = { .distributor_id = world_id (2), .reason = (char *) "other-zone" };
  DspStart start = { { 0 } };
  DspReschedule reschedule = { .attention_at = { NOW + G_TIME_SPAN_DAY }, .reason = (char *) "absent", .asked_by = DSP_ASKED_BY_CUSTOMER };
  DspNeedsReschedule needs = { .reason = (char *) "absent" };
  DspClose close = { .closed_at = { NOW }, .attended = DSP_YES, .satisfied = DSP_YES, .resolution = (char *) "fixed" };
  DspUpdateAddress address = { .cause = DSP_ADDRESS_MOVED, .street = (char *) "Otra" };
  DspReopen reopen = { .reason = (char *) "again" };
  gconstpointer args[] = { &retype, &cancel, &reject, &send_back, &transfer, &start, &reschedule, &needs, &close, &address, &reopen };

  G_STATIC_ASSERT (G_N_ELEMENTS (args) == G_N_ELEMENTS (rows));
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    for (guint state = DSP_ORDER_UNASSIGNED; state < DSP_N_ORDER_STATUSES; state++)
      {
        g_autoptr(World) w = office ();
        DspOrder *order = (DspOrder *) world_order (w);
        g_autoptr(GError) error = NULL;

        g_test_message ("%s from %s", rows[i].command->name, DspOrderStatus_words.list[state].name);
        order->status = state;
        if (state != DSP_ORDER_UNASSIGNED)
          order->crew_id = world_id (11);
        if (!(DSP_BIT (state) & rows[i].from))
          {
            world_refused (w, rows[i].command, world_id (21), args[i], DSP_RULE_STATE);
            continue;
          }
        world_give (w, rows[i].command, world_id (21), 0, args[i], ALL & ~(rows[i].command == &dsp_order_update_address ? ~G_GUINT64_CONSTANT (3) : 0), &error);
        g_assert_no_error (error);
        g_assert_cmpuint (DSP_BIT (world_order (w)->status) & rows[i].to, !=, 0);
      }
}

static void
test_who_may (void)
{
  static const struct { const char *profile; const DspCommand *command; bool may; } cells[] = {
    { "dispatcher", &dsp_order_reschedule, true },   { "dispatcher", &dsp_order_return, false },
    { "dispatcher", &dsp_order_reopen, false },      { "dispatcher", &dsp_order_start, true },
    { "distributor", &dsp_order_reject, true },      { "distributor", &dsp_order_transfer, false },
    { "distributor", &dsp_order_start, false },      { "distributor", &dsp_order_update_address, true },
    { "supervisor", &dsp_order_return, true },       { "supervisor", &dsp_order_reopen, true },
    { "supervisor", &dsp_order_transfer, true },     { "master", &dsp_order_transfer, true },
    { "master", &dsp_order_close, false },           { "agent", &dsp_order_cancel, true },
    { "agent", &dsp_order_reject, false },           { "agent", &dsp_order_close, false },
    { "technician", &dsp_order_start, true },        { "technician", &dsp_order_needs_reschedule, true },
    { "technician", &dsp_order_retype, false },      { "auditor", &dsp_order_follow_up, false },
    { "sales_adviser", &dsp_order_create, true },    { "customer_monitor", &dsp_order_follow_up, true },
    { "sales_adviser", &dsp_order_cancel, false },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cells); i++)
    {
      DspPermissions set = world_profile (cells[i].profile);

      g_test_message ("%s %s", cells[i].profile, cells[i].command->name);
      g_assert_true (dsp_permissions_has (&set, dsp_command_number (cells[i].command)) == cells[i].may);
    }
}

static void
test_reasons (void)
{
  g_autoptr(World) w = office ();
  DspReject reject = { .reason = (char *) "remote" };

  /* One of another process, one that there is not, none at all, one that is out of use. */
  world_refused (w, &dsp_order_reject, world_id (21), &reject, DSP_RULE_INVALID);
  reject.reason = (char *) "mood";
  world_refused (w, &dsp_order_reject, world_id (21), &reject, DSP_RULE_INVALID);
  reject.reason = NULL;
  world_refused (w, &dsp_order_reject, world_id (21), &reject, DSP_RULE_REQUIRED);
  reject.reason = (char *) "risk";
  g_assert_true (world_give (w, &dsp_reason_code_change, world_id (102), 1, &(DspReasonCode) { .retired = DSP_YES },
                             dsp_table_bit (&dsp_reason_code.table, offsetof (DspReasonCode, retired)), NULL));
  world_refused (w, &dsp_order_reject, world_id (21), &reject, DSP_RULE_INVALID);
  g_assert_true (world_give (w, &dsp_reason_code_change, world_id (102), 2, &(DspReasonCode) { .retired = DSP_NO },
                             dsp_table_bit (&dsp_reason_code.table, offsetof (DspReasonCode, retired)), NULL));
  assign (w);
  done (w, &dsp_order_reject, &reject);
  g_assert_cmpstr (world_order (w)->reason, ==, "risk");
  /* Whose it was stays to be seen, until a supervisor returns it. */
  g_assert_false (dsp_id_is_none (&world_order (w)->crew_id));
  done (w, &dsp_order_return, &(DspReturn) { .note = (char *) "go with the police", .distributor_id = world_id (2) });
  g_assert_true (dsp_id_is_none (&world_order (w)->crew_id));
  g_assert_true (dsp_id_equal (&world_order (w)->distributor_id, &(DspId) { { [0] = 9, [15] = 2 } }));
}

static void
test_reschedule (void)
{
  g_autoptr(World) w = office ();
  DspOrder *order = (DspOrder *) world_order (w);
  DspReschedule args = { .attention_at = { NOW - G_TIME_SPAN_DAY }, .reason = (char *) "absent", .asked_by = DSP_ASKED_BY_CUSTOMER };
  gint64 penalty_us = NOW + G_TIME_SPAN_HOUR;

  order->attention_at.us = NOW + G_TIME_SPAN_HOUR / 2;
  order->penalty_at.us = penalty_us;
  world_refused (w, &dsp_order_reschedule, world_id (21), &args, DSP_RULE_PAST);
  args.attention_at.us = NOW + G_TIME_SPAN_DAY;
  args.attention_until.us = args.attention_at.us;
  world_refused (w, &dsp_order_reschedule, world_id (21), &args, DSP_RULE_INVALID);
  args.attention_until.us += 4 * G_TIME_SPAN_HOUR;
  args.asked_by = DSP_ASKED_NONE;
  world_refused (w, &dsp_order_reschedule, world_id (21), &args, DSP_RULE_REQUIRED);
  args.asked_by = DSP_ASKED_BY_CUSTOMER;

  assign (w);
  args.keep_crew = DSP_YES;
  done (w, &dsp_order_reschedule, &args);
  g_assert_cmpint (world_order (w)->status, ==, DSP_ORDER_ASSIGNED);
  g_assert_cmpint (world_order (w)->reschedules.value, ==, 1);
  /* The customer's wish moves the penalty date: as far as the appointment, at least to its end. */
  g_assert_cmpint (world_order (w)->penalty_at.us, ==, NOW + G_TIME_SPAN_DAY + 4 * G_TIME_SPAN_HOUR);
  penalty_us = world_order (w)->penalty_at.us;

  /* The distributor's fault does not, and without the wish the crew is free of it. */
  args.keep_crew = DSP_NO;
  args.reason = (char *) "no-time";
  args.attention_at.us += G_TIME_SPAN_DAY;
  args.attention_until.us += G_TIME_SPAN_DAY;
  done (w, &dsp_order_reschedule, &args);
  g_assert_cmpint (world_order (w)->status, ==, DSP_ORDER_UNASSIGNED);
  g_assert_true (dsp_id_is_none (&world_order (w)->crew_id));
  g_assert_cmpint (world_order (w)->penalty_at.us, ==, penalty_us);
  g_assert_cmpint (world_order (w)->reschedules.value, ==, 2);
}

/* What had passed when it was moved stays passed. */
static void
test_penalized_stays (void)
{
  g_autoptr(World) w = office ();
  DspOrder *order = (DspOrder *) world_order (w);
  DspReschedule args = { .attention_at = { NOW + G_TIME_SPAN_DAY }, .reason = (char *) "absent", .asked_by = DSP_ASKED_BY_CUSTOMER };

  order->penalty_at.us = NOW - G_TIME_SPAN_HOUR;
  g_assert_true (dsp_order_is_penalized (order, NOW));
  done (w, &dsp_order_reschedule, &args);
  g_assert_cmpint (world_order (w)->penalty_at.us, >, NOW);
  g_assert_true (dsp_order_is_penalized (world_order (w), NOW));
  ((DspOrder *) world_order (w))->excused = DSP_YES;
  g_assert_false (dsp_order_is_penalized (world_order (w), NOW));
}

static void
test_closing_asks (void)
{
  g_autoptr(World) w = office ();
  char *questions[] = { (char *) "Tested?", (char *) "Clean?", NULL }, *answers[] = { (char *) "yes", (char *) "no", NULL };
  char *half[] = { (char *) "yes", NULL }, *perhaps[] = { (char *) "yes", (char *) "perhaps", NULL };
  char *one[] = { (char *) "S1", NULL }, *unknown[] = { (char *) "S9", NULL }, *foreign[] = { (char *) "S2", NULL };
  char *types[] = { (char *) "INST", NULL };
  char *lines[] = { (char *) "installed MODEM SN-1", NULL }, *no_serial[] = { (char *) "installed MODEM", NULL };
  char *nonsense[] = { (char *) "eaten MODEM 1", NULL }, *none_used[] = { (char *) "not_applicable", NULL };
  DspOrderType type = { .code = (char *) "REP", .type = (char *) "REP", .solutions = { 1, true }, .equipment = DSP_YES,
                        .position = DSP_YES, .checklist = questions };
  DspClose args = { .closed_at = { NOW }, .attended = DSP_YES, .satisfied = DSP_YES, .resolution = (char *) "fixed",
                    .solutions = one, .equipment = lines, .checklist = answers, .lat_e7 = { 194000000, true },
                    .lon_e7 = { -991000000, true } };
#define TRY(member, value, rule)                                                                                      \
  do { DspClose wrong = args; wrong.member = value; world_refused (w, &dsp_order_close, world_id (21), &wrong, rule); } while (0)

  g_assert_true (world_give (w, &dsp_order_type_create, world_id (110), 0, &type, ALL, NULL));
  g_assert_true (world_give (w, &dsp_solution_code_create, world_id (111), 0, &(DspSolutionCode) { .code = (char *) "S1", .label = (char *) "Uno" }, ALL, NULL));
  g_assert_true (world_give (w, &dsp_solution_code_create, world_id (112), 0, &(DspSolutionCode) { .code = (char *) "S2", .label = (char *) "Dos", .types = types }, ALL, NULL));
  g_assert_true (world_give (w, &dsp_equipment_model_create, world_id (113), 0, &(DspEquipmentModel) { .code = (char *) "MODEM", .label = (char *) "Módem", .serial = DSP_YES }, ALL, NULL));
  assign (w);
  TRY (attended, DSP_NO, DSP_RULE_INVALID);
  TRY (satisfied, DSP_NO, DSP_RULE_INVALID);
  TRY (satisfied, DSP_UNSAID, DSP_RULE_REQUIRED);
  TRY (resolution, NULL, DSP_RULE_REQUIRED);
  TRY (solutions, NULL, DSP_RULE_REQUIRED);
  TRY (solutions, unknown, DSP_RULE_INVALID);
  TRY (solutions, foreign, DSP_RULE_INVALID);
  TRY (equipment, NULL, DSP_RULE_REQUIRED);
  TRY (equipment, no_serial, DSP_RULE_REQUIRED);
  TRY (equipment, nonsense, DSP_RULE_INVALID);
  TRY (checklist, half, DSP_RULE_REQUIRED);
  TRY (checklist, perhaps, DSP_RULE_INVALID);
  TRY (lat_e7, ((DspInt) { 0 }), DSP_RULE_INVALID);
  args.equipment = none_used;
  args.rest = (char *) "the second socket";
  done (w, &dsp_order_close, &args);
  g_assert_cmpint (world_order (w)->status, ==, DSP_ORDER_CLOSED);

  /* What is left is a child: the tree of visits goes on. */
  {
    const DspOrder *child = NULL;

    for (guint i = 0; i < w->records[dsp_order.number]->len; i++)
      {
        const DspOrder *order = w->records[dsp_order.number]->pdata[i];

        if (g_strcmp0 (order->parent, "904112") == 0)
          child = order;
      }
    g_assert_nonnull (child);
    g_assert_cmpint (child->status, ==, DSP_ORDER_UNASSIGNED);
    g_assert_cmpstr (child->description, ==, "the second socket");
    g_assert_cmpstr (child->account, ==, "55120");
    g_assert_cmpstr (child->number, !=, "904112");
    g_assert_true (dsp_id_is_none (&child->crew_id));
    g_assert_null (child->solutions);
  }
}

/* An address that the catalogue does not know comes in all the same, and whoever brings it hears of it. */
static void
test_unknown_place (void)
{
  g_autoptr(World) w = office ();
  DspPostalCode code = { .code = (char *) "03104", .municipality = (char *) "Benito Juárez" };
  const struct { const char *postal_code, *municipality, *warning, *names; } places[] = {
    { "99999", NULL, "unknown_postal_code", "99999" }, { "03104", "Coyoacán", "other_municipality", "Coyoacán" },
    { "03104", "BENITO JUAREZ", NULL, NULL },          { "03104", NULL, NULL, NULL },
    { NULL, "Coyoacán", NULL, NULL },
  };

  g_assert_true (world_give (w, &dsp_postal_code_import, world_id (120), 0, &code, ALL, NULL));
  for (guint i = 0; i < 2 * G_N_ELEMENTS (places); i++)
    {
      const DspCommand *command = i % 2 == 0 ? &dsp_order_create : &dsp_order_import;
      const char *warning = places[i / 2].warning;
      g_autofree char *number = g_strdup_printf ("P%u", i);
      DspOrder o = { .number = number, .account = (char *) "A", .type = (char *) "REP", .postal_code = (char *) places[i / 2].postal_code,
                     .municipality = (char *) places[i / 2].municipality };

      g_assert_true (world_give (w, command, world_id ((guint8) (130 + i)), 0, &o, ALL, NULL));
      g_assert_cmpuint (dsp_work_n_warnings (w->work), ==, warning != NULL);
      if (warning != NULL)
        {
          g_assert_cmpstr (dsp_work_warning_at (w->work, 0)->code, ==, warning);
          g_assert_nonnull (strstr (dsp_work_warning_at (w->work, 0)->message, places[i / 2].names));
          g_assert_nonnull (strstr (dsp_work_warning_at (w->work, 0)->message, number));
        }
    }
}

static void
test_address (void)
{
  g_autoptr(World) w = office ();
  DspUpdateAddress args = { .cause = DSP_ADDRESS_WRONG, .street = (char *) "Calle Nueva", .postal_code = (char *) "03104",
                            .municipality = (char *) "Coyoacán" };
  DspPostalCode code = { .code = (char *) "03104", .municipality = (char *) "Benito Juárez" };
  guint64 given = 0;
  g_autoptr(GError) error = NULL;

  given |= dsp_table_bit (dsp_order_update_address.args, offsetof (DspUpdateAddress, cause));
  given |= dsp_table_bit (dsp_order_update_address.args, offsetof (DspUpdateAddress, street));
  given |= dsp_table_bit (dsp_order_update_address.args, offsetof (DspUpdateAddress, postal_code));
  dsp_set_text (&((DspOrder *) world_order (w))->phone, "5512345678");
  ((DspOrder *) world_order (w))->lat_e7 = ((DspOrder *) world_order (w))->lon_e7 = (DspInt) { 1, true };
  g_assert_true (world_give (w, &dsp_postal_code_import, world_id (120), 0, &code, ALL, NULL));
  world_refused (w, &dsp_order_update_address, world_id (21), &args, DSP_RULE_INVALID);
  args.municipality = NULL;
  args.cause = DSP_ADDRESS_NONE;
  world_refused (w, &dsp_order_update_address, world_id (21), &args, DSP_RULE_REQUIRED);
  args.cause = DSP_ADDRESS_MOVED;
  world_give (w, &dsp_order_update_address, world_id (21), 0, &args, given, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (world_order (w)->street, ==, "Calle Nueva");
  g_assert_cmpstr (world_order (w)->phone, ==, "5512345678");
  /* It lies elsewhere now; where, nobody said. */
  g_assert_false (world_order (w)->lat_e7.is_set);
}

/* Without a catalogue there is nothing that an address could contradict. */
static void
test_no_catalogue (void)
{
  g_autoptr(World) w = office ();
  DspOrder o = { .number = (char *) "P1", .account = (char *) "A", .type = (char *) "REP", .postal_code = (char *) "99999",
                 .neighbourhood = (char *) "Centro" };
  DspUpdateAddress args = { .cause = DSP_ADDRESS_WRONG, .postal_code = (char *) "88888", .municipality = (char *) "Coyoacán" };

  g_assert_true (world_give (w, &dsp_order_create, world_id (130), 0, &o, ALL, NULL));
  g_assert_cmpuint (dsp_work_n_warnings (w->work), ==, 0);
  o.number = (char *) "P2";
  g_assert_true (world_give (w, &dsp_order_import, world_id (131), 0, &o, ALL, NULL));
  g_assert_cmpuint (dsp_work_n_warnings (w->work), ==, 0);
  done (w, &dsp_order_update_address, &args);
  g_assert_cmpuint (dsp_work_n_warnings (w->work), ==, 0);
}

/* A neighbourhood may be newer than the catalogue: it is taken, and the answer names it, its postal code, and what that has. */
static void
test_other_neighbourhood (void)
{
  g_autoptr(World) w = office ();
  DspPostalCode code = { .code = (char *) "03104", .municipality = (char *) "Benito Juárez" }, bare = { .code = (char *) "03100" };
  DspSettlement settlement = { .postal_code = (char *) "03104", .key = (char *) "0001", .name = (char *) "Nápoles" };
  DspOrder o = { .number = (char *) "P1", .account = (char *) "A", .type = (char *) "REP", .postal_code = (char *) "03104",
                 .neighbourhood = (char *) "Polanco" };
  DspUpdateAddress args = { .cause = DSP_ADDRESS_WRONG, .neighbourhood = (char *) "Polanco" };
  guint64 given = dsp_table_bit (dsp_order_update_address.args, offsetof (DspUpdateAddress, cause)) |
                  dsp_table_bit (dsp_order_update_address.args, offsetof (DspUpdateAddress, neighbourhood));

  g_assert_true (world_give (w, &dsp_postal_code_import, world_id (120), 0, &code, ALL, NULL));
  g_assert_true (world_give (w, &dsp_postal_code_import, world_id (121), 0, &bare, ALL, NULL));
  g_assert_true (world_give (w, &dsp_settlement_import, world_id (122), 0, &settlement, ALL, NULL));
  for (guint i = 0; i < 2; i++)
    {
      /* A new order; then an old one, of which only the neighbourhood is said. */
      if (i == 0)
        g_assert_true (world_give (w, &dsp_order_create, world_id (130), 0, &o, ALL, NULL));
      else
        {
          dsp_set_text (&((DspOrder *) world_order (w))->postal_code, "03104");
          g_assert_true (world_give (w, &dsp_order_update_address, world_id (21), 0, &args, given, NULL));
        }
      g_assert_cmpuint (dsp_work_n_warnings (w->work), ==, 1);
      g_assert_cmpstr (dsp_work_warning_at (w->work, 0)->code, ==, "other_neighbourhood");
      g_assert_nonnull (strstr (dsp_work_warning_at (w->work, 0)->message, "03104"));
      g_assert_nonnull (strstr (dsp_work_warning_at (w->work, 0)->message, "Polanco"));
      g_assert_nonnull (strstr (dsp_work_warning_at (w->work, 0)->message, "Nápoles"));
    }
  /* Written otherwise it is the same; and a code without neighbourhoods says nothing of them. */
  args.neighbourhood = (char *) "NAPOLES";
  g_assert_true (world_give (w, &dsp_order_update_address, world_id (21), 0, &args, given, NULL));
  g_assert_cmpuint (dsp_work_n_warnings (w->work), ==, 0);
  o.number = (char *) "P2";
  o.postal_code = (char *) "03100";
  g_assert_true (world_give (w, &dsp_order_create, world_id (131), 0, &o, ALL, NULL));
  g_assert_cmpuint (dsp_work_n_warnings (w->work), ==, 0);
}

/* Of an address only what changes is given: the municipality that it contradicts may stand there already. */
static void
test_address_in_parts (void)
{
  g_autoptr(World) w = office ();
  DspPostalCode code = { .code = (char *) "03104", .municipality = (char *) "Benito Juárez" };
  DspUpdateAddress args = { .cause = DSP_ADDRESS_WRONG, .municipality = (char *) "Coyoacán" };
  guint64 given = dsp_table_bit (dsp_order_update_address.args, offsetof (DspUpdateAddress, cause)) |
                  dsp_table_bit (dsp_order_update_address.args, offsetof (DspUpdateAddress, municipality));
  g_autoptr(GError) error = NULL;

  g_assert_true (world_give (w, &dsp_postal_code_import, world_id (120), 0, &code, ALL, NULL));
  dsp_set_text (&((DspOrder *) world_order (w))->postal_code, "03104");
  g_assert_false (world_give (w, &dsp_order_update_address, world_id (21), 0, &args, given, &error));
  g_assert_error (error, DSP_RULE_ERROR, DSP_RULE_INVALID);
  g_assert_nonnull (strstr (error->message, "03104"));
  g_assert_nonnull (strstr (error->message, "Coyoacán"));
  g_assert_null (world_order (w)->municipality);
}

/* A rejected order waits for a supervisor, and its clock does not: it penalizes meanwhile. A photo that is none is no proof. */
static void
test_rejected_waits (void)
{
  g_autoptr(World) w = office ();
  DspReject reject = { .reason = (char *) "risk", .photo_id = world_id (99) };
  gint64 penalty_us = NOW + G_TIME_SPAN_HOUR;

  ((DspOrder *) world_order (w))->penalty_at.us = penalty_us;
  world_refused (w, &dsp_order_reject, world_id (21), &reject, DSP_RULE_NO_SUCH_RECORD);
  reject.photo_id = dsp_id_none;
  done (w, &dsp_order_reject, &reject);
  g_assert_cmpint (world_order (w)->penalty_at.us, ==, penalty_us);
  g_assert_cmpint (world_order (w)->stopped_at.us, ==, 0);
  g_assert_false (dsp_order_is_penalized (world_order (w), penalty_us - 1));
  g_assert_true (dsp_order_is_penalized (world_order (w), penalty_us + G_TIME_SPAN_MINUTE));
}

/* Where a crew began is kept until it says where it closed; with the crew it goes. */
static void
test_start_has_a_place (void)
{
  g_autoptr(World) w = office ();
  DspStart start = { .started_at = { NOW }, .lat_e7 = { 194000000, true } };
  DspClose close = { .closed_at = { NOW }, .attended = DSP_YES, .satisfied = DSP_YES, .resolution = (char *) "fixed" };

  assign (w);
  world_refused (w, &dsp_order_start, world_id (21), &start, DSP_RULE_INVALID);
  start.lon_e7 = (DspInt) { -991000000, true };
  done (w, &dsp_order_start, &start);
  g_assert_cmpint (world_order (w)->attended_lat_e7.value, ==, 194000000);
  done (w, &dsp_order_unassign, &(DspUnassign) { .reason = (char *) "broke down" });
  g_assert_false (world_order (w)->attended_lat_e7.is_set);
  assign (w);
  done (w, &dsp_order_start, &start);
  done (w, &dsp_order_close, &close);
  g_assert_cmpint (world_order (w)->attended_lon_e7.value, ==, -991000000);
}

static void
test_follow_ups (void)
{
  g_autoptr(World) w = office ();
  DspFollowUp args = { .text = (char *) "called, nobody answers" };
  gint64 first_us;

  world_refused (w, &dsp_order_follow_up, world_id (21), &(DspFollowUp) { 0 }, DSP_RULE_REQUIRED);
  done (w, &dsp_order_follow_up, &args);
  first_us = world_order (w)->followed_at.us;
  done (w, &dsp_order_follow_up, &args);
  g_assert_cmpint (world_order (w)->followed_at.us, >, first_us);
  g_assert_cmpint (world_order (w)->status, ==, DSP_ORDER_UNASSIGNED);
  ((DspOrder *) world_order (w))->status = DSP_ORDER_CANCELLED;
  done (w, &dsp_order_follow_up, &args);
}

static void
test_reopened (void)
{
  g_autoptr(World) w = office ();
  DspClose close = { .closed_at = { NOW }, .attended = DSP_YES, .satisfied = DSP_YES, .resolution = (char *) "fixed" };

  assign (w);
  done (w, &dsp_order_close, &close);
  world_act_as (w, "dispatcher", dsp_scope_all);
  world_refused (w, &dsp_order_reopen, world_id (21), &(DspReopen) { .reason = (char *) "again" }, DSP_RULE_FORBIDDEN);
  world_act_as (w, "supervisor", dsp_scope_all);
  done (w, &dsp_order_reopen, &(DspReopen) { .reason = (char *) "again" });
  g_assert_cmpint (world_order (w)->status, ==, DSP_ORDER_UNASSIGNED);
  g_assert_null (world_order (w)->resolution);
  g_assert_cmpint (world_order (w)->closed_at.us, ==, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/process/S0-50/from-and-to-as-in-the-table", test_from_and_to);
  g_test_add_func ("/process/S0-49/profile-says-who-may", test_who_may);
  g_test_add_func ("/process/S0-43/rejection-has-a-reason-of-the-catalogue", test_reasons);
  g_test_add_func ("/process/S0-44/reschedule-moves-what-it-should", test_reschedule);
  g_test_add_func ("/process/S0-28/penalized-stays-when-it-is-moved", test_penalized_stays);
  g_test_add_func ("/process/S0-46/closing-asks-for-what-its-type-says", test_closing_asks);
  g_test_add_func ("/process/S0-47/address-is-updated-by-what-is-given", test_address);
  g_test_add_func ("/process/S0-30/an_unknown_place_comes_in_and_is_told", test_unknown_place);
  g_test_add_func ("/process/S0-47/an-address-given-in-parts-is-judged-whole", test_address_in_parts);
  g_test_add_func ("/process/S0-47/a-neighbourhood-that-is-not-of-its-postal-code-is-told", test_other_neighbourhood);
  g_test_add_func ("/process/S0-30/an-office-without-catalogue-is-not-told-with-each-order", test_no_catalogue);
  g_test_add_func ("/process/S0-43/a-rejected-order-waits-and-its-clock-runs-on", test_rejected_waits);
  g_test_add_func ("/process/where-a-crew-began-is-kept", test_start_has_a_place);
  g_test_add_func ("/process/S1-18/follow-ups-are-entries", test_follow_ups);
  g_test_add_func ("/process/reopened-by-a-supervisor-only", test_reopened);
  return g_test_run ();
}
