/* dsp-http-private.h: what the files of the HTTP layer share
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 *   dsp-http.c          the library's callbacks, start and stop (the only file that includes the library's header)
 *   dsp-http-conns.c    connections: caps, deadlines, peers that leave; one timer thread
 *   dsp-http-request.c  requests as their owner sees them, waiting, the answer
 *   dsp-http-check.c    what is judged of a request before its body
 *   dsp-http-body.c     the body of a request, as it comes in pieces
 *   dsp-http-reply.c    compression, header fields and error bodies of replies
 *   dsp-http-fields.c, dsp-http-target.c   checks without I/O
 *   dsp-http-listen.c, dsp-http-tls.c      sockets and certificates
 *
 * One lock, that of the table, guards connections and the state of requests. No function of the owner is ever called
 * with it held.
 */
#pragma once

#include "dsp-http.h"
#include "dsp-http-fields.h"
#include "dsp-http-reply.h"
#include "dsp-http-target.h"
#include "dsp-http-tls.h"

#include <arpa/inet.h>
#include <sys/socket.h>

G_BEGIN_DECLS

/* How many connections and waiting requests a key (a token) has */
typedef struct {
  char  *name; /* (owned) */
  guint  connections;
  guint  waits;
} DspKey;

typedef enum {
  DSP_PHASE_HEADERS,
  DSP_PHASE_BODY,
  DSP_PHASE_WORK,
  DSP_PHASE_REPLY,
  DSP_PHASE_IDLE,
} DspPhase;

typedef struct {
  guint64     id;      /* never used again, unlike fd */
  gpointer    handle;  /* the library's connection */
  int         fd;
  gboolean    is_unix;
  gboolean    exempt;  /* from caps by address and key: proxies and the UNIX socket */
  uid_t       uid;
  char        address[INET6_ADDRSTRLEN + 4]; /* "unix" for the socket */
  char        group[INET6_ADDRSTRLEN + 4];   /* what the cap by address counts: the address, or the /64 of IPv6 */

  DspPhase    phase;
  gint64      deadline;    /* monotonic µs, 0 for none */
  gint64      body_start;
  guint64     n_requests;
  gboolean    counted;     /* among those not signed in */
  GList       link;        /* in the table's strangers, while counted */
  DspKey     *key;         /* (nullable): signed in as */
  int         prefix;      /* among whose connections it counts, with key; -1: none */
  DspRequest *request;     /* (nullable): the one in hand */
  gboolean    watched;     /* fd stands in the table's epoll set */
  DspTls     *tls;         /* (nullable): for the handshake */
} DspConn;

typedef struct {
  GMutex       lock;
  GCond        empty;      /* signalled when the last connection leaves */
  GHashTable  *conns;      /* (owned): id -> DspConn (owned) */
  GHashTable  *groups;     /* (owned): group -> number not signed in */
  GHashTable  *keys;       /* (owned): name -> DspKey (owned) */
  guint64      last_id;
  guint       *by_prefix;  /* (owned) (nullable): signed-in connections of each prefix */
  GQueue       strangers;  /* of DspConn, not signed in, the oldest first */
  guint        n_waiting;
  guint64      n_requests;
  guint64      n_refused;
  guint64      n_timed_out;
  guint64      n_gone;
  gint64       tick;       /* µs between looks at the deadlines */
  int          epoll_fd;
  int          wake_fd;
  gboolean     quit;
  GThread     *thread;
} DspConns;

struct _DspRequest {
  gatomicrefcount  ref_count; /* the library's side holds one, whoever is to answer the other */
  DspHttp         *http;      /* (owned) */

  /* Written before dispatch only */
  char            *raw_target; /* (owned) */
  DspTarget        target;
  DspFields        fields;
  int              prefix;     /* index, or -1 */
  const DspRoute  *route;
  DspMethod        method;
  gint64           length;
  GByteArray      *gathered;   /* (owned) (nullable) */
  GBytes          *body;       /* (owned) (nullable) */
  int              spool_fd;
  gsize            received;
  gboolean         checked;    /* the library's first call is over */
  gboolean         dispatched;
  gboolean         is_unix;
  uid_t            uid;
  char             address[INET6_ADDRSTRLEN + 4];

  /* Guarded by the table's lock */
  DspConn         *conn;       /* (nullable): until the library has done with the request */
  gboolean         suspended;
  gboolean         finished;
  gboolean         close;
  DspReply        *reply;      /* (owned) (nullable) */
  DspKey          *wait_key;   /* (nullable) */
  gboolean         waiting;
  DspWaitFunc      wait_func;  /* (nullable): not called yet */
  gpointer         wait_data;
  gint64           wait_until;
};

struct _DspHttp {
  gatomicrefcount  ref_count;
  DspHttpOptions   options;
  char            *spool_folder;    /* (owned) */
  char            *unix_path;       /* (owned) (nullable): set once the socket is ours */
  GStrv            allowed_hosts;   /* (owned) (nullable) */
  GStrv            prefixes;        /* (owned) (nullable) */
  GPtrArray       *proxies;         /* (owned): GInetAddressMask */
  DspConns         table;
  DspTls          *tls;             /* (owned) (nullable) */
  GPtrArray       *daemons;         /* (owned): the library's, one a thread */
  int              fds[2];
  guint16          port;
  gint             stopping;        /* atomic */
};

/* table */
void      dsp_conns_init            (DspConns   *self,
                                     gint64      tick_us);
void      dsp_conns_start           (DspConns   *self,
                                     DspHttp    *http);
void      dsp_conns_end             (DspConns   *self);
void      dsp_conns_clear           (DspConns   *self);
gboolean  dsp_conns_may_accept      (DspHttp               *http,
                                     const struct sockaddr *address,
                                     socklen_t              length);
DspConn  *dsp_conns_add             (DspHttp               *http,
                                     gpointer               handle,
                                     int                    fd,
                                     const struct sockaddr *address,
                                     socklen_t              length);
void      dsp_conns_remove          (DspConns   *self,
                                     DspConn    *conn);
void      dsp_conns_watch_locked    (DspConns   *self,
                                     DspConn    *conn);
void      dsp_conns_unwatch_locked  (DspConns   *self,
                                     DspConn    *conn);
DspKey   *dsp_conns_get_key_locked  (DspConns   *self,
                                     const char *name);
void      dsp_conns_drop_key_locked (DspConns   *self,
                                     DspKey     *key);
void      dsp_conns_sign_out_locked (DspConns   *self,
                                     DspConn    *conn);
gboolean  dsp_conns_has_room_locked (DspHttp    *http,
                                     int         prefix);
void      dsp_conns_count_unsigned_locked   (DspConns *self,
                                             DspConn  *conn);
void      dsp_conns_uncount_unsigned_locked (DspConns *self,
                                             DspConn  *conn);

/* request */
DspRequest *dsp_request_new           (DspHttp    *http,
                                       const char *raw_target);
DspRequest *dsp_request_ref           (DspRequest *self);
void        dsp_request_unref         (DspRequest *self);
gboolean    dsp_request_finish_locked (DspRequest *self,
                                       DspReply   *reply);

/* check */
gboolean    dsp_check_request         (DspHttp    *self,
                                       DspRequest *request,
                                       DspConn    *conn,
                                       const char *method,
                                       guint      *allowed,
                                       DspRefusal *refusal);

/* body */
gboolean    dsp_body_begin            (DspHttp    *self,
                                       DspRequest *request,
                                       DspConn    *conn);
gboolean    dsp_body_add              (DspHttp    *self,
                                       DspRequest *request,
                                       const char *data,
                                       gsize       length);
void        dsp_body_end              (DspRequest *request);

/* http: implemented beside the library's header */
void        dsp_http_resume_          (gpointer    handle);
void        dsp_http_unref_           (DspHttp    *self);
gboolean    dsp_http_is_proxy_        (DspHttp    *self,
                                       const char *address);

/* listen */
int         dsp_listen_tcp            (const char *host,
                                       int         port,
                                       GError    **error);
int         dsp_listen_adopt          (int         fd,
                                       GError    **error);
int         dsp_listen_unix           (const char *path,
                                       GError    **error);
guint16     dsp_listen_get_port       (int         fd);

G_END_DECLS
