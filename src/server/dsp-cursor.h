/* dsp-cursor.h: a place in the change feed, as clients carry it around
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define DSP_PROTOCOL 1

typedef struct {
  guint8 epoch[16];   /* which history of the feed */
  gint64 seq;         /* the last change that the client has */
  guint8 digest[8];   /* the beginning of the feed's digest there */
  gint64 grants_ver;  /* of the user, as the client knows it */
  guint8 protocol;
} DspCursor;

char    *dsp_cursor_print (const DspCursor *cursor) G_GNUC_WARN_UNUSED_RESULT;
gboolean dsp_cursor_parse (const char *text, DspCursor *cursor);

/* base64url without padding */
char    *dsp_base64url_print (const guint8 *bytes, gsize n) G_GNUC_WARN_UNUSED_RESULT;
gboolean dsp_base64url_parse (const char *text, guint8 *bytes, gsize n);

G_END_DECLS
