/* dsp-penalty-clock.h: how long an order may wait, and what its clock says
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The clock is five fields of the order: limit_minutes and counts say what it was set to, penalty_at when it is over,
 * stopped_at that it stands, penalized_at that it was over once. Processes call these functions from their apply
 * functions, on the order that they edit; a window asks dsp_order_clock_says(). Both sides count alike.
 */
#pragma once

#include "dsp-calendar.h"
#include "dsp-command.h"

G_BEGIN_DECLS

/* Sets limit, date and price from the types of order and the rules for late attention, counted from the creation. For a
 * new order, whose own penalty date stays if it came with one, and when its group or type changed (a date that had passed
 * is kept before that). The rule's grace is part of the limit. An order of a type without a limit has no clock. */
void dsp_order_start_clock   (DspWork *work, DspOrder *order);
/* Lets it stand from now on: the customer's wish, a cancellation. Nothing if it stands, is over, or there is none. */
void dsp_order_stop_clock    (DspWork *work, DspOrder *order);
/* Lets it run again with what was left when it was stopped, or when the order was closed. Call it before closed_at is
 * taken away. A clock that runs goes on running. */
void dsp_order_restart_clock (DspWork *work, DspOrder *order);
/* The penalty date becomes @until_us (the end of the appointment that the customer asked for) if it is earlier; the clock
 * runs. Nothing for an order without one. */
void dsp_order_move_clock    (DspWork *work, DspOrder *order, gint64 until_us);
/* Before a change moves or ends the clock, and at the end of a closing, with status and closed_at set: stamps a penalty
 * date that had passed by now, or by the real attention time. A closing that tells of an earlier attention takes a stamp
 * away. stop, move and start do it themselves. */
void dsp_order_keep_penalty  (DspWork *work, DspOrder *order);

typedef struct {
  DspCounts counts;
  gint64    limit_us;  /* 0: the date came from outside */
  gint64    left_us;   /* counted time until the penalty date; negative: so late */
  gint64    since_us;  /* it runs since then (the creation), or stands since then */
  bool      stopped;
  bool      over;      /* attended, cancelled or annulled: left_us is what was left then */
  bool      penalized;
} DspClockSays;

/* FALSE: the order has no clock. */
bool dsp_order_clock_says (DspCalendar *calendar, const DspOrder *order, gint64 now_us, DspClockSays *says);

/* The penalty of @order for @fault at @due_us, to review; nothing if there is one. */
void dsp_penalty_make         (DspWork *work, const DspOrder *order, DspFault fault, gint64 due_us);
/* Missed appointment, if there is a rule: somebody came at @came_us, or nobody had come by then. */
void dsp_penalty_note_slot    (DspWork *work, const DspOrder *order, gint64 came_us);
/* Missed appointment and late closing, where there is a rule for them. keep_penalty does it for a closing. */
void dsp_penalty_note_closing (DspWork *work, const DspOrder *order);
/* Repeat visit: @order names as its parent a closed one of the same type, whose distributor bears it. */
void dsp_penalty_note_repeat  (DspWork *work, const DspOrder *order);
/* Attended in time after all: what the clock noted and nobody reviewed. */
void dsp_penalty_withdraw     (DspWork *work, const DspOrder *order);

/* The rule that prices a fault of such an order: the most specific one. (transfer none) (nullable): until the work's next run. */
const DspPenaltyRule *dsp_work_penalty_rule (DspWork *work, DspFault fault, const DspOrder *order);
/* Amount and percentage of @pay_cents (0: not known), not more than the cap. */
DspMoney              dsp_penalty_price     (const DspPenaltyRule *rule, gint64 pay_cents);

G_END_DECLS
