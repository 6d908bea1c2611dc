/* dsp-follower.c: what other processes on the same database did
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each process tells the others of its commits; that is a hint, so the feed's head is looked at ten times a second anyway,
 * and the tokens every few seconds. What is new in the feed wakes those whom it concerns, as a commit of our own would.
 * Nothing depends on this thread being quick but how soon they hear: whoever reads finds what is committed, and judges
 * by the grants that are in the same snapshot.
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-follower.h"

#include "dsp-entities.h"
#include "dsp-judge.h"

#include <string.h>

#define LOOK_MS    100
#define TOKENS_US  (5 * G_USEC_PER_SEC)
#define AGAIN_US   (G_USEC_PER_SEC / 2)  /* after a fault */
#define PIECE      1000                  /* changes looked at together */

/* Changes after @from, up to @to. */
typedef struct { gint64 from, to; } Range;

struct _DspFollower
{
  DspDb          *db;       /* (owned) */
  DspSessions    *sessions;
  DspPublishFunc  publish;
  void          (*ended) (gpointer user_data);
  gpointer        user_data;
  char           *word;     /* (owned) */
  GThread        *thread;
  gint            ending;   /* (atomic) */
  GMutex          lock;
  GArray         *own;      /* (guarded by lock) of Range: this process's */

  /* the thread's own */
  gint64          seen_seq;
  gint64          tokens_at_us;
};

static bool
is_own (DspFollower *self,
        gint64       seq)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  for (guint i = 0; i < self->own->len; i++)
    {
      const Range *range = &g_array_index (self->own, Range, i);

      if (seq > range->from && seq <= range->to)
        return true;
    }
  return false;
}

static void
forget_own (DspFollower *self)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  for (guint i = self->own->len; i > 0; i--)
    if (g_array_index (self->own, Range, i - 1).to <= self->seen_seq)
      g_array_remove_index_fast (self->own, i - 1);
}

static void
add_scope (DspPublished *published,
           const DspId  *scope)
{
  if (dsp_id_is_none (scope))
    return;
  for (guint i = 0; i < published->scopes->len; i++)
    if (dsp_id_equal (&g_array_index (published->scopes, DspId, i), scope))
      return;
  g_array_append_val (published->scopes, *scope);
}

/* What decides what somebody sees: these wake everybody, who then asks by the grants of now. */
static bool
is_about_grants (const char *entity)
{
  const DspEntity *const entities[] = { &dsp_grant, &dsp_profile, &dsp_distributor, &dsp_user };

  for (guint i = 0; i < G_N_ELEMENTS (entities); i++)
    if (g_strcmp0 (entity, entities[i]->table.name) == 0)
      return true;
  return false;
}

static gboolean
read_piece (DspFollower  *self,
            DspPublished *published,
            guint        *n_read,
            GError      **error)
{
  g_autoptr(DspStmt) stmt = NULL;
  DspStep step;

  *n_read = 0;
  stmt = dsp_db_prepare (self->db, "SELECT \"seq\", \"entity\", \"scope_old\", \"scope_new\" FROM \"change\" WHERE \"seq\" > $1"
                                   " ORDER BY \"seq\" LIMIT $2", error);
  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_int (stmt, 1, self->seen_seq);
  dsp_stmt_bind_int (stmt, 2, PIECE);
  while ((step = dsp_stmt_step (stmt, error)) == DSP_STEP_ROW)
    {
      DspId scope_old = dsp_stmt_id (stmt, 2), scope_new = dsp_stmt_id (stmt, 3);

      ++*n_read;
      self->seen_seq = dsp_stmt_int (stmt, 0);
      if (is_own (self, self->seen_seq))
        continue;
      published->seq = self->seen_seq;
      add_scope (published, &scope_old);
      add_scope (published, &scope_new);
      published->grants_changed = published->grants_changed || is_about_grants (dsp_stmt_text (stmt, 1, NULL));
    }
  return step == DSP_STEP_DONE;
}

static gboolean
follow_feed (DspFollower *self,
             GError     **error)
{
  guint n_read = PIECE;
  gint64 head;

  if (!dsp_db_int (self->db, "SELECT \"seq\" FROM \"feed_state\" WHERE \"one\" = 1", &head, error))
    return FALSE;
  while (head > self->seen_seq && n_read == PIECE)
    {
      DspPublished published;
      gboolean ok;

      dsp_published_init (&published);
      ok = read_piece (self, &published, &n_read, error);
      if (published.scopes->len > 0 || published.grants_changed)
        self->publish (&published, self->user_data);
      dsp_published_clear (&published);
      if (!ok)
        return FALSE;
    }
  /* They may have been pruned already. */
  self->seen_seq = MAX (self->seen_seq, head);
  forget_own (self);
  return TRUE;
}

static gboolean
follow_tokens (DspFollower *self,
               GError     **error)
{
  guint n_ended = 0;

  if (!dsp_sessions_follow (self->sessions, self->db, NULL, g_get_real_time (), &n_ended, error))
    return FALSE;
  self->tokens_at_us = g_get_monotonic_time () + TOKENS_US;
  if (n_ended > 0)
    self->ended (self->user_data);
  return TRUE;
}

/* Words of the feed are only there to end the wait. */
static void
on_told (const char *what,
         gpointer    user_data)
{
  DspFollower *self = user_data;

  if (what == NULL || strcmp (what, DSP_WORD_TOKENS) == 0)
    self->tokens_at_us = 0;
}

static gpointer
run (gpointer user_data)
{
  DspFollower *self = user_data;
  gboolean told = FALSE;

  while (!g_atomic_int_get (&self->ending))
    {
      g_autoptr(GError) error = NULL;

      if (dsp_db_wait (self->db, LOOK_MS, on_told, self, &error) && follow_feed (self, &error) &&
          (g_get_monotonic_time () < self->tokens_at_us || follow_tokens (self, &error)))
        {
          told = FALSE;
          continue;
        }
      if (!told)
        g_warning ("what other servers do is not seen now: %s", error->message);
      told = TRUE;
      g_usleep (AGAIN_US);
    }
  return NULL;
}

DspFollower *
dsp_follower_new (const char     *uri,
                  DspSessions    *sessions,
                  DspPublishFunc  publish,
                  void          (*ended) (gpointer user_data),
                  gpointer        user_data,
                  GError        **error)
{
  DspDb *db = dsp_db_open (uri, DSP_DB_READ_ONLY, error);
  DspFollower *self;

  if (db == NULL)
    return NULL;
  self = g_new0 (DspFollower, 1);
  self->db = db;
  self->sessions = sessions;
  self->publish = publish;
  self->ended = ended;
  self->user_data = user_data;
  self->word = g_strdup_printf ("feed %08x", g_random_int ());
  self->own = g_array_new (FALSE, FALSE, sizeof (Range));
  g_mutex_init (&self->lock);
  if (!dsp_db_int (db, "SELECT \"seq\" FROM \"feed_state\" WHERE \"one\" = 1", &self->seen_seq, error))
    {
      dsp_follower_free (self);
      return NULL;
    }
  self->thread = g_thread_new ("follower", run, self);
  return self;
}

void
dsp_follower_free (DspFollower *self)
{
  if (self == NULL)
    return;
  g_atomic_int_set (&self->ending, 1);
  g_clear_pointer (&self->thread, g_thread_join);
  dsp_db_close (self->db);
  g_array_unref (self->own);
  g_mutex_clear (&self->lock);
  g_free (self->word);
  g_free (self);
}

const char *
dsp_follower_get_word (DspFollower *self)
{
  return self->word;
}

void
dsp_follower_own (DspFollower        *self,
                  const DspPublished *published)
{
  Range range = { published->after_seq, published->seq };
  g_autoptr(GMutexLocker) locker = NULL;

  if (range.to <= range.from)
    return;
  locker = g_mutex_locker_new (&self->lock);
  g_array_append_val (self->own, range);
}
