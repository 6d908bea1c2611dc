/* dsp-replica-find.c: records by filter, search, history, geometries
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * SQL sees the base; the overlay is laid over its answer in the owner's thread: records that are in it are taken out and
 * judged anew by core's own function.
 */
#define G_LOG_DOMAIN "dsp-replica"

#include "config.h"
#include "dsp-penalty.h"
#include "dsp-replica-private.h"

#include <string.h>

gpointer
dsp_replica_dup_record (DspReplica      *self,
                        const DspEntity *entity,
                        const DspId     *id)
{
  bool in_overlay;
  gconstpointer over = dsp_replica_overlaid (self, entity, id, &in_overlay);
  g_autoptr(GError) error = NULL;
  gpointer record;

  if (in_overlay || dsp_entity_is_small (entity))
    {
      if (!in_overlay)
        over = dsp_replica_get (self, entity, id);
      return over != NULL ? dsp_record_dup (entity, over) : NULL;
    }
  if (self->closed || dsp_id_is_none (id))
    return NULL;
  record = dsp_record_new (entity);
  switch (dsp_table_get (self->db, NULL, entity, id, DSP_FIELDS_ALL, record, &error))
    {
    case DSP_STEP_ROW:
      return record;
    case DSP_STEP_FAILED:
      g_warning ("could not read a %s: %s", entity->table.name, error->message);
      break;
    case DSP_STEP_DONE:
    default:
      break;
    }
  dsp_record_free (entity, record);
  return NULL;
}

/* GPtrArray's free functions take no data, so records of each entity need one of their own. */
#define FREE_FUNC(entity) static void free_##entity (gpointer record) { dsp_record_free (&entity, record); }
FREE_FUNC (dsp_order)
FREE_FUNC (dsp_customer)
FREE_FUNC (dsp_crew)
FREE_FUNC (dsp_technician)
FREE_FUNC (dsp_membership)
FREE_FUNC (dsp_distributor)
FREE_FUNC (dsp_master)
FREE_FUNC (dsp_user)
FREE_FUNC (dsp_profile)
FREE_FUNC (dsp_grant)
FREE_FUNC (dsp_postal_code)
FREE_FUNC (dsp_settlement)
FREE_FUNC (dsp_area)
FREE_FUNC (dsp_saved_filter)
FREE_FUNC (dsp_history)
FREE_FUNC (dsp_roll_call)
FREE_FUNC (dsp_attachment)
FREE_FUNC (dsp_penalty)

static GDestroyNotify
free_func_of (const DspEntity *entity)
{
  static const struct { const DspEntity *entity; GDestroyNotify func; } funcs[] = {
    { &dsp_order, free_dsp_order },             { &dsp_customer, free_dsp_customer },
    { &dsp_crew, free_dsp_crew },               { &dsp_technician, free_dsp_technician },
    { &dsp_membership, free_dsp_membership },   { &dsp_distributor, free_dsp_distributor },
    { &dsp_master, free_dsp_master },           { &dsp_user, free_dsp_user },
    { &dsp_profile, free_dsp_profile },         { &dsp_grant, free_dsp_grant },
    { &dsp_postal_code, free_dsp_postal_code }, { &dsp_settlement, free_dsp_settlement },
    { &dsp_area, free_dsp_area },               { &dsp_saved_filter, free_dsp_saved_filter },
    { &dsp_history, free_dsp_history },         { &dsp_roll_call, free_dsp_roll_call },
    { &dsp_attachment, free_dsp_attachment },   { &dsp_penalty, free_dsp_penalty },
  };

  for (guint i = 0; i < G_N_ELEMENTS (funcs); i++)
    if (funcs[i].entity == entity)
      return funcs[i].func;
  g_return_val_if_reached (NULL);
}

typedef struct {
  DspFilter       *filter;  /* (owned) */
  const DspEntity *entity;
  guint            limit;
  GPtrArray       *found;   /* (owned): records */
} Find;

static void
find_free (gpointer data)
{
  Find *find = data;

  g_clear_pointer (&find->filter, dsp_filter_free);
  g_clear_pointer (&find->found, g_ptr_array_unref);
  g_free (find);
}

static gboolean
add_record (gconstpointer record,
            gpointer      user_data)
{
  Find *find = user_data;

  g_ptr_array_add (find->found, dsp_record_dup (find->entity, record));
  return TRUE;
}

static const DspField *
display_field (const DspEntity *entity)
{
  return entity->display_offset != 0 ? dsp_table_at (&entity->table, entity->display_offset) : NULL;
}

static gboolean
run_find (DspReplica *self,
          Find       *find,
          GError    **error)
{
  DspQuery query = { .entity = find->entity, .filter = find->filter, .sort = display_field (find->entity),
                     .limit = find->limit, .now_us = g_get_real_time () };
  DspDb *db = dsp_replica_reader_db (self, error);

  find->found = g_ptr_array_new_with_free_func (free_func_of (find->entity));
  return db != NULL && dsp_query_rows (db, &query, add_record, find, NULL, error);
}

static void
do_find (GTask      *task,
         DspReplica *self,
         gpointer    data)
{
  GError *error = NULL;

  if (run_find (self, data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static int
compare_records (gconstpointer a,
                 gconstpointer b,
                 gpointer      user_data)
{
  const DspEntity *entity = user_data;
  const char *one = dsp_record_display (entity, *(gconstpointer const *) a), *two = dsp_record_display (entity, *(gconstpointer const *) b);

  return g_strcmp0 (one, two);
}

static void
sort_and_cut (Find *find)
{
  if (find->entity->display_offset != 0)
    g_ptr_array_sort_with_data (find->found, compare_records, (gpointer) find->entity);
  if (find->limit > 0 && find->found->len > find->limit)
    g_ptr_array_set_size (find->found, (int) find->limit);
}

/* Small entities are all in memory, overlay included. */
static void
find_small (DspReplica *self,
            Find       *find)
{
  g_autoptr(GPtrArray) all = dsp_replica_list (self, find->entity);
  gint64 now_us = g_get_real_time ();

  find->found = g_ptr_array_new_with_free_func (free_func_of (find->entity));
  for (guint i = 0; i < all->len; i++)
    if (dsp_filter_matches (find->filter, all->pdata[i], now_us))
      g_ptr_array_add (find->found, dsp_record_dup (find->entity, all->pdata[i]));
  sort_and_cut (find);
}

/* Lays the overlay over what SQL found. */
static void
lay_over (DspReplica *self,
          Find       *find)
{
  GHashTableIter iter;
  gpointer value;

  for (guint i = find->found->len; i > 0; i--)
    {
      const DspRecord *record = g_ptr_array_index (find->found, i - 1);
      bool in_overlay;

      dsp_replica_overlaid (self, find->entity, &record->id, &in_overlay);
      if (in_overlay)
        g_ptr_array_remove_index (find->found, i - 1);
    }
  g_hash_table_iter_init (&iter, self->overlay);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      DspHeld *held = value;

      if (held->entity == find->entity && held->record != NULL && dsp_filter_matches (find->filter, held->record, g_get_real_time ()))
        g_ptr_array_add (find->found, dsp_record_dup (held->entity, held->record));
    }
  sort_and_cut (find);
}

static void
on_found (GObject      *source,
          GAsyncResult *result,
          gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  Find *find = g_task_get_task_data (G_TASK (result));
  GError *error = NULL;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_task_return_error (task, error);
      return;
    }
  lay_over (DSP_REPLICA (source), find);
  g_task_return_pointer (task, g_steal_pointer (&find->found), (GDestroyNotify) g_ptr_array_unref);
}

void
dsp_replica_find_async (DspReplica         *self,
                        const DspFilter    *filter,
                        guint               limit,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Find *find = g_new0 (Find, 1);
  GTask *inner = g_task_new (self, cancellable, on_found, task);

  g_task_set_source_tag (task, dsp_replica_find_async);
  find->filter = dsp_filter_dup (filter);
  find->entity = filter->entity;
  find->limit = limit;
  g_task_set_task_data (inner, find, find_free);
  if (dsp_entity_is_small (find->entity))
    {
      find_small (self, find);
      g_task_return_pointer (task, g_steal_pointer (&find->found), (GDestroyNotify) g_ptr_array_unref);
      g_object_unref (inner);
      g_object_unref (task);
      return;
    }
  dsp_replica_run (self, TRUE, inner, do_find);
}

GPtrArray *
dsp_replica_find_finish (DspReplica   *self,
                         GAsyncResult *result,
                         GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- search over everything ---- */

void
dsp_found_free (DspFound *found)
{
  if (found == NULL)
    return;
  g_free (found->title);
  g_free (found->subtitle);
  g_free (found);
}

typedef struct {
  char  *text;    /* (owned) */
  guint  limit;
  Find   orders;
} Search;

static void
search_free (gpointer data)
{
  Search *search = data;

  g_free (search->text);
  g_clear_pointer (&search->orders.filter, dsp_filter_free);
  g_clear_pointer (&search->orders.found, g_ptr_array_unref);
  g_free (search);
}

/* Numbers and accounts that begin so, by their indexes; then, if there is room, the words anywhere. */
static void
do_search (GTask      *task,
           DspReplica *self,
           gpointer    data)
{
  static const char *const criteria[] = { "number", "account", "q" };
  Search *search = data;
  g_autofree char *value = dsp_filter_escape (search->text);
  g_autoptr(GHashTable) seen = g_hash_table_new (dsp_id_hash, dsp_id_equal_func);
  g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func (free_dsp_order);
  GError *error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (criteria) && all->len < search->limit; i++)
    {
      g_autoptr(DspFilter) filter = dsp_filter_new (&dsp_order);
      g_autofree char *values = g_strconcat (value, i < 2 ? "*" : "", NULL);
      Find find = { .filter = filter, .entity = &dsp_order, .limit = search->limit };
      gboolean ok;

      if (g_task_return_error_if_cancelled (task))
        return;
      ok = dsp_filter_set (filter, criteria[i], values, &error) && run_find (self, &find, &error);
      for (guint j = 0; ok && j < find.found->len; j++)
        {
          DspOrder *order = g_ptr_array_index (find.found, j);

          if (all->len < search->limit && g_hash_table_add (seen, &order->id))
            {
              g_ptr_array_add (all, order);
              find.found->pdata[j] = dsp_order_new ();
            }
        }
      g_clear_pointer (&find.found, g_ptr_array_unref);
      if (!ok)
        {
          g_task_return_error (task, error);
          return;
        }
    }
  search->orders.found = g_steal_pointer (&all);
  g_task_return_boolean (task, TRUE);
}

static char *
address_of (const DspOrder *order)
{
  const char *parts[6];
  guint n = 0;

  if (order->contact_name != NULL)
    parts[n++] = order->contact_name;
  if (order->street != NULL)
    parts[n++] = order->street;
  if (order->neighbourhood != NULL)
    parts[n++] = order->neighbourhood;
  if (order->postal_code != NULL)
    parts[n++] = order->postal_code;
  parts[n] = NULL;
  return g_strjoinv (" · ", (char **) parts);
}

static DspFound *
found_new (const DspEntity *entity,
           const DspId     *id,
           const char      *title,
           char            *subtitle)
{
  DspFound *found = g_new0 (DspFound, 1);

  found->entity = entity;
  found->id = *id;
  found->title = g_strdup (title != NULL ? title : "");
  found->subtitle = subtitle;
  return found;
}

static bool
all_words_in (GStrv       words,
              const char *text)
{
  g_autofree char *folded = dsp_fold (text != NULL ? text : "");

  for (guint i = 0; words[i] != NULL; i++)
    if (strstr (folded, words[i]) == NULL)
      return false;
  return true;
}

static void
add_crews (DspReplica *self,
           GStrv       words,
           GPtrArray  *list,
           guint       limit)
{
  g_autoptr(GPtrArray) crews = dsp_replica_list (self, &dsp_crew);

  for (guint i = 0; i < crews->len && list->len < limit; i++)
    {
      const DspCrew *crew = g_ptr_array_index (crews, i);
      g_autofree char *text = g_strdup_printf ("%s %s", crew->code, crew->name != NULL ? crew->name : "");

      if (crew->retired != DSP_YES && all_words_in (words, text))
        g_ptr_array_add (list, found_new (&dsp_crew, &crew->id, crew->code, g_strdup (crew->name)));
    }
}

static void
on_searched (GObject      *source,
             GAsyncResult *result,
             gpointer      user_data)
{
  DspReplica *self = DSP_REPLICA (source);
  g_autoptr(GTask) task = user_data;
  Search *search = g_task_get_task_data (G_TASK (result));
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func ((GDestroyNotify) dsp_found_free);
  g_autofree char *folded = dsp_fold (search->text);
  g_auto(GStrv) words = g_strsplit (folded, " ", -1);
  GError *error = NULL;
  GHashTableIter iter;
  gpointer value;

  if (!g_task_propagate_boolean (G_TASK (result), &error))
    {
      g_task_return_error (task, error);
      return;
    }
  add_crews (self, words, list, MAX (search->limit / 4, 1));
  for (guint i = 0; i < search->orders.found->len && list->len < search->limit; i++)
    {
      const DspOrder *order = g_ptr_array_index (search->orders.found, i);
      bool in_overlay;

      dsp_replica_overlaid (self, &dsp_order, &order->id, &in_overlay);
      if (!in_overlay)
        g_ptr_array_add (list, found_new (&dsp_order, &order->id, order->number, address_of (order)));
    }
  g_hash_table_iter_init (&iter, self->overlay);
  while (list->len < search->limit && g_hash_table_iter_next (&iter, NULL, &value))
    {
      DspHeld *held = value;
      const DspOrder *order = held->record;
      g_autofree char *text = NULL;

      if (held->entity != &dsp_order || order == NULL)
        continue;
      text = g_strjoin ("\n", order->number, order->account != NULL ? order->account : "", order->contact_name != NULL ? order->contact_name : "",
                        order->phone != NULL ? order->phone : "", order->street != NULL ? order->street : "",
                        order->neighbourhood != NULL ? order->neighbourhood : "", NULL);
      if (all_words_in (words, text))
        g_ptr_array_add (list, found_new (&dsp_order, &order->id, order->number, address_of (order)));
    }
  g_task_return_pointer (task, g_steal_pointer (&list), (GDestroyNotify) g_ptr_array_unref);
}

void
dsp_replica_search_async (DspReplica         *self,
                          const char         *text,
                          guint               limit,
                          GCancellable       *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer            user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Search *search = g_new0 (Search, 1);
  GTask *inner = g_task_new (self, cancellable, on_searched, task);

  g_task_set_source_tag (task, dsp_replica_search_async);
  search->text = g_strstrip (g_strdup (text));
  search->limit = limit > 0 ? limit : 50;
  g_task_set_task_data (inner, search, search_free);
  if (*search->text == '\0')
    {
      g_object_unref (inner);
      g_task_return_pointer (task, g_ptr_array_new_with_free_func ((GDestroyNotify) dsp_found_free), (GDestroyNotify) g_ptr_array_unref);
      g_object_unref (task);
      return;
    }
  dsp_replica_run (self, TRUE, inner, do_search);
}

GPtrArray *
dsp_replica_search_finish (DspReplica   *self,
                           GAsyncResult *result,
                           GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- history ---- */

typedef struct {
  const DspEntity *entity;
  DspId            id;
  GPtrArray       *entries;
} History;

static gboolean
add_entry (gconstpointer record,
           gpointer      user_data)
{
  History *history = user_data;
  const DspHistory *entry = record;

  if (g_strcmp0 (entry->entity, history->entity->table.name) == 0)
    g_ptr_array_add (history->entries, dsp_history_dup (entry));
  return TRUE;
}

static gboolean
add_penalty (gconstpointer record,
             gpointer      user_data)
{
  g_array_append_val (user_data, ((const DspRecord *) record)->id);
  return TRUE;
}

static gboolean
add_entries (DspDb       *db,
             History     *history,
             const DspId *id,
             GError     **error)
{
  return dsp_table_each_id (db, NULL, &dsp_history, dsp_table_at (&dsp_history.table, offsetof (DspHistory, record_id)), id,
                            DSP_FIELDS_ALL, add_entry, history, error);
}

static gboolean
add_penalties (DspDb    *db,
               History  *history,
               GError  **error)
{
  g_autoptr(GArray) ids = g_array_new (FALSE, FALSE, sizeof (DspId));

  if (!dsp_table_each_id (db, NULL, &dsp_penalty, dsp_table_at (&dsp_penalty.table, offsetof (DspPenalty, order_id)),
                          &history->id, 0, add_penalty, ids, error))
    return FALSE;
  history->entity = &dsp_penalty;
  for (guint i = 0; i < ids->len; i++)
    if (!add_entries (db, history, &g_array_index (ids, DspId, i), error))
      return FALSE;
  return TRUE;
}

static int
compare_entries (gconstpointer a,
                 gconstpointer b)
{
  const DspHistory *one = *(DspHistory *const *) a, *two = *(DspHistory *const *) b;

  if (one->at.us != two->at.us)
    return one->at.us < two->at.us ? -1 : 1;
  return one->seq.value < two->seq.value ? -1 : one->seq.value > two->seq.value;
}

static void
do_history (GTask      *task,
            DspReplica *self,
            gpointer    data)
{
  History *history = data;
  GError *error = NULL;
  DspDb *db = dsp_replica_reader_db (self, &error);

  history->entries = g_ptr_array_new_with_free_func (free_dsp_history);
  /* As at the server, an order's history is also that of its penalties. */
  if (db == NULL || !add_entries (db, history, &history->id, &error) ||
      (history->entity == &dsp_order && !add_penalties (db, history, &error)))
    {
      g_ptr_array_unref (history->entries);
      g_task_return_error (task, error);
      return;
    }
  g_ptr_array_sort (history->entries, compare_entries);
  g_task_return_pointer (task, history->entries, (GDestroyNotify) g_ptr_array_unref);
}

void
dsp_replica_history_async (DspReplica         *self,
                           const DspEntity    *entity,
                           const DspId        *id,
                           GCancellable       *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer            user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  History *history = g_new0 (History, 1);

  g_task_set_source_tag (task, dsp_replica_history_async);
  history->entity = entity;
  history->id = *id;
  g_task_set_task_data (task, history, g_free);
  dsp_replica_run (self, TRUE, task, do_history);
}

GPtrArray *
dsp_replica_history_finish (DspReplica   *self,
                            GAsyncResult *result,
                            GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

/* ---- geometries ---- */

static void
blob_free (gpointer data)
{
  DspBlob *blob = data;

  g_free (blob->hash);
  g_bytes_unref (blob->bytes);
  g_free (blob);
}

/* @data: the hash; NULL: all. */
static void
do_blobs (GTask      *task,
          DspReplica *self,
          gpointer    data)
{
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func (blob_free);
  g_autoptr(DspStmt) stmt = NULL;
  GError *error = NULL;
  DspDb *db = dsp_replica_reader_db (self, &error);
  DspStep step = DSP_STEP_FAILED;

  if (db != NULL)
    stmt = dsp_db_prepare (db, "SELECT \"hash\", \"bytes\" FROM \"blob\" WHERE $1 IS NULL OR \"hash\" = $1", &error);
  if (stmt != NULL)
    {
      dsp_stmt_bind_text (stmt, 1, data, -1);
      while ((step = dsp_stmt_step (stmt, &error)) == DSP_STEP_ROW)
        {
          DspBlob *blob = g_new0 (DspBlob, 1);
          gsize length;
          gconstpointer bytes = dsp_stmt_blob (stmt, 1, &length);

          blob->hash = g_strdup (dsp_stmt_text (stmt, 0, NULL));
          blob->bytes = g_bytes_new (bytes, length);
          g_ptr_array_add (list, blob);
        }
    }
  if (step == DSP_STEP_DONE)
    g_task_return_pointer (task, g_steal_pointer (&list), (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

void
dsp_replica_blob_async (DspReplica         *self,
                        const char         *hash,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, dsp_replica_blob_async);
  g_task_set_task_data (task, g_strdup (hash), g_free);
  dsp_replica_run (self, TRUE, task, do_blobs);
}

GBytes *
dsp_replica_blob_finish (DspReplica   *self,
                         GAsyncResult *result,
                         GError      **error)
{
  g_autoptr(GPtrArray) list = g_task_propagate_pointer (G_TASK (result), error);

  if (list == NULL)
    return NULL;
  if (list->len > 0)
    return g_bytes_ref (((DspBlob *) g_ptr_array_index (list, 0))->bytes);
  g_set_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_NOT_FOUND, "this geometry has not come yet");
  return NULL;
}

void
dsp_replica_blobs_async (DspReplica         *self,
                         GCancellable       *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, dsp_replica_blobs_async);
  dsp_replica_run (self, TRUE, task, do_blobs);
}

GPtrArray *
dsp_replica_blobs_finish (DspReplica   *self,
                          GAsyncResult *result,
                          GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
