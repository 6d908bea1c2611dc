/* fuzz-name.c: any bytes at all as the name of an attachment
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the field's rules let in goes into a header field of the answer whole and harmless: nothing in it ends the field, and
 * decoded it is the name again.
 */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "dsp-entities.h"
#include "dsp-http-reply.h"
#include "dsp-record-json.h"

#define BEGINS "attachment; filename*=UTF-8''"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
put_escaped (GString       *out,
             const uint8_t *data,
             size_t         size)
{
  for (size_t i = 0; i < size; i++)
    if (data[i] < 0x20 || data[i] == '"' || data[i] == '\\')
      g_string_append_printf (out, "\\u%04x", data[i]);
    else
      g_string_append_c (out, (char) data[i]);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autoptr(DspAttachment) attachment = dsp_attachment_new ();
  g_autoptr(GString) text = g_string_new ("{\"name\":\"");
  g_autoptr(DspReply) reply = dsp_reply_new_error (200, "x", "x");
  g_autoptr(GError) error = NULL;
  g_autofree char *disposition = NULL, *decoded = NULL;
  guint64 given = 0;

  put_escaped (text, data, size);
  g_string_append (text, "\"}");
  if (!dsp_record_json_read (&dsp_attachment.table, DSP_STRICT_ARGS, text->str, text->len, attachment, &given, &error) || attachment->name == NULL)
    return 0;
  disposition = dsp_reply_dup_disposition (attachment->name);
  for (const char *c = disposition; *c != '\0'; c++)
    g_assert_true (*c >= 0x20 && *c < 0x7f && *c != '"');
  g_assert_true (g_str_has_prefix (disposition, BEGINS));
  g_assert_null (strpbrk (disposition + strlen (BEGINS), " ;,/\\"));
  g_assert_true (dsp_reply_add_field (reply, "Content-Disposition", disposition));
  decoded = g_uri_unescape_string (disposition + strlen (BEGINS), NULL);
  g_assert_cmpstr (decoded, ==, attachment->name);
  return 0;
}
