/* dsp-executor.c: the one thread that writes
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A batch is bounded by count and time. A push longer than a batch goes on in the next one: each of its commands stands
 * alone, and its answer goes out when the last of them is on the disk. When something fails inside, the whole batch is
 * rolled back; its pushes are then tried one by one, so that one that cannot be stored does not take the others along.
 * What there is to do between batches stands in dsp-executor-tick.c.
 *
 * A test that replays a log has another clock: it stands, and goes on by the times that the commands carry. What became
 * due before a command is done before it, so that the same log always has the same end.
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-executor-private.h"

#include "dsp-json.h"

#include <string.h>

#define BATCH_COMMANDS    64
#define BATCH_US          10000
#define BATCH_SHARED_US   40000                   /* what begins and ends one costs more there */
#define QUEUE_MAX         4096

static void
item_free (Item *item)
{
  dsp_session_unref (item->session);
  dsp_push_free (item->push);
  if (item->results != NULL)
    g_string_free (item->results, TRUE);
  g_free (item->reply.json);
  g_free (item);
}

/* What the rules take as now. */
gint64
dsp_executor_now (DspExecutor *self)
{
  return self->replay_us != 0 ? self->replay_us : g_get_real_time ();
}

/* In an open batch: a replay comes to the time of its next command. FALSE: an internal fault. */
static gboolean
replay_until (DspExecutor *self,
              gint64       at_us,
              GError     **error)
{
  gint64 due_us;

  while (g_atomic_int_get (&self->clock) && (due_us = dsp_judge_next_due (self->judge)) <= at_us)
    {
      self->replay_us = MAX (self->replay_us, due_us);
      if (!dsp_judge_run_due (self->judge, self->replay_us, &self->published, error))
        return FALSE;
    }
  self->replay_us = MAX (self->replay_us, at_us);
  return TRUE;
}

/* ---- one push ---- */

static void
answer (Item       *item,
        guint       status,
        const char *code,
        const char *message)
{
  item->reply.status = status;
  item->reply.code = code;
  item->reply.message = message;
  item->answered = TRUE;
}

/* What every answer about a device's numbers holds. */
static void
put_state (DspExecutor     *self,
           const DspDevice *device,
           GString         *out)
{
  DspId epoch;

  memcpy (epoch.b, self->epoch, sizeof epoch.b);
  g_string_append (out, "\"epoch\":");
  dsp_json_put_id (out, &epoch);
  g_string_append (out, ",\"last\":");
  dsp_json_put_int (out, device->last_no);
  g_string_append (out, ",\"stable\":");
  dsp_json_put_int (out, device->stable_no);
  g_string_append (out, ",\"head\":");
  dsp_json_put_int (out, dsp_feed_get_state (self->feed)->seq);
}

void
dsp_executor_answer_state (DspExecutor     *self,
                           Item            *item,
                           const DspDevice *device,
                           guint            status,
                           const char      *code,
                           const char      *message)
{
  GString *out = g_string_new ("{");

  answer (item, status, code, message);
  if (code != NULL)
    {
      g_string_append (out, "\"error\":{\"code\":");
      dsp_json_put_text (out, code);
      g_string_append (out, ",\"message\":");
      dsp_json_put_text (out, message);
      g_string_append (out, "},");
    }
  put_state (self, device, out);
  g_string_append_printf (out, ",\"results\":[%s]}", item->results->str);
  g_free (item->reply.json);
  item->reply.json = g_string_free (out, FALSE);
}

/* Before the first command of a push. */
static gboolean
begin_push (DspExecutor     *self,
            Item            *item,
            const DspDevice *device,
            gboolean         known)
{
  if (!dsp_id_equal (&item->push->device, &item->session->device) || !known ||
      !dsp_id_equal (&device->user_id, &item->session->user_id))
    {
      char text[DSP_ID_TEXT];

      dsp_id_print (&item->push->device, text);
      g_warning ("user %s sent commands for device %s, which is not the token's", item->session->user_name, text);
      answer (item, 403, "device", "the device is not the one that the token belongs to");
      return FALSE;
    }
  if (!g_str_equal (device->state, "active"))
    dsp_executor_answer_state (self, item, device, 409, "quarantined", "this device has to be enrolled anew");
  else if (memcmp (item->push->epoch, self->epoch, sizeof self->epoch) != 0)
    dsp_executor_answer_state (self, item, device, 409, "epoch", "the history of this server is another");
  else if (item->push->first > device->last_no + 1 && !dsp_executor_holds (self, item, device))
    dsp_executor_answer_state (self, item, device, 409, "gap", "commands before the first one are missing");
  return !item->answered;
}

/* A number that was taken before: the stored answer again, if it is the same command. */
static gboolean
repeat_command (DspExecutor          *self,
                Item                 *item,
                const DspDevice      *device,
                const DspPushCommand *command,
                GError              **error)
{
  g_auto(DspResult) result = { .status = NULL };

  switch (dsp_feed_get_result (self->db, &device->id, command->no, &result, error))
    {
    case DSP_STEP_FAILED:
      return FALSE;
    case DSP_STEP_DONE:
      g_string_append_printf (item->results, "{\"no\":%" G_GINT64_FORMAT ",\"status\":\"done\"}", command->no);
      return TRUE;
    case DSP_STEP_ROW:
      break;
    }
  if (memcmp (result.cmd_hash, command->hash, sizeof command->hash) == 0)
    {
      g_string_append (item->results, result.reply != NULL ? result.reply : "null");
      return TRUE;
    }
  g_warning ("user %s sent number %" G_GINT64_FORMAT " again with other content: device quarantined",
             item->session->user_name, command->no);
  if (!dsp_feed_set_device_state (self->feed, &device->id, "quarantined", error))
    return FALSE;
  dsp_executor_answer_state (self, item, device, 409, "number_reused", "this number was another command");
  return TRUE;
}

/* The next command of a push, or its end. FALSE: an internal fault. */
static gboolean
step_push (DspExecutor *self,
           Item        *item,
           gint64       now_us,
           GError     **error)
{
  DspPushCommand *command;
  g_autoptr(DspActorRef) actor = NULL;
  g_autoptr(GError) fault = NULL;
  DspDevice device = { 0 };
  DspStep step = dsp_feed_get_device (self->feed, &item->push->device, &device, error);

  if (step == DSP_STEP_FAILED)
    return FALSE;
  if (dsp_session_has_ended (item->session))
    {
      answer (item, 401, "token", "the session has ended");
      return TRUE;
    }
  if (!item->begun && !begin_push (self, item, &device, step == DSP_STEP_ROW))
    return TRUE;
  item->begun = TRUE;
  if (dsp_executor_holds (self, item, &device))
    return dsp_executor_hold (self, item, &device, error);
  if (item->next == item->push->commands->len)
    {
      dsp_executor_answer_state (self, item, &device, 200, NULL, NULL);
      return TRUE;
    }

  command = &g_array_index (item->push->commands, DspPushCommand, item->next);
  /* Several tools of the owner's share one device; none could know which number comes next. */
  if (item->push->first == 0)
    command->no = device.last_no + 1;
  if (command->no > device.last_no && command->verdict == DSP_PUSH_UPGRADE)
    {
      dsp_executor_answer_state (self, item, &device, 426, "upgrade", "this server is older than the program that made the command");
      return TRUE;
    }
  if (item->next > 0)
    g_string_append_c (item->results, ',');
  item->next++;
  if (command->no <= device.last_no)
    return repeat_command (self, item, &device, command, error);
  if (self->replay_us != 0)
    {
      if (!replay_until (self, command->at_us, error))
        return FALSE;
      now_us = self->replay_us;
    }

  actor = dsp_judge_get_actor (self->judge, &item->session->user_id, now_us, &fault);
  if (fault != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&fault));
      return FALSE;
    }
  if (actor == NULL)
    {
      answer (item, 401, "token", "the user is disabled");
      return TRUE;
    }
  g_atomic_pointer_add (&self->n_commands, 1);
  return dsp_judge_command (self->judge, item->session, actor->actor, command, now_us, &self->published, item->results, error);
}

/* ---- a batch ---- */

static void
item_rewind (Item *item)
{
  item->next = item->stored_next;
  item->begun = item->stored_begun;
  g_string_truncate (item->results, item->stored_length);
  item->answered = FALSE;
  g_clear_pointer (&item->reply.json, g_free);
}

static void
reset_published (DspExecutor *self)
{
  dsp_published_clear (&self->published);
  dsp_published_init (&self->published);
}

static void
publish (DspExecutor *self)
{
  if (self->publish != NULL &&
      (self->published.scopes->len > 0 || self->published.grants_changed || self->published.ended_users->len > 0))
    {
      self->published.seq = dsp_feed_get_state (self->feed)->seq;
      self->published.after_seq = self->begun_seq;
      self->publish (&self->published, self->publish_data);
    }
  reset_published (self);
}

static gboolean
begin (DspExecutor *self,
       GError     **error)
{
  if (!dsp_feed_begin (self->feed, error))
    return FALSE;
  self->begun_seq = dsp_feed_get_state (self->feed)->seq;
  if (dsp_feed_others_wrote (self->feed))
    dsp_judge_forget (self->judge);
  return !self->recovery.open || dsp_executor_read_recovery (self, error);
}

static void
note_head (DspExecutor *self)
{
  g_atomic_pointer_set (&self->head, (gsize) dsp_feed_get_state (self->feed)->seq);
}

static gboolean
commit (DspExecutor *self,
        GError     **error)
{
  gint64 from_us;

  if (self->word != NULL && dsp_feed_get_state (self->feed)->seq != self->begun_seq && !dsp_db_notify (self->db, self->word, error))
    return FALSE;
  from_us = g_get_monotonic_time ();
  if (!dsp_feed_commit (self->feed, error))
    return FALSE;
  g_atomic_pointer_add (&self->commit_us, g_get_monotonic_time () - from_us);
  g_atomic_pointer_add (&self->n_batches, 1);
  note_head (self);
  g_atomic_int_set (&self->away, FALSE);
  return TRUE;
}

/* That the store failed is known to whoever asks whether this server is ready. A refusal is no fault of the store's. */
static void
note_fault (DspExecutor  *self,
            const GError *error)
{
  if (error == NULL || error->domain != DSP_STORE_ERROR || error->code == DSP_STORE_ERROR_NOT_FOUND || error->code == DSP_STORE_ERROR_CONFLICT)
    return;
  g_atomic_pointer_add (&self->n_faults, 1);
  g_atomic_int_set (&self->away, TRUE);
}

static void
roll_back (DspExecutor *self)
{
  dsp_feed_rollback (self->feed);
  dsp_judge_forget (self->judge);
  reset_published (self);
}

static void
finish_push (DspExecutor *self,
             Item        *item)
{
  item->done (&item->reply, item->user_data);
  item_free (item);
}

/* A long push stands behind those who came meanwhile; one that is tried again keeps its place. */
static void
requeue (DspExecutor *self,
         Item        *item,
         gboolean     first)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  if (first)
    g_queue_push_head (&self->queue, item);
  else
    g_queue_push_tail (&self->queue, item);
}

/* The next push for an open batch; NULL if none may join. One that a batch can hold is not split between two: its
 * second half would stand behind everybody, and wait twice as long. */
static Item *
take_push (DspExecutor *self,
           guint        n_taken,
           guint        n_commands)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Item *item = g_queue_peek_head (&self->queue);
  guint n_left;

  if (item == NULL || item->push == NULL || (item->alone && n_taken > 0))
    return NULL;
  n_left = item->push->commands->len - item->next;
  if (n_commands + n_left > BATCH_COMMANDS && n_left <= BATCH_COMMANDS && n_taken > 0)
    return NULL;
  return g_queue_pop_head (&self->queue);
}

static gboolean
fill_batch (DspExecutor *self,
            GPtrArray   *items,
            GError     **error)
{
  gint64 until_us = g_get_monotonic_time () + (self->word != NULL ? BATCH_SHARED_US : BATCH_US);
  gint64 now_us = dsp_executor_now (self);
  guint n = 0;
  Item *item;

  while (n < BATCH_COMMANDS && g_get_monotonic_time () < until_us && (item = take_push (self, items->len, n)) != NULL)
    {
      g_ptr_array_add (items, item);
      while (!item->answered && n < BATCH_COMMANDS && g_get_monotonic_time () < until_us)
        {
          if (!step_push (self, item, now_us, error))
            return FALSE;
          n++;
        }
      if (!item->answered || item->alone)
        break;
    }
  return TRUE;
}

static void
fail_batch (DspExecutor  *self,
            GPtrArray    *items,
            const GError *error)
{
  gboolean full = g_error_matches (error, DSP_STORE_ERROR, DSP_STORE_ERROR_FULL);
  /* A commit whose answer was lost may be stored: only who gave the numbers can send them again. */
  gboolean away = g_error_matches (error, DSP_STORE_ERROR, DSP_STORE_ERROR_AWAY);

  g_warning ("a batch of %u requests was rolled back: %s", items->len, error->message);
  note_fault (self, error);
  roll_back (self);
  for (guint i = items->len; i > 0; i--)
    {
      Item *item = items->pdata[i - 1];

      item_rewind (item);
      if (!full && !away && items->len > 1)
        {
          item->alone = TRUE;
          requeue (self, item, TRUE);
          continue;
        }
      answer (item, 503, full ? "disk_full" : "unavailable", full ? "the disk of the server is full" : "it could not be stored");
      item->reply.retry_after_s = full ? 10 * RETRY_AFTER_S : RETRY_AFTER_S;
      finish_push (self, item);
    }
}

static void
run_batch (DspExecutor *self)
{
  g_autoptr(GPtrArray) items = g_ptr_array_new ();
  g_autoptr(GError) error = NULL;

  if (!begin (self, &error) || !fill_batch (self, items, &error) || !commit (self, &error))
    {
      Item *item;

      /* The store is away already at the begin: whoever waits is told, one at a time. */
      if (items->len == 0 && (item = take_push (self, 0, 0)) != NULL)
        g_ptr_array_add (items, item);
      fail_batch (self, items, error);
      return;
    }
  for (guint i = items->len; i > 0; i--)
    {
      Item *item = items->pdata[i - 1];

      if (item->answered)
        continue;
      item->stored_next = item->next;
      item->stored_begun = item->begun;
      item->stored_length = item->results->len;
      requeue (self, item, FALSE);
    }
  for (guint i = 0; i < items->len; i++)
    if (((Item *) items->pdata[i])->answered)
      finish_push (self, items->pdata[i]);
  publish (self);
}

gboolean
dsp_executor_in_transaction (DspExecutor  *self,
                             DspWriteFunc  func,
                             gpointer      user_data,
                             GError      **error)
{
  g_autoptr(GError) fault = NULL;

  if (begin (self, &fault) && func (self->feed, user_data, &fault) && commit (self, &fault))
    {
      publish (self);
      return TRUE;
    }
  note_fault (self, fault);
  roll_back (self);
  g_propagate_error (error, g_steal_pointer (&fault));
  return FALSE;
}

static void
run_write (DspExecutor *self,
           Item        *item)
{
  gboolean result = dsp_executor_in_transaction (self, item->write, item->user_data, item->error);
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  item->result = result;
  item->finished = TRUE;
  g_cond_broadcast (&self->written);
}

/* ---- the thread ---- */

static gpointer
executor_run (gpointer user_data)
{
  DspExecutor *self = user_data;

  for (;;)
    {
      Item *item;
      gboolean ending;
      gint64 wait_us = dsp_executor_sleep_us (self);

      g_mutex_lock (&self->lock);
      if (wait_us > 0 && g_queue_is_empty (&self->queue) && !self->ending)
        g_cond_wait_until (&self->wake, &self->lock, g_get_monotonic_time () + wait_us);
      item = g_queue_peek_head (&self->queue);
      ending = self->ending;
      if (item != NULL && item->write != NULL)
        g_queue_pop_head (&self->queue);
      g_mutex_unlock (&self->lock);

      if (item == NULL && ending)
        return NULL;
      if (item != NULL && item->write != NULL)
        run_write (self, item);
      else if (item != NULL)
        run_batch (self);
      if (item != NULL)
        self->idle_since_us = g_get_monotonic_time ();
      if (!ending && self->recovery.open && dsp_executor_sleep_us (self) == 0)
        dsp_executor_run_recovery (self);
      else if (!ending && dsp_executor_sleep_us (self) == 0)
        dsp_executor_run_clock (self);
      dsp_executor_tick (self, item == NULL);
    }
}

/* ---- public ---- */

static void
executor_close (DspExecutor *self)
{
  dsp_judge_free (self->judge);
  dsp_feed_close (self->feed);
  dsp_db_close (self->db);
  dsp_published_clear (&self->published);
  g_free (self->word);
  g_free (self);
}

/**
 * dsp_executor_new:
 * @db: (transfer full): also on failure
 * @replay_from_us: where the clock of a replay starts, for tests alone; 0: real time
 */
DspExecutor *
dsp_executor_new (DspDb   *db,
                  gint64   replay_from_us,
                  GError **error)
{
  DspExecutor *self;
  DspFeed *feed;

  feed = dsp_schema_require (db, &dsp_schema_server, error) ? dsp_feed_open (db, error) : NULL;
  if (feed == NULL)
    {
      dsp_db_close (db);
      return NULL;
    }
  self = g_new0 (DspExecutor, 1);
  self->db = db;
  self->feed = feed;
  self->judge = dsp_judge_new (feed);
  self->replay_us = replay_from_us;
  memcpy (self->epoch, dsp_feed_get_state (feed)->epoch, sizeof self->epoch);
  dsp_published_init (&self->published);
  note_head (self);
  if (!dsp_executor_open_recovery (self, error))
    {
      executor_close (self);
      return NULL;
    }
  g_mutex_init (&self->lock);
  g_cond_init (&self->wake);
  g_cond_init (&self->written);
  g_queue_init (&self->queue);
  self->thread = g_thread_new ("executor", executor_run, self);
  return self;
}

void
dsp_executor_free (DspExecutor *self)
{
  g_autoptr(GError) error = NULL;

  if (self == NULL)
    return;
  g_mutex_lock (&self->lock);
  self->ending = TRUE;
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
  g_thread_join (self->thread);
  if (!dsp_db_checkpoint (self->db, DSP_CHECKPOINT_TRUNCATE, NULL, &error))
    g_debug ("last checkpoint: %s", error->message);
  g_cond_clear (&self->written);
  g_cond_clear (&self->wake);
  g_mutex_clear (&self->lock);
  executor_close (self);
}

void
dsp_executor_set_publish (DspExecutor   *self,
                          DspPublishFunc func,
                          gpointer       user_data)
{
  self->publish_data = user_data;
  self->publish = func;
}

void
dsp_executor_set_word (DspExecutor *self,
                       const char  *word)
{
  g_free (self->word);
  self->word = g_strdup (word);
}

void
dsp_executor_set_files (DspExecutor *self,
                        DspFiles    *files)
{
  dsp_judge_set_files (self->judge, files);
}

void
dsp_executor_set_clock (DspExecutor *self,
                        gboolean     on)
{
  g_atomic_int_set (&self->clock, on);
  g_mutex_lock (&self->lock);
  g_cond_signal (&self->wake);
  g_mutex_unlock (&self->lock);
}

gboolean
dsp_executor_push (DspExecutor *self,
                   DspSession  *session,
                   DspPush     *push,
                   DspPushDone  done,
                   gpointer     user_data)
{
  g_autoptr(GMutexLocker) locker = NULL;
  Item *item;

  locker = g_mutex_locker_new (&self->lock);
  if (self->ending || g_queue_get_length (&self->queue) >= QUEUE_MAX)
    {
      dsp_push_free (push);
      return FALSE;
    }
  item = g_new0 (Item, 1);
  item->session = dsp_session_ref (session);
  item->push = push;
  item->done = done;
  item->user_data = user_data;
  item->results = g_string_new (NULL);
  g_queue_push_tail (&self->queue, item);
  g_cond_signal (&self->wake);
  return TRUE;
}

gboolean
dsp_executor_write (DspExecutor  *self,
                    DspWriteFunc  func,
                    gpointer      user_data,
                    GError      **error)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);
  Item item = { .write = func, .user_data = user_data, .error = error };

  if (self->ending)
    {
      g_set_error_literal (error, DSP_STORE_ERROR, DSP_STORE_ERROR_BUSY, "the server ends");
      return FALSE;
    }
  g_queue_push_tail (&self->queue, &item);
  g_cond_signal (&self->wake);
  while (!item.finished)
    g_cond_wait (&self->written, &self->lock);
  return item.result;
}

void
dsp_executor_get_epoch (DspExecutor *self,
                        guint8       epoch[16])
{
  memcpy (epoch, self->epoch, sizeof self->epoch);
}

guint
dsp_executor_get_n_waiting (DspExecutor *self)
{
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&self->lock);

  return g_queue_get_length (&self->queue);
}

guint64
dsp_executor_get_n_commands (DspExecutor *self)
{
  return (gsize) g_atomic_pointer_get (&self->n_commands);
}

guint64
dsp_executor_get_n_batches (DspExecutor *self)
{
  return (gsize) g_atomic_pointer_get (&self->n_batches);
}

guint64
dsp_executor_get_commit_us (DspExecutor *self)
{
  return (gsize) g_atomic_pointer_get (&self->commit_us);
}

guint64
dsp_executor_get_n_faults (DspExecutor *self)
{
  return (gsize) g_atomic_pointer_get (&self->n_faults);
}

gint64
dsp_executor_get_seq (DspExecutor *self)
{
  return (gint64) (gsize) g_atomic_pointer_get (&self->head);
}

gboolean
dsp_executor_can_store (DspExecutor *self)
{
  return !g_atomic_int_get (&self->away);
}
