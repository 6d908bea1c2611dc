/* dsp-columns-read.c: records of one entity, by column: reading
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A reader stands in each column, and all go on by one value for each record: nothing is kept but the places of words.
 */
#define G_LOG_DOMAIN "dsp-wire"

#include "config.h"
#include "dsp-columns.h"
#include "dsp-columns-private.h"

#include "dsp-record-json.h"
#include "dsp-wire-error.h"

const DspField dsp_columns_head[DSP_COLUMNS_HEAD] = {
  DSP_ID (DspRecord, id, NULL, "id"),
  DSP_ID (DspRecord, scope, NULL, "scope"),
  { .name = "version", .key = "\"version\":", .label = "version", .name_len = 7, .kind = DSP_KIND_INT,
    .offset = offsetof (DspRecord, version) },
};

typedef enum { SHAPE_MISSING, SHAPE_PLAIN, SHAPE_WORDS, SHAPE_STEPS } Shape;

typedef struct
{
  const char *text;
  gsize       length;
} Word;

typedef struct
{
  const DspField *field;
  Shape           shape;
  DspJsonReader   r;      /* in the array of values, indexes or steps */
  GArray         *words;  /* (owned) (nullable) of Word */
  gint64          unit, last;
} Column;

struct _DspColumnsReader
{
  const DspEntity *entity;
  Column          *columns; /* the head's first */
  guint            n_columns;
  guint            n, next;
};

static gboolean
bad (GError        **error,
     const DspField *field,
     const char     *what)
{
  g_set_error (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_INVALID, "column %s: %s", field != NULL ? field->name : "?", what);
  return FALSE;
}

void
dsp_columns_reader_free (DspColumnsReader *self)
{
  if (self == NULL)
    return;
  for (guint i = 0; i < self->n_columns; i++)
    g_clear_pointer (&self->columns[i].words, g_array_unref);
  g_free (self->columns);
  g_free (self);
}

/* Puts the column's reader in front of the first item of the array that comes next in @r. */
static void
take_array (Column        *column,
            DspJsonReader *r)
{
  const char *text = "[]";
  gsize length = 2;

  dsp_json_skip (r, &text, &length);
  dsp_json_reader_init (&column->r, text, length);
  dsp_json_enter_array (&column->r);
}

static void
take_words (Column        *column,
            DspJsonReader *r)
{
  Word word;

  if (column->words != NULL || !dsp_json_enter_array (r))
    {
      dsp_json_fail (r, "words stand twice, or are no array");
      return;
    }
  column->words = g_array_new (FALSE, FALSE, sizeof (Word));
  while (dsp_json_next_item (r))
    if (dsp_json_skip (r, &word.text, &word.length) && column->words->len < DSP_COLUMNS_MAX)
      g_array_append_val (column->words, word);
}

static gboolean
take_column (Column        *column,
             DspJsonReader *r,
             GError       **error)
{
  const char *name;
  gsize length;

  if (column->shape != SHAPE_MISSING)
    return bad (error, column->field, "it stands twice");
  if (dsp_json_peek (r) == '[')
    {
      column->shape = SHAPE_PLAIN;
      take_array (column, r);
      return r->fault == NULL || bad (error, column->field, r->fault);
    }
  if (!dsp_json_enter_object (r))
    return bad (error, column->field, "it is neither an array nor an object");
  while (dsp_json_next_member (r, &name, &length))
    if (dsp_json_is (name, length, "words"))
      take_words (column, r);
    else if (dsp_json_is (name, length, "unit"))
      dsp_json_read_int (r, &column->unit);
    else if (dsp_json_is (name, length, "at") || dsp_json_is (name, length, "steps"))
      {
        if (column->shape != SHAPE_MISSING)
          return bad (error, column->field, "it has two shapes");
        column->shape = *name == 'a' ? SHAPE_WORDS : SHAPE_STEPS;
        take_array (column, r);
      }
    else
      dsp_json_skip (r, NULL, NULL);
  if (r->fault != NULL)
    return bad (error, column->field, r->fault);
  if (column->shape == SHAPE_MISSING || (column->shape == SHAPE_WORDS) != (column->words != NULL))
    return bad (error, column->field, "it is of no known shape");
  if (column->shape == SHAPE_STEPS && (!dsp_column_is_number (column->field) || column->unit < 1))
    return bad (error, column->field, "its steps are of no unit, or it is no number");
  return TRUE;
}

static gboolean
take_fields (DspColumnsReader *self,
             DspJsonReader    *r,
             GError          **error)
{
  const char *name;
  gsize length;

  if (!dsp_json_enter_object (r))
    return bad (error, NULL, "fields is no object");
  while (dsp_json_next_member (r, &name, &length))
    {
      const DspField *field = dsp_table_find (&self->entity->table, name, length);

      if (field == NULL)
        dsp_json_skip (r, NULL, NULL);
      else if (!take_column (&self->columns[DSP_COLUMNS_HEAD + (field - self->entity->table.fields)], r, error))
        return FALSE;
    }
  return TRUE;
}

static const DspField *
head_field (const char *name,
            gsize       length)
{
  for (guint i = 0; i < DSP_COLUMNS_HEAD; i++)
    if (dsp_json_is (name, length, dsp_columns_head[i].name))
      return &dsp_columns_head[i];
  return NULL;
}

static gboolean
take_all (DspColumnsReader *self,
          const char       *text,
          gsize             length,
          GError          **error)
{
  DspJsonReader r;
  const char *name;
  gsize name_length;
  gint64 n = -1;

  dsp_json_reader_init (&r, text, length);
  dsp_json_enter_object (&r);
  while (dsp_json_next_member (&r, &name, &name_length))
    {
      const DspField *head = head_field (name, name_length);

      if (head != NULL && !take_column (&self->columns[head - dsp_columns_head], &r, error))
        return FALSE;
      if (head != NULL)
        continue;
      if (dsp_json_is (name, name_length, "n"))
        dsp_json_read_int (&r, &n);
      else if (!dsp_json_is (name, name_length, "fields"))
        dsp_json_skip (&r, NULL, NULL);
      else if (!take_fields (self, &r, error))
        return FALSE;
    }
  if (!dsp_json_reader_finish (&r, error))
    return FALSE;
  if (n < 0 || n > DSP_COLUMNS_MAX)
    return bad (error, NULL, "n is missing or too large");
  for (guint i = 0; i < DSP_COLUMNS_HEAD; i++)
    if (self->columns[i].shape == SHAPE_MISSING)
      return bad (error, &dsp_columns_head[i], "it is missing");
  self->n = (guint) n;
  return TRUE;
}

DspColumnsReader *
dsp_columns_reader_new (const DspEntity *entity,
                        const char      *text,
                        gsize            length,
                        GError         **error)
{
  DspColumnsReader *self = g_new0 (DspColumnsReader, 1);

  self->entity = entity;
  self->n_columns = DSP_COLUMNS_HEAD + entity->table.n_fields;
  self->columns = g_new0 (Column, self->n_columns);
  for (guint i = 0; i < self->n_columns; i++)
    self->columns[i].field = i < DSP_COLUMNS_HEAD ? &dsp_columns_head[i] : &entity->table.fields[i - DSP_COLUMNS_HEAD];
  if (take_all (self, text, length, error))
    return self;
  dsp_columns_reader_free (self);
  return NULL;
}

static void
set_number (const DspField *field,
            gpointer        record,
            gint64          number)
{
  if (field == &dsp_columns_head[DSP_COLUMNS_VERSION])
    ((DspRecord *) record)->version = number;
  else if (field->kind == DSP_KIND_TIME)
    dsp_field_time (field, record)->us = number;
  else
    *dsp_field_int (field, record) = (DspInt) { number, true };
}

static gboolean
read_value (Column        *column,
            DspJsonReader *r,
            gpointer       record,
            GError       **error)
{
  gint64 number;

  if (column->field == &dsp_columns_head[DSP_COLUMNS_VERSION])
    {
      if (dsp_json_read_int (r, &number))
        set_number (column->field, record, number);
    }
  else
    dsp_field_json_read (column->field, DSP_STRICT_RECORD, r, record, error);
  if (r->fault != NULL && error != NULL && *error == NULL)
    return bad (error, column->field, r->fault);
  return r->fault == NULL;
}

static gboolean
read_word (Column   *column,
           gpointer  record,
           GError  **error)
{
  const Word *word;
  DspJsonReader r;
  gint64 at;

  if (!dsp_json_read_int (&column->r, &at))
    return bad (error, column->field, column->r.fault);
  if (at < 0 || at >= column->words->len)
    return bad (error, column->field, "it has no such word");
  word = &g_array_index (column->words, Word, at);
  dsp_json_reader_init (&r, word->text, word->length);
  return read_value (column, &r, record, error);
}

static gboolean
read_step (Column   *column,
           gpointer  record,
           GError  **error)
{
  gint64 step;

  if (dsp_json_peek (&column->r) == 'n')
    return dsp_json_read_null (&column->r) || bad (error, column->field, column->r.fault);
  if (!dsp_json_read_int (&column->r, &step))
    return bad (error, column->field, column->r.fault);
  if (__builtin_mul_overflow (step, column->unit, &step) || __builtin_add_overflow (column->last, step, &column->last))
    return bad (error, column->field, "a step goes too far");
  set_number (column->field, record, column->last);
  return TRUE;
}

static gboolean
read_column (Column   *column,
             gpointer  record,
             GError  **error)
{
  if (!dsp_json_next_item (&column->r))
    return bad (error, column->field, "it ends too early");
  switch (column->shape)
    {
    case SHAPE_PLAIN: return read_value (column, &column->r, record, error);
    case SHAPE_WORDS: return read_word (column, record, error);
    case SHAPE_STEPS: return read_step (column, record, error);
    case SHAPE_MISSING: break;
    }
  g_assert_not_reached ();
}

/* All columns end together. */
static gboolean
check_end (DspColumnsReader *self,
           GError          **error)
{
  for (guint i = 0; i < self->n_columns; i++)
    if (self->columns[i].shape != SHAPE_MISSING && dsp_json_next_item (&self->columns[i].r))
      return bad (error, self->columns[i].field, "it goes on after its end");
  return TRUE;
}

gboolean
dsp_columns_reader_next (DspColumnsReader *self,
                         gpointer          record,
                         GError          **error)
{
  DspRecord *head = record;

  if (self->next == self->n)
    {
      check_end (self, error);
      return FALSE;
    }
  for (guint i = 0; i < self->n_columns; i++)
    if (self->columns[i].shape != SHAPE_MISSING && !read_column (&self->columns[i], record, error))
      {
        dsp_table_clear (&self->entity->table, record);
        return FALSE;
      }
  if (dsp_id_is_none (&head->id))
    {
      dsp_table_clear (&self->entity->table, record);
      return bad (error, &dsp_columns_head[DSP_COLUMNS_ID], "a record has none");
    }
  self->next++;
  return TRUE;
}
