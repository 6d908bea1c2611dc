/* dsp-bookable.c: what can be booked for an order, as far as this computer knows
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-bookable"

#include "config.h"
#include "dsp-bookable.h"

struct _DspBookable
{
  DspOffice    *office; /* (owned) */
  DspPolicyCase c;
  GArray       *taken;  /* (owned) (nullable): of gint64: when the visits that hold a place begin, sorted */
  bool          all;    /* every order is here */
};

const DspPolicy *
dsp_bookable_policy (DspOffice      *office,
                     const DspOrder *order)
{
  GPtrArray *policies = (GPtrArray *) dsp_office_records (office, &dsp_policy);

  return order != NULL ? dsp_most_specific (&dsp_policy, policies, order->group, order->type, NULL, NULL, NULL) : NULL;
}

static int
compare_times (gconstpointer a,
               gconstpointer b)
{
  gint64 one = *(const gint64 *) a, other = *(const gint64 *) b;

  return one < other ? -1 : one > other;
}

/* By the policy of the case, which may be a copy that somebody is changing. */
static bool
is_ruled (DspBookable    *self,
          const DspOrder *order)
{
  const DspPolicy *policy = dsp_bookable_policy (self->office, order);

  return policy != NULL && self->c.policy != NULL && dsp_id_equal (&policy->id, &self->c.policy->id);
}

/* Of a row, what dsp_order_waits_between() asks for is in the index: the states are in the filter. */
static void
look_for_taken (DspBookable *self)
{
  static const gsize columns[] = { offsetof (DspOrder, municipality), offsetof (DspOrder, group), offsetof (DspOrder, type) };
  const DspField *attention = dsp_table_at (&dsp_order.table, offsetof (DspOrder, attention_at));
  DspReplica *replica = dsp_office_get_replica (self->office);
  DspOrderIndex *index = dsp_replica_get_index (replica);
  g_autoptr(DspFilter) filter = dsp_filter_new (&dsp_order);
  g_autoptr(DspOrderResult) result = NULL;
  DspOrderQuery query = { .filter = filter };

  self->taken = g_array_new (FALSE, FALSE, sizeof (gint64));
  dsp_filter_set (filter, "status", "unassigned,assigned,in_progress", NULL);
  dsp_office_get_clock (self->office, &query.clock);
  result = dsp_replica_query_now (replica, &query, 0);
  for (guint i = 0; result != NULL && i < result->n_rows; i++)
    {
      guint32 row = result->rows[i];
      gint64 at_us = dsp_order_index_time (index, attention, row);
      DspOrder seen = { 0 };

      if (at_us < self->c.now_us - G_TIME_SPAN_DAY || dsp_id_equal (dsp_order_index_id (index, row), &self->c.order->id))
        continue;
      for (guint k = 0; k < G_N_ELEMENTS (columns); k++)
        {
          const DspField *field = dsp_table_at (&dsp_order.table, columns[k]);

          *dsp_field_text (field, &seen) = (char *) dsp_order_index_text (index, field, row);
        }
      if (g_strcmp0 (seen.municipality, self->c.order->municipality) == 0 &&
          is_ruled (self, &seen))
        g_array_append_val (self->taken, at_us);
    }
  g_array_sort (self->taken, compare_times);
  self->all = !(result != NULL && result->loading) &&
              dsp_actor_sees_all (dsp_replica_get_actor (replica), self->c.now_us);
}

/* How many begin before. */
static guint
before (GArray *times,
        gint64  at_us)
{
  guint low = 0, high = times->len;

  while (low < high)
    {
      guint middle = low + (high - low) / 2;

      if (g_array_index (times, gint64, middle) < at_us)
        low = middle + 1;
      else
        high = middle;
    }
  return low;
}

static gint64
places_taken (const DspSlot *slot,
              gint64         from_us,
              gint64         until_us,
              gint64         limit,
              gpointer       user_data)
{
  DspBookable *self = user_data;
  gint64 taken;

  if (self->taken == NULL)
    look_for_taken (self);
  taken = before (self->taken, until_us) - before (self->taken, from_us);
  return self->all || taken >= limit ? taken : -1;
}

DspBookable *
dsp_bookable_new (DspOffice       *office,
                  const DspOrder  *order,
                  const DspPolicy *policy)
{
  DspBookable *self = g_new0 (DspBookable, 1);
  DspReplica *replica = dsp_office_get_replica (office);
  DspId settings = dsp_office_settings_id ();
  const GPtrArray *holidays = dsp_office_records (office, &dsp_holiday);
  const DspActor *actor = dsp_replica_get_actor (replica);

  self->office = g_object_ref (office);
  self->c = (DspPolicyCase) {
    .policy = policy, .order = order, .now_us = g_get_real_time (),
    .slots = (GPtrArray *) dsp_office_records (office, &dsp_slot),
    .closures = (GPtrArray *) dsp_office_records (office, &dsp_zone_closure),
    .holidays = (GPtrArray *) holidays,
    .calendar = dsp_calendar_new (dsp_office_get (office, &dsp_office_settings, &settings)),
    .taken = order != NULL ? places_taken : NULL, .user_data = self,
  };
  self->c.beyond = order != NULL && actor != NULL &&
                   dsp_authz (actor, DSP_MAY_RESCHEDULE_BEYOND, &order->scope, self->c.now_us) == DSP_AUTHZ_ALLOW;
  for (guint i = 0; i < holidays->len; i++)
    dsp_calendar_add_holiday (self->c.calendar, holidays->pdata[i]);
  return self;
}

void
dsp_bookable_free (DspBookable *self)
{
  if (self == NULL)
    return;
  dsp_calendar_free (self->c.calendar);
  g_clear_pointer (&self->taken, g_array_unref);
  g_object_unref (self->office);
  g_free (self);
}

void
dsp_bookable_set_reason (DspBookable *self,
                         const char  *code)
{
  const GPtrArray *reasons = dsp_office_records (self->office, &dsp_reason_code);

  self->c.reason = NULL;
  for (guint i = 0; code != NULL && i < reasons->len; i++)
    if (g_strcmp0 (((const DspReasonCode *) reasons->pdata[i])->code, code) == 0)
      self->c.reason = reasons->pdata[i];
}

const DspPolicyCase *
dsp_bookable_case (DspBookable *self)
{
  return &self->c;
}
