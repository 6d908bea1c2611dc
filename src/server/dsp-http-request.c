/* dsp-http-request.c: requests as their owner sees them, waiting, the answer
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A request has two holders: the library's side, until the exchange is over, and whoever is to answer it. The peer
 * may leave, or the server stop, while the second still works: then the layer finishes the request by itself, and the
 * answer that comes later is dropped. So the owner's rule has no exception: answer every request once.
 */
#define G_LOG_DOMAIN "dsp-http"

#include "config.h"
#include "dsp-http-private.h"

#include <string.h>
#include <unistd.h>

DspRequest *
dsp_request_new (DspHttp    *http,
                 const char *raw_target)
{
  DspRequest *self = g_new0 (DspRequest, 1);

  g_atomic_ref_count_init (&self->ref_count);
  g_atomic_ref_count_inc (&http->ref_count);
  self->http = http;
  self->spool_fd = -1;
  self->prefix = -1;
  /* One byte over the limit is enough to see that it is too long. */
  self->raw_target = g_strndup (raw_target, DSP_TARGET_MAX_LENGTH + 1);

  return self;
}

DspRequest *
dsp_request_ref (DspRequest *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
dsp_request_unref (DspRequest *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;

  g_free (self->raw_target);
  dsp_target_clear (&self->target);
  dsp_fields_clear (&self->fields);
  if (self->gathered != NULL)
    g_byte_array_unref (self->gathered);
  if (self->body != NULL)
    g_bytes_unref (self->body);
  if (self->spool_fd >= 0)
    close (self->spool_fd);
  if (self->reply != NULL)
    dsp_reply_free (self->reply);
  dsp_http_unref_ (self->http);
  g_free (self);
}

/* Settles what the request ends with, once. Takes @reply (nullable: the peer is gone) when it returns TRUE. */
gboolean
dsp_request_finish_locked (DspRequest *self,
                           DspReply   *reply)
{
  DspConns *table = &self->http->table;

  if (self->finished)
    return FALSE;

  self->finished = TRUE;
  self->reply = reply;
  self->wait_func = NULL;

  if (self->waiting)
    {
      self->waiting = FALSE;
      table->n_waiting--;
      if (self->wait_key != NULL)
        {
          self->wait_key->waits--;
          dsp_conns_drop_key_locked (table, g_steal_pointer (&self->wait_key));
        }
    }

  if (self->conn != NULL)
    {
      dsp_conns_unwatch_locked (table, self->conn);
      if (self->suspended)
        {
          self->suspended = FALSE;
          dsp_http_resume_ (self->conn->handle);
        }
    }

  return TRUE;
}

static void
finish (DspRequest *self,
        DspReply   *reply)
{
  DspConns *table = &self->http->table;
  gboolean taken;

  g_mutex_lock (&table->lock);
  reply->close |= self->close;
  if (reply->status == 401 && self->conn != NULL && self->conn->key != NULL)
    {
      dsp_conns_sign_out_locked (table, self->conn);
      dsp_conns_count_unsigned_locked (table, self->conn);
    }
  taken = dsp_request_finish_locked (self, reply);
  g_mutex_unlock (&table->lock);

  if (!taken)
    dsp_reply_free (reply);
  dsp_request_unref (self);
}

const DspRoute *
dsp_request_get_route (DspRequest *self)
{
  return self->route;
}

DspMethod
dsp_request_get_method (DspRequest *self)
{
  return self->method;
}

/* Returns: the index among the layer's prefixes of the one that the path began with, -1 without one. It is no segment. */
int
dsp_request_get_prefix (DspRequest *self)
{
  return self->prefix;
}

/* Returns: the decoded path without the leading slash */
const char *
dsp_request_get_path (DspRequest *self)
{
  return self->target.path;
}

guint
dsp_request_get_n_segments (DspRequest *self)
{
  return self->target.n_segments;
}

/* Returns: (nullable): NULL past the end */
const char *
dsp_request_get_segment (DspRequest *self,
                         guint       index)
{
  return index < self->target.n_segments ? self->target.segments[index] : NULL;
}

const char *
dsp_request_get_raw_query (DspRequest *self)
{
  return self->target.query;
}

guint
dsp_request_get_n_args (DspRequest *self)
{
  return self->target.n_args;
}

const char *
dsp_request_get_nth_arg (DspRequest  *self,
                         guint        index,
                         const char **value)
{
  g_return_val_if_fail (index < self->target.n_args, NULL);

  *value = self->target.args[index].value;
  return self->target.args[index].name;
}

/* Returns: (nullable): the first value of the query's argument */
const char *
dsp_request_get_arg (DspRequest *self,
                     const char *name)
{
  return dsp_target_get_arg (&self->target, name);
}

/* Returns: (nullable): the first value of a header field; names in any case */
const char *
dsp_request_get_field (DspRequest *self,
                       const char *name)
{
  return dsp_fields_get (&self->fields, name);
}

/* Returns: (nullable): what follows "Bearer" in Authorization */
const char *
dsp_request_get_token (DspRequest *self)
{
  return dsp_fields_get_token (&self->fields);
}

/* Returns: (transfer none): the body, empty where there is none or it was spooled */
GBytes *
dsp_request_get_body (DspRequest *self)
{
  return self->body;
}

/* Returns: the file that holds the body of a route with DSP_ROUTE_SPOOL, positioned at its start, else -1. It has no
 * name and is closed with the request; linkat() through /proc/self/fd gives it one. */
int
dsp_request_get_body_fd (DspRequest *self)
{
  return self->spool_fd;
}

gsize
dsp_request_get_body_size (DspRequest *self)
{
  return self->received;
}

/* Returns: where the request comes from, as a listed proxy tells it; "unix" for the socket */
const char *
dsp_request_get_address (DspRequest *self)
{
  return self->address;
}

gboolean
dsp_request_is_unix (DspRequest *self)
{
  return self->is_unix;
}

/* Returns: the user at the other end of the UNIX socket, (uid_t) -1 over TCP */
uid_t
dsp_request_get_peer_uid (DspRequest *self)
{
  return self->uid;
}

/* Returns: whether a reply may have this Content-Encoding: for bodies that are kept compressed */
gboolean
dsp_request_accepts (DspRequest *self,
                     const char *coding)
{
  return (self->route->flags & DSP_ROUTE_NO_COMPRESS) == 0 && dsp_fields_accept (&self->fields, coding);
}

/* Tells the layer whose connection this is: `key` names the token (its hash), never the token itself. Connections
 * without it fall under the tight caps for strangers.
 *
 * Returns: FALSE when that key has too many connections: then answer with dsp_request_refuse() */
gboolean
dsp_request_sign_in (DspRequest *self,
                     const char *key)
{
  DspConns *table = &self->http->table;
  DspConn *conn;
  gboolean allowed = TRUE;

  g_mutex_lock (&table->lock);
  conn = self->conn;
  if (conn != NULL)
    {
      if (conn->key == NULL || strcmp (conn->key->name, key) != 0)
        {
          DspKey *wanted = dsp_conns_get_key_locked (table, key);

          if ((!conn->exempt && wanted->connections >= self->http->options.max_per_key) ||
              (conn->prefix != self->prefix && !dsp_conns_has_room_locked (self->http, self->prefix)))
            {
              allowed = FALSE;
              dsp_conns_drop_key_locked (table, wanted);
            }
          else
            {
              wanted->connections++;
              dsp_conns_sign_out_locked (table, conn);
              dsp_conns_uncount_unsigned_locked (table, conn);
              conn->key = wanted;
              conn->prefix = self->prefix;
              if (conn->prefix >= 0)
                table->by_prefix[conn->prefix]++;
            }
        }
      if (!allowed)
        self->close = TRUE;
    }
  g_mutex_unlock (&table->lock);

  return allowed;
}

/* Announces that the answer will come when there is news, or after @wait_ms. @func is called once, from a thread of
 * the layer, when that time is over, the peer left, or the server stops; not after the request was answered, except
 * that it may be on its way already. Whoever wakes waiters and @func therefore meet at a lock of the owner, and the
 * first to take the waiter from the owner's list answers. Hold that lock while calling this and while adding to the
 * list. In @func the request is valid even if another thread has answered it.
 *
 * Returns: FALSE when this key waits too often or the server stops: then answer with dsp_request_refuse() */
gboolean
dsp_request_set_wait (DspRequest  *self,
                      guint        wait_ms,
                      DspWaitFunc  func,
                      gpointer     data)
{
  DspConns *table = &self->http->table;
  gboolean allowed = TRUE;

  g_return_val_if_fail ((self->route->flags & DSP_ROUTE_MAY_WAIT) != 0, FALSE);
  g_return_val_if_fail (func != NULL, FALSE);

  g_mutex_lock (&table->lock);
  if (self->conn == NULL || self->finished || g_atomic_int_get (&self->http->stopping))
    allowed = FALSE;
  else if (!self->waiting)
    {
      DspKey *key = self->conn->key;

      if (key != NULL && !self->is_unix && key->waits >= self->http->options.max_waits_per_key)
        {
          allowed = FALSE;
          self->close = TRUE;
        }
      else
        {
          self->waiting = TRUE;
          table->n_waiting++;
          if (key != NULL)
            {
              self->wait_key = key;
              key->waits++;
            }
        }
    }

  if (allowed)
    {
      self->wait_func = func;
      self->wait_data = data;
      self->wait_until = g_get_monotonic_time () + (gint64) wait_ms * 1000;
      dsp_conns_watch_locked (table, self->conn);
    }
  g_mutex_unlock (&table->lock);

  return allowed;
}

/* Ends the connection after the answer. */
void
dsp_request_set_close (DspRequest *self)
{
  g_mutex_lock (&self->http->table.lock);
  self->close = TRUE;
  g_mutex_unlock (&self->http->table.lock);
}

static DspCoding
choose_coding (DspRequest *self)
{
  if (dsp_request_accepts (self, "zstd"))
    return DSP_CODING_ZSTD;
  if (dsp_request_accepts (self, "gzip"))
    return DSP_CODING_GZIP;

  return DSP_CODING_IDENTITY;
}

/* Answers. JSON and text above 1 KiB is compressed here, in the caller's thread, where client and route allow.
 *
 * Takes: @content_type (nullable), without charset; @body (transfer none) (nullable); @fields (nullable): more header
 * fields as name, value, …, NULL. A value with control characters makes the answer a 500. */
void
dsp_request_reply (DspRequest         *self,
                   guint               status,
                   const char         *content_type,
                   GBytes             *body,
                   const char * const *fields)
{
  finish (self, dsp_reply_new (status, content_type, body, fields, choose_coding (self)));
}

/* Answers with a file. Takes @fd. */
void
dsp_request_reply_file (DspRequest         *self,
                        guint               status,
                        const char         *content_type,
                        int                 fd,
                        guint64             size,
                        const char * const *fields)
{
  finish (self, dsp_reply_new_file (status, content_type, fd, size, fields));
}

/* Answers with JSON text, which is copied. */
void
dsp_request_reply_json (DspRequest *self,
                        guint       status,
                        const char *json)
{
  g_autoptr(GBytes) body = g_bytes_new (json, strlen (json));

  dsp_request_reply (self, status, "application/json", body, NULL);
}

/* Answers {"error":{"code":…,"message":…}}. The message is for the log of whoever asked; programs read the code. */
void
dsp_request_reply_error (DspRequest *self,
                         guint       status,
                         const char *code,
                         const char *message)
{
  finish (self, dsp_reply_new_error (status, code, message));
}

/* The same with Retry-After, for 429 and 503. */
void
dsp_request_reply_retry_later (DspRequest *self,
                               guint       status,
                               guint       retry_after_s,
                               const char *code,
                               const char *message)
{
  DspReply *reply = dsp_reply_new_error (status, code, message);

  dsp_reply_retry_after (reply, retry_after_s);
  finish (self, reply);
}

/* Answers a request that dsp_request_sign_in() or dsp_request_set_wait() did not let through. */
void
dsp_request_refuse (DspRequest *self)
{
  if (g_atomic_int_get (&self->http->stopping))
    dsp_request_reply_error (self, 503, "stopping", "the server is stopping");
  else
    dsp_request_reply_retry_later (self, 429, g_random_int_range (1, 11), "too_many",
                                   "too many connections or waiting requests of this session");
}
