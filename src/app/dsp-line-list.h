/* dsp-line-list.h: lines of the statement in words, and their columns
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-record-list.h"
#include "dsp-statement.h"

G_BEGIN_DECLS

/* For rows of DspStatementLine. @wide: with the crew and the rate. */
void  dsp_line_columns_add (GtkColumnView *view, DspOffice *office, bool wide);

/* All (transfer full), never NULL. */
char *dsp_line_concept     (const DspStatementLine *line); /* "Service", "Night bonus" */
char *dsp_line_what        (const DspStatementLine *line); /* what it is for: "Reparación", "12.4 km × $4.50" */
char *dsp_line_amount      (const DspStatementLine *line); /* "" while it has none */
char *dsp_line_status      (const DspStatementLine *line); /* its state; or what stands in the way, or was asked */

/* A list of lines to choose from, in a scroller: the rows of @store (of DspRecordItem) and @selection are lent while it lives.
 * Activating a line opens its order. */
GtkWidget *dsp_line_view_new (DspOffice *office, bool wide, const char *name, GListStore **store, GtkSelectionModel **selection);

G_END_DECLS
