/* dsp-feed-verify.c: finds any edit, removal, swap or cut, and says where
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each walk goes on behind what it found, from the digest that is stored, so that one edit is one finding. What was
 * erased on purpose has neither body nor salt; its hash stays, and so does the chain.
 */
#define G_LOG_DOMAIN "dsp-store"

#include "config.h"
#include "dsp-feed-private.h"
#include "dsp-record-json.h"
#include "dsp-table.h"
#include "dsp-table-private.h"

#include <string.h>

typedef struct {
  DspDb          *db;
  DspFeedState    state;
  GChecksum      *checksum;
  DspFindingFunc  finding;
  gpointer        user_data;
  guint           n_findings;
} Verify;

/* Where a record's newest change is. */
typedef struct {
  DspId  id;
  gint64 seq, version;
  bool   deleted, has_row;
} Newest;

typedef struct {
  DspId  record;
  guint8 digest[DSP_DIGEST];
} LastEntry;

G_GNUC_PRINTF (2, 3)
static void
found (Verify     *v,
       const char *format,
       ...)
{
  va_list args;
  g_autofree char *what = NULL;

  va_start (args, format);
  what = g_strdup_vprintf (format, args);
  va_end (args);
  v->n_findings++;
  if (v->finding != NULL)
    v->finding (what, v->user_data);
}

static bool
equal (const guint8 a[DSP_DIGEST],
       const guint8 b[DSP_DIGEST])
{
  return memcmp (a, b, DSP_DIGEST) == 0;
}

/* Reads salt, hash and digest; FALSE if one of them is no hash at all. @has_salt: false for what was erased. */
static bool
read_hashes (DspStmt *stmt,
             int      salt_column,
             int      hash_column,
             int      digest_column,
             guint8   salt[DSP_SALT],
             bool    *has_salt,
             guint8   body_hash[DSP_DIGEST],
             guint8   digest[DSP_DIGEST])
{
  gsize length;
  gconstpointer bytes = dsp_stmt_blob (stmt, salt_column, &length);

  *has_salt = length == DSP_SALT;
  if (*has_salt)
    memcpy (salt, bytes, DSP_SALT);
  return dsp_stmt_digest (stmt, hash_column, body_hash) && dsp_stmt_digest (stmt, digest_column, digest);
}

/* Rows read at once. */
#define PIECE 2000

/* ---- the feed ---- */

enum { SEQ, ENTITY, ID, VERSION, OP, SCOPE_OLD, SCOPE_NEW, BODY, SALT, BODY_HASH, DIGEST };

static void
verify_change (Verify     *v,
               DspStmt    *stmt,
               gint64     *expected,
               guint8      before[DSP_DIGEST],
               GHashTable *newest)
{
  guint8 salt[DSP_SALT], body_hash[DSP_DIGEST], digest[DSP_DIGEST], now[DSP_DIGEST];
  DspId scope_old = dsp_stmt_id (stmt, SCOPE_OLD), scope_new = dsp_stmt_id (stmt, SCOPE_NEW);
  DspChange change = { .seq = dsp_stmt_int (stmt, SEQ), .entity = dsp_stmt_text (stmt, ENTITY, NULL), .id = dsp_stmt_id (stmt, ID),
                       .version = dsp_stmt_int (stmt, VERSION), .op = (DspFeedOp) dsp_stmt_int (stmt, OP) };
  const char *body;
  gsize length;
  bool has_salt;
  Newest *last;

  if (change.seq != *expected)
    found (v, "feed: changes %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " are missing", *expected, change.seq - 1);
  if (!read_hashes (stmt, SALT, BODY_HASH, DIGEST, salt, &has_salt, body_hash, digest))
    found (v, "feed: change %" G_GINT64_FORMAT " has no hashes", change.seq);
  else
    {
      body = dsp_stmt_text (stmt, BODY, &length);
      if (has_salt)
        dsp_chain_body (v->checksum, salt, body, length, now);
      if (has_salt ? !equal (now, body_hash) : body != NULL)
        found (v, "feed: the body of change %" G_GINT64_FORMAT " is not what was written", change.seq);
      dsp_chain_change (v->checksum, before, &change, &scope_old, &scope_new, body_hash, now);
      if (change.seq == *expected && !equal (now, digest))
        found (v, "feed: change %" G_GINT64_FORMAT " does not follow from the one before it", change.seq);
      memcpy (before, digest, DSP_DIGEST);
    }
  *expected = change.seq + 1;

  last = g_hash_table_lookup (newest, &change.id);
  if (last == NULL)
    {
      last = g_new0 (Newest, 1);
      last->id = change.id;
      g_hash_table_insert (newest, &last->id, last);
    }
  last->seq = change.seq;
  last->version = change.version;
  last->deleted = change.op == DSP_FEED_DEL;
}

static gboolean
verify_feed (Verify     *v,
             GHashTable *newest,
             GError    **error)
{
  g_autoptr(DspStmt) stmt = NULL;
  gint64 expected = v->state.floor_seq + 1;
  guint8 before[DSP_DIGEST];
  gint64 after = G_MININT64;
  guint n_read = PIECE;

  memcpy (before, v->state.floor_digest, DSP_DIGEST);
  stmt = dsp_db_prepare (v->db, "SELECT \"seq\", \"entity\", \"id\", \"version\", \"op\", \"scope_old\", \"scope_new\", \"body\", \"salt\","
                                " \"body_hash\", \"digest\" FROM \"change\" WHERE \"seq\" > $1 ORDER BY \"seq\" LIMIT $2", error);
  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_int (stmt, 2, PIECE);
  while (n_read == PIECE)
    {
      DspStep step;

      dsp_stmt_bind_int (stmt, 1, after);
      for (n_read = 0; (step = dsp_stmt_step (stmt, error)) == DSP_STEP_ROW; n_read++)
        {
          after = dsp_stmt_int (stmt, SEQ);
          verify_change (v, stmt, &expected, before, newest);
        }
      if (step == DSP_STEP_FAILED)
        return FALSE;
      dsp_stmt_reset (stmt);
    }
  if (expected != v->state.seq + 1)
    found (v, "feed: it ends with change %" G_GINT64_FORMAT ", its state says %" G_GINT64_FORMAT, expected - 1, v->state.seq);
  else if (!equal (before, v->state.digest))
    found (v, "feed: the digest of the last change, %" G_GINT64_FORMAT ", is not the one of the state", v->state.seq);
  return TRUE;
}

/* ---- the history ---- */

typedef struct {
  gint64      expected;
  guint8      before[DSP_DIGEST];
  GHashTable *records;  /* of LastEntry */
  GString    *body;
} LogWalk;

static LastEntry *
last_entry (LogWalk          *walk,
            const DspHistory *entry)
{
  LastEntry key = { .record = entry->record_id };
  LastEntry *last;

  /* An id is unique within its entity only. */
  key.record.b[0] ^= (guint8) g_str_hash (entry->entity != NULL ? entry->entity : "");
  last = g_hash_table_lookup (walk->records, &key);
  if (last == NULL)
    {
      last = g_memdup2 (&key, sizeof key);
      g_hash_table_insert (walk->records, &last->record, last);
    }
  return last;
}

/* The chain's columns follow the entity's: @column is the first of them. */
static void
verify_entry (Verify           *v,
              LogWalk          *walk,
              const DspHistory *entry,
              DspStmt          *stmt,
              int               column)
{
  LastEntry *last = last_entry (walk, entry);
  guint8 salt[DSP_SALT], body_hash[DSP_DIGEST], digest[DSP_DIGEST], now[DSP_DIGEST], stored[DSP_DIGEST];
  gint64 seq = entry->seq.value;
  bool has_salt;

  if (seq < walk->expected)
    {
      found (v, "history: entry %" G_GINT64_FORMAT " stands where %" G_GINT64_FORMAT " should", seq, walk->expected);
      return;
    }
  if (seq != walk->expected)
    found (v, "history: entries %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT " are missing", walk->expected, seq - 1);
  if (!read_hashes (stmt, column, column + 1, column + 4, salt, &has_salt, body_hash, digest))
    {
      found (v, "history: entry %" G_GINT64_FORMAT " has no hashes", seq);
      walk->expected = seq + 1;
      return;
    }
  if (has_salt)
    {
      g_string_truncate (walk->body, 0);
      dsp_record_json_write (&dsp_history.table, entry, DSP_FIELDS_ALL, walk->body);
      dsp_chain_body (v->checksum, salt, walk->body->str, walk->body->len, now);
      if (!equal (now, body_hash))
        found (v, "history: entry %" G_GINT64_FORMAT " is not what was written", seq);
    }
  if (!dsp_stmt_digest (stmt, column + 2, stored) || !equal (stored, last->digest))
    found (v, "history: entry %" G_GINT64_FORMAT " does not follow from its record's entry before it", seq);
  dsp_chain_entry (v->checksum, walk->before, last->digest, seq, &entry->id, body_hash, now);
  if (seq == walk->expected && !equal (now, digest))
    found (v, "history: entry %" G_GINT64_FORMAT " does not follow from the one before it", seq);
  memcpy (walk->before, digest, DSP_DIGEST);
  memcpy (last->digest, digest, DSP_DIGEST);
  walk->expected = seq + 1;
}

static gboolean
verify_history (Verify  *v,
                GError **error)
{
  g_autoptr(GHashTable) records = g_hash_table_new_full (dsp_id_hash, dsp_id_equal_func, NULL, g_free);
  g_autoptr(GString) body = g_string_new (NULL);
  g_autoptr(GString) sql = g_string_new ("SELECT ");
  g_autoptr(DspHistory) entry = dsp_history_new ();
  g_autoptr(DspStmt) stmt = NULL;
  LogWalk walk = { .expected = 1, .records = records, .body = body };
  int column = (int) dsp_history.table.n_fields + 3;
  gint64 after = G_MININT64;
  guint n_read = PIECE;

  dsp_columns_append (sql, &dsp_history, DSP_FIELDS_ALL);
  g_string_append (sql, ", \"salt\", \"body_hash\", \"before_record\", \"before_log\", \"digest\", \"_row\" FROM \"history\""
                        " WHERE \"_row\" > $1 ORDER BY \"_row\" LIMIT $2");
  stmt = dsp_db_prepare (v->db, sql->str, error);
  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_int (stmt, 2, PIECE);
  while (n_read == PIECE)
    {
      DspStep step;

      dsp_stmt_bind_int (stmt, 1, after);
      for (n_read = 0; (step = dsp_stmt_step (stmt, error)) == DSP_STEP_ROW; n_read++)
        {
          dsp_table_clear (&dsp_history.table, entry);
          dsp_columns_read (stmt, 0, &dsp_history, DSP_FIELDS_ALL, entry);
          after = dsp_stmt_int (stmt, column + 5);
          verify_entry (v, &walk, entry, stmt, column);
        }
      if (step == DSP_STEP_FAILED)
        return FALSE;
      dsp_stmt_reset (stmt);
    }
  if (walk.expected != v->state.log_seq + 1)
    found (v, "history: it ends with entry %" G_GINT64_FORMAT ", its state says %" G_GINT64_FORMAT, walk.expected - 1,
           v->state.log_seq);
  else if (!equal (walk.before, v->state.log_digest))
    found (v, "history: the digest of the last entry, %" G_GINT64_FORMAT ", is not the one of the state", v->state.log_seq);
  return TRUE;
}

/* ---- the rows ---- */

typedef struct {
  Verify          *v;
  const DspEntity *entity;
  GHashTable      *newest, *sums;
  DspStmt         *body_at;
  GString         *body;
} RowWalk;

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

static gboolean
verify_row (gconstpointer record,
            gpointer      user_data)
{
  RowWalk *walk = user_data;
  const DspRecord *head = record;
  const char *name = walk->entity->table.name;
  DspScopeSum key = { .scope = head->scope, .entity = g_intern_string (name) };
  DspScopeSum *sum = g_hash_table_lookup (walk->sums, &key);
  Newest *newest = g_hash_table_lookup (walk->newest, &head->id);
  char id[DSP_ID_TEXT];
  const char *body;
  gsize length;

  if (sum == NULL)
    {
      sum = g_memdup2 (&key, sizeof key);
      g_hash_table_add (walk->sums, sum);
    }
  sum->n_rows++;
  dsp_sum_add (sum->sum, name, &head->id, head->version);

  if (newest == NULL) /* its changes were pruned: the sums alone speak for it */
    return TRUE;
  newest->has_row = true;
  dsp_id_print (&head->id, id);
  dsp_stmt_bind_int (walk->body_at, 1, newest->seq);
  if (newest->deleted)
    found (walk->v, "%s %s is there, and yet change %" G_GINT64_FORMAT " deleted it", name, id, newest->seq);
  else if (newest->version != head->version)
    found (walk->v, "%s %s is at version %" G_GINT64_FORMAT ", change %" G_GINT64_FORMAT " made %" G_GINT64_FORMAT, name, id,
           head->version, newest->seq, newest->version);
  else if (dsp_stmt_step (walk->body_at, NULL) == DSP_STEP_ROW && (body = dsp_stmt_text (walk->body_at, 0, &length)) != NULL)
    {
      g_string_truncate (walk->body, 0);
      dsp_record_json_write (&walk->entity->table, record, DSP_FIELDS_ALL, walk->body);
      if (length != walk->body->len || memcmp (body, walk->body->str, length) != 0)
        found (walk->v, "%s %s is not what change %" G_GINT64_FORMAT " made of it", name, id, newest->seq);
    }
  dsp_stmt_reset (walk->body_at);
  return TRUE;
}

static gboolean
verify_sum (const DspId  *scope,
            const char   *entity,
            gint64        n_rows,
            const guint8  sum[16],
            gpointer      user_data)
{
  RowWalk *walk = user_data;
  DspScopeSum key = { .scope = *scope, .entity = g_intern_string (entity) };
  DspScopeSum *counted = g_hash_table_lookup (walk->sums, &key);
  char id[DSP_ID_TEXT];

  dsp_id_print (scope, id);
  if (n_rows != (counted != NULL ? counted->n_rows : 0))
    found (walk->v, "%s: scope %s has %" G_GINT64_FORMAT " rows, its sum says %" G_GINT64_FORMAT, entity, id,
           counted != NULL ? counted->n_rows : 0, n_rows);
  else if (memcmp (sum, counted != NULL ? counted->sum : key.sum, sizeof key.sum) != 0)
    found (walk->v, "%s: the rows of scope %s are not those of its sum", entity, id);
  if (counted != NULL)
    g_hash_table_remove (walk->sums, counted);
  return TRUE;
}

static gboolean
verify_rows (Verify     *v,
             GHashTable *newest,
             GError    **error)
{
  g_autoptr(GHashTable) sums = g_hash_table_new_full (sum_hash, sum_equal, g_free, NULL);
  g_autoptr(GString) body = g_string_new (NULL);
  g_autoptr(DspStmt) body_at = dsp_db_prepare (v->db, "SELECT \"body\" FROM \"change\" WHERE \"seq\" = $1", error);
  RowWalk walk = { .v = v, .newest = newest, .sums = sums, .body_at = body_at, .body = body };
  GHashTableIter iter;
  gpointer left;

  if (body_at == NULL)
    return FALSE;
  for (guint i = 0; dsp_entities[i] != NULL; i++)
    {
      walk.entity = dsp_entities[i];
      if (walk.entity != &dsp_history &&
          !dsp_table_scan (v->db, NULL, walk.entity, NULL, 0, 0, DSP_FIELDS_ALL, verify_row, &walk, NULL, error))
        return FALSE;
    }
  g_hash_table_iter_init (&iter, newest);
  while (g_hash_table_iter_next (&iter, NULL, &left))
    {
      const Newest *change = left;
      char id[DSP_ID_TEXT];

      dsp_id_print (&change->id, id);
      if (!change->has_row && !change->deleted)
        found (v, "record %s of change %" G_GINT64_FORMAT " is gone, and no later change deleted it", id, change->seq);
    }
  if (!dsp_feed_read_sums (v->db, NULL, NULL, verify_sum, &walk, error))
    return FALSE;
  g_hash_table_iter_init (&iter, sums);
  while (g_hash_table_iter_next (&iter, &left, NULL))
    {
      const DspScopeSum *sum = left;
      char id[DSP_ID_TEXT];

      dsp_id_print (&sum->scope, id);
      found (v, "%s: scope %s has %" G_GINT64_FORMAT " rows that no sum knows", sum->entity, id, sum->n_rows);
    }
  return TRUE;
}

gboolean
dsp_feed_verify (DspDb          *db,
                 DspFindingFunc  finding,
                 gpointer        user_data,
                 guint          *n_findings,
                 GError        **error)
{
  g_autoptr(GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  g_autoptr(GHashTable) newest = g_hash_table_new_full (dsp_id_hash, dsp_id_equal_func, NULL, g_free);
  Verify v = { .db = db, .checksum = checksum, .finding = finding, .user_data = user_data };
  bool own = !dsp_db_in_transaction (db);
  gboolean ok;

  if (own && !dsp_db_begin_read (db, error))
    return FALSE;
  ok = dsp_feed_read_state (db, &v.state, error) && verify_feed (&v, newest, error) && verify_history (&v, error) &&
       verify_rows (&v, newest, error);
  if (own)
    dsp_db_rollback (db);
  if (ok && n_findings != NULL)
    *n_findings = v.n_findings;
  return ok;
}
