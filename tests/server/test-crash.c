/* test-crash.c: a server that is killed, and one whose disk is full
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * DESPACHO_CRASH_ROUNDS says how often the server is killed (3). What a client was told is stored is in the database
 * afterwards, and the chains of feed and history are whole.
 */
#include "config.h"
#include "server-fixture.h"

#include "dsp-db-postgres.h"
#include "dsp-feed.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#define N_CLIENTS 4

typedef struct {
  TestClient *client;
  GPtrArray  *acknowledged; /* ids of orders */
  char       *open_push;    /* (nullable): commands without an answer */
  gint64      open_first;
  GPtrArray  *open_ids;
  guint       number;
} Worker;

static void
on_finding (const char *what,
            gpointer    user_data)
{
  g_printerr ("%s\n", what);
}

/* On the closed database, as an auditor would. */
static void
verify (TestServer *server)
{
  g_autofree char *uri = test_server_dup_uri (server);
  g_autoptr(GError) error = NULL;
  g_autoptr(DspDb) db = dsp_db_open (uri, DSP_DB_READ_ONLY, &error);
  guint n_findings = 0;

  g_assert_no_error (error);
  g_assert_true (dsp_feed_verify (db, on_finding, NULL, &n_findings, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_findings, ==, 0);
}

static char *
make_commands (Worker    *worker,
               GPtrArray *ids)
{
  GString *commands = g_string_new (NULL);

  for (guint i = 0; i < 5; i++)
    {
      char *id = test_id ();

      g_string_append_printf (commands, "%s{\"no\":%" G_GINT64_FORMAT ",\"v\":1,\"kind\":\"order.create\",\"id\":\"%s\",\"args\":{\"number\":"
                              "\"W%u-%u\",\"account\":\"A\",\"group\":\"g\",\"type\":\"t\",\"created_at\":\"2026-11-20T10:00:00Z\"}}",
                              i > 0 ? "," : "", ++worker->client->no, id, worker->client->device.b[0] * 256u + worker->client->device.b[1], worker->number++);
      g_ptr_array_add (ids, id);
    }
  return g_string_free (commands, FALSE);
}

static gpointer
work (gpointer data)
{
  Worker *worker = data;

  for (;;)
    {
      g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
      gint64 first = worker->client->no + 1;
      g_autofree char *commands = make_commands (worker, ids);
      g_autoptr(TestReply) reply = test_push_first (worker->client, first, commands);

      if (reply->status != 200)
        {
          worker->open_push = g_steal_pointer (&commands);
          worker->open_first = first;
          worker->open_ids = g_steal_pointer (&ids);
          return NULL;
        }
      while (ids->len > 0)
        g_ptr_array_add (worker->acknowledged, g_ptr_array_steal_index (ids, ids->len - 1));
    }
}

static void
expect_stored (TestClient *client,
               GPtrArray  *ids)
{
  for (guint i = 0; i < ids->len; i++)
    {
      g_autofree char *path = g_strconcat ("v1/order/", ids->pdata[i], NULL);
      g_autoptr(TestReply) reply = test_call (client, "GET", path, NULL);

      test_expect (reply, 200);
    }
}

static void
kill_under_load (TestServer *server,
                 Worker     *workers)
{
  GThread *threads[N_CLIENTS];

  for (guint i = 0; i < N_CLIENTS; i++)
    threads[i] = g_thread_new ("client", work, &workers[i]);
  g_usleep ((gulong) g_test_rand_int_range (20000, 250000));
  test_server_stop (server, SIGKILL);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      g_thread_join (threads[i]);
      test_client_close (workers[i].client);
    }
  verify (server);
  test_server_start (server);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      Worker *worker = &workers[i];
      g_autoptr(TestReply) reply = test_push_first (worker->client, worker->open_first, worker->open_push);

      /* Stored or not: sent again, it is there once. */
      test_expect (reply, 200);
      g_assert_cmpint (test_int (reply, "last"), ==, worker->client->no);
      for (guint k = 0; k < 5; k++)
        {
          g_autofree char *status = g_strdup_printf ("results/%u/status", k);

          g_assert_cmpstr (test_text (reply, status), ==, "applied");
        }
      expect_stored (worker->client, worker->acknowledged);
      expect_stored (worker->client, worker->open_ids);
      g_clear_pointer (&worker->open_push, g_free);
      g_clear_pointer (&worker->open_ids, g_ptr_array_unref);
    }
}

static TestServer *
new_server (void)
{
  TestServer *server = test_server_new ();

  server->options[0] = "--sign-ins-per-minute";
  server->options[1] = "0";
  server->options[2] = "--requests-per-second";
  server->options[3] = "0";
  server->options[4] = "--commands-per-minute";
  server->options[5] = "0";
  return server;
}

static TestServer *
open_server (void)
{
  TestServer *server = new_server ();

  test_server_start (server);
  return server;
}

static void
killed_keeps_what_it_acknowledged (void)
{
  const char *rounds = g_getenv ("DESPACHO_CRASH_ROUNDS");
  TestServer *server = open_server ();
  TestClient *root = test_administrator (server);
  Worker workers[N_CLIENTS] = { { NULL } };
  guint n = 0;

  for (guint i = 0; i < N_CLIENTS; i++)
    {
      g_autofree char *name = g_strdup_printf ("user%u", i);

      workers[i].client = test_user (root, name, "supervisor", "00000000-0000-0000-0000-000000000003");
      workers[i].acknowledged = g_ptr_array_new_with_free_func (g_free);
    }
  test_client_free (root);
  for (int i = 0; i < (rounds != NULL ? atoi (rounds) : 3); i++)
    kill_under_load (server, workers);
  test_server_stop (server, SIGTERM);
  verify (server);
  for (guint i = 0; i < N_CLIENTS; i++)
    {
      n += workers[i].acknowledged->len;
      g_ptr_array_unref (workers[i].acknowledged);
      test_client_free (workers[i].client);
    }
  g_test_message ("%u acknowledged orders, all there", n);
  g_assert_cmpuint (n, >, 0);
  test_server_free (server);
}

/* A small file system where one may be mounted; else the server's files may not grow. */
typedef struct {
  TestServer *server;
  char       *mounted; /* (nullable) */
  char       *filler;  /* (nullable) */
} Disk;

static void
disk_open (Disk       *disk,
           TestServer *server)
{
  g_autofree char *folder = g_build_filename (server->folder, "disk", NULL);

  disk->server = server;
  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  if (mount ("tmpfs", folder, "tmpfs", 0, "size=8m") != 0)
    {
      g_test_message ("no mount here: the size of files is limited instead");
      return;
    }
  disk->mounted = g_steal_pointer (&folder);
  disk->filler = g_build_filename (disk->mounted, "filler", NULL);
  g_free (server->database);
  server->database = g_build_filename (disk->mounted, "despacho.db", NULL);
}

static void
disk_set_file_limit (Disk  *disk,
                     rlim_t bytes)
{
  struct rlimit limit;

  g_assert_cmpint (prlimit (disk->server->pid, RLIMIT_FSIZE, NULL, &limit), ==, 0);
  limit.rlim_cur = bytes;
  g_assert_cmpint (prlimit (disk->server->pid, RLIMIT_FSIZE, &limit, NULL), ==, 0);
}

static void
disk_fill (Disk *disk)
{
  char block[4096] = "";
  int fd;

  if (disk->mounted == NULL)
    {
      disk_set_file_limit (disk, 4096);
      return;
    }
  fd = g_open (disk->filler, O_CREAT | O_WRONLY, 0600);
  while (write (fd, block, sizeof block) > 0)
    continue;
  close (fd);
}

static void
disk_free_space (Disk *disk)
{
  if (disk->mounted == NULL)
    disk_set_file_limit (disk, RLIM_INFINITY);
  else
    g_assert_cmpint (g_remove (disk->filler), ==, 0);
}

static void
disk_close (Disk *disk)
{
  if (disk->mounted != NULL)
    umount2 (disk->mounted, MNT_DETACH);
  g_free (disk->mounted);
  g_free (disk->filler);
}

static void
full_disk_takes_nothing (void)
{
  TestServer *server = new_server ();
  Disk disk = { NULL };
  TestClient *root = (disk_open (&disk, server), test_server_start (server), test_administrator (server));
  g_autofree char *before = test_order (root, "BEFORE", NULL, NULL);
  g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func (g_free);
  Worker worker = { .client = root };
  gint64 first = root->no + 1;
  g_autofree char *commands = make_commands (&worker, ids);
  g_autofree char *path = g_strconcat ("v1/order/", ids->pdata[0], NULL);
  g_autofree char *old = g_strconcat ("v1/order/", before, NULL);
  g_autoptr(TestReply) full = NULL, still = NULL, read = NULL, gone = NULL, who = NULL;

  disk_fill (&disk);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr(TestReply) reply = test_push_first (root, first, commands);

      test_expect (reply, 503);
      if (disk.mounted != NULL)
        g_assert_cmpstr (test_text (reply, "error/code"), ==, "disk_full");
      g_assert_cmpint (reply->retry_after, >=, 1);
    }
  /* Reading goes on. */
  read = test_call (root, "GET", old, NULL);
  test_expect (read, 200);
  gone = test_call (root, "GET", path, NULL);
  test_expect (gone, 404);
  who = test_call (root, "GET", "v1/session", NULL);
  g_assert_cmpint (test_int (who, "last"), ==, first - 1);

  disk_free_space (&disk);
  still = test_push_first (root, first, commands);
  test_expect (still, 200);
  expect_stored (root, ids);
  test_client_free (root);
  test_server_stop (server, SIGTERM);
  verify (server);
  disk_close (&disk);
  test_server_free (server);
}

static void
second_server_is_refused (void)
{
  TestServer *server = open_server ();
  g_autofree char *database = test_server_dup_uri (server);
  const char *argv[] = { g_getenv ("DESPACHOD"), "--database", database, "--listen", "127.0.0.1:0", "--no-tls",
                         "--state", server->folder, NULL };
  g_autofree char *told = NULL;
  g_autoptr(GError) error = NULL;
  int status = 0;

  g_assert_true (g_spawn_sync (NULL, (char **) argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, &told, &status, &error));
  g_assert_false (g_spawn_check_wait_status (status, NULL));
  g_assert_cmpstr (told, !=, "");
  test_server_free (server);
}

/* Clients pin the certificate that the server made for itself. */
static void
certificate_stays (void)
{
  TestServer *server = test_server_new ();
  g_autofree char *fingerprint = NULL;
  TestClient *root;
  g_autoptr(TestReply) before = NULL, after = NULL;

  server->tls = TRUE;
  test_server_start (server);
  fingerprint = g_strdup (server->fingerprint);
  g_assert_cmpuint (strlen (fingerprint), ==, 32 * 3 - 1);
  root = test_administrator (server);
  g_assert_cmpint (kill (server->pid, SIGHUP), ==, 0);
  before = test_call (root, "GET", "v1/session", NULL);
  test_expect (before, 200);
  test_client_close (root);
  test_server_stop (server, SIGTERM);
  test_server_start (server);
  g_assert_cmpstr (server->fingerprint, ==, fingerprint);
  after = test_call (root, "GET", "v1/session", NULL);
  test_expect (after, 200);
  test_client_free (root);
  test_server_free (server);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dsp_db_postgres_init ();
  g_test_add_func ("/crash/killed-server-keeps-what-it-acknowledged", killed_keeps_what_it_acknowledged);
  if (g_getenv ("DESPACHO_TEST_POSTGRES") == NULL) /* whose disk is not this server's, and who serves several */
    {
      g_test_add_func ("/crash/full-disk-takes-nothing", full_disk_takes_nothing);
      g_test_add_func ("/crash/second-server-is-refused", second_server_is_refused);
    }
  g_test_add_func ("/crash/certificate-stays", certificate_stays);
  return g_test_run ();
}
