/* dsp-map-render.c: draws areas, bubbles, crews and pins; for the screen's worker and for paper
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From bottom to top: areas (one fill per colour class, so that areas of one class join without seams), hatching over closed ones, borders,
 * numbers in them, small dots for codes without orders, bubbles, crews, pins. Bubbles that would overlap are joined; what
 * was drawn is told as marks, so that the pointer meets what the eye sees.
 */
#define G_LOG_DOMAIN "dsp-map"

#include "config.h"
#include "dsp-map-render.h"

#include <pango/pangocairo.h>
#include <string.h>

#include "dsp-map-hatch.h"
#include "dsp-map-marks.h"
#include "dsp-map-mercator.h"
#include "dsp-map-palette.h"

#define CLUSTER_PIXELS 44.0
#define EMPTY_DOT_ZOOM 11.5
#define BORDER_ZOOM 9.6
#define CREW_LABEL_ZOOM 11.0
#define PIN_LABEL_ZOOM 16.5
#define PIN_RADIUS 7.0 /* from zoom 16 on; smaller before, where they stand closer */
#define CREW_RADIUS 9.0
#define CREW_ZOOM 8.5
#define CREW_CROWD 40
#define CREW_CROWD_ZOOM 12.4
#define CLOSED_RADIUS 9.0 /* of a closed code that has neither a boundary nor orders */
#define CLOSED_RIM 6.0    /* around the bubble of one that has orders */
#define DASH_ZOOM 9.0 /* before it a bubble is wider than what its place may be wrong by */

typedef struct
{
  const DspMapRenderInput *input;
  cairo_t *cr;
  PangoLayout *layout; /* (owned) */
  double zoom;
  GArray *marks;       /* (nullable) */
  GArray *members;     /* (nullable) */
} Render;

static double
to_x (const Render *self,
      double        x)
{
  return (x - self->input->frame.origin_x) * self->input->frame.scale;
}

static double
to_y (const Render *self,
      double        y)
{
  return (y - self->input->frame.origin_y) * self->input->frame.scale;
}

static gboolean
is_near (const Render *self,
         double        x,
         double        y,
         double        margin)
{
  double px = to_x (self, x), py = to_y (self, y);

  return px > -margin && py > -margin && px < self->input->frame.width + margin
         && py < self->input->frame.height + margin;
}

static const DspMapTally *
get_tally (const Render *self,
           guint         slot)
{
  static const DspMapTally none;
  const DspMapTallies *tallies = self->input->tallies;

  return tallies != NULL && slot < tallies->n_slots ? &tallies->tallies[slot] : &none;
}

static void
set_font (Render *self,
          double  pixels,
          gboolean is_bold)
{
  g_autoptr(PangoFontDescription) font = pango_font_description_from_string (is_bold ? "Sans Bold" : "Sans");

  pango_font_description_set_absolute_size (font, pixels * PANGO_SCALE);
  pango_layout_set_font_description (self->layout, font);
}

/* Text with its centre at x, y. */
static void
show_text (Render     *self,
           const char *text,
           double      x,
           double      y)
{
  PangoRectangle ink;

  pango_layout_set_text (self->layout, text, -1);
  pango_layout_get_pixel_extents (self->layout, &ink, NULL);
  cairo_move_to (self->cr, floor (x - ink.width / 2.0 - ink.x + 0.5), floor (y - ink.height / 2.0 - ink.y + 0.5));
  pango_cairo_show_layout (self->cr, self->layout);
}

/* Text readable on anything, its middle at y; it begins at x + indent times its width. */
static void
show_cased_text (Render     *self,
                 const char *text,
                 double      x,
                 double      y,
                 double      indent)
{
  PangoRectangle ink;
  gboolean is_dark = self->input->is_dark;

  pango_layout_set_text (self->layout, text, -1);
  pango_layout_get_pixel_extents (self->layout, &ink, NULL);
  cairo_move_to (self->cr, floor (x + indent * ink.width), floor (y - ink.height / 2.0 - ink.y + 0.5));
  pango_cairo_layout_path (self->cr, self->layout);
  dsp_map_set_rgb (self->cr, dsp_map_palette_get_paper (is_dark), 0.9);
  cairo_set_line_width (self->cr, 3);
  cairo_set_line_join (self->cr, CAIRO_LINE_JOIN_ROUND);
  cairo_stroke_preserve (self->cr);
  dsp_map_set_rgb (self->cr, dsp_map_palette_get_ink (is_dark), 1);
  cairo_fill (self->cr);
}

static void
format_count (guint32 count,
              char    text[16])
{
  if (count < 1000)
    g_snprintf (text, 16, "%u", count);
  else if (count < 10000)
    g_snprintf (text, 16, "%u.%uk", count / 1000, count % 1000 / 100);
  else
    g_snprintf (text, 16, "%uk", count / 1000);
}

/* --- areas --- */

static void
fill_areas (Render *self)
{
  const DspMapSlots *slots = self->input->slots;
  g_autofree guint8 *class_of = g_new0 (guint8, MAX (1, slots->n_slots));
  guint n_in_class[DSP_MAP_N_CLASSES + 1] = { 0 };

  for (guint i = 0; i < slots->n_slots; i++)
    {
      if (slots->slots[i].area == G_MAXUINT32
          || !dsp_map_shape_is_visible (&slots->areas->shapes[slots->slots[i].area], &self->input->frame, 2))
        continue;
      class_of[i] = (guint8) (1 + (self->input->tallies == NULL ? 0 :
                                   dsp_map_tallies_get_class (self->input->tallies, self->input->colour,
                                                              get_tally (self, i)->values[self->input->colour])));
      n_in_class[class_of[i] - 1]++;
    }

  cairo_set_fill_rule (self->cr, CAIRO_FILL_RULE_WINDING);
  for (guint n_class = 1; n_class <= DSP_MAP_N_CLASSES; n_class++)
    {
      if (n_in_class[n_class] == 0)
        continue;

      cairo_new_path (self->cr);
      for (guint i = 0; i < slots->n_slots; i++)
        {
          if (class_of[i] == n_class + 1)
            dsp_map_shape_add_path (&slots->areas->shapes[slots->slots[i].area], &self->input->frame, self->cr);
        }
      dsp_map_set_rgb (self->cr, dsp_map_palette_get_class (self->input->colour, n_class, self->input->is_dark),
                       DSP_MAP_FILL_ALPHA);
      cairo_fill (self->cr);
    }
}

static gboolean
is_closed (const Render     *self,
           const DspMapSlot *slot)
{
  return self->input->closed != NULL && g_hash_table_contains (self->input->closed, GUINT_TO_POINTER (slot->code));
}

/* One path of all of them: lines that go on from one to the next. A code without boundary and orders gets a small disc, one
 * with orders has its bubble for that. */
static void
hatch_closed (Render *self)
{
  const DspMapSlots *slots = self->input->slots;

  if (self->input->closed == NULL)
    return;

  cairo_new_path (self->cr);
  for (guint i = 0; i < slots->n_slots; i++)
    {
      const DspMapSlot *slot = &slots->slots[i];

      if (!is_closed (self, slot))
        continue;
      if (slot->area != G_MAXUINT32)
        {
          if (dsp_map_shape_is_visible (&slots->areas->shapes[slot->area], &self->input->frame, 2))
            dsp_map_shape_add_path (&slots->areas->shapes[slot->area], &self->input->frame, self->cr);
        }
      else if (self->zoom >= DSP_MAP_AREA_ZOOM && get_tally (self, i)->values[DSP_MAP_COLOUR_TOTAL] == 0 &&
               is_near (self, slot->x, slot->y, CLOSED_RADIUS))
        {
          cairo_new_sub_path (self->cr);
          cairo_arc (self->cr, to_x (self, slot->x), to_y (self, slot->y), CLOSED_RADIUS, 0, 2 * G_PI);
        }
    }
  dsp_map_hatch_fill (self->cr, dsp_map_hatch_phase (&self->input->frame), self->input->is_dark);
}

static void
stroke_borders (Render *self)
{
  const DspMapAreas *areas = self->input->slots->areas;
  double strength = CLAMP ((self->zoom - BORDER_ZOOM) / 3 + 0.35, 0, 1);

  if (self->zoom < BORDER_ZOOM)
    return;

  cairo_new_path (self->cr);
  for (guint i = 0; i < areas->n_areas; i++)
    {
      if (dsp_map_shape_is_visible (&areas->shapes[i], &self->input->frame, 2))
        dsp_map_shape_add_path (&areas->shapes[i], &self->input->frame, self->cr);
    }
  cairo_set_line_join (self->cr, CAIRO_LINE_JOIN_BEVEL);
  cairo_set_line_width (self->cr, 0.8);
  if (self->input->is_dark)
    cairo_set_source_rgba (self->cr, 0.92, 0.95, 1.0, 0.34 * strength);
  else
    cairo_set_source_rgba (self->cr, 0.16, 0.20, 0.26, 0.42 * strength);
  cairo_stroke (self->cr);
}

static void
label_area (Render           *self,
            const DspMapSlot *slot,
            const char       *text,
            double            y)
{
  double x = to_x (self, slot->x);

  /* Hatching leaves nothing else readable. */
  if (is_closed (self, slot))
    show_cased_text (self, text, x, y, -0.5);
  else
    show_text (self, text, x, y);
}

/* The number of orders, and the code where there is room for both. */
static void
label_areas (Render *self)
{
  const DspMapSlots *slots = self->input->slots;

  for (guint i = 0; i < slots->n_slots; i++)
    {
      const DspMapSlot *slot = &slots->slots[i];
      const DspMapShape *shape;
      guint32 value = get_tally (self, i)->values[self->input->colour];
      double width, height, y;
      char text[16], code[8];
      guint n_class;
      gboolean has_code;

      if (slot->area == G_MAXUINT32 || !is_near (self, slot->x, slot->y, 40))
        continue;

      shape = &slots->areas->shapes[slot->area];
      width = (shape->x1 - shape->x0) * self->input->frame.scale;
      height = (shape->y1 - shape->y0) * self->input->frame.scale;
      if (width < 34 || height < 26)
        continue;

      has_code = width > 84 && height > 64;
      if (value == 0 && !has_code)
        continue;

      n_class = dsp_map_tallies_get_class (self->input->tallies, self->input->colour, value);
      if (n_class > 0)
        dsp_map_set_rgb (self->cr, dsp_map_palette_get_text_on (
                             dsp_map_palette_get_class (self->input->colour, n_class, self->input->is_dark)), 1);
      else
        dsp_map_set_rgb (self->cr, dsp_map_palette_get_ink (self->input->is_dark), 0.55);

      y = to_y (self, slot->y);
      if (value > 0)
        {
          format_count (value, text);
          set_font (self, has_code ? 14 : 11.5, TRUE);
          label_area (self, slot, text, has_code ? y - 6 : y);
        }
      if (has_code)
        {
          dsp_map_code_print (slot->code, code);
          set_font (self, 10, FALSE);
          label_area (self, slot, code, value > 0 ? y + 9 : y);
        }
    }
}

/* --- bubbles --- */

typedef struct
{
  guint64 cell;
  guint slot;
} Candidate;

typedef struct
{
  double x; /* sums until finished, then the middle */
  double y;
  double weight;
  DspMapTally tally;
  double radius;
  guint n_members;
  guint first_member;
  guint n_approximate;
  guint n_closed;
  guint joined; /* to another bubble: its index + 1 */
} Bubble;

static int
compare_candidates (gconstpointer a,
                    gconstpointer b)
{
  const Candidate *left = a, *right = b;

  if (left->cell != right->cell)
    return left->cell < right->cell ? -1 : 1;

  return (left->slot > right->slot) - (left->slot < right->slot);
}

static double
bubble_radius (guint32 value)
{
  return value == 0 ? 5 : MIN (30, 10.5 + 2.9 * log (value));
}

static void
add_to_bubble (const Render      *self,
               Bubble            *bubble,
               const DspMapSlot  *slot,
               const DspMapTally *tally)
{
  double weight = 1 + tally->values[DSP_MAP_COLOUR_TOTAL];

  bubble->x += slot->x * weight;
  bubble->y += slot->y * weight;
  bubble->weight += weight;
  for (guint i = 0; i < DSP_MAP_N_COLOURS; i++)
    bubble->tally.values[i] += tally->values[i];
  bubble->n_members++;
  bubble->n_approximate += slot->is_approximate != FALSE;
  bubble->n_closed += is_closed (self, slot) ? 1 : 0;
}

static int
compare_bubbles (gconstpointer a,
                 gconstpointer b,
                 gpointer      user_data)
{
  const Bubble *bubbles = user_data;
  double left = bubbles[*(const guint *) a].weight, right = bubbles[*(const guint *) b].weight;

  return (left < right) - (left > right);
}

/* Joins smaller bubbles to bigger ones that would cover a good part of them. */
static void
join_bubbles (Render *self,
              Bubble *bubbles,
              guint   n_bubbles)
{
  g_autofree guint *order = g_new (guint, MAX (1, n_bubbles));

  for (guint i = 0; i < n_bubbles; i++)
    order[i] = i;
  g_qsort_with_data (order, (int) n_bubbles, sizeof (guint), compare_bubbles, bubbles);

  for (guint i = 0; i < n_bubbles; i++)
    {
      Bubble *bubble = &bubbles[order[i]];

      for (guint j = i + 1; j < n_bubbles && bubble->joined == 0; j++)
        {
          Bubble *other = &bubbles[order[j]];
          double dx, dy, near;

          if (other->joined != 0)
            continue;
          dx = (other->x - bubble->x) * self->input->frame.scale;
          dy = (other->y - bubble->y) * self->input->frame.scale;
          near = (bubble->radius + other->radius) * 0.8;
          if (dx * dx + dy * dy >= near * near)
            continue;

          other->joined = order[i] + 1;
          for (guint k = 0; k < DSP_MAP_N_COLOURS; k++)
            bubble->tally.values[k] += other->tally.values[k];
          bubble->n_members += other->n_members;
          bubble->n_approximate += other->n_approximate;
          bubble->n_closed += other->n_closed;
          bubble->radius = bubble_radius (bubble->tally.values[self->input->colour]);
        }
    }
}

static void
add_segment (Render    *self,
             double     x,
             double     y,
             double     radius,
             double    *angle,
             double     part,
             DspMapRgb  rgb)
{
  if (part <= 0)
    return;

  cairo_new_sub_path (self->cr);
  cairo_arc (self->cr, x, y, radius, *angle, *angle + part * 2 * G_PI);
  dsp_map_set_rgb (self->cr, rgb, 1);
  cairo_stroke (self->cr);
  *angle += part * 2 * G_PI;
}

/* A disc of paper with the number, in a ring whose parts are the late, the urgent and the other orders. */
static void
draw_bubble (Render       *self,
             const Bubble *bubble)
{
  gboolean is_dark = self->input->is_dark;
  gboolean is_approximate = bubble->n_approximate == bubble->n_members && self->zoom >= DASH_ZOOM;
  guint32 value = bubble->tally.values[self->input->colour];
  guint32 total = MAX (1, bubble->tally.values[DSP_MAP_COLOUR_TOTAL]);
  double late = MIN (1, bubble->tally.values[DSP_MAP_COLOUR_PENALIZED] / (double) total);
  double urgent = MIN (1 - late, bubble->tally.values[DSP_MAP_COLOUR_AT_RISK] / (double) total);
  double x = to_x (self, bubble->x), y = to_y (self, bubble->y), angle = -G_PI / 2;
  double ring = value == 0 ? 2 : 3.6, radius = bubble->radius - ring / 2;
  char text[16];

  cairo_new_path (self->cr);
  if (bubble->n_closed > 0)
    {
      cairo_arc (self->cr, x, y, bubble->radius + CLOSED_RIM, 0, 2 * G_PI);
      dsp_map_hatch_fill (self->cr, dsp_map_hatch_phase (&self->input->frame), is_dark);
    }
  cairo_arc (self->cr, x, y, bubble->radius + 1.2, 0, 2 * G_PI);
  dsp_map_set_rgb (self->cr, dsp_map_palette_get_paper (is_dark), is_approximate ? 0.55 : 0.94);
  cairo_fill (self->cr);

  cairo_set_line_width (self->cr, ring);
  cairo_set_line_cap (self->cr, CAIRO_LINE_CAP_BUTT);
  if (is_approximate)
    cairo_set_dash (self->cr, (double[]) { 4.5, 3 }, 2, 0);
  add_segment (self, x, y, radius, &angle, late, dsp_map_palette_get_urgency (DSP_MAP_URGENCY_PENALIZED, is_dark));
  add_segment (self, x, y, radius, &angle, urgent, dsp_map_palette_get_urgency (DSP_MAP_URGENCY_AT_RISK, is_dark));
  add_segment (self, x, y, radius, &angle, 1 - late - urgent,
               dsp_map_palette_get_urgency (DSP_MAP_URGENCY_NORMAL, is_dark));
  cairo_set_dash (self->cr, NULL, 0, 0);

  if (value == 0)
    return;

  format_count (value, text);
  set_font (self, bubble->radius < 14 ? 10.5 : bubble->radius < 22 ? 12 : 13.5, TRUE);
  dsp_map_set_rgb (self->cr, dsp_map_palette_get_ink (is_dark), 1);
  show_text (self, text, x, y);
}

static void
add_mark (Render         *self,
          DspMapMarkKind  kind,
          double          x,
          double          y,
          double          radius,
          guint           first,
          guint           n)
{
  DspMapMark mark = { kind, x, y, radius, first, n };

  if (self->marks != NULL)
    g_array_append_val (self->marks, mark);
}

/* Members in the order of the bubbles that they ended up in. */
static void
collect_members (Render          *self,
                 const Candidate *candidates,
                 const guint     *bubble_of,
                 guint            n_candidates,
                 Bubble          *bubbles,
                 guint            n_bubbles)
{
  guint first = self->members->len;

  for (guint i = 0; i < n_bubbles; i++)
    {
      if (bubbles[i].joined != 0)
        continue;
      bubbles[i].first_member = first;
      first += bubbles[i].n_members;
      bubbles[i].n_members = 0;
    }
  g_array_set_size (self->members, first);

  for (guint i = 0; i < n_candidates; i++)
    {
      guint at = bubble_of[i];

      while (bubbles[at].joined != 0)
        at = bubbles[at].joined - 1;
      g_array_index (self->members, guint32, bubbles[at].first_member + bubbles[at].n_members++) = candidates[i].slot;
    }
}

static void
draw_bubbles (Render *self)
{
  const DspMapSlots *slots = self->input->slots;
  double cells = dsp_map_scale_from_zoom (floor (self->zoom + 1e-6)) / CLUSTER_PIXELS;
  g_autoptr(GArray) candidates = g_array_new (FALSE, FALSE, sizeof (Candidate));
  g_autoptr(GArray) bubbles = g_array_new (FALSE, TRUE, sizeof (Bubble));
  g_autofree guint *bubble_of = NULL;
  gboolean has_areas = self->zoom >= DSP_MAP_AREA_ZOOM;
  guint64 last_cell = G_MAXUINT64;

  for (guint i = 0; i < slots->n_slots; i++)
    {
      const DspMapSlot *slot = &slots->slots[i];

      if ((has_areas && slot->area != G_MAXUINT32) || !is_near (self, slot->x, slot->y, 2 * CLUSTER_PIXELS)
          || get_tally (self, i)->values[DSP_MAP_COLOUR_TOTAL] == 0)
        continue;
      g_array_append_vals (candidates, &(Candidate) {
          (guint64) (slot->y * cells) << 32 | (guint32) (slot->x * cells), i }, 1);
    }
  g_array_sort (candidates, compare_candidates);

  bubble_of = g_new (guint, MAX (1, candidates->len));
  for (guint i = 0; i < candidates->len; i++)
    {
      const Candidate *candidate = &g_array_index (candidates, Candidate, i);

      if (candidate->cell != last_cell)
        g_array_set_size (bubbles, bubbles->len + 1);
      last_cell = candidate->cell;
      bubble_of[i] = bubbles->len - 1;
      add_to_bubble (self, &g_array_index (bubbles, Bubble, bubbles->len - 1), &slots->slots[candidate->slot],
                     get_tally (self, candidate->slot));
    }

  for (guint i = 0; i < bubbles->len; i++)
    {
      Bubble *bubble = &g_array_index (bubbles, Bubble, i);

      bubble->x /= bubble->weight;
      bubble->y /= bubble->weight;
      bubble->radius = bubble_radius (bubble->tally.values[self->input->colour]);
    }
  join_bubbles (self, (Bubble *) bubbles->data, bubbles->len);

  if (self->members != NULL)
    collect_members (self, (const Candidate *) candidates->data, bubble_of, candidates->len,
                     (Bubble *) bubbles->data, bubbles->len);

  for (guint i = 0; i < bubbles->len; i++)
    {
      const Bubble *bubble = &g_array_index (bubbles, Bubble, i);

      if (bubble->joined != 0)
        continue;
      draw_bubble (self, bubble);
      add_mark (self, DSP_MAP_MARK_BUBBLE, bubble->x, bubble->y, bubble->radius, bubble->first_member,
                bubble->n_members);
    }
}

/* Codes without a boundary and without orders: there, but quiet. */
static void
draw_empty_dots (Render *self)
{
  const DspMapSlots *slots = self->input->slots;

  if (self->zoom < EMPTY_DOT_ZOOM)
    return;

  cairo_new_path (self->cr);
  for (guint i = 0; i < slots->n_slots; i++)
    {
      const DspMapSlot *slot = &slots->slots[i];

      if (slot->area == G_MAXUINT32 && is_near (self, slot->x, slot->y, 4)
          && get_tally (self, i)->values[DSP_MAP_COLOUR_TOTAL] == 0)
        cairo_rectangle (self->cr, floor (to_x (self, slot->x)) - 1, floor (to_y (self, slot->y)) - 1, 3, 3);
    }
  dsp_map_set_rgb (self->cr, dsp_map_palette_get_ink (self->input->is_dark), 0.4);
  cairo_fill (self->cr);
}

/* --- crews and pins --- */

static void
draw_crews (Render *self)
{
  /* A city's hundred bases would hide the orders that the map is for. */
  if (self->input->crews == NULL ||
      self->zoom < (self->input->crews->len > CREW_CROWD ? CREW_CROWD_ZOOM : CREW_ZOOM))
    return;

  set_font (self, 10.5, TRUE);
  for (guint i = 0; i < self->input->crews->len; i++)
    {
      const DspMapCrewShape *crew = &g_array_index (self->input->crews, DspMapCrewShape, i);
      double x, y, r = CREW_RADIUS;

      if (!is_near (self, crew->x, crew->y, 60))
        continue;

      x = floor (to_x (self, crew->x)) + 0.5;
      y = floor (to_y (self, crew->y)) + 0.5;
      cairo_new_path (self->cr);
      (crew->seen != NULL ? dsp_map_add_drop : dsp_map_add_house) (self->cr, x, y, r);
      dsp_map_set_rgb (self->cr, dsp_map_palette_get_paper (self->input->is_dark), 1);
      cairo_set_line_join (self->cr, CAIRO_LINE_JOIN_ROUND);
      cairo_set_line_width (self->cr, 3);
      cairo_stroke_preserve (self->cr);
      cairo_set_source_rgb (self->cr, crew->colour.red, crew->colour.green, crew->colour.blue);
      cairo_fill (self->cr);
      if (crew->seen != NULL)
        {
          dsp_map_set_rgb (self->cr, dsp_map_palette_get_paper (self->input->is_dark), 1);
          cairo_arc (self->cr, x, y - r * DSP_MAP_DROP_UP, r * 0.35, 0, G_PI * 2);
          cairo_fill (self->cr);
        }

      if (self->zoom >= CREW_LABEL_ZOOM)
        {
          g_autofree char *text = crew->seen != NULL ? g_strdup_printf ("%s · %s", crew->code, crew->seen) : NULL;

          show_cased_text (self, text != NULL ? text : crew->code, x + r + 3, text != NULL ? y - r * DSP_MAP_DROP_UP : y, 0);
        }
      add_mark (self, DSP_MAP_MARK_CREW, crew->x, crew->y, r + 1, i, 1);
    }
}

static void
draw_pins (Render *self)
{
  gboolean is_dark = self->input->is_dark;
  double r = CLAMP (PIN_RADIUS - (16 - self->zoom) * 0.9, 5.2, PIN_RADIUS);

  if (self->input->pins == NULL || self->zoom < DSP_MAP_PIN_ZOOM)
    return;

  set_font (self, 10.5, FALSE);
  cairo_set_line_join (self->cr, CAIRO_LINE_JOIN_ROUND);
  for (guint i = 0; i < self->input->pins->len; i++)
    {
      const DspMapPinShape *pin = &g_array_index (self->input->pins, DspMapPinShape, i);
      DspMapRgb rgb = dsp_map_palette_get_urgency (pin->urgency, is_dark);
      DspMapRgb paper = dsp_map_palette_get_paper (is_dark);
      double x, y;

      if (!is_near (self, pin->x, pin->y, 20))
        continue;

      x = to_x (self, pin->x);
      y = to_y (self, pin->y);
      cairo_new_path (self->cr);
      dsp_map_add_pin (self->cr, x, y, r, pin->urgency);
      dsp_map_set_rgb (self->cr, paper, 1);
      cairo_set_line_width (self->cr, pin->is_assigned ? 5 : 3);
      cairo_stroke_preserve (self->cr);
      if (pin->is_assigned)
        {
          /* Hollow: somebody has it. */
          cairo_fill_preserve (self->cr);
          if (pin->crew_colour.alpha > 0)
            rgb = (DspMapRgb) { pin->crew_colour.red, pin->crew_colour.green, pin->crew_colour.blue };
          dsp_map_set_rgb (self->cr, rgb, 1);
          cairo_set_line_width (self->cr, 2);
          cairo_stroke (self->cr);
        }
      else
        {
          dsp_map_set_rgb (self->cr, rgb, 1);
          cairo_fill (self->cr);
        }

      if (self->zoom >= PIN_LABEL_ZOOM && pin->label != NULL)
        show_cased_text (self, pin->label, x + r + 3, y, 0);
      add_mark (self, DSP_MAP_MARK_PIN, pin->x, pin->y, r + 1, i, 1);
    }
}

/* --- selection --- */

static void
outline_selection (Render *self)
{
  const DspMapSlots *slots = self->input->slots;

  for (guint i = 0; i < slots->n_slots; i++)
    {
      const DspMapSlot *slot = &slots->slots[i];
      DspMapSelected how = self->input->selection[slot->code];

      if (how == DSP_MAP_SELECTED_NO || slot->area == G_MAXUINT32
          || !dsp_map_shape_is_visible (&slots->areas->shapes[slot->area], &self->input->frame, 4))
        continue;
      dsp_map_render_outline (self->cr, &self->input->frame, &slots->areas->shapes[slot->area], self->input->is_dark,
                              how, 2);
    }
}

/* Draws into the frame, from the origin of `cr`. Appends what can be met to `marks` (element-type DspMapMark) and the
 * slots of bubbles to `members` (element-type guint32), both nullable. Any thread.
 */
void
dsp_map_render (cairo_t                 *cr,
                const DspMapRenderInput *input,
                GArray                  *marks,
                GArray                  *members)
{
  Render self = { input, cr, NULL, dsp_map_zoom_from_scale (input->frame.scale), marks, members };

  self.layout = pango_cairo_create_layout (cr);
  cairo_save (cr);

  if (input->slots != NULL)
    {
      fill_areas (&self);
      hatch_closed (&self);
      stroke_borders (&self);
      if (input->selection != NULL && self.zoom >= DSP_MAP_AREA_ZOOM)
        outline_selection (&self);
      draw_empty_dots (&self);
      if (input->tallies != NULL)
        {
          if (self.zoom >= DSP_MAP_AREA_ZOOM)
            label_areas (&self);
          draw_bubbles (&self);
        }
    }
  draw_crews (&self);
  draw_pins (&self);

  cairo_restore (cr);
  g_object_unref (self.layout);
}
