/* dsp-order-index-read.c: what the columns of the index say of a row, and of all
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-order-index"

#include "config.h"
#include "dsp-order-index-private.h"

#include <string.h>

const DspId *
dsp_order_index_id (DspOrderIndex *index,
                    guint32        row)
{
  g_return_val_if_fail (row < index->n_rows, &dsp_id_none);
  return &index->ids[row];
}

DspOrderStatus
dsp_order_index_status (DspOrderIndex *index,
                        guint32        row)
{
  g_return_val_if_fail (row < index->n_rows, DSP_ORDER_NONE);
  return index->status[row];
}

guint8
dsp_order_index_flags (DspOrderIndex *index,
                       guint32        row)
{
  g_return_val_if_fail (row < index->n_rows, 0);
  return index->flags[row];
}

const DspId *
dsp_order_index_crew (DspOrderIndex *index,
                      guint32        row)
{
  const DspCodes *column = &index->codes[DSP_CODES_CREW];
  const DspId *id;

  g_return_val_if_fail (row < index->n_rows, &dsp_id_none);
  id = g_ptr_array_index (column->dictionary.values, dsp_codes_get (column, row));
  return id != NULL ? id : &dsp_id_none;
}

const char *
dsp_order_index_postal_code (DspOrderIndex *index,
                             guint32        row)
{
  const DspCodes *column = &index->codes[DSP_CODES_POSTAL_CODE];

  g_return_val_if_fail (row < index->n_rows, NULL);
  return g_ptr_array_index (column->dictionary.values, dsp_codes_get (column, row));
}

const char *
dsp_order_index_text (DspOrderIndex  *index,
                      const DspField *field,
                      guint32         row)
{
  int column = dsp_index_codes_of (field);

  g_return_val_if_fail (row < index->n_rows, NULL);
  if (column < 0 || index->codes[column].dictionary.of_ids)
    return NULL;
  return g_ptr_array_index (index->codes[column].dictionary.values, dsp_codes_get (&index->codes[column], row));
}

gint64
dsp_order_index_time (DspOrderIndex  *index,
                      const DspField *field,
                      guint32         row)
{
  int column = dsp_index_seconds_of (field);

  g_return_val_if_fail (column >= 0 && row < index->n_rows, 0);
  return (gint64) index->seconds[column][row] * G_TIME_SPAN_SECOND;
}

/* The row's place in its crew's day, from 1; 0: nobody gave it one. */
guint
dsp_order_index_visit (DspOrderIndex *index,
                       guint32        row)
{
  guint32 number;

  g_return_val_if_fail (row < index->n_rows, 0);
  number = index->seconds[DSP_SECONDS_VISIT][row];
  return number != 0 ? number - 1 : 0;
}

/**
 * dsp_order_index_penalized:
 * Returns: what dsp_order_is_penalized() says of the order, to the second.
 */
bool
dsp_order_index_penalized (DspOrderIndex *index,
                           guint32        row,
                           gint64         now_us)
{
  guint32 from;

  g_return_val_if_fail (row < index->n_rows, false);
  from = index->seconds[DSP_SECONDS_LATE][row];
  return from != 0 && from <= dsp_index_seconds (now_us);
}

static int
compare_values (gconstpointer a,
                gconstpointer b)
{
  const DspColumnValue *one = a, *two = b;

  if (one->n != two->n)
    return one->n > two->n ? -1 : 1;
  return strcmp (one->text, two->text);
}

static void
clear_value (gpointer value)
{
  g_free (((DspColumnValue *) value)->text);
}

/**
 * dsp_order_index_values:
 * @field: a text field that dsp_order_index_can() answers
 *
 * Returns: (transfer full): of DspColumnValue; without rows that have no value.
 */
GArray *
dsp_order_index_values (DspOrderIndex  *index,
                        const DspField *field)
{
  int column = dsp_index_codes_of (field);
  GArray *values = g_array_new (FALSE, FALSE, sizeof (DspColumnValue));
  const DspCodes *codes;
  g_autofree guint *counts = NULL;

  g_array_set_clear_func (values, clear_value);
  g_return_val_if_fail (column >= 0 && column < DSP_CODES_CREW, values);
  codes = &index->codes[column];
  counts = g_new0 (guint, codes->dictionary.values->len);
  for (guint row = 0; row < index->n_rows; row++)
    if (dsp_index_is_alive (index, row))
      counts[dsp_codes_get (codes, row)]++;
  for (guint code = 1; code < codes->dictionary.values->len; code++)
    if (counts[code] > 0)
      {
        DspColumnValue value = { g_strdup (g_ptr_array_index (codes->dictionary.values, code)), counts[code] };

        g_array_append_val (values, value);
      }
  g_array_sort (values, compare_values);
  return values;
}
