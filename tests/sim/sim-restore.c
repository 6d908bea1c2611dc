/* sim-restore.c: what despachoctl restore does with a file that was put back
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "sim-check.h"

#include "dsp-feed.h"
#include "dsp-recovery.h"

void
sim_server_begin_anew (gboolean same_epoch,
                       guint    minutes)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspDb) db = dsp_db_open (SIM_DATABASE, DSP_DB_LOCK, &error);
  g_autoptr(DspFeed) feed = NULL;

  if (db == NULL || !dsp_database_init (db, &error) || (!same_epoch && !dsp_recovery_set (db, minutes, &error)))
    sim_fail ("restore: %s", error->message);
  feed = dsp_feed_open (db, &error);
  if (feed == NULL || (!same_epoch && !dsp_feed_new_epoch (feed, DSP_LOCAL_USER_NAME, g_get_real_time (), &error)) ||
      !dsp_db_checkpoint (db, DSP_CHECKPOINT_TRUNCATE, NULL, &error))
    sim_fail ("restore: %s", error->message);
}
