/* dsp-keeper-undo.c: taking back what a gesture did
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-outbox"

#include "config.h"
#include "dsp-keeper-private.h"

#include "dsp-json-read.h"
#include "dsp-money-commands.h"
#include "dsp-record-json.h"

#include <string.h>

static gboolean
make_noop (DspKeeper  *keeper,
           GPtrArray  *list,
           GHashTable *affected,
           GError    **error)
{
  if (!dsp_db_begin (keeper->db, error))
    return FALSE;
  for (guint i = 0; i < list->len; i++)
    if (!dsp_keeper_set_state (keeper, ((DspPending *) list->pdata[i])->no, "noop", 0, error))
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
    { &dsp_pre_invoice_create, &dsp_pre_invoice_discard },
    { &dsp_statement_line_create, &dsp_statement_line_delete },
  };

  for (guint i = 0; i < G_N_ELEMENTS (pairs); i++)
    if (pairs[i].a == command)
      return pairs[i].b;
  return NULL;
}

/* ---- processes: a step back to where the order was, as far as the rules know one ---- */

typedef struct {
  DspReschedule reschedule;
  DspReopen     reopen;
  DspReturn     back;
  DspAssign     assign;
  DspSequence   sequence;
} BackArgs;

static gboolean
note_reason (gconstpointer record,
             gpointer      user_data)
{
  const DspReasonCode *reason = record;
  const char **code = user_data;

  if (reason->process == DSP_PROCESS_REOPEN && reason->retired != DSP_YES)
    *code = g_intern_string (reason->code);
  return *code == NULL;
}

static const char *
reason_to_reopen (DspKeeper *keeper)
{
  const char *code = NULL;

  keeper->facts.each (keeper->facts.data, &dsp_reason_code, NULL, NULL, note_reason, &code);
  return code;
}

static void
add_step (DspGift          *gift,
          const DspCommand *command,
          gpointer          args,
          guint64           given)
{
  gift->steps[gift->n_steps++] = (DspGiftStep) { command, args, given };
}

/* FALSE: there is no way back. The texts of @args are lent. */
static gboolean
steps_back (DspKeeper      *keeper,
            DspPending     *pending,
            const DspOrder *before,
            guint64         had,
            BackArgs       *args,
            DspGift        *gift)
{
  gconstpointer record;
  const DspOrder *now;

  if (dsp_keeper_effective (keeper, &dsp_order, &gift->id, &record) != DSP_FACT_HERE)
    return FALSE;
  now = record;
  if (pending->command == &dsp_order_sequence)
    {
      /* The place that it had, or none. */
      args->sequence = (DspSequence) { now->crew_id, before->visit };
      add_step (gift, &dsp_order_sequence, &args->sequence, before->visit.is_set ? 3 : 1);
      return TRUE;
    }
  args->assign.crew_id = had & dsp_table_bit (&dsp_order.table, offsetof (DspOrder, crew_id)) ? before->crew_id : now->crew_id;
  if (pending->command == &dsp_order_reschedule)
    {
      const DspReschedule *done = pending->args;

      args->reschedule = (DspReschedule) { before->attention_at, before->attention_until, done->reason, done->asked_by, DSP_YES };
      add_step (gift, &dsp_order_reschedule, &args->reschedule, before->attention_until.us != 0 ? 0x1f : 0x1d);
      if (before->attention_at.us == 0)
        return FALSE;
    }
  else if (pending->command == &dsp_order_reject)
    {
      args->back.note = pending->args != NULL ? ((DspReject *) pending->args)->reason : NULL;
      add_step (gift, &dsp_order_return, &args->back, 1);
    }
  else if (pending->command == &dsp_order_cancel || pending->command == &dsp_order_close)
    {
      args->reopen.reason = (char *) reason_to_reopen (keeper);
      if (args->reopen.reason == NULL)
        return FALSE;
      add_step (gift, &dsp_order_reopen, &args->reopen, 1);
    }
  else
    return FALSE;
  /* A rescheduled order kept its crew, or lost it. */
  if (!dsp_id_is_none (&args->assign.crew_id) && (pending->command != &dsp_order_reschedule || dsp_id_is_none (&now->crew_id)))
    add_step (gift, &dsp_order_assign, &args->assign, 1);
  return TRUE;
}

static void
refuse_back (DspOutcome *outcome,
             DspGift    *gift,
             gboolean    there_is_a_way)
{
  DspRefusal refusal = { gift->id, there_is_a_way ? gift->rule : DSP_RULE_STATE,
                         there_is_a_way ? g_steal_pointer (&gift->message) : g_strdup ("cannot be undone") };

  g_array_append_val (outcome->refused, refusal);
}

/* The records before, of an array or one for all; FALSE at the end or where nothing is known. */
static gboolean
next_seen (DspJsonReader *reader,
           bool           list,
           guint          row,
           DspOrder      *before,
           guint64       *had)
{
  if (!list && row > 0)
    return TRUE;
  dsp_table_clear (&dsp_order.table, before);
  *had = 0;
  return (!list || dsp_json_next_item (reader)) && dsp_record_json_read_at (&dsp_order.table, DSP_STRICT_RECORD, reader, before, had, NULL);
}

/* Each row goes its own way back, or is refused. */
static DspOutcome *
give_process_back (DspKeeper  *keeper,
                   DspPending *pending,
                   const char *seen,
                   GError    **error)
{
  g_autoptr(DspOutcome) outcome = dsp_outcome_new ();
  g_autoptr(DspOrder) before = dsp_order_new ();
  bool list = seen != NULL && *seen == '[', known = seen != NULL;
  DspJsonReader reader;
  guint64 had = 0;

  if (known)
    {
      dsp_json_reader_init (&reader, seen, strlen (seen));
      known = !list || dsp_json_enter_array (&reader);
    }
  for (guint row = 0; row < pending->ids->len; row++)
    {
      DspGift gift = { .id = g_array_index (pending->ids, DspId, row) }, *one = &gift;
      g_autoptr(DspOutcome) part = NULL;
      BackArgs args = { 0 };
      gboolean way;

      known = known && next_seen (&reader, list, row, before, &had);
      way = known && steps_back (keeper, pending, before, had, &args, &gift);
      if (way && (part = dsp_keeper_give_rows (keeper, &one, 1, outcome->group, FALSE, error)) == NULL)
        return NULL;
      if (!way || gift.refused)
        refuse_back (outcome, &gift, way);
      else
        add_outcome (outcome, part);
      g_free (gift.message);
    }
  return g_steal_pointer (&outcome);
}

/* What others may have built upon is not taken away: it is retired, where its kind can be. */
static DspOutcome *
retire_created (DspKeeper        *keeper,
                const DspPending *pending,
                GError          **error)
{
  const DspTable *table = &pending->command->entity->table;
  const DspField *retired = dsp_table_find (table, "retired", 7);
  g_autofree char *name = g_strconcat (table->name, ".change", NULL);
  const DspCommand *change = dsp_command_find (name);
  g_autofree gpointer args = NULL;

  if (retired == NULL || change == NULL || change->args != table)
    {
      g_set_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_FAILED, "%s cannot be undone", pending->command->name);
      return NULL;
    }
  args = g_malloc0 (table->size);
  *dsp_field_word (retired, args) = DSP_YES;
  return dsp_keeper_give (keeper, change, (const DspId *) pending->ids->data, pending->ids->len, args,
                          dsp_table_bit (table, retired->offset), FALSE, error);
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
  if (pending->command->entity == &dsp_order && !(pending->command->flags & (DSP_COMMAND_CREATES | DSP_COMMAND_IMPORT)))
    return give_process_back (keeper, pending, seen, error);
  if (pending->command->flags & DSP_COMMAND_CREATES)
    return retire_created (keeper, pending, error);
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
      if (invert->pending->command != NULL && dsp_pending_read_body (invert->pending, dsp_stmt_text (stmt, 2, NULL)) &&
          dsp_pending_read_args (invert->pending, dsp_stmt_text (stmt, 3, NULL)))
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

  if (!dsp_keeper_need_outbox (keeper, error))
    return NULL;
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
