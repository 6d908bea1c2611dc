/* dsp-paper-source.h: what goes on paper, from the replica
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"
#include "dsp-paper-document.h"

G_BEGIN_DECLS

typedef enum {
  DSP_PAPER_SHEETS, /* a work order sheet each */
  DSP_PAPER_LIST,   /* a line each */
  DSP_PAPER_DAY,    /* of one crew */
  DSP_PAPER_PACK,   /* contingency sheets: all that is open, by crew */
  DSP_N_PAPERS
} DspPaperWhat;

typedef struct {
  DspPaperWhat what;
  DspId       *ids;   /* (owned): orders, in the order in which they are printed; of a day: the crew; of the pack: none */
  guint        n_ids;
  gboolean     with_files; /* sheets with the photos and the signature that are on this computer */
} DspPaperRequest;

DspPaperRequest *dsp_paper_request_new  (DspPaperWhat what, const DspId *ids, guint n_ids);
void             dsp_paper_request_free (DspPaperRequest *request);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspPaperRequest, dsp_paper_request_free)

/* Reads what is needed from the replica, in words of the application's language and times of the office's zone, and makes
 * the document of it. In slices between other work of the main loop; without the network. @request is copied. Orders that
 * are no longer there are left out. G_IO_ERROR_CANCELLED. */
void              dsp_paper_gather_async  (DspOffice *office, const DspPaperRequest *request, GCancellable *cancellable,
                                           DspPaperProgressFunc progress, gpointer progress_data,
                                           GAsyncReadyCallback callback, gpointer user_data);
DspPaperDocument *dsp_paper_gather_finish (GAsyncResult *result, GError **error);

G_END_DECLS
