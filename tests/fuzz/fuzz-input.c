/* fuzz-input.c: any bytes as a downloaded file, archives too
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"

#include <glib/gstdio.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "dsp-input.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  DspInputOptions options = { .max_bytes = 1 << 20 };
  g_autofree char *path = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(DspInput) input = NULL;
  char piece[777];
  gsize total = 0;
  gssize n = 0;
  int fd;

  if (size == 0)
    return 0;

  options.encoding = (DspInputEncoding) (data[0] % 3);
  options.member = (data[0] & 128) != 0 ? "a.txt" : NULL;

  /* A file that stands in no folder: nothing to clean up after a crash. */
  fd = memfd_create ("fuzz", MFD_CLOEXEC);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (write (fd, data + 1, size - 1), ==, (gssize) size - 1);
  path = g_strdup_printf ("/proc/self/fd/%d", fd);

  input = dsp_input_open (path, &options, NULL, &error);
  if (input != NULL)
    {
      guint64 done, all;

      while ((n = dsp_input_read (input, piece, sizeof piece, &error)) > 0)
        {
          total += (gsize) n;
          g_assert_true (options.encoding != DSP_INPUT_LATIN1 || g_utf8_validate_len (piece, (gsize) n, NULL)
                         || memchr (piece, 0, (gsize) n) != NULL);
        }
      g_assert_true (total <= 2 << 20);
      dsp_input_get_progress (input, &done, &all);
      g_assert_true (done <= all);
    }
  g_assert_true ((input == NULL || n < 0) == (error != NULL));
  close (fd);

  return 0;
}
