/* dsp-line-facts.h: what one line of the statement stands on, and what was said about it
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"
#include "dsp-statement.h"

G_BEGIN_DECLS

#define DSP_TYPE_LINE_FACTS (dsp_line_facts_get_type ())
G_DECLARE_FINAL_TYPE (DspLineFacts, dsp_line_facts, DSP, LINE_FACTS, GtkWidget)

/* @linked: with a button to the pre-invoice that holds the line. */
GtkWidget *dsp_line_facts_new  (DspOffice *office, bool linked);
/* Shows @lines (of DspStatementLine): one with its evidence, of many how many they are and what they come to. */
void       dsp_line_facts_show (DspLineFacts *self, GPtrArray *lines);

/* What may be done to chosen lines, by profile and state: a DspActionBar. */
GtkWidget *dsp_line_actions_new (DspOffice *office);

G_END_DECLS
