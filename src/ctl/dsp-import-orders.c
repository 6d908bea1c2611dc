/* dsp-import-orders.c: orders from any CSV, by a mapping
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "despachoctl"

#include "config.h"
#include "dsp-import.h"

#include "dsp-batch.h"
#include "dsp-filter.h"
#include "dsp-mapping.h"

#include <glib/gi18n.h>
#include <string.h>

/* An order may bring its customer: two changes a row, of 500 that a command may make. */
#define ORDER_ROWS 200
/* How many rows are looked up to find out on which day a file came in first. */
#define SAMPLE 50

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
  else
    done = dsp_import_refuse (report, row->line, &fault, error);
  dsp_table_clear (&dsp_order.table, &order);
  return done;
}

static const char *
value_of (const DspMappedRow *row,
          const char         *name)
{
  for (guint i = 0; i < row->n_fields; i++)
    if (strcmp (row->names[i], name) == 0)
      return row->values[i];
  return NULL;
}

/* "number=A,B,…" */
static void
add_to_filter (GString    *filter,
               const char *number)
{
  g_autofree char *value = dsp_filter_escape (number);

  g_string_append_printf (filter, "%s%s", filter->len == 0 ? "number=" : ",", value);
}

/* The first rows of the file, as far as they can be read: number → time of creation if @today is the day. */
static GHashTable *
read_sample (DspMapping   *mapping,
             const char   *path,
             DspDate       today,
             GString      *filter,
             GCancellable *cancellable,
             GError      **error)
{
  g_autoptr(DspMappingReader) reader = dsp_mapping_reader_open (mapping, path, today, cancellable, error);
  g_autoptr(GHashTable) sample = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  DspMappedRow row;
  DspCsvResult result = DSP_CSV_END;

  if (reader == NULL)
    return NULL;
  while (g_hash_table_size (sample) < SAMPLE && (result = dsp_mapping_reader_next (reader, &row, error)) != DSP_CSV_END &&
         result != DSP_CSV_FAILED)
    {
      const char *number = result == DSP_CSV_ROW ? value_of (&row, "number") : NULL;
      const char *text = number != NULL ? value_of (&row, "created_at") : NULL;
      DspTime at;

      if (text == NULL || !dsp_time_parse (text, strlen (text), &at))
        continue;
      add_to_filter (filter, number);
      g_hash_table_insert (sample, g_strdup (number), g_memdup2 (&at, sizeof at));
    }
  return result != DSP_CSV_FAILED ? g_steal_pointer (&sample) : NULL;
}

/* @day: (inout): the day that the file's newest date becomes: that of its first import, if an order of it is there
 * already (dsp_mapping_find_day()).
 */
static gboolean
find_day (DspLink      *link,
          DspMapping   *mapping,
          const char   *path,
          DspDate      *day,
          GCancellable *cancellable,
          GError      **error)
{
  g_autoptr(GString) filter = g_string_new (NULL);
  g_autoptr(DspDirectory) directory = dsp_directory_new (link);
  g_autoptr(GHashTable) sample = NULL;
  g_autoptr(GPtrArray) orders = NULL;

  if (!dsp_mapping_get_shifts (mapping))
    return TRUE;
  sample = read_sample (mapping, path, *day, filter, cancellable, error);
  if (sample == NULL)
    return FALSE;
  if (filter->len == 0)
    return TRUE;
  orders = dsp_directory_dup_all (directory, &dsp_order, filter->str, error);
  if (orders == NULL)
    return FALSE;
  for (guint i = 0; i < orders->len; i++)
    {
      const DspOrder *order = g_ptr_array_index (orders, i);
      const DspTime *at = g_hash_table_lookup (sample, order->number);

      if (at != NULL && dsp_mapping_find_day (*at, order->created_at, day))
        break;
    }
  return TRUE;
}

/**
 * dsp_import_orders:
 * @mapping_path: the file that says which column is what
 * @today: the day to which a mapping that moves dates moves the newest at the file's first import; none: the present day
 * Orders are known by their number: a new one is created, a known one gets what the file says otherwise.
 */
gboolean
dsp_import_orders (DspLink      *link,
                   const char   *path,
                   const char   *mapping_path,
                   DspDate       today,
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
  if (today.day == 0)
    today = dsp_mapping_get_day (mapping, (DspTime) { g_get_real_time () });
  if (!find_day (link, mapping, path, &today, cancellable, error))
    return FALSE;
  reader = dsp_mapping_reader_open (mapping, path, today, cancellable, error);
  if (reader == NULL)
    return FALSE;

  batch = dsp_batch_new (link, report, &dsp_order_import, group, ORDER_ROWS);
  while ((result = dsp_mapping_reader_next (reader, &row, error)) != DSP_CSV_END && result != DSP_CSV_FAILED)
    {
      dsp_report_read (report, 1);
      if (dsp_import_is_stopped (cancellable, dsp_mapping_reader_get_input (reader), report, error))
        return FALSE;
      if (result == DSP_CSV_REFUSED)
        dsp_report_refuse (report, row.line, 1, row.reason);
      else if (!import_row (batch, directory, report, &row, error))
        return FALSE;
    }
  return result == DSP_CSV_END && dsp_batch_flush (batch, error);
}
