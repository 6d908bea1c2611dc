/* dsp-limits.h: rates, each key with a bucket of its own
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Requests of one user: 50 a second. */
#define DSP_LIMIT_REQUESTS_PER_S    50
#define DSP_LIMIT_REQUESTS_BURST    100
/* Commands of one user: 1,000 a minute for as long as one likes, and at once what a person can do in a day without a
 * network (with bulk gestures, generously counted). */
#define DSP_LIMIT_COMMANDS_PER_MIN  1000
#define DSP_LIMIT_COMMANDS_BURST    20000

typedef struct _DspLimits DspLimits;

DspLimits *dsp_limits_new        (guint       amount,
                                  gint64      per_us,
                                  guint       burst);
void       dsp_limits_free       (DspLimits  *self);
guint      dsp_limits_take       (DspLimits  *self,
                                  const char *key,
                                  guint       n,
                                  gint64      now_us);
guint      dsp_limits_get_n_keys (DspLimits  *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DspLimits, dsp_limits_free)

G_END_DECLS
