/* dsp-order-processes.c: the processes that change an order on its way
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The tables at the end are the workflow of 2-order-processes.md; above them stand the rules that a table cannot say.
 * Assigning is in dsp-order-commands.c, closing in dsp-order-close.c, booking another day in dsp-order-reschedule.c.
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-filter.h"
#include "dsp-money-commands.h"
#include "dsp-order-private.h"
#include "dsp-penalty-clock.h"

#include <glib/gi18n-lib.h>

static const DspWord address_cause_list[] = {
  [DSP_ADDRESS_NONE]  = { NULL, NULL },
  [DSP_ADDRESS_WRONG] = { "wrong_data", N_("The data were wrong") },
  [DSP_ADDRESS_MOVED] = { "customer_moved", N_("The customer moved") },
};
G_STATIC_ASSERT (G_N_ELEMENTS (address_cause_list) == DSP_N_ADDRESS_CAUSES);
const DspWords DspAddressCause_words = { address_cause_list, G_N_ELEMENTS (address_cause_list) };

/**
 * dsp_need_reason:
 * @code: of a reason of the catalogue
 * @reason: (out) (optional) (nullable): the record, lent until the next look; NULL where this replica has no catalogue
 *
 * Refuses a code that there is not, that is of another process, or that nobody uses any more.
 */
gboolean
dsp_need_reason (DspWork              *work,
                 DspProcess            process,
                 const char           *code,
                 const DspReasonCode **reason,
                 GError              **error)
{
  const DspReasonCode *found = NULL;

  if (reason != NULL)
    *reason = NULL;
  switch (dsp_work_find (work, &dsp_reason_code, offsetof (DspReasonCode, code), code, (gconstpointer *) &found))
    {
    case DSP_FACT_UNKNOWN:
      return TRUE;
    case DSP_FACT_NONE:
      return dsp_refuse (error, DSP_RULE_INVALID, _("there is no reason “%s”"), code);
    case DSP_FACT_HERE:
      break;
    }
  if (found->process != process)
    return dsp_refuse (error, DSP_RULE_INVALID, _("reason “%s” is not one for this process"), code);
  if (found->retired == DSP_YES)
    return dsp_refuse (error, DSP_RULE_INVALID, _("reason “%s” is no longer in use"), code);
  if (reason != NULL)
    *reason = found;
  return TRUE;
}

/* S0-41: the order under which the technician came was of the wrong type. */
DSP_ORDER_APPLY (retype, DspRetype)
{
  if (g_strcmp0 (order->type, args->type) == 0 && g_strcmp0 (order->subtype, args->subtype) == 0)
    return dsp_refuse (error, DSP_RULE_INVALID, _("order %s is of type “%s” already"), order->number, args->type);
  if (!dsp_need_reason (work, DSP_PROCESS_RETYPE, args->reason, NULL, error))
    return FALSE;
  if (args->group != NULL)
    dsp_set_text (&order->group, args->group);
  dsp_set_text (&order->type, args->type);
  dsp_set_text (&order->subtype, args->subtype);
  dsp_order_start_clock (work, order);
  return TRUE;
}

/* S0-42: the problem was solved before anybody came; how, is asked for. */
DSP_ORDER_APPLY (cancel, DspCancel)
{
  if (args->reason != NULL && !dsp_need_reason (work, DSP_PROCESS_CANCEL, args->reason, NULL, error))
    return FALSE;
  dsp_order_stop_clock (work, order);
  dsp_set_text (&order->resolution, args->solved);
  dsp_set_text (&order->reason, args->reason);
  order->visit = (DspInt) { 0 };
  return TRUE;
}

/* S0-43: the reason is of one of three families; the catalogue sees to that. The crew that it was with stays to be seen. */
DSP_ORDER_APPLY (reject, DspReject)
{
  if (!dsp_need_reason (work, DSP_PROCESS_REJECT, args->reason, NULL, error) ||
      (!dsp_id_is_none (&args->photo_id) && !dsp_work_need (work, &dsp_attachment, &args->photo_id, error)))
    return FALSE;
  dsp_set_text (&order->reason, args->reason);
  order->visit = (DspInt) { 0 };
  return TRUE;
}

void
dsp_order_take_from_crew (DspOrder *order)
{
  order->crew_id = dsp_id_none;
  order->assigned_at.us = 0;
  order->started_at.us = 0;
  order->attended_lat_e7 = order->attended_lon_e7 = (DspInt) { 0 };
  order->visit = (DspInt) { 0 };
}

static gboolean
give_to_distributor (DspWork     *work,
                     DspOrder    *order,
                     const DspId *distributor_id,
                     GError     **error)
{
  const DspDistributor *distributor;

  if (!dsp_work_need (work, &dsp_distributor, distributor_id, error))
    return FALSE;
  distributor = dsp_work_get (work, &dsp_distributor, distributor_id);
  if (distributor != NULL && distributor->retired == DSP_YES)
    return dsp_refuse (error, DSP_RULE_INVALID, _("distributor %s is retired"), distributor->code);
  order->distributor_id = *distributor_id;
  return TRUE;
}

DSP_ORDER_APPLY (send_back, DspReturn)
{
  dsp_order_take_from_crew (order);
  dsp_set_text (&order->reason, NULL);
  return dsp_id_is_none (&args->distributor_id) || give_to_distributor (work, order, &args->distributor_id, error);
}

DSP_ORDER_APPLY (transfer, DspTransfer)
{
  if (dsp_id_equal (&order->distributor_id, &args->distributor_id))
    return dsp_refuse (error, DSP_RULE_INVALID, _("order %s is with that distributor already"), order->number);
  if (!dsp_need_reason (work, DSP_PROCESS_TRANSFER, args->reason, NULL, error))
    return FALSE;
  dsp_order_take_from_crew (order);
  dsp_set_text (&order->reason, args->reason);
  return give_to_distributor (work, order, &args->distributor_id, error);
}

DSP_ORDER_APPLY (start, DspStart)
{
  gint64 now_us = dsp_work_now (work), at_us = args->started_at.us != 0 ? args->started_at.us : now_us;

  if (at_us > now_us + DSP_CLOCK_TOLERANCE_US)
    return dsp_refuse (error, DSP_RULE_INVALID, _("the start of order %s lies in the future"), order->number);
  if (at_us < order->created_at.us)
    return dsp_refuse (error, DSP_RULE_INVALID, _("the start of order %s is before its creation"), order->number);
  if (args->lat_e7.is_set != args->lon_e7.is_set)
    return dsp_refuse (error, DSP_RULE_INVALID, _("order %s has only one of latitude and longitude"), order->number);
  order->started_at.us = at_us;
  order->attended_lat_e7 = args->lat_e7;
  order->attended_lon_e7 = args->lon_e7;
  return TRUE;
}

/* What was said when it ended stays in the history. */
DSP_ORDER_APPLY (reopen, DspReopen)
{
  if (!dsp_need_reason (work, DSP_PROCESS_REOPEN, args->reason, NULL, error))
    return FALSE;
  dsp_order_restart_clock (work, order);
  dsp_order_take_from_crew (order);
  dsp_statement_void_order (work, order);
  order->closed_at.us = 0;
  dsp_set_text (&order->resolution, NULL);
  dsp_set_text (&order->observation, NULL);
  dsp_set_text (&order->reason, args->reason);
  g_clear_pointer (&order->solutions, g_strfreev);
  g_clear_pointer (&order->equipment, g_strfreev);
  g_clear_pointer (&order->checklist, g_strfreev);
  order->signature_id = dsp_id_none;
  order->attended_lat_e7 = order->attended_lon_e7 = (DspInt) { 0 };
  return TRUE;
}

/* A follow-up is an entry of the history; the order only says when the last one was. */
DSP_ORDER_APPLY (follow_up, DspFollowUp)
{
  if (!dsp_id_is_none (&args->attachment_id) && !dsp_work_need (work, &dsp_attachment, &args->attachment_id, error))
    return FALSE;
  /* Two in one moment are two entries. */
  order->followed_at.us = MAX (dsp_work_now (work), order->followed_at.us + 1);
  return TRUE;
}

/* Whoever writes without accents or in capitals means the same place. */
static bool
same_name (const char *a,
           const char *b)
{
  g_autofree char *one = dsp_fold (a), *other = dsp_fold (b);

  return g_str_equal (one, other);
}

char *
dsp_order_place_fault (DspWork     *work,
                       const char  *postal_code,
                       const char  *municipality,
                       const char **code)
{
  const DspPostalCode *place = NULL;

  if (postal_code == NULL)
    return NULL;
  switch (dsp_work_find (work, &dsp_postal_code, offsetof (DspPostalCode, code), postal_code, (gconstpointer *) &place))
    {
    case DSP_FACT_UNKNOWN:
      return NULL;
    case DSP_FACT_NONE:
      /* An office that has no catalogue is not told so with each order. */
      if (dsp_work_any (work, &dsp_postal_code) != DSP_FACT_HERE)
        return NULL;
      *code = "unknown_postal_code";
      return g_strdup_printf (_("there is no postal code %s"), postal_code);
    case DSP_FACT_HERE:
      break;
    }
  if (municipality == NULL || place->municipality == NULL || same_name (municipality, place->municipality))
    return NULL;
  *code = "other_municipality";
  return g_strdup_printf (_("postal code %s is of %s, not of %s"), place->code, place->municipality, municipality);
}

#define MAX_NAMED 3 /* neighbourhoods that a sentence lists */

typedef struct {
  char    *folded; /* what is looked for */
  GString *names;  /* the first of those that there are */
  guint    n;
  bool     found;
} Neighbours;

static gboolean
see_neighbourhood (gconstpointer record,
                   gpointer      user_data)
{
  const DspSettlement *settlement = record;
  Neighbours *self = user_data;
  g_autofree char *name = dsp_fold (settlement->name);

  self->found = g_str_equal (name, self->folded);
  if (self->n++ < MAX_NAMED)
    g_string_append_printf (self->names, "%s%s", self->names->len > 0 ? ", " : "", settlement->name);
  return !self->found;
}

void
dsp_order_warn_of_neighbourhood (DspWork        *work,
                                 const DspOrder *order)
{
  Neighbours seen = { NULL };

  if (order->postal_code == NULL || order->neighbourhood == NULL)
    return;
  seen.folded = dsp_fold (order->neighbourhood);
  seen.names = g_string_new (NULL);
  if (dsp_work_each_text (work, &dsp_settlement, offsetof (DspSettlement, postal_code), order->postal_code, see_neighbourhood,
                          &seen) == DSP_FACT_HERE && !seen.found && seen.n > 0)
    dsp_work_warn (work, "other_neighbourhood", _("order %s: postal code %s has no neighbourhood “%s”, it has %s%s"), order->number,
                   order->postal_code, order->neighbourhood, seen.names->str, seen.n > MAX_NAMED ? "…" : "");
  g_string_free (seen.names, TRUE);
  g_free (seen.folded);
}

/* What stood there already is not judged: it may be older than the catalogue. */
static gboolean
check_place (DspWork        *work,
             const DspOrder *order,
             guint64         given,
             GError        **error)
{
  const DspTable *table = dsp_order_update_address.args;
  guint64 code_bit = dsp_table_bit (table, offsetof (DspUpdateAddress, postal_code));
  guint64 named = code_bit | dsp_table_bit (table, offsetof (DspUpdateAddress, neighbourhood));
  const char *code;
  g_autofree char *fault = NULL;

  if (given & (code_bit | dsp_table_bit (table, offsetof (DspUpdateAddress, municipality))))
    fault = dsp_order_place_fault (work, order->postal_code, order->municipality, &code);
  if (fault != NULL)
    return dsp_refuse (error, DSP_RULE_INVALID, "%s", fault);
  if (given & named)
    dsp_order_warn_of_neighbourhood (work, order);
  return TRUE;
}

/* S0-47: whatever of the address is given replaces the order's; where it lay is forgotten with its postal code. */
DSP_ORDER_APPLY (update_address, DspUpdateAddress)
{
  const DspTable *table = dsp_order_update_address.args;
  guint64 given = dsp_work_given (work);
  bool moved = args->postal_code != NULL && g_strcmp0 (args->postal_code, order->postal_code) != 0;

  for (guint i = 0; i < table->n_fields; i++)
    {
      const DspField *from = &table->fields[i];
      const DspField *to = dsp_table_find (&dsp_order.table, from->name, from->name_len);

      if (to != NULL && (given >> i & 1))
        {
          g_autofree char *text = dsp_field_is_none (from, args) ? NULL : dsp_field_dup_text (from, args);

          dsp_field_set_text (to, order, text, NULL);
        }
    }
  if (moved && !args->lat_e7.is_set)
    order->lat_e7 = order->lon_e7 = (DspInt) { 0 };
  return check_place (work, order, given, error);
}

/* clang-format off */
static const DspField retype_fields[] = {
  DSP_TEXT (DspRetype, group,   N_("Group"),      .max = 60),
  DSP_TEXT (DspRetype, type,    N_("Order type"), .flags = DSP_REQUIRED, .max = 60),
  DSP_TEXT (DspRetype, subtype, N_("Subtype"),    .max = 60),
  DSP_TEXT (DspRetype, reason,  N_("Reason"),     .flags = DSP_REQUIRED | DSP_WHY, .max = 40),
  DSP_TEXT (DspRetype, note,    N_("Note"),       .flags = DSP_LONG | DSP_WHY, .max = 2000),
};
static const DspTable retype_args = DSP_TABLE (DspRetype, retype_fields, "retype");

static const DspField cancel_fields[] = {
  DSP_TEXT (DspCancel, reason, N_("Reason"),                 .flags = DSP_WHY, .max = 40),
  DSP_TEXT (DspCancel, solved, N_("How it was solved"), .flags = DSP_REQUIRED | DSP_LONG | DSP_WHY, .max = 2000),
};
static const DspTable cancel_args = DSP_TABLE (DspCancel, cancel_fields, "cancel");

static const DspField reject_fields[] = {
  DSP_TEXT (DspReject, reason,   N_("Reason"), .flags = DSP_REQUIRED | DSP_WHY, .max = 40),
  DSP_TEXT (DspReject, note,     N_("Note"),   .flags = DSP_LONG | DSP_WHY, .max = 2000),
  DSP_ID   (DspReject, photo_id, &dsp_attachment, N_("Photo")),
};
static const DspTable reject_args = DSP_TABLE (DspReject, reject_fields, "reject");

static const DspField return_fields[] = {
  DSP_TEXT (DspReturn, note,           N_("Note"), .flags = DSP_REQUIRED | DSP_LONG | DSP_WHY, .max = 2000),
  DSP_ID   (DspReturn, distributor_id, &dsp_distributor, N_("Distributor")),
};
static const DspTable return_args = DSP_TABLE (DspReturn, return_fields, "return");

static const DspField transfer_fields[] = {
  DSP_ID   (DspTransfer, distributor_id, &dsp_distributor, N_("Distributor"), .flags = DSP_REQUIRED),
  DSP_TEXT (DspTransfer, reason,         N_("Reason"), .flags = DSP_REQUIRED | DSP_WHY, .max = 40),
  DSP_TEXT (DspTransfer, note,           N_("Note"),   .flags = DSP_LONG | DSP_WHY, .max = 2000),
};
static const DspTable transfer_args = DSP_TABLE (DspTransfer, transfer_fields, "transfer");

static const DspField start_fields[] = {
  DSP_TIME (DspStart, started_at, N_("Started on")),
  DSP_INT  (DspStart, lat_e7,     N_("Latitude"),  .min = -900000000, .max = 900000000),
  DSP_INT  (DspStart, lon_e7,     N_("Longitude"), .min = -1800000000, .max = 1800000000),
};
static const DspTable start_args = DSP_TABLE (DspStart, start_fields, "start");

static const DspField reopen_fields[] = {
  DSP_TEXT (DspReopen, reason, N_("Reason"), .flags = DSP_REQUIRED | DSP_WHY, .max = 40),
  DSP_TEXT (DspReopen, note,   N_("Note"),   .flags = DSP_LONG | DSP_WHY, .max = 2000),
};
static const DspTable reopen_args = DSP_TABLE (DspReopen, reopen_fields, "reopen");

static const DspField follow_up_fields[] = {
  DSP_TEXT (DspFollowUp, text,          N_("Text"), .flags = DSP_REQUIRED | DSP_LONG | DSP_WHY, .max = 2000),
  DSP_ID   (DspFollowUp, attachment_id, &dsp_attachment, N_("Attachment")),
};
static const DspTable follow_up_args = DSP_TABLE (DspFollowUp, follow_up_fields, "follow_up");

static const DspField update_address_fields[] = {
  DSP_WORD (DspUpdateAddress, cause,         DspAddressCause, N_("Cause"), .flags = DSP_REQUIRED),
  DSP_TEXT (DspUpdateAddress, street,        N_("Street"),          .max = 160),
  DSP_TEXT (DspUpdateAddress, exterior,      N_("Exterior number"), .max = 20),
  DSP_TEXT (DspUpdateAddress, interior,      N_("Interior number"), .max = 20),
  DSP_TEXT (DspUpdateAddress, between,       N_("Between streets"), .max = 160),
  DSP_TEXT (DspUpdateAddress, postal_code,   N_("Postal code"),     .flags = DSP_DIGITS, .min = 5, .max = 5),
  DSP_TEXT (DspUpdateAddress, neighbourhood, N_("Neighbourhood"),   .max = 120),
  DSP_TEXT (DspUpdateAddress, municipality,  N_("Municipality"),    .max = 80),
  DSP_TEXT (DspUpdateAddress, city,          N_("City"),            .max = 80),
  DSP_TEXT (DspUpdateAddress, state,         N_("State"),           .max = 60),
  DSP_TEXT (DspUpdateAddress, directions,    N_("References"),      .flags = DSP_LONG, .max = 400),
  DSP_TEXT (DspUpdateAddress, phone,         N_("Telephone"),       .max = 40),
  DSP_INT  (DspUpdateAddress, lat_e7,        N_("Latitude"),        .min = -900000000, .max = 900000000),
  DSP_INT  (DspUpdateAddress, lon_e7,        N_("Longitude"),       .min = -1800000000, .max = 1800000000),
};
static const DspTable update_address_args = DSP_TABLE (DspUpdateAddress, update_address_fields, "update_address");

#define S(state) DSP_BIT (DSP_ORDER_##state)
#define OPEN DSP_ORDER_OPEN
#define STEP DSP_COMMAND_STEP
#define MANY DSP_COMMAND_MANY
const DspCommand dsp_order_retype         = { "order.retype", N_("Change of order type"), N_("Order type changed"), &dsp_order, &retype_args, OPEN, OPEN, STEP, retype_any };
const DspCommand dsp_order_cancel         = { "order.cancel", N_("Cancellation"), N_("Cancelled"), &dsp_order, &cancel_args, S (UNASSIGNED) | S (ASSIGNED) | S (TO_RESCHEDULE), S (CANCELLED), STEP | MANY, cancel_any };
const DspCommand dsp_order_reject         = { "order.reject", N_("Reject"), N_("Rejected"), &dsp_order, &reject_args, S (UNASSIGNED) | S (ASSIGNED) | S (IN_PROGRESS), S (REJECTED), STEP | MANY, reject_any };
const DspCommand dsp_order_return         = { "order.return", N_("Return"), N_("Returned"), &dsp_order, &return_args, S (REJECTED), S (UNASSIGNED), STEP | MANY, send_back_any };
const DspCommand dsp_order_transfer       = { "order.transfer", N_("Transfer to a distributor"), N_("Transferred to a distributor"), &dsp_order, &transfer_args, S (UNASSIGNED) | S (REJECTED), S (UNASSIGNED), STEP | MANY, transfer_any };
const DspCommand dsp_order_start          = { "order.start", N_("Start"), N_("Started"), &dsp_order, &start_args, S (ASSIGNED), S (IN_PROGRESS), STEP, start_any };
const DspCommand dsp_order_reopen         = { "order.reopen", N_("Reopen"), N_("Reopened"), &dsp_order, &reopen_args, S (CLOSED) | S (CANCELLED) | S (ANNULLED), S (UNASSIGNED), STEP, reopen_any };
const DspCommand dsp_order_follow_up      = { "order.follow_up", N_("Follow-up"), N_("Follow-up"), &dsp_order, &follow_up_args, 0, 0, STEP | MANY, follow_up_any };
const DspCommand dsp_order_update_address = { "order.update_address", N_("Update address"), N_("Address updated"), &dsp_order, &update_address_args, OPEN, OPEN, 0, update_address_any };
/* clang-format on */
