/* test-http-caps.c: how many connections and waits the HTTP layer lets in, and from whom
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "http-fixture.h"

#include <string.h>

static void
test_connections_per_address (Fixture       *self,
                              gconstpointer  data)
{
  Client *clients[64];
  g_autoptr(Client) over = NULL;
  g_autoptr(Client) elsewhere = NULL;
  g_autoptr(Client) again = NULL;
  g_auto(Reply) reply = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      clients[i] = client_new (self);
      g_assert_cmpuint (ask (clients[i], GET ("/v1/ping"), &reply), ==, 200);
    }

  over = client_new (self);
  g_assert_cmpuint (ask (over, GET ("/v1/ping"), &reply), ==, 0);
  elsewhere = client_new_from (self, "127.0.0.2");
  g_assert_cmpuint (ask (elsewhere, GET ("/v1/ping"), &reply), ==, 200);

  /* Who signs in makes room. */
  g_assert_cmpuint (ask (clients[0], "GET /v1/private HTTP/1.1\r\n" HOST "Authorization: Bearer a\r\n\r\n", &reply), ==,
                    200);
  again = client_new (self);
  g_assert_cmpuint (ask (again, GET ("/v1/ping"), &reply), ==, 200);

  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    client_free (clients[i]);
}

/* A flood of silent sockets must not keep anybody out; those that are being served are not sacrificed. */
static void
test_strangers_in_all (Fixture       *self,
                       gconstpointer  data)
{
  DspHttpOptions options;
  Client *silent[8];
  Client *busy[8];
  g_autoptr(Client) honest = NULL;
  g_autoptr(Client) over = NULL;
  g_auto(Reply) reply = { 0 };
  DspHttpStats stats;

  dsp_http_options_init (&options);
  options.max_unsigned = G_N_ELEMENTS (silent);
  options.n_threads = 1; /* accepts in order, one at a time */
  start (self, &options);

  for (guint i = 0; i < G_N_ELEMENTS (silent); i++)
    silent[i] = client_new_from (self, "127.0.0.2");
  honest = client_new_from (self, "127.0.0.3");
  g_assert_cmpuint (ask (honest, GET ("/v1/ping"), &reply), ==, 200);
  g_assert_true (client_sees_end (silent[0]));
  dsp_http_get_stats (self->http, &stats);
  g_assert_cmpuint (stats.unsigned_connections, ==, G_N_ELEMENTS (silent));

  /* The others go before the one that has asked something. */
  for (guint i = 0; i < G_N_ELEMENTS (busy) - 1; i++)
    {
      busy[i] = client_new_from (self, "127.0.0.4");
      client_send (busy[i], GET ("/v1/stuck"));
      g_assert_true (wait_for (self, &self->kept.length, i + 1));
    }
  g_assert_cmpuint (ask (honest, GET ("/v1/ping"), &reply), ==, 200);
  busy[7] = client_new_from (self, "127.0.0.4");
  client_send (busy[7], GET ("/v1/stuck"));
  g_assert_true (wait_for (self, &self->kept.length, G_N_ELEMENTS (busy)));
  g_assert_true (client_sees_end (honest));

  over = client_new_from (self, "127.0.0.100");
  g_assert_cmpuint (ask (over, GET ("/v1/ping"), &reply), ==, 0);

  for (DspRequest *request; (request = g_queue_pop_head (&self->kept)) != NULL;)
    dsp_request_reply_json (request, 200, "{}");
  for (guint i = 0; i < G_N_ELEMENTS (busy); i++)
    {
      g_assert_true (client_read (busy[i], &reply));
      g_assert_cmpuint (reply.status, ==, 200);
      client_free (busy[i]);
      client_free (silent[i]);
    }
}

/* Many silent sockets from many addresses: an honest request is answered within a second all the while. */
static void
test_flood (Fixture       *self,
            gconstpointer  data)
{
  enum { N = 1200 };
  g_autofree Client **flood = g_new0 (Client *, N);
  DspHttpStats stats;

  start (self, NULL);
  for (guint i = 0; i < N; i++)
    {
      g_autofree char *source = g_strdup_printf ("127.0.1.%u", 1 + i % 40);

      flood[i] = client_new_from (self, source);
      if (i % 100 == 99)
        {
          gint64 began = g_get_monotonic_time ();
          g_autoptr(Client) honest = client_new (self);
          g_auto(Reply) reply = { 0 };

          g_assert_cmpuint (ask (honest, GET ("/v1/ping"), &reply), ==, 200);
          g_assert_cmpint (g_get_monotonic_time () - began, <, G_USEC_PER_SEC);
          dsp_http_get_stats (self->http, &stats);
          g_assert_cmpuint (stats.unsigned_connections, <=, 500 + 2);
        }
    }

  for (guint i = 0; i < N; i++)
    client_free (flood[i]);
  g_assert_cmpuint (ask_once (self, GET ("/v1/ping")), ==, 200);
}

/* At its limit the library stops accepting, and goes on when there is room. */
static void
test_connection_limit (Fixture       *self,
                       gconstpointer  data)
{
  DspHttpOptions options;
  Client *clients[40];
  gint64 began;

  dsp_http_options_init (&options);
  options.connection_limit = 16;
  options.header_ms = 300;
  start (self, &options);

  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    clients[i] = client_new (self);
  began = g_get_monotonic_time ();
  g_assert_cmpuint (ask_once (self, GET ("/v1/ping")), ==, 200);
  g_assert_cmpint (g_get_monotonic_time () - began, <, 5 * G_USEC_PER_SEC);
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    client_free (clients[i]);
  g_assert_cmpuint (ask_once (self, GET ("/v1/ping")), ==, 200);
}

static void
test_connections_per_token (Fixture       *self,
                            gconstpointer  data)
{
  Client *clients[6];
  g_autoptr(Client) over = client_new (self);
  g_autoptr(Client) other = client_new (self);
  g_auto(Reply) reply = { 0 };
  const char *request = "GET /v1/private HTTP/1.1\r\n" HOST "Authorization: Bearer a\r\n\r\n";

  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      clients[i] = client_new (self);
      g_assert_cmpuint (ask (clients[i], request, &reply), ==, 200);
      g_assert_cmpuint (ask (clients[i], request, &reply), ==, 200);
    }
  g_assert_cmpuint (ask (over, request, &reply), ==, 429);
  g_assert_nonnull (strstr (reply.head, "Retry-After: "));
  g_assert_true (client_sees_end (over));
  g_assert_cmpuint (ask (other, "GET /v1/private HTTP/1.1\r\n" HOST "Authorization: Bearer b\r\n\r\n", &reply), ==,
                    200);

  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    client_free (clients[i]);
}

static void
test_waits_per_token (Fixture       *self,
                      gconstpointer  data)
{
  g_autoptr(Client) a = client_new (self);
  g_autoptr(Client) b = client_new (self);
  g_autoptr(Client) c = client_new (self);
  g_autoptr(Client) d = client_new (self);
  g_auto(Reply) reply = { 0 };
  const char *request = "GET /v1/changes?ms=60000 HTTP/1.1\r\n" HOST "Authorization: Bearer a\r\n\r\n";

  client_send (a, request);
  client_send (b, request);
  g_assert_true (wait_for (self, &self->waiters.length, 2));
  g_assert_cmpuint (ask (c, request, &reply), ==, 429);
  g_assert_true (client_sees_end (c));

  /* Answered ones no longer count. */
  g_assert_cmpuint (ask (d, GET ("/v1/wake"), &reply), ==, 200);
  g_assert_true (client_read (a, &reply));
  client_send (a, request);
  g_assert_true (wait_for (self, &self->waiters.length, 1));
}

/* Whose token was refused is a stranger again. */
static void
test_sign_out (Fixture       *self,
               gconstpointer  data)
{
  g_autoptr(Client) client = client_new (self);
  g_auto(Reply) reply = { 0 };
  DspHttpStats stats;

  g_assert_cmpuint (ask (client, "GET /v1/private HTTP/1.1\r\n" HOST "Authorization: Bearer a\r\n\r\n", &reply), ==,
                    200);
  dsp_http_get_stats (self->http, &stats);
  g_assert_cmpuint (stats.unsigned_connections, ==, 0);
  g_assert_cmpuint (ask (client, "GET /v1/private HTTP/1.1\r\n" HOST "Authorization: Bearer revoked\r\n\r\n", &reply),
                    ==, 401);
  dsp_http_get_stats (self->http, &stats);
  g_assert_cmpuint (stats.unsigned_connections, ==, 1);
}

static guint
ask_private (Client     *client,
             const char *prefix,
             const char *token)
{
  g_autofree char *text = g_strdup_printf ("GET %s/v1/private HTTP/1.1\r\n" HOST "Authorization: Bearer %s\r\n\r\n", prefix, token);
  g_auto(Reply) reply = { 0 };

  return ask (client, text, &reply);
}

/* Those of one prefix fill no place of the others; who is in stays in, and a place that becomes free is given again. */
static void
test_connections_per_prefix (Fixture       *self,
                             gconstpointer  data)
{
  static const char *const prefixes[] = { "norte", "sur", NULL };
  DspHttpOptions options;
  Client *north[3];
  g_autoptr(Client) south = NULL;
  g_autoptr(Client) late = NULL;
  g_auto(Reply) reply = { 0 };
  gint64 until;
  guint status;

  dsp_http_options_init (&options);
  options.prefixes = prefixes;
  options.max_per_prefix = 2;
  start (self, &options);
  for (guint i = 0; i < G_N_ELEMENTS (north); i++)
    {
      g_autofree char *token = g_strdup_printf ("n%u", i);

      north[i] = client_new (self);
      g_assert_cmpuint (ask_private (north[i], "/norte", token), ==, i < 2 ? 200 : 429);
    }
  south = client_new (self);
  g_assert_cmpuint (ask_private (south, "/sur", "s"), ==, 200);
  g_assert_cmpuint (ask_private (north[0], "/norte", "n0-exchanged"), ==, 200);
  g_assert_cmpuint (ask (south, GET ("/v1/ping"), &reply), ==, 404);
  for (guint i = 0; i < G_N_ELEMENTS (north); i++)
    client_free (north[i]);
  /* When the layer has seen that they left. */
  until = g_get_monotonic_time () + PATIENCE_S * G_USEC_PER_SEC;
  do
    {
      g_clear_pointer (&late, client_free);
      late = client_new (self);
      status = ask_private (late, "/NORTE", "n4");
    }
  while (status == 429 && g_get_monotonic_time () < until);
  g_assert_cmpuint (status, ==, 200);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  signal (SIGPIPE, SIG_IGN);

  ADD ("/http/plain/connections-per-address", PLAIN, set_up_started, test_connections_per_address);
  ADD ("/http/plain/strangers-make-room-for-strangers", PLAIN, set_up, test_strangers_in_all);
  ADD ("/http/plain/flood-leaves-the-honest-alone", PLAIN, set_up, test_flood);
  ADD ("/http/plain/goes-on-after-the-connection-limit", PLAIN, set_up, test_connection_limit);
  ADD ("/http/plain/connections-per-token", PLAIN, set_up_started, test_connections_per_token);
  ADD ("/http/tls/connections-per-token", TLS, set_up_started, test_connections_per_token);
  ADD ("/http/plain/S3-04/connections-per-company", PLAIN, set_up, test_connections_per_prefix);
  ADD ("/http/plain/waits-per-token", PLAIN, set_up_started, test_waits_per_token);
  ADD ("/http/plain/refused-token-signs-out", PLAIN, set_up_started, test_sign_out);

  return g_test_run ();
}
