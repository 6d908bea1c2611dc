/* dsp-cursor.c: a place in the change feed, as clients carry it around
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Opaque to the client, but no secret and not signed: what a changed one can reach is decided by the user's grants
 * now, not by what it says.
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-cursor.h"

#include <sodium.h>
#include <string.h>

#define CURSOR_BYTES (1 + 16 + 8 + 8 + 8)

/**
 * dsp_base64url_print:
 * Returns: (transfer full): @n bytes as base64url without padding
 */
char *
dsp_base64url_print (const guint8 *bytes,
                     gsize         n)
{
  gsize size = sodium_base64_encoded_len (n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  char *text = g_malloc (size);

  return sodium_bin2base64 (text, size, bytes, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

/**
 * dsp_base64url_parse:
 * Returns: whether @text is exactly @n bytes as base64url without padding
 */
gboolean
dsp_base64url_parse (const char *text,
                     guint8     *bytes,
                     gsize       n)
{
  const char *end = NULL;
  size_t got = 0;
  gsize length = strlen (text);

  /* The library takes some bytes above 0x7f for letters. */
  for (const char *p = text; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && *p != '-' && *p != '_')
      return FALSE;
  return length == sodium_base64_encoded_len (n, sodium_base64_VARIANT_URLSAFE_NO_PADDING) - 1 &&
         sodium_base642bin (bytes, n, text, length, NULL, &got, &end, sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
         got == n && end == text + length;
}

static void
put_int64 (guint8 *at,
           gint64  value)
{
  guint64 big = GUINT64_TO_BE ((guint64) value);

  memcpy (at, &big, 8);
}

static gint64
get_int64 (const guint8 *at)
{
  guint64 big;

  memcpy (&big, at, 8);
  return (gint64) GUINT64_FROM_BE (big);
}

/**
 * dsp_cursor_print:
 * Returns: (transfer full): the cursor as text for a URL
 */
char *
dsp_cursor_print (const DspCursor *cursor)
{
  guint8 bytes[CURSOR_BYTES];

  bytes[0] = cursor->protocol;
  memcpy (bytes + 1, cursor->epoch, 16);
  put_int64 (bytes + 17, cursor->seq);
  memcpy (bytes + 25, cursor->digest, 8);
  put_int64 (bytes + 33, cursor->grants_ver);
  return dsp_base64url_print (bytes, sizeof bytes);
}

/**
 * dsp_cursor_parse:
 * Returns: whether @text has the form of a cursor
 */
gboolean
dsp_cursor_parse (const char *text,
                  DspCursor  *cursor)
{
  guint8 bytes[CURSOR_BYTES];

  if (!dsp_base64url_parse (text, bytes, sizeof bytes))
    return FALSE;
  cursor->protocol = bytes[0];
  memcpy (cursor->epoch, bytes + 1, 16);
  cursor->seq = get_int64 (bytes + 17);
  memcpy (cursor->digest, bytes + 25, 8);
  cursor->grants_ver = get_int64 (bytes + 33);
  return cursor->seq >= 0 && cursor->grants_ver >= 0;
}
