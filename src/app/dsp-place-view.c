/* dsp-place-view.c: where an order is: a small map with its place, and what is known of it
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-place-view"

#include "config.h"
#include "dsp-place-view.h"

#include "dsp-facts.h"
#include "dsp-map-settings.h"

#include <glib/gi18n.h>

#define HEIGHT 150
#define NEAR_ZOOM 14.2 /* a pin with the neighbourhood around it */
#define FAR_ZOOM 12.5  /* a postal code without a boundary: about where it is */

struct _DspPlaceView
{
  GtkWidget     parent_instance;

  DspOffice    *office;   /* (owned) */
  DspOrder     *order;    /* (owned) (nullable) */
  GCancellable *asking;   /* (owned) (nullable) */
  GtkWidget    *box;
  GtkWidget    *frame;
  DspMapView   *map;      /* (nullable): not yet */
  GtkWidget    *known;
  GtkWidget    *button;
  GBytes       *geometry; /* (owned) (nullable): the boundary of the order's postal code */
  guint         tick_id;
  guint         n_ticks;
};

G_DEFINE_FINAL_TYPE (DspPlaceView, dsp_place_view, GTK_TYPE_WIDGET)

static guint open_map_signal;

static gboolean
has_position (const DspOrder *order)
{
  return order->lat_e7.is_set && order->lon_e7.is_set;
}

static const DspPostalCode *
get_code (DspPlaceView *self)
{
  const DspPostalCode *code = self->order->postal_code != NULL ? dsp_office_get_place (self->office, self->order->postal_code) : NULL;

  return code != NULL && code->lat_e7.is_set && code->lon_e7.is_set ? code : NULL;
}

/* ---- the map ---- */

static void
show_on_map (DspPlaceView *self)
{
  const DspPostalCode *code = get_code (self);
  DspMapArea area = { self->order->postal_code, self->geometry };

  dsp_map_view_set_areas (self->map, &area, self->geometry != NULL ? 1 : 0);
  if (has_position (self->order))
    {
      DspMapPin pin = { .id = self->order->id, .lat_e7 = (gint32) self->order->lat_e7.value, .lon_e7 = (gint32) self->order->lon_e7.value,
                        .is_assigned = !dsp_id_is_none (&self->order->crew_id) };
      DspClock clock;

      dsp_office_get_clock (self->office, &clock);
      pin.urgency = dsp_map_urgency (self->order, &clock);
      dsp_map_view_set_places (self->map, NULL, 0);
      dsp_map_view_set_counts (self->map, NULL, 0);
      dsp_map_view_set_pins (self->map, &pin, 1);
      dsp_map_view_set_centre (self->map, pin.lat_e7, pin.lon_e7, NEAR_ZOOM);
    }
  else if (code != NULL)
    {
      DspMapPlace place = { .code = code->code, .lat_e7 = (gint32) code->lat_e7.value, .lon_e7 = (gint32) code->lon_e7.value,
                            .approximate = TRUE };
      DspMapCount count = { .code = code->code, .n_total = 1 };

      dsp_map_view_set_pins (self->map, NULL, 0);
      dsp_map_view_set_places (self->map, &place, 1);
      dsp_map_view_set_counts (self->map, &count, 1);
      dsp_map_view_set_centre (self->map, place.lat_e7, place.lon_e7, FAR_ZOOM);
      if (self->geometry != NULL)
        dsp_map_view_zoom_to_fit (self->map);
    }
}

/* The first tick comes before the first picture, the second after it. */
static gboolean
make_map_cb (GtkWidget     *widget,
             GdkFrameClock *clock,
             gpointer       user_data)
{
  DspPlaceView *self = DSP_PLACE_VIEW (widget);

  if (self->n_ticks++ == 0)
    return G_SOURCE_CONTINUE;
  self->tick_id = 0;
  self->map = DSP_MAP_VIEW (dsp_map_view_new_picture ());
  dsp_map_view_set_colour (self->map, DSP_MAP_COLOUR_TOTAL);
  dsp_map_use_settings (self->map, self->office);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->map), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  gtk_label_get_text (GTK_LABEL (self->known)), -1);
  gtk_overlay_set_child (GTK_OVERLAY (self->frame), GTK_WIDGET (self->map));
  show_on_map (self);
  return G_SOURCE_REMOVE;
}

static void
make_map_soon (DspPlaceView *self)
{
  if (self->map != NULL || self->tick_id != 0 || !gtk_widget_get_mapped (self->frame))
    return;
  self->n_ticks = 0;
  self->tick_id = gtk_widget_add_tick_callback (GTK_WIDGET (self), make_map_cb, NULL, NULL);
}

/* ---- the boundary of its postal code ---- */

static void
blob_cb (GObject      *source,
         GAsyncResult *res,
         gpointer      user_data)
{
  g_autoptr(DspPlaceView) self = user_data;
  g_autoptr(GError) error = NULL;
  GBytes *geometry = dsp_replica_blob_finish (DSP_REPLICA (source), res, &error);

  if (geometry == NULL)
    {
      if (!g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        g_debug ("No boundary for an order's map: %s", error->message);
      return;
    }
  g_clear_pointer (&self->geometry, g_bytes_unref);
  self->geometry = geometry;
  if (self->map != NULL)
    show_on_map (self);
}

static void
area_cb (GObject      *source,
         GAsyncResult *res,
         gpointer      user_data)
{
  g_autoptr(DspPlaceView) self = user_data;
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) areas = dsp_replica_find_finish (DSP_REPLICA (source), res, &error);

  if (areas == NULL && !g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_warning ("Could not read the area of an order: %s", error->message);
  if (areas != NULL && areas->len > 0)
    dsp_replica_blob_async (DSP_REPLICA (source), ((const DspArea *) areas->pdata[0])->geometry, self->asking, blob_cb,
                            g_object_ref (self));
}

static void
ask_for_area (DspPlaceView *self)
{
  g_autoptr(DspFilter) filter = dsp_filter_new (&dsp_area);

  if (dsp_filter_set (filter, "code", self->order->postal_code, NULL))
    dsp_replica_find_async (dsp_office_get_replica (self->office), filter, 1, self->asking, area_cb, g_object_ref (self));
}

/* ---- the order ---- */

static char *
dup_known (DspPlaceView *self)
{
  const DspOrder *order = self->order;

  if (has_position (order))
    /* Translators: latitude, longitude in degrees */
    return g_strdup_printf (_("The order's own position: %.5f, %.5f"), (double) order->lat_e7.value / 1e7,
                            (double) order->lon_e7.value / 1e7);
  if (order->postal_code == NULL)
    return g_strdup (_("Without position and without postal code: there is nothing to show on a map"));
  if (get_code (self) != NULL)
    return g_strdup_printf (_("Without a position of its own: the centre of postal code %s"), order->postal_code);
  return g_strdup_printf (_("Without position, and postal code %s is not on the map"), order->postal_code);
}

static void
show_known (DspPlaceView *self)
{
  g_autofree char *known = dup_known (self);
  gboolean on_map = has_position (self->order) || get_code (self) != NULL;

  gtk_label_set_text (GTK_LABEL (self->known), known);
  gtk_widget_set_visible (self->frame, on_map);
  if (self->map != NULL)
    {
      gtk_accessible_update_property (GTK_ACCESSIBLE (self->map), GTK_ACCESSIBLE_PROPERTY_LABEL, known, -1);
      show_on_map (self);
    }
  else if (on_map)
    make_map_soon (self);
}

void
dsp_place_view_show (DspPlaceView   *self,
                     const DspOrder *order)
{
  gboolean same_code;

  if (self->order != NULL && dsp_id_equal (&self->order->id, &order->id) && self->order->version == order->version)
    return;
  same_code = self->order != NULL && g_strcmp0 (self->order->postal_code, order->postal_code) == 0;
  g_clear_pointer (&self->order, dsp_order_free);
  self->order = dsp_order_dup (order);
  if (!same_code)
    {
      g_cancellable_cancel (self->asking);
      g_clear_object (&self->asking);
      g_clear_pointer (&self->geometry, g_bytes_unref);
      self->asking = g_cancellable_new ();
      if (order->postal_code != NULL)
        ask_for_area (self);
    }
  show_known (self);
}

/* ---- object ---- */

static void
on_places_changed (DspPlaceView *self)
{
  if (self->order != NULL && !has_position (self->order))
    show_known (self);
}

static void
on_clicked (GtkWidget    *button,
            DspPlaceView *self)
{
  g_signal_emit (self, open_map_signal, 0);
}

static void
dsp_place_view_dispose (GObject *object)
{
  DspPlaceView *self = DSP_PLACE_VIEW (object);

  g_cancellable_cancel (self->asking);
  g_clear_object (&self->asking);
  if (self->tick_id != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->tick_id);
  self->tick_id = 0;
  self->map = NULL;
  g_clear_pointer (&self->box, gtk_widget_unparent);
  g_clear_pointer (&self->geometry, g_bytes_unref);
  g_clear_pointer (&self->order, dsp_order_free);
  g_clear_object (&self->office);
  G_OBJECT_CLASS (dsp_place_view_parent_class)->dispose (object);
}

static void
dsp_place_view_class_init (DspPlaceViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dsp_place_view_dispose;
  open_map_signal = g_signal_new ("open-map", DSP_TYPE_PLACE_VIEW, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
dsp_place_view_init (DspPlaceView *self)
{
}

GtkWidget *
dsp_place_view_new (DspOffice *office)
{
  DspPlaceView *self = g_object_new (DSP_TYPE_PLACE_VIEW, NULL);

  self->office = g_object_ref (office);
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  gtk_widget_set_parent (self->box, GTK_WIDGET (self));
  self->frame = gtk_overlay_new ();
  gtk_widget_set_size_request (self->frame, -1, HEIGHT);
  gtk_widget_set_overflow (self->frame, GTK_OVERFLOW_HIDDEN);
  gtk_widget_add_css_class (self->frame, "card");
  g_signal_connect_swapped (self->frame, "map", G_CALLBACK (make_map_soon), self);
  gtk_box_append (GTK_BOX (self->box), self->frame);
  self->known = dsp_facts_label ("", "caption");
  gtk_widget_add_css_class (self->known, "dim-label");
  gtk_widget_add_css_class (self->known, "numeric");
  gtk_box_append (GTK_BOX (self->box), self->known);
  self->button = gtk_button_new_from_icon_name ("find-location-symbolic");
  gtk_widget_set_tooltip_text (self->button, _("Show on the big map"));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->button), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Show on the big map"), -1);
  gtk_widget_add_css_class (self->button, "osd");
  gtk_widget_set_halign (self->button, GTK_ALIGN_END);
  gtk_widget_set_valign (self->button, GTK_ALIGN_START);
  gtk_widget_set_margin_top (self->button, 6);
  gtk_widget_set_margin_end (self->button, 6);
  g_signal_connect (self->button, "clicked", G_CALLBACK (on_clicked), self);
  gtk_overlay_add_overlay (GTK_OVERLAY (self->frame), self->button);
  g_signal_connect_object (office, "places-changed", G_CALLBACK (on_places_changed), self, G_CONNECT_SWAPPED);
  return GTK_WIDGET (self);
}
