/* dsp-sheet.h: a file of rows that a person looks at and mends before it is imported
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rows are in memory, so that a cell can be written anew. Which column is which field is a choice of the person, first
 * guessed from the headings; the choices make a mapping (dsp-mapping.h), so that the same file means the same here and in
 * despachoctl.
 */
#pragma once

#include "dsp-field.h"
#include "dsp-mapping.h"

G_BEGIN_DECLS

/* What is in memory at most: a window that shows it has about three times as much. */
#define DSP_SHEET_MAX_ROWS 100000
#define DSP_SHEET_MAX_BYTES (128 << 20)

typedef struct _DspSheet DspSheet;

/* Blocks; any thread. A text, or of a workbook (.xlsx) the @sheet, if NULL the first that has headings. NULL with an error that
 * names the file; more than DSP_SHEET_MAX_ROWS rows or DSP_SHEET_MAX_BYTES of text is one. */
DspSheet          *dsp_sheet_read         (const char *path, const char *sheet, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void               dsp_sheet_free         (DspSheet *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspSheet, dsp_sheet_free)

const char        *dsp_sheet_get_name     (DspSheet *self);
/* Of a workbook the sheets that one may look at, and which of them this is; NULL: it is a text. */
const char *const *dsp_sheet_get_sheets   (DspSheet *self);
guint              dsp_sheet_get_sheet    (DspSheet *self);
const char *const *dsp_sheet_get_columns  (DspSheet *self, guint *n_columns);
guint              dsp_sheet_get_n_rows   (DspSheet *self);
guint64            dsp_sheet_get_line     (DspSheet *self, guint row);
const char        *dsp_sheet_get_broken   (DspSheet *self, guint row); /* (nullable): why the line is no row; it has no cells */
const char        *dsp_sheet_get_cell     (DspSheet *self, guint row, guint column);
const char *const *dsp_sheet_get_cells    (DspSheet *self, guint row);
void               dsp_sheet_set_cell     (DspSheet *self, guint row, guint column, const char *text);
gboolean           dsp_sheet_is_mended    (DspSheet *self, guint row); /* one of its cells was set */

/* The choices: a field's name for a column (NULL: none), a text for a field that is the same in all rows (NULL: none). */
void               dsp_sheet_set_field    (DspSheet *self, guint column, const char *field);
const char        *dsp_sheet_get_field    (DspSheet *self, guint column);
int                dsp_sheet_find_field   (DspSheet *self, const char *field); /* its column; -1: none */
void               dsp_sheet_set_constant (DspSheet *self, const char *field, const char *text);
const char        *dsp_sheet_get_constant (DspSheet *self, const char *field);
void               dsp_sheet_set_time_format (DspSheet *self, const char *format);
const char        *dsp_sheet_get_time_format (DspSheet *self);
/* As a mapping writes them; ends with NULL. */
extern const char *const dsp_sheet_time_formats[];

/* Chooses for each column the field whose name, label (@labels, one a field, in the order of @fields, for people) or common
 * abbreviation its heading is, each field once; and the form of times from the cells of what became a time. */
void               dsp_sheet_guess        (DspSheet *self, const DspTable *table, const char *const *fields, const char *const *labels);

/* The choices as the text of a mapping file. @time_zone: of the times in the file. */
char              *dsp_sheet_dup_mapping  (DspSheet *self, const DspTable *table, const char *time_zone) G_GNUC_WARN_UNUSED_RESULT;

/* The choices as text, to be kept for the next file with these columns, and back. FALSE: of other columns. */
char              *dsp_sheet_dup_choices  (DspSheet *self) G_GNUC_WARN_UNUSED_RESULT;
gboolean           dsp_sheet_take_choices (DspSheet *self, const char *text);
/* A name for them: letters and digits, the same for the same columns. */
char              *dsp_sheet_dup_key      (DspSheet *self) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
