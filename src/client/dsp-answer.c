/* dsp-answer.c: what the server answered, whatever way it came
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-channel.h"

#include "dsp-json-read.h"

void
dsp_answer_clear (DspAnswer *answer)
{
  g_clear_pointer (&answer->body, g_bytes_unref);
  g_clear_pointer (&answer->code, g_free);
  g_clear_pointer (&answer->message, g_free);
}

void
dsp_answer_read_error (DspAnswer *answer)
{
  gsize length;
  const char *text = g_bytes_get_data (answer->body, &length);
  const char *name;
  gsize n;
  DspJsonReader r;

  if (text == NULL)
    return;
  dsp_json_reader_init (&r, text, length);
  if (!dsp_json_enter_object (&r))
    return;
  while (dsp_json_next_member (&r, &name, &n))
    if (dsp_json_is (name, n, "error") && dsp_json_peek (&r) == '{')
      {
        dsp_json_enter_object (&r);
        while (dsp_json_next_member (&r, &name, &n))
          if (dsp_json_is (name, n, "code") && answer->code == NULL)
            dsp_json_read_text (&r, &answer->code);
          else if (dsp_json_is (name, n, "message") && answer->message == NULL)
            dsp_json_read_text (&r, &answer->message);
          else
            dsp_json_skip (&r, NULL, NULL);
      }
    else
      dsp_json_skip (&r, NULL, NULL);
}

void
dsp_answer_set_error (const DspAnswer *answer,
                      GError         **error)
{
  DspClientError code = DSP_CLIENT_ERROR_SERVER;

  if (answer->status == 401)
    code = DSP_CLIENT_ERROR_SIGN_IN;
  else if (answer->status == 404)
    code = DSP_CLIENT_ERROR_NOT_FOUND;
  else if (answer->status == 426)
    code = DSP_CLIENT_ERROR_UPGRADE;
  else if (answer->status == 429)
    code = DSP_CLIENT_ERROR_WAIT;
  else if (answer->status == 503)
    code = DSP_CLIENT_ERROR_OFFLINE;
  g_set_error (error, DSP_CLIENT_ERROR, code, "the server answered %u%s%s%s%s", answer->status, answer->code != NULL ? " " : "",
               answer->code != NULL ? answer->code : "", answer->message != NULL ? ": " : "", answer->message != NULL ? answer->message : "");
}
