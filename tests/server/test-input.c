/* test-input.c: what strangers and broken programs send
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "server-fixture.h"

#include <signal.h>
#include <string.h>

typedef struct {
  TestServer *server;
  TestClient *root;
} Office;

static void
office_open (Office       *office,
             gconstpointer data)
{
  office->server = test_server_new ();
  office->server->tls = data != NULL;
  test_server_start (office->server);
  office->root = test_administrator (office->server);
}

static void
office_close (Office       *office,
              gconstpointer data)
{
  g_autoptr(TestReply) reply = test_call (office->root, "GET", "v1/session", NULL);

  /* Whatever was sent, it answers. */
  test_expect (reply, 200);
  test_client_free (office->root);
  test_server_free (office->server);
}

static void
expect (Office     *office,
        const char *path,
        const char *fields,
        const char *body,
        gsize       length,
        guint       status)
{
  g_autoptr(TestReply) reply = test_call_bytes (office->root, "POST", path, fields, body, length);

  if (reply->status != status)
    g_error ("%.60s…: %u instead of %u: %s", body, reply->status, status, reply->text);
}

static void
huge_body_is_refused (Office       *office,
                      gconstpointer data)
{
  static const char *const paths[] = { "v1/commands", "v1/session", "v1/password" };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      TestClient *client = test_client_dup (office->root);
      g_autoptr(TestReply) reply = NULL;

      /* The length alone decides: nobody has to send a hundred megabytes to be told. */
      test_send (client, "POST", paths[i], "Content-Type: application/json\r\nContent-Length: 104857600\r\n", NULL, 0);
      reply = test_receive (client);
      test_expect (reply, 413);
      test_client_free (client);
    }
}

static char *
nest (const char *open,
      const char *close,
      guint       n,
      gsize      *length)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < n; i++)
    g_string_append (text, open);
  g_string_append (text, "1");
  for (guint i = 0; i < n; i++)
    g_string_append (text, close);
  *length = text->len;
  return g_string_free (text, FALSE);
}

static void
hostile_json_is_refused (Office       *office,
                         gconstpointer data)
{
  static const struct { const char *text; gsize length; } bodies[] = {
#define B(text) { text, sizeof text - 1 }
    B (""), B ("{"), B ("nonsense"), B ("[]"), B ("{} {}"), B ("\xff\xfe"), B ("{\"first\":1,\"commands\":[]"),
    B ("{\"first\":1,\"first\":1,\"commands\":[]}"),
    B ("{\"first\":1,\"commands\":[{\"no\":1,\"v\":1,\"kind\":\"\xc3\x28\"}]}"),
    B ("{\"first\":1,\"commands\":[{\"no\":1,\"v\":1,\"kind\":\"a\\u0000b\"}]}"),
    B ("{\"first\":1,\"commands\":[{\"no\":1,\"v\":1,\"kind\":\"\\ud800\"}]}"),
    B ("{\"first\":99999999999999999999,\"commands\":[]}"),
    B ("{\"first\":1e3,\"commands\":[]}"),
    B ("{\"first\":1,\"commands\":[{\"no\":1,\"v\":1,\"kind\":\"a\0b\"}]}"),
    B ("{\"first\":1,\"commands\":{}}"), B ("{\"first\":1,\"commands\":[1]}"), B ("{\"first\":1,\"commands\":[{\"no\":1}]}"),
    B ("{\"first\":0,\"commands\":[]}"), B ("{\"device\":\"x\",\"first\":1,\"commands\":[]}"),
  };
  static const char *const paths[] = { "v1/commands", "v1/session", "v1/password" };

  for (guint p = 0; p < G_N_ELEMENTS (paths); p++)
    {
      gsize length;
      g_autofree char *arrays = nest ("[", "]", 7000, &length);
      g_autofree char *objects = NULL;

      expect (office, paths[p], NULL, arrays, length, 400);
      objects = nest ("{\"a\":", "}", 2500, &length);
      expect (office, paths[p], NULL, objects, length, 400);
      for (guint i = 0; i < G_N_ELEMENTS (bodies); i++)
        {
          /* Refused attempts to sign in count: after some, the answer is to wait. */
          g_autoptr(TestReply) reply = test_call_bytes (office->root, "POST", paths[p], NULL, bodies[i].text, bodies[i].length);

          if (reply->status != 400)
            g_error ("%s %s: %u %s", paths[p], bodies[i].text, reply->status, reply->text);
        }
    }
  {
    gsize length;
    g_autofree char *deep = nest ("[", "]", 10000, &length);
    g_autofree char *deep_objects = NULL;

    expect (office, "v1/commands", NULL, deep, length, 400);
    deep_objects = nest ("{\"commands\":", "}", 10000, &length);
    expect (office, "v1/commands", NULL, deep_objects, length, 400);
  }
}

static void
long_strings_and_many_nodes_are_refused (Office       *office,
                                         gconstpointer data)
{
  g_autofree char *filler = g_strnfill (9000, 'x');
  g_autofree char *text = g_strdup_printf ("{\"first\":1,\"commands\":[{\"no\":1,\"v\":1,\"kind\":\"%s\"}]}", filler);
  GString *many = g_string_new ("{\"first\":1,\"commands\":[");

  expect (office, "v1/commands", NULL, text, strlen (text), 400);
  for (guint i = 0; i < 50000; i++)
    g_string_append (many, i > 0 ? ",1" : "1");
  g_string_append (many, "]}");
  expect (office, "v1/commands", NULL, many->str, many->len, 400);
  g_string_free (many, TRUE);
}

static void
other_types_are_refused (Office       *office,
                         gconstpointer data)
{
  expect (office, "v1/commands", "Content-Type: text/xml\r\n", "<x/>", 4, 415);
  expect (office, "v1/commands", "Content-Type: application/json\r\nContent-Encoding: gzip\r\n", "\x1f\x8b", 2, 415);
}

static void
strange_paths_find_nothing (Office       *office,
                            gconstpointer data)
{
  static const char *const paths[] = {
    "v1/../etc/passwd", "v1/%2e%2e/%2e%2e/etc/passwd", "v1/order/..%2f..%2fetc", "v1/order%00", "v1/%c0%ae", "v1/order%0a",
    "v1/nothing", "v1/history/x", "v1/order/nonsense", "", "v1", "v1/blobs/zz", "v1/sqlite_master", "v1/token", "v1/credential",
  };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr(TestReply) reply = test_call (office->root, "GET", paths[i], NULL);

      if (reply->status != 400 && reply->status != 404)
        g_error ("%s: %u %s", paths[i], reply->status, reply->text);
    }
}

static void
strange_arguments_are_refused (Office       *office,
                               gconstpointer data)
{
  static const char *const paths[] = {
    "v1/order?limit=0", "v1/order?limit=1001", "v1/order?sort=nothing", "v1/order?counts=nothing", "v1/order?nothing=1",
    "v1/order?sort=number%22%20desc", "v1/order?after=nonsense", "v1/order?created_at=yesterday", "v1/snapshot", "v1/snapshot?scope=x",
    "v1/snapshot?scope=all&after=1", "v1/snapshot?scope=all&after=-1.5", "v1/snapshot?scope=all&after=99.1", "v1/changes?wait=x",
    "v1/history?entity=order", "v1/history?entity=token&id=1", "v1/search",
  };

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr(TestReply) reply = test_call (office->root, "GET", paths[i], NULL);

      if (reply->status != 400)
        g_error ("%s: %u %s", paths[i], reply->status, reply->text);
    }
}

static void
any_text_is_data (Office       *office,
                  gconstpointer data)
{
  static const char *const names[] = {
    "Robert'); DROP TABLE \\\"order\\\";--", "=cmd|' /C calc'!A0", "\\u202egnp.exe", "\\ud83d\\ude9a caf\\u00e9",
    "%s%n%p", "../../etc/passwd", "<script>alert(1)</script>",
  };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *number = g_strdup_printf ("T%u", i);
      g_autofree char *extra = g_strdup_printf (",\"contact_name\":\"%s\"", names[i]);
      g_autofree char *id = test_order (office->root, number, NULL, extra);
      g_autofree char *path = g_strconcat ("v1/order/", id, NULL);
      g_autoptr(TestReply) reply = test_call (office->root, "GET", path, NULL);
      g_autofree char *wanted = g_strdup_printf ("{\"n\":\"%s\"}", names[i]);
      g_autoptr(JsonNode) node = json_from_string (wanted, NULL);

      test_expect (reply, 200);
      g_assert_cmpstr (test_text (reply, "body/contact_name"), ==, json_object_get_string_member (json_node_get_object (node), "n"));
    }
  {
    g_autoptr(TestReply) lines = test_push (office->root, "{\"kind\":\"order.create\",\"id\":\"22222222-2222-4222-8222-222222222222\","
                                            "\"args\":{\"number\":\"L\",\"account\":\"A\",\"group\":\"g\",\"type\":\"t\","
                                            "\"created_at\":\"2026-11-20T10:00:00Z\",\"contact_name\":\"a\\r\\nSet-Cookie: x\"}}", NULL);

    g_assert_cmpstr (test_text (lines, "results/0/code"), ==, "invalid");
  }
  {
    g_autoptr(TestReply) list = test_call (office->root, "GET", "v1/order?account=Robert%27%29%3B*", NULL);
    g_autoptr(TestReply) words = test_call (office->root, "GET", "v1/order?q=%25%27%22%20OR%201", NULL);

    test_expect (list, 200);
    test_expect (words, 200);
    g_assert_cmpint (test_size (words, "rows"), ==, 0);
  }
}

static void
descriptions_are_served (Office       *office,
                         gconstpointer data)
{
  g_autoptr(TestReply) openapi = test_call (office->root, "GET", "v1/openapi.json", NULL);
  g_autoptr(TestReply) health = test_call (office->root, "GET", "healthz", NULL);
  g_autoptr(TestReply) metrics = test_call (office->root, "GET", "metrics", NULL);

  test_expect (openapi, 200);
  g_assert_nonnull (openapi->json);
  g_assert_cmpstr (test_text (openapi, "openapi"), ==, "3.0.3");
  g_assert_cmpstr (test_text (openapi, "components/schemas/order/properties/number/type"), ==, "string");
  g_assert_cmpstr (test_text (openapi, "components/schemas/order.assign/properties/crew_id/format"), ==, "uuid");
  test_expect (health, 200);
  /* Numbers are for who stands at the machine. */
  test_expect (metrics, 404);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, data, func) g_test_add ("/input/" name, Office, data, office_open, func, office_close)
  ADD ("huge-body-is-refused", NULL, huge_body_is_refused);
  ADD ("huge-body-is-refused-over-tls", "tls", huge_body_is_refused);
  ADD ("hostile-json-is-refused", NULL, hostile_json_is_refused);
  ADD ("long-strings-and-many-nodes-are-refused", NULL, long_strings_and_many_nodes_are_refused);
  ADD ("other-content-types-are-refused", NULL, other_types_are_refused);
  ADD ("strange-paths-find-nothing", NULL, strange_paths_find_nothing);
  ADD ("strange-arguments-are-refused", NULL, strange_arguments_are_refused);
  ADD ("S0-30/any-text-is-data", NULL, any_text_is_data);
  ADD ("descriptions-are-served", "tls", descriptions_are_served);
  return g_test_run ();
}
