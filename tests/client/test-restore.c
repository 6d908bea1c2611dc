/* test-restore.c: a server that was put back from a backup gets from its clients what came after it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DESPACHO_RESTORE_CLIENTS and DESPACHO_RESTORE_COMMANDS say how many replicas (4) give how many commands each (40) between
 * the backup and the end of the disk; --seed replays a run.
 */
#include "config.h"

#include <glib.h>
#include <stdlib.h>

#define WAIT_S 120
#include "replica-fixture.h"

#include "dsp-db-postgres.h"

#include <signal.h>

#define N_ORDERS 30
#define N_CREWS  3
#define MAX_REPLICAS 64

typedef struct {
  TestServer *server;
  TestClient *root;
  char       *url, *uri, *backup;
  DspId       crews[N_CREWS];
  GArray     *orders;            /* of DspId */
  Replica    *replicas[MAX_REPLICAS];
  guint       n_replicas;
  guint       number;            /* of the next order */
  guint       n_given;           /* commands since the counting began */
  char       *late_key;          /* of a user who comes after the backup */
} Office;

/* ---- the office ---- */

static guint
number_from (const char *name,
             guint       otherwise)
{
  const char *text = g_getenv (name);

  return text != NULL ? (guint) atoi (text) : otherwise;
}

static void
add_replica (Office     *office,
             const char *name,
             const char *key)
{
  office->replicas[office->n_replicas] = replica_new (office->url, office->server->fingerprint, name, key);
  replica_start (office->replicas[office->n_replicas++]);
}

static gboolean
all_idle (Office *office)
{
  for (guint i = 0; i < office->n_replicas; i++)
    if (!replica_is_idle (office->replicas[i]))
      return FALSE;
  return TRUE;
}

static void
set_up (Office       *office,
        gconstpointer data)
{
  g_autofree char *distributor = NULL;

  office->server = test_server_new ();
  office->server->tls = TRUE;
  office->server->options[0] = "--sign-ins-per-minute=0";
  office->server->options[1] = "--requests-per-second=0";
  office->server->options[2] = "--commands-per-minute=0";
  test_server_start (office->server);
  office->url = g_strdup_printf ("https://127.0.0.1:%u", office->server->port);
  office->uri = test_server_dup_uri (office->server);
  office->backup = g_build_filename (office->server->folder, "backup.db", NULL);
  office->root = test_administrator (office->server);
  office->orders = g_array_new (FALSE, FALSE, sizeof (DspId));
  distributor = test_distributor (office->root, "D1");
  for (guint i = 0; i < N_CREWS; i++)
    {
      g_autofree char *code = g_strdup_printf ("C-0%u", i + 1);
      g_autofree char *id = test_crew (office->root, code, distributor);

      office->crews[i] = id_from (id);
    }
  for (guint i = 0; i < N_ORDERS; i++)
    {
      g_autofree char *number = g_strdup_printf ("9041%02u", i);
      g_autofree char *text = test_order (office->root, number, distributor, NULL);
      DspId id = id_from (text);

      g_array_append_val (office->orders, id);
    }
  for (guint n = CLAMP (number_from ("DESPACHO_RESTORE_CLIENTS", 4), 2, MAX_REPLICAS - 1); office->n_replicas < n;)
    {
      g_autofree char *name = g_strdup_printf ("user-%u", office->n_replicas);
      g_autofree char *key = office_user (office->root, name, "supervisor", OFFICE_ALL, NULL);

      add_replica (office, name, key);
    }
  office->late_key = office_user (office->root, "late", "supervisor", OFFICE_ALL, NULL);
  WAIT_FOR (all_idle (office));
}

static void
tear_down (Office       *office,
           gconstpointer data)
{
  for (guint i = 0; i < office->n_replicas; i++)
    replica_free (office->replicas[i]);
  test_client_free (office->root);
  test_server_free (office->server);
  g_array_unref (office->orders);
  g_free (office->url);
  g_free (office->uri);
  g_free (office->backup);
  g_free (office->late_key);
}

/* ---- the administrator ---- */

static void
ctl (Office     *office,
     gboolean    works,
     const char *told, /* in what it prints */
     const char *word,
     const char *argument,
     const char *option)
{
  const char *argv[] = { g_getenv ("DESPACHOCTL"), "--database", office->uri, "--socket", office->server->socket, word,
                         argument != NULL ? argument : option, argument != NULL ? option : NULL, NULL };
  g_autofree char *out = NULL, *err = NULL;
  g_autoptr(GError) error = NULL;
  int status = 0;

  g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, &err, &status, &error);
  g_assert_no_error (error);
  if (g_spawn_check_wait_status (status, NULL) != works || (strstr (out, told) == NULL && strstr (err, told) == NULL))
    g_error ("despachoctl %s: %s%s", word, out, err);
}

static gboolean
on_postgres (Office *office)
{
  return office->server->uri != NULL;
}

/* PostgreSQL's own tools, which must do what they are told. */
static void
run_tool (const char *first,
          ...)
{
  g_autoptr(GPtrArray) argv = g_ptr_array_new ();
  g_autofree char *err = NULL;
  g_autoptr(GError) error = NULL;
  const char *word;
  int status = 0;
  va_list args;

  g_ptr_array_add (argv, (gpointer) first);
  va_start (args, first);
  while ((word = va_arg (args, const char *)) != NULL)
    g_ptr_array_add (argv, (gpointer) word);
  va_end (args);
  g_ptr_array_add (argv, NULL);
  g_spawn_sync (NULL, (char **) argv->pdata, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, &err, &status, &error);
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, NULL))
    g_error ("%s: %s", first, err);
}

/* (transfer full): the company's schema. */
static char *
schema_of (Office *office)
{
  const char *path = strstr (office->uri, "search_path%3D");

  return g_strdup (path + strlen ("search_path%3D"));
}

static gint64 history_end (Office *office);

/* Returns the last entry of the history in it. */
static gint64
make_backup (Office *office)
{
  g_autofree char *schema = NULL, *option = NULL;

  if (on_postgres (office))
    {
      schema = schema_of (office);
      option = g_strconcat ("--schema=", schema, NULL);
      run_tool ("pg_dump", "--format=custom", option, "--file", office->backup, g_getenv ("DESPACHO_TEST_POSTGRES"), NULL);
    }
  else
    ctl (office, TRUE, "is whole", "backup", office->backup, NULL);
  return history_end (office);
}

/* The disk is gone; the backup takes its place, as whoever knows no better would do it. */
static void
lose_and_put_back (Office *office)
{
  const char *ends[] = { "", "-wal", "-shm" };
  const char *cluster = g_getenv ("DESPACHO_TEST_POSTGRES");
  g_autofree char *schema = NULL, *drop = NULL, *content = NULL;
  g_autoptr(GError) error = NULL;
  gsize length;

  test_client_close (office->root);
  test_server_stop (office->server, SIGKILL);
  if (on_postgres (office))
    {
      schema = schema_of (office);
      drop = g_strdup_printf ("DROP SCHEMA %s CASCADE", schema);
      run_tool ("psql", "-Xq", "-v", "ON_ERROR_STOP=1", "-c", drop, cluster, NULL);
      run_tool ("pg_restore", "--exit-on-error", "--dbname", cluster, office->backup, NULL);
      return;
    }
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *path = g_strconcat (office->server->database, ends[i], NULL);

      g_unlink (path);
    }
  g_file_get_contents (office->backup, &content, &length, &error);
  g_assert_no_error (error);
  g_file_set_contents (office->server->database, content, (gssize) length, &error);
  g_assert_no_error (error);
}

/* The same as the handbook says it. */
static void
lose_and_restore (Office     *office,
                  const char *minutes)
{
  const char *ends[] = { "", "-wal", "-shm" };

  if (on_postgres (office))
    {
      lose_and_put_back (office);
      ctl (office, TRUE, "goes on from entry", "restore", NULL, minutes);
      test_server_start (office->server);
      return;
    }
  test_client_close (office->root);
  test_server_stop (office->server, SIGKILL);
  ctl (office, FALSE, "exists", "restore", office->backup, minutes);
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *path = g_strconcat (office->server->database, ends[i], NULL);

      g_unlink (path);
    }
  ctl (office, TRUE, "goes on from entry", "restore", office->backup, minutes);
  test_server_start (office->server);
}

/* ---- what happened ---- */

/* Of the database that no server holds: what was done to orders, in order; and how they are. Instants are not compared: what
 * came back was judged at another one. */
static char *
tell_history (Office *office,
              gint64  after)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspDb) db = dsp_db_open (office->uri, DSP_DB_READ_ONLY, &error);
  g_autoptr(DspStmt) stmt = NULL;
  GString *told = g_string_new (NULL);
  DspStep step;

  g_assert_no_error (error);
  stmt = dsp_db_prepare (db, "SELECT \"record_id\", \"command\", \"user_name\", \"from_state\", \"to_state\" FROM \"history\""
                             " WHERE \"entity\" = 'order' AND \"_row\" > $1 ORDER BY \"_row\"", &error);
  g_assert_no_error (error);
  dsp_stmt_bind_int (stmt, 1, after);
  while ((step = dsp_stmt_step (stmt, &error)) == DSP_STEP_ROW)
    {
      DspId id = dsp_stmt_id (stmt, 0);
      char text[DSP_ID_TEXT];

      dsp_id_print (&id, text);
      g_string_append_printf (told, "%s %s %s %s>%s\n", text, dsp_stmt_text (stmt, 1, NULL), dsp_stmt_text (stmt, 2, NULL),
                              dsp_stmt_text (stmt, 3, NULL), dsp_stmt_text (stmt, 4, NULL));
    }
  g_assert_cmpint (step, ==, DSP_STEP_DONE);
  return g_string_free (told, FALSE);
}

static char *
tell_orders (Office *office)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspDb) db = dsp_db_open (office->uri, DSP_DB_READ_ONLY, &error);
  g_autoptr(DspStmt) stmt = NULL;
  GString *told = g_string_new (NULL);

  g_assert_no_error (error);
  stmt = dsp_db_prepare (db, "SELECT \"number\", \"version\", \"status\", \"crew_id\" FROM \"order\" ORDER BY \"number\"", &error);
  g_assert_no_error (error);
  while (dsp_stmt_step (stmt, &error) == DSP_STEP_ROW)
    {
      DspId crew = dsp_stmt_id (stmt, 3);
      char text[DSP_ID_TEXT];

      dsp_id_print (&crew, text);
      g_string_append_printf (told, "%s %" G_GINT64_FORMAT " %s %s\n", dsp_stmt_text (stmt, 0, NULL), dsp_stmt_int (stmt, 1),
                              dsp_stmt_text (stmt, 2, NULL), text);
    }
  return g_string_free (told, FALSE);
}

/* Of what is in the backup. */
static gint64
history_end (Office *office)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *uri = on_postgres (office) ? g_strdup (office->uri) : g_strconcat ("sqlite:", office->backup, NULL);
  g_autoptr(DspDb) db = dsp_db_open (uri, DSP_DB_READ_ONLY, &error);
  gint64 end = 0;

  g_assert_no_error (error);
  dsp_db_int (db, "SELECT max(\"_row\") FROM \"history\"", &end, &error);
  g_assert_no_error (error);
  return end;
}

/* ---- work ---- */

static void
create_order (Office  *office,
              Replica *replica)
{
  g_autofree char *number = g_strdup_printf ("R%05u", office->number++);
  g_autofree char *text = test_id ();
  g_autoptr(DspOrder) order = dsp_order_new ();
  g_autoptr(DspOutcome) outcome = NULL;
  DspId id = id_from (text);

  order->number = g_steal_pointer (&number);
  order->account = g_strdup ("A");
  order->group = g_strdup ("g");
  order->type = g_strdup ("install");
  order->created_at.us = g_get_real_time ();
  outcome = replica_give (replica, &dsp_order_create, &id, 1, order, DSP_FIELDS_ALL);
  if (outcome->n_given != 1)
    g_error ("order.create: %s", g_array_index (outcome->refused, DspRefusal, 0).message);
  g_array_append_val (office->orders, id);
  office->n_given++;
}

/* Anybody does anything to any order that his replica has; what the server refuses because a colleague was faster is part
 * of it. */
static void
give_something (Office  *office,
                Replica *replica)
{
  DspId id = g_array_index (office->orders, DspId, g_test_rand_int_range (0, (int) office->orders->len));
  const DspOrder *order = dsp_replica_get_order (replica->replica, &id);
  DspId crew = office->crews[g_test_rand_int_range (0, N_CREWS)];

  if (order == NULL || g_test_rand_int_range (0, 5) == 0)
    create_order (office, replica);
  else
    {
      DspUnassign args = { .from_crew_id = order->crew_id, .reason = (char *) "otra" };
      g_autoptr(DspOutcome) outcome = dsp_id_is_none (&order->crew_id) ? replica_assign (replica, &id, &crew)
                                                                       : replica_give (replica, &dsp_order_unassign, &id, 1, &args, 3);

      office->n_given += outcome->n_given;
    }
}

static void
work (Office *office,
      guint   n_each)
{
  for (guint i = 0; i < n_each * office->n_replicas; i++)
    {
      give_something (office, office->replicas[g_test_rand_int_range (0, (int) office->n_replicas)]);
      if (g_test_rand_int_range (0, 4) == 0)
        WAIT_FOR (all_idle (office));
    }
}

/* ---- after it ---- */

static void
sign_in_again (Office  *office,
               Replica *replica,
               const char *key)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  DspId device;

  WAIT_FOR (replica_status (replica).link == DSP_LINK_SIGN_IN);
  replica_stop (replica);
  g_assert_true (dsp_replica_dup_device (replica->replica, &device));
  dsp_sign_in_async (replica->url, replica->fingerprint, replica->user, NULL, key, NULL, &device, NULL, replica_on_result, &result);
  WAIT_FOR (result != NULL);
  dsp_session_free (replica->session);
  replica->session = dsp_sign_in_finish (result, &error);
  g_assert_no_error (error);
  g_assert_false (dsp_id_equal (&replica->session->device, &device));
  dsp_replica_set_session (replica->replica, replica->session, &error);
  g_assert_no_error (error);
  replica_start (replica);
}

static gboolean
is_held (TestClient *local,
         gint64      n)
{
  g_autoptr(TestReply) reply = test_call (local, "GET", "v1/admin/recovery", NULL);

  test_expect (reply, 200);
  g_assert_cmpint (test_int (reply, "held"), <=, n);
  return test_int (reply, "held") == n;
}

/* The main loop turns by itself while a server is asked. */
static void
wait_held (Office *office,
           gint64  n)
{
  TestClient *local = test_client_new_local (office->server);
  guint tick = g_timeout_add (20, replica_tick, NULL);

  WAIT_FOR (is_held (local, n));
  g_source_remove (tick);
  test_client_free (local);
}

static guint
count_lines (const char *text)
{
  guint n = 0;

  for (; *text != '\0'; text++)
    n += *text == '\n';
  return n;
}

static GHashTable *
versions_of (Office  *office,
             Replica *replica)
{
  GHashTable *known = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint k = 0; k < office->orders->len; k++)
    {
      const DspOrder *order = dsp_replica_get_order (replica->replica, &g_array_index (office->orders, DspId, k));

      if (order != NULL)
        g_hash_table_add (known, g_strdup_printf ("%s %" G_GINT64_FORMAT " ", order->number, order->version));
    }
  return known;
}

/* Whether each replica has what the server has, version by version. */
static gboolean
have_same (Office     *office,
           const char *orders)
{
  g_auto(GStrv) lines = g_strsplit (orders, "\n", -1);

  for (guint i = 0; i < office->n_replicas; i++)
    {
      g_autoptr(GHashTable) known = versions_of (office, office->replicas[i]);

      for (guint k = 0; lines[k] != NULL && *lines[k] != '\0'; k++)
        {
          g_autofree char *head = g_strndup (lines[k], (gsize) (strchr (strchr (lines[k], ' ') + 1, ' ') - lines[k] + 1));

          if (!g_hash_table_contains (known, head))
            return FALSE;
        }
    }
  return TRUE;
}

static gint64
count_outbox (Replica    *replica,
              const char *state)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *uri = g_strconcat ("sqlite:", replica->path, NULL);
  g_autofree char *sql = g_strdup_printf ("SELECT count(*) FROM \"outbox\" WHERE \"state\" = '%s'", state);
  g_autoptr(DspDb) db = dsp_db_open (uri, DSP_DB_READ_ONLY, &error);
  gint64 n = -1;

  g_assert_no_error (error);
  dsp_db_int (db, sql, &n, &error);
  g_assert_no_error (error);
  return n;
}

/* In which history server and replica last agreed on the numbers. */
static char *
agreed_epoch (Replica *replica)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *uri = g_strconcat ("sqlite:", replica->path, NULL);
  g_autoptr(DspDb) db = dsp_db_open (uri, DSP_DB_READ_ONLY, &error);
  g_autoptr(DspStmt) stmt = NULL;

  g_assert_no_error (error);
  stmt = dsp_db_prepare (db, "SELECT \"value\" FROM \"sync_state\" WHERE \"key\" = 'agreed'", &error);
  g_assert_no_error (error);
  return dsp_stmt_step (stmt, &error) == DSP_STEP_ROW ? g_strdup (dsp_stmt_text (stmt, 0, NULL)) : NULL;
}

static gboolean
agrees_anew (Replica    *replica,
             const char *old_epoch)
{
  g_autofree char *epoch = agreed_epoch (replica);

  return g_strcmp0 (epoch, old_epoch) != 0 && replica_is_idle (replica) && count_outbox (replica, "sent") == 0;
}

/* ---- tests ---- */

/* A backup, work of all, the disk lost: once every client was there, the history of the office is the one it had, and after
 * it what had not reached the server. */
static void
test_drill (Office       *office,
            gconstpointer data)
{
  guint n_each = number_from ("DESPACHO_RESTORE_COMMANDS", 40), n_held, n_new;
  g_autofree char *before = NULL, *after = NULL, *orders = NULL;
  Replica *offline = office->replicas[0], *late;
  gint64 end;

  work (office, n_each / 4);
  WAIT_FOR (all_idle (office));
  end = make_backup (office);
  office->n_given = 0;
  add_replica (office, "late", office->late_key);
  late = office->replicas[office->n_replicas - 1];
  WAIT_FOR (all_idle (office));
  work (office, n_each);
  WAIT_FOR (all_idle (office));
  replica_stop (offline);
  n_new = office->n_given;
  for (guint i = 0; i < 3; i++)
    create_order (office, offline);
  /* Of a device that the restored server does not know only what was applied is offered again: there are no gaps to fill. */
  n_held = office->n_given - replica_status (late).n_rejected;

  test_client_close (office->root);
  test_server_stop (office->server, SIGKILL);
  before = tell_history (office, end);
  lose_and_restore (office, "--minutes=60");
  for (guint i = 1; i + 1 < office->n_replicas; i++)
    WAIT_FOR (replica_is_ready (office->replicas[i]));
  sign_in_again (office, late, office->late_key);
  replica_start (offline);
  create_order (office, office->replicas[1]);
  wait_held (office, n_held + 1);
  ctl (office, TRUE, "are held", "recovery", NULL, NULL);
  ctl (office, TRUE, "\"held\"", "recovery", "end", "--json");
  WAIT_FOR (all_idle (office));
  n_new = office->n_given - n_new;

  test_server_stop (office->server, SIGTERM);
  after = tell_history (office, end);
  if (!g_str_has_prefix (after, before) || count_lines (after) != count_lines (before) + n_new)
    g_error ("the history was\n%sand is\n%s", before, after);
  ctl (office, TRUE, "are whole", "verify", NULL, NULL);
  orders = tell_orders (office);
  test_server_start (office->server);
  WAIT_FOR (have_same (office, orders));
}

/* Without the time of gathering each command is taken as it comes; a client alone loses nothing and repeats nothing. */
static void
test_at_once (Office       *office,
              gconstpointer data)
{
  g_autofree char *before = NULL, *after = NULL, *epoch = agreed_epoch (office->replicas[0]);
  guint tick = g_timeout_add (20, replica_tick, NULL);
  gint64 end;

  for (guint i = 0; i < 5; i++)
    give_something (office, office->replicas[0]);
  WAIT_FOR (all_idle (office));
  end = make_backup (office);
  for (guint i = 0; i < 150; i++) /* more than one push */
    give_something (office, office->replicas[0]);
  WAIT_FOR (all_idle (office));
  test_client_close (office->root);
  test_server_stop (office->server, SIGTERM);
  before = tell_history (office, end);
  lose_and_restore (office, "--minutes=0");
  WAIT_FOR (agrees_anew (office->replicas[0], epoch));
  g_source_remove (tick);
  test_server_stop (office->server, SIGTERM);
  after = tell_history (office, end);
  g_assert_cmpstr (after, ==, before);
  ctl (office, TRUE, "are whole", "verify", NULL, NULL);
  test_server_start (office->server);
}

/* The control: put back without another epoch, as a disk's image would be. No client is told, and the history is not the one that
 * it was: the drill would not let it pass. */
static void
test_control (Office       *office,
              gconstpointer data)
{
  guint n_each = number_from ("DESPACHO_RESTORE_COMMANDS", 40);
  g_autofree char *before = NULL, *after = NULL;
  gint64 end = make_backup (office), until;

  work (office, n_each);
  WAIT_FOR (all_idle (office));
  test_client_close (office->root);
  test_server_stop (office->server, SIGKILL);
  before = tell_history (office, end);
  lose_and_put_back (office);
  test_server_start (office->server);
  /* As long as the drill takes, or until nobody has anything to say any more. */
  for (until = g_get_monotonic_time () + 5 * G_USEC_PER_SEC; g_get_monotonic_time () < until;)
    g_main_context_iteration (NULL, FALSE) ? (void) 0 : g_usleep (2000);
  test_server_stop (office->server, SIGTERM);
  after = tell_history (office, end);
  g_test_message ("%u entries of history were made after the backup, %u are there; %s", count_lines (before), count_lines (after),
                  g_str_has_prefix (after, before) ? "in their order" : "not in their order");
  g_assert_false (g_str_has_prefix (after, before));
  test_server_start (office->server);
}

/* What is in a verified backup no client has to keep; what came after it every client does. */
static void
test_stable (Office       *office,
             gconstpointer data)
{
  Replica *replica = office->replicas[0];
  guint tick = g_timeout_add (20, replica_tick, NULL);

  for (guint i = 0; i < 6; i++)
    create_order (office, replica);
  WAIT_FOR (all_idle (office) && count_outbox (replica, "settled") == 6);
  ctl (office, TRUE, "is whole", "backup", office->backup, NULL);
  create_order (office, replica);
  WAIT_FOR (all_idle (office) && count_outbox (replica, "settled") == 1);
  g_source_remove (tick);
}

/* A restore that cannot be is refused, and touches nothing. */
static void
test_refused (Office       *office,
              gconstpointer data)
{
  g_autofree char *broken = g_build_filename (office->server->folder, "broken.db", NULL);
  g_autofree char *uri = g_strconcat (office->uri, ".new", NULL);
  g_autofree char *text = NULL;
  char *own = office->uri;
  gsize length;

  ctl (office, FALSE, "itself", "backup", office->server->database, NULL);
  ctl (office, TRUE, "is whole", "backup", office->backup, NULL);
  ctl (office, FALSE, "exists", "restore", office->backup, NULL);
  ctl (office, FALSE, "not from 0 to 1440", "restore", office->backup, "--minutes=2000");
  ctl (office, FALSE, "is not end", "recovery", "fin", NULL);
  ctl (office, TRUE, "not gathering", "recovery", NULL, NULL);
  g_assert_true (g_file_get_contents (office->backup, &text, &length, NULL));
  memset (text + length / 2, 0x5a, 4096);
  g_assert_true (g_file_set_contents (broken, text, (gssize) length, NULL));
  office->uri = uri;
  ctl (office, FALSE, "broken.db", "restore", broken, NULL);
  ctl (office, FALSE, "none.db", "restore", "none.db", NULL);
  g_assert_false (g_file_test (uri + strlen ("sqlite:"), G_FILE_TEST_EXISTS));
  office->uri = own;
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  dsp_db_postgres_init ();
  g_test_add ("/restore/T13-drill", Office, NULL, set_up, test_drill, tear_down);
  g_test_add ("/restore/T13-at-once", Office, NULL, set_up, test_at_once, tear_down);
  g_test_add ("/restore/T13-control-without-another-epoch", Office, NULL, set_up, test_control, tear_down);
  /* Of PostgreSQL's own backups nobody tells the server. */
  if (g_getenv ("DESPACHO_TEST_POSTGRES") == NULL)
    {
      g_test_add ("/restore/T13-stable", Office, NULL, set_up, test_stable, tear_down);
      g_test_add ("/restore/T13-refused", Office, NULL, set_up, test_refused, tear_down);
    }
  return g_test_run ();
}
