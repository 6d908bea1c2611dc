/* dsp-pre-invoice-doc-private.h: the formats of dsp-pre-invoice-doc.h
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-pre-invoice-doc.h"

G_BEGIN_DECLS

typedef struct {
  const DspPreInvoiceDoc *doc;
  DspDocProgressFunc      progress;    /* (nullable) */
  gpointer                data;
  GCancellable           *cancellable; /* (nullable) */
} DspDocJob;

/* Before line @i: tells how far it is; FALSE when it was cancelled. */
gboolean dsp_doc_step      (const DspDocJob *job, guint i, GError **error);

/* The fields of a line that go into files, by their place in the record; a few are left to the program. */
extern const gsize dsp_doc_columns[];
extern const guint dsp_doc_n_columns;
const DspField *dsp_doc_column (guint i);
/* A value in words for people: (transfer full) (nullable). */
char    *dsp_doc_dup_text  (const DspPreInvoiceDoc *doc, const DspField *field, const DspStatementLine *line);

gboolean dsp_doc_put_json  (const DspDocJob *job, GString *out, GError **error);
gboolean dsp_doc_put_xml   (const DspDocJob *job, GString *out, GError **error);
gboolean dsp_doc_save_xlsx (const DspDocJob *job, const char *path, GError **error);

G_END_DECLS
