/* fuzz-outbox.c: any bytes at all in a replica's outbox, and as the whole file
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The first byte chooses: the rest is the file, or the texts of one row of the outbox, a line each: kind, body, arguments, what
 * was wanted, what was seen. The program opens or says why not, lists what waits, makes a request of it; the row stays.
 */
#include "config.h"

#include <glib/gstdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "dsp-keeper-private.h"

#define EPOCH "11111111-2222-4333-8444-555555555555"
#define N_TEXTS 5

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
remove_all (const char *begins)
{
  g_autoptr(GDir) list = g_dir_open (dir, 0, NULL);
  const char *name;

  while ((name = g_dir_read_name (list)) != NULL)
    if (g_str_has_prefix (name, begins))
      {
        g_autofree char *path = g_build_filename (dir, name, NULL);

        g_unlink (path);
      }
}

static void
clean (void)
{
  dsp_keeper_close (keeper);
  remove_all ("");
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
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR); /* what cannot be shown is a warning */
  atexit (clean);
}

static void
as_file (const uint8_t *data,
         size_t         size)
{
  g_autofree char *path = g_build_filename (dir, "any.sqlite", NULL);
  g_autoptr(GError) error = NULL;
  DspKeeper *any;

  remove_all ("any");
  g_assert_true (g_file_set_contents (path, (const char *) data, (gssize) size, NULL));
  any = dsp_keeper_open (path, drop_delta, NULL, &error);
  g_assert_true ((any == NULL) == (error != NULL));
  g_clear_pointer (&any, dsp_keeper_close);
}

static void
put_row (char *const *texts,
         const char  *state)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspStmt) stmt = dsp_db_prepare (keeper->db, "INSERT INTO \"outbox\" (\"no\", \"grp\", \"state\", \"kind\", \"body\", \"args\", \"at\","
                                            " \"n_rows\", \"seq\", \"wanted\", \"seen\") VALUES (1, 1, $1, $2, $3, $4, 0, 1, 0, $5, $6)", &error);

  g_assert_no_error (error);
  dsp_stmt_bind_text (stmt, 1, state, -1);
  for (guint i = 0; i < N_TEXTS; i++)
    dsp_stmt_bind_text (stmt, (int) i + 2, texts[i] != NULL ? texts[i] : "", -1);
  g_assert_true (dsp_stmt_run (stmt, NULL, &error));
}

static void
as_row (const uint8_t *data,
        size_t         size)
{
  static const char *const states[] = { "queued", "sent", "acked", "noop", "settled", "rejected", "blocked" };
  g_autofree char *text = g_strndup ((const char *) data + 1, size - 1);
  g_auto(GStrv) lines = g_strsplit (text, "\n", N_TEXTS);
  char *texts[N_TEXTS] = { NULL };
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) waiting = NULL, rejected = NULL;
  g_autofree char *push = NULL;
  gint64 first, n = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    texts[i] = lines[i];
  put_row (texts, states[data[0] % G_N_ELEMENTS (states)]);
  g_assert_true (dsp_keeper_reload_outbox (keeper));
  dsp_keeper_replay (keeper, NULL, TRUE, NULL);
  waiting = dsp_keeper_list_outbox (keeper, TRUE, &error);
  g_assert_true ((waiting == NULL) == (error != NULL));
  g_clear_error (&error);
  rejected = dsp_keeper_list_rejected (keeper, 0, &error);
  g_assert_true ((rejected == NULL) == (error != NULL));
  g_clear_error (&error);
  push = dsp_keeper_next_push (keeper, &first, &error);
  g_assert_true (push == NULL || error == NULL);
  g_assert_true (dsp_db_int (keeper->db, "SELECT count(*) FROM \"outbox\"", &n, NULL));
  g_assert_cmpint (n, ==, 1);
  g_assert_true (dsp_db_exec (keeper->db, "DELETE FROM \"outbox\"; DELETE FROM \"refused\"", NULL));
  g_assert_true (dsp_keeper_reload_outbox (keeper));
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  if (keeper == NULL)
    start ();
  if (size >= 2 && data[0] % 16 == 0)
    as_file (data + 1, size - 1);
  else if (size >= 2 && g_utf8_validate ((const char *) data + 1, (gssize) size - 1, NULL))
    as_row (data, size);
  return 0;
}
