/* dsp-feed.c: a batch of commands goes into tables, feed, sums and history
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the database holds and what this struct holds move together: state, sums and device numbers are kept as of now in
 * the batch and written at its end. A rollback forgets them all and begins again from what was committed.
 */
#define G_LOG_DOMAIN "dsp-store"

#include "config.h"
#include "dsp-feed-private.h"
#include "dsp-record-json.h"
#include "dsp-table.h"
#include "dsp-table-private.h"

#include <string.h>

static const char insert_change_sql[] =
  "INSERT INTO \"change\" (\"seq\", \"device\", \"no\", \"last\", \"entity\", \"id\", \"version\", \"op\", \"scope_old\", \"scope_new\","
  " \"user_name\", \"kind\", \"at\", \"body\", \"salt\", \"body_hash\", \"digest\")"
  " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)";

/* The newest entry of a record: entries are only ever appended. */
static const char find_digest_sql[] =
  "SELECT \"digest\" FROM \"history\" WHERE \"record_id\" = $1 AND \"entity\" = $2 ORDER BY \"_row\" DESC LIMIT 1";

/* The entity's columns and, behind them, those of the chain. */
static char *
make_insert_entry (void)
{
  GString *sql = g_string_new ("INSERT INTO \"history\" (");

  dsp_columns_append (sql, &dsp_history, DSP_FIELDS_ALL);
  g_string_append (sql, ", \"salt\", \"body_hash\", \"before_record\", \"before_log\", \"digest\") VALUES ($1");
  for (guint i = 2; i <= dsp_history.table.n_fields + 8; i++)
    g_string_append_printf (sql, ", $%u", i);
  g_string_append_c (sql, ')');
  return g_string_free (sql, FALSE);
}

static guint
sum_hash (gconstpointer data)
{
  const DspScopeSum *sum = data;

  return dsp_id_hash (&sum->scope) ^ g_direct_hash (sum->entity);
}

static gboolean
sum_equal (gconstpointer a,
           gconstpointer b)
{
  const DspScopeSum *x = a, *y = b;

  return x->entity == y->entity && dsp_id_equal (&x->scope, &y->scope);
}

DspFeed *
dsp_feed_open (DspDb   *db,
               GError **error)
{
  g_autoptr(DspFeed) feed = g_new0 (DspFeed, 1);
  g_autofree char *insert_entry_sql = make_insert_entry ();

  feed->db = db;
  feed->sums = g_hash_table_new_full (sum_hash, sum_equal, g_free, NULL);
  feed->devices = g_hash_table_new_full (dsp_id_hash, dsp_id_equal_func, NULL, g_free);
  feed->checksum = g_checksum_new (G_CHECKSUM_SHA256);
  feed->text = g_string_new (NULL);
  feed->changes = g_string_new (NULL);
  if (!dsp_schema_open (db, &dsp_schema_entities, error) || !dsp_schema_open (db, &dsp_schema_feed, error) ||
      !dsp_feed_read_state (db, &feed->state, error) ||
      (feed->insert_change = dsp_db_prepare (db, insert_change_sql, error)) == NULL ||
      (feed->insert_entry = dsp_db_prepare (db, insert_entry_sql, error)) == NULL ||
      (feed->find_digest = dsp_db_prepare (db, find_digest_sql, error)) == NULL)
    return NULL;
  feed->committed = feed->state;
  return g_steal_pointer (&feed);
}

void
dsp_feed_close (DspFeed *feed)
{
  if (feed == NULL)
    return;
  g_clear_pointer (&feed->insert_change, dsp_stmt_done);
  g_clear_pointer (&feed->insert_entry, dsp_stmt_done);
  g_clear_pointer (&feed->find_digest, dsp_stmt_done);
  g_hash_table_destroy (feed->sums);
  g_hash_table_destroy (feed->devices);
  g_checksum_free (feed->checksum);
  g_string_free (feed->text, TRUE);
  g_string_free (feed->changes, TRUE);
  g_free (feed);
}

DspDb *
dsp_feed_get_db (DspFeed *feed)
{
  return feed->db;
}

const DspFeedState *
dsp_feed_get_state (DspFeed *feed)
{
  return &feed->state;
}

/* ---- the batch ---- */

static void
forget (DspFeed            *feed,
        const DspFeedState *state)
{
  g_hash_table_remove_all (feed->sums);
  g_hash_table_remove_all (feed->devices);
  feed->state = *state;
  feed->last_no = 0;
}

gboolean
dsp_feed_begin (DspFeed *feed,
                GError **error)
{
  DspFeedState now;

  feed->last_no = 0;
  if (!dsp_db_begin (feed->db, error))
    return FALSE;
  if (*feed->db->driver->for_update == '\0')
    return TRUE;
  /* Others may have written, or the last commit was lost on its way: what is kept counts no more. */
  if (!dsp_feed_lock_state (feed->db, &now, error))
    return FALSE;
  if (memcmp (now.epoch, feed->committed.epoch, sizeof now.epoch) != 0)
    {
      g_set_error_literal (error, DSP_STORE_ERROR, DSP_STORE_ERROR_FAILED, "the database's history is another than when this program opened it");
      return FALSE;
    }
  feed->others_wrote = memcmp (&now, &feed->committed, sizeof now) != 0;
  feed->committed = now;
  forget (feed, &feed->committed);
  return TRUE;
}

gboolean
dsp_feed_others_wrote (DspFeed *feed)
{
  return feed->others_wrote;
}

static gboolean
write_state (DspFeed *feed,
             GError **error)
{
  const DspFeedState *s = &feed->state;
  g_autoptr(DspStmt) stmt = NULL;

  if (memcmp (s, &feed->committed, sizeof *s) == 0)
    return TRUE;
  stmt = dsp_db_prepare (feed->db, "UPDATE \"feed_state\" SET \"seq\" = $1, \"digest\" = $2, \"floor_seq\" = $3, \"floor_digest\" = $4,"
                                   " \"log_seq\" = $5, \"log_digest\" = $6 WHERE \"one\" = 1", error);
  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_int (stmt, 1, s->seq);
  dsp_stmt_bind_blob (stmt, 2, s->digest, DSP_DIGEST);
  dsp_stmt_bind_int (stmt, 3, s->floor_seq);
  dsp_stmt_bind_blob (stmt, 4, s->floor_digest, DSP_DIGEST);
  dsp_stmt_bind_int (stmt, 5, s->log_seq);
  dsp_stmt_bind_blob (stmt, 6, s->log_digest, DSP_DIGEST);
  return dsp_stmt_run (stmt, NULL, error);
}

gboolean
dsp_feed_commit (DspFeed *feed,
                 GError **error)
{
  if (!dsp_feed_flush (feed, error) || !write_state (feed, error) || !dsp_db_commit (feed->db, error))
    return FALSE;
  feed->committed = feed->state;
  return TRUE;
}

void
dsp_feed_rollback (DspFeed *feed)
{
  dsp_db_rollback (feed->db);
  forget (feed, &feed->committed);
}

gboolean
dsp_feed_mark (DspFeed *feed,
               GError **error)
{
  if (!dsp_feed_flush (feed, error) || !dsp_db_savepoint (feed->db, error))
    return FALSE;
  feed->marked = feed->state;
  return TRUE;
}

gboolean
dsp_feed_keep (DspFeed *feed,
               GError **error)
{
  return dsp_db_savepoint_release (feed->db, error);
}

void
dsp_feed_undo (DspFeed *feed)
{
  dsp_db_savepoint_rollback (feed->db);
  forget (feed, &feed->marked);
}

/* ---- sums ---- */

static DspScopeSum *
get_sum (DspFeed     *feed,
         const DspId *scope,
         const char  *entity,
         GError     **error)
{
  DspScopeSum key = { .scope = *scope, .entity = g_intern_string (entity) };
  DspScopeSum *sum = g_hash_table_lookup (feed->sums, &key);
  g_autoptr(DspStmt) stmt = NULL;
  gsize length;

  if (sum != NULL)
    return sum;
  stmt = dsp_db_prepare (feed->db, "SELECT \"n_rows\", \"sum\" FROM \"scope_sum\" WHERE \"scope\" = $1 AND \"entity\" = $2", error);
  if (stmt == NULL)
    return NULL;
  dsp_stmt_bind_blob (stmt, 1, scope->b, sizeof scope->b);
  dsp_stmt_bind_text (stmt, 2, entity, -1);
  switch (dsp_stmt_step (stmt, error))
    {
    case DSP_STEP_ROW:
      {
        gconstpointer bytes = dsp_stmt_blob (stmt, 1, &length);

        key.n_rows = dsp_stmt_int (stmt, 0);
        if (length == sizeof key.sum)
          memcpy (key.sum, bytes, sizeof key.sum);
        break;
      }
    case DSP_STEP_DONE:
      break;
    case DSP_STEP_FAILED:
      return NULL;
    }
  sum = g_memdup2 (&key, sizeof key);
  g_hash_table_add (feed->sums, sum);
  return sum;
}

gboolean
dsp_feed_count (DspFeed     *feed,
                const DspId *scope,
                const char  *entity,
                const DspId *id,
                gint64       version,
                gboolean     out,
                GError     **error)
{
  DspScopeSum *sum = get_sum (feed, scope, entity, error);

  if (sum == NULL)
    return FALSE;
  if (out)
    dsp_sum_remove (sum->sum, entity, id, version);
  else
    dsp_sum_add (sum->sum, entity, id, version);
  sum->n_rows += out ? -1 : 1;
  sum->changed = true;
  return TRUE;
}

static gboolean
write_sum (DspFeed     *feed,
           DspScopeSum *sum,
           GError     **error)
{
  g_autoptr(DspStmt) stmt = NULL;

  stmt = dsp_db_prepare (feed->db, "INSERT INTO \"scope_sum\" (\"scope\", \"entity\", \"n_rows\", \"sum\") VALUES ($1, $2, $3, $4)"
                                   " ON CONFLICT (\"scope\", \"entity\") DO UPDATE SET \"n_rows\" = excluded.\"n_rows\","
                                   " \"sum\" = excluded.\"sum\"", error);
  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_blob (stmt, 1, sum->scope.b, sizeof sum->scope.b);
  dsp_stmt_bind_text (stmt, 2, sum->entity, -1);
  dsp_stmt_bind_int (stmt, 3, sum->n_rows);
  dsp_stmt_bind_blob (stmt, 4, sum->sum, sizeof sum->sum);
  sum->changed = false;
  return dsp_stmt_run (stmt, NULL, error);
}

static gboolean
write_device (DspFeed       *feed,
              DspFeedDevice *entry,
              GError       **error)
{
  g_autoptr(DspStmt) stmt = NULL;

  stmt = dsp_db_prepare (feed->db, "UPDATE \"device\" SET \"seen_at\" = $2, \"state\" = $3 WHERE \"id\" = $1", error);
  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_id (stmt, 1, &entry->device.id);
  dsp_stmt_bind_int (stmt, 2, entry->device.seen_at);
  dsp_stmt_bind_text (stmt, 3, entry->device.state, -1);
  entry->changed = false;
  return dsp_stmt_run (stmt, NULL, error);
}

gboolean
dsp_feed_flush (DspFeed *feed,
                GError **error)
{
  GHashTableIter iter;
  gpointer key, value;

  g_hash_table_iter_init (&iter, feed->sums);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    if (((DspScopeSum *) key)->changed && !write_sum (feed, key, error))
      return FALSE;
  g_hash_table_iter_init (&iter, feed->devices);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    if (((DspFeedDevice *) value)->changed && !write_device (feed, value, error))
      return FALSE;
  return TRUE;
}

/* ---- the history ---- */

static gboolean
digest_before (DspFeed          *feed,
               const DspHistory *entry,
               guint8            digest[DSP_DIGEST],
               GError          **error)
{
  DspStep step;

  dsp_stmt_bind_id (feed->find_digest, 1, &entry->record_id);
  dsp_stmt_bind_text (feed->find_digest, 2, entry->entity, -1);
  step = dsp_stmt_step (feed->find_digest, error);
  if (step == DSP_STEP_ROW)
    dsp_stmt_digest (feed->find_digest, 0, digest);
  dsp_stmt_reset (feed->find_digest);
  dsp_stmt_clear (feed->find_digest);
  return step != DSP_STEP_FAILED;
}

static gboolean
insert_entry (DspFeed          *feed,
              const DspHistory *entry,
              const guint8      salt[DSP_SALT],
              const guint8      body_hash[DSP_DIGEST],
              const guint8      before_record[DSP_DIGEST],
              const guint8      digest[DSP_DIGEST],
              GError          **error)
{
  DspStmt *stmt = feed->insert_entry;
  const DspTable *table = &dsp_history.table;
  g_autoptr(GPtrArray) texts = NULL;
  int n = 4;

  dsp_stmt_bind_blob (stmt, 1, entry->id.b, sizeof entry->id.b);
  dsp_stmt_bind_blob (stmt, 2, entry->scope.b, sizeof entry->scope.b);
  dsp_stmt_bind_int (stmt, 3, entry->version);
  for (guint i = 0; i < table->n_fields; i++)
    dsp_column_bind (stmt, n++, &table->fields[i], entry, &texts);
  dsp_stmt_bind_blob (stmt, n++, salt, DSP_SALT);
  dsp_stmt_bind_blob (stmt, n++, body_hash, DSP_DIGEST);
  dsp_stmt_bind_blob (stmt, n++, before_record, DSP_DIGEST);
  dsp_stmt_bind_blob (stmt, n++, feed->state.log_digest, DSP_DIGEST);
  dsp_stmt_bind_blob (stmt, n++, digest, DSP_DIGEST);
  return dsp_stmt_run (stmt, NULL, error);
}

gboolean
dsp_feed_log (DspFeed    *feed,
              DspHistory *entry,
              bool        is_first,
              GError    **error)
{
  guint8 random[10], salt[DSP_SALT], body_hash[DSP_DIGEST], before_record[DSP_DIGEST] = { 0 }, digest[DSP_DIGEST];
  gint64 seq = feed->state.log_seq + 1;

  if (!is_first && !digest_before (feed, entry, before_record, error))
    return FALSE;
  dsp_feed_random (feed, random, sizeof random);
  dsp_feed_random (feed, salt, sizeof salt);
  entry->id = dsp_id_v7 (entry->at.us, random);
  entry->version = 1;
  entry->seq = (DspInt) { seq, true };
  g_string_truncate (feed->text, 0);
  dsp_record_json_write (&dsp_history.table, entry, DSP_FIELDS_ALL, feed->text);
  dsp_chain_body (feed->checksum, salt, feed->text->str, feed->text->len, body_hash);
  dsp_chain_entry (feed->checksum, feed->state.log_digest, before_record, seq, &entry->id, body_hash, digest);

  if (!insert_entry (feed, entry, salt, body_hash, before_record, digest, error))
    return FALSE;
  feed->state.log_seq = seq;
  memcpy (feed->state.log_digest, digest, DSP_DIGEST);
  return TRUE;
}

static void
put_value (GString        *out,
           const DspField *field,
           gconstpointer   record)
{
  g_autofree char *text = record != NULL ? dsp_field_dup_text (field, record) : NULL;

  if (text != NULL && *text != '\0')
    dsp_json_put_string (out, text);
  else
    g_string_append (out, "null");
}

/* {"field":["before","after"],…}. A creation has none: what it began with follows from the changes after it; a deletion
 * has all, so that nothing that was entered is lost. */
static void
write_diff (GString       *out,
            const DspEdit *edit)
{
  const DspTable *table = &edit->entity->table;

  g_string_assign (out, "{");
  for (guint i = 0; edit->before != NULL && i < table->n_fields; i++)
    {
      const DspField *field = &table->fields[i];

      if (edit->deleted ? dsp_field_is_none (field, edit->before) : !(edit->mask >> i & 1))
        continue;
      if (out->len > 1)
        g_string_append_c (out, ',');
      g_string_append (out, field->key);
      g_string_append_c (out, '[');
      put_value (out, field, edit->before);
      g_string_append_c (out, ',');
      put_value (out, field, edit->deleted ? NULL : edit->after);
      g_string_append_c (out, ']');
    }
  g_string_append_c (out, '}');
}

static char *
state_word (const DspEntity *entity,
            gconstpointer    record)
{
  const DspField *field;
  char *text;

  if (record == NULL || entity->state_offset == 0)
    return NULL;
  field = dsp_table_at (&entity->table, entity->state_offset);
  text = dsp_field_dup_text (field, record);
  if (text != NULL && *text == '\0')
    g_clear_pointer (&text, g_free);
  return text;
}

/* The texts that a command gives to all of its entries are borrowed, and taken out before the entry is freed. */
static void
begin_entry (DspHistory           *entry,
             const DspFeedCommand *command)
{
  entry->command = (char *) command->command->name;
  entry->user_id = command->user_id;
  entry->user_name = (char *) command->user_name;
  entry->at.us = command->at_us;
  entry->given_at.us = command->given_at_us;
  entry->reason = (char *) (command->reason != NULL && *command->reason != '\0' ? command->reason : NULL);
}

static gboolean
log_edit (DspFeed              *feed,
          const DspFeedCommand *command,
          const DspEdit        *edit,
          GError              **error)
{
  const DspRecord *after = edit->after;
  g_autofree char *from = state_word (edit->entity, edit->before);
  g_autofree char *to = edit->deleted ? NULL : state_word (edit->entity, edit->after);
  DspHistory entry = { .scope = after->scope, .record_id = after->id };

  begin_entry (&entry, command);
  write_diff (feed->changes, edit);
  entry.entity = (char *) edit->entity->table.name;
  entry.from_state = from;
  entry.to_state = to;
  entry.changes = feed->changes->len > 2 ? feed->changes->str : NULL;
  return dsp_feed_log (feed, &entry, edit->before == NULL, error);
}

gboolean
dsp_feed_note (DspFeed              *feed,
               const DspFeedCommand *command,
               const char           *entity,
               const DspId          *record_id,
               const DspId          *scope,
               const char           *changes,
               GError              **error)
{
  DspHistory entry = { .scope = *scope, .record_id = *record_id };

  begin_entry (&entry, command);
  entry.entity = (char *) entity;
  entry.changes = (char *) changes;
  return dsp_feed_log (feed, &entry, false, error);
}

/* ---- changes ---- */

static gboolean
write_row (DspFeed       *feed,
           const DspEdit *edit,
           GError       **error)
{
  const DspRecord *before = edit->before, *after = edit->after;
  gboolean deleted = FALSE;

  if (before == NULL)
    return dsp_table_insert (feed->db, NULL, edit->entity, after, error);
  if (!edit->deleted)
    return dsp_table_update (feed->db, NULL, edit->entity, after,
                             edit->mask | (dsp_id_equal (&before->scope, &after->scope) ? 0 : DSP_MASK_SCOPE), before->version,
                             error);
  if (!dsp_table_delete (feed->db, NULL, edit->entity, &before->id, &deleted, error))
    return FALSE;
  if (!deleted)
    g_set_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_CONFLICT, "the %s to delete is gone", edit->entity->table.name);
  return deleted;
}

static gboolean
write_change (DspFeed              *feed,
              const DspFeedCommand *command,
              const DspEdit        *edit,
              bool                  last,
              GError              **error)
{
  const DspRecord *before = edit->before, *after = edit->after;
  DspId scope_old = before != NULL ? before->scope : dsp_id_none;
  DspId scope_new = edit->deleted ? dsp_id_none : after->scope;
  DspChange change = { .seq = feed->state.seq + 1, .entity = edit->entity->table.name, .id = after->id,
                       .version = after->version, .op = edit->deleted ? DSP_FEED_DEL : DSP_FEED_PUT };
  guint8 salt[DSP_SALT], body_hash[DSP_DIGEST], digest[DSP_DIGEST];
  DspStmt *stmt = feed->insert_change;

  g_string_truncate (feed->text, 0);
  if (!edit->deleted)
    dsp_record_json_write (&edit->entity->table, after, DSP_FIELDS_ALL, feed->text);
  dsp_feed_random (feed, salt, sizeof salt);
  dsp_chain_body (feed->checksum, salt, feed->text->str, feed->text->len, body_hash);
  dsp_chain_change (feed->checksum, feed->state.digest, &change, &scope_old, &scope_new, body_hash, digest);

  dsp_stmt_bind_int (stmt, 1, change.seq);
  dsp_stmt_bind_id (stmt, 2, &command->device);
  dsp_stmt_bind_int (stmt, 3, command->no);
  dsp_stmt_bind_int (stmt, 4, last);
  dsp_stmt_bind_text (stmt, 5, change.entity, -1);
  dsp_stmt_bind_id (stmt, 6, &after->id);
  dsp_stmt_bind_int (stmt, 7, after->version);
  dsp_stmt_bind_int (stmt, 8, change.op);
  dsp_stmt_bind_id (stmt, 9, &scope_old);
  dsp_stmt_bind_id (stmt, 10, &scope_new);
  dsp_stmt_bind_text (stmt, 11, command->user_name, -1);
  dsp_stmt_bind_text (stmt, 12, command->command->name, -1);
  dsp_stmt_bind_int (stmt, 13, command->at_us);
  if (edit->deleted)
    dsp_stmt_bind_null (stmt, 14);
  else
    dsp_stmt_bind_text (stmt, 14, feed->text->str, (gssize) feed->text->len);
  dsp_stmt_bind_blob (stmt, 15, salt, sizeof salt);
  dsp_stmt_bind_blob (stmt, 16, body_hash, sizeof body_hash);
  dsp_stmt_bind_blob (stmt, 17, digest, sizeof digest);
  if (!dsp_stmt_run (stmt, NULL, error))
    return FALSE;
  feed->state.seq = change.seq;
  memcpy (feed->state.digest, digest, DSP_DIGEST);
  return TRUE;
}

/* The change before this one was said to be the last of a command that goes on. */
static gboolean
go_on (DspFeed              *feed,
       const DspFeedCommand *command,
       GError              **error)
{
  g_autoptr(DspStmt) stmt = NULL;

  if (feed->last_no != command->no || command->no == 0 || !dsp_id_equal (&feed->last_device, &command->device))
    {
      feed->last_no = command->no;
      feed->last_device = command->device;
      return TRUE;
    }
  stmt = dsp_db_prepare (feed->db, "UPDATE \"change\" SET \"last\" = 0 WHERE \"seq\" = $1", error);
  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_int (stmt, 1, feed->state.seq);
  return dsp_stmt_run (stmt, NULL, error);
}

static gboolean
append (DspFeed              *feed,
        const DspFeedCommand *command,
        const DspEdit        *edit,
        bool                  last,
        GError              **error)
{
  const DspRecord *before = edit->before, *after = edit->after;
  const char *name = edit->entity->table.name;

  return write_row (feed, edit, error) &&
         (before == NULL || dsp_feed_count (feed, &before->scope, name, &before->id, before->version, TRUE, error)) &&
         (edit->deleted || dsp_feed_count (feed, &after->scope, name, &after->id, after->version, FALSE, error)) &&
         write_change (feed, command, edit, last, error) &&
         (command->no_history || log_edit (feed, command, edit, error));
}

gboolean
dsp_feed_append (DspFeed              *feed,
                 const DspFeedCommand *command,
                 DspEdit *const       *edits,
                 guint                 n_edits,
                 gint64               *seq,
                 GError              **error)
{
  if (n_edits > 0 && !go_on (feed, command, error))
    return FALSE;
  for (guint i = 0; i < n_edits; i++)
    if (!append (feed, command, edits[i], i + 1 == n_edits, error))
      return FALSE;
  if (seq != NULL)
    *seq = feed->state.seq;
  return TRUE;
}

gboolean
dsp_feed_append_work (DspFeed              *feed,
                      const DspFeedCommand *command,
                      DspWork              *work,
                      gint64               *seq,
                      GError              **error)
{
  guint n_edits = dsp_work_n_edits (work);

  if (n_edits > 0 && !go_on (feed, command, error))
    return FALSE;
  for (guint i = 0; i < n_edits; i++)
    if (!append (feed, command, dsp_work_edit_at (work, i), i + 1 == n_edits, error))
      return FALSE;
  if (seq != NULL)
    *seq = feed->state.seq;
  return TRUE;
}
