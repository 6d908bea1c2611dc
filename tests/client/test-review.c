/* test-review.c: a supervisor's window follows a real despachod whose clock turns an order
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "replica-fixture.h"

#include "dsp-penalty-query.h"

#include <signal.h>

static DspPenaltyResult *
ask (Replica          *self,
     DspPenaltyState   state)
{
  DspPenaltyQuery query = { .states = DSP_BIT (state), .n = 50 };
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  DspPenaltyResult *answer;

  dsp_replica_penalties_async (self->replica, &query, NULL, replica_on_result, &result);
  WAIT_FOR (result != NULL);
  answer = dsp_replica_penalties_finish (self->replica, result, &error);
  g_assert_no_error (error);
  return answer;
}

static guint
n_in (Replica        *self,
      DspPenaltyState state)
{
  g_autoptr(DspPenaltyResult) answer = ask (self, state);

  g_assert_cmpuint (answer->n_rows, ==, answer->rows->len);
  return answer->n_rows;
}

static gboolean
tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

/* The order turns at its moment on the window, without a word from the server; its penalty comes by the feed; the verdict
 * is given while the server is away, and shows in the queue at once. */
static void
queue_and_verdict (void)
{
  TestServer *server = test_server_new ();
  gint64 due_us = g_get_real_time () + 4 * G_TIME_SPAN_SECOND;
  g_autofree char *url = NULL, *distributor = NULL, *order_text = NULL, *key = NULL, *extra = NULL;
  g_autoptr(DspPenaltyResult) pending = NULL;
  g_autoptr(DspOutcome) outcome = NULL;
  DspReason confirm = { .reason = (char *) "late" };
  const DspPenalty *penalty;
  const DspOrder *order;
  TestClient *root;
  Replica *ana;
  DspId order_id;
  char text[32];
  guint ticks;

  server->tls = TRUE;
  server->options[0] = "--sign-ins-per-minute=0";
  server->options[1] = "--requests-per-second=0";
  test_server_start (server);
  url = g_strdup_printf ("https://127.0.0.1:%u", server->port);
  root = test_administrator (server);
  distributor = test_distributor (root, "D1");
  dsp_time_print ((DspTime) { due_us }, text);
  extra = g_strdup_printf (",\"penalty_at\":\"%s\"", text);
  order_text = test_order (root, "904100", distributor, extra);
  order_id = id_from (order_text);
  key = office_user (root, "ana", "supervisor", OFFICE_ALL, NULL);
  ana = replica_new (url, server->fingerprint, "ana", key);
  replica_start (ana);
  WAIT_FOR (replica_is_idle (ana));
  ticks = g_timeout_add (20, tick, NULL);

  order = dsp_replica_get_order (ana->replica, &order_id);
  g_assert_false (dsp_order_is_penalized (order, due_us - 1));
  g_assert_true (dsp_order_is_penalized (order, due_us));
  WAIT_FOR (n_in (ana, DSP_PENALTY_PENDING) == 1);
  g_assert_cmpint (g_get_real_time (), >=, due_us);
  WAIT_FOR (replica_is_idle (ana));

  test_client_close (root);
  test_server_stop (server, SIGKILL);
  pending = ask (ana, DSP_PENALTY_PENDING);
  penalty = pending->rows->pdata[0];
  g_assert_true (dsp_id_equal (&penalty->order_id, &order_id));
  outcome = replica_give (ana, &dsp_penalty_confirm, &penalty->id, 1, &confirm, 1);
  g_assert_cmpuint (outcome->n_given, ==, 1);
  g_assert_cmpuint (n_in (ana, DSP_PENALTY_PENDING), ==, 0);
  g_assert_cmpuint (n_in (ana, DSP_PENALTY_CONFIRMED), ==, 1);
  test_client_free (root);
  g_source_remove (ticks);
  replica_free (ana);
  test_server_free (server);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/review/S0-28/queue-and-verdict", queue_and_verdict);
  return g_test_run ();
}
