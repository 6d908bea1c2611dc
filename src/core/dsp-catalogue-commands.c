/* dsp-catalogue-commands.c: what an administrator decides once, roll calls and closed zones
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Creations and changes by the field tables; what stands here are the rules between records.
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-command.h"
#include "dsp-entities.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* Slots of one policy do not overlap on a weekday that they share: a visit is in one of them. */
typedef struct {
  const DspSlot *mine;
  const DspSlot *other; /* that overlaps; lent */
} Clash;

static bool
share_a_day (const DspSlot *a,
             const DspSlot *b)
{
  if (a->weekdays == NULL || b->weekdays == NULL)
    return true;
  for (guint i = 0; a->weekdays[i] != NULL; i++)
    if (g_strv_contains ((const char *const *) b->weekdays, a->weekdays[i]))
      return true;
  return false;
}

static gboolean
clashes (gconstpointer record,
         gpointer      user_data)
{
  const DspSlot *other = record;
  Clash *clash = user_data;

  if (dsp_id_equal (&other->id, &clash->mine->id) || other->retired == DSP_YES || !share_a_day (other, clash->mine) ||
      other->starts.value >= clash->mine->ends.value || clash->mine->starts.value >= other->ends.value)
    return TRUE;
  clash->other = other;
  return FALSE;
}

/* The earliest time to book is now, and now is at least local midnight: on the last day that the policy allows, what ends
 * before its notice is over can never be booked. */
static bool
is_out_of_reach (const DspPolicy *policy,
                 gint64           ends)
{
  return policy->max_days.is_set && policy->max_days.value * 1440 + ends <= policy->notice_minutes.value;
}

typedef struct {
  guint  n;
  gint64 latest; /* end of a slot */
} Reach;

static gboolean
reaches (gconstpointer record,
         gpointer      user_data)
{
  const DspSlot *slot = record;
  Reach *reach = user_data;

  if (slot->retired == DSP_YES)
    return TRUE;
  reach->n++;
  reach->latest = MAX (reach->latest, slot->ends.value);
  return TRUE;
}

typedef struct {
  const DspPolicy *mine;
  char            *code; /* (owned) (nullable): of another for the same orders */
} Twin;

static gboolean
is_twin (gconstpointer record,
         gpointer      user_data)
{
  const DspPolicy *other = record;
  Twin *twin = user_data;

  if (dsp_id_equal (&other->id, &twin->mine->id) || other->retired == DSP_YES ||
      g_strcmp0 (other->group, twin->mine->group) != 0 || g_strcmp0 (other->type, twin->mine->type) != 0)
    return TRUE;
  twin->code = g_strdup (other->code);
  return FALSE;
}

/* One policy for the same orders, and one that leaves some time to book. */
static gboolean
policy_put (DspWork      *work,
            gpointer      record,
            gconstpointer args,
            GError      **error)
{
  const DspPolicy *policy = record;
  g_autofree char *code = NULL;
  Reach reach = { 0 };
  Twin twin = { .mine = policy };

  if (policy->retired == DSP_YES)
    return TRUE;
  dsp_work_each (work, &dsp_policy, 0, &dsp_id_none, is_twin, &twin);
  code = twin.code;
  if (code != NULL)
    return dsp_refuse (error, DSP_RULE_INVALID, _("policy %s is for the same group and type as policy %s"), policy->code, code);
  dsp_work_each (work, &dsp_slot, offsetof (DspSlot, policy_id), &policy->id, reaches, &reach);
  if (reach.n > 0 && is_out_of_reach (policy, reach.latest))
    return dsp_refuse (error, DSP_RULE_INVALID, _("policy %s: with a notice of %d minutes none of its slots can ever be booked"),
                       policy->code, (int) policy->notice_minutes.value);
  return TRUE;
}

static gboolean
slot_put (DspWork      *work,
          gpointer      record,
          gconstpointer args,
          GError      **error)
{
  const DspSlot *slot = record;
  const DspPolicy *policy;
  Clash clash = { .mine = slot };

  if (!dsp_work_need (work, &dsp_policy, &slot->policy_id, error))
    return FALSE;
  policy = dsp_work_get (work, &dsp_policy, &slot->policy_id);
  if (policy != NULL && slot->retired != DSP_YES && is_out_of_reach (policy, slot->ends.value))
    return dsp_refuse (error, DSP_RULE_INVALID, _("slot %02d:%02d–%02d:%02d can never be booked: policy %s asks for a notice of %d minutes"),
                       (int) slot->starts.value / 60, (int) slot->starts.value % 60, (int) slot->ends.value / 60,
                       (int) slot->ends.value % 60, policy->code, (int) policy->notice_minutes.value);
  if (slot->retired != DSP_YES)
    dsp_work_each (work, &dsp_slot, offsetof (DspSlot, policy_id), &slot->policy_id, clashes, &clash);
  if (clash.other == NULL)
    return TRUE;
  return dsp_refuse (error, DSP_RULE_OVERLAP, _("slot %02d:%02d–%02d:%02d overlaps with %02d:%02d–%02d:%02d"),
                     (int) slot->starts.value / 60, (int) slot->starts.value % 60, (int) slot->ends.value / 60,
                     (int) slot->ends.value % 60, (int) clash.other->starts.value / 60, (int) clash.other->starts.value % 60,
                     (int) clash.other->ends.value / 60, (int) clash.other->ends.value % 60);
}

/* @office (nullable): none yet. */
static const char *
currency_of (const DspOfficeSettings *office)
{
  return office != NULL && office->currency != NULL ? office->currency : "MXN";
}

static gboolean
is_there (gconstpointer record,
          gpointer      user_data)
{
  *(bool *) user_data = true;
  return FALSE;
}

static gboolean
add_id (gconstpointer record,
        gpointer      user_data)
{
  g_array_append_val ((GArray *) user_data, ((const DspRecord *) record)->id);
  return TRUE;
}

/* Lines that wait, or pre-invoices of any time. */
static bool
owes_anything (DspWork *work)
{
  g_autoptr(GArray) distributors = g_array_new (FALSE, FALSE, sizeof (DspId));
  bool any = false;

  dsp_work_each (work, &dsp_distributor, 0, &dsp_id_none, add_id, distributors);
  for (guint i = 0; !any && i < distributors->len; i++)
    {
      const DspId *id = &g_array_index (distributors, DspId, i);

      dsp_work_each (work, &dsp_statement_line, offsetof (DspStatementLine, open_for), id, is_there, &any);
      dsp_work_each (work, &dsp_pre_invoice, offsetof (DspPreInvoice, distributor_id), id, is_there, &any);
    }
  return any;
}

/* What is owed already would silently become other money. Rates and rules are the office's to look through. */
static gboolean
office_settings_put (DspWork      *work,
                     gpointer      record,
                     gconstpointer args,
                     GError      **error)
{
  const DspOfficeSettings *now = record;
  DspId only = dsp_office_settings_id ();
  const DspOfficeSettings *before;

  if (!dsp_id_equal (&now->id, &only))
    return dsp_refuse (error, DSP_RULE_INVALID, _("there is one record of the office's settings, and this is not it"));
  before = dsp_work_before (work, &dsp_office_settings, &only);
  before = before != now ? before : NULL; /* it is the first one */
  if (strcmp (currency_of (now), currency_of (before)) == 0)
    return TRUE;
  return !owes_anything (work) ||
         dsp_refuse (error, DSP_RULE_INVALID, _("the currency stays %s: amounts are owed in it already, and none is converted to %s"),
                     currency_of (before), currency_of (now));
}

/* A day that is over is not closed any more. */
static gboolean
zone_closure_put (DspWork      *work,
                  gpointer      record,
                  gconstpointer args,
                  GError      **error)
{
  const DspZoneClosure *closure = record;
  DspDate today = dsp_calendar_day (dsp_work_calendar (work), dsp_work_now (work), NULL);
  char day[16];

  if (closure->until.day >= today.day)
    return TRUE;
  dsp_date_print (closure->until, day);
  return dsp_refuse (error, DSP_RULE_PAST, _("the closing would end on %s, which is over"), day);
}

/* Technicians of the crew's distributor, each once. */
static gboolean
check_called (DspWork     *work,
              const DspCrew *crew,
              GStrv        codes,
              GError     **error)
{
  for (guint i = 0; codes != NULL && codes[i] != NULL; i++)
    {
      const DspTechnician *technician = NULL;

      for (guint k = 0; k < i; k++)
        if (strcmp (codes[k], codes[i]) == 0)
          return dsp_refuse (error, DSP_RULE_INVALID, _("technician %s is called twice"), codes[i]);
      switch (dsp_work_find (work, &dsp_technician, offsetof (DspTechnician, code), codes[i], (gconstpointer *) &technician))
        {
        case DSP_FACT_UNKNOWN:
          break;
        case DSP_FACT_NONE:
          return dsp_refuse (error, DSP_RULE_INVALID, _("the crew's distributor has no technician %s"), codes[i]);
        case DSP_FACT_HERE:
        default:
          /* Whether another distributor has him is nobody's business. */
          if (crew != NULL && !dsp_id_equal (&technician->distributor_id, &crew->distributor_id))
            return dsp_refuse (error, DSP_RULE_INVALID, _("the crew's distributor has no technician %s"), codes[i]);
        }
    }
  return TRUE;
}

/* Nobody is both present and absent; who was called belongs to the crew's distributor. */
static gboolean
roll_call_put (DspWork      *work,
               gpointer      record,
               gconstpointer args,
               GError      **error)
{
  DspRollCall *call = record;
  g_autoptr(DspCrew) copy = NULL;
  const DspCrew *crew;
  DspId only = dsp_roll_call_id (&call->crew_id, call->day);

  if (!dsp_id_equal (&call->id, &only))
    return dsp_refuse (error, DSP_RULE_INVALID, _("a crew has one roll call a day, and this is not its id"));
  if (!dsp_work_need (work, &dsp_crew, &call->crew_id, error))
    return FALSE;
  for (guint i = 0; call->absent != NULL && call->present != NULL && call->absent[i] != NULL; i++)
    if (g_strv_contains ((const char *const *) call->present, call->absent[i]))
      return dsp_refuse (error, DSP_RULE_INVALID, _("technician %s is both present and absent"), call->absent[i]);
  crew = dsp_work_get (work, &dsp_crew, &call->crew_id);
  if (crew != NULL)
    {
      /* Looking for technicians ends what is lent. */
      copy = dsp_crew_dup (crew);
      call->distributor_id = crew->distributor_id;
    }
  return check_called (work, copy, call->present, error) && check_called (work, copy, call->absent, error);
}

/* clang-format off */
#define CREATE(E) &E, &E.table, 0, 0, DSP_COMMAND_PUTS | DSP_COMMAND_CREATES
#define CHANGE(E) &E, &E.table, 0, 0, DSP_COMMAND_PUTS
#define UPSERT(E) &E, &E.table, 0, 0, DSP_COMMAND_PUTS | DSP_COMMAND_UPSERTS
#define DELETE(E) &E, NULL, 0, 0, DSP_COMMAND_DELETES

const DspCommand dsp_order_type_create      = { "order_type.create", N_("New order type"), N_("Created"), CREATE (dsp_order_type), NULL };
const DspCommand dsp_order_type_change      = { "order_type.change", N_("Change order type"), N_("Changed"), CHANGE (dsp_order_type), NULL };
const DspCommand dsp_reason_code_create     = { "reason_code.create", N_("New reason"), N_("Created"), CREATE (dsp_reason_code), NULL };
const DspCommand dsp_reason_code_change     = { "reason_code.change", N_("Change reason"), N_("Changed"), CHANGE (dsp_reason_code), NULL };
const DspCommand dsp_solution_code_create   = { "solution_code.create", N_("New solution code"), N_("Created"), CREATE (dsp_solution_code), NULL };
const DspCommand dsp_solution_code_change   = { "solution_code.change", N_("Change solution code"), N_("Changed"), CHANGE (dsp_solution_code), NULL };
const DspCommand dsp_equipment_model_create = { "equipment_model.create", N_("New equipment"), N_("Created"), CREATE (dsp_equipment_model), NULL };
const DspCommand dsp_equipment_model_change = { "equipment_model.change", N_("Change equipment"), N_("Changed"), CHANGE (dsp_equipment_model), NULL };
const DspCommand dsp_policy_create          = { "policy.create", N_("New policy"), N_("Created"), CREATE (dsp_policy), policy_put };
const DspCommand dsp_policy_change          = { "policy.change", N_("Change policy"), N_("Changed"), CHANGE (dsp_policy), policy_put };
const DspCommand dsp_slot_create            = { "slot.create", N_("New slot"), N_("Created"), CREATE (dsp_slot), slot_put };
const DspCommand dsp_slot_change            = { "slot.change", N_("Change slot"), N_("Changed"), CHANGE (dsp_slot), slot_put };
const DspCommand dsp_holiday_create         = { "holiday.create", N_("New holiday"), N_("Created"), CREATE (dsp_holiday), NULL };
const DspCommand dsp_holiday_change         = { "holiday.change", N_("Change holiday"), N_("Changed"), CHANGE (dsp_holiday), NULL };
const DspCommand dsp_holiday_delete         = { "holiday.delete", N_("Delete holiday"), N_("Deleted"), DELETE (dsp_holiday), NULL };
const DspCommand dsp_office_settings_put    = { "office_settings.put", N_("Change the office's settings"), N_("Changed"), UPSERT (dsp_office_settings), office_settings_put };
const DspCommand dsp_zone_closure_create    = { "zone_closure.create", N_("Close a zone"), N_("Zone closed"), CREATE (dsp_zone_closure), zone_closure_put };
const DspCommand dsp_zone_closure_delete    = { "zone_closure.delete", N_("Open the zone"), N_("Zone opened"), DELETE (dsp_zone_closure), NULL };
const DspCommand dsp_penalty_rule_create    = { "penalty_rule.create", N_("New penalty rule"), N_("Created"), CREATE (dsp_penalty_rule), NULL };
const DspCommand dsp_penalty_rule_change    = { "penalty_rule.change", N_("Change penalty rule"), N_("Changed"), CHANGE (dsp_penalty_rule), NULL };
const DspCommand dsp_roll_call_put          = { "roll_call.put", N_("Roll call"), N_("Roll called"), UPSERT (dsp_roll_call), roll_call_put };
/* clang-format on */
