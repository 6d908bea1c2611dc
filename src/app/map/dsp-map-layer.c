/* dsp-map-layer.c: everything on the map that is ours: data, selection, widget
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Beside it
 *
 *   dsp-map-layer-picture.c   the picture that a worker draws
 *   dsp-map-layer-overlay.c   what is drawn over it by the main thread: the selection, what is under the pointer
 *   dsp-map-layer-hit.c       what lies under a point, in words too
 *   dsp-map-layer-input.c     what the pointer does
 *   dsp-map-layer-band.c      box and lasso
 *   dsp-map-layer-keys.c      what the keyboard does
 */
#define G_LOG_DOMAIN "dsp-map"

#include "config.h"
#include "dsp-map-layer.h"

#include <glib/gi18n.h>
#include <string.h>

#include "dsp-map-layer-private.h"
#include "dsp-map-mercator.h"
#include "dsp-map-palette.h"
#include "dsp-map-tile.h"

#define MAX_BLUR 3.0 /* how far a picture may be magnified or reduced */

G_DEFINE_FINAL_TYPE (DspMapLayer, dsp_map_layer, SHUMATE_TYPE_LAYER)

/* --- where the view is --- */

/* The part of the world in view; width 0 before the first allocation. */
void
dsp_map_layer_get_frame (DspMapLayer *self,
                         DspMapFrame *frame)
{
  ShumateViewport *viewport = shumate_layer_get_viewport (SHUMATE_LAYER (self));
  double x = dsp_map_x_from_lon (shumate_location_get_longitude (SHUMATE_LOCATION (viewport)));
  double y = dsp_map_y_from_lat (shumate_location_get_latitude (SHUMATE_LOCATION (viewport)));

  frame->scale = dsp_map_scale_from_zoom (shumate_viewport_get_zoom_level (viewport));
  frame->width = gtk_widget_get_width (GTK_WIDGET (self));
  frame->height = gtk_widget_get_height (GTK_WIDGET (self));
  frame->origin_x = x - frame->width / 2 / frame->scale;
  frame->origin_y = y - frame->height / 2 / frame->scale;
}

/* The tile layer redraws itself from an idle handler that starves while frames are slow, and its tiles would trail
 * behind: so every child of the map is redrawn together. */
static void
on_viewport_notify (DspMapLayer *self)
{
  ShumateViewport *viewport = shumate_layer_get_viewport (SHUMATE_LAYER (self));
  GtkWidget *parent = gtk_widget_get_parent (GTK_WIDGET (self));

  /* Nothing here turns; a touch pad's two fingers may try. */
  if (shumate_viewport_get_rotation (viewport) != 0)
    {
      shumate_viewport_set_rotation (viewport, 0);
      return;
    }

  for (GtkWidget *child = parent != NULL ? gtk_widget_get_first_child (parent) : NULL; child != NULL;
       child = gtk_widget_get_next_sibling (child))
    gtk_widget_queue_draw (child);

  dsp_map_layer_check_picture (self);
}

/* --- drawing --- */

static void
snapshot_picture (DspMapLayer *self,
                  GtkSnapshot *snapshot)
{
  DspMapPicture *picture = self->picture;
  DspMapFrame view;
  double ratio, x, y;

  /* After a leap the old picture would be a blur, and scaled without bounds more than a renderer can bear. */
  dsp_map_layer_get_frame (self, &view);
  ratio = view.scale / picture->frame.scale;
  if (ratio > MAX_BLUR || ratio < 1 / MAX_BLUR)
    return;

  if (picture->node == NULL)
    picture->node = dsp_map_node_from_surface (picture->surface, picture->frame.width, picture->frame.height,
                                               dsp_map_widget_has_cairo_renderer (GTK_WIDGET (self)));
  if (self->selection_node == NULL)
    dsp_map_layer_make_selection_node (self);
  if (self->hover_node == NULL)
    dsp_map_layer_make_hover_node (self);

  x = (picture->frame.origin_x - view.origin_x) * view.scale;
  y = (picture->frame.origin_y - view.origin_y) * view.scale;

  gtk_snapshot_save (snapshot);
  if (fabs (ratio - 1) < 1e-9)
    {
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) floor (x + 0.5), (float) floor (y + 0.5)));
    }
  else
    {
      gtk_snapshot_translate (snapshot, &GRAPHENE_POINT_INIT ((float) x, (float) y));
      gtk_snapshot_scale (snapshot, (float) ratio, (float) ratio);
    }
  gtk_snapshot_append_node (snapshot, picture->node);
  gtk_snapshot_append_node (snapshot, self->selection_node);
  gtk_snapshot_append_node (snapshot, self->hover_node);
  gtk_snapshot_restore (snapshot);
}

static void
snapshot_focus (DspMapLayer *self,
                GtkSnapshot *snapshot)
{
  float width = (float) gtk_widget_get_width (GTK_WIDGET (self)), height = (float) gtk_widget_get_height (GTK_WIDGET (self));
  GskRoundedRect rect;
  GdkRGBA colour;

  if (!gtk_widget_has_visible_focus (GTK_WIDGET (self))
      || !gtk_style_context_lookup_color (gtk_widget_get_style_context (GTK_WIDGET (self)), "accent_bg_color", &colour))
    return;

  gsk_rounded_rect_init_from_rect (&rect, &GRAPHENE_RECT_INIT (0, 0, width, height), 0);
  gtk_snapshot_append_border (snapshot, &rect, (float[4]) { 2, 2, 2, 2 },
                              (GdkRGBA[4]) { colour, colour, colour, colour });
}

static void
dsp_map_layer_snapshot (GtkWidget   *widget,
                        GtkSnapshot *snapshot)
{
  DspMapLayer *self = DSP_MAP_LAYER (widget);

  gtk_snapshot_push_clip (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float) gtk_widget_get_width (widget),
                                                         (float) gtk_widget_get_height (widget)));
  if (self->picture != NULL)
    snapshot_picture (self, snapshot);
  dsp_map_layer_snapshot_band (self, snapshot);
  snapshot_focus (self, snapshot);
  gtk_snapshot_pop (snapshot);
}

static gboolean
dsp_map_layer_contains (GtkWidget *widget,
                        double     x,
                        double     y)
{
  return x >= 0 && y >= 0 && x < gtk_widget_get_width (widget) && y < gtk_widget_get_height (widget);
}

static void
dsp_map_layer_size_allocate (GtkWidget *widget,
                             int        width,
                             int        height,
                             int        baseline)
{
  GTK_WIDGET_CLASS (dsp_map_layer_parent_class)->size_allocate (widget, width, height, baseline);

  dsp_map_layer_check_picture (DSP_MAP_LAYER (widget));
}

static void
dsp_map_layer_realize (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (dsp_map_layer_parent_class)->realize (widget);

  dsp_map_layer_request_picture (DSP_MAP_LAYER (widget));
}

static void
dsp_map_layer_unrealize (GtkWidget *widget)
{
  DspMapLayer *self = DSP_MAP_LAYER (widget);

  /* Another window may draw in another way. */
  if (self->picture != NULL)
    g_clear_pointer (&self->picture->node, gsk_render_node_unref);

  GTK_WIDGET_CLASS (dsp_map_layer_parent_class)->unrealize (widget);
}

/* --- selection --- */

void
dsp_map_layer_set_code_selected (DspMapLayer    *self,
                                 guint32         code,
                                 DspMapSelected  how)
{
  self->n_selected += (how != DSP_MAP_SELECTED_NO) - (self->selection[code] != DSP_MAP_SELECTED_NO);
  self->selection[code] = (guint8) how;
}

void
dsp_map_layer_clear_selection (DspMapLayer *self)
{
  if (self->n_selected > 0)
    memset (self->selection, 0, DSP_MAP_N_CODES);
  self->n_selected = 0;
  g_hash_table_remove_all (self->selected_pins);
}

/* After a change of the selection: show it. */
void
dsp_map_layer_selection_changed (DspMapLayer *self)
{
  gboolean was_in_picture = self->wants_selection_in_picture;

  g_clear_pointer (&self->selection_node, gsk_render_node_unref);
  self->wants_selection_in_picture = FALSE;
  if (was_in_picture || (self->picture != NULL && self->picture->has_selection))
    {
      /* dsp_map_layer_make_selection_node() asks for it again if it is still too much. */
      if (self->picture != NULL)
        self->picture->has_selection = FALSE;
      dsp_map_layer_request_picture (self);
    }
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

char **
dsp_map_layer_dup_selected_codes (DspMapLayer *self)
{
  g_autoptr(GStrvBuilder) codes = g_strv_builder_new ();

  g_return_val_if_fail (DSP_IS_MAP_LAYER (self), NULL);

  for (guint32 i = 0; self->n_selected > 0 && i < DSP_MAP_N_CODES; i++)
    {
      char code[8];

      if (self->selection[i] != DSP_MAP_SELECTED_FULLY)
        continue;
      dsp_map_code_print (i, code);
      g_strv_builder_add (codes, code);
    }

  return g_strv_builder_end (codes);
}

void
dsp_map_layer_set_selected_codes (DspMapLayer       *self,
                                  const char *const *codes,
                                  const char *const *partial)
{
  g_return_if_fail (DSP_IS_MAP_LAYER (self));

  if (self->n_selected > 0)
    memset (self->selection, 0, DSP_MAP_N_CODES);
  self->n_selected = 0;

  for (guint i = 0; partial != NULL && partial[i] != NULL; i++)
    {
      guint32 code = dsp_map_code_parse (partial[i]);

      if (code != DSP_MAP_NO_CODE)
        dsp_map_layer_set_code_selected (self, code, DSP_MAP_SELECTED_PARTLY);
    }
  for (guint i = 0; codes != NULL && codes[i] != NULL; i++)
    {
      guint32 code = dsp_map_code_parse (codes[i]);

      if (code != DSP_MAP_NO_CODE)
        dsp_map_layer_set_code_selected (self, code, DSP_MAP_SELECTED_FULLY);
    }

  dsp_map_layer_selection_changed (self);
}

void
dsp_map_layer_set_selected_pins (DspMapLayer *self,
                                 const DspId *ids,
                                 guint        n_ids)
{
  g_return_if_fail (DSP_IS_MAP_LAYER (self));

  g_hash_table_remove_all (self->selected_pins);
  for (guint i = 0; i < n_ids; i++)
    g_hash_table_add (self->selected_pins, g_memdup2 (&ids[i], sizeof (DspId)));

  dsp_map_layer_selection_changed (self);
}

/* --- data --- */

static void
retally (DspMapLayer *self)
{
  DspMapTallies *tallies = dsp_map_tallies_new (self->slots, (const guint32 *) self->raw_codes->data,
                                                (const DspMapTally *) self->raw_tallies->data, self->raw_codes->len,
                                                self->tallies);

  g_clear_pointer (&self->tallies, dsp_map_tallies_unref);
  self->tallies = tallies;
  g_clear_pointer (&self->hover_node, gsk_render_node_unref);
  g_signal_emit_by_name (self, "tallies-changed");
  dsp_map_layer_request_picture (self);
}

static void
rebuild_slots (DspMapLayer *self)
{
  g_clear_pointer (&self->slots, dsp_map_slots_unref);
  self->slots = dsp_map_slots_new (self->areas, self->places);
  self->cursor = DSP_MAP_NO_SLOT;
  self->hover = (DspMapHit) { DSP_MAP_HIT_NOTHING, 0 };
  g_clear_pointer (&self->selection_node, gsk_render_node_unref);
  retally (self);
}

static void
work_areas (GTask *task)
{
  GArray *areas = g_task_get_task_data (task);

  g_task_return_pointer (task, dsp_map_areas_new ((const DspMapArea *) areas->data, areas->len),
                         (GDestroyNotify) dsp_map_areas_unref);
}

static void
on_areas_ready (GObject      *object,
                GAsyncResult *result,
                gpointer      user_data)
{
  g_autoptr(DspMapLayer) self = user_data;
  g_autoptr(GError) error = NULL;
  DspMapAreas *areas = g_task_propagate_pointer (G_TASK (result), &error);

  /* Cancelled: newer ones are on their way. */
  if (areas == NULL)
    return;

  g_clear_object (&self->areas_cancellable);
  g_clear_pointer (&self->areas, dsp_map_areas_unref);
  self->areas = areas;
  rebuild_slots (self);
  dsp_map_layer_update_busy (self);
}

static void
clear_area (gpointer data)
{
  DspMapArea *area = data;

  g_free ((char *) area->code);
  g_clear_pointer (&area->geometry, g_bytes_unref);
}

/* Prepared in the worker; the present areas stay until then. */
void
dsp_map_layer_set_areas (DspMapLayer      *self,
                         const DspMapArea *areas,
                         guint             n_areas)
{
  GArray *copy;

  g_return_if_fail (DSP_IS_MAP_LAYER (self));

  if (self->areas_cancellable != NULL)
    g_cancellable_cancel (self->areas_cancellable);
  g_clear_object (&self->areas_cancellable);
  self->areas_cancellable = g_cancellable_new ();

  copy = g_array_sized_new (FALSE, FALSE, sizeof (DspMapArea), n_areas);
  g_array_set_clear_func (copy, clear_area);
  for (guint i = 0; i < n_areas; i++)
    {
      DspMapArea area = { g_strdup (areas[i].code), areas[i].geometry != NULL ? g_bytes_ref (areas[i].geometry) : NULL };

      g_array_append_val (copy, area);
    }

  dsp_map_layer_push_work (self, work_areas, copy, (GDestroyNotify) g_array_unref, self->areas_cancellable,
                           on_areas_ready);
  dsp_map_layer_update_busy (self);
}

void
dsp_map_layer_set_places (DspMapLayer       *self,
                          const DspMapPlace *places,
                          guint              n_places)
{
  g_return_if_fail (DSP_IS_MAP_LAYER (self));

  g_clear_pointer (&self->places, dsp_map_places_unref);
  self->places = dsp_map_places_new (places, n_places);
  rebuild_slots (self);
}

/* Replaces all counts; codes not given have none. A millisecond for 32,000 codes. */
void
dsp_map_layer_set_counts (DspMapLayer       *self,
                          const DspMapCount *counts,
                          guint              n_counts)
{
  g_return_if_fail (DSP_IS_MAP_LAYER (self));

  g_array_set_size (self->raw_codes, n_counts);
  g_array_set_size (self->raw_tallies, n_counts);
  for (guint i = 0; i < n_counts; i++)
    {
      g_array_index (self->raw_codes, guint32, i) = dsp_map_code_parse (counts[i].code);
      g_array_index (self->raw_tallies, DspMapTally, i) = (DspMapTally) {
        { counts[i].n_unassigned, counts[i].n_at_risk, counts[i].n_penalized, counts[i].n_total },
      };
    }
  retally (self);
}

void
dsp_map_layer_set_pins (DspMapLayer     *self,
                        const DspMapPin *pins,
                        guint            n_pins)
{
  g_return_if_fail (DSP_IS_MAP_LAYER (self));

  g_clear_pointer (&self->pins, g_array_unref);
  self->pins = dsp_map_pins_new (pins, n_pins);
  dsp_map_layer_request_picture (self);
}

void
dsp_map_layer_set_crews (DspMapLayer      *self,
                         const DspMapCrew *crews,
                         guint             n_crews)
{
  g_return_if_fail (DSP_IS_MAP_LAYER (self));

  g_clear_pointer (&self->crews, g_array_unref);
  self->crews = dsp_map_crews_new (crews, n_crews);
  dsp_map_layer_request_picture (self);
}

void
dsp_map_layer_set_closed (DspMapLayer        *self,
                          const DspMapClosed *closed,
                          guint               n_closed)
{
  g_return_if_fail (DSP_IS_MAP_LAYER (self));

  /* A picture being drawn keeps the old ones. */
  g_clear_pointer (&self->closed, g_hash_table_unref);
  if (n_closed > 0)
    self->closed = dsp_map_closed_new (closed, n_closed);
  dsp_map_layer_request_picture (self);
}

void
dsp_map_layer_set_colour (DspMapLayer  *self,
                          DspMapColour  colour)
{
  g_return_if_fail (DSP_IS_MAP_LAYER (self));

  if (self->colour == colour)
    return;

  self->colour = colour;
  dsp_map_layer_request_picture (self);
}

void
dsp_map_layer_set_tool (DspMapLayer *self,
                        DspMapTool   tool)
{
  g_return_if_fail (DSP_IS_MAP_LAYER (self));

  self->tool = tool;
  gtk_widget_set_cursor_from_name (GTK_WIDGET (self), tool == DSP_MAP_TOOL_PAN ? NULL : "crosshair");
}

void
dsp_map_layer_set_is_dark (DspMapLayer *self,
                           gboolean     is_dark)
{
  g_return_if_fail (DSP_IS_MAP_LAYER (self));

  if (self->is_dark == is_dark)
    return;

  self->is_dark = is_dark;
  g_clear_pointer (&self->selection_node, gsk_render_node_unref);
  g_clear_pointer (&self->hover_node, gsk_render_node_unref);
  dsp_map_layer_request_picture (self);
}

void
dsp_map_layer_set_cursor (DspMapLayer *self,
                          const char  *code)
{
  guint32 number = dsp_map_code_parse (code);

  g_return_if_fail (DSP_IS_MAP_LAYER (self));

  self->cursor = number != DSP_MAP_NO_CODE ? self->slots->by_code[number] : DSP_MAP_NO_SLOT;
  self->hover_is_cursor = self->cursor != DSP_MAP_NO_SLOT;
  dsp_map_layer_hover_changed (self);
}

/* --- questions --- */

/* Borrows everything; the frame is the view's. */
void
dsp_map_layer_get_render_input (DspMapLayer       *self,
                                DspMapRenderInput *input)
{
  g_return_if_fail (DSP_IS_MAP_LAYER (self));

  *input = (DspMapRenderInput) { self->slots, self->tallies, self->pins, self->crews, self->closed, NULL,
                                 self->colour, self->is_dark, { 0 } };
  dsp_map_layer_get_frame (self, &input->frame);
}

static void
extend (const DspMapSlots *slots,
        const DspMapSlot  *slot,
        double            *x0,
        double            *y0,
        double            *x1,
        double            *y1)
{
  if (slot->area != G_MAXUINT32)
    {
      const DspMapShape *shape = &slots->areas->shapes[slot->area];

      *x0 = MIN (*x0, shape->x0);
      *y0 = MIN (*y0, shape->y0);
      *x1 = MAX (*x1, shape->x1);
      *y1 = MAX (*y1, shape->y1);
    }
  else
    {
      *x0 = MIN (*x0, slot->x);
      *y0 = MIN (*y0, slot->y);
      *x1 = MAX (*x1, slot->x);
      *y1 = MAX (*y1, slot->y);
    }
}

/* The codes with orders (all codes, if none has any), or the selected ones. */
gboolean
dsp_map_layer_get_extent (DspMapLayer *self,
                          gboolean     is_selection,
                          double      *x0,
                          double      *y0,
                          double      *x1,
                          double      *y1)
{
  gboolean is_any;

  g_return_val_if_fail (DSP_IS_MAP_LAYER (self), FALSE);

  for (guint pass = 0; pass < 2; pass++)
    {
      is_any = FALSE;
      *x0 = *y0 = 1;
      *x1 = *y1 = 0;
      for (guint i = 0; i < self->slots->n_slots; i++)
        {
          const DspMapSlot *slot = &self->slots->slots[i];

          if (is_selection ? self->selection[slot->code] == DSP_MAP_SELECTED_NO
              : pass == 0 && self->tallies->tallies[i].values[DSP_MAP_COLOUR_TOTAL] == 0)
            continue;
          is_any = TRUE;
          extend (self->slots, slot, x0, y0, x1, y1);
        }
      if (is_any || is_selection)
        break;
    }

  if (is_selection && self->pins != NULL)
    {
      for (guint i = 0; i < self->pins->len; i++)
        {
          const DspMapPinShape *pin = &g_array_index (self->pins, DspMapPinShape, i);

          if (!g_hash_table_contains (self->selected_pins, &pin->id))
            continue;
          is_any = TRUE;
          *x0 = MIN (*x0, pin->x);
          *y0 = MIN (*y0, pin->y);
          *x1 = MAX (*x1, pin->x);
          *y1 = MAX (*y1, pin->y);
        }
    }

  return is_any;
}

gboolean
dsp_map_layer_get_code_extent (DspMapLayer *self,
                               const char  *code,
                               double      *x0,
                               double      *y0,
                               double      *x1,
                               double      *y1)
{
  guint32 number = dsp_map_code_parse (code);

  g_return_val_if_fail (DSP_IS_MAP_LAYER (self), FALSE);

  if (number == DSP_MAP_NO_CODE || self->slots->by_code[number] == DSP_MAP_NO_SLOT)
    return FALSE;

  *x0 = *y0 = 1;
  *x1 = *y1 = 0;
  extend (self->slots, &self->slots->slots[self->slots->by_code[number]], x0, y0, x1, y1);

  return TRUE;
}

gboolean
dsp_map_layer_get_pin (DspMapLayer *self,
                       const DspId *id,
                       double      *x,
                       double      *y)
{
  g_return_val_if_fail (DSP_IS_MAP_LAYER (self), FALSE);

  for (guint i = 0; self->pins != NULL && i < self->pins->len; i++)
    {
      const DspMapPinShape *pin = &g_array_index (self->pins, DspMapPinShape, i);

      if (dsp_id_equal (&pin->id, id))
        {
          *x = pin->x;
          *y = pin->y;
          return TRUE;
        }
    }

  return FALSE;
}

/* TRUE while a picture or areas are being made, so that the screen is not yet what it will be. */
gboolean
dsp_map_layer_is_busy (DspMapLayer *self)
{
  g_return_val_if_fail (DSP_IS_MAP_LAYER (self), FALSE);

  return self->is_busy;
}

/* TRUE while areas that were handed in are not on the map yet. */
gboolean
dsp_map_layer_is_preparing (DspMapLayer *self)
{
  g_return_val_if_fail (DSP_IS_MAP_LAYER (self), FALSE);

  return self->areas_cancellable != NULL;
}

/* Pictures drawn so far, for measuring. */
guint
dsp_map_layer_get_n_pictures (DspMapLayer *self)
{
  g_return_val_if_fail (DSP_IS_MAP_LAYER (self), 0);

  return self->n_pictures;
}

/* --- object --- */

enum { PROP_0, PROP_BUSY };

static void
dsp_map_layer_get_property (GObject    *object,
                            guint       prop_id,
                            GValue     *value,
                            GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_BUSY:
      g_value_set_boolean (value, DSP_MAP_LAYER (object)->is_busy);
      break;

    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
dsp_map_layer_constructed (GObject *object)
{
  DspMapLayer *self = DSP_MAP_LAYER (object);

  G_OBJECT_CLASS (dsp_map_layer_parent_class)->constructed (object);

  g_signal_connect_object (shumate_layer_get_viewport (SHUMATE_LAYER (self)), "notify",
                           G_CALLBACK (on_viewport_notify), self, G_CONNECT_SWAPPED);
}

static void
dsp_map_layer_dispose (GObject *object)
{
  DspMapLayer *self = DSP_MAP_LAYER (object);

  if (self->areas_cancellable != NULL)
    g_cancellable_cancel (self->areas_cancellable);
  g_clear_object (&self->areas_cancellable);
  g_clear_handle_id (&self->settle_id, g_source_remove);

  G_OBJECT_CLASS (dsp_map_layer_parent_class)->dispose (object);
}

static void
dsp_map_layer_finalize (GObject *object)
{
  DspMapLayer *self = DSP_MAP_LAYER (object);

  g_thread_pool_free (self->pool, FALSE, FALSE);
  g_clear_pointer (&self->areas, dsp_map_areas_unref);
  g_clear_pointer (&self->places, dsp_map_places_unref);
  g_clear_pointer (&self->slots, dsp_map_slots_unref);
  g_clear_pointer (&self->tallies, dsp_map_tallies_unref);
  g_clear_pointer (&self->raw_codes, g_array_unref);
  g_clear_pointer (&self->raw_tallies, g_array_unref);
  g_clear_pointer (&self->pins, g_array_unref);
  g_clear_pointer (&self->crews, g_array_unref);
  g_clear_pointer (&self->selection, g_free);
  g_clear_pointer (&self->closed, g_hash_table_unref);
  g_clear_pointer (&self->selected_pins, g_hash_table_unref);
  g_clear_pointer (&self->picture, dsp_map_picture_free);
  g_clear_pointer (&self->selection_node, gsk_render_node_unref);
  g_clear_pointer (&self->hover_node, gsk_render_node_unref);
  g_clear_pointer (&self->band, g_array_unref);

  G_OBJECT_CLASS (dsp_map_layer_parent_class)->finalize (object);
}

static void
dsp_map_layer_class_init (DspMapLayerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);
  GType type = G_TYPE_FROM_CLASS (klass);

  object_class->constructed = dsp_map_layer_constructed;
  object_class->dispose = dsp_map_layer_dispose;
  object_class->finalize = dsp_map_layer_finalize;
  object_class->get_property = dsp_map_layer_get_property;
  widget_class->snapshot = dsp_map_layer_snapshot;
  widget_class->contains = dsp_map_layer_contains;
  widget_class->size_allocate = dsp_map_layer_size_allocate;
  widget_class->realize = dsp_map_layer_realize;
  widget_class->unrealize = dsp_map_layer_unrealize;

  g_object_class_install_property (object_class, PROP_BUSY,
                                   g_param_spec_boolean ("busy", NULL, NULL, FALSE,
                                                         G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY
                                                         | G_PARAM_STATIC_STRINGS));

  g_signal_new ("selection-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("tallies-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("hover-changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("tool-done", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("bubble-activated", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  g_signal_new ("code-activated", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  g_signal_new ("pins-chosen", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_ARRAY,
                G_TYPE_BOOLEAN);
  g_signal_new ("pin-activated", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_BYTES);
  g_signal_new ("drag-prepare", type, G_SIGNAL_RUN_LAST, 0, g_signal_accumulator_first_wins, NULL, NULL,
                GDK_TYPE_CONTENT_PROVIDER, 2, G_TYPE_STRV, G_TYPE_ARRAY);
  g_signal_new ("drag-begin", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, GDK_TYPE_DRAG);
  g_signal_new ("drag-end", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, GDK_TYPE_DRAG);

  gtk_widget_class_set_css_name (widget_class, "dspmaplayer");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
}

static void
dsp_map_layer_init (DspMapLayer *self)
{
  self->pool = g_thread_pool_new (dsp_map_layer_run_work, NULL, 1, FALSE, NULL);
  self->areas = dsp_map_areas_new (NULL, 0);
  self->places = dsp_map_places_new (NULL, 0);
  self->slots = dsp_map_slots_new (self->areas, self->places);
  self->tallies = dsp_map_tallies_new (self->slots, NULL, NULL, 0, NULL);
  self->raw_codes = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->raw_tallies = g_array_new (FALSE, FALSE, sizeof (DspMapTally));
  self->selection = g_new0 (guint8, DSP_MAP_N_CODES);
  self->selected_pins = g_hash_table_new_full (dsp_id_hash, dsp_id_equal_func, g_free, NULL);
  self->band = g_array_new (FALSE, FALSE, sizeof (graphene_point_t));
  self->cursor = DSP_MAP_NO_SLOT;

  gtk_widget_set_focusable (GTK_WIDGET (self), TRUE);
  gtk_widget_set_hexpand (GTK_WIDGET (self), TRUE);
  gtk_widget_set_vexpand (GTK_WIDGET (self), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, _("Map of orders"), -1);
  dsp_map_layer_init_input (self);
}

DspMapLayer *
dsp_map_layer_new (ShumateViewport *viewport)
{
  return g_object_new (DSP_TYPE_MAP_LAYER, "viewport", viewport, NULL);
}
