/* test-http.c: the HTTP layer against raw sockets: requests, bodies, replies, who may ask
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "http-fixture.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

static void
test_keep_alive (Fixture       *self,
                 gconstpointer  data)
{
  g_autoptr(Client) client = client_new (self);
  g_auto(Reply) reply = { 0 };

  for (guint i = 0; i < 20; i++)
    {
      g_assert_cmpuint (ask (client, GET ("/v1/ping"), &reply), ==, 200);
      g_assert_cmpstr (reply.body, ==, "{\"ok\":true}");
      g_assert_cmpuint (ask (client, GET ("/v1/thread/caf%C3%A9?a=1+2%26"), &reply), ==, 200);
      g_assert_nonnull (strstr (reply.body, "\"segment\":\"café\",\"a\":\"1 2&\""));
    }
  g_assert_nonnull (strstr (reply.head, "X-Content-Type-Options: nosniff\r\n"));
  g_assert_nonnull (strstr (reply.head, "Cache-Control: no-store\r\n"));
  g_assert_nonnull (strstr (reply.head, "Content-Type: application/json; charset=utf-8\r\n"));

  /* Two requests in one packet are answered in their order. */
  g_assert_cmpuint (ask (client, GET ("/v1/thread/one") GET ("/v1/thread/two"), &reply), ==, 200);
  g_assert_nonnull (strstr (reply.body, "one"));
  g_assert_true (client_read (client, &reply));
  g_assert_nonnull (strstr (reply.body, "two"));
}

typedef struct {
  const char *name;
  const char *text;
  guint       status;       /* 0: closed without a reply */
  guint       other_status; /* accepted as well, 0 for none */
} Fault;

/* What must be answered so, and must end the connection */
static const Fault faults[] = {
  { "no Host", "GET /v1/ping HTTP/1.1\r\n\r\n", 400, 0 },
  { "two Hosts", "GET /v1/ping HTTP/1.1\r\n" HOST HOST "\r\n", 400, 0 },
  { "odd Host", "GET /v1/ping HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, 0 },
  { "HTTP/2", "GET /v1/ping HTTP/2.0\r\n" HOST "\r\n", 505, 400 },
  { "HTTP/1.9", "GET /v1/ping HTTP/1.9\r\n" HOST "\r\n", 505, 400 },
  { "HTTP/0.9", "GET /v1/ping\r\n\r\n", 400, 505 },
  { "DELETE", "DELETE /v1/ping HTTP/1.1\r\n" HOST "\r\n", 405, 0 },
  { "wrong method", "POST /v1/ping HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", 405, 0 },
  { "unknown path", GET ("/v1/none"), 404, 0 },
  { "empty segment", GET ("/v1//ping"), 404, 0 },
  { "dots", GET ("/v1/thread/.."), 404, 0 },
  { "encoded dots", GET ("/v1/thread/%2e%2e"), 404, 0 },
  { "encoded slash", GET ("/v1/thread/a%2fb"), 404, 0 },
  { "encoded NUL", GET ("/v1/thread/a%00b"), 400, 0 },
  { "encoded NUL in an argument", GET ("/v1/thread/a?a=1%00"), 400, 0 },
  { "encoded LF", GET ("/v1/thread/a%0ab"), 400, 0 },
  { "overlong UTF-8", GET ("/v1/thread/%c0%ae"), 400, 0 },
  { "half an escape", GET ("/v1/thread/%4"), 400, 0 },
  { "absolute target", GET ("http://localhost/v1/ping"), 400, 0 },
  { "space in the target", GET ("/v1/thread/a b"), 400, 0 },
  { "raw byte in the target", GET ("/v1/thread/\xc3\xa9"), 400, 0 },
  { "chunked", "POST /v1/commands HTTP/1.1\r\n" HOST "Content-Type: application/json\r\n"
    "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 411, 0 },
  { "chunked and length", "POST /v1/commands HTTP/1.1\r\n" HOST "Content-Type: application/json\r\n"
    "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 411, 400 },
  { "odd coding", "POST /v1/commands HTTP/1.1\r\n" HOST "Transfer-Encoding: xchunked\r\nContent-Length: 2\r\n\r\n{}",
    411, 0 },
  { "no length", "POST /v1/commands HTTP/1.1\r\n" HOST "Content-Type: application/json\r\n\r\n", 411, 0 },
  { "two lengths", "POST /v1/commands HTTP/1.1\r\n" HOST "Content-Type: application/json\r\n"
    "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}", 400, 0 },
  { "signed length", "POST /v1/commands HTTP/1.1\r\n" HOST "Content-Type: application/json\r\n"
    "Content-Length: +2\r\n\r\n{}", 400, 0 },
  { "negative length", "POST /v1/commands HTTP/1.1\r\n" HOST "Content-Type: application/json\r\n"
    "Content-Length: -2\r\n\r\n{}", 400, 0 },
  { "length with a list", "POST /v1/commands HTTP/1.1\r\n" HOST "Content-Type: application/json\r\n"
    "Content-Length: 2, 2\r\n\r\n{}", 400, 0 },
  { "long length", "POST /v1/commands HTTP/1.1\r\n" HOST "Content-Type: application/json\r\n"
    "Content-Length: 00000000002\r\n\r\n{}", 400, 0 },
  { "huge length", "POST /v1/commands HTTP/1.1\r\n" HOST "Content-Type: application/json\r\n"
    "Content-Length: 99999999999999999999999\r\n\r\n{}", 413, 400 },
  { "body over the cap", "POST /v1/commands HTTP/1.1\r\n" HOST "Content-Type: application/json\r\n"
    "Content-Length: 262145\r\n\r\n{}", 413, 0 },
  { "body of a GET", "GET /v1/ping HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\n{}", 400, 0 },
  { "gzip", "POST /v1/commands HTTP/1.1\r\n" HOST "Content-Type: application/json\r\nContent-Encoding: gzip\r\n"
    "Content-Length: 2\r\n\r\n{}", 415, 0 },
  { "unknown type", "POST /v1/commands HTTP/1.1\r\n" HOST "Content-Type: text/xml\r\nContent-Length: 2\r\n\r\n{}", 415,
    0 },
  { "no type", "POST /v1/commands HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\n{}", 415, 0 },
  { "other charset", "POST /v1/commands HTTP/1.1\r\n" HOST "Content-Type: application/json; charset=utf-16\r\n"
    "Content-Length: 2\r\n\r\n{}", 415, 0 },
  { "space before the colon", "GET /v1/ping HTTP/1.1\r\n" HOST "X-A : b\r\n\r\n", 400, 0 },
  { "no colon", "GET /v1/ping HTTP/1.1\r\n" HOST "X-A\r\n\r\n", 400, 0 },
  { "control byte in a value", "GET /v1/ping HTTP/1.1\r\n" HOST "X-A: a\x01z\r\n\r\n", 400, 0 },
  { "odd name", "GET /v1/ping HTTP/1.1\r\n" HOST "X(A): b\r\n\r\n", 400, 0 },
  { "token in the URL", GET ("/v1/ping?access_token=abc"), 400, 0 },
};

static void
test_faults (Fixture       *self,
             gconstpointer  data)
{
  for (guint i = 0; i < G_N_ELEMENTS (faults); i++)
    {
      const Fault *fault = &faults[i];
      g_autoptr(Client) client = client_new (self);
      g_auto(Reply) reply = { 0 };
      g_autofree char *text = NULL;
      guint status;

      /* What follows must never be served. */
      text = g_strconcat (fault->text, GET ("/v1/thread/smuggled"), NULL);
      status = ask (client, text, &reply);
      if (status != fault->status && (fault->other_status == 0 || status != fault->other_status))
        g_error ("%s: answered %u, not %u", fault->name, status, fault->status);
      if (status != 0 && strcasestr (reply.head, "\r\nConnection: close") == NULL)
        g_error ("%s: the connection is not closed", fault->name);
      /* The library's own refusal of a bad length repeats a piece of itself, so only a second answer is a fault. */
      while (client_receive (client) > 0)
        continue;
      if (strstr (client->in->str, "smuggled") != NULL || strstr (client->in->str, "{") != NULL)
        g_error ("%s: more was served after the refusal: %s", fault->name, client->in->str);
    }

  g_assert_cmpuint (self->n_dispatched, ==, 0);
  g_assert_cmpstr (self->url_token, ==, "abc");
  g_assert_cmpuint (ask_once (self, GET ("/v1/ping")), ==, 200);
}

/* A reply to HEAD tells a length and has no body. */
static void
test_head (Fixture       *self,
           gconstpointer  data)
{
  g_autoptr(Client) client = client_new (self);

  client_send (client, "HEAD /v1/ping HTTP/1.1\r\n" HOST "\r\n" GET ("/v1/thread/smuggled"));
  while (client_receive (client) > 0)
    continue;
  g_assert_true (g_str_has_prefix (client->in->str, "HTTP/1.1 405 "));
  g_assert_true (g_str_has_suffix (client->in->str, "\r\n\r\n"));
  g_assert_cmpuint (self->n_dispatched, ==, 0);
}

static void
test_raw_nul (Fixture       *self,
              gconstpointer  data)
{
  static const char target[] = "GET /v1/ping\0/../secret HTTP/1.1\r\n" HOST "\r\n" GET ("/v1/thread/x");
  static const char value[] = "GET /v1/thread/a HTTP/1.1\r\n" HOST "X-A: b\0Host: other\r\n\r\n";
  g_autoptr(Client) client = client_new (self);
  g_autoptr(Client) other = client_new (self);
  g_auto(Reply) reply = { 0 };

  /* Cut at the NUL, refused or closed: but never more than one request, and only what was checked. */
  client_send_data (client, target, sizeof target - 1);
  if (client_read (client, &reply))
    g_assert_true (reply.status == 200 || reply.status == 400);

  client_send_data (other, value, sizeof value - 1);
  if (client_read (other, &reply))
    g_assert_true (reply.status == 200 || reply.status == 400);

  g_assert_cmpuint (ask_once (self, GET ("/v1/ping")), ==, 200);
}

static void
test_too_much (Fixture       *self,
               gconstpointer  data)
{
  g_autoptr(GString) many = g_string_new ("GET /v1/ping HTTP/1.1\r\n" HOST);
  g_autoptr(GString) some = g_string_new ("GET /v1/ping HTTP/1.1\r\n" HOST);
  g_autoptr(GString) enough = g_string_new ("GET /v1/ping HTTP/1.1\r\n" HOST);
  g_autoptr(GString) args = g_string_new ("GET /v1/ping?");
  g_autoptr(GString) target = g_string_new ("GET /v1/thread/");
  g_autoptr(GString) field = g_string_new ("GET /v1/ping HTTP/1.1\r\n" HOST "X-Long: ");
  DspHttpOptions options;
  guint status;

  /* With its memory used up the library may just stop reading: the deadline ends that. */
  dsp_http_options_init (&options);
  options.header_ms = 500;
  start (self, &options);

  for (guint i = 0; i < 5000; i++)
    g_string_append_printf (many, "X-%u: %u\r\n", i, i);
  g_string_append (many, "\r\n");
  status = ask_once (self, many->str);
  g_assert_true (status == 431 || status == 413 || status == 0);

  for (guint i = 0; i < 64; i++)
    g_string_append_printf (some, "X-%u: %u\r\n", i, i);
  g_string_append (some, "\r\n");
  g_assert_cmpuint (ask_once (self, some->str), ==, 431);

  for (guint i = 0; i < 63; i++)
    g_string_append_printf (enough, "X-%u: %u\r\n", i, i);
  g_string_append (enough, "\r\n");
  g_assert_cmpuint (ask_once (self, enough->str), ==, 200);

  for (guint i = 0; i < 5000; i++)
    g_string_append (args, "a&");
  g_string_append (args, " HTTP/1.1\r\n" HOST "\r\n");
  status = ask_once (self, args->str);
  g_assert_true (status == 414 || status == 431 || status == 413 || status == 0);

  for (guint i = 0; i < 2500; i++)
    g_string_append_c (target, 'a');
  g_string_append (target, " HTTP/1.1\r\n" HOST "\r\n");
  g_assert_cmpuint (ask_once (self, target->str), ==, 414);

  for (guint i = 0; i < 64 * 1024; i++)
    g_string_append_c (field, 'a');
  g_string_append (field, "\r\n\r\n");
  status = ask_once (self, field->str);
  g_assert_true (status == 431 || status == 413 || status == 0);

  g_assert_cmpuint (ask_once (self, GET ("/v1/ping")), ==, 200);
}

static void
test_bodies (Fixture       *self,
             gconstpointer  data)
{
  g_autoptr(Client) client = client_new (self);
  g_auto(Reply) reply = { 0 };
  g_autofree char *large = g_malloc (262144);
  gsize file_length = 3 * 1024 * 1024 + 17;
  g_autofree char *file = g_malloc (file_length);
  g_autofree char *head = g_strdup_printf ("PUT /v1/files/x HTTP/1.1\r\n" HOST "Content-Length: %" G_GSIZE_FORMAT
                                           "\r\n\r\n", file_length);
  g_autofree char *expected = g_strdup_printf ("{\"length\":%" G_GSIZE_FORMAT ",\"sum\":%" G_GSIZE_FORMAT "}",
                                               file_length, file_length);

  memset (large, ' ', 262144);
  memset (file, 1, file_length);

  client_send (client, "POST /v1/commands HTTP/1.1\r\n" HOST "Content-Type: application/json; charset=utf-8\r\n"
               "Content-Length: 262144\r\n\r\n");
  g_assert_true (client_send_data (client, large, 262144));
  g_assert_true (client_read (client, &reply));
  g_assert_cmpuint (reply.status, ==, 200);
  g_assert_cmpstr (reply.body, ==, "{\"length\":262144}");

  g_assert_cmpuint (ask (client, "POST /v1/commands HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n", &reply), ==, 200);
  g_assert_cmpstr (reply.body, ==, "{\"length\":0}");

  client_send (client, head);
  g_assert_true (client_send_data (client, file, file_length));
  g_assert_true (client_read (client, &reply));
  g_assert_cmpuint (reply.status, ==, 200);
  g_assert_cmpstr (reply.body, ==, expected);

  /* A client that asks first is told before it sends. */
  g_assert_cmpuint (ask (client, "POST /v1/commands HTTP/1.1\r\n" HOST "Content-Type: application/json\r\n"
                         "Expect: 100-continue\r\nContent-Length: 900000000\r\n\r\n", &reply), ==, 413);
  g_assert_true (client_sees_end (client));
}

static void
test_compression (Fixture       *self,
                  gconstpointer  data)
{
  g_autoptr(Client) client = client_new (self);
  g_auto(Reply) reply = { 0 };
  g_autofree char *out = g_malloc (100000);
  z_stream stream = { 0 };

  g_assert_cmpuint (ask (client, "GET /v1/big?n=100000 HTTP/1.1\r\n" HOST "Accept-Encoding: gzip, zstd\r\n\r\n",
                         &reply), ==, 200);
  g_assert_nonnull (strstr (reply.head, "Content-Encoding: zstd\r\n"));
  g_assert_nonnull (strstr (reply.head, "Vary: Accept-Encoding\r\n"));
  g_assert_cmpuint (reply.length, <, 1000);
  g_assert_cmpuint (ZSTD_decompress (out, 100000, reply.body, reply.length), ==, 100000);
  g_assert_cmpint (out[99999], ==, 'x');

  g_assert_cmpuint (ask (client, "GET /v1/big?n=100000 HTTP/1.1\r\n" HOST "Accept-Encoding: zstd;q=0, gzip\r\n\r\n",
                         &reply), ==, 200);
  g_assert_nonnull (strstr (reply.head, "Content-Encoding: gzip\r\n"));
  stream.next_in = (Bytef *) reply.body;
  stream.avail_in = reply.length;
  stream.next_out = (Bytef *) out;
  stream.avail_out = 100000;
  g_assert_cmpint (inflateInit2 (&stream, 15 + 16), ==, Z_OK);
  g_assert_cmpint (inflate (&stream, Z_FINISH), ==, Z_STREAM_END);
  g_assert_cmpuint (stream.total_out, ==, 100000);
  inflateEnd (&stream);

  g_assert_cmpuint (ask (client, "GET /v1/big?n=1000 HTTP/1.1\r\n" HOST "Accept-Encoding: zstd\r\n\r\n", &reply), ==,
                    200);
  g_assert_null (strstr (reply.head, "Content-Encoding"));
  g_assert_cmpuint (reply.length, ==, 1000);

  g_assert_cmpuint (ask (client, "GET /v1/secret?n=100000 HTTP/1.1\r\n" HOST "Accept-Encoding: zstd\r\n\r\n", &reply),
                    ==, 200);
  g_assert_null (strstr (reply.head, "Content-Encoding"));

  /* Above 1 MiB the library pulls the body piece by piece. */
  g_assert_cmpuint (ask (client, GET ("/v1/big?n=5000000"), &reply), ==, 200);
  g_assert_cmpuint (reply.length, ==, 5000000);
  g_assert_cmpint (reply.body[4999999], ==, 'x');
}

static void
test_files (Fixture       *self,
            gconstpointer  data)
{
  g_autoptr(Client) client = client_new (self);
  g_auto(Reply) reply = { 0 };

  for (guint i = 0; i < 3; i++)
    {
      g_assert_cmpuint (ask (client, GET ("/v1/download"), &reply), ==, 200);
      g_assert_cmpuint (reply.length, ==, 3000000);
      g_assert_cmpint (reply.body[0], ==, 'y');
      g_assert_cmpint (reply.body[2999999], ==, 'y');
      g_assert_nonnull (strstr (reply.head, "Content-Type: application/pdf\r\n"));
      g_assert_nonnull (strstr (reply.head, "filename*=UTF-8''caf%C3%A9.pdf\r\n"));
    }
}

static void
test_reply_fields (Fixture       *self,
                   gconstpointer  data)
{
  g_autoptr(Client) client = client_new (self);
  g_auto(Reply) reply = { 0 };

  g_assert_cmpuint (ask (client, GET ("/v1/field?value=plain%20text"), &reply), ==, 200);
  g_assert_nonnull (strstr (reply.head, "X-Test: plain text\r\n"));
}

static void
test_token_needed (Fixture       *self,
                   gconstpointer  data)
{
  g_autoptr(Client) client = client_new (self);
  g_auto(Reply) reply = { 0 };

  g_assert_cmpuint (ask (client, GET ("/v1/private"), &reply), ==, 401);
  g_assert_nonnull (strstr (reply.head, "WWW-Authenticate: Bearer\r\n"));
  g_assert_nonnull (strstr (reply.body, "{\"error\":{\"code\":\"sign_in\",\"message\":\""));
}

static void
test_socket_only (Fixture       *self,
                  gconstpointer  data)
{
  g_assert_cmpuint (ask_once (self, GET ("/v1/admin")), ==, self->transport == UNIX ? 200 : 404);
}

static void
test_unix_socket (Fixture       *self,
                  gconstpointer  data)
{
  struct stat info;
  struct sockaddr_un address = { .sun_family = AF_UNIX };
  g_autoptr(GError) error = NULL;
  DspHttpOptions options;
  int stale;

  /* Left by a server that was killed: bound, nobody listens */
  g_strlcpy (address.sun_path, self->socket_path, sizeof address.sun_path);
  stale = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (bind (stale, (struct sockaddr *) &address, sizeof address), ==, 0);
  close (stale);

  start (self, NULL);
  g_assert_cmpint (g_stat (self->socket_path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
  g_assert_cmpuint (ask_once (self, GET ("/v1/admin")), ==, 200);
  g_assert_cmpuint (ask_once (self, "GET /v1/admin HTTP/1.1\r\n" HOST "X-Forwarded-For: 10.0.0.1\r\n\r\n"), ==, 400);

  /* One that is in use is not taken away. */
  dsp_http_options_init (&options);
  options.unix_path = self->socket_path;
  options.dispatch = dispatch;
  g_assert_null (dsp_http_new (&options, &error));
  g_assert_error (error, DSP_HTTP_ERROR, DSP_HTTP_ERROR_LISTEN);
  g_assert_cmpuint (ask_once (self, GET ("/v1/admin")), ==, 200);

  dsp_http_stop (self->http);
  g_assert_false (g_file_test (self->socket_path, G_FILE_TEST_EXISTS));
}

static void
test_hosts (Fixture       *self,
            gconstpointer  data)
{
  const char *hosts[] = { "despacho.example", "[::1]", NULL };
  DspHttpOptions options;

  dsp_http_options_init (&options);
  options.allowed_hosts = hosts;
  start (self, &options);

  g_assert_cmpuint (ask_once (self, "GET /v1/ping HTTP/1.1\r\nHost: Despacho.example:8443\r\n\r\n"), ==, 200);
  g_assert_cmpuint (ask_once (self, "GET /v1/ping HTTP/1.1\r\nHost: [::1]\r\n\r\n"), ==, 200);
  g_assert_cmpuint (ask_once (self, "GET /v1/ping HTTP/1.1\r\nHost: [::1]:80\r\n\r\n"), ==, 200);
  g_assert_cmpuint (ask_once (self, "GET /v1/ping HTTP/1.1\r\nHost: attacker.example\r\n\r\n"), ==, 400);
}

static void
test_proxy (Fixture       *self,
            gconstpointer  data)
{
  const char *proxies[] = { "127.0.0.5", NULL };
  const char *request = "GET /v1/thread/a?a=1 HTTP/1.1\r\n" HOST "X-Forwarded-For: 1.2.3.4, 192.0.2.7\r\n\r\n";
  DspHttpOptions options;
  g_autoptr(Client) proxy = NULL;
  g_autoptr(Client) liar = NULL;
  g_auto(Reply) reply = { 0 };

  dsp_http_options_init (&options);
  options.trusted_proxies = proxies;
  start (self, &options);

  proxy = client_new_from (self, "127.0.0.5");
  g_assert_cmpuint (ask (proxy, request, &reply), ==, 200);
  g_assert_nonnull (strstr (reply.body, "\"from\":\"192.0.2.7\""));
  liar = client_new_from (self, "127.0.0.6");
  g_assert_cmpuint (ask (liar, request, &reply), ==, 200);
  g_assert_nonnull (strstr (reply.body, "\"from\":\"127.0.0.6\""));
}

static void
test_certificate_persists (Fixture       *self,
                           gconstpointer  data)
{
  g_autofree char *key_path = g_build_filename (self->folder, "server-key.pem", NULL);
  g_autofree char *certificate_path = g_build_filename (self->folder, "server-certificate.pem", NULL);
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *third = NULL;
  g_autofree char *key = NULL;
  g_autoptr(Client) open = NULL;
  g_autoptr(GError) error = NULL;
  g_auto(Reply) reply = { 0 };
  struct stat info;
  const gnutls_datum_t *chain;
  unsigned int n;
  guchar digest[32];
  size_t length = sizeof digest;
  g_autoptr(GString) seen = g_string_new (NULL);

  start (self, NULL);
  first = dsp_http_dup_fingerprint (self->http);
  g_assert_cmpuint (strlen (first), ==, 95);
  g_assert_cmpint (g_stat (key_path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);
  g_assert_cmpint (g_stat (certificate_path, &info), ==, 0);
  g_assert_cmpuint (info.st_mode & 0777, ==, 0600);

  open = client_new (self);
  chain = gnutls_certificate_get_peers (open->tls, &n);
  g_assert_cmpuint (n, ==, 1);
  gnutls_fingerprint (GNUTLS_DIG_SHA256, chain, digest, &length);
  for (guint i = 0; i < length; i++)
    g_string_append_printf (seen, "%s%02x", i > 0 ? ":" : "", digest[i]);
  g_assert_cmpstr (seen->str, ==, first);
  g_assert_cmpint (gnutls_protocol_get_version (open->tls), >=, GNUTLS_TLS1_2);
  g_clear_pointer (&open, client_free);

  dsp_http_free (g_steal_pointer (&self->http));
  start (self, NULL);
  second = dsp_http_dup_fingerprint (self->http);
  g_assert_cmpstr (first, ==, second);

  /* A damaged pair is refused and the old one stays in use. */
  open = client_new (self);
  g_assert_true (g_file_get_contents (key_path, &key, NULL, NULL));
  g_assert_true (g_file_set_contents (key_path, "nonsense", -1, NULL));
  g_assert_false (dsp_http_reload_certificate (self->http, &error));
  g_assert_error (error, DSP_HTTP_ERROR, DSP_HTTP_ERROR_CERTIFICATE);
  g_assert_cmpuint (ask_once (self, GET ("/v1/ping")), ==, 200);
  g_assert_true (g_file_set_contents (key_path, key, -1, NULL));
  g_assert_true (dsp_http_reload_certificate (self->http, NULL));
  third = dsp_http_dup_fingerprint (self->http);
  g_assert_cmpstr (first, ==, third);
  g_assert_cmpuint (ask (open, GET ("/v1/ping"), &reply), ==, 200);
}

static void
test_certificate_swap (Fixture       *self,
                       gconstpointer  data)
{
  g_autofree char *key_path = g_build_filename (self->folder, "server-key.pem", NULL);
  g_autofree char *certificate_path = g_build_filename (self->folder, "server-certificate.pem", NULL);
  g_autofree char *old_key = NULL;
  g_autofree char *old_certificate = NULL;
  g_autofree char *first = NULL;
  g_autofree char *second = NULL;
  g_autofree char *now = NULL;
  g_autoptr(Client) open = NULL;
  g_auto(Reply) reply = { 0 };

  start (self, NULL);
  first = dsp_http_dup_fingerprint (self->http);
  g_file_get_contents (key_path, &old_key, NULL, NULL);
  g_file_get_contents (certificate_path, &old_certificate, NULL, NULL);
  dsp_http_free (g_steal_pointer (&self->http));
  g_unlink (certificate_path);

  start (self, NULL);
  second = dsp_http_dup_fingerprint (self->http);
  g_assert_cmpstr (first, !=, second);
  open = client_new (self);
  g_assert_cmpuint (ask (open, GET ("/v1/ping"), &reply), ==, 200);

  g_assert_true (g_file_set_contents (key_path, old_key, -1, NULL));
  g_assert_true (g_file_set_contents (certificate_path, old_certificate, -1, NULL));
  g_assert_true (dsp_http_reload_certificate (self->http, NULL));
  now = dsp_http_dup_fingerprint (self->http);
  g_assert_cmpstr (now, ==, first);
  g_assert_cmpuint (ask (open, GET ("/v1/ping"), &reply), ==, 200);
  g_assert_cmpuint (ask_once (self, GET ("/v1/ping")), ==, 200);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  signal (SIGPIPE, SIG_IGN);

  ADD_ALL ("keeps-connections", set_up_started, test_keep_alive)
  ADD_ALL ("refuses-faults-and-serves-nothing-after", set_up_started, test_faults)
  ADD_ALL ("refuses-head", set_up_started, test_head)
  ADD_ALL ("cuts-at-nul-at-worst", set_up_started, test_raw_nul)
  ADD_ALL ("refuses-too-much", set_up, test_too_much)
  ADD_ALL ("takes-bodies-up-to-the-cap", set_up_started, test_bodies)
  ADD_ALL ("compresses", set_up_started, test_compression)
  ADD_ALL ("sends-files", set_up_started, test_files)
  ADD_ALL ("sends-fields", set_up_started, test_reply_fields)
  ADD_ALL ("socket-only-routes", set_up_started, test_socket_only)
  ADD ("/http/plain/token-needed", PLAIN, set_up_started, test_token_needed);
  ADD ("/http/plain/only-known-hosts", PLAIN, set_up, test_hosts);
  ADD ("/http/plain/forwarded-address-only-from-proxies", PLAIN, set_up, test_proxy);
  ADD ("/http/unix/replaces-stale-socket", UNIX, set_up, test_unix_socket);
  ADD ("/http/tls/certificate-persists", TLS, set_up, test_certificate_persists);
  ADD ("/http/tls/certificate-swap", TLS, set_up, test_certificate_swap);

  return g_test_run ();
}
