/* test-memory.c: SQLite gets no memory for the k-th thing that it asks for, for every k, in the middle of a push (T4)
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Once, or from then on. What was answered as applied is stored, what was not is not: nothing is half done, the number is not
 * used up, and the same push goes through when there is memory again, without the server being started anew. Beyond the first,
 * only some k are tried unless DESPACHO_SWEEP_ALL is set.
 */
#include "config.h"
#include "server-steps.h"

#include "dsp-entities.h"
#include "dsp-table.h"
#include "failing-memory.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <unistd.h>

static int
next (int k)
{
  return k < 100 || g_getenv ("DESPACHO_SWEEP_ALL") != NULL ? k + 1 : k + 23;
}

static void
expect_whole (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspDb) db = dsp_db_open ("sqlite:" DATABASE, DSP_DB_READ_ONLY, &error);
  guint n_findings = 0;

  g_assert_no_error (error);
  dsp_db_check (db, TRUE, &error);
  g_assert_no_error (error);
  dsp_feed_verify (db, NULL, NULL, &n_findings, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (n_findings, ==, 0);
}

/* What is asked for depends on what the executor holds already. */
enum { FROM_THEN_ON = 1, FRESH = 2 };

typedef struct {
  DspExecutor *executor;
  DspSession  *session;
  char         epoch[DSP_ID_TEXT];
  gint64       no;
} Server;

static void
open_server (Server *server)
{
  g_autoptr(GError) error = NULL;

  server->executor = dsp_executor_new (dsp_db_open ("sqlite:" DATABASE, DSP_DB_LOCK, &error), 0, &error);
  g_assert_no_error (error);
  server->session = dsp_executor_local (server->executor, "admin", &server->no, server->epoch, &error);
  g_assert_no_error (error);
}

static void
close_server (Server *server)
{
  dsp_session_unref (server->session);
  dsp_executor_free (server->executor);
}

/* TRUE: something was refused. */
static gboolean
try_push (Server  *server,
          int      k,
          gboolean forever,
          guint   *n_refused)
{
  g_autofree char *id = g_uuid_string_random ();
  gboolean stored, refused;

  memory_arm (k, forever);
  stored = server_push (server->executor, server->session, server->epoch, server->no + 1, id);
  refused = memory_failed;
  memory_arm (0, FALSE);
  g_assert_true (stored == server_has (id));
  *n_refused += !stored;
  if (!stored)
    {
      g_assert_true (refused);
      g_assert_true (server_push (server->executor, server->session, server->epoch, server->no + 1, id));
      g_assert_true (server_has (id));
    }
  server->no++;
  return refused;
}

static void
test_push (gconstpointer data)
{
  int how = GPOINTER_TO_INT (data), k = 1;
  gboolean refused = TRUE;
  Server server = { NULL };
  guint n_refused = 0;

  server_make ();
  open_server (&server);
  for (; refused; k = next (k))
    {
      if (how & FRESH)
        {
          close_server (&server);
          open_server (&server);
        }
      refused = try_push (&server, k, (how & FROM_THEN_ON) != 0, &n_refused);
    }
  close_server (&server);
  expect_whole ();
  g_test_message ("up to piece %d, %u pushes were put off", k, n_refused);
  g_assert_cmpuint (n_refused, >, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_autofree char *folder = g_dir_make_tmp ("despacho-memory-XXXXXX", NULL);
  int code;

  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR); /* the log tells of each fault, as it should */
  g_assert_cmpint (chdir (folder), ==, 0);
  g_assert_cmpint (g_mkdir (SERVER, 0700), ==, 0);
  g_assert_cmpint (sodium_init (), >=, 0);
  memory_install ();
  sim_disk_install (1);
  g_test_add_data_func ("/memory/T4/push/once", GINT_TO_POINTER (0), test_push);
  g_test_add_data_func ("/memory/T4/push/from-then-on", GINT_TO_POINTER (FROM_THEN_ON), test_push);
  g_test_add_data_func ("/memory/T4/first-push/once", GINT_TO_POINTER (FRESH), test_push);
  g_test_add_data_func ("/memory/T4/first-push/from-then-on", GINT_TO_POINTER (FRESH | FROM_THEN_ON), test_push);
  code = g_test_run ();
  g_unlink (DATABASE);
  g_unlink (DATABASE ".lock");
  g_rmdir (SERVER);
  g_assert_cmpint (chdir ("/"), ==, 0);
  g_rmdir (folder);
  return code;
}
