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

/* Whether @user_id must have one where that is required. */
gboolean  dsp_second_factor_must (DspDb *db, const DspId *user_id, gint64 now_us, gboolean *must, GError **error);
/* Whether @user_id has one, and how many recovery codes are left. */
gboolean  dsp_second_factor_read (DspDb *db, const DspId *user_id, gboolean *has, gint64 *n_codes, GError **error);

/* What the user puts into his authenticator, once. */
typedef struct {
  char  *secret; /* (owned): base 32 */
  char  *uri;    /* (owned): otpauth:// */
  char **codes;  /* (owned): for sign-ins without the authenticator, each for one */
} DspFactorSecret;

#define DSP_FACTOR_SECRET_BYTES 20
#define DSP_FACTOR_N_CODES      10

/* Secret and address for @user_name; recovery codes, whose hashes are stored. Nothing is stored here. */
void      dsp_factor_secret_make  (DspFactorSecret *secret, const char *user_name, guint8 bytes[DSP_FACTOR_SECRET_BYTES]);
void      dsp_factor_codes_make   (DspFactorSecret *secret, guint8 hashes[DSP_FACTOR_N_CODES][32]);
/* FALSE: @text is no secret of ours. */
gboolean  dsp_factor_secret_parse (const char *text, guint8 bytes[DSP_FACTOR_SECRET_BYTES]);
/* The step that @code, as people type it, is of. FALSE: of none that counts now. */
gboolean  dsp_factor_find_step    (const guint8 bytes[DSP_FACTOR_SECRET_BYTES], const char *code, gint64 now_us, gint64 *step);
void      dsp_factor_codes_put    (GString *out, const DspFactorSecret *secret);

/* In the writer's transaction, in place of what @user_id had: @bytes NULL: none any more. No code of @last_step or before
 * counts. */
gboolean  dsp_second_factor_store (DspDb *db, const DspId *user_id, const guint8 *bytes, guint8 (*hashes)[32], gint64 last_step,
                                   gint64 now_us, GError **error);
void      dsp_factor_secret_clear (DspFactorSecret *secret);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DspFactorSecret, dsp_factor_secret_clear)

/* A new one for @user_name, whose older one and sessions in the database end; @secret NULL: none any more. Waits for the disk.
 * @user_id: (out). NOT_FOUND: no such user. */
gboolean  dsp_second_factor_set  (DspExecutor *executor, const char *user_name, DspFactorSecret *secret, DspId *user_id, GError **error);

G_END_DECLS
