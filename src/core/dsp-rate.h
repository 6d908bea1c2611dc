/* dsp-rate.h: what is paid for what, and the taxes on it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Of the rates in force on a day the most specific one applies. In this order: a distributor's own, his master's, the
 * company's; then by subtype, by type, by group; then by zone (a postal code before a municipality's name). Two rates that
 * are equally specific for one order are never both in force: the second is refused when it is entered.
 */
#pragma once

#include "dsp-field.h"

G_BEGIN_DECLS

typedef enum {
  DSP_PAYS_NONE,
  DSP_PAYS_SERVICE,         /* an order, closed */
  DSP_PAYS_KILOMETRE,       /* an approved kilometre */
  DSP_PAYS_KILOMETRE_EXTRA, /* its supplement in a rural zone */
  DSP_PAYS_SAME_DAY,        /* bonuses: attended on the day of its creation; */
  DSP_PAYS_NIGHT,           /* attended in the office's night; */
  DSP_PAYS_HOLIDAY,         /* attended on a day on which the office does not work */
  DSP_N_PAYS
} DspPays;
extern const DspWords DspPays_words;

typedef struct {
  DSP_RECORD_MEMBERS;
  char    *code;
  DspPays  pays;
  DspId    distributor_id; /* none: any */
  DspId    master_id;      /* none: any; never with a distributor */
  char    *group;
  char    *type;
  char    *subtype;
  GStrv    zone;           /* as DspCrew.zone; none: anywhere */
  DspDate  from;
  DspDate  until;          /* inclusive; none: no end */
  DspMoney amount;         /* of an order, or of a kilometre */
  DspInt   share;          /* of the service's pay, in millionths; bonuses only, instead of an amount */
  DspInt   included;       /* metres of each crew's day that are not paid; kilometres only */
  DspYesNo retired;
  DspTime  pricing_at;     /* lines without a price are looked through from then on; none: that is done */
} DspRate;
extern const DspEntity dsp_rate;
DSP_DEFINE_RECORD (DspRate, dsp_rate, dsp_rate)

/* What is to be paid: where, when, for whom. Texts are borrowed and nullable. */
typedef struct {
  DspPays     pays;
  DspId       distributor_id;
  DspId       master_id;
  const char *group, *type, *subtype;
  const char *postal_code, *municipality;
  DspDate     day; /* of the attention, in the office's zone */
} DspPayable;

/* Why a rate fits, or the first thing by which it does not. */
typedef enum {
  DSP_BY_DISTRIBUTOR = 1 << 0,
  DSP_BY_MASTER      = 1 << 1,
  DSP_BY_SUBTYPE     = 1 << 2,
  DSP_BY_TYPE        = 1 << 3,
  DSP_BY_GROUP       = 1 << 4,
  DSP_BY_POSTAL_CODE = 1 << 5,
  DSP_BY_MUNICIPALITY = 1 << 6,
  DSP_BY_DAY         = 1 << 7,
  DSP_BY_RETIRED     = 1 << 8,
  DSP_BY_KIND        = 1 << 9, /* it pays something else */
} DspRateBy;

/* Does @rate fit? @by (nullable): the conditions that it meets, or the one that it does not. */
bool           dsp_rate_fits (const DspRate *rate, const DspPayable *payable, DspRateBy *by);
/* Of @rates (of DspRate) the one that applies; NULL if none. (transfer none) */
const DspRate *dsp_rate_find (GPtrArray *rates, const DspPayable *payable, DspRateBy *by);
/* What a rate asks for, whoever it is about: its specificity. A zone of codes and names asks for either. */
DspRateBy      dsp_rate_asks (const DspRate *rate);
/* How specific that is, in the order above: of the rates that fit, the highest one applies. */
guint          dsp_rate_rank (DspRateBy by);
/* Would both fit some order equally well? */
bool           dsp_rate_clashes (const DspRate *a, const DspRate *b);
/* The first of @rates (of DspRate) that clashes with @rate, itself left aside; NULL if none. (transfer none) */
const DspRate *dsp_rate_find_clash (const GPtrArray *rates, const DspRate *rate);
/* The word of one condition, translated. */
const char    *dsp_rate_by_label (DspRateBy by);
/* "from 2026-01-01, without end": (transfer full) */
char          *dsp_rate_dup_period (DspDate from, DspDate until) G_GNUC_WARN_UNUSED_RESULT;

/* A rate that was looked at for something payable, and why it does or does not apply. */
typedef struct {
  const DspRate *rate;
  DspRateBy      asks;    /* its specificity */
  DspRateBy      met;     /* of those: what the case meets */
  DspRateBy      missed;  /* what it does not, and DSP_BY_DAY, DSP_BY_RETIRED; 0: it fits */
  bool           applies; /* the one that does: dsp_rate_find() */
} DspRateCandidate;

/* "This rate applies because …" (S0-18): all of @rates (of DspRate) that pay for such a thing, the most specific first, so that the
 * first one without anything missed is the one that applies. Of DspRateCandidate, whose rates are lent; (transfer full) */
GArray        *dsp_rate_explain (GPtrArray *rates, const DspPayable *payable) G_GNUC_WARN_UNUSED_RESULT;

/* Value added tax and what is withheld, by fiscal regime and by place, from a day until a day. The most specific one:
 * regime before zone. Shares are millionths. */
typedef struct {
  DSP_RECORD_MEMBERS;
  char    *code;
  char    *regime;       /* none: any */
  GStrv    zone;         /* none: anywhere */
  DspDate  from;
  DspDate  until;        /* inclusive; none: no end */
  DspInt   vat;          /* IVA */
  DspInt   vat_withheld; /* retention of IVA */
  DspInt   income_withheld; /* retention of ISR */
  DspYesNo retired;
} DspTaxRule;
extern const DspEntity dsp_tax_rule;
DSP_DEFINE_RECORD (DspTaxRule, dsp_tax_rule, dsp_tax_rule)

bool              dsp_tax_rule_clashes (const DspTaxRule *a, const DspTaxRule *b);
const DspTaxRule *dsp_tax_rule_find_clash (const GPtrArray *rules, const DspTaxRule *rule); /* as dsp_rate_find_clash() */
const DspTaxRule *dsp_tax_rule_find (GPtrArray *rules, const char *regime, const char *postal_code, const char *municipality, DspDate day);

G_END_DECLS
