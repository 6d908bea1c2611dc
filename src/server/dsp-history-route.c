/* dsp-history-route.c: GET v1/history, what happened to a record
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An entry is shown to who sees the record now and saw it when the entry was made: what another distributor did with an
 * order before it came here stays his. An order's history is also that of its penalties: the clock does not touch the
 * order, and who opens it wants the verdicts too.
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
  GPtrArray       *entries; /* (owned) of DspHistory */
  GArray          *penalties; /* (owned) of DspId */
} Reading;

static void
free_entry (gpointer entry)
{
  dsp_history_free (entry);
}

static int
compare_entries (gconstpointer a,
                 gconstpointer b)
{
  const DspHistory *one = *(DspHistory *const *) a, *two = *(DspHistory *const *) b;

  return (one->seq.value > two->seq.value) - (one->seq.value < two->seq.value);
}

static gboolean
add_penalty (gconstpointer record,
             gpointer      user_data)
{
  g_array_append_val (((Reading *) user_data)->penalties, ((const DspRecord *) record)->id);
  return TRUE;
}

static gboolean
put_entry (gconstpointer record,
           gpointer      user_data)
{
  const DspHistory *entry = record;
  Reading *reading = user_data;

  if (g_strcmp0 (entry->entity, reading->entity->table.name) == 0 &&
      dsp_actor_sees_of (reading->ref->actor, reading->entity, &entry->scope, reading->now_us))
    g_ptr_array_add (reading->entries, dsp_history_dup (entry));
  return TRUE;
}

static gboolean
read_entries (DspDb       *db,
              Reading     *reading,
              const DspId *id,
              GError     **error)
{
  return dsp_table_each_id (db, NULL, &dsp_history, dsp_table_at (&dsp_history.table, offsetof (DspHistory, record_id)), id,
                            DSP_FIELDS_ALL, put_entry, reading, error);
}

static gboolean
read_penalties (DspDb    *db,
                Reading  *reading,
                GError  **error)
{
  reading->penalties = g_array_new (FALSE, FALSE, sizeof (DspId));
  if (!dsp_table_each_id (db, NULL, &dsp_penalty, dsp_table_at (&dsp_penalty.table, offsetof (DspPenalty, order_id)),
                          &reading->id, 0, add_penalty, reading, error))
    return FALSE;
  reading->entity = &dsp_penalty;
  for (guint i = 0; i < reading->penalties->len; i++)
    if (!read_entries (db, reading, &g_array_index (reading->penalties, DspId, i), error))
      return FALSE;
  return TRUE;
}

static void
write_entries (Reading *reading,
               GString *out)
{
  g_ptr_array_sort (reading->entries, compare_entries);
  g_string_append (out, "{\"entries\":[");
  for (guint i = 0; i < reading->entries->len; i++)
    {
      const DspHistory *entry = reading->entries->pdata[i];

      g_string_append (out, i > 0 ? ",{\"id\":" : "{\"id\":");
      dsp_json_put_id (out, &entry->id);
      g_string_append (out, ",\"body\":");
      dsp_record_json_write (&dsp_history.table, entry, DSP_FIELDS_ALL, out);
      g_string_append_c (out, '}');
    }
  g_string_append (out, "]}");
}

static void
reading_free (gpointer data)
{
  Reading *reading = data;

  g_clear_pointer (&reading->entries, g_ptr_array_unref);
  g_clear_pointer (&reading->penalties, g_array_unref);
  g_free (reading);
}

static void
read_history (DspDb   *db,
              gpointer data)
{
  g_autoptr(DspCall) call = data;
  Reading *reading = call->data;
  g_autoptr(DspActorRef) ref = dsp_call_begin (call, db);
  g_autoptr(GError) error = NULL;
  DspRecord head;
  DspStep step;
  gboolean done;

  if (ref == NULL)
    return;
  reading->ref = ref;
  reading->now_us = g_get_real_time ();
  reading->entries = g_ptr_array_new_with_free_func (free_entry);
  step = dsp_table_head (db, NULL, reading->entity, &reading->id, &head, &error);
  done = step != DSP_STEP_FAILED;
  /* A deleted record has no scope of its own any more: its entries have. */
  if (done && (step == DSP_STEP_DONE || dsp_actor_sees_of (ref->actor, reading->entity, &head.scope, reading->now_us)))
    done = read_entries (db, reading, &reading->id, &error) &&
           (reading->entity != &dsp_order || read_penalties (db, reading, &error));
  dsp_call_end (db);
  if (!done)
    dsp_reply_fault (call->request, error);
  else if (reading->entries->len == 0)
    dsp_request_reply_error (call->request, 404, "no_such_record", "there is no such record");
  else
    {
      GString *out = g_string_new (NULL);

      write_entries (reading, out);
      dsp_reply_json (call->request, out);
    }
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
      reading_free (reading);
      dsp_request_reply_error (request, 400, "invalid", "entity and id are needed");
      return;
    }
  call = dsp_call_new (server, request, session);
  call->data = reading;
  call->free_data = reading_free;
  dsp_call_read (call, server->readers, read_history);
}
