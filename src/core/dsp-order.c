/* dsp-order.c: the service order and its customer
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-command.h"
#include "dsp-rule.h"

#include <glib/gi18n-lib.h>

static const DspWord status_list[] = {
  [DSP_ORDER_NONE]          = { NULL, NULL },
  [DSP_ORDER_UNASSIGNED]    = { "unassigned", N_("Unassigned") },
  [DSP_ORDER_ASSIGNED]      = { "assigned", N_("Assigned") },
  [DSP_ORDER_IN_PROGRESS]   = { "in_progress", N_("In progress") },
  [DSP_ORDER_TO_RESCHEDULE] = { "to_reschedule", N_("To reschedule") },
  [DSP_ORDER_CLOSED]        = { "closed", N_("Closed") },
  [DSP_ORDER_CANCELLED]     = { "cancelled", N_("Cancelled") },
  [DSP_ORDER_REJECTED]      = { "rejected", N_("Rejected") },
  [DSP_ORDER_ANNULLED]      = { "annulled", N_("Annulled") },
};
G_STATIC_ASSERT (G_N_ELEMENTS (status_list) == DSP_N_ORDER_STATUSES);
const DspWords DspOrderStatus_words = { status_list, G_N_ELEMENTS (status_list) };

/* clang-format off */
static const DspField order_fields[] = {
  DSP_TEXT (DspOrder, number,         N_("Request number"), .flags = DSP_REQUIRED | DSP_UNIQUE | DSP_FILTER | DSP_SEARCH | DSP_FIXED | DSP_COLUMN, .max = 32),
  DSP_TEXT (DspOrder, account,        N_("Account"),        .flags = DSP_REQUIRED | DSP_INDEXED | DSP_FILTER | DSP_SEARCH | DSP_COLUMN, .max = 32),
  DSP_TEXT (DspOrder, group,          N_("Group"),          .flags = DSP_FILTER | DSP_COLUMN, .max = 60),
  DSP_TEXT (DspOrder, type,           N_("Order type"),     .flags = DSP_REQUIRED | DSP_FILTER | DSP_COLUMN, .max = 60),
  DSP_TEXT (DspOrder, subtype,        N_("Subtype"),        .flags = DSP_FILTER | DSP_COLUMN, .max = 60),
  DSP_TIME (DspOrder, created_at,     N_("Creation date"),  .flags = DSP_REQUIRED | DSP_FILTER | DSP_COLUMN),
  DSP_TIME (DspOrder, attention_at,   N_("Attention date"), .flags = DSP_FILTER | DSP_COLUMN),
  DSP_TIME (DspOrder, penalty_at,     N_("Penalty date"),   .flags = DSP_FILTER | DSP_COLUMN),
  DSP_TEXT (DspOrder, state,          N_("State"),          .flags = DSP_FILTER | DSP_COLUMN, .max = 60),
  DSP_TEXT (DspOrder, municipality,   N_("Municipality"),   .flags = DSP_FILTER | DSP_COLUMN, .max = 80),
  DSP_TEXT (DspOrder, neighbourhood,  N_("Neighbourhood"),  .flags = DSP_FILTER | DSP_SEARCH | DSP_COLUMN, .max = 120),
  DSP_TEXT (DspOrder, postal_code,    N_("Postal code"),    .flags = DSP_FILTER | DSP_DIGITS | DSP_COLUMN, .min = 5, .max = 5),
  DSP_INT  (DspOrder, priority,       N_("Priority"),       .flags = DSP_FILTER | DSP_COLUMN, .min = 1, .max = 5),
  DSP_ID   (DspOrder, crew_id,        &dsp_crew, N_("Crew"),.flags = DSP_FILTER | DSP_INDEXED | DSP_COLUMN),
  DSP_WORD (DspOrder, status,         DspOrderStatus, N_("Status"), .flags = DSP_REQUIRED | DSP_FILTER | DSP_COLUMN),
  DSP_TEXT (DspOrder, contact_name,   N_("Customer"),       .flags = DSP_SEARCH | DSP_COLUMN, .max = 120),
  DSP_TEXT (DspOrder, phone,          N_("Telephone"),      .flags = DSP_SEARCH | DSP_COLUMN, .max = 40),
  DSP_TEXT (DspOrder, parent,         N_("Parent"),         .flags = DSP_FILTER | DSP_INDEXED, .max = 32),
  DSP_ID   (DspOrder, distributor_id, &dsp_distributor, N_("Distributor"), .flags = DSP_FILTER),
  DSP_ID   (DspOrder, customer_id,    &dsp_customer, N_("Customer record")),
  DSP_TEXT (DspOrder, street,         N_("Street"),         .flags = DSP_SEARCH, .max = 160),
  DSP_TEXT (DspOrder, exterior,       N_("Exterior number"), .max = 20),
  DSP_TEXT (DspOrder, interior,       N_("Interior number"), .max = 20),
  DSP_TEXT (DspOrder, between,        N_("Between streets"), .max = 160),
  DSP_TEXT (DspOrder, directions,     N_("References"),     .flags = DSP_LONG, .max = 400),
  DSP_INT  (DspOrder, lat_e7,         N_("Latitude"),       .min = -900000000, .max = 900000000),
  DSP_INT  (DspOrder, lon_e7,         N_("Longitude"),      .min = -1800000000, .max = 1800000000),
  DSP_TEXT (DspOrder, description,    N_("Description"),    .flags = DSP_LONG, .max = 2000),
  DSP_TIME (DspOrder, assigned_at,    N_("Assigned on"),    .flags = DSP_FILTER),
  DSP_TIME (DspOrder, closed_at,      N_("Attended on"),    .flags = DSP_FILTER),
  DSP_TEXT (DspOrder, resolution,     N_("Resolution"),     .flags = DSP_LONG, .max = 2000),
  DSP_TEXT (DspOrder, observation,    N_("Observation"),    .flags = DSP_LONG, .max = 2000),
  DSP_TEXT (DspOrder, city,           N_("City"),           .max = 80),
  DSP_TIME (DspOrder, attention_until, N_("Attention until")),
  DSP_INT  (DspOrder, visit,          N_("Visit"),          .min = 1, .max = 1000),
  DSP_INT  (DspOrder, limit_minutes,  N_("Limit (minutes)"), .min = 1, .max = 525600),
  DSP_WORD (DspOrder, counts,         DspCounts, N_("The clock counts")),
  DSP_TIME (DspOrder, stopped_at,     N_("Clock stopped on")),
  DSP_TIME (DspOrder, penalized_at,   N_("Penalized on")),
  DSP_YES_NO (DspOrder, excused,      N_("Penalty lifted")),
  DSP_MONEY (DspOrder, penalty,       N_("Penalty"),        .min = 0, .max = G_GINT64_CONSTANT (100000000000)),
  DSP_INT  (DspOrder, reschedules,    N_("Rescheduled"),    .flags = DSP_FILTER, .max = 1000),
  DSP_TEXT (DspOrder, reason,         N_("Reason"),         .flags = DSP_FILTER, .max = 40),
  DSP_TIME (DspOrder, started_at,     N_("Started on")),
  DSP_TIME (DspOrder, followed_at,    N_("Last follow-up")),
  DSP_LIST (DspOrder, solutions,      N_("Solution codes"), .max = 3),
  DSP_LIST (DspOrder, equipment,      N_("Equipment"),      .max = 40),
  DSP_LIST (DspOrder, checklist,      N_("Checklist"),      .max = 20),
  DSP_ID   (DspOrder, signature_id,   &dsp_attachment, N_("Signature")),
  DSP_INT  (DspOrder, attended_lat_e7, N_("Attended at, latitude"),  .min = -900000000, .max = 900000000),
  DSP_INT  (DspOrder, attended_lon_e7, N_("Attended at, longitude"), .min = -1800000000, .max = 1800000000),
};
/* clang-format on */

/* An order is its distributor's; one that nobody serves is the company's alone. */
static DspId
order_scope (gconstpointer record)
{
  const DspOrder *order = record;

  return dsp_id_is_none (&order->distributor_id) ? dsp_scope_company : order->distributor_id;
}

static gboolean
order_check (gconstpointer record,
             GError      **error)
{
  const DspOrder *order = record;
  bool has_crew = !dsp_id_is_none (&order->crew_id);

  if (order->lat_e7.is_set != order->lon_e7.is_set)
    return dsp_refuse (error, DSP_RULE_INVALID, _("order %s has only one of latitude and longitude"), order->number);
  if (order->status == DSP_ORDER_UNASSIGNED && has_crew)
    return dsp_refuse (error, DSP_RULE_INVALID, _("order %s is unassigned and yet has a crew"), order->number);
  if ((order->status == DSP_ORDER_ASSIGNED || order->status == DSP_ORDER_IN_PROGRESS) && !has_crew)
    return dsp_refuse (error, DSP_RULE_INVALID, _("order %s is assigned but to no crew"), order->number);
  return TRUE;
}

static DspTime
order_due (gconstpointer record)
{
  return (DspTime) { dsp_order_penalized_from (record) };
}

const DspEntity dsp_order = {
  .table = DSP_TABLE (DspOrder, order_fields, "order"),
  .label = N_("Order"), .label_plural = N_("Orders"), .number = 0,
  .state_offset = offsetof (DspOrder, status), .display_offset = offsetof (DspOrder, number),
  .scope = order_scope, .check = order_check, .due = order_due, .due_command = &dsp_order_penalize,
};

/**
 * dsp_order_is_open:
 * Returns: whether the order still waits to be attended: unassigned, assigned, in progress or to reschedule.
 */
bool
dsp_order_is_open (const DspOrder *order)
{
  return (DSP_BIT (order->status) & DSP_ORDER_OPEN) != 0;
}

/**
 * dsp_order_penalized_from:
 * Past its penalty date without having been attended (a rejected order's clock runs on), or attended after it. Cancelled
 * and annulled orders are not, nor those whose clock stands. What a process has kept (penalized_at) stays when the date
 * is moved or the clock stopped afterwards; only a supervisor's verdict lifts it.
 *
 * Returns: the instant from which on the order is penalized, as far as its record tells; 0: never. What asks it again
 *   only when the record changes and when that instant comes, knows S0-28's yes/no at any time.
 */
gint64
dsp_order_penalized_from (const DspOrder *order)
{
  if (order->excused == DSP_YES)
    return 0;
  if (order->penalized_at.us != 0)
    return order->penalized_at.us;
  if (order->penalty_at.us == 0)
    return 0;
  if (order->status == DSP_ORDER_CLOSED)
    return order->closed_at.us > order->penalty_at.us ? order->penalty_at.us : 0;
  if (order->stopped_at.us != 0)
    return 0;
  return dsp_order_is_open (order) || order->status == DSP_ORDER_REJECTED ? order->penalty_at.us : 0;
}

/**
 * dsp_order_is_penalized:
 * @now_us: the clock, microseconds UTC
 *
 * S0-28: the yes/no derived from the date and the clock.
 */
bool
dsp_order_is_penalized (const DspOrder *order,
                        gint64          now_us)
{
  gint64 from_us = dsp_order_penalized_from (order);

  return from_us != 0 && now_us >= from_us;
}

/* clang-format off */
static const DspField customer_fields[] = {
  DSP_TEXT (DspCustomer, account, N_("Account"),   .flags = DSP_REQUIRED | DSP_UNIQUE | DSP_FILTER | DSP_SEARCH | DSP_FIXED | DSP_COLUMN, .max = 32),
  DSP_TEXT (DspCustomer, name,    N_("Name"),      .flags = DSP_REQUIRED | DSP_SEARCH | DSP_COLUMN, .max = 120),
  DSP_TEXT (DspCustomer, phone,   N_("Telephone"), .flags = DSP_SEARCH | DSP_COLUMN, .max = 40),
  DSP_TEXT (DspCustomer, phone2,  N_("Second telephone"), .max = 40),
  DSP_TEXT (DspCustomer, email,   N_("E-mail"),    .max = 120),
  DSP_TEXT (DspCustomer, notes,   N_("Notes"),     .flags = DSP_LONG, .max = 2000),
};
/* clang-format on */

/* The customer's whole file is the company's. What a distributor needs for a visit stands on the order. */
static DspId
customer_scope (gconstpointer record)
{
  return dsp_scope_company;
}

const DspEntity dsp_customer = {
  .table = DSP_TABLE (DspCustomer, customer_fields, "customer"),
  .label = N_("Customer"), .label_plural = N_("Customers"), .number = 1,
  .display_offset = offsetof (DspCustomer, name), .scope = customer_scope,
};
