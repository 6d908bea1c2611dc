/* fuzz-json-scan.c: any bytes at all before the JSON scan
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first byte chooses the limits. What the scan lets through, json-glib must be able to read; what it lets through
 * strictly, it must let through when doubles are allowed too.
 */
#include "config.h"

#include <json-glib/json-glib.h>
#include <stdint.h>

#include "dsp-json-scan.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  DspJsonLimits limits = DSP_JSON_LIMITS_DEFAULT;
  g_autoptr(GError) error = NULL;
  const char *text;
  gboolean fine;

  if (size == 0)
    return 0;

  if (data[0] & 1)
    limits.max_string = 16;
  if (data[0] & 2)
    limits.max_nodes = 20;
  if (data[0] & 4)
    limits.max_depth = data[0] & 8 ? 4 : 200;
  limits.allow_doubles = (data[0] & 16) != 0;
  text = (const char *) data + 1;

  fine = dsp_json_scan (text, size - 1, &limits, &error);
  g_assert_true (fine == (error == NULL));

  if (fine)
    {
      g_autoptr(JsonParser) parser = json_parser_new ();
      g_autoptr(GError) parse_error = NULL;

      g_assert_true (g_utf8_validate_len (text, size - 1, NULL));
      json_parser_load_from_data (parser, text, (gssize) size - 1, &parse_error);
      g_assert_no_error (parse_error);

      limits.allow_doubles = TRUE;
      g_assert_true (dsp_json_scan (text, size - 1, &limits, NULL));
    }

  return 0;
}
