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
#include "dsp-sync-private.h"

#include "dsp-channel.h"
#include "dsp-json-read.h"

#include <string.h>

#define POLL_S 50
#define POLL_TIMEOUT_S 75
#define ASK_TIMEOUT_S 30
#define PAUSE_MAX_MS 60000
#define SUMS_EVERY_US (15 * G_TIME_SPAN_MINUTE)
#define UPGRADE_AGAIN_US (10 * G_TIME_SPAN_MINUTE)

G_DEFINE_FINAL_TYPE (DspSync, dsp_sync, G_TYPE_OBJECT)


/* ---- shared ---- */

gboolean
dsp_sync_is_stopping (DspSync *self)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return self->stopping;
}

void
dsp_sync_tell_link (DspSync    *self,
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
  dsp_sync_tell_link (self, links[block], -1, trouble);
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

void
dsp_sync_ask_anew (DspReplica *replica)
{
  g_mutex_lock (&replica->sync_lock);
  if (replica->sync != NULL)
    {
      g_mutex_lock (&replica->sync->lock);
      if (replica->sync->poll != NULL)
        g_cancellable_cancel (replica->sync->poll);
      g_mutex_unlock (&replica->sync->lock);
    }
  g_mutex_unlock (&replica->sync_lock);
}

guint
dsp_sync_give_token (DspSync    *self,
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
  if (dsp_sync_is_stopping (self))
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
  dsp_sync_tell_link (self, DSP_LINK_OFFLINE, -1, error->message);
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
  dsp_sync_tell_link (self, DSP_LINK_ONLINE, -1, NULL);
}

static gboolean
follow_copy (DspSync    *self,
             DspChannel *channel,
             gboolean    added,
             guint       token_no,
             guint      *bound_ms)
{
  g_autoptr(GError) error = NULL;
  guint status = 0;

  dsp_sync_tell_link (self, DSP_LINK_FIRST_SYNC, 0, NULL);
  if (dsp_sync_fetch_copy (self, channel, added, &status, &error))
    {
      g_mutex_lock (&self->lock);
      self->copy = self->copy && added;
      self->files = TRUE;
      g_mutex_unlock (&self->lock);
      *bound_ms = 1000;
      got_contact (self, FALSE, TRUE);
      wake_sender (self);
      return TRUE;
    }
  if (status != 0)
    {
      DspAnswer answer = { .status = status };

      if (common_status (self, &answer, token_no, bound_ms))
        return !dsp_sync_is_stopping (self);
    }
  if (added && status != 0)
    want_copy (self); /* a scope that was added is not there: begin from what is */
  if (g_error_matches (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_CHANGED))
    {
      want_copy (self); /* of everything: what was added may be of another history */
      return !dsp_sync_is_stopping (self);
    }
  /* What was in the list a moment ago was taken away: that is no sign of a server in need of rest. */
  if (status == 404)
    {
      guint soon_ms = 1000;

      return rest (self, next_pause (&soon_ms, 0));
    }
  return error == NULL ? !dsp_sync_is_stopping (self) : after_failure (self, error, bound_ms);
}

static gboolean
follow_once (DspSync    *self,
             DspChannel *channel,
             guint      *bound_ms)
{
  g_auto(DspSyncCall) cursor = { 0 };
  g_auto(DspSyncCall) pulled = { 0 };
  g_auto(DspAnswer) answer = { 0 };
  g_autoptr(GError) error = NULL;
  g_autoptr(GCancellable) poll = g_cancellable_new ();
  g_autofree char *path = NULL;
  g_autofree char *looks = NULL;
  guint token_no = dsp_sync_give_token (self, channel);
  gboolean copy, added, contact, asked;

  dsp_sync_call (self, dsp_sync_do_cursor, &cursor);
  g_mutex_lock (&self->lock);
  if (self->stopping || self->block != BLOCK_NONE)
    {
      g_mutex_unlock (&self->lock);
      return TRUE;
    }
  copy = self->copy || cursor.text == NULL;
  added = !copy && cursor.flag;
  contact = self->contact && self->at_head;
  if (!copy && !added)
    self->poll = g_object_ref (poll);
  g_mutex_unlock (&self->lock);
  if (copy || added)
    return follow_copy (self, channel, added, token_no, bound_ms);

  looks = dsp_replica_dup_looks_query (self->replica);
  path = g_strdup_printf ("v1/changes?cursor=%s&wait=%d%s", cursor.text, contact ? POLL_S : 0, looks);
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
    return !dsp_sync_is_stopping (self);
  if (answer.status != 200)
    {
      dsp_answer_set_error (&answer, &error);
      return after_failure (self, error, bound_ms);
    }
  pulled.body = answer.body;
  dsp_sync_call (self, dsp_sync_do_pulled, &pulled);
  if (!pulled.ok)
    return after_failure (self, pulled.error, bound_ms);
  if (*looks != '\0')
    dsp_replica_take_looks (self->replica, answer.body);
  *bound_ms = 1000;
  if (pulled.pulled.bootstrap)
    {
      want_copy (self);
      return TRUE;
    }
  got_contact (self, pulled.pulled.at_head, pulled.pulled.n_changes > 0);
  if (pulled.pulled.rotate && g_get_monotonic_time () >= self->exchange_at)
    dsp_sync_exchange_token (self, channel);
  return !dsp_sync_is_stopping (self);
}

static gpointer
follower_thread (gpointer data)
{
  DspSync *self = data;
  DspChannel *channel = dsp_channel_new (self->server, self->fingerprint, POLL_TIMEOUT_S);
  guint bound_ms = 1000;

  dsp_sync_tell_link (self, DSP_LINK_CONNECTING, -1, NULL);
  while (wait_unblocked (self) && follow_once (self, channel, &bound_ms))
    ;
  dsp_channel_free (channel);
  return NULL;
}

/* ---- the sender ---- */

static gint64
read_number (GBytes     *body,
             const char *wanted)
{
  const char *name;
  gsize n, length;
  const char *text = g_bytes_get_data (body, &length);
  DspJsonReader r;
  gint64 number = -1;

  dsp_json_reader_init (&r, text, length);
  dsp_json_enter_object (&r);
  while (dsp_json_next_member (&r, &name, &n))
    if (dsp_json_is (name, n, wanted))
      dsp_json_read_int (&r, &number);
    else
      dsp_json_skip (&r, NULL, NULL);
  return number;
}

/* 409: this file and the server do not agree on the past. */
static void
disagree (DspSync         *self,
          const DspAnswer *answer,
          gint64           last_no)
{
  gint64 last = read_number (answer->body, "last");

  dsp_sync_forget_sent_files (self);
  if (g_strcmp0 (answer->code, "epoch") == 0)
    want_copy (self);
  else if (g_strcmp0 (answer->code, "gap") == 0 && last >= 0 && last <= last_no)
    {
      g_auto(DspSyncCall) renumber = { .number = last };

      g_message ("the server knows commands up to %" G_GINT64_FORMAT " only: offering the later ones again", last);
      dsp_sync_call (self, dsp_sync_do_renumber, &renumber);
      if (!renumber.ok)
        g_warning ("could not offer them again: %s", renumber.error != NULL ? renumber.error->message : "");
    }
  else
    set_block (self, BLOCK_QUARANTINED, answer->message);
}

/* 202: the server was restored a while ago, and first hears what all clients have. What it holds it was not told in vain: it
 * is offered on, and then it is asked now and then what became of it. */
static gboolean
offer_on (DspSync         *self,
          const DspAnswer *answer,
          gint64           first,
          gint64           last_no)
{
  g_auto(DspSyncCall) held = { .number = read_number (answer->body, "held") };
  gint64 wait_s = read_number (answer->body, "wait");
  gboolean all = held.number < first || held.number >= last_no;

  if (all)
    held.number = 0;
  dsp_sync_call (self, dsp_sync_do_set_held, &held);
  return all ? rest (self, (guint) CLAMP (wait_s, 1, 60) * 1000) : !dsp_sync_is_stopping (self);
}

/* Sends one request. @more: there may be another one. FALSE: it ends. */
static gboolean
send_once (DspSync    *self,
           DspChannel *channel,
           guint      *bound_ms,
           gboolean   *more)
{
  g_auto(DspSyncCall) next = { 0 };
  g_auto(DspSyncCall) pushed = { 0 };
  g_auto(DspAnswer) answer = { 0 };
  g_autoptr(GError) error = NULL;
  guint token_no = dsp_sync_give_token (self, channel);

  *more = FALSE;
  dsp_sync_call (self, dsp_sync_do_next_push, &next);
  if (next.error != NULL)
    {
      g_warning ("the outbox cannot be read: %s", next.error->message);
      *more = TRUE; /* it may be there */
      return rest (self, next_pause (bound_ms, 5));
    }
  if (next.flag)
    set_block (self, BLOCK_QUARANTINED, "the server has heard more of this device than this file ever said");
  if (next.text == NULL)
    return !dsp_sync_is_stopping (self);
  *more = TRUE;
  if (strstr (next.text, "\"attachment.create\"") != NULL && !dsp_sync_send_files (self, channel, next.text, &answer, &error))
    {
      if (error != NULL)
        return after_failure (self, error, bound_ms);
      if (common_status (self, &answer, token_no, bound_ms))
        return !dsp_sync_is_stopping (self);
      return rest (self, next_pause (bound_ms, 5));
    }
  if (!dsp_channel_ask (channel, "POST", "v1/commands", next.text, self->all, &answer, &error))
    return after_failure (self, error, bound_ms);
  if (answer.status == 200 || answer.status == 426)
    {
      pushed.body = answer.body;
      pushed.first = next.first;
      dsp_sync_call (self, dsp_sync_do_pushed, &pushed);
      if (!pushed.ok)
        return after_failure (self, pushed.error, bound_ms);
      if (answer.status == 200)
        {
          *bound_ms = 1000;
          if (read_number (answer.body, "last") > next.number)
            set_block (self, BLOCK_QUARANTINED, "the server has heard more of this device than this file ever said");
          return !dsp_sync_is_stopping (self);
        }
    }
  if (answer.status == 202)
    return offer_on (self, &answer, next.first, next.number);
  if (answer.status == 409)
    {
      disagree (self, &answer, next.number);
      return rest (self, 50);
    }
  if (answer.status == 403)
    {
      set_block (self, BLOCK_SIGN_IN, answer.message);
      return !dsp_sync_is_stopping (self);
    }
  if (common_status (self, &answer, token_no, bound_ms))
    return !dsp_sync_is_stopping (self);
  dsp_answer_set_error (&answer, &error);
  g_warning ("commands from %" G_GINT64_FORMAT " on: %s", next.first, error->message);
  dsp_sync_tell_link (self, DSP_LINK_OFFLINE, -1, error->message);
  return rest (self, next_pause (bound_ms, 5));
}

/* TRUE: there may be more of them. */
static gboolean
fetch_blobs (DspSync    *self,
             DspChannel *channel)
{
  g_auto(DspSyncCall) wanted = { 0 };
  g_auto(DspSyncCall) put = { 0 };
  g_auto(DspAnswer) answer = { 0 };
  g_autoptr(GError) error = NULL;
  g_autoptr(GString) path = g_string_new ("v1/blobs/");

  dsp_sync_call (self, dsp_sync_do_wanted_blobs, &wanted);
  if (wanted.list == NULL || wanted.list->len == 0)
    return FALSE;
  for (guint i = 0; i < wanted.list->len; i++)
    g_string_append_printf (path, "%s%s", i > 0 ? "," : "", (char *) g_ptr_array_index (wanted.list, i));
  dsp_sync_give_token (self, channel);
  if (!dsp_channel_ask (channel, "GET", path->str, NULL, self->all, &answer, &error) || answer.status != 200)
    return FALSE;
  put.body = answer.body;
  dsp_sync_call (self, dsp_sync_do_put_blobs, &put);
  if (!put.ok)
    g_warning ("geometries: %s", put.error != NULL ? put.error->message : "");
  /* What the server does not have would be asked for without end. */
  return put.ok && put.n == wanted.list->len;
}

static void
compare_sums (DspSync    *self,
              DspChannel *channel)
{
  g_auto(DspSyncCall) check = { .flag = TRUE };
  g_auto(DspAnswer) answer = { 0 };

  dsp_sync_give_token (self, channel);
  if (!dsp_channel_ask (channel, "GET", "v1/sums", NULL, self->all, &answer, NULL) || answer.status != 200)
    return;
  check.body = answer.body;
  dsp_sync_call (self, dsp_sync_do_check_sums, &check);
  if (check.ok && !check.flag)
    want_copy (self);
}

/* Files are no hurry: what keeps them from going is seen to by the others. */
static void
offer_later (DspSync *self,
             guint   *bound_ms)
{
  rest (self, next_pause (bound_ms, 1));
  g_mutex_lock (&self->lock);
  self->files = TRUE;
  g_mutex_unlock (&self->lock);
}

typedef enum { TODO_END, TODO_SEND, TODO_BLOBS, TODO_FILES, TODO_SUMS } Todo;

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
          if (self->files && self->at_head)
            {
              self->files = FALSE;
              return TODO_FILES;
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
      case TODO_FILES:
        dsp_sync_forget_sent_files (self);
        if (!dsp_sync_offer_files (self, channel))
          offer_later (self, &bound_ms);
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
  g_hash_table_unref (self->sent_files);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->changed);
  G_OBJECT_CLASS (dsp_sync_parent_class)->finalize (object);
}

static void
dsp_sync_class_init (DspSyncClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = dsp_sync_finalize;

  /**
   * DspSync::new-token:
   * @token: the one to use from now on
   *
   * In the owner's thread. A handler that returns TRUE stores it where tokens are kept, and then calls
   * dsp_sync_set_token(); without one it is used at once.
   */
  g_signal_new ("new-token", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, g_signal_accumulator_true_handled, NULL, NULL,
                G_TYPE_BOOLEAN, 1, G_TYPE_STRING);
}

static void
dsp_sync_init (DspSync *self)
{
  g_mutex_init (&self->lock);
  g_cond_init (&self->changed);
  self->all = g_cancellable_new ();
  self->to_send = TRUE;
  self->blobs = TRUE;
  self->files = TRUE;
  self->sent_files = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
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
    dsp_sync_tell_link (self, DSP_LINK_SIGN_IN, -1, NULL);
  self->follower = g_thread_new ("dsp-follow", follower_thread, self);
  self->sender = g_thread_new ("dsp-send", sender_thread, self);
  return self;
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
  dsp_lane_call (self->fetcher, TRUE, dsp_sync_free_fetch_channel, self);
  g_clear_pointer (&self->fetcher, dsp_lane_free);
  dsp_sync_tell_link (self, DSP_LINK_STOPPED, -1, NULL);
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
