/* dsp-policy.c: what a rescheduling policy says of one order, a day and a time
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-policy.h"

#include "dsp-order-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* The day and time that are asked about; day none: nothing yet. */
typedef struct {
  DspTime        at, until;
  DspDate        day, today;
  int            minute;
  const DspSlot *slot; /* (nullable): in which it would be */
} Asked;

static void
clear_sentence (gpointer data)
{
  g_free (((DspSentence *) data)->text);
}

/* @text: (transfer full) */
static void
say (GArray  *sentences,
     DspRule  rule,
     DspTick  tick,
     char    *text)
{
  DspSentence sentence = { rule, tick, text };

  g_array_append_val (sentences, sentence);
}

static DspTick
tick_if (const Asked *asked,
         bool         kept)
{
  return asked->day.day == 0 ? DSP_TICK_OPEN : kept ? DSP_TICK_KEPT : DSP_TICK_BROKEN;
}

/**
 * dsp_order_waits_between:
 * Returns: whether the order holds a place: it waits for its visit, which is booked from @from_us on and before @until_us.
 *   One that is to be rescheduled has given its place back.
 */
bool
dsp_order_waits_between (const DspOrder *order,
                         gint64          from_us,
                         gint64          until_us)
{
  return (DSP_BIT (order->status) & DSP_ORDER_OPEN) && order->status != DSP_ORDER_TO_RESCHEDULE && order->attention_at.us != 0 &&
         order->attention_at.us >= from_us && order->attention_at.us < until_us;
}

/* ---- slots ---- */

static bool
is_of (const DspPolicyCase *c,
       const DspSlot       *slot)
{
  return c->policy != NULL && slot->retired != DSP_YES && dsp_id_equal (&slot->policy_id, &c->policy->id);
}

static bool
is_on (const DspSlot *slot,
       DspDate        day)
{
  char weekday[2] = { (char) ('0' + dsp_date_weekday (day)), '\0' };

  return slot->weekdays == NULL || g_strv_contains ((const char *const *) slot->weekdays, weekday);
}

bool
dsp_policy_has_slots (const DspPolicyCase *c)
{
  for (guint i = 0; c->slots != NULL && i < c->slots->len; i++)
    if (is_of (c, c->slots->pdata[i]))
      return true;
  return false;
}

static int
by_start (gconstpointer a,
          gconstpointer b)
{
  const DspSlot *one = *(const DspSlot *const *) a, *other = *(const DspSlot *const *) b;

  return one->starts.value < other->starts.value ? -1 : one->starts.value > other->starts.value;
}

GPtrArray *
dsp_policy_slots (const DspPolicyCase *c,
                  DspDate              day)
{
  GPtrArray *slots = g_ptr_array_new ();

  for (guint i = 0; c->slots != NULL && i < c->slots->len; i++)
    if (is_of (c, c->slots->pdata[i]) && (day.day == 0 || is_on (c->slots->pdata[i], day)))
      g_ptr_array_add (slots, c->slots->pdata[i]);
  g_ptr_array_sort (slots, by_start);
  return slots;
}

const DspSlot *
dsp_policy_slot_at (const DspPolicyCase *c,
                    DspDate              day,
                    int                  minute)
{
  for (guint i = 0; c->slots != NULL && i < c->slots->len; i++)
    {
      const DspSlot *slot = c->slots->pdata[i];

      if (is_of (c, slot) && is_on (slot, day) && slot->starts.value <= minute && minute < slot->ends.value)
        return slot;
    }
  return NULL;
}

gint64
dsp_policy_places_left (const DspPolicyCase *c,
                        const DspSlot       *slot,
                        DspDate              day)
{
  gint64 taken;

  if (!slot->places.is_set)
    return G_MAXINT64;
  if (c->taken == NULL)
    return -1;
  taken = c->taken (slot, dsp_calendar_at (c->calendar, day, (int) slot->starts.value),
                    dsp_calendar_at (c->calendar, day, (int) slot->ends.value), slot->places.value, c->user_data);
  return taken < 0 ? -1 : MAX (slot->places.value - taken, 0);
}

/* ---- days ---- */

const char *
dsp_policy_holiday (const DspPolicyCase *c,
                    DspDate              day)
{
  if (dsp_calendar_works (c->calendar, day))
    return NULL;
  for (guint i = 0; c->holidays != NULL && i < c->holidays->len; i++)
    {
      const DspHoliday *holiday = c->holidays->pdata[i];

      if (holiday->day.day == day.day)
        return holiday->name;
    }
  return dsp_federal_holiday (day) != NULL ? dsp_federal_holiday (day) : _("the office does not work on that weekday");
}

static const DspZoneClosure *
closure_on (const DspPolicyCase *c,
            DspDate              day)
{
  for (guint i = 0; c->order != NULL && c->closures != NULL && i < c->closures->len; i++)
    {
      const DspZoneClosure *closure = c->closures->pdata[i];

      if (closure->from.day <= day.day && day.day <= closure->until.day &&
          dsp_zone_covers ((const char *const *) closure->zone, c->order->postal_code, c->order->municipality))
        return closure;
    }
  return NULL;
}

static bool
is_early (const DspPolicyCase *c,
          DspDate              today,
          DspDate              day)
{
  return c->policy != NULL && c->policy->min_days.is_set && day.day < today.day + c->policy->min_days.value;
}

static bool
is_late (const DspPolicyCase *c,
         DspDate              today,
         DspDate              day)
{
  return c->policy != NULL && c->policy->max_days.is_set && day.day > today.day + c->policy->max_days.value;
}

static bool
is_short_notice (const DspPolicyCase *c,
                 gint64               at_us)
{
  return c->policy != NULL && c->policy->notice_minutes.is_set &&
         at_us - c->now_us < c->policy->notice_minutes.value * G_TIME_SPAN_MINUTE;
}

DspRule
dsp_policy_slot_refuses (const DspPolicyCase *c,
                         const DspSlot       *slot,
                         DspDate              day)
{
  gint64 at_us = dsp_calendar_at (c->calendar, day, (int) slot->starts.value);

  if (at_us < c->now_us - DSP_CLOCK_TOLERANCE_US)
    return DSP_RULE_PAST;
  if (is_short_notice (c, at_us))
    return DSP_RULE_NOTICE;
  return dsp_policy_places_left (c, slot, day) == 0 ? DSP_RULE_SLOT_FULL : DSP_N_RULES;
}

/* All the slots of a day together: full only if each that is not too near is. */
static DspDayState
slots_of_day (const DspPolicyCase *c,
              DspDate              day,
              gint64              *left)
{
  g_autoptr(GPtrArray) slots = dsp_policy_slots (c, day);
  DspDayState state = DSP_DAY_NO_SLOT;
  bool unknown = false;

  for (guint i = 0; i < slots->len; i++)
    {
      DspRule rule = dsp_policy_slot_refuses (c, slots->pdata[i], day);
      gint64 here = rule == DSP_N_RULES ? dsp_policy_places_left (c, slots->pdata[i], day) : 0;

      if (rule == DSP_RULE_SLOT_FULL && state == DSP_DAY_NO_SLOT)
        state = DSP_DAY_FULL;
      if (rule != DSP_N_RULES)
        continue;
      state = DSP_DAY_OPEN;
      unknown = unknown || here < 0;
      if (here > 0)
        *left = here > G_MAXINT64 - *left ? G_MAXINT64 : *left + here;
    }
  if (unknown)
    *left = -1;
  return state;
}

DspDayState
dsp_policy_day (const DspPolicyCase *c,
                DspDate              day,
                gint64              *left)
{
  DspDate today = dsp_calendar_day (c->calendar, c->now_us, NULL);
  gint64 ignored;

  if (left == NULL)
    left = &ignored;
  *left = 0;
  if (day.day < today.day || is_early (c, today, day) || is_late (c, today, day))
    return DSP_DAY_OUTSIDE;
  if (c->policy != NULL && !dsp_calendar_works (c->calendar, day))
    return DSP_DAY_HOLIDAY;
  if (closure_on (c, day) != NULL)
    return DSP_DAY_CLOSED;
  if (dsp_policy_has_slots (c))
    return slots_of_day (c, day, left);
  *left = G_MAXINT64;
  return is_short_notice (c, dsp_calendar_at (c->calendar, day, 1440)) ? DSP_DAY_OUTSIDE : DSP_DAY_OPEN;
}

/* ---- the sentences ---- */

static void
say_count (const DspPolicyCase *c,
           GArray              *sentences)
{
  const DspPolicy *policy = c->policy;
  gint64 had, max;
  char *text;

  if (policy == NULL || c->first || !policy->max_reschedules.is_set)
    return;
  max = policy->max_reschedules.value;
  if (c->order == NULL)
    {
      text = g_strdup_printf (ngettext ("Rescheduled once at most; after that by a supervisor",
                                        "Rescheduled %d times at most; after that by a supervisor", (gulong) max), (int) max);
      say (sentences, DSP_RULE_RESCHEDULE_COUNT, DSP_TICK_OPEN, text);
      return;
    }
  had = c->order->reschedules.value;
  /* Translators: how often an order was rescheduled, and how often it may be */
  text = g_strdup_printf (_("Rescheduled %d of %d times; after that by a supervisor"), (int) had, (int) max);
  if (had >= max && c->beyond)
    {
      g_autofree char *first = text;

      /* Translators: after the sentence that says how often an order may be rescheduled */
      text = g_strdup_printf (_("%s: you may"), first);
    }
  say (sentences, DSP_RULE_RESCHEDULE_COUNT, had < max || c->beyond ? DSP_TICK_KEPT : DSP_TICK_BROKEN, text);
}

static void
say_window (const DspPolicyCase *c,
            const Asked         *asked,
            GArray              *sentences)
{
  const DspPolicy *policy = c->policy;
  int n;

  if (policy != NULL && policy->min_days.is_set && policy->min_days.value > 0)
    {
      n = (int) policy->min_days.value;
      say (sentences, DSP_RULE_TOO_EARLY, tick_if (asked, !is_early (c, asked->today, asked->day)),
           g_strdup_printf (ngettext ("At the earliest %d day from today", "At the earliest %d days from today", (gulong) n), n));
    }
  if (policy != NULL && policy->max_days.is_set)
    {
      n = (int) policy->max_days.value;
      say (sentences, DSP_RULE_TOO_LATE, tick_if (asked, !is_late (c, asked->today, asked->day)),
           n == 0 ? g_strdup (_("Today only"))
                  : g_strdup_printf (ngettext ("At the latest %d day from today", "At the latest %d days from today", (gulong) n), n));
    }
  if (policy != NULL && policy->notice_minutes.is_set && policy->notice_minutes.value > 0)
    {
      n = (int) policy->notice_minutes.value;
      say (sentences, DSP_RULE_NOTICE, tick_if (asked, !is_short_notice (c, asked->at.us)),
           n % 60 == 0 ? g_strdup_printf (ngettext ("At least %d hour before the visit begins",
                                                    "At least %d hours before the visit begins", (gulong) (n / 60)), n / 60)
                       : g_strdup_printf (ngettext ("At least %d minute before the visit begins",
                                                    "At least %d minutes before the visit begins", (gulong) n), n));
    }
}

static void
say_day (const DspPolicyCase *c,
         const Asked         *asked,
         GArray              *sentences)
{
  const char *holiday = asked->day.day != 0 ? dsp_policy_holiday (c, asked->day) : NULL;
  const DspZoneClosure *closure = asked->day.day != 0 ? closure_on (c, asked->day) : NULL;

  if (c->policy != NULL)
    say (sentences, DSP_RULE_HOLIDAY, tick_if (asked, holiday == NULL),
         holiday == NULL ? g_strdup (_("On a day on which the office works"))
                         /* Translators: the name of a holiday, or why the office does not work that day */
                         : g_strdup_printf (_("On a day on which the office works: %s"), holiday));
  say (sentences, DSP_RULE_ZONE_CLOSED, tick_if (asked, closure == NULL),
       closure == NULL ? g_strdup (_("Not in a zone that is closed that day"))
                       /* Translators: the reason for which a zone was closed */
                       : g_strdup_printf (_("Not in a zone that is closed that day: %s"), closure->reason));
}

static void
add_slot (GString       *text,
          const DspSlot *slot)
{
  g_string_append_printf (text, "%s%02d:%02d–%02d:%02d", text->len > 0 ? ", " : "", (int) slot->starts.value / 60,
                          (int) slot->starts.value % 60, (int) slot->ends.value / 60, (int) slot->ends.value % 60);
}

static void
say_slot (const DspPolicyCase *c,
          const Asked         *asked,
          GArray              *sentences)
{
  g_autoptr(GPtrArray) slots = dsp_policy_slots (c, asked->day);
  g_autoptr(GString) list = g_string_new (NULL);
  bool inside = asked->slot != NULL &&
                (asked->until.us == 0 || asked->until.us <= dsp_calendar_at (c->calendar, asked->day, (int) asked->slot->ends.value));
  const char *before = NULL;

  for (guint i = 0; i < slots->len; i++)
    {
      g_autoptr(GString) one = g_string_new (NULL);

      /* The same hours on other weekdays are told once. */
      add_slot (one, slots->pdata[i]);
      before = strstr (list->str, one->str);
      if (before == NULL)
        add_slot (list, slots->pdata[i]);
    }
  say (sentences, DSP_RULE_NO_SLOT, tick_if (asked, inside),
       slots->len == 0 ? g_strdup (_("In one of its slots: there is none on that weekday"))
                       /* Translators: a list such as 08:00–11:00, 11:00–14:00 */
                       : g_strdup_printf (_("In one of its slots: %s"), list->str));
}

/* What it says of places as long as none is asked for: the fewest and the most of its slots. */
static void
say_places_of_all (const DspPolicyCase *c,
                   GArray              *sentences)
{
  g_autoptr(GPtrArray) slots = dsp_policy_slots (c, (DspDate) { 0 });
  gint64 least = G_MAXINT64, most = 0;

  for (guint i = 0; i < slots->len; i++)
    {
      const DspSlot *slot = slots->pdata[i];

      if (!slot->places.is_set)
        continue;
      least = MIN (least, slot->places.value);
      most = MAX (most, slot->places.value);
    }
  if (most == 0)
    return;
  if (least == most)
    say (sentences, DSP_RULE_SLOT_FULL, DSP_TICK_OPEN,
         g_strdup_printf (ngettext ("Where a place is left: each slot has %d in each municipality",
                                    "Where a place is left: each slot has %d in each municipality", (gulong) most), (int) most));
  else
    say (sentences, DSP_RULE_SLOT_FULL, DSP_TICK_OPEN,
         g_strdup_printf (_("Where a place is left: a slot has %d to %d in each municipality"), (int) least, (int) most));
}

static void
say_places (const DspPolicyCase *c,
            const Asked         *asked,
            GArray              *sentences)
{
  const char *zone = c->order != NULL && c->order->municipality != NULL ? c->order->municipality : _("orders without municipality");
  const DspSlot *slot = asked->slot;
  gint64 left;

  if (slot == NULL)
    {
      say_places_of_all (c, sentences);
      return;
    }
  if (!slot->places.is_set)
    return;
  left = dsp_policy_places_left (c, slot, asked->day);
  if (left < 0)
    say (sentences, DSP_RULE_SLOT_FULL, DSP_TICK_OPEN,
         /* Translators: places of a slot in a municipality, as the server will count them */
         g_strdup_printf (_("Where a place is left: %d in %s, counted by the server"), (int) slot->places.value, zone));
  else
    say (sentences, DSP_RULE_SLOT_FULL, left > 0 ? DSP_TICK_KEPT : DSP_TICK_BROKEN,
         /* Translators: places left, places of the slot, the municipality */
         g_strdup_printf (ngettext ("Where a place is left: %d of %d in %s", "Where a place is left: %d of %d in %s", (gulong) left),
                          (int) left, (int) slot->places.value, zone));
}

static void
say_reason (const DspPolicyCase *c,
            GArray              *sentences)
{
  if (c->policy == NULL || c->first)
    return;
  say (sentences, DSP_N_RULES, DSP_TICK_OPEN,
       g_strdup (c->reason == NULL ? _("A reason that counts against the distributor leaves the penalty date; any other moves it along")
                 : c->reason->against == DSP_YES ? _("This reason counts against the distributor: the penalty date stays")
                                                 : _("This reason does not count against the distributor: the penalty date moves along")));
}

GArray *
dsp_policy_judge (const DspPolicyCase *c,
                  DspTime              at,
                  DspTime              until)
{
  GArray *sentences = g_array_new (FALSE, FALSE, sizeof (DspSentence));
  Asked asked = { .at = at, .until = until, .today = dsp_calendar_day (c->calendar, c->now_us, NULL) };

  g_array_set_clear_func (sentences, clear_sentence);
  if (at.us != 0)
    {
      asked.day = dsp_calendar_day (c->calendar, at.us, &asked.minute);
      asked.slot = dsp_policy_slot_at (c, asked.day, asked.minute);
    }
  say_count (c, sentences);
  say (sentences, DSP_RULE_PAST, tick_if (&asked, at.us >= c->now_us - DSP_CLOCK_TOLERANCE_US), g_strdup (_("Not in the past")));
  say_window (c, &asked, sentences);
  say_day (c, &asked, sentences);
  if (dsp_policy_has_slots (c))
    {
      say_slot (c, &asked, sentences);
      say_places (c, &asked, sentences);
    }
  say_reason (c, sentences);
  return sentences;
}

/**
 * dsp_policy_refuses:
 * Refuses by the first sentence that is broken.
 *
 * Returns: TRUE, with @error, if there is one.
 */
gboolean
dsp_policy_refuses (GArray         *sentences,
                    const DspOrder *order,
                    GError        **error)
{
  for (guint i = 0; i < sentences->len; i++)
    {
      const DspSentence *sentence = &g_array_index (sentences, DspSentence, i);

      if (sentence->tick == DSP_TICK_BROKEN)
        {
          /* Translators: the number of an order, then the sentence of the policy that it breaks */
          dsp_refuse (error, sentence->rule, _("order %s breaks “%s”"), order->number, sentence->text);
          return TRUE;
        }
    }
  return FALSE;
}
