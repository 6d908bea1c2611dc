/* test-access.c: who gets in, what he sees, and what nobody learns about the rest
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "server-fixture.h"

#include <signal.h>
#include <string.h>

#define ALL "00000000-0000-0000-0000-000000000003"
#define CANARY "canary-7f3a"

typedef struct {
  TestServer *server;
  TestClient *root;
  char       *north, *south;    /* distributors */
  char       *north_crew, *south_crew;
  char       *north_order, *south_order;
} Office;

static void
office_open (Office       *office,
             gconstpointer data)
{
  office->server = test_server_new ();
  office->server->options[0] = "--sign-ins-per-minute";
  office->server->options[1] = "0";
  test_server_start (office->server);
  office->root = test_administrator (office->server);
  office->north = test_distributor (office->root, "NORTH");
  office->south = test_distributor (office->root, "SOUTH");
  office->north_crew = test_crew (office->root, "CN", office->north);
  office->south_crew = test_crew (office->root, "CS-" CANARY, office->south);
  office->north_order = test_order (office->root, "NORTH-1", office->north, NULL);
  office->south_order = test_order (office->root, "SOUTH-1", office->south, ",\"contact_name\":\"" CANARY "\"");
}

static void
office_close (Office       *office,
              gconstpointer data)
{
  g_free (office->north);
  g_free (office->south);
  g_free (office->north_crew);
  g_free (office->south_crew);
  g_free (office->north_order);
  g_free (office->south_order);
  test_client_free (office->root);
  test_server_free (office->server);
}

static TestReply *
sign_in (TestClient *client,
         const char *user,
         const char *password)
{
  g_autofree char *body = g_strdup_printf ("{\"user\":\"%s\",\"password\":\"%s\"}", user, password);

  return test_call (client, "POST", "v1/session", body);
}

static void
wrong_password_says_nothing (Office       *office,
                             gconstpointer data)
{
  TestClient *stranger = test_client_new (office->server);
  g_autoptr(TestReply) set = test_call (office->root, "POST", "v1/password", "{\"password\":\"a horse and a lamp\"}");
  g_autoptr(TestReply) wrong = sign_in (stranger, "root", "a horse and a lamb");
  g_autoptr(TestReply) nobody = sign_in (stranger, "nobody", "a horse and a lamp");
  g_autoptr(TestReply) local = sign_in (stranger, "despachoctl", "a horse and a lamp");
  g_autoptr(TestReply) right = sign_in (stranger, "root", "a horse and a lamp");

  test_expect (set, 200);
  test_expect (wrong, 401);
  test_expect (nobody, 401);
  test_expect (local, 401);
  g_assert_cmpstr (wrong->text, ==, nobody->text);
  g_assert_cmpstr (wrong->text, ==, local->text);
  test_expect (right, 200);
  g_assert_nonnull (test_text (right, "token"));
  test_client_free (stranger);
}

static void
repeated_failures_wait (Office       *office,
                        gconstpointer data)
{
  TestClient *stranger = test_client_new (office->server);

  for (guint i = 0; i < 5; i++)
    {
      g_autoptr(TestReply) reply = sign_in (stranger, "root", "not this password");

      test_expect (reply, 401);
    }
  {
    g_autoptr(TestReply) reply = sign_in (stranger, "root", "not this password");

    test_expect (reply, 429);
    g_assert_cmpint (reply->retry_after, >=, 1);
  }
  test_client_free (stranger);
}

/* The status of a sign-in that a proxy passes on for @address. */
static guint
sign_in_for (TestServer *server,
             const char *address)
{
  TestClient *proxy = test_client_new (server);
  g_autofree char *field = g_strdup_printf ("X-Forwarded-For: 192.0.2.1, %s\r\n", address);
  const char *body = "{\"user\":\"nobody\",\"password\":\"a horse and a lamb\"}";
  g_autoptr(TestReply) reply = test_call_bytes (proxy, "POST", "v1/session", field, body, strlen (body));

  test_client_free (proxy);
  return reply->status;
}

/* Who comes through a listed proxy is counted by his own address; anybody else can only name himself. */
static void
proxy_tells_who_calls (void)
{
  TestServer *server = test_server_new ();

  server->options[0] = "--sign-ins-per-minute";
  server->options[1] = "1";
  server->options[2] = "--proxy";
  server->options[3] = "127.0.0.0/8";
  test_server_start (server);
  g_assert_cmpuint (sign_in_for (server, "198.51.100.7"), ==, 401);
  g_assert_cmpuint (sign_in_for (server, "198.51.100.7"), ==, 429);
  g_assert_cmpuint (sign_in_for (server, "198.51.100.8"), ==, 401);
  test_server_stop (server, SIGTERM);

  server->options[2] = NULL;
  test_server_start (server);
  g_assert_cmpuint (sign_in_for (server, "198.51.100.7"), ==, 401);
  g_assert_cmpuint (sign_in_for (server, "198.51.100.8"), ==, 429);
  test_server_free (server);
}

static void
weak_passwords_are_refused (Office       *office,
                            gconstpointer data)
{
  static const char *const weak[] = { "short", "aaaaaaaaaaaaaa", "password1234", "contrase\\u00f1a123" };

  for (guint i = 0; i < G_N_ELEMENTS (weak); i++)
    {
      g_autofree char *body = g_strdup_printf ("{\"password\":\"%s\"}", weak[i]);
      g_autoptr(TestReply) reply = test_call (office->root, "POST", "v1/password", body);

      test_expect (reply, 400);
      g_assert_cmpstr (test_text (reply, "error/code"), ==, "password");
    }
}

static void
key_counts_once (Office       *office,
                 gconstpointer data)
{
  TestClient *client = test_client_new (office->server);
  g_autofree char *body = g_strdup_printf ("{\"user\":\"root\",\"key\":\"%s\"}", office->server->code);
  g_autofree char *other = g_strdup_printf ("{\"user\":\"second\",\"key\":\"%s\"}", office->server->code);
  g_autoptr(TestReply) again = test_call (client, "POST", "v1/session", body);
  g_autoptr(TestReply) elsewhere = test_call (client, "POST", "v1/session", other);

  test_expect (again, 401);
  test_expect (elsewhere, 401);
  test_client_free (client);
}

static void
tokens_end (Office       *office,
            gconstpointer data)
{
  TestClient *other = test_client_dup (office->root);
  TestClient *stranger = test_client_new (office->server);
  g_autoptr(TestReply) without = test_call (stranger, "GET", "v1/session", NULL);
  g_autoptr(TestReply) good = test_call (other, "GET", "v1/session", NULL);
  g_autoptr(TestReply) ended = NULL, after = NULL, bent = NULL;

  test_expect (without, 401);
  test_expect (good, 200);
  stranger->token = g_strdup (office->root->token);
  stranger->token[5] = stranger->token[5] == 'x' ? 'y' : 'x';
  bent = test_call (stranger, "GET", "v1/session", NULL);
  test_expect (bent, 401);
  ended = test_call (other, "POST", "v1/session/end", "{}");
  test_expect (ended, 200);
  after = test_call (office->root, "GET", "v1/session", NULL);
  test_expect (after, 401);
  g_assert_cmpstr (test_text (after, "error/code"), ==, "token");
  test_client_free (other);
  test_client_free (stranger);
}

static void
token_in_url_ends (Office       *office,
                   gconstpointer data)
{
  TestClient *stranger = test_client_new (office->server);
  g_autofree char *path = g_strconcat ("v1/changes?token=", office->root->token, NULL);
  g_autoptr(TestReply) leaked = test_call (stranger, "GET", path, NULL);
  g_autoptr(TestReply) after = test_call (office->root, "GET", "v1/session", NULL);

  test_expect (leaked, 400);
  test_expect (after, 401);
  test_client_free (stranger);
}

static void
disabled_user_is_out (Office       *office,
                      gconstpointer data)
{
  TestClient *ana = test_user (office->root, "ana", "dispatcher", ALL);
  char id[DSP_ID_TEXT];
  g_autofree char *command = NULL;
  g_autoptr(TestReply) before = test_call (ana, "GET", "v1/session", NULL);
  g_autoptr(TestReply) disabled = NULL, after = NULL;

  test_expect (before, 200);
  dsp_id_print (&ana->user, id);
  command = g_strdup_printf ("{\"kind\":\"user.change\",\"id\":\"%s\",\"args\":{\"disabled\":\"yes\"}}", id);
  disabled = test_push (office->root, command, NULL);
  test_expect (disabled, 200);
  g_assert_cmpstr (test_text (disabled, "results/0/status"), ==, "applied");
  after = test_call (ana, "GET", "v1/order", NULL);
  test_expect (after, 401);
  test_client_free (ana);
}

/* Another's order is answered as one that does not exist, byte for byte but the id. */
static void
hidden_is_like_missing (Office       *office,
                        gconstpointer data)
{
  TestClient *norma = test_user (office->root, "norma", "distributor", office->north);
  g_autofree char *missing = test_id ();
  const char *const ids[] = { office->south_order, missing };
  char *texts[2] = { NULL };
  char *reads[2] = { NULL };

  for (guint i = 0; i < 2; i++)
    {
      g_autofree char *command = g_strdup_printf ("{\"kind\":\"order.assign\",\"id\":\"%s\",\"base\":1,\"args\":{\"crew_id\":\"%s\"}}",
                                                  ids[i], office->north_crew);
      g_autofree char *path = g_strconcat ("v1/order/", ids[i], NULL);
      g_autofree char *history = g_strconcat ("v1/history?entity=order&id=", ids[i], NULL);
      g_autoptr(TestReply) reply = test_push (norma, command, NULL);
      g_autoptr(TestReply) read = test_call (norma, "GET", path, NULL);
      g_autoptr(TestReply) past = test_call (norma, "GET", history, NULL);

      test_expect (reply, 200);
      g_assert_cmpstr (test_text (reply, "results/0/code"), ==, "no_such_record");
      g_assert_cmpint (test_int (reply, "results/0/version"), ==, G_MININT64);
      test_expect (read, 404);
      test_expect (past, 404);
      texts[i] = g_strdup (test_text (reply, "results/0/message"));
      reads[i] = g_strdup (read->text);
      memcpy (strstr (texts[i], ids[i]), missing, strlen (missing));
    }
  g_assert_cmpstr (texts[0], ==, texts[1]);
  g_assert_cmpstr (reads[0], ==, reads[1]);
  for (guint i = 0; i < 2; i++)
    {
      g_free (texts[i]);
      g_free (reads[i]);
    }
  test_client_free (norma);
}

static void
crew_of_another_is_missing (Office       *office,
                            gconstpointer data)
{
  TestClient *norma = test_user (office->root, "norma", "distributor", office->north);
  g_autofree char *command = g_strdup_printf ("{\"kind\":\"order.assign\",\"id\":\"%s\",\"base\":1,\"args\":{\"crew_id\":\"%s\"}}",
                                              office->north_order, office->south_crew);
  g_autofree char *steal = g_strdup_printf ("{\"kind\":\"crew.change\",\"id\":\"%s\",\"args\":{\"distributor_id\":\"%s\"}}",
                                            office->south_crew, office->north);
  g_autofree char *give = g_strdup_printf ("{\"kind\":\"crew.change\",\"id\":\"%s\",\"args\":{\"distributor_id\":\"%s\"}}",
                                           office->north_crew, office->south);
  g_autoptr(TestReply) reply = test_push (norma, command, steal, give, NULL);

  test_expect (reply, 200);
  g_assert_cmpstr (test_text (reply, "results/0/status"), ==, "rejected");
  g_assert_cmpstr (test_text (reply, "results/1/code"), ==, "no_such_record");
  g_assert_cmpstr (test_text (reply, "results/2/status"), ==, "rejected");
  g_assert_null (strstr (reply->text, CANARY));
  test_client_free (norma);
}

static void
profile_says_what (Office       *office,
                   gconstpointer data)
{
  TestClient *audrey = test_user (office->root, "audrey", "auditor", ALL);
  g_autofree char *command = g_strdup_printf ("{\"kind\":\"order.assign\",\"id\":\"%s\",\"base\":1,\"args\":{\"crew_id\":\"%s\"}}",
                                              office->north_order, office->north_crew);
  g_autoptr(TestReply) reply = test_push (audrey, command, "{\"kind\":\"user.create\",\"id\":\"11111111-1111-4111-8111-111111111111\",\"args\":{\"name\":\"x\"}}", NULL);
  g_autoptr(TestReply) orders = test_call (audrey, "GET", "v1/order", NULL);

  test_expect (reply, 200);
  g_assert_cmpstr (test_text (reply, "results/0/code"), ==, "forbidden");
  g_assert_cmpstr (test_text (reply, "results/1/code"), ==, "forbidden");
  g_assert_cmpint (test_size (orders, "rows"), ==, 2);
  test_client_free (audrey);
}

static void
see_no_canary (TestClient *client,
               const char *path)
{
  g_autoptr(TestReply) reply = test_call (client, "GET", path, NULL);

  if (strstr (reply->text, CANARY) != NULL)
    g_error ("%s shows another distributor's: %s", path, reply->text);
}

/* Nothing of another distributor is in any byte that this one gets: lists, counts, search, feed, snapshot, history. */
static void
canary_stays_home (Office       *office,
                   gconstpointer data)
{
  static const char *const paths[] = {
    "v1/order", "v1/crew", "v1/order?q=canary", "v1/search?q=canary", "v1/distributor", "v1/changes", "v1/sums",
    "v1/order?account=ASOUTH*", "v1/user", "v1/session",
  };
  TestClient *norma = test_user (office->root, "norma", "distributor", office->north);
  g_autofree char *next = NULL;
  g_autofree char *scope = g_strconcat ("v1/snapshot?scope=", office->south, NULL);
  g_autoptr(TestReply) all = test_call (norma, "GET", "v1/snapshot?scope=all", NULL);
  g_autoptr(TestReply) other = test_call (norma, "GET", scope, NULL);
  g_autoptr(TestReply) counts = test_call (norma, "GET", "v1/order?counts=status,postal_code&limit=1", NULL);
  g_autoptr(TestReply) admin = test_call (norma, "GET", "v1/admin/counts", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    see_no_canary (norma, paths[i]);
  test_expect (all, 404);
  test_expect (other, 404);
  test_expect (admin, 404);
  test_expect (counts, 200);
  g_assert_cmpint (test_int (counts, "counts/status/unassigned"), ==, 1);
  g_assert_cmpint (test_int (counts, "counts/postal_code/03100"), ==, 1);
  do
    {
      g_autofree char *path = g_strdup_printf ("v1/snapshot?scope=%s%s%s", office->north, next != NULL ? "&after=" : "", next != NULL ? next : "");
      g_autoptr(TestReply) page = test_call (norma, "GET", path, NULL);

      test_expect (page, 200);
      g_assert_null (strstr (page->text, CANARY));
      g_free (next);
      next = g_strdup (test_text (page, "next"));
    }
  while (next != NULL);
  see_no_canary (office->root, "v1/healthz");
  {
    g_autoptr(TestReply) seen = test_call (office->root, "GET", "v1/search?q=canary", NULL);

    g_assert_nonnull (strstr (seen->text, CANARY));
  }
  test_client_free (norma);
}

/* A grant on a master means its distributors, those of later, too. */
static void
master_means_its_distributors (Office       *office,
                               gconstpointer data)
{
  g_autofree char *master = test_id ();
  g_autofree char *create = g_strdup_printf ("{\"kind\":\"master.create\",\"id\":\"%s\",\"args\":{\"code\":\"M1\",\"name\":\"Master\"}}", master);
  g_autofree char *join = g_strdup_printf ("{\"kind\":\"distributor.change\",\"id\":\"%s\",\"args\":{\"master_id\":\"%s\"}}", office->north, master);
  g_autoptr(TestReply) made = test_push (office->root, create, NULL);
  TestClient *mia = test_user (office->root, "mia", "master", master);
  g_autoptr(TestReply) before = test_call (mia, "GET", "v1/order", NULL);
  g_autoptr(TestReply) joined = NULL, after = NULL;

  test_expect (made, 200);
  g_assert_cmpint (test_size (before, "rows"), ==, 0);
  joined = test_push (office->root, join, NULL);
  g_assert_cmpstr (test_text (joined, "results/0/status"), ==, "applied");
  after = test_call (mia, "GET", "v1/order", NULL);
  g_assert_cmpint (test_size (after, "rows"), ==, 1);
  g_assert_cmpstr (test_text (after, "rows/0/id"), ==, office->north_order);
  test_client_free (mia);
}

static void
sessions_survive_a_restart (Office       *office,
                            gconstpointer data)
{
  g_autoptr(TestReply) reply = NULL;

  test_client_close (office->root);
  test_server_stop (office->server, SIGTERM);
  test_server_start (office->server);
  reply = test_call (office->root, "GET", "v1/session", NULL);
  test_expect (reply, 200);
}

static guint
status_of (TestClient *client)
{
  g_autoptr(TestReply) reply = test_call (client, "GET", "v1/session", NULL);

  return reply->status;
}

/* The next token of @client's family, as a client of its own. */
static TestClient *
exchange (TestClient *client)
{
  TestClient *next = test_client_dup (client);
  g_autoptr(TestReply) reply = test_call (client, "POST", "v1/session/token", "{}");

  test_expect (reply, 200);
  g_free (next->token);
  next->token = g_strdup (test_text (reply, "token"));
  g_assert_cmpstr (next->token, !=, client->token);
  return next;
}

/* The old token counts until the new one was used, however often the answer is lost, and for the grace after that; the
 * server's end in between changes nothing. */
static void
exchanged_token_counts_a_while (Office       *office,
                                gconstpointer data)
{
  TestClient *lost = exchange (office->root), *next = exchange (office->root);

  g_assert_cmpuint (status_of (office->root), ==, 200);
  g_assert_cmpuint (status_of (next), ==, 200);
  g_assert_cmpuint (status_of (office->root), ==, 200);
  test_client_close (office->root);
  test_client_close (next);
  test_client_close (lost);
  test_server_stop (office->server, SIGKILL);
  test_server_start (office->server);
  g_assert_cmpuint (status_of (next), ==, 200);
  g_assert_cmpuint (status_of (office->root), ==, 200);
  test_client_free (lost);
  test_client_free (next);
}

/* Used after its grace, an old token is somebody's copy: all that came from its sign-in end, after a restart too. */
static void
copied_token_ends_its_family (Office       *office,
                              gconstpointer data)
{
  TestClient *next, *other = test_user (office->root, "ana", "dispatcher", ALL);
  g_autoptr(TestReply) due = NULL;

  test_client_close (office->root);
  test_client_close (other);
  test_server_stop (office->server, SIGTERM);
  office->server->options[2] = "--token-grace=0";
  office->server->options[3] = "--rotate-tokens-after=1";
  office->server->options[4] = "--housekeeping=1";
  test_server_start (office->server);
  g_usleep (G_USEC_PER_SEC + G_USEC_PER_SEC / 10);
  due = test_call (other, "GET", "v1/changes", NULL);
  test_expect (due, 200);
  g_assert_nonnull (strstr (due->text, "\"rotate\":true"));
  next = exchange (office->root);
  g_assert_cmpuint (status_of (next), ==, 200);
  g_assert_cmpuint (status_of (office->root), ==, 401);
  g_assert_cmpuint (status_of (next), ==, 401);
  g_assert_cmpuint (status_of (other), ==, 200);
  g_usleep (2 * G_USEC_PER_SEC);
  test_client_close (next);
  test_client_close (other);
  test_client_close (office->root);
  test_server_stop (office->server, SIGKILL);
  test_server_start (office->server);
  g_assert_cmpuint (status_of (next), ==, 401);
  g_assert_cmpuint (status_of (other), ==, 200);
  test_client_free (next);
  test_client_free (other);
}

/* Changes are pruned by the server itself; a client whose cursor is below the floor is told to begin anew. */
static void
old_changes_are_pruned (Office       *office,
                        gconstpointer data)
{
  g_autoptr(TestReply) first = test_call (office->root, "GET", "v1/changes", NULL);
  g_autofree char *path = g_strconcat ("v1/changes?cursor=", test_text (first, "cursor"), NULL);
  guint status = 0;

  test_expect (first, 200);
  g_free (test_order (office->root, "NORTH-2", office->north, NULL));
  g_free (test_order (office->root, "NORTH-3", office->north, NULL));
  test_client_close (office->root);
  test_server_stop (office->server, SIGTERM);
  office->server->options[2] = "--keep-changes=0";
  office->server->options[3] = "--housekeeping=1";
  test_server_start (office->server);
  for (guint i = 0; i < 100 && status != 410; i++)
    {
      g_autoptr(TestReply) reply = test_call (office->root, "GET", path, NULL);

      status = reply->status;
      g_usleep (G_USEC_PER_SEC / 10);
    }
  g_assert_cmpuint (status, ==, 410);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/access/" name, Office, NULL, office_open, func, office_close)
  g_test_add_func ("/access/proxy-tells-who-calls", proxy_tells_who_calls);
  ADD ("S0-08/wrong-password-says-nothing-about-the-user", wrong_password_says_nothing);
  ADD ("repeated-failures-make-wait", repeated_failures_wait);
  ADD ("weak-passwords-are-refused", weak_passwords_are_refused);
  ADD ("S0-09/one-time-key-counts-once", key_counts_once);
  ADD ("S0-10/tokens-end", tokens_end);
  ADD ("token-in-a-url-ends", token_in_url_ends);
  ADD ("S0-09/disabled-user-is-out-at-once", disabled_user_is_out);
  ADD ("S0-21/hidden-order-is-like-a-missing-one", hidden_is_like_missing);
  ADD ("S0-21/crew-of-another-distributor-is-missing", crew_of_another_is_missing);
  ADD ("S0-49/profile-says-what", profile_says_what);
  ADD ("S0-21/nothing-of-another-distributor-in-any-byte", canary_stays_home);
  ADD ("S0-49/grant-on-a-master-means-its-distributors", master_means_its_distributors);
  ADD ("sessions-survive-a-restart", sessions_survive_a_restart);
  ADD ("exchanged-token-counts-a-while", exchanged_token_counts_a_while);
  ADD ("copied-token-ends-its-family", copied_token_ends_its_family);
  ADD ("old-changes-are-pruned", old_changes_are_pruned);
  return g_test_run ();
}
