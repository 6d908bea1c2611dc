/* dsp-attachments.c: attachments by what their bytes are
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-store"

#include "config.h"
#include "dsp-attachments.h"

gboolean
dsp_attachments_held (DspDb       *db,
                      const DspId *scope,
                      gint64      *bytes,
                      GError     **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, "SELECT CAST (coalesce (sum (\"size\"), 0) AS BIGINT) FROM \"attachment\" WHERE \"scope\" = $1", error);

  *bytes = 0;
  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_id (stmt, 1, scope);
  if (dsp_stmt_step (stmt, error) != DSP_STEP_ROW)
    return FALSE;
  *bytes = dsp_stmt_int (stmt, 0);
  return TRUE;
}

gboolean
dsp_attachments_with (DspDb          *db,
                      const char     *hash,
                      const DspActor *actor,
                      gint64          now_us,
                      gboolean       *there,
                      GError        **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, "SELECT \"scope\" FROM \"attachment\" WHERE \"hash\" = $1", error);
  DspStep step = DSP_STEP_FAILED;

  *there = FALSE;
  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_text (stmt, 1, hash, -1);
  while (!*there && (step = dsp_stmt_step (stmt, error)) == DSP_STEP_ROW)
    {
      DspId scope = dsp_stmt_id (stmt, 0);

      *there = actor == NULL || dsp_actor_sees (actor, &scope, now_us);
    }
  return step != DSP_STEP_FAILED;
}
