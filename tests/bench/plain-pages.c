/* plain-pages.c: what pages of plain text cost, as a measure for sheets
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "plain-pages.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>

double
plain_pages (const char *path,
             guint       n_pages)
{
  cairo_surface_t *surface = cairo_pdf_surface_create (path, 612, 792);
  cairo_t *cr = cairo_create (surface);
  g_autoptr(PangoLayout) layout = pango_cairo_create_layout (cr);
  g_autoptr(PangoFontDescription) font = pango_font_description_from_string ("Sans 9");
  gint64 begin = g_get_monotonic_time ();

  pango_cairo_context_set_resolution (pango_layout_get_context (layout), 72);
  pango_layout_set_font_description (layout, font);
  for (guint page = 0; page < n_pages; page++)
    {
      g_autoptr(GString) text = g_string_new (NULL);

      for (guint line = 0; line < 60; line++)
        g_string_append_printf (text, "Orden %06u, renglón %u: lo que el cliente dijo\n", page, line);
      pango_layout_set_text (layout, text->str, -1);
      cairo_move_to (cr, 36, 36);
      pango_cairo_show_layout (cr, layout);
      cairo_show_page (cr);
    }
  cairo_destroy (cr);
  cairo_surface_finish (surface);
  cairo_surface_destroy (surface);
  return (g_get_monotonic_time () - begin) / 1e6;
}
