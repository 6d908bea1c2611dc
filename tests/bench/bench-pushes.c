/* bench-pushes.c: durable commands a second, beside plain SQLite or PostgreSQL in the same run
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Clients are threads of this program on the same processors, so that every figure has their part in it. With
 * DESPACHO_TEST_POSTGRES (tests/with-postgres) two servers share one database there; else one has its own of SQLite.
 * SLOW_FLUSH names the library that makes a flush of the disk take 2 ms longer.
 */
#define G_LOG_DOMAIN "bench"

#include "config.h"
#include "dsp-db-postgres.h"
#include "figure.h"
#include "plain-writes.h"
#include "pusher.h"

#include <signal.h>
#include <string.h>

#define SECONDS 3

static int n_orders = 100000;

/* ---- ours ---- */

typedef struct {
  double limit, goal_rate, goal_p50_ms, goal_p99_ms;
  const char *limit_name;
} Wanted;

static void
measure (const char        *what,
         TestServer *const *servers,
         guint              n_servers,
         Generate          *generate,
         guint              n_clients,
         guint              n_commands,
         Wanted             wanted)
{
  Pusher *pushers = pushers_new (servers, n_servers, generate, n_orders, n_clients, n_commands);
  g_autoptr(GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  double rate = pushers_run (pushers, n_clients, SECONDS, times);
  g_autofree char *name = g_strdup_printf ("%s, %u clients, pushes of %u", what, n_clients, n_commands);
  g_autofree char *p50 = g_strconcat (name, ", p50", NULL), *p99 = g_strconcat (name, ", p99", NULL);

  figure (name, rate, "/s", wanted.limit, wanted.limit_name, wanted.goal_rate);
  figure (p50, percentile (times, 0.5), "ms", 0, NULL, wanted.goal_p50_ms);
  figure (p99, percentile (times, 0.99), "ms", 0, NULL, wanted.goal_p99_ms);
  pushers_free (pushers, n_clients);
}

static void
measure_sqlite (Generate *generate)
{
  TestServer *server = office_start (generate, n_orders, FALSE);
  g_autofree char *path = g_build_filename (server->folder, "plain.db", NULL);
  const char *slow = g_getenv ("SLOW_FLUSH");
  double limit;

  measure ("pushes/SQLite", &server, 1, generate, 1, 1, (Wanted) { plain_sqlite (path, 1500, 1), 0, 0.6, 0, "plain SQLite" });
  measure ("pushes/SQLite", &server, 1, generate, 16, 1, (Wanted) { plain_sqlite (path, 3200, 16), 3000, 0, 30, "plain SQLite" });
  limit = plain_sqlite (path, 12800, 64);
  measure ("pushes/SQLite", &server, 1, generate, 64, 10, (Wanted) { limit, 0.6 * limit, 0, 100, "plain SQLite" });
  if (slow != NULL)
    {
      test_server_stop (server, SIGTERM);
      g_setenv ("LD_PRELOAD", slow, TRUE);
      test_server_start (server);
      g_unsetenv ("LD_PRELOAD");
      measure ("pushes/SQLite, 2 ms more a flush", &server, 1, generate, 16, 1, (Wanted) { .goal_rate = 1500 });
    }
  test_server_free (server);
}

/* A second server on the database of the first. */
static TestServer *
start_beside (const TestServer *first)
{
  TestServer *server = test_server_new ();

  g_free (server->uri);
  server->uri = g_strdup (first->uri);
  memcpy (server->options, first->options, sizeof server->options);
  test_server_start (server);
  return server;
}

/* Reads a server's feed while others write, and counts what it says of orders. */
typedef struct {
  Caller   caller;
  char    *cursor;  /* (owned) */
  guint    n;
  gint     over;    /* atomic: then to the end, and no further */
  GThread *thread;
} Follower;

static gpointer
follow (gpointer data)
{
  Follower *follower = data;
  gboolean more = TRUE;

  while (more)
    {
      gboolean last = g_atomic_int_get (&follower->over);
      g_autofree char *path = g_strdup_printf ("v1/changes?cursor=%s&wait=%u", follower->cursor, last ? 0 : 1);
      g_autofree char *request = make_request (follower->caller.client, "GET", path, "", "\r\n");
      const char *body, *cursor;

      caller_send (&follower->caller, request, strlen (request));
      caller_receive (&follower->caller, &body);
      cursor = strstr (body, "\"cursor\":\"") + strlen ("\"cursor\":\"");
      g_free (follower->cursor);
      follower->cursor = g_strndup (cursor, strcspn (cursor, "\""));
      for (const char *at = body; (at = strstr (at, "\"entity\":\"order\"")) != NULL; at++)
        follower->n++;
      more = !last || strstr (body, "\"more\":true") != NULL;
    }
  return NULL;
}

static void
follower_begin (Follower   *follower,
                TestServer *server)
{
  g_autofree TestClient **clients = sign_in_all (server, 1);

  caller_open (&follower->caller, clients[0], 16u << 20);
  follower->cursor = g_strdup ("");
  g_atomic_int_set (&follower->over, TRUE);
  follow (follower);
  follower->n = 0;
  g_atomic_int_set (&follower->over, FALSE);
  follower->thread = g_thread_new ("follower", follow, follower);
}

static guint
follower_end (Follower *follower)
{
  g_atomic_int_set (&follower->over, TRUE);
  g_thread_join (follower->thread);
  caller_close (&follower->caller);
  g_free (follower->cursor);
  return follower->n;
}

/* Returns: how the program ends: 1 if a change was missed. */
static int
measure_postgres (Generate *generate)
{
  TestServer *servers[2];
  Follower followers[2] = { { .n = 0 } };
  g_autoptr(GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  double limit = plain_postgres (g_getenv ("DESPACHO_TEST_POSTGRES"), 6400, 64), rate;
  guint n_pushed, n_missed = 0;
  Pusher *pushers;

  servers[0] = office_start (generate, n_orders, FALSE);
  servers[1] = start_beside (servers[0]);
  for (guint i = 0; i < 2; i++)
    follower_begin (&followers[i], servers[i]);
  pushers = pushers_new (servers, 2, generate, n_orders, 64, 10);
  rate = pushers_run (pushers, 64, SECONDS, times);
  n_pushed = times->len * 10;
  for (guint i = 0; i < 2; i++)
    n_missed += n_pushed - follower_end (&followers[i]);
  figure ("pushes/PostgreSQL, two servers, 64 clients, pushes of 10", rate, "/s", limit, "one raw connection", 0.6 * limit);
  figure ("pushes/PostgreSQL, two servers, p99", percentile (times, 0.99), "ms", 0, NULL, 0);
  figure ("pushes/PostgreSQL, two servers, missed in the feed", n_missed, "changes", 0, NULL, 0);
  pushers_free (pushers, 64);
  test_server_free (servers[1]);
  test_server_free (servers[0]);
  return n_missed == 0 ? 0 : 1;
}

int
main (int    argc,
      char **argv)
{
  const GOptionEntry entries[] = {
    { "orders", 'n', 0, G_OPTION_ARG_INT, &n_orders, "How many orders (100000)", "N" },
    { NULL },
  };
  g_autoptr(GOptionContext) context = g_option_context_new (NULL);
  g_autoptr(Generate) generate = NULL;
  GError *error = NULL;

  g_option_context_add_main_entries (context, entries, NULL);
  check (g_option_context_parse (context, &argc, &argv, &error), error);
  use_despachod_beside (argv[0]);
  generate = generate_new (1, (guint) n_orders, N_CREWS, N_DISTRIBUTORS, NULL);
  dsp_db_postgres_init ();
  if (g_getenv ("DESPACHO_TEST_POSTGRES") != NULL)
    return measure_postgres (generate);
  measure_sqlite (generate);
  return 0;
}
