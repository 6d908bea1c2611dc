/* dsp-order-index-private.h: how the columns lie in memory, for the files of the index and its tests
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-order-index.h"

G_BEGIN_DECLS

/* Columns of codes: texts first, then ids. */
enum {
  DSP_CODES_GROUP,
  DSP_CODES_TYPE,
  DSP_CODES_SUBTYPE,
  DSP_CODES_STATE,
  DSP_CODES_MUNICIPALITY,
  DSP_CODES_NEIGHBOURHOOD,
  DSP_CODES_POSTAL_CODE,
  DSP_CODES_REASON,
  DSP_CODES_PARENT,
  DSP_CODES_CREW,        /* from here on ids */
  DSP_CODES_DISTRIBUTOR,
  DSP_N_CODES
};

/* Columns of numbers: seconds since 1970; 0 is none. The last four are not times of the record: from when on the order is
 * penalized (dsp_order_penalized_from()), the cents that this costs, how often it was rescheduled, and its place in the crew's
 * day; these three plus 1. */
enum {
  DSP_SECONDS_CREATED,
  DSP_SECONDS_ATTENTION,
  DSP_SECONDS_PENALTY,
  DSP_SECONDS_CLOSED,
  DSP_SECONDS_ASSIGNED,
  DSP_SECONDS_LATE,
  DSP_SECONDS_PRICE,
  DSP_SECONDS_RESCHEDULES,
  DSP_SECONDS_VISIT,
  DSP_N_SECONDS,
  DSP_N_TIMES = DSP_SECONDS_LATE
};

/* Values of one column, each once; the code is the place. Code 0 is none. Values are never taken out: a dictionary
 * holds what was ever there since the index was made. */
typedef struct {
  GPtrArray  *values;   /* (owned) of char *, or of DspId *; the first is NULL */
  GHashTable *codes;    /* (owned) value -> code */
  GPtrArray  *keys;     /* (owned) of char *: what a value is sorted by; made when the column is first sorted */
  GArray     *rank;     /* of guint32, by code; empty: to be made */
  guint32     last;     /* the code that was looked up last: bulk loads repeat themselves */
  bool        of_ids;
} DspDictionary;

typedef struct {
  const DspField *field;
  DspDictionary   dictionary;
  guint8          width;  /* bytes of a code: 1, 2 or 4; grows with the dictionary */
  gpointer        codes;  /* (owned) capacity * width bytes */
} DspCodes;

/* All rows in the order of one column. Rows whose key changed since are in @dirty and stand at a wrong place, or not at
 * all; they are merged in when the order is used next. */
typedef struct {
  const DspField *field;
  guint64         serial;
  guint32        *rows;    /* (owned) (nullable): being sorted in a thread */
  guint           n_rows;
  GArray         *dirty;   /* (owned) of guint32, each once */
  guint64        *is_dirty;/* (owned) capacity bits */
  guint           n_words;
} DspSorted;

struct _DspIndexTexts
{
  const DspField *field;
  GStringChunk   *chunk;   /* (owned): texts stay where they are until the column goes */
  GHashTable     *by_id;   /* (owned) DspId * -> text, until the index takes them */
  const char    **texts;   /* (owned) (nullable) by row, once the index has them */
  guint           capacity;
};

struct _DspOrderIndex
{
  gatomicrefcount ref_count;

  guint       n_rows;      /* row numbers ever given: rows below it are alive or free */
  guint       n_orders;    /* rows alive */
  guint       capacity;    /* a multiple of 64 */
  DspId      *ids;
  guint64    *alive;       /* bits */
  guint8     *status;
  guint8     *priority;    /* value + 1; 0: none */
  guint8     *flags;
  guint64    *numbers;     /* dsp_index_number_key(): which order another one names as its parent */
  guint32    *seconds[DSP_N_SECONDS];
  DspCodes    codes[DSP_N_CODES];

  guint32    *table;       /* open addressing, row + 1; 0: empty */
  guint32     table_mask;
  GArray     *free_rows;   /* of guint32; the oldest is taken first */
  guint       free_taken;

  GByteArray *known;       /* by code of the postal code: 1 if the catalogue has it */
  GHashTable *known_codes; /* (nullable) set of char * */

  GPtrArray  *sorted;      /* of DspSorted */
  GPtrArray  *texts;       /* of DspIndexTexts */
  guint64     serial;      /* of the last entry of sorted */
  GHashTable *names[2];    /* crews, distributors: DspId * -> char * */
};

/* A copy of what leads from an order's id to its row, for other threads. */
typedef struct { DspId *ids; guint32 *table; guint32 mask; } DspIndexPlaces; /* (owned) (nullable): of an empty index */

void            dsp_index_places_copy  (DspOrderIndex *index, DspIndexPlaces *places);
void            dsp_index_places_clear (DspIndexPlaces *places);
guint32         dsp_index_places_find  (const DspIndexPlaces *places, const DspId *id); /* DSP_NO_ROW: not here */

static inline guint32
dsp_codes_get (const DspCodes *codes,
               guint32         row)
{
  switch (codes->width)
    {
    case 1:
      return ((const guint8 *) codes->codes)[row];
    case 2:
      return ((const guint16 *) codes->codes)[row];
    default:
      return ((const guint32 *) codes->codes)[row];
    }
}

static inline bool
dsp_index_is_alive (DspOrderIndex *index,
                    guint32        row)
{
  return row < index->n_rows && (index->alive[row >> 6] >> (row & 63) & 1) != 0;
}

/* Seconds of an instant, rounded down; clamped to what four bytes hold. */
static inline guint32
dsp_index_seconds (gint64 us)
{
  gint64 seconds = us / G_TIME_SPAN_SECOND;

  if (us == 0)
    return 0;
  return (guint32) CLAMP (seconds, 1, (gint64) G_MAXUINT32 - 1);
}

int             dsp_index_codes_of   (const DspField *field); /* which column of codes; -1: none */
int             dsp_index_seconds_of (const DspField *field); /* of a time */
int             dsp_index_numbers_of (const DspField *field); /* or of the price, the reschedules and the visit */
guint64         dsp_index_number_key (const char *number);    /* equal for equal numbers; 0: none */
/* The rows of @query, one bit each, without sorting anything; (transfer full). */
guint64        *dsp_index_match      (DspOrderIndex *index, const DspOrderQuery *query, guint *n_words);
DspIndexTexts  *dsp_index_texts_of   (DspOrderIndex *index, const DspField *field);
DspSorted      *dsp_index_sorted_of  (DspOrderIndex *index, const DspField *field);
void            dsp_index_grow       (DspOrderIndex *index, guint capacity);
void            dsp_index_add_to_table (DspOrderIndex *index, guint32 row);

void            dsp_index_known_changed (DspOrderIndex *index); /* codes were added */

/* dsp-order-sort.c */
void            dsp_index_mark_dirty (DspOrderIndex *index, const DspField *field, guint32 row); /* NULL: all columns */
void            dsp_index_sorted_free (gpointer sorted);
void            dsp_index_drop_sorted (DspOrderIndex *index, const DspField *field);
guint           dsp_index_order_rows  (DspOrderIndex *index, const DspField *field, bool descending, const guint64 *set,
                                       guint n_set, guint n_first, guint32 *rows);

G_END_DECLS
