/* test-crash.c: what was acknowledged is there after kill -9, and nothing is half there
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The test runs itself as the writer: it commits batches as fast as it can and writes the last number of each to its
 * standard output once it is committed. The parent kills it at a random moment and looks at the file.
 */
#include "config.h"
#include "dsp-feed.h"
#include "dsp-table.h"
#include "store-util.h"

#include <gio/gio.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#define ROUNDS 12

static const char *program;

static void
check (gboolean ok,
       GError  *error)
{
  if (!ok)
    g_error ("%s", error != NULL ? error->message : "failed");
}

G_GNUC_NORETURN
static void
write_for_ever (const char *uri)
{
  GError *error = NULL;
  DspDb *db = dsp_db_open (uri, DSP_DB_CREATE | DSP_DB_LOCK, &error);
  DspFeed *feed = db != NULL ? dsp_feed_open (db, &error) : NULL;
  GRand *rand = g_rand_new ();
  DspId device = dsp_id_from_key ("device", "crash");
  DspDevice known = { 0 };
  DspStep step;

  check (feed != NULL, error);
  check (dsp_feed_begin (feed, &error), error);
  step = dsp_feed_get_device (feed, &device, &known, &error);
  if (step == DSP_STEP_DONE)
    check (dsp_feed_add_device (feed, &device, &device, NULL, 1, &error), error);
  check (dsp_feed_commit (feed, &error), error);
  for (gint64 no = known.last_no;;)
    {
      int batch = g_rand_int_range (rand, 1, 20);

      check (dsp_feed_begin (feed, &error), error);
      for (int i = 0; i < batch; i++)
        {
          DspOrder *order = test_random_record (rand, &dsp_order);
          DspEdit edit = { .entity = &dsp_order, .after = order, .mask = DSP_FIELDS_ALL };
          DspEdit *edits[] = { &edit };
          DspFeedCommand command = { .device = device, .no = ++no, .command = &dsp_order_create, .user_name = "ana", .at_us = no };
          DspResult result = { .status = (char *) "applied", .at_us = no };

          /* A number that says which command made it, in a life of its own. */
          g_free (order->number);
          order->number = g_strdup_printf ("%" G_GINT64_FORMAT, no);
          check (dsp_feed_append (feed, &command, edits, 1, &result.seq, &error), error);
          check (dsp_feed_put_result (feed, &device, no, &result, &error), error);
          dsp_order_free (order);
        }
      check (dsp_feed_commit (feed, &error), error);
      printf ("%" G_GINT64_FORMAT "\n", no);
      fflush (stdout);
      if (g_rand_int_range (rand, 0, 10) == 0)
        check (dsp_db_checkpoint (db, DSP_CHECKPOINT_PASSIVE, NULL, &error), error);
    }
}

/* Runs the writer until it has acknowledged @n batches and then for a moment longer. Returns: the last number it said. */
static gint64
run_and_kill (const char *uri,
              guint       n,
              gulong      longer_us)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(GSubprocess) writer = g_subprocess_new (G_SUBPROCESS_FLAGS_STDOUT_PIPE, &error, program, "--write", uri, NULL);
  g_autoptr(GDataInputStream) lines = NULL;
  gint64 last = 0;
  char *line;

  g_assert_no_error (error);
  lines = g_data_input_stream_new (g_subprocess_get_stdout_pipe (writer));
  for (guint i = 0; i < n; i++)
    {
      line = g_data_input_stream_read_line (lines, NULL, NULL, &error);
      g_assert_no_error (error);
      g_assert_nonnull (line);
      last = g_ascii_strtoll (line, NULL, 10);
      g_free (line);
    }
  g_usleep (longer_us); /* anywhere in a batch: a moment, not a wait for something */
  g_subprocess_send_signal (writer, SIGKILL);
  g_subprocess_wait (writer, NULL, NULL);
  /* What it still said before it died counts, too. */
  while ((line = g_data_input_stream_read_line (lines, NULL, NULL, NULL)) != NULL)
    {
      last = MAX (last, g_ascii_strtoll (line, NULL, 10));
      g_free (line);
    }
  return last;
}

static void
say (const char *what,
     gpointer    user_data)
{
  g_test_message ("%s", what);
}

static void
test_kill (void)
{
  TestPlace place;
  DspId device = dsp_id_from_key ("device", "crash");

  test_place_open (&place);
  for (guint round = 0; round < ROUNDS; round++)
    {
      g_autoptr(GError) error = NULL;
      gint64 acknowledged = run_and_kill (place.uri, (guint) g_test_rand_int_range (1, 30), (gulong) g_test_rand_int_range (0, 3000));
      DspDb *db = dsp_db_open (place.uri, DSP_DB_LOCK, &error);
      DspFeed *feed;
      DspDevice known;
      gint64 n_orders, n_numbers;
      guint n_findings;

      g_assert_no_error (error);
      feed = dsp_feed_open (db, &error);
      g_assert_no_error (error);
      g_assert_true (dsp_db_check (db, TRUE, &error));
      g_assert_cmpint (dsp_feed_get_device (feed, &device, &known, &error), ==, DSP_STEP_ROW);
      g_test_message ("acknowledged %" G_GINT64_FORMAT ", stored %" G_GINT64_FORMAT, acknowledged, known.last_no);
      g_assert_cmpint (known.last_no, >=, acknowledged);
      g_assert_true (dsp_table_count (db, NULL, &dsp_order, &n_orders, &error));
      g_assert_cmpint (n_orders, ==, known.last_no);
      g_assert_true (dsp_db_int (db, "SELECT count(DISTINCT number) FROM \"order\" WHERE CAST(number AS bigint) BETWEEN 1 AND"
                                     " (SELECT max(no) FROM \"result\")", &n_numbers, &error));
      g_assert_cmpint (n_numbers, ==, known.last_no);
      g_assert_cmpint (dsp_feed_get_state (feed)->seq, ==, known.last_no);
      g_assert_true (dsp_feed_verify (db, say, NULL, &n_findings, &error));
      g_assert_cmpint (n_findings, ==, 0);
      g_assert_no_error (error);
      dsp_feed_close (feed);
      dsp_db_close (db);
    }
  test_place_close (&place);
}

int
main (int    argc,
      char **argv)
{
  test_stores_init ();
  if (argc == 3 && strcmp (argv[1], "--write") == 0)
    write_for_ever (argv[2]);
  program = argv[0];
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/store/crash/acknowledged-is-stored-and-whole", test_kill);
  return g_test_run ();
}
