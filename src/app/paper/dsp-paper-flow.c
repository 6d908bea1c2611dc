/* dsp-paper-flow.c: text that flows over pages
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-paper"

#include "config.h"
#include "dsp-paper-flow.h"

#include "dsp-paper-barcode.h"

#include <pango/pangocairo.h>
#include <string.h>

/* Shaped texts that a pen keeps; then it forgets them all. */
#define MAX_SHAPED 4000
#define QUIET_MODULES 10 /* Code 128 asks for so many beside the bars */

static const struct { const char *font; double grey; } styles[DSP_PAPER_N_STYLES] = {
  [DSP_PAPER_BODY] = { "Sans 9", 0 },
  [DSP_PAPER_STRONG] = { "Sans Bold 10", 0 },
  [DSP_PAPER_SMALL] = { "Sans 7.5", 0 },
  [DSP_PAPER_LABEL] = { "Sans 7", 0.35 },
  [DSP_PAPER_HEADING] = { "Sans Bold 8", 0.25 },
  [DSP_PAPER_TITLE] = { "Sans Bold 14", 0 },
  [DSP_PAPER_NUMBER] = { "Monospace Bold 13", 0 },
};

struct _DspPaperPen
{
  PangoContext         *context;                     /* (owned) */
  PangoFontDescription *fonts[DSP_PAPER_N_STYLES];   /* (owned) */
  GHashTable           *shaped;                      /* (owned): Key -> PangoLayout */
};

typedef struct {
  DspPaperStyle  style;
  DspPaperAlign  align;
  int            width;  /* Pango units */
  char          *text;   /* (owned by the table's key) */
} Key;

typedef enum { ITEM_LINES, ITEM_RULE, ITEM_BOX, ITEM_SHADE, ITEM_PICTURE, ITEM_BARS } ItemKind;

typedef struct {
  ItemKind          kind;
  guint             page;
  double            x, y, width, height;
  double            value;      /* a line's thickness, a shade's grey */
  PangoLayout      *layout;     /* (owned) (nullable) */
  int               first, n;   /* lines of it */
  double            grey;
  DspPaperBars     *bars;       /* (owned) (nullable) */
  DspPaperDrawFunc  draw;
  gconstpointer     picture;
} Item;

struct _DspPaperFlow
{
  DspPaperPen      *pen;
  double            width, height, y;
  guint             page;
  DspPaperPageFunc  on_page;
  gpointer          user_data;
  GArray           *items;      /* (owned) of Item, in the order of their pages but for those put afterwards */
};

/* ---- pen ---- */

static guint
key_hash (gconstpointer data)
{
  const Key *key = data;

  return g_str_hash (key->text) ^ ((guint) key->style << 24) ^ ((guint) key->align << 20) ^ (guint) key->width;
}

static gboolean
key_equal (gconstpointer a,
           gconstpointer b)
{
  const Key *x = a, *y = b;

  return x->style == y->style && x->align == y->align && x->width == y->width && strcmp (x->text, y->text) == 0;
}

static void
key_free (gpointer data)
{
  Key *key = data;

  g_free (key->text);
  g_free (key);
}

DspPaperPen *
dsp_paper_pen_new (void)
{
  DspPaperPen *pen = g_new0 (DspPaperPen, 1);
  cairo_font_options_t *options = cairo_font_options_create ();
  g_autoptr(PangoFontMap) map = pango_cairo_font_map_new ();

  pen->context = pango_font_map_create_context (map);
  /* The same lines on a screen, a printer and in a file: no pixel decides where a word ends. */
  cairo_font_options_set_hint_metrics (options, CAIRO_HINT_METRICS_OFF);
  cairo_font_options_set_hint_style (options, CAIRO_HINT_STYLE_NONE);
  pango_cairo_context_set_font_options (pen->context, options);
  pango_cairo_context_set_resolution (pen->context, 72);
  pango_context_set_round_glyph_positions (pen->context, FALSE);
  cairo_font_options_destroy (options);
  for (guint i = 0; i < DSP_PAPER_N_STYLES; i++)
    pen->fonts[i] = pango_font_description_from_string (styles[i].font);
  pen->shaped = g_hash_table_new_full (key_hash, key_equal, key_free, g_object_unref);
  return pen;
}

void
dsp_paper_pen_free (DspPaperPen *pen)
{
  g_hash_table_unref (pen->shaped);
  for (guint i = 0; i < DSP_PAPER_N_STYLES; i++)
    pango_font_description_free (pen->fonts[i]);
  g_object_unref (pen->context);
  g_free (pen);
}

/* (transfer full) */
static PangoLayout *
shape (DspPaperPen   *pen,
       DspPaperStyle  style,
       DspPaperAlign  align,
       double         width,
       const char    *text)
{
  static const PangoAlignment alignments[] = { PANGO_ALIGN_LEFT, PANGO_ALIGN_RIGHT, PANGO_ALIGN_CENTER };
  Key wanted = { style, align, (int) (MAX (width, 1) * PANGO_SCALE), (char *) text };
  PangoLayout *layout = g_hash_table_lookup (pen->shaped, &wanted);
  Key *key;

  if (layout != NULL)
    return g_object_ref (layout);
  layout = pango_layout_new (pen->context);
  pango_layout_set_font_description (layout, pen->fonts[style]);
  pango_layout_set_width (layout, wanted.width);
  pango_layout_set_wrap (layout, PANGO_WRAP_WORD_CHAR);
  pango_layout_set_alignment (layout, alignments[align]);
  pango_layout_set_text (layout, text, -1);
  if (g_hash_table_size (pen->shaped) >= MAX_SHAPED)
    g_hash_table_remove_all (pen->shaped);
  key = g_memdup2 (&wanted, sizeof wanted);
  key->text = g_strdup (text);
  g_hash_table_insert (pen->shaped, key, g_object_ref (layout));
  return layout;
}

static double
height_of (PangoLayout *layout)
{
  int height;

  pango_layout_get_size (layout, NULL, &height);
  return (double) height / PANGO_SCALE;
}

/* ---- flow ---- */

static void
clear_item (gpointer data)
{
  Item *item = data;

  g_clear_object (&item->layout);
  g_clear_pointer (&item->bars, dsp_paper_bars_free);
}

DspPaperFlow *
dsp_paper_flow_new (DspPaperPen      *pen,
                    double            width,
                    double            height,
                    DspPaperPageFunc  on_page,
                    gpointer          user_data)
{
  DspPaperFlow *flow = g_new0 (DspPaperFlow, 1);

  flow->pen = pen;
  flow->width = MAX (width, 72);
  flow->height = MAX (height, 144);
  flow->on_page = on_page;
  flow->user_data = user_data;
  flow->items = g_array_new (FALSE, TRUE, sizeof (Item));
  g_array_set_clear_func (flow->items, clear_item);
  return flow;
}

void
dsp_paper_flow_free (DspPaperFlow *flow)
{
  g_array_unref (flow->items);
  g_free (flow);
}

double dsp_paper_flow_width (DspPaperFlow *flow) { return flow->width; }
double dsp_paper_flow_left (DspPaperFlow *flow) { return flow->height - flow->y; }
double dsp_paper_flow_y (DspPaperFlow *flow) { return flow->y; }
guint dsp_paper_flow_n_pages (DspPaperFlow *flow) { return flow->page + 1; }

static Item *
add_item (DspPaperFlow *flow,
          ItemKind      kind,
          double        x,
          double        y,
          double        width,
          double        height)
{
  Item item = { .kind = kind, .page = flow->page, .x = x, .y = y, .width = width, .height = height };

  g_array_append_val (flow->items, item);
  return &g_array_index (flow->items, Item, flow->items->len - 1);
}

void
dsp_paper_flow_break (DspPaperFlow *flow)
{
  flow->page++;
  flow->y = 0;
  if (flow->on_page != NULL)
    flow->on_page (flow, flow->user_data);
}

void
dsp_paper_flow_need (DspPaperFlow *flow,
                     double        height)
{
  if (flow->y > 0 && flow->y + height > flow->height)
    dsp_paper_flow_break (flow);
}

void
dsp_paper_flow_skip (DspPaperFlow *flow,
                     double        height)
{
  flow->y += height;
}

/* As it will be put: what is shaped for its height is not shaped again. */
static double
measure (DspPaperFlow  *flow,
         DspPaperStyle  style,
         DspPaperAlign  align,
         double         width,
         const char    *text)
{
  g_autoptr(PangoLayout) layout = NULL;

  if (text == NULL || *text == '\0')
    return 0;
  layout = shape (flow->pen, style, align, width, text);
  return height_of (layout);
}

double
dsp_paper_flow_measure (DspPaperFlow  *flow,
                        DspPaperStyle  style,
                        double         width,
                        const char    *text)
{
  return measure (flow, style, DSP_PAPER_LEFT, width, text);
}

double
dsp_paper_flow_row_height (DspPaperFlow       *flow,
                           const DspPaperCell *cells,
                           guint               n_cells)
{
  double height = 0;

  for (guint i = 0; i < n_cells; i++)
    height = MAX (height, measure (flow, cells[i].style, cells[i].align, cells[i].width, cells[i].text));
  return height;
}

static void
add_lines (DspPaperFlow  *flow,
           PangoLayout   *layout,
           DspPaperStyle  style,
           double         x,
           double         y,
           int            first,
           int            n)
{
  Item *item = add_item (flow, ITEM_LINES, x, y, 0, 0);

  item->layout = g_object_ref (layout);
  item->first = first;
  item->n = n;
  item->grey = styles[style].grey;
}

void
dsp_paper_flow_text (DspPaperFlow  *flow,
                     DspPaperStyle  style,
                     double         x,
                     double         width,
                     const char    *text)
{
  g_autoptr(PangoLayout) layout = NULL;
  PangoLayoutIter *iter;
  int first = 0, line = 0;
  double top = 0;

  if (text == NULL || *text == '\0')
    return;
  layout = shape (flow->pen, style, DSP_PAPER_LEFT, width, text);
  iter = pango_layout_get_iter (layout);
  /* Lines that still fit are one item; at the first that does not, a new page begins. */
  do
    {
      PangoRectangle rect;
      double bottom;

      pango_layout_iter_get_line_extents (iter, NULL, &rect);
      bottom = (double) (rect.y + rect.height) / PANGO_SCALE;
      if (flow->y + bottom - top > flow->height && (line > first || flow->y > 0))
        {
          if (line > first)
            add_lines (flow, layout, style, x, flow->y - top, first, line - first);
          dsp_paper_flow_break (flow);
          first = line;
          top = (double) rect.y / PANGO_SCALE;
        }
      line++;
    }
  while (pango_layout_iter_next_line (iter));
  pango_layout_iter_free (iter);
  add_lines (flow, layout, style, x, flow->y - top, first, line - first);
  flow->y += height_of (layout) - top;
}

void
dsp_paper_flow_row (DspPaperFlow       *flow,
                    const DspPaperCell *cells,
                    guint               n_cells)
{
  double height = dsp_paper_flow_row_height (flow, cells, n_cells);

  dsp_paper_flow_need (flow, height);
  if (flow->y + height <= flow->height)
    {
      for (guint i = 0; i < n_cells; i++)
        dsp_paper_flow_put (flow, cells[i].style, cells[i].x, flow->y, cells[i].width, cells[i].align, cells[i].text);
      flow->y += height;
      return;
    }
  for (guint i = 0; i < n_cells; i++)
    dsp_paper_flow_text (flow, cells[i].style, cells[i].x, cells[i].width, cells[i].text);
}

void
dsp_paper_flow_put_on (DspPaperFlow  *flow,
                       guint          page,
                       DspPaperStyle  style,
                       double         x,
                       double         y,
                       double         width,
                       DspPaperAlign  align,
                       const char    *text)
{
  guint present = flow->page;

  flow->page = page;
  dsp_paper_flow_put (flow, style, x, y, width, align, text);
  flow->page = present;
}

double
dsp_paper_flow_put (DspPaperFlow  *flow,
                    DspPaperStyle  style,
                    double         x,
                    double         y,
                    double         width,
                    DspPaperAlign  align,
                    const char    *text)
{
  g_autoptr(PangoLayout) layout = NULL;

  if (text == NULL || *text == '\0')
    return 0;
  layout = shape (flow->pen, style, align, width, text);
  add_lines (flow, layout, style, x, y, 0, pango_layout_get_line_count (layout));
  return height_of (layout);
}

void
dsp_paper_flow_rule (DspPaperFlow *flow,
                     double        x,
                     double        y,
                     double        width,
                     double        height,
                     double        thickness)
{
  add_item (flow, ITEM_RULE, x, y, width, height)->value = thickness;
}

void
dsp_paper_flow_box (DspPaperFlow *flow,
                    double        x,
                    double        y,
                    double        width,
                    double        height,
                    double        thickness)
{
  add_item (flow, ITEM_BOX, x, y, width, height)->value = thickness;
}

void
dsp_paper_flow_shade (DspPaperFlow *flow,
                      double        x,
                      double        y,
                      double        width,
                      double        height,
                      double        grey)
{
  add_item (flow, ITEM_SHADE, x, y, width, height)->value = grey;
}

void
dsp_paper_flow_picture (DspPaperFlow     *flow,
                        double            x,
                        double            y,
                        double            width,
                        double            height,
                        DspPaperDrawFunc  draw,
                        gconstpointer     picture)
{
  Item *item = add_item (flow, ITEM_PICTURE, x, y, width, height);

  item->draw = draw;
  item->picture = picture;
}

void
dsp_paper_flow_barcode (DspPaperFlow *flow,
                        double        x,
                        double        y,
                        double        width,
                        double        height,
                        const char    *text)
{
  DspPaperBars *bars = text != NULL ? dsp_paper_bars_new (text) : NULL;

  if (bars != NULL)
    add_item (flow, ITEM_BARS, x, y, width, height)->bars = bars;
}

/* ---- drawing ---- */

static void
draw_lines (const Item *item,
            cairo_t    *cr)
{
  PangoLayoutIter *iter = pango_layout_get_iter (item->layout);
  int line = 0;

  cairo_set_source_rgb (cr, item->grey, item->grey, item->grey);
  do
    {
      PangoRectangle rect;

      if (line >= item->first && line < item->first + item->n)
        {
          pango_layout_iter_get_line_extents (iter, NULL, &rect);
          cairo_move_to (cr, item->x + (double) rect.x / PANGO_SCALE,
                         item->y + (double) pango_layout_iter_get_baseline (iter) / PANGO_SCALE);
          pango_cairo_show_layout_line (cr, pango_layout_iter_get_line_readonly (iter));
        }
      line++;
    }
  while (pango_layout_iter_next_line (iter) && line < item->first + item->n);
  pango_layout_iter_free (iter);
}

static void
draw_bars (const Item *item,
           cairo_t    *cr)
{
  double module = item->width / (item->bars->width + 2 * QUIET_MODULES);

  cairo_set_source_rgb (cr, 0, 0, 0);
  for (guint i = 0; i < item->bars->bars->len; i++)
    {
      const DspPaperBar *bar = &g_array_index (item->bars->bars, DspPaperBar, i);

      cairo_rectangle (cr, item->x + (bar->at + QUIET_MODULES) * module, item->y, bar->width * module, item->height);
    }
  cairo_fill (cr);
}

static void
draw_item (const Item *item,
           cairo_t    *cr)
{
  switch (item->kind)
    {
    case ITEM_LINES:
      draw_lines (item, cr);
      break;
    case ITEM_RULE:
      cairo_set_source_rgb (cr, 0, 0, 0);
      cairo_set_line_width (cr, item->value);
      cairo_move_to (cr, item->x, item->y);
      cairo_rel_line_to (cr, item->width, item->height);
      cairo_stroke (cr);
      break;
    case ITEM_BOX:
      cairo_set_source_rgb (cr, 0, 0, 0);
      cairo_set_line_width (cr, item->value);
      cairo_rectangle (cr, item->x, item->y, item->width, item->height);
      cairo_stroke (cr);
      break;
    case ITEM_SHADE:
      cairo_set_source_rgb (cr, item->value, item->value, item->value);
      cairo_rectangle (cr, item->x, item->y, item->width, item->height);
      cairo_fill (cr);
      break;
    case ITEM_PICTURE:
      cairo_save (cr);
      cairo_translate (cr, item->x, item->y);
      cairo_rectangle (cr, 0, 0, item->width, item->height);
      cairo_clip (cr);
      item->draw (cr, item->picture, item->width, item->height);
      cairo_restore (cr);
      break;
    case ITEM_BARS:
      draw_bars (item, cr);
      break;
    default:
      g_assert_not_reached ();
    }
}

void
dsp_paper_flow_draw (DspPaperFlow *flow,
                     guint         page,
                     cairo_t      *cr)
{
  for (guint i = 0; i < flow->items->len; i++)
    if (g_array_index (flow->items, Item, i).page == page)
      draw_item (&g_array_index (flow->items, Item, i), cr);
}
