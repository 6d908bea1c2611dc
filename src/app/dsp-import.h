/* dsp-import.h: the rows of a sheet on their way to becoming orders
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A row model of DspImportRow; each row has a signal "changed" of its own.
 */
#pragma once

#include "dsp-row-model.h"
#include "dsp-sheet.h"

G_BEGIN_DECLS

typedef enum {
  DSP_IMPORT_GOOD,      /* can be imported */
  DSP_IMPORT_BAD,       /* cannot, as it stands */
  DSP_IMPORT_ADDED,
  DSP_IMPORT_CHANGED,
  DSP_IMPORT_UNCHANGED, /* there is an order like that already: nothing was sent */
  DSP_IMPORT_REFUSED,
  DSP_N_IMPORT_STATES
} DspImportState;

#define DSP_TYPE_IMPORT_ROW (dsp_import_row_get_type ())
G_DECLARE_FINAL_TYPE (DspImportRow, dsp_import_row, DSP, IMPORT_ROW, GObject)

guint          dsp_import_row_get_index  (DspImportRow *self); /* in the sheet */
DspImportState dsp_import_row_get_state  (DspImportRow *self);
const char    *dsp_import_row_get_reason (DspImportRow *self);               /* (nullable): why it is bad or was refused; of another: a warning */
const char    *dsp_import_row_get_fault  (DspImportRow *self, guint column); /* (nullable): what is wrong with the cell */

#define DSP_TYPE_IMPORT (dsp_import_get_type ())
G_DECLARE_FINAL_TYPE (DspImport, dsp_import, DSP, IMPORT, DspRowModel)

DspImport     *dsp_import_new         (DspOffice *office, DspSheet *sheet); /* takes @sheet */
DspSheet      *dsp_import_get_sheet   (DspImport *self);
/* Names of the fields that a column may be, and the words for them; end with NULL. */
const char *const *dsp_import_get_fields (DspImport *self);
const char *const *dsp_import_get_labels (DspImport *self);

/* After a choice or a cell of the sheet was changed: judges all rows that were not imported yet. What takes long is gone on
 * with while nothing else is to be done. */
void           dsp_import_check       (DspImport *self);
gboolean       dsp_import_is_checking (DspImport *self, double *fraction); /* @fraction: of the work that is done */
/* Instead of the choices, a mapping file; NULL: the choices again. */
gboolean       dsp_import_use_mapping (DspImport *self, const char *path, GError **error);

/* A row that was not imported yet has a cell that was typed here. */
gboolean       dsp_import_has_mended  (DspImport *self);

guint          dsp_import_count       (DspImport *self, DspImportState state);
const char    *dsp_import_get_trouble (DspImport *self); /* (nullable): why no row can be imported */

/* Gives an import command for each good row that would change something; works without network. */
void           dsp_import_start       (DspImport *self);
void           dsp_import_stop        (DspImport *self); /* after those that are being given */
gboolean       dsp_import_is_running  (DspImport *self);

G_END_DECLS
