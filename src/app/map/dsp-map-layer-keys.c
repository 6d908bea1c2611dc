/* dsp-map-layer-keys.c: what the keyboard does on the map
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *   arrows, + and -       pan and zoom; Ctrl + arrows walk to the next code that way, Page Down and Page Up through the
 *                         codes in view with the most orders; Enter selects, Space adds or takes away; Escape lets go
 */
#define G_LOG_DOMAIN "dsp-map"

#include "config.h"
#include "dsp-map-layer-private.h"

#include "dsp-map-mercator.h"

#define PAN_STEP 80 /* pixels per arrow key */
#define ZOOM_STEP 0.4

static void
set_cursor (DspMapLayer *self,
            guint32      slot)
{
  const DspMapSlot *to = &self->slots->slots[slot];
  DspMapFrame view;
  double x, y;

  self->cursor = slot;
  self->hover_is_cursor = TRUE;

  dsp_map_layer_get_frame (self, &view);
  x = (to->x - view.origin_x) * view.scale;
  y = (to->y - view.origin_y) * view.scale;
  if (x < 40 || y < 60 || x > view.width - 40 || y > view.height - 60)
    dsp_map_layer_move_centre (self, x - view.width / 2, y - view.height / 2);

  dsp_map_layer_hover_changed (self);
}

/* To the nearest code in a direction: far to the side counts twice. */
static void
walk (DspMapLayer *self,
      double       dx,
      double       dy)
{
  DspMapFrame view;
  double from_x, from_y, best = G_MAXDOUBLE;
  guint32 found = DSP_MAP_NO_SLOT;

  dsp_map_layer_get_frame (self, &view);
  if (self->cursor != DSP_MAP_NO_SLOT)
    {
      from_x = self->slots->slots[self->cursor].x;
      from_y = self->slots->slots[self->cursor].y;
    }
  else
    {
      from_x = view.origin_x + view.width / 2 / view.scale;
      from_y = view.origin_y + view.height / 2 / view.scale;
    }

  for (guint i = 0; i < self->slots->n_slots; i++)
    {
      const DspMapSlot *slot = &self->slots->slots[i];
      double along = (slot->x - from_x) * dx + (slot->y - from_y) * dy;
      double aside = fabs ((slot->x - from_x) * dy - (slot->y - from_y) * dx);
      double cost = along + 2 * aside;

      if (i == self->cursor || along <= 0 || aside > 2 * along || cost >= best)
        continue;
      best = cost;
      found = i;
    }

  if (found != DSP_MAP_NO_SLOT)
    set_cursor (self, found);
}

/* The codes in view from most orders to fewest, by the question that the colours answer. */
static void
step (DspMapLayer *self,
      gboolean     is_back)
{
  DspMapFrame view;
  guint32 found = DSP_MAP_NO_SLOT;
  guint64 best = 0, from = 0;

  dsp_map_layer_get_frame (self, &view);
  if (self->cursor != DSP_MAP_NO_SLOT)
    from = (guint64) self->tallies->tallies[self->cursor].values[self->colour] << 32 | (G_MAXUINT32 - self->cursor);

  for (guint i = 0; i < self->slots->n_slots; i++)
    {
      const DspMapSlot *slot = &self->slots->slots[i];
      double x = (slot->x - view.origin_x) * view.scale, y = (slot->y - view.origin_y) * view.scale;
      guint64 rank = (guint64) self->tallies->tallies[i].values[self->colour] << 32 | (G_MAXUINT32 - i);

      if (rank >> 32 == 0 || i == self->cursor || x < 0 || y < 0 || x > view.width || y > view.height)
        continue;
      if (is_back ? rank > from && (found == DSP_MAP_NO_SLOT || rank < best)
          : (from == 0 || rank < from) && (found == DSP_MAP_NO_SLOT || rank > best))
        {
          best = rank;
          found = i;
        }
    }

  if (found != DSP_MAP_NO_SLOT)
    set_cursor (self, found);
}

static void
select_cursor (DspMapLayer *self,
               gboolean     toggle)
{
  if (self->cursor == DSP_MAP_NO_SLOT)
    return;

  dsp_map_layer_choose_codes (self, &self->slots->slots[self->cursor].code, 1, toggle);
  dsp_map_layer_hover_changed (self);
}

static void
let_go (DspMapLayer *self)
{
  if (self->is_banding)
    {
      dsp_map_layer_cancel_band (self);
    }
  else if (self->tool != DSP_MAP_TOOL_PAN)
    {
      g_signal_emit_by_name (self, "tool-done");
    }
  else if (self->n_selected > 0 || g_hash_table_size (self->selected_pins) > 0)
    {
      dsp_map_layer_clear_selection (self);
      dsp_map_layer_choice_changed (self);
    }
}

static void
zoom_by (DspMapLayer *self,
         double       step_size)
{
  ShumateViewport *viewport = shumate_layer_get_viewport (SHUMATE_LAYER (self));
  double zoom = shumate_viewport_get_zoom_level (viewport) + step_size;

  shumate_viewport_set_zoom_level (viewport, CLAMP (zoom, DSP_MAP_MIN_ZOOM, DSP_MAP_MAX_ZOOM));
}

static gboolean
on_key_pressed (DspMapLayer           *self,
                guint                  keyval,
                guint                  keycode,
                GdkModifierType        state,
                GtkEventControllerKey *keys)
{
  gboolean is_walk = (state & GDK_CONTROL_MASK) != 0;
  double dx = 0, dy = 0;

  if (state & GDK_ALT_MASK)
    return FALSE;

  switch (keyval)
    {
    case GDK_KEY_Left:
    case GDK_KEY_KP_Left:
      dx = -1;
      break;

    case GDK_KEY_Right:
    case GDK_KEY_KP_Right:
      dx = 1;
      break;

    case GDK_KEY_Up:
    case GDK_KEY_KP_Up:
      dy = -1;
      break;

    case GDK_KEY_Down:
    case GDK_KEY_KP_Down:
      dy = 1;
      break;

    case GDK_KEY_plus:
    case GDK_KEY_equal:
    case GDK_KEY_KP_Add:
      zoom_by (self, ZOOM_STEP);
      return TRUE;

    case GDK_KEY_minus:
    case GDK_KEY_KP_Subtract:
      zoom_by (self, -ZOOM_STEP);
      return TRUE;

    case GDK_KEY_Page_Down:
    case GDK_KEY_KP_Page_Down:
      step (self, FALSE);
      return TRUE;

    case GDK_KEY_Page_Up:
    case GDK_KEY_KP_Page_Up:
      step (self, TRUE);
      return TRUE;

    case GDK_KEY_Return:
    case GDK_KEY_KP_Enter:
      select_cursor (self, is_walk);
      if (self->cursor != DSP_MAP_NO_SLOT)
        dsp_map_layer_activate_code (self, self->slots->slots[self->cursor].code);
      return TRUE;

    case GDK_KEY_space:
      select_cursor (self, TRUE);
      return TRUE;

    case GDK_KEY_Escape:
      let_go (self);
      return TRUE;

    default:
      return FALSE;
    }

  if (is_walk)
    walk (self, dx, dy);
  else
    dsp_map_layer_move_centre (self, dx * PAN_STEP, dy * PAN_STEP);

  return TRUE;
}

static void
on_focus_changed (DspMapLayer *self)
{
  dsp_map_layer_hover_changed (self);
}

void
dsp_map_layer_init_keys (DspMapLayer *self)
{
  GtkEventController *keys = gtk_event_controller_key_new (), *focus = gtk_event_controller_focus_new ();

  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (on_key_pressed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), keys);
  g_signal_connect_swapped (focus, "enter", G_CALLBACK (on_focus_changed), self);
  g_signal_connect_swapped (focus, "leave", G_CALLBACK (on_focus_changed), self);
  gtk_widget_add_controller (GTK_WIDGET (self), focus);
}
