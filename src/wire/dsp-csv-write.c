/* dsp-csv-write.c: rows of separated text, written so that a spreadsheet takes them as data
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * RFC 4180. A spreadsheet runs a cell that begins like a formula; such text gets an apostrophe in front. Text that
 * begins with apostrophes before such a letter gets one more, so that taking one away always gives the text back.
 */
#define G_LOG_DOMAIN "dsp-wire"

#include "config.h"
#include "dsp-csv-write.h"

#include <string.h>

static gboolean
looks_like_formula (const char *text)
{
  while (*text == '\'')
    text++;

  return *text != '\0' && strchr ("=+-@\t\r", *text) != NULL;
}

/* A number as we write it: what a numeric column may hold without a guard. */
static gboolean
is_number (const char *text)
{
  if (*text == '-')
    text++;

  return *text != '\0' && strspn (text, "0123456789.") == strlen (text);
}

/**
 * dsp_csv_write_field:
 * @first: whether this is the first field of its row
 * @text: (nullable): UTF-8; %NULL for an empty field
 * @numeric: the column holds numbers, so -5 stays a number; text that is none is guarded all the same
 */
void
dsp_csv_write_field (GString    *out,
                     char        separator,
                     gboolean    first,
                     const char *text,
                     gboolean    numeric)
{
  const char special[] = { '"', '\r', '\n', separator, '\0' };
  gboolean guard, quote;

  if (!first)
    g_string_append_c (out, separator);
  if (text == NULL)
    return;

  guard = looks_like_formula (text) && !(numeric && is_number (text));

  /* Some readers trim blanks that no quote protects. */
  quote = strpbrk (text, special) != NULL || *text == ' ' || (*text != '\0' && text[strlen (text) - 1] == ' ');

  if (quote)
    g_string_append_c (out, '"');
  if (guard)
    g_string_append_c (out, '\'');
  for (const char *p = text; *p != '\0'; p++)
    {
      if (*p == '"')
        g_string_append_c (out, '"');
      g_string_append_c (out, *p);
    }
  if (quote)
    g_string_append_c (out, '"');
}

/* Ends the row. */
void
dsp_csv_write_end (GString *out)
{
  g_string_append (out, "\r\n");
}

/**
 * dsp_csv_unguard:
 *
 * Returns: (transfer full): @text as it was before dsp_csv_write_field() put its apostrophe in front
 */
char *
dsp_csv_unguard (const char *text)
{
  return g_strdup (*text == '\'' && looks_like_formula (text) ? text + 1 : text);
}
