/* test-attach.c: a file attached without network reaches whoever sees the order
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "replica-fixture.h"

#include "dsp-penalty.h"

#include <signal.h>

#define PICTURE "\xFF\xD8\xFF\xE0 a photograph of a connector"

static DspOutcome *
attach (Replica     *self,
        const DspId *id,
        const DspId *order_id,
        const char  *name,
        const char  *text,
        gsize        n,
        GError     **error)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GBytes) bytes = g_bytes_new (text, n);

  dsp_replica_attach_async (self->replica, id, order_id, name, bytes, NULL, replica_on_result, &result);
  WAIT_FOR (result != NULL);
  return dsp_replica_attach_finish (self->replica, result, error);
}

static GPtrArray *
attachments (Replica     *self,
             const DspId *order_id)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(DspFilter) filter = dsp_filter_new (&dsp_attachment);
  g_autoptr(GError) error = NULL;
  char text[DSP_ID_TEXT];
  GPtrArray *list;

  dsp_id_print (order_id, text);
  g_assert_true (dsp_filter_set (filter, "order_id", text, NULL));
  dsp_replica_find_async (self->replica, filter, 0, NULL, replica_on_result, &result);
  WAIT_FOR (result != NULL);
  list = dsp_replica_find_finish (self->replica, result, &error);
  g_assert_no_error (error);
  return list;
}

static guint
n_attachments (Replica     *self,
               const DspId *order_id)
{
  g_autoptr(GPtrArray) list = attachments (self, order_id);

  return list->len;
}

static gboolean
tick (gpointer data)
{
  return G_SOURCE_CONTINUE;
}

typedef struct {
  TestServer *server;
  TestClient *root;
  Replica    *ana, *eva;
  DspId       order_id;
  guint       ticks;
} Office;

static void
set_up (Office       *office,
        gconstpointer data)
{
  g_autofree char *url = NULL, *distributor = NULL, *order_text = NULL, *ana_key = NULL, *eva_key = NULL;

  office->server = test_server_new ();
  office->server->tls = TRUE;
  office->server->options[0] = "--sign-ins-per-minute=0";
  office->server->options[1] = "--requests-per-second=0";
  test_server_start (office->server);
  url = g_strdup_printf ("https://127.0.0.1:%u", office->server->port);
  office->root = test_administrator (office->server);
  distributor = test_distributor (office->root, "D1");
  order_text = test_order (office->root, "904112", distributor, NULL);
  office->order_id = id_from (order_text);
  ana_key = office_user (office->root, "ana", "dispatcher", OFFICE_ALL, NULL);
  eva_key = office_user (office->root, "eva", "supervisor", OFFICE_ALL, NULL);
  office->ana = replica_new (url, office->server->fingerprint, "ana", ana_key);
  office->eva = replica_new (url, office->server->fingerprint, "eva", eva_key);
  replica_start (office->ana);
  replica_start (office->eva);
  WAIT_FOR (replica_is_idle (office->ana) && replica_is_idle (office->eva));
  office->ticks = g_timeout_add (20, tick, NULL);
}

static void
tear_down (Office       *office,
           gconstpointer data)
{
  test_client_free (office->root);
  g_source_remove (office->ticks);
  replica_free (office->ana);
  replica_free (office->eva);
  test_server_free (office->server);
}

static void
stop_server (Office *office,
             int     signal_number)
{
  test_client_close (office->root);
  test_server_stop (office->server, signal_number);
}

static void
attach_picture (Office *office)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = NULL;
  DspId id = dsp_replica_new_id (office->ana->replica);

  outcome = attach (office->ana, &id, &office->order_id, "foto.jpg", PICTURE, sizeof PICTURE - 1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (outcome->n_given, ==, 1);
  g_assert_cmpuint (n_attachments (office->ana, &office->order_id), ==, 1);
}

/* Eva gets the record and then the bytes, from the server. FALSE: it has none. */
static gboolean
eva_gets_it (Office *office)
{
  g_autoptr(GPtrArray) list = attachments (office->eva, &office->order_id);
  g_autoptr(GAsyncResult) fetched = NULL;
  g_autoptr(GError) error = NULL;
  g_autofree char *path = NULL, *contents = NULL;
  const DspAttachment *there;
  gsize length;

  if (list->len == 0)
    return FALSE;
  there = list->pdata[0];
  g_assert_cmpstr (there->name, ==, "foto.jpg");
  g_assert_cmpstr (there->media_type, ==, "image/jpeg");
  dsp_sync_fetch_file_async (office->eva->sync, &there->id, there->hash, NULL, replica_on_result, &fetched);
  WAIT_FOR (fetched != NULL);
  path = dsp_sync_fetch_file_finish (office->eva->sync, fetched, &error);
  if (path == NULL)
    return FALSE;
  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  g_assert_cmpmem (contents, length, PICTURE, sizeof PICTURE - 1);
  return TRUE;
}

static void
attached_without_network (Office       *office,
                          gconstpointer data)
{
  g_autoptr(DspOutcome) none = NULL;
  g_autoptr(GError) error = NULL;
  DspId id = dsp_replica_new_id (office->ana->replica);

  stop_server (office, SIGKILL);
  none = attach (office->ana, &id, &office->order_id, "foto.jpg", "MZ\x90\x01 a program", 14, &error);
  g_assert_null (none);
  g_assert_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_cmpuint (n_attachments (office->ana, &office->order_id), ==, 0);
  attach_picture (office);
  test_server_start (office->server);
  WAIT_FOR (n_attachments (office->eva, &office->order_id) == 1);
  g_assert_true (eva_gets_it (office));
  WAIT_FOR (replica_is_idle (office->ana));
}

/* ---- a server that is not what it was ---- */

static void
copy_database (Office     *office,
               const char *from,
               const char *to)
{
  static const char *const tails[] = { "", "-wal", "-shm" };

  for (guint i = 0; i < G_N_ELEMENTS (tails); i++)
    {
      g_autofree char *source = g_strconcat (office->server->database, from, tails[i], NULL);
      g_autofree char *target = g_strconcat (office->server->database, to, tails[i], NULL);
      g_autofree char *contents = NULL;
      gsize length;

      remove (target);
      if (g_file_get_contents (source, &contents, &length, NULL))
        g_assert_true (g_file_set_contents (target, contents, (gssize) length, NULL));
    }
}

static void
lose_files (Office *office)
{
  g_autofree char *folder = g_build_filename (office->server->folder, "state", "files", NULL);
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  guint n = 0;

  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_assert_cmpint (remove (path), ==, 0);
      n++;
    }
  g_assert_cmpuint (n, ==, 1);
}

/* The backup is older than the attachment: with the next command that one comes again, and its bytes before it. */
static void
restored_from_before (Office       *office,
                      gconstpointer data)
{
  DspFollowUp args = { .text = (char *) "called" };
  g_autoptr(DspOutcome) outcome = NULL;

  stop_server (office, SIGTERM);
  copy_database (office, "", ".backup");
  test_server_start (office->server);
  attach_picture (office);
  WAIT_FOR (replica_is_idle (office->ana) && n_attachments (office->eva, &office->order_id) == 1);
  stop_server (office, SIGTERM);
  copy_database (office, ".backup", "");
  lose_files (office);
  test_server_start (office->server);
  outcome = replica_give (office->ana, &dsp_order_follow_up, &office->order_id, 1, &args,
                          dsp_table_bit (dsp_order_follow_up.args, offsetof (DspFollowUp, text)));
  g_assert_cmpuint (outcome->n_given, ==, 1);
  WAIT_FOR (n_attachments (office->eva, &office->order_id) == 1 && eva_gets_it (office));
  WAIT_FOR (replica_is_idle (office->ana));
  g_assert_cmpuint (n_attachments (office->ana, &office->order_id), ==, 1);
}

/* The database knows the attachment and the folder of files does not have it: whoever still has it offers it. */
static void
restored_without_files (Office       *office,
                        gconstpointer data)
{
  attach_picture (office);
  WAIT_FOR (replica_is_idle (office->ana) && n_attachments (office->eva, &office->order_id) == 1);
  replica_close (office->ana);
  stop_server (office, SIGTERM);
  lose_files (office);
  test_server_start (office->server);
  WAIT_FOR (replica_is_idle (office->eva));
  g_assert_false (eva_gets_it (office));
  replica_open (office->ana);
  replica_start (office->ana);
  WAIT_FOR (eva_gets_it (office));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add ("/attach/" name, Office, NULL, set_up, function, tear_down)
  ADD ("without-network-and-fetched-by-another", attached_without_network);
  ADD ("P6/come-again-with-their-command-after-a-restore", restored_from_before);
  ADD ("P6/offered-again-when-only-the-bytes-were-lost", restored_without_files);
  return g_test_run ();
}
