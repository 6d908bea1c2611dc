/* dsp-own-account.h: one's sign-ins and second factor, which live at the server alone
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nothing of it is in the replica: without the server it cannot be asked, and the error is OFFLINE. Callbacks come in the
 * replica's main context.
 */
#pragma once

#include "dsp-sync.h"

G_BEGIN_DECLS

typedef struct {
  char  *id;
  char  *program;  /* (nullable): what signed in, as it named itself */
  char  *address;  /* (nullable): from where; not known of those of an older server */
  gint64 began_us, seen_us; /* real time */
  bool   current;  /* it is this one */
} DspSignIn;

/* Those of @user; NULL: one's own. FORBIDDEN: SERVER or NOT_FOUND. Gives an array of DspSignIn, the last used first. */
void       dsp_sync_sign_ins_async    (DspSync *self, const char *user, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
GPtrArray *dsp_sync_sign_ins_finish   (DspSync *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* One of them ends at once. NOT_FOUND: it has already. */
void       dsp_sync_end_sign_in_async (DspSync *self, const char *user, const char *id, GCancellable *cancellable, GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean   dsp_sync_end_sign_in_finish (DspSync *self, GAsyncResult *result, GError **error);

/* Whether one has a second factor, and how many recovery codes are left. */
void       dsp_sync_factor_async      (DspSync *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean   dsp_sync_factor_finish     (DspSync *self, GAsyncResult *result, bool *has, gint64 *n_codes, GError **error);
/* A secret for an authenticator, and the same as an address. Nothing is stored yet. Both are secrets. */
void       dsp_sync_new_factor_async  (DspSync *self, GCancellable *cancellable, GAsyncReadyCallback callback, gpointer user_data);
gboolean   dsp_sync_new_factor_finish (DspSync *self, GAsyncResult *result, char **secret, char **uri, GError **error);
/* It counts from now on. SIGN_IN: the password is wrong; CODE: the code is not that of the secret. Gives the recovery codes, once. */
void       dsp_sync_set_factor_async  (DspSync *self, const char *secret, const char *code, const char *password, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data);
GStrv      dsp_sync_set_factor_finish (DspSync *self, GAsyncResult *result, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* None any more. @code: the authenticator's or a recovery code. */
void       dsp_sync_drop_factor_async (DspSync *self, const char *code, const char *password, GCancellable *cancellable,
                                       GAsyncReadyCallback callback, gpointer user_data);
gboolean   dsp_sync_drop_factor_finish (DspSync *self, GAsyncResult *result, GError **error);

G_END_DECLS
