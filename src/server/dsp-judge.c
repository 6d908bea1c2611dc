/* dsp-judge.c: one command judged, stored and answered
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rules are core's; this is what stands around them: several rows in one command, what is stored, what the client is
 * told, and who has to be told that his grants changed.
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-judge-private.h"

#include "dsp-due.h"
#include "dsp-exec-facts.h"
#include "dsp-json.h"
#include "dsp-table.h"

#include <string.h>

#define DUE_ROWS      50                                                /* of one command of the clock */
#define DUE_US        20000                                             /* that the others wait for it */
#define CHANGES_MAX   2000                                              /* of one command: 200 rows with what follows from each */
#define WHOLE_MAX     100000                                            /* of one that DSP_COMMAND_WHOLE marks */
#define CLOCK_OFF_US  (G_GINT64_CONSTANT (48) * 3600 * G_USEC_PER_SEC)  /* a client's clock counts within that */

DspJudge *
dsp_judge_new (DspFeed *feed)
{
  DspJudge *self = g_new0 (DspJudge, 1);

  self->feed = feed;
  self->db = dsp_feed_get_db (feed);
  self->facts = dsp_exec_facts_new (self->db);
  self->actors = dsp_actors_new (true);
  self->noted = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->due = dsp_due_new (self->db);
  return self;
}

void
dsp_judge_set_files (DspJudge *self,
                     DspFiles *files)
{
  dsp_exec_facts_set_files (self->facts, files);
}

void
dsp_judge_free (DspJudge *self)
{
  if (self == NULL)
    return;
  dsp_session_unref (self->clock);
  dsp_due_free (self->due);
  g_hash_table_unref (self->noted);
  dsp_actors_free (self->actors);
  dsp_exec_facts_free (self->facts);
  g_free (self);
}

void
dsp_judge_forget (DspJudge *self)
{
  dsp_exec_facts_forget (self->facts);
  dsp_actors_forget (self->actors);
  g_hash_table_remove_all (self->noted);
  dsp_due_forget (self->due);
  g_clear_pointer (&self->clock, dsp_session_unref);
}

void
dsp_published_init (DspPublished *published)
{
  *published = (DspPublished) {
    .scopes = g_array_new (FALSE, FALSE, sizeof (DspId)),
    .ended_users = g_ptr_array_new_with_free_func (g_free),
    .claims = g_array_new (FALSE, FALSE, sizeof (DspId)),
  };
}

void
dsp_published_clear (DspPublished *published)
{
  g_clear_pointer (&published->scopes, g_array_unref);
  g_clear_pointer (&published->ended_users, g_ptr_array_unref);
  g_clear_pointer (&published->claims, g_array_unref);
}

DspActorRef *
dsp_judge_get_actor (DspJudge    *self,
                     const DspId *user_id,
                     gint64       now_us,
                     GError     **error)
{
  return dsp_actors_get (self->actors, self->db, user_id, now_us, error);
}

/* ---- one command in progress ---- */

typedef struct
{
  DspJudge             *judge;
  DspSession           *session;
  const DspPushCommand *command;
  gint64                now_us;
  DspWork              *work;
  GPtrArray            *edits;    /* of DspEdit */
  GString              *refused;  /* JSON items */
  GString              *warnings; /* JSON items: of rows that were done */
  guint                 n_refused;
  guint                 n_done;
  guint                 added, changed, unchanged;
  GString              *outcomes; /* of an import's rows: a(dded), c(hanged), u(nchanged), r(efused) */
  gboolean              merged;
  DspRule               first_code;
  char                 *first_message; /* (owned) */
  gint64                version;
} Run;

static void
edit_free (gpointer data)
{
  DspEdit *edit = data;

  if (edit->before != NULL)
    dsp_record_free (edit->entity, edit->before);
  if (edit->after != NULL)
    dsp_record_free (edit->entity, edit->after);
  g_free (edit);
}

static void
run_clear (Run *run)
{
  g_clear_pointer (&run->work, dsp_work_free);
  g_clear_pointer (&run->edits, g_ptr_array_unref);
  if (run->refused != NULL)
    g_string_free (run->refused, TRUE);
  if (run->warnings != NULL)
    g_string_free (run->warnings, TRUE);
  if (run->outcomes != NULL)
    g_string_free (run->outcomes, TRUE);
  g_clear_pointer (&run->first_message, g_free);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Run, run_clear)

/* The record as it is, if the actor may see it. */
static const DspRecord *
visible_record (Run         *run,
                const DspId *id)
{
  const DspFacts *facts = dsp_exec_facts_get (run->judge->facts);
  gconstpointer record = NULL;

  if (run->command->command == NULL ||
      facts->get (facts->data, run->command->command->entity, id, &record) != DSP_FACT_HERE ||
      !dsp_actor_sees (dsp_work_actor (run->work), &((const DspRecord *) record)->scope, run->now_us))
    return NULL;
  return record;
}

/* Who made it what it is now, and when: "assigned by Ana a moment ago". */
static void
put_now (Run             *run,
         const DspRecord *record,
         GString         *out)
{
  const DspEntity *entity = run->command->command->entity;
  g_autoptr(DspStmt) stmt = NULL;
  const DspField *state = dsp_table_at (&entity->table, entity->state_offset);
  guint word = *dsp_field_word (state, record);

  g_string_append (out, ",\"now\":{\"status\":");
  dsp_json_put_text (out, word < state->words->n ? state->words->list[word].name : NULL);
  if (entity == &dsp_order && !dsp_id_is_none (&((const DspOrder *) record)->crew_id))
    {
      g_string_append (out, ",\"crew_id\":");
      dsp_json_put_id (out, &((const DspOrder *) record)->crew_id);
    }
  stmt = dsp_db_prepare (run->judge->db, "SELECT \"user_name\", \"at\", \"command\" FROM \"history\" WHERE \"record_id\" = $1"
                                         " ORDER BY \"seq\" DESC LIMIT 1", NULL);
  if (stmt != NULL)
    {
      dsp_stmt_bind_id (stmt, 1, &record->id);
      if (dsp_stmt_step (stmt, NULL) == DSP_STEP_ROW)
        {
          g_string_append (out, ",\"by\":");
          dsp_json_put_text (out, dsp_stmt_text (stmt, 0, NULL));
          g_string_append (out, ",\"at\":");
          dsp_json_put_time (out, dsp_stmt_int (stmt, 1));
          g_string_append (out, ",\"kind\":");
          dsp_json_put_text (out, dsp_stmt_text (stmt, 2, NULL));
        }
    }
  g_string_append_c (out, '}');
}

/* code, message, version and now of a refusal, as members. */
static void
put_refusal (Run         *run,
             const DspId *id,
             DspRule      rule,
             const char  *message,
             GString     *out)
{
  const DspRecord *record = visible_record (run, id);

  g_string_append (out, "\"code\":");
  dsp_json_put_text (out, dsp_rule_word (rule));
  g_string_append (out, ",\"message\":");
  dsp_json_put_text (out, message);
  if (record == NULL)
    return;
  g_string_append (out, ",\"version\":");
  dsp_json_put_int (out, record->version);
  if ((rule == DSP_RULE_STATE || rule == DSP_RULE_CHANGED) && run->command->command->entity->state_offset != 0)
    put_now (run, record, out);
}

static void
refuse_row (Run              *run,
            const DspPushRow *row,
            guint             index,
            DspRule           rule,
            const char       *message)
{
  g_string_append_c (run->outcomes, 'r');
  if (run->n_refused++ == 0)
    {
      run->first_code = rule;
      run->first_message = g_strdup (message);
    }
  if (!run->command->many)
    return;
  if (run->refused->len > 0)
    g_string_append_c (run->refused, ',');
  g_string_append (run->refused, "{\"id\":");
  dsp_json_put_id (run->refused, &row->id);
  g_string_append (run->refused, ",\"row\":");
  dsp_json_put_int (run->refused, index);
  g_string_append_c (run->refused, ',');
  put_refusal (run, &row->id, rule, message, run->refused);
  g_string_append_c (run->refused, '}');
}

/* Takes the edits of the last run over, so that the next row sees them. */
static gboolean
keep_edits (Run     *run,
            GError **error)
{
  guint n = dsp_work_n_edits (run->work);
  guint max = run->command->command->flags & DSP_COMMAND_WHOLE ? WHOLE_MAX : CHANGES_MAX;

  if (run->edits->len + n > max)
    return dsp_refuse (error, DSP_RULE_INVALID, "one command changes at most %u records", max);
  for (guint i = 0; i < n; i++)
    {
      DspEdit *edit = dsp_work_edit_at (run->work, i);
      DspEdit *kept = g_new (DspEdit, 1);

      *kept = *edit;
      edit->before = edit->after = NULL;
      dsp_exec_facts_put (run->judge->facts, kept);
      g_ptr_array_add (run->edits, kept);
      run->version = ((DspRecord *) kept->after)->version;
      if (i == 0)
        {
          kept->before == NULL ? run->added++ : run->changed++;
          g_string_append_c (run->outcomes, kept->before == NULL ? 'a' : 'c');
        }
    }
  if (n == 0)
    {
      run->unchanged++;
      g_string_append_c (run->outcomes, 'u');
    }
  return TRUE;
}

/* Of a command with rows, each says of which. */
static void
keep_warnings (Run  *run,
               guint index)
{
  for (guint i = 0; i < dsp_work_n_warnings (run->work); i++)
    {
      const DspWarning *warning = dsp_work_warning_at (run->work, i);

      g_string_append (run->warnings, run->warnings->len > 0 ? ",{" : "{");
      if (run->command->many)
        g_string_append_printf (run->warnings, "\"row\":%u,", index);
      g_string_append (run->warnings, "\"code\":");
      dsp_json_put_text (run->warnings, warning->code);
      g_string_append (run->warnings, ",\"message\":");
      dsp_json_put_text (run->warnings, warning->message);
      g_string_append_c (run->warnings, '}');
    }
}

static void
judge_row (Run              *run,
           const DspPushRow *row,
           guint             index)
{
  const DspPushCommand *command = run->command;
  g_autoptr(GError) refusal = NULL;
  bool merged = false;

  if (row->fault != NULL)
    {
      refuse_row (run, row, index, DSP_RULE_INVALID, row->fault);
      return;
    }
  if (dsp_work_run (run->work, command->command, &row->id, row->base, row->args != NULL ? row->args : command->args,
                    row->args != NULL ? row->given : command->given, &merged, &refusal) &&
      keep_edits (run, &refusal))
    {
      run->n_done++;
      keep_warnings (run, index);
      run->merged = run->merged || merged;
    }
  else
    refuse_row (run, row, index, refusal->domain == DSP_RULE_ERROR ? (DspRule) refusal->code : DSP_RULE_INVALID, refusal->message);
}

/* ---- storing ---- */

static void
touch_scope (DspPublished *published,
             const DspId  *scope)
{
  for (guint i = 0; i < published->scopes->len; i++)
    if (dsp_id_equal (&g_array_index (published->scopes, DspId, i), scope))
      return;
  g_array_append_val (published->scopes, *scope);
}

/* What the arguments give as the reason stands in the history: a code and a note, say. (transfer full) (nullable) */
static char *
reason_of (const DspPushCommand *command)
{
  const DspTable *table = command->command->args;
  g_autoptr(GString) reason = NULL;

  for (guint i = 0; command->args != NULL && table != NULL && i < table->n_fields; i++)
    {
      const DspField *field = &table->fields[i];
      const char *text = field->flags & DSP_WHY ? *dsp_field_text (field, command->args) : NULL;

      if (text == NULL)
        continue;
      if (reason == NULL)
        reason = g_string_new (text);
      else
        g_string_append_printf (reason, ": %s", text);
    }
  return reason != NULL ? g_strdup (reason->str) : NULL;
}

static gboolean
is_catalogue (const DspCommand *command)
{
  return (command->flags & DSP_COMMAND_IMPORT) && command->entity != &dsp_order;
}

/* One history entry a file: with the first of its commands that changed something. */
static gboolean
note_import (DspJudge             *self,
             const DspFeedCommand *how,
             const char           *group,
             GError              **error)
{
  g_autofree char *key = g_strdup_printf ("%s %s", how->command->name, group != NULL ? group : "");
  g_autoptr(GString) changes = NULL;
  g_autoptr(DspStmt) stmt = NULL;
  DspId record_id = dsp_id_from_key ("import", key);

  if (g_hash_table_contains (self->noted, key))
    return TRUE;
  stmt = dsp_db_prepare (self->db, "SELECT 1 FROM \"history\" WHERE \"record_id\" = $1 LIMIT 1", error);
  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_id (stmt, 1, &record_id);
  switch (dsp_stmt_step (stmt, error))
    {
    case DSP_STEP_FAILED:
      return FALSE;
    case DSP_STEP_ROW:
      break;
    case DSP_STEP_DONE:
      changes = g_string_new ("{\"file\":[null,");
      dsp_json_put_text (changes, group);
      g_string_append (changes, "]}");
      if (!dsp_feed_note (self->feed, how, how->command->entity->table.name, &record_id, &dsp_scope_common, changes->str, error))
        return FALSE;
      break;
    }
  g_hash_table_add (self->noted, g_steal_pointer (&key));
  return TRUE;
}

/* For who measures by road. */
static void
note_claim (DspPublished  *published,
            const DspEdit *edit)
{
  const DspMileage *mileage = edit->after;

  if (edit->entity == &dsp_mileage && !edit->deleted && dsp_mileage_wants_road (mileage))
    g_array_append_val (published->claims, mileage->id);
}

static gboolean
store (Run          *run,
       DspPublished *published,
       gint64       *seq,
       GError      **error)
{
  DspJudge *self = run->judge;
  const DspPushCommand *command = run->command;
  g_autoptr(GHashTable) users = dsp_judge_user_set_new ();
  g_autofree char *reason = reason_of (command);
  DspFeedCommand how = {
    .device = run->session->device,
    .no = command->no,
    .command = command->command,
    .user_id = run->session->user_id,
    .user_name = run->session->user_name,
    .at_us = run->now_us,
    .given_at_us = command->at_us == 0 ? 0 : CLAMP (command->at_us, run->now_us - CLOCK_OFF_US, run->now_us + CLOCK_OFF_US),
    .reason = reason,
    .no_history = is_catalogue (command->command),
  };

  *seq = dsp_feed_get_state (self->feed)->seq;
  if (run->edits->len == 0)
    return TRUE;
  if (!dsp_feed_append (self->feed, &how, (DspEdit *const *) run->edits->pdata, run->edits->len, seq, error))
    return FALSE;
  dsp_exec_facts_settle (self->facts);
  if (how.no_history && !note_import (self, &how, command->group, error))
    return FALSE;
  for (guint i = 0; i < run->edits->len; i++)
    {
      const DspEdit *edit = run->edits->pdata[i];

      if (edit->before != NULL)
        touch_scope (published, &((const DspRecord *) edit->before)->scope);
      touch_scope (published, &((const DspRecord *) edit->after)->scope);
      note_claim (published, edit);
      if (!dsp_due_note (self->due, edit, error))
        return FALSE;
      if (!dsp_judge_collect_users (self, edit, users, published, error))
        return FALSE;
    }
  return dsp_judge_bump_all (self, users, run->now_us, published, error);
}

static const char *
status_of (const Run *run)
{
  if (run->n_done == 0 && run->n_refused > 0)
    return "rejected";
  return run->merged ? "merged" : "applied";
}

static void
put_result (Run        *run,
            gint64      seq,
            GString    *out)
{
  const DspPushCommand *command = run->command;
  const char *status = status_of (run);

  g_string_append (out, "{\"no\":");
  dsp_json_put_int (out, command->no);
  g_string_append (out, ",\"status\":");
  dsp_json_put_text (out, status);
  g_string_append (out, ",\"seq\":");
  dsp_json_put_int (out, seq);
  if (g_str_equal (status, "rejected"))
    {
      const DspPushRow *row = command->rows->len > 0 ? &g_array_index (command->rows, DspPushRow, 0) : NULL;

      g_string_append_c (out, ',');
      put_refusal (run, row != NULL ? &row->id : &dsp_id_none, run->first_code, run->first_message, out);
    }
  else if (!command->many && run->version > 0)
    {
      g_string_append (out, ",\"version\":");
      dsp_json_put_int (out, run->version);
    }
  if (command->command != NULL && (command->command->flags & DSP_COMMAND_IMPORT))
    g_string_append_printf (out, ",\"added\":%u,\"changed\":%u,\"unchanged\":%u,\"outcomes\":\"%s\"", run->added,
                            run->changed, run->unchanged, run->outcomes->str);
  if (command->many)
    g_string_append_printf (out, ",\"refused\":[%s]", run->refused->str);
  if (run->warnings->len > 0)
    g_string_append_printf (out, ",\"warnings\":[%s]", run->warnings->str);
  g_string_append_c (out, '}');
}

/* Also for who may everything. */
static bool
is_forbidden (const DspSession *session,
              const DspCommand *command)
{
  DspId roads = dsp_local_device_id ("roads");

  return (command->flags & DSP_COMMAND_SERVER) && !(session->local && dsp_id_equal (&session->device, &roads));
}

gboolean
dsp_judge_command (DspJudge             *self,
                   DspSession           *session,
                   DspActor             *actor,
                   const DspPushCommand *command,
                   gint64                now_us,
                   DspPublished         *published,
                   GString              *results,
                   GError              **error)
{
  g_auto(Run) run = { .judge = self, .session = session, .command = command, .now_us = now_us };
  DspResult result = { .status = NULL };
  g_autofree char *reply = NULL;
  gsize from = results->len;
  gint64 seq = dsp_feed_get_state (self->feed)->seq;

  run.work = dsp_work_new (dsp_exec_facts_get (self->facts), actor, now_us);
  run.edits = g_ptr_array_new_with_free_func (edit_free);
  run.refused = g_string_new (NULL);
  run.warnings = g_string_new (NULL);
  run.outcomes = g_string_new (NULL);
  if (command->verdict == DSP_PUSH_INVALID)
    {
      run.n_refused = 1;
      run.first_code = DSP_RULE_INVALID;
      run.first_message = g_strdup (command->fault);
    }
  else if (command->verdict == DSP_PUSH_GOOD && is_forbidden (session, command->command))
    {
      run.n_refused = 1;
      run.first_code = DSP_RULE_FORBIDDEN;
      run.first_message = g_strdup_printf ("%s is the server's own", command->command->name);
    }
  else if (command->verdict == DSP_PUSH_GOOD)
    {
      for (guint i = 0; i < command->rows->len; i++)
        judge_row (&run, &g_array_index (command->rows, DspPushRow, i), i);
      if (!dsp_exec_facts_check (self->facts, error) || !store (&run, published, &seq, error))
        return FALSE;
    }
  put_result (&run, seq, results);

  reply = g_strndup (results->str + from, results->len - from);
  memcpy (result.cmd_hash, command->hash, sizeof result.cmd_hash);
  result.status = (char *) status_of (&run);
  result.code = run.n_done == 0 && run.n_refused > 0 ? (char *) dsp_rule_word (run.first_code) : NULL;
  result.seq = seq;
  result.at_us = now_us;
  result.reply = reply;
  return dsp_feed_put_result (self->feed, &session->device, command->no, &result, error);
}

gboolean
dsp_judge_internal (DspJudge         *self,
                    const DspCommand *command,
                    const DspId      *id,
                    gconstpointer     args,
                    guint64           given,
                    gint64            now_us,
                    DspPublished     *published,
                    GError          **error)
{
  DspId device = dsp_local_device_id ("admin");
  g_autoptr(DspSession) session = dsp_session_new_local (&device);
  g_autoptr(DspActorRef) ref = dsp_judge_get_actor (self, &session->user_id, now_us, error);
  DspPushCommand push = { .command = command, .args = (gpointer) args };
  g_auto(Run) run = { .judge = self, .session = session, .command = &push, .now_us = now_us };
  gint64 seq;

  if (ref == NULL)
    return FALSE;
  run.work = dsp_work_new (dsp_exec_facts_get (self->facts), ref->actor, now_us);
  run.edits = g_ptr_array_new_with_free_func (edit_free);
  run.refused = g_string_new (NULL);
  run.warnings = g_string_new (NULL);
  run.outcomes = g_string_new (NULL);
  return dsp_work_run (run.work, command, id, 0, args, given, NULL, error) && keep_edits (&run, error) &&
         dsp_exec_facts_check (self->facts, error) && store (&run, published, &seq, error);
}

/* ---- the clock ---- */

gint64
dsp_judge_next_due (DspJudge *self)
{
  return dsp_due_next (self->due);
}

static gboolean
open_clock (DspJudge *self,
            gint64    now_us,
            gint64   *last,
            GError  **error)
{
  DspId id = dsp_local_device_id ("clock"), user_id = dsp_local_user_id ();
  DspDevice device = { 0 };

  switch (dsp_feed_get_device (self->feed, &id, &device, error))
    {
    case DSP_STEP_FAILED:
      return FALSE;
    case DSP_STEP_DONE:
      if (!dsp_feed_add_device (self->feed, &id, &user_id, "clock", now_us, error))
        return FALSE;
      break;
    case DSP_STEP_ROW:
      break;
    }
  if (self->clock == NULL)
    self->clock = dsp_session_new_local (&id);
  *last = device.last_no;
  return TRUE;
}

static void
clear_row (gpointer data)
{
  DspPushRow *row = data;

  g_free (row->fault);
}

/* A refused row has nothing to be done for any more: it was taken out with the others. */
gboolean
dsp_judge_run_due (DspJudge     *self,
                   gint64        now_us,
                   DspPublished *published,
                   GError      **error)
{
  gint64 begin_us = g_get_monotonic_time ();
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (DspId));
  g_autoptr(GArray) rows = g_array_new (FALSE, TRUE, sizeof (DspPushRow));
  g_autoptr(GString) results = g_string_new (NULL);
  g_autoptr(DspActorRef) ref = NULL;
  const DspEntity *entity;
  gint64 no;

  g_array_set_clear_func (rows, clear_row);
  if (!open_clock (self, now_us, &no, error) ||
      (ref = dsp_judge_get_actor (self, &self->clock->user_id, now_us, error)) == NULL)
    return FALSE;
  do
    {
      DspPushCommand command = { .verdict = DSP_PUSH_GOOD, .at_us = now_us, .many = TRUE, .rows = rows };

      if (!dsp_due_take (self->due, now_us, DUE_ROWS, &entity, ids, error))
        return FALSE;
      if (entity == NULL)
        return TRUE;
      g_array_set_size (rows, 0);
      g_array_set_size (rows, ids->len);
      for (guint i = 0; i < ids->len; i++)
        g_array_index (rows, DspPushRow, i).id = g_array_index (ids, DspId, i);
      command.command = entity->due_command;
      command.no = ++no;
      g_string_truncate (results, 0);
      if (!dsp_judge_command (self, self->clock, ref->actor, &command, now_us, published, results, error))
        return FALSE;
    }
  while (ids->len == DUE_ROWS && g_get_monotonic_time () - begin_us < DUE_US);
  return TRUE;
}
