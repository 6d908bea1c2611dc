/* dsp-keeper-give.c: commands given: judged, shown at once, stored in the outbox
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-outbox"

#include "config.h"
#include "dsp-keeper-private.h"

#include "dsp-record-json.h"

#include <string.h>

#define ROWS_PER_COMMAND 200

static void
clear_beside (gpointer data)
{
  DspBeside *beside = data;

  dsp_record_free (beside->entity, beside->after);
}

DspOutcome *
dsp_outcome_new (void)
{
  DspOutcome *outcome = g_new0 (DspOutcome, 1);

  outcome->beside = g_array_new (FALSE, FALSE, sizeof (DspBeside));
  g_array_set_clear_func (outcome->beside, clear_beside);
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
  g_array_unref (outcome->beside);
  if (outcome->after != NULL)
    dsp_record_free (outcome->entity, outcome->after);
  g_free (outcome);
}

/* Texts of one command being put together. */
typedef struct {
  DspPending *pending;
  char       *text;     /* (owned) (nullable): the arguments, as they are sent */
  gconstpointer args;   /* (nullable): lent by the caller */
  guint64     given;
  GString    *wanted, *seen;
  GString    *first_wanted, *first_seen;
  bool        same_wanted, same_seen;
} Draft;

static Draft *
draft_new (const DspCommand *command,
           gint64            no,
           gint64            group,
           const char       *text,
           gconstpointer     args,
           guint64           given)
{
  Draft *draft = g_new0 (Draft, 1);

  draft->text = g_strdup (text);
  draft->args = args;
  draft->given = given;
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
  g_free (draft->text);
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
             GError    **error)
{
  DspPending *pending = draft->pending;
  g_autofree char *body = body_of (keeper, pending, draft->text);
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
  dsp_stmt_bind_text (stmt, 5, draft->text, -1);
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
      GHashTable *overlay = dsp_keeper_overlay (keeper, ((DspKey *) key)->entity);

      g_hash_table_iter_steal (&iter);
      if (over != NULL)
        g_hash_table_replace (overlay, &((DspOver *) over)->key, over);
      else
        g_hash_table_remove (overlay, key);
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

void
dsp_keeper_set_step (DspKeeper  *keeper,
                     DspWorkStep step,
                     gpointer    step_data)
{
  keeper->step = step;
  keeper->step_data = step_data;
}

static bool
on_step (guint    done,
         guint    all,
         gpointer user_data)
{
  DspKeeper *keeper = user_data;

  keeper->stopped = keeper->stopped || (keeper->step != NULL && !keeper->step (done, all, keeper->step_data));
  return !keeper->stopped;
}

/* FALSE with @error: it is not wanted any more. */
static gboolean
goes_on (DspKeeper *keeper,
         guint      done,
         guint      all,
         GError   **error)
{
  if (on_step (done, all, keeper))
    return TRUE;
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "stopped before it was stored");
  return FALSE;
}

/* Judges each row and collects commands of as many rows as one may have. */
static gboolean
judge (DspKeeper        *keeper,
       const DspCommand *command,
       const DspId      *ids,
       guint             n_ids,
       const char       *text,
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

  /* Of many, each is a step; of one, what it does to thousands. */
  if (n_ids == 1)
    dsp_work_set_step (work, on_step, keeper);
  for (guint i = 0; i < n_ids; i++)
    {
      g_autoptr(GError) why = NULL;
      gconstpointer before;
      gint64 base = 0;
      Draft *draft;

      if (n_ids > 1 && !goes_on (keeper, i, n_ids, error))
        return FALSE;
      if (dsp_keeper_effective (keeper, command->entity, &ids[i], &before) == DSP_FACT_HERE)
        base = ((const DspRecord *) before)->version;
      /* What could not be read is no reason of the rules. */
      if (!dsp_work_run (work, command, &ids[i], base, args, given, NULL, &why) && keeper->facts_error == NULL)
        {
          if (keeper->stopped)
            return goes_on (keeper, 0, 0, error);
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
          draft = draft_new (command, keeper->last_no + 1 + drafts->len, group, text, args, given);
          draft->pending->at_us = now_us;
          g_ptr_array_add (drafts, draft);
        }
      draft_add (draft, &ids[i], base, work);
      dsp_keeper_take_edits (keeper, command, &ids[i], work, replaced);
      outcome->n_given++;
    }
  return TRUE;
}

static gboolean
store_drafts (DspKeeper  *keeper,
              GPtrArray  *drafts,
              GError    **error)
{
  gint64 last_no = keeper->last_no + drafts->len;

  if (!dsp_db_begin (keeper->db, error))
    return FALSE;
  for (guint i = 0; i < drafts->len; i++)
    if (!store_draft (keeper, g_ptr_array_index (drafts, i), error))
      {
        dsp_db_rollback (keeper->db);
        return FALSE;
      }
  if (!dsp_keeper_put_int (keeper, "identity", "last_no", last_no, error) || !goes_on (keeper, 1, 1, error) ||
      !dsp_db_commit (keeper->db, error))
    {
      dsp_db_rollback (keeper->db);
      return FALSE;
    }
  keeper->last_no = last_no;
  return TRUE;
}

/* What a preview would make of the record, and of which others besides. */
static void
note_result (DspKeeper       *keeper,
             const DspEntity *entity,
             const DspId     *id,
             GHashTable      *replaced,
             DspOutcome      *outcome)
{
  GHashTableIter iter;
  gconstpointer after;
  gpointer key;

  if (dsp_keeper_effective (keeper, entity, id, &after) == DSP_FACT_HERE)
    {
      outcome->entity = entity;
      outcome->after = dsp_record_dup (entity, after);
    }
  g_hash_table_iter_init (&iter, replaced);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    {
      const DspKey *other = key;
      DspBeside beside = { .entity = other->entity };

      if ((other->entity == entity && dsp_id_equal (&other->id, id)) ||
          dsp_keeper_effective (keeper, other->entity, &other->id, &after) != DSP_FACT_HERE)
        continue;
      beside.after = dsp_record_dup (other->entity, after);
      g_array_append_val (outcome->beside, beside);
    }
}

/* @command: for who shows the change; (nullable): several. */
static gboolean
show_and_store (DspKeeper        *keeper,
                const DspCommand *command,
                GPtrArray        *drafts,
                GHashTable       *replaced,
                DspOutcome       *outcome,
                GError          **error)
{
  GHashTableIter iter;
  gpointer key;

  g_hash_table_iter_init (&iter, replaced);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    dsp_keeper_tell (keeper, key, keeper->user_name, command);
  dsp_keeper_flush (keeper, TRUE);

  if (!store_drafts (keeper, drafts, error))
    {
      put_back (keeper, replaced, true);
      dsp_keeper_flush (keeper, TRUE);
      return dsp_keeper_fail (error);
    }
  for (guint i = 0; i < drafts->len; i++)
    {
      Draft *draft = g_ptr_array_index (drafts, i);

      draft->pending->args = dup_args (draft->pending->command, draft->args);
      draft->pending->given = draft->given;
      outcome->group = draft->pending->group;
      dsp_keeper_add_pending (keeper, g_steal_pointer (&draft->pending));
    }
  return TRUE;
}

/* All rows are judged in one read transaction: one that each read begins and ends costs as much as the read. */
static gboolean
begin_to_judge (DspKeeper *keeper,
                GError   **error)
{
  if (!keeper->enrolled)
    {
      g_set_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_SIGN_IN, "nobody has signed in here yet");
      return FALSE;
    }
  if (!dsp_keeper_need_outbox (keeper, error))
    return FALSE;
  if (!dsp_db_begin_read (keeper->db, error))
    return dsp_keeper_fail (error);
  g_clear_error (&keeper->facts_error); /* of an earlier judgement that failed */
  keeper->judging = TRUE;
  keeper->stopped = false;
  keeper->scratch_is_fresh = FALSE;
  g_clear_pointer (&keeper->bookings, dsp_bookings_free);
  return TRUE;
}

static void
end_judging (DspKeeper *keeper)
{
  keeper->judging = FALSE;
  dsp_db_rollback (keeper->db);
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
  gboolean judged;

  if (!begin_to_judge (keeper, error))
    return NULL;
  judged = judge (keeper, command, ids, n_ids, text, args, given, drafts, replaced, outcome, error);
  end_judging (keeper);
  if (!judged)
    {
      put_back (keeper, replaced, false);
      dsp_keeper_fail (error);
      return NULL;
    }
  if (preview || drafts->len == 0)
    {
      if (n_ids == 1 && outcome->refused->len == 0)
        note_result (keeper, command->entity, ids, replaced, outcome);
      put_back (keeper, replaced, false);
      return g_steal_pointer (&outcome);
    }

  if (!show_and_store (keeper, command, drafts, replaced, outcome, error))
    return NULL;
  return g_steal_pointer (&outcome);
}

/* ---- rows with their own commands ---- */

static Draft *
draft_for (DspKeeper   *keeper,
           const DspGiftStep *step,
           const char  *text,
           gint64       group,
           gint64       after_no,
           gint64       now_us,
           GPtrArray   *drafts,
           GHashTable  *open)
{
  g_autofree char *key = g_strconcat (step->command->name, " ", text, NULL);
  Draft *draft = g_hash_table_lookup (open, key);

  /* What is given to a record keeps its order. */
  if (draft != NULL && (step->command->flags & DSP_COMMAND_MANY) && draft->pending->ids->len < ROWS_PER_COMMAND && draft->pending->no > after_no)
    return draft;
  draft = draft_new (step->command, keeper->last_no + 1 + drafts->len, group, text, step->args, step->given);
  draft->pending->at_us = now_us;
  g_ptr_array_add (drafts, draft);
  g_hash_table_replace (open, g_steal_pointer (&key), draft);
  return draft;
}

/* One step of a row, judged: what it changed is kept as text until all of the row's steps are accepted. */
typedef struct {
  Draft *single; /* (owned): of this row alone */
} Judged;

static void
clear_judged (gpointer data)
{
  draft_free (((Judged *) data)->single);
}

static void
take_over (GString       *all,
           GString       *first,
           bool          *same,
           const GString *one)
{
  if (all->len > 1)
    g_string_append_c (all, ',');
  if (all->len == 1)
    g_string_append_len (first, one->str, (gssize) one->len);
  else
    *same = *same && g_string_equal (first, one);
  g_string_append_len (all, one->str, (gssize) one->len);
}

static void
merge_draft (Draft       *to,
             const Draft *one)
{
  g_array_append_vals (to->pending->ids, one->pending->ids->data, 1);
  g_array_append_vals (to->pending->bases, one->pending->bases->data, 1);
  take_over (to->wanted, to->first_wanted, &to->same_wanted, one->first_wanted);
  take_over (to->seen, to->first_seen, &to->same_seen, one->first_seen);
}

/* Keeps what was there before the row only where the rows before it did not change the same record. */
static void
merge_replaced (GHashTable *all,
                GHashTable *row)
{
  GHashTableIter iter;
  gpointer key, over;

  g_hash_table_iter_init (&iter, row);
  while (g_hash_table_iter_next (&iter, &key, &over))
    if (!g_hash_table_contains (all, key))
      {
        g_hash_table_iter_steal (&iter);
        g_hash_table_insert (all, key, over);
      }
}

static void
refuse_gift (DspGift      *gift,
             guint         step,
             DspRule       rule,
             const char   *message)
{
  gift->refused = TRUE;
  gift->refused_step = step;
  gift->rule = rule;
  g_free (gift->message);
  gift->message = g_strdup (message);
}

/* All of a row's steps, or none. FALSE: a read failed. */
static gboolean
judge_gift (DspKeeper   *keeper,
            DspWork     *work,
            DspGift     *gift,
            gint64       now_us,
            GArray      *judged,
            GHashTable  *replaced,
            GError     **error)
{
  gconstpointer record;

  gift->refused = FALSE;
  if (dsp_keeper_effective (keeper, gift->steps[0].command->entity, &gift->id, &record) == DSP_FACT_HERE && gift->version != 0
      && ((const DspRecord *) record)->version != gift->version)
    {
      refuse_gift (gift, 0, DSP_RULE_CHANGED, "changed since it was looked at");
      return TRUE;
    }
  for (guint i = 0; i < gift->n_steps; i++)
    {
      const DspGiftStep *step = &gift->steps[i];
      g_autoptr(GError) why = NULL;
      Judged one;
      gint64 base = 0;

      if (dsp_keeper_effective (keeper, step->command->entity, &gift->id, &record) == DSP_FACT_HERE)
        base = ((const DspRecord *) record)->version;
      if (!dsp_work_run (work, step->command, &gift->id, base, step->args, step->given, NULL, &why) && keeper->facts_error == NULL)
        {
          refuse_gift (gift, i, why->domain == DSP_RULE_ERROR ? (DspRule) why->code : DSP_RULE_INVALID, why->message);
          return TRUE;
        }
      if (keeper->facts_error != NULL)
        {
          g_propagate_error (error, g_steal_pointer (&keeper->facts_error));
          return FALSE;
        }
      one.single = draft_new (step->command, 0, 0, NULL, NULL, 0);
      draft_add (one.single, &gift->id, base, work);
      g_array_append_val (judged, one);
      dsp_keeper_take_edits (keeper, step->command, &gift->id, work, replaced);
    }
  return TRUE;
}

static gboolean
judge_gifts (DspKeeper   *keeper,
             DspGift    **gifts,
             guint        n_gifts,
             gint64       group,
             GPtrArray   *drafts,
             GHashTable  *replaced,
             DspOutcome  *outcome,
             GError     **error)
{
  gint64 now_us = g_get_real_time ();
  g_autoptr(DspWork) work = dsp_work_new (&keeper->facts, keeper->actor, now_us);
  g_autoptr(GHashTable) open = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr(GArray) judged = g_array_new (FALSE, FALSE, sizeof (Judged));

  g_array_set_clear_func (judged, clear_judged);
  for (guint i = 0; i < n_gifts; i++)
    {
      g_autoptr(GHashTable) of_row = g_hash_table_new_full (dsp_key_hash, dsp_key_equal, g_free, over_or_null_free);
      gint64 last_no = 0;

      g_array_set_size (judged, 0);
      if (!judge_gift (keeper, work, gifts[i], now_us, judged, of_row, error))
        {
          put_back (keeper, of_row, false);
          return FALSE;
        }
      if (gifts[i]->refused)
        {
          put_back (keeper, of_row, false);
          continue;
        }
      outcome->n_given++;
      merge_replaced (replaced, of_row);
      for (guint j = 0; j < judged->len; j++)
        {
          const DspGiftStep *step = &gifts[i]->steps[j];
          g_autofree char *text = args_text (step->command, step->args, step->given);
          Draft *draft = draft_for (keeper, step, text, group, last_no, now_us, drafts, open);

          merge_draft (draft, g_array_index (judged, Judged, j).single);
          last_no = draft->pending->no;
        }
    }
  return TRUE;
}

/**
 * dsp_keeper_give_rows:
 * @gifts: records, each with its own commands; each is told what became of it
 * @group: of an earlier call whose action this goes on with; 0: a new one
 *
 * The steps of one record are accepted together or not at all. What is accepted is stored in one transaction.
 */
DspOutcome *
dsp_keeper_give_rows (DspKeeper  *keeper,
                      DspGift   **gifts,
                      guint       n_gifts,
                      gint64      group,
                      gboolean    preview,
                      GError    **error)
{
  g_autoptr(DspOutcome) outcome = dsp_outcome_new ();
  g_autoptr(GPtrArray) drafts = g_ptr_array_new_with_free_func (draft_free);
  g_autoptr(GHashTable) replaced = g_hash_table_new_full (dsp_key_hash, dsp_key_equal, g_free, over_or_null_free);
  gboolean judged;

  if (!begin_to_judge (keeper, error))
    return NULL;
  judged = judge_gifts (keeper, gifts, n_gifts, group != 0 ? group : keeper->last_no + 1, drafts, replaced, outcome, error);
  end_judging (keeper);
  if (!judged)
    {
      put_back (keeper, replaced, false);
      dsp_keeper_fail (error);
      return NULL;
    }
  if (preview || drafts->len == 0)
    {
      put_back (keeper, replaced, false);
      outcome->group = group;
      return g_steal_pointer (&outcome);
    }
  if (!show_and_store (keeper, NULL, drafts, replaced, outcome, error))
    return NULL;
  return g_steal_pointer (&outcome);
}
