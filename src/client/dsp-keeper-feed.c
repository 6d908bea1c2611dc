/* dsp-keeper-feed.c: pages of the server's feed
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A page of the feed is one transaction: rows, the commands that it brings back, and the cursor.
 */
#define G_LOG_DOMAIN "dsp-keeper"

#include "config.h"
#include "dsp-keeper-page.h"

#include "dsp-feed.h"
#include "dsp-record-json.h"

#include <string.h>

/* ---- reading pages ---- */

gboolean
dsp_page_bad (GError    **error,
              const char *what)
{
  g_set_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_SERVER, "the server sent what cannot be read: %s", what);
  return FALSE;
}

bool
dsp_page_read_scope (DspJsonReader *r,
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

bool
dsp_page_read_id (DspJsonReader *r,
                  DspId         *id)
{
  const char *text;
  gsize length;

  return dsp_json_read_raw (r, &text, &length) && (dsp_id_parse (text, length, id) || dsp_json_fail (r, "not an id"));
}

const DspEntity *
dsp_page_read_entity (DspJsonReader *r)
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
      change->entity = dsp_page_read_entity (r);
    else if (dsp_json_is (name, length, "id"))
      dsp_page_read_id (r, &change->id);
    else if (dsp_json_is (name, length, "version"))
      dsp_json_read_int (r, &change->version);
    else if (dsp_json_is (name, length, "op"))
      change->put = dsp_json_read_raw (r, &text, &n) && dsp_json_is (text, n, "put");
    else if (dsp_json_is (name, length, "scope"))
      dsp_page_read_scope (r, &change->scope);
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

void
dsp_page_clear (DspPage *reply)
{
  g_free (reply->cursor);
  g_free (reply->epoch);
  g_clear_pointer (&reply->del, g_array_unref);
  g_clear_pointer (&reply->add, g_array_unref);
}

static void
read_grants (DspJsonReader *r,
             DspPage       *reply)
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

            if (!dsp_page_read_scope (r, &scope))
              break;
            if (del && dsp_id_equal (&scope, &dsp_scope_all))
              reply->all_gone = true;
            else
              g_array_append_val (del ? reply->del : reply->add, scope);
          }
      }
    else
      dsp_json_skip (r, NULL, NULL);
}

gboolean
dsp_page_read (const char  *text,
               gsize        length,
               DspPage     *reply,
               GError     **error)
{
  DspJsonReader r;
  const char *name;
  gsize n;

  reply->del = g_array_new (FALSE, FALSE, sizeof (DspId));
  reply->add = g_array_new (FALSE, FALSE, sizeof (DspId));
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
    else if (dsp_json_is (name, n, "rotate"))
      dsp_json_read_bool (&r, &reply->rotate);
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
  return (reply->cursor != NULL && reply->epoch != NULL) || dsp_page_bad (error, "a page without cursor or epoch");
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
    dsp_page_bad (error, "a change without its record");
  ((DspRecord *) record)->id = change->id;
  ((DspRecord *) record)->scope = change->scope;
  ((DspRecord *) record)->version = change->version;
  ok = ok && dsp_table_put (keeper->db, prefix, change->entity, record, error);
  dsp_table_clear (&change->entity->table, record);
  return ok;
}

static bool
has_scope (const GArray *scopes,
           const DspId  *scope)
{
  for (guint i = 0; i < scopes->len; i++)
    if (dsp_id_equal (&g_array_index (scopes, DspId, i), scope))
      return true;
  return false;
}

/* While the base catches up with a copy of added scopes, their rows stay hidden in the copy; what moves goes with its scope. */
static gboolean
apply_change_or_hide (DspKeeper    *keeper,
                      const char   *prefix,
                      const Change *change,
                      GError      **error)
{
  bool hide;

  if (prefix != NULL || keeper->copy.hidden == NULL)
    return apply_change (keeper, prefix, change, error);
  hide = change->put && has_scope (keeper->copy.hidden, &change->scope);
  return apply_change (keeper, hide ? DSP_SHADOW : NULL, change, error) &&
         dsp_table_delete (keeper->db, hide ? NULL : DSP_SHADOW, change->entity, &change->id, NULL, error);
}

typedef struct {
  DspKey           key;
  const char      *by;
  const DspCommand *command;
} Told;

/* Applies all changes of @reply after @pos. @told (nullable): what changed; @wide: something else than orders did. */
gboolean
dsp_page_apply (DspKeeper      *keeper,
                const char     *prefix,
                const DspPage  *reply,
                gint64         *pos,
                GHashTable     *affected,
                GArray         *told,
                bool           *wide,
                guint          *n_changes,
                GError        **error)
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
      if (!apply_change_or_hide (keeper, prefix, &change, error))
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
store_cursor (DspKeeper      *keeper,
              const DspPage  *reply,
              gint64          pos,
              GError        **error)
{
  return dsp_keeper_put_text (keeper, "sync_state", "cursor", reply->cursor, error) &&
         dsp_keeper_put_int (keeper, "sync_state", "pos", pos, error) &&
         dsp_keeper_put_int (keeper, "sync_state", "contact", keeper->contact_us, error);
}

/* ---- what may no longer be seen ---- */

static gboolean
erase_scopes (DspKeeper      *keeper,
              const DspPage  *reply,
              GError        **error)
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

/* Scopes whose rows have still to come: what was to come before, without what was taken away since, and what was added now.
 * @whole: all comes anew. */
static gboolean
store_added (DspKeeper     *keeper,
             const DspPage *reply,
             bool           whole,
             GError       **error)
{
  g_auto(GStrv) before = dsp_keeper_dup_added (keeper);
  g_autoptr(GString) text = g_string_new (NULL);
  char word[DSP_ID_TEXT];
  DspId scope;

  for (guint i = 0; before != NULL && before[i] != NULL; i++)
    if (dsp_id_parse (before[i], strlen (before[i]), &scope) && !has_scope (reply->del, &scope) && !has_scope (reply->add, &scope))
      g_string_append_printf (text, "%s ", before[i]);
  for (guint i = 0; i < reply->add->len; i++)
    {
      dsp_id_print (&g_array_index (reply->add, DspId, i), word);
      g_string_append_printf (text, "%s ", word);
    }
  return dsp_keeper_put_text (keeper, "sync_state", "added", whole || text->len == 0 ? NULL : g_strchomp (text->str), error);
}

/* P4: erased, not only unlinked, and out of the log. */
static gboolean
take_grants (DspKeeper      *keeper,
             const DspPage  *reply,
             DspPulled      *pulled,
             GError        **error)
{
  g_autoptr(GHashTable) affected = dsp_key_set_new ();
  gboolean erase = reply->all_gone || reply->del->len > 0;
  bool whole = reply->all_gone || !keeper->has_data || has_scope (reply->add, &dsp_scope_all) ||
               has_scope (reply->add, &dsp_scope_company);

  if (erase && !dsp_db_exec (keeper->db, "PRAGMA secure_delete = ON", error))
    return dsp_keeper_fail (error);
  if (!dsp_db_begin (keeper->db, error))
    return dsp_keeper_fail (error);
  if (!erase_scopes (keeper, reply, error) || !store_added (keeper, reply, whole, error) || !store_cursor (keeper, reply, keeper->pos, error) ||
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
  dsp_keeper_copy_abort (keeper);
  pulled->bootstrap = whole && (reply->add->len > 0 || reply->all_gone);
  pulled->more = TRUE;
  return (dsp_keeper_load_actor (keeper, error) && dsp_keeper_replay (keeper, affected, TRUE, error) &&
          dsp_keeper_load_all (keeper, error)) ||
         dsp_keeper_fail (error);
}

/* ---- a page of the feed ---- */

static gboolean
take_page (DspKeeper      *keeper,
           const DspPage  *reply,
           DspPulled      *pulled,
           GError        **error)
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
  if (!dsp_page_apply (keeper, NULL, reply, &pos, affected, told, &wide, &pulled->n_changes, error))
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
  pulled->rotate = reply->rotate;
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
  dsp_keeper_reload_outbox (keeper);
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
  g_auto(DspPage) reply = { 0 };

  memset (pulled, 0, sizeof *pulled);
  if (!dsp_page_read (text, length, &reply, error) || !dsp_keeper_need_outbox (keeper, error))
    return FALSE;
  if (g_strcmp0 (reply.epoch, keeper->epoch) != 0)
    return dsp_page_bad (error, "a page of another epoch");
  return reply.has_grants ? take_grants (keeper, &reply, pulled, error) : take_page (keeper, &reply, pulled, error);
}
