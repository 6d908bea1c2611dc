/* dsp-second-factor.h: codes from an authenticator (RFC 6238), and recovery codes
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-executor.h"

G_BEGIN_DECLS

typedef enum {
  DSP_FACTOR_FAILED,  /* error is set */
  DSP_FACTOR_FINE,    /* the user has none, or the code was right and is used up now */
  DSP_FACTOR_NEEDED,  /* he has one, and no code came */
  DSP_FACTOR_WRONG,   /* or used before */
  DSP_FACTOR_MISSING, /* he must have one and does not */
} DspFactor;

/* In the writer's transaction. @code: nullable. @required: whoever may supervise or administer must have one. A code counts
 * within one step of 30 s to either side, once, and none counts that is older than the last one. */
DspFactor dsp_second_factor_use  (DspDb *db, const DspId *user_id, const char *code, gboolean required, gint64 now_us, GError **error);

/* What the user puts into his authenticator, once. */
typedef struct {
  char  *secret; /* (owned): base 32 */
  char  *uri;    /* (owned): otpauth:// */
  char **codes;  /* (owned): for sign-ins without the authenticator, each for one */
} DspFactorSecret;
void      dsp_factor_secret_clear (DspFactorSecret *secret);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DspFactorSecret, dsp_factor_secret_clear)

/* A new one for @user_name, whose older one and sessions in the database end; @secret NULL: none any more. Waits for the disk.
 * @user_id: (out). NOT_FOUND: no such user. */
gboolean  dsp_second_factor_set  (DspExecutor *executor, const char *user_name, DspFactorSecret *secret, DspId *user_id, GError **error);

G_END_DECLS
