/* dsp-map-view.c: the map of orders by postal code, as one widget
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From back to front: the base map (a ShumateMapLayer on one of our sources), our layer (dsp-map-layer.c), and panels:
 * tools, the line about what is under the pointer, the legend, zoom buttons, scale and attribution. Beside it
 *
 *   dsp-map-view-base.c   the base map
 *   dsp-map-view-look.c   where it looks
 *   dsp-map-view-draw.c   the same on paper
 */
#define G_LOG_DOMAIN "dsp-map"

#include "config.h"
#include "dsp-map-view-private.h"

#include <glib/gi18n.h>
#include <string.h>

#include "dsp-map-mercator.h"
#include "dsp-map-resources.h"

#define RESOURCE_PATH "/mx/despacho/Despacho/map/"
#define REGION_DELAY_MS 150

/* Where the map begins: Mexico. */
#define FIRST_LAT 23.9
#define FIRST_LON -102.0
#define FIRST_ZOOM 4.6

G_DEFINE_FINAL_TYPE (DspMapView, dsp_map_view, GTK_TYPE_WIDGET)
G_DEFINE_QUARK (dsp-map-error-quark, dsp_map_error)

enum { PROP_0, PROP_BUSY, PROP_COLOUR, N_PROPS };
static GParamSpec *properties[N_PROPS];

enum {
  SELECTION_CHANGED, CODE_ACTIVATED, PINS_CHOSEN, PIN_ACTIVATED, REGION_CHANGED, DRAG_PREPARE, DRAG_BEGIN, DRAG_END,
  N_SIGNALS,
};
static guint signals[N_SIGNALS];

/* --- where it looks --- */

static gboolean
on_region_settled (gpointer user_data)
{
  DspMapView *self = user_data;
  DspMapFrame frame;

  self->region_id = 0;
  dsp_map_layer_get_frame (self->layer, &frame);
  if (memcmp (&frame, &self->told_frame, sizeof frame) != 0)
    {
      self->told_frame = frame;
      g_signal_emit (self, signals[REGION_CHANGED], 0);
    }

  return G_SOURCE_REMOVE;
}

static void
on_viewport_notify (DspMapView *self)
{
  g_clear_handle_id (&self->region_id, g_source_remove);
  self->region_id = g_timeout_add (REGION_DELAY_MS, on_region_settled, self);
}

/* --- layer's signals --- */

static void
update_selection_button (DspMapView *self)
{
  double x0, y0, x1, y1;

  gtk_widget_set_sensitive (self->selection_button, dsp_map_layer_get_extent (self->layer, TRUE, &x0, &y0, &x1, &y1));
}

static void
on_selection_changed (DspMapView *self)
{
  update_selection_button (self);
  g_signal_emit (self, signals[SELECTION_CHANGED], 0);
}

static void
on_code_activated (DspMapView *self,
                   const char *code)
{
  g_signal_emit (self, signals[CODE_ACTIVATED], 0, code);
}

static void
on_pins_chosen (DspMapView *self,
                GArray     *ids,
                gboolean    extend)
{
  g_signal_emit (self, signals[PINS_CHOSEN], 0, ids, extend);
}

static void
on_pin_activated (DspMapView *self,
                  GBytes     *id)
{
  g_signal_emit (self, signals[PIN_ACTIVATED], 0, id);
}

static GdkContentProvider *
on_drag_prepare (DspMapView *self,
                 char      **codes,
                 GArray     *pins)
{
  GdkContentProvider *content = NULL;

  g_signal_emit (self, signals[DRAG_PREPARE], 0, codes, pins, &content);

  return content;
}

static void
on_drag_begin (DspMapView *self,
               GdkDrag    *drag)
{
  g_signal_emit (self, signals[DRAG_BEGIN], 0, drag);
}

static void
on_drag_end (DspMapView *self,
             GdkDrag    *drag)
{
  g_signal_emit (self, signals[DRAG_END], 0, drag);
}

static void
on_hover_changed (DspMapView *self)
{
  g_autofree char *text = dsp_map_layer_dup_hover_text (self->layer);

  /* The old text stays while it fades. */
  if (text != NULL)
    gtk_label_set_text (self->hover_label, text);
  gtk_revealer_set_reveal_child (self->hover_revealer, text != NULL);
}

static void
update_legend (DspMapView *self)
{
  DspMapRenderInput input;

  dsp_map_layer_get_render_input (self->layer, &input);
  dsp_map_legend_set (self->legend, self->colour, input.tallies->breaks[self->colour], self->closed, input.is_dark);

  gtk_widget_set_visible (GTK_WIDGET (self->off_map_label), input.tallies->n_off_map > 0);
  if (input.tallies->n_off_map > 0)
    {
      g_autofree char *text = g_strdup_printf (ngettext ("%u order has no place on the map",
                                                         "%u orders have no place on the map",
                                                         input.tallies->n_off_map), input.tallies->n_off_map);

      gtk_label_set_text (self->off_map_label, text);
    }
}

static void
on_tallies_changed (DspMapView *self)
{
  update_legend (self);
  on_hover_changed (self);
  dsp_map_view_do_pending (self);
}

static void
on_layer_busy (DspMapView *self)
{
  gboolean is_busy = dsp_map_layer_is_busy (self->layer);

  if (!is_busy)
    dsp_map_view_do_pending (self);
  if (self->is_busy == is_busy)
    return;

  self->is_busy = is_busy;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_BUSY]);
}

static void
on_dark_changed (DspMapView *self)
{
  gboolean is_dark = adw_style_manager_get_dark (adw_style_manager_get_default ());

  if (is_dark)
    gtk_widget_add_css_class (GTK_WIDGET (self), "dark");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self), "dark");

  dsp_map_layer_set_is_dark (self->layer, is_dark);
  update_legend (self);
  if (gtk_widget_get_realized (GTK_WIDGET (self)))
    dsp_map_view_show_base (self);
}

/* --- panels --- */

static void
on_tool_toggled (DspMapView      *self,
                 GtkToggleButton *button)
{
  if (!gtk_toggle_button_get_active (button))
    dsp_map_view_set_tool (self, DSP_MAP_TOOL_PAN);
  else
    dsp_map_view_set_tool (self, button == self->box_button ? DSP_MAP_TOOL_BOX : DSP_MAP_TOOL_LASSO);
}

static void
on_tool_done (DspMapView *self)
{
  dsp_map_view_set_tool (self, DSP_MAP_TOOL_PAN);
}

static void
on_colour_selected (DspMapView *self)
{
  guint selected = gtk_drop_down_get_selected (self->colour_drop_down);

  if (selected < DSP_MAP_N_COLOURS)
    dsp_map_view_set_colour (self, (DspMapColour) selected);
}

static void
on_code_edited (DspMapView *self)
{
  gtk_widget_remove_css_class (GTK_WIDGET (self->code_entry), "error");
}

static void
on_code_entered (DspMapView *self)
{
  const char *code = gtk_editable_get_text (GTK_EDITABLE (self->code_entry));
  g_autofree char *text = NULL;

  if (dsp_map_view_zoom_to_code (self, code))
    {
      gtk_widget_grab_focus (GTK_WIDGET (self->layer));
      return;
    }

  /* Translators: what somebody typed to find on the map */
  text = g_strdup_printf (_("Postal code “%s” is not on the map"), code);
  gtk_widget_add_css_class (GTK_WIDGET (self->code_entry), "error");
  gtk_label_set_text (self->hover_label, text);
  gtk_revealer_set_reveal_child (self->hover_revealer, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->code_entry), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION, text, -1);
}

static void
on_zoom_in (DspMapView *self)
{
  dsp_map_view_zoom_by (self, 0.8);
}

static void
on_zoom_out (DspMapView *self)
{
  dsp_map_view_zoom_by (self, -0.8);
}

/* --- widget --- */

static void
dsp_map_view_measure (GtkWidget      *widget,
                      GtkOrientation  orientation,
                      int             for_size,
                      int            *minimum,
                      int            *natural,
                      int            *minimum_baseline,
                      int            *natural_baseline)
{
  DspMapView *self = DSP_MAP_VIEW (widget);

  gtk_widget_measure (self->overlay, orientation, for_size, minimum, NULL, NULL, NULL);
  /* The map would ask for the whole world in pixels. */
  *minimum = self->is_picture ? 80 : MAX (*minimum, 240);
  *natural = self->is_picture ? *minimum : MAX (*minimum, orientation == GTK_ORIENTATION_HORIZONTAL ? 520 : 400);
}

static void
dsp_map_view_size_allocate (GtkWidget *widget,
                            int        width,
                            int        height,
                            int        baseline)
{
  DspMapView *self = DSP_MAP_VIEW (widget);

  gtk_widget_allocate (self->overlay, width, height, baseline, NULL);
  on_viewport_notify (self);
  dsp_map_view_do_pending (self);
}

static void
dsp_map_view_realize (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (dsp_map_view_parent_class)->realize (widget);

  /* Now it is known how the window draws. */
  dsp_map_view_show_base (DSP_MAP_VIEW (widget));
}

static void
dsp_map_view_get_property (GObject    *object,
                           guint       prop_id,
                           GValue     *value,
                           GParamSpec *pspec)
{
  DspMapView *self = DSP_MAP_VIEW (object);

  switch (prop_id)
    {
    case PROP_BUSY:
      g_value_set_boolean (value, self->is_busy);
      break;

    case PROP_COLOUR:
      g_value_set_uint (value, self->colour);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
dsp_map_view_set_property (GObject      *object,
                           guint         prop_id,
                           const GValue *value,
                           GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_COLOUR:
      dsp_map_view_set_colour (DSP_MAP_VIEW (object), (DspMapColour) g_value_get_uint (value));
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
dsp_map_view_dispose (GObject *object)
{
  DspMapView *self = DSP_MAP_VIEW (object);

  /* A worker's answer that is on its way keeps the layer alive; it must not tell a widget that is going. */
  if (self->layer != NULL)
    g_signal_handlers_disconnect_by_data (self->layer, self);
  if (self->viewport != NULL)
    g_signal_handlers_disconnect_by_data (self->viewport, self);
  self->layer = NULL;
  self->viewport = NULL;
  g_clear_handle_id (&self->region_id, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (self), DSP_TYPE_MAP_VIEW);
  g_clear_object (&self->source);

  G_OBJECT_CLASS (dsp_map_view_parent_class)->dispose (object);
}

static void
dsp_map_view_finalize (GObject *object)
{
  DspMapView *self = DSP_MAP_VIEW (object);

  g_clear_pointer (&self->outline, dsp_map_outline_unref);
  g_free (self->data_attribution);
  g_free (self->closed);

  G_OBJECT_CLASS (dsp_map_view_parent_class)->finalize (object);
}

static void
install_signals (GType type)
{
  signals[SELECTION_CHANGED] = g_signal_new ("selection-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                             G_TYPE_NONE, 0);
  signals[CODE_ACTIVATED] = g_signal_new ("code-activated", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[PINS_CHOSEN] = g_signal_new ("pins-chosen", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
                                       G_TYPE_ARRAY, G_TYPE_BOOLEAN);
  signals[PIN_ACTIVATED] = g_signal_new ("pin-activated", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE,
                                         1, G_TYPE_BYTES);
  signals[REGION_CHANGED] = g_signal_new ("region-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 0);
  signals[DRAG_PREPARE] = g_signal_new ("drag-prepare", type, G_SIGNAL_RUN_LAST, 0, g_signal_accumulator_first_wins,
                                        NULL, NULL, GDK_TYPE_CONTENT_PROVIDER, 2, G_TYPE_STRV, G_TYPE_ARRAY);
  signals[DRAG_BEGIN] = g_signal_new ("drag-begin", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                      GDK_TYPE_DRAG);
  signals[DRAG_END] = g_signal_new ("drag-end", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1,
                                    GDK_TYPE_DRAG);
}

static void
dsp_map_view_class_init (DspMapViewClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = dsp_map_view_dispose;
  object_class->finalize = dsp_map_view_finalize;
  object_class->get_property = dsp_map_view_get_property;
  object_class->set_property = dsp_map_view_set_property;
  widget_class->measure = dsp_map_view_measure;
  widget_class->size_allocate = dsp_map_view_size_allocate;
  widget_class->realize = dsp_map_view_realize;

  properties[PROP_BUSY] = g_param_spec_boolean ("busy", NULL, NULL, FALSE,
                                                G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_COLOUR] = g_param_spec_uint ("colour", NULL, NULL, 0, DSP_MAP_N_COLOURS - 1, 0,
                                               G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  install_signals (G_TYPE_FROM_CLASS (klass));

  /* By name, or the linker would leave it out of a static library. */
  g_resources_register (dsp_map_get_resource ());
  g_type_ensure (SHUMATE_TYPE_MAP);
  g_type_ensure (SHUMATE_TYPE_SCALE);
  g_type_ensure (DSP_TYPE_MAP_LEGEND);

  gtk_widget_class_set_css_name (widget_class, "dspmapview");
  gtk_widget_class_set_template_from_resource (widget_class, RESOURCE_PATH "dsp-map-view.ui");
  gtk_widget_class_bind_template_child (widget_class, DspMapView, overlay);
  gtk_widget_class_bind_template_child (widget_class, DspMapView, map);
  gtk_widget_class_bind_template_child (widget_class, DspMapView, tools);
  gtk_widget_class_bind_template_child (widget_class, DspMapView, legend_panel);
  gtk_widget_class_bind_template_child (widget_class, DspMapView, zoom_panel);
  gtk_widget_class_bind_template_child (widget_class, DspMapView, box_button);
  gtk_widget_class_bind_template_child (widget_class, DspMapView, lasso_button);
  gtk_widget_class_bind_template_child (widget_class, DspMapView, selection_button);
  gtk_widget_class_bind_template_child (widget_class, DspMapView, code_entry);
  gtk_widget_class_bind_template_child (widget_class, DspMapView, hover_revealer);
  gtk_widget_class_bind_template_child (widget_class, DspMapView, hover_label);
  gtk_widget_class_bind_template_child (widget_class, DspMapView, colour_drop_down);
  gtk_widget_class_bind_template_child (widget_class, DspMapView, legend);
  gtk_widget_class_bind_template_child (widget_class, DspMapView, off_map_label);
  gtk_widget_class_bind_template_child (widget_class, DspMapView, scale);
  gtk_widget_class_bind_template_child (widget_class, DspMapView, attribution_label);
  gtk_widget_class_bind_template_callback (widget_class, on_tool_toggled);
  gtk_widget_class_bind_template_callback (widget_class, on_code_entered);
  gtk_widget_class_bind_template_callback (widget_class, on_code_edited);
  gtk_widget_class_bind_template_callback (widget_class, on_colour_selected);
  gtk_widget_class_bind_template_callback (widget_class, on_zoom_in);
  gtk_widget_class_bind_template_callback (widget_class, on_zoom_out);
  gtk_widget_class_bind_template_callback (widget_class, dsp_map_view_zoom_to_fit);
  gtk_widget_class_bind_template_callback (widget_class, dsp_map_view_zoom_to_selection);
}

static void
add_style (void)
{
  static gboolean is_added;
  g_autoptr(GtkCssProvider) provider = NULL;

  if (is_added || gdk_display_get_default () == NULL)
    return;

  is_added = TRUE;
  provider = gtk_css_provider_new ();
  gtk_css_provider_load_from_resource (provider, RESOURCE_PATH "dsp-map.css");
  gtk_style_context_add_provider_for_display (gdk_display_get_default (), GTK_STYLE_PROVIDER (provider),
                                              GTK_STYLE_PROVIDER_PRIORITY_APPLICATION - 1);
}

static void
load_outline (DspMapView *self)
{
  g_autoptr(GError) error = NULL;

  self->outline = dsp_map_outline_new_built_in (&error);
  if (self->outline == NULL)
    g_critical ("%s", error->message);
}

static void
dsp_map_view_init (DspMapView *self)
{
  add_style ();
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_widget_set_overflow (GTK_WIDGET (self), GTK_OVERFLOW_HIDDEN);
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_vexpand (GTK_WIDGET (self), TRUE);
  load_outline (self);

  self->viewport = shumate_map_get_viewport (self->map);
  shumate_viewport_set_min_zoom_level (self->viewport, DSP_MAP_MIN_ZOOM);
  shumate_viewport_set_max_zoom_level (self->viewport, DSP_MAP_MAX_ZOOM);
  self->source = dsp_map_source_new_outline (self->outline);
  shumate_map_set_map_source (self->map, SHUMATE_MAP_SOURCE (self->source));
  shumate_viewport_set_reference_map_source (self->viewport, SHUMATE_MAP_SOURCE (self->source));
  shumate_scale_set_viewport (self->scale, self->viewport);
  shumate_scale_set_unit (self->scale, SHUMATE_UNIT_METRIC);

  self->layer = dsp_map_layer_new (self->viewport);
  shumate_map_add_layer (self->map, SHUMATE_LAYER (self->layer));
  g_signal_connect_swapped (self->layer, "selection-changed", G_CALLBACK (on_selection_changed), self);
  g_signal_connect_swapped (self->layer, "code-activated", G_CALLBACK (on_code_activated), self);
  g_signal_connect_swapped (self->layer, "bubble-activated", G_CALLBACK (dsp_map_view_zoom_to_selection), self);
  g_signal_connect_swapped (self->layer, "pins-chosen", G_CALLBACK (on_pins_chosen), self);
  g_signal_connect_swapped (self->layer, "pin-activated", G_CALLBACK (on_pin_activated), self);
  g_signal_connect_swapped (self->layer, "drag-prepare", G_CALLBACK (on_drag_prepare), self);
  g_signal_connect_swapped (self->layer, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect_swapped (self->layer, "drag-end", G_CALLBACK (on_drag_end), self);
  g_signal_connect_swapped (self->layer, "hover-changed", G_CALLBACK (on_hover_changed), self);
  g_signal_connect_swapped (self->layer, "tallies-changed", G_CALLBACK (on_tallies_changed), self);
  g_signal_connect_swapped (self->layer, "tool-done", G_CALLBACK (on_tool_done), self);
  g_signal_connect_swapped (self->layer, "notify::busy", G_CALLBACK (on_layer_busy), self);

  shumate_viewport_set_zoom_level (self->viewport, FIRST_ZOOM);
  shumate_location_set_location (SHUMATE_LOCATION (self->viewport), FIRST_LAT, FIRST_LON);
  g_signal_connect_object (self->viewport, "notify", G_CALLBACK (on_viewport_notify), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark", G_CALLBACK (on_dark_changed), self,
                           G_CONNECT_SWAPPED);
  on_dark_changed (self);
}

GtkWidget *
dsp_map_view_new (void)
{
  return g_object_new (DSP_TYPE_MAP_VIEW, NULL);
}

/* A map to look at only: no panels but scale and attribution, nothing for pointer and keyboard. Its owner gives it an
 * accessible name that tells what it shows. */
GtkWidget *
dsp_map_view_new_picture (void)
{
  DspMapView *self = g_object_new (DSP_TYPE_MAP_VIEW, "accessible-role", GTK_ACCESSIBLE_ROLE_IMG, "can-target", FALSE,
                                   "can-focus", FALSE, NULL);

  self->is_picture = TRUE;
  gtk_widget_hide (self->tools);
  gtk_widget_hide (self->legend_panel);
  gtk_widget_hide (self->zoom_panel);
  shumate_scale_set_max_width (self->scale, 60);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->layer), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
  return GTK_WIDGET (self);
}

/* --- data --- */

void
dsp_map_view_set_areas (DspMapView       *self,
                        const DspMapArea *areas,
                        guint             n_areas)
{
  g_return_if_fail (DSP_IS_MAP_VIEW (self));

  dsp_map_layer_set_areas (self->layer, areas, n_areas);
}

void
dsp_map_view_set_places (DspMapView        *self,
                         const DspMapPlace *places,
                         guint              n_places)
{
  g_return_if_fail (DSP_IS_MAP_VIEW (self));

  dsp_map_layer_set_places (self->layer, places, n_places);
}

void
dsp_map_view_set_counts (DspMapView        *self,
                         const DspMapCount *counts,
                         guint              n_counts)
{
  g_return_if_fail (DSP_IS_MAP_VIEW (self));

  dsp_map_layer_set_counts (self->layer, counts, n_counts);
}

void
dsp_map_view_set_pins (DspMapView      *self,
                       const DspMapPin *pins,
                       guint            n_pins)
{
  g_return_if_fail (DSP_IS_MAP_VIEW (self));

  dsp_map_layer_set_pins (self->layer, pins, n_pins);
  update_selection_button (self);
}

void
dsp_map_view_set_crews (DspMapView       *self,
                        const DspMapCrew *crews,
                        guint             n_crews)
{
  g_return_if_fail (DSP_IS_MAP_VIEW (self));

  dsp_map_layer_set_crews (self->layer, crews, n_crews);
}

void
dsp_map_view_set_closed (DspMapView         *self,
                         const DspMapClosed *closed,
                         guint               n_closed,
                         const char         *when)
{
  g_return_if_fail (DSP_IS_MAP_VIEW (self));

  dsp_map_layer_set_closed (self->layer, closed, n_closed);
  g_free (self->closed);
  self->closed = g_strdup (n_closed > 0 ? when : NULL);
  update_legend (self);
  on_hover_changed (self);
}

/* Who must be named for the codes' places and boundaries; shown beside the base map's own attribution. */
void
dsp_map_view_set_data_attribution (DspMapView *self,
                                   const char *attribution)
{
  g_return_if_fail (DSP_IS_MAP_VIEW (self));

  g_free (self->data_attribution);
  self->data_attribution = g_strdup (attribution);
  dsp_map_view_show_base (self);
}

/* --- selection --- */

/* Returns: (transfer full): the codes selected fully, in ascending order */
char **
dsp_map_view_dup_selected_codes (DspMapView *self)
{
  g_return_val_if_fail (DSP_IS_MAP_VIEW (self), NULL);

  return dsp_map_layer_dup_selected_codes (self->layer);
}

/* Both NULL-terminated, or NULL for none. Emits nothing. */
void
dsp_map_view_set_selected_codes (DspMapView        *self,
                                 const char *const *codes,
                                 const char *const *partial)
{
  g_return_if_fail (DSP_IS_MAP_VIEW (self));

  dsp_map_layer_set_selected_codes (self->layer, codes, partial);
  update_selection_button (self);
}

void
dsp_map_view_set_selected_pins (DspMapView  *self,
                                const DspId *ids,
                                guint        n_ids)
{
  g_return_if_fail (DSP_IS_MAP_VIEW (self));

  dsp_map_layer_set_selected_pins (self->layer, ids, n_ids);
  update_selection_button (self);
}

/* --- how it looks --- */

DspMapColour
dsp_map_view_get_colour (DspMapView *self)
{
  g_return_val_if_fail (DSP_IS_MAP_VIEW (self), DSP_MAP_COLOUR_UNASSIGNED);

  return self->colour;
}

void
dsp_map_view_set_colour (DspMapView   *self,
                         DspMapColour  colour)
{
  g_return_if_fail (DSP_IS_MAP_VIEW (self));
  g_return_if_fail (colour < DSP_MAP_N_COLOURS);

  if (self->colour == colour)
    return;

  self->colour = colour;
  dsp_map_layer_set_colour (self->layer, colour);
  gtk_drop_down_set_selected (self->colour_drop_down, colour);
  update_legend (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_COLOUR]);
}

DspMapTool
dsp_map_view_get_tool (DspMapView *self)
{
  g_return_val_if_fail (DSP_IS_MAP_VIEW (self), DSP_MAP_TOOL_PAN);

  return self->tool;
}

void
dsp_map_view_set_tool (DspMapView *self,
                       DspMapTool  tool)
{
  g_return_if_fail (DSP_IS_MAP_VIEW (self));

  if (self->tool == tool)
    return;

  self->tool = tool;
  gtk_toggle_button_set_active (self->box_button, tool == DSP_MAP_TOOL_BOX);
  gtk_toggle_button_set_active (self->lasso_button, tool == DSP_MAP_TOOL_LASSO);
  /* Letting one button go must not let go of the other's tool. */
  self->tool = tool;
  dsp_map_layer_set_tool (self->layer, tool);
}

/* --- for tests --- */

/* TRUE while the screen is not yet what it will be: areas, a picture or base tiles are being made. */
gboolean
dsp_map_view_is_busy (DspMapView *self)
{
  g_return_val_if_fail (DSP_IS_MAP_VIEW (self), FALSE);

  return dsp_map_layer_is_busy (self->layer) || !dsp_map_source_is_idle (self->source);
}

static gboolean
to_widget (DspMapView *self,
           double      unit_x,
           double      unit_y,
           double     *x,
           double     *y)
{
  DspMapFrame frame;

  dsp_map_layer_get_frame (self->layer, &frame);
  *x = (unit_x - frame.origin_x) * frame.scale;
  *y = (unit_y - frame.origin_y) * frame.scale;

  return frame.width > 0 && *x >= 0 && *y >= 0 && *x < frame.width && *y < frame.height;
}

/* Where a code's middle is, in the widget's coordinates. Returns FALSE if it has no place or is out of view. */
gboolean
dsp_map_view_get_place_position (DspMapView *self,
                                 const char *code,
                                 double     *x,
                                 double     *y)
{
  DspMapRenderInput input;
  guint32 number = dsp_map_code_parse (code);
  const DspMapSlot *slot;

  g_return_val_if_fail (DSP_IS_MAP_VIEW (self), FALSE);

  dsp_map_layer_get_render_input (self->layer, &input);
  if (number == DSP_MAP_NO_CODE || input.slots->by_code[number] == DSP_MAP_NO_SLOT)
    return FALSE;

  slot = &input.slots->slots[input.slots->by_code[number]];

  return to_widget (self, slot->x, slot->y, x, y);
}

gboolean
dsp_map_view_get_pin_position (DspMapView  *self,
                               const DspId *id,
                               double      *x,
                               double      *y)
{
  double unit_x, unit_y;

  g_return_val_if_fail (DSP_IS_MAP_VIEW (self), FALSE);

  return dsp_map_layer_get_pin (self->layer, id, &unit_x, &unit_y) && to_widget (self, unit_x, unit_y, x, y);
}
