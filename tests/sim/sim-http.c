/* sim-http.c: the server's HTTP layer, over the simulated network
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One thread does what the library's and the timer's do: it brings requests in, sends answers off, ends waits.
 */
#include "config.h"
#include "sim-net.h"

#include "dsp-http-private.h"
#include "sim-disk.h"
#include "sim-threads.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SEEN_LEAVING_US 250000

/* A request on its way. */
typedef struct {
  gint64       at;
  SimExchange *exchange; /* (owned) */
  gboolean     again;
} Delivery;

/* A request in the server: the library's side of it. */
typedef struct {
  SimExchange *exchange; /* (owned) */
  DspConn     *conn;
  DspRequest  *request;  /* (owned) */
} Served;

static DspHttp *listening;    /* (nullable) */
static gboolean ending;
static GThread *thread;
static GArray *deliveries;    /* of Delivery */
static GPtrArray *open_ones;  /* of Served */
static GQueue ready;          /* of Served that are answered */

G_DEFINE_QUARK (dsp-http-error-quark, dsp_http_error)

gboolean
sim_http_listens (void)
{
  return listening != NULL && !g_atomic_int_get (&listening->stopping) && !sim_disk_has_stopped (SIM_SERVER);
}

void
sim_http_bring (SimExchange *exchange,
                gint64       at)
{
  Delivery delivery = { at, sim_exchange_ref (exchange), FALSE };

  for (guint i = 0; i < deliveries->len; i++)
    delivery.again = delivery.again || g_array_index (deliveries, Delivery, i).exchange == exchange;
  g_array_append_val (deliveries, delivery);
  g_cond_broadcast (&sim_net_changed);
}

/* ---- answers ---- */

static void
take_fields (SimExchange    *exchange,
             const DspReply *reply)
{
  for (guint i = 0; i + 1 < reply->fields->len; i += 2)
    if (g_ascii_strcasecmp (reply->fields->pdata[i], "Retry-After") == 0)
      exchange->retry_after_s = (guint) atoi (reply->fields->pdata[i + 1]);
}

/* With the lock. An answer of a machine that has stopped does not leave it. */
static void
send_answer (SimExchange *exchange,
             DspReply    *reply)
{
  if (exchange->has_answer || exchange->left)
    return;
  if (reply == NULL || sim_disk_has_stopped (SIM_SERVER))
    {
      sim_exchange_lose (exchange);
      return;
    }
  exchange->status = reply->status;
  exchange->retry_after_s = 0;
  take_fields (exchange, reply);
  g_clear_pointer (&exchange->answer, g_bytes_unref);
  exchange->answer = reply->body != NULL ? g_bytes_ref (reply->body) : g_bytes_new_static ("", 0);
  sim_net_tell_push (exchange);
  if (!exchange->is_socket && sim_chance () < sim_net.lose)
    {
      sim_exchange_lose (exchange);
      return;
    }
  exchange->has_answer = TRUE;
  exchange->answer_at = g_get_monotonic_time () + (exchange->is_socket ? 100 : sim_net_delay ());
  g_cond_broadcast (&sim_net_changed);
}

/* The exchange is over, with the request's reply if it has one. */
static void
end_served (DspHttp *self,
            Served  *served)
{
  DspReply *reply;

  g_mutex_lock (&self->table.lock);
  reply = g_steal_pointer (&served->request->reply);
  dsp_request_finish_locked (served->request, NULL);
  served->conn->request = NULL;
  served->request->conn = NULL;
  g_mutex_unlock (&self->table.lock);
  dsp_conns_remove (&self->table, served->conn);
  dsp_request_unref (served->request);
  g_mutex_lock (&sim_net_lock);
  send_answer (served->exchange, reply);
  g_ptr_array_remove (open_ones, served);
  g_mutex_unlock (&sim_net_lock);
  if (reply != NULL)
    dsp_reply_free (reply);
  sim_exchange_unref (served->exchange);
  g_free (served);
}

/* With the table's lock, where the library would call the handler again. */
void
dsp_http_resume_ (gpointer handle)
{
  g_queue_push_tail (&ready, handle);
  g_cond_broadcast (&sim_net_changed);
}

/* ---- requests ---- */

static void
add_field (DspRequest *request,
           const char *name,
           const char *value)
{
  DspRefusal refusal = { 0 };

  g_assert_true (dsp_fields_add (&request->fields, name, strlen (name), value, strlen (value), &refusal));
}

/* The control: the same commands, as if they were the next ones. */
static GBytes *
renumber (GBytes *body)
{
  g_autofree char *text = g_strndup (g_bytes_get_data (body, NULL), g_bytes_get_size (body));
  g_auto(GStrv) parts = g_strsplit (text, "\"no\":", -1);
  guint n = g_strv_length (parts) - 1;
  const char *first = strstr (text, "\"first\":");
  gint64 from = first != NULL ? g_ascii_strtoll (first + strlen ("\"first\":"), NULL, 10) : 0;
  GString *out = g_string_new (NULL);

  for (guint i = 0; parts[i] != NULL; i++)
    {
      const char *rest = parts[i];

      if (i > 0)
        {
          g_string_append_printf (out, "\"no\":%" G_GINT64_FORMAT, from + n + i - 1);
          rest += strspn (rest, "0123456789");
        }
      g_string_append (out, rest);
    }
  if (first != NULL)
    {
      g_autofree char *old = g_strdup_printf ("\"first\":%" G_GINT64_FORMAT, from), *new = g_strdup_printf ("\"first\":%" G_GINT64_FORMAT, from + n);

      g_string_replace (out, old, new, 1);
    }
  return g_string_free_to_bytes (out);
}

static gboolean
take_request (DspHttp    *self,
              Served     *served,
              gboolean    again,
              DspRefusal *refusal)
{
  SimExchange *exchange = served->exchange;
  DspRequest *request = served->request;
  g_autoptr(GBytes) body = exchange->body == NULL ? NULL : again && sim_net.renumbers && strcmp (exchange->path, "v1/commands") == 0
                                                                     ? renumber (exchange->body) : g_bytes_ref (exchange->body);
  g_autofree char *bearer = exchange->token != NULL ? g_strconcat ("Bearer ", exchange->token, NULL) : NULL;
  guint allowed;

  add_field (request, "Host", "server");
  if (bearer != NULL)
    add_field (request, "Authorization", bearer);
  if (body != NULL)
    {
      g_autofree char *length = g_strdup_printf ("%" G_GSIZE_FORMAT, g_bytes_get_size (body));

      add_field (request, "Content-Length", length);
      add_field (request, "Content-Type", "application/json");
    }
  if (!dsp_check_request (self, request, served->conn, exchange->method, &allowed, refusal))
    return FALSE;
  if (body != NULL && request->length > 0)
    {
      g_assert_true (dsp_body_begin (self, request, served->conn));
      g_assert_true (dsp_body_add (self, request, g_bytes_get_data (body, NULL), g_bytes_get_size (body)));
    }
  dsp_body_end (request);
  return TRUE;
}

static void
serve (DspHttp  *self,
       Delivery *delivery)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = g_htonl (0x0a000001) };
  g_autofree char *target = g_strconcat ("/", delivery->exchange->path, NULL);
  Served *served = g_new0 (Served, 1);
  DspRefusal refusal = { 0 };

  served->exchange = delivery->exchange;
  served->conn = dsp_conns_add (self, served, -1, served->exchange->is_socket ? NULL : (struct sockaddr *) &address, sizeof address);
  if (served->exchange->is_socket)
    served->conn->uid = geteuid ();
  served->request = dsp_request_new (self, target);
  served->request->is_unix = served->conn->is_unix;
  served->request->uid = served->conn->uid;
  served->request->conn = served->conn;
  served->conn->request = served->request;
  g_mutex_lock (&sim_net_lock);
  g_ptr_array_add (open_ones, served);
  g_mutex_unlock (&sim_net_lock);
  if (!take_request (self, served, delivery->again, &refusal))
    {
      served->request->reply = dsp_reply_new_error (refusal.status != 0 ? refusal.status : 405, refusal.code != NULL ? refusal.code : "method",
                                                    refusal.message != NULL ? refusal.message : "");
      end_served (self, served);
      return;
    }
  g_mutex_lock (&self->table.lock);
  served->request->dispatched = TRUE;
  served->request->suspended = TRUE;
  dsp_request_ref (served->request); /* the owner's hold */
  g_mutex_unlock (&self->table.lock);
  self->options.dispatch (served->request, self->options.user_data);
}

/* ---- the thread ---- */

typedef struct {
  DspRequest *request; /* (owned) */
  DspWaitFunc func;
  gpointer    data;
  DspWaitEnd  end;
} Notice;

/* With the net's lock. The first wait that is over; else @next is when there will be one. */
static gboolean
find_wait (DspHttp *self,
           gint64  *next,
           Notice  *notice)
{
  gint64 now = g_get_monotonic_time ();
  gboolean found = FALSE;

  g_mutex_lock (&self->table.lock);
  for (guint i = 0; i < open_ones->len && !found; i++)
    {
      Served *served = open_ones->pdata[i];
      DspRequest *request = served->request;
      gint64 gone = served->exchange->left ? served->exchange->left_at + SEEN_LEAVING_US : G_MAXINT64;
      gboolean left = gone < request->wait_until;

      if (request->wait_func == NULL || request->finished)
        continue;
      if (MIN (gone, request->wait_until) > now)
        {
          *next = MIN (*next, MIN (gone, request->wait_until));
          continue;
        }
      *notice = (Notice) { dsp_request_ref (request), request->wait_func, request->wait_data, left ? DSP_WAIT_GONE : DSP_WAIT_TIMEOUT };
      request->wait_func = NULL;
      if (left)
        dsp_request_finish_locked (request, NULL);
      found = TRUE;
    }
  g_mutex_unlock (&self->table.lock);
  return found;
}

/* With the net's lock. */
static gboolean
find_delivery (gint64   *next,
               Delivery *found)
{
  gint64 now = g_get_monotonic_time ();

  for (guint i = 0; i < deliveries->len; i++)
    {
      const Delivery *delivery = &g_array_index (deliveries, Delivery, i);

      if (delivery->at <= now)
        {
          *found = *delivery;
          g_array_remove_index (deliveries, i);
          return TRUE;
        }
      *next = MIN (*next, delivery->at);
    }
  return FALSE;
}

static gpointer
net_thread (gpointer data)
{
  DspHttp *self = data;

  for (;;)
    {
      gint64 next = g_get_monotonic_time () + G_USEC_PER_SEC;
      Delivery delivery = { 0 };
      Notice notice = { 0 };
      Served *served;
      gboolean quit;

      g_mutex_lock (&sim_net_lock);
      served = g_queue_pop_head (&ready);
      /* What was answered while these looked is not waited for. */
      if (served == NULL && !find_wait (self, &next, &notice) && !find_delivery (&next, &delivery) && !ending && g_queue_is_empty (&ready))
        g_cond_wait_until (&sim_net_changed, &sim_net_lock, next);
      quit = ending && served == NULL && notice.request == NULL && delivery.exchange == NULL && g_queue_is_empty (&ready);
      g_mutex_unlock (&sim_net_lock);
      if (quit)
        return NULL;
      if (served != NULL)
        end_served (self, served);
      if (notice.request != NULL)
        {
          notice.func (notice.request, notice.end, notice.data);
          dsp_request_unref (notice.request);
        }
      if (delivery.exchange != NULL && (!sim_http_listens () || sim_net_is_cut (delivery.exchange->client)))
        {
          g_mutex_lock (&sim_net_lock);
          sim_exchange_lose (delivery.exchange);
          g_mutex_unlock (&sim_net_lock);
          sim_exchange_unref (delivery.exchange);
        }
      else if (delivery.exchange != NULL)
        serve (self, &delivery);
    }
}

/* ---- the layer ---- */

void
dsp_http_options_init (DspHttpOptions *options)
{
  *options = (DspHttpOptions) { .tcp_port = -1, .listen_fd = -1, .max_unsigned = 500, .max_per_address = 64, .max_per_key = 1000,
                                .max_waits_per_key = 1000, .header_ms = 5000, .body_ms = 15000, .body_rate = 1024, .idle_ms = 75000,
                                .unsigned_idle_ms = 15000, .reply_ms = 20000, .reply_rate = 16 * 1024, .stop_ms = 5000 };
}

gboolean
dsp_http_is_proxy_ (DspHttp    *self,
                    const char *address)
{
  return FALSE;
}

DspHttp *
dsp_http_new (const DspHttpOptions *options,
              GError              **error)
{
  DspHttp *self = g_new0 (DspHttp, 1);

  g_assert_null (listening);
  g_atomic_ref_count_init (&self->ref_count);
  self->options = *options;
  self->spool_folder = g_strdup (options->spool_folder);
  self->options.spool_folder = self->spool_folder;
  dsp_conns_init (&self->table, G_USEC_PER_SEC);
  if (deliveries == NULL)
    {
      deliveries = g_array_new (FALSE, FALSE, sizeof (Delivery));
      open_ones = g_ptr_array_new ();
    }
  listening = self;
  ending = FALSE;
  thread = g_thread_new ("net", net_thread, self);
  return self;
}

static void
end_waits (DspHttp *self,
           gboolean all)
{
  g_autoptr(GArray) notices = g_array_new (FALSE, FALSE, sizeof (Notice));

  g_mutex_lock (&self->table.lock);
  for (guint i = 0; i < open_ones->len; i++)
    {
      DspRequest *request = ((Served *) open_ones->pdata[i])->request;

      if (request->dispatched && !request->finished && (all || request->waiting))
        {
          Notice notice = { dsp_request_ref (request), request->wait_func, request->wait_data, DSP_WAIT_SHUTDOWN };

          dsp_request_finish_locked (request, dsp_reply_new_error (503, "stopping", "the server is stopping"));
          g_array_append_val (notices, notice);
        }
    }
  g_mutex_unlock (&self->table.lock);
  for (guint i = 0; i < notices->len; i++)
    {
      Notice *notice = &g_array_index (notices, Notice, i);

      if (notice->func != NULL)
        notice->func (notice->request, notice->end, notice->data);
      dsp_request_unref (notice->request);
    }
}

static void
wait_until_none (DspHttp *self,
                 gint64   us)
{
  gint64 end = g_get_monotonic_time () + us;

  while (open_ones->len > 0 && g_get_monotonic_time () < end)
    sim_sleep (10000);
}

void
dsp_http_stop (DspHttp *self)
{
  if (g_atomic_int_exchange (&self->stopping, TRUE))
    return;
  end_waits (self, FALSE);
  wait_until_none (self, (gint64) self->options.stop_ms * 1000);
  end_waits (self, TRUE);
  wait_until_none (self, G_USEC_PER_SEC);
  g_mutex_lock (&sim_net_lock);
  ending = TRUE;
  listening = NULL;
  g_cond_broadcast (&sim_net_changed);
  g_mutex_unlock (&sim_net_lock);
  g_thread_join (g_steal_pointer (&thread));
  g_mutex_lock (&sim_net_lock);
  for (guint i = 0; i < deliveries->len; i++)
    {
      SimExchange *exchange = g_array_index (deliveries, Delivery, i).exchange;

      sim_exchange_lose (exchange);
      sim_exchange_unref (exchange);
    }
  g_array_set_size (deliveries, 0);
  g_mutex_unlock (&sim_net_lock);
}

void
dsp_http_unref_ (DspHttp *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  dsp_conns_clear (&self->table);
  g_free (self->spool_folder);
  g_free (self);
}

void
dsp_http_free (DspHttp *self)
{
  if (self == NULL)
    return;
  dsp_http_stop (self);
  dsp_http_unref_ (self);
}

guint16
dsp_http_get_port (DspHttp *self)
{
  return 0;
}

char *
dsp_http_dup_fingerprint (DspHttp *self)
{
  return NULL;
}

gboolean
dsp_http_reload_certificate (DspHttp *self,
                             GError **error)
{
  return TRUE;
}

void
dsp_http_get_stats (DspHttp      *self,
                    DspHttpStats *stats)
{
  *stats = (DspHttpStats) { .waiting = self->table.n_waiting };
}
