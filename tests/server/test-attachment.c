/* test-attachment.c: files of an order: what is taken, who gets them, and what nobody gets in
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "server-fixture.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PNG "\x89PNG\r\n\x1A\nnot much of a picture"

typedef struct {
  TestServer *server;
  TestClient *root, *north, *south;
  char       *north_id, *south_id, *order;
} Office;

static void
office_open (Office       *office,
             gconstpointer data)
{
  g_autofree char *over_north = NULL, *over_south = NULL;

  office->server = test_server_new ();
  office->server->options[0] = "--sign-ins-per-minute";
  office->server->options[1] = "0";
  test_server_start (office->server);
  office->root = test_administrator (office->server);
  office->north_id = test_distributor (office->root, "NORTH");
  office->south_id = test_distributor (office->root, "SOUTH");
  office->order = test_order (office->root, "904112", office->north_id, NULL);
  over_north = g_strdup (office->north_id);
  over_south = g_strdup (office->south_id);
  office->north = test_user (office->root, "north", "distributor", over_north);
  office->south = test_user (office->root, "south", "distributor", over_south);
}

static void
office_close (Office       *office,
              gconstpointer data)
{
  test_client_free (office->north);
  test_client_free (office->south);
  test_client_free (office->root);
  g_free (office->north_id);
  g_free (office->south_id);
  g_free (office->order);
  test_server_free (office->server);
}

static char *
sha256 (const char *bytes,
        gsize       n)
{
  return g_compute_checksum_for_data (G_CHECKSUM_SHA256, (const guint8 *) bytes, n);
}

static TestReply *
put (TestClient *client,
     const char *name,
     const char *bytes,
     gsize       n)
{
  g_autofree char *path = g_strdup_printf ("v1/files/%s", name);

  return test_call_bytes (client, "PUT", path, "Content-Type: application/octet-stream\r\n", bytes, n);
}

static TestReply *
attach (TestClient *client,
        const char *id,
        const char *order,
        const char *hash,
        const char *name)
{
  g_autofree char *command = g_strdup_printf ("{\"kind\":\"attachment.create\",\"id\":\"%s\",\"args\":{\"order_id\":\"%s\",\"name\":\"%s\","
                                              "\"media_type\":\"image/png\",\"size\":7,\"hash\":\"%s\"}}", id, order, name, hash);

  return test_push (client, command, NULL);
}

static TestReply *
get (TestClient *client,
     const char *id)
{
  g_autofree char *path = g_strdup_printf ("v1/files/%s", id);

  return test_call (client, "GET", path, NULL);
}

static guint
n_files (Office *office)
{
  g_autofree char *folder = g_build_filename (office->server->folder, "state", "files", NULL);
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  guint n = 0;

  g_assert_nonnull (dir);
  while (g_dir_read_name (dir) != NULL)
    n++;
  return n;
}

static void
bytes_come_back (Office       *office,
                 gconstpointer data)
{
  g_autofree char *hash = sha256 (PNG, strlen (PNG)), *id = test_id (), *path = g_strdup_printf ("v1/attachment/%s", id);
  g_autoptr(TestReply) kept = put (office->north, hash, PNG, strlen (PNG));
  g_autoptr(TestReply) again = put (office->north, hash, PNG, strlen (PNG));
  g_autoptr(TestReply) attached = attach (office->north, id, office->order, hash, "../../x\\\\foto\\u202e.png");
  g_autoptr(TestReply) record = NULL, bytes = NULL;

  test_expect (kept, 200);
  test_expect (again, 200);
  g_assert_cmpstr (test_text (kept, "media_type"), ==, "image/png");
  test_expect (attached, 200);
  g_assert_cmpstr (test_text (attached, "results/0/status"), ==, "applied");
  record = test_call (office->root, "GET", path, NULL);
  test_expect (record, 200);
  /* The name without its path and its marks; the size that the server counted. */
  g_assert_cmpstr (test_text (record, "body/name"), ==, "foto.png");
  g_assert_cmpint (test_int (record, "body/size"), ==, strlen (PNG));
  bytes = get (office->north, id);
  test_expect (bytes, 200);
  g_assert_cmpuint (bytes->length, ==, strlen (PNG));
  g_assert_cmpmem (bytes->text, bytes->length, PNG, strlen (PNG));
  g_assert_cmpuint (n_files (office), ==, 1);
}

static void
others_do_not_see_it (Office       *office,
                      gconstpointer data)
{
  g_autofree char *hash = sha256 (PNG, strlen (PNG)), *id = test_id (), *their = test_id (), *other = test_id (), *command = NULL, *reason = NULL,
                  *reason_id = test_id ();
  g_autoptr(TestReply) kept = put (office->north, hash, PNG, strlen (PNG));
  g_autoptr(TestReply) attached = attach (office->north, id, office->order, hash, "foto.png");
  g_autoptr(TestReply) hidden = get (office->south, id);
  g_autoptr(TestReply) missing = get (office->south, other);
  g_autoptr(TestReply) foreign = attach (office->south, their, office->order, hash, "foto.png");
  g_autoptr(TestReply) moved = NULL, seen = NULL, gone = NULL;

  test_expect (attached, 200);
  test_expect (hidden, 404);
  g_assert_cmpstr (hidden->text, ==, missing->text);
  g_assert_cmpstr (test_text (foreign, "results/0/status"), ==, "rejected");
  /* The order goes to the other distributor, and its files with it. */
  command = g_strdup_printf ("{\"kind\":\"order.transfer\",\"id\":\"%s\",\"args\":{\"distributor_id\":\"%s\",\"reason\":\"zone\"}}",
                             office->order, office->south_id);
  reason = g_strdup_printf ("{\"kind\":\"reason_code.create\",\"id\":\"%s\",\"args\":{\"code\":\"zone\",\"label\":\"Otra zona\",\"process\":\"transfer\"}}",
                            reason_id);
  moved = test_push (office->root, reason, NULL);
  g_assert_cmpstr (test_text (moved, "results/0/status"), ==, "applied");
  g_clear_pointer (&moved, test_reply_free);
  moved = test_push (office->root, command, NULL);
  g_assert_cmpstr (test_text (moved, "results/0/status"), ==, "applied");
  seen = get (office->south, id);
  test_expect (seen, 200);
  gone = get (office->north, id);
  test_expect (gone, 404);
}

static void
what_is_not_taken (Office       *office,
                   gconstpointer data)
{
  static const char *const forbidden[] = { "<html><script>", "MZ\x90\x01", "\x7F" "ELF", "PK\x03\x04zip", "GIF89a\x01" };
  g_autofree char *hash = sha256 (PNG, strlen (PNG)), *id = test_id ();
  g_autoptr(TestReply) unknown = attach (office->north, id, office->order, hash, "foto.png");
  g_autoptr(TestReply) other = put (office->north, hash, "%PDF-1.7", 8);
  g_autoptr(TestReply) path = put (office->north, "..%2F..%2Fetc%2Fpasswd", PNG, strlen (PNG));
  g_autoptr(TestReply) empty = put (office->north, hash, "", 0);
  g_autofree char *large = g_malloc0 ((10u << 20) + 1), *large_hash = NULL;
  g_autoptr(TestReply) too_large = NULL;

  /* A record without its bytes, and bytes under another's name. */
  g_assert_cmpstr (test_text (unknown, "results/0/status"), ==, "rejected");
  test_expect (other, 400);
  g_assert_cmpuint (path->status, >=, 400);
  g_assert_cmpuint (empty->status, >=, 400);
  for (guint i = 1; i < G_N_ELEMENTS (forbidden); i++)
    {
      g_autofree char *name = sha256 (forbidden[i], strlen (forbidden[i]));
      g_autoptr(TestReply) reply = put (office->north, name, forbidden[i], strlen (forbidden[i]));

      test_expect (reply, 415);
    }
  large_hash = sha256 (large, (10u << 20) + 1);
  too_large = put (office->north, large_hash, large, (10u << 20) + 1);
  g_assert_true (too_large->status == 413 || too_large->status == 0);
  g_assert_cmpuint (n_files (office), ==, 0);
}

static void
kept_over_a_kill (Office       *office,
                  gconstpointer data)
{
  g_autofree char *hash = sha256 (PNG, strlen (PNG)), *id = test_id ();
  g_autoptr(TestReply) kept = put (office->north, hash, PNG, strlen (PNG));
  g_autoptr(TestReply) attached = NULL;
  TestClient *root;

  test_expect (kept, 200);
  test_client_close (office->north);
  test_client_close (office->south);
  test_client_close (office->root);
  test_server_stop (office->server, SIGKILL);
  test_server_start (office->server);
  root = test_client_new_local (office->server);
  attached = attach (root, id, office->order, hash, "foto.png");
  g_assert_cmpstr (test_text (attached, "results/0/status"), ==, "applied");
  test_client_free (root);
}

/* A picture of @n bytes, another one for each @seed. */
static char *
picture (gsize n,
         char  seed,
         char **hash)
{
  char *bytes = g_malloc (n);

  memset (bytes, seed, n);
  memcpy (bytes, PNG, 8);
  *hash = sha256 (bytes, n);
  return bytes;
}

#define BIG (700u << 10)

static TestReply *
put_for (TestClient *client,
         const char *hash,
         const char *order,
         const char *bytes)
{
  g_autofree char *name = g_strdup_printf ("%s?order=%s", hash, order);

  return put (client, name, bytes, BIG);
}

static void
quota_is_kept (Office       *office,
               gconstpointer data)
{
  g_autofree char *hash[4] = { 0 }, *bytes[4] = { 0 }, *id = test_id (), *other = test_id (), *again = test_id (), *command = NULL, *south = NULL;
  DspId settings = dsp_id_from_key ("office_settings", "office");
  char text[DSP_ID_TEXT];
  g_autoptr(TestReply) set = NULL, first = NULL, attached = NULL, second = NULL, refused = NULL, same = NULL, theirs = NULL, own = NULL,
                       own_again = NULL, hidden = NULL, larger = NULL, fits = NULL, now = NULL;

  for (guint i = 0; i < 4; i++)
    bytes[i] = picture (BIG, (char) i, &hash[i]);
  dsp_id_print (&settings, text);
  command = g_strdup_printf ("{\"kind\":\"office_settings.put\",\"id\":\"%s\",\"args\":{\"time_zone\":\"UTC\",\"starts\":480,\"ends\":1080,\"weekdays\":[\"1\"],\"files_quota\":1}}", text);
  set = test_push (office->root, command, NULL);
  g_assert_cmpstr (test_text (set, "results/0/status"), ==, "applied");
  south = test_order (office->root, "904113", office->south_id, NULL);

  first = put_for (office->north, hash[0], office->order, bytes[0]);
  test_expect (first, 200);
  /* What came and is not named yet counts already. */
  second = put_for (office->north, hash[1], office->order, bytes[1]);
  test_expect (second, 413);
  g_assert_cmpstr (test_text (second, "error/code"), ==, "quota");
  g_assert_nonnull (strstr (test_text (second, "error/message"), "1.0"));
  attached = attach (office->north, id, office->order, hash[0], "foto.png");
  g_assert_cmpstr (test_text (attached, "results/0/status"), ==, "applied");
  g_clear_pointer (&second, test_reply_free);
  second = put_for (office->north, hash[1], office->order, bytes[1]);
  test_expect (second, 413);
  g_assert_cmpuint (n_files (office), ==, 1);
  same = put_for (office->north, hash[0], office->order, bytes[0]);
  test_expect (same, 200);

  /* Another distributor's is its own; and naming an order that one does not see takes nothing from it. */
  theirs = put_for (office->south, hash[2], south, bytes[2]);
  test_expect (theirs, 200);
  hidden = put_for (office->south, hash[1], office->order, bytes[1]);
  test_expect (hidden, 200);
  own = put (office->north, hash[3], bytes[3], BIG);
  test_expect (own, 200);

  /* Whatever way the bytes came: the command is refused, too, with the rule's name. */
  refused = attach (office->north, other, office->order, hash[3], "foto.png");
  g_assert_cmpstr (test_text (refused, "results/0/code"), ==, "quota");
  g_assert_nonnull (strstr (test_text (refused, "results/0/message"), "1.0"));

  /* The office gives more room. */
  g_free (command);
  command = g_strdup_printf ("{\"kind\":\"office_settings.put\",\"id\":\"%s\",\"args\":{\"time_zone\":\"UTC\",\"starts\":480,\"ends\":1080,\"weekdays\":[\"1\"],\"files_quota\":2}}", text);
  larger = test_push (office->root, command, NULL);
  g_assert_cmpstr (test_text (larger, "results/0/status"), ==, "applied");
  fits = attach (office->north, again, office->order, hash[3], "foto.png");
  g_assert_cmpstr (test_text (fits, "results/0/status"), ==, "applied");
  for (guint i = 0; i < 4; i++)
    {
      g_free (g_steal_pointer (&hash[i]));
      g_free (g_steal_pointer (&bytes[i]));
    }
}

/* As after a restore of the database without all files. */
static void
lost_bytes_come_again (Office       *office,
                       gconstpointer data)
{
  g_autofree char *hash = sha256 (PNG, strlen (PNG)), *id = test_id (), *nobodys = sha256 ("x", 1);
  g_autofree char *file = g_build_filename (office->server->folder, "state", "files", hash, NULL);
  g_autofree char *ask = g_strdup_printf ("v1/files/missing?hashes=%s,%s", nobodys, hash);
  g_autoptr(TestReply) kept = put (office->north, hash, PNG, strlen (PNG));
  g_autoptr(TestReply) attached = attach (office->north, id, office->order, hash, "foto.png");
  g_autoptr(TestReply) none = test_call (office->north, "GET", ask, NULL);
  g_autoptr(TestReply) missing = NULL, hidden = NULL, again = NULL, there = NULL, bad = NULL, empty = NULL, bytes = NULL;
  TestClient *reader = test_user (office->root, "reader", "auditor", "00000000-0000-0000-0000-000000000003");

  test_expect (none, 200);
  g_assert_cmpint (test_size (none, "missing"), ==, 0);
  g_assert_cmpint (remove (file), ==, 0);
  missing = test_call (office->north, "GET", ask, NULL);
  g_assert_cmpint (test_size (missing, "missing"), ==, 1);
  g_assert_cmpstr (test_text (missing, "missing/0"), ==, hash);
  hidden = test_call (office->south, "GET", ask, NULL);
  g_assert_cmpint (test_size (hidden, "missing"), ==, 0);
  bad = test_call (office->north, "GET", "v1/files/missing?hashes=..%2Fx", NULL);
  test_expect (bad, 400);
  empty = test_call (office->north, "GET", "v1/files/missing", NULL);
  test_expect (empty, 400);
  /* Whoever sees the attachment may bring them, and only these. */
  again = put (reader, hash, PNG, strlen (PNG));
  test_expect (again, 200);
  there = put (reader, nobodys, "x", 1);
  test_expect (there, 403);
  bytes = get (office->north, id);
  test_expect (bytes, 200);
  test_client_free (reader);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define CASE(name, function) g_test_add ("/attachment/" name, Office, NULL, office_open, function, office_close)
  CASE ("bytes-come-back-under-a-harmless-name", bytes_come_back);
  CASE ("only-who-sees-the-order-gets-them", others_do_not_see_it);
  CASE ("what-is-not-taken", what_is_not_taken);
  CASE ("kept-over-a-kill", kept_over_a_kill);
  CASE ("each-scope-has-a-quota", quota_is_kept);
  CASE ("lost-bytes-come-again", lost_bytes_come_again);
  return g_test_run ();
}
