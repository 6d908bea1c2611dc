/* dsp-import-boundaries.c: what postal codes cover, from GeoJSON
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "despachoctl"

#include "config.h"
#include "dsp-import.h"

#include "dsp-batch.h"
#include "dsp-geojson.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

/* A map of a city does not show less, and neighbours are simplified together. */
#define BOUNDARY_TOLERANCE_M 6.0

typedef struct {
  char               *code;
  DspGeometryBuilder *builder;
  guint64             n, line;
} Boundary;

static void
boundary_free (gpointer data)
{
  Boundary *boundary = data;

  g_free (boundary->code);
  dsp_geometry_builder_free (boundary->builder);
  g_free (boundary);
}

/* Many GeoJSON files are one line: the feature's place in it is what finds it. */
static void
refuse_feature (DspReport               *report,
                const DspGeojsonFeature *feature,
                const char              *reason)
{
  g_autofree char *text = g_strdup_printf (_("feature %" PRIu64 " (postal code %s): %s"), feature->index,
                                           feature->code != NULL ? feature->code : "?", reason);

  dsp_report_refuse (report, feature->line, 1, text);
}

/* What an area says that it is from: the same for the same file, packed or not. */
static char *
source_of (const char *path)
{
  static const char *const packings[] = { ".xz", ".gz", ".zip" };
  char *name = g_path_get_basename (path);

  for (guint i = 0; i < G_N_ELEMENTS (packings); i++)
    if (g_str_has_suffix (name, packings[i]))
      name[strlen (name) - strlen (packings[i])] = '\0';
  return name;
}

/* Reads the features and joins those of one code. */
static gboolean
read_boundaries (DspGeojson   *geojson,
                 GPtrArray    *boundaries,
                 DspReport    *report,
                 GCancellable *cancellable,
                 GError      **error)
{
  g_autoptr(GHashTable) by_code = g_hash_table_new (g_str_hash, g_str_equal);
  DspGeojsonFeature feature;
  DspGeojsonResult result;

  while ((result = dsp_geojson_next (geojson, &feature, error)) != DSP_GEOJSON_END && result != DSP_GEOJSON_FAILED)
    {
      g_autoptr(GError) fault = NULL;
      Boundary *boundary;

      dsp_report_read (report, 1);
      if (dsp_import_is_stopped (cancellable, dsp_geojson_get_input (geojson), report, error))
        return FALSE;
      if (result == DSP_GEOJSON_REFUSED)
        {
          refuse_feature (report, &feature, feature.reason);
          continue;
        }
      boundary = g_hash_table_lookup (by_code, feature.code);
      if (boundary == NULL)
        {
          boundary = g_new0 (Boundary, 1);
          boundary->code = g_strdup (feature.code);
          boundary->builder = dsp_geometry_builder_new (DSP_OPEN_RINGS_REFUSE);
          boundary->line = feature.line;
          g_ptr_array_add (boundaries, boundary);
          g_hash_table_insert (by_code, boundary->code, boundary);
        }
      if (dsp_geometry_builder_add_geometry (boundary->builder, feature.geometry, &fault))
        boundary->n++;
      else
        refuse_feature (report, &feature, fault->message);
    }
  return result == DSP_GEOJSON_END;
}

/* A code of which nothing with an area is left goes out of @boundaries; each that stays has its place in @geometries. */
static void
finish_boundaries (GPtrArray *boundaries,
                   GPtrArray *geometries,
                   DspReport *report)
{
  for (guint i = 0; i < boundaries->len;)
    {
      Boundary *boundary = g_ptr_array_index (boundaries, i);
      g_autoptr(GError) fault = NULL;
      DspGeometry *geometry = boundary->n > 0 ? dsp_geometry_builder_finish (boundary->builder, &fault) : NULL;

      if (geometry != NULL)
        {
          g_ptr_array_add (geometries, geometry);
          i++;
          continue;
        }
      if (fault != NULL)
        {
          g_autofree char *reason = g_strdup_printf (_("postal code %s: %s"), boundary->code, fault->message);

          dsp_report_refuse (report, boundary->line, boundary->n, reason);
        }
      g_ptr_array_remove_index (boundaries, i);
    }
}

static gboolean
send_boundary (DspLink        *link,
               DspBatch       *batch,
               const Boundary *boundary,
               DspGeometry    *geometry,
               const char     *source,
               GError        **error)
{
  g_autoptr(GBytes) packed = dsp_geometry_pack (geometry);
  g_autofree char *hash = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, packed);
  g_autofree char *target = NULL;
  g_autoptr(GBytes) reply = NULL;
  DspGeoPoint inside = dsp_geometry_interior_point (geometry);
  DspId id = dsp_id_from_key (dsp_area.table.name, boundary->code);
  DspArea area = {
    .code = boundary->code, .geometry = hash, .source = (char *) source,
    .south = { geometry->box.south, true }, .west = { geometry->box.west, true },
    .north = { geometry->box.north, true }, .east = { geometry->box.east, true },
    .lat_e7 = { inside.lat_e7, true }, .lon_e7 = { inside.lon_e7, true },
  };

  hash[32] = '\0';
  target = g_strdup_printf ("/v1/blobs/%s", hash);
  reply = dsp_link_call (link, "PUT", target, packed, error);
  return reply != NULL && dsp_batch_add (batch, &id, &area, DSP_FIELDS_ALL >> (64 - dsp_area.table.n_fields),
                                         boundary->line, boundary->n, error);
}

/**
 * dsp_import_boundaries:
 * @property: (nullable): which property holds the postal code; NULL finds it out
 * GeoJSON. Counted are the features; those of one code are one area.
 */
gboolean
dsp_import_boundaries (DspLink      *link,
                       const char   *path,
                       const char   *property,
                       DspReport    *report,
                       GCancellable *cancellable,
                       GError      **error)
{
  DspGeojsonOptions options = { .property = property, .open_rings = DSP_OPEN_RINGS_REFUSE };
  g_autoptr(GPtrArray) boundaries = g_ptr_array_new_with_free_func (boundary_free);
  g_autoptr(GPtrArray) geometries = g_ptr_array_new_with_free_func ((GDestroyNotify) dsp_geometry_unref);
  g_autoptr(GPtrArray) simple = NULL;
  g_autoptr(DspGeojson) geojson = NULL;
  g_autoptr(DspBatch) batch = NULL;
  g_autofree char *group = dsp_import_group (path, error);
  g_autofree char *source = source_of (path);

  if (group == NULL || (geojson = dsp_geojson_open (path, &options, cancellable, error)) == NULL ||
      !read_boundaries (geojson, boundaries, report, cancellable, error))
    return FALSE;
  finish_boundaries (boundaries, geometries, report);
  simple = dsp_geometry_simplify_set (geometries, BOUNDARY_TOLERANCE_M);

  batch = dsp_batch_new (link, report, &dsp_area_import, group, DSP_IMPORT_CATALOGUE_ROWS);
  for (guint i = 0; i < boundaries->len; i++)
    {
      dsp_report_progress (report, i, boundaries->len);
      if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
          !send_boundary (link, batch, g_ptr_array_index (boundaries, i), g_ptr_array_index (simple, i), source, error))
        return FALSE;
    }
  dsp_report_note (report, ngettext ("%u area", "%u areas", boundaries->len), boundaries->len);
  return dsp_batch_flush (batch, error);
}
