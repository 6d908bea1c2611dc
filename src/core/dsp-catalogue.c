/* dsp-catalogue.c: types of order, words of the processes, policies and slots, the office's calendar
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-catalogue.h"

#include "dsp-currency.h"
#include "dsp-entities.h"
#include "dsp-rule.h"
#include "dsp-tax-id.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static const DspWord counts_list[] = {
  [DSP_COUNTS_NONE]     = { NULL, NULL },
  [DSP_COUNTS_CALENDAR] = { "calendar", N_("Calendar time") },
  [DSP_COUNTS_WORKING]  = { "working", N_("Working time") },
};
G_STATIC_ASSERT (G_N_ELEMENTS (counts_list) == DSP_N_COUNTS);
const DspWords DspCounts_words = { counts_list, G_N_ELEMENTS (counts_list) };

static const DspWord process_list[] = {
  [DSP_PROCESS_NONE]       = { NULL, NULL },
  [DSP_PROCESS_RETYPE]     = { "retype", N_("Change of order type") },
  [DSP_PROCESS_CANCEL]     = { "cancel", N_("Cancellation") },
  [DSP_PROCESS_REJECT]     = { "reject", N_("Rejection") },
  [DSP_PROCESS_RESCHEDULE] = { "reschedule", N_("Rescheduling") },
  [DSP_PROCESS_TRANSFER]   = { "transfer", N_("Transfer") },
  [DSP_PROCESS_REOPEN]     = { "reopen", N_("Reopening") },
  [DSP_PROCESS_VERDICT]    = { "verdict", N_("Verdict on a penalty") },
};
G_STATIC_ASSERT (G_N_ELEMENTS (process_list) == DSP_N_PROCESSES);
const DspWords DspProcess_words = { process_list, G_N_ELEMENTS (process_list) };

static const DspWord family_list[] = {
  [DSP_FAMILY_NONE]      = { NULL, NULL },
  [DSP_FAMILY_LOCATION]  = { "location", N_("The location cannot be reached") },
  [DSP_FAMILY_PLACE]     = { "place", N_("Characteristics of the place") },
  [DSP_FAMILY_HIGH_RISK] = { "high_risk", N_("High-risk zone") },
};
G_STATIC_ASSERT (G_N_ELEMENTS (family_list) == DSP_N_FAMILIES);
const DspWords DspFamily_words = { family_list, G_N_ELEMENTS (family_list) };

#define CODE .flags = DSP_REQUIRED | DSP_UNIQUE | DSP_SEARCH | DSP_COLUMN, .max = 40
#define LABEL .flags = DSP_REQUIRED | DSP_SEARCH | DSP_COLUMN, .max = 120
#define MINUTE_OF_DAY .flags = DSP_REQUIRED | DSP_COLUMN, .max = 1440

/* clang-format off */
static const DspField order_type_fields[] = {
  DSP_TEXT   (DspOrderType, code,          N_("Code"),       CODE),
  DSP_TEXT   (DspOrderType, group,         N_("Group"),      .flags = DSP_FILTER | DSP_COLUMN, .max = 60),
  DSP_TEXT   (DspOrderType, type,          N_("Order type"), .flags = DSP_FILTER | DSP_SEARCH | DSP_COLUMN, .max = 60),
  DSP_TEXT   (DspOrderType, subtype,       N_("Subtype"),    .flags = DSP_COLUMN, .max = 60),
  DSP_INT    (DspOrderType, limit_minutes, N_("Limit (minutes)"), .flags = DSP_COLUMN, .min = 1, .max = 525600),
  DSP_WORD   (DspOrderType, counts,        DspCounts, N_("The clock counts"), .flags = DSP_COLUMN),
  DSP_INT    (DspOrderType, solutions,     N_("Solution codes asked for"), .max = 3),
  DSP_YES_NO (DspOrderType, equipment,     N_("Asks for equipment")),
  DSP_YES_NO (DspOrderType, position,      N_("Asks for the position")),
  DSP_YES_NO (DspOrderType, signature,     N_("Asks for a signature")),
  DSP_LIST   (DspOrderType, checklist,     N_("Checklist"),  .max = 20),
  DSP_YES_NO (DspOrderType, retired,       N_("Retired"),    .flags = DSP_FILTER),
};

static const DspField reason_code_fields[] = {
  DSP_TEXT   (DspReasonCode, code,    N_("Code"),   CODE),
  DSP_TEXT   (DspReasonCode, label,   N_("Name"),   LABEL),
  DSP_WORD   (DspReasonCode, process, DspProcess, N_("Process"), .flags = DSP_REQUIRED | DSP_FILTER | DSP_COLUMN),
  DSP_WORD   (DspReasonCode, family,  DspFamily, N_("Family"), .flags = DSP_COLUMN),
  DSP_YES_NO (DspReasonCode, against, N_("Counts against the distributor"), .flags = DSP_COLUMN),
  DSP_YES_NO (DspReasonCode, retired, N_("Retired"), .flags = DSP_FILTER),
};

static const DspField solution_code_fields[] = {
  DSP_TEXT   (DspSolutionCode, code,    N_("Code"),        CODE),
  DSP_TEXT   (DspSolutionCode, label,   N_("Name"),        LABEL),
  DSP_LIST   (DspSolutionCode, types,   N_("Order types"), .flags = DSP_COLUMN, .max = 40),
  DSP_YES_NO (DspSolutionCode, retired, N_("Retired"),     .flags = DSP_FILTER),
};

static const DspField equipment_model_fields[] = {
  DSP_TEXT   (DspEquipmentModel, code,    N_("Code"),    CODE),
  DSP_TEXT   (DspEquipmentModel, label,   N_("Name"),    LABEL),
  DSP_YES_NO (DspEquipmentModel, serial,  N_("Has a serial number"), .flags = DSP_COLUMN),
  DSP_YES_NO (DspEquipmentModel, retired, N_("Retired"), .flags = DSP_FILTER),
};

static const DspField policy_fields[] = {
  DSP_TEXT   (DspPolicy, code,            N_("Code"),       CODE),
  DSP_TEXT   (DspPolicy, group,           N_("Group"),      .flags = DSP_COLUMN, .max = 60),
  DSP_TEXT   (DspPolicy, type,            N_("Order type"), .flags = DSP_COLUMN, .max = 60),
  DSP_INT    (DspPolicy, min_days,        N_("Earliest day from today"), .flags = DSP_COLUMN, .max = 365),
  DSP_INT    (DspPolicy, max_days,        N_("Latest day from today"),   .flags = DSP_COLUMN, .max = 365),
  DSP_INT    (DspPolicy, notice_minutes,  N_("Minimum notice (minutes)"), .flags = DSP_COLUMN, .max = 43200),
  DSP_INT    (DspPolicy, max_reschedules, N_("Times it may be rescheduled"), .flags = DSP_COLUMN, .max = 100),
  DSP_YES_NO (DspPolicy, retired,         N_("Retired"),    .flags = DSP_FILTER),
};

static const DspField slot_fields[] = {
  DSP_ID     (DspSlot, policy_id, &dsp_policy, N_("Policy"),  .flags = DSP_REQUIRED | DSP_INDEXED | DSP_COLUMN),
  DSP_INT    (DspSlot, starts,    N_("Starts"),   MINUTE_OF_DAY),
  DSP_INT    (DspSlot, ends,      N_("Ends"),     MINUTE_OF_DAY),
  DSP_INT    (DspSlot, places,    N_("Places in each zone"), .flags = DSP_COLUMN, .max = 100000),
  DSP_LIST   (DspSlot, weekdays,  N_("Weekdays"), .flags = DSP_COLUMN, .max = 7),
  DSP_YES_NO (DspSlot, retired,   N_("Retired"),  .flags = DSP_FILTER),
};

static const DspField holiday_fields[] = {
  DSP_TEXT   (DspHoliday, name,    N_("Name"), .flags = DSP_REQUIRED | DSP_COLUMN, .max = 120),
  DSP_DATE   (DspHoliday, day,     N_("Day"),  .flags = DSP_REQUIRED | DSP_COLUMN),
  DSP_YES_NO (DspHoliday, working, N_("Worked all the same"), .flags = DSP_COLUMN),
};

static const DspField office_settings_fields[] = {
  DSP_TEXT   (DspOfficeSettings, name,             N_("Name"),      .flags = DSP_COLUMN, .max = 120),
  DSP_TEXT   (DspOfficeSettings, time_zone,        N_("Time zone"), .flags = DSP_REQUIRED | DSP_COLUMN, .max = 60),
  DSP_INT    (DspOfficeSettings, starts,           N_("Office opens"),  MINUTE_OF_DAY),
  DSP_INT    (DspOfficeSettings, ends,             N_("Office closes"), MINUTE_OF_DAY),
  DSP_LIST   (DspOfficeSettings, weekdays,         N_("Weekdays"),  .flags = DSP_COLUMN, .max = 7),
  DSP_YES_NO (DspOfficeSettings, federal_holidays, N_("Federal holidays of Mexico")),
  DSP_INT    (DspOfficeSettings, risk_minutes,     N_("At risk within (minutes)"), .max = 43200),
  DSP_TEXT   (DspOfficeSettings, tax_id,           N_("Tax id (RFC)"), .min = 12, .max = 13, .check = dsp_tax_id_check),
  DSP_TEXT   (DspOfficeSettings, address,          N_("Address"),   .flags = DSP_LONG, .max = 400),
  DSP_INT    (DspOfficeSettings, distance_factor,  N_("Road by straight line (percent)"), .min = 100, .max = 500),
  DSP_INT    (DspOfficeSettings, mileage_tolerance, N_("Kilometres marked when above the proposal by (percent)"), .max = 500),
  DSP_INT    (DspOfficeSettings, night_starts,     N_("The night's bonus begins"), .max = 1440),
  DSP_INT    (DspOfficeSettings, night_ends,       N_("The night's bonus ends"), .max = 1440),
  DSP_INT    (DspOfficeSettings, files_quota,      N_("Files of each distributor, at most (MB)"), .min = 1, .max = 10485760),
  DSP_YES_NO (DspOfficeSettings, rescue,           N_("Cancelling and rejecting first open a rescue case")),
  DSP_TEXT   (DspOfficeSettings, currency,         N_("Currency (ISO 4217)"), .min = 3, .max = 3, .check = dsp_currency_check),
};

static const DspField zone_closure_fields[] = {
  DSP_LIST (DspZoneClosure, zone,   N_("Zone"),   .flags = DSP_REQUIRED | DSP_COLUMN, .max = 400),
  DSP_DATE (DspZoneClosure, from,   N_("From"),   .flags = DSP_REQUIRED | DSP_COLUMN),
  DSP_DATE (DspZoneClosure, until,  N_("Until"),  .flags = DSP_REQUIRED | DSP_COLUMN),
  DSP_TEXT (DspZoneClosure, reason, N_("Reason"), .flags = DSP_REQUIRED | DSP_COLUMN, .max = 400),
};
/* clang-format on */

static DspId
common_scope (gconstpointer record)
{
  return dsp_scope_common;
}

static gboolean
weekdays_are (const char *name,
              GStrv       weekdays,
              GError    **error)
{
  for (guint i = 0; weekdays != NULL && weekdays[i] != NULL; i++)
    if (strlen (weekdays[i]) != 1 || weekdays[i][0] < '1' || weekdays[i][0] > '7')
      return dsp_refuse (error, DSP_RULE_INVALID, _("%s: “%s” is no weekday; Monday is 1, Sunday is 7"), name, weekdays[i]);
  return TRUE;
}

static gboolean
hours_are (const char *name,
           DspInt      starts,
           DspInt      ends,
           GError    **error)
{
  if (starts.value < ends.value)
    return TRUE;
  return dsp_refuse (error, DSP_RULE_INVALID, _("%s: it ends at %02d:%02d, not after its start at %02d:%02d"), name,
                     (int) ends.value / 60, (int) ends.value % 60, (int) starts.value / 60, (int) starts.value % 60);
}

static gboolean
order_type_check (gconstpointer record,
                  GError      **error)
{
  const DspOrderType *type = record;

  if (type->type == NULL && (type->subtype != NULL || type->group != NULL))
    return dsp_refuse (error, DSP_RULE_INVALID, _("order type %s has a group or subtype and no type"), type->code);
  if (type->limit_minutes.is_set != (type->counts != DSP_COUNTS_NONE))
    return dsp_refuse (error, DSP_RULE_INVALID, _("order type %s needs both a limit and what its clock counts, or neither"),
                       type->code);
  return TRUE;
}

static gboolean
reason_code_check (gconstpointer record,
                   GError      **error)
{
  const DspReasonCode *reason = record;

  if ((reason->process == DSP_PROCESS_REJECT) != (reason->family != DSP_FAMILY_NONE))
    return dsp_refuse (error, DSP_RULE_INVALID, _("reason %s: a rejection, and nothing else, has one of the three families"),
                       reason->code);
  return TRUE;
}

/* A policy that contradicts itself would leave no day at all. */
static gboolean
policy_check (gconstpointer record,
              GError      **error)
{
  const DspPolicy *policy = record;

  if (policy->min_days.is_set && policy->max_days.is_set && policy->min_days.value > policy->max_days.value)
    return dsp_refuse (error, DSP_RULE_INVALID, _("policy %s: its earliest day (%d) is after its latest (%d)"), policy->code,
                       (int) policy->min_days.value, (int) policy->max_days.value);
  if (policy->max_days.is_set && policy->notice_minutes.value > (policy->max_days.value + 1) * 1440)
    return dsp_refuse (error, DSP_RULE_INVALID, _("policy %s: a notice of %d minutes leaves none of its %d days"), policy->code,
                       (int) policy->notice_minutes.value, (int) policy->max_days.value);
  return TRUE;
}

static gboolean
slot_check (gconstpointer record,
            GError      **error)
{
  const DspSlot *slot = record;

  if (slot->places.is_set && slot->places.value == 0)
    return dsp_refuse (error, DSP_RULE_INVALID, _("slot: with 0 places it takes nobody; retire it instead"));
  return hours_are (_("slot"), slot->starts, slot->ends, error) && weekdays_are (_("slot"), slot->weekdays, error);
}

static gboolean
office_settings_check (gconstpointer record,
                       GError      **error)
{
  const DspOfficeSettings *office = record;
  g_autoptr(GTimeZone) zone = g_time_zone_new_identifier (office->time_zone);

  if (zone == NULL)
    return dsp_refuse (error, DSP_RULE_INVALID, _("“%s” is no time zone; one is America/Mexico_City"), office->time_zone);
  return hours_are (_("office hours"), office->starts, office->ends, error) &&
         weekdays_are (_("office hours"), office->weekdays, error) &&
         (office->currency == NULL || dsp_currency_check (office->currency, error));
}

static gboolean
zone_closure_check (gconstpointer record,
                    GError      **error)
{
  const DspZoneClosure *closure = record;

  for (guint i = 0; closure->zone != NULL && closure->zone[i] != NULL; i++)
    if (!dsp_zone_item_is_valid (closure->zone[i]))
      return dsp_refuse (error, DSP_RULE_INVALID,
                         _("zone: “%s” is no postal code (03100), range (03100-03199), beginning (031*) or municipality"),
                         closure->zone[i]);
  if (closure->until.day >= closure->from.day)
    return TRUE;
  return dsp_refuse (error, DSP_RULE_INVALID, _("the closing of a zone ends before it begins"));
}

DspId
dsp_office_settings_id (void)
{
  return dsp_id_from_key ("office_settings", "office");
}

/* How well @record fits: 0 not at all, 1 as one for everything. */
static guint
fits (const DspTable    *table,
      gconstpointer      record,
      const char *const  values[3])
{
  static const char *const names[3] = { "type", "group", "subtype" };
  guint score = 1;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const DspField *field = dsp_table_find (table, names[i], strlen (names[i]));
      const char *text = field != NULL ? *dsp_field_text (field, record) : NULL;

      if (text == NULL)
        continue;
      if (g_strcmp0 (text, values[i]) != 0)
        return 0;
      score += 1u << (i + 1);
    }
  return score;
}

gconstpointer
dsp_most_specific (const DspEntity *entity,
                   GPtrArray       *records,
                   const char      *group,
                   const char      *type,
                   const char      *subtype,
                   gboolean       (*wanted) (gconstpointer record, gpointer user_data),
                   gpointer         user_data)
{
  const DspField *retired = dsp_table_find (&entity->table, "retired", strlen ("retired"));
  const char *const values[3] = { type, group, subtype };
  const DspRecord *best = NULL;
  guint best_score = 0;

  for (guint i = 0; i < records->len; i++)
    {
      const DspRecord *record = records->pdata[i];
      guint score;

      if (*dsp_field_word (retired, record) == DSP_YES || (wanted != NULL && !wanted (record, user_data)))
        continue;
      score = fits (&entity->table, record, values);
      /* Two that fit alike: the older one, on every side. */
      if (score > best_score || (score > 0 && score == best_score && dsp_id_compare (&record->id, &best->id) < 0))
        {
          best = record;
          best_score = score;
        }
    }
  return best;
}

/* clang-format off */
#define COMMON(Type, rows, word) .table = DSP_TABLE (Type, rows, word), .scope = common_scope
const DspEntity dsp_order_type = {
  COMMON (DspOrderType, order_type_fields, "order_type"), .label = N_("Order type"), .label_plural = N_("Order types"),
  .number = 15, .display_offset = offsetof (DspOrderType, code), .check = order_type_check,
};
const DspEntity dsp_reason_code = {
  COMMON (DspReasonCode, reason_code_fields, "reason_code"), .label = N_("Reason"), .label_plural = N_("Reasons"),
  .number = 16, .display_offset = offsetof (DspReasonCode, label), .check = reason_code_check,
};
const DspEntity dsp_solution_code = {
  COMMON (DspSolutionCode, solution_code_fields, "solution_code"), .label = N_("Solution code"), .label_plural = N_("Solution codes"),
  .number = 17, .display_offset = offsetof (DspSolutionCode, label),
};
const DspEntity dsp_equipment_model = {
  COMMON (DspEquipmentModel, equipment_model_fields, "equipment_model"), .label = N_("Equipment"), .label_plural = N_("Equipment"),
  .number = 18, .display_offset = offsetof (DspEquipmentModel, label),
};
const DspEntity dsp_policy = {
  COMMON (DspPolicy, policy_fields, "policy"), .label = N_("Rescheduling policy"), .label_plural = N_("Rescheduling policies"),
  .number = 19, .display_offset = offsetof (DspPolicy, code), .check = policy_check,
};
const DspEntity dsp_slot = {
  COMMON (DspSlot, slot_fields, "slot"), .label = N_("Slot"), .label_plural = N_("Slots"), .number = 20, .check = slot_check,
};
const DspEntity dsp_holiday = {
  COMMON (DspHoliday, holiday_fields, "holiday"), .label = N_("Holiday"), .label_plural = N_("Holidays"),
  .number = 21, .display_offset = offsetof (DspHoliday, name),
};
const DspEntity dsp_office_settings = {
  COMMON (DspOfficeSettings, office_settings_fields, "office_settings"), .label = N_("Office"), .label_plural = N_("Offices"),
  .number = 22, .display_offset = offsetof (DspOfficeSettings, name), .check = office_settings_check,
};
const DspEntity dsp_zone_closure = {
  COMMON (DspZoneClosure, zone_closure_fields, "zone_closure"), .label = N_("Closed zone"), .label_plural = N_("Closed zones"),
  .number = 23, .display_offset = offsetof (DspZoneClosure, reason), .check = zone_closure_check,
};
/* clang-format on */
