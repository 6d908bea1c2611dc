/* server-steps.h: a server's file on a simulated disk, and the orders that are pushed to it
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-executor.h"
#include "dsp-feed.h"
#include "dsp-table.h"
#include "sim-disk.h"

#include <string.h>

#define SERVER   "server"
#define DATABASE "server/office.db"

/* An empty one, closed. */
static inline void
server_make (void)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspDb) db = NULL;

  sim_disk_remove (DATABASE);
  sim_disk_remove (DATABASE "-wal");
  db = dsp_db_open ("sqlite:" DATABASE, DSP_DB_CREATE | DSP_DB_LOCK, &error);
  g_assert_no_error (error);
  dsp_database_init (db, &error);
  g_assert_no_error (error);
  dsp_db_checkpoint (db, DSP_CHECKPOINT_TRUNCATE, NULL, &error);
  g_assert_no_error (error);
}

/* Whether the answer was that the order is stored. */
static inline gboolean
server_push (DspExecutor *executor,
             DspSession  *session,
             const char  *epoch,
             gint64       no,
             const char  *id)
{
  g_autofree char *text = NULL, *reply = NULL;
  char device[DSP_ID_TEXT];

  dsp_id_print (&session->device, device);
  text = g_strdup_printf ("{\"device\":\"%s\",\"epoch\":\"%s\",\"first\":%" G_GINT64_FORMAT ",\"commands\":[{\"no\":%" G_GINT64_FORMAT ",\"v\":1,\"kind\":"
                          "\"order.create\",\"id\":\"%s\",\"args\":{\"number\":\"W%" G_GINT64_FORMAT "\",\"account\":\"A\",\"group\":\"g\",\"type\":\"t\","
                          "\"created_at\":\"2026-11-20T10:00:00Z\"}}]}", device, epoch, no, no, id, no);
  if (dsp_executor_run (executor, session, text, strlen (text), &reply) != 200)
    return FALSE;
  /* A fault is no reason to refuse. */
  if (strstr (reply, "\"rejected\"") != NULL)
    g_error ("%s", reply);
  return strstr (reply, "\"applied\"") != NULL;
}

/* Whether it is there; the file is whole, or the test ends. */
static inline gboolean
server_has (const char *text)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspDb) db = dsp_db_open ("sqlite:" DATABASE, DSP_DB_READ_ONLY, &error);
  DspRecord head = { 0 };
  DspStep step = DSP_STEP_FAILED;
  DspId id;

  g_assert_no_error (error);
  g_assert_true (dsp_id_parse (text, strlen (text), &id));
  step = dsp_table_head (db, NULL, &dsp_order, &id, &head, &error);
  g_assert_no_error (error);
  return step == DSP_STEP_ROW;
}
