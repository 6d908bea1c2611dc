/* dsp-tray.c: what waits and what was refused, in a form that can be shown and acted on
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-outbox"

#include "config.h"
#include "dsp-keeper-private.h"

#include "dsp-record-json.h"

#include <string.h>

void
dsp_outbox_item_free (DspOutboxItem *item)
{
  if (item == NULL)
    return;
  g_free (item->to);
  g_free (item);
}

static void
clear_field_conflict (gpointer data)
{
  DspFieldConflict *field = data;

  g_free (field->seen);
  g_free (field->wanted);
  g_free (field->now);
}

void
dsp_rejected_free (DspRejected *rejected)
{
  if (rejected == NULL)
    return;
  g_free (rejected->display);
  g_free (rejected->message);
  g_free (rejected->by);
  g_clear_pointer (&rejected->fields, g_array_unref);
  g_free (rejected);
}

/* ---- names ---- */

static char *
dup_display (DspKeeper       *keeper,
             const DspEntity *entity,
             const DspId     *id)
{
  gconstpointer record;
  const char *name;

  if (entity->display_offset == 0 || dsp_keeper_effective (keeper, entity, id, &record) != DSP_FACT_HERE)
    return NULL;
  name = dsp_record_display (entity, record);
  return g_strdup (name);
}

/* A field as people read it: an id is the name of the record that it points at. */
static char *
dup_value (DspKeeper      *keeper,
           const DspField *field,
           gconstpointer   record)
{
  char *name = NULL;

  if (record == NULL || dsp_field_is_none (field, record))
    return NULL;
  if (field->kind == DSP_KIND_ID && field->target != NULL)
    name = dup_display (keeper, field->target, dsp_field_id (field, record));
  return name != NULL ? name : dsp_field_dup_text (field, record);
}

/* The first record that the arguments point at: the crew of an assignment. */
static char *
dup_target (DspKeeper        *keeper,
            const DspCommand *command,
            const char       *args)
{
  const DspTable *table = command != NULL ? command->args : NULL;
  g_autofree gpointer record = NULL;
  char *name = NULL;
  guint64 given;

  if (table == NULL || args == NULL)
    return NULL;
  record = g_malloc0 (table->size);
  if (dsp_record_json_read (table, DSP_STRICT_RECORD, args, strlen (args), record, &given, NULL))
    for (guint i = 0; i < table->n_fields && name == NULL; i++)
      if (table->fields[i].kind == DSP_KIND_ID && strcmp (table->fields[i].name, "from_crew_id") != 0)
        name = dup_value (keeper, &table->fields[i], record);
  dsp_table_clear (table, record);
  return name;
}

/* ---- the outbox ---- */

static DspOutboxState
state_of (const char *text)
{
  static const struct { const char *text; DspOutboxState state; } states[] = {
    { "queued", DSP_OUTBOX_QUEUED },     { "sent", DSP_OUTBOX_SENDING },     { "acked", DSP_OUTBOX_ACKED },
    { "rejected", DSP_OUTBOX_REJECTED }, { "settled", DSP_OUTBOX_SETTLED },
  };

  for (guint i = 0; i < G_N_ELEMENTS (states); i++)
    if (strcmp (states[i].text, text) == 0)
      return states[i].state;
  return DSP_OUTBOX_BLOCKED;
}

GPtrArray *
dsp_keeper_list_outbox (DspKeeper *keeper,
                        gboolean   settled_too,
                        GError   **error)
{
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) dsp_outbox_item_free);
  g_autoptr(DspStmt) stmt = dsp_db_prepare (keeper->db,
                                            "SELECT \"grp\", \"state\", \"kind\", \"args\", \"at\", \"n_rows\" FROM \"outbox\""
                                            " WHERE \"state\" IN ('queued', 'sent', 'acked') OR ($1 = 1 AND \"state\" = 'settled')"
                                            " ORDER BY \"no\"",
                                            error);
  DspStep step = DSP_STEP_FAILED;

  if (stmt != NULL)
    {
      dsp_stmt_bind_int (stmt, 1, settled_too);
      while ((step = dsp_stmt_step (stmt, error)) == DSP_STEP_ROW)
        {
          gint64 group = dsp_stmt_int (stmt, 0);
          DspOutboxState state = state_of (dsp_stmt_text (stmt, 1, NULL));
          DspOutboxItem *item = list->len > 0 ? g_ptr_array_index (list, list->len - 1) : NULL;

          if (item == NULL || item->group != group)
            {
              item = g_new0 (DspOutboxItem, 1);
              item->group = group;
              item->command = dsp_command_find (dsp_stmt_text (stmt, 2, NULL));
              item->state = state;
              item->at_us = dsp_stmt_int (stmt, 4);
              item->to = dup_target (keeper, item->command, dsp_stmt_text (stmt, 3, NULL));
              g_ptr_array_add (list, item);
            }
          item->n_rows += (guint) dsp_stmt_int (stmt, 5);
          item->state = MIN (item->state, state);
        }
    }
  if (step == DSP_STEP_DONE)
    return g_steal_pointer (&list);
  dsp_keeper_fail (error);
  return NULL;
}

/* ---- refusals ---- */

/* The partial record of @id in @text: an array with one for each row of the command, or one for all. */
static gpointer
partial_record (const DspEntity *entity,
                const char      *text,
                const char      *body,
                const DspId     *id,
                guint64         *given)
{
  gpointer record = g_malloc0 (entity->table.size);
  char wanted[DSP_ID_TEXT];
  DspJsonReader r;
  guint row = 0;
  gboolean ok = FALSE;

  *given = 0;
  if (text == NULL || *text == '\0')
    return record;
  dsp_json_reader_init (&r, text, strlen (text));
  if (*text != '[')
    ok = dsp_record_json_read_at (&entity->table, DSP_STRICT_RECORD, &r, record, given, NULL);
  else
    {
      const char *at = body;
      const char *here;

      dsp_id_print (id, wanted);
      here = strstr (body, wanted);
      while (here != NULL && (at = strstr (at, "\"id\":\"")) != NULL && at < here - 6)
        {
          row++;
          at += 6;
        }
      dsp_json_enter_array (&r);
      for (guint i = 0; dsp_json_next_item (&r); i++)
        if (i < row)
          dsp_json_skip (&r, NULL, NULL);
        else
          {
            ok = dsp_record_json_read_at (&entity->table, DSP_STRICT_RECORD, &r, record, given, NULL);
            break;
          }
    }
  if (!ok)
    {
      dsp_table_clear (&entity->table, record);
      *given = 0;
    }
  return record;
}

static void
partial_free (const DspEntity *entity,
              gpointer         record)
{
  dsp_table_clear (&entity->table, record);
  g_free (record);
}

/* What the person wanted, what it was then, what it is now; only where it matters: what was wanted and is not so. */
static void
explain_fields (DspKeeper   *keeper,
                DspRejected *rejected,
                const char  *wanted,
                const char  *seen,
                const char  *body)
{
  const DspEntity *entity = rejected->command->entity;
  guint64 wanted_mask, seen_mask;
  gpointer want = partial_record (entity, wanted, body, &rejected->id, &wanted_mask);
  gpointer had = partial_record (entity, seen, body, &rejected->id, &seen_mask);
  gconstpointer lent;
  gpointer now = dsp_keeper_effective (keeper, entity, &rejected->id, &lent) == DSP_FACT_HERE ? dsp_record_dup (entity, lent) : NULL;

  for (guint i = 0; i < entity->table.n_fields; i++)
    {
      const DspField *field = &entity->table.fields[i];
      DspFieldConflict conflict = { .field = field };

      if (((wanted_mask | seen_mask) >> i & 1) == 0)
        continue;
      conflict.seen = dup_value (keeper, field, had);
      conflict.wanted = dup_value (keeper, field, want);
      conflict.now = dup_value (keeper, field, now);
      g_array_append_val (rejected->fields, conflict);
    }
  /* A creation that was refused is nowhere but in what was wanted. */
  if (rejected->display == NULL && entity->display_offset != 0)
    rejected->display = g_strdup (dsp_record_display (entity, want));
  if (now != NULL)
    dsp_record_free (entity, now);
  partial_free (entity, want);
  partial_free (entity, had);
}

/* The feed says who changed a record last, if the refusal did not. */
static gboolean
find_toucher (DspKeeper   *keeper,
              DspRejected *rejected,
              GError     **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (keeper->db, "SELECT \"user_name\", \"at\" FROM \"touched\" WHERE \"entity\" = $1 AND \"id\" = $2", error);
  DspStep step;

  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_text (stmt, 1, rejected->command->entity->table.name, -1);
  dsp_stmt_bind_blob (stmt, 2, rejected->id.b, sizeof rejected->id.b);
  step = dsp_stmt_step (stmt, error);
  if (step == DSP_STEP_ROW)
    {
      rejected->by = g_strdup (dsp_stmt_text (stmt, 0, NULL));
      rejected->by_at_us = dsp_stmt_int (stmt, 1);
    }
  return step != DSP_STEP_FAILED;
}

GPtrArray *
dsp_keeper_list_rejected (DspKeeper *keeper,
                          guint      limit,
                          GError   **error)
{
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) dsp_rejected_free);
  g_autoptr(GHashTable) earlier = dsp_key_set_new ();
  g_autoptr(DspStmt) stmt = dsp_db_prepare (keeper->db,
                                            "SELECT r.\"no\", o.\"grp\", r.\"id\", o.\"kind\", r.\"code\", r.\"message\", o.\"at\", r.\"by\","
                                            " r.\"by_at\", o.\"wanted\", o.\"seen\", o.\"body\" FROM \"refused\" r"
                                            " JOIN \"outbox\" o ON o.\"no\" = r.\"no\" ORDER BY r.\"no\", r.\"id\" LIMIT $1",
                                            error);
  DspStep step = DSP_STEP_FAILED;

  if (stmt != NULL)
    {
      dsp_stmt_bind_int (stmt, 1, limit > 0 ? limit : G_MAXINT32);
      while ((step = dsp_stmt_step (stmt, error)) == DSP_STEP_ROW)
        {
          DspRejected *rejected = g_new0 (DspRejected, 1);
          DspKey key;

          g_ptr_array_add (list, rejected);
          rejected->no = dsp_stmt_int (stmt, 0);
          rejected->group = dsp_stmt_int (stmt, 1);
          rejected->id = dsp_stmt_id (stmt, 2);
          rejected->command = dsp_command_find (dsp_stmt_text (stmt, 3, NULL));
          rejected->rule = dsp_rule_from_word (dsp_stmt_text (stmt, 4, NULL));
          rejected->message = g_strdup (dsp_stmt_text (stmt, 5, NULL));
          rejected->given_us = dsp_stmt_int (stmt, 6);
          rejected->by = g_strdup (dsp_stmt_text (stmt, 7, NULL));
          rejected->by_at_us = dsp_stmt_int (stmt, 8);
          rejected->fields = g_array_new (FALSE, FALSE, sizeof (DspFieldConflict));
          g_array_set_clear_func (rejected->fields, clear_field_conflict);
          if (rejected->command == NULL)
            continue;
          rejected->display = dup_display (keeper, rejected->command->entity, &rejected->id);
          explain_fields (keeper, rejected, dsp_stmt_text (stmt, 9, NULL), dsp_stmt_text (stmt, 10, NULL), dsp_stmt_text (stmt, 11, NULL));
          key = (DspKey) { rejected->command->entity, rejected->id };
          rejected->follows = g_hash_table_contains (earlier, &key);
          dsp_key_set_add (earlier, key.entity, &key.id);
          if (rejected->by == NULL && !find_toucher (keeper, rejected, error))
            {
              step = DSP_STEP_FAILED;
              break;
            }
        }
    }
  if (step == DSP_STEP_DONE)
    return g_steal_pointer (&list);
  dsp_keeper_fail (error);
  return NULL;
}

/* ---- again ---- */

static DspOutcome *
give_again (DspKeeper        *keeper,
            const DspCommand *command,
            const DspId      *id,
            gpointer          args,
            guint64           given,
            GError          **error)
{
  gconstpointer lent;
  const DspOrder *order = NULL;
  DspId crew_id, from = dsp_id_none;
  char *reason = NULL;

  if (command->entity == &dsp_order && dsp_keeper_effective (keeper, &dsp_order, id, &lent) == DSP_FACT_HERE)
    order = lent;
  if (order == NULL || dsp_id_is_none (&order->crew_id) || (command != &dsp_order_assign && command != &dsp_order_move))
    {
      /* The order went back to the unassigned: what was to be a move is an assignment now. */
      if (order != NULL && command == &dsp_order_move && order->status == DSP_ORDER_UNASSIGNED)
        {
          DspAssign assign = { .crew_id = ((DspMove *) args)->crew_id, .reason = ((DspMove *) args)->reason };

          return dsp_keeper_give (keeper, &dsp_order_assign, id, 1, &assign, assign.reason != NULL ? 3 : 1, FALSE, error);
        }
      return dsp_keeper_give (keeper, command, id, 1, args, given, FALSE, error);
    }
  from = order->crew_id;
  if (command == &dsp_order_assign)
    {
      crew_id = ((DspAssign *) args)->crew_id;
      reason = ((DspAssign *) args)->reason;
    }
  else
    {
      crew_id = ((DspMove *) args)->crew_id;
      reason = ((DspMove *) args)->reason;
    }
  {
    DspMove move = { .from_crew_id = from, .crew_id = crew_id, .reason = reason };

    return dsp_keeper_give (keeper, &dsp_order_move, id, 1, &move, reason != NULL ? 7 : 3, FALSE, error);
  }
}

DspOutcome *
dsp_keeper_retry (DspKeeper   *keeper,
                  gint64       no,
                  const DspId *id,
                  GError     **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (keeper->db, "SELECT \"kind\", \"args\" FROM \"outbox\" WHERE \"no\" = $1", error);
  g_autofree gpointer args = NULL;
  g_autofree char *text = NULL;
  DspOutcome *outcome = NULL;
  const DspCommand *command;
  const DspTable *table;
  guint64 given = 0;
  DspStep step;

  if (stmt == NULL)
    return NULL;
  dsp_stmt_bind_int (stmt, 1, no);
  step = dsp_stmt_step (stmt, error);
  command = step == DSP_STEP_ROW ? dsp_command_find (dsp_stmt_text (stmt, 0, NULL)) : NULL;
  if (command == NULL)
    {
      if (step != DSP_STEP_FAILED)
        g_set_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_NOT_FOUND, "there is no command %" G_GINT64_FORMAT, no);
      return NULL;
    }
  text = g_strdup (dsp_stmt_text (stmt, 1, NULL));
  g_clear_pointer (&stmt, dsp_stmt_done);
  table = dsp_command_args (command);
  if (table != NULL)
    args = g_malloc0 (table->size);
  if (table != NULL && text != NULL && !dsp_record_json_read (table, DSP_STRICT_ARGS, text, strlen (text), args, &given, error))
    return NULL;
  outcome = give_again (keeper, command, id, args, given, error);
  if (table != NULL)
    dsp_table_clear (table, args);
  if (outcome != NULL && outcome->n_given > 0 && !dsp_keeper_discard (keeper, no, id, error))
    g_clear_pointer (&outcome, dsp_outcome_free);
  return outcome;
}
