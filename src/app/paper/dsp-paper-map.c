/* dsp-paper-map.c: where a crew goes, as a picture for paper
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-paper"

#include "config.h"
#include "dsp-paper-map.h"

#include "dsp-map-mercator.h"

#include <string.h>

#define MARGIN 26.0             /* between the outermost point and the border */
#define LEAST_SPAN 5e-5         /* of the unit square: 2 km at the equator; a single point is not magnified further */
#define RADIUS 6.5              /* of a numbered point */
#define TOGETHER 9.0            /* points so near share one mark */
#define LEAST_AREA 9.0          /* smaller ones are a grey mesh on paper, and cost more than all else */

DspPaperMap *
dsp_paper_map_new (DspMapAreas   *areas,
                   DspMapOutline *outline)
{
  DspPaperMap *map = g_new0 (DspPaperMap, 1);

  map->areas = areas != NULL ? dsp_map_areas_ref (areas) : NULL;
  map->outline = outline != NULL ? dsp_map_outline_ref (outline) : NULL;
  map->points = g_array_new (FALSE, FALSE, sizeof (DspPaperPoint));
  return map;
}

void
dsp_paper_map_free (DspPaperMap *map)
{
  g_clear_pointer (&map->areas, dsp_map_areas_unref);
  g_clear_pointer (&map->outline, dsp_map_outline_unref);
  g_array_unref (map->points);
  g_free (map);
}

void
dsp_paper_map_add (DspPaperMap *map,
                   gint64       lat_e7,
                   gint64       lon_e7,
                   guint        number,
                   gboolean     approximate)
{
  DspPaperPoint point = { dsp_map_x_from_lon (lon_e7 / 1e7), dsp_map_y_from_lat (lat_e7 / 1e7), number, approximate };

  g_array_append_val (map->points, point);
}

gboolean
dsp_paper_map_is_empty (const DspPaperMap *map)
{
  return map->points->len == 0;
}

static const DspPaperPoint *
point_at (const DspPaperMap *map,
          guint              i)
{
  return &g_array_index (map->points, DspPaperPoint, i);
}

/* All points, in the middle. */
static DspMapFrame
frame_of (const DspPaperMap *map,
          double             width,
          double             height)
{
  double x0 = 1, y0 = 1, x1 = 0, y1 = 0;
  DspMapFrame frame = { .width = width, .height = height };

  for (guint i = 0; i < map->points->len; i++)
    {
      const DspPaperPoint *point = point_at (map, i);

      x0 = MIN (x0, point->x);
      y0 = MIN (y0, point->y);
      x1 = MAX (x1, point->x);
      y1 = MAX (y1, point->y);
    }
  frame.scale = MIN ((width - 2 * MARGIN) / MAX (x1 - x0, LEAST_SPAN), (height - 2 * MARGIN) / MAX (y1 - y0, LEAST_SPAN));
  frame.origin_x = (x0 + x1) / 2 - width / frame.scale / 2;
  frame.origin_y = (y0 + y1) / 2 - height / frame.scale / 2;
  return frame;
}

static void
set_grey (cairo_t *cr,
          double   grey)
{
  cairo_set_source_rgb (cr, grey, grey, grey);
}

static void
draw_text (cairo_t    *cr,
           const char *text,
           double      x,
           double      y)
{
  cairo_text_extents_t extents;

  cairo_text_extents (cr, text, &extents);
  cairo_move_to (cr, x - extents.x_bearing - extents.width / 2, y - extents.y_bearing - extents.height / 2);
  cairo_show_text (cr, text);
}

/* Boundaries, and the code of each that has room for it. */
static void
draw_areas (const DspPaperMap *map,
            cairo_t           *cr,
            const DspMapFrame *frame)
{
  DspMapAreas *areas = map->areas;

  cairo_set_line_width (cr, 0.4);
  cairo_set_font_size (cr, 6);
  for (guint i = 0; i < areas->n_areas; i++)
    {
      const DspMapShape *shape = &areas->shapes[i];
      double x = (areas->anchor_x[i] - frame->origin_x) * frame->scale, y = (areas->anchor_y[i] - frame->origin_y) * frame->scale;
      char code[8];

      if ((shape->x1 - shape->x0) * frame->scale < LEAST_AREA || !dsp_map_shape_is_visible (shape, frame, 0))
        continue;
      cairo_new_path (cr);
      dsp_map_shape_add_path (shape, frame, cr);
      set_grey (cr, 0.55);
      cairo_stroke (cr);
      if ((shape->x1 - shape->x0) * frame->scale < 30)
        continue;
      dsp_map_code_print (areas->codes[i], code);
      set_grey (cr, 0.45);
      draw_text (cr, code, x, y);
    }
}

/* A line from visit to visit, so that the eye finds the next. */
static void
draw_way (const DspPaperMap *map,
          cairo_t           *cr,
          const DspMapFrame *frame)
{
  const double dashes[] = { 3, 2 };

  cairo_new_path (cr);
  for (guint i = 0; i < map->points->len; i++)
    cairo_line_to (cr, (point_at (map, i)->x - frame->origin_x) * frame->scale, (point_at (map, i)->y - frame->origin_y) * frame->scale);
  cairo_set_dash (cr, dashes, G_N_ELEMENTS (dashes), 0);
  cairo_set_line_width (cr, 0.8);
  set_grey (cr, 0.3);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
}

/* Visits at one place (of many only the postal code is known) share a mark with all their numbers. */
static void
draw_marks (const DspPaperMap *map,
            cairo_t           *cr,
            const DspMapFrame *frame)
{
  guint n = map->points->len;
  g_autofree gboolean *drawn = g_new0 (gboolean, n + 1);

  cairo_set_font_size (cr, 7.5);
  for (guint i = 0; i < n; i++)
    {
      const DspPaperPoint *point = point_at (map, i);
      double x = (point->x - frame->origin_x) * frame->scale, y = (point->y - frame->origin_y) * frame->scale, half;
      g_autoptr(GString) text = g_string_new (NULL);
      gboolean approximate = FALSE;
      cairo_text_extents_t extents;

      if (drawn[i])
        continue;
      if (point->number == 0)
        {
          cairo_rectangle (cr, x - 4, y - 4, 8, 8);
          set_grey (cr, 1);
          cairo_fill_preserve (cr);
          set_grey (cr, 0);
          cairo_set_line_width (cr, 1.2);
          cairo_stroke (cr);
          continue;
        }
      for (guint other = i; other < n; other++)
        {
          const DspPaperPoint *second = point_at (map, other);

          if (drawn[other] || second->number == 0 || hypot (second->x - point->x, second->y - point->y) * frame->scale > TOGETHER)
            continue;
          drawn[other] = TRUE;
          approximate = approximate || second->approximate;
          g_string_append_printf (text, "%s%u", text->len > 0 ? "," : "", second->number);
        }
      cairo_text_extents (cr, text->str, &extents);
      half = MAX (0, extents.width / 2 - RADIUS + 3);
      cairo_new_path (cr);
      cairo_arc (cr, x + half, y, RADIUS, -G_PI_2, G_PI_2);
      cairo_arc (cr, x - half, y, RADIUS, G_PI_2, 3 * G_PI_2);
      cairo_close_path (cr);
      set_grey (cr, approximate ? 1 : 0);
      cairo_fill_preserve (cr);
      set_grey (cr, 0);
      cairo_set_line_width (cr, 1);
      cairo_stroke (cr);
      set_grey (cr, approximate ? 0 : 1);
      draw_text (cr, text->str, x, y);
    }
}

/* A length in round kilometres, lower left. */
static void
draw_scale (cairo_t           *cr,
            const DspMapFrame *frame)
{
  double lat = dsp_map_lat_from_y (frame->origin_y + frame->height / frame->scale / 2);
  double km = frame->scale / 40075.017 / cos (lat * G_PI / 180); /* points a kilometre */
  static const double lengths[] = { 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000 };
  g_autofree char *text = NULL;
  guint i = 0;

  while (i + 1 < G_N_ELEMENTS (lengths) && lengths[i + 1] * km < 90)
    i++;
  text = g_strdup_printf ("%g km", lengths[i]);
  cairo_set_font_size (cr, 6.5);
  set_grey (cr, 1);
  cairo_rectangle (cr, 4, frame->height - 16, lengths[i] * km + 40, 12);
  cairo_fill (cr);
  set_grey (cr, 0);
  cairo_set_line_width (cr, 1.5);
  cairo_move_to (cr, 8, frame->height - 8);
  cairo_rel_line_to (cr, lengths[i] * km, 0);
  cairo_stroke (cr);
  cairo_move_to (cr, lengths[i] * km + 12, frame->height - 6);
  cairo_show_text (cr, text);
}

void
dsp_paper_map_draw (cairo_t       *cr,
                    gconstpointer  data,
                    double         width,
                    double         height)
{
  const DspPaperMap *map = data;
  DspMapFrame frame = frame_of (map, width, height);

  cairo_select_font_face (cr, "Sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
  if (map->outline != NULL)
    dsp_map_outline_draw (map->outline, cr, &frame, FALSE);
  /* The outline's colours become faint: the points are what matters, and ink costs. */
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_set_source_rgba (cr, 1, 1, 1, 0.75);
  cairo_fill (cr);
  if (map->areas != NULL)
    draw_areas (map, cr, &frame);
  draw_way (map, cr, &frame);
  draw_marks (map, cr, &frame);
  draw_scale (cr, &frame);
  cairo_rectangle (cr, 0.25, 0.25, width - 0.5, height - 0.5);
  cairo_set_line_width (cr, 0.5);
  set_grey (cr, 0);
  cairo_stroke (cr);
}
