/* dsp-money-commands.h: what people do with rates, kilometres, lines and pre-invoices
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Included by dsp-command.h.
 */
#pragma once

#include "dsp-command.h"

G_BEGIN_DECLS

/* ---- dsp-rate-commands.c ---- */
extern const DspCommand dsp_rate_create, dsp_rate_change, dsp_tax_rule_create, dsp_tax_rule_change;
/* The clock's, after a rate was entered: prices the lines that waited for one. */
extern const DspCommand dsp_rate_apply;

/* ---- dsp-mileage-commands.c ---- */
typedef struct { DspInt approved; char *reason; } DspMileageAdjust; /* metres */
extern const DspCommand dsp_mileage_create, dsp_mileage_change, dsp_mileage_delete, dsp_mileage_submit;
extern const DspCommand dsp_mileage_approve, dsp_mileage_adjust, dsp_mileage_reject;
/* The server's own, after it asked a routing service; of the day and order that it asked for. */
typedef struct { DspDate day; DspId order_id; DspInt proposed; DspDistance proposed_by; } DspMileageMeasure;
extern const DspCommand dsp_mileage_measure;

/* ---- dsp-statement-commands.c ---- */
typedef struct { char *question; } DspLineAsk;
typedef struct { char *answer; } DspLineAnswer;
typedef struct { char *observation; } DspLineObserve;
typedef struct { char *defence; } DspLineDefend;
typedef struct { DspMoney amount; char *reason; } DspLineCorrect;
extern const DspCommand dsp_statement_line_create, dsp_statement_line_delete, dsp_statement_line_ask, dsp_statement_line_answer;
extern const DspCommand dsp_statement_line_observe, dsp_statement_line_defend, dsp_statement_line_accept;
extern const DspCommand dsp_statement_line_correct, dsp_statement_line_withdraw, dsp_statement_line_reprice;
/* For closed orders without a line: closed elsewhere, or before there were statements. */
extern const DspCommand dsp_order_bill;


/* ---- dsp-pre-invoice-commands.c ---- */
typedef struct { char *uuid, *number; DspDate day; } DspInvoiced;
typedef struct { DspDate day; char *payment; } DspPaid;
/* Generates it, with every line that dsp_bill_new() finds. Given: distributor, period, note, and what the person saw:
 * n_lines and total. Refused as "changed" if that is not what there is by now. */
extern const DspCommand dsp_pre_invoice_create;
extern const DspCommand dsp_pre_invoice_submit, dsp_pre_invoice_observe, dsp_pre_invoice_approve, dsp_pre_invoice_reject;
extern const DspCommand dsp_pre_invoice_discard, dsp_pre_invoice_invoice, dsp_pre_invoice_pay;

/* What a pre-invoice would hold: dsp-bill.c. */
typedef struct { DspStatementLine *line; DspLeftOut why; } DspLeftOutLine; /* line: owned by the bill */
typedef struct {
  GPtrArray *lines;    /* of DspStatementLine, taxed, by day, number and kind */
  GArray    *left_out; /* of DspLeftOutLine, likewise */
  DspTotals  totals;
  bool       complete; /* false: this replica may not have all lines */
} DspBill;

/* All free lines of a distributor in a period, from @work's facts. (transfer full) (nullable): stopped by the work's step. */
DspBill *dsp_bill_new  (DspWork *work, const DspId *distributor_id, DspDate from, DspDate until, GError **error);
void     dsp_bill_free (DspBill *bill);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspBill, dsp_bill_free)

/* ---- for the commands of orders, penalties and kilometres (dsp-statement-make.c) ---- */
/* What the service of @order is asked by, or whatever else @pays, on @day in the office's zone. Texts are borrowed from @order. */
void dsp_statement_payable     (const DspOrder *order, const DspId *master_id, DspDate day, DspPays pays, DspPayable *payable);
void dsp_statement_add_order   (DspWork *work, const DspOrder *order);   /* it was closed */
void dsp_statement_void_order  (DspWork *work, const DspOrder *order);   /* it was reopened */
void dsp_statement_add_mileage (DspWork *work, const DspMileage *mileage); /* it was approved */
void dsp_statement_add_penalty (DspWork *work, DspPenalty *penalty);     /* a verdict was given */
/* It leaves its pre-invoice, without its taxes: free again, if what it came from still stands; else void, and what stands
 * instead (an order that was closed again) gets its lines. */
void dsp_statement_release     (DspWork *work, DspStatementLine *line);
/* Sets the price of a service's or a claim's line by the rates in force; none: no rate applies. And the prices of those that
 * depend on it and waited for one. */
void dsp_statement_price       (DspWork *work, DspStatementLine *line);
/* Prices a free line anew, with all free ones that rest on it: as if its order were closed, its claim approved now. A bonus that a
 * rate pays by now is added, one that none pays any more is void. */
void dsp_statement_reprice     (DspWork *work, DspStatementLine *line);

G_END_DECLS
