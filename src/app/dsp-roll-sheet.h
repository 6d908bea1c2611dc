/* dsp-roll-sheet.h: this morning's roll call of all crews, as lines that a list shows
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is toggled stays here until its crew is saved: one command a crew, which works without network as any other.
 * Signals of the sheet: "changed" (states, counts), "refused" (const char *crew, const char *sentence). Of a line: "changed".
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

/* A crew's head, or one of its members below it. */
#define DSP_TYPE_ROLL_LINE (dsp_roll_line_get_type ())
G_DECLARE_FINAL_TYPE (DspRollLine, dsp_roll_line, DSP, ROLL_LINE, GObject)

#define DSP_TYPE_ROLL_SHEET (dsp_roll_sheet_get_type ())
G_DECLARE_FINAL_TYPE (DspRollSheet, dsp_roll_sheet, DSP, ROLL_SHEET, GObject)

typedef struct {
  DspId    crew_id;
  GArray  *members;  /* (owned) of DspCrewDayLine */
  bool     called;   /* as far as the records say */
  bool     changed;  /* and not saved */
  char    *vehicle;  /* (owned) (nullable) */
  char    *note;     /* (owned) (nullable) */
} DspRollCrew;

typedef struct { guint n_crews, n_called, n_changed, n_absent, n_replaced, n_empty; } DspRollCounts; /* n_empty: crews without members */

DspRollSheet         *dsp_roll_sheet_new        (DspOffice *office);
GListModel           *dsp_roll_sheet_get_lines  (DspRollSheet *self); /* (transfer none) of DspRollLine */
void                  dsp_roll_sheet_get_counts (DspRollSheet *self, DspRollCounts *counts);
void                  dsp_roll_sheet_search     (DspRollSheet *self, const char *text); /* crews and members with these words */

const DspRollCrew    *dsp_roll_sheet_get_crew   (DspRollSheet *self, DspRollLine *line);
const DspCrewDayLine *dsp_roll_sheet_get_member (DspRollSheet *self, DspRollLine *line); /* (nullable): a head */
/* Who could stand in for somebody of that crew: (transfer container) of DspTechnician, lent until "changed". */
GPtrArray            *dsp_roll_sheet_list_stand_ins (DspRollSheet *self, DspRollLine *line);

/* Of a member: came or did not come; of a head: all of them. */
void                  dsp_roll_sheet_toggle     (DspRollSheet *self, DspRollLine *line);
void                  dsp_roll_sheet_replace    (DspRollSheet *self, DspRollLine *line, const DspId *technician_id); /* none: nobody */
void                  dsp_roll_sheet_set_vehicle (DspRollSheet *self, DspRollLine *line, const char *vehicle);
void                  dsp_roll_sheet_set_note   (DspRollSheet *self, DspRollLine *line, const char *note);

void                  dsp_roll_sheet_save       (DspRollSheet *self, DspRollLine *line);
/* All that was changed; with @rest also those that nobody called yet: who was not marked is present. */
void                  dsp_roll_sheet_save_all   (DspRollSheet *self, gboolean rest);

G_END_DECLS
