/* test-profiles.c: profiles that ship, when a new version brings actions
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A server makes a database; it is then made older: its profiles name no actions that a later version brought.
 */
#include "config.h"
#include "older-office.h"
#include "server-fixture.h"

#include "dsp-actor.h"
#include "dsp-db-postgres.h"
#include "dsp-entities.h"
#include "dsp-table.h"

#include <signal.h>
#include <string.h>

/* What the older program did not know. */
static const char *const newer[] = { "attachment.create", "order.reschedule.beyond", "penalty.appeal", NULL };

typedef struct {
  TestServer *server;
  TestClient *root;
} Office;

static void
office_open (Office       *office,
             gconstpointer data)
{
  office->server = test_server_new ();
  test_server_start (office->server);
  office->root = test_administrator (office->server);
}

static void
office_close (Office       *office,
              gconstpointer data)
{
  test_client_free (office->root);
  test_server_free (office->server);
}

static DspDb *
open_database (Office *office)
{
  g_autofree char *uri = test_server_dup_uri (office->server);
  g_autoptr(GError) error = NULL;
  DspDb *db = dsp_db_open (uri, 0, &error);

  g_assert_no_error (error);
  return db;
}

static void
stop (Office *office)
{
  test_client_close (office->root);
  test_server_stop (office->server, SIGTERM);
}

static DspProfile *
read_profile (DspDb      *db,
              const char *name)
{
  DspId id = dsp_id_from_key ("profile", name);
  DspProfile *profile = dsp_profile_new ();
  g_autoptr(GError) error = NULL;

  g_assert_cmpint (dsp_table_get (db, NULL, &dsp_profile, &id, DSP_FIELDS_ALL, profile, &error), ==, DSP_STEP_ROW);
  return profile;
}

/* As the older program shipped it: (transfer full). */
static GStrv
older (const char *const *words)
{
  g_autoptr(GStrvBuilder) builder = g_strv_builder_new ();

  for (; *words != NULL; words++)
    if (!g_strv_contains (newer, *words))
      g_strv_builder_add (builder, *words);
  return g_strv_builder_end (builder);
}

static void
store_permissions (DspDb      *db,
                   const char *name,
                   GStrv       words) /* (transfer full) */
{
  g_autoptr(DspProfile) profile = read_profile (db, name);
  g_autoptr(GError) error = NULL;

  g_strfreev (profile->permissions);
  profile->permissions = words;
  dsp_table_put (db, NULL, &dsp_profile, profile, &error);
  g_assert_no_error (error);
}

/* All profiles as before; beside each what was shipped then. */
static void
make_older (DspDb *db)
{
  for (guint i = 0; dsp_shipped_profiles[i].name != NULL; i++)
    {
      g_autoptr(DspProfile) profile = read_profile (db, dsp_shipped_profiles[i].name);
      g_autoptr(DspStmt) stmt = NULL;
      g_autoptr(GError) error = NULL;
      GStrv words = older ((const char *const *) profile->permissions);
      g_autofree char *text = g_strjoinv (" ", words);

      stmt = dsp_db_prepare (db, "UPDATE shipped_profile SET permissions = $2 WHERE id = $1", &error);
      g_assert_no_error (error);
      dsp_stmt_bind_id (stmt, 1, &profile->id);
      dsp_stmt_bind_text (stmt, 2, text, -1);
      g_assert_true (dsp_stmt_run (stmt, NULL, &error));
      store_permissions (db, profile->name, words);
    }
}

static gboolean
names (DspProfile *profile,
       const char *word)
{
  return g_strv_contains ((const char *const *) profile->permissions, word);
}

static guint
n_changes (Office     *office,
           const char *name)
{
  g_autofree char *id = test_profile_id (name);
  g_autofree char *path = g_strdup_printf ("v1/history?entity=profile&id=%s", id);
  TestClient *local = test_client_new_local (office->server);
  g_autoptr(TestReply) reply = test_call (local, "GET", path, NULL);
  guint n = 0;

  test_expect (reply, 200);
  for (int i = 0; i < test_size (reply, "entries"); i++)
    {
      g_autofree char *command = g_strdup_printf ("entries/%d/body/command", i);

      n += g_strcmp0 (test_text (reply, command), "profile.change") == 0;
    }
  test_client_free (local);
  return n;
}

static void
new_actions_go_where_nothing_was_taken (Office       *office,
                                        gconstpointer data)
{
  static const char *const agent[] = { "order.create", "order.follow_up", "module.assignments", NULL };
  g_autoptr(DspProfile) dispatcher = NULL, supervisor = NULL, restricted = NULL, administrator = NULL, again = NULL;
  g_autoptr(GStrvBuilder) more = g_strv_builder_new ();
  DspDb *db;

  stop (office);
  db = open_database (office);
  make_older (db);
  /* The office gave its supervisors one action more, and its agents fewer than were shipped. */
  supervisor = read_profile (db, "supervisor");
  g_strv_builder_addv (more, (const char **) supervisor->permissions);
  g_strv_builder_add (more, "user.create");
  store_permissions (db, "supervisor", g_strv_builder_end (more));
  store_permissions (db, "agent", g_strdupv ((char **) agent));
  g_clear_pointer (&supervisor, dsp_profile_free);
  dsp_db_close (db);

  test_server_start (office->server);
  g_assert_cmpuint (n_changes (office, "dispatcher"), ==, 1);
  g_assert_cmpuint (n_changes (office, "supervisor"), ==, 1);
  g_assert_cmpuint (n_changes (office, "agent"), ==, 0);
  g_assert_cmpuint (n_changes (office, "administrator"), ==, 0);
  stop (office);
  db = open_database (office);
  dispatcher = read_profile (db, "dispatcher");
  g_assert_true (names (dispatcher, "attachment.create"));
  g_assert_false (names (dispatcher, "order.reschedule.beyond"));
  g_assert_cmpint (dispatcher->version, ==, 2);
  supervisor = read_profile (db, "supervisor");
  g_assert_true (names (supervisor, "attachment.create") && names (supervisor, "order.reschedule.beyond") && names (supervisor, "user.create"));
  restricted = read_profile (db, "agent");
  g_assert_true (g_strv_equal ((const char *const *) restricted->permissions, agent));
  administrator = read_profile (db, "administrator");
  g_assert_cmpuint (g_strv_length (administrator->permissions), ==, 1);

  /* What the office takes away afterwards stays away. */
  store_permissions (db, "dispatcher", older ((const char *const *) dispatcher->permissions));
  dsp_db_close (db);
  test_server_start (office->server);
  stop (office);
  db = open_database (office);
  again = read_profile (db, "dispatcher");
  g_assert_false (names (again, "attachment.create"));
  dsp_db_close (db);
}

/* A database of before it was kept what was shipped: what a profile began with is in its history. */
static void
older_than_what_is_kept (Office       *office,
                         gconstpointer data)
{
  g_autofree char *id = test_profile_id ("supervisor"), *change = NULL, *words = NULL, *changes = NULL, *agent_id = test_profile_id ("agent");
  g_autoptr(DspProfile) shipped = NULL, supervisor = NULL, dispatcher = NULL, agent = NULL;
  g_autoptr(TestReply) changed = NULL, taken = NULL;
  g_auto(GStrv) began = NULL;
  g_autoptr(DspStmt) stmt = NULL;
  g_autoptr(GError) error = NULL;
  DspId record = dsp_id_from_key ("profile", "supervisor");
  DspDb *db = open_database (office);

  /* The supervisors' profile was changed by the office: one action more; the agents': one fewer. */
  shipped = read_profile (db, "supervisor");
  began = older ((const char *const *) shipped->permissions);
  words = g_strjoinv ("\",\"", began);
  change = g_strdup_printf ("{\"kind\":\"profile.change\",\"id\":\"%s\",\"args\":{\"permissions\":[\"%s\",\"user.create\"]}}", id, words);
  changed = test_push (office->root, change, NULL);
  g_assert_cmpstr (test_text (changed, "results/0/status"), ==, "applied");
  g_free (change);
  change = g_strdup_printf ("{\"kind\":\"profile.change\",\"id\":\"%s\",\"args\":{\"permissions\":[\"order.create\",\"module.assignments\"]}}", agent_id);
  taken = test_push (office->root, change, NULL);
  g_assert_cmpstr (test_text (taken, "results/0/status"), ==, "applied");
  stop (office);
  make_older (db);
  g_free (words);
  words = g_strjoinv ("; ", began);
  changes = g_strdup_printf ("{\"permissions\":[\"%s\",\"%s; user.create\"]}", words, words);
  stmt = dsp_db_prepare (db, "UPDATE \"history\" SET \"changes\" = $2 WHERE \"record_id\" = $1 AND \"command\" = 'profile.change'", &error);
  g_assert_no_error (error);
  dsp_stmt_bind_id (stmt, 1, &record);
  dsp_stmt_bind_text (stmt, 2, changes, -1);
  g_assert_true (dsp_stmt_run (stmt, NULL, &error));
  g_clear_pointer (&stmt, dsp_stmt_done);
  test_make_older (db, 2);
  dsp_db_close (db);

  test_server_start (office->server);
  stop (office);
  db = open_database (office);
  supervisor = read_profile (db, "supervisor");
  g_assert_true (names (supervisor, "attachment.create") && names (supervisor, "order.reschedule.beyond") && names (supervisor, "user.create"));
  dispatcher = read_profile (db, "dispatcher");
  g_assert_true (names (dispatcher, "order.assign") && names (dispatcher, "attachment.create"));
  agent = read_profile (db, "agent");
  g_assert_cmpuint (g_strv_length (agent->permissions), ==, 2);
  dsp_db_close (db);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  dsp_db_postgres_init ();
#define ADD(name, function) g_test_add ("/profiles/T12/" name, Office, NULL, office_open, function, office_close)
  ADD ("new_actions_go_where_nothing_was_taken", new_actions_go_where_nothing_was_taken);
  ADD ("older_than_what_is_kept", older_than_what_is_kept);
  return g_test_run ();
}
