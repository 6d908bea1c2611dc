/* fuzz-columns.c: any bytes at all as a page of a copy
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first byte chooses the entity. What is read whole is written again, and read back the same.
 */
#include "config.h"
#include "dsp-columns.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static GPtrArray *
read_all (const DspEntity *entity,
          const char      *text,
          gsize            length)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspColumnsReader) reader = dsp_columns_reader_new (entity, text, length, &error);
  GPtrArray *records = g_ptr_array_new ();
  DspRecord *record = dsp_record_new (entity);

  while (reader != NULL && dsp_columns_reader_next (reader, record, &error))
    {
      g_ptr_array_add (records, record);
      record = dsp_record_new (entity);
    }
  dsp_record_free (entity, record);
  if (error == NULL)
    return records;
  for (guint i = 0; i < records->len; i++)
    dsp_record_free (entity, records->pdata[i]);
  g_ptr_array_unref (records);
  return NULL;
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  const DspEntity *entity;
  g_autoptr(DspColumnsWriter) writer = NULL;
  g_autoptr(GString) out = g_string_new (NULL);
  GPtrArray *records, *back;

  if (size == 0)
    return 0;
  entity = dsp_entities[data[0] % DSP_N_ENTITIES];
  records = read_all (entity, (const char *) data + 1, size - 1);
  if (records == NULL)
    return 0;
  writer = dsp_columns_writer_new (entity);
  for (guint i = 0; i < records->len; i++)
    dsp_columns_writer_add (writer, records->pdata[i]);
  dsp_columns_writer_end (writer, out);
  back = read_all (entity, out->str, out->len);
  g_assert_nonnull (back);
  g_assert_cmpuint (back->len, ==, records->len);
  for (guint i = 0; i < records->len; i++)
    {
      dsp_record_free (entity, records->pdata[i]);
      dsp_record_free (entity, back->pdata[i]);
    }
  g_ptr_array_unref (records);
  g_ptr_array_unref (back);
  return 0;
}
