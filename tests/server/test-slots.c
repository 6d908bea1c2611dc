/* test-slots.c: places of a slot, counted by the server alone
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "server-fixture.h"

#include <signal.h>
#include <string.h>

#define ALL "00000000-0000-0000-0000-000000000003"
#define ROUNDS 12

typedef struct {
  TestServer *server;
  TestClient *root;
  char       *distributor;
  char       *policy;
} Office;

static void
must (TestClient *client,
      const char *kind,
      const char *id,
      const char *args)
{
  g_autofree char *command = g_strdup_printf ("{\"kind\":\"%s\",\"id\":\"%s\",\"args\":{%s}}", kind, id, args);
  g_autoptr(TestReply) reply = test_push (client, command, NULL);

  test_expect (reply, 200);
  if (g_strcmp0 (test_text (reply, "results/0/status"), "applied") != 0)
    g_error ("%s: %s", command, reply->text);
}

/* A slot from 10 to 13 o'clock with @places, every day; the office's clocks are UTC. */
static void
office_open (Office       *office,
             gconstpointer data)
{
  g_autofree char *reason = test_id (), *slot = test_id (), *args = NULL;
  char settings[DSP_ID_TEXT];
  DspId id = dsp_id_from_key ("office_settings", "office");

  office->server = test_server_new ();
  test_server_start (office->server);
  office->root = test_administrator (office->server);
  office->distributor = test_distributor (office->root, "D1");
  office->policy = test_id ();
  dsp_id_print (&id, settings);
  must (office->root, "office_settings.put", settings,
        "\"time_zone\":\"UTC\",\"starts\":480,\"ends\":1080,\"weekdays\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\"],\"federal_holidays\":\"no\"");
  must (office->root, "reason_code.create", reason, "\"code\":\"asked\",\"label\":\"Asked\",\"process\":\"reschedule\"");
  must (office->root, "policy.create", office->policy, "\"code\":\"P\",\"max_days\":60,\"max_reschedules\":3");
  args = g_strdup_printf ("\"policy_id\":\"%s\",\"starts\":600,\"ends\":780,\"places\":%d", office->policy, GPOINTER_TO_INT (data));
  must (office->root, "slot.create", slot, args);
}

static void
office_close (Office       *office,
              gconstpointer data)
{
  g_free (office->policy);
  g_free (office->distributor);
  test_client_free (office->root);
  test_server_free (office->server);
}

static char *
add_order (Office     *office,
           const char *number)
{
  return test_order (office->root, number, office->distributor, ",\"municipality\":\"Tlalpan\"");
}

/* @days from today at that hour, UTC. */
static char *
when (int days,
      int hour)
{
  gint64 day = g_get_real_time () / G_TIME_SPAN_DAY + days;
  char text[32];

  dsp_time_print ((DspTime) { day * G_TIME_SPAN_DAY + hour * G_TIME_SPAN_HOUR }, text);
  return g_strdup (text);
}

static TestReply *
book (TestClient *client,
      const char *order,
      int         days,
      int         hour)
{
  g_autofree char *at = when (days, hour);
  g_autofree char *command = g_strdup_printf ("{\"kind\":\"order.reschedule\",\"id\":\"%s\",\"args\":{\"attention_at\":\"%s\","
                                              "\"reason\":\"asked\",\"asked_by\":\"customer\"}}", order, at);
  TestReply *reply = test_push (client, command, NULL);

  test_expect (reply, 200);
  return reply;
}

static void
expect_rule (TestReply  *reply,
             const char *code)
{
  if (code == NULL ? g_strcmp0 (test_text (reply, "results/0/status"), "applied") != 0
                   : g_strcmp0 (test_text (reply, "results/0/code"), code) != 0)
    g_error ("not %s: %s", code != NULL ? code : "applied", reply->text);
}

/* How often an order was rescheduled, by its history. */
static int
n_rescheduled (TestClient *client,
               const char *order,
               char      **by)
{
  g_autofree char *path = g_strdup_printf ("v1/history?entity=order&id=%s", order);
  g_autoptr(TestReply) reply = test_call (client, "GET", path, NULL);
  int n = 0;

  test_expect (reply, 200);
  for (int i = 0; i < test_size (reply, "entries"); i++)
    {
      g_autofree char *command = g_strdup_printf ("entries/%d/body/command", i), *user = g_strdup_printf ("entries/%d/body/user_name", i);

      if (g_strcmp0 (test_text (reply, command), "order.reschedule") != 0)
        continue;
      n++;
      if (by != NULL)
        *by = g_strdup (test_text (reply, user));
    }
  return n;
}

typedef struct {
  TestClient *client;
  char       *order;
  int         days;
  TestReply  *reply;
} Racer;

static gpointer
race (gpointer data)
{
  Racer *racer = data;

  racer->reply = book (racer->client, racer->order, racer->days, 10);
  return NULL;
}

static void
two_offices_race_for_the_last_place (Office       *office,
                                     gconstpointer data)
{
  TestClient *ana = test_user (office->root, "ana", "dispatcher", ALL), *luis = test_user (office->root, "luis", "dispatcher", ALL);
  int won[2] = { 0 };

  for (int round = 0; round < ROUNDS; round++)
    {
      g_autofree char *one = g_strdup_printf ("A%d", round), *other = g_strdup_printf ("L%d", round), *by = NULL;
      Racer racers[2] = { { ana, add_order (office, one), round + 1, NULL }, { luis, add_order (office, other), round + 1, NULL } };
      GThread *threads[2];
      int winner, loser;

      for (int i = 0; i < 2; i++)
        threads[(round + i) % 2] = g_thread_new ("race", race, &racers[(round + i) % 2]);
      for (int i = 0; i < 2; i++)
        g_thread_join (threads[i]);
      winner = g_strcmp0 (test_text (racers[0].reply, "results/0/status"), "applied") == 0 ? 0 : 1;
      loser = 1 - winner;
      won[winner]++;
      expect_rule (racers[winner].reply, NULL);
      expect_rule (racers[loser].reply, "slot_full");

      /* The winner's visit stands in its order's history, under the winner's name; the loser's order is as it was, and his
       * next try in another slot stands in its own. */
      g_assert_cmpint (n_rescheduled (office->root, racers[winner].order, &by), ==, 1);
      g_assert_cmpstr (by, ==, winner == 0 ? "ana" : "luis");
      g_assert_cmpint (n_rescheduled (office->root, racers[loser].order, NULL), ==, 0);
      {
        g_autoptr(TestReply) later = book (racers[loser].client, racers[loser].order, round + 1 + ROUNDS, 10);
        g_autofree char *loser_by = NULL;

        expect_rule (later, NULL);
        g_assert_cmpint (n_rescheduled (office->root, racers[loser].order, &loser_by), ==, 1);
        g_assert_cmpstr (loser_by, ==, loser == 0 ? "ana" : "luis");
      }
      for (int i = 0; i < 2; i++)
        {
          test_reply_free (racers[i].reply);
          g_free (racers[i].order);
        }
    }
  g_test_message ("ana won %d times, luis %d", won[0], won[1]);
  test_client_free (ana);
  test_client_free (luis);
}

/* The refused command keeps its answer, also when it is sent again after a place has come back. */
static void
places_outlive_the_server (Office       *office,
                           gconstpointer data)
{
  g_autofree char *a = add_order (office, "A"), *b = add_order (office, "B"), *cancel = NULL;
  g_autoptr(TestReply) first = book (office->root, a, 3, 10);
  g_autoptr(TestReply) second = NULL;
  g_autoptr(TestReply) third = NULL;
  g_autoptr(TestReply) cancelled = NULL;
  g_autoptr(TestReply) fourth = NULL;

  expect_rule (first, NULL);
  test_client_close (office->root);
  test_server_stop (office->server, SIGKILL);
  test_server_start (office->server);
  second = book (office->root, b, 3, 12);
  expect_rule (second, "slot_full");
  third = book (office->root, b, 3, 13);
  expect_rule (third, "no_slot");
  cancel = g_strdup_printf ("{\"kind\":\"order.cancel\",\"id\":\"%s\",\"args\":{\"solved\":\"by phone\"}}", a);
  cancelled = test_push (office->root, cancel, NULL);
  expect_rule (cancelled, NULL);
  fourth = book (office->root, b, 3, 12);
  expect_rule (fourth, NULL);
}

static void
many_at_once_row_by_row (Office       *office,
                         gconstpointer data)
{
  g_autofree char *at = when (4, 11);
  g_autoptr(GString) rows = g_string_new (NULL);
  g_autoptr(TestReply) reply = NULL;
  g_autofree char *command = NULL, *last = NULL;

  for (int i = 0; i < 5; i++)
    {
      g_autofree char *number = g_strdup_printf ("M%d", i);
      char *id = add_order (office, number);

      g_string_append_printf (rows, "%s{\"id\":\"%s\",\"base\":1}", i > 0 ? "," : "", id);
      g_free (last);
      last = id;
    }
  command = g_strdup_printf ("{\"kind\":\"order.reschedule\",\"group\":\"g\",\"rows\":[%s],\"args\":{\"attention_at\":\"%s\","
                             "\"reason\":\"asked\",\"asked_by\":\"customer\"}}", rows->str, at);
  reply = test_push (office->root, command, NULL);
  test_expect (reply, 200);
  /* Three places: the first three rows have them. */
  g_assert_cmpint (test_size (reply, "results/0/refused"), ==, 2);
  g_assert_cmpstr (test_text (reply, "results/0/refused/0/code"), ==, "slot_full");
  g_assert_cmpint (test_int (reply, "results/0/refused/0/row"), ==, 3);
  g_assert_cmpint (n_rescheduled (office->root, last, NULL), ==, 0);
}

static void
each_refusal_names_its_rule (Office       *office,
                             gconstpointer data)
{
  g_autofree char *order = add_order (office, "R"), *holiday = test_id (), *closure = test_id (), *day = when (5, 0), *args = NULL;
  static const struct { int days, hour; const char *code; } tries[] = {
    { -1, 10, "past" }, { 61, 10, "too_late" }, { 2, 8, "no_slot" }, { 5, 10, "holiday" }, { 6, 10, "zone_closed" },
    { 2, 10, NULL }, { 3, 10, NULL }, { 4, 10, NULL }, { 7, 10, "reschedule_count" },
  };
  TestClient *ana = test_user (office->root, "ana", "dispatcher", ALL), *eva = test_user (office->root, "eva", "supervisor", ALL);
  g_autoptr(TestReply) beyond = NULL;

  args = g_strdup_printf ("\"name\":\"Patron saint\",\"day\":\"%.10s\"", day);
  must (office->root, "holiday.create", holiday, args);
  g_free (args);
  g_free (day);
  day = when (6, 0);
  args = g_strdup_printf ("\"zone\":[\"Tlalpan\"],\"from\":\"%.10s\",\"until\":\"%.10s\",\"reason\":\"Flood\"", day, day);
  must (office->root, "zone_closure.create", closure, args);
  for (guint i = 0; i < G_N_ELEMENTS (tries); i++)
    {
      g_autoptr(TestReply) reply = book (ana, order, tries[i].days, tries[i].hour);

      expect_rule (reply, tries[i].code);
    }
  beyond = book (eva, order, 7, 10);
  expect_rule (beyond, NULL);
  test_client_free (ana);
  test_client_free (eva);
}

/* A new order takes a place as a rescheduled one does; a file's order brings the day that it was promised. */
static void
new_orders_take_places_too (Office       *office,
                            gconstpointer data)
{
  static const struct { const char *kind, *number; int days, hour; const char *code; } tries[] = {
    { "order.create", "N1", -1, 10, "past" }, { "order.create", "N1", 61, 10, "too_late" }, { "order.create", "N1", 2, 14, "no_slot" },
    { "order.create", "N1", 2, 10, NULL },    { "order.create", "N2", 2, 11, "slot_full" }, { "order.import", "N3", 2, 11, NULL },
    { "order.import", "N4", -1, 10, NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (tries); i++)
    {
      g_autofree char *id = test_id (), *at = when (tries[i].days, tries[i].hour);
      g_autofree char *command = g_strdup_printf ("{\"kind\":\"%s\",\"id\":\"%s\",\"args\":{\"number\":\"%s\",\"account\":\"A1\","
                                                  "\"type\":\"install\",\"municipality\":\"Tlalpan\",\"attention_at\":\"%s\"}}",
                                                  tries[i].kind, id, tries[i].number, at);
      g_autoptr(TestReply) reply = test_push (office->root, command, NULL);

      test_expect (reply, 200);
      expect_rule (reply, tries[i].code);
    }
}

/* What an administrator must not save says why. */
static void
contradictions_are_refused (Office       *office,
                            gconstpointer data)
{
  static const char *const args[] = {
    "\"code\":\"Q\",\"type\":\"x\",\"min_days\":5,\"max_days\":2", "\"code\":\"Q\",\"type\":\"x\",\"max_days\":1,\"notice_minutes\":2881",
    "\"code\":\"Q\"",
  };

  for (guint i = 0; i < G_N_ELEMENTS (args); i++)
    {
      g_autofree char *id = test_id (), *command = g_strdup_printf ("{\"kind\":\"policy.create\",\"id\":\"%s\",\"args\":{%s}}", id, args[i]);
      g_autoptr(TestReply) reply = test_push (office->root, command, NULL);

      expect_rule (reply, "invalid");
      g_assert_nonnull (strstr (test_text (reply, "results/0/message"), "policy Q"));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, places, func) \
  g_test_add ("/slots/" name, Office, GINT_TO_POINTER (places), office_open, func, office_close)
  ADD ("S0-45/two-offices-race-for-the-last-place", 1, two_offices_race_for_the_last_place);
  ADD ("S0-45/places-outlive-the-server", 1, places_outlive_the_server);
  ADD ("S0-45/many-at-once-row-by-row", 3, many_at_once_row_by_row);
  ADD ("S0-45/each-refusal-names-its-rule", 9, each_refusal_names_its_rule);
  ADD ("S0-45/new-orders-take-places-too", 1, new_orders_take_places_too);
  ADD ("S0-45/contradictions-are-refused", 9, contradictions_are_refused);
  return g_test_run ();
}
