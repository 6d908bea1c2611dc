/* dsp-columns-write.c: records of one entity, by column: writing
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Values are gathered as the rows come by; how a column is written is decided when all are known.
 */
#define G_LOG_DOMAIN "dsp-wire"

#include "config.h"
#include "dsp-columns.h"
#include "dsp-columns-private.h"

#include "dsp-record-json.h"

#include <string.h>

/* Fewer different values than one in so many rows: they are written once. */
#define ROWS_A_WORD 4

/* Of an instant's step, about. */
#define NUMBER_BYTES 8

typedef struct
{
  const DspField *field;
  GString        *values;  /* one behind the other, as JSON */
  GArray         *ends;    /* of guint32: where each ends */
  GArray         *numbers; /* (nullable) of gint64: of numbers and instants; DSP_COLUMN_NONE: none */
  guint           n_set;
} Column;

struct _DspColumnsWriter
{
  const DspEntity *entity;
  Column          *columns; /* the head's first */
  guint            n_columns;
  guint            n;
  gsize            size;
  guint32         *slots;   /* a hash table of words, used again for each column */
  guint            n_slots;
};

DspColumnsWriter *
dsp_columns_writer_new (const DspEntity *entity)
{
  DspColumnsWriter *self = g_new0 (DspColumnsWriter, 1);

  self->entity = entity;
  self->n_columns = DSP_COLUMNS_HEAD + entity->table.n_fields;
  self->columns = g_new0 (Column, self->n_columns);
  for (guint i = 0; i < self->n_columns; i++)
    {
      Column *column = &self->columns[i];

      column->field = i < DSP_COLUMNS_HEAD ? &dsp_columns_head[i] : &entity->table.fields[i - DSP_COLUMNS_HEAD];
      if (dsp_column_is_number (column->field))
        column->numbers = g_array_new (FALSE, FALSE, sizeof (gint64));
      if (column->field->kind != DSP_KIND_TIME)
        {
          column->values = g_string_new (NULL);
          column->ends = g_array_new (FALSE, FALSE, sizeof (guint32));
        }
    }
  return self;
}

void
dsp_columns_writer_free (DspColumnsWriter *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->n_columns; i++)
    {
      Column *column = &self->columns[i];

      if (column->values != NULL)
        g_string_free (column->values, TRUE);
      g_clear_pointer (&column->ends, g_array_unref);
      g_clear_pointer (&column->numbers, g_array_unref);
    }
  g_free (self->columns);
  g_free (self->slots);
  g_free (self);
}

/* Returns: about how many bytes longer the column is now. */
static gsize
add_value (Column        *column,
           gconstpointer  record,
           bool           none)
{
  gsize before = column->values != NULL ? column->values->len : 0;

  if (column->numbers != NULL)
    {
      gint64 number = none ? DSP_COLUMN_NONE : dsp_column_number (column->field, record);

      g_array_append_val (column->numbers, number);
    }
  if (column->values != NULL)
    {
      guint32 end;

      if (none)
        g_string_append (column->values, "null");
      else if (column->field == &dsp_columns_head[DSP_COLUMNS_VERSION])
        dsp_json_put_int (column->values, ((const DspRecord *) record)->version);
      else
        dsp_field_json_write (column->field, record, column->values);
      end = (guint32) column->values->len;
      g_array_append_val (column->ends, end);
      return column->values->len - before + 1;
    }
  return NUMBER_BYTES;
}

void
dsp_columns_writer_add (DspColumnsWriter *self,
                        const DspRecord  *record)
{
  g_return_if_fail (self->n < DSP_COLUMNS_MAX);
  for (guint i = 0; i < self->n_columns; i++)
    {
      Column *column = &self->columns[i];
      bool none = i >= DSP_COLUMNS_HEAD && dsp_field_is_none (column->field, record);
      guint missing;

      if (none && column->n_set == 0)
        continue;
      /* The first that is something: those before it were none. */
      if (column->n_set++ == 0)
        for (missing = self->n; missing > 0; missing--)
          self->size += add_value (column, NULL, true);
      self->size += add_value (column, record, none);
    }
  self->n++;
}

guint
dsp_columns_writer_n (DspColumnsWriter *self)
{
  return self->n;
}

gsize
dsp_columns_writer_size (DspColumnsWriter *self)
{
  return self->size;
}

static const char *
value_at (const Column *column,
          guint         i,
          gsize        *length)
{
  guint32 from = i > 0 ? g_array_index (column->ends, guint32, i - 1) : 0;

  *length = g_array_index (column->ends, guint32, i) - from;
  return column->values->str + from;
}

static guint
hash_of (const char *text,
         gsize       length)
{
  guint hash = 2166136261u;

  for (gsize i = 0; i < length; i++)
    hash = (hash ^ (guchar) text[i]) * 16777619u;
  return hash;
}

/* @at: gets each row's word; @words: the row of each word's first use. FALSE: too many are different. */
static bool
find_words (DspColumnsWriter *self,
            const Column     *column,
            GArray           *at,
            GArray           *words)
{
  guint most = self->n / ROWS_A_WORD;

  if (self->n_slots < 4 * most + 1)
    {
      self->n_slots = 1024;
      while (self->n_slots < 4 * most + 1)
        self->n_slots *= 2;
      self->slots = g_renew (guint32, self->slots, self->n_slots);
    }
  memset (self->slots, 0, self->n_slots * sizeof *self->slots);
  for (guint row = 0; row < self->n; row++)
    {
      gsize length, other_length;
      const char *text = value_at (column, row, &length);
      guint slot = hash_of (text, length) & (self->n_slots - 1);
      guint32 word;

      for (; (word = self->slots[slot]) != 0; slot = (slot + 1) & (self->n_slots - 1))
        {
          const char *other = value_at (column, g_array_index (words, guint32, word - 1), &other_length);

          if (length == other_length && memcmp (text, other, length) == 0)
            break;
        }
      if (word == 0)
        {
          if (words->len == most)
            return false;
          g_array_append_val (words, row);
          word = self->slots[slot] = words->len;
        }
      word--;
      g_array_append_val (at, word);
    }
  return true;
}

static bool
put_words (DspColumnsWriter *self,
           const Column     *column,
           GString          *out)
{
  g_autoptr(GArray) at = NULL, words = NULL;

  if (column->values == NULL || self->n < 4 * ROWS_A_WORD)
    return false;
  at = g_array_sized_new (FALSE, FALSE, sizeof (guint32), self->n);
  words = g_array_new (FALSE, FALSE, sizeof (guint32));
  if (!find_words (self, column, at, words))
    return false;
  g_string_append (out, "{\"words\":[");
  for (guint i = 0; i < words->len; i++)
    {
      gsize length;
      const char *text = value_at (column, g_array_index (words, guint32, i), &length);

      if (i > 0)
        g_string_append_c (out, ',');
      g_string_append_len (out, text, (gssize) length);
    }
  g_string_append (out, "],\"at\":[");
  for (guint i = 0; i < self->n; i++)
    {
      if (i > 0)
        g_string_append_c (out, ',');
      dsp_json_put_int (out, g_array_index (at, guint32, i));
    }
  g_string_append (out, "]}");
  return true;
}

/* The largest unit of which every value is a multiple. FALSE: the differences do not fit. */
static bool
find_unit (const GArray *numbers,
           gint64       *unit)
{
  gint64 last = 0;

  *unit = G_USEC_PER_SEC;
  for (guint i = 0; i < numbers->len; i++)
    {
      gint64 number = g_array_index (numbers, gint64, i), step;

      if (number == DSP_COLUMN_NONE)
        continue;
      while (number % *unit != 0)
        *unit /= 1000;
      if (__builtin_sub_overflow (number, last, &step))
        return false;
      last = number;
    }
  return true;
}

static bool
put_steps (const Column *column,
           GString      *out)
{
  gint64 last = 0, unit;

  if (column->numbers == NULL || !find_unit (column->numbers, &unit))
    return false;
  g_string_append (out, "{\"unit\":");
  dsp_json_put_int (out, unit);
  g_string_append (out, ",\"steps\":[");
  for (guint i = 0; i < column->numbers->len; i++)
    {
      gint64 number = g_array_index (column->numbers, gint64, i);

      if (i > 0)
        g_string_append_c (out, ',');
      if (number == DSP_COLUMN_NONE)
        {
          g_string_append (out, "null");
          continue;
        }
      dsp_json_put_int (out, (number - last) / unit);
      last = number;
    }
  g_string_append (out, "]}");
  return true;
}

static void
put_plain (DspColumnsWriter *self,
           const Column     *column,
           GString          *out)
{
  for (guint i = 0; i < self->n; i++)
    {
      g_string_append_c (out, i == 0 ? '[' : ',');
      if (column->values != NULL)
        {
          gsize length;
          const char *text = value_at (column, i, &length);

          g_string_append_len (out, text, (gssize) length);
        }
      else if (g_array_index (column->numbers, gint64, i) == DSP_COLUMN_NONE)
        g_string_append (out, "null");
      else
        {
          char text[32];

          dsp_time_print ((DspTime) { g_array_index (column->numbers, gint64, i) }, text);
          g_string_append_printf (out, "\"%s\"", text);
        }
    }
  if (self->n == 0)
    g_string_append_c (out, '[');
  g_string_append_c (out, ']');
}

static void
put_column (DspColumnsWriter *self,
            const Column     *column,
            GString          *out)
{
  g_string_append_len (out, column->field->key, column->field->name_len + 3);
  if (!put_words (self, column, out) && !put_steps (column, out))
    put_plain (self, column, out);
}

void
dsp_columns_writer_end (DspColumnsWriter *self,
                        GString          *out)
{
  const char *before = "";

  g_string_append_printf (out, "{\"n\":%u", self->n);
  for (guint i = 0; i < DSP_COLUMNS_HEAD; i++)
    {
      g_string_append_c (out, ',');
      put_column (self, &self->columns[i], out);
    }
  g_string_append (out, ",\"fields\":{");
  for (guint i = DSP_COLUMNS_HEAD; i < self->n_columns; i++)
    if (self->columns[i].n_set > 0)
      {
        g_string_append (out, before);
        put_column (self, &self->columns[i], out);
        before = ",";
      }
  g_string_append (out, "}}");
}
