/* fuzz-page.c: any bytes at all as what a server answers to a replica
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first byte says to what: a page of the feed, the answers to commands, a page of a copy. Whatever comes, the replica goes
 * on: its file stays whole, and what waits in it stays.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <stdint.h>
#include <stdlib.h>

#include "dsp-keeper.h"

#define EPOCH "11111111-2222-4333-8444-555555555555"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static char *dir;
static DspKeeper *keeper;

static void
drop_delta (DspDelta *delta,
            gpointer  user_data)
{
  dsp_delta_free (delta);
}

static void
clean (void)
{
  static const char *const names[] = { "cache.sqlite", "cache.sqlite-wal", "cache.sqlite-shm", "cache.sqlite.lock" };

  dsp_keeper_close (keeper);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *path = g_build_filename (dir, names[i], NULL);

      g_unlink (path);
    }
  g_rmdir (dir);
  g_free (dir);
}

static void
start (void)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = NULL;
  DspId user = { { 1 } }, device = { { 2 } };

  dir = g_dir_make_tmp ("despacho-fuzz-XXXXXX", &error);
  g_assert_no_error (error);
  path = g_build_filename (dir, "cache.sqlite", NULL);
  keeper = dsp_keeper_open (path, drop_delta, NULL, &error);
  g_assert_no_error (error);
  dsp_keeper_set_session (keeper, "https://server", NULL, &user, "ana", "Ana", &device, EPOCH, 0, NULL, &error);
  g_assert_no_error (error);
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR); /* a server that talks nonsense is a warning */
  atexit (clean);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *text = NULL, *next = NULL;
  DspPulled pulled;
  gboolean done;
  guint n;

  if (size == 0)
    return 0;
  if (keeper == NULL)
    start ();
  text = g_memdup2 (data + 1, size - 1);
  switch (data[0] % 3)
    {
    case 0:
      done = dsp_keeper_pulled (keeper, text, size - 1, &pulled, &error);
      break;
    case 1:
      done = dsp_keeper_pushed (keeper, 1, text, size - 1, &error);
      break;
    default:
      {
        DspCopyPlace place = { NULL };

        done = dsp_keeper_copy_begin (keeper, FALSE, &place, &error) && dsp_keeper_copy_page (keeper, "all", text, size - 1, &next, &n, &error);
        dsp_copy_place_clear (&place);
      }
    }
  g_assert_true (done == (error == NULL));
  return 0;
}
