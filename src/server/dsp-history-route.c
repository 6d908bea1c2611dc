/* dsp-history-route.c: GET v1/history, what happened to a record
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An entry is shown to who sees the record now and saw it when the entry was made: what another distributor did with an
 * order before it came here stays his.
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-server-private.h"

#include "dsp-json.h"
#include "dsp-record-json.h"
#include "dsp-table.h"

typedef struct
{
  const DspEntity *entity;
  DspId            id;
  DspActorRef     *ref;
  gint64           now_us;
  GString         *out;
  guint            n;
} Reading;

static gboolean
put_entry (gconstpointer record,
           gpointer      user_data)
{
  const DspHistory *entry = record;
  Reading *reading = user_data;

  if (g_strcmp0 (entry->entity, reading->entity->table.name) != 0 ||
      !dsp_actor_sees (reading->ref->actor, &entry->scope, reading->now_us))
    return TRUE;
  g_string_append (reading->out, reading->n++ > 0 ? ",{\"id\":" : "{\"id\":");
  dsp_json_put_id (reading->out, &entry->id);
  g_string_append (reading->out, ",\"body\":");
  dsp_record_json_write (&dsp_history.table, entry, DSP_FIELDS_ALL, reading->out);
  g_string_append_c (reading->out, '}');
  return TRUE;
}

static void
read_history (DspDb   *db,
              gpointer data)
{
  g_autoptr(DspCall) call = data;
  Reading *reading = call->data;
  const DspField *field = dsp_table_at (&dsp_history.table, offsetof (DspHistory, record_id));
  g_autoptr(DspActorRef) ref = dsp_call_begin (call, db);
  g_autoptr(GError) error = NULL;
  DspRecord head;
  DspStep step;
  gboolean done;

  if (ref == NULL)
    return;
  reading->ref = ref;
  reading->now_us = g_get_real_time ();
  reading->out = g_string_new ("{\"entries\":[");
  step = dsp_table_head (db, NULL, reading->entity, &reading->id, &head, &error);
  done = step != DSP_STEP_FAILED;
  /* A deleted record has no scope of its own any more: its entries have. */
  if (done && (step == DSP_STEP_DONE || dsp_actor_sees (ref->actor, &head.scope, reading->now_us)))
    done = dsp_table_each_id (db, NULL, &dsp_history, field, &reading->id, DSP_FIELDS_ALL, put_entry, reading, &error);
  dsp_call_end (db);
  if (!done)
    dsp_reply_fault (call->request, error);
  else if (reading->n == 0)
    dsp_request_reply_error (call->request, 404, "no_such_record", "there is no such record");
  else
    {
      g_string_append (reading->out, "]}");
      dsp_reply_json (call->request, reading->out);
      return;
    }
  g_string_free (reading->out, TRUE);
}

void
dsp_handle_history (DspServer  *server,
                    DspRequest *request,
                    DspSession *session)
{
  const char *entity = dsp_request_get_arg (request, "entity");
  const char *id = dsp_request_get_arg (request, "id");
  Reading *reading = g_new0 (Reading, 1);
  DspCall *call;

  reading->entity = entity != NULL ? dsp_entity_find (entity) : NULL;
  if (reading->entity == NULL || id == NULL || !dsp_id_parse (id, strlen (id), &reading->id))
    {
      g_free (reading);
      dsp_request_reply_error (request, 400, "invalid", "entity and id are needed");
      return;
    }
  call = dsp_call_new (server, request, session);
  call->data = reading;
  call->free_data = g_free;
  dsp_call_read (call, server->readers, read_history);
}
