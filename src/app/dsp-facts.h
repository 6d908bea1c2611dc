/* dsp-facts.h: lines of facts, each a name with its value under it
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"

G_BEGIN_DECLS

void       dsp_facts_clear     (GtkWidget *box);
/* Wraps, and begins at the left. @css_class: (nullable) */
GtkWidget *dsp_facts_label     (const char *text, const char *css_class);
/* Nothing for a value that is empty or NULL. */
void       dsp_facts_add       (GtkWidget *box, const char *name, const char *value);
/* The field of @table at @offset, in words; a time in full where the pointer rests. */
void       dsp_facts_add_field (GtkWidget *box, DspOffice *office, const DspTable *table, gconstpointer record, gsize offset);
/* A heading over a box of lines, appended to @parent; returns the box. */
GtkWidget *dsp_facts_section   (GtkWidget *parent, const char *title);

G_END_DECLS
