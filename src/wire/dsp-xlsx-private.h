/* dsp-xlsx-private.h: what the parts of the workbook's reader share
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-input.h"

G_BEGIN_DECLS

/* The texts that a workbook's cells share, one behind the other. */
typedef struct {
  GString *all;    /* (owned): each with its NUL */
  GArray  *starts; /* (owned): guint32 */
} DspXlsxStrings;

void     dsp_xlsx_strings_init  (DspXlsxStrings *self);
void     dsp_xlsx_strings_clear (DspXlsxStrings *self);
/* Blocks. FALSE with an error that names the input. */
gboolean dsp_xlsx_strings_read  (DspXlsxStrings *self, DspInput *input, GError **error);

/* In a cell's text, from @start on: _x000D_ becomes the character of that number. */
void     dsp_xlsx_decode        (GString *text, gsize start);

/* A cell's text in bytes: 32,767 characters, and no more than that. */
#define DSP_XLSX_MAX_CELL_BYTES (4 * 32768)

/* A sheet and the file in the archive that holds it. */
typedef struct {
  char    *name;
  char    *member;
  gboolean hidden;
} DspXlsxPart;

/* What the workbook's own files say. */
typedef struct {
  GArray  *sheets;     /* (owned): of DspXlsxPart */
  char    *strings;    /* (owned) (nullable): the member with the shared texts */
  char    *styles;     /* (owned) (nullable) */
  gboolean since_1904;
} DspXlsxBook;

void     dsp_xlsx_book_init  (DspXlsxBook *self);
void     dsp_xlsx_book_clear (DspXlsxBook *self);
gboolean dsp_xlsx_book_read  (DspXlsxBook *self, const char *path, GCancellable *cancellable, GError **error);

/* A member of the archive, within the limits of workbooks. */
DspInput *dsp_xlsx_open_member (const char *path, const char *member, GCancellable *cancellable, GError **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
