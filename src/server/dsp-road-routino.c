/* dsp-road-routino.c: ways by road from Routino's router, run as a program of its own
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Routino has another licence than this program: it is run, not linked. Its text output has a line a junction, with the
 * length of the section that leads there, and says which lines are waypoints; a way is the sum of its sections.
 */
#define G_LOG_DOMAIN "dsp-road"

#include "config.h"
#include "dsp-road.h"

#include <math.h>
#include <string.h>

#define PROGRAM   "routino-router"
#define TIMEOUT_S 20
#define OUTPUT_MAX (4 * 1024 * 1024)

/* DIR, or DIR/PREFIX where DIR is the folder and PREFIX-nodes.mem stands in it. */
static void
split_path (const char *path,
            char      **folder,
            char      **prefix)
{
  *prefix = NULL;
  if (g_file_test (path, G_FILE_TEST_IS_DIR))
    *folder = g_strdup (path);
  else
    {
      *folder = g_path_get_dirname (path);
      *prefix = g_path_get_basename (path);
    }
}

static void
add_argument (GPtrArray  *arguments,
              const char *format,
              ...) G_GNUC_PRINTF (2, 3);

static void
add_argument (GPtrArray  *arguments,
              const char *format,
              ...)
{
  va_list list;

  va_start (list, format);
  g_ptr_array_add (arguments, g_strdup_vprintf (format, list));
  va_end (list);
}

/* No shell: each argument is one, whatever stands in it. */
static GPtrArray *
make_arguments (const DspRoadOptions *options,
                const GArray         *tour)
{
  GPtrArray *arguments = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *folder = NULL, *prefix = NULL;

  split_path (options->routino, &folder, &prefix);
  add_argument (arguments, PROGRAM);
  add_argument (arguments, "--dir=%s", folder);
  if (prefix != NULL)
    add_argument (arguments, "--prefix=%s", prefix);
  add_argument (arguments, "--transport=motorcar");
  add_argument (arguments, "--shortest");
  add_argument (arguments, "--output-text");
  add_argument (arguments, "--output-stdout");
  for (guint i = 0; i < tour->len; i++)
    {
      const DspTourPlace *place = &g_array_index (tour, DspTourPlace, i);
      char lon[G_ASCII_DTOSTR_BUF_SIZE], lat[G_ASCII_DTOSTR_BUF_SIZE];

      g_ascii_formatd (lon, sizeof lon, "%.6f", place->lon_e7.value * 1e-7);
      g_ascii_formatd (lat, sizeof lat, "%.6f", place->lat_e7.value * 1e-7);
      add_argument (arguments, "--lon%u=%s", i + 1, lon);
      add_argument (arguments, "--lat%u=%s", i + 1, lat);
    }
  g_ptr_array_add (arguments, NULL);
  return arguments;
}

/* "#Latitude  Longitude  Section Distance  Section Duration  Total Distance  Total Duration  Point Type …", by tabs. */
static GArray *
read_output (const char *text,
             GError    **error)
{
  g_autoptr(GArray) ways = g_array_new (FALSE, FALSE, sizeof (gint64));
  g_auto(GStrv) lines = g_strsplit (text, "\n", -1);
  double km = 0;
  guint n_waypoints = 0;

  for (guint i = 0; lines[i] != NULL; i++)
    {
      g_auto(GStrv) cells = g_strsplit (lines[i], "\t", -1);
      gint64 metres;

      if (lines[i][0] == '#' || g_strv_length (cells) < 7)
        continue;
      km += g_ascii_strtod (cells[2], NULL);
      if (!g_str_has_prefix (g_strstrip (cells[6]), "Waypt"))
        continue;
      metres = llround (km * 1000);
      if (n_waypoints++ > 0)
        g_array_append_val (ways, metres);
      km = 0;
    }
  if (ways->len > 0)
    return g_steal_pointer (&ways);
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "its output has no route");
  return NULL;
}

/* ---- one run, in a main context of its own, so that it can be waited for with a limit ---- */

typedef struct {
  GMainLoop   *loop;
  GSubprocess *process;
  char        *out, *err;   /* (owned) */
  GError      *error;       /* (owned) (nullable) */
  gboolean     late;
} Run;

static void
communicated_cb (GObject      *source,
                 GAsyncResult *res,
                 gpointer      user_data)
{
  Run *run = user_data;

  g_subprocess_communicate_utf8_finish (G_SUBPROCESS (source), res, &run->out, &run->err, &run->error);
  g_main_loop_quit (run->loop);
}

static gboolean
on_late (gpointer user_data)
{
  Run *run = user_data;

  run->late = TRUE;
  g_subprocess_force_exit (run->process);
  return G_SOURCE_REMOVE;
}

static void
wait_for (Run          *run,
          guint         timeout_s,
          GCancellable *cancellable)
{
  GMainContext *context = g_main_context_new ();
  GSource *late = g_timeout_source_new_seconds (timeout_s);

  g_main_context_push_thread_default (context);
  run->loop = g_main_loop_new (context, FALSE);
  g_source_set_callback (late, on_late, run, NULL);
  g_source_attach (late, context);
  g_subprocess_communicate_utf8_async (run->process, NULL, cancellable, communicated_cb, run);
  g_main_loop_run (run->loop);
  if (run->error != NULL)
    g_subprocess_force_exit (run->process);
  g_subprocess_wait (run->process, NULL, NULL);
  g_source_destroy (late);
  g_source_unref (late);
  g_main_loop_unref (run->loop);
  g_main_context_pop_thread_default (context);
  g_main_context_unref (context);
}

static GArray *
judge_run (Run     *run,
           guint    timeout_s,
           GError **error)
{
  if (run->late)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "it gave no answer in %u s", timeout_s);
  else if (run->error != NULL)
    g_propagate_error (error, g_steal_pointer (&run->error));
  else if (!g_subprocess_get_successful (run->process))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%.200s", run->err != NULL && *g_strstrip (run->err) != '\0' ? run->err : "it failed");
  else if (run->out == NULL || strlen (run->out) > OUTPUT_MAX)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "its output cannot be read");
  else
    return read_output (run->out, error);
  return NULL;
}

GArray *
dsp_road_routino (const DspRoadOptions *options,
                  const GArray         *tour,
                  GCancellable         *cancellable,
                  GError              **error)
{
  g_autoptr(GPtrArray) arguments = make_arguments (options, tour);
  guint timeout_s = options->timeout_s != 0 ? options->timeout_s : TIMEOUT_S;
  g_autoptr(GSubprocess) process = g_subprocess_newv ((const char *const *) arguments->pdata,
                                                      G_SUBPROCESS_FLAGS_STDOUT_PIPE | G_SUBPROCESS_FLAGS_STDERR_PIPE, error);
  Run run = { .process = process };
  GArray *ways;

  if (process == NULL)
    return NULL;
  wait_for (&run, timeout_s, cancellable);
  ways = judge_run (&run, timeout_s, error);
  g_clear_error (&run.error);
  g_free (run.out);
  g_free (run.err);
  return ways;
}
