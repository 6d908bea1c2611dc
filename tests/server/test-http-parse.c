/* test-http-parse.c: targets, routes, header fields, replies: no socket
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-http-fields.h"
#include "dsp-http-reply.h"
#include "dsp-http-target.h"

#include <string.h>

static DspTargetVerdict
parse (const char *raw)
{
  DspTarget target = { 0 };
  DspTargetVerdict verdict = dsp_target_parse (&target, raw);

  dsp_target_clear (&target);
  return verdict;
}

static void
test_target_parts (void)
{
  DspTarget target = { 0 };

  g_assert_cmpint (dsp_target_parse (&target, "/v1/orders/a%20b?q=M%C3%A9xico+norte&empty=&flag&&x=1=2&q=second"), ==,
                   DSP_TARGET_OK);
  g_assert_cmpstr (target.path, ==, "v1/orders/a b");
  g_assert_cmpstr (target.query, ==, "q=M%C3%A9xico+norte&empty=&flag&&x=1=2&q=second");
  g_assert_cmpuint (target.n_segments, ==, 3);
  g_assert_cmpstr (target.segments[2], ==, "a b");
  g_assert_cmpuint (target.n_args, ==, 5);
  g_assert_cmpstr (dsp_target_get_arg (&target, "q"), ==, "México norte");
  g_assert_cmpstr (dsp_target_get_arg (&target, "empty"), ==, "");
  g_assert_cmpstr (dsp_target_get_arg (&target, "flag"), ==, "");
  g_assert_cmpstr (dsp_target_get_arg (&target, "x"), ==, "1=2");
  g_assert_null (dsp_target_get_arg (&target, "none"));
  dsp_target_clear (&target);

  g_assert_cmpint (dsp_target_parse (&target, "/"), ==, DSP_TARGET_OK);
  g_assert_cmpuint (target.n_segments, ==, 0);
  g_assert_cmpstr (target.path, ==, "");
  dsp_target_clear (&target);

  /* In a path a plus is a plus. */
  g_assert_cmpint (dsp_target_parse (&target, "/a+b?"), ==, DSP_TARGET_OK);
  g_assert_cmpstr (target.segments[0], ==, "a+b");
  g_assert_cmpuint (target.n_args, ==, 0);
  dsp_target_clear (&target);
}

static void
test_target_refused (void)
{
  const char *bad[] = { "", "v1", "*", "http://h/", "/a b", "/a\x7f", "/a\x01", "/\xc3\xa9", "/%", "/%4", "/%zz", "/%00",
                        "/a?b=%00", "/%0a", "/%7f", "/%c0%ae", "/%ff", "/%ed%a0%80", "/a#b", "/a?b=%c3" };
  const char *absent[] = { "//", "/a//b", "/a/", "/..", "/a/../b", "/.", "/%2e%2e", "/%2e", "/a%2fb", "/a%5cb",
                           "/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17" };
  g_autofree char *longest = g_strnfill (DSP_TARGET_MAX_LENGTH, 'a');
  g_autofree char *longer = g_strnfill (DSP_TARGET_MAX_LENGTH + 1, 'a');
  g_autofree char *many = g_strnfill (DSP_TARGET_MAX_LENGTH, '&');

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    if (parse (bad[i]) != DSP_TARGET_BAD)
      g_error ("%s is taken", bad[i]);
  for (guint i = 0; i < G_N_ELEMENTS (absent); i++)
    if (parse (absent[i]) != DSP_TARGET_NOT_FOUND)
      g_error ("%s is not 404", absent[i]);

  longest[0] = longer[0] = many[0] = '/';
  many[1] = '?';
  g_assert_cmpint (parse (longest), ==, DSP_TARGET_OK);
  g_assert_cmpint (parse (longer), ==, DSP_TARGET_TOO_LONG);
  g_assert_cmpint (parse (many), ==, DSP_TARGET_BAD);
}

/* Random bytes of the alphabet that matters: nothing is written outside, and what is taken is clean. */
static void
test_target_random (void)
{
  const char alphabet[] = "/?&=%+.0123aAfFcC28eE";

  for (guint round = 0; round < 100000; round++)
    {
      char raw[64] = "/";
      DspTarget target = { 0 };
      guint n = g_test_rand_int_range (1, sizeof raw - 1);

      for (guint i = 1; i < n; i++)
        raw[i] = alphabet[g_test_rand_int_range (0, sizeof alphabet - 1)];
      raw[n] = '\0';

      if (dsp_target_parse (&target, raw) == DSP_TARGET_OK)
        {
          g_assert_true (g_utf8_validate (target.path, -1, NULL));
          for (guint i = 0; i < target.n_segments; i++)
            {
              g_assert_null (strchr (target.segments[i], '/'));
              g_assert_cmpstr (target.segments[i], !=, "..");
            }
          for (guint i = 0; i < target.n_args; i++)
            g_assert_true (g_utf8_validate (target.args[i].value, -1, NULL));
        }
      dsp_target_clear (&target);
    }
}

static void
test_routes (void)
{
  const DspRoute routes[] = {
    { DSP_METHOD_GET, "", 0, 0, 1, NULL },
    { DSP_METHOD_GET, "v1/orders", 0, 0, 2, NULL },
    { DSP_METHOD_GET, "v1/orders/*", 0, 0, 3, NULL },
    { DSP_METHOD_PUT, "v1/orders/*", 9, 0, 4, NULL },
    { DSP_METHOD_GET, "field/**", 0, 0, 5, NULL },
    { DSP_METHOD_GET, "v1/admin", 0, DSP_ROUTE_SOCKET_ONLY, 6, NULL },
  };
  const struct { const char *raw; DspMethod method; gboolean is_unix; int id; guint allowed; } cases[] = {
    { "/", DSP_METHOD_GET, FALSE, 1, 0 },
    { "/v1/orders", DSP_METHOD_GET, FALSE, 2, 0 },
    { "/v1/order", DSP_METHOD_GET, FALSE, 0, 0 },
    { "/v1/orders/7", DSP_METHOD_GET, FALSE, 3, 0 },
    { "/v1/orders/7", DSP_METHOD_PUT, FALSE, 4, 1u << DSP_METHOD_GET },
    { "/v1/orders/7", DSP_METHOD_POST, FALSE, 0, 1u << DSP_METHOD_GET | 1u << DSP_METHOD_PUT },
    { "/v1/orders/7/8", DSP_METHOD_GET, FALSE, 0, 0 },
    { "/field", DSP_METHOD_GET, FALSE, 0, 0 },
    { "/field/a", DSP_METHOD_GET, FALSE, 5, 0 },
    { "/field/a/b/c", DSP_METHOD_GET, FALSE, 5, 0 },
    { "/v1/admin", DSP_METHOD_GET, FALSE, 0, 0 },
    { "/v1/admin", DSP_METHOD_GET, TRUE, 6, 0 },
    { "/v1", DSP_METHOD_GET, FALSE, 0, 0 },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      DspTarget target = { 0 };
      const DspRoute *route;
      guint allowed;

      g_assert_cmpint (dsp_target_parse (&target, cases[i].raw), ==, DSP_TARGET_OK);
      route = dsp_route_find (routes, G_N_ELEMENTS (routes), &target, cases[i].method, cases[i].is_unix, &allowed);
      g_assert_cmpint (route != NULL ? route->id : 0, ==, cases[i].id);
      g_assert_cmpuint (allowed, ==, cases[i].allowed);
      dsp_target_clear (&target);
    }
}

static void
test_accept_encoding (void)
{
  const struct { const char *value; gboolean zstd; gboolean gzip; } cases[] = {
    { "zstd", TRUE, FALSE },
    { "gzip, deflate, br", FALSE, TRUE },
    { "gzip;q=0.5,ZSTD;q=1.0", TRUE, TRUE },
    { "zstd;q=0, gzip;q=0.000", FALSE, FALSE },
    { "zstdx, xgzip", FALSE, FALSE },
    { "", FALSE, FALSE },
    { ",,, gzip ;q=1", FALSE, TRUE },
    { "identity", FALSE, FALSE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      DspFields fields = { 0 };
      DspRefusal refusal = { 0 };

      g_assert_true (dsp_fields_add (&fields, "accept-ENCODING", 15, cases[i].value, strlen (cases[i].value),
                                     &refusal));
      g_assert_cmpint (dsp_fields_accept (&fields, "zstd"), ==, cases[i].zstd);
      g_assert_cmpint (dsp_fields_accept (&fields, "gzip"), ==, cases[i].gzip);
      dsp_fields_clear (&fields);
    }
}

static void
test_token (void)
{
  const struct { const char *value; const char *token; } cases[] = {
    { "Bearer abc", "abc" }, { "bearer  abc", "abc" }, { "Bearer ", NULL }, { "Basic abc", NULL }, { "Bearerabc", NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      DspFields fields = { 0 };
      DspRefusal refusal = { 0 };

      dsp_fields_add (&fields, "Authorization", 13, cases[i].value, strlen (cases[i].value), &refusal);
      g_assert_cmpstr (dsp_fields_get_token (&fields), ==, cases[i].token);
      dsp_fields_clear (&fields);
    }
}

static void
test_reply_fields_are_checked (void)
{
  const char *bad[] = { "a\r\nSet-Cookie: b", "a\nb", "a\rb", "a\x01z", "a\x7f" };
  g_autoptr(DspReply) reply = dsp_reply_new (200, NULL, NULL, NULL, DSP_CODING_IDENTITY);
  guint before = reply->fields->len;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      const char *fields[] = { "X-A", bad[i], NULL };

      g_assert_false (dsp_reply_add_field (reply, "X-A", bad[i]));
      g_test_expect_message ("dsp-http", G_LOG_LEVEL_CRITICAL, "*can not be sent*");
      {
        g_autoptr(DspReply) refused = dsp_reply_new (200, NULL, NULL, fields, DSP_CODING_IDENTITY);

        g_assert_cmpuint (refused->status, ==, 500);
      }
      g_test_assert_expected_messages ();
    }
  g_assert_false (dsp_reply_add_field (reply, "X A", "b"));
  g_assert_false (dsp_reply_add_field (reply, "X-A:", "b"));
  g_assert_false (dsp_reply_add_field (reply, "", "b"));
  g_assert_cmpuint (reply->fields->len, ==, before);
  g_assert_true (dsp_reply_add_field (reply, "Content-Disposition", "attachment; filename*=UTF-8''caf%C3%A9.pdf"));
}

static void
test_error_body (void)
{
  g_autoptr(DspReply) reply = dsp_reply_new_error (400, "json", "line 1:\n\"a\\b\" \xff");

  g_assert_cmpmem (g_bytes_get_data (reply->body, NULL), g_bytes_get_size (reply->body),
                   "{\"error\":{\"code\":\"json\",\"message\":\"line 1:\\u000a\\\"a\\\\b\\\" \xef\xbf\xbd\"}}",
                   strlen ("{\"error\":{\"code\":\"json\",\"message\":\"line 1:\\u000a\\\"a\\\\b\\\" \xef\xbf\xbd\"}}"));
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/http/target/parts", test_target_parts);
  g_test_add_func ("/http/target/refused", test_target_refused);
  g_test_add_func ("/http/target/random", test_target_random);
  g_test_add_func ("/http/routes", test_routes);
  g_test_add_func ("/http/fields/accept-encoding", test_accept_encoding);
  g_test_add_func ("/http/fields/token", test_token);
  g_test_add_func ("/http/reply/fields-are-checked", test_reply_fields_are_checked);
  g_test_add_func ("/http/reply/error-body", test_error_body);

  return g_test_run ();
}
