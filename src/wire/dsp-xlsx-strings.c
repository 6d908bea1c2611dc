/* dsp-xlsx-strings.c: the texts that a workbook's cells share
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-wire"

#include "config.h"
#include "dsp-xlsx-private.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "dsp-wire-error.h"
#include "dsp-xml.h"

/* An office's 100,000 orders have some 20 MiB of texts. */
#define MAX_BYTES   (96u * 1024 * 1024)
#define MAX_STRINGS (4u * 1024 * 1024)

typedef struct {
  DspXlsxStrings *strings;
  const char     *name;
  gboolean        in_text;   /* inside of t */
  gboolean        in_phonetic;
  gsize           start;     /* of the string being read */
} Reading;

void
dsp_xlsx_strings_init (DspXlsxStrings *self)
{
  self->all = g_string_new (NULL);
  self->starts = g_array_new (FALSE, FALSE, sizeof (guint32));
}

void
dsp_xlsx_strings_clear (DspXlsxStrings *self)
{
  g_string_free (self->all, TRUE);
  g_array_unref (self->starts);
}

void
dsp_xlsx_decode (GString *text,
                 gsize    start)
{
  gsize to = start;

  if (strstr (text->str + start, "_x") == NULL)
    return;
  for (gsize from = start; from < text->len; )
    {
      const char *p = text->str + from;

      if (p[0] == '_' && p[1] == 'x' && g_ascii_isxdigit (p[2]) && g_ascii_isxdigit (p[3]) && g_ascii_isxdigit (p[4])
          && g_ascii_isxdigit (p[5]) && p[6] == '_')
        {
          gunichar c = (gunichar) g_ascii_strtoull ((char[]) { p[2], p[3], p[4], p[5], '\0' }, NULL, 16);

          /* What is no character of its own (a NUL, half of a pair) is left out. */
          if (c != 0 && g_unichar_validate (c))
            to += (gsize) g_unichar_to_utf8 (c, text->str + to);
          from += 7;
        }
      else
        text->str[to++] = text->str[from++];
    }
  g_string_truncate (text, to);
}

static gboolean
on_start (gpointer                 data,
          const char              *name,
          const DspXmlAttributes  *attributes,
          GError                 **error)
{
  Reading *self = data;
  guint32 start = (guint32) self->strings->all->len;

  if (g_str_equal (name, "t"))
    self->in_text = TRUE;
  else if (g_str_equal (name, "rPh"))
    self->in_phonetic = TRUE;
  else if (g_str_equal (name, "si"))
    {
      if (self->strings->starts->len >= MAX_STRINGS)
        {
          g_set_error (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_LIMIT, _("%s: more than %u shared texts"), self->name, MAX_STRINGS);
          return FALSE;
        }
      self->start = start;
      g_array_append_val (self->strings->starts, start);
    }
  return TRUE;
}

static gboolean
on_end (gpointer     data,
        const char  *name,
        GError     **error)
{
  Reading *self = data;

  if (g_str_equal (name, "t"))
    self->in_text = FALSE;
  else if (g_str_equal (name, "rPh"))
    self->in_phonetic = FALSE;
  else if (g_str_equal (name, "si"))
    {
      dsp_xlsx_decode (self->strings->all, self->start);
      g_string_append_c (self->strings->all, '\0');
    }
  return TRUE;
}

static gboolean
on_text (gpointer     data,
         const char  *text,
         gsize        length,
         GError     **error)
{
  Reading *self = data;
  GString *all = self->strings->all;

  if (!self->in_text || self->in_phonetic || self->strings->starts->len == 0)
    return TRUE;
  if (all->len - self->start + length > DSP_XLSX_MAX_CELL_BYTES)
    {
      g_set_error (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_LIMIT, _("%s: shared text %u is longer than a cell can be"), self->name,
                   self->strings->starts->len);
      return FALSE;
    }
  if (all->len + length > MAX_BYTES)
    {
      g_set_error (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_LIMIT, _("%s: more than %u MiB of texts"), self->name, MAX_BYTES >> 20);
      return FALSE;
    }
  g_string_append_len (all, text, (gssize) length);
  return TRUE;
}

gboolean
dsp_xlsx_strings_read (DspXlsxStrings  *self,
                       DspInput        *input,
                       GError         **error)
{
  const DspXmlHandlers handlers = { on_start, on_end, on_text };
  Reading reading = { .strings = self, .name = dsp_input_get_name (input) };

  return dsp_xml_read (input, &handlers, &reading, error);
}
