/* dsp-penalty-query.c: the review desk's queue
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each state is read in its own order from an index that begins with it, and the heads are merged: so the first page costs
 * the same among a hundred penalties and among a hundred thousand.
 */
#define G_LOG_DOMAIN "dsp-penalty-query"

#include "config.h"
#include "dsp-penalty-query.h"

#include "dsp-replica-private.h"

typedef struct {
  DspId  id;
  gint64 key;          /* cents, or the date; G_MININT64: none */
  const DspPenalty *held; /* (nullable): of the overlay */
} Head;

static void
free_penalty (gpointer penalty)
{
  dsp_penalty_free (penalty);
}

void
dsp_penalty_result_free (DspPenaltyResult *result)
{
  if (result == NULL)
    return;
  g_clear_pointer (&result->rows, g_ptr_array_unref);
  g_clear_pointer (&result->counts, g_array_unref);
  g_free (result);
}

static bool
wants_state (const DspPenaltyQuery *query,
             guint                  state)
{
  return query->states == 0 || (query->states & DSP_BIT (state)) != 0;
}

/* ---- numbers ---- */

static DspPenaltyCount
cell_of (const DspPenaltyQuery *query,
         const DspPenalty      *penalty)
{
  DspPenaltyCount cell = { .state = penalty->state, .distributor_id = penalty->distributor_id, .rule_id = penalty->rule_id };

  if (query->finely)
    {
      cell.crew_id = penalty->crew_id;
      cell.fault = penalty->fault;
    }
  return cell;
}

static void
add_count (GArray                *counts,
           const DspPenaltyCount *cell,
           int                    n,
           gint64                 cents)
{
  DspPenaltyCount *there = NULL;

  for (guint i = 0; i < counts->len && there == NULL; i++)
    {
      DspPenaltyCount *one = &g_array_index (counts, DspPenaltyCount, i);

      if (one->state == cell->state && one->fault == cell->fault && dsp_id_equal (&one->distributor_id, &cell->distributor_id) &&
          dsp_id_equal (&one->rule_id, &cell->rule_id) && dsp_id_equal (&one->crew_id, &cell->crew_id))
        there = one;
    }
  if (there == NULL)
    {
      g_array_append_val (counts, *cell);
      there = &g_array_index (counts, DspPenaltyCount, counts->len - 1);
    }
  there->n = (guint) ((int) there->n + n);
  there->cents += cents;
}

static guint
word_at (DspStmt        *stmt,
         int             column,
         const DspWords *words)
{
  gsize length;
  const char *text = dsp_stmt_text (stmt, column, &length);

  return text != NULL ? dsp_words_find (words, text, length) : 0;
}

/* The groups come as the index "review" has them: nothing is sorted and no row is read, unless it is to be finely. */
static gboolean
count_stored (DspDb                 *db,
              const DspPenaltyQuery *query,
              GArray                *counts,
              GError               **error)
{
  const char *finely = query->finely ? ", \"crew_id\", \"fault\"" : "";
  g_autofree char *sql = g_strdup_printf ("SELECT \"state\", \"distributor_id\", \"rule_id\", count(*), sum(\"amount\")%s FROM \"penalty\""
                                          " GROUP BY \"state\", \"distributor_id\", \"rule_id\"%s", finely, finely);
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, sql, error);
  DspStep step;

  if (stmt == NULL)
    return FALSE;
  while ((step = dsp_stmt_step (stmt, error)) == DSP_STEP_ROW)
    {
      DspPenaltyCount count = { .state = word_at (stmt, 0, &DspPenaltyState_words),
                                .distributor_id = dsp_stmt_id (stmt, 1), .rule_id = dsp_stmt_id (stmt, 2),
                                .n = (guint) dsp_stmt_int (stmt, 3), .cents = dsp_stmt_int (stmt, 4) };

      if (query->finely)
        {
          count.crew_id = dsp_stmt_id (stmt, 5);
          count.fault = word_at (stmt, 6, &DspFault_words);
        }
      g_array_append_val (counts, count);
    }
  return step == DSP_STEP_DONE;
}

static gboolean
count_overlay (DspDb                 *db,
               const DspPenaltyQuery *query,
               GPtrArray             *overlay,
               GArray                *counts,
               GError               **error)
{
  g_autoptr(DspPenalty) before = dsp_penalty_new ();

  for (guint i = 0; i < overlay->len; i++)
    {
      const DspPenalty *now = overlay->pdata[i];
      DspPenaltyCount cell;

      switch (dsp_table_get (db, NULL, &dsp_penalty, &now->id, DSP_FIELDS_ALL, before, error))
        {
        case DSP_STEP_FAILED:
          return FALSE;
        case DSP_STEP_ROW:
          cell = cell_of (query, before);
          add_count (counts, &cell, -1, -before->amount.cents);
          break;
        case DSP_STEP_DONE:
          break;
        }
      cell = cell_of (query, now);
      add_count (counts, &cell, 1, now->amount.cents);
    }
  return TRUE;
}

/* ---- the page ---- */

static gint64
key_of (const DspPenaltyQuery *query,
        const DspPenalty      *penalty)
{
  if (query->sort == DSP_PENALTY_BY_DUE)
    return penalty->due_at.us;
  return penalty->amount.is_set ? penalty->amount.cents : G_MININT64;
}

/* Dates of long ago are the latest penalties: both orders begin with what hurts most. */
static bool
is_descending (const DspPenaltyQuery *query)
{
  return (query->sort == DSP_PENALTY_BY_MONEY) != query->reversed;
}

static int
compare_heads (gconstpointer a,
               gconstpointer b,
               gpointer      user_data)
{
  const Head *one = a, *two = b;
  int order = one->key != two->key ? (one->key < two->key ? -1 : 1) : dsp_id_compare (&one->id, &two->id);

  return is_descending (user_data) ? -order : order;
}

/* The conditions that are not of the state. */
static bool
matches (const DspPenaltyQuery *query,
         const DspPenalty      *penalty)
{
  return wants_state (query, penalty->state) && (query->fault == DSP_FAULT_NONE || penalty->fault == query->fault) &&
         (dsp_id_is_none (&query->distributor_id) || dsp_id_equal (&query->distributor_id, &penalty->distributor_id)) &&
         (dsp_id_is_none (&query->rule_id) || dsp_id_equal (&query->rule_id, &penalty->rule_id)) &&
         (dsp_id_is_none (&query->crew_id) || dsp_id_equal (&query->crew_id, &penalty->crew_id));
}

/* The conditions of one state as SQL. Returns: the number of the next parameter. */
static int
put_where (const DspPenaltyQuery *query,
           GString               *sql)
{
  int n = 2;

  g_string_append (sql, " FROM \"penalty\" WHERE \"state\" = $1");
  if (!dsp_id_is_none (&query->distributor_id))
    g_string_append_printf (sql, " AND \"distributor_id\" = $%d", n++);
  if (!dsp_id_is_none (&query->rule_id))
    g_string_append_printf (sql, " AND \"rule_id\" = $%d", n++);
  if (!dsp_id_is_none (&query->crew_id))
    g_string_append_printf (sql, " AND \"crew_id\" = $%d", n++);
  if (query->fault != DSP_FAULT_NONE)
    g_string_append_printf (sql, " AND \"fault\" = $%d", n++);
  return n;
}

static void
bind_where (const DspPenaltyQuery *query,
            guint                  state,
            DspStmt               *stmt)
{
  int n = 2;

  dsp_stmt_bind_text (stmt, 1, DspPenaltyState_words.list[state].name, -1);
  if (!dsp_id_is_none (&query->distributor_id))
    dsp_stmt_bind_id (stmt, n++, &query->distributor_id);
  if (!dsp_id_is_none (&query->rule_id))
    dsp_stmt_bind_id (stmt, n++, &query->rule_id);
  if (!dsp_id_is_none (&query->crew_id))
    dsp_stmt_bind_id (stmt, n++, &query->crew_id);
  if (query->fault != DSP_FAULT_NONE)
    dsp_stmt_bind_text (stmt, n++, DspFault_words.list[query->fault].name, -1);
}

static gboolean
read_heads (DspDb                 *db,
            const DspPenaltyQuery *query,
            guint                  state,
            guint                  n,
            GHashTable            *hidden,
            GArray                *heads,
            GError               **error)
{
  const char *column = query->sort == DSP_PENALTY_BY_DUE ? "due_at" : "amount";
  const char *way = is_descending (query) ? "DESC" : "ASC";
  g_autoptr(GString) sql = g_string_new (NULL);
  g_autoptr(DspStmt) stmt = NULL;
  DspStep step;
  int limit;

  g_string_append_printf (sql, "SELECT \"id\", coalesce(\"%s\", %" G_GINT64_FORMAT " - 1)", column, G_MININT64 + 1);
  limit = put_where (query, sql);
  g_string_append_printf (sql, " ORDER BY \"%s\" %s, \"id\" %s LIMIT $%d", column, way, way, limit);
  stmt = dsp_db_prepare (db, sql->str, error);
  if (stmt == NULL)
    return FALSE;
  bind_where (query, state, stmt);
  dsp_stmt_bind_int (stmt, limit, n);
  while ((step = dsp_stmt_step (stmt, error)) == DSP_STEP_ROW)
    {
      Head head = { dsp_stmt_id (stmt, 0), dsp_stmt_int (stmt, 1), NULL };

      if (!g_hash_table_contains (hidden, &head.id))
        g_array_append_val (heads, head);
    }
  return step == DSP_STEP_DONE;
}

static gboolean
read_page (DspDb                 *db,
           const DspPenaltyQuery *query,
           GPtrArray             *overlay,
           DspPenaltyResult      *result,
           GError               **error)
{
  g_autoptr(GArray) heads = g_array_new (FALSE, FALSE, sizeof (Head));
  g_autoptr(GHashTable) hidden = g_hash_table_new (dsp_id_hash, dsp_id_equal_func);

  for (guint i = 0; i < overlay->len; i++)
    {
      const DspPenalty *penalty = overlay->pdata[i];
      Head head = { penalty->id, key_of (query, penalty), penalty };

      g_hash_table_add (hidden, (gpointer) &penalty->id);
      if (matches (query, penalty))
        g_array_append_val (heads, head);
    }
  for (guint state = 1; state < DSP_N_PENALTY_STATES; state++)
    if (wants_state (query, state) &&
        !read_heads (db, query, state, query->first + query->n + overlay->len, hidden, heads, error))
      return FALSE;
  g_array_sort_with_data (heads, compare_heads, (gpointer) query);
  for (guint i = query->first; i < heads->len && i < query->first + query->n; i++)
    {
      const Head *head = &g_array_index (heads, Head, i);
      DspPenalty *penalty = head->held != NULL ? dsp_penalty_dup (head->held) : dsp_penalty_new ();

      g_ptr_array_add (result->rows, penalty);
      if (head->held == NULL && dsp_table_get (db, NULL, &dsp_penalty, &head->id, DSP_FIELDS_ALL, penalty, error) == DSP_STEP_FAILED)
        return FALSE;
    }
  return TRUE;
}

/* Conditions that the cells do not tell apart are counted by themselves. */
static gboolean
count_matches (DspDb                 *db,
               const DspPenaltyQuery *query,
               GPtrArray             *overlay,
               DspPenaltyResult      *result,
               GError               **error)
{
  g_autoptr(DspPenalty) before = dsp_penalty_new ();
  g_autoptr(GString) sql = g_string_new ("SELECT count(*), sum(\"amount\")");

  put_where (query, sql);
  for (guint state = 1; state < DSP_N_PENALTY_STATES; state++)
    {
      g_autoptr(DspStmt) stmt = wants_state (query, state) ? dsp_db_prepare (db, sql->str, error) : NULL;

      if (!wants_state (query, state))
        continue;
      if (stmt == NULL)
        return FALSE;
      bind_where (query, state, stmt);
      if (dsp_stmt_step (stmt, error) != DSP_STEP_ROW)
        return FALSE;
      result->n_rows += (guint) dsp_stmt_int (stmt, 0);
      result->cents += dsp_stmt_int (stmt, 1);
    }
  for (guint i = 0; i < overlay->len; i++)
    {
      const DspPenalty *now = overlay->pdata[i];
      DspStep step = dsp_table_get (db, NULL, &dsp_penalty, &now->id, DSP_FIELDS_ALL, before, error);

      if (step == DSP_STEP_FAILED)
        return FALSE;
      if (step == DSP_STEP_ROW && matches (query, before))
        {
          result->n_rows--;
          result->cents -= before->amount.cents;
        }
      if (matches (query, now))
        {
          result->n_rows++;
          result->cents += now->amount.cents;
        }
    }
  return TRUE;
}

DspPenaltyResult *
dsp_penalty_query_run (DspDb                 *db,
                       const DspPenaltyQuery *query,
                       GPtrArray             *overlay,
                       GError               **error)
{
  g_autoptr(DspPenaltyResult) result = g_new0 (DspPenaltyResult, 1);
  g_autoptr(GPtrArray) none = g_ptr_array_new ();

  if (overlay == NULL)
    overlay = none;
  result->rows = g_ptr_array_new_with_free_func (free_penalty);
  result->counts = g_array_new (FALSE, FALSE, sizeof (DspPenaltyCount));
  if (!count_stored (db, query, result->counts, error) || !count_overlay (db, query, overlay, result->counts, error) ||
      !read_page (db, query, overlay, result, error))
    return NULL;
  if (query->fault != DSP_FAULT_NONE || !dsp_id_is_none (&query->crew_id))
    return count_matches (db, query, overlay, result, error) ? g_steal_pointer (&result) : NULL;
  for (guint i = 0; i < result->counts->len; i++)
    {
      const DspPenaltyCount *count = &g_array_index (result->counts, DspPenaltyCount, i);

      if (!wants_state (query, count->state) ||
          (!dsp_id_is_none (&query->distributor_id) && !dsp_id_equal (&query->distributor_id, &count->distributor_id)) ||
          (!dsp_id_is_none (&query->rule_id) && !dsp_id_equal (&query->rule_id, &count->rule_id)))
        continue;
      result->n_rows += count->n;
      result->cents += count->cents;
    }
  return g_steal_pointer (&result);
}

/* ---- on a replica ---- */

typedef struct {
  DspPenaltyQuery query;
  GPtrArray      *overlay; /* (owned) */
} Asked;

static void
asked_free (gpointer data)
{
  Asked *asked = data;

  g_ptr_array_unref (asked->overlay);
  g_free (asked);
}

static void
do_penalties (GTask      *task,
              DspReplica *self,
              gpointer    data)
{
  Asked *asked = data;
  GError *error = NULL;
  DspDb *db = dsp_replica_reader_db (self, &error);
  DspPenaltyResult *result = db != NULL ? dsp_penalty_query_run (db, &asked->query, asked->overlay, &error) : NULL;

  if (result == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, result, (GDestroyNotify) dsp_penalty_result_free);
}

void
dsp_replica_penalties_async (DspReplica            *self,
                             const DspPenaltyQuery *query,
                             GCancellable          *cancellable,
                             GAsyncReadyCallback    callback,
                             gpointer               user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Asked *asked = g_new0 (Asked, 1);
  GHashTableIter iter;
  gpointer value;

  g_task_set_source_tag (task, dsp_replica_penalties_async);
  asked->query = *query;
  asked->overlay = g_ptr_array_new_with_free_func (free_penalty);
  g_hash_table_iter_init (&iter, self->overlay);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const DspHeld *held = value;

      if (held->entity == &dsp_penalty && held->record != NULL)
        g_ptr_array_add (asked->overlay, dsp_penalty_dup (held->record));
    }
  g_task_set_task_data (task, asked, asked_free);
  dsp_replica_run (self, TRUE, task, do_penalties);
}

DspPenaltyResult *
dsp_replica_penalties_finish (DspReplica   *self,
                              GAsyncResult *result,
                              GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
