/* dsp-feed-read.c: pages of the feed, its state and its sums, for readers
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-store"

#include "config.h"
#include "dsp-db-private.h"
#include "dsp-feed-private.h"

#include <string.h>

/* Rows looked at for one page, visible or not: what bounds the time of a reader whose scopes see little. */
#define MAX_LOOKED_AT 20000

/* Rows asked for at once: a page ends in the middle of them, and no more than these were read for nothing. */
#define PIECE 1024

static const char state_sql[] =
  "SELECT \"epoch\", \"seq\", \"digest\", \"floor_seq\", \"floor_digest\", \"log_seq\", \"log_digest\""
  " FROM \"feed_state\" WHERE \"one\" = 1";

static gboolean
read_state (DspDb        *db,
            const char   *sql,
            DspFeedState *state,
            GError      **error)
{
  g_autoptr(DspStmt) stmt = NULL;
  gconstpointer epoch;
  gsize length;
  DspFeedState s = { 0 };

  stmt = dsp_db_prepare (db, sql, error);
  if (stmt == NULL)
    return FALSE;
  switch (dsp_stmt_step (stmt, error))
    {
    case DSP_STEP_ROW:
      break;
    case DSP_STEP_DONE:
      g_set_error_literal (error, DSP_STORE_ERROR, DSP_STORE_ERROR_DAMAGED, "the feed has no state");
      return FALSE;
    case DSP_STEP_FAILED:
    default:
      return FALSE;
    }
  epoch = dsp_stmt_blob (stmt, 0, &length);
  if (length != sizeof s.epoch || !dsp_stmt_digest (stmt, 2, s.digest) || !dsp_stmt_digest (stmt, 4, s.floor_digest) ||
      !dsp_stmt_digest (stmt, 6, s.log_digest))
    {
      g_set_error_literal (error, DSP_STORE_ERROR, DSP_STORE_ERROR_DAMAGED, "the feed's state cannot be read");
      return FALSE;
    }
  epoch = dsp_stmt_blob (stmt, 0, NULL);
  memcpy (s.epoch, epoch, sizeof s.epoch);
  s.seq = dsp_stmt_int (stmt, 1);
  s.floor_seq = dsp_stmt_int (stmt, 3);
  s.log_seq = dsp_stmt_int (stmt, 5);
  *state = s;
  return TRUE;
}

gboolean
dsp_feed_read_state (DspDb        *db,
                     DspFeedState *state,
                     GError      **error)
{
  return read_state (db, state_sql, state, error);
}

gboolean
dsp_feed_lock_state (DspDb        *db,
                     DspFeedState *state,
                     GError      **error)
{
  g_autofree char *sql = g_strconcat (state_sql, db->driver->for_update, NULL);

  return read_state (db, sql, state, error);
}

DspStep
dsp_feed_digest_at (DspDb   *db,
                    gint64   seq,
                    guint8   digest[DSP_DIGEST],
                    GError **error)
{
  g_autoptr(DspStmt) stmt = NULL;
  DspFeedState state;
  DspStep step;

  stmt = dsp_db_prepare (db, "SELECT \"digest\" FROM \"change\" WHERE \"seq\" = $1", error);
  if (stmt == NULL)
    return DSP_STEP_FAILED;
  dsp_stmt_bind_int (stmt, 1, seq);
  step = dsp_stmt_step (stmt, error);
  if (step == DSP_STEP_ROW)
    return dsp_stmt_digest (stmt, 0, digest) ? DSP_STEP_ROW : DSP_STEP_DONE;
  if (step == DSP_STEP_FAILED)
    return step;
  /* Before the first change, or right at the floor: there is no row, and yet a digest. */
  if (!dsp_feed_read_state (db, &state, error))
    return DSP_STEP_FAILED;
  if (seq != state.floor_seq)
    return DSP_STEP_DONE;
  memcpy (digest, state.floor_digest, DSP_DIGEST);
  return DSP_STEP_ROW;
}

gboolean
dsp_scope_visible (const GArray *scopes,
                   const GArray *entities,
                   const char   *entity,
                   const DspId  *scope)
{
  const DspEntity *of = entities != NULL ? dsp_entity_find (entity) : NULL;

  if (scopes == NULL)
    return TRUE;
  for (guint i = 0; i < scopes->len; i++)
    {
      const DspId *one = &g_array_index (scopes, DspId, i);

      if ((dsp_id_equal (one, scope) || dsp_id_equal (one, &dsp_scope_all)) &&
          (of == NULL || (g_array_index (entities, guint64, i) >> of->number & 1)))
        return TRUE;
    }
  return FALSE;
}

typedef struct {
  DspChange change;
  char     *by, *body; /* (owned) */
} Kept;

static void
kept_clear (gpointer data)
{
  Kept *kept = data;

  g_free (kept->by);
  g_free (kept->body);
}

/* Columns of the page's statement. */
enum { SEQ, LAST, ENTITY, ID, VERSION, OP, SCOPE_OLD, SCOPE_NEW, BY, KIND, AT, BODY };

/* Keeps a row if these scopes see it. Returns: the bytes of its body. */
static gsize
keep (GArray       *page,
      DspStmt      *stmt,
      const GArray *scopes,
      const GArray *entities)
{
  const char *entity = dsp_stmt_text (stmt, ENTITY, NULL);
  DspId scope_old = dsp_stmt_id (stmt, SCOPE_OLD), scope_new = dsp_stmt_id (stmt, SCOPE_NEW);
  bool deleted = dsp_stmt_int (stmt, OP) == DSP_FEED_DEL;
  bool sees_old = !dsp_id_is_none (&scope_old) && dsp_scope_visible (scopes, entities, entity, &scope_old);
  bool sees_new = !deleted && dsp_scope_visible (scopes, entities, entity, &scope_new);
  Kept kept = { 0 };

  if (!sees_new && !sees_old)
    return 0;
  kept.change = (DspChange) {
    .seq = dsp_stmt_int (stmt, SEQ),
    .entity = g_intern_string (entity),
    .id = dsp_stmt_id (stmt, ID),
    .version = dsp_stmt_int (stmt, VERSION),
    .op = sees_new ? DSP_FEED_PUT : deleted ? DSP_FEED_DEL : DSP_FEED_LEAVE,
    .scope = sees_new ? scope_new : scope_old,
    .kind = g_intern_string (dsp_stmt_text (stmt, KIND, NULL)),
    .at_us = dsp_stmt_int (stmt, AT),
  };
  kept.by = g_strdup (dsp_stmt_text (stmt, BY, NULL));
  if (sees_new)
    {
      const char *body = dsp_stmt_text (stmt, BODY, &kept.change.body_length);

      kept.body = g_strndup (body, kept.change.body_length);
    }
  kept.change.by = kept.by;
  kept.change.body = kept.body;
  g_array_append_val (page, kept);
  return kept.change.body_length;
}

/* A page while it is filled. */
typedef struct {
  const GArray *scopes, *entities;
  guint         max_changes;
  gsize         max_bytes, bytes;
  guint         n_looked_at;
  guint         n_whole; /* of the page: those of finished commands */
  GArray       *page;    /* of Kept */
} Filling;

/* Takes one row. FALSE: the page is full. */
static gboolean
take_row (Filling *f,
          DspStmt *stmt,
          gint64  *cursor)
{
  GArray *page = f->page;

  f->bytes += keep (page, stmt, f->scopes, f->entities);
  f->n_looked_at++;
  /* A command that does not fit waits for the next page, unless it would never fit. */
  if (f->n_whole > 0 && (page->len > f->max_changes || f->bytes > f->max_bytes))
    return FALSE;
  if (dsp_stmt_int (stmt, LAST) == 0)
    return TRUE;
  *cursor = dsp_stmt_int (stmt, SEQ);
  if (page->len > f->n_whole)
    g_array_index (page, Kept, page->len - 1).change.last = true;
  f->n_whole = page->len;
  return page->len < f->max_changes && f->bytes < f->max_bytes && f->n_looked_at < MAX_LOOKED_AT;
}

/* Fills @page with whole commands. */
static gboolean
read_page (DspDb        *db,
           gint64        after,
           const GArray *scopes,
           const GArray *entities,
           guint         max_changes,
           gsize         max_bytes,
           GArray       *page,
           gint64       *cursor,
           GError      **error)
{
  Filling f = { .scopes = scopes, .entities = entities, .max_changes = max_changes, .max_bytes = max_bytes, .page = page };
  g_autoptr(DspStmt) stmt = NULL;
  gboolean more = TRUE;
  guint n_read = PIECE;

  stmt = dsp_db_prepare (db, "SELECT \"seq\", \"last\", \"entity\", \"id\", \"version\", \"op\", \"scope_old\", \"scope_new\", \"user_name\","
                             " \"kind\", \"at\", \"body\" FROM \"change\" WHERE \"seq\" > $1 ORDER BY \"seq\" LIMIT $2", error);
  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_int (stmt, 2, PIECE);
  while (more && n_read == PIECE)
    {
      DspStep step;

      n_read = 0;
      dsp_stmt_bind_int (stmt, 1, after);
      while (more && (step = dsp_stmt_step (stmt, error)) == DSP_STEP_ROW)
        {
          n_read++;
          after = dsp_stmt_int (stmt, SEQ);
          more = take_row (&f, stmt, cursor);
        }
      if (more && step == DSP_STEP_FAILED)
        return FALSE;
      dsp_stmt_reset (stmt);
    }
  g_array_set_size (page, f.n_whole);
  return TRUE;
}

gboolean
dsp_feed_read (DspDb         *db,
               gint64         after,
               const GArray  *scopes,
               const GArray  *entities,
               guint          max_changes,
               gsize          max_bytes,
               DspChangeFunc  change,
               gpointer       user_data,
               gint64        *cursor,
               gint64        *head,
               gboolean      *more,
               GError       **error)
{
  g_autoptr(GArray) page = g_array_new (FALSE, FALSE, sizeof (Kept));
  bool own = !dsp_db_in_transaction (db);
  DspFeedState state;
  gint64 to = after;
  gboolean ok;

  g_array_set_clear_func (page, kept_clear);
  /* State and rows must be of one moment. */
  if (own && !dsp_db_begin_read (db, error))
    return FALSE;
  ok = dsp_feed_read_state (db, &state, error);
  if (ok && after < state.floor_seq)
    {
      g_set_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_NOT_FOUND,
                   "changes up to %" G_GINT64_FORMAT " are no longer kept", state.floor_seq);
      ok = FALSE;
    }
  ok = ok && read_page (db, after, scopes, entities, max_changes, max_bytes, page, &to, error);
  if (own)
    dsp_db_rollback (db);
  if (!ok)
    return FALSE;

  for (guint i = 0; i < page->len; i++)
    if (!change (&g_array_index (page, Kept, i).change, user_data))
      {
        g_set_error_literal (error, DSP_STORE_ERROR, DSP_STORE_ERROR_FAILED, "the reader of the feed gave up");
        return FALSE;
      }
  *cursor = to;
  *more = to < state.seq;
  if (head != NULL)
    *head = state.seq;
  return TRUE;
}

gboolean
dsp_feed_read_sums (DspDb        *db,
                    const GArray *scopes,
                    const GArray *entities,
                    DspSumFunc    sum,
                    gpointer      user_data,
                    GError      **error)
{
  g_autoptr(DspStmt) stmt = NULL;
  DspStep step;

  stmt = dsp_db_prepare (db, "SELECT \"scope\", \"entity\", \"n_rows\", \"sum\" FROM \"scope_sum\" ORDER BY \"scope\", \"entity\"", error);
  if (stmt == NULL)
    return FALSE;
  while ((step = dsp_stmt_step (stmt, error)) == DSP_STEP_ROW)
    {
      DspId scope = dsp_stmt_id (stmt, 0);
      gsize length;
      const guint8 *bytes = dsp_stmt_blob (stmt, 3, &length);
      guint8 copy[16];

      if (length != sizeof copy || !dsp_scope_visible (scopes, entities, dsp_stmt_text (stmt, 1, NULL), &scope))
        continue;
      memcpy (copy, bytes, sizeof copy);
      if (!sum (&scope, dsp_stmt_text (stmt, 1, NULL), dsp_stmt_int (stmt, 2), copy, user_data))
        break;
    }
  return step != DSP_STEP_FAILED;
}
