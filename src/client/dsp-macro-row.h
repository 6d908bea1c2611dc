/* dsp-macro-row.h: one row of a workbook that comes back, as it is understood
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-macro-private.h"
#include "dsp-xlsx-read.h"

G_BEGIN_DECLS

typedef struct {
  DspMacroOffice *office;
  DspMacroPlan *plan;
  DspMacroProgress *progress;
  GCancellable *cancellable;
  DspXlsxReader *reader; /* (nullable): of a workbook */
  DspDb *db;
  DspOrder *scratch; /* (owned) */
  int *place; /* where each of our columns is in the file; -1: nowhere */
  gboolean has_header;
  guint header_line;
  GHashTable *seen; /* (owned): ids of rows */
} DspMacroFile;

/* One row being understood. */
typedef struct {
  DspMacroFile *in;
  guint line;
  const DspXlsxCell *cells;
  guint n_cells;
  const DspOrder *order;
  DspMacroRow *row;
  GString *what;
  char **was; /* (nullable): crew, status, attention, when the file was made */
} DspMacroReading;

/* What stands in one of our columns; an empty cell for none. */
const DspXlsxCell *dsp_macro_row_cell (DspMacroReading *self, guint column);
char *dsp_macro_row_text (DspMacroReading *self, guint column); /* without blanks around it */
/* Refuses the row, for the first reason that is given; or one of its cells, by its name. */
void dsp_macro_row_refuse (DspMacroReading *self, const char *format, ...) G_GNUC_PRINTF (2, 3);
void dsp_macro_row_refuse_cell (DspMacroReading *self, guint column, const char *why);
bool dsp_macro_same_text (const char *a, const char *b); /* but for case, accents and blanks */
/* Columns as they were when the file was made; of a file without them, nullable. */
const char *dsp_macro_row_was (DspMacroReading *self, guint i);
void dsp_macro_row_take_was (DspMacroReading *self);
/* The commands of a row whose order is known, or why there are none. */
void dsp_macro_row_plan (DspMacroReading *self);

G_END_DECLS
