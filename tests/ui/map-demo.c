/* map-demo.c: the map alone in a window, to be looked at and photographed
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * map-demo [STEP...]: each step waits until the map is quiet, then the next one follows; without "quit" the window stays.
 *
 *   areas=FILE places=FILE   real data (GeoJSON, coordinates); without any of them it is invented
 *   size=WxH dark            of the window
 *   fit code=CODE centre=LAT,LON,ZOOM select=CODE,CODE partial=CODE colour=0..3 tool=0..2
 *   mbtiles=FILE server=TEMPLATE
 *   target where=CODE pin    a place to drop on; prints where a code is; one order in the middle
 *   shot=FILE print=FILE quit
 *
 * What the map tells goes to standard output, for tests.
 */
#include "config.h"

#include <cairo-pdf.h>

#include "map-data.h"

static DspMapView *view;
static GtkWidget *window;
static MapData data;
static gboolean is_over;

static void
on_selection_changed (DspMapView *map)
{
  g_auto(GStrv) codes = dsp_map_view_dup_selected_codes (map);
  g_autofree char *text = g_strjoinv (" ", codes);

  printf ("selected: %s\n", text);
  fflush (stdout);
}

static void
on_pins_chosen (DspMapView *map,
                GArray     *ids,
                gboolean    extend)
{
  dsp_map_view_set_selected_pins (map, (const DspId *) ids->data, ids->len);
  printf ("pins: %u\n", ids->len);
  fflush (stdout);
}

static GdkContentProvider *
on_drag_prepare (DspMapView *map,
                 char      **codes,
                 GArray     *pins)
{
  g_autofree char *text = g_strjoinv (" ", codes);

  printf ("drag: %s, %u pins\n", text, pins->len);
  fflush (stdout);

  return gdk_content_provider_new_typed (G_TYPE_STRING, text);
}

static void
on_drag_begin (DspMapView *map,
               GdkDrag    *drag)
{
  gtk_drag_icon_set_from_paintable (drag, gdk_paintable_new_empty (1, 1), 0, 0);
  gtk_drag_icon_set_child (GTK_DRAG_ICON (gtk_drag_icon_get_for_drag (drag)), gtk_label_new ("14 orders"));
}

static gboolean
on_drop (GtkDropTarget *target,
         const GValue  *value,
         double         x,
         double         y)
{
  printf ("dropped: %s\n", g_value_get_string (value));
  fflush (stdout);

  return TRUE;
}

static void
add_target (GtkBox *box)
{
  GtkWidget *label = gtk_label_new ("Crew");
  GtkDropTarget *target = gtk_drop_target_new (G_TYPE_STRING, GDK_ACTION_MOVE | GDK_ACTION_COPY);

  g_signal_connect (target, "drop", G_CALLBACK (on_drop), NULL);
  gtk_widget_add_controller (label, GTK_EVENT_CONTROLLER (target));
  gtk_widget_set_size_request (label, 120, -1);
  gtk_box_append (box, label);
}

static void
on_code_activated (DspMapView *map,
                   const char *code)
{
  printf ("activated: %s\n", code);
  fflush (stdout);
}

/* Orders scattered round the middle of each code with a boundary in view. */
static void
on_region_changed (DspMapView *map)
{
  g_autoptr(GArray) pins = g_array_new (FALSE, FALSE, sizeof (DspMapPin));
  DspGeoBox region = dsp_map_view_get_region (map);
  gint32 lat, lon;
  double zoom;

  dsp_map_view_get_centre (map, &lat, &lon, &zoom);
  printf ("region: %.5f %.5f %.2f\n", lat / 1e7, lon / 1e7, zoom);
  fflush (stdout);

  for (guint i = 0; dsp_map_view_wants_pins (map) && i < data.counts->len; i++)
    {
      const DspMapCount *count = &g_array_index (data.counts, DspMapCount, i);
      double x, y;

      if (!dsp_map_view_get_place_position (map, count->code, &x, &y))
        continue;
      for (guint j = 0; j < count->n_total; j++)
        {
          guint64 r = map_data_hash (i * 1000 + j);
          double width = gtk_widget_get_width (GTK_WIDGET (map)), height = gtk_widget_get_height (GTK_WIDGET (map));
          double px = x + (double) (r % 160) - 80, py = y + (double) (r >> 16) / (double) (G_MAXUINT64 >> 16) * 160 - 80;
          DspMapPin pin = { 0 };

          memcpy (pin.id.b, &r, 8);
          pin.id.b[9] = 1;
          pin.lon_e7 = (gint32) (region.west + px / width * (region.east - region.west));
          pin.lat_e7 = (gint32) (region.north - py / height * (region.north - region.south));
          pin.urgency = j < count->n_penalized ? DSP_MAP_URGENCY_PENALIZED :
                        j < count->n_penalized + count->n_at_risk ? DSP_MAP_URGENCY_AT_RISK : DSP_MAP_URGENCY_NORMAL;
          pin.is_assigned = j >= count->n_unassigned;
          if (pin.is_assigned)
            dsp_map_crew_colour (j % 2 == 0 ? "C-01" : "C-03", &pin.crew_colour);
          pin.label = "904112";
          g_array_append_val (pins, pin);
        }
    }
  dsp_map_view_set_pins (map, (const DspMapPin *) pins->data, pins->len);
}

static void
take_shot (const char *path)
{
  g_autoptr(GdkPaintable) paintable = gtk_widget_paintable_new (window);
  int width = gdk_paintable_get_intrinsic_width (paintable), height = gdk_paintable_get_intrinsic_height (paintable);
  GtkSnapshot *snapshot = gtk_snapshot_new ();
  g_autoptr(GdkTexture) texture = NULL;
  GskRenderNode *node;

  gdk_paintable_snapshot (paintable, snapshot, width, height);
  node = gtk_snapshot_free_to_node (snapshot);
  if (node == NULL)
    return;
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (GTK_NATIVE (window)), node, NULL);
  gdk_texture_save_to_png (texture, path);
  gsk_render_node_unref (node);
}

static void
print_to (const char *path)
{
  cairo_surface_t *surface = cairo_pdf_surface_create (path, 595, 842);
  cairo_t *cr = cairo_create (surface);

  cairo_translate (cr, 36, 36);
  dsp_map_view_draw (view, cr, 595 - 72, 842 - 72);
  cairo_destroy (cr);
  cairo_surface_destroy (surface);
}

static void
run_step (const char *step)
{
  g_autofree char *name = g_strndup (step, strcspn (step, "="));
  const char *value = strchr (step, '=') != NULL ? strchr (step, '=') + 1 : "";
  g_autoptr(GError) error = NULL;

  if (strcmp (name, "fit") == 0)
    dsp_map_view_zoom_to_fit (view);
  else if (strcmp (name, "fitselection") == 0)
    dsp_map_view_zoom_to_selection (view);
  else if (strcmp (name, "code") == 0)
    printf ("%s: %s\n", value, dsp_map_view_zoom_to_code (view, value) ? "found" : "not found");
  else if (strcmp (name, "colour") == 0)
    dsp_map_view_set_colour (view, (DspMapColour) atoi (value));
  else if (strcmp (name, "tool") == 0)
    dsp_map_view_set_tool (view, (DspMapTool) atoi (value));
  else if (strcmp (name, "dark") == 0)
    adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_DARK);
  else if (strcmp (name, "light") == 0)
    adw_style_manager_set_color_scheme (adw_style_manager_get_default (), ADW_COLOR_SCHEME_FORCE_LIGHT);
  else if (strcmp (name, "select") == 0 || strcmp (name, "partial") == 0)
    {
      g_auto(GStrv) codes = g_strsplit (value, ",", -1);

      dsp_map_view_set_selected_codes (view, *name == 's' ? (const char *const *) codes : NULL,
                                       *name == 'p' ? (const char *const *) codes : NULL);
    }
  else if (strcmp (name, "centre") == 0)
    {
      double lat, lon, zoom;

      if (sscanf (value, "%lf,%lf,%lf", &lat, &lon, &zoom) == 3)
        dsp_map_view_set_centre (view, (gint32) (lat * 1e7), (gint32) (lon * 1e7), zoom);
    }
  else if (strcmp (name, "mbtiles") == 0 && !dsp_map_view_use_mbtiles (view, value, &error))
    printf ("%s\n", error->message);
  else if (strcmp (name, "server") == 0 && !dsp_map_view_use_server (view, value, "© Example", &error))
    printf ("%s\n", error->message);
  else if (strcmp (name, "where") == 0)
    {
      double x, y;

      if (dsp_map_view_get_place_position (view, value, &x, &y))
        printf ("where %s: %.0f %.0f\n", value, x, y);
    }
  else if (strcmp (name, "pin") == 0)
    {
      DspMapPin pin = { { { 7 } }, 0, 0, DSP_MAP_URGENCY_PENALIZED, FALSE, "904112" };
      double zoom;

      /* The middle of the map, where no other is near. */
      g_signal_handlers_disconnect_by_func (view, on_region_changed, NULL);
      dsp_map_view_get_centre (view, &pin.lat_e7, &pin.lon_e7, &zoom);
      dsp_map_view_set_pins (view, &pin, 1);
    }
  else if (strcmp (name, "shot") == 0)
    take_shot (value);
  else if (strcmp (name, "print") == 0)
    print_to (value);
  else if (strcmp (name, "quit") == 0)
    is_over = TRUE;
}

static void
on_window_gone (void)
{
  is_over = TRUE;
}

int
main (int    argc,
      char **argv)
{
  GtkBox *box;
  int width = 1366, height = 768;

  adw_init ();
  map_data_init (&data);
  for (int i = 1; i < argc; i++)
    {
      if (g_str_has_prefix (argv[i], "areas="))
        map_data_load_areas (&data, argv[i] + 6);
      else if (g_str_has_prefix (argv[i], "places="))
        map_data_load_places (&data, argv[i] + 7);
      else if (g_str_has_prefix (argv[i], "size="))
        sscanf (argv[i] + 5, "%dx%d", &width, &height);
    }
  if (data.areas->len == 0)
    map_data_invent_areas (&data, 30);
  map_data_invent_counts (&data, 2, 6);
  map_data_invent_crews (&data, 30);

  gtk_icon_theme_add_resource_path (gtk_icon_theme_get_for_display (gdk_display_get_default ()),
                                    "/mx/despacho/Despacho/icons");
  window = gtk_window_new ();
  gtk_window_set_title (GTK_WINDOW (window), "Map");
  gtk_window_set_decorated (GTK_WINDOW (window), FALSE);
  gtk_window_set_default_size (GTK_WINDOW (window), width, height);
  view = DSP_MAP_VIEW (dsp_map_view_new ());
  box = GTK_BOX (gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0));
  gtk_box_append (box, GTK_WIDGET (view));
  for (int i = 1; i < argc; i++)
    {
      if (strcmp (argv[i], "target") == 0)
        add_target (box);
    }
  gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (box));
  g_signal_connect (view, "selection-changed", G_CALLBACK (on_selection_changed), NULL);
  g_signal_connect (view, "code-activated", G_CALLBACK (on_code_activated), NULL);
  g_signal_connect (view, "pins-chosen", G_CALLBACK (on_pins_chosen), NULL);
  g_signal_connect (view, "drag-prepare", G_CALLBACK (on_drag_prepare), NULL);
  g_signal_connect (view, "drag-begin", G_CALLBACK (on_drag_begin), NULL);
  g_signal_connect (view, "region-changed", G_CALLBACK (on_region_changed), NULL);
  g_signal_connect (window, "destroy", G_CALLBACK (on_window_gone), NULL);
  dsp_map_view_set_data_attribution (view, "Correos de México, GeoNames");
  map_data_hand_over (&data, view);
  gtk_window_present (GTK_WINDOW (window));

  for (int i = 1; i < argc && !is_over; i++)
    {
      if (!map_data_settle (view))
        printf ("still busy before %s\n", argv[i]);
      run_step (argv[i]);
    }
  printf ("ready\n");
  fflush (stdout);
  while (!is_over)
    g_main_context_iteration (NULL, TRUE);

  return 0;
}
