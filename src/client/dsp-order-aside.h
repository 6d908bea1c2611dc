/* dsp-order-aside.h: what other records say of the orders: kilometres that were driven, amounts that pre-invoices hold
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * S0-16. The order index has no such columns: charts read the records themselves, some thousands at a time in the reader's
 * thread, so that a list that is asked for meanwhile waits for one portion at most. What waits in the outbox stands as it will
 * be.
 */
#pragma once

#include "dsp-order-axis.h"
#include "dsp-replica.h"

G_BEGIN_DECLS

typedef struct {
  DspId   order_id;    /* none: of no order */
  DspId   crew_id;     /* that drove; of amounts: none */
  DspDate day;
  bool    is_approved; /* kilometres always are; amounts: their pre-invoice */
  gint64  value;       /* metres; cents with taxes */
} DspAside;

/* @entity: dsp_mileage: approved claims; dsp_statement_line: lines that pre-invoices hold. Owner's thread. */
void    dsp_replica_aside_async  (DspReplica *self, const DspEntity *entity, GCancellable *cancellable,
                                   GAsyncReadyCallback callback, gpointer user_data);
GArray *dsp_replica_aside_finish (DspReplica *self, GAsyncResult *result, GError **error); /* of DspAside; (transfer full) */

/* The kilometres of each of @n_rows rows in thousandths of a metre, plus 1; 0: none. Those of a day are shared by the orders that
 * the crew attended then, whatever a filter says. @rows: of @driven, DSP_NO_ROW: of no order here. @crews: of crew_id.
 * @status, @closed: columns of the index. Any thread; (transfer full). */
guint64 *dsp_aside_metres (const GArray *driven, const guint32 *rows, DspOrderAxis *crews, const guint8 *status, const guint32 *closed,
                            guint n_rows, DspCalendar *calendar);

G_END_DECLS
