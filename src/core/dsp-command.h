/* dsp-command.h: what people do to records
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A command is described once. The server's check and execution, the client's optimistic execution, the permission
 * matrix, the dialog's form, the menu's sensitivity, the history's wording and the API description come from here.
 */
#pragma once

#include "dsp-actor.h"
#include "dsp-calendar.h"
#include "dsp-entities.h"
#include "dsp-policy.h"
#include "dsp-rule.h"

G_BEGIN_DECLS

typedef struct _DspCommand DspCommand;
typedef struct _DspWork DspWork;

typedef enum {
  DSP_COMMAND_CREATES = 1 << 0, /* makes the record; it must not exist */
  DSP_COMMAND_PUTS    = 1 << 1, /* the arguments are the entity's own table: members that are given replace the record's.
                                   With CREATES and no apply: a plain creation; without: a plain change */
  DSP_COMMAND_DELETES = 1 << 2,
  DSP_COMMAND_MANY    = 1 << 3, /* may carry rows: [{id, base}] */
  DSP_COMMAND_STEP    = 1 << 4, /* a state step: legal from the present state, whatever "base" was. Others merge */
  DSP_COMMAND_IMPORT  = 1 << 5, /* only for imports: puts whether the record exists or not */
  DSP_COMMAND_UPSERTS = 1 << 6, /* puts whether the record exists or not, under an id that its key gives */
  DSP_COMMAND_SERVER  = 1 << 8, /* the server gives it to itself; from anybody else it is refused, whatever he may do */
  DSP_COMMAND_WHOLE   = 1 << 7, /* changes all that hangs on its record, be it thousands of others; one record a command */
} DspCommandFlags;

typedef gboolean (*DspApply) (DspWork      *work,
                              gpointer      record,
                              gconstpointer args,
                              GError      **error);

struct _DspCommand {
  const char      *name;    /* entity.verb, on the wire; for ever */
  const char      *label;   /* of the button */
  const char      *past;    /* of the history */
  const DspEntity *entity;
  const DspTable  *args;    /* nullable: no arguments */
  guint32          from;    /* set of states (DSP_BIT); 0: any */
  guint32          to;      /* a single state is set by the table; a wider set is verified */
  guint32          flags;   /* DspCommandFlags */
  DspApply         apply;   /* nullable with PUTS and DELETES */
};

/* All commands; ends with NULL. A command's place is also its bit in DspPermissions. */
extern const DspCommand *const dsp_commands[];

#define DSP_COMMAND_VERSION 1

const DspCommand *dsp_command_find   (const char *name);
guint             dsp_command_number (const DspCommand *command);

/* What is known about other records while a command is judged. A replica holds only a part of them. */
typedef enum {
  DSP_FACT_HERE,
  DSP_FACT_NONE,    /* there is no such record */
  DSP_FACT_UNKNOWN, /* not on this replica: no refusal; the server decides */
} DspFact;

typedef gboolean (*DspEach) (gconstpointer record, gpointer user_data); /* FALSE stops */
typedef gboolean (*DspEachBooking) (const DspBooking *booking, gpointer user_data);

/* Answers of whoever runs the work: the server's transaction, the replica, a hash table in a test. Same facts, same
 * result. Records that get() and find() give stay valid until the next call of any of them. The edits of one run must
 * be visible through the facts before the next run (written in the same transaction, say). */
typedef struct {
  DspFact (*get)  (gpointer data, const DspEntity *entity, const DspId *id, gconstpointer *record);
  /* By a DSP_UNIQUE text field, whatever its scope. */
  DspFact (*find) (gpointer data, const DspEntity *entity, const DspField *field, const char *text, gconstpointer *record);
  /* Each record whose DSP_INDEXED id field is @id; @field NULL: all of the entity. DSP_FACT_UNKNOWN: there may be more
   * than were given. */
  DspFact (*each) (gpointer data, const DspEntity *entity, const DspField *field, const DspId *id, DspEach each, gpointer user_data);
  /* (nullable: unknown). The same by a DSP_INDEXED text field. */
  DspFact (*each_text) (gpointer data, const DspEntity *entity, const DspField *field, const char *text, DspEach each, gpointer user_data);
  /* (nullable: unknown). Is there any record of the entity? */
  DspFact (*any)  (gpointer data, const DspEntity *entity);
  /* (nullable): the next public number of an entity, (transfer full). Only the server has it; elsewhere a provisional
   * label is shown. */
  char *  (*number) (gpointer data, const DspEntity *entity);
  /* (nullable: unknown). Each order of which dsp_order_waits_between() is true, whatever its scope. DSP_FACT_UNKNOWN:
   * nobody counts here. */
  DspFact (*booked) (gpointer data, gint64 from_us, gint64 until_us, DspEachBooking each, gpointer user_data);
  /* (nullable: each() of all its orders). Those of a crew that dsp_tour_visits() may name in a stretch of time; others may be among
   * them. */
  DspFact (*visits) (gpointer data, const DspId *crew_id, gint64 from_us, gint64 until_us, DspEach each, gpointer user_data);
  /* (nullable: unknown). The bytes of an attachment by their hash: their number, and what they are (static). */
  DspFact (*file) (gpointer data, const char *hash, gint64 *size, const char **media_type);
  /* (nullable: unknown). The bytes of all attachments of a scope. */
  DspFact (*held) (gpointer data, const DspId *scope, gint64 *bytes);
  gpointer data;
} DspFacts;

/* One record that a command changed. */
typedef struct {
  const DspEntity *entity;
  gpointer         before;  /* (owned) (nullable): none for a creation */
  gpointer         after;   /* (owned): with its new version and scope */
  guint64          mask;    /* which fields differ */
  bool             deleted;
} DspEdit;

DspWork    *dsp_work_new     (const DspFacts *facts, const DspActor *actor, gint64 now_us);
void        dsp_work_free    (DspWork *work);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspWork, dsp_work_free)

/* For whoever shows how far a long run is, and can stop it: called in the run's thread now and then, with how much of how much
 * was done. FALSE from it ends the run as one that was refused: nothing changed. @step NULL: nobody asks. */
typedef bool (*DspWorkStep) (guint done, guint all, gpointer user_data);
void        dsp_work_set_step (DspWork *work, DspWorkStep step, gpointer user_data);

/* Judges and applies one command to one record. On TRUE dsp_work_n_edits() tells what this run changed (nothing, for a
 * repeated creation with the same content). On FALSE nothing changed and @error is of DSP_RULE_ERROR. The work can be
 * used again for the next record: a run drops the edits of the one before. */
gboolean    dsp_work_run     (DspWork *work, const DspCommand *command, const DspId *id, gint64 base,
                              gconstpointer args, guint64 given, bool *merged, GError **error);
guint       dsp_work_n_edits (DspWork *work);
DspEdit    *dsp_work_edit_at (DspWork *work, guint i);

/* What the last run let pass, but whoever gave it should hear: none of them keeps it from being done. */
typedef struct {
  const char *code;    /* on the wire; for ever */
  char       *message; /* (owned): English; names the value */
} DspWarning;
guint             dsp_work_n_warnings (DspWork *work);
const DspWarning *dsp_work_warning_at (DspWork *work, guint i);

/* For apply functions. */
void            dsp_work_warn  (DspWork *work, const char *code, const char *format, ...) G_GNUC_PRINTF (3, 4);
const DspActor *dsp_work_actor (DspWork *work);
gint64          dsp_work_now   (DspWork *work);
guint64         dsp_work_given (DspWork *work);
gconstpointer   dsp_work_get   (DspWork *work, const DspEntity *entity, const DspId *id);
gboolean        dsp_work_need  (DspWork *work, const DspEntity *entity, const DspId *id, GError **error);
DspFact         dsp_work_find  (DspWork *work, const DspEntity *entity, gsize offset, const char *text, gconstpointer *record);
DspFact         dsp_work_each  (DspWork *work, const DspEntity *entity, gsize offset, const DspId *id, DspEach each, gpointer user_data);
DspFact         dsp_work_each_text (DspWork *work, const DspEntity *entity, gsize offset, const char *text, DspEach each, gpointer user_data);
DspFact         dsp_work_any   (DspWork *work, const DspEntity *entity);
DspFact         dsp_work_booked (DspWork *work, gint64 from_us, gint64 until_us, DspEachBooking each, gpointer user_data);
DspFact         dsp_work_visits (DspWork *work, const DspId *crew_id, gint64 from_us, gint64 until_us, DspEach each, gpointer user_data);
DspFact         dsp_work_file  (DspWork *work, const char *hash, gint64 *size, const char **media_type);
DspFact         dsp_work_held  (DspWork *work, const DspId *scope, gint64 *bytes);
/* Copies of all records of a catalogue, kept for the work's life, until a run changes one of them. */
GPtrArray      *dsp_work_all   (DspWork *work, const DspEntity *entity);
/* The office's, with its holidays; kept likewise. */
DspCalendar    *dsp_work_calendar (DspWork *work);
gpointer        dsp_work_edit  (DspWork *work, const DspEntity *entity, const DspId *id, GError **error);
gconstpointer   dsp_work_before (DspWork *work, const DspEntity *entity, const DspId *id);
char           *dsp_work_number (DspWork *work, const DspEntity *entity, const DspId *id);
bool            dsp_number_is_provisional (const char *number);
gpointer        dsp_work_create (DspWork *work, const DspEntity *entity, const DspId *id);
/* The run makes so many passes over the same records, the last one being the work's own check of each. */
void            dsp_work_set_passes (DspWork *work, guint n_passes);
/* In pass @pass, from 0, so many were looked at. FALSE: nobody wants it any more; @error says so. */
gboolean        dsp_work_pass   (DspWork *work, guint pass, guint done, guint all, GError **error);

/* "May this button?": permission, scope and state only; 10 ns. NULL error allowed. */
gboolean    dsp_command_may  (const DspCommand *command, const DspActor *actor, gconstpointer record, GError **error);

/* ---- the order's commands (dsp-order-commands.c) ---- */
typedef struct { DspId crew_id; char *reason; } DspAssign;            /* order.assign */
/* from_crew_id: the crew with which the person saw the order; refused as "changed" if it is another by now. None: any. */
typedef struct { DspId from_crew_id; char *reason; } DspUnassign;     /* order.unassign */
typedef struct { DspId from_crew_id; DspId crew_id; char *reason; } DspMove; /* order.move */
/* order.close. @rest: what is left becomes a child order. Lines of equipment: dsp_equipment_line_parse(). */
typedef struct {
  DspTime  closed_at;
  DspYesNo attended, satisfied;
  char    *resolution, *observation;
  GStrv    solutions, equipment, checklist;
  DspId    signature_id;
  DspInt   lat_e7, lon_e7;
  char    *rest;
} DspClose;
extern const DspCommand dsp_order_create, dsp_order_import, dsp_order_assign, dsp_order_unassign, dsp_order_move, dsp_order_close;
/* ---- its processes (dsp-order-processes.c, -reschedule.c, -close.c); "reason" is a code of DspReasonCode ---- */
typedef enum { DSP_ADDRESS_NONE, DSP_ADDRESS_WRONG, DSP_ADDRESS_MOVED, DSP_N_ADDRESS_CAUSES } DspAddressCause;
extern const DspWords DspAddressCause_words;
typedef enum { DSP_ASKED_NONE, DSP_ASKED_BY_CUSTOMER, DSP_ASKED_BY_COMPANY, DSP_ASKED_BY_TECHNICIAN, DSP_N_ASKED_BY } DspAskedBy;
extern const DspWords DspAskedBy_words;
typedef enum {
  DSP_EQUIPMENT_NONE, DSP_EQUIPMENT_INSTALLED, DSP_EQUIPMENT_RECOVERED, DSP_EQUIPMENT_NOT_APPLICABLE, DSP_N_EQUIPMENT_ACTIONS
} DspEquipmentAction;
extern const DspWords DspEquipmentAction_words;

typedef struct { char *group, *type, *subtype, *reason, *note; } DspRetype;
typedef struct { char *reason, *solved; } DspCancel;
typedef struct { char *reason, *note; DspId photo_id; } DspReject;
typedef struct { char *note; DspId distributor_id; } DspReturn;
typedef struct { DspId distributor_id; char *reason, *note; } DspTransfer;
typedef struct { DspTime started_at; DspInt lat_e7, lon_e7; } DspStart;
typedef struct { char *reason, *note; } DspReopen;
typedef struct { char *text; DspId attachment_id; } DspFollowUp;
typedef struct {
  DspAddressCause cause;
  char *street, *exterior, *interior, *between, *postal_code, *neighbourhood, *municipality, *city, *state, *directions, *phone;
  DspInt lat_e7, lon_e7;
} DspUpdateAddress;
typedef struct {
  DspTime attention_at, attention_until;
  char *reason;
  DspAskedBy asked_by;
  DspYesNo keep_crew;
  char *note;
} DspReschedule;
typedef struct { char *reason, *note; } DspNeedsReschedule;
extern const DspCommand dsp_order_retype, dsp_order_cancel, dsp_order_reject, dsp_order_return, dsp_order_transfer, dsp_order_start;
extern const DspCommand dsp_order_reopen, dsp_order_follow_up, dsp_order_update_address, dsp_order_reschedule;
extern const DspCommand dsp_order_needs_reschedule;

const DspOrderType *dsp_order_find_type (DspWork *work, const DspOrder *order);
gboolean dsp_equipment_line_parse (const char *line, DspEquipmentAction *action, char **model, char **serial);

/* The place of an order in its crew's day; none: by appointment again. */
typedef struct { DspId from_crew_id; DspInt visit; } DspSequence;      /* order.sequence */
extern const DspCommand dsp_order_sequence;
extern const DspCommand dsp_customer_put;

/* ---- the others (the .c file of their entity) ---- */
typedef struct { char *reason; } DspReason;
extern const DspCommand dsp_crew_create, dsp_crew_change, dsp_crew_retire, dsp_crew_restore;
extern const DspCommand dsp_technician_create, dsp_technician_change;
extern const DspCommand dsp_membership_create, dsp_membership_change, dsp_membership_delete;
extern const DspCommand dsp_distributor_create, dsp_distributor_change, dsp_master_create, dsp_master_change;
extern const DspCommand dsp_user_create, dsp_user_change, dsp_profile_create, dsp_profile_change;
extern const DspCommand dsp_grant_create, dsp_grant_delete;
extern const DspCommand dsp_postal_code_import, dsp_settlement_import, dsp_area_import;
extern const DspCommand dsp_saved_filter_create, dsp_saved_filter_change, dsp_saved_filter_delete;

/* ---- dsp-catalogue-commands.c ---- */
extern const DspCommand dsp_order_type_create, dsp_order_type_change, dsp_reason_code_create, dsp_reason_code_change;
extern const DspCommand dsp_solution_code_create, dsp_solution_code_change;
extern const DspCommand dsp_equipment_model_create, dsp_equipment_model_change;
extern const DspCommand dsp_policy_create, dsp_policy_change, dsp_slot_create, dsp_slot_change;
extern const DspCommand dsp_holiday_create, dsp_holiday_change, dsp_holiday_delete, dsp_office_settings_put;
extern const DspCommand dsp_zone_closure_create, dsp_zone_closure_delete;
extern const DspCommand dsp_penalty_rule_create, dsp_penalty_rule_change;
extern const DspCommand dsp_roll_call_put;

/* ---- dsp-attachment.c ---- */
extern const DspCommand dsp_attachment_create;
/* Is it a SHA-256 as 64 lower-case hexadecimal digits, and nothing else? */
bool dsp_attachment_is_hash (const char *hash);
/* Attachments are seen by whoever sees their order, which has another distributor now. */
void dsp_attachments_follow (DspWork *work, const DspOrder *order);

/* ---- dsp-penalty-commands.c ---- */
typedef enum { DSP_VERDICT_NONE, DSP_VERDICT_CONFIRM, DSP_VERDICT_WAIVE, DSP_N_VERDICTS } DspVerdict;
extern const DspWords DspVerdict_words;
typedef struct { char *reason; DspId document_id; } DspWaive;              /* penalty.waive; penalty.confirm: DspReason */
typedef struct { DspId distributor_id; char *reason; } DspPenaltyTransfer; /* penalty.transfer */
typedef struct { char *appeal; DspId document_id; } DspAppeal;             /* penalty.appeal */
typedef struct { DspVerdict verdict; char *answer; } DspAppealAnswer;      /* penalty.answer */
/* The clock's: the penalty date has passed. Makes the record of it; refused before that. */
extern const DspCommand dsp_order_penalize;
extern const DspCommand dsp_penalty_create, dsp_penalty_confirm, dsp_penalty_waive, dsp_penalty_transfer;
extern const DspCommand dsp_penalty_appeal, dsp_penalty_answer;

/* What is paid for all of this: dsp-money-commands.h. */

G_END_DECLS
