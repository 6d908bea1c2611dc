/* dsp-map-tile.c: pictures of tiles: decoded, magnified, and drawn cheaply
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * GTK's cairo renderer copies every texture on every frame; a retained cairo node that paints an image surface is not
 * copied, which makes a frame of the map three times cheaper. With a GPU it is the other way round.
 */
#define G_LOG_DOMAIN "dsp-map"

#include "config.h"
#include "dsp-map-tile.h"

#include <string.h>

/* A tile is 256 or 512 pixels wide; a file that says more is refused before a decoder allocates it. */
#define MAX_SIDE 2048

struct _DspMapTile
{
  GObject parent_instance;

  GskRenderNode *node; /* (owned) */
  double width;
  double height;
};

static void dsp_map_tile_paintable_init (GdkPaintableInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (DspMapTile, dsp_map_tile, G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (GDK_TYPE_PAINTABLE, dsp_map_tile_paintable_init))

/* What the first bytes say the image is. */
DspMapImage
dsp_map_image_sniff (GBytes *bytes)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);

  if (length > 24 && memcmp (data, "\x89PNG\r\n\x1a\n", 8) == 0)
    return DSP_MAP_IMAGE_PNG;
  if (length > 4 && data[0] == 0xff && data[1] == 0xd8 && data[2] == 0xff)
    return DSP_MAP_IMAGE_JPEG;
  if (length > 12 && memcmp (data, "RIFF", 4) == 0 && memcmp (data + 8, "WEBP", 4) == 0)
    return DSP_MAP_IMAGE_WEBP;
  if (length > 2 && ((data[0] == 0x1f && data[1] == 0x8b) || data[0] == 0x1a))
    return DSP_MAP_IMAGE_VECTOR;

  return DSP_MAP_IMAGE_UNKNOWN;
}

static guint
get_u16 (const guint8 *data)
{
  return (guint) data[0] << 8 | data[1];
}

/* The size that a JPEG announces: in its first frame header. */
static gboolean
get_jpeg_size (const guint8 *data,
               gsize         length,
               guint        *width,
               guint        *height)
{
  gsize at = 2;

  while (at + 9 < length)
    {
      guint8 marker;

      if (data[at] != 0xff)
        return FALSE;
      marker = data[at + 1];
      if (marker == 0xff)
        {
          at++;
          continue;
        }
      if (marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc)
        {
          *height = get_u16 (data + at + 5);
          *width = get_u16 (data + at + 7);
          return TRUE;
        }
      at += 2 + get_u16 (data + at + 2);
    }

  return FALSE;
}

static gboolean
is_sane_size (GBytes *bytes)
{
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  guint width = 0, height = 0;

  switch (dsp_map_image_sniff (bytes))
    {
    case DSP_MAP_IMAGE_PNG:
      width = get_u16 (data + 16) << 16 | get_u16 (data + 18);
      height = get_u16 (data + 20) << 16 | get_u16 (data + 22);
      break;

    case DSP_MAP_IMAGE_JPEG:
      if (!get_jpeg_size (data, length, &width, &height))
        return FALSE;
      break;

    case DSP_MAP_IMAGE_WEBP:
    case DSP_MAP_IMAGE_VECTOR:
    case DSP_MAP_IMAGE_UNKNOWN:
    default:
      return FALSE;
    }

  return width > 0 && height > 0 && width <= MAX_SIDE && height <= MAX_SIDE;
}

/* Any thread. Returns: (transfer full) (nullable): the picture, or NULL for bytes that are no PNG or JPEG of a tile's
 * size. */
cairo_surface_t *
dsp_map_image_decode (GBytes *bytes)
{
  g_autoptr(GdkTexture) texture = NULL;
  cairo_surface_t *surface;

  g_return_val_if_fail (bytes != NULL, NULL);

  if (!is_sane_size (bytes))
    return NULL;

  texture = gdk_texture_new_from_bytes (bytes, NULL);
  if (texture == NULL)
    return NULL;

  surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, gdk_texture_get_width (texture),
                                        gdk_texture_get_height (texture));
  gdk_texture_download (texture, cairo_image_surface_get_data (surface), cairo_image_surface_get_stride (surface));
  cairo_surface_mark_dirty (surface);

  return surface;
}

/* Cuts tile x, y out of the picture of its ancestor `n_levels` above and magnifies it to `size` pixels.
 *
 * Any thread. Returns: (transfer full): the picture
 */
cairo_surface_t *
dsp_map_image_magnify (cairo_surface_t *ancestor,
                       guint            n_levels,
                       guint            x,
                       guint            y,
                       guint            size)
{
  cairo_surface_t *surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, (int) size, (int) size);
  cairo_t *cr = cairo_create (surface);
  double n_tiles = 1u << n_levels;
  double scale = size * n_tiles / cairo_image_surface_get_width (ancestor);

  cairo_scale (cr, scale, scale);
  cairo_set_source_surface (cr, ancestor,
                            -(double) (x & ((1u << n_levels) - 1)) * size / scale,
                            -(double) (y & ((1u << n_levels) - 1)) * size / scale);
  /* Without PAD the filter mixes in transparency at the edge, and seams show. */
  cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_BILINEAR);
  cairo_paint (cr);
  cairo_destroy (cr);

  return surface;
}

static void
free_surface (gpointer data)
{
  cairo_surface_destroy (data);
}

/* A node that paints an ARGB32 image into 0, 0, width, height; it keeps the surface.
 *
 * Main thread. Returns: (transfer full): the node
 */
GskRenderNode *
dsp_map_node_from_surface (cairo_surface_t *surface,
                           double           width,
                           double           height,
                           gboolean         has_cairo_renderer)
{
  graphene_rect_t bounds = GRAPHENE_RECT_INIT (0, 0, (float) width, (float) height);
  int n_columns = cairo_image_surface_get_width (surface), n_rows = cairo_image_surface_get_height (surface);

  if (has_cairo_renderer)
    {
      GskRenderNode *node = gsk_cairo_node_new (&bounds);
      cairo_t *cr = gsk_cairo_node_get_draw_context (node);

      cairo_scale (cr, width / n_columns, height / n_rows);
      cairo_set_source_surface (cr, surface, 0, 0);
      cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_BILINEAR);
      cairo_pattern_set_extend (cairo_get_source (cr), CAIRO_EXTEND_PAD);
      cairo_rectangle (cr, 0, 0, n_columns, n_rows);
      cairo_fill (cr);
      cairo_destroy (cr);

      return node;
    }
  else
    {
      gsize stride = (gsize) cairo_image_surface_get_stride (surface);
      g_autoptr(GBytes) bytes = g_bytes_new_with_free_func (cairo_image_surface_get_data (surface), stride * n_rows,
                                                            free_surface, cairo_surface_reference (surface));
      g_autoptr(GdkTexture) texture = gdk_memory_texture_new (n_columns, n_rows, GDK_MEMORY_DEFAULT, bytes, stride);

      return gsk_texture_node_new (texture, &bounds);
    }
}

/* TRUE if the window of the (realized) widget draws with cairo. */
gboolean
dsp_map_widget_has_cairo_renderer (GtkWidget *widget)
{
  GtkNative *native = gtk_widget_get_native (widget);
  GskRenderer *renderer = native != NULL ? gtk_native_get_renderer (native) : NULL;

  return renderer == NULL || g_strcmp0 (G_OBJECT_TYPE_NAME (renderer), "GskCairoRenderer") == 0;
}

static void
dsp_map_tile_finalize (GObject *object)
{
  DspMapTile *self = DSP_MAP_TILE (object);

  g_clear_pointer (&self->node, gsk_render_node_unref);

  G_OBJECT_CLASS (dsp_map_tile_parent_class)->finalize (object);
}

static void
dsp_map_tile_class_init (DspMapTileClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = dsp_map_tile_finalize;
}

static void
dsp_map_tile_init (DspMapTile *self)
{
}

static void
dsp_map_tile_snapshot (GdkPaintable *paintable,
                       GdkSnapshot  *snapshot,
                       double        width,
                       double        height)
{
  DspMapTile *self = DSP_MAP_TILE (paintable);

  if (width == self->width && height == self->height)
    {
      gtk_snapshot_append_node (snapshot, self->node);
      return;
    }

  gtk_snapshot_save (snapshot);
  gtk_snapshot_scale (snapshot, (float) (width / self->width), (float) (height / self->height));
  gtk_snapshot_append_node (snapshot, self->node);
  gtk_snapshot_restore (snapshot);
}

static int
dsp_map_tile_get_intrinsic_width (GdkPaintable *paintable)
{
  return (int) DSP_MAP_TILE (paintable)->width;
}

static int
dsp_map_tile_get_intrinsic_height (GdkPaintable *paintable)
{
  return (int) DSP_MAP_TILE (paintable)->height;
}

static GdkPaintableFlags
dsp_map_tile_get_flags (GdkPaintable *paintable)
{
  return GDK_PAINTABLE_STATIC_CONTENTS | GDK_PAINTABLE_STATIC_SIZE;
}

static void
dsp_map_tile_paintable_init (GdkPaintableInterface *iface)
{
  iface->snapshot = dsp_map_tile_snapshot;
  iface->get_intrinsic_width = dsp_map_tile_get_intrinsic_width;
  iface->get_intrinsic_height = dsp_map_tile_get_intrinsic_height;
  iface->get_flags = dsp_map_tile_get_flags;
}

/* Main thread. Returns: (transfer full): what a ShumateTile shows */
GdkPaintable *
dsp_map_tile_new (cairo_surface_t *surface,
                  gboolean         has_cairo_renderer)
{
  DspMapTile *self = g_object_new (DSP_TYPE_MAP_TILE, NULL);

  self->width = 256;
  self->height = 256;
  self->node = dsp_map_node_from_surface (surface, self->width, self->height, has_cairo_renderer);

  return GDK_PAINTABLE (self);
}
