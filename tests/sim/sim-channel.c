/* sim-channel.c: a client's connection, over the simulated network
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "sim-net.h"

#include "dsp-channel.h"
#include "sim-disk.h"
#include "sim-threads.h"

#include <string.h>

struct _DspChannel
{
  char  *client, *token;
  guint  timeout_s;
};

SimNet sim_net = { .delay_us = 2000 };
GMutex sim_net_lock;
GCond sim_net_changed;
static GHashTable *cuts; /* set of clients */
static GPtrArray *asked; /* of SimExchange that somebody waits for */
static SimPushFunc watch;

/* ---- exchanges ---- */

SimExchange *
sim_exchange_ref (SimExchange *exchange)
{
  exchange->refs++;
  return exchange;
}

void
sim_exchange_unref (SimExchange *exchange)
{
  if (--exchange->refs > 0)
    return;
  g_free (exchange->path);
  g_free (exchange->token);
  g_clear_pointer (&exchange->body, g_bytes_unref);
  g_clear_pointer (&exchange->answer, g_bytes_unref);
  g_free (exchange);
}

gint64
sim_net_delay (void)
{
  if (sim_chance () < sim_net.slow)
    return (gint64) (sim_chance () * 40 * G_USEC_PER_SEC);
  return 100 + (gint64) (sim_chance () * 2 * (double) sim_net.delay_us);
}

gboolean
sim_net_is_cut (const char *client)
{
  return cuts != NULL && g_hash_table_contains (cuts, client);
}

void
sim_exchange_lose (SimExchange *exchange)
{
  exchange->breaks_at = sim_chance () < 0.7 ? g_get_monotonic_time () + sim_net_delay () : -1;
  g_cond_broadcast (&sim_net_changed);
}

void
sim_net_tell_push (SimExchange *exchange)
{
  g_autofree char *json = NULL;

  if (watch == NULL || strcmp (exchange->path, "v1/commands") != 0 || exchange->status != 200)
    return;
  json = g_strndup (g_bytes_get_data (exchange->answer, NULL), g_bytes_get_size (exchange->answer));
  watch (exchange->client, json);
}

/* ---- what tests call ---- */

void
sim_net_watch (SimPushFunc func)
{
  watch = func;
}

void
sim_net_cut (const char *client,
             gboolean    cut)
{
  g_mutex_lock (&sim_net_lock);
  if (cuts == NULL)
    cuts = g_hash_table_new (g_str_hash, g_str_equal);
  if (cut)
    g_hash_table_add (cuts, (gpointer) g_intern_string (client));
  else
    g_hash_table_remove (cuts, client);
  for (guint i = 0; cut && asked != NULL && i < asked->len; i++)
    {
      SimExchange *exchange = asked->pdata[i];

      if (strcmp (exchange->client, client) == 0)
        sim_exchange_lose (exchange);
    }
  g_mutex_unlock (&sim_net_lock);
}

void
sim_net_mend (void)
{
  g_mutex_lock (&sim_net_lock);
  sim_net = (SimNet) { .delay_us = 2000 };
  if (cuts != NULL)
    g_hash_table_remove_all (cuts);
  for (guint i = 0; asked != NULL && i < asked->len; i++)
    {
      SimExchange *exchange = asked->pdata[i];

      exchange->breaks_at = g_get_monotonic_time ();
    }
  g_cond_broadcast (&sim_net_changed);
  g_mutex_unlock (&sim_net_lock);
}

/* ---- asking ---- */

static void
on_cancelled (GCancellable *cancellable,
              gpointer      data)
{
  g_cond_broadcast (&sim_net_changed);
}

/* With the lock. */
static void
send_off (SimExchange *exchange)
{
  gint64 now = g_get_monotonic_time ();

  if (!sim_http_listens () || sim_net_is_cut (exchange->client) || (!exchange->is_socket && sim_chance () < sim_net.lose))
    {
      sim_exchange_lose (exchange);
      return;
    }
  sim_http_bring (exchange, now + (exchange->is_socket ? 100 : sim_net_delay ()));
  if (!exchange->is_socket && sim_chance () < sim_net.repeat)
    sim_http_bring (exchange, now + 2 * sim_net_delay ());
}

/* With the lock. FALSE: the asker gave up, or has nothing to wait for. */
static gboolean
await (SimExchange  *exchange,
       gint64        until,
       GCancellable *cancellable,
       GError      **error)
{
  for (;;)
    {
      gint64 now = g_get_monotonic_time (), next = until;

      if (g_cancellable_set_error_if_cancelled (cancellable, error))
        return FALSE;
      if (exchange->has_answer && exchange->answer_at <= now && !sim_net_is_cut (exchange->client))
        return TRUE;
      if (exchange->breaks_at >= 0 && exchange->breaks_at <= now)
        {
          g_set_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_OFFLINE, "the connection broke");
          return FALSE;
        }
      if (now >= until)
        {
          g_set_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_OFFLINE, "no answer in time");
          return FALSE;
        }
      if (exchange->has_answer && exchange->answer_at > now)
        next = MIN (next, exchange->answer_at);
      if (exchange->breaks_at >= 0)
        next = MIN (next, exchange->breaks_at);
      g_cond_wait_until (&sim_net_changed, &sim_net_lock, next);
    }
}

static gboolean
ask (DspChannel   *channel,
     const char   *method,
     const char   *path,
     GBytes       *body,
     GCancellable *cancellable,
     DspAnswer    *answer,
     GError      **error)
{
  SimExchange *exchange = g_new0 (SimExchange, 1);
  gulong handler = 0;
  gboolean ok;

  memset (answer, 0, sizeof *answer);
  exchange->refs = 1;
  exchange->client = g_intern_string (channel->client);
  exchange->is_socket = strcmp (channel->client, "socket") == 0;
  exchange->method = g_intern_string (method);
  exchange->path = g_strdup (path);
  exchange->token = g_strdup (channel->token);
  exchange->body = body != NULL ? g_bytes_ref (body) : NULL;
  exchange->breaks_at = -1;
  if (cancellable != NULL)
    handler = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), NULL, NULL);
  g_mutex_lock (&sim_net_lock);
  if (asked == NULL)
    asked = g_ptr_array_new ();
  g_ptr_array_add (asked, exchange);
  send_off (exchange);
  ok = await (exchange, g_get_monotonic_time () + channel->timeout_s * G_USEC_PER_SEC, cancellable, error);
  g_ptr_array_remove (asked, exchange);
  if (ok)
    {
      answer->status = exchange->status;
      answer->body = g_bytes_ref (exchange->answer);
      answer->wire_bytes = g_bytes_get_size (answer->body);
      answer->retry_after_s = exchange->retry_after_s;
    }
  else
    {
      exchange->left = TRUE;
      exchange->left_at = g_get_monotonic_time ();
      g_cond_broadcast (&sim_net_changed);
    }
  g_mutex_unlock (&sim_net_lock);
  if (handler != 0)
    g_cancellable_disconnect (cancellable, handler);
  sim_exchange_unref (exchange);
  if (ok && answer->status >= 400)
    dsp_answer_read_error (answer);
  return ok;
}

/* ---- the channel ---- */

DspChannel *
dsp_channel_new (const char *server,
                 const char *fingerprint,
                 guint       timeout_s)
{
  DspChannel *channel = g_new0 (DspChannel, 1);

  g_assert_true (g_str_has_prefix (server, "sim://"));
  channel->client = g_strdup (server + strlen ("sim://"));
  channel->timeout_s = timeout_s;
  return channel;
}

void
dsp_channel_free (DspChannel *channel)
{
  if (channel == NULL)
    return;
  g_free (channel->client);
  g_free (channel->token);
  g_free (channel);
}

void
dsp_channel_set_token (DspChannel *channel,
                       const char *token)
{
  g_free (channel->token);
  channel->token = g_strdup (token);
}

const char *
dsp_channel_get_shown_fingerprint (DspChannel *channel)
{
  return NULL;
}

gboolean
dsp_channel_ask (DspChannel   *channel,
                 const char   *method,
                 const char   *path,
                 const char   *json,
                 GCancellable *cancellable,
                 DspAnswer    *answer,
                 GError      **error)
{
  g_autoptr(GBytes) body = json != NULL ? g_bytes_new (json, strlen (json)) : NULL;

  return ask (channel, method, path, body, cancellable, answer, error);
}

gboolean
dsp_channel_put (DspChannel   *channel,
                 const char   *path,
                 GBytes       *body,
                 GCancellable *cancellable,
                 DspAnswer    *answer,
                 GError      **error)
{
  return ask (channel, "PUT", path, body, cancellable, answer, error);
}

guint64
dsp_channel_n_received (void)
{
  return 0;
}
