/* dsp-keeper-answers.c: what the server answers to commands
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-outbox"

#include "config.h"
#include "dsp-keeper-private.h"

#include "dsp-record-json.h"

#include <string.h>

#define KEEP_US (30 * G_TIME_SPAN_DAY)

/* One refused record of an answer. */
typedef struct {
  DspId  id;
  char  *code, *message, *by;
  gint64 by_at;
} Refused;

typedef struct {
  gint64     no, seq;
  char      *status, *code, *message, *by;
  gint64     by_at;
  GArray    *refused; /* of Refused */
} Answer;

static void
clear_refused (gpointer data)
{
  Refused *refused = data;

  g_free (refused->code);
  g_free (refused->message);
  g_free (refused->by);
}

static void
clear_answer (gpointer data)
{
  Answer *answer = data;

  g_free (answer->status);
  g_free (answer->code);
  g_free (answer->message);
  g_free (answer->by);
  g_array_unref (answer->refused);
}

/* "now": who changed the record since, as far as this user may know. */
static void
read_now (DspJsonReader *r,
          char         **by,
          gint64        *by_at)
{
  const char *name;
  gsize length;

  if (dsp_json_peek (r) != '{')
    {
      dsp_json_skip (r, NULL, NULL);
      return;
    }
  dsp_json_enter_object (r);
  while (dsp_json_next_member (r, &name, &length))
    if (dsp_json_is (name, length, "by") && *by == NULL && dsp_json_peek (r) == '"')
      dsp_json_read_text (r, by);
    else if (dsp_json_is (name, length, "at") && dsp_json_peek (r) == '"')
      {
        const char *text;
        gsize n;
        DspTime at;

        if (dsp_json_read_raw (r, &text, &n) && dsp_time_parse (text, n, &at))
          *by_at = at.us;
      }
    else
      dsp_json_skip (r, NULL, NULL);
}

static void
read_optional_text (DspJsonReader *r,
                    char         **text)
{
  if (dsp_json_peek (r) == '"' && *text == NULL)
    dsp_json_read_text (r, text);
  else
    dsp_json_skip (r, NULL, NULL);
}

static void
read_refused (DspJsonReader *r,
              GArray        *list)
{
  const char *name;
  gsize length;

  if (dsp_json_peek (r) != '[')
    {
      dsp_json_skip (r, NULL, NULL);
      return;
    }
  dsp_json_enter_array (r);
  while (dsp_json_next_item (r))
    {
      Refused refused = { 0 };

      dsp_json_enter_object (r);
      while (dsp_json_next_member (r, &name, &length))
        if (dsp_json_is (name, length, "id"))
          {
            const char *text;
            gsize n;

            if (dsp_json_read_raw (r, &text, &n))
              dsp_id_parse (text, n, &refused.id);
          }
        else if (dsp_json_is (name, length, "code"))
          read_optional_text (r, &refused.code);
        else if (dsp_json_is (name, length, "message"))
          read_optional_text (r, &refused.message);
        else if (dsp_json_is (name, length, "now"))
          read_now (r, &refused.by, &refused.by_at);
        else
          dsp_json_skip (r, NULL, NULL);
      g_array_append_val (list, refused);
    }
}

static void
read_answers (DspJsonReader *r,
              GArray        *answers)
{
  const char *name;
  gsize length;

  dsp_json_enter_array (r);
  while (dsp_json_next_item (r))
    {
      Answer answer = { 0 };

      if (dsp_json_peek (r) != '{')
        {
          dsp_json_skip (r, NULL, NULL);
          continue;
        }
      answer.refused = g_array_new (FALSE, FALSE, sizeof (Refused));
      g_array_set_clear_func (answer.refused, clear_refused);
      dsp_json_enter_object (r);
      while (dsp_json_next_member (r, &name, &length))
        if (dsp_json_is (name, length, "no"))
          dsp_json_read_int (r, &answer.no);
        else if (dsp_json_is (name, length, "seq") && dsp_json_peek (r) == '0')
          dsp_json_read_int (r, &answer.seq);
        else if (dsp_json_is (name, length, "status"))
          read_optional_text (r, &answer.status);
        else if (dsp_json_is (name, length, "code"))
          read_optional_text (r, &answer.code);
        else if (dsp_json_is (name, length, "message"))
          read_optional_text (r, &answer.message);
        else if (dsp_json_is (name, length, "now"))
          read_now (r, &answer.by, &answer.by_at);
        else if (dsp_json_is (name, length, "refused"))
          read_refused (r, answer.refused);
        else
          dsp_json_skip (r, NULL, NULL);
      g_array_append_val (answers, answer);
    }
}

static gboolean
store_refused (DspKeeper       *keeper,
               gint64           no,
               const DspEntity *entity,
               const DspId     *id,
               const char      *code,
               const char      *message,
               const char      *by,
               gint64           by_at,
               GError         **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (keeper->db,
                                            "INSERT INTO \"refused\" (\"no\", \"id\", \"code\", \"message\", \"by\", \"by_at\")"
                                            " VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (\"no\", \"id\") DO NOTHING",
                                            error);
  gint64 n_changed = 0;

  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_int (stmt, 1, no);
  dsp_stmt_bind_blob (stmt, 2, id->b, sizeof id->b);
  dsp_stmt_bind_text (stmt, 3, code != NULL ? code : "invalid", -1);
  dsp_stmt_bind_text (stmt, 4, message, -1);
  dsp_stmt_bind_text (stmt, 5, by, -1);
  dsp_stmt_bind_int (stmt, 6, by_at);
  if (!dsp_stmt_run (stmt, &n_changed, error))
    return FALSE;
  if (n_changed > 0)
    dsp_keeper_count_conflict (keeper, entity, id, 1);
  return TRUE;
}

static gboolean
take_answer (DspKeeper    *keeper,
             const Answer *answer,
             GHashTable   *affected,
             GError      **error)
{
  DspPending *pending = dsp_keeper_find_pending (keeper, answer->no);

  if (pending == NULL || pending->wait == DSP_WAIT_ACKED || answer->status == NULL)
    return TRUE;
  if (strcmp (answer->status, "rejected") == 0)
    {
      for (guint row = 0; pending->command != NULL && row < pending->ids->len; row++)
        {
          const DspId *id = &g_array_index (pending->ids, DspId, row);
          const Refused *own = NULL;

          for (guint i = 0; i < answer->refused->len && own == NULL; i++)
            if (dsp_id_equal (&g_array_index (answer->refused, Refused, i).id, id))
              own = &g_array_index (answer->refused, Refused, i);
          if (!store_refused (keeper, pending->no, pending->command->entity, id, own != NULL && own->code != NULL ? own->code : answer->code,
                              own != NULL && own->message != NULL ? own->message : answer->message,
                              own != NULL ? own->by : answer->by, own != NULL ? own->by_at : answer->by_at, error))
            return FALSE;
        }
      if (!dsp_keeper_set_state (keeper, pending->no, pending->command != NULL ? "rejected" : "settled", 0, error))
        return FALSE;
      dsp_keeper_remove_pending (keeper, pending, affected);
      return TRUE;
    }

  for (guint i = 0; i < answer->refused->len && pending->command != NULL; i++)
    {
      const Refused *refused = &g_array_index (answer->refused, Refused, i);

      for (guint row = 0; row < pending->ids->len; row++)
        if (dsp_id_equal (&g_array_index (pending->ids, DspId, row), &refused->id))
          g_array_index (pending->out, guint8, row) = 1;
      if (!store_refused (keeper, pending->no, pending->command->entity, &refused->id, refused->code, refused->message, refused->by,
                          refused->by_at, error))
        return FALSE;
      dsp_key_set_add (affected, pending->command->entity, &refused->id);
    }
  if (strcmp (answer->status, "merged") == 0)
    for (guint row = 0; pending->command != NULL && row < pending->ids->len; row++)
      if (!g_array_index (pending->out, guint8, row))
        dsp_keeper_tell_merged (keeper, pending->command->entity, &g_array_index (pending->ids, DspId, row));
  pending->wait = DSP_WAIT_ACKED;
  pending->seq = answer->seq;
  return dsp_keeper_set_state (keeper, pending->no, "acked", answer->seq, error);
}

/* What no restore will ask for again goes. */
static gboolean
forget_settled (DspKeeper *keeper,
                gint64     stable,
                GError   **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (keeper->db,
                                            "DELETE FROM \"outbox\" WHERE (\"state\" = 'settled' AND (\"no\" <= $1 OR \"at\" < $2))"
                                            " AND \"no\" NOT IN (SELECT \"no\" FROM \"refused\")",
                                            error);

  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_int (stmt, 1, stable);
  dsp_stmt_bind_int (stmt, 2, g_get_real_time () - KEEP_US);
  return dsp_stmt_run (stmt, NULL, error);
}

static gboolean
take_answers (DspKeeper  *keeper,
              GArray     *answers,
              gint64      stable,
              GHashTable *affected,
              GError    **error)
{
  for (guint i = 0; i < answers->len; i++)
    if (!take_answer (keeper, &g_array_index (answers, Answer, i), affected, error))
      return FALSE;
  return dsp_keeper_settle (keeper, affected, error) && forget_settled (keeper, stable, error) && dsp_keeper_agree (keeper, error);
}

/**
 * dsp_keeper_pushed:
 * Stores the answers, drops the effect of what was refused, and tells what became different.
 */
gboolean
dsp_keeper_pushed (DspKeeper  *keeper,
                   gint64      first,
                   const char *reply,
                   gsize       length,
                   GError    **error)
{
  g_autoptr(GArray) answers = g_array_new (FALSE, FALSE, sizeof (Answer));
  g_autoptr(GHashTable) affected = dsp_key_set_new ();
  GHashTableIter iter;
  gpointer key;
  DspJsonReader r;
  const char *name;
  gsize n;
  gint64 stable = 0;

  g_array_set_clear_func (answers, clear_answer);
  dsp_json_reader_init (&r, reply, length);
  dsp_json_enter_object (&r);
  while (dsp_json_next_member (&r, &name, &n))
    if (dsp_json_is (name, n, "results"))
      read_answers (&r, answers);
    else if (dsp_json_is (name, n, "stable"))
      dsp_json_read_int (&r, &stable);
    else
      dsp_json_skip (&r, NULL, NULL);
  if (!dsp_json_reader_finish (&r, error))
    {
      g_prefix_error (error, "the answer to the commands from %" G_GINT64_FORMAT " on: ", first);
      return FALSE;
    }

  if (!dsp_keeper_need_outbox (keeper, error))
    return FALSE;
  if (!dsp_db_begin (keeper->db, error))
    return dsp_keeper_fail (error);
  if (!take_answers (keeper, answers, stable, affected, error) || !dsp_db_commit (keeper->db, error))
    {
      dsp_db_rollback (keeper->db);
      dsp_keeper_none_merged (keeper);
      dsp_keeper_reload_outbox (keeper); /* memory went ahead of the disk: as it stands there, all of it is offered again */
      return dsp_keeper_fail (error);
    }
  if (!dsp_keeper_replay (keeper, affected, FALSE, error))
    return dsp_keeper_fail (error);
  g_hash_table_iter_init (&iter, affected);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    dsp_keeper_tell (keeper, key, NULL, NULL);
  dsp_keeper_flush (keeper, FALSE);
  return TRUE;
}
