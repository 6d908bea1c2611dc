/* dsp-follower.h: what other processes on the same database did
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-executor.h"
#include "dsp-session.h"

G_BEGIN_DECLS

typedef struct _DspFollower DspFollower;

/* A thread with a connection of its own. @publish: as the executor's, for the commits of others, on that thread; @ended:
 * sessions ended elsewhere. Give dsp_follower_get_word() to the executor. */
DspFollower *dsp_follower_new      (const char *uri, DspSessions *sessions, DspPublishFunc publish, void (*ended) (gpointer user_data),
                                    gpointer user_data, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void         dsp_follower_free     (DspFollower *self);
const char  *dsp_follower_get_word (DspFollower *self);
/* A commit of this process, which needs no publishing here. Any thread. */
void         dsp_follower_own      (DspFollower *self, const DspPublished *published);

G_END_DECLS
