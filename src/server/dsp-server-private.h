/* dsp-server-private.h: what the routes share
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A route's handler runs on an I/O thread: it looks at the request, and hands it on to the executor, to a reader or to
 * a signer. One function answers every error.
 */
#pragma once

#include "dsp-account.h"
#include "dsp-actors.h"
#include "dsp-executor.h"
#include "dsp-file-quota.h"
#include "dsp-files.h"
#include "dsp-follower.h"
#include "dsp-housekeeping.h"
#include "dsp-http.h"
#include "dsp-limits.h"
#include "dsp-readers.h"
#include "dsp-roads.h"
#include "dsp-server.h"
#include "dsp-session.h"
#include "dsp-sign-in-limits.h"

G_BEGIN_DECLS

typedef struct _DspWaiters DspWaiters;

struct _DspServer
{
  DspExecutor     *executor;  /* (owned) */
  DspReaders      *readers;   /* (owned): lists, changes, snapshots */
  DspReaders      *signers;   /* (owned): password checks */
  DspSessions     *sessions;  /* (owned) */
  DspActors       *actors;    /* (owned): of readers */
  DspWaiters      *waiters;   /* (owned) */
  DspFollower     *follower;  /* (owned) (nullable): where other processes write, too */
  DspHousekeeping *housekeeping; /* (owned) */
  DspRoads        *roads;     /* (owned) (nullable): where the office has prepared one */
  DspFiles        *files;     /* (owned) */
  DspFileQuota    *file_quota; /* (owned) */
  DspSignInLimits *sign_ins;  /* (owned) */
  DspLimits       *requests;  /* (owned) (nullable) */
  DspLimits       *commands;  /* (owned) (nullable) */
  DspSession      *local_admin, *local_import; /* (owned) */
  char            *openapi;   /* (owned) */
  char            *epoch;     /* (owned): as text */
  gint             n_sign_ins, n_refused_sign_ins; /* (atomic) */
  gboolean         require_second_factor;
};

/* @session: borrowed; NULL on routes that take no token. Runs on an I/O thread and must not block. */
typedef void (*DspHandler) (DspServer *server, DspRequest *request, DspSession *session);

/* One request on its way through a reader. */
typedef struct {
  DspServer  *server;
  DspRequest *request;
  DspSession *session;  /* (owned) (nullable) */
  gpointer    data;     /* (owned) */
  GDestroyNotify free_data;
} DspCall;

typedef void (*DspCallFunc) (DspDb *db, DspCall *call);

DspCall *dsp_call_new  (DspServer *server, DspRequest *request, DspSession *session);
void     dsp_call_free (DspCall *call);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspCall, dsp_call_free)
/* Takes @call; @func answers the request and frees the call. When there are too many, the request is answered here. */
void     dsp_call_read (DspCall *call, DspReaders *readers, DspReadFunc func);

/* For the administration's own socket: @func among the signers with the body's DspForm as data, in which "user" is needed.
 * Everything else is refused. */
void     dsp_call_about_user (DspServer *server, DspRequest *request, DspSession *session, DspReadFunc func);
/* @func among the signers with @form (transfer full) as data, as it looks at a secret of the user @name; 429 if one of that name or from
 * that address has tried too often. @session (nullable) */
void     dsp_call_try_secret (DspServer *server, DspRequest *request, DspSession *session, DspForm *form, const char *name, DspReadFunc func);

/* Begins a read transaction and loads who asks. NULL: the request has been answered. */
DspActorRef *dsp_call_begin (DspCall *call, DspDb *db) G_GNUC_WARN_UNUSED_RESULT;
void         dsp_call_end   (DspDb *db);

/* Ends @out and answers 200 with it. */
void dsp_reply_json  (DspRequest *request, GString *out);
/* From the store: 503 for what may pass, 500 otherwise; the text goes to the log. */
void dsp_reply_fault (DspRequest *request, const GError *error);

/* ---- routes ---- */
/* Where a route leads: those that are not a company's alone are the house's. */
enum { DSP_AT_COMPANY, DSP_AT_HEALTH, DSP_AT_READY, DSP_AT_METRICS };

extern const DspRoute dsp_routes[];
extern const gsize    dsp_n_routes;
void dsp_routes_dispatch (DspRequest *request, gpointer server);

void dsp_handle_sign_in       (DspServer *server, DspRequest *request, DspSession *session);
void dsp_handle_session       (DspServer *server, DspRequest *request, DspSession *session);
/* A token that stood in a URL is in logs and histories by now: it ends. On an I/O thread. */
void dsp_end_leaked_token     (const char *token, gpointer server);
void dsp_handle_session_token (DspServer *server, DspRequest *request, DspSession *session);
void dsp_handle_session_end   (DspServer *server, DspRequest *request, DspSession *session);
void dsp_handle_factor        (DspServer *server, DspRequest *request, DspSession *session);
void dsp_handle_factor_new    (DspServer *server, DspRequest *request, DspSession *session);
void dsp_handle_factor_set    (DspServer *server, DspRequest *request, DspSession *session);
void dsp_handle_factor_off    (DspServer *server, DspRequest *request, DspSession *session);
void dsp_handle_sign_ins      (DspServer *server, DspRequest *request, DspSession *session);
void dsp_handle_sign_in_end   (DspServer *server, DspRequest *request, DspSession *session);
void dsp_handle_password      (DspServer *server, DspRequest *request, DspSession *session);
void dsp_handle_user_key      (DspServer *server, DspRequest *request, DspSession *session);
void dsp_handle_stable        (DspServer *server, DspRequest *request, DspSession *session);
void dsp_handle_recovery      (DspServer *server, DspRequest *request, DspSession *session);
void dsp_handle_recovery_end  (DspServer *server, DspRequest *request, DspSession *session);
void dsp_handle_user_factor   (DspServer *server, DspRequest *request, DspSession *session);
void dsp_handle_counts        (DspServer *server, DspRequest *request, DspSession *session);
void dsp_handle_commands      (DspServer *server, DspRequest *request, DspSession *session);
void dsp_handle_changes       (DspServer *server, DspRequest *request, DspSession *session);
void dsp_handle_snapshot      (DspServer *server, DspRequest *request, DspSession *session);
void dsp_handle_sums          (DspServer *server, DspRequest *request, DspSession *session);
void dsp_handle_history       (DspServer *server, DspRequest *request, DspSession *session);
void dsp_handle_list          (DspServer *server, DspRequest *request, DspSession *session);
void dsp_handle_record        (DspServer *server, DspRequest *request, DspSession *session);
void dsp_handle_search        (DspServer *server, DspRequest *request, DspSession *session);
void dsp_handle_blobs         (DspServer *server, DspRequest *request, DspSession *session);
void dsp_handle_blob_put      (DspServer *server, DspRequest *request, DspSession *session);
void dsp_handle_file_put      (DspServer *server, DspRequest *request, DspSession *session);
void dsp_handle_files_missing (DspServer *server, DspRequest *request, DspSession *session);
void dsp_handle_file_get      (DspServer *server, DspRequest *request, DspSession *session);

void dsp_server_tell_ready    (DspServer *server, DspRequest *request);

/* Sessions ended: who waits with one of them is answered now. */
void dsp_wake_ended           (DspServer *server);

/* ---- waiting for news (dsp-pull.c) ---- */
DspWaiters *dsp_waiters_new     (void) G_GNUC_WARN_UNUSED_RESULT;
void        dsp_waiters_stop    (DspWaiters *self);
void        dsp_waiters_free    (DspWaiters *self);
void        dsp_waiters_publish (DspWaiters *self, const DspPublished *published);
guint       dsp_waiters_get_n   (DspWaiters *self);

G_END_DECLS
