/* bench-http.c: the HTTP layer alone: small replies, and waking those who wait
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bench-http [seconds]: runs wrk (where installed) against a server in this process, first with replies given on the
 * spot, then through a worker thread as most are, plain and TLS; then parks 1,000 and 5,000 requests and measures from
 * the wake to the last reply's first byte.
 */
#include "config.h"
#include "dsp-http.h"

#include <arpa/inet.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { SPOT, WORKER, WAIT };

static const DspRoute routes[] = {
  { DSP_METHOD_GET, "v1/spot", 0, DSP_ROUTE_NONE, SPOT, NULL },
  { DSP_METHOD_GET, "v1/worker", 0, DSP_ROUTE_NONE, WORKER, NULL },
  { DSP_METHOD_GET, "v1/wait", 0, DSP_ROUTE_MAY_WAIT, WAIT, NULL },
};

static GThreadPool *pool;
static GMutex lock;
static GCond changed;
static GQueue waiters = G_QUEUE_INIT;

static void
work (gpointer item,
      gpointer data)
{
  dsp_request_reply_json (item, 200, "{\"ok\":true,\"number\":\"SO-000123\",\"status\":\"assigned\"}");
}

static void
wait_ended (DspRequest *request,
            DspWaitEnd  end,
            gpointer    data)
{
  gboolean mine;

  g_mutex_lock (&lock);
  mine = g_queue_remove (&waiters, request);
  g_mutex_unlock (&lock);
  if (mine)
    dsp_request_reply_json (request, 200, "{}");
}

static void
dispatch (DspRequest *request,
          gpointer    data)
{
  gboolean waits;

  switch (dsp_request_get_route (request)->id)
    {
    case SPOT:
      work (request, NULL);
      break;
    case WORKER:
      g_thread_pool_push (pool, request, NULL);
      break;
    default:
      g_mutex_lock (&lock);
      waits = dsp_request_set_wait (request, 60000, wait_ended, NULL);
      if (waits)
        g_queue_push_tail (&waiters, request);
      g_cond_broadcast (&changed);
      g_mutex_unlock (&lock);
      if (!waits)
        dsp_request_refuse (request);
    }
}

static DspHttp *
start (const char *tls_folder)
{
  g_autoptr(GError) error = NULL;
  DspHttpOptions options;
  DspHttp *http;

  dsp_http_options_init (&options);
  options.tcp_host = "127.0.0.1";
  options.tcp_port = 0;
  options.tls = tls_folder != NULL;
  options.tls_folder = tls_folder;
  options.routes = routes;
  options.n_routes = G_N_ELEMENTS (routes);
  options.dispatch = dispatch;
  options.max_unsigned = options.max_per_address = 10000;
  http = dsp_http_new (&options, &error);
  if (http == NULL)
    g_error ("%s", error->message);

  return http;
}

static void
run_wrk (const char *wrk,
         DspHttp    *http,
         const char *scheme,
         const char *path,
         guint       seconds)
{
  g_autofree char *url = g_strdup_printf ("%s://127.0.0.1:%u/v1/%s", scheme, dsp_http_get_port (http), path);
  g_autofree char *duration = g_strdup_printf ("-d%us", seconds);
  const char *arguments[] = { wrk, "-t1", "-c16", duration, "--latency", url, NULL };
  g_autofree char *out = NULL;
  g_autoptr(GError) error = NULL;
  g_auto(GStrv) lines = NULL;

  if (!g_spawn_sync (NULL, (char **) arguments, NULL, G_SPAWN_DEFAULT, NULL, NULL, &out, NULL, NULL, &error))
    {
      g_print ("%s: %s\n", wrk, error->message);
      return;
    }

  g_print ("%s %s, 16 connections:\n", scheme, path);
  lines = g_strsplit (out, "\n", -1);
  for (guint i = 0; lines[i] != NULL; i++)
    if (strstr (lines[i], "Requests/sec") != NULL || strstr (lines[i], "50%") != NULL ||
        strstr (lines[i], "99%") != NULL || strstr (lines[i], "Non-2xx") != NULL)
      g_print ("  %s\n", g_strstrip (lines[i]));
}

static int
compare_doubles (gconstpointer a,
                 gconstpointer b)
{
  double x = *(const double *) a, y = *(const double *) b;

  return (x > y) - (x < y);
}

static void
run_wake (DspHttp *http,
          guint    n)
{
  static const char request[] = "GET /v1/wait HTTP/1.1\r\nHost: localhost\r\n\r\n";
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (dsp_http_get_port (http)) };
  g_autofree int *fds = g_new (int, n);
  double times[9];
  int epoll_fd = epoll_create1 (EPOLL_CLOEXEC);

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  for (guint i = 0; i < n; i++)
    {
      struct epoll_event event = { .events = EPOLLIN, .data.fd = 0 };

      fds[i] = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      if (connect (fds[i], (struct sockaddr *) &address, sizeof address) != 0)
        g_error ("can not connect number %u", i);
      event.data.fd = fds[i];
      epoll_ctl (epoll_fd, EPOLL_CTL_ADD, fds[i], &event);
    }

  for (guint round = 0; round < G_N_ELEMENTS (times); round++)
    {
      GQueue woken;
      gint64 began;

      for (guint i = 0; i < n; i++)
        if (send (fds[i], request, sizeof request - 1, MSG_NOSIGNAL) < 0)
          g_error ("connection %u is gone", i);
      g_mutex_lock (&lock);
      while (waiters.length < n)
        g_cond_wait (&changed, &lock);
      woken = waiters;
      g_queue_init (&waiters);
      g_mutex_unlock (&lock);

      began = g_get_monotonic_time ();
      for (DspRequest *waiter; (waiter = g_queue_pop_head (&woken)) != NULL;)
        dsp_request_reply_json (waiter, 200, "{\"changes\":[]}");
      for (guint got = 0; got < n;)
        {
          struct epoll_event events[256];
          int ready = epoll_wait (epoll_fd, events, G_N_ELEMENTS (events), -1);
          char buffer[4096];

          for (int i = 0; i < ready; i++)
            got += recv (events[i].data.fd, buffer, sizeof buffer, 0) > 0;
        }
      times[round] = (g_get_monotonic_time () - began) / 1000.0;
    }

  qsort (times, G_N_ELEMENTS (times), sizeof times[0], compare_doubles);
  g_print ("wake %u waiting, to the last reply: median %.1f ms, worst %.1f ms\n", n, times[G_N_ELEMENTS (times) / 2],
           times[G_N_ELEMENTS (times) - 1]);
  for (guint i = 0; i < n; i++)
    close (fds[i]);
  close (epoll_fd);
}

int
main (int   argc,
      char *argv[])
{
  guint seconds = argc > 1 ? g_ascii_strtoull (argv[1], NULL, 10) : 3;
  g_autofree char *wrk = g_find_program_in_path ("wrk");
  g_autofree char *folder = g_dir_make_tmp ("bench-http-XXXXXX", NULL);
  g_autofree char *key = g_build_filename (folder, "server-key.pem", NULL);
  g_autofree char *certificate = g_build_filename (folder, "server-certificate.pem", NULL);
  DspHttp *http;

  signal (SIGPIPE, SIG_IGN);
  pool = g_thread_pool_new (work, NULL, 1, TRUE, NULL);

  http = start (NULL);
  if (wrk != NULL)
    {
      run_wrk (wrk, http, "http", "spot", seconds);
      run_wrk (wrk, http, "http", "worker", seconds);
    }
  run_wake (http, 1000);
  run_wake (http, 5000);
  dsp_http_free (http);

  if (wrk != NULL)
    {
      http = start (folder);
      run_wrk (wrk, http, "https", "spot", seconds);
      dsp_http_free (http);
    }

  g_thread_pool_free (pool, FALSE, TRUE);
  g_unlink (key);
  g_unlink (certificate);
  g_rmdir (folder);

  return 0;
}
