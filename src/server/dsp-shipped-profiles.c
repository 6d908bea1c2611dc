/* dsp-shipped-profiles.c: the profiles that ship, in a new database and in one of an earlier version
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An office may change its profiles, and a new version of the program brings actions that they do not name. What was shipped
 * last is kept beside each profile, so that what is new can be told from what the office took away. What is new goes to
 * every profile from which the office took nothing: who left it as it was, or only added to it, goes on with what the
 * program means it for. From which it took something is left alone, and the log says what was not added: a right that
 * nobody gave is worse than one that is missed. Each addition is a command, with its entry in the history.
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-shipped-profiles.h"

#include "dsp-entities.h"
#include "dsp-json-read.h"
#include "dsp-server-schema.h"
#include "dsp-table.h"

#include <string.h>

#define SEPARATORS " ;"

/* Words as a set: their number does not matter, each is there once. (transfer full) */
static GStrv
dup_words (const char *text)
{
  g_auto(GStrv) parts = g_strsplit_set (text, SEPARATORS, -1);
  g_autoptr(GStrvBuilder) words = g_strv_builder_new ();

  for (guint i = 0; parts[i] != NULL; i++)
    {
      gboolean repeated = *parts[i] == '\0';

      for (guint k = 0; k < i; k++)
        repeated = repeated || g_str_equal (parts[k], parts[i]);
      if (!repeated)
        g_strv_builder_add (words, parts[i]);
    }
  return g_strv_builder_end (words);
}

static gboolean
names (const char *const *words,
       const char        *word)
{
  return words != NULL && (g_strv_contains (words, "*") || g_strv_contains (words, word));
}

static gboolean
names_all (const char *const *words,
           const char *const *all)
{
  for (; *all != NULL; all++)
    if (!names (words, *all))
      return FALSE;
  return TRUE;
}

/* ---- what was shipped last ---- */

static DspStep
read_shipped (DspDb       *db,
              const DspId *id,
              char       **text,
              GError     **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, "SELECT permissions FROM shipped_profile WHERE id = $1", error);
  DspStep step;

  if (stmt == NULL)
    return DSP_STEP_FAILED;
  dsp_stmt_bind_id (stmt, 1, id);
  step = dsp_stmt_step (stmt, error);
  if (step == DSP_STEP_ROW)
    *text = g_strdup (dsp_stmt_text (stmt, 0, NULL));
  return step;
}

static gboolean
write_shipped (DspDb       *db,
               const DspId *id,
               const char  *text,
               GError     **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, "INSERT INTO shipped_profile (id, permissions) VALUES ($1, $2)"
                                                " ON CONFLICT (id) DO UPDATE SET permissions = excluded.permissions", error);

  if (stmt == NULL)
    return FALSE;
  dsp_stmt_bind_id (stmt, 1, id);
  dsp_stmt_bind_text (stmt, 2, text, -1);
  return dsp_stmt_run (stmt, NULL, error);
}

/* {"permissions":["before","after"],…}: (transfer full) (nullable): the former. */
static char *
dup_before (const char *changes)
{
  DspJsonReader r;
  const char *name;
  gsize n;
  char *before = NULL;

  dsp_json_reader_init (&r, changes, strlen (changes));
  dsp_json_enter_object (&r);
  while (dsp_json_next_member (&r, &name, &n))
    if (before == NULL && dsp_json_is (name, n, "permissions") && dsp_json_enter_array (&r))
      while (dsp_json_next_item (&r))
        if (before == NULL && dsp_json_peek (&r) == '"')
          dsp_json_read_text (&r, &before);
        else
          dsp_json_skip (&r, NULL, NULL);
    else
      dsp_json_skip (&r, NULL, NULL);
  return before;
}

/* A database of before anything was kept: what the profile began with is what its first change found. (transfer full)
 * (nullable): it was never changed, or @error is set. */
static char *
find_first (DspDb       *db,
            const DspId *id,
            GError     **error)
{
  g_autoptr(DspStmt) stmt = dsp_db_prepare (db, "SELECT \"changes\" FROM \"history\" WHERE \"record_id\" = $1 AND \"command\" = $2"
                                                " AND \"changes\" IS NOT NULL ORDER BY \"seq\"", error);
  char *before = NULL;

  if (stmt == NULL)
    return NULL;
  dsp_stmt_bind_id (stmt, 1, id);
  dsp_stmt_bind_text (stmt, 2, dsp_profile_change.name, -1);
  while (before == NULL && dsp_stmt_step (stmt, error) == DSP_STEP_ROW)
    before = dup_before (dsp_stmt_text (stmt, 0, NULL));
  return before;
}

static gboolean
find_shipped (DspDb            *db,
              const DspProfile *profile,
              GStrv            *words,
              GError          **error)
{
  g_autofree char *text = NULL;
  g_autoptr(GError) local = NULL;

  if (read_shipped (db, &profile->id, &text, &local) == DSP_STEP_DONE)
    text = find_first (db, &profile->id, &local);
  if (local != NULL)
    {
      g_propagate_error (error, g_steal_pointer (&local));
      return FALSE;
    }
  *words = text != NULL ? dup_words (text) : g_strdupv (profile->permissions);
  return TRUE;
}

/* ---- bringing up to date ---- */

static gboolean
add_actions (DspJudge     *judge,
             DspProfile   *profile,
             GPtrArray    *added,
             DspPublished *published,
             GError      **error)
{
  g_autoptr(GStrvBuilder) words = g_strv_builder_new ();

  g_strv_builder_addv (words, (const char **) profile->permissions);
  for (guint i = 0; i < added->len; i++)
    g_strv_builder_add (words, added->pdata[i]);
  g_strfreev (profile->permissions);
  profile->permissions = g_strv_builder_end (words);
  return dsp_judge_internal (judge, &dsp_profile_change, &profile->id, profile,
                             dsp_table_bit (&dsp_profile.table, offsetof (DspProfile, permissions)), g_get_real_time (), published, error);
}

static gboolean
bring_up_to_date (DspJudge     *judge,
                  DspDb        *db,
                  DspProfile   *profile,
                  GStrv         now,
                  DspPublished *published,
                  GError      **error)
{
  const char *const *own = (const char *const *) profile->permissions;
  g_autoptr(GPtrArray) added = g_ptr_array_new ();
  g_autofree char *text = NULL;
  g_auto(GStrv) then = NULL;

  if (!find_shipped (db, profile, &then, error))
    return FALSE;
  for (guint i = 0; now[i] != NULL; i++)
    if (!names ((const char *const *) then, now[i]) && !names (own, now[i]))
      g_ptr_array_add (added, now[i]);
  if (added->len == 0)
    return TRUE;
  g_ptr_array_add (added, NULL);
  text = g_strjoinv (" ", (char **) added->pdata);
  g_ptr_array_set_size (added, (int) added->len - 1);
  if (names_all (own, (const char *const *) then))
    {
      g_message ("profile %s: this version's actions are added: %s", profile->name, text);
      return add_actions (judge, profile, added, published, error);
    }
  g_message ("profile %s: the office took actions from it, so this version's are not added by themselves: %s", profile->name, text);
  return TRUE;
}

static gboolean
ship (DspJudge                *judge,
      DspDb                   *db,
      const DspShippedProfile *shipped,
      DspPublished            *published,
      GError                 **error)
{
  DspId id = dsp_id_from_key ("profile", shipped->name);
  g_autoptr(DspProfile) profile = dsp_profile_new ();
  g_auto(GStrv) now = dup_words (shipped->permissions);
  g_autofree char *text = g_strjoinv (" ", now);

  switch (dsp_table_get (db, NULL, &dsp_profile, &id, DSP_FIELDS_ALL, profile, error))
    {
    case DSP_STEP_ROW:
      return bring_up_to_date (judge, db, profile, now, published, error) && write_shipped (db, &id, text, error);
    case DSP_STEP_DONE:
      profile->name = g_strdup (shipped->name);
      profile->label = g_strdup (shipped->label);
      profile->permissions = g_steal_pointer (&now);
      return dsp_judge_internal (judge, &dsp_profile_create, &id, profile, DSP_FIELDS_ALL, g_get_real_time (), published, error) &&
             write_shipped (db, &id, text, error);
    case DSP_STEP_FAILED:
    default:
      return FALSE;
    }
}

gboolean
dsp_ship_profiles (DspJudge     *judge,
                   DspDb        *db,
                   DspPublished *published,
                   GError      **error)
{
  for (guint i = 0; dsp_shipped_profiles[i].name != NULL; i++)
    if (!ship (judge, db, &dsp_shipped_profiles[i], published, error))
      return FALSE;
  return TRUE;
}
