/* dsp-order-index.h: all orders that the user sees, as dense columns in memory
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * No SQL index answers "three conditions, counts by postal code and status" over a million rows within one frame;
 * arrays do. Texts of few values (type, neighbourhood …) are stored once in a dictionary and the row holds a code of one,
 * two or four bytes; instants are seconds. About 80 bytes a row, identity included, and 4 more for each column that the
 * list was ever sorted by.
 *
 * A row is a number (guint32) that stays the same while its order exists. The number of a deleted order is given to a
 * later one: whoever keeps row numbers listens for deletions.
 *
 * Threads: an index has no lock; it belongs to one thread at a time. The replica's index belongs to the thread that
 * opened the replica (the window's): all functions here may be called there and take a few milliseconds at most.
 * Only dsp_order_index_prepare_async() works in another thread, on a copy of the keys.
 */
#pragma once

#include <gio/gio.h>

#include "dsp-entities.h"
#include "dsp-filter.h"

G_BEGIN_DECLS

typedef struct _DspOrderIndex DspOrderIndex;

#define DSP_NO_ROW G_MAXUINT32

/* ---- rows ---- */

/* What the index keeps of an order beside its fields. */
typedef enum {
  DSP_ROW_PENDING  = 1 << 0, /* a change that the server has not confirmed yet */
  DSP_ROW_CONFLICT = 1 << 1, /* a refused change of it waits in the tray */
} DspRowFlags;

DspOrderIndex *dsp_order_index_new      (void);
DspOrderIndex *dsp_order_index_ref      (DspOrderIndex *index);
void           dsp_order_index_unref    (DspOrderIndex *index);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspOrderIndex, dsp_order_index_unref)

void           dsp_order_index_reserve  (DspOrderIndex *index, guint n_rows);
guint32        dsp_order_index_put      (DspOrderIndex *index, const DspOrder *order, guint8 flags);
gboolean       dsp_order_index_remove   (DspOrderIndex *index, const DspId *id);
void           dsp_order_index_set_flag (DspOrderIndex *index, const DspId *id, guint8 flag, bool set);

guint          dsp_order_index_n_orders (DspOrderIndex *index);
guint32        dsp_order_index_find     (DspOrderIndex *index, const DspId *id); /* DSP_NO_ROW: not here */
gsize          dsp_order_index_memory   (DspOrderIndex *index);                  /* bytes held */

/* Of a row that exists. The texts are lent until the index changes. */
const DspId   *dsp_order_index_id       (DspOrderIndex *index, guint32 row);
DspOrderStatus dsp_order_index_status   (DspOrderIndex *index, guint32 row);
guint8         dsp_order_index_flags    (DspOrderIndex *index, guint32 row);
const DspId   *dsp_order_index_crew     (DspOrderIndex *index, guint32 row);     /* the zero id: none */
const char    *dsp_order_index_postal_code (DspOrderIndex *index, guint32 row);  /* (nullable) */
/* A field of few values (type, municipality …): (nullable) for none, and for a field that is kept otherwise. */
const char    *dsp_order_index_text     (DspOrderIndex *index, const DspField *field, guint32 row);
gint64         dsp_order_index_time     (DspOrderIndex *index, const DspField *field, guint32 row); /* us; 0: none */
guint          dsp_order_index_visit    (DspOrderIndex *index, guint32 row);     /* place in the crew's day, from 1; 0: none */
bool           dsp_order_index_penalized (DspOrderIndex *index, guint32 row, gint64 now_us);

/* Which postal codes the catalogue knows: the exception "sin código postal conocido". Before the first call all are. */
void           dsp_order_index_set_known_codes (DspOrderIndex *index, const char *const *codes, guint n_codes);

/* By what name a crew or a distributor is sorted (@field: crew_id or distributor_id); NULL: by id, after all names. */
void           dsp_order_index_set_name (DspOrderIndex *index, const DspField *field, const DspId *id, const char *name);

/* ---- questions ---- */

/* What "today" and "soon" mean; the index has no clock. */
typedef struct {
  gint64 now_us;
  gint64 day_from_us, day_to_us; /* the office's local day: from inclusive, to exclusive */
  gint64 risk_us;                /* at risk: open, and penalized within this time from now */
} DspClock;

/* A set of rows, one bit each. */
typedef struct { guint64 *words; guint n_rows; guint n_set; } DspRowSet;
DspRowSet *dsp_row_set_new  (guint n_rows);
void       dsp_row_set_add  (DspRowSet *set, guint32 row);
bool       dsp_row_set_has  (const DspRowSet *set, guint32 row);
void       dsp_row_set_free (DspRowSet *set);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspRowSet, dsp_row_set_free)

typedef enum {
  DSP_EXCEPTION_NONE,
  DSP_EXCEPTION_UNASSIGNED,       /* open, without crew */
  DSP_EXCEPTION_PENALIZES_TODAY,  /* open, its penalty falls within the day and has not come yet */
  DSP_EXCEPTION_AT_RISK,          /* open, its penalty comes within DspClock.risk_us */
  DSP_EXCEPTION_TO_RESCHEDULE,
  DSP_EXCEPTION_NO_POSTAL_CODE,   /* open, without postal code or with one that the catalogue does not have */
  DSP_EXCEPTION_CONFLICT,         /* a refused change of it waits in the tray */
  DSP_EXCEPTION_PENDING,          /* a change that the server has not confirmed yet */
  DSP_N_EXCEPTIONS
} DspException;

typedef struct {
  const DspFilter *filter;     /* (nullable): all. Conditions that dsp_order_index_can() refuses are left out: @only has them */
  const DspRowSet *only;       /* (nullable): rows that those conditions allow */
  DspException     exception;  /* besides the filter */
  const DspField  *sort;       /* (nullable): created_at */
  bool             descending;
  DspClock         clock;
} DspOrderQuery;

/* One postal code of the result. */
typedef struct {
  const char *postal_code;   /* (nullable): orders without one. Lent until the index is freed */
  guint       total;         /* of all states */
  guint       open;
  guint       unassigned;    /* open, without crew */
  guint       penalized;     /* open and past their penalty */
  guint       at_risk;       /* open, not yet penalized, but within DspClock.risk_us */
  guint       to_reschedule;
} DspPostalCount;

typedef struct {
  guint32 *rows;             /* row numbers, all that match */
  guint    n_rows;
  guint    n_sorted;         /* the first so many are in order. Less than n_rows: the column's order is not there yet; see
                                dsp_order_index_prepare_async(), then ask again */
  guint    by_status[DSP_N_ORDER_STATUSES];
  GArray  *by_postal_code;   /* of DspPostalCount, by postal code; the one without code first */
  bool     loading;          /* the index does not hold all orders yet: rows and counts are of a part */
} DspOrderResult;

DspOrderResult *dsp_order_result_new   (void);
void            dsp_order_result_free  (DspOrderResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspOrderResult, dsp_order_result_free)

/* Can this condition be answered by columns? If not: number, account, q …, resolve it elsewhere into a row set. */
bool            dsp_order_index_can    (const DspField *field);
DspOrderResult *dsp_order_index_query  (DspOrderIndex *index, const DspOrderQuery *query, guint n_first);

/* Over all orders, whatever the filter: the exception strip and the crew cards. */
typedef struct {
  DspId crew_id;
  guint open;        /* all open orders of the crew */
  guint today;       /* its load of the day: open ones with the appointment before the day's end or without one, and those done */
  guint done;        /* closed within the day */
  guint penalized;   /* open and past their penalty */
} DspCrewLoad;

typedef struct {
  guint   exceptions[DSP_N_EXCEPTIONS];
  guint   by_status[DSP_N_ORDER_STATUSES];
  GArray *crews;     /* of DspCrewLoad, by crew id; crews without orders are absent */
} DspOrderTotals;

DspOrderTotals    *dsp_order_index_totals      (DspOrderIndex *index, const DspClock *clock);
void               dsp_order_totals_free       (DspOrderTotals *totals);
const DspCrewLoad *dsp_order_totals_crew       (const DspOrderTotals *totals, const DspId *crew_id); /* (nullable) */
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspOrderTotals, dsp_order_totals_free)

/* The values that a column holds, for filter choosers: the texts of a dictionary column with how many rows have each
 * (closed ones too), most frequent first; of DspColumnValue. */
typedef struct { char *text; guint n; } DspColumnValue;
GArray         *dsp_order_index_values (DspOrderIndex *index, const DspField *field);

/* ---- sorting ---- */

/* Texts that are not a column (number, account, contact name, phone, street …) are sorted by a copy of the texts, given
 * once by whoever has them, by row. Later changes come in with dsp_order_index_put(). */
bool            dsp_order_index_needs_texts (DspOrderIndex *index, const DspField *field);
typedef struct _DspIndexTexts DspIndexTexts;
DspIndexTexts  *dsp_index_texts_new  (const DspField *field);
void            dsp_index_texts_add  (DspIndexTexts *texts, const DspId *id, const char *text);
void            dsp_index_texts_free (DspIndexTexts *texts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspIndexTexts, dsp_index_texts_free)
void            dsp_order_index_take_texts  (DspOrderIndex *index, DspIndexTexts *texts);

bool            dsp_order_index_is_sorted   (DspOrderIndex *index, const DspField *field);
void            dsp_order_index_prepare     (DspOrderIndex *index, const DspField *field); /* at once: 15-200 ms per million */
void            dsp_order_index_prepare_async  (DspOrderIndex *index, const DspField *field, GCancellable *cancellable,
                                                GAsyncReadyCallback callback, gpointer user_data);
gboolean        dsp_order_index_prepare_finish (DspOrderIndex *index, GAsyncResult *result, GError **error);

/* ---- keeping it in a file, so that a large cache opens at once ---- */

/* @stamp: of the database that it agrees with; read() gives NULL for any other stamp or a file that is not whole. */
gboolean        dsp_order_index_write (DspOrderIndex *index, const char *path, const char *stamp, GError **error);
DspOrderIndex  *dsp_order_index_read  (const char *path, const char *stamp, GError **error);

G_END_DECLS
