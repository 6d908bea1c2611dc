/* dsp-replica-index.c: filling the order index, keeping it, asking it
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The index is made in a thread, from the file that the last session left or from the base, and taken over by the owner's
 * thread at once. What the lane tells meanwhile is kept and told to the new index again: a change that was in it already
 * is put a second time, which does not matter.
 */
#define G_LOG_DOMAIN "dsp-replica"

#include "config.h"
#include "dsp-replica-private.h"

#include <glib/gstdio.h>
#include <string.h>

/* ---- making ---- */

typedef struct {
  guint          number;   /* which build */
  char          *uri, *file;
  gboolean       from_file;
  DspOrderIndex *index;    /* (owned) (nullable) */
} Build;

static void
build_free (gpointer data)
{
  Build *build = data;

  g_clear_pointer (&build->index, dsp_order_index_unref);
  g_free (build->uri);
  g_free (build->file);
  g_free (build);
}

static guint64
index_mask (void)
{
  static const gsize members[] = {
    offsetof (DspOrder, group), offsetof (DspOrder, type), offsetof (DspOrder, subtype), offsetof (DspOrder, state),
    offsetof (DspOrder, municipality), offsetof (DspOrder, neighbourhood), offsetof (DspOrder, postal_code),
    offsetof (DspOrder, crew_id), offsetof (DspOrder, distributor_id), offsetof (DspOrder, created_at),
    offsetof (DspOrder, attention_at), offsetof (DspOrder, penalty_at), offsetof (DspOrder, closed_at), offsetof (DspOrder, status),
    offsetof (DspOrder, priority), offsetof (DspOrder, stopped_at), offsetof (DspOrder, penalized_at), offsetof (DspOrder, excused),
    offsetof (DspOrder, penalty), offsetof (DspOrder, number), offsetof (DspOrder, parent), offsetof (DspOrder, reason),
    offsetof (DspOrder, reschedules), offsetof (DspOrder, assigned_at),
  };
  guint64 mask = 0;

  for (guint i = 0; i < G_N_ELEMENTS (members); i++)
    mask |= dsp_table_bit (&dsp_order.table, members[i]);
  return mask;
}

static gboolean
put_order (gconstpointer record,
           gpointer      user_data)
{
  dsp_order_index_put (user_data, record, 0);
  return TRUE;
}

static gboolean
add_code (gconstpointer record,
          gpointer      user_data)
{
  g_ptr_array_add (user_data, g_strdup (((const DspPostalCode *) record)->code));
  return TRUE;
}

static gboolean
load_codes (DspDb         *db,
            DspOrderIndex *index,
            GError       **error)
{
  g_autoptr(GPtrArray) codes = g_ptr_array_new_with_free_func (g_free);

  if (!dsp_table_scan (db, NULL, &dsp_postal_code, NULL, 0, 0, dsp_table_bit (&dsp_postal_code.table, offsetof (DspPostalCode, code)),
                       add_code, codes, NULL, error))
    return FALSE;
  if (codes->len > 0)
    dsp_order_index_set_known_codes (index, (const char *const *) codes->pdata, codes->len);
  return TRUE;
}

/* What the base is now; the same text as dsp_keeper_stamp(). */
static char *
read_stamp (DspDb   *db,
            GError **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, "SELECT (SELECT \"value\" FROM \"sync_state\" WHERE \"key\" = 'epoch'),"
                                                " (SELECT \"value\" FROM \"sync_state\" WHERE \"key\" = 'generation')", error);
  const char *epoch;

  if (stmt == NULL || dsp_stmt_step (stmt, error) != DSP_STEP_ROW)
    return NULL;
  epoch = dsp_stmt_text (stmt, 0, NULL);
  return g_strdup_printf ("%s %" G_GINT64_FORMAT, epoch != NULL ? epoch : "-",
                          dsp_stmt_text (stmt, 1, NULL) != NULL ? g_ascii_strtoll (dsp_stmt_text (stmt, 1, NULL), NULL, 10) : 0);
}

static gboolean
build_index (Build   *build,
             GError **error)
{
  g_autoptr(DspDb) db = dsp_db_open (build->uri, DSP_DB_READ_ONLY, error);
  g_autofree char *stamp = NULL;
  gint64 n_rows;

  if (db == NULL || !dsp_db_begin_read (db, error))
    return FALSE;
  stamp = read_stamp (db, error);
  if (stamp == NULL)
    return FALSE;
  if (build->from_file)
    {
      build->index = dsp_order_index_read (build->file, stamp, NULL);
      /* It holds what waited then; from here on it would be a lie. */
      g_unlink (build->file);
    }
  if (build->index == NULL)
    {
      if (!dsp_table_count (db, NULL, &dsp_order, &n_rows, error))
        return FALSE;
      build->index = dsp_order_index_new ();
      dsp_order_index_reserve (build->index, (guint) MIN (n_rows, G_MAXINT32));
      if (!dsp_table_scan (db, NULL, &dsp_order, NULL, 0, 0, index_mask (), put_order, build->index, NULL, error))
        return FALSE;
    }
  return load_codes (db, build->index, error);
}

static void
build_in_thread (GTask        *task,
                 gpointer      source,
                 gpointer      data,
                 GCancellable *cancellable)
{
  Build *build = data;
  GError *error = NULL;

  if (build_index (build, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
apply_item (DspOrderIndex      *index,
            const DspDeltaItem *item)
{
  if (item->entity != &dsp_order)
    return;
  if (item->record != NULL)
    dsp_order_index_put (index, item->record, item->flags);
  else
    dsp_order_index_remove (index, &item->id);
}

static void
set_names (DspReplica    *self,
           DspOrderIndex *index)
{
  const DspEntity *entities[] = { &dsp_crew, &dsp_distributor };
  const DspField *fields[] = { dsp_table_at (&dsp_order.table, offsetof (DspOrder, crew_id)),
                               dsp_table_at (&dsp_order.table, offsetof (DspOrder, distributor_id)) };

  for (guint i = 0; i < G_N_ELEMENTS (entities); i++)
    {
      g_autoptr(GPtrArray) list = dsp_replica_list (self, entities[i]);

      for (guint j = 0; j < list->len; j++)
        dsp_order_index_set_name (index, fields[i], &((DspRecord *) list->pdata[j])->id, dsp_record_display (entities[i], list->pdata[j]));
    }
}

/* A large file is not looked through at its opening, but afterwards, in a thread of its own: what is found then is mended
 * when it is opened the next time. */
static void
check_in_thread (GTask        *task,
                 gpointer      source,
                 gpointer      data,
                 GCancellable *cancellable)
{
  g_autofree char *doubt = g_strconcat ((const char *) data + strlen ("sqlite:"), ".doubt", NULL);
  g_autoptr(GError) error = NULL;
  g_autoptr(DspDb) db = dsp_db_open (data, DSP_DB_READ_ONLY, &error);

  if (db != NULL && !dsp_db_check (db, FALSE, &error) && g_error_matches (error, DSP_STORE_ERROR, DSP_STORE_ERROR_DAMAGED))
    {
      g_warning ("the cache is damaged and will be mended at the next start: %s", error->message);
      g_file_set_contents (doubt, "", 0, NULL);
    }
}

static void
start_check (DspReplica *self)
{
  g_autoptr(GTask) task = NULL;
  GStatBuf info;

  if (self->checked || g_stat (self->path, &info) != 0 || info.st_size <= DSP_KEEPER_CHECK_MAX)
    return;
  self->checked = TRUE;
  task = g_task_new (NULL, NULL, NULL, NULL);
  g_task_set_source_tag (task, start_check);
  g_task_set_task_data (task, g_strdup (self->uri), g_free);
  g_task_run_in_thread (task, check_in_thread);
}

static void
on_built (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  DspReplica *self = DSP_REPLICA (source);
  Build *build = g_task_get_task_data (G_TASK (result));
  g_autoptr(GError) error = NULL;
  DspChanges changes = { .reset = TRUE, .list = NULL };
  g_autoptr(GArray) none = g_array_new (FALSE, FALSE, sizeof (DspRecordChange));

  changes.list = none;
  if (self->closed || build->number != self->build)
    return;
  self->loading = FALSE;
  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_autofree char *doubt = g_strconcat (self->path, ".doubt", NULL);

      /* Looked through at the next opening, and mended there. */
      if (g_error_matches (error, DSP_STORE_ERROR, DSP_STORE_ERROR_DAMAGED))
        g_file_set_contents (doubt, "", 0, NULL);
      g_warning ("the order index could not be filled: %s", error->message);
      dsp_replica_set_link (self, self->link, self->progress, error->message);
      g_clear_pointer (&self->missed, g_ptr_array_unref);
      return;
    }
  dsp_order_index_unref (self->index);
  self->index = g_steal_pointer (&build->index);
  for (guint i = 0; self->missed != NULL && i < self->missed->len; i++)
    {
      const DspDelta *delta = g_ptr_array_index (self->missed, i);

      for (guint j = 0; j < delta->items->len; j++)
        apply_item (self->index, &g_array_index (delta->items, DspDeltaItem, j));
    }
  g_clear_pointer (&self->missed, g_ptr_array_unref);
  set_names (self, self->index);
  g_hash_table_remove_all (self->sorting);
  start_check (self);
  dsp_replica_emit_changed (self, &changes);
  g_signal_emit_by_name (self, "status-changed");
  g_signal_emit_by_name (self, "order-ready");
}

/* Owner's thread. The delta that made it necessary is told to the new index like all that follow. */
void
dsp_replica_start_index (DspReplica *self)
{
  g_autoptr(GTask) task = g_task_new (self, NULL, on_built, NULL);
  Build *build = g_new0 (Build, 1);

  build->number = ++self->build;
  build->uri = g_strdup (self->uri);
  build->file = g_strconcat (self->path, ".index", NULL);
  build->from_file = TRUE;
  self->loading = TRUE;
  g_task_set_task_data (task, build, build_free);
  g_task_run_in_thread (task, build_in_thread);
}

static DspDelta *
dup_delta (const DspDelta *delta)
{
  DspDelta *copy = dsp_delta_new ();

  for (guint i = 0; i < delta->items->len; i++)
    {
      DspDeltaItem item = g_array_index (delta->items, DspDeltaItem, i);

      if (item.entity != &dsp_order)
        continue;
      if (item.record != NULL)
        item.record = dsp_record_dup (item.entity, item.record);
      g_array_append_val (copy->items, item);
    }
  return copy;
}

/* Brings the index up to a delta; writes the rows of orders into @list. */
void
dsp_replica_index_delta (DspReplica     *self,
                         const DspDelta *delta,
                         GArray         *list)
{
  if (delta->reset)
    {
      g_clear_pointer (&self->missed, g_ptr_array_unref);
      self->missed = g_ptr_array_new_with_free_func ((GDestroyNotify) dsp_delta_free);
    }
  if (self->missed != NULL)
    g_ptr_array_add (self->missed, dup_delta (delta));
  if (delta->reset)
    return;
  for (guint i = 0; i < delta->items->len; i++)
    {
      const DspDeltaItem *item = &g_array_index (delta->items, DspDeltaItem, i);
      DspRecordChange *change = &g_array_index (list, DspRecordChange, i);

      if (item->entity != &dsp_order)
        continue;
      if (item->record != NULL)
        change->row = dsp_order_index_put (self->index, item->record, item->flags);
      else
        {
          change->row = dsp_order_index_find (self->index, &item->id);
          dsp_order_index_remove (self->index, &item->id);
        }
    }
}

/* At the end: the lane has ended, nothing changes any more. */
void
dsp_replica_save_index (DspReplica *self)
{
  g_autofree char *file = g_strconcat (self->path, ".index", NULL);
  g_autofree char *stamp = NULL;
  g_autoptr(GError) error = NULL;

  /* What the lane told last may not have come here: then the file would be old from the start. */
  if (self->keeper == NULL || self->loading || self->state == NULL || !self->state->has_data || g_atomic_int_get (&self->n_told) > 0)
    return;
  stamp = dsp_keeper_stamp (self->keeper);
  if (!dsp_order_index_write (self->index, file, stamp, &error))
    g_debug ("could not keep the order index, ignoring: %s", error->message);
}

DspOrderIndex *
dsp_replica_get_index (DspReplica *self)
{
  return self->index;
}

/* ---- sorting ---- */

static void
on_sorted (GObject      *source,
           GAsyncResult *result,
           gpointer      user_data)
{
  g_autoptr(DspReplica) self = user_data;
  g_autoptr(GError) error = NULL;

  if (self->closed)
    return;
  g_hash_table_remove_all (self->sorting);
  if (dsp_order_index_prepare_finish (self->index, result, &error))
    g_signal_emit_by_name (self, "order-ready");
  else
    g_debug ("could not sort: %s", error->message);
}

static gboolean
add_text (gconstpointer record,
          gpointer      user_data)
{
  DspIndexTexts *texts = user_data;

  dsp_index_texts_add (texts, &((const DspRecord *) record)->id, *dsp_field_text (texts->field, record));
  return TRUE;
}

static void
collect_texts (GTask      *task,
               DspReplica *self,
               gpointer    data)
{
  const DspField *field = data;
  DspIndexTexts *texts = dsp_index_texts_new (field);
  GError *error = NULL;
  DspDb *db = dsp_replica_reader_db (self, &error);

  if (db != NULL && dsp_table_scan (db, NULL, &dsp_order, NULL, 0, 0, dsp_table_bit (&dsp_order.table, field->offset), add_text, texts,
                                    NULL, &error))
    {
      g_task_return_pointer (task, texts, (GDestroyNotify) dsp_index_texts_free);
      return;
    }
  dsp_index_texts_free (texts);
  g_task_return_error (task, error);
}

static void
on_texts (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  DspReplica *self = DSP_REPLICA (source);
  const DspField *field = user_data;
  g_autoptr(GError) error = NULL;
  DspIndexTexts *texts = g_task_propagate_pointer (G_TASK (result), &error);
  GHashTableIter iter;
  gpointer value;

  if (texts == NULL || self->closed)
    {
      g_clear_pointer (&texts, dsp_index_texts_free);
      g_hash_table_remove (self->sorting, GUINT_TO_POINTER (field->offset + 1u));
      return;
    }
  g_hash_table_iter_init (&iter, self->overlay);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      DspHeld *held = value;

      if (held->entity == &dsp_order && held->record != NULL)
        dsp_index_texts_add (texts, &held->id, *dsp_field_text (field, held->record));
    }
  dsp_order_index_take_texts (self->index, texts);
  dsp_order_index_prepare_async (self->index, field, NULL, on_sorted, g_object_ref (self));
}

static void
start_sorting (DspReplica     *self,
               const DspField *field)
{
  GTask *task;

  if (self->loading || !g_hash_table_add (self->sorting, GUINT_TO_POINTER (field->offset + 1u)))
    return;
  if (!dsp_order_index_needs_texts (self->index, field))
    {
      dsp_order_index_prepare_async (self->index, field, NULL, on_sorted, g_object_ref (self));
      return;
    }
  task = g_task_new (self, NULL, on_texts, (gpointer) field);
  g_task_set_source_tag (task, start_sorting);
  g_task_set_task_data (task, (gpointer) field, NULL);
  dsp_replica_run (self, TRUE, task, collect_texts);
}

/* ---- asking ---- */

/* Conditions that need SQL. */
typedef struct {
  DspFilter *filter;  /* (owned) */
  gint64     now_us;
  GArray    *ids;     /* (owned) of DspId: what SQL found */
} Resolved;

static void
resolved_free (gpointer data)
{
  Resolved *resolved = data;

  g_clear_pointer (&resolved->filter, dsp_filter_free);
  g_clear_pointer (&resolved->ids, g_array_unref);
  g_free (resolved);
}

typedef struct {
  DspFilter    *filter;  /* (owned) */
  DspOrderQuery query;
  guint         n_first;
} Asked;

static void
asked_free (gpointer data)
{
  Asked *asked = data;

  g_clear_pointer (&asked->filter, dsp_filter_free);
  g_free (asked);
}

/* (nullable): the conditions that need SQL. */
static DspFilter *
sql_part (const DspFilter *filter)
{
  g_autoptr(DspFilter) part = NULL;

  if (filter == NULL)
    return NULL;
  part = dsp_filter_new (&dsp_order);
  for (guint i = 0; i < filter->conditions->len; i++)
    {
      const DspCondition *condition = &g_array_index (filter->conditions, DspCondition, i);
      g_autofree char *values = NULL;

      if (dsp_order_index_can (condition->field))
        continue;
      values = dsp_filter_get (filter, condition->field->name);
      dsp_filter_set (part, condition->field->name, values, NULL);
    }
  if (filter->words != NULL)
    {
      g_autofree char *words = dsp_filter_get (filter, "q");

      dsp_filter_set (part, "q", words, NULL);
    }
  return dsp_filter_is_empty (part) ? NULL : g_steal_pointer (&part);
}

static DspOrderResult *
ask_index (DspReplica          *self,
           const DspOrderQuery *query,
           guint                n_first)
{
  const DspField *sort = query->sort != NULL ? query->sort : dsp_table_at (&dsp_order.table, offsetof (DspOrder, created_at));
  DspOrderResult *result;

  if (self->codes_stale && !self->loading)
    {
      g_autoptr(GError) error = NULL;

      self->codes_stale = FALSE;
      if (!load_codes (self->db, self->index, &error))
        g_warning ("could not read the postal codes: %s", error->message);
    }
  result = dsp_order_index_query (self->index, query, n_first);
  result->loading = self->loading;
  if (result->n_sorted < result->n_rows || !dsp_order_index_is_sorted (self->index, sort))
    start_sorting (self, sort);
  return result;
}

/**
 * dsp_replica_query_now:
 * Returns: (transfer full) (nullable): NULL if a condition needs SQL
 */
DspOrderResult *
dsp_replica_query_now (DspReplica          *self,
                       const DspOrderQuery *query,
                       guint                n_first)
{
  g_autoptr(DspFilter) part = sql_part (query->filter);

  return part == NULL ? ask_index (self, query, n_first) : NULL;
}

static gboolean
add_id (gconstpointer record,
        gpointer      user_data)
{
  g_array_append_val ((GArray *) user_data, ((const DspRecord *) record)->id);
  return TRUE;
}

static void
ask_sql (GTask      *task,
         DspReplica *self,
         gpointer    data)
{
  Resolved *resolved = data;
  DspQuery query = { .entity = &dsp_order, .filter = resolved->filter, .now_us = resolved->now_us,
                     .mask = dsp_table_bit (&dsp_order.table, offsetof (DspOrder, number)) };
  GError *error = NULL;
  DspDb *db = dsp_replica_reader_db (self, &error);

  resolved->ids = g_array_new (FALSE, FALSE, sizeof (DspId));
  if (db != NULL && dsp_query_rows (db, &query, add_id, resolved->ids, NULL, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
dsp_replica_resolve_async (DspReplica          *self,
                           const DspFilter     *filter,
                           gint64               now_us,
                           GCancellable        *cancellable,
                           GAsyncReadyCallback  callback,
                           gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  DspFilter *part = sql_part (filter);
  Resolved *resolved;

  g_task_set_source_tag (task, dsp_replica_resolve_async);
  if (part == NULL)
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }
  resolved = g_new0 (Resolved, 1);
  resolved->filter = part;
  resolved->now_us = now_us;
  g_task_set_task_data (task, resolved, resolved_free);
  dsp_replica_run (self, TRUE, task, ask_sql);
}

gboolean
dsp_replica_resolve_finish (DspReplica   *self,
                            GAsyncResult *result,
                            DspRowSet   **only,
                            GError      **error)
{
  Resolved *resolved = g_task_get_task_data (G_TASK (result));
  GHashTableIter iter;
  gpointer value;

  *only = NULL;
  if (!g_task_propagate_boolean (G_TASK (result), error))
    return FALSE;
  if (resolved == NULL)
    return TRUE;
  *only = dsp_row_set_new (self->index->n_rows);
  for (guint i = 0; i < resolved->ids->len; i++)
    {
      const DspId *id = &g_array_index (resolved->ids, DspId, i);
      guint32 row = dsp_order_index_find (self->index, id);
      bool in_overlay;

      dsp_replica_overlaid (self, &dsp_order, id, &in_overlay);
      if (row != DSP_NO_ROW && !in_overlay)
        dsp_row_set_add (*only, row);
    }
  g_hash_table_iter_init (&iter, self->overlay);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      DspHeld *held = value;
      guint32 row;

      if (held->entity != &dsp_order || held->record == NULL || !dsp_filter_matches (resolved->filter, held->record, resolved->now_us))
        continue;
      row = dsp_order_index_find (self->index, &held->id);
      if (row != DSP_NO_ROW)
        dsp_row_set_add (*only, row);
    }
  return TRUE;
}

static void
on_resolved (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  DspReplica *self = DSP_REPLICA (source);
  g_autoptr(GTask) task = user_data;
  Asked *asked = g_task_get_task_data (task);
  DspRowSet *only = NULL;
  GError *error = NULL;

  if (!dsp_replica_resolve_finish (self, result, &only, &error))
    {
      g_task_return_error (task, error);
      return;
    }
  asked->query.only = only;
  g_task_return_pointer (task, ask_index (self, &asked->query, asked->n_first), (GDestroyNotify) dsp_order_result_free);
  dsp_row_set_free (only);
}

/**
 * dsp_replica_query_async:
 * @query: copied; its "only" is not used
 */
void
dsp_replica_query_async (DspReplica          *self,
                         const DspOrderQuery *query,
                         guint                n_first,
                         GCancellable        *cancellable,
                         GAsyncReadyCallback  callback,
                         gpointer             user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr(DspFilter) part = sql_part (query->filter);
  Asked *asked;

  g_task_set_source_tag (task, dsp_replica_query_async);
  if (part == NULL)
    {
      g_task_return_pointer (task, ask_index (self, query, n_first), (GDestroyNotify) dsp_order_result_free);
      g_object_unref (task);
      return;
    }
  asked = g_new0 (Asked, 1);
  asked->filter = dsp_filter_dup (query->filter);
  asked->query = *query;
  asked->query.filter = asked->filter;
  asked->query.only = NULL;
  asked->n_first = n_first;
  g_task_set_task_data (task, asked, asked_free);
  dsp_replica_resolve_async (self, query->filter, query->clock.now_us, cancellable, on_resolved, task);
}

DspOrderResult *
dsp_replica_query_finish (DspReplica   *self,
                          GAsyncResult *result,
                          GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
