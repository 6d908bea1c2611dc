/* dsp-paper-photo.c: a photo or a signature on paper
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-paper"

#include "config.h"
#include "dsp-paper-photo.h"

#include <gdk/gdk.h>

#define DOTS_A_POINT (200.0 / 72) /* as much as a printer shows of a photo */
#define JPEG_QUALITY "80"
#define MAX_DOTS (200 * 1000 * 1000) /* a file that says more would fill the memory while it is decoded */

DspPaperPhoto *
dsp_paper_photo_new (const char *name,
                     const char *path)
{
  DspPaperPhoto *photo = g_new0 (DspPaperPhoto, 1);

  photo->name = g_strdup (name);
  photo->path = g_strdup (path);
  return photo;
}

void
dsp_paper_photo_free (DspPaperPhoto *photo)
{
  g_free (photo->name);
  g_free (photo->path);
  g_free (photo);
}

/* A camera held upright writes its pictures lying down, with a note about it. */
static GdkPixbuf *
read_picture (const DspPaperPhoto *photo,
              double               width,
              double               height)
{
  int dots = (int) (MAX (width, height) * DOTS_A_POINT), full_width = 0, full_height = 0;
  g_autoptr(GError) error = NULL;
  g_autoptr(GdkPixbuf) read = NULL;

  if (gdk_pixbuf_get_file_info (photo->path, &full_width, &full_height) == NULL ||
      (gint64) full_width * full_height > MAX_DOTS)
    return NULL;
  read = full_width > dots || full_height > dots ? gdk_pixbuf_new_from_file_at_scale (photo->path, dots, dots, TRUE, &error)
                                                 : gdk_pixbuf_new_from_file (photo->path, &error);
  if (read == NULL)
    {
      g_warning ("Could not read a picture for paper: %s", error->message);
      return NULL;
    }
  return gdk_pixbuf_apply_embedded_orientation (read);
}

/* In a PDF file a photo as JPEG takes a tenth of what its dots would. */
static void
add_jpeg (cairo_surface_t *surface,
          GdkPixbuf       *pixbuf)
{
  char *bytes;
  gsize length;

  if (gdk_pixbuf_get_has_alpha (pixbuf) ||
      !gdk_pixbuf_save_to_buffer (pixbuf, &bytes, &length, "jpeg", NULL, "quality", JPEG_QUALITY, NULL))
    return;
  if (cairo_surface_set_mime_data (surface, CAIRO_MIME_TYPE_JPEG, (const unsigned char *) bytes, length, g_free, bytes) !=
      CAIRO_STATUS_SUCCESS)
    g_free (bytes);
}

static cairo_surface_t *
make_surface (GdkPixbuf *pixbuf)
{
  cairo_surface_t *surface = cairo_image_surface_create (gdk_pixbuf_get_has_alpha (pixbuf) ? CAIRO_FORMAT_ARGB32 : CAIRO_FORMAT_RGB24,
                                                         gdk_pixbuf_get_width (pixbuf), gdk_pixbuf_get_height (pixbuf));
  cairo_t *cr = cairo_create (surface);

  gdk_cairo_set_source_pixbuf (cr, pixbuf, 0, 0);
  cairo_paint (cr);
  cairo_destroy (cr);
  add_jpeg (surface, pixbuf);
  return surface;
}

static void
cross_out (cairo_t *cr,
           double   width,
           double   height)
{
  cairo_set_source_rgb (cr, 0.6, 0.6, 0.6);
  cairo_set_line_width (cr, 0.5);
  cairo_rectangle (cr, 0.25, 0.25, width - 0.5, height - 0.5);
  cairo_move_to (cr, 0, 0);
  cairo_line_to (cr, width, height);
  cairo_move_to (cr, width, 0);
  cairo_line_to (cr, 0, height);
  cairo_stroke (cr);
}

void
dsp_paper_photo_draw (cairo_t       *cr,
                      gconstpointer  data,
                      double         width,
                      double         height)
{
  g_autoptr(GdkPixbuf) pixbuf = read_picture (data, width, height);
  cairo_surface_t *surface;
  double scale;

  if (pixbuf == NULL)
    {
      cross_out (cr, width, height);
      return;
    }
  surface = make_surface (pixbuf);
  scale = MIN (MIN (width / gdk_pixbuf_get_width (pixbuf), height / gdk_pixbuf_get_height (pixbuf)), 1);
  cairo_translate (cr, (width - scale * gdk_pixbuf_get_width (pixbuf)) / 2, (height - scale * gdk_pixbuf_get_height (pixbuf)) / 2);
  cairo_scale (cr, scale, scale);
  cairo_set_source_surface (cr, surface, 0, 0);
  cairo_paint (cr);
  cairo_surface_destroy (surface);
}
