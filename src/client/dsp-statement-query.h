/* dsp-statement-query.h: the running statement, pre-invoices, and what one would hold
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What waits in the outbox counts as it will be. Nothing here blocks the owner's thread: lists are read in the reader's,
 * a bill is made where commands are judged, by the same function and from the same facts.
 */
#pragma once

#include "dsp-db.h"
#include "dsp-money-commands.h"
#include "dsp-replica.h"

G_BEGIN_DECLS

/* Lines of a pre-invoice; or, if that is none, of a distributor: what no pre-invoice holds, of any day; or those of days, from
 * and until inclusive. */
typedef struct {
  DspId   pre_invoice_id;
  DspId   distributor_id;
  bool    open;
  DspDate from, until;
} DspLineQuery;

/* On any replica's connection. @overlay (nullable): of DspStatementLine that stand before the stored ones.
 * (transfer full): of DspStatementLine, in the order of a bill; NULL on error. */
GPtrArray *dsp_line_query_run (DspDb *db, const DspLineQuery *query, GPtrArray *overlay, GError **error);

void       dsp_replica_lines_async  (DspReplica *self, const DspLineQuery *query, GCancellable *cancellable,
                                     GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *dsp_replica_lines_finish (DspReplica *self, GAsyncResult *result, GError **error);

/* Of DspPreInvoice, the newest first; @distributor_id none: of all distributors. (transfer full) */
void       dsp_replica_pre_invoices_async  (DspReplica *self, const DspId *distributor_id, GCancellable *cancellable,
                                            GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *dsp_replica_pre_invoices_finish (DspReplica *self, GAsyncResult *result, GError **error);

/* What a pre-invoice of these days would hold by now. Cancelling ends it early. @progress: (nullable), kept until then. */
void       dsp_replica_bill_async  (DspReplica *self, const DspId *distributor_id, DspDate from, DspDate until,
                                    DspProgress *progress, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
DspBill   *dsp_replica_bill_finish (DspReplica *self, GAsyncResult *result, GError **error);

G_END_DECLS
