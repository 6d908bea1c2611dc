/* dsp-json-read.c: JSON in one pass, without a tree
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-wire"

#include "config.h"
#include "dsp-json-read.h"
#include "dsp-wire-error.h"

/**
 * dsp_json_reader_init:
 * @text: borrowed until the reader is done; need not end with NUL
 */
void
dsp_json_reader_init (DspJsonReader *r,
                      const char    *text,
                      gsize          length)
{
  memset (r, 0, sizeof *r);
  r->start = r->p = text;
  r->end = text + length;
}

/**
 * dsp_json_fail:
 * @fault: a static text
 * Returns: false always; the first fault stays.
 */
bool
dsp_json_fail (DspJsonReader *r,
               const char    *fault)
{
  if (r->fault == NULL)
    r->fault = fault;
  return false;
}

static inline void
skip_blank (DspJsonReader *r)
{
  while (r->p < r->end && (*r->p == ' ' || *r->p == '\n' || *r->p == '\t' || *r->p == '\r'))
    r->p++;
}

/**
 * dsp_json_reader_finish:
 * Returns: FALSE with the first fault and its byte, or if something follows the value.
 */
gboolean
dsp_json_reader_finish (DspJsonReader *r,
                        GError       **error)
{
  skip_blank (r);
  if (r->fault == NULL && (r->depth > 0 || r->p != r->end))
    r->fault = r->depth > 0 ? "the text ends too early" : "something follows the value";
  if (r->fault == NULL)
    return TRUE;
  g_set_error (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_INVALID, "JSON, byte %" G_GSIZE_FORMAT ": %s",
               (gsize) (r->p - r->start), r->fault);
  return FALSE;
}

char
dsp_json_peek (DspJsonReader *r)
{
  if (r->fault != NULL)
    return 0;
  skip_blank (r);
  if (r->p == r->end)
    return 0;
  return *r->p == '-' || (*r->p >= '0' && *r->p <= '9') ? '0' : *r->p;
}

static bool
enter (DspJsonReader *r,
       char           bracket,
       const char    *fault)
{
  if (dsp_json_peek (r) != bracket)
    return dsp_json_fail (r, fault);
  if (r->depth == DSP_JSON_READER_DEPTH)
    return dsp_json_fail (r, "nested too deep");
  r->p++;
  r->open[r->depth] = bracket;
  r->more[r->depth++] = false;
  return true;
}

/* Before each member or item: a comma, or the end of the object or array, which is left then. */
static bool
next (DspJsonReader *r,
      char           open,
      char           close)
{
  if (r->fault != NULL)
    return false;
  if (r->depth == 0 || r->open[r->depth - 1] != open)
    return dsp_json_fail (r, "not inside of one");
  skip_blank (r);
  if (r->p < r->end && *r->p == close)
    {
      r->p++;
      r->depth--;
      return false;
    }
  if (r->more[r->depth - 1])
    {
      if (r->p == r->end || *r->p != ',')
        return dsp_json_fail (r, "a comma is missing");
      r->p++;
      skip_blank (r);
    }
  r->more[r->depth - 1] = true;
  return true;
}

bool
dsp_json_enter_object (DspJsonReader *r)
{
  return enter (r, '{', "an object is expected");
}

bool
dsp_json_enter_array (DspJsonReader *r)
{
  return enter (r, '[', "an array is expected");
}

bool
dsp_json_next_item (DspJsonReader *r)
{
  return next (r, '[', ']');
}

/* From the opening quote to the closing one; @escaped: there is a backslash between them. */
static bool
span_string (DspJsonReader *r,
             const char   **text,
             gsize         *length,
             bool          *escaped)
{
  const char *p;

  if (dsp_json_peek (r) != '"')
    return dsp_json_fail (r, "a string is expected");
  *escaped = false;
  for (p = r->p + 1; p < r->end && *p != '"'; p++)
    if (*p == '\\')
      {
        *escaped = true;
        p++;
      }
    else if ((guchar) *p < 0x20)
      return dsp_json_fail (r, "a control character in a string");
  if (p >= r->end)
    return dsp_json_fail (r, "a string does not end");
  *text = r->p + 1;
  *length = (gsize) (p - *text);
  r->p = p + 1;
  return true;
}

/**
 * dsp_json_next_member:
 * @name: (out): as it stands in the text, escapes unresolved: names of ours have none
 * Returns: false at the end of the object, which is left, or at a fault.
 */
bool
dsp_json_next_member (DspJsonReader *r,
                      const char   **name,
                      gsize         *length)
{
  bool escaped;

  if (!next (r, '{', '}') || !span_string (r, name, length, &escaped))
    return false;
  skip_blank (r);
  if (r->p == r->end || *r->p != ':')
    return dsp_json_fail (r, "a colon is missing");
  r->p++;
  return true;
}

static int
hex4 (const char *p)
{
  int value = 0;

  for (int i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (p[i]);

      if (digit < 0)
        return -1;
      value = value << 4 | digit;
    }
  return value;
}

/* One escape after its backslash. Returns how many bytes it took; 0 is a fault. */
static gsize
unescape_one (const char *p,
              gsize       length,
              GString    *out)
{
  static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
  const char *at;
  int high, low;

  if (length == 0)
    return 0;
  at = *p != '\0' ? strchr (from, *p) : NULL;
  if (at != NULL)
    {
      g_string_append_c (out, to[at - from]);
      return 1;
    }
  if (*p != 'u' || length < 5 || (high = hex4 (p + 1)) <= 0)
    return 0;
  if (high >= 0xd800 && high <= 0xdbff)
    {
      if (length < 11 || p[5] != '\\' || p[6] != 'u' || (low = hex4 (p + 7)) < 0xdc00 || low > 0xdfff)
        return 0;
      g_string_append_unichar (out, (gunichar) (0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)));
      return 11;
    }
  if (high >= 0xdc00 && high <= 0xdfff)
    return 0;
  g_string_append_unichar (out, (gunichar) high);
  return 5;
}

/**
 * dsp_json_read_text:
 * @text: (out) (transfer full): untouched at a fault
 */
bool
dsp_json_read_text (DspJsonReader *r,
                    char         **text)
{
  const char *raw;
  gsize length, i, used;
  bool escaped;
  GString *out;

  if (!span_string (r, &raw, &length, &escaped))
    return false;
  if (!g_utf8_validate_len (raw, length, NULL))
    return dsp_json_fail (r, "a string is not valid UTF-8");
  if (!escaped)
    {
      *text = g_strndup (raw, length);
      return true;
    }
  out = g_string_sized_new (length);
  for (i = 0; i < length; i++)
    {
      if (raw[i] != '\\')
        {
          g_string_append_c (out, raw[i]);
          continue;
        }
      used = unescape_one (raw + i + 1, length - i - 1, out);
      if (used == 0)
        {
          g_string_free (out, TRUE);
          return dsp_json_fail (r, "a wrong escape in a string");
        }
      i += used;
    }
  *text = g_string_free (out, FALSE);
  return true;
}

/**
 * dsp_json_read_raw:
 * Gives a string's bytes where they stand; a string with escapes is a fault. For ids, times and words.
 */
bool
dsp_json_read_raw (DspJsonReader *r,
                   const char   **text,
                   gsize         *length)
{
  bool escaped;

  if (!span_string (r, text, length, &escaped))
    return false;
  return !escaped || dsp_json_fail (r, "an escape where none is expected");
}

bool
dsp_json_read_int (DspJsonReader *r,
                   gint64        *value)
{
  const char *p = r->p;
  guint64 size = 0;
  bool negative;

  if (dsp_json_peek (r) != '0')
    return dsp_json_fail (r, "a number is expected");
  p = r->p;
  negative = *p == '-';
  p += negative;
  if (p == r->end || *p < '0' || *p > '9' || (*p == '0' && p + 1 < r->end && p[1] >= '0' && p[1] <= '9'))
    return dsp_json_fail (r, "a wrong number");
  for (; p < r->end && *p >= '0' && *p <= '9'; p++)
    {
      guint digit = (guint) (*p - '0');

      if (size > ((guint64) G_MAXINT64 - digit) / 10)
        return dsp_json_fail (r, "a number beyond 64 bits");
      size = size * 10 + digit;
    }
  if (p < r->end && (*p == '.' || *p == 'e' || *p == 'E'))
    return dsp_json_fail (r, "a fraction where an integer is expected");
  *value = negative ? -(gint64) size : (gint64) size;
  r->p = p;
  return true;
}

static bool
word (DspJsonReader *r,
      const char    *text)
{
  gsize length = strlen (text);

  if ((gsize) (r->end - r->p) < length || memcmp (r->p, text, length) != 0)
    return dsp_json_fail (r, "an unknown word");
  r->p += length;
  return true;
}

bool
dsp_json_read_bool (DspJsonReader *r,
                    bool          *value)
{
  char kind = dsp_json_peek (r);

  if (kind != 't' && kind != 'f')
    return dsp_json_fail (r, "true or false is expected");
  if (!word (r, kind == 't' ? "true" : "false"))
    return false;
  *value = kind == 't';
  return true;
}

bool
dsp_json_read_null (DspJsonReader *r)
{
  return dsp_json_peek (r) == 'n' ? word (r, "null") : dsp_json_fail (r, "null is expected");
}

static bool
skip_number (DspJsonReader *r)
{
  const char *p = r->p;

  while (p < r->end && (g_ascii_isdigit (*p) || strchr ("+-.eE", *p) != NULL) && *p != '\0')
    p++;
  r->p = p;
  return true;
}

/**
 * dsp_json_skip:
 * Goes past one value of any kind.
 * @from, @length: (out) (optional): where it stands in the text
 */
bool
dsp_json_skip (DspJsonReader *r,
               const char   **from,
               gsize         *length)
{
  const char *begin, *name;
  gsize n;
  bool escaped;
  guint depth = r->depth;

  dsp_json_peek (r);
  begin = r->p;
  do
    {
      switch (dsp_json_peek (r))
        {
        case '{': dsp_json_enter_object (r); break;
        case '[': dsp_json_enter_array (r); break;
        case '"': span_string (r, &name, &n, &escaped); break;
        case 't': word (r, "true"); break;
        case 'f': word (r, "false"); break;
        case 'n': word (r, "null"); break;
        case '0': skip_number (r); break;
        default: dsp_json_fail (r, "a value is expected");
        }
      while (r->fault == NULL && r->depth > depth &&
             !(r->open[r->depth - 1] == '{' ? dsp_json_next_member (r, &name, &n) : dsp_json_next_item (r)))
        ;
    }
  while (r->fault == NULL && r->depth > depth);

  if (r->fault != NULL)
    return false;
  if (from != NULL)
    {
      *from = begin;
      *length = (gsize) (r->p - begin);
    }
  return true;
}

/**
 * dsp_json_put_string:
 * @text: valid UTF-8
 * Writes it with quotes and escapes (RFC 8259, section 7).
 */
void
dsp_json_put_string (GString    *out,
                     const char *text)
{
  const char *plain = text;

  g_string_append_c (out, '"');
  for (const char *p = text;; p++)
    {
      guchar c = (guchar) *p;

      if (c >= 0x20 && c != '"' && c != '\\')
        continue;
      if (p > plain)
        g_string_append_len (out, plain, p - plain);
      plain = p + 1;
      if (c == '\0')
        break;
      if (c == '"' || c == '\\')
        {
          g_string_append_c (out, '\\');
          g_string_append_c (out, (char) c);
        }
      else if (c == '\n')
        g_string_append (out, "\\n");
      else
        g_string_append_printf (out, "\\u%04x", c);
    }
  g_string_append_c (out, '"');
}

void
dsp_json_put_int (GString *out,
                  gint64   value)
{
  char digits[24], *p = digits + sizeof digits;
  guint64 size = value < 0 ? 0 - (guint64) value : (guint64) value;

  do
    *--p = (char) ('0' + size % 10);
  while ((size /= 10) != 0);
  if (value < 0)
    *--p = '-';
  g_string_append_len (out, p, digits + sizeof digits - p);
}
