/* dsp-keeper-enrol.c: a cache under a new device
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The old device's numbers mean nothing to the server any more. What was never answered is given anew under the new
 * device, in the same order; what was answered is done.
 */
#define G_LOG_DOMAIN "dsp-outbox"

#include "config.h"
#include "dsp-keeper-private.h"

static gboolean
renumber (DspKeeper *keeper,
          gint64     last,
          gint64    *new_last,
          GError   **error)
{
  g_autoptr(DspStmt) list = NULL;
  g_autoptr(GArray) numbers = g_array_new (FALSE, FALSE, sizeof (gint64));
  DspStep step;

  /* Out of the way first: negative numbers are of devices that are no more, and only the tray knows them. */
  if (!dsp_db_exec (keeper->db,
                    "DELETE FROM \"outbox\" WHERE \"state\" IN ('settled', 'acked', 'noop') AND \"no\" NOT IN (SELECT \"no\" FROM \"refused\");"
                    "UPDATE \"outbox\" SET \"no\" = -\"no\", \"grp\" = -\"grp\" WHERE \"no\" > 0;"
                    "UPDATE \"refused\" SET \"no\" = -\"no\" WHERE \"no\" > 0",
                    error))
    return FALSE;
  list = dsp_db_prepare (keeper->db, "SELECT \"no\" FROM \"outbox\" WHERE \"state\" IN ('queued', 'sent') ORDER BY \"no\" DESC", error);
  if (list == NULL)
    return FALSE;
  while ((step = dsp_stmt_step (list, error)) == DSP_STEP_ROW)
    {
      gint64 no = dsp_stmt_int (list, 0);

      g_array_append_val (numbers, no);
    }
  if (step == DSP_STEP_FAILED)
    return FALSE;
  *new_last = last;
  for (guint i = 0; i < numbers->len; i++)
    {
      g_autoptr(DspStmt) stmt = dsp_db_prepare (keeper->db,
                                                "UPDATE \"outbox\" SET \"no\" = $2, \"grp\" = $2 + (\"no\" - \"grp\"), \"state\" = 'queued'"
                                                " WHERE \"no\" = $1",
                                                error);

      if (stmt == NULL)
        return FALSE;
      dsp_stmt_bind_int (stmt, 1, g_array_index (numbers, gint64, i));
      dsp_stmt_bind_int (stmt, 2, ++*new_last);
      if (!dsp_stmt_run (stmt, NULL, error))
        return FALSE;
    }
  return TRUE;
}

gboolean
dsp_keeper_enrol_again (DspKeeper   *keeper,
                        const DspId *device,
                        const char  *epoch,
                        gint64       last,
                        GError     **error)
{
  gint64 new_last = last;
  char text[DSP_ID_TEXT];

  (void) epoch;
  dsp_id_print (device, text);
  if (!dsp_db_begin (keeper->db, error))
    return dsp_keeper_fail (error);
  if (!renumber (keeper, last, &new_last, error) || !dsp_keeper_put_text (keeper, "identity", "device", text, error) ||
      !dsp_keeper_put_int (keeper, "identity", "last_no", new_last, error) || !dsp_db_commit (keeper->db, error))
    {
      dsp_db_rollback (keeper->db);
      return dsp_keeper_fail (error);
    }
  keeper->device = *device;
  keeper->rolled_back = FALSE;
  keeper->last_no = new_last;
  g_ptr_array_set_size (keeper->pending, 0);
  g_hash_table_remove_all (keeper->mentions);
  keeper->n_wide = 0;
  return dsp_keeper_load_outbox (keeper, error) || dsp_keeper_fail (error);
}
