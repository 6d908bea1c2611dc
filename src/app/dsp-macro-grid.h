/* dsp-macro-grid.h: the figures of a pivot as they go out: to the clipboard, as text, as a workbook
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-chart-words.h"
#include "dsp-macro.h"

G_BEGIN_DECLS

/* What stands on the screen, for another thread. All owned. */
typedef struct {
  char      *title;
  char      *path;    /* (nullable) until it is saved */
  gboolean   text;    /* CSV, no workbook */
  DspUnit    unit;
  GPtrArray *columns; /* of char *; the first is the heading of the names, the last that of the totals */
  GPtrArray *rows;    /* of char *; the last is that of the totals */
  GArray    *values;  /* of gint64, by rows; -1: nothing */
} DspMacroGrid;

void     dsp_macro_grid_free  (gpointer grid);
/* (transfer full): lines of text; with commas as CSV begins, a mark of UTF-8 first. */
GString *dsp_macro_grid_text  (const DspMacroGrid *grid, char separator);
/* Writes the grid to its path. Any thread. Returns the grid, or NULL with @error; a cancelled one leaves no file. */
gpointer dsp_macro_grid_write (gpointer grid, DspMacroProgress *progress, GCancellable *cancellable, GError **error);

G_END_DECLS
