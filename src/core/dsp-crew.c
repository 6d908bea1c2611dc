/* dsp-crew.c: crews, technicians, and who was in which crew when
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-entities.h"
#include "dsp-rule.h"

#include <glib/gi18n-lib.h>
#include <string.h>

/* clang-format off */
static const DspField crew_fields[] = {
  DSP_TEXT   (DspCrew, code,           N_("Code"),        .flags = DSP_REQUIRED | DSP_UNIQUE | DSP_FILTER | DSP_SEARCH | DSP_COLUMN, .max = 20),
  DSP_TEXT   (DspCrew, name,           N_("Name"),        .flags = DSP_REQUIRED | DSP_SEARCH | DSP_COLUMN, .max = 80),
  DSP_ID     (DspCrew, distributor_id, &dsp_distributor, N_("Distributor"), .flags = DSP_REQUIRED | DSP_FILTER | DSP_INDEXED | DSP_COLUMN),
  DSP_TEXT   (DspCrew, phone,          N_("Telephone"),   .flags = DSP_COLUMN, .max = 40),
  DSP_TEXT   (DspCrew, vehicle,        N_("Vehicle"),     .flags = DSP_COLUMN, .max = 60),
  DSP_LIST   (DspCrew, skills,         N_("Skills"),      .max = 40),
  DSP_LIST   (DspCrew, zone,           N_("Zone"),        .max = 400),
  DSP_INT    (DspCrew, home_lat_e7,    N_("Home base, latitude"),  .min = -900000000, .max = 900000000),
  DSP_INT    (DspCrew, home_lon_e7,    N_("Home base, longitude"), .min = -1800000000, .max = 1800000000),
  DSP_INT    (DspCrew, capacity,       N_("Capacity per day"), .flags = DSP_COLUMN, .max = 200),
  DSP_INT    (DspCrew, starts,         N_("Starts work"), .max = 1440),
  DSP_INT    (DspCrew, ends,           N_("Ends work"),   .max = 1440),
  DSP_LIST   (DspCrew, days_off,       N_("Days off"),    .max = 120),
  DSP_YES_NO (DspCrew, retired,        N_("Retired"),     .flags = DSP_FILTER),
};

static const DspField technician_fields[] = {
  DSP_TEXT   (DspTechnician, code,           N_("Code"),      .flags = DSP_REQUIRED | DSP_UNIQUE | DSP_SEARCH | DSP_COLUMN, .max = 20),
  DSP_TEXT   (DspTechnician, name,           N_("Name"),      .flags = DSP_REQUIRED | DSP_SEARCH | DSP_COLUMN, .max = 120),
  DSP_ID     (DspTechnician, distributor_id, &dsp_distributor, N_("Distributor"), .flags = DSP_REQUIRED | DSP_FILTER | DSP_COLUMN),
  DSP_TEXT   (DspTechnician, phone,          N_("Telephone"), .flags = DSP_COLUMN, .max = 40),
  DSP_YES_NO (DspTechnician, retired,        N_("Retired"),   .flags = DSP_FILTER),
};

static const DspField membership_fields[] = {
  DSP_ID   (DspMembership, crew_id,        &dsp_crew, N_("Crew"),             .flags = DSP_REQUIRED | DSP_INDEXED | DSP_FIXED),
  DSP_ID   (DspMembership, technician_id,  &dsp_technician, N_("Technician"), .flags = DSP_REQUIRED | DSP_INDEXED | DSP_FIXED),
  DSP_ID   (DspMembership, distributor_id, &dsp_distributor, N_("Distributor")),
  DSP_DATE (DspMembership, from,           N_("From"),                        .flags = DSP_REQUIRED),
  DSP_DATE (DspMembership, until,          N_("Until")),
};

static const DspField roll_call_fields[] = {
  DSP_ID   (DspRollCall, crew_id,        &dsp_crew, N_("Crew"), .flags = DSP_REQUIRED | DSP_INDEXED | DSP_FIXED | DSP_COLUMN),
  DSP_ID   (DspRollCall, distributor_id, &dsp_distributor, N_("Distributor")),
  DSP_DATE (DspRollCall, day,            N_("Day"),     .flags = DSP_REQUIRED | DSP_FIXED | DSP_FILTER | DSP_COLUMN),
  DSP_LIST (DspRollCall, present,        N_("Present"), .flags = DSP_COLUMN, .max = 40),
  DSP_LIST (DspRollCall, absent,         N_("Absent"),  .flags = DSP_COLUMN, .max = 40),
  DSP_TEXT (DspRollCall, vehicle,        N_("Vehicle"), .flags = DSP_COLUMN, .max = 60),
  DSP_TEXT (DspRollCall, note,           N_("Note"),    .max = 400),
};
/* clang-format on */

static DspId
owner (DspId distributor)
{
  return dsp_id_is_none (&distributor) ? dsp_scope_company : distributor;
}

static DspId
crew_scope (gconstpointer record)
{
  return owner (((const DspCrew *) record)->distributor_id);
}

static DspId
technician_scope (gconstpointer record)
{
  return owner (((const DspTechnician *) record)->distributor_id);
}

static DspId
membership_scope (gconstpointer record)
{
  return owner (((const DspMembership *) record)->distributor_id);
}

static gboolean
crew_check (gconstpointer record,
            GError      **error)
{
  const DspCrew *crew = record;

  if (crew->home_lat_e7.is_set != crew->home_lon_e7.is_set)
    return dsp_refuse (error, DSP_RULE_INVALID, _("home base of crew %s has only one of latitude and longitude"), crew->code);
  if (crew->starts.is_set && crew->ends.is_set && crew->starts.value >= crew->ends.value)
    return dsp_refuse (error, DSP_RULE_INVALID, _("crew %s ends its work before it starts it"), crew->code);
  for (guint i = 0; crew->days_off != NULL && crew->days_off[i] != NULL; i++)
    {
      const char *day = crew->days_off[i];
      DspDate date;

      if (!(day[0] >= '1' && day[0] <= '7' && day[1] == '\0') && !dsp_date_parse (day, strlen (day), &date))
        return dsp_refuse (error, DSP_RULE_INVALID, _("days off: “%s” is neither a weekday 1 to 7 nor a day YYYY-MM-DD"), day);
    }
  return TRUE;
}

static gboolean
membership_check (gconstpointer record,
                  GError      **error)
{
  const DspMembership *membership = record;

  if (membership->until.day != 0 && membership->until.day < membership->from.day)
    return dsp_refuse (error, DSP_RULE_INVALID, _("the membership ends before it begins"));
  return TRUE;
}

const DspEntity dsp_crew = {
  .table = DSP_TABLE (DspCrew, crew_fields, "crew"),
  .label = N_("Crew"), .label_plural = N_("Crews"), .number = 2,
  .display_offset = offsetof (DspCrew, code), .scope = crew_scope, .check = crew_check,
};

const DspEntity dsp_technician = {
  .table = DSP_TABLE (DspTechnician, technician_fields, "technician"),
  .label = N_("Technician"), .label_plural = N_("Technicians"), .number = 3,
  .display_offset = offsetof (DspTechnician, name), .scope = technician_scope,
};

const DspEntity dsp_membership = {
  .table = DSP_TABLE (DspMembership, membership_fields, "membership"),
  .label = N_("Membership"), .label_plural = N_("Memberships"), .number = 4,
  .scope = membership_scope, .check = membership_check,
};

static DspId
roll_call_scope (gconstpointer record)
{
  return owner (((const DspRollCall *) record)->distributor_id);
}

const DspEntity dsp_roll_call = {
  .table = DSP_TABLE (DspRollCall, roll_call_fields, "roll_call"),
  .label = N_("Roll call"), .label_plural = N_("Roll calls"), .number = 27,
  .scope = roll_call_scope,
};

/**
 * dsp_roll_call_id:
 * Returns: the id of that crew's roll call of that day: whoever calls first makes it, whoever calls again changes it.
 */
DspId
dsp_roll_call_id (const DspId *crew_id,
                  DspDate      day)
{
  char key[DSP_ID_TEXT + 16];

  dsp_id_print (crew_id, key);
  key[DSP_ID_TEXT - 1] = ' ';
  dsp_date_print (day, key + DSP_ID_TEXT);
  return dsp_id_from_key ("roll_call", key);
}
