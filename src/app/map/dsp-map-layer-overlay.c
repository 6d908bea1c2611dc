/* dsp-map-layer-overlay.c: what must answer at once: the selection, and what is under the pointer
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nodes in the pixels of the present picture, drawn by the main thread and kept until something changes; the layer
 * shows them moved and scaled as the picture is.
 */
#define G_LOG_DOMAIN "dsp-map"

#include "config.h"
#include "dsp-map-layer-private.h"

#include "dsp-map-mercator.h"
#include "dsp-map-tile.h"

#define MAX_DIRECT_POINTS 1500 /* of selected outlines that the main thread draws; more go into the picture */

static void
to_picture (const DspMapPicture *picture,
            double               x,
            double               y,
            double              *px,
            double              *py)
{
  *px = (x - picture->frame.origin_x) * picture->frame.scale;
  *py = (y - picture->frame.origin_y) * picture->frame.scale;
}

static DspMapSelected
get_bubble_selected (DspMapLayer         *self,
                     const DspMapPicture *picture,
                     const DspMapMark    *mark)
{
  guint n = 0, n_partly = 0;

  for (guint i = 0; i < mark->n; i++)
    {
      guint32 slot = g_array_index (picture->members, guint32, mark->first + i);
      DspMapSelected how = self->selection[picture->slots->slots[slot].code];

      n += how != DSP_MAP_SELECTED_NO;
      n_partly += how == DSP_MAP_SELECTED_PARTLY;
    }

  if (n == 0)
    return DSP_MAP_SELECTED_NO;

  return n == mark->n && n_partly == 0 ? DSP_MAP_SELECTED_FULLY : DSP_MAP_SELECTED_PARTLY;
}

/* Something to be drawn over the picture, in its pixels. */
typedef struct
{
  const DspMapShape *shape; /* (nullable): an area; else a ring: */
  double x;
  double y;
  double radius;
  double width;
  DspMapSelected how;
} Overlay;

static void
add_ring (GArray              *overlays,
          const DspMapPicture *picture,
          double               x,
          double               y,
          double               radius,
          DspMapSelected       how,
          double               width)
{
  Overlay overlay = { NULL, 0, 0, radius, width, how };

  to_picture (picture, x, y, &overlay.x, &overlay.y);
  g_array_append_val (overlays, overlay);
}

static void
add_shape (GArray            *overlays,
           const DspMapShape *shape,
           DspMapSelected     how,
           double             width)
{
  g_array_append_vals (overlays, &(Overlay) { shape, 0, 0, 0, width, how }, 1);
}

/* The pixels that the overlays need, on whole ones and inside the picture. Returns FALSE for none. */
static gboolean
get_overlay_bounds (const DspMapPicture *picture,
                    GArray              *overlays,
                    cairo_rectangle_t   *bounds)
{
  double x0 = G_MAXDOUBLE, y0 = G_MAXDOUBLE, x1 = -G_MAXDOUBLE, y1 = -G_MAXDOUBLE;

  for (guint i = 0; i < overlays->len; i++)
    {
      const Overlay *overlay = &g_array_index (overlays, Overlay, i);
      double left = overlay->x - overlay->radius, top = overlay->y - overlay->radius;
      double right = overlay->x + overlay->radius, bottom = overlay->y + overlay->radius;

      if (overlay->shape != NULL)
        {
          to_picture (picture, overlay->shape->x0, overlay->shape->y0, &left, &top);
          to_picture (picture, overlay->shape->x1, overlay->shape->y1, &right, &bottom);
        }
      x0 = MIN (x0, left - 4);
      y0 = MIN (y0, top - 4);
      x1 = MAX (x1, right + 4);
      y1 = MAX (y1, bottom + 4);
    }

  bounds->x = floor (MAX (x0, 0));
  bounds->y = floor (MAX (y0, 0));
  bounds->width = ceil (MIN (x1, picture->frame.width)) - bounds->x;
  bounds->height = ceil (MIN (y1, picture->frame.height)) - bounds->y;

  return bounds->width > 0 && bounds->height > 0;
}

static void
draw_overlays (DspMapLayer *self,
               GArray      *overlays,
               cairo_t     *cr)
{
  for (guint i = 0; i < overlays->len; i++)
    {
      const Overlay *overlay = &g_array_index (overlays, Overlay, i);

      if (overlay->shape != NULL)
        dsp_map_render_outline (cr, &self->picture->frame, overlay->shape, self->is_dark, overlay->how, overlay->width);
      else
        dsp_map_render_ring (cr, overlay->x, overlay->y, overlay->radius, self->is_dark, overlay->how, overlay->width);
    }
}

/* With a GPU a cairo node is drawn and sent up again on every frame, at whatever size it is scaled to: there it becomes a
 * texture. Returns: (transfer full): a node, an empty one if there is nothing to draw. */
static GskRenderNode *
make_overlay_node (DspMapLayer *self,
                   GArray      *overlays)
{
  cairo_rectangle_t bounds;
  cairo_t *cr;

  if (!get_overlay_bounds (self->picture, overlays, &bounds))
    return gsk_container_node_new (NULL, 0);

  if (dsp_map_widget_has_cairo_renderer (GTK_WIDGET (self)))
    {
      GskRenderNode *node = gsk_cairo_node_new (&GRAPHENE_RECT_INIT ((float) bounds.x, (float) bounds.y,
                                                                     (float) bounds.width, (float) bounds.height));

      cr = gsk_cairo_node_get_draw_context (node);
      draw_overlays (self, overlays, cr);
      cairo_destroy (cr);

      return node;
    }
  else
    {
      int factor = gtk_widget_get_scale_factor (GTK_WIDGET (self));
      cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int) bounds.width * factor,
                                                             (int) bounds.height * factor);
      g_autoptr(GskTransform) transform = NULL;
      GskRenderNode *texture, *node;

      cr = cairo_create (surface);
      cairo_scale (cr, factor, factor);
      cairo_translate (cr, -bounds.x, -bounds.y);
      draw_overlays (self, overlays, cr);
      cairo_destroy (cr);
      cairo_surface_flush (surface);
      texture = dsp_map_node_from_surface (surface, bounds.width, bounds.height, FALSE);
      cairo_surface_destroy (surface);
      transform = gsk_transform_translate (NULL, &GRAPHENE_POINT_INIT ((float) bounds.x, (float) bounds.y));
      if (transform == NULL) /* by nothing */
        return texture;
      node = gsk_transform_node_new (texture, transform);
      gsk_render_node_unref (texture);

      return node;
    }
}

/* Returns FALSE if the outlines are too much for the main thread. */
static gboolean
collect_selected_areas (DspMapLayer *self,
                        GArray      *overlays)
{
  cairo_surface_t *none;
  cairo_t *cr;
  guint n_points = 0;

  /* Far out the bubbles speak for the areas. */
  if (dsp_map_zoom_from_scale (self->picture->frame.scale) < DSP_MAP_AREA_ZOOM)
    return TRUE;

  none = cairo_image_surface_create (CAIRO_FORMAT_A8, 1, 1);
  cr = cairo_create (none);
  for (guint i = 0; self->n_selected > 0 && i < self->slots->n_slots && n_points <= MAX_DIRECT_POINTS; i++)
    {
      const DspMapSlot *slot = &self->slots->slots[i];
      DspMapSelected how = self->selection[slot->code];
      const DspMapShape *shape;

      if (how == DSP_MAP_SELECTED_NO || slot->area == G_MAXUINT32)
        continue;
      shape = &self->slots->areas->shapes[slot->area];
      if (!dsp_map_shape_is_visible (shape, &self->picture->frame, 4))
        continue;

      /* Only counted here: paths are cheap, strokes are not. */
      cairo_new_path (cr);
      n_points += dsp_map_shape_add_path (shape, &self->picture->frame, cr);
      add_shape (overlays, shape, how, 2);
    }
  cairo_destroy (cr);
  cairo_surface_destroy (none);

  return n_points <= MAX_DIRECT_POINTS;
}

static void
collect_selected_marks (DspMapLayer *self,
                        GArray      *overlays)
{
  const DspMapPicture *picture = self->picture;

  for (guint i = 0; i < picture->marks->len; i++)
    {
      const DspMapMark *mark = &g_array_index (picture->marks, DspMapMark, i);
      DspMapSelected how = DSP_MAP_SELECTED_NO;

      if (mark->kind == DSP_MAP_MARK_BUBBLE && self->n_selected > 0)
        how = get_bubble_selected (self, picture, mark);
      else if (mark->kind == DSP_MAP_MARK_PIN
               && g_hash_table_contains (self->selected_pins,
                                         &g_array_index (picture->pins, DspMapPinShape, mark->first).id))
        how = DSP_MAP_SELECTED_FULLY;

      if (how != DSP_MAP_SELECTED_NO)
        add_ring (overlays, picture, mark->x, mark->y, mark->radius + 2.5, how, 2);
    }
}

void
dsp_map_layer_make_selection_node (DspMapLayer *self)
{
  g_autoptr(GArray) overlays = g_array_new (FALSE, FALSE, sizeof (Overlay));

  if (!self->picture->has_selection && !collect_selected_areas (self, overlays))
    {
      g_array_set_size (overlays, 0);
      if (!self->wants_selection_in_picture)
        {
          self->wants_selection_in_picture = TRUE;
          dsp_map_layer_request_picture (self);
        }
    }
  collect_selected_marks (self, overlays);
  self->selection_node = make_overlay_node (self, overlays);
}

static void
collect_hit (DspMapLayer *self,
             DspMapHit    hit,
             GArray      *overlays)
{
  const DspMapPicture *picture = self->picture;
  const DspMapMark *found = NULL;

  if (hit.kind == DSP_MAP_HIT_NOTHING)
    return;
  if (hit.kind == DSP_MAP_HIT_AREA)
    {
      const DspMapSlot *slot = &self->slots->slots[hit.index];

      if (slot->area != G_MAXUINT32)
        add_shape (overlays, &self->slots->areas->shapes[slot->area], DSP_MAP_SELECTED_FULLY, 1.2);
      else
        add_ring (overlays, picture, slot->x, slot->y, 12, DSP_MAP_SELECTED_FULLY, 1.2);
      return;
    }

  for (guint i = 0; i < picture->marks->len && found == NULL; i++)
    {
      const DspMapMark *mark = &g_array_index (picture->marks, DspMapMark, i);

      if ((hit.kind == DSP_MAP_HIT_BUBBLE && i == hit.index)
          || (hit.kind == DSP_MAP_HIT_CREW && mark->kind == DSP_MAP_MARK_CREW && mark->first == hit.index)
          || (hit.kind == DSP_MAP_HIT_PIN && mark->kind == DSP_MAP_MARK_PIN && mark->first == hit.index))
        found = mark;
    }
  if (found != NULL)
    add_ring (overlays, picture, found->x, found->y, found->radius + 1.5, DSP_MAP_SELECTED_FULLY, 1.2);
}

void
dsp_map_layer_make_hover_node (DspMapLayer *self)
{
  g_autoptr(GArray) overlays = g_array_new (FALSE, FALSE, sizeof (Overlay));

  if (!self->hover_is_cursor)
    collect_hit (self, self->hover, overlays);
  if (self->cursor != DSP_MAP_NO_SLOT && gtk_widget_has_focus (GTK_WIDGET (self)))
    collect_hit (self, (DspMapHit) { DSP_MAP_HIT_AREA, self->cursor }, overlays);
  self->hover_node = make_overlay_node (self, overlays);
}
