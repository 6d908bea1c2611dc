/* dsp-order-close.c: attended, and what a closing asks for
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The type of the order says how many solution codes, whether equipment, position and signature, which questions. Where
 * a replica has no catalogue, the server decides.
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-money-commands.h"
#include "dsp-order-private.h"
#include "dsp-penalty-clock.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* ---- lines of equipment ---- */

/**
 * dsp_equipment_line_parse:
 * @line: "installed|recovered|not_applicable MODEL [SERIAL]"
 * @model, @serial: (out) (transfer full) (nullable)
 *
 * Returns: FALSE for anything else.
 */
gboolean
dsp_equipment_line_parse (const char         *line,
                          DspEquipmentAction *action,
                          char              **model,
                          char              **serial)
{
  g_auto(GStrv) words = g_strsplit (line, " ", 3);
  guint n = g_strv_length (words), word = n > 0 ? dsp_words_find (&DspEquipmentAction_words, words[0], strlen (words[0])) : 0;

  if (word == 0 || word >= DSP_N_EQUIPMENT_ACTIONS || (n < 2) != (word == DSP_EQUIPMENT_NOT_APPLICABLE))
    return FALSE;
  *action = (DspEquipmentAction) word;
  *model = n > 1 ? g_strdup (words[1]) : NULL;
  *serial = n > 2 ? g_strdup (words[2]) : NULL;
  return TRUE;
}

static const DspWord equipment_action_list[] = {
  [DSP_EQUIPMENT_NONE]           = { NULL, NULL },
  [DSP_EQUIPMENT_INSTALLED]      = { "installed", N_("Installed") },
  [DSP_EQUIPMENT_RECOVERED]      = { "recovered", N_("Recovered") },
  [DSP_EQUIPMENT_NOT_APPLICABLE] = { "not_applicable", N_("Not applicable") },
};
G_STATIC_ASSERT (G_N_ELEMENTS (equipment_action_list) == DSP_N_EQUIPMENT_ACTIONS);
const DspWords DspEquipmentAction_words = { equipment_action_list, G_N_ELEMENTS (equipment_action_list) };

static gboolean
check_equipment_line (DspWork    *work,
                      const char *line,
                      GError    **error)
{
  g_autofree char *model = NULL, *serial = NULL;
  const DspEquipmentModel *found = NULL;
  DspEquipmentAction action;

  if (!dsp_equipment_line_parse (line, &action, &model, &serial))
    return dsp_refuse (error, DSP_RULE_INVALID, _("equipment: “%s” is not an action, a model and its serial number"), line);
  if (model == NULL)
    return TRUE;
  switch (dsp_work_find (work, &dsp_equipment_model, offsetof (DspEquipmentModel, code), model, (gconstpointer *) &found))
    {
    case DSP_FACT_UNKNOWN:
      return TRUE;
    case DSP_FACT_NONE:
      return dsp_refuse (error, DSP_RULE_INVALID, _("there is no equipment “%s”"), model);
    case DSP_FACT_HERE:
    default:
      return found->serial != DSP_YES || serial != NULL ||
             dsp_refuse (error, DSP_RULE_REQUIRED, _("the serial number of %s is missing"), found->label);
    }
}

/* ---- what the type asks for ---- */

/**
 * dsp_order_find_type:
 * Returns: (transfer none) (nullable): the most specific type of the catalogue that @order is of, until the next run
 */
const DspOrderType *
dsp_order_find_type (DspWork        *work,
                     const DspOrder *order)
{
  return dsp_most_specific (&dsp_order_type, dsp_work_all (work, &dsp_order_type), order->group, order->type, order->subtype,
                            NULL, NULL);
}

static gboolean
check_solution (DspWork        *work,
                const DspOrder *order,
                const char     *code,
                GError        **error)
{
  const DspSolutionCode *found = NULL;

  switch (dsp_work_find (work, &dsp_solution_code, offsetof (DspSolutionCode, code), code, (gconstpointer *) &found))
    {
    case DSP_FACT_UNKNOWN:
      return TRUE;
    case DSP_FACT_NONE:
      return dsp_refuse (error, DSP_RULE_INVALID, _("there is no solution code “%s”"), code);
    case DSP_FACT_HERE:
    default:
      return found->types == NULL || (order->type != NULL && g_strv_contains ((const char *const *) found->types, order->type)) ||
             dsp_refuse (error, DSP_RULE_INVALID, _("solution code %s does not close an order of type “%s”"), code, order->type);
    }
}

static gboolean
check_checklist (const DspOrderType *type,
                 GStrv               answers,
                 GError            **error)
{
  guint n = type->checklist != NULL ? g_strv_length (type->checklist) : 0;

  if ((answers != NULL ? g_strv_length (answers) : 0) != n)
    return dsp_refuse (error, DSP_RULE_REQUIRED, _("the checklist has %u questions; each needs a yes or no"), n);
  for (guint i = 0; i < n; i++)
    if (strcmp (answers[i], "yes") != 0 && strcmp (answers[i], "no") != 0)
      return dsp_refuse (error, DSP_RULE_INVALID, _("checklist: “%s” is neither yes nor no"), answers[i]);
  return TRUE;
}

static gboolean
check_asked (DspWork        *work,
             const DspOrder *order,
             const DspClose *args,
             GError        **error)
{
  const DspOrderType *type = dsp_order_find_type (work, order);
  guint n_solutions = args->solutions != NULL ? g_strv_length (args->solutions) : 0;

  for (guint i = 0; i < n_solutions; i++)
    if (!check_solution (work, order, args->solutions[i], error))
      return FALSE;
  for (guint i = 0; args->equipment != NULL && args->equipment[i] != NULL; i++)
    if (!check_equipment_line (work, args->equipment[i], error))
      return FALSE;
  if (type == NULL)
    return TRUE;
  if (n_solutions < (guint) type->solutions.value)
    return dsp_refuse (error, DSP_RULE_REQUIRED, _("an order of type “%s” is closed with at least %d solution codes"), order->type,
                       (int) type->solutions.value);
  if (type->equipment == DSP_YES && args->equipment == NULL)
    return dsp_refuse (error, DSP_RULE_REQUIRED, _("what happened to the equipment is missing, be it “not applicable”"));
  if (type->position == DSP_YES && !args->lat_e7.is_set)
    return dsp_refuse (error, DSP_RULE_REQUIRED, _("the position at which order %s was attended is missing"), order->number);
  if (type->signature == DSP_YES && dsp_id_is_none (&args->signature_id))
    return dsp_refuse (error, DSP_RULE_REQUIRED, _("the customer's signature is missing"));
  return check_checklist (type, args->checklist, error);
}

/* ---- done in part ---- */

/* What is left becomes a child: the same customer and place, a number of its own, the tree of visits goes on. */
static void
make_rest (DspWork        *work,
           const DspOrder *order,
           const char     *rest)
{
  char key[DSP_ID_TEXT];
  DspId id;
  DspOrder *child;

  dsp_id_print (&order->id, key);
  id = dsp_id_from_key ("order.rest", key);
  child = dsp_work_create (work, &dsp_order, &id);
  dsp_table_copy (&dsp_order.table, child, order);
  dsp_order_take_from_crew (child);
  g_clear_pointer (&child->number, g_free);
  child->number = dsp_work_number (work, &dsp_order, &id);
  child->status = DSP_ORDER_UNASSIGNED;
  child->created_at.us = dsp_work_now (work);
  child->attention_at.us = child->attention_until.us = child->penalty_at.us = child->penalized_at.us = 0;
  child->stopped_at.us = child->closed_at.us = child->followed_at.us = 0;
  child->reschedules = (DspInt) { 0 };
  child->excused = DSP_UNSAID;
  child->attended_lat_e7 = child->attended_lon_e7 = (DspInt) { 0 };
  child->signature_id = dsp_id_none;
  g_clear_pointer (&child->solutions, g_strfreev);
  g_clear_pointer (&child->equipment, g_strfreev);
  g_clear_pointer (&child->checklist, g_strfreev);
  dsp_set_text (&child->reason, NULL);
  dsp_set_text (&child->resolution, NULL);
  dsp_set_text (&child->observation, NULL);
  dsp_set_text (&child->parent, order->number);
  dsp_set_text (&child->description, rest);
  dsp_order_start_clock (work, child);
}

/* S0-46: only when the order was attended completely and the customer is satisfied; both are asked for. */
DSP_ORDER_APPLY (close_order, DspClose)
{
  if (args->attended != DSP_YES)
    return dsp_refuse (error, DSP_RULE_INVALID, _("attended completely: “%s”; only a complete order is closed"),
                       args->attended == DSP_NO ? "no" : "");
  if (args->satisfied != DSP_YES)
    return dsp_refuse (error, DSP_RULE_INVALID, _("customer satisfied: “%s”; only then is an order closed"),
                       args->satisfied == DSP_NO ? "no" : "");
  if (args->closed_at.us > dsp_work_now (work) + DSP_CLOCK_TOLERANCE_US)
    return dsp_refuse (error, DSP_RULE_INVALID, _("the attention time of order %s lies in the future"), order->number);
  if (args->closed_at.us < order->created_at.us)
    return dsp_refuse (error, DSP_RULE_INVALID, _("the attention time of order %s is before its creation"), order->number);
  if (args->lat_e7.is_set != args->lon_e7.is_set)
    return dsp_refuse (error, DSP_RULE_INVALID, _("order %s has only one of latitude and longitude"), order->number);
  if (!check_asked (work, order, args, error))
    return FALSE;
  order->closed_at = args->closed_at;
  order->visit = (DspInt) { 0 };
  dsp_set_text (&order->resolution, args->resolution);
  dsp_set_text (&order->observation, args->observation);
  dsp_set_list (&order->solutions, args->solutions);
  dsp_set_list (&order->equipment, args->equipment);
  dsp_set_list (&order->checklist, args->checklist);
  order->signature_id = args->signature_id;
  /* Else it stays where it was begun. */
  if (args->lat_e7.is_set)
    {
      order->attended_lat_e7 = args->lat_e7;
      order->attended_lon_e7 = args->lon_e7;
    }
  dsp_order_keep_penalty (work, order);
  dsp_statement_add_order (work, order);
  if (args->rest != NULL)
    make_rest (work, order, args->rest);
  return TRUE;
}

/* clang-format off */
static const DspField close_fields[] = {
  DSP_TIME   (DspClose, closed_at,    N_("Attended on"), .flags = DSP_REQUIRED),
  DSP_YES_NO (DspClose, attended,     N_("Attended completely"), .flags = DSP_REQUIRED),
  DSP_YES_NO (DspClose, satisfied,    N_("Customer satisfied"), .flags = DSP_REQUIRED),
  DSP_TEXT   (DspClose, resolution,   N_("Resolution"), .flags = DSP_REQUIRED | DSP_LONG, .max = 2000),
  DSP_TEXT   (DspClose, observation,  N_("Observation"), .flags = DSP_LONG, .max = 2000),
  DSP_LIST   (DspClose, solutions,    N_("Solution codes"), .max = 3),
  DSP_LIST   (DspClose, equipment,    N_("Equipment"), .max = 40),
  DSP_LIST   (DspClose, checklist,    N_("Checklist"), .max = 20),
  DSP_ID     (DspClose, signature_id, &dsp_attachment, N_("Signature")),
  DSP_INT    (DspClose, lat_e7,       N_("Latitude"), .min = -900000000, .max = 900000000),
  DSP_INT    (DspClose, lon_e7,       N_("Longitude"), .min = -1800000000, .max = 1800000000),
  DSP_TEXT   (DspClose, rest,         N_("What is left for another visit"), .flags = DSP_LONG, .max = 2000),
};
static const DspTable close_args = DSP_TABLE (DspClose, close_fields, "close");

const DspCommand dsp_order_close =
  { "order.close", N_("Close"), N_("Closed"), &dsp_order, &close_args, DSP_BIT (DSP_ORDER_ASSIGNED) | DSP_BIT (DSP_ORDER_IN_PROGRESS),
    DSP_BIT (DSP_ORDER_CLOSED), DSP_COMMAND_MANY | DSP_COMMAND_STEP, close_order_any };
/* clang-format on */
