/* http-fixture.h: an HTTP layer with an owner, and raw clients: plain, TLS and UNIX
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The owner's side here is a handful of routes that show who answered and when. Every wait has a bound.
 */
#pragma once

#include "dsp-http.h"

#include <gnutls/gnutls.h>
#include <signal.h>

#define PATIENCE_S 10

typedef enum { PLAIN, TLS, UNIX } Transport;

typedef struct {
  Transport    transport;
  char        *folder;
  char        *socket_path;
  DspHttp     *http;
  GThreadPool *pool;

  GMutex       lock;
  GCond        changed;
  GQueue       waiters;   /* DspRequest */
  GQueue       kept;      /* DspRequest: of v1/stuck */
  guint        n_gone;
  guint        n_shutdown;
  guint        n_dispatched;
  char        *url_token;
} Fixture;

typedef struct {
  int                               fd;
  gnutls_session_t                  tls;
  gnutls_certificate_credentials_t  credentials;
  GString                          *in;
} Client;

typedef struct {
  guint  status;
  char  *head;
  char  *body;
  gsize  length;
} Reply;

#define HOST "Host: localhost\r\n"
#define GET(path) "GET " path " HTTP/1.1\r\n" HOST "\r\n"

#define ADD(path, data, set_up_func, test) \
  g_test_add (path, Fixture, GINT_TO_POINTER (data), set_up_func, test, tear_down)
#define ADD_ALL(name, set_up_func, test) \
  for (int i = PLAIN; i <= UNIX; i++) \
    { \
      const char *transports[] = { "plain", "tls", "unix" }; \
      g_autofree char *path = g_strdup_printf ("/http/%s/" name, transports[i]); \
      ADD (path, i, set_up_func, test); \
    }

/* The owner. @changed: (nullable): other options than the usual ones */
void      start            (Fixture              *self,
                            const DspHttpOptions *changed);
void      set_up           (Fixture              *self,
                            gconstpointer         data);
void      set_up_started   (Fixture              *self,
                            gconstpointer         data);
void      tear_down        (Fixture              *self,
                            gconstpointer         data);
void      dispatch         (DspRequest           *request,
                            gpointer              self);
gboolean  wait_for         (Fixture              *self,
                            guint                *value,
                            guint                 wanted);

/* The client. @source: (nullable): the address that it comes from */
int       connect_from     (Fixture              *self,
                            const char           *source) G_GNUC_WARN_UNUSED_RESULT;
Client   *client_new       (Fixture              *self);
Client   *client_new_from  (Fixture              *self,
                            const char           *source);
void      client_free      (Client               *client);
gboolean  client_send      (Client               *client,
                            const char           *text);
gboolean  client_send_data (Client               *client,
                            const void           *data,
                            gsize                 length);
ssize_t   client_receive   (Client               *client);
gboolean  client_read      (Client               *client,
                            Reply                *reply);
gboolean  client_sees_end  (Client               *client);
void      reply_clear      (Reply                *reply);

/* Both return the reply's status, 0 for none. */
guint     ask              (Client               *client,
                            const char           *text,
                            Reply                *reply);
guint     ask_once         (Fixture              *self,
                            const char           *text);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reply, reply_clear)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Client, client_free)
