/* dsp-xlsx-write.c: a workbook, written so that a spreadsheet takes text as text and money to the cent
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * libxlsxwriter in its mode of constant memory: the rows of a sheet go to an unnamed temporary file as they come. The archive is
 * made at the commit, beside its place, and renamed into it.
 */
#define G_LOG_DOMAIN "dsp-wire"

#include "config.h"
#include "dsp-xlsx-write.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>
#include <math.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#include "dsp-currency.h"
#include "dsp-wire-error.h"

#define DAY_SECONDS 86400
/* The day that a spreadsheet numbers 0, in days before 1970: true from March of 1900 on, before which it counts a day too many. */
#define EPOCH_DAY   25569
#define FIRST_DAY   61
#define LAST_DAY    2958465

typedef enum { FORM_TEXT, FORM_INT, FORM_DOUBLE, FORM_MONEY, FORM_PERCENT, FORM_TIME, FORM_DATE, N_FORMS } Form;

#define N_LOOKS (DSP_XLSX_UNLOCKED << 1)

struct _DspXlsxSheet
{
  DspXlsxWriter *writer;
  lxw_worksheet *sheet;
  char          *name; /* (owned) */
};

struct _DspXlsxWriter
{
  char         *path;      /* (owned) */
  char         *part;      /* (owned): the file until it is whole */
  char         *shown;     /* (owned): the path, for messages */
  GTimeZone    *zone;      /* (owned) */
  const DspCurrency *currency;
  lxw_workbook *book;      /* (owned) (nullable): NULL after the commit */
  GPtrArray    *sheets;    /* (owned): of DspXlsxSheet */
  lxw_format   *formats[N_FORMS][N_LOOKS]; /* (nullable): made when first needed, of the book */
  GString      *clean;     /* (owned): the text being written */
  GError       *error;     /* (owned) (nullable): the first fault */
};

static void
free_sheet (gpointer data)
{
  DspXlsxSheet *sheet = data;

  g_free (sheet->name);
  g_free (sheet);
}

/* The temporary name: beside the file, since a rename does not cross disks; with the rights that a new file has here. */
static gboolean
make_part (DspXlsxWriter  *self,
           GError        **error)
{
  g_autofree char *folder = g_path_get_dirname (self->path), *base = g_path_get_basename (self->path);
  int fd = -1;

  for (guint i = 0; i < 100 && fd < 0; i++)
    {
      g_autofree char *name = g_strdup_printf (".%s.%08x", base, g_random_int ());

      g_free (self->part);
      self->part = g_build_filename (folder, name, NULL);
      fd = g_open (self->part, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0666);
      if (fd < 0 && errno != EEXIST)
        break;
    }
  if (fd < 0)
    {
      int code = errno;

      g_clear_pointer (&self->part, g_free);
      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s", self->shown, g_strerror (code));
      return FALSE;
    }
  close (fd);
  return TRUE;
}

static void
describe (DspXlsxWriter      *self,
          const DspXlsxAbout *about)
{
  lxw_doc_properties properties = {
    .title = (char *) (about != NULL ? about->title : NULL),
    .author = (char *) (about != NULL ? about->author : NULL),
    .created = about != NULL && about->created.us != 0 ? (time_t) (about->created.us / G_USEC_PER_SEC) : 1,
  };

  workbook_set_properties (self->book, &properties);
}

DspXlsxWriter *
dsp_xlsx_writer_new (const char          *path,
                     const DspXlsxAbout  *about,
                     GTimeZone           *zone,
                     GError             **error)
{
  g_autoptr(DspXlsxWriter) self = g_new0 (DspXlsxWriter, 1);
  lxw_workbook_options options = { .constant_memory = LXW_TRUE, .use_zip64 = LXW_FALSE };

  g_return_val_if_fail (path != NULL, NULL);

  self->path = g_strdup (path);
  self->shown = g_filename_display_name (path);
  self->zone = zone != NULL ? g_time_zone_ref (zone) : g_time_zone_new_utc ();
  self->currency = dsp_currency_get ();
  self->sheets = g_ptr_array_new_with_free_func (free_sheet);
  self->clean = g_string_new (NULL);
  if (!make_part (self, error))
    return NULL;
  self->book = workbook_new_opt (self->part, &options);
  if (self->book == NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NO_SPACE, "%s: %s", self->shown, g_strerror (ENOMEM));
      return NULL;
    }
  describe (self, about);
  return g_steal_pointer (&self);
}

void
dsp_xlsx_writer_free (DspXlsxWriter *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->book, lxw_workbook_free);
  if (self->part != NULL)
    g_unlink (self->part);
  g_free (self->part);
  g_free (self->path);
  g_free (self->shown);
  g_time_zone_unref (self->zone);
  g_ptr_array_unref (self->sheets);
  g_string_free (self->clean, TRUE);
  g_clear_error (&self->error);
  g_free (self);
}

/* ---- faults ---- */

static gboolean
usable (DspXlsxSheet *self)
{
  return self->writer->error == NULL && self->writer->book != NULL;
}

/* Of a call on the library. A cell of -1, -1 is the sheet as a whole. */
static void
keep_error (DspXlsxSheet *self,
            guint         row,
            guint         column,
            lxw_error     code)
{
  DspXlsxWriter *writer = self->writer;
  g_autofree char *cell = row != G_MAXUINT ? dsp_xlsx_dup_cell_name (row, column) : NULL;

  if (code == LXW_NO_ERROR || writer->error != NULL)
    return;
  if (code == LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED)
    g_set_error (&writer->error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_LIMIT, _("%s, sheet %s, cell %s: a cell holds at most %d characters"),
                 writer->shown, self->name, cell, DSP_XLSX_MAX_TEXT);
  else if (code == LXW_ERROR_WORKSHEET_INDEX_OUT_OF_RANGE && row >= DSP_XLSX_MAX_ROWS)
    g_set_error (&writer->error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_LIMIT, _("%s, sheet %s: a sheet holds at most %d rows"),
                 writer->shown, self->name, DSP_XLSX_MAX_ROWS);
  else
    g_set_error (&writer->error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_INVALID, "%s (%s%s%s): %s", writer->shown, self->name,
                 cell != NULL ? ", " : "", cell != NULL ? cell : "", lxw_strerror (code));
}

/* ---- formats ---- */

static const char *
number_format (DspXlsxWriter *self,
               Form           form)
{
  static const char *const money[DSP_CURRENCY_DIGITS_MAX + 1] = { "#,##0", "#,##0.0", "#,##0.00", "#,##0.000", "#,##0.0000" };

  switch (form)
    {
    case FORM_TEXT:
      return "@"; /* what is typed over it stays text, too: a postal code keeps its zeroes */
    case FORM_INT:
      return "0";
    case FORM_MONEY:
      return money[self->currency->digits];
    case FORM_PERCENT:
      return "0.0%";
    case FORM_TIME:
      /* Translators: how a spreadsheet writes an instant: d, m, y, h for day, month, year, hour */
      return C_("spreadsheet", "yyyy-mm-dd hh:mm");
    case FORM_DATE:
      return C_("spreadsheet", "yyyy-mm-dd");
    case FORM_DOUBLE:
    case N_FORMS:
    default:
      return "General";
    }
}

static lxw_format *
format_of (DspXlsxWriter *self,
           Form           form,
           DspXlsxLook    look)
{
  lxw_format **format = &self->formats[form][look & (N_LOOKS - 1)];

  if (*format != NULL)
    return *format;
  *format = workbook_add_format (self->book);
  format_set_num_format (*format, number_format (self, form));
  if (look & (DSP_XLSX_BOLD | DSP_XLSX_HEADING | DSP_XLSX_TOTAL | DSP_XLSX_TITLE))
    format_set_bold (*format);
  if (look & DSP_XLSX_HEADING)
    {
      format_set_bg_color (*format, 0xe6e6e6);
      format_set_bottom (*format, LXW_BORDER_THIN);
      format_set_text_wrap (*format);
      format_set_align (*format, LXW_ALIGN_VERTICAL_TOP);
    }
  if (look & DSP_XLSX_TOTAL)
    format_set_top (*format, LXW_BORDER_THIN);
  if (look & DSP_XLSX_TITLE)
    format_set_font_size (*format, 14);
  if (look & DSP_XLSX_MUTED)
    format_set_font_color (*format, 0x5e5c64);
  if (look & DSP_XLSX_UNLOCKED)
    format_set_unlocked (*format);
  return *format;
}

/* ---- sheets ---- */

static char *
sheet_name (const char *wanted)
{
  char *name = g_utf8_strlen (wanted, -1) > 31 ? g_utf8_substring (wanted, 0, 31) : g_strdup (wanted);

  g_strdelimit (name, "[]:*?/\\", ' ');
  /* An apostrophe at either end is how formulas quote names. */
  if (*name == '\'')
    *name = ' ';
  if (g_str_has_suffix (name, "'"))
    name[strlen (name) - 1] = ' ';
  return name;
}

DspXlsxSheet *
dsp_xlsx_writer_add_sheet (DspXlsxWriter *self,
                           const char    *name)
{
  DspXlsxSheet *sheet = g_new0 (DspXlsxSheet, 1);

  sheet->writer = self;
  sheet->name = sheet_name (name);
  sheet->sheet = workbook_add_worksheet (self->book, sheet->name);
  if (sheet->sheet == NULL)
    {
      if (self->error == NULL)
        g_set_error (&self->error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_INVALID, _("%s: there cannot be a sheet called “%s” (twice?)"),
                     self->shown, sheet->name);
    }
  g_ptr_array_add (self->sheets, sheet);
  return sheet;
}

void
dsp_xlsx_sheet_set_column (DspXlsxSheet *self,
                           guint         column,
                           double        width_chars,
                           DspXlsxLook   look)
{
  if (usable (self))
    keep_error (self, 0, column, worksheet_set_column (self->sheet, (lxw_col_t) column, (lxw_col_t) column, width_chars,
                                                       format_of (self->writer, FORM_TEXT, look)));
}

void
dsp_xlsx_sheet_hide_column (DspXlsxSheet *self,
                            guint         column)
{
  lxw_row_col_options hidden = { .hidden = LXW_TRUE };

  if (usable (self))
    keep_error (self, 0, column, worksheet_set_column_opt (self->sheet, (lxw_col_t) column, (lxw_col_t) column, LXW_DEF_COL_WIDTH,
                                                           format_of (self->writer, FORM_TEXT, DSP_XLSX_PLAIN), &hidden));
}

void
dsp_xlsx_sheet_hide_row (DspXlsxSheet *self,
                         guint         row)
{
  lxw_row_col_options hidden = { .hidden = LXW_TRUE };

  if (usable (self))
    keep_error (self, row, 0, worksheet_set_row_opt (self->sheet, row, LXW_DEF_ROW_HEIGHT, NULL, &hidden));
}

void
dsp_xlsx_sheet_hide (DspXlsxSheet *self)
{
  if (usable (self))
    worksheet_hide (self->sheet);
}

void
dsp_xlsx_sheet_freeze (DspXlsxSheet *self,
                       guint         rows,
                       guint         columns)
{
  if (usable (self))
    worksheet_freeze_panes (self->sheet, rows, (lxw_col_t) columns);
}

void
dsp_xlsx_sheet_filter (DspXlsxSheet *self,
                       guint         first_row,
                       guint         last_row,
                       guint         last_column)
{
  if (usable (self))
    keep_error (self, last_row, last_column, worksheet_autofilter (self->sheet, first_row, 0, MAX (last_row, first_row + 1),
                                                                   (lxw_col_t) last_column));
}

void
dsp_xlsx_sheet_protect (DspXlsxSheet *self)
{
  lxw_protection still = { .format_cells = LXW_TRUE, .format_columns = LXW_TRUE, .format_rows = LXW_TRUE, .autofilter = LXW_TRUE,
                           .sort = LXW_TRUE };

  if (usable (self))
    worksheet_protect (self->sheet, NULL, &still);
}

void
dsp_xlsx_sheet_set_list (DspXlsxSheet *self,
                         guint         column,
                         guint         first_row,
                         guint         last_row,
                         DspXlsxSheet *list,
                         guint         list_column,
                         guint         first,
                         guint         last,
                         const char   *message)
{
  lxw_data_validation rule = { .validate = LXW_VALIDATION_TYPE_LIST_FORMULA, .error_message = (char *) message };
  g_autofree char *from = dsp_xlsx_dup_cell_name (first, list_column), *to = dsp_xlsx_dup_cell_name (last, list_column);
  g_auto(GStrv) parts = g_strsplit (list->name, "'", -1);
  g_autofree char *quoted = g_strjoinv ("''", parts), *where = NULL;
  GString *fixed = g_string_new (NULL);

  /* $A$2 of A2: the place stays when rows are filled down. */
  for (guint end = 0; end < 2; end++)
    {
      const char *cell = end == 0 ? from : to;
      gsize letters = strcspn (cell, "0123456789");

      g_string_append_printf (fixed, "%s$%.*s$%s", end == 0 ? "" : ":", (int) letters, cell, cell + letters);
    }
  where = g_strdup_printf ("='%s'!%s", quoted, fixed->str);
  g_string_free (fixed, TRUE);
  rule.value_formula = where;
  if (message == NULL)
    rule.show_error = LXW_VALIDATION_OFF;
  if (usable (self))
    keep_error (self, first_row, column, worksheet_data_validation_range (self->sheet, first_row, (lxw_col_t) column, last_row,
                                                                          (lxw_col_t) column, &rule));
}

/* ---- cells ---- */

/* A spreadsheet reads _x000D_ inside a text as the character of that number, so such text has its underscore written that way;
 * what XML cannot hold is left out. */
static const char *
clean_text (DspXlsxWriter *self,
            const char    *text)
{
  g_string_truncate (self->clean, 0);
  for (const char *p = text; *p != '\0'; p++)
    {
      if (p[0] == '\xef' && p[1] == '\xbf' && (p[2] == '\xbe' || p[2] == '\xbf'))
        p += 2; /* U+FFFE, U+FFFF */
      else if (p[0] == '_' && p[1] == 'x' && g_ascii_isxdigit (p[2]) && g_ascii_isxdigit (p[3]) && g_ascii_isxdigit (p[4])
               && g_ascii_isxdigit (p[5]) && p[6] == '_')
        g_string_append (self->clean, "_x005F_");
      else
        g_string_append_c (self->clean, *p);
    }
  return self->clean->str;
}

static void
write_blank (DspXlsxSheet *self,
             guint         row,
             guint         column,
             Form          form,
             DspXlsxLook   look)
{
  if (usable (self))
    keep_error (self, row, column, worksheet_write_blank (self->sheet, row, (lxw_col_t) column, format_of (self->writer, form, look)));
}

void
dsp_xlsx_sheet_text (DspXlsxSheet *self,
                     guint         row,
                     guint         column,
                     const char   *text,
                     DspXlsxLook   look)
{
  if (text == NULL || *text == '\0')
    write_blank (self, row, column, FORM_TEXT, look);
  else if (usable (self))
    keep_error (self, row, column, worksheet_write_string (self->sheet, row, (lxw_col_t) column, clean_text (self->writer, text),
                                                           format_of (self->writer, FORM_TEXT, look)));
}

static void
write_number (DspXlsxSheet *self,
              guint         row,
              guint         column,
              double        value,
              Form          form,
              DspXlsxLook   look)
{
  if (usable (self))
    keep_error (self, row, column, worksheet_write_number (self->sheet, row, (lxw_col_t) column, value, format_of (self->writer, form, look)));
}

void
dsp_xlsx_sheet_int (DspXlsxSheet *self,
                    guint         row,
                    guint         column,
                    gint64        value,
                    DspXlsxLook   look)
{
  char text[24];

  /* A spreadsheet keeps 15 digits. */
  if (ABS ((double) value) < 1e15)
    write_number (self, row, column, (double) value, FORM_INT, look);
  else
    {
      g_snprintf (text, sizeof text, "%" G_GINT64_FORMAT, value);
      dsp_xlsx_sheet_text (self, row, column, text, look);
    }
}

void
dsp_xlsx_sheet_double (DspXlsxSheet *self,
                       guint         row,
                       guint         column,
                       double        value,
                       DspXlsxLook   look)
{
  if (isfinite (value))
    write_number (self, row, column, value, FORM_DOUBLE, look);
  else
    dsp_xlsx_sheet_text (self, row, column, NULL, look);
}

static double
as_money (DspXlsxSheet *self,
          gint64        cents)
{
  return (double) cents / (double) dsp_currency_unit (self->writer->currency);
}

void
dsp_xlsx_sheet_money (DspXlsxSheet *self,
                      guint         row,
                      guint         column,
                      gint64        cents,
                      DspXlsxLook   look)
{
  write_number (self, row, column, as_money (self, cents), FORM_MONEY, look);
}

void
dsp_xlsx_sheet_percent (DspXlsxSheet *self,
                        guint         row,
                        guint         column,
                        double        fraction,
                        DspXlsxLook   look)
{
  if (isfinite (fraction))
    write_number (self, row, column, fraction, FORM_PERCENT, look);
  else
    dsp_xlsx_sheet_text (self, row, column, NULL, look);
}

/* A spreadsheet's number of a day, or the text where it has none. */
void
dsp_xlsx_sheet_date (DspXlsxSheet *self,
                     guint         row,
                     guint         column,
                     DspDate       date,
                     DspXlsxLook   look)
{
  gint64 serial = (gint64) date.day - 1 + EPOCH_DAY;
  char text[16] = "";

  if (date.day == 0)
    write_blank (self, row, column, FORM_DATE, look);
  else if (serial >= FIRST_DAY && serial <= LAST_DAY)
    write_number (self, row, column, (double) serial, FORM_DATE, look);
  else
    {
      dsp_date_print (date, text);
      dsp_xlsx_sheet_text (self, row, column, text, look);
    }
}

void
dsp_xlsx_sheet_time (DspXlsxSheet *self,
                     guint         row,
                     guint         column,
                     DspTime       time,
                     DspXlsxLook   look)
{
  gint64 seconds = time.us / G_USEC_PER_SEC - (time.us % G_USEC_PER_SEC < 0 ? 1 : 0);
  int interval = g_time_zone_find_interval (self->writer->zone, G_TIME_TYPE_UNIVERSAL, seconds);
  gint64 wall = seconds + (interval >= 0 ? g_time_zone_get_offset (self->writer->zone, interval) : 0);
  double serial = (double) wall / DAY_SECONDS + EPOCH_DAY;
  char text[32] = "";

  if (time.us == 0)
    write_blank (self, row, column, FORM_TIME, look);
  else if (serial >= FIRST_DAY && serial < LAST_DAY + 1)
    write_number (self, row, column, serial, FORM_TIME, look);
  else
    {
      dsp_time_print (time, text);
      dsp_xlsx_sheet_text (self, row, column, text, look);
    }
}

static void
write_formula (DspXlsxSheet *self,
               guint         row,
               guint         column,
               const char   *formula,
               double        result,
               Form          form,
               DspXlsxLook   look)
{
  if (usable (self))
    keep_error (self, row, column, worksheet_write_formula_num (self->sheet, row, (lxw_col_t) column, formula,
                                                                format_of (self->writer, form, look), result));
}

void
dsp_xlsx_sheet_money_formula (DspXlsxSheet *self,
                              guint         row,
                              guint         column,
                              const char   *formula,
                              gint64        cents,
                              DspXlsxLook   look)
{
  write_formula (self, row, column, formula, as_money (self, cents), FORM_MONEY, look);
}

void
dsp_xlsx_sheet_int_formula (DspXlsxSheet *self,
                            guint         row,
                            guint         column,
                            const char   *formula,
                            gint64        value,
                            DspXlsxLook   look)
{
  write_formula (self, row, column, formula, (double) value, FORM_INT, look);
}

char *
dsp_xlsx_dup_cell_name (guint row,
                        guint column)
{
  char letters[8];
  guint at = sizeof letters - 1;

  letters[at] = '\0';
  for (guint left = column + 1; left > 0 && at > 0; left = (left - 1) / 26)
    letters[--at] = (char) ('A' + (left - 1) % 26);
  return g_strdup_printf ("%s%u", letters + at, row + 1);
}

/* ---- the commit ---- */

static gboolean
set_disk_error (DspXlsxWriter  *self,
                int             code,
                GError        **error)
{
  g_set_error (error, G_IO_ERROR, code != 0 ? (int) g_io_error_from_errno (code) : G_IO_ERROR_FAILED, "%s: %s", self->shown,
               code != 0 ? g_strerror (code) : _("the file could not be written"));
  return FALSE;
}

/* The library does not look whether its temporary files took what it wrote. */
static gboolean
rows_are_whole (DspXlsxWriter  *self,
                GError        **error)
{
  for (guint i = 0; i < self->sheets->len; i++)
    {
      DspXlsxSheet *sheet = g_ptr_array_index (self->sheets, i);
      FILE *rows = sheet->sheet->optimize_tmpfile;

      errno = 0;
      if (rows != NULL && (fflush (rows) != 0 || ferror (rows)))
        return set_disk_error (self, errno, error);
    }
  return TRUE;
}

static gboolean
to_disk (DspXlsxWriter  *self,
         GError        **error)
{
  int fd = g_open (self->part, O_RDONLY | O_CLOEXEC, 0);
  int code = fd < 0 || fsync (fd) != 0 ? errno : 0;

  if (fd >= 0)
    close (fd);
  if (code == 0 && g_rename (self->part, self->path) != 0)
    code = errno;
  if (code != 0)
    return set_disk_error (self, code, error);
  g_clear_pointer (&self->part, g_free);
  return TRUE;
}

gboolean
dsp_xlsx_writer_commit (DspXlsxWriter  *self,
                        GCancellable   *cancellable,
                        GError        **error)
{
  lxw_error code;

  g_return_val_if_fail (self->book != NULL, FALSE);

  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  if (self->error != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&self->error));
      return FALSE;
    }
  if (!rows_are_whole (self, error))
    return FALSE;
  errno = 0;
  code = workbook_close (g_steal_pointer (&self->book));
  if (code != LXW_NO_ERROR)
    return set_disk_error (self, errno, error);
  if (g_cancellable_set_error_if_cancelled (cancellable, error))
    return FALSE;
  return to_disk (self, error);
}
