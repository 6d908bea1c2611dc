/* test-catalogue.c: what an administrator decides once, roll calls
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "world.h"

#include <string.h>

static void
test_policies_that_contradict_themselves (void)
{
  g_autoptr(World) w = world_new ();
  DspPolicy policy = { .code = (char *) "P1", .min_days = { 5, true }, .max_days = { 2, true } };

  world_refused (w, &dsp_policy_create, world_id (60), &policy, DSP_RULE_INVALID);
  policy.min_days = (DspInt) { 0, true };
  policy.notice_minutes = (DspInt) { 3 * 1440 + 1, true };
  world_refused (w, &dsp_policy_create, world_id (60), &policy, DSP_RULE_INVALID);
  policy.notice_minutes = (DspInt) { 120, true };
  g_assert_true (world_give (w, &dsp_policy_create, world_id (60), 0, &policy, DSP_FIELDS_ALL, NULL));
}

static void
test_slots_do_not_overlap (void)
{
  g_autoptr(World) w = world_new ();
  DspPolicy policy = { .code = (char *) "P1" };
  char *monday[] = { (char *) "1", NULL }, *tuesday[] = { (char *) "2", NULL }, *eighth[] = { (char *) "8", NULL };
  DspSlot slot = { .policy_id = world_id (60), .starts = { 540, true }, .ends = { 780, true }, .weekdays = monday };

  g_assert_true (world_give (w, &dsp_policy_create, world_id (60), 0, &policy, DSP_FIELDS_ALL, NULL));
  g_assert_true (world_give (w, &dsp_slot_create, world_id (61), 0, &slot, DSP_FIELDS_ALL, NULL));
  slot.starts.value = 700;
  slot.ends.value = 900;
  world_refused (w, &dsp_slot_create, world_id (62), &slot, DSP_RULE_OVERLAP);
  slot.weekdays = tuesday;
  g_assert_true (world_give (w, &dsp_slot_create, world_id (62), 0, &slot, DSP_FIELDS_ALL, NULL));
  slot.weekdays = NULL;
  slot.starts.value = 850;
  world_refused (w, &dsp_slot_create, world_id (63), &slot, DSP_RULE_OVERLAP);
  slot.weekdays = eighth;
  world_refused (w, &dsp_slot_create, world_id (63), &slot, DSP_RULE_INVALID);
  slot.weekdays = monday;
  slot.ends.value = 850;
  world_refused (w, &dsp_slot_create, world_id (63), &slot, DSP_RULE_INVALID);
}

static void
test_rejections_have_families (void)
{
  g_autoptr(World) w = world_new ();
  DspReasonCode reason = { .code = (char *) "no-access", .label = (char *) "No access", .process = DSP_PROCESS_REJECT };

  world_refused (w, &dsp_reason_code_create, world_id (60), &reason, DSP_RULE_INVALID);
  reason.family = DSP_FAMILY_LOCATION;
  g_assert_true (world_give (w, &dsp_reason_code_create, world_id (60), 0, &reason, DSP_FIELDS_ALL, NULL));
  reason.process = DSP_PROCESS_CANCEL;
  world_refused (w, &dsp_reason_code_create, world_id (61), &reason, DSP_RULE_INVALID);
}

static void
test_the_office_is_one (void)
{
  g_autoptr(World) w = world_new ();
  DspOfficeSettings office = { .time_zone = (char *) "America/Nowhere", .starts = { 480, true }, .ends = { 1080, true } };
  g_autoptr(GError) error = NULL;

  world_refused (w, &dsp_office_settings_put, dsp_office_settings_id (), &office, DSP_RULE_INVALID);
  office.time_zone = (char *) "America/Mexico_City";
  world_refused (w, &dsp_office_settings_put, world_id (60), &office, DSP_RULE_INVALID);
  g_assert_true (world_give (w, &dsp_office_settings_put, dsp_office_settings_id (), 0, &office, DSP_FIELDS_ALL, &error));
  g_assert_no_error (error);
  office.ends.value = 1200;
  g_assert_true (world_give (w, &dsp_office_settings_put, dsp_office_settings_id (), 0, &office, DSP_FIELDS_ALL, &error));
  g_assert_cmpuint (w->records[dsp_office_settings.number]->len, ==, 1);
}

/* It is one that there is, and stays it once something is owed in it. */
static void
test_the_currency (void)
{
  g_autoptr(World) w = world_new ();
  DspOfficeSettings office = { .time_zone = (char *) "UTC", .starts = { 480, true }, .ends = { 1080, true }, .currency = (char *) "PES" };
  DspDistributor distributor = { .code = (char *) "D01", .name = (char *) "Norte" };
  DspStatementLine *line = dsp_statement_line_new ();
  g_autoptr(GError) error = NULL;

  world_refused (w, &dsp_office_settings_put, dsp_office_settings_id (), &office, DSP_RULE_INVALID);
  office.currency = (char *) "USD";
  g_assert_true (world_give (w, &dsp_office_settings_put, dsp_office_settings_id (), 0, &office, DSP_FIELDS_ALL, &error));
  g_assert_no_error (error);
  g_assert_true (world_give (w, &dsp_distributor_create, world_id (70), 0, &distributor, DSP_FIELDS_ALL, &error));
  g_assert_no_error (error);
  office.currency = (char *) "JPY";
  g_assert_true (world_give (w, &dsp_office_settings_put, dsp_office_settings_id (), 0, &office, DSP_FIELDS_ALL, &error));
  g_assert_no_error (error);
  line->id = world_id (71);
  line->open_for = line->distributor_id = world_id (70);
  line->state = DSP_LINE_FREE;
  g_ptr_array_add (w->records[dsp_statement_line.number], line);
  office.currency = NULL; /* MXN */
  world_refused (w, &dsp_office_settings_put, dsp_office_settings_id (), &office, DSP_RULE_INVALID);
  office.currency = (char *) "JPY";
  office.ends.value = 1200;
  g_assert_true (world_give (w, &dsp_office_settings_put, dsp_office_settings_id (), 0, &office, DSP_FIELDS_ALL, &error));
  g_assert_no_error (error);
}

/* A crew has one roll call a day: calling again changes it. */
static void
test_roll_calls (void)
{
  g_autoptr(World) w = world_new ();
  DspId crew = world_id (11);
  DspDate day = dsp_date_make (2026, 11, 27);
  char *ana[] = { (char *) "T1", NULL }, *both[] = { (char *) "T2", (char *) "T1", NULL };
  char *stranger[] = { (char *) "T9", NULL }, *twice[] = { (char *) "T1", (char *) "T1", NULL }, *other[] = { (char *) "T3", NULL };
  DspTechnician technician = { .name = (char *) "Ana", .distributor_id = world_id (1) };
  DspRollCall call = { .crew_id = crew, .day = day, .present = ana };
  DspId id = dsp_roll_call_id (&crew, day);
  const DspRollCall *kept;

  for (guint i = 1; i <= 3; i++)
    {
      g_autofree char *code = g_strdup_printf ("T%u", i);

      technician.code = code;
      technician.distributor_id = world_id (i == 3 ? 2 : 1);
      world_act_as (w, "administrator", dsp_scope_all);
      g_assert_true (world_give (w, &dsp_technician_create, world_id ((guint8) (70 + i)), 0, &technician, DSP_FIELDS_ALL, NULL));
    }
  world_act_as (w, "distributor", world_id (1));
  world_refused (w, &dsp_roll_call_put, world_id (60), &call, DSP_RULE_INVALID);
  g_assert_true (world_give (w, &dsp_roll_call_put, id, 0, &call, DSP_FIELDS_ALL, NULL));
  /* Who is called is a technician of the crew's distributor, once. */
  call.present = stranger;
  world_refused (w, &dsp_roll_call_put, id, &call, DSP_RULE_INVALID);
  call.present = twice;
  world_refused (w, &dsp_roll_call_put, id, &call, DSP_RULE_INVALID);
  call.present = other;
  world_refused (w, &dsp_roll_call_put, id, &call, DSP_RULE_INVALID);
  call.present = ana;
  call.absent = both;
  world_refused (w, &dsp_roll_call_put, id, &call, DSP_RULE_INVALID);
  call.present = NULL;
  g_assert_true (world_give (w, &dsp_roll_call_put, id, 0, &call, DSP_FIELDS_ALL, NULL));
  g_assert_cmpuint (w->records[dsp_roll_call.number]->len, ==, 1);
  kept = w->records[dsp_roll_call.number]->pdata[0];
  g_assert_null (kept->present);
  g_assert_cmpuint (g_strv_length (kept->absent), ==, 2);

  /* Another distributor's crew does not exist. */
  call.crew_id = world_id (12);
  id = dsp_roll_call_id (&call.crew_id, day);
  world_refused (w, &dsp_roll_call_put, id, &call, DSP_RULE_NO_SUCH_RECORD);
}

/* A dispatcher closes postal codes for some days: with a reason, not for days that are over, and only what is a zone. */
static void
test_closed_zones (void)
{
  g_autoptr(World) w = world_new ();
  DspDate today = dsp_date_make (2027, 1, 15); /* NOW, in the office of the defaults */
  char *zone[] = { (char *) "03100", (char *) "031*", (char *) "06000-06999", (char *) "Benito Juárez", NULL };
  char *bad[][2] = { { (char *) "0310", NULL }, { (char *) "031000", NULL }, { (char *) "06999-06000", NULL }, { (char *) "*", NULL },
                     { (char *) "03100-", NULL } };
  DspZoneClosure closure = { .zone = zone, .from = today, .until = today, .reason = (char *) "Flooded" };

  world_act_as (w, "dispatcher", dsp_scope_all);
  g_assert_true (world_give (w, &dsp_zone_closure_create, world_id (60), 0, &closure, DSP_FIELDS_ALL, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      closure.zone = bad[i];
      world_refused (w, &dsp_zone_closure_create, world_id (61), &closure, DSP_RULE_INVALID);
    }
  closure.zone = zone;
  closure.from.day += 2;
  closure.until.day++;
  world_refused (w, &dsp_zone_closure_create, world_id (61), &closure, DSP_RULE_INVALID);
  closure.from.day = closure.until.day = today.day - 1;
  world_refused (w, &dsp_zone_closure_create, world_id (61), &closure, DSP_RULE_PAST);
  closure.from = closure.until = today;
  closure.reason = NULL;
  world_refused (w, &dsp_zone_closure_create, world_id (61), &closure, DSP_RULE_REQUIRED);
  world_act_as (w, "distributor", world_id (1));
  closure.reason = (char *) "Flooded";
  world_refused (w, &dsp_zone_closure_create, world_id (61), &closure, DSP_RULE_FORBIDDEN);

  g_assert_true (dsp_zone_closure_covers (&closure, today, "06500", NULL));
  g_assert_true (dsp_zone_closure_covers (&closure, today, NULL, "Benito Juárez"));
  g_assert_false (dsp_zone_closure_covers (&closure, today, "07000", "Gustavo A. Madero"));
  g_assert_false (dsp_zone_closure_covers (&closure, (DspDate) { today.day + 1 }, "03100", NULL));

  world_act_as (w, "dispatcher", dsp_scope_all);
  g_assert_true (world_give (w, &dsp_zone_closure_delete, world_id (60), 1, NULL, 0, NULL));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/catalogue/policies-that-contradict-themselves-are-refused", test_policies_that_contradict_themselves);
  g_test_add_func ("/catalogue/slots-do-not-overlap", test_slots_do_not_overlap);
  g_test_add_func ("/catalogue/S0-43/rejections-have-one-of-three-families", test_rejections_have_families);
  g_test_add_func ("/catalogue/the-office-is-one", test_the_office_is_one);
  g_test_add_func ("/catalogue/s0-04-the-currency-is-one-that-there-is-and-stays-once-something-is-owed", test_the_currency);
  g_test_add_func ("/catalogue/roll-calls-are-one-a-crew-and-day", test_roll_calls);
  g_test_add_func ("/catalogue/S0-45/zones-are-closed-for-days-to-come-with-a-reason", test_closed_zones);
  return g_test_run ();
}
