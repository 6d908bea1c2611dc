/* test-push.c: commands over HTTP: once, in order, each with an answer
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "server-fixture.h"

#include <signal.h>
#include <string.h>

#define ALL "00000000-0000-0000-0000-000000000003"

typedef struct {
  TestServer *server;
  TestClient *root;
  char       *distributor, *crew;
} Office;

static void
office_open (Office       *office,
             gconstpointer data)
{
  office->server = test_server_new ();
  test_server_start (office->server);
  office->root = test_administrator (office->server);
  office->distributor = test_distributor (office->root, "D1");
  office->crew = test_crew (office->root, "C1", office->distributor);
}

static void
office_close (Office       *office,
              gconstpointer data)
{
  g_free (office->distributor);
  g_free (office->crew);
  test_client_free (office->root);
  test_server_free (office->server);
}

static char *
assign (const char *order,
        const char *crew)
{
  return g_strdup_printf ("{\"kind\":\"order.assign\",\"id\":\"%s\",\"base\":1,\"args\":{\"crew_id\":\"%s\"}}", order, crew);
}

static gint64
n_rows (Office     *office,
        const char *entity)
{
  TestClient *local = test_client_new_local (office->server);
  g_autoptr(TestReply) reply = test_call (local, "GET", "v1/admin/counts", NULL);

  test_client_free (local);
  return test_int (reply, entity);
}

static void
resent_is_once (Office       *office,
                gconstpointer data)
{
  g_autofree char *order = test_order (office->root, "N1", NULL, NULL);
  g_autofree char *command = assign (order, office->crew);
  g_autofree char *text = g_strdup_printf ("{\"no\":%" G_GINT64_FORMAT ",\"v\":1,%s", office->root->no + 1, command + 1);
  /* The same content in another spelling is the same command. */
  g_autofree char *spelt = g_strdup_printf ("{\"args\":{ \"crew_id\" : \"%s\" },\"base\":1,\"id\":\"%s\",\"v\":1,"
                                            "\"kind\":\"order\\u002eassign\",\"no\":%" G_GINT64_FORMAT "}",
                                            office->crew, order, office->root->no + 1);
  gint64 no = office->root->no + 1;
  g_autoptr(TestReply) first = test_push_first (office->root, no, text);
  gint64 history = n_rows (office, "history");
  g_autoptr(TestReply) second = test_push_first (office->root, no, text);
  g_autoptr(TestReply) third = test_push_first (office->root, no, spelt);

  test_expect (first, 200);
  g_assert_cmpstr (test_text (first, "results/0/status"), ==, "applied");
  g_assert_cmpint (test_int (first, "results/0/version"), ==, 2);
  test_expect (second, 200);
  test_expect (third, 200);
  g_assert_cmpint (test_int (second, "results/0/seq"), ==, test_int (first, "results/0/seq"));
  g_assert_cmpstr (test_text (second, "results/0/status"), ==, "applied");
  g_assert_cmpstr (test_text (third, "results/0/status"), ==, "applied");
  g_assert_cmpint (n_rows (office, "history"), ==, history);
  g_assert_cmpint (test_int (third, "last"), ==, no);
}

static void
reused_number_quarantines (Office       *office,
                           gconstpointer data)
{
  g_autofree char *order = test_order (office->root, "N1", NULL, NULL);
  g_autofree char *other = g_strdup_printf ("{\"no\":%" G_GINT64_FORMAT ",\"v\":1,\"kind\":\"order.unassign\",\"id\":\"%s\",\"args\":{}}",
                                            office->root->no, order);
  g_autoptr(TestReply) reused = test_push_first (office->root, office->root->no, other);
  g_autoptr(TestReply) after = test_push (office->root, "{\"kind\":\"noop\"}", NULL);

  test_expect (reused, 409);
  g_assert_cmpstr (test_text (reused, "error/code"), ==, "number_reused");
  test_expect (after, 409);
  g_assert_cmpstr (test_text (after, "error/code"), ==, "quarantined");
  g_assert_cmpint (test_int (after, "last"), ==, office->root->no - 1);
}

static void
gap_and_epoch_apply_nothing (Office       *office,
                             gconstpointer data)
{
  gint64 last = office->root->no;
  g_autofree char *ahead = g_strdup_printf ("{\"no\":%" G_GINT64_FORMAT ",\"v\":1,\"kind\":\"noop\"}", last + 2);
  g_autoptr(TestReply) gap = test_push_first (office->root, last + 2, ahead);
  g_autoptr(TestReply) epoch = NULL;
  char right[DSP_ID_TEXT];

  test_expect (gap, 409);
  g_assert_cmpstr (test_text (gap, "error/code"), ==, "gap");
  g_assert_cmpint (test_int (gap, "last"), ==, last);
  memcpy (right, office->root->epoch, sizeof right);
  office->root->epoch[0] = right[0] == '0' ? '1' : '0';
  epoch = test_push (office->root, "{\"kind\":\"noop\"}", NULL);
  test_expect (epoch, 409);
  g_assert_cmpstr (test_text (epoch, "error/code"), ==, "epoch");
  g_assert_cmpstr (test_text (epoch, "epoch"), ==, right);
  g_assert_cmpint (test_int (epoch, "last"), ==, last);
}

static void
strange_numbers_are_refused (Office       *office,
                             gconstpointer data)
{
  static const char *const numbers[] = { "0", "-1", "9223372036854775808", "1.5", "\"7\"" };

  for (guint i = 0; i < G_N_ELEMENTS (numbers); i++)
    {
      g_autofree char *command = g_strdup_printf ("{\"no\":%s,\"v\":1,\"kind\":\"noop\"}", numbers[i]);
      g_autoptr(TestReply) reply = test_push_first (office->root, office->root->no + 1, command);

      test_expect (reply, 400);
    }
}

static void
other_device_is_forbidden (Office       *office,
                           gconstpointer data)
{
  TestClient *thief = test_client_dup (office->root);
  g_autoptr(TestReply) reply = NULL;

  thief->device.b[3] ^= 1;
  reply = test_push (thief, "{\"kind\":\"noop\"}", NULL);
  test_expect (reply, 403);
  test_client_free (thief);
}

static void
unknown_kind_waits_for_an_upgrade (Office       *office,
                                   gconstpointer data)
{
  gint64 no = office->root->no;
  g_autofree char *order = test_id ();
  g_autofree char *commands = g_strdup_printf (
    "{\"no\":%" G_GINT64_FORMAT ",\"v\":1,\"kind\":\"noop\"},{\"no\":%" G_GINT64_FORMAT ",\"v\":1,\"kind\":\"order.teleport\",\"id\":\"%s\"},"
    "{\"no\":%" G_GINT64_FORMAT ",\"v\":1,\"kind\":\"noop\"}", no + 1, no + 2, order, no + 3);
  g_autofree char *version = g_strdup_printf ("{\"no\":%" G_GINT64_FORMAT ",\"v\":2,\"kind\":\"order.unassign\",\"id\":\"%s\",\"args\":{}}", no + 2, order);
  g_autofree char *argument = g_strdup_printf ("{\"no\":%" G_GINT64_FORMAT ",\"v\":1,\"kind\":\"order.unassign\",\"id\":\"%s\","
                                               "\"args\":{\"mood\":\"sad\"}}", no + 2, order);
  g_autoptr(TestReply) kind = test_push_first (office->root, no + 1, commands);
  g_autoptr(TestReply) newer = test_push_first (office->root, no + 2, version);
  g_autoptr(TestReply) args = test_push_first (office->root, no + 2, argument);

  test_expect (kind, 426);
  g_assert_cmpstr (test_text (kind, "error/code"), ==, "upgrade");
  g_assert_cmpint (test_int (kind, "last"), ==, no + 1);
  test_expect (newer, 426);
  test_expect (args, 426);
  g_assert_cmpint (test_int (args, "last"), ==, no + 1);
}

/* Bad data that must not be lost: accepted, and the answer names the value, by row where there are rows. */
static void
unknown_postal_codes_are_accepted_and_told (Office       *office,
                                            gconstpointer data)
{
  g_autofree char *known = test_id (), *one = test_id (), *two = test_id (), *three = test_id (), *four = test_id ();
  g_autofree char *place = g_strdup_printf ("{\"kind\":\"postal_code.import\",\"id\":\"%s\",\"args\":{\"code\":\"03100\"}}", known);
  g_autofree char *create = g_strdup_printf ("{\"kind\":\"order.create\",\"id\":\"%s\",\"args\":{\"number\":\"N1\",\"account\":\"A1\","
                                             "\"type\":\"install\",\"postal_code\":\"99999\"}}", one);
  g_autofree char *import = g_strdup_printf (
    "{\"kind\":\"order.import\",\"group\":\"file\",\"rows\":["
    "{\"id\":\"%s\",\"args\":{\"number\":\"N2\",\"account\":\"A2\",\"type\":\"install\",\"postal_code\":\"03100\"}},"
    "{\"id\":\"%s\",\"args\":{\"number\":\"N3\",\"account\":\"A3\",\"type\":\"install\",\"postal_code\":\"88888\"}},"
    "{\"id\":\"%s\",\"args\":{\"number\":\"N4\",\"account\":\"A4\",\"type\":\"install\",\"postal_code\":\"9999\"}}]}", two, three, four);
  g_autoptr(TestReply) first = test_push (office->root, place, NULL);
  g_autoptr(TestReply) created = test_push (office->root, create, NULL);
  g_autoptr(TestReply) imported = test_push (office->root, import, NULL);

  test_expect (first, 200);
  test_expect (created, 200);
  g_assert_cmpstr (test_text (created, "results/0/status"), ==, "applied");
  g_assert_cmpint (test_size (created, "results/0/warnings"), ==, 1);
  g_assert_cmpstr (test_text (created, "results/0/warnings/0/code"), ==, "unknown_postal_code");
  g_assert_nonnull (strstr (test_text (created, "results/0/warnings/0/message"), "99999"));
  test_expect (imported, 200);
  g_assert_cmpstr (test_text (imported, "results/0/outcomes"), ==, "aar");
  g_assert_cmpint (test_size (imported, "results/0/warnings"), ==, 1);
  g_assert_cmpint (test_int (imported, "results/0/warnings/0/row"), ==, 1);
  g_assert_nonnull (strstr (test_text (imported, "results/0/warnings/0/message"), "88888"));
}

static void
rows_are_judged_one_by_one (Office       *office,
                            gconstpointer data)
{
  g_autofree char *taken = test_order (office->root, "N0", NULL, NULL);
  g_autofree char *one = test_order (office->root, "N1", NULL, NULL);
  g_autofree char *two = test_order (office->root, "N2", NULL, NULL);
  g_autofree char *nowhere = test_id ();
  g_autofree char *before = assign (taken, office->crew);
  g_autofree char *command = g_strdup_printf (
    "{\"kind\":\"order.assign\",\"group\":\"drag\",\"rows\":[{\"id\":\"%s\",\"base\":1},{\"id\":\"%s\",\"base\":1},{\"id\":\"%s\",\"base\":1},"
    "{\"id\":\"%s\",\"base\":1},{\"id\":\"%s\",\"base\":1}],\"args\":{\"crew_id\":\"%s\"}}", one, taken, two, nowhere, one, office->crew);
  g_autoptr(TestReply) first = test_push (office->root, before, NULL);
  g_autoptr(TestReply) reply = test_push (office->root, command, NULL);
  g_autoptr(TestReply) page = test_call (office->root, "GET", "v1/changes", NULL);
  int n = test_size (page, "changes");
  g_autofree char *last = g_strdup_printf ("changes/%d/last", n - 1);
  g_autofree char *not_last = g_strdup_printf ("changes/%d/last", n - 2);

  test_expect (first, 200);
  test_expect (reply, 200);
  g_assert_cmpstr (test_text (reply, "results/0/status"), ==, "applied");
  g_assert_cmpint (test_size (reply, "results/0/refused"), ==, 3);
  g_assert_cmpstr (test_text (reply, "results/0/refused/0/id"), ==, taken);
  g_assert_cmpstr (test_text (reply, "results/0/refused/0/code"), ==, "state");
  g_assert_cmpstr (test_text (reply, "results/0/refused/0/now/by"), ==, "root");
  g_assert_cmpstr (test_text (reply, "results/0/refused/0/now/crew_id"), ==, office->crew);
  g_assert_cmpstr (test_text (reply, "results/0/refused/1/code"), ==, "no_such_record");
  /* The second time in the same command, it is assigned already. */
  g_assert_cmpstr (test_text (reply, "results/0/refused/2/code"), ==, "state");
  /* One command, one cut: only its last change says so. */
  g_assert_cmpint (test_int (page, last), ==, TRUE);
  g_assert_cmpint (test_int (page, not_last), ==, FALSE);
}

static void
refusals_are_kept_and_go_on (Office       *office,
                             gconstpointer data)
{
  g_autofree char *order = test_order (office->root, "N1", NULL, NULL);
  g_autofree char *nobody = test_id ();
  g_autofree char *bad_crew = assign (order, nobody);
  g_autofree char *bad_code = g_strdup_printf ("{\"kind\":\"order.create\",\"id\":\"%s\",\"args\":{\"number\":\"N2\",\"account\":\"A\",\"group\":\"g\","
                                               "\"type\":\"t\",\"created_at\":\"2026-11-20T10:00:00Z\",\"postal_code\":\"31O0\"}}", nobody);
  g_autofree char *same_number = g_strdup_printf ("{\"kind\":\"order.create\",\"id\":\"%s\",\"args\":{\"number\":\"N1\",\"account\":\"A\",\"group\":\"g\","
                                                  "\"type\":\"t\",\"created_at\":\"2026-11-20T10:00:00Z\"}}", nobody);
  g_autofree char *same_id = g_strdup_printf ("{\"kind\":\"order.create\",\"id\":\"%s\",\"args\":{\"number\":\"N9\",\"account\":\"A\",\"group\":\"g\","
                                              "\"type\":\"t\",\"created_at\":\"2026-11-20T10:00:00Z\"}}", order);
  g_autofree char *retire = g_strdup_printf ("{\"kind\":\"crew.retire\",\"id\":\"%s\",\"args\":{}}", office->crew);
  g_autofree char *good = assign (order, office->crew);
  g_autoptr(TestReply) reply = test_push (office->root, bad_crew, bad_code, same_number, same_id, retire, good, "{\"kind\":\"noop\"}", NULL);
  static const char *const codes[] = { "no_such_record", "invalid", "duplicate", "id_taken" };

  test_expect (reply, 200);
  g_assert_cmpint (test_size (reply, "results"), ==, 7);
  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    {
      g_autofree char *status = g_strdup_printf ("results/%u/status", i);
      g_autofree char *code = g_strdup_printf ("results/%u/code", i);

      g_assert_cmpstr (test_text (reply, status), ==, "rejected");
      g_assert_cmpstr (test_text (reply, code), ==, codes[i]);
    }
  g_assert_cmpstr (test_text (reply, "results/4/status"), ==, "applied");
  g_assert_cmpstr (test_text (reply, "results/5/code"), ==, "crew_retired");
  g_assert_cmpstr (test_text (reply, "results/6/status"), ==, "applied");
}

static void
imports_say_what_they_did (Office       *office,
                           gconstpointer data)
{
  TestClient *local = test_client_new_local (office->server);
  g_autofree char *a = test_id ();
  g_autofree char *b = test_id ();
  g_autofree char *c = test_id ();
  g_autofree char *command = g_strdup_printf (
    "{\"kind\":\"postal_code.import\",\"group\":\"filehash\",\"rows\":[{\"id\":\"%s\",\"args\":{\"code\":\"03100\",\"state\":\"CDMX\"}},"
    "{\"id\":\"%s\",\"args\":{\"code\":\"03200\",\"state\":\"CDMX\"}},{\"id\":\"%s\",\"args\":{\"code\":\"0320\",\"state\":\"CDMX\"}}]}", a, b, c);
  g_autofree char *again = g_strdup_printf (
    "{\"kind\":\"postal_code.import\",\"group\":\"filehash\",\"rows\":[{\"id\":\"%s\",\"args\":{\"code\":\"03100\",\"state\":\"CDMX\"}},"
    "{\"id\":\"%s\",\"args\":{\"code\":\"03200\",\"state\":\"Ciudad\"}}]}", a, b);
  g_autoptr(TestReply) first = NULL, second = NULL;
  gint64 history = n_rows (office, "history");

  first = test_push (local, command, NULL);
  second = test_push (local, again, NULL);
  test_expect (first, 200);
  g_assert_cmpint (test_int (first, "results/0/added"), ==, 2);
  g_assert_cmpint (test_size (first, "results/0/refused"), ==, 1);
  g_assert_cmpint (test_int (first, "results/0/refused/0/row"), ==, 2);
  g_assert_cmpint (test_int (second, "results/0/added"), ==, 0);
  g_assert_cmpint (test_int (second, "results/0/changed"), ==, 1);
  g_assert_cmpint (test_int (second, "results/0/unchanged"), ==, 1);
  /* One history entry for the file. */
  g_assert_cmpint (n_rows (office, "history"), ==, history + 1);
  test_client_free (local);
}

/* The same device answers the same after a restart. */
static void
results_survive_a_restart (Office       *office,
                           gconstpointer data)
{
  g_autofree char *order = test_order (office->root, "N1", NULL, NULL);
  g_autofree char *command = assign (order, office->crew);
  g_autofree char *text = g_strdup_printf ("{\"no\":%" G_GINT64_FORMAT ",\"v\":1,%s", office->root->no + 1, command + 1);
  g_autoptr(TestReply) first = test_push_first (office->root, office->root->no + 1, text);
  g_autoptr(TestReply) second = NULL;

  test_client_close (office->root);
  test_server_stop (office->server, SIGTERM);
  test_server_start (office->server);
  second = test_push_first (office->root, office->root->no + 1, text);
  test_expect (second, 200);
  g_assert_cmpint (test_int (second, "results/0/seq"), ==, test_int (first, "results/0/seq"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/push/" name, Office, NULL, office_open, func, office_close)
  ADD ("S0-38/resent-command-is-applied-once", resent_is_once);
  ADD ("reused-number-quarantines-the-device", reused_number_quarantines);
  ADD ("gap-and-other-epoch-apply-nothing", gap_and_epoch_apply_nothing);
  ADD ("strange-numbers-are-refused", strange_numbers_are_refused);
  ADD ("command-for-another-device-is-forbidden", other_device_is_forbidden);
  ADD ("unknown-kind-version-or-argument-waits-for-an-upgrade", unknown_kind_waits_for_an_upgrade);
  ADD ("S0-30/unknown-postal-codes-are-accepted-and-told", unknown_postal_codes_are_accepted_and_told);
  ADD ("S0-34/rows-are-judged-one-by-one", rows_are_judged_one_by_one);
  ADD ("S0-38/refusals-are-kept-and-the-rest-goes-on", refusals_are_kept_and_go_on);
  ADD ("imports-say-what-they-did", imports_say_what_they_did);
  ADD ("results-survive-a-restart", results_survive_a_restart);
  return g_test_run ();
}
