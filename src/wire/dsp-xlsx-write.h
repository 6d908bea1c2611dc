/* dsp-xlsx-write.h: a workbook, written so that a spreadsheet takes text as text and money to the cent
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Cells are written row by row, from the top, in each sheet (what is above the last row begun cannot be reached any more): memory
 * does not grow with the rows. Several sheets may be written beside each other. The file appears under its name only when all of
 * it is there: until dsp_xlsx_writer_commit() everything is in temporary files that go with the writer.
 *
 * A fault (a text too long, a full disk) is kept, later calls do nothing, and the commit answers it, naming sheet and cell.
 * One thread at a time.
 */
#pragma once

#include <gio/gio.h>

#include "dsp-types.h"

G_BEGIN_DECLS

/* What Excel and LibreOffice can hold in a sheet, and the longest text of a cell, in characters. */
#define DSP_XLSX_MAX_ROWS    1048576
#define DSP_XLSX_MAX_COLUMNS 16384
#define DSP_XLSX_MAX_TEXT    32767

typedef struct _DspXlsxWriter DspXlsxWriter;
typedef struct _DspXlsxSheet  DspXlsxSheet;

/* How a cell looks, and whether it may be written to in a protected sheet. */
typedef enum {
  DSP_XLSX_PLAIN    = 0,
  DSP_XLSX_BOLD     = 1 << 0,
  DSP_XLSX_HEADING  = 1 << 1, /* of a column: bold, shaded, wrapped */
  DSP_XLSX_TOTAL    = 1 << 2, /* bold, with a line above */
  DSP_XLSX_TITLE    = 1 << 3, /* of the document: bold, larger */
  DSP_XLSX_MUTED    = 1 << 4, /* not to be changed: greyed */
  DSP_XLSX_UNLOCKED = 1 << 5, /* may be written to although its sheet is protected */
} DspXlsxLook;

typedef struct {
  const char *title;   /* (nullable) */
  const char *author;  /* (nullable) */
  DspTime     created; /* none: no time is stored, so that equal contents make equal files */
} DspXlsxAbout;

/* @zone: of all instants; UTC for NULL. NULL with an error that names the file. */
DspXlsxWriter *dsp_xlsx_writer_new       (const char *path, const DspXlsxAbout *about, GTimeZone *zone,
                                          GError **error) G_GNUC_WARN_UNUSED_RESULT;
void           dsp_xlsx_writer_free      (DspXlsxWriter *self); /* without a commit nothing stays on the disk */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspXlsxWriter, dsp_xlsx_writer_free)

/* Blocks until the file is on the disk under its name, in place of what had that name. FALSE: what had that name is untouched.
 * To be called once. */
gboolean       dsp_xlsx_writer_commit    (DspXlsxWriter *self, GCancellable *cancellable, GError **error);

/* Belongs to the writer. A letter that a sheet's name may not have becomes a blank, and the name is cut at 31 characters. */
DspXlsxSheet  *dsp_xlsx_writer_add_sheet (DspXlsxWriter *self, const char *name);

/* Rows and columns count from 0. */
void dsp_xlsx_sheet_set_column (DspXlsxSheet *self, guint column, double width_chars, DspXlsxLook look);
void dsp_xlsx_sheet_hide_column (DspXlsxSheet *self, guint column);
void dsp_xlsx_sheet_hide_row   (DspXlsxSheet *self, guint row);               /* the one begun last */
void dsp_xlsx_sheet_hide       (DspXlsxSheet *self);                          /* not the first one */
void dsp_xlsx_sheet_freeze     (DspXlsxSheet *self, guint rows, guint columns);
void dsp_xlsx_sheet_filter     (DspXlsxSheet *self, guint first_row, guint last_row, guint last_column); /* buttons in the first row */
void dsp_xlsx_sheet_protect    (DspXlsxSheet *self); /* without a password: against slips, not against intent. Filters go on working */
/* The cells of a column may only hold what stands in @list's @list_column, rows @first to @last. @message: (nullable), shown
 * when something else is entered, at most 255 characters; NULL: other text is taken, too. */
void dsp_xlsx_sheet_set_list   (DspXlsxSheet *self, guint column, guint first_row, guint last_row, DspXlsxSheet *list,
                                guint list_column, guint first, guint last, const char *message);

/* Text is never a formula, whatever it begins with. NULL or "" is an empty cell with its look. */
void dsp_xlsx_sheet_text       (DspXlsxSheet *self, guint row, guint column, const char *text, DspXlsxLook look);
void dsp_xlsx_sheet_int        (DspXlsxSheet *self, guint row, guint column, gint64 value, DspXlsxLook look);
void dsp_xlsx_sheet_double     (DspXlsxSheet *self, guint row, guint column, double value, DspXlsxLook look);
void dsp_xlsx_sheet_money      (DspXlsxSheet *self, guint row, guint column, gint64 cents, DspXlsxLook look);
void dsp_xlsx_sheet_percent    (DspXlsxSheet *self, guint row, guint column, double fraction, DspXlsxLook look); /* 0.16 is 16 % */
void dsp_xlsx_sheet_time       (DspXlsxSheet *self, guint row, guint column, DspTime time, DspXlsxLook look);
void dsp_xlsx_sheet_date       (DspXlsxSheet *self, guint row, guint column, DspDate date, DspXlsxLook look);
/* A formula of ours, in English and with commas ("=SUM(B2:B9)"), and its result in cents, which is shown until somebody
 * recalculates. Nothing that a person typed may go into @formula. */
void dsp_xlsx_sheet_money_formula (DspXlsxSheet *self, guint row, guint column, const char *formula, gint64 cents, DspXlsxLook look);
void dsp_xlsx_sheet_int_formula   (DspXlsxSheet *self, guint row, guint column, const char *formula, gint64 value, DspXlsxLook look);

/* "AB12" of row 11, column 27: for formulas and messages. */
char *dsp_xlsx_dup_cell_name   (guint row, guint column) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
