/* dsp-penalty.c: penalties, their rules, and attachments
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-penalty.h"

#include "dsp-entities.h"
#include "dsp-rule.h"

#include <glib/gi18n-lib.h>

static const DspWord fault_list[] = {
  [DSP_FAULT_NONE]                   = { NULL, NULL },
  [DSP_FAULT_LATE_ATTENTION]         = { "late_attention", N_("Late attention") },
  [DSP_FAULT_MISSED_SLOT]            = { "missed_slot", N_("Missed appointment") },
  [DSP_FAULT_NO_SHOW]                = { "no_show", N_("Nobody came") },
  [DSP_FAULT_UNJUSTIFIED_REJECTION]  = { "unjustified_rejection", N_("Unjustified rejection") },
  [DSP_FAULT_REPEAT_VISIT]           = { "repeat_visit", N_("Repeat visit") },
  [DSP_FAULT_LATE_CLOSING]           = { "late_closing", N_("Late closing") },
  [DSP_FAULT_FAILED_QUALITY]         = { "failed_quality", N_("Failed quality") },
  [DSP_FAULT_EQUIPMENT_NOT_RETURNED] = { "equipment_not_returned", N_("Equipment not returned") },
};
G_STATIC_ASSERT (G_N_ELEMENTS (fault_list) == DSP_N_FAULTS);
const DspWords DspFault_words = { fault_list, G_N_ELEMENTS (fault_list) };

static const DspWord state_list[] = {
  [DSP_PENALTY_NONE]        = { NULL, NULL },
  [DSP_PENALTY_PENDING]     = { "pending", N_("To review") },
  [DSP_PENALTY_CONFIRMED]   = { "confirmed", N_("Confirmed") },
  [DSP_PENALTY_WAIVED]      = { "waived", N_("Waived") },
  [DSP_PENALTY_TRANSFERRED] = { "transferred", N_("Transferred") },
  [DSP_PENALTY_APPEALED]    = { "appealed", N_("Appealed") },
  [DSP_PENALTY_WITHDRAWN]   = { "withdrawn", N_("Withdrawn") },
};
G_STATIC_ASSERT (G_N_ELEMENTS (state_list) == DSP_N_PENALTY_STATES);
const DspWords DspPenaltyState_words = { state_list, G_N_ELEMENTS (state_list) };

#define AMOUNT .min = 0, .max = G_GINT64_CONSTANT (100000000000)

/* clang-format off */
static const DspField penalty_rule_fields[] = {
  DSP_TEXT   (DspPenaltyRule, code,          N_("Code"),       .flags = DSP_REQUIRED | DSP_UNIQUE | DSP_SEARCH | DSP_COLUMN, .max = 40),
  DSP_TEXT   (DspPenaltyRule, label,         N_("Name"),       .flags = DSP_REQUIRED | DSP_SEARCH | DSP_COLUMN, .max = 120),
  DSP_WORD   (DspPenaltyRule, fault,         DspFault, N_("Fault"), .flags = DSP_REQUIRED | DSP_FILTER | DSP_COLUMN),
  DSP_TEXT   (DspPenaltyRule, group,         N_("Group"),      .flags = DSP_COLUMN, .max = 60),
  DSP_TEXT   (DspPenaltyRule, type,          N_("Order type"), .flags = DSP_COLUMN, .max = 60),
  DSP_INT    (DspPenaltyRule, grace_minutes, N_("Grace (minutes)"), .flags = DSP_COLUMN, .max = 525600),
  DSP_MONEY  (DspPenaltyRule, amount,        N_("Amount"),     .flags = DSP_COLUMN, AMOUNT),
  DSP_INT    (DspPenaltyRule, percent,       N_("Percent of the order's pay"), .decimals = 2, .max = 10000),
  DSP_MONEY  (DspPenaltyRule, cap,           N_("At most"),    AMOUNT),
  DSP_TEXT   (DspPenaltyRule, evidence,      N_("Evidence asked for"), .flags = DSP_LONG, .max = 400),
  DSP_INT    (DspPenaltyRule, repeat_days,   N_("Within days"), .min = 1, .max = 365),
  DSP_INT    (DspPenaltyRule, appeal_days,   N_("Days for an appeal"), .max = 365),
  DSP_YES_NO (DspPenaltyRule, retired,       N_("Retired"),    .flags = DSP_FILTER),
};

static const DspField penalty_fields[] = {
  DSP_TEXT  (DspPenalty, number,         N_("Request number"), .flags = DSP_REQUIRED | DSP_FILTER | DSP_SEARCH | DSP_FIXED | DSP_COLUMN, .max = 32),
  DSP_ID    (DspPenalty, order_id,       &dsp_order, N_("Order"), .flags = DSP_REQUIRED | DSP_INDEXED | DSP_FILTER | DSP_FIXED),
  DSP_ID    (DspPenalty, distributor_id, &dsp_distributor, N_("Distributor"), .flags = DSP_FILTER | DSP_COLUMN),
  DSP_ID    (DspPenalty, crew_id,        &dsp_crew, N_("Crew"), .flags = DSP_FILTER | DSP_COLUMN),
  DSP_ID    (DspPenalty, rule_id,        &dsp_penalty_rule, N_("Rule"), .flags = DSP_FILTER | DSP_COLUMN),
  DSP_WORD  (DspPenalty, fault,          DspFault, N_("Fault"), .flags = DSP_REQUIRED | DSP_FILTER | DSP_COLUMN),
  DSP_WORD  (DspPenalty, state,          DspPenaltyState, N_("Status"), .flags = DSP_REQUIRED | DSP_FILTER | DSP_COLUMN),
  DSP_TIME  (DspPenalty, due_at,         N_("Penalty date"), .flags = DSP_REQUIRED | DSP_FILTER | DSP_COLUMN),
  DSP_TIME  (DspPenalty, at,             N_("Noticed on"), .flags = DSP_REQUIRED),
  DSP_MONEY (DspPenalty, amount,         N_("Amount"), .flags = DSP_COLUMN, AMOUNT),
  DSP_TEXT  (DspPenalty, reason,         N_("Reason"), .flags = DSP_LONG, .max = 2000),
  DSP_ID    (DspPenalty, document_id,    &dsp_attachment, N_("Document")),
  DSP_TEXT  (DspPenalty, reviewed_by,    N_("Reviewed by"), .max = 80),
  DSP_TIME  (DspPenalty, reviewed_at,    N_("Reviewed on")),
  DSP_TEXT  (DspPenalty, appeal,         N_("Appeal"), .flags = DSP_LONG, .max = 2000),
  DSP_TIME  (DspPenalty, appeal_until,   N_("Appeal possible until")),
  DSP_TIME  (DspPenalty, appealed_at,    N_("Appealed on")),
  DSP_TEXT  (DspPenalty, answer,         N_("Answer"), .flags = DSP_LONG, .max = 2000),
  DSP_TIME  (DspPenalty, answered_at,    N_("Answered on")),
};

static const DspField attachment_fields[] = {
  DSP_ID   (DspAttachment, order_id,       &dsp_order, N_("Order"), .flags = DSP_REQUIRED | DSP_INDEXED | DSP_FILTER | DSP_FIXED),
  DSP_ID   (DspAttachment, distributor_id, &dsp_distributor, N_("Distributor")),
  DSP_TEXT (DspAttachment, name,           N_("Name"), .flags = DSP_REQUIRED | DSP_FIXED | DSP_COLUMN, .max = 255),
  DSP_TEXT (DspAttachment, media_type,     N_("Kind"), .flags = DSP_REQUIRED | DSP_FIXED | DSP_COLUMN, .max = 80),
  DSP_INT  (DspAttachment, size,           N_("Size"), .flags = DSP_REQUIRED | DSP_FIXED | DSP_COLUMN, .min = 1, .max = 10485760),
  DSP_TEXT (DspAttachment, hash,           N_("Hash"), .flags = DSP_REQUIRED | DSP_FIXED, .min = 64, .max = 64),
  DSP_TEXT (DspAttachment, note,           N_("Note"), .flags = DSP_COLUMN, .max = 400),
};
/* clang-format on */

static DspId
common_scope (gconstpointer record)
{
  return dsp_scope_common;
}

static DspId
owner (DspId distributor)
{
  return dsp_id_is_none (&distributor) ? dsp_scope_company : distributor;
}

static DspId
penalty_scope (gconstpointer record)
{
  return owner (((const DspPenalty *) record)->distributor_id);
}

static DspId
attachment_scope (gconstpointer record)
{
  return owner (((const DspAttachment *) record)->distributor_id);
}

static gboolean
penalty_rule_check (gconstpointer record,
                    GError      **error)
{
  const DspPenaltyRule *rule = record;

  if (rule->amount.is_set || rule->percent.is_set)
    return TRUE;
  return dsp_refuse (error, DSP_RULE_REQUIRED, _("penalty rule %s has neither an amount nor a percentage"), rule->code);
}

/* clang-format off */
const DspEntity dsp_penalty_rule = {
  .table = DSP_TABLE (DspPenaltyRule, penalty_rule_fields, "penalty_rule"),
  .label = N_("Penalty rule"), .label_plural = N_("Penalty rules"), .number = 24,
  .display_offset = offsetof (DspPenaltyRule, label), .scope = common_scope, .check = penalty_rule_check,
};
const DspEntity dsp_penalty = {
  .table = DSP_TABLE (DspPenalty, penalty_fields, "penalty"),
  .label = N_("Penalty"), .label_plural = N_("Penalties"), .number = 25,
  .state_offset = offsetof (DspPenalty, state), .display_offset = offsetof (DspPenalty, number), .scope = penalty_scope,
};
const DspEntity dsp_attachment = {
  .table = DSP_TABLE (DspAttachment, attachment_fields, "attachment"),
  .label = N_("Attachment"), .label_plural = N_("Attachments"), .number = 26,
  .display_offset = offsetof (DspAttachment, name), .scope = attachment_scope,
};
/* clang-format on */
