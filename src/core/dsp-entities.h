/* dsp-entities.h: the records of the dispatch office
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The struct is what the code reads; the table of each, in the .c file of its name, is what everything is derived from.
 */
#pragma once

#include "dsp-catalogue.h"
#include "dsp-penalty.h"
#include "dsp-statement.h"

G_BEGIN_DECLS

/* ---- dsp-order.c ---- */

typedef enum {
  DSP_ORDER_NONE,
  DSP_ORDER_UNASSIGNED,
  DSP_ORDER_ASSIGNED,
  DSP_ORDER_IN_PROGRESS,
  DSP_ORDER_TO_RESCHEDULE,
  DSP_ORDER_CLOSED,
  DSP_ORDER_CANCELLED,
  DSP_ORDER_REJECTED,
  DSP_ORDER_ANNULLED,
  DSP_N_ORDER_STATUSES
} DspOrderStatus;
extern const DspWords DspOrderStatus_words;

#define DSP_ORDER_OPEN (DSP_BIT (DSP_ORDER_UNASSIGNED) | DSP_BIT (DSP_ORDER_ASSIGNED) | \
                        DSP_BIT (DSP_ORDER_IN_PROGRESS) | DSP_BIT (DSP_ORDER_TO_RESCHEDULE))

typedef struct {
  DSP_RECORD_MEMBERS;
  char          *number;        /* número de solicitud */
  char          *account;
  char          *group;
  char          *type;
  char          *subtype;
  DspTime        created_at;
  DspTime        attention_at;
  DspTime        penalty_at;
  char          *state;         /* federal entity */
  char          *municipality;
  char          *neighbourhood;
  char          *postal_code;
  DspInt         priority;      /* 1 (highest) to 5 */
  DspId          crew_id;
  DspOrderStatus status;
  char          *contact_name;
  char          *phone;
  char          *parent;        /* number of the order that this one follows from */
  DspId          distributor_id;
  DspId          customer_id;
  char          *street;
  char          *exterior;
  char          *interior;
  char          *between;
  char          *directions;    /* references to find the place */
  DspInt         lat_e7;
  DspInt         lon_e7;
  char          *description;
  DspTime        assigned_at;
  DspTime        closed_at;     /* real attention time */
  char          *resolution;
  char          *observation;
  char          *city;
  DspTime        attention_until; /* end of the booked slot, which begins at attention_at */
  DspInt         visit;           /* its place in the crew's day; none: by appointment */
  DspInt         limit_minutes;   /* of its clock, from creation to penalty; none: it has no clock */
  DspCounts      counts;          /* what that clock counts */
  DspTime        stopped_at;      /* the clock stands since then; none: it runs */
  DspTime        penalized_at;    /* the penalty date that had passed when a process moved or ended the clock: it stays
                                     penalized, until a verdict lifts it */
  DspYesNo       excused;         /* by a supervisor's verdict */
  DspMoney       penalty;         /* what missing the penalty date costs */
  DspInt         reschedules;     /* how many times it has been rescheduled */
  char          *reason;          /* code of the reason by which it came into its present status */
  DspTime        started_at;
  DspTime        followed_at;     /* the newest follow-up */
  GStrv          solutions;       /* codes */
  GStrv          equipment;       /* a line each: dsp_equipment_line_parse() */
  GStrv          checklist;       /* answers, in the order of the type's questions: "yes" or "no" */
  DspId          signature_id;    /* an attachment */
  DspInt         attended_lat_e7; /* where it was begun, then where it was done */
  DspInt         attended_lon_e7;
} DspOrder;
extern const DspEntity dsp_order;
DSP_DEFINE_RECORD (DspOrder, dsp_order, dsp_order)

bool dsp_order_is_open      (const DspOrder *order);
bool dsp_order_is_penalized (const DspOrder *order, gint64 now_us);
gint64 dsp_order_penalized_from (const DspOrder *order);

typedef struct {
  DSP_RECORD_MEMBERS;
  char *account;
  char *name;
  char *phone;
  char *phone2;
  char *email;
  char *notes;
} DspCustomer;
extern const DspEntity dsp_customer;
DSP_DEFINE_RECORD (DspCustomer, dsp_customer, dsp_customer)

/* ---- dsp-crew.c ---- */

typedef struct {
  DSP_RECORD_MEMBERS;
  char    *code;
  char    *name;
  DspId    distributor_id;
  char    *phone;
  char    *vehicle;
  GStrv    skills;       /* types of order it may do; none: all */
  GStrv    zone;         /* postal codes (03100), prefixes (031*), ranges (03100-03199) or municipalities; none: anywhere */
  DspInt   home_lat_e7;
  DspInt   home_lon_e7;
  DspInt   capacity;     /* orders a day */
  DspInt   starts;       /* working hours: minutes after local midnight */
  DspInt   ends;
  GStrv    days_off;     /* "1".."7" for weekdays (Monday is 1), or days as YYYY-MM-DD */
  DspYesNo retired;
} DspCrew;
extern const DspEntity dsp_crew;
DSP_DEFINE_RECORD (DspCrew, dsp_crew, dsp_crew)

typedef struct {
  DSP_RECORD_MEMBERS;
  char    *code;
  char    *name;
  DspId    distributor_id;
  char    *phone;
  DspYesNo retired;
} DspTechnician;
extern const DspEntity dsp_technician;
DSP_DEFINE_RECORD (DspTechnician, dsp_technician, dsp_technician)

/* Who is in a crew, from a day until a day (inclusive; none: still). */
typedef struct {
  DSP_RECORD_MEMBERS;
  DspId   crew_id;
  DspId   technician_id;
  DspId   distributor_id; /* the crew's */
  DspDate from;
  DspDate until;
} DspMembership;
extern const DspEntity dsp_membership;
DSP_DEFINE_RECORD (DspMembership, dsp_membership, dsp_membership)

/* Who of a crew came that morning, and with which vehicle. One a crew and day: dsp_roll_call_id(). */
typedef struct {
  DSP_RECORD_MEMBERS;
  DspId   crew_id;
  DspId   distributor_id; /* the crew's */
  DspDate day;
  GStrv   present;        /* codes of technicians; who stands in for whom: dsp-crew-day.h */
  GStrv   absent;
  char   *vehicle;
  char   *note;
} DspRollCall;
extern const DspEntity dsp_roll_call;
DSP_DEFINE_RECORD (DspRollCall, dsp_roll_call, dsp_roll_call)

DspId dsp_roll_call_id (const DspId *crew_id, DspDate day);

/* ---- dsp-contractor.c ---- */

typedef struct {
  DSP_RECORD_MEMBERS;
  char    *code;
  char    *name;
  DspId    master_id;
  char    *tax_id;
  char    *address;
  char    *contact;
  char    *phone;
  char    *email;
  GStrv    zone;          /* as DspCrew.zone: what it serves */
  char    *bank;
  char    *bank_account;  /* CLABE */
  char    *tax_regime;    /* by which taxes are withheld (DspTaxRule.regime) */
  char    *postal_code;   /* of its tax domicile */
  DspYesNo retired;
} DspDistributor;
extern const DspEntity dsp_distributor;
DSP_DEFINE_RECORD (DspDistributor, dsp_distributor, dsp_distributor)

typedef struct {
  DSP_RECORD_MEMBERS;
  char    *code;
  char    *name;
  char    *tax_id;
  char    *address;
  char    *contact;
  char    *phone;
  char    *email;
  DspYesNo retired;
} DspMaster;
extern const DspEntity dsp_master;
DSP_DEFINE_RECORD (DspMaster, dsp_master, dsp_master)

/* ---- dsp-user.c ---- */

typedef struct {
  DSP_RECORD_MEMBERS;
  char    *name;      /* ID de Usuario */
  char    *full_name;
  char    *email;
  DspYesNo disabled;
} DspUser;
extern const DspEntity dsp_user;
DSP_DEFINE_RECORD (DspUser, dsp_user, dsp_user)

typedef struct {
  DSP_RECORD_MEMBERS;
  char *name;         /* dispatcher, distributor, … */
  char *label;
  GStrv permissions;  /* command and module words (dsp-permission.h); "*" is all */
} DspProfile;
extern const DspEntity dsp_profile;
DSP_DEFINE_RECORD (DspProfile, dsp_profile, dsp_profile)

/* A user has a profile over a scope. */
typedef struct {
  DSP_RECORD_MEMBERS;
  DspId   user_id;
  DspId   profile_id;
  DspId   over;       /* dsp_scope_all, a master's or a distributor's id */
  DspTime until;
} DspGrant;
extern const DspEntity dsp_grant;
DSP_DEFINE_RECORD (DspGrant, dsp_grant, dsp_grant)

/* ---- dsp-place.c ---- */

typedef enum {
  DSP_PLACE_NONE,
  DSP_PLACE_POLYGON,      /* interior point of the code's own boundary */
  DSP_PLACE_COLONIA,
  DSP_PLACE_GEONAMES,     /* this and what follows is approximate, and shown so */
  DSP_PLACE_MUNICIPALITY,
  DSP_PLACE_OFFICE,       /* set by the office */
  DSP_N_PLACE_SOURCES
} DspPlaceSource;
extern const DspWords DspPlaceSource_words;

typedef struct {
  DSP_RECORD_MEMBERS;
  char          *code;
  char          *state;
  char          *state_code;
  char          *municipality;
  char          *municipality_code;
  char          *city;
  DspInt         lat_e7;
  DspInt         lon_e7;
  DspPlaceSource source;
} DspPostalCode;
extern const DspEntity dsp_postal_code;
DSP_DEFINE_RECORD (DspPostalCode, dsp_postal_code, dsp_postal_code)

bool dsp_postal_code_is_valid (const char *code);
bool dsp_zone_covers          (const char *const *zone, const char *postal_code, const char *municipality);
/* One item of a zone: 03100, 031*, 03100-03199, or a name. */
bool dsp_zone_item_is_valid   (const char *item);

typedef struct {
  DSP_RECORD_MEMBERS;
  char *postal_code;
  char *key;          /* id_asenta_cpcons: unique within the postal code */
  char *name;
  char *kind;         /* Colonia, Pueblo … */
  char *zone;         /* Urbano, Rural */
} DspSettlement;
extern const DspEntity dsp_settlement;
DSP_DEFINE_RECORD (DspSettlement, dsp_settlement, dsp_settlement)

/* The boundary of a postal code. The packed geometry itself travels once, by its hash. */
typedef struct {
  DSP_RECORD_MEMBERS;
  char  *code;
  char  *geometry;    /* lower-case hex of the first 16 bytes of the packed geometry's SHA-256 */
  DspInt south, west, north, east; /* 1e-7 degrees */
  DspInt lat_e7, lon_e7;           /* a point inside */
  char  *source;
} DspArea;
extern const DspEntity dsp_area;
DSP_DEFINE_RECORD (DspArea, dsp_area, dsp_area)

/* ---- dsp-saved-filter.c ---- */

typedef struct {
  DSP_RECORD_MEMBERS;
  char    *name;
  DspId    owner_id;
  char    *module;    /* which list it is for: "order" */
  char    *query;     /* as dsp_filter_print() writes it */
  DspYesNo shared;    /* with the office */
} DspSavedFilter;
extern const DspEntity dsp_saved_filter;
DSP_DEFINE_RECORD (DspSavedFilter, dsp_saved_filter, dsp_saved_filter)

/* ---- dsp-history.c: a table, but never sent by the feed: fetched when a record is opened ---- */

typedef struct {
  DSP_RECORD_MEMBERS;         /* id: of the entry; scope: of the record that it is about */
  DspInt   seq;               /* of the log */
  char    *entity;
  DspId    record_id;
  char    *command;
  DspId    user_id;
  char    *user_name;
  DspTime  at;                /* the server's clock: it orders */
  DspTime  given_at;          /* the client's clock: information */
  char    *from_state;
  char    *to_state;
  char    *changes;           /* JSON: {"field":["before","after"],…} */
  char    *reason;
} DspHistory;
extern const DspEntity dsp_history;
DSP_DEFINE_RECORD (DspHistory, dsp_history, dsp_history)

G_END_DECLS
