/* dsp-office-commands.c: crews and their people, contractors, users, catalogues
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Mostly plain creations and changes, which need no function of their own.
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-money-commands.h"

#include <glib/gi18n-lib.h>

/* ---- crews ---- */

static gboolean
need_distributor (DspWork     *work,
                  const DspId *id,
                  GError     **error)
{
  const DspDistributor *distributor;

  if (!dsp_work_need (work, &dsp_distributor, id, error))
    return FALSE;
  distributor = dsp_work_get (work, &dsp_distributor, id);
  if (distributor != NULL && distributor->retired == DSP_YES)
    return dsp_refuse (error, DSP_RULE_INVALID, _("distributor %s is retired"), distributor->code);
  return TRUE;
}

static gboolean
crew_put (DspWork      *work,
          gpointer      record,
          gconstpointer args,
          GError      **error)
{
  const DspCrew *crew = record;

  if (crew->retired == DSP_YES)
    return dsp_refuse (error, DSP_RULE_CREW_RETIRED, "crew %s is retired", crew->code);
  return dsp_id_is_none (&crew->distributor_id) || need_distributor (work, &crew->distributor_id, error);
}

static gboolean
count_open (gconstpointer record,
             gpointer      user_data)
{
  guint *n_open = user_data;

  *n_open += dsp_order_is_open (record);
  return TRUE;
}

/* A retired crew takes no new orders; its open ones must first be reassigned. */
static gboolean
crew_retire (DspWork      *work,
             gpointer      record,
             gconstpointer args,
             GError      **error)
{
  DspCrew *crew = record;
  guint n_open = 0;

  if (crew->retired == DSP_YES)
    return dsp_refuse (error, DSP_RULE_CREW_RETIRED, "crew %s is retired already", crew->code);
  dsp_work_each (work, &dsp_order, offsetof (DspOrder, crew_id), &crew->id, count_open, &n_open);
  if (n_open > 0)
    return dsp_refuse (error, DSP_RULE_CREW_BUSY, "crew %s has %u open orders, which must first be reassigned",
                       crew->code, n_open);
  crew->retired = DSP_YES;
  return TRUE;
}

static gboolean
crew_restore (DspWork      *work,
              gpointer      record,
              gconstpointer args,
              GError      **error)
{
  ((DspCrew *) record)->retired = DSP_UNSAID;
  return TRUE;
}

static gboolean
technician_put (DspWork      *work,
                gpointer      record,
                gconstpointer args,
                GError      **error)
{
  const DspTechnician *technician = record;

  return dsp_id_is_none (&technician->distributor_id) || need_distributor (work, &technician->distributor_id, error);
}

typedef struct {
  const DspMembership *mine;
  bool                 overlaps;
} Overlap;

static gboolean
overlaps (gconstpointer record,
          gpointer      user_data)
{
  const DspMembership *other = record;
  Overlap *overlap = user_data;
  const DspMembership *mine = overlap->mine;

  if (!dsp_id_equal (&other->id, &mine->id) && (other->until.day == 0 || other->until.day >= mine->from.day) &&
      (mine->until.day == 0 || mine->until.day >= other->from.day))
    overlap->overlaps = true;
  return !overlap->overlaps;
}

/* "Who was in crew 7 on that day" has one answer a technician. */
static gboolean
membership_put (DspWork      *work,
                gpointer      record,
                gconstpointer args,
                GError      **error)
{
  DspMembership *membership = record;
  Overlap overlap = { .mine = membership };
  const DspCrew *crew;

  if (!dsp_work_need (work, &dsp_crew, &membership->crew_id, error) ||
      !dsp_work_need (work, &dsp_technician, &membership->technician_id, error))
    return FALSE;
  dsp_work_each (work, &dsp_membership, offsetof (DspMembership, technician_id), &membership->technician_id, overlaps,
                 &overlap);
  if (overlap.overlaps)
    {
      const DspTechnician *technician = dsp_work_get (work, &dsp_technician, &membership->technician_id);

      return dsp_refuse (error, DSP_RULE_OVERLAP, _("technician %s is in a crew on some of these days already"),
                         technician != NULL ? technician->code : "?");
    }
  crew = dsp_work_get (work, &dsp_crew, &membership->crew_id);
  if (crew != NULL)
    membership->distributor_id = crew->distributor_id;
  return TRUE;
}

/* ---- contractors ---- */

/* Only what is given now: a record that came in before the rule can still be changed elsewhere. */
static gboolean
check_given (DspWork        *work,
             const DspTable *table,
             gconstpointer   record,
             GError        **error)
{
  for (guint i = 0; i < table->n_fields; i++)
    {
      const DspField *field = &table->fields[i];
      const char *text = field->check != NULL && (dsp_work_given (work) >> i & 1) ? *dsp_field_text (field, record) : NULL;

      if (text != NULL && !field->check (text, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
master_put (DspWork      *work,
            gpointer      record,
            gconstpointer args,
            GError      **error)
{
  return check_given (work, &dsp_master.table, record, error);
}

static gboolean
distributor_put (DspWork      *work,
                 gpointer      record,
                 gconstpointer args,
                 GError      **error)
{
  const DspDistributor *distributor = record;

  return check_given (work, &dsp_distributor.table, distributor, error) &&
         (dsp_id_is_none (&distributor->master_id) || dsp_work_need (work, &dsp_master, &distributor->master_id, error));
}

/* ---- users ---- */

static gboolean
profile_put (DspWork      *work,
             gpointer      record,
             gconstpointer args,
             GError      **error)
{
  const DspProfile *profile = record;
  DspPermissions set = { { 0 } };
  const char *unknown = NULL;

  if (!dsp_permissions_from_words (&set, (const char *const *) profile->permissions, &unknown))
    return dsp_refuse (error, DSP_RULE_INVALID, _("permissions: there is no “%s”"), unknown);
  return TRUE;
}

static gboolean
grant_put (DspWork      *work,
           gpointer      record,
           gconstpointer args,
           GError      **error)
{
  const DspGrant *grant = record;

  if (!dsp_work_need (work, &dsp_user, &grant->user_id, error) ||
      !dsp_work_need (work, &dsp_profile, &grant->profile_id, error))
    return FALSE;
  if (dsp_id_equal (&grant->over, &dsp_scope_all) || dsp_work_get (work, &dsp_distributor, &grant->over) != NULL)
    return TRUE;
  return dsp_work_need (work, &dsp_master, &grant->over, error);
}

/* ---- saved filters ---- */

static gboolean
saved_filter_put (DspWork      *work,
                  gpointer      record,
                  gconstpointer args,
                  GError      **error)
{
  DspSavedFilter *filter = record;
  const DspId *me = &dsp_work_actor (work)->user_id;

  if (dsp_id_is_none (&filter->owner_id))
    filter->owner_id = *me;
  if (!dsp_id_equal (&filter->owner_id, me))
    return dsp_refuse (error, DSP_RULE_FORBIDDEN, "filter “%s” belongs to somebody else", filter->name);
  return TRUE;
}

static gboolean
saved_filter_remove (DspWork      *work,
                     gpointer      record,
                     gconstpointer args,
                     GError      **error)
{
  const DspSavedFilter *filter = record;

  if (!dsp_id_equal (&filter->owner_id, &dsp_work_actor (work)->user_id))
    return dsp_refuse (error, DSP_RULE_FORBIDDEN, "filter “%s” belongs to somebody else", filter->name);
  return TRUE;
}

/* clang-format off */
static const DspField reason_fields[] = {
  DSP_TEXT (DspReason, reason, N_("Reason"), .flags = DSP_WHY, .max = 400),
};
static const DspTable reason_args = DSP_TABLE (DspReason, reason_fields, "reason");

#define CREATE(E) &E, &E.table, 0, 0, DSP_COMMAND_PUTS | DSP_COMMAND_CREATES
#define CHANGE(E) &E, &E.table, 0, 0, DSP_COMMAND_PUTS
#define DELETE(E) &E, NULL, 0, 0, DSP_COMMAND_DELETES
#define IMPORT(E) &E, &E.table, 0, 0, DSP_COMMAND_PUTS | DSP_COMMAND_IMPORT

const DspCommand dsp_crew_create         = { "crew.create", N_("New crew"), N_("Created"), CREATE (dsp_crew), crew_put };
const DspCommand dsp_crew_change         = { "crew.change", N_("Change crew"), N_("Changed"), CHANGE (dsp_crew), crew_put };
const DspCommand dsp_crew_retire         = { "crew.retire", N_("Retire crew"), N_("Retired"), &dsp_crew, &reason_args, 0, 0, DSP_COMMAND_STEP, crew_retire };
const DspCommand dsp_crew_restore        = { "crew.restore", N_("Restore crew"), N_("Restored"), &dsp_crew, &reason_args, 0, 0, DSP_COMMAND_STEP, crew_restore };
const DspCommand dsp_technician_create   = { "technician.create", N_("New technician"), N_("Created"), CREATE (dsp_technician), technician_put };
const DspCommand dsp_technician_change   = { "technician.change", N_("Change technician"), N_("Changed"), CHANGE (dsp_technician), technician_put };
const DspCommand dsp_membership_create   = { "membership.create", N_("Add member"), N_("Added"), CREATE (dsp_membership), membership_put };
const DspCommand dsp_membership_change   = { "membership.change", N_("Change member"), N_("Changed"), CHANGE (dsp_membership), membership_put };
const DspCommand dsp_membership_delete   = { "membership.delete", N_("Remove member"), N_("Removed"), DELETE (dsp_membership), NULL };
const DspCommand dsp_distributor_create  = { "distributor.create", N_("New distributor"), N_("Created"), CREATE (dsp_distributor), distributor_put };
const DspCommand dsp_distributor_change  = { "distributor.change", N_("Change distributor"), N_("Changed"), CHANGE (dsp_distributor), distributor_put };
const DspCommand dsp_master_create       = { "master.create", N_("New master"), N_("Created"), CREATE (dsp_master), master_put };
const DspCommand dsp_master_change       = { "master.change", N_("Change master"), N_("Changed"), CHANGE (dsp_master), master_put };
const DspCommand dsp_user_create         = { "user.create", N_("New user"), N_("Created"), CREATE (dsp_user), NULL };
const DspCommand dsp_user_change         = { "user.change", N_("Change user"), N_("Changed"), CHANGE (dsp_user), NULL };
const DspCommand dsp_profile_create      = { "profile.create", N_("New profile"), N_("Created"), CREATE (dsp_profile), profile_put };
const DspCommand dsp_profile_change      = { "profile.change", N_("Change profile"), N_("Changed"), CHANGE (dsp_profile), profile_put };
const DspCommand dsp_grant_create        = { "grant.create", N_("Grant profile"), N_("Granted"), CREATE (dsp_grant), grant_put };
const DspCommand dsp_grant_delete        = { "grant.delete", N_("Revoke profile"), N_("Revoked"), DELETE (dsp_grant), NULL };
const DspCommand dsp_postal_code_import  = { "postal_code.import", N_("Import"), N_("Imported"), IMPORT (dsp_postal_code), NULL };
const DspCommand dsp_settlement_import   = { "settlement.import", N_("Import"), N_("Imported"), IMPORT (dsp_settlement), NULL };
const DspCommand dsp_area_import         = { "area.import", N_("Import"), N_("Imported"), IMPORT (dsp_area), NULL };
const DspCommand dsp_saved_filter_create = { "saved_filter.create", N_("Save filter"), N_("Saved"), CREATE (dsp_saved_filter), saved_filter_put };
const DspCommand dsp_saved_filter_change = { "saved_filter.change", N_("Change filter"), N_("Changed"), CHANGE (dsp_saved_filter), saved_filter_put };
const DspCommand dsp_saved_filter_delete = { "saved_filter.delete", N_("Delete filter"), N_("Deleted"), DELETE (dsp_saved_filter), saved_filter_remove };

/* The places are bits of a running program only; what is stored are names. */
const DspCommand *const dsp_commands[] = {
  &dsp_order_create, &dsp_order_import, &dsp_order_assign, &dsp_order_unassign, &dsp_order_move, &dsp_order_close,
  &dsp_customer_put,
  &dsp_crew_create, &dsp_crew_change, &dsp_crew_retire, &dsp_crew_restore,
  &dsp_technician_create, &dsp_technician_change,
  &dsp_membership_create, &dsp_membership_change, &dsp_membership_delete,
  &dsp_distributor_create, &dsp_distributor_change, &dsp_master_create, &dsp_master_change,
  &dsp_user_create, &dsp_user_change, &dsp_profile_create, &dsp_profile_change, &dsp_grant_create, &dsp_grant_delete,
  &dsp_postal_code_import, &dsp_settlement_import, &dsp_area_import,
  &dsp_saved_filter_create, &dsp_saved_filter_change, &dsp_saved_filter_delete,
  &dsp_order_sequence, &dsp_order_retype, &dsp_order_cancel, &dsp_order_reject, &dsp_order_return, &dsp_order_transfer,
  &dsp_order_start, &dsp_order_reopen, &dsp_order_follow_up, &dsp_order_update_address, &dsp_order_reschedule,
  &dsp_order_needs_reschedule,
  &dsp_order_type_create, &dsp_order_type_change, &dsp_reason_code_create, &dsp_reason_code_change,
  &dsp_solution_code_create, &dsp_solution_code_change, &dsp_equipment_model_create, &dsp_equipment_model_change,
  &dsp_policy_create, &dsp_policy_change, &dsp_slot_create, &dsp_slot_change,
  &dsp_holiday_create, &dsp_holiday_change, &dsp_holiday_delete, &dsp_office_settings_put,
  &dsp_zone_closure_create, &dsp_zone_closure_delete, &dsp_penalty_rule_create, &dsp_penalty_rule_change,
  &dsp_roll_call_put,
  &dsp_order_penalize, &dsp_penalty_create, &dsp_penalty_confirm, &dsp_penalty_waive, &dsp_penalty_transfer,
  &dsp_penalty_appeal, &dsp_penalty_answer,
  &dsp_attachment_create,
  &dsp_rate_create, &dsp_rate_change, &dsp_rate_apply, &dsp_tax_rule_create, &dsp_tax_rule_change,
  &dsp_mileage_create, &dsp_mileage_change, &dsp_mileage_delete, &dsp_mileage_submit, &dsp_mileage_approve, &dsp_mileage_adjust,
  &dsp_mileage_reject, &dsp_mileage_measure,
  &dsp_statement_line_create, &dsp_statement_line_delete, &dsp_statement_line_ask, &dsp_statement_line_answer,
  &dsp_statement_line_observe, &dsp_statement_line_defend, &dsp_statement_line_accept, &dsp_statement_line_correct,
  &dsp_statement_line_withdraw, &dsp_statement_line_reprice, &dsp_order_bill,
  &dsp_pre_invoice_create, &dsp_pre_invoice_submit, &dsp_pre_invoice_observe, &dsp_pre_invoice_approve, &dsp_pre_invoice_reject,
  &dsp_pre_invoice_discard, &dsp_pre_invoice_invoice, &dsp_pre_invoice_pay,
  NULL,
};
/* clang-format on */

/**
 * dsp_command_find:
 * Returns: (nullable): the command of that wire name; NULL is a newer client's.
 */
const DspCommand *
dsp_command_find (const char *name)
{
  for (guint i = 0; dsp_commands[i] != NULL; i++)
    if (g_strcmp0 (dsp_commands[i]->name, name) == 0)
      return dsp_commands[i];
  return NULL;
}

/**
 * dsp_command_number:
 * Returns: its place in dsp_commands, which is its bit in #DspPermissions.
 */
guint
dsp_command_number (const DspCommand *command)
{
  for (guint i = 0; dsp_commands[i] != NULL; i++)
    if (dsp_commands[i] == command)
      return i;
  g_assert_not_reached ();
}
