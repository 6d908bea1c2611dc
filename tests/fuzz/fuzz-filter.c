/* fuzz-filter.c: any text at all as the filter of a list
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first byte says of which entity. What is understood is printed, and understood as the same; what is not has a reason.
 */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "dsp-entities.h"
#include "dsp-filter.h"

#define TAKEN_MAX 2000

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  const DspEntity *entity;
  g_autofree char *text = NULL, *printed = NULL, *again = NULL;
  g_autoptr(DspFilter) filter = NULL, second = NULL;
  g_autoptr(GError) error = NULL;

  if (size == 0)
    return 0;
  entity = dsp_entities[data[0] % DSP_N_ENTITIES];
  text = g_strndup ((const char *) data + 1, size - 1);
  /* As it comes out of an address: decoded by a function that lets nothing else pass. */
  if (!g_utf8_validate (text, -1, NULL))
    return 0;
  filter = dsp_filter_parse (entity, text, &error);
  g_assert_true ((filter == NULL) == (error != NULL));
  if (filter == NULL)
    return 0;
  printed = dsp_filter_print (filter);
  /* Escaped, it may be longer than what is taken. */
  if (strlen (printed) > TAKEN_MAX)
    return 0;
  second = dsp_filter_parse (entity, printed, &error);
  g_assert_no_error (error);
  again = dsp_filter_print (second);
  g_assert_cmpstr (printed, ==, again);
  return 0;
}
