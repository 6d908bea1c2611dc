/* dsp-action-bar.h: what may be done to the chosen records, in place
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each action is a command: it shows where the profile allows it and the records are in a state for it, and asks for what
 * the command's argument table asks for, in the bar itself. It works without the server.
 *
 * Signals:
 *   done (gboolean)  it was taken; FALSE: it was refused, or left: the keyboard goes back to where it came from
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

typedef struct {
  const DspCommand *command;
  const char       *style;   /* (nullable): a class for the button */
  const char       *confirm; /* (nullable): asked first, untranslated; for what takes something away */
  bool            (*fits) (DspOffice *office, GPtrArray *records); /* (nullable): what the command's states do not say */
} DspAction;

#define DSP_TYPE_ACTION_BAR (dsp_action_bar_get_type ())
G_DECLARE_FINAL_TYPE (DspActionBar, dsp_action_bar, DSP, ACTION_BAR, GtkWidget)

/* @actions: kept; all on records of one entity. @none: (nullable): what stands there when nothing can be done. */
GtkWidget *dsp_action_bar_new    (DspOffice *office, const DspAction *actions, guint n_actions, const char *none);

/* It is about @records (copied). What was being written about others is dropped, unless it is about the same ones. */
void       dsp_action_bar_set    (DspActionBar *self, GPtrArray *records);

/* Begins an action as if its button was pressed; FALSE: it may not be done now. */
gboolean   dsp_action_bar_begin  (DspActionBar *self, const DspCommand *command);

/* A widget at the end of the line of buttons. */
void       dsp_action_bar_append (DspActionBar *self, GtkWidget *widget);

G_END_DECLS
