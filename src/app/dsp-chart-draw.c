/* dsp-chart-draw.c: bars with their words, drawn with cairo: on the screen and into files alike
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-chart-draw"

#include "config.h"
#include "dsp-chart-draw.h"

#include <math.h>

#define GAP 6.0
#define N_MARKS 5
#define HATCH 5.0

typedef struct { double red, green, blue; } Colour;

/* Okabe and Ito: blue and sky blue for the first series, orange for the second. */
static const Colour series_colours[2][2] = {
  [DSP_LOOK_LIGHT] = { { 0, 0.447, 0.698 }, { 0.902, 0.624, 0 } },
  [DSP_LOOK_DARK]  = { { 0.337, 0.706, 0.914 }, { 0.902, 0.624, 0 } },
};
static const Colour inks[2] = { [DSP_LOOK_LIGHT] = { 0.13, 0.13, 0.15 }, [DSP_LOOK_DARK] = { 0.95, 0.95, 0.96 } };

/* ---- pictures ---- */

static void
clear_bar (gpointer data)
{
  DspPictureBar *bar = data;

  g_free (bar->label);
  g_free (bar->texts[0]);
  g_free (bar->texts[1]);
}

DspPicture *
dsp_picture_new (void)
{
  DspPicture *picture = g_new0 (DspPicture, 1);

  picture->bars = g_array_new (FALSE, TRUE, sizeof (DspPictureBar));
  g_array_set_clear_func (picture->bars, clear_bar);
  return picture;
}

void
dsp_picture_free (DspPicture *picture)
{
  if (picture == NULL)
    return;
  g_array_unref (picture->bars);
  g_free (picture->title);
  g_free (picture->subtitle);
  g_free (picture->empty);
  g_free (picture->series[0]);
  g_free (picture->series[1]);
  g_free (picture);
}

void
dsp_picture_add_bar (DspPicture   *picture,
                     char         *label,
                     const gint64  values[2],
                     char *const   texts[2])
{
  DspPictureBar bar = { label, { values[0], values[1] }, { texts[0], texts[1] } };

  g_array_append_val (picture->bars, bar);
}

/* ---- strokes ---- */

typedef struct {
  const DspPicture *picture;
  const DspDrawing *drawing;
  cairo_t          *cr;
  PangoLayout      *layout;
  double            line;    /* height of a line of text */
  double            top;     /* under title and legend */
  gint64            max, step;
} Draw;

static void
set_ink (Draw  *draw,
         double alpha)
{
  const Colour *ink = &inks[draw->drawing->look];

  cairo_set_source_rgba (draw->cr, ink->red, ink->green, ink->blue, alpha);
}

static double
text_width (PangoLayout *layout,
            const char  *text)
{
  int width;

  pango_layout_set_width (layout, -1);
  pango_layout_set_text (layout, text != NULL ? text : "", -1);
  pango_layout_get_size (layout, &width, NULL);
  return (double) width / PANGO_SCALE;
}

static double
line_height (PangoLayout *layout)
{
  int height;

  pango_layout_set_width (layout, -1);
  pango_layout_set_text (layout, "Ág", -1);
  pango_layout_get_size (layout, NULL, &height);
  return (double) height / PANGO_SCALE;
}

/* @align: 0 begins at @x, 0.5 is around it, 1 ends there. @width > 0: ellipsized. */
static void
put_text (Draw       *draw,
          const char *text,
          double      x,
          double      y,
          double      align,
          double      width)
{
  double needed = text_width (draw->layout, text);

  if (width > 0 && needed > width)
    {
      pango_layout_set_ellipsize (draw->layout, PANGO_ELLIPSIZE_END);
      pango_layout_set_width (draw->layout, (int) (width * PANGO_SCALE));
      needed = width;
    }
  cairo_move_to (draw->cr, x - align * needed, y);
  pango_cairo_show_layout (draw->cr, draw->layout);
  pango_layout_set_ellipsize (draw->layout, PANGO_ELLIPSIZE_NONE);
  pango_layout_set_width (draw->layout, -1);
}

/* The second series is hatched, for those to whom and the paper to which colours say nothing. */
static void
fill_bar (Draw  *draw,
          guint  series,
          double x,
          double y,
          double width,
          double height)
{
  const Colour *colour = &series_colours[draw->drawing->look][series];

  if (width <= 0 || height <= 0)
    return;
  cairo_save (draw->cr);
  cairo_rectangle (draw->cr, x, y, width, height);
  cairo_clip (draw->cr);
  cairo_set_source_rgb (draw->cr, colour->red, colour->green, colour->blue);
  cairo_paint (draw->cr);
  if (series == 1)
    {
      cairo_set_source_rgba (draw->cr, 0, 0, 0, 0.5);
      cairo_set_line_width (draw->cr, 1.2);
      for (double at = x - height; at < x + width; at += HATCH)
        {
          cairo_move_to (draw->cr, at, y + height);
          cairo_line_to (draw->cr, at + height, y);
        }
      cairo_stroke (draw->cr);
    }
  cairo_restore (draw->cr);
}

static void
mark_chosen (Draw  *draw,
             double x,
             double y,
             double width,
             double height)
{
  set_ink (draw, 0.9);
  cairo_set_line_width (draw->cr, 2);
  cairo_rectangle (draw->cr, x + 1, y + 1, MAX (width - 2, 1), MAX (height - 2, 1));
  cairo_stroke (draw->cr);
}

static void
add_box (Draw  *draw,
         guint  bar,
         guint  series,
         double x,
         double y,
         double width,
         double height)
{
  DspPictureBox box = { x, y, width, height, bar, series };

  if (draw->drawing->boxes != NULL)
    g_array_append_val (draw->drawing->boxes, box);
  if (draw->drawing->chosen == (int) bar && draw->drawing->chosen_series == series)
    mark_chosen (draw, x, y, width, height);
}

/* ---- head ---- */

static double
legend_height (const DspPicture *picture,
               double            line)
{
  return picture->n_series > 1 && picture->bars->len > 0 ? line + GAP : 0;
}

static double
head_height (const DspPicture *picture,
             double            line)
{
  return (picture->title != NULL ? 1.4 * line + GAP : 0) + (picture->subtitle != NULL ? line + GAP : 0) + legend_height (picture, line);
}

static void
draw_head (Draw *draw)
{
  const DspPicture *picture = draw->picture;
  double y = 0, x = 0;

  if (picture->title != NULL)
    {
      const PangoFontDescription *font = pango_layout_get_font_description (draw->layout);
      PangoFontDescription *plain = font != NULL ? pango_font_description_copy (font) : pango_font_description_from_string ("Sans 10");
      PangoFontDescription *bold = pango_font_description_copy (plain);

      pango_font_description_set_weight (bold, PANGO_WEIGHT_BOLD);
      pango_layout_set_font_description (draw->layout, bold);
      set_ink (draw, 1);
      put_text (draw, picture->title, 0, y, 0, draw->drawing->width);
      pango_layout_set_font_description (draw->layout, plain);
      pango_font_description_free (plain);
      pango_font_description_free (bold);
      y += 1.4 * draw->line + GAP;
    }
  if (picture->subtitle != NULL)
    {
      set_ink (draw, 0.7);
      put_text (draw, picture->subtitle, 0, y, 0, draw->drawing->width);
      y += draw->line + GAP;
    }
  if (legend_height (picture, draw->line) > 0)
    for (guint i = 0; i < picture->n_series; i++)
      {
        fill_bar (draw, i, x, y + 1, 1.6 * draw->line, draw->line - 2);
        set_ink (draw, 0.9);
        put_text (draw, picture->series[i], x + 1.6 * draw->line + GAP, y, 0, 0);
        x += 1.6 * draw->line + 3 * GAP + text_width (draw->layout, picture->series[i]);
      }
  draw->top = head_height (picture, draw->line);
}

/* ---- lying bars ---- */

static double
row_height (const DspPicture *picture,
            double            line)
{
  return picture->n_series > 1 ? 2 * line + 1.5 * GAP : line + 1.5 * GAP;
}

static void
draw_marks_across (Draw  *draw,
                   double x0,
                   double x1,
                   double bottom)
{
  double last = -G_MAXDOUBLE;

  cairo_set_line_width (draw->cr, 1);
  for (gint64 value = 0; value <= draw->max; value += draw->step)
    {
      double x = floor (x0 + (x1 - x0) * (double) value / (double) draw->max) + 0.5;
      g_autofree char *mark = draw->picture->mark (draw->picture->unit, value);
      double wide = text_width (draw->layout, mark);

      set_ink (draw, value == 0 ? 0.45 : 0.14);
      cairo_move_to (draw->cr, x, draw->top + draw->line + 2);
      cairo_line_to (draw->cr, x, bottom);
      cairo_stroke (draw->cr);
      if (x - wide / 2 < last + GAP)
        continue;
      set_ink (draw, 0.6);
      put_text (draw, mark, x, draw->top, 0.5, 0);
      last = x + wide / 2;
    }
}

static void
draw_lying (Draw *draw)
{
  const DspPicture *picture = draw->picture;
  double row = row_height (picture, draw->line), x0 = 0, words = 0, x1, y = draw->top + draw->line + GAP;

  for (guint i = 0; i < picture->bars->len; i++)
    {
      const DspPictureBar *bar = &g_array_index (picture->bars, DspPictureBar, i);

      x0 = MAX (x0, text_width (draw->layout, bar->label));
      for (guint j = 0; j < picture->n_series; j++)
        words = MAX (words, text_width (draw->layout, bar->texts[j]));
    }
  x0 = MIN (x0, 0.36 * draw->drawing->width) + 2 * GAP;
  x1 = MAX (draw->drawing->width - words - 2 * GAP, x0 + 20);
  draw_marks_across (draw, x0, x1, y + row * picture->bars->len);
  for (guint i = 0; i < picture->bars->len; i++, y += row)
    {
      const DspPictureBar *bar = &g_array_index (picture->bars, DspPictureBar, i);
      double high = (row - 1.5 * GAP) / picture->n_series;

      set_ink (draw, 0.9);
      put_text (draw, bar->label, x0 - GAP, y + (row - draw->line) / 2, 1, x0 - GAP - 4);
      for (guint j = 0; j < picture->n_series; j++)
        {
          double wide = (x1 - x0) * (double) bar->values[j] / (double) draw->max, at = y + 0.75 * GAP + j * high;

          fill_bar (draw, j, x0 + 0.5, at + 1, bar->values[j] > 0 ? MAX (wide, 1.5) : 0, high - 2);
          set_ink (draw, 0.9);
          put_text (draw, bar->texts[j], x0 + wide + GAP, at + (high - draw->line) / 2, 0, 0);
        }
      add_box (draw, i, 0, 0, y, draw->drawing->width, row);
    }
}

/* ---- standing bars ---- */

static void
draw_marks_up (Draw  *draw,
               double x0,
               double y0,
               double y1)
{
  cairo_set_line_width (draw->cr, 1);
  for (gint64 value = 0; value <= draw->max; value += draw->step)
    {
      double y = floor (y0 - (y0 - y1) * (double) value / (double) draw->max) + 0.5;
      g_autofree char *mark = draw->picture->mark (draw->picture->unit, value);

      set_ink (draw, value == 0 ? 0.45 : 0.14);
      cairo_move_to (draw->cr, x0, y);
      cairo_line_to (draw->cr, draw->drawing->width, y);
      cairo_stroke (draw->cr);
      set_ink (draw, 0.6);
      put_text (draw, mark, x0 - GAP, y - draw->line / 2, 1, 0);
    }
}

/* A column in which the series stand on each other, or beside each other. */
static void
draw_column (Draw  *draw,
             guint  i,
             double x,
             double wide,
             double y0,
             double y1)
{
  const DspPicture *picture = draw->picture;
  const DspPictureBar *bar = &g_array_index (picture->bars, DspPictureBar, i);
  double gap = wide > 8 ? wide * 0.14 : 0.5, foot = y0;
  guint beside = picture->stacked ? 1 : picture->n_series;

  for (guint j = 0; j < picture->n_series; j++)
    {
      double high = (y0 - y1) * (double) bar->values[j] / (double) draw->max, one = (wide - 2 * gap) / beside;
      double left = x + gap + (picture->stacked ? 0 : j * one), head;

      high = bar->values[j] > 0 ? MAX (high, 1) : 0;
      head = (picture->stacked ? foot : y0) - high;
      fill_bar (draw, j, left, head, one, high);
      if (picture->stacked)
        {
          add_box (draw, i, j, x, head, wide, high);
          foot = head;
        }
      else if (text_width (draw->layout, bar->texts[j]) <= wide / beside + 2 && bar->values[j] > 0)
        {
          set_ink (draw, 0.9);
          put_text (draw, bar->texts[j], left + one / 2, head - draw->line - 1, 0.5, 0);
        }
    }
  if (!picture->stacked)
    add_box (draw, i, 0, x, y1, wide, y0 - y1);
}

static void
draw_standing (Draw *draw)
{
  const DspPicture *picture = draw->picture;
  double y0 = draw->drawing->height - draw->line - GAP, y1 = draw->top + draw->line + 2, x0 = 0, wide, names = 0, free_from = -G_MAXDOUBLE;

  for (gint64 value = 0; value <= draw->max; value += draw->step)
    {
      g_autofree char *mark = picture->mark (picture->unit, value);

      x0 = MAX (x0, text_width (draw->layout, mark));
    }
  x0 += 2 * GAP;
  draw_marks_up (draw, x0, y0, y1);
  wide = (draw->drawing->width - x0) / picture->bars->len;
  wide = MIN (wide, 90);
  for (guint i = 0; i < picture->bars->len; i++)
    names = MAX (names, text_width (draw->layout, g_array_index (picture->bars, DspPictureBar, i).label));
  for (guint i = 0; i < picture->bars->len; i++)
    {
      double x = x0 + i * wide, middle = x + wide / 2;
      const char *label = g_array_index (picture->bars, DspPictureBar, i).label;
      double half = text_width (draw->layout, label) / 2;

      draw_column (draw, i, x, wide, y0, y1);
      if (middle - names / 2 < free_from || middle + half > draw->drawing->width + 1)
        continue;
      set_ink (draw, 0.8);
      put_text (draw, label, middle, y0 + 3, 0.5, 0);
      free_from = middle + names / 2 + GAP;
    }
}

/* ---- whole ---- */

static gint64
largest (const DspPicture *picture)
{
  gint64 max = 1;

  for (guint i = 0; i < picture->bars->len; i++)
    {
      const DspPictureBar *bar = &g_array_index (picture->bars, DspPictureBar, i);
      gint64 both = picture->n_series < 2 ? bar->values[0] : picture->stacked ? bar->values[0] + bar->values[1]
                                                                              : MAX (bar->values[0], bar->values[1]);

      max = MAX (max, both);
    }
  return max;
}

double
dsp_picture_height (const DspPicture *picture,
                    PangoLayout      *layout)
{
  double line = line_height (layout);

  if (picture->standing || picture->bars->len == 0)
    return head_height (picture, line) + 8 * line;
  return head_height (picture, line) + line + 2 * GAP + row_height (picture, line) * picture->bars->len;
}

void
dsp_picture_draw (const DspPicture *picture,
                  cairo_t          *cr,
                  PangoLayout      *layout,
                  const DspDrawing *drawing)
{
  Draw draw = { .picture = picture, .drawing = drawing, .cr = cr, .layout = layout, .line = line_height (layout) };
  guint marks = N_MARKS;

  draw_head (&draw);
  if (picture->bars->len == 0)
    {
      set_ink (&draw, 0.7);
      put_text (&draw, picture->empty, drawing->width / 2, draw.top + (drawing->height - draw.top - draw.line) / 2, 0.5, drawing->width);
      return;
    }
  if (picture->standing)
    marks = (guint) CLAMP ((drawing->height - draw.top) / (2.4 * draw.line), 2, 8);
  draw.step = dsp_chart_step (largest (picture), picture->unit, marks);
  draw.max = (largest (picture) + draw.step - 1) / draw.step * draw.step;
  if (picture->standing)
    draw_standing (&draw);
  else
    draw_lying (&draw);
}
