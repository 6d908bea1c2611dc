/* dsp-verdict-bar.h: what a supervisor decides about the chosen penalties
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each verdict is one row of a table: its command, its key, from which states it may be given, what it asks for.
 *
 * Signals:
 *   step    (int)       the next case (1) or the one before (-1) is wanted
 *   giving  ()          a verdict is being stored
 *   done    (gboolean)  it was taken; FALSE: it was refused, or left: the keyboard goes back to the queue
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

#define DSP_TYPE_VERDICT_BAR (dsp_verdict_bar_get_type ())
G_DECLARE_FINAL_TYPE (DspVerdictBar, dsp_verdict_bar, DSP, VERDICT_BAR, GtkWidget)

GtkWidget *dsp_verdict_bar_new  (DspOffice *office);

/* The verdicts are about @penalties (of DspPenalty, copied). What was being typed about others is dropped, unless it is
 * about the same ones. */
void       dsp_verdict_bar_set  (DspVerdictBar *self, GPtrArray *penalties);

/* C, E, T, A, J, K: returns whether the key is one of them and does something now. */
gboolean   dsp_verdict_bar_key  (DspVerdictBar *self, guint keyval);

G_END_DECLS
