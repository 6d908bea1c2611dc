/* dsp-watchdog.c: what the service manager hears of the server
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-watchdog.h"

#include <string.h>
#include <systemd/sd-daemon.h>

#define PATIENCE_S 1

struct _DspWatchdog
{
  GSocketConnectable *address;
  gboolean            tls;
  gint64              every_us;
  GThread            *thread;
  GMutex              lock;
  GCond               wake;
  gboolean            ending; /* (guarded by lock) */
};

/* It is this very program that answers: who it is needs no proof. */
static gboolean
accept_any (GTlsConnection      *connection,
            GTlsCertificate     *certificate,
            GTlsCertificateFlags errors,
            gpointer             user_data)
{
  return TRUE;
}

static void
on_event (GSocketClient     *client,
          GSocketClientEvent event,
          GSocketConnectable *connectable,
          GIOStream         *connection,
          gpointer           user_data)
{
  if (event == G_SOCKET_CLIENT_TLS_HANDSHAKING)
    g_signal_connect (connection, "accept-certificate", G_CALLBACK (accept_any), NULL);
}

gboolean
dsp_watchdog_ask (GSocketConnectable *address,
                  gboolean            tls,
                  GError            **error)
{
  static const char question[] = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
  static const char answer[] = "HTTP/1.1 200 ";
  g_autoptr(GSocketClient) client = g_socket_client_new ();
  g_autoptr(GSocketConnection) connection = NULL;
  char head[sizeof answer] = "";
  gint64 from = g_get_monotonic_time ();
  gsize n_read = 0;

  g_socket_client_set_timeout (client, PATIENCE_S);
  g_socket_client_set_enable_proxy (client, FALSE);
  g_socket_client_set_tls (client, tls);
  g_signal_connect (client, "event", G_CALLBACK (on_event), NULL);
  connection = g_socket_client_connect (client, address, NULL, error);
  if (connection == NULL ||
      !g_output_stream_write_all (g_io_stream_get_output_stream (G_IO_STREAM (connection)), question, strlen (question), NULL,
                                  NULL, error) ||
      !g_input_stream_read_all (g_io_stream_get_input_stream (G_IO_STREAM (connection)), head, strlen (answer), &n_read, NULL,
                                error))
    return FALSE;
  if (n_read < strlen (answer) || strcmp (head, answer) != 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "it answered “%s”", head);
      return FALSE;
    }
  if (g_get_monotonic_time () - from > PATIENCE_S * G_TIME_SPAN_SECOND)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "it answered after more than %d s", PATIENCE_S);
      return FALSE;
    }
  return TRUE;
}

/* FALSE: it ends. */
static gboolean
rest (DspWatchdog *self)
{
  gint64 until = g_get_monotonic_time () + self->every_us;
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  while (!self->ending && g_cond_wait_until (&self->wake, &self->lock, until))
    ;
  return !self->ending;
}

static gpointer
run (gpointer user_data)
{
  DspWatchdog *self = user_data;

  do
    {
      g_autoptr(GError) error = NULL;

      if (dsp_watchdog_ask (self->address, self->tls, &error))
        sd_notify (0, "WATCHDOG=1");
      else
        g_warning ("the server does not answer itself: %s", error->message);
    }
  while (rest (self));
  return NULL;
}

DspWatchdog *
dsp_watchdog_new (GSocketConnectable *address,
                  gboolean            tls)
{
  DspWatchdog *self;
  guint64 limit_us;

  sd_notify (0, "READY=1");
  if (sd_watchdog_enabled (0, &limit_us) <= 0)
    return NULL;
  self = g_new0 (DspWatchdog, 1);
  self->address = g_object_ref (address);
  self->tls = tls;
  self->every_us = (gint64) limit_us / 3; /* one late answer is no death */
  g_mutex_init (&self->lock);
  g_cond_init (&self->wake);
  self->thread = g_thread_new ("watchdog", run, self);
  return self;
}

void
dsp_watchdog_free (DspWatchdog *self)
{
  sd_notify (0, "STOPPING=1");
  if (self == NULL)
    return;
  g_mutex_lock (&self->lock);
  self->ending = TRUE;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
  g_thread_join (self->thread);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->wake);
  g_object_unref (self->address);
  g_free (self);
}
