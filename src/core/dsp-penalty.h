/* dsp-penalty.h: penalties, the rules they come from, and what is written down beside an order
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-catalogue.h"

G_BEGIN_DECLS

/* What a penalty rule watches. */
typedef enum {
  DSP_FAULT_NONE,
  DSP_FAULT_LATE_ATTENTION,
  DSP_FAULT_MISSED_SLOT,
  DSP_FAULT_NO_SHOW,
  DSP_FAULT_UNJUSTIFIED_REJECTION,
  DSP_FAULT_REPEAT_VISIT,
  DSP_FAULT_LATE_CLOSING,
  DSP_FAULT_FAILED_QUALITY,
  DSP_FAULT_EQUIPMENT_NOT_RETURNED,
  DSP_N_FAULTS
} DspFault;
extern const DspWords DspFault_words;

typedef struct {
  DSP_RECORD_MEMBERS;
  char    *code;
  char    *label;
  DspFault fault;
  char    *group;          /* none: every one; the most specific rule applies */
  char    *type;
  DspInt   grace_minutes;
  DspMoney amount;
  DspInt   percent;        /* of what the order pays, in hundredths of a percent; besides the amount */
  DspMoney cap;
  char    *evidence;       /* what a reviewer should look for */
  DspInt   repeat_days;    /* repeat visit: within so many days */
  DspInt   appeal_days;
  DspYesNo retired;
} DspPenaltyRule;
extern const DspEntity dsp_penalty_rule;
DSP_DEFINE_RECORD (DspPenaltyRule, dsp_penalty_rule, dsp_penalty_rule)

typedef enum {
  DSP_PENALTY_NONE,
  DSP_PENALTY_PENDING,     /* waits for a supervisor */
  DSP_PENALTY_CONFIRMED,
  DSP_PENALTY_WAIVED,
  DSP_PENALTY_TRANSFERRED, /* confirmed, and another distributor bears it */
  DSP_PENALTY_APPEALED,    /* the distributor's words wait for an answer */
  DSP_PENALTY_WITHDRAWN,   /* by the program: a real attention time in time came in afterwards */
  DSP_N_PENALTY_STATES
} DspPenaltyState;
extern const DspWords DspPenaltyState_words;

/* One broken rule of one order, and what became of it. Its scope is the distributor that bears it. */
typedef struct {
  DSP_RECORD_MEMBERS;
  char           *number;        /* the order's */
  DspId           order_id;
  DspId           distributor_id;/* who bears it */
  DspId           crew_id;       /* who had the order then */
  DspId           rule_id;
  DspFault        fault;
  DspPenaltyState state;
  DspTime         due_at;        /* when the rule was broken: the penalty date */
  DspTime         at;            /* when that was noticed */
  DspMoney        amount;
  char           *reason;        /* of the verdict */
  DspId           document_id;   /* an attachment */
  char           *reviewed_by;
  DspTime         reviewed_at;
  char           *appeal;
  DspTime         appeal_until;
  DspTime         appealed_at;
  char           *answer;
  DspTime         answered_at;
} DspPenalty;
extern const DspEntity dsp_penalty;
DSP_DEFINE_RECORD (DspPenalty, dsp_penalty, dsp_penalty)

/* A file that belongs to an order. Its bytes are kept once, by their hash, and fetched when it is opened. */
typedef struct {
  DSP_RECORD_MEMBERS;
  DspId  order_id;
  DspId  distributor_id; /* the order's, with which it moves */
  char  *name;           /* as the person's file was called: data only */
  char  *media_type;     /* by content */
  DspInt size;           /* bytes */
  char  *hash;           /* lower-case hex of the bytes' SHA-256 */
  char  *note;
} DspAttachment;
extern const DspEntity dsp_attachment;
DSP_DEFINE_RECORD (DspAttachment, dsp_attachment, dsp_attachment)
gboolean dsp_attachment_fits (const DspOfficeSettings *office, gint64 held, gint64 size, GError **error);

G_END_DECLS
