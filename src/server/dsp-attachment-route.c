/* dsp-attachment-route.c: the bytes of attachments, in and out
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * PUT v1/files/HASH takes them, before the command attachment.create says whose they are; "order" says for which order they
 * are, whose scope's quota they count against. GET v1/files/missing says of which the server lacks the bytes. GET v1/files/ID answers those of
 * an attachment that the user sees; always as a download, under a name that is encoded.
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-server-private.h"

#include "dsp-attachments.h"
#include "dsp-command.h"
#include "dsp-entities.h"
#include "dsp-http-reply.h"
#include "dsp-penalty.h"
#include "dsp-rule.h"
#include "dsp-table.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* Whose the bytes will be: the scope of the order that they are said to be for; their sender's until an attachment names
 * them, if he does not see such an order, which may come with the very commands that these bytes come before. */
static gboolean
find_owner (DspCall     *call,
            DspDb       *db,
            DspActorRef *ref,
            DspId       *owner,
            GError     **error)
{
  const char *order = dsp_request_get_arg (call->request, "order");
  DspRecord head = { 0 };
  DspStep step = DSP_STEP_DONE;
  DspId id;

  if (order != NULL && dsp_id_parse (order, strlen (order), &id))
    step = dsp_table_head (db, NULL, &dsp_order, &id, &head, error);
  *owner = step == DSP_STEP_ROW && dsp_actor_sees (ref->actor, &head.scope, g_get_real_time ()) ? head.scope : ref->actor->user_id;
  return step != DSP_STEP_FAILED;
}

/* May these bytes come? Those of an attachment that he sees may always: they are only missing here, and counted already.
 * @counted: (out): against a quota. FALSE: answered. */
static gboolean
may_come (DspCall     *call,
          DspDb       *db,
          DspActorRef *ref,
          const char  *hash,
          gboolean    *counted)
{
  gint64 now_us = g_get_real_time (), size = (gint64) dsp_request_get_body_size (call->request);
  g_autoptr(GError) error = NULL;
  gboolean known = FALSE;
  DspId owner;

  *counted = FALSE;
  if (!dsp_attachment_is_hash (hash))
    {
      dsp_request_reply_error (call->request, 400, "invalid", "the name is not the SHA-256 of the body in lower-case hex");
      return FALSE;
    }
  if (dsp_attachments_with (db, hash, ref->actor, now_us, &known, &error))
    {
      if (known)
        return TRUE;
      if (!dsp_actor_may (ref->actor, dsp_command_number (&dsp_attachment_create), now_us))
        {
          dsp_request_reply_error (call->request, 403, "forbidden", "the profile does not allow attachment.create");
          return FALSE;
        }
      *counted = find_owner (call, db, ref, &owner, &error) && dsp_file_quota_take (call->server->file_quota, db, &owner, hash, size, &error);
      if (*counted)
        return TRUE;
    }
  if (g_error_matches (error, DSP_RULE_ERROR, DSP_RULE_QUOTA))
    dsp_request_reply_error (call->request, 413, "quota", error->message);
  else
    dsp_reply_fault (call->request, error);
  return FALSE;
}

static void
take_file (DspDb   *db,
           gpointer data)
{
  g_autoptr(DspCall) call = data;
  g_autoptr(DspActorRef) ref = dsp_call_begin (call, db);
  const char *hash = dsp_request_get_segment (call->request, 2), *media_type = NULL;
  DspFileQuota *quota = call->server->file_quota;
  g_autoptr(GError) error = NULL;
  g_autofree char *json = NULL;
  gboolean may, counted = FALSE;
  DspFilesAnswer answer;

  if (ref == NULL)
    return;
  may = may_come (call, db, ref, hash, &counted);
  dsp_call_end (db);
  if (!may)
    return;
  answer = dsp_files_take (call->server->files, dsp_request_get_body_fd (call->request), hash, &media_type, &error);
  if (counted && answer != DSP_FILES_KEPT)
    dsp_file_quota_drop (quota, hash);
  switch (answer)
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

/* Of @hashes, those of attachments that the user sees and whose bytes are not here: after a restore, say. Of all others
 * nothing is said, so that nobody learns by a hash whether the office has such a file. */
static void
tell_missing (DspDb   *db,
              gpointer data)
{
  g_autoptr(DspCall) call = data;
  g_autoptr(DspActorRef) ref = dsp_call_begin (call, db);
  g_auto(GStrv) hashes = g_strsplit (dsp_request_get_arg (call->request, "hashes"), ",", -1);
  GString *out = NULL;
  g_autoptr(GError) error = NULL;
  gboolean there = FALSE, first = TRUE;

  if (ref == NULL)
    return;
  out = g_string_new ("{\"missing\":[");
  for (guint i = 0; hashes[i] != NULL && error == NULL; i++)
    if (dsp_attachments_with (db, hashes[i], ref->actor, g_get_real_time (), &there, &error) && there &&
        !dsp_files_has (call->server->files, hashes[i]))
      {
        g_string_append_printf (out, "%s\"%s\"", first ? "" : ",", hashes[i]);
        first = FALSE;
      }
  dsp_call_end (db);
  g_string_append (out, "]}");
  if (error == NULL)
    {
      dsp_reply_json (call->request, out);
      return;
    }
  g_string_free (out, TRUE);
  dsp_reply_fault (call->request, error);
}

void
dsp_handle_files_missing (DspServer  *server,
                          DspRequest *request,
                          DspSession *session)
{
  const char *text = dsp_request_get_arg (request, "hashes");
  g_auto(GStrv) hashes = g_strsplit (text != NULL ? text : "", ",", -1);

  for (guint i = 0; i == 0 || hashes[i] != NULL; i++)
    if (hashes[i] == NULL || !dsp_attachment_is_hash (hashes[i]))
      {
        dsp_request_reply_error (request, 400, "invalid", "hashes is a list of SHA-256 in lower-case hex");
        return;
      }
  dsp_call_read (dsp_call_new (server, request, session), server->readers, tell_missing);
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
      g_autofree char *disposition = dsp_reply_dup_disposition (attachment->name);
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
