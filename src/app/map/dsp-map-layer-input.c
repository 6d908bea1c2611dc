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

#define EDGE_PIXELS 28.0
#define EDGE_STEP 14.0  /* pixels per frame, at the very edge */
#define EDGE_DWELL_US 400000

gboolean
dsp_map_has_control (GtkEventController *controller)
{
  return (gtk_event_controller_get_current_event_state (controller) & GDK_CONTROL_MASK) != 0;
}

gboolean
dsp_map_has_shift (GtkEventController *controller)
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

void
dsp_map_layer_choose_pins (DspMapLayer *self,
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
  gboolean toggle = dsp_map_has_control (GTK_EVENT_CONTROLLER (click));
  DspMapHit hit;

  /* The gesture tells a release after a drag as well. */
  if (ABS (x - self->press_x) > DSP_MAP_CLICK_SLACK || ABS (y - self->press_y) > DSP_MAP_CLICK_SLACK
      || self->is_banding)
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
          dsp_map_layer_choose_pins (self, ids, toggle);
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

/* --- dragging out --- */

static gboolean
may_drag (DspMapLayer        *self,
          GtkEventController *controller,
          DspMapHit           hit)
{
  if (self->tool != DSP_MAP_TOOL_PAN || dsp_map_has_shift (controller))
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
  GtkGesture *pan = gtk_gesture_drag_new ();
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

  dsp_map_layer_init_band (self);

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
