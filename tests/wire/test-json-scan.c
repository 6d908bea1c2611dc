/* test-json-scan.c: what the JSON scan lets through and what it stops
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-json-scan.h"

#include <string.h>

#include "dsp-wire-error.h"

static void
assert_passes (const char *text)
{
  g_autofree char *exact = g_memdup2 (text, strlen (text));
  g_autoptr(GError) error = NULL;

  g_assert_true (dsp_json_scan (exact, strlen (text), NULL, &error));
  g_assert_no_error (error);
}

/* Every strict prefix of a longer text is looked at by the fuzzer; here: the code, the byte, the word. */
static void
assert_stops (const char          *text,
              gssize               length,
              const DspJsonLimits *limits,
              int                  code,
              const char          *says)
{
  gsize n = length < 0 ? strlen (text) : (gsize) length;
  g_autofree char *exact = g_memdup2 (text, n);
  g_autoptr(GError) error = NULL;

  g_assert_false (dsp_json_scan (exact, n, limits, &error));
  g_assert_error (error, DSP_WIRE_ERROR, code);
  if (strstr (error->message, says) == NULL)
    g_error ("\"%s\": \"%s\" does not say \"%s\"", text, error->message, says);
}

static void
test_valid_passes (void)
{
  assert_passes ("null");
  assert_passes (" [ ] ");
  assert_passes ("{}");
  assert_passes ("\t{\"a\":[1,-2,0,-0,true,false,null,\"\"],\"b\":{\"a\":{}}}\r\n");
  assert_passes ("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00f1\\ud83d\\udca7\"");
  assert_passes ("\"Álvaro Obregón 💧 de más de ocho bytes\"");
  assert_passes ("9223372036854775807");
  assert_passes ("-9223372036854775808");
}

static void
test_grammar_is_rfc_8259 (void)
{
  const int bad = DSP_WIRE_ERROR_INVALID, cut = DSP_WIRE_ERROR_TRUNCATED;

  assert_stops ("", -1, NULL, cut, "byte 0");
  assert_stops (NULL, 0, NULL, cut, "byte 0");
  assert_stops ("  ", -1, NULL, cut, "byte 2");
  assert_stops ("[1,]", -1, NULL, bad, "byte 3");
  assert_stops ("[1 2]", -1, NULL, bad, "byte 3: a comma or ] is missing");
  assert_stops ("{\"a\" 1}", -1, NULL, bad, "byte 5: a colon");
  assert_stops ("{\"a\":1,}", -1, NULL, bad, "byte 7: a key");
  assert_stops ("{a:1}", -1, NULL, bad, "byte 1: a key");
  assert_stops ("{\"a\":1]", -1, NULL, bad, "byte 6: a comma or }");
  assert_stops ("[1}", -1, NULL, bad, "byte 2");
  assert_stops ("]", -1, NULL, bad, "byte 0");
  assert_stops ("1 1", -1, NULL, bad, "byte 2: something follows");
  assert_stops ("tru", -1, NULL, cut, "byte 3");
  assert_stops ("trux", -1, NULL, bad, "byte 0");
  assert_stops ("'a'", -1, NULL, bad, "byte 0");
  assert_stops ("NaN", -1, NULL, bad, "byte 0");
  assert_stops ("[Infinity]", -1, NULL, bad, "byte 1");
  assert_stops ("// x\n1", -1, NULL, bad, "byte 0");
  assert_stops ("\xef\xbb\xbf{}", -1, NULL, bad, "byte 0");
  assert_stops ("\"\\x\"", -1, NULL, bad, "byte 1: unknown escape");
  assert_stops ("\"a\nb\"", -1, NULL, bad, "byte 2: control byte");
  assert_stops ("\"abc", -1, NULL, cut, "byte 4");
  assert_stops ("\"abc\\", -1, NULL, cut, "byte 5");
  assert_stops ("\"\\u00", -1, NULL, cut, "byte 5");
  assert_stops ("\"\\u00zz\"", -1, NULL, bad, "byte 1");
  assert_stops ("{\"a\":", -1, NULL, cut, "byte 5");
  assert_stops ("1\0", 2, NULL, bad, "byte 1");
}

static void
test_text_is_utf8_without_nul_and_lone_surrogates (void)
{
  const int bad = DSP_WIRE_ERROR_INVALID;

  assert_stops ("\"\\u0000\"", -1, NULL, bad, "byte 1: U+0000");
  assert_stops ("\"a\0b\"", 5, NULL, bad, "byte 2: U+0000");
  assert_stops ("\"\\ud800\"", -1, NULL, bad, "lone surrogate");
  assert_stops ("\"\\udc00\"", -1, NULL, bad, "lone surrogate");
  assert_stops ("\"\\ud800\\u0041\"", -1, NULL, bad, "lone surrogate");
  assert_stops ("\"\\ud800\\ud800\"", -1, NULL, bad, "lone surrogate");
  assert_stops ("\"\xed\xa0\x80\"", -1, NULL, bad, "byte 1: not UTF-8");
  assert_stops ("\"\xc0\xaf\"", -1, NULL, bad, "not UTF-8");
  assert_stops ("\"\xe0\x80\xaf\"", -1, NULL, bad, "not UTF-8");
  assert_stops ("\"\xf0\x80\x80\xaf\"", -1, NULL, bad, "not UTF-8");
  assert_stops ("\"\xf4\x90\x80\x80\"", -1, NULL, bad, "not UTF-8");
  assert_stops ("\"\xf5\x80\x80\x80\"", -1, NULL, bad, "not UTF-8");
  assert_stops ("\"\xff\"", -1, NULL, bad, "not UTF-8");
  assert_stops ("\"Obreg\xf3n\"", -1, NULL, bad, "byte 6: not UTF-8");
  assert_stops ("\"\xc3", -1, NULL, bad, "not UTF-8");
}

static void
test_numbers_are_64_bit_integers (void)
{
  const DspJsonLimits doubles = { .max_depth = 16, .max_string = 8192, .max_nodes = 10000, .allow_doubles = TRUE };
  const int bad = DSP_WIRE_ERROR_INVALID;
  g_autofree char *longest = g_strdup_printf ("0.%0100d", 1);

  assert_stops ("9223372036854775808", -1, NULL, bad, "outside 64 bits");
  assert_stops ("-9223372036854775809", -1, NULL, bad, "outside 64 bits");
  assert_stops ("[123456789012345678901234567890]", -1, NULL, bad, "byte 1: number is outside 64 bits");
  assert_stops ("1.0", -1, NULL, bad, "not whole");
  assert_stops ("1e2", -1, NULL, bad, "not whole");
  assert_stops ("01", -1, NULL, bad, "leading zero");
  assert_stops ("-", -1, NULL, DSP_WIRE_ERROR_TRUNCATED, "byte 1");
  assert_stops ("+1", -1, NULL, bad, "byte 0");
  assert_stops (".5", -1, NULL, bad, "byte 0");

  g_assert_true (dsp_json_scan ("[-99.1682732538209,1e2,1E-7]", 28, &doubles, NULL));
  assert_stops ("1e999", -1, &doubles, bad, "out of range");
  assert_stops ("[1.]", -1, &doubles, bad, "byte 3");
  assert_stops ("[1e]", -1, &doubles, bad, "byte 3");
  assert_stops ("NaN", -1, &doubles, bad, "byte 0");
  assert_stops (longest, -1, &doubles, DSP_WIRE_ERROR_LIMIT, "too long");
}

static void
test_same_key_twice_is_stopped (void)
{
  const int bad = DSP_WIRE_ERROR_INVALID;
  g_autoptr(GString) wide = g_string_new ("{");

  assert_stops ("{\"a\":1,\"a\":2}", -1, NULL, bad, "byte 7: the same key");
  assert_stops ("{\"a\":1,\"\\u0061\":2}", -1, NULL, bad, "byte 7: the same key");
  assert_stops ("{\"\":1,\"\":2}", -1, NULL, bad, "the same key");
  assert_stops ("{\"a\":{\"b\":1,\"c\":[{\"b\":1}],\"b\":2}}", -1, NULL, bad, "byte 26");
  assert_stops ("{\"\\ud83d\\udca7\":1,\"💧\":2}", -1, NULL, bad, "the same key");
  assert_passes ("{\"a\":{\"a\":{\"a\":1}},\"b\":[{\"a\":1},{\"a\":1}]}");
  assert_passes ("[{\"a\":1},{\"a\":1}]");

  for (int i = 0; i <= DSP_JSON_OPEN_KEYS_MAX; i++)
    g_string_append_printf (wide, "%s\"k%d\":1", i > 0 ? "," : "", i);
  g_string_append_c (wide, '}');
  assert_stops (wide->str, -1, NULL, DSP_WIRE_ERROR_LIMIT, "too many members");
}

static void
test_depth_string_and_nodes_are_limited (void)
{
  const int limit = DSP_WIRE_ERROR_LIMIT;
  DspJsonLimits limits = DSP_JSON_LIMITS_DEFAULT;
  g_autoptr(GString) text = g_string_new (NULL);
  g_autofree char *deep = g_strnfill (1000000, '[');
  g_autofree char *letters = g_strnfill (8193, 'a');
  g_autofree char *string = g_strdup_printf ("\"%s\"", letters);

  assert_passes ("[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]");
  assert_stops ("[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]", -1, NULL, limit, "byte 16: nested too deep");
  assert_stops (deep, -1, NULL, limit, "nested too deep");
  limits.max_depth = G_MAXUINT;
  assert_stops (deep, -1, &limits, limit, "byte 64: nested too deep");

  assert_stops (string, -1, NULL, limit, "byte 1: string is too long");
  memmove (string + 1, string + 2, strlen (string + 1));
  assert_passes (string);
  limits.max_string = 3;
  assert_stops ("\"ab\\u00f1\"", -1, &limits, limit, "too long");
  assert_stops ("{\"long\":1}", -1, &limits, limit, "too long");

  g_string_append (text, "[1");
  for (int i = 2; i < 10000; i++)
    g_string_append (text, ",1");
  g_string_append_c (text, ']');
  assert_passes (text->str);
  text->str[text->len - 1] = ',';
  g_string_append (text, "1]");
  assert_stops (text->str, -1, NULL, limit, "too many values");
}

static void
test_every_prefix_is_refused (void)
{
  const char *text = "{\"a\":[1,-2,true,null,{\"b\":\"x\\u00f1ñ\\ud83d\\udca7\"}],\"c\":\"\"}";

  assert_passes (text);
  for (gsize n = 0; n < strlen (text); n++)
    {
      g_autofree char *exact = g_memdup2 (text, n);

      g_assert_false (dsp_json_scan (exact, n, NULL, NULL));
    }
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/json-scan/valid_passes", test_valid_passes);
  g_test_add_func ("/json-scan/grammar_is_rfc_8259", test_grammar_is_rfc_8259);
  g_test_add_func ("/json-scan/text_is_utf8_without_nul_and_lone_surrogates",
                   test_text_is_utf8_without_nul_and_lone_surrogates);
  g_test_add_func ("/json-scan/numbers_are_64_bit_integers", test_numbers_are_64_bit_integers);
  g_test_add_func ("/json-scan/same_key_twice_is_stopped", test_same_key_twice_is_stopped);
  g_test_add_func ("/json-scan/depth_string_and_nodes_are_limited", test_depth_string_and_nodes_are_limited);
  g_test_add_func ("/json-scan/every_prefix_is_refused", test_every_prefix_is_refused);

  return g_test_run ();
}
