/* test-money.c: two offices bill the same orders, with and without a connection, on a real despachod
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "replica-fixture.h"
#include "money-office.h"

#include "dsp-db-postgres.h"
#include "dsp-statement-query.h"

#define N_ORDERS 12
#define N_TURNS  100

typedef struct {
  MoneyOffice office;
  DspId       distributor;
  DspDate     from, until;
  GPtrArray  *orders;
  Replica    *replicas[2]; /* ana, who works for the distributor; luis, the company's supervisor */
} Fixture;

static Replica *
open_replica (Fixture    *f,
              const char *name,
              const char *profile,
              const char *over)
{
  g_autofree char *key = office_user (f->office.root, name, profile, over, NULL);
  g_autofree char *url = g_strdup_printf ("http://localhost:%u", f->office.server->port);

  return replica_new (url, NULL, name, key);
}

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  money_open (&f->office, data);
  f->distributor = id_from (f->office.distributor[0]);
  f->orders = money_close_orders (&f->office, 0, "M", N_ORDERS, 2);
  f->until.day = (gint32) (g_get_real_time () / G_TIME_SPAN_DAY) + 1;
  f->from.day = f->until.day - 20;
  f->replicas[0] = open_replica (f, "ana", "distributor", f->office.distributor[0]);
  f->replicas[1] = open_replica (f, "luis", "supervisor", ALL);
  for (guint i = 0; i < 2; i++)
    replica_start (f->replicas[i]);
  WAIT_FOR (replica_is_ready (f->replicas[0]) && replica_is_ready (f->replicas[1]));
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  replica_free (f->replicas[0]);
  replica_free (f->replicas[1]);
  g_ptr_array_unref (f->orders);
  money_close (&f->office, data);
}

static GPtrArray *
lines_of (Fixture *f,
          Replica *replica)
{
  DspLineQuery query = { .distributor_id = f->distributor, .from = f->from, .until = f->until };
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  GPtrArray *lines;

  dsp_replica_lines_async (replica->replica, &query, NULL, replica_on_result, &result);
  WAIT_FOR (result != NULL);
  lines = dsp_replica_lines_finish (replica->replica, result, &error);
  g_assert_no_error (error);
  return lines;
}

static GPtrArray *
bills_of (Fixture *f,
          Replica *replica)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  GPtrArray *bills;

  dsp_replica_pre_invoices_async (replica->replica, &f->distributor, NULL, replica_on_result, &result);
  WAIT_FOR (result != NULL);
  bills = dsp_replica_pre_invoices_finish (replica->replica, result, &error);
  g_assert_no_error (error);
  return bills;
}

/* Only what @args sets is given. */
static DspOutcome *
give (Replica          *replica,
      const DspCommand *command,
      const DspId      *id,
      gconstpointer     args)
{
  guint64 given = 0;

  for (guint i = 0; command->args != NULL && i < command->args->n_fields; i++)
    if (!dsp_field_is_none (&command->args->fields[i], args))
      given |= (guint64) 1 << i;
  return replica_give (replica, command, id, 1, args, given);
}

/* The bill that a person saw and signed. @group: (out) (nullable): the gesture */
static DspId
generate (Fixture *f,
          Replica *replica,
          bool     as_seen,
          gint64  *group)
{
  DspId id = dsp_replica_new_id (replica->replica);
  DspPreInvoice args = { .distributor_id = f->distributor, .from = f->from, .until = f->until };
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspBill) seen = NULL;
  g_autoptr(DspOutcome) outcome = NULL;

  dsp_replica_bill_async (replica->replica, &f->distributor, f->from, f->until, NULL, NULL, replica_on_result, &result);
  WAIT_FOR (result != NULL);
  seen = dsp_replica_bill_finish (replica->replica, result, &error);
  g_assert_no_error (error);
  if (as_seen)
    {
      args.n_lines = (DspInt) { seen->lines->len, true };
      args.total = (DspMoney) { seen->totals.total, true };
    }
  outcome = give (replica, &dsp_pre_invoice_create, &id, &args);
  if (group != NULL)
    *group = outcome->group;
  return id;
}

/* ---- both without a connection ---- */

static guint
n_held_by (GPtrArray   *lines,
           const DspId *bill)
{
  guint n = 0;

  for (guint i = 0; i < lines->len; i++)
    n += dsp_id_equal (&((const DspStatementLine *) lines->pdata[i])->pre_invoice_id, bill);
  return n;
}

static void
both_bill_the_same (Fixture      *f,
                    gconstpointer data)
{
  g_autoptr(GPtrArray) rejected = NULL;
  DspId first, second;

  replica_stop (f->replicas[0]);
  replica_stop (f->replicas[1]);
  first = generate (f, f->replicas[0], true, NULL);
  second = generate (f, f->replicas[1], true, NULL);
  /* Each has his own, as long as nobody told him. */
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr(GPtrArray) lines = lines_of (f, f->replicas[i]);

      g_assert_cmpuint (n_held_by (lines, i == 0 ? &first : &second), ==, N_ORDERS);
    }
  replica_start (f->replicas[0]);
  WAIT_FOR (replica_is_idle (f->replicas[0]));
  replica_start (f->replicas[1]);
  WAIT_FOR (replica_is_idle (f->replicas[1]) && replica_status (f->replicas[1]).n_rejected == 1);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr(GPtrArray) lines = lines_of (f, f->replicas[i]), bills = bills_of (f, f->replicas[i]);

      g_assert_cmpuint (bills->len, ==, 1);
      g_assert_true (dsp_id_equal (&((DspRecord *) bills->pdata[0])->id, &first));
      g_assert_cmpuint (n_held_by (lines, &first), ==, N_ORDERS);
    }
  /* The other is told why, and what he gave is kept. */
  rejected = replica_rejected (f->replicas[1]);
  g_assert_cmpuint (rejected->len, ==, 1);
  g_assert_true (((DspRejected *) rejected->pdata[0])->command == &dsp_pre_invoice_create);
  g_assert_nonnull (strstr (((DspRejected *) rejected->pdata[0])->message, "nothing to bill"));
}

/* One order more has come in since: it is not billed unseen. */
static void
more_came_in (Fixture      *f,
              gconstpointer data)
{
  g_autoptr(GPtrArray) more = NULL;
  g_autoptr(GPtrArray) rejected = NULL;
  g_autoptr(GPtrArray) lines = NULL;
  DspId bill;

  replica_stop (f->replicas[0]);
  bill = generate (f, f->replicas[0], true, NULL);
  more = money_close_orders (&f->office, 0, "Z", 1, 1);
  replica_start (f->replicas[0]);
  WAIT_FOR (replica_is_idle (f->replicas[0]) && replica_status (f->replicas[0]).n_rejected == 1);
  rejected = replica_rejected (f->replicas[0]);
  g_assert_cmpint (((DspRejected *) rejected->pdata[0])->rule, ==, DSP_RULE_CHANGED);
  g_assert_nonnull (strstr (((DspRejected *) rejected->pdata[0])->message, "12 lines and a total of 1392.00"));
  g_assert_nonnull (strstr (((DspRejected *) rejected->pdata[0])->message, "13 lines and a total of 1508.00"));
  lines = lines_of (f, f->replicas[0]);
  g_assert_cmpuint (n_held_by (lines, &bill), ==, 0);
}

static void
take_back (Replica *replica,
           gint64   group)
{
  g_autoptr(GAsyncResult) result = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = NULL;

  dsp_replica_undo_async (replica->replica, group, NULL, replica_on_result, &result);
  WAIT_FOR (result != NULL);
  outcome = dsp_replica_undo_finish (replica->replica, result, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (outcome->refused->len, ==, 0);
}

/* No pre-invoice, all lines free again; and the other one sees the same. */
static gboolean
is_nothing_left (Fixture *f)
{
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr(GPtrArray) lines = lines_of (f, f->replicas[i]), bills = bills_of (f, f->replicas[i]);

      if (bills->len > 0 || !replica_is_idle (f->replicas[i]))
        return FALSE;
      g_assert_cmpuint (lines->len, ==, N_ORDERS);
      for (guint k = 0; k < lines->len; k++)
        if (((const DspStatementLine *) lines->pdata[k])->state != DSP_LINE_FREE)
          return FALSE;
    }
  return TRUE;
}

/* The only pre-invoice that there is has that number, which is the server's. */
static gboolean
has_number (Fixture     *f,
            const DspId *bill,
            const char  *number)
{
  g_autoptr(GPtrArray) bills = bills_of (f, f->replicas[0]);
  const DspPreInvoice *one = bills->len == 1 ? bills->pdata[0] : NULL;

  return one != NULL && dsp_id_equal (&one->id, bill) && g_strcmp0 (one->number, number) == 0;
}

/* Taken back before it was sent, it never was: the server has not heard of it, and the first number is the next one's. Taken back
 * after the server had it, everything is free again; only its number is used. */
static void
taken_back (Fixture      *f,
            gconstpointer data)
{
  static const char *const numbers[] = { "D0000001", "D0000003" };
  gint64 group;
  DspId bill;

  for (guint turn = 0; turn < 2; turn++)
    {
      if (turn == 0)
        replica_stop (f->replicas[0]);
      bill = generate (f, f->replicas[0], true, &group);
      if (turn == 1)
        WAIT_FOR (replica_is_idle (f->replicas[0]));
      take_back (f->replicas[0], group);
      if (turn == 0)
        replica_start (f->replicas[0]);
      WAIT_FOR (is_nothing_left (f));
      g_assert_cmpuint (replica_status (f->replicas[0]).n_rejected, ==, 0);

      bill = generate (f, f->replicas[0], true, &group);
      WAIT_FOR (has_number (f, &bill, numbers[turn]));
      if (turn == 0)
        {
          take_back (f->replicas[0], group);
          WAIT_FOR (is_nothing_left (f));
        }
    }
}

/* Closed without a connection, and unassigned by somebody else: with the closing its line goes from the statement. */
static void
refused_closing_leaves_no_line (Fixture      *f,
                                gconstpointer data)
{
  g_autofree char *order = test_order (f->office.root, "R1", f->office.distributor[0], NULL);
  g_autofree char *assign = g_strdup_printf ("\"crew_id\":\"%s\"", f->office.crew[0]);
  DspClose args = { .closed_at = { g_get_real_time () }, .attended = DSP_YES, .satisfied = DSP_YES, .resolution = (char *) "done" };
  DspId id = id_from (order), crew = id_from (f->office.crew[0]);
  Replica *luis = f->replicas[1];
  g_autoptr(DspOutcome) outcome = NULL;
  g_autoptr(GPtrArray) with = NULL;
  g_autoptr(GPtrArray) without = NULL;

  money_must (f->office.root, "order.assign", order, assign);
  WAIT_FOR (replica_has_crew (luis, &id, &crew));
  replica_stop (luis);
  outcome = give (luis, &dsp_order_close, &id, &args);
  g_assert_cmpuint (outcome->n_given, ==, 1);
  with = lines_of (f, luis);
  g_assert_cmpuint (with->len, ==, N_ORDERS + 1);
  money_must (f->office.root, "order.unassign", order, "\"reason\":\"sick\"");
  replica_start (luis);
  WAIT_FOR (replica_is_idle (luis) && replica_status (luis).n_rejected == 1);
  without = lines_of (f, luis);
  g_assert_cmpuint (without->len, ==, N_ORDERS);
}

/* ---- who sees it ---- */

static gboolean
sees_lines (Fixture *f,
            Replica *replica,
            guint    n)
{
  g_autoptr(GPtrArray) lines = lines_of (f, replica);

  return lines->len == n;
}

/* A profile gets the page, and loses it: what it shows comes to the replica, and is erased from it. */
static void
page_given_and_taken (Fixture      *f,
                      gconstpointer data)
{
  static const char words[] = "\"name\":\"clerk\",\"label\":\"Clerk\",\"permissions\":[\"order.assign\",\"module.assignments\"%s]";
  g_autofree char *without = g_strdup_printf (words, ""), *with = g_strdup_printf (words, ",\"module.pre_invoices\"");
  g_autofree char *profile = test_profile_id ("clerk");
  DspId order = id_from (f->orders->pdata[0]);
  Replica *clerk;

  money_must (f->office.root, "profile.create", profile, without);
  clerk = open_replica (f, "clerk", "clerk", f->office.distributor[0]);
  replica_start (clerk);
  WAIT_FOR (replica_is_ready (clerk));
  g_assert_nonnull (dsp_replica_get_order (clerk->replica, &order));
  g_assert_true (sees_lines (f, clerk, 0));
  money_must (f->office.root, "profile.change", profile, with);
  WAIT_FOR (sees_lines (f, clerk, N_ORDERS));
  money_must (f->office.root, "profile.change", profile, without);
  WAIT_FOR (sees_lines (f, clerk, 0));
  WAIT_FOR (replica_is_ready (clerk) && dsp_replica_get_order (clerk->replica, &order) != NULL);
  replica_free (clerk);
}

/* ---- T2 ---- */

/* Something that people do with what is paid; on which record, chance says. */
static void
do_something (Fixture *f,
              Replica *replica)
{
  g_autoptr(GPtrArray) lines = lines_of (f, replica), bills = bills_of (f, replica);
  const DspId *line = &((DspRecord *) lines->pdata[g_test_rand_int_range (0, (int) lines->len)])->id;
  const DspId *bill = bills->len > 0 ? &((DspRecord *) bills->pdata[g_test_rand_int_range (0, (int) bills->len)])->id : NULL;
  DspReason why = { .reason = (char *) "random" };
  DspLineCorrect better = { .amount = { g_test_rand_int_range (-20000, 20000), true }, .reason = (char *) "random" };
  const struct { const DspCommand *command; const DspId *id; gconstpointer args; } choices[] = {
    { &dsp_pre_invoice_submit, bill, NULL },
    { &dsp_pre_invoice_observe, bill, &why },
    { &dsp_pre_invoice_reject, bill, &why },
    { &dsp_pre_invoice_discard, bill, NULL },
    { &dsp_statement_line_ask, line, &(DspLineAsk) { (char *) "why" } },
    { &dsp_statement_line_observe, line, &(DspLineObserve) { (char *) "random" } },
    { &dsp_statement_line_defend, line, &(DspLineDefend) { (char *) "random" } },
    { &dsp_statement_line_accept, line, NULL },
    { &dsp_statement_line_withdraw, line, &why },
    { &dsp_statement_line_correct, line, &better },
  };
  int n = g_test_rand_int_range (0, G_N_ELEMENTS (choices) + 4);

  if (n >= (int) G_N_ELEMENTS (choices))
    generate (f, replica, n % 2 == 0, NULL);
  else if (choices[n].id != NULL)
    {
      g_autoptr(DspOutcome) outcome = give (replica, choices[n].command, choices[n].id, choices[n].args);
    }
}

/* All that a replica says of lines and pre-invoices; whatever it says, the sums are those of the lines. */
static char *
dump (Fixture *f,
      Replica *replica)
{
  g_autoptr(GPtrArray) lines = lines_of (f, replica), bills = bills_of (f, replica);
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < bills->len; i++)
    {
      const DspPreInvoice *bill = bills->pdata[i];
      DspTotals totals = { 0 };

      for (guint k = 0; k < lines->len; k++)
        if (dsp_id_equal (&((const DspStatementLine *) lines->pdata[k])->pre_invoice_id, &bill->id))
          dsp_totals_add (&totals, lines->pdata[k]);
      if (bill->state != DSP_PRE_INVOICE_REJECTED)
        {
          g_assert_cmpint (bill->n_lines.value, ==, totals.n);
          g_assert_cmpint (bill->total.cents, ==, totals.total);
        }
      g_string_append (text, "bill ");
      dsp_record_json_write (&dsp_pre_invoice.table, bill, DSP_FIELDS_ALL, text);
      g_string_append_printf (text, " %" G_GINT64_FORMAT "\n", bill->version);
    }
  for (guint i = 0; i < lines->len; i++)
    {
      dsp_record_json_write (&dsp_statement_line.table, lines->pdata[i], DSP_FIELDS_ALL, text);
      g_string_append_printf (text, " %" G_GINT64_FORMAT "\n", ((DspRecord *) lines->pdata[i])->version);
    }
  return g_strdup (text->str);
}

/* What the server has, read by a replica that was never there before. */
static char *
dump_of_server (Fixture *f)
{
  Replica *fresh = open_replica (f, "nina", "auditor", ALL);
  char *text;

  replica_start (fresh);
  WAIT_FOR (replica_is_ready (fresh));
  text = dump (f, fresh);
  replica_free (fresh);
  return text;
}

static void
convergence (Fixture      *f,
             gconstpointer data)
{
  g_autofree char *server = NULL;
  guint n_rejected = 0;

  for (guint turn = 0; turn < N_TURNS; turn++)
    {
      Replica *replica = f->replicas[g_test_rand_int_range (0, 2)];

      if (g_test_rand_int_range (0, 6) > 0)
        do_something (f, replica);
      else if (replica->sync != NULL)
        replica_stop (replica);
      else
        replica_start (replica);
    }
  for (guint i = 0; i < 2; i++)
    if (f->replicas[i]->sync == NULL)
      replica_start (f->replicas[i]);
  WAIT_FOR (replica_is_idle (f->replicas[0]) && replica_is_idle (f->replicas[1]));
  server = dump_of_server (f);
  for (guint i = 0; i < 2; i++)
    {
      gint64 until_us = g_get_monotonic_time () + WAIT_S * G_TIME_SPAN_SECOND;
      g_autofree char *text = dump (f, f->replicas[i]);

      while (strcmp (text, server) != 0 && g_get_monotonic_time () < until_us)
        {
          g_main_context_iteration (NULL, TRUE);
          g_free (text);
          text = dump (f, f->replicas[i]);
        }
      g_assert_cmpstr (text, ==, server);
      n_rejected += replica_status (f->replicas[i]).n_rejected;
    }
  g_test_message ("%u of what was given was refused by the server", n_rejected);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  dsp_db_postgres_init ();
#define ADD(name, func) g_test_add ("/money-sync/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("S0-18/both-bill-the-same-without-a-connection", both_bill_the_same);
  ADD ("S0-18/what-came-in-since-is-not-billed-unseen", more_came_in);
  ADD ("S0-18/a-generation-taken-back-leaves-nothing", taken_back);
  ADD ("refused-closing-leaves-no-line", refused_closing_leaves_no_line);
  ADD ("S0-49/page-given-and-taken", page_given_and_taken);
  ADD ("S0-18/T2/convergence", convergence);
  return g_test_run ();
}
