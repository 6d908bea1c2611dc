/* bench-server.c: a real despachod over loopback, beside plain SQLite in the same run
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each figure is a line of JSON on standard output: name, value, unit, and where there is one its limit (the same writes
 * by hand-written calls of SQLite) and its goal. What a person reads goes to standard error. Clients are threads of this
 * program on the same processors, so that every figure has the client's part in it.
 */
#define G_LOG_DOMAIN "bench"

#include "config.h"
#include "dsp-server-schema.h"
#include "dsp-table.h"
#include "generate.h"
#include "server-fixture.h"

#include <glib/gstdio.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zstd.h>

#define N_CREWS 400
#define N_DISTRIBUTORS 12
#define CHUNK 20000
#define ALL "00000000-0000-0000-0000-000000000003"

static int n_orders = 100000;
static int n_large = 1000000;
static gboolean tls;

static void
check (gboolean ok,
       GError  *error)
{
  if (!ok)
    g_error ("%s", error != NULL ? error->message : "failed");
}

static void
figure (const char *name,
        double      value,
        const char *unit,
        double      limit,
        double      goal)
{
  char text[3][G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (text[0], sizeof text[0], "%.4g", value);
  g_print ("{\"name\":\"server/%s\",\"value\":%s,\"unit\":\"%s\"", name, text[0], unit);
  g_printerr ("%-46s %10s %-5s", name, text[0], unit);
  if (limit > 0)
    {
      g_ascii_formatd (text[1], sizeof text[1], "%.4g", limit);
      g_print (",\"limit\":%s", text[1]);
      g_printerr (" plain SQLite %10s", text[1]);
    }
  if (goal > 0)
    {
      g_ascii_formatd (text[2], sizeof text[2], "%.4g", goal);
      g_print (",\"goal\":%s", text[2]);
      g_printerr (" goal %s", text[2]);
    }
  g_print ("}\n");
  g_printerr ("\n");
}

static int
compare_times (gconstpointer a,
               gconstpointer b)
{
  gint64 x = *(const gint64 *) a, y = *(const gint64 *) b;

  return x < y ? -1 : x > y;
}

/* In milliseconds. Sorts @times. */
static double
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

static void
fill (const char *path,
      Generate   *generate,
      int         n)
{
  g_autofree char *uri = g_strconcat ("sqlite:", path, NULL);
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

/* ---- clients that do little themselves ---- */

typedef struct {
  TestClient *client;
  GInputStream *input;
  GOutputStream *output;
  char       *buffer;
  gsize       size;
} Caller;

static void
caller_open (Caller     *caller,
             TestClient *client)
{
  g_autoptr(TestReply) reply = test_call (client, "GET", "v1/session", NULL);

  test_expect (reply, 200);
  caller->client = client;
  caller->input = g_io_stream_get_input_stream (client->stream);
  caller->output = g_io_stream_get_output_stream (client->stream);
  caller->size = 16u << 20;
  caller->buffer = g_malloc (caller->size);
  if (G_IS_SOCKET_CONNECTION (client->stream))
    g_socket_set_option (g_socket_connection_get_socket (G_SOCKET_CONNECTION (client->stream)), IPPROTO_TCP, TCP_NODELAY, 1, NULL);
}

static void
caller_close (Caller *caller)
{
  g_free (caller->buffer);
  test_client_free (caller->client);
}

static void
caller_send (Caller     *caller,
             const char *request,
             gsize       length)
{
  GError *error = NULL;

  check (g_output_stream_write_all (caller->output, request, length, NULL, NULL, &error), error);
}

/* The reply's length on the wire; its body stays in the buffer. */
static gsize
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

static char *
make_request (TestClient *client,
              const char *method,
              const char *path,
              const char *fields,
              const char *body)
{
  return g_strdup_printf ("%s /%s HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer %s\r\n%s%s", method, path, client->token,
                          fields, body);
}

static TestClient **
sign_in_all (TestServer *server,
             guint       n)
{
  static guint serial;
  TestClient **clients = g_new0 (TestClient *, n);
  g_autofree char *name = g_strdup_printf ("bench%u", serial++);
  TestClient *local = test_client_new_local (server);
  g_autofree char *body = g_strdup_printf ("{\"user\":\"%s\"}", name);
  TestClient *maker = test_client_new_local (server);

  clients[0] = test_user (maker, name, "administrator", ALL);
  test_client_free (maker);
  for (guint i = 1; i < n; i++)
    {
      g_autoptr(TestReply) reply = test_call (local, "POST", "v1/admin/user-key", body);

      test_expect (reply, 200);
      clients[i] = test_client_new (server);
      test_sign_in_key (clients[i], name, test_text (reply, "key"));
    }
  test_client_free (local);
  return clients;
}

/* ---- one request again and again ---- */

typedef struct {
  Caller   caller;
  char    *request;
  GArray  *times;
  gint64   until_us;
  guint    n_commands;
  guint    orders_from, orders_to, next;
  Generate *generate;
  GArray  *ids;      /* of DspId: orders that this client assigns and returns */
  gboolean assigned;
} Caller1;

static gpointer
repeat (gpointer data)
{
  Caller1 *one = data;
  gsize length = strlen (one->request);

  while (g_get_monotonic_time () < one->until_us)
    {
      gint64 start_us = g_get_monotonic_time (), took_us;

      caller_send (&one->caller, one->request, length);
      caller_receive (&one->caller, NULL);
      took_us = g_get_monotonic_time () - start_us;
      g_array_append_val (one->times, took_us);
    }
  return NULL;
}

static void
measure_reads (TestServer *server,
               const char *name,
               const char *path,
               guint       n_clients,
               double      goal_ms,
               double      goal_rate)
{
  TestClient **clients = sign_in_all (server, n_clients);
  Caller1 *callers = g_new0 (Caller1, n_clients);
  GThread **threads = g_new0 (GThread *, n_clients);
  g_autoptr(GArray) all = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 start_us, took_us;
  g_autofree char *label = NULL;

  for (guint i = 0; i < n_clients; i++)
    {
      caller_open (&callers[i].caller, clients[i]);
      callers[i].request = make_request (clients[i], "GET", path, "", "\r\n");
      callers[i].times = g_array_new (FALSE, FALSE, sizeof (gint64));
    }
  start_us = g_get_monotonic_time ();
  for (guint i = 0; i < n_clients; i++)
    {
      callers[i].until_us = start_us + 2 * G_USEC_PER_SEC;
      threads[i] = g_thread_new ("client", repeat, &callers[i]);
    }
  for (guint i = 0; i < n_clients; i++)
    {
      g_thread_join (threads[i]);
      g_array_append_vals (all, callers[i].times->data, callers[i].times->len);
    }
  took_us = g_get_monotonic_time () - start_us;
  if (n_clients == 1)
    {
      label = g_strconcat (name, ", p50", NULL);
      figure (label, percentile (all, 0.5), "ms", 0, goal_ms);
      g_free (label);
      label = g_strconcat (name, ", p99", NULL);
      figure (label, percentile (all, 0.99), "ms", 0, 0);
    }
  else
    {
      label = g_strdup_printf ("%s, %u clients", name, n_clients);
      figure (label, all->len * 1e6 / took_us, "/s", 0, goal_rate);
    }
  for (guint i = 0; i < n_clients; i++)
    {
      caller_close (&callers[i].caller);
      g_array_unref (callers[i].times);
      g_free (callers[i].request);
    }
  g_free (clients);
  g_free (callers);
  g_free (threads);
}

/* ---- assignments ---- */

/* One push that assigns (or returns) the next orders of this client. */
static void
push_once (Caller1 *one)
{
  TestClient *client = one->caller.client;
  g_autoptr(GString) body = g_string_new (NULL);
  g_autofree char *request = NULL;
  g_autofree char *fields = NULL;
  char device[DSP_ID_TEXT], order[DSP_ID_TEXT], crew[DSP_ID_TEXT];
  gint64 start_us, took_us;
  const char *reply;

  dsp_id_print (&client->device, device);
  g_string_printf (body, "{\"device\":\"%s\",\"epoch\":\"%s\",\"first\":%" G_GINT64_FORMAT ",\"commands\":[", device, client->epoch, client->no + 1);
  for (guint i = 0; i < one->n_commands; i++)
    {
      DspId crew_id = generate_crew_id (one->next % N_CREWS);

      dsp_id_print (&g_array_index (one->ids, DspId, one->next), order);
      dsp_id_print (&crew_id, crew);
      g_string_append_printf (body, "%s{\"no\":%" G_GINT64_FORMAT ",\"kind\":\"order.%s\",\"v\":1,\"id\":\"%s\",\"base\":1,\"at\":"
                              "\"2026-03-02T16:00:00Z\",\"args\":{", i > 0 ? "," : "", ++client->no, one->assigned ? "unassign" : "assign", order);
      if (!one->assigned)
        g_string_append_printf (body, "\"crew_id\":\"%s\"", crew);
      g_string_append (body, "}}");
      if (++one->next == one->ids->len)
        {
          one->next = 0;
          one->assigned = !one->assigned;
        }
    }
  g_string_append (body, "]}");
  fields = g_strdup_printf ("Content-Type: application/json\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n\r\n", body->len);
  request = make_request (client, "POST", "v1/commands", fields, body->str);
  start_us = g_get_monotonic_time ();
  caller_send (&one->caller, request, strlen (request));
  caller_receive (&one->caller, &reply);
  took_us = g_get_monotonic_time () - start_us;
  if (strstr (reply, "rejected") != NULL)
    g_error ("%.600s", reply);
  g_array_append_val (one->times, took_us);
}

static gpointer
push_on (gpointer data)
{
  Caller1 *one = data;

  while (g_get_monotonic_time () < one->until_us)
    push_once (one);
  return NULL;
}

/* Orders that nobody has, of which each client gets some. */
static void
share_orders (Generate *generate,
              Caller1  *callers,
              guint     n_clients)
{
  DspOrder order = { 0 };

  for (guint i = 0; i < n_clients; i++)
    {
      callers[i].ids = g_array_new (FALSE, FALSE, sizeof (DspId));
      callers[i].next = 0;
      callers[i].assigned = FALSE;
    }
  for (guint i = (guint) n_orders, k = 0; i > 0 && callers[n_clients - 1].ids->len < 40; i--)
    {
      generate_order (generate, i - 1, false, &order);
      if (order.status == DSP_ORDER_UNASSIGNED)
        g_array_append_val (callers[k++ % n_clients].ids, order.id);
    }
  dsp_table_clear (&dsp_order.table, &order);
}

static Caller1 *
callers_new (TestServer *server,
             Generate   *generate,
             guint       n_clients,
             guint       n_commands)
{
  TestClient **clients = sign_in_all (server, n_clients);
  Caller1 *callers = g_new0 (Caller1, n_clients);

  for (guint i = 0; i < n_clients; i++)
    {
      caller_open (&callers[i].caller, clients[i]);
      callers[i].times = g_array_new (FALSE, FALSE, sizeof (gint64));
      callers[i].n_commands = n_commands;
    }
  share_orders (generate, callers, n_clients);
  g_free (clients);
  return callers;
}

static void
callers_free (Caller1 *callers,
              guint    n_clients)
{
  for (guint i = 0; i < n_clients; i++)
    {
      /* What it has assigned goes back, for the next round. */
      while (callers[i].assigned || callers[i].next != 0)
        {
          callers[i].n_commands = 1;
          push_once (&callers[i]);
        }
      caller_close (&callers[i].caller);
      g_array_unref (callers[i].times);
      g_array_unref (callers[i].ids);
    }
  g_free (callers);
}

/* ---- the limit: the same rows by hand ---- */

static double
plain_commands (const char *path,
                int         n_commands,
                int         batch)
{
  g_autofree char *body = g_strnfill (500, 'x');
  sqlite3_stmt *update, *log, *feed;
  sqlite3 *plain;
  gint64 start_us;

  if (sqlite3_open (path, &plain) != SQLITE_OK)
    g_error ("%s", sqlite3_errmsg (plain));
  sqlite3_exec (plain, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0;"
                       "CREATE TABLE IF NOT EXISTS plain (id INTEGER PRIMARY KEY, status TEXT, crew BLOB, version INTEGER, body TEXT);"
                       "CREATE INDEX IF NOT EXISTS plain_status ON plain (status, id); CREATE INDEX IF NOT EXISTS plain_crew ON plain (crew);"
                       "CREATE TABLE IF NOT EXISTS log (seq INTEGER PRIMARY KEY, body TEXT);"
                       "CREATE TABLE IF NOT EXISTS feed (seq INTEGER PRIMARY KEY, body TEXT);"
                       "INSERT OR IGNORE INTO plain SELECT value, 'unassigned', NULL, 1, hex (randomblob (150)) FROM "
                       "(WITH RECURSIVE c (value) AS (SELECT 1 UNION ALL SELECT value + 1 FROM c WHERE value < 100000) SELECT value FROM c)", NULL, NULL, NULL);
  sqlite3_wal_checkpoint_v2 (plain, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
  if (sqlite3_prepare_v2 (plain, "UPDATE plain SET status = ?2, crew = ?3, version = version + 1 WHERE id = ?1", -1, &update, NULL) ||
      sqlite3_prepare_v2 (plain, "INSERT INTO log (body) VALUES (?1)", -1, &log, NULL) ||
      sqlite3_prepare_v2 (plain, "INSERT INTO feed (body) VALUES (?1)", -1, &feed, NULL))
    g_error ("%s", sqlite3_errmsg (plain));
  start_us = g_get_monotonic_time ();
  for (int i = 0; i < n_commands; i++)
    {
      DspId crew = generate_crew_id ((guint) i % N_CREWS);

      if (i % batch == 0)
        sqlite3_exec (plain, "BEGIN IMMEDIATE", NULL, NULL, NULL);
      sqlite3_bind_int64 (update, 1, 1 + (sqlite3_int64) i * 7919 % 100000);
      sqlite3_bind_text (update, 2, i % 2 == 0 ? "assigned" : "unassigned", -1, SQLITE_STATIC);
      sqlite3_bind_blob (update, 3, crew.b, 16, SQLITE_STATIC);
      sqlite3_bind_text (log, 1, body, 250, SQLITE_STATIC);
      sqlite3_bind_text (feed, 1, body, 500, SQLITE_STATIC);
      if (sqlite3_step (update) != SQLITE_DONE || sqlite3_step (log) != SQLITE_DONE || sqlite3_step (feed) != SQLITE_DONE)
        g_error ("%s", sqlite3_errmsg (plain));
      sqlite3_reset (update);
      sqlite3_reset (log);
      sqlite3_reset (feed);
      if (i % batch == batch - 1 && sqlite3_exec (plain, "COMMIT", NULL, NULL, NULL) != SQLITE_OK)
        g_error ("%s", sqlite3_errmsg (plain));
    }
  sqlite3_finalize (update);
  sqlite3_finalize (log);
  sqlite3_finalize (feed);
  {
    double rate = n_commands * 1e6 / (g_get_monotonic_time () - start_us);

    sqlite3_close (plain);
    return rate;
  }
}

static void
measure_pushes (TestServer *server,
                Generate   *generate,
                guint       n_clients,
                guint       n_commands,
                double      goal_rate,
                double      goal_p50_ms,
                double      goal_p99_ms,
                gboolean    goal_is_limit)
{
  Caller1 *callers;
  GThread **threads = g_new0 (GThread *, n_clients);
  g_autoptr(GArray) all = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autofree char *plain_path = g_build_filename (server->folder, "plain.db", NULL);
  g_autofree char *name = NULL;
  int batch = (int) MIN (n_clients * n_commands, 64);
  gint64 start_us, took_us;
  double limit, rate;

  limit = plain_commands (plain_path, batch * (batch == 1 ? 1500 : 200), batch);
  callers = callers_new (server, generate, n_clients, n_commands);
  start_us = g_get_monotonic_time ();
  for (guint i = 0; i < n_clients; i++)
    {
      callers[i].until_us = start_us + 3 * G_USEC_PER_SEC;
      threads[i] = g_thread_new ("client", push_on, &callers[i]);
    }
  for (guint i = 0; i < n_clients; i++)
    {
      g_thread_join (threads[i]);
      g_array_append_vals (all, callers[i].times->data, callers[i].times->len);
    }
  took_us = g_get_monotonic_time () - start_us;
  rate = (double) all->len * n_commands * 1e6 / took_us;
  name = g_strdup_printf ("assignments, %u clients, pushes of %u", n_clients, n_commands);
  figure (name, rate, "/s", limit, goal_is_limit ? 0.6 * limit : goal_rate);
  g_free (name);
  name = g_strdup_printf ("a push of %u, %u clients, p50", n_commands, n_clients);
  figure (name, percentile (all, 0.5), "ms", 0, goal_p50_ms);
  g_free (name);
  name = g_strdup_printf ("a push of %u, %u clients, p99", n_commands, n_clients);
  figure (name, percentile (all, 0.99), "ms", 0, goal_p99_ms);
  callers_free (callers, n_clients);
  g_free (threads);
}

/* ---- a change's way to others ---- */

typedef struct {
  Caller  caller;
  char   *cursor;   /* (owned) */
  gint64  came_us;  /* the last reply that had a change */
  GThread *thread;
} Follower;

static void
take_cursor (Follower   *follower,
             const char *body)
{
  const char *cursor = strstr (body, "\"cursor\":\"");

  g_assert_nonnull (cursor);
  cursor += strlen ("\"cursor\":\"");
  g_free (follower->cursor);
  follower->cursor = g_strndup (cursor, strcspn (cursor, "\""));
}

static void
follow_send (Follower *follower,
             guint     wait_s)
{
  g_autofree char *path = g_strdup_printf ("v1/changes?cursor=%s&wait=%u", follower->cursor, wait_s);
  g_autofree char *request = make_request (follower->caller.client, "GET", path, "", "\r\n");

  caller_send (&follower->caller, request, strlen (request));
}

static gpointer
follow_receive (gpointer data)
{
  Follower *follower = data;
  const char *body;

  caller_receive (&follower->caller, &body);
  follower->came_us = g_get_monotonic_time ();
  take_cursor (follower, body);
  return NULL;
}

static void
wait_until_parked (TestServer *server,
                   guint       n)
{
  g_autofree char *wanted = g_strdup_printf ("despacho_waiting %u\n", n);
  TestClient *local = test_client_new_local (server);
  gboolean parked = FALSE;

  while (!parked)
    {
      g_autoptr(TestReply) reply = test_call (local, "GET", "metrics", NULL);

      parked = strstr (reply->text, wanted) != NULL;
    }
  test_client_free (local);
}

static void
measure_way (TestServer *server,
             Generate   *generate,
             guint       n_followers,
             double      goal_p50_ms,
             double      goal_p99_ms)
{
  Caller1 *pusher = callers_new (server, generate, 1, 1);
  TestClient **clients = sign_in_all (server, n_followers);
  Follower *followers = g_new0 (Follower, n_followers);
  g_autoptr(GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_autofree char *name = NULL;

  for (guint i = 0; i < n_followers; i++)
    {
      const char *body;

      caller_open (&followers[i].caller, clients[i]);
      followers[i].cursor = g_strdup ("");
      do
        {
          follow_send (&followers[i], 0);
          caller_receive (&followers[i].caller, &body);
          take_cursor (&followers[i], body);
        }
      while (strstr (body, "\"more\":true") != NULL);
    }
  for (guint round = 0; round < (n_followers == 1 ? 300 : 80); round++)
    {
      gint64 start_us, last_us = 0;

      for (guint i = 0; i < n_followers; i++)
        {
          follow_send (&followers[i], 50);
          followers[i].thread = g_thread_new ("follower", follow_receive, &followers[i]);
        }
      wait_until_parked (server, n_followers);
      start_us = g_get_monotonic_time ();
      push_once (pusher);
      for (guint i = 0; i < n_followers; i++)
        {
          g_thread_join (followers[i].thread);
          last_us = MAX (last_us, followers[i].came_us - start_us);
        }
      g_array_append_val (times, last_us);
    }
  name = g_strdup_printf ("a change's way to %u waiting (the last), p50", n_followers);
  figure (name, percentile (times, 0.5), "ms", 0, goal_p50_ms);
  g_free (name);
  name = g_strdup_printf ("a change's way to %u waiting (the last), p99", n_followers);
  figure (name, percentile (times, 0.99), "ms", 0, goal_p99_ms);
  for (guint i = 0; i < n_followers; i++)
    {
      caller_close (&followers[i].caller);
      g_free (followers[i].cursor);
    }
  callers_free (pusher, 1);
  g_free (followers);
  g_free (clients);
}

/* ---- one drag of many rows ---- */

/* Of the server, so far, in milliseconds: what a busy machine does not falsify. */
static double
processor_ms (TestServer *server)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/stat", (int) server->pid);
  g_autofree char *text = NULL;
  g_auto(GStrv) fields = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return 0;
  fields = g_strsplit (strrchr (text, ')') + 2, " ", 15);
  return (double) (g_ascii_strtoll (fields[11], NULL, 10) + g_ascii_strtoll (fields[12], NULL, 10)) * 1000 / (double) sysconf (_SC_CLK_TCK);
}

static void
measure_drag (TestServer *server,
              Generate   *generate,
              guint       n_rows)
{
  TestClient **clients = sign_in_all (server, 1);
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GArray) times = g_array_new (FALSE, FALSE, sizeof (gint64));
  DspId crew_id = generate_crew_id (7);
  DspOrder order = { 0 };
  char crew[DSP_ID_TEXT];
  double used_ms = G_MAXDOUBLE;
  g_autofree char *name = NULL;

  dsp_id_print (&crew_id, crew);
  for (guint i = (guint) n_orders; i > 0 && ids->len < n_rows; i--)
    {
      generate_order (generate, i - 1, false, &order);
      if (order.status == DSP_ORDER_UNASSIGNED)
        {
          char text[DSP_ID_TEXT];

          dsp_id_print (&order.id, text);
          g_ptr_array_add (ids, g_strdup (text));
        }
    }
  dsp_table_clear (&dsp_order.table, &order);
  for (guint round = 0; round < 4; round++)
    {
      gint64 start_us = g_get_monotonic_time (), took_us;
      double before_ms = processor_ms (server);

      /* Pushes of four commands of two hundred rows: 48 KB each. */
      for (guint i = 0; i < ids->len; i += 800)
        {
          g_autoptr(GString) commands = g_string_new (NULL);
          g_autoptr(TestReply) reply = NULL;
          gint64 first = clients[0]->no + 1;

          for (guint c = i; c < MIN (i + 800, ids->len); c += 200)
            {
              g_string_append_printf (commands, "%s{\"no\":%" G_GINT64_FORMAT ",\"kind\":\"order.%s\",\"v\":1,\"group\":\"drag\",\"args\":{%s%s%s},\"rows\":[",
                                      c > i ? "," : "", ++clients[0]->no, round % 2 == 0 ? "assign" : "unassign", round % 2 == 0 ? "\"crew_id\":\"" : "",
                                      round % 2 == 0 ? crew : "", round % 2 == 0 ? "\"" : "");
              for (guint k = c; k < MIN (c + 200, ids->len); k++)
                g_string_append_printf (commands, "%s{\"id\":\"%s\",\"base\":1}", k > c ? "," : "", (char *) ids->pdata[k]);
              g_string_append (commands, "]}");
            }
          reply = test_push_first (clients[0], first, commands->str);
          test_expect (reply, 200);
          if (test_size (reply, "results/0/refused") != 0)
            g_error ("%.600s", reply->text);
        }
      took_us = g_get_monotonic_time () - start_us;
      used_ms = MIN (used_ms, processor_ms (server) - before_ms);
      if (round % 2 == 0)
        g_array_append_val (times, took_us);
    }
  name = g_strdup_printf ("a drag of %u orders, durable", ids->len);
  figure (name, percentile (times, 0.5), "ms", 0, 500);
  figure ("processor time of the server for it", used_ms, "ms", 0, 0);
  test_client_free (clients[0]);
  g_free (clients);
}

/* ---- the full copy ---- */

/* One copy, page by page; what travels, and how long it takes to have all of it unpacked. */
static void
copy_all (Caller     *caller,
          TestClient *client,
          gboolean    packed,
          double     *ms,
          double     *megabytes)
{
  g_autofree char *after = g_strdup ("");
  g_autofree char *plain = g_malloc (16u << 20);
  gint64 start_us = g_get_monotonic_time ();
  gsize wire = 0;

  do
    {
      g_autofree char *path = g_strdup_printf ("v1/snapshot?shape=columns&scope=all%s%s", *after != '\0' ? "&after=" : "", after);
      g_autofree char *request = make_request (client, "GET", path, packed ? "Accept-Encoding: zstd\r\n" : "", "\r\n");
      const char *body, *next;
      gsize length;

      caller_send (caller, request, strlen (request));
      length = caller_receive (caller, &body);
      wire += length;
      if (strcasestr (caller->buffer, "content-encoding: zstd") != NULL)
        {
          gsize size = ZSTD_decompress (plain, (16u << 20) - 1, body, length - (gsize) (body - caller->buffer));

          g_assert_false (ZSTD_isError (size));
          plain[size] = '\0';
          body = plain;
        }
      next = strstr (body, "\"next\":\"");
      g_free (after);
      after = next != NULL ? g_strndup (next + 8, strcspn (next + 8, "\"")) : g_strdup ("");
    }
  while (*after != '\0');
  *ms = (g_get_monotonic_time () - start_us) / 1e3;
  *megabytes = wire / 1e6;
}

static void
measure_copy (TestServer *server)
{
  TestClient **clients = sign_in_all (server, 1);
  Caller caller = { NULL };
  double ms, megabytes;

  caller_open (&caller, clients[0]);
  copy_all (&caller, clients[0], FALSE, &ms, &megabytes);
  figure ("full copy as plain text", ms, "ms", 0, 0);
  figure ("full copy as plain text, size", megabytes, "MB", 0, 0);
  copy_all (&caller, clients[0], TRUE, &ms, &megabytes);
  figure ("full copy, packed", ms, "ms", 0, n_orders == 100000 ? 600 : 0);
  figure ("full copy, packed, size", megabytes, "MB", 0, n_orders == 100000 ? 6 : 0);
  caller_close (&caller);
  g_free (clients);
}

static void
measure_memory (TestServer *server,
                double      goal)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/status", (int) server->pid);
  g_autofree char *text = NULL;
  const char *rss;

  if (g_file_get_contents (path, &text, NULL, NULL) && (rss = strstr (text, "VmRSS:")) != NULL)
    figure ("memory after load", g_ascii_strtoull (rss + 6, NULL, 10) / 1024.0, "MB", 0, goal);
}

static TestServer *
open_server (Generate *generate,
             int       n)
{
  TestServer *server = test_server_new ();
  static const char *const options[] = { "--sign-ins-per-minute", "0", "--requests-per-second", "0", "--commands-per-minute", "0" };

  fill (server->database, generate, n);
  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    server->options[i] = options[i];
  server->tls = tls;
  test_server_start (server);
  return server;
}

#define PAGE "v1/order?status=unassigned&limit=100"
#define THREE "v1/order?status=unassigned&type=Preventivo&priority=1,2&limit=100"
#define NEWEST "v1/order?status=closed&sort=-created_at&limit=100"

static void
measure_pages (TestServer *server,
               const char *size,
               double      goal_ms)
{
  static const struct { const char *name, *path; } pages[] = {
    { "status, 100 rows", PAGE }, { "three filters, 100 rows", THREE }, { "newest closed, 100 rows", NEWEST },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      g_autofree char *name = g_strdup_printf ("%s of %s", pages[i].name, size);

      measure_reads (server, name, pages[i].path, 1, goal_ms, 0);
      if (i == 0)
        measure_reads (server, name, pages[i].path, 16, 0, 3000);
    }
}

int
main (int    argc,
      char **argv)
{
  const GOptionEntry entries[] = {
    { "orders", 'n', 0, G_OPTION_ARG_INT, &n_orders, "How many orders (100000)", "N" },
    { "large", 'l', 0, G_OPTION_ARG_INT, &n_large, "Then only pages of as many (1000000); 0: not", "N" },
    { "tls", 0, 0, G_OPTION_ARG_NONE, &tls, "Over TLS", NULL },
    { NULL },
  };
  g_autoptr(GOptionContext) context = g_option_context_new (NULL);
  g_autoptr(Generate) generate = NULL;
  g_autofree char *beside = NULL;
  GError *error = NULL;
  TestServer *server;

  g_option_context_add_main_entries (context, entries, NULL);
  check (g_option_context_parse (context, &argc, &argv, &error), error);
  if (g_getenv ("DESPACHOD") == NULL)
    {
      g_autofree char *folder = g_path_get_dirname (argv[0]);

      beside = g_build_filename (folder, "..", "..", "src", "server", "despachod", NULL);
      g_setenv ("DESPACHOD", beside, TRUE);
    }
  generate = generate_new (1, (guint) n_orders, N_CREWS, N_DISTRIBUTORS, NULL);
  server = open_server (generate, n_orders);
  measure_reads (server, "smallest authenticated call", "v1/session", 1, 0.3, 0);
  measure_pages (server, "100k", 1);
  measure_pushes (server, generate, 1, 1, 0, 0.6, 0, FALSE);
  measure_pushes (server, generate, 16, 1, 3000, 0, 30, FALSE);
  measure_pushes (server, generate, 64, 10, 0, 0, 0, TRUE);
  measure_way (server, generate, 1, 2, 15);
  measure_way (server, generate, 20, 5, 30);
  measure_drag (server, generate, 5000);
  measure_copy (server);
  measure_memory (server, 60);
  test_server_free (server);

  if (n_large > 0)
    {
      g_autoptr(Generate) large = generate_new (1, (guint) n_large, N_CREWS, N_DISTRIBUTORS, NULL);

      n_orders = n_large;
      server = open_server (large, n_large);
      measure_pages (server, "1M", 1.5);
      measure_memory (server, 300);
      test_server_free (server);
    }
  return 0;
}
