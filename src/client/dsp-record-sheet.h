/* dsp-record-sheet.h: records of an entity as a workbook or CSV, out and back in
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One row a record, one column a field, headed by the field's name, so that despachoctl reads the same CSV. Coming back, a row is the
 * record with its code, or a new one; what differs becomes the command that a person would have given in the window.
 */
#pragma once

#include "dsp-replica.h"

G_BEGIN_DECLS

#define DSP_RECORD_SHEET_MAX_ROWS 2000

/* Names of records that fields point at: by id, and back. */
typedef struct {
  char     *(*name) (const DspEntity *entity, const DspId *id, gpointer data);                 /* (transfer full) (nullable) */
  gboolean  (*find) (const DspEntity *entity, const char *name, DspId *id, gpointer data);
  DspId     (*new_id) (gpointer data);
  gpointer    data;
} DspRecordNames;

/* Blocks. XLSX, or CSV if @path ends with .csv. @without: (nullable): a field that is left out. Nothing is left of a file that was not
 * finished. */
gboolean dsp_record_sheet_write (const DspEntity *entity, const char *without, const GPtrArray *records, const DspRecordNames *names,
                                 const char *path, GError **error);

typedef struct {
  guint   line;    /* of the file, from 1 */
  char   *code;    /* (owned): "" if the row has none */
  char   *what;    /* (owned): "New", or what it changes */
  char   *reason;  /* (owned) (nullable): why the file's row cannot be taken; of a refusal by the rules see gift.rule */
  DspGift gift;    /* one step, with its arguments (owned) */
} DspRecordSheetRow;

typedef struct {
  GPtrArray *rows;        /* (owned): of DspRecordSheetRow: changes first, then new ones, each in the file's order */
  guint      n_unchanged;
} DspRecordSheet;
void     dsp_record_sheet_free (DspRecordSheet *sheet);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspRecordSheet, dsp_record_sheet_free)

/* A line of a file as it was read. */
typedef struct {
  GStrv cells;  /* (owned) */
  char *fault;  /* (owned) (nullable): why it cannot be taken as it is: formulas, merged cells, a line of text that is broken */
} DspRecordSheetLine;

/* The lines of a file, of any thread: (transfer full), of DspRecordSheetLine, the first with the headings. Blocks. NULL: the file as a
 * whole cannot be read, or has more than DSP_RECORD_SHEET_MAX_ROWS rows. */
GPtrArray      *dsp_record_sheet_read_lines (const char *path, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* @records: what there is (of @entity). NULL: a heading is not a field, or the code's is missing. The rules have not judged yet. */
DspRecordSheet *dsp_record_sheet_plan (const DspEntity *entity, const char *without, const DspCommand *create, const DspCommand *change,
                                       const GPtrArray *lines, const GPtrArray *records, const DspRecordNames *names,
                                       GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
