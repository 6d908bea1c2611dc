/* bench-map.c: what a frame of the map costs while it pans and zooms
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bench-map [areas=FILE...] [places=FILE] [frames=N]: without files 3,249 areas of 389,880 points and 32,003 places are
 * invented, all with orders. Prints per phase the processor time of the main thread per frame (everything it does from
 * one frame to the next), the time on the clock from the frame's start to its end, and one line of JSON. With cairo the
 * main thread draws: its processor time is judged, which other programs do not disturb. With gl others draw for it: there
 * the clock is judged.
 * Run it on a display of its own: tests/headless.sh build/tests/bench/bench-map; GSK_RENDERER=gl measures the other one.
 */
#include "config.h"

#include <math.h>
#include <time.h>

#include "../ui/map-data.h"
#include "dsp-locator.h"
#include "dsp-map-tile.h"

#define GOAL_MS 16.0
#define MAX_FRAMES 2000

typedef enum
{
  PHASE_PAN,
  PHASE_PAN_FAST,
  PHASE_ZOOM,
  PHASE_COUNTS,
  PHASE_HOVER,
  N_PHASES,
} Phase;

typedef struct
{
  const char *name;
  double lat;
  double lon;
  double zoom;
} Place;

static const char *const phase_names[N_PHASES] = {
  "pan 4 px a frame", "pan 24 px a frame", "zoom 0.04 a frame", "new counts every 10th frame", "another selection every frame",
};

static const Place places[] = {
  { "city", 19.38, -99.14, 11.0 },
  { "country", 22.0, -101.0, 5.4 },
  { "streets", 19.38, -99.14, 13.2 },
};

static DspMapView *view;
static MapData data;
static guint n_frames_wanted = 240;

static struct
{
  Phase phase;
  const Place *place;
  guint n;
  gint64 frame_began_us;
  gint64 cpu_began_us;
  double cpu_ms[MAX_FRAMES];
  double wall_ms[MAX_FRAMES];
} run;

static gint64
thread_cpu_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);

  return (gint64) now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static int
compare_doubles (gconstpointer a,
                 gconstpointer b)
{
  double left = *(const double *) a, right = *(const double *) b;

  return (left > right) - (left < right);
}

static double
quantile (double *values,
          guint   n,
          double  part)
{
  qsort (values, n, sizeof (double), compare_doubles);

  return n > 0 ? values[MIN (n - 1, (guint) (n * part))] : 0;
}

static void
act (void)
{
  const Place *place = run.place;
  double scale = 256 * exp2 (place->zoom);
  double pixels = run.n * (run.phase == PHASE_PAN_FAST ? 24.0 : 4.0);
  double turn = 2 * G_PI * run.n / 120;
  const char *code;

  switch (run.phase)
    {
    case PHASE_PAN:
    case PHASE_PAN_FAST:
      /* To and fro, 1,200 pixels each way, with some sideways drift. */
      pixels = fabs (fmod (pixels, 2400) - 1200) - 600;
      dsp_map_view_set_centre (view, (gint32) ((place->lat + 60 * sin (turn) / scale * 360) * 1e7),
                               (gint32) ((place->lon + pixels / scale * 360) * 1e7), place->zoom);
      break;

    case PHASE_ZOOM:
      dsp_map_view_set_centre (view, (gint32) (place->lat * 1e7), (gint32) (place->lon * 1e7),
                               place->zoom + fabs (fmod (run.n * 0.04, 4) - 2) - 1);
      break;

    case PHASE_COUNTS:
      if (run.n % 10 == 0)
        {
          for (guint i = run.n % 50; i < data.counts->len; i += 50)
            g_array_index (data.counts, DspMapCount, i).n_unassigned ^= 3;
          dsp_map_view_set_counts (view, (const DspMapCount *) data.counts->data, data.counts->len);
        }
      else
        {
          gtk_widget_queue_draw (GTK_WIDGET (view));
        }
      break;

    case PHASE_HOVER:
      code = g_array_index (data.areas, DspMapArea, run.n % data.areas->len).code;
      dsp_map_view_set_selected_codes (view, (const char *const[]) { code, NULL }, NULL);
      break;

    case N_PHASES:
    default:
      g_assert_not_reached ();
    }
}

static void
on_before_paint (GdkFrameClock *clock)
{
  gint64 cpu = thread_cpu_us ();

  if (run.n > 0 && run.n <= MAX_FRAMES)
    run.cpu_ms[run.n - 1] = (double) (cpu - run.cpu_began_us) / 1000;
  run.cpu_began_us = cpu;
  run.frame_began_us = g_get_monotonic_time ();
}

static void
on_after_paint (GdkFrameClock *clock)
{
  if (run.n > 0 && run.n <= MAX_FRAMES)
    run.wall_ms[run.n - 1] = (double) (g_get_monotonic_time () - run.frame_began_us) / 1000;
}

static gboolean
on_tick (GtkWidget     *widget,
         GdkFrameClock *clock,
         gpointer       user_data)
{
  run.n++;
  if (run.n > n_frames_wanted)
    return G_SOURCE_REMOVE;

  act ();

  return G_SOURCE_CONTINUE;
}

static gboolean
measure (GString *json)
{
  gint64 began;
  double cpu_p50, cpu_p95, wall_p50, wall_p95, rate;
  guint n = n_frames_wanted - 1;
  gboolean is_good;

  dsp_map_view_set_selected_codes (view, NULL, NULL);
  dsp_map_view_set_centre (view, (gint32) (run.place->lat * 1e7), (gint32) (run.place->lon * 1e7), run.place->zoom);
  map_data_settle (view);

  run.n = 0;
  run.cpu_began_us = thread_cpu_us ();
  gtk_widget_add_tick_callback (GTK_WIDGET (view), on_tick, NULL, NULL);
  began = g_get_monotonic_time ();
  while (run.n <= n_frames_wanted)
    g_main_context_iteration (NULL, TRUE);
  rate = n_frames_wanted / ((double) (g_get_monotonic_time () - began) / G_USEC_PER_SEC);

  cpu_p50 = quantile (run.cpu_ms, n, 0.5);
  cpu_p95 = quantile (run.cpu_ms, n, 0.95);
  wall_p50 = quantile (run.wall_ms, n, 0.5);
  wall_p95 = quantile (run.wall_ms, n, 0.95);
  is_good = (dsp_map_widget_has_cairo_renderer (GTK_WIDGET (view)) ? cpu_p95 : wall_p50) < GOAL_MS;
  printf ("%-8s %-30s cpu p50 %6.2f p95 %6.2f   clock p50 %6.2f p95 %6.2f ms   %5.1f frames/s   goal %.0f ms  %s\n",
          run.place->name, phase_names[run.phase], cpu_p50, cpu_p95, wall_p50, wall_p95, rate, GOAL_MS,
          is_good ? "ok" : "OVER");
  g_string_append_printf (json, "%s{\"where\":\"%s\",\"what\":\"%s\",\"cpu_p50_ms\":%.2f,\"cpu_p95_ms\":%.2f,"
                          "\"clock_p50_ms\":%.2f,\"clock_p95_ms\":%.2f,\"frames_per_s\":%.1f,\"goal_ms\":%.0f}",
                          json->str[json->len - 1] == '[' ? "" : ",", run.place->name, phase_names[run.phase],
                          cpu_p50, cpu_p95, wall_p50, wall_p95, rate, GOAL_MS);

  return is_good;
}

/* What the map and the import need of boundaries before anything is drawn. */
static void
measure_geometry (GString *json)
{
  g_autoptr(GPtrArray) geometries = g_ptr_array_new_with_free_func ((GDestroyNotify) dsp_geometry_unref);
  g_autoptr(GPtrArray) simple = NULL;
  g_autoptr(DspLocator) locator = NULL;
  g_autofree DspGeoPoint *points = g_new (DspGeoPoint, 100000);
  guint n_points = 0, n_simple = 0, n_found = 0;
  gsize n_bytes = 0, n_simple_bytes = 0;
  double simplify_ms, build_ms, find_us = G_MAXDOUBLE;
  gint64 began;

  for (guint i = 0; i < data.areas->len; i++)
    {
      GBytes *packed = g_array_index (data.areas, DspMapArea, i).geometry;
      DspGeometry *geometry = dsp_geometry_unpack (packed, NULL);

      n_bytes += g_bytes_get_size (packed);
      n_points += geometry->n_points;
      g_ptr_array_add (geometries, geometry);
    }

  began = g_get_monotonic_time ();
  simple = dsp_geometry_simplify_set (geometries, 4);
  simplify_ms = (double) (g_get_monotonic_time () - began) / 1000;
  for (guint i = 0; i < simple->len; i++)
    {
      g_autoptr(GBytes) packed = dsp_geometry_pack (simple->pdata[i]);

      n_simple_bytes += g_bytes_get_size (packed);
      n_simple += ((const DspGeometry *) simple->pdata[i])->n_points;
    }

  began = g_get_monotonic_time ();
  locator = dsp_locator_new ((DspGeometry **) geometries->pdata, geometries->len);
  build_ms = (double) (g_get_monotonic_time () - began) / 1000;

  /* Points where people are: near corners of areas, in no order. */
  for (guint i = 0; i < 100000; i++)
    {
      const DspGeometry *geometry = geometries->pdata[map_data_hash (i) % geometries->len];
      DspGeoPoint point = geometry->points[map_data_hash (i + 7) % geometry->n_points];

      points[i] = (DspGeoPoint) { point.lon_e7 + (gint32) (map_data_hash (i + 1) % 40000) - 20000,
                                  point.lat_e7 + (gint32) (map_data_hash (i + 2) % 40000) - 20000 };
    }
  for (guint round = 0; round < 5; round++)
    {
      n_found = 0;
      began = g_get_monotonic_time ();
      for (guint i = 0; i < 100000; i++)
        n_found += dsp_locator_find (locator, points[i]) >= 0;
      find_us = MIN (find_us, (double) (g_get_monotonic_time () - began) / 100000);
    }

  printf ("postal code of a point %.3f us (goal 0.3), %u of 100000 found; locator built in %.0f ms\n", find_us, n_found,
          build_ms);
  printf ("packed: %u points in %" G_GSIZE_FORMAT " bytes; simplified to 4 m in %.0f ms: %u points in %" G_GSIZE_FORMAT
          " bytes\n", n_points, n_bytes, simplify_ms, n_simple, n_simple_bytes);
  g_string_append_printf (json, "{\"bench\":\"geometry\",\"find_us\":%.3f,\"find_goal_us\":0.3,\"build_ms\":%.0f,"
                          "\"points\":%u,\"bytes\":%" G_GSIZE_FORMAT ",\"simplify_ms\":%.0f,\"simple_points\":%u,"
                          "\"simple_bytes\":%" G_GSIZE_FORMAT "}", find_us, build_ms, n_points, n_bytes, simplify_ms,
                          n_simple, n_simple_bytes);
}

int
main (int    argc,
      char **argv)
{
  g_autoptr(GString) json = NULL;
  GtkWidget *window;
  GskRenderer *renderer;
  GdkFrameClock *clock;
  gint64 began;
  double ready_ms, set_counts_ms;
  gboolean is_good = TRUE;

  adw_init ();
  map_data_init (&data);
  for (int i = 1; i < argc; i++)
    {
      if (g_str_has_prefix (argv[i], "areas="))
        map_data_load_areas (&data, argv[i] + 6);
      else if (g_str_has_prefix (argv[i], "places="))
        map_data_load_places (&data, argv[i] + 7);
      else if (g_str_has_prefix (argv[i], "frames="))
        n_frames_wanted = CLAMP ((guint) atoi (argv[i] + 7), 20, MAX_FRAMES);
    }
  if (data.areas->len == 0)
    map_data_invent_areas (&data, 57);
  if (data.places->len == 0)
    map_data_invent_places (&data, 32003);
  json = g_string_new (NULL);
  measure_geometry (json);
  printf ("%s\n", json->str);
  g_string_truncate (json, 0);
  map_data_invent_counts (&data, 1, 1);
  map_data_invent_crews (&data, 400);

  window = gtk_window_new ();
  gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
  gtk_window_set_default_size (GTK_WINDOW (window), 1280, 800);
  view = DSP_MAP_VIEW (dsp_map_view_new ());
  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (view));
  gtk_window_present (GTK_WINDOW (window));
  map_data_settle (view);

  began = g_get_monotonic_time ();
  map_data_hand_over (&data, view);
  while (dsp_map_view_is_busy (view))
    g_main_context_iteration (NULL, TRUE);
  ready_ms = (double) (g_get_monotonic_time () - began) / 1000;
  began = g_get_monotonic_time ();
  dsp_map_view_set_counts (view, (const DspMapCount *) data.counts->data, data.counts->len);
  set_counts_ms = (double) (g_get_monotonic_time () - began) / 1000;
  map_data_settle (view);

  renderer = gtk_native_get_renderer (GTK_NATIVE (window));
  printf ("%s, %dx%d, %u areas of %u points, %u places, %u codes with orders, %u crews\n",
          G_OBJECT_TYPE_NAME (renderer), gtk_widget_get_width (window), gtk_widget_get_height (window),
          data.areas->len, data.n_points, data.places->len, data.counts->len, data.crews->len);
  printf ("from arrays to the finished picture %.0f ms; new counts handed over in %.2f ms\n", ready_ms, set_counts_ms);

  g_string_append_printf (json, "{\"bench\":\"map\",\"renderer\":\"%s\",\"areas\":%u,\"points\":%u,\"places\":%u,"
                          "\"ready_ms\":%.0f,\"set_counts_ms\":%.2f,\"frames\":[", G_OBJECT_TYPE_NAME (renderer),
                          data.areas->len, data.n_points, data.places->len, ready_ms, set_counts_ms);

  clock = gtk_widget_get_frame_clock (window);
  g_signal_connect (clock, "before-paint", G_CALLBACK (on_before_paint), NULL);
  g_signal_connect_after (clock, "after-paint", G_CALLBACK (on_after_paint), NULL);
  for (guint i = 0; i < G_N_ELEMENTS (places); i++)
    {
      for (guint phase = 0; phase < N_PHASES; phase++)
        {
          run.place = &places[i];
          run.phase = (Phase) phase;
          is_good = measure (json) && is_good;
        }
    }
  g_string_append_printf (json, "],\"ok\":%s}", is_good ? "true" : "false");
  printf ("%s\n", json->str);
  g_signal_handlers_disconnect_by_func (clock, on_before_paint, NULL);
  g_signal_handlers_disconnect_by_func (clock, on_after_paint, NULL);
  gtk_window_destroy (GTK_WINDOW (window));

  return 0;
}
