/* dsp-types.c: ids, instants and days, and how they are written
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-types.h"

#include <string.h>

const DspId dsp_id_none = { { 0 } };
const DspId dsp_scope_common = { { [15] = 1 } };
const DspId dsp_scope_company = { { [15] = 2 } };
const DspId dsp_scope_all = { { [15] = 3 } };

/**
 * dsp_id_is_none:
 * Returns: whether @id is the zero id, which means "no record".
 */
bool
dsp_id_is_none (const DspId *id)
{
  return memcmp (id, &dsp_id_none, sizeof *id) == 0;
}

/**
 * dsp_id_equal:
 * Returns: whether both ids name the same record.
 */
bool
dsp_id_equal (const DspId *a,
              const DspId *b)
{
  return memcmp (a, b, sizeof *a) == 0;
}

/**
 * dsp_id_compare:
 * Returns: the order of the bytes, as memcmp(); for version 7 ids that is the order of their making.
 */
int
dsp_id_compare (const DspId *a,
                const DspId *b)
{
  return memcmp (a, b, sizeof *a);
}

/**
 * dsp_id_hash:
 * A GHashFunc over #DspId keys. The last bytes of an id are its random ones.
 */
guint
dsp_id_hash (gconstpointer id)
{
  guint32 head, tail;

  memcpy (&head, id, sizeof head);
  memcpy (&tail, (const guint8 *) id + 12, sizeof tail);
  return head * 31 ^ tail;
}

/**
 * dsp_id_equal_func:
 * A GEqualFunc over #DspId keys.
 */
gboolean
dsp_id_equal_func (gconstpointer a,
                   gconstpointer b)
{
  return dsp_id_equal (a, b);
}

/**
 * dsp_id_print:
 * Writes the canonical text of @id, lower case (RFC 9562, section 4).
 */
void
dsp_id_print (const DspId *id,
              char         text[DSP_ID_TEXT])
{
  static const char digits[] = "0123456789abcdef";
  char *out = text;

  for (int i = 0; i < 16; i++)
    {
      if (i == 4 || i == 6 || i == 8 || i == 10)
        *out++ = '-';
      *out++ = digits[id->b[i] >> 4];
      *out++ = digits[id->b[i] & 15];
    }
  *out = '\0';
}

static inline int
hex_value (char c)
{
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

/**
 * dsp_id_parse:
 * Reads the canonical text of an id; @length is exactly 36.
 * Returns: whether @text was one; @id is untouched otherwise.
 */
bool
dsp_id_parse (const char *text,
              gsize       length,
              DspId      *id)
{
  DspId read;
  const char *in = text;

  if (length != DSP_ID_TEXT - 1)
    return false;

  for (int i = 0; i < 16; i++)
    {
      int high, low;

      if ((i == 4 || i == 6 || i == 8 || i == 10) && *in++ != '-')
        return false;
      high = hex_value (*in++);
      low = hex_value (*in++);
      if (high < 0 || low < 0)
        return false;
      read.b[i] = (guint8) (high << 4 | low);
    }
  *id = read;
  return true;
}

/**
 * dsp_id_v7:
 * Makes the id of a new record (RFC 9562, section 5.7): milliseconds of @time_us, then ten random bytes of the caller.
 */
DspId
dsp_id_v7 (gint64       time_us,
           const guint8 random[10])
{
  DspId id;
  guint64 ms = (guint64) MAX (time_us, 0) / 1000;

  for (int i = 0; i < 6; i++)
    id.b[i] = (guint8) (ms >> (40 - 8 * i));
  memcpy (id.b + 6, random, 10);
  id.b[6] = 0x70 | (id.b[6] & 0x0f);
  id.b[8] = 0x80 | (id.b[8] & 0x3f);
  return id;
}

/**
 * dsp_id_from_key:
 * The id of a catalogue row that is known by a key of its own (a postal code, a profile's name): the same on every
 * machine (RFC 9562, section 5.8), so that two imports of one catalogue meet in the same records.
 */
DspId
dsp_id_from_key (const char *entity,
                 const char *key)
{
  g_autoptr(GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize length = sizeof digest;
  DspId id;

  g_checksum_update (sum, (const guchar *) entity, (gssize) strlen (entity) + 1);
  g_checksum_update (sum, (const guchar *) key, (gssize) strlen (key));
  g_checksum_get_digest (sum, digest, &length);
  memcpy (id.b, digest, sizeof id.b);
  id.b[6] = 0x80 | (id.b[6] & 0x0f);
  id.b[8] = 0x80 | (id.b[8] & 0x3f);
  return id;
}

/* Days since 1970-01-01 of a day of the proleptic Gregorian calendar; Howard Hinnant's "chrono-compatible low-level
 * date algorithms", days_from_civil. */
static gint64
days_of (int y,
         int m,
         int d)
{
  gint64 year = m <= 2 ? y - 1 : y;
  gint64 era = (year >= 0 ? year : year - 399) / 400;
  gint64 yoe = year - era * 400;
  gint64 doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;

  return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

/* The inverse: civil_from_days of the same source. */
static void
day_to_civil (gint64 days,
              int   *y,
              int   *m,
              int   *d)
{
  gint64 z = days + 719468;
  gint64 era = (z >= 0 ? z : z - 146096) / 146097;
  gint64 doe = z - era * 146097;
  gint64 yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  gint64 doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  gint64 mp = (5 * doy + 2) / 153;

  *d = (int) (doy - (153 * mp + 2) / 5 + 1);
  *m = (int) (mp < 10 ? mp + 3 : mp - 9);
  *y = (int) (yoe + era * 400 + (*m <= 2));
}

static bool
is_day (int y,
        int m,
        int d)
{
  static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

  if (y < 1 || y > 9999 || m < 1 || m > 12 || d < 1)
    return false;
  return d <= lengths[m - 1] + (m == 2 && (y % 4 == 0 && (y % 100 != 0 || y % 400 == 0)));
}

static bool
digits (const char *text,
        int         n,
        int        *value)
{
  int v = 0;

  for (int i = 0; i < n; i++)
    {
      if (text[i] < '0' || text[i] > '9')
        return false;
      v = v * 10 + (text[i] - '0');
    }
  *value = v;
  return true;
}

/**
 * dsp_time_parse:
 * Reads "YYYY-MM-DDTHH:MM:SS[.ffffff]Z", the one form in which instants travel (RFC 3339 in UTC).
 * Returns: whether @text was one, and a day that exists; @time is untouched otherwise.
 */
bool
dsp_time_parse (const char *text,
                gsize       length,
                DspTime    *time)
{
  int y, mo, d, h, mi, s;
  gint64 us = 0;

  if (length < 20 || length > 27 || text[length - 1] != 'Z')
    return false;
  if (!digits (text, 4, &y) || text[4] != '-' || !digits (text + 5, 2, &mo) || text[7] != '-' ||
      !digits (text + 8, 2, &d) || text[10] != 'T' || !digits (text + 11, 2, &h) || text[13] != ':' ||
      !digits (text + 14, 2, &mi) || text[16] != ':' || !digits (text + 17, 2, &s))
    return false;
  if (!is_day (y, mo, d) || h > 23 || mi > 59 || s > 59)
    return false;

  if (length > 20)
    {
      gint64 unit = 100000;

      if (text[19] != '.' || length == 21)
        return false;
      for (gsize i = 20; i < length - 1; i++, unit /= 10)
        {
          if (text[i] < '0' || text[i] > '9')
            return false;
          us += (text[i] - '0') * unit;
        }
    }
  time->us = ((days_of (y, mo, d) * 24 + h) * 60 + mi) * G_TIME_SPAN_MINUTE + s * G_TIME_SPAN_SECOND + us;
  return true;
}

static inline char *
put_digits (char *out,
            int   value,
            int   n)
{
  for (int i = n - 1; i >= 0; i--, value /= 10)
    out[i] = (char) ('0' + value % 10);
  return out + n;
}

/**
 * dsp_time_print:
 * Writes what dsp_time_parse() reads; the fraction only where there is one.
 * Returns: the length without the NUL.
 */
gsize
dsp_time_print (DspTime time,
                char    text[32])
{
  gint64 seconds = time.us / G_TIME_SPAN_SECOND, us = time.us % G_TIME_SPAN_SECOND, day;
  int y, m, d;
  char *out = text;

  if (us < 0)
    {
      us += G_TIME_SPAN_SECOND;
      seconds--;
    }
  day = seconds / 86400 - (seconds % 86400 < 0);
  seconds -= day * 86400;
  day_to_civil (day, &y, &m, &d);
  out = put_digits (out, CLAMP (y, 0, 9999), 4);
  *out++ = '-';
  out = put_digits (out, m, 2);
  *out++ = '-';
  out = put_digits (out, d, 2);
  *out++ = 'T';
  out = put_digits (out, (int) (seconds / 3600), 2);
  *out++ = ':';
  out = put_digits (out, (int) (seconds / 60 % 60), 2);
  *out++ = ':';
  out = put_digits (out, (int) (seconds % 60), 2);
  if (us != 0)
    {
      *out++ = '.';
      out = put_digits (out, (int) us, 6);
    }
  *out++ = 'Z';
  *out = '\0';
  return (gsize) (out - text);
}

/**
 * dsp_date_make:
 * Returns: the day, or none if the calendar has no such day (31 February).
 */
DspDate
dsp_date_make (int year,
               int month,
               int day)
{
  DspDate none = { 0 };

  if (!is_day (year, month, day))
    return none;
  return (DspDate) { (gint32) days_of (year, month, day) + 1 };
}

/**
 * dsp_date_parse:
 * Reads "YYYY-MM-DD".
 * Returns: whether it was one, and a day that exists.
 */
bool
dsp_date_parse (const char *text,
                gsize       length,
                DspDate    *date)
{
  int y, m, d;
  DspDate read;

  if (length != 10 || !digits (text, 4, &y) || text[4] != '-' || !digits (text + 5, 2, &m) || text[7] != '-' ||
      !digits (text + 8, 2, &d))
    return false;
  read = dsp_date_make (y, m, d);
  if (read.day == 0)
    return false;
  *date = read;
  return true;
}

/**
 * dsp_date_print:
 * Writes "YYYY-MM-DD".
 * Returns: the length without the NUL.
 */
gsize
dsp_date_print (DspDate date,
                char    text[16])
{
  int y, m, d;
  char *out = text;

  dsp_date_split (date, &y, &m, &d);
  out = put_digits (out, CLAMP (y, 0, 9999), 4);
  *out++ = '-';
  out = put_digits (out, m, 2);
  *out++ = '-';
  out = put_digits (out, d, 2);
  *out = '\0';
  return (gsize) (out - text);
}

/**
 * dsp_date_split:
 * Gives the parts of a day that is not none.
 */
void
dsp_date_split (DspDate date,
                int    *year,
                int    *month,
                int    *day)
{
  day_to_civil ((gint64) date.day - 1, year, month, day);
}

/**
 * dsp_date_weekday:
 * Returns: 1 for Monday … 7 for Sunday (ISO 8601).
 */
int
dsp_date_weekday (DspDate date)
{
  gint64 day = (gint64) date.day - 1;

  return (int) (((day + 3) % 7 + 7) % 7) + 1;
}

/**
 * dsp_set_text:
 * The one setter of texts in records: blank and NULL are none, blanks around the text go.
 */
void
dsp_set_text (char      **text,
              const char *value)
{
  char *copy = value != NULL ? g_strstrip (g_strdup (value)) : NULL;

  g_free (*text);
  *text = copy;
  if (copy != NULL && *copy == '\0')
    g_clear_pointer (text, g_free);
}

void
dsp_set_list (GStrv *list,
              GStrv  value)
{
  GStrv copy = g_strdupv (value);

  g_strfreev (*list);
  *list = copy;
}
