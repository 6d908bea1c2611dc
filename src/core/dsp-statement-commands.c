/* dsp-statement-commands.c: adjustments, questions and answers, observations, corrections of the statement's lines
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What concerns a line of a pre-invoice is possible until that is approved; its sums follow in the same transaction.
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-money-commands.h"
#include "dsp-money.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* ---- adjustments ---- */

static gboolean
create (DspWork      *work,
        gpointer      record,
        gconstpointer args,
        GError      **error)
{
  static const char *const may[] = { "number", "distributor_id", "day", "amount", "reason", "postal_code" };
  DspStatementLine *line = record;
  const DspTable *table = &dsp_statement_line.table;

  for (guint i = 0; i < table->n_fields; i++)
    if ((dsp_work_given (work) >> i & 1))
      {
        bool known = false;

        for (guint k = 0; k < G_N_ELEMENTS (may); k++)
          known = known || strcmp (table->fields[i].name, may[k]) == 0;
        if (!known)
          return dsp_refuse (error, DSP_RULE_INVALID, _("%s of an adjustment is not entered"), table->fields[i].name);
      }
  if (!line->amount.is_set || line->amount.cents == 0)
    return dsp_refuse (error, DSP_RULE_REQUIRED, _("the amount of the adjustment is missing"));
  if (line->reason == NULL)
    return dsp_refuse (error, DSP_RULE_REASON, _("an adjustment needs a reason"));
  if (!dsp_work_need (work, &dsp_distributor, &line->distributor_id, error))
    return FALSE;
  line->concept = DSP_CONCEPT_ADJUSTMENT;
  line->source_id = line->id;
  line->open_for = line->distributor_id;
  return TRUE;
}

static gboolean
remove_adjustment (DspWork      *work,
                   gpointer      record,
                   gconstpointer args,
                   GError      **error)
{
  const DspStatementLine *line = record;

  /* What is given back for a waived penalty is an adjustment too, and nobody's to delete. */
  return (line->concept == DSP_CONCEPT_ADJUSTMENT && dsp_id_equal (&line->source_id, &line->id)) ||
         dsp_refuse (error, DSP_RULE_STATE, _("line %s comes from an order, a claim or a penalty, and stays with it"), line->number);
}

/* ---- in place ---- */

static gboolean
ask (DspWork      *work,
     gpointer      record,
     gconstpointer args,
     GError      **error)
{
  DspStatementLine *line = record;

  dsp_set_text (&line->question, ((const DspLineAsk *) args)->question);
  dsp_set_text (&line->asked_by, dsp_work_actor (work)->user_name);
  line->asked_at.us = dsp_work_now (work);
  dsp_set_text (&line->answer, NULL);
  dsp_set_text (&line->answered_by, NULL);
  line->answered_at.us = 0;
  return TRUE;
}

static gboolean
answer (DspWork      *work,
        gpointer      record,
        gconstpointer args,
        GError      **error)
{
  DspStatementLine *line = record;

  if (line->question == NULL)
    return dsp_refuse (error, DSP_RULE_STATE, _("nothing was asked about line %s"), line->number);
  dsp_set_text (&line->answer, ((const DspLineAnswer *) args)->answer);
  dsp_set_text (&line->answered_by, dsp_work_actor (work)->user_name);
  line->answered_at.us = dsp_work_now (work);
  return TRUE;
}

/* ---- in its pre-invoice ---- */

/* The line's pre-invoice, to be changed with it; NULL with @error if it is settled. */
static DspPreInvoice *
open_pre_invoice (DspWork                *work,
                  const DspStatementLine *line,
                  GError                **error)
{
  DspPreInvoice *pre_invoice;

  if (!dsp_work_need (work, &dsp_pre_invoice, &line->pre_invoice_id, error))
    return NULL;
  pre_invoice = dsp_work_edit (work, &dsp_pre_invoice, &line->pre_invoice_id, error);
  if (pre_invoice == NULL || pre_invoice->state <= DSP_PRE_INVOICE_OBSERVED)
    return pre_invoice;
  dsp_refuse (error, DSP_RULE_STATE, _("pre-invoice %s is %s: its lines stay as they are"), pre_invoice->number,
              pre_invoice->state < DSP_N_PRE_INVOICE_STATES ? _(DspPreInvoiceState_words.list[pre_invoice->state].label) : "?");
  return NULL;
}

static void
count_observed (DspPreInvoice *pre_invoice,
                int            more)
{
  pre_invoice->n_observed.value = MAX (0, pre_invoice->n_observed.value + more);
  pre_invoice->n_observed.is_set = true;
}

/* The state that the line had before this command set the new one. */
static bool
was_observed (DspWork                *work,
              const DspStatementLine *line)
{
  const DspStatementLine *before = dsp_work_before (work, &dsp_statement_line, &line->id);

  return before != NULL && before->state == DSP_LINE_OBSERVED;
}

static gboolean
observe (DspWork      *work,
         gpointer      record,
         gconstpointer args,
         GError      **error)
{
  DspStatementLine *line = record;
  DspPreInvoice *pre_invoice = open_pre_invoice (work, line, error);

  if (pre_invoice == NULL)
    return FALSE;
  count_observed (pre_invoice, 1);
  dsp_set_text (&line->observation, ((const DspLineObserve *) args)->observation);
  dsp_set_text (&line->defence, NULL);
  return TRUE;
}

static gboolean
defend (DspWork      *work,
        gpointer      record,
        gconstpointer args,
        GError      **error)
{
  DspStatementLine *line = record;
  DspPreInvoice *pre_invoice = open_pre_invoice (work, line, error);

  if (pre_invoice == NULL)
    return FALSE;
  count_observed (pre_invoice, -1);
  dsp_set_text (&line->defence, ((const DspLineDefend *) args)->defence);
  return TRUE;
}

static gboolean
accept_line (DspWork      *work,
             gpointer      record,
             gconstpointer args,
             GError      **error)
{
  DspPreInvoice *pre_invoice = open_pre_invoice (work, record, error);

  if (pre_invoice == NULL)
    return FALSE;
  if (was_observed (work, record))
    count_observed (pre_invoice, -1);
  return TRUE;
}

/* The tax of one line of @pre_invoice, by the rules in force at the end of its period. */
static void
tax_again (DspWork             *work,
           DspStatementLine    *line,
           const DspPreInvoice *pre_invoice)
{
  const DspDistributor *distributor = dsp_work_get (work, &dsp_distributor, &line->distributor_id);
  g_autofree char *postal_code = g_strdup (line->postal_code != NULL ? line->postal_code : distributor != NULL ? distributor->postal_code : NULL);

  dsp_statement_line_tax (line, dsp_tax_rule_find (dsp_work_all (work, &dsp_tax_rule), pre_invoice->issuer_regime, postal_code,
                                                   line->municipality, pre_invoice->until));
}

static gboolean
correct (DspWork      *work,
         gpointer      record,
         gconstpointer args,
         GError      **error)
{
  const DspLineCorrect *said = args;
  DspStatementLine *line = record;
  DspPreInvoice *pre_invoice = NULL;
  DspTotals totals;

  if (!dsp_id_is_none (&line->pre_invoice_id))
    {
      pre_invoice = open_pre_invoice (work, line, error);
      if (pre_invoice == NULL)
        return FALSE;
      dsp_pre_invoice_get_totals (pre_invoice, &totals);
      dsp_totals_remove (&totals, line);
    }
  line->amount = said->amount;
  dsp_set_text (&line->reason, said->reason);
  if (pre_invoice == NULL)
    return TRUE;
  if (line->state == DSP_LINE_OBSERVED)
    {
      count_observed (pre_invoice, -1);
      line->state = DSP_LINE_DEFENDED;
    }
  tax_again (work, line, pre_invoice);
  dsp_totals_add (&totals, line);
  dsp_pre_invoice_set_totals (pre_invoice, &totals);
  return TRUE;
}

static gboolean
withdraw (DspWork      *work,
          gpointer      record,
          gconstpointer args,
          GError      **error)
{
  DspStatementLine *line = record;
  DspPreInvoice *pre_invoice = open_pre_invoice (work, line, error);
  DspTotals totals;

  if (pre_invoice == NULL)
    return FALSE;
  if (was_observed (work, line))
    count_observed (pre_invoice, -1);
  dsp_pre_invoice_get_totals (pre_invoice, &totals);
  dsp_totals_remove (&totals, line);
  dsp_pre_invoice_set_totals (pre_invoice, &totals);
  dsp_set_text (&line->reason, ((const DspReason *) args)->reason);
  dsp_statement_release (work, line);
  return TRUE;
}

static gboolean
reprice (DspWork      *work,
         gpointer      record,
         gconstpointer args,
         GError      **error)
{
  DspStatementLine *line = record;

  if (line->pays == DSP_PAYS_NONE)
    return dsp_refuse (error, DSP_RULE_STATE, _("line %s has no rate: its amount was entered"), line->number);
  dsp_statement_reprice (work, line);
  return TRUE;
}

/* What an import brought in as closed, or what was closed before there were statements. */
static gboolean
bill_order (DspWork      *work,
            gpointer      record,
            gconstpointer args,
            GError      **error)
{
  const DspOrder *order = record;

  if (dsp_id_is_none (&order->distributor_id))
    return dsp_refuse (error, DSP_RULE_REQUIRED, _("order %s has no distributor to be paid"), order->number);
  if (order->closed_at.us == 0)
    return dsp_refuse (error, DSP_RULE_REQUIRED, _("order %s does not say when it was attended"), order->number);
  dsp_statement_add_order (work, order);
  return TRUE;
}

/* clang-format off */
#define WORDS(Type, member, label, word) \
  static const DspField word##_fields[] = { DSP_TEXT (Type, member, label, .flags = DSP_REQUIRED | DSP_LONG | DSP_WHY, .max = 2000) }; \
  static const DspTable word##_args = DSP_TABLE (Type, word##_fields, "statement_line_" #word);
WORDS (DspLineAsk,     question,    N_("Question"),    ask)
WORDS (DspLineAnswer,  answer,      N_("Answer"),      answer)
WORDS (DspLineObserve, observation, N_("Observation"), observe)
WORDS (DspLineDefend,  defence,     N_("Defence"),     defend)
WORDS (DspReason,      reason,      N_("Reason"),      withdraw)

static const DspField correct_fields[] = {
  DSP_MONEY (DspLineCorrect, amount, N_("Amount"), .flags = DSP_REQUIRED, .min = -DSP_MONEY_MAX, .max = DSP_MONEY_MAX),
  DSP_TEXT  (DspLineCorrect, reason, N_("Reason"), .flags = DSP_REQUIRED | DSP_LONG | DSP_WHY, .max = 2000),
};
static const DspTable correct_args = DSP_TABLE (DspLineCorrect, correct_fields, "statement_line_correct");

#define L(state) DSP_BIT (DSP_LINE_##state)
#define STEP DSP_COMMAND_STEP
#define MANY_STEP (DSP_COMMAND_MANY | DSP_COMMAND_STEP)
const DspCommand dsp_statement_line_create =
  { "statement_line.create",   N_("Adjustment"), N_("Adjustment entered"), &dsp_statement_line, &dsp_statement_line.table, 0, L (FREE), DSP_COMMAND_PUTS | DSP_COMMAND_CREATES, create };
const DspCommand dsp_statement_line_delete =
  { "statement_line.delete",   N_("Delete adjustment"), N_("Adjustment deleted"), &dsp_statement_line, NULL, L (FREE), 0, DSP_COMMAND_DELETES, remove_adjustment };
const DspCommand dsp_statement_line_ask =
  { "statement_line.ask",      N_("Ask"), N_("Asked"), &dsp_statement_line, &ask_args, 0, 0, STEP, ask };
const DspCommand dsp_statement_line_answer =
  { "statement_line.answer",   N_("Answer"), N_("Answered"), &dsp_statement_line, &answer_args, 0, 0, STEP, answer };
const DspCommand dsp_statement_line_observe =
  { "statement_line.observe",  N_("Observe"), N_("Line observed"), &dsp_statement_line, &observe_args, L (HELD) | L (DEFENDED), L (OBSERVED), MANY_STEP, observe };
const DspCommand dsp_statement_line_defend =
  { "statement_line.defend",   N_("Defend"), N_("Line defended"), &dsp_statement_line, &defend_args, L (OBSERVED), L (DEFENDED), MANY_STEP, defend };
const DspCommand dsp_statement_line_accept =
  { "statement_line.accept",   N_("Accept line"), N_("Line accepted"), &dsp_statement_line, NULL, L (OBSERVED) | L (DEFENDED), L (HELD), MANY_STEP, accept_line };
const DspCommand dsp_statement_line_correct =
  { "statement_line.correct",  N_("Correct amount"), N_("Amount corrected"), &dsp_statement_line, &correct_args, L (FREE) | DSP_LINE_IN_PRE_INVOICE, L (FREE) | DSP_LINE_IN_PRE_INVOICE, STEP, correct };
const DspCommand dsp_statement_line_withdraw =
  { "statement_line.withdraw", N_("Withdraw line"), N_("Line withdrawn"), &dsp_statement_line, &withdraw_args, DSP_LINE_IN_PRE_INVOICE, L (FREE) | L (VOID), MANY_STEP, withdraw };
const DspCommand dsp_statement_line_reprice =
  { "statement_line.reprice",  N_("Price again"), N_("Priced again"), &dsp_statement_line, NULL, L (FREE), L (FREE) | L (VOID), MANY_STEP, reprice };
const DspCommand dsp_order_bill =
  { "order.bill", N_("Add to the statement"), N_("Added to the statement"), &dsp_order, NULL, DSP_BIT (DSP_ORDER_CLOSED), DSP_BIT (DSP_ORDER_CLOSED), MANY_STEP, bill_order };
/* clang-format on */
