/* dsp-rate.c: what is paid for what, and the taxes on it
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

static const DspWord pays_list[] = {
  [DSP_PAYS_NONE]            = { NULL, NULL },
  [DSP_PAYS_SERVICE]         = { "service", N_("Service") },
  [DSP_PAYS_KILOMETRE]       = { "kilometre", N_("Kilometre") },
  [DSP_PAYS_KILOMETRE_EXTRA] = { "kilometre_extra", N_("Kilometre, rural supplement") },
  [DSP_PAYS_SAME_DAY]        = { "same_day", N_("Bonus: same day") },
  [DSP_PAYS_NIGHT]           = { "night", N_("Bonus: at night") },
  [DSP_PAYS_HOLIDAY]         = { "holiday", N_("Bonus: holiday") },
};
G_STATIC_ASSERT (G_N_ELEMENTS (pays_list) == DSP_N_PAYS);
const DspWords DspPays_words = { pays_list, G_N_ELEMENTS (pays_list) };

/* clang-format off */
#define SHARE .decimals = 4, .flags = DSP_COLUMN, .max = DSP_MILLION
static const DspField rate_fields[] = {
  DSP_TEXT   (DspRate, code,           N_("Code"),        .flags = DSP_REQUIRED | DSP_UNIQUE | DSP_SEARCH | DSP_COLUMN, .max = 40),
  DSP_WORD   (DspRate, pays,           DspPays, N_("Pays"), .flags = DSP_REQUIRED | DSP_FILTER | DSP_COLUMN),
  DSP_ID     (DspRate, distributor_id, &dsp_distributor, N_("Distributor"), .flags = DSP_FILTER | DSP_COLUMN),
  DSP_ID     (DspRate, master_id,      &dsp_master, N_("Master"), .flags = DSP_FILTER | DSP_COLUMN),
  DSP_TEXT   (DspRate, group,          N_("Group"),       .flags = DSP_COLUMN, .max = 60),
  DSP_TEXT   (DspRate, type,           N_("Order type"),  .flags = DSP_COLUMN, .max = 60),
  DSP_TEXT   (DspRate, subtype,        N_("Subtype"),     .flags = DSP_COLUMN, .max = 60),
  DSP_LIST   (DspRate, zone,           N_("Zone"),        .flags = DSP_COLUMN, .max = 400),
  DSP_DATE   (DspRate, from,           N_("From"),        .flags = DSP_REQUIRED | DSP_COLUMN),
  DSP_DATE   (DspRate, until,          N_("Until"),       .flags = DSP_COLUMN),
  DSP_MONEY  (DspRate, amount,         N_("Amount"),      .flags = DSP_COLUMN, .min = 0, .max = DSP_MONEY_MAX),
  DSP_INT    (DspRate, share,          N_("Percent of the service's pay"), SHARE),
  DSP_INT    (DspRate, included,       N_("Kilometres of a day included"), .decimals = 3, .flags = DSP_COLUMN, .max = 2000000),
  DSP_YES_NO (DspRate, retired,        N_("Retired"),     .flags = DSP_FILTER),
  DSP_TIME   (DspRate, pricing_at,     N_("Prices open lines since")),
};

static const DspField tax_rule_fields[] = {
  DSP_TEXT   (DspTaxRule, code,            N_("Code"),   .flags = DSP_REQUIRED | DSP_UNIQUE | DSP_SEARCH | DSP_COLUMN, .max = 40),
  DSP_TEXT   (DspTaxRule, regime,          N_("Tax regime"), .flags = DSP_COLUMN, .max = 60),
  DSP_LIST   (DspTaxRule, zone,            N_("Zone"),   .flags = DSP_COLUMN, .max = 400),
  DSP_DATE   (DspTaxRule, from,            N_("From"),   .flags = DSP_REQUIRED | DSP_COLUMN),
  DSP_DATE   (DspTaxRule, until,           N_("Until"),  .flags = DSP_COLUMN),
  DSP_INT    (DspTaxRule, vat,             N_("VAT (percent)"), SHARE),
  DSP_INT    (DspTaxRule, vat_withheld,    N_("VAT withheld (percent)"), SHARE),
  DSP_INT    (DspTaxRule, income_withheld, N_("Income tax withheld (percent)"), SHARE),
  DSP_YES_NO (DspTaxRule, retired,         N_("Retired"), .flags = DSP_FILTER),
};
/* clang-format on */

/* ---- zones ---- */

/* The codes that an item stands for; FALSE for a municipality's name. */
static bool
item_range (const char *item,
            int        *first,
            int        *last)
{
  gsize digits = strspn (item, "0123456789");
  int width = 1;

  if (digits == 0)
    return false;
  for (gsize i = digits; i < 5; i++)
    width *= 10;
  *first = atoi (item) * width;
  *last = item[digits] == '-' ? atoi (item + digits + 1) : *first + width - 1;
  return true;
}

static bool
items_share (const char *a,
             const char *b)
{
  int a_first, a_last, b_first, b_last;
  bool a_codes = item_range (a, &a_first, &a_last), b_codes = item_range (b, &b_first, &b_last);

  if (a_codes != b_codes)
    return false; /* a code goes before a name */
  return a_codes ? a_first <= b_last && b_first <= a_last : strcmp (a, b) == 0;
}

static bool
zones_share (GStrv a,
             GStrv b)
{
  if (a == NULL || b == NULL)
    return a == b;
  for (guint i = 0; a[i] != NULL; i++)
    for (guint k = 0; b[k] != NULL; k++)
      if (items_share (a[i], b[k]))
        return true;
  return false;
}

/* By a code, by a name, or 0 for not at all. @zone is given. */
static DspRateBy
zone_by (GStrv       zone,
         const char *postal_code,
         const char *municipality)
{
  if (dsp_zone_covers ((const char *const *) zone, postal_code, NULL))
    return DSP_BY_POSTAL_CODE;
  return dsp_zone_covers ((const char *const *) zone, NULL, municipality) ? DSP_BY_MUNICIPALITY : 0;
}

/* By what it can be met: codes, names, or both. */
static DspRateBy
zone_asks (GStrv zone)
{
  DspRateBy by = 0;

  for (guint i = 0; zone[i] != NULL; i++)
    by |= g_ascii_isdigit (zone[i][0]) ? DSP_BY_POSTAL_CODE : DSP_BY_MUNICIPALITY;
  return by;
}

static gboolean
check_zone (const char *code,
            GStrv       zone,
            GError    **error)
{
  for (guint i = 0; zone != NULL && zone[i] != NULL; i++)
    if (!dsp_zone_item_is_valid (zone[i]))
      return dsp_refuse (error, DSP_RULE_INVALID,
                         _("%s: “%s” is no postal code (03100), range (03100-03199), beginning (031*) or municipality"), code, zone[i]);
  return TRUE;
}

/* ---- rates ---- */

static bool
in_force (DspDate from,
          DspDate until,
          DspDate day)
{
  return from.day <= day.day && (until.day == 0 || day.day <= until.day);
}

static bool
dates_share (DspDate a_from,
             DspDate a_until,
             DspDate b_from,
             DspDate b_until)
{
  return (a_until.day == 0 || b_from.day <= a_until.day) && (b_until.day == 0 || a_from.day <= b_until.day);
}

/* What a rate asks for, of all the conditions there are, and which of them the case meets. */
typedef struct { DspRateBy asked, met; } Verdict;

static Verdict
judge (const DspRate    *rate,
       const DspPayable *payable)
{
  const struct { bool asked, met; DspRateBy by; } conditions[] = {
    { true, rate->pays == payable->pays, DSP_BY_KIND },
    { true, rate->retired != DSP_YES, DSP_BY_RETIRED },
    { true, in_force (rate->from, rate->until, payable->day), DSP_BY_DAY },
    { !dsp_id_is_none (&rate->distributor_id), dsp_id_equal (&rate->distributor_id, &payable->distributor_id), DSP_BY_DISTRIBUTOR },
    { !dsp_id_is_none (&rate->master_id), dsp_id_equal (&rate->master_id, &payable->master_id), DSP_BY_MASTER },
    { rate->subtype != NULL, g_strcmp0 (rate->subtype, payable->subtype) == 0, DSP_BY_SUBTYPE },
    { rate->type != NULL, g_strcmp0 (rate->type, payable->type) == 0, DSP_BY_TYPE },
    { rate->group != NULL, g_strcmp0 (rate->group, payable->group) == 0, DSP_BY_GROUP },
  };
  Verdict verdict = { 0, 0 };

  for (guint i = 0; i < G_N_ELEMENTS (conditions); i++)
    {
      if (conditions[i].asked)
        verdict.asked |= conditions[i].by;
      if (conditions[i].asked && conditions[i].met)
        verdict.met |= conditions[i].by;
    }
  /* By a code or by a name: one of them is enough. */
  if (rate->zone != NULL)
    {
      DspRateBy zone = zone_by (rate->zone, payable->postal_code, payable->municipality);

      verdict.asked |= zone != 0 ? zone : zone_asks (rate->zone);
      verdict.met |= zone;
    }
  return verdict;
}

#define NOT_SPECIFIC (DSP_BY_KIND | DSP_BY_RETIRED | DSP_BY_DAY)

bool
dsp_rate_fits (const DspRate    *rate,
               const DspPayable *payable,
               DspRateBy        *by)
{
  static const DspRateBy order[] = { DSP_BY_KIND, DSP_BY_RETIRED, DSP_BY_DAY, DSP_BY_DISTRIBUTOR, DSP_BY_MASTER, DSP_BY_SUBTYPE,
                                     DSP_BY_TYPE, DSP_BY_GROUP, DSP_BY_POSTAL_CODE, DSP_BY_MUNICIPALITY };
  Verdict verdict;
  DspRateBy missed;

  /* Most rates are for something else: nothing more is looked at. */
  if (rate->pays != payable->pays)
    {
      if (by != NULL)
        *by = DSP_BY_KIND;
      return false;
    }
  verdict = judge (rate, payable);
  missed = verdict.asked & ~verdict.met;
  for (guint i = 0; by != NULL && missed != 0 && i < G_N_ELEMENTS (order); i++)
    if (missed & order[i])
      {
        *by = order[i];
        return false;
      }
  if (by != NULL)
    *by = verdict.met & ~NOT_SPECIFIC;
  return missed == 0;
}

DspRateBy
dsp_rate_asks (const DspRate *rate)
{
  DspRateBy asks = judge (rate, &(DspPayable) { .pays = rate->pays, .day = rate->from }).asked;

  return asks & ~NOT_SPECIFIC;
}

guint
dsp_rate_rank (DspRateBy by)
{
  static const DspRateBy order[] = { DSP_BY_MUNICIPALITY, DSP_BY_POSTAL_CODE, DSP_BY_GROUP, DSP_BY_TYPE, DSP_BY_SUBTYPE,
                                     DSP_BY_MASTER, DSP_BY_DISTRIBUTOR };
  guint value = 0;

  for (guint i = 0; i < G_N_ELEMENTS (order); i++)
    if (by & order[i])
      value |= 1u << i;
  return value;
}

const DspRate *
dsp_rate_find (GPtrArray        *rates,
               const DspPayable *payable,
               DspRateBy        *by)
{
  const DspRate *best = NULL;
  DspRateBy best_by = 0;

  for (guint i = 0; i < rates->len; i++)
    {
      const DspRate *rate = rates->pdata[i];
      DspRateBy this_by = 0;

      if (dsp_rate_fits (rate, payable, &this_by) &&
          (best == NULL || dsp_rate_rank (this_by) > dsp_rate_rank (best_by) ||
           /* They do not clash where they were entered one after the other; if they do all the same, the older one. */
           (dsp_rate_rank (this_by) == dsp_rate_rank (best_by) && dsp_id_compare (&rate->id, &best->id) < 0)))
        {
          best = rate;
          best_by = this_by;
        }
    }
  if (by != NULL)
    *by = best_by;
  return best;
}

bool
dsp_rate_clashes (const DspRate *a,
                  const DspRate *b)
{
  return a->retired != DSP_YES && b->retired != DSP_YES && a->pays == b->pays &&
         dsp_id_equal (&a->distributor_id, &b->distributor_id) && dsp_id_equal (&a->master_id, &b->master_id) &&
         g_strcmp0 (a->group, b->group) == 0 && g_strcmp0 (a->type, b->type) == 0 && g_strcmp0 (a->subtype, b->subtype) == 0 &&
         dates_share (a->from, a->until, b->from, b->until) && zones_share (a->zone, b->zone);
}

const DspRate *
dsp_rate_find_clash (const GPtrArray *rates,
                     const DspRate   *rate)
{
  for (guint i = 0; i < rates->len; i++)
    {
      const DspRate *other = rates->pdata[i];

      if (!dsp_id_equal (&other->id, &rate->id) && dsp_rate_clashes (other, rate))
        return other;
    }
  return NULL;
}

/* ---- why ---- */

static int
compare_candidates (gconstpointer a,
                    gconstpointer b)
{
  const DspRateCandidate *x = a, *y = b;
  guint rank_x = dsp_rate_rank (x->asks), rank_y = dsp_rate_rank (y->asks);

  if (rank_x != rank_y)
    return rank_x > rank_y ? -1 : 1;
  if (x->missed != y->missed)
    return x->missed < y->missed ? -1 : 1;
  return dsp_id_compare (&x->rate->id, &y->rate->id);
}

GArray *
dsp_rate_explain (GPtrArray        *rates,
                  const DspPayable *payable)
{
  GArray *candidates = g_array_new (FALSE, FALSE, sizeof (DspRateCandidate));
  const DspRate *winner = dsp_rate_find (rates, payable, NULL);

  for (guint i = 0; i < rates->len; i++)
    {
      const DspRate *rate = rates->pdata[i];
      Verdict verdict = judge (rate, payable);
      DspRateCandidate candidate = { .rate = rate, .asks = verdict.asked & ~NOT_SPECIFIC, .met = verdict.met & ~NOT_SPECIFIC,
                                     .missed = verdict.asked & ~verdict.met, .applies = rate == winner };

      if (!(candidate.missed & DSP_BY_KIND))
        g_array_append_val (candidates, candidate);
    }
  g_array_sort (candidates, compare_candidates);
  return candidates;
}

const char *
dsp_rate_by_label (DspRateBy by)
{
  switch (by)
    {
    case DSP_BY_DISTRIBUTOR:  return _("distributor");
    case DSP_BY_MASTER:       return _("master");
    case DSP_BY_SUBTYPE:      return _("subtype");
    case DSP_BY_TYPE:         return _("order type");
    case DSP_BY_GROUP:        return _("group");
    case DSP_BY_POSTAL_CODE:  return _("postal code");
    case DSP_BY_MUNICIPALITY: return _("municipality");
    case DSP_BY_DAY:          return _("date");
    case DSP_BY_RETIRED:      return _("retired");
    case DSP_BY_KIND:
    default:                  return _("what it pays");
    }
}

char *
dsp_rate_dup_period (DspDate from,
                     DspDate until)
{
  char first[16], last[16];

  dsp_date_print (from, first);
  if (until.day == 0)
    return g_strdup_printf (_("from %s, without end"), first);
  dsp_date_print (until, last);
  return g_strdup_printf (_("from %s until %s"), first, last);
}

static gboolean
dates_are (const char *code,
           DspDate     from,
           DspDate     until,
           GError    **error)
{
  char first[16], last[16];

  if (until.day == 0 || until.day >= from.day)
    return TRUE;
  dsp_date_print (from, first);
  dsp_date_print (until, last);
  return dsp_refuse (error, DSP_RULE_INVALID, _("%s ends on %s, before it begins on %s"), code, last, first);
}

static gboolean
rate_check (gconstpointer record,
            GError      **error)
{
  const DspRate *rate = record;
  bool kilometre = rate->pays == DSP_PAYS_KILOMETRE || rate->pays == DSP_PAYS_KILOMETRE_EXTRA;
  bool bonus = !kilometre && rate->pays != DSP_PAYS_SERVICE;

  if (rate->amount.is_set == rate->share.is_set)
    return dsp_refuse (error, DSP_RULE_REQUIRED, _("rate %s needs an amount or a percentage, and not both"), rate->code);
  if (rate->share.is_set && !bonus)
    return dsp_refuse (error, DSP_RULE_INVALID, _("rate %s: only a bonus is a percentage of the service's pay"), rate->code);
  if (rate->included.is_set && rate->pays != DSP_PAYS_KILOMETRE)
    return dsp_refuse (error, DSP_RULE_INVALID, _("rate %s: only a rate for kilometres has kilometres included"), rate->code);
  if (kilometre && (rate->group != NULL || rate->type != NULL || rate->subtype != NULL))
    return dsp_refuse (error, DSP_RULE_INVALID, _("rate %s: kilometres are paid alike for every type of order"), rate->code);
  if (rate->type == NULL && rate->subtype != NULL)
    return dsp_refuse (error, DSP_RULE_INVALID, _("rate %s has a subtype and no type"), rate->code);
  if (!dsp_id_is_none (&rate->distributor_id) && !dsp_id_is_none (&rate->master_id))
    return dsp_refuse (error, DSP_RULE_INVALID, _("rate %s is a distributor's or a master's, not both"), rate->code);
  return dates_are (rate->code, rate->from, rate->until, error) && check_zone (rate->code, rate->zone, error);
}

/* ---- taxes ---- */

const DspTaxRule *
dsp_tax_rule_find (GPtrArray  *rules,
                   const char *regime,
                   const char *postal_code,
                   const char *municipality,
                   DspDate     day)
{
  const DspTaxRule *best = NULL;
  guint best_rank = 0;

  for (guint i = 0; i < rules->len; i++)
    {
      const DspTaxRule *rule = rules->pdata[i];
      DspRateBy zone = rule->zone != NULL ? zone_by (rule->zone, postal_code, municipality) : 0;
      guint this_rank = (rule->regime != NULL ? 4 : 0) + (zone == DSP_BY_POSTAL_CODE ? 2 : zone != 0 ? 1 : 0);

      if (rule->retired == DSP_YES || !in_force (rule->from, rule->until, day) || (rule->zone != NULL && zone == 0) ||
          (rule->regime != NULL && g_strcmp0 (rule->regime, regime) != 0))
        continue;
      if (best == NULL || this_rank > best_rank || (this_rank == best_rank && dsp_id_compare (&rule->id, &best->id) < 0))
        {
          best = rule;
          best_rank = this_rank;
        }
    }
  return best;
}

bool
dsp_tax_rule_clashes (const DspTaxRule *a,
                      const DspTaxRule *b)
{
  return a->retired != DSP_YES && b->retired != DSP_YES && g_strcmp0 (a->regime, b->regime) == 0 &&
         dates_share (a->from, a->until, b->from, b->until) && zones_share (a->zone, b->zone);
}

const DspTaxRule *
dsp_tax_rule_find_clash (const GPtrArray  *rules,
                         const DspTaxRule *rule)
{
  for (guint i = 0; i < rules->len; i++)
    {
      const DspTaxRule *other = rules->pdata[i];

      if (!dsp_id_equal (&other->id, &rule->id) && dsp_tax_rule_clashes (other, rule))
        return other;
    }
  return NULL;
}

static gboolean
tax_rule_check (gconstpointer record,
                GError      **error)
{
  const DspTaxRule *rule = record;

  if (!rule->vat.is_set)
    return dsp_refuse (error, DSP_RULE_REQUIRED, _("tax rule %s does not say the VAT, be it 0"), rule->code);
  if (rule->vat_withheld.value > rule->vat.value)
    return dsp_refuse (error, DSP_RULE_INVALID, _("tax rule %s withholds more VAT than there is"), rule->code);
  return dates_are (rule->code, rule->from, rule->until, error) && check_zone (rule->code, rule->zone, error);
}

/* ---- the entities ---- */

static DspId
common_scope (gconstpointer record)
{
  return dsp_scope_common;
}

/* What another distributor earns is nobody's business. */
static DspId
rate_scope (gconstpointer record)
{
  const DspRate *rate = record;

  if (!dsp_id_is_none (&rate->distributor_id))
    return rate->distributor_id;
  return dsp_id_is_none (&rate->master_id) ? dsp_scope_common : rate->master_id;
}

static DspTime
rate_due (gconstpointer record)
{
  return ((const DspRate *) record)->pricing_at;
}

extern const struct _DspCommand dsp_rate_apply;

/* clang-format off */
const DspEntity dsp_rate = {
  .table = DSP_TABLE (DspRate, rate_fields, "rate"), .label = N_("Rate"), .label_plural = N_("Rates"), .number = 28,
  .modules = DSP_MODULE_BIT (RATES) | DSP_MODULE_BIT (PRE_INVOICES),
  .display_offset = offsetof (DspRate, code), .scope = rate_scope, .check = rate_check,
  .due = rate_due, .due_command = &dsp_rate_apply,
};
const DspEntity dsp_tax_rule = {
  .table = DSP_TABLE (DspTaxRule, tax_rule_fields, "tax_rule"), .label = N_("Tax rule"), .label_plural = N_("Tax rules"), .number = 29,
  .modules = DSP_MODULE_BIT (RATES) | DSP_MODULE_BIT (PRE_INVOICES),
  .display_offset = offsetof (DspTaxRule, code), .scope = common_scope, .check = tax_rule_check,
};
/* clang-format on */
