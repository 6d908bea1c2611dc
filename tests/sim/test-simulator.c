/* test-simulator.c: a whole office in one process, by a seed (T1)
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A server and three users' programs as they ship, on simulated disks, network, clock and threads. A seed decides what people do
 * and what befalls them: messages that get lost, come late or twice; programs that are killed; machines that lose their power in
 * the middle of a write; full disks; grants that come and go; a server that is put back from a backup. After each page that a
 * replica takes its base is compared with the server's history, row by row (P3); once all is mended, everything must be settled
 * within seconds, each command done or refused exactly once (P1), in the order in which it was given (P2), what was answered
 * stored (P5, P6), what may not be seen gone (P4), a damaged base noticed and mended (P7).
 *
 *   DESPACHO_SIM_SEEDS=10000   so many seeds (short: 12)
 *   DESPACHO_SIM_SEED=4711     this one alone, saying what happens
 */
#include "config.h"
#include "sim-office.h"

#include "dsp-feed.h"
#include "dsp-keeper-private.h"
#include "dsp-sync-private.h"
#include "sim-check.h"
#include "sim-disk.h"
#include "sim-net.h"
#include "sim-threads.h"

#include <glib/gstdio.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#define SECONDS(n) ((gint64) (n) * G_USEC_PER_SEC)
#define BACKUP     "backup/office.db"
#define SETTLED_S  5     /* after the end of all faults */
#define RECOVERY_S 120

typedef enum { AS_IT_IS, RENUMBERED, LYING_DISK, LOST_ROW, SAME_EPOCH } Variant;

static gboolean loud;

static void G_GNUC_PRINTF (1, 2)
tell (const char *format,
      ...)
{
  va_list args;

  if (!loud)
    return;
  fprintf (stderr, "%10.3f ", (double) sim_now () / G_USEC_PER_SEC);
  va_start (args, format);
  vfprintf (stderr, format, args);
  va_end (args);
  fputc ('\n', stderr);
}

/* ---- promises ---- */

/* P5: whatever leaves the server as applied is on its disk. */
static void
on_push_answered (const char *client,
                  const char *json)
{
  g_auto(GStrv) results = g_strsplit (json, "{\"no\":", -1);

  for (guint i = 1; results[0] != NULL && results[i] != NULL; i++)
    {
      const char *status = strstr (results[i], "\"status\":\"");
      gint64 no = g_ascii_strtoll (results[i], NULL, 10);

      if (status == NULL)
        continue;
      status += strlen ("\"status\":\"");
      if (g_str_has_prefix (status, "applied") || g_str_has_prefix (status, "merged"))
        g_hash_table_replace (sim_office.promises, g_strdup_printf ("%s %" G_GINT64_FORMAT, client, no), (gpointer) "applied");
      else if (g_str_has_prefix (status, "rejected"))
        g_hash_table_replace (sim_office.promises, g_strdup_printf ("%s %" G_GINT64_FORMAT, client, no), (gpointer) "rejected");
    }
}

static DspDb *
open_closed_server (void)
{
  g_autoptr(GError) error = NULL;
  DspDb *db = dsp_db_open (SIM_DATABASE, DSP_DB_READ_ONLY, &error);

  if (db == NULL)
    sim_fail ("the server's file cannot be opened: %s", error->message);
  return db;
}

/* Every answer that was given stands; no server runs. */
static void
check_promises (void)
{
  g_autoptr(DspDb) db = open_closed_server ();
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < SIM_CLIENTS; i++)
    {
      SimClient *client = &sim_office.clients[i];
      g_autoptr(DspStmt) stmt = dsp_db_prepare (db, "SELECT \"no\", \"status\" FROM \"result\" WHERE \"device\" = $1 ORDER BY \"no\"", &error);
      g_autoptr(GHashTable) stored = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
      g_autofree char *prefix = g_strconcat (client->name, " ", NULL);
      GHashTableIter iter;
      gpointer key, wanted;

      g_assert_no_error (error);
      dsp_stmt_bind_id (stmt, 1, &client->session->device);
      while (dsp_stmt_step (stmt, &error) == DSP_STEP_ROW)
        {
          const char *status = dsp_stmt_text (stmt, 1, NULL);

          g_hash_table_insert (stored, g_strdup_printf ("%s %" G_GINT64_FORMAT, client->name, dsp_stmt_int (stmt, 0)),
                               g_strdup (strcmp (status, "merged") == 0 ? "applied" : status));
        }
      if (error != NULL)
        sim_fail ("the results cannot be read: %s", error->message);
      g_hash_table_iter_init (&iter, sim_office.promises);
      while (g_hash_table_iter_next (&iter, &key, &wanted))
        if (g_str_has_prefix (key, prefix))
          {
            const char *is = g_hash_table_lookup (stored, key);

            if (g_strcmp0 (is, wanted) != 0)
              sim_fail ("P5: %s was answered as %s, and is %s", (char *) key, (char *) wanted, is != NULL ? is : "not there");
          }
    }
}

/* ---- machines ---- */

static void
server_down (gboolean power_lost)
{
  tell ("the server %s", power_lost ? "loses its power" : "is killed");
  sim_check_read_on ();
  sim_disk_stop (SIM_SERVER);
  sim_server_stop ();
  sim_disk_start (SIM_SERVER, power_lost);
  check_promises ();
}

static void
client_down (SimClient *client,
             gboolean   power_lost)
{
  tell ("%s %s", client->name, power_lost ? "loses power" : "is killed");
  sim_disk_stop (client->name);
  sim_client_stop (client);
  sim_disk_start (client->name, power_lost);
}

/* Machines that stopped at some write go down, and come again a while later. */
static void
mind_machines (void)
{
  if (sim_disk_has_stopped (SIM_SERVER))
    server_down (sim_pick (2) == 0);
  if (!sim_server_runs () && sim_pick (4) == 0)
    {
      tell ("the server starts");
      sim_server_start ();
    }
  for (guint i = 0; i < SIM_CLIENTS; i++)
    {
      SimClient *client = &sim_office.clients[i];

      if (sim_disk_has_stopped (client->name))
        client_down (client, sim_pick (2) == 0);
      if (client->replica == NULL && sim_pick (3) == 0)
        {
          tell ("%s starts", client->name);
          sim_client_start (client);
        }
    }
}

/* ---- what befalls them ---- */

static gboolean lying;

static void
trouble_disk (const char *machine)
{
  SimFaults faults = { .lies = lying && strcmp (machine, SIM_SERVER) == 0 };

  switch (sim_pick (4))
    {
    case 0:
    case 1:
      faults.stop_at = 1 + (int) sim_pick (40);
      tell ("%s will stop at write %d", machine, faults.stop_at);
      break;
    case 2:
      faults.fail_at = 1 + (int) sim_pick (30);
      tell ("write %d of %s will fail", faults.fail_at, machine);
      break;
    default:
      faults.full = TRUE;
      tell ("the disk of %s is full", machine);
      break;
    }
  sim_disk_arm (machine, &faults);
}

static void
trouble_client (SimClient *client)
{
  switch (sim_pick (6))
    {
    case 0:
      tell ("%s ends", client->name);
      sim_client_stop (client);
      break;
    case 1:
      client->is_cut = !client->is_cut;
      tell ("%s is %s", client->name, client->is_cut ? "cut off" : "connected");
      sim_net_cut (client->name, client->is_cut);
      break;
    case 2:
      client_down (client, sim_pick (2) == 0);
      break;
    default:
      trouble_disk (client->name);
      break;
    }
}

static void
trouble (void)
{
  guint who = sim_pick (8);

  sim_office.clients_may_fault = TRUE;
  if (who < SIM_CLIENTS + 2)
    trouble_client (&sim_office.clients[who % SIM_CLIENTS]);
  else if (who == SIM_CLIENTS + 2 && sim_server_runs ())
    trouble_disk (SIM_SERVER);
  else if (sim_server_runs ())
    {
      tell ("the server ends");
      sim_server_stop ();
    }
}

static void
change_grants (void)
{
  guint i = sim_pick (2);

  if (!sim_server_runs ())
    return;
  tell ("dario %s D%u", sim_office.grant[i] == NULL ? "gets" : "loses", i);
  if (sim_office.grant[i] == NULL)
    sim_grant (i);
  else
    sim_revoke (i);
}

/* ---- backup and restore ---- */

typedef struct {
  gboolean made;
  gboolean restored;
} Backup;

static void
make_backup (Backup *backup)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspDb) db = NULL;

  if (!sim_server_runs ())
    return;
  db = dsp_db_open (SIM_DATABASE, DSP_DB_READ_ONLY, &error);
  if (db == NULL || !dsp_db_backup (db, BACKUP, &error))
    {
      tell ("no backup: %s", error->message);
      return;
    }
  sim_disk_copy (BACKUP ".part", BACKUP); /* its renaming is the system's */
  tell ("a backup");
  backup->made = TRUE;
}

static void
restore (Backup  *backup,
         gboolean same_epoch)
{
  static const char *const ends[] = { "", "-wal", "-shm" };

  tell ("the server's disk is lost: the backup is put back");
  sim_check_read_on ();
  sim_disk_stop (SIM_SERVER);
  sim_server_stop ();
  sim_disk_start (SIM_SERVER, FALSE);
  for (guint i = 0; i < G_N_ELEMENTS (ends); i++)
    {
      g_autofree char *path = g_strconcat ("server/office.db", ends[i], NULL);

      sim_disk_remove (path);
    }
  sim_disk_copy (BACKUP, "server/office.db");
  sim_server_begin_anew (same_epoch, RECOVERY_S / 60);
  backup->restored = TRUE;
  sim_server_start ();
}

/* ---- a run ---- */

/* What ends all faults. */
static void
mend (void)
{
  SimFaults none = { .lies = lying };

  tell ("all is mended");
  sim_office.clients_may_fault = FALSE;
  if (sim_disk_has_stopped (SIM_SERVER))
    server_down (FALSE);
  sim_disk_arm (SIM_SERVER, &none);
  none.lies = FALSE;
  if (!sim_server_runs ())
    sim_server_start ();
  for (guint i = 0; i < SIM_CLIENTS; i++)
    {
      SimClient *client = &sim_office.clients[i];

      if (sim_disk_has_stopped (client->name))
        client_down (client, FALSE);
      sim_disk_arm (client->name, &none);
      client->is_cut = FALSE;
      if (client->replica == NULL)
        sim_client_start (client);
    }
  sim_net_mend ();
  sim_run (SECONDS (1)); /* who waited in vain has heard of it */
  for (guint i = 0; i < SIM_CLIENTS; i++)
    dsp_sync_now (sim_office.clients[i].sync);
}

static gboolean
all_idle (void)
{
  for (guint i = 0; i < SIM_CLIENTS; i++)
    if (!sim_client_is_idle (&sim_office.clients[i]))
      return FALSE;
  return TRUE;
}

static void
tell_clients (void)
{
  for (guint i = 0; i < SIM_CLIENTS; i++)
    {
      SimClient *client = &sim_office.clients[i];
      DspReplicaStatus status;

      dsp_replica_get_status (client->replica, &status);
      fprintf (stderr, "%s: link %d (%s), %u wait, pending %u, at head %d, contact %d, place %" G_GINT64_FORMAT "\n", client->name, status.link,
               status.trouble != NULL ? status.trouble : "", status.n_waiting, client->replica->keeper->pending->len, client->sync->at_head,
               client->sync->contact, client->replica->keeper->pos);
      for (guint k = 0; k < client->replica->keeper->pending->len; k++)
        {
          const DspPending *pending = client->replica->keeper->pending->pdata[k];

          fprintf (stderr, "  number %" G_GINT64_FORMAT ": %s, state %d, at %" G_GINT64_FORMAT "\n", pending->no,
                   pending->command != NULL ? pending->command->name : "nothing", pending->wait, pending->seq);
        }
    }
}

/* P1: no queue is stuck. */
static void
settle (gint64 within_us)
{
  gint64 from = sim_now (), until = from + within_us;

  while (!all_idle ())
    {
      if (sim_now () > until)
        {
          tell_clients ();
          sim_fail ("P1: not settled after %" G_GINT64_FORMAT " s", within_us / G_USEC_PER_SEC);
        }
      sim_run (20000);
    }
  tell ("settled after %.3f s", (double) (sim_now () - from) / G_USEC_PER_SEC);
}

/* P6: all are there while it gathers, and go on working; what was answered before counts again after it. */
static void
gather (void)
{
  gint64 until = g_get_monotonic_time () + SECONDS (RECOVERY_S);

  while (g_get_monotonic_time () < until)
    {
      sim_run (SECONDS (10));
      sim_client_act (&sim_office.clients[sim_pick (SIM_CLIENTS)]);
    }
  settle (SECONDS (120));
  sim_server_stop ();
  check_promises ();
  sim_server_start ();
}

/* P1, P2: each number once, without a gap, in order; refused ones are in their author's tray. */
static void
check_ledger (SimClient *client,
              gint64     last_no,
              GArray    *refused)
{
  g_autoptr(DspDb) db = open_closed_server ();
  g_autoptr(GError) error = NULL;
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, "SELECT \"no\", \"status\", \"seq\" FROM \"result\" WHERE \"device\" = $1 ORDER BY \"no\"", &error);
  g_autoptr(DspStmt) changes = dsp_db_prepare (db, "SELECT \"no\", \"last\" FROM \"change\" WHERE \"device\" = $1 ORDER BY \"seq\"", &error);
  gint64 no = 0, seq = 0, ended = 0;

  g_assert_no_error (error);
  dsp_stmt_bind_id (stmt, 1, &client->session->device);
  while (dsp_stmt_step (stmt, &error) == DSP_STEP_ROW)
    {
      gboolean found = FALSE;

      if (dsp_stmt_int (stmt, 0) != no + 1)
        sim_fail ("P1: %s: after number %" G_GINT64_FORMAT " comes %" G_GINT64_FORMAT, client->name, no, dsp_stmt_int (stmt, 0));
      no++;
      if (dsp_stmt_int (stmt, 2) < seq)
        sim_fail ("P2: %s: number %" G_GINT64_FORMAT " took effect before the one before it", client->name, no);
      seq = dsp_stmt_int (stmt, 2);
      for (guint i = 0; i < refused->len; i++)
        found = found || g_array_index (refused, gint64, i) == no;
      if (strcmp (dsp_stmt_text (stmt, 1, NULL), "rejected") == 0 && !found)
        sim_fail ("P1: %s: number %" G_GINT64_FORMAT " was refused, and nobody sees it", client->name, no);
    }
  if (no != last_no)
    sim_fail ("P1: %s gave %" G_GINT64_FORMAT " commands, the server has %" G_GINT64_FORMAT, client->name, last_no, no);
  dsp_stmt_bind_id (changes, 1, &client->session->device);
  while (dsp_stmt_step (changes, &error) == DSP_STEP_ROW)
    {
      if (dsp_stmt_int (changes, 0) <= ended)
        sim_fail ("P1: %s: number %" G_GINT64_FORMAT " was done again", client->name, dsp_stmt_int (changes, 0));
      if (dsp_stmt_int (changes, 1) != 0)
        ended = dsp_stmt_int (changes, 0);
    }
}

static void
on_listed (GObject      *source,
           GAsyncResult *result,
           gpointer      data)
{
  *(GAsyncResult **) data = g_object_ref (result);
}

static GArray *
refused_numbers (SimClient *client)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) list = NULL;
  GArray *numbers = g_array_new (FALSE, FALSE, sizeof (gint64));

  dsp_replica_list_rejected_async (client->replica, 0, NULL, on_listed, &result);
  while (result == NULL)
    sim_run (1000);
  list = dsp_replica_list_rejected_finish (client->replica, result, &error);
  if (list == NULL)
    sim_fail ("%s: the tray cannot be read: %s", client->name, error->message);
  for (guint i = 0; i < list->len; i++)
    g_array_append_val (numbers, ((DspRejected *) list->pdata[i])->no);
  return numbers;
}

/* P4: what is taken away is gone within 2 s. */
static void
check_revoked (void)
{
  SimClient *dario = &sim_office.clients[SIM_CLIENTS - 1];
  g_autoptr(GError) error = NULL;

  sim_revoke_all ();
  sim_run (SECONDS (2));
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr(DspStmt) stmt = NULL;

      stmt = dsp_db_prepare (dario->replica->db, "SELECT count(*) FROM \"order\" WHERE \"scope\" = $1", &error);
      g_assert_no_error (error);
      dsp_stmt_bind_id (stmt, 1, &sim_office.distributors[i]);
      if (dsp_stmt_step (stmt, &error) != DSP_STEP_ROW || dsp_stmt_int (stmt, 0) != 0)
        sim_fail ("P4: 2 s after he may not see any dario has %" G_GINT64_FORMAT " orders of D%u", dsp_stmt_int (stmt, 0), i);
    }
}

/* P7: the base was changed behind the program's back. */
static void
check_damage (void)
{
  SimClient *client = &sim_office.clients[sim_pick (2)];
  g_autofree char *uri = g_strdup_printf ("sqlite:%s/cache.sqlite", client->name);
  g_autoptr(GError) error = NULL;
  DspDb *db;

  tell ("%s: the base is damaged", client->name);
  sim_check_looks_away = TRUE;
  sim_client_stop (client);
  db = dsp_db_open (uri, 0, &error);
  g_assert_no_error (error);
  dsp_db_exec (db, sim_pick (2) == 0 ? "UPDATE \"order\" SET \"version\" = \"version\" + 7 WHERE \"id\" = (SELECT max(\"id\") FROM \"order\")"
                                     : "DELETE FROM \"order\" WHERE \"id\" = (SELECT max(\"id\") FROM \"order\")", &error);
  g_assert_no_error (error);
  dsp_db_close (db);
  sim_client_start (client);
  sim_run (SECONDS (16 * 60));
  settle (SECONDS (60));
  sim_check_looks_away = FALSE;
  sim_check_base (client->replica->keeper);
}

static void
check_end (void)
{
  gint64 last_no[SIM_CLIENTS];
  GArray *refused[SIM_CLIENTS];

  for (guint i = 0; i < SIM_CLIENTS; i++)
    {
      SimClient *client = &sim_office.clients[i];

      sim_check_base (client->replica->keeper);
      last_no[i] = dsp_keeper_last_no (client->replica->keeper);
      refused[i] = refused_numbers (client);
      sim_client_stop (client);
    }
  sim_server_stop ();
  check_promises ();
  sim_check_server ();
  for (guint i = 0; i < SIM_CLIENTS; i++)
    {
      check_ledger (&sim_office.clients[i], last_no[i], refused[i]);
      g_array_unref (refused[i]);
    }
}

static void
one_thing (void)
{
  SimClient *client = &sim_office.clients[sim_pick (SIM_CLIENTS)];

  if (client->replica != NULL && dsp_replica_has_data (client->replica))
    sim_client_act (client);
}

static void
run (Variant variant)
{
  Backup backup = { 0 };
  gboolean calm = sim_pick (5) == 0, restores = variant == SAME_EPOCH || (variant == AS_IT_IS && sim_pick (4) == 0);
  guint n_steps = 30 + sim_pick (90), backup_at = n_steps / 4, restore_at = n_steps * 3 / 4;

  sim_net_watch (on_push_answered);
  sim_net = (SimNet) { .delay_us = 1000 << sim_pick (8), .slow = sim_pick (3) * 0.01, .lose = sim_pick (3) * 0.05, .repeat = sim_pick (3) * 0.05 };
  sim_net.renumbers = variant == RENUMBERED;
  sim_check_lose_a_row = variant == LOST_ROW;
  lying = variant == LYING_DISK;
  if (sim_net.renumbers)
    sim_net.repeat = 0.3;
  if (lying)
    sim_disk_arm (SIM_SERVER, &(SimFaults) { .lies = TRUE });
  sim_server_start ();
  for (guint i = 0; i < SIM_CLIENTS; i++)
    sim_client_start (&sim_office.clients[i]);
  for (guint i = 0; i < n_steps; i++)
    {
      sim_run ((gint64) (sim_chance () * 2 * 400000));
      if (restores && i == backup_at)
        make_backup (&backup);
      if (restores && i >= restore_at && backup.made && !backup.restored)
        {
          mend ();
          if (sim_pick (2) == 0)
            settle (SECONDS (60));
          restore (&backup, variant == SAME_EPOCH);
          gather ();
        }
      if (sim_pick (3) > 0)
        one_thing ();
      if (!calm && sim_pick (8) == 0)
        trouble ();
      if (sim_pick (15) == 0 && (!backup.made || backup.restored))
        change_grants ();
      mind_machines ();
    }
  mend ();
  settle (SECONDS (SETTLED_S));
  if (sim_pick (6) == 0)
    check_damage ();
  check_revoked ();
  settle (SECONDS (SETTLED_S));
  check_end ();
}

/* ---- seeds ---- */

static void
quiet (const char    *domain,
       GLogLevelFlags level,
       const char    *message,
       gpointer       user_data)
{
  if ((loud && !(level & G_LOG_LEVEL_DEBUG)) || (level & G_LOG_LEVEL_ERROR))
    fprintf (stderr, "%s: %s\n", domain != NULL ? domain : "", message);
  if (level & G_LOG_LEVEL_ERROR)
    _exit (1);
}

typedef struct {
  gboolean passed;
  char    *told;     /* (owned): what it said of its failure */
  guint64  trace;
  guint    n_given, n_checks;
} Result;

/* In a process of its own, which begins where all of them do. */
static void
run_seed (guint64  seed,
          Variant  variant,
          Result  *result)
{
  g_autoptr(GString) told = g_string_new (NULL);
  int errors[2], numbers[2], status;
  char buffer[4096];
  gssize n;
  pid_t pid;

  g_assert_cmpint (pipe (errors), ==, 0);
  g_assert_cmpint (pipe (numbers), ==, 0);
  pid = fork ();
  if (pid == 0)
    {
      struct rlimit none = { 0, 0 };

      setrlimit (RLIMIT_CORE, &none);
      alarm (120);
      dup2 (errors[1], STDERR_FILENO);
      g_log_set_default_handler (quiet, NULL);
      sim_threads_seed (seed);
      sim_disk_set_seed (seed);
      run (variant);
      result->trace = sim_trace ();
      result->n_given = sim_office.n_given;
      result->n_checks = sim_check_n ();
      _exit (write (numbers[1], result, sizeof *result) == sizeof *result ? 0 : 1);
    }
  close (errors[1]);
  close (numbers[1]);
  while ((n = read (errors[0], buffer, sizeof buffer)) > 0)
    g_string_append_len (told, buffer, n);
  if (read (numbers[0], result, sizeof *result) != sizeof *result)
    *result = (Result) { 0 };
  close (errors[0]);
  close (numbers[0]);
  waitpid (pid, &status, 0);
  result->passed = WIFEXITED (status) && WEXITSTATUS (status) == 0;
  if (WIFSIGNALED (status))
    g_string_append_printf (told, "signal %d\n", WTERMSIG (status));
  result->told = g_strchomp (g_strdup (told->str));
}

static guint64
number_of (const char *name,
           guint64     otherwise)
{
  const char *text = g_getenv (name);

  return text != NULL ? g_ascii_strtoull (text, NULL, 10) : otherwise;
}

static void
test_seeds (void)
{
  guint64 only = number_of ("DESPACHO_SIM_SEED", 0), first = only > 0 ? only : number_of ("DESPACHO_SIM_FIRST", 1);
  guint64 n = only > 0 ? 1 : number_of ("DESPACHO_SIM_SEEDS", 12), n_given = 0, n_checks = 0, trace = 0;
  guint n_failed = 0;

  loud = only > 0;
  for (guint64 seed = first; seed < first + n; seed++)
    {
      Result result = { 0 };

      run_seed (seed, AS_IT_IS, &result);
      if (loud)
        g_printerr ("%s\n", result.told);
      n_given += result.n_given;
      trace = (trace ^ result.trace) * 31;
      n_checks += result.n_checks;
      if (!result.passed)
        {
          n_failed++;
          g_printerr ("seed %" G_GUINT64_FORMAT " failed: %s\n  again: DESPACHO_SIM_SEED=%" G_GUINT64_FORMAT " %s -p /simulator/T1/seeds\n", seed, result.told, seed,
                      g_get_prgname ());
        }
      g_free (result.told);
    }
  g_test_message ("seeds %" G_GUINT64_FORMAT " to %" G_GUINT64_FORMAT ": %" G_GUINT64_FORMAT " records changed, %" G_GUINT64_FORMAT " bases compared, trace %016" G_GINT64_MODIFIER "x",
                  first, first + n - 1, n_given, n_checks, trace);
  if (n_failed > 0)
    g_error ("%u of %" G_GUINT64_FORMAT " seeds failed", n_failed, n);
}

/* What one command replays. */
static void
test_same_again (void)
{
  Result one = { 0 }, two = { 0 };

  run_seed (3, AS_IT_IS, &one);
  run_seed (3, AS_IT_IS, &two);
  g_assert_true (one.passed && two.passed);
  g_assert_cmpuint (one.trace, ==, two.trace);
  g_free (one.told);
  g_free (two.told);
}

/* A wrong variant that some seed does not let pass. */
static void
test_control (gconstpointer data)
{
  Variant variant = GPOINTER_TO_INT (data);

  for (guint64 seed = 1; seed <= 40; seed++)
    {
      Result result = { 0 };
      g_autofree char *told = NULL;

      run_seed (seed, variant, &result);
      told = result.told;
      if (result.passed)
        continue;
      g_test_message ("caught by seed %" G_GUINT64_FORMAT ": %s", seed, told);
      return;
    }
  g_error ("40 seeds did not catch it");
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

int
main (int   argc,
      char *argv[])
{
  g_autofree char *folder = NULL;
  int code;

  /* Tables of pointers are walked in the order of addresses: these must be the same in each run of a seed. GLib's own allocator
   * keeps what it has by the clock on the wall. */
  if (g_strcmp0 (g_getenv ("G_SLICE"), "always-malloc") != 0 && personality (personality (0xffffffff) | ADDR_NO_RANDOMIZE) != -1 &&
      g_setenv ("G_SLICE", "always-malloc", TRUE))
    execv ("/proc/self/exe", argv);
  mallopt (M_ARENA_MAX, 1);
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR);
  folder = g_dir_make_tmp ("despacho-sim-XXXXXX", NULL);
  g_assert_cmpint (chdir (folder), ==, 0);
  g_assert_cmpint (g_mkdir ("backup", 0700), ==, 0);
  sim_threads_begin (1);
  sim_disk_install (1);
  sim_office_prepare ();
  g_test_add_func ("/simulator/T1/seeds", test_seeds);
  g_test_add_func ("/simulator/T1/same-seed-same-run", test_same_again);
  g_test_add_data_func ("/simulator/T1/control/renumbered", GINT_TO_POINTER (RENUMBERED), test_control);
  g_test_add_data_func ("/simulator/T1/control/lying-disk", GINT_TO_POINTER (LYING_DISK), test_control);
  g_test_add_data_func ("/simulator/T1/control/lost-row", GINT_TO_POINTER (LOST_ROW), test_control);
  g_test_add_data_func ("/simulator/T1/control/restored-without-a-new-epoch", GINT_TO_POINTER (SAME_EPOCH), test_control);
  code = g_test_run ();
  g_assert_cmpint (chdir ("/"), ==, 0);
  remove_tree (folder);
  return code;
}
