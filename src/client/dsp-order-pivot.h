/* dsp-order-pivot.h: open orders by any two things: how many, how old, what is at stake
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * S0-19. As with charts, the owner of the index picks the rows and copies the columns that are needed, and the rest is done in any
 * thread. Every row, column and cell leads to its orders by conditions in the text form of a filter.
 */
#pragma once

#include "dsp-order-axis.h"
#include "dsp-replica.h"

G_BEGIN_DECLS

/* By what orders may be divided; as they are offered. */
typedef struct {
  const char     *name;   /* for settings */
  const char     *label;  /* through gettext */
  DspAxisKind     kind;
  const DspField *field;  /* (nullable) */
} DspPivotBy;

guint             dsp_pivot_n_by (void);
const DspPivotBy *dsp_pivot_by   (guint i);
int               dsp_pivot_find (const char *name); /* -1: none */

typedef enum {
  DSP_FIGURE_COUNT,
  DSP_FIGURE_AGE,    /* since the creation, on average, seconds */
  DSP_FIGURE_MONEY,  /* of penalties at stake, cents */
  DSP_N_PIVOT_FIGURES
} DspPivotFigure;
extern const DspWords DspPivotFigure_words;

typedef struct {
  gint64 n;
  gint64 age_s;  /* of all together */
  gint64 cents;
} DspPivotSum;
gint64 dsp_pivot_sum_get (const DspPivotSum *sum, DspPivotFigure figure);

typedef struct {
  DspAxisPart part;
  bool        rest;       /* the columns that are not shown on their own */
  char       *condition;  /* (owned) */
  DspPivotSum sum;
} DspPivotKey;

typedef struct {
  const DspPivotBy *by[2]; /* rows, columns */
  DspSpan     span[2];
  bool        ordered[2];  /* in an order of their own; else by how many orders they have */
  GArray     *rows;        /* of DspPivotKey: those with an order of their own in it, others by how many orders they have */
  GArray     *columns;     /* the same; at most DSP_PIVOT_MAX_COLUMNS, and one for the rest */
  DspPivotSum *cells;      /* (owned): rows * columns, by rows */
  DspPivotSum total;
  bool        loading;     /* the index does not hold all orders yet */
  DspOrderIndex *index;    /* (owned): keeps the texts */
} DspPivot;

#define DSP_PIVOT_MAX_COLUMNS 40

void               dsp_pivot_free (DspPivot *pivot);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspPivot, dsp_pivot_free)
const DspPivotSum *dsp_pivot_cell (const DspPivot *pivot, guint row, guint column);

/* Owner's thread; @filter: (nullable): copied. Which orders count is said by it alone. @zone: whose days. */
void               dsp_replica_pivot_async  (DspReplica *self, const DspFilter *filter, const DspPivotBy *rows, const DspPivotBy *columns, const char *zone,
                                             GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
DspPivot          *dsp_replica_pivot_finish (DspReplica *self, GAsyncResult *result, GError **error);

G_END_DECLS
