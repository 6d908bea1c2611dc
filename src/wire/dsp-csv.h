/* dsp-csv.h: rows of separated text, read from an input
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

#include "dsp-input.h"

G_BEGIN_DECLS

typedef struct {
  char               separator;   /* , ; | or TAB; 0: whichever the first line has most of */
  gboolean           no_quotes;   /* a quote is a letter like any other */
  gboolean           any_width;   /* rows may have another number of fields than the header */
  guint              skip_lines;  /* before the header: a notice */
  const char *const *names;       /* (nullable): the file has no header line, these are its columns */
  gsize              max_field;   /* bytes; 0 for 64 KiB */
  guint              max_columns; /* 0 for 512 */
} DspCsvOptions;

typedef enum {
  DSP_CSV_ROW,     /* here is a row */
  DSP_CSV_REFUSED, /* here was something that is none; reading goes on at the next line */
  DSP_CSV_END,
  DSP_CSV_FAILED,  /* the input itself failed: error is set */
} DspCsvResult;

/* Valid until the next call. */
typedef struct {
  guint64            line;   /* where the row begins, from 1 */
  guint              n_fields;
  const char *const *fields; /* UTF-8, NUL-terminated; blanks are kept */
  const char        *reason; /* (nullable): of a refusal, for people */
  gboolean           cut;    /* the refusal is because the file ends in the middle of the row */
} DspCsvRow;

typedef struct _DspCsv DspCsv;

DspCsv            *dsp_csv_new       (DspInput            *input,
                                      const DspCsvOptions *options,
                                      GError             **error) G_GNUC_WARN_UNUSED_RESULT;
void               dsp_csv_free      (DspCsv              *self);

DspInput          *dsp_csv_get_input (DspCsv              *self);
const char *const *dsp_csv_get_names (DspCsv              *self,
                                      guint               *n_names);
int                dsp_csv_find      (DspCsv              *self,
                                      const char          *name);
DspCsvResult       dsp_csv_next      (DspCsv              *self,
                                      DspCsvRow           *row,
                                      GError             **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspCsv, dsp_csv_free)

G_END_DECLS
