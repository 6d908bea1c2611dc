/* test-penalty.c: the server's clock, and what supervisors and distributors make of a penalty
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "older-office.h"
#include "server-fixture.h"

#include "dsp-db-postgres.h"

#include <signal.h>
#include <string.h>

#define ALL "00000000-0000-0000-0000-000000000003"

typedef struct {
  TestServer *server;
  TestClient *root;
  char       *distributor;
} Office;

static void
office_open (Office       *office,
             gconstpointer data)
{
  office->server = test_server_new ();
  test_server_start (office->server);
  office->root = test_administrator (office->server);
  office->distributor = test_distributor (office->root, "D1");
}

static void
office_close (Office       *office,
              gconstpointer data)
{
  g_free (office->distributor);
  test_client_free (office->root);
  test_server_free (office->server);
}

/* @appeal_days: of the rule for late attention. */
static void
add_rule (Office *office,
          int     appeal_days)
{
  g_autofree char *id = test_id ();
  g_autofree char *command = g_strdup_printf ("{\"kind\":\"penalty_rule.create\",\"id\":\"%s\",\"args\":{\"code\":\"LATE\",\"label\":\"Late\","
                                              "\"fault\":\"late_attention\",\"amount\":\"150.00\"%s%d}}", id,
                                              appeal_days > 0 ? ",\"appeal_days\":" : ",\"grace_minutes\":", appeal_days);
  g_autoptr(TestReply) reply = test_push (office->root, command, NULL);

  test_expect (reply, 200);
  g_assert_cmpstr (test_text (reply, "results/0/status"), ==, "applied");
}

static char *
add_order (Office     *office,
           const char *number,
           gint64      penalty_us)
{
  DspTime time = { penalty_us };
  char text[32];
  g_autofree char *extra = NULL;

  dsp_time_print (time, text);
  extra = g_strdup_printf (",\"penalty_at\":\"%s\"", text);
  return test_order (office->root, number, office->distributor, extra);
}

static int
n_penalties (TestClient *client,
             TestReply **list)
{
  g_autoptr(TestReply) reply = test_call (client, "GET", "v1/penalty", NULL);
  int n;

  test_expect (reply, 200);
  n = test_size (reply, "rows");
  if (list != NULL)
    *list = g_steal_pointer (&reply);
  return n;
}

static int
wait_for_penalties (TestClient *client,
                    int         wanted,
                    gint64      until_us)
{
  int n;

  while ((n = n_penalties (client, NULL)) < wanted && g_get_real_time () < until_us)
    g_usleep (20000);
  return n;
}

/* The one penalty's id. */
static char *
the_penalty (Office *office)
{
  g_autoptr(TestReply) list = NULL;

  g_assert_cmpint (wait_for_penalties (office->root, 1, g_get_real_time () + 10 * G_TIME_SPAN_SECOND), ==, 1);
  n_penalties (office->root, &list);
  return g_strdup (test_text (list, "rows/0/id"));
}

static void
turns_at_the_moment (Office       *office,
                     gconstpointer data)
{
  gint64 due_us = g_get_real_time () + 1500000, seen_us;
  g_autofree char *order = NULL, *path = NULL;
  g_autoptr(TestReply) history = NULL;
  g_autoptr(TestReply) list = NULL;

  add_rule (office, 5);
  order = add_order (office, "P1", due_us);
  g_assert_cmpint (n_penalties (office->root, NULL), ==, 0);
  g_assert_cmpint (wait_for_penalties (office->root, 1, due_us + 20 * G_TIME_SPAN_SECOND), ==, 1);
  seen_us = g_get_real_time ();
  g_assert_cmpint (seen_us, >=, due_us);
  g_test_message ("noticed %d ms after its date", (int) ((seen_us - due_us) / 1000));
  n_penalties (office->root, &list);
  g_assert_cmpstr (test_text (list, "rows/0/body/number"), ==, "P1");
  g_assert_cmpstr (test_text (list, "rows/0/body/state"), ==, "pending");
  g_assert_cmpstr (test_text (list, "rows/0/body/amount"), ==, "150.00");
  g_assert_cmpstr (test_text (list, "rows/0/body/distributor_id"), ==, office->distributor);

  /* The order's own history tells it. */
  path = g_strdup_printf ("v1/history?entity=order&id=%s", order);
  history = test_call (office->root, "GET", path, NULL);
  test_expect (history, 200);
  g_assert_cmpint (test_size (history, "entries"), ==, 2);
  g_assert_cmpstr (test_text (history, "entries/1/body/command"), ==, "order.penalize");
}

/* Killed before the date, and asleep over it: once, when it is back. And no second time after another restart. */
static void
slept_over (Office       *office,
            gconstpointer data)
{
  gint64 due_us = g_get_real_time () + 700000;
  g_autofree char *order = NULL;

  add_rule (office, 5);
  order = add_order (office, "P1", due_us);
  test_client_close (office->root);
  test_server_stop (office->server, SIGKILL);
  while (g_get_real_time () < due_us + 300000)
    g_usleep (50000);
  test_server_start (office->server);
  g_assert_cmpint (wait_for_penalties (office->root, 1, g_get_real_time () + 10 * G_TIME_SPAN_SECOND), ==, 1);
  test_client_close (office->root);
  test_server_stop (office->server, SIGKILL);
  test_server_start (office->server);
  g_usleep (1200000);
  g_assert_cmpint (n_penalties (office->root, NULL), ==, 1);
}

/* In the meantime another process moved the date, or ended the order. */
static void
no_longer_due (Office       *office,
               gconstpointer data)
{
  gint64 due_us = g_get_real_time () + 2000000;
  g_autofree char *crew = test_crew (office->root, "C1", office->distributor);
  g_autofree char *order = add_order (office, "P1", due_us);
  g_autofree char *assign = g_strdup_printf ("{\"kind\":\"order.assign\",\"id\":\"%s\",\"args\":{\"crew_id\":\"%s\"}}", order, crew);
  g_autofree char *close = NULL;
  g_autoptr(TestReply) reply = NULL;
  char now[32];

  dsp_time_print ((DspTime) { g_get_real_time () }, now);
  close = g_strdup_printf ("{\"kind\":\"order.close\",\"id\":\"%s\",\"args\":{\"closed_at\":\"%s\",\"attended\":\"yes\","
                           "\"satisfied\":\"yes\",\"resolution\":\"done\"}}", order, now);
  reply = test_push (office->root, assign, close, NULL);
  test_expect (reply, 200);
  g_assert_cmpstr (test_text (reply, "results/1/status"), ==, "applied");
  while (g_get_real_time () < due_us + 1200000)
    g_usleep (50000);
  g_assert_cmpint (n_penalties (office->root, NULL), ==, 0);
}

static TestReply *
give (TestClient *client,
      const char *kind,
      const char *id,
      const char *args)
{
  g_autofree char *command = g_strdup_printf ("{\"kind\":\"%s\",\"id\":\"%s\",\"base\":1,\"args\":{%s}}", kind, id, args);
  TestReply *reply = test_push (client, command, NULL);

  test_expect (reply, 200);
  return reply;
}

static void
expect_status (TestReply  *reply,
               const char *status)
{
  if (g_strcmp0 (test_text (reply, "results/0/status"), status) != 0)
    g_error ("not %s: %s", status, reply->text);
}

/* Both saw it pending; the second is told what it is, and by whom. */
static void
opposite_verdicts (Office       *office,
                   gconstpointer data)
{
  g_autofree char *order = NULL, *penalty = NULL, *path = NULL;
  TestClient *ana = test_user (office->root, "ana", "supervisor", ALL), *luis = test_user (office->root, "luis", "supervisor", ALL);
  g_autoptr(TestReply) waived = NULL;
  g_autoptr(TestReply) confirmed = NULL;
  g_autoptr(TestReply) silent = NULL;
  g_autoptr(TestReply) now = NULL;

  add_rule (office, 5);
  order = add_order (office, "P1", g_get_real_time () - G_TIME_SPAN_MINUTE);
  penalty = the_penalty (office);
  silent = give (ana, "penalty.waive", penalty, "");
  expect_status (silent, "rejected");
  waived = give (ana, "penalty.waive", penalty, "\"reason\":\"flood\"");
  expect_status (waived, "applied");
  confirmed = give (luis, "penalty.confirm", penalty, "");
  expect_status (confirmed, "rejected");
  g_assert_cmpstr (test_text (confirmed, "results/0/code"), ==, "state");
  g_assert_cmpstr (test_text (confirmed, "results/0/now/status"), ==, "waived");
  g_assert_cmpstr (test_text (confirmed, "results/0/now/by"), ==, "ana");
  path = g_strconcat ("v1/order/", order, NULL);
  now = test_call (luis, "GET", path, NULL);
  g_assert_cmpstr (test_text (now, "body/excused"), ==, "yes");
  test_client_free (ana);
  test_client_free (luis);
}

static void
appeals (Office       *office,
         gconstpointer data)
{
  g_autofree char *order = NULL, *penalty = NULL;
  TestClient *ana = test_user (office->root, "ana", "supervisor", ALL);
  TestClient *owner = test_user (office->root, "owner", "distributor", office->distributor);
  g_autoptr(TestReply) confirmed = NULL;
  g_autoptr(TestReply) appealed = NULL;
  g_autoptr(TestReply) again = NULL;
  g_autoptr(TestReply) judged = NULL;
  g_autoptr(TestReply) answered = NULL;

  add_rule (office, 5);
  order = add_order (office, "P1", g_get_real_time () - G_TIME_SPAN_MINUTE);
  penalty = the_penalty (office);
  confirmed = give (ana, "penalty.confirm", penalty, "\"reason\":\"late\"");
  expect_status (confirmed, "applied");
  judged = give (owner, "penalty.answer", penalty, "\"verdict\":\"waive\",\"answer\":\"mine\"");
  g_assert_cmpstr (test_text (judged, "results/0/code"), ==, "forbidden");
  appealed = give (owner, "penalty.appeal", penalty, "\"appeal\":\"the street was closed\"");
  expect_status (appealed, "applied");
  answered = give (ana, "penalty.answer", penalty, "\"verdict\":\"confirm\",\"answer\":\"it was open\"");
  expect_status (answered, "applied");
  again = give (owner, "penalty.appeal", penalty, "\"appeal\":\"really\"");
  expect_status (again, "rejected");
  test_client_free (ana);
  test_client_free (owner);
}

static void
appeal_after_its_window (Office       *office,
                         gconstpointer data)
{
  g_autofree char *order = NULL, *penalty = NULL;
  TestClient *owner = test_user (office->root, "owner", "distributor", office->distributor);
  g_autoptr(TestReply) appealed = NULL;

  add_rule (office, 0);
  order = add_order (office, "P1", g_get_real_time () - G_TIME_SPAN_MINUTE);
  penalty = the_penalty (office);
  appealed = give (owner, "penalty.appeal", penalty, "\"appeal\":\"the street was closed\"");
  expect_status (appealed, "rejected");
  g_assert_nonnull (strstr (test_text (appealed, "results/0/message"), "appeal"));
  test_client_free (owner);
}

/* A hundred at once, row by row: here three, of which one has its verdict already. */
static void
many_at_once (Office       *office,
              gconstpointer data)
{
  TestClient *ana = test_user (office->root, "ana", "supervisor", ALL);
  g_autoptr(TestReply) list = NULL;
  g_autoptr(TestReply) waived = NULL;
  g_autoptr(TestReply) confirmed = NULL;
  g_autofree char *rows = NULL;

  add_rule (office, 5);
  for (int i = 0; i < 3; i++)
    {
      g_autofree char *number = g_strdup_printf ("P%d", i);
      g_autofree char *order = add_order (office, number, g_get_real_time () - G_TIME_SPAN_MINUTE);
    }
  g_assert_cmpint (wait_for_penalties (office->root, 3, g_get_real_time () + 10 * G_TIME_SPAN_SECOND), ==, 3);
  n_penalties (office->root, &list);
  waived = give (ana, "penalty.waive", test_text (list, "rows/1/id"), "\"reason\":\"flood\"");
  expect_status (waived, "applied");
  rows = g_strdup_printf ("{\"kind\":\"penalty.confirm\",\"rows\":[{\"id\":\"%s\",\"base\":1},{\"id\":\"%s\",\"base\":1},{\"id\":\"%s\",\"base\":1}],"
                          "\"args\":{}}", test_text (list, "rows/0/id"), test_text (list, "rows/1/id"), test_text (list, "rows/2/id"));
  confirmed = test_push (ana, rows, NULL);
  test_expect (confirmed, 200);
  expect_status (confirmed, "applied");
  g_assert_cmpint (test_size (confirmed, "results/0/refused"), ==, 1);
  g_assert_cmpint (test_int (confirmed, "results/0/refused/0/row"), ==, 1);
  g_assert_cmpstr (test_text (confirmed, "results/0/refused/0/now/by"), ==, "ana");
  test_client_free (ana);
}

/* A database from before there was a clock: what waits and is late turns once; what was closed long ago is left alone. */
static void
database_without_clock (Office       *office,
                        gconstpointer data)
{
  gint64 due_us = g_get_real_time () + 700000;
  g_autofree char *uri = test_server_dup_uri (office->server);
  g_autofree char *waiting = NULL, *closed = NULL;
  g_autoptr(TestReply) list = NULL;
  g_autoptr(GError) error = NULL;
  DspDb *db;

  waiting = add_order (office, "P1", due_us);
  closed = add_order (office, "P2", due_us);
  test_client_close (office->root);
  test_server_stop (office->server, SIGTERM);
  db = dsp_db_open (uri, DSP_DB_LOCK, &error);
  g_assert_no_error (error);
  test_make_older (db, 1);
  g_assert_true (dsp_db_exec (db, "UPDATE \"order\" SET status = 'closed', closed_at = penalty_at + 1 WHERE number = 'P2'", &error));
  dsp_db_close (db);
  test_server_start (office->server);
  g_assert_cmpint (wait_for_penalties (office->root, 1, g_get_real_time () + 10 * G_TIME_SPAN_SECOND), ==, 1);
  g_usleep (1200000);
  g_assert_cmpint (n_penalties (office->root, &list), ==, 1);
  g_assert_cmpstr (test_text (list, "rows/0/body/number"), ==, "P1");
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dsp_db_postgres_init ();
#define ADD(path, func) g_test_add (path, Office, NULL, office_open, func, office_close)
  ADD ("/penalty/S0-28/turns-at-the-moment", turns_at_the_moment);
  ADD ("/penalty/S0-28/slept-over", slept_over);
  ADD ("/penalty/S0-28/no-longer-due", no_longer_due);
  ADD ("/penalty/S0-28/database-without-clock", database_without_clock);
  ADD ("/penalty/many-at-once", many_at_once);
  ADD ("/penalty/opposite-verdicts", opposite_verdicts);
  ADD ("/penalty/appeals", appeals);
  ADD ("/penalty/appeal-after-its-window", appeal_after_its_window);
  return g_test_run ();
}
