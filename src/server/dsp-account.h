/* dsp-account.h: the forms of sign-in, and whose account they are about
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-db.h"

G_BEGIN_DECLS

/* A body of few texts. */
typedef struct
{
  char    *user, *password, *key, *old, *program, *code, *id, *secret; /* (owned) (nullable) */
  DspId    device;
} DspForm;

DspForm *dsp_form_parse    (GBytes     *body,
                            GError    **error) G_GNUC_WARN_UNUSED_RESULT;
void     dsp_form_free     (gpointer    data);
/* Overwrites a secret, then frees it. */
void     dsp_wipe          (char       *text);

typedef struct
{
  DspId    user_id;
  char    *name, *full_name;  /* (owned) (nullable) */
  char    *hash;              /* (owned) (nullable): of the password */
  gboolean disabled;
  gboolean found;
} DspAccount;

/* FALSE: the database could not be read. No such user: not found. */
gboolean dsp_account_read  (DspDb       *db,
                            const char  *name,
                            DspAccount  *account,
                            GError     **error);
void     dsp_account_clear (DspAccount  *account);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (DspAccount, dsp_account_clear)

G_END_DECLS
