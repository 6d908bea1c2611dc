/* dsp-order-reschedule.c: another day for a visit
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-order-private.h"
#include "dsp-penalty-clock.h"

#include <glib/gi18n-lib.h>

static const DspWord asked_by_list[] = {
  [DSP_ASKED_NONE]          = { NULL, NULL },
  [DSP_ASKED_BY_CUSTOMER]   = { "customer", N_("The customer") },
  [DSP_ASKED_BY_COMPANY]    = { "company", N_("The company") },
  [DSP_ASKED_BY_TECHNICIAN] = { "technician", N_("The technician") },
};
G_STATIC_ASSERT (G_N_ELEMENTS (asked_by_list) == DSP_N_ASKED_BY);
const DspWords DspAskedBy_words = { asked_by_list, G_N_ELEMENTS (asked_by_list) };

/* The customer's wish moves the penalty date by as much as the appointment, and at least to the end of the new one; a
 * fault of the distributor does not move it. A clock that stood runs again. */
static void
move_penalty (DspWork        *work,
              const DspOrder *before,
              DspOrder       *order,
              bool            against)
{
  gint64 ends_us = order->attention_until.us != 0 ? order->attention_until.us : order->attention_at.us;
  gint64 later_us = before->attention_at.us != 0 ? MAX (order->attention_at.us - before->attention_at.us, 0) : 0;

  if (against)
    dsp_order_restart_clock (work, order);
  else
    dsp_order_move_clock (work, order, MAX (before->penalty_at.us + later_us, ends_us));
}

/* Nobody had come when the appointment was over, and by the reason it is the distributor's fault. */
static void
note_missed (DspWork             *work,
             const DspOrder      *before,
             const DspReasonCode *reason)
{
  if (reason != NULL && reason->against == DSP_YES && before->started_at.us == 0)
    dsp_penalty_note_slot (work, before, dsp_work_now (work));
}

/* ---- the policy ---- */

typedef struct {
  DspWork         *work;
  const DspOrder  *order;
  const DspPolicy *policy;
  gint64           limit, taken;
} Count;

/* A slot is one policy's: a visit that another policy rules holds none of its places. */
static gboolean
count_booking (const DspBooking *booking,
               gpointer          user_data)
{
  Count *count = user_data;
  GPtrArray *policies = dsp_work_all (count->work, &dsp_policy);

  if (dsp_id_equal (&booking->id, &count->order->id) || g_strcmp0 (booking->municipality, count->order->municipality) != 0 ||
      dsp_most_specific (&dsp_policy, policies, booking->group, booking->type, NULL, NULL, NULL) != count->policy)
    return TRUE;
  return ++count->taken < count->limit;
}

static gint64
places_taken (const DspSlot *slot,
              gint64         from_us,
              gint64         until_us,
              gint64         limit,
              gpointer       user_data)
{
  Count *count = user_data;
  DspFact fact;

  count->limit = limit;
  count->taken = 0;
  fact = dsp_work_booked (count->work, from_us, until_us, count_booking, count);
  /* Who sees only a part of the orders may still see that it is full. */
  return fact == DSP_FACT_HERE || count->taken >= limit ? count->taken : -1;
}

gboolean
dsp_order_policy_allows (DspWork             *work,
                         const DspOrder      *order,
                         const DspReasonCode *reason,
                         DspTime              at,
                         DspTime             *until,
                         GError             **error)
{
  GPtrArray *policies = dsp_work_all (work, &dsp_policy);
  const DspPolicy *policy = dsp_most_specific (&dsp_policy, policies, order->group, order->type, NULL, NULL, NULL);
  Count count = { work, order, policy, 0, 0 };
  DspPolicyCase c = {
    .policy = policy, .slots = dsp_work_all (work, &dsp_slot), .closures = dsp_work_all (work, &dsp_zone_closure),
    .holidays = dsp_work_all (work, &dsp_holiday), .calendar = dsp_work_calendar (work), .order = order, .reason = reason,
    .now_us = dsp_work_now (work), .first = order->version == 0,
    .beyond = dsp_authz (dsp_work_actor (work), DSP_MAY_RESCHEDULE_BEYOND, &order->scope, dsp_work_now (work)) == DSP_AUTHZ_ALLOW,
    .taken = places_taken, .user_data = &count,
  };
  g_autoptr(GArray) sentences = dsp_policy_judge (&c, at, *until);
  const DspSlot *slot;
  DspDate day;
  int minute;

  if (dsp_policy_refuses (sentences, order, error))
    return FALSE;
  day = dsp_calendar_day (c.calendar, at.us, &minute);
  slot = dsp_policy_slot_at (&c, day, minute);
  if (until->us == 0 && slot != NULL)
    until->us = dsp_calendar_at (c.calendar, day, (int) slot->ends.value);
  return TRUE;
}

/* S0-44: the attention date has to change. It stays with its crew only if that is wished. */
DSP_ORDER_APPLY (reschedule, DspReschedule)
{
  const DspOrder *before = dsp_work_before (work, &dsp_order, &order->id);
  const DspReasonCode *lent;
  g_autoptr(DspReasonCode) reason = NULL;
  gint64 now_us = dsp_work_now (work);
  DspTime until = args->attention_until;

  if (!dsp_need_reason (work, DSP_PROCESS_RESCHEDULE, args->reason, &lent, error))
    return FALSE;
  if (lent != NULL)
    reason = dsp_reason_code_dup (lent); /* the policy looks further, which ends the loan */
  if (args->attention_at.us < now_us - DSP_CLOCK_TOLERANCE_US)
    return dsp_refuse (error, DSP_RULE_PAST, _("the new date of order %s lies in the past"), order->number);
  if (args->attention_until.us != 0 && args->attention_until.us <= args->attention_at.us)
    return dsp_refuse (error, DSP_RULE_INVALID, _("the new appointment of order %s ends before it begins"), order->number);
  if (args->attention_at.us == order->attention_at.us && order->status != DSP_ORDER_TO_RESCHEDULE)
    return dsp_refuse (error, DSP_RULE_INVALID, _("order %s is booked for that time already"), order->number);
  if (!dsp_order_policy_allows (work, before, reason, args->attention_at, &until, error))
    return FALSE;

  order->attention_at = args->attention_at;
  order->attention_until = until;
  order->reschedules = (DspInt) { order->reschedules.value + 1, true };
  move_penalty (work, before, order, reason != NULL && reason->against == DSP_YES);
  note_missed (work, before, reason);
  dsp_set_text (&order->reason, args->reason);
  order->visit = (DspInt) { 0 };
  order->started_at.us = 0;
  if (args->keep_crew == DSP_YES && !dsp_id_is_none (&order->crew_id))
    {
      order->status = DSP_ORDER_ASSIGNED;
      return TRUE;
    }
  order->status = DSP_ORDER_UNASSIGNED;
  dsp_order_take_from_crew (order);
  return TRUE;
}

/* The visit failed, or the customer wants another day that is not known yet: unless the distributor is at fault, the
 * clock stands until one is booked. The crew stays to be seen. */
DSP_ORDER_APPLY (needs_reschedule, DspNeedsReschedule)
{
  const DspReasonCode *reason;

  if (!dsp_need_reason (work, DSP_PROCESS_RESCHEDULE, args->reason, &reason, error))
    return FALSE;
  if (reason == NULL || reason->against != DSP_YES)
    dsp_order_stop_clock (work, order);
  note_missed (work, dsp_work_before (work, &dsp_order, &order->id), reason);
  dsp_set_text (&order->reason, args->reason);
  order->visit = (DspInt) { 0 };
  return TRUE;
}

/* clang-format off */
static const DspField reschedule_fields[] = {
  DSP_TIME   (DspReschedule, attention_at,    N_("New attention date"), .flags = DSP_REQUIRED),
  DSP_TIME   (DspReschedule, attention_until, N_("Attention until")),
  DSP_TEXT   (DspReschedule, reason,          N_("Reason"), .flags = DSP_REQUIRED | DSP_WHY, .max = 40),
  DSP_WORD   (DspReschedule, asked_by,        DspAskedBy, N_("Who asked"), .flags = DSP_REQUIRED),
  DSP_YES_NO (DspReschedule, keep_crew,       N_("Keep the crew")),
  DSP_TEXT   (DspReschedule, note,            N_("Note"), .flags = DSP_LONG | DSP_WHY, .max = 2000),
};
static const DspTable reschedule_args = DSP_TABLE (DspReschedule, reschedule_fields, "reschedule");

static const DspField needs_reschedule_fields[] = {
  DSP_TEXT (DspNeedsReschedule, reason, N_("Reason"), .flags = DSP_REQUIRED | DSP_WHY, .max = 40),
  DSP_TEXT (DspNeedsReschedule, note,   N_("Note"),   .flags = DSP_LONG | DSP_WHY, .max = 2000),
};
static const DspTable needs_reschedule_args = DSP_TABLE (DspNeedsReschedule, needs_reschedule_fields, "needs_reschedule");

#define S(state) DSP_BIT (DSP_ORDER_##state)
const DspCommand dsp_order_reschedule =
  { "order.reschedule", N_("Reschedule"), N_("Rescheduled"), &dsp_order, &reschedule_args, DSP_ORDER_OPEN, S (UNASSIGNED) | S (ASSIGNED), DSP_COMMAND_STEP | DSP_COMMAND_MANY, reschedule_any };
const DspCommand dsp_order_needs_reschedule =
  { "order.needs_reschedule", N_("Needs rescheduling"), N_("Needs rescheduling"), &dsp_order, &needs_reschedule_args, S (ASSIGNED) | S (IN_PROGRESS), S (TO_RESCHEDULE), DSP_COMMAND_STEP | DSP_COMMAND_MANY, needs_reschedule_any };
/* clang-format on */
