/* bench-window.c: opening an order's window from a cache of 100,000 orders, until its first picture is drawn
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each figure is a line of JSON on standard output, for a person on standard error. Run under a display.
 */
#define G_LOG_DOMAIN "bench"

#include "config.h"
#include "dsp-order-window.h"
#include "generate-replica.h"

#include <adwaita.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <time.h>

#define N_CREWS 400
#define N_DISTRIBUTORS 12
#define ROUNDS 60
#define GOAL_MS 50.0

static guint n_orders = 100000;

/* ---- measuring ---- */

static void
on_painted (GdkFrameClock *clock,
            gboolean      *painted)
{
  *painted = TRUE;
}

static GtkWindow *
newest_window (GtkWindow *parent)
{
  GListModel *all = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (all); i++)
    {
      g_autoptr(GtkWindow) window = g_list_model_get_item (all, i);

      if (gtk_window_get_transient_for (window) == parent)
        return window;
    }
  return NULL;
}

/* Of the processor, which says more than the clock where others work, too. */
static double
cpu_ms (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double) now.tv_sec * 1e3 + (double) now.tv_nsec / 1e6;
}

static double
open_once (GtkWindow   *parent,
           DspOffice   *office,
           const DspId *id)
{
  gint64 from = g_get_monotonic_time ();
  gboolean painted = FALSE;
  GtkWindow *window;
  double ms;

  dsp_order_window_open (parent, office, id, NULL, NULL);
  window = newest_window (parent);
  g_assert_nonnull (window);
  g_signal_connect (gtk_widget_get_frame_clock (GTK_WIDGET (window)), "after-paint", G_CALLBACK (on_painted), &painted);
  while (!painted)
    g_main_context_iteration (NULL, TRUE);
  ms = (double) (g_get_monotonic_time () - from) / 1000;
  g_signal_handlers_disconnect_by_func (gtk_widget_get_frame_clock (GTK_WIDGET (window)), on_painted, &painted);
  gtk_window_destroy (window);
  for (guint i = 0; i < 20; i++)
    while (g_main_context_iteration (NULL, FALSE))
      ;
  return ms;
}

static int
compare (gconstpointer a,
         gconstpointer b)
{
  return (*(const double *) a > *(const double *) b) - (*(const double *) a < *(const double *) b);
}

static void
figure (const char *name,
        double      value,
        double      goal) /* 0: none */
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *member = goal > 0 ? g_strdup_printf (",\"goal\":%.0f", goal) : g_strdup (""),
                  *words = goal > 0 ? g_strdup_printf ("  goal %.0f", goal) : g_strdup ("");

  g_ascii_formatd (text, sizeof text, "%.1f", value);
  g_print ("{\"name\":\"window/%s\",\"value\":%s,\"unit\":\"ms\"%s}\n", name, text, member);
  g_printerr ("%-60s %8s ms%s\n", name, text, words);
}

/* The same program once more, which does not prepare anything. */
static void
measure_cold (const char *program)
{
  g_autofree char *n = g_strdup_printf ("%u", n_orders);
  const char *const arguments[] = { program, n, "cold", NULL };
  g_autoptr(GError) error = NULL;

  if (!g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_CHILD_INHERITS_STDIN, NULL, NULL, NULL, NULL, NULL, &error))
    g_printerr ("The first one without preparation could not be measured: %s\n", error->message);
}

int
main (int    argc,
      char **argv)
{
  g_autofree char *dir = g_dir_make_tmp ("despacho-bench-XXXXXX", NULL);
  g_autofree char *path = g_build_filename (dir, "replica.db", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(GSettings) settings = NULL;
  DspReplica *replica;
  DspOffice *office;
  GtkWidget *parent;
  double times[ROUNDS], before;
  gboolean cold = argc > 2;

  if (argc > 1)
    n_orders = (guint) atoi (argv[1]);
  if (!cold)
    measure_cold (argv[0]);
  adw_init ();
  {
    g_autoptr(Generate) generate = generate_new (1, n_orders, N_CREWS, N_DISTRIBUTORS, NULL);

    generate_replica (generate, path, 0, n_orders, N_CREWS, N_DISTRIBUTORS);
  }
  replica = dsp_replica_open (path, 0, &error);
  g_assert_no_error (error);
  settings = g_settings_new ("mx.despacho.Despacho");
  office = dsp_office_new (replica, settings);
  parent = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (parent), 1366, 768);
  gtk_window_present (GTK_WINDOW (parent));
  while (dsp_order_index_n_orders (dsp_replica_get_index (replica)) < n_orders)
    g_main_context_iteration (NULL, TRUE);
  if (!cold)
    {
      before = cpu_ms ();
      dsp_order_window_warm (GTK_WINDOW (parent), office);
      figure ("what is prepared in advance, while idle (processor)", cpu_ms () - before, 0);
    }
  before = cpu_ms ();
  for (guint i = 0; i < (cold ? 1 : ROUNDS); i++)
    {
      DspId id = *dsp_order_index_id (dsp_replica_get_index (replica), i * (n_orders / ROUNDS));

      times[i] = open_once (GTK_WINDOW (parent), office, &id);
      if (i > 0)
        continue;
      figure (cold ? "an order's window, the first one, unprepared" : "an order's window, the first one", times[0], cold ? 0 : GOAL_MS);
      figure (cold ? "the same, of the processor, unprepared" : "the same, of the processor",
              cpu_ms () - before, 0);
    }
  if (!cold)
    {
      qsort (times, ROUNDS, sizeof *times, compare);
      figure ("an order's window, p50", times[ROUNDS / 2], GOAL_MS);
      figure ("an order's window, p95", times[ROUNDS * 95 / 100], GOAL_MS);
    }
  gtk_window_destroy (GTK_WINDOW (parent));
  dsp_office_close (office);
  g_object_unref (office);
  dsp_replica_close (replica);
  g_object_unref (replica);
  dsp_replica_delete (path, NULL);
  g_rmdir (dir);
  return 0;
}
