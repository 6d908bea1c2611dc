/* dsp-init.c: what a new database holds
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-server-schema.h"

#include "dsp-feed.h"
#include "dsp-judge.h"
#include "dsp-shipped-profiles.h"
#include "dsp-table.h"

static gboolean
is_there (DspDb           *db,
          const DspEntity *entity,
          const DspId     *id,
          gboolean        *there,
          GError         **error)
{
  DspRecord head;
  DspStep step = dsp_table_head (db, NULL, entity, id, &head, error);

  *there = step == DSP_STEP_ROW;
  return step != DSP_STEP_FAILED;
}

/* The owner of the server's files stands in the list of users: the history names him. He has no way to sign in. */
static gboolean
add_local_user (DspJudge     *judge,
                DspDb        *db,
                DspPublished *published,
                GError      **error)
{
  DspId id = dsp_local_user_id ();
  g_autoptr(DspUser) user = dsp_user_new ();
  gboolean there;

  if (!is_there (db, &dsp_user, &id, &there, error))
    return FALSE;
  if (there)
    return TRUE;
  user->name = g_strdup (DSP_LOCAL_USER_NAME);
  return dsp_judge_internal (judge, &dsp_user_create, &id, user, DSP_FIELDS_ALL, g_get_real_time (), published, error);
}

static gboolean
fill (DspFeed  *feed,
      GError  **error)
{
  DspDb *db = dsp_feed_get_db (feed);
  DspId device = dsp_local_device_id ("admin"), user_id = dsp_local_user_id ();
  DspDevice known = { 0 };
  DspPublished published;
  DspJudge *judge = dsp_judge_new (feed);
  gboolean done = FALSE;

  dsp_published_init (&published);
  switch (dsp_feed_get_device (feed, &device, &known, error))
    {
    case DSP_STEP_ROW:
      done = TRUE;
      break;
    case DSP_STEP_DONE:
      done = dsp_feed_add_device (feed, &device, &user_id, "admin", g_get_real_time (), error);
      break;
    case DSP_STEP_FAILED:
      break;
    }
  done = done && add_local_user (judge, db, &published, error);
  done = done && dsp_ship_profiles (judge, db, &published, error);
  dsp_published_clear (&published);
  dsp_judge_free (judge);
  return done;
}

gboolean
dsp_database_init (DspDb   *db,
                   GError **error)
{
  g_autoptr(DspFeed) feed = dsp_feed_open (db, error);

  if (feed == NULL || !dsp_schema_open (db, &dsp_schema_server, error) || !dsp_feed_begin (feed, error))
    return FALSE;
  if (fill (feed, error) && dsp_feed_commit (feed, error))
    return TRUE;
  dsp_feed_rollback (feed);
  return FALSE;
}
