/* test-http-time.c: the HTTP layer's deadlines, waits and stopping
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Deadlines are options, set so short that they can be waited for; every wait has a bound.
 */
#include "config.h"
#include "http-fixture.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void
test_deadlines (Fixture       *self,
                gconstpointer  data)
{
  DspHttpOptions options;
  g_autoptr(Client) silent = NULL;
  g_autoptr(Client) dripping = NULL;
  g_autoptr(Client) slow_body = NULL;
  g_autoptr(Client) idle = NULL;
  g_autoptr(Client) deaf = NULL;
  g_auto(Reply) reply = { 0 };
  DspHttpStats stats;
  gint64 began;
  gboolean open = TRUE;
  int small = 4096;

  dsp_http_options_init (&options);
  options.header_ms = 300;
  options.body_ms = 300;
  options.idle_ms = options.unsigned_idle_ms = 300;
  options.reply_ms = 300;
  options.reply_rate = 1024 * 1024 * 1024;
  start (self, &options);

  /* Not a byte */
  began = g_get_monotonic_time ();
  silent = client_new (self);
  g_assert_true (client_sees_end (silent));
  g_assert_cmpint (g_get_monotonic_time () - began, >=, 250 * 1000);
  g_assert_cmpint (g_get_monotonic_time () - began, <, 3 * G_USEC_PER_SEC);

  /* A byte now and then, which holds off any limit on idle time */
  dripping = client_new (self);
  client_send (dripping, "GET /v1/ping HTTP/1.1\r\n" HOST "X-A: ");
  began = g_get_monotonic_time ();
  while (open && g_get_monotonic_time () - began < 5 * G_USEC_PER_SEC)
    {
      open = client_send (dripping, "a");
      g_usleep (20 * 1000);
    }
  g_assert_false (open);

  slow_body = client_new (self);
  client_send (slow_body, "POST /v1/commands HTTP/1.1\r\n" HOST "Content-Type: application/json\r\n"
               "Content-Length: 1000\r\n\r\n");
  began = g_get_monotonic_time ();
  for (open = TRUE; open && g_get_monotonic_time () - began < 5 * G_USEC_PER_SEC;)
    {
      open = client_send (slow_body, "a");
      g_usleep (20 * 1000);
    }
  g_assert_false (open);

  idle = client_new (self);
  g_assert_cmpuint (ask (idle, GET ("/v1/ping"), &reply), ==, 200);
  g_assert_true (client_sees_end (idle));

  /* Asks for much and reads nothing: 64 MB fit no buffer on the way. */
  deaf = client_new (self);
  setsockopt (deaf->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  client_send (deaf, GET ("/v1/big?n=64000000"));
  g_assert_true (wait_for (self, &self->n_dispatched, 2));
  began = g_get_monotonic_time ();
  do
    {
      g_usleep (10 * 1000);
      dsp_http_get_stats (self->http, &stats);
    }
  while (stats.connections > 0 && g_get_monotonic_time () - began < PATIENCE_S * G_USEC_PER_SEC);
  g_assert_cmpuint (stats.connections, ==, 0);
  g_assert_cmpuint (stats.timed_out, >=, 5);
}

static void
test_body_at_a_good_rate_is_not_cut (Fixture       *self,
                                     gconstpointer  data)
{
  DspHttpOptions options;
  g_autoptr(Client) client = NULL;
  g_auto(Reply) reply = { 0 };
  char piece[1000];

  dsp_http_options_init (&options);
  options.body_ms = 200;
  options.body_rate = 10000;
  start (self, &options);

  memset (piece, ' ', sizeof piece);
  client = client_new (self);
  client_send (client, "POST /v1/commands HTTP/1.1\r\n" HOST "Content-Type: application/json\r\n"
               "Content-Length: 20000\r\n\r\n");
  for (guint i = 0; i < 20; i++)
    {
      g_assert_true (client_send_data (client, piece, sizeof piece));
      g_usleep (25 * 1000);
    }
  g_assert_true (client_read (client, &reply));
  g_assert_cmpuint (reply.status, ==, 200);
}

static void
test_wait (Fixture       *self,
           gconstpointer  data)
{
  g_autoptr(Client) waiting = client_new (self);
  g_autoptr(Client) other = client_new (self);
  g_auto(Reply) reply = { 0 };

  /* The time is over */
  g_assert_cmpuint (ask (waiting, GET ("/v1/changes?ms=50"), &reply), ==, 200);
  g_assert_cmpstr (reply.body, ==, "{\"news\":false}");

  /* There is news; the same connection goes on */
  client_send (waiting, GET ("/v1/changes?ms=60000"));
  g_assert_true (wait_for (self, &self->waiters.length, 1));
  g_assert_cmpuint (ask (other, GET ("/v1/wake"), &reply), ==, 200);
  g_assert_true (client_read (waiting, &reply));
  g_assert_cmpstr (reply.body, ==, "{\"news\":true}");
  g_assert_cmpuint (ask (waiting, GET ("/v1/ping"), &reply), ==, 200);
}

static void
test_departure_is_noticed (Fixture       *self,
                           gconstpointer  data)
{
  Client *clients[20];
  g_autoptr(Client) half = client_new (self);
  DspHttpStats stats;
  gint64 began;

  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      clients[i] = client_new (self);
      client_send (clients[i], GET ("/v1/changes?ms=60000"));
    }
  client_send (half, GET ("/v1/changes?ms=60000"));
  g_assert_true (wait_for (self, &self->waiters.length, G_N_ELEMENTS (clients) + 1));
  dsp_http_get_stats (self->http, &stats);
  g_assert_cmpuint (stats.waiting, ==, G_N_ELEMENTS (clients) + 1);

  began = g_get_monotonic_time ();
  shutdown (half->fd, SHUT_WR);
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    client_free (clients[i]);
  g_assert_true (wait_for (self, &self->n_gone, G_N_ELEMENTS (clients) + 1));
  g_assert_cmpint (g_get_monotonic_time () - began, <, G_USEC_PER_SEC);

  /* And the descriptors are freed. */
  do
    {
      g_usleep (1000);
      dsp_http_get_stats (self->http, &stats);
    }
  while (stats.connections > 0 && g_get_monotonic_time () - began < PATIENCE_S * G_USEC_PER_SEC);
  g_assert_cmpuint (stats.connections, ==, 0);
  g_assert_cmpuint (stats.waiting, ==, 0);
  g_assert_cmpuint (stats.gone, ==, G_N_ELEMENTS (clients) + 1);
}

/* Waiting requests and plain ones share two threads: none may stall. */
static void
test_waits_beside_plain_requests (Fixture       *self,
                                  gconstpointer  data)
{
  Client *waiting[40];
  Client *plain[4];
  g_auto(Reply) reply = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (plain); i++)
    plain[i] = client_new (self);
  for (guint i = 0; i < G_N_ELEMENTS (waiting); i++)
    waiting[i] = client_new (self);

  for (guint round = 0; round < 10; round++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (waiting); i++)
        {
          client_send (waiting[i], GET ("/v1/changes?ms=60000"));
          g_assert_cmpuint (ask (plain[i % 4], GET ("/v1/thread/x"), &reply), ==, 200);
          g_assert_cmpuint (ask (plain[i % 4], GET ("/v1/ping"), &reply), ==, 200);
        }
      g_assert_true (wait_for (self, &self->waiters.length, G_N_ELEMENTS (waiting)));
      g_assert_cmpuint (ask (plain[0], GET ("/v1/wake"), &reply), ==, 200);
      for (guint i = 0; i < G_N_ELEMENTS (waiting); i++)
        {
          g_assert_true (client_read (waiting[i], &reply));
          g_assert_cmpstr (reply.body, ==, "{\"news\":true}");
        }
    }

  for (guint i = 0; i < G_N_ELEMENTS (waiting); i++)
    client_free (waiting[i]);
  for (guint i = 0; i < G_N_ELEMENTS (plain); i++)
    client_free (plain[i]);
}

static void
test_stop_with_waits (Fixture       *self,
                      gconstpointer  data)
{
  Client *clients[20];
  g_autoptr(Client) idle = client_new (self);
  g_auto(Reply) reply = { 0 };
  gint64 began;

  g_assert_cmpuint (ask (idle, GET ("/v1/ping"), &reply), ==, 200);
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      clients[i] = client_new (self);
      client_send (clients[i], GET ("/v1/changes?ms=60000"));
    }
  g_assert_true (wait_for (self, &self->waiters.length, G_N_ELEMENTS (clients)));

  began = g_get_monotonic_time ();
  dsp_http_stop (self->http);
  g_assert_cmpint (g_get_monotonic_time () - began, <, 3 * G_USEC_PER_SEC);
  g_assert_cmpuint (self->n_shutdown, ==, G_N_ELEMENTS (clients));

  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      const char *field;
      guint64 seconds;

      g_assert_true (client_read (clients[i], &reply));
      g_assert_cmpuint (reply.status, ==, 503);
      field = strstr (reply.head, "Retry-After: ");
      g_assert_nonnull (field);
      seconds = g_ascii_strtoull (field + 13, NULL, 10);
      g_assert_cmpuint (seconds, >=, 1);
      g_assert_cmpuint (seconds, <=, 10);
      client_free (clients[i]);
    }
  g_assert_true (client_sees_end (idle));
}

/* A worker that does not answer in time must not hold the server, and may answer when all is over. */
static void
test_stop_with_a_stuck_worker (Fixture       *self,
                               gconstpointer  data)
{
  DspHttpOptions options;
  g_autoptr(Client) client = NULL;
  g_auto(Reply) reply = { 0 };

  dsp_http_options_init (&options);
  options.stop_ms = 100;
  start (self, &options);

  client = client_new (self);
  client_send (client, GET ("/v1/stuck"));
  g_assert_true (wait_for (self, &self->kept.length, 1));
  dsp_http_stop (self->http);
  g_assert_true (client_read (client, &reply));
  g_assert_cmpuint (reply.status, ==, 503);

  dsp_http_free (g_steal_pointer (&self->http));
  dsp_request_reply_json (g_queue_pop_head (&self->kept), 200, "{}");
}

static void
test_stop_lets_work_end (Fixture       *self,
                         gconstpointer  data)
{
  g_autoptr(Client) client = client_new (self);
  g_autoptr(GThread) stopper = NULL;
  g_auto(Reply) reply = { 0 };
  DspRequest *request;

  client_send (client, GET ("/v1/stuck"));
  g_assert_true (wait_for (self, &self->kept.length, 1));
  stopper = g_thread_new ("stopper", (GThreadFunc) (void (*) (void)) dsp_http_stop, self->http);
  request = g_queue_pop_head (&self->kept);
  dsp_request_reply_json (request, 200, "{\"done\":true}");
  g_assert_true (client_read (client, &reply));
  g_assert_cmpuint (reply.status, ==, 200);
  g_thread_join (g_steal_pointer (&stopper));
}

static void
test_handshake_deadline (Fixture       *self,
                         gconstpointer  data)
{
  DspHttpOptions options;
  char byte;
  int fd;

  dsp_http_options_init (&options);
  options.header_ms = 300;
  start (self, &options);

  fd = connect_from (self, NULL);
  g_assert_cmpint (send (fd, "\x16\x03\x01", 3, MSG_NOSIGNAL), ==, 3);
  g_assert_cmpint (recv (fd, &byte, 1, 0), <=, 0);
  close (fd);

  /* Plain HTTP to the TLS port */
  fd = connect_from (self, NULL);
  g_assert_cmpint (send (fd, GET ("/v1/ping"), strlen (GET ("/v1/ping")), MSG_NOSIGNAL), >, 0);
  while (recv (fd, &byte, 1, 0) > 0)
    g_assert_cmpint (byte, !=, '{');
  close (fd);
  g_assert_cmpuint (ask_once (self, GET ("/v1/ping")), ==, 200);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  signal (SIGPIPE, SIG_IGN);

  ADD_ALL ("closes-at-deadlines", set_up, test_deadlines)
  ADD_ALL ("lets-slow-but-steady-bodies-in", set_up, test_body_at_a_good_rate_is_not_cut)
  ADD_ALL ("waits", set_up_started, test_wait)
  ADD_ALL ("notices-departure", set_up_started, test_departure_is_noticed)
  ADD_ALL ("waits-do-not-stall-plain-requests", set_up_started, test_waits_beside_plain_requests)
  ADD_ALL ("stops-with-waits", set_up_started, test_stop_with_waits)
  ADD_ALL ("stops-with-a-stuck-worker", set_up, test_stop_with_a_stuck_worker)
  ADD_ALL ("stop-lets-work-end", set_up_started, test_stop_lets_work_end)
  ADD ("/http/tls/handshake-deadline", TLS, set_up, test_handshake_deadline);

  return g_test_run ();
}
