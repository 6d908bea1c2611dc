/* dsp-pull.c: GET v1/changes, and those who wait for news
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A request that finds nothing is kept in a list. A commit takes out those who see one of the scopes that it touched,
 * and a reader answers them. Who waits has read the feed up to some generation; if a commit came between his reading
 * and his waiting, he reads again: no change is ever missed. The list's lock decides who answers a request: the commit,
 * or the HTTP layer because time is over, the peer is gone or the server stops.
 *
 * Many waiters stand at the same place and see the same scopes: a page is written once and sent to all of them.
 *
 * A waiting request also says which orders its windows have open, and is answered with who else looks at them: at once if
 * that is not what the client knows, else when it changes. Who leaves is looked away a moment later, so that a client that
 * asks anew is not gone in between.
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-pull-private.h"

#include "dsp-json.h"

#include <string.h>

#define PAGE_CHANGES 1000
#define PAGE_BYTES   (1u << 20)
#define WAIT_MAX_S   50
#define PAGES_KEPT   32

/* A page that several waiters get. */
typedef struct
{
  gint64  after;
  GBytes *scopes;   /* (owned) */
  char   *changes;  /* (owned): JSON items */
  gsize   length;
  gint64  cursor, head;
  guint8  digest[8];
  gboolean more;
} SharedPage;

static void
shared_page_free (gpointer data)
{
  SharedPage *page = data;

  g_bytes_unref (page->scopes);
  g_free (page->changes);
  g_free (page);
}

static void
pull_free (gpointer data)
{
  Pull *pull = data;

  dsp_actor_ref_unref (pull->ref);
  g_free (pull->empty);
  g_free (pull);
}

DspWaiters *
dsp_waiters_new (void)
{
  DspWaiters *self = g_new0 (DspWaiters, 1);

  g_mutex_init (&self->lock);
  self->calls = g_hash_table_new (NULL, NULL);
  self->pages = g_ptr_array_new_with_free_func (shared_page_free);
  dsp_pull_start_watch (self);
  return self;
}

void
dsp_waiters_free (DspWaiters *self)
{
  if (self == NULL)
    return;
  dsp_waiters_stop (self);
  dsp_presence_free (self->presence);
  g_cond_clear (&self->watched);
  g_hash_table_unref (self->calls);
  g_ptr_array_unref (self->pages);
  g_mutex_clear (&self->lock);
  g_free (self);
}

guint
dsp_waiters_get_n (DspWaiters *self)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return g_hash_table_size (self->calls);
}

static gboolean
concerns (DspCall            *call,
          const DspPublished *published,
          gint64              now_us)
{
  Pull *pull = call->data;

  if (published->grants_changed || dsp_session_has_ended (call->session))
    return TRUE;
  for (guint i = 0; i < published->scopes->len; i++)
    if (dsp_actor_sees (pull->ref->actor, &g_array_index (published->scopes, DspId, i), now_us))
      return TRUE;
  return FALSE;
}

static int
by_arrival (gconstpointer a,
            gconstpointer b)
{
  guint64 one = ((const Pull *) (*(DspCall *const *) a)->data)->arrival, two = ((const Pull *) (*(DspCall *const *) b)->data)->arrival;

  return one < two ? -1 : one > two;
}

/**
 * dsp_waiters_publish:
 * Wakes those whom a commit concerns, who waits longest first. On the executor's thread.
 */
void
dsp_waiters_publish (DspWaiters         *self,
                     const DspPublished *published)
{
  g_autoptr(GPtrArray) woken = g_ptr_array_new ();
  gint64 now_us = g_get_real_time ();
  GHashTableIter iter;
  DspCall *call;

  g_mutex_lock (&self->lock);
  self->generation++;
  g_ptr_array_set_size (self->pages, 0);
  g_hash_table_iter_init (&iter, self->calls);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &call))
    if (concerns (call, published, now_us))
      {
        g_ptr_array_add (woken, call);
        g_hash_table_iter_remove (&iter);
      }
  g_mutex_unlock (&self->lock);
  g_ptr_array_sort (woken, by_arrival);
  for (guint i = 0; i < woken->len; i++)
    {
      call = woken->pdata[i];
      dsp_call_read (call, call->server->readers, dsp_pull_read);
    }
}

static void
answer_empty (DspCall *call)
{
  DspWaiters *self = call->server->waiters;
  g_autofree char *text = NULL;
  gboolean news;

  g_mutex_lock (&self->lock);
  text = dsp_pull_dup_empty (self, call, &news);
  g_mutex_unlock (&self->lock);
  dsp_request_reply_json (call->request, 200, text);
}

/* With the lock: who looks at something does so for @us more, unless he asks again. */
static void
look_on (DspWaiters *self,
         DspCall    *call,
         gint64      us)
{
  const Pull *pull = call->data;
  gint64 until_us = g_get_monotonic_time () + us;

  if (pull->serial == 0)
    return;
  dsp_presence_wait (self->presence, &call->session->device, pull->serial, NULL, until_us);
  dsp_pull_watch_until (self, until_us);
}

/* The HTTP layer says that the waiting is over. */
static void
on_wait_end (DspRequest *request,
             DspWaitEnd  end,
             gpointer    data)
{
  DspServer *server = data;
  DspWaiters *self = server->waiters;
  g_autoptr(DspCall) call = NULL;

  g_mutex_lock (&self->lock);
  call = g_hash_table_lookup (self->calls, request);
  if (call != NULL)
    {
      g_hash_table_remove (self->calls, request);
      look_on (self, call, end == DSP_WAIT_TIMEOUT ? DSP_ASKS_AGAIN_US : DSP_GONE_US);
    }
  g_mutex_unlock (&self->lock);
  if (call == NULL)
    return;
  if (end == DSP_WAIT_TIMEOUT)
    answer_empty (call);
  else
    dsp_request_refuse (request);
}

/* Takes @call: it waits from now on, reads again because something came meanwhile, or is answered. */
static void
park (DspCall *call)
{
  DspWaiters *self = call->server->waiters;
  Pull *pull = call->data;
  gint64 left_ms = (pull->until_us - g_get_monotonic_time ()) / 1000;
  g_autofree char *text = NULL;
  gboolean news = FALSE;

  if (left_ms <= 0)
    {
      answer_empty (call);
      dsp_call_free (call);
      return;
    }
  g_mutex_lock (&self->lock);
  if (self->generation != pull->generation)
    {
      g_mutex_unlock (&self->lock);
      dsp_call_read (call, call->server->readers, dsp_pull_read);
      return;
    }
  if (pull->looks)
    text = dsp_pull_dup_empty (self, call, &news);
  if (news)
    {
      g_mutex_unlock (&self->lock);
      dsp_request_reply_json (call->request, 200, text);
      dsp_call_free (call);
      return;
    }
  if (!dsp_request_set_wait (call->request, (guint) left_ms, on_wait_end, call->server))
    {
      g_mutex_unlock (&self->lock);
      dsp_request_refuse (call->request);
      dsp_call_free (call);
      return;
    }
  pull->arrival = ++self->n_arrived;
  g_hash_table_insert (self->calls, call->request, call);
  dsp_presence_wait (self->presence, &call->session->device, pull->serial, call->request, pull->until_us + DSP_ASKS_AGAIN_US);
  g_mutex_unlock (&self->lock);
}

/* ---- reading ---- */

static void
put_head (GString         *out,
          DspServer       *server,
          DspSession      *session,
          const DspCursor *cursor,
          gint64           head,
          gboolean         more)
{
  g_autofree char *text = dsp_cursor_print (cursor);

  g_string_append_printf (out, "{\"epoch\":\"%s\",\"head\":%" G_GINT64_FORMAT ",\"cursor\":\"%s\",\"more\":%s,",
                          server->epoch, head, text, more ? "true" : "false");
  if (dsp_sessions_is_due (server->sessions, session, g_get_real_time ()))
    g_string_append (out, "\"rotate\":true,");
}

static gboolean
put_change (const DspChange *change,
            gpointer         user_data)
{
  static const char *const ops[] = { "put", "del", "leave" };
  GString *out = user_data;

  if (out->len > 0)
    g_string_append_c (out, ',');
  g_string_append (out, "{\"seq\":");
  dsp_json_put_int (out, change->seq);
  g_string_append (out, change->last ? ",\"last\":true,\"entity\":" : ",\"last\":false,\"entity\":");
  dsp_json_put_text (out, change->entity);
  g_string_append (out, ",\"id\":");
  dsp_json_put_id (out, &change->id);
  g_string_append (out, ",\"op\":");
  dsp_json_put_text (out, ops[change->op]);
  if (change->op == DSP_FEED_LEAVE)
    {
      /* Where it went, and by whom, is no longer this reader's. */
      g_string_append_c (out, '}');
      return TRUE;
    }
  g_string_append (out, ",\"version\":");
  dsp_json_put_int (out, change->version);
  g_string_append (out, ",\"scope\":");
  dsp_json_put_scope (out, &change->scope);
  if (change->by != NULL)
    {
      g_string_append (out, ",\"by\":");
      dsp_json_put_text (out, change->by);
    }
  if (change->kind != NULL)
    {
      g_string_append (out, ",\"kind\":");
      dsp_json_put_text (out, change->kind);
    }
  g_string_append (out, ",\"at\":");
  dsp_json_put_time (out, change->at_us);
  if (change->body != NULL)
    {
      g_string_append (out, ",\"body\":");
      g_string_append_len (out, change->body, change->body_length);
    }
  g_string_append_c (out, '}');
  return TRUE;
}

/* ---- grants: what to drop and what to fetch ---- */

static GArray *
read_scopes_at (DspDb       *db,
                const DspId *user_id,
                gint64       grants_ver,
                GArray     **entities,
                GError     **error)
{
  static const guint64 all = G_MAXUINT64;
  g_autoptr(DspStmt) stmt = NULL;
  GArray *scopes;

  if (grants_ver == 0)
    {
      scopes = g_array_new (FALSE, FALSE, sizeof (DspId));
      g_array_append_val (scopes, *user_id);
      *entities = g_array_new (FALSE, FALSE, sizeof (guint64));
      g_array_append_val (*entities, all);
      return scopes;
    }
  stmt = dsp_db_prepare (db, "SELECT scopes FROM grants_scopes WHERE user_id = $1 AND grants_ver = $2", error);
  if (stmt == NULL)
    return NULL;
  dsp_stmt_bind_id (stmt, 1, user_id);
  dsp_stmt_bind_int (stmt, 2, grants_ver);
  if (dsp_stmt_step (stmt, error) == DSP_STEP_ROW)
    {
      gsize size = 0;
      gconstpointer bytes = dsp_stmt_blob (stmt, 0, &size);

      return dsp_scopes_unpack (bytes, size, entities);
    }
  return NULL;
}

/* What is seen of @a and not, or not the same of it, of @b. A scope of which other kinds of records are seen now goes and comes. */
static void
put_difference (GString      *out,
                const GArray *a,
                const GArray *a_entities,
                const GArray *b,
                const GArray *b_entities)
{
  gboolean first = TRUE;

  g_string_append_c (out, '[');
  for (guint i = 0; i < a->len; i++)
    {
      const DspId *scope = &g_array_index (a, DspId, i);
      gboolean there = FALSE;

      for (guint k = 0; k < b->len; k++)
        there = there || (dsp_id_equal (scope, &g_array_index (b, DspId, k)) &&
                          g_array_index (a_entities, guint64, i) == g_array_index (b_entities, guint64, k));
      if (there)
        continue;
      if (!first)
        g_string_append_c (out, ',');
      first = FALSE;
      dsp_json_put_scope (out, scope);
    }
  g_string_append_c (out, ']');
}

static void
reply_grants (DspCall     *call,
              DspActorRef *ref,
              GArray      *old,
              GArray      *old_entities,
              gint64       head)
{
  Pull *pull = call->data;
  GString *out = g_string_new (NULL);

  pull->cursor.grants_ver = ref->actor->grants_ver;
  put_head (out, call->server, call->session, &pull->cursor, head, TRUE);
  g_string_append_printf (out, "\"grants\":{\"ver\":%" G_GINT64_FORMAT ",\"del\":", ref->actor->grants_ver);
  put_difference (out, old, old_entities, ref->scopes, ref->entities);
  g_string_append (out, ",\"add\":");
  put_difference (out, ref->scopes, ref->entities, old, old_entities);
  g_string_append (out, "},\"changes\":[]}");
  dsp_reply_json (call->request, out);
}

/* ---- one page ---- */

typedef enum { CURSOR_GOOD, CURSOR_FAULT, CURSOR_ANSWERED } CursorVerdict;

static CursorVerdict
check_cursor (DspDb              *db,
              DspCall            *call,
              const DspFeedState *state,
              GError            **error)
{
  guint8 digest[DSP_DIGEST];
  Pull *pull = call->data;
  const DspCursor *cursor = &pull->cursor;

  if (memcmp (cursor->epoch, state->epoch, sizeof cursor->epoch) != 0)
    {
      dsp_request_reply_error (call->request, 409, "epoch", "the history of this server is another");
      return CURSOR_ANSWERED;
    }
  if (cursor->seq < state->floor_seq)
    {
      dsp_request_reply_error (call->request, 410, "expired", "changes after this cursor are no longer kept");
      return CURSOR_ANSWERED;
    }
  if (cursor->seq == state->seq)
    memcpy (digest, state->digest, sizeof digest);
  else
    switch (dsp_feed_digest_at (db, cursor->seq, digest, error))
      {
      case DSP_STEP_FAILED:
        return CURSOR_FAULT;
      case DSP_STEP_DONE:
        memset (digest, 0xff, sizeof digest);
        break;
      case DSP_STEP_ROW:
        break;
      }
  if (cursor->seq > state->seq || cursor->protocol != DSP_PROTOCOL || memcmp (digest, cursor->digest, sizeof cursor->digest) != 0)
    {
      dsp_request_reply_error (call->request, 409, "digest", "this cursor is not of this feed");
      return CURSOR_ANSWERED;
    }
  return CURSOR_GOOD;
}

static gboolean
find_page (DspWaiters *self,
           Pull       *pull,
           GBytes     *scopes,
           SharedPage *found)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (self->generation != pull->generation)
    return FALSE;
  for (guint i = 0; i < self->pages->len; i++)
    {
      const SharedPage *page = self->pages->pdata[i];

      if (page->after == pull->cursor.seq && g_bytes_equal (page->scopes, scopes))
        {
          *found = *page;
          found->scopes = NULL;
          found->changes = g_memdup2 (page->changes, page->length + 1);
          return TRUE;
        }
    }
  return FALSE;
}

static void
keep_page (DspWaiters       *self,
           Pull             *pull,
           GBytes           *scopes,
           const SharedPage *page)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  SharedPage *copy;

  if (self->generation != pull->generation || self->pages->len >= PAGES_KEPT)
    return;
  copy = g_memdup2 (page, sizeof *page);
  copy->scopes = g_bytes_ref (scopes);
  copy->changes = g_memdup2 (page->changes, page->length + 1);
  g_ptr_array_add (self->pages, copy);
}

/* Reads the changes after the cursor, or takes what another reader of the same place and scopes got. */
static gboolean
make_page (DspDb        *db,
           DspCall      *call,
           DspActorRef  *ref,
           SharedPage   *page,
           GError      **error)
{
  DspWaiters *waiters = call->server->waiters;
  Pull *pull = call->data;
  g_autoptr(GBytes) scopes = dsp_scopes_pack (ref->scopes, ref->entities);
  guint8 digest[DSP_DIGEST];
  GString *changes;

  if (find_page (waiters, pull, scopes, page))
    return TRUE;
  changes = g_string_new (NULL);
  if (!dsp_feed_read (db, pull->cursor.seq, ref->scopes, ref->entities, PAGE_CHANGES, PAGE_BYTES, put_change, changes,
                      &page->cursor, &page->head, &page->more, error) ||
      dsp_feed_digest_at (db, page->cursor, digest, error) == DSP_STEP_FAILED)
    {
      g_string_free (changes, TRUE);
      return FALSE;
    }
  memcpy (page->digest, digest, sizeof page->digest);
  page->after = pull->cursor.seq;
  page->length = changes->len;
  page->changes = g_string_free (changes, FALSE);
  keep_page (waiters, pull, scopes, page);
  return TRUE;
}

/* Takes @call. */
static void
reply_page (DspCall     *call,
            DspActorRef *ref,
            SharedPage  *page)
{
  Pull *pull = call->data;
  GString *out = g_string_sized_new (page->length + 256);

  /* An empty answer moves the cursor, too: who sees little would else fall under the floor. */
  pull->cursor.seq = page->cursor;
  memcpy (pull->cursor.digest, page->digest, sizeof page->digest);
  put_head (out, call->server, call->session, &pull->cursor, page->head, page->more);
  if (page->length > 0 || page->more)
    {
      g_mutex_lock (&call->server->waiters->lock);
      dsp_pull_put_looks (call->server->waiters, call, out);
      g_mutex_unlock (&call->server->waiters->lock);
      g_string_append (out, "\"changes\":[");
      g_string_append_len (out, page->changes, page->length);
      g_string_append (out, "]}");
      dsp_reply_json (call->request, out);
      dsp_call_free (call);
      return;
    }
  g_free (pull->empty);
  pull->empty = g_string_free (out, FALSE);
  g_clear_pointer (&pull->ref, dsp_actor_ref_unref);
  pull->ref = dsp_actor_ref_ref (ref);
  park (call);
}

void
dsp_pull_read (DspDb   *db,
               gpointer data)
{
  g_autoptr(DspCall) call = data;
  Pull *pull = call->data;
  DspWaiters *waiters = call->server->waiters;
  g_autoptr(DspActorRef) ref = NULL;
  g_autoptr(GError) error = NULL;
  g_autoptr(GArray) old = NULL, old_entities = NULL;
  SharedPage page = { 0 };
  CursorVerdict verdict;
  DspFeedState state;

  g_mutex_lock (&waiters->lock);
  pull->generation = waiters->generation;
  g_mutex_unlock (&waiters->lock);
  ref = dsp_call_begin (call, db);
  if (ref == NULL)
    {
      if (pull->looks)
        (void) dsp_pull_say_looks (db, call, NULL, NULL);
      return;
    }
  if (!dsp_pull_say_looks (db, call, ref, &error) || !dsp_feed_read_state (db, &state, &error))
    goto fault;
  if (pull->from_start)
    {
      pull->from_start = FALSE;
      memcpy (pull->cursor.epoch, state.epoch, sizeof state.epoch);
      memcpy (pull->cursor.digest, state.floor_digest, sizeof pull->cursor.digest);
      pull->cursor.seq = state.floor_seq;
      pull->cursor.grants_ver = ref->actor->grants_ver;
      pull->cursor.protocol = DSP_PROTOCOL;
    }
  verdict = check_cursor (db, call, &state, &error);
  if (verdict == CURSOR_FAULT)
    goto fault;
  if (verdict == CURSOR_GOOD && pull->cursor.grants_ver != ref->actor->grants_ver)
    {
      old = read_scopes_at (db, &call->session->user_id, pull->cursor.grants_ver, &old_entities, &error);
      if (error != NULL)
        goto fault;
      if (old == NULL || pull->cursor.grants_ver > ref->actor->grants_ver)
        dsp_request_reply_error (call->request, 409, "digest", "this cursor is not of this user");
      else
        reply_grants (call, ref, old, old_entities, state.seq);
      verdict = CURSOR_ANSWERED;
    }
  if (verdict == CURSOR_ANSWERED)
    {
      dsp_call_end (db);
      return;
    }
  if (!make_page (db, call, ref, &page, &error))
    goto fault;
  dsp_call_end (db);
  reply_page (g_steal_pointer (&call), ref, &page);
  g_free (page.changes);
  return;

fault:
  dsp_call_end (db);
  dsp_reply_fault (call->request, error);
}

void
dsp_handle_changes (DspServer  *server,
                    DspRequest *request,
                    DspSession *session)
{
  const char *cursor = dsp_request_get_arg (request, "cursor");
  const char *wait = dsp_request_get_arg (request, "wait");
  guint64 wait_s = 0;
  DspCall *call;
  Pull *pull;

  if (wait != NULL && !g_ascii_string_to_unsigned (wait, 10, 0, G_MAXUINT32, &wait_s, NULL))
    {
      dsp_request_reply_error (request, 400, "invalid", "wait is a number of seconds");
      return;
    }
  pull = g_new0 (Pull, 1);
  pull->until_us = g_get_monotonic_time () + (gint64) MIN (wait_s, WAIT_MAX_S) * G_USEC_PER_SEC;
  call = dsp_call_new (server, request, session);
  call->data = pull;
  call->free_data = pull_free;
  if (!dsp_pull_parse_looks (request, pull))
    {
      dsp_call_free (call);
      return;
    }
  if (cursor == NULL || *cursor == '\0')
    pull->from_start = TRUE;
  else if (!dsp_cursor_parse (cursor, &pull->cursor))
    {
      dsp_request_reply_error (request, 400, "cursor", "this is not a cursor");
      dsp_call_free (call);
      return;
    }
  dsp_call_read (call, server->readers, dsp_pull_read);
}
