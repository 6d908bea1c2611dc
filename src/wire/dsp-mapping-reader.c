/* dsp-mapping-reader.c: the mapping's engine over a file
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-wire"

#include "config.h"
#include "dsp-mapping-private.h"

struct _DspMappingReader
{
  DspMappingRun *run; /* (owned) */
  DspCsv        *csv; /* (owned) */
};

static DspCsv *
open_csv (const DspMapping  *mapping,
          const char        *path,
          GCancellable      *cancellable,
          GError           **error)
{
  const DspInputOptions options = { .encoding = mapping->encoding };
  DspInput *input = dsp_input_open (path, &options, cancellable, error);

  return input != NULL ? dsp_csv_new (input, &mapping->csv, error) : NULL;
}

static gboolean
survey (const DspMapping  *mapping,
        DspMappingRun     *run,
        const char        *path,
        GCancellable      *cancellable,
        GError           **error)
{
  g_autoptr(DspCsv) csv = open_csv (mapping, path, cancellable, error);
  DspCsvResult result;
  DspCsvRow row;

  if (csv == NULL)
    return FALSE;

  while ((result = dsp_csv_next (csv, &row, error)) == DSP_CSV_ROW || result == DSP_CSV_REFUSED)
    if (result == DSP_CSV_ROW)
      dsp_mapping_run_survey (run, row.fields);

  return result == DSP_CSV_END;
}

/**
 * dsp_mapping_reader_open:
 * @mapping: must outlive the reader
 * @path: the CSV file, packed as dsp_input_open() allows
 * @today: see dsp_mapping_run_new()
 *
 * Blocks; if the mapping needs a survey, for as long as it takes to read the file once.
 *
 * Returns: (transfer full): the reader, or %NULL with an error that names the file
 */
DspMappingReader *
dsp_mapping_reader_open (const DspMapping  *mapping,
                         const char        *path,
                         DspDate            today,
                         GCancellable      *cancellable,
                         GError           **error)
{
  g_autoptr(DspMappingReader) self = g_new0 (DspMappingReader, 1);

  self->csv = open_csv (mapping, path, cancellable, error);
  if (self->csv == NULL)
    return NULL;

  self->run = dsp_mapping_run_new (mapping, dsp_input_get_name (dsp_csv_get_input (self->csv)),
                                   dsp_csv_get_names (self->csv, NULL), today, error);
  if (self->run == NULL)
    return NULL;
  if (dsp_mapping_run_needs_survey (self->run) && !survey (mapping, self->run, path, cancellable, error))
    return NULL;

  return g_steal_pointer (&self);
}

void
dsp_mapping_reader_free (DspMappingReader *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->run, dsp_mapping_run_free);
  g_clear_pointer (&self->csv, dsp_csv_free);
  g_free (self);
}

/* For progress and the file's name. */
DspInput *
dsp_mapping_reader_get_input (DspMappingReader *self)
{
  return dsp_csv_get_input (self->csv);
}

/* The next row, or why it is refused: by the file's form, or by the mapping. */
DspCsvResult
dsp_mapping_reader_next (DspMappingReader  *self,
                         DspMappedRow      *row,
                         GError           **error)
{
  DspCsvRow raw;
  DspCsvResult result = dsp_csv_next (self->csv, &raw, error);

  *row = (DspMappedRow) { .line = raw.line, .reason = raw.reason };
  if (result != DSP_CSV_ROW)
    return result;

  return dsp_mapping_run_row (self->run, raw.line, raw.fields, row) ? DSP_CSV_ROW : DSP_CSV_REFUSED;
}
