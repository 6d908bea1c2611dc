/* http-fixture.c: an HTTP layer with an owner, and raw clients: plain, TLS and UNIX
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "http-fixture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

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

void
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

void
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

void
set_up (Fixture       *self,
        gconstpointer  data)
{
  self->transport = GPOINTER_TO_INT (data);
  self->folder = g_dir_make_tmp ("dsp-http-XXXXXX", NULL);
  self->socket_path = g_build_filename (self->folder, "socket", NULL);
  self->pool = g_thread_pool_new (work, self, 2, FALSE, NULL);
}

void
set_up_started (Fixture       *self,
                gconstpointer  data)
{
  set_up (self, data);
  start (self, NULL);
}

void
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

void
reply_clear (Reply *reply)
{
  g_clear_pointer (&reply->head, g_free);
  g_clear_pointer (&reply->body, g_free);
}

int
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

Client *
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

Client *
client_new (Fixture *self)
{
  return client_new_from (self, NULL);
}

void
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

/* Whether all was taken: the server may close before. */
gboolean
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

gboolean
client_send (Client     *client,
             const char *text)
{
  return client_send_data (client, text, strlen (text));
}

ssize_t
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
gboolean
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
gboolean
client_sees_end (Client *client)
{
  gsize before = client->in->len;
  ssize_t n = client_receive (client);

  if (n > 0 || client->in->len != before || before > 0)
    return FALSE;
  return n == 0 || client->tls != NULL || errno == ECONNRESET;
}

guint
ask (Client     *client,
     const char *text,
     Reply      *reply)
{
  client_send (client, text);
  return client_read (client, reply) ? reply->status : 0;
}

guint
ask_once (Fixture    *self,
          const char *text)
{
  g_autoptr(Client) client = client_new (self);
  g_auto(Reply) reply = { 0 };

  return ask (client, text, &reply);
}

gboolean
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
