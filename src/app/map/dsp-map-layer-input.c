/* dsp-map-layer-input.c: what the pointer does on the map
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *   click                 selects an area, a bubble's codes or a pin; with Ctrl adds or takes away; empty ground clears
 *   double click, Enter   activates; a bubble of several codes is looked at closer
 *   drag                  from a selected area, a bubble or a pin: takes it along (drag and drop); else pans the map
 *   Shift + drag, or the box and lasso tools: selects what lies inside; with Ctrl adds
 *   middle button drag    pans, wherever it begins; so does holding what is dragged at the map's edge
 */
#define G_LOG_DOMAIN "dsp-map"

#include "config.h"
#include "dsp-map-layer-private.h"

#include "dsp-map-mercator.h"
#include "dsp-map-palette.h"

#define CLICK_SLACK 4   /* pixels that a click may wander */
#define EDGE_PIXELS 28.0
#define EDGE_STEP 14.0  /* pixels per frame, at the very edge */
#define EDGE_DWELL_US 400000

static gboolean
has_control (GtkEventController *controller)
{
  return (gtk_event_controller_get_current_event_state (controller) & GDK_CONTROL_MASK) != 0;
}

static gboolean
has_shift (GtkEventController *controller)
{
  return (gtk_event_controller_get_current_event_state (controller) & GDK_SHIFT_MASK) != 0;
}

void
dsp_map_layer_move_centre (DspMapLayer *self,
                           double       dx,
                           double       dy)
{
  ShumateViewport *viewport = shumate_layer_get_viewport (SHUMATE_LAYER (self));
  DspMapFrame view;

  dsp_map_layer_get_frame (self, &view);
  shumate_location_set_location (
      SHUMATE_LOCATION (viewport),
      dsp_map_lat_from_y (CLAMP (view.origin_y + (view.height / 2 + dy) / view.scale, 0, 1)),
      dsp_map_lon_from_x (CLAMP (view.origin_x + (view.width / 2 + dx) / view.scale, 0, 1)));
}

/* --- selecting --- */

void
dsp_map_layer_choice_changed (DspMapLayer *self)
{
  dsp_map_layer_selection_changed (self);
  g_signal_emit_by_name (self, "selection-changed");
}

static void
choose_pins (DspMapLayer *self,
             GArray      *ids,
             gboolean     extend)
{
  g_signal_emit_by_name (self, "pins-chosen", ids, extend);
}

void
dsp_map_layer_choose_codes (DspMapLayer   *self,
                            const guint32 *codes,
                            guint          n_codes,
                            gboolean       toggle)
{
  gboolean are_all = TRUE;

  if (!toggle)
    {
      dsp_map_layer_clear_selection (self);
      for (guint i = 0; i < n_codes; i++)
        dsp_map_layer_set_code_selected (self, codes[i], DSP_MAP_SELECTED_FULLY);
    }
  else
    {
      for (guint i = 0; i < n_codes; i++)
        are_all = are_all && self->selection[codes[i]] == DSP_MAP_SELECTED_FULLY;
      for (guint i = 0; i < n_codes; i++)
        dsp_map_layer_set_code_selected (self, codes[i], are_all ? DSP_MAP_SELECTED_NO : DSP_MAP_SELECTED_FULLY);
    }

  dsp_map_layer_choice_changed (self);
}

/* Returns: (element-type guint32) (transfer full): the codes that were hit; none for a pin, a crew or nothing. */
static GArray *
codes_of_hit (DspMapLayer *self,
              DspMapHit    hit)
{
  GArray *codes = g_array_new (FALSE, FALSE, sizeof (guint32));

  if (hit.kind == DSP_MAP_HIT_AREA)
    {
      g_array_append_val (codes, self->slots->slots[hit.index].code);
    }
  else if (hit.kind == DSP_MAP_HIT_BUBBLE)
    {
      const DspMapMark *mark = &g_array_index (self->picture->marks, DspMapMark, hit.index);

      for (guint i = 0; i < mark->n; i++)
        {
          guint32 slot = g_array_index (self->picture->members, guint32, mark->first + i);

          g_array_append_val (codes, self->picture->slots->slots[slot].code);
        }
    }

  return codes;
}

static const DspId *
id_of_pin (DspMapLayer *self,
           DspMapHit    hit)
{
  return &g_array_index (self->picture->pins, DspMapPinShape, hit.index).id;
}

static gboolean
is_hit_selected (DspMapLayer *self,
                 DspMapHit    hit)
{
  g_autoptr(GArray) codes = NULL;

  if (hit.kind == DSP_MAP_HIT_PIN)
    return g_hash_table_contains (self->selected_pins, id_of_pin (self, hit));

  codes = codes_of_hit (self, hit);
  for (guint i = 0; i < codes->len; i++)
    {
      if (self->selection[g_array_index (codes, guint32, i)] == DSP_MAP_SELECTED_NO)
        return FALSE;
    }

  return codes->len > 0;
}

static void
on_click_pressed (DspMapLayer     *self,
                  int              n_press,
                  double           x,
                  double           y,
                  GtkGestureClick *click)
{
  gtk_widget_grab_focus (GTK_WIDGET (self));
  self->press_x = x;
  self->press_y = y;
}

void
dsp_map_layer_activate_code (DspMapLayer *self,
                             guint32      code)
{
  char text[8];

  dsp_map_code_print (code, text);
  g_signal_emit_by_name (self, "code-activated", text);
}

static void
on_click_released (DspMapLayer     *self,
                   int              n_press,
                   double           x,
                   double           y,
                   GtkGestureClick *click)
{
  gboolean toggle = has_control (GTK_EVENT_CONTROLLER (click));
  DspMapHit hit;

  /* The gesture tells a release after a drag as well. */
  if (ABS (x - self->press_x) > CLICK_SLACK || ABS (y - self->press_y) > CLICK_SLACK || self->is_banding)
    return;

  hit = dsp_map_layer_hit (self, x, y);
  if (hit.kind == DSP_MAP_HIT_PIN)
    {
      if (n_press == 2)
        {
          g_autoptr(GBytes) id = g_bytes_new (id_of_pin (self, hit), sizeof (DspId));

          g_signal_emit_by_name (self, "pin-activated", id);
        }
      else
        {
          g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (DspId));

          g_array_append_vals (ids, id_of_pin (self, hit), 1);
          choose_pins (self, ids, toggle);
        }
    }
  else if (hit.kind == DSP_MAP_HIT_NOTHING || hit.kind == DSP_MAP_HIT_CREW)
    {
      if (!toggle && (self->n_selected > 0 || g_hash_table_size (self->selected_pins) > 0))
        {
          dsp_map_layer_clear_selection (self);
          dsp_map_layer_choice_changed (self);
        }
    }
  else
    {
      g_autoptr(GArray) codes = codes_of_hit (self, hit);

      if (n_press == 1)
        dsp_map_layer_choose_codes (self, (const guint32 *) codes->data, codes->len, toggle);
      else if (n_press == 2 && codes->len == 1)
        dsp_map_layer_activate_code (self, g_array_index (codes, guint32, 0));
      else if (n_press == 2)
        g_signal_emit_by_name (self, "bubble-activated");
    }
}

/* --- box and lasso --- */

static gboolean
band_contains (DspMapLayer *self,
               double       x,
               double       y)
{
  const graphene_point_t *points = (const graphene_point_t *) self->band->data;
  gboolean is_inside = FALSE;

  if (self->band->len < 2)
    return FALSE;
  if (self->band_is_box)
    return x >= MIN (points[0].x, points[1].x) && x <= MAX (points[0].x, points[1].x)
           && y >= MIN (points[0].y, points[1].y) && y <= MAX (points[0].y, points[1].y);

  for (guint i = 0, j = self->band->len - 1; i < self->band->len; j = i++)
    {
      if ((points[i].y > y) != (points[j].y > y)
          && x < (points[j].x - points[i].x) * (y - points[i].y) / (points[j].y - points[i].y) + points[i].x)
        is_inside = !is_inside;
    }

  return is_inside;
}

/* Where pins are shown, the band takes pins if it holds any. */
static gboolean
choose_banded_pins (DspMapLayer       *self,
                    const DspMapFrame *view)
{
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (DspId));

  if (self->pins == NULL || dsp_map_zoom_from_scale (view->scale) < DSP_MAP_PIN_ZOOM)
    return FALSE;

  for (guint i = 0; i < self->pins->len; i++)
    {
      const DspMapPinShape *pin = &g_array_index (self->pins, DspMapPinShape, i);

      if (band_contains (self, (pin->x - view->origin_x) * view->scale, (pin->y - view->origin_y) * view->scale))
        g_array_append_val (ids, pin->id);
    }
  if (ids->len == 0)
    return FALSE;

  choose_pins (self, ids, self->band_extends);

  return TRUE;
}

/* Codes whose middle lies inside; where none does, the area that the band was drawn in. Among codes with orders those
 * without are left out. */
static void
choose_banded (DspMapLayer *self)
{
  g_autoptr(GArray) codes = g_array_new (FALSE, FALSE, sizeof (guint32));
  DspMapFrame view;

  dsp_map_layer_get_frame (self, &view);
  if (choose_banded_pins (self, &view))
    return;

  for (guint pass = 0; pass < 2 && codes->len == 0; pass++)
    {
      for (guint i = 0; i < self->slots->n_slots; i++)
        {
          const DspMapSlot *slot = &self->slots->slots[i];

          if (pass == 0 && self->tallies->tallies[i].values[DSP_MAP_COLOUR_TOTAL] == 0)
            continue;
          if (band_contains (self, (slot->x - view.origin_x) * view.scale, (slot->y - view.origin_y) * view.scale))
            g_array_append_val (codes, slot->code);
        }
    }

  if (codes->len == 0)
    {
      const graphene_point_t *first = &g_array_index (self->band, graphene_point_t, 0);
      DspMapHit hit = dsp_map_layer_hit (self, first->x, first->y);

      if (hit.kind == DSP_MAP_HIT_AREA)
        g_array_append_val (codes, self->slots->slots[hit.index].code);
    }

  if (!self->band_extends)
    dsp_map_layer_clear_selection (self);
  for (guint i = 0; i < codes->len; i++)
    dsp_map_layer_set_code_selected (self, g_array_index (codes, guint32, i), DSP_MAP_SELECTED_FULLY);
  dsp_map_layer_choice_changed (self);
}

static void
on_band_begin (DspMapLayer    *self,
               double          x,
               double          y,
               GtkGestureDrag *drag)
{
  gboolean is_shifted = has_shift (GTK_EVENT_CONTROLLER (drag));

  if (self->tool == DSP_MAP_TOOL_PAN && !is_shifted)
    {
      gtk_gesture_set_state (GTK_GESTURE (drag), GTK_EVENT_SEQUENCE_DENIED);
      return;
    }

  gtk_gesture_set_state (GTK_GESTURE (drag), GTK_EVENT_SEQUENCE_CLAIMED);
  self->is_banding = TRUE;
  self->band_is_box = self->tool != DSP_MAP_TOOL_LASSO;
  self->band_extends = has_control (GTK_EVENT_CONTROLLER (drag));
  g_array_set_size (self->band, 0);
  g_array_append_vals (self->band, &GRAPHENE_POINT_INIT ((float) x, (float) y), 1);
}

static void
on_band_update (DspMapLayer    *self,
                double          offset_x,
                double          offset_y,
                GtkGestureDrag *drag)
{
  graphene_point_t first, point;

  if (!self->is_banding || self->band->len == 0)
    return;

  first = g_array_index (self->band, graphene_point_t, 0);
  point = GRAPHENE_POINT_INIT (first.x + (float) offset_x, first.y + (float) offset_y);
  if (self->band_is_box)
    g_array_set_size (self->band, 1);
  g_array_append_val (self->band, point);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_band_end (DspMapLayer    *self,
             double          offset_x,
             double          offset_y,
             GtkGestureDrag *drag)
{
  if (!self->is_banding)
    return;

  /* A click with a tool in hand is still a click. */
  self->is_banding = FALSE;
  if (ABS (offset_x) > CLICK_SLACK || ABS (offset_y) > CLICK_SLACK)
    choose_banded (self);
  g_array_set_size (self->band, 0);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

void
dsp_map_layer_cancel_band (DspMapLayer *self)
{
  self->is_banding = FALSE;
  g_array_set_size (self->band, 0);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
on_band_cancel (DspMapLayer      *self,
                GdkEventSequence *sequence,
                GtkGesture       *gesture)
{
  dsp_map_layer_cancel_band (self);
}

/* The box or lasso under way. */
void
dsp_map_layer_snapshot_band (DspMapLayer *self,
                             GtkSnapshot *snapshot)
{
  const graphene_point_t *points = (const graphene_point_t *) self->band->data;
  cairo_t *cr;

  if (self->band->len < 2)
    return;

  cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) gtk_widget_get_width (GTK_WIDGET (self)),
                                                                 (float) gtk_widget_get_height (GTK_WIDGET (self))));
  if (self->band_is_box)
    {
      cairo_rectangle (cr, floor (MIN (points[0].x, points[1].x)) + 0.5, floor (MIN (points[0].y, points[1].y)) + 0.5,
                       floor (ABS (points[1].x - points[0].x)), floor (ABS (points[1].y - points[0].y)));
    }
  else
    {
      cairo_move_to (cr, points[0].x, points[0].y);
      for (guint i = 1; i < self->band->len; i++)
        cairo_line_to (cr, points[i].x, points[i].y);
      cairo_close_path (cr);
    }

  dsp_map_set_rgb (cr, dsp_map_palette_get_ink (self->is_dark), 0.1);
  cairo_fill_preserve (cr);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  dsp_map_set_rgb (cr, dsp_map_palette_get_paper (self->is_dark), 0.9);
  cairo_set_line_width (cr, 3);
  cairo_stroke_preserve (cr);
  dsp_map_set_rgb (cr, dsp_map_palette_get_ink (self->is_dark), 1);
  cairo_set_line_width (cr, 1);
  cairo_set_dash (cr, (double[]) { 5, 3 }, 2, 0);
  cairo_stroke (cr);
  cairo_destroy (cr);
}

/* --- dragging out --- */

static gboolean
may_drag (DspMapLayer        *self,
          GtkEventController *controller,
          DspMapHit           hit)
{
  if (self->tool != DSP_MAP_TOOL_PAN || has_shift (controller))
    return FALSE;

  /* Every place in a city is an area: one must be selected first, or the map could not be moved any more. */
  return hit.kind == DSP_MAP_HIT_BUBBLE || hit.kind == DSP_MAP_HIT_PIN
         || (hit.kind == DSP_MAP_HIT_AREA && is_hit_selected (self, hit));
}

/* Claims the press, so that the map does not pan along under the drag; in a group with the drag source, which goes on. */
static void
on_grip_pressed (DspMapLayer     *self,
                 int              n_press,
                 double           x,
                 double           y,
                 GtkGestureClick *grip)
{
  gboolean may = may_drag (self, GTK_EVENT_CONTROLLER (grip), dsp_map_layer_hit (self, x, y));

  gtk_gesture_set_state (GTK_GESTURE (grip), may ? GTK_EVENT_SEQUENCE_CLAIMED : GTK_EVENT_SEQUENCE_DENIED);
}

static char **
print_codes (GArray *codes)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; i < codes->len; i++)
    {
      char text[8];

      dsp_map_code_print (g_array_index (codes, guint32, i), text);
      g_strv_builder_add (builder, text);
    }

  return g_strv_builder_end (builder);
}

static GdkContentProvider *
on_drag_prepare (DspMapLayer   *self,
                 double         x,
                 double         y,
                 GtkDragSource *source)
{
  DspMapHit hit = dsp_map_layer_hit (self, x, y);
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (DspId));
  g_auto(GStrv) codes = NULL;
  GdkContentProvider *content = NULL;

  if (!may_drag (self, GTK_EVENT_CONTROLLER (source), hit))
    return NULL;

  if (hit.kind == DSP_MAP_HIT_PIN)
    {
      GHashTableIter iter;
      gpointer id;

      if (is_hit_selected (self, hit))
        {
          g_hash_table_iter_init (&iter, self->selected_pins);
          while (g_hash_table_iter_next (&iter, &id, NULL))
            g_array_append_vals (ids, id, 1);
        }
      else
        {
          g_array_append_vals (ids, id_of_pin (self, hit), 1);
        }
      codes = g_new0 (char *, 1);
    }
  else if (is_hit_selected (self, hit))
    {
      g_autoptr(GArray) selected = g_array_new (FALSE, FALSE, sizeof (guint32));

      for (guint32 i = 0; i < DSP_MAP_N_CODES; i++)
        {
          if (self->selection[i] != DSP_MAP_SELECTED_NO)
            g_array_append_val (selected, i);
        }
      codes = print_codes (selected);
    }
  else
    {
      g_autoptr(GArray) hit_codes = codes_of_hit (self, hit);

      codes = print_codes (hit_codes);
    }

  g_signal_emit_by_name (self, "drag-prepare", codes, ids, &content);

  return content;
}

static void
on_drag_begin (DspMapLayer   *self,
               GdkDrag       *drag,
               GtkDragSource *source)
{
  g_signal_emit_by_name (self, "drag-begin", drag);
}

static void
on_drag_end (DspMapLayer   *self,
             GdkDrag       *drag,
             gboolean       delete_data,
             GtkDragSource *source)
{
  g_signal_emit_by_name (self, "drag-end", drag);
}

/* --- panning at the edge, while something is dragged over the map --- */

static double
edge_speed (double at,
            double size)
{
  if (at < EDGE_PIXELS)
    return (at - EDGE_PIXELS) / EDGE_PIXELS;
  if (at > size - EDGE_PIXELS)
    return (at - (size - EDGE_PIXELS)) / EDGE_PIXELS;

  return 0;
}

static gboolean
on_edge_tick (GtkWidget     *widget,
              GdkFrameClock *clock,
              gpointer       user_data)
{
  DspMapLayer *self = DSP_MAP_LAYER (widget);
  gint64 now = gdk_frame_clock_get_frame_time (clock);
  double dx = edge_speed (self->drop_x, gtk_widget_get_width (widget));
  double dy = edge_speed (self->drop_y, gtk_widget_get_height (widget));

  /* Who only crosses the edge on the way to a crew does not want the map to move. */
  if (dx == 0 && dy == 0)
    self->edge_since = 0;
  else if (self->edge_since == 0)
    self->edge_since = now;
  else if (now - self->edge_since > EDGE_DWELL_US)
    dsp_map_layer_move_centre (self, dx * EDGE_STEP, dy * EDGE_STEP);

  return G_SOURCE_CONTINUE;
}

static void
on_drop_motion (DspMapLayer             *self,
                double                   x,
                double                   y,
                GtkDropControllerMotion *motion)
{
  self->drop_x = x;
  self->drop_y = y;
  if (self->edge_tick == 0)
    {
      self->edge_since = 0;
      self->edge_tick = gtk_widget_add_tick_callback (GTK_WIDGET (self), on_edge_tick, NULL, NULL);
    }
}

static void
on_drop_leave (DspMapLayer             *self,
               GtkDropControllerMotion *motion)
{
  if (self->edge_tick != 0)
    gtk_widget_remove_tick_callback (GTK_WIDGET (self), self->edge_tick);
  self->edge_tick = 0;
}

/* --- pointer over things --- */

static void
set_hover (DspMapLayer *self,
           DspMapHit    hit)
{
  const char *cursor_name = NULL;

  if (!self->hover_is_cursor && dsp_map_layer_hit_equal (self->hover, hit))
    return;

  self->hover = hit;
  self->hover_is_cursor = FALSE;
  if (self->tool != DSP_MAP_TOOL_PAN)
    cursor_name = "crosshair";
  else if (hit.kind == DSP_MAP_HIT_BUBBLE || hit.kind == DSP_MAP_HIT_PIN)
    cursor_name = "pointer";
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), cursor_name);

  dsp_map_layer_hover_changed (self);
}

static void
on_motion (DspMapLayer              *self,
           double                    x,
           double                    y,
           GtkEventControllerMotion *motion)
{
  GdkModifierType state = gtk_event_controller_get_current_event_state (GTK_EVENT_CONTROLLER (motion));
  gboolean has_moved = ABS (x - self->pointer_x) + ABS (y - self->pointer_y) >= 2;

  /* GTK makes motions up whenever something is laid out anew; those must not take the word from the keyboard. */
  if (self->hover_is_cursor && !has_moved)
    return;
  self->pointer_x = x;
  self->pointer_y = y;

  /* While a button is down the map moves under the pointer. */
  if ((state & (GDK_BUTTON1_MASK | GDK_BUTTON2_MASK)) == 0)
    set_hover (self, dsp_map_layer_hit (self, x, y));
}

static void
on_leave (DspMapLayer              *self,
          GtkEventControllerMotion *motion)
{
  if (!self->hover_is_cursor)
    set_hover (self, (DspMapHit) { DSP_MAP_HIT_NOTHING, 0 });
}

/* --- middle button --- */

static void
on_pan_begin (DspMapLayer    *self,
              double          x,
              double          y,
              GtkGestureDrag *drag)
{
  DspMapFrame view;

  dsp_map_layer_get_frame (self, &view);
  self->pan_x = view.origin_x;
  self->pan_y = view.origin_y;
  gtk_gesture_set_state (GTK_GESTURE (drag), GTK_EVENT_SEQUENCE_CLAIMED);
}

static void
on_pan_update (DspMapLayer    *self,
               double          offset_x,
               double          offset_y,
               GtkGestureDrag *drag)
{
  DspMapFrame view;

  dsp_map_layer_get_frame (self, &view);
  dsp_map_layer_move_centre (self, (self->pan_x - view.origin_x) * view.scale - offset_x,
                             (self->pan_y - view.origin_y) * view.scale - offset_y);
}

/* --- setting up --- */

static void
add_gesture (DspMapLayer        *self,
             GtkEventController *controller,
             guint               button)
{
  if (GTK_IS_GESTURE_SINGLE (controller))
    gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (controller), button);
  gtk_widget_add_controller (GTK_WIDGET (self), controller);
}

void
dsp_map_layer_init_input (DspMapLayer *self)
{
  GtkGesture *click = gtk_gesture_click_new (), *grip = gtk_gesture_click_new ();
  GtkGesture *band = gtk_gesture_drag_new (), *pan = gtk_gesture_drag_new ();
  GtkDragSource *source = gtk_drag_source_new ();
  GtkEventController *motion = gtk_event_controller_motion_new (), *drop = gtk_drop_controller_motion_new ();

  g_signal_connect_swapped (click, "pressed", G_CALLBACK (on_click_pressed), self);
  g_signal_connect_swapped (click, "released", G_CALLBACK (on_click_released), self);
  add_gesture (self, GTK_EVENT_CONTROLLER (click), GDK_BUTTON_PRIMARY);

  g_signal_connect_swapped (source, "prepare", G_CALLBACK (on_drag_prepare), self);
  g_signal_connect_swapped (source, "drag-begin", G_CALLBACK (on_drag_begin), self);
  g_signal_connect_swapped (source, "drag-end", G_CALLBACK (on_drag_end), self);
  gtk_drag_source_set_actions (source, GDK_ACTION_MOVE | GDK_ACTION_COPY);
  add_gesture (self, GTK_EVENT_CONTROLLER (source), GDK_BUTTON_PRIMARY);

  g_signal_connect_swapped (grip, "pressed", G_CALLBACK (on_grip_pressed), self);
  add_gesture (self, GTK_EVENT_CONTROLLER (grip), GDK_BUTTON_PRIMARY);
  gtk_gesture_group (grip, GTK_GESTURE (source));
  gtk_gesture_group (click, GTK_GESTURE (source));

  g_signal_connect_swapped (band, "drag-begin", G_CALLBACK (on_band_begin), self);
  g_signal_connect_swapped (band, "drag-update", G_CALLBACK (on_band_update), self);
  g_signal_connect_swapped (band, "drag-end", G_CALLBACK (on_band_end), self);
  g_signal_connect_swapped (band, "cancel", G_CALLBACK (on_band_cancel), self);
  add_gesture (self, GTK_EVENT_CONTROLLER (band), GDK_BUTTON_PRIMARY);

  g_signal_connect_swapped (pan, "drag-begin", G_CALLBACK (on_pan_begin), self);
  g_signal_connect_swapped (pan, "drag-update", G_CALLBACK (on_pan_update), self);
  add_gesture (self, GTK_EVENT_CONTROLLER (pan), GDK_BUTTON_MIDDLE);

  g_signal_connect_swapped (motion, "motion", G_CALLBACK (on_motion), self);
  g_signal_connect_swapped (motion, "leave", G_CALLBACK (on_leave), self);
  add_gesture (self, motion, 0);

  g_signal_connect_swapped (drop, "enter", G_CALLBACK (on_drop_motion), self);
  g_signal_connect_swapped (drop, "motion", G_CALLBACK (on_drop_motion), self);
  g_signal_connect_swapped (drop, "leave", G_CALLBACK (on_drop_leave), self);
  add_gesture (self, drop, 0);
  dsp_map_layer_init_keys (self);
}
