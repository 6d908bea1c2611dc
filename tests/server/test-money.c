/* test-money.c: nothing is billed twice, whoever does what at once, and whenever the server is killed
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "money-office.h"

#include "dsp-db-postgres.h"

#include <signal.h>

#define ROUNDS 10
#define KILLS  4
#define THOUSANDS 2100 /* more than any other command may change */

/* ---- who generates at the same moment ---- */

typedef struct {
  MoneyOffice *office;
  TestClient  *client;
  int          which;
  int          from, until; /* days ago */
  char        *id;
  TestReply   *reply;
} Racer;

static gpointer
race (gpointer data)
{
  Racer *racer = data;

  racer->id = test_id ();
  racer->reply = money_bill (racer->office, racer->client, racer->which, racer->id, racer->from, racer->until);
  return NULL;
}

/* Who holds the line of each order of @orders; each must be in one pre-invoice of @racers, and say so. @n_held: by racer. */
static void
count_held (MoneyOffice *office,
            GPtrArray   *orders,
            Racer       *racers,
            guint        n_racers,
            guint       *n_held)
{
  for (guint i = 0; i < orders->len; i++)
    {
      g_autofree char *id = money_line_id (orders->pdata[i], "service", "service");
      g_autoptr(TestReply) line = money_read (office->root, "statement_line", id);
      const char *holder = test_text (line, "body/pre_invoice_id");
      guint k = 0;

      test_expect (line, 200);
      g_assert_cmpstr (test_text (line, "body/state"), ==, "held");
      while (k < n_racers && g_strcmp0 (racers[k].id, holder) != 0)
        k++;
      g_assert_cmpuint (k, <, n_racers);
      n_held[k]++;
    }
}

/* A pre-invoice says how many lines it holds, and what they come to: 100.00 and 16 % each. */
static void
assert_whole (MoneyOffice *office,
              Racer       *racer,
              guint        n_held)
{
  g_autoptr(TestReply) bill = money_read (office->root, "pre_invoice", racer->id);
  g_autofree char *total = g_strdup_printf ("%u.00", n_held * 116);

  if (!money_applied (racer->reply))
    {
      money_expect (racer->reply, "invalid", "nothing to bill");
      g_assert_cmpuint (n_held, ==, 0);
      test_expect (bill, 404);
      return;
    }
  test_expect (bill, 200);
  g_assert_cmpint (test_int (bill, "body/n_lines"), ==, n_held);
  g_assert_cmpstr (test_text (bill, "body/total"), ==, total);
}

/* Two of the distributor and one of the company, over periods that overlap; and another distributor's beside them. */
static void
overlapping_periods_at_once (MoneyOffice  *office,
                             gconstpointer data)
{
  TestClient *ana = test_user (office->root, "ana", "distributor", office->distributor[0]);
  TestClient *luis = test_user (office->root, "luis", "distributor", office->distributor[0]);
  TestClient *eva = test_user (office->root, "eva", "supervisor", ALL);
  TestClient *otto = test_user (office->root, "otto", "distributor", office->distributor[1]);
  guint shared = 0;

  for (int round = 0; round < ROUNDS; round++)
    {
      Racer racers[] = { { office, ana, 0, 5, 3, NULL, NULL }, { office, luis, 0, 4, 2, NULL, NULL }, { office, eva, 0, 5, 2, NULL, NULL },
                         { office, otto, 1, 9, 0, NULL, NULL } };
      g_autoptr(GPtrArray) orders = g_ptr_array_new_with_free_func (g_free);
      GThread *threads[G_N_ELEMENTS (racers)];
      guint n_held[G_N_ELEMENTS (racers)] = { 0 }, n_other[G_N_ELEMENTS (racers)] = { 0 };
      g_autofree char *other_prefix = g_strdup_printf ("B%d-", round);
      g_autoptr(GPtrArray) others = money_close_orders (office, 1, other_prefix, 2, 4);

      for (int days_ago = 2; days_ago <= 5; days_ago++)
        {
          g_autofree char *prefix = g_strdup_printf ("A%d-%d-", round, days_ago);
          g_autoptr(GPtrArray) some = money_close_orders (office, 0, prefix, 3, days_ago);

          while (some->len > 0)
            g_ptr_array_add (orders, g_ptr_array_steal_index (some, some->len - 1));
        }
      for (guint i = 0; i < G_N_ELEMENTS (racers); i++)
        {
          guint k = (i + (guint) round) % G_N_ELEMENTS (racers);

          threads[k] = g_thread_new ("race", race, &racers[k]);
        }
      for (guint i = 0; i < G_N_ELEMENTS (racers); i++)
        g_thread_join (threads[i]);
      /* What the three periods do not cover together is nothing: every order has its holder. */
      if (!money_applied (racers[2].reply))
        g_assert_true (money_applied (racers[0].reply) && money_applied (racers[1].reply));
      count_held (office, orders, racers, G_N_ELEMENTS (racers), n_held);
      count_held (office, others, racers, G_N_ELEMENTS (racers), n_other);
      g_assert_cmpuint (n_held[3], ==, 0);
      g_assert_cmpuint (n_other[3], ==, others->len);
      g_assert_cmpuint (n_held[0] + n_held[1] + n_held[2], ==, orders->len);
      for (guint i = 0; i < G_N_ELEMENTS (racers); i++)
        {
          assert_whole (office, &racers[i], n_held[i] + n_other[i]);
          test_reply_free (racers[i].reply);
          g_free (racers[i].id);
        }
      shared += (n_held[0] > 0) + (n_held[1] > 0) + (n_held[2] > 0) > 1;
    }
  g_test_message ("in %u of %d rounds more than one had a part", shared, ROUNDS);
  test_client_free (ana);
  test_client_free (luis);
  test_client_free (eva);
  test_client_free (otto);
}

/* Two sign, with the figures that they saw, what only one can have. */
static void
what_was_seen_is_what_is_billed (MoneyOffice  *office,
                                 gconstpointer data)
{
  TestClient *ana = test_user (office->root, "ana", "distributor", office->distributor[0]);
  g_autoptr(GPtrArray) orders = money_close_orders (office, 0, "S", 3, 2);
  g_autoptr(GPtrArray) more = NULL;
  g_autofree char *from = money_day (9), *until = money_day (0), *id = test_id (), *late = test_id (), *line = NULL;
  g_autofree char *seen = g_strdup_printf ("\"distributor_id\":\"%s\",\"from\":\"%s\",\"until\":\"%s\",\"n_lines\":3,\"total\":\"348.00\"",
                                           office->distributor[0], from, until);
  g_autoptr(TestReply) still = NULL;

  more = money_close_orders (office, 0, "T", 1, 3);
  money_refused (ana, "pre_invoice.create", id, seen, "changed", "by now there are 4 lines and a total of 464.00");
  line = money_line_id (more->pdata[0], "service", "service");
  still = money_read (ana, "statement_line", line);
  g_assert_cmpstr (test_text (still, "body/state"), ==, "free");
  g_assert_cmpint (test_int (still, "version"), ==, 1);
  g_free (from);
  from = money_day (2);
  g_free (seen);
  seen = g_strdup_printf ("\"distributor_id\":\"%s\",\"from\":\"%s\",\"until\":\"%s\",\"n_lines\":3,\"total\":\"348.00\"", office->distributor[0],
                          from, until);
  money_must (ana, "pre_invoice.create", id, seen);
  money_refused (ana, "pre_invoice.create", late, seen, "invalid", "nothing to bill");
  test_client_free (ana);
}

/* ---- killed in the middle ---- */

typedef struct {
  TestClient *client;
  char       *command;
  gint64      first;
  TestReply  *reply;
} Sender;

static gpointer
send_it (gpointer data)
{
  Sender *sender = data;

  sender->reply = test_push_first (sender->client, sender->first, sender->command);
  return NULL;
}

/* How many lines the pre-invoice holds; it must say so itself. -1: there is none. */
static int
n_held_by (MoneyOffice *office,
           const char  *bill)
{
  g_autoptr(TestReply) there = money_read (office->root, "pre_invoice", bill);
  g_autofree char *after = NULL;
  int n = 0;

  for (;;)
    {
      g_autofree char *path = g_strdup_printf ("v1/statement_line?limit=1000%s%s", after != NULL ? "&after=" : "", after != NULL ? after : "");
      g_autoptr(TestReply) page = test_call (office->root, "GET", path, NULL);

      test_expect (page, 200);
      for (int i = 0; i < test_size (page, "rows"); i++)
        {
          g_autofree char *member = g_strdup_printf ("rows/%d/body/pre_invoice_id", i);

          n += g_strcmp0 (test_text (page, member), bill) == 0;
        }
      g_free (after);
      after = g_strdup (test_text (page, "next"));
      if (after == NULL)
        break;
    }
  if (there->status == 404)
    {
      g_assert_cmpint (n, ==, 0);
      return -1;
    }
  test_expect (there, 200);
  g_assert_cmpint (test_int (there, "body/n_lines"), ==, n);
  return n;
}

/* Sends, kills the server at some moment of it, starts it again. The command's number is ana's next. */
static void
kill_within (MoneyOffice *office,
             TestClient  *ana,
             Sender      *sender,
             const char  *kind,
             const char  *id,
             const char  *args,
             int          after_us)
{
  GThread *thread;

  sender->client = ana;
  sender->first = ++ana->no;
  sender->command = g_strdup_printf ("{\"no\":%" G_GINT64_FORMAT ",\"v\":1,\"kind\":\"%s\",\"id\":\"%s\",\"args\":{%s}}", sender->first, kind, id, args);
  test_client_close (office->root);
  thread = g_thread_new ("send", send_it, sender);
  g_usleep ((gulong) after_us);
  test_server_stop (office->server, SIGKILL);
  g_thread_join (thread);
  test_client_close (ana);
  test_server_start (office->server);
}

/* Sent again it has one answer, however often. */
static void
send_again (Sender *sender)
{
  g_autofree char *first = NULL;

  for (int i = 0; i < 2; i++)
    {
      g_autoptr(TestReply) reply = test_push_first (sender->client, sender->first, sender->command);

      test_expect (reply, 200);
      money_expect (reply, NULL, NULL);
      g_assert_cmpint (test_int (reply, "last"), ==, sender->first);
      if (first == NULL)
        first = g_strdup_printf ("%" G_GINT64_FORMAT, test_int (reply, "results/0/seq"));
      else
        g_assert_cmpint (test_int (reply, "results/0/seq"), ==, g_ascii_strtoll (first, NULL, 10));
    }
  if (sender->reply->status == 200)
    money_expect (sender->reply, NULL, NULL);
  g_free (sender->command);
  test_reply_free (sender->reply);
}

/* Generated, and set free again: whole or not at all, and once in the end. */
static void
killed_in_the_middle (MoneyOffice  *office,
                      gconstpointer data)
{
  TestClient *ana = test_user (office->root, "ana", "distributor", office->distributor[0]);
  g_autoptr(GPtrArray) orders = money_close_orders (office, 0, "K", 300, 2);
  g_autofree char *from = money_day (9), *until = money_day (0);
  g_autofree char *args = g_strdup_printf ("\"distributor_id\":\"%s\",\"from\":\"%s\",\"until\":\"%s\"", office->distributor[0], from, until);
  int n_done = 0;

  for (int round = 0; round < KILLS; round++)
    {
      g_autofree char *bill = test_id ();
      Sender create = { NULL }, discard = { NULL };
      int n;

      kill_within (office, ana, &create, "pre_invoice.create", bill, args, g_test_rand_int_range (1000, 120000));
      n = n_held_by (office, bill);
      g_assert_true (n == -1 || n == (int) orders->len);
      n_done += n > 0;
      g_assert_true (create.reply->status != 200 || n > 0);
      send_again (&create);
      g_assert_cmpint (n_held_by (office, bill), ==, (int) orders->len);
      kill_within (office, ana, &discard, "pre_invoice.discard", bill, "", g_test_rand_int_range (1000, 120000));
      n = n_held_by (office, bill);
      g_assert_true (n == -1 || n == (int) orders->len);
      send_again (&discard);
      g_assert_cmpint (n_held_by (office, bill), ==, -1);
    }
  g_test_message ("stored before it was killed in %d of %d rounds", n_done, KILLS);
  test_client_free (ana);
}

/* ---- thousands ---- */

static void
add_adjustments (MoneyOffice *office,
                 guint        n)
{
  g_autofree char *day = money_day (2);

  for (guint from = 0; from < n; from += 100)
    {
      g_autoptr(GString) commands = g_string_new (NULL);
      gint64 first = office->root->no + 1;
      g_autoptr(TestReply) reply = NULL;

      for (guint i = from; i < MIN (n, from + 100); i++)
        {
          g_autofree char *id = test_id ();

          g_string_append_printf (commands, "%s{\"no\":%" G_GINT64_FORMAT ",\"v\":1,\"kind\":\"statement_line.create\",\"id\":\"%s\",\"args\":"
                                  "{\"number\":\"L%u\",\"distributor_id\":\"%s\",\"day\":\"%s\",\"amount\":\"1.00\",\"reason\":\"agreed\"}}",
                                  i > from ? "," : "", ++office->root->no, id, i, office->distributor[0], day);
        }
      reply = test_push_first (office->root, first, commands->str);
      test_expect (reply, 200);
      g_assert_null (strstr (reply->text, "rejected"));
    }
}

/* A month of a large distributor, in one command: who follows the changes gets it whole, in one page. */
static void
thousands_at_once (MoneyOffice  *office,
                   gconstpointer data)
{
  TestClient *ana = test_user (office->root, "ana", "distributor", office->distributor[0]);
  g_autofree char *bill = test_id (), *path = NULL;
  g_autoptr(TestReply) before = NULL;
  g_autoptr(TestReply) made = NULL;
  g_autoptr(TestReply) page = NULL;

  add_adjustments (office, THOUSANDS);
  before = test_call (ana, "GET", "v1/changes", NULL);
  test_expect (before, 200);
  made = money_bill (office, ana, 0, bill, 9, 0);
  money_expect (made, NULL, NULL);
  g_assert_cmpint (n_held_by (office, bill), ==, THOUSANDS);
  path = g_strconcat ("v1/changes?cursor=", test_text (before, "cursor"), NULL);
  for (;;)
    {
      g_clear_pointer (&page, test_reply_free);
      page = test_call (ana, "GET", path, NULL);
      test_expect (page, 200);
      if (strstr (page->text, bill) != NULL)
        break;
      g_free (path);
      path = g_strconcat ("v1/changes?cursor=", test_text (page, "cursor"), NULL);
    }
  g_assert_cmpint (test_size (page, "changes"), >=, THOUSANDS + 1);
  money_must (ana, "pre_invoice.discard", bill, "");
  g_assert_cmpint (n_held_by (office, bill), ==, -1);
  test_client_free (ana);
}

/* Thousands were closed before there was a rate. It comes, and all of them have their price. */
static void
a_rate_prices_thousands (MoneyOffice  *office,
                         gconstpointer data)
{
  static const char later[] = "\"code\":\"ALL2\",\"pays\":\"service\",\"type\":\"install\",\"from\":\"2020-01-01\",\"amount\":\"70.00\"";
  g_autoptr(TestReply) rates = test_call (office->root, "GET", "v1/rate", NULL);
  g_autofree char *old = g_strdup (test_text (rates, "rows/0/id")), *bill = test_id ();
  g_autofree char *rate = NULL;
  g_autoptr(GPtrArray) orders = NULL;
  g_autoptr(TestReply) made = NULL;
  gboolean done;
  gint64 until_us;

  money_must (office->root, "rate.change", old, "\"retired\":\"yes\"");
  orders = money_close_orders (office, 0, "R", 1100, 2);
  {
    g_autoptr(TestReply) none = money_bill (office, office->root, 0, bill, 9, 0);

    money_expect (none, "invalid", "1100 lines are left out");
  }
  rate = money_new (office->root, "rate.create", later);
  /* A second one is due at the same moment, and has nothing to price. */
  g_free (money_new (office->root, "rate.create", "\"code\":\"N\",\"pays\":\"service\",\"type\":\"other\",\"from\":\"2020-01-01\",\"amount\":\"1.00\""));
  until_us = g_get_monotonic_time () + 60 * G_USEC_PER_SEC;
  do
    {
      g_autoptr(TestReply) now = money_read (office->root, "rate", rate);

      test_expect (now, 200);
      done = test_text (now, "body/pricing_at") == NULL;
      g_usleep (50000);
    }
  while (!done && g_get_monotonic_time () < until_us);
  g_assert_true (done);
  made = money_bill (office, office->root, 0, bill, 9, 0);
  money_expect (made, NULL, NULL);
  g_assert_cmpint (n_held_by (office, bill), ==, (int) orders->len);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dsp_db_postgres_init ();
#define ADD(name, func) g_test_add ("/money/" name, MoneyOffice, NULL, money_open, func, money_close)
  ADD ("S0-18/overlapping-periods-at-once", overlapping_periods_at_once);
  ADD ("S0-18/what-was-seen-is-what-is-billed", what_was_seen_is_what_is_billed);
  ADD ("S0-18/T3/killed-in-the-middle", killed_in_the_middle);
  ADD ("S0-18/thousands-at-once", thousands_at_once);
  ADD ("a-rate-prices-thousands", a_rate_prices_thousands);
  return g_test_run ();
}
