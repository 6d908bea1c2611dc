/* dsp-push-route.c: POST v1/commands
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-server-private.h"

static void
on_push_done (const DspPushReply *reply,
              gpointer            user_data)
{
  DspRequest *request = user_data;

  if (reply->json != NULL)
    dsp_request_reply_json (request, reply->status, reply->json);
  else if (reply->retry_after_s > 0)
    dsp_request_reply_retry_later (request, reply->status, reply->retry_after_s, reply->code, reply->message);
  else
    dsp_request_reply_error (request, reply->status, reply->code, reply->message);
}

void
dsp_handle_commands (DspServer  *server,
                     DspRequest *request,
                     DspSession *session)
{
  g_autoptr(GError) error = NULL;
  DspPush *push;
  char user[DSP_ID_TEXT];
  GBytes *body = dsp_request_get_body (request);
  gsize length;
  const char *text = g_bytes_get_data (body, &length);
  guint wait_s = 0;

  push = dsp_push_parse (text != NULL ? text : "", length, session->local, &error);
  if (push == NULL)
    {
      dsp_request_reply_error (request, 400, "json", error->message);
      return;
    }
  if (!session->local && server->commands != NULL)
    {
      dsp_id_print (&session->user_id, user);
      wait_s = dsp_limits_take (server->commands, user, push->commands->len, g_get_monotonic_time ());
    }
  if (wait_s > 0)
    {
      dsp_push_free (push);
      dsp_request_reply_retry_later (request, 429, wait_s, "too_many", "too many commands of this user");
      return;
    }
  if (!dsp_executor_push (server->executor, session, push, on_push_done, request))
    dsp_request_reply_retry_later (request, 503, g_random_int_range (1, 6), "overload", "too many requests wait");
}
