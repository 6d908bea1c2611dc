/* dsp-rule.h: why a command is refused
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Each has a word on the wire (dsp_rule_word()) and a sentence on the screen. */
typedef enum {
  DSP_RULE_INVALID,       /* a value that cannot be: names the field and the value */
  DSP_RULE_REQUIRED,      /* a value is missing */
  DSP_RULE_NO_SUCH_RECORD,/* none, or outside of the actor's scope: the same answer */
  DSP_RULE_FORBIDDEN,     /* the profile does not allow this command */
  DSP_RULE_STATE,         /* not from the present state */
  DSP_RULE_CHANGED,       /* legal, but somebody changed what this command was based on: crew, appointment */
  DSP_RULE_CREW_RETIRED,
  DSP_RULE_CREW_SCOPE,    /* the crew belongs to a distributor out of the actor's scope */
  DSP_RULE_SAME_CREW,     /* it is there already */
  DSP_RULE_CREW_BUSY,     /* a crew with open orders is not retired */
  DSP_RULE_DUPLICATE,     /* a business key that another record has */
  DSP_RULE_ID_TAKEN,      /* create with an id that exists with other content */
  DSP_RULE_GONE,          /* the record was deleted */
  DSP_RULE_REASON,        /* this step needs a reason */
  DSP_RULE_UPGRADE,       /* from a newer program: not a refusal for good */
  DSP_RULE_OVERLAP,       /* dates that overlap with an earlier record's */
  DSP_RULE_PAST,          /* a date that has passed */
  /* Sentences of the rescheduling policy (dsp-policy.h): */
  DSP_RULE_RESCHEDULE_COUNT, /* it was rescheduled as often as it may be; a supervisor may go on */
  DSP_RULE_TOO_EARLY,     /* before the earliest day */
  DSP_RULE_TOO_LATE,      /* after the latest */
  DSP_RULE_NOTICE,        /* too near */
  DSP_RULE_HOLIDAY,       /* the office does not work that day */
  DSP_RULE_ZONE_CLOSED,   /* a dispatcher closed the zone for that day */
  DSP_RULE_NO_SLOT,       /* not within a slot */
  DSP_RULE_SLOT_FULL,     /* no place left */
  DSP_RULE_QUOTA,         /* the files of the order's distributor would be more than the office allows */
  DSP_N_RULES
} DspRule;

#define DSP_RULE_ERROR (dsp_rule_error_quark ())
GQuark      dsp_rule_error_quark (void);
const char *dsp_rule_word        (DspRule rule);
DspRule     dsp_rule_from_word   (const char *word);
gboolean    dsp_refuse           (GError **error, DspRule rule, const char *format, ...) G_GNUC_PRINTF (3, 4);

G_END_DECLS
