/* dsp-house.c: one process that serves one company, or several with nothing shared
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nothing but the ports is common: the two I/O threads take a request apart and hand it over, and never wait for a
 * company. Each has its own threads and queues, so that what floods or breaks one leaves the others as they are; and of
 * the connections that are signed in none may hold more than its part.
 *
 * Of several companies each is opened by a thread of its own, so that a database server that does not answer delays
 * nobody else. The thread ends when that is done; until then the company's requests are answered 503.
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-house.h"

#include "dsp-metrics.h"
#include "dsp-password.h"

#include <errno.h>
#include <string.h>

#define AGAIN_US   (10 * G_USEC_PER_SEC) /* between two tries to open a company */
#define START_US   (5 * G_USEC_PER_SEC)  /* how long the start waits for companies that take their time */
#define AWAY_S     10                    /* when its people are to ask again */
#define MIN_CONNECTIONS 500              /* of one company, where there are very many */

typedef struct {
  DspHouse               *house;
  const DspServerOptions *options;
  char                   *folder; /* (owned): of its files */
  DspServer              *server; /* (owned) (nullable) (atomic): set once */
  gboolean                tried;  /* (guarded by the house's lock) */
  GThread                *thread; /* (nullable): opens it */
} Company;

struct _DspHouse
{
  Company   *companies;      /* (owned) */
  gsize      n_companies;
  GStrv      names;          /* (owned) (nullable): of several */
  DspHttp   *http;           /* (owned) */
  char      *metrics_secret; /* (owned) (nullable) */
  DspStarted started;
  DspHouseOpened opened;
  gpointer   user_data;
  GMutex     lock;
  GCond      wake;
  guint      round;          /* (guarded by lock): another: try again now */
  gboolean   ending;         /* (guarded by lock) */
};

void
dsp_house_options_init (DspHouseOptions *options)
{
  *options = (DspHouseOptions) { .tls = TRUE, .listen_fd = -1 };
}

static DspServer *
server_of (DspHouse *self,
           gsize     i)
{
  return g_atomic_pointer_get (&self->companies[i].server);
}

/* ---- requests ---- */

static gboolean
is_ready (DspServer *server)
{
  return server != NULL && dsp_executor_can_store (server->executor);
}

static void
answer_away (DspRequest *request)
{
  dsp_request_reply_retry_later (request, 503, AWAY_S, "unavailable", "this company cannot be served now");
}

/* Is there one that people could work with? One that is away must not send those of the others elsewhere. */
static void
answer_ready_of_all (DspHouse   *self,
                     DspRequest *request)
{
  g_autofree char *json = NULL;
  gsize n_ready = 0;

  for (gsize i = 0; i < self->n_companies; i++)
    n_ready += is_ready (server_of (self, i));
  json = g_strdup_printf ("{\"status\":\"ready\",\"companies\":%" G_GSIZE_FORMAT ",\"ready\":%" G_GSIZE_FORMAT "}", self->n_companies, n_ready);
  if (n_ready > 0)
    dsp_request_reply_json (request, 200, json);
  else
    answer_away (request);
}

static void
answer_metrics (DspHouse   *self,
                DspRequest *request)
{
  g_autofree DspServer **servers = g_new0 (DspServer *, self->n_companies);
  g_autoptr(GBytes) body = NULL;

  if (!dsp_metrics_allows (request, self->metrics_secret) || dsp_request_get_prefix (request) >= 0)
    {
      dsp_request_reply_error (request, 404, "not_found", "there is nothing here");
      return;
    }
  for (gsize i = 0; i < self->n_companies; i++)
    servers[i] = server_of (self, i);
  body = dsp_metrics_print (self->http, servers, (const char *const *) self->names, self->n_companies, self->started);
  dsp_request_reply (request, 200, "text/plain; version=0.0.4", body, NULL);
}

static void
dispatch (DspRequest *request,
          gpointer    user_data)
{
  DspHouse *self = user_data;
  int route = dsp_request_get_route (request)->id, prefix = dsp_request_get_prefix (request);
  DspServer *server = prefix >= 0 || self->names == NULL ? server_of (self, (gsize) MAX (prefix, 0)) : NULL;

  if (route == DSP_AT_HEALTH)
    dsp_request_reply_json (request, 200, "{\"status\":\"ok\"}");
  else if (route == DSP_AT_METRICS)
    answer_metrics (self, request);
  else if (route == DSP_AT_READY && prefix < 0 && self->names != NULL)
    answer_ready_of_all (self, request);
  else if (server == NULL)
    answer_away (request);
  else if (route == DSP_AT_READY)
    dsp_server_tell_ready (server, request);
  else
    dsp_routes_dispatch (request, server);
}

/* Nobody knows whose token it was meant to be. */
static void
end_leaked_token (const char *token,
                  gpointer    user_data)
{
  DspHouse *self = user_data;

  for (gsize i = 0; i < self->n_companies; i++)
    if (server_of (self, i) != NULL)
      dsp_end_leaked_token (token, server_of (self, i));
}

/* ---- opening ---- */

static gboolean
open_company (Company *company,
              GError **error)
{
  DspServer *server = dsp_server_new (company->options, company->folder, error);

  if (server == NULL)
    return FALSE;
  g_atomic_pointer_set (&company->server, server);
  if (company->house->opened != NULL)
    company->house->opened (server, company->options->name, company->house->user_data);
  return TRUE;
}

/* FALSE: the house ends. */
static gboolean
rest (DspHouse *self)
{
  gint64 until = g_get_monotonic_time () + AGAIN_US;
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  guint round = self->round;

  while (!self->ending && self->round == round && g_cond_wait_until (&self->wake, &self->lock, until))
    ;
  return !self->ending;
}

static void
note_tried (Company *company)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&company->house->lock);

  company->tried = TRUE;
  g_cond_broadcast (&company->house->wake);
}

static gpointer
keep_opening (gpointer data)
{
  Company *company = data;
  gboolean done;

  do
    {
      g_autoptr(GError) error = NULL;

      done = open_company (company, &error);
      if (!done)
        g_warning ("company %s cannot be served: %s", company->options->name, error->message);
      note_tried (company);
    }
  while (!done && rest (company->house));
  return NULL;
}

static gboolean
all_tried (DspHouse *self)
{
  for (gsize i = 0; i < self->n_companies; i++)
    if (!self->companies[i].tried)
      return FALSE;
  return TRUE;
}

static gboolean
open_companies (DspHouse *self,
                GError  **error)
{
  gint64 until = g_get_monotonic_time () + START_US;

  if (self->names == NULL)
    return open_company (&self->companies[0], error);
  for (gsize i = 0; i < self->n_companies; i++)
    self->companies[i].thread = g_thread_new ("opener", keep_opening, &self->companies[i]);
  g_mutex_lock (&self->lock);
  while (!all_tried (self) && g_cond_wait_until (&self->wake, &self->lock, until))
    ;
  g_mutex_unlock (&self->lock);
  return TRUE;
}

/* ---- ports ---- */

/* "HOST:PORT", "[ADDRESS]:PORT", ":PORT" for every address. */
static gboolean
parse_listen (const char  *text,
              char       **host,
              int         *port,
              GError     **error)
{
  const char *colon = strrchr (text, ':');
  guint64 number = 0;

  if (colon == NULL || !g_ascii_string_to_unsigned (colon + 1, 10, 0, 65535, &number, NULL))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "listen: “%s” is not HOST:PORT", text);
      return FALSE;
    }
  *port = (int) number;
  if (colon == text)
    *host = NULL;
  else if (*text == '[' && colon[-1] == ']')
    *host = g_strndup (text + 1, colon - text - 2);
  else
    *host = g_strndup (text, colon - text);
  return TRUE;
}

/* A clock that commands move is no clock for an office. */
static gboolean
may_replay (const DspHouseOptions *options,
            const char            *host,
            GError               **error)
{
  g_autoptr(GInetAddress) address = host != NULL ? g_inet_address_new_from_string (host) : NULL;

  if (options->companies[0].replay_from_us == 0 || (options->listen == NULL && options->listen_fd < 0) ||
      (address != NULL && g_inet_address_get_is_loopback (address)))
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
               "a replay listens on this machine's own address, 127.0.0.1, and not on “%s”", options->listen);
  return FALSE;
}

static gboolean
make_folder (const char  *path,
             GError     **error)
{
  if (g_mkdir_with_parents (path, 0700) == 0)
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", path, g_strerror (errno));
  return FALSE;
}

static gboolean
open_http (DspHouse               *self,
           const DspHouseOptions  *options,
           GError                **error)
{
  DspHttpOptions http;
  g_autofree char *host = NULL;
  g_autofree char *tls_folder = g_build_filename (options->state_folder, "tls", NULL);
  g_autofree char *spool = self->names != NULL ? g_build_filename (options->state_folder, "spool", NULL) : g_strdup (self->companies[0].folder);

  dsp_http_options_init (&http);
  http.tcp_port = -1;
  http.listen_fd = options->listen_fd;
  http.tls = options->tls && (options->listen != NULL || options->listen_fd >= 0);
  if ((options->listen != NULL && options->listen_fd < 0 && !parse_listen (options->listen, &host, &http.tcp_port, error)) ||
      !may_replay (options, host, error) || !make_folder (spool, error) || (http.tls && !make_folder (tls_folder, error)))
    return FALSE;
  http.tcp_host = host;
  http.certificate_path = options->certificate_path;
  http.key_path = options->key_path;
  http.tls_folder = tls_folder;
  http.unix_path = options->socket_path;
  http.allowed_hosts = options->hosts;
  http.trusted_proxies = options->proxies;
  http.spool_folder = spool;
  http.prefixes = (const char *const *) self->names;
  http.routes = dsp_routes;
  http.n_routes = dsp_n_routes;
  http.dispatch = dispatch;
  http.url_token = end_leaked_token;
  http.user_data = self;
  if (self->names != NULL)
    http.max_per_prefix = (guint) MAX (http.connection_limit / self->n_companies, MIN (MIN_CONNECTIONS, http.connection_limit / 2));
  if (options->waits_per_token > 0)
    http.max_waits_per_key = options->waits_per_token;
  self->http = dsp_http_new (&http, error);
  return self->http != NULL;
}

/* ---- public ---- */

/* The files of one company never lie in another's folder. */
static void
make_companies (DspHouse              *self,
                const DspHouseOptions *options)
{
  self->n_companies = options->n_companies;
  self->companies = g_new0 (Company, self->n_companies);
  if (options->companies[0].name != NULL)
    self->names = g_new0 (char *, self->n_companies + 1);
  for (gsize i = 0; i < self->n_companies; i++)
    {
      Company *company = &self->companies[i];

      company->house = self;
      company->options = &options->companies[i];
      company->folder = self->names != NULL ? g_build_filename (options->state_folder, "companies", company->options->name, "files", NULL)
                                            : g_build_filename (options->state_folder, "files", NULL);
      if (self->names != NULL)
        self->names[i] = g_strdup (company->options->name);
    }
}

DspHouse *
dsp_house_new (const DspHouseOptions  *options,
               GError                **error)
{
  DspHouse *self = g_new0 (DspHouse, 1);

  g_return_val_if_fail (options->n_companies > 0, NULL);
  self->started = (DspStarted) { g_get_monotonic_time (), g_get_real_time () };
  self->opened = options->opened;
  self->user_data = options->user_data;
  g_mutex_init (&self->lock);
  g_cond_init (&self->wake);
  make_companies (self, options);
  if (options->metrics_secret_path != NULL)
    self->metrics_secret = dsp_metrics_read_secret (options->metrics_secret_path, error);
  if ((options->metrics_secret_path != NULL && self->metrics_secret == NULL) || !dsp_password_init (error) ||
      !open_companies (self, error) || !open_http (self, options, error))
    {
      dsp_house_free (self);
      return NULL;
    }
  return self;
}

void
dsp_house_free (DspHouse *self)
{
  if (self == NULL)
    return;
  g_mutex_lock (&self->lock);
  self->ending = TRUE;
  g_cond_broadcast (&self->wake);
  g_mutex_unlock (&self->lock);
  for (gsize i = 0; i < self->n_companies; i++)
    g_clear_pointer (&self->companies[i].thread, g_thread_join);
  /* Nothing new comes in, who waits is told; then what was taken is finished. */
  if (self->http != NULL)
    dsp_http_stop (self->http);
  for (gsize i = 0; i < self->n_companies; i++)
    {
      dsp_server_free (self->companies[i].server);
      g_free (self->companies[i].folder);
    }
  dsp_http_free (self->http);
  g_free (self->companies);
  g_strfreev (self->names);
  g_free (self->metrics_secret);
  g_cond_clear (&self->wake);
  g_mutex_clear (&self->lock);
  g_free (self);
}

guint16
dsp_house_get_port (DspHouse *self)
{
  return dsp_http_get_port (self->http);
}

char *
dsp_house_dup_fingerprint (DspHouse *self)
{
  return dsp_http_dup_fingerprint (self->http);
}

gboolean
dsp_house_reload (DspHouse  *self,
                  GError   **error)
{
  g_mutex_lock (&self->lock);
  self->round++;
  g_cond_broadcast (&self->wake);
  g_mutex_unlock (&self->lock);
  return dsp_http_reload_certificate (self->http, error);
}
