/* dsp-feed-schema.c: the server's own tables
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-store"

#include "config.h"
#include "dsp-feed-private.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

/* WITHOUT ROWID: small rows lie by their key, where the store can do that. */
static const char *const tables[] = {
  "CREATE TABLE \"feed_state\" (\"one\" INTEGER PRIMARY KEY CHECK (\"one\" = 1), \"epoch\" BLOB NOT NULL, \"seq\" INTEGER NOT NULL,"
  " \"digest\" BLOB NOT NULL, \"floor_seq\" INTEGER NOT NULL, \"floor_digest\" BLOB NOT NULL, \"log_seq\" INTEGER NOT NULL,"
  " \"log_digest\" BLOB NOT NULL)",
  "CREATE TABLE \"change\" (\"seq\" INTEGER PRIMARY KEY, \"device\" BLOB, \"no\" INTEGER NOT NULL, \"last\" INTEGER NOT NULL,"
  " \"entity\" TEXT NOT NULL, \"id\" BLOB NOT NULL, \"version\" INTEGER NOT NULL, \"op\" INTEGER NOT NULL, \"scope_old\" BLOB,"
  " \"scope_new\" BLOB, \"user_name\" TEXT, \"kind\" TEXT NOT NULL, \"at\" INTEGER NOT NULL, \"body\" TEXT, \"salt\" BLOB,"
  " \"body_hash\" BLOB NOT NULL, \"digest\" BLOB NOT NULL)",
  /* The chain stands in the row of its entry: one page less in each commit than a table beside it. */
  "ALTER TABLE \"history\" ADD COLUMN \"salt\" BLOB",
  "ALTER TABLE \"history\" ADD COLUMN \"body_hash\" BLOB",
  "ALTER TABLE \"history\" ADD COLUMN \"before_record\" BLOB",
  "ALTER TABLE \"history\" ADD COLUMN \"before_log\" BLOB",
  "ALTER TABLE \"history\" ADD COLUMN \"digest\" BLOB",
  "CREATE TABLE \"device\" (\"id\" BLOB NOT NULL PRIMARY KEY, \"user_id\" BLOB NOT NULL, \"label\" TEXT,"
  " \"stable_no\" INTEGER NOT NULL, \"seen_at\" INTEGER NOT NULL, \"state\" TEXT NOT NULL)",
  "CREATE TABLE \"result\" (\"device\" BLOB NOT NULL, \"no\" INTEGER NOT NULL, \"cmd_hash\" BLOB NOT NULL, \"status\" TEXT NOT NULL,"
  " \"code\" TEXT, \"seq\" INTEGER NOT NULL, \"at\" INTEGER NOT NULL, \"reply\" TEXT, PRIMARY KEY (\"device\", \"no\")) WITHOUT ROWID",
  "CREATE TABLE \"scope_sum\" (\"scope\" BLOB NOT NULL, \"entity\" TEXT NOT NULL, \"n_rows\" INTEGER NOT NULL, \"sum\" BLOB NOT NULL,"
  " PRIMARY KEY (\"scope\", \"entity\")) WITHOUT ROWID",
  "CREATE TABLE \"user_state\" (\"user_id\" BLOB NOT NULL PRIMARY KEY, \"grants_ver\" INTEGER NOT NULL) WITHOUT ROWID",
  "CREATE TABLE \"credential\" (\"user_id\" BLOB NOT NULL PRIMARY KEY, \"hash\" TEXT NOT NULL, \"changed_at\" INTEGER NOT NULL) WITHOUT ROWID",
  "CREATE TABLE \"token\" (\"hash\" BLOB NOT NULL PRIMARY KEY, \"family\" BLOB NOT NULL, \"user_id\" BLOB NOT NULL, \"device\" BLOB NOT NULL,"
  " \"made_at\" INTEGER NOT NULL, \"used_at\" INTEGER NOT NULL, \"replaced_at\" INTEGER, \"ended_at\" INTEGER) WITHOUT ROWID",
  "CREATE INDEX \"token_user\" ON \"token\" (\"user_id\")",
  "CREATE TABLE \"one_time_key\" (\"hash\" BLOB NOT NULL PRIMARY KEY, \"user_id\" BLOB NOT NULL, \"made_at\" INTEGER NOT NULL,"
  " \"until\" INTEGER NOT NULL, \"used_at\" INTEGER) WITHOUT ROWID",
};

/**
 * dsp_feed_random:
 * The kernel's generator does not fail for so few bytes once the system is up; if it ever does, going on with
 * something else would be worse than stopping.
 */
void
dsp_feed_random (DspFeed *feed,
                 gpointer out,
                 gsize    length)
{
  g_assert (length <= sizeof feed->random);

  if (feed->random_left < length)
    {
      for (gsize n = 0; n < sizeof feed->random;)
        {
          gssize got = getrandom (feed->random + n, sizeof feed->random - n, 0);

          if (got < 0 && errno != EINTR)
            g_error ("no random bytes: %s", g_strerror (errno));
          n += got > 0 ? (gsize) got : 0;
        }
      feed->random_left = sizeof feed->random;
    }
  feed->random_left -= length;
  memcpy (out, feed->random + feed->random_left, length);
}

static gboolean
fresh (DspDb   *db,
       GError **error)
{
  static const guint8 zeroes[DSP_DIGEST];
  g_autofree DspFeed *source = g_new0 (DspFeed, 1);
  g_autoptr(DspStmt) stmt = NULL;
  guint8 epoch[16];

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    if (!dsp_db_exec (db, tables[i], error))
      return FALSE;
  if (!dsp_blob_create_table (db, error))
    return FALSE;
  stmt = dsp_db_prepare (db, "INSERT INTO \"feed_state\" VALUES (1, $1, 0, $2, 0, $2, 0, $2)", error);
  if (stmt == NULL)
    return FALSE;
  dsp_feed_random (source, epoch, sizeof epoch);
  dsp_stmt_bind_blob (stmt, 1, epoch, sizeof epoch);
  dsp_stmt_bind_blob (stmt, 2, zeroes, sizeof zeroes);
  return dsp_stmt_run (stmt, NULL, error);
}

const DspSchemaPart dsp_schema_feed = { "feed", 1, fresh, NULL };

/* ---- blobs ---- */

gboolean
dsp_blob_create_table (DspDb   *db,
                       GError **error)
{
  return dsp_db_exec (db, "CREATE TABLE \"blob\" (\"hash\" BLOB NOT NULL PRIMARY KEY, \"bytes\" BLOB NOT NULL)", error);
}

gboolean
dsp_blob_put (DspDb       *db,
              const DspId *hash,
              GBytes      *bytes,
              GError     **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, "INSERT INTO \"blob\" (\"hash\", \"bytes\") VALUES ($1, $2)"
                                                " ON CONFLICT (\"hash\") DO NOTHING", error);
  gconstpointer data;
  gsize length;

  if (stmt == NULL)
    return FALSE;
  data = g_bytes_get_data (bytes, &length);
  dsp_stmt_bind_id (stmt, 1, hash);
  dsp_stmt_bind_blob (stmt, 2, data != NULL ? data : "", length);
  return dsp_stmt_run (stmt, NULL, error);
}

GBytes *
dsp_blob_get (DspDb       *db,
              const DspId *hash,
              GError     **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, "SELECT \"bytes\" FROM \"blob\" WHERE \"hash\" = $1", error);
  gconstpointer data;
  gsize length;

  if (stmt == NULL)
    return NULL;
  dsp_stmt_bind_id (stmt, 1, hash);
  switch (dsp_stmt_step (stmt, error))
    {
    case DSP_STEP_ROW:
      data = dsp_stmt_blob (stmt, 0, &length);
      return g_bytes_new (data, length);
    case DSP_STEP_DONE:
      g_set_error_literal (error, DSP_STORE_ERROR, DSP_STORE_ERROR_NOT_FOUND, "there is no such blob");
      return NULL;
    case DSP_STEP_FAILED:
    default:
      return NULL;
    }
}

DspStep
dsp_blob_has (DspDb       *db,
              const DspId *hash,
              GError     **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, "SELECT 1 FROM \"blob\" WHERE \"hash\" = $1", error);

  if (stmt == NULL)
    return DSP_STEP_FAILED;
  dsp_stmt_bind_id (stmt, 1, hash);
  return dsp_stmt_step (stmt, error);
}
