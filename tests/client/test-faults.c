/* test-faults.c: what the network does to requests between a replica and a real despachod
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A small proxy of our own stands between them, knows where a request and its reply end, and loses, repeats or cuts them.
 */
#include "config.h"
#include "replica-fixture.h"

#include <signal.h>

typedef enum {
  FAULT_NONE,
  FAULT_LOSE_PUSH_REPLY,  /* the server answers a push, nobody hears it */
  FAULT_REPEAT_PUSH,      /* a push comes twice */
  FAULT_CUT_SNAPSHOT,     /* a page of a copy ends in the middle */
  FAULT_LOSE_PULL_REPLY,
} Fault;

typedef struct {
  GSocketService *service;
  guint16         port, server_port;
  gint            fault;    /* (atomic) Fault: done once, then NONE */
  gint            n_faults; /* (atomic) */
} Proxy;

/* One message: head and, by its Content-Length, body. NULL: the connection ended. */
static GString *
read_message (GDataInputStream *in)
{
  g_autoptr(GString) text = g_string_new (NULL);
  gsize length = 0, n = 0;
  char *line;

  for (;;)
    {
      line = g_data_input_stream_read_line (in, NULL, NULL, NULL);
      if (line == NULL)
        return NULL;
      g_string_append_printf (text, "%s\r\n", line);
      if (g_ascii_strncasecmp (line, "Content-Length:", 15) == 0)
        length = (gsize) g_ascii_strtoull (line + 15, NULL, 10);
      if (*line == '\0')
        break;
      g_free (line);
    }
  g_free (line);
  if (length > 0)
    {
      gsize head = text->len;

      g_string_set_size (text, head + length);
      if (!g_input_stream_read_all (G_INPUT_STREAM (in), text->str + head, length, &n, NULL, NULL) || n != length)
        return NULL;
    }
  return g_steal_pointer (&text);
}

static bool
take_fault (Proxy         *proxy,
            Fault          fault,
            const GString *request,
            const char    *start)
{
  if (!g_str_has_prefix (request->str, start) || !g_atomic_int_compare_and_exchange (&proxy->fault, (gint) fault, FAULT_NONE))
    return false;
  g_atomic_int_inc (&proxy->n_faults);
  return true;
}

static GDataInputStream *
input_of (GSocketConnection *connection)
{
  GDataInputStream *in = g_data_input_stream_new (g_io_stream_get_input_stream (G_IO_STREAM (connection)));

  g_data_input_stream_set_newline_type (in, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
  return in;
}

static gboolean
write_message (GSocketConnection *connection,
               const GString     *text,
               gsize              length)
{
  return g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), text->str, length, NULL, NULL, NULL);
}

static GString *
ask_server (GSocketConnection *server,
            GDataInputStream  *in,
            const GString     *request)
{
  return write_message (server, request, request->len) ? read_message (in) : NULL;
}

static gboolean
on_run (GThreadedSocketService *service,
        GSocketConnection      *client,
        GObject                *source,
        gpointer                user_data)
{
  Proxy *proxy = user_data;
  g_autoptr(GSocketClient) sockets = g_socket_client_new ();
  g_autoptr(GSocketConnection) server = g_socket_client_connect_to_host (sockets, "127.0.0.1", proxy->server_port, NULL, NULL);
  g_autoptr(GDataInputStream) from_client = input_of (client);
  g_autoptr(GDataInputStream) from_server = server != NULL ? input_of (server) : NULL;

  while (server != NULL)
    {
      g_autoptr(GString) request = read_message (from_client);
      g_autoptr(GString) reply = NULL;

      if (request == NULL)
        break;
      if (take_fault (proxy, FAULT_REPEAT_PUSH, request, "POST /v1/commands"))
        {
          g_autoptr(GString) first = ask_server (server, from_server, request);

          if (first == NULL)
            break;
        }
      reply = ask_server (server, from_server, request);
      if (reply == NULL || take_fault (proxy, FAULT_LOSE_PUSH_REPLY, request, "POST /v1/commands") ||
          take_fault (proxy, FAULT_LOSE_PULL_REPLY, request, "GET /v1/changes"))
        break;
      if (take_fault (proxy, FAULT_CUT_SNAPSHOT, request, "GET /v1/snapshot"))
        {
          write_message (client, reply, reply->len / 2);
          break;
        }
      if (!write_message (client, reply, reply->len))
        break;
    }
  return TRUE;
}

static Proxy *
proxy_new (guint16 server_port)
{
  Proxy *proxy = g_new0 (Proxy, 1);
  g_autoptr(GError) error = NULL;

  proxy->server_port = server_port;
  proxy->service = g_threaded_socket_service_new (32);
  proxy->port = g_socket_listener_add_any_inet_port (G_SOCKET_LISTENER (proxy->service), NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (proxy->service, "run", G_CALLBACK (on_run), proxy);
  g_object_set_data_full (G_OBJECT (proxy->service), "proxy", proxy, g_free);
  return proxy;
}

/* Its threads end when their connections do; the proxy goes with the service that they hold. */
static void
proxy_free (Proxy *proxy)
{
  g_autoptr(GSocketService) service = proxy->service;

  g_socket_service_stop (service);
  g_socket_listener_close (G_SOCKET_LISTENER (service));
}

typedef struct {
  TestServer *server;
  TestClient *root;
  Proxy      *proxy;
  Replica    *ana;
  DspId       crew, orders[6];
} Office;

static void
set_up (Office       *office,
        gconstpointer data)
{
  g_autofree char *distributor = NULL, *crew = NULL, *key = NULL, *url = NULL;

  office->server = test_server_new ();
  office->server->options[0] = "--sign-ins-per-minute=0";
  office->server->options[1] = "--requests-per-second=0";
  test_server_start (office->server);
  office->root = test_administrator (office->server);
  distributor = test_distributor (office->root, "D1");
  crew = test_crew (office->root, "C-01", distributor);
  office->crew = id_from (crew);
  for (guint i = 0; i < G_N_ELEMENTS (office->orders); i++)
    {
      g_autofree char *number = g_strdup_printf ("70%u", i);
      g_autofree char *id = test_order (office->root, number, distributor, NULL);

      office->orders[i] = id_from (id);
    }
  office->proxy = proxy_new (office->server->port);
  key = office_user (office->root, "ana", "dispatcher", OFFICE_ALL, NULL);
  url = g_strdup_printf ("http://localhost:%u", office->proxy->port);
  office->ana = replica_new (url, NULL, "ana", key);
}

static void
tear_down (Office       *office,
           gconstpointer data)
{
  replica_free (office->ana);
  test_client_free (office->root);
  proxy_free (office->proxy);
  test_server_free (office->server);
}

static gint64
n_assigned (Office      *office,
            const DspId *order)
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

      n += g_strcmp0 (test_text (reply, member), "order.assign") == 0;
    }
  return n;
}

static void
assign_through (Office *office,
                Fault   fault)
{
  replica_start (office->ana);
  WAIT_FOR (replica_is_ready (office->ana));
  g_atomic_int_set (&office->proxy->fault, (gint) fault);
  for (guint i = 0; i < G_N_ELEMENTS (office->orders); i++)
    {
      g_autoptr(DspOutcome) outcome = replica_assign (office->ana, &office->orders[i], &office->crew);

      g_assert_cmpuint (outcome->n_given, ==, 1);
    }
  WAIT_FOR (g_atomic_int_get (&office->proxy->n_faults) > 0);
  WAIT_FOR (replica_is_idle (office->ana));
  for (guint i = 0; i < G_N_ELEMENTS (office->orders); i++)
    {
      WAIT_FOR (replica_has_crew (office->ana, &office->orders[i], &office->crew));
      g_assert_cmpint (n_assigned (office, &office->orders[i]), ==, 1);
    }
  g_assert_cmpuint (replica_status (office->ana).n_rejected, ==, 0);
}

/* The server did it, the answer was lost: it is sent again, answered again, done once. */
static void
test_lost_reply (Office       *office,
                 gconstpointer data)
{
  assign_through (office, FAULT_LOSE_PUSH_REPLY);
}

static void
test_repeated_request (Office       *office,
                       gconstpointer data)
{
  assign_through (office, FAULT_REPEAT_PUSH);
}

static void
test_lost_page (Office       *office,
                gconstpointer data)
{
  assign_through (office, FAULT_LOSE_PULL_REPLY);
}

/* A copy that is cut starts again; nothing of the half one is shown. */
static void
test_cut_copy (Office       *office,
               gconstpointer data)
{
  g_atomic_int_set (&office->proxy->fault, FAULT_CUT_SNAPSHOT);
  replica_start (office->ana);
  WAIT_FOR (g_atomic_int_get (&office->proxy->n_faults) > 0);
  WAIT_FOR (replica_is_ready (office->ana));
  g_assert_cmpuint (dsp_order_index_n_orders (dsp_replica_get_index (office->ana->replica)), ==, G_N_ELEMENTS (office->orders));
}

/* A base that differs from the server's is found by its sums, and fetched anew. */
static void
test_difference_is_repaired (Office       *office,
                             gconstpointer data)
{
  g_autofree char *uri = g_strconcat ("sqlite:", office->ana->path, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(DspKeeper) keeper = NULL;
  g_autoptr(TestReply) sums = NULL;
  gboolean same;

  replica_start (office->ana);
  WAIT_FOR (replica_is_ready (office->ana));
  replica_close (office->ana);
  sums = test_call (office->root, "GET", "v1/sums", NULL);
  keeper = dsp_keeper_open (office->ana->path, NULL, NULL, &error);
  g_assert_no_error (error);
  dsp_keeper_check_sums (keeper, sums->text, sums->length, &same, &error);
  g_assert_no_error (error);
  g_assert_true (same);
  dsp_db_exec (dsp_keeper_get_db (keeper), "UPDATE \"order\" SET \"version\" = \"version\" + 1 WHERE \"number\" = '703'", &error);
  g_assert_no_error (error);
  g_test_expect_message ("dsp-keeper", G_LOG_LEVEL_WARNING, "*not those of the server*");
  dsp_keeper_check_sums (keeper, sums->text, sums->length, &same, &error);
  g_test_assert_expected_messages ();
  g_assert_false (same);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/faults/" name, Office, NULL, set_up, func, tear_down)
  ADD ("lost-reply", test_lost_reply);
  ADD ("repeated-request", test_repeated_request);
  ADD ("lost-page", test_lost_page);
  ADD ("cut-copy", test_cut_copy);
  ADD ("difference-is-found", test_difference_is_repaired);
  return g_test_run ();
}
