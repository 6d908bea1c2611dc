/* dsp-keep-route.c: what the owner of the files tells a running server about backups and restores
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-server-private.h"

#include "dsp-json-scan.h"
#include "dsp-json.h"
#include "dsp-recovery.h"

#include <string.h>

#define NODES_MAX 400000

/* ---- what a verified backup holds ---- */

typedef struct
{
  DspId  device;
  gint64 no;
} Stable;

typedef struct
{
  DspId   epoch;
  GArray *list; /* of Stable */
} StableForm;

static void
stable_form_free (gpointer data)
{
  StableForm *form = data;

  g_array_unref (form->list);
  g_free (form);
}

static gboolean
read_id (DspJsonReader *r,
         DspId         *id)
{
  const char *text;
  gsize length;

  return dsp_json_read_raw (r, &text, &length) && (dsp_id_parse (text, length, id) || dsp_json_fail (r, "not an id"));
}

static void
read_devices (DspJsonReader *r,
              GArray        *list)
{
  const char *name;
  gsize length;

  if (dsp_json_enter_array (r))
    while (dsp_json_next_item (r))
      {
        Stable stable = { .no = 0 };

        if (!dsp_json_enter_object (r))
          return;
        while (dsp_json_next_member (r, &name, &length))
          if (dsp_json_is (name, length, "device"))
            read_id (r, &stable.device);
          else if (dsp_json_is (name, length, "no"))
            dsp_json_read_int (r, &stable.no);
          else
            dsp_json_skip (r, NULL, NULL);
        g_array_append_val (list, stable);
      }
}

static StableForm *
parse_stable (GBytes  *body,
              GError **error)
{
  DspJsonLimits limits = DSP_JSON_LIMITS_DEFAULT;
  StableForm *form = g_new0 (StableForm, 1);
  const char *name;
  gsize length, size;
  const char *text = g_bytes_get_data (body, &size);
  DspJsonReader r;

  form->list = g_array_new (FALSE, FALSE, sizeof (Stable));
  limits.max_nodes = NODES_MAX;
  if (dsp_json_scan (text != NULL ? text : "", size, &limits, error))
    {
      dsp_json_reader_init (&r, text, size);
      dsp_json_enter_object (&r);
      while (dsp_json_next_member (&r, &name, &length))
        if (dsp_json_is (name, length, "epoch"))
          read_id (&r, &form->epoch);
        else if (dsp_json_is (name, length, "devices"))
          read_devices (&r, form->list);
        else
          dsp_json_skip (&r, NULL, NULL);
      if (dsp_json_reader_finish (&r, error))
        return form;
    }
  stable_form_free (form);
  return NULL;
}

static gboolean
store_stable (DspFeed  *feed,
              gpointer  user_data,
              GError  **error)
{
  const StableForm *form = user_data;

  for (guint i = 0; i < form->list->len; i++)
    {
      const Stable *stable = &g_array_index (form->list, Stable, i);

      if (!dsp_feed_set_stable (feed, &stable->device, stable->no, error))
        return FALSE;
    }
  return TRUE;
}

/* On a signer's thread, which may wait for the executor. */
static void
set_stable (DspDb   *db,
            gpointer data)
{
  g_autoptr(DspCall) call = data;
  g_autoptr(GError) error = NULL;

  if (dsp_executor_write (call->server->executor, store_stable, call->data, &error))
    dsp_request_reply_json (call->request, 200, "{}");
  else
    dsp_reply_fault (call->request, error);
}

void
dsp_handle_stable (DspServer  *server,
                   DspRequest *request,
                   DspSession *session)
{
  g_autoptr(GError) error = NULL;
  StableForm *form = parse_stable (dsp_request_get_body (request), &error);
  char epoch[DSP_ID_TEXT] = "";
  DspCall *call;

  if (form != NULL)
    dsp_id_print (&form->epoch, epoch);
  if (form == NULL || !session->local || strcmp (epoch, server->epoch) != 0)
    {
      g_clear_pointer (&form, stable_form_free);
      if (error != NULL)
        dsp_request_reply_error (request, 400, "json", error->message);
      else
        dsp_request_reply_error (request, 409, "epoch", "the backup is of another history");
      return;
    }
  call = dsp_call_new (server, request, session);
  call->data = form;
  call->free_data = stable_form_free;
  dsp_call_read (call, server->signers, set_stable);
}

/* ---- the time after a restore ---- */

static void
read_recovery (DspDb   *db,
               gpointer data)
{
  g_autoptr(DspCall) call = data;
  g_autoptr(GError) error = NULL;
  DspRecovery recovery;
  gint64 n_held, n_devices;
  GString *out;

  if (!dsp_recovery_read (db, &recovery, &error) || !dsp_recovery_count (db, &n_held, &n_devices, &error))
    {
      dsp_reply_fault (call->request, error);
      return;
    }
  out = g_string_new (NULL);
  g_string_append_printf (out, "{\"open\":%s,\"held\":%" G_GINT64_FORMAT ",\"devices\":%" G_GINT64_FORMAT ",\"until\":",
                          recovery.open ? "true" : "false", n_held, n_devices);
  dsp_json_put_time (out, recovery.until_us);
  g_string_append_c (out, '}');
  dsp_reply_json (call->request, out);
}

void
dsp_handle_recovery (DspServer  *server,
                     DspRequest *request,
                     DspSession *session)
{
  dsp_call_read (dsp_call_new (server, request, session), server->readers, read_recovery);
}

static void
end_recovery (DspDb   *db,
              gpointer data)
{
  g_autoptr(DspCall) call = data;
  g_autoptr(GError) error = NULL;

  if (dsp_executor_end_recovery (call->server->executor, &error))
    dsp_request_reply_json (call->request, 200, "{}");
  else
    dsp_reply_fault (call->request, error);
}

void
dsp_handle_recovery_end (DspServer  *server,
                         DspRequest *request,
                         DspSession *session)
{
  dsp_call_read (dsp_call_new (server, request, session), server->signers, end_recovery);
}
