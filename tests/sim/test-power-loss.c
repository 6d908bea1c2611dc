/* test-power-loss.c: the power goes at the k-th write or flush, for every k (T5)
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was not flushed then is there, gone, or torn between sectors, each write for itself, by a seed; several times for each k.
 * Afterwards the file is whole, and what was said to be stored is there. A disk that says it flushed and did not is the control:
 * with it something must be missing. Beyond the first, only some k are tried unless DESPACHO_SWEEP_ALL is set; --seed replays.
 */
#include "config.h"
#include "office-steps.h"

#include "server-steps.h"

#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

#define N_PUSHES 6

static gboolean lies;

static int
next_cut (int k)
{
  return k < 30 || g_getenv ("DESPACHO_SWEEP_ALL") != NULL ? k + 1 : k + 7;
}

static guint
n_losses (void)
{
  return g_getenv ("DESPACHO_SWEEP_ALL") != NULL ? 8 : 2;
}

static void
arm (const char *machine,
     int         cut)
{
  sim_disk_arm (machine, &(SimFaults) { .stop_at = cut, .lies = lies });
}

/* A disk that lies may leave anything. */
static gboolean
is_whole (DspDb *db)
{
  g_autoptr(GError) error = NULL;
  gboolean whole = dsp_db_check (db, TRUE, &error);

  if (!lies)
    g_assert_no_error (error);
  return whole;
}

/* ---- the server ---- */

typedef struct {
  char   *ids[N_PUSHES]; /* of the orders that are created */
  guint   n_answered;    /* the first of them: the answer was "applied" */
} Pushes;

/* A server's life: it opens, takes the pushes from @first on, ends. As far as it comes. */
static void
live (Pushes *pushes,
      guint   first)
{
  g_autoptr(DspDb) db = dsp_db_open ("sqlite:" DATABASE, DSP_DB_LOCK, NULL);
  DspExecutor *executor = db != NULL ? dsp_executor_new (g_steal_pointer (&db), 0, NULL) : NULL;
  g_autoptr(DspSession) session = NULL;
  char epoch[DSP_ID_TEXT];
  gint64 last;

  if (executor == NULL)
    return;
  session = dsp_executor_local (executor, "admin", &last, epoch, NULL);
  for (guint i = first; session != NULL && i < N_PUSHES; i++)
    if (server_push (executor, session, epoch, i + 1, pushes->ids[i]))
      pushes->n_answered = MAX (pushes->n_answered, i + 1);
    else
      break;
  dsp_executor_free (executor);
}

static guint
count_stored (Pushes *pushes)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspDb) db = dsp_db_open ("sqlite:" DATABASE, DSP_DB_READ_ONLY, &error);
  guint n = 0, n_findings = 0;

  if ((db == NULL || !is_whole (db) || !dsp_feed_verify (db, NULL, NULL, &n_findings, &error)) && lies)
    return 0;
  g_assert_no_error (error);
  g_assert_cmpuint (n_findings, ==, 0);
  for (guint i = 0; i < N_PUSHES; i++)
    {
      DspRecord head = { 0 };
      DspId id;

      g_assert_true (dsp_id_parse (pushes->ids[i], strlen (pushes->ids[i]), &id));
      if (dsp_table_head (db, NULL, &dsp_order, &id, &head, &error) != DSP_STEP_ROW)
        break;
      n++;
    }
  g_assert_no_error (error);
  return n;
}

/* Returns the number of orders that were answered and are not there. */
static guint
server_round (Pushes *pushes,
              int     cut)
{
  guint n_stored, n_missing;

  sim_disk_copy ("saved/office.db", DATABASE);
  sim_disk_remove (DATABASE "-wal");
  pushes->n_answered = 0;
  arm (SERVER, cut);
  live (pushes, 0);
  sim_disk_stop (SERVER);
  sim_disk_start (SERVER, TRUE);
  n_stored = count_stored (pushes);
  n_missing = pushes->n_answered - MIN (n_stored, pushes->n_answered);
  if (lies)
    return n_missing;
  /* Whatever had no answer is sent again, and is there once. */
  arm (SERVER, 0);
  live (pushes, pushes->n_answered);
  g_assert_cmpuint (pushes->n_answered, ==, N_PUSHES);
  g_assert_cmpuint (count_stored (pushes), ==, N_PUSHES);
  return n_missing;
}

static void
prepare_server (Pushes *pushes)
{
  arm (SERVER, 0);
  server_make ();
  sim_disk_copy (DATABASE, "saved/office.db");
  for (guint i = 0; i < N_PUSHES; i++)
    pushes->ids[i] = g_uuid_string_random ();
}

static int
count_calls (Pushes *pushes)
{
  sim_disk_copy ("saved/office.db", DATABASE);
  sim_disk_arm (SERVER, &(SimFaults) { .lies = lies });
  live (pushes, 0);
  g_assert_cmpuint (pushes->n_answered, ==, N_PUSHES);
  return sim_disk_n_calls (SERVER);
}

static void
test_server (gconstpointer data)
{
  Pushes pushes = { { NULL } };
  guint n_missing = 0, n_rounds = 0;
  int n_calls;

  lies = FALSE;
  prepare_server (&pushes);
  lies = data != NULL;
  n_calls = count_calls (&pushes);
  for (int k = 1; k <= n_calls + 1; k = next_cut (k))
    for (guint i = 0; i < n_losses (); i++, n_rounds++)
      {
        sim_disk_set_seed (g_test_rand_int ());
        n_missing += server_round (&pushes, k);
      }
  g_test_message ("%d writes and flushes, %u losses of power, %u answered orders missing", n_calls, n_rounds, n_missing);
  if (lies)
    g_assert_cmpuint (n_missing, >, 0);
  else
    g_assert_cmpuint (n_missing, ==, 0);
  for (guint i = 0; i < N_PUSHES; i++)
    g_free (pushes.ids[i]);
}

/* ---- the client ---- */

#define CLIENT "client"

static const Step steps[] = { assign, feed_lines, bill, applied, settled, taken_away };
#define N_STEPS G_N_ELEMENTS (steps)

/* Opens it, goes from step @from on as far as it comes, closes it. Returns how many steps said that they are done. */
static guint
go (Fixture *f,
    guint    from)
{
  guint done = from;

  if (!try_open (f, NULL))
    return done;
  while (done < N_STEPS && steps[done] (f, NULL))
    done++;
  g_clear_pointer (&f->keeper, dsp_keeper_close);
  return done;
}

static void
prepare_client (Fixture *f)
{
  arm (CLIENT, 0);
  sim_disk_remove (f->path);
  sim_disk_remove (CLIENT "/cache.sqlite-wal");
  open_keeper (f);
  office_enrol (f->keeper);
  office_fill (f->keeper, 5);
  g_clear_pointer (&f->keeper, dsp_keeper_close);
  sim_disk_copy (f->path, "saved/cache.sqlite");
}

static void
begin_client (Fixture *f)
{
  sim_disk_copy ("saved/cache.sqlite", f->path);
  sim_disk_remove (CLIENT "/cache.sqlite-wal");
}

/* What the file is after each step: (array zero-terminated=1) */
static GPtrArray *
describe_steps (Fixture *f)
{
  GPtrArray *states = g_ptr_array_new_with_free_func (g_free);

  begin_client (f);
  open_keeper (f);
  g_ptr_array_add (states, describe (f));
  for (guint i = 0; i < N_STEPS; i++)
    {
      g_assert_true (steps[i] (f, NULL));
      g_ptr_array_add (states, describe (f));
    }
  g_clear_pointer (&f->keeper, dsp_keeper_close);
  return states;
}

/* The step in hand may be there, too: only its answer is missing. Whether what was said is missing. */
static gboolean
client_round (Fixture   *f,
              GPtrArray *states,
              int        cut)
{
  g_autofree char *now = NULL;
  guint done;

  begin_client (f);
  arm (CLIENT, cut);
  done = go (f, 0);
  sim_disk_stop (CLIENT);
  sim_disk_start (CLIENT, TRUE);
  arm (CLIENT, 0);
  if (!try_open (f, NULL))
    {
      g_assert_true (lies);
      return TRUE;
    }
  is_whole (f->keeper->db);
  now = describe (f);
  g_clear_pointer (&f->keeper, dsp_keeper_close);
  if (strcmp (now, states->pdata[done]) == 0 || (done < N_STEPS && strcmp (now, states->pdata[done + 1]) == 0))
    return FALSE;
  if (!lies)
    g_error ("cut at %d, %u steps were done:\n%snot\n%s", cut, done, now, (char *) states->pdata[done]);
  return TRUE;
}

static void
test_client (gconstpointer data)
{
  Fixture f = { .dir = (char *) CLIENT, .path = (char *) CLIENT "/cache.sqlite" };
  g_autoptr(GPtrArray) states = NULL;
  guint n_missing = 0, n_rounds = 0;
  int n_calls;

  lies = FALSE;
  prepare_client (&f);
  states = describe_steps (&f);
  lies = data != NULL;
  begin_client (&f);
  arm (CLIENT, 0);
  g_assert_cmpuint (go (&f, 0), ==, N_STEPS);
  n_calls = sim_disk_n_calls (CLIENT);
  for (int k = 1; k <= n_calls + 1; k = next_cut (k))
    for (guint i = 0; i < n_losses (); i++, n_rounds++)
      {
        sim_disk_set_seed (g_test_rand_int ());
        n_missing += client_round (&f, states, k);
      }
  g_test_message ("%d writes and flushes, %u losses of power, %u times a step was missing", n_calls, n_rounds, n_missing);
  g_assert_true (lies == (n_missing > 0));
}

int
main (int   argc,
      char *argv[])
{
  static const char *const machines[] = { SERVER, CLIENT, "saved" };
  g_autofree char *folder = g_dir_make_tmp ("despacho-power-XXXXXX", NULL);
  int code;

  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR); /* the log tells of each fault, as it should */
  g_assert_cmpint (chdir (folder), ==, 0);
  for (guint i = 0; i < G_N_ELEMENTS (machines); i++)
    g_assert_cmpint (g_mkdir (machines[i], 0700), ==, 0);
  g_assert_cmpint (sodium_init (), >=, 0);
  sim_disk_install (1);
  g_test_add_data_func ("/power/T5/server", NULL, test_server);
  g_test_add_data_func ("/power/T5/client", NULL, test_client);
  g_test_add_data_func ("/power/T5/control/server-on-a-lying-disk", "lies", test_server);
  g_test_add_data_func ("/power/T5/control/client-on-a-lying-disk", "lies", test_client);
  code = g_test_run ();
  for (guint i = 0; i < G_N_ELEMENTS (machines); i++)
    office_remove_dir (machines[i]);
  g_assert_cmpint (chdir ("/"), ==, 0);
  g_rmdir (folder);
  return code;
}
