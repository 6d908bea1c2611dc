/* dsp-map-layer-band.c: box and lasso, which select what lies inside
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-map"

#include "config.h"
#include "dsp-map-layer-private.h"

#include "dsp-map-mercator.h"
#include "dsp-map-palette.h"

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

  dsp_map_layer_choose_pins (self, ids, self->band_extends);

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
  gboolean is_shifted = dsp_map_has_shift (GTK_EVENT_CONTROLLER (drag));

  if (self->tool == DSP_MAP_TOOL_PAN && !is_shifted)
    {
      gtk_gesture_set_state (GTK_GESTURE (drag), GTK_EVENT_SEQUENCE_DENIED);
      return;
    }

  gtk_gesture_set_state (GTK_GESTURE (drag), GTK_EVENT_SEQUENCE_CLAIMED);
  self->is_banding = TRUE;
  self->band_is_box = self->tool != DSP_MAP_TOOL_LASSO;
  self->band_extends = dsp_map_has_control (GTK_EVENT_CONTROLLER (drag));
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
  if (ABS (offset_x) > DSP_MAP_CLICK_SLACK || ABS (offset_y) > DSP_MAP_CLICK_SLACK)
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

void
dsp_map_layer_init_band (DspMapLayer *self)
{
  GtkGesture *band = gtk_gesture_drag_new ();

  g_signal_connect_swapped (band, "drag-begin", G_CALLBACK (on_band_begin), self);
  g_signal_connect_swapped (band, "drag-update", G_CALLBACK (on_band_update), self);
  g_signal_connect_swapped (band, "drag-end", G_CALLBACK (on_band_end), self);
  g_signal_connect_swapped (band, "cancel", G_CALLBACK (on_band_cancel), self);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (band), GDK_BUTTON_PRIMARY);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (band));
}
