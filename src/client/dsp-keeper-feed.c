/* dsp-keeper-feed.c: what the server sends: pages of the feed, whole copies, history, geometries
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A page of the feed is one transaction: rows, the commands that it brings back, and the cursor. A whole copy goes into
 * tables beside the base ("shadow_…"), takes the feed from where it began until it has passed its own pages, and then
 * becomes the base in one transaction: nobody ever sees a mixture.
 */
#define G_LOG_DOMAIN "dsp-keeper"

#include "config.h"
#include "dsp-keeper-private.h"

#include "dsp-feed.h"
#include "dsp-record-json.h"

#include <string.h>

/* ---- reading pages ---- */

static gboolean
bad (GError    **error,
     const char *what)
{
  g_set_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_SERVER, "the server sent what cannot be read: %s", what);
  return FALSE;
}

static bool
read_scope (DspJsonReader *r,
            DspId         *scope)
{
  const char *text;
  gsize length;

  if (!dsp_json_read_raw (r, &text, &length))
    return false;
  if (dsp_json_is (text, length, "common"))
    *scope = dsp_scope_common;
  else if (dsp_json_is (text, length, "company"))
    *scope = dsp_scope_company;
  else if (dsp_json_is (text, length, "all"))
    *scope = dsp_scope_all;
  else if (!dsp_id_parse (text, length, scope))
    return dsp_json_fail (r, "not a scope");
  return true;
}

static bool
read_id (DspJsonReader *r,
         DspId         *id)
{
  const char *text;
  gsize length;

  return dsp_json_read_raw (r, &text, &length) && (dsp_id_parse (text, length, id) || dsp_json_fail (r, "not an id"));
}

static const DspEntity *
read_entity (DspJsonReader *r)
{
  const char *text;
  gsize length;

  if (!dsp_json_read_raw (r, &text, &length))
    return NULL;
  for (guint i = 0; dsp_entities[i] != NULL; i++)
    if (dsp_json_is (text, length, dsp_entities[i]->table.name))
      return dsp_entities[i];
  return NULL;
}

typedef struct {
  gint64           seq, version, at_us;
  const DspEntity *entity;     /* NULL: a newer server's */
  DspId            id, scope;
  bool             put;
  char             by[64], kind[64];
  const char      *body;
  gsize            body_length;
} Change;

static void
copy_short (DspJsonReader *r,
            char          *to,
            gsize          size)
{
  g_autofree char *text = NULL;

  if (dsp_json_peek (r) != '"')
    dsp_json_skip (r, NULL, NULL);
  else if (dsp_json_read_text (r, &text))
    g_strlcpy (to, text, size);
}

static bool
read_change (DspJsonReader *r,
             Change        *change)
{
  const char *name, *text;
  gsize length, n;

  memset (change, 0, sizeof *change);
  if (!dsp_json_enter_object (r))
    return false;
  while (dsp_json_next_member (r, &name, &length))
    if (dsp_json_is (name, length, "seq"))
      dsp_json_read_int (r, &change->seq);
    else if (dsp_json_is (name, length, "entity"))
      change->entity = read_entity (r);
    else if (dsp_json_is (name, length, "id"))
      read_id (r, &change->id);
    else if (dsp_json_is (name, length, "version"))
      dsp_json_read_int (r, &change->version);
    else if (dsp_json_is (name, length, "op"))
      change->put = dsp_json_read_raw (r, &text, &n) && dsp_json_is (text, n, "put");
    else if (dsp_json_is (name, length, "scope"))
      read_scope (r, &change->scope);
    else if (dsp_json_is (name, length, "by"))
      copy_short (r, change->by, sizeof change->by);
    else if (dsp_json_is (name, length, "kind"))
      copy_short (r, change->kind, sizeof change->kind);
    else if (dsp_json_is (name, length, "at"))
      {
        DspTime at = { 0 };

        if (dsp_json_read_raw (r, &text, &n) && dsp_time_parse (text, n, &at))
          change->at_us = at.us;
      }
    else if (dsp_json_is (name, length, "body"))
      dsp_json_skip (r, &change->body, &change->body_length);
    else
      dsp_json_skip (r, NULL, NULL);
  return true;
}

typedef struct {
  gint64      head;
  char       *cursor, *epoch;  /* (owned) */
  bool        more, has_grants, all_gone;
  GArray     *del;             /* (owned) of DspId */
  guint       n_add;
  const char *changes;         /* the array, unread */
  gsize       changes_length;
} Reply;

static void
reply_clear (Reply *reply)
{
  g_free (reply->cursor);
  g_free (reply->epoch);
  g_clear_pointer (&reply->del, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Reply, reply_clear)

static void
read_grants (DspJsonReader *r,
             Reply         *reply)
{
  const char *name;
  gsize length;

  reply->has_grants = true;
  dsp_json_enter_object (r);
  while (dsp_json_next_member (r, &name, &length))
    if (dsp_json_is (name, length, "del") || dsp_json_is (name, length, "add"))
      {
        bool del = *name == 'd';

        dsp_json_enter_array (r);
        while (dsp_json_next_item (r))
          {
            DspId scope;

            if (!read_scope (r, &scope))
              break;
            if (!del)
              reply->n_add++;
            else if (dsp_id_equal (&scope, &dsp_scope_all))
              reply->all_gone = true;
            else
              g_array_append_val (reply->del, scope);
          }
      }
    else
      dsp_json_skip (r, NULL, NULL);
}

static gboolean
read_reply (const char *text,
            gsize       length,
            Reply      *reply,
            GError    **error)
{
  DspJsonReader r;
  const char *name;
  gsize n;

  reply->del = g_array_new (FALSE, FALSE, sizeof (DspId));
  dsp_json_reader_init (&r, text, length);
  dsp_json_enter_object (&r);
  while (dsp_json_next_member (&r, &name, &n))
    if (dsp_json_is (name, n, "head"))
      dsp_json_read_int (&r, &reply->head);
    else if (dsp_json_is (name, n, "cursor") && reply->cursor == NULL)
      dsp_json_read_text (&r, &reply->cursor);
    else if (dsp_json_is (name, n, "epoch") && reply->epoch == NULL)
      dsp_json_read_text (&r, &reply->epoch);
    else if (dsp_json_is (name, n, "more"))
      dsp_json_read_bool (&r, &reply->more);
    else if (dsp_json_is (name, n, "grants") && dsp_json_peek (&r) == '{')
      read_grants (&r, reply);
    else if (dsp_json_is (name, n, "changes"))
      dsp_json_skip (&r, &reply->changes, &reply->changes_length);
    else
      dsp_json_skip (&r, NULL, NULL);
  if (!dsp_json_reader_finish (&r, error))
    {
      g_prefix_error (error, "a page of the feed: ");
      return FALSE;
    }
  return (reply->cursor != NULL && reply->epoch != NULL) || bad (error, "a page without cursor or epoch");
}

/* ---- changes ---- */

static gboolean
touch (DspKeeper    *keeper,
       const Change *change,
       GError      **error)
{
  g_autoptr(DspStmt) stmt = NULL;

  if (*change->by == '\0')
    return TRUE;
  stmt = dsp_db_prepare (keeper->db,
                         "INSERT INTO \"touched\" (\"entity\", \"id\", \"user_name\", \"kind\", \"at\") VALUES ($1, $2, $3, $4, $5)"
                         " ON CONFLICT (\"entity\", \"id\") DO UPDATE SET \"user_name\" = excluded.\"user_name\","
                         " \"kind\" = excluded.\"kind\", \"at\" = excluded.\"at\"",
                         error);
  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_text (stmt, 1, change->entity->table.name, -1);
  dsp_stmt_bind_blob (stmt, 2, change->id.b, sizeof change->id.b);
  dsp_stmt_bind_text (stmt, 3, change->by, -1);
  dsp_stmt_bind_text (stmt, 4, change->kind, -1);
  dsp_stmt_bind_int (stmt, 5, change->at_us);
  return dsp_stmt_run (stmt, NULL, error);
}

/* Into the base (@prefix NULL) or a copy in progress. */
static gboolean
apply_change (DspKeeper    *keeper,
              const char   *prefix,
              const Change *change,
              GError      **error)
{
  g_autofree gpointer record = NULL;
  DspRecord head = { 0 };
  guint64 given;
  gboolean ok;

  if (!change->put)
    return dsp_table_delete (keeper->db, prefix, change->entity, &change->id, NULL, error);
  switch (dsp_table_head (keeper->db, prefix, change->entity, &change->id, &head, error))
    {
    case DSP_STEP_FAILED:
      return FALSE;
    case DSP_STEP_ROW:
      if (head.version >= change->version)
        return TRUE;
      break;
    case DSP_STEP_DONE:
      break;
    }
  record = g_malloc0 (change->entity->table.size);
  ok = change->body != NULL && dsp_record_json_read (&change->entity->table, DSP_STRICT_RECORD, change->body, change->body_length, record,
                                                     &given, error);
  if (!ok && change->body == NULL)
    bad (error, "a change without its record");
  ((DspRecord *) record)->id = change->id;
  ((DspRecord *) record)->scope = change->scope;
  ((DspRecord *) record)->version = change->version;
  ok = ok && dsp_table_put (keeper->db, prefix, change->entity, record, error);
  dsp_table_clear (&change->entity->table, record);
  return ok;
}

typedef struct {
  DspKey           key;
  const char      *by;
  const DspCommand *command;
} Told;

/* Applies all changes of @reply after @pos. @told (nullable): what changed; @wide: something else than orders did. */
static gboolean
apply_changes (DspKeeper   *keeper,
               const char  *prefix,
               const Reply *reply,
               gint64      *pos,
               GHashTable  *affected,
               GArray      *told,
               bool        *wide,
               guint       *n_changes,
               GError     **error)
{
  DspJsonReader r;
  Change change;

  if (reply->changes == NULL)
    return TRUE;
  dsp_json_reader_init (&r, reply->changes, reply->changes_length);
  dsp_json_enter_array (&r);
  while (dsp_json_next_item (&r))
    {
      if (!read_change (&r, &change))
        break;
      if (change.seq <= *pos)
        continue;
      *pos = change.seq;
      (*n_changes)++;
      if (change.entity == NULL || change.entity == &dsp_history)
        continue;
      if (!apply_change (keeper, prefix, &change, error))
        return FALSE;
      if (told == NULL)
        continue;
      if (!touch (keeper, &change, error))
        return FALSE;
      {
        Told one = { { change.entity, change.id }, *change.by != '\0' ? g_intern_string (change.by) : NULL,
                     *change.kind != '\0' ? dsp_command_find (change.kind) : NULL };

        g_array_append_val (told, one);
        g_hash_table_remove (keeper->cache, &one.key);
        dsp_key_set_add (affected, change.entity, &change.id);
        *wide = *wide || change.entity != &dsp_order;
      }
    }
  return dsp_json_reader_finish (&r, error);
}

static gboolean
store_cursor (DspKeeper   *keeper,
              const Reply *reply,
              gint64       pos,
              GError     **error)
{
  return dsp_keeper_put_text (keeper, "sync_state", "cursor", reply->cursor, error) &&
         dsp_keeper_put_int (keeper, "sync_state", "pos", pos, error) &&
         dsp_keeper_put_int (keeper, "sync_state", "contact", keeper->contact_us, error);
}

/* ---- what may no longer be seen ---- */

static gboolean
erase_scopes (DspKeeper   *keeper,
              const Reply *reply,
              GError     **error)
{
  for (guint e = 0; dsp_entities[e] != NULL; e++)
    {
      g_autofree char *sql = NULL;

      if (reply->all_gone)
        {
          if (!dsp_schema_empty_table (keeper->db, NULL, dsp_entities[e], error))
            return FALSE;
          continue;
        }
      sql = g_strdup_printf ("DELETE FROM \"%s\" WHERE \"scope\" = $1", dsp_entities[e]->table.name);
      for (guint i = 0; i < reply->del->len; i++)
        {
          g_autoptr(DspStmt) stmt = dsp_db_prepare (keeper->db, sql, error);

          if (stmt == NULL)
            return FALSE;
          dsp_stmt_bind_blob (stmt, 1, g_array_index (reply->del, DspId, i).b, sizeof (DspId));
          if (!dsp_stmt_run (stmt, NULL, error))
            return FALSE;
        }
    }
  return TRUE;
}

/* P4: erased, not only unlinked, and out of the log. */
static gboolean
take_grants (DspKeeper   *keeper,
             const Reply *reply,
             DspPulled   *pulled,
             GError     **error)
{
  g_autoptr(GHashTable) affected = dsp_key_set_new ();
  gboolean erase = reply->all_gone || reply->del->len > 0;

  if (erase && !dsp_db_exec (keeper->db, "PRAGMA secure_delete = ON", error))
    return dsp_keeper_fail (error);
  if (!dsp_db_begin (keeper->db, error))
    return dsp_keeper_fail (error);
  if (!erase_scopes (keeper, reply, error) || !store_cursor (keeper, reply, keeper->pos, error) ||
      !dsp_keeper_touch_base (keeper, error) || !dsp_db_commit (keeper->db, error))
    {
      dsp_db_rollback (keeper->db);
      return dsp_keeper_fail (error);
    }
  g_free (keeper->cursor);
  keeper->cursor = g_strdup (reply->cursor);
  g_hash_table_remove_all (keeper->cache);
  if (erase)
    dsp_db_checkpoint (keeper->db, DSP_CHECKPOINT_TRUNCATE, NULL, NULL);
  pulled->bootstrap = reply->n_add > 0 || reply->all_gone;
  pulled->more = TRUE;
  return (dsp_keeper_load_actor (keeper, error) && dsp_keeper_replay (keeper, affected, TRUE, error) &&
          dsp_keeper_load_all (keeper, error)) ||
         dsp_keeper_fail (error);
}

/* ---- a page of the feed ---- */

static gboolean
take_page (DspKeeper   *keeper,
           const Reply *reply,
           DspPulled   *pulled,
           GError     **error)
{
  g_autoptr(GArray) told = g_array_new (FALSE, FALSE, sizeof (Told));
  g_autoptr(GHashTable) affected = dsp_key_set_new ();
  g_autoptr(GHashTable) done = g_hash_table_new (dsp_key_hash, dsp_key_equal);
  gint64 before = keeper->pos, pos = keeper->pos;
  GHashTableIter iter;
  gpointer key;
  bool wide = false, waiting = keeper->pending->len > 0;

  if (!dsp_db_begin (keeper->db, error))
    return dsp_keeper_fail (error);
  if (!apply_changes (keeper, NULL, reply, &pos, affected, told, &wide, &pulled->n_changes, error))
    goto fail;
  if (!reply->more)
    pos = MAX (pos, reply->head);
  keeper->pos = pos;
  if (!dsp_keeper_settle (keeper, affected, error) || !store_cursor (keeper, reply, pos, error) ||
      (told->len > 0 && !dsp_keeper_touch_base (keeper, error)) || !dsp_db_commit (keeper->db, error))
    goto fail;

  g_free (keeper->cursor);
  keeper->cursor = g_strdup (reply->cursor);
  pulled->more = reply->more;
  pulled->at_head = !reply->more;
  if (wide && !dsp_keeper_load_actor (keeper, error))
    return dsp_keeper_fail (error);
  if (waiting && !dsp_keeper_replay (keeper, affected, wide, error))
    return dsp_keeper_fail (error);

  /* The newest change of a record tells who; each record is told once, as it is now. */
  for (guint i = told->len; i > 0; i--)
    {
      Told *one = &g_array_index (told, Told, i - 1);

      if (g_hash_table_add (done, &one->key))
        dsp_keeper_tell (keeper, &one->key, one->by, one->command);
    }
  g_hash_table_iter_init (&iter, affected);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (!g_hash_table_contains (done, key))
      dsp_keeper_tell (keeper, key, NULL, NULL);
  dsp_keeper_flush (keeper, FALSE);
  return TRUE;

fail:
  dsp_db_rollback (keeper->db);
  keeper->pos = before;
  g_hash_table_remove_all (keeper->cache);
  /* Commands that were taken to be settled are waiting again. */
  g_ptr_array_set_size (keeper->pending, 0);
  g_hash_table_remove_all (keeper->mentions);
  keeper->n_wide = 0;
  if (!dsp_keeper_load_outbox (keeper, NULL))
    g_warning ("the outbox cannot be read again");
  return dsp_keeper_fail (error);
}

/**
 * dsp_keeper_pulled:
 * @reply: the body of GET v1/changes
 */
gboolean
dsp_keeper_pulled (DspKeeper  *keeper,
                   const char *text,
                   gsize       length,
                   DspPulled  *pulled,
                   GError    **error)
{
  g_auto(Reply) reply = { 0 };

  memset (pulled, 0, sizeof *pulled);
  if (!read_reply (text, length, &reply, error))
    return FALSE;
  if (g_strcmp0 (reply.epoch, keeper->epoch) != 0)
    return bad (error, "a page of another epoch");
  return reply.has_grants ? take_grants (keeper, &reply, pulled, error) : take_page (keeper, &reply, pulled, error);
}

/* ---- whole copies ---- */

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
dsp_keeper_copy_abort (DspKeeper *keeper)
{
  if (keeper->copy.active && keeper->db != NULL && !drop_shadows (keeper, NULL))
    g_debug ("could not drop an unfinished copy, ignoring: the next one does");
  g_clear_pointer (&keeper->copy.from, g_free);
  g_clear_pointer (&keeper->copy.epoch, g_free);
  memset (&keeper->copy, 0, sizeof keeper->copy);
}

gboolean
dsp_keeper_copy_begin (DspKeeper *keeper,
                       GError   **error)
{
  dsp_keeper_copy_abort (keeper);
  if (!drop_shadows (keeper, error))
    return dsp_keeper_fail (error);
  for (guint e = 0; dsp_entities[e] != NULL; e++)
    if (dsp_entities[e] != &dsp_history && !dsp_schema_create_table (keeper->db, DSP_SHADOW, dsp_entities[e], error))
      return dsp_keeper_fail (error);
  keeper->copy.active = TRUE;
  keeper->copy.top_seq = -1;
  return TRUE;
}

/* A row goes from text to statement through one record that is used again and again. */
static bool
read_row (DspJsonReader   *r,
          const DspEntity *entity,
          gpointer         record,
          GError         **error)
{
  DspRecord head = { 0 };
  const char *name;
  gsize length;
  guint64 given;
  bool body = false;

  if (!dsp_json_enter_object (r))
    return false;
  while (dsp_json_next_member (r, &name, &length))
    if (dsp_json_is (name, length, "id"))
      read_id (r, &head.id);
    else if (dsp_json_is (name, length, "scope"))
      read_scope (r, &head.scope);
    else if (dsp_json_is (name, length, "version"))
      dsp_json_read_int (r, &head.version);
    else if (dsp_json_is (name, length, "body"))
      {
        body = dsp_record_json_read_at (&entity->table, DSP_STRICT_RECORD, r, record, &given, error);
        if (!body)
          return false;
      }
    else
      dsp_json_skip (r, NULL, NULL);
  ((DspRecord *) record)->id = head.id;
  ((DspRecord *) record)->scope = head.scope;
  ((DspRecord *) record)->version = head.version;
  return body && !dsp_id_is_none (&head.id);
}

static gboolean
load_rows (DspKeeper       *keeper,
           const DspEntity *entity,
           const char      *rows,
           gsize            length,
           guint           *n_rows,
           GError         **error)
{
  g_autoptr(DspBulk) bulk = NULL;
  g_autofree gpointer record = g_malloc0 (entity->table.size);
  DspJsonReader r;
  gboolean ok = TRUE;

  if (!dsp_db_begin (keeper->db, error))
    return FALSE;
  bulk = dsp_bulk_new (keeper->db, DSP_SHADOW, entity, error);
  ok = bulk != NULL;
  dsp_json_reader_init (&r, rows, length);
  dsp_json_enter_array (&r);
  while (ok && dsp_json_next_item (&r))
    {
      ok = read_row (&r, entity, record, error) && dsp_bulk_add (bulk, record, error);
      dsp_table_clear (&entity->table, record);
      (*n_rows)++;
    }
  if (error != NULL && *error == NULL && !dsp_json_reader_finish (&r, error))
    ok = FALSE;
  if (!ok && error != NULL && *error == NULL)
    bad (error, "a row of the copy");
  g_clear_pointer (&bulk, dsp_bulk_free);
  if (ok && dsp_db_commit (keeper->db, error))
    return TRUE;
  dsp_db_rollback (keeper->db);
  return FALSE;
}

/**
 * dsp_keeper_copy_page:
 * @next: (out) (transfer full) (nullable): what to ask with "after"; NULL: that was the last one
 */
gboolean
dsp_keeper_copy_page (DspKeeper  *keeper,
                      const char *reply,
                      gsize       length,
                      char      **next,
                      guint      *n_rows,
                      GError    **error)
{
  g_autofree char *epoch = NULL, *from = NULL;
  const DspEntity *entity = NULL;
  const char *name, *rows = NULL;
  gsize n, rows_length = 0;
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
      entity = read_entity (&r);
    else if (dsp_json_is (name, n, "rows"))
      dsp_json_skip (&r, &rows, &rows_length);
    else
      dsp_json_skip (&r, NULL, NULL);
  if (!dsp_json_reader_finish (&r, error))
    return FALSE;
  if (epoch == NULL || seq < 0 || (keeper->copy.epoch != NULL && strcmp (keeper->copy.epoch, epoch) != 0))
    return bad (error, "a page of a copy without epoch, or of another one");
  if (keeper->copy.epoch == NULL)
    {
      if (from == NULL)
        return bad (error, "the first page of a copy does not say where the feed goes on");
      keeper->copy.epoch = g_steal_pointer (&epoch);
      keeper->copy.from = g_steal_pointer (&from);
      keeper->copy.pos = seq;
    }
  keeper->copy.top_seq = MAX (keeper->copy.top_seq, seq);
  if (entity != NULL && entity != &dsp_history && rows != NULL && !load_rows (keeper, entity, rows, rows_length, n_rows, error))
    return dsp_keeper_fail (error);
  if (dsp_db_log_pages (keeper->db) > 16 * 1024)
    dsp_db_checkpoint (keeper->db, DSP_CHECKPOINT_PASSIVE, NULL, NULL);
  return TRUE;
}

/**
 * dsp_keeper_copy_index:
 * @cursor: (out) (transfer full) (nullable): where the feed goes on; NULL: the copy is of one instant, swap it in
 */
gboolean
dsp_keeper_copy_index (DspKeeper *keeper,
                       char     **cursor,
                       GError   **error)
{
  *cursor = NULL;
  for (guint e = 0; dsp_entities[e] != NULL; e++)
    {
      if (dsp_entities[e] == &dsp_history)
        continue;
      if (dsp_entities[e] == &dsp_order ? !dsp_keeper_create_order_indexes (keeper->db, DSP_SHADOW, error)
                                        : !dsp_schema_create_indexes (keeper->db, DSP_SHADOW, dsp_entities[e], FALSE, error))
        return dsp_keeper_fail (error);
    }
  keeper->copy.indexed = TRUE;
  if (keeper->copy.top_seq > keeper->copy.pos)
    *cursor = g_strdup (keeper->copy.from);
  return TRUE;
}

gboolean
dsp_keeper_copy_pull (DspKeeper  *keeper,
                      const char *text,
                      gsize       length,
                      char      **cursor,
                      gboolean   *done,
                      GError    **error)
{
  g_auto(Reply) reply = { 0 };
  gint64 pos = keeper->copy.pos;
  bool wide = false;
  guint n = 0;

  *cursor = NULL;
  g_return_val_if_fail (keeper->copy.indexed, FALSE);
  if (!read_reply (text, length, &reply, error))
    return FALSE;
  if (reply.has_grants || g_strcmp0 (reply.epoch, keeper->copy.epoch) != 0)
    return bad (error, "what may be seen changed during the copy");
  if (!dsp_db_begin (keeper->db, error))
    return dsp_keeper_fail (error);
  if (!apply_changes (keeper, DSP_SHADOW, &reply, &pos, NULL, NULL, &wide, &n, error) || !dsp_db_commit (keeper->db, error))
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

static gboolean
swap_tables (DspKeeper  *keeper,
             GHashTable *affected,
             GError    **error)
{
  for (guint e = 0; dsp_entities[e] != NULL; e++)
    if (dsp_entities[e] != &dsp_history && !dsp_schema_swap_table (keeper->db, DSP_SHADOW, NULL, dsp_entities[e], error))
      return FALSE;
  keeper->pos = keeper->copy.pos;
  return dsp_keeper_put_text (keeper, "sync_state", "cursor", keeper->copy.from, error) &&
         dsp_keeper_put_text (keeper, "sync_state", "epoch", keeper->copy.epoch, error) &&
         dsp_keeper_put_int (keeper, "sync_state", "pos", keeper->pos, error) &&
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

/* ---- history ---- */

static bool
read_entry (DspJsonReader *r,
            DspHistory    *entry,
            GError       **error)
{
  DspId id = dsp_id_none;
  const char *name;
  gsize length;
  guint64 given;

  if (!dsp_json_enter_object (r))
    return false;
  while (dsp_json_next_member (r, &name, &length))
    if (dsp_json_is (name, length, "id"))
      read_id (r, &id);
    else if (dsp_json_is (name, length, "body"))
      {
        if (!dsp_record_json_read_at (&dsp_history.table, DSP_STRICT_RECORD, r, entry, &given, error))
          return false;
      }
    else
      dsp_json_skip (r, NULL, NULL);
  entry->id = id;
  entry->scope = dsp_scope_common;
  entry->version = 1;
  return !dsp_id_is_none (&id);
}

gboolean
dsp_keeper_put_history (DspKeeper  *keeper,
                        const char *reply,
                        gsize       length,
                        GError    **error)
{
  g_autoptr(DspHistory) entry = dsp_history_new ();
  DspJsonReader r;
  const char *name;
  gsize n;
  gboolean ok = TRUE;

  if (!dsp_db_begin (keeper->db, error))
    return dsp_keeper_fail (error);
  dsp_json_reader_init (&r, reply, length);
  dsp_json_enter_object (&r);
  while (ok && dsp_json_next_member (&r, &name, &n))
    if (!dsp_json_is (name, n, "entries"))
      dsp_json_skip (&r, NULL, NULL);
    else
      {
        dsp_json_enter_array (&r);
        while (ok && dsp_json_next_item (&r))
          {
            ok = read_entry (&r, entry, error) && dsp_table_put (keeper->db, NULL, &dsp_history, entry, error);
            dsp_table_clear (&dsp_history.table, entry);
          }
      }
  if (ok)
    ok = dsp_json_reader_finish (&r, error) && dsp_db_commit (keeper->db, error);
  else if (error != NULL && *error == NULL)
    bad (error, "a history entry");
  if (!ok)
    dsp_db_rollback (keeper->db);
  return ok || dsp_keeper_fail (error);
}

/* ---- geometries ---- */

GPtrArray *
dsp_keeper_wanted_blobs (DspKeeper *keeper,
                         guint      limit,
                         GError   **error)
{
  g_autoptr(GPtrArray) hashes = g_ptr_array_new_with_free_func (g_free);
  g_autoptr(DspStmt) stmt = dsp_db_prepare (keeper->db,
                                            "SELECT DISTINCT \"geometry\" FROM \"area\" WHERE \"geometry\" IS NOT NULL"
                                            " AND \"geometry\" NOT IN (SELECT \"hash\" FROM \"blob\") LIMIT $1",
                                            error);
  DspStep step;

  if (stmt == NULL)
    return NULL;
  dsp_stmt_bind_int (stmt, 1, limit);
  while ((step = dsp_stmt_step (stmt, error)) == DSP_STEP_ROW)
    g_ptr_array_add (hashes, g_strdup (dsp_stmt_text (stmt, 0, NULL)));
  return step == DSP_STEP_DONE ? g_steal_pointer (&hashes) : NULL;
}

static bool
is_hash_of (const guint8 *hash,
            const guint8 *bytes,
            gsize         length)
{
  g_autoptr(GChecksum) sum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize n = sizeof digest;

  g_checksum_update (sum, bytes, (gssize) length);
  g_checksum_get_digest (sum, digest, &n);
  return memcmp (hash, digest, 16) == 0;
}

/**
 * dsp_keeper_put_blobs:
 * @bytes: one after another: 16 bytes of hash, length as four bytes little endian, content
 */
gboolean
dsp_keeper_put_blobs (DspKeeper    *keeper,
                      const guint8 *bytes,
                      gsize         length,
                      guint        *n_stored,
                      GError      **error)
{
  g_autoptr(DspStmt) stmt = NULL;
  gsize at = 0;

  *n_stored = 0;
  if (!dsp_db_begin (keeper->db, error))
    return dsp_keeper_fail (error);
  stmt = dsp_db_prepare (keeper->db, "INSERT INTO \"blob\" (\"hash\", \"bytes\") VALUES ($1, $2) ON CONFLICT (\"hash\") DO NOTHING", error);
  if (stmt == NULL)
    goto fail;
  while (length - at >= 20)
    {
      const guint8 *hash = bytes + at;
      gsize size = (gsize) hash[16] | (gsize) hash[17] << 8 | (gsize) hash[18] << 16 | (gsize) hash[19] << 24;
      char text[33];

      at += 20;
      if (size > length - at || !is_hash_of (hash, bytes + at, size))
        {
          bad (error, "a geometry that is not what its name says");
          goto fail;
        }
      for (guint i = 0; i < 16; i++)
        g_snprintf (text + 2 * i, 3, "%02x", hash[i]);
      dsp_stmt_bind_text (stmt, 1, text, -1);
      dsp_stmt_bind_blob (stmt, 2, bytes + at, size);
      if (!dsp_stmt_run (stmt, NULL, error))
        goto fail;
      at += size;
      (*n_stored)++;
    }
  if (!dsp_db_commit (keeper->db, error))
    goto fail;
  if (*n_stored > 0)
    {
      if (keeper->delta == NULL)
        keeper->delta = dsp_delta_new ();
      keeper->delta->blobs = TRUE;
      dsp_keeper_flush (keeper, FALSE);
    }
  return TRUE;

fail:
  dsp_db_rollback (keeper->db);
  return dsp_keeper_fail (error);
}

/* ---- sums ---- */

typedef struct {
  gint64 n_rows;
  guint8 sum[16];
} Sum;

static gboolean
sum_entity (DspKeeper       *keeper,
            const DspEntity *entity,
            GHashTable      *sums,
            GError         **error)
{
  g_autofree char *sql = g_strdup_printf ("SELECT \"scope\", \"id\", \"version\" FROM \"%s\"", entity->table.name);
  g_autoptr(DspStmt) stmt = dsp_db_prepare (keeper->db, sql, error);
  DspStep step;

  if (stmt == NULL)
    return FALSE;
  while ((step = dsp_stmt_step (stmt, error)) == DSP_STEP_ROW)
    {
      DspId scope = dsp_stmt_id (stmt, 0), id = dsp_stmt_id (stmt, 1);
      Sum *sum = g_hash_table_lookup (sums, &scope);

      if (sum == NULL)
        {
          sum = g_new0 (Sum, 1);
          g_hash_table_insert (sums, g_memdup2 (&scope, sizeof scope), sum);
        }
      sum->n_rows++;
      dsp_sum_add (sum->sum, entity->table.name, &id, dsp_stmt_int (stmt, 2));
    }
  return step == DSP_STEP_DONE;
}

static bool
sum_is (const Sum  *sum,
        const char *hex,
        gsize       length)
{
  char text[33];

  for (guint i = 0; i < 16; i++)
    g_snprintf (text + 2 * i, 3, "%02x", sum->sum[i]);
  return length == 32 && memcmp (text, hex, 32) == 0;
}

static bool
compare_sum (DspJsonReader *r,
             Sum           *sum)
{
  static const Sum nothing;
  const char *name, *hex = NULL;
  gsize length, hex_length = 0;
  gint64 n_rows = 0;

  if (!dsp_json_enter_object (r))
    return false;
  while (dsp_json_next_member (r, &name, &length))
    if (dsp_json_is (name, length, "rows"))
      dsp_json_read_int (r, &n_rows);
    else if (dsp_json_is (name, length, "sum"))
      dsp_json_read_raw (r, &hex, &hex_length);
    else
      dsp_json_skip (r, NULL, NULL);
  if (sum == NULL)
    return n_rows == 0 && hex != NULL && sum_is (&nothing, hex, hex_length);
  return sum->n_rows == n_rows && hex != NULL && sum_is (sum, hex, hex_length);
}

/**
 * dsp_keeper_check_sums:
 * Compares only if the server stands where this base stands; else it is not a difference.
 */
gboolean
dsp_keeper_check_sums (DspKeeper  *keeper,
                       const char *reply,
                       gsize       length,
                       gboolean   *same,
                       GError    **error)
{
  g_autoptr(GHashTable) sums = g_hash_table_new_full (dsp_id_hash, dsp_id_equal_func, g_free, g_free);
  DspJsonReader r;
  const char *name, *list = NULL;
  gsize n, list_length = 0;
  gint64 head = -1;

  *same = TRUE;
  dsp_json_reader_init (&r, reply, length);
  dsp_json_enter_object (&r);
  while (dsp_json_next_member (&r, &name, &n))
    if (dsp_json_is (name, n, "head"))
      dsp_json_read_int (&r, &head);
    else if (dsp_json_is (name, n, "sums"))
      dsp_json_skip (&r, &list, &list_length);
    else
      dsp_json_skip (&r, NULL, NULL);
  if (!dsp_json_reader_finish (&r, error))
    return FALSE;
  if (list == NULL || head != keeper->pos)
    return TRUE;
  for (guint e = 0; dsp_entities[e] != NULL; e++)
    if (dsp_entities[e] != &dsp_history && !sum_entity (keeper, dsp_entities[e], sums, error))
      return dsp_keeper_fail (error);
  dsp_json_reader_init (&r, list, list_length);
  dsp_json_enter_object (&r);
  while (dsp_json_next_member (&r, &name, &n))
    {
      DspId scope;
      Sum *sum;

      if (dsp_json_is (name, n, "common"))
        scope = dsp_scope_common;
      else if (dsp_json_is (name, n, "company"))
        scope = dsp_scope_company;
      else if (!dsp_id_parse (name, n, &scope))
        return bad (error, "a sum of no scope");
      sum = g_hash_table_lookup (sums, &scope);
      if (!compare_sum (&r, sum))
        {
          *same = FALSE;
          g_warning ("the rows of scope %.*s are not those of the server", (int) n, name);
        }
      g_hash_table_remove (sums, &scope);
    }
  if (!dsp_json_reader_finish (&r, error))
    return FALSE;
  if (g_hash_table_size (sums) > 0)
    *same = FALSE;
  return TRUE;
}
