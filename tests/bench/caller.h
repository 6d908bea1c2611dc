/* caller.h: what the benchmarks of a server share: its database, and clients that do little themselves
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Whatever fails ends the program.
 */
#pragma once

#include "dsp-db.h"
#include "generate.h"
#include "server-fixture.h"

#define N_CREWS        400
#define N_DISTRIBUTORS 12
#define SCOPE_ALL      "00000000-0000-0000-0000-000000000003"

/* A connection that only sends bytes and finds the end of a reply. */
typedef struct {
  TestClient    *client; /* (owned) */
  GInputStream  *input;
  GOutputStream *output;
  char          *buffer; /* (owned) */
  gsize          size;
} Caller;

void         check           (gboolean ok, GError *error);
/* In milliseconds, of an array of gint64 in µs, which it sorts. */
double       percentile      (GArray *times, double part);

/* Which despachod is measured, unless DESPACHOD names one: that of the build in which @program is. */
void         use_despachod_beside (const char *program);

/* A database of @n generated orders and their crews, made behind the back of any server. @uri: empty or missing. */
void         office_fill     (const char *uri, Generate *generate, int n);
/* A despachod without limits on how often somebody may call, on such a database. */
TestServer  *office_start    (Generate *generate, int n, gboolean tls);

/* @n sessions of one new administrator. (transfer full): of TestClient. */
TestClient **sign_in_all     (TestServer *server, guint n);
/* @size: room for a reply. */
void         caller_open     (Caller *caller, TestClient *client, gsize size);
void         caller_close    (Caller *caller);
void         caller_send     (Caller *caller, const char *request, gsize length);
/* The reply's length on the wire, which must be 200; its body stays in the buffer. */
gsize        caller_receive  (Caller *caller, const char **body);
char        *make_request    (TestClient *client, const char *method, const char *path, const char *fields, const char *body);

/* Of a server, so far, in milliseconds: what a busy machine does not falsify. */
double       processor_ms    (GPid pid);
/* A process's resident memory, in MB. */
double       memory_mb       (GPid pid);
