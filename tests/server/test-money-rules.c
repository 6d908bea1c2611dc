/* test-money-rules.c: who sees and who decides what is paid, and what is answered to figures that cannot be
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "money-office.h"

#include "dsp-db-postgres.h"

#define CANARY "canary-5e1f"

/* ---- another distributor's ---- */

typedef struct {
  char *order, *line, *adjustment, *bill, *claim, *rate, *tax_rule;
} Money;

static char *
add_claim (MoneyOffice *office,
           TestClient  *client,
           int          which,
           const char  *more)
{
  g_autofree char *day = money_day (1);
  g_autofree char *args = g_strdup_printf ("\"crew_id\":\"%s\",\"day\":\"%s\"%s", office->crew[which], day, more);

  return money_new (client, "mileage.create", args);
}

/* Of the first distributor: everything that is paid, with a word in it that nobody else may read. */
static void
fill (MoneyOffice *office,
      Money       *money)
{
  g_autoptr(GPtrArray) orders = money_close_orders (office, 0, CANARY "-", 2, 2);
  g_autofree char *day = money_day (1), *args = NULL, *bill_day = money_day (3);

  money->order = g_strdup (orders->pdata[0]);
  money->line = money_line_id (money->order, "service", "service");
  args = g_strdup_printf ("\"code\":\"" CANARY "\",\"pays\":\"service\",\"distributor_id\":\"%s\",\"from\":\"2020-01-01\",\"amount\":\"77.00\"",
                          office->distributor[0]);
  money->rate = money_new (office->root, "rate.create", args);
  g_free (args);
  args = g_strdup_printf ("\"number\":\"" CANARY "\",\"distributor_id\":\"%s\",\"day\":\"%s\",\"amount\":\"-5.00\",\"reason\":\"" CANARY "\"",
                          office->distributor[0], day);
  money->adjustment = money_new (office->root, "statement_line.create", args);
  money->claim = add_claim (office, office->root, 0, ",\"claimed\":12000,\"note\":\"" CANARY "\"");
  money->bill = test_id ();
  g_free (args);
  args = g_strdup_printf ("\"distributor_id\":\"%s\",\"from\":\"%s\",\"until\":\"%s\",\"note\":\"" CANARY "\"", office->distributor[0], bill_day, day);
  money_must (office->root, "pre_invoice.create", money->bill, args);
}

static void
money_clear (Money *money)
{
  g_free (money->order);
  g_free (money->line);
  g_free (money->adjustment);
  g_free (money->bill);
  g_free (money->claim);
  g_free (money->rate);
}

/* Whatever he gives, there is no such record, in the words in which a random id has none. */
static void
assert_hidden (TestClient *client,
               const char *entity,
               const char *id)
{
  g_autofree char *missing = test_id ();
  g_autoptr(TestReply) read = money_read (client, entity, id), none = money_read (client, entity, missing);
  g_autofree char *past = g_strdup_printf ("v1/history?entity=%s&id=%s", entity, id);
  g_autoptr(TestReply) history = test_call (client, "GET", past, NULL);

  test_expect (read, 404);
  g_assert_cmpstr (read->text, ==, none->text);
  test_expect (history, 404);
}

static void
assert_untouchable (TestClient *client,
                    const char *kind,
                    const char *id,
                    const char *args)
{
  g_autofree char *missing = test_id ();
  g_autoptr(TestReply) reply = money_give (client, kind, id, args), none = money_give (client, kind, missing, args);
  g_autofree char *text = g_strdup (test_text (reply, "results/0/message")), *other = g_strdup (test_text (none, "results/0/message"));

  money_expect (reply, "no_such_record", NULL);
  memcpy (strstr (text, id), missing, strlen (missing));
  g_assert_cmpstr (text, ==, other);
  g_assert_cmpint (test_int (reply, "results/0/version"), ==, G_MININT64);
}

static void
another_distributor_finds_nothing (MoneyOffice  *office,
                                   gconstpointer data)
{
  static const char *const paths[] = {
    "v1/pre_invoice", "v1/statement_line", "v1/mileage", "v1/rate", "v1/changes", "v1/sums", "v1/search?q=" CANARY,
    "v1/statement_line?number=" CANARY "*", "v1/snapshot?scope=common", "v1/pre_invoice?counts=state",
  };
  Money money = { NULL };
  TestClient *otto = test_user (office->root, "otto", "distributor", office->distributor[1]);
  TestClient *ana = test_user (office->root, "ana", "distributor", office->distributor[0]);
  g_autofree char *other_scope = g_strconcat ("v1/snapshot?scope=", office->distributor[0], NULL), *id = test_id ();
  g_autoptr(TestReply) scope = NULL;
  g_autoptr(TestReply) own = NULL;
  g_autoptr(TestReply) stolen = NULL;

  fill (office, &money);
  assert_hidden (otto, "pre_invoice", money.bill);
  assert_hidden (otto, "statement_line", money.line);
  assert_hidden (otto, "statement_line", money.adjustment);
  assert_hidden (otto, "mileage", money.claim);
  assert_hidden (otto, "rate", money.rate);
  assert_untouchable (otto, "pre_invoice.submit", money.bill, "");
  assert_untouchable (otto, "pre_invoice.discard", money.bill, "");
  assert_untouchable (otto, "statement_line.ask", money.line, "\"question\":\"why\"");
  assert_untouchable (otto, "statement_line.withdraw", money.line, "\"reason\":\"why\"");
  assert_untouchable (otto, "mileage.change", money.claim, "\"note\":\"mine\"");
  assert_untouchable (otto, "mileage.submit", money.claim, "");
  /* For another, he generates nothing: that distributor is not there. */
  stolen = money_bill (office, otto, 0, id, 9, 0);
  money_expect (stolen, "no_such_record", NULL);
  scope = test_call (otto, "GET", other_scope, NULL);
  test_expect (scope, 404);
  for (guint i = 0; i < G_N_ELEMENTS (paths); i++)
    {
      g_autoptr(TestReply) reply = test_call (otto, "GET", paths[i], NULL);

      if (strstr (reply->text, CANARY) != NULL || strstr (reply->text, money.bill) != NULL)
        g_error ("%s shows another distributor's: %s", paths[i], reply->text);
    }
  /* Whose it is sees it. */
  own = money_read (ana, "pre_invoice", money.bill);
  test_expect (own, 200);
  g_assert_cmpstr (test_text (own, "body/note"), ==, CANARY);
  money_must (ana, "pre_invoice.submit", money.bill, "");
  money_clear (&money);
  test_client_free (otto);
  test_client_free (ana);
}

/* Who claims does not decide, who is paid does not price. */
static void
profiles_say_what (MoneyOffice  *office,
                   gconstpointer data)
{
  static const struct { const char *profile; gboolean own; const char *kind; int on; const char *args; bool may; } cells[] = {
    { "distributor", TRUE, "pre_invoice.approve", 0, "", false },
    { "distributor", TRUE, "pre_invoice.reject", 0, "\"reason\":\"x\"", false },
    { "distributor", TRUE, "pre_invoice.pay", 0, "\"day\":\"2026-01-01\",\"payment\":\"x\"", false },
    { "distributor", TRUE, "statement_line.correct", 1, "\"amount\":\"9999.00\",\"reason\":\"x\"", false },
    { "distributor", TRUE, "statement_line.accept", 1, "", false },
    { "distributor", TRUE, "statement_line.observe", 1, "\"observation\":\"x\"", false },
    { "distributor", TRUE, "statement_line.reprice", 1, "", false },
    { "distributor", TRUE, "mileage.approve", 2, "", false },
    { "distributor", TRUE, "mileage.adjust", 2, "\"approved\":1,\"reason\":\"x\"", false },
    { "distributor", TRUE, "rate.change", 3, "\"amount\":\"9999.00\"", false },
    { "dispatcher", TRUE, "mileage.approve", 2, "", false },
    { "dispatcher", TRUE, "pre_invoice.submit", 0, "", false },
    { "dispatcher", TRUE, "statement_line.ask", 1, "\"question\":\"x\"", false },
    { "technician", TRUE, "mileage.approve", 2, "", false },
    { "agent", FALSE, "pre_invoice.approve", 0, "", false },
    { "agent", FALSE, "mileage.create", 4, "", false },
    { "auditor", FALSE, "pre_invoice.approve", 0, "", false },
    { "auditor", FALSE, "statement_line.answer", 1, "\"answer\":\"x\"", false },
    { "auditor", FALSE, "rate.change", 3, "\"amount\":\"1.00\"", false },
    { "master", TRUE, "rate.change", 3, "\"amount\":\"1.00\"", false },
    { "master", TRUE, "statement_line.reprice", 1, "", false },
    { "master", TRUE, "mileage.approve", 2, "", true },
    { "master", TRUE, "statement_line.observe", 1, "\"observation\":\"x\"", true },
    { "supervisor", FALSE, "statement_line.accept", 1, "", true },
    { "supervisor", FALSE, "pre_invoice.reject", 0, "\"reason\":\"x\"", true },
    { "supervisor", FALSE, "rate.change", 3, "\"amount\":\"1.00\"", true },
  };
  Money money = { NULL };
  g_autoptr(GHashTable) clients = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, (GDestroyNotify) test_client_free);

  fill (office, &money);
  money_must (office->root, "pre_invoice.submit", money.bill, "");
  money_must (office->root, "mileage.submit", money.claim, "");
  for (guint i = 0; i < G_N_ELEMENTS (cells); i++)
    {
      const char *ids[] = { money.bill, money.line, money.claim, money.rate, money.order };
      TestClient *client = g_hash_table_lookup (clients, cells[i].profile);
      g_autoptr(TestReply) reply = NULL;

      if (client == NULL)
        {
          client = test_user (office->root, cells[i].profile, cells[i].profile, cells[i].own ? office->distributor[0] : ALL);
          g_hash_table_insert (clients, (gpointer) cells[i].profile, client);
        }
      reply = money_give (client, cells[i].kind, ids[cells[i].on], cells[i].args);
      if (cells[i].may ? !money_applied (reply) : g_strcmp0 (test_text (reply, "results/0/code"), "forbidden") != 0)
        g_error ("%s of a %s: %s", cells[i].kind, cells[i].profile, reply->text);
    }
  money_clear (&money);
}

/* ---- profiles without its pages ---- */

static void
add_grant (MoneyOffice *office,
           TestClient  *client,
           const char  *profile,
           const char  *over)
{
  char user[DSP_ID_TEXT];
  g_autofree char *profile_id = test_profile_id (profile), *args = NULL;

  dsp_id_print (&client->user, user);
  args = g_strdup_printf ("\"user_id\":\"%s\",\"profile_id\":\"%s\",\"over\":\"%s\"", user, profile_id, over);
  g_free (money_new (office->root, "grant.create", args));
}

/* All pages of what is to be copied of a scope, and all changes since ever, as one text. */
static char *
dup_everything (TestClient *client,
                const char *scope)
{
  g_autoptr(GString) text = g_string_new (NULL);
  g_autofree char *next = NULL, *cursor = NULL;
  gboolean more = TRUE;

  do
    {
      g_autofree char *path = g_strdup_printf ("v1/snapshot?scope=%s%s%s", scope, next != NULL ? "&after=" : "", next != NULL ? next : "");
      g_autoptr(TestReply) page = test_call (client, "GET", path, NULL);

      test_expect (page, 200);
      g_string_append (text, page->text);
      g_free (next);
      next = g_strdup (test_text (page, "next"));
    }
  while (next != NULL);
  while (more)
    {
      g_autofree char *path = g_strdup_printf ("v1/changes%s%s", cursor != NULL ? "?cursor=" : "", cursor != NULL ? cursor : "");
      g_autoptr(TestReply) page = test_call (client, "GET", path, NULL);

      test_expect (page, 200);
      g_string_append (text, page->text);
      g_free (cursor);
      cursor = g_strdup (test_text (page, "cursor"));
      more = strstr (page->text, "\"more\":true") != NULL;
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

/* What he works with he sees, what is paid for it not: in no list, page, sum, search or history. */
static void
without_the_page_nothing_is_seen (MoneyOffice  *office,
                                  gconstpointer data)
{
  static const char *const kinds[] = { "pre_invoice", "statement_line", "rate", "tax_rule" };
  Money money = { NULL };
  TestClient *clients[] = { test_user (office->root, "dan", "dispatcher", office->distributor[0]), test_user (office->root, "agnes", "agent", ALL) };
  const char *const scopes[] = { office->distributor[0], "all" };

  fill (office, &money);
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      g_autofree char *all = dup_everything (clients[i], scopes[i]);
      g_autoptr(TestReply) order = money_read (clients[i], "order", money.order);
      g_autoptr(TestReply) claim = money_read (clients[i], "mileage", money.claim);
      g_autoptr(TestReply) sums = test_call (clients[i], "GET", "v1/sums", NULL);
      g_autoptr(TestReply) found = test_call (clients[i], "GET", "v1/search?q=ALL", NULL);

      test_expect (order, 200);
      test_expect (claim, i == 0 ? 200 : 404);
      g_assert_nonnull (strstr (all, money.order));
      g_assert_null (strstr (found->text, "100.00"));
      assert_hidden (clients[i], "pre_invoice", money.bill);
      assert_hidden (clients[i], "statement_line", money.line);
      assert_hidden (clients[i], "rate", money.rate);
      for (guint k = 0; k < G_N_ELEMENTS (kinds); k++)
        {
          g_autofree char *path = g_strconcat ("v1/", kinds[k], NULL), *word = g_strdup_printf ("\"%s\"", kinds[k]);
          g_autoptr(TestReply) list = test_call (clients[i], "GET", path, NULL);

          test_expect (list, 404);
          if (strstr (all, word) != NULL || strstr (sums->text, word) != NULL)
            g_error ("%s is told of %s", i == 0 ? "a dispatcher" : "an agent", kinds[k]);
        }
      test_client_free (clients[i]);
    }
  money_clear (&money);
}

/* An agent everywhere, and the office of one distributor: of that one alone he sees what it is paid. */
static void
one_profile_here_another_there (MoneyOffice  *office,
                                gconstpointer data)
{
  Money money = { NULL };
  TestClient *agnes = test_user (office->root, "agnes", "agent", ALL);
  g_autoptr(GPtrArray) others = NULL;
  g_autofree char *line = NULL;
  g_autoptr(TestReply) own = NULL, other = NULL, lines = NULL, order = NULL;

  fill (office, &money);
  others = money_close_orders (office, 1, "OTHER", 1, 2);
  line = money_line_id (others->pdata[0], "service", "service");
  add_grant (office, agnes, "distributor", office->distributor[0]);
  own = money_read (agnes, "pre_invoice", money.bill);
  other = money_read (agnes, "statement_line", line);
  lines = test_call (agnes, "GET", "v1/statement_line", NULL);
  order = money_read (agnes, "order", others->pdata[0]);
  test_expect (own, 200);
  test_expect (other, 404);
  test_expect (order, 200);
  g_assert_cmpint (test_size (lines, "rows"), ==, 3);
  g_assert_null (strstr (lines->text, line));
  money_clear (&money);
  test_client_free (agnes);
}

/* ---- figures that cannot be ---- */

static void
impossible_periods (MoneyOffice  *office,
                    gconstpointer data)
{
  static const struct { const char *from, *until, *code, *says; } tries[] = {
    { "1926-01-01", "2026-01-01", "invalid", "the period from 1926-01-01 to 2026-01-01 is longer than a year" },
    { "2026-02-01", "2026-01-01", "invalid", "the period ends on 2026-01-01, before it begins on 2026-02-01" },
    { "2020-01-01", "2020-01-31", "invalid", "from 2020-01-01 to 2020-01-31 there is nothing to bill (0 lines are left out)" },
    { "2026-02-30", "2026-03-01", "invalid", "2026-02-30" },
    { "", "2026-03-01", NULL, NULL },
  };
  TestClient *ana = test_user (office->root, "ana", "distributor", office->distributor[0]);
  g_autoptr(TestReply) none = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (tries); i++)
    {
      g_autofree char *id = test_id ();
      g_autofree char *args = g_strdup_printf ("\"distributor_id\":\"%s\",\"from\":\"%s\",\"until\":\"%s\"", office->distributor[0], tries[i].from,
                                               tries[i].until);
      g_autoptr(TestReply) reply = money_give (ana, "pre_invoice.create", id, args);

      g_assert_false (money_applied (reply));
      if (tries[i].code != NULL)
        money_expect (reply, tries[i].code, tries[i].says);
    }
  none = test_call (ana, "GET", "v1/pre_invoice", NULL);
  g_assert_cmpint (test_size (none, "rows"), ==, 0);
  test_client_free (ana);
}

/* What follows from the lines is not said by whoever generates. */
static void
totals_are_not_entered (MoneyOffice  *office,
                        gconstpointer data)
{
  static const char *const more[] = {
    "\"subtotal\":\"1.00\"", "\"state\":\"paid\"", "\"number\":\"X1\"", "\"invoice_uuid\":\"00000000-0000-4000-8000-000000000000\"",
    "\"issuer\":\"me\"", "\"made_by\":\"root\"", "\"n_observed\":0", "\"master_id\":\"00000000-0000-4000-8000-000000000000\"",
  };
  g_autoptr(GPtrArray) orders = money_close_orders (office, 0, "O", 1, 2);
  g_autofree char *from = money_day (9), *until = money_day (0), *line = money_line_id (orders->pdata[0], "service", "service");
  g_autoptr(TestReply) still = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (more); i++)
    {
      g_autofree char *id = test_id ();
      g_autofree char *args = g_strdup_printf ("\"distributor_id\":\"%s\",\"from\":\"%s\",\"until\":\"%s\",%s", office->distributor[0], from, until,
                                               more[i]);

      money_refused (office->root, "pre_invoice.create", id, args, "invalid", "it follows from its lines");
    }
  still = money_read (office->root, "statement_line", line);
  g_assert_cmpstr (test_text (still, "body/state"), ==, "free");
}

static void
impossible_amounts (MoneyOffice  *office,
                    gconstpointer data)
{
  static const struct { const char *kind, *args, *code, *says; } tries[] = {
    { "rate.create", "\"code\":\"X\",\"pays\":\"service\",\"group\":\"q\",\"from\":\"2020-01-01\",\"amount\":\"-0.01\"", "invalid", "-0.01" },
    { "rate.create", "\"code\":\"X\",\"pays\":\"service\",\"group\":\"q\",\"from\":\"2020-01-01\",\"amount\":\"1000000000000000.00\"", "invalid",
      "1000000000000000.00" },
    { "rate.create", "\"code\":\"X\",\"pays\":\"service\",\"from\":\"2024-01-01\",\"amount\":\"1.00\"", "overlap", "rate ALL (from 2020-01-01, without end)" },
    { "rate.create", "\"code\":\"X\",\"pays\":\"service\",\"group\":\"q\",\"from\":\"2020-01-01\",\"amount\":\"1.005\"", NULL, "1.005" },
    { "rate.create", "\"code\":\"X\",\"pays\":\"service\",\"group\":\"q\",\"from\":\"2020-01-01\",\"amount\":\"1e3\"", NULL, "1e3" },
    { "rate.create", "\"code\":\"X\",\"pays\":\"service\",\"group\":\"q\",\"from\":\"2020-02-30\",\"amount\":\"1.00\"", NULL, "2020-02-30" },
    { "rate.create", "\"code\":\"X\",\"pays\":\"service\",\"group\":\"q\",\"zone\":[\"310\"],\"from\":\"2020-01-01\",\"amount\":\"1.00\"", "invalid", "310" },
    { "tax_rule.create", "\"code\":\"X\",\"regime\":\"R\",\"from\":\"2020-01-01\",\"vat\":1000001", "invalid", "vat is 100.0001; 0 to 100 are allowed" },
    { "tax_rule.create", "\"code\":\"X\",\"regime\":\"R\",\"from\":\"2020-01-01\",\"vat\":-1", "invalid", "vat is -0.0001" },
    { "statement_line.create", "\"number\":\"X\",\"day\":\"2026-01-01\",\"amount\":\"1000000000000000.00\",\"reason\":\"x\"", "invalid", "1000000000000000.00" },
    { "statement_line.create", "\"number\":\"X\",\"day\":\"2026-01-01\",\"amount\":\"0.00\",\"reason\":\"x\"", "required", "amount" },
    { "statement_line.create", "\"number\":\"X\",\"day\":\"2026-01-01\",\"amount\":\"5.00\"", "reason", "reason" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (tries); i++)
    {
      gboolean line = g_str_equal (tries[i].kind, "statement_line.create");
      g_autofree char *id = test_id ();
      g_autofree char *args = g_strdup_printf ("%s%s%s%s", tries[i].args, line ? ",\"distributor_id\":\"" : "", line ? office->distributor[0] : "",
                                               line ? "\"" : "");
      g_autoptr(TestReply) reply = money_give (office->root, tries[i].kind, id, args);

      g_assert_false (money_applied (reply));
      if (strstr (reply->text, tries[i].says) == NULL || (tries[i].code != NULL && g_strcmp0 (test_text (reply, "results/0/code"), tries[i].code) != 0))
        g_error ("%s %s: %s", tries[i].kind, tries[i].args, reply->text);
    }
}

static void
impossible_claims (MoneyOffice  *office,
                   gconstpointer data)
{
  static const struct { int days_ago; const char *more, *code, *says; } tries[] = {
    { 1, ",\"odometer_start\":100000,\"odometer_end\":90000", "invalid", "the odometer runs backwards: from 100.0 km to 90.0 km" },
    { 1, ",\"odometer_start\":40000,\"odometer_end\":60000", "overlap", "40.0 to 60.0 km overlap with 50.0 to 80.0 km" },
    { 0, ",\"odometer_start\":10000,\"odometer_end\":20000", "overlap", "the odometer runs backwards: 10.0 km, and 80.0 km on" },
    { 1, ",\"claimed\":5000", "overlap", "the crew has a claim of 30.0 km for the day" },
    { 3, ",\"claimed\":-1", "invalid", "claimed is -0.001" },
    { 3, ",\"claimed\":1000000000000000", "invalid", "claimed is 1000000000000" },
    { 3, ",\"claimed\":2000001", "invalid", "claimed is 2000.001" },
    { 3, ",\"odometer_start\":90000", "required", "both" },
    { 3, "", "required", "kilometres are missing" },
    { 3, ",\"claimed\":10000,\"approved\":10000", NULL, NULL },
  };
  TestClient *ana = test_user (office->root, "ana", "distributor", office->distributor[0]);
  g_autofree char *tomorrow = money_day (-2), *late = NULL, *id = test_id ();
  g_autoptr(TestReply) claims = NULL;

  g_free (add_claim (office, ana, 0, ",\"odometer_start\":50000,\"odometer_end\":80000"));
  for (guint i = 0; i < G_N_ELEMENTS (tries); i++)
    {
      g_autofree char *day = money_day (tries[i].days_ago), *claim = test_id ();
      g_autofree char *args = g_strdup_printf ("\"crew_id\":\"%s\",\"day\":\"%s\"%s", office->crew[0], day, tries[i].more);
      g_autoptr(TestReply) reply = money_give (ana, "mileage.create", claim, args);
      g_autoptr(TestReply) there = money_read (ana, "mileage", claim);

      if (tries[i].code != NULL)
        {
          money_expect (reply, tries[i].code, tries[i].says);
          test_expect (there, 404);
        }
      else
        /* What is decided by others is not taken from whoever claims. */
        g_assert_null (test_text (there, "body/approved"));
    }
  late = g_strdup_printf ("\"crew_id\":\"%s\",\"day\":\"%s\",\"claimed\":1000", office->crew[0], tomorrow);
  money_refused (ana, "mileage.create", id, late, "invalid", tomorrow);
  /* Another's crew is not there. */
  g_free (late);
  late = g_strdup_printf ("\"crew_id\":\"%s\",\"day\":\"2026-01-05\",\"claimed\":1000", office->crew[1]);
  money_refused (ana, "mileage.create", id, late, "no_such_record", NULL);
  claims = test_call (ana, "GET", "v1/mileage", NULL);
  g_assert_cmpint (test_size (claims, "rows"), <=, 2);
  test_client_free (ana);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dsp_db_postgres_init ();
#define ADD(name, func) g_test_add ("/money-rules/" name, MoneyOffice, NULL, money_open, func, money_close)
  ADD ("S0-21/T10/another-distributor-finds-nothing", another_distributor_finds_nothing);
  ADD ("S0-49/T10/profiles-say-what", profiles_say_what);
  ADD ("S0-49/T10/without-the-page-nothing-is-seen", without_the_page_nothing_is_seen);
  ADD ("S0-49/T10/one-profile-here-another-there", one_profile_here_another_there);
  ADD ("S0-18/impossible-periods", impossible_periods);
  ADD ("S0-18/totals-are-not-entered", totals_are_not_entered);
  ADD ("S0-18/impossible-amounts", impossible_amounts);
  ADD ("S0-15/impossible-claims", impossible_claims);
  return g_test_run ();
}
