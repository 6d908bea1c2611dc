/* dsp-feed-epoch.c: a database that was put back begins another history
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Clients know a history by its epoch (sync: section 9). Those that saw what came after the backup must learn that it is gone:
 * they are answered "epoch", say what the server has of theirs, and offer the rest again under the same numbers.
 */
#define G_LOG_DOMAIN "dsp-store"

#include "config.h"
#include "dsp-feed-private.h"

#include "dsp-command.h"

#include <string.h>

static const DspCommand restored = { .name = "history.restore", .label = "Restore", .past = "Restored" };

static char *
describe (const DspFeedState *before,
          const DspId        *epoch)
{
  DspId old;
  char from[DSP_ID_TEXT], to[DSP_ID_TEXT];
  g_autoptr(GString) head = g_string_new (NULL);

  memcpy (old.b, before->epoch, sizeof old.b);
  dsp_id_print (&old, from);
  dsp_id_print (epoch, to);
  for (guint i = 0; i < DSP_DIGEST; i++)
    g_string_append_printf (head, "%02x", before->log_digest[i]);
  return g_strdup_printf ("{\"epoch\":[\"%s\",\"%s\"],\"log_seq\":[\"%" G_GINT64_FORMAT "\",null],\"log_digest\":[\"%s\",null]}", from, to,
                          before->log_seq, head->str);
}

static gboolean
write_epoch (DspFeed     *feed,
             const DspId *epoch,
             GError     **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (feed->db, "UPDATE \"feed_state\" SET \"epoch\" = $1 WHERE \"one\" = 1", error);

  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_blob (stmt, 1, epoch->b, sizeof epoch->b);
  return dsp_stmt_run (stmt, NULL, error);
}

gboolean
dsp_feed_new_epoch (DspFeed    *feed,
                    const char *user_name,
                    gint64      now_us,
                    GError    **error)
{
  DspId settings = dsp_office_settings_id (), epoch;
  DspFeedCommand command = { .command = &restored, .user_name = user_name, .at_us = now_us };
  g_autofree char *changes = NULL;

  dsp_feed_random (feed, epoch.b, sizeof epoch.b);
  changes = describe (&feed->state, &epoch);
  if (dsp_feed_begin (feed, error) &&
      dsp_feed_note (feed, &command, dsp_office_settings.table.name, &settings, &dsp_scope_company, changes, error) &&
      write_epoch (feed, &epoch, error) && dsp_feed_commit (feed, error))
    {
      memcpy (feed->state.epoch, epoch.b, sizeof epoch.b);
      feed->committed = feed->state;
      return TRUE;
    }
  dsp_feed_rollback (feed);
  return FALSE;
}
