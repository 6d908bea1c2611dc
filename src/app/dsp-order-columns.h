/* dsp-order-columns.h: the columns of the list of orders
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-order-list.h"

G_BEGIN_DECLS

/* Adds the tick, the time left and a column for each field of the order that lists may show, in the order of the setting
 * @key (a literal); hides what is not named there. @view must not have a model yet. */
void dsp_order_columns_add  (GtkColumnView *view, DspOffice *office, const char *key);

/* Makes number and account as wide as the first rows need, unless the person chose a width. */
void dsp_order_columns_fit  (GtkColumnView *view, DspOffice *office);
/* Remembers the widths that the person gives from now on. */
void dsp_order_columns_keep_widths (GtkColumnView *view, DspOffice *office);

/* Shows the column of @field, if it was hidden. */
void dsp_order_columns_reveal (GtkColumnView *view, const DspField *field);

/* The field of a column; NULL for tick and time left. */
const DspField *dsp_order_columns_field (GtkColumnViewColumn *column);

/* Calls the office when a header is pressed, and shows the office's sort column in the headers. */
void dsp_order_columns_follow_sorting (GtkColumnView *view, DspOffice *office);

/* Shows the order of a row in a window of its own. @row nullable; @widget: in the main window. */
void dsp_order_columns_open_row (DspOrderRow *row, GtkWidget *widget);

/* The shown columns of these orders with their headings, tabs and line ends between: (transfer full). */
char *dsp_order_columns_text (GtkColumnView *view, DspOffice *office, const guint32 *rows, guint n_rows);

/* A popover with a check box for each column. */
GtkWidget *dsp_order_columns_chooser (GtkColumnView *view, DspOffice *office);

G_END_DECLS
