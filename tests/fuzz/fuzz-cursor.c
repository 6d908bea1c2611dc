/* fuzz-cursor.c: any text at all as a cursor
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is taken prints as what it was: there is one spelling for each cursor.
 */
#include "config.h"

#include <stdint.h>

#include "dsp-cursor.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_autofree char *again = NULL;
  DspCursor cursor;

  if (!dsp_cursor_parse (text, &cursor))
    return 0;
  g_assert_cmpint (cursor.seq, >=, 0);
  again = dsp_cursor_print (&cursor);
  g_assert_cmpstr (again, ==, text);
  return 0;
}
