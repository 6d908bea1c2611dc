/* bench-window.c: opening an order's window from a cache of 100,000 orders, until its first picture is drawn
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each figure is a line of JSON on standard output, for a person on standard error. Run under a display.
 */
#define G_LOG_DOMAIN "bench"

#include "config.h"
#include "dsp-order-window.h"
#include "generate.h"
#include "office.h"

#include <adwaita.h>
#include <glib/gstdio.h>
#include <stdlib.h>

#define N_CREWS 400
#define N_DISTRIBUTORS 12
#define ROUNDS 60
#define GOAL_MS 50.0

static guint n_orders = 100000;

static void
ignore_delta (DspDelta *delta,
              gpointer  user_data)
{
  dsp_delta_free (delta);
}

static void
make_replica (const char *path)
{
  g_autoptr(GError) error = NULL;
  DspKeeper *keeper = dsp_keeper_open (path, ignore_delta, NULL, &error);
  g_autoptr(Generate) generate = generate_new (1, n_orders, N_CREWS, N_DISTRIBUTORS, NULL);
  g_autofree char *cursor = NULL;
  static char *all[] = { (char *) "*", NULL };
  DspCopyPlace place = { NULL };
  DspUser user = { .id = office_id ("user", 1), .name = (char *) "ana" };
  DspProfile profile = { .id = office_id ("profile", 1), .name = (char *) "everything", .permissions = all };
  DspGrant grant = { .id = office_id ("grant", 1), .user_id = user.id, .profile_id = profile.id, .over = dsp_scope_all };
  g_autofree DspOrder *orders = g_new0 (DspOrder, ORDERS_A_PAGE);
  DspDistributor distributor = { 0 };
  DspCrew crew = { 0 };

  g_assert_no_error (error);
  office_enrol (keeper);
  dsp_keeper_copy_begin (keeper, FALSE, &place, &error);
  dsp_copy_place_clear (&place);
  office_feed_page (keeper, &dsp_user, &user, 1, true);
  office_feed_page (keeper, &dsp_profile, &profile, 1, false);
  office_feed_page (keeper, &dsp_grant, &grant, 1, false);
  for (guint i = 0; i < N_DISTRIBUTORS; i++)
    {
      generate_distributor (generate, i, &distributor);
      office_feed_page (keeper, &dsp_distributor, &distributor, 1, false);
    }
  for (guint i = 0; i < N_CREWS; i++)
    {
      generate_crew (generate, i, &crew);
      office_feed_page (keeper, &dsp_crew, &crew, 1, false);
    }
  for (guint i = 0; i < n_orders; i += ORDERS_A_PAGE)
    {
      guint n = MIN (n_orders - i, ORDERS_A_PAGE);

      for (guint k = 0; k < n; k++)
        generate_order (generate, i + k, true, &orders[k]);
      office_feed_page (keeper, &dsp_order, orders, n, false);
    }
  for (guint k = 0; k < ORDERS_A_PAGE; k++)
    dsp_table_clear (&dsp_order.table, &orders[k]);
  dsp_table_clear (&dsp_distributor.table, &distributor);
  dsp_table_clear (&dsp_crew.table, &crew);
  dsp_keeper_copy_index (keeper, &cursor, &error);
  dsp_keeper_copy_swap (keeper, &error);
  g_assert_no_error (error);
  dsp_keeper_close (keeper);
}

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
        double      value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (text, sizeof text, "%.1f", value);
  g_print ("{\"name\":\"window/%s\",\"value\":%s,\"unit\":\"ms\",\"goal\":%.0f}\n", name, text, GOAL_MS);
  g_printerr ("%-52s %8s ms  goal %.0f\n", name, text, GOAL_MS);
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
  double times[ROUNDS];

  if (argc > 1)
    n_orders = (guint) atoi (argv[1]);
  adw_init ();
  make_replica (path);
  replica = dsp_replica_open (path, 0, &error);
  g_assert_no_error (error);
  settings = g_settings_new ("mx.despacho.Despacho");
  office = dsp_office_new (replica, settings);
  parent = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (parent), 1366, 768);
  gtk_window_present (GTK_WINDOW (parent));
  while (dsp_order_index_n_orders (dsp_replica_get_index (replica)) < n_orders)
    g_main_context_iteration (NULL, TRUE);
  for (guint i = 0; i < ROUNDS; i++)
    {
      DspId id = *dsp_order_index_id (dsp_replica_get_index (replica), i * (n_orders / ROUNDS));

      times[i] = open_once (GTK_WINDOW (parent), office, &id);
    }
  figure ("an order's window, the first one", times[0]);
  qsort (times, ROUNDS, sizeof *times, compare);
  figure ("an order's window, p50", times[ROUNDS / 2]);
  figure ("an order's window, p95", times[ROUNDS * 95 / 100]);
  gtk_window_destroy (GTK_WINDOW (parent));
  dsp_office_close (office);
  g_object_unref (office);
  dsp_replica_close (replica);
  g_object_unref (replica);
  dsp_replica_delete (path, NULL);
  g_rmdir (dir);
  return 0;
}
