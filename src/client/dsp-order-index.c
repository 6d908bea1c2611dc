/* dsp-order-index.c: all orders that the user sees, as dense columns in memory
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * This file holds the columns: putting and removing rows. What they say is in dsp-order-index-read.c, questions are in
 * dsp-order-query.c, orders of columns in dsp-order-sort.c.
 */
#define G_LOG_DOMAIN "dsp-order-index"

#include "config.h"
#include "dsp-order-index-private.h"

#include <string.h>

static const struct {
  gsize offset;
  bool  of_ids;
} code_columns[DSP_N_CODES] = {
  [DSP_CODES_GROUP]         = { offsetof (DspOrder, group),          false },
  [DSP_CODES_TYPE]          = { offsetof (DspOrder, type),           false },
  [DSP_CODES_SUBTYPE]       = { offsetof (DspOrder, subtype),        false },
  [DSP_CODES_STATE]         = { offsetof (DspOrder, state),          false },
  [DSP_CODES_MUNICIPALITY]  = { offsetof (DspOrder, municipality),   false },
  [DSP_CODES_NEIGHBOURHOOD] = { offsetof (DspOrder, neighbourhood),  false },
  [DSP_CODES_POSTAL_CODE]   = { offsetof (DspOrder, postal_code),    false },
  [DSP_CODES_REASON]        = { offsetof (DspOrder, reason),         false },
  [DSP_CODES_PARENT]        = { offsetof (DspOrder, parent),         false },
  [DSP_CODES_CREW]          = { offsetof (DspOrder, crew_id),        true },
  [DSP_CODES_DISTRIBUTOR]   = { offsetof (DspOrder, distributor_id), true },
};

static const gsize number_columns[DSP_N_SECONDS] = {
  [DSP_SECONDS_CREATED]     = offsetof (DspOrder, created_at),
  [DSP_SECONDS_ATTENTION]   = offsetof (DspOrder, attention_at),
  [DSP_SECONDS_PENALTY]     = offsetof (DspOrder, penalty_at),
  [DSP_SECONDS_CLOSED]      = offsetof (DspOrder, closed_at),
  [DSP_SECONDS_ASSIGNED]    = offsetof (DspOrder, assigned_at),
  [DSP_SECONDS_PRICE]       = offsetof (DspOrder, penalty),
  [DSP_SECONDS_RESCHEDULES] = offsetof (DspOrder, reschedules),
  [DSP_SECONDS_VISIT]       = offsetof (DspOrder, visit),
};

int
dsp_index_codes_of (const DspField *field)
{
  for (int i = 0; i < DSP_N_CODES; i++)
    if (field->offset == code_columns[i].offset)
      return i;
  return -1;
}

int
dsp_index_seconds_of (const DspField *field)
{
  for (int i = 0; i < DSP_N_TIMES; i++)
    if (field->offset == number_columns[i])
      return i;
  return -1;
}

int
dsp_index_numbers_of (const DspField *field)
{
  for (int i = 0; i < DSP_N_SECONDS; i++)
    if (i != DSP_SECONDS_LATE && field->offset == number_columns[i])
      return i;
  return -1;
}

/* Nothing is sorted by DSP_SECONDS_LATE: NULL. */
static const DspField *
field_of_numbers (int column)
{
  return column == DSP_SECONDS_LATE ? NULL : dsp_table_at (&dsp_order.table, number_columns[column]);
}

/* Eight bytes a row instead of the text. Up to eight bytes are themselves; of longer ones two are taken for the same once in
 * 10^13 pairs of a thousand offices. */
guint64
dsp_index_number_key (const char *number)
{
  guint64 key = 0;
  gsize length;

  if (number == NULL)
    return 0;
  length = strlen (number);
  if (length <= 7)
    {
      memcpy (&key, number, length);
      return key | (guint64) (length + 1) << 56;
    }
  key = G_GUINT64_CONSTANT (0xcbf29ce484222325) ^ length;
  for (const char *p = number; *p != '\0'; p++)
    {
      key = (key ^ (guint8) *p) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
      key ^= key >> 29;
    }
  return key | G_GUINT64_CONSTANT (1) << 63;
}

static guint32
number_of (const DspOrder *order,
           int             column)
{
  if (column == DSP_SECONDS_PRICE)
    return order->penalty.is_set ? (guint32) CLAMP (order->penalty.cents, 0, (gint64) G_MAXUINT32 - 1) + 1 : 0;
  if (column == DSP_SECONDS_LATE)
    return dsp_index_seconds (dsp_order_penalized_from (order));
  if (column > DSP_SECONDS_PRICE)
    {
      const DspInt *number = (const DspInt *) ((const char *) order + number_columns[column]);

      return number->is_set ? (guint32) CLAMP (number->value, 0, (gint64) G_MAXUINT32 - 2) + 1 : 0;
    }
  return dsp_index_seconds (((const DspTime *) ((const char *) order + number_columns[column]))->us);
}

/* ---- dictionaries ---- */

static void
dictionary_init (DspDictionary *dictionary,
                 bool           of_ids)
{
  dictionary->of_ids = of_ids;
  dictionary->values = g_ptr_array_new_with_free_func (g_free);
  g_ptr_array_add (dictionary->values, NULL);
  dictionary->keys = g_ptr_array_new_with_free_func (g_free);
  dictionary->codes = of_ids ? g_hash_table_new (dsp_id_hash, dsp_id_equal_func) : g_hash_table_new (g_str_hash, g_str_equal);
  dictionary->rank = g_array_new (FALSE, TRUE, sizeof (guint32));
}

static void
dictionary_clear (DspDictionary *dictionary)
{
  g_hash_table_unref (dictionary->codes);
  g_ptr_array_unref (dictionary->values);
  g_ptr_array_unref (dictionary->keys);
  g_array_unref (dictionary->rank);
}

static bool
is_value (const DspDictionary *dictionary,
          guint32              code,
          gconstpointer        value)
{
  gconstpointer there = g_ptr_array_index (dictionary->values, code);

  if (there == NULL)
    return false;
  return dictionary->of_ids ? dsp_id_equal (there, value) : strcmp (there, value) == 0;
}

/* @value: a text or an id; NULL is none. */
static guint32
dictionary_code (DspDictionary *dictionary,
                 gconstpointer  value)
{
  gpointer code;
  gpointer kept;

  if (value == NULL)
    return 0;
  if (is_value (dictionary, dictionary->last, value))
    return dictionary->last;
  if (!g_hash_table_lookup_extended (dictionary->codes, value, NULL, &code))
    {
      kept = dictionary->of_ids ? g_memdup2 (value, sizeof (DspId)) : g_strdup (value);
      code = GUINT_TO_POINTER (dictionary->values->len);
      g_ptr_array_add (dictionary->values, kept);
      g_hash_table_insert (dictionary->codes, kept, code);
    }
  dictionary->last = GPOINTER_TO_UINT (code);
  return dictionary->last;
}

/* ---- columns ---- */

static void
widen (DspCodes *column,
       guint     n_rows,
       guint     capacity)
{
  guint8 width = column->width * 2;
  gpointer wide = g_malloc0_n (capacity, width);

  for (guint row = 0; row < n_rows; row++)
    if (width == 2)
      ((guint16 *) wide)[row] = ((guint8 *) column->codes)[row];
    else
      ((guint32 *) wide)[row] = ((guint16 *) column->codes)[row];
  g_free (column->codes);
  column->codes = wide;
  column->width = width;
}

static void
codes_set (DspOrderIndex *index,
           DspCodes      *column,
           guint32        row,
           guint32        code)
{
  while (column->width < 4 && code >= 1u << (8 * column->width))
    widen (column, index->n_rows, index->capacity);
  switch (column->width)
    {
    case 1:
      ((guint8 *) column->codes)[row] = (guint8) code;
      break;
    case 2:
      ((guint16 *) column->codes)[row] = (guint16) code;
      break;
    default:
      ((guint32 *) column->codes)[row] = code;
    }
}

static gpointer
grown (gpointer data,
       gsize    size,
       guint    from,
       guint    to)
{
  data = g_realloc_n (data, to, size);
  memset ((char *) data + from * size, 0, (to - from) * size);
  return data;
}

/* Makes room for @capacity rows. Columns end at a multiple of 64 rows, so that questions read whole words of the bit
 * sets without looking where the rows end. */
void
dsp_index_grow (DspOrderIndex *index,
                guint          capacity)
{
  guint from = index->capacity;
  guint n_slots = 64;

  capacity = (capacity + 63) & ~63u;
  if (capacity <= from)
    return;
  index->ids = grown (index->ids, sizeof *index->ids, from, capacity);
  index->alive = grown (index->alive, sizeof *index->alive, from / 64, capacity / 64);
  index->status = grown (index->status, 1, from, capacity);
  index->priority = grown (index->priority, 1, from, capacity);
  index->flags = grown (index->flags, 1, from, capacity);
  index->numbers = grown (index->numbers, sizeof *index->numbers, from, capacity);
  for (int i = 0; i < DSP_N_SECONDS; i++)
    index->seconds[i] = grown (index->seconds[i], sizeof (guint32), from, capacity);
  for (int i = 0; i < DSP_N_CODES; i++)
    index->codes[i].codes = grown (index->codes[i].codes, index->codes[i].width, from, capacity);
  for (guint i = 0; i < index->texts->len; i++)
    {
      DspIndexTexts *texts = g_ptr_array_index (index->texts, i);

      texts->texts = grown (texts->texts, sizeof *texts->texts, texts->capacity, capacity);
      texts->capacity = capacity;
    }
  index->capacity = capacity;

  while (n_slots < capacity + capacity / 2)
    n_slots *= 2;
  if (n_slots - 1 > index->table_mask)
    {
      g_free (index->table);
      index->table = g_new0 (guint32, n_slots);
      index->table_mask = n_slots - 1;
      for (guint row = 0; row < index->n_rows; row++)
        if (dsp_index_is_alive (index, row))
          dsp_index_add_to_table (index, row);
    }
}

/* ---- from an id to its row ---- */

static inline guint32
slot_of (guint32      mask,
         const DspId *id)
{
  guint32 hash = dsp_id_hash (id);

  return (hash ^ hash >> 15) * 0x9e3779b1u >> 3 & mask;
}

void
dsp_index_add_to_table (DspOrderIndex *index,
                        guint32        row)
{
  guint32 slot = slot_of (index->table_mask, &index->ids[row]);

  while (index->table[slot] != 0)
    slot = (slot + 1) & index->table_mask;
  index->table[slot] = row + 1;
}

static guint32
find_slot (DspOrderIndex *index,
           const DspId   *id)
{
  guint32 slot;

  if (index->capacity == 0)
    return DSP_NO_ROW;
  for (slot = slot_of (index->table_mask, id); index->table[slot] != 0; slot = (slot + 1) & index->table_mask)
    if (dsp_id_equal (&index->ids[index->table[slot] - 1], id))
      return slot;
  return DSP_NO_ROW;
}

void
dsp_index_places_copy (DspOrderIndex  *index,
                       DspIndexPlaces *places)
{
  *places = (DspIndexPlaces) { .mask = index->table_mask };
  if (index->capacity == 0)
    return;
  places->ids = g_memdup2 (index->ids, index->n_rows * sizeof *index->ids);
  places->table = g_memdup2 (index->table, ((gsize) index->table_mask + 1) * sizeof *index->table);
}

void
dsp_index_places_clear (DspIndexPlaces *places)
{
  g_clear_pointer (&places->ids, g_free);
  g_clear_pointer (&places->table, g_free);
}

guint32
dsp_index_places_find (const DspIndexPlaces *places,
                       const DspId          *id)
{
  guint32 slot;

  if (places->table == NULL)
    return DSP_NO_ROW;
  for (slot = slot_of (places->mask, id); places->table[slot] != 0; slot = (slot + 1) & places->mask)
    if (dsp_id_equal (&places->ids[places->table[slot] - 1], id))
      return places->table[slot] - 1;
  return DSP_NO_ROW;
}

/* Closes the gap, so that no search ends too early (Knuth, volume 3, 6.4, algorithm R). */
static void
empty_slot (DspOrderIndex *index,
            guint32        slot)
{
  guint32 next = slot;

  for (;;)
    {
      guint32 home;

      index->table[slot] = 0;
      do
        {
          next = (next + 1) & index->table_mask;
          if (index->table[next] == 0)
            return;
          home = slot_of (index->table_mask, &index->ids[index->table[next] - 1]);
        }
      while (slot <= next ? slot < home && home <= next : slot < home || home <= next);
      index->table[slot] = index->table[next];
      slot = next;
    }
}

/* ---- the index ---- */

/**
 * dsp_order_index_new:
 * Returns: (transfer full): an index without orders.
 */
DspOrderIndex *
dsp_order_index_new (void)
{
  DspOrderIndex *index = g_new0 (DspOrderIndex, 1);

  g_atomic_ref_count_init (&index->ref_count);
  index->free_rows = g_array_new (FALSE, FALSE, sizeof (guint32));
  index->known = g_byte_array_new ();
  index->sorted = g_ptr_array_new_with_free_func (dsp_index_sorted_free);
  index->texts = g_ptr_array_new_with_free_func ((GDestroyNotify) dsp_index_texts_free);
  for (int i = 0; i < DSP_N_CODES; i++)
    {
      index->codes[i].field = dsp_table_at (&dsp_order.table, code_columns[i].offset);
      index->codes[i].width = 1;
      dictionary_init (&index->codes[i].dictionary, code_columns[i].of_ids);
    }
  for (guint i = 0; i < G_N_ELEMENTS (index->names); i++)
    index->names[i] = g_hash_table_new_full (dsp_id_hash, dsp_id_equal_func, g_free, g_free);
  return index;
}

/**
 * dsp_order_index_ref:
 * May be called from any thread, as dsp_order_index_unref() may.
 */
DspOrderIndex *
dsp_order_index_ref (DspOrderIndex *index)
{
  g_atomic_ref_count_inc (&index->ref_count);
  return index;
}

void
dsp_order_index_unref (DspOrderIndex *index)
{
  if (!g_atomic_ref_count_dec (&index->ref_count))
    return;
  g_free (index->ids);
  g_free (index->alive);
  g_free (index->status);
  g_free (index->priority);
  g_free (index->flags);
  g_free (index->numbers);
  for (int i = 0; i < DSP_N_SECONDS; i++)
    g_free (index->seconds[i]);
  for (int i = 0; i < DSP_N_CODES; i++)
    {
      dictionary_clear (&index->codes[i].dictionary);
      g_free (index->codes[i].codes);
    }
  g_free (index->table);
  g_array_unref (index->free_rows);
  g_byte_array_unref (index->known);
  g_clear_pointer (&index->known_codes, g_hash_table_unref);
  g_ptr_array_unref (index->sorted);
  g_ptr_array_unref (index->texts);
  for (guint i = 0; i < G_N_ELEMENTS (index->names); i++)
    g_hash_table_unref (index->names[i]);
  g_free (index);
}

/**
 * dsp_order_index_reserve:
 * Makes room for @n_rows in all at once; a bulk load that knows its number then moves nothing.
 */
void
dsp_order_index_reserve (DspOrderIndex *index,
                         guint          n_rows)
{
  dsp_index_grow (index, n_rows);
}

static guint32
new_row (DspOrderIndex *index)
{
  if (index->free_taken < index->free_rows->len)
    {
      guint32 row = g_array_index (index->free_rows, guint32, index->free_taken++);

      if (index->free_taken == index->free_rows->len || index->free_taken == 1024)
        {
          g_array_remove_range (index->free_rows, 0, index->free_taken);
          index->free_taken = 0;
        }
      return row;
    }
  if (index->n_rows == index->capacity)
    dsp_index_grow (index, MAX (1024, index->capacity + index->capacity / 2));
  return index->n_rows++;
}

static bool
is_known (DspOrderIndex *index,
          guint32        code)
{
  if (code == 0)
    return false;
  return index->known_codes == NULL ||
         g_hash_table_contains (index->known_codes, g_ptr_array_index (index->codes[DSP_CODES_POSTAL_CODE].dictionary.values, code));
}

void
dsp_index_known_changed (DspOrderIndex *index)
{
  DspDictionary *dictionary = &index->codes[DSP_CODES_POSTAL_CODE].dictionary;

  while (index->known->len < dictionary->values->len)
    {
      guint8 known = is_known (index, index->known->len);

      g_byte_array_append (index->known, &known, 1);
    }
}

/**
 * dsp_order_index_put:
 * Adds @order, or takes over what changed in it. @flags replace the row's.
 *
 * Returns: its row.
 */
guint32
dsp_order_index_put (DspOrderIndex  *index,
                     const DspOrder *order,
                     guint8          flags)
{
  guint32 row = dsp_order_index_find (index, &order->id);
  bool is_new = row == DSP_NO_ROW;
  guint8 priority;

  if (is_new)
    {
      row = new_row (index);
      index->ids[row] = order->id;
      index->alive[row >> 6] |= G_GUINT64_CONSTANT (1) << (row & 63);
      index->n_orders++;
      dsp_index_add_to_table (index, row);
      dsp_index_mark_dirty (index, NULL, row);
    }

  for (int i = 0; i < DSP_N_CODES; i++)
    {
      DspCodes *column = &index->codes[i];
      gconstpointer value;
      guint32 code;

      if (column->dictionary.of_ids)
        {
          const DspId *id = dsp_field_id (column->field, order);

          value = dsp_id_is_none (id) ? NULL : id;
        }
      else
        value = *dsp_field_text (column->field, order);
      code = dictionary_code (&column->dictionary, value);
      if (!is_new && code == dsp_codes_get (column, row))
        continue;
      codes_set (index, column, row, code);
      if (!is_new)
        dsp_index_mark_dirty (index, column->field, row);
    }
  dsp_index_known_changed (index);

  for (int i = 0; i < DSP_N_SECONDS; i++)
    {
      guint32 number = number_of (order, i);

      if (!is_new && number != index->seconds[i][row] && i != DSP_SECONDS_LATE)
        dsp_index_mark_dirty (index, field_of_numbers (i), row);
      index->seconds[i][row] = number;
    }

  if (!is_new && index->status[row] != (guint8) order->status)
    dsp_index_mark_dirty (index, dsp_table_at (&dsp_order.table, offsetof (DspOrder, status)), row);
  index->status[row] = (guint8) order->status;

  priority = order->priority.is_set ? (guint8) CLAMP (order->priority.value + 1, 1, 255) : 0;
  if (!is_new && index->priority[row] != priority)
    dsp_index_mark_dirty (index, dsp_table_at (&dsp_order.table, offsetof (DspOrder, priority)), row);
  index->priority[row] = priority;
  index->flags[row] = flags;
  index->numbers[row] = dsp_index_number_key (order->number);

  for (guint i = 0; i < index->texts->len; i++)
    {
      DspIndexTexts *texts = g_ptr_array_index (index->texts, i);
      const char *text = *dsp_field_text (texts->field, order);

      if (!is_new && g_strcmp0 (texts->texts[row], text) == 0)
        continue;
      texts->texts[row] = text != NULL ? g_string_chunk_insert (texts->chunk, text) : NULL;
      dsp_index_mark_dirty (index, texts->field, row);
    }
  return row;
}

/**
 * dsp_order_index_remove:
 * Returns: whether there was an order with @id. Its row number may be given to another order later.
 */
gboolean
dsp_order_index_remove (DspOrderIndex *index,
                        const DspId   *id)
{
  guint32 slot = find_slot (index, id);
  guint32 row;

  if (slot == DSP_NO_ROW)
    return FALSE;
  row = index->table[slot] - 1;
  empty_slot (index, slot);
  index->alive[row >> 6] &= ~(G_GUINT64_CONSTANT (1) << (row & 63));
  index->status[row] = DSP_ORDER_NONE;
  index->flags[row] = 0;
  index->n_orders--;
  for (guint i = 0; i < index->texts->len; i++)
    ((DspIndexTexts *) g_ptr_array_index (index->texts, i))->texts[row] = NULL;
  dsp_index_mark_dirty (index, NULL, row);
  g_array_append_val (index->free_rows, row);
  return TRUE;
}

/**
 * dsp_order_index_set_flag:
 * Sets or clears @flag (DspRowFlags) of an order; nothing happens if it is not here.
 */
void
dsp_order_index_set_flag (DspOrderIndex *index,
                          const DspId   *id,
                          guint8         flag,
                          bool           set)
{
  guint32 row = dsp_order_index_find (index, id);

  if (row == DSP_NO_ROW)
    return;
  if (set)
    index->flags[row] |= flag;
  else
    index->flags[row] &= (guint8) ~flag;
}

guint
dsp_order_index_n_orders (DspOrderIndex *index)
{
  return index->n_orders;
}

guint32
dsp_order_index_find (DspOrderIndex *index,
                      const DspId   *id)
{
  guint32 slot = find_slot (index, id);

  return slot == DSP_NO_ROW ? DSP_NO_ROW : index->table[slot] - 1;
}

/**
 * dsp_order_index_memory:
 * Returns: the bytes of the columns, the table and the sorted orders; dictionaries by estimate.
 */
gsize
dsp_order_index_memory (DspOrderIndex *index)
{
  gsize a_row = sizeof (DspId) + 3 + sizeof (guint64) + DSP_N_SECONDS * sizeof (guint32);
  gsize bytes;

  for (int i = 0; i < DSP_N_CODES; i++)
    a_row += index->codes[i].width;
  a_row += index->texts->len * sizeof (char *);
  bytes = index->capacity * a_row + index->capacity / 8 + (index->table_mask + 1) * sizeof (guint32);
  for (int i = 0; i < DSP_N_CODES; i++)
    bytes += index->codes[i].dictionary.values->len * 64;
  for (guint i = 0; i < index->sorted->len; i++)
    {
      const DspSorted *sorted = g_ptr_array_index (index->sorted, i);

      bytes += sorted->n_rows * sizeof (guint32) + sorted->n_words * 8;
    }
  return bytes;
}

/**
 * dsp_order_index_set_known_codes:
 * @codes: all postal codes of the catalogue; copied
 */
void
dsp_order_index_set_known_codes (DspOrderIndex     *index,
                                 const char *const *codes,
                                 guint              n_codes)
{
  g_clear_pointer (&index->known_codes, g_hash_table_unref);
  index->known_codes = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < n_codes; i++)
    g_hash_table_add (index->known_codes, g_strdup (codes[i]));
  g_byte_array_set_size (index->known, 0);
  dsp_index_known_changed (index);
}

/**
 * dsp_order_index_set_name:
 * An order that was made by the names before is dropped.
 */
void
dsp_order_index_set_name (DspOrderIndex  *index,
                          const DspField *field,
                          const DspId    *id,
                          const char     *name)
{
  int column = dsp_index_codes_of (field);
  GHashTable *names;

  g_return_if_fail (column >= DSP_CODES_CREW);
  names = index->names[column - DSP_CODES_CREW];
  if (g_strcmp0 (g_hash_table_lookup (names, id), name) == 0)
    return;
  if (name != NULL)
    g_hash_table_insert (names, g_memdup2 (id, sizeof *id), g_strdup (name));
  else
    g_hash_table_remove (names, id);
  dsp_index_drop_sorted (index, index->codes[column].field);
  g_ptr_array_set_size (index->codes[column].dictionary.keys, 0);
  g_array_set_size (index->codes[column].dictionary.rank, 0);
}
