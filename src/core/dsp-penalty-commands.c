/* dsp-penalty-commands.c: how a penalty comes to be, and what becomes of it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * By themselves come: late attention (the server's clock gives order.penalize), missed appointment (with
 * the closing, or a rescheduling that counts against the distributor), late closing (with the closing), repeat visit (with an order that names the closed one as its parent). The other faults no clock sees; a
 * supervisor notes them. Each of a kind, order and instant is made once, whoever makes it: its id says so.
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-money-commands.h"
#include "dsp-penalty-clock.h"

#include <glib/gi18n-lib.h>

#include <string.h>

static const DspWord verdict_list[] = {
  [DSP_VERDICT_NONE]    = { NULL, NULL },
  [DSP_VERDICT_CONFIRM] = { "confirm", N_("Confirm") },
  [DSP_VERDICT_WAIVE]   = { "waive", N_("Waive") },
};
G_STATIC_ASSERT (G_N_ELEMENTS (verdict_list) == DSP_N_VERDICTS);
const DspWords DspVerdict_words = { verdict_list, G_N_ELEMENTS (verdict_list) };

/* The same on every side and at every repetition. In the order of time, and of the orders' own ids, in which the clock
 * takes what falls in one minute: indexes are filled at one end. */
static DspId
penalty_id (const DspOrder *order,
            DspFault        fault,
            gint64          due_us)
{
  char text[DSP_ID_TEXT];
  g_autofree char *key = NULL;
  guint8 rest[10];
  DspId hash;

  dsp_id_print (&order->id, text);
  key = g_strdup_printf ("%s %s %" G_GINT64_FORMAT, text, DspFault_words.list[fault].name, due_us);
  hash = dsp_id_from_key ("penalty", key);
  memcpy (rest, order->id.b, 6);
  memcpy (rest + 6, hash.b + 10, 4);
  return dsp_id_v7 (due_us, rest);
}

static gint64
appeal_until (const DspPenaltyRule *rule,
              gint64                from_us)
{
  return rule != NULL && rule->appeal_days.value > 0 ? from_us + rule->appeal_days.value * G_TIME_SPAN_DAY : 0;
}

/* What is known of it from the order, at this moment. */
static void
fill (DspWork              *work,
      DspPenalty           *penalty,
      const DspOrder       *order,
      const DspPenaltyRule *rule)
{
  dsp_set_text (&penalty->number, order->number);
  penalty->order_id = order->id;
  penalty->distributor_id = order->distributor_id;
  penalty->crew_id = order->crew_id;
  penalty->state = DSP_PENALTY_PENDING;
  penalty->at.us = dsp_work_now (work);
  penalty->appeal_until.us = appeal_until (rule, penalty->at.us);
  if (rule == NULL)
    return;
  penalty->rule_id = rule->id;
  if (!penalty->amount.is_set)
    penalty->amount = dsp_penalty_price (rule, 0);
}

void
dsp_penalty_make (DspWork        *work,
                  const DspOrder *order,
                  DspFault        fault,
                  gint64          due_us)
{
  const DspPenaltyRule *rule = dsp_work_penalty_rule (work, fault, order);
  DspId id = penalty_id (order, fault, due_us);
  DspPenalty *penalty;

  if (dsp_work_get (work, &dsp_penalty, &id) != NULL)
    return;
  penalty = dsp_work_create (work, &dsp_penalty, &id);
  penalty->fault = fault;
  penalty->due_at.us = due_us;
  /* What the order showed as at risk is what it costs, though the rule may be another by now. */
  if (fault == DSP_FAULT_LATE_ATTENTION)
    penalty->amount = order->penalty;
  fill (work, penalty, order, rule);
}

void
dsp_penalty_note_slot (DspWork        *work,
                       const DspOrder *order,
                       gint64          came_us)
{
  const DspPenaltyRule *rule = dsp_work_penalty_rule (work, DSP_FAULT_MISSED_SLOT, order);

  if (rule != NULL && order->attention_until.us != 0 &&
      came_us > order->attention_until.us + rule->grace_minutes.value * G_TIME_SPAN_MINUTE)
    dsp_penalty_make (work, order, DSP_FAULT_MISSED_SLOT, order->attention_until.us);
}

void
dsp_penalty_note_closing (DspWork        *work,
                          const DspOrder *order)
{
  const DspPenaltyRule *rule = dsp_work_penalty_rule (work, DSP_FAULT_LATE_CLOSING, order);

  dsp_penalty_note_slot (work, order, order->started_at.us != 0 ? order->started_at.us : order->closed_at.us);
  if (rule != NULL && dsp_work_now (work) > order->closed_at.us + rule->grace_minutes.value * G_TIME_SPAN_MINUTE)
    dsp_penalty_make (work, order, DSP_FAULT_LATE_CLOSING, order->closed_at.us);
}

void
dsp_penalty_note_repeat (DspWork        *work,
                         const DspOrder *order)
{
  const DspPenaltyRule *rule;
  const DspOrder *parent = NULL;
  g_autoptr(DspOrder) first = NULL;

  if (order->parent == NULL || dsp_work_find (work, &dsp_order, offsetof (DspOrder, number), order->parent,
                                              (gconstpointer *) &parent) != DSP_FACT_HERE ||
      parent->status != DSP_ORDER_CLOSED || g_strcmp0 (parent->type, order->type) != 0)
    return;
  first = dsp_order_dup (parent);
  rule = dsp_work_penalty_rule (work, DSP_FAULT_REPEAT_VISIT, first);
  if (rule != NULL && rule->repeat_days.is_set && order->created_at.us >= first->closed_at.us &&
      order->created_at.us <= first->closed_at.us + rule->repeat_days.value * G_TIME_SPAN_DAY)
    dsp_penalty_make (work, first, DSP_FAULT_REPEAT_VISIT, order->created_at.us);
}

static gboolean
add_late (gconstpointer record,
          gpointer      user_data)
{
  const DspPenalty *penalty = record;

  if (penalty->state == DSP_PENALTY_PENDING && penalty->fault == DSP_FAULT_LATE_ATTENTION)
    g_array_append_val (user_data, penalty->id);
  return TRUE;
}

void
dsp_penalty_withdraw (DspWork        *work,
                      const DspOrder *order)
{
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (DspId));

  dsp_work_each (work, &dsp_penalty, offsetof (DspPenalty, order_id), &order->id, add_late, ids);
  for (guint i = 0; i < ids->len; i++)
    {
      DspPenalty *penalty = dsp_work_edit (work, &dsp_penalty, &g_array_index (ids, DspId, i), NULL);

      if (penalty != NULL)
        penalty->state = DSP_PENALTY_WITHDRAWN;
    }
}

/* The clock's: the order itself stays as it is, its being penalized follows from it on every window (S0-28). */
static gboolean
penalize (DspWork      *work,
          gpointer      record,
          gconstpointer args,
          GError      **error)
{
  const DspOrder *order = record;
  gint64 from_us = dsp_order_penalized_from (order);

  if (from_us == 0 || from_us > dsp_work_now (work))
    return dsp_refuse (error, DSP_RULE_STATE, "order %s is not penalized", order->number);
  dsp_penalty_make (work, order, DSP_FAULT_LATE_ATTENTION, from_us);
  return TRUE;
}

/* ---- what a supervisor notes, and decides ---- */

static gboolean
create (DspWork      *work,
        gpointer      record,
        gconstpointer args,
        GError      **error)
{
  DspPenalty *penalty = record;
  const DspPenalty *said = args;
  const DspPenaltyRule *rule;
  g_autoptr(DspOrder) order = NULL;

  if (penalty->fault == DSP_FAULT_LATE_ATTENTION)
    return dsp_refuse (error, DSP_RULE_INVALID, _("late attention is noted by the clock alone"));
  if (said->reviewed_at.us != 0 || said->reviewed_by != NULL || said->appeal != NULL || said->answer != NULL ||
      said->appealed_at.us != 0 || said->answered_at.us != 0)
    return dsp_refuse (error, DSP_RULE_INVALID, _("a penalty begins without verdict and appeal"));
  if (!dsp_work_need (work, &dsp_order, &penalty->order_id, error))
    return FALSE;
  order = dsp_work_get (work, &dsp_order, &penalty->order_id) != NULL
            ? dsp_order_dup (dsp_work_get (work, &dsp_order, &penalty->order_id)) : NULL;
  if (order == NULL)
    return TRUE; /* not on this replica: the server fills it in */
  rule = dsp_work_penalty_rule (work, penalty->fault, order);
  if (rule == NULL && !penalty->amount.is_set)
    return dsp_refuse (error, DSP_RULE_REQUIRED, _("no rule prices this fault: the amount is missing"));
  if (penalty->due_at.us == 0)
    penalty->due_at.us = dsp_work_now (work);
  if (penalty->due_at.us > dsp_work_now (work))
    return dsp_refuse (error, DSP_RULE_INVALID, _("the fault lies in the future"));
  fill (work, penalty, order, rule);
  return TRUE;
}

static void
review (DspWork    *work,
        DspPenalty *penalty,
        const char *reason)
{
  dsp_set_text (&penalty->reviewed_by, dsp_work_actor (work)->user_name);
  penalty->reviewed_at.us = dsp_work_now (work);
  /* A verdict without words leaves those of whoever noted the fault. */
  if (reason != NULL)
    dsp_set_text (&penalty->reason, reason);
}

/* Whoever bears it can appeal from the verdict on. */
static void
open_appeal (DspWork    *work,
             DspPenalty *penalty)
{
  const DspPenaltyRule *rule = dsp_work_get (work, &dsp_penalty_rule, &penalty->rule_id);

  if (rule != NULL)
    penalty->appeal_until.us = appeal_until (rule, dsp_work_now (work));
}

/* The order turns back: lateness alone makes it red. */
static void
excuse (DspWork          *work,
        const DspPenalty *penalty)
{
  DspOrder *order;

  if (penalty->fault != DSP_FAULT_LATE_ATTENTION)
    return;
  order = dsp_work_edit (work, &dsp_order, &penalty->order_id, NULL);
  if (order != NULL)
    order->excused = DSP_YES;
}

static gboolean
confirm (DspWork      *work,
         gpointer      record,
         gconstpointer args,
         GError      **error)
{
  review (work, record, ((const DspReason *) args)->reason);
  open_appeal (work, record);
  dsp_statement_add_penalty (work, record);
  return TRUE;
}

static gboolean
waive (DspWork      *work,
       gpointer      record,
       gconstpointer args,
       GError      **error)
{
  DspPenalty *penalty = record;
  const DspWaive *said = args;

  if (!dsp_id_is_none (&said->document_id) && !dsp_work_need (work, &dsp_attachment, &said->document_id, error))
    return FALSE;
  review (work, penalty, said->reason);
  penalty->document_id = said->document_id;
  excuse (work, penalty);
  return TRUE;
}

static gboolean
transfer (DspWork      *work,
          gpointer      record,
          gconstpointer args,
          GError      **error)
{
  DspPenalty *penalty = record;
  const DspPenaltyTransfer *said = args;

  if (dsp_id_equal (&said->distributor_id, &penalty->distributor_id))
    return dsp_refuse (error, DSP_RULE_INVALID, _("the penalty is that distributor's already"));
  if (!dsp_work_need (work, &dsp_distributor, &said->distributor_id, error))
    return FALSE;
  penalty->distributor_id = said->distributor_id;
  penalty->crew_id = dsp_id_none;
  review (work, penalty, said->reason);
  open_appeal (work, penalty);
  dsp_statement_add_penalty (work, penalty);
  return TRUE;
}

static gboolean
appeal (DspWork      *work,
        gpointer      record,
        gconstpointer args,
        GError      **error)
{
  DspPenalty *penalty = record;
  const DspAppeal *said = args;

  if (penalty->appeal != NULL)
    return dsp_refuse (error, DSP_RULE_STATE, "penalty %s was appealed already", penalty->number);
  if (penalty->appeal_until.us == 0 || dsp_work_now (work) > penalty->appeal_until.us)
    return dsp_refuse (error, DSP_RULE_INVALID, _("the time for an appeal against penalty %s is over"), penalty->number);
  if (!dsp_id_is_none (&said->document_id))
    {
      if (!dsp_work_need (work, &dsp_attachment, &said->document_id, error))
        return FALSE;
      penalty->document_id = said->document_id;
    }
  dsp_set_text (&penalty->appeal, said->appeal);
  penalty->appealed_at.us = dsp_work_now (work);
  return TRUE;
}

static gboolean
answer (DspWork      *work,
        gpointer      record,
        gconstpointer args,
        GError      **error)
{
  DspPenalty *penalty = record;
  const DspAppealAnswer *said = args;

  penalty->state = said->verdict == DSP_VERDICT_WAIVE ? DSP_PENALTY_WAIVED : DSP_PENALTY_CONFIRMED;
  dsp_set_text (&penalty->answer, said->answer);
  penalty->answered_at.us = dsp_work_now (work);
  dsp_set_text (&penalty->reviewed_by, dsp_work_actor (work)->user_name);
  penalty->reviewed_at.us = dsp_work_now (work);
  if (penalty->state == DSP_PENALTY_WAIVED)
    excuse (work, penalty);
  dsp_statement_add_penalty (work, penalty);
  return TRUE;
}

/* clang-format off */
static const DspField confirm_fields[] = {
  DSP_TEXT (DspReason, reason, N_("Reason"), .flags = DSP_LONG, .max = 2000),
};
static const DspTable confirm_args = DSP_TABLE (DspReason, confirm_fields, "confirm");

static const DspField waive_fields[] = {
  DSP_TEXT (DspWaive, reason,      N_("Reason"), .flags = DSP_REQUIRED | DSP_LONG, .max = 2000),
  DSP_ID   (DspWaive, document_id, &dsp_attachment, N_("Document")),
};
static const DspTable waive_args = DSP_TABLE (DspWaive, waive_fields, "waive");

static const DspField transfer_fields[] = {
  DSP_ID   (DspPenaltyTransfer, distributor_id, &dsp_distributor, N_("Distributor"), .flags = DSP_REQUIRED),
  DSP_TEXT (DspPenaltyTransfer, reason,         N_("Reason"), .flags = DSP_REQUIRED | DSP_LONG, .max = 2000),
};
static const DspTable transfer_args = DSP_TABLE (DspPenaltyTransfer, transfer_fields, "transfer");

static const DspField appeal_fields[] = {
  DSP_TEXT (DspAppeal, appeal,      N_("Appeal"), .flags = DSP_REQUIRED | DSP_LONG, .max = 2000),
  DSP_ID   (DspAppeal, document_id, &dsp_attachment, N_("Document")),
};
static const DspTable appeal_args = DSP_TABLE (DspAppeal, appeal_fields, "appeal");

static const DspField answer_fields[] = {
  DSP_WORD (DspAppealAnswer, verdict, DspVerdict, N_("Verdict"), .flags = DSP_REQUIRED),
  DSP_TEXT (DspAppealAnswer, answer,  N_("Answer"), .flags = DSP_REQUIRED | DSP_LONG, .max = 2000),
};
static const DspTable answer_args = DSP_TABLE (DspAppealAnswer, answer_fields, "answer");

#define P(state) DSP_BIT (DSP_PENALTY_##state)
#define MANY_STEP (DSP_COMMAND_MANY | DSP_COMMAND_STEP)
const DspCommand dsp_order_penalize =
  { "order.penalize",   N_("Penalize"), N_("Penalized"), &dsp_order, NULL, 0, 0, MANY_STEP, penalize };
const DspCommand dsp_penalty_create =
  { "penalty.create",   N_("New penalty"), N_("Penalty noted"), &dsp_penalty, &dsp_penalty.table, 0, P (PENDING), DSP_COMMAND_PUTS | DSP_COMMAND_CREATES, create };
const DspCommand dsp_penalty_confirm =
  { "penalty.confirm",  N_("Confirm"), N_("Penalty confirmed"), &dsp_penalty, &confirm_args, P (PENDING), P (CONFIRMED), MANY_STEP, confirm };
const DspCommand dsp_penalty_waive =
  { "penalty.waive",    N_("Waive"), N_("Penalty waived"), &dsp_penalty, &waive_args, P (PENDING), P (WAIVED), MANY_STEP, waive };
const DspCommand dsp_penalty_transfer =
  { "penalty.transfer", N_("Assign to another party"), N_("Penalty assigned to another party"), &dsp_penalty, &transfer_args, P (PENDING), P (TRANSFERRED), MANY_STEP, transfer };
const DspCommand dsp_penalty_appeal =
  { "penalty.appeal",   N_("Appeal"), N_("Appealed"), &dsp_penalty, &appeal_args, P (PENDING) | P (CONFIRMED) | P (TRANSFERRED), P (APPEALED), DSP_COMMAND_STEP, appeal };
const DspCommand dsp_penalty_answer =
  { "penalty.answer",   N_("Answer the appeal"), N_("Appeal answered"), &dsp_penalty, &answer_args, P (APPEALED), P (CONFIRMED) | P (WAIVED), DSP_COMMAND_STEP, answer };
/* clang-format on */
