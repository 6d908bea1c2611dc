/* dsp-map-view-base.c: the base map under the orders: our outline, a file of tiles, a server's tiles
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-map"

#include "config.h"
#include "dsp-map-view-private.h"

#include "dsp-map-tile.h"

#define MAX_CACHE_BYTES (256 * 1024 * 1024)

void
dsp_map_view_show_base (DspMapView *self)
{
  ShumateMapLayer *base;
  const char *license = shumate_map_source_get_license (SHUMATE_MAP_SOURCE (self->source));
  g_autoptr(GString) text = g_string_new (license);

  dsp_map_source_set_is_dark (self->source, adw_style_manager_get_dark (adw_style_manager_get_default ()));
  dsp_map_source_set_scale_factor (self->source, (guint) gtk_widget_get_scale_factor (GTK_WIDGET (self)));
  dsp_map_source_set_has_cairo_renderer (self->source, dsp_map_widget_has_cairo_renderer (GTK_WIDGET (self)));

  base = shumate_map_layer_new (SHUMATE_MAP_SOURCE (self->source), self->viewport);
  shumate_map_insert_layer_behind (self->map, SHUMATE_LAYER (base), SHUMATE_LAYER (self->layer));
  if (self->base != NULL)
    shumate_map_remove_layer (self->map, SHUMATE_LAYER (self->base));
  self->base = base;

  if (self->data_attribution != NULL && *self->data_attribution != '\0')
    g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", self->data_attribution);
  gtk_label_set_text (self->attribution_label, text->str);
  gtk_widget_set_visible (GTK_WIDGET (self->attribution_label), text->len > 0);
}

static void
take_source (DspMapView   *self,
             DspMapSource *source)
{
  if (self->source != NULL)
    g_signal_handlers_disconnect_by_data (self->source, self);
  g_clear_object (&self->source);
  self->source = source;
  dsp_map_source_set_outline (source, self->outline);
  g_signal_connect_object (source, "refresh", G_CALLBACK (dsp_map_view_show_base), self, G_CONNECT_SWAPPED);
  dsp_map_view_show_base (self);
}

void
dsp_map_view_use_outline (DspMapView *self)
{
  g_return_if_fail (DSP_IS_MAP_VIEW (self));

  take_source (self, dsp_map_source_new_outline (self->outline));
}

/* Shows the tiles of a file; over-zooms past its last level. Returns FALSE with DSP_MAP_ERROR, showing the outline. */
gboolean
dsp_map_view_use_mbtiles (DspMapView  *self,
                          const char  *path,
                          GError     **error)
{
  DspMapSource *source;

  g_return_val_if_fail (DSP_IS_MAP_VIEW (self), FALSE);
  g_return_val_if_fail (path != NULL, FALSE);

  source = dsp_map_source_new_mbtiles (path, error);
  if (source == NULL)
    {
      dsp_map_view_use_outline (self);
      return FALSE;
    }

  take_source (self, source);

  return TRUE;
}

/* Shows a server's tiles, kept in the user's cache folder. @attribution is shown on the map, as the server's owner asks.
 * Returns FALSE with DSP_MAP_ERROR_BAD_TEMPLATE, showing the outline; what the network does later is no error. */
gboolean
dsp_map_view_use_server (DspMapView  *self,
                         const char  *url_template,
                         const char  *attribution,
                         GError     **error)
{
  g_autofree char *cache_dir = g_build_filename (g_get_user_cache_dir (), "despacho", "tiles", NULL);
  DspMapSource *source;

  g_return_val_if_fail (DSP_IS_MAP_VIEW (self), FALSE);
  g_return_val_if_fail (url_template != NULL, FALSE);

  source = dsp_map_source_new_server (url_template, cache_dir, MAX_CACHE_BYTES, error);
  if (source == NULL)
    {
      dsp_map_view_use_outline (self);
      return FALSE;
    }

  shumate_map_source_set_license (SHUMATE_MAP_SOURCE (source), attribution != NULL ? attribution : "");
  take_source (self, source);

  return TRUE;
}
