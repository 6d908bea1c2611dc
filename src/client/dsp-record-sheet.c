/* dsp-record-sheet.c: records of an entity as a workbook or CSV, out and back in
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-record-sheet"

#include "config.h"
#include "dsp-record-sheet.h"

#include "dsp-csv-write.h"
#include "dsp-sheet.h"
#include "dsp-xlsx-read.h"
#include "dsp-xlsx-write.h"

#include <glib/gi18n-lib.h>
#include <string.h>

static bool
is_left_out (const DspField *field,
             const char     *without)
{
  return without != NULL && g_str_equal (field->name, without);
}

/* ---- out ---- */

static char *
cell_text (const DspField       *field,
           gconstpointer         record,
           const DspRecordNames *names)
{
  if (dsp_field_is_none (field, record))
    return NULL;
  if (field->kind == DSP_KIND_ID && field->target != NULL)
    return names->name (field->target, dsp_field_id (field, record), names->data);
  return dsp_field_dup_said (field, record);
}

static gboolean
write_csv (const DspEntity      *entity,
           const char           *without,
           const GPtrArray      *records,
           const DspRecordNames *names,
           const char           *path,
           GError              **error)
{
  const DspTable *table = &entity->table;
  g_autoptr(GString) out = g_string_new (DSP_CSV_BOM);

  for (int row = -1; row < (int) records->len; row++)
    {
      bool first = true;

      for (guint i = 0; i < table->n_fields; i++)
        {
          const DspField *field = &table->fields[i];
          bool numeric = row >= 0 && (field->kind == DSP_KIND_MONEY || field->kind == DSP_KIND_INT);
          g_autofree char *text = NULL;

          if (is_left_out (field, without))
            continue;
          text = row < 0 ? g_strdup (field->name) : cell_text (field, records->pdata[row], names);
          dsp_csv_write_field (out, ',', first, text != NULL ? text : "", numeric);
          first = false;
        }
      dsp_csv_write_end (out);
    }
  return g_file_set_contents (path, out->str, (gssize) out->len, error);
}

static void
write_cell (DspXlsxSheet         *sheet,
            guint                 row,
            guint                 column,
            const DspField       *field,
            gconstpointer         record,
            const DspRecordNames *names)
{
  g_autofree char *text = NULL;

  if (dsp_field_is_none (field, record))
    return;
  if (field->kind == DSP_KIND_MONEY)
    dsp_xlsx_sheet_money (sheet, row, column, dsp_field_money (field, record)->cents, DSP_XLSX_PLAIN);
  else if (field->kind == DSP_KIND_DATE)
    dsp_xlsx_sheet_date (sheet, row, column, *dsp_field_date (field, record), DSP_XLSX_PLAIN);
  else
    {
      text = cell_text (field, record, names);
      dsp_xlsx_sheet_text (sheet, row, column, text, DSP_XLSX_PLAIN);
    }
}

static gboolean
write_xlsx (const DspEntity      *entity,
            const char           *without,
            const GPtrArray      *records,
            const DspRecordNames *names,
            const char           *path,
            GError              **error)
{
  const DspTable *table = &entity->table;
  DspXlsxAbout about = { .title = _(entity->label_plural) };
  g_autoptr(DspXlsxWriter) writer = dsp_xlsx_writer_new (path, &about, NULL, error);
  DspXlsxSheet *sheet;
  guint column = 0;

  if (writer == NULL)
    return FALSE;
  sheet = dsp_xlsx_writer_add_sheet (writer, _(entity->label_plural));
  for (guint i = 0; i < table->n_fields; i++)
    if (!is_left_out (&table->fields[i], without))
      dsp_xlsx_sheet_set_column (sheet, column++, 16, DSP_XLSX_PLAIN);
  dsp_xlsx_sheet_freeze (sheet, 1, 1);
  for (int row = -1; row < (int) records->len; row++)
    {
      column = 0;
      for (guint i = 0; i < table->n_fields; i++)
        if (!is_left_out (&table->fields[i], without))
          {
            if (row < 0)
              dsp_xlsx_sheet_text (sheet, 0, column, table->fields[i].name, DSP_XLSX_HEADING);
            else
              write_cell (sheet, (guint) row + 1, column, &table->fields[i], records->pdata[row], names);
            column++;
          }
    }
  return dsp_xlsx_writer_commit (writer, NULL, error);
}

gboolean
dsp_record_sheet_write (const DspEntity      *entity,
                        const char           *without,
                        const GPtrArray      *records,
                        const DspRecordNames *names,
                        const char           *path,
                        GError              **error)
{
  g_autofree char *lower = g_ascii_strdown (path, -1);

  return (g_str_has_suffix (lower, ".csv") ? write_csv : write_xlsx) (entity, without, records, names, path, error);
}

/* ---- in: the lines ---- */

static void
line_free (gpointer data)
{
  DspRecordSheetLine *line = data;

  g_strfreev (line->cells);
  g_free (line->fault);
  g_free (line);
}

/* @cells, @fault: (transfer full); the second nullable */
static void
add_line (GPtrArray *lines,
          GStrv      cells,
          char      *fault)
{
  DspRecordSheetLine *line = g_new (DspRecordSheetLine, 1);

  *line = (DspRecordSheetLine) { cells, fault };
  g_ptr_array_add (lines, line);
}

static gboolean
too_many (const char *path,
          GError    **error)
{
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("%s has more than %d rows"), path, DSP_RECORD_SHEET_MAX_ROWS);
  return FALSE;
}

typedef struct {
  const char *path;
  GPtrArray  *lines;
} Reading;

static gboolean
take_row (guint              row,
          const DspXlsxCell *cells,
          guint              n_cells,
          gpointer           data,
          GError           **error)
{
  Reading *reading = data;
  g_autoptr(GStrvBuilder) texts = g_strv_builder_new ();
  char *fault = NULL;

  if (row > DSP_RECORD_SHEET_MAX_ROWS)
    return too_many (reading->path, error);
  while (reading->lines->len < row) /* a row without anything keeps its line */
    add_line (reading->lines, g_new0 (char *, 1), NULL);
  for (guint i = 0; i < n_cells; i++)
    {
      g_strv_builder_add (texts, cells[i].text);
      if (cells[i].formula && fault == NULL)
        {
          g_autofree char *cell = dsp_xlsx_dup_cell_name (row, i);

          fault = g_strdup_printf (_("cell %s is a formula: write the value itself"), cell);
        }
    }
  add_line (reading->lines, g_strv_builder_end (texts), fault);
  return TRUE;
}

/* They are known when the sheet has been read. */
static void
note_merged (DspXlsxReader *reader,
             GPtrArray     *lines)
{
  guint n_columns = lines->len > 0 ? g_strv_length (((DspRecordSheetLine *) lines->pdata[0])->cells) : 0;

  for (guint row = 0; row < lines->len; row++)
    for (guint column = 0; column < n_columns; column++)
      {
        DspRecordSheetLine *line = lines->pdata[row];
        g_autofree char *range = line->fault == NULL ? dsp_xlsx_reader_dup_merged (reader, row, column) : NULL;

        if (range != NULL)
          /* Translators: "B2:C20" */
          line->fault = g_strdup_printf (_("the cells %s are merged: undo that, and write the value in each of them"), range);
      }
}

static gboolean
read_xlsx (const char   *path,
           GPtrArray    *lines,
           GCancellable *cancellable,
           GError      **error)
{
  g_autoptr(DspXlsxReader) reader = dsp_xlsx_reader_open (path, cancellable, error);
  Reading reading = { path, lines };

  if (reader == NULL || !dsp_xlsx_reader_read (reader, 0, take_row, &reading, error))
    return FALSE;
  note_merged (reader, lines);
  return TRUE;
}

static gboolean
read_csv (const char   *path,
          GPtrArray    *lines,
          GCancellable *cancellable,
          GError      **error)
{
  g_autoptr(DspSheet) sheet = dsp_sheet_read (path, NULL, cancellable, error);
  const char *const *columns;
  guint n_columns;

  if (sheet == NULL)
    return FALSE;
  if (dsp_sheet_get_n_rows (sheet) > DSP_RECORD_SHEET_MAX_ROWS)
    return too_many (path, error);
  columns = dsp_sheet_get_columns (sheet, &n_columns);
  for (int row = -1; row < (int) dsp_sheet_get_n_rows (sheet); row++)
    {
      g_autoptr(GStrvBuilder) texts = g_strv_builder_new ();

      for (guint i = 0; i < n_columns; i++)
        {
          g_autofree char *text = row < 0 ? g_strdup (columns[i]) : dsp_csv_unguard (dsp_sheet_get_cell (sheet, (guint) row, i));

          g_strv_builder_add (texts, text);
        }
      add_line (lines, g_strv_builder_end (texts), row < 0 ? NULL : g_strdup (dsp_sheet_get_broken (sheet, (guint) row)));
    }
  return TRUE;
}

GPtrArray *
dsp_record_sheet_read_lines (const char   *path,
                             GCancellable *cancellable,
                             GError      **error)
{
  g_autofree char *lower = g_ascii_strdown (path, -1);
  g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func (line_free);

  if (!(g_str_has_suffix (lower, ".xlsx") ? read_xlsx : read_csv) (path, lines, cancellable, error))
    return NULL;
  if (lines->len == 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("%s has no rows"), path);
      return NULL;
    }
  return g_steal_pointer (&lines);
}

/* ---- in: what they want ---- */

static void
row_free (gpointer data)
{
  DspRecordSheetRow *row = data;

  for (guint i = 0; i < row->gift.n_steps; i++)
    {
      dsp_table_clear (row->gift.steps[i].command->args, row->gift.steps[i].args);
      g_free (row->gift.steps[i].args);
    }
  g_free (row->gift.message);
  g_free (row->code);
  g_free (row->what);
  g_free (row->reason);
  g_free (row);
}

void
dsp_record_sheet_free (DspRecordSheet *sheet)
{
  g_ptr_array_unref (sheet->rows);
  g_free (sheet);
}

/* By the name on the wire or the label on the screen. */
static const DspField *
field_of (const DspTable *table,
          const char     *without,
          const char     *heading)
{
  for (guint i = 0; i < table->n_fields; i++)
    if (!is_left_out (&table->fields[i], without) &&
        (g_str_equal (table->fields[i].name, heading) || g_utf8_collate (_(table->fields[i].label), heading) == 0))
      return &table->fields[i];
  return NULL;
}

static const DspRecord *
record_with (const DspEntity *entity,
             const GPtrArray *records,
             const char      *code)
{
  for (guint i = 0; i < records->len; i++)
    if (g_strcmp0 (dsp_record_display (entity, records->pdata[i]), code) == 0)
      return records->pdata[i];
  return NULL;
}

static char *
read_cell (const DspField       *field,
           gpointer              record,
           const char           *text,
           const DspRecordNames *names)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *clean = g_strstrip (g_strdup (text));

  if (field->kind == DSP_KIND_ID && *clean != '\0')
    return names->find (field->target, clean, dsp_field_id (field, record), names->data)
             ? NULL : g_strdup_printf (_("%s: there is no “%s”"), field->name, clean);
  if (field->kind == DSP_KIND_LIST)
    g_strdelimit (clean, ",|", ';');
  return dsp_field_set_said (field, record, clean, &error) ? NULL : g_strdup (error->message);
}

/* "amount: 310.00 → 320.00 · until: → 2026-12-31" */
static char *
changes (const DspTable       *table,
         gconstpointer         before,
         gconstpointer         after,
         guint64               mask,
         const DspRecordNames *names)
{
  g_autoptr(GString) text = g_string_new (NULL);

  for (guint i = 0; i < table->n_fields; i++)
    if (mask & (G_GUINT64_CONSTANT (1) << i))
      {
        g_autofree char *was = cell_text (&table->fields[i], before, names), *is = cell_text (&table->fields[i], after, names);

        g_string_append_printf (text, "%s%s: %s → %s", text->len > 0 ? " · " : "", _(table->fields[i].label), was != NULL ? was : "–",
                                is != NULL ? is : "–");
      }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static DspRecordSheetRow *
read_row (const DspEntity      *entity,
          const DspField      **fields,
          const DspRecordSheetLine *line,
          const GPtrArray      *records,
          const DspCommand     *create,
          const DspCommand     *change,
          const DspRecordNames *names,
          GHashTable           *seen)
{
  const DspTable *table = &entity->table;
  DspRecordSheetRow *row = g_new0 (DspRecordSheetRow, 1);
  GStrv cells = line->cells;
  const DspRecord *there = NULL;
  gpointer record;
  gpointer none = dsp_record_new (entity);
  guint64 given;

  for (guint i = 0; cells[i] != NULL && fields[i] != NULL; i++)
    if (fields[i]->offset == entity->display_offset)
      row->code = g_strstrip (g_strdup (cells[i]));
  if (row->code == NULL)
    row->code = g_strdup ("");
  there = record_with (entity, records, row->code);
  record = there != NULL ? dsp_record_dup (entity, there) : dsp_record_new (entity);
  if (line->fault != NULL)
    row->reason = g_strdup (line->fault);
  else if (*row->code == '\0')
    row->reason = g_strdup (_("the row has no code"));
  else if (!g_hash_table_add (seen, g_strdup (row->code)))
    row->reason = g_strdup (_("the file has this code twice"));
  for (guint i = 0; cells[i] != NULL && fields[i] != NULL && row->reason == NULL; i++)
    row->reason = read_cell (fields[i], record, cells[i], names);
  given = dsp_table_diff (table, there != NULL ? (gconstpointer) there : none, record);
  row->what = there != NULL ? changes (table, there, record, given, names) : g_strdup (_("New"));
  if (given != 0 && row->reason == NULL)
    {
      row->gift.id = there != NULL ? there->id : names->new_id (names->data);
      row->gift.version = there != NULL ? there->version : 0;
      row->gift.steps[0] = (DspGiftStep) { there != NULL ? change : create, g_steal_pointer (&record), given };
      row->gift.n_steps = 1;
    }
  if (record != NULL)
    dsp_record_free (entity, record);
  dsp_record_free (entity, none);
  return row;
}

static bool
is_blank (const DspRecordSheetLine *line)
{
  for (guint i = 0; line->cells[i] != NULL; i++)
    if (*line->cells[i] != '\0')
      return false;
  return line->fault == NULL || line->cells[0] == NULL;
}

DspRecordSheet *
dsp_record_sheet_plan (const DspEntity      *entity,
                       const char           *without,
                       const DspCommand     *create,
                       const DspCommand     *change,
                       const GPtrArray      *lines,
                       const GPtrArray      *records,
                       const DspRecordNames *names,
                       GError              **error)
{
  const DspRecordSheetLine *first = lines->pdata[0];
  GStrv headings = first->cells;
  g_autofree const DspField **fields = g_new0 (const DspField *, g_strv_length (headings) + 1);
  g_autoptr(GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GPtrArray) fresh = g_ptr_array_new ();
  DspRecordSheet *sheet;
  bool has_code = false;

  if (first->fault != NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("the headings: %s"), first->fault);
      return NULL;
    }
  for (guint i = 0; headings[i] != NULL; i++)
    {
      fields[i] = field_of (&entity->table, without, headings[i]);
      if (fields[i] == NULL)
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("“%s” is no column of these records"), headings[i]);
          return NULL;
        }
      has_code = has_code || fields[i]->offset == entity->display_offset;
    }
  if (!has_code)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _("column “%s” is missing"), "code");
      return NULL;
    }
  sheet = g_new0 (DspRecordSheet, 1);
  sheet->rows = g_ptr_array_new_with_free_func (row_free);
  for (guint i = 1; i < lines->len; i++)
    {
      DspRecordSheetRow *row;

      if (is_blank (lines->pdata[i]))
        continue;
      row = read_row (entity, fields, lines->pdata[i], records, create, change, names, seen);
      row->line = i + 1;
      if (row->reason == NULL && row->gift.n_steps == 0)
        {
          sheet->n_unchanged++;
          row_free (row);
        }
      else if (row->gift.n_steps > 0 && row->gift.steps[0].command == create)
        g_ptr_array_add (fresh, row); /* after what makes room for them */
      else
        g_ptr_array_add (sheet->rows, row);
    }
  for (guint i = 0; i < fresh->len; i++)
    g_ptr_array_add (sheet->rows, fresh->pdata[i]);
  return sheet;
}
