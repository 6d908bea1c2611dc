/* dsp-recovery.h: the time after a restore in which clients bring back what the backup lacks
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What clients offer while it is open is only held, with the place that it had in the old history. When it closes, all of
 * that is judged in the old order; commands that never had a place come after. So the assignment that one computer gives
 * back does not meet a server that lacks the order which another computer made.
 *
 * Functions run in the executor's thread, within a batch of its feed; those that take a DspDb only read, on any connection.
 */
#pragma once

#include "dsp-judge.h"

G_BEGIN_DECLS

typedef struct {
  gboolean open;
  gint64   until_us; /* 0: it begins when a server first opens the database */
} DspRecovery;

/* By the one who restores; not in a transaction. @minutes: how long, from the first server's start on; 0: no such time. */
gboolean dsp_recovery_set    (DspDb *db, guint minutes, GError **error);
gboolean dsp_recovery_read   (DspDb *db, DspRecovery *recovery, GError **error);
/* Commands that are held, and of how many devices. */
gboolean dsp_recovery_count  (DspDb *db, gint64 *n_held, gint64 *n_devices, GError **error);
/* Lets the time begin, if it has not. */
gboolean dsp_recovery_start  (DspDb *db, gint64 now_us, GError **error);
/* It closes now. */
gboolean dsp_recovery_end    (DspDb *db, gint64 now_us, GError **error);

/* Holds the commands of @push that follow what is held of @device already. @held: the highest number that is held or was
 * judged. What has a gap before it stays out: the client sees by @held where to go on. */
gboolean dsp_recovery_hold   (DspDb *db, const DspDevice *device, const DspPush *push, gint64 *held, GError **error);
/* Judges the next @limit of what is held, in the old order. When nothing is left the time is over. @n: how many. */
gboolean dsp_recovery_apply  (DspFeed *feed, DspJudge *judge, guint limit, gint64 now_us, DspPublished *published, guint *n, GError **error);
/* The one that comes next cannot be stored: its device offers the rest itself. */
gboolean dsp_recovery_skip   (DspDb *db, GError **error);

G_END_DECLS
