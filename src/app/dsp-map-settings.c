/* dsp-map-settings.c: what every map in the window has from the person's settings and the office's clock
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-map-settings"

#include "config.h"
#include "dsp-map-settings.h"

#include <glib/gi18n.h>

void
dsp_map_use_settings (DspMapView *view,
                      DspOffice  *office)
{
  GSettings *settings = dsp_office_get_settings (office);
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_settings_get_string (settings, "map-mbtiles");
  g_autofree char *url = g_settings_get_string (settings, "map-url");
  g_autofree char *attribution = g_settings_get_string (settings, "map-attribution");

  switch (g_settings_get_enum (settings, "map-source"))
    {
    case 1:
      if (*url == '\0')
        dsp_map_view_use_outline (view);
      else if (!dsp_map_view_use_server (view, url, attribution, &error))
        dsp_office_message (office, 0, _("The map's address cannot be used: %s"), error->message);
      break;
    case 2:
      if (*path == '\0')
        dsp_map_view_use_outline (view);
      else if (!dsp_map_view_use_mbtiles (view, path, &error))
        dsp_office_message (office, 0, _("The map file cannot be used: %s"), error->message);
      break;
    default:
      dsp_map_view_use_outline (view);
      break;
    }
}

DspMapUrgency
dsp_map_urgency (const DspOrder *order,
                 const DspClock *clock)
{
  gint64 late_us = dsp_order_penalized_from (order);

  if (late_us == 0)
    return DSP_MAP_URGENCY_NORMAL;
  return late_us <= clock->now_us ? DSP_MAP_URGENCY_PENALIZED
         : late_us <= clock->now_us + clock->risk_us ? DSP_MAP_URGENCY_AT_RISK
         : DSP_MAP_URGENCY_NORMAL;
}
