/* test-presence.c: who is looking at which order now, over HTTP
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "server-fixture.h"

#include <string.h>

#define ALL "00000000-0000-0000-0000-000000000003"

typedef struct {
  TestServer *server;
  TestClient *root, *ana, *bruno, *sara;
  char       *north, *south;
  char       *order, *other;   /* both the north's */
  char       *cursor_ana, *cursor_bruno, *cursor_sara;
} Office;

/* The cursor behind everything that the client sees now. */
static char *
now_cursor (TestClient *client)
{
  g_autofree char *cursor = g_strdup ("");

  for (;;)
    {
      g_autofree char *path = g_strdup_printf ("v1/changes?cursor=%s", cursor);
      g_autoptr(TestReply) page = test_call (client, "GET", path, NULL);

      test_expect (page, 200);
      g_free (cursor);
      cursor = g_strdup (test_text (page, "cursor"));
      if (test_int (page, "more") != TRUE)
        return g_steal_pointer (&cursor);
    }
}

static void
office_open (Office       *office,
             gconstpointer data)
{
  g_autofree char *name = NULL;
  g_autoptr(TestReply) named = NULL;
  char user[DSP_ID_TEXT];

  office->server = test_server_new ();
  office->server->options[0] = "--sign-ins-per-minute";
  office->server->options[1] = "0";
  office->server->options[2] = "--requests-per-second";
  office->server->options[3] = "0";
  test_server_start (office->server);
  office->root = test_administrator (office->server);
  office->north = test_distributor (office->root, "NORTH");
  office->south = test_distributor (office->root, "SOUTH");
  office->order = test_order (office->root, "N1", office->north, NULL);
  office->other = test_order (office->root, "N2", office->north, NULL);
  office->ana = test_user (office->root, "ana", "dispatcher", ALL);
  office->bruno = test_user (office->root, "bruno", "distributor", office->north);
  office->sara = test_user (office->root, "sara", "distributor", office->south);
  dsp_id_print (&office->ana->user, user);
  name = g_strdup_printf ("{\"kind\":\"user.change\",\"id\":\"%s\",\"args\":{\"full_name\":\"Ana Pérez\"}}", user);
  named = test_push (office->root, name, NULL);
  g_assert_cmpstr (test_text (named, "results/0/status"), ==, "applied");
  office->cursor_ana = now_cursor (office->ana);
  office->cursor_bruno = now_cursor (office->bruno);
  office->cursor_sara = now_cursor (office->sara);
}

static void
office_close (Office       *office,
              gconstpointer data)
{
  test_client_free (office->ana);
  test_client_free (office->bruno);
  test_client_free (office->sara);
  test_client_free (office->root);
  test_server_free (office->server);
  g_free (office->north);
  g_free (office->south);
  g_free (office->order);
  g_free (office->other);
  g_free (office->cursor_ana);
  g_free (office->cursor_bruno);
  g_free (office->cursor_sara);
}

/* Says that @orders are open, knowing @tag, and waits up to @wait_s for news. */
static void
start_look (TestClient *client,
            const char *cursor,
            const char *orders,
            const char *tag,
            guint       wait_s)
{
  g_autofree char *path = g_strdup_printf ("v1/changes?cursor=%s&wait=%u&open=%s&looks=%s", cursor, wait_s, orders, tag);

  test_send (client, "GET", path, NULL, NULL, 0);
}

static TestReply *
look (TestClient *client,
      const char *cursor,
      const char *orders,
      const char *tag,
      guint       wait_s)
{
  start_look (client, cursor, orders, tag, wait_s);
  return test_receive (client);
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
the_other_is_told_while_he_waits (Office       *office,
                                  gconstpointer data)
{
  g_autoptr(TestReply) alone = NULL, ana = NULL, bruno = NULL, still = NULL, left = NULL;

  /* Alone: nothing to tell, so it waits until its time is over. */
  alone = look (office->ana, office->cursor_ana, office->order, "0", 1);
  test_expect (alone, 200);
  g_assert_cmpstr (test_text (alone, "looks/tag"), ==, "0");
  g_assert_cmpint (test_size (alone, "looks/orders"), ==, 0);

  start_look (office->ana, office->cursor_ana, office->order, "0", 40);
  wait_until_parked (office, 1);
  bruno = look (office->bruno, office->cursor_bruno, office->order, "0", 40);
  test_expect (bruno, 200);
  g_assert_cmpstr (test_text (bruno, "looks/orders/0/id"), ==, office->order);
  g_assert_cmpint (test_int (bruno, "looks/orders/0/n"), ==, 1);
  g_assert_cmpstr (test_text (bruno, "looks/orders/0/who/0/name"), ==, "ana");
  g_assert_cmpstr (test_text (bruno, "looks/orders/0/who/0/full_name"), ==, "Ana Pérez");
  g_assert_cmpint (test_size (bruno, "changes"), ==, 0);
  ana = test_receive (office->ana);
  test_expect (ana, 200);
  g_assert_cmpstr (test_text (ana, "looks/orders/0/who/0/name"), ==, "bruno");

  /* What he knows is no news. */
  still = look (office->ana, office->cursor_ana, office->order, test_text (ana, "looks/tag"), 1);
  g_assert_cmpstr (test_text (still, "looks/tag"), ==, test_text (ana, "looks/tag"));

  /* And that the other has turned to another order is. */
  start_look (office->ana, office->cursor_ana, office->order, test_text (ana, "looks/tag"), 40);
  wait_until_parked (office, 1);
  start_look (office->bruno, office->cursor_bruno, office->other, test_text (bruno, "looks/tag"), 40);
  left = test_receive (office->ana);
  g_assert_cmpstr (test_text (left, "looks/tag"), ==, "0");
  g_assert_cmpint (test_size (left, "looks/orders"), ==, 0);
}

static void
who_is_gone_looks_no_longer (Office       *office,
                             gconstpointer data)
{
  TestClient *second = test_client_dup (office->bruno);
  g_autoptr(TestReply) both = NULL, left = NULL;

  start_look (second, office->cursor_bruno, office->order, "0", 40);
  wait_until_parked (office, 1);
  both = look (office->ana, office->cursor_ana, office->order, "0", 40);
  g_assert_cmpstr (test_text (both, "looks/orders/0/who/0/name"), ==, "bruno");
  start_look (office->ana, office->cursor_ana, office->order, test_text (both, "looks/tag"), 40);
  test_client_close (second);
  left = test_receive (office->ana);
  test_expect (left, 200);
  g_assert_cmpstr (test_text (left, "looks/tag"), ==, "0");
  test_client_free (second);
}

static void
who_asks_no_more_looks_no_longer (Office       *office,
                                  gconstpointer data)
{
  g_autoptr(TestReply) both = NULL, closed = NULL, left = NULL;
  g_autofree char *path = g_strdup_printf ("v1/changes?cursor=%s", office->cursor_bruno);

  start_look (office->bruno, office->cursor_bruno, office->order, "0", 40);
  wait_until_parked (office, 1);
  both = look (office->ana, office->cursor_ana, office->order, "0", 40);
  start_look (office->ana, office->cursor_ana, office->order, test_text (both, "looks/tag"), 40);
  test_reply_free (test_receive (office->bruno));
  wait_until_parked (office, 1);
  /* His windows are closed: the next request names none. */
  closed = test_call (office->bruno, "GET", path, NULL);
  g_assert_null (test_text (closed, "looks/tag"));
  left = test_receive (office->ana);
  g_assert_cmpstr (test_text (left, "looks/tag"), ==, "0");
}

static void
another_distributor_neither_sees_nor_is_seen (Office       *office,
                                              gconstpointer data)
{
  g_autofree char *missing = test_id ();
  g_autoptr(TestReply) hidden = NULL, none = NULL, ana = NULL;

  start_look (office->ana, office->cursor_ana, office->order, "0", 2);
  wait_until_parked (office, 1);
  /* Naming another's order answers as naming one that does not exist. */
  hidden = look (office->sara, office->cursor_sara, office->order, "x", 1);
  none = look (office->sara, office->cursor_sara, missing, "x", 1);
  test_expect (hidden, 200);
  g_assert_cmpstr (test_text (hidden, "looks/tag"), ==, "0");
  g_assert_cmpint (test_size (hidden, "looks/orders"), ==, 0);
  g_assert_null (strstr (hidden->text, "ana"));
  g_assert_null (strstr (hidden->text, office->order));
  g_assert_cmpstr (test_text (none, "looks/tag"), ==, "0");
  ana = test_receive (office->ana);
  g_assert_cmpstr (test_text (ana, "looks/tag"), ==, "0");
  g_assert_cmpint (test_size (ana, "looks/orders"), ==, 0);
}

static void
an_order_that_leaves_takes_its_lookers_along (Office       *office,
                                              gconstpointer data)
{
  g_autofree char *crew = test_crew (office->root, "CS", office->south);
  g_autofree char *assign = g_strdup_printf ("{\"kind\":\"order.assign\",\"id\":\"%s\",\"args\":{\"crew_id\":\"%s\"}}", office->order, crew);
  g_autofree char *cursor_ana = now_cursor (office->ana), *cursor_bruno = now_cursor (office->bruno);
  g_autoptr(TestReply) both = NULL, given = NULL, bruno = NULL, again = NULL, ana = NULL;

  start_look (office->bruno, cursor_bruno, office->order, "0", 40);
  wait_until_parked (office, 1);
  both = look (office->ana, cursor_ana, office->order, "0", 40);
  g_assert_cmpint (test_int (both, "looks/orders/0/n"), ==, 1);
  test_reply_free (test_receive (office->bruno));
  given = test_push (office->root, assign, NULL);
  g_assert_cmpstr (test_text (given, "results/0/status"), ==, "applied");
  bruno = look (office->bruno, cursor_bruno, office->order, "0", 40);
  g_assert_cmpstr (test_text (bruno, "changes/0/op"), ==, "leave");
  g_assert_cmpint (test_size (bruno, "looks/orders"), ==, 0);
  again = look (office->bruno, test_text (bruno, "cursor"), office->order, "0", 1);
  g_assert_cmpstr (test_text (again, "looks/tag"), ==, "0");
  ana = look (office->ana, cursor_ana, office->order, test_text (both, "looks/tag"), 40);
  g_assert_cmpint (test_size (ana, "looks/orders"), ==, 0);
}

static void
one_person_is_one_and_never_himself (Office       *office,
                                     gconstpointer data)
{
  TestClient *second = test_client_dup (office->bruno);
  g_autoptr(TestReply) own = NULL, both = NULL;

  start_look (office->bruno, office->cursor_bruno, office->order, "0", 40);
  wait_until_parked (office, 1);
  own = look (second, office->cursor_bruno, office->order, "0", 1);
  g_assert_cmpint (test_size (own, "looks/orders"), ==, 0);
  both = look (office->ana, office->cursor_ana, office->order, "0", 40);
  g_assert_cmpint (test_int (both, "looks/orders/0/n"), ==, 1);
  g_assert_cmpint (test_size (both, "looks/orders/0/who"), ==, 1);
  test_client_free (second);
}

static void
hostile_lists_are_refused (Office       *office,
                           gconstpointer data)
{
  g_autoptr(GString) many = g_string_new (office->order);
  static const char *const bad[] = { "x", ",", "%00", "../order", "1,2,3" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr(TestReply) reply = look (office->ana, office->cursor_ana, bad[i], "0", 0);

      g_assert_cmpuint (reply->status, ==, 400);
    }
  for (guint i = 0; i < 16; i++)
    {
      g_autofree char *id = test_id ();

      g_string_append_printf (many, ",%s", id);
    }
  {
    g_autoptr(TestReply) reply = look (office->ana, office->cursor_ana, many->str, "0", 0);

    test_expect (reply, 400);
    g_assert_nonnull (strstr (test_text (reply, "error/message"), "16"));
  }
  {
    g_autoptr(GString) repeated = g_string_new (office->order);
    g_autoptr(TestReply) reply = NULL, other = NULL;

    for (guint i = 1; i < 16; i++)
      g_string_append_printf (repeated, ",%s", office->order);
    reply = look (office->ana, office->cursor_ana, repeated->str, "no-tag-of-ours,and-longer-than-one", 0);
    test_expect (reply, 200);
    other = look (office->bruno, office->cursor_bruno, repeated->str, "0", 40);
    g_assert_cmpint (test_size (other, "looks/orders"), ==, 1);
  }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function) g_test_add ("/presence/S1-dispatch/" name, Office, NULL, office_open, function, office_close)
  ADD ("the_other_is_told_while_he_waits", the_other_is_told_while_he_waits);
  ADD ("who_is_gone_looks_no_longer", who_is_gone_looks_no_longer);
  ADD ("who_asks_no_more_looks_no_longer", who_asks_no_more_looks_no_longer);
  ADD ("another_distributor_neither_sees_nor_is_seen", another_distributor_neither_sees_nor_is_seen);
  ADD ("an_order_that_leaves_takes_its_lookers_along", an_order_that_leaves_takes_its_lookers_along);
  ADD ("one_person_is_one_and_never_himself", one_person_is_one_and_never_himself);
  ADD ("hostile_lists_are_refused", hostile_lists_are_refused);
  return g_test_run ();
}
