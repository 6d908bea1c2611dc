/* dsp-feed-prune.c: old changes and results go
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-store"

#include "config.h"
#include "dsp-feed-private.h"

#include <string.h>

/* Results that each device keeps, however old. */
#define KEPT_RESULTS 1000

/* The end of the last whole command among the oldest @limit changes that may go; the floor if there is none. */
static gboolean
find_floor (DspFeed *feed,
            gint64   older_than_us,
            gint64   up_to,
            guint    limit,
            gint64  *floor_seq,
            guint8   floor_digest[DSP_DIGEST],
            GError **error)
{
  g_autoptr(DspStmt) stmt = NULL;
  DspStep step;

  stmt = dsp_db_prepare (feed->db, "SELECT \"seq\", \"at\", \"last\", \"digest\" FROM \"change\" WHERE \"seq\" > $1 AND \"seq\" <= $2"
                                   " ORDER BY \"seq\" LIMIT $3", error);
  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_int (stmt, 1, *floor_seq);
  dsp_stmt_bind_int (stmt, 2, up_to);
  dsp_stmt_bind_int (stmt, 3, limit);
  while ((step = dsp_stmt_step (stmt, error)) == DSP_STEP_ROW && dsp_stmt_int (stmt, 1) < older_than_us)
    if (dsp_stmt_int (stmt, 2) != 0 && dsp_stmt_digest (stmt, 3, floor_digest))
      *floor_seq = dsp_stmt_int (stmt, 0);
  return step != DSP_STEP_FAILED;
}

static gboolean
prune_results (DspFeed *feed,
               gint64   older_than_us,
               guint    limit,
               GError **error)
{
  g_autoptr(DspStmt) stmt = NULL;

  stmt = dsp_db_prepare (feed->db, "DELETE FROM \"result\" WHERE (\"device\", \"no\") IN (SELECT r.\"device\", r.\"no\" FROM \"result\" r"
                                   " WHERE r.\"at\" < $1 AND r.\"no\" <= (SELECT max(n.\"no\") FROM \"result\" n"
                                   " WHERE n.\"device\" = r.\"device\") - $2 LIMIT $3)", error);
  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_int (stmt, 1, older_than_us);
  dsp_stmt_bind_int (stmt, 2, KEPT_RESULTS);
  dsp_stmt_bind_int (stmt, 3, limit);
  return dsp_stmt_run (stmt, NULL, error);
}

gboolean
dsp_feed_prune (DspFeed *feed,
                gint64   older_than_us,
                gint64   up_to,
                guint    limit,
                guint   *n_pruned,
                GError **error)
{
  gint64 floor_seq = feed->state.floor_seq;
  guint8 floor_digest[DSP_DIGEST];
  g_autoptr(DspStmt) stmt = NULL;
  gint64 n = 0;

  memcpy (floor_digest, feed->state.floor_digest, DSP_DIGEST);
  if (!dsp_feed_flush (feed, error) ||
      !find_floor (feed, older_than_us, MIN (up_to, feed->state.seq), limit, &floor_seq, floor_digest, error) ||
      !prune_results (feed, older_than_us, limit, error) ||
      (stmt = dsp_db_prepare (feed->db, "DELETE FROM \"change\" WHERE \"seq\" <= $1", error)) == NULL)
    return FALSE;
  dsp_stmt_bind_int (stmt, 1, floor_seq);
  if (floor_seq > feed->state.floor_seq && !dsp_stmt_run (stmt, &n, error))
    return FALSE;
  feed->state.floor_seq = floor_seq;
  memcpy (feed->state.floor_digest, floor_digest, DSP_DIGEST);
  if (n_pruned != NULL)
    *n_pruned = (guint) n;
  return TRUE;
}
