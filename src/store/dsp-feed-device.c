/* dsp-feed-device.c: devices, results of their commands, and the versions of grants
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-store"

#include "config.h"
#include "dsp-feed-private.h"

#include <string.h>

void
dsp_result_clear (DspResult *result)
{
  g_free (result->status);
  g_free (result->code);
  g_free (result->reply);
  *result = (DspResult) { 0 };
}

gboolean
dsp_stmt_digest (DspStmt *stmt,
                 int      column,
                 guint8   digest[DSP_DIGEST])
{
  gsize length;
  gconstpointer bytes = dsp_stmt_blob (stmt, column, &length);

  if (length != DSP_DIGEST)
    return FALSE;
  memcpy (digest, bytes, DSP_DIGEST);
  return TRUE;
}

gboolean
dsp_feed_add_device (DspFeed     *feed,
                     const DspId *id,
                     const DspId *user_id,
                     const char  *label,
                     gint64       now_us,
                     GError     **error)
{
  g_autoptr(DspStmt) stmt = NULL;

  stmt = dsp_db_prepare (feed->db, "INSERT INTO \"device\" (\"id\", \"user_id\", \"label\", \"stable_no\", \"seen_at\", \"state\")"
                                   " VALUES ($1, $2, $3, 0, $4, 'active')", error);
  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_id (stmt, 1, id);
  dsp_stmt_bind_id (stmt, 2, user_id);
  dsp_stmt_bind_text (stmt, 3, label, -1);
  dsp_stmt_bind_int (stmt, 4, now_us);
  return dsp_stmt_run (stmt, NULL, error);
}

DspStep
dsp_feed_read_device (DspDb       *db,
                      const DspId *id,
                      DspDevice   *device,
                      GError     **error)
{
  g_autoptr(DspStmt) stmt = NULL;
  DspStep step;

  /* Its newest result says the last number: of those, 1,000 are kept for ever. */
  stmt = dsp_db_prepare (db, "SELECT d.\"user_id\", r.\"no\", d.\"stable_no\", coalesce(r.\"at\", d.\"seen_at\"), d.\"state\""
                             " FROM \"device\" d LEFT JOIN \"result\" r ON r.\"device\" = d.\"id\" AND r.\"no\" ="
                             " (SELECT max(\"no\") FROM \"result\" WHERE \"device\" = $1) WHERE d.\"id\" = $1", error);
  if (stmt == NULL)
    return DSP_STEP_FAILED;
  dsp_stmt_bind_id (stmt, 1, id);
  step = dsp_stmt_step (stmt, error);
  if (step != DSP_STEP_ROW)
    return step;
  *device = (DspDevice) { .id = *id, .user_id = dsp_stmt_id (stmt, 0), .last_no = dsp_stmt_int (stmt, 1),
                          .stable_no = dsp_stmt_int (stmt, 2), .seen_at = dsp_stmt_int (stmt, 3) };
  g_strlcpy (device->state, dsp_stmt_text (stmt, 4, NULL), sizeof device->state);
  return step;
}

static DspStep
get_device (DspFeed        *feed,
            const DspId    *id,
            DspFeedDevice **entry,
            GError        **error)
{
  DspFeedDevice found = { 0 };
  DspStep step;

  *entry = g_hash_table_lookup (feed->devices, id);
  if (*entry != NULL)
    return DSP_STEP_ROW;
  step = dsp_feed_read_device (feed->db, id, &found.device, error);
  if (step == DSP_STEP_ROW)
    {
      *entry = g_memdup2 (&found, sizeof found);
      g_hash_table_insert (feed->devices, &(*entry)->device.id, *entry);
    }
  return step;
}

DspStep
dsp_feed_get_device (DspFeed     *feed,
                     const DspId *id,
                     DspDevice   *device,
                     GError     **error)
{
  DspFeedDevice *entry;
  DspStep step = get_device (feed, id, &entry, error);

  if (step == DSP_STEP_ROW)
    *device = entry->device;
  return step;
}

/* For those that must be there. */
static DspFeedDevice *
need_device (DspFeed     *feed,
             const DspId *id,
             GError     **error)
{
  DspFeedDevice *entry;
  DspStep step = get_device (feed, id, &entry, error);
  char text[DSP_ID_TEXT];

  if (step == DSP_STEP_DONE)
    {
      dsp_id_print (id, text);
      g_set_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_NOT_FOUND, "there is no device %s", text);
    }
  return step == DSP_STEP_ROW ? entry : NULL;
}

gboolean
dsp_feed_set_device_state (DspFeed     *feed,
                           const DspId *id,
                           const char  *state,
                           GError     **error)
{
  DspFeedDevice *entry = need_device (feed, id, error);

  if (entry == NULL)
    return FALSE;
  g_strlcpy (entry->device.state, state, sizeof entry->device.state);
  entry->changed = true;
  return TRUE;
}

gboolean
dsp_feed_set_stable (DspFeed     *feed,
                     const DspId *id,
                     gint64       no,
                     GError     **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (feed->db, "UPDATE \"device\" SET \"stable_no\" = $2 WHERE \"id\" = $1 AND \"stable_no\" < $2", error);

  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_id (stmt, 1, id);
  dsp_stmt_bind_int (stmt, 2, no);
  g_hash_table_remove (feed->devices, id);
  return dsp_stmt_run (stmt, NULL, error);
}

DspStep
dsp_feed_get_result (DspDb       *db,
                     const DspId *device,
                     gint64       no,
                     DspResult   *result,
                     GError     **error)
{
  g_autoptr(DspStmt) stmt = NULL;
  DspStep step;

  stmt = dsp_db_prepare (db, "SELECT \"cmd_hash\", \"status\", \"code\", \"seq\", \"at\", \"reply\" FROM \"result\""
                             " WHERE \"device\" = $1 AND \"no\" = $2", error);
  if (stmt == NULL)
    return DSP_STEP_FAILED;
  dsp_stmt_bind_id (stmt, 1, device);
  dsp_stmt_bind_int (stmt, 2, no);
  step = dsp_stmt_step (stmt, error);
  if (step != DSP_STEP_ROW)
    return step;
  dsp_result_clear (result);
  if (!dsp_stmt_digest (stmt, 0, result->cmd_hash))
    {
      g_set_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_DAMAGED, "result %" G_GINT64_FORMAT " has no hash", no);
      return DSP_STEP_FAILED;
    }
  result->status = g_strdup (dsp_stmt_text (stmt, 1, NULL));
  result->code = g_strdup (dsp_stmt_text (stmt, 2, NULL));
  result->seq = dsp_stmt_int (stmt, 3);
  result->at_us = dsp_stmt_int (stmt, 4);
  result->reply = g_strdup (dsp_stmt_text (stmt, 5, NULL));
  return step;
}

gboolean
dsp_feed_put_result (DspFeed         *feed,
                     const DspId     *device,
                     gint64           no,
                     const DspResult *result,
                     GError         **error)
{
  DspFeedDevice *entry = need_device (feed, device, error);
  g_autoptr(DspStmt) stmt = NULL;

  if (entry == NULL)
    return FALSE;
  if (no != entry->device.last_no + 1)
    {
      g_set_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_CONFLICT,
                   "command %" G_GINT64_FORMAT " does not follow %" G_GINT64_FORMAT, no, entry->device.last_no);
      return FALSE;
    }
  stmt = dsp_db_prepare (feed->db, "INSERT INTO \"result\" (\"device\", \"no\", \"cmd_hash\", \"status\", \"code\", \"seq\", \"at\", \"reply\")"
                                   " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", error);
  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_id (stmt, 1, device);
  dsp_stmt_bind_int (stmt, 2, no);
  dsp_stmt_bind_blob (stmt, 3, result->cmd_hash, DSP_DIGEST);
  dsp_stmt_bind_text (stmt, 4, result->status, -1);
  dsp_stmt_bind_text (stmt, 5, result->code, -1);
  dsp_stmt_bind_int (stmt, 6, result->seq);
  dsp_stmt_bind_int (stmt, 7, result->at_us);
  dsp_stmt_bind_text (stmt, 8, result->reply, -1);
  if (!dsp_stmt_run (stmt, NULL, error))
    return FALSE;
  entry->device.last_no = no;
  entry->device.seen_at = result->at_us;
  return TRUE;
}

gboolean
dsp_feed_bump_grants (DspFeed     *feed,
                      const DspId *user_id,
                      GError     **error)
{
  g_autoptr(DspStmt) stmt = NULL;

  stmt = dsp_db_prepare (feed->db, "INSERT INTO \"user_state\" (\"user_id\", \"grants_ver\") VALUES ($1, 1) ON CONFLICT (\"user_id\")"
                                   " DO UPDATE SET \"grants_ver\" = \"user_state\".\"grants_ver\" + 1", error);
  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_id (stmt, 1, user_id);
  return dsp_stmt_run (stmt, NULL, error);
}

gboolean
dsp_feed_grants_ver (DspDb       *db,
                     const DspId *user_id,
                     gint64      *grants_ver,
                     GError     **error)
{
  g_autoptr(DspStmt) stmt = NULL;
  DspStep step;

  stmt = dsp_db_prepare (db, "SELECT \"grants_ver\" FROM \"user_state\" WHERE \"user_id\" = $1", error);
  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_id (stmt, 1, user_id);
  step = dsp_stmt_step (stmt, error);
  if (step == DSP_STEP_FAILED)
    return FALSE;
  *grants_ver = step == DSP_STEP_ROW ? dsp_stmt_int (stmt, 0) : 0;
  return TRUE;
}
