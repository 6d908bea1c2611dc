/* dsp-import-orders.c: orders from any CSV, by a mapping
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "despachoctl"

#include "config.h"
#include "dsp-import.h"

#include "dsp-batch.h"
#include "dsp-mapping.h"

#include <glib/gi18n.h>
#include <string.h>

/* An order may bring its customer: two changes a row, of 500 that a command may make. */
#define ORDER_ROWS 200

/* What a mapping may fill: the order's own fields, and its distributor by code. */
static GStrv
known_fields (void)
{
  g_autoptr(GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; i < dsp_order.table.n_fields; i++)
    g_strv_builder_add (names, dsp_order.table.fields[i].name);
  g_strv_builder_add (names, "distributor");
  return g_strv_builder_end (names);
}

static gboolean
import_row (DspBatch           *batch,
            DspDirectory       *directory,
            DspReport          *report,
            const DspMappedRow *row,
            GError            **error)
{
  DspOrder order = { 0 };
  DspId id = dsp_new_id ();
  guint64 given = 0;
  g_autoptr(GError) fault = NULL;
  gboolean done = TRUE;

  for (guint i = 0; i < row->n_fields && fault == NULL; i++)
    {
      /* What the file does not say leaves an order as it is; it never empties a field that a person filled. */
      if (row->values[i] == NULL)
        continue;
      dsp_directory_set (directory, &dsp_order.table, &order, &given, row->names[i], row->values[i], &fault);
    }
  if (fault == NULL)
    done = dsp_batch_add (batch, &id, &order, given, row->line, 1, error);
  else if (fault->domain == DSP_RULE_ERROR)
    dsp_report_refuse (report, row->line, 1, fault->message);
  else
    {
      g_propagate_error (error, g_steal_pointer (&fault));
      done = FALSE;
    }
  dsp_table_clear (&dsp_order.table, &order);
  return done;
}

/**
 * dsp_import_orders:
 * @mapping: the file that says which column is what
 * Orders are known by their number: a new one is created, a known one gets what the file says otherwise.
 */
gboolean
dsp_import_orders (DspLink      *link,
                   const char   *path,
                   const char   *mapping_path,
                   DspReport    *report,
                   GCancellable *cancellable,
                   GError      **error)
{
  g_auto(GStrv) known = known_fields ();
  g_autoptr(DspMapping) mapping = dsp_mapping_new_from_file (mapping_path, (const char *const *) known, error);
  g_autoptr(DspMappingReader) reader = NULL;
  g_autoptr(DspDirectory) directory = dsp_directory_new (link);
  g_autoptr(DspBatch) batch = NULL;
  g_autofree char *group = NULL;
  DspMappedRow row;
  DspCsvResult result;

  if (mapping == NULL || (group = dsp_import_group (path, error)) == NULL)
    return FALSE;
  reader = dsp_mapping_reader_open (mapping, path, dsp_mapping_get_day (mapping, (DspTime) { g_get_real_time () }),
                                    cancellable, error);
  if (reader == NULL)
    return FALSE;

  batch = dsp_batch_new (link, report, &dsp_order_import, group, ORDER_ROWS);
  while ((result = dsp_mapping_reader_next (reader, &row, error)) != DSP_CSV_END && result != DSP_CSV_FAILED)
    {
      guint64 done, total;

      dsp_report_read (report, 1);
      dsp_input_get_progress (dsp_mapping_reader_get_input (reader), &done, &total);
      dsp_report_progress (report, done, total);
      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (result == DSP_CSV_REFUSED)
        dsp_report_refuse (report, row.line, 1, row.reason);
      else if (!import_row (batch, directory, report, &row, error))
        return FALSE;
    }
  return result == DSP_CSV_END && dsp_batch_flush (batch, error);
}
