/* dsp-record-query.h: a list's first rows in order, and how many there are of each of its views
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Of any entity whose records are not all held in memory. What waits in the outbox stands as it will be.
 */
#pragma once

#include "dsp-db.h"
#include "dsp-filter.h"
#include "dsp-replica.h"

G_BEGIN_DECLS

#define DSP_RECORD_QUERY_VIEWS 8
#define DSP_RECORD_QUERY_SUMS 2

typedef struct {
  const DspFilter *filter;      /* its entity is the list's */
  const DspField  *sort;        /* DATE, TIME, INT or MONEY; equal ones by id. No value sorts before every value */
  gboolean         descending;
  guint            n;           /* rows, from the first */
  const DspFilter *views[DSP_RECORD_QUERY_VIEWS]; /* (nullable each): which are counted */
  const DspField  *sums[DSP_RECORD_QUERY_SUMS];   /* (nullable each): INT, added up over all that match */
} DspRecordQuery;

typedef struct {
  const DspEntity *entity;
  GPtrArray       *rows;        /* of records */
  guint            n_rows;      /* that match, in all */
  guint            in_view[DSP_RECORD_QUERY_VIEWS];
  gint64           sums[DSP_RECORD_QUERY_SUMS];
} DspRecordResult;

void             dsp_record_result_free (DspRecordResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspRecordResult, dsp_record_result_free)

/* A record as it will be; NULL: it will be gone. */
typedef struct { DspId id; gpointer record; } DspRecordOver;

/* On any replica's connection. @overlay (nullable): of DspRecordOver. (transfer full), NULL on error. */
DspRecordResult *dsp_record_query_run (DspDb *db, const DspRecordQuery *query, const GArray *overlay, GError **error);

/* In the reader's thread; @query is copied. */
void             dsp_replica_records_async  (DspReplica *self, const DspRecordQuery *query, GCancellable *cancellable,
                                             GAsyncReadyCallback callback, gpointer user_data);
DspRecordResult *dsp_replica_records_finish (DspReplica *self, GAsyncResult *result, GError **error);

G_END_DECLS
