/* dsp-statement.h: the running statement, kilometres and pre-invoices
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a distributor is owed is a list of lines. A line comes from one thing (an order's service, its bonus, a claim of
 * kilometres, a penalty, an adjustment), and its id is made of that thing: there is never a second one. It names at most
 * one pre-invoice. So no order and no kilometre is billed twice, whoever does what at the same time.
 */
#pragma once

#include "dsp-rate.h"

G_BEGIN_DECLS

/* ---- kilometres (dsp-mileage.c) ---- */

typedef enum {
  DSP_MILEAGE_NONE,
  DSP_MILEAGE_CAPTURED,
  DSP_MILEAGE_SUBMITTED,
  DSP_MILEAGE_APPROVED,
  DSP_MILEAGE_ADJUSTED,
  DSP_MILEAGE_REJECTED,
  DSP_N_MILEAGE_STATES
} DspMileageState;
extern const DspWords DspMileageState_words;

/* Who proposed the distance. */
typedef enum {
  DSP_DISTANCE_NONE,
  DSP_DISTANCE_GREAT_CIRCLE, /* times the office's factor */
  DSP_DISTANCE_ROUTINO,
  DSP_DISTANCE_OSRM,
  DSP_N_DISTANCES
} DspDistance;
extern const DspWords DspDistance_words;

/* A claim, by day (odometer) or by order (odometer, or from where to where). All distances are metres. */
typedef struct {
  DSP_RECORD_MEMBERS;
  DspId           crew_id;
  DspId           distributor_id; /* the crew's */
  DspDate         day;
  DspId           order_id;       /* none: of the whole day */
  char           *number;         /* the order's */
  char           *vehicle;
  DspInt          odometer_start;
  DspInt          odometer_end;
  char           *from_place;
  char           *to_place;
  DspInt          claimed;        /* the odometer's difference, or as entered */
  DspInt          proposed;
  DspDistance     proposed_by;
  DspInt          approved;
  DspMileageState state;
  char           *note;
  char           *reason;         /* of an adjustment or a rejection */
  char           *decided_by;
  DspTime         submitted_at;
  DspTime         decided_at;
  DspInt          excess;         /* percent that the claim is above the proposal; none without a proposal */
} DspMileage;
extern const DspEntity dsp_mileage;
DSP_DEFINE_RECORD (DspMileage, dsp_mileage, dsp_mileage)

#define DSP_MILEAGE_EXCESS_MAX 1000000 /* percent; so much also where nothing at all was proposed */

/* Sets what is proposed (@by NONE: nothing), and how far the claim is above it. */
void dsp_mileage_propose (DspMileage *mileage, DspDistance by, gint64 metres);
/* Is it still to be decided, and only proposed by the straight line? */
bool dsp_mileage_wants_road (const DspMileage *mileage);
/* Does the claim exceed the proposal by more than @tolerance_percent? Without a proposal: no. */
bool dsp_mileage_exceeds (const DspMileage *mileage, gint64 tolerance_percent);

/* ---- lines ---- */

typedef enum {
  DSP_CONCEPT_NONE,
  DSP_CONCEPT_SERVICE,
  DSP_CONCEPT_MILEAGE,
  DSP_CONCEPT_BONUS,
  DSP_CONCEPT_PENALTY,
  DSP_CONCEPT_ADJUSTMENT,
  DSP_N_CONCEPTS
} DspConcept;
extern const DspWords DspConcept_words;

typedef enum {
  DSP_LINE_NONE,
  DSP_LINE_FREE,     /* in no pre-invoice */
  DSP_LINE_HELD,     /* in one */
  DSP_LINE_OBSERVED, /* in one, and questioned by the reviewer */
  DSP_LINE_DEFENDED, /* … and answered */
  DSP_LINE_VOID,     /* what it came from is no more: a reopened order, a waived penalty */
  DSP_N_LINE_STATES
} DspLineState;
extern const DspWords DspLineState_words;

/* A line's day, by which it falls in a period and by which its rate is chosen: of a service and its bonuses, when the order was
 * attended (closed_at), not when somebody closed it; of kilometres, the claim's day, on which they were driven, also of those
 * for an order that was attended on another; of a penalty and of what is given back for it, its verdict's, as the month of the
 * fault may be settled; of an adjustment, the day entered. Withdrawn or set free, a line keeps its day. */
#define DSP_LINE_IN_PRE_INVOICE (DSP_BIT (DSP_LINE_HELD) | DSP_BIT (DSP_LINE_OBSERVED) | DSP_BIT (DSP_LINE_DEFENDED))

typedef struct {
  DSP_RECORD_MEMBERS;
  char        *number;          /* the order's; or what the line is called */
  DspConcept   concept;
  DspPays      pays;            /* which of its kind; none: penalties and adjustments */
  DspLineState state;
  DspId        distributor_id;
  DspId        crew_id;
  DspId        order_id;
  DspId        source_id;       /* the claim, penalty or order that it comes from */
  DspDate      day;             /* by which a period is chosen, in the office's zone; see below */
  char        *group;
  char        *type;
  char        *subtype;
  char        *postal_code;
  char        *municipality;
  DspInt       metres;          /* that are paid */
  DspMoney     unit;            /* a kilometre's price */
  DspInt       share;           /* of the service's pay */
  DspMoney     amount;          /* frozen; none: it waits for a rate. Deductions are negative */
  DspId        rate_id;         /* the rate that applied, or the penalty's rule */
  char        *rate_code;
  DspInt       rate_by;         /* DspRateBy: the rule that chose it */
  DspId        open_for;        /* the distributor, as long as the line is free */
  DspId        pre_invoice_id;
  DspInt       vat_rate;        /* millionths; set when it is billed, as are the three that follow */
  DspMoney     vat;
  DspMoney     vat_withheld;
  DspMoney     income_withheld;
  char        *reason;          /* of an adjustment, a correction, a withdrawal */
  char        *question;        /* about it, in place */
  char        *asked_by;
  DspTime      asked_at;
  char        *answer;
  char        *answered_by;
  DspTime      answered_at;
  char        *observation;     /* the reviewer's */
  char        *defence;         /* the distributor's */
} DspStatementLine;
extern const DspEntity dsp_statement_line;
DSP_DEFINE_RECORD (DspStatementLine, dsp_statement_line, dsp_statement_line)

/* The order of a bill: by day, number, concept and kind. Never 0 for two lines. */
int dsp_statement_line_compare (const DspStatementLine *a, const DspStatementLine *b);

/* The line of a thing: @pays of an order or claim, none for a penalty. */
DspId dsp_statement_line_id (const DspId *source_id, DspConcept concept, DspPays pays);

/* ---- pre-invoices (dsp-pre-invoice.c) ---- */

typedef enum {
  DSP_PRE_INVOICE_NONE,
  DSP_PRE_INVOICE_DRAFT,
  DSP_PRE_INVOICE_SUBMITTED,
  DSP_PRE_INVOICE_OBSERVED,
  DSP_PRE_INVOICE_APPROVED,
  DSP_PRE_INVOICE_REJECTED,
  DSP_PRE_INVOICE_INVOICED,
  DSP_PRE_INVOICE_PAID,
  DSP_N_PRE_INVOICE_STATES
} DspPreInvoiceState;
extern const DspWords DspPreInvoiceState_words;

/* Sums of lines; every one is the plain sum of what stands on them. */
typedef struct {
  guint  n;
  gint64 by_concept[DSP_N_CONCEPTS];
  gint64 subtotal;        /* of what is paid */
  gint64 deductions;      /* of what is taken; positive */
  gint64 vat;
  gint64 vat_withheld;
  gint64 income_withheld;
  gint64 total;           /* subtotal - deductions + vat - what is withheld */
} DspTotals;

void dsp_totals_add    (DspTotals *totals, const DspStatementLine *line);
void dsp_totals_remove (DspTotals *totals, const DspStatementLine *line);

typedef struct {
  DSP_RECORD_MEMBERS;
  char              *number;
  DspId              distributor_id;
  DspId              master_id;      /* who pays; none: the company */
  DspDate            from;
  DspDate            until;
  DspPreInvoiceState state;
  DspInt             n_lines;
  DspMoney           services, mileage, bonuses, penalties, adjustments;
  DspMoney           subtotal, deductions, vat, vat_withheld, income_withheld, total;
  DspInt             n_observed;     /* lines in question */
  char              *issuer, *issuer_tax_id, *issuer_address, *issuer_regime; /* the parties, as they were then */
  char              *receiver, *receiver_tax_id, *receiver_address;
  char              *note;
  char              *reason;         /* of an observation or a rejection */
  char              *made_by;
  DspTime            made_at;
  DspTime            submitted_at;
  char              *decided_by;
  DspTime            decided_at;
  char              *invoice_uuid;   /* of the tax invoice */
  char              *invoice_number;
  DspDate            invoiced_on;
  DspDate            paid_on;
  char              *payment;        /* reference */
} DspPreInvoice;
extern const DspEntity dsp_pre_invoice;
DSP_DEFINE_RECORD (DspPreInvoice, dsp_pre_invoice, dsp_pre_invoice)

void dsp_pre_invoice_set_totals (DspPreInvoice *pre_invoice, const DspTotals *totals);
void dsp_pre_invoice_get_totals (const DspPreInvoice *pre_invoice, DspTotals *totals);

/* Why a free line of the period is not billed now. */
typedef enum {
  DSP_LEFT_OUT_NO,
  DSP_LEFT_OUT_RATE,     /* no rate applies */
  DSP_LEFT_OUT_PENALTY,  /* a penalty of its order waits for its review */
  DSP_LEFT_OUT_CLOSING,  /* its order lacks closing data */
  DSP_N_LEFT_OUT
} DspLeftOut;
extern const DspWords DspLeftOut_words;

/* What a line, or another one upon it, is asked by: as its order was when it was closed. Texts are borrowed from @line. */
void dsp_statement_line_payable (const DspStatementLine *line, const DspId *master_id, DspPays pays, DspPayable *payable);

/* The taxes of one line, set on it. @rule nullable: none. */
void dsp_statement_line_tax (DspStatementLine *line, const DspTaxRule *rule);

G_END_DECLS
