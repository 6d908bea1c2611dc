/* dsp-statement-make.c: where the lines of the running statement come from, and what they are worth
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A price is frozen when the line is made or, if no rate applied then, when one is entered. Some prices rest on another
 * line of the same thing: a bonus that is a percentage on the service, a rural supplement on the kilometres that are paid.
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-money-commands.h"
#include "dsp-money.h"
#include "dsp-penalty-clock.h"

/* Said by the program: translated where it is shown. */
#define DSP_SAYS_REOPENED N_("The order was reopened.")
#define DSP_SAYS_WAIVED   N_("The penalty was waived after it was billed.")

static const DspId *
master_of (DspWork     *work,
           const DspId *distributor_id)
{
  const DspDistributor *distributor = dsp_work_get (work, &dsp_distributor, distributor_id);

  return distributor != NULL ? &distributor->master_id : &dsp_id_none;
}

void
dsp_statement_line_payable (const DspStatementLine *line,
                            const DspId            *master_id,
                            DspPays                 pays,
                            DspPayable             *payable)
{
  *payable = (DspPayable) {
    .pays = pays,
    .distributor_id = line->distributor_id,
    .master_id = *master_id,
    .group = line->group,
    .type = line->type,
    .subtype = line->subtype,
    .postal_code = line->postal_code,
    .municipality = line->municipality,
    .day = line->day,
  };
}

static const DspRate *
find_rate (DspWork                *work,
           const DspStatementLine *line,
           DspPays                 pays,
           DspRateBy              *by)
{
  DspPayable payable;

  dsp_statement_line_payable (line, master_of (work, &line->distributor_id), pays, &payable);
  return dsp_rate_find (dsp_work_all (work, &dsp_rate), &payable, by);
}

static void
set_rate (DspStatementLine *line,
          const DspRate    *rate,
          DspRateBy         by)
{
  line->rate_id = rate->id;
  dsp_set_text (&line->rate_code, rate->code);
  line->rate_by = (DspInt) { .value = by, .is_set = true };
  line->share = rate->share;
}

#define CENTS(n) ((DspMoney) { .cents = (n), .is_set = true })

/* ---- kilometres ---- */

typedef struct {
  const DspMileage *mine;
  GArray           *ids;  /* of claims of that crew and day that count */
} DayClaims;

static gboolean
add_claim (gconstpointer record,
           gpointer      user_data)
{
  const DspMileage *claim = record;
  DayClaims *day = user_data;

  if (claim->day.day == day->mine->day.day && !dsp_id_equal (&claim->id, &day->mine->id) &&
      (claim->state == DSP_MILEAGE_APPROVED || claim->state == DSP_MILEAGE_ADJUSTED))
    g_array_append_val (day->ids, claim->id);
  return TRUE;
}

/* Of the crew's other claims of that day that have a price: the metres that were driven, and those of them that are paid. */
static void
priced_that_day (DspWork          *work,
                 const DspMileage *claim,
                 gint64           *driven,
                 gint64           *paid)
{
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (DspId));
  DayClaims day = { claim, ids };

  *driven = *paid = 0;
  dsp_work_each (work, &dsp_mileage, offsetof (DspMileage, crew_id), &claim->crew_id, add_claim, &day);
  for (guint i = 0; i < ids->len; i++)
    {
      const DspId *id = &g_array_index (ids, DspId, i);
      DspId line_id = dsp_statement_line_id (id, DSP_CONCEPT_MILEAGE, DSP_PAYS_KILOMETRE);
      const DspStatementLine *line = dsp_work_get (work, &dsp_statement_line, &line_id);
      gint64 metres = line != NULL && line->amount.is_set && line->state != DSP_LINE_VOID ? line->metres.value : -1;
      const DspMileage *other = metres >= 0 ? dsp_work_get (work, &dsp_mileage, id) : NULL;

      *driven += other != NULL ? other->approved.value : 0;
      *paid += other != NULL ? metres : 0;
    }
}

/* What of the day goes beyond the included kilometres and is not another line's: in whatever order the claims of a day are priced,
 * and priced again, together they come to that. */

static void
price_kilometres (DspWork          *work,
                  DspStatementLine *line)
{
  DspRateBy by;
  const DspRate *rate = find_rate (work, line, DSP_PAYS_KILOMETRE, &by);
  const DspMileage *there = rate != NULL ? dsp_work_get (work, &dsp_mileage, &line->source_id) : NULL;
  g_autoptr(DspMileage) claim = there != NULL ? dsp_mileage_dup (there) : NULL;
  gint64 driven, paid, of_day;

  if (claim == NULL)
    return;
  set_rate (line, rate, by);
  priced_that_day (work, claim, &driven, &paid);
  of_day = MAX (0, driven + claim->approved.value - rate->included.value);
  line->metres = (DspInt) { .value = CLAMP (of_day - paid, 0, claim->approved.value), .is_set = true };
  line->unit = rate->amount;
  line->amount = CENTS (dsp_money_for_distance (rate->amount.cents, line->metres.value));
}

/* ---- prices ---- */

/* One that rests on @base, another line of the same thing. Both are of this run. */
static void
price_upon (DspWork                *work,
            DspStatementLine       *line,
            const DspStatementLine *base)
{
  DspRateBy by;
  const DspRate *rate = find_rate (work, line, line->pays, &by);

  if (rate == NULL)
    return;
  set_rate (line, rate, by);
  if (line->pays == DSP_PAYS_KILOMETRE_EXTRA)
    {
      line->metres = base->metres;
      line->unit = rate->amount;
      line->amount = base->amount.is_set ? CENTS (dsp_money_for_distance (rate->amount.cents, base->metres.value)) : (DspMoney) { 0 };
    }
  else if (rate->share.is_set)
    line->amount = base->amount.is_set ? CENTS (dsp_money_share (base->amount.cents, rate->share.value)) : (DspMoney) { 0 };
  else
    line->amount = rate->amount;
}

static DspPays
base_of (DspConcept concept)
{
  return concept == DSP_CONCEPT_MILEAGE ? DSP_PAYS_KILOMETRE : DSP_PAYS_SERVICE;
}

static void
price_dependents (DspWork                *work,
                  const DspStatementLine *base)
{
  for (DspPays pays = DSP_PAYS_KILOMETRE_EXTRA; pays < DSP_N_PAYS; pays++)
    {
      DspConcept concept = pays == DSP_PAYS_KILOMETRE_EXTRA ? DSP_CONCEPT_MILEAGE : DSP_CONCEPT_BONUS;
      DspId id = dsp_statement_line_id (&base->source_id, concept, pays);
      const DspStatementLine *there = dsp_work_get (work, &dsp_statement_line, &id);
      DspStatementLine *line;

      if (there == NULL || there->amount.is_set || there->state != DSP_LINE_FREE)
        continue;
      line = dsp_work_edit (work, &dsp_statement_line, &id, NULL);
      if (line != NULL)
        price_upon (work, line, base);
    }
}

static gboolean
add_decided (gconstpointer record,
             gpointer      user_data)
{
  const DspPenalty *penalty = record;

  if (penalty->state == DSP_PENALTY_CONFIRMED || penalty->state == DSP_PENALTY_TRANSFERRED)
    g_array_append_val (user_data, penalty->id);
  return TRUE;
}

/* Penalties that are a percentage on a service that had no price when they were confirmed. */
static void
charge_what_waited (DspWork                *work,
                    const DspStatementLine *service)
{
  GPtrArray *rules = dsp_work_all (work, &dsp_penalty_rule);
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (DspId));
  bool by_percent = false;

  for (guint i = 0; i < rules->len && !by_percent; i++)
    by_percent = ((const DspPenaltyRule *) rules->pdata[i])->percent.is_set;
  if (!by_percent)
    return;
  dsp_work_each (work, &dsp_penalty, offsetof (DspPenalty, order_id), &service->order_id, add_decided, ids);
  for (guint i = 0; i < ids->len; i++)
    {
      DspPenalty *penalty = dsp_work_edit (work, &dsp_penalty, &g_array_index (ids, DspId, i), NULL);

      if (penalty != NULL)
        dsp_statement_add_penalty (work, penalty);
    }
}

static void
forget_price (DspStatementLine *line)
{
  line->amount = line->unit = (DspMoney) { 0 };
  line->rate_id = dsp_id_none;
  line->rate_by = line->share = (DspInt) { 0 };
  dsp_set_text (&line->rate_code, NULL);
}

void
dsp_statement_price (DspWork          *work,
                     DspStatementLine *line)
{
  DspRateBy by;
  const DspRate *rate;

  forget_price (line);
  if (line->pays == DSP_PAYS_SERVICE)
    {
      rate = find_rate (work, line, DSP_PAYS_SERVICE, &by);
      if (rate == NULL)
        return;
      set_rate (line, rate, by);
      line->amount = rate->amount;
    }
  else
    price_kilometres (work, line);
  if (line->amount.is_set)
    price_dependents (work, line);
  if (line->amount.is_set && line->pays == DSP_PAYS_SERVICE)
    charge_what_waited (work, line);
}

/* ---- lines ---- */

/* A fresh line of a thing; NULL if there is one that counts already. */
static DspStatementLine *
make (DspWork     *work,
      const DspId *source_id,
      DspConcept   concept,
      DspPays      pays,
      const DspId *distributor_id)
{
  DspId id = dsp_statement_line_id (source_id, concept, pays);
  const DspStatementLine *there = dsp_work_get (work, &dsp_statement_line, &id);
  DspStatementLine *line;

  if (there != NULL && there->state != DSP_LINE_VOID)
    return NULL;
  if (there != NULL)
    {
      line = dsp_work_edit (work, &dsp_statement_line, &id, NULL);
      dsp_table_clear (&dsp_statement_line.table, line);
    }
  else
    line = dsp_work_create (work, &dsp_statement_line, &id);
  line->concept = concept;
  line->pays = pays;
  line->state = DSP_LINE_FREE;
  line->source_id = *source_id;
  line->distributor_id = line->open_for = *distributor_id;
  return line;
}

static void
take_order (DspStatementLine *line,
            const DspOrder   *order)
{
  dsp_set_text (&line->number, order->number);
  dsp_set_text (&line->group, order->group);
  dsp_set_text (&line->type, order->type);
  dsp_set_text (&line->subtype, order->subtype);
  dsp_set_text (&line->postal_code, order->postal_code);
  dsp_set_text (&line->municipality, order->municipality);
  line->order_id = order->id;
}

void
dsp_statement_payable (const DspOrder *order,
                       const DspId    *master_id,
                       DspDate         day,
                       DspPays         pays,
                       DspPayable     *payable)
{
  *payable = (DspPayable) {
    .pays = pays,
    .distributor_id = order->distributor_id,
    .master_id = *master_id,
    .group = order->group,
    .type = order->type,
    .subtype = order->subtype,
    .postal_code = order->postal_code,
    .municipality = order->municipality,
    .day = day,
  };
}

/* Has the order earned that bonus, whatever it may be worth? */
static bool
earned (DspWork        *work,
        const DspOrder *order,
        DspPays         pays)
{
  DspCalendar *calendar = dsp_work_calendar (work);
  DspId id = dsp_office_settings_id ();
  const DspOfficeSettings *office = dsp_work_get (work, &dsp_office_settings, &id);
  const DspOfficeSettings *defaults = dsp_office_defaults ();
  gint64 night_starts = (office != NULL && office->night_starts.is_set ? office : defaults)->night_starts.value;
  gint64 night_ends = (office != NULL && office->night_ends.is_set ? office : defaults)->night_ends.value;
  int minute;
  DspDate day = dsp_calendar_day (calendar, order->closed_at.us, &minute);

  switch (pays)
    {
    case DSP_PAYS_SAME_DAY:
      return dsp_calendar_day (calendar, order->created_at.us, NULL).day == day.day;
    case DSP_PAYS_NIGHT:
      return night_starts <= night_ends ? night_starts <= minute && minute < night_ends : minute >= night_starts || minute < night_ends;
    case DSP_PAYS_HOLIDAY:
      return !dsp_calendar_works (calendar, day);
    default:
      return false;
    }
}

/* A bonus that no rate pays is none; it does not wait for one. */
static void
add_bonus (DspWork                *work,
           const DspStatementLine *service,
           DspPays                 pays)
{
  DspRateBy by;
  DspStatementLine *line;

  if (find_rate (work, service, pays, &by) == NULL)
    return;
  line = make (work, &service->order_id, DSP_CONCEPT_BONUS, pays, &service->distributor_id);
  if (line == NULL)
    return;
  dsp_set_text (&line->number, service->number);
  dsp_set_text (&line->group, service->group);
  dsp_set_text (&line->type, service->type);
  dsp_set_text (&line->subtype, service->subtype);
  dsp_set_text (&line->postal_code, service->postal_code);
  dsp_set_text (&line->municipality, service->municipality);
  line->order_id = service->order_id;
  line->crew_id = service->crew_id;
  line->day = service->day;
  price_upon (work, line, service);
}

/* Is @line of the closing as which @order stands now? */
static bool
is_of_closing (DspWork                *work,
               const DspStatementLine *line,
               const DspOrder         *order)
{
  return order->status == DSP_ORDER_CLOSED && dsp_id_equal (&line->distributor_id, &order->distributor_id) &&
         line->day.day == dsp_calendar_day (dsp_work_calendar (work), order->closed_at.us, NULL).day;
}

/* The service's line that is free for this closing, made if there is none; NULL if an earlier closing was billed. */
static DspStatementLine *
need_service (DspWork        *work,
              const DspOrder *order)
{
  DspId id = dsp_statement_line_id (&order->id, DSP_CONCEPT_SERVICE, DSP_PAYS_SERVICE);
  DspStatementLine *line = make (work, &order->id, DSP_CONCEPT_SERVICE, DSP_PAYS_SERVICE, &order->distributor_id);

  if (line == NULL)
    {
      line = dsp_work_edit (work, &dsp_statement_line, &id, NULL);
      return line != NULL && line->state == DSP_LINE_FREE && is_of_closing (work, line, order) ? line : NULL;
    }
  take_order (line, order);
  line->crew_id = order->crew_id;
  line->day = dsp_calendar_day (dsp_work_calendar (work), order->closed_at.us, NULL);
  dsp_statement_price (work, line);
  return line;
}

void
dsp_statement_add_order (DspWork        *work,
                         const DspOrder *order)
{
  DspStatementLine *line;

  if (dsp_id_is_none (&order->distributor_id) || order->closed_at.us == 0)
    return;
  line = need_service (work, order);
  if (line == NULL)
    return;
  for (DspPays pays = DSP_PAYS_SAME_DAY; pays <= DSP_PAYS_HOLIDAY; pays++)
    if (earned (work, order, pays))
      add_bonus (work, line, pays);
}

static gboolean
add_counting (gconstpointer record,
              gpointer      user_data)
{
  const DspStatementLine *line = record;

  if (line->state != DSP_LINE_VOID && (line->concept == DSP_CONCEPT_SERVICE || line->concept == DSP_CONCEPT_BONUS))
    g_array_append_val (user_data, line->id);
  return TRUE;
}

/* What is billed already is put in question, as long as the pre-invoice is open; afterwards it stays. */
static void
void_line (DspWork          *work,
           DspStatementLine *line)
{
  DspPreInvoice *pre_invoice;

  if (line->state == DSP_LINE_FREE)
    {
      line->state = DSP_LINE_VOID;
      line->open_for = dsp_id_none;
      return;
    }
  pre_invoice = dsp_work_edit (work, &dsp_pre_invoice, &line->pre_invoice_id, NULL);
  if (pre_invoice == NULL || pre_invoice->state > DSP_PRE_INVOICE_OBSERVED)
    return;
  if (line->state != DSP_LINE_OBSERVED)
    pre_invoice->n_observed = (DspInt) { .value = pre_invoice->n_observed.value + 1, .is_set = true };
  line->state = DSP_LINE_OBSERVED;
  dsp_set_text (&line->observation, DSP_SAYS_REOPENED);
}

void
dsp_statement_void_order (DspWork        *work,
                          const DspOrder *order)
{
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (DspId));

  dsp_work_each (work, &dsp_statement_line, offsetof (DspStatementLine, order_id), &order->id, add_counting, ids);
  for (guint i = 0; i < ids->len; i++)
    {
      DspStatementLine *line = dsp_work_edit (work, &dsp_statement_line, &g_array_index (ids, DspId, i), NULL);

      if (line != NULL)
        void_line (work, line);
    }
}

void
dsp_statement_release (DspWork          *work,
                       DspStatementLine *line)
{
  const DspOrder *there = NULL;
  g_autoptr(DspOrder) order = NULL;

  line->state = DSP_LINE_FREE;
  line->open_for = line->distributor_id;
  line->pre_invoice_id = dsp_id_none;
  line->vat_rate = (DspInt) { 0 };
  line->vat = line->vat_withheld = line->income_withheld = (DspMoney) { 0 };
  if (line->concept == DSP_CONCEPT_SERVICE || line->concept == DSP_CONCEPT_BONUS)
    there = dsp_work_get (work, &dsp_order, &line->order_id);
  if (there == NULL || is_of_closing (work, line, there))
    return;
  order = dsp_order_dup (there);
  void_line (work, line);
  if (order->status == DSP_ORDER_CLOSED)
    dsp_statement_add_order (work, order);
}

/* A supplement that no rate pays is none. */
static void
add_extra (DspWork                *work,
           const DspStatementLine *kilometres)
{
  DspRateBy by;
  DspStatementLine *extra;

  if (find_rate (work, kilometres, DSP_PAYS_KILOMETRE_EXTRA, &by) == NULL)
    return;
  extra = make (work, &kilometres->source_id, DSP_CONCEPT_MILEAGE, DSP_PAYS_KILOMETRE_EXTRA, &kilometres->distributor_id);
  if (extra == NULL)
    return;
  dsp_set_text (&extra->number, kilometres->number);
  dsp_set_text (&extra->postal_code, kilometres->postal_code);
  dsp_set_text (&extra->municipality, kilometres->municipality);
  extra->order_id = kilometres->order_id;
  extra->crew_id = kilometres->crew_id;
  extra->day = kilometres->day;
  price_upon (work, extra, kilometres);
}

void
dsp_statement_add_mileage (DspWork          *work,
                           const DspMileage *mileage)
{
  const DspOrder *order;
  const DspCrew *crew;
  DspStatementLine *line;

  if (dsp_id_is_none (&mileage->distributor_id))
    return;
  line = make (work, &mileage->id, DSP_CONCEPT_MILEAGE, DSP_PAYS_KILOMETRE, &mileage->distributor_id);
  if (line == NULL)
    return;
  order = dsp_work_get (work, &dsp_order, &mileage->order_id);
  if (order != NULL)
    take_order (line, order);
  else
    {
      crew = dsp_work_get (work, &dsp_crew, &mileage->crew_id);
      dsp_set_text (&line->number, mileage->number != NULL ? mileage->number : crew != NULL ? crew->code : "?");
    }
  line->crew_id = mileage->crew_id;
  line->day = mileage->day;
  line->metres = mileage->approved;
  add_extra (work, line);
  dsp_statement_price (work, line);
}

/* ---- priced again ---- */

/* @line is free. What no rate pays any more is none: it does not wait for one. */
static void
reprice_upon (DspWork                *work,
              DspStatementLine       *line,
              const DspStatementLine *base)
{
  DspRateBy by;

  forget_price (line);
  if (base == NULL || base->state == DSP_LINE_VOID || find_rate (work, line, line->pays, &by) == NULL)
    void_line (work, line);
  else
    price_upon (work, line, base);
}

/* @order: (nullable): of a service: without it no bonus is added. What is in a pre-invoice stays as it is. */
static void
reprice_dependent (DspWork                *work,
                   const DspStatementLine *base,
                   const DspOrder         *order,
                   DspPays                 pays)
{
  bool bonus = base->pays == DSP_PAYS_SERVICE;
  DspId id = dsp_statement_line_id (&base->source_id, bonus ? DSP_CONCEPT_BONUS : DSP_CONCEPT_MILEAGE, pays);
  const DspStatementLine *there = dsp_work_get (work, &dsp_statement_line, &id);

  if (there != NULL && there->state == DSP_LINE_FREE)
    reprice_upon (work, dsp_work_edit (work, &dsp_statement_line, &id, NULL), base);
  else if (there != NULL && there->state != DSP_LINE_VOID)
    return;
  else if (!bonus)
    add_extra (work, base);
  else if (order != NULL && is_of_closing (work, base, order) && earned (work, order, pays))
    add_bonus (work, base, pays);
}

static void
reprice_dependents (DspWork                *work,
                    const DspStatementLine *base)
{
  const DspOrder *there = base->pays == DSP_PAYS_SERVICE ? dsp_work_get (work, &dsp_order, &base->order_id) : NULL;
  g_autoptr(DspOrder) order = there != NULL ? dsp_order_dup (there) : NULL;

  if (base->pays == DSP_PAYS_KILOMETRE)
    reprice_dependent (work, base, NULL, DSP_PAYS_KILOMETRE_EXTRA);
  else
    for (DspPays pays = DSP_PAYS_SAME_DAY; pays <= DSP_PAYS_HOLIDAY; pays++)
      reprice_dependent (work, base, order, pays);
}

void
dsp_statement_reprice (DspWork          *work,
                       DspStatementLine *line)
{
  if (line->pays != DSP_PAYS_SERVICE && line->pays != DSP_PAYS_KILOMETRE)
    {
      DspConcept concept = line->concept == DSP_CONCEPT_MILEAGE ? DSP_CONCEPT_MILEAGE : DSP_CONCEPT_SERVICE;
      DspId id = dsp_statement_line_id (&line->source_id, concept, base_of (line->concept));
      const DspStatementLine *there = dsp_work_get (work, &dsp_statement_line, &id);
      g_autoptr(DspStatementLine) base = there != NULL ? dsp_statement_line_dup (there) : NULL;

      reprice_upon (work, line, base);
      return;
    }
  dsp_statement_price (work, line);
  reprice_dependents (work, line);
}

/* ---- penalties ---- */

/* A percentage of the order's pay is known once the order has its price. */
static void
charge_by_percent (DspWork              *work,
                   DspPenalty           *penalty,
                   const DspPenaltyRule *rule)
{
  DspId id = dsp_statement_line_id (&penalty->order_id, DSP_CONCEPT_SERVICE, DSP_PAYS_SERVICE);
  const DspStatementLine *service = dsp_work_get (work, &dsp_statement_line, &id);

  if (service != NULL && service->amount.is_set)
    penalty->amount = dsp_penalty_price (rule, service->amount.cents);
}

static void
charge (DspWork    *work,
        DspPenalty *penalty)
{
  const DspPenaltyRule *there = dsp_work_get (work, &dsp_penalty_rule, &penalty->rule_id);
  g_autoptr(DspPenaltyRule) rule = there != NULL ? dsp_penalty_rule_dup (there) : NULL;
  DspId id = dsp_statement_line_id (&penalty->id, DSP_CONCEPT_PENALTY, DSP_PAYS_NONE);
  const DspStatementLine *charged = dsp_work_get (work, &dsp_statement_line, &id);
  const DspOrder *order;
  DspStatementLine *line;

  if (charged != NULL && charged->state != DSP_LINE_VOID)
    return;
  if (rule != NULL && rule->percent.is_set)
    charge_by_percent (work, penalty, rule);
  if (penalty->amount.cents == 0 || dsp_id_is_none (&penalty->distributor_id))
    return;
  line = make (work, &penalty->id, DSP_CONCEPT_PENALTY, DSP_PAYS_NONE, &penalty->distributor_id);
  if (line == NULL)
    return;
  order = dsp_work_get (work, &dsp_order, &penalty->order_id);
  if (order != NULL)
    take_order (line, order);
  dsp_set_text (&line->number, penalty->number);
  line->order_id = penalty->order_id;
  line->crew_id = penalty->crew_id;
  /* Of the verdict: an earlier period may be settled. */
  line->day = dsp_calendar_day (dsp_work_calendar (work), dsp_work_now (work), NULL);
  line->rate_id = penalty->rule_id;
  dsp_set_text (&line->rate_code, rule != NULL ? rule->code : DspFault_words.list[penalty->fault].name);
  line->amount = CENTS (-penalty->amount.cents);
}

/* Waived after all. What was billed is given back by a line of its own. */
static void
give_back (DspWork          *work,
           const DspPenalty *penalty)
{
  DspId id = dsp_statement_line_id (&penalty->id, DSP_CONCEPT_PENALTY, DSP_PAYS_NONE);
  DspStatementLine *line = dsp_work_get (work, &dsp_statement_line, &id) != NULL ? dsp_work_edit (work, &dsp_statement_line, &id, NULL) : NULL;
  DspStatementLine *back;

  if (line == NULL || line->state == DSP_LINE_VOID)
    return;
  if (line->state == DSP_LINE_FREE)
    {
      void_line (work, line);
      return;
    }
  back = make (work, &penalty->id, DSP_CONCEPT_ADJUSTMENT, DSP_PAYS_NONE, &line->distributor_id);
  if (back == NULL)
    return;
  dsp_set_text (&back->number, line->number);
  dsp_set_text (&back->postal_code, line->postal_code);
  dsp_set_text (&back->municipality, line->municipality);
  dsp_set_text (&back->rate_code, line->rate_code);
  dsp_set_text (&back->reason, DSP_SAYS_WAIVED);
  back->order_id = line->order_id;
  back->crew_id = line->crew_id;
  back->day = dsp_calendar_day (dsp_work_calendar (work), dsp_work_now (work), NULL);
  back->amount = CENTS (-line->amount.cents);
}

void
dsp_statement_add_penalty (DspWork    *work,
                           DspPenalty *penalty)
{
  if (penalty->state == DSP_PENALTY_CONFIRMED || penalty->state == DSP_PENALTY_TRANSFERRED)
    charge (work, penalty);
  else if (penalty->state == DSP_PENALTY_WAIVED)
    give_back (work, penalty);
}
