/* dsp-order-sort.c: the rows of the index in the order of a column
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A column that was sorted once keeps the order of all its rows; a result is read off it by walking the order and taking
 * the rows that are in the result. Changed rows are noted and merged in by one pass when the order is used next. Before
 * there is an order, the first page is picked out by a bounded heap, and small results are sorted by themselves.
 *
 * Every row has a key of 64 bits; texts that agree in it are compared whole. Equal rows go by row number.
 */
#define G_LOG_DOMAIN "dsp-order-index"

#include "config.h"
#include "dsp-client-error.h"
#include "dsp-order-index-private.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
  guint64     key;
  const char *text;  /* (nullable): decides between equal keys */
  guint32     row;
} SortItem;

static inline int
compare_items (gconstpointer a,
               gconstpointer b)
{
  const SortItem *one = a, *two = b;

  if (one->key != two->key)
    return one->key < two->key ? -1 : 1;
  if (one->text != NULL && two->text != NULL && one->text != two->text)
    {
      int order = strcmp (one->text, two->text);

      if (order != 0)
        return order;
    }
  return one->row < two->row ? -1 : one->row > two->row;
}

/* ---- keys ---- */

/* Numbers before texts, by value; texts by their first seven bytes, folded for ASCII. */
static guint64
text_key (const char *text)
{
  guint64 number = 0, key = 1;
  gsize i;

  if (text == NULL)
    return 0;
  for (i = 0; i < 18 && g_ascii_isdigit (text[i]); i++)
    number = number * 10 + (guint64) (text[i] - '0');
  if (i > 0 && text[i] == '\0')
    return 1 + number;
  for (i = 0; i < 7; i++)
    {
      key = key << 8 | (guchar) g_ascii_tolower (*text);
      text += *text != '\0';
    }
  return key | G_GUINT64_CONSTANT (1) << 63;
}

static char *
dictionary_key (DspOrderIndex *index,
                DspCodes      *column,
                guint32        code)
{
  gconstpointer value = g_ptr_array_index (column->dictionary.values, code);

  if (column->dictionary.of_ids)
    {
      const char *name = g_hash_table_lookup (index->names[column - index->codes - DSP_CODES_CREW], value);
      char text[DSP_ID_TEXT];

      if (name != NULL)
        return g_utf8_collate_key (name, -1);
      dsp_id_print (value, text);
      return g_strconcat ("\377", text, NULL);
    }
  return g_utf8_collate_key (value, -1);
}

static int
compare_keys (gconstpointer a,
              gconstpointer b,
              gpointer      user_data)
{
  GPtrArray *keys = user_data;
  guint32 one = *(const guint32 *) a, two = *(const guint32 *) b;
  int order = strcmp (g_ptr_array_index (keys, one), g_ptr_array_index (keys, two));

  return order != 0 ? order : one < two ? -1 : one > two;
}

/* The place of each value among the values. New values shift the others, but never past each other: orders of rows
 * that were made before stay right. */
static const guint32 *
ranks (DspOrderIndex *index,
       DspCodes      *column)
{
  DspDictionary *dictionary = &column->dictionary;
  guint n = dictionary->values->len;
  g_autofree guint32 *order = NULL;

  if (dictionary->rank->len == n)
    return (const guint32 *) dictionary->rank->data;
  while (dictionary->keys->len < n)
    {
      guint code = dictionary->keys->len;

      g_ptr_array_add (dictionary->keys, code == 0 ? g_strdup ("") : dictionary_key (index, column, code));
    }
  order = g_new (guint32, n);
  for (guint i = 0; i < n; i++)
    order[i] = i;
  g_qsort_with_data (order + 1, (int) n - 1, sizeof *order, compare_keys, dictionary->keys);
  g_array_set_size (dictionary->rank, n);
  for (guint i = 0; i < n; i++)
    g_array_index (dictionary->rank, guint32, order[i]) = i;
  return (const guint32 *) dictionary->rank->data;
}

/* How the keys of one column are read. */
typedef struct {
  const guint8   *bytes;
  const guint32  *seconds;
  const DspCodes *codes;
  const guint32  *rank;
  const char    **texts;
} KeySource;

static bool
key_source (DspOrderIndex  *index,
            const DspField *field,
            KeySource      *source)
{
  DspIndexTexts *texts;
  int which;

  memset (source, 0, sizeof *source);
  if ((which = dsp_index_codes_of (field)) >= 0)
    {
      source->codes = &index->codes[which];
      source->rank = ranks (index, &index->codes[which]);
    }
  else if ((which = dsp_index_numbers_of (field)) >= 0)
    source->seconds = index->seconds[which];
  else if (field->offset == offsetof (DspOrder, status))
    source->bytes = index->status;
  else if (field->offset == offsetof (DspOrder, priority))
    source->bytes = index->priority;
  else if ((texts = dsp_index_texts_of (index, field)) != NULL)
    source->texts = texts->texts;
  else
    return false;
  return true;
}

static inline SortItem
item_of (const KeySource *source,
         guint32          row)
{
  SortItem item = { .row = row };

  if (source->seconds != NULL)
    item.key = source->seconds[row];
  else if (source->bytes != NULL)
    item.key = source->bytes[row];
  else if (source->codes != NULL)
    item.key = source->rank[dsp_codes_get (source->codes, row)];
  else
    {
      item.text = source->texts[row];
      item.key = text_key (item.text);
    }
  return item;
}

/* ---- sorting many ---- */

/* Least significant digit first, eleven bits a turn, only the turns in which the keys differ; then the texts within
 * runs of equal keys. The items come by row, so that equal ones stay by row. */
static void
sort_items (SortItem *items,
            guint     n)
{
  g_autofree SortItem *other = NULL;
  SortItem *from = items, *to;
  guint64 all_or = 0, all_and = G_MAXUINT64;

  if (n < 2000)
    {
      qsort (items, n, sizeof *items, compare_items);
      return;
    }
  for (guint i = 0; i < n; i++)
    {
      all_or |= items[i].key;
      all_and &= items[i].key;
    }
  to = other = g_new (SortItem, n);
  for (guint shift = 0; shift < 64; shift += 11)
    {
      guint starts[2048] = { 0 }, sum = 0;
      SortItem *swap;

      if (((all_or ^ all_and) >> shift & 2047) == 0)
        continue;
      for (guint i = 0; i < n; i++)
        starts[from[i].key >> shift & 2047]++;
      for (guint digit = 0; digit < 2048; digit++)
        {
          guint there = starts[digit];

          starts[digit] = sum;
          sum += there;
        }
      for (guint i = 0; i < n; i++)
        to[starts[from[i].key >> shift & 2047]++] = from[i];
      swap = from;
      from = to;
      to = swap;
    }
  if (from != items)
    memcpy (items, from, n * sizeof *items);
  for (guint i = 0, run; i < n; i = run)
    {
      for (run = i + 1; run < n && items[run].key == items[i].key; run++)
        ;
      if (run - i > 1 && items[i].text != NULL)
        qsort (items + i, run - i, sizeof *items, compare_items);
    }
}

/* ---- kept orders ---- */

DspSorted *
dsp_index_sorted_of (DspOrderIndex  *index,
                     const DspField *field)
{
  for (guint i = 0; i < index->sorted->len; i++)
    {
      DspSorted *sorted = g_ptr_array_index (index->sorted, i);

      if (sorted->field->offset == field->offset)
        return sorted;
    }
  return NULL;
}

void
dsp_index_sorted_free (gpointer data)
{
  DspSorted *sorted = data;

  g_free (sorted->rows);
  g_array_unref (sorted->dirty);
  g_free (sorted->is_dirty);
  g_free (sorted);
}

void
dsp_index_drop_sorted (DspOrderIndex  *index,
                       const DspField *field)
{
  DspSorted *sorted = dsp_index_sorted_of (index, field);

  if (sorted != NULL)
    g_ptr_array_remove_fast (index->sorted, sorted);
}

static void
mark (DspSorted *sorted,
      guint32    row)
{
  guint w = row >> 6;

  if (w >= sorted->n_words)
    {
      guint n_words = w + w / 2 + 64;

      sorted->is_dirty = g_realloc_n (sorted->is_dirty, n_words, sizeof (guint64));
      memset (sorted->is_dirty + sorted->n_words, 0, (n_words - sorted->n_words) * sizeof (guint64));
      sorted->n_words = n_words;
    }
  if ((sorted->is_dirty[w] >> (row & 63) & 1) != 0)
    return;
  sorted->is_dirty[w] |= G_GUINT64_CONSTANT (1) << (row & 63);
  g_array_append_val (sorted->dirty, row);
}

void
dsp_index_mark_dirty (DspOrderIndex  *index,
                      const DspField *field,
                      guint32         row)
{
  for (guint i = 0; i < index->sorted->len; i++)
    {
      DspSorted *sorted = g_ptr_array_index (index->sorted, i);

      if (field == NULL || sorted->field->offset == field->offset)
        mark (sorted, row);
    }
}

/* Merges the rows that changed since. One pass over all rows. */
static void
refresh (DspOrderIndex *index,
         DspSorted     *sorted)
{
  g_autofree SortItem *items = NULL;
  guint32 *rows;
  KeySource source;
  guint n_items = 0, n = 0, next = 0;

  if (sorted->dirty->len == 0 || !key_source (index, sorted->field, &source))
    return;
  items = g_new (SortItem, sorted->dirty->len);
  for (guint i = 0; i < sorted->dirty->len; i++)
    {
      guint32 row = g_array_index (sorted->dirty, guint32, i);

      if (dsp_index_is_alive (index, row))
        items[n_items++] = item_of (&source, row);
    }
  qsort (items, n_items, sizeof *items, compare_items);

  rows = g_new (guint32, sorted->n_rows + n_items + 1);
  /* Where the changed rows go is searched in the old order, which still has the rows that left their places. They are
   * no good to compare with, as their keys changed: the nearest clean row after each probe is. */
  for (guint i = 0; i < n_items; i++)
    {
      guint low = next, high = sorted->n_rows;

      while (low < high)
        {
          guint middle = low + (high - low) / 2, probe = middle;
          SortItem there;

          while (probe < high && (sorted->is_dirty[sorted->rows[probe] >> 6] >> (sorted->rows[probe] & 63) & 1) != 0)
            probe++;
          if (probe == high)
            {
              high = middle;
              continue;
            }
          there = item_of (&source, sorted->rows[probe]);
          if (compare_items (&there, &items[i]) < 0)
            low = probe + 1;
          else
            high = middle;
        }
      for (; next < low; next++)
        {
          guint32 row = sorted->rows[next];

          rows[n] = row;
          n += (sorted->is_dirty[row >> 6] >> (row & 63) & 1) == 0;
        }
      rows[n++] = items[i].row;
    }
  for (; next < sorted->n_rows; next++)
    {
      guint32 row = sorted->rows[next];

      rows[n] = row;
      n += (sorted->is_dirty[row >> 6] >> (row & 63) & 1) == 0;
    }
  g_free (sorted->rows);
  sorted->rows = rows;
  sorted->n_rows = n;
  for (guint i = 0; i < sorted->dirty->len; i++)
    {
      guint32 row = g_array_index (sorted->dirty, guint32, i);

      sorted->is_dirty[row >> 6] = 0;
    }
  g_array_set_size (sorted->dirty, 0);
}

/* The keys of all rows, in row order. */
static SortItem *
collect (DspOrderIndex  *index,
         const DspField *field,
         guint          *n)
{
  SortItem *items;
  KeySource source;

  *n = 0;
  if (!key_source (index, field, &source))
    return NULL;
  items = g_new (SortItem, index->n_orders + 1);
  for (guint w = 0; w < (index->n_rows + 63) / 64; w++)
    for (guint64 left = index->alive[w]; left != 0; left &= left - 1)
      items[(*n)++] = item_of (&source, (w << 6) + (guint) __builtin_ctzll (left));
  return items;
}

static DspSorted *
sorted_new (DspOrderIndex  *index,
            const DspField *field)
{
  DspSorted *sorted = g_new0 (DspSorted, 1);

  sorted->field = field;
  sorted->serial = ++index->serial;
  sorted->dirty = g_array_new (FALSE, FALSE, sizeof (guint32));
  sorted->n_words = index->n_rows / 64 + 64;
  sorted->is_dirty = g_new0 (guint64, sorted->n_words);
  return sorted;
}

static void
take_items (DspSorted      *sorted,
            const SortItem *items,
            guint           n)
{
  sorted->rows = g_new (guint32, MAX (n, 1));
  sorted->n_rows = n;
  for (guint i = 0; i < n; i++)
    sorted->rows[i] = items[i].row;
}

/**
 * dsp_order_index_is_sorted:
 * Returns: whether results by @field come completely in order.
 */
bool
dsp_order_index_is_sorted (DspOrderIndex  *index,
                           const DspField *field)
{
  DspSorted *sorted = dsp_index_sorted_of (index, field);

  return sorted != NULL && sorted->rows != NULL;
}

/**
 * dsp_order_index_prepare:
 * Sorts all rows by @field now, in the caller's thread. Nothing happens if the index does not have the texts for it.
 */
void
dsp_order_index_prepare (DspOrderIndex  *index,
                         const DspField *field)
{
  g_autofree SortItem *items = NULL;
  DspSorted *sorted;
  guint n;

  if (dsp_order_index_is_sorted (index, field))
    return;
  items = collect (index, field, &n);
  if (items == NULL)
    return;
  dsp_index_drop_sorted (index, field);
  sort_items (items, n);
  sorted = sorted_new (index, field);
  take_items (sorted, items, n);
  g_ptr_array_add (index->sorted, sorted);
}

/* ---- in a thread ---- */

typedef struct {
  DspOrderIndex  *index;  /* (owned) */
  const DspField *field;
  guint64         serial; /* of the entry that collects what changes meanwhile */
  SortItem       *items;  /* (owned) */
  guint           n;
} Prepare;

static void
prepare_free (gpointer data)
{
  Prepare *prepare = data;

  dsp_order_index_unref (prepare->index);
  g_free (prepare->items);
  g_free (prepare);
}

static void
prepare_in_thread (GTask        *task,
                   gpointer      source,
                   gpointer      data,
                   GCancellable *cancellable)
{
  Prepare *prepare = data;

  sort_items (prepare->items, prepare->n);
  g_task_return_boolean (task, TRUE);
}

static void
on_prepared (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Prepare *prepare = g_task_get_task_data (G_TASK (result));
  DspSorted *sorted = dsp_index_sorted_of (prepare->index, prepare->field);

  /* Names changed or the column was sorted by somebody else meanwhile: this order is not wanted any more. */
  if (sorted != NULL && sorted->serial == prepare->serial && sorted->rows == NULL)
    take_items (sorted, prepare->items, prepare->n);
  g_task_return_boolean (task, TRUE);
}

/**
 * dsp_order_index_prepare_async:
 * Sorts a copy of the keys in a thread. Rows that change meanwhile are merged in afterwards. Texts are not copied: they
 * are never freed while the index lives.
 */
void
dsp_order_index_prepare_async (DspOrderIndex       *index,
                               const DspField      *field,
                               GCancellable        *cancellable,
                               GAsyncReadyCallback  callback,
                               gpointer             user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);
  g_autoptr(GTask) inner = NULL;
  DspSorted *sorted;
  Prepare *prepare;

  g_task_set_source_tag (task, dsp_order_index_prepare_async);
  if (dsp_order_index_is_sorted (index, field))
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }
  prepare = g_new0 (Prepare, 1);
  prepare->index = dsp_order_index_ref (index);
  prepare->field = field;
  prepare->items = collect (index, field, &prepare->n);
  if (prepare->items == NULL)
    {
      prepare_free (prepare);
      g_task_return_new_error (task, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_NOT_FOUND, "the index does not have the texts of %s", field->name);
      g_object_unref (task);
      return;
    }
  dsp_index_drop_sorted (index, field);
  sorted = sorted_new (index, field);
  prepare->serial = sorted->serial;
  g_ptr_array_add (index->sorted, sorted);
  inner = g_task_new (NULL, NULL, on_prepared, task);
  g_task_set_task_data (inner, prepare, prepare_free);
  g_task_run_in_thread (inner, prepare_in_thread);
}

gboolean
dsp_order_index_prepare_finish (DspOrderIndex *index,
                                GAsyncResult  *result,
                                GError       **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* ---- texts ---- */

/**
 * dsp_order_index_needs_texts:
 * Returns: whether sorting by @field needs dsp_order_index_take_texts() first.
 */
bool
dsp_order_index_needs_texts (DspOrderIndex  *index,
                             const DspField *field)
{
  return field->kind == DSP_KIND_TEXT && !dsp_order_index_can (field) && dsp_index_texts_of (index, field) == NULL;
}

DspIndexTexts *
dsp_index_texts_of (DspOrderIndex  *index,
                    const DspField *field)
{
  for (guint i = 0; i < index->texts->len; i++)
    {
      DspIndexTexts *texts = g_ptr_array_index (index->texts, i);

      if (texts->field->offset == field->offset)
        return texts;
    }
  return NULL;
}

DspIndexTexts *
dsp_index_texts_new (const DspField *field)
{
  DspIndexTexts *texts = g_new0 (DspIndexTexts, 1);

  texts->field = field;
  texts->chunk = g_string_chunk_new (64 * 1024);
  texts->by_id = g_hash_table_new_full (dsp_id_hash, dsp_id_equal_func, g_free, NULL);
  return texts;
}

/**
 * dsp_index_texts_add:
 * Says the text of one order; texts may be collected in any thread before the index takes them.
 */
void
dsp_index_texts_add (DspIndexTexts *texts,
                     const DspId   *id,
                     const char    *text)
{
  if (text != NULL)
    g_hash_table_insert (texts->by_id, g_memdup2 (id, sizeof *id), g_string_chunk_insert (texts->chunk, text));
}

void
dsp_index_texts_free (DspIndexTexts *texts)
{
  if (texts == NULL)
    return;
  g_string_chunk_free (texts->chunk);
  g_clear_pointer (&texts->by_id, g_hash_table_unref);
  g_free (texts->texts);
  g_free (texts);
}

/**
 * dsp_order_index_take_texts:
 * @texts: (transfer full): of all orders that the index has
 */
void
dsp_order_index_take_texts (DspOrderIndex *index,
                            DspIndexTexts *texts)
{
  GHashTableIter iter;
  gpointer id, text;

  if (dsp_index_texts_of (index, texts->field) != NULL)
    {
      dsp_index_texts_free (texts);
      return;
    }
  texts->capacity = index->capacity;
  texts->texts = g_new0 (const char *, MAX (index->capacity, 1));
  g_hash_table_iter_init (&iter, texts->by_id);
  while (g_hash_table_iter_next (&iter, &id, &text))
    {
      guint32 row = dsp_order_index_find (index, id);

      if (row != DSP_NO_ROW)
        texts->texts[row] = text;
    }
  g_clear_pointer (&texts->by_id, g_hash_table_unref);
  g_ptr_array_add (index->texts, texts);
}

/* ---- ordering a result ---- */

static void
sift_down (SortItem *heap,
           guint     n,
           guint     at,
           int       direction)
{
  for (;;)
    {
      guint child = 2 * at + 1;
      SortItem swap;

      if (child >= n)
        return;
      if (child + 1 < n && compare_items (&heap[child + 1], &heap[child]) * direction > 0)
        child++;
      if (compare_items (&heap[child], &heap[at]) * direction <= 0)
        return;
      swap = heap[at];
      heap[at] = heap[child];
      heap[child] = swap;
      at = child;
    }
}

/* The first @n_first of the set in order, by a heap whose top is the last of them; then the others as they come. */
static guint
pick_first (const KeySource *source,
            bool             descending,
            const guint64   *set,
            guint            n_words,
            guint            n_set,
            guint            n_first,
            guint32         *rows)
{
  g_autofree SortItem *heap = g_new (SortItem, n_first);
  g_autofree guint64 *rest = g_memdup2 (set, n_words * sizeof *set);
  int direction = descending ? -1 : 1;
  guint n = 0, out;

  for (guint w = 0; w < n_words; w++)
    for (guint64 left = set[w]; left != 0; left &= left - 1)
      {
        SortItem item = item_of (source, (w << 6) + (guint) __builtin_ctzll (left));

        if (n < n_first)
          {
            heap[n++] = item;
            if (n == n_first)
              for (guint i = n / 2; i-- > 0;)
                sift_down (heap, n, i, direction);
          }
        else if (compare_items (&item, &heap[0]) * direction < 0)
          {
            heap[0] = item;
            sift_down (heap, n, 0, direction);
          }
      }
  qsort (heap, n, sizeof *heap, compare_items);
  for (guint i = 0; i < n; i++)
    {
      guint32 row = heap[descending ? n - 1 - i : i].row;

      rows[i] = row;
      rest[row >> 6] &= ~(G_GUINT64_CONSTANT (1) << (row & 63));
    }
  out = n;
  for (guint w = 0; w < n_words; w++)
    for (guint64 left = rest[w]; left != 0; left &= left - 1)
      rows[out++] = (w << 6) + (guint) __builtin_ctzll (left);
  g_assert (out == n_set);
  return n;
}

/* Writes the rows of @set by @field. Returns how many of them, from the first, are in order. */
guint
dsp_index_order_rows (DspOrderIndex  *index,
                      const DspField *field,
                      bool            descending,
                      const guint64  *set,
                      guint           n_set,
                      guint           n_first,
                      guint32        *rows)
{
  guint n_words = (index->n_rows + 63) / 64, n = 0;
  DspSorted *sorted = dsp_index_sorted_of (index, field);
  g_autofree SortItem *items = NULL;
  KeySource source;

  if (n_set == 0)
    return 0;
  if (n_set > index->n_orders / 32 && sorted != NULL && sorted->rows != NULL)
    {
      refresh (index, sorted);
      /* Without a branch: whether a row is in the set cannot be foreseen. */
      for (guint i = 0; n < n_set && i < sorted->n_rows; i++)
        {
          guint32 row = sorted->rows[descending ? sorted->n_rows - 1 - i : i];

          rows[n] = row;
          n += set[row >> 6] >> (row & 63) & 1;
        }
      return n;
    }
  if (!key_source (index, field, &source))
    {
      for (guint w = 0; w < n_words; w++)
        for (guint64 left = set[w]; left != 0; left &= left - 1)
          rows[n++] = (w << 6) + (guint) __builtin_ctzll (left);
      return 0;
    }
  if (n_set > 32 * 1024 && n_first < n_set)
    return pick_first (&source, descending, set, n_words, n_set, MAX (n_first, 1), rows);

  items = g_new (SortItem, n_set);
  for (guint w = 0; w < n_words; w++)
    for (guint64 left = set[w]; left != 0; left &= left - 1)
      items[n++] = item_of (&source, (w << 6) + (guint) __builtin_ctzll (left));
  sort_items (items, n);
  for (guint i = 0; i < n; i++)
    rows[i] = items[descending ? n - 1 - i : i].row;
  return n;
}
