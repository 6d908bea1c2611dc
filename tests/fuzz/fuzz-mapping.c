/* fuzz-mapping.c: any bytes as a mapping file, and what stands behind the first NUL as the rows
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "dsp-mapping.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static DspCsv *
open_rows (const char *text,
           gsize       length)
{
  g_autoptr(GBytes) bytes = g_bytes_new (text, length);

  return dsp_csv_new (dsp_input_new_for_bytes ("rows", bytes, DSP_INPUT_AUTO), NULL, NULL);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  const char *text = (const char *) data;
  const char *nul = size > 0 ? memchr (text, 0, size) : NULL;
  gsize length = nul != NULL ? (gsize) (nul - text) : size;
  const char *rows = nul != NULL ? nul + 1 : "a,b\n1,2018-02-31\n";
  gsize rows_length = nul != NULL ? size - length - 1 : strlen (rows);
  g_autoptr(GError) error = NULL;
  g_autoptr(DspMapping) mapping = dsp_mapping_new_from_data ("map", text, length, NULL, &error);
  g_autoptr(DspMappingRun) run = NULL;

  g_assert_true ((mapping == NULL) == (error != NULL));
  for (int pass = 0; mapping != NULL && pass < 2; pass++)
    {
      g_autoptr(DspCsv) csv = open_rows (rows, rows_length);
      DspMappedRow mapped;
      DspCsvResult result;
      DspCsvRow row;

      if (csv == NULL)
        break;
      if (pass == 0)
        run = dsp_mapping_run_new (mapping, "rows", dsp_csv_get_names (csv, NULL), dsp_date_make (2026, 11, 22), NULL);
      if (run == NULL)
        break;

      while ((result = dsp_csv_next (csv, &row, NULL)) == DSP_CSV_ROW || result == DSP_CSV_REFUSED)
        {
          if (result == DSP_CSV_REFUSED)
            continue;
          if (pass == 0)
            {
              dsp_mapping_run_survey (run, row.fields);
              continue;
            }
          if (!dsp_mapping_run_row (run, row.line, row.fields, &mapped))
            {
              g_assert_true (g_utf8_validate (mapped.reason, -1, NULL));
              continue;
            }
          for (guint i = 0; i < mapped.n_fields; i++)
            g_assert_true (mapped.values[i] == NULL || g_utf8_validate (mapped.values[i], -1, NULL));
        }
    }

  return 0;
}
