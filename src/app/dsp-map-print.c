/* dsp-map-print.c: the map as it is shown, on paper
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The map is drawn once, when printing is asked for, into lines that any page can take: what happens meanwhile does not change it.
 */
#define G_LOG_DOMAIN "dsp-map-print"

#include "config.h"
#include "dsp-map-print.h"

#include "dsp-filter-words.h"
#include "dsp-paper-print.h"
#include "dsp-text.h"

#include <cairo.h>
#include <glib/gi18n.h>

/* As drawn, in points: about the printable part of a page that lies. */
#define WIDTH  720.0
#define HEIGHT 470.0

typedef struct {
  char            *title;   /* (owned) */
  char            *filter;  /* (owned) */
  cairo_surface_t *picture; /* (owned): a recording */
} MapPage;

static void
map_page_free (gpointer data)
{
  MapPage *page = data;

  g_free (page->title);
  g_free (page->filter);
  cairo_surface_destroy (page->picture);
  g_free (page);
}

static void
draw_picture (cairo_t       *cr,
              gconstpointer  picture,
              double         width,
              double         height)
{
  double scale = MIN (width / WIDTH, height / HEIGHT);

  cairo_save (cr);
  cairo_translate (cr, (width - WIDTH * scale) / 2, 0);
  cairo_scale (cr, scale, scale);
  cairo_set_source_surface (cr, (cairo_surface_t *) picture, 0, 0);
  cairo_paint (cr);
  cairo_rectangle (cr, 0, 0, WIDTH, HEIGHT);
  cairo_set_source_rgb (cr, 0.4, 0.4, 0.4);
  cairo_set_line_width (cr, 0.5);
  cairo_stroke (cr);
  cairo_restore (cr);
}

static DspPaperFlow *
lay_out (gconstpointer  content,
         DspPaperPen   *pen,
         double         width,
         double         height)
{
  const MapPage *page = content;
  DspPaperFlow *flow = dsp_paper_flow_new (pen, width, height, NULL, NULL);

  dsp_paper_flow_text (flow, DSP_PAPER_TITLE, 0, width, page->title);
  dsp_paper_flow_text (flow, DSP_PAPER_SMALL, 0, width, page->filter);
  dsp_paper_flow_skip (flow, 6);
  dsp_paper_flow_picture (flow, 0, dsp_paper_flow_y (flow), width, dsp_paper_flow_left (flow), draw_picture, page->picture);
  return flow;
}

static char *
filter_words (DspOffice *office)
{
  const DspFilter *filter = dsp_office_get_filter (office);
  g_auto(GStrv) names = dsp_filter_names (filter);
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *words = dsp_filter_words (office, filter, names[i]);

      g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", words);
    }
  return g_strdup (text->len > 0 ? text->str : _("All orders"));
}

/* What the colours say, in the words of the map's own choice. */
static const char *
colour_words (DspMapColour colour)
{
  static const char *const words[DSP_MAP_N_COLOURS] = {
    [DSP_MAP_COLOUR_UNASSIGNED] = N_("Unassigned orders"), [DSP_MAP_COLOUR_AT_RISK] = N_("Orders at risk"),
    [DSP_MAP_COLOUR_PENALIZED] = N_("Penalized orders"), [DSP_MAP_COLOUR_TOTAL] = N_("All orders"),
  };

  return _(words[colour]);
}

DspPaperDocument *
dsp_map_print_document (DspOffice  *office,
                        DspMapView *view)
{
  const cairo_rectangle_t extents = { 0, 0, WIDTH, HEIGHT };
  DspPaperDocument *document = dsp_paper_document_new (_("Map of orders"));
  g_autofree char *now = dsp_text_time_full ((DspTime) { g_get_real_time () });
  g_autofree char *foot = g_strdup_printf (_("Printed %s"), now);
  MapPage *page = g_new0 (MapPage, 1);
  cairo_t *cr;

  /* Translators: title of a printed map; what its colours count */
  page->title = g_strdup_printf (_("Map of orders · %s"), colour_words (dsp_map_view_get_colour (view)));
  page->filter = filter_words (office);
  page->picture = cairo_recording_surface_create (CAIRO_CONTENT_COLOR_ALPHA, &extents);
  cr = cairo_create (page->picture);
  dsp_map_view_draw (view, cr, WIDTH, HEIGHT);
  cairo_destroy (cr);
  dsp_paper_document_set_landscape (document, TRUE);
  dsp_paper_document_set_foot (document, foot);
  dsp_paper_document_add (document, lay_out, page, map_page_free, NULL);
  return document;
}

void
dsp_map_print (GtkWindow  *parent,
               DspOffice  *office,
               DspMapView *view)
{
  g_autoptr(DspPaperDocument) document = dsp_map_print_document (office, view);

  dsp_paper_print (parent, office, document, dsp_paper_size_chosen (office));
}
