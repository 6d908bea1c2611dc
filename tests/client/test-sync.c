/* test-sync.c: replicas and a real server stay the same, whatever happens between them
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "replica-fixture.h"

#include "dsp-channel.h"

#include <signal.h>

#define N_ORDERS 12

typedef struct {
  TestServer *server;
  TestClient *root;
  char       *url, *distributor[2], *crew[3];
  DspId       crews[3], orders[N_ORDERS];
  Replica    *ana, *luis;
} Office;

static Replica *
office_replica (Office     *office,
                const char *name,
                const char *profile,
                const char *over)
{
  g_autofree char *key = office_user (office->root, name, profile, over, NULL);

  return replica_new (office->url, office->server->fingerprint, name, key);
}

static void
server_url (Office *office)
{
  g_free (office->url);
  office->url = g_strdup_printf ("%s://127.0.0.1:%u", office->server->tls ? "https" : "http", office->server->port);
}

static void
set_up (Office       *office,
        gconstpointer data)
{
  office->server = test_server_new ();
  office->server->tls = TRUE;
  office->server->options[0] = "--sign-ins-per-minute=0";
  office->server->options[1] = "--requests-per-second=0";
  test_server_start (office->server);
  server_url (office);
  office->root = test_administrator (office->server);
  office->distributor[0] = test_distributor (office->root, "D1");
  office->distributor[1] = test_distributor (office->root, "D2");
  for (guint i = 0; i < 3; i++)
    {
      g_autofree char *code = g_strdup_printf ("C-0%u", i + 1);

      office->crew[i] = test_crew (office->root, code, office->distributor[i / 2]);
      office->crews[i] = id_from (office->crew[i]);
    }
  for (guint i = 0; i < N_ORDERS; i++)
    {
      g_autofree char *number = g_strdup_printf ("9041%02u", i);
      g_autofree char *id = test_order (office->root, number, office->distributor[i % 2], NULL);

      office->orders[i] = id_from (id);
    }
  office->ana = office_replica (office, "ana", "dispatcher", OFFICE_ALL);
  office->luis = office_replica (office, "luis", "dispatcher", OFFICE_ALL);
  replica_start (office->ana);
  replica_start (office->luis);
  WAIT_FOR (replica_is_ready (office->ana) && replica_is_ready (office->luis));
}

static void
tear_down (Office       *office,
           gconstpointer data)
{
  replica_free (office->ana);
  replica_free (office->luis);
  test_client_free (office->root);
  test_server_free (office->server);
  for (guint i = 0; i < 3; i++)
    g_free (office->crew[i]);
  g_free (office->distributor[0]);
  g_free (office->distributor[1]);
  g_free (office->url);
}

static void
end_server (Office *office,
            int     signal_number)
{
  test_client_close (office->root);
  test_server_stop (office->server, signal_number);
}

static gint64
history_of (Office      *office,
            const DspId *order,
            const char  *command)
{
  char id[DSP_ID_TEXT];
  g_autofree char *path = NULL;
  g_autoptr(TestReply) reply = NULL;
  gint64 n = 0;

  dsp_id_print (order, id);
  path = g_strdup_printf ("v1/history?entity=order&id=%s", id);
  reply = test_call (office->root, "GET", path, NULL);
  test_expect (reply, 200);
  for (int i = 0; i < test_size (reply, "entries"); i++)
    {
      g_autofree char *member = g_strdup_printf ("entries/%d/body/command", i);

      n += g_strcmp0 (test_text (reply, member), command) == 0;
    }
  return n;
}

/* An empty cache has everything after its first contact: records, the index, what the user may do. */
static void
test_first_copy (Office       *office,
                 gconstpointer data)
{
  DspOrderIndex *index = dsp_replica_get_index (office->ana->replica);
  g_autoptr(GPtrArray) crews = dsp_replica_list (office->ana->replica, &dsp_crew);
  DspOrderQuery query = { .sort = dsp_table_at (&dsp_order.table, offsetof (DspOrder, number)) };
  g_autoptr(DspOrderResult) result = NULL;

  g_assert_cmpuint (dsp_order_index_n_orders (index), ==, N_ORDERS);
  g_assert_cmpuint (crews->len, ==, 3);
  g_assert_cmpstr (((DspCrew *) crews->pdata[0])->code, ==, "C-01");
  g_assert_true (dsp_command_may (&dsp_order_assign, dsp_replica_get_actor (office->ana->replica),
                                  dsp_replica_get_order (office->ana->replica, &office->orders[0]), NULL));
  result = dsp_replica_query_now (office->ana->replica, &query, 10);
  g_assert_cmpuint (result->n_rows, ==, N_ORDERS);
  g_assert_cmpuint (result->by_status[DSP_ORDER_UNASSIGNED], ==, N_ORDERS);
  WAIT_FOR (dsp_order_index_is_sorted (index, query.sort));
  g_clear_pointer (&result, dsp_order_result_free);
  result = dsp_replica_query_now (office->ana->replica, &query, 10);
  g_assert_cmpuint (result->n_sorted, ==, N_ORDERS);
  g_assert_true (dsp_id_equal (dsp_order_index_id (index, result->rows[0]), &office->orders[0]));
}

/* An assignment shows at once on one replica, and by itself on the other, with who made it. */
static void
test_seen_by_others (Office       *office,
                     gconstpointer data)
{
  g_autoptr(DspOutcome) outcome = replica_assign (office->ana, &office->orders[0], &office->crews[0]);

  g_assert_cmpuint (outcome->n_given, ==, 1);
  g_assert_true (replica_has_crew (office->ana, &office->orders[0], &office->crews[0]));
  WAIT_FOR (replica_has_crew (office->luis, &office->orders[0], &office->crews[0]));
  WAIT_FOR (g_strcmp0 (office->luis->last_by, "ana") == 0);
  WAIT_FOR (replica_is_idle (office->ana));
  g_assert_cmpint (history_of (office, &office->orders[0], "order.assign"), ==, 1);
}

/* With the server away everything goes on; a restart of the program keeps what waits; then it is sent, once. */
static void
test_waits_for_the_server (Office       *office,
                           gconstpointer data)
{
  g_autoptr(DspOutcome) one = NULL, two = NULL;

  replica_stop (office->ana);
  one = replica_assign (office->ana, &office->orders[0], &office->crews[0]);
  two = replica_assign (office->ana, &office->orders[1], &office->crews[1]);
  g_assert_cmpuint (replica_status (office->ana).n_waiting, ==, 2);
  replica_close (office->ana);
  replica_open (office->ana);
  g_assert_cmpuint (replica_status (office->ana).n_waiting, ==, 2);
  g_assert_true (replica_has_crew (office->ana, &office->orders[1], &office->crews[1]));
  g_assert_false (replica_has_crew (office->luis, &office->orders[1], &office->crews[1]));
  replica_start (office->ana);
  WAIT_FOR (replica_is_idle (office->ana));
  WAIT_FOR (replica_has_crew (office->luis, &office->orders[1], &office->crews[1]));
  g_assert_cmpint (history_of (office, &office->orders[0], "order.assign"), ==, 1);
  g_assert_cmpint (history_of (office, &office->orders[1], "order.assign"), ==, 1);
}

/* What a colleague did meanwhile is explained field by field; "all the same" moves the order. */
static void
test_conflict_is_explained (Office       *office,
                            gconstpointer data)
{
  g_autoptr(DspOutcome) mine = NULL, other = NULL, again = NULL;
  g_autoptr(GPtrArray) list = NULL;
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  DspRejected *rejected;
  bool found = false;

  replica_stop (office->ana);
  other = replica_assign (office->luis, &office->orders[0], &office->crews[1]);
  WAIT_FOR (replica_is_idle (office->luis));
  mine = replica_assign (office->ana, &office->orders[0], &office->crews[0]);
  g_assert_cmpuint (mine->n_given, ==, 1);
  replica_start (office->ana);
  WAIT_FOR (replica_status (office->ana).n_rejected == 1);
  WAIT_FOR (replica_has_crew (office->ana, &office->orders[0], &office->crews[1]));
  list = replica_rejected (office->ana);
  g_assert_cmpuint (list->len, ==, 1);
  rejected = list->pdata[0];
  g_assert_cmpint (rejected->rule, ==, DSP_RULE_STATE);
  g_assert_cmpstr (rejected->by, ==, "luis");
  g_assert_cmpint (rejected->by_at_us, >, 0);
  g_assert_cmpstr (rejected->display, ==, "904100");
  for (guint i = 0; i < rejected->fields->len; i++)
    {
      const DspFieldConflict *field = &g_array_index (rejected->fields, DspFieldConflict, i);

      if (field->field->offset != offsetof (DspOrder, crew_id))
        continue;
      found = true;
      g_assert_cmpstr (field->wanted, ==, "C-01");
      g_assert_cmpstr (field->now, ==, "C-02");
    }
  g_assert_true (found);

  dsp_replica_retry_async (office->ana->replica, rejected->no, &rejected->id, NULL, replica_on_result, &result);
  WAIT_FOR (result != NULL);
  again = dsp_replica_retry_finish (office->ana->replica, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (again->n_given, ==, 1);
  WAIT_FOR (replica_has_crew (office->luis, &office->orders[0], &office->crews[0]));
  WAIT_FOR (replica_status (office->ana).n_rejected == 0 && replica_is_idle (office->ana));
}

/* Undone before the server heard of it: it never hears of it. Undone after: a command of its own. */
static void
test_undo (Office       *office,
           gconstpointer data)
{
  g_autoptr(DspOutcome) sent = replica_assign (office->ana, &office->orders[0], &office->crews[0]), unsent = NULL;
  g_autoptr(GAsyncResult) first = NULL, second = NULL;

  WAIT_FOR (replica_is_idle (office->ana));
  dsp_replica_undo_async (office->ana->replica, sent->group, NULL, replica_on_result, &first);
  WAIT_FOR (first != NULL);
  dsp_outcome_free (dsp_replica_undo_finish (office->ana->replica, first, NULL));
  WAIT_FOR (replica_is_idle (office->ana));
  g_assert_cmpint (history_of (office, &office->orders[0], "order.unassign"), ==, 1);

  replica_stop (office->ana);
  unsent = replica_assign (office->ana, &office->orders[1], &office->crews[0]);
  dsp_replica_undo_async (office->ana->replica, unsent->group, NULL, replica_on_result, &second);
  WAIT_FOR (second != NULL);
  dsp_outcome_free (dsp_replica_undo_finish (office->ana->replica, second, NULL));
  replica_start (office->ana);
  WAIT_FOR (replica_is_idle (office->ana));
  g_assert_cmpint (history_of (office, &office->orders[1], "order.assign"), ==, 0);
}

/* Who may only read is refused at home, in the same words as by the server. */
static void
test_without_permission (Office       *office,
                         gconstpointer data)
{
  Replica *auditor = office_replica (office, "eva", "auditor", OFFICE_ALL);
  g_autoptr(DspOutcome) outcome = NULL;

  replica_start (auditor);
  WAIT_FOR (replica_is_ready (auditor));
  outcome = replica_assign (auditor, &office->orders[0], &office->crews[0]);
  g_assert_cmpuint (outcome->n_given, ==, 0);
  g_assert_cmpint (g_array_index (outcome->refused, DspRefusal, 0).rule, ==, DSP_RULE_FORBIDDEN);
  replica_free (auditor);
}

/* Orders that do not pack: what is sent again shows in the bytes. */
#define N_BULKY 8

static void
make_bulky_orders (Office     *office,
                   const char *distributor)
{
  for (guint i = 0; i < N_BULKY; i++)
    {
      g_autofree char *id = test_id (), *command = NULL;
      g_autoptr(TestReply) reply = NULL;
      char text[1900];

      for (guint k = 0; k < sizeof text - 1; k++)
        text[k] = (char) g_test_rand_int_range ('A', 'Z' + 1);
      text[sizeof text - 1] = '\0';
      command = g_strdup_printf ("{\"kind\":\"order.create\",\"id\":\"%s\",\"args\":{\"number\":\"B%u\",\"account\":\"A\",\"group\":\"g\","
                                 "\"type\":\"t\",\"created_at\":\"2026-11-20T10:00:00Z\",\"distributor_id\":\"%s\",\"description\":\"%s\"}}",
                                 id, i, distributor, text);
      reply = test_push (office->root, command, NULL);
      test_expect (reply, 200);
    }
}

/* A distributor's user has his rows only; what is taken from him leaves his computer, what is given to him comes. */
static void
test_scope_changes (Office       *office,
                    gconstpointer data)
{
  g_autofree char *grant = NULL, *revoke = NULL, *allow = NULL, *second = test_id (), *profile = test_profile_id ("distributor");
  g_autofree char *key = office_user (office->root, "dario", "distributor", office->distributor[0], &grant);
  Replica *dario = replica_new (office->url, office->server->fingerprint, "dario", key);
  g_autoptr(TestReply) pushed = NULL, pushed_2 = NULL;
  char user[DSP_ID_TEXT];
  guint64 all, added;

  make_bulky_orders (office, office->distributor[0]);
  all = dsp_channel_n_received ();
  replica_start (dario);
  WAIT_FOR (replica_is_ready (dario));
  all = dsp_channel_n_received () - all;
  g_assert_cmpuint (dsp_order_index_n_orders (dsp_replica_get_index (dario->replica)), ==, N_ORDERS / 2 + N_BULKY);
  g_assert_null (dsp_replica_get_order (dario->replica, &office->orders[1]));
  g_assert_nonnull (dsp_replica_get_order (dario->replica, &office->orders[0]));

  dsp_id_print (&dario->session->user_id, user);
  allow = g_strdup_printf ("{\"kind\":\"grant.create\",\"id\":\"%s\",\"args\":{\"user_id\":\"%s\",\"profile_id\":\"%s\",\"over\":\"%s\"}}",
                           second, user, profile, office->distributor[1]);
  added = dsp_channel_n_received ();
  pushed = test_push (office->root, allow, NULL);
  test_expect (pushed, 200);
  WAIT_FOR (dsp_order_index_n_orders (dsp_replica_get_index (dario->replica)) == N_ORDERS + N_BULKY && replica_is_ready (dario));
  added = dsp_channel_n_received () - added;
  g_assert_cmpuint (added, <, all / 2); /* what he has is not sent again */
  g_assert_nonnull (dsp_replica_get_order (dario->replica, &office->orders[1]));

  revoke = g_strdup_printf ("{\"kind\":\"grant.delete\",\"id\":\"%s\"}", grant);
  pushed_2 = test_push (office->root, revoke, NULL);
  test_expect (pushed_2, 200);
  WAIT_FOR (dsp_order_index_n_orders (dsp_replica_get_index (dario->replica)) == N_ORDERS / 2 && replica_is_ready (dario));
  g_assert_null (dsp_replica_get_order (dario->replica, &office->orders[0]));
  g_assert_nonnull (dsp_replica_get_order (dario->replica, &office->orders[1]));
  replica_free (dario);
}

static void
test_history_is_fetched (Office       *office,
                         gconstpointer data)
{
  g_autoptr(DspOutcome) outcome = replica_assign (office->ana, &office->orders[0], &office->crews[0]);
  g_autoptr(GAsyncResult) result = NULL, kept = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) list = NULL, offline = NULL;
  DspHistory *entry;

  WAIT_FOR (replica_is_idle (office->ana));
  dsp_sync_fetch_history_async (office->ana->sync, &dsp_order, &office->orders[0], NULL, replica_on_result, &result);
  WAIT_FOR (result != NULL);
  list = dsp_sync_fetch_history_finish (office->ana->sync, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (list->len, ==, 2);
  entry = list->pdata[1];
  g_assert_cmpstr (entry->command, ==, "order.assign");
  g_assert_cmpstr (entry->user_name, ==, "ana");
  replica_stop (office->ana);
  dsp_replica_history_async (office->ana->replica, &dsp_order, &office->orders[0], NULL, replica_on_result, &kept);
  WAIT_FOR (kept != NULL);
  offline = dsp_replica_history_finish (office->ana->replica, kept, &error);
  g_assert_cmpuint (offline->len, ==, 2);
}

static void
test_search_and_find (Office       *office,
                      gconstpointer data)
{
  g_autoptr(GAsyncResult) by_number = NULL, by_crew = NULL, found = NULL, queried = NULL;
  g_autoptr(GPtrArray) list = NULL, crews = NULL, records = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspFilter) filter = dsp_filter_parse (&dsp_order, "number=904103,904104&status=unassigned", NULL);
  g_autoptr(DspOrderResult) result = NULL;
  DspOrderQuery query = { .filter = filter };

  dsp_replica_search_async (office->ana->replica, "904103", 10, NULL, replica_on_result, &by_number);
  WAIT_FOR (by_number != NULL);
  list = dsp_replica_search_finish (office->ana->replica, by_number, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (list->len, ==, 1);
  g_assert_cmpstr (((DspFound *) list->pdata[0])->title, ==, "904103");

  dsp_replica_search_async (office->ana->replica, "crew c-02", 10, NULL, replica_on_result, &by_crew);
  WAIT_FOR (by_crew != NULL);
  crews = dsp_replica_search_finish (office->ana->replica, by_crew, &error);
  g_assert_cmpuint (crews->len, ==, 1);
  g_assert_true (((DspFound *) crews->pdata[0])->entity == &dsp_crew);

  dsp_replica_find_async (office->ana->replica, filter, 0, NULL, replica_on_result, &found);
  WAIT_FOR (found != NULL);
  records = dsp_replica_find_finish (office->ana->replica, found, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (records->len, ==, 2);

  g_assert_null (dsp_replica_query_now (office->ana->replica, &query, 10));
  dsp_replica_query_async (office->ana->replica, &query, 10, NULL, replica_on_result, &queried);
  WAIT_FOR (queried != NULL);
  result = dsp_replica_query_finish (office->ana->replica, queried, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (result->n_rows, ==, 2);
}

/* A pinned certificate: no other one is spoken to. An unknown one is shown before it is trusted. */
static void
test_certificate_is_pinned (Office       *office,
                            gconstpointer data)
{
  g_autoptr(GError) wrong = NULL, unknown = NULL;
  g_autoptr(GAsyncResult) result = NULL;
  g_autofree char *shown = NULL;
  g_autofree char *other = g_strdup (office->server->fingerprint);

  other[0] = other[0] == 'a' ? 'b' : 'a';
  g_assert_null (replica_sign_in (office->url, other, "ana", "whatever it is", NULL, &wrong));
  g_assert_error (wrong, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_CERTIFICATE);

  dsp_sign_in_async (office->url, NULL, "ana", "whatever it is", NULL, NULL, NULL, NULL, replica_on_result, &result);
  WAIT_FOR (result != NULL);
  g_assert_null (dsp_sign_in_finish (result, &unknown));
  g_assert_error (unknown, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_NEW_CERTIFICATE);
  shown = dsp_sign_in_dup_shown_fingerprint (result);
  g_assert_cmpstr (shown, ==, office->server->fingerprint);
}

/* A key opens once; then a password is set, signs in, and opens the cache without the server. */
static void
test_passwords (Office       *office,
                gconstpointer data)
{
  g_autoptr(GError) wrong = NULL, error = NULL, offline = NULL;
  g_autoptr(GAsyncResult) set = NULL, right_result = NULL, wrong_result = NULL;
  g_autoptr(DspSession) session = NULL;

  g_assert_true (office->ana->session->by_key);
  dsp_set_password_async (office->ana->session, NULL, "correct horse battery", NULL, replica_on_result, &set);
  WAIT_FOR (set != NULL);
  dsp_set_password_finish (set, &error);
  g_assert_no_error (error);
  g_assert_null (replica_sign_in (office->url, office->server->fingerprint, "ana", "not this one, no", NULL, &wrong));
  g_assert_error (wrong, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_SIGN_IN);
  session = replica_sign_in (office->url, office->server->fingerprint, "ana", "correct horse battery", NULL, &error);
  g_assert_no_error (error);

  dsp_session_free (office->ana->session);
  office->ana->session = g_steal_pointer (&session);
  dsp_replica_set_session (office->ana->replica, office->ana->session, &error);
  g_assert_no_error (error);
  replica_stop (office->ana);
  dsp_replica_check_password_async (office->ana->replica, "correct horse battery", NULL, replica_on_result, &right_result);
  dsp_replica_check_password_async (office->ana->replica, "wrong horse battery", NULL, replica_on_result, &wrong_result);
  WAIT_FOR (right_result != NULL && wrong_result != NULL);
  g_assert_true (dsp_replica_check_password_finish (office->ana->replica, right_result, &error));
  g_assert_false (dsp_replica_check_password_finish (office->ana->replica, wrong_result, &offline));
  g_assert_error (offline, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_SIGN_IN);
}

/* An ended token: nothing is lost, and it goes on with a new one. */
static void
test_token_ends (Office       *office,
                 gconstpointer data)
{
  g_autoptr(GAsyncResult) ended = NULL;
  g_autoptr(DspOutcome) outcome = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *body = g_strdup ("{\"user\":\"ana\"}");
  TestClient *local = test_client_new_local (office->server);
  g_autoptr(TestReply) key = test_call (local, "POST", "v1/admin/user-key", body);
  g_autoptr(DspSession) session = NULL;

  dsp_sync_sign_out_async (office->ana->sync, replica_on_result, &ended);
  WAIT_FOR (ended != NULL);
  WAIT_FOR (replica_status (office->ana).link == DSP_LINK_SIGN_IN);
  outcome = replica_assign (office->ana, &office->orders[0], &office->crews[0]);
  g_assert_cmpuint (replica_status (office->ana).n_waiting, ==, 1);
  session = replica_sign_in (office->url, office->server->fingerprint, "ana", NULL, test_text (key, "key"), &error);
  g_assert_no_error (error);
  /* The sign-in did not name the cache's device and got another one: what waits is given anew under it. */
  dsp_replica_set_session (office->ana->replica, session, &error);
  g_assert_no_error (error);
  dsp_sync_set_token (office->ana->sync, session->token);
  WAIT_FOR (replica_is_idle (office->ana));
  WAIT_FOR (replica_has_crew (office->luis, &office->orders[0], &office->crews[0]));
  test_client_free (local);
}

/* What a replica shows of all orders; NULL while news of one is on its way from its file to its index. */
static char *
dump (Office  *office,
      Replica *replica)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < N_ORDERS; i++)
    {
      const DspOrder *order = dsp_replica_get_order (replica->replica, &office->orders[i]);
      guint32 row = dsp_order_index_find (dsp_replica_get_index (replica->replica), &office->orders[i]);
      char crew[DSP_ID_TEXT], of_index[DSP_ID_TEXT];

      dsp_id_print (&order->crew_id, crew);
      dsp_id_print (dsp_order_index_crew (dsp_replica_get_index (replica->replica), row), of_index);
      if (strcmp (crew, of_index) != 0)
        return NULL;
      g_string_append_printf (text, "%s %d %s %" G_GINT64_FORMAT "\n", order->number, order->status, crew, order->version);
    }
  return g_strdup (text->str);
}

/* T2: random commands on two replicas, with breaks of the connection: both end as the server is, nothing waits. */
static void
test_convergence (Office       *office,
                  gconstpointer data)
{
  Replica *replicas[] = { office->ana, office->luis };
  g_autofree char *one = NULL, *two = NULL;

  for (guint turn = 0; turn < 120; turn++)
    {
      Replica *replica = replicas[g_test_rand_int_range (0, 2)];
      const DspId *crew = &office->crews[g_test_rand_int_range (0, 3)];
      const DspId *order = &office->orders[g_test_rand_int_range (0, N_ORDERS)];
      const DspOrder *now = dsp_replica_get_order (replica->replica, order);
      g_autoptr(DspOutcome) outcome = NULL;

      switch (g_test_rand_int_range (0, 5))
        {
        case 0:
        case 1:
          outcome = replica_assign (replica, order, crew);
          break;
        case 2:
          {
            DspUnassign args = { .from_crew_id = now->crew_id, .reason = (char *) "random" };
            outcome = replica_give (replica, &dsp_order_unassign, order, 1, &args, 3);
            break;
          }
        case 3:
          {
            DspMove args = { .from_crew_id = now->crew_id, .crew_id = *crew, .reason = (char *) "random" };
            outcome = replica_give (replica, &dsp_order_move, order, 1, &args, 7);
            break;
          }
        default:
          if (replica->sync != NULL)
            replica_stop (replica);
          else
            replica_start (replica);
        }
    }
  for (guint i = 0; i < 2; i++)
    if (replicas[i]->sync == NULL)
      replica_start (replicas[i]);
  WAIT_FOR (replica_is_idle (office->ana) && replica_is_idle (office->luis));
  for (;;)
    {
      g_free (one);
      g_free (two);
      one = dump (office, office->ana);
      two = dump (office, office->luis);
      if (one != NULL && g_strcmp0 (one, two) == 0)
        break;
      WAIT_FOR (g_main_context_iteration (NULL, TRUE));
    }
  g_assert_cmpstr (one, ==, two);
}

/* A server killed in the middle: what was acknowledged is there, what was not is sent again; nothing twice. */
static void
test_server_killed (Office       *office,
                    gconstpointer data)
{
  g_autofree char *listen = g_strdup_printf ("--listen=127.0.0.1:%u", office->server->port);

  for (guint i = 0; i < N_ORDERS; i++)
    {
      g_autoptr(DspOutcome) outcome = replica_assign (office->ana, &office->orders[i], &office->crews[0]);

      if (i == N_ORDERS / 2)
        end_server (office, SIGKILL);
    }
  WAIT_FOR (replica_status (office->ana).link == DSP_LINK_OFFLINE);
  g_assert_cmpuint (replica_status (office->ana).n_waiting, >, 0);
  /* The later option wins: the same port again. */
  office->server->options[2] = listen;
  test_server_start (office->server);
  dsp_sync_now (office->ana->sync);
  dsp_sync_now (office->luis->sync);
  WAIT_FOR (replica_is_idle (office->ana));
  for (guint i = 0; i < N_ORDERS; i++)
    {
      WAIT_FOR (replica_has_crew (office->luis, &office->orders[i], &office->crews[0]));
      g_assert_cmpint (history_of (office, &office->orders[i], "order.assign"), ==, 1);
    }
}

static gboolean
on_new_token (DspSync    *sync,
              const char *token,
              guint      *n_tokens)
{
  ++*n_tokens;
  return FALSE;
}

/* Tokens are exchanged again and again under work, with no grace at all: nobody has to sign in, nothing waits. */
static void
test_tokens_are_exchanged (Office       *office,
                           gconstpointer data)
{
  g_autofree char *listen = g_strdup_printf ("--listen=127.0.0.1:%u", office->server->port);
  guint n_tokens = 0;

  g_signal_connect (office->ana->sync, "new-token", G_CALLBACK (on_new_token), &n_tokens);
  end_server (office, SIGTERM);
  office->server->options[2] = listen;
  office->server->options[3] = "--rotate-tokens-after=1";
  office->server->options[4] = "--token-grace=1";
  test_server_start (office->server);
  dsp_sync_now (office->ana->sync);
  dsp_sync_now (office->luis->sync);
  g_usleep (G_USEC_PER_SEC + G_USEC_PER_SEC / 10);
  for (guint i = 0; i < N_ORDERS; i++)
    {
      g_autoptr(DspOutcome) outcome = replica_assign (office->ana, &office->orders[i], &office->crews[0]);

      WAIT_FOR (replica_has_crew (office->luis, &office->orders[i], &office->crews[0]));
    }
  WAIT_FOR (n_tokens >= 1);
  g_usleep (2 * G_USEC_PER_SEC);
  {
    g_autoptr(DspOutcome) outcome = replica_assign (office->luis, &office->orders[0], &office->crews[1]);
  }
  WAIT_FOR (replica_is_idle (office->ana) && replica_is_idle (office->luis));
  g_assert_cmpint (replica_status (office->ana).link, ==, DSP_LINK_ONLINE);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/sync/" name, Office, NULL, set_up, func, tear_down)
  ADD ("first-copy", test_first_copy);
  ADD ("seen-by-others", test_seen_by_others);
  ADD ("waits-for-the-server", test_waits_for_the_server);
  ADD ("conflict-is-explained", test_conflict_is_explained);
  ADD ("undo", test_undo);
  ADD ("without-permission", test_without_permission);
  ADD ("scope-changes", test_scope_changes);
  ADD ("history-is-fetched", test_history_is_fetched);
  ADD ("search-and-find", test_search_and_find);
  ADD ("certificate-is-pinned", test_certificate_is_pinned);
  ADD ("passwords", test_passwords);
  ADD ("token-ends", test_token_ends);
  ADD ("convergence", test_convergence);
  ADD ("server-killed", test_server_killed);
  ADD ("tokens-are-exchanged", test_tokens_are_exchanged);
  return g_test_run ();
}
