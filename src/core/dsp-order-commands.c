/* dsp-order-commands.c: the life of an order, as far as it goes today
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table at the end is the workflow; what stands above it are the rules that a table cannot say.
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-order-private.h"
#include "dsp-penalty-clock.h"

#include <glib/gi18n-lib.h>

typedef struct {
  const DspOrder *order;
  DspId           distributor_id;
  bool            unique;
} Serving;

static gboolean
serves (gconstpointer record,
        gpointer      user_data)
{
  const DspDistributor *distributor = record;
  Serving *serving = user_data;

  /* Only a distributor that says what it serves can be found by a postal code. */
  if (distributor->retired == DSP_YES || distributor->zone == NULL ||
      !dsp_zone_covers ((const char *const *) distributor->zone, serving->order->postal_code,
                        serving->order->municipality))
    return TRUE;
  serving->unique = dsp_id_is_none (&serving->distributor_id);
  serving->distributor_id = distributor->id;
  return serving->unique;
}

/* The distributor named when the order comes in, else the one that serves its postal code, else none (1-dispatch.md). */
static gboolean
choose_distributor (DspWork  *work,
                    DspOrder *order,
                    GError  **error)
{
  Serving serving = { .order = order };

  if (!dsp_id_is_none (&order->distributor_id))
    return dsp_work_need (work, &dsp_distributor, &order->distributor_id, error);
  dsp_work_each (work, &dsp_distributor, 0, &dsp_id_none, serves, &serving);
  if (serving.unique)
    order->distributor_id = serving.distributor_id;
  return TRUE;
}

/* S0-02: order and customer are separate records, linked. The first order of an account makes its customer. */
static void
link_customer (DspWork  *work,
               DspOrder *order)
{
  const DspRecord *customer;
  DspCustomer *made;
  DspId id;

  if (!dsp_id_is_none (&order->customer_id) || order->account == NULL || order->contact_name == NULL)
    return;
  switch (dsp_work_find (work, &dsp_customer, offsetof (DspCustomer, account), order->account,
                         (gconstpointer *) &customer))
    {
    case DSP_FACT_HERE:
      order->customer_id = customer->id;
      return;
    case DSP_FACT_UNKNOWN:
      return;
    case DSP_FACT_NONE:
      id = dsp_id_from_key ("customer", order->account);
      made = dsp_work_create (work, &dsp_customer, &id);
      dsp_set_text (&made->account, order->account);
      dsp_set_text (&made->name, order->contact_name);
      dsp_set_text (&made->phone, order->phone);
      order->customer_id = id;
      return;
    }
}

/* Whoever brings an order in says when it penalizes at most: not that its clock stands, what it costs, or a verdict. */
static gboolean
leaves_clock_alone (const DspOrder *args,
                    GError        **error)
{
  if (args->stopped_at.us == 0 && args->penalized_at.us == 0 && args->excused == DSP_UNSAID && !args->penalty.is_set &&
      !args->limit_minutes.is_set && args->counts == DSP_COUNTS_NONE)
    return TRUE;
  return dsp_refuse (error, DSP_RULE_INVALID, _("the clock of an order and its price follow from its type and the rules"));
}

static void
number_it (DspWork  *work,
           DspOrder *order)
{
  if (order->number == NULL)
    order->number = dsp_work_number (work, &dsp_order, &order->id);
}

static gboolean
bring_in (DspWork        *work,
          DspOrder       *order,
          const DspOrder *args,
          GError        **error)
{
  if (!leaves_clock_alone (args, error))
    return FALSE;
  number_it (work, order);
  if (order->created_at.us == 0)
    order->created_at.us = dsp_work_now (work);
  if (!dsp_id_is_none (&order->crew_id))
    return dsp_refuse (error, DSP_RULE_INVALID, _("an order is created without a crew, and then assigned"));
  if (!choose_distributor (work, order, error))
    return FALSE;
  link_customer (work, order);
  dsp_order_start_clock (work, order);
  dsp_penalty_note_repeat (work, order);
  return TRUE;
}

/* An address that the catalogue does not know is taken as it was given: the customer waits at it. Its postal code is told, and
 * the order is among those without a known one. */
static void
warn_of_place (DspWork        *work,
               const DspOrder *order)
{
  const char *code;
  g_autofree char *fault = dsp_order_place_fault (work, order->postal_code, order->municipality, &code);

  if (fault != NULL)
    dsp_work_warn (work, code, _("order %s: %s"), order->number, fault);
}

/* S0-45: a new order's appointment takes a place as a rescheduled one does. What a file brings was promised elsewhere. */
DSP_ORDER_APPLY (create, DspOrder)
{
  DspTime until = args->attention_until;

  number_it (work, order);
  if (args->attention_until.us != 0 && args->attention_until.us <= args->attention_at.us)
    return dsp_refuse (error, DSP_RULE_INVALID, _("the new appointment of order %s ends before it begins"), order->number);
  if (args->attention_at.us != 0 && !dsp_order_policy_allows (work, order, NULL, args->attention_at, &until, error))
    return FALSE;
  order->attention_until = until;
  if (!bring_in (work, order, args, error))
    return FALSE;
  warn_of_place (work, order);
  dsp_order_warn_of_neighbourhood (work, order);
  return TRUE;
}

/* What the file says of an order that is here already is news about its data, never about its state or its crew. */
DSP_ORDER_APPLY (import, DspOrder)
{
  if (!dsp_id_is_none (&args->crew_id) || args->status != DSP_ORDER_NONE)
    return dsp_refuse (error, DSP_RULE_INVALID, _("an import brings orders in; crew and status come by commands"));
  if (!(order->version == 0 ? bring_in (work, order, args, error) : leaves_clock_alone (args, error)))
    return FALSE;
  if (args->postal_code != NULL)
    warn_of_place (work, order);
  return TRUE;
}

static gboolean
give_to_crew (DspWork     *work,
              DspOrder    *order,
              const DspId *crew_id,
              GError     **error)
{
  const DspCrew *crew;

  if (!dsp_work_need (work, &dsp_crew, crew_id, error))
    return FALSE;
  crew = dsp_work_get (work, &dsp_crew, crew_id);
  if (crew != NULL && crew->retired == DSP_YES)
    return dsp_refuse (error, DSP_RULE_CREW_RETIRED, "crew %s is retired", crew->code);
  order->crew_id = *crew_id;
  order->visit = (DspInt) { 0 };
  order->assigned_at.us = dsp_work_now (work);
  if (crew != NULL)
    order->distributor_id = crew->distributor_id; /* assigning makes it that crew's distributor's */
  return TRUE;
}

/* Two dispatchers at once: what the second one gave was meant for an order with another crew. */
static gboolean
still_with (const DspOrder *order,
            const DspId    *from_crew_id,
            GError        **error)
{
  if (!dsp_id_is_none (from_crew_id) && !dsp_id_equal (from_crew_id, &order->crew_id))
    return dsp_refuse (error, DSP_RULE_CHANGED, "order %s is with another crew by now", order->number);
  return TRUE;
}

static gboolean
reason_if_started (const DspOrder *order,
                   const char     *reason,
                   GError        **error)
{
  if (order->status == DSP_ORDER_IN_PROGRESS && reason == NULL)
    return dsp_refuse (error, DSP_RULE_REASON, "order %s is in progress: a reason is needed", order->number);
  return TRUE;
}

DSP_ORDER_APPLY (assign, DspAssign)
{
  return give_to_crew (work, order, &args->crew_id, error);
}

/* unassign and move come to apply with the new state already set; the rule about a started order asks for the old one,
 * which the crew's presence and the table's "from" do not tell. */
static const DspOrder *
as_it_was (DspWork        *work,
           const DspOrder *order)
{
  return dsp_work_before (work, &dsp_order, &order->id);
}

DSP_ORDER_APPLY (unassign, DspUnassign)
{
  const DspOrder *before = as_it_was (work, order);

  if (!still_with (before, &args->from_crew_id, error) || !reason_if_started (before, args->reason, error))
    return FALSE;
  dsp_order_take_from_crew (order);
  return TRUE;
}

DSP_ORDER_APPLY (move, DspMove)
{
  const DspOrder *before = as_it_was (work, order);

  if (!still_with (before, &args->from_crew_id, error) || !reason_if_started (before, args->reason, error))
    return FALSE;
  if (dsp_id_equal (&before->crew_id, &args->crew_id))
    return dsp_refuse (error, DSP_RULE_SAME_CREW, "order %s is with that crew already", order->number);
  return give_to_crew (work, order, &args->crew_id, error);
}

/* The crew's day in the order of visit: an appointment says when, this says after which. */
DSP_ORDER_APPLY (sequence, DspSequence)
{
  if (!still_with (as_it_was (work, order), &args->from_crew_id, error))
    return FALSE;
  order->visit = args->visit;
  return TRUE;
}

/* clang-format off */
static const DspField assign_fields[] = {
  DSP_ID   (DspAssign, crew_id, &dsp_crew, N_("Crew"), .flags = DSP_REQUIRED),
  DSP_TEXT (DspAssign, reason,  N_("Reason"), .flags = DSP_WHY, .max = 400),
};
static const DspTable assign_args = DSP_TABLE (DspAssign, assign_fields, "assign");

static const DspField unassign_fields[] = {
  DSP_ID   (DspUnassign, from_crew_id, &dsp_crew, N_("Present crew")),
  DSP_TEXT (DspUnassign, reason,       N_("Reason"), .flags = DSP_WHY, .max = 400),
};
static const DspTable unassign_args = DSP_TABLE (DspUnassign, unassign_fields, "unassign");

static const DspField move_fields[] = {
  DSP_ID   (DspMove, from_crew_id, &dsp_crew, N_("Present crew")),
  DSP_ID   (DspMove, crew_id,      &dsp_crew, N_("New crew"), .flags = DSP_REQUIRED),
  DSP_TEXT (DspMove, reason,       N_("Reason"), .flags = DSP_WHY, .max = 400),
};
static const DspTable move_args = DSP_TABLE (DspMove, move_fields, "move");

static const DspField sequence_fields[] = {
  DSP_ID   (DspSequence, from_crew_id, &dsp_crew, N_("Present crew")),
  DSP_INT  (DspSequence, visit,        N_("Visit"), .min = 1, .max = 1000),
};
static const DspTable sequence_args = DSP_TABLE (DspSequence, sequence_fields, "sequence");

#define S(state) DSP_BIT (DSP_ORDER_##state)
#define WITH_CREW (S (ASSIGNED) | S (IN_PROGRESS))
const DspCommand dsp_order_create =
  { "order.create",   N_("New order"), N_("Created"),  &dsp_order, &dsp_order.table, 0, S (UNASSIGNED), DSP_COMMAND_PUTS | DSP_COMMAND_CREATES, create_any };
const DspCommand dsp_order_import =
  { "order.import",   N_("Import"),    N_("Imported"), &dsp_order, &dsp_order.table, 0, S (UNASSIGNED), DSP_COMMAND_PUTS | DSP_COMMAND_IMPORT, import_any };
const DspCommand dsp_order_assign =
  { "order.assign",   N_("Assign"),    N_("Assigned"), &dsp_order, &assign_args, S (UNASSIGNED), S (ASSIGNED), DSP_COMMAND_MANY | DSP_COMMAND_STEP, assign_any };
const DspCommand dsp_order_unassign =
  { "order.unassign", N_("Reassign"),  N_("Returned to unassigned"), &dsp_order, &unassign_args, WITH_CREW, S (UNASSIGNED), DSP_COMMAND_MANY | DSP_COMMAND_STEP, unassign_any };
const DspCommand dsp_order_move =
  { "order.move",     N_("Move"),      N_("Moved"),    &dsp_order, &move_args, WITH_CREW, S (ASSIGNED), DSP_COMMAND_MANY | DSP_COMMAND_STEP, move_any };
const DspCommand dsp_order_sequence =
  { "order.sequence", N_("Change the order of visits"), N_("Placed in the day"), &dsp_order, &sequence_args, WITH_CREW, WITH_CREW, 0, sequence_any };
const DspCommand dsp_customer_put =
  { "customer.change", N_("Change customer"), N_("Changed"), &dsp_customer, &dsp_customer.table, 0, 0, DSP_COMMAND_PUTS, NULL };
/* clang-format on */
