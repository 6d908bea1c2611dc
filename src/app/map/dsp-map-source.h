/* dsp-map-source.h: where base tiles come from; never leaves one blank
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <shumate/shumate.h>

#include "dsp-map-outline.h"

G_BEGIN_DECLS

#define DSP_TYPE_MAP_SOURCE (dsp_map_source_get_type ())
G_DECLARE_DERIVABLE_TYPE (DspMapSource, dsp_map_source, DSP, MAP_SOURCE, ShumateMapSource)

/* The class alone draws the outline; subclasses bring images and fall back to it.
 *
 * Signal "refresh": what tiles showed until now was second best (an outline, for want of a network); ask again.
 */
struct _DspMapSourceClass
{
  ShumateMapSourceClass parent_class;

  /* Worker thread: the image kept here, or NULL. `is_stale`: worth a fetch all the same. */
  GBytes  *(*load)         (DspMapSource        *self,
                            guint                zoom,
                            guint                x,
                            guint                y,
                            gboolean            *is_stale);

  /* Main thread: the image from elsewhere. NULL without an error means that there is none. */
  void     (*fetch_async)  (DspMapSource        *self,
                            guint                zoom,
                            guint                x,
                            guint                y,
                            GCancellable        *cancellable,
                            GAsyncReadyCallback  callback,
                            gpointer             user_data);
  GBytes  *(*fetch_finish) (DspMapSource        *self,
                            GAsyncResult        *result,
                            GError             **error);

  /* Worker thread: keep a fetched image. */
  void     (*keep)         (DspMapSource        *self,
                            guint                zoom,
                            guint                x,
                            guint                y,
                            GBytes              *image);
};

DspMapSource *dsp_map_source_new_outline            (DspMapOutline *outline) G_GNUC_WARN_UNUSED_RESULT;

void          dsp_map_source_set_outline            (DspMapSource  *self,
                                                     DspMapOutline *outline);
void          dsp_map_source_set_is_dark            (DspMapSource  *self,
                                                     gboolean       is_dark);
void          dsp_map_source_set_scale_factor       (DspMapSource  *self,
                                                     guint          scale_factor);
void          dsp_map_source_set_has_cairo_renderer (DspMapSource  *self,
                                                     gboolean       has_cairo_renderer);
gboolean      dsp_map_source_is_idle                (DspMapSource  *self);

/* Tiles in a file: raster MBTiles. Errors: DSP_MAP_ERROR. */
DspMapSource *dsp_map_source_new_mbtiles            (const char    *path,
                                                     GError       **error) G_GNUC_WARN_UNUSED_RESULT;

/* Tiles from a server, kept in `cache_dir` up to `max_cache_bytes`. Errors: DSP_MAP_ERROR. */
DspMapSource *dsp_map_source_new_server             (const char    *url_template,
                                                     const char    *cache_dir,
                                                     guint64        max_cache_bytes,
                                                     GError       **error) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
