/* dsp-map-view-draw.c: the map on paper
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-map"

#include "config.h"
#include "dsp-map-view-private.h"

#include "dsp-map-palette.h"

/* Draws what is in view, on the outline as base map, in the light style, with legend and attribution, into width x
 * height of the context's units: for paper. */
void
dsp_map_view_draw (DspMapView *self,
                   cairo_t    *cr,
                   double      width,
                   double      height)
{
  g_autoptr(PangoLayout) layout = NULL;
  DspMapRenderInput input;
  double centre_x, centre_y;
  int text_width, text_height;

  g_return_if_fail (DSP_IS_MAP_VIEW (self));
  g_return_if_fail (width > 0 && height > 0);

  dsp_map_layer_get_render_input (self->layer, &input);
  input.is_dark = FALSE;
  centre_x = input.frame.origin_x + input.frame.width / 2 / input.frame.scale;
  centre_y = input.frame.origin_y + input.frame.height / 2 / input.frame.scale;
  if (input.frame.width > 0 && input.frame.height > 0)
    input.frame.scale *= MIN (width / input.frame.width, height / input.frame.height);
  input.frame.width = width;
  input.frame.height = height;
  input.frame.origin_x = centre_x - width / 2 / input.frame.scale;
  input.frame.origin_y = centre_y - height / 2 / input.frame.scale;

  cairo_save (cr);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_clip (cr);
  if (self->outline != NULL)
    dsp_map_outline_draw (self->outline, cr, &input.frame, FALSE);
  dsp_map_render (cr, &input, NULL, NULL);

  layout = pango_cairo_create_layout (cr);
  cairo_save (cr);
  cairo_translate (cr, 6, height - dsp_map_legend_height (self->closed) - 6);
  cairo_rectangle (cr, 0, 0, DSP_MAP_LEGEND_WIDTH, dsp_map_legend_height (self->closed));
  dsp_map_set_rgb (cr, dsp_map_palette_get_paper (FALSE), 0.9);
  cairo_fill (cr);
  dsp_map_legend_draw (cr, layout, self->colour, input.tallies->breaks[self->colour], self->closed, FALSE);
  cairo_restore (cr);

  if (self->data_attribution == NULL || *self->data_attribution == '\0')
    {
      pango_layout_set_text (layout, "Natural Earth", -1);
    }
  else
    {
      g_autofree char *text = g_strdup_printf ("Natural Earth · %s", self->data_attribution);

      pango_layout_set_text (layout, text, -1);
    }
  pango_layout_get_pixel_size (layout, &text_width, &text_height);
  cairo_move_to (cr, width - text_width - 6, height - text_height - 4);
  dsp_map_set_rgb (cr, dsp_map_palette_get_ink (FALSE), 0.8);
  pango_cairo_show_layout (cr, layout);
  cairo_restore (cr);
}
