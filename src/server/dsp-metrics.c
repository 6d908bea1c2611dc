/* dsp-metrics.c: the server's figures, for whoever watches it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A figure is a row of one of two tables: of the process, or of each company in it. Counters begin at zero with the
 * process. Text format 0.0.4 of Prometheus.
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-metrics.h"

#include <dirent.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define PREFIX        "despacho_"
#define SECRET_LENGTH 16 /* at least: whoever chooses it is a person */

typedef struct {
  const char *name;
  gboolean    counter;
  const char *help;
  guint64   (*get) (DspServer *server);
} Figure;

static guint64
get_commands (DspServer *server)
{
  return dsp_executor_get_n_commands (server->executor);
}

static guint64
get_batches (DspServer *server)
{
  return dsp_executor_get_n_batches (server->executor);
}

static guint64
get_faults (DspServer *server)
{
  return dsp_executor_get_n_faults (server->executor);
}

static guint64
get_queue (DspServer *server)
{
  return dsp_executor_get_n_waiting (server->executor);
}

static guint64
get_reads (DspServer *server)
{
  return dsp_readers_get_n_waiting (server->readers);
}

static guint64
get_sign_in_queue (DspServer *server)
{
  return dsp_readers_get_n_waiting (server->signers);
}

static guint64
get_waiting (DspServer *server)
{
  return dsp_waiters_get_n (server->waiters);
}

static guint64
get_sessions (DspServer *server)
{
  return dsp_sessions_get_n (server->sessions);
}

static guint64
get_seq (DspServer *server)
{
  return (guint64) MAX (dsp_executor_get_seq (server->executor), 0);
}

static guint64
get_sign_ins (DspServer *server)
{
  return (guint64) g_atomic_int_get (&server->n_sign_ins);
}

static guint64
get_refused_sign_ins (DspServer *server)
{
  return (guint64) g_atomic_int_get (&server->n_refused_sign_ins);
}

static const Figure figures[] = {
  { "commands_total", TRUE, "Commands that were judged.", get_commands },
  { "batches_total", TRUE, "Transactions that are on the disk.", get_batches },
  { "store_faults_total", TRUE, "Transactions that were rolled back because the store failed.", get_faults },
  { "sign_ins_total", TRUE, "Sign-ins that were let in.", get_sign_ins },
  { "sign_ins_refused_total", TRUE, "Sign-ins that were refused.", get_refused_sign_ins },
  { "queue", FALSE, "Requests that wait for the thread that writes.", get_queue },
  { "read_queue", FALSE, "Requests that wait for a thread that reads.", get_reads },
  { "sign_in_queue", FALSE, "Sign-ins that wait for their turn.", get_sign_in_queue },
  { "waiting", FALSE, "Requests that wait for news.", get_waiting },
  { "sessions", FALSE, "Tokens that count.", get_sessions },
  { "feed_seq", FALSE, "Number of the last change in the feed that this process knows.", get_seq },
};

static void
put_head (GString    *out,
          const char *name,
          gboolean    counter,
          const char *help)
{
  g_string_append_printf (out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, counter ? "counter" : "gauge");
}

static void
put (GString    *out,
     const char *name,
     gboolean    counter,
     const char *help,
     guint64     value)
{
  put_head (out, name, counter, help);
  g_string_append_printf (out, "%s %" G_GUINT64_FORMAT "\n", name, value);
}

/* Seconds have a point whatever the language is. */
static void
put_seconds (GString *out,
             gint64   us)
{
  g_string_append_printf (out, " %" G_GINT64_FORMAT ".%06d\n", us / G_USEC_PER_SEC, (int) (us % G_USEC_PER_SEC));
}

/* Names of companies are of a few plain characters (dsp_company_name_check()): nothing in them needs escaping. */
static void
put_name (GString    *out,
          const char *name,
          const char *company)
{
  g_string_append (out, name);
  if (company != NULL)
    g_string_append_printf (out, "{company=\"%s\"}", company);
}

static void
put_companies (GString           *out,
               DspServer *const  *servers,
               const char *const *names,
               gsize              n)
{
#define NAME(i) (names != NULL ? names[i] : NULL)
  put_head (out, PREFIX "ready", FALSE, "Whether the store of the company answers and takes commands.");
  for (gsize i = 0; i < n; i++)
    {
      put_name (out, PREFIX "ready", NAME (i));
      g_string_append_printf (out, " %d\n", servers[i] != NULL && dsp_executor_can_store (servers[i]->executor));
    }
  for (guint f = 0; f < G_N_ELEMENTS (figures); f++)
    {
      g_autofree char *name = g_strconcat (PREFIX, figures[f].name, NULL);

      put_head (out, name, figures[f].counter, figures[f].help);
      for (gsize i = 0; i < n; i++)
        if (servers[i] != NULL)
          {
            put_name (out, name, NAME (i));
            g_string_append_printf (out, " %" G_GUINT64_FORMAT "\n", figures[f].get (servers[i]));
          }
    }
  put_head (out, PREFIX "commit_seconds_total", TRUE, "Time spent in commits, until they were on the disk.");
  for (gsize i = 0; i < n; i++)
    if (servers[i] != NULL)
      {
        put_name (out, PREFIX "commit_seconds_total", NAME (i));
        put_seconds (out, (gint64) dsp_executor_get_commit_us (servers[i]->executor));
      }
#undef NAME
}

static void
put_http (GString *out,
          DspHttp *http)
{
  DspHttpStats stats;

  dsp_http_get_stats (http, &stats);
  put (out, PREFIX "connections", FALSE, "Open connections.", stats.connections);
  put (out, PREFIX "connections_unsigned", FALSE, "Open connections that nobody has signed in on.", stats.unsigned_connections);
  put (out, PREFIX "requests_total", TRUE, "Requests whose first line was read.", stats.requests);
  put (out, PREFIX "requests_refused_total", TRUE, "Requests refused for their form or for a limit, before anybody looked at them.", stats.refused);
  put (out, PREFIX "timed_out_total", TRUE, "Connections closed at a deadline.", stats.timed_out);
  put (out, PREFIX "peers_gone_total", TRUE, "Peers that left while they waited for news.", stats.gone);
}

static guint64
count_descriptors (void)
{
  DIR *folder = opendir ("/proc/self/fd");
  guint64 n = 0;

  if (folder == NULL)
    return 0;
  while (readdir (folder) != NULL)
    n++;
  closedir (folder);
  /* Itself, "." and "..". */
  return n > 3 ? n - 3 : 0;
}

static guint64
resident_bytes (void)
{
  g_autofree char *text = NULL;
  guint64 size = 0, resident = 0;

  if (!g_file_get_contents ("/proc/self/statm", &text, NULL, NULL) ||
      sscanf (text, "%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT, &size, &resident) != 2)
    return 0;
  return resident * (guint64) sysconf (_SC_PAGESIZE);
}

static void
put_process (GString   *out,
             DspStarted started)
{
  struct rusage usage;

  put_head (out, PREFIX "build_info", FALSE, "The version that runs.");
  g_string_append_printf (out, PREFIX "build_info{version=\"%s\"} 1\n", PACKAGE_VERSION);
  put (out, PREFIX "uptime_seconds", FALSE, "Since the server started.", (guint64) ((g_get_monotonic_time () - started.monotonic_us) / G_USEC_PER_SEC));
  put_head (out, "process_start_time_seconds", FALSE, "When the process started, in seconds since 1970.");
  g_string_append (out, "process_start_time_seconds");
  put_seconds (out, started.real_us);
  if (getrusage (RUSAGE_SELF, &usage) == 0)
    {
      put_head (out, "process_cpu_seconds_total", TRUE, "Processor time spent, of the program and for it.");
      g_string_append (out, "process_cpu_seconds_total");
      put_seconds (out, (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * G_USEC_PER_SEC + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec);
    }
  put (out, "process_resident_memory_bytes", FALSE, "Memory in use.", resident_bytes ());
  put (out, "process_open_fds", FALSE, "Open file descriptors.", count_descriptors ());
}

GBytes *
dsp_metrics_print (DspHttp           *http,
                   DspServer *const  *servers,
                   const char *const *names,
                   gsize              n_servers,
                   DspStarted         started)
{
  GString *out = g_string_sized_new (8192);

  put_companies (out, servers, names, n_servers);
  put_http (out, http);
  put_process (out, started);
  return g_string_free_to_bytes (out);
}

gboolean
dsp_metrics_allows (DspRequest *request,
                    const char *secret)
{
  const char *token = dsp_request_get_token (request);

  if (dsp_request_is_unix (request))
    return TRUE;
  return secret != NULL && token != NULL && strlen (token) == strlen (secret) && sodium_memcmp (token, secret, strlen (secret)) == 0;
}

char *
dsp_metrics_read_secret (const char *path,
                         GError    **error)
{
  g_autofree char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, error))
    return NULL;
  g_strstrip (text);
  if (strlen (text) >= SECRET_LENGTH && strpbrk (text, " \t\r\n") == NULL)
    return g_steal_pointer (&text);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "%s: a secret for /metrics has at least %d characters and no blank", path, SECRET_LENGTH);
  return NULL;
}
