/* test-app-widgets.c: every template comes to life over an empty cache, and goes away without a trace
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-assignments-page.h"
#include "dsp-chooser.h"
#include "dsp-filter-form.h"
#include "dsp-filter-words.h"
#include "dsp-icons.h"
#include "dsp-order-list.h"
#include "dsp-record-form.h"
#include "dsp-record-page.h"
#include "dsp-resources.h"
#include "dsp-sign-in-page.h"
#include "dsp-work-bar.h"
#include "office.h"

#include "dsp-keeper-private.h"

#include <adwaita.h>
#include <glib/gstdio.h>

typedef struct {
  char       *dir;
  DspReplica *replica;
  GSettings  *settings;
  DspOffice  *office;
} Fixture;

static void
set_up (Fixture      *fixture,
        gconstpointer unused)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = NULL;

  fixture->dir = g_dir_make_tmp ("despacho-widgets-XXXXXX", &error);
  g_assert_no_error (error);
  path = g_build_filename (fixture->dir, "cache.db", NULL);
  fixture->replica = dsp_replica_open (path, 0, &error);
  g_assert_no_error (error);
  fixture->settings = g_settings_new ("mx.despacho.Despacho");
  fixture->office = dsp_office_new (fixture->replica, fixture->settings);
}

/* ---- where crews were last ---- */

static void
give (DspKeeper        *keeper,
      const DspCommand *command,
      guint             order,
      gconstpointer     args)
{
  DspId id = office_id ("order", order);
  g_autoptr(GError) error = NULL;
  g_autoptr(DspOutcome) outcome = dsp_keeper_give (keeper, command, &id, 1, args, DSP_FIELDS_ALL, FALSE, &error);

  g_assert_no_error (error);
  g_assert_cmpuint (outcome->n_given, ==, 1);
}

/* Crew 1 began one order and then closed another elsewhere; crew 2 began one that is somewhere; crew 3 did nothing. */
static void
set_up_crews (Fixture      *fixture,
              gconstpointer unused)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *dir = office_temp_dir (), *path = g_build_filename (dir, "cache.db", NULL);
  DspKeeper *keeper = dsp_keeper_open (path, NULL, NULL, &error);
  gint64 now_us = g_get_real_time ();
  DspUpdateAddress somewhere = { .cause = DSP_ADDRESS_WRONG, .lat_e7 = { 194000000, true }, .lon_e7 = { -991000000, true } };
  DspClose close = { .closed_at = { now_us - 2 * G_USEC_PER_SEC }, .attended = DSP_YES, .satisfied = DSP_YES,
                     .resolution = (char *) "done", .lat_e7 = { 195000000, true }, .lon_e7 = { -992000000, true } };
  DspStart begun = { .started_at = { now_us - 3 * G_USEC_PER_SEC }, .lat_e7 = { 193000000, true }, .lon_e7 = { -990000000, true } };

  g_assert_no_error (error);
  office_enrol (keeper);
  office_fill (keeper, 4);
  for (guint i = 1; i <= 3; i++)
    give (keeper, &dsp_order_assign, i, &(DspAssign) { .crew_id = office_id ("crew", i == 3 ? 2 : 1) });
  give (keeper, &dsp_order_start, 1, &begun);
  give (keeper, &dsp_order_close, 2, &close);
  give (keeper, &dsp_order_update_address, 3, &somewhere);
  give (keeper, &dsp_order_start, 3, &(DspStart) { .started_at = { now_us - G_USEC_PER_SEC } });
  dsp_keeper_close (keeper);
  fixture->dir = g_steal_pointer (&dir);
  fixture->replica = dsp_replica_open (path, 0, &error);
  g_assert_no_error (error);
  fixture->settings = g_settings_new ("mx.despacho.Despacho");
  fixture->office = dsp_office_new (fixture->replica, fixture->settings);
}

static void
settle (void)
{
  gint64 until = g_get_monotonic_time () + 400 * 1000;

  while (g_get_monotonic_time () < until)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (2000);
}

static void
tear_down (Fixture      *fixture,
           gconstpointer unused)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_build_filename (fixture->dir, "cache.db", NULL);
  gpointer office = fixture->office;
  gint64 until = g_get_monotonic_time () + 30 * G_TIME_SPAN_SECOND;

  dsp_office_close (fixture->office);
  /* Answers that are on their way hold it until they come. */
  g_object_add_weak_pointer (G_OBJECT (fixture->office), &office);
  g_object_unref (fixture->office);
  while (office != NULL && g_get_monotonic_time () < until)
    if (!g_main_context_iteration (NULL, FALSE))
      g_usleep (2000);
  g_assert_null (office);
  dsp_replica_close (fixture->replica);
  g_object_unref (fixture->replica);
  g_object_unref (fixture->settings);
  g_assert_true (dsp_replica_delete (path, &error));
  g_assert_no_error (error);
  g_rmdir (fixture->dir);
  g_free (fixture->dir);
}

static void
in_a_window (GtkWidget *widget)
{
  GtkWidget *window = gtk_window_new ();

  gtk_window_set_default_size (GTK_WINDOW (window), 1200, 700);
  gtk_window_set_child (GTK_WINDOW (window), widget);
  gtk_window_present (GTK_WINDOW (window));
  settle ();
  gtk_window_destroy (GTK_WINDOW (window));
  settle ();
}

static void
test_assignments (Fixture      *fixture,
                  gconstpointer unused)
{
  in_a_window (dsp_assignments_page_new (fixture->office));
}

static void
test_records (Fixture      *fixture,
              gconstpointer unused)
{
  in_a_window (dsp_record_page_new (fixture->office, &dsp_crew));
  in_a_window (dsp_record_page_new (fixture->office, &dsp_master));
  in_a_window (dsp_record_page_new (fixture->office, &dsp_distributor));
}

static void
test_sign_in (Fixture      *fixture,
              gconstpointer unused)
{
  g_autofree char *bare = dsp_sign_in_server (" despacho.example:8443/ ");
  g_autofree char *company = dsp_sign_in_server ("https://despacho.example/norte//");

  g_assert_cmpstr (bare, ==, "https://despacho.example:8443");
  g_assert_cmpstr (company, ==, "https://despacho.example/norte");
  in_a_window (dsp_sign_in_page_new (fixture->settings));
}

static void
test_empty_list (Fixture      *fixture,
                 gconstpointer unused)
{
  DspOrderList *list = dsp_order_list_new (fixture->office);

  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (list)), ==, 0);
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (list), 0));
  g_assert_cmpuint (dsp_order_list_find (list, 7), ==, GTK_INVALID_LIST_POSITION);
  g_assert_true (gtk_selection_model_select_all (GTK_SELECTION_MODEL (list)));
  g_assert_true (gtk_bitset_is_empty (dsp_office_get_selection (fixture->office)));
  g_assert_finalize_object (list);
}

static void
test_form_round_trip (Fixture      *fixture,
                      gconstpointer unused)
{
  g_autoptr(DspCrew) crew = dsp_crew_new ();
  g_autoptr(DspCrew) read = dsp_crew_new ();
  GtkWidget *form = g_object_ref_sink (dsp_record_form_new (fixture->office, &dsp_crew,
                                       dsp_table_bit (&dsp_crew.table, offsetof (DspCrew, distributor_id))));
  const char *const zone[] = { "031*", "Benito Juárez", NULL };
  const char *const days_off[] = { "7", "2026-12-24", NULL };
  guint64 given = 0;

  dsp_set_text (&crew->code, "C-07");
  dsp_set_text (&crew->name, "Norte");
  crew->distributor_id.b[0] = 1;
  crew->zone = g_strdupv ((char **) zone);
  crew->days_off = g_strdupv ((char **) days_off);
  crew->starts = (DspInt) { 510, true };
  crew->capacity = (DspInt) { 9, true };
  crew->home_lat_e7 = (DspInt) { 194326080, true };
  crew->home_lon_e7 = (DspInt) { -991332090, true };
  dsp_record_form_set_record (DSP_RECORD_FORM (form), crew, TRUE);
  g_assert_true (dsp_record_form_read (DSP_RECORD_FORM (form), read, &given));
  g_assert_cmphex (given, ==, 0);
  g_assert_true (dsp_table_equal (&dsp_crew.table, crew, read));
  g_object_unref (form);
}

static void
test_form_needs_what_is_required (Fixture      *fixture,
                                  gconstpointer unused)
{
  g_autoptr(DspMaster) read = dsp_master_new ();
  GtkWidget *form = g_object_ref_sink (dsp_record_form_new (fixture->office, &dsp_master, 0));
  guint64 given = 0;

  dsp_record_form_set_record (DSP_RECORD_FORM (form), NULL, TRUE);
  g_assert_false (dsp_record_form_read (DSP_RECORD_FORM (form), read, &given));
  g_object_unref (form);
}

static void
test_filter_applies_on_press (Fixture      *fixture,
                              gconstpointer unused)
{
  DspFilter *filter = dsp_filter_new (&dsp_order);
  GtkWidget *form = g_object_ref_sink (dsp_filter_form_new (fixture->office));
  g_autofree char *words = NULL;
  g_auto(GStrv) names = NULL;

  g_assert_true (dsp_filter_set (filter, "postal_code", "031*,03200..03299", NULL));
  g_assert_true (dsp_filter_set (filter, "penalized", "<4h", NULL));
  dsp_office_take_filter (fixture->office, filter);
  dsp_filter_form_show (DSP_FILTER_FORM (form));
  /* Showing the form, and typing in it, leaves the filter alone. */
  g_assert_true (dsp_office_get_filter (fixture->office) == filter);
  words = dsp_filter_words (fixture->office, filter, "postal_code");
  g_assert_cmpstr (words, ==, "Postal code: 031*, 03200–03299");
  names = dsp_filter_names (filter);
  g_assert_cmpuint (g_strv_length (names), ==, 2);
  dsp_office_take_filter (fixture->office, dsp_filter_new (&dsp_order));
  g_object_unref (form);
}

static void
test_chooser (Fixture      *fixture,
              gconstpointer unused)
{
  GtkWidget *chooser = g_object_ref_sink (dsp_chooser_new ("Order type"));
  const char *const ticked[] = { "b", "gone", NULL };
  g_auto(GStrv) values = NULL;

  dsp_chooser_add (DSP_CHOOSER (chooser), "a", "A");
  dsp_chooser_add (DSP_CHOOSER (chooser), "b", "B");
  /* A value of a saved filter that no order has any more is kept. */
  dsp_chooser_set_values (DSP_CHOOSER (chooser), ticked);
  values = dsp_chooser_get_values (DSP_CHOOSER (chooser));
  g_assert_cmpuint (g_strv_length (values), ==, 2);
  g_assert_cmpstr (values[0], ==, "b");
  g_assert_cmpstr (values[1], ==, "gone");
  g_object_unref (chooser);
}

/* ---- work that ends late ---- */

typedef struct {
  GMutex   lock;
  GCond    cond;
  gboolean began, go_on;              /* (guarded by lock) */
  gboolean cancelled;
  guint    n_told, n_results, n_data; /* of the main thread */
} Late;

static gpointer
work_late (gpointer          data,
           DspMacroProgress *progress,
           GCancellable     *cancellable,
           GError          **error)
{
  Late *late = data;

  g_mutex_lock (&late->lock);
  late->began = TRUE;
  g_cond_broadcast (&late->cond);
  while (!late->go_on)
    g_cond_wait (&late->cond, &late->lock);
  late->cancelled = g_cancellable_is_cancelled (cancellable);
  g_mutex_unlock (&late->lock);
  return late;
}

static void late_told (gpointer result, const GError *error, gpointer user_data) { ((Late *) user_data)->n_told++; }
static void late_result (gpointer result) { ((Late *) result)->n_results++; }
static void late_data (gpointer data) { ((Late *) data)->n_data++; }

/* Whoever asked is mostly the window itself: when that has gone, the thread's end is nobody's news. */
static void
test_late_work_tells_nobody_who_has_gone (Fixture      *fixture,
                                          gconstpointer unused)
{
  GtkWidget *window = gtk_window_new (), *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *bar = dsp_work_bar_new ();
  Late late = { 0 };

  g_mutex_init (&late.lock);
  g_cond_init (&late.cond);
  gtk_box_append (GTK_BOX (box), bar);
  gtk_window_set_child (GTK_WINDOW (window), box);
  gtk_window_present (GTK_WINDOW (window));
  dsp_work_bar_run (DSP_WORK_BAR (bar), "Reading", 0, work_late, &late, late_data, late_result, late_told, &late);
  g_mutex_lock (&late.lock);
  while (!late.began)
    g_cond_wait (&late.cond, &late.lock);
  g_mutex_unlock (&late.lock);
  gtk_window_destroy (GTK_WINDOW (window));
  g_mutex_lock (&late.lock);
  late.go_on = TRUE;
  g_cond_broadcast (&late.cond);
  g_mutex_unlock (&late.lock);
  while (late.n_data == 0)
    g_main_context_iteration (NULL, TRUE);
  g_assert_cmpuint (late.n_told, ==, 0);
  g_assert_cmpuint (late.n_results, ==, 1);
  g_assert_true (late.cancelled);
  g_mutex_clear (&late.lock);
  g_cond_clear (&late.cond);
}

static void
test_crews_seen (Fixture      *fixture,
                 gconstpointer unused)
{
  DspId one = office_id ("crew", 1), two = office_id ("crew", 2), closed = office_id ("order", 2);
  g_autoptr(GHashTable) seen = NULL;
  const DspCrewSeen *where;

  while (dsp_order_index_n_orders (dsp_replica_get_index (fixture->replica)) < 4)
    g_main_context_iteration (NULL, TRUE);
  seen = dsp_office_dup_crews_seen (fixture->office);
  g_assert_cmpuint (g_hash_table_size (seen), ==, 2);
  where = g_hash_table_lookup (seen, &one);
  g_assert_cmpint (where->lat_e7, ==, 195000000);
  g_assert_true (dsp_id_equal (&where->order_id, &closed));
  g_assert_cmpint (g_get_real_time () - where->at_us, >=, 2 * G_USEC_PER_SEC);
  /* It gave no position when it began: it is where the order is. */
  where = g_hash_table_lookup (seen, &two);
  g_assert_cmpint (where->lat_e7, ==, 194000000);
}

int
main (int    argc,
      char **argv)
{
  g_setenv ("GSETTINGS_BACKEND", "memory", TRUE);
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_resources_register (dsp_get_resource ());
  g_resources_register (dsp_icons_get_resource ());
  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (gdk_display_get_default ()), "/mx/despacho/Despacho/icons");
#define ADD(name, function) g_test_add (name, Fixture, NULL, set_up, function, tear_down)
  ADD ("/app/widgets/S0-11/assignments-page", test_assignments);
  ADD ("/app/widgets/S0-12/record-pages", test_records);
  ADD ("/app/widgets/S0-06/sign-in-page", test_sign_in);
  ADD ("/app/widgets/empty-list", test_empty_list);
  ADD ("/app/widgets/form-gives-back-what-it-was-shown", test_form_round_trip);
  ADD ("/app/widgets/form-asks-for-what-is-required", test_form_needs_what_is_required);
  ADD ("/app/widgets/S0-24/filter-applies-on-press", test_filter_applies_on_press);
  ADD ("/app/widgets/chooser-keeps-values-that-are-gone", test_chooser);
  ADD ("/app/widgets/S0-19/late-work-tells-nobody-who-has-gone", test_late_work_tells_nobody_who_has_gone);
  g_test_add ("/app/map/crews-were-last-where-they-began-or-closed", Fixture, NULL, set_up_crews, test_crews_seen, tear_down);
  return g_test_run ();
}
