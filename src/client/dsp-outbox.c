/* dsp-outbox.c: commands that the server has not confirmed, as they stand in the table
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * States in the table: queued (never offered), sent (offered, no answer stored), acked (answered, effect not yet back),
 * settled (in the base, kept for a restore), rejected (kept while its refusals are in the tray), noop (undone before it
 * was offered; still takes its number). "sent" is on disk before a byte goes out: what was ever offered keeps its content.
 *
 *   dsp-keeper-give.c      judges what is given, shows it and stores it here
 *   dsp-keeper-answers.c   takes what the server says to it
 *   dsp-keeper-undo.c      takes it back
 */
#define G_LOG_DOMAIN "dsp-outbox"

#include "config.h"
#include "dsp-keeper-private.h"

#include "dsp-record-json.h"

#include <string.h>

#define PUSH_BYTES (240 * 1024)
#define PUSH_ROWS 3000
#define PUSH_COMMANDS 100

/* ---- loading ---- */

static gboolean
read_rows (DspJsonReader *r,
           DspPending    *pending)
{
  const char *name;
  gsize length;

  if (!dsp_json_enter_array (r))
    return FALSE;
  while (dsp_json_next_item (r))
    {
      DspId id = dsp_id_none;
      gint64 base = 0;

      if (!dsp_json_enter_object (r))
        return FALSE;
      while (dsp_json_next_member (r, &name, &length))
        if (dsp_json_is (name, length, "id"))
          {
            const char *text;
            gsize n;

            if (!dsp_json_read_raw (r, &text, &n) || !dsp_id_parse (text, n, &id))
              return FALSE;
          }
        else if (dsp_json_is (name, length, "base"))
          dsp_json_read_int (r, &base);
        else
          dsp_json_skip (r, NULL, NULL);
      g_array_append_val (pending->ids, id);
      g_array_append_val (pending->bases, base);
    }
  return TRUE;
}

/* Reads a stored command back. One that this program does not understand stays in the table, without an effect here. */
gboolean
dsp_pending_read_body (DspPending *pending,
                       const char *body)
{
  g_autofree char *whole = g_strconcat ("{", body, "}", NULL);
  DspJsonReader r;
  const char *name;
  gsize length;
  DspId id = dsp_id_none;
  gint64 base = 0;
  bool single = false;

  dsp_json_reader_init (&r, whole, strlen (whole));
  if (!dsp_json_enter_object (&r))
    return FALSE;
  while (dsp_json_next_member (&r, &name, &length))
    {
      if (dsp_json_is (name, length, "rows"))
        {
          if (!read_rows (&r, pending))
            return FALSE;
        }
      else if (dsp_json_is (name, length, "id"))
        {
          const char *text;
          gsize n;

          single = dsp_json_read_raw (&r, &text, &n) && dsp_id_parse (text, n, &id);
        }
      else if (dsp_json_is (name, length, "base"))
        dsp_json_read_int (&r, &base);
      else
        dsp_json_skip (&r, NULL, NULL);
    }
  if (single)
    {
      g_array_append_val (pending->ids, id);
      g_array_append_val (pending->bases, base);
    }
  return dsp_json_reader_finish (&r, NULL);
}

gboolean
dsp_pending_read_args (DspPending *pending,
                       const char *args)
{
  const DspTable *table = pending->command != NULL ? dsp_command_args (pending->command) : NULL;

  if (table == NULL)
    return TRUE;
  pending->args = g_malloc0 (table->size);
  return args == NULL || dsp_record_json_read (table, DSP_STRICT_ARGS, args, strlen (args), pending->args, &pending->given, NULL);
}

static gboolean
load_pending (DspKeeper *keeper,
              GError   **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (keeper->db,
                                            "SELECT \"no\", \"grp\", \"state\", \"kind\", \"body\", \"args\", \"at\", \"seq\" FROM \"outbox\""
                                            " WHERE \"state\" IN ('queued', 'sent', 'acked', 'noop') ORDER BY \"no\"",
                                            error);
  DspStep step;

  if (stmt == NULL)
    return FALSE;
  while ((step = dsp_stmt_step (stmt, error)) == DSP_STEP_ROW)
    {
      const char *state = dsp_stmt_text (stmt, 2, NULL);
      DspPending *pending = dsp_pending_new (NULL, dsp_stmt_int (stmt, 0), dsp_stmt_int (stmt, 1));

      if (strcmp (state, "noop") != 0)
        pending->command = dsp_command_find (dsp_stmt_text (stmt, 3, NULL));
      pending->wait = strcmp (state, "acked") == 0 ? DSP_WAIT_ACKED : strcmp (state, "sent") == 0 ? DSP_WAIT_SENT : DSP_WAIT_QUEUED;
      pending->at_us = dsp_stmt_int (stmt, 6);
      pending->seq = dsp_stmt_int (stmt, 7);
      if (pending->command != NULL &&
          (!dsp_pending_read_body (pending, dsp_stmt_text (stmt, 4, NULL)) ||
           !dsp_pending_read_args (pending, dsp_stmt_text (stmt, 5, NULL))))
        {
          g_warning ("command %" G_GINT64_FORMAT " of the outbox cannot be shown; it is sent as it is", pending->no);
          g_array_set_size (pending->ids, 0);
          g_array_set_size (pending->bases, 0);
        }
      dsp_keeper_add_pending (keeper, pending);
    }
  return step == DSP_STEP_DONE;
}

void
dsp_keeper_count_conflict (DspKeeper       *keeper,
                           const DspEntity *entity,
                           const DspId     *id,
                           int              change)
{
  DspKey key = { entity, *id };
  int n = (int) GPOINTER_TO_UINT (g_hash_table_lookup (keeper->conflicts, &key)) + change;

  if (n > 0)
    g_hash_table_replace (keeper->conflicts, g_memdup2 (&key, sizeof key), GUINT_TO_POINTER (n));
  else
    g_hash_table_remove (keeper->conflicts, &key);
}

static const DspEntity *
entity_of_kind (const char *kind)
{
  const DspCommand *command = dsp_command_find (kind);

  return command != NULL ? command->entity : &dsp_order;
}

static gboolean
load_conflicts (DspKeeper *keeper,
                GError   **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (keeper->db,
                                            "SELECT o.\"kind\", r.\"id\" FROM \"refused\" r JOIN \"outbox\" o ON o.\"no\" = r.\"no\"", error);
  DspStep step;

  if (stmt == NULL)
    return FALSE;
  g_hash_table_remove_all (keeper->conflicts);
  while ((step = dsp_stmt_step (stmt, error)) == DSP_STEP_ROW)
    {
      DspId id = dsp_stmt_id (stmt, 1);

      dsp_keeper_count_conflict (keeper, entity_of_kind (dsp_stmt_text (stmt, 0, NULL)), &id, 1);
    }
  return step == DSP_STEP_DONE;
}

static gboolean
load_refused_rows (DspKeeper *keeper,
                   GError   **error)
{
  for (guint i = 0; i < keeper->pending->len; i++)
    {
      DspPending *pending = g_ptr_array_index (keeper->pending, i);
      g_autoptr(DspStmt) stmt = NULL;
      DspStep step;

      if (pending->wait != DSP_WAIT_ACKED)
        continue;
      stmt = dsp_db_prepare (keeper->db, "SELECT \"id\" FROM \"refused\" WHERE \"no\" = $1", error);
      if (stmt == NULL)
        return FALSE;
      dsp_stmt_bind_int (stmt, 1, pending->no);
      while ((step = dsp_stmt_step (stmt, error)) == DSP_STEP_ROW)
        {
          DspId id = dsp_stmt_id (stmt, 0);

          for (guint row = 0; row < pending->ids->len; row++)
            if (dsp_id_equal (&id, &g_array_index (pending->ids, DspId, row)))
              g_array_index (pending->out, guint8, row) = 1;
        }
      if (step == DSP_STEP_FAILED)
        return FALSE;
    }
  return TRUE;
}

gboolean
dsp_keeper_load_outbox (DspKeeper *keeper,
                        GError   **error)
{
  g_autoptr(GHashTable) affected = dsp_key_set_new ();

  return load_pending (keeper, error) && load_conflicts (keeper, error) && load_refused_rows (keeper, error) &&
         dsp_keeper_replay (keeper, affected, TRUE, error);
}

/* ---- sending ---- */

gboolean
dsp_keeper_set_state (DspKeeper  *keeper,
                      gint64      no,
                      const char *state,
                      gint64      seq,
                      GError    **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (keeper->db, "UPDATE \"outbox\" SET \"state\" = $2, \"seq\" = $3 WHERE \"no\" = $1", error);

  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_int (stmt, 1, no);
  dsp_stmt_bind_text (stmt, 2, state, -1);
  if (seq > 0)
    dsp_stmt_bind_int (stmt, 3, seq);
  return dsp_stmt_run (stmt, NULL, error);
}

gboolean
dsp_keeper_has_unsent (DspKeeper *keeper)
{
  for (guint i = 0; i < keeper->pending->len; i++)
    if (((DspPending *) g_ptr_array_index (keeper->pending, i))->wait != DSP_WAIT_ACKED)
      return TRUE;
  return FALSE;
}

static gboolean
gather_push (DspKeeper *keeper,
             GString   *body,
             GArray    *numbers,
             GError   **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (keeper->db,
                                            "SELECT \"no\", \"state\", \"body\", \"n_rows\", \"seq\" FROM \"outbox\""
                                            " WHERE \"no\" > $1 AND \"state\" IN ('queued', 'sent', 'noop') ORDER BY \"no\" LIMIT 100",
                                            error);
  guint n_rows = 0;
  DspStep step;

  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_int (stmt, 1, keeper->held);
  while ((step = dsp_stmt_step (stmt, error)) == DSP_STEP_ROW)
    {
      gint64 no = dsp_stmt_int (stmt, 0);
      bool noop = strcmp (dsp_stmt_text (stmt, 1, NULL), "noop") == 0;
      gsize length;
      const char *text = dsp_stmt_text (stmt, 2, &length);

      n_rows += (guint) dsp_stmt_int (stmt, 3);
      if (numbers->len > 0 && (body->len + length > PUSH_BYTES || n_rows > PUSH_ROWS || numbers->len >= PUSH_COMMANDS ||
                               no != g_array_index (numbers, gint64, numbers->len - 1) + 1))
        return TRUE;
      g_string_append_printf (body, "%s{\"no\":%" G_GINT64_FORMAT ",", numbers->len > 0 ? "," : "", no);
      if (!noop && !dsp_stmt_is_null (stmt, 4))
        g_string_append_printf (body, "\"seq\":%" G_GINT64_FORMAT ",", dsp_stmt_int (stmt, 4));
      g_string_append_printf (body, "%s}", noop ? "\"kind\":\"noop\",\"v\":1" : text);
      g_array_append_val (numbers, no);
    }
  return step == DSP_STEP_DONE;
}

static gboolean
mark_sent (DspKeeper *keeper,
           GArray    *numbers,
           GError   **error)
{
  g_autoptr(DspStmt) stmt = NULL;
  bool any = false;

  for (guint i = 0; i < numbers->len; i++)
    {
      DspPending *pending = dsp_keeper_find_pending (keeper, g_array_index (numbers, gint64, i));

      any = any || (pending != NULL && pending->wait == DSP_WAIT_QUEUED && pending->command != NULL);
    }
  if (!any)
    return TRUE;
  stmt = dsp_db_prepare (keeper->db, "UPDATE \"outbox\" SET \"state\" = 'sent' WHERE \"state\" = 'queued' AND \"no\" >= $1 AND \"no\" <= $2", error);
  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_int (stmt, 1, g_array_index (numbers, gint64, 0));
  dsp_stmt_bind_int (stmt, 2, g_array_index (numbers, gint64, numbers->len - 1));
  if (!dsp_stmt_run (stmt, NULL, error))
    return FALSE;
  for (guint i = 0; i < numbers->len; i++)
    {
      DspPending *pending = dsp_keeper_find_pending (keeper, g_array_index (numbers, gint64, i));

      if (pending != NULL && pending->wait == DSP_WAIT_QUEUED)
        pending->wait = DSP_WAIT_SENT;
    }
  return TRUE;
}

static gboolean
agrees (DspKeeper *keeper)
{
  return g_strcmp0 (keeper->agreed, keeper->epoch) == 0;
}

gboolean
dsp_keeper_agree (DspKeeper *keeper,
                  GError   **error)
{
  if (agrees (keeper) || keeper->epoch == NULL)
    return TRUE;
  g_free (keeper->agreed);
  keeper->agreed = g_strdup (keeper->epoch);
  return dsp_keeper_put_text (keeper, "sync_state", "agreed", keeper->agreed, error);
}

void
dsp_keeper_set_held (DspKeeper *keeper,
                     gint64     no)
{
  keeper->held = no;
}

/**
 * dsp_keeper_next_push:
 * @first: (out): the number of its first command
 *
 * After a restore the first push of all has no commands: its answer says up to where the server knows this device, also if
 * nothing waits to be sent.
 *
 * Returns: (transfer full) (nullable): the body of POST v1/commands
 */
char *
dsp_keeper_next_push (DspKeeper *keeper,
                      gint64    *first,
                      GError   **error)
{
  g_autoptr(GString) commands = g_string_new (NULL);
  g_autoptr(GArray) numbers = g_array_new (FALSE, FALSE, sizeof (gint64));
  char device[DSP_ID_TEXT];

  *first = 0;
  if (!dsp_keeper_need_outbox (keeper, error))
    return NULL;
  if (keeper->epoch == NULL || keeper->rolled_back || (agrees (keeper) && !dsp_keeper_has_unsent (keeper)))
    return NULL;
  if (agrees (keeper) &&
      (!gather_push (keeper, commands, numbers, error) || (numbers->len > 0 && !mark_sent (keeper, numbers, error))))
    {
      dsp_keeper_fail (error);
      return NULL;
    }
  if (numbers->len == 0 && agrees (keeper))
    return NULL;
  *first = numbers->len > 0 ? g_array_index (numbers, gint64, 0) : keeper->last_no + 1;
  dsp_id_print (&keeper->device, device);
  return g_strdup_printf ("{\"device\":\"%s\",\"epoch\":\"%s\",\"first\":%" G_GINT64_FORMAT ",\"commands\":[%s]}", device, keeper->epoch,
                          *first, commands->str);
}

/* ---- what came back ---- */

/* Within a transaction. */
gboolean
dsp_keeper_settle (DspKeeper  *keeper,
                   GHashTable *affected,
                   GError    **error)
{
  for (guint i = keeper->pending->len; i > 0; i--)
    {
      DspPending *pending = g_ptr_array_index (keeper->pending, i - 1);

      if (pending->wait != DSP_WAIT_ACKED || pending->seq > keeper->pos)
        continue;
      if (!dsp_keeper_set_state (keeper, pending->no, "settled", pending->seq, error))
        return FALSE;
      dsp_keeper_remove_pending (keeper, pending, affected);
    }
  return TRUE;
}

gboolean
dsp_keeper_reload_outbox (DspKeeper *keeper)
{
  g_ptr_array_set_size (keeper->pending, 0);
  g_hash_table_remove_all (keeper->mentions);
  keeper->n_wide = 0;
  keeper->outbox_unread = !dsp_keeper_load_outbox (keeper, NULL);
  if (keeper->outbox_unread)
    g_warning ("the outbox cannot be read again now");
  return !keeper->outbox_unread;
}

gboolean
dsp_keeper_need_outbox (DspKeeper *keeper,
                        GError   **error)
{
  if (!keeper->outbox_unread || dsp_keeper_reload_outbox (keeper))
    return TRUE;
  g_set_error_literal (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_FAILED, "what waits cannot be read");
  return FALSE;
}

/**
 * dsp_keeper_renumber:
 * After the server was restored from a backup that ends with @last: everything above it is offered again, in order, with
 * the place that it had in the old history.
 * Refusals and numbers that were let go are offered as nothing, so that there is no gap.
 */
gboolean
dsp_keeper_renumber (DspKeeper *keeper,
                     gint64     last,
                     GError   **error)
{
  g_autoptr(DspStmt) stmt = NULL;

  if (!dsp_db_begin (keeper->db, error))
    return dsp_keeper_fail (error);
  for (gint64 no = last + 1; no <= keeper->last_no; no++)
    {
      g_clear_pointer (&stmt, dsp_stmt_done);
      stmt = dsp_db_prepare (keeper->db,
                             "INSERT INTO \"outbox\" (\"no\", \"grp\", \"state\", \"kind\", \"body\", \"at\", \"n_rows\")"
                             " VALUES ($1, $1, 'noop', 'noop', '', $2, 0) ON CONFLICT (\"no\") DO UPDATE SET"
                             " \"state\" = CASE WHEN \"state\" IN ('settled', 'acked') THEN 'sent' WHEN \"state\" = 'rejected' THEN 'noop'"
                             " ELSE \"state\" END",
                             error);
      if (stmt == NULL)
        break;
      dsp_stmt_bind_int (stmt, 1, no);
      dsp_stmt_bind_int (stmt, 2, g_get_real_time ());
      if (!dsp_stmt_run (stmt, NULL, error))
        {
          g_clear_pointer (&stmt, dsp_stmt_done);
          break;
        }
    }
  if ((last < keeper->last_no && stmt == NULL) || !dsp_keeper_agree (keeper, error) || !dsp_db_commit (keeper->db, error))
    {
      dsp_db_rollback (keeper->db);
      return dsp_keeper_fail (error);
    }
  keeper->held = 0;
  return dsp_keeper_reload_outbox (keeper);
}

/* ---- the tray ---- */

gboolean
dsp_keeper_discard (DspKeeper   *keeper,
                    gint64       no,
                    const DspId *id,
                    GError     **error)
{
  g_autoptr(DspStmt) stmt = NULL;
  g_autoptr(GHashTable) old = NULL;
  GHashTableIter iter;
  gpointer key;

  if (!dsp_db_begin (keeper->db, error))
    return dsp_keeper_fail (error);
  stmt = dsp_db_prepare (keeper->db, "DELETE FROM \"refused\" WHERE ($1 = 0 OR \"no\" = $1) AND ($2 IS NULL OR \"id\" = $2)", error);
  if (stmt != NULL)
    {
      dsp_stmt_bind_int (stmt, 1, no);
      if (id != NULL)
        dsp_stmt_bind_blob (stmt, 2, id->b, sizeof id->b);
    }
  if (stmt == NULL || !dsp_stmt_run (stmt, NULL, error) ||
      !dsp_db_exec (keeper->db,
                    "UPDATE \"outbox\" SET \"state\" = 'settled' WHERE \"state\" = 'rejected' AND \"no\" NOT IN (SELECT \"no\" FROM \"refused\")",
                    error) ||
      !dsp_db_commit (keeper->db, error))
    {
      dsp_db_rollback (keeper->db);
      return dsp_keeper_fail (error);
    }
  old = g_steal_pointer (&keeper->conflicts);
  keeper->conflicts = g_hash_table_new_full (dsp_key_hash, dsp_key_equal, g_free, NULL);
  if (!load_conflicts (keeper, error))
    return dsp_keeper_fail (error);
  g_hash_table_iter_init (&iter, old);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (!g_hash_table_contains (keeper->conflicts, key))
      dsp_keeper_tell (keeper, key, NULL, NULL);
  dsp_keeper_flush (keeper, TRUE);
  return TRUE;
}
