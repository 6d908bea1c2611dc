/* dsp-outbox.c: commands that the server has not confirmed, from the giving to the settling
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * States in the table: queued (never offered), sent (offered, no answer stored), acked (answered, effect not yet back),
 * settled (in the base, kept for a restore), rejected (kept while its refusals are in the tray), noop (undone before it
 * was offered; still takes its number). "sent" is on disk before a byte goes out: what was ever offered keeps its content.
 */
#define G_LOG_DOMAIN "dsp-outbox"

#include "config.h"
#include "dsp-keeper-private.h"

#include "dsp-record-json.h"

#include <string.h>

#define ROWS_PER_COMMAND 200
#define PUSH_BYTES (240 * 1024)
#define PUSH_ROWS 3000
#define PUSH_COMMANDS 100
#define KEEP_US (30 * G_TIME_SPAN_DAY)

DspOutcome *
dsp_outcome_new (void)
{
  DspOutcome *outcome = g_new0 (DspOutcome, 1);

  outcome->refused = g_array_new (FALSE, FALSE, sizeof (DspRefusal));
  return outcome;
}

void
dsp_outcome_free (DspOutcome *outcome)
{
  if (outcome == NULL)
    return;
  for (guint i = 0; i < outcome->refused->len; i++)
    g_free (g_array_index (outcome->refused, DspRefusal, i).message);
  g_array_unref (outcome->refused);
  g_free (outcome);
}

/* ---- giving ---- */

/* Texts of one command being put together. */
typedef struct {
  DspPending *pending;
  GString    *wanted, *seen;
  GString    *first_wanted, *first_seen;
  bool        same_wanted, same_seen;
} Draft;

static Draft *
draft_new (const DspCommand *command,
           gint64            no,
           gint64            group)
{
  Draft *draft = g_new0 (Draft, 1);

  draft->pending = dsp_pending_new (command, no, group);
  draft->wanted = g_string_new ("[");
  draft->seen = g_string_new ("[");
  draft->first_wanted = g_string_new (NULL);
  draft->first_seen = g_string_new (NULL);
  draft->same_wanted = draft->same_seen = true;
  return draft;
}

static void
draft_free (gpointer data)
{
  Draft *draft = data;

  g_clear_pointer (&draft->pending, dsp_pending_free);
  g_string_free (draft->wanted, TRUE);
  g_string_free (draft->seen, TRUE);
  g_string_free (draft->first_wanted, TRUE);
  g_string_free (draft->first_seen, TRUE);
  g_free (draft);
}

static void
draft_note (GString       *all,
            GString       *first,
            bool          *same,
            const DspEdit *edit,
            gconstpointer  record)
{
  gsize at;

  if (all->len > 1)
    g_string_append_c (all, ',');
  at = all->len;
  if (edit == NULL || record == NULL)
    g_string_append (all, "{}");
  else
    dsp_record_json_write (&edit->entity->table, record, edit->mask, all);
  if (at == 1)
    g_string_append_len (first, all->str + at, (gssize) (all->len - at));
  else
    *same = *same && all->len - at == first->len && memcmp (all->str + at, first->str, first->len) == 0;
}

static void
draft_add (Draft       *draft,
           const DspId *id,
           gint64       base,
           DspWork     *work)
{
  DspEdit *edit = NULL;

  for (guint i = 0; i < dsp_work_n_edits (work) && edit == NULL; i++)
    {
      DspEdit *one = dsp_work_edit_at (work, i);

      if (one->entity == draft->pending->command->entity && dsp_id_equal (&((DspRecord *) one->after)->id, id))
        edit = one;
    }
  g_array_append_val (draft->pending->ids, *id);
  g_array_append_val (draft->pending->bases, base);
  draft_note (draft->wanted, draft->first_wanted, &draft->same_wanted, edit, edit != NULL && !edit->deleted ? edit->after : NULL);
  draft_note (draft->seen, draft->first_seen, &draft->same_seen, edit, edit != NULL ? edit->before : NULL);
}

/* What stands in the request beside the number. */
static char *
body_of (DspKeeper  *keeper,
         DspPending *pending,
         const char *args)
{
  GString *body = g_string_new (NULL);
  char id[DSP_ID_TEXT], at[32];

  dsp_id_print (&keeper->device, id);
  dsp_time_print ((DspTime) { pending->at_us }, at);
  g_string_append_printf (body, "\"kind\":\"%s\",\"v\":%d,\"group\":\"%s/%" G_GINT64_FORMAT "\",\"at\":\"%s\"", pending->command->name,
                          DSP_COMMAND_VERSION, id, pending->group, at);
  if ((pending->command->flags & DSP_COMMAND_MANY) && pending->ids->len > 1)
    {
      g_string_append (body, ",\"rows\":[");
      for (guint row = 0; row < pending->ids->len; row++)
        {
          dsp_id_print (&g_array_index (pending->ids, DspId, row), id);
          g_string_append_printf (body, "%s{\"id\":\"%s\",\"base\":%" G_GINT64_FORMAT "}", row > 0 ? "," : "", id,
                                  g_array_index (pending->bases, gint64, row));
        }
      g_string_append_c (body, ']');
    }
  else
    {
      dsp_id_print (&g_array_index (pending->ids, DspId, 0), id);
      g_string_append_printf (body, ",\"id\":\"%s\",\"base\":%" G_GINT64_FORMAT, id, g_array_index (pending->bases, gint64, 0));
    }
  if (args != NULL)
    g_string_append_printf (body, ",\"args\":%s", args);
  return g_string_free (body, FALSE);
}

/* Given members are written even when they are none: a change to nothing is a change. */
static char *
args_text (const DspCommand *command,
           gconstpointer     args,
           guint64           given)
{
  const DspTable *table = dsp_command_args (command);
  GString *text;

  if (table == NULL || args == NULL)
    return NULL;
  text = g_string_new (NULL);
  dsp_record_json_write (table, args, given, text);
  for (guint i = 0; i < table->n_fields; i++)
    if ((given >> i & 1) && dsp_field_is_none (&table->fields[i], args))
      {
        g_string_truncate (text, text->len - 1);
        g_string_append_printf (text, "%s\"%s\":null}", text->len > 1 ? "," : "", table->fields[i].name);
      }
  return g_string_free (text, FALSE);
}

static gboolean
store_draft (DspKeeper  *keeper,
             Draft      *draft,
             const char *args,
             GError    **error)
{
  DspPending *pending = draft->pending;
  g_autofree char *body = body_of (keeper, pending, args);
  g_autoptr(DspStmt) stmt = NULL;

  g_string_append_c (draft->wanted, ']');
  g_string_append_c (draft->seen, ']');
  stmt = dsp_db_prepare (keeper->db,
                         "INSERT INTO \"outbox\" (\"no\", \"grp\", \"state\", \"kind\", \"body\", \"args\", \"at\", \"n_rows\", \"wanted\","
                         " \"seen\") VALUES ($1, $2, 'queued', $3, $4, $5, $6, $7, $8, $9)",
                         error);
  if (stmt == NULL)
    return FALSE;
  if (draft->same_wanted)
    g_string_assign (draft->wanted, draft->first_wanted->str);
  if (draft->same_seen)
    g_string_assign (draft->seen, draft->first_seen->str);
  dsp_stmt_bind_int (stmt, 1, pending->no);
  dsp_stmt_bind_int (stmt, 2, pending->group);
  dsp_stmt_bind_text (stmt, 3, pending->command->name, -1);
  dsp_stmt_bind_text (stmt, 4, body, -1);
  dsp_stmt_bind_text (stmt, 5, args, -1);
  dsp_stmt_bind_int (stmt, 6, pending->at_us);
  dsp_stmt_bind_int (stmt, 7, pending->ids->len);
  dsp_stmt_bind_text (stmt, 8, draft->wanted->str, -1);
  dsp_stmt_bind_text (stmt, 9, draft->seen->str, -1);
  return dsp_stmt_run (stmt, NULL, error);
}

static gpointer
dup_args (const DspCommand *command,
          gconstpointer     args)
{
  const DspTable *table = dsp_command_args (command);
  gpointer copy;

  if (table == NULL || args == NULL)
    return NULL;
  copy = g_malloc0 (table->size);
  dsp_table_copy (table, copy, args);
  return copy;
}

static void
refuse (DspOutcome   *outcome,
        const DspId  *id,
        const GError *why)
{
  DspRefusal refusal = { *id, why->domain == DSP_RULE_ERROR ? (DspRule) why->code : DSP_RULE_INVALID, g_strdup (why->message) };

  g_array_append_val (outcome->refused, refusal);
}

/* Puts back what was in the overlay before a gesture that is not to be. */
static void
put_back (DspKeeper  *keeper,
          GHashTable *replaced,
          bool        tell)
{
  GHashTableIter iter;
  gpointer key, over;

  g_hash_table_iter_init (&iter, replaced);
  while (g_hash_table_iter_next (&iter, &key, &over))
    {
      g_hash_table_iter_steal (&iter);
      if (over != NULL)
        g_hash_table_replace (keeper->overlay, &((DspOver *) over)->key, over);
      else
        g_hash_table_remove (keeper->overlay, key);
      if (tell)
        dsp_keeper_tell (keeper, key, NULL, NULL);
      g_free (key);
    }
}

static void
over_or_null_free (gpointer over)
{
  if (over != NULL)
    dsp_over_free (over);
}

/* Judges each row and collects commands of as many rows as one may have. */
static gboolean
judge (DspKeeper        *keeper,
       const DspCommand *command,
       const DspId      *ids,
       guint             n_ids,
       gconstpointer     args,
       guint64           given,
       GPtrArray        *drafts,
       GHashTable       *replaced,
       DspOutcome       *outcome,
       GError          **error)
{
  gint64 now_us = g_get_real_time (), group = keeper->last_no + 1;
  guint max = (command->flags & DSP_COMMAND_MANY) ? ROWS_PER_COMMAND : 1;
  g_autoptr(DspWork) work = dsp_work_new (&keeper->facts, keeper->actor, now_us);

  for (guint i = 0; i < n_ids; i++)
    {
      g_autoptr(GError) why = NULL;
      gconstpointer before;
      gint64 base = 0;
      Draft *draft;

      if (dsp_keeper_effective (keeper, command->entity, &ids[i], &before) == DSP_FACT_HERE)
        base = ((const DspRecord *) before)->version;
      if (!dsp_work_run (work, command, &ids[i], base, args, given, NULL, &why))
        {
          refuse (outcome, &ids[i], why);
          continue;
        }
      if (keeper->facts_error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&keeper->facts_error));
          return FALSE;
        }
      draft = drafts->len > 0 ? g_ptr_array_index (drafts, drafts->len - 1) : NULL;
      if (draft == NULL || draft->pending->ids->len >= max)
        {
          draft = draft_new (command, keeper->last_no + 1 + drafts->len, group);
          draft->pending->at_us = now_us;
          g_ptr_array_add (drafts, draft);
        }
      draft_add (draft, &ids[i], base, work);
      dsp_keeper_take_edits (keeper, work, replaced);
      outcome->n_given++;
    }
  return TRUE;
}

static gboolean
store_drafts (DspKeeper  *keeper,
              GPtrArray  *drafts,
              const char *args,
              GError    **error)
{
  gint64 last_no = keeper->last_no + drafts->len;

  if (!dsp_db_begin (keeper->db, error))
    return FALSE;
  for (guint i = 0; i < drafts->len; i++)
    if (!store_draft (keeper, g_ptr_array_index (drafts, i), args, error))
      {
        dsp_db_rollback (keeper->db);
        return FALSE;
      }
  if (!dsp_keeper_put_int (keeper, "identity", "last_no", last_no, error) || !dsp_db_commit (keeper->db, error))
    {
      dsp_db_rollback (keeper->db);
      return FALSE;
    }
  keeper->last_no = last_no;
  return TRUE;
}

/**
 * dsp_keeper_give:
 * Judges @command on each record and stores what is accepted. The change is told before it is on disk, so that it shows
 * at once; if it cannot be stored, what was there before is told again and the error says why.
 */
DspOutcome *
dsp_keeper_give (DspKeeper        *keeper,
                 const DspCommand *command,
                 const DspId      *ids,
                 guint             n_ids,
                 gconstpointer     args,
                 guint64           given,
                 gboolean          preview,
                 GError          **error)
{
  g_autoptr(DspOutcome) outcome = dsp_outcome_new ();
  g_autoptr(GPtrArray) drafts = g_ptr_array_new_with_free_func (draft_free);
  g_autoptr(GHashTable) replaced = g_hash_table_new_full (dsp_key_hash, dsp_key_equal, g_free, over_or_null_free);
  g_autofree char *text = args_text (command, args, given);
  GHashTableIter iter;
  gpointer key;
  gboolean judged;

  if (!keeper->enrolled)
    {
      g_set_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_SIGN_IN, "nobody has signed in here yet");
      return NULL;
    }
  keeper->judging = TRUE;
  keeper->scratch_is_fresh = FALSE;
  judged = judge (keeper, command, ids, n_ids, args, given, drafts, replaced, outcome, error);
  keeper->judging = FALSE;
  if (!judged)
    {
      put_back (keeper, replaced, false);
      dsp_keeper_fail (error);
      return NULL;
    }
  if (preview || drafts->len == 0)
    {
      put_back (keeper, replaced, false);
      return g_steal_pointer (&outcome);
    }

  g_hash_table_iter_init (&iter, replaced);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    dsp_keeper_tell (keeper, key, keeper->user_name, command);
  dsp_keeper_flush (keeper, TRUE);

  if (!store_drafts (keeper, drafts, text, error))
    {
      put_back (keeper, replaced, true);
      dsp_keeper_flush (keeper, TRUE);
      dsp_keeper_fail (error);
      return NULL;
    }
  for (guint i = 0; i < drafts->len; i++)
    {
      Draft *draft = g_ptr_array_index (drafts, i);

      draft->pending->args = dup_args (command, args);
      draft->pending->given = given;
      outcome->group = draft->pending->group;
      dsp_keeper_add_pending (keeper, g_steal_pointer (&draft->pending));
    }
  return g_steal_pointer (&outcome);
}

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
static gboolean
read_body (DspPending *pending,
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

static gboolean
read_args (DspPending *pending,
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
          (!read_body (pending, dsp_stmt_text (stmt, 4, NULL)) || !read_args (pending, dsp_stmt_text (stmt, 5, NULL))))
        {
          g_warning ("command %" G_GINT64_FORMAT " of the outbox cannot be shown; it is sent as it is", pending->no);
          g_array_set_size (pending->ids, 0);
          g_array_set_size (pending->bases, 0);
        }
      dsp_keeper_add_pending (keeper, pending);
    }
  return step == DSP_STEP_DONE;
}

static void
count_conflict (DspKeeper       *keeper,
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

      count_conflict (keeper, entity_of_kind (dsp_stmt_text (stmt, 0, NULL)), &id, 1);
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

static gboolean
set_state (DspKeeper  *keeper,
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
                                            "SELECT \"no\", \"state\", \"body\", \"n_rows\" FROM \"outbox\""
                                            " WHERE \"state\" IN ('queued', 'sent', 'noop') ORDER BY \"no\" LIMIT 100",
                                            error);
  guint n_rows = 0;
  DspStep step;

  if (stmt == NULL)
    return FALSE;
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
      g_string_append_printf (body, "%s{\"no\":%" G_GINT64_FORMAT ",%s}", numbers->len > 0 ? "," : "", no,
                              noop ? "\"kind\":\"noop\",\"v\":1" : text);
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

char *
dsp_keeper_next_push (DspKeeper *keeper,
                      gint64    *first,
                      GError   **error)
{
  g_autoptr(GString) commands = g_string_new (NULL);
  g_autoptr(GArray) numbers = g_array_new (FALSE, FALSE, sizeof (gint64));
  char device[DSP_ID_TEXT];

  *first = 0;
  if (keeper->epoch == NULL || keeper->rolled_back || !dsp_keeper_has_unsent (keeper))
    return NULL;
  if (!gather_push (keeper, commands, numbers, error) || (numbers->len > 0 && !mark_sent (keeper, numbers, error)))
    {
      dsp_keeper_fail (error);
      return NULL;
    }
  if (numbers->len == 0)
    return NULL;
  *first = g_array_index (numbers, gint64, 0);
  dsp_id_print (&keeper->device, device);
  return g_strdup_printf ("{\"device\":\"%s\",\"epoch\":\"%s\",\"first\":%" G_GINT64_FORMAT ",\"commands\":[%s]}", device, keeper->epoch,
                          *first, commands->str);
}

/* ---- answers ---- */

/* One refused record of an answer. */
typedef struct {
  DspId  id;
  char  *code, *message, *by;
  gint64 by_at;
} Refused;

typedef struct {
  gint64     no, seq;
  char      *status, *code, *message, *by;
  gint64     by_at;
  GArray    *refused; /* of Refused */
} Answer;

static void
clear_refused (gpointer data)
{
  Refused *refused = data;

  g_free (refused->code);
  g_free (refused->message);
  g_free (refused->by);
}

static void
clear_answer (gpointer data)
{
  Answer *answer = data;

  g_free (answer->status);
  g_free (answer->code);
  g_free (answer->message);
  g_free (answer->by);
  g_array_unref (answer->refused);
}

/* "now": who changed the record since, as far as this user may know. */
static void
read_now (DspJsonReader *r,
          char         **by,
          gint64        *by_at)
{
  const char *name;
  gsize length;

  if (dsp_json_peek (r) != '{')
    {
      dsp_json_skip (r, NULL, NULL);
      return;
    }
  dsp_json_enter_object (r);
  while (dsp_json_next_member (r, &name, &length))
    if (dsp_json_is (name, length, "by") && *by == NULL && dsp_json_peek (r) == '"')
      dsp_json_read_text (r, by);
    else if (dsp_json_is (name, length, "at") && dsp_json_peek (r) == '"')
      {
        const char *text;
        gsize n;
        DspTime at;

        if (dsp_json_read_raw (r, &text, &n) && dsp_time_parse (text, n, &at))
          *by_at = at.us;
      }
    else
      dsp_json_skip (r, NULL, NULL);
}

static void
read_optional_text (DspJsonReader *r,
                    char         **text)
{
  if (dsp_json_peek (r) == '"' && *text == NULL)
    dsp_json_read_text (r, text);
  else
    dsp_json_skip (r, NULL, NULL);
}

static void
read_refused (DspJsonReader *r,
              GArray        *list)
{
  const char *name;
  gsize length;

  if (dsp_json_peek (r) != '[')
    {
      dsp_json_skip (r, NULL, NULL);
      return;
    }
  dsp_json_enter_array (r);
  while (dsp_json_next_item (r))
    {
      Refused refused = { 0 };

      dsp_json_enter_object (r);
      while (dsp_json_next_member (r, &name, &length))
        if (dsp_json_is (name, length, "id"))
          {
            const char *text;
            gsize n;

            if (dsp_json_read_raw (r, &text, &n))
              dsp_id_parse (text, n, &refused.id);
          }
        else if (dsp_json_is (name, length, "code"))
          read_optional_text (r, &refused.code);
        else if (dsp_json_is (name, length, "message"))
          read_optional_text (r, &refused.message);
        else if (dsp_json_is (name, length, "now"))
          read_now (r, &refused.by, &refused.by_at);
        else
          dsp_json_skip (r, NULL, NULL);
      g_array_append_val (list, refused);
    }
}

static void
read_answers (DspJsonReader *r,
              GArray        *answers)
{
  const char *name;
  gsize length;

  dsp_json_enter_array (r);
  while (dsp_json_next_item (r))
    {
      Answer answer = { 0 };

      if (dsp_json_peek (r) != '{')
        {
          dsp_json_skip (r, NULL, NULL);
          continue;
        }
      answer.refused = g_array_new (FALSE, FALSE, sizeof (Refused));
      g_array_set_clear_func (answer.refused, clear_refused);
      dsp_json_enter_object (r);
      while (dsp_json_next_member (r, &name, &length))
        if (dsp_json_is (name, length, "no"))
          dsp_json_read_int (r, &answer.no);
        else if (dsp_json_is (name, length, "seq") && dsp_json_peek (r) == '0')
          dsp_json_read_int (r, &answer.seq);
        else if (dsp_json_is (name, length, "status"))
          read_optional_text (r, &answer.status);
        else if (dsp_json_is (name, length, "code"))
          read_optional_text (r, &answer.code);
        else if (dsp_json_is (name, length, "message"))
          read_optional_text (r, &answer.message);
        else if (dsp_json_is (name, length, "now"))
          read_now (r, &answer.by, &answer.by_at);
        else if (dsp_json_is (name, length, "refused"))
          read_refused (r, answer.refused);
        else
          dsp_json_skip (r, NULL, NULL);
      g_array_append_val (answers, answer);
    }
}

static gboolean
store_refused (DspKeeper       *keeper,
               gint64           no,
               const DspEntity *entity,
               const DspId     *id,
               const char      *code,
               const char      *message,
               const char      *by,
               gint64           by_at,
               GError         **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (keeper->db,
                                            "INSERT INTO \"refused\" (\"no\", \"id\", \"code\", \"message\", \"by\", \"by_at\")"
                                            " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (\"no\", \"id\") DO NOTHING",
                                            error);
  gint64 n_changed = 0;

  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_int (stmt, 1, no);
  dsp_stmt_bind_blob (stmt, 2, id->b, sizeof id->b);
  dsp_stmt_bind_text (stmt, 3, code != NULL ? code : "invalid", -1);
  dsp_stmt_bind_text (stmt, 4, message, -1);
  dsp_stmt_bind_text (stmt, 5, by, -1);
  dsp_stmt_bind_int (stmt, 6, by_at);
  if (!dsp_stmt_run (stmt, &n_changed, error))
    return FALSE;
  if (n_changed > 0)
    count_conflict (keeper, entity, id, 1);
  return TRUE;
}

static gboolean
take_answer (DspKeeper    *keeper,
             const Answer *answer,
             GHashTable   *affected,
             GError      **error)
{
  DspPending *pending = dsp_keeper_find_pending (keeper, answer->no);

  if (pending == NULL || pending->wait == DSP_WAIT_ACKED || answer->status == NULL)
    return TRUE;
  if (strcmp (answer->status, "rejected") == 0)
    {
      for (guint row = 0; pending->command != NULL && row < pending->ids->len; row++)
        {
          const DspId *id = &g_array_index (pending->ids, DspId, row);
          const Refused *own = NULL;

          for (guint i = 0; i < answer->refused->len && own == NULL; i++)
            if (dsp_id_equal (&g_array_index (answer->refused, Refused, i).id, id))
              own = &g_array_index (answer->refused, Refused, i);
          if (!store_refused (keeper, pending->no, pending->command->entity, id, own != NULL && own->code != NULL ? own->code : answer->code,
                              own != NULL && own->message != NULL ? own->message : answer->message,
                              own != NULL ? own->by : answer->by, own != NULL ? own->by_at : answer->by_at, error))
            return FALSE;
        }
      if (!set_state (keeper, pending->no, pending->command != NULL ? "rejected" : "settled", 0, error))
        return FALSE;
      dsp_keeper_remove_pending (keeper, pending, affected);
      return TRUE;
    }

  for (guint i = 0; i < answer->refused->len && pending->command != NULL; i++)
    {
      const Refused *refused = &g_array_index (answer->refused, Refused, i);

      for (guint row = 0; row < pending->ids->len; row++)
        if (dsp_id_equal (&g_array_index (pending->ids, DspId, row), &refused->id))
          g_array_index (pending->out, guint8, row) = 1;
      if (!store_refused (keeper, pending->no, pending->command->entity, &refused->id, refused->code, refused->message, refused->by,
                          refused->by_at, error))
        return FALSE;
      dsp_key_set_add (affected, pending->command->entity, &refused->id);
    }
  pending->wait = DSP_WAIT_ACKED;
  pending->seq = answer->seq;
  return set_state (keeper, pending->no, "acked", answer->seq, error);
}

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
      if (!set_state (keeper, pending->no, "settled", pending->seq, error))
        return FALSE;
      dsp_keeper_remove_pending (keeper, pending, affected);
    }
  return TRUE;
}

/* What no restore will ask for again goes. */
static gboolean
forget_settled (DspKeeper *keeper,
                gint64     stable,
                GError   **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (keeper->db,
                                            "DELETE FROM \"outbox\" WHERE (\"state\" = 'settled' AND (\"no\" <= $1 OR \"at\" < $2))"
                                            " AND \"no\" NOT IN (SELECT \"no\" FROM \"refused\")",
                                            error);

  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_int (stmt, 1, stable);
  dsp_stmt_bind_int (stmt, 2, g_get_real_time () - KEEP_US);
  return dsp_stmt_run (stmt, NULL, error);
}

static gboolean
take_answers (DspKeeper  *keeper,
              GArray     *answers,
              gint64      stable,
              GHashTable *affected,
              GError    **error)
{
  for (guint i = 0; i < answers->len; i++)
    if (!take_answer (keeper, &g_array_index (answers, Answer, i), affected, error))
      return FALSE;
  return dsp_keeper_settle (keeper, affected, error) && (stable <= 0 || forget_settled (keeper, stable, error));
}

static gboolean
reload (DspKeeper *keeper)
{
  g_ptr_array_set_size (keeper->pending, 0);
  g_hash_table_remove_all (keeper->mentions);
  keeper->n_wide = 0;
  return dsp_keeper_load_outbox (keeper, NULL);
}

/**
 * dsp_keeper_pushed:
 * Stores the answers, drops the effect of what was refused, and tells what became different.
 */
gboolean
dsp_keeper_pushed (DspKeeper  *keeper,
                   gint64      first,
                   const char *reply,
                   gsize       length,
                   GError    **error)
{
  g_autoptr(GArray) answers = g_array_new (FALSE, FALSE, sizeof (Answer));
  g_autoptr(GHashTable) affected = dsp_key_set_new ();
  GHashTableIter iter;
  gpointer key;
  DspJsonReader r;
  const char *name;
  gsize n;
  gint64 stable = 0;

  g_array_set_clear_func (answers, clear_answer);
  dsp_json_reader_init (&r, reply, length);
  dsp_json_enter_object (&r);
  while (dsp_json_next_member (&r, &name, &n))
    if (dsp_json_is (name, n, "results"))
      read_answers (&r, answers);
    else if (dsp_json_is (name, n, "stable"))
      dsp_json_read_int (&r, &stable);
    else
      dsp_json_skip (&r, NULL, NULL);
  if (!dsp_json_reader_finish (&r, error))
    {
      g_prefix_error (error, "the answer to the commands from %" G_GINT64_FORMAT " on: ", first);
      return FALSE;
    }

  if (!dsp_db_begin (keeper->db, error))
    return dsp_keeper_fail (error);
  if (!take_answers (keeper, answers, stable, affected, error) || !dsp_db_commit (keeper->db, error))
    {
      dsp_db_rollback (keeper->db);
      reload (keeper); /* memory went ahead of the disk: as it stands there, all of it is offered again */
      return dsp_keeper_fail (error);
    }
  if (!dsp_keeper_replay (keeper, affected, FALSE, error))
    return dsp_keeper_fail (error);
  g_hash_table_iter_init (&iter, affected);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    dsp_keeper_tell (keeper, key, NULL, NULL);
  dsp_keeper_flush (keeper, FALSE);
  return TRUE;
}

/**
 * dsp_keeper_renumber:
 * After the server was restored from a backup that ends with @last: everything above it is offered again, in order.
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
                             " ELSE \"state\" END, \"seq\" = NULL",
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
  if ((last < keeper->last_no && stmt == NULL) || !dsp_db_commit (keeper->db, error))
    {
      dsp_db_rollback (keeper->db);
      return dsp_keeper_fail (error);
    }
  return reload (keeper);
}

/* ---- undo ---- */

static gboolean
make_noop (DspKeeper  *keeper,
           GPtrArray  *list,
           GHashTable *affected,
           GError    **error)
{
  if (!dsp_db_begin (keeper->db, error))
    return FALSE;
  for (guint i = 0; i < list->len; i++)
    if (!set_state (keeper, ((DspPending *) list->pdata[i])->no, "noop", 0, error))
      {
        dsp_db_rollback (keeper->db);
        return FALSE;
      }
  if (!dsp_db_commit (keeper->db, error))
    {
      dsp_db_rollback (keeper->db);
      return FALSE;
    }
  for (guint i = 0; i < list->len; i++)
    {
      DspPending *pending = list->pdata[i];
      DspPending *nothing = dsp_pending_new (NULL, pending->no, pending->group);
      guint at = 0;

      for (guint j = 0; j < keeper->pending->len; j++)
        if (g_ptr_array_index (keeper->pending, j) == pending)
          at = j;
      dsp_keeper_remove_pending (keeper, pending, affected);
      g_ptr_array_insert (keeper->pending, (int) at, nothing);
    }
  return TRUE;
}

static void
add_outcome (DspOutcome *to,
             DspOutcome *from)
{
  to->n_given += from->n_given;
  if (to->group == 0)
    to->group = from->group;
  g_array_append_vals (to->refused, from->refused->data, from->refused->len);
  g_array_set_size (from->refused, 0);
}

/* Rows of @seen (an array, or one for all) by the crew that they had. */
typedef struct {
  DspId   crew_id;
  GArray *ids;
} CrewRows;

static void
crew_rows_clear (gpointer data)
{
  g_array_unref (((CrewRows *) data)->ids);
}

static gboolean
rows_by_crew (DspPending *pending,
              const char *seen,
              GArray     *crews)
{
  DspJsonReader r;
  bool list = seen != NULL && *seen == '[';

  if (seen == NULL)
    return FALSE;
  dsp_json_reader_init (&r, seen, strlen (seen));
  if (list && !dsp_json_enter_array (&r))
    return FALSE;
  {
    g_autoptr(DspOrder) order = dsp_order_new ();

    for (guint row = 0; row < pending->ids->len; row++)
      {
        CrewRows *rows = NULL;
        guint64 given;

        if ((list || row == 0))
          {
            dsp_table_clear (&dsp_order.table, order);
            if ((list && !dsp_json_next_item (&r)) ||
                !dsp_record_json_read_at (&dsp_order.table, DSP_STRICT_RECORD, &r, order, &given, NULL))
              return FALSE;
          }
        for (guint i = 0; i < crews->len && rows == NULL; i++)
          if (dsp_id_equal (&g_array_index (crews, CrewRows, i).crew_id, &order->crew_id))
            rows = &g_array_index (crews, CrewRows, i);
        if (rows == NULL)
          {
            CrewRows fresh = { order->crew_id, g_array_new (FALSE, FALSE, sizeof (DspId)) };

            g_array_append_val (crews, fresh);
            rows = &g_array_index (crews, CrewRows, crews->len - 1);
          }
        g_array_append_val (rows->ids, g_array_index (pending->ids, DspId, row));
      }
  }
  return TRUE;
}

static DspOutcome *
give_back_to_crews (DspKeeper  *keeper,
                    DspPending *pending,
                    const char *seen,
                    const DspId *from_crew_id,
                    GError    **error)
{
  g_autoptr(GArray) crews = g_array_new (FALSE, FALSE, sizeof (CrewRows));
  g_autoptr(DspOutcome) outcome = dsp_outcome_new ();

  g_array_set_clear_func (crews, crew_rows_clear);
  if (!rows_by_crew (pending, seen, crews))
    {
      g_set_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_FAILED, "it is not known which crews command %" G_GINT64_FORMAT " took from",
                   pending->no);
      return NULL;
    }
  for (guint i = 0; i < crews->len; i++)
    {
      CrewRows *rows = &g_array_index (crews, CrewRows, i);
      const DspId *ids = (const DspId *) rows->ids->data;
      g_autoptr(DspOutcome) part = NULL;

      if (pending->command == &dsp_order_unassign)
        {
          DspAssign args = { .crew_id = rows->crew_id };

          part = dsp_keeper_give (keeper, &dsp_order_assign, ids, rows->ids->len, &args, 1, FALSE, error);
        }
      else
        {
          DspMove args = { .from_crew_id = *from_crew_id, .crew_id = rows->crew_id };

          part = dsp_keeper_give (keeper, &dsp_order_move, ids, rows->ids->len, &args, 3, FALSE, error);
        }
      if (part == NULL)
        return NULL;
      add_outcome (outcome, part);
    }
  return g_steal_pointer (&outcome);
}

/* A change is undone by giving the values that were there before. */
static DspOutcome *
give_values_back (DspKeeper  *keeper,
                  DspPending *pending,
                  const char *seen,
                  GError    **error)
{
  const DspTable *table = &pending->command->entity->table;
  g_autofree gpointer before = g_malloc0 (table->size);
  DspOutcome *outcome = NULL;
  guint64 had;

  if (seen != NULL && dsp_record_json_read (table, DSP_STRICT_RECORD, seen, strlen (seen), before, &had, NULL))
    outcome = dsp_keeper_give (keeper, pending->command, (const DspId *) pending->ids->data, pending->ids->len, before, pending->given,
                               FALSE, error);
  else
    g_set_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_FAILED, "it is not known what command %" G_GINT64_FORMAT " changed",
                 pending->no);
  dsp_table_clear (table, before);
  return outcome;
}

static const DspCommand *
opposite (const DspCommand *command)
{
  static const struct { const DspCommand *a, *b; } pairs[] = {
    { &dsp_crew_retire, &dsp_crew_restore },
    { &dsp_crew_restore, &dsp_crew_retire },
    { &dsp_membership_create, &dsp_membership_delete },
    { &dsp_saved_filter_create, &dsp_saved_filter_delete },
    { &dsp_grant_create, &dsp_grant_delete },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    if (pairs[i].a == command)
      return pairs[i].b;
  return NULL;
}

static DspOutcome *
give_inverse (DspKeeper  *keeper,
              DspPending *pending,
              const char *seen,
              GError    **error)
{
  const DspId *ids = (const DspId *) pending->ids->data;
  guint n = pending->ids->len;

  if (pending->command == &dsp_order_assign)
    {
      DspUnassign args = { .from_crew_id = ((DspAssign *) pending->args)->crew_id };

      return dsp_keeper_give (keeper, &dsp_order_unassign, ids, n, &args, 1, FALSE, error);
    }
  if (pending->command == &dsp_order_unassign)
    return give_back_to_crews (keeper, pending, seen, NULL, error);
  if (pending->command == &dsp_order_move)
    return give_back_to_crews (keeper, pending, seen, &((DspMove *) pending->args)->crew_id, error);
  if (opposite (pending->command) != NULL)
    return dsp_keeper_give (keeper, opposite (pending->command), ids, n, NULL, 0, FALSE, error);
  if ((pending->command->flags & DSP_COMMAND_PUTS) && !(pending->command->flags & (DSP_COMMAND_CREATES | DSP_COMMAND_IMPORT)))
    return give_values_back (keeper, pending, seen, error);
  g_set_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_FAILED, "%s cannot be undone", pending->command->name);
  return NULL;
}

typedef struct {
  DspPending *pending;
  char       *seen;
} ToInvert;

static void
to_invert_free (gpointer data)
{
  ToInvert *invert = data;

  dsp_pending_free (invert->pending);
  g_free (invert->seen);
  g_free (invert);
}

/* The commands of a group that the server has, or may have. */
static gboolean
load_group (DspKeeper *keeper,
            gint64     group,
            GPtrArray *list,
            GError   **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (keeper->db,
                                            "SELECT \"no\", \"kind\", \"body\", \"args\", \"seen\" FROM \"outbox\" WHERE \"grp\" = $1"
                                            " AND \"state\" IN ('sent', 'acked', 'settled') ORDER BY \"no\" DESC",
                                            error);
  DspStep step;

  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_int (stmt, 1, group);
  while ((step = dsp_stmt_step (stmt, error)) == DSP_STEP_ROW)
    {
      ToInvert *invert = g_new0 (ToInvert, 1);

      invert->pending = dsp_pending_new (dsp_command_find (dsp_stmt_text (stmt, 1, NULL)), dsp_stmt_int (stmt, 0), group);
      invert->seen = g_strdup (dsp_stmt_text (stmt, 4, NULL));
      if (invert->pending->command != NULL && read_body (invert->pending, dsp_stmt_text (stmt, 2, NULL)) &&
          read_args (invert->pending, dsp_stmt_text (stmt, 3, NULL)))
        g_ptr_array_add (list, invert);
      else
        to_invert_free (invert);
    }
  return step == DSP_STEP_DONE;
}

/**
 * dsp_keeper_undo:
 * Commands of @group that were never offered become nothing; the others get their inverse, newest first.
 */
DspOutcome *
dsp_keeper_undo (DspKeeper *keeper,
                 gint64     group,
                 GError   **error)
{
  g_autoptr(GPtrArray) unsent = g_ptr_array_new ();
  g_autoptr(GPtrArray) sent = g_ptr_array_new_with_free_func (to_invert_free);
  g_autoptr(GHashTable) affected = dsp_key_set_new ();
  g_autoptr(DspOutcome) outcome = dsp_outcome_new ();
  GHashTableIter iter;
  gpointer key;

  for (guint i = 0; i < keeper->pending->len; i++)
    {
      DspPending *pending = g_ptr_array_index (keeper->pending, i);

      if (pending->group == group && pending->wait == DSP_WAIT_QUEUED && pending->command != NULL)
        {
          outcome->n_given += pending->ids->len;
          g_ptr_array_add (unsent, pending);
        }
    }
  if ((unsent->len > 0 && !make_noop (keeper, unsent, affected, error)) || !dsp_keeper_replay (keeper, affected, FALSE, error))
    {
      dsp_keeper_fail (error);
      return NULL;
    }
  g_hash_table_iter_init (&iter, affected);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    dsp_keeper_tell (keeper, key, keeper->user_name, NULL);
  dsp_keeper_flush (keeper, TRUE);

  if (!load_group (keeper, group, sent, error))
    {
      dsp_keeper_fail (error);
      return NULL;
    }
  for (guint i = 0; i < sent->len; i++)
    {
      ToInvert *invert = g_ptr_array_index (sent, i);
      g_autoptr(DspOutcome) part = give_inverse (keeper, invert->pending, invert->seen, error);

      if (part == NULL)
        return NULL;
      add_outcome (outcome, part);
    }
  return g_steal_pointer (&outcome);
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
