/* dsp-history.c: what happened to a record, as people read it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The chain of hashes is the store's matter; this is the part that travels when a record is opened.
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-entities.h"

/* clang-format off */
static const DspField history_fields[] = {
  DSP_INT  (DspHistory, seq,        N_("Entry")),
  DSP_TEXT (DspHistory, entity,     N_("Kind")),
  DSP_ID   (DspHistory, record_id,  NULL, N_("Record")),
  DSP_TEXT (DspHistory, command,    N_("What")),
  DSP_ID   (DspHistory, user_id,    &dsp_user, N_("User")),
  DSP_TEXT (DspHistory, user_name,  N_("Who")),
  DSP_TIME (DspHistory, at,         N_("When")),
  DSP_TIME (DspHistory, given_at,   N_("Given on")),
  DSP_TEXT (DspHistory, from_state, N_("Status before")),
  DSP_TEXT (DspHistory, to_state,   N_("Status after")),
  DSP_TEXT (DspHistory, changes,    N_("Changes"), .max = 100000),
  DSP_TEXT (DspHistory, reason,     N_("Reason")),
};
/* clang-format on */

static DspId
kept_scope (gconstpointer record)
{
  return ((const DspRecord *) record)->scope;
}

const DspEntity dsp_history = {
  .table = DSP_TABLE (DspHistory, history_fields, "history"),
  .label = N_("History"), .label_plural = N_("History"), .number = 14,
  .scope = kept_scope,
};

const DspEntity *const dsp_entities[DSP_N_ENTITIES + 1] = {
  &dsp_order, &dsp_customer, &dsp_crew, &dsp_technician, &dsp_membership, &dsp_distributor, &dsp_master, &dsp_user,
  &dsp_profile, &dsp_grant, &dsp_postal_code, &dsp_settlement, &dsp_area, &dsp_saved_filter, &dsp_history, &dsp_order_type,
  &dsp_reason_code, &dsp_solution_code, &dsp_equipment_model, &dsp_policy, &dsp_slot, &dsp_holiday, &dsp_office_settings,
  &dsp_zone_closure, &dsp_penalty_rule, &dsp_penalty, &dsp_attachment, &dsp_roll_call, &dsp_rate, &dsp_tax_rule,
  &dsp_mileage, &dsp_statement_line, &dsp_pre_invoice, NULL,
};

/**
 * dsp_entity_find:
 * Returns: (nullable): the entity of that wire name.
 */
const DspEntity *
dsp_entity_find (const char *name)
{
  for (guint i = 0; dsp_entities[i] != NULL; i++)
    if (g_strcmp0 (dsp_entities[i]->table.name, name) == 0)
      return dsp_entities[i];
  return NULL;
}
