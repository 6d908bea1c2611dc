/* dsp-recovery.c: the time after a restore in which clients bring back what the backup lacks
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tables: recovery (one row while it is open: minutes, until), offer (device, no, seq, body): what is held. They are in the
 * database, so that neither the end of a server nor a second one beside it loses or doubles an offer.
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-recovery.h"

#include <string.h>

typedef struct
{
  DspId  device;
  gint64 no;
  char  *body;
} Offer;

static void
offer_clear (gpointer data)
{
  g_free (((Offer *) data)->body);
}

/* ---- open and closed ---- */

gboolean
dsp_recovery_set (DspDb   *db,
                  guint    minutes,
                  GError **error)
{
  g_autoptr(DspStmt) stmt = NULL;

  if (!dsp_db_exec (db, "DELETE FROM offer; DELETE FROM recovery", error))
    return FALSE;
  if (minutes == 0)
    return TRUE;
  stmt = dsp_db_prepare (db, "INSERT INTO recovery (one, minutes, until) VALUES (1, $1, 0)", error);
  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_int (stmt, 1, minutes);
  return dsp_stmt_run (stmt, NULL, error);
}

gboolean
dsp_recovery_read (DspDb       *db,
                   DspRecovery *recovery,
                   GError     **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, "SELECT until FROM recovery WHERE one = 1", error);
  DspStep step = stmt != NULL ? dsp_stmt_step (stmt, error) : DSP_STEP_FAILED;

  *recovery = (DspRecovery) { .open = step == DSP_STEP_ROW };
  if (step == DSP_STEP_ROW)
    recovery->until_us = dsp_stmt_int (stmt, 0);
  return step != DSP_STEP_FAILED;
}

gboolean
dsp_recovery_count (DspDb   *db,
                    gint64  *n_held,
                    gint64  *n_devices,
                    GError **error)
{
  return dsp_db_int (db, "SELECT count(*) FROM offer", n_held, error) &&
         dsp_db_int (db, "SELECT count(DISTINCT device) FROM offer", n_devices, error);
}

gboolean
dsp_recovery_start (DspDb   *db,
                    gint64   now_us,
                    GError **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, "UPDATE recovery SET until = $1 + minutes * 60000000 WHERE one = 1 AND until = 0", error);

  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_int (stmt, 1, now_us);
  return dsp_stmt_run (stmt, NULL, error);
}

gboolean
dsp_recovery_end (DspDb   *db,
                  gint64   now_us,
                  GError **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, "UPDATE recovery SET until = $1 WHERE one = 1", error);

  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_int (stmt, 1, now_us);
  return dsp_stmt_run (stmt, NULL, error);
}

/* ---- holding ---- */

/* Where the offers of a device end: their number, and their place in the old history. */
static gboolean
read_end (DspDb           *db,
          const DspDevice *device,
          gint64          *no,
          gint64          *seq,
          GError         **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, "SELECT no, seq FROM offer WHERE device = $1 ORDER BY no DESC LIMIT 1", error);

  *no = device->last_no;
  *seq = 0;
  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_id (stmt, 1, &device->id);
  switch (dsp_stmt_step (stmt, error))
    {
    case DSP_STEP_ROW:
      *no = MAX (*no, dsp_stmt_int (stmt, 0));
      *seq = dsp_stmt_int (stmt, 1);
      return TRUE;
    case DSP_STEP_DONE:
      return TRUE;
    case DSP_STEP_FAILED:
    default:
      return FALSE;
    }
}

static gboolean
put_offer (DspDb                *db,
           const DspId          *device,
           const DspPushCommand *command,
           gint64                seq,
           GError              **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, "INSERT INTO offer (device, no, seq, body) VALUES ($1, $2, $3, $4)", error);

  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_id (stmt, 1, device);
  dsp_stmt_bind_int (stmt, 2, command->no);
  dsp_stmt_bind_int (stmt, 3, seq);
  dsp_stmt_bind_text (stmt, 4, command->text, -1);
  return dsp_stmt_run (stmt, NULL, error);
}

gboolean
dsp_recovery_hold (DspDb           *db,
                   const DspDevice *device,
                   const DspPush   *push,
                   gint64          *held,
                   GError         **error)
{
  gint64 seq;

  if (!read_end (db, device, held, &seq, error))
    return FALSE;
  for (guint i = 0; i < push->commands->len; i++)
    {
      const DspPushCommand *command = &g_array_index (push->commands, DspPushCommand, i);

      if (command->no != *held + 1)
        continue;
      /* A device's order is kept: what has no place of its own stands where the one before it stood; what the old server
       * never answered comes last. */
      if (command->seq > 0)
        seq = MAX (seq, command->seq);
      else if (command->verdict != DSP_PUSH_NOOP)
        seq = G_MAXINT64;
      if (!put_offer (db, &device->id, command, seq, error))
        return FALSE;
      *held = command->no;
    }
  return TRUE;
}

/* ---- judging what is held ---- */

static GArray *
read_offers (DspDb   *db,
             guint    limit,
             GError **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, "SELECT device, no, body FROM offer ORDER BY seq, device, no LIMIT $1", error);
  g_autoptr(GArray) offers = g_array_new (FALSE, FALSE, sizeof (Offer));
  DspStep step;

  g_array_set_clear_func (offers, offer_clear);
  if (stmt == NULL)
    return NULL;
  dsp_stmt_bind_int (stmt, 1, limit);
  while ((step = dsp_stmt_step (stmt, error)) == DSP_STEP_ROW)
    {
      Offer offer = { .device = dsp_stmt_id (stmt, 0), .no = dsp_stmt_int (stmt, 1), .body = g_strdup (dsp_stmt_text (stmt, 2, NULL)) };

      g_array_append_val (offers, offer);
    }
  return step == DSP_STEP_DONE ? g_steal_pointer (&offers) : NULL;
}

/* @no 0: all of the device's. */
static gboolean
delete_offer (DspDb       *db,
              const DspId *device,
              gint64       no,
              GError     **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, no > 0 ? "DELETE FROM offer WHERE device = $1 AND no = $2" : "DELETE FROM offer WHERE device = $1",
                                            error);

  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_id (stmt, 1, device);
  if (no > 0)
    dsp_stmt_bind_int (stmt, 2, no);
  return dsp_stmt_run (stmt, NULL, error);
}

/* NULL without @error: who gave it may not act any more, or it does not follow; its client hears so when it asks. */
static DspActorRef *
may_judge (DspFeed      *feed,
           DspJudge     *judge,
           const Offer  *offer,
           gint64        now_us,
           DspDevice    *device,
           GError      **error)
{
  DspStep step = dsp_feed_get_device (feed, &offer->device, device, error);

  if (step != DSP_STEP_ROW || !g_str_equal (device->state, "active") || offer->no != device->last_no + 1)
    return NULL;
  return dsp_judge_get_actor (judge, &device->user_id, now_us, error);
}

static gboolean
apply_one (DspFeed      *feed,
           DspJudge     *judge,
           const Offer  *offer,
           gint64        now_us,
           DspPublished *published,
           GError      **error)
{
  DspDb *db = dsp_feed_get_db (feed);
  g_autoptr(GError) fault = NULL;
  g_autoptr(GString) results = g_string_new (NULL);
  g_autoptr(DspPush) push = NULL;
  g_autoptr(DspSession) session = NULL;
  g_autoptr(DspActorRef) ref = NULL;
  g_autofree char *text = NULL;
  DspDevice device = { 0 };
  char id[DSP_ID_TEXT];

  ref = may_judge (feed, judge, offer, now_us, &device, &fault);
  if (fault != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&fault));
      return FALSE;
    }
  dsp_id_print (&offer->device, id);
  if (ref == NULL)
    {
      g_message ("command %" G_GINT64_FORMAT " of device %s was offered and cannot be judged now", offer->no, id);
      return delete_offer (db, &offer->device, 0, error);
    }
  text = g_strdup_printf ("{\"device\":\"%s\",\"first\":%" G_GINT64_FORMAT ",\"commands\":[%s]}", id, offer->no, offer->body);
  push = dsp_push_parse (text, strlen (text), FALSE, error);
  if (push == NULL)
    return FALSE;
  session = dsp_session_new_for (&device.user_id, ref->actor->user_name, &device.id);
  return dsp_judge_command (judge, session, ref->actor, &g_array_index (push->commands, DspPushCommand, 0), now_us, published, results, error) &&
         delete_offer (db, &offer->device, offer->no, error);
}

gboolean
dsp_recovery_apply (DspFeed      *feed,
                    DspJudge     *judge,
                    guint         limit,
                    gint64        now_us,
                    DspPublished *published,
                    guint        *n,
                    GError      **error)
{
  DspDb *db = dsp_feed_get_db (feed);
  g_autoptr(GArray) offers = read_offers (db, limit, error);

  if (offers == NULL)
    return FALSE;
  *n = offers->len;
  for (guint i = 0; i < offers->len; i++)
    if (!apply_one (feed, judge, &g_array_index (offers, Offer, i), now_us, published, error))
      return FALSE;
  return offers->len > 0 || dsp_db_exec (db, "DELETE FROM recovery", error);
}

gboolean
dsp_recovery_skip (DspDb   *db,
                   GError **error)
{
  g_autoptr(GArray) offers = read_offers (db, 1, error);

  if (offers == NULL)
    return FALSE;
  return offers->len == 0 || delete_offer (db, &g_array_index (offers, Offer, 0).device, 0, error);
}
