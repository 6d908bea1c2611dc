/* dsp-xlsx-read.h: a workbook as Excel, LibreOffice and others save it, read row by row
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The bytes are foreign: archive and XML are read within limits, and whatever is wrong is told with the sheet and the cell. Memory
 * holds one row and the texts that the workbook's sheets share, not the sheet.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _DspXlsxReader DspXlsxReader;

typedef enum {
  DSP_XLSX_CELL_EMPTY,
  DSP_XLSX_CELL_TEXT,
  DSP_XLSX_CELL_NUMBER,
  DSP_XLSX_CELL_TIME,   /* a number that its style shows as a date or time */
  DSP_XLSX_CELL_YES_NO,
  DSP_XLSX_CELL_ERROR,  /* "#N/A" and the like */
} DspXlsxCellKind;

/* Valid during the call that gives it. */
typedef struct {
  DspXlsxCellKind kind;
  gboolean        formula; /* the cell has one; the value is what was computed when the file was saved */
  const char     *text;    /* UTF-8, never NULL: the text; else the value, independent of language: 12.5, 2026-11-28 or
                            * 2026-11-28 18:00 or with :30, TRUE, FALSE, #N/A */
  double          number;  /* NUMBER; YES_NO: 0 or 1 */
  gint64          wall_s;  /* TIME: the seconds from 1970 to what the clock of the place shows; the file knows no zone */
} DspXlsxCell;

/* @row: from 0. @cells: from column 0 to the last that holds something. FALSE with an error stops the reading. Rows without
 * anything in them are left out. */
typedef gboolean (*DspXlsxRowFunc) (guint row, const DspXlsxCell *cells, guint n_cells, gpointer data, GError **error);

/* Blocks. NULL with a DspWireError that names the file. One thread at a time; none in particular. */
DspXlsxReader *dsp_xlsx_reader_open        (const char *path, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void           dsp_xlsx_reader_free        (DspXlsxReader *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspXlsxReader, dsp_xlsx_reader_free)

guint          dsp_xlsx_reader_get_n_sheets (DspXlsxReader *self);
const char    *dsp_xlsx_reader_get_sheet   (DspXlsxReader *self, guint sheet);
gboolean       dsp_xlsx_reader_is_hidden   (DspXlsxReader *self, guint sheet);
int            dsp_xlsx_reader_find_sheet  (DspXlsxReader *self, const char *name); /* -1: none */

/* Blocks; calls @func for each row of the sheet, from the top. */
gboolean       dsp_xlsx_reader_read        (DspXlsxReader *self, guint sheet, DspXlsxRowFunc func, gpointer data, GError **error);

/* The merged cells that a cell of the sheet read last is part of, "B2:C20": (transfer full) (nullable): none. To be asked when it has
 * been read to its end. */
char          *dsp_xlsx_reader_dup_merged  (DspXlsxReader *self, guint row, guint column) G_GNUC_WARN_UNUSED_RESULT;

/* Bytes of the file consumed by the sheet being read, and of all. Any thread. */
void           dsp_xlsx_reader_get_progress (DspXlsxReader *self, guint64 *done, guint64 *total);

G_END_DECLS
