/* dsp-chart-export.c: a chart in a file: PNG, SVG, PDF, or its figures as CSV
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-chart-export"

#include "config.h"
#include "dsp-chart-export.h"

#include "dsp-filter-words.h"
#include "dsp-text.h"

#include <cairo-pdf.h>
#include <cairo-svg.h>
#include <glib/gi18n.h>

#define WIDTH 820.0   /* points */
#define MARGIN 24.0
#define STANDING_HEIGHT 420.0
#define FONT "Sans 11"
#define PNG_SCALE 2.0

const char *const dsp_chart_file_words[DSP_N_CHART_FILES] = { "png", "svg", "pdf", "csv" };

/* ---- drawing ---- */

static cairo_status_t
append (void                *closure,
        const unsigned char *data,
        unsigned int         length)
{
  g_byte_array_append (closure, data, length);
  return CAIRO_STATUS_SUCCESS;
}

/* Points are the unit everywhere; pango would take them for pixels of a screen. */
static PangoLayout *
make_layout (cairo_t *cr)
{
  PangoLayout *layout = pango_cairo_create_layout (cr);
  PangoFontDescription *font = pango_font_description_from_string (FONT);

  pango_cairo_context_set_resolution (pango_layout_get_context (layout), 72);
  pango_layout_context_changed (layout);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);
  return layout;
}

static double
file_height (const DspPicture *picture)
{
  cairo_surface_t *nothing = cairo_recording_surface_create (CAIRO_CONTENT_COLOR_ALPHA, NULL);
  cairo_t *cr = cairo_create (nothing);
  g_autoptr(PangoLayout) layout = make_layout (cr);
  double height = dsp_picture_height (picture, layout);

  cairo_destroy (cr);
  cairo_surface_destroy (nothing);
  return picture->standing ? MAX (height, STANDING_HEIGHT) : height;
}

static void
draw_page (const DspPicture *picture,
           cairo_t          *cr,
           double            height)
{
  DspDrawing drawing = { .width = WIDTH - 2 * MARGIN, .height = height, .look = DSP_LOOK_LIGHT, .chosen = -1 };
  g_autoptr(PangoLayout) layout = make_layout (cr);

  cairo_set_source_rgb (cr, 1, 1, 1);
  cairo_paint (cr);
  cairo_translate (cr, MARGIN, MARGIN);
  pango_cairo_update_layout (cr, layout);
  dsp_picture_draw (picture, cr, layout, &drawing);
}

GBytes *
dsp_picture_file (const DspPicture *picture,
                  DspChartFile      file,
                  GError          **error)
{
  GByteArray *bytes = g_byte_array_new ();
  double inner = file_height (picture), height = inner + 2 * MARGIN;
  cairo_surface_t *surface;
  cairo_status_t status;
  cairo_t *cr;

  if (file == DSP_CHART_PNG)
    surface = cairo_image_surface_create (CAIRO_FORMAT_RGB24, (int) (WIDTH * PNG_SCALE), (int) (height * PNG_SCALE));
  else if (file == DSP_CHART_SVG)
    surface = cairo_svg_surface_create_for_stream (append, bytes, WIDTH, height);
  else
    surface = cairo_pdf_surface_create_for_stream (append, bytes, WIDTH, height);
  if (file == DSP_CHART_PDF && picture->title != NULL)
    cairo_pdf_surface_set_metadata (surface, CAIRO_PDF_METADATA_TITLE, picture->title);
  cr = cairo_create (surface);
  if (file == DSP_CHART_PNG)
    cairo_scale (cr, PNG_SCALE, PNG_SCALE);
  draw_page (picture, cr, inner);
  status = cairo_status (cr);
  cairo_destroy (cr);
  if (status == CAIRO_STATUS_SUCCESS && file == DSP_CHART_PNG)
    status = cairo_surface_write_to_png_stream (surface, append, bytes);
  cairo_surface_finish (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    status = cairo_surface_status (surface);
  cairo_surface_destroy (surface);
  if (status == CAIRO_STATUS_SUCCESS)
    return g_byte_array_free_to_bytes (bytes);
  g_byte_array_unref (bytes);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s", cairo_status_to_string (status));
  return NULL;
}

/* ---- saving ---- */

typedef struct {
  DspOffice *office; /* (owned) */
  GBytes    *bytes;  /* (owned) */
} Export;

static void
export_free (Export *export)
{
  g_object_unref (export->office);
  g_bytes_unref (export->bytes);
  g_free (export);
}

static void
written_cb (GObject      *source,
            GAsyncResult *res,
            gpointer      user_data)
{
  Export *export = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *name = g_file_get_basename (G_FILE (source));

  if (g_file_replace_contents_finish (G_FILE (source), res, NULL, &error))
    dsp_office_message (export->office, 0, _("Saved as %s"), name);
  else
    dsp_office_message (export->office, 0, _("%s could not be written: %s"), name, error->message);
  export_free (export);
}

static void
on_file_chosen (GtkNativeDialog *chooser,
                int              response,
                Export          *export)
{
  g_autoptr(GFile) file = response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser)) : NULL;

  g_object_unref (chooser);
  if (file == NULL)
    {
      export_free (export);
      return;
    }
  g_file_replace_contents_bytes_async (file, export->bytes, NULL, FALSE, G_FILE_CREATE_NONE, NULL, written_cb, export);
}

/* What the figures are of: the filter's conditions, and when. */
static char *
subtitle_of (DspOffice      *office,
             const DspChart *chart)
{
  const DspFilter *filter = dsp_office_get_filter (office);
  g_auto(GStrv) names = dsp_filter_names (filter);
  g_autofree char *when = dsp_text_time_edit ((DspTime) { g_get_real_time () });
  GString *text = g_string_new (when);

  if (names[0] == NULL)
    g_string_append_printf (text, " · %s", _("All orders"));
  for (guint i = 0; names[i] != NULL; i++)
    {
      g_autofree char *words = dsp_filter_words (office, filter, names[i]);

      g_string_append_printf (text, " · %s", words);
    }
  if (chart->by->kind != DSP_KIND_TIME && chart->bars->len > DSP_CHART_MAX_BARS)
    {
      g_string_append (text, " · ");
      /* Translators: how many bars are drawn, of how many */
      g_string_append_printf (text, _("The first %d of %u"), DSP_CHART_MAX_BARS, chart->bars->len);
    }
  return g_string_free (text, FALSE);
}

static GBytes *
make_file (DspOffice      *office,
           const DspChart *chart,
           DspChartFile    file,
           GError        **error)
{
  g_autoptr(DspPicture) picture = NULL;
  char *text;

  if (file == DSP_CHART_CSV)
    {
      text = dsp_chart_csv (office, chart);
      return g_bytes_new_take (text, strlen (text));
    }
  picture = dsp_chart_picture (office, chart, DSP_CHART_MAX_BARS);
  picture->title = dsp_chart_title (chart);
  picture->subtitle = subtitle_of (office, chart);
  return dsp_picture_file (picture, file, error);
}

void
dsp_chart_export (GtkWidget      *widget,
                  DspOffice      *office,
                  const DspChart *chart,
                  DspChartFile    file)
{
  GtkRoot *root = gtk_widget_get_root (widget);
  g_autoptr(GError) error = NULL;
  GBytes *bytes = make_file (office, chart, file, &error);
  GtkFileChooserNative *chooser;
  g_autofree char *title = NULL;
  g_autofree char *name = NULL;
  Export *export;

  if (bytes == NULL)
    {
      dsp_office_message (office, 0, _("The chart could not be drawn: %s"), error->message);
      return;
    }
  export = g_new (Export, 1);
  *export = (Export) { g_object_ref (office), bytes };
  title = dsp_chart_title (chart);
  name = g_strdup_printf ("%s.%s", g_strdelimit (title, "/\\·", '-'), dsp_chart_file_words[file]);
  chooser = gtk_file_chooser_native_new (_("Save chart"), GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
                                         GTK_FILE_CHOOSER_ACTION_SAVE, _("_Save"), _("_Cancel"));
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect (chooser, "response", G_CALLBACK (on_file_chosen), export);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}
