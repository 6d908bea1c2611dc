/* dsp-sign-in.h: keys that let a user in for the first time
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-executor.h"

G_BEGIN_DECLS

/* A one-time key for @user_name, valid for 24 hours; earlier ones end. Waits for the disk. NOT_FOUND: no such user. */
gboolean dsp_user_key_issue  (DspExecutor *executor,
                              const char  *user_name,
                              char       **key,
                              gint64      *until_us,
                              GError     **error);
/* A one-time key by which whoever has it becomes the first administrator under a name of his choice. @key: (nullable):
 * NULL if there are users already. */
gboolean dsp_first_key_issue (DspExecutor *executor,
                              char       **key,
                              GError     **error);

G_END_DECLS
