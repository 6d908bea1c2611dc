/* fuzz-http-target.c: any bytes as the target of a request, and as header fields
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The input's first line is the target, the others are fields, "name: value". What is taken must be clean text.
 */
#include "config.h"

#include <stdint.h>
#include <string.h>

#include "dsp-http-fields.h"
#include "dsp-http-target.h"

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_text (const char *text)
{
  g_assert_true (g_utf8_validate (text, -1, NULL));
  for (const char *p = text; *p != '\0'; p++)
    g_assert_true ((guchar) *p >= 0x20 && *p != 0x7f);
}

static void
check_target (const char *raw)
{
  static const DspRoute routes[] = {
    { DSP_METHOD_GET, "v1/orders/*", 0, 0, 1, NULL },
    { DSP_METHOD_GET, "field/**", 0, 0, 2, NULL },
  };
  DspTarget target = { 0 };
  guint allowed;

  if (dsp_target_parse (&target, raw) == DSP_TARGET_OK)
    {
      check_text (target.path);
      for (guint i = 0; i < target.n_segments; i++)
        {
          check_text (target.segments[i]);
          g_assert_null (strchr (target.segments[i], '/'));
          g_assert_true (strcmp (target.segments[i], "..") != 0 && strcmp (target.segments[i], ".") != 0);
        }
      for (guint i = 0; i < target.n_args; i++)
        {
          check_text (target.args[i].name);
          check_text (target.args[i].value);
        }
      dsp_route_find (routes, G_N_ELEMENTS (routes), &target, DSP_METHOD_GET, FALSE, &allowed);
    }
  dsp_target_clear (&target);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         size)
{
  g_autofree char *text = g_strndup ((const char *) data, size);
  g_auto(GStrv) lines = g_strsplit (text, "\n", -1);
  DspFields fields = { 0 };
  DspRefusal refusal = { 0 };
  gint64 length;
  gboolean fine = TRUE;

  if (lines[0] == NULL)
    return 0;
  check_target (lines[0]);

  for (guint i = 1; fine && lines[i] != NULL; i++)
    {
      char *colon = strchr (lines[i], ':');
      gsize name_length = colon != NULL ? (gsize) (colon - lines[i]) : strlen (lines[i]);
      const char *value = colon != NULL ? colon + 1 + strspn (colon + 1, " ") : "";

      fine = dsp_fields_add (&fields, lines[i], name_length, value, strlen (value), &refusal);
    }
  if (fine)
    fine = dsp_fields_check_framing (&fields, NULL, &length, &refusal);
  if (fine)
    {
      g_assert_cmpint (length, <=, G_GINT64_CONSTANT (9999999999));
      g_assert_null (dsp_fields_get (&fields, "Transfer-Encoding"));
      fine = dsp_fields_check_type (&fields, FALSE, &refusal);
      dsp_fields_accept (&fields, "zstd");
      dsp_fields_get_token (&fields);
    }
  g_assert_true (fine == (refusal.status == 0));
  dsp_fields_clear (&fields);

  return 0;
}
