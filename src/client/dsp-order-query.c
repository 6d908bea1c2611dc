/* dsp-order-query.c: filters, counts and totals over the columns
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A question is answered in bit sets of 64 rows a word: each condition clears the bits of the rows that it does not
 * allow, and looks only at words that still have bits. Conditions on codes are decided once per value of the
 * dictionary, by core's own dsp_filter_matches(), so that the meaning of a condition is written in one place.
 */
#define G_LOG_DOMAIN "dsp-order-index"

#include "config.h"
#include "dsp-order-index-private.h"

#include <string.h>

/* ---- row sets ---- */

DspRowSet *
dsp_row_set_new (guint n_rows)
{
  DspRowSet *set = g_new0 (DspRowSet, 1);

  set->n_rows = n_rows;
  set->words = g_new0 (guint64, n_rows / 64 + 1);
  return set;
}

void
dsp_row_set_add (DspRowSet *set,
                 guint32    row)
{
  g_return_if_fail (row < set->n_rows);
  set->n_set += !dsp_row_set_has (set, row);
  set->words[row >> 6] |= G_GUINT64_CONSTANT (1) << (row & 63);
}

bool
dsp_row_set_has (const DspRowSet *set,
                 guint32          row)
{
  return row < set->n_rows && (set->words[row >> 6] >> (row & 63) & 1) != 0;
}

void
dsp_row_set_free (DspRowSet *set)
{
  if (set == NULL)
    return;
  g_free (set->words);
  g_free (set);
}

/* ---- results ---- */

DspOrderResult *
dsp_order_result_new (void)
{
  DspOrderResult *result = g_new0 (DspOrderResult, 1);

  result->by_postal_code = g_array_new (FALSE, TRUE, sizeof (DspPostalCount));
  return result;
}

void
dsp_order_result_free (DspOrderResult *result)
{
  if (result == NULL)
    return;
  g_free (result->rows);
  g_array_unref (result->by_postal_code);
  g_free (result);
}

void
dsp_order_totals_free (DspOrderTotals *totals)
{
  if (totals == NULL)
    return;
  g_array_unref (totals->crews);
  g_free (totals);
}

static int
compare_loads (gconstpointer a,
               gconstpointer b)
{
  return dsp_id_compare (&((const DspCrewLoad *) a)->crew_id, &((const DspCrewLoad *) b)->crew_id);
}

const DspCrewLoad *
dsp_order_totals_crew (const DspOrderTotals *totals,
                       const DspId          *crew_id)
{
  DspCrewLoad key = { .crew_id = *crew_id };
  guint at;

  if (!g_array_binary_search (totals->crews, &key, compare_loads, &at))
    return NULL;
  return &g_array_index (totals->crews, DspCrewLoad, at);
}

/* ---- conditions ---- */

/* Clears the bits of the rows for which TEST does not hold. TEST sees `row`. Words with few bits are walked bit by bit. */
#define CLEAR_UNLESS(words, n_words, TEST)                                                   \
  G_STMT_START {                                                                             \
    for (guint w = 0; w < (n_words); w++)                                                    \
      {                                                                                      \
        guint64 before = (words)[w], kept = 0;                                               \
        guint base = w << 6;                                                                 \
        if (before == 0)                                                                     \
          continue;                                                                          \
        if (__builtin_popcountll (before) <= 12)                                             \
          for (guint64 left = before; left != 0; left &= left - 1)                           \
            {                                                                                \
              guint bit = (guint) __builtin_ctzll (left), row = base + bit;                  \
              kept |= (guint64) (TEST) << bit;                                               \
            }                                                                                \
        else                                                                                 \
          {                                                                                  \
            for (guint bit = 0; bit < 64; bit++)                                             \
              {                                                                              \
                guint row = base + bit;                                                      \
                kept |= (guint64) (TEST) << bit;                                             \
              }                                                                              \
            kept &= before;                                                                  \
          }                                                                                  \
        (words)[w] = kept;                                                                   \
      }                                                                                      \
  } G_STMT_END

static void
keep_codes (const DspCodes *column,
            const guint8   *allowed,
            guint64        *words,
            guint           n_words)
{
  switch (column->width)
    {
    case 1:
      {
        const guint8 *codes = column->codes;
        CLEAR_UNLESS (words, n_words, allowed[codes[row]]);
        break;
      }
    case 2:
      {
        const guint16 *codes = column->codes;
        CLEAR_UNLESS (words, n_words, allowed[codes[row]]);
        break;
      }
    default:
      {
        const guint32 *codes = column->codes;
        CLEAR_UNLESS (words, n_words, allowed[codes[row]]);
      }
    }
}

static void
keep_bytes (const guint8 *column,
            const guint8  allowed[256],
            guint64      *words,
            guint         n_words)
{
  CLEAR_UNLESS (words, n_words, allowed[column[row]]);
}

static void
keep_range (const guint32 *seconds,
            guint32        from,
            guint32        span,
            guint64       *words,
            guint          n_words)
{
  CLEAR_UNLESS (words, n_words, seconds[row] - from < span);
}

static void
apply_codes (DspOrderIndex   *index,
             const DspFilter *one,
             int              which,
             guint64         *words,
             guint            n_words)
{
  const DspCodes *column = &index->codes[which];
  GPtrArray *values = column->dictionary.values;
  g_autofree guint8 *allowed = g_malloc (MAX (values->len, 256));
  DspOrder order = { 0 };

  memset (allowed, 0, MAX (values->len, 256));
  for (guint code = 0; code < values->len; code++)
    {
      gpointer value = g_ptr_array_index (values, code);

      if (column->dictionary.of_ids)
        *dsp_field_id (column->field, &order) = value != NULL ? *(DspId *) value : dsp_id_none;
      else
        *dsp_field_text (column->field, &order) = value;
      allowed[code] = dsp_filter_matches (one, &order, 0);
    }
  keep_codes (column, allowed, words, n_words);
}

static void
apply_status (DspOrderIndex   *index,
              const DspFilter *one,
              guint64         *words,
              guint            n_words)
{
  guint8 allowed[256] = { 0 };
  DspOrder order = { 0 };

  for (guint status = 0; status < DSP_N_ORDER_STATUSES; status++)
    {
      order.status = status;
      allowed[status] = dsp_filter_matches (one, &order, 0);
    }
  keep_bytes (index->status, allowed, words, n_words);
}

static void
apply_priority (DspOrderIndex   *index,
                const DspFilter *one,
                guint64         *words,
                guint            n_words)
{
  guint8 allowed[256];
  DspOrder order = { 0 };

  for (guint value = 0; value < 256; value++)
    {
      order.priority = value == 0 ? (DspInt) { 0 } : (DspInt) { value - 1, true };
      allowed[value] = dsp_filter_matches (one, &order, 0);
    }
  keep_bytes (index->priority, allowed, words, n_words);
}

/* The first whole second that is not before @us. */
static guint32
seconds_from (gint64 us)
{
  if (us <= 0)
    return 1;
  if (us >= (gint64) G_MAXUINT32 * G_TIME_SPAN_SECOND)
    return G_MAXUINT32;
  return (guint32) ((us + G_TIME_SPAN_SECOND - 1) / G_TIME_SPAN_SECOND);
}

/* The values of a column of numbers that an alternative allows: from inclusive, to exclusive. 0 is none. */
static void
numbers_allowed (const DspAlternative *alternative,
                 int                   which,
                 guint32              *from,
                 guint32              *to)
{
  bool plain = which == DSP_SECONDS_RESCHEDULES; /* its number, plus 1; the end is inclusive */

  *from = 1;
  *to = G_MAXUINT32;
  switch (alternative->op)
    {
    case DSP_OP_EQUAL:
      *from = plain ? (guint32) CLAMP (alternative->from, -1, G_MAXINT32) + 1 : dsp_index_seconds (alternative->from);
      *to = *from + 1;
      break;
    case DSP_OP_RANGE:
      *from = plain ? (guint32) CLAMP (alternative->from, 0, G_MAXINT32) + 1 : MAX (1, seconds_from (alternative->from));
      *to = plain ? (guint32) CLAMP (alternative->to, -1, G_MAXINT32) + 2 : seconds_from (alternative->to);
      break;
    case DSP_OP_NONE:
      *from = 0;
      *to = 1;
      break;
    case DSP_OP_ANY:
    case DSP_OP_PREFIX:
      break;
    }
}

static void
apply_numbers (DspOrderIndex      *index,
               const DspCondition *condition,
               int                 which,
               guint64            *words,
               guint               n_words)
{
  const guint32 *seconds = index->seconds[which];
  g_autofree guint64 *any = NULL;
  g_autofree guint64 *part = NULL;

  for (guint i = 0; i < condition->any->len; i++)
    {
      guint32 from, to;

      numbers_allowed (&g_array_index (condition->any, DspAlternative, i), which, &from, &to);
      if (condition->any->len == 1)
        {
          keep_range (seconds, from, to > from ? to - from : 0, words, n_words);
          return;
        }
      if (any == NULL)
        {
          any = g_new0 (guint64, n_words);
          part = g_new (guint64, n_words);
        }
      memcpy (part, words, n_words * sizeof *words);
      keep_range (seconds, from, to > from ? to - from : 0, part, n_words);
      for (guint w = 0; w < n_words; w++)
        any[w] |= part[w];
    }
  if (any != NULL)
    memcpy (words, any, n_words * sizeof *words);
}

static void
apply_penalized (DspOrderIndex   *index,
                 const DspFilter *filter,
                 gint64           now_us,
                 guint64         *words,
                 guint            n_words)
{
  const guint8 *status = index->status;
  const guint32 *late = index->seconds[DSP_SECONDS_LATE];
  guint32 now = dsp_index_seconds (now_us);
  guint32 span = (guint32) MAX (filter->within_hours, 0) * 3600;

  /* 0 is none: one less is past everything. */
  switch (filter->penalized)
    {
    case DSP_PENALIZED_YES:
      CLEAR_UNLESS (words, n_words, late[row] - 1 < now);
      break;
    case DSP_PENALIZED_NO:
      CLEAR_UNLESS (words, n_words, late[row] - 1 >= now);
      break;
    case DSP_PENALIZED_WITHIN:
      CLEAR_UNLESS (words, n_words, (DSP_BIT (status[row]) & DSP_ORDER_OPEN) != 0 && late[row] - now - 1 < span);
      break;
    case DSP_PENALIZED_ANY:
      break;
    }
}

/* The price is no criterion. */
static int
filter_numbers_of (const DspField *field)
{
  return field->offset == offsetof (DspOrder, reschedules) ? DSP_SECONDS_RESCHEDULES : dsp_index_seconds_of (field);
}

static void
apply_condition (DspOrderIndex *index,
                 DspCondition  *condition,
                 guint64       *words,
                 guint          n_words)
{
  g_autoptr(GArray) single = g_array_new (FALSE, FALSE, sizeof (DspCondition));
  DspFilter one = { .entity = &dsp_order, .conditions = single };
  int which;

  g_array_append_val (single, *condition);
  if ((which = dsp_index_codes_of (condition->field)) >= 0)
    apply_codes (index, &one, which, words, n_words);
  else if ((which = filter_numbers_of (condition->field)) >= 0)
    apply_numbers (index, condition, which, words, n_words);
  else if (condition->field->offset == offsetof (DspOrder, status))
    apply_status (index, &one, words, n_words);
  else if (condition->field->offset == offsetof (DspOrder, priority))
    apply_priority (index, &one, words, n_words);
}

static void
apply_exception (DspOrderIndex  *index,
                 DspException    exception,
                 const DspClock *clock,
                 guint64        *words,
                 guint           n_words)
{
  const guint8 *status = index->status, *flags = index->flags, *known = index->known->data;
  const guint32 *late = index->seconds[DSP_SECONDS_LATE];
  const DspCodes *crew = &index->codes[DSP_CODES_CREW], *postal_code = &index->codes[DSP_CODES_POSTAL_CODE];
  guint32 now = dsp_index_seconds (clock->now_us);

#define OPEN ((DSP_BIT (status[row]) & DSP_ORDER_OPEN) != 0)
  switch (exception)
    {
    case DSP_EXCEPTION_UNASSIGNED:
      CLEAR_UNLESS (words, n_words, OPEN && dsp_codes_get (crew, row) == 0);
      break;
    case DSP_EXCEPTION_PENALIZES_TODAY:
      {
        guint32 to = dsp_index_seconds (clock->day_to_us);
        CLEAR_UNLESS (words, n_words, OPEN && late[row] > now && late[row] < to);
        break;
      }
    case DSP_EXCEPTION_AT_RISK:
      {
        guint32 span = (guint32) (clock->risk_us / G_TIME_SPAN_SECOND);
        CLEAR_UNLESS (words, n_words, OPEN && late[row] - now - 1 < span);
        break;
      }
    case DSP_EXCEPTION_TO_RESCHEDULE:
      CLEAR_UNLESS (words, n_words, status[row] == DSP_ORDER_TO_RESCHEDULE);
      break;
    case DSP_EXCEPTION_NO_POSTAL_CODE:
      CLEAR_UNLESS (words, n_words, OPEN && !known[dsp_codes_get (postal_code, row)]);
      break;
    case DSP_EXCEPTION_CONFLICT:
      CLEAR_UNLESS (words, n_words, (flags[row] & DSP_ROW_CONFLICT) != 0);
      break;
    case DSP_EXCEPTION_PENDING:
      CLEAR_UNLESS (words, n_words, (flags[row] & DSP_ROW_PENDING) != 0);
      break;
    case DSP_EXCEPTION_NONE:
    case DSP_N_EXCEPTIONS:
      break;
    }
#undef OPEN
}

/* ---- counts ---- */

static int
compare_postal_counts (gconstpointer a,
                       gconstpointer b)
{
  return g_strcmp0 (((const DspPostalCount *) a)->postal_code, ((const DspPostalCount *) b)->postal_code);
}

/* Counts the rows of @words and collects them. */
static void
count (DspOrderIndex  *index,
       const DspClock *clock,
       const guint64  *words,
       guint           n_words,
       DspOrderResult *result)
{
  const DspCodes *postal_code = &index->codes[DSP_CODES_POSTAL_CODE], *crew = &index->codes[DSP_CODES_CREW];
  guint n_codes = postal_code->dictionary.values->len;
  g_autofree DspPostalCount *counts = g_new0 (DspPostalCount, n_codes);
  const guint32 *late = index->seconds[DSP_SECONDS_LATE];
  guint32 now = dsp_index_seconds (clock->now_us), risk = (guint32) (clock->risk_us / G_TIME_SPAN_SECOND);
  guint by_status[256] = { 0 };
  guint n = 0;

  for (guint w = 0; w < n_words; w++)
    for (guint64 left = words[w]; left != 0; left &= left - 1)
      {
        guint row = (w << 6) + (guint) __builtin_ctzll (left);
        guint8 status = index->status[row];
        DspPostalCount *at = &counts[dsp_codes_get (postal_code, row)];

        n++;
        by_status[status]++;
        at->total++;
        if ((DSP_BIT (status) & DSP_ORDER_OPEN) == 0)
          continue;
        at->open++;
        at->unassigned += dsp_codes_get (crew, row) == 0;
        at->to_reschedule += status == DSP_ORDER_TO_RESCHEDULE;
        if (late[row] != 0)
          {
            at->penalized += late[row] <= now;
            at->at_risk += late[row] - now - 1 < risk;
          }
      }

  result->n_rows = n;
  for (guint status = 0; status < DSP_N_ORDER_STATUSES; status++)
    result->by_status[status] = by_status[status];
  for (guint code = 0; code < n_codes; code++)
    if (counts[code].total > 0)
      {
        counts[code].postal_code = g_ptr_array_index (postal_code->dictionary.values, code);
        g_array_append_val (result->by_postal_code, counts[code]);
      }
  g_array_sort (result->by_postal_code, compare_postal_counts);
}

/**
 * dsp_order_index_can:
 * Returns: whether conditions on @field are answered by the columns.
 */
bool
dsp_order_index_can (const DspField *field)
{
  return dsp_index_codes_of (field) >= 0 || filter_numbers_of (field) >= 0 ||
         field->offset == offsetof (DspOrder, status) || field->offset == offsetof (DspOrder, priority);
}

guint64 *
dsp_index_match (DspOrderIndex       *index,
                 const DspOrderQuery *query,
                 guint               *n_words_out)
{
  guint n_words = (index->n_rows + 63) / 64;
  guint64 *words = g_new (guint64, n_words + 1);

  *n_words_out = n_words;
  if (n_words > 0)
    memcpy (words, index->alive, n_words * sizeof *words);
  if (query->only != NULL)
    for (guint w = 0; w < n_words; w++)
      words[w] &= w <= query->only->n_rows / 64 ? query->only->words[w] : 0;
  if (query->filter != NULL)
    {
      /* States are the cheapest to look at and leave the fewest rows for the others. */
      for (int states = 1; states >= 0; states--)
        for (guint i = 0; i < query->filter->conditions->len; i++)
          {
            DspCondition *condition = &g_array_index (query->filter->conditions, DspCondition, i);

            if ((condition->field->offset == offsetof (DspOrder, status)) == states)
              apply_condition (index, condition, words, n_words);
          }
      if (query->filter->entity == &dsp_order)
        apply_penalized (index, query->filter, query->clock.now_us, words, n_words);
    }
  apply_exception (index, query->exception, &query->clock, words, n_words);
  return words;
}

/**
 * dsp_order_index_query:
 * @n_first: how many of the result must be in order at least
 *
 * Returns: (transfer full): all rows that match and their counts.
 */
DspOrderResult *
dsp_order_index_query (DspOrderIndex       *index,
                       const DspOrderQuery *query,
                       guint                n_first)
{
  DspOrderResult *result = dsp_order_result_new ();
  guint n_words;
  g_autofree guint64 *words = dsp_index_match (index, query, &n_words);
  const DspField *sort = query->sort != NULL ? query->sort : dsp_table_at (&dsp_order.table, offsetof (DspOrder, created_at));

  count (index, &query->clock, words, n_words, result);
  result->rows = g_new (guint32, MAX (result->n_rows, 1));
  result->n_sorted = dsp_index_order_rows (index, sort, query->descending, words, result->n_rows, n_first, result->rows);
  return result;
}

/**
 * dsp_order_index_totals:
 * Returns: (transfer full): the exceptions and each crew's load, over all orders.
 */
DspOrderTotals *
dsp_order_index_totals (DspOrderIndex  *index,
                        const DspClock *clock)
{
  DspOrderTotals *totals = g_new0 (DspOrderTotals, 1);
  const DspCodes *crew = &index->codes[DSP_CODES_CREW], *postal_code = &index->codes[DSP_CODES_POSTAL_CODE];
  const guint32 *late = index->seconds[DSP_SECONDS_LATE], *attention = index->seconds[DSP_SECONDS_ATTENTION];
  const guint32 *closed = index->seconds[DSP_SECONDS_CLOSED];
  guint n_crews = crew->dictionary.values->len;
  g_autofree DspCrewLoad *loads = g_new0 (DspCrewLoad, n_crews);
  guint32 now = dsp_index_seconds (clock->now_us), risk = (guint32) (clock->risk_us / G_TIME_SPAN_SECOND);
  guint32 day_from = dsp_index_seconds (clock->day_from_us), day_to = dsp_index_seconds (clock->day_to_us);
  guint *exceptions = totals->exceptions;
  guint by_status[256] = { 0 };

  for (guint w = 0; w < (index->n_rows + 63) / 64; w++)
    for (guint64 left = index->alive[w]; left != 0; left &= left - 1)
      {
        guint row = (w << 6) + (guint) __builtin_ctzll (left);
        guint8 status = index->status[row];
        DspCrewLoad *load = &loads[dsp_codes_get (crew, row)];

        by_status[status]++;
        if (index->flags[row] != 0)
          {
            exceptions[DSP_EXCEPTION_CONFLICT] += (index->flags[row] & DSP_ROW_CONFLICT) != 0;
            exceptions[DSP_EXCEPTION_PENDING] += (index->flags[row] & DSP_ROW_PENDING) != 0;
          }
        if ((DSP_BIT (status) & DSP_ORDER_OPEN) == 0)
          {
            if (closed[row] - day_from < day_to - day_from && status == DSP_ORDER_CLOSED)
              {
                load->done++;
                load->today++;
              }
            continue;
          }
        load->open++;
        load->today += attention[row] < day_to;
        exceptions[DSP_EXCEPTION_UNASSIGNED] += load == loads;
        exceptions[DSP_EXCEPTION_TO_RESCHEDULE] += status == DSP_ORDER_TO_RESCHEDULE;
        exceptions[DSP_EXCEPTION_NO_POSTAL_CODE] += !index->known->data[dsp_codes_get (postal_code, row)];
        if (late[row] != 0)
          {
            load->penalized += late[row] <= now;
            exceptions[DSP_EXCEPTION_AT_RISK] += late[row] - now - 1 < risk;
            exceptions[DSP_EXCEPTION_PENALIZES_TODAY] += late[row] > now && late[row] < day_to;
          }
      }

  for (guint status = 0; status < DSP_N_ORDER_STATUSES; status++)
    totals->by_status[status] = by_status[status];
  totals->crews = g_array_new (FALSE, FALSE, sizeof (DspCrewLoad));
  for (guint code = 1; code < n_crews; code++)
    if (loads[code].open > 0 || loads[code].done > 0)
      {
        loads[code].crew_id = *(DspId *) g_ptr_array_index (crew->dictionary.values, code);
        g_array_append_val (totals->crews, loads[code]);
      }
  g_array_sort (totals->crews, compare_loads);
  return totals;
}
