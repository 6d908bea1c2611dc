/* dsp-attachment-route.c: the bytes of attachments, in and out
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * PUT v1/files/HASH takes them, before the command attachment.create says whose they are. GET v1/files/ID answers those of
 * an attachment that the user sees; always as a download, under a name that is encoded.
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-server-private.h"

#include "dsp-command.h"
#include "dsp-entities.h"
#include "dsp-penalty.h"
#include "dsp-table.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static void
take_file (DspDb   *db,
           gpointer data)
{
  g_autoptr(DspCall) call = data;
  g_autoptr(DspActorRef) ref = dsp_call_begin (call, db);
  g_autoptr(GError) error = NULL;
  g_autofree char *json = NULL;
  const char *media_type = NULL;

  if (ref == NULL)
    return;
  dsp_call_end (db);
  if (!dsp_actor_may (ref->actor, dsp_command_number (&dsp_attachment_create), g_get_real_time ()))
    {
      dsp_request_reply_error (call->request, 403, "forbidden", "the profile does not allow attachment.create");
      return;
    }
  switch (dsp_files_take (call->server->files, dsp_request_get_body_fd (call->request), dsp_request_get_segment (call->request, 2),
                          &media_type, &error))
    {
    case DSP_FILES_KEPT:
      json = g_strdup_printf ("{\"media_type\":\"%s\",\"size\":%" G_GSIZE_FORMAT "}", media_type,
                              dsp_request_get_body_size (call->request));
      dsp_request_reply_json (call->request, 200, json);
      break;
    case DSP_FILES_OTHER_HASH:
      dsp_request_reply_error (call->request, 400, "invalid", "the name is not the SHA-256 of the body in lower-case hex");
      break;
    case DSP_FILES_FORBIDDEN:
      dsp_request_reply_error (call->request, 415, "media_type", "only JPEG, PNG, WebP, PDF and plain text are attached, by their content");
      break;
    case DSP_FILES_FAILED:
    default:
      g_warning ("an attachment cannot be kept: %s", error->message);
      dsp_request_reply_retry_later (call->request, 503, 5, "unavailable", "the file cannot be kept now");
      break;
    }
}

void
dsp_handle_file_put (DspServer  *server,
                     DspRequest *request,
                     DspSession *session)
{
  dsp_call_read (dsp_call_new (server, request, session), server->signers, take_file);
}

/* RFC 6266 and RFC 8187: every byte that is not a plain letter or digit is encoded. */
static char *
dup_disposition (const char *name)
{
  g_autofree char *encoded = g_uri_escape_string (name, NULL, FALSE);

  return g_strdup_printf ("attachment; filename*=UTF-8''%s", encoded);
}

static void
send_file (DspDb   *db,
           gpointer data)
{
  g_autoptr(DspCall) call = data;
  g_autoptr(DspActorRef) ref = dsp_call_begin (call, db);
  g_autoptr(DspAttachment) attachment = dsp_attachment_new ();
  const char *text = dsp_request_get_segment (call->request, 2), *media_type = NULL;
  g_autoptr(GError) error = NULL;
  gboolean seen = FALSE;
  DspStep step = DSP_STEP_DONE;
  gint64 size = 0;
  DspId id;
  int fd;

  if (ref == NULL)
    return;
  if (dsp_id_parse (text, strlen (text), &id))
    step = dsp_table_get (db, NULL, &dsp_attachment, &id, DSP_FIELDS_ALL, attachment, &error);
  seen = step == DSP_STEP_ROW && dsp_actor_sees (ref->actor, &attachment->scope, g_get_real_time ());
  dsp_call_end (db);
  if (step == DSP_STEP_FAILED)
    dsp_reply_fault (call->request, error);
  else if (!seen || (fd = dsp_files_open (call->server->files, attachment->hash, &size, &media_type)) < 0)
    dsp_request_reply_error (call->request, 404, "not_found", "there is no such attachment");
  else
    {
      g_autofree char *disposition = dup_disposition (attachment->name);
      const char *fields[] = { "Content-Disposition", disposition, "X-Content-Type-Options", "nosniff", NULL };

      dsp_request_reply_file (call->request, 200, media_type, fd, (guint64) size, fields);
    }
}

void
dsp_handle_file_get (DspServer  *server,
                     DspRequest *request,
                     DspSession *session)
{
  dsp_call_read (dsp_call_new (server, request, session), server->readers, send_file);
}
