/* dsp-import-table.h: the rows of an import: what each became, and their cells, of which the wrong ones can be mended
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-import.h"

G_BEGIN_DECLS

/* A column view over @import. What is typed into a cell goes into the sheet, and all rows are judged anew soon after. */
GtkWidget *dsp_import_table_new      (DspImport *import);
/* Only rows with a mistake or a refusal: those that had one when this was called. */
void       dsp_import_table_only_bad (GtkWidget *table, gboolean only_bad);

G_END_DECLS
