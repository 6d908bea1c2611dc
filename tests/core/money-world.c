/* money-world.c: an office with rates, taxes and a distributor under RESICO, for tests of what is paid
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "money-world.h"

#include <string.h>

void
money_act (World      *w,
           const char *profile)
{
  world_act_as (w, profile, dsp_scope_all);
}

void
money_give (World            *w,
            const DspCommand *command,
            guint8            n,
            gconstpointer     args)
{
  g_autoptr(GError) error = NULL;

  world_give (w, command, world_id (n), 0, args, DSP_FIELDS_ALL, &error);
  g_assert_no_error (error);
}

/* Only what @args sets is given: a pre-invoice's other fields may not be. */
gboolean
money_try (World            *w,
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

void
money_refused (World            *w,
               const DspCommand *command,
               guint8            n,
               gconstpointer     args,
               DspRule           rule,
               const char       *says)
{
  g_autoptr(GError) error = NULL;

  g_assert_false (money_try (w, command, n, args, &error));
  g_assert_error (error, DSP_RULE_ERROR, (int) rule);
  if (strstr (error->message, says) == NULL)
    g_error ("“%s” does not say “%s”", error->message, says);
}

gconstpointer
money_record (World           *w,
              const DspEntity *entity,
              DspId            id)
{
  gconstpointer found = NULL;

  return w->facts.get (w->facts.data, entity, &id, &found) == DSP_FACT_HERE ? found : NULL;
}

const DspStatementLine *
money_line_of (World     *w,
               guint8     n,
               DspConcept concept,
               DspPays    pays)
{
  DspId source = world_id (n);

  return money_record (w, &dsp_statement_line, dsp_statement_line_id (&source, concept, pays));
}

const DspStatementLine *
money_service (World *w,
               guint8 n)
{
  return money_line_of (w, n, DSP_CONCEPT_SERVICE, DSP_PAYS_SERVICE);
}

void
money_add_rate (World  *w,
                guint8  n,
                DspRate rate)
{
  g_autofree char *code = g_strdup_printf ("T%u", n);

  rate.code = code;
  rate.from = rate.from.day != 0 ? rate.from : jan (1);
  money_give (w, &dsp_rate_create, n, &rate);
}

void
money_add_closed (World      *w,
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
  money_give (w, &dsp_order_create, n, &order);
  money_give (w, &dsp_order_assign, n, &assign);
  money_give (w, &dsp_order_close, n, &args);
}

/* Rates, taxes and a distributor under RESICO; as administrator at the end of January 2027. */
World *
money_office (void)
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
  money_act (w, "administrator");
  g_assert_true (money_try (w, &dsp_distributor_change, 1, &change, NULL));
  money_give (w, &dsp_tax_rule_create, 71, &general);
  money_give (w, &dsp_tax_rule_create, 72, &resico);
  money_give (w, &dsp_tax_rule_create, 73, &resico_border);
  money_give (w, &dsp_penalty_rule_create, 74, &rule);
  money_add_rate (w, 81, (DspRate) { .pays = DSP_PAYS_SERVICE, .amount = cents (35000) });
  money_add_rate (w, 82, (DspRate) { .pays = DSP_PAYS_SERVICE, .type = (char *) "INST", .amount = cents (61235) });
  money_add_rate (w, 83, (DspRate) { .pays = DSP_PAYS_SERVICE, .type = (char *) "INST", .subtype = (char *) "FTTH", .amount = cents (74555) });
  money_add_rate (w, 84, (DspRate) { .pays = DSP_PAYS_SERVICE, .distributor_id = world_id (1), .type = (char *) "REP", .amount = cents (41010) });
  money_add_rate (w, 85, (DspRate) { .pays = DSP_PAYS_KILOMETRE, .amount = cents (485), .included = number (30000) });
  money_add_rate (w, 86, (DspRate) { .pays = DSP_PAYS_KILOMETRE_EXTRA, .zone = rural, .amount = cents (115) });
  money_add_rate (w, 87, (DspRate) { .pays = DSP_PAYS_SAME_DAY, .share = number (100000) });
  money_add_rate (w, 88, (DspRate) { .pays = DSP_PAYS_NIGHT, .amount = cents (7500) });
  money_add_rate (w, 89, (DspRate) { .pays = DSP_PAYS_HOLIDAY, .amount = cents (15033) });
  return w;
}

void
money_claim (World *w,
             guint8 n,
             guint8 order,
             int    day,
             gint64 metres)
{
  DspMileage args = { .day = jan (day), .claimed = number (metres) };

  args.crew_id = world_id (11);
  args.order_id = world_id (order);
  g_assert_true (money_try (w, &dsp_mileage_create, n, &args, NULL));
  money_give (w, &dsp_mileage_submit, n, NULL);
}

void
money_fault (World *w,
             guint8 n,
             guint8 order)
{
  DspPenalty args = { .fault = DSP_FAULT_FAILED_QUALITY, .number = (char *) "x", .state = DSP_PENALTY_PENDING, .due_at = { at (14, 12) }, .at = { at (14, 12) } };

  args.order_id = world_id (order);
  g_assert_true (money_try (w, &dsp_penalty_create, n, &args, NULL));
}

void
money_assert_whole (World *w)
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
