/* dsp-macro-grid.c: the figures of a pivot as they go out: to the clipboard, as text, as a workbook
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-macro-grid"

#include "config.h"
#include "dsp-macro-grid.h"

#include "dsp-csv-write.h"
#include "dsp-xlsx-write.h"

#include <glib/gi18n.h>

void
dsp_macro_grid_free (gpointer data)
{
  DspMacroGrid *grid = data;

  g_free (grid->title);
  g_free (grid->path);
  g_ptr_array_unref (grid->columns);
  g_ptr_array_unref (grid->rows);
  g_array_unref (grid->values);
  g_free (grid);
}

GString *
dsp_macro_grid_text (const DspMacroGrid *grid,
                     char                separator)
{
  GString *out = g_string_new (separator == ',' ? DSP_CSV_BOM : NULL);

  for (guint i = 0; i < grid->columns->len; i++)
    dsp_csv_write_field (out, separator, i == 0, grid->columns->pdata[i], FALSE);
  dsp_csv_write_end (out);
  for (guint i = 0, at = 0; i < grid->rows->len; i++)
    {
      dsp_csv_write_field (out, separator, TRUE, grid->rows->pdata[i], FALSE);
      for (guint j = 1; j < grid->columns->len; j++, at++)
        {
          gint64 value = g_array_index (grid->values, gint64, at);
          g_autofree char *text = value >= 0 ? dsp_figure_plain (grid->unit, value) : g_strdup ("");

          dsp_csv_write_field (out, separator, FALSE, text, TRUE);
        }
      dsp_csv_write_end (out);
    }
  return out;
}

static void
write_value (DspXlsxSheet *sheet,
             DspUnit       unit,
             guint         row,
             guint         column,
             gint64        value,
             DspXlsxLook   look)
{
  if (value < 0)
    return;
  if (unit == DSP_UNIT_CENTS)
    dsp_xlsx_sheet_money (sheet, row, column, value, look);
  else
    dsp_xlsx_sheet_int (sheet, row, column, unit == DSP_UNIT_SECONDS ? (value + 30) / 60 : value, look);
}

static gboolean
write_workbook (const DspMacroGrid *grid,
                GCancellable       *cancellable,
                GError            **error)
{
  DspXlsxAbout about = { .title = grid->title, .created = { g_get_real_time () } };
  g_autoptr(DspXlsxWriter) writer = dsp_xlsx_writer_new (grid->path, &about, NULL, error);
  DspXlsxSheet *sheet;

  if (writer == NULL)
    return FALSE;
  sheet = dsp_xlsx_writer_add_sheet (writer, _("Pivot"));
  for (guint i = 0; i < grid->columns->len; i++)
    dsp_xlsx_sheet_set_column (sheet, i, i == 0 ? 28 : 14, DSP_XLSX_PLAIN);
  dsp_xlsx_sheet_text (sheet, 0, 0, grid->title, DSP_XLSX_TITLE);
  for (guint i = 0; i < grid->columns->len; i++)
    dsp_xlsx_sheet_text (sheet, 1, i, grid->columns->pdata[i], DSP_XLSX_HEADING);
  for (guint i = 0, at = 0; i < grid->rows->len; i++)
    {
      DspXlsxLook look = i + 1 == grid->rows->len ? DSP_XLSX_TOTAL : DSP_XLSX_PLAIN;

      dsp_xlsx_sheet_text (sheet, i + 2, 0, grid->rows->pdata[i], look);
      for (guint j = 1; j < grid->columns->len; j++, at++)
        write_value (sheet, grid->unit, i + 2, j, g_array_index (grid->values, gint64, at), j + 1 == grid->columns->len ? DSP_XLSX_BOLD : look);
    }
  dsp_xlsx_sheet_freeze (sheet, 2, 1);
  return dsp_xlsx_writer_commit (writer, cancellable, error);
}

gpointer
dsp_macro_grid_write (gpointer           data,
                      DspMacroProgress  *progress,
                      GCancellable      *cancellable,
                      GError           **error)
{
  DspMacroGrid *grid = data;
  g_autoptr(GString) text = NULL;

  if (!grid->text)
    return write_workbook (grid, cancellable, error) ? grid : NULL;
  text = dsp_macro_grid_text (grid, ',');
  return g_file_set_contents (grid->path, text->str, (gssize) text->len, error) ? grid : NULL;
}
