/* dsp-media-type.c: what a file is, by its content
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-core"

#include "config.h"
#include "dsp-media-type.h"

#include <string.h>

typedef struct { const char *name, *suffix, *magic; gsize at, length; } Kind;

static const Kind kinds[] = {
  { "image/jpeg", ".jpg", "\xFF\xD8\xFF", 0, 3 },
  { "image/png", ".png", "\x89PNG\r\n\x1A\n", 0, 8 },
  { "image/webp", ".webp", "WEBPVP", 8, 6 },
  { "application/pdf", ".pdf", "%PDF-", 0, 5 },
  { "text/plain", ".txt", NULL, 0, 0 },
};

/* Letters, tabs and line ends; the last one may be cut in two by the head's end. */
static gboolean
is_text (const guint8 *head,
         gsize         n)
{
  const char *end;
  gsize rest;

  if (n == 0)
    return FALSE;
  for (gsize i = 0; i < n; i++)
    if (head[i] == 0x7F || (head[i] < 0x20 && strchr ("\t\n\r\f", head[i]) == NULL) || head[i] == 0)
      return FALSE;
  if (g_utf8_validate ((const char *) head, (gssize) n, &end))
    return TRUE;
  rest = n - (gsize) (end - (const char *) head);
  return n == DSP_MEDIA_TYPE_HEAD && rest < 4 && g_utf8_get_char_validated (end, (gssize) rest) == (gunichar) -2;
}

const char *
dsp_media_type_of (gconstpointer head,
                   gsize         n)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (kinds[i].magic == NULL ? is_text (head, n)
                               : n >= kinds[i].at + kinds[i].length &&
                                 memcmp ((const guint8 *) head + kinds[i].at, kinds[i].magic, kinds[i].length) == 0)
      return kinds[i].name;
  return NULL;
}

const char *
dsp_media_type_suffix (const char *media_type)
{
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    if (g_strcmp0 (kinds[i].name, media_type) == 0)
      return kinds[i].suffix;
  return "";
}
