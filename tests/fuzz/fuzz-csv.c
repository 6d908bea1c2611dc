/* fuzz-csv.c: any bytes as separated text; what is read must come back from the writer
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "dsp-csv-write.h"
#include "dsp-csv.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

/* Writes @row and reads it again. */
static void
assert_comes_back (const DspCsvRow *row)
{
  const DspCsvOptions options = { .separator = ';', .any_width = TRUE, .max_columns = 600 };
  g_autoptr(GString) out = g_string_new ("header\r\n");
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(DspCsv) csv = NULL;
  DspCsvRow again;

  for (guint i = 0; i < row->n_fields; i++)
    dsp_csv_write_field (out, ';', i == 0, row->fields[i], FALSE);
  dsp_csv_write_end (out);

  /* One empty field is an empty line, and that is no row. */
  if (row->n_fields == 1 && row->fields[0][0] == '\0')
    return;

  bytes = g_bytes_new (out->str, out->len);
  csv = dsp_csv_new (dsp_input_new_for_bytes ("again", bytes, DSP_INPUT_UTF8), &options, NULL);
  g_assert_nonnull (csv);
  g_assert_true (dsp_csv_next (csv, &again, NULL) == DSP_CSV_ROW);
  g_assert_true (again.n_fields == row->n_fields);
  for (guint i = 0; i < row->n_fields; i++)
    {
      g_autofree char *text = dsp_csv_unguard (again.fields[i]);

      g_assert_cmpstr (text, ==, row->fields[i]);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  static const char separators[] = { '\0', ',', ';', '|', '\t', '\0', ',', ';' };
  DspCsvOptions options = { 0 };
  g_autoptr(GBytes) bytes = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspCsv) csv = NULL;
  DspCsvResult result;
  DspCsvRow row;
  guint64 line = 0;

  if (size == 0)
    return 0;

  options.separator = separators[data[0] & 7];
  options.no_quotes = (data[0] & 8) != 0;
  options.any_width = (data[0] & 16) != 0;
  options.skip_lines = (data[0] & 32) != 0 ? 1 : 0;
  options.max_field = (data[0] & 64) != 0 ? 5 : 0;
  options.max_columns = (data[0] & 128) != 0 ? 3 : 0;
  bytes = g_bytes_new (data + 1, size - 1);
  csv = dsp_csv_new (dsp_input_new_for_bytes ("fuzz", bytes, (data[0] & 3) == 3 ? DSP_INPUT_AUTO : DSP_INPUT_UTF8),
                     &options, &error);
  if (csv == NULL)
    {
      g_assert_nonnull (error);
      return 0;
    }

  while ((result = dsp_csv_next (csv, &row, &error)) == DSP_CSV_ROW || result == DSP_CSV_REFUSED)
    {
      /* Every row or refusal moves on by a line; nothing is read twice. */
      g_assert_true (row.line > line);
      line = row.line;
      if (result == DSP_CSV_ROW)
        assert_comes_back (&row);
      else
        g_assert_nonnull (row.reason);
    }
  g_assert_true (result == DSP_CSV_END);
  g_assert_no_error (error);

  return 0;
}
