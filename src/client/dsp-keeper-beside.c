/* dsp-keeper-beside.c: what the server sends beside the feed: history, geometries, sums to compare
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-keeper"

#include "config.h"
#include "dsp-keeper-page.h"

#include "dsp-feed.h"
#include "dsp-record-json.h"

#include <string.h>

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
      dsp_page_read_id (r, &id);
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
    dsp_page_bad (error, "a history entry");
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
          dsp_page_bad (error, "a geometry that is not what its name says");
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
        return dsp_page_bad (error, "a sum of no scope");
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
