/* dsp-paper-files.h: the files of orders that are printed with them
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-office.h"
#include "dsp-paper-order.h"

G_BEGIN_DECLS

/* Order id (DspId) -> GPtrArray of DspAttachment. */
GHashTable *dsp_paper_files_new   (void);

/* Reads the attachments of @ids into @files, some hundred orders at a time. An error means that only a part is known. */
void        dsp_paper_files_read_async  (DspOffice *office, GHashTable *files, const DspId *ids, guint n_ids, GCancellable *cancellable,
                                         GAsyncReadyCallback callback, gpointer user_data);
gboolean    dsp_paper_files_read_finish (GAsyncResult *result, GError **error);

/* Puts what @files has of @order into its sheet: photos and the signature where they are on this computer; the names of the
 * others, which a sheet cannot show or which have not come. */
void        dsp_paper_files_add   (DspOffice *office, GHashTable *files, const DspOrder *order, DspPaperOrder *sheet);

G_END_DECLS
