/* dsp-sync.c: keeps a replica and the server the same
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two threads, each a plain loop that waits for the network, so that what happens in which order stands on one page:
 *
 *   follower  first contact (grants before anything else is sent), whole copies, then the feed, one request that waits
 *   sender    the outbox, oldest first, one request in flight; geometries and the comparison of sums when it is empty
 *
 * They share what is behind the lock: whether there is contact, what stands in the way, and who has to wake up. The
 * database is only touched through the replica's lane.
 */
#define G_LOG_DOMAIN "dsp-sync"

#include "config.h"
#include "dsp-replica-private.h"

#include "dsp-channel.h"
#include "dsp-json-read.h"

#include <string.h>

#define POLL_S 50
#define POLL_TIMEOUT_S 75
#define ASK_TIMEOUT_S 30
#define PAUSE_MAX_MS 60000
#define SUMS_EVERY_US (15 * G_TIME_SPAN_MINUTE)
#define BLOBS_AT_ONCE 40
#define UPGRADE_AGAIN_US (10 * G_TIME_SPAN_MINUTE)

typedef enum {
  BLOCK_NONE,
  BLOCK_SIGN_IN,
  BLOCK_CERTIFICATE,
  BLOCK_UPGRADE,
  BLOCK_QUARANTINED,
} Block;

struct _DspSync
{
  GObject       parent_instance;

  DspReplica   *replica;    /* (owned) */
  char         *server, *fingerprint;
  GThread      *follower, *sender;
  DspLane      *fetcher;    /* histories, signing out: its own connection */
  DspChannel   *fetch_channel; /* in the fetcher */
  GCancellable *all;        /* cancelled at the end */

  GMutex        lock;
  GCond         changed;
  char         *token;      /* (guarded by lock) */
  guint         token_no;   /* (guarded by lock): +1 with each token */
  GCancellable *poll;       /* (guarded by lock) (nullable): the follower's request */
  gboolean      stopping;   /* (guarded by lock) */
  gboolean      contact;    /* (guarded by lock): the feed answered since the connection was lost */
  gboolean      copy;       /* (guarded by lock): fetch everything anew */
  gboolean      to_send;    /* (guarded by lock) */
  gboolean      blobs;      /* (guarded by lock): areas may have come */
  gboolean      at_head;    /* (guarded by lock) */
  guint         hurry;      /* (guarded by lock): +1: do not wait out pauses */
  Block         block;      /* (guarded by lock) */
};

G_DEFINE_FINAL_TYPE (DspSync, dsp_sync, G_TYPE_OBJECT)

/* ---- shared ---- */

static gboolean
is_stopping (DspSync *self)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->stopping;
}

static void
tell_link (DspSync    *self,
           DspLink     link,
           double      progress,
           const char *trouble)
{
  dsp_replica_set_link (self->replica, link, progress, trouble);
}

static void
set_block (DspSync    *self,
           Block       block,
           const char *trouble)
{
  static const DspLink links[] = {
    [BLOCK_NONE] = DSP_LINK_ONLINE,       [BLOCK_SIGN_IN] = DSP_LINK_SIGN_IN,         [BLOCK_CERTIFICATE] = DSP_LINK_CERTIFICATE,
    [BLOCK_UPGRADE] = DSP_LINK_UPGRADE,   [BLOCK_QUARANTINED] = DSP_LINK_QUARANTINED,
  };

  g_mutex_lock (&self->lock);
  self->block = block;
  self->contact = FALSE;
  if (self->poll != NULL && block != BLOCK_NONE)
    g_cancellable_cancel (self->poll);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  tell_link (self, links[block], -1, trouble);
}

/* Waits @ms, or less if the user asked to hurry or it ends. FALSE: it ends. */
static gboolean
rest (DspSync *self,
      guint    ms)
{
  gint64 until = g_get_monotonic_time () + (gint64) ms * 1000;
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  guint hurry = self->hurry;

  while (!self->stopping && self->hurry == hurry)
    if (!g_cond_wait_until (&self->changed, &self->lock, until))
      break;
  return !self->stopping;
}

/* Full jitter: anything up to the bound, which doubles. */
static guint
next_pause (guint *bound_ms,
            guint  retry_after_s)
{
  guint pause = (guint) g_random_int_range (1, (gint32) *bound_ms + 1);

  *bound_ms = MIN (*bound_ms * 2, PAUSE_MAX_MS);
  return MAX (pause, retry_after_s * 1000);
}

static void
wake_sender (DspSync *self)
{
  g_mutex_lock (&self->lock);
  self->to_send = TRUE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

void
dsp_sync_wake (DspReplica *replica)
{
  g_mutex_lock (&replica->sync_lock);
  if (replica->sync != NULL)
    wake_sender (replica->sync);
  g_mutex_unlock (&replica->sync_lock);
}

static guint
give_token (DspSync    *self,
            DspChannel *channel)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  dsp_channel_set_token (channel, self->token);
  return self->token_no;
}

/* What both loops do with a failed request. FALSE: the loop ends. */
static gboolean
after_failure (DspSync *self,
               GError  *error,
               guint   *bound_ms)
{
  if (is_stopping (self))
    return FALSE;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return TRUE;
  if (g_error_matches (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_CERTIFICATE) ||
      g_error_matches (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_NEW_CERTIFICATE))
    {
      set_block (self, BLOCK_CERTIFICATE, error->message);
      return TRUE;
    }
  g_mutex_lock (&self->lock);
  self->contact = FALSE;
  if (self->poll != NULL)
    g_cancellable_cancel (self->poll);
  g_mutex_unlock (&self->lock);
  tell_link (self, DSP_LINK_OFFLINE, -1, error->message);
  return rest (self, next_pause (bound_ms, 0));
}

/* Statuses that mean the same everywhere. TRUE: it was one, and was seen to. */
static gboolean
common_status (DspSync         *self,
               const DspAnswer *answer,
               guint            token_no,
               guint           *bound_ms)
{
  g_autofree char *trouble = g_strdup_printf ("%u %s", answer->status, answer->code != NULL ? answer->code : "");
  gboolean newer;

  switch (answer->status)
    {
    case 401:
      g_mutex_lock (&self->lock);
      newer = self->token_no != token_no;
      g_mutex_unlock (&self->lock);
      if (!newer)
        set_block (self, BLOCK_SIGN_IN, trouble);
      return TRUE;
    case 426:
      set_block (self, BLOCK_UPGRADE, trouble);
      return TRUE;
    case 429:
    case 503:
      rest (self, next_pause (bound_ms, MAX (answer->retry_after_s, 1)));
      return TRUE;
    default:
      return FALSE;
    }
}

static void
want_copy (DspSync *self)
{
  g_mutex_lock (&self->lock);
  self->copy = TRUE;
  self->contact = FALSE;
  if (self->poll != NULL)
    g_cancellable_cancel (self->poll);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

/* ---- keeper calls ---- */

typedef struct {
  DspSync    *self;
  GBytes     *body;
  gboolean    ok;
  GError     *error;
  DspPulled   pulled;
  char       *text, *epoch;
  gint64      first, number;
  guint       n;
  gboolean    flag;
  GPtrArray  *list;
  DspLaneFunc then;
} Call;

static void
call (DspSync     *self,
      DspLaneFunc  func,
      Call        *c)
{
  c->self = self;
  dsp_lane_call (self->replica->lane, FALSE, func, c);
}

static DspKeeper *
keeper_of (Call *c)
{
  return c->self->replica->keeper;
}

static void
do_pulled (gpointer data)
{
  Call *c = data;
  gsize length;
  const char *text = g_bytes_get_data (c->body, &length);

  dsp_keeper_contact (keeper_of (c), g_get_real_time ());
  c->ok = dsp_keeper_pulled (keeper_of (c), text, length, &c->pulled, &c->error);
  dsp_replica_post_state (c->self->replica);
}

static void
do_cursor (gpointer data)
{
  Call *c = data;

  c->text = dsp_keeper_dup_cursor (keeper_of (c));
}

static void
do_copy_begin (gpointer data)
{
  Call *c = data;

  c->ok = dsp_keeper_copy_begin (keeper_of (c), &c->error);
}

static void
do_copy_abort (gpointer data)
{
  dsp_keeper_copy_abort (keeper_of (data));
}

static void
do_copy_index (gpointer data)
{
  Call *c = data;

  c->ok = dsp_keeper_copy_index (keeper_of (c), &c->text, &c->error);
}

static void
do_copy_pull (gpointer data)
{
  Call *c = data;
  gsize length;
  const char *text = g_bytes_get_data (c->body, &length);

  c->ok = dsp_keeper_copy_pull (keeper_of (c), text, length, &c->text, &c->flag, &c->error);
}

static void
do_copy_swap (gpointer data)
{
  Call *c = data;

  dsp_keeper_contact (keeper_of (c), g_get_real_time ());
  c->ok = dsp_keeper_copy_swap (keeper_of (c), &c->error);
  dsp_replica_post_state (c->self->replica);
}

static void
do_next_push (gpointer data)
{
  Call *c = data;

  c->text = dsp_keeper_next_push (keeper_of (c), &c->first, &c->error);
  c->number = dsp_keeper_last_no (keeper_of (c));
  c->flag = dsp_keeper_is_rolled_back (keeper_of (c));
}

static void
do_pushed (gpointer data)
{
  Call *c = data;
  gsize length;
  const char *text = g_bytes_get_data (c->body, &length);

  c->ok = dsp_keeper_pushed (keeper_of (c), c->first, text, length, &c->error);
  dsp_replica_post_state (c->self->replica);
}

static void
do_renumber (gpointer data)
{
  Call *c = data;

  c->ok = dsp_keeper_renumber (keeper_of (c), c->number, &c->error);
  dsp_replica_post_state (c->self->replica);
}

static void
do_wanted_blobs (gpointer data)
{
  Call *c = data;

  c->list = dsp_keeper_wanted_blobs (keeper_of (c), BLOBS_AT_ONCE, &c->error);
}

static void
do_put_blobs (gpointer data)
{
  Call *c = data;
  gsize length;
  const guint8 *bytes = g_bytes_get_data (c->body, &length);

  c->ok = dsp_keeper_put_blobs (keeper_of (c), bytes, length, &c->n, &c->error);
}

static void
do_check_sums (gpointer data)
{
  Call *c = data;
  gsize length;
  const char *text = g_bytes_get_data (c->body, &length);

  c->ok = dsp_keeper_check_sums (keeper_of (c), text, length, &c->flag, &c->error);
}

static void
call_clear (Call *c)
{
  g_clear_error (&c->error);
  g_clear_pointer (&c->text, g_free);
  g_clear_pointer (&c->list, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Call, call_clear)

/* ---- whole copies ---- */

/* A page on its way into the lane, while the next one is fetched. */
typedef struct {
  DspSync *self;
  GBytes  *body;
  GMutex   lock;
  GCond    done_cond;
  gboolean busy, ok;
  guint    n_rows;
  GError  *error;
} PageJob;

static void
do_copy_page (gpointer data)
{
  PageJob *job = data;
  g_autofree char *next = NULL;
  gsize length;
  const char *text = g_bytes_get_data (job->body, &length);
  guint n = 0;
  gboolean ok = dsp_keeper_copy_page (job->self->replica->keeper, text, length, &next, &n, &job->error);

  g_mutex_lock (&job->lock);
  job->ok = ok;
  job->n_rows += n;
  job->busy = FALSE;
  g_cond_signal (&job->done_cond);
  g_mutex_unlock (&job->lock);
}

static gboolean
page_job_wait (PageJob *job)
{
  g_mutex_lock (&job->lock);
  while (job->busy)
    g_cond_wait (&job->done_cond, &job->lock);
  g_mutex_unlock (&job->lock);
  g_clear_pointer (&job->body, g_bytes_unref);
  return job->ok;
}

/* "next" stands before the records. */
static char *
peek_next (GBytes *body)
{
  const char *name;
  gsize n, length;
  const char *text = g_bytes_get_data (body, &length);
  DspJsonReader r;
  char *next = NULL;

  dsp_json_reader_init (&r, text, length);
  dsp_json_enter_object (&r);
  while (next == NULL && dsp_json_next_member (&r, &name, &n) && !dsp_json_is (name, n, "columns"))
    if (dsp_json_is (name, n, "next") && dsp_json_peek (&r) == '"')
      dsp_json_read_text (&r, &next);
    else
      dsp_json_skip (&r, NULL, NULL);
  return next;
}

/* How many rows there will be, and of which scopes, from GET v1/sums. */
static guint64
read_totals (GBytes    *body,
             GPtrArray *scopes)
{
  const char *name;
  gsize n, length;
  const char *text = g_bytes_get_data (body, &length);
  DspJsonReader r;
  guint64 total = 0;

  dsp_json_reader_init (&r, text, length);
  dsp_json_enter_object (&r);
  while (dsp_json_next_member (&r, &name, &n))
    if (dsp_json_is (name, n, "sums") && dsp_json_peek (&r) == '{')
      {
        dsp_json_enter_object (&r);
        while (dsp_json_next_member (&r, &name, &n))
          {
            g_ptr_array_add (scopes, g_strndup (name, n));
            if (dsp_json_peek (&r) != '{')
              {
                dsp_json_skip (&r, NULL, NULL);
                continue;
              }
            dsp_json_enter_object (&r);
            while (dsp_json_next_member (&r, &name, &n))
              {
                gint64 rows = 0;

                if (dsp_json_is (name, n, "rows") && dsp_json_read_int (&r, &rows))
                  total += (guint64) MAX (rows, 0);
                else
                  dsp_json_skip (&r, NULL, NULL);
              }
          }
      }
    else
      dsp_json_skip (&r, NULL, NULL);
  return total;
}

/* All pages of one scope. 404 in @status: this user does not have it. */
static gboolean
copy_scope (DspSync    *self,
            DspChannel *channel,
            const char *scope,
            guint64     total,
            PageJob    *job,
            guint      *status,
            GError    **error)
{
  g_autofree char *after = NULL;
  gboolean ok = TRUE;

  do
    {
      g_autofree char *path = g_strdup_printf ("v1/snapshot?shape=columns&scope=%s%s%s", scope, after != NULL ? "&after=" : "", after != NULL ? after : "");
      g_auto(DspAnswer) answer = { 0 };

      ok = dsp_channel_ask (channel, "GET", path, NULL, self->all, &answer, error);
      if (ok && answer.status != 200)
        {
          *status = answer.status;
          dsp_answer_set_error (&answer, error);
          ok = FALSE;
        }
      if (!page_job_wait (job) && ok)
        {
          g_propagate_error (error, g_steal_pointer (&job->error));
          ok = FALSE;
        }
      if (!ok)
        break;
      tell_link (self, DSP_LINK_FIRST_SYNC, total > 0 ? MIN ((double) job->n_rows / (double) total, 0.99) : 0, NULL);
      g_free (after);
      after = peek_next (answer.body);
      job->body = g_bytes_ref (answer.body);
      job->busy = TRUE;
      dsp_lane_push (self->replica->lane, FALSE, do_copy_page, job);
    }
  while (after != NULL && !is_stopping (self));
  if (!page_job_wait (job) && ok)
    {
      g_propagate_error (error, g_steal_pointer (&job->error));
      ok = FALSE;
    }
  return ok && !is_stopping (self);
}

/* The feed from where the copy began until it has passed the copy's pages. */
static gboolean
catch_up (DspSync    *self,
          DspChannel *channel,
          GError    **error)
{
  g_auto(Call) index = { 0 };
  g_autofree char *cursor = NULL;

  call (self, do_copy_index, &index);
  if (!index.ok)
    {
      g_propagate_error (error, g_steal_pointer (&index.error));
      return FALSE;
    }
  cursor = g_steal_pointer (&index.text);
  while (cursor != NULL)
    {
      g_autofree char *path = g_strdup_printf ("v1/changes?cursor=%s&wait=0", cursor);
      g_auto(DspAnswer) answer = { 0 };
      g_auto(Call) pull = { 0 };

      if (!dsp_channel_ask (channel, "GET", path, NULL, self->all, &answer, error))
        return FALSE;
      if (answer.status != 200)
        {
          dsp_answer_set_error (&answer, error);
          return FALSE;
        }
      pull.body = answer.body;
      call (self, do_copy_pull, &pull);
      if (!pull.ok)
        {
          g_propagate_error (error, g_steal_pointer (&pull.error));
          return FALSE;
        }
      g_free (cursor);
      cursor = pull.flag ? NULL : g_steal_pointer (&pull.text);
    }
  return TRUE;
}

static gboolean
fetch_copy (DspSync    *self,
            DspChannel *channel,
            guint      *status,
            GError    **error)
{
  g_autoptr(GPtrArray) scopes = g_ptr_array_new_with_free_func (g_free);
  g_auto(DspAnswer) sums = { 0 };
  g_auto(Call) begin = { 0 };
  g_auto(Call) swap = { 0 };
  PageJob job = { .self = self, .ok = TRUE };
  guint64 total;
  gboolean ok;

  if (!dsp_channel_ask (channel, "GET", "v1/sums", NULL, self->all, &sums, error))
    return FALSE;
  if (sums.status != 200)
    {
      *status = sums.status;
      dsp_answer_set_error (&sums, error);
      return FALSE;
    }
  total = read_totals (sums.body, scopes);
  call (self, do_copy_begin, &begin);
  if (!begin.ok)
    {
      g_propagate_error (error, g_steal_pointer (&begin.error));
      return FALSE;
    }
  g_mutex_init (&job.lock);
  g_cond_init (&job.done_cond);
  ok = copy_scope (self, channel, "all", total, &job, status, error);
  if (!ok && *status == 404)
    {
      g_clear_error (error);
      *status = 0;
      ok = TRUE;
      for (guint i = 0; ok && i < scopes->len; i++)
        ok = copy_scope (self, channel, g_ptr_array_index (scopes, i), total, &job, status, error);
    }
  g_mutex_clear (&job.lock);
  g_cond_clear (&job.done_cond);
  g_clear_error (&job.error);
  ok = ok && catch_up (self, channel, error);
  if (ok)
    {
      call (self, do_copy_swap, &swap);
      ok = swap.ok;
      if (!ok)
        g_propagate_error (error, g_steal_pointer (&swap.error));
    }
  if (!ok)
    {
      g_auto(Call) abort = { 0 };

      call (self, do_copy_abort, &abort);
    }
  return ok;
}

/* ---- the follower ---- */

/* Waits until nothing stands in the way. FALSE: it ends. */
static gboolean
wait_unblocked (DspSync *self)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  while (!self->stopping && (self->block != BLOCK_NONE || self->token == NULL))
    if (self->block != BLOCK_UPGRADE)
      g_cond_wait (&self->changed, &self->lock);
    else if (!g_cond_wait_until (&self->changed, &self->lock, g_get_monotonic_time () + UPGRADE_AGAIN_US))
      self->block = BLOCK_NONE; /* the server may have been brought up to date meanwhile */
  return !self->stopping;
}

static void
got_contact (DspSync  *self,
             gboolean  at_head,
             gboolean  news)
{
  g_mutex_lock (&self->lock);
  self->contact = TRUE;
  self->at_head = at_head;
  self->blobs = self->blobs || news;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  tell_link (self, DSP_LINK_ONLINE, -1, NULL);
}

static gboolean
follow_copy (DspSync    *self,
             DspChannel *channel,
             guint       token_no,
             guint      *bound_ms)
{
  g_autoptr(GError) error = NULL;
  guint status = 0;

  tell_link (self, DSP_LINK_FIRST_SYNC, 0, NULL);
  if (fetch_copy (self, channel, &status, &error))
    {
      g_mutex_lock (&self->lock);
      self->copy = FALSE;
      g_mutex_unlock (&self->lock);
      *bound_ms = 1000;
      got_contact (self, FALSE, TRUE);
      return TRUE;
    }
  if (status != 0)
    {
      DspAnswer answer = { .status = status };

      if (common_status (self, &answer, token_no, bound_ms))
        return !is_stopping (self);
    }
  return error == NULL ? !is_stopping (self) : after_failure (self, error, bound_ms);
}

static gboolean
follow_once (DspSync    *self,
             DspChannel *channel,
             guint      *bound_ms)
{
  g_auto(Call) cursor = { 0 };
  g_auto(Call) pulled = { 0 };
  g_auto(DspAnswer) answer = { 0 };
  g_autoptr(GError) error = NULL;
  g_autoptr(GCancellable) poll = g_cancellable_new ();
  g_autofree char *path = NULL;
  guint token_no = give_token (self, channel);
  gboolean copy, contact, asked;

  call (self, do_cursor, &cursor);
  g_mutex_lock (&self->lock);
  if (self->stopping || self->block != BLOCK_NONE)
    {
      g_mutex_unlock (&self->lock);
      return TRUE;
    }
  copy = self->copy || cursor.text == NULL;
  contact = self->contact && self->at_head;
  if (!copy)
    self->poll = g_object_ref (poll);
  g_mutex_unlock (&self->lock);
  if (copy)
    return follow_copy (self, channel, token_no, bound_ms);

  path = g_strdup_printf ("v1/changes?cursor=%s&wait=%d", cursor.text, contact ? POLL_S : 0);
  asked = dsp_channel_ask (channel, "GET", path, NULL, poll, &answer, &error);
  g_mutex_lock (&self->lock);
  g_clear_object (&self->poll);
  g_mutex_unlock (&self->lock);
  if (!asked)
    return after_failure (self, error, bound_ms);
  if (answer.status == 409 || answer.status == 410)
    {
      g_message ("the feed cannot go on (%u %s): fetching everything anew", answer.status, answer.code != NULL ? answer.code : "");
      want_copy (self);
      return TRUE;
    }
  if (common_status (self, &answer, token_no, bound_ms))
    return !is_stopping (self);
  if (answer.status != 200)
    {
      dsp_answer_set_error (&answer, &error);
      return after_failure (self, error, bound_ms);
    }
  pulled.body = answer.body;
  call (self, do_pulled, &pulled);
  if (!pulled.ok)
    return after_failure (self, pulled.error, bound_ms);
  *bound_ms = 1000;
  if (pulled.pulled.bootstrap)
    {
      want_copy (self);
      return TRUE;
    }
  got_contact (self, pulled.pulled.at_head, pulled.pulled.n_changes > 0);
  return !is_stopping (self);
}

static gpointer
follower_thread (gpointer data)
{
  DspSync *self = data;
  DspChannel *channel = dsp_channel_new (self->server, self->fingerprint, POLL_TIMEOUT_S);
  guint bound_ms = 1000;

  tell_link (self, DSP_LINK_CONNECTING, -1, NULL);
  while (wait_unblocked (self) && follow_once (self, channel, &bound_ms))
    ;
  dsp_channel_free (channel);
  return NULL;
}

/* ---- the sender ---- */

static gint64
read_last (GBytes *body)
{
  const char *name;
  gsize n, length;
  const char *text = g_bytes_get_data (body, &length);
  DspJsonReader r;
  gint64 last = -1;

  dsp_json_reader_init (&r, text, length);
  dsp_json_enter_object (&r);
  while (dsp_json_next_member (&r, &name, &n))
    if (dsp_json_is (name, n, "last"))
      dsp_json_read_int (&r, &last);
    else
      dsp_json_skip (&r, NULL, NULL);
  return last;
}

/* 409: this file and the server do not agree on the past. */
static void
disagree (DspSync         *self,
          const DspAnswer *answer,
          gint64           last_no)
{
  gint64 last = read_last (answer->body);

  if (g_strcmp0 (answer->code, "epoch") == 0)
    want_copy (self);
  else if (g_strcmp0 (answer->code, "gap") == 0 && last >= 0 && last <= last_no)
    {
      g_auto(Call) renumber = { .number = last };

      g_message ("the server knows commands up to %" G_GINT64_FORMAT " only: offering the later ones again", last);
      call (self, do_renumber, &renumber);
      if (!renumber.ok)
        g_warning ("could not offer them again: %s", renumber.error != NULL ? renumber.error->message : "");
    }
  else
    set_block (self, BLOCK_QUARANTINED, answer->message);
}

/* Sends one request. @more: there may be another one. FALSE: it ends. */
static gboolean
send_once (DspSync    *self,
           DspChannel *channel,
           guint      *bound_ms,
           gboolean   *more)
{
  g_auto(Call) next = { 0 };
  g_auto(Call) pushed = { 0 };
  g_auto(DspAnswer) answer = { 0 };
  g_autoptr(GError) error = NULL;
  guint token_no = give_token (self, channel);

  *more = FALSE;
  call (self, do_next_push, &next);
  if (next.error != NULL)
    {
      g_warning ("the outbox cannot be read: %s", next.error->message);
      return rest (self, next_pause (bound_ms, 5));
    }
  if (next.flag)
    set_block (self, BLOCK_QUARANTINED, "the server has heard more of this device than this file ever said");
  if (next.text == NULL)
    return !is_stopping (self);
  *more = TRUE;
  if (!dsp_channel_ask (channel, "POST", "v1/commands", next.text, self->all, &answer, &error))
    return after_failure (self, error, bound_ms);
  if (answer.status == 200 || answer.status == 426)
    {
      pushed.body = answer.body;
      pushed.first = next.first;
      call (self, do_pushed, &pushed);
      if (!pushed.ok)
        return after_failure (self, pushed.error, bound_ms);
      if (answer.status == 200)
        {
          *bound_ms = 1000;
          if (read_last (answer.body) > next.number)
            set_block (self, BLOCK_QUARANTINED, "the server has heard more of this device than this file ever said");
          return !is_stopping (self);
        }
    }
  if (answer.status == 409)
    {
      disagree (self, &answer, next.number);
      return rest (self, 50);
    }
  if (answer.status == 403)
    {
      set_block (self, BLOCK_SIGN_IN, answer.message);
      return !is_stopping (self);
    }
  if (common_status (self, &answer, token_no, bound_ms))
    return !is_stopping (self);
  dsp_answer_set_error (&answer, &error);
  g_warning ("commands from %" G_GINT64_FORMAT " on: %s", next.first, error->message);
  tell_link (self, DSP_LINK_OFFLINE, -1, error->message);
  return rest (self, next_pause (bound_ms, 5));
}

/* TRUE: there may be more of them. */
static gboolean
fetch_blobs (DspSync    *self,
             DspChannel *channel)
{
  g_auto(Call) wanted = { 0 };
  g_auto(Call) put = { 0 };
  g_auto(DspAnswer) answer = { 0 };
  g_autoptr(GError) error = NULL;
  g_autoptr(GString) path = g_string_new ("v1/blobs/");

  call (self, do_wanted_blobs, &wanted);
  if (wanted.list == NULL || wanted.list->len == 0)
    return FALSE;
  for (guint i = 0; i < wanted.list->len; i++)
    g_string_append_printf (path, "%s%s", i > 0 ? "," : "", (char *) g_ptr_array_index (wanted.list, i));
  give_token (self, channel);
  if (!dsp_channel_ask (channel, "GET", path->str, NULL, self->all, &answer, &error) || answer.status != 200)
    return FALSE;
  put.body = answer.body;
  call (self, do_put_blobs, &put);
  if (!put.ok)
    g_warning ("geometries: %s", put.error != NULL ? put.error->message : "");
  /* What the server does not have would be asked for without end. */
  return put.ok && put.n == wanted.list->len;
}

static void
compare_sums (DspSync    *self,
              DspChannel *channel)
{
  g_auto(Call) check = { .flag = TRUE };
  g_auto(DspAnswer) answer = { 0 };

  give_token (self, channel);
  if (!dsp_channel_ask (channel, "GET", "v1/sums", NULL, self->all, &answer, NULL) || answer.status != 200)
    return;
  check.body = answer.body;
  call (self, do_check_sums, &check);
  if (check.ok && !check.flag)
    want_copy (self);
}

typedef enum { TODO_END, TODO_SEND, TODO_BLOBS, TODO_SUMS } Todo;

static Todo
wait_todo (DspSync *self,
           gint64  *sums_at)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  for (;;)
    {
      if (self->stopping)
        return TODO_END;
      if (self->contact && self->block == BLOCK_NONE && !self->copy)
        {
          if (self->to_send)
            {
              self->to_send = FALSE;
              return TODO_SEND;
            }
          if (self->blobs)
            {
              self->blobs = FALSE;
              return TODO_BLOBS;
            }
          if (self->at_head && g_get_monotonic_time () >= *sums_at)
            {
              *sums_at = g_get_monotonic_time () + SUMS_EVERY_US;
              return TODO_SUMS;
            }
        }
      g_cond_wait_until (&self->changed, &self->lock, *sums_at > g_get_monotonic_time () ? *sums_at : g_get_monotonic_time () + SUMS_EVERY_US);
    }
}

static gpointer
sender_thread (gpointer data)
{
  DspSync *self = data;
  DspChannel *channel = dsp_channel_new (self->server, self->fingerprint, ASK_TIMEOUT_S);
  gint64 sums_at = g_get_monotonic_time () + SUMS_EVERY_US;
  guint bound_ms = 1000;
  gboolean going = TRUE, more;

  while (going)
    switch (wait_todo (self, &sums_at))
      {
      case TODO_SEND:
        going = send_once (self, channel, &bound_ms, &more);
        if (more)
          wake_sender (self);
        break;
      case TODO_BLOBS:
        if (fetch_blobs (self, channel))
          {
            g_mutex_lock (&self->lock);
            self->blobs = TRUE;
            g_mutex_unlock (&self->lock);
          }
        break;
      case TODO_SUMS:
        compare_sums (self, channel);
        break;
      case TODO_END:
        going = FALSE;
        break;
      }
  dsp_channel_free (channel);
  return NULL;
}

/* ---- the object ---- */

static void
dsp_sync_finalize (GObject *object)
{
  DspSync *self = DSP_SYNC (object);

  dsp_sync_stop (self);
  g_clear_object (&self->replica);
  g_clear_object (&self->all);
  g_free (self->server);
  g_free (self->fingerprint);
  g_free (self->token);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  G_OBJECT_CLASS (dsp_sync_parent_class)->finalize (object);
}

static void
dsp_sync_class_init (DspSyncClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = dsp_sync_finalize;
}

static void
dsp_sync_init (DspSync *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->all = g_cancellable_new ();
  self->to_send = TRUE;
  self->blobs = TRUE;
}

/**
 * dsp_sync_new:
 * @token: (nullable): without one it waits for dsp_sync_set_token()
 */
DspSync *
dsp_sync_new (DspReplica *replica,
              const char *token)
{
  DspSync *self;

  g_return_val_if_fail (replica->sync == NULL && !replica->closed && replica->state->server != NULL, NULL);
  self = g_object_new (DSP_TYPE_SYNC, NULL);
  self->replica = g_object_ref (replica);
  self->server = g_strdup (replica->state->server);
  self->fingerprint = g_strdup (replica->state->fingerprint);
  self->token = g_strdup (token);
  self->fetcher = dsp_lane_new ("dsp-fetch", NULL, NULL);
  g_mutex_lock (&replica->sync_lock);
  replica->sync = self;
  g_mutex_unlock (&replica->sync_lock);
  if (token == NULL)
    tell_link (self, DSP_LINK_SIGN_IN, -1, NULL);
  self->follower = g_thread_new ("dsp-follow", follower_thread, self);
  self->sender = g_thread_new ("dsp-send", sender_thread, self);
  return self;
}

static void
free_fetch_channel (gpointer data)
{
  DspSync *self = data;

  g_clear_pointer (&self->fetch_channel, dsp_channel_free);
}

void
dsp_sync_stop (DspSync *self)
{
  if (self->follower == NULL)
    return;
  g_mutex_lock (&self->replica->sync_lock);
  self->replica->sync = NULL;
  g_mutex_unlock (&self->replica->sync_lock);
  g_mutex_lock (&self->lock);
  self->stopping = TRUE;
  if (self->poll != NULL)
    g_cancellable_cancel (self->poll);
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
  g_cancellable_cancel (self->all);
  g_thread_join (g_steal_pointer (&self->follower));
  g_thread_join (g_steal_pointer (&self->sender));
  dsp_lane_call (self->fetcher, TRUE, free_fetch_channel, self);
  g_clear_pointer (&self->fetcher, dsp_lane_free);
  tell_link (self, DSP_LINK_STOPPED, -1, NULL);
}

void
dsp_sync_set_token (DspSync    *self,
                    const char *token)
{
  g_mutex_lock (&self->lock);
  g_free (self->token);
  self->token = g_strdup (token);
  self->token_no++;
  self->block = BLOCK_NONE;
  self->to_send = TRUE;
  self->hurry++;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

void
dsp_sync_now (DspSync *self)
{
  g_mutex_lock (&self->lock);
  self->hurry++;
  if (self->block == BLOCK_UPGRADE || self->block == BLOCK_CERTIFICATE)
    self->block = BLOCK_NONE;
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->lock);
}

/* ---- on demand ---- */

typedef struct {
  DspSync         *self;  /* (owned) */
  GTask           *task;  /* (owned) */
  const DspEntity *entity;
  DspId            id;
  GBytes          *body;
  gboolean         ok;
  GError          *error;
} Fetch;

static DspChannel *
fetch_channel (DspSync *self)
{
  if (self->fetch_channel == NULL)
    self->fetch_channel = dsp_channel_new (self->server, self->fingerprint, ASK_TIMEOUT_S / 2);
  give_token (self, self->fetch_channel);
  return self->fetch_channel;
}

/* The last references go in the owner's thread. */
static gboolean
fetch_end (gpointer data)
{
  Fetch *fetch = data;

  g_clear_object (&fetch->task);
  g_object_unref (fetch->self);
  g_free (fetch);
  return G_SOURCE_REMOVE;
}

static void
fetch_end_later (Fetch *fetch)
{
  g_autoptr(GSource) source = g_idle_source_new ();

  g_source_set_callback (source, fetch_end, fetch, NULL);
  g_source_attach (source, fetch->self->replica->context);
}

static void
do_put_history (gpointer data)
{
  Fetch *fetch = data;
  gsize length;
  const char *text = g_bytes_get_data (fetch->body, &length);

  fetch->ok = dsp_keeper_put_history (fetch->self->replica->keeper, text, length, &fetch->error);
}

static void
do_fetch_history (gpointer data)
{
  Fetch *fetch = data;
  g_auto(DspAnswer) answer = { 0 };
  g_autofree char *path = NULL;
  GError *error = NULL;
  char id[DSP_ID_TEXT];

  dsp_id_print (&fetch->id, id);
  path = g_strdup_printf ("v1/history?entity=%s&id=%s", fetch->entity->table.name, id);
  if (g_task_return_error_if_cancelled (fetch->task))
    ;
  else if (!dsp_channel_ask (fetch_channel (fetch->self), "GET", path, NULL, fetch->self->all, &answer, &error))
    g_task_return_error (fetch->task, error);
  else if (answer.status != 200)
    {
      dsp_answer_set_error (&answer, &error);
      g_task_return_error (fetch->task, error);
    }
  else
    {
      fetch->body = answer.body;
      dsp_lane_call (fetch->self->replica->lane, TRUE, do_put_history, fetch);
      if (fetch->ok)
        g_task_return_boolean (fetch->task, TRUE);
      else
        g_task_return_error (fetch->task, fetch->error);
    }
  fetch_end_later (fetch);
}

static void
on_kept_history (GObject      *source,
                 GAsyncResult *result,
                 gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GError *error = NULL;
  GPtrArray *list = dsp_replica_history_finish (DSP_REPLICA (source), result, &error);

  if (list != NULL)
    g_task_return_pointer (task, list, (GDestroyNotify) g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

static void
on_fetched_history (GObject      *source,
                    GAsyncResult *result,
                    gpointer      user_data)
{
  DspSync *self = DSP_SYNC (source);
  GTask *task = user_data;
  const Fetch *what = g_task_get_task_data (task);
  GError *error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    dsp_replica_history_async (self->replica, what->entity, &what->id, NULL, on_kept_history, task);
  else
    {
      g_task_return_error (task, error);
      g_object_unref (task);
    }
}

static void
fetch_in_lane (DspSync            *self,
               DspLaneFunc         func,
               const DspEntity    *entity,
               const DspId        *id,
               GCancellable       *cancellable,
               GAsyncReadyCallback callback,
               gpointer            user_data)
{
  Fetch *fetch = g_new0 (Fetch, 1);

  fetch->self = g_object_ref (self);
  fetch->task = g_task_new (self, cancellable, callback, user_data);
  fetch->entity = entity;
  if (id != NULL)
    fetch->id = *id;
  if (self->fetcher != NULL)
    {
      dsp_lane_push (self->fetcher, TRUE, func, fetch);
      return;
    }
  g_task_return_new_error (fetch->task, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_OFFLINE, "the synchronisation was stopped");
  fetch_end (fetch);
}

void
dsp_sync_fetch_history_async (DspSync            *self,
                              const DspEntity    *entity,
                              const DspId        *id,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  Fetch *what = g_new0 (Fetch, 1);

  g_task_set_source_tag (task, dsp_sync_fetch_history_async);
  what->entity = entity;
  what->id = *id;
  g_task_set_task_data (task, what, g_free);
  fetch_in_lane (self, do_fetch_history, entity, id, cancellable, on_fetched_history, task);
}

GPtrArray *
dsp_sync_fetch_history_finish (DspSync      *self,
                               GAsyncResult *result,
                               GError      **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
do_sign_out (gpointer data)
{
  Fetch *fetch = data;
  g_auto(DspAnswer) answer = { 0 };
  GError *error = NULL;

  if (!dsp_channel_ask (fetch_channel (fetch->self), "POST", "v1/session/end", "{}", fetch->self->all, &answer, &error))
    g_task_return_error (fetch->task, error);
  else
    g_task_return_boolean (fetch->task, TRUE);
  fetch_end_later (fetch);
}

void
dsp_sync_sign_out_async (DspSync            *self,
                         GAsyncReadyCallback callback,
                         gpointer            user_data)
{
  fetch_in_lane (self, do_sign_out, NULL, NULL, NULL, callback, user_data);
}

gboolean
dsp_sync_sign_out_finish (DspSync      *self,
                          GAsyncResult *result,
                          GError      **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
