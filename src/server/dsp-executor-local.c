/* dsp-executor-local.c: the executor for who waits beside it: the owner of the files, and tools
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-executor.h"

#include "dsp-json.h"

typedef struct
{
  GMutex lock;
  GCond  wake;
  guint  status;
  char  *json;
} Waiting;

static void
wake_waiting (const DspPushReply *reply,
              gpointer            user_data)
{
  Waiting *waiting = user_data;
  g_autoptr(GMutexLocker) locker = g_mutex_locker_new (&waiting->lock);

  waiting->json = reply->json != NULL ? g_strdup (reply->json) : dsp_json_error (reply->code, reply->message);
  waiting->status = reply->status;
  g_cond_signal (&waiting->wake);
}

/**
 * dsp_executor_run:
 * @reply: (out) (transfer full): what POST v1/commands would answer
 *
 * Returns: the status of HTTP
 */
guint
dsp_executor_run (DspExecutor *self,
                  DspSession  *session,
                  const char  *text,
                  gsize        length,
                  char       **reply)
{
  g_autoptr(GError) error = NULL;
  DspPush *push = dsp_push_parse (text, length, session->local, &error);
  Waiting waiting = { 0 };

  if (push == NULL)
    {
      *reply = dsp_json_error ("json", error->message);
      return 400;
    }
  g_mutex_init (&waiting.lock);
  g_cond_init (&waiting.wake);
  if (dsp_executor_push (self, session, push, wake_waiting, &waiting))
    {
      g_mutex_lock (&waiting.lock);
      while (waiting.status == 0)
        g_cond_wait (&waiting.wake, &waiting.lock);
      g_mutex_unlock (&waiting.lock);
    }
  else
    {
      waiting.status = 503;
      waiting.json = dsp_json_error ("overload", "too many requests wait");
    }
  g_cond_clear (&waiting.wake);
  g_mutex_clear (&waiting.lock);
  *reply = waiting.json;
  return waiting.status;
}

typedef struct
{
  const char *purpose;
  DspDevice   device;
} Local;

static gboolean
open_local (DspFeed  *feed,
            gpointer  user_data,
            GError  **error)
{
  Local *local = user_data;
  DspId id = dsp_local_device_id (local->purpose), user_id = dsp_local_user_id ();

  switch (dsp_feed_get_device (feed, &id, &local->device, error))
    {
    case DSP_STEP_ROW:
      return TRUE;
    case DSP_STEP_DONE:
      local->device = (DspDevice) { .id = id, .user_id = user_id };
      return dsp_feed_add_device (feed, &id, &user_id, local->purpose, g_get_real_time (), error);
    case DSP_STEP_FAILED:
    default:
      return FALSE;
    }
}

DspSession *
dsp_executor_local (DspExecutor *self,
                    const char  *purpose,
                    gint64      *last,
                    char         epoch[DSP_ID_TEXT],
                    GError     **error)
{
  Local local = { .purpose = purpose };
  DspId epoch_id;

  if (!dsp_executor_write (self, open_local, &local, error))
    return NULL;
  dsp_executor_get_epoch (self, epoch_id.b);
  dsp_id_print (&epoch_id, epoch);
  *last = local.device.last_no;
  return dsp_session_new_local (&local.device.id);
}
