/* test-money.c: rates, kilometres, the running statement and pre-invoices
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The worked example is the README's: its figures were made by hand.
 */
#include "config.h"
#include "dsp-money-commands.h"
#include "dsp-money.h"
#include "world.h"

#include <string.h>

#define DAY G_TIME_SPAN_DAY
#define HOUR G_TIME_SPAN_HOUR
/* 2027-01-31 18:00 UTC: noon in Mexico City, when the month is billed. */
#define END (G_GINT64_CONSTANT (1801418400) * G_TIME_SPAN_SECOND)

static DspDate
jan (int day)
{
  return dsp_date_make (2027, 1, day);
}

/* In Mexico City, UTC-6. */
static gint64
at (int day,
    int hour)
{
  return END + (day - 31) * DAY + (hour - 12) * HOUR;
}

static void
act (World      *w,
     const char *profile)
{
  world_act_as (w, profile, dsp_scope_all);
}

static void
give (World            *w,
      const DspCommand *command,
      guint8            n,
      gconstpointer     args)
{
  g_autoptr(GError) error = NULL;

  world_give (w, command, world_id (n), 0, args, DSP_FIELDS_ALL, &error);
  g_assert_no_error (error);
}

/* Only what @args sets is given: a pre-invoice's other fields may not be. */
static gboolean
try (World            *w,
     const DspCommand *command,
     guint8            n,
     gconstpointer     args,
     GError          **error)
{
  guint64 given = 0;

  for (guint i = 0; i < command->args->n_fields; i++)
    if (!dsp_field_is_none (&command->args->fields[i], args))
      given |= (guint64) 1 << i;
  return world_give (w, command, world_id (n), 0, args, given, error);
}

static void
refused (World            *w,
         const DspCommand *command,
         guint8            n,
         gconstpointer     args,
         DspRule           rule,
         const char       *says)
{
  g_autoptr(GError) error = NULL;

  g_assert_false (try (w, command, n, args, &error));
  g_assert_error (error, DSP_RULE_ERROR, (int) rule);
  if (strstr (error->message, says) == NULL)
    g_error ("“%s” does not say “%s”", error->message, says);
}

static gconstpointer
record (World           *w,
        const DspEntity *entity,
        DspId            id)
{
  gconstpointer found = NULL;

  return w->facts.get (w->facts.data, entity, &id, &found) == DSP_FACT_HERE ? found : NULL;
}

static const DspStatementLine *
line_of (World     *w,
         guint8     n,
         DspConcept concept,
         DspPays    pays)
{
  DspId source = world_id (n);

  return record (w, &dsp_statement_line, dsp_statement_line_id (&source, concept, pays));
}

static const DspStatementLine *
service (World *w,
         guint8 n)
{
  return line_of (w, n, DSP_CONCEPT_SERVICE, DSP_PAYS_SERVICE);
}

static void
add_rate (World  *w,
          guint8  n,
          DspRate rate)
{
  g_autofree char *code = g_strdup_printf ("T%u", n);

  rate.code = code;
  rate.from = rate.from.day != 0 ? rate.from : jan (1);
  give (w, &dsp_rate_create, n, &rate);
}

static DspMoney
cents (gint64 n)
{
  return (DspMoney) { .cents = n, .is_set = true };
}

static DspInt
number (gint64 n)
{
  return (DspInt) { .value = n, .is_set = true };
}

static void
add_closed (World      *w,
            guint8      n,
            const char *type,
            const char *subtype,
            const char *postal_code,
            int         day,
            int         hour,
            gint64      waited)
{
  g_autofree char *text = g_strdup_printf ("N%u", n);
  DspOrder order = { .number = text, .account = (char *) "A", .type = (char *) type, .subtype = (char *) subtype,
                     .postal_code = (char *) postal_code, .created_at = { at (day, hour) - waited } };
  DspAssign assign = { .crew_id = world_id (11) };
  DspClose args = { .closed_at = { at (day, hour) }, .attended = DSP_YES, .satisfied = DSP_YES, .resolution = (char *) "done" };

  order.distributor_id = world_id (1);
  give (w, &dsp_order_create, n, &order);
  give (w, &dsp_order_assign, n, &assign);
  give (w, &dsp_order_close, n, &args);
}

/* Rates, taxes and a distributor under RESICO; as administrator at the end of January 2027. */
static World *
office (void)
{
  static char *rural[] = { (char *) "31*", NULL }, *border[] = { (char *) "21*", (char *) "22*", NULL };
  World *w = world_new ();
  DspDistributor change = { .tax_regime = (char *) "RESICO", .postal_code = (char *) "31000" };
  DspTaxRule resico = { .code = (char *) "IVA16-RESICO", .regime = (char *) "RESICO", .from = jan (1), .vat = number (160000),
                        .vat_withheld = number (106667), .income_withheld = number (12500) };
  DspTaxRule resico_border = { .code = (char *) "IVA8-RESICO", .regime = (char *) "RESICO", .zone = border, .from = jan (1),
                               .vat = number (80000), .vat_withheld = number (53333), .income_withheld = number (12500) };
  DspTaxRule general = { .code = (char *) "IVA16", .from = jan (1), .vat = number (160000) };
  DspPenaltyRule rule = { .code = (char *) "CALIDAD", .label = (char *) "Quality", .fault = DSP_FAULT_FAILED_QUALITY, .percent = number (1250) };

  w->now_us = END;
  act (w, "administrator");
  g_assert_true (try (w, &dsp_distributor_change, 1, &change, NULL));
  give (w, &dsp_tax_rule_create, 71, &general);
  give (w, &dsp_tax_rule_create, 72, &resico);
  give (w, &dsp_tax_rule_create, 73, &resico_border);
  give (w, &dsp_penalty_rule_create, 74, &rule);
  add_rate (w, 81, (DspRate) { .pays = DSP_PAYS_SERVICE, .amount = cents (35000) });
  add_rate (w, 82, (DspRate) { .pays = DSP_PAYS_SERVICE, .type = (char *) "INST", .amount = cents (61235) });
  add_rate (w, 83, (DspRate) { .pays = DSP_PAYS_SERVICE, .type = (char *) "INST", .subtype = (char *) "FTTH", .amount = cents (74555) });
  add_rate (w, 84, (DspRate) { .pays = DSP_PAYS_SERVICE, .distributor_id = world_id (1), .type = (char *) "REP", .amount = cents (41010) });
  add_rate (w, 85, (DspRate) { .pays = DSP_PAYS_KILOMETRE, .amount = cents (485), .included = number (30000) });
  add_rate (w, 86, (DspRate) { .pays = DSP_PAYS_KILOMETRE_EXTRA, .zone = rural, .amount = cents (115) });
  add_rate (w, 87, (DspRate) { .pays = DSP_PAYS_SAME_DAY, .share = number (100000) });
  add_rate (w, 88, (DspRate) { .pays = DSP_PAYS_NIGHT, .amount = cents (7500) });
  add_rate (w, 89, (DspRate) { .pays = DSP_PAYS_HOLIDAY, .amount = cents (15033) });
  return w;
}

static void
claim (World *w,
       guint8 n,
       guint8 order,
       int    day,
       gint64 metres)
{
  DspMileage args = { .day = jan (day), .claimed = number (metres) };

  args.crew_id = world_id (11);
  args.order_id = world_id (order);
  g_assert_true (try (w, &dsp_mileage_create, n, &args, NULL));
  give (w, &dsp_mileage_submit, n, NULL);
}

static void
fault (World *w,
       guint8 n,
       guint8 order)
{
  DspPenalty args = { .fault = DSP_FAULT_FAILED_QUALITY, .number = (char *) "x", .state = DSP_PENALTY_PENDING, .due_at = { at (14, 12) }, .at = { at (14, 12) } };

  args.order_id = world_id (order);
  g_assert_true (try (w, &dsp_penalty_create, n, &args, NULL));
}

/* The twelve lines. */
static World *
january (void)
{
  World *w = office ();
  DspReason why = { .reason = (char *) "photo shows it" };
  DspStatementLine adjustment = { .number = (char *) "Uniforms", .day = jan (20), .amount = cents (-3333), .reason = (char *) "lost" };

  add_closed (w, 31, "REP", NULL, "31000", 11, 10, HOUR);           /* distributor's rate; same day */
  add_closed (w, 32, "INST", "FTTH", "21100", 12, 11, 3 * DAY);     /* subtype; border */
  add_closed (w, 33, "INST", NULL, "06010", 13, 23, 2 * DAY);       /* type; at night */
  add_closed (w, 34, "SURVEY", NULL, "06700", 17, 12, 2 * DAY);     /* everything's; a Sunday */
  claim (w, 41, 31, 11, 42700);
  claim (w, 42, 33, 11, 20050);
  give (w, &dsp_mileage_approve, 41, NULL);
  give (w, &dsp_mileage_approve, 42, NULL);
  fault (w, 51, 33);
  give (w, &dsp_penalty_confirm, 51, &why);
  adjustment.distributor_id = world_id (1);
  g_assert_true (try (w, &dsp_statement_line_create, 61, &adjustment, NULL));
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

  try (w, &dsp_pre_invoice_create, n, &args, &error);
  g_assert_no_error (error);
  return record (w, &dsp_pre_invoice, world_id (n));
}

static void
worked_example (void)
{
  g_autoptr(World) w = january ();
  const DspPreInvoice *bill = generate (w, 91);

  assert_line (service (w, 31), 41010, 6562, 4374, 513);
  assert_line (line_of (w, 31, DSP_CONCEPT_BONUS, DSP_PAYS_SAME_DAY), 4101, 656, 437, 51);
  assert_line (service (w, 32), 74555, 5964, 3976, 932);
  assert_line (service (w, 33), 61235, 9798, 6532, 765);
  assert_line (line_of (w, 33, DSP_CONCEPT_BONUS, DSP_PAYS_NIGHT), 7500, 1200, 800, 94);
  assert_line (service (w, 34), 35000, 5600, 3733, 438);
  assert_line (line_of (w, 34, DSP_CONCEPT_BONUS, DSP_PAYS_HOLIDAY), 15033, 2405, 1604, 188);
  assert_line (line_of (w, 41, DSP_CONCEPT_MILEAGE, DSP_PAYS_KILOMETRE), 6160, 986, 657, 77);
  assert_line (line_of (w, 41, DSP_CONCEPT_MILEAGE, DSP_PAYS_KILOMETRE_EXTRA), 1461, 234, 156, 18);
  assert_line (line_of (w, 42, DSP_CONCEPT_MILEAGE, DSP_PAYS_KILOMETRE), 9724, 1556, 1037, 122);
  assert_line (line_of (w, 51, DSP_CONCEPT_PENALTY, DSP_PAYS_NONE), -7654, -1225, -816, -96);
  assert_line (record (w, &dsp_statement_line, world_id (61)), -3333, -533, -356, -42);
  g_assert_null (line_of (w, 42, DSP_CONCEPT_MILEAGE, DSP_PAYS_KILOMETRE_EXTRA));
  g_assert_cmpint (bill->n_lines.value, ==, 12);
  g_assert_cmpint (bill->subtotal.cents, ==, 255779);
  g_assert_cmpint (bill->deductions.cents, ==, 10987);
  g_assert_cmpint (bill->vat.cents, ==, 33203);
  g_assert_cmpint (bill->vat_withheld.cents, ==, 22134);
  g_assert_cmpint (bill->income_withheld.cents, ==, 3060);
  g_assert_cmpint (bill->total.cents, ==, 252801);
  g_assert_cmpstr (bill->issuer, ==, "Distributor");
  g_assert_cmpstr (service (w, 31)->rate_code, ==, "T84");
  g_assert_cmpint (service (w, 31)->rate_by.value, ==, DSP_BY_DISTRIBUTOR | DSP_BY_TYPE);
}


/* ---- arithmetic and rates ---- */

static void
half_up (void)
{
  char text[DSP_MONEY_TEXT];

  g_assert_cmpint (dsp_money_share (50, 10000), ==, 1); /* 0.5 */
  g_assert_cmpint (dsp_money_share (49, 10000), ==, 0);
  g_assert_cmpint (dsp_money_share (-50, 10000), ==, -1);
  g_assert_cmpint (dsp_money_share (DSP_MONEY_MAX, DSP_MILLION), ==, DSP_MONEY_MAX);
  g_assert_cmpint (dsp_money_for_distance (485, 12700), ==, 6160); /* 61.595 */
  g_assert_cmpint (dsp_money_for_distance (DSP_MONEY_MAX, 2000000), ==, DSP_MONEY_MAX * 2000);
  dsp_money_print (-5, text);
  g_assert_cmpstr (text, ==, "-0.05");
  dsp_money_print (G_MININT64, text);
  g_assert_cmpstr (text, ==, "-92233720368547758.08");
}

static void
overlaps_are_refused (void)
{
  static char *a[] = { (char *) "03100-03199", NULL }, *b[] = { (char *) "031*", (char *) "Toluca", NULL }, *c[] = { (char *) "032*", NULL };
  g_autoptr(World) w = office ();
  DspRate rate = { .code = (char *) "X", .pays = DSP_PAYS_SERVICE, .type = (char *) "INST", .from = jan (15), .amount = cents (1) };

  refused (w, &dsp_rate_create, 101, &rate, DSP_RULE_OVERLAP, "T82 (from 2027-01-01, without end)");
  refused (w, &dsp_rate_create, 101, &rate, DSP_RULE_OVERLAP, "X (from 2027-01-15, without end)");
  rate.zone = a;
  g_assert_true (try (w, &dsp_rate_create, 101, &rate, NULL));
  rate.code = (char *) "Y";
  rate.zone = b;
  refused (w, &dsp_rate_create, 102, &rate, DSP_RULE_OVERLAP, "X");
  rate.zone = c;
  g_assert_true (try (w, &dsp_rate_create, 102, &rate, NULL));
  /* One ends the day before the other begins. */
  g_assert_true (try (w, &dsp_rate_change, 82, &(DspRate) { .until = jan (20) }, NULL));
  g_assert_true (try (w, &dsp_rate_create, 103, &(DspRate) { .code = (char *) "Z", .pays = DSP_PAYS_SERVICE, .type = (char *) "INST", .from = jan (21), .amount = cents (1) }, NULL));
  refused (w, &dsp_rate_change, 82, &(DspRate) { .until = jan (21) }, DSP_RULE_OVERLAP, "Z");
  refused (w, &dsp_tax_rule_create, 104, &(DspTaxRule) { .code = (char *) "T", .regime = (char *) "RESICO", .from = jan (9), .vat = number (1) }, DSP_RULE_OVERLAP, "IVA16-RESICO");
}

static void
bad_rates (void)
{
  g_autoptr(World) w = office ();
  DspRate rate = { .code = (char *) "X", .pays = DSP_PAYS_SERVICE, .group = (char *) "G", .from = jan (15), .amount = cents (-1) };
  static char *zone[] = { (char *) "310", NULL };

  refused (w, &dsp_rate_create, 101, &rate, DSP_RULE_INVALID, "-0.01");
  rate.amount = cents (G_GINT64_CONSTANT (100000000000000000));
  refused (w, &dsp_rate_create, 101, &rate, DSP_RULE_INVALID, "1000000000000000.00");
  rate.amount = (DspMoney) { 0 };
  refused (w, &dsp_rate_create, 101, &rate, DSP_RULE_REQUIRED, "X");
  rate.share = number (10);
  refused (w, &dsp_rate_create, 101, &rate, DSP_RULE_INVALID, "only a bonus");
  rate.share = (DspInt) { 0 };
  rate.amount = cents (5);
  rate.included = number (1);
  refused (w, &dsp_rate_create, 101, &rate, DSP_RULE_INVALID, "included");
  rate.included = (DspInt) { 0 };
  rate.until = jan (14);
  refused (w, &dsp_rate_create, 101, &rate, DSP_RULE_INVALID, "2027-01-14");
  rate.until = (DspDate) { 0 };
  rate.zone = zone;
  refused (w, &dsp_rate_create, 101, &rate, DSP_RULE_INVALID, "310");
}

/* The most specific one, whatever the order in which they stand. */
static void
most_specific (void)
{
  static char *code[] = { (char *) "31000", NULL }, *name[] = { (char *) "Chihuahua", NULL };
  DspRate rates[] = {
    { .pays = DSP_PAYS_SERVICE, .from = jan (1), .code = (char *) "all" },
    { .pays = DSP_PAYS_SERVICE, .from = jan (1), .code = (char *) "name", .zone = name },
    { .pays = DSP_PAYS_SERVICE, .from = jan (1), .code = (char *) "zone", .zone = code },
    { .pays = DSP_PAYS_SERVICE, .from = jan (1), .code = (char *) "group", .group = (char *) "G" },
    { .pays = DSP_PAYS_SERVICE, .from = jan (1), .code = (char *) "type", .type = (char *) "T" },
    { .pays = DSP_PAYS_SERVICE, .from = jan (1), .code = (char *) "type+zone", .type = (char *) "T", .zone = code },
    { .pays = DSP_PAYS_SERVICE, .from = jan (1), .code = (char *) "subtype", .type = (char *) "T", .subtype = (char *) "S" },
    { .pays = DSP_PAYS_SERVICE, .from = jan (1), .code = (char *) "master", .master_id = { { 2 } } },
    { .pays = DSP_PAYS_SERVICE, .from = jan (1), .code = (char *) "distributor", .distributor_id = { { 1 } } },
  };
  DspPayable payable = { .pays = DSP_PAYS_SERVICE, .distributor_id = { { 1 } }, .master_id = { { 2 } }, .group = "G", .type = "T", .subtype = "S",
                         .postal_code = "31000", .municipality = "Chihuahua", .day = jan (5) };

  /* Without the last n, the next best one applies. */
  for (guint n = G_N_ELEMENTS (rates); n > 0; n--)
    {
      g_autoptr(GPtrArray) list = g_ptr_array_new ();

      for (guint i = 0; i < n; i++)
        g_ptr_array_insert (list, g_test_rand_int_range (-1, (int) list->len), &rates[i]);
      g_assert_cmpstr (dsp_rate_find (list, &payable, NULL)->code, ==, rates[n - 1].code);
    }
  for (guint i = 0; i < G_N_ELEMENTS (rates); i++)
    for (guint k = 0; k < G_N_ELEMENTS (rates); k++)
      g_assert_cmpint (dsp_rate_clashes (&rates[i], &rates[k]), ==, i == k);
}

static void
frozen_or_waiting (void)
{
  g_autoptr(World) w = office ();
  DspRate change = { .amount = cents (99900) };
  guint8 id = 81;

  add_closed (w, 31, "REP", NULL, "31000", 11, 10, HOUR);
  give (w, &dsp_rate_change, id, &(DspRate) { .code = (char *) "T81", .pays = DSP_PAYS_SERVICE, .from = jan (1), .until = jan (10), .amount = cents (35000) });
  add_closed (w, 34, "SURVEY", NULL, "06700", 12, 10, HOUR); /* no rate applies */
  g_assert_false (service (w, 34)->amount.is_set);
  g_assert_false (line_of (w, 34, DSP_CONCEPT_BONUS, DSP_PAYS_SAME_DAY)->amount.is_set);
  g_assert_true (try (w, &dsp_rate_change, 84, &change, NULL));
  give (w, &dsp_rate_apply, 84, NULL);
  g_assert_cmpint (service (w, 31)->amount.cents, ==, 41010);
  /* The rate that it lacked comes; the server's clock looks once. */
  add_rate (w, 101, (DspRate) { .pays = DSP_PAYS_SERVICE, .from = jan (11), .amount = cents (40000) });
  g_assert_cmpint (((const DspRate *) record (w, &dsp_rate, world_id (101)))->pricing_at.us, ==, END);
  give (w, &dsp_rate_apply, 101, NULL);
  g_assert_cmpint (((const DspRate *) record (w, &dsp_rate, world_id (101)))->pricing_at.us, ==, 0);
  g_assert_cmpint (service (w, 34)->amount.cents, ==, 40000);
  g_assert_cmpint (line_of (w, 34, DSP_CONCEPT_BONUS, DSP_PAYS_SAME_DAY)->amount.cents, ==, 4000);
  world_refused (w, &dsp_rate_apply, world_id (101), NULL, DSP_RULE_STATE);
}

/* ---- pre-invoices ---- */

/* What must be true after anything at all. */
static void
assert_whole (World *w)
{
  GPtrArray *lines = w->records[dsp_statement_line.number], *bills = w->records[dsp_pre_invoice.number];

  for (guint i = 0; i < lines->len; i++)
    {
      const DspStatementLine *line = lines->pdata[i];

      g_assert_cmpint (dsp_id_is_none (&line->open_for), ==, line->state != DSP_LINE_FREE);
      g_assert_cmpint (dsp_id_is_none (&line->pre_invoice_id), ==, !(DSP_BIT (line->state) & DSP_LINE_IN_PRE_INVOICE));
    }
  for (guint i = 0; i < bills->len; i++)
    {
      const DspPreInvoice *bill = bills->pdata[i];
      DspTotals totals = { 0 }, stored;
      guint n_observed = 0;

      for (guint k = 0; k < lines->len; k++)
        {
          const DspStatementLine *line = lines->pdata[k];

          if (!dsp_id_equal (&line->pre_invoice_id, &bill->id))
            continue;
          dsp_totals_add (&totals, line);
          n_observed += line->state == DSP_LINE_OBSERVED;
        }
      if (bill->state == DSP_PRE_INVOICE_REJECTED)
        {
          g_assert_cmpuint (totals.n, ==, 0);
          continue;
        }
      dsp_pre_invoice_get_totals (bill, &stored);
      g_assert_cmpmem (&stored.by_concept, sizeof stored.by_concept, &totals.by_concept, sizeof totals.by_concept);
      g_assert_cmpuint (stored.n, ==, totals.n);
      g_assert_cmpint (stored.subtotal, ==, totals.subtotal);
      g_assert_cmpint (stored.deductions, ==, totals.deductions);
      g_assert_cmpint (stored.vat, ==, totals.vat);
      g_assert_cmpint (stored.total, ==, totals.total);
      g_assert_cmpint (bill->n_observed.value, ==, n_observed);
    }
}

static void
never_twice (void)
{
  g_autoptr(World) w = january ();
  DspPreInvoice args = for_january ();
  DspReason why = { .reason = (char *) "to be checked" };
  const DspStatementLine *line;

  generate (w, 91);
  refused (w, &dsp_pre_invoice_create, 92, &args, DSP_RULE_INVALID, "nothing to bill");
  /* Withdrawn, it is free again; the next one takes it, and only it. */
  g_assert_true (world_give (w, &dsp_statement_line_withdraw, service (w, 31)->id, 0, &why, 1, NULL));
  line = service (w, 31);
  g_assert_cmpint (line->state, ==, DSP_LINE_FREE);
  g_assert_cmpint (line->amount.cents, ==, 41010);
  g_assert_cmpint (((const DspPreInvoice *) record (w, &dsp_pre_invoice, world_id (91)))->n_lines.value, ==, 11);
  assert_whole (w);
  g_assert_cmpint (generate (w, 92)->n_lines.value, ==, 1);
  g_assert_true (dsp_id_equal (&service (w, 31)->pre_invoice_id, &(DspId) { { [0] = 9, [15] = 92 } }));
  assert_whole (w);
}

static void
changed_meanwhile (void)
{
  g_autoptr(World) w = january ();
  DspPreInvoice args = for_january ();

  args.n_lines = number (12);
  args.total = cents (252801);
  add_closed (w, 35, "REP", NULL, "31000", 18, 10, 2 * DAY);
  refused (w, &dsp_pre_invoice_create, 91, &args, DSP_RULE_CHANGED, "12 lines and a total of 2528.01; by now there are 13 lines");
  args.subtotal = cents (5);
  refused (w, &dsp_pre_invoice_create, 91, &args, DSP_RULE_INVALID, "subtotal");
}

static void
left_out (void)
{
  g_autoptr(World) w = office ();
  g_autoptr(DspBill) bill = NULL;
  DspId distributor = world_id (1);

  give (w, &dsp_rate_change, 81, &(DspRate) { .code = (char *) "T81", .pays = DSP_PAYS_SERVICE, .from = jan (1), .until = jan (10), .amount = cents (35000) });
  add_closed (w, 31, "REP", NULL, "31000", 11, 10, 2 * DAY);
  add_closed (w, 32, "REP", NULL, "31000", 12, 10, 2 * DAY);
  add_closed (w, 34, "SURVEY", NULL, "06700", 12, 10, 2 * DAY);
  fault (w, 51, 32);
  bill = dsp_bill_new (w->work, &distributor, jan (1), jan (31));
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
  refused (w, &dsp_pre_invoice_create, 91, &args, DSP_RULE_INVALID, "longer than a year");
  args.until = dsp_date_make (2026, 1, 1);
  refused (w, &dsp_pre_invoice_create, 91, &args, DSP_RULE_INVALID, "2026-01-01");
  args.from = dsp_date_make (2026, 1, 1);
  args.until = dsp_date_make (2026, 1, 31);
  refused (w, &dsp_pre_invoice_create, 91, &args, DSP_RULE_INVALID, "nothing to bill");
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
  id = service (w, 31)->id;
  act (w, "distributor");
  world_refused (w, &dsp_pre_invoice_approve, world_id (91), NULL, DSP_RULE_FORBIDDEN);
  give (w, &dsp_pre_invoice_submit, 91, NULL);
  act (w, "master");
  g_assert_true (world_give (w, &dsp_statement_line_observe, id, 0, &observe, 1, NULL));
  world_refused (w, &dsp_pre_invoice_approve, world_id (91), NULL, DSP_RULE_STATE);
  give (w, &dsp_pre_invoice_observe, 91, &why);
  assert_whole (w);
  act (w, "distributor");
  world_refused (w, &dsp_pre_invoice_submit, world_id (91), NULL, DSP_RULE_STATE);
  g_assert_true (world_give (w, &dsp_statement_line_defend, id, 0, &defend, 1, NULL));
  give (w, &dsp_pre_invoice_submit, 91, NULL);
  act (w, "master");
  give (w, &dsp_pre_invoice_approve, 91, NULL);
  assert_whole (w);
  /* From here on its lines stay as they are. */
  world_refused (w, &dsp_statement_line_withdraw, id, &why, DSP_RULE_STATE);
  world_refused (w, &dsp_statement_line_observe, id, &observe, DSP_RULE_STATE);
  world_refused (w, &dsp_statement_line_correct, id, &(DspLineCorrect) { cents (1), (char *) "x" }, DSP_RULE_STATE);
  act (w, "administrator");
  g_assert_true (world_give (w, &dsp_reason_code_create, world_id (75), 0,
                             &(DspReasonCode) { .code = (char *) "QUEJA", .label = (char *) "Complaint", .process = DSP_PROCESS_REOPEN }, DSP_FIELDS_ALL, NULL));
  give (w, &dsp_order_reopen, 31, &reopen);
  g_assert_cmpint (service (w, 31)->state, ==, DSP_LINE_DEFENDED);
  assert_whole (w);
  refused (w, &dsp_pre_invoice_invoice, 91, &invoice, DSP_RULE_INVALID, "not a uuid");
  invoice.uuid = (char *) "6ba7b810-9dad-11d1-80b4-00c04fd430c8";
  invoice.day = dsp_date_make (2027, 2, 1);
  refused (w, &dsp_pre_invoice_invoice, 91, &invoice, DSP_RULE_INVALID, "2027-02-01");
  world_refused (w, &dsp_pre_invoice_pay, world_id (91), &pay, DSP_RULE_STATE);
  invoice.day = jan (31);
  give (w, &dsp_pre_invoice_invoice, 91, &invoice);
  refused (w, &dsp_pre_invoice_pay, 91, &pay, DSP_RULE_INVALID, "2027-01-30");
  pay.day = jan (31);
  give (w, &dsp_pre_invoice_pay, 91, &pay);
  g_assert_cmpstr (((const DspPreInvoice *) record (w, &dsp_pre_invoice, world_id (91)))->invoice_uuid, ==, "6BA7B810-9DAD-11D1-80B4-00C04FD430C8");
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
          give (w, &dsp_pre_invoice_submit, 91, NULL);
          give (w, &dsp_pre_invoice_reject, 91, &why);
          assert_whole (w);
          dsp_record_free (&dsp_pre_invoice, g_ptr_array_remove_index (w->records[dsp_pre_invoice.number], 0));
        }
      else
        give (w, &dsp_pre_invoice_discard, 91, NULL);
      assert_whole (w);
      for (guint i = lines->len; i > 1; i--)
        {
          guint k = (guint) g_test_rand_int_range (0, (int) i);
          gpointer swap = lines->pdata[i - 1];

          lines->pdata[i - 1] = lines->pdata[k];
          lines->pdata[k] = swap;
        }
      g_assert_cmpint (generate (w, 91)->total.cents, ==, total);
      g_assert_cmpint (((const DspPreInvoice *) record (w, &dsp_pre_invoice, world_id (91)))->n_lines.value, ==, 12);
    }
}

static void
reopened (void)
{
  g_autoptr(World) w = office ();
  DspReopen reopen = { .reason = (char *) "QUEJA" };
  DspAssign assign = { .crew_id = world_id (11) };
  DspClose args = { .closed_at = { at (20, 9) }, .attended = DSP_YES, .satisfied = DSP_YES, .resolution = (char *) "done again" };

  g_assert_true (world_give (w, &dsp_reason_code_create, world_id (75), 0,
                             &(DspReasonCode) { .code = (char *) "QUEJA", .label = (char *) "Complaint", .process = DSP_PROCESS_REOPEN }, DSP_FIELDS_ALL, NULL));
  add_closed (w, 31, "REP", NULL, "31000", 11, 10, HOUR);
  give (w, &dsp_order_reopen, 31, &reopen);
  g_assert_cmpint (service (w, 31)->state, ==, DSP_LINE_VOID);
  g_assert_cmpint (line_of (w, 31, DSP_CONCEPT_BONUS, DSP_PAYS_SAME_DAY)->state, ==, DSP_LINE_VOID);
  assert_whole (w);
  give (w, &dsp_order_assign, 31, &assign);
  give (w, &dsp_order_close, 31, &args);
  g_assert_cmpint (service (w, 31)->state, ==, DSP_LINE_FREE);
  g_assert_cmpint (service (w, 31)->day.day, ==, jan (20).day);
  g_assert_cmpint (line_of (w, 31, DSP_CONCEPT_BONUS, DSP_PAYS_SAME_DAY)->state, ==, DSP_LINE_VOID); /* not of the same day any more */
  /* In a pre-invoice under review, it is put in question. */
  generate (w, 91);
  give (w, &dsp_pre_invoice_submit, 91, NULL);
  give (w, &dsp_order_reopen, 31, &reopen);
  g_assert_cmpint (service (w, 31)->state, ==, DSP_LINE_OBSERVED);
  assert_whole (w);
}

/* Billed, reopened, closed again on another day: once it is out of its pre-invoice, the new closing is what is paid. */
static void
closed_again_while_billed (void)
{
  g_autoptr(World) w = office ();
  DspReopen reopen = { .reason = (char *) "QUEJA" };
  DspAssign assign = { .crew_id = world_id (11) };
  DspClose args = { .closed_at = { at (20, 23) }, .attended = DSP_YES, .satisfied = DSP_YES, .resolution = (char *) "done again" };
  DspReason why = { .reason = (char *) "closed again" };

  g_assert_true (world_give (w, &dsp_reason_code_create, world_id (75), 0,
                             &(DspReasonCode) { .code = (char *) "QUEJA", .label = (char *) "Complaint", .process = DSP_PROCESS_REOPEN }, DSP_FIELDS_ALL, NULL));
  add_closed (w, 31, "REP", NULL, "31000", 11, 10, HOUR);
  generate (w, 91);
  give (w, &dsp_order_reopen, 31, &reopen);
  /* Not closed: what leaves its pre-invoice has nothing to stand on. */
  g_assert_true (world_give (w, &dsp_statement_line_withdraw, line_of (w, 31, DSP_CONCEPT_BONUS, DSP_PAYS_SAME_DAY)->id, 0, &why, 1, NULL));
  g_assert_cmpint (line_of (w, 31, DSP_CONCEPT_BONUS, DSP_PAYS_SAME_DAY)->state, ==, DSP_LINE_VOID);
  assert_whole (w);
  give (w, &dsp_order_assign, 31, &assign);
  give (w, &dsp_order_close, 31, &args);
  g_assert_cmpint (service (w, 31)->day.day, ==, jan (11).day);
  g_assert_null (line_of (w, 31, DSP_CONCEPT_BONUS, DSP_PAYS_NIGHT));
  give (w, &dsp_pre_invoice_discard, 91, NULL);
  g_assert_cmpint (service (w, 31)->state, ==, DSP_LINE_FREE);
  g_assert_cmpint (service (w, 31)->day.day, ==, jan (20).day);
  g_assert_cmpint (line_of (w, 31, DSP_CONCEPT_BONUS, DSP_PAYS_NIGHT)->amount.cents, ==, 7500);
  g_assert_cmpint (line_of (w, 31, DSP_CONCEPT_BONUS, DSP_PAYS_SAME_DAY)->state, ==, DSP_LINE_VOID);
  assert_whole (w);
}

/* A percentage of a pay that is not known yet is charged when it is. */
static void
percent_waits_for_the_price (void)
{
  g_autoptr(World) w = office ();

  give (w, &dsp_rate_change, 81, &(DspRate) { .code = (char *) "T81", .pays = DSP_PAYS_SERVICE, .from = jan (1), .until = jan (10), .amount = cents (35000) });
  add_closed (w, 34, "SURVEY", NULL, "06700", 12, 10, 2 * DAY);
  fault (w, 51, 34);
  give (w, &dsp_penalty_confirm, 51, &(DspReason) { .reason = (char *) "photo shows it" });
  g_assert_null (line_of (w, 51, DSP_CONCEPT_PENALTY, DSP_PAYS_NONE));
  add_rate (w, 101, (DspRate) { .pays = DSP_PAYS_SERVICE, .from = jan (11), .amount = cents (40000) });
  give (w, &dsp_rate_apply, 101, NULL);
  g_assert_cmpint (line_of (w, 51, DSP_CONCEPT_PENALTY, DSP_PAYS_NONE)->amount.cents, ==, -5000);
  /* Priced again, the verdict stays what it was. */
  g_assert_true (try (w, &dsp_rate_change, 101, &(DspRate) { .amount = cents (80000) }, NULL));
  g_assert_true (world_give (w, &dsp_statement_line_reprice, service (w, 34)->id, 0, NULL, 0, NULL));
  g_assert_cmpint (service (w, 34)->amount.cents, ==, 80000);
  g_assert_cmpint (line_of (w, 51, DSP_CONCEPT_PENALTY, DSP_PAYS_NONE)->amount.cents, ==, -5000);
}

static void
waived_after_billing (void)
{
  g_autoptr(World) w = january ();
  DspAppeal appeal = { .appeal = (char *) "the photo is of another house" };
  DspAppealAnswer answer = { .verdict = DSP_VERDICT_WAIVE, .answer = (char *) "so it is" };
  DspPenaltyRule change = { .appeal_days = number (5) };
  g_autoptr(GError) error = NULL;

  g_assert_true (try (w, &dsp_penalty_rule_change, 74, &change, NULL));
  fault (w, 52, 32);
  give (w, &dsp_penalty_confirm, 52, &(DspReason) { .reason = (char *) "y" });
  g_assert_cmpint (line_of (w, 52, DSP_CONCEPT_PENALTY, DSP_PAYS_NONE)->amount.cents, ==, -9319); /* 12.5 % of 745.55, whole cents */
  generate (w, 91);
  world_give (w, &dsp_penalty_appeal, world_id (52), 0, &appeal, 3, &error);
  g_assert_no_error (error);
  give (w, &dsp_penalty_answer, 52, &answer);
  g_assert_cmpint (line_of (w, 52, DSP_CONCEPT_ADJUSTMENT, DSP_PAYS_NONE)->amount.cents, ==, 9319);
  assert_whole (w);
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
        case 0: if (next < 199) try (w, &dsp_pre_invoice_create, next++, &args, NULL); break;
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
      assert_whole (w);
      g_assert_cmpuint (w->records[dsp_statement_line.number]->len, ==, n_lines);
    }
}

/* ---- kilometres ---- */

static DspMileage
by_odometer (int    day,
             gint64 from_km,
             gint64 to_km)
{
  DspMileage args = { .day = jan (day), .odometer_start = number (from_km * 1000), .odometer_end = number (to_km * 1000) };

  args.crew_id = world_id (11);
  return args;
}

static void
contradictions (void)
{
  g_autoptr(World) w = office ();
  static char *off[] = { (char *) "7", (char *) "2027-01-06", NULL };
  DspCrew crew = { .days_off = off, .vehicle = (char *) "AB-1" };
  DspMileage args = by_odometer (11, 12000, 12100);

  g_assert_true (try (w, &dsp_crew_change, 11, &crew, NULL));
  g_assert_true (try (w, &dsp_mileage_create, 41, &args, NULL));
  args = by_odometer (12, 12300, 12200);
  refused (w, &dsp_mileage_create, 42, &args, DSP_RULE_INVALID, "from 12300.0 km to 12200.0 km");
  args = by_odometer (12, 12050, 12200);
  refused (w, &dsp_mileage_create, 42, &args, DSP_RULE_OVERLAP, "12050.0 to 12200.0 km overlap with 12000.0 to 12100.0 km of 2027-01-11");
  args = by_odometer (12, 11000, 11900);
  refused (w, &dsp_mileage_create, 42, &args, DSP_RULE_OVERLAP, "backwards: 11000.0 km, and 12100.0 km on 2027-01-11");
  /* Entered late, of an earlier day: the two figures that contradict each other. */
  args = by_odometer (10, 12500, 12600);
  args.day = jan (9);
  refused (w, &dsp_mileage_create, 42, &args, DSP_RULE_OVERLAP, "backwards: 12600.0 km, and 12000.0 km on 2027-01-11");
  args = by_odometer (17, 12200, 12300); /* a Sunday */
  refused (w, &dsp_mileage_create, 42, &args, DSP_RULE_INVALID, "2027-01-17 off");
  args = by_odometer (6, 11900, 11950);
  refused (w, &dsp_mileage_create, 42, &args, DSP_RULE_INVALID, "2027-01-06 off");
  args = by_odometer (12, 12200, G_GINT64_CONSTANT (1000000000000));
  refused (w, &dsp_mileage_create, 42, &args, DSP_RULE_INVALID, "1000000000000; 0 to 10000000");
  args = by_odometer (12, 12200, 15000);
  refused (w, &dsp_mileage_create, 42, &args, DSP_RULE_INVALID, "2800");
  args = (DspMileage) { .day = dsp_date_make (2027, 2, 9), .claimed = number (5) };
  args.crew_id = world_id (11);
  refused (w, &dsp_mileage_create, 42, &args, DSP_RULE_INVALID, "2027-02-09");
  /* Of another vehicle, the odometer is another. */
  args = by_odometer (12, 500, 560);
  args.vehicle = (char *) "AB-2";
  g_assert_true (try (w, &dsp_mileage_create, 42, &args, NULL));
  /* The day is claimed as a whole. */
  add_closed (w, 31, "REP", NULL, "31000", 11, 10, HOUR);
  args = (DspMileage) { .day = jan (11), .claimed = number (5000) };
  args.crew_id = world_id (11);
  args.order_id = world_id (31);
  refused (w, &dsp_mileage_create, 43, &args, DSP_RULE_OVERLAP, "one or the other");
  /* Refused, a claim stands in nobody's way and can be put right. */
  give (w, &dsp_mileage_submit, 41, NULL);
  give (w, &dsp_mileage_reject, 41, &(DspReason) { (char *) "photo of the odometer is missing" });
  g_assert_true (try (w, &dsp_mileage_create, 43, &args, NULL));
}

static void
only_approved_is_paid (void)
{
  g_autoptr(World) w = office ();
  DspMileageAdjust less = { .approved = number (35000), .reason = (char *) "shorter road" };

  add_closed (w, 31, "REP", NULL, "06700", 11, 10, 2 * DAY);
  claim (w, 41, 31, 11, 90000);
  g_assert_null (line_of (w, 41, DSP_CONCEPT_MILEAGE, DSP_PAYS_KILOMETRE));
  refused (w, &dsp_mileage_adjust, 41, &(DspMileageAdjust) { number (90001), (char *) "longer road" }, DSP_RULE_INVALID, "90.0 km are claimed");
  give (w, &dsp_mileage_adjust, 41, &less);
  g_assert_cmpint (line_of (w, 41, DSP_CONCEPT_MILEAGE, DSP_PAYS_KILOMETRE)->metres.value, ==, 5000);
  g_assert_cmpint (line_of (w, 41, DSP_CONCEPT_MILEAGE, DSP_PAYS_KILOMETRE)->amount.cents, ==, 2425);
  world_refused (w, &dsp_mileage_approve, world_id (41), NULL, DSP_RULE_STATE);
  g_assert_true (dsp_mileage_exceeds (&(DspMileage) { .claimed = { 121, true }, .proposed = { 100, true } }, 20));
  g_assert_false (dsp_mileage_exceeds (&(DspMileage) { .claimed = { 120, true }, .proposed = { 100, true } }, 20));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add_func ("/money/" path, function)
  ADD ("S0-04/worked-example", worked_example);
  ADD ("half-up", half_up);
  ADD ("rates/overlaps-are-refused-with-both", overlaps_are_refused);
  ADD ("rates/bad", bad_rates);
  ADD ("rates/most-specific", most_specific);
  ADD ("rates/frozen-or-waiting", frozen_or_waiting);
  ADD ("S0-18/never-twice", never_twice);
  ADD ("S0-18/changed-meanwhile", changed_meanwhile);
  ADD ("S0-18/left-out-with-the-reason", left_out);
  ADD ("S0-18/periods", periods);
  ADD ("S0-18/to-the-payment", to_the_payment);
  ADD ("S0-18/reproducible", reproducible);
  ADD ("reopened", reopened);
  ADD ("closed-again-while-billed", closed_again_while_billed);
  ADD ("percent-waits-for-the-price", percent_waits_for_the_price);
  ADD ("waived-after-billing", waived_after_billing);
  ADD ("anything-keeps-the-sums", anything);
  ADD ("S0-15/contradictions", contradictions);
  ADD ("S0-15/only-approved-is-paid", only_approved_is_paid);
  return g_test_run ();
}
