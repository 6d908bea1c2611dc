/* dsp-batch.h: the rows of a file on their way into the database
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-link.h"
#include "dsp-report.h"

G_BEGIN_DECLS

typedef struct _DspBatch DspBatch;

DspBatch *dsp_batch_new   (DspLink *link, DspReport *report, const DspCommand *command, const char *group, guint max_rows);
void      dsp_batch_free  (DspBatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspBatch, dsp_batch_free)

gboolean  dsp_batch_add   (DspBatch *self, const DspId *id, gconstpointer args, guint64 given, guint64 line, guint64 n_rows, GError **error);
gboolean  dsp_batch_flush (DspBatch *self, GError **error);

DspId     dsp_new_id      (void);

G_END_DECLS
