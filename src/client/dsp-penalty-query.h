/* dsp-penalty-query.h: the review desk's queue
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A page of penalties in order, and the numbers of all that match: by state, distributor and rule, from one walk through
 * an index. What waits in the outbox counts as it will be.
 */
#pragma once

#include "dsp-db.h"
#include "dsp-replica.h"

G_BEGIN_DECLS

typedef enum {
  DSP_PENALTY_BY_MONEY, /* the dearest first */
  DSP_PENALTY_BY_DUE,   /* the latest first: whose date is longest past */
} DspPenaltySort;

typedef struct {
  guint32        states;         /* set of DspPenaltyState (DSP_BIT); 0: all */
  DspFault       fault;          /* none: any; likewise the ids */
  DspId          distributor_id;
  DspId          rule_id;
  DspId          crew_id;        /* of no index: slower */
  DspPenaltySort sort;
  bool           reversed;
  guint          first, n;       /* the page */
  bool           finely;         /* the counts tell crews and faults apart too: of no index, every row is read */
} DspPenaltyQuery;

/* One cell: penalties of one state, distributor and rule; counted finely also of one crew and fault, else of none. */
typedef struct {
  DspPenaltyState state;
  DspId           distributor_id, rule_id, crew_id;
  DspFault        fault;
  guint           n;
  gint64          cents;
} DspPenaltyCount;

typedef struct {
  GPtrArray *rows;      /* of DspPenalty: the page */
  guint      n_rows;    /* that match, in all */
  gint64     cents;
  GArray    *counts;    /* of DspPenaltyCount: of all penalties, whatever the query asks */
} DspPenaltyResult;

void              dsp_penalty_result_free (DspPenaltyResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspPenaltyResult, dsp_penalty_result_free)

/* On any replica's connection. @overlay (nullable): records that stand before the stored ones. (transfer full), NULL on error. */
DspPenaltyResult *dsp_penalty_query_run   (DspDb *db, const DspPenaltyQuery *query, GPtrArray *overlay, GError **error);

/* In the reader's thread. */
void              dsp_replica_penalties_async  (DspReplica *self, const DspPenaltyQuery *query, GCancellable *cancellable,
                                                GAsyncReadyCallback callback, gpointer user_data);
DspPenaltyResult *dsp_replica_penalties_finish (DspReplica *self, GAsyncResult *result, GError **error);

G_END_DECLS
