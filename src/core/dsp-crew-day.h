/* dsp-crew-day.h: who was in a crew on a day, by its memberships and that morning's roll call
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A roll call keeps codes of technicians. Who is present without being a member of that day stands in for somebody: the
 * stand-ins are the last of "present", in the order of those for whom they stand, who are the first of "absent". Pure: any thread.
 */
#pragma once

#include "dsp-entities.h"

G_BEGIN_DECLS

typedef enum {
  DSP_ROLL_UNCALLED, /* nobody has said yet */
  DSP_ROLL_PRESENT,
  DSP_ROLL_ABSENT,
  DSP_ROLL_REPLACED, /* absent; another one came instead */
  DSP_ROLL_GUEST,    /* came, without being a member and instead of nobody */
  DSP_N_ROLL_STATES
} DspRollState;

typedef struct {
  const DspTechnician *technician; /* lent by the technicians given */
  const DspTechnician *stand_in;   /* (nullable): of a replaced one */
  DspRollState         state;
} DspCrewDayLine;

/* The members of that day by their code, then guests: (transfer full) of DspCrewDayLine. @call: (nullable): of that crew
 * and day. Codes of technicians that are not among @technicians are passed over. */
GArray  *dsp_crew_day_read  (const DspId *crew_id, DspDate day, const GPtrArray *memberships, const GPtrArray *technicians,
                             const DspRollCall *call) G_GNUC_WARN_UNUSED_RESULT;
/* The lists of a roll call from lines; who was not called is present. (out) (transfer full): NULL if empty. */
void     dsp_crew_day_write (GArray *lines, GStrv *present, GStrv *absent);
/* The names of who was there that day, ", " between: (transfer full). Not called: all members. */
char    *dsp_crew_day_names (GArray *lines) G_GNUC_WARN_UNUSED_RESULT;
/* Whether the roll was called and nobody answered. */
bool     dsp_roll_call_is_empty (const DspRollCall *call);

G_END_DECLS
