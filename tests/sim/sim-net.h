/* sim-net.h: the network between simulated machines
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Takes the place of the HTTP libraries on both sides: dsp-channel.c of the client (sim-channel.c) and dsp-http.c of the server
 * (sim-http.c). All else of both programs is as it ships, the server's checks of a request too. A request, or its answer, may
 * take its time, come twice, come when nobody waits for it any longer, or get lost: the asker sees the connection break, or
 * nothing at all until his time is over.
 *
 * A client's server is "sim://NAME": NAME is what the network knows it by. "sim://socket" is the administrator's.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define SIM_SERVER "server" /* the folder that is its disk, in the present one */
#define SIM_SOCKET "sim://socket"

typedef struct {
  gint64   delay_us;  /* on average, of each way */
  double   slow;      /* how many take seconds */
  double   lose;      /* how many get lost, of each way */
  double   repeat;    /* how many requests come twice */
  gboolean renumbers; /* a repeated push says other numbers: no network does that, and it must be caught */
} SimNet;
extern SimNet sim_net;

/* No way from or to this client, until it is open again. */
void     sim_net_cut         (const char *client, gboolean cut);
/* All ways are good, and whoever waits in vain is told so. */
void     sim_net_mend        (void);
/* Told of each answer to a push that leaves the server: what it says must be so from then on. */
typedef void (*SimPushFunc) (const char *client, const char *json);
void     sim_net_watch       (SimPushFunc func);

/* ---- between sim-channel.c and sim-http.c; with sim_net_lock ---- */

typedef struct {
  gint        refs;
  const char *client;        /* interned */
  const char *method;        /* interned */
  char       *path, *token;
  GBytes     *body;          /* (nullable) */
  gboolean    is_socket;
  gint64      breaks_at;     /* -1: it does not */
  gboolean    has_answer;    /* it is there at answer_at */
  gint64      answer_at;
  guint       status, retry_after_s;
  GBytes     *answer;
  gboolean    left;          /* nobody waits for the answer any longer */
  gint64      left_at;
} SimExchange;

extern GMutex sim_net_lock;
extern GCond sim_net_changed;

SimExchange *sim_exchange_ref   (SimExchange *exchange);
void         sim_exchange_unref (SimExchange *exchange);
gint64       sim_net_delay      (void);
gboolean     sim_net_is_cut     (const char *client);
/* It was lost on its way: what the asker sees of that, and when. */
void         sim_exchange_lose  (SimExchange *exchange);
/* FALSE: no server listens. */
gboolean     sim_http_listens   (void);
void         sim_http_bring     (SimExchange *exchange, gint64 at);
void         sim_net_tell_push  (SimExchange *exchange);

G_END_DECLS
