/* dsp-sheet-read.c: rows of a text or of a workbook's sheet, into memory
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-wire"

#include "config.h"
#include "dsp-sheet-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "dsp-wire-error.h"
#include "dsp-xlsx-read.h"
#include "dsp-xlsx-write.h"

#define HEADER_WITHIN 20 /* rows: above the headings a workbook may have a title */

/* ---- rows ---- */

/* One block: addresses, then texts. */
static GStrv
pack (DspSheet          *self,
      const char *const *texts,
      guint              n_texts)
{
  gsize size = (self->n_columns + 1) * sizeof (char *), at = size;
  GStrv cells;

  for (guint i = 0; i < self->n_columns; i++)
    size += i < n_texts ? strlen (texts[i]) + 1 : 1;
  cells = g_malloc (size);
  for (guint i = 0; i < self->n_columns; i++)
    {
      const char *text = i < n_texts ? texts[i] : "";
      gsize length = strlen (text) + 1;

      cells[i] = memcpy ((char *) cells + at, text, length);
      at += length;
    }
  cells[self->n_columns] = NULL;
  self->bytes += size;
  return cells;
}

/* @texts: of a row that is none, not looked at; then @broken (nullable) says why. */
static gboolean
add_row (DspSheet          *self,
         guint64            line,
         const char *const *texts,
         guint              n_texts,
         const char        *broken,
         GError           **error)
{
  DspSheetRow row = { line, pack (self, texts, broken == NULL ? n_texts : 0), g_strdup (broken), FALSE };

  g_array_append_val (self->rows, row);
  if (self->rows->len > DSP_SHEET_MAX_ROWS)
    g_set_error (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_LIMIT,
                 _("%s has more than %d rows. Larger files are imported with despachoctl."), self->name, DSP_SHEET_MAX_ROWS);
  else if (self->bytes > DSP_SHEET_MAX_BYTES)
    g_set_error (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_LIMIT,
                 _("%s holds more than %d MB of text. Larger files are imported with despachoctl."), self->name,
                 DSP_SHEET_MAX_BYTES >> 20);
  else
    return TRUE;
  return FALSE;
}

static void
set_columns (DspSheet *self,
             GStrv     columns) /* (transfer full) */
{
  self->columns = columns;
  self->n_columns = g_strv_length (columns);
  g_ptr_array_set_size (self->fields, (int) self->n_columns);
}

/* ---- a text ---- */

static gboolean
read_text (DspSheet      *self,
           const char    *path,
           GCancellable  *cancellable,
           GError       **error)
{
  const DspInputOptions input_options = { .encoding = DSP_INPUT_AUTO };
  const DspCsvOptions options = { .separator = 0 };
  DspInput *input = dsp_input_open (path, &input_options, cancellable, error);
  g_autoptr(DspCsv) csv = input != NULL ? dsp_csv_new (input, &options, error) : NULL;
  DspCsvResult result;
  DspCsvRow row;

  if (csv == NULL)
    return FALSE;
  set_columns (self, g_strdupv ((char **) dsp_csv_get_names (csv, NULL)));
  while ((result = dsp_csv_next (csv, &row, error)) == DSP_CSV_ROW || result == DSP_CSV_REFUSED)
    if (!add_row (self, row.line, row.fields, row.n_fields, result == DSP_CSV_ROW ? NULL : row.reason, error))
      return FALSE;
  return result == DSP_CSV_END;
}

/* ---- a workbook ---- */

typedef struct {
  DspSheet  *sheet;
  GPtrArray *texts;   /* (owned): const char *: of the row */
  GPtrArray *printed; /* (owned): char *: those of them that were written here */
  gboolean   seconds; /* a time has some */
  GArray    *times;   /* (owned): guint32 pairs of row and column: times without seconds */
} Workbook;

static bool
holds_text (const DspXlsxCell *cell)
{
  return cell->text[strspn (cell->text, " \t\r\n")] != '\0';
}

/* A heading of its own for each column: mapping and choices name columns by them. */
static GStrv
make_headings (const DspXlsxCell *cells,
               guint              n_cells)
{
  g_autoptr(GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  GStrv names = g_new0 (char *, n_cells + 1);

  for (guint i = 0; i < n_cells; i++)
    {
      g_autofree char *place = dsp_xlsx_dup_cell_name (0, i);

      place[strlen (place) - 1] = '\0'; /* the letters without the row */
      names[i] = holds_text (&cells[i]) ? g_strstrip (g_strdup (cells[i].text)) : g_strdup (place);
      if (!g_hash_table_add (seen, names[i]))
        {
          char *other = g_strdup_printf ("%s (%s)", names[i], place);

          g_hash_table_remove (seen, names[i]);
          g_free (names[i]);
          names[i] = other;
          g_hash_table_add (seen, names[i]);
        }
    }
  return names;
}

/* The first row of two or more texts. */
static void
take_headings (DspSheet          *sheet,
               guint              row,
               const DspXlsxCell *cells,
               guint              n_cells)
{
  guint n = 0;

  for (guint i = 0; i < n_cells; i++)
    n += holds_text (&cells[i]);
  if (n < 2 || row >= HEADER_WITHIN)
    return;
  while (n_cells > 0 && !holds_text (&cells[n_cells - 1]))
    n_cells--;
  set_columns (sheet, make_headings (cells, n_cells));
}

/* All times of a sheet are written alike; whether with seconds is known at its end. */
static const char *
text_of (Workbook          *self,
         const DspXlsxCell *cell,
         guint32            column)
{
  guint32 place[2] = { self->sheet->rows->len, column };
  char *text;

  if (cell->kind != DSP_XLSX_CELL_TIME)
    return cell->text;
  self->sheet->has_times = TRUE;
  text = strchr (cell->text, ' ') != NULL ? g_strdup (cell->text) : g_strconcat (cell->text, " 00:00", NULL);
  if (cell->wall_s % 60 != 0)
    self->seconds = TRUE;
  else
    g_array_append_vals (self->times, place, 2);
  g_ptr_array_add (self->printed, text);
  return text;
}

static gboolean
on_row (guint              row,
        const DspXlsxCell *cells,
        guint              n_cells,
        gpointer           data,
        GError           **error)
{
  Workbook *self = data;
  DspSheet *sheet = self->sheet;
  const char *broken = NULL;
  gboolean any = FALSE;

  if (sheet->columns == NULL)
    {
      take_headings (sheet, row, cells, n_cells);
      return TRUE;
    }
  g_ptr_array_set_size (self->texts, 0);
  g_ptr_array_set_size (self->printed, 0);
  for (guint i = 0; i < n_cells; i++)
    {
      any = any || holds_text (&cells[i]);
      if (i < sheet->n_columns)
        g_ptr_array_add (self->texts, (gpointer) text_of (self, &cells[i], i));
      else if (holds_text (&cells[i]))
        broken = _("the row has cells to the right of the last heading");
    }
  return !any || add_row (sheet, row + 1, (const char *const *) self->texts->pdata, self->texts->len, broken, error);
}

static gboolean
read_one (DspSheet       *self,
          DspXlsxReader  *reader,
          guint           sheet,
          GError        **error)
{
  g_autoptr(GPtrArray) texts = g_ptr_array_new (), printed = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(GArray) times = g_array_new (FALSE, FALSE, sizeof (guint32));
  Workbook book = { self, texts, printed, FALSE, times };

  if (!dsp_xlsx_reader_read (reader, sheet, on_row, &book, error))
    return FALSE;
  for (guint i = 0; book.seconds && i < times->len; i += 2)
    {
      guint row = g_array_index (times, guint32, i), column = g_array_index (times, guint32, i + 1);
      g_autofree char *text = g_strconcat (dsp_sheet_get_cell (self, row, column), ":00", NULL);

      dsp_sheet_write_cell (self, row, column, text);
    }
  if (self->has_times)
    dsp_sheet_set_time_format (self, book.seconds ? "%Y-%m-%d %H:%M:%S" : "%Y-%m-%d %H:%M");
  return TRUE;
}

static void
list_sheets (DspSheet      *self,
             DspXlsxReader *reader)
{
  g_autoptr(GStrvBuilder) names = g_strv_builder_new ();

  for (guint i = 0; i < dsp_xlsx_reader_get_n_sheets (reader); i++)
    if (!dsp_xlsx_reader_is_hidden (reader, i))
      g_strv_builder_add (names, dsp_xlsx_reader_get_sheet (reader, i));
  self->sheets = g_strv_builder_end (names);
}

/* The sheet that was asked for, or the first that has headings. */
static gboolean
read_workbook (DspSheet      *self,
               const char    *path,
               const char    *sheet,
               GCancellable  *cancellable,
               GError       **error)
{
  g_autoptr(DspXlsxReader) reader = dsp_xlsx_reader_open (path, cancellable, error);

  if (reader == NULL)
    return FALSE;
  list_sheets (self, reader);
  for (guint i = 0; self->sheets[i] != NULL && self->columns == NULL; i++)
    {
      if (sheet != NULL && !g_str_equal (self->sheets[i], sheet))
        continue;
      self->sheet = i;
      if (!read_one (self, reader, (guint) dsp_xlsx_reader_find_sheet (reader, self->sheets[i]), error))
        return FALSE;
    }
  if (self->columns == NULL)
    g_set_error (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_INVALID, _("%s: no sheet of it has a line of headings"), self->name);
  return self->columns != NULL;
}

DspSheet *
dsp_sheet_read (const char    *path,
                const char    *sheet,
                GCancellable  *cancellable,
                GError       **error)
{
  g_autoptr(DspSheet) self = dsp_sheet_new (path);
  g_autofree char *lower = g_ascii_strdown (path, -1);
  bool is_workbook = g_str_has_suffix (lower, ".xlsx") || g_str_has_suffix (lower, ".xlsm");

  if (is_workbook ? read_workbook (self, path, sheet, cancellable, error) : read_text (self, path, cancellable, error))
    return g_steal_pointer (&self);
  return NULL;
}
