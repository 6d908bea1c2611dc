/* despachod.c: the shared server's program
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Log lines go to standard error, with a level that the journal understands; standard output has only what a person or a
 * script waits for: where it listens, and the first administrator's code.
 */
#define G_LOG_DOMAIN "despachod"

#include "config.h"
#include "dsp-db-postgres.h"
#include "dsp-language.h"
#include "dsp-settings.h"
#include "dsp-watchdog.h"

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib-unix.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static GLogWriterOutput
write_log (GLogLevelFlags   level,
           const GLogField *fields,
           gsize            n_fields,
           gpointer         user_data)
{
  static const struct { GLogLevelFlags level; int priority; } levels[] = {
    { G_LOG_LEVEL_ERROR, 2 }, { G_LOG_LEVEL_CRITICAL, 3 }, { G_LOG_LEVEL_WARNING, 4 }, { G_LOG_LEVEL_MESSAGE, 5 },
    { G_LOG_LEVEL_INFO, 6 }, { G_LOG_LEVEL_DEBUG, 7 },
  };
  g_autofree char *escaped = NULL;
  const char *message = "", *domain = "";
  int priority = 6;

  if (g_log_writer_default_would_drop (level, NULL) && (level & (G_LOG_LEVEL_DEBUG | G_LOG_LEVEL_INFO)))
    return G_LOG_WRITER_HANDLED;
  for (gsize i = 0; i < n_fields; i++)
    {
      if (g_str_equal (fields[i].key, "MESSAGE"))
        message = fields[i].value;
      else if (g_str_equal (fields[i].key, "GLIB_DOMAIN"))
        domain = fields[i].value;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (levels); i++)
    if (level & levels[i].level)
      {
        priority = levels[i].priority;
        break;
      }
  /* What clients sent may stand in a message: one line stays one line. */
  escaped = g_strdup (message);
  for (char *p = escaped; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      *p = '?';
  fprintf (stderr, "<%d>%s: %s\n", priority, domain, escaped);
  if (level & G_LOG_LEVEL_ERROR)
    abort ();
  if ((level & (G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_WARNING)) && (g_log_set_always_fatal (G_LOG_FATAL_MASK) & level))
    abort ();
  return G_LOG_WRITER_HANDLED;
}

static gboolean
on_terminate (gpointer user_data)
{
  g_main_loop_quit (user_data);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_hang_up (gpointer user_data)
{
  DspHouse *house = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *fingerprint = NULL;

  if (!dsp_house_reload (house, &error))
    {
      g_warning ("certificate not loaded, the old one stays: %s", error->message);
      return G_SOURCE_CONTINUE;
    }
  fingerprint = dsp_house_dup_fingerprint (house);
  if (fingerprint != NULL)
    g_message ("certificate loaded, fingerprint %s", fingerprint);
  return G_SOURCE_CONTINUE;
}

static void
raise_descriptors (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max)
    {
      limit.rlim_cur = limit.rlim_max;
      if (setrlimit (RLIMIT_NOFILE, &limit) != 0)
        g_message ("the limit of open files stays at %lu", (gulong) limit.rlim_cur);
    }
}

/* Of several companies any may be opened later, on a thread of its own. */
static void
tell_opened (DspServer  *server,
             const char *name,
             gpointer    user_data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *code = dsp_server_make_first_code (server, &error);

  if (error != NULL)
    g_warning ("no code for the first administrator: %s", error->message);
  if (name != NULL)
    g_message ("company %s is served", name);
  if (code == NULL)
    return;
  printf ("first administrator%s%s: sign in with a name of your choice and the one-time key %s within 24 hours\n",
          name != NULL ? " of " : "", name != NULL ? name : "", code);
  fflush (stdout);
}

/* Where it listens, as a person would write it; a socket that was handed over has an address, too. */
static char *
dup_listen (const DspSettings *settings)
{
  g_autoptr(GSocket) socket = NULL;
  g_autoptr(GSocketAddress) address = NULL;

  if (settings->listen_fd < 0)
    return g_strdup (settings->listen);
  socket = g_socket_new_from_fd (dup (settings->listen_fd), NULL);
  address = socket != NULL ? g_socket_get_local_address (socket, NULL) : NULL;
  return address != NULL ? g_socket_connectable_to_string (G_SOCKET_CONNECTABLE (address)) : g_strdup ("0.0.0.0:0");
}

static void
tell_ready (DspHouse          *house,
            const DspSettings *settings,
            const char        *listen)
{
  g_autofree char *fingerprint = dsp_house_dup_fingerprint (house);

  if (listen != NULL)
    printf ("listening %s://%.*s:%u%s%s\n", settings->no_tls ? "http" : "https", (int) (strrchr (listen, ':') - listen), listen,
            dsp_house_get_port (house), fingerprint != NULL ? " fingerprint " : "", fingerprint != NULL ? fingerprint : "");
  else
    printf ("listening unix:%s\n", settings->socket);
  fflush (stdout);
  if (settings->ready_fd < 0)
    return;
  if (write (settings->ready_fd, "ready\n", 6) != 6)
    g_message ("nobody reads the ready descriptor");
  close (settings->ready_fd);
}

/* Where this machine reaches the server: (transfer full). */
static GSocketConnectable *
own_address (DspHouse          *house,
             const DspSettings *settings,
             const char        *listen)
{
  g_autoptr(GSocketAddress) address = NULL;
  g_autofree char *host = NULL;

  if (listen == NULL)
    return G_SOCKET_CONNECTABLE (g_unix_socket_address_new (settings->socket));
  host = g_strndup (listen, (gsize) (strrchr (listen, ':') - listen));
  if (host[0] == '[' && g_str_has_suffix (host, "]"))
    {
      host[strlen (host) - 1] = '\0';
      memmove (host, host + 1, strlen (host));
    }
  address = g_inet_socket_address_new_from_string (*host != '\0' ? host : "0.0.0.0", dsp_house_get_port (house));
  if (address == NULL)
    return g_network_address_new (host, dsp_house_get_port (house));
  if (g_inet_address_get_is_any (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address))))
    {
      g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback (g_socket_address_get_family (address));

      return G_SOCKET_CONNECTABLE (g_inet_socket_address_new (loopback, dsp_house_get_port (house)));
    }
  return G_SOCKET_CONNECTABLE (g_steal_pointer (&address));
}

int
main (int    argc,
      char **argv)
{
  g_autoptr(DspSettings) settings = dsp_settings_new ();
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr(GError) error = NULL;
  g_autoptr(GSocketConnectable) address = NULL;
  g_autofree DspServerOptions *companies = NULL;
  g_autofree char *listen = NULL;
  DspHouseOptions options;
  DspHouse *house;
  DspWatchdog *watchdog;

  dsp_language_begin ();
  g_log_set_writer_func (write_log, NULL, NULL);
  g_set_prgname ("despachod");
  if (!dsp_settings_parse (settings, &argc, &argv, &error))
    {
      fprintf (stderr, "despachod: %s\n", error->message);
      return 2;
    }
  /* Only the options are described in the person's language: answers and numbers are the same everywhere. */
  setlocale (LC_ALL, "C");
  setlocale (LC_CTYPE, "C.UTF-8");
  if (settings->version)
    {
      printf ("despachod %s\n", PACKAGE_VERSION);
      return 0;
    }
  raise_descriptors ();
  /* A peer that left and a file that may not grow are errors of a call, not the end of the program. */
  signal (SIGPIPE, SIG_IGN);
  signal (SIGXFSZ, SIG_IGN);
  umask (0077);
  dsp_db_postgres_init ();

  dsp_settings_fill (settings, &options, &companies);
  options.opened = tell_opened;
  listen = dup_listen (settings);
  house = dsp_house_new (&options, &error);
  if (house == NULL)
    {
      fprintf (stderr, "despachod: %s\n", error->message);
      return 1;
    }

  g_unix_signal_add (SIGTERM, on_terminate, loop);
  g_unix_signal_add (SIGINT, on_terminate, loop);
  g_unix_signal_add (SIGHUP, on_hang_up, house);
  if (settings->replay != NULL)
    g_warning ("this is a replay: the clock started at %s and goes on by the times that commands carry", settings->replay);
  tell_ready (house, settings, listen);
  address = own_address (house, settings, listen);
  watchdog = dsp_watchdog_new (address, options.tls && listen != NULL);
  g_main_loop_run (loop);
  g_message ("stopping");
  dsp_watchdog_free (watchdog);
  dsp_house_free (house);
  return 0;
}
