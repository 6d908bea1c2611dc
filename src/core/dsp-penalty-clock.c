/* dsp-penalty-clock.c: how long an order may wait, and what its clock says
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-penalty-clock.h"

#define LIMIT_MAX 525600 /* minutes: of the field */

static gboolean
is_for_fault (gconstpointer record,
              gpointer      user_data)
{
  return ((const DspPenaltyRule *) record)->fault == GPOINTER_TO_UINT (user_data);
}

const DspPenaltyRule *
dsp_work_penalty_rule (DspWork        *work,
                       DspFault        fault,
                       const DspOrder *order)
{
  return dsp_most_specific (&dsp_penalty_rule, dsp_work_all (work, &dsp_penalty_rule), order->group, order->type,
                            order->subtype, is_for_fault, GUINT_TO_POINTER (fault));
}

DspMoney
dsp_penalty_price (const DspPenaltyRule *rule,
                   gint64                pay_cents)
{
  DspMoney price = { rule->amount.cents + (pay_cents * rule->percent.value + 5000) / 10000, true };

  if (rule->cap.is_set)
    price.cents = MIN (price.cents, rule->cap.cents);
  return price;
}

/* A date that came from outside, without a word about what it counts. */
static DspCounts
counts_of (const DspOrder *order)
{
  return order->counts == DSP_COUNTS_NONE ? DSP_COUNTS_CALENDAR : order->counts;
}

/* A verdict lifted the date that had passed; the new one counts again. */
static void
count_again (DspWork  *work,
             DspOrder *order)
{
  if (order->excused != DSP_YES || order->penalty_at.us <= dsp_work_now (work))
    return;
  order->excused = DSP_UNSAID;
  order->penalized_at.us = 0;
}

void
dsp_order_start_clock (DspWork  *work,
                       DspOrder *order)
{
  const DspPenaltyRule *rule = dsp_work_penalty_rule (work, DSP_FAULT_LATE_ATTENTION, order);
  const DspOrderType *type;

  if (rule != NULL)
    order->penalty = dsp_penalty_price (rule, 0);
  if (order->version == 0 && order->penalty_at.us != 0)
    return;
  dsp_order_keep_penalty (work, order);
  type = dsp_most_specific (&dsp_order_type, dsp_work_all (work, &dsp_order_type), order->group, order->type,
                            order->subtype, NULL, NULL);
  order->limit_minutes = (DspInt) { 0 };
  order->counts = DSP_COUNTS_NONE;
  order->penalty_at.us = 0;
  if (type == NULL || !type->limit_minutes.is_set)
    {
      order->stopped_at.us = 0;
      return;
    }
  order->counts = type->counts;
  order->limit_minutes = type->limit_minutes;
  if (rule != NULL)
    order->limit_minutes.value = MIN (order->limit_minutes.value + rule->grace_minutes.value, LIMIT_MAX);
  order->penalty_at.us = dsp_calendar_add (dsp_work_calendar (work), order->counts, order->created_at.us,
                                           order->limit_minutes.value * G_TIME_SPAN_MINUTE);
  count_again (work, order);
}

void
dsp_order_stop_clock (DspWork  *work,
                      DspOrder *order)
{
  dsp_order_keep_penalty (work, order);
  if (order->penalty_at.us > dsp_work_now (work) && order->stopped_at.us == 0)
    order->stopped_at.us = dsp_work_now (work);
}

void
dsp_order_restart_clock (DspWork  *work,
                         DspOrder *order)
{
  gint64 since_us = order->stopped_at.us != 0 ? order->stopped_at.us : order->closed_at.us;

  order->stopped_at.us = 0;
  if (since_us == 0 || order->penalty_at.us == 0)
    return;
  if (since_us < order->penalty_at.us)
    order->penalty_at.us = dsp_calendar_add (dsp_work_calendar (work), counts_of (order), dsp_work_now (work),
                                             dsp_calendar_between (dsp_work_calendar (work), counts_of (order), since_us,
                                                                   order->penalty_at.us));
  count_again (work, order);
}

void
dsp_order_move_clock (DspWork  *work,
                      DspOrder *order,
                      gint64    until_us)
{
  dsp_order_keep_penalty (work, order);
  dsp_order_restart_clock (work, order);
  if (order->penalty_at.us != 0)
    order->penalty_at.us = MAX (order->penalty_at.us, until_us);
  count_again (work, order);
}

void
dsp_order_keep_penalty (DspWork  *work,
                        DspOrder *order)
{
  bool closed = order->status == DSP_ORDER_CLOSED && order->closed_at.us != 0;
  gint64 at_us = closed ? order->closed_at.us : dsp_work_now (work);

  if (closed)
    {
      gint64 due_us = order->penalized_at.us != 0 ? order->penalized_at.us : order->penalty_at.us;

      dsp_penalty_note_closing (work, order);
      if (due_us != 0 && at_us <= due_us && dsp_work_now (work) >= due_us)
        {
          order->penalized_at.us = 0;
          dsp_penalty_withdraw (work, order);
        }
    }
  if (order->penalized_at.us != 0 || order->penalty_at.us == 0 || order->stopped_at.us != 0 || order->excused == DSP_YES)
    return;
  if (closed ? at_us > order->penalty_at.us : at_us >= order->penalty_at.us)
    order->penalized_at = order->penalty_at;
}

bool
dsp_order_clock_says (DspCalendar    *calendar,
                      const DspOrder *order,
                      gint64          now_us,
                      DspClockSays   *says)
{
  gint64 at_us = now_us;

  *says = (DspClockSays) { 0 };
  if (order->penalty_at.us == 0)
    return false;
  says->counts = counts_of (order);
  says->limit_us = order->limit_minutes.value * G_TIME_SPAN_MINUTE;
  says->since_us = order->created_at.us;
  says->stopped = order->stopped_at.us != 0;
  says->over = !dsp_order_is_open (order) && order->status != DSP_ORDER_REJECTED;
  if (says->stopped)
    at_us = says->since_us = order->stopped_at.us;
  else if (order->status == DSP_ORDER_CLOSED && order->closed_at.us != 0)
    at_us = order->closed_at.us;
  says->left_us = dsp_calendar_between (calendar, says->counts, at_us, order->penalty_at.us);
  says->penalized = dsp_order_is_penalized (order, now_us);
  return true;
}
