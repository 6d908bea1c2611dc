/* dsp-rate-commands.c: rates and tax rules are entered, and what waited for a price gets it
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-money-commands.h"

#include <glib/gi18n-lib.h>

/* Lines that one run of the clock prices: a longer one would hold up what people do meanwhile. */
#define LINES_A_RUN 1000

static gboolean
refuse_clash (const char *code,
              DspDate     from,
              DspDate     until,
              const char *other_code,
              DspDate     other_from,
              DspDate     other_until,
              GError    **error)
{
  g_autofree char *period = dsp_rate_dup_period (from, until), *other_period = dsp_rate_dup_period (other_from, other_until);

  return dsp_refuse (error, DSP_RULE_OVERLAP, _("rate %s (%s) is for the same as rate %s (%s): end one before the other begins"),
                     code, period, other_code, other_period);
}

static gboolean
needs (DspWork       *work,
       const DspRate *rate,
       GError       **error)
{
  return (dsp_id_is_none (&rate->distributor_id) || dsp_work_need (work, &dsp_distributor, &rate->distributor_id, error)) &&
         (dsp_id_is_none (&rate->master_id) || dsp_work_need (work, &dsp_master, &rate->master_id, error));
}

static gboolean
rate_put (DspWork      *work,
          gpointer      record,
          gconstpointer args,
          GError      **error)
{
  DspRate *rate = record;
  const DspRate *other;

  if (!needs (work, rate, error))
    return FALSE;
  other = dsp_rate_find_clash (dsp_work_all (work, &dsp_rate), rate);
  if (other != NULL)
    return refuse_clash (rate->code, rate->from, rate->until, other->code, other->from, other->until, error);
  rate->pricing_at.us = rate->retired == DSP_YES ? 0 : dsp_work_now (work);
  return TRUE;
}

static gboolean
tax_rule_put (DspWork      *work,
              gpointer      record,
              gconstpointer args,
              GError      **error)
{
  const DspTaxRule *rule = record, *other = dsp_tax_rule_find_clash (dsp_work_all (work, &dsp_tax_rule), rule);

  return other == NULL || refuse_clash (rule->code, rule->from, rule->until, other->code, other->from, other->until, error);
}

/* ---- prices for what waited ---- */

typedef struct {
  DspWork       *work;
  const DspRate *rate;
  GArray        *ids;  /* (owned) of DspId */
} Waiting;

/* A bonus on a service without a price waits with it. */
static gboolean
add_waiting (gconstpointer record,
             gpointer      user_data)
{
  const DspStatementLine *line = record;
  Waiting *waiting = user_data;

  if (!line->amount.is_set && (line->pays == DSP_PAYS_SERVICE || line->pays == DSP_PAYS_KILOMETRE) && line->pays == waiting->rate->pays &&
      line->day.day >= waiting->rate->from.day && (waiting->rate->until.day == 0 || line->day.day <= waiting->rate->until.day))
    g_array_append_val (waiting->ids, line->id);
  return TRUE;
}

static bool
concerns (const DspRate        *rate,
          const DspDistributor *distributor)
{
  if (!dsp_id_is_none (&rate->distributor_id))
    return dsp_id_equal (&rate->distributor_id, &distributor->id);
  return dsp_id_is_none (&rate->master_id) || dsp_id_equal (&rate->master_id, &distributor->master_id);
}

/* Up to so many lines are priced; then the clock comes again at once. */
static gboolean
apply (DspWork      *work,
       gpointer      record,
       gconstpointer args,
       GError      **error)
{
  DspRate *rate = record;
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (DspId));
  Waiting waiting = { work, rate, ids };
  GPtrArray *distributors = dsp_work_all (work, &dsp_distributor);
  guint n_priced = 0;

  if (rate->pricing_at.us == 0 || rate->pricing_at.us > dsp_work_now (work))
    return dsp_refuse (error, DSP_RULE_STATE, "rate %s has nothing to price", rate->code);
  rate->pricing_at.us = 0;
  for (guint i = 0; i < distributors->len; i++)
    if (concerns (rate, distributors->pdata[i]))
      dsp_work_each (work, &dsp_statement_line, offsetof (DspStatementLine, open_for), &((DspRecord *) distributors->pdata[i])->id,
                     add_waiting, &waiting);
  for (guint i = 0; i < ids->len && n_priced < LINES_A_RUN; i++)
    {
      DspStatementLine *line = dsp_work_edit (work, &dsp_statement_line, &g_array_index (ids, DspId, i), NULL);

      if (line != NULL)
        dsp_statement_price (work, line);
      n_priced += line != NULL && line->amount.is_set;
    }
  if (n_priced >= LINES_A_RUN)
    rate->pricing_at.us = dsp_work_now (work);
  return TRUE;
}

/* clang-format off */
#define CREATE(E) &E, &E.table, 0, 0, DSP_COMMAND_PUTS | DSP_COMMAND_CREATES
#define CHANGE(E) &E, &E.table, 0, 0, DSP_COMMAND_PUTS

const DspCommand dsp_rate_create     = { "rate.create", N_("New rate"), N_("Created"), CREATE (dsp_rate), rate_put };
const DspCommand dsp_rate_change     = { "rate.change", N_("Change rate"), N_("Changed"), CHANGE (dsp_rate), rate_put };
const DspCommand dsp_rate_apply      = { "rate.apply", N_("Price what waited"), N_("Prices given"), &dsp_rate, NULL, 0, 0, DSP_COMMAND_STEP | DSP_COMMAND_WHOLE, apply };
const DspCommand dsp_tax_rule_create = { "tax_rule.create", N_("New tax rule"), N_("Created"), CREATE (dsp_tax_rule), tax_rule_put };
const DspCommand dsp_tax_rule_change = { "tax_rule.change", N_("Change tax rule"), N_("Changed"), CHANGE (dsp_tax_rule), tax_rule_put };
/* clang-format on */
