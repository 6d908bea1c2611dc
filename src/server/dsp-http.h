/* dsp-http.h: the server's HTTP layer
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A DspHttp listens on a TCP port (plain or TLS) and on a UNIX socket, checks what arrives against limits and
 * deadlines, and hands every whole request to one function of the owner. That function runs on an I/O thread and
 * must not block: it gives the request to a thread of its own, which answers with one of the dsp_request_reply
 * functions, exactly once, from any thread. A request that waits for news is one that was not answered yet.
 */
#pragma once

#include <gio/gio.h>
#include <sys/types.h>

G_BEGIN_DECLS

typedef struct _DspHttp DspHttp;
typedef struct _DspRequest DspRequest;

typedef enum {
  DSP_HTTP_ERROR_LISTEN,      /* a port or socket could not be taken */
  DSP_HTTP_ERROR_CERTIFICATE, /* certificate or key missing, unreadable or not a pair */
  DSP_HTTP_ERROR_FAILED,
} DspHttpError;

#define DSP_HTTP_ERROR (dsp_http_error_quark ())
GQuark dsp_http_error_quark (void);

typedef enum {
  DSP_METHOD_GET,
  DSP_METHOD_POST,
  DSP_METHOD_PUT,
} DspMethod;

typedef enum {
  DSP_ROUTE_NONE        = 0,
  DSP_ROUTE_NEEDS_TOKEN = 1 << 0, /* without an Authorization field: 401 before the body (UNIX socket: let through) */
  DSP_ROUTE_MAY_WAIT    = 1 << 1, /* dsp_request_set_wait() is allowed */
  DSP_ROUTE_SOCKET_ONLY = 1 << 2, /* over TCP the route does not exist */
  DSP_ROUTE_NO_COMPRESS = 1 << 3, /* replies that hold secrets */
  DSP_ROUTE_ANY_TYPE    = 1 << 4, /* body of any content type; otherwise only application/json */
  DSP_ROUTE_SPOOL       = 1 << 5, /* body goes to a nameless file in spool_folder; implies ANY_TYPE */
  DSP_ROUTE_ROOT        = 1 << 6, /* where paths begin with a prefix: exists without one, too */
} DspRouteFlags;

/* A pattern is segments without the leading slash. "*" stands for one segment, "**" as the last one for one or more. */
typedef struct {
  DspMethod      method;
  const char    *pattern;
  gsize          body_cap; /* bytes; 0 where no body is taken */
  DspRouteFlags  flags;
  int            id;       /* the owner's */
  gconstpointer  data;     /* the owner's */
} DspRoute;

typedef enum {
  DSP_WAIT_TIMEOUT,  /* the time is over: answer now */
  DSP_WAIT_GONE,     /* the peer left; the reply will be dropped, but is still due */
  DSP_WAIT_SHUTDOWN, /* the server ends and has answered 503 itself; the reply will be dropped, but is still due */
} DspWaitEnd;

typedef void (*DspDispatchFunc) (DspRequest *request,
                                 gpointer    data);
typedef void (*DspWaitFunc)     (DspRequest *request,
                                 DspWaitEnd  end,
                                 gpointer    data);
typedef void (*DspUrlTokenFunc) (const char *token,
                                 gpointer    data);

/* Set by dsp_http_options_init(), then changed. Strings are copied by dsp_http_new(); routes stay the caller's and
 * must outlive the DspHttp. Durations are in milliseconds. */
typedef struct {
  const char         *tcp_host;         /* (nullable): NULL is every address */
  int                 tcp_port;         /* -1: no TCP; 0: any free port */
  int                 listen_fd;        /* -1, or a bound TCP socket from the service manager, taken over */
  gboolean            tls;
  const char         *certificate_path; /* (nullable): PEM; NULL together with key_path: self-signed in tls_folder */
  const char         *key_path;         /* (nullable) */
  const char         *tls_folder;       /* (nullable) */
  const char         *unix_path;        /* (nullable): socket for the administrator's tools, mode 0600 */
  const char * const *allowed_hosts;    /* (nullable): names taken in Host over TCP; NULL takes any */
  const char * const *trusted_proxies;  /* (nullable): addresses or networks ("10.0.0.0/8") whose X-Forwarded-For counts */
  const char         *spool_folder;     /* (nullable): for DSP_ROUTE_SPOOL */

  const char * const *prefixes;         /* (nullable): every path begins with one of these segments */

  const DspRoute     *routes;
  gsize               n_routes;
  DspDispatchFunc     dispatch;
  DspUrlTokenFunc     url_token;        /* (nullable): told of a token that came in the URL, so that it can be ended */
  gpointer            user_data;

  guint               n_threads;
  guint               connection_limit;
  guint               max_unsigned;     /* connections not signed in, in all */
  guint               max_per_address;  /* of these, from one address */
  guint               max_per_key;      /* signed-in connections of one key */
  guint               max_waits_per_key;
  guint               max_per_prefix;   /* signed-in connections of one prefix; 0: no limit */

  guint               header_ms;        /* handshake and header fields together */
  guint               body_ms;          /* prolonged while the body comes at body_rate or faster */
  guint               body_rate;        /* bytes a second */
  guint               idle_ms;          /* between requests, signed in */
  guint               unsigned_idle_ms; /* between requests, not signed in */
  guint               reply_ms;         /* plus a second for each reply_rate bytes */
  guint               reply_rate;       /* bytes a second */
  guint               stop_ms;          /* how long dsp_http_stop() waits for workers */
} DspHttpOptions;

typedef struct {
  guint   connections;
  guint   unsigned_connections;
  guint   waiting;
  guint64 requests;
  guint64 refused;   /* by this layer: framing, caps, rules */
  guint64 timed_out; /* connections closed at a deadline */
  guint64 gone;      /* peers that left while waiting */
} DspHttpStats;

void        dsp_http_options_init       (DspHttpOptions        *options);

DspHttp    *dsp_http_new                (const DspHttpOptions  *options,
                                         GError               **error) G_GNUC_WARN_UNUSED_RESULT;
void        dsp_http_free               (DspHttp               *self);
void        dsp_http_stop               (DspHttp               *self);

guint16     dsp_http_get_port           (DspHttp               *self);
char       *dsp_http_dup_fingerprint    (DspHttp               *self) G_GNUC_WARN_UNUSED_RESULT;
void        dsp_http_get_stats          (DspHttp               *self,
                                         DspHttpStats          *stats);
gboolean    dsp_http_reload_certificate (DspHttp               *self,
                                         GError               **error);

/* What was asked. All of it stays valid until the request is answered. */
const DspRoute *dsp_request_get_route      (DspRequest *self);
DspMethod       dsp_request_get_method     (DspRequest *self);
int             dsp_request_get_prefix     (DspRequest *self);
const char     *dsp_request_get_path       (DspRequest *self);
guint           dsp_request_get_n_segments (DspRequest *self);
const char     *dsp_request_get_segment    (DspRequest *self,
                                            guint       index);
const char     *dsp_request_get_raw_query  (DspRequest *self);
guint           dsp_request_get_n_args     (DspRequest *self);
const char     *dsp_request_get_nth_arg    (DspRequest  *self,
                                            guint        index,
                                            const char **value);
const char     *dsp_request_get_arg        (DspRequest *self,
                                            const char *name);
const char     *dsp_request_get_field      (DspRequest *self,
                                            const char *name);
const char     *dsp_request_get_token      (DspRequest *self);
GBytes         *dsp_request_get_body       (DspRequest *self);
int             dsp_request_get_body_fd    (DspRequest *self);
gsize           dsp_request_get_body_size  (DspRequest *self);
const char     *dsp_request_get_address    (DspRequest *self);
gboolean        dsp_request_is_unix        (DspRequest *self);
uid_t           dsp_request_get_peer_uid   (DspRequest *self);
gboolean        dsp_request_accepts        (DspRequest *self,
                                            const char *coding);

/* Before the answer */
gboolean        dsp_request_sign_in        (DspRequest *self,
                                            const char *key);
gboolean        dsp_request_set_wait       (DspRequest  *self,
                                            guint        wait_ms,
                                            DspWaitFunc  func,
                                            gpointer     data);
void            dsp_request_set_close      (DspRequest *self);

/* The answer: exactly one of these, once. It takes the request from the caller. */
void            dsp_request_reply             (DspRequest         *self,
                                               guint               status,
                                               const char         *content_type,
                                               GBytes             *body,
                                               const char * const *fields);
void            dsp_request_reply_file        (DspRequest         *self,
                                               guint               status,
                                               const char         *content_type,
                                               int                 fd,
                                               guint64             size,
                                               const char * const *fields);
void            dsp_request_reply_json        (DspRequest         *self,
                                               guint               status,
                                               const char         *json);
void            dsp_request_reply_error       (DspRequest         *self,
                                               guint               status,
                                               const char         *code,
                                               const char         *message);
void            dsp_request_reply_retry_later (DspRequest         *self,
                                               guint               status,
                                               guint               retry_after_s,
                                               const char         *code,
                                               const char         *message);
void            dsp_request_refuse            (DspRequest         *self);

G_END_DECLS
