/* dsp-http-conns.c: connections: caps, deadlines, peers that leave
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The library limits only the time without any byte, and does not see the peer of a suspended connection leave. So
 * every connection has an entry here, with an absolute deadline, and one thread that
 *
 *   - shuts a connection's socket down when its deadline is over; the library then notices and closes it. The entry
 *     leaves in the library's notice of closing, before the descriptor is closed, so a reused number is never hit;
 *   - ends waits whose time is over;
 *   - watches the sockets of waiting requests in an epoll set of its own.
 */
#define G_LOG_DOMAIN "dsp-http"

#include "config.h"
#include "dsp-http-private.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define MAX_LOOKED_AT 64

typedef struct {
  DspRequest  *request; /* (owned) */
  DspWaitFunc  func;
  gpointer     data;
  DspWaitEnd   end;
} Notice;

static void
key_free (gpointer data)
{
  DspKey *key = data;

  g_free (key->name);
  g_free (key);
}

void
dsp_conns_init (DspConns *self,
                gint64    tick_us)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->empty);
  self->conns = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, g_free);
  self->groups = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->keys = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, key_free);
  g_queue_init (&self->strangers);
  self->tick = tick_us;
  self->epoll_fd = -1;
  self->wake_fd = -1;
}

void
dsp_conns_clear (DspConns *self)
{
  g_hash_table_unref (self->conns);
  g_hash_table_unref (self->groups);
  g_hash_table_unref (self->keys);
  g_cond_clear (&self->empty);
  g_mutex_clear (&self->lock);
  if (self->epoll_fd >= 0)
    close (self->epoll_fd);
  if (self->wake_fd >= 0)
    close (self->wake_fd);
}

static void
wake (DspConns *self)
{
  guint64 one = 1;

  if (self->wake_fd >= 0 && write (self->wake_fd, &one, sizeof one) < 0)
    g_debug ("the timer thread is awake already");
}

DspKey *
dsp_conns_get_key_locked (DspConns   *self,
                          const char *name)
{
  DspKey *key = g_hash_table_lookup (self->keys, name);

  if (key == NULL)
    {
      key = g_new0 (DspKey, 1);
      key->name = g_strdup (name);
      g_hash_table_insert (self->keys, key->name, key);
    }

  return key;
}

/* Forgets a key that counts nothing any more. */
void
dsp_conns_drop_key_locked (DspConns *self,
                           DspKey   *key)
{
  if (key != NULL && key->connections == 0 && key->waits == 0)
    g_hash_table_remove (self->keys, key->name);
}

void
dsp_conns_count_unsigned_locked (DspConns *self,
                                 DspConn  *conn)
{
  gpointer n = g_hash_table_lookup (self->groups, conn->group);

  if (conn->counted || conn->exempt)
    return;
  g_hash_table_insert (self->groups, g_strdup (conn->group), GUINT_TO_POINTER (GPOINTER_TO_UINT (n) + 1));
  conn->link.data = conn;
  g_queue_push_tail_link (&self->strangers, &conn->link);
  conn->counted = TRUE;
}

void
dsp_conns_uncount_unsigned_locked (DspConns *self,
                                   DspConn  *conn)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (self->groups, conn->group));

  if (!conn->counted)
    return;
  if (n > 1)
    g_hash_table_insert (self->groups, g_strdup (conn->group), GUINT_TO_POINTER (n - 1));
  else
    g_hash_table_remove (self->groups, conn->group);
  g_queue_unlink (&self->strangers, &conn->link);
  conn->counted = FALSE;
}

void
dsp_conns_sign_out_locked (DspConns *self,
                           DspConn  *conn)
{
  DspKey *key = g_steal_pointer (&conn->key);

  if (key == NULL)
    return;
  key->connections--;
  dsp_conns_drop_key_locked (self, key);
  if (conn->prefix >= 0)
    self->by_prefix[conn->prefix]--;
  conn->prefix = -1;
}

/* Of all connections one prefix holds only so many, so that the others find a place whatever it does. */
gboolean
dsp_conns_has_room_locked (DspHttp *http,
                           int      prefix)
{
  guint limit = http->options.max_per_prefix;

  return limit == 0 || prefix < 0 || http->table.by_prefix[prefix] < limit;
}

/* Puts the text of an address to `text` and what the cap counts to `group`: an IPv6 peer owns at least a /64. */
static void
describe_address (const struct sockaddr *address,
                  socklen_t              length,
                  char                  *text,
                  char                  *group,
                  gsize                  size)
{
  if (address != NULL && length >= sizeof (struct sockaddr_in) && address->sa_family == AF_INET)
    {
      inet_ntop (AF_INET, &((const struct sockaddr_in *) address)->sin_addr, text, size);
      g_strlcpy (group, text, size);
    }
  else if (address != NULL && length >= sizeof (struct sockaddr_in6) && address->sa_family == AF_INET6)
    {
      struct in6_addr ip = ((const struct sockaddr_in6 *) address)->sin6_addr;

      if (IN6_IS_ADDR_V4MAPPED (&ip))
        {
          inet_ntop (AF_INET, &ip.s6_addr[12], text, size);
          g_strlcpy (group, text, size);
          return;
        }
      inet_ntop (AF_INET6, &ip, text, size);
      memset (&ip.s6_addr[8], 0, 8);
      inet_ntop (AF_INET6, &ip, group, size);
    }
  else
    {
      g_strlcpy (text, "unix", size);
      g_strlcpy (group, "unix", size);
    }
}

/* Makes room among those not signed in: closes the oldest of them that has not said anything yet, or else the oldest
 * between two requests. Otherwise a few hundred silent sockets would keep everybody from signing in. Only the oldest
 * are looked at, so that a flood does not make this expensive.
 *
 * Returns: FALSE when all of those are busy */
static gboolean
evict_stranger_locked (DspConns *self)
{
  DspConn *victim = NULL;
  guint n = 0;

  for (GList *l = self->strangers.head; l != NULL && n < MAX_LOOKED_AT; l = l->next, n++)
    {
      DspConn *conn = l->data;

      if (conn->phase == DSP_PHASE_HEADERS && conn->n_requests == 0)
        {
          victim = conn;
          break;
        }
      if (conn->phase == DSP_PHASE_IDLE && victim == NULL)
        victim = conn;
    }

  if (victim == NULL)
    return FALSE;

  shutdown (victim->fd, SHUT_RDWR);
  victim->deadline = 0;
  dsp_conns_uncount_unsigned_locked (self, victim);
  self->n_timed_out++;

  return TRUE;
}

/* Whether a new TCP connection is within the caps on those that are not signed in. */
gboolean
dsp_conns_may_accept (DspHttp               *http,
                      const struct sockaddr *address,
                      socklen_t              length)
{
  DspConns *self = &http->table;
  char text[INET6_ADDRSTRLEN + 4], group[INET6_ADDRSTRLEN + 4];
  gboolean accept;

  describe_address (address, length, text, group, sizeof text);
  if (dsp_http_is_proxy_ (http, text))
    return TRUE;

  g_mutex_lock (&self->lock);
  accept = GPOINTER_TO_UINT (g_hash_table_lookup (self->groups, group)) < http->options.max_per_address &&
           (self->strangers.length < http->options.max_unsigned || evict_stranger_locked (self));
  if (!accept)
    self->n_refused++;
  g_mutex_unlock (&self->lock);

  return accept;
}

/* Takes: @address (nullable): NULL for the UNIX socket
 * Returns: (transfer none): the entry, which lives until dsp_conns_remove() */
DspConn *
dsp_conns_add (DspHttp               *http,
               gpointer               handle,
               int                    fd,
               const struct sockaddr *address,
               socklen_t              length)
{
  DspConns *self = &http->table;
  DspConn *conn = g_new0 (DspConn, 1);

  conn->handle = handle;
  conn->fd = fd;
  conn->uid = (uid_t) -1;
  conn->prefix = -1;
  conn->tls = http->tls;
  describe_address (address, length, conn->address, conn->group, sizeof conn->address);

  if (address == NULL)
    {
      struct ucred peer;
      socklen_t peer_length = sizeof peer;

      conn->is_unix = TRUE;
      conn->exempt = TRUE;
      if (getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &peer, &peer_length) == 0)
        conn->uid = peer.uid;
    }
  else
    conn->exempt = dsp_http_is_proxy_ (http, conn->address);

  g_mutex_lock (&self->lock);
  conn->id = ++self->last_id;
  conn->deadline = g_get_monotonic_time () + (gint64) http->options.header_ms * 1000;
  dsp_conns_count_unsigned_locked (self, conn);
  g_hash_table_insert (self->conns, &conn->id, conn);
  if (g_hash_table_size (self->conns) == 1)
    wake (self);
  g_mutex_unlock (&self->lock);

  return conn;
}

/* Called while the descriptor is still open. */
void
dsp_conns_remove (DspConns *self,
                  DspConn  *conn)
{
  g_mutex_lock (&self->lock);
  if (conn->request != NULL)
    conn->request->conn = NULL;
  dsp_conns_unwatch_locked (self, conn);
  dsp_conns_uncount_unsigned_locked (self, conn);
  dsp_conns_sign_out_locked (self, conn);
  g_hash_table_remove (self->conns, &conn->id);
  if (g_hash_table_size (self->conns) == 0)
    g_cond_broadcast (&self->empty);
  g_mutex_unlock (&self->lock);
}

void
dsp_conns_watch_locked (DspConns *self,
                        DspConn  *conn)
{
  struct epoll_event event = { .events = EPOLLRDHUP | EPOLLONESHOT, .data.u64 = conn->id };

  if (!conn->watched && epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, conn->fd, &event) == 0)
    conn->watched = TRUE;
}

void
dsp_conns_unwatch_locked (DspConns *self,
                          DspConn  *conn)
{
  if (!conn->watched)
    return;
  epoll_ctl (self->epoll_fd, EPOLL_CTL_DEL, conn->fd, NULL);
  conn->watched = FALSE;
}

static void
add_notice_locked (GArray     *notices,
                   DspRequest *request,
                   DspWaitEnd  end)
{
  Notice notice = { NULL, request->wait_func, request->wait_data, end };

  if (request->wait_func == NULL)
    return;
  notice.request = dsp_request_ref (request);
  request->wait_func = NULL;
  g_array_append_val (notices, notice);
}

static void
peer_left (DspConns *self,
           guint64   id,
           GArray   *notices)
{
  DspConn *conn;
  DspRequest *request;

  g_mutex_lock (&self->lock);
  conn = g_hash_table_lookup (self->conns, &id);
  request = conn != NULL && conn->watched ? conn->request : NULL;
  if (request != NULL && !request->finished)
    {
      self->n_gone++;
      add_notice_locked (notices, request, DSP_WAIT_GONE);
      dsp_request_finish_locked (request, NULL);
    }
  g_mutex_unlock (&self->lock);
}

static void
look_at_deadlines (DspConns *self,
                   GArray   *notices)
{
  GHashTableIter iter;
  gpointer value;
  gint64 now = g_get_monotonic_time ();

  g_mutex_lock (&self->lock);
  g_hash_table_iter_init (&iter, self->conns);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      DspConn *conn = value;

      if (conn->deadline != 0 && now >= conn->deadline)
        {
          /* No reply: whoever is this late would only be given more time to read it slowly. */
          shutdown (conn->fd, SHUT_RDWR);
          conn->deadline = 0;
          self->n_timed_out++;
        }
      if (conn->request != NULL && conn->request->wait_func != NULL && now >= conn->request->wait_until)
        add_notice_locked (notices, conn->request, DSP_WAIT_TIMEOUT);
    }
  g_mutex_unlock (&self->lock);
}

static gpointer
timer_thread (gpointer data)
{
  DspHttp *http = data;
  DspConns *self = &http->table;
  g_autoptr(GArray) notices = g_array_new (FALSE, FALSE, sizeof (Notice));
  gint64 next_look = 0;

  for (;;)
    {
      struct epoll_event events[64];
      gboolean is_empty, quit;
      int n, timeout;
      gint64 now;

      g_mutex_lock (&self->lock);
      is_empty = g_hash_table_size (self->conns) == 0;
      quit = self->quit;
      g_mutex_unlock (&self->lock);
      if (quit)
        return NULL;

      now = g_get_monotonic_time ();
      timeout = is_empty ? -1 : (int) (MAX (next_look - now, 0) + 999) / 1000;
      n = epoll_wait (self->epoll_fd, events, G_N_ELEMENTS (events), timeout);

      for (int i = 0; i < n; i++)
        {
          guint64 count;

          if (events[i].data.u64 != 0)
            peer_left (self, events[i].data.u64, notices);
          else if (read (self->wake_fd, &count, sizeof count) < 0)
            g_debug ("woken for nothing");
        }

      if (g_get_monotonic_time () >= next_look)
        {
          look_at_deadlines (self, notices);
          next_look = g_get_monotonic_time () + self->tick;
        }

      for (guint i = 0; i < notices->len; i++)
        {
          Notice *notice = &g_array_index (notices, Notice, i);

          notice->func (notice->request, notice->end, notice->data);
          dsp_request_unref (notice->request);
        }
      g_array_set_size (notices, 0);
    }
}

void
dsp_conns_start (DspConns *self,
                 DspHttp  *http)
{
  struct epoll_event event = { .events = EPOLLIN, .data.u64 = 0 };

  self->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  self->wake_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (self->epoll_fd < 0 || self->wake_fd < 0 ||
      epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, self->wake_fd, &event) != 0)
    g_error ("no descriptors for the timer thread: %s", g_strerror (errno));
  self->thread = g_thread_new ("http-timer", timer_thread, http);
}

void
dsp_conns_end (DspConns *self)
{
  if (self->thread == NULL)
    return;

  g_mutex_lock (&self->lock);
  self->quit = TRUE;
  g_mutex_unlock (&self->lock);
  wake (self);
  g_thread_join (g_steal_pointer (&self->thread));
}
