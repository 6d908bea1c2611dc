/* dsp-assign.h: assigning, moving and returning orders, from whatever gesture
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tick and button, drag, and keyboard all end here: the crew answers, a warning asks for a reason, the command is given,
 * the outcome is told row by row where something was refused, and the gesture can be undone.
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

/* Unassigned orders of @rows are assigned to @crew, assigned ones moved. @parent: for dialogs. */
void     dsp_assign_to_crew (GtkWidget *parent, DspOffice *office, const DspCrew *crew, GtkBitset *rows);
/* Back to unassigned: the button "Reassign". */
void     dsp_assign_release (GtkWidget *parent, DspOffice *office, GtkBitset *rows);

/* The crew's day in this order of visit; only orders whose place changes get a command. */
void     dsp_assign_sequence (GtkWidget *parent, DspOffice *office, const DspId *crew_id, const guint32 *rows, guint n_rows);

/* Takes back the gesture called @gesture (the number that came with the office's "message"); 0: the last one. */
void     dsp_assign_undo     (GtkWidget *parent, DspOffice *office, gint64 gesture);
gboolean dsp_assign_can_undo (DspOffice *office);

/* A gesture of another kind that can be taken back as one: @group of the replica. Returns its number, for the office's "message". */
gint64   dsp_assign_remember (DspOffice *office, gint64 group);
/* It is taken back by whoever calls this. FALSE: it was already. */
gboolean dsp_assign_forget   (DspOffice *office, gint64 gesture);

/* What the buttons may do with these rows: one pass over the index. */
typedef struct {
  guint n_unassigned; /* can be assigned */
  guint n_with_crew;  /* can be moved or returned */
  guint n_other;
} DspAssignable;
void     dsp_assign_count (DspOffice *office, GtkBitset *rows, DspAssignable *count);

G_END_DECLS
