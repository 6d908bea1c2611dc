/* dsp-road.c: how long the ways between places are by road: whoever can say it
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-road"

#include "config.h"
#include "dsp-road.h"

#include <string.h>

gboolean
dsp_road_check (const DspRoadOptions *options,
                GError              **error)
{
  g_autoptr(GUri) uri = options->osrm != NULL ? g_uri_parse (options->osrm, G_URI_FLAGS_NONE, NULL) : NULL;

  if (options->osrm != NULL &&
      (uri == NULL || g_uri_get_host (uri) == NULL || *g_uri_get_host (uri) == '\0' || g_uri_get_query (uri) != NULL ||
       (!g_str_equal (g_uri_get_scheme (uri), "http") && !g_str_equal (g_uri_get_scheme (uri), "https"))))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "osrm: “%s” is not an address such as http://127.0.0.1:5000",
                   options->osrm);
      return FALSE;
    }
  if (options->routino != NULL && !g_path_is_absolute (options->routino))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "routino: “%s” is not a whole path such as /var/lib/routino",
                   options->routino);
      return FALSE;
    }
  return TRUE;
}

/* A claim's ways are some tens of kilometres: what lies beyond is an answer about something else. */
static gboolean
is_credible (const GArray *ways,
             const GArray *tour)
{
  if (ways->len + 1 != tour->len)
    return FALSE;
  for (guint i = 0; i < ways->len; i++)
    if (g_array_index (ways, gint64, i) < 0 || g_array_index (ways, gint64, i) > 10 * DSP_TOUR_FAR_M)
      return FALSE;
  return TRUE;
}

GArray *
dsp_road_measure (const DspRoadOptions *options,
                  const GArray         *tour,
                  DspDistance          *by,
                  GCancellable         *cancellable,
                  GError              **error)
{
  static const struct {
    DspDistance by;
    const char *name;
    GArray   *(*ask) (const DspRoadOptions *options, const GArray *tour, GCancellable *cancellable, GError **error);
  } sources[] = { { DSP_DISTANCE_OSRM, "OSRM", dsp_road_osrm }, { DSP_DISTANCE_ROUTINO, "Routino", dsp_road_routino } };
  const char *const prepared[] = { options->osrm, options->routino };

  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    {
      g_autoptr(GArray) ways = NULL;

      if (prepared[i] == NULL)
        continue;
      g_clear_error (error);
      ways = sources[i].ask (options, tour, cancellable, error);
      if (ways != NULL && is_credible (ways, tour))
        {
          *by = sources[i].by;
          return g_steal_pointer (&ways);
        }
      if (ways != NULL)
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "answers about %u ways where %u were asked for", ways->len, tour->len - 1);
      g_prefix_error (error, "%s: ", sources[i].name);
    }
  if (error != NULL && *error == NULL)
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_INITIALIZED, "no routing service is prepared");
  return NULL;
}
