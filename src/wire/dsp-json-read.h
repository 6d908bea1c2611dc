/* dsp-json-read.h: JSON in one pass, without a tree
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *   dsp_json_reader_init (&r, text, length);
 *   if (dsp_json_enter_object (&r))
 *     while (dsp_json_next_member (&r, &name, &name_length))
 *       if (dsp_json_is (name, name_length, "cursor")) dsp_json_read_text (&r, &cursor);
 *       else dsp_json_skip (&r, NULL, NULL);
 *   if (!dsp_json_reader_finish (&r, error)) …
 *
 * The first fault is kept and every later call answers false, so that a caller checks once, at the end. Bytes from
 * strangers go through dsp_json_scan() first; the reader is safe on any bytes, but does not limit nodes or find repeats.
 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <string.h>

G_BEGIN_DECLS

#define DSP_JSON_READER_DEPTH 32

typedef struct {
  const char *start, *p, *end;
  const char *fault;                       /* static; NULL: none yet */
  guint       depth;
  char        open[DSP_JSON_READER_DEPTH]; /* '{' or '[' */
  bool        more[DSP_JSON_READER_DEPTH]; /* a member or item was read at this depth */
} DspJsonReader;

void     dsp_json_reader_init   (DspJsonReader *r, const char *text, gsize length);
gboolean dsp_json_reader_finish (DspJsonReader *r, GError **error);
bool     dsp_json_fail          (DspJsonReader *r, const char *fault);

/* The next value's kind: '{' '[' '"' 'n' 't' 'f' '0' (a number); 0 at a fault or the end. */
char     dsp_json_peek          (DspJsonReader *r);

bool     dsp_json_enter_object  (DspJsonReader *r);
bool     dsp_json_next_member   (DspJsonReader *r, const char **name, gsize *length);
bool     dsp_json_enter_array   (DspJsonReader *r);
bool     dsp_json_next_item     (DspJsonReader *r);

bool     dsp_json_read_text     (DspJsonReader *r, char **text);
bool     dsp_json_read_raw      (DspJsonReader *r, const char **text, gsize *length);
bool     dsp_json_read_int      (DspJsonReader *r, gint64 *value);
bool     dsp_json_read_bool     (DspJsonReader *r, bool *value);
bool     dsp_json_read_null     (DspJsonReader *r);
bool     dsp_json_skip          (DspJsonReader *r, const char **from, gsize *length);

static inline bool
dsp_json_is (const char *name,
             gsize       length,
             const char *wanted)
{
  return strlen (wanted) == length && memcmp (name, wanted, length) == 0;
}

void     dsp_json_put_string    (GString *out, const char *text);
void     dsp_json_put_int       (GString *out, gint64 value);

G_END_DECLS
