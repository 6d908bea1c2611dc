/* test-places.c: a client books by what it knows, and the server corrects it
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "office.h"

#include "dsp-keeper-private.h"

typedef struct {
  char      *dir;
  DspKeeper *keeper;
} Fixture;

static DspOutcome *
give (Fixture          *f,
      const DspCommand *command,
      const DspId      *ids,
      guint             n_ids,
      gconstpointer     args,
      gboolean          preview)
{
  g_autoptr(GError) error = NULL;
  DspOutcome *outcome = dsp_keeper_give (f->keeper, command, ids, n_ids, args, DSP_FIELDS_ALL, preview, &error);

  g_assert_no_error (error);
  return outcome;
}

static void
must (Fixture          *f,
      const DspCommand *command,
      DspId             id,
      gconstpointer     args)
{
  g_autoptr(DspOutcome) outcome = give (f, command, &id, 1, args, FALSE);

  g_assert_cmpuint (outcome->n_given, ==, 1);
}

/* Two places from 10 to 13, every day. */
static void
set_up (Fixture      *f,
        gconstpointer data)
{
  char *week[] = { (char *) "1", (char *) "2", (char *) "3", (char *) "4", (char *) "5", (char *) "6", (char *) "7", NULL };
  DspOfficeSettings settings = { .time_zone = (char *) "UTC", .starts = { 480, true }, .ends = { 1080, true }, .weekdays = week,
                                 .federal_holidays = DSP_NO };
  DspReasonCode asked = { .code = (char *) "asked", .label = (char *) "Asked", .process = DSP_PROCESS_RESCHEDULE };
  DspPolicy policy = { .code = (char *) "P" };
  DspSlot slot = { .policy_id = office_id ("policy", 1), .starts = { 600, true }, .ends = { 780, true }, .places = { 2, true } };
  g_autofree char *path = NULL;
  g_autoptr(GError) error = NULL;

  f->dir = office_temp_dir ();
  path = g_build_filename (f->dir, "cache.sqlite", NULL);
  f->keeper = dsp_keeper_open (path, NULL, NULL, &error);
  g_assert_no_error (error);
  office_enrol (f->keeper);
  office_fill (f->keeper, 20);
  must (f, &dsp_office_settings_put, dsp_office_settings_id (), &settings);
  must (f, &dsp_reason_code_create, office_id ("reason_code", 1), &asked);
  must (f, &dsp_policy_create, office_id ("policy", 1), &policy);
  must (f, &dsp_slot_create, office_id ("slot", 1), &slot);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  g_clear_pointer (&f->keeper, dsp_keeper_close);
  office_remove_dir (f->dir);
  g_free (f->dir);
}

static DspOutcome *
book (Fixture *f,
      guint    from,
      guint    n,
      int      days,
      gboolean preview)
{
  gint64 day_us = (g_get_real_time () / G_TIME_SPAN_DAY + days) * G_TIME_SPAN_DAY;
  DspReschedule args = { .attention_at = { day_us + 10 * G_TIME_SPAN_HOUR }, .reason = (char *) "asked", .asked_by = DSP_ASKED_BY_CUSTOMER };
  g_autofree DspId *ids = g_new (DspId, n);

  for (guint i = 0; i < n; i++)
    ids[i] = office_id ("order", from + i);
  return give (f, &dsp_order_reschedule, ids, n, &args, preview);
}

static void
expect (DspOutcome *outcome,
        guint       n_given,
        guint       n_full)
{
  g_assert_cmpuint (outcome->n_given, ==, n_given);
  g_assert_cmpuint (outcome->refused->len, ==, n_full);
  for (guint i = 0; i < n_full; i++)
    g_assert_cmpint (g_array_index (outcome->refused, DspRefusal, i).rule, ==, DSP_RULE_SLOT_FULL);
  dsp_outcome_free (outcome);
}

/* Nothing of a preview stays; what was given, though it waits, holds its place. */
static void
test_many_without_network (Fixture      *f,
                           gconstpointer data)
{
  expect (book (f, 1, 5, 3, TRUE), 2, 3);
  expect (book (f, 1, 5, 3, TRUE), 2, 3);
  expect (book (f, 1, 1, 3, FALSE), 1, 0);
  expect (book (f, 5, 3, 3, FALSE), 1, 2);
  expect (book (f, 9, 1, 3, FALSE), 0, 1);
  expect (book (f, 9, 1, 4, FALSE), 1, 0);
}

/* Another office had the place first: the change is taken back here, and told with the rule. */
static void
test_the_server_corrects (Fixture      *f,
                          gconstpointer data)
{
  DspId id = office_id ("order", 1);
  gconstpointer record;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspKeeperState) state = NULL;
  g_autofree char *reply = NULL;

  expect (book (f, 1, 1, 3, FALSE), 1, 0);
  g_assert_cmpint (dsp_keeper_effective (f->keeper, &dsp_order, &id, &record), ==, DSP_FACT_HERE);
  g_assert_cmpint (((const DspOrder *) record)->attention_at.us, !=, 0);
  reply = g_strdup ("{\"epoch\":\"" OFFICE_EPOCH "\",\"last\":5,\"stable\":0,\"head\":11,\"results\":["
                    "{\"no\":1,\"status\":\"applied\",\"seq\":11},{\"no\":2,\"status\":\"applied\",\"seq\":11},"
                    "{\"no\":3,\"status\":\"applied\",\"seq\":11},{\"no\":4,\"status\":\"applied\",\"seq\":11},"
                    "{\"no\":5,\"status\":\"rejected\",\"code\":\"slot_full\",\"message\":\"full\",\"version\":1}]}");
  dsp_keeper_pushed (f->keeper, 1, reply, strlen (reply), &error);
  g_assert_no_error (error);
  g_assert_cmpint (dsp_keeper_effective (f->keeper, &dsp_order, &id, &record), ==, DSP_FACT_HERE);
  g_assert_cmpint (((const DspOrder *) record)->attention_at.us, ==, 0);
  state = dsp_keeper_dup_state (f->keeper);
  g_assert_cmpuint (state->n_rejected, ==, 1);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/places/S0-45/many_without_network", Fixture, NULL, set_up, test_many_without_network, tear_down);
  g_test_add ("/places/S0-45/the_server_corrects", Fixture, NULL, set_up, test_the_server_corrects, tear_down);
  return g_test_run ();
}
