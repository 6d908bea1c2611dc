/* dsp-xlsx-style.c: which numbers of a workbook are dates
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A workbook has no dates: it has numbers of days, and number formats that show them as such.
 */
#define G_LOG_DOMAIN "dsp-wire"

#include "config.h"
#include "dsp-xlsx-style.h"

#include <glib/gi18n-lib.h>
#include <math.h>
#include <string.h>

#include "dsp-wire-error.h"
#include "dsp-xml.h"

#define MAX_STYLES 65536
#define DAY_S      86400

typedef struct {
  GHashTable *times;    /* (owned): numbers of own formats that show dates; a set */
  GHashTable *others;   /* (owned): numbers of the other own formats */
  GByteArray *styles;   /* (owned) */
  gboolean    in_cells; /* inside of cellXfs: styles of cells, not of named styles */
  const char *name;
} Styles;

gboolean
dsp_xlsx_format_is_time (const char *code)
{
  for (const char *p = code; *p != '\0'; p++)
    switch (*p)
      {
      case '"':
        p = strchr (p + 1, '"');
        if (p == NULL)
          return FALSE;
        break;

      case '\\':
      case '_':
      case '*':
        if (p[1] != '\0')
          p++;
        break;

      case '[':
        {
          const char *end = strchr (p, ']');

          /* [h], [mm], [ss] are durations; [Red], [$-80A], [>5] are none. */
          if (end == NULL)
            return FALSE;
          if (end > p + 1 && strspn (p + 1, "hHmMsS") == (gsize) (end - p - 1))
            return TRUE;
          p = end;
        }
        break;

      case 'd': case 'D': case 'm': case 'M': case 'y': case 'Y': case 'h': case 'H': case 's': case 'S':
        return TRUE;

      case ';':
        /* The first section is how positive numbers look. */
        return FALSE;

      default:
        break;
      }
  return FALSE;
}

/* The formats that have no code in the file. */
static gboolean
built_in_is_time (guint number)
{
  return (number >= 14 && number <= 22) || (number >= 27 && number <= 36) || (number >= 45 && number <= 47)
         || (number >= 50 && number <= 58);
}

static guint
number_of (const DspXmlAttributes *attributes,
           const char             *name)
{
  char text[16];
  guint64 number;

  if (!dsp_xml_attribute (attributes, name, text, sizeof text) || !g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32, &number, NULL))
    return 0;
  return (guint) number;
}

static gboolean
on_start (gpointer                 data,
          const char              *name,
          const DspXmlAttributes  *attributes,
          GError                 **error)
{
  Styles *self = data;

  if (g_str_equal (name, "cellXfs"))
    self->in_cells = TRUE;
  else if (g_str_equal (name, "numFmt") && g_hash_table_size (self->times) + g_hash_table_size (self->others) < MAX_STYLES)
    {
      g_autofree char *code = dsp_xml_dup_attribute (attributes, "formatCode");
      gboolean is_time = code != NULL && dsp_xlsx_format_is_time (code);

      g_hash_table_add (is_time ? self->times : self->others, GUINT_TO_POINTER (number_of (attributes, "numFmtId")));
    }
  else if (g_str_equal (name, "xf") && self->in_cells)
    {
      gpointer number = GUINT_TO_POINTER (number_of (attributes, "numFmtId"));
      guint8 is_time = g_hash_table_contains (self->times, number)
                       || (!g_hash_table_contains (self->others, number) && built_in_is_time (GPOINTER_TO_UINT (number)));

      if (self->styles->len >= MAX_STYLES)
        {
          g_set_error (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_LIMIT, _("%s: more than %d cell styles"), self->name, MAX_STYLES);
          return FALSE;
        }
      g_byte_array_append (self->styles, &is_time, 1);
    }
  return TRUE;
}

static gboolean
on_end (gpointer     data,
        const char  *name,
        GError     **error)
{
  Styles *self = data;

  if (g_str_equal (name, "cellXfs"))
    self->in_cells = FALSE;
  return TRUE;
}

GByteArray *
dsp_xlsx_styles_read (DspInput  *input,
                      GError   **error)
{
  const DspXmlHandlers handlers = { on_start, on_end, NULL };
  g_autoptr(GHashTable) times = g_hash_table_new (NULL, NULL);
  g_autoptr(GHashTable) others = g_hash_table_new (NULL, NULL);
  g_autoptr(GByteArray) styles = g_byte_array_new ();
  Styles self = { times, others, styles, FALSE, dsp_input_get_name (input) };

  return dsp_xml_read (input, &handlers, &self, error) ? g_steal_pointer (&styles) : NULL;
}

gboolean
dsp_xlsx_serial_to_wall (double    serial,
                         gboolean  since_1904,
                         gint64   *wall_s)
{
  double days = serial;

  if (!isfinite (serial) || serial < 0 || serial >= 2958466)
    return FALSE;
  /* 1900 is taken for a leap year: its days from March on are one too many, its 60th never was. */
  if (since_1904)
    days -= 24107;
  else if (serial >= 61)
    days -= 25569;
  else if (serial < 60)
    days -= 25568;
  else
    return FALSE;
  *wall_s = (gint64) floor (days * DAY_S + 0.5);
  return TRUE;
}
