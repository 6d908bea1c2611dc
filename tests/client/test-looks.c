/* test-looks.c: who is looking at an order now, through two replicas and a real server
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "replica-fixture.h"

#include <signal.h>

typedef struct {
  TestServer *server;
  TestClient *root;
  char       *url, *distributor;
  DspId       order, other;
  Replica    *ana, *luis;
} Office;

static Replica *
office_replica (Office     *office,
                const char *name)
{
  g_autofree char *key = office_user (office->root, name, "dispatcher", OFFICE_ALL, NULL);
  Replica *replica = replica_new (office->url, office->server->fingerprint, name, key);

  replica_start (replica);
  WAIT_FOR (replica_is_ready (replica));
  return replica;
}

static void
set_up (Office       *office,
        gconstpointer data)
{
  g_autofree char *order = NULL, *other = NULL;

  office->server = test_server_new ();
  office->server->tls = TRUE;
  office->server->options[0] = "--sign-ins-per-minute=0";
  test_server_start (office->server);
  office->url = g_strdup_printf ("https://127.0.0.1:%u", office->server->port);
  office->root = test_administrator (office->server);
  office->distributor = test_distributor (office->root, "D1");
  order = test_order (office->root, "904101", office->distributor, NULL);
  other = test_order (office->root, "904102", office->distributor, NULL);
  office->order = id_from (order);
  office->other = id_from (other);
  office->ana = office_replica (office, "ana");
  office->luis = office_replica (office, "luis");
}

static void
tear_down (Office       *office,
           gconstpointer data)
{
  replica_free (office->ana);
  replica_free (office->luis);
  test_client_free (office->root);
  test_server_free (office->server);
  g_free (office->distributor);
  g_free (office->url);
}

static gboolean
sees (Replica     *replica,
      const DspId *order,
      const char  *name)
{
  const GPtrArray *who = dsp_replica_get_lookers (replica->replica, order);

  if (name == NULL)
    return who == NULL;
  return who != NULL && who->len == 1 && g_str_equal (((const DspLooker *) who->pdata[0])->name, name);
}

static void
two_windows_on_one_order_know_of_each_other (Office       *office,
                                             gconstpointer data)
{
  dsp_replica_look (office->ana->replica, &office->order);
  dsp_replica_look (office->luis->replica, &office->other);
  dsp_replica_look (office->luis->replica, &office->order);
  WAIT_FOR (sees (office->ana, &office->order, "luis") && sees (office->luis, &office->order, "ana"));
  g_assert_true (sees (office->luis, &office->other, NULL));

  /* Two windows of one person on it: one of them closes, and he still looks. */
  dsp_replica_look (office->luis->replica, &office->order);
  dsp_replica_look_away (office->luis->replica, &office->order);
  dsp_replica_look (office->ana->replica, &office->other);
  WAIT_FOR (sees (office->ana, &office->other, "luis"));
  g_assert_true (sees (office->ana, &office->order, "luis"));

  dsp_replica_look_away (office->luis->replica, &office->order);
  WAIT_FOR (sees (office->ana, &office->order, NULL));
  g_assert_true (sees (office->ana, &office->other, "luis"));
}

static void
work_goes_on_while_somebody_looks (Office       *office,
                                   gconstpointer data)
{
  g_autofree char *code = test_crew (office->root, "C-01", office->distributor);
  DspId crew = id_from (code);
  g_autoptr(DspOutcome) outcome = NULL;

  dsp_replica_look (office->ana->replica, &office->order);
  dsp_replica_look (office->luis->replica, &office->order);
  WAIT_FOR (sees (office->ana, &office->order, "luis") && dsp_replica_get (office->ana->replica, &dsp_crew, &crew) != NULL);
  outcome = replica_assign (office->ana, &office->order, &crew);
  WAIT_FOR (replica_has_crew (office->luis, &office->order, &crew) && replica_is_idle (office->ana));
  g_assert_true (sees (office->ana, &office->order, "luis"));
  g_assert_true (sees (office->luis, &office->order, "ana"));
}

static void
whoever_is_gone_or_unreachable_is_not_shown (Office       *office,
                                             gconstpointer data)
{
  dsp_replica_look (office->ana->replica, &office->order);
  dsp_replica_look (office->luis->replica, &office->order);
  WAIT_FOR (sees (office->ana, &office->order, "luis"));
  replica_stop (office->luis);
  WAIT_FOR (sees (office->ana, &office->order, NULL));
  replica_start (office->luis);
  WAIT_FOR (sees (office->ana, &office->order, "luis"));

  /* Without contact nothing is known of now; with it, all of it again. */
  test_client_close (office->root);
  test_server_stop (office->server, SIGTERM);
  WAIT_FOR (sees (office->ana, &office->order, NULL));
  test_server_start (office->server);
  WAIT_FOR (sees (office->ana, &office->order, "luis") && sees (office->luis, &office->order, "ana"));
}

static void
more_windows_than_the_server_hears_of (Office       *office,
                                       gconstpointer data)
{
  dsp_replica_look (office->luis->replica, &office->order);
  for (guint i = 0; i < 40; i++)
    {
      DspId id = dsp_replica_new_id (office->ana->replica);

      dsp_replica_look (office->ana->replica, &id);
    }
  dsp_replica_look (office->ana->replica, &office->order);
  WAIT_FOR (sees (office->luis, &office->order, "ana"));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add ("/looks/S1-dispatch/" name, Office, NULL, set_up, function, tear_down)
  ADD ("two_windows_on_one_order_know_of_each_other", two_windows_on_one_order_know_of_each_other);
  ADD ("work_goes_on_while_somebody_looks", work_goes_on_while_somebody_looks);
  ADD ("whoever_is_gone_or_unreachable_is_not_shown", whoever_is_gone_or_unreachable_is_not_shown);
  ADD ("more_windows_than_the_server_hears_of", more_windows_than_the_server_hears_of);
  return g_test_run ();
}
