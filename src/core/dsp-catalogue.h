/* dsp-catalogue.h: what an office decides once, and its orders then follow
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Types of order, the words that processes choose from, the rescheduling policy with its slots, the office's calendar.
 * All are common: whoever has a profile has them on his replica, so that every rule runs without the network.
 */
#pragma once

#include "dsp-field.h"

G_BEGIN_DECLS

/* What a penalty clock counts. */
typedef enum {
  DSP_COUNTS_NONE,
  DSP_COUNTS_CALENDAR, /* every minute */
  DSP_COUNTS_WORKING,  /* minutes of the office's hours, not of holidays */
  DSP_N_COUNTS
} DspCounts;
extern const DspWords DspCounts_words;

/* One type of order: how long it may take, and what its closing asks for. The most specific one applies: group, type and
 * subtype, then group and type, then type alone, then one without any of them. */
typedef struct {
  DSP_RECORD_MEMBERS;
  char     *code;
  char     *group;
  char     *type;          /* none: every type */
  char     *subtype;
  DspInt    limit_minutes; /* from creation to the penalty date; none: no penalty */
  DspCounts counts;
  DspInt    solutions;     /* how many solution codes a closing must name, 0 to 3 */
  DspYesNo  equipment;     /* a closing must say what happened to the equipment */
  DspYesNo  position;      /* … where it was done */
  DspYesNo  signature;     /* … and carry the customer's signature */
  GStrv     checklist;     /* questions of quality, each answered yes or no */
  DspYesNo  retired;
} DspOrderType;
extern const DspEntity dsp_order_type;
DSP_DEFINE_RECORD (DspOrderType, dsp_order_type, dsp_order_type)

/* Which process a reason can be given for. */
typedef enum {
  DSP_PROCESS_NONE,
  DSP_PROCESS_RETYPE,
  DSP_PROCESS_CANCEL,
  DSP_PROCESS_REJECT,
  DSP_PROCESS_RESCHEDULE,  /* and needs_reschedule */
  DSP_PROCESS_TRANSFER,
  DSP_PROCESS_REOPEN,
  DSP_PROCESS_VERDICT,
  DSP_N_PROCESSES
} DspProcess;
extern const DspWords DspProcess_words;

/* S0-43: a rejection has a reason of one of three families. */
typedef enum {
  DSP_FAMILY_NONE,
  DSP_FAMILY_LOCATION,  /* it cannot be reached */
  DSP_FAMILY_PLACE,     /* its characteristics */
  DSP_FAMILY_HIGH_RISK,
  DSP_N_FAMILIES
} DspFamily;
extern const DspWords DspFamily_words;

typedef struct {
  DSP_RECORD_MEMBERS;
  char      *code;
  char      *label;
  DspProcess process;
  DspFamily  family;  /* rejections only */
  DspYesNo   against; /* it counts against the distributor: the penalty date stays */
  DspYesNo   retired;
} DspReasonCode;
extern const DspEntity dsp_reason_code;
DSP_DEFINE_RECORD (DspReasonCode, dsp_reason_code, dsp_reason_code)

typedef struct {
  DSP_RECORD_MEMBERS;
  char    *code;
  char    *label;
  GStrv    types;   /* types of order that it may close; none: all */
  DspYesNo retired;
} DspSolutionCode;
extern const DspEntity dsp_solution_code;
DSP_DEFINE_RECORD (DspSolutionCode, dsp_solution_code, dsp_solution_code)

typedef struct {
  DSP_RECORD_MEMBERS;
  char    *code;
  char    *label;
  DspYesNo serial;  /* each piece has a serial number */
  DspYesNo retired;
} DspEquipmentModel;
extern const DspEntity dsp_equipment_model;
DSP_DEFINE_RECORD (DspEquipmentModel, dsp_equipment_model, dsp_equipment_model)

/* When orders of a group and type may be rescheduled. The most specific one applies, as with DspOrderType. */
typedef struct {
  DSP_RECORD_MEMBERS;
  char    *code;
  char    *group;
  char    *type;
  DspInt   min_days;        /* the earliest day, counted from today */
  DspInt   max_days;        /* the latest */
  DspInt   notice_minutes;  /* at least so long before the booked slot */
  DspInt   max_reschedules; /* after so many a supervisor must */
  DspYesNo retired;
} DspPolicy;
extern const DspEntity dsp_policy;
DSP_DEFINE_RECORD (DspPolicy, dsp_policy, dsp_policy)

/* A part of the day in which a policy books visits, with its places in each zone (a municipality). */
typedef struct {
  DSP_RECORD_MEMBERS;
  DspId    policy_id;
  DspInt   starts;   /* minutes after local midnight */
  DspInt   ends;
  DspInt   places;   /* appointments in each zone and day; none: no limit */
  GStrv    weekdays; /* "1".."7", Monday is 1; none: every day */
  DspYesNo retired;
} DspSlot;
extern const DspEntity dsp_slot;
DSP_DEFINE_RECORD (DspSlot, dsp_slot, dsp_slot)

/* A day on which the office does not work; or, with @working, a computed holiday on which it does. */
typedef struct {
  DSP_RECORD_MEMBERS;
  char    *name;
  DspDate  day;
  DspYesNo working;
} DspHoliday;
extern const DspEntity dsp_holiday;
DSP_DEFINE_RECORD (DspHoliday, dsp_holiday, dsp_holiday)

/* The office itself: one record, dsp_office_settings_id(). Without it: dsp_office_defaults(). */
typedef struct {
  DSP_RECORD_MEMBERS;
  char    *name;
  char    *time_zone;        /* IANA name */
  DspInt   starts;           /* office hours, minutes after local midnight */
  DspInt   ends;
  GStrv    weekdays;         /* "1".."7" */
  DspYesNo federal_holidays; /* Mexico's, computed; no: only those that are listed */
  DspInt   risk_minutes;     /* an order is at risk when its penalty is nearer than this */
  char    *tax_id;           /* the company's, on what it pays */
  char    *address;
  DspInt   distance_factor;  /* percent of a straight line that a road is, about */
  DspInt   mileage_tolerance;/* percent by which a claim of kilometres may exceed the proposal unmarked */
  DspInt   night_starts;     /* minutes after local midnight: the night's bonus */
  DspInt   night_ends;
  DspInt   files_quota;      /* MB (2^20 bytes) that the attachments of one distributor's orders may come to */
  DspYesNo rescue;           /* cancel and reject first open a rescue case */
  char    *currency;         /* ISO 4217, of all amounts; none: MXN */
} DspOfficeSettings;
extern const DspEntity dsp_office_settings;
DSP_DEFINE_RECORD (DspOfficeSettings, dsp_office_settings, dsp_office_settings)

DspId dsp_office_settings_id (void);

/* Of @records of @entity (a DspOrderType, DspPolicy, DspPenaltyRule: it has group, type and retired, perhaps subtype) the
 * most specific one for such an order. Retired ones and those that @wanted (nullable) refuses are passed over. (transfer
 * none) (nullable) */
gconstpointer dsp_most_specific (const DspEntity *entity, GPtrArray *records, const char *group, const char *type,
                                 const char *subtype, gboolean (*wanted) (gconstpointer record, gpointer user_data),
                                 gpointer user_data);

/* A dispatcher closes postal codes or municipalities for some days: no visit is booked there. */
typedef struct {
  DSP_RECORD_MEMBERS;
  GStrv   zone;   /* as DspCrew.zone */
  DspDate from;
  DspDate until;  /* inclusive */
  char   *reason;
} DspZoneClosure;
extern const DspEntity dsp_zone_closure;
DSP_DEFINE_RECORD (DspZoneClosure, dsp_zone_closure, dsp_zone_closure)

/* Whether a visit to that place on that day is in the closed zone. The texts are nullable. */
bool dsp_zone_closure_covers (const DspZoneClosure *closure, DspDate day, const char *postal_code, const char *municipality);

G_END_DECLS
