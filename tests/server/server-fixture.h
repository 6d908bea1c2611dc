/* server-fixture.h: a real despachod on a temporary database, and clients that talk to it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The program under test is named by the environment variable DESPACHOD. Waits are bounded; a failed one ends the test.
 */
#pragma once

#include "dsp-types.h"

#include <gio/gio.h>
#include <json-glib/json-glib.h>

typedef struct {
  char        *folder;   /* removed at the end */
  char        *database; /* path */
  char        *uri;      /* (nullable): of the database where it is not that file: a schema of DESPACHO_TEST_POSTGRES */
  char        *socket;
  char        *code;     /* (nullable): the first administrator's */
  char        *fingerprint; /* (nullable) */
  guint16      port;
  GPid         pid;
  gboolean     tls;
  const char  *options[12]; /* more arguments, NULL-terminated */
} TestServer;

typedef struct {
  TestServer    *server;
  GIOStream     *stream;
  GDataInputStream *input;
  gboolean       on_socket;
  char          *token;
  DspId          user, device;
  char           epoch[DSP_ID_TEXT];
  gint64         no;     /* last number given */
} TestClient;

typedef struct {
  guint     status;   /* 0: the connection was closed without an answer */
  char     *text;
  gsize     length;
  JsonNode *json;     /* (nullable) */
  int       retry_after;
} TestReply;

TestServer *test_server_new    (void);
/* (transfer full): what --database says */
char       *test_server_dup_uri (TestServer *server);
void        test_server_start  (TestServer *server);
void        test_server_stop   (TestServer *server, int signal_number);
void        test_server_free   (TestServer *server);

TestClient *test_client_new    (TestServer *server);
TestClient *test_client_new_local (TestServer *server);
void        test_client_free   (TestClient *client);
void        test_client_close  (TestClient *client);
/* A second connection of the same session. */
TestClient *test_client_dup    (TestClient *client);

TestReply  *test_call          (TestClient *client, const char *method, const char *path, const char *body);
TestReply  *test_call_bytes    (TestClient *client, const char *method, const char *path, const char *fields,
                                const char *body, gsize length);
/* In two halves, for requests that wait. */
void        test_send          (TestClient *client, const char *method, const char *path, const char *fields,
                                const char *body, gsize length);
TestReply  *test_receive       (TestClient *client);
void        test_reply_free    (TestReply *reply);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TestReply, test_reply_free)

/* Members by path: "results/0/refused/1/code". */
const char *test_text          (TestReply *reply, const char *path);
gint64      test_int           (TestReply *reply, const char *path);
int         test_size          (TestReply *reply, const char *path); /* of an array; -1: none */
#define test_expect(reply, wanted) \
  G_STMT_START { if ((reply)->status != (wanted)) g_error ("%s:%d: %u instead of %u: %s", __FILE__, __LINE__, (reply)->status, (guint) (wanted), (reply)->text); } G_STMT_END

/* ---- what tests need again and again ---- */
void        test_sign_in_key   (TestClient *client, const char *user, const char *key);
/* A client signed in as the first administrator. */
TestClient *test_administrator (TestServer *server);
/* Makes the user with a profile over a scope (text), and signs in by a one-time key. */
TestClient *test_user          (TestClient *administrator, const char *name, const char *profile, const char *over);
/* Pushes commands: each text is a JSON object without "no" and "v". */
TestReply  *test_push          (TestClient *client, ...) G_GNUC_NULL_TERMINATED;
TestReply  *test_push_first    (TestClient *client, gint64 first, const char *commands);
char       *test_id            (void);
/* These must be applied. Return: the new record's id as text. */
char       *test_distributor   (TestClient *administrator, const char *code);
char       *test_crew          (TestClient *administrator, const char *code, const char *distributor);
char       *test_order         (TestClient *administrator, const char *number, const char *distributor, const char *extra);
char       *test_profile_id    (const char *name);
