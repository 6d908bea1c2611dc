/* dsp-sync.h: keeps a replica and the server the same
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sends the outbox in order, one request in flight, and follows the change feed with one request that waits. Fetches
 * the first copy, and again whatever the server says is out of date. Goes on by itself after any trouble: 1 s doubling
 * to 60 s with full jitter. What it does is told by the replica's status.
 *
 * Threads: belongs to the thread that owns the replica; callbacks come in its main context. The network runs in two
 * threads of its own (sending, following), each with its own connection.
 */
#pragma once

#include "dsp-replica.h"

G_BEGIN_DECLS

/* ---- signing in ---- */

/* What a sign-in gave. The token is for the keyring; it is nowhere else. */
typedef struct {
  char  *server;       /* https://host:port[/company], without a slash at the end */
  char  *fingerprint;  /* (nullable): SHA-256 of the certificate, colon hex, if it is pinned */
  char  *token;
  DspId  device;
  DspId  user_id;
  char  *user_name;
  char  *full_name;    /* (nullable) */
  char  *epoch;
  gint64 last;         /* highest number that the server has of this device */
  bool   by_key;       /* by a one-time key: a password should be set now */
  char  *password;     /* (nullable): kept in memory only until the local verifier is stored */
} DspSession;
void        dsp_session_free (DspSession *session);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspSession, dsp_session_free)

/* @fingerprint: pinned (NULL: the system's authorities decide). @key: instead of @password, a one-time key. @code: (nullable)
 * of the second factor, or a recovery code. @device: (nullable) of a cache that is there already (dsp_replica_dup_device()).
 * Errors: SIGN_IN, CODE, WAIT, OFFLINE, CERTIFICATE,
 * NEW_CERTIFICATE (dsp_sync_error_fingerprint() tells which), SERVER. */
void        dsp_sign_in_async  (const char *server, const char *fingerprint, const char *user_name, const char *password,
                                const char *key, const char *code, const DspId *device, GCancellable *cancellable,
                                GAsyncReadyCallback callback, gpointer user_data);
DspSession *dsp_sign_in_finish (GAsyncResult *result, GError **error);

/* The fingerprint that the server showed, of the last sign-in's result: (nullable) (transfer full). */
char       *dsp_sign_in_dup_shown_fingerprint (GAsyncResult *result);

/* Sets a new password: @old_password NULL right after a sign-in by key. Errors: PASSWORD, SIGN_IN, OFFLINE, SERVER. */
void        dsp_set_password_async  (const DspSession *session, const char *old_password, const char *new_password,
                                     GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean    dsp_set_password_finish (GAsyncResult *result, GError **error);

/* Tells the replica who it is of: identity, pinned certificate, password verifier. Waits for the disk. Refused (FAILED)
 * if the cache is of another user or server. */
gboolean    dsp_replica_set_session  (DspReplica *self, const DspSession *session, GError **error);
gboolean    dsp_replica_dup_device   (DspReplica *self, DspId *device); /* FALSE: not enrolled yet */

/* ---- following ---- */

#define DSP_TYPE_SYNC (dsp_sync_get_type ())
G_DECLARE_FINAL_TYPE (DspSync, dsp_sync, DSP, SYNC, GObject)

/* Starts at once. The replica must have a session (server, device). The replica's status tells the rest. */
DspSync    *dsp_sync_new      (DspReplica *replica, const char *token);
void        dsp_sync_stop     (DspSync *self); /* waits until both threads have ended (they are interrupted) */
void        dsp_sync_set_token (DspSync *self, const char *token); /* after signing in again */
void        dsp_sync_now      (DspSync *self); /* do not wait out the pause: the network came back, or the user asked */

/* Ends the session at the server; then stop. The cache stays. Best effort: without network the token just ages. */
void        dsp_sync_sign_out_async  (DspSync *self, GAsyncReadyCallback callback, gpointer user_data);
gboolean    dsp_sync_sign_out_finish (DspSync *self, GAsyncResult *result, GError **error);

/* Fetches the history of a record and keeps it; gives what dsp_replica_history_async() then gives. OFFLINE: show what
 * the replica has. */
void        dsp_sync_fetch_history_async  (DspSync *self, const DspEntity *entity, const DspId *id, GCancellable *cancellable,
                                           GAsyncReadyCallback callback, gpointer user_data);
GPtrArray  *dsp_sync_fetch_history_finish (DspSync *self, GAsyncResult *result, GError **error);

/* Fetches the bytes of an attachment and keeps them. Returns its path on this computer: (transfer full). */
void        dsp_sync_fetch_file_async  (DspSync *self, const DspId *attachment_id, const char *hash, GCancellable *cancellable,
                                        GAsyncReadyCallback callback, gpointer user_data);
char       *dsp_sync_fetch_file_finish (DspSync *self, GAsyncResult *result, GError **error);

/* A new enrolment for a cache that is quarantined (sign in without naming the device): what was never answered is given
 * anew under @session's new device. dsp_replica_set_session() does the same when the server gave another device. */
gboolean    dsp_replica_enrol_again (DspReplica *self, const DspSession *session, GError **error);

G_END_DECLS
