/* test-feed.c: changes, waiting for them, grants before rows, and the first copy
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "server-fixture.h"

#include <signal.h>
#include <string.h>

#define ALL "00000000-0000-0000-0000-000000000003"

typedef struct {
  TestServer *server;
  TestClient *root;
  char       *north, *south;
  char       *north_crew, *south_crew;
  char       *order;  /* the north's */
} Office;

static void
office_open (Office       *office,
             gconstpointer data)
{
  office->server = test_server_new ();
  office->server->options[0] = "--sign-ins-per-minute";
  office->server->options[1] = "0";
  office->server->options[2] = "--requests-per-second";
  office->server->options[3] = "0";
  test_server_start (office->server);
  office->root = test_administrator (office->server);
  office->north = test_distributor (office->root, "NORTH");
  office->south = test_distributor (office->root, "SOUTH");
  office->north_crew = test_crew (office->root, "CN", office->north);
  office->south_crew = test_crew (office->root, "CS", office->south);
  office->order = test_order (office->root, "N1", office->north, NULL);
}

static void
office_close (Office       *office,
              gconstpointer data)
{
  g_free (office->north);
  g_free (office->south);
  g_free (office->north_crew);
  g_free (office->south_crew);
  g_free (office->order);
  test_client_free (office->root);
  test_server_free (office->server);
}

static TestReply *
pull (TestClient *client,
      const char *cursor,
      guint       wait_s)
{
  g_autofree char *path = g_strdup_printf ("v1/changes?cursor=%s&wait=%u", cursor, wait_s);

  return test_call (client, "GET", path, NULL);
}

/* The cursor behind everything that the client sees now. */
static char *
now_cursor (TestClient *client)
{
  g_autofree char *cursor = g_strdup ("");

  for (;;)
    {
      g_autoptr(TestReply) page = pull (client, cursor, 0);

      test_expect (page, 200);
      g_free (cursor);
      cursor = g_strdup (test_text (page, "cursor"));
      if (test_int (page, "more") != TRUE)
        return g_steal_pointer (&cursor);
    }
}

static void
start_pull (TestClient *client,
            const char *cursor,
            guint       wait_s)
{
  g_autofree char *path = g_strdup_printf ("v1/changes?cursor=%s&wait=%u", cursor, wait_s);

  test_send (client, "GET", path, NULL, NULL, 0);
}

static TestReply *
assign (TestClient *client,
        const char *order,
        const char *crew)
{
  g_autofree char *command = g_strdup_printf ("{\"kind\":\"order.assign\",\"id\":\"%s\",\"args\":{\"crew_id\":\"%s\"}}", order, crew);

  return test_push (client, command, NULL);
}

static TestReply *
move (TestClient *client,
      const char *order,
      const char *crew)
{
  g_autofree char *command = g_strdup_printf ("{\"kind\":\"order.move\",\"id\":\"%s\",\"args\":{\"crew_id\":\"%s\"}}", order, crew);

  return test_push (client, command, NULL);
}

static void
wait_until_parked (Office *office,
                   guint   n)
{
  g_autofree char *wanted = g_strdup_printf ("despacho_waiting %u\n", n);
  gint64 until_us = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;
  TestClient *local = test_client_new_local (office->server);

  for (;;)
    {
      g_autoptr(TestReply) reply = test_call (local, "GET", "metrics", NULL);

      if (strstr (reply->text, wanted) != NULL)
        break;
      g_assert_cmpint (g_get_monotonic_time (), <, until_us);
      g_usleep (2000);
    }
  test_client_free (local);
}

static void
waiting_wakes_with_the_change (Office       *office,
                               gconstpointer data)
{
  TestClient *ana = test_user (office->root, "ana", "dispatcher", ALL);
  g_autofree char *cursor = now_cursor (ana);
  g_autoptr(TestReply) given = NULL, woken = NULL;
  gint64 start_us;

  start_pull (ana, cursor, 40);
  wait_until_parked (office, 1);
  start_us = g_get_monotonic_time ();
  given = assign (office->root, office->order, office->north_crew);
  test_expect (given, 200);
  woken = test_receive (ana);
  test_expect (woken, 200);
  g_assert_cmpint (g_get_monotonic_time () - start_us, <, G_USEC_PER_SEC);
  g_assert_cmpint (test_size (woken, "changes"), ==, 1);
  g_assert_cmpstr (test_text (woken, "changes/0/id"), ==, office->order);
  g_assert_cmpstr (test_text (woken, "changes/0/body/crew_id"), ==, office->north_crew);
  g_assert_cmpstr (test_text (woken, "changes/0/by"), ==, "root");
  g_assert_cmpstr (test_text (woken, "changes/0/kind"), ==, "order.assign");
  g_assert_cmpint (test_int (woken, "changes/0/seq"), ==, test_int (given, "results/0/seq"));
  test_client_free (ana);
}

static void
hidden_change_wakes_nobody (Office       *office,
                            gconstpointer data)
{
  TestClient *sara = test_user (office->root, "sara", "distributor", office->south);
  g_autofree char *cursor = now_cursor (sara);
  g_autoptr(TestReply) given = NULL, woken = NULL;

  start_pull (sara, cursor, 1);
  wait_until_parked (office, 1);
  given = assign (office->root, office->order, office->north_crew);
  test_expect (given, 200);
  wait_until_parked (office, 1);
  woken = test_receive (sara);
  test_expect (woken, 200);
  g_assert_cmpint (test_size (woken, "changes"), ==, 0);
  test_client_free (sara);
}

static void
move_leaves_one_and_enters_the_other (Office       *office,
                                      gconstpointer data)
{
  TestClient *norma = test_user (office->root, "norma", "distributor", office->north);
  TestClient *sara = test_user (office->root, "sara", "distributor", office->south);
  g_autoptr(TestReply) given = assign (office->root, office->order, office->north_crew);
  g_autofree char *north = now_cursor (norma);
  g_autofree char *south = now_cursor (sara);
  g_autoptr(TestReply) moved = move (office->root, office->order, office->south_crew);
  g_autoptr(TestReply) left = pull (norma, north, 0);
  g_autoptr(TestReply) entered = pull (sara, south, 0);

  test_expect (given, 200);
  g_assert_cmpstr (test_text (moved, "results/0/status"), ==, "applied");
  g_assert_cmpint (test_size (left, "changes"), ==, 1);
  g_assert_cmpstr (test_text (left, "changes/0/op"), ==, "leave");
  g_assert_cmpstr (test_text (left, "changes/0/id"), ==, office->order);
  g_assert_null (strstr (left->text, "body"));
  g_assert_null (strstr (left->text, office->south));
  g_assert_cmpint (test_size (entered, "changes"), ==, 1);
  g_assert_cmpstr (test_text (entered, "changes/0/op"), ==, "put");
  g_assert_cmpstr (test_text (entered, "changes/0/scope"), ==, office->south);
  test_client_free (norma);
  test_client_free (sara);
}

static void
grants_come_before_rows (Office       *office,
                         gconstpointer data)
{
  TestClient *norma = test_user (office->root, "norma", "distributor", office->north);
  g_autofree char *cursor = now_cursor (norma);
  g_autofree char *profile = test_profile_id ("distributor");
  g_autofree char *grant = test_id ();
  char user[DSP_ID_TEXT];
  g_autofree char *command = NULL;
  g_autofree char *path = NULL;
  g_autoptr(TestReply) granted = NULL, woken = NULL, rows = NULL, list = NULL, before = NULL, revoked = NULL, dropped = NULL;
  g_autofree char *remove = g_strdup_printf ("{\"kind\":\"grant.delete\",\"id\":\"%s\",\"args\":{}}", grant);

  dsp_id_print (&norma->user, user);
  command = g_strdup_printf ("{\"kind\":\"grant.create\",\"id\":\"%s\",\"args\":{\"user_id\":\"%s\",\"profile_id\":\"%s\",\"over\":\"%s\"}}",
                             grant, user, profile, office->south);
  start_pull (norma, cursor, 40);
  wait_until_parked (office, 1);
  granted = test_push (office->root, command, NULL);
  g_assert_cmpstr (test_text (granted, "results/0/status"), ==, "applied");
  woken = test_receive (norma);
  test_expect (woken, 200);
  g_assert_cmpint (test_size (woken, "changes"), ==, 0);
  g_assert_cmpint (test_size (woken, "grants/add"), ==, 1);
  g_assert_cmpstr (test_text (woken, "grants/add/0"), ==, office->south);
  g_assert_cmpint (test_size (woken, "grants/del"), ==, 0);
  g_assert_cmpint (test_int (woken, "more"), ==, TRUE);
  rows = pull (norma, test_text (woken, "cursor"), 0);
  g_assert_cmpint (test_size (rows, "changes"), ==, 1);
  g_assert_cmpstr (test_text (rows, "changes/0/entity"), ==, "grant");
  path = g_strdup_printf ("v1/crew?distributor_id=%s", office->south);
  list = test_call (norma, "GET", path, NULL);
  g_assert_cmpint (test_size (list, "rows"), ==, 1);

  /* And what is taken away is told before anything else, and is no longer there at once. */
  revoked = test_push (office->root, remove, NULL);
  g_assert_cmpstr (test_text (revoked, "results/0/status"), ==, "applied");
  before = test_call (norma, "GET", path, NULL);
  g_assert_cmpint (test_size (before, "rows"), ==, 0);
  dropped = pull (norma, test_text (rows, "cursor"), 0);
  g_assert_cmpint (test_size (dropped, "changes"), ==, 0);
  g_assert_cmpstr (test_text (dropped, "grants/del/0"), ==, office->south);
  test_client_free (norma);
}

static void
profile_change_wakes_its_users (Office       *office,
                                gconstpointer data)
{
  TestClient *norma = test_user (office->root, "norma", "distributor", office->north);
  g_autofree char *cursor = now_cursor (norma);
  g_autofree char *profile = test_profile_id ("distributor");
  g_autofree char *command = g_strdup_printf ("{\"kind\":\"profile.change\",\"id\":\"%s\",\"args\":{\"permissions\":[\"module.assignments\"]}}", profile);
  g_autofree char *assign_it = g_strdup_printf ("{\"kind\":\"order.assign\",\"id\":\"%s\",\"args\":{\"crew_id\":\"%s\"}}", office->order, office->north_crew);
  g_autoptr(TestReply) changed = NULL, woken = NULL, refused = NULL;

  start_pull (norma, cursor, 40);
  wait_until_parked (office, 1);
  changed = test_push (office->root, command, NULL);
  g_assert_cmpstr (test_text (changed, "results/0/status"), ==, "applied");
  woken = test_receive (norma);
  g_assert_cmpint (test_int (woken, "grants/ver"), >=, 2);
  refused = test_push (norma, assign_it, NULL);
  g_assert_cmpstr (test_text (refused, "results/0/code"), ==, "forbidden");
  test_client_free (norma);
}

static void
grant_ends_by_itself (Office       *office,
                      gconstpointer data)
{
  TestClient *norma = test_user (office->root, "norma", "distributor", office->north);
  g_autofree char *profile = test_profile_id ("distributor");
  g_autofree char *grant = test_id ();
  g_autoptr(GDateTime) now = g_date_time_new_now_utc ();
  g_autoptr(GDateTime) soon = g_date_time_add_seconds (now, 2);
  g_autofree char *until = g_date_time_format (soon, "%Y-%m-%dT%H:%M:%SZ");
  char user[DSP_ID_TEXT];
  g_autofree char *command = NULL;
  g_autoptr(TestReply) granted = NULL, woken = NULL;
  g_autofree char *cursor = NULL;

  dsp_id_print (&norma->user, user);
  command = g_strdup_printf ("{\"kind\":\"grant.create\",\"id\":\"%s\",\"args\":{\"user_id\":\"%s\",\"profile_id\":\"%s\",\"over\":\"%s\","
                             "\"until\":\"%s\"}}", grant, user, profile, office->south, until);
  granted = test_push (office->root, command, NULL);
  g_assert_cmpstr (test_text (granted, "results/0/status"), ==, "applied");
  cursor = now_cursor (norma);
  start_pull (norma, cursor, 20);
  woken = test_receive (norma);
  g_assert_cmpstr (test_text (woken, "grants/del/0"), ==, office->south);
  test_client_free (norma);
}

static void
disabled_user_stops_waiting (Office       *office,
                             gconstpointer data)
{
  TestClient *norma = test_user (office->root, "norma", "distributor", office->north);
  g_autofree char *cursor = now_cursor (norma);
  char id[DSP_ID_TEXT];
  g_autofree char *command = NULL;
  g_autoptr(TestReply) disabled = NULL, woken = NULL;

  dsp_id_print (&norma->user, id);
  command = g_strdup_printf ("{\"kind\":\"user.change\",\"id\":\"%s\",\"args\":{\"disabled\":\"yes\"}}", id);
  start_pull (norma, cursor, 40);
  wait_until_parked (office, 1);
  disabled = test_push (office->root, command, NULL);
  g_assert_cmpstr (test_text (disabled, "results/0/status"), ==, "applied");
  woken = test_receive (norma);
  test_expect (woken, 401);
  test_client_free (norma);
}

/* ---- cursors that are not ours ---- */

static char *
bend (const char *cursor,
      guint       byte)
{
  gsize size = 0;
  g_autofree char *plain = g_strdup (cursor);
  g_autofree guchar *bytes = NULL;
  char *text;

  for (char *p = plain; *p != '\0'; p++)
    *p = *p == '-' ? '+' : *p == '_' ? '/' : *p;
  {
    g_autofree char *padded = g_strconcat (plain, &"===="[4 - (4 - strlen (plain) % 4) % 4], NULL);

    bytes = g_base64_decode (padded, &size);
  }
  bytes[byte] ^= 0x01;
  text = g_base64_encode (bytes, size);
  for (char *p = text; *p != '\0'; p++)
    *p = *p == '+' ? '-' : *p == '/' ? '_' : *p == '=' ? '\0' : *p;
  return text;
}

static void
expect_code (TestClient *client,
             const char *cursor,
             guint       status,
             const char *code)
{
  g_autoptr(TestReply) reply = pull (client, cursor, 30);

  test_expect (reply, status);
  g_assert_cmpstr (test_text (reply, "error/code"), ==, code);
}

static void
strange_cursors_get_no_rows (Office       *office,
                             gconstpointer data)
{
  g_autofree char *cursor = now_cursor (office->root);
  g_autofree char *protocol = bend (cursor, 0);
  g_autofree char *epoch = bend (cursor, 3);
  g_autofree char *back = bend (cursor, 24);
  g_autofree char *future = bend (cursor, 20);
  g_autofree char *digest = bend (cursor, 28);
  g_autofree char *grants = bend (cursor, 35);
  g_autofree char *huge = g_strnfill (1800, 'A');

  expect_code (office->root, protocol, 409, "digest");
  expect_code (office->root, epoch, 409, "epoch");
  expect_code (office->root, back, 409, "digest");
  expect_code (office->root, future, 409, "digest");
  expect_code (office->root, digest, 409, "digest");
  expect_code (office->root, grants, 409, "digest");
  expect_code (office->root, "nonsense", 400, "cursor");
  expect_code (office->root, huge, 400, "cursor");
}

/* ---- the first copy ---- */

/* What a client would hold: "entity id" to "version body". */

static void
copy_put (GHashTable *rows,
          const char *entity,
          JsonObject *row)
{
  g_autoptr(JsonNode) body = json_node_copy (json_object_get_member (row, "body"));
  g_autofree char *text = json_to_string (body, FALSE);

  g_hash_table_replace (rows, g_strconcat (entity, " ", json_object_get_string_member (row, "id"), NULL),
                        g_strdup_printf ("%" G_GINT64_FORMAT " %s", json_object_get_int_member (row, "version"), text));
}

static char *
load_snapshot (TestClient *client,
               const char *scope,
               GHashTable *rows,
               void      (*between) (Office *office, guint page),
               Office     *office)
{
  g_autofree char *next = NULL;
  g_autofree char *from = NULL;
  guint n = 0;

  do
    {
      g_autofree char *path = g_strdup_printf ("v1/snapshot?scope=%s%s%s", scope, next != NULL ? "&after=" : "", next != NULL ? next : "");
      g_autoptr(TestReply) page = test_call (client, "GET", path, NULL);
      JsonArray *items;

      test_expect (page, 200);
      if (from == NULL)
        from = g_strdup (test_text (page, "from"));
      items = json_object_get_array_member (json_node_get_object (page->json), "rows");
      for (guint i = 0; i < json_array_get_length (items); i++)
        copy_put (rows, test_text (page, "entity"), json_array_get_object_element (items, i));
      g_free (next);
      next = g_strdup (test_text (page, "next"));
      if (between != NULL)
        between (office, n++);
      /* Resumable: each page may come over a new connection. */
      test_client_close (client);
    }
  while (next != NULL);
  return g_steal_pointer (&from);
}

static void
follow (TestClient *client,
        const char *from,
        GHashTable *rows)
{
  g_autofree char *cursor = g_strdup (from);

  for (;;)
    {
      g_autoptr(TestReply) page = pull (client, cursor, 0);
      JsonArray *items;

      test_expect (page, 200);
      items = json_object_get_array_member (json_node_get_object (page->json), "changes");
      for (guint i = 0; i < json_array_get_length (items); i++)
        {
          JsonObject *change = json_array_get_object_element (items, i);
          g_autofree char *key = g_strconcat (json_object_get_string_member (change, "entity"), " ",
                                              json_object_get_string_member (change, "id"), NULL);
          const char *op = json_object_get_string_member (change, "op");
          const char *held = g_hash_table_lookup (rows, key);

          if (g_str_equal (op, "put"))
            {
              if (held == NULL || g_ascii_strtoll (held, NULL, 10) < json_object_get_int_member (change, "version"))
                copy_put (rows, json_object_get_string_member (change, "entity"), change);
            }
          else
            g_hash_table_remove (rows, key);
        }
      g_free (cursor);
      cursor = g_strdup (test_text (page, "cursor"));
      if (test_int (page, "more") != TRUE)
        return;
    }
}

static void
change_between (Office *office,
                guint   page)
{
  static guint n_late;
  g_autofree char *number = g_strdup_printf ("LATE%u", n_late++);
  g_autofree char *order = NULL;
  g_autoptr(TestReply) reply = NULL;

  if (page > 6)
    return;
  order = test_order (office->root, number, office->north, NULL);
  /* It is refused the second time around, which changes nothing. */
  if (page == 1)
    reply = assign (office->root, office->order, office->north_crew);
  else if (page == 2)
    reply = move (office->root, office->order, office->south_crew);
}

static void
expect_same (GHashTable *a,
             GHashTable *b)
{
  GHashTableIter iter;
  const char *key, *value;

  g_hash_table_iter_init (&iter, a);
  while (g_hash_table_iter_next (&iter, (gpointer *) &key, (gpointer *) &value))
    if (g_strcmp0 (value, g_hash_table_lookup (b, key)) != 0)
      g_error ("%s is %s here and %s there", key, value, (char *) g_hash_table_lookup (b, key));
  g_assert_cmpuint (g_hash_table_size (a), ==, g_hash_table_size (b));
}

static void
snapshot_and_changes_are_the_state (Office       *office,
                                    gconstpointer data)
{
  g_autoptr(GHashTable) copied = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr(GHashTable) followed = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr(GHashTable) fresh = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  const char *scopes[] = { "common", office->north, NULL };
  TestClient *norma = test_user (office->root, "norma", "distributor", office->north);
  g_autofree char *id = test_id ();
  /* Of an entity behind the history, which is passed over. */
  g_autofree char *reason = g_strdup_printf ("{\"kind\":\"reason_code.create\",\"id\":\"%s\",\"args\":{\"code\":\"late\","
                                             "\"label\":\"Late\",\"process\":\"reschedule\"}}", id);
  g_autoptr(TestReply) made = test_push (office->root, reason, NULL);
  char own[DSP_ID_TEXT];
  g_autofree char *from = NULL;

  g_assert_cmpstr (test_text (made, "results/0/status"), ==, "applied");
  dsp_id_print (&norma->user, own);
  from = load_snapshot (norma, own, copied, NULL, NULL);
  for (guint i = 0; scopes[i] != NULL; i++)
    {
      g_autofree char *later = load_snapshot (norma, scopes[i], copied, change_between, office);

      g_assert_nonnull (later);
    }
  follow (norma, from, copied);
  follow (norma, "", followed);
  g_free (load_snapshot (norma, own, fresh, NULL, NULL));
  for (guint i = 0; scopes[i] != NULL; i++)
    g_free (load_snapshot (norma, scopes[i], fresh, NULL, NULL));
  expect_same (fresh, copied);
  expect_same (fresh, followed);
  test_client_free (norma);
}

static void
pages_of_many_rows_go_on (Office       *office,
                          gconstpointer data)
{
  TestClient *local = test_client_new_local (office->server);
  g_autoptr(GHashTable) rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr(GHashTable) changes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  guint before;

  g_free (load_snapshot (office->root, "all", rows, NULL, NULL));
  before = g_hash_table_size (rows);
  for (guint k = 0; k < 13; k++)
    {
      g_autoptr(GString) command = g_string_new ("{\"kind\":\"settlement.import\",\"group\":\"f\",\"rows\":[");
      g_autoptr(TestReply) reply = NULL;

      for (guint i = 0; i < 500; i++)
        {
          g_autofree char *id = test_id ();

          g_string_append_printf (command, "%s{\"id\":\"%s\",\"args\":{\"postal_code\":\"%05u\",\"key\":\"%04u\",\"name\":\"Colonia %u\",\"kind\":\"Colonia\"}}",
                                  i > 0 ? "," : "", id, 1000 + k, i, k * 500 + i);
        }
      g_string_append (command, "]}");
      reply = test_push (local, command->str, NULL);
      test_expect (reply, 200);
      g_assert_cmpint (test_int (reply, "results/0/added"), ==, 500);
    }
  g_hash_table_remove_all (rows);
  g_free (load_snapshot (office->root, "all", rows, NULL, NULL));
  g_assert_cmpuint (g_hash_table_size (rows), ==, before + 6500);
  follow (office->root, "", changes);
  expect_same (rows, changes);
  test_client_free (local);
}

static void
stop_answers_who_waits (Office       *office,
                        gconstpointer data)
{
  g_autofree char *cursor = now_cursor (office->root);
  g_autoptr(TestReply) reply = NULL;

  start_pull (office->root, cursor, 40);
  wait_until_parked (office, 1);
  test_server_stop (office->server, SIGTERM);
  reply = test_receive (office->root);
  test_expect (reply, 503);
  g_assert_cmpint (reply->retry_after, >=, 1);
}

static void
history_tells_what_was_seen (Office       *office,
                             gconstpointer data)
{
  TestClient *sara = test_user (office->root, "sara", "distributor", office->south);
  g_autoptr(TestReply) given = assign (office->root, office->order, office->north_crew);
  g_autoptr(TestReply) moved = move (office->root, office->order, office->south_crew);
  g_autofree char *path = g_strconcat ("v1/history?entity=order&id=", office->order, NULL);
  g_autoptr(TestReply) all = test_call (office->root, "GET", path, NULL);
  g_autoptr(TestReply) hers = test_call (sara, "GET", path, NULL);

  test_expect (given, 200);
  test_expect (moved, 200);
  g_assert_cmpint (test_size (all, "entries"), ==, 3);
  g_assert_cmpstr (test_text (all, "entries/1/body/command"), ==, "order.assign");
  g_assert_cmpstr (test_text (all, "entries/1/body/from_state"), ==, "unassigned");
  g_assert_cmpstr (test_text (all, "entries/1/body/user_name"), ==, "root");
  g_assert_cmpint (test_size (hers, "entries"), ==, 1);
  g_assert_cmpstr (test_text (hers, "entries/0/body/command"), ==, "order.move");
  test_client_free (sara);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/feed/" name, Office, NULL, office_open, func, office_close)
  ADD ("S0-35/waiting-wakes-within-a-second-with-the-change", waiting_wakes_with_the_change);
  ADD ("S0-21/hidden-change-wakes-nobody", hidden_change_wakes_nobody);
  ADD ("S0-21/move-leaves-one-distributor-and-enters-the-other", move_leaves_one_and_enters_the_other);
  ADD ("S0-21/grants-come-before-rows", grants_come_before_rows);
  ADD ("profile-change-wakes-its-users", profile_change_wakes_its_users);
  ADD ("grant-ends-by-itself", grant_ends_by_itself);
  ADD ("S0-09/disabled-user-stops-waiting", disabled_user_stops_waiting);
  ADD ("strange-cursors-get-no-rows", strange_cursors_get_no_rows);
  ADD ("snapshot-and-changes-are-the-state", snapshot_and_changes_are_the_state);
  ADD ("pages-of-many-rows-go-on", pages_of_many_rows_go_on);
  ADD ("stop-answers-who-waits", stop_answers_who_waits);
  ADD ("S0-37/history-tells-who-saw-it", history_tells_what_was_seen);
  return g_test_run ();
}
