/* map-data.h: areas, places and invented counts for the map's demo and bench
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dsp-geojson.h"
#include "dsp-map-view.h"

typedef struct
{
  GArray *areas;  /* DspMapArea */
  GArray *places; /* DspMapPlace */
  GArray *counts; /* DspMapCount */
  GArray *crews;  /* DspMapCrew */
  guint n_points;
} MapData;

static inline guint64
map_data_hash (guint64 x)
{
  x += G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  x = (x ^ x >> 30) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  x = (x ^ x >> 27) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return x ^ x >> 31;
}

static inline void
map_data_load_areas (MapData    *data,
                     const char *path)
{
  DspGeojsonOptions options = { NULL, NULL, DSP_OPEN_RINGS_CLOSE };
  g_autoptr(GError) error = NULL;
  g_autoptr(DspGeojson) reader = dsp_geojson_open (path, &options, NULL, &error);
  DspGeojsonResult result;

  if (reader == NULL)
    g_error ("%s", error->message);

  for (;;)
    {
      DspGeojsonFeature feature;

      result = dsp_geojson_next (reader, &feature, &error);
      if (result == DSP_GEOJSON_END || result == DSP_GEOJSON_FAILED)
        break;
      if (result == DSP_GEOJSON_FEATURE && feature.code != NULL)
        {
          DspMapArea area = { g_strdup (feature.code), dsp_geometry_pack (feature.geometry) };

          data->n_points += feature.geometry->n_points;
          g_array_append_val (data->areas, area);
        }
    }
  if (error != NULL)
    g_error ("%s", error->message);
}

/* cp,c_estado,c_mnpio,lat,lon,source */
static inline void
map_data_load_places (MapData    *data,
                      const char *path)
{
  g_autofree char *contents = NULL;
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) lines = NULL;

  if (!g_file_get_contents (path, &contents, NULL, &error))
    g_error ("%s", error->message);

  lines = g_strsplit (contents, "\n", -1);
  for (guint i = 1; lines[i] != NULL; i++)
    {
      g_auto(GStrv) fields = g_strsplit (g_strstrip (lines[i]), ",", -1);
      DspMapPlace place = { 0 };

      if (g_strv_length (fields) < 6 || *fields[3] == '\0')
        continue;
      place.code = g_strdup (fields[0]);
      place.lat_e7 = (gint32) (g_ascii_strtod (fields[3], NULL) * 1e7);
      place.lon_e7 = (gint32) (g_ascii_strtod (fields[4], NULL) * 1e7);
      place.approximate = strcmp (fields[5], "polygon") != 0 && strcmp (fields[5], "colonia") != 0;
      g_array_append_val (data->places, place);
    }
}

/* Wavy squares round Mexico City where no file is at hand. */
static inline void
map_data_invent_areas (MapData *data,
                       guint    n_side)
{
  for (guint i = 0; i < n_side * n_side; i++)
    {
      g_autoptr(DspGeometryBuilder) builder = dsp_geometry_builder_new (DSP_OPEN_RINGS_CLOSE);
      g_autoptr(DspGeometry) geometry = NULL;
      g_autoptr(GError) error = NULL;
      DspMapArea area = { 0 };

      dsp_geometry_builder_begin_polygon (builder);
      dsp_geometry_builder_begin_ring (builder);
      for (guint k = 0; k < 120; k++)
        {
          double t = k % 30 / 30.0, x, y;
          guint side = k / 30;

          x = side == 0 ? t : side == 1 ? 1 : side == 2 ? 1 - t : 0;
          y = side == 0 ? 0 : side == 1 ? t : side == 2 ? 1 : 1 - t;
          x += i % n_side;
          y += i / n_side;
          if (!dsp_geometry_builder_add_point (builder, -99.35 + 0.012 * (x + 0.15 * sin (3 * y)),
                                               19.15 + 0.011 * (y + 0.15 * sin (4 * x)), &error))
            g_error ("%s", error->message);
        }
      if (!dsp_geometry_builder_end_ring (builder, &error))
        g_error ("%s", error->message);
      geometry = dsp_geometry_builder_finish (builder, &error);
      area.code = g_strdup_printf ("%05u", 1000 + i);
      area.geometry = dsp_geometry_pack (geometry);
      data->n_points += geometry->n_points;
      g_array_append_val (data->areas, area);
    }
}

static inline void
map_data_invent_places (MapData *data,
                        guint    n)
{
  for (guint i = 0; i < n; i++)
    {
      guint64 r = map_data_hash (i);
      DspMapPlace place = { 0 };

      place.code = g_strdup_printf ("%05u", 20000 + i);
      place.lat_e7 = (gint32) (175000000 + r % 130000000);
      place.lon_e7 = (gint32) (-1150000000 + (gint64) (r >> 32) % 250000000);
      place.approximate = r % 3 == 0;
      g_array_append_val (data->places, place);
    }
}

static inline void
map_data_add_count (MapData    *data,
                    const char *code,
                    guint       one_in)
{
  guint64 r = map_data_hash (map_data_hash (g_str_hash (code)) + 1);
  DspMapCount count = { code, 0, 0, 0, 0 };

  if (r % one_in != 0)
    return;
  r = map_data_hash (r);
  count.n_unassigned = 1 + (guint) ((r & 0xff) * (r >> 8 & 0xff) * (r >> 16 & 0xff) >> 18);
  count.n_total = count.n_unassigned + (guint) (r >> 24) % 20;
  count.n_penalized = (r >> 32) % 4 == 0 ? (guint) (r >> 36) % (count.n_unassigned + 1) / 2 : 0;
  count.n_at_risk = (r >> 40) % 3 == 0 ? (guint) (r >> 44) % (count.n_unassigned + 1) / 2 : 0;
  g_array_append_val (data->counts, count);
}

/* @one_in: a code in so many has orders */
static inline void
map_data_invent_counts (MapData *data,
                        guint    one_in_areas,
                        guint    one_in_places)
{
  for (guint i = 0; i < data->areas->len; i++)
    map_data_add_count (data, g_array_index (data->areas, DspMapArea, i).code, one_in_areas);
  for (guint i = 0; i < data->places->len; i++)
    map_data_add_count (data, g_array_index (data->places, DspMapPlace, i).code, one_in_places);
}

static inline void
map_data_invent_crews (MapData *data,
                       guint    n)
{
  for (guint i = 0; i < n; i++)
    {
      guint64 r = map_data_hash (77 + i);
      DspMapCrew crew = { 0 };

      crew.id.b[0] = 1;
      crew.id.b[1] = (guint8) i;
      crew.id.b[2] = (guint8) (i >> 8);
      crew.lat_e7 = (gint32) (192500000 + r % 2700000);
      crew.lon_e7 = (gint32) (-992500000 + (gint64) (r >> 32) % 2600000);
      crew.code = g_strdup_printf ("C-%02u", i + 1);
      crew.name = "Norte";
      g_array_append_val (data->crews, crew);
    }
}

static inline void
map_data_init (MapData *data)
{
  memset (data, 0, sizeof *data);
  data->areas = g_array_new (FALSE, FALSE, sizeof (DspMapArea));
  data->places = g_array_new (FALSE, FALSE, sizeof (DspMapPlace));
  data->counts = g_array_new (FALSE, FALSE, sizeof (DspMapCount));
  data->crews = g_array_new (FALSE, FALSE, sizeof (DspMapCrew));
}

static inline void
map_data_hand_over (MapData    *data,
                    DspMapView *view)
{
  dsp_map_view_set_places (view, (const DspMapPlace *) data->places->data, data->places->len);
  dsp_map_view_set_areas (view, (const DspMapArea *) data->areas->data, data->areas->len);
  dsp_map_view_set_counts (view, (const DspMapCount *) data->counts->data, data->counts->len);
  dsp_map_view_set_crews (view, (const DspMapCrew *) data->crews->data, data->crews->len);
}

/* Runs the main loop until the map has nothing to do any more, or for ten seconds. */
static inline gboolean
map_data_settle (DspMapView *view)
{
  gint64 until = g_get_monotonic_time () + 10 * G_USEC_PER_SEC;
  guint n_quiet = 0;

  while (n_quiet < 6 && g_get_monotonic_time () < until)
    {
      gboolean was_busy = dsp_map_view_is_busy (view);
      gint64 pause = g_get_monotonic_time () + 25000;

      while (g_get_monotonic_time () < pause)
        {
          if (!g_main_context_iteration (NULL, FALSE))
            g_usleep (1000);
        }
      n_quiet = was_busy || dsp_map_view_is_busy (view) ? 0 : n_quiet + 1;
    }

  return n_quiet >= 6;
}
