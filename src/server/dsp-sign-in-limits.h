/* dsp-sign-in-limits.h: how often somebody may try a password
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _DspSignInLimits DspSignInLimits;

DspSignInLimits *dsp_sign_in_limits_new  (guint            per_minute) G_GNUC_WARN_UNUSED_RESULT;
void             dsp_sign_in_limits_free (DspSignInLimits *self);

/* How many seconds to wait; 0: go on, and tell how it ended. @now_us is monotonic. Any thread. */
guint            dsp_sign_in_limits_try  (DspSignInLimits *self,
                                          const char      *account,
                                          const char      *address,
                                          gint64           now_us);
void             dsp_sign_in_limits_end  (DspSignInLimits *self,
                                          const char      *account,
                                          const char      *address,
                                          gboolean         right,
                                          gint64           now_us);

G_END_DECLS
