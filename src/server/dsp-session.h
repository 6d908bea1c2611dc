/* dsp-session.h: who is signed in
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-db.h"

G_BEGIN_DECLS

/* A token that counts. Shared and unchanging, but for what is read by dsp_session_*(). */
typedef struct {
  DspId    user_id;
  DspId    device;
  char    *user_name;  /* (owned) */
  char    *address;    /* (owned) (nullable): from where somebody signed in just now; of one that was read: not known */
  char     key[33];    /* of its hash, for the HTTP layer's limits: hex */
  guint8   hash[32];   /* of the token */
  guint8   family[32]; /* the hash of the token of the sign-in that this one comes from */
  gint64   began_us;   /* real time of that sign-in */
  gint64   made_us;    /* real time */
  gboolean by_key;     /* signed in by a one-time key: may set a password without the old one */
  gboolean local;      /* through the UNIX socket: no token */
  /*< private >*/
  gatomicrefcount refs;
  gint     ended;      /* (atomic) */
  gint64   replaced_us;/* (guarded by the table's lock): first use of a newer one of the family; 0: not yet */
  gint64   seen_us;    /* (guarded by the table's lock) */
  gint64   stored_us;  /* (guarded by the table's lock): seen_us as in the database */
} DspSession;

DspSession *dsp_session_ref       (DspSession *session);
void        dsp_session_unref     (DspSession *session);
gboolean    dsp_session_has_ended (DspSession *session);
DspSession *dsp_session_new_local (const DspId *device) G_GNUC_WARN_UNUSED_RESULT;
/* For commands that @user_id gave earlier, without a token. */
DspSession *dsp_session_new_for   (const DspId *user_id, const char *user_name, const DspId *device) G_GNUC_WARN_UNUSED_RESULT;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspSession, dsp_session_unref)

/* All tokens that count, in memory; the table "token" holds their hashes. Any thread. */
typedef struct _DspSessions DspSessions;

/* @rotate_s: a token older than this is to be exchanged; @grace_s: how long it counts after the new one was used. */
DspSessions *dsp_sessions_new      (guint rotate_s, guint grace_s) G_GNUC_WARN_UNUSED_RESULT;
void         dsp_sessions_free     (DspSessions *self);
gboolean     dsp_sessions_load     (DspSessions *self, DspDb *db, gint64 now_us, GError **error);
/* What other processes did since: sessions that they ended end here, too; theirs are let in. @hash: (nullable): only the
 * session of that token, which nobody knows here yet. @n_ended: (out) (optional). */
gboolean     dsp_sessions_follow   (DspSessions *self, DspDb *db, const guint8 *hash, gint64 now_us, guint *n_ended, GError **error);
/* The hash by which a token is known; FALSE: it is none. */
gboolean     dsp_token_hash        (const char *token, guint8 hash[32]);
/* @reused: (out) (optional): it was a replaced one, past its grace: all of its family have ended now. */
DspSession  *dsp_sessions_find     (DspSessions *self, const char *token, gint64 now_us, gboolean *reused) G_GNUC_WARN_UNUSED_RESULT;
/* Is it time for the client to exchange its token? */
gboolean     dsp_sessions_is_due   (DspSessions *self, DspSession *session, gint64 now_us);
guint        dsp_sessions_get_n    (DspSessions *self);

/* What other processes are told when tokens ended. */
#define DSP_WORD_TOKENS "tokens"

/* In the writer's transaction; then, once that is committed, the same in memory. */
gboolean     dsp_token_insert      (DspDb *db, DspSession *session, GError **error);
gboolean     dsp_token_delete_user (DspDb *db, const DspId *user_id, const guint8 *but_hash, GError **error);
gboolean     dsp_token_delete      (DspDb *db, const guint8 hash[32], GError **error);
gboolean     dsp_token_touch       (DspDb *db, DspSessions *self, gint64 now_us, GError **error);
void         dsp_sessions_add      (DspSessions *self, DspSession *session);
void         dsp_sessions_end      (DspSessions *self, DspSession *session);
/* Of one sign-in: all tokens that came from it. */
gboolean     dsp_token_delete_family (DspDb *db, const guint8 family[32], GError **error);
void         dsp_sessions_end_family (DspSessions *self, const guint8 family[32]);
/* When a token of @family was last used here; 0: none is known. */
gint64       dsp_sessions_seen_us  (DspSessions *self, const guint8 family[32]);
void         dsp_sessions_end_user (DspSessions *self, const DspId *user_id, const DspSession *but);

/* A new token for @user_id on @device. @token: (out): what the client gets; nobody keeps it here. */
DspSession  *dsp_session_make      (const DspId *user_id, const char *user_name, const DspId *device, gboolean by_key,
                                    gint64 now_us, char **token) G_GNUC_WARN_UNUSED_RESULT;
/* The next token of @session's family; @session counts on until the new one is used. */
DspSession  *dsp_session_make_next (const DspSession *session, gint64 now_us, char **token) G_GNUC_WARN_UNUSED_RESULT;

G_END_DECLS
