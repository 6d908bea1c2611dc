/* dsp-http.c: the server's HTTP layer, on GNU libmicrohttpd 0.9.75
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The only file that includes the library's header. The life of a request, all steps on one of its I/O threads except
 * where said:
 *
 *   target_cb     the request line is read: the request begins, its deadline runs
 *   handle_cb 1   the fields are read: every check that needs no body; a refusal is sent at once and ends the
 *                 connection, so that nothing after it is ever taken for a request
 *   handle_cb 2…  the body in pieces, then a call without any: the owner gets the request. When it is not answered on
 *                 the spot, the connection is suspended
 *   finish        any thread: stores the reply and resumes, under the table's lock
 *   handle_cb n   after resuming: the reply is queued, here and nowhere else
 *   completed_cb  the exchange is over, well or not
 *
 * Never used: the library's decoded path and arguments (cut at %00), its post processor, authentication, upgrade, and
 * its per-connection options (such connections are walked at every turn of its loop).
 */
#define G_LOG_DOMAIN "dsp-http"

#include "config.h"
#include "dsp-http-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <microhttpd.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define MEMORY_PER_CONNECTION (16 * 1024)
#define LIBRARY_TIMEOUT_S     90 /* a net only: any byte resets it */
#define BUFFER_REPLY_MAX      (1024 * 1024)
#define READER_BLOCK          (32 * 1024)
#define MIN_DESCRIPTORS       16384
#define SPARE_DESCRIPTORS     256
#define UNIX_CONNECTIONS      256
#define TLS_PRIORITIES        "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2:%SERVER_PRECEDENCE"

G_DEFINE_QUARK (dsp-http-error-quark, dsp_http_error)

void
dsp_http_options_init (DspHttpOptions *options)
{
  *options = (DspHttpOptions) {
    .tcp_port = -1,
    .listen_fd = -1,
    .n_threads = 2,
    .connection_limit = 8000,
    .max_unsigned = 500,
    .max_per_address = 64,
    .max_per_key = 6,
    .max_waits_per_key = 2,
    .header_ms = 5000,
    .body_ms = 15000,
    .body_rate = 1024,
    .idle_ms = 75000,
    .unsigned_idle_ms = 15000,
    .reply_ms = 20000,
    .reply_rate = 16 * 1024,
    .stop_ms = 5000,
  };
}

static void
panic_cb (void         *data,
          const char   *file,
          unsigned int  line,
          const char   *reason)
{
  g_error ("libmicrohttpd gave up at %s:%u: %s", file, line, reason != NULL ? reason : "no reason given");
}

static DspConn *
get_conn (struct MHD_Connection *connection)
{
  const union MHD_ConnectionInfo *info = MHD_get_connection_info (connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

  return info != NULL ? info->socket_context : NULL;
}

void
dsp_http_resume_ (gpointer handle)
{
  MHD_resume_connection (handle);
}

gboolean
dsp_http_is_proxy_ (DspHttp    *self,
                    const char *address)
{
  g_autoptr(GInetAddress) ip = NULL;

  if (self->proxies->len == 0)
    return FALSE;
  ip = g_inet_address_new_from_string (address);
  for (guint i = 0; ip != NULL && i < self->proxies->len; i++)
    if (g_inet_address_mask_matches (self->proxies->pdata[i], ip))
      return TRUE;

  return FALSE;
}

static enum MHD_Result
accept_cb (void                  *data,
           const struct sockaddr *address,
           socklen_t              length)
{
  DspHttp *self = data;

  if (g_atomic_int_get (&self->stopping))
    return MHD_NO;
  return address->sa_family == AF_UNIX || dsp_conns_may_accept (self, address, length) ? MHD_YES : MHD_NO;
}

static void
connection_cb (void                              *data,
               struct MHD_Connection             *connection,
               void                             **context,
               enum MHD_ConnectionNotificationCode what)
{
  DspHttp *self = data;

  if (what == MHD_CONNECTION_NOTIFY_STARTED)
    {
      const union MHD_ConnectionInfo *fd = MHD_get_connection_info (connection, MHD_CONNECTION_INFO_CONNECTION_FD);
      const union MHD_ConnectionInfo *address = MHD_get_connection_info (connection,
                                                                         MHD_CONNECTION_INFO_CLIENT_ADDRESS);
      const struct sockaddr *peer = address != NULL ? address->client_addr : NULL;
      socklen_t length = 0;

      if (peer != NULL && peer->sa_family == AF_INET)
        length = sizeof (struct sockaddr_in);
      else if (peer != NULL && peer->sa_family == AF_INET6)
        length = sizeof (struct sockaddr_in6);
      else
        peer = NULL;
      *context = dsp_conns_add (self, connection, fd->connect_fd, peer, length);
    }
  else if (*context != NULL)
    {
      dsp_conns_remove (&self->table, *context);
      *context = NULL;
    }
}

static void *
target_cb (void                  *data,
           const char            *target,
           struct MHD_Connection *connection)
{
  DspHttp *self = data;
  DspConn *conn = get_conn (connection);
  DspRequest *request = dsp_request_new (self, target != NULL ? target : "");

  g_mutex_lock (&self->table.lock);
  self->table.n_requests++;
  /* The first request of a connection shares its deadline with the handshake. */
  if (conn->n_requests++ > 0)
    conn->deadline = g_get_monotonic_time () + (gint64) self->options.header_ms * 1000;
  conn->phase = DSP_PHASE_HEADERS;
  conn->request = request;
  request->conn = conn;
  g_mutex_unlock (&self->table.lock);

  return request;
}

static void
completed_cb (void                           *data,
              struct MHD_Connection          *connection,
              void                          **context,
              enum MHD_RequestTerminationCode code)
{
  DspHttp *self = data;
  DspRequest *request = *context;

  *context = NULL;
  if (request == NULL)
    return;

  g_mutex_lock (&self->table.lock);
  dsp_request_finish_locked (request, NULL);
  if (request->conn != NULL)
    {
      guint idle_ms = request->conn->counted ? self->options.unsigned_idle_ms : self->options.idle_ms;

      request->conn->phase = DSP_PHASE_IDLE;
      request->conn->deadline = g_get_monotonic_time () + (gint64) idle_ms * 1000;
      request->conn->request = NULL;
      request->conn = NULL;
    }
  g_mutex_unlock (&self->table.lock);

  dsp_request_unref (request);
}

static ssize_t
read_reply_cb (void     *data,
               uint64_t  position,
               char     *buffer,
               size_t    max)
{
  gsize length;
  const char *body = g_bytes_get_data (data, &length);

  if (position >= length)
    return MHD_CONTENT_READER_END_OF_STREAM;
  max = MIN (max, length - position);
  memcpy (buffer, body + position, max);

  return max;
}

static void
free_bytes_cb (void *data)
{
  g_bytes_unref (data);
}

static struct MHD_Response *
make_response (DspReply *reply)
{
  if (reply->fd >= 0)
    return MHD_create_response_from_fd64 (reply->size, g_steal_fd (&reply->fd));
  if (reply->body == NULL || reply->size == 0)
    return MHD_create_response_from_buffer (0, NULL, MHD_RESPMEM_PERSISTENT);
  if (reply->size > BUFFER_REPLY_MAX)
    return MHD_create_response_from_callback (reply->size, READER_BLOCK, read_reply_cb, g_bytes_ref (reply->body),
                                              free_bytes_cb);
  return MHD_create_response_from_buffer_with_free_callback_cls (reply->size,
                                                                 (void *) g_bytes_get_data (reply->body, NULL),
                                                                 free_bytes_cb, g_bytes_ref (reply->body));
}

/* Queues the reply. Takes it. */
static enum MHD_Result
send_reply (DspHttp               *self,
            struct MHD_Connection *connection,
            DspRequest            *request,
            DspReply              *reply)
{
  struct MHD_Response *response = make_response (reply);
  enum MHD_Result result = MHD_NO;

  if (response != NULL)
    {
      for (guint i = 0; i < reply->fields->len; i += 2)
        MHD_add_response_header (response, reply->fields->pdata[i], reply->fields->pdata[i + 1]);
      if (reply->close || g_atomic_int_get (&self->stopping))
        MHD_add_response_header (response, "Connection", "close");

      g_mutex_lock (&self->table.lock);
      if (request->conn != NULL)
        {
          request->conn->phase = DSP_PHASE_REPLY;
          request->conn->deadline = g_get_monotonic_time () + (gint64) self->options.reply_ms * 1000 +
                                    (gint64) (reply->size * G_USEC_PER_SEC / self->options.reply_rate);
        }
      g_mutex_unlock (&self->table.lock);

      result = MHD_queue_response (connection, reply->status, response);
      MHD_destroy_response (response);
    }
  dsp_reply_free (reply);

  return result;
}

static enum MHD_Result
refuse (DspHttp               *self,
        struct MHD_Connection *connection,
        DspRequest            *request,
        guint                  status,
        const char            *code,
        const char            *message)
{
  DspReply *reply = dsp_reply_new_error (status, code, message);

  reply->close = TRUE;
  g_mutex_lock (&self->table.lock);
  self->table.n_refused++;
  dsp_request_finish_locked (request, NULL);
  g_mutex_unlock (&self->table.lock);

  return send_reply (self, connection, request, reply);
}

static enum MHD_Result
refuse_method (DspHttp               *self,
               struct MHD_Connection *connection,
               DspRequest            *request,
               guint                  allowed)
{
  DspReply *reply = dsp_reply_new_error (405, "method", "this method is not for this path");
  g_autoptr(GString) names = g_string_new (NULL);
  const char *all[] = { "GET", "POST", "PUT" };

  for (guint i = 0; i < G_N_ELEMENTS (all); i++)
    if ((allowed & (1u << i)) != 0)
      g_string_append_printf (names, "%s%s", names->len > 0 ? ", " : "", all[i]);
  dsp_reply_add_field (reply, "Allow", names->str);
  reply->close = TRUE;

  g_mutex_lock (&self->table.lock);
  self->table.n_refused++;
  dsp_request_finish_locked (request, NULL);
  g_mutex_unlock (&self->table.lock);

  return send_reply (self, connection, request, reply);
}

typedef struct {
  DspFields  *fields;
  DspRefusal  refusal;
} FieldWalk;

static enum MHD_Result
field_cb (void              *data,
          enum MHD_ValueKind kind,
          const char        *name,
          size_t             name_length,
          const char        *value,
          size_t             value_length)
{
  FieldWalk *walk = data;

  return dsp_fields_add (walk->fields, name, name_length, value != NULL ? value : "", value_length,
                         &walk->refusal) ? MHD_YES : MHD_NO;
}

static enum MHD_Result
check_request (DspHttp               *self,
               struct MHD_Connection *connection,
               DspRequest            *request,
               const char            *method,
               const char            *version)
{
  DspConn *conn = get_conn (connection);
  FieldWalk walk = { &request->fields, { 0 } };
  guint allowed = 0;

  request->is_unix = conn->is_unix;
  request->uid = conn->uid;

  if (strcmp (version, "HTTP/1.1") != 0 && strcmp (version, "HTTP/1.0") != 0)
    return refuse (self, connection, request, 505, "version", "only HTTP/1.1 and HTTP/1.0 are spoken");

  MHD_get_connection_values_n (connection, MHD_HEADER_KIND, field_cb, &walk);
  if (walk.refusal.status != 0 || !dsp_check_request (self, request, conn, method, &allowed, &walk.refusal))
    {
      if (allowed != 0)
        return refuse_method (self, connection, request, allowed);
      return refuse (self, connection, request, walk.refusal.status, walk.refusal.code, walk.refusal.message);
    }

  if (request->length > 0 && !dsp_body_begin (self, request, conn))
    return refuse (self, connection, request, 503, "storage", "the body can not be stored now");

  return MHD_YES;
}

/* Sends what the request ended with. */
static enum MHD_Result
answer (DspHttp               *self,
        struct MHD_Connection *connection,
        DspRequest            *request)
{
  DspReply *reply;

  g_mutex_lock (&self->table.lock);
  reply = g_steal_pointer (&request->reply);
  g_mutex_unlock (&self->table.lock);

  return reply != NULL ? send_reply (self, connection, request, reply) : MHD_NO;
}

static enum MHD_Result
dispatch (DspHttp               *self,
          struct MHD_Connection *connection,
          DspRequest            *request)
{
  gboolean stopping, finished;

  g_mutex_lock (&self->table.lock);
  stopping = g_atomic_int_get (&self->stopping);
  request->dispatched = TRUE;
  request->conn->phase = DSP_PHASE_WORK;
  request->conn->deadline = 0;
  g_mutex_unlock (&self->table.lock);

  if (stopping)
    return refuse (self, connection, request, 503, "stopping", "the server is stopping");

  dsp_body_end (request);

  /* The owner's hold. It may be answered already when this returns. */
  dsp_request_ref (request);
  self->options.dispatch (request, self->options.user_data);

  g_mutex_lock (&self->table.lock);
  finished = request->finished;
  if (!finished)
    {
      request->suspended = TRUE;
      MHD_suspend_connection (connection);
    }
  g_mutex_unlock (&self->table.lock);

  return finished ? answer (self, connection, request) : MHD_YES;
}

static enum MHD_Result
handle_cb (void                  *data,
           struct MHD_Connection *connection,
           const char            *url,
           const char            *method,
           const char            *version,
           const char            *upload,
           size_t                *upload_length,
           void                 **context)
{
  DspHttp *self = data;
  DspRequest *request = *context;

  if (request == NULL)
    return MHD_NO;

  if (!request->checked)
    {
      request->checked = TRUE;
      return check_request (self, connection, request, method, version);
    }

  if (*upload_length > 0)
    {
      gsize length = *upload_length;

      *upload_length = 0;
      return dsp_body_add (self, request, upload, length) ? MHD_YES : MHD_NO;
    }

  return request->dispatched ? answer (self, connection, request) : dispatch (self, connection, request);
}

static int
certificate_cb (gnutls_session_t              session,
                const gnutls_datum_t         *authorities,
                int                           n_authorities,
                const gnutls_pk_algorithm_t  *algorithms,
                int                           n_algorithms,
                gnutls_pcert_st             **chain,
                unsigned int                 *chain_length,
                gnutls_privkey_t             *key)
{
  /* The library keeps its connection in the session; ours hangs on that. */
  DspConn *conn = get_conn (gnutls_session_get_ptr (session));

  return conn != NULL && conn->tls != NULL ? dsp_tls_get (conn->tls, chain, chain_length, key) : -1;
}

/* The descriptors that connections may use: the limit of the process, raised as far as is allowed. */
static guint
limit_connections (guint wanted)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) != 0)
    return MIN (wanted, 512);

  if (limit.rlim_cur < MIN_DESCRIPTORS && limit.rlim_max > limit.rlim_cur)
    {
      limit.rlim_cur = MIN (limit.rlim_max, MIN_DESCRIPTORS);
      if (setrlimit (RLIMIT_NOFILE, &limit) != 0)
        getrlimit (RLIMIT_NOFILE, &limit);
    }
  if (limit.rlim_cur < MIN_DESCRIPTORS)
    g_message ("the descriptor limit is %" G_GUINT64_FORMAT ", should be at least %d: fewer connections are taken",
               (guint64) limit.rlim_cur, MIN_DESCRIPTORS);

  if (limit.rlim_cur < 2 * SPARE_DESCRIPTORS)
    return MIN (wanted, limit.rlim_cur / 2);
  return MIN (wanted, limit.rlim_cur - SPARE_DESCRIPTORS);
}

/* Starts one thread of the library that serves a socket. It is not the library's pool of threads: taking the socket
 * from a pool that is at work (MHD_quiesce_daemon) aborts when a thread of it wakes at that moment. Each thread has a
 * descriptor of its own for the socket, which the library closes. */
static gboolean
start_daemon (DspHttp  *self,
              int       fd,
              gboolean  is_unix,
              guint     n_connections,
              GError  **error)
{
  unsigned int flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_SUSPEND_RESUME;
  struct MHD_OptionItem items[3];
  struct MHD_Daemon *daemon;
  guint n = 0;
  int own = fcntl (fd, F_DUPFD_CLOEXEC, 0);

  if (!is_unix && self->tls != NULL)
    {
      flags |= MHD_USE_TLS;
      items[n++] = (struct MHD_OptionItem) { MHD_OPTION_HTTPS_PRIORITIES, 0, (void *) TLS_PRIORITIES };
      items[n++] = (struct MHD_OptionItem) { MHD_OPTION_HTTPS_CERT_CALLBACK, 0, (void *) certificate_cb };
    }
  items[n] = (struct MHD_OptionItem) { MHD_OPTION_END, 0, NULL };

  daemon = own < 0 ? NULL : MHD_start_daemon (flags, 0, accept_cb, self, handle_cb, self,
                                              MHD_OPTION_LISTEN_SOCKET, own,
                                              MHD_OPTION_CONNECTION_LIMIT, n_connections,
                                              MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t) MEMORY_PER_CONNECTION,
                                              MHD_OPTION_CONNECTION_TIMEOUT, (unsigned int) LIBRARY_TIMEOUT_S,
                                              MHD_OPTION_NOTIFY_CONNECTION, connection_cb, self,
                                              MHD_OPTION_NOTIFY_COMPLETED, completed_cb, self,
                                              MHD_OPTION_URI_LOG_CALLBACK, target_cb, self,
                                              MHD_OPTION_STRICT_FOR_CLIENT, 0,
                                              MHD_OPTION_ARRAY, items,
                                              MHD_OPTION_END);
  if (daemon == NULL)
    {
      g_set_error (error, DSP_HTTP_ERROR, DSP_HTTP_ERROR_FAILED, "the HTTP library did not start: %s",
                   g_strerror (errno));
      return FALSE;
    }
  g_ptr_array_add (self->daemons, daemon);

  return TRUE;
}

static gboolean
start (DspHttp               *self,
       const DspHttpOptions  *options,
       GError               **error)
{
  guint n_connections = limit_connections (options->connection_limit);

  for (guint i = 0; options->trusted_proxies != NULL && options->trusted_proxies[i] != NULL; i++)
    {
      GInetAddressMask *mask = g_inet_address_mask_new_from_string (options->trusted_proxies[i], error);

      if (mask == NULL)
        return FALSE;
      g_ptr_array_add (self->proxies, mask);
    }

  if (options->tls)
    {
      self->tls = dsp_tls_new (options->certificate_path, options->key_path, options->tls_folder, error);
      if (self->tls == NULL)
        return FALSE;
    }

  if (options->listen_fd >= 0)
    {
      self->fds[0] = dsp_listen_adopt (options->listen_fd, error);
      if (self->fds[0] < 0)
        return FALSE;
    }
  else if (options->tcp_port >= 0)
    {
      self->fds[0] = dsp_listen_tcp (options->tcp_host, options->tcp_port, error);
      if (self->fds[0] < 0)
        return FALSE;
    }
  if (options->unix_path != NULL)
    {
      self->fds[1] = dsp_listen_unix (options->unix_path, error);
      if (self->fds[1] < 0)
        return FALSE;
      self->unix_path = g_strdup (options->unix_path);
    }

  dsp_conns_start (&self->table, self);

  if (self->fds[0] >= 0)
    {
      self->port = dsp_listen_get_port (self->fds[0]);
      for (guint i = 0; i < options->n_threads; i++)
        if (!start_daemon (self, self->fds[0], FALSE, n_connections / options->n_threads, error))
          return FALSE;
    }

  return self->fds[1] < 0 || start_daemon (self, self->fds[1], TRUE, UNIX_CONNECTIONS, error);
}

/* Starts to listen: requests may come before this returns.
 *
 * Returns: (nullable): the layer, or NULL with an error of DSP_HTTP_ERROR */
DspHttp *
dsp_http_new (const DspHttpOptions  *options,
              GError               **error)
{
  static gsize once = 0;
  DspHttp *self;
  guint shortest;

  g_return_val_if_fail (options->dispatch != NULL, NULL);
  g_return_val_if_fail (options->n_threads > 0, NULL);
  g_return_val_if_fail (options->body_rate > 0 && options->reply_rate > 0, NULL);

  if (g_once_init_enter (&once))
    {
      MHD_set_panic_func (panic_cb, NULL);
      g_once_init_leave (&once, 1);
    }

  self = g_new0 (DspHttp, 1);
  g_atomic_ref_count_init (&self->ref_count);
  self->options = *options;
  self->allowed_hosts = g_strdupv ((GStrv) options->allowed_hosts);
  self->prefixes = g_strdupv ((GStrv) options->prefixes);
  if (self->prefixes != NULL)
    self->table.by_prefix = g_new0 (guint, g_strv_length (self->prefixes) + 1);
  self->spool_folder = g_strdup (options->spool_folder != NULL ? options->spool_folder : g_get_tmp_dir ());
  self->options.spool_folder = self->spool_folder;
  self->proxies = g_ptr_array_new_with_free_func (g_object_unref);
  self->daemons = g_ptr_array_new_with_free_func ((GDestroyNotify) MHD_stop_daemon);
  self->fds[0] = self->fds[1] = -1;

  shortest = MIN (MIN (options->header_ms, options->body_ms), MIN (options->idle_ms, options->reply_ms));
  shortest = MIN (shortest, options->unsigned_idle_ms);
  dsp_conns_init (&self->table, (gint64) CLAMP (shortest / 4, 5, 250) * 1000);

  if (!start (self, options, error))
    {
      dsp_http_free (self);
      return NULL;
    }

  return self;
}

typedef struct {
  DspRequest  *request; /* (owned) */
  DspWaitFunc  func;
  gpointer     data;
} Ending;

/* Answers 503: waiting requests only, or every request that somebody still works on. */
static void
end_requests (DspHttp  *self,
              gboolean  all)
{
  g_autoptr(GArray) endings = g_array_new (FALSE, FALSE, sizeof (Ending));
  GHashTableIter iter;
  gpointer value;

  g_mutex_lock (&self->table.lock);
  g_hash_table_iter_init (&iter, self->table.conns);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      DspConn *conn = value;
      DspRequest *request = conn->request;

      if (request != NULL && request->dispatched && !request->finished && (all || request->waiting))
        {
          Ending ending = { dsp_request_ref (request), request->wait_func, request->wait_data };
          DspReply *reply = dsp_reply_new_error (503, "stopping", "the server is stopping");

          reply->close = TRUE;
          dsp_request_finish_locked (request, reply);
          g_array_append_val (endings, ending);
        }
      else if (request == NULL || all)
        shutdown (conn->fd, request == NULL ? SHUT_RDWR : SHUT_RD);
    }
  g_mutex_unlock (&self->table.lock);

  for (guint i = 0; i < endings->len; i++)
    {
      Ending *ending = &g_array_index (endings, Ending, i);

      if (ending->func != NULL)
        ending->func (ending->request, DSP_WAIT_SHUTDOWN, ending->data);
      dsp_request_unref (ending->request);
    }
}

static void
wait_until_empty (DspHttp *self,
                  guint    ms)
{
  gint64 end = g_get_monotonic_time () + (gint64) ms * 1000;

  g_mutex_lock (&self->table.lock);
  while (g_hash_table_size (self->table.conns) > 0)
    if (!g_cond_wait_until (&self->table.empty, &self->table.lock, end))
      break;
  g_mutex_unlock (&self->table.lock);
}

/* Stops: new connections are closed at once, waiting requests get 503, requests in work have stop_ms to be answered,
 * then 503 as well. Those who still work on one may answer it later, until they drop it the object stays. Blocks; not
 * to be called from a function that the layer called. */
void
dsp_http_stop (DspHttp *self)
{
  if (g_atomic_int_exchange (&self->stopping, TRUE))
    return;

  if (self->unix_path != NULL)
    g_unlink (self->unix_path);

  end_requests (self, FALSE);
  wait_until_empty (self, self->options.stop_ms);
  /* The library aborts when it is stopped with anything suspended: nobody is waited for any longer. */
  end_requests (self, TRUE);
  wait_until_empty (self, 500);

  g_ptr_array_set_size (self->daemons, 0);
  /* A socket that was handed over stays as it is for the next process. */
  for (guint i = 0; i < G_N_ELEMENTS (self->fds); i++)
    if (self->fds[i] >= 0)
      close (g_steal_fd (&self->fds[i]));
  dsp_conns_end (&self->table);
}

void
dsp_http_unref_ (DspHttp *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  dsp_conns_clear (&self->table);
  g_ptr_array_unref (self->daemons);
  g_clear_pointer (&self->tls, dsp_tls_free);
  g_clear_pointer (&self->proxies, g_ptr_array_unref);
  g_strfreev (self->allowed_hosts);
  g_strfreev (self->prefixes);
  g_free (self->table.by_prefix);
  g_free (self->spool_folder);
  g_free (self->unix_path);
  g_free (self);
}

/* Stops if that was not done. Requests that are still worked on keep what they need. */
void
dsp_http_free (DspHttp *self)
{
  if (self == NULL)
    return;
  dsp_http_stop (self);
  dsp_http_unref_ (self);
}

/* Returns: the TCP port, 0 when there is none */
guint16
dsp_http_get_port (DspHttp *self)
{
  return self->port;
}

/* Returns: (nullable): SHA-256 of the certificate, hexadecimal bytes with colons between; NULL without TLS */
char *
dsp_http_dup_fingerprint (DspHttp *self)
{
  return self->tls != NULL ? dsp_tls_dup_fingerprint (self->tls) : NULL;
}

/* Reads certificate and key again, for connections from now on. On an error the old ones stay. */
gboolean
dsp_http_reload_certificate (DspHttp *self,
                             GError **error)
{
  return self->tls == NULL || dsp_tls_reload (self->tls, error);
}

void
dsp_http_get_stats (DspHttp      *self,
                    DspHttpStats *stats)
{
  g_mutex_lock (&self->table.lock);
  *stats = (DspHttpStats) {
    .connections = g_hash_table_size (self->table.conns),
    .unsigned_connections = self->table.strangers.length,
    .waiting = self->table.n_waiting,
    .requests = self->table.n_requests,
    .refused = self->table.n_refused,
    .timed_out = self->table.n_timed_out,
    .gone = self->table.n_gone,
  };
  g_mutex_unlock (&self->table.lock);
}
