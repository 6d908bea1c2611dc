/* fuzz-push.c: any bytes at all as the body of POST v1/commands
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What is decoded keeps the limits, and says the same each time. What a stranger may send, the owner may send, too.
 */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "dsp-push.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GError) local_error = NULL;
  g_autoptr(DspPush) push = dsp_push_parse ((const char *) data, size, FALSE, &error);
  g_autoptr(DspPush) local = dsp_push_parse ((const char *) data, size, TRUE, &local_error);

  g_assert_true ((push == NULL) == (error != NULL));
  g_assert_true ((local == NULL) == (local_error != NULL));
  if (push == NULL)
    return 0;
  g_assert_nonnull (local);
  g_assert_cmpuint (push->commands->len, <=, 100);
  g_assert_cmpuint (push->commands->len, ==, local->commands->len);
  for (guint i = 0; i < push->commands->len; i++)
    {
      const DspPushCommand *command = &g_array_index (push->commands, DspPushCommand, i);
      const DspPushCommand *again = &g_array_index (local->commands, DspPushCommand, i);

      g_assert_cmpint (command->no, ==, push->first + i);
      g_assert_cmpuint (command->rows->len, <=, 200);
      g_assert_cmpint (command->verdict, ==, again->verdict);
      g_assert_cmpmem (command->hash, sizeof command->hash, again->hash, sizeof again->hash);
      if (command->verdict == DSP_PUSH_GOOD)
        g_assert_nonnull (command->command);
    }
  return 0;
}
