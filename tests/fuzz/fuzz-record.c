/* fuzz-record.c: any bytes at all as a record of any entity, in the feed and as a command's arguments
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first byte says of which entity. What is read is written and read again as the same; what is refused leaves nothing.
 */
#include "config.h"

#include <stdint.h>

#include "dsp-entities.h"
#include "dsp-record-json.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
there_and_back (const DspEntity *entity,
                DspStrict        strict,
                const char      *text,
                gsize            length)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GString) written = g_string_new (NULL);
  gpointer record = dsp_record_new (entity), again = dsp_record_new (entity);
  guint64 given = 0, given_again = 0;

  if (dsp_record_json_read (&entity->table, strict, text, length, record, &given, &error))
    {
      g_assert_no_error (error);
      dsp_record_json_write (&entity->table, record, DSP_FIELDS_ALL, written);
      g_assert_true (dsp_record_json_read (&entity->table, DSP_STRICT_RECORD, written->str, written->len, again, &given_again, &error));
      g_assert_no_error (error);
      /* A word that this program does not know is kept as unknown, and not written. */
      if (strict == DSP_STRICT_ARGS)
        g_assert_true (dsp_table_equal (&entity->table, record, again));
    }
  else
    {
      g_assert_nonnull (error);
      g_assert_true (dsp_table_equal (&entity->table, record, again));
    }
  dsp_record_free (entity, record);
  dsp_record_free (entity, again);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  const DspEntity *entity;

  if (size == 0)
    return 0;
  entity = dsp_entities[data[0] % DSP_N_ENTITIES];
  there_and_back (entity, DSP_STRICT_RECORD, (const char *) data + 1, size - 1);
  there_and_back (entity, DSP_STRICT_ARGS, (const char *) data + 1, size - 1);
  return 0;
}
