/* dsp-keeper-enrol.c: a cache under a new device
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The old device's numbers mean nothing to the server any more. What was never answered is given anew under the new
 * device, in the same order; what was answered is done, unless the server's history is another one.
 */
#define G_LOG_DOMAIN "dsp-outbox"

#include "config.h"
#include "dsp-keeper-private.h"

/* What the old device gave moves out of the way: numbers under 0 are of devices that are no more, and only the tray knows
 * them. @below: (out): its own stand below that. */
static gboolean
put_aside (DspKeeper *keeper,
           gboolean   lost,
           gint64    *below,
           GError   **error)
{
  g_autofree char *move = NULL;

  if (!dsp_db_exec (keeper->db,
                    lost ? "DELETE FROM \"outbox\" WHERE \"state\" = 'noop' AND \"no\" NOT IN (SELECT \"no\" FROM \"refused\")"
                         : "DELETE FROM \"outbox\" WHERE \"state\" IN ('settled', 'acked', 'noop') AND \"no\" NOT IN (SELECT \"no\" FROM \"refused\")",
                    error) ||
      !dsp_db_int (keeper->db, "SELECT min(0, coalesce(min(\"no\"), 0)) FROM \"outbox\"", below, error))
    return FALSE;
  move = g_strdup_printf ("UPDATE \"outbox\" SET \"no\" = %1$" G_GINT64_FORMAT " - \"no\", \"grp\" = %1$" G_GINT64_FORMAT " - \"grp\" WHERE \"no\" > 0;"
                          "UPDATE \"refused\" SET \"no\" = %1$" G_GINT64_FORMAT " - \"no\" WHERE \"no\" > 0", *below);
  return dsp_db_exec (keeper->db, move, error);
}

static GArray *
list_again (DspKeeper *keeper,
            gboolean   lost,
            gint64     below,
            GError   **error)
{
  g_autoptr(DspStmt) list = NULL;
  g_autoptr(GArray) numbers = g_array_new (FALSE, FALSE, sizeof (gint64));
  DspStep step;

  list = dsp_db_prepare (keeper->db,
                         lost ? "SELECT \"no\" FROM \"outbox\" WHERE \"no\" < $1 AND \"state\" IN ('queued', 'sent', 'acked', 'settled') ORDER BY \"no\" DESC"
                              : "SELECT \"no\" FROM \"outbox\" WHERE \"no\" < $1 AND \"state\" IN ('queued', 'sent') ORDER BY \"no\" DESC",
                         error);
  if (list == NULL)
    return NULL;
  dsp_stmt_bind_int (list, 1, below);
  while ((step = dsp_stmt_step (list, error)) == DSP_STEP_ROW)
    {
      gint64 no = dsp_stmt_int (list, 0);

      g_array_append_val (numbers, no);
    }
  return step == DSP_STEP_DONE ? g_steal_pointer (&numbers) : NULL;
}

static gboolean
set_number (DspKeeper  *keeper,
            const char *sql,
            gint64      no,
            gint64      new_no,
            GError    **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (keeper->db, sql, error);

  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_int (stmt, 1, no);
  dsp_stmt_bind_int (stmt, 2, new_no);
  return dsp_stmt_run (stmt, NULL, error);
}

/* @lost: the server knows nothing of the old device: what was answered is given anew as well, with its place in the old history. */
static gboolean
renumber (DspKeeper *keeper,
          gint64     last,
          gboolean   lost,
          gint64    *new_last,
          GError   **error)
{
  g_autoptr(GArray) numbers = NULL;
  gint64 below;

  if (!put_aside (keeper, lost, &below, error) || (numbers = list_again (keeper, lost, below, error)) == NULL)
    return FALSE;
  *new_last = last;
  for (guint i = 0; i < numbers->len; i++)
    {
      gint64 no = g_array_index (numbers, gint64, i);

      ++*new_last;
      if (!set_number (keeper, "UPDATE \"outbox\" SET \"no\" = $2, \"grp\" = $2 + (\"no\" - \"grp\"),"
                               " \"state\" = CASE WHEN \"state\" IN ('acked', 'settled') THEN 'sent' ELSE 'queued' END WHERE \"no\" = $1",
                       no, *new_last, error) ||
          !set_number (keeper, "UPDATE \"refused\" SET \"no\" = $2 WHERE \"no\" = $1", no, *new_last, error))
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
  /* A server that was put back from a backup does not know the devices that came after it. */
  gboolean lost = epoch != NULL && keeper->epoch != NULL && g_strcmp0 (epoch, keeper->epoch) != 0;
  char text[DSP_ID_TEXT];

  dsp_id_print (device, text);
  if (!dsp_db_begin (keeper->db, error))
    return dsp_keeper_fail (error);
  if (!renumber (keeper, last, lost, &new_last, error) || !dsp_keeper_put_text (keeper, "identity", "device", text, error) ||
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
