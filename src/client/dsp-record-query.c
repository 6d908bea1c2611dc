/* dsp-record-query.c: a list's first rows in order, and how many there are of each of its views
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * SQL gives the base's rows as far as they can be among the first; those of the overlay are taken out, judged by core's own
 * function and sorted in.
 */
#define G_LOG_DOMAIN "dsp-record-query"

#include "config.h"
#include "dsp-record-query.h"

#include "dsp-query.h"
#include "dsp-replica-private.h"
#include "dsp-table.h"

void
dsp_record_result_free (DspRecordResult *result)
{
  if (result == NULL)
    return;
  for (guint i = 0; i < result->rows->len; i++)
    dsp_record_free (result->entity, result->rows->pdata[i]);
  g_ptr_array_unref (result->rows);
  g_free (result);
}

/* ---- how many ---- */

static void
add_number (const char *value,
            gint64      n,
            gpointer    user_data)
{
  *(gint64 *) user_data += n;
}

static gboolean
count_matches (DspDb           *db,
               const DspFilter *filter,
               const GArray    *overlay,
               guint           *n_matches,
               GError         **error)
{
  DspQuery query = { .entity = filter->entity, .filter = filter, .now_us = g_get_real_time () };
  gpointer before = dsp_record_new (filter->entity);
  gint64 n = 0;
  gboolean ok = dsp_query_counts (db, &query, NULL, add_number, &n, error);

  for (guint i = 0; ok && i < overlay->len; i++)
    {
      const DspRecordOver *over = &g_array_index (overlay, DspRecordOver, i);
      DspStep step = dsp_table_get (db, NULL, filter->entity, &over->id, DSP_FIELDS_ALL, before, error);

      ok = step != DSP_STEP_FAILED;
      n -= step == DSP_STEP_ROW && dsp_filter_matches (filter, before, query.now_us);
      n += over->record != NULL && dsp_filter_matches (filter, over->record, query.now_us);
    }
  dsp_record_free (filter->entity, before);
  *n_matches = (guint) MAX (n, 0);
  return ok;
}

/* ---- the rows ---- */

typedef struct {
  const DspRecordQuery *query;
  GHashTable           *hidden; /* of DspId: what the overlay has */
  GPtrArray            *rows;
} Reading;

static gboolean
add_row (gconstpointer record,
         gpointer      user_data)
{
  Reading *reading = user_data;

  if (!g_hash_table_contains (reading->hidden, &((const DspRecord *) record)->id))
    g_ptr_array_add (reading->rows, dsp_record_dup (reading->query->filter->entity, record));
  return TRUE;
}

/* none: before every value */
static gint64
key_of (const DspField *field,
        gconstpointer   record)
{
  if (dsp_field_is_none (field, record))
    return G_MININT64;
  switch ((DspKind) field->kind)
    {
    case DSP_KIND_TIME:
      return dsp_field_time (field, record)->us;
    case DSP_KIND_DATE:
      return dsp_field_date (field, record)->day;
    case DSP_KIND_INT:
      return dsp_field_int (field, record)->value;
    case DSP_KIND_MONEY:
      return dsp_field_money (field, record)->cents;
    case DSP_KIND_TEXT:
    case DSP_KIND_ID:
    case DSP_KIND_WORD:
    case DSP_KIND_YES_NO:
    case DSP_KIND_LIST:
      break;
    }
  g_return_val_if_reached (0);
}

static int
compare_rows (gconstpointer a,
              gconstpointer b,
              gpointer      user_data)
{
  const DspRecordQuery *query = user_data;
  const DspRecord *one = *(DspRecord *const *) a, *two = *(DspRecord *const *) b;
  gint64 x = key_of (query->sort, one), y = key_of (query->sort, two);
  int order = x != y ? (x < y ? -1 : 1) : dsp_id_compare (&one->id, &two->id);

  return query->descending ? -order : order;
}

static gboolean
read_rows (DspDb                *db,
           const DspRecordQuery *query,
           const GArray         *overlay,
           GPtrArray            *rows,
           GError              **error)
{
  const DspEntity *entity = query->filter->entity;
  g_autoptr(GHashTable) hidden = g_hash_table_new (dsp_id_hash, dsp_id_equal_func);
  Reading reading = { query, hidden, rows };
  DspQuery base = { .entity = entity, .filter = query->filter, .sort = query->sort, .descending = query->descending,
                    .limit = query->n + overlay->len, .now_us = g_get_real_time () };

  for (guint i = 0; i < overlay->len; i++)
    {
      DspRecordOver *over = &g_array_index (overlay, DspRecordOver, i);

      g_hash_table_add (hidden, &over->id);
      if (over->record != NULL && dsp_filter_matches (query->filter, over->record, base.now_us))
        g_ptr_array_add (rows, dsp_record_dup (entity, over->record));
    }
  if (!dsp_query_rows (db, &base, add_row, &reading, NULL, error))
    return FALSE;
  if (overlay->len > 0)
    g_ptr_array_sort_with_data (rows, compare_rows, (gpointer) query);
  for (guint i = query->n; i < rows->len; i++)
    dsp_record_free (entity, rows->pdata[i]);
  g_ptr_array_set_size (rows, (int) MIN (rows->len, query->n));
  return TRUE;
}

/* ---- sums ---- */

typedef struct {
  const DspRecordQuery *query;
  GHashTable           *hidden; /* of DspId: what the overlay has */
  gint64               *sums;
} Adding;

static gboolean
add_up (gconstpointer record,
        gpointer      user_data)
{
  Adding *adding = user_data;

  if (adding->hidden != NULL && g_hash_table_contains (adding->hidden, &((const DspRecord *) record)->id))
    return TRUE;
  for (guint i = 0; i < DSP_RECORD_QUERY_SUMS; i++)
    if (adding->query->sums[i] != NULL)
      adding->sums[i] += dsp_field_int (adding->query->sums[i], record)->value;
  return TRUE;
}

static gboolean
sum_matches (DspDb                *db,
             const DspRecordQuery *query,
             const GArray         *overlay,
             gint64               *sums,
             GError              **error)
{
  DspQuery all = { .entity = query->filter->entity, .filter = query->filter, .now_us = g_get_real_time () };
  g_autoptr(GHashTable) hidden = g_hash_table_new (dsp_id_hash, dsp_id_equal_func);
  Adding adding = { query, NULL, sums };

  for (guint i = 0; i < DSP_RECORD_QUERY_SUMS; i++)
    if (query->sums[i] != NULL)
      all.mask |= dsp_table_bit (&all.entity->table, query->sums[i]->offset);
  if (all.mask == 0)
    return TRUE;
  for (guint i = 0; i < overlay->len; i++)
    {
      DspRecordOver *over = &g_array_index (overlay, DspRecordOver, i);

      if (over->record != NULL && dsp_filter_matches (query->filter, over->record, all.now_us))
        add_up (over->record, &adding);
      g_hash_table_add (hidden, &over->id);
    }
  adding.hidden = hidden;
  return dsp_query_rows (db, &all, add_up, &adding, NULL, error);
}

DspRecordResult *
dsp_record_query_run (DspDb                *db,
                      const DspRecordQuery *query,
                      const GArray         *overlay,
                      GError              **error)
{
  g_autoptr(DspRecordResult) result = g_new0 (DspRecordResult, 1);
  g_autoptr(GArray) none = g_array_new (FALSE, FALSE, sizeof (DspRecordOver));

  if (overlay == NULL)
    overlay = none;
  result->entity = query->filter->entity;
  result->rows = g_ptr_array_new ();
  if (!read_rows (db, query, overlay, result->rows, error) ||
      !count_matches (db, query->filter, overlay, &result->n_rows, error) || !sum_matches (db, query, overlay, result->sums, error))
    return NULL;
  for (guint i = 0; i < DSP_RECORD_QUERY_VIEWS; i++)
    if (query->views[i] != NULL && !count_matches (db, query->views[i], overlay, &result->in_view[i], error))
      return NULL;
  return g_steal_pointer (&result);
}

/* ---- in the reader's thread ---- */

typedef struct {
  DspRecordQuery query;   /* filters (owned) */
  GArray        *overlay; /* (owned): of DspRecordOver, records (owned) */
} Asked;

static void
asked_free (gpointer data)
{
  Asked *asked = data;

  for (guint i = 0; i < asked->overlay->len; i++)
    if (g_array_index (asked->overlay, DspRecordOver, i).record != NULL)
      dsp_record_free (asked->query.filter->entity, g_array_index (asked->overlay, DspRecordOver, i).record);
  g_array_unref (asked->overlay);
  for (guint i = 0; i < DSP_RECORD_QUERY_VIEWS; i++)
    dsp_filter_free ((DspFilter *) asked->query.views[i]);
  dsp_filter_free ((DspFilter *) asked->query.filter);
  g_free (asked);
}

static void
do_records (GTask      *task,
            DspReplica *self,
            gpointer    data)
{
  Asked *asked = data;
  GError *error = NULL;
  DspDb *db = dsp_replica_reader_db (self, &error);
  DspRecordResult *result = db != NULL ? dsp_record_query_run (db, &asked->query, asked->overlay, &error) : NULL;

  if (result == NULL)
    g_task_return_error (task, error);
  else
    g_task_return_pointer (task, result, (GDestroyNotify) dsp_record_result_free);
}

void
dsp_replica_records_async (DspReplica           *self,
                           const DspRecordQuery *query,
                           GCancellable         *cancellable,
                           GAsyncReadyCallback   callback,
                           gpointer              user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Asked *asked = g_new0 (Asked, 1);
  const DspEntity *entity = query->filter->entity;
  GHashTableIter iter;
  gpointer value;

  g_task_set_source_tag (task, dsp_replica_records_async);
  asked->query = *query;
  asked->query.filter = dsp_filter_dup (query->filter);
  for (guint i = 0; i < DSP_RECORD_QUERY_VIEWS; i++)
    asked->query.views[i] = query->views[i] != NULL ? dsp_filter_dup (query->views[i]) : NULL;
  asked->overlay = g_array_new (FALSE, FALSE, sizeof (DspRecordOver));
  g_hash_table_iter_init (&iter, self->overlay);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const DspHeld *held = value;
      DspRecordOver over = { held->id, NULL };

      if (held->entity != entity)
        continue;
      over.record = held->record != NULL ? dsp_record_dup (entity, held->record) : NULL;
      g_array_append_val (asked->overlay, over);
    }
  g_task_set_task_data (task, asked, asked_free);
  dsp_replica_run (self, TRUE, task, do_records);
}

DspRecordResult *
dsp_replica_records_finish (DspReplica   *self,
                            GAsyncResult *result,
                            GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
