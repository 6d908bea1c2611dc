/* dsp-paper-table.h: a list in columns
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-paper-flow.h"

G_BEGIN_DECLS

/* Rows of a table whose heading is repeated on each page. Texts wrap inside their column. */
typedef struct {
  char      *title;    /* (owned) (nullable): above the first row */
  GStrv      columns;  /* (owned): headings */
  double    *shares;   /* (owned): of the width, one a column; together 1 */
  GPtrArray *rows;     /* (owned) of GStrv, as many texts as columns */
} DspPaperTable;

/* @columns, @shares: copied. */
DspPaperTable *dsp_paper_table_new     (const char *title, const char *const *columns, const double *shares);
void           dsp_paper_table_free    (DspPaperTable *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspPaperTable, dsp_paper_table_free)
void           dsp_paper_table_take    (DspPaperTable *table, GStrv row); /* (transfer full) */

/* As a part of a document. */
DspPaperFlow  *dsp_paper_table_lay_out (const DspPaperTable *table, DspPaperPen *pen, double width, double height);

G_END_DECLS
