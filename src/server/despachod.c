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
#include "dsp-server.h"
#include "dsp-types.h"
#include "dsp-watchdog.h"

#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <glib-unix.h>
#include <glib/gi18n.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

typedef struct
{
  char    *database, *listen, *socket, *state, *certificate, *key, *replay, *osrm, *routino;
  gboolean no_tls, version, second_factor;
  int      ready_fd;
  int      sign_ins, requests, commands, waits;
  int      rotate, grace, keep_days, housekeeping;
  DspTime  replay_from;
} Arguments;

static void
arguments_clear (Arguments *arguments)
{
  g_free (arguments->database);
  g_free (arguments->listen);
  g_free (arguments->socket);
  g_free (arguments->state);
  g_free (arguments->certificate);
  g_free (arguments->key);
  g_free (arguments->replay);
  g_free (arguments->osrm);
  g_free (arguments->routino);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Arguments, arguments_clear)

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
  DspServer *server = user_data;
  g_autoptr(GError) error = NULL;
  g_autofree char *fingerprint = NULL;

  if (!dsp_server_reload_certificate (server, &error))
    {
      g_warning ("certificate not loaded, the old one stays: %s", error->message);
      return G_SOURCE_CONTINUE;
    }
  fingerprint = dsp_server_dup_fingerprint (server);
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

static gboolean
parse_arguments (int         *argc,
                 char      ***argv,
                 Arguments   *arguments,
                 GError     **error)
{
  const GOptionEntry entries[] = {
    { "database", 0, 0, G_OPTION_ARG_STRING, &arguments->database, N_("The database"), "sqlite:FILE|postgresql://…" },
    { "listen", 0, 0, G_OPTION_ARG_STRING, &arguments->listen, N_("Where to listen; port 0 is any free one"), "HOST:PORT" },
    { "socket", 0, 0, G_OPTION_ARG_FILENAME, &arguments->socket, N_("UNIX socket for the owner's tools; else FILE.socket"), "PATH" },
    { "state", 0, 0, G_OPTION_ARG_FILENAME, &arguments->state, N_("Folder for the server's own certificate"), "DIR" },
    { "no-tls", 0, 0, G_OPTION_ARG_NONE, &arguments->no_tls, N_("Speak plain HTTP, behind a proxy on this machine"), NULL },
    { "certificate", 0, 0, G_OPTION_ARG_FILENAME, &arguments->certificate, N_("Certificate chain"), "PEM" },
    { "key", 0, 0, G_OPTION_ARG_FILENAME, &arguments->key, N_("Its private key"), "PEM" },
    { "ready-fd", 0, 0, G_OPTION_ARG_INT, &arguments->ready_fd, N_("Write a line there and close it when ready"), "N" },
    { "sign-ins-per-minute", 0, 0, G_OPTION_ARG_INT, &arguments->sign_ins, N_("From one address; 0: no limit"), "N" },
    { "require-second-factor", 0, 0, G_OPTION_ARG_NONE, &arguments->second_factor, N_("Supervisors and administrators need a second factor"), NULL },
    { "requests-per-second", 0, 0, G_OPTION_ARG_INT, &arguments->requests, N_("Of one user; 0: no limit"), "N" },
    { "commands-per-minute", 0, 0, G_OPTION_ARG_INT, &arguments->commands, N_("Of one user; 0: no limit"), "N" },
    { "waits-per-token", 0, 0, G_OPTION_ARG_INT, &arguments->waits, N_("Requests that wait for news"), "N" },
    { "rotate-tokens-after", 0, 0, G_OPTION_ARG_INT, &arguments->rotate, N_("Age at which a token is exchanged; else a day"), "SECONDS" },
    { "token-grace", 0, 0, G_OPTION_ARG_INT, &arguments->grace, N_("How long the old one counts then; else 300"), "SECONDS" },
    { "keep-changes", 0, 0, G_OPTION_ARG_INT, &arguments->keep_days, N_("Prune older changes; else 90"), "DAYS" },
    { "housekeeping", 0, 0, G_OPTION_ARG_INT, &arguments->housekeeping, N_("How often that is done; else 600"), "SECONDS" },
    { "osrm", 0, 0, G_OPTION_ARG_STRING, &arguments->osrm, N_("Routing service that measures claims of kilometres, as OSRM's"), "http://HOST:PORT" },
    { "routino", 0, 0, G_OPTION_ARG_FILENAME, &arguments->routino, N_("Folder of Routino's database, by which they are measured"), "DIR[/PREFIX]" },
    { "replay-from", 0, 0, G_OPTION_ARG_STRING, &arguments->replay, N_("For tests: the clock starts there and goes on by the times that commands carry"), "TIME" },
    { "version", 0, 0, G_OPTION_ARG_NONE, &arguments->version, N_("Print the version"), NULL },
    { NULL },
  };
  g_autoptr(GOptionContext) context = g_option_context_new (NULL);

  g_option_context_set_summary (context, _("The shared server of Despacho."));
  g_option_context_add_main_entries (context, entries, GETTEXT_PACKAGE);
  if (!g_option_context_parse (context, argc, argv, error))
    return FALSE;
  if (*argc > 1)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, _("“%s” is not an option"), (*argv)[1]);
      return FALSE;
    }
  if (arguments->version)
    return TRUE;
  if (arguments->database == NULL || (arguments->listen == NULL && arguments->socket == NULL))
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                           _("--database and --listen or --socket are needed"));
      return FALSE;
    }
  if ((arguments->certificate == NULL) != (arguments->key == NULL))
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, _("--certificate and --key go together"));
      return FALSE;
    }
  if (arguments->replay != NULL && (!dsp_time_parse (arguments->replay, strlen (arguments->replay), &arguments->replay_from) ||
                                    arguments->replay_from.us <= 0))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, _("--replay-from: “%s” is no time; one is 2016-02-29T06:00:00Z"),
                   arguments->replay);
      return FALSE;
    }
  /* Where despachoctl looks if it is not told. A name too long for a socket leaves the server without. */
  if (arguments->socket == NULL && g_str_has_prefix (arguments->database, "sqlite:") &&
      strlen (arguments->database + strlen ("sqlite:")) + sizeof ".socket" <= sizeof ((struct sockaddr_un *) NULL)->sun_path)
    arguments->socket = g_strconcat (arguments->database + strlen ("sqlite:"), ".socket", NULL);
  if (arguments->state == NULL)
    arguments->state = g_build_filename (g_get_user_state_dir (), "despachod", NULL);
  return TRUE;
}

static void
tell_ready (DspServer       *server,
            const Arguments *arguments)
{
  g_autofree char *fingerprint = dsp_server_dup_fingerprint (server);
  g_autofree char *code = NULL;
  g_autoptr(GError) error = NULL;
  const char *host = arguments->listen;
  gsize host_length = host != NULL ? (gsize) (strrchr (host, ':') - host) : 0;

  code = dsp_server_make_first_code (server, &error);
  if (error != NULL)
    g_warning ("no code for the first administrator: %s", error->message);
  if (code != NULL)
    printf ("first administrator: sign in with a name of your choice and the one-time key %s within 24 hours\n", code);
  if (arguments->listen != NULL)
    printf ("listening %s://%.*s:%u%s%s\n", arguments->no_tls ? "http" : "https", (int) host_length, host,
            dsp_server_get_port (server), fingerprint != NULL ? " fingerprint " : "", fingerprint != NULL ? fingerprint : "");
  else
    printf ("listening unix:%s\n", arguments->socket);
  fflush (stdout);
  if (arguments->ready_fd >= 0)
    {
      if (write (arguments->ready_fd, "ready\n", 6) != 6)
        g_message ("nobody reads the ready descriptor");
      close (arguments->ready_fd);
    }
}

/* Where this machine reaches the server: (transfer full). */
static GSocketConnectable *
own_address (DspServer       *server,
             const Arguments *arguments)
{
  g_autoptr(GSocketAddress) address = NULL;
  g_autofree char *host = NULL;

  if (arguments->listen == NULL)
    return G_SOCKET_CONNECTABLE (g_unix_socket_address_new (arguments->socket));
  host = g_strndup (arguments->listen, (gsize) (strrchr (arguments->listen, ':') - arguments->listen));
  if (host[0] == '[' && g_str_has_suffix (host, "]"))
    {
      host[strlen (host) - 1] = '\0';
      memmove (host, host + 1, strlen (host));
    }
  address = g_inet_socket_address_new_from_string (*host != '\0' ? host : "0.0.0.0", dsp_server_get_port (server));
  if (address == NULL)
    return g_network_address_new (host, dsp_server_get_port (server));
  if (g_inet_address_get_is_any (g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address))))
    {
      g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback (g_socket_address_get_family (address));

      return G_SOCKET_CONNECTABLE (g_inet_socket_address_new (loopback, dsp_server_get_port (server)));
    }
  return G_SOCKET_CONNECTABLE (g_steal_pointer (&address));
}

int
main (int    argc,
      char **argv)
{
  g_auto(Arguments) arguments = { .ready_fd = -1, .sign_ins = -1, .requests = -1, .commands = -1, .grace = -1, .keep_days = -1 };
  g_autoptr(GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr(GError) error = NULL;
  g_autoptr(GSocketConnectable) address = NULL;
  DspServerOptions options;
  DspServer *server;
  DspWatchdog *watchdog;

  dsp_language_begin ();
  g_log_set_writer_func (write_log, NULL, NULL);
  g_set_prgname ("despachod");
  if (!parse_arguments (&argc, &argv, &arguments, &error))
    {
      fprintf (stderr, "despachod: %s\n", error->message);
      return 2;
    }
  /* Only the options are described in the person's language: answers and numbers are the same everywhere. */
  setlocale (LC_ALL, "C");
  setlocale (LC_CTYPE, "C.UTF-8");
  if (arguments.version)
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

  dsp_server_options_init (&options);
  options.database = arguments.database;
  options.listen = arguments.listen;
  options.socket_path = arguments.socket;
  options.state_folder = arguments.state;
  options.tls = !arguments.no_tls && arguments.listen != NULL;
  options.certificate_path = arguments.certificate;
  options.key_path = arguments.key;
  if (arguments.sign_ins >= 0)
    options.sign_ins_per_minute = (guint) arguments.sign_ins;
  if (arguments.requests >= 0)
    options.requests_per_second = (guint) arguments.requests;
  if (arguments.commands >= 0)
    options.commands_per_minute = (guint) arguments.commands;
  if (arguments.rotate > 0)
    options.rotate_tokens_s = (guint) arguments.rotate;
  if (arguments.grace >= 0)
    options.token_grace_s = (guint) arguments.grace;
  if (arguments.keep_days >= 0)
    options.keep_days = (guint) arguments.keep_days;
  if (arguments.housekeeping > 0)
    options.housekeeping_s = (guint) arguments.housekeeping;
  options.osrm = arguments.osrm;
  options.routino = arguments.routino;
  options.replay_from_us = arguments.replay_from.us;
  options.require_second_factor = arguments.second_factor;
  options.waits_per_token = (guint) MAX (arguments.waits, 0);
  server = dsp_server_new (&options, &error);
  if (server == NULL)
    {
      fprintf (stderr, "despachod: %s\n", error->message);
      return 1;
    }

  g_unix_signal_add (SIGTERM, on_terminate, loop);
  g_unix_signal_add (SIGINT, on_terminate, loop);
  g_unix_signal_add (SIGHUP, on_hang_up, server);
  if (arguments.replay != NULL)
    g_warning ("this is a replay: the clock started at %s and goes on by the times that commands carry", arguments.replay);
  tell_ready (server, &arguments);
  address = own_address (server, &arguments);
  watchdog = dsp_watchdog_new (address, options.tls);
  g_main_loop_run (loop);
  g_message ("stopping");
  dsp_watchdog_free (watchdog);
  dsp_server_free (server);
  return 0;
}
