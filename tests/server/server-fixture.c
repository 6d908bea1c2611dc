/* server-fixture.c: a real despachod on a temporary database, and clients that talk to it
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "server-fixture.h"

#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_S 20

/* ---- the server ---- */

TestServer *
test_server_new (void)
{
  TestServer *server = g_new0 (TestServer, 1);
  const char *postgres = g_getenv ("DESPACHO_TEST_POSTGRES");
  g_autoptr(GError) error = NULL;

  server->folder = g_dir_make_tmp ("despachod-XXXXXX", &error);
  g_assert_no_error (error);
  server->database = g_build_filename (server->folder, "despacho.db", NULL);
  server->socket = g_build_filename (server->folder, "socket", NULL);
  if (postgres != NULL)
    server->uri = g_strdup_printf ("%s&options=-csearch_path%%3Dtest_%08x_%08x", postgres, g_random_int (), g_random_int ());
  return server;
}

char *
test_server_dup_uri (TestServer *server)
{
  return server->uri != NULL ? g_strdup (server->uri) : g_strconcat ("sqlite:", server->database, NULL);
}

/* Between fork and exec: another thread of the test may have held any lock, that of the environment among them. */
static void
set_child_up (gpointer user_data)
{
  prctl (PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves no server behind */
}

void
test_server_start (TestServer *server)
{
  g_autofree char *database = test_server_dup_uri (server);
  g_autofree char *state = g_build_filename (server->folder, "state", NULL);
  g_autofree char *listen = g_strdup_printf ("127.0.0.1:%u", server->port); /* again where it was, for clients that wait */
  const char *program = g_getenv ("DESPACHOD");
  /* A refused client is a warning there, and no fault. */
  g_auto(GStrv) environment = g_environ_unsetenv (g_get_environ (), "G_DEBUG");
  g_autoptr(GPtrArray) argv = g_ptr_array_new ();
  g_autoptr(GError) error = NULL;
  char line[512];
  gboolean ready = FALSE;
  FILE *output;
  int fd;

  g_assert_nonnull (program);
  g_ptr_array_add (argv, (gpointer) program);
  g_ptr_array_add (argv, (gpointer) "--database");
  g_ptr_array_add (argv, database);
  g_ptr_array_add (argv, (gpointer) "--listen");
  g_ptr_array_add (argv, listen);
  g_ptr_array_add (argv, (gpointer) "--socket");
  g_ptr_array_add (argv, server->socket);
  g_ptr_array_add (argv, (gpointer) "--state");
  g_ptr_array_add (argv, state);
  if (!server->tls)
    g_ptr_array_add (argv, (gpointer) "--no-tls");
  for (guint i = 0; server->options[i] != NULL; i++)
    g_ptr_array_add (argv, (gpointer) server->options[i]);
  g_ptr_array_add (argv, NULL);
  if (!g_spawn_async_with_pipes (NULL, (char **) argv->pdata, environment, G_SPAWN_DO_NOT_REAP_CHILD, set_child_up, NULL,
                                 &server->pid, NULL, &fd, NULL, &error))
    g_error ("%s", error->message);

  output = fdopen (fd, "r");
  while (!ready && fgets (line, sizeof line, output) != NULL)
    {
      const char *port = strstr (line, "127.0.0.1:"), *key = strstr (line, "one-time key "), *print = strstr (line, "fingerprint ");

      if (key != NULL)
        {
          g_free (server->code);
          server->code = g_strndup (key + strlen ("one-time key "), strcspn (key + strlen ("one-time key "), " \n"));
        }
      if (!g_str_has_prefix (line, "listening ") || port == NULL)
        continue;
      server->port = (guint16) atoi (port + strlen ("127.0.0.1:"));
      g_free (server->fingerprint);
      server->fingerprint = print != NULL ? g_strndup (print + strlen ("fingerprint "), strcspn (print + strlen ("fingerprint "), " \n")) : NULL;
      ready = TRUE;
    }
  fclose (output);
  if (!ready)
    g_error ("despachod did not start");
}

void
test_server_stop (TestServer *server,
                  int         signal_number)
{
  int status = 0;

  if (server->pid == 0)
    return;
  kill (server->pid, signal_number);
  alarm (PATIENCE_S); /* ends the test if the server does not end */
  g_assert_cmpint (waitpid (server->pid, &status, 0), ==, server->pid);
  alarm (0);
  if (signal_number == SIGTERM && !(WIFEXITED (status) && WEXITSTATUS (status) == 0))
    g_error ("despachod ended with status %x", (guint) status);
  server->pid = 0;
}

static void
remove_tree (const char *path)
{
  g_autoptr(GDir) dir = g_dir_open (path, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *child = g_build_filename (path, name, NULL);

      remove_tree (child);
    }
  g_remove (path);
}

void
test_server_free (TestServer *server)
{
  test_server_stop (server, SIGTERM);
  remove_tree (server->folder);
  g_free (server->folder);
  g_free (server->database);
  g_free (server->uri);
  g_free (server->socket);
  g_free (server->code);
  g_free (server->fingerprint);
  g_free (server);
}

/* ---- clients ---- */

TestClient *
test_client_new (TestServer *server)
{
  TestClient *client = g_new0 (TestClient, 1);

  client->server = server;
  return client;
}

TestClient *
test_client_new_local (TestServer *server)
{
  TestClient *client = test_client_new (server);

  client->on_socket = TRUE;
  return client;
}

TestClient *
test_client_dup (TestClient *other)
{
  TestClient *client = test_client_new (other->server);

  client->on_socket = other->on_socket;
  client->token = g_strdup (other->token);
  client->user = other->user;
  client->device = other->device;
  client->no = other->no;
  memcpy (client->epoch, other->epoch, sizeof client->epoch);
  return client;
}

void
test_client_close (TestClient *client)
{
  g_clear_object (&client->input);
  if (client->stream != NULL)
    g_io_stream_close (client->stream, NULL, NULL);
  g_clear_object (&client->stream);
}

void
test_client_free (TestClient *client)
{
  test_client_close (client);
  g_free (client->token);
  g_free (client);
}

static gboolean
accept_any (GTlsConnection      *connection,
            GTlsCertificate     *certificate,
            GTlsCertificateFlags errors,
            gpointer             user_data)
{
  return TRUE;
}

static void
on_event (GSocketClient     *socket_client,
          GSocketClientEvent event,
          GSocketConnectable *connectable,
          GIOStream         *stream,
          gpointer           user_data)
{
  if (event == G_SOCKET_CLIENT_TLS_HANDSHAKING)
    g_signal_connect (stream, "accept-certificate", G_CALLBACK (accept_any), NULL);
}

static void
open_connection (TestClient *client)
{
  g_autoptr(GSocketClient) sockets = g_socket_client_new ();
  g_autoptr(GSocketConnectable) address = NULL;
  g_autoptr(GError) error = NULL;

  if (client->stream != NULL)
    return;
  g_socket_client_set_timeout (sockets, PATIENCE_S + 10);
  if (client->on_socket)
    address = G_SOCKET_CONNECTABLE (g_unix_socket_address_new (client->server->socket));
  else
    address = G_SOCKET_CONNECTABLE (g_inet_socket_address_new_from_string ("127.0.0.1", client->server->port));
  if (client->server->tls && !client->on_socket)
    {
      g_socket_client_set_tls (sockets, TRUE);
      g_signal_connect (sockets, "event", G_CALLBACK (on_event), NULL);
    }
  client->stream = G_IO_STREAM (g_socket_client_connect (sockets, address, NULL, &error));
  if (error != NULL)
    {
      int status = 0;
      gboolean ended = waitpid (client->server->pid, &status, WNOHANG) == client->server->pid;

      g_error ("%s%s (%x)", error->message, ended ? ", because despachod ended by itself" : "", (guint) status);
    }
  client->input = g_data_input_stream_new (g_io_stream_get_input_stream (client->stream));
  g_filter_input_stream_set_close_base_stream (G_FILTER_INPUT_STREAM (client->input), FALSE);
  g_data_input_stream_set_newline_type (client->input, G_DATA_STREAM_NEWLINE_TYPE_CR_LF);
}

void
test_send (TestClient *client,
           const char *method,
           const char *path,
           const char *fields,
           const char *body,
           gsize       length)
{
  g_autoptr(GString) head = g_string_new (NULL);
  GOutputStream *output;

  open_connection (client);
  g_string_printf (head, "%s /%s HTTP/1.1\r\nHost: localhost\r\n", method, path);
  if (client->token != NULL)
    g_string_append_printf (head, "Authorization: Bearer %s\r\n", client->token);
  if (fields != NULL)
    g_string_append (head, fields);
  if (body != NULL)
    g_string_append_printf (head, "%sContent-Length: %" G_GSIZE_FORMAT "\r\n",
                            fields != NULL && strstr (fields, "Content-Type") ? "" : "Content-Type: application/json\r\n", length);
  g_string_append (head, "\r\n");
  output = g_io_stream_get_output_stream (client->stream);
  /* The server may close in the middle of a body that it refuses: what it answered is read all the same. */
  if (body != NULL && length < 65536)
    g_string_append_len (head, body, length);
  if (g_output_stream_write_all (output, head->str, head->len, NULL, NULL, NULL) && body != NULL && length >= 65536)
    g_output_stream_write_all (output, body, length, NULL, NULL, NULL);
}

TestReply *
test_receive (TestClient *client)
{
  TestReply *reply = g_new0 (TestReply, 1);
  gsize length = 0;
  gboolean close = FALSE, json = FALSE;
  char *line;

  line = g_data_input_stream_read_line (client->input, NULL, NULL, NULL);
  if (line != NULL)
    reply->status = (guint) g_ascii_strtoull (line + strlen ("HTTP/1.1 "), NULL, 10);
  while (line != NULL && *line != '\0')
    {
      g_free (line);
      line = g_data_input_stream_read_line (client->input, NULL, NULL, NULL);
      if (line != NULL && g_ascii_strncasecmp (line, "Content-Length: ", 16) == 0)
        length = (gsize) g_ascii_strtoull (line + 16, NULL, 10);
      if (line != NULL && g_ascii_strncasecmp (line, "Retry-After: ", 13) == 0)
        reply->retry_after = atoi (line + 13);
      if (line != NULL && g_ascii_strncasecmp (line, "Connection: close", 17) == 0)
        close = TRUE;
      if (line != NULL && g_ascii_strncasecmp (line, "Content-Type: application/json", 30) == 0)
        json = TRUE;
    }
  g_free (line);
  reply->text = g_malloc0 (length + 1);
  if (reply->status == 0 || !g_input_stream_read_all (G_INPUT_STREAM (client->input), reply->text, length, &reply->length, NULL, NULL))
    close = TRUE;
  if (json)
    reply->json = json_from_string (reply->text, NULL);
  if (close)
    test_client_close (client);
  return reply;
}

TestReply *
test_call_bytes (TestClient *client,
                 const char *method,
                 const char *path,
                 const char *fields,
                 const char *body,
                 gsize       length)
{
  test_send (client, method, path, fields, body, length);
  return test_receive (client);
}

TestReply *
test_call (TestClient *client,
           const char *method,
           const char *path,
           const char *body)
{
  return test_call_bytes (client, method, path, NULL, body, body != NULL ? strlen (body) : 0);
}

void
test_reply_free (TestReply *reply)
{
  g_free (reply->text);
  g_clear_pointer (&reply->json, json_node_unref);
  g_free (reply);
}

static JsonNode *
node_at (TestReply  *reply,
         const char *path)
{
  g_auto(GStrv) parts = g_strsplit (path, "/", -1);
  JsonNode *node = reply->json;

  for (guint i = 0; node != NULL && parts[i] != NULL; i++)
    {
      if (JSON_NODE_HOLDS_OBJECT (node))
        node = json_object_get_member (json_node_get_object (node), parts[i]);
      else if (JSON_NODE_HOLDS_ARRAY (node) && (guint) atoi (parts[i]) < json_array_get_length (json_node_get_array (node)))
        node = json_array_get_element (json_node_get_array (node), (guint) atoi (parts[i]));
      else
        node = NULL;
    }
  return node;
}

const char *
test_text (TestReply  *reply,
           const char *path)
{
  JsonNode *node = node_at (reply, path);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) && json_node_get_value_type (node) == G_TYPE_STRING
           ? json_node_get_string (node) : NULL;
}

gint64
test_int (TestReply  *reply,
          const char *path)
{
  JsonNode *node = node_at (reply, path);

  return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? json_node_get_int (node) : G_MININT64;
}

int
test_size (TestReply  *reply,
           const char *path)
{
  JsonNode *node = node_at (reply, path);

  return node != NULL && JSON_NODE_HOLDS_ARRAY (node) ? (int) json_array_get_length (json_node_get_array (node)) : -1;
}

/* ---- what tests need again and again ---- */

static void
take_session (TestClient *client,
              TestReply  *reply)
{
  const char *device = test_text (reply, "device"), *user = test_text (reply, "user/id");

  if (test_text (reply, "token") != NULL)
    {
      g_free (client->token);
      client->token = g_strdup (test_text (reply, "token"));
    }
  g_assert_true (dsp_id_parse (device, strlen (device), &client->device));
  g_assert_true (dsp_id_parse (user, strlen (user), &client->user));
  g_strlcpy (client->epoch, test_text (reply, "epoch"), sizeof client->epoch);
  client->no = test_int (reply, "last");
}

void
test_sign_in_key (TestClient *client,
                  const char *user,
                  const char *key)
{
  g_autofree char *body = g_strdup_printf ("{\"user\":\"%s\",\"key\":\"%s\",\"program\":\"test\"}", user, key);
  g_autoptr(TestReply) reply = test_call (client, "POST", "v1/session", body);

  test_expect (reply, 200);
  take_session (client, reply);
}

TestClient *
test_administrator (TestServer *server)
{
  TestClient *client = test_client_new (server);

  g_assert_nonnull (server->code);
  test_sign_in_key (client, "root", server->code);
  return client;
}

char *
test_id (void)
{
  return g_uuid_string_random ();
}

char *
test_profile_id (const char *name)
{
  DspId id = dsp_id_from_key ("profile", name);
  char text[DSP_ID_TEXT];

  dsp_id_print (&id, text);
  return g_strdup (text);
}

TestReply *
test_push_first (TestClient *client,
                 gint64      first,
                 const char *commands)
{
  char device[DSP_ID_TEXT];
  g_autofree char *body = NULL;

  dsp_id_print (&client->device, device);
  body = g_strdup_printf ("{\"device\":\"%s\",\"epoch\":\"%s\",\"first\":%" G_GINT64_FORMAT ",\"commands\":[%s]}",
                          device, client->epoch, first, commands);
  return test_call (client, "POST", client->on_socket ? "v1/admin/commands" : "v1/commands", body);
}

TestReply *
test_push (TestClient *client,
           ...)
{
  g_autoptr(GString) commands = g_string_new (NULL);
  gint64 first = client->no + 1;
  const char *command;
  va_list args;

  if (dsp_id_is_none (&client->device))
    {
      g_autoptr(TestReply) reply = test_call (client, "GET", "v1/session", NULL);

      test_expect (reply, 200);
      take_session (client, reply);
      first = client->no + 1;
    }
  va_start (args, client);
  while ((command = va_arg (args, const char *)) != NULL)
    g_string_append_printf (commands, "%s{\"no\":%" G_GINT64_FORMAT ",\"v\":1,%s", commands->len > 0 ? "," : "",
                            ++client->no, command + 1);
  va_end (args);
  return test_push_first (client, first, commands->str);
}

static char *
create (TestClient *client,
        const char *kind,
        const char *args)
{
  g_autofree char *id = test_id ();
  g_autofree char *command = g_strdup_printf ("{\"kind\":\"%s\",\"id\":\"%s\",\"args\":%s}", kind, id, args);
  g_autoptr(TestReply) reply = test_push (client, command, NULL);

  test_expect (reply, 200);
  if (g_strcmp0 (test_text (reply, "results/0/status"), "applied") != 0)
    g_error ("%s: %s", command, reply->text);
  return g_steal_pointer (&id);
}

char *
test_distributor (TestClient *administrator,
                  const char *code)
{
  g_autofree char *args = g_strdup_printf ("{\"code\":\"%s\",\"name\":\"Distributor %s\"}", code, code);

  return create (administrator, "distributor.create", args);
}

char *
test_crew (TestClient *administrator,
           const char *code,
           const char *distributor)
{
  g_autofree char *args = g_strdup_printf ("{\"code\":\"%s\",\"name\":\"Crew %s\",\"distributor_id\":\"%s\"}", code, code, distributor);

  return create (administrator, "crew.create", args);
}

char *
test_order (TestClient *administrator,
            const char *number,
            const char *distributor,
            const char *extra)
{
  g_autofree char *args = NULL;

  args = g_strdup_printf ("{\"number\":\"%s\",\"account\":\"A%s\",\"group\":\"g\",\"type\":\"install\",\"created_at\":"
                          "\"2026-11-20T10:00:00Z\",\"postal_code\":\"03100\"%s%s%s%s}", number, number,
                          distributor != NULL ? ",\"distributor_id\":\"" : "", distributor != NULL ? distributor : "",
                          distributor != NULL ? "\"" : "", extra != NULL ? extra : "");
  return create (administrator, "order.create", args);
}

TestClient *
test_user (TestClient *administrator,
           const char *name,
           const char *profile,
           const char *over)
{
  g_autofree char *user_args = g_strdup_printf ("{\"name\":\"%s\"}", name);
  g_autofree char *id = create (administrator, "user.create", user_args);
  g_autofree char *profile_id = test_profile_id (profile);
  g_autofree char *grant_args = g_strdup_printf ("{\"user_id\":\"%s\",\"profile_id\":\"%s\",\"over\":\"%s\"}", id, profile_id, over);
  g_autofree char *grant = create (administrator, "grant.create", grant_args);
  g_autofree char *body = g_strdup_printf ("{\"user\":\"%s\"}", name);
  TestClient *local = test_client_new_local (administrator->server);
  g_autoptr(TestReply) reply = test_call (local, "POST", "v1/admin/user-key", body);
  TestClient *client = test_client_new (administrator->server);

  g_assert_nonnull (grant);
  test_expect (reply, 200);
  test_sign_in_key (client, name, test_text (reply, "key"));
  test_client_free (local);
  return client;
}
