/* dsp-map-legend.c: what the map's colours and signs mean
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Drawn by the same functions for the screen and for paper.
 */
#define G_LOG_DOMAIN "dsp-map"

#include "config.h"
#include "dsp-map-legend.h"

#include <glib/gi18n.h>

#include "dsp-map-hatch.h"
#include "dsp-map-palette.h"

#define MARGIN 8
#define SWATCH_WIDTH 38.0
#define SWATCH_HEIGHT 11.0
#define HEIGHT 76
#define CLOSED_HEIGHT 20 /* more, when something is closed */

struct _DspMapLegend
{
  GtkWidget parent_instance;

  DspMapColour colour;
  guint32 breaks[DSP_MAP_N_CLASSES];
  char *closed; /* (owned) (nullable) */
  gboolean is_dark;
};

G_DEFINE_FINAL_TYPE (DspMapLegend, dsp_map_legend, GTK_TYPE_WIDGET)

static void
format_class (const guint32 *breaks,
              guint          i,
              char           text[32])
{
  if (i + 1 == DSP_MAP_N_CLASSES)
    g_snprintf (text, 32, "%u+", breaks[i]);
  else if (breaks[i + 1] - breaks[i] > 1)
    g_snprintf (text, 32, "%u–%u", breaks[i], breaks[i + 1] - 1);
  else
    g_snprintf (text, 32, "%u", breaks[i]);
}

static double
show_text (cairo_t     *cr,
           PangoLayout *layout,
           const char  *text,
           double       x,
           double       y)
{
  int width;

  pango_layout_set_text (layout, text, -1);
  pango_layout_get_pixel_size (layout, &width, NULL);
  cairo_move_to (cr, x, y);
  pango_cairo_show_layout (cr, layout);

  return width;
}

static void
add_sign (cairo_t       *cr,
          double         x,
          double         y,
          DspMapUrgency  urgency)
{
  cairo_new_path (cr);
  if (urgency == DSP_MAP_URGENCY_NORMAL)
    {
      cairo_arc (cr, x, y, 4.5, 0, 2 * G_PI);
    }
  else if (urgency == DSP_MAP_URGENCY_AT_RISK)
    {
      cairo_move_to (cr, x, y - 5.5);
      cairo_line_to (cr, x + 5.5, y);
      cairo_line_to (cr, x, y + 5.5);
      cairo_line_to (cr, x - 5.5, y);
    }
  else
    {
      cairo_move_to (cr, x, y - 5.5);
      cairo_line_to (cr, x + 5.5, y + 4);
      cairo_line_to (cr, x - 5.5, y + 4);
    }
  cairo_close_path (cr);
}

int
dsp_map_legend_height (const char *closed)
{
  return closed != NULL ? HEIGHT + CLOSED_HEIGHT : HEIGHT;
}

/* Draws into DSP_MAP_LEGEND_WIDTH x dsp_map_legend_height() from the origin; sets the layout's font. @closed: (nullable): what
 * is hatched, in words. */
void
dsp_map_legend_draw (cairo_t       *cr,
                     PangoLayout   *layout,
                     DspMapColour   colour,
                     const guint32 *breaks,
                     const char    *closed,
                     gboolean       is_dark)
{
  g_autoptr(PangoFontDescription) font = pango_font_description_from_string ("Sans");
  DspMapRgb ink = dsp_map_palette_get_ink (is_dark);
  const char *const signs[] = { _("in time"), _("at risk"), _("penalized") };
  double x = MARGIN;

  pango_font_description_set_absolute_size (font, 10 * PANGO_SCALE);
  pango_layout_set_font_description (layout, font);

  for (guint i = 0; i < DSP_MAP_N_CLASSES; i++)
    {
      char text[32];
      int width;

      cairo_rectangle (cr, MARGIN + i * SWATCH_WIDTH, 6, SWATCH_WIDTH - 1, SWATCH_HEIGHT);
      dsp_map_set_rgb (cr, dsp_map_palette_get_class (colour, i + 1, is_dark), 1);
      cairo_fill (cr);

      format_class (breaks, i, text);
      pango_layout_set_text (layout, text, -1);
      pango_layout_get_pixel_size (layout, &width, NULL);
      cairo_move_to (cr, floor (MARGIN + (i + 0.5) * SWATCH_WIDTH - width / 2.0), 19);
      dsp_map_set_rgb (cr, ink, 0.9);
      pango_cairo_show_layout (cr, layout);
    }

  for (guint i = 0; i < 3; i++)
    {
      add_sign (cr, x + 6, 46, (DspMapUrgency) i);
      dsp_map_set_rgb (cr, dsp_map_palette_get_urgency ((DspMapUrgency) i, is_dark), 1);
      cairo_fill (cr);
      dsp_map_set_rgb (cr, ink, 0.9);
      x += 15 + show_text (cr, layout, signs[i], x + 15, 39) + 8;
    }

  cairo_new_path (cr);
  cairo_arc (cr, MARGIN + 6, 64, 5, 0, 2 * G_PI);
  dsp_map_set_rgb (cr, dsp_map_palette_get_urgency (DSP_MAP_URGENCY_NORMAL, is_dark), 1);
  cairo_set_line_width (cr, 2);
  cairo_set_dash (cr, (double[]) { 3, 2.2 }, 2, 0);
  cairo_stroke (cr);
  cairo_set_dash (cr, NULL, 0, 0);
  dsp_map_set_rgb (cr, ink, 0.9);
  x = MARGIN + 15 + show_text (cr, layout, _("approximate place"), MARGIN + 15, 57) + 8;

  cairo_new_path (cr);
  cairo_arc (cr, x + 6, 64, 4, 0, 2 * G_PI);
  dsp_map_set_rgb (cr, dsp_map_palette_get_urgency (DSP_MAP_URGENCY_NORMAL, is_dark), 1);
  cairo_set_line_width (cr, 1.8);
  cairo_stroke (cr);
  dsp_map_set_rgb (cr, ink, 0.9);
  show_text (cr, layout, _("assigned"), x + 15, 57);
  if (closed == NULL)
    return;

  cairo_new_path (cr);
  cairo_rectangle (cr, MARGIN, 78, 24, 11);
  dsp_map_set_rgb (cr, dsp_map_palette_get_class (colour, 2, is_dark), 1);
  cairo_fill_preserve (cr);
  dsp_map_hatch_fill (cr, 0, is_dark);
  dsp_map_set_rgb (cr, ink, 0.9);
  show_text (cr, layout, closed, MARGIN + 30, 77);
}

static void
dsp_map_legend_snapshot (GtkWidget   *widget,
                         GtkSnapshot *snapshot)
{
  DspMapLegend *self = DSP_MAP_LEGEND (widget);
  g_autoptr(PangoLayout) layout = gtk_widget_create_pango_layout (widget, NULL);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, DSP_MAP_LEGEND_WIDTH,
                                                                          (float) dsp_map_legend_height (self->closed)));

  dsp_map_legend_draw (cr, layout, self->colour, self->breaks, self->closed, self->is_dark);
  cairo_destroy (cr);
}

static void
dsp_map_legend_measure (GtkWidget      *widget,
                        GtkOrientation  orientation,
                        int             for_size,
                        int            *minimum,
                        int            *natural,
                        int            *minimum_baseline,
                        int            *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? DSP_MAP_LEGEND_WIDTH
                        : dsp_map_legend_height (DSP_MAP_LEGEND (widget)->closed);
}

static void
dsp_map_legend_finalize (GObject *object)
{
  g_free (DSP_MAP_LEGEND (object)->closed);
  G_OBJECT_CLASS (dsp_map_legend_parent_class)->finalize (object);
}

static void
dsp_map_legend_class_init (DspMapLegendClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = dsp_map_legend_finalize;

  widget_class->snapshot = dsp_map_legend_snapshot;
  widget_class->measure = dsp_map_legend_measure;
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
dsp_map_legend_init (DspMapLegend *self)
{
}

/* @breaks: (array fixed-size=5): the least value of each class; @closed: (nullable): what is hatched, in words */
void
dsp_map_legend_set (DspMapLegend  *self,
                    DspMapColour   colour,
                    const guint32 *breaks,
                    const char    *closed,
                    gboolean       is_dark)
{
  g_autoptr(GString) text = g_string_new (_("Legend, from pale to strong:"));

  g_return_if_fail (DSP_IS_MAP_LEGEND (self));

  self->colour = colour;
  self->is_dark = is_dark;
  for (guint i = 0; i < DSP_MAP_N_CLASSES; i++)
    {
      char label[32];

      self->breaks[i] = breaks[i];
      format_class (breaks, i, label);
      g_string_append_printf (text, " %s", label);
    }
  if (g_strcmp0 (self->closed, closed) != 0)
    {
      g_free (self->closed);
      self->closed = g_strdup (closed);
      gtk_widget_queue_resize (GTK_WIDGET (self));
    }
  if (closed != NULL)
    /* Translators: what the hatching on the map means */
    g_string_append_printf (text, _("; hatched: %s"), closed);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, text->str, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
