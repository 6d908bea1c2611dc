/* dsp-plan.h: what handing orders to a crew would mean
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every crew card answers before the drop, for one order or for thousands. The orders are summed up once; each crew is
 * then asked about the sum, so that the time of a drag does not grow with crews times orders. Pure: the clock, the
 * office's offset from UTC and the coordinates are arguments.
 */
#pragma once

#include "dsp-actor.h"
#include "dsp-catalogue.h"
#include "dsp-entities.h"

G_BEGIN_DECLS

/* A place on the globe as a unit vector; all zeroes: unknown. */
typedef struct { double x, y, z; } DspPlanPoint;

DspPlanPoint dsp_plan_point    (DspInt lat_e7, DspInt lon_e7);
bool         dsp_plan_is_known (const DspPlanPoint *point);
double       dsp_plan_km       (const DspPlanPoint *a, const DspPlanPoint *b); /* great circle; 0 if either is unknown */

/* One visit of a crew's day. */
typedef struct {
  DspPlanPoint at;
  gint64       attention_us; /* the appointment; 0: none */
  gint64       penalty_us;   /* 0: never penalized */
  guint        visit;        /* its place in the day as somebody put it (order.sequence), from 1; 0: nobody did */
} DspPlanStop;

typedef struct {
  gint64 now_us;
  gint64 offset_us; /* the office's local time minus UTC, today */
} DspPlanClock;

/* ---- the orders in the hand ---- */

typedef struct _DspPlanOrders DspPlanOrders;

DspPlanOrders *dsp_plan_orders_new  (void);
void           dsp_plan_orders_free (DspPlanOrders *orders);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspPlanOrders, dsp_plan_orders_free)

/* Before the first order is added: the zones that are closed (nullable, of DspZoneClosure). */
void           dsp_plan_orders_set_closures (DspPlanOrders *orders, const GPtrArray *closures, const DspPlanClock *clock);
/* @place: where it is, when the order itself has no coordinates (centre of its postal code); nullable. */
void           dsp_plan_orders_add  (DspPlanOrders *orders, const DspOrder *order, const DspPlanPoint *place);
guint          dsp_plan_orders_n    (const DspPlanOrders *orders);

/* ---- a crew's answer ---- */

/* Refusals: the command would be refused. */
typedef enum {
  DSP_PLAN_RETIRED  = 1 << 0,
  DSP_PLAN_SCOPE    = 1 << 1, /* the crew's distributor is not of the actor's */
  DSP_PLAN_FINAL    = 1 << 2, /* all orders are closed, cancelled, rejected or annulled */
  DSP_PLAN_ALL_HERE = 1 << 3, /* it has them all already */
} DspPlanError;

/* Warnings: can be overridden with a reason. */
typedef enum {
  DSP_PLAN_OVER_CAPACITY = 1 << 0,
  DSP_PLAN_OUTSIDE_ZONE  = 1 << 1,
  DSP_PLAN_SKILL_MISSING = 1 << 2,
  DSP_PLAN_OUTSIDE_HOURS = 1 << 3, /* an appointment outside of its working hours */
  DSP_PLAN_SAME_HOUR     = 1 << 4, /* two appointments in the same hour */
  DSP_PLAN_DAY_OFF       = 1 << 5, /* it does not work on the day of the visit */
  DSP_PLAN_ZONE_CLOSED   = 1 << 6, /* a place is closed on the day of the visit */
  DSP_PLAN_NOBODY_CAME   = 1 << 7, /* by this morning's roll call, and a visit is for today */
} DspPlanWarning;

typedef struct {
  guint       errors;         /* set of DspPlanError */
  guint       warnings;       /* set of DspPlanWarning */
  guint       n_new;          /* orders that it would take: the open ones that it does not have */
  guint       n_final;
  guint       n_outside_zone;
  guint       n_skill_missing;
  guint       n_closed;
  const char *closed;         /* why a zone is closed: the first reason; belongs to the sum */
  const char *skill;          /* the first type that is missing; belongs to the sum */
  guint       load;           /* after */
  guint       capacity;       /* 0: no limit said */
  gint        left;           /* capacity left after; negative: over. 0 without a capacity */
  bool        has_km;
  double      extra_km;       /* cheapest insertion into its route */
  gint64      late_us;        /* the worst: reached that long after its penalty date; 0: in time */
} DspPlanAnswer;

/* @stops: the crew's day in the order of visit. @actor: nullable, then scope is not judged. Threads: any, as long as the
 * arguments stay still. About 1 µs for each pair of stop and place. */
void dsp_plan_answer (const DspPlanOrders *orders,
                      const DspCrew       *crew,
                      const DspPlanStop   *stops,
                      guint                n_stops,
                      const DspActor      *actor,
                      const DspPlanClock  *clock,
                      DspPlanAnswer       *answer);

/* What this morning's roll call of the crew (nullable: not called) adds to its answer. */
void dsp_plan_hear_roll_call (const DspPlanOrders *orders,
                              const DspRollCall   *call,
                              const DspPlanClock  *clock,
                              DspPlanAnswer       *answer);

/* ---- a crew's day ---- */

/* The order of visit of @stops: (transfer full), @n_stops places in them. Those that somebody placed, by their place; one that
 * nobody placed comes before the first placed one with a later appointment, without an appointment after all; among
 * themselves by appointment, then by penalty. Each stop is there once; equal ones stay as they came. */
guint *dsp_plan_arrange (const DspPlanStop *stops, guint n_stops) G_GNUC_WARN_UNUSED_RESULT;

/* Arrival at each stop (@arrivals may be NULL), and returns the kilometres from home through all of them. A stop
 * of unknown place takes its time but no way. */
double dsp_plan_route (const DspCrew      *crew,
                       const DspPlanStop  *stops,
                       guint               n_stops,
                       const DspPlanClock *clock,
                       gint64             *arrivals);

/* Kilometres from the orders' middle to the crew: its nearest stop or its home. -1: unknown. */
double dsp_plan_distance (const DspPlanOrders *orders,
                          const DspCrew       *crew,
                          const DspPlanStop   *stops,
                          guint                n_stops);

G_END_DECLS
