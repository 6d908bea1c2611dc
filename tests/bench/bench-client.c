/* bench-client.c: what a person waits for: the first copy, a drag of 5,000 orders, opening a large cache
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bench-client [ORDERS]: a real despachod over loopback TLS, two replicas in this process. DESPACHOD names the program.
 * Each figure with its goal, as text and as lines of JSON.
 */
#define WAIT_S 120
#include "config.h"
#include "../client/replica-fixture.h"

#include "dsp-channel.h"
#include "dsp-feed.h"
#include "generate.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#define N_DRAG 5000
#define N_CREWS 400
#define N_DISTRIBUTORS 12
#define N_PROCESS 1000

static void
figure (const char *what,
        double      value,
        const char *unit,
        double      goal)
{
  printf ("%-58s %10.1f %-5s goal %8.1f\n", what, value, unit, goal);
  printf ("{\"bench\":\"client\",\"what\":\"%s\",\"value\":%.3f,\"unit\":\"%s\",\"goal\":%.1f}\n", what, value, unit, goal);
  fflush (stdout);
}

static double
ms_since (gint64 from_us)
{
  return (double) (g_get_monotonic_time () - from_us) / 1000.0;
}

static double
resident_mb (void)
{
  g_autofree char *text = NULL;
  long pages = 0;

  if (g_file_get_contents ("/proc/self/statm", &text, NULL, NULL))
    sscanf (text, "%*s %ld", &pages);
  return (double) pages * 4096 / 1e6;
}

/* Everything that the generator has, straight into the server's feed, 500 records a command. */
typedef struct {
  DspFeed       *feed;
  DspEdit       *edits[500];
  guint          n;
  DspFeedCommand command;
} Loader;

static void
flush_loader (Loader *loader)
{
  g_autoptr(GError) error = NULL;

  dsp_feed_append (loader->feed, &loader->command, loader->edits, loader->n, NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; i < loader->n; i++)
    {
      dsp_record_free (loader->edits[i]->entity, loader->edits[i]->after);
      g_free (loader->edits[i]);
    }
  loader->n = 0;
}

static void
load (Loader           *loader,
      const DspCommand *command,
      gconstpointer     record)
{
  DspEdit *edit = g_new0 (DspEdit, 1);
  DspRecord *head;

  edit->entity = command->entity;
  edit->after = dsp_record_dup (command->entity, record);
  edit->mask = DSP_FIELDS_ALL;
  head = edit->after;
  head->version = 1;
  head->scope = command->entity->scope (head);
  loader->command.command = command;
  loader->edits[loader->n++] = edit;
  if (loader->n == G_N_ELEMENTS (loader->edits))
    flush_loader (loader);
}

static void
fill_server (TestServer *server,
             guint       n_orders)
{
  g_autofree char *uri = g_strconcat ("sqlite:", server->database, NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(DspDb) db = dsp_db_open (uri, DSP_DB_LOCK, &error);
  g_autoptr(DspFeed) feed = db != NULL ? dsp_feed_open (db, &error) : NULL;
  g_autoptr(Generate) generate = generate_new (1, n_orders, N_CREWS, N_DISTRIBUTORS, NULL);
  Loader loader = { .feed = feed };

  g_assert_no_error (error);
  loader.command.at_us = GENERATE_NOW;
  loader.command.user_name = "bench";
  loader.command.no_history = true;
  dsp_feed_begin (feed, &error);
  for (guint i = 0; i < N_DISTRIBUTORS; i++)
    {
      g_autoptr(DspDistributor) distributor = dsp_distributor_new ();

      generate_distributor (generate, i, distributor);
      load (&loader, &dsp_distributor_create, distributor);
    }
  flush_loader (&loader);
  for (guint i = 0; i < N_CREWS; i++)
    {
      g_autoptr(DspCrew) crew = dsp_crew_new ();

      generate_crew (generate, i, crew);
      load (&loader, &dsp_crew_create, crew);
    }
  flush_loader (&loader);
  for (guint i = 0; i < n_orders; i++)
    {
      g_autoptr(DspOrder) order = dsp_order_new ();

      generate_order (generate, i, false, order);
      load (&loader, &dsp_order_import, order);
      if (i % 20000 == 19999)
        {
          flush_loader (&loader);
          dsp_feed_commit (feed, &error);
          g_assert_no_error (error);
          dsp_db_checkpoint (db, DSP_CHECKPOINT_PASSIVE, NULL, NULL);
          dsp_feed_begin (feed, &error);
        }
    }
  if (loader.n > 0)
    flush_loader (&loader);
  dsp_feed_commit (feed, &error);
  g_assert_no_error (error);
  dsp_db_checkpoint (db, DSP_CHECKPOINT_TRUNCATE, NULL, NULL);
  dsp_schema_analyze (db, NULL);
}

/* ---- the drag ---- */

typedef struct {
  Replica *replica;
  GArray  *ids;      /* of DspId */
  DspId    crew_id;
  gint64   from_us;
  double   shown_ms; /* when the index had all of them; 0: not yet */
} Watch;

static void
look (Watch *watch)
{
  DspOrderIndex *index = dsp_replica_get_index (watch->replica->replica);

  if (watch->shown_ms > 0)
    return;
  for (guint i = watch->ids->len; i > 0; i--)
    {
      guint32 row = dsp_order_index_find (index, &g_array_index (watch->ids, DspId, i - 1));

      if (row == DSP_NO_ROW || !dsp_id_equal (dsp_order_index_crew (index, row), &watch->crew_id))
        return;
    }
  watch->shown_ms = ms_since (watch->from_us);
}

static void
on_changed (DspReplica *replica,
            DspChanges *changes,
            gpointer    data)
{
  look (data);
}

static void
drag (Replica *one,
      Replica *two)
{
  DspOrderIndex *index = dsp_replica_get_index (one->replica);
  g_autoptr(DspFilter) filter = dsp_filter_parse (&dsp_order, "status=unassigned", NULL);
  DspOrderQuery query = { .filter = filter };
  g_autoptr(DspOrderResult) open = dsp_replica_query_now (one->replica, &query, 1);
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (DspId));
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(DspOutcome) outcome = NULL;
  g_autoptr(GError) error = NULL;
  DspAssign args = { .crew_id = generate_crew_id (7) };
  Watch here = { one, ids, args.crew_id }, there = { two, ids, args.crew_id };
  double durable_ms, server_ms;

  for (guint i = 0; i < open->n_rows && ids->len < N_DRAG; i++)
    g_array_append_vals (ids, dsp_order_index_id (index, open->rows[i]), 1);
  g_signal_connect (one->replica, "changed", G_CALLBACK (on_changed), &here);
  g_signal_connect (two->replica, "changed", G_CALLBACK (on_changed), &there);
  here.from_us = there.from_us = g_get_monotonic_time ();
  dsp_replica_give_async (one->replica, &dsp_order_assign, (DspId *) ids->data, ids->len, &args, 1, NULL, replica_on_result, &result);
  WAIT_FOR (result != NULL);
  durable_ms = ms_since (here.from_us);
  outcome = dsp_replica_give_finish (one->replica, result, &error);
  g_assert_no_error (error);
  WAIT_FOR (replica_status (one).n_waiting == 0);
  server_ms = ms_since (here.from_us);
  WAIT_FOR (there.shown_ms > 0);
  printf ("%u orders dragged, %u refused\n", outcome->n_given, outcome->refused->len);
  figure ("drag of 5,000: shown", here.shown_ms, "ms", 100);
  figure ("drag of 5,000: on this disk", durable_ms, "ms", 500);
  figure ("drag of 5,000: on the server's disk", server_ms, "ms", 500);
  figure ("drag of 5,000: shown to a second client", there.shown_ms, "ms", 1000);
  g_signal_handlers_disconnect_by_data (one->replica, &here);
  g_signal_handlers_disconnect_by_data (two->replica, &there);
}

/* A process on many at once, as its dialog gives it: what would come of each, then the answers, then the server's. */
static void
cancel_many (Replica *one)
{
  DspOrderIndex *index = dsp_replica_get_index (one->replica);
  g_autoptr(DspFilter) filter = dsp_filter_parse (&dsp_order, "status=unassigned,assigned", NULL);
  DspOrderQuery query = { .filter = filter };
  g_autoptr(DspOrderResult) open = dsp_replica_query_now (one->replica, &query, 1);
  g_autoptr(GAsyncResult) previewed = NULL, given = NULL;
  g_autoptr(DspOutcome) preview = NULL, outcome = NULL;
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (DspId));
  g_autoptr(GError) error = NULL;
  DspCancel args = { .solved = (char *) "Se resolvió por teléfono" };
  guint64 mask = dsp_table_bit (dsp_order_cancel.args, offsetof (DspCancel, solved));
  gint64 from;

  for (guint i = 0; i < open->n_rows && ids->len < N_PROCESS; i++)
    g_array_append_vals (ids, dsp_order_index_id (index, open->rows[i]), 1);
  from = g_get_monotonic_time ();
  dsp_replica_preview_async (one->replica, &dsp_order_cancel, (DspId *) ids->data, ids->len, &args, mask, NULL, replica_on_result, &previewed);
  WAIT_FOR (previewed != NULL);
  figure ("cancellation of 1,000: what would come of each", ms_since (from), "ms", 1000);
  preview = dsp_replica_preview_finish (one->replica, previewed, &error);
  g_assert_no_error (error);
  from = g_get_monotonic_time ();
  dsp_replica_give_async (one->replica, &dsp_order_cancel, (DspId *) ids->data, ids->len, &args, mask, NULL, replica_on_result, &given);
  WAIT_FOR (given != NULL);
  figure ("cancellation of 1,000: answered row by row", ms_since (from), "ms", 1000);
  outcome = dsp_replica_give_finish (one->replica, given, &error);
  g_assert_no_error (error);
  WAIT_FOR (replica_status (one).n_waiting == 0);
  figure ("cancellation of 1,000: on the server's disk", ms_since (from), "ms", 1000);
  printf ("%u orders cancelled, %u refused\n", outcome->n_given, outcome->refused->len);
}

/* ---- single changes ---- */

static int
compare_doubles (const void *a,
                 const void *b)
{
  double one = *(const double *) a, two = *(const double *) b;

  return (one > two) - (one < two);
}

static void
single_changes (Replica *one,
                Replica *two)
{
  DspOrderIndex *index = dsp_replica_get_index (one->replica);
  g_autoptr(DspFilter) filter = dsp_filter_parse (&dsp_order, "status=unassigned", NULL);
  DspOrderQuery query = { .filter = filter };
  g_autoptr(DspOrderResult) open = dsp_replica_query_now (one->replica, &query, 1);
  DspId crew = generate_crew_id (9);
  double times[200];
  guint n = 0;

  for (; n < G_N_ELEMENTS (times) && n < open->n_rows; n++)
    {
      DspId id = *dsp_order_index_id (index, open->rows[n]);
      gint64 from = g_get_monotonic_time ();
      g_autoptr(DspOutcome) outcome = replica_assign (one, &id, &crew);

      WAIT_FOR (dsp_id_equal (dsp_order_index_crew (dsp_replica_get_index (two->replica), dsp_order_index_find (dsp_replica_get_index (two->replica), &id)), &crew));
      times[n] = ms_since (from);
    }
  qsort (times, n, sizeof *times, compare_doubles);
  figure ("one assignment until another client shows it, p50", times[n / 2], "ms", 5);
  figure ("one assignment until another client shows it, p99", times[n * 99 / 100], "ms", 30);
  WAIT_FOR (replica_status (one).n_waiting == 0);
}

static void
open_again (Replica    *replica,
            const char *how,
            bool        keep_index)
{
  DspOrderQuery query = { .clock = { .now_us = GENERATE_NOW } };
  g_autofree char *index = g_strconcat (replica->path, ".index", NULL);
  g_autofree char *what = NULL;
  g_autoptr(DspOrderResult) result = NULL;
  gint64 from;
  double open_ms, ready_ms;

  replica_close (replica);
  if (!keep_index)
    g_unlink (index);
  from = g_get_monotonic_time ();
  replica_open (replica);
  open_ms = ms_since (from);
  WAIT_FOR (!replica_status (replica).loading);
  result = dsp_replica_query_now (replica->replica, &query, 100);
  for (guint i = 0; i < 100 && i < result->n_rows; i++)
    g_assert_nonnull (dsp_replica_get_order (replica->replica, dsp_order_index_id (dsp_replica_get_index (replica->replica), result->rows[i])));
  ready_ms = ms_since (from);
  what = g_strdup_printf ("open the cache, %s: returns", how);
  figure (what, open_ms, "ms", 1000);
  g_free (what);
  what = g_strdup_printf ("open the cache, %s: first page and counts", how);
  figure (what, ready_ms, "ms", keep_index ? 1000 : 5000);
}

int
main (int   argc,
      char *argv[])
{
  guint n_orders = argc > 1 ? (guint) atoi (argv[1]) : 100000;
  TestServer *server = test_server_new ();
  g_autofree char *here = g_path_get_dirname (argv[0]);
  g_autofree char *program = g_build_filename (here, "..", "..", "src", "server", "despachod", NULL);
  g_autofree char *url = NULL;
  TestClient *root;
  Replica *one, *two;
  gint64 from;
  guint64 bytes;

  if (g_getenv ("DESPACHOD") == NULL)
    g_setenv ("DESPACHOD", program, TRUE);
  server->tls = TRUE;
  server->options[0] = "--requests-per-second=0";
  server->options[1] = "--commands-per-minute=0";
  server->options[2] = "--sign-ins-per-minute=0";
  test_server_start (server);
  root = test_administrator (server);
  {
    g_autofree char *ana = office_user (root, "ana", "dispatcher", OFFICE_ALL, NULL), *luis = office_user (root, "luis", "dispatcher", OFFICE_ALL, NULL);
    double before;

    test_client_close (root);
    test_server_stop (server, SIGTERM);
    from = g_get_monotonic_time ();
    fill_server (server, n_orders);
    printf ("%u orders in the server after %.1f s\n", n_orders, ms_since (from) / 1000);
    test_server_start (server);
    url = g_strdup_printf ("https://127.0.0.1:%u", server->port);
    one = replica_new (url, server->fingerprint, "ana", ana);
    before = resident_mb ();
    bytes = dsp_channel_n_received ();
    from = g_get_monotonic_time ();
    replica_start (one);
    WAIT_FOR (replica_is_ready (one));
    figure ("first copy, ready to use", ms_since (from) / 1000, "s", 2.0 * MAX (n_orders / 100000.0, 0.01));
    figure ("first copy, on the wire", (double) (dsp_channel_n_received () - bytes) / 1e6, "MB", 6.0 * n_orders / 100000);
    figure ("first copy, memory gained", resident_mb () - before, "MB", 300);
    g_assert_cmpuint (dsp_order_index_n_orders (dsp_replica_get_index (one->replica)), ==, n_orders);
    two = replica_new (url, server->fingerprint, "luis", luis);
    replica_start (two);
    WAIT_FOR (replica_is_ready (two));
  }
  single_changes (one, two);
  drag (one, two);
  cancel_many (one);
  replica_stop (two);
  replica_free (two);
  open_again (one, "as it was left", true);
  open_again (one, "index to be made", false);
  figure ("memory at the end", resident_mb (), "MB", 300);
  replica_free (one);
  test_client_free (root);
  test_server_free (server);
  return 0;
}
