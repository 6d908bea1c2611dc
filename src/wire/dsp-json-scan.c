/* dsp-json-scan.c: one bounded look at JSON text before anybody believes it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A single pass without recursion and without allocation. What passes is RFC 8259 with our own rules on top: UTF-8
 * without U+0000 and lone surrogates, no key twice in an object, numbers that a 64-bit integer holds, and a bounded
 * depth, string length and number of values. A tree parser that reads the text afterwards can then neither be crashed
 * by nesting nor be made to disagree with us about what the text says.
 *
 * Keys of all objects that are open at this moment stand in one stack with a hash chain through it. Leaving an object
 * pops its keys, newest first, so each pop finds its own key at the head of the chain, and a look-up stops at the
 * first key that belongs to an outer object.
 */
#define G_LOG_DOMAIN "dsp-wire"

#include "config.h"
#include "dsp-json-scan.h"

#include <math.h>
#include <string.h>

#include "dsp-wire-error.h"

#define N_BUCKETS  1024
#define NO_KEY     G_MAXUINT16
#define NUMBER_MAX 64

G_STATIC_ASSERT (DSP_JSON_OPEN_KEYS_MAX < NO_KEY);

typedef struct
{
  const char *at;      /* after the opening quote */
  guint32     length;  /* bytes up to the closing quote, as written */
  guint32     hash;    /* of the bytes with escapes resolved */
  guint16     next;    /* the older key of the same bucket, or NO_KEY */
  gboolean    escaped;
} Key;

typedef struct
{
  const char    *text;
  const char    *p;
  const char    *end;
  DspJsonLimits  limits;
  GError       **error;
  gsize          n_nodes;
  guint          depth;
  guint          n_keys;
  gboolean       is_object[DSP_JSON_DEPTH_MAX];
  guint16        first_key[DSP_JSON_DEPTH_MAX];
  guint16        buckets[N_BUCKETS];
  Key            keys[DSP_JSON_OPEN_KEYS_MAX];
} Scan;

/* Steps through a string that has already been checked, one byte of its UTF-8 meaning at a time. */
typedef struct
{
  const char *p;
  const char *end;
  char        bytes[6];
  int         n;
  int         i;
} Letters;

static gboolean
fail (Scan         *scan,
      DspWireError  code,
      const char   *at,
      const char   *what)
{
  g_set_error (scan->error, DSP_WIRE_ERROR, code, "JSON, byte %" G_GSIZE_FORMAT ": %s", (gsize) (at - scan->text), what);
  return FALSE;
}

static gboolean
invalid (Scan       *scan,
         const char *at,
         const char *what)
{
  if (at >= scan->end)
    return fail (scan, DSP_WIRE_ERROR_TRUNCATED, scan->end, "the text ends here, in the middle of a value");

  return fail (scan, DSP_WIRE_ERROR_INVALID, at, what);
}

/* Four hexadecimal digits at @p, or -1. */
static int
hex4 (const char *p,
      const char *end)
{
  int value = 0;

  if (end - p < 4)
    return -1;

  for (int i = 0; i < 4; i++)
    {
      int digit = g_ascii_xdigit_value (p[i]);

      if (digit < 0)
        return -1;
      value = value << 4 | digit;
    }

  return value;
}

/* The length of the UTF-8 character at @p (2 to 4), or 0 if it is overlong, a surrogate, out of range or cut. */
static int
utf8_length (const char *p,
             const char *end)
{
  const guint8 *u = (const guint8 *) p;
  gsize left = (gsize) (end - p);

  if (u[0] >= 0xc2 && u[0] <= 0xdf)
    return left >= 2 && (u[1] & 0xc0) == 0x80 ? 2 : 0;

  if (u[0] >= 0xe0 && u[0] <= 0xef)
    {
      if (left < 3 || (u[1] & 0xc0) != 0x80 || (u[2] & 0xc0) != 0x80)
        return 0;
      if ((u[0] == 0xe0 && u[1] < 0xa0) || (u[0] == 0xed && u[1] > 0x9f))
        return 0;
      return 3;
    }

  if (u[0] >= 0xf0 && u[0] <= 0xf4)
    {
      if (left < 4 || (u[1] & 0xc0) != 0x80 || (u[2] & 0xc0) != 0x80 || (u[3] & 0xc0) != 0x80)
        return 0;
      if ((u[0] == 0xf0 && u[1] < 0x90) || (u[0] == 0xf4 && u[1] > 0x8f))
        return 0;
      return 4;
    }

  return 0;
}

static int
letters_next (Letters *letters)
{
  gunichar c;

  if (letters->i < letters->n)
    return (guint8) letters->bytes[letters->i++];

  if (letters->p >= letters->end)
    return -1;

  if (*letters->p != '\\')
    return (guint8) *letters->p++;

  letters->p += 2;
  switch (letters->p[-1])
    {
    case 'b': return '\b';
    case 'f': return '\f';
    case 'n': return '\n';
    case 'r': return '\r';
    case 't': return '\t';
    case 'u': break;
    default:  return (guint8) letters->p[-1];
    }

  c = (gunichar) hex4 (letters->p, letters->end);
  letters->p += 4;
  if (c >= 0xd800 && c <= 0xdbff)
    {
      c = 0x10000 + ((c - 0xd800) << 10) + ((gunichar) hex4 (letters->p + 2, letters->end) - 0xdc00);
      letters->p += 6;
    }
  letters->n = g_unichar_to_utf8 (c, letters->bytes);
  letters->i = 1;
  return (guint8) letters->bytes[0];
}

static guint32
key_hash (const Key *key)
{
  Letters letters = { .p = key->at, .end = key->at + key->length };
  guint32 hash = 2166136261u;
  int c;

  while ((c = letters_next (&letters)) >= 0)
    hash = (hash ^ (guint32) c) * 16777619u;

  return hash;
}

static gboolean
key_equal (const Key *a,
           const Key *b)
{
  Letters left, right;
  int c;

  if (a->hash != b->hash)
    return FALSE;

  if (!a->escaped && !b->escaped)
    return a->length == b->length && memcmp (a->at, b->at, a->length) == 0;

  left = (Letters) { .p = a->at, .end = a->at + a->length };
  right = (Letters) { .p = b->at, .end = b->at + b->length };
  do
    {
      c = letters_next (&left);
      if (c != letters_next (&right))
        return FALSE;
    }
  while (c >= 0);

  return TRUE;
}

/* TRUE if none of the eight bytes is a control byte, a quote, a backslash or part of a longer character. */
static inline gboolean
eight_plain (const char *p)
{
  const guint64 ones = G_GUINT64_CONSTANT (0x0101010101010101);
  guint64 w, quote, slash;

  memcpy (&w, p, sizeof w);
  quote = w ^ (ones * 0x22);
  slash = w ^ (ones * 0x5c);

  return (((w - ones * 0x20) | ((quote - ones) & ~quote) | ((slash - ones) & ~slash) | w) & (ones * 0x80)) == 0;
}

/* The scan stands behind a backslash. Adds the bytes that the escape means to @n_bytes. */
static gboolean
scan_escape (Scan  *scan,
             gsize *n_bytes)
{
  const char *at = scan->p - 1;
  int c, low;

  if (scan->p >= scan->end)
    return invalid (scan, scan->end, NULL);

  switch (*scan->p++)
    {
    case '"': case '\\': case '/': case 'b': case 'f': case 'n': case 'r': case 't':
      *n_bytes += 1;
      return TRUE;

    case 'u':
      break;

    default:
      return invalid (scan, at, "unknown escape in a string");
    }

  c = hex4 (scan->p, scan->end);
  if (c < 0)
    return invalid (scan, scan->end - scan->p < 4 ? scan->end : at, "\\u needs four hexadecimal digits");
  scan->p += 4;

  if (c == 0)
    return invalid (scan, at, "U+0000 in a string");
  if (c >= 0xdc00 && c <= 0xdfff)
    return invalid (scan, at, "lone surrogate in a string");

  if (c >= 0xd800 && c <= 0xdbff)
    {
      low = scan->end - scan->p >= 6 && scan->p[0] == '\\' && scan->p[1] == 'u' ? hex4 (scan->p + 2, scan->end) : -1;
      if (low < 0xdc00 || low > 0xdfff)
        return invalid (scan, at, "lone surrogate in a string");
      scan->p += 6;
      *n_bytes += 4;
    }
  else
    {
      *n_bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
    }

  return TRUE;
}

/* The scan stands behind the opening quote, and afterwards behind the closing one. */
static gboolean
scan_string (Scan *scan,
             Key  *key)
{
  const char *start = scan->p;
  gsize n_bytes = 0;

  key->escaped = FALSE;
  for (;;)
    {
      guint8 c;

      while (scan->end - scan->p >= 8 && eight_plain (scan->p))
        {
          scan->p += 8;
          n_bytes += 8;
        }

      if (n_bytes > scan->limits.max_string)
        return fail (scan, DSP_WIRE_ERROR_LIMIT, start, "string is too long");
      if (scan->p >= scan->end)
        return invalid (scan, scan->end, NULL);

      c = (guint8) *scan->p;
      if (c == '"')
        break;

      if (c == '\\')
        {
          key->escaped = TRUE;
          scan->p++;
          if (!scan_escape (scan, &n_bytes))
            return FALSE;
        }
      else if (c < 0x20)
        {
          return invalid (scan, scan->p, c == 0 ? "U+0000 in a string" : "control byte in a string");
        }
      else if (c < 0x80)
        {
          scan->p++;
          n_bytes++;
        }
      else
        {
          int n = utf8_length (scan->p, scan->end);

          if (n == 0)
            return invalid (scan, scan->p, "not UTF-8");
          scan->p += n;
          n_bytes += n;
        }
    }

  if ((gsize) (scan->p - start) > G_MAXUINT32)
    return fail (scan, DSP_WIRE_ERROR_LIMIT, start, "string is too long");

  key->at = start;
  key->length = (guint32) (scan->p - start);
  scan->p++;
  return TRUE;
}

/* The scan stands before the opening quote of a key of the innermost object. */
static gboolean
scan_key (Scan *scan)
{
  guint base = scan->first_key[scan->depth - 1];
  const char *at = scan->p;
  guint16 *bucket;
  Key *key;

  if (scan->p >= scan->end || *scan->p != '"')
    return invalid (scan, scan->p, "a key in double quotes is missing");
  if (scan->n_keys == DSP_JSON_OPEN_KEYS_MAX)
    return fail (scan, DSP_WIRE_ERROR_LIMIT, scan->p, "too many members");

  key = &scan->keys[scan->n_keys];
  scan->p++;
  if (!scan_string (scan, key))
    return FALSE;

  key->hash = key_hash (key);
  bucket = &scan->buckets[key->hash % N_BUCKETS];
  for (guint i = *bucket; i != NO_KEY && i >= base; i = scan->keys[i].next)
    if (key_equal (&scan->keys[i], key))
      return invalid (scan, at, "the same key a second time in one object");

  key->next = *bucket;
  *bucket = (guint16) scan->n_keys++;
  return TRUE;
}

static gboolean
scan_number (Scan *scan)
{
  const char *start = scan->p;
  gboolean negative = FALSE, whole = TRUE, fits = TRUE;
  guint64 value = 0;

  if (*scan->p == '-')
    {
      negative = TRUE;
      scan->p++;
    }

  if (scan->p < scan->end && *scan->p == 'I')
    return invalid (scan, start, "not a JSON value (NaN and Infinity are none)");
  if (scan->p >= scan->end || !g_ascii_isdigit (*scan->p))
    return invalid (scan, scan->p, "a digit is missing");

  if (*scan->p == '0' && scan->end - scan->p > 1 && g_ascii_isdigit (scan->p[1]))
    return invalid (scan, start, "number with a leading zero");

  for (; scan->p < scan->end && g_ascii_isdigit (*scan->p); scan->p++)
    {
      guint digit = (guint) (*scan->p - '0');
      guint64 most = (guint64) G_MAXINT64 + (negative ? 1 : 0);

      if (value > (most - digit) / 10)
        fits = FALSE;
      else
        value = value * 10 + digit;
    }

  if (scan->p < scan->end && *scan->p == '.')
    {
      whole = FALSE;
      scan->p++;
      if (scan->p >= scan->end || !g_ascii_isdigit (*scan->p))
        return invalid (scan, scan->p, "a digit is missing after the point");
      while (scan->p < scan->end && g_ascii_isdigit (*scan->p))
        scan->p++;
    }

  if (scan->p < scan->end && (*scan->p == 'e' || *scan->p == 'E'))
    {
      whole = FALSE;
      scan->p++;
      if (scan->p < scan->end && (*scan->p == '+' || *scan->p == '-'))
        scan->p++;
      if (scan->p >= scan->end || !g_ascii_isdigit (*scan->p))
        return invalid (scan, scan->p, "a digit is missing in the exponent");
      while (scan->p < scan->end && g_ascii_isdigit (*scan->p))
        scan->p++;
    }

  if (whole && fits)
    return TRUE;

  if (!scan->limits.allow_doubles)
    return invalid (scan, start, whole ? "number is outside 64 bits" : "number is not whole");

  /* strtod alone needs a NUL, so a copy of bounded length; g_ascii_strtod reads it the same in any locale. */
  {
    char copy[NUMBER_MAX + 1];
    gsize n = (gsize) (scan->p - start);

    if (n > NUMBER_MAX)
      return fail (scan, DSP_WIRE_ERROR_LIMIT, start, "number is too long");
    memcpy (copy, start, n);
    copy[n] = '\0';
    if (!isfinite (g_ascii_strtod (copy, NULL)))
      return invalid (scan, start, "number is out of range");
  }

  return TRUE;
}

static gboolean
scan_word (Scan       *scan,
           const char *word)
{
  const char *at = scan->p;

  for (; *word != '\0'; word++, scan->p++)
    if (scan->p >= scan->end || *scan->p != *word)
      return invalid (scan, scan->p >= scan->end ? scan->end : at, "not a JSON value");

  return TRUE;
}

static void
skip_blanks (Scan *scan)
{
  while (scan->p < scan->end && (*scan->p == ' ' || *scan->p == '\n' || *scan->p == '\r' || *scan->p == '\t'))
    scan->p++;
}

static gboolean
enter (Scan     *scan,
       gboolean  is_object)
{
  if (scan->depth >= scan->limits.max_depth)
    return fail (scan, DSP_WIRE_ERROR_LIMIT, scan->p, "nested too deep");

  scan->is_object[scan->depth] = is_object;
  scan->first_key[scan->depth] = (guint16) scan->n_keys;
  scan->depth++;
  scan->p++;
  return TRUE;
}

static void
leave (Scan *scan)
{
  guint base = scan->first_key[--scan->depth];

  scan->p++;
  while (scan->n_keys > base)
    {
      const Key *key = &scan->keys[--scan->n_keys];

      scan->buckets[key->hash % N_BUCKETS] = key->next;
    }
}

/* The scan stands behind an opening brace or a comma in an object, and afterwards before the member's value. */
static gboolean
scan_member (Scan *scan)
{
  skip_blanks (scan);
  if (!scan_key (scan))
    return FALSE;

  skip_blanks (scan);
  if (scan->p >= scan->end || *scan->p != ':')
    return invalid (scan, scan->p, "a colon is missing");

  scan->p++;
  return TRUE;
}

/* One value; of an object or array only its beginning. @complete says whether the value has ended. */
static gboolean
scan_value (Scan     *scan,
            gboolean *complete)
{
  Key unused;
  char closing;

  *complete = TRUE;
  skip_blanks (scan);
  if (scan->p >= scan->end)
    return invalid (scan, scan->end, NULL);
  if (++scan->n_nodes > scan->limits.max_nodes)
    return fail (scan, DSP_WIRE_ERROR_LIMIT, scan->p, "too many values");

  switch (*scan->p)
    {
    case '{':
    case '[':
      closing = *scan->p == '{' ? '}' : ']';
      if (!enter (scan, closing == '}'))
        return FALSE;
      skip_blanks (scan);
      if (scan->p < scan->end && *scan->p == closing)
        {
          leave (scan);
          return TRUE;
        }
      *complete = FALSE;
      return closing == ']' || scan_member (scan);

    case '"':
      scan->p++;
      return scan_string (scan, &unused);

    case 't':
      return scan_word (scan, "true");

    case 'f':
      return scan_word (scan, "false");

    case 'n':
      return scan_word (scan, "null");

    default:
      if (*scan->p == '-' || g_ascii_isdigit (*scan->p))
        return scan_number (scan);
      if (*scan->p == 'N' || *scan->p == 'I')
        return invalid (scan, scan->p, "not a JSON value (NaN and Infinity are none)");
      return invalid (scan, scan->p, "not a JSON value");
    }
}

/**
 * dsp_json_scan:
 * @text: bytes, not necessarily NUL-terminated
 * @limits: (nullable): what is allowed; %NULL for %DSP_JSON_LIMITS_DEFAULT
 *
 * Takes any bytes, from any thread; needs about 50 KiB of stack and nothing else.
 *
 * Returns: %TRUE if @text is exactly one JSON value within @limits. Otherwise a #DspWireError whose message says at
 *   which byte what was wrong: %DSP_WIRE_ERROR_LIMIT for a limit, %DSP_WIRE_ERROR_TRUNCATED if the text just ends,
 *   else %DSP_WIRE_ERROR_INVALID.
 */
gboolean
dsp_json_scan (const char           *text,
               gsize                 length,
               const DspJsonLimits  *limits,
               GError              **error)
{
  static const DspJsonLimits default_limits = DSP_JSON_LIMITS_DEFAULT;
  gboolean complete;
  Scan scan;

  /* Not initialised as a whole: the keys are 40 KiB and are written before they are read. */
  scan.text = length > 0 ? text : "";
  scan.p = scan.text;
  scan.end = scan.text + length;
  scan.limits = limits != NULL ? *limits : default_limits;
  scan.limits.max_depth = MIN (scan.limits.max_depth, DSP_JSON_DEPTH_MAX);
  scan.error = error;
  scan.n_nodes = 0;
  scan.depth = 0;
  scan.n_keys = 0;
  memset (scan.buckets, 0xff, sizeof scan.buckets);

  for (;;)
    {
      if (!scan_value (&scan, &complete))
        return FALSE;

      /* After a value: commas lead to the next one, brackets end the container, which is then a value itself. */
      while (complete && scan.depth > 0)
        {
          gboolean is_object = scan.is_object[scan.depth - 1];

          skip_blanks (&scan);
          if (scan.p < scan.end && *scan.p == ',')
            {
              scan.p++;
              if (is_object && !scan_member (&scan))
                return FALSE;
              complete = FALSE;
            }
          else if (scan.p < scan.end && *scan.p == (is_object ? '}' : ']'))
            {
              leave (&scan);
            }
          else
            {
              return invalid (&scan, scan.p, is_object ? "a comma or } is missing" : "a comma or ] is missing");
            }
        }

      if (complete)
        break;
    }

  skip_blanks (&scan);
  if (scan.p < scan.end)
    return invalid (&scan, scan.p, "something follows the value");

  return TRUE;
}
