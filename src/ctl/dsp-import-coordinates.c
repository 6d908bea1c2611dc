/* dsp-import-coordinates.c: where postal codes are, from a CSV or from GeoNames
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "despachoctl"

#include "config.h"
#include "dsp-import.h"

#include "dsp-batch.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define BIT(member) dsp_table_bit (&dsp_postal_code.table, offsetof (DspPostalCode, member))

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
                        BIT (code) | BIT (lat_e7) | BIT (lon_e7) | BIT (source),
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
      if (dsp_import_is_stopped (cancellable, dsp_csv_get_input (csv), report, error))
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
  batch = dsp_batch_new (link, report, &dsp_postal_code_import, group, DSP_IMPORT_CATALOGUE_ROWS);
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
