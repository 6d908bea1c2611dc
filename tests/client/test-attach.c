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

static void
attached_without_network (void)
{
  TestServer *server = test_server_new ();
  g_autofree char *url = NULL, *distributor = NULL, *order_text = NULL, *ana_key = NULL, *eva_key = NULL, *path = NULL, *contents = NULL;
  g_autoptr(DspOutcome) outcome = NULL, none = NULL;
  g_autoptr(GAsyncResult) fetched = NULL;
  g_autoptr(GPtrArray) list = NULL;
  g_autoptr(GError) error = NULL;
  const DspAttachment *there;
  Replica *ana, *eva;
  TestClient *root;
  DspId order_id, id;
  gsize length;
  guint ticks;

  server->tls = TRUE;
  server->options[0] = "--sign-ins-per-minute=0";
  server->options[1] = "--requests-per-second=0";
  test_server_start (server);
  url = g_strdup_printf ("https://127.0.0.1:%u", server->port);
  root = test_administrator (server);
  distributor = test_distributor (root, "D1");
  order_text = test_order (root, "904112", distributor, NULL);
  order_id = id_from (order_text);
  ana_key = office_user (root, "ana", "dispatcher", OFFICE_ALL, NULL);
  eva_key = office_user (root, "eva", "supervisor", OFFICE_ALL, NULL);
  ana = replica_new (url, server->fingerprint, "ana", ana_key);
  eva = replica_new (url, server->fingerprint, "eva", eva_key);
  replica_start (ana);
  replica_start (eva);
  WAIT_FOR (replica_is_idle (ana) && replica_is_idle (eva));
  ticks = g_timeout_add (20, tick, NULL);

  test_client_close (root);
  test_server_stop (server, SIGKILL);
  id = dsp_replica_new_id (ana->replica);
  none = attach (ana, &id, &order_id, "foto.jpg", "MZ\x90\x01 a program", 14, &error);
  g_assert_null (none);
  g_assert_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_cmpuint (n_attachments (ana, &order_id), ==, 0);
  outcome = attach (ana, &id, &order_id, "foto.jpg", PICTURE, sizeof PICTURE - 1, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (outcome->n_given, ==, 1);
  g_assert_cmpuint (n_attachments (ana, &order_id), ==, 1);

  test_server_start (server);
  WAIT_FOR (n_attachments (eva, &order_id) == 1);
  list = attachments (eva, &order_id);
  there = list->pdata[0];
  g_assert_cmpstr (there->name, ==, "foto.jpg");
  g_assert_cmpstr (there->media_type, ==, "image/jpeg");
  g_assert_null (dsp_replica_dup_file_path (eva->replica, there->hash));
  dsp_sync_fetch_file_async (eva->sync, &there->id, there->hash, NULL, replica_on_result, &fetched);
  WAIT_FOR (fetched != NULL);
  path = dsp_sync_fetch_file_finish (eva->sync, fetched, &error);
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &contents, &length, NULL));
  g_assert_cmpmem (contents, length, PICTURE, sizeof PICTURE - 1);
  g_clear_object (&fetched);
  WAIT_FOR (replica_is_idle (ana));
  test_client_free (root);
  g_source_remove (ticks);
  replica_free (ana);
  replica_free (eva);
  test_server_free (server);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/attach/without-network-and-fetched-by-another", attached_without_network);
  return g_test_run ();
}
