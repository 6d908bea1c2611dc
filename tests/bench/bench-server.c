/* bench-server.c: a real despachod over loopback
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Clients are threads of this program on the same processors, so that every figure has the client's part in it.
 */
#define G_LOG_DOMAIN "bench"

#include "config.h"
#include "dsp-table.h"
#include "figure.h"
#include "pusher.h"

#include <string.h>
#include <zstd.h>

#define COPY_BYTES (16u << 20)

static int n_orders = 100000;
static int n_large = 1000000;
static int n_huge = 0;
static gboolean tls;

typedef struct {
  Caller  caller;
  char   *request; /* (owned) */
  GArray *times;   /* (owned): of gint64, µs */
  gint64  until_us;
} Reader;

static gpointer
repeat (gpointer data)
{
  Reader *one = data;
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

/* Returns: the median in milliseconds. @before: that of a smaller office; then twice that is wanted. */
static double
measure_reads (TestServer *server,
               const char *name,
               const char *path,
               guint       n_clients,
               double      goal_ms,
               double      goal_rate,
               double      before)
{
  TestClient **clients = sign_in_all (server, n_clients);
  Reader *callers = g_new0 (Reader, n_clients);
  GThread **threads = g_new0 (GThread *, n_clients);
  g_autoptr(GArray) all = g_array_new (FALSE, FALSE, sizeof (gint64));
  gint64 start_us, took_us;
  g_autofree char *label = NULL;
  double median;

  for (guint i = 0; i < n_clients; i++)
    {
      caller_open (&callers[i].caller, clients[i], 1 << 20);
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
  median = percentile (all, 0.5);
  if (n_clients == 1)
    {
      label = g_strconcat ("server/", name, ", p50", NULL);
      figure (label, median, "ms", before, "the smaller office", before > 0 ? 2 * before : goal_ms);
      g_free (label);
      label = g_strconcat ("server/", name, ", p99", NULL);
      figure (label, percentile (all, 0.99), "ms", 0, NULL, 0);
    }
  else
    {
      label = g_strdup_printf ("server/%s, %u clients", name, n_clients);
      figure (label, all->len * 1e6 / took_us, "/s", 0, NULL, goal_rate);
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
  return median;
}

/* ---- one drag of many rows ---- */

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
      double before_ms = processor_ms (server->pid);

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
      used_ms = MIN (used_ms, processor_ms (server->pid) - before_ms);
      if (round % 2 == 0)
        g_array_append_val (times, took_us);
    }
  name = g_strdup_printf ("server/a drag of %u orders, durable", ids->len);
  figure (name, percentile (times, 0.5), "ms", 0, NULL, 500);
  figure ("server/processor time of the server for it", used_ms, "ms", 0, NULL, 0);
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
  g_autofree char *plain = g_malloc (COPY_BYTES);
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
          gsize size = ZSTD_decompress (plain, COPY_BYTES - 1, body, length - (gsize) (body - caller->buffer));

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

  caller_open (&caller, clients[0], COPY_BYTES);
  copy_all (&caller, clients[0], FALSE, &ms, &megabytes);
  figure ("server/full copy as plain text", ms, "ms", 0, NULL, 0);
  figure ("server/full copy as plain text, size", megabytes, "MB", 0, NULL, 0);
  copy_all (&caller, clients[0], TRUE, &ms, &megabytes);
  figure ("server/full copy, packed", ms, "ms", 0, NULL, n_orders == 100000 ? 600 : 0);
  figure ("server/full copy, packed, size", megabytes, "MB", 0, NULL, n_orders == 100000 ? 6 : 0);
  caller_close (&caller);
  g_free (clients);
}

#define N_PAGES 3
#define PAGE "v1/order?status=unassigned&limit=100"
#define THREE "v1/order?status=unassigned&type=Preventivo&priority=1,2&limit=100"
#define NEWEST "v1/order?status=closed&sort=-created_at&limit=100"

/* Each page's median goes to @medians, or where @before has those of a smaller office, beside these. */
static void
measure_pages (TestServer   *server,
               double        goal_ms,
               const double *before,
               double       *medians)
{
  static const struct { const char *name, *path; } pages[] = {
    { "status, 100 rows", PAGE }, { "three filters, 100 rows", THREE }, { "newest closed, 100 rows", NEWEST },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pages); i++)
    {
      g_autofree char *name = g_strdup_printf ("%s of %g orders", pages[i].name, (double) n_orders);

      medians[i] = measure_reads (server, name, pages[i].path, 1, goal_ms, 0, before != NULL ? before[i] : 0);
      if (i == 0)
        measure_reads (server, name, pages[i].path, 16, 0, 3000, 0);
    }
}

int
main (int    argc,
      char **argv)
{
  const GOptionEntry entries[] = {
    { "orders", 'n', 0, G_OPTION_ARG_INT, &n_orders, "How many orders (100000)", "N" },
    { "large", 'l', 0, G_OPTION_ARG_INT, &n_large, "Then only pages of as many (1000000); 0: not", "N" },
    { "huge", 0, 0, G_OPTION_ARG_INT, &n_huge, "And of as many (none), beside the large ones", "N" },
    { "tls", 0, 0, G_OPTION_ARG_NONE, &tls, "Over TLS", NULL },
    { NULL },
  };
  g_autoptr(GOptionContext) context = g_option_context_new (NULL);
  g_autoptr(Generate) generate = NULL;
  double medians[2][N_PAGES];
  GError *error = NULL;
  TestServer *server;

  g_option_context_add_main_entries (context, entries, NULL);
  check (g_option_context_parse (context, &argc, &argv, &error), error);
  use_despachod_beside (argv[0]);
  generate = generate_new (1, (guint) n_orders, N_CREWS, N_DISTRIBUTORS, NULL);
  server = office_start (generate, n_orders, tls);
  measure_reads (server, "smallest authenticated call", "v1/session", 1, 0.3, 0, 0);
  measure_pages (server, 1, NULL, medians[0]);
  measure_drag (server, generate, 5000);
  measure_copy (server);
  figure ("server/memory after load", memory_mb (server->pid), "MB", 0, NULL, 60);
  test_server_free (server);

  for (int i = 0; i < 2; i++)
    {
      g_autoptr(Generate) larger = NULL;

      n_orders = i == 0 ? n_large : n_huge;
      if (n_orders <= 0)
        continue;
      larger = generate_new (1, (guint) n_orders, N_CREWS, N_DISTRIBUTORS, NULL);
      server = office_start (larger, n_orders, tls);
      measure_pages (server, i == 0 ? 1.5 : 0, i == 1 && n_large > 0 ? medians[0] : NULL, medians[i]);
      test_server_free (server);
    }
  return 0;
}
