/* bench-clock.c: very many orders whose penalty date is the same instant, while others go on working
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A real despachod over loopback. Each figure is a line of JSON on standard output, for a person on standard error. The
 * clients, on the same processors, give a command each few milliseconds and wait for its answer on the disk.
 */
#define G_LOG_DOMAIN "bench"

#include "config.h"
#include "dsp-server-schema.h"
#include "dsp-table.h"
#include "server-fixture.h"

#include <string.h>

#define N_CLIENTS 4
#define PAUSE_US 20000
#define LEAD_S 12    /* between the fill and the date: the server starts, and a while is measured without the clock */

static int n_orders = 100000;

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
        double      goal)
{
  char text[2][G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (text[0], sizeof text[0], "%.4g", value);
  g_ascii_formatd (text[1], sizeof text[1], "%.4g", goal);
  g_print ("{\"name\":\"clock/%s\",\"value\":%s,\"unit\":\"%s\"", name, text[0], unit);
  g_printerr ("%-46s %10s %-5s", name, text[0], unit);
  if (goal > 0)
    {
      g_print (",\"goal\":%s", text[1]);
      g_printerr (" goal %s", text[1]);
    }
  g_print ("}\n");
  g_printerr ("\n");
}

static gint64
count (DspDb      *db,
       const char *sql)
{
  GError *error = NULL;
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, sql, &error);

  check (stmt != NULL && dsp_stmt_step (stmt, &error) == DSP_STEP_ROW, error);
  return dsp_stmt_int (stmt, 0);
}

/* Returns: the instant at which all of them turn. */
static gint64
fill (const char *uri)
{
  GError *error = NULL;
  g_autoptr(DspDb) db = dsp_db_open (uri, DSP_DB_CREATE | DSP_DB_LOCK, &error);
  g_autofree char *sql = NULL;
  gint64 due_us;

  check (db != NULL && dsp_database_init (db, &error) && dsp_db_begin (db, &error), error);
  for (int i = 0; i < n_orders; i++)
    {
      g_autofree char *number = g_strdup_printf ("N%07d", i);
      g_autofree char *account = g_strdup_printf ("A%06d", i % 60000);
      DspOrder order = { .version = 1, .number = number, .account = account, .group = (char *) "g", .type = (char *) "repair",
                         .created_at = { g_get_real_time () - G_TIME_SPAN_DAY }, .status = DSP_ORDER_UNASSIGNED,
                         .municipality = (char *) "Benito Juárez", .postal_code = (char *) "03100", .penalty = { 25000, true } };

      /* As programs make ids: by time, and a random rest. */
      order.id = dsp_id_from_key ("order", number);
      order.id = dsp_id_v7 (order.created_at.us + i * 10000, order.id.b + 6);
      order.distributor_id = dsp_id_from_key ("distributor", i % 2 ? "D1" : "D2");
      order.scope = order.distributor_id;
      check (dsp_table_insert (db, NULL, &dsp_order, &order, &error), error);
    }
  due_us = g_get_real_time () + LEAD_S * G_USEC_PER_SEC;
  sql = g_strdup_printf ("UPDATE \"order\" SET \"penalty_at\" = %" G_GINT64_FORMAT ";"
                         "INSERT INTO due (at, entity, id) SELECT \"penalty_at\", 'order', \"id\" FROM \"order\"", due_us);
  check (dsp_db_exec (db, sql, &error) && dsp_db_commit (db, &error) &&
           dsp_db_checkpoint (db, DSP_CHECKPOINT_TRUNCATE, NULL, &error), error);
  return due_us;
}

typedef struct {
  TestClient *client;
  GArray     *times[2]; /* of gint64: before the date, and while it is worked off */
  gint        stage;    /* (atomic) 0, 1; 2: end */
} Worker;

static gpointer
work (gpointer data)
{
  Worker *worker = data;
  int stage;

  while ((stage = g_atomic_int_get (&worker->stage)) < 2)
    {
      g_autofree char *id = test_id ();
      g_autofree char *command = g_strdup_printf ("{\"kind\":\"order.create\",\"id\":\"%s\",\"args\":{\"account\":\"B1\",\"group\":\"g\","
                                                  "\"type\":\"repair\",\"created_at\":\"2026-11-20T10:00:00Z\"}}", id);
      gint64 begin = g_get_monotonic_time (), took;
      g_autoptr(TestReply) reply = test_push (worker->client, command, NULL);

      test_expect (reply, 200);
      took = g_get_monotonic_time () - begin;
      g_array_append_val (worker->times[stage], took);
      g_usleep (PAUSE_US);
    }
  return NULL;
}

static int
compare_times (gconstpointer a,
               gconstpointer b)
{
  return (*(const gint64 *) a > *(const gint64 *) b) - (*(const gint64 *) a < *(const gint64 *) b);
}

static double
percentile (Worker *workers,
            int     stage,
            double  part)
{
  g_autoptr(GArray) all = g_array_new (FALSE, FALSE, sizeof (gint64));

  for (int i = 0; i < N_CLIENTS; i++)
    g_array_append_vals (all, workers[i].times[stage]->data, workers[i].times[stage]->len);
  g_array_sort (all, compare_times);
  return all->len == 0 ? 0 : g_array_index (all, gint64, MIN (all->len - 1, (guint) (part * all->len))) / 1e3;
}

static void
set_stage (Worker *workers,
           int     stage)
{
  for (int i = 0; i < N_CLIENTS; i++)
    g_atomic_int_set (&workers[i].stage, stage);
}

int
main (int    argc,
      char **argv)
{
  const GOptionEntry entries[] = {
    { "orders", 'n', 0, G_OPTION_ARG_INT, &n_orders, "How many orders (100000)", "N" },
    { NULL },
  };
  static const char *const options[] = { "--sign-ins-per-minute", "0", "--requests-per-second", "0", "--commands-per-minute", "0" };
  g_autoptr(GOptionContext) context = g_option_context_new (NULL);
  TestServer *server = test_server_new ();
  g_autofree char *uri = g_strconcat ("sqlite:", server->database, NULL);
  g_autofree char *rule_id = test_id ();
  g_autofree char *rule = g_strdup_printf ("{\"kind\":\"penalty_rule.create\",\"id\":\"%s\",\"args\":{\"code\":\"LATE\",\"label\":\"Late\","
                                           "\"fault\":\"late_attention\",\"amount\":\"250.00\",\"appeal_days\":5}}", rule_id);
  g_autoptr(DspDb) db = NULL;
  g_autoptr(TestReply) reply = NULL;
  Worker workers[N_CLIENTS] = { { NULL } };
  GThread *threads[N_CLIENTS];
  GError *error = NULL;
  TestClient *root;
  gint64 due_us, done_us;

  g_option_context_add_main_entries (context, entries, NULL);
  check (g_option_context_parse (context, &argc, &argv, &error), error);
  if (g_getenv ("DESPACHOD") == NULL)
    {
      g_autofree char *folder = g_path_get_dirname (argv[0]);
      g_autofree char *beside = g_build_filename (folder, "..", "..", "src", "server", "despachod", NULL);

      g_setenv ("DESPACHOD", beside, TRUE);
    }
  due_us = fill (uri);
  for (guint i = 0; i < G_N_ELEMENTS (options); i++)
    server->options[i] = options[i];
  test_server_start (server);
  root = test_administrator (server);
  reply = test_push (root, rule, NULL);
  test_expect (reply, 200);
  for (int i = 0; i < N_CLIENTS; i++)
    {
      g_autofree char *name = g_strdup_printf ("user%d", i);

      workers[i].client = test_user (root, name, "supervisor", "00000000-0000-0000-0000-000000000003");
      workers[i].times[0] = g_array_new (FALSE, FALSE, sizeof (gint64));
      workers[i].times[1] = g_array_new (FALSE, FALSE, sizeof (gint64));
    }
  db = dsp_db_open (uri, DSP_DB_READ_ONLY, &error);
  check (db != NULL, error);
  if (g_get_real_time () > due_us - 2 * G_USEC_PER_SEC)
    g_warning ("the server was slow to start: little is measured before the date");
  for (int i = 0; i < N_CLIENTS; i++)
    threads[i] = g_thread_new ("client", work, &workers[i]);
  while (g_get_real_time () < due_us)
    g_usleep (10000);
  set_stage (workers, 1);
  while (count (db, "SELECT count(*) FROM (SELECT 1 FROM due LIMIT 1)") > 0 && g_get_real_time () < due_us + 300 * G_USEC_PER_SEC)
    g_usleep (20000);
  done_us = g_get_real_time ();
  set_stage (workers, 2);
  for (int i = 0; i < N_CLIENTS; i++)
    g_thread_join (threads[i]);
  if (count (db, "SELECT count(*) FROM \"penalty\"") != n_orders)
    g_error ("%" G_GINT64_FORMAT " penalties instead of %d", count (db, "SELECT count(*) FROM \"penalty\""), n_orders);
  figure ("orders that turn in the same minute", n_orders, "n", 0);
  figure ("all of them turned after", (done_us - due_us) / 1e6, "s", 10.0 * n_orders / 100000);
  figure ("other commands before, p99", percentile (workers, 0, 0.99), "ms", 0);
  figure ("other commands meanwhile, median", percentile (workers, 1, 0.5), "ms", 0);
  figure ("other commands meanwhile, p99", percentile (workers, 1, 0.99), "ms", 100);
  for (int i = 0; i < N_CLIENTS; i++)
    {
      test_client_free (workers[i].client);
      g_array_unref (workers[i].times[0]);
      g_array_unref (workers[i].times[1]);
    }
  test_client_free (root);
  test_server_free (server);
  return 0;
}
