/* dsp-csv.c: rows of separated text, read from an input
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * RFC 4180 with any of four separators, with or without quoting. One bad row must not take the good ones with it: the
 * text of a record stays in the buffer until the record is complete, and if it never is, reading goes on at the line
 * after the one where the record began, whatever a stray quote has swallowed in between.
 */
#define G_LOG_DOMAIN "dsp-wire"

#include "config.h"
#include "dsp-csv.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "dsp-wire-error.h"

#define BLOCK               (64 * 1024)
#define MAX_RECORD          (1024 * 1024)
#define DEFAULT_MAX_FIELD   (64 * 1024)
#define DEFAULT_MAX_COLUMNS 512

struct _DspCsv
{
  DspInput   *input;       /* (owned) */
  char        separator;
  gboolean    quotes;
  gboolean    any_width;
  gsize       max_field;
  guint       max_columns;

  GPtrArray  *names;       /* (owned): char *, NULL-terminated */
  GHashTable *columns;     /* (owned): name (borrowed) -> index + 1 */

  char       *buffer;      /* (owned): from the record's first byte on */
  gsize       allocated;
  gsize       start;       /* of the record */
  gsize       length;
  gboolean    ended;       /* the input has no more */
  guint64     line;        /* of the record's first byte */

  GString    *text;        /* (owned): the record's fields, unquoted, a NUL behind each */
  GArray     *offsets;     /* (owned): gsize, where each begins */
  GPtrArray  *fields;      /* (owned): const char * into text */
  char       *reason;      /* (owned) (nullable): of the last refusal */
};

typedef enum {
  RECORD_COMPLETE,
  RECORD_UNENDED, /* complete, and the file ends without a line end */
  RECORD_BAD,     /* reason is set */
  RECORD_CUT,     /* reason is set: the file ends inside it */
  RECORD_FAILED,  /* error is set */
} RecordResult;

/* Gets more text behind the buffered one. FALSE on error; at the end of the input @self->ended is set. */
static gboolean
fill (DspCsv  *self,
      GError **error)
{
  gssize n;

  if (self->start > 0)
    {
      memmove (self->buffer, self->buffer + self->start, self->length - self->start);
      self->length -= self->start;
      self->start = 0;
    }
  if (self->allocated - self->length < BLOCK)
    {
      self->allocated = MAX (self->allocated * 2, 4 * BLOCK);
      self->buffer = g_realloc (self->buffer, self->allocated);
    }

  n = dsp_input_read (self->input, self->buffer + self->length, self->allocated - self->length, error);
  if (n < 0)
    return FALSE;
  if (n == 0)
    self->ended = TRUE;

  self->length += (gsize) n;
  return TRUE;
}

/* Goes to the beginning of the next line, however long this one is. */
static gboolean
skip_line (DspCsv  *self,
           GError **error)
{
  for (;;)
    {
      char *feed = self->length > self->start
                     ? memchr (self->buffer + self->start, '\n', self->length - self->start) : NULL;

      if (feed != NULL)
        {
          self->start = (gsize) (feed - self->buffer) + 1;
          self->line++;
          return TRUE;
        }

      self->start = self->length;
      if (self->ended)
        return TRUE;
      if (!fill (self, error))
        return FALSE;
    }
}

static RecordResult
bad (DspCsv *self,
     char   *reason)
{
  g_free (self->reason);
  self->reason = reason;
  return RECORD_BAD;
}

/* The byte at @at behind the record's beginning, -1 at the end of the file, -2 on error. */
static inline int
byte_at (DspCsv  *self,
         gsize    at,
         GError **error)
{
  while (self->start + at >= self->length)
    {
      if (self->ended)
        return -1;
      if (!fill (self, error))
        return -2;
    }

  return (guint8) self->buffer[self->start + at];
}

static void
begin_field (DspCsv *self)
{
  gsize offset = self->text->len;

  g_array_append_val (self->offsets, offset);
}

/* A field without quotes, up to the separator or the line end, which stay. */
static int
plain_field (DspCsv  *self,
             gsize   *at,
             GError **error)
{
  for (;;)
    {
      int c = byte_at (self, *at, error);
      const char *begin, *p, *end;

      if (c < 0 || c == self->separator || c == '\n' || (self->quotes && c == '"'))
        return c;

      if (c == '\r')
        {
          int next = byte_at (self, *at + 1, error);

          /* The line end's own; anywhere else it is part of the text. */
          if (next == '\n' || next < 0)
            {
              *at += 1;
              return next;
            }
          g_string_append_c (self->text, '\r');
          *at += 1;
          continue;
        }

      begin = p = self->buffer + self->start + *at;
      end = self->buffer + self->length;
      while (p < end && *p != self->separator && *p != '\n' && *p != '\r' && *p != '"')
        p++;
      if (p == begin)
        p++;
      g_string_append_len (self->text, begin, p - begin);
      *at += (gsize) (p - begin);

      if (*at > MAX_RECORD)
        return c;
    }
}

/* A quoted field; the opening quote is behind us. Returns the byte after the closing quote, -1 at the end, -2 on error,
 * -3 if the file ends or the field grows too long before there is a closing quote. */
static int
quoted_field (DspCsv  *self,
              gsize   *at,
              guint64 *n_lines,
              GError **error)
{
  gsize begin = self->text->len;

  for (;;)
    {
      int c = byte_at (self, *at, error);
      const char *p, *q, *end;

      if (c == -2)
        return c;
      if (c < 0 || self->text->len - begin > self->max_field || *at > MAX_RECORD)
        return -3;

      if (c == '"')
        {
          c = byte_at (self, *at + 1, error);
          *at += 1;
          if (c != '"')
            return c;
          g_string_append_c (self->text, '"');
          *at += 1;
          continue;
        }

      p = self->buffer + self->start + *at;
      end = self->buffer + self->length;
      q = memchr (p, '"', (gsize) (end - p));
      if (q == NULL)
        q = end;
      /* No further than one byte past the limit: what a lost quote opened can be the rest of the file. */
      q = p + MIN ((gsize) (q - p), self->max_field + 1 - (self->text->len - begin));
      for (const char *feed = p; feed < q && (feed = memchr (feed, '\n', (gsize) (q - feed))) != NULL; feed++)
        *n_lines += 1;
      g_string_append_len (self->text, p, q - p);
      *at += (gsize) (q - p);
    }
}

static gboolean
on_last_line (DspCsv *self)
{
  return self->ended && memchr (self->buffer + self->start, '\n', self->length - self->start) == NULL;
}

/* One record from @self->start on. The buffer's start moves only if the record is complete. */
static RecordResult
parse_record (DspCsv  *self,
              GError **error)
{
  guint64 n_lines = 0;
  gsize at = 0;

  g_string_truncate (self->text, 0);
  g_array_set_size (self->offsets, 0);

  for (;;)
    {
      gsize offset = self->text->len;
      guint column = self->offsets->len + 1;
      int c;

      if (column > self->max_columns)
        return bad (self, g_strdup_printf (_("more than %u columns"), self->max_columns));

      begin_field (self);
      c = byte_at (self, at, error);
      if (self->quotes && c == '"')
        {
          at++;
          c = quoted_field (self, &at, &n_lines, error);
          if (c == -3)
            {
              bad (self, g_strdup_printf (_("the quote that opens column %u is never closed"), column));
              return on_last_line (self) ? RECORD_CUT : RECORD_BAD;
            }
          if (c == '\r')
            {
              int next = byte_at (self, at + 1, error);

              if (next == '\n' || next == -1 || next == -2)
                {
                  at++;
                  c = next;
                }
            }
          if (c >= 0 && c != self->separator && c != '\n')
            return bad (self, g_strdup_printf (_("text after the closing quote of column %u"), column));
        }
      else
        {
          c = plain_field (self, &at, error);
          if (self->quotes && c == '"')
            return bad (self, g_strdup_printf (_("a quote in the middle of column %u"), column));
        }

      if (c == -2)
        return RECORD_FAILED;
      if (self->text->len - offset > self->max_field)
        return bad (self, g_strdup_printf (_("column %u is longer than %zu bytes"), column,
                                           self->max_field));
      if (at > MAX_RECORD)
        return bad (self, g_strdup_printf (_("the row is longer than %d bytes"), MAX_RECORD));
      if (memchr (self->text->str + offset, '\0', self->text->len - offset) != NULL)
        return bad (self, g_strdup_printf (_("a NUL byte in column %u"), column));
      if (!g_utf8_validate_len (self->text->str + offset, self->text->len - offset, NULL))
        return bad (self, g_strdup_printf (_("column %u is not UTF-8"), column));
      g_string_append_c (self->text, '\0');

      if (c == self->separator)
        {
          at++;
          continue;
        }

      if (c == '\n')
        at++;
      self->start += at;
      self->line += n_lines + (c == '\n' ? 1 : 0);
      return c == '\n' ? RECORD_COMPLETE : RECORD_UNENDED;
    }
}

/* The separator that the first line has most of, outside of quotes; a comma if it has none. */
static gboolean
detect_separator (DspCsv  *self,
                  GError **error)
{
  static const char candidates[] = ",;|\t";
  guint counts[4] = { 0 }, best = 0;
  gboolean quoted = FALSE;
  gsize at = 0;
  int c;

  while ((c = byte_at (self, at, error)) >= 0 && (c != '\n' || quoted) && at < BLOCK)
    {
      const char *found = c != 0 && !quoted ? strchr (candidates, c) : NULL;

      if (c == '"' && self->quotes)
        quoted = !quoted;
      if (found != NULL)
        counts[found - candidates]++;
      at++;
    }
  if (c == -2)
    return FALSE;

  for (guint i = 1; i < 4; i++)
    if (counts[i] > counts[best])
      best = i;

  self->separator = candidates[best];
  return TRUE;
}

static gboolean
set_names (DspCsv             *self,
           const char *const  *names,
           guint               n_names,
           guint64             line,
           GError            **error)
{
  for (guint i = 0; i < n_names; i++)
    {
      char *name = g_strstrip (g_strdup (names[i]));

      g_ptr_array_add (self->names, name);
      if (*name == '\0')
        continue;
      if (g_hash_table_contains (self->columns, name))
        {
          g_set_error (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_INVALID, "%s, line %" G_GUINT64_FORMAT
                       ": two columns are called %s", dsp_input_get_name (self->input), line, name);
          return FALSE;
        }
      g_hash_table_insert (self->columns, name, GUINT_TO_POINTER (i + 1));
    }

  g_ptr_array_add (self->names, NULL);
  return TRUE;
}

static gboolean
read_header (DspCsv  *self,
             GError **error)
{
  DspCsvRow row;

  switch (dsp_csv_next (self, &row, error))
    {
    case DSP_CSV_ROW:
      return set_names (self, row.fields, row.n_fields, row.line, error);

    case DSP_CSV_REFUSED:
      g_set_error (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_INVALID, "%s, line %" G_GUINT64_FORMAT ": %s",
                   dsp_input_get_name (self->input), row.line, row.reason);
      return FALSE;

    case DSP_CSV_END:
      g_set_error (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_TRUNCATED, "%s: is empty, a header line is needed",
                   dsp_input_get_name (self->input));
      return FALSE;

    case DSP_CSV_FAILED:
    default:
      return FALSE;
    }
}

/**
 * dsp_csv_new:
 * @input: (transfer full): freed with the reader, also if this fails
 * @options: (nullable)
 *
 * Reads up to and including the header. One thread at a time.
 *
 * Returns: (transfer full): the reader, or %NULL with a #DspWireError that names file and line
 */
DspCsv *
dsp_csv_new (DspInput             *input,
             const DspCsvOptions  *options,
             GError              **error)
{
  DspCsvOptions used = options != NULL ? *options : (DspCsvOptions) { 0 };
  g_autoptr(DspCsv) self = g_new0 (DspCsv, 1);

  self->input = input;
  self->separator = used.separator;
  self->quotes = !used.no_quotes;
  self->max_field = used.max_field != 0 ? used.max_field : DEFAULT_MAX_FIELD;
  self->max_columns = used.max_columns != 0 ? used.max_columns : DEFAULT_MAX_COLUMNS;
  self->names = g_ptr_array_new_with_free_func (g_free);
  self->columns = g_hash_table_new (g_str_hash, g_str_equal);
  self->text = g_string_new (NULL);
  self->offsets = g_array_new (FALSE, FALSE, sizeof (gsize));
  self->fields = g_ptr_array_new ();
  self->line = 1;

  for (guint i = 0; i < used.skip_lines; i++)
    if (!skip_line (self, error))
      return NULL;

  if (self->separator == '\0' && !detect_separator (self, error))
    return NULL;

  /* The header itself has no width to keep to. */
  self->any_width = TRUE;
  if (used.names != NULL)
    {
      if (!set_names (self, used.names, g_strv_length ((char **) used.names), 0, error))
        return NULL;
    }
  else if (!read_header (self, error))
    {
      return NULL;
    }
  self->any_width = used.any_width;

  return g_steal_pointer (&self);
}

void
dsp_csv_free (DspCsv *self)
{
  if (self == NULL)
    return;

  dsp_input_free (self->input);
  g_ptr_array_unref (self->names);
  g_hash_table_unref (self->columns);
  g_free (self->buffer);
  g_string_free (self->text, TRUE);
  g_array_unref (self->offsets);
  g_ptr_array_unref (self->fields);
  g_free (self->reason);
  g_free (self);
}

/* For progress and the file's name. */
DspInput *
dsp_csv_get_input (DspCsv *self)
{
  return self->input;
}

/* The columns' names, blanks around them removed; %NULL-terminated. */
const char *const *
dsp_csv_get_names (DspCsv *self,
                   guint  *n_names)
{
  if (n_names != NULL)
    *n_names = self->names->len - 1;

  return (const char *const *) self->names->pdata;
}

/* The index of the column called @name, or -1. */
int
dsp_csv_find (DspCsv     *self,
              const char *name)
{
  return GPOINTER_TO_INT (g_hash_table_lookup (self->columns, name)) - 1;
}

static gboolean
skip_empty_lines (DspCsv  *self,
                  GError **error)
{
  int c;

  /* In a file of one column an empty line is a row. */
  if (!self->any_width && self->names->len == 2)
    return TRUE;

  for (;;)
    {
      int next = 0;

      c = byte_at (self, 0, error);
      if (c == '\r')
        next = byte_at (self, 1, error);
      if (c == -2 || next == -2)
        return FALSE;

      if (c == '\r' && (next == '\n' || next == -1))
        self->start += next == '\n' ? 2 : 1;
      else if (c == '\n')
        self->start += 1;
      else
        return TRUE;
      self->line++;
    }
}

/**
 * dsp_csv_next:
 * @row: (out): the row or the refusal, valid until the next call
 *
 * Blocks for as long as the input does.
 */
DspCsvResult
dsp_csv_next (DspCsv     *self,
              DspCsvRow  *row,
              GError    **error)
{
  RecordResult result;
  guint n_expected;

  *row = (DspCsvRow) { 0 };
  if (!skip_empty_lines (self, error))
    return DSP_CSV_FAILED;

  row->line = self->line;
  switch (byte_at (self, 0, error))
    {
    case -1:
      return DSP_CSV_END;
    case -2:
      return DSP_CSV_FAILED;
    default:
      break;
    }

  result = parse_record (self, error);
  n_expected = self->any_width ? self->offsets->len : self->names->len - 1;
  switch (result)
    {
    case RECORD_FAILED:
      return DSP_CSV_FAILED;

    case RECORD_BAD:
    case RECORD_CUT:
      if (!skip_line (self, error))
        return DSP_CSV_FAILED;
      break;

    case RECORD_UNENDED:
    case RECORD_COMPLETE:
      if (self->offsets->len == n_expected)
        break;
      result = result == RECORD_UNENDED && self->offsets->len < n_expected ? RECORD_CUT : RECORD_BAD;
      bad (self, g_strdup_printf (ngettext ("%u field where the header has %u", "%u fields where the header has %u",
                                            self->offsets->len), self->offsets->len, n_expected));
      break;

    default:
      g_assert_not_reached ();
    }

  if (result == RECORD_BAD || result == RECORD_CUT)
    {
      row->cut = result == RECORD_CUT;
      if (row->cut)
        {
          g_autofree char *why = g_steal_pointer (&self->reason);

          /* Translators: %s says how one sees it: "3 fields where the header has 15" */
          self->reason = g_strdup_printf (_("the file is cut off in the middle of this row: %s"), why);
        }
      row->reason = self->reason;
      return DSP_CSV_REFUSED;
    }

  g_ptr_array_set_size (self->fields, 0);
  for (guint i = 0; i < self->offsets->len; i++)
    g_ptr_array_add (self->fields, self->text->str + g_array_index (self->offsets, gsize, i));
  row->fields = (const char *const *) self->fields->pdata;
  row->n_fields = self->fields->len;
  return DSP_CSV_ROW;
}
