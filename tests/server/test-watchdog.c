/* test-watchdog.c: what the service manager hears of a server, and of one that answers nobody
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-watchdog.h"
#include "server-fixture.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

/* The next datagram that the service manager would get; "" after @patience_s without one. */
static char *
hear (GSocket *socket,
      guint    patience_s)
{
  char *text = g_malloc0 (256);
  gssize n;

  g_socket_set_timeout (socket, patience_s);
  n = g_socket_receive (socket, text, 255, NULL, NULL);
  text[MAX (n, 0)] = '\0';
  return text;
}

/* Over TLS as an office runs it: ready once, well again and again, and stopping at the end. */
static void
test_told (void)
{
  g_autofree char *folder = g_dir_make_tmp ("despacho-watchdog-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (folder, "notify", NULL);
  g_autoptr(GSocketAddress) address = g_unix_socket_address_new (path);
  g_autoptr(GError) error = NULL;
  g_autoptr(GSocket) socket = g_socket_new (G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_DATAGRAM, G_SOCKET_PROTOCOL_DEFAULT, &error);
  TestServer *server;
  guint n_well = 0;
  gboolean stopping = FALSE;

  g_assert_true (g_socket_bind (socket, address, FALSE, &error));
  g_assert_no_error (error);
  g_setenv ("NOTIFY_SOCKET", path, TRUE);
  g_setenv ("WATCHDOG_USEC", "600000", TRUE);
  server = test_server_new ();
  server->tls = TRUE;
  test_server_start (server);
  g_unsetenv ("NOTIFY_SOCKET");
  g_unsetenv ("WATCHDOG_USEC");

  for (guint i = 0; i < 4; i++)
    {
      g_autofree char *text = hear (socket, 30);

      g_assert_cmpstr (text, ==, i == 0 ? "READY=1" : "WATCHDOG=1");
      n_well += i > 0;
    }
  g_assert_cmpuint (n_well, ==, 3);
  test_server_stop (server, SIGTERM);
  while (!stopping)
    {
      g_autofree char *text = hear (socket, 30);

      g_assert_cmpstr (text, !=, "");
      stopping = strcmp (text, "STOPPING=1") == 0;
    }
  test_server_free (server);
  g_unlink (path);
  g_rmdir (folder);
}

typedef struct {
  GSocketListener *listener;
  const char      *answer; /* (nullable): says nothing until the other side leaves */
} Peer;

static gpointer
play_peer (gpointer user_data)
{
  Peer *peer = user_data;
  g_autoptr(GSocketConnection) connection = g_socket_listener_accept (peer->listener, NULL, NULL, NULL);
  GInputStream *input = g_io_stream_get_input_stream (G_IO_STREAM (connection));
  char buffer[512];

  g_input_stream_read (input, buffer, sizeof buffer, NULL, NULL);
  if (peer->answer != NULL)
    g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), peer->answer, strlen (peer->answer),
                               NULL, NULL, NULL);
  else
    g_input_stream_read (input, buffer, sizeof buffer, NULL, NULL);
  return NULL;
}

/* A port that takes connections is not yet a server that answers. */
static void
test_not_well (void)
{
  static const struct { const char *answer; gboolean well; } cases[] = {
    { NULL, FALSE },
    { "HTTP/1.1 503 Service Unavailable\r\n\r\n", FALSE },
    { "ok", FALSE },
    { "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autoptr(GSocketListener) listener = g_socket_listener_new ();
      guint16 port = g_socket_listener_add_any_inet_port (listener, NULL, &error);
      g_autoptr(GSocketConnectable) address = G_SOCKET_CONNECTABLE (g_inet_socket_address_new_from_string ("127.0.0.1", port));
      Peer peer = { .listener = listener, .answer = cases[i].answer };
      GThread *thread = g_thread_new ("peer", play_peer, &peer);
      gboolean well = dsp_watchdog_ask (address, FALSE, &error);

      g_assert_cmpint (well, ==, cases[i].well);
      g_assert_true (well == (error == NULL));
      g_thread_join (thread);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/watchdog/told", test_told);
  g_test_add_func ("/watchdog/not-well", test_not_well);
  return g_test_run ();
}
