/* test-policy.c: every sentence of a rescheduling policy, up to its edges
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * It is Friday 15 January 2027, two in the morning in Mexico City; the office works every day but on federal holidays.
 */
#include "config.h"
#include "world.h"

#include <string.h>

#define HOUR G_TIME_SPAN_HOUR
#define MINUTE G_TIME_SPAN_MINUTE

static void
give_new (World            *w,
          const DspCommand *command,
          guint8            id,
          gconstpointer     args)
{
  g_autoptr(GError) error = NULL;

  world_give (w, command, world_id (id), 0, args, DSP_FIELDS_ALL, &error);
  g_assert_no_error (error);
}

static World *
office (const DspPolicy *policy)
{
  World *w = world_new ();
  char *week[] = { (char *) "1", (char *) "2", (char *) "3", (char *) "4", (char *) "5", (char *) "6", (char *) "7", NULL };
  DspOfficeSettings settings = { .time_zone = (char *) "America/Mexico_City", .starts = { 480, true }, .ends = { 1080, true }, .weekdays = week };
  DspReasonCode asked = { .code = (char *) "asked", .label = (char *) "Asked", .process = DSP_PROCESS_RESCHEDULE };
  DspId id = dsp_office_settings_id ();

  g_assert_true (world_give (w, &dsp_office_settings_put, id, 0, &settings, DSP_FIELDS_ALL, NULL));
  give_new (w, &dsp_reason_code_create, 100, &asked);
  give_new (w, &dsp_policy_create, 60, policy);
  dsp_set_text (&((DspOrder *) world_order (w))->municipality, "Tlalpan");
  return w;
}

/* The instant, so many days from today, at a minute of the local day. */
static gint64
at (int days,
    int minute)
{
  g_autoptr(DspCalendar) calendar = dsp_calendar_new (NULL);
  DspDate day = dsp_calendar_day (calendar, NOW, NULL);

  day.day += days;
  return dsp_calendar_at (calendar, day, minute);
}

static DspDate
day (int days)
{
  g_autoptr(DspCalendar) calendar = dsp_calendar_new (NULL);
  DspDate today = dsp_calendar_day (calendar, NOW, NULL);

  return (DspDate) { today.day + days };
}

/* Judged, not done: what the rule is by which that time is refused; DSP_N_RULES for none. */
static DspRule
rule_of_order (World *w,
               DspId  id,
               gint64 at_us,
               gint64 until_us)
{
  DspReschedule args = { .attention_at = { at_us }, .attention_until = { until_us }, .reason = (char *) "asked", .asked_by = DSP_ASKED_BY_CUSTOMER };
  g_autoptr(GError) error = NULL;

  if (dsp_work_run (w->work, &dsp_order_reschedule, &id, 0, &args, DSP_FIELDS_ALL, NULL, &error))
    return DSP_N_RULES;
  g_assert_error (error, DSP_RULE_ERROR, error->code);
  return (DspRule) error->code;
}

static DspRule
rule_of (World *w,
         gint64 at_us)
{
  return rule_of_order (w, world_id (21), at_us, 0);
}

static void
book (World *w,
      DspId  id,
      gint64 at_us)
{
  DspReschedule args = { .attention_at = { at_us }, .reason = (char *) "asked", .asked_by = DSP_ASKED_BY_CUSTOMER };
  g_autoptr(GError) error = NULL;

  world_give (w, &dsp_order_reschedule, id, 0, &args, DSP_FIELDS_ALL, &error);
  g_assert_no_error (error);
}

static void
earliest_and_latest_day (void)
{
  DspPolicy policy = { .code = (char *) "P", .min_days = { 2, true }, .max_days = { 7, true } };
  g_autoptr(World) w = office (&policy);

  g_assert_cmpint (rule_of (w, NOW - HOUR), ==, DSP_RULE_PAST);
  g_assert_cmpint (rule_of (w, at (0, 720)), ==, DSP_RULE_TOO_EARLY);
  g_assert_cmpint (rule_of (w, at (1, 1439)), ==, DSP_RULE_TOO_EARLY);
  g_assert_cmpint (rule_of (w, at (2, 0)), ==, DSP_N_RULES);
  g_assert_cmpint (rule_of (w, at (7, 1439)), ==, DSP_N_RULES);
  g_assert_cmpint (rule_of (w, at (8, 0)), ==, DSP_RULE_TOO_LATE);
}

static void
minimum_notice (void)
{
  DspPolicy policy = { .code = (char *) "P", .notice_minutes = { 120, true } };
  g_autoptr(World) w = office (&policy);

  g_assert_cmpint (rule_of (w, NOW + 120 * MINUTE - 1), ==, DSP_RULE_NOTICE);
  g_assert_cmpint (rule_of (w, NOW + 120 * MINUTE), ==, DSP_N_RULES);
}

static void
days_on_which_the_office_works (void)
{
  DspPolicy policy = { .code = (char *) "P" };
  g_autoptr(World) w = office (&policy);
  char *six[] = { (char *) "1", (char *) "2", (char *) "3", (char *) "4", (char *) "5", (char *) "6", NULL };
  DspHoliday ours = { .name = (char *) "Patron saint", .day = day (3) }, worked = { .name = (char *) "Worked", .day = day (17), .working = DSP_YES };

  /* Monday 1 February is Constitution Day. */
  g_assert_cmpint (rule_of (w, at (16, 600)), ==, DSP_N_RULES);
  g_assert_cmpint (rule_of (w, at (17, 600)), ==, DSP_RULE_HOLIDAY);
  g_assert_cmpint (rule_of (w, at (18, 600)), ==, DSP_N_RULES);
  give_new (w, &dsp_holiday_create, 70, &worked);
  g_assert_cmpint (rule_of (w, at (17, 600)), ==, DSP_N_RULES);
  g_assert_cmpint (rule_of (w, at (3, 600)), ==, DSP_N_RULES);
  give_new (w, &dsp_holiday_create, 71, &ours);
  g_assert_cmpint (rule_of (w, at (3, 600)), ==, DSP_RULE_HOLIDAY);
  g_assert_cmpint (rule_of (w, at (2, 600)), ==, DSP_N_RULES); /* a Sunday */
  g_assert_true (world_give (w, &dsp_office_settings_put, dsp_office_settings_id (), 0, &(DspOfficeSettings) { .weekdays = six },
                             dsp_table_bit (&dsp_office_settings.table, offsetof (DspOfficeSettings, weekdays)), NULL));
  g_assert_cmpint (rule_of (w, at (2, 600)), ==, DSP_RULE_HOLIDAY);
}

static void
closed_zones (void)
{
  DspPolicy policy = { .code = (char *) "P" };
  g_autoptr(World) w = office (&policy);
  char *zone[] = { (char *) "Tlalpan", NULL }, *codes[] = { (char *) "031*", NULL };
  DspZoneClosure closure = { .zone = zone, .from = day (3), .until = day (4), .reason = (char *) "Flood" };
  DspZoneClosure other = { .zone = codes, .from = day (6), .until = day (6), .reason = (char *) "March" };
  GError *error = NULL;

  give_new (w, &dsp_zone_closure_create, 80, &closure);
  give_new (w, &dsp_zone_closure_create, 81, &other);
  g_assert_cmpint (rule_of (w, at (2, 1439)), ==, DSP_N_RULES);
  g_assert_cmpint (rule_of (w, at (3, 0)), ==, DSP_RULE_ZONE_CLOSED);
  g_assert_cmpint (rule_of (w, at (4, 1439)), ==, DSP_RULE_ZONE_CLOSED);
  g_assert_cmpint (rule_of (w, at (5, 0)), ==, DSP_N_RULES);
  g_assert_cmpint (rule_of (w, at (6, 600)), ==, DSP_N_RULES);
  dsp_set_text (&((DspOrder *) world_order (w))->postal_code, "03100");
  g_assert_cmpint (rule_of (w, at (6, 600)), ==, DSP_RULE_ZONE_CLOSED);
  g_assert_true (world_give (w, &dsp_zone_closure_delete, world_id (80), 0, NULL, 0, &error));
  g_assert_cmpint (rule_of (w, at (3, 0)), ==, DSP_N_RULES);
  /* A closed zone is closed for orders of which no policy speaks, too. */
  g_assert_true (world_give (w, &dsp_policy_change, world_id (60), 1, &(DspPolicy) { .retired = DSP_YES },
                             dsp_table_bit (&dsp_policy.table, offsetof (DspPolicy, retired)), NULL));
  g_assert_cmpint (rule_of (w, at (6, 600)), ==, DSP_RULE_ZONE_CLOSED);
}

static void
slots (void)
{
  DspPolicy policy = { .code = (char *) "P", .max_days = { 15, true } };
  g_autoptr(World) w = office (&policy);
  char *monday[] = { (char *) "1", NULL };
  DspSlot morning = { .policy_id = world_id (60), .starts = { 480, true }, .ends = { 660, true } };
  DspSlot late = { .policy_id = world_id (60), .starts = { 900, true }, .ends = { 1080, true }, .weekdays = monday };

  give_new (w, &dsp_slot_create, 61, &morning);
  give_new (w, &dsp_slot_create, 62, &late);
  g_assert_cmpint (rule_of (w, at (1, 479)), ==, DSP_RULE_NO_SLOT);
  g_assert_cmpint (rule_of (w, at (1, 480)), ==, DSP_N_RULES);
  g_assert_cmpint (rule_of (w, at (1, 659)), ==, DSP_N_RULES);
  g_assert_cmpint (rule_of (w, at (1, 660)), ==, DSP_RULE_NO_SLOT);
  g_assert_cmpint (rule_of_order (w, world_id (21), at (1, 480), at (1, 660)), ==, DSP_N_RULES);
  g_assert_cmpint (rule_of_order (w, world_id (21), at (1, 480), at (1, 661)), ==, DSP_RULE_NO_SLOT);
  /* Today is Friday. */
  g_assert_cmpint (rule_of (w, at (2, 900)), ==, DSP_RULE_NO_SLOT);
  g_assert_cmpint (rule_of (w, at (3, 900)), ==, DSP_N_RULES);
  /* A visit without an end lasts as long as its slot. */
  book (w, world_id (21), at (3, 960));
  g_assert_cmpint (world_order (w)->attention_until.us, ==, at (3, 1080));
}

static DspId
another (World      *w,
         guint8      n,
         const char *type,
         const char *municipality)
{
  g_autofree char *number = g_strdup_printf ("N%u", n);
  DspOrder o = { .number = number, .account = (char *) "A", .type = (char *) type, .municipality = (char *) municipality };

  give_new (w, &dsp_order_create, n, &o);
  return world_id (n);
}

static void
places_in_each_zone_and_slot (void)
{
  DspPolicy policy = { .code = (char *) "P" }, other = { .code = (char *) "Q", .type = (char *) "SURVEY" };
  g_autoptr(World) w = office (&policy);
  DspSlot slot = { .policy_id = world_id (60), .starts = { 480, true }, .ends = { 660, true }, .places = { 2, true } };
  DspId a, b, c, elsewhere, survey;

  give_new (w, &dsp_slot_create, 61, &slot);
  give_new (w, &dsp_policy_create, 64, &other);
  a = another (w, 31, "REP", "Tlalpan");
  b = another (w, 32, "REP", "Tlalpan");
  c = another (w, 33, "REP", "Tlalpan");
  elsewhere = another (w, 34, "REP", "Coyoacán");
  survey = another (w, 35, "SURVEY", "Tlalpan");
  book (w, survey, at (1, 600));
  book (w, elsewhere, at (1, 600));
  book (w, a, at (1, 480));
  g_assert_cmpint (rule_of_order (w, b, at (1, 500), 0), ==, DSP_N_RULES);
  book (w, b, at (1, 659));
  g_assert_cmpint (rule_of_order (w, c, at (1, 480), 0), ==, DSP_RULE_SLOT_FULL);
  g_assert_cmpint (rule_of_order (w, c, at (2, 480), 0), ==, DSP_N_RULES);
  g_assert_cmpint (rule_of_order (w, survey, at (1, 480), 0), ==, DSP_N_RULES);
  g_assert_cmpint (rule_of_order (w, elsewhere, at (1, 480), 0), ==, DSP_N_RULES);
  /* Who holds a place moves within the slot. */
  g_assert_cmpint (rule_of_order (w, a, at (1, 540), 0), ==, DSP_N_RULES);

  /* A place is given back by a cancellation, and by a visit that has to be booked anew. */
  g_assert_true (world_give (w, &dsp_order_cancel, b, 0, &(DspCancel) { .solved = (char *) "by phone" }, DSP_FIELDS_ALL, NULL));
  g_assert_cmpint (rule_of_order (w, c, at (1, 480), 0), ==, DSP_N_RULES);
  book (w, c, at (1, 480));
  g_assert_cmpint (rule_of (w, at (1, 480)), ==, DSP_RULE_SLOT_FULL);
  g_assert_true (world_give (w, &dsp_order_assign, c, 0, &(DspAssign) { .crew_id = world_id (11) }, 1, NULL));
  g_assert_cmpint (rule_of (w, at (1, 480)), ==, DSP_RULE_SLOT_FULL);
  g_assert_true (world_give (w, &dsp_order_needs_reschedule, c, 0, &(DspNeedsReschedule) { .reason = (char *) "asked" }, 1, NULL));
  g_assert_cmpint (rule_of (w, at (1, 480)), ==, DSP_N_RULES);

  /* Who sees only a part of the orders leaves it to the server, unless that part fills the slot already. */
  w->counts = false;
  g_assert_cmpint (rule_of (w, at (1, 480)), ==, DSP_N_RULES);
  book (w, c, at (1, 480));
  g_assert_cmpint (rule_of (w, at (1, 480)), ==, DSP_RULE_SLOT_FULL);
}

/* A new order's appointment is judged as a rescheduled one, but for what is said of rescheduling; what a file brings was
 * promised elsewhere. */
static void
a_new_orders_appointment (void)
{
  DspPolicy policy = { .code = (char *) "P", .max_days = { 20, true }, .max_reschedules = { 0, true } };
  g_autoptr(World) w = office (&policy);
  DspSlot slot = { .policy_id = world_id (60), .starts = { 480, true }, .ends = { 660, true }, .places = { 1, true } };
  DspOrder o = { .number = (char *) "N1", .account = (char *) "A", .type = (char *) "REP", .municipality = (char *) "Tlalpan" };
  const struct { gint64 at_us; DspRule rule; } tries[] = {
    { NOW - HOUR, DSP_RULE_PAST }, { at (21, 480), DSP_RULE_TOO_LATE }, { at (17, 480), DSP_RULE_HOLIDAY }, { at (1, 660), DSP_RULE_NO_SLOT },
  };

  DspId id = world_id (31);
  gconstpointer made = NULL;
  gint64 until;

  give_new (w, &dsp_slot_create, 61, &slot);
  for (guint i = 0; i < G_N_ELEMENTS (tries); i++)
    {
      o.attention_at.us = tries[i].at_us;
      world_refused (w, &dsp_order_create, world_id (31), &o, tries[i].rule);
    }
  o.attention_at.us = o.attention_until.us = at (1, 480);
  world_refused (w, &dsp_order_create, world_id (31), &o, DSP_RULE_INVALID);
  /* A visit without an end lasts as long as its slot, of which it takes the last place. */
  o.attention_until.us = 0;
  give_new (w, &dsp_order_create, 31, &o);
  g_assert_true (w->facts.get (w->facts.data, &dsp_order, &id, &made) == DSP_FACT_HERE);
  until = ((const DspOrder *) made)->attention_until.us;
  g_assert_cmpint (until, ==, at (1, 660));
  o.number = (char *) "N2";
  world_refused (w, &dsp_order_create, world_id (32), &o, DSP_RULE_SLOT_FULL);
  give_new (w, &dsp_order_import, 32, &o);
  o.number = (char *) "N3";
  o.attention_at.us = NOW - HOUR;
  give_new (w, &dsp_order_import, 33, &o);
  /* Without an appointment nothing is asked. */
  o.number = (char *) "N4";
  o.attention_at.us = 0;
  give_new (w, &dsp_order_create, 34, &o);
}

static void
the_fourth_is_a_supervisors (void)
{
  DspPolicy policy = { .code = (char *) "P", .max_reschedules = { 3, true } };
  g_autoptr(World) w = office (&policy);

  world_act_as (w, "dispatcher", dsp_scope_all);
  for (int i = 1; i <= 3; i++)
    {
      g_assert_cmpint (rule_of (w, at (i, 600)), ==, DSP_N_RULES);
      book (w, world_id (21), at (i, 600));
    }
  g_assert_cmpint (world_order (w)->reschedules.value, ==, 3);
  g_assert_cmpint (rule_of (w, at (5, 600)), ==, DSP_RULE_RESCHEDULE_COUNT);
  world_act_as (w, "distributor", world_id (1));
  g_assert_cmpint (rule_of (w, at (5, 600)), ==, DSP_RULE_RESCHEDULE_COUNT);
  /* Another office's supervisor does not even see it; its own may go on. */
  world_act_as (w, "supervisor", world_id (2));
  g_assert_cmpint (rule_of (w, at (5, 600)), ==, DSP_RULE_NO_SUCH_RECORD);
  world_act_as (w, "supervisor", world_id (1));
  g_assert_cmpint (rule_of (w, at (5, 600)), ==, DSP_N_RULES);
  /* The other sentences are his, too. */
  g_assert_cmpint (rule_of (w, at (17, 600)), ==, DSP_RULE_HOLIDAY);
}

static void
the_most_specific_policy_rules (void)
{
  DspPolicy policy = { .code = (char *) "P", .max_days = { 15, true } };
  DspPolicy repair = { .code = (char *) "R", .type = (char *) "REP", .max_days = { 2, true } };
  g_autoptr(World) w = office (&policy);
  DspId survey = another (w, 35, "SURVEY", "Tlalpan");

  g_assert_cmpint (rule_of (w, at (3, 600)), ==, DSP_N_RULES);
  give_new (w, &dsp_policy_create, 64, &repair);
  g_assert_cmpint (rule_of (w, at (3, 600)), ==, DSP_RULE_TOO_LATE);
  g_assert_cmpint (rule_of_order (w, survey, at (3, 600), 0), ==, DSP_N_RULES);
}

static void
policies_that_leave_nothing (void)
{
  DspPolicy policy = { .code = (char *) "P", .max_days = { 0, true }, .notice_minutes = { 1000, true } };
  g_autoptr(World) w = office (&policy);
  DspPolicy twin = { .code = (char *) "Q" }, *nothing = &twin;
  DspSlot slot = { .policy_id = world_id (60), .starts = { 480, true }, .ends = { 1000, true } };
  guint64 notice = dsp_table_bit (&dsp_policy.table, offsetof (DspPolicy, notice_minutes));
  g_autoptr(GError) error = NULL;

  /* Two for the same orders. */
  world_refused (w, &dsp_policy_create, world_id (64), nothing, DSP_RULE_INVALID);
  /* What ends before its notice can be over. */
  world_refused (w, &dsp_slot_create, world_id (61), &slot, DSP_RULE_INVALID);
  slot.ends.value = 1001;
  give_new (w, &dsp_slot_create, 61, &slot);
  g_assert_false (world_give (w, &dsp_policy_change, world_id (60), 1, &(DspPolicy) { .notice_minutes = { 1001, true } }, notice, &error));
  g_assert_error (error, DSP_RULE_ERROR, DSP_RULE_INVALID);
  g_assert_nonnull (strstr (error->message, "1001"));
  /* Nobody has a place there. */
  slot.starts.value = 1001;
  slot.ends.value = 1100;
  slot.places = (DspInt) { 0, true };
  world_refused (w, &dsp_slot_create, world_id (62), &slot, DSP_RULE_INVALID);
}

/* ---- what the dialog shows ---- */

static gint64
one_taken (const DspSlot *slot,
           gint64         from_us,
           gint64         until_us,
           gint64         limit,
           gpointer       user_data)
{
  g_assert_cmpint (until_us - from_us, ==, (slot->ends.value - slot->starts.value) * MINUTE);
  return 1;
}

static const DspSentence *
sentence (GArray *sentences,
          DspRule rule)
{
  for (guint i = 0; i < sentences->len; i++)
    if (g_array_index (sentences, DspSentence, i).rule == rule)
      return &g_array_index (sentences, DspSentence, i);
  return NULL;
}

static void
sentences_are_ticked_and_crossed (void)
{
  DspPolicy policy = { .id = world_id (60), .code = (char *) "P", .min_days = { 1, true }, .max_days = { 15, true },
                       .notice_minutes = { 120, true }, .max_reschedules = { 3, true } };
  DspSlot early = { .policy_id = world_id (60), .starts = { 480, true }, .ends = { 660, true }, .places = { 2, true } };
  DspSlot noon = { .policy_id = world_id (60), .starts = { 660, true }, .ends = { 840, true }, .places = { 1, true } };
  g_autoptr(GPtrArray) all = g_ptr_array_new ();
  g_autoptr(DspCalendar) calendar = dsp_calendar_new (NULL);
  DspOrder order = { .municipality = (char *) "Tlalpan", .reschedules = { 2, true } };
  DspPolicyCase c = { .policy = &policy, .slots = all, .calendar = calendar, .order = &order, .now_us = NOW, .taken = one_taken };
  gint64 left;

  g_ptr_array_add (all, &noon);
  g_ptr_array_add (all, &early);
  {
    g_autoptr(GArray) open = dsp_policy_judge (&c, (DspTime) { 0 }, (DspTime) { 0 });

    g_assert_cmpint (sentence (open, DSP_RULE_RESCHEDULE_COUNT)->tick, ==, DSP_TICK_KEPT);
    g_assert_cmpstr (sentence (open, DSP_RULE_RESCHEDULE_COUNT)->text, ==, "Rescheduled 2 of 3 times; after that by a supervisor");
    for (guint i = 1; i < open->len; i++)
      g_assert_cmpint (g_array_index (open, DspSentence, i).tick, ==, DSP_TICK_OPEN);
    g_assert_cmpstr (sentence (open, DSP_RULE_NO_SLOT)->text, ==, "In one of its slots: 08:00–11:00, 11:00–14:00");
    g_assert_cmpstr (sentence (open, DSP_RULE_SLOT_FULL)->text, ==, "Where a place is left: a slot has 1 to 2 in each municipality");
  }
  {
    /* Monday, in a slot with a place left. */
    g_autoptr(GArray) good = dsp_policy_judge (&c, (DspTime) { at (3, 480) }, (DspTime) { 0 });

    for (guint i = 0; i + 1 < good->len; i++)
      g_assert_cmpint (g_array_index (good, DspSentence, i).tick, ==, DSP_TICK_KEPT);
    g_assert_cmpstr (sentence (good, DSP_RULE_SLOT_FULL)->text, ==, "Where a place is left: 1 of 2 in Tlalpan");
    g_assert_false (dsp_policy_refuses (good, &order, NULL));
  }
  {
    g_autoptr(GArray) full = dsp_policy_judge (&c, (DspTime) { at (3, 660) }, (DspTime) { 0 });
    g_autoptr(GError) error = NULL;

    g_assert_cmpint (sentence (full, DSP_RULE_NO_SLOT)->tick, ==, DSP_TICK_KEPT);
    g_assert_cmpint (sentence (full, DSP_RULE_SLOT_FULL)->tick, ==, DSP_TICK_BROKEN);
    g_assert_true (dsp_policy_refuses (full, &order, &error));
    g_assert_error (error, DSP_RULE_ERROR, DSP_RULE_SLOT_FULL);
  }
  {
    /* Several at once, each crossed by itself: Constitution Day, too late, no slot. */
    g_autoptr(GArray) bad = dsp_policy_judge (&c, (DspTime) { at (17, 0) }, (DspTime) { 0 });

    g_assert_cmpint (sentence (bad, DSP_RULE_TOO_LATE)->tick, ==, DSP_TICK_BROKEN);
    g_assert_cmpint (sentence (bad, DSP_RULE_HOLIDAY)->tick, ==, DSP_TICK_BROKEN);
    g_assert_nonnull (strstr (sentence (bad, DSP_RULE_HOLIDAY)->text, "Constitution Day"));
    g_assert_cmpint (sentence (bad, DSP_RULE_NO_SLOT)->tick, ==, DSP_TICK_BROKEN);
    g_assert_cmpint (sentence (bad, DSP_RULE_NOTICE)->tick, ==, DSP_TICK_KEPT);
  }

  /* The calendar: today is too early, Saturday and Sunday nobody works, Monday has a place in one of its slots. */
  g_assert_cmpint (dsp_policy_day (&c, day (0), &left), ==, DSP_DAY_OUTSIDE);
  g_assert_cmpint (dsp_policy_day (&c, day (1), &left), ==, DSP_DAY_HOLIDAY);
  g_assert_cmpint (dsp_policy_day (&c, day (3), &left), ==, DSP_DAY_OPEN);
  g_assert_cmpint (left, ==, 1);
  g_assert_cmpint (dsp_policy_slot_refuses (&c, &early, day (3)), ==, DSP_N_RULES);
  g_assert_cmpint (dsp_policy_slot_refuses (&c, &noon, day (3)), ==, DSP_RULE_SLOT_FULL);
  early.places.value = 1;
  g_assert_cmpint (dsp_policy_day (&c, day (3), &left), ==, DSP_DAY_FULL);
  g_assert_cmpint (left, ==, 0);
  g_assert_cmpint (dsp_policy_day (&c, day (16), &left), ==, DSP_DAY_OUTSIDE);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/policy/S0-45/earliest_and_latest_day", earliest_and_latest_day);
  g_test_add_func ("/policy/S0-45/minimum_notice", minimum_notice);
  g_test_add_func ("/policy/S0-45/days_on_which_the_office_works", days_on_which_the_office_works);
  g_test_add_func ("/policy/S0-45/closed_zones", closed_zones);
  g_test_add_func ("/policy/S0-45/slots", slots);
  g_test_add_func ("/policy/S0-45/places_in_each_zone_and_slot", places_in_each_zone_and_slot);
  g_test_add_func ("/policy/S0-45/a_new_orders_appointment", a_new_orders_appointment);
  g_test_add_func ("/policy/S0-45/the_fourth_is_a_supervisors", the_fourth_is_a_supervisors);
  g_test_add_func ("/policy/S0-45/the_most_specific_policy_rules", the_most_specific_policy_rules);
  g_test_add_func ("/policy/S0-45/policies_that_leave_nothing", policies_that_leave_nothing);
  g_test_add_func ("/policy/S0-45/sentences_are_ticked_and_crossed", sentences_are_ticked_and_crossed);
  return g_test_run ();
}
