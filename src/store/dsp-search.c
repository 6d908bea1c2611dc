/* dsp-search.c: the folded text that "q" looks through
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dsp_fold() says what folding is; decomposing each text by GLib would cost as much as the whole insert. Letters up to
 * U+024F are the ones of nearly all texts here, so what dsp_fold() makes of each is looked up once and kept.
 */
#define G_LOG_DOMAIN "dsp-store"

#include "config.h"
#include "dsp-filter.h"
#include "dsp-search.h"

#include <string.h>

#define N_KEPT 0x250

typedef struct { guint8 length; char text[7]; } Folded;

static Folded kept[N_KEPT];

static void
fill_kept (void)
{
  for (gunichar c = 1; c < N_KEPT; c++)
    {
      char text[8] = { 0 };
      g_autofree char *folded = NULL;

      g_unichar_to_utf8 (c, text);
      folded = dsp_fold (text);
      kept[c].length = (guint8) strlen (folded);
      g_assert (kept[c].length < sizeof kept[c].text);
      memcpy (kept[c].text, folded, kept[c].length);
    }
}

guint64
dsp_search_mask (const DspEntity *entity)
{
  guint64 mask = 0;

  for (guint i = 0; i < entity->table.n_fields; i++)
    if (entity->table.fields[i].flags & DSP_SEARCH)
      mask |= G_GUINT64_CONSTANT (1) << i;
  return mask;
}

static void
fold (const char *text,
      GString    *out)
{
  gsize start = out->len;

  for (const char *p = text; *p != '\0';)
    {
      gunichar c = (guchar) *p;

      if (c < 0x80)
        p++;
      else
        {
          c = g_utf8_get_char (p);
          p = g_utf8_next_char (p);
        }
      if (G_UNLIKELY (c >= N_KEPT))
        {
          g_autofree char *folded = dsp_fold (text);

          g_string_truncate (out, start);
          g_string_append (out, folded);
          return;
        }
      if (kept[c].length == 1)
        g_string_append_c (out, kept[c].text[0]);
      else
        g_string_append_len (out, kept[c].text, kept[c].length);
    }
}

void
dsp_search_text (const DspEntity *entity,
                 gconstpointer    record,
                 GString         *out)
{
  static gsize ready;

  if (g_once_init_enter (&ready))
    {
      fill_kept ();
      g_once_init_leave (&ready, 1);
    }
  g_string_truncate (out, 0);
  for (guint i = 0; i < entity->table.n_fields; i++)
    {
      const DspField *field = &entity->table.fields[i];
      const char *text = field->flags & DSP_SEARCH ? *dsp_field_text (field, record) : NULL;

      if (text == NULL)
        continue;
      fold (text, out);
      g_string_append_c (out, '\n');
    }
}
