/* dsp-macro-read.c: the workbook of open services, back in: what each row would do
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *   cells --> what differs from what the file said when it was made --> commands of one order (DspGift), or why not
 *
 * Nothing is judged here by the rules of the office; here a file is understood. What cannot be understood is refused by its cell.
 */
#define G_LOG_DOMAIN "dsp-macro"

#include "config.h"
#include "dsp-macro-row.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "dsp-csv-write.h"
#include "dsp-csv.h"
#include "dsp-filter.h"
#include "dsp-table.h"
#include "dsp-wall-time.h"
#include "dsp-xlsx-read.h"
#include "dsp-xlsx-write.h"

#define LOOK_EVERY 256
#define HEADER_WITHIN 20 /* rows */
#define MAX_COLUMNS 64   /* looked at */

static void
free_row (gpointer data)
{
  DspMacroRow *row = data;

  for (guint i = 0; i < row->gift.n_steps; i++)
    if (row->gift.steps[i].args != NULL)
      {
        dsp_table_clear (row->gift.steps[i].command->args, row->gift.steps[i].args);
        g_free (row->gift.steps[i].args);
      }
  g_free (row->gift.message);
  g_free (row->number);
  g_free (row->what);
  g_free (row->reason);
  g_free (row);
}

void
dsp_macro_plan_free (DspMacroPlan *plan)
{
  if (plan == NULL)
    return;
  g_ptr_array_unref (plan->rows);
  g_free (plan);
}

/* ---- keys ---- */

/* (nullable): lent until the next call. */
static const DspOrder *
order_of (DspMacroFile *in,
          const DspId  *id)
{
  gpointer order;

  if (g_hash_table_lookup_extended (in->office->overlay, id, NULL, &order))
    return order;
  return dsp_table_get (in->db, NULL, &dsp_order, id, DSP_FIELDS_ALL, in->scratch, NULL) == DSP_STEP_ROW ? in->scratch : NULL;
}

/* Formulas compute to what nobody typed; merged cells are several rows' at once. */
static void
look_at_cells (DspMacroReading *self)
{
  for (guint column = 0; column < DSP_MACRO_FIRST_FACT; column++)
    {
      if (dsp_macro_row_cell (self, column)->formula)
        dsp_macro_row_refuse_cell (self, column, _("is a formula: write the value itself"));
      if (dsp_macro_row_cell (self, column)->kind == DSP_XLSX_CELL_ERROR)
        dsp_macro_row_refuse_cell (self, column, dsp_macro_row_cell (self, column)->text);
    }
}

static void
find_order (DspMacroReading *self)
{
  g_autofree char *id = dsp_macro_row_text (self, DSP_MACRO_ID), *version = dsp_macro_row_text (self, DSP_MACRO_VERSION), *number = dsp_macro_row_text (self, DSP_MACRO_NUMBER);
  DspGift *gift = &self->row->gift;

  self->row->number = g_strdup (number);
  if (!dsp_id_parse (id, strlen (id), &gift->id) || !g_ascii_string_to_signed (version, 10, 1, G_MAXINT64, &gift->version, NULL))
    {
      dsp_macro_row_refuse (self, "%s", _("The key columns were changed, or the row is not of this workbook"));
      return;
    }
  self->order = order_of (self->in, &gift->id);
  if (self->order == NULL)
    dsp_macro_row_refuse (self, "%s", _("There is no such order, or it is not yours to see"));
  else if (g_strcmp0 (self->order->number, number) != 0 && self->in->place[DSP_MACRO_NUMBER] >= 0)
    dsp_macro_row_refuse (self, _("The key columns were changed: this is the row of order %s"), self->order->number);
  else if (g_hash_table_contains (self->in->seen, &gift->id))
    dsp_macro_row_refuse (self, _("Order %s has two rows in the file"), self->order->number);
  else
    g_hash_table_add (self->in->seen, g_memdup2 (&gift->id, sizeof gift->id));
}

static bool
is_blank (DspMacroReading *self)
{
  for (guint column = 0; column < DSP_MACRO_FIRST_FACT; column++)
    if (*dsp_macro_row_cell (self, column)->text != '\0' || dsp_macro_row_cell (self, column)->formula)
      return false;
  return true;
}

static void
take_row (DspMacroFile      *in,
          guint              line,
          const DspXlsxCell *cells,
          guint              n_cells)
{
  DspMacroReading self = { .in = in, .line = line, .cells = cells, .n_cells = n_cells };

  if (is_blank (&self))
    return;
  self.row = g_new0 (DspMacroRow, 1);
  self.row->line = line;
  self.what = g_string_new (NULL);
  in->plan->n_read++;
  look_at_cells (&self);
  if (self.row->reason == NULL)
    find_order (&self);
  if (self.row->reason == NULL)
    {
      dsp_macro_row_take_was (&self);
      dsp_macro_row_plan (&self);
    }
  if (self.row->reason == NULL && self.row->gift.n_steps > 0 && self.order->version != self.row->gift.version)
    dsp_macro_row_refuse (&self, "%s", _("Changed by somebody since the workbook was made: make it anew"));
  self.row->what = g_string_free (self.what, FALSE);
  g_strfreev (self.was);
  if (self.row->number == NULL)
    self.row->number = dsp_macro_row_text (&self, DSP_MACRO_NUMBER);
  if (self.row->reason != NULL || self.row->gift.n_steps > 0)
    g_ptr_array_add (in->plan->rows, self.row);
  else
    {
      in->plan->n_unchanged++;
      free_row (self.row);
    }
}

/* ---- the header ---- */

static void
take_header (DspMacroFile      *in,
             guint              line,
             const DspXlsxCell *cells,
             guint              n_cells)
{
  for (guint column = 0; column < dsp_macro_n_columns (); column++)
    {
      const DspMacroSpec *spec = dsp_macro_column (column);

      in->place[column] = -1;
      for (guint i = 0; i < MIN (n_cells, MAX_COLUMNS) && in->place[column] < 0; i++)
        {
          g_autofree char *text = g_strstrip (g_strdup (cells[i].text));

          if (g_str_equal (text, spec->name) || dsp_macro_same_text (text, _(spec->label)) || dsp_macro_same_text (text, spec->label))
            in->place[column] = (int) i;
        }
    }
  in->has_header = in->place[DSP_MACRO_ID] >= 0 && in->place[DSP_MACRO_VERSION] >= 0;
  in->header_line = line;
}

/* The headings that people see stand below the hidden names. */
static bool
is_heading (DspMacroFile      *in,
            guint              line,
            const DspXlsxCell *cells,
            guint              n_cells)
{
  guint place = (guint) in->place[DSP_MACRO_ID];

  return line == in->header_line + 1 && place < n_cells
         && (dsp_macro_same_text (cells[place].text, _(dsp_macro_column (DSP_MACRO_ID)->label)) || strchr (cells[place].text, '(') != NULL);
}

static gboolean
on_row (guint              row,
        const DspXlsxCell *cells,
        guint              n_cells,
        gpointer           data,
        GError           **error)
{
  DspMacroFile *in = data;

  if (!in->has_header)
    {
      if (row < HEADER_WITHIN)
        take_header (in, row + 1, cells, n_cells);
      return TRUE;
    }
  if (!is_heading (in, row + 1, cells, n_cells))
    take_row (in, row + 1, cells, n_cells);
  if (row % LOOK_EVERY == 0)
    {
      guint64 done = 0, total = 0;

      if (in->reader != NULL)
        dsp_xlsx_reader_get_progress (in->reader, &done, &total);
      g_atomic_int_set (&in->progress->done, (gint) (done >> 10));
      g_atomic_int_set (&in->progress->total, (gint) (total >> 10));
      return !g_cancellable_set_error_if_cancelled (in->cancellable, error);
    }
  return TRUE;
}

/* ---- files ---- */

static void
refuse_merged (DspMacroFile *in)
{
  for (guint i = 0; i < in->plan->rows->len; i++)
    {
      DspMacroRow *row = in->plan->rows->pdata[i];
      DspMacroReading self = { .in = in, .line = row->line, .row = row };

      for (guint column = 0; column < DSP_MACRO_FIRST_FACT; column++)
        {
          g_autofree char *range = in->place[column] >= 0 ? dsp_xlsx_reader_dup_merged (in->reader, row->line - 1, (guint) in->place[column]) : NULL;
          /* Translators: merged cells, "B2:C20" */
          g_autofree char *why = range != NULL ? g_strdup_printf (_("is merged with others (%s): undo that"), range) : NULL;

          if (why != NULL)
            dsp_macro_row_refuse_cell (&self, column, why);
        }
    }
}

static gboolean
read_workbook (DspMacroFile *in,
               const char   *path,
               GError      **error)
{
  g_autoptr(DspXlsxReader) reader = dsp_xlsx_reader_open (path, in->cancellable, error);

  if (reader == NULL)
    return FALSE;
  in->reader = reader;
  for (guint i = 0; i < dsp_xlsx_reader_get_n_sheets (reader) && !in->has_header; i++)
    if (!dsp_xlsx_reader_read (reader, i, on_row, in, error))
      return FALSE;
  if (in->has_header)
    refuse_merged (in);
  in->reader = NULL;
  return TRUE;
}

static gboolean
take_line (DspMacroFile    *in,
           const DspCsvRow *row,
           GError         **error)
{
  DspXlsxCell cells[MAX_COLUMNS] = { 0 };
  guint n = MIN (row->n_fields, MAX_COLUMNS);
  gboolean go_on;

  for (guint i = 0; i < n; i++)
    cells[i] = (DspXlsxCell) { .kind = DSP_XLSX_CELL_TEXT, .text = dsp_csv_unguard (row->fields[i]) };
  go_on = on_row ((guint) row->line - 1, cells, n, in, error);
  for (guint i = 0; i < n; i++)
    g_free ((char *) cells[i].text);
  return go_on;
}

static gboolean
read_text (DspMacroFile *in,
           const char   *path,
           GError      **error)
{
  const DspInputOptions input_options = { .encoding = DSP_INPUT_AUTO };
  const DspCsvOptions options = { .any_width = TRUE };
  DspInput *input = dsp_input_open (path, &input_options, in->cancellable, error);
  g_autoptr(DspCsv) csv = input != NULL ? dsp_csv_new (input, &options, error) : NULL;
  const char *const *names;
  DspCsvResult result;
  DspCsvRow row = { .line = 1 };

  if (csv == NULL)
    return FALSE;
  names = dsp_csv_get_names (csv, &row.n_fields);
  row.fields = names;
  if (!take_line (in, &row, error))
    return FALSE;
  while ((result = dsp_csv_next (csv, &row, error)) == DSP_CSV_ROW || result == DSP_CSV_REFUSED)
    if (result == DSP_CSV_REFUSED)
      {
        DspMacroRow *refused = g_new0 (DspMacroRow, 1);

        *refused = (DspMacroRow) { .state = DSP_MACRO_REFUSED, .line = (guint) row.line, .number = g_strdup (""), .what = g_strdup (""),
                                   .reason = g_strdup (row.reason) };
        in->plan->n_read++;
        g_ptr_array_add (in->plan->rows, refused);
      }
    else if (!take_line (in, &row, error))
      return FALSE;
  return result == DSP_CSV_END;
}

DspMacroPlan *
dsp_macro_read (DspMacroOffice   *office,
                const char       *path,
                DspMacroProgress *progress,
                GCancellable     *cancellable,
                GError          **error)
{
  DspMacroProgress own = { 0 };
  g_autoptr(DspMacroPlan) plan = g_new0 (DspMacroPlan, 1);
  g_autoptr(DspDb) db = dsp_db_open (office->uri, DSP_DB_READ_ONLY, error);
  g_autoptr(DspOrder) scratch = dsp_order_new ();
  g_autoptr(GHashTable) seen = g_hash_table_new_full (dsp_id_hash, dsp_id_equal_func, g_free, NULL);
  g_autofree int *place = g_new0 (int, dsp_macro_n_columns ());
  DspMacroFile in = { .office = office, .plan = plan, .progress = progress != NULL ? progress : &own, .cancellable = cancellable, .db = db,
            .scratch = scratch, .place = place, .seen = seen };
  gboolean is_text = g_str_has_suffix (path, ".csv") || g_str_has_suffix (path, ".txt") || g_str_has_suffix (path, ".tsv");

  plan->rows = g_ptr_array_new_with_free_func (free_row);
  if (db == NULL || !(is_text ? read_text (&in, path, error) : read_workbook (&in, path, error)))
    return NULL;
  if (in.has_header)
    return g_steal_pointer (&plan);
  g_set_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_FAILED,
               _("%s has no key columns: only a workbook of open services that was made here can be taken back"), path);
  return NULL;
}
