/* dsp-json.c: values that the server's replies are made of
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-json.h"

void
dsp_json_put_text (GString    *out,
                   const char *text)
{
  if (text != NULL)
    dsp_json_put_string (out, text);
  else
    g_string_append (out, "null");
}

void
dsp_json_put_id (GString     *out,
                 const DspId *id)
{
  char text[DSP_ID_TEXT];

  dsp_id_print (id, text);
  g_string_append_c (out, '"');
  g_string_append_len (out, text, DSP_ID_TEXT - 1);
  g_string_append_c (out, '"');
}

void
dsp_json_put_time (GString *out,
                   gint64   us)
{
  char text[32];

  if (us == 0)
    {
      g_string_append (out, "null");
      return;
    }
  g_string_append_c (out, '"');
  g_string_append_len (out, text, dsp_time_print ((DspTime) { us }, text));
  g_string_append_c (out, '"');
}

static const struct { const char *word; const DspId *scope; } words[] = {
  { "common", &dsp_scope_common },
  { "company", &dsp_scope_company },
  { "all", &dsp_scope_all },
};

void
dsp_json_put_scope (GString     *out,
                    const DspId *scope)
{
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (dsp_id_equal (scope, words[i].scope))
      {
        g_string_append_printf (out, "\"%s\"", words[i].word);
        return;
      }
  dsp_json_put_id (out, scope);
}

bool
dsp_scope_parse (const char *text,
                 DspId      *scope)
{
  for (guint i = 0; i < G_N_ELEMENTS (words); i++)
    if (g_str_equal (text, words[i].word))
      {
        *scope = *words[i].scope;
        return true;
      }
  return dsp_id_parse (text, strlen (text), scope);
}

char *
dsp_json_error (const char *code,
                const char *message)
{
  GString *out = g_string_new ("{\"error\":{\"code\":");

  dsp_json_put_text (out, code);
  g_string_append (out, ",\"message\":");
  dsp_json_put_text (out, message);
  g_string_append (out, "}}");
  return g_string_free (out, FALSE);
}
