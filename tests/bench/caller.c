/* caller.c: what the benchmarks of a server share: its database, and clients that do little themselves
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "bench"

#include "config.h"
#include "caller.h"

#include "dsp-server-schema.h"
#include "dsp-table.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <unistd.h>

#define CHUNK 20000

void
check (gboolean ok,
       GError  *error)
{
  if (!ok)
    g_error ("%s", error != NULL ? error->message : "failed");
}

static int
compare_times (gconstpointer a,
               gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return x < y ? -1 : x > y;
}

double
percentile (GArray *times,
            double  part)
{
  g_array_sort (times, compare_times);
  return times->len == 0 ? 0 : g_array_index (times, gint64, MIN (times->len - 1, (guint) (part * times->len))) / 1e3;
}

/* ---- the database ---- */

static void
fill_orders (DspDb    *db,
             Generate *generate,
             int       n)
{
  GError *error = NULL;
  DspOrder order = { 0 };

  check (dsp_schema_drop_table (db, NULL, &dsp_order, &error) && dsp_schema_create_table (db, NULL, &dsp_order, &error), error);
  for (int i = 0; i < n; i += CHUNK)
    {
      DspBulk *bulk;

      check (dsp_db_begin (db, &error), error);
      bulk = dsp_bulk_new (db, NULL, &dsp_order, &error);
      for (int k = i; k < MIN (n, i + CHUNK); k++)
        {
          generate_order (generate, (guint) k, false, &order);
          check (dsp_bulk_add (bulk, &order, &error), error);
        }
      dsp_bulk_free (bulk);
      check (dsp_db_commit (db, &error), error);
      if (i / CHUNK % 10 == 9)
        check (dsp_db_checkpoint (db, DSP_CHECKPOINT_TRUNCATE, NULL, &error), error);
    }
  dsp_table_clear (&dsp_order.table, &order);
  check (dsp_schema_create_indexes (db, NULL, &dsp_order, TRUE, &error) && dsp_schema_analyze (db, &error), error);
}

void
office_fill (const char *uri,
             Generate   *generate,
             int         n)
{
  GError *error = NULL;
  g_autoptr(DspDb) db = dsp_db_open (uri, DSP_DB_CREATE | DSP_DB_LOCK, &error);

  check (db != NULL, error);
  check (dsp_database_init (db, &error), error);
  check (dsp_db_begin (db, &error), error);
  for (guint i = 0; i < N_DISTRIBUTORS; i++)
    {
      DspDistributor distributor = { 0 };

      generate_distributor (generate, i, &distributor);
      check (dsp_table_insert (db, NULL, &dsp_distributor, &distributor, &error), error);
      dsp_table_clear (&dsp_distributor.table, &distributor);
    }
  for (guint i = 0; i < N_CREWS; i++)
    {
      DspCrew crew = { 0 };

      generate_crew (generate, i, &crew);
      check (dsp_table_insert (db, NULL, &dsp_crew, &crew, &error), error);
      dsp_table_clear (&dsp_crew.table, &crew);
    }
  check (dsp_db_commit (db, &error), error);
  fill_orders (db, generate, n);
  check (dsp_db_checkpoint (db, DSP_CHECKPOINT_TRUNCATE, NULL, &error), error);
}

TestServer *
office_start (Generate *generate,
              int       n,
              gboolean  tls)
{
  TestServer *server = test_server_new ();
  g_autofree char *uri = NULL;
  static const char *const options[] = { "--sign-ins-per-minute", "0", "--requests-per-second", "0", "--commands-per-minute", "0",
                                         "--proxy", "127.0.0.0/8" };

  uri = test_server_dup_uri (server);
  office_fill (uri, generate, n);
  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    server->options[i] = options[i];
  server->tls = tls;
  test_server_start (server);
  return server;
}

/* ---- clients ---- */

void
caller_open (Caller     *caller,
             TestClient *client,
             gsize       size)
{
  g_autoptr(TestReply) reply = test_call (client, "GET", "v1/session", NULL);

  test_expect (reply, 200);
  caller->client = client;
  caller->input = g_io_stream_get_input_stream (client->stream);
  caller->output = g_io_stream_get_output_stream (client->stream);
  caller->size = size;
  caller->buffer = g_malloc (caller->size);
  if (G_IS_SOCKET_CONNECTION (client->stream))
    g_socket_set_option (g_socket_connection_get_socket (G_SOCKET_CONNECTION (client->stream)), IPPROTO_TCP, TCP_NODELAY, 1, NULL);
}

void
caller_close (Caller *caller)
{
  g_free (caller->buffer);
  test_client_free (caller->client);
}

void
caller_send (Caller     *caller,
             const char *request,
             gsize       length)
{
  GError *error = NULL;

  check (g_output_stream_write_all (caller->output, request, length, NULL, NULL, &error), error);
}

gsize
caller_receive (Caller      *caller,
                const char **body)
{
  GError *error = NULL;
  gsize used = 0, length;
  char *end, *field;

  do
    {
      gssize n = g_input_stream_read (caller->input, caller->buffer + used, caller->size - used - 1, NULL, &error);

      check (n > 0, error);
      used += (gsize) n;
      caller->buffer[used] = '\0';
      end = strstr (caller->buffer, "\r\n\r\n");
    }
  while (end == NULL);
  if (strncmp (caller->buffer, "HTTP/1.1 200", 12) != 0)
    g_error ("%.600s", caller->buffer);
  field = strcasestr (caller->buffer, "content-length: ");
  length = (gsize) g_ascii_strtoull (field + 16, NULL, 10) + (gsize) (end + 4 - caller->buffer);
  g_assert_cmpuint (length, <, caller->size);
  while (used < length)
    {
      gssize n = g_input_stream_read (caller->input, caller->buffer + used, length - used, NULL, &error);

      check (n > 0, error);
      used += (gsize) n;
    }
  caller->buffer[used] = '\0';
  if (body != NULL)
    *body = end + 4;
  return length;
}

char *
make_request (TestClient *client,
              const char *method,
              const char *path,
              const char *fields,
              const char *body)
{
  return g_strdup_printf ("%s /%s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n%s%s", method, path, client->token,
                          fields, body);
}

TestClient **
sign_in_all (TestServer *server,
             guint       n)
{
  static guint serial;
  TestClient **clients = g_new0 (TestClient *, n);
  g_autofree char *name = g_strdup_printf ("bench%u", serial++);
  TestClient *local = test_client_new_local (server);
  g_autofree char *body = g_strdup_printf ("{\"user\":\"%s\"}", name);
  TestClient *maker = test_client_new_local (server);

  clients[0] = test_user (maker, name, "administrator", SCOPE_ALL);
  test_client_free (maker);
  for (guint i = 1; i < n; i++)
    {
      g_autoptr(TestReply) reply = test_call (local, "POST", "v1/admin/user-key", body);

      test_expect (reply, 200);
      clients[i] = test_client_new (server);
      test_sign_in_key (clients[i], name, test_text (reply, "key"));
      /* Until all have shaken hands, the first would have been idle for too long. */
      if (server->tls)
        test_client_close (clients[i]);
    }
  test_client_free (local);
  return clients;
}

/* ---- the process ---- */

double
processor_ms (GPid pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", (int) pid);
  g_autofree char *text = NULL;
  g_auto(GStrv) fields = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;
  fields = g_strsplit (strrchr (text, ')') + 2, " ", 15);
  return (double) (g_ascii_strtoll (fields[11], NULL, 10) + g_ascii_strtoll (fields[12], NULL, 10)) * 1000 / (double) sysconf (_SC_CLK_TCK);
}

double
memory_mb (GPid pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", (int) pid);
  g_autofree char *text = NULL;
  const char *rss;

  if (!g_file_get_contents (path, &text, NULL, NULL) || (rss = strstr (text, "VmRSS:")) == NULL)
    g_error ("%s tells no memory", path);
  return g_ascii_strtoull (rss + 6, NULL, 10) / 1024.0;
}

void
use_despachod_beside (const char *program)
{
  g_autofree char *folder = g_path_get_dirname (program);
  g_autofree char *beside = g_build_filename (folder, "..", "..", "src", "server", "despachod", NULL);

  g_setenv ("DESPACHOD", beside, FALSE);
}
