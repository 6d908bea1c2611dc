/* dsp-policy.h: what a rescheduling policy says of one order, a day and a time
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One judgement for all: the dialog shows its sentences ticked or crossed, the calendar greys the days by it, and the
 * executor refuses by the first that is crossed. Pure: the records, the clock and the count of places are arguments.
 */
#pragma once

#include "dsp-calendar.h"
#include "dsp-entities.h"
#include "dsp-rule.h"

G_BEGIN_DECLS

typedef enum {
  DSP_TICK_OPEN,   /* nothing is chosen yet that it could be judged by, or it is only told */
  DSP_TICK_KEPT,
  DSP_TICK_BROKEN,
} DspTick;

/* One sentence of the policy. */
typedef struct {
  DspRule rule;  /* by which it refuses; DSP_N_RULES: it is only told */
  DspTick tick;
  char   *text;  /* (owned): translated; names what was found, where something is chosen */
} DspSentence;

/* A visit that holds a place. Texts lent. */
typedef struct {
  DspId       id;
  const char *municipality, *group, *type; /* (nullable) */
} DspBooking;

/* How many others hold a place of @slot from @from_us and before @until_us in the zone of the case's order: at least
 * @limit is as good as any more. -1: nobody here knows. */
typedef gint64 (*DspPlacesTaken) (const DspSlot *slot, gint64 from_us, gint64 until_us, gint64 limit, gpointer user_data);

typedef struct {
  const DspPolicy     *policy;   /* (nullable): the office has none for such orders: only what always holds */
  GPtrArray           *slots;    /* (nullable) of DspSlot: those of other policies and retired ones are passed over */
  GPtrArray           *closures; /* (nullable) of DspZoneClosure */
  GPtrArray           *holidays; /* (nullable) of DspHoliday: for their names; the calendar has them too */
  DspCalendar         *calendar;
  const DspOrder      *order;    /* (nullable): none in particular: what the policy says to everybody */
  const DspReasonCode *reason;   /* (nullable): given for it */
  gint64               now_us;
  bool                 first;    /* the first appointment of a new order: nothing is rescheduled */
  bool                 beyond;   /* whoever asks may go past the count: DSP_MAY_RESCHEDULE_BEYOND */
  DspPlacesTaken       taken;    /* (nullable): places are not counted here */
  gpointer             user_data;
} DspPolicyCase;

/* What a day offers. */
typedef enum { DSP_DAY_OPEN, DSP_DAY_OUTSIDE, DSP_DAY_HOLIDAY, DSP_DAY_CLOSED, DSP_DAY_NO_SLOT, DSP_DAY_FULL } DspDayState;

bool           dsp_order_waits_between (const DspOrder *order, gint64 from_us, gint64 until_us);

/* Returns: (transfer full): of DspSentence. @at none: of the sentences that need it nothing is judged. */
GArray        *dsp_policy_judge       (const DspPolicyCase *c, DspTime at, DspTime until);
gboolean       dsp_policy_refuses     (GArray *sentences, const DspOrder *order, GError **error);

/* Returns: (transfer full): of lent DspSlot, by their start: those of the policy on that day; none: it has no slots. */
GPtrArray     *dsp_policy_slots       (const DspPolicyCase *c, DspDate day);
bool           dsp_policy_has_slots   (const DspPolicyCase *c);
const DspSlot *dsp_policy_slot_at     (const DspPolicyCase *c, DspDate day, int minute);
/* Places left in the slot on that day; G_MAXINT64: it has no limit; -1: nobody here knows. */
gint64         dsp_policy_places_left (const DspPolicyCase *c, const DspSlot *slot, DspDate day);
/* What the day offers: @left places (as above) of the slots that can still be booked. */
DspDayState    dsp_policy_day         (const DspPolicyCase *c, DspDate day, gint64 *left);
/* Why the slot cannot be booked on that day; DSP_N_RULES: it can. */
DspRule        dsp_policy_slot_refuses (const DspPolicyCase *c, const DspSlot *slot, DspDate day);
/* (transfer none) (nullable): why the office does not work on that day, translated. */
const char    *dsp_policy_holiday     (const DspPolicyCase *c, DspDate day);

G_END_DECLS
