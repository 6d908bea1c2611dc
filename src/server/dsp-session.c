/* dsp-session.c: who is signed in
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A token is 32 random bytes that only the client has; here its SHA-256 is kept, in the table and, for all that count,
 * in memory, so that a request is let in without a look into the database. Being random, a token needs no slow hash;
 * and looking up a hash tells nothing by its timing.
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-session.h"

#include "dsp-cursor.h"
#include "dsp-server-schema.h"

#include <sodium.h>
#include <string.h>

#define TOKEN_BYTES   32
#define IDLE_US       (G_GINT64_CONSTANT (14) * 86400 * G_USEC_PER_SEC)
#define ABSOLUTE_US   (G_GINT64_CONSTANT (90) * 86400 * G_USEC_PER_SEC)
#define TOUCH_US      (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC) /* how old "last seen" may be on disk */

struct _DspSessions
{
  GMutex      lock;
  GHashTable *by_hash; /* (guarded by lock): hash to DspSession */
  GArray     *over;    /* (guarded by lock) of 32-byte families that ended, to be deleted by the next dsp_token_touch() */
  GHashTable *gone;    /* (guarded by lock): families that ended: what is read of them from the table is of before */
  gint64      rotate_us, grace_us;
};

DspSession *
dsp_session_ref (DspSession *session)
{
  g_atomic_ref_count_inc (&session->refs);
  return session;
}

void
dsp_session_unref (DspSession *session)
{
  if (session == NULL || !g_atomic_ref_count_dec (&session->refs))
    return;
  g_free (session->user_name);
  g_free (session->address);
  g_free (session);
}

/**
 * dsp_session_has_ended:
 * Returns: whether the token was ended since the session was found; a parked request asks again when it wakes
 */
gboolean
dsp_session_has_ended (DspSession *session)
{
  return g_atomic_int_get (&session->ended) != 0;
}

static DspSession *
session_new (const DspId *user_id,
             const char  *user_name,
             const DspId *device)
{
  DspSession *session = g_new0 (DspSession, 1);

  g_atomic_ref_count_init (&session->refs);
  session->user_id = *user_id;
  session->user_name = g_strdup (user_name);
  session->device = *device;
  return session;
}

DspSession *
dsp_session_new_for (const DspId *user_id,
                     const char  *user_name,
                     const DspId *device)
{
  return session_new (user_id, user_name, device);
}

/**
 * dsp_session_new_local:
 * Returns: (transfer full): a session of the built-in user, who needs no token
 */
DspSession *
dsp_session_new_local (const DspId *device)
{
  DspId user_id = dsp_local_user_id ();
  DspSession *session = session_new (&user_id, DSP_LOCAL_USER_NAME, device);

  session->local = TRUE;
  return session;
}

static void
set_hash (DspSession   *session,
          const guint8 *hash)
{
  memcpy (session->hash, hash, sizeof session->hash);
  sodium_bin2hex (session->key, sizeof session->key, hash, (sizeof session->key - 1) / 2);
}

/**
 * dsp_session_make:
 * See the header. Nothing is stored yet.
 */
static void
give_token (DspSession  *session,
            gint64       now_us,
            char       **token)
{
  guint8 bytes[TOKEN_BYTES], hash[32];

  randombytes_buf (bytes, sizeof bytes);
  crypto_hash_sha256 (hash, bytes, sizeof bytes);
  *token = dsp_base64url_print (bytes, sizeof bytes);
  sodium_memzero (bytes, sizeof bytes);
  set_hash (session, hash);
  session->made_us = session->seen_us = session->stored_us = now_us;
}

DspSession *
dsp_session_make (const DspId *user_id,
                  const char  *user_name,
                  const DspId *device,
                  gboolean     by_key,
                  gint64       now_us,
                  char       **token)
{
  DspSession *session = session_new (user_id, user_name, device);

  give_token (session, now_us, token);
  session->began_us = now_us;
  memcpy (session->family, session->hash, sizeof session->family);
  session->by_key = by_key;
  return session;
}

DspSession *
dsp_session_make_next (const DspSession *session,
                       gint64            now_us,
                       char            **token)
{
  DspSession *next = session_new (&session->user_id, session->user_name, &session->device);

  give_token (next, now_us, token);
  next->began_us = session->began_us;
  next->by_key = session->by_key;
  memcpy (next->family, session->family, sizeof next->family);
  return next;
}

static guint
hash_hash (gconstpointer hash)
{
  guint value;

  memcpy (&value, hash, sizeof value);
  return value;
}

static gboolean
hash_equal (gconstpointer a,
            gconstpointer b)
{
  return memcmp (a, b, 32) == 0;
}

DspSessions *
dsp_sessions_new (guint rotate_s,
                  guint grace_s)
{
  DspSessions *self = g_new0 (DspSessions, 1);

  g_mutex_init (&self->lock);
  self->by_hash = g_hash_table_new_full (hash_hash, hash_equal, NULL, (GDestroyNotify) dsp_session_unref);
  self->over = g_array_new (FALSE, FALSE, 32);
  self->gone = g_hash_table_new_full (hash_hash, hash_equal, g_free, NULL);
  self->rotate_us = (gint64) rotate_s * G_USEC_PER_SEC;
  self->grace_us = (gint64) grace_s * G_USEC_PER_SEC;
  return self;
}

void
dsp_sessions_free (DspSessions *self)
{
  if (self == NULL)
    return;
  g_hash_table_unref (self->by_hash);
  g_array_unref (self->over);
  g_hash_table_unref (self->gone);
  g_mutex_clear (&self->lock);
  g_free (self);
}

guint
dsp_sessions_get_n (DspSessions *self)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return g_hash_table_size (self->by_hash);
}

static gboolean
counts (DspSession *session,
        gint64      now_us)
{
  return now_us - session->began_us < ABSOLUTE_US && now_us - session->seen_us < IDLE_US;
}

/* Of one token, or of all: "%s" is the condition. */
#define TOKENS "SELECT t.hash, t.user_id, u.\"name\", t.device, t.made_at, t.used_at, t.family," \
               " (SELECT min(f.made_at) FROM token f WHERE f.family = t.family)," \
               " (SELECT min(f.used_at) FROM token f WHERE f.family = t.family AND f.made_at > t.made_at" \
               "   AND f.used_at > f.made_at)" \
               " FROM token t JOIN \"user\" u ON u.\"id\" = t.user_id"

/* (transfer full) (nullable): not a token of ours */
static DspSession *
read_session (DspStmt *stmt)
{
  DspId user_id = dsp_stmt_id (stmt, 1), device = dsp_stmt_id (stmt, 3);
  gsize size = 0;
  gconstpointer hash = dsp_stmt_blob (stmt, 0, &size);
  DspSession *session;

  if (size != sizeof session->hash)
    return NULL;
  session = session_new (&user_id, dsp_stmt_text (stmt, 2, NULL), &device);
  set_hash (session, hash);
  session->made_us = dsp_stmt_int (stmt, 4);
  session->seen_us = session->stored_us = dsp_stmt_int (stmt, 5);
  hash = dsp_stmt_blob (stmt, 6, &size);
  if (size == sizeof session->family)
    memcpy (session->family, hash, size);
  session->began_us = dsp_stmt_int (stmt, 7);
  session->replaced_us = dsp_stmt_int (stmt, 8);
  return session;
}

/* Reads the tokens that still count into @found. */
static gboolean
read_sessions (DspDb        *db,
               const guint8 *hash,
               gint64        now_us,
               GPtrArray    *found,
               GError      **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, hash != NULL ? TOKENS " WHERE t.hash = $1" : TOKENS, error);
  DspStep step;

  if (stmt == NULL)
    return FALSE;
  if (hash != NULL)
    dsp_stmt_bind_blob (stmt, 1, hash, 32);
  while ((step = dsp_stmt_step (stmt, error)) == DSP_STEP_ROW)
    {
      DspSession *session = read_session (stmt);

      if (session != NULL && counts (session, now_us))
        g_ptr_array_add (found, session);
      else
        dsp_session_unref (session);
    }
  return step == DSP_STEP_DONE;
}

/**
 * dsp_sessions_load:
 * Reads the tokens that still count, once at start.
 */
gboolean
dsp_sessions_load (DspSessions *self,
                   DspDb       *db,
                   gint64       now_us,
                   GError     **error)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) dsp_session_unref);

  if (!read_sessions (db, NULL, now_us, found, error))
    return FALSE;
  for (guint i = 0; i < found->len; i++)
    g_hash_table_replace (self->by_hash, ((DspSession *) found->pdata[i])->hash, dsp_session_ref (found->pdata[i]));
  return TRUE;
}

/* Under the lock. Takes what the table says of a session; what is known here better stays. */
static void
follow (DspSessions *self,
        DspSession  *read)
{
  DspSession *known = g_hash_table_lookup (self->by_hash, read->hash);

  if (known == NULL)
    {
      if (!g_hash_table_contains (self->gone, read->family))
        g_hash_table_insert (self->by_hash, read->hash, dsp_session_ref (read));
      return;
    }
  known->seen_us = MAX (known->seen_us, read->seen_us);
  if (known->replaced_us == 0)
    known->replaced_us = read->replaced_us;
}

gboolean
dsp_sessions_follow (DspSessions  *self,
                     DspDb        *db,
                     const guint8 *hash,
                     gint64        now_us,
                     guint        *n_ended,
                     GError      **error)
{
  g_autoptr(GPtrArray) found = g_ptr_array_new_with_free_func ((GDestroyNotify) dsp_session_unref);
  g_autoptr(GPtrArray) before = g_ptr_array_new_with_free_func ((GDestroyNotify) dsp_session_unref);
  g_autoptr(GHashTable) there = g_hash_table_new (hash_hash, hash_equal);
  GHashTableIter iter;
  DspSession *session;
  guint n = 0;

  /* One that is let in while the table is read was stored after that, and is not missing. */
  g_mutex_lock (&self->lock);
  g_hash_table_iter_init (&iter, self->by_hash);
  while (hash == NULL && g_hash_table_iter_next (&iter, NULL, (gpointer *) &session))
    g_ptr_array_add (before, dsp_session_ref (session));
  g_mutex_unlock (&self->lock);
  if (!read_sessions (db, hash, now_us, found, error))
    return FALSE;
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < found->len; i++)
    {
      session = found->pdata[i];
      g_hash_table_add (there, session->hash);
      follow (self, session);
    }
  for (guint i = 0; i < before->len; i++)
    {
      session = before->pdata[i];
      if (g_hash_table_contains (there, session->hash) || g_hash_table_lookup (self->by_hash, session->hash) != session)
        continue;
      g_atomic_int_set (&session->ended, 1);
      g_hash_table_add (self->gone, g_memdup2 (session->family, 32));
      g_hash_table_remove (self->by_hash, session->hash);
      n++;
    }
  g_mutex_unlock (&self->lock);
  if (n_ended != NULL)
    *n_ended = n;
  return TRUE;
}

/* Under the lock. */
static void
end_family (DspSessions  *self,
            const guint8 *family)
{
  GHashTableIter iter;
  DspSession *session;

  g_array_append_vals (self->over, family, 1);
  g_hash_table_add (self->gone, g_memdup2 (family, 32));
  g_hash_table_iter_init (&iter, self->by_hash);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &session))
    if (hash_equal (session->family, family))
      {
        g_atomic_int_set (&session->ended, 1);
        g_hash_table_iter_remove (&iter);
      }
}

/* Under the lock: the first use of a token starts the grace of those before it. */
static void
replace_older (DspSessions      *self,
               const DspSession *newer,
               gint64            now_us)
{
  GHashTableIter iter;
  DspSession *session;

  g_hash_table_iter_init (&iter, self->by_hash);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &session))
    if (session != newer && session->replaced_us == 0 && session->made_us <= newer->made_us &&
        hash_equal (session->family, newer->family))
      session->replaced_us = now_us;
}

gboolean
dsp_token_hash (const char *token,
                guint8      hash[32])
{
  guint8 bytes[TOKEN_BYTES];

  if (!dsp_base64url_parse (token, bytes, sizeof bytes))
    return FALSE;
  crypto_hash_sha256 (hash, bytes, sizeof bytes);
  return TRUE;
}

/**
 * dsp_sessions_find:
 * @token: as it came in the Authorization field
 *
 * Returns: (transfer full) (nullable): its session; %NULL for a token that is unknown, ended or too old
 */
DspSession *
dsp_sessions_find (DspSessions *self,
                   const char  *token,
                   gint64       now_us,
                   gboolean    *reused)
{
  g_autoptr(GMutexLocker) locker = NULL;
  guint8 hash[32];
  DspSession *session;

  if (!dsp_token_hash (token, hash))
    return NULL;
  locker = g_mutex_locker_new (&self->lock);
  session = g_hash_table_lookup (self->by_hash, hash);
  if (session == NULL)
    return NULL;
  if (!counts (session, now_us))
    {
      g_atomic_int_set (&session->ended, 1);
      g_hash_table_remove (self->by_hash, hash);
      return NULL;
    }
  if (session->replaced_us != 0 && now_us - session->replaced_us > self->grace_us)
    {
      guint8 family[32];

      g_warning ("user %s: a token that was exchanged long ago was used again: all that came from its sign-in are ended",
                 session->user_name);
      memcpy (family, session->family, sizeof family);
      end_family (self, family);
      if (reused != NULL)
        *reused = TRUE;
      return NULL;
    }
  if (session->seen_us == session->made_us && !hash_equal (session->family, session->hash))
    replace_older (self, session, now_us);
  session->seen_us = MAX (session->seen_us, MAX (now_us, session->made_us + 1));
  return dsp_session_ref (session);
}

gboolean
dsp_sessions_is_due (DspSessions *self,
                     DspSession  *session,
                     gint64       now_us)
{
  return !session->local && now_us - session->made_us >= self->rotate_us;
}

/**
 * dsp_sessions_add:
 * Lets the token of a stored session in.
 */
void
dsp_sessions_add (DspSessions *self,
                  DspSession  *session)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  g_hash_table_replace (self->by_hash, session->hash, dsp_session_ref (session));
}

void
dsp_sessions_end (DspSessions *self,
                  DspSession  *session)
{
  dsp_sessions_end_family (self, session->family);
}

void
dsp_sessions_end_family (DspSessions  *self,
                         const guint8  family[32])
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  end_family (self, family);
}

gint64
dsp_sessions_seen_us (DspSessions  *self,
                      const guint8  family[32])
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  GHashTableIter iter;
  DspSession *session;
  gint64 seen_us = 0;

  g_hash_table_iter_init (&iter, self->by_hash);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &session))
    if (hash_equal (session->family, family))
      seen_us = MAX (seen_us, session->seen_us);
  return seen_us;
}

/**
 * dsp_sessions_end_user:
 * @but: (nullable): the one that stays, with what came from the same sign-in
 */
void
dsp_sessions_end_user (DspSessions      *self,
                       const DspId      *user_id,
                       const DspSession *but)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  GHashTableIter iter;
  DspSession *session;

  g_hash_table_iter_init (&iter, self->by_hash);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &session))
    if (dsp_id_equal (&session->user_id, user_id) && (but == NULL || !hash_equal (but->family, session->family)))
      {
        g_atomic_int_set (&session->ended, 1);
        g_hash_table_add (self->gone, g_memdup2 (session->family, 32));
        g_hash_table_iter_remove (&iter);
      }
}

static gboolean
insert_address (DspDb       *db,
                DspSession  *session,
                GError     **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, "INSERT INTO sign_in (family, address) VALUES ($1, $2)", error);

  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_blob (stmt, 1, session->family, sizeof session->family);
  dsp_stmt_bind_text (stmt, 2, session->address, -1);
  return dsp_stmt_run (stmt, NULL, error);
}

/**
 * dsp_token_insert:
 * In a transaction: stores the token of @session.
 */
gboolean
dsp_token_insert (DspDb      *db,
                  DspSession *session,
                  GError    **error)
{
  g_autoptr(DspStmt) stmt = NULL;

  stmt = dsp_db_prepare (db, "INSERT INTO token (hash, family, user_id, device, made_at, used_at)"
                             " VALUES ($1, $6, $2, $3, $4, $5)", error);
  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_blob (stmt, 1, session->hash, sizeof session->hash);
  dsp_stmt_bind_id (stmt, 2, &session->user_id);
  dsp_stmt_bind_id (stmt, 3, &session->device);
  dsp_stmt_bind_int (stmt, 4, session->made_us);
  dsp_stmt_bind_int (stmt, 5, session->made_us);
  dsp_stmt_bind_blob (stmt, 6, session->family, sizeof session->family);
  return dsp_stmt_run (stmt, NULL, error) && (session->address == NULL || insert_address (db, session, error));
}

gboolean
dsp_token_delete_family (DspDb         *db,
                         const guint8   family[32],
                         GError       **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, "DELETE FROM token WHERE family = $1", error);

  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_blob (stmt, 1, family, 32);
  return dsp_stmt_run (stmt, NULL, error) && dsp_db_notify (db, DSP_WORD_TOKENS, error);
}

gboolean
dsp_token_delete (DspDb        *db,
                  const guint8  hash[32],
                  GError      **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, "DELETE FROM token WHERE family = (SELECT family FROM token WHERE hash = $1)",
                                            error);

  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_blob (stmt, 1, hash, 32);
  return dsp_stmt_run (stmt, NULL, error) && dsp_db_notify (db, DSP_WORD_TOKENS, error);
}

gboolean
dsp_token_delete_user (DspDb        *db,
                       const DspId  *user_id,
                       const guint8 *but_hash,
                       GError      **error)
{
  static const guint8 nobody[32];
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, "DELETE FROM token WHERE user_id = $1 AND family <> coalesce((SELECT family"
                                                " FROM token WHERE hash = $2), $2)", error);

  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_id (stmt, 1, user_id);
  dsp_stmt_bind_blob (stmt, 2, but_hash != NULL ? but_hash : nobody, 32);
  return dsp_stmt_run (stmt, NULL, error) && dsp_db_notify (db, DSP_WORD_TOKENS, error);
}

/**
 * dsp_token_touch:
 * In a transaction, now and then: stores when each token was last seen, and forgets those that are over.
 */
gboolean
dsp_token_touch (DspDb       *db,
                 DspSessions *self,
                 gint64       now_us,
                 GError     **error)
{
  g_autoptr(GArray) over = NULL;
  g_autoptr(GPtrArray) stale = g_ptr_array_new_with_free_func ((GDestroyNotify) dsp_session_unref);
  g_autoptr(DspStmt) update = NULL;
  g_autoptr(DspStmt) forget = NULL;
  GHashTableIter iter;
  DspSession *session;

  update = dsp_db_prepare (db, "UPDATE token SET used_at = $1 WHERE hash = $2", error);
  forget = update == NULL ? NULL : dsp_db_prepare (db, "DELETE FROM token WHERE family IN (SELECT family FROM token GROUP BY family"
                                                       " HAVING min(made_at) < $1 OR max(used_at) < $2 OR family = $3)", error);
  if (forget == NULL)
    return FALSE;
  g_mutex_lock (&self->lock);
  g_hash_table_iter_init (&iter, self->by_hash);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &session))
    if (session->seen_us - session->stored_us > TOUCH_US ||
        (session->stored_us == session->made_us && session->seen_us > session->made_us))
      {
        session->stored_us = session->seen_us;
        g_ptr_array_add (stale, dsp_session_ref (session));
      }
  over = self->over;
  self->over = g_array_new (FALSE, FALSE, 32);
  g_mutex_unlock (&self->lock);
  for (guint i = 0; i < stale->len; i++)
    {
      session = stale->pdata[i];
      dsp_stmt_bind_int (update, 1, session->stored_us);
      dsp_stmt_bind_blob (update, 2, session->hash, sizeof session->hash);
      if (!dsp_stmt_run (update, NULL, error))
        return FALSE;
    }
  dsp_stmt_bind_int (forget, 1, now_us - ABSOLUTE_US);
  dsp_stmt_bind_int (forget, 2, now_us - IDLE_US);
  for (guint i = 0; i <= over->len; i++)
    {
      static const guint8 none[32];

      dsp_stmt_bind_blob (forget, 3, i < over->len ? (const guint8 *) over->data + 32 * i : none, 32);
      if (!dsp_stmt_run (forget, NULL, error))
        return FALSE;
    }
  if (!dsp_db_exec (db, "DELETE FROM sign_in WHERE family NOT IN (SELECT family FROM token)", error))
    return FALSE;
  return over->len == 0 || dsp_db_notify (db, DSP_WORD_TOKENS, error);
}
