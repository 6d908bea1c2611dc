/* dsp-import-postal-codes.c: the official catalogue: a notice, a header, fifteen fields separated by |
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "despachoctl"

#include "config.h"
#include "dsp-import.h"

#include "dsp-batch.h"

#include <glib/gi18n.h>

#define BIT(member) dsp_table_bit (&dsp_postal_code.table, offsetof (DspPostalCode, member))

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
                            BIT (code) | BIT (state) | BIT (state_code) | BIT (municipality) |
                                BIT (municipality_code) | BIT (city),
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

  place_batch = dsp_batch_new (link, codes, &dsp_postal_code_import, group, DSP_IMPORT_CATALOGUE_ROWS);
  settlement_batch = dsp_batch_new (link, report, &dsp_settlement_import, group, DSP_IMPORT_CATALOGUE_ROWS);
  catalogue.codes = place_batch;
  catalogue.settlements = settlement_batch;
  while ((result = dsp_csv_next (csv, &row, error)) != DSP_CSV_END && result != DSP_CSV_FAILED)
    {
      dsp_report_read (report, 1);
      if (dsp_import_is_stopped (cancellable, dsp_csv_get_input (csv), report, error))
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
