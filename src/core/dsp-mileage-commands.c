/* dsp-mileage-commands.c: kilometres are claimed, submitted and decided
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-money-commands.h"
#include "dsp-tour.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#define KM(metres) ((metres) / 1000.0)

/* What of the crew's other claims contradicts this one. Texts are made at once: records are lent. */
typedef struct {
  const DspMileage *mine;
  char             *refusal; /* (owned) (nullable) */
} Others;

static bool
same_vehicle (const DspMileage *a,
              const DspMileage *b)
{
  return a->odometer_end.is_set && b->odometer_end.is_set && g_strcmp0 (a->vehicle, b->vehicle) == 0;
}

static char *
contradiction (const DspMileage *mine,
               const DspMileage *other)
{
  char day[16];

  dsp_date_print (other->day, day);
  if (mine->day.day == other->day.day)
    {
      if (dsp_id_is_none (&mine->order_id) != dsp_id_is_none (&other->order_id))
        return g_strdup_printf (_("the crew claims %.1f km by the whole day on %s and %.1f km by order: one or the other"),
                                KM (dsp_id_is_none (&mine->order_id) ? mine->claimed.value : other->claimed.value), day,
                                KM (dsp_id_is_none (&mine->order_id) ? other->claimed.value : mine->claimed.value));
      if (!dsp_id_is_none (&mine->order_id) && dsp_id_equal (&mine->order_id, &other->order_id))
        return g_strdup_printf (_("order %s has a claim of %.1f km on %s already"), other->number, KM (other->claimed.value), day);
      if (dsp_id_is_none (&mine->order_id) && (!same_vehicle (mine, other) || !mine->odometer_end.is_set))
        return g_strdup_printf (_("the crew has a claim of %.1f km for the day %s already"), KM (other->claimed.value), day);
    }
  if (!same_vehicle (mine, other))
    return NULL;
  if (mine->odometer_start.value < other->odometer_end.value && other->odometer_start.value < mine->odometer_end.value)
    return g_strdup_printf (_("the odometer's %.1f to %.1f km overlap with %.1f to %.1f km of %s"), KM (mine->odometer_start.value),
                            KM (mine->odometer_end.value), KM (other->odometer_start.value), KM (other->odometer_end.value), day);
  if (mine->day.day > other->day.day && mine->odometer_start.value < other->odometer_end.value)
    return g_strdup_printf (_("the odometer runs backwards: %.1f km, and %.1f km on %s"), KM (mine->odometer_start.value),
                            KM (other->odometer_end.value), day);
  if (mine->day.day < other->day.day && mine->odometer_end.value > other->odometer_start.value)
    return g_strdup_printf (_("the odometer runs backwards: %.1f km, and %.1f km on %s"), KM (mine->odometer_end.value),
                            KM (other->odometer_start.value), day);
  return NULL;
}

static gboolean
look_at (gconstpointer record,
         gpointer      user_data)
{
  const DspMileage *other = record;
  Others *others = user_data;

  if (dsp_id_equal (&other->id, &others->mine->id) || other->state == DSP_MILEAGE_REJECTED)
    return TRUE;
  others->refusal = contradiction (others->mine, other);
  return others->refusal == NULL;
}

static gboolean
check_day (DspWork          *work,
           const DspMileage *mileage,
           const DspCrew    *crew,
           GError          **error)
{
  DspDate today = dsp_calendar_day (dsp_work_calendar (work), dsp_work_now (work), NULL);
  char day[16], weekday[2] = { (char) ('0' + dsp_date_weekday (mileage->day)), '\0' };
  const char *const *off = (const char *const *) crew->days_off;

  dsp_date_print (mileage->day, day);
  if (mileage->day.day > today.day)
    return dsp_refuse (error, DSP_RULE_INVALID, _("kilometres of %s, a day that has not come"), day);
  if (off != NULL && (g_strv_contains (off, day) || g_strv_contains (off, weekday)))
    return dsp_refuse (error, DSP_RULE_INVALID, _("crew %s has the day %s off: no kilometres are claimed for it"), crew->code, day);
  return TRUE;
}

/* The order's crew drove to it. */
static gboolean
check_order (DspWork    *work,
             DspMileage *mileage,
             GError    **error)
{
  const DspOrder *order;

  if (dsp_id_is_none (&mileage->order_id))
    {
      dsp_set_text (&mileage->number, NULL);
      return TRUE;
    }
  if (!dsp_work_need (work, &dsp_order, &mileage->order_id, error))
    return FALSE;
  order = dsp_work_get (work, &dsp_order, &mileage->order_id);
  if (order == NULL)
    return TRUE;
  if (!dsp_id_equal (&order->crew_id, &mileage->crew_id))
    return dsp_refuse (error, DSP_RULE_INVALID, _("order %s is not that crew's"), order->number);
  dsp_set_text (&mileage->number, order->number);
  return TRUE;
}

/* From the orders themselves: whatever proposal came with the claim counts for nothing. */
static void
propose (DspWork       *work,
         DspMileage    *mileage,
         const DspCrew *crew)
{
  DspId office_id = dsp_office_settings_id ();
  const DspOfficeSettings *office = dsp_work_get (work, &dsp_office_settings, &office_id);
  gint64 factor = (office != NULL && office->distance_factor.is_set ? office : dsp_office_defaults ())->distance_factor.value, metres;
  g_autoptr(GArray) tour = dsp_tour_of_crew (work, crew, mileage->day);
  g_autoptr(GArray) ways = dsp_tour_straight (tour, factor);
  bool known = dsp_tour_proposal (tour, ways, &mileage->order_id, &metres);

  dsp_mileage_propose (mileage, known ? DSP_DISTANCE_GREAT_CIRCLE : DSP_DISTANCE_NONE, known ? metres : 0);
}

/* A copy, for other records are looked at while it is used. (nullable): not on this replica. */
static DspCrew *
dup_crew (DspWork          *work,
          const DspMileage *mileage)
{
  const DspCrew *crew = dsp_work_get (work, &dsp_crew, &mileage->crew_id);

  return crew != NULL ? dsp_crew_dup (crew) : NULL;
}

static gboolean
put (DspWork      *work,
     gpointer      record,
     gconstpointer args,
     GError      **error)
{
  DspMileage *mileage = record;
  Others others = { .mine = mileage };
  g_autofree char *refusal = NULL;
  g_autoptr(DspCrew) crew = NULL;

  if (!dsp_work_need (work, &dsp_crew, &mileage->crew_id, error))
    return FALSE;
  crew = dup_crew (work, mileage);
  if (crew != NULL)
    {
      mileage->distributor_id = crew->distributor_id;
      if (mileage->vehicle == NULL)
        dsp_set_text (&mileage->vehicle, crew->vehicle);
      if (!check_day (work, mileage, crew, error))
        return FALSE;
    }
  if (!check_order (work, mileage, error))
    return FALSE;
  /* What was said of itself besides is compared by the check. */
  if (mileage->odometer_start.is_set && mileage->odometer_end.is_set && mileage->odometer_end.value >= mileage->odometer_start.value &&
      !(mileage->claimed.is_set && (dsp_work_given (work) & dsp_table_bit (&dsp_mileage.table, offsetof (DspMileage, claimed)))))
    mileage->claimed = (DspInt) { .value = mileage->odometer_end.value - mileage->odometer_start.value, .is_set = true };
  if (crew != NULL)
    propose (work, mileage, crew);
  else
    dsp_mileage_propose (mileage, DSP_DISTANCE_NONE, 0);
  mileage->state = DSP_MILEAGE_CAPTURED;
  mileage->approved = (DspInt) { 0 };
  mileage->submitted_at.us = mileage->decided_at.us = 0;
  dsp_set_text (&mileage->decided_by, NULL);
  dsp_set_text (&mileage->reason, NULL);
  /* What it says of itself comes before what others contradict. */
  if (!dsp_mileage.check (mileage, error))
    return FALSE;
  dsp_work_each (work, &dsp_mileage, offsetof (DspMileage, crew_id), &mileage->crew_id, look_at, &others);
  refusal = others.refusal;
  return refusal == NULL || dsp_refuse (error, DSP_RULE_OVERLAP, "%s", refusal);
}

static gboolean
submit (DspWork      *work,
        gpointer      record,
        gconstpointer args,
        GError      **error)
{
  DspMileage *mileage = record;
  g_autoptr(DspCrew) crew = dup_crew (work, mileage);

  /* It may have been captured before the day was over. */
  if (crew != NULL)
    propose (work, mileage, crew);
  mileage->submitted_at.us = dsp_work_now (work);
  return TRUE;
}

/* An answer about another day or order than the claim is of by now is too late. */
static gboolean
measure (DspWork      *work,
         gpointer      record,
         gconstpointer args,
         GError      **error)
{
  const DspMileageMeasure *said = args;
  DspMileage *mileage = record;

  if (said->day.day != mileage->day.day || !dsp_id_equal (&said->order_id, &mileage->order_id))
    return dsp_refuse (error, DSP_RULE_CHANGED, "the claim is of another day or order by now");
  dsp_mileage_propose (mileage, said->proposed_by, said->proposed.value);
  return TRUE;
}

static void
decide (DspWork    *work,
        DspMileage *mileage,
        const char *reason)
{
  dsp_set_text (&mileage->decided_by, dsp_work_actor (work)->user_name);
  dsp_set_text (&mileage->reason, reason);
  mileage->decided_at.us = dsp_work_now (work);
}

static gboolean
approve (DspWork      *work,
         gpointer      record,
         gconstpointer args,
         GError      **error)
{
  DspMileage *mileage = record;

  mileage->approved = mileage->claimed;
  decide (work, mileage, NULL);
  dsp_statement_add_mileage (work, mileage);
  return TRUE;
}

static gboolean
adjust (DspWork      *work,
        gpointer      record,
        gconstpointer args,
        GError      **error)
{
  DspMileage *mileage = record;
  const DspMileageAdjust *said = args;

  if (said->approved.value > mileage->claimed.value)
    return dsp_refuse (error, DSP_RULE_INVALID, _("%.1f km would be approved, and %.1f km are claimed"), KM (said->approved.value),
                       KM (mileage->claimed.value));
  mileage->approved = said->approved;
  decide (work, mileage, said->reason);
  dsp_statement_add_mileage (work, mileage);
  return TRUE;
}

static gboolean
refuse (DspWork      *work,
        gpointer      record,
        gconstpointer args,
        GError      **error)
{
  decide (work, record, ((const DspReason *) args)->reason);
  return TRUE;
}

/* clang-format off */
static const DspField adjust_fields[] = {
  DSP_INT  (DspMileageAdjust, approved, N_("Approved (km)"), .decimals = 3, .flags = DSP_REQUIRED, .min = 0, .max = 2000000),
  DSP_TEXT (DspMileageAdjust, reason,   N_("Reason"), .flags = DSP_REQUIRED | DSP_LONG | DSP_WHY, .max = 400),
};
static const DspTable adjust_args = DSP_TABLE (DspMileageAdjust, adjust_fields, "mileage_adjust");

static const DspField measure_fields[] = {
  DSP_DATE (DspMileageMeasure, day,         N_("Day"), .flags = DSP_REQUIRED),
  DSP_ID   (DspMileageMeasure, order_id,    &dsp_order, N_("Order")),
  DSP_INT  (DspMileageMeasure, proposed,    N_("Proposed (km)"), .decimals = 3, .flags = DSP_REQUIRED, .min = 0, .max = 2000000),
  DSP_WORD (DspMileageMeasure, proposed_by, DspDistance, N_("Proposed by"), .flags = DSP_REQUIRED),
};
static const DspTable measure_args = DSP_TABLE (DspMileageMeasure, measure_fields, "mileage_measure");

static const DspField reject_fields[] = {
  DSP_TEXT (DspReason, reason, N_("Reason"), .flags = DSP_REQUIRED | DSP_LONG | DSP_WHY, .max = 400),
};
static const DspTable reject_args = DSP_TABLE (DspReason, reject_fields, "mileage_reject");

#define M(state) DSP_BIT (DSP_MILEAGE_##state)
#define MANY_STEP (DSP_COMMAND_MANY | DSP_COMMAND_STEP)
const DspCommand dsp_mileage_create =
  { "mileage.create",  N_("Claim kilometres"), N_("Kilometres claimed"), &dsp_mileage, &dsp_mileage.table, 0, M (CAPTURED), DSP_COMMAND_PUTS | DSP_COMMAND_CREATES, put };
const DspCommand dsp_mileage_change =
  { "mileage.change",  N_("Change claim"), N_("Claim changed"), &dsp_mileage, &dsp_mileage.table, M (CAPTURED) | M (REJECTED), M (CAPTURED), DSP_COMMAND_PUTS, put };
const DspCommand dsp_mileage_delete =
  { "mileage.delete",  N_("Delete claim"), N_("Claim deleted"), &dsp_mileage, NULL, M (CAPTURED) | M (REJECTED), 0, DSP_COMMAND_DELETES, NULL };
const DspCommand dsp_mileage_submit =
  { "mileage.submit",  N_("Submit kilometres"), N_("Kilometres submitted"), &dsp_mileage, NULL, M (CAPTURED), M (SUBMITTED), MANY_STEP, submit };
const DspCommand dsp_mileage_approve =
  { "mileage.approve", N_("Approve kilometres"), N_("Kilometres approved"), &dsp_mileage, NULL, M (SUBMITTED), M (APPROVED), MANY_STEP, approve };
const DspCommand dsp_mileage_adjust =
  { "mileage.adjust",  N_("Adjust kilometres"), N_("Kilometres adjusted"), &dsp_mileage, &adjust_args, M (SUBMITTED), M (ADJUSTED), MANY_STEP, adjust };
const DspCommand dsp_mileage_reject =
  { "mileage.reject",  N_("Refuse kilometres"), N_("Kilometres refused"), &dsp_mileage, &reject_args, M (SUBMITTED), M (REJECTED), MANY_STEP, refuse };
const DspCommand dsp_mileage_measure =
  { "mileage.measure", N_("Measure kilometres"), N_("Kilometres measured by road"), &dsp_mileage, &measure_args, M (CAPTURED) | M (SUBMITTED), M (CAPTURED) | M (SUBMITTED), DSP_COMMAND_STEP | DSP_COMMAND_SERVER, measure };
/* clang-format on */
