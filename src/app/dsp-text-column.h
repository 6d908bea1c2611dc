/* dsp-text-column.h: a column of a table that says one thing about each line
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* What the cell of @item says, (transfer full). @css_class: (out): a class of its own; left NULL for none. */
typedef char *(*DspTextColumnFunc) (gpointer item, const char **css_class, gpointer user_data);

/* Appends a column; @user_data is lent while the view lives. A cell asks again when its item, if it has a signal "changed", emits
 * it. Long texts take two lines; the whole text is the cell's tooltip. @width 0: what the other columns leave. */
void dsp_text_column_add (GtkColumnView *view, const char *title, int width, DspTextColumnFunc func, gpointer user_data);

G_END_DECLS
