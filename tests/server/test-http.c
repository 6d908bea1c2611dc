/* test-http.c: the HTTP layer against raw sockets: plain, TLS and UNIX
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The owner's side here is a handful of routes that show who answered and when. Deadlines are options, set so short
 * that they can be waited for; every wait has a bound.
 */
#include "config.h"
#include "dsp-http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#define PATIENCE_S 10

typedef enum { PLAIN, TLS, UNIX } Transport;

typedef struct {
  Transport    transport;
  char        *folder;
  char        *socket_path;
  DspHttp     *http;
  GThreadPool *pool;

  GMutex       lock;
  GCond        changed;
  GQueue       waiters;   /* DspRequest */
  GQueue       kept;      /* DspRequest: of v1/stuck */
  guint        n_gone;
  guint        n_shutdown;
  guint        n_dispatched;
  char        *url_token;
} Fixture;

enum { PING, THREAD, COMMANDS, FILES, CHANGES, WAKE, BIG, SECRET, PRIVATE, ADMIN, STUCK, FIELD, DOWNLOAD };

static const DspRoute routes[] = {
  { DSP_METHOD_GET, "v1/ping", 0, DSP_ROUTE_NONE, PING, NULL },
  { DSP_METHOD_GET, "v1/thread/*", 0, DSP_ROUTE_NONE, THREAD, NULL },
  { DSP_METHOD_POST, "v1/commands", 256 * 1024, DSP_ROUTE_NONE, COMMANDS, NULL },
  { DSP_METHOD_PUT, "v1/files/*", 10 * 1024 * 1024, DSP_ROUTE_SPOOL, FILES, NULL },
  { DSP_METHOD_GET, "v1/changes", 0, DSP_ROUTE_MAY_WAIT, CHANGES, NULL },
  { DSP_METHOD_GET, "v1/wake", 0, DSP_ROUTE_NONE, WAKE, NULL },
  { DSP_METHOD_GET, "v1/big", 0, DSP_ROUTE_NONE, BIG, NULL },
  { DSP_METHOD_GET, "v1/secret", 0, DSP_ROUTE_NO_COMPRESS, SECRET, NULL },
  { DSP_METHOD_GET, "v1/private", 0, DSP_ROUTE_NEEDS_TOKEN, PRIVATE, NULL },
  { DSP_METHOD_GET, "v1/admin", 0, DSP_ROUTE_SOCKET_ONLY, ADMIN, NULL },
  { DSP_METHOD_GET, "v1/stuck", 0, DSP_ROUTE_NONE, STUCK, NULL },
  { DSP_METHOD_GET, "v1/field", 0, DSP_ROUTE_NONE, FIELD, NULL },
  { DSP_METHOD_GET, "v1/download", 0, DSP_ROUTE_NONE, DOWNLOAD, NULL },
};

/* The owner */

static void
wait_ended (DspRequest *request,
            DspWaitEnd  end,
            gpointer    data)
{
  Fixture *self = data;
  gboolean mine;

  g_mutex_lock (&self->lock);
  mine = g_queue_remove (&self->waiters, request);
  self->n_gone += end == DSP_WAIT_GONE;
  self->n_shutdown += end == DSP_WAIT_SHUTDOWN;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);

  if (mine)
    dsp_request_reply_json (request, 200, "{\"news\":false}");
}

static void
reply_big (DspRequest *request)
{
  gsize n = g_ascii_strtoull (dsp_request_get_arg (request, "n"), NULL, 10);
  char *text = g_malloc (n);
  g_autoptr(GBytes) body = NULL;

  memset (text, 'x', n);
  body = g_bytes_new_take (text, n);
  dsp_request_reply (request, 200, "text/plain", body, NULL);
}

static void
reply_file (DspRequest *request,
            Fixture    *self)
{
  g_autofree char *path = g_build_filename (self->folder, "file", NULL);
  g_autofree char *text = g_strnfill (3000000, 'y');
  const char *fields[] = { "Content-Disposition", "attachment; filename*=UTF-8''caf%C3%A9.pdf", NULL };

  g_assert_true (g_file_set_contents (path, text, 3000000, NULL));
  dsp_request_reply_file (request, 200, "application/pdf", g_open (path, O_RDONLY | O_CLOEXEC, 0), 3000000, fields);
}

static void
work (gpointer item,
      gpointer data)
{
  DspRequest *request = item;
  Fixture *self = data;
  g_autofree char *text = NULL;
  const char *key;

  switch (dsp_request_get_route (request)->id)
    {
    case THREAD:
      text = g_strdup_printf ("{\"path\":\"%s\",\"segment\":\"%s\",\"a\":\"%s\",\"from\":\"%s\"}",
                              dsp_request_get_path (request), dsp_request_get_segment (request, 2),
                              dsp_request_get_arg (request, "a"), dsp_request_get_address (request));
      dsp_request_reply_json (request, 200, text);
      break;
    case COMMANDS:
      text = g_strdup_printf ("{\"length\":%" G_GSIZE_FORMAT "}", g_bytes_get_size (dsp_request_get_body (request)));
      dsp_request_reply_json (request, 200, text);
      break;
    case FILES:
      {
        guint64 sum = 0;
        guchar buffer[65536];
        ssize_t n;

        while ((n = read (dsp_request_get_body_fd (request), buffer, sizeof buffer)) > 0)
          for (ssize_t i = 0; i < n; i++)
            sum += buffer[i];
        text = g_strdup_printf ("{\"length\":%" G_GSIZE_FORMAT ",\"sum\":%" G_GUINT64_FORMAT "}",
                                dsp_request_get_body_size (request), sum);
        dsp_request_reply_json (request, 200, text);
      }
      break;
    case WAKE:
      {
        GQueue woken = G_QUEUE_INIT;

        g_mutex_lock (&self->lock);
        woken = self->waiters;
        g_queue_init (&self->waiters);
        g_mutex_unlock (&self->lock);
        for (DspRequest *waiter; (waiter = g_queue_pop_head (&woken)) != NULL;)
          dsp_request_reply_json (waiter, 200, "{\"news\":true}");
        dsp_request_reply_json (request, 200, "{}");
      }
      break;
    case PRIVATE:
      key = dsp_request_get_token (request);
      if (strcmp (key, "revoked") == 0)
        dsp_request_reply_error (request, 401, "sign_in", "the session has ended");
      else if (!dsp_request_sign_in (request, key))
        dsp_request_refuse (request);
      else
        dsp_request_reply_json (request, 200, "{}");
      break;
    case DOWNLOAD:
      reply_file (request, self);
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
dispatch (DspRequest *request,
          gpointer    data)
{
  Fixture *self = data;
  const char *values[] = { "X-Test", dsp_request_get_arg (request, "value"), NULL };
  gboolean waits;

  g_mutex_lock (&self->lock);
  self->n_dispatched++;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);

  switch (dsp_request_get_route (request)->id)
    {
    case PING:
      dsp_request_reply_json (request, 200, "{\"ok\":true}");
      break;
    case BIG:
    case SECRET:
      reply_big (request);
      break;
    case ADMIN:
      g_assert_true (dsp_request_is_unix (request));
      g_assert_cmpuint (dsp_request_get_peer_uid (request), ==, getuid ());
      dsp_request_reply_json (request, 200, "{\"admin\":true}");
      break;
    case CHANGES:
      g_mutex_lock (&self->lock);
      if (dsp_request_get_token (request) != NULL)
        g_assert_true (dsp_request_sign_in (request, dsp_request_get_token (request)));
      waits = dsp_request_set_wait (request, g_ascii_strtoull (dsp_request_get_arg (request, "ms"), NULL, 10),
                                    wait_ended, self);
      if (waits)
        g_queue_push_tail (&self->waiters, request);
      g_cond_broadcast (&self->changed);
      g_mutex_unlock (&self->lock);
      if (!waits)
        dsp_request_refuse (request);
      break;
    case STUCK:
      g_mutex_lock (&self->lock);
      g_queue_push_tail (&self->kept, request);
      g_cond_broadcast (&self->changed);
      g_mutex_unlock (&self->lock);
      break;
    case FIELD:
      dsp_request_reply (request, 200, "application/json", NULL, values);
      break;
    default:
      g_thread_pool_push (self->pool, request, NULL);
    }
}

static void
url_token (const char *token,
           gpointer    data)
{
  Fixture *self = data;

  g_free (self->url_token);
  self->url_token = g_strdup (token);
}

static void
start (Fixture              *self,
       const DspHttpOptions *changed)
{
  g_autoptr(GError) error = NULL;
  DspHttpOptions options;

  if (changed != NULL)
    options = *changed;
  else
    dsp_http_options_init (&options);

  options.routes = routes;
  options.n_routes = G_N_ELEMENTS (routes);
  options.dispatch = dispatch;
  options.url_token = url_token;
  options.user_data = self;
  options.spool_folder = self->folder;
  if (self->transport == UNIX)
    options.unix_path = self->socket_path;
  else
    {
      options.tcp_host = "127.0.0.1";
      options.tcp_port = 0;
      options.tls = self->transport == TLS;
      options.tls_folder = self->folder;
    }

  self->http = dsp_http_new (&options, &error);
  g_assert_no_error (error);
}

static void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->transport = GPOINTER_TO_INT (data);
  self->folder = g_dir_make_tmp ("dsp-http-XXXXXX", NULL);
  self->socket_path = g_build_filename (self->folder, "socket", NULL);
  self->pool = g_thread_pool_new (work, self, 2, FALSE, NULL);
}

static void
set_up_started (Fixture       *self,
                gconstpointer  data)
{
  set_up (self, data);
  start (self, NULL);
}

static void
tear_down (Fixture       *self,
           gconstpointer  data)
{
  g_autoptr(GDir) dir = NULL;
  const char *name;

  if (self->http != NULL)
    dsp_http_stop (self->http);
  for (DspRequest *request; (request = g_queue_pop_head (&self->kept)) != NULL;)
    dsp_request_reply_json (request, 200, "{}");
  g_thread_pool_free (self->pool, FALSE, TRUE);
  dsp_http_free (self->http);
  g_assert_cmpuint (self->waiters.length, ==, 0);

  dir = g_dir_open (self->folder, 0, NULL);
  while ((name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (self->folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (self->folder);
  g_free (self->folder);
  g_free (self->socket_path);
  g_free (self->url_token);
}

/* The client */

typedef struct {
  int                               fd;
  gnutls_session_t                  tls;
  gnutls_certificate_credentials_t  credentials;
  GString                          *in;
} Client;

typedef struct {
  guint  status;
  char  *head;
  char  *body;
  gsize  length;
} Reply;

static void
reply_clear (Reply *reply)
{
  g_clear_pointer (&reply->head, g_free);
  g_clear_pointer (&reply->body, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reply, reply_clear)

static int
connect_from (Fixture    *self,
              const char *source)
{
  struct timeval patience = { PATIENCE_S, 0 };
  int fd, status;

  if (self->transport == UNIX)
    {
      struct sockaddr_un address = { .sun_family = AF_UNIX };

      g_strlcpy (address.sun_path, self->socket_path, sizeof address.sun_path);
      fd = socket (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
      status = connect (fd, (struct sockaddr *) &address, sizeof address);
    }
  else
    {
      struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (dsp_http_get_port (self->http)) };
      struct sockaddr_in local = { .sin_family = AF_INET };

      address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
      fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      if (source != NULL)
        {
          inet_pton (AF_INET, source, &local.sin_addr);
          g_assert_cmpint (bind (fd, (struct sockaddr *) &local, sizeof local), ==, 0);
        }
      status = connect (fd, (struct sockaddr *) &address, sizeof address);
    }
  g_assert_cmpint (status, ==, 0);
  setsockopt (fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt (fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);

  return fd;
}

static Client *
client_new_from (Fixture    *self,
                 const char *source)
{
  Client *client = g_new0 (Client, 1);

  client->fd = connect_from (self, source);
  client->in = g_string_new (NULL);

  if (self->transport == TLS)
    {
      int status;

      g_assert_cmpint (gnutls_certificate_allocate_credentials (&client->credentials), ==, 0);
      g_assert_cmpint (gnutls_init (&client->tls, GNUTLS_CLIENT), ==, 0);
      gnutls_set_default_priority (client->tls);
      gnutls_credentials_set (client->tls, GNUTLS_CRD_CERTIFICATE, client->credentials);
      gnutls_transport_set_int (client->tls, client->fd);
      do
        status = gnutls_handshake (client->tls);
      while (status < 0 && !gnutls_error_is_fatal (status));
      g_assert_cmpint (status, ==, 0);
    }

  return client;
}

static Client *
client_new (Fixture *self)
{
  return client_new_from (self, NULL);
}

static void
client_free (Client *client)
{
  close (client->fd);
  if (client->tls != NULL)
    {
      gnutls_deinit (client->tls);
      gnutls_certificate_free_credentials (client->credentials);
    }
  g_string_free (client->in, TRUE);
  g_free (client);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Client, client_free)

/* Whether all was taken: the server may close before. */
static gboolean
client_send_data (Client     *client,
                  const void *data,
                  gsize       length)
{
  const char *p = data;

  while (length > 0)
    {
      ssize_t n;

      if (client->tls != NULL)
        n = gnutls_record_send (client->tls, p, length);
      else
        n = send (client->fd, p, length, MSG_NOSIGNAL);
      if (n <= 0)
        return FALSE;
      p += n;
      length -= n;
    }

  return TRUE;
}

static gboolean
client_send (Client     *client,
             const char *text)
{
  return client_send_data (client, text, strlen (text));
}

static ssize_t
client_receive (Client *client)
{
  char buffer[65536];
  ssize_t n;

  if (client->tls != NULL)
    do
      n = gnutls_record_recv (client->tls, buffer, sizeof buffer);
    while (n == GNUTLS_E_INTERRUPTED);
  else
    do
      n = recv (client->fd, buffer, sizeof buffer, 0);
    while (n < 0 && errno == EINTR);
  if (n > 0)
    g_string_append_len (client->in, buffer, n);

  return n;
}

/* Reads one reply; FALSE when the connection ends before it is whole. */
static gboolean
client_read (Client *client,
             Reply  *reply)
{
  const char *end, *field;
  gsize head_length;

  reply_clear (reply);
  while ((end = strstr (client->in->str, "\r\n\r\n")) == NULL)
    if (client_receive (client) <= 0)
      return FALSE;

  head_length = end + 4 - client->in->str;
  reply->head = g_strndup (client->in->str, head_length);
  g_assert_true (g_str_has_prefix (reply->head, "HTTP/1."));
  reply->status = g_ascii_strtoull (reply->head + 9, NULL, 10);
  if (reply->status == 100)
    {
      g_string_erase (client->in, 0, head_length);
      return client_read (client, reply);
    }

  field = strcasestr (reply->head, "\r\nContent-Length: ");
  reply->length = field != NULL ? g_ascii_strtoull (field + 18, NULL, 10) : 0;
  while (client->in->len < head_length + reply->length)
    if (client_receive (client) <= 0)
      return FALSE;

  reply->body = g_malloc (reply->length + 1);
  memcpy (reply->body, client->in->str + head_length, reply->length);
  reply->body[reply->length] = '\0';
  g_string_erase (client->in, 0, head_length + reply->length);

  return TRUE;
}

/* Whether the server ends the connection without another byte. */
static gboolean
client_sees_end (Client *client)
{
  gsize before = client->in->len;
  ssize_t n = client_receive (client);

  if (n > 0 || client->in->len != before || before > 0)
    return FALSE;
  return n == 0 || client->tls != NULL || errno == ECONNRESET;
}

static guint
ask (Client     *client,
     const char *text,
     Reply      *reply)
{
  client_send (client, text);
  return client_read (client, reply) ? reply->status : 0;
}

static guint
ask_once (Fixture    *self,
          const char *text)
{
  g_autoptr(Client) client = client_new (self);
  g_auto(Reply) reply = { 0 };

  return ask (client, text, &reply);
}

#define HOST "Host: localhost\r\n"
#define GET(path) "GET " path " HTTP/1.1\r\n" HOST "\r\n"

static gboolean
wait_for (Fixture *self,
          guint   *value,
          guint    wanted)
{
  gint64 end = g_get_monotonic_time () + PATIENCE_S * G_USEC_PER_SEC;
  gboolean reached = TRUE;

  g_mutex_lock (&self->lock);
  while (*value < wanted && reached)
    reached = g_cond_wait_until (&self->changed, &self->lock, end);
  g_mutex_unlock (&self->lock);

  return reached;
}

/* The tests */

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
test_deadlines (Fixture       *self,
                gconstpointer  data)
{
  DspHttpOptions options;
  g_autoptr(Client) silent = NULL;
  g_autoptr(Client) dripping = NULL;
  g_autoptr(Client) slow_body = NULL;
  g_autoptr(Client) idle = NULL;
  g_autoptr(Client) deaf = NULL;
  g_auto(Reply) reply = { 0 };
  DspHttpStats stats;
  gint64 began;
  gboolean open = TRUE;
  int small = 4096;

  dsp_http_options_init (&options);
  options.header_ms = 300;
  options.body_ms = 300;
  options.idle_ms = options.unsigned_idle_ms = 300;
  options.reply_ms = 300;
  options.reply_rate = 1024 * 1024 * 1024;
  start (self, &options);

  /* Not a byte */
  began = g_get_monotonic_time ();
  silent = client_new (self);
  g_assert_true (client_sees_end (silent));
  g_assert_cmpint (g_get_monotonic_time () - began, >=, 250 * 1000);
  g_assert_cmpint (g_get_monotonic_time () - began, <, 3 * G_USEC_PER_SEC);

  /* A byte now and then, which holds off any limit on idle time */
  dripping = client_new (self);
  client_send (dripping, "GET /v1/ping HTTP/1.1\r\n" HOST "X-A: ");
  began = g_get_monotonic_time ();
  while (open && g_get_monotonic_time () - began < 5 * G_USEC_PER_SEC)
    {
      open = client_send (dripping, "a");
      g_usleep (20 * 1000);
    }
  g_assert_false (open);

  slow_body = client_new (self);
  client_send (slow_body, "POST /v1/commands HTTP/1.1\r\n" HOST "Content-Type: application/json\r\n"
               "Content-Length: 1000\r\n\r\n");
  began = g_get_monotonic_time ();
  for (open = TRUE; open && g_get_monotonic_time () - began < 5 * G_USEC_PER_SEC;)
    {
      open = client_send (slow_body, "a");
      g_usleep (20 * 1000);
    }
  g_assert_false (open);

  idle = client_new (self);
  g_assert_cmpuint (ask (idle, GET ("/v1/ping"), &reply), ==, 200);
  g_assert_true (client_sees_end (idle));

  /* Asks for much and reads nothing: 64 MB fit no buffer on the way. */
  deaf = client_new (self);
  setsockopt (deaf->fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
  client_send (deaf, GET ("/v1/big?n=64000000"));
  g_assert_true (wait_for (self, &self->n_dispatched, 2));
  began = g_get_monotonic_time ();
  do
    {
      g_usleep (10 * 1000);
      dsp_http_get_stats (self->http, &stats);
    }
  while (stats.connections > 0 && g_get_monotonic_time () - began < PATIENCE_S * G_USEC_PER_SEC);
  g_assert_cmpuint (stats.connections, ==, 0);
  g_assert_cmpuint (stats.timed_out, >=, 5);
}

static void
test_body_at_a_good_rate_is_not_cut (Fixture       *self,
                                     gconstpointer  data)
{
  DspHttpOptions options;
  g_autoptr(Client) client = NULL;
  g_auto(Reply) reply = { 0 };
  char piece[1000];

  dsp_http_options_init (&options);
  options.body_ms = 200;
  options.body_rate = 10000;
  start (self, &options);

  memset (piece, ' ', sizeof piece);
  client = client_new (self);
  client_send (client, "POST /v1/commands HTTP/1.1\r\n" HOST "Content-Type: application/json\r\n"
               "Content-Length: 20000\r\n\r\n");
  for (guint i = 0; i < 20; i++)
    {
      g_assert_true (client_send_data (client, piece, sizeof piece));
      g_usleep (25 * 1000);
    }
  g_assert_true (client_read (client, &reply));
  g_assert_cmpuint (reply.status, ==, 200);
}

static void
test_wait (Fixture       *self,
           gconstpointer  data)
{
  g_autoptr(Client) waiting = client_new (self);
  g_autoptr(Client) other = client_new (self);
  g_auto(Reply) reply = { 0 };

  /* The time is over */
  g_assert_cmpuint (ask (waiting, GET ("/v1/changes?ms=50"), &reply), ==, 200);
  g_assert_cmpstr (reply.body, ==, "{\"news\":false}");

  /* There is news; the same connection goes on */
  client_send (waiting, GET ("/v1/changes?ms=60000"));
  g_assert_true (wait_for (self, &self->waiters.length, 1));
  g_assert_cmpuint (ask (other, GET ("/v1/wake"), &reply), ==, 200);
  g_assert_true (client_read (waiting, &reply));
  g_assert_cmpstr (reply.body, ==, "{\"news\":true}");
  g_assert_cmpuint (ask (waiting, GET ("/v1/ping"), &reply), ==, 200);
}

static void
test_departure_is_noticed (Fixture       *self,
                           gconstpointer  data)
{
  Client *clients[20];
  g_autoptr(Client) half = client_new (self);
  DspHttpStats stats;
  gint64 began;

  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      clients[i] = client_new (self);
      client_send (clients[i], GET ("/v1/changes?ms=60000"));
    }
  client_send (half, GET ("/v1/changes?ms=60000"));
  g_assert_true (wait_for (self, &self->waiters.length, G_N_ELEMENTS (clients) + 1));
  dsp_http_get_stats (self->http, &stats);
  g_assert_cmpuint (stats.waiting, ==, G_N_ELEMENTS (clients) + 1);

  began = g_get_monotonic_time ();
  shutdown (half->fd, SHUT_WR);
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    client_free (clients[i]);
  g_assert_true (wait_for (self, &self->n_gone, G_N_ELEMENTS (clients) + 1));
  g_assert_cmpint (g_get_monotonic_time () - began, <, G_USEC_PER_SEC);

  /* And the descriptors are freed. */
  do
    {
      g_usleep (1000);
      dsp_http_get_stats (self->http, &stats);
    }
  while (stats.connections > 0 && g_get_monotonic_time () - began < PATIENCE_S * G_USEC_PER_SEC);
  g_assert_cmpuint (stats.connections, ==, 0);
  g_assert_cmpuint (stats.waiting, ==, 0);
  g_assert_cmpuint (stats.gone, ==, G_N_ELEMENTS (clients) + 1);
}

/* Waiting requests and plain ones share two threads: none may stall. */
static void
test_waits_beside_plain_requests (Fixture       *self,
                                  gconstpointer  data)
{
  Client *waiting[40];
  Client *plain[4];
  g_auto(Reply) reply = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (plain); i++)
    plain[i] = client_new (self);
  for (guint i = 0; i < G_N_ELEMENTS (waiting); i++)
    waiting[i] = client_new (self);

  for (guint round = 0; round < 10; round++)
    {
      for (guint i = 0; i < G_N_ELEMENTS (waiting); i++)
        {
          client_send (waiting[i], GET ("/v1/changes?ms=60000"));
          g_assert_cmpuint (ask (plain[i % 4], GET ("/v1/thread/x"), &reply), ==, 200);
          g_assert_cmpuint (ask (plain[i % 4], GET ("/v1/ping"), &reply), ==, 200);
        }
      g_assert_true (wait_for (self, &self->waiters.length, G_N_ELEMENTS (waiting)));
      g_assert_cmpuint (ask (plain[0], GET ("/v1/wake"), &reply), ==, 200);
      for (guint i = 0; i < G_N_ELEMENTS (waiting); i++)
        {
          g_assert_true (client_read (waiting[i], &reply));
          g_assert_cmpstr (reply.body, ==, "{\"news\":true}");
        }
    }

  for (guint i = 0; i < G_N_ELEMENTS (waiting); i++)
    client_free (waiting[i]);
  for (guint i = 0; i < G_N_ELEMENTS (plain); i++)
    client_free (plain[i]);
}

static void
test_connections_per_address (Fixture       *self,
                              gconstpointer  data)
{
  Client *clients[64];
  g_autoptr(Client) over = NULL;
  g_autoptr(Client) elsewhere = NULL;
  g_autoptr(Client) again = NULL;
  g_auto(Reply) reply = { 0 };

  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      clients[i] = client_new (self);
      g_assert_cmpuint (ask (clients[i], GET ("/v1/ping"), &reply), ==, 200);
    }

  over = client_new (self);
  g_assert_cmpuint (ask (over, GET ("/v1/ping"), &reply), ==, 0);
  elsewhere = client_new_from (self, "127.0.0.2");
  g_assert_cmpuint (ask (elsewhere, GET ("/v1/ping"), &reply), ==, 200);

  /* Who signs in makes room. */
  g_assert_cmpuint (ask (clients[0], "GET /v1/private HTTP/1.1\r\n" HOST "Authorization: Bearer a\r\n\r\n", &reply), ==,
                    200);
  again = client_new (self);
  g_assert_cmpuint (ask (again, GET ("/v1/ping"), &reply), ==, 200);

  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    client_free (clients[i]);
}

/* A flood of silent sockets must not keep anybody out; those that are being served are not sacrificed. */
static void
test_strangers_in_all (Fixture       *self,
                       gconstpointer  data)
{
  DspHttpOptions options;
  Client *silent[8];
  Client *busy[8];
  g_autoptr(Client) honest = NULL;
  g_autoptr(Client) over = NULL;
  g_auto(Reply) reply = { 0 };
  DspHttpStats stats;

  dsp_http_options_init (&options);
  options.max_unsigned = G_N_ELEMENTS (silent);
  options.n_threads = 1; /* accepts in order, one at a time */
  start (self, &options);

  for (guint i = 0; i < G_N_ELEMENTS (silent); i++)
    silent[i] = client_new_from (self, "127.0.0.2");
  honest = client_new_from (self, "127.0.0.3");
  g_assert_cmpuint (ask (honest, GET ("/v1/ping"), &reply), ==, 200);
  g_assert_true (client_sees_end (silent[0]));
  dsp_http_get_stats (self->http, &stats);
  g_assert_cmpuint (stats.unsigned_connections, ==, G_N_ELEMENTS (silent));

  /* The others go before the one that has asked something. */
  for (guint i = 0; i < G_N_ELEMENTS (busy) - 1; i++)
    {
      busy[i] = client_new_from (self, "127.0.0.4");
      client_send (busy[i], GET ("/v1/stuck"));
      g_assert_true (wait_for (self, &self->kept.length, i + 1));
    }
  g_assert_cmpuint (ask (honest, GET ("/v1/ping"), &reply), ==, 200);
  busy[7] = client_new_from (self, "127.0.0.4");
  client_send (busy[7], GET ("/v1/stuck"));
  g_assert_true (wait_for (self, &self->kept.length, G_N_ELEMENTS (busy)));
  g_assert_true (client_sees_end (honest));

  over = client_new_from (self, "127.0.0.100");
  g_assert_cmpuint (ask (over, GET ("/v1/ping"), &reply), ==, 0);

  for (DspRequest *request; (request = g_queue_pop_head (&self->kept)) != NULL;)
    dsp_request_reply_json (request, 200, "{}");
  for (guint i = 0; i < G_N_ELEMENTS (busy); i++)
    {
      g_assert_true (client_read (busy[i], &reply));
      g_assert_cmpuint (reply.status, ==, 200);
      client_free (busy[i]);
      client_free (silent[i]);
    }
}

/* Many silent sockets from many addresses: an honest request is answered within a second all the while. */
static void
test_flood (Fixture       *self,
            gconstpointer  data)
{
  enum { N = 1200 };
  g_autofree Client **flood = g_new0 (Client *, N);
  DspHttpStats stats;

  start (self, NULL);
  for (guint i = 0; i < N; i++)
    {
      g_autofree char *source = g_strdup_printf ("127.0.1.%u", 1 + i % 40);

      flood[i] = client_new_from (self, source);
      if (i % 100 == 99)
        {
          gint64 began = g_get_monotonic_time ();
          g_autoptr(Client) honest = client_new (self);
          g_auto(Reply) reply = { 0 };

          g_assert_cmpuint (ask (honest, GET ("/v1/ping"), &reply), ==, 200);
          g_assert_cmpint (g_get_monotonic_time () - began, <, G_USEC_PER_SEC);
          dsp_http_get_stats (self->http, &stats);
          g_assert_cmpuint (stats.unsigned_connections, <=, 500 + 2);
        }
    }

  for (guint i = 0; i < N; i++)
    client_free (flood[i]);
  g_assert_cmpuint (ask_once (self, GET ("/v1/ping")), ==, 200);
}

/* At its limit the library stops accepting, and goes on when there is room. */
static void
test_connection_limit (Fixture       *self,
                       gconstpointer  data)
{
  DspHttpOptions options;
  Client *clients[40];
  gint64 began;

  dsp_http_options_init (&options);
  options.connection_limit = 16;
  options.header_ms = 300;
  start (self, &options);

  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    clients[i] = client_new (self);
  began = g_get_monotonic_time ();
  g_assert_cmpuint (ask_once (self, GET ("/v1/ping")), ==, 200);
  g_assert_cmpint (g_get_monotonic_time () - began, <, 5 * G_USEC_PER_SEC);
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    client_free (clients[i]);
  g_assert_cmpuint (ask_once (self, GET ("/v1/ping")), ==, 200);
}

static void
test_connections_per_token (Fixture       *self,
                            gconstpointer  data)
{
  Client *clients[6];
  g_autoptr(Client) over = client_new (self);
  g_autoptr(Client) other = client_new (self);
  g_auto(Reply) reply = { 0 };
  const char *request = "GET /v1/private HTTP/1.1\r\n" HOST "Authorization: Bearer a\r\n\r\n";

  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      clients[i] = client_new (self);
      g_assert_cmpuint (ask (clients[i], request, &reply), ==, 200);
      g_assert_cmpuint (ask (clients[i], request, &reply), ==, 200);
    }
  g_assert_cmpuint (ask (over, request, &reply), ==, 429);
  g_assert_nonnull (strstr (reply.head, "Retry-After: "));
  g_assert_true (client_sees_end (over));
  g_assert_cmpuint (ask (other, "GET /v1/private HTTP/1.1\r\n" HOST "Authorization: Bearer b\r\n\r\n", &reply), ==,
                    200);

  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    client_free (clients[i]);
}

static void
test_waits_per_token (Fixture       *self,
                      gconstpointer  data)
{
  g_autoptr(Client) a = client_new (self);
  g_autoptr(Client) b = client_new (self);
  g_autoptr(Client) c = client_new (self);
  g_autoptr(Client) d = client_new (self);
  g_auto(Reply) reply = { 0 };
  const char *request = "GET /v1/changes?ms=60000 HTTP/1.1\r\n" HOST "Authorization: Bearer a\r\n\r\n";

  client_send (a, request);
  client_send (b, request);
  g_assert_true (wait_for (self, &self->waiters.length, 2));
  g_assert_cmpuint (ask (c, request, &reply), ==, 429);
  g_assert_true (client_sees_end (c));

  /* Answered ones no longer count. */
  g_assert_cmpuint (ask (d, GET ("/v1/wake"), &reply), ==, 200);
  g_assert_true (client_read (a, &reply));
  client_send (a, request);
  g_assert_true (wait_for (self, &self->waiters.length, 1));
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

/* Whose token was refused is a stranger again. */
static void
test_sign_out (Fixture       *self,
               gconstpointer  data)
{
  g_autoptr(Client) client = client_new (self);
  g_auto(Reply) reply = { 0 };
  DspHttpStats stats;

  g_assert_cmpuint (ask (client, "GET /v1/private HTTP/1.1\r\n" HOST "Authorization: Bearer a\r\n\r\n", &reply), ==,
                    200);
  dsp_http_get_stats (self->http, &stats);
  g_assert_cmpuint (stats.unsigned_connections, ==, 0);
  g_assert_cmpuint (ask (client, "GET /v1/private HTTP/1.1\r\n" HOST "Authorization: Bearer revoked\r\n\r\n", &reply),
                    ==, 401);
  dsp_http_get_stats (self->http, &stats);
  g_assert_cmpuint (stats.unsigned_connections, ==, 1);
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
test_stop_with_waits (Fixture       *self,
                      gconstpointer  data)
{
  Client *clients[20];
  g_autoptr(Client) idle = client_new (self);
  g_auto(Reply) reply = { 0 };
  gint64 began;

  g_assert_cmpuint (ask (idle, GET ("/v1/ping"), &reply), ==, 200);
  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      clients[i] = client_new (self);
      client_send (clients[i], GET ("/v1/changes?ms=60000"));
    }
  g_assert_true (wait_for (self, &self->waiters.length, G_N_ELEMENTS (clients)));

  began = g_get_monotonic_time ();
  dsp_http_stop (self->http);
  g_assert_cmpint (g_get_monotonic_time () - began, <, 3 * G_USEC_PER_SEC);
  g_assert_cmpuint (self->n_shutdown, ==, G_N_ELEMENTS (clients));

  for (guint i = 0; i < G_N_ELEMENTS (clients); i++)
    {
      const char *field;
      guint64 seconds;

      g_assert_true (client_read (clients[i], &reply));
      g_assert_cmpuint (reply.status, ==, 503);
      field = strstr (reply.head, "Retry-After: ");
      g_assert_nonnull (field);
      seconds = g_ascii_strtoull (field + 13, NULL, 10);
      g_assert_cmpuint (seconds, >=, 1);
      g_assert_cmpuint (seconds, <=, 10);
      client_free (clients[i]);
    }
  g_assert_true (client_sees_end (idle));
}

/* A worker that does not answer in time must not hold the server, and may answer when all is over. */
static void
test_stop_with_a_stuck_worker (Fixture       *self,
                               gconstpointer  data)
{
  DspHttpOptions options;
  g_autoptr(Client) client = NULL;
  g_auto(Reply) reply = { 0 };

  dsp_http_options_init (&options);
  options.stop_ms = 100;
  start (self, &options);

  client = client_new (self);
  client_send (client, GET ("/v1/stuck"));
  g_assert_true (wait_for (self, &self->kept.length, 1));
  dsp_http_stop (self->http);
  g_assert_true (client_read (client, &reply));
  g_assert_cmpuint (reply.status, ==, 503);

  dsp_http_free (g_steal_pointer (&self->http));
  dsp_request_reply_json (g_queue_pop_head (&self->kept), 200, "{}");
}

static void
test_stop_lets_work_end (Fixture       *self,
                         gconstpointer  data)
{
  g_autoptr(Client) client = client_new (self);
  g_autoptr(GThread) stopper = NULL;
  g_auto(Reply) reply = { 0 };
  DspRequest *request;

  client_send (client, GET ("/v1/stuck"));
  g_assert_true (wait_for (self, &self->kept.length, 1));
  stopper = g_thread_new ("stopper", (GThreadFunc) (void (*) (void)) dsp_http_stop, self->http);
  request = g_queue_pop_head (&self->kept);
  dsp_request_reply_json (request, 200, "{\"done\":true}");
  g_assert_true (client_read (client, &reply));
  g_assert_cmpuint (reply.status, ==, 200);
  g_thread_join (g_steal_pointer (&stopper));
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

static void
test_handshake_deadline (Fixture       *self,
                         gconstpointer  data)
{
  DspHttpOptions options;
  char byte;
  int fd;

  dsp_http_options_init (&options);
  options.header_ms = 300;
  start (self, &options);

  fd = connect_from (self, NULL);
  g_assert_cmpint (send (fd, "\x16\x03\x01", 3, MSG_NOSIGNAL), ==, 3);
  g_assert_cmpint (recv (fd, &byte, 1, 0), <=, 0);
  close (fd);

  /* Plain HTTP to the TLS port */
  fd = connect_from (self, NULL);
  g_assert_cmpint (send (fd, GET ("/v1/ping"), strlen (GET ("/v1/ping")), MSG_NOSIGNAL), >, 0);
  while (recv (fd, &byte, 1, 0) > 0)
    g_assert_cmpint (byte, !=, '{');
  close (fd);
  g_assert_cmpuint (ask_once (self, GET ("/v1/ping")), ==, 200);
}

int
main (int   argc,
      char *argv[])
{
  const char *transports[] = { "plain", "tls", "unix" };

  g_test_init (&argc, &argv, NULL);
  signal (SIGPIPE, SIG_IGN);

#define ADD(path, data, set_up_func, test) \
  g_test_add (path, Fixture, GINT_TO_POINTER (data), set_up_func, test, tear_down)
#define ADD_ALL(name, set_up_func, test) \
  for (int i = PLAIN; i <= UNIX; i++) \
    { \
      g_autofree char *path = g_strdup_printf ("/http/%s/" name, transports[i]); \
      ADD (path, i, set_up_func, test); \
    }

  ADD_ALL ("keeps-connections", set_up_started, test_keep_alive)
  ADD_ALL ("refuses-faults-and-serves-nothing-after", set_up_started, test_faults)
  ADD_ALL ("refuses-head", set_up_started, test_head)
  ADD_ALL ("cuts-at-nul-at-worst", set_up_started, test_raw_nul)
  ADD_ALL ("refuses-too-much", set_up, test_too_much)
  ADD_ALL ("takes-bodies-up-to-the-cap", set_up_started, test_bodies)
  ADD_ALL ("compresses", set_up_started, test_compression)
  ADD_ALL ("sends-files", set_up_started, test_files)
  ADD_ALL ("sends-fields", set_up_started, test_reply_fields)
  ADD_ALL ("closes-at-deadlines", set_up, test_deadlines)
  ADD_ALL ("lets-slow-but-steady-bodies-in", set_up, test_body_at_a_good_rate_is_not_cut)
  ADD_ALL ("waits", set_up_started, test_wait)
  ADD_ALL ("notices-departure", set_up_started, test_departure_is_noticed)
  ADD_ALL ("waits-do-not-stall-plain-requests", set_up_started, test_waits_beside_plain_requests)
  ADD_ALL ("stops-with-waits", set_up_started, test_stop_with_waits)
  ADD_ALL ("stops-with-a-stuck-worker", set_up, test_stop_with_a_stuck_worker)
  ADD_ALL ("stop-lets-work-end", set_up_started, test_stop_lets_work_end)
  ADD_ALL ("socket-only-routes", set_up_started, test_socket_only)
  ADD ("/http/plain/connections-per-address", PLAIN, set_up_started, test_connections_per_address);
  ADD ("/http/plain/strangers-make-room-for-strangers", PLAIN, set_up, test_strangers_in_all);
  ADD ("/http/plain/flood-leaves-the-honest-alone", PLAIN, set_up, test_flood);
  ADD ("/http/plain/goes-on-after-the-connection-limit", PLAIN, set_up, test_connection_limit);
  ADD ("/http/plain/connections-per-token", PLAIN, set_up_started, test_connections_per_token);
  ADD ("/http/tls/connections-per-token", TLS, set_up_started, test_connections_per_token);
  ADD ("/http/plain/waits-per-token", PLAIN, set_up_started, test_waits_per_token);
  ADD ("/http/plain/token-needed", PLAIN, set_up_started, test_token_needed);
  ADD ("/http/plain/refused-token-signs-out", PLAIN, set_up_started, test_sign_out);
  ADD ("/http/plain/only-known-hosts", PLAIN, set_up, test_hosts);
  ADD ("/http/plain/forwarded-address-only-from-proxies", PLAIN, set_up, test_proxy);
  ADD ("/http/unix/replaces-stale-socket", UNIX, set_up, test_unix_socket);
  ADD ("/http/tls/certificate-persists", TLS, set_up, test_certificate_persists);
  ADD ("/http/tls/certificate-swap", TLS, set_up, test_certificate_swap);
  ADD ("/http/tls/handshake-deadline", TLS, set_up, test_handshake_deadline);

  return g_test_run ();
}
