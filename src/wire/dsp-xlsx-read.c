/* dsp-xlsx-read.c: a workbook as Excel, LibreOffice and others save it, read row by row
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *   archive --(dsp-input)--> one member --(dsp-xml)--> elements --(here)--> rows of cells
 */
#define G_LOG_DOMAIN "dsp-wire"

#include "config.h"
#include "dsp-xlsx-read.h"

#include <errno.h>
#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "dsp-wire-error.h"
#include "dsp-xlsx-private.h"
#include "dsp-xlsx-style.h"
#include "dsp-xlsx-write.h"
#include "dsp-xml.h"

#define MAX_MERGES    20000
#define MAX_ROW_BYTES (4 * 1024 * 1024)

typedef struct { guint first_row, last_row, first_column, last_column; } Merge;

typedef enum { TYPE_NUMBER, TYPE_SHARED, TYPE_TEXT, TYPE_INLINE, TYPE_YES_NO, TYPE_ERROR, TYPE_DATE } CellType;

struct _DspXlsxReader
{
  char           *path;        /* (owned) */
  char           *shown;       /* (owned) */
  GCancellable   *cancellable; /* (owned) (nullable) */
  DspXlsxBook     book;
  DspXlsxStrings  strings;
  GByteArray     *styles;      /* (owned): a byte a cell style: shows dates */
  GArray         *merges;      /* (owned): of Merge: of the sheet read last */
  guint8         *merged_rows; /* (owned): a bit a row */
  guint64         done, total; /* atomic */
};

/* One reading of one sheet. */
typedef struct {
  DspXlsxReader  *reader;
  const char     *sheet;
  DspInput       *input;
  DspXlsxRowFunc  func;
  gpointer        data;
  GArray         *cells;      /* of DspXlsxCell; text is an offset until the row ends */
  GArray         *offsets;    /* of gsize: of the cells' texts in @texts; G_MAXSIZE: a shared one, already in the cell */
  GString        *texts;      /* of the row */
  gint64          row;        /* -1: none yet */
  gint64          column;     /* of the last cell of the row; -1: none yet */
  CellType        type;
  gboolean        is_time;    /* by its style */
  gboolean        formula;
  gboolean        in_row, in_cell, in_value, in_inline, in_phonetic;
  gsize           start;      /* of the cell's text in @texts */
} Reading;

/* ---- faults ---- */

static gboolean
fault_at (Reading    *self,
          int         code,
          const char *why,
          GError    **error)
{
  g_autofree char *cell = dsp_xlsx_dup_cell_name ((guint) MAX (self->row, 0), (guint) MAX (self->column, 0));

  g_set_error (error, DSP_WIRE_ERROR, code, _("%s, sheet %s, cell %s: %s"), self->reader->shown, self->sheet, cell, why);
  return FALSE;
}

/* ---- places ---- */

/* "AB12", from 0. FALSE: no such cell. */
static gboolean
read_place (const char *text,
            guint      *row,
            guint      *column)
{
  guint64 c = 0, r;
  const char *p = text;

  for (; g_ascii_isalpha (*p) && c <= DSP_XLSX_MAX_COLUMNS; p++)
    c = c * 26 + (guint64) (g_ascii_toupper (*p) - 'A') + 1;
  if (c == 0 || c > DSP_XLSX_MAX_COLUMNS || !g_ascii_string_to_unsigned (p, 10, 1, DSP_XLSX_MAX_ROWS, &r, NULL))
    return FALSE;
  *column = (guint) c - 1;
  *row = (guint) r - 1;
  return TRUE;
}

/* ---- a row and its cells ---- */

static gboolean
begin_row (Reading                 *self,
           const DspXmlAttributes  *attributes,
           GError                 **error)
{
  char text[16];
  gint64 before = self->row;
  guint64 number = (guint64) before + 2;

  if (dsp_xml_attribute (attributes, "r", text, sizeof text) && !g_ascii_string_to_unsigned (text, 10, 1, DSP_XLSX_MAX_ROWS, &number, NULL))
    return fault_at (self, DSP_WIRE_ERROR_INVALID, _("the row after it has no valid number"), error);
  self->row = (gint64) number - 1;
  self->column = -1;
  if (self->row <= before)
    return fault_at (self, DSP_WIRE_ERROR_INVALID, _("the rows are not in order"), error);
  if (self->row >= DSP_XLSX_MAX_ROWS)
    return fault_at (self, DSP_WIRE_ERROR_LIMIT, _("more rows than a sheet can have"), error);
  self->in_row = TRUE;
  g_array_set_size (self->cells, 0);
  g_array_set_size (self->offsets, 0);
  g_string_truncate (self->texts, 0);
  return TRUE;
}

static CellType
type_named (const char *name)
{
  static const struct { const char *name; CellType type; } types[] = {
    { "n", TYPE_NUMBER }, { "s", TYPE_SHARED }, { "str", TYPE_TEXT }, { "inlineStr", TYPE_INLINE }, { "b", TYPE_YES_NO },
    { "e", TYPE_ERROR }, { "d", TYPE_DATE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_equal (types[i].name, name))
      return types[i].type;
  return TYPE_TEXT;
}

static gboolean
begin_cell (Reading                 *self,
            const DspXmlAttributes  *attributes,
            GError                 **error)
{
  gint64 before = self->column;
  guint row = (guint) self->row, column = (guint) (before + 1);
  guint64 style = 0;
  char text[16];

  self->column = before + 1;
  if (dsp_xml_attribute (attributes, "r", text, sizeof text))
    {
      if (!read_place (text, &row, &column) || row != self->row)
        return fault_at (self, DSP_WIRE_ERROR_INVALID, _("a cell here has a name that does not belong to its row"), error);
      self->column = column;
      if (self->column <= before)
        return fault_at (self, DSP_WIRE_ERROR_INVALID, _("the cells are not in order"), error);
    }
  if (self->column >= DSP_XLSX_MAX_COLUMNS)
    return fault_at (self, DSP_WIRE_ERROR_LIMIT, _("more columns than a sheet can have"), error);
  self->type = dsp_xml_attribute (attributes, "t", text, sizeof text) ? type_named (text) : TYPE_NUMBER;
  if (dsp_xml_attribute (attributes, "s", text, sizeof text))
    g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32, &style, NULL);
  self->is_time = style < self->reader->styles->len && self->reader->styles->data[style] != 0;
  self->formula = FALSE;
  self->in_cell = TRUE;
  self->start = self->texts->len;
  return TRUE;
}

/* "2026-11-28 18:00", ":30" if there are seconds; only the day at midnight. */
static void
print_wall (GString *out,
            gint64   wall_s)
{
  gint64 days = wall_s / 86400 - (wall_s % 86400 < 0 ? 1 : 0), rest = wall_s - days * 86400;
  int year, month, day;

  dsp_date_split ((DspDate) { (gint32) days + 1 }, &year, &month, &day);
  g_string_append_printf (out, "%04d-%02d-%02d", year, month, day);
  if (rest != 0)
    g_string_append_printf (out, " %02d:%02d", (int) (rest / 3600), (int) (rest / 60 % 60));
  if (rest % 60 != 0)
    g_string_append_printf (out, ":%02d", (int) (rest % 60));
}

static gboolean
read_number (const char *text,
             double     *number)
{
  char *end;

  /* No words (inf, nan), no hexadecimal. */
  if (*text == '\0' || strspn (text, "0123456789+-.eE") != strlen (text))
    return FALSE;
  errno = 0;
  *number = g_ascii_strtod (text, &end);
  return *end == '\0' && isfinite (*number);
}

static gboolean
number_cell (Reading      *self,
             DspXlsxCell  *cell,
             GError      **error)
{
  char *text = g_strstrip (self->texts->str + self->start);
  char digits[32];

  if (!read_number (text, &cell->number))
    return fault_at (self, DSP_WIRE_ERROR_INVALID, _("its value is no number"), error);
  g_string_truncate (self->texts, self->start);
  cell->kind = self->is_time && dsp_xlsx_serial_to_wall (cell->number, self->reader->book.since_1904, &cell->wall_s)
               ? DSP_XLSX_CELL_TIME : DSP_XLSX_CELL_NUMBER;
  if (cell->kind == DSP_XLSX_CELL_TIME)
    print_wall (self->texts, cell->wall_s);
  else if (fabs (cell->number) < 1e15 && floor (cell->number) == cell->number)
    g_string_append_printf (self->texts, "%.0f", cell->number == 0 ? 0.0 : cell->number);
  else
    g_string_append (self->texts, g_ascii_formatd (digits, sizeof digits, "%.15g", cell->number));
  return TRUE;
}

/* A date as text ("2026-11-28T18:00:00"), which some programs write and Excel reads. */
static gboolean
date_cell (Reading      *self,
           DspXlsxCell  *cell,
           GError      **error)
{
  const char *text = g_strstrip (self->texts->str + self->start);
  g_autoptr(GTimeZone) utc = g_time_zone_new_utc ();
  g_autofree char *full = strchr (text, 'T') != NULL ? g_strdup (text) : g_strconcat (text, "T00:00:00", NULL);
  g_autoptr(GDateTime) time = g_date_time_new_from_iso8601 (full, utc);

  if (time == NULL)
    return fault_at (self, DSP_WIRE_ERROR_INVALID, _("its value is no date"), error);
  cell->kind = DSP_XLSX_CELL_TIME;
  cell->wall_s = g_date_time_to_unix (time);
  g_string_truncate (self->texts, self->start);
  print_wall (self->texts, cell->wall_s);
  return TRUE;
}

static gboolean
shared_cell (Reading      *self,
             DspXlsxCell  *cell,
             GError      **error)
{
  const DspXlsxStrings *strings = &self->reader->strings;
  guint64 index;

  if (!g_ascii_string_to_unsigned (g_strstrip (self->texts->str + self->start), 10, 0, G_MAXUINT32, &index, NULL)
      || index >= strings->starts->len)
    return fault_at (self, DSP_WIRE_ERROR_INVALID, _("its shared text does not exist"), error);
  g_string_truncate (self->texts, self->start);
  cell->kind = DSP_XLSX_CELL_TEXT;
  cell->text = strings->all->str + g_array_index (strings->starts, guint32, index);
  return TRUE;
}

static gboolean
value_of (Reading      *self,
          DspXlsxCell  *cell,
          GError      **error)
{
  switch (self->type)
    {
    case TYPE_SHARED:
      return shared_cell (self, cell, error);

    case TYPE_NUMBER:
      return number_cell (self, cell, error);

    case TYPE_DATE:
      return date_cell (self, cell, error);

    case TYPE_YES_NO:
      cell->kind = DSP_XLSX_CELL_YES_NO;
      cell->number = self->texts->str[self->start] == '1' || self->texts->str[self->start] == 't' ? 1 : 0;
      g_string_truncate (self->texts, self->start);
      g_string_append (self->texts, cell->number != 0 ? "TRUE" : "FALSE");
      return TRUE;

    case TYPE_ERROR:
      cell->kind = DSP_XLSX_CELL_ERROR;
      return TRUE;

    case TYPE_TEXT:
    case TYPE_INLINE:
    default:
      cell->kind = DSP_XLSX_CELL_TEXT;
      dsp_xlsx_decode (self->texts, self->start);
      return TRUE;
    }
}

static gboolean
end_cell (Reading  *self,
          GError  **error)
{
  DspXlsxCell cell = { .kind = DSP_XLSX_CELL_EMPTY, .formula = self->formula };
  const DspXlsxCell none = { .kind = DSP_XLSX_CELL_EMPTY, .text = "" };
  gsize elsewhere = G_MAXSIZE, offset = self->start;

  self->in_cell = FALSE;
  if (self->texts->len > self->start && !value_of (self, &cell, error))
    return FALSE;
  if (cell.kind == DSP_XLSX_CELL_EMPTY && !self->formula)
    return TRUE;
  while (self->cells->len < self->column)
    {
      g_array_append_val (self->cells, none);
      g_array_append_val (self->offsets, elsewhere);
    }
  g_array_append_val (self->cells, cell);
  if (cell.text != NULL)
    offset = elsewhere;
  g_array_append_val (self->offsets, offset);
  if (cell.text == NULL)
    g_string_append_c (self->texts, '\0');
  return TRUE;
}

static gboolean
end_row (Reading  *self,
         GError  **error)
{
  guint64 done, total;

  self->in_row = FALSE;
  dsp_input_get_progress (self->input, &done, &total);
  __atomic_store_n (&self->reader->done, done, __ATOMIC_RELAXED);
  __atomic_store_n (&self->reader->total, total, __ATOMIC_RELAXED);
  if (self->cells->len == 0)
    return TRUE;
  for (guint i = 0; i < self->cells->len; i++)
    {
      gsize offset = g_array_index (self->offsets, gsize, i);

      if (offset != G_MAXSIZE)
        g_array_index (self->cells, DspXlsxCell, i).text = self->texts->str + offset;
    }
  return self->func ((guint) self->row, &g_array_index (self->cells, DspXlsxCell, 0), self->cells->len, self->data, error);
}

/* Whole bytes at once: many merges of whole columns must not take long. */
static void
mark_rows (guint8 *rows,
           guint   first,
           guint   last)
{
  for (; first <= last && first % 8 != 0; first++)
    rows[first / 8] |= (guint8) (1 << first % 8);
  if (first + 8 <= last + 1)
    memset (rows + first / 8, 0xff, (last + 1 - first) / 8);
  for (first += (first <= last ? (last + 1 - first) / 8 * 8 : 0); first <= last; first++)
    rows[first / 8] |= (guint8) (1 << first % 8);
}

static gboolean
add_merge (Reading                 *self,
           const DspXmlAttributes  *attributes,
           GError                 **error)
{
  DspXlsxReader *reader = self->reader;
  char text[40], *colon;
  Merge merge;

  if (!dsp_xml_attribute (attributes, "ref", text, sizeof text) || (colon = strchr (text, ':')) == NULL)
    return TRUE;
  *colon = '\0';
  if (!read_place (text, &merge.first_row, &merge.first_column) || !read_place (colon + 1, &merge.last_row, &merge.last_column)
      || merge.last_row < merge.first_row || merge.last_column < merge.first_column)
    return TRUE;
  if (reader->merges->len >= MAX_MERGES)
    {
      g_set_error (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_LIMIT, _("%s, sheet %s: more than %d merged cells"), reader->shown, self->sheet,
                   MAX_MERGES);
      return FALSE;
    }
  g_array_append_val (reader->merges, merge);
  mark_rows (reader->merged_rows, merge.first_row, merge.last_row);
  return TRUE;
}

static gboolean
on_start (gpointer                 data,
          const char              *name,
          const DspXmlAttributes  *attributes,
          GError                 **error)
{
  Reading *self = data;

  if (self->in_cell)
    {
      if (g_str_equal (name, "v"))
        self->in_value = self->type != TYPE_INLINE;
      else if (g_str_equal (name, "f"))
        self->formula = TRUE;
      else if (g_str_equal (name, "is"))
        self->in_inline = self->type == TYPE_INLINE;
      else if (g_str_equal (name, "t"))
        self->in_value = self->in_inline && !self->in_phonetic;
      else if (g_str_equal (name, "rPh"))
        self->in_phonetic = TRUE;
    }
  else if (self->in_row && g_str_equal (name, "c"))
    return begin_cell (self, attributes, error);
  else if (!self->in_row && g_str_equal (name, "row"))
    return begin_row (self, attributes, error);
  else if (!self->in_row && g_str_equal (name, "mergeCell"))
    return add_merge (self, attributes, error);
  return TRUE;
}

static gboolean
on_end (gpointer     data,
        const char  *name,
        GError     **error)
{
  Reading *self = data;

  if (g_str_equal (name, "v") || g_str_equal (name, "t"))
    self->in_value = FALSE;
  else if (g_str_equal (name, "is"))
    self->in_inline = FALSE;
  else if (g_str_equal (name, "rPh"))
    self->in_phonetic = FALSE;
  else if (self->in_cell && g_str_equal (name, "c"))
    return end_cell (self, error);
  else if (self->in_row && !self->in_cell && g_str_equal (name, "row"))
    return end_row (self, error);
  return TRUE;
}

static gboolean
on_text (gpointer     data,
         const char  *text,
         gsize        length,
         GError     **error)
{
  Reading *self = data;

  if (!self->in_value)
    return TRUE;
  if (self->texts->len - self->start + length > DSP_XLSX_MAX_CELL_BYTES || self->texts->len + length > MAX_ROW_BYTES)
    return fault_at (self, DSP_WIRE_ERROR_LIMIT, _("its text is longer than a cell can be"), error);
  g_string_append_len (self->texts, text, (gssize) length);
  return TRUE;
}

/* ---- the workbook ---- */

static gboolean
read_texts_and_styles (DspXlsxReader  *self,
                       GError        **error)
{
  g_autoptr(DspInput) strings = NULL;
  g_autoptr(DspInput) styles = NULL;

  if (self->book.styles != NULL)
    {
      g_byte_array_unref (self->styles);
      styles = dsp_xlsx_open_member (self->path, self->book.styles, self->cancellable, error);
      self->styles = styles != NULL ? dsp_xlsx_styles_read (styles, error) : NULL;
      if (self->styles == NULL)
        return FALSE;
    }
  if (self->book.strings == NULL)
    return TRUE;
  strings = dsp_xlsx_open_member (self->path, self->book.strings, self->cancellable, error);
  return strings != NULL && dsp_xlsx_strings_read (&self->strings, strings, error);
}

DspXlsxReader *
dsp_xlsx_reader_open (const char    *path,
                      GCancellable  *cancellable,
                      GError       **error)
{
  g_autoptr(DspXlsxReader) self = g_new0 (DspXlsxReader, 1);

  g_return_val_if_fail (path != NULL, NULL);

  self->path = g_strdup (path);
  self->shown = g_filename_display_name (path);
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  self->styles = g_byte_array_new ();
  self->merges = g_array_new (FALSE, FALSE, sizeof (Merge));
  self->merged_rows = g_malloc0 (DSP_XLSX_MAX_ROWS / 8);
  dsp_xlsx_strings_init (&self->strings);
  dsp_xlsx_book_init (&self->book);
  if (!dsp_xlsx_book_read (&self->book, path, cancellable, error) || !read_texts_and_styles (self, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
dsp_xlsx_reader_free (DspXlsxReader *self)
{
  if (self == NULL)
    return;

  g_free (self->path);
  g_free (self->shown);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->styles, g_byte_array_unref);
  g_array_unref (self->merges);
  g_free (self->merged_rows);
  dsp_xlsx_strings_clear (&self->strings);
  dsp_xlsx_book_clear (&self->book);
  g_free (self);
}

guint
dsp_xlsx_reader_get_n_sheets (DspXlsxReader *self)
{
  return self->book.sheets->len;
}

const char *
dsp_xlsx_reader_get_sheet (DspXlsxReader *self,
                           guint          sheet)
{
  return g_array_index (self->book.sheets, DspXlsxPart, sheet).name;
}

gboolean
dsp_xlsx_reader_is_hidden (DspXlsxReader *self,
                           guint          sheet)
{
  return g_array_index (self->book.sheets, DspXlsxPart, sheet).hidden;
}

int
dsp_xlsx_reader_find_sheet (DspXlsxReader *self,
                            const char    *name)
{
  for (guint i = 0; i < self->book.sheets->len; i++)
    if (g_str_equal (dsp_xlsx_reader_get_sheet (self, i), name))
      return (int) i;
  return -1;
}

gboolean
dsp_xlsx_reader_read (DspXlsxReader   *self,
                      guint            sheet,
                      DspXlsxRowFunc   func,
                      gpointer         data,
                      GError         **error)
{
  const DspXmlHandlers handlers = { on_start, on_end, on_text };
  const DspXlsxPart *part = &g_array_index (self->book.sheets, DspXlsxPart, sheet);
  g_autoptr(DspInput) input = dsp_xlsx_open_member (self->path, part->member, self->cancellable, error);
  g_autoptr(GArray) cells = g_array_new (FALSE, FALSE, sizeof (DspXlsxCell));
  g_autoptr(GArray) offsets = g_array_new (FALSE, FALSE, sizeof (gsize));
  Reading reading = { .reader = self, .sheet = part->name, .input = input, .func = func, .data = data, .cells = cells,
                      .offsets = offsets, .row = -1, .column = -1 };
  gboolean was_read;

  if (input == NULL)
    return FALSE;
  g_array_set_size (self->merges, 0);
  memset (self->merged_rows, 0, DSP_XLSX_MAX_ROWS / 8);
  reading.texts = g_string_new (NULL);
  was_read = dsp_xml_read (input, &handlers, &reading, error);
  g_string_free (reading.texts, TRUE);
  return was_read;
}

char *
dsp_xlsx_reader_dup_merged (DspXlsxReader *self,
                            guint          row,
                            guint          column)
{
  if (row >= DSP_XLSX_MAX_ROWS || !(self->merged_rows[row / 8] & 1 << row % 8))
    return NULL;
  for (guint i = 0; i < self->merges->len; i++)
    {
      const Merge *merge = &g_array_index (self->merges, Merge, i);

      if (row >= merge->first_row && row <= merge->last_row && column >= merge->first_column && column <= merge->last_column)
        {
          g_autofree char *first = dsp_xlsx_dup_cell_name (merge->first_row, merge->first_column);
          g_autofree char *last = dsp_xlsx_dup_cell_name (merge->last_row, merge->last_column);

          return g_strconcat (first, ":", last, NULL);
        }
    }
  return NULL;
}

void
dsp_xlsx_reader_get_progress (DspXlsxReader *self,
                              guint64       *done,
                              guint64       *total)
{
  *done = __atomic_load_n (&self->done, __ATOMIC_RELAXED);
  *total = __atomic_load_n (&self->total, __ATOMIC_RELAXED);
}
