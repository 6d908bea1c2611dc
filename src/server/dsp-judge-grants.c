/* dsp-judge-grants.c: whose permissions a command changes, and what they see from then on
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-judge-private.h"

static void
add_user (GHashTable  *users,
          const DspId *id)
{
  if (!dsp_id_is_none (id) && !g_hash_table_contains (users, id))
    g_hash_table_add (users, g_memdup2 (id, sizeof *id));
}

/* @sql: one parameter, an id; gives users. */
static gboolean
add_users_of (DspJudge    *self,
              GHashTable  *users,
              const char  *sql,
              const DspId *id,
              GError     **error)
{
  g_autoptr(DspStmt) stmt = NULL;
  DspStep step;

  if (dsp_id_is_none (id))
    return TRUE;
  stmt = dsp_db_prepare (self->db, sql, error);
  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_id (stmt, 1, id);
  while ((step = dsp_stmt_step (stmt, error)) == DSP_STEP_ROW)
    {
      DspId user_id = dsp_stmt_id (stmt, 0);

      add_user (users, &user_id);
    }
  return step == DSP_STEP_DONE;
}

gboolean
dsp_judge_collect_users (DspJudge      *self,
                         const DspEdit *edit,
                         GHashTable    *users,
                         DspPublished  *published,
                         GError       **error)
{
  static const char by_profile[] = "SELECT DISTINCT \"user_id\" FROM \"grant\" WHERE \"profile_id\" = $1";
  static const char by_over[] = "SELECT DISTINCT \"user_id\" FROM \"grant\" WHERE \"over\" = $1";

  if (edit->entity == &dsp_grant)
    add_user (users, &((const DspGrant *) edit->after)->user_id);
  else if (edit->entity == &dsp_profile && edit->before != NULL)
    return add_users_of (self, users, by_profile, &((const DspProfile *) edit->after)->id, error);
  else if (edit->entity == &dsp_distributor)
    {
      const DspDistributor *before = edit->before, *after = edit->after;

      if (before != NULL && dsp_id_equal (&before->master_id, &after->master_id) && !edit->deleted)
        return TRUE;
      return (before == NULL || add_users_of (self, users, by_over, &before->master_id, error)) &&
             add_users_of (self, users, by_over, &after->master_id, error);
    }
  else if (edit->entity == &dsp_user && edit->before != NULL)
    {
      const DspUser *before = edit->before, *after = edit->after;

      if ((before->disabled == DSP_YES) == (after->disabled == DSP_YES) && !edit->deleted)
        return TRUE;
      add_user (users, &after->id);
      if (after->disabled == DSP_YES || edit->deleted)
        {
          g_ptr_array_add (published->ended_users, g_memdup2 (&after->id, sizeof after->id));
          return dsp_token_delete_user (self->db, &after->id, NULL, error);
        }
    }
  return TRUE;
}

/* A new number for the user's grants, and what he sees from now on beside it. */
static gboolean
bump (DspJudge     *self,
      const DspId  *user_id,
      gint64        now_us,
      GError      **error)
{
  g_autoptr(DspActorRef) ref = NULL;
  g_autoptr(GBytes) scopes = NULL;
  g_autoptr(DspStmt) stmt = NULL;
  g_autoptr(GError) fault = NULL;
  gint64 grants_ver = 0;
  gsize size;

  if (!dsp_feed_bump_grants (self->feed, user_id, error) || !dsp_feed_grants_ver (self->db, user_id, &grants_ver, error))
    return FALSE;
  ref = dsp_judge_get_actor (self, user_id, now_us, &fault);
  if (fault != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&fault));
      return FALSE;
    }
  scopes = ref != NULL ? dsp_scopes_pack (ref->scopes, ref->entities) : g_bytes_new_static ("", 0);
  stmt = dsp_db_prepare (self->db, "INSERT INTO grants_scopes (user_id, grants_ver, scopes) VALUES ($1, $2, $3)", error);
  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_id (stmt, 1, user_id);
  dsp_stmt_bind_int (stmt, 2, grants_ver);
  dsp_stmt_bind_blob (stmt, 3, g_bytes_get_data (scopes, &size), g_bytes_get_size (scopes));
  return dsp_stmt_run (stmt, NULL, error);
}

gboolean
dsp_judge_bump_all (DspJudge     *self,
                    GHashTable   *users,
                    gint64        now_us,
                    DspPublished *published,
                    GError      **error)
{
  GHashTableIter iter;
  const DspId *user_id;

  if (g_hash_table_size (users) == 0)
    return TRUE;
  dsp_actors_forget (self->actors);
  published->grants_changed = TRUE;
  g_hash_table_iter_init (&iter, users);
  while (g_hash_table_iter_next (&iter, (gpointer *) &user_id, NULL))
    if (!bump (self, user_id, now_us, error))
      return FALSE;
  return TRUE;
}

GHashTable *
dsp_judge_user_set_new (void)
{
  return g_hash_table_new_full (dsp_id_hash, dsp_id_equal_func, g_free, NULL);
}

gboolean
dsp_judge_end_grants (DspJudge     *self,
                      gint64        from_us,
                      gint64        now_us,
                      DspPublished *published,
                      GError      **error)
{
  g_autoptr(GHashTable) users = dsp_judge_user_set_new ();
  g_autoptr(DspStmt) stmt = NULL;
  DspStep step;

  stmt = dsp_db_prepare (self->db, "SELECT DISTINCT \"user_id\" FROM \"grant\" WHERE \"until\" > $1 AND \"until\" <= $2", error);
  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_int (stmt, 1, from_us);
  dsp_stmt_bind_int (stmt, 2, now_us);
  while ((step = dsp_stmt_step (stmt, error)) == DSP_STEP_ROW)
    {
      DspId user_id = dsp_stmt_id (stmt, 0);

      add_user (users, &user_id);
    }
  return step == DSP_STEP_DONE && dsp_judge_bump_all (self, users, now_us, published, error);
}
