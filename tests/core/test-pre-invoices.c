/* test-pre-invoices.c: the running statement and pre-invoices; the worked example is the README's, its figures made by hand
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-money.h"
#include "money-world.h"

#include <string.h>

/* The twelve lines. */
static World *
january (void)
{
  World *w = money_office ();
  DspReason why = { .reason = (char *) "photo shows it" };
  DspStatementLine adjustment = { .number = (char *) "Uniforms", .day = jan (20), .amount = cents (-3333), .reason = (char *) "lost" };

  money_add_closed (w, 31, "REP", NULL, "31000", 11, 10, HOUR);           /* distributor's rate; same day */
  money_add_closed (w, 32, "INST", "FTTH", "21100", 12, 11, 3 * DAY);     /* subtype; border */
  money_add_closed (w, 33, "INST", NULL, "06010", 13, 23, 2 * DAY);       /* type; at night */
  money_add_closed (w, 34, "SURVEY", NULL, "06700", 17, 12, 2 * DAY);     /* everything's; a Sunday */
  money_claim (w, 41, 31, 11, 42700);
  money_claim (w, 42, 33, 11, 20050);
  money_give (w, &dsp_mileage_approve, 41, NULL);
  money_give (w, &dsp_mileage_approve, 42, NULL);
  money_fault (w, 51, 33);
  money_give (w, &dsp_penalty_confirm, 51, &why);
  adjustment.distributor_id = world_id (1);
  g_assert_true (money_try (w, &dsp_statement_line_create, 61, &adjustment, NULL));
  return w;
}

static void
assert_line (const DspStatementLine *line,
             gint64                  amount,
             gint64                  vat,
             gint64                  vat_withheld,
             gint64                  income_withheld)
{
  g_assert_nonnull (line);
  g_assert_true (line->amount.is_set);
  g_assert_cmpint (line->amount.cents, ==, amount);
  g_assert_cmpint (line->vat.cents, ==, vat);
  g_assert_cmpint (line->vat_withheld.cents, ==, vat_withheld);
  g_assert_cmpint (line->income_withheld.cents, ==, income_withheld);
}

static DspPreInvoice
for_january (void)
{
  DspPreInvoice args = { .from = jan (1), .until = jan (31) };

  args.distributor_id = world_id (1);
  return args;
}

static const DspPreInvoice *
generate (World *w,
          guint8 n)
{
  DspPreInvoice args = for_january ();
  g_autoptr(GError) error = NULL;

  money_try (w, &dsp_pre_invoice_create, n, &args, &error);
  g_assert_no_error (error);
  return money_record (w, &dsp_pre_invoice, world_id (n));
}

static void
worked_example (void)
{
  g_autoptr(World) w = january ();
  const DspPreInvoice *bill = generate (w, 91);

  assert_line (money_service (w, 31), 41010, 6562, 4374, 513);
  assert_line (money_line_of (w, 31, DSP_CONCEPT_BONUS, DSP_PAYS_SAME_DAY), 4101, 656, 437, 51);
  assert_line (money_service (w, 32), 74555, 5964, 3976, 932);
  assert_line (money_service (w, 33), 61235, 9798, 6532, 765);
  assert_line (money_line_of (w, 33, DSP_CONCEPT_BONUS, DSP_PAYS_NIGHT), 7500, 1200, 800, 94);
  assert_line (money_service (w, 34), 35000, 5600, 3733, 438);
  assert_line (money_line_of (w, 34, DSP_CONCEPT_BONUS, DSP_PAYS_HOLIDAY), 15033, 2405, 1604, 188);
  assert_line (money_line_of (w, 41, DSP_CONCEPT_MILEAGE, DSP_PAYS_KILOMETRE), 6160, 986, 657, 77);
  assert_line (money_line_of (w, 41, DSP_CONCEPT_MILEAGE, DSP_PAYS_KILOMETRE_EXTRA), 1461, 234, 156, 18);
  assert_line (money_line_of (w, 42, DSP_CONCEPT_MILEAGE, DSP_PAYS_KILOMETRE), 9724, 1556, 1037, 122);
  assert_line (money_line_of (w, 51, DSP_CONCEPT_PENALTY, DSP_PAYS_NONE), -7654, -1225, -816, -96);
  assert_line (money_record (w, &dsp_statement_line, world_id (61)), -3333, -533, -356, -42);
  g_assert_null (money_line_of (w, 42, DSP_CONCEPT_MILEAGE, DSP_PAYS_KILOMETRE_EXTRA));
  g_assert_cmpint (bill->n_lines.value, ==, 12);
  g_assert_cmpint (bill->subtotal.cents, ==, 255779);
  g_assert_cmpint (bill->deductions.cents, ==, 10987);
  g_assert_cmpint (bill->vat.cents, ==, 33203);
  g_assert_cmpint (bill->vat_withheld.cents, ==, 22134);
  g_assert_cmpint (bill->income_withheld.cents, ==, 3060);
  g_assert_cmpint (bill->total.cents, ==, 252801);
  g_assert_cmpstr (bill->issuer, ==, "Distributor");
  g_assert_cmpstr (money_service (w, 31)->rate_code, ==, "T84");
  g_assert_cmpint (money_service (w, 31)->rate_by.value, ==, DSP_BY_DISTRIBUTOR | DSP_BY_TYPE);
}

static void
never_twice (void)
{
  g_autoptr(World) w = january ();
  DspPreInvoice args = for_january ();
  DspReason why = { .reason = (char *) "to be checked" };
  const DspStatementLine *line;

  generate (w, 91);
  money_refused (w, &dsp_pre_invoice_create, 92, &args, DSP_RULE_INVALID, "nothing to bill");
  /* Withdrawn, it is free again; the next one takes it, and only it. */
  g_assert_true (world_give (w, &dsp_statement_line_withdraw, money_service (w, 31)->id, 0, &why, 1, NULL));
  line = money_service (w, 31);
  g_assert_cmpint (line->state, ==, DSP_LINE_FREE);
  g_assert_cmpint (line->amount.cents, ==, 41010);
  g_assert_cmpint (((const DspPreInvoice *) money_record (w, &dsp_pre_invoice, world_id (91)))->n_lines.value, ==, 11);
  money_assert_whole (w);
  g_assert_cmpint (generate (w, 92)->n_lines.value, ==, 1);
  g_assert_true (dsp_id_equal (&money_service (w, 31)->pre_invoice_id, &(DspId) { { [0] = 9, [15] = 92 } }));
  money_assert_whole (w);
}

static void
changed_meanwhile (void)
{
  g_autoptr(World) w = january ();
  DspPreInvoice args = for_january ();

  args.n_lines = number (12);
  args.total = cents (252801);
  money_add_closed (w, 35, "REP", NULL, "31000", 18, 10, 2 * DAY);
  money_refused (w, &dsp_pre_invoice_create, 91, &args, DSP_RULE_CHANGED, "12 lines and a total of 2528.01; by now there are 13 lines");
  args.subtotal = cents (5);
  money_refused (w, &dsp_pre_invoice_create, 91, &args, DSP_RULE_INVALID, "subtotal");
}

static void
left_out (void)
{
  g_autoptr(World) w = money_office ();
  g_autoptr(DspBill) bill = NULL;
  DspId distributor = world_id (1);

  money_give (w, &dsp_rate_change, 81, &(DspRate) { .code = (char *) "T81", .pays = DSP_PAYS_SERVICE, .from = jan (1), .until = jan (10), .amount = cents (35000) });
  money_add_closed (w, 31, "REP", NULL, "31000", 11, 10, 2 * DAY);
  money_add_closed (w, 32, "REP", NULL, "31000", 12, 10, 2 * DAY);
  money_add_closed (w, 34, "SURVEY", NULL, "06700", 12, 10, 2 * DAY);
  money_fault (w, 51, 32);
  bill = dsp_bill_new (w->work, &distributor, jan (1), jan (31), NULL);
  g_assert_cmpuint (bill->lines->len, ==, 1);
  g_assert_cmpstr (((DspStatementLine *) bill->lines->pdata[0])->number, ==, "N31");
  g_assert_cmpuint (bill->left_out->len, ==, 2);
  g_assert_cmpint (g_array_index (bill->left_out, DspLeftOutLine, 0).why, ==, DSP_LEFT_OUT_PENALTY);
  g_assert_cmpint (g_array_index (bill->left_out, DspLeftOutLine, 1).why, ==, DSP_LEFT_OUT_RATE);
  g_assert_cmpint (generate (w, 91)->n_lines.value, ==, 1);
}

static void
periods (void)
{
  g_autoptr(World) w = january ();
  DspPreInvoice args = for_january ();

  args.until = dsp_date_make (2127, 1, 1);
  money_refused (w, &dsp_pre_invoice_create, 91, &args, DSP_RULE_INVALID, "longer than a year");
  args.until = dsp_date_make (2026, 1, 1);
  money_refused (w, &dsp_pre_invoice_create, 91, &args, DSP_RULE_INVALID, "2026-01-01");
  args.from = dsp_date_make (2026, 1, 1);
  args.until = dsp_date_make (2026, 1, 31);
  money_refused (w, &dsp_pre_invoice_create, 91, &args, DSP_RULE_INVALID, "nothing to bill");
}

static void
to_the_payment (void)
{
  g_autoptr(World) w = january ();
  DspLineObserve observe = { .observation = (char *) "no photo" };
  DspLineDefend defend = { .defence = (char *) "attached now" };
  DspReason why = { .reason = (char *) "one line" };
  DspInvoiced invoice = { .uuid = (char *) "not a uuid", .day = jan (31) };
  DspPaid pay = { .day = jan (30), .payment = (char *) "SPEI 1" };
  DspReopen reopen = { .reason = (char *) "QUEJA" };
  DspId id;

  generate (w, 91);
  id = money_service (w, 31)->id;
  money_act (w, "distributor");
  world_refused (w, &dsp_pre_invoice_approve, world_id (91), NULL, DSP_RULE_FORBIDDEN);
  money_give (w, &dsp_pre_invoice_submit, 91, NULL);
  money_act (w, "master");
  g_assert_true (world_give (w, &dsp_statement_line_observe, id, 0, &observe, 1, NULL));
  world_refused (w, &dsp_pre_invoice_approve, world_id (91), NULL, DSP_RULE_STATE);
  money_give (w, &dsp_pre_invoice_observe, 91, &why);
  money_assert_whole (w);
  money_act (w, "distributor");
  world_refused (w, &dsp_pre_invoice_submit, world_id (91), NULL, DSP_RULE_STATE);
  g_assert_true (world_give (w, &dsp_statement_line_defend, id, 0, &defend, 1, NULL));
  money_give (w, &dsp_pre_invoice_submit, 91, NULL);
  money_act (w, "master");
  money_give (w, &dsp_pre_invoice_approve, 91, NULL);
  money_assert_whole (w);
  /* From here on its lines stay as they are. */
  world_refused (w, &dsp_statement_line_withdraw, id, &why, DSP_RULE_STATE);
  world_refused (w, &dsp_statement_line_observe, id, &observe, DSP_RULE_STATE);
  world_refused (w, &dsp_statement_line_correct, id, &(DspLineCorrect) { cents (1), (char *) "x" }, DSP_RULE_STATE);
  money_act (w, "administrator");
  g_assert_true (world_give (w, &dsp_reason_code_create, world_id (75), 0,
                             &(DspReasonCode) { .code = (char *) "QUEJA", .label = (char *) "Complaint", .process = DSP_PROCESS_REOPEN }, DSP_FIELDS_ALL, NULL));
  money_give (w, &dsp_order_reopen, 31, &reopen);
  g_assert_cmpint (money_service (w, 31)->state, ==, DSP_LINE_DEFENDED);
  money_assert_whole (w);
  money_refused (w, &dsp_pre_invoice_invoice, 91, &invoice, DSP_RULE_INVALID, "not a uuid");
  invoice.uuid = (char *) "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
  invoice.day = dsp_date_make (2027, 2, 1);
  money_refused (w, &dsp_pre_invoice_invoice, 91, &invoice, DSP_RULE_INVALID, "2027-02-01");
  world_refused (w, &dsp_pre_invoice_pay, world_id (91), &pay, DSP_RULE_STATE);
  invoice.day = jan (31);
  money_give (w, &dsp_pre_invoice_invoice, 91, &invoice);
  money_refused (w, &dsp_pre_invoice_pay, 91, &pay, DSP_RULE_INVALID, "2027-01-30");
  pay.day = jan (31);
  money_give (w, &dsp_pre_invoice_pay, 91, &pay);
  g_assert_cmpstr (((const DspPreInvoice *) money_record (w, &dsp_pre_invoice, world_id (91)))->invoice_uuid, ==, "6BA7B810-9DAD-11D1-80B4-00C04FD430C8");
}

/* Copies of the pre-invoices and of the lines in them. (transfer full) */
static GPtrArray *
dup_billed (World           *w,
            const DspEntity *entity)
{
  GPtrArray *copies = g_ptr_array_new ();

  for (guint i = 0; i < w->records[entity->number]->len; i++)
    {
      gconstpointer record = w->records[entity->number]->pdata[i];

      if (entity == &dsp_pre_invoice || (DSP_BIT (((const DspStatementLine *) record)->state) & DSP_LINE_IN_PRE_INVOICE))
        g_ptr_array_add (copies, dsp_record_dup (entity, record));
    }
  return copies;
}

static void
assert_same (World           *w,
             const DspEntity *entity,
             GPtrArray       *copies)
{
  GPtrArray *now = dup_billed (w, entity);

  g_assert_cmpuint (now->len, ==, copies->len);
  for (guint i = 0; i < copies->len; i++)
    {
      gconstpointer record = money_record (w, entity, ((DspRecord *) copies->pdata[i])->id);

      g_assert_nonnull (record);
      g_assert_true (dsp_table_equal (&entity->table, copies->pdata[i], record));
      dsp_record_free (entity, copies->pdata[i]);
      dsp_record_free (entity, now->pdata[i]);
    }
  g_ptr_array_unref (now);
  g_ptr_array_unref (copies);
}

/* Rates and taxes change, the order is reopened and closed by another day, the penalty is waived: what an approved pre-invoice
 * says stays, to the letter. */
static void
approved_stays (void)
{
  g_autoptr(World) w = january ();
  DspReason why = { .reason = (char *) "why" };
  DspReopen reopen = { .reason = (char *) "QUEJA" };
  DspAssign assign = { .crew_id = world_id (11) };
  DspClose args = { .closed_at = { at (30, 9) }, .attended = DSP_YES, .satisfied = DSP_YES, .resolution = (char *) "done again" };
  DspAppeal appeal = { .appeal = (char *) "not ours" };
  DspAppealAnswer answer = { .verdict = DSP_VERDICT_WAIVE, .answer = (char *) "right" };
  DspDistributor other = { .name = (char *) "Renamed", .tax_regime = (char *) "GENERAL", .postal_code = (char *) "06700" };
  GPtrArray *lines, *bills;
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (DspId));

  g_assert_true (world_give (w, &dsp_reason_code_create, world_id (75), 0,
                             &(DspReasonCode) { .code = (char *) "QUEJA", .label = (char *) "Complaint", .process = DSP_PROCESS_REOPEN }, DSP_FIELDS_ALL, NULL));
  g_assert_true (money_try (w, &dsp_penalty_rule_change, 74, &(DspPenaltyRule) { .appeal_days = number (5) }, NULL));
  money_fault (w, 52, 32);
  money_give (w, &dsp_penalty_confirm, 52, &why);
  generate (w, 91);
  money_give (w, &dsp_pre_invoice_submit, 91, NULL);
  money_give (w, &dsp_pre_invoice_approve, 91, NULL);
  lines = dup_billed (w, &dsp_statement_line);
  bills = dup_billed (w, &dsp_pre_invoice);
  for (guint8 n = 81; n <= 89; n++)
    money_try (w, &dsp_rate_change, n, &(DspRate) { .amount = cents (99) }, NULL);
  money_give (w, &dsp_rate_apply, 81, NULL);
  money_try (w, &dsp_tax_rule_change, 72, &(DspTaxRule) { .vat = number (500000) }, NULL);
  money_try (w, &dsp_distributor_change, 1, &other, NULL);
  for (guint8 n = 31; n <= 34; n++)
    {
      money_give (w, &dsp_order_reopen, n, &reopen);
      money_give (w, &dsp_order_assign, n, &assign);
      money_give (w, &dsp_order_close, n, &args);
      world_give (w, &dsp_order_bill, world_id (n), 0, NULL, 0, NULL);
    }
  g_assert_true (world_give (w, &dsp_penalty_appeal, world_id (52), 0, &appeal, 3, NULL));
  money_give (w, &dsp_penalty_answer, 52, &answer);
  g_assert_cmpint (money_line_of (w, 52, DSP_CONCEPT_ADJUSTMENT, DSP_PAYS_NONE)->amount.cents, ==, 9319);
  for (guint i = 0; i < w->records[dsp_statement_line.number]->len; i++)
    g_array_append_val (ids, ((DspRecord *) w->records[dsp_statement_line.number]->pdata[i])->id);
  for (guint i = 0; i < ids->len; i++)
    {
      DspId id = g_array_index (ids, DspId, i);

      world_give (w, &dsp_statement_line_reprice, id, 0, NULL, 0, NULL);
      world_give (w, &dsp_statement_line_observe, id, 0, &(DspLineObserve) { (char *) "o" }, 1, NULL);
      world_give (w, &dsp_statement_line_defend, id, 0, &(DspLineDefend) { (char *) "d" }, 1, NULL);
      world_give (w, &dsp_statement_line_accept, id, 0, NULL, 0, NULL);
      world_give (w, &dsp_statement_line_withdraw, id, 0, &why, 1, NULL);
      world_give (w, &dsp_statement_line_correct, id, 0, &(DspLineCorrect) { cents (1), (char *) "c" }, 3, NULL);
      world_give (w, &dsp_statement_line_delete, id, 0, NULL, 0, NULL);
    }
  world_give (w, &dsp_pre_invoice_reject, world_id (91), 0, &why, 1, NULL);
  world_give (w, &dsp_pre_invoice_observe, world_id (91), 0, &why, 1, NULL);
  world_give (w, &dsp_pre_invoice_discard, world_id (91), 0, NULL, 0, NULL);
  money_assert_whole (w);
  assert_same (w, &dsp_statement_line, lines);
  assert_same (w, &dsp_pre_invoice, bills);
}

/* One rule for the day of each kind of line. Midnight is the office's. */
static void
each_line_has_its_day (void)
{
  g_autoptr(World) w = money_office ();
  DspReason why = { .reason = (char *) "photo shows it" };
  DspPreInvoice args = for_january ();
  const DspPreInvoice *bill;

  money_add_closed (w, 31, "REP", NULL, "31000", 11, 23, 2 * DAY);  /* in UTC it is the 12th already */
  money_add_closed (w, 32, "REP", NULL, "31000", 13, 0, HOUR);      /* made on the 12th, an hour before midnight */
  g_assert_cmpint (money_service (w, 31)->day.day, ==, jan (11).day);
  g_assert_cmpint (money_line_of (w, 31, DSP_CONCEPT_BONUS, DSP_PAYS_NIGHT)->day.day, ==, jan (11).day);
  g_assert_cmpint (money_service (w, 32)->day.day, ==, jan (13).day);
  g_assert_null (money_line_of (w, 32, DSP_CONCEPT_BONUS, DSP_PAYS_SAME_DAY));
  /* Driven the day before, in vain: it counts for that day, with its included kilometres and its rate. */
  money_add_rate (w, 101, (DspRate) { .pays = DSP_PAYS_KILOMETRE, .distributor_id = world_id (1), .amount = cents (1000), .from = jan (11) });
  money_claim (w, 41, 31, 10, 40000);
  money_claim (w, 42, 31, 11, 40000);
  money_give (w, &dsp_mileage_approve, 42, NULL);
  money_give (w, &dsp_mileage_approve, 41, NULL);
  g_assert_cmpint (money_line_of (w, 41, DSP_CONCEPT_MILEAGE, DSP_PAYS_KILOMETRE)->day.day, ==, jan (10).day);
  g_assert_cmpint (money_line_of (w, 41, DSP_CONCEPT_MILEAGE, DSP_PAYS_KILOMETRE)->amount.cents, ==, 4850);
  g_assert_cmpint (money_line_of (w, 42, DSP_CONCEPT_MILEAGE, DSP_PAYS_KILOMETRE)->amount.cents, ==, 40000);
  /* A fault of the 14th with its verdict of the 31st. */
  money_fault (w, 51, 31);
  money_give (w, &dsp_penalty_confirm, 51, &why);
  g_assert_cmpint (money_line_of (w, 51, DSP_CONCEPT_PENALTY, DSP_PAYS_NONE)->day.day, ==, jan (31).day);
  /* A period takes what has its day in it, both ends included. */
  args.from = args.until = jan (11);
  g_assert_true (money_try (w, &dsp_pre_invoice_create, 91, &args, NULL));
  bill = money_record (w, &dsp_pre_invoice, world_id (91));
  g_assert_cmpint (bill->n_lines.value, ==, 4); /* service, bonus at night, 40 km and their rural supplement */
  g_assert_true (world_give (w, &dsp_statement_line_withdraw, money_service (w, 31)->id, 0, &why, 1, NULL));
  g_assert_cmpint (money_service (w, 31)->day.day, ==, jan (11).day);
}

/* What the program gives back is nobody's to delete; a pre-invoice of which everything was withdrawn is not approved. */
static void
not_to_be_undone (void)
{
  g_autoptr(World) w = january ();
  DspReason why = { .reason = (char *) "why" };
  DspAppeal appeal = { .appeal = (char *) "not ours" };
  DspAppealAnswer answer = { .verdict = DSP_VERDICT_WAIVE, .answer = (char *) "right" };
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (DspId));

  g_assert_true (money_try (w, &dsp_penalty_rule_change, 74, &(DspPenaltyRule) { .appeal_days = number (5) }, NULL));
  money_fault (w, 52, 32);
  money_give (w, &dsp_penalty_confirm, 52, &why);
  generate (w, 91);
  money_give (w, &dsp_pre_invoice_submit, 91, NULL);
  g_assert_true (world_give (w, &dsp_penalty_appeal, world_id (52), 0, &appeal, 3, NULL));
  money_give (w, &dsp_penalty_answer, 52, &answer);
  world_refused (w, &dsp_statement_line_delete, money_line_of (w, 52, DSP_CONCEPT_ADJUSTMENT, DSP_PAYS_NONE)->id, NULL, DSP_RULE_STATE);
  for (guint i = 0; i < w->records[dsp_statement_line.number]->len; i++)
    g_array_append_val (ids, ((DspRecord *) w->records[dsp_statement_line.number]->pdata[i])->id);
  for (guint i = 0; i < ids->len; i++)
    world_give (w, &dsp_statement_line_withdraw, g_array_index (ids, DspId, i), 0, &why, 1, NULL);
  money_assert_whole (w);
  world_refused (w, &dsp_pre_invoice_approve, world_id (91), NULL, DSP_RULE_STATE);
  money_give (w, &dsp_pre_invoice_reject, 91, &why);
  world_give (w, &dsp_statement_line_delete, world_id (61), 0, NULL, 0, NULL); /* entered by hand: it may */
  g_assert_null (money_record (w, &dsp_statement_line, world_id (61)));
}

/* What is generated again from the same is the same, in whatever order the records stand. */
static void
reproducible (void)
{
  g_autoptr(World) w = january ();
  DspReason why = { .reason = (char *) "wrong period" };
  GPtrArray *lines = w->records[dsp_statement_line.number];
  gint64 total = generate (w, 91)->total.cents;

  for (guint round = 0; round < 20; round++)
    {
      if (round % 2 == 0)
        {
          money_give (w, &dsp_pre_invoice_submit, 91, NULL);
          money_give (w, &dsp_pre_invoice_reject, 91, &why);
          money_assert_whole (w);
          dsp_record_free (&dsp_pre_invoice, g_ptr_array_remove_index (w->records[dsp_pre_invoice.number], 0));
        }
      else
        money_give (w, &dsp_pre_invoice_discard, 91, NULL);
      money_assert_whole (w);
      for (guint i = lines->len; i > 1; i--)
        {
          guint k = (guint) g_test_rand_int_range (0, (int) i);
          gpointer swap = lines->pdata[i - 1];

          lines->pdata[i - 1] = lines->pdata[k];
          lines->pdata[k] = swap;
        }
      g_assert_cmpint (generate (w, 91)->total.cents, ==, total);
      g_assert_cmpint (((const DspPreInvoice *) money_record (w, &dsp_pre_invoice, world_id (91)))->n_lines.value, ==, 12);
    }
}

static void
reopened (void)
{
  g_autoptr(World) w = money_office ();
  DspReopen reopen = { .reason = (char *) "QUEJA" };
  DspAssign assign = { .crew_id = world_id (11) };
  DspClose args = { .closed_at = { at (20, 9) }, .attended = DSP_YES, .satisfied = DSP_YES, .resolution = (char *) "done again" };

  g_assert_true (world_give (w, &dsp_reason_code_create, world_id (75), 0,
                             &(DspReasonCode) { .code = (char *) "QUEJA", .label = (char *) "Complaint", .process = DSP_PROCESS_REOPEN }, DSP_FIELDS_ALL, NULL));
  money_add_closed (w, 31, "REP", NULL, "31000", 11, 10, HOUR);
  money_give (w, &dsp_order_reopen, 31, &reopen);
  g_assert_cmpint (money_service (w, 31)->state, ==, DSP_LINE_VOID);
  g_assert_cmpint (money_line_of (w, 31, DSP_CONCEPT_BONUS, DSP_PAYS_SAME_DAY)->state, ==, DSP_LINE_VOID);
  money_assert_whole (w);
  money_give (w, &dsp_order_assign, 31, &assign);
  money_give (w, &dsp_order_close, 31, &args);
  g_assert_cmpint (money_service (w, 31)->state, ==, DSP_LINE_FREE);
  g_assert_cmpint (money_service (w, 31)->day.day, ==, jan (20).day);
  g_assert_cmpint (money_line_of (w, 31, DSP_CONCEPT_BONUS, DSP_PAYS_SAME_DAY)->state, ==, DSP_LINE_VOID); /* not of the same day any more */
  /* In a pre-invoice under review, it is put in question. */
  generate (w, 91);
  money_give (w, &dsp_pre_invoice_submit, 91, NULL);
  money_give (w, &dsp_order_reopen, 31, &reopen);
  g_assert_cmpint (money_service (w, 31)->state, ==, DSP_LINE_OBSERVED);
  money_assert_whole (w);
}

/* Billed, reopened, closed again on another day: once it is out of its pre-invoice, the new closing is what is paid. */
static void
closed_again_while_billed (void)
{
  g_autoptr(World) w = money_office ();
  DspReopen reopen = { .reason = (char *) "QUEJA" };
  DspAssign assign = { .crew_id = world_id (11) };
  DspClose args = { .closed_at = { at (20, 23) }, .attended = DSP_YES, .satisfied = DSP_YES, .resolution = (char *) "done again" };
  DspReason why = { .reason = (char *) "closed again" };

  g_assert_true (world_give (w, &dsp_reason_code_create, world_id (75), 0,
                             &(DspReasonCode) { .code = (char *) "QUEJA", .label = (char *) "Complaint", .process = DSP_PROCESS_REOPEN }, DSP_FIELDS_ALL, NULL));
  money_add_closed (w, 31, "REP", NULL, "31000", 11, 10, HOUR);
  generate (w, 91);
  money_give (w, &dsp_order_reopen, 31, &reopen);
  /* Not closed: what leaves its pre-invoice has nothing to stand on. */
  g_assert_true (world_give (w, &dsp_statement_line_withdraw, money_line_of (w, 31, DSP_CONCEPT_BONUS, DSP_PAYS_SAME_DAY)->id, 0, &why, 1, NULL));
  g_assert_cmpint (money_line_of (w, 31, DSP_CONCEPT_BONUS, DSP_PAYS_SAME_DAY)->state, ==, DSP_LINE_VOID);
  money_assert_whole (w);
  money_give (w, &dsp_order_assign, 31, &assign);
  money_give (w, &dsp_order_close, 31, &args);
  g_assert_cmpint (money_service (w, 31)->day.day, ==, jan (11).day);
  g_assert_null (money_line_of (w, 31, DSP_CONCEPT_BONUS, DSP_PAYS_NIGHT));
  money_give (w, &dsp_pre_invoice_discard, 91, NULL);
  g_assert_cmpint (money_service (w, 31)->state, ==, DSP_LINE_FREE);
  g_assert_cmpint (money_service (w, 31)->day.day, ==, jan (20).day);
  g_assert_cmpint (money_line_of (w, 31, DSP_CONCEPT_BONUS, DSP_PAYS_NIGHT)->amount.cents, ==, 7500);
  g_assert_cmpint (money_line_of (w, 31, DSP_CONCEPT_BONUS, DSP_PAYS_SAME_DAY)->state, ==, DSP_LINE_VOID);
  money_assert_whole (w);
}

/* A percentage of a pay that is not known yet is charged when it is. */
static void
percent_waits_for_the_price (void)
{
  g_autoptr(World) w = money_office ();

  money_give (w, &dsp_rate_change, 81, &(DspRate) { .code = (char *) "T81", .pays = DSP_PAYS_SERVICE, .from = jan (1), .until = jan (10), .amount = cents (35000) });
  money_add_closed (w, 34, "SURVEY", NULL, "06700", 12, 10, 2 * DAY);
  money_fault (w, 51, 34);
  money_give (w, &dsp_penalty_confirm, 51, &(DspReason) { .reason = (char *) "photo shows it" });
  g_assert_null (money_line_of (w, 51, DSP_CONCEPT_PENALTY, DSP_PAYS_NONE));
  money_add_rate (w, 101, (DspRate) { .pays = DSP_PAYS_SERVICE, .from = jan (11), .amount = cents (40000) });
  money_give (w, &dsp_rate_apply, 101, NULL);
  g_assert_cmpint (money_line_of (w, 51, DSP_CONCEPT_PENALTY, DSP_PAYS_NONE)->amount.cents, ==, -5000);
  /* Priced again, the verdict stays what it was. */
  g_assert_true (money_try (w, &dsp_rate_change, 101, &(DspRate) { .amount = cents (80000) }, NULL));
  g_assert_true (world_give (w, &dsp_statement_line_reprice, money_service (w, 34)->id, 0, NULL, 0, NULL));
  g_assert_cmpint (money_service (w, 34)->amount.cents, ==, 80000);
  g_assert_cmpint (money_line_of (w, 51, DSP_CONCEPT_PENALTY, DSP_PAYS_NONE)->amount.cents, ==, -5000);
}

static void
waived_after_billing (void)
{
  g_autoptr(World) w = january ();
  DspAppeal appeal = { .appeal = (char *) "the photo is of another house" };
  DspAppealAnswer answer = { .verdict = DSP_VERDICT_WAIVE, .answer = (char *) "so it is" };
  DspPenaltyRule change = { .appeal_days = number (5) };
  g_autoptr(GError) error = NULL;

  g_assert_true (money_try (w, &dsp_penalty_rule_change, 74, &change, NULL));
  money_fault (w, 52, 32);
  money_give (w, &dsp_penalty_confirm, 52, &(DspReason) { .reason = (char *) "y" });
  g_assert_cmpint (money_line_of (w, 52, DSP_CONCEPT_PENALTY, DSP_PAYS_NONE)->amount.cents, ==, -9319); /* 12.5 % of 745.55, whole cents */
  generate (w, 91);
  world_give (w, &dsp_penalty_appeal, world_id (52), 0, &appeal, 3, &error);
  g_assert_no_error (error);
  money_give (w, &dsp_penalty_answer, 52, &answer);
  g_assert_cmpint (money_line_of (w, 52, DSP_CONCEPT_ADJUSTMENT, DSP_PAYS_NONE)->amount.cents, ==, 9319);
  money_assert_whole (w);
}

/* The service was withdrawn and is priced again; its bonus is still in the pre-invoice, and stays what it was there. */
static void
billed_bonus_stays (void)
{
  g_autoptr(World) w = january ();
  DspReason why = { .reason = (char *) "to be checked" };
  DspRate rate = { .code = (char *) "T84", .pays = DSP_PAYS_SERVICE, .distributor_id = world_id (1), .type = (char *) "REP", .from = jan (1),
                   .amount = cents (50000) };

  generate (w, 91);
  g_assert_true (world_give (w, &dsp_statement_line_withdraw, money_service (w, 31)->id, 0, &why, 1, NULL));
  money_give (w, &dsp_rate_change, 84, &rate);
  g_assert_cmpint (money_service (w, 31)->amount.cents, ==, 41010);
  g_assert_true (world_give (w, &dsp_statement_line_reprice, money_service (w, 31)->id, 0, NULL, 0, NULL));
  g_assert_cmpint (money_service (w, 31)->amount.cents, ==, 50000);
  g_assert_cmpint (money_line_of (w, 31, DSP_CONCEPT_BONUS, DSP_PAYS_SAME_DAY)->amount.cents, ==, 4101);
  money_assert_whole (w);
  /* Withdrawn too, it follows: 10 % of 500.00. */
  g_assert_true (world_give (w, &dsp_statement_line_withdraw, money_line_of (w, 31, DSP_CONCEPT_BONUS, DSP_PAYS_SAME_DAY)->id, 0, &why, 1, NULL));
  g_assert_true (world_give (w, &dsp_statement_line_reprice, money_service (w, 31)->id, 0, NULL, 0, NULL));
  g_assert_cmpint (money_line_of (w, 31, DSP_CONCEPT_BONUS, DSP_PAYS_SAME_DAY)->amount.cents, ==, 5000);
  money_assert_whole (w);
}

/* Anything that people may do, in any order: the sums and the states stay right, and no line is lost or doubled. */
static void
anything (void)
{
  g_autoptr(World) w = january ();
  guint n_lines = w->records[dsp_statement_line.number]->len;
  guint8 next = 110;

  for (guint round = 0; round < 3000; round++)
    {
      GPtrArray *lines = w->records[dsp_statement_line.number], *bills = w->records[dsp_pre_invoice.number];
      const DspStatementLine *line = lines->pdata[g_test_rand_int_range (0, (int) lines->len)];
      DspId id = line->id, bill = bills->len > 0 ? ((DspRecord *) bills->pdata[g_test_rand_int_range (0, (int) bills->len)])->id : dsp_id_none;
      DspReason why = { .reason = (char *) "why" };
      DspPreInvoice args = for_january ();

      switch (g_test_rand_int_range (0, 12))
        {
        case 0: if (next < 199) money_try (w, &dsp_pre_invoice_create, next++, &args, NULL); break;
        case 1: world_give (w, &dsp_pre_invoice_submit, bill, 0, NULL, 0, NULL); break;
        case 2: world_give (w, &dsp_pre_invoice_observe, bill, 0, &why, 1, NULL); break;
        case 3: if (round % 8 == 0) world_give (w, &dsp_pre_invoice_approve, bill, 0, NULL, 0, NULL); break;
        case 4: world_give (w, &dsp_pre_invoice_reject, bill, 0, &why, 1, NULL); break;
        case 5: world_give (w, &dsp_pre_invoice_discard, bill, 0, NULL, 0, NULL); break;
        case 6: world_give (w, &dsp_statement_line_observe, id, 0, &(DspLineObserve) { (char *) "o" }, 1, NULL); break;
        case 7: world_give (w, &dsp_statement_line_defend, id, 0, &(DspLineDefend) { (char *) "d" }, 1, NULL); break;
        case 8: world_give (w, &dsp_statement_line_accept, id, 0, NULL, 0, NULL); break;
        case 9: world_give (w, &dsp_statement_line_withdraw, id, 0, &why, 1, NULL); break;
        case 10: world_give (w, &dsp_statement_line_correct, id, 0, &(DspLineCorrect) { cents (g_test_rand_int_range (-99999, 99999)), (char *) "c" }, 3, NULL); break;
        default: world_give (w, &dsp_statement_line_reprice, id, 0, NULL, 0, NULL); break;
        }
      money_assert_whole (w);
      g_assert_cmpuint (w->records[dsp_statement_line.number]->len, ==, n_lines);
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add_func ("/pre-invoices/" path, function)
  ADD ("S0-04/worked-example", worked_example);
  ADD ("S0-18/never-twice", never_twice);
  ADD ("S0-18/changed-meanwhile", changed_meanwhile);
  ADD ("S0-18/left-out-with-the-reason", left_out);
  ADD ("S0-18/periods", periods);
  ADD ("S0-18/to-the-payment", to_the_payment);
  ADD ("S0-18/reproducible", reproducible);
  ADD ("S0-18/approved-stays", approved_stays);
  ADD ("S0-18/each-line-has-its-day", each_line_has_its_day);
  ADD ("S0-18/not-to-be-undone", not_to_be_undone);
  ADD ("reopened", reopened);
  ADD ("closed-again-while-billed", closed_again_while_billed);
  ADD ("percent-waits-for-the-price", percent_waits_for_the_price);
  ADD ("waived-after-billing", waived_after_billing);
  ADD ("S0-04/a-billed-bonus-stays", billed_bonus_stays);
  ADD ("anything-keeps-the-sums", anything);
  return g_test_run ();
}
