/* dsp-statement.c: the running statement's lines, kilometres and pre-invoices, as records
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-actor.h"
#include "dsp-entities.h"
#include "dsp-money.h"
#include "dsp-rule.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static const DspWord mileage_state_list[] = {
  [DSP_MILEAGE_NONE]      = { NULL, NULL },
  [DSP_MILEAGE_CAPTURED]  = { "captured", N_("Captured") },
  [DSP_MILEAGE_SUBMITTED] = { "submitted", N_("To approve") },
  [DSP_MILEAGE_APPROVED]  = { "approved", N_("Approved as claimed") },
  [DSP_MILEAGE_ADJUSTED]  = { "adjusted", N_("Adjusted") },
  [DSP_MILEAGE_REJECTED]  = { "rejected", N_("Refused") },
};
G_STATIC_ASSERT (G_N_ELEMENTS (mileage_state_list) == DSP_N_MILEAGE_STATES);
const DspWords DspMileageState_words = { mileage_state_list, G_N_ELEMENTS (mileage_state_list) };

static const DspWord distance_list[] = {
  [DSP_DISTANCE_NONE]         = { NULL, NULL },
  [DSP_DISTANCE_GREAT_CIRCLE] = { "great_circle", N_("Straight line with the office's factor") },
  [DSP_DISTANCE_ROUTINO]      = { "routino", N_("By road (Routino)") },
  [DSP_DISTANCE_OSRM]         = { "osrm", N_("By road (OSRM)") },
};
G_STATIC_ASSERT (G_N_ELEMENTS (distance_list) == DSP_N_DISTANCES);
const DspWords DspDistance_words = { distance_list, G_N_ELEMENTS (distance_list) };

static const DspWord concept_list[] = {
  [DSP_CONCEPT_NONE]       = { NULL, NULL },
  [DSP_CONCEPT_SERVICE]    = { "service", N_("Service") },
  [DSP_CONCEPT_MILEAGE]    = { "mileage", N_("Kilometres") },
  [DSP_CONCEPT_BONUS]      = { "bonus", N_("Bonus") },
  [DSP_CONCEPT_PENALTY]    = { "penalty", N_("Penalty") },
  [DSP_CONCEPT_ADJUSTMENT] = { "adjustment", N_("Adjustment") },
};
G_STATIC_ASSERT (G_N_ELEMENTS (concept_list) == DSP_N_CONCEPTS);
const DspWords DspConcept_words = { concept_list, G_N_ELEMENTS (concept_list) };

static const DspWord line_state_list[] = {
  [DSP_LINE_NONE]     = { NULL, NULL },
  [DSP_LINE_FREE]     = { "free", N_("To bill") },
  [DSP_LINE_HELD]     = { "held", N_("In a pre-invoice") },
  [DSP_LINE_OBSERVED] = { "observed", N_("Observed") },
  [DSP_LINE_DEFENDED] = { "defended", N_("Defended") },
  [DSP_LINE_VOID]     = { "void", N_("Void") },
};
G_STATIC_ASSERT (G_N_ELEMENTS (line_state_list) == DSP_N_LINE_STATES);
const DspWords DspLineState_words = { line_state_list, G_N_ELEMENTS (line_state_list) };

static const DspWord pre_invoice_state_list[] = {
  [DSP_PRE_INVOICE_NONE]      = { NULL, NULL },
  [DSP_PRE_INVOICE_DRAFT]     = { "draft", N_("Draft") },
  [DSP_PRE_INVOICE_SUBMITTED] = { "submitted", N_("Submitted") },
  [DSP_PRE_INVOICE_OBSERVED]  = { "observed", N_("Observed") },
  [DSP_PRE_INVOICE_APPROVED]  = { "approved", N_("Approved") },
  [DSP_PRE_INVOICE_REJECTED]  = { "rejected", N_("Rejected") },
  [DSP_PRE_INVOICE_INVOICED]  = { "invoiced", N_("Invoiced") },
  [DSP_PRE_INVOICE_PAID]      = { "paid", N_("Paid") },
};
G_STATIC_ASSERT (G_N_ELEMENTS (pre_invoice_state_list) == DSP_N_PRE_INVOICE_STATES);
const DspWords DspPreInvoiceState_words = { pre_invoice_state_list, G_N_ELEMENTS (pre_invoice_state_list) };

static const DspWord left_out_list[] = {
  [DSP_LEFT_OUT_NO]      = { NULL, NULL },
  [DSP_LEFT_OUT_RATE]    = { "rate", N_("No rate applies") },
  [DSP_LEFT_OUT_PENALTY] = { "penalty", N_("A penalty waits for its review") },
  [DSP_LEFT_OUT_CLOSING] = { "closing", N_("Closing data are missing") },
};
G_STATIC_ASSERT (G_N_ELEMENTS (left_out_list) == DSP_N_LEFT_OUT);
const DspWords DspLeftOut_words = { left_out_list, G_N_ELEMENTS (left_out_list) };

#define METRES_MAX 2000000
#define METRES     .decimals = 3, .min = 0, .max = METRES_MAX
#define ODOMETER   .decimals = 3, .min = 0, .max = G_GINT64_CONSTANT (10000000000)
#define MONEY      .min = -DSP_MONEY_MAX, .max = DSP_MONEY_MAX
#define SUM        .min = -DSP_MONEY_MAX * 100000, .max = DSP_MONEY_MAX * 100000
#define SHARE      .decimals = 4, .max = DSP_MILLION

/* clang-format off */
static const DspField mileage_fields[] = {
  DSP_ID   (DspMileage, crew_id,        &dsp_crew, N_("Crew"), .flags = DSP_REQUIRED | DSP_INDEXED | DSP_FILTER | DSP_FIXED | DSP_COLUMN),
  DSP_ID   (DspMileage, distributor_id, &dsp_distributor, N_("Distributor"), .flags = DSP_FILTER | DSP_COLUMN),
  DSP_DATE (DspMileage, day,            N_("Day"), .flags = DSP_REQUIRED | DSP_FILTER | DSP_COLUMN),
  DSP_ID   (DspMileage, order_id,       &dsp_order, N_("Order")),
  DSP_TEXT (DspMileage, number,         N_("Request number"), .flags = DSP_FILTER | DSP_COLUMN, .max = 32),
  DSP_TEXT (DspMileage, vehicle,        N_("Vehicle"), .flags = DSP_COLUMN, .max = 60),
  DSP_INT  (DspMileage, odometer_start, N_("Odometer at the start (km)"), ODOMETER),
  DSP_INT  (DspMileage, odometer_end,   N_("Odometer at the end (km)"), ODOMETER),
  DSP_TEXT (DspMileage, from_place,     N_("From where"), .max = 160),
  DSP_TEXT (DspMileage, to_place,       N_("To where"), .max = 160),
  DSP_INT  (DspMileage, claimed,        N_("Claimed (km)"), .flags = DSP_COLUMN, METRES),
  DSP_INT  (DspMileage, proposed,       N_("Proposed (km)"), .flags = DSP_COLUMN, METRES),
  DSP_WORD (DspMileage, proposed_by,    DspDistance, N_("Proposed by")),
  DSP_INT  (DspMileage, approved,       N_("Approved (km)"), .flags = DSP_COLUMN, METRES),
  DSP_WORD (DspMileage, state,          DspMileageState, N_("Status"), .flags = DSP_REQUIRED | DSP_FILTER | DSP_COLUMN),
  DSP_TEXT (DspMileage, note,           N_("Note"), .flags = DSP_LONG, .max = 400),
  DSP_TEXT (DspMileage, reason,         N_("Reason"), .flags = DSP_LONG, .max = 400),
  DSP_TEXT (DspMileage, decided_by,     N_("Decided by"), .max = 80),
  DSP_TIME (DspMileage, submitted_at,   N_("Submitted on")),
  DSP_TIME (DspMileage, decided_at,     N_("Decided on")),
  DSP_INT  (DspMileage, excess,         N_("Above the proposal (percent)"), .flags = DSP_FILTER, .min = -100, .max = DSP_MILEAGE_EXCESS_MAX),
};

static const DspField statement_line_fields[] = {
  DSP_TEXT  (DspStatementLine, number,          N_("Number"), .flags = DSP_REQUIRED | DSP_FILTER | DSP_COLUMN, .max = 80),
  DSP_WORD  (DspStatementLine, concept,         DspConcept, N_("Concept"), .flags = DSP_REQUIRED | DSP_FILTER | DSP_COLUMN),
  DSP_WORD  (DspStatementLine, pays,            DspPays, N_("Pays")),
  DSP_WORD  (DspStatementLine, state,           DspLineState, N_("Status"), .flags = DSP_REQUIRED | DSP_FILTER | DSP_COLUMN),
  DSP_ID    (DspStatementLine, distributor_id,  &dsp_distributor, N_("Distributor"), .flags = DSP_REQUIRED | DSP_FILTER | DSP_COLUMN),
  DSP_ID    (DspStatementLine, crew_id,         &dsp_crew, N_("Crew"), .flags = DSP_FILTER | DSP_COLUMN),
  DSP_ID    (DspStatementLine, order_id,        &dsp_order, N_("Order"), .flags = DSP_INDEXED),
  DSP_ID    (DspStatementLine, source_id,       NULL, N_("Comes from")),
  DSP_DATE  (DspStatementLine, day,             N_("Day"), .flags = DSP_REQUIRED | DSP_FILTER | DSP_COLUMN),
  DSP_TEXT  (DspStatementLine, group,           N_("Group"), .max = 60),
  DSP_TEXT  (DspStatementLine, type,            N_("Order type"), .flags = DSP_FILTER | DSP_COLUMN, .max = 60),
  DSP_TEXT  (DspStatementLine, subtype,         N_("Subtype"), .max = 60),
  DSP_TEXT  (DspStatementLine, postal_code,     N_("Postal code"), .flags = DSP_COLUMN, .max = 5),
  DSP_TEXT  (DspStatementLine, municipality,    N_("Municipality"), .max = 80),
  DSP_INT   (DspStatementLine, metres,          N_("Kilometres"), METRES),
  DSP_MONEY (DspStatementLine, unit,            N_("Price of a kilometre"), MONEY),
  DSP_INT   (DspStatementLine, share,           N_("Percent of the service's pay"), SHARE),
  DSP_MONEY (DspStatementLine, amount,          N_("Amount"), .flags = DSP_COLUMN, MONEY),
  DSP_ID    (DspStatementLine, rate_id,         NULL, N_("Rate")),
  DSP_TEXT  (DspStatementLine, rate_code,       N_("Rate"), .flags = DSP_COLUMN, .max = 120),
  DSP_INT   (DspStatementLine, rate_by,         N_("Why that rate")),
  DSP_ID    (DspStatementLine, open_for,        &dsp_distributor, N_("To bill for"), .flags = DSP_INDEXED),
  DSP_ID    (DspStatementLine, pre_invoice_id,  &dsp_pre_invoice, N_("Pre-invoice"), .flags = DSP_INDEXED),
  DSP_INT   (DspStatementLine, vat_rate,        N_("VAT (percent)"), SHARE),
  DSP_MONEY (DspStatementLine, vat,             N_("VAT"), MONEY),
  DSP_MONEY (DspStatementLine, vat_withheld,    N_("VAT withheld"), MONEY),
  DSP_MONEY (DspStatementLine, income_withheld, N_("Income tax withheld"), MONEY),
  DSP_TEXT  (DspStatementLine, reason,          N_("Reason"), .flags = DSP_LONG, .max = 2000),
  DSP_TEXT  (DspStatementLine, question,        N_("Question"), .flags = DSP_LONG, .max = 2000),
  DSP_TEXT  (DspStatementLine, asked_by,        N_("Asked by"), .max = 80),
  DSP_TIME  (DspStatementLine, asked_at,        N_("Asked on")),
  DSP_TEXT  (DspStatementLine, answer,          N_("Answer"), .flags = DSP_LONG, .max = 2000),
  DSP_TEXT  (DspStatementLine, answered_by,     N_("Answered by"), .max = 80),
  DSP_TIME  (DspStatementLine, answered_at,     N_("Answered on")),
  DSP_TEXT  (DspStatementLine, observation,     N_("Observation"), .flags = DSP_LONG, .max = 2000),
  DSP_TEXT  (DspStatementLine, defence,         N_("Defence"), .flags = DSP_LONG, .max = 2000),
};

static const DspField pre_invoice_fields[] = {
  DSP_TEXT  (DspPreInvoice, number,           N_("Number"), .flags = DSP_UNIQUE | DSP_FILTER | DSP_SEARCH | DSP_COLUMN, .max = 32),
  DSP_ID    (DspPreInvoice, distributor_id,   &dsp_distributor, N_("Distributor"), .flags = DSP_REQUIRED | DSP_INDEXED | DSP_FILTER | DSP_FIXED | DSP_COLUMN),
  DSP_ID    (DspPreInvoice, master_id,        &dsp_master, N_("Master")),
  DSP_DATE  (DspPreInvoice, from,             N_("From"), .flags = DSP_REQUIRED | DSP_FILTER | DSP_FIXED | DSP_COLUMN),
  DSP_DATE  (DspPreInvoice, until,            N_("Until"), .flags = DSP_REQUIRED | DSP_FILTER | DSP_FIXED | DSP_COLUMN),
  DSP_WORD  (DspPreInvoice, state,            DspPreInvoiceState, N_("Status"), .flags = DSP_REQUIRED | DSP_FILTER | DSP_COLUMN),
  DSP_INT   (DspPreInvoice, n_lines,          N_("Lines"), .flags = DSP_COLUMN, .max = 1000000),
  DSP_MONEY (DspPreInvoice, services,         N_("Services"), SUM),
  DSP_MONEY (DspPreInvoice, mileage,          N_("Kilometres"), SUM),
  DSP_MONEY (DspPreInvoice, bonuses,          N_("Bonuses"), SUM),
  DSP_MONEY (DspPreInvoice, penalties,        N_("Penalties"), SUM),
  DSP_MONEY (DspPreInvoice, adjustments,      N_("Adjustments"), SUM),
  DSP_MONEY (DspPreInvoice, subtotal,         N_("Subtotal"), .flags = DSP_COLUMN, SUM),
  DSP_MONEY (DspPreInvoice, deductions,       N_("Deductions"), .flags = DSP_COLUMN, SUM),
  DSP_MONEY (DspPreInvoice, vat,              N_("VAT"), .flags = DSP_COLUMN, SUM),
  DSP_MONEY (DspPreInvoice, vat_withheld,     N_("VAT withheld"), SUM),
  DSP_MONEY (DspPreInvoice, income_withheld,  N_("Income tax withheld"), SUM),
  DSP_MONEY (DspPreInvoice, total,            N_("Total"), .flags = DSP_COLUMN, SUM),
  DSP_INT   (DspPreInvoice, n_observed,       N_("Observed lines"), .max = 1000000),
  DSP_TEXT  (DspPreInvoice, issuer,           N_("Issued by"), .max = 120),
  DSP_TEXT  (DspPreInvoice, issuer_tax_id,    N_("Issuer's tax id"), .max = 13),
  DSP_TEXT  (DspPreInvoice, issuer_address,   N_("Issuer's address"), .flags = DSP_LONG, .max = 400),
  DSP_TEXT  (DspPreInvoice, issuer_regime,    N_("Issuer's tax regime"), .max = 60),
  DSP_TEXT  (DspPreInvoice, receiver,         N_("Issued to"), .max = 120),
  DSP_TEXT  (DspPreInvoice, receiver_tax_id,  N_("Receiver's tax id"), .max = 13),
  DSP_TEXT  (DspPreInvoice, receiver_address, N_("Receiver's address"), .flags = DSP_LONG, .max = 400),
  DSP_TEXT  (DspPreInvoice, note,             N_("Note"), .flags = DSP_LONG, .max = 400),
  DSP_TEXT  (DspPreInvoice, reason,           N_("Reason"), .flags = DSP_LONG, .max = 2000),
  DSP_TEXT  (DspPreInvoice, made_by,          N_("Made by"), .max = 80),
  DSP_TIME  (DspPreInvoice, made_at,          N_("Made on"), .flags = DSP_COLUMN),
  DSP_TIME  (DspPreInvoice, submitted_at,     N_("Submitted on")),
  DSP_TEXT  (DspPreInvoice, decided_by,       N_("Decided by"), .max = 80),
  DSP_TIME  (DspPreInvoice, decided_at,       N_("Decided on")),
  DSP_TEXT  (DspPreInvoice, invoice_uuid,     N_("Tax invoice's UUID"), .flags = DSP_UNIQUE | DSP_SEARCH, .max = 36),
  DSP_TEXT  (DspPreInvoice, invoice_number,   N_("Tax invoice's number"), .max = 40),
  DSP_DATE  (DspPreInvoice, invoiced_on,      N_("Invoiced on")),
  DSP_DATE  (DspPreInvoice, paid_on,          N_("Paid on")),
  DSP_TEXT  (DspPreInvoice, payment,          N_("Payment reference"), .max = 80),
};
/* clang-format on */

/* ---- rules between fields ---- */

/* Rounded up, so that it is above a whole percentage exactly when the claim is. */
static gint64
excess_of (gint64 claimed,
           gint64 proposed)
{
  gint64 more = (claimed - proposed) * 100;

  if (proposed == 0)
    return claimed == 0 ? 0 : DSP_MILEAGE_EXCESS_MAX;
  return MIN (more > 0 ? (more + proposed - 1) / proposed : more / proposed, DSP_MILEAGE_EXCESS_MAX);
}

void
dsp_mileage_propose (DspMileage *mileage,
                     DspDistance by,
                     gint64      metres)
{
  bool is_set = by != DSP_DISTANCE_NONE;

  mileage->proposed_by = by;
  mileage->proposed = (DspInt) { is_set ? MIN (metres, METRES_MAX) : 0, is_set };
  mileage->excess = (DspInt) { 0 };
  if (is_set && mileage->claimed.is_set)
    mileage->excess = (DspInt) { excess_of (mileage->claimed.value, mileage->proposed.value), true };
}

bool
dsp_mileage_wants_road (const DspMileage *mileage)
{
  return mileage->proposed_by == DSP_DISTANCE_GREAT_CIRCLE &&
         (mileage->state == DSP_MILEAGE_CAPTURED || mileage->state == DSP_MILEAGE_SUBMITTED);
}

bool
dsp_mileage_exceeds (const DspMileage *mileage,
                     gint64            tolerance_percent)
{
  return mileage->excess.is_set && mileage->excess.value > tolerance_percent;
}

static gboolean
mileage_check (gconstpointer record,
               GError      **error)
{
  const DspMileage *mileage = record;

  if (mileage->odometer_start.is_set != mileage->odometer_end.is_set)
    return dsp_refuse (error, DSP_RULE_REQUIRED, _("the odometer needs both its start and its end"));
  if (mileage->odometer_end.value < mileage->odometer_start.value)
    return dsp_refuse (error, DSP_RULE_INVALID, _("the odometer runs backwards: from %.1f km to %.1f km"),
                       mileage->odometer_start.value / 1000.0, mileage->odometer_end.value / 1000.0);
  if (!mileage->claimed.is_set)
    return dsp_refuse (error, DSP_RULE_REQUIRED, _("the kilometres are missing: an odometer, or a distance"));
  if (mileage->odometer_end.is_set && mileage->claimed.value != mileage->odometer_end.value - mileage->odometer_start.value)
    return dsp_refuse (error, DSP_RULE_INVALID, _("%.1f km are claimed, and the odometer says %.1f km"), mileage->claimed.value / 1000.0,
                       (mileage->odometer_end.value - mileage->odometer_start.value) / 1000.0);
  return TRUE;
}

static gboolean
pre_invoice_check (gconstpointer record,
                   GError      **error)
{
  const DspPreInvoice *pre_invoice = record;
  char from[16], until[16];

  dsp_date_print (pre_invoice->from, from);
  dsp_date_print (pre_invoice->until, until);
  if (pre_invoice->until.day < pre_invoice->from.day)
    return dsp_refuse (error, DSP_RULE_INVALID, _("the period ends on %s, before it begins on %s"), until, from);
  if (pre_invoice->until.day - pre_invoice->from.day >= 366)
    return dsp_refuse (error, DSP_RULE_INVALID, _("the period from %s to %s is longer than a year"), from, until);
  return TRUE;
}

/* ---- sums ---- */

static void
sum (DspTotals              *totals,
     const DspStatementLine *line,
     int                     sign)
{
  gint64 amount = line->amount.cents * sign;

  totals->n += sign;
  totals->by_concept[line->concept < DSP_N_CONCEPTS ? line->concept : DSP_CONCEPT_NONE] += amount;
  if (line->amount.cents >= 0)
    totals->subtotal += amount;
  else
    totals->deductions -= amount;
  totals->vat += line->vat.cents * sign;
  totals->vat_withheld += line->vat_withheld.cents * sign;
  totals->income_withheld += line->income_withheld.cents * sign;
  totals->total = totals->subtotal - totals->deductions + totals->vat - totals->vat_withheld - totals->income_withheld;
}

void
dsp_totals_add (DspTotals              *totals,
                const DspStatementLine *line)
{
  sum (totals, line, 1);
}

void
dsp_totals_remove (DspTotals              *totals,
                   const DspStatementLine *line)
{
  sum (totals, line, -1);
}

#define CENTS(n) ((DspMoney) { .cents = (n), .is_set = true })

void
dsp_pre_invoice_set_totals (DspPreInvoice   *pre_invoice,
                            const DspTotals *totals)
{
  pre_invoice->n_lines = (DspInt) { .value = totals->n, .is_set = true };
  pre_invoice->services = CENTS (totals->by_concept[DSP_CONCEPT_SERVICE]);
  pre_invoice->mileage = CENTS (totals->by_concept[DSP_CONCEPT_MILEAGE]);
  pre_invoice->bonuses = CENTS (totals->by_concept[DSP_CONCEPT_BONUS]);
  pre_invoice->penalties = CENTS (totals->by_concept[DSP_CONCEPT_PENALTY]);
  pre_invoice->adjustments = CENTS (totals->by_concept[DSP_CONCEPT_ADJUSTMENT]);
  pre_invoice->subtotal = CENTS (totals->subtotal);
  pre_invoice->deductions = CENTS (totals->deductions);
  pre_invoice->vat = CENTS (totals->vat);
  pre_invoice->vat_withheld = CENTS (totals->vat_withheld);
  pre_invoice->income_withheld = CENTS (totals->income_withheld);
  pre_invoice->total = CENTS (totals->total);
}

void
dsp_pre_invoice_get_totals (const DspPreInvoice *pre_invoice,
                            DspTotals           *totals)
{
  *totals = (DspTotals) {
    .n = (guint) pre_invoice->n_lines.value,
    .subtotal = pre_invoice->subtotal.cents,
    .deductions = pre_invoice->deductions.cents,
    .vat = pre_invoice->vat.cents,
    .vat_withheld = pre_invoice->vat_withheld.cents,
    .income_withheld = pre_invoice->income_withheld.cents,
    .total = pre_invoice->total.cents,
  };
  totals->by_concept[DSP_CONCEPT_SERVICE] = pre_invoice->services.cents;
  totals->by_concept[DSP_CONCEPT_MILEAGE] = pre_invoice->mileage.cents;
  totals->by_concept[DSP_CONCEPT_BONUS] = pre_invoice->bonuses.cents;
  totals->by_concept[DSP_CONCEPT_PENALTY] = pre_invoice->penalties.cents;
  totals->by_concept[DSP_CONCEPT_ADJUSTMENT] = pre_invoice->adjustments.cents;
}

void
dsp_statement_line_tax (DspStatementLine *line,
                        const DspTaxRule *rule)
{
  gint64 cents = line->amount.cents;

  line->vat_rate = (DspInt) { .value = rule != NULL ? rule->vat.value : 0, .is_set = true };
  line->vat = CENTS (rule != NULL ? dsp_money_share (cents, rule->vat.value) : 0);
  line->vat_withheld = CENTS (rule != NULL ? dsp_money_share (cents, rule->vat_withheld.value) : 0);
  line->income_withheld = CENTS (rule != NULL ? dsp_money_share (cents, rule->income_withheld.value) : 0);
}

/* Of one order its service comes first, then its bonuses: as the enums go. */
int
dsp_statement_line_compare (const DspStatementLine *a,
                            const DspStatementLine *b)
{
  int order;

  if (a->day.day != b->day.day)
    return a->day.day < b->day.day ? -1 : 1;
  order = g_strcmp0 (a->number, b->number);
  if (order != 0)
    return order;
  if (a->concept != b->concept)
    return a->concept < b->concept ? -1 : 1;
  if (a->pays != b->pays)
    return a->pays < b->pays ? -1 : 1;
  return dsp_id_compare (&a->id, &b->id);
}

DspId
dsp_statement_line_id (const DspId *source_id,
                       DspConcept   concept,
                       DspPays      pays)
{
  char text[DSP_ID_TEXT];
  g_autofree char *key = NULL;

  dsp_id_print (source_id, text);
  key = g_strdup_printf ("%s %s %s", text, DspConcept_words.list[concept].name, pays != 0 ? DspPays_words.list[pays].name : "");
  return dsp_id_from_key ("statement_line", key);
}

/* ---- the entities ---- */

static DspId
owner (DspId distributor)
{
  return dsp_id_is_none (&distributor) ? dsp_scope_company : distributor;
}

static DspId
mileage_scope (gconstpointer record)
{
  return owner (((const DspMileage *) record)->distributor_id);
}

static DspId
statement_line_scope (gconstpointer record)
{
  return owner (((const DspStatementLine *) record)->distributor_id);
}

static DspId
pre_invoice_scope (gconstpointer record)
{
  return owner (((const DspPreInvoice *) record)->distributor_id);
}

/* clang-format off */
const DspEntity dsp_mileage = {
  .table = DSP_TABLE (DspMileage, mileage_fields, "mileage"), .label = N_("Claim of kilometres"), .label_plural = N_("Kilometres"),
  .modules = DSP_MODULE_BIT (MILEAGE), .number = 30, .state_offset = offsetof (DspMileage, state), .scope = mileage_scope, .check = mileage_check,
};
const DspEntity dsp_statement_line = {
  .table = DSP_TABLE (DspStatementLine, statement_line_fields, "statement_line"), .label = N_("Line of the statement"), .label_plural = N_("Statement"),
  .modules = DSP_MODULE_BIT (PRE_INVOICES), .number = 31, .state_offset = offsetof (DspStatementLine, state), .display_offset = offsetof (DspStatementLine, number), .scope = statement_line_scope,
};
const DspEntity dsp_pre_invoice = {
  .table = DSP_TABLE (DspPreInvoice, pre_invoice_fields, "pre_invoice"), .label = N_("Pre-invoice"), .label_plural = N_("Pre-invoices"),
  .modules = DSP_MODULE_BIT (PRE_INVOICES), .number = 32, .state_offset = offsetof (DspPreInvoice, state), .display_offset = offsetof (DspPreInvoice, number), .scope = pre_invoice_scope,
  .check = pre_invoice_check,
};
/* clang-format on */
