/* dsp-housekeeping.h: what the server does for itself, now and then
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-executor.h"
#include "dsp-session.h"

G_BEGIN_DECLS

typedef struct _DspHousekeeping DspHousekeeping;

/* Every @every_s seconds, through the executor and in short steps: stores when tokens were last seen and forgets those
 * that are over, and prunes changes and results older than @keep_days. A thread of its own. */
DspHousekeeping *dsp_housekeeping_new  (DspExecutor *executor, DspSessions *sessions, guint every_s, guint keep_days) G_GNUC_WARN_UNUSED_RESULT;
void             dsp_housekeeping_free (DspHousekeeping *self); /* waits for the step that runs; before the executor */

G_END_DECLS
