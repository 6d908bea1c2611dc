/* bench-crowd.c: many clients that wait for news: how soon it comes, what they cost, how they come back
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One thread of this program holds all of their connections; a push is made by another client. All come from one
 * address, which the server is told to be a proxy, as it has a limit for those that are not signed in.
 */
#define G_LOG_DOMAIN "bench"

#include "config.h"
#include "figure.h"
#include "pusher.h"

#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define WAIT_S    50
#define HANDSHAKE_THREADS 4

static int n_orders = 1000000;
static int n_crowd = 5000;

typedef struct {
  TestClient *client; /* (owned) */
  int         fd;
  int         own_fd; /* after a restart; else -1 */
  char       *cursor; /* (owned) */
  GString    *reply;  /* (owned): what came of it so far */
} Waiter;

typedef struct {
  TestServer *server;
  TestClient *local;
  Waiter     *waiters;
  guint       n;
  int         epoll_fd;
} Crowd;

/* ---- one of them ---- */

static void
take_cursor (Waiter     *waiter,
             const char *body)
{
  const char *cursor = strstr (body, "\"cursor\":\"");

  g_assert_nonnull (cursor);
  cursor += strlen ("\"cursor\":\"");
  g_free (waiter->cursor);
  waiter->cursor = g_strndup (cursor, strcspn (cursor, "\""));
}

static char *
waiter_request (const Waiter *waiter,
                guint         wait_s)
{
  g_autofree char *path = g_strdup_printf ("v1/changes?cursor=%s&wait=%u", waiter->cursor, wait_s);

  return make_request (waiter->client, "GET", path, "", "\r\n");
}

/* Signed in, and with all that there was to read. */
static void
waiter_begin (Waiter     *waiter,
              TestClient *client)
{
  Caller caller;
  const char *body;

  caller_open (&caller, client, 4u << 20);
  waiter->client = client;
  waiter->cursor = g_strdup ("");
  waiter->reply = g_string_new (NULL);
  waiter->own_fd = -1;
  do
    {
      g_autofree char *request = waiter_request (waiter, 0);

      caller_send (&caller, request, strlen (request));
      caller_receive (&caller, &body);
      take_cursor (waiter, body);
    }
  while (strstr (body, "\"more\":true") != NULL);
  g_free (caller.buffer);
  /* One over TLS is opened anew when it is measured. */
  if (G_IS_SOCKET_CONNECTION (client->stream))
    waiter->fd = g_socket_get_fd (g_socket_connection_get_socket (G_SOCKET_CONNECTION (client->stream)));
}

static void
waiter_send (Waiter *waiter)
{
  g_autofree char *request = waiter_request (waiter, WAIT_S);
  gsize length = strlen (request);

  g_string_truncate (waiter->reply, 0);
  if (send (waiter->fd, request, length, MSG_NOSIGNAL) != (gssize) length)
    g_error ("a request could not be sent: %s", g_strerror (errno));
}

/* Reads what has come. Returns: whether the reply is complete. */
static gboolean
waiter_read (Waiter *waiter)
{
  char buffer[16384];
  gssize n = recv (waiter->fd, buffer, sizeof buffer, MSG_DONTWAIT);
  const char *end, *field;
  gsize length;

  if (n <= 0)
    g_error ("the server closed a connection that waits");
  g_string_append_len (waiter->reply, buffer, n);
  end = strstr (waiter->reply->str, "\r\n\r\n");
  field = end != NULL ? strcasestr (waiter->reply->str, "content-length: ") : NULL;
  if (field == NULL)
    return FALSE;
  length = (gsize) g_ascii_strtoull (field + 16, NULL, 10);
  if (waiter->reply->len < (gsize) (end + 4 - waiter->reply->str) + length)
    return FALSE;
  if (!g_str_has_prefix (waiter->reply->str, "HTTP/1.1 200"))
    g_error ("%.300s", waiter->reply->str);
  take_cursor (waiter, end);
  return TRUE;
}

/* ---- all of them ---- */

static void
crowd_watch (Crowd *crowd,
             guint  i)
{
  struct epoll_event event = { .events = EPOLLIN, .data.u32 = i };

  if (epoll_ctl (crowd->epoll_fd, EPOLL_CTL_ADD, crowd->waiters[i].fd, &event) != 0)
    g_error ("%s", g_strerror (errno));
}

static void
crowd_begin (Crowd      *crowd,
             TestServer *server,
             guint       n)
{
  g_autofree TestClient **clients = sign_in_all (server, n);

  *crowd = (Crowd) { server, test_client_new_local (server), g_new0 (Waiter, n), n, epoll_create1 (EPOLL_CLOEXEC) };
  for (guint i = 0; i < n; i++)
    {
      waiter_begin (&crowd->waiters[i], clients[i]);
      if (!server->tls)
        crowd_watch (crowd, i);
    }
}

static void
crowd_end (Crowd *crowd)
{
  for (guint i = 0; i < crowd->n; i++)
    {
      Waiter *waiter = &crowd->waiters[i];

      if (waiter->own_fd >= 0)
        close (waiter->own_fd);
      test_client_free (waiter->client);
      g_free (waiter->cursor);
      g_string_free (waiter->reply, TRUE);
    }
  close (crowd->epoll_fd);
  g_free (crowd->waiters);
  test_client_free (crowd->local);
}

/* Until the server says that all of them wait. */
static void
crowd_wait (Crowd *crowd)
{
  g_autofree char *wanted = g_strdup_printf ("despacho_waiting %u\n", crowd->n);
  gboolean parked = FALSE;

  while (!parked)
    {
      g_autoptr(TestReply) reply = test_call (crowd->local, "GET", "metrics", NULL);

      parked = strstr (reply->text, wanted) != NULL;
      if (!parked)
        g_usleep (1000);
    }
}

/* One command, until everybody has it. @times gets the µs until each has it, or until the last does. */
static void
crowd_round (Crowd    *crowd,
             Pusher   *pusher,
             gboolean  last_only,
             GArray   *times)
{
  struct epoll_event events[256];
  gint64 start_us, took_us = 0;
  guint n_came = 0;

  for (guint i = 0; i < crowd->n; i++)
    waiter_send (&crowd->waiters[i]);
  crowd_wait (crowd);
  start_us = g_get_monotonic_time ();
  pusher_push (pusher);
  while (n_came < crowd->n)
    {
      int n = epoll_wait (crowd->epoll_fd, events, G_N_ELEMENTS (events), 20000);

      if (n <= 0)
        g_error ("%u of %u got no news", crowd->n - n_came, crowd->n);
      for (int i = 0; i < n; i++)
        if (waiter_read (&crowd->waiters[events[i].data.u32]))
          {
            took_us = g_get_monotonic_time () - start_us;
            n_came++;
            if (!last_only)
              g_array_append_val (times, took_us);
          }
    }
  if (last_only)
    g_array_append_val (times, took_us);
}

static void
measure_way (TestServer *server,
             Generate   *generate,
             guint       n,
             guint       n_rounds,
             double      alone_mb,
             double      goal_p50_ms,
             double      goal_p99_ms)
{
  Pusher *pusher = pushers_new (&server, 1, generate, n_orders, 1, 1);
  g_autoptr(GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autofree char *name = g_strdup_printf ("crowd/a change's way to %u waiting%s", n, n > 1 && n <= 20 ? " (the last)" : "");
  g_autofree char *p50 = g_strconcat (name, ", p50", NULL), *p99 = g_strconcat (name, ", p99", NULL);
  Crowd crowd;

  crowd_begin (&crowd, server, n);
  for (guint i = 0; i < n_rounds; i++)
    crowd_round (&crowd, pusher, n <= 20, times);
  figure (p50, percentile (times, 0.5), "ms", 0, NULL, goal_p50_ms);
  figure (p99, percentile (times, 0.99), "ms", 0, NULL, goal_p99_ms);
  if (n >= 1000)
    {
      g_autofree char *each = g_strdup_printf ("crowd/memory of each of %u", n);
      g_autofree char *all = g_strdup_printf ("crowd/memory with %u clients and %g orders", n, (double) n_orders);

      figure (each, (memory_mb (server->pid) - alone_mb) * 1024 / n, "KiB", 0, NULL, 24);
      figure (all, memory_mb (server->pid), "MB", 0, NULL, n == 1000 && n_orders == 1000000 ? 300 : 0);
    }
  crowd_end (&crowd);
  pushers_free (pusher, 1);
}

/* ---- back after a restart ---- */

static void
reconnect (Crowd *crowd,
           guint  i)
{
  Waiter *waiter = &crowd->waiters[i];
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (crowd->server->port), .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };

  test_client_close (waiter->client);
  waiter->own_fd = waiter->fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect (waiter->fd, (struct sockaddr *) &address, sizeof address) != 0)
    g_error ("%s", g_strerror (errno));
  waiter_send (waiter);
}

typedef struct {
  Crowd *crowd;
  guint  from, to;
  guint  wait_s;
} Part;

/* Handshakes, one client after the other; then each waits. */
static gpointer
reconnect_part (gpointer data)
{
  Part *part = data;

  for (guint i = part->from; i < part->to; i++)
    {
      Waiter *waiter = &part->crowd->waiters[i];
      g_autofree char *path = g_strdup_printf ("v1/changes?cursor=%s&wait=%u", waiter->cursor, part->wait_s);

      test_client_close (waiter->client);
      test_send (waiter->client, "GET", path, NULL, NULL, 0);
      if (part->wait_s == 0)
        {
          g_autoptr(TestReply) reply = test_receive (waiter->client);

          test_expect (reply, 200);
        }
    }
  return NULL;
}

/* Some of them by several threads. Returns: seconds. */
static double
reconnect_all (Crowd *crowd,
               guint  n,
               guint  wait_s)
{
  Part parts[HANDSHAKE_THREADS];
  GThread *threads[HANDSHAKE_THREADS];
  gint64 start_us = g_get_monotonic_time ();

  for (guint i = 0; i < HANDSHAKE_THREADS; i++)
    {
      parts[i] = (Part) { crowd, n * i / HANDSHAKE_THREADS, n * (i + 1) / HANDSHAKE_THREADS, wait_s };
      threads[i] = g_thread_new ("clients", reconnect_part, &parts[i]);
    }
  for (guint i = 0; i < HANDSHAKE_THREADS; i++)
    g_thread_join (threads[i]);
  if (wait_s > 0)
    crowd_wait (crowd);
  return (double) (g_get_monotonic_time () - start_us) / 1e6;
}

static void
measure_return (Generate *generate,
                guint     n,
                gboolean  tls)
{
  TestServer *server = office_start (generate, n_orders, tls);
  g_autofree char *name = g_strdup_printf ("crowd/%u clients back after a restart%s", n, tls ? ", TLS" : "");
  gint64 start_us;
  double handshake_s;
  Crowd crowd;

  crowd_begin (&crowd, server, n);
  handshake_s = tls ? reconnect_all (&crowd, MIN (crowd.n, 400), 0) / MIN (crowd.n, 400) : 0;
  test_server_stop (server, SIGTERM);
  test_server_start (server);
  test_client_close (crowd.local);
  start_us = g_get_monotonic_time ();
  if (tls)
    reconnect_all (&crowd, crowd.n, WAIT_S);
  else
    for (guint i = 0; i < crowd.n; i++)
      reconnect (&crowd, i);
  crowd_wait (&crowd);
  figure (name, (double) (g_get_monotonic_time () - start_us) / 1e6, "s", handshake_s * n, "as many handshakes", tls ? 0 : 10);
  crowd_end (&crowd);
  test_server_free (server);
}

int
main (int    argc,
      char **argv)
{
  const GOptionEntry entries[] = {
    { "orders", 'n', 0, G_OPTION_ARG_INT, &n_orders, "How many orders (1000000)", "N" },
    { "crowd", 'c', 0, G_OPTION_ARG_INT, &n_crowd, "How many clients at most (5000)", "N" },
    { NULL },
  };
  g_autoptr(GOptionContext) context = g_option_context_new (NULL);
  g_autoptr(Generate) generate = NULL;
  struct rlimit limit;
  GError *error = NULL;
  TestServer *server;
  double alone_mb;

  g_option_context_add_main_entries (context, entries, NULL);
  check (g_option_context_parse (context, &argc, &argv, &error), error);
  use_despachod_beside (argv[0]);
  signal (SIGPIPE, SIG_IGN);
  if (getrlimit (RLIMIT_NOFILE, &limit) == 0)
    {
      limit.rlim_cur = limit.rlim_max;
      setrlimit (RLIMIT_NOFILE, &limit);
    }
  generate = generate_new (1, (guint) n_orders, N_CREWS, N_DISTRIBUTORS, NULL);
  server = office_start (generate, n_orders, FALSE);
  measure_way (server, generate, 1, 300, 0, 2, 15);
  alone_mb = memory_mb (server->pid);
  measure_way (server, generate, 20, 80, alone_mb, 5, 30);
  measure_way (server, generate, 1000, 20, alone_mb, 0, 250);
  measure_way (server, generate, (guint) n_crowd, 8, alone_mb, 0, 1000);
  test_server_free (server);
  measure_return (generate, (guint) n_crowd, FALSE);
  /* Handshakes have one rate, however many. */
  measure_return (generate, MIN (1000, (guint) n_crowd), TRUE);
  return 0;
}
