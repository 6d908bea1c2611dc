/* dsp-keeper-copy.c: whole copies of what the server has
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A whole copy goes into tables beside the base ("shadow_…"), takes the feed from where it began until it has passed its
 * own pages, and then becomes the base in one transaction: nobody ever sees a mixture.
 */
#define G_LOG_DOMAIN "dsp-keeper"

#include "config.h"
#include "dsp-keeper-page.h"

#include "dsp-columns.h"

#include <stdlib.h>
#include <string.h>

static gboolean
drop_shadows (DspKeeper *keeper,
              GError   **error)
{
  for (guint e = 0; dsp_entities[e] != NULL; e++)
    if (!dsp_schema_drop_table (keeper->db, DSP_SHADOW, dsp_entities[e], error))
      return FALSE;
  return TRUE;
}

void
dsp_copy_place_clear (DspCopyPlace *place)
{
  g_clear_pointer (&place->scope, g_free);
  g_clear_pointer (&place->next, g_free);
  place->n_rows = 0;
}

void
dsp_keeper_copy_forget (DspKeeper *keeper)
{
  g_clear_pointer (&keeper->copy.from, g_free);
  g_clear_pointer (&keeper->copy.epoch, g_free);
  g_clear_pointer (&keeper->copy.hidden, g_array_unref);
  memset (&keeper->copy, 0, sizeof keeper->copy);
}

/* ---- how far it got, in the file ---- */

#define PLACE "copy"
#define ADDED_PLACE "added_copy"
#define NOTHING "-"

static const char *
place_of (DspKeeper *keeper)
{
  return keeper->copy.added ? ADDED_PLACE : PLACE;
}

static gboolean
store_place (DspKeeper  *keeper,
             const char *scope,
             const char *next,
             GError    **error)
{
  g_autofree char *text = g_strdup_printf ("%d %s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %u %s %s %s", dsp_schema_replica.version,
                                           keeper->copy.epoch, keeper->copy.pos, keeper->copy.top_seq, keeper->copy.n_rows,
                                           keeper->copy.from, scope, next != NULL ? next : NOTHING);

  return dsp_keeper_put_text (keeper, "sync_state", place_of (keeper), text, error);
}

/* TRUE with an empty @place, too: there is nothing to go on with. */
static gboolean
load_place (DspKeeper    *keeper,
            DspCopyPlace *place,
            GError      **error)
{
  g_autofree char *text = NULL;
  g_auto(GStrv) words = NULL;

  if (!dsp_keeper_get_text (keeper, "sync_state", place_of (keeper), &text, error))
    return FALSE;
  words = g_strsplit (text != NULL ? text : "", " ", -1);
  if (g_strv_length (words) != 8 || atoi (words[0]) != dsp_schema_replica.version)
    return TRUE;
  keeper->copy.epoch = g_strdup (words[1]);
  keeper->copy.pos = g_ascii_strtoll (words[2], NULL, 10);
  keeper->copy.top_seq = g_ascii_strtoll (words[3], NULL, 10);
  keeper->copy.n_rows = place->n_rows = (guint) g_ascii_strtoull (words[4], NULL, 10);
  keeper->copy.from = g_strdup (words[5]);
  place->scope = g_strdup (words[6]);
  place->next = strcmp (words[7], NOTHING) != 0 ? g_strdup (words[7]) : NULL;
  return TRUE;
}

/* The place goes first: where there is one, its tables are there too. */
static gboolean
drop_all (DspKeeper *keeper,
          GError   **error)
{
  return dsp_keeper_put_text (keeper, "sync_state", PLACE, NULL, error) &&
         dsp_keeper_put_text (keeper, "sync_state", ADDED_PLACE, NULL, error) && drop_shadows (keeper, error);
}

void
dsp_keeper_copy_abort (DspKeeper *keeper)
{
  if (keeper->db != NULL && !drop_all (keeper, NULL))
    g_debug ("could not drop an unfinished copy, ignoring: the next one does");
  dsp_keeper_copy_forget (keeper);
}

/**
 * dsp_keeper_copy_begin:
 * @added: of the scopes of dsp_keeper_dup_added()
 * @place: (out): cleared by the caller; where an unfinished copy of that kind goes on
 */
gboolean
dsp_keeper_copy_begin (DspKeeper    *keeper,
                       gboolean      added,
                       DspCopyPlace *place,
                       GError      **error)
{
  dsp_keeper_copy_forget (keeper);
  keeper->copy.top_seq = -1;
  keeper->copy.added = added;
  if (!load_place (keeper, place, error))
    return dsp_keeper_fail (error);
  if (place->scope == NULL)
    {
      if (!drop_all (keeper, error))
        return dsp_keeper_fail (error);
      for (guint e = 0; dsp_entities[e] != NULL; e++)
        if (dsp_entities[e] != &dsp_history && !dsp_schema_create_table (keeper->db, DSP_SHADOW, dsp_entities[e], error))
          return dsp_keeper_fail (error);
    }
  keeper->copy.active = TRUE;
  return TRUE;
}

static gboolean
void_now (GError    **error,
          const char *why)
{
  g_set_error_literal (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_CHANGED, why);
  return FALSE;
}

void
dsp_keeper_copy_start (DspKeeper  *keeper,
                       const char *epoch,
                       const char *from,
                       gint64      seq)
{
  g_return_if_fail (keeper->copy.active && keeper->copy.epoch == NULL);
  keeper->copy.epoch = g_strdup (epoch);
  keeper->copy.from = g_strdup (from);
  keeper->copy.pos = seq;
}

/* A record goes from text to statement through one that is used again and again. */
static gboolean
load_columns (DspKeeper       *keeper,
              const DspEntity *entity,
              const char      *columns,
              gsize            length,
              guint           *n_rows,
              GError         **error)
{
  g_autoptr(DspColumnsReader) reader = dsp_columns_reader_new (entity, columns, length, error);
  g_autofree gpointer record = g_malloc0 (entity->table.size);
  g_autoptr(GError) fault = NULL;
  DspBulk *bulk;

  if (reader == NULL)
    return FALSE;
  bulk = dsp_bulk_new (keeper->db, DSP_SHADOW, entity, error);
  if (bulk == NULL)
    return FALSE;
  while (dsp_columns_reader_next (reader, record, &fault))
    {
      gboolean ok = dsp_bulk_add (bulk, record, &fault);

      dsp_table_clear (&entity->table, record);
      if (!ok)
        break;
      (*n_rows)++;
    }
  dsp_bulk_free (bulk);
  if (fault == NULL)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&fault));
  return FALSE;
}

/* The page's records, and where to go on behind them, in one transaction. */
static gboolean
store_page (DspKeeper       *keeper,
            const char      *scope,
            const DspEntity *entity, /* (nullable): of a newer server, or it has none */
            const char      *columns,
            gsize            length,
            const char      *next,
            guint           *n_rows,
            GError         **error)
{
  guint before = keeper->copy.n_rows;

  if (!dsp_db_begin (keeper->db, error))
    return FALSE;
  if (entity == NULL || entity == &dsp_history || columns == NULL || load_columns (keeper, entity, columns, length, n_rows, error))
    {
      keeper->copy.n_rows += *n_rows;
      if (store_place (keeper, scope, next, error) && dsp_db_commit (keeper->db, error))
        return TRUE;
      keeper->copy.n_rows = before;
    }
  dsp_db_rollback (keeper->db);
  return FALSE;
}

/**
 * dsp_keeper_copy_page:
 * @scope: of which it was asked
 * @next: (out) (transfer full) (nullable): what to ask with "after"; NULL: that was the last one
 */
gboolean
dsp_keeper_copy_page (DspKeeper  *keeper,
                      const char *scope,
                      const char *reply,
                      gsize       length,
                      char      **next,
                      guint      *n_rows,
                      GError    **error)
{
  g_autofree char *epoch = NULL, *from = NULL;
  const DspEntity *entity = NULL;
  const char *name, *columns = NULL;
  gsize n, columns_length = 0;
  gint64 seq = -1;
  DspJsonReader r;

  *next = NULL;
  *n_rows = 0;
  g_return_val_if_fail (keeper->copy.active, FALSE);
  dsp_json_reader_init (&r, reply, length);
  dsp_json_enter_object (&r);
  while (dsp_json_next_member (&r, &name, &n))
    if (dsp_json_is (name, n, "seq"))
      dsp_json_read_int (&r, &seq);
    else if (dsp_json_is (name, n, "epoch") && epoch == NULL)
      dsp_json_read_text (&r, &epoch);
    else if (dsp_json_is (name, n, "from") && from == NULL && dsp_json_peek (&r) == '"')
      dsp_json_read_text (&r, &from);
    else if (dsp_json_is (name, n, "next") && *next == NULL && dsp_json_peek (&r) == '"')
      dsp_json_read_text (&r, next);
    else if (dsp_json_is (name, n, "entity") && dsp_json_peek (&r) == '"')
      entity = dsp_page_read_entity (&r);
    else if (dsp_json_is (name, n, "columns") && dsp_json_peek (&r) == '{')
      dsp_json_skip (&r, &columns, &columns_length);
    else
      dsp_json_skip (&r, NULL, NULL);
  if (!dsp_json_reader_finish (&r, error))
    return FALSE;
  if (epoch == NULL || seq < 0 || (keeper->copy.epoch != NULL && strcmp (keeper->copy.epoch, epoch) != 0))
    return dsp_page_bad (error, "a page of a copy without epoch, or of another one");
  if (keeper->copy.epoch == NULL)
    {
      if (from == NULL)
        return dsp_page_bad (error, "the first page of a copy does not say where the feed goes on");
      keeper->copy.epoch = g_steal_pointer (&epoch);
      keeper->copy.from = g_steal_pointer (&from);
      keeper->copy.pos = seq;
    }
  keeper->copy.top_seq = MAX (keeper->copy.top_seq, seq);
  if (!store_page (keeper, scope, entity, columns, columns_length, *next, n_rows, error))
    return dsp_keeper_fail (error);
  if (dsp_db_log_pages (keeper->db) > 16 * 1024)
    dsp_db_checkpoint (keeper->db, DSP_CHECKPOINT_PASSIVE, NULL, NULL);
  return TRUE;
}

static gboolean
create_indexes (DspKeeper       *keeper,
                const DspEntity *entity,
                GError         **error)
{
  return entity == &dsp_order ? dsp_keeper_create_order_indexes (keeper->db, DSP_SHADOW, error)
                              : dsp_schema_create_indexes (keeper->db, DSP_SHADOW, entity, FALSE, error);
}

/* A record that moved to another scope while scope after scope was read came twice: the newer one counts. That is seldom, and
 * looking for it costs much, so it is only done when the first index says so. */
static gboolean
index_copy (DspKeeper       *keeper,
            const DspEntity *entity,
            GError         **error)
{
  const char *name = entity->table.name;
  g_autofree char *sql = g_strdup_printf ("DELETE FROM \"" DSP_SHADOW "%s\" WHERE \"_row\" IN (SELECT a.\"_row\" FROM \"" DSP_SHADOW "%s\" a JOIN \""
                                          DSP_SHADOW "%s\" b ON b.\"id\" = a.\"id\" WHERE b.\"version\" > a.\"version\""
                                          " OR (b.\"version\" = a.\"version\" AND b.\"_row\" > a.\"_row\"))", name, name, name);
  g_autoptr(GError) fault = NULL;

  if (create_indexes (keeper, entity, &fault))
    return TRUE;
  if (g_error_matches (fault, DSP_STORE_ERROR, DSP_STORE_ERROR_CONFLICT))
    return dsp_db_exec (keeper->db, sql, error) && create_indexes (keeper, entity, error);
  g_propagate_error (error, g_steal_pointer (&fault));
  return FALSE;
}

/* From now on the feed brings what is added into the copy. */
static void
hide_added (DspKeeper *keeper)
{
  g_auto(GStrv) added = dsp_keeper_dup_added (keeper);
  DspId scope;

  keeper->copy.hidden = g_array_new (FALSE, FALSE, sizeof (DspId));
  for (guint i = 0; added != NULL && added[i] != NULL; i++)
    if (dsp_id_parse (added[i], strlen (added[i]), &scope))
      g_array_append_val (keeper->copy.hidden, scope);
}

/**
 * dsp_keeper_copy_index:
 * @cursor: (out) (transfer full) (nullable): where the feed goes on; NULL: the copy is of one instant, swap it in
 *
 * Of added scopes that is where the base is: it has to come to where their pages were read before they join it.
 */
gboolean
dsp_keeper_copy_index (DspKeeper *keeper,
                       char     **cursor,
                       GError   **error)
{
  *cursor = NULL;
  /* From here on it does not outlive the program: it is nearly done. */
  if (keeper->copy.added && keeper->copy.top_seq <= keeper->pos)
    return TRUE;
  if (!dsp_keeper_put_text (keeper, "sync_state", place_of (keeper), NULL, error))
    return dsp_keeper_fail (error);
  for (guint e = 0; dsp_entities[e] != NULL; e++)
    {
      if (dsp_entities[e] == &dsp_history)
        continue;
      if (!index_copy (keeper, dsp_entities[e], error))
        return dsp_keeper_fail (error);
    }
  keeper->copy.indexed = TRUE;
  if (keeper->copy.added)
    hide_added (keeper);
  if (keeper->copy.added)
    *cursor = g_strdup (keeper->cursor);
  else if (keeper->copy.top_seq > keeper->copy.pos)
    *cursor = g_strdup (keeper->copy.from);
  return TRUE;
}

/**
 * dsp_keeper_copy_follows:
 * @cursor: (out) (transfer full) (nullable): where the feed goes on; NULL: the base has come to where the added scopes were read
 * FALSE: there is no such copy any more.
 */
gboolean
dsp_keeper_copy_follows (DspKeeper *keeper,
                         char     **cursor)
{
  *cursor = keeper->copy.top_seq > keeper->pos ? g_strdup (keeper->cursor) : NULL;
  return keeper->copy.active && keeper->copy.added;
}

gboolean
dsp_keeper_copy_pull (DspKeeper  *keeper,
                      const char *text,
                      gsize       length,
                      char      **cursor,
                      gboolean   *done,
                      GError    **error)
{
  g_auto(DspPage) reply = { 0 };
  gint64 pos = keeper->copy.pos;
  bool wide = false;
  guint n = 0;

  *cursor = NULL;
  g_return_val_if_fail (keeper->copy.indexed, FALSE);
  if (!dsp_page_read (text, length, &reply, error))
    return FALSE;
  if (reply.has_grants || g_strcmp0 (reply.epoch, keeper->copy.epoch) != 0)
    return void_now (error, "what may be seen changed during the copy");
  if (!dsp_db_begin (keeper->db, error))
    return dsp_keeper_fail (error);
  if (!dsp_page_apply (keeper, DSP_SHADOW, &reply, &pos, NULL, NULL, &wide, &n, error) || !dsp_db_commit (keeper->db, error))
    {
      dsp_db_rollback (keeper->db);
      return dsp_keeper_fail (error);
    }
  keeper->copy.pos = reply.more ? pos : MAX (pos, reply.head);
  g_free (keeper->copy.from);
  keeper->copy.from = g_strdup (reply.cursor);
  *done = keeper->copy.pos >= keeper->copy.top_seq;
  *cursor = g_strdup (reply.cursor);
  return TRUE;
}

/* In another history the server may know fewer of this device's commands: before the next push it is asked. */
static gboolean
keep_agreed (DspKeeper *keeper,
             GError   **error)
{
  gboolean first = keeper->epoch == NULL && keeper->last_no == 0;

  if (first)
    {
      g_free (keeper->agreed);
      keeper->agreed = g_strdup (keeper->copy.epoch);
    }
  return keeper->agreed == NULL || dsp_keeper_put_text (keeper, "sync_state", "agreed", keeper->agreed, error);
}

static gboolean
swap_tables (DspKeeper  *keeper,
             GHashTable *affected,
             GError    **error)
{
  for (guint e = 0; dsp_entities[e] != NULL; e++)
    if (dsp_entities[e] != &dsp_history && !dsp_schema_swap_table (keeper->db, DSP_SHADOW, NULL, dsp_entities[e], error))
      return FALSE;
  keeper->pos = keeper->copy.pos;
  return keep_agreed (keeper, error) && dsp_keeper_put_text (keeper, "sync_state", "cursor", keeper->copy.from, error) &&
         dsp_keeper_put_text (keeper, "sync_state", "epoch", keeper->copy.epoch, error) &&
         dsp_keeper_put_int (keeper, "sync_state", "pos", keeper->pos, error) &&
         dsp_keeper_put_text (keeper, "sync_state", "added", NULL, error) &&
         dsp_keeper_put_int (keeper, "sync_state", "has_data", 1, error) && dsp_keeper_touch_base (keeper, error) &&
         dsp_keeper_settle (keeper, affected, error) && dsp_db_commit (keeper->db, error);
}

/**
 * dsp_keeper_copy_swap:
 * The copy becomes the base; the waiting commands are run again over it.
 */
gboolean
dsp_keeper_copy_swap (DspKeeper *keeper,
                      GError   **error)
{
  g_autoptr(GHashTable) affected = dsp_key_set_new ();
  gint64 before = keeper->pos;

  g_return_val_if_fail (keeper->copy.indexed, FALSE);
  if (!dsp_db_begin (keeper->db, error))
    return dsp_keeper_fail (error);
  if (!swap_tables (keeper, affected, error))
    {
      dsp_db_rollback (keeper->db);
      keeper->pos = before;
      return dsp_keeper_fail (error);
    }
  g_free (keeper->cursor);
  keeper->cursor = g_steal_pointer (&keeper->copy.from);
  g_free (keeper->epoch);
  keeper->epoch = g_steal_pointer (&keeper->copy.epoch);
  memset (&keeper->copy, 0, sizeof keeper->copy);
  keeper->has_data = TRUE;
  g_hash_table_remove_all (keeper->cache);
  return (dsp_keeper_load_actor (keeper, error) && dsp_keeper_replay (keeper, affected, TRUE, error) &&
          dsp_keeper_load_all (keeper, error)) ||
         dsp_keeper_fail (error);
}

/* ---- scopes that were added ---- */

GStrv
dsp_keeper_dup_added (DspKeeper *keeper)
{
  g_autofree char *text = NULL;

  if (!dsp_keeper_get_text (keeper, "sync_state", "added", &text, NULL) || text == NULL)
    return NULL;
  return g_strsplit (text, " ", -1);
}

typedef struct {
  DspKeeper       *keeper;
  const DspEntity *entity;
  GError          *error;
} Adding;

/* A row of which the base has a newer state has moved since its page was read. */
static gboolean
add_record (gconstpointer record,
            gpointer      data)
{
  Adding *adding = data;
  DspRecord head = { 0 };

  switch (dsp_table_head (adding->keeper->db, NULL, adding->entity, &((const DspRecord *) record)->id, &head, &adding->error))
    {
    case DSP_STEP_ROW:
      return head.version >= ((const DspRecord *) record)->version ||
             dsp_table_put (adding->keeper->db, NULL, adding->entity, record, &adding->error);
    case DSP_STEP_DONE:
      return dsp_table_insert (adding->keeper->db, NULL, adding->entity, record, &adding->error);
    case DSP_STEP_FAILED:
    default:
      return FALSE;
    }
}

static gboolean
add_tables (DspKeeper *keeper,
            GError   **error)
{
  for (guint e = 0; dsp_entities[e] != NULL; e++)
    {
      Adding adding = { keeper, dsp_entities[e], NULL };

      if (dsp_entities[e] == &dsp_history)
        continue;
      if (!dsp_table_scan (keeper->db, DSP_SHADOW, dsp_entities[e], NULL, 0, 0, DSP_FIELDS_ALL, add_record, &adding, NULL, error))
        return FALSE;
      if (adding.error != NULL)
        {
          g_propagate_error (error, adding.error);
          return FALSE;
        }
    }
  return drop_all (keeper, error) && dsp_keeper_put_text (keeper, "sync_state", "added", NULL, error) &&
         dsp_keeper_touch_base (keeper, error) && dsp_db_commit (keeper->db, error);
}

/**
 * dsp_keeper_copy_add:
 * The rows of the added scopes join the base, all at once, which has come to where the last of them was read.
 */
gboolean
dsp_keeper_copy_add (DspKeeper *keeper,
                     GError   **error)
{
  g_autoptr(GHashTable) affected = dsp_key_set_new ();

  g_return_val_if_fail (keeper->copy.active && keeper->copy.added, FALSE);
  /* The server was restored, and nothing of it can be added to what is here. */
  if (g_strcmp0 (keeper->copy.epoch, keeper->epoch) != 0)
    return void_now (error, "rows of another epoch than the feed's");
  if (!dsp_db_begin (keeper->db, error))
    return dsp_keeper_fail (error);
  if (!add_tables (keeper, error))
    {
      dsp_db_rollback (keeper->db);
      return dsp_keeper_fail (error);
    }
  dsp_keeper_copy_forget (keeper);
  g_hash_table_remove_all (keeper->cache);
  return (dsp_keeper_load_actor (keeper, error) && dsp_keeper_replay (keeper, affected, TRUE, error) &&
          dsp_keeper_load_all (keeper, error)) ||
         dsp_keeper_fail (error);
}
