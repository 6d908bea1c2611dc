/* dsp-map-outline.c: the base map that needs neither network nor files
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Countries and states of data/basemap/outline.bin (its format is told in data/basemap/reduce.py), drawn in the colours
 * of a quiet paper map, so that orders stand out. Nothing changes after loading: any thread may draw.
 */
#define G_LOG_DOMAIN "dsp-map"

#include "config.h"
#include "dsp-map-outline.h"

#include <gio/gio.h>
#include <pango/pangocairo.h>
#include <string.h>

#include "dsp-map-mercator.h"

#define MAGIC "DSPO\x01"
#define MAGIC_LENGTH 5
#define MAX_NAME 200

typedef enum
{
  KIND_COUNTRY = 1,
  KIND_STATE = 2,
} Kind;

typedef struct
{
  Kind kind;
  char *name;
  DspMapShape shape;
  double label_x; /* a point inside, in the unit square */
  double label_y;
  double size;    /* square root of the area, in the unit square */
} Region;

struct _DspMapOutline
{
  gatomicrefcount ref_count;
  GArray *regions; /* (element-type Region): countries before states */
};

typedef struct
{
  double water[3];
  double land[3];
  double grid[3];
  double state_line[3];
  double country_line[3];
  double coast[3];
  double country_text[3];
  double state_text[3];
} Palette;

#define HEX(rgb) { ((rgb) >> 16 & 0xff) / 255.0, ((rgb) >> 8 & 0xff) / 255.0, ((rgb) & 0xff) / 255.0 }

static const Palette light_palette = {
  HEX (0xd3e0e6), HEX (0xf7f5f0), HEX (0xebe8e0), HEX (0xccc6b9), HEX (0xa39c8c), HEX (0xa9bcc4), HEX (0x77705f),
  HEX (0x8d8574),
};
static const Palette dark_palette = {
  HEX (0x17212b), HEX (0x2a2e33), HEX (0x32373d), HEX (0x4a5159), HEX (0x6d7680), HEX (0x3d4a57), HEX (0xa3adb7),
  HEX (0x87919b),
};

static void
region_clear (gpointer data)
{
  Region *region = data;

  g_free (region->name);
  dsp_map_shape_clear (&region->shape);
}

static gboolean
get_length (const guint8 **at,
            const guint8  *end,
            gsize         *length)
{
  gsize value = 0;

  for (guint shift = 0; shift < 28; shift += 7)
    {
      guint8 byte;

      if (*at == end)
        return FALSE;
      byte = *(*at)++;
      value |= (gsize) (byte & 0x7f) << shift;
      if ((byte & 0x80) == 0)
        {
          *length = value;
          return value <= (gsize) (end - *at);
        }
    }

  return FALSE;
}

/* Reads one record and moves on behind it. */
static gboolean
read_region (DspMapOutline  *self,
             const guint8  **at,
             const guint8   *end)
{
  g_autoptr(DspGeometry) geometry = NULL;
  Region region = { 0 };
  DspGeoPoint inside;
  const guint8 *name;
  gsize n_name, n_packed;

  region.kind = *(*at)++;
  if (region.kind != KIND_COUNTRY && region.kind != KIND_STATE)
    return FALSE;

  if (!get_length (at, end, &n_name) || n_name > MAX_NAME || !g_utf8_validate ((const char *) *at, n_name, NULL))
    return FALSE;
  name = *at;
  *at += n_name;

  if (!get_length (at, end, &n_packed))
    return FALSE;
  geometry = dsp_geometry_unpack_data (*at, n_packed, NULL);
  if (geometry == NULL)
    return FALSE;
  *at += n_packed;

  region.name = g_strndup ((const char *) name, n_name);
  inside = dsp_geometry_interior_point (geometry);
  region.label_x = dsp_map_x_from_lon (inside.lon_e7 / 1e7);
  region.label_y = dsp_map_y_from_lat (inside.lat_e7 / 1e7);
  /* Metres to the unit square at the label's place. */
  region.size = sqrt (dsp_geometry_area_m2 (geometry)) / 40075016.7 / cos (inside.lat_e7 / 1e7 * G_PI / 180.0);
  dsp_map_shape_init_from_geometry (&region.shape, geometry);
  g_array_append_val (self->regions, region);

  return TRUE;
}

/* Returns: (transfer full) (nullable): the outline, or NULL if the bytes are none */
DspMapOutline *
dsp_map_outline_new (GBytes  *bytes,
                     GError **error)
{
  g_autoptr(DspMapOutline) self = g_new0 (DspMapOutline, 1);
  const guint8 *data, *at, *end;
  gsize length;

  g_return_val_if_fail (bytes != NULL, NULL);

  g_atomic_ref_count_init (&self->ref_count);
  self->regions = g_array_new (FALSE, FALSE, sizeof (Region));
  g_array_set_clear_func (self->regions, region_clear);

  data = g_bytes_get_data (bytes, &length);
  if (length < MAGIC_LENGTH || memcmp (data, MAGIC, MAGIC_LENGTH) != 0)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "the built-in map has an unknown format");
      return NULL;
    }

  for (at = data + MAGIC_LENGTH, end = data + length; at < end;)
    {
      if (!read_region (self, &at, end))
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                       "the built-in map is damaged near byte %" G_GSIZE_FORMAT, (gsize) (at - data));
          return NULL;
        }
    }

  return g_steal_pointer (&self);
}

DspMapOutline *
dsp_map_outline_new_built_in (GError **error)
{
  g_autoptr(GBytes) bytes = g_resources_lookup_data ("/mx/despacho/Despacho/map/outline.bin", G_RESOURCE_LOOKUP_FLAGS_NONE, error);

  return bytes != NULL ? dsp_map_outline_new (bytes, error) : NULL;
}

DspMapOutline *
dsp_map_outline_ref (DspMapOutline *outline)
{
  g_return_val_if_fail (outline != NULL, NULL);

  g_atomic_ref_count_inc (&outline->ref_count);

  return outline;
}

void
dsp_map_outline_unref (DspMapOutline *outline)
{
  g_return_if_fail (outline != NULL);

  if (!g_atomic_ref_count_dec (&outline->ref_count))
    return;

  g_array_unref (outline->regions);
  g_free (outline);
}

static void
set_colour (cairo_t      *cr,
            const double  colour[3])
{
  cairo_set_source_rgb (cr, colour[0], colour[1], colour[2]);
}

static gboolean
add_paths (const DspMapOutline *self,
           cairo_t             *cr,
           const DspMapFrame   *frame,
           Kind                 kind)
{
  guint n = 0;

  cairo_new_path (cr);
  for (guint i = 0; i < self->regions->len; i++)
    {
      const Region *region = &g_array_index (self->regions, Region, i);

      if (region->kind == kind && dsp_map_shape_is_visible (&region->shape, frame, 4))
        n += dsp_map_shape_add_path (&region->shape, frame, cr);
    }

  return n > 0;
}

/* Meridians and parallels: close up, where no border is in sight, they show that and how far the map moves. */
static void
draw_grid (cairo_t           *cr,
           const DspMapFrame *frame,
           const Palette     *palette)
{
  static const double steps[] = { 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005 };
  double step = steps[0], west, east, north, south;

  for (guint i = 0; i < G_N_ELEMENTS (steps) && steps[i] / 360.0 * frame->scale >= 110; i++)
    step = steps[i];

  west = dsp_map_lon_from_x (frame->origin_x);
  east = dsp_map_lon_from_x (frame->origin_x + frame->width / frame->scale);
  north = dsp_map_lat_from_y (frame->origin_y);
  south = dsp_map_lat_from_y (frame->origin_y + frame->height / frame->scale);

  for (double lon = ceil (west / step) * step; lon <= east; lon += step)
    {
      double x = floor ((dsp_map_x_from_lon (lon) - frame->origin_x) * frame->scale) + 0.5;

      cairo_move_to (cr, x, 0);
      cairo_line_to (cr, x, frame->height);
    }
  for (double lat = ceil (south / step) * step; lat <= north; lat += step)
    {
      double y = floor ((dsp_map_y_from_lat (lat) - frame->origin_y) * frame->scale) + 0.5;

      cairo_move_to (cr, 0, y);
      cairo_line_to (cr, frame->width, y);
    }

  set_colour (cr, palette->grid);
  cairo_set_line_width (cr, 1);
  cairo_stroke (cr);
}

/* A name is drawn by every tile that it reaches into, from the same place in the world, so it is never cut. */
static void
draw_label (cairo_t           *cr,
            PangoLayout       *layout,
            const Region      *region,
            const DspMapFrame *frame,
            const Palette     *palette)
{
  double x = (region->label_x - frame->origin_x) * frame->scale;
  double y = (region->label_y - frame->origin_y) * frame->scale;
  int width, height;

  if (x < -200 || x > frame->width + 200 || y < -40 || y > frame->height + 40)
    return;

  pango_layout_set_text (layout, region->name, -1);
  pango_layout_get_pixel_size (layout, &width, &height);

  /* Only where the name has room in its region. */
  if (width > region->size * frame->scale * 1.25)
    return;

  x = floor (x - width / 2.0);
  y = floor (y - height / 2.0);

  cairo_move_to (cr, x, y);
  pango_cairo_layout_path (cr, layout);
  set_colour (cr, palette->land);
  cairo_set_line_width (cr, 3);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_stroke_preserve (cr);
  set_colour (cr, region->kind == KIND_COUNTRY ? palette->country_text : palette->state_text);
  cairo_fill (cr);
}

static void
draw_labels (const DspMapOutline *self,
             cairo_t             *cr,
             const DspMapFrame   *frame,
             const Palette       *palette,
             double               zoom)
{
  g_autoptr(PangoLayout) layout = pango_cairo_create_layout (cr);
  gboolean has_country_names = zoom < 5.3, has_state_names = !has_country_names;

  for (int kind = KIND_STATE; kind >= KIND_COUNTRY; kind--)
    {
      g_autoptr(PangoFontDescription) font = NULL;

      if (!(kind == KIND_COUNTRY ? has_country_names : has_state_names))
        continue;

      font = pango_font_description_from_string (kind == KIND_COUNTRY ? "Sans Bold" : "Sans");
      pango_font_description_set_absolute_size (font, (kind == KIND_COUNTRY ? 12.5 : 11.5) * PANGO_SCALE);
      pango_layout_set_font_description (layout, font);

      for (guint i = 0; i < self->regions->len; i++)
        {
          const Region *region = &g_array_index (self->regions, Region, i);

          if (region->kind == (Kind) kind)
            draw_label (cr, layout, region, frame, palette);
        }
    }
}

/* Fills the frame, from its upper left corner at the origin of `cr`. */
void
dsp_map_outline_draw (const DspMapOutline *outline,
                      cairo_t             *cr,
                      const DspMapFrame   *frame,
                      gboolean             is_dark)
{
  const Palette *palette = is_dark ? &dark_palette : &light_palette;
  double zoom = dsp_map_zoom_from_scale (frame->scale);

  g_return_if_fail (outline != NULL);

  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, frame->width, frame->height);
  cairo_clip (cr);
  set_colour (cr, palette->water);
  cairo_paint (cr);

  cairo_set_fill_rule (cr, CAIRO_FILL_RULE_WINDING);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);

  if (add_paths (outline, cr, frame, KIND_COUNTRY))
    {
      set_colour (cr, palette->land);
      cairo_fill (cr);
    }

  if (zoom >= 8)
    draw_grid (cr, frame, palette);

  if (zoom >= 4 && add_paths (outline, cr, frame, KIND_STATE))
    {
      set_colour (cr, palette->state_line);
      cairo_set_line_width (cr, zoom < 6 ? 0.6 : 1);
      cairo_stroke (cr);
    }
  if (add_paths (outline, cr, frame, KIND_COUNTRY))
    {
      set_colour (cr, palette->country_line);
      cairo_set_line_width (cr, zoom < 5 ? 0.7 : 1.1);
      cairo_stroke (cr);
    }

  draw_labels (outline, cr, frame, palette, zoom);
  cairo_restore (cr);
}
