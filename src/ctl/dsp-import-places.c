/* dsp-import-places.c: the postal-code catalogue, coordinates, and boundaries
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "despachoctl"

#include "config.h"
#include "dsp-import.h"

#include "dsp-batch.h"
#include "dsp-csv.h"
#include "dsp-geojson.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

/* A catalogue's rows are one change each; a command may make 500 of them. */
#define CATALOGUE_ROWS 400
/* A map of a city does not show less, and neighbours are simplified together. */
#define BOUNDARY_TOLERANCE_M 6.0

#define BIT(Type, entity, member) dsp_table_bit (&entity.table, offsetof (Type, member))

static gboolean
stopped (GCancellable *cancellable,
         DspInput     *input,
         DspReport    *report,
         GError      **error)
{
  guint64 done, total;

  dsp_input_get_progress (input, &done, &total);
  dsp_report_progress (report, done, total);
  return g_cancellable_set_error_if_cancelled (cancellable, error);
}

/* ---- the official catalogue: a notice, a header, fifteen fields separated by | ---- */

enum { CODE, NAME, KIND, MUNICIPALITY, STATE, CITY, STATE_CODE, MUNICIPALITY_CODE, KEY, ZONE, N_COLUMNS };
static const char *const catalogue_columns[N_COLUMNS] = {
  [CODE] = "d_codigo", [NAME] = "d_asenta", [KIND] = "d_tipo_asenta", [MUNICIPALITY] = "D_mnpio", [STATE] = "d_estado",
  [CITY] = "d_ciudad", [STATE_CODE] = "c_estado", [MUNICIPALITY_CODE] = "c_mnpio", [KEY] = "id_asenta_cpcons",
  [ZONE] = "d_zona",
};

typedef struct {
  DspBatch   *codes, *settlements;
  GHashTable *seen; /* codes */
  int         at[N_COLUMNS];
} Catalogue;

static const char *
column (const Catalogue *catalogue,
        const DspCsvRow *row,
        int              n)
{
  return row->fields[catalogue->at[n]];
}

static gboolean
add_catalogue_row (Catalogue       *catalogue,
                   DspReport       *report,
                   const DspCsvRow *row,
                   GError         **error)
{
  const char *code = column (catalogue, row, CODE);
  g_autofree char *key = NULL;
  DspPostalCode place = { 0 };
  DspSettlement settlement = { 0 };
  DspId id;
  gboolean done = TRUE;

  if (!dsp_postal_code_is_valid (code))
    {
      g_autofree char *reason = g_strdup_printf (_("“%s” is not a postal code of five digits"), code);

      dsp_report_refuse (report, row->line, 1, reason);
      return TRUE;
    }

  /* The code comes before its first settlement: both are in the same order on every run. */
  if (g_hash_table_add (catalogue->seen, g_strdup (code)))
    {
      dsp_set_text (&place.code, code);
      dsp_set_text (&place.state, column (catalogue, row, STATE));
      dsp_set_text (&place.state_code, column (catalogue, row, STATE_CODE));
      dsp_set_text (&place.municipality, column (catalogue, row, MUNICIPALITY));
      dsp_set_text (&place.municipality_code, column (catalogue, row, MUNICIPALITY_CODE));
      dsp_set_text (&place.city, column (catalogue, row, CITY));
      id = dsp_id_from_key (dsp_postal_code.table.name, code);
      done = dsp_batch_add (catalogue->codes, &id, &place,
                            BIT (DspPostalCode, dsp_postal_code, code) | BIT (DspPostalCode, dsp_postal_code, state) |
                                BIT (DspPostalCode, dsp_postal_code, state_code) |
                                BIT (DspPostalCode, dsp_postal_code, municipality) |
                                BIT (DspPostalCode, dsp_postal_code, municipality_code) |
                                BIT (DspPostalCode, dsp_postal_code, city),
                            row->line, 1, error);
      dsp_table_clear (&dsp_postal_code.table, &place);
    }

  dsp_set_text (&settlement.postal_code, code);
  dsp_set_text (&settlement.key, column (catalogue, row, KEY));
  dsp_set_text (&settlement.name, column (catalogue, row, NAME));
  dsp_set_text (&settlement.kind, column (catalogue, row, KIND));
  dsp_set_text (&settlement.zone, column (catalogue, row, ZONE));
  key = g_strdup_printf ("%s/%s", code, settlement.key != NULL ? settlement.key : "");
  id = dsp_id_from_key (dsp_settlement.table.name, key);
  done = done && dsp_batch_add (catalogue->settlements, &id, &settlement, DSP_FIELDS_ALL >> (64 - dsp_settlement.table.n_fields),
                                row->line, 1, error);
  dsp_table_clear (&dsp_settlement.table, &settlement);
  return done;
}

static gboolean
find_columns (DspCsv     *csv,
              Catalogue  *catalogue,
              const char *path,
              GError    **error)
{
  for (int i = 0; i < N_COLUMNS; i++)
    {
      catalogue->at[i] = dsp_csv_find (csv, catalogue_columns[i]);
      if (catalogue->at[i] < 0)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                       _("%s is not the official postal-code catalogue: column “%s” is missing"), path,
                       catalogue_columns[i]);
          return FALSE;
        }
    }
  return TRUE;
}

/* The download begins with a notice; a copy without it is read as well. Its first row then stands where the header
 * would, and may not even do as one. */
static DspCsv *
open_catalogue (const char   *path,
                GCancellable *cancellable,
                GError      **error)
{
  DspInputOptions input_options = { .encoding = DSP_INPUT_AUTO };
  DspCsvOptions csv_options = { .separator = '|', .no_quotes = TRUE, .skip_lines = 1 };
  DspInput *input = dsp_input_open (path, &input_options, cancellable, error);
  g_autoptr(DspCsv) csv = NULL;

  if (input == NULL)
    return NULL;
  csv = dsp_csv_new (input, &csv_options, NULL);
  if (csv != NULL && dsp_csv_find (csv, catalogue_columns[CODE]) >= 0)
    return g_steal_pointer (&csv);
  csv_options.skip_lines = 0;
  input = dsp_input_open (path, &input_options, cancellable, error);
  return input != NULL ? dsp_csv_new (input, &csv_options, error) : NULL;
}

/**
 * dsp_import_postal_codes:
 * The catalogue as downloaded from the post office: the zip, or the text in ISO-8859-1 separated by |.
 * Counted are its rows, the settlements; the codes are told besides.
 */
gboolean
dsp_import_postal_codes (DspLink      *link,
                         const char   *path,
                         DspReport    *report,
                         GCancellable *cancellable,
                         GError      **error)
{
  g_autoptr(DspReport) codes = dsp_report_new (path, FALSE);
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(DspCsv) csv = NULL;
  g_autoptr(DspBatch) place_batch = NULL, settlement_batch = NULL;
  g_autofree char *group = dsp_import_group (path, error);
  Catalogue catalogue = { .seen = seen };
  DspCsvRow row;
  DspCsvResult result = DSP_CSV_END;

  if (group == NULL)
    return FALSE;
  csv = open_catalogue (path, cancellable, error);
  if (csv == NULL || !find_columns (csv, &catalogue, path, error))
    return FALSE;

  place_batch = dsp_batch_new (link, codes, &dsp_postal_code_import, group, CATALOGUE_ROWS);
  settlement_batch = dsp_batch_new (link, report, &dsp_settlement_import, group, CATALOGUE_ROWS);
  catalogue.codes = place_batch;
  catalogue.settlements = settlement_batch;
  while ((result = dsp_csv_next (csv, &row, error)) != DSP_CSV_END && result != DSP_CSV_FAILED)
    {
      dsp_report_read (report, 1);
      if (stopped (cancellable, dsp_csv_get_input (csv), report, error))
        return FALSE;
      if (result == DSP_CSV_REFUSED)
        dsp_report_refuse (report, row.line, 1, row.reason);
      else if (!add_catalogue_row (&catalogue, report, &row, error))
        return FALSE;
    }
  if (result == DSP_CSV_FAILED || !dsp_batch_flush (place_batch, error) || !dsp_batch_flush (settlement_batch, error))
    return FALSE;
  dsp_report_note (report, ngettext ("%u postal code", "%u postal codes", g_hash_table_size (seen)),
                   g_hash_table_size (seen));
  return TRUE;
}

/* ---- coordinates ---- */

/* Degrees as text to 1e-7 degrees. FALSE: not a number, or beyond @limit. */
static gboolean
read_degrees (const char *text,
              double      limit,
              gint64     *e7)
{
  char *end;
  double degrees = g_ascii_strtod (text, &end);

  if (end == text || *end != '\0' || !isfinite (degrees) || degrees < -limit || degrees > limit)
    return FALSE;
  *e7 = (gint64) llround (degrees * 1e7);
  return TRUE;
}

/* What a file says of one code: GeoNames has a row a settlement, so a code's place is the middle of its rows. */
typedef struct {
  gint64         lat_e7, lon_e7;
  guint64        n, line;
  DspPlaceSource source;
  gboolean       empty; /* the file says that it does not know */
} Place;

typedef struct {
  int      code, lat, lon, source;
  gboolean geonames;
} Columns;

static const char *const geonames_columns[] = { "country", "code",   "place", "admin1", "code1", "admin2", "code2",
                                                "admin3",  "code3",  "lat",   "lon",    "accuracy", NULL };

static gboolean
read_place (const Columns   *columns,
            const DspCsvRow *row,
            Place           *place,
            char           **reason)
{
  const char *code = row->fields[columns->code];
  const char *lat = row->fields[columns->lat], *lon = row->fields[columns->lon];
  const char *source = columns->source >= 0 ? row->fields[columns->source] : "";

  place->line = row->line;
  place->n = 1;
  place->source = DSP_PLACE_GEONAMES;
  if (!dsp_postal_code_is_valid (code))
    *reason = g_strdup_printf (_("“%s” is not a postal code of five digits"), code);
  else if (*lat == '\0' && *lon == '\0')
    place->empty = TRUE;
  else if (!read_degrees (lat, 90, &place->lat_e7))
    *reason = g_strdup_printf (_("“%s” is not a latitude in degrees"), lat);
  else if (!read_degrees (lon, 180, &place->lon_e7))
    *reason = g_strdup_printf (_("“%s” is not a longitude in degrees"), lon);
  if (*reason == NULL && !place->empty && *source != '\0')
    {
      guint word = dsp_words_find (&DspPlaceSource_words, source, strlen (source));

      if (word == DSP_WORD_UNKNOWN)
        *reason = g_strdup_printf (_("“%s” is not a source of coordinates"), source);
      place->source = word;
    }
  return *reason == NULL;
}

/* Opens the file as a CSV with a header, or, if the header is none, as GeoNames writes it. */
static DspCsv *
open_coordinates (const char   *path,
                  Columns      *columns,
                  GCancellable *cancellable,
                  GError      **error)
{
  DspInputOptions input_options = { .encoding = DSP_INPUT_UTF8 };
  DspCsvOptions csv_options = { 0 };
  DspInput *input = dsp_input_open (path, &input_options, cancellable, error);
  g_autoptr(DspCsv) csv = NULL;
  static const char *const code_names[] = { "cp", "code", "codigo", "postal_code", "d_codigo", NULL };

  if (input == NULL || (csv = dsp_csv_new (input, &csv_options, error)) == NULL)
    return NULL;
  columns->code = -1;
  for (guint i = 0; code_names[i] != NULL && columns->code < 0; i++)
    columns->code = dsp_csv_find (csv, code_names[i]);
  columns->lat = dsp_csv_find (csv, "lat");
  columns->lon = dsp_csv_find (csv, "lon");
  columns->source = dsp_csv_find (csv, "source");
  if (columns->code >= 0 && columns->lat >= 0 && columns->lon >= 0)
    return g_steal_pointer (&csv);

  g_clear_pointer (&csv, dsp_csv_free);
  csv_options = (DspCsvOptions) { .separator = '\t', .no_quotes = TRUE, .names = geonames_columns };
  input = dsp_input_open (path, &input_options, cancellable, error);
  if (input == NULL || (csv = dsp_csv_new (input, &csv_options, error)) == NULL)
    return NULL;
  *columns = (Columns) { .code = 1, .lat = 9, .lon = 10, .source = -1, .geonames = TRUE };
  return g_steal_pointer (&csv);
}

static void
join_place (GHashTable  *places,
            GPtrArray   *order,
            const char  *code,
            const Place *place)
{
  Place *there = g_hash_table_lookup (places, code);

  if (there == NULL)
    {
      char *key = g_strdup (code);

      there = g_memdup2 (place, sizeof *place);
      g_hash_table_insert (places, key, there);
      g_ptr_array_add (order, key);
      return;
    }
  there->lat_e7 += place->lat_e7;
  there->lon_e7 += place->lon_e7;
  there->n++;
}

static gboolean
add_place (DspBatch   *batch,
           const char *code,
           const Place *place,
           GError    **error)
{
  DspId id = dsp_id_from_key (dsp_postal_code.table.name, code);
  gint64 n = (gint64) place->n;
  DspPostalCode record = { .code = (char *) code };

  if (!place->empty)
    {
      record.lat_e7 = (DspInt) { place->lat_e7 / n, true };
      record.lon_e7 = (DspInt) { place->lon_e7 / n, true };
      record.source = place->source;
    }
  return dsp_batch_add (batch, &id, &record,
                        BIT (DspPostalCode, dsp_postal_code, code) | BIT (DspPostalCode, dsp_postal_code, lat_e7) |
                            BIT (DspPostalCode, dsp_postal_code, lon_e7) | BIT (DspPostalCode, dsp_postal_code, source),
                        place->line, place->n, error);
}

/**
 * dsp_import_coordinates:
 * A CSV with cp, lat, lon and source, or the tab-separated format of GeoNames. Rows of one code are joined.
 */
gboolean
dsp_import_coordinates (DspLink      *link,
                        const char   *path,
                        DspReport    *report,
                        GCancellable *cancellable,
                        GError      **error)
{
  g_autoptr(GHashTable) places = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr(GPtrArray) order = g_ptr_array_new ();
  g_autofree char *group = dsp_import_group (path, error);
  g_autoptr(DspBatch) batch = NULL;
  g_autoptr(DspCsv) csv = NULL;
  Columns columns;
  DspCsvRow row;
  DspCsvResult result;
  guint64 n_read = 0;

  if (group == NULL || (csv = open_coordinates (path, &columns, cancellable, error)) == NULL)
    return FALSE;
  while ((result = dsp_csv_next (csv, &row, error)) != DSP_CSV_END && result != DSP_CSV_FAILED)
    {
      g_autofree char *reason = NULL;
      Place place = { 0 };

      n_read++;
      if (stopped (cancellable, dsp_csv_get_input (csv), report, error))
        return FALSE;
      if (result == DSP_CSV_REFUSED)
        {
          /* A file of another kind, not a bad row of this one. */
          if (columns.geonames && n_read == 1)
            {
              g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                           _("%s has neither the columns cp, lat and lon nor the twelve of GeoNames"), path);
              return FALSE;
            }
          dsp_report_refuse (report, row.line, 1, row.reason);
        }
      else if (!read_place (&columns, &row, &place, &reason))
        dsp_report_refuse (report, row.line, 1, reason);
      else
        join_place (places, order, row.fields[columns.code], &place);
    }
  if (result == DSP_CSV_FAILED)
    return FALSE;

  dsp_report_read (report, n_read);
  batch = dsp_batch_new (link, report, &dsp_postal_code_import, group, CATALOGUE_ROWS);
  for (guint i = 0; i < order->len; i++)
    {
      const char *code = g_ptr_array_index (order, i);

      dsp_report_progress (report, i, order->len);
      if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
          !add_place (batch, code, g_hash_table_lookup (places, code), error))
        return FALSE;
    }
  return dsp_batch_flush (batch, error);
}

/* ---- boundaries ---- */

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
      if (stopped (cancellable, dsp_geojson_get_input (geojson), report, error))
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
  for (guint i = 0; i < boundaries->len; i++)
    {
      Boundary *boundary = g_ptr_array_index (boundaries, i);
      DspGeometry *geometry = dsp_geometry_builder_finish (boundary->builder, error);

      boundary->builder = NULL;
      if (geometry == NULL)
        return FALSE;
      g_ptr_array_add (geometries, geometry);
    }
  simple = dsp_geometry_simplify_set (geometries, BOUNDARY_TOLERANCE_M);

  batch = dsp_batch_new (link, report, &dsp_area_import, group, CATALOGUE_ROWS);
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
