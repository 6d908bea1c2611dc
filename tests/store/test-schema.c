/* test-schema.c: versions go forward, one transaction each, and a newer one is refused
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-feed.h"
#include "dsp-schema.h"
#include "store-util.h"

#include <string.h>

typedef struct {
  TestPlace place;
  DspDb    *db;
} Fixture;

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  test_place_open (&f->place);
  f->db = test_db_open (&f->place, DSP_DB_CREATE);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  dsp_db_close (f->db);
  test_place_close (&f->place);
}

/* A part of our own, as it was in its first version and as it is now. */
static gboolean
fresh_1 (DspDb   *db,
         GError **error)
{
  return dsp_db_exec (db, "CREATE TABLE thing (a INTEGER, b TEXT); CREATE INDEX thing_a_1 ON thing (a)", error);
}

static gboolean
fresh_3 (DspDb   *db,
         GError **error)
{
  return dsp_db_exec (db, "CREATE TABLE thing (a INTEGER, c TEXT DEFAULT 'x', b TEXT); CREATE INDEX by_b ON thing (b)", error);
}

static gboolean
step_3 (DspDb   *db,
        GError **error)
{
  return dsp_db_exec (db, "ALTER TABLE thing ADD COLUMN c TEXT DEFAULT 'x'", error);
}

static gboolean
step_fails (DspDb   *db,
            GError **error)
{
  return dsp_db_exec (db, "INSERT INTO thing (a) VALUES (99); INSERT INTO no_such VALUES (1)", error);
}

static const DspMigration steps[] = {
  { 2, "DROP INDEX thing_a_1; CREATE INDEX thing_b_1 ON thing (b)", NULL },
  { 3, NULL, step_3 },
  { 0 },
};
static const DspMigration bad_steps[] = {
  { 2, "DROP INDEX thing_a_1; CREATE INDEX thing_b_1 ON thing (b)", NULL },
  { 3, NULL, step_fails },
  { 0 },
};
static const DspSchemaPart part_1 = { "thing", 1, fresh_1, NULL };
static const DspSchemaPart part_3 = { "thing", 3, fresh_3, steps };
static const DspSchemaPart part_bad = { "thing", 3, fresh_3, bad_steps };

static int
version (Fixture    *f,
         const char *part)
{
  g_autoptr(GError) error = NULL;
  int v = -1;

  dsp_schema_version (f->db, part, &v, &error);
  g_assert_no_error (error);
  return v;
}

static void
test_migration (Fixture      *f,
                gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *migrated = NULL;
  g_autofree char *fresh = NULL;
  gint64 n;

  g_assert_cmpint (version (f, "thing"), ==, 0);
  g_assert_true (dsp_schema_open (f->db, &part_1, &error));
  g_assert_true (dsp_db_exec (f->db, "INSERT INTO thing (a, b) VALUES (7, 'kept')", &error));

  /* A step that fails leaves the version before it, and nothing of its own. */
  g_assert_false (dsp_schema_open (f->db, &part_bad, &error));
  g_assert_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "version 3"));
  g_clear_error (&error);
  g_assert_cmpint (version (f, "thing"), ==, 2);
  g_assert_true (dsp_db_int (f->db, "SELECT count(*) FROM thing", &n, &error));
  g_assert_cmpint (n, ==, 1);

  g_assert_false (dsp_schema_require (f->db, &part_3, &error));
  g_clear_error (&error);
  g_assert_true (dsp_schema_open (f->db, &part_3, &error));
  g_assert_true (dsp_schema_require (f->db, &part_3, &error));
  g_assert_cmpint (version (f, "thing"), ==, 3);
  g_assert_true (dsp_db_int (f->db, "SELECT a FROM thing WHERE b = 'kept' AND c = 'x'", &n, &error));
  g_assert_cmpint (n, ==, 7);
  g_assert_true (dsp_schema_open (f->db, &part_3, &error));
  migrated = dsp_schema_describe (f->db, "thing", &error);

  g_assert_true (dsp_db_exec (f->db, "DROP TABLE thing; DROP TABLE schema_part", &error));
  g_assert_true (dsp_schema_open (f->db, &part_3, &error));
  fresh = dsp_schema_describe (f->db, "thing", &error);
  g_assert_cmpstr (migrated, ==, fresh);
  g_assert_no_error (error);
}

static void
test_newer (Fixture      *f,
            gconstpointer data)
{
  static const DspSchemaPart *const parts[] = { &dsp_schema_entities, &dsp_schema_feed };

  for (guint i = 0; i < G_N_ELEMENTS (parts); i++)
    {
      g_autoptr(GError) error = NULL;
      g_autofree char *sql = g_strdup_printf ("UPDATE schema_part SET version = version + 1 WHERE name = '%s'", parts[i]->name);
      g_autofree char *back = g_strdup_printf ("UPDATE schema_part SET version = version - 1 WHERE name = '%s'", parts[i]->name);
      DspFeed *feed = dsp_feed_open (f->db, &error);

      g_assert_no_error (error);
      dsp_feed_close (feed);
      g_assert_true (dsp_db_exec (f->db, sql, &error));
      feed = dsp_feed_open (f->db, &error);
      g_assert_null (feed);
      g_assert_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_NEWER);
      g_clear_error (&error);
      g_assert_false (dsp_schema_require (f->db, parts[i], &error));
      g_assert_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_NEWER);
      g_clear_error (&error);
      g_assert_true (dsp_db_exec (f->db, back, &error));
    }
}

static void
describe_all (DspDb   *db,
              GString *out)
{
  static const char *const own[] = { "feed_state", "change", "device", "result", "scope_sum", "user_state", "blob",
                                     "credential", "token", "one_time_key" };
  g_autoptr(GError) error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (own) + DSP_N_ENTITIES; i++)
    {
      const char *table = i < DSP_N_ENTITIES ? dsp_entities[i]->table.name : own[i - DSP_N_ENTITIES];
      g_autofree char *text = dsp_schema_describe (db, table, &error);

      g_assert_no_error (error);
      g_assert_cmpstr (text, !=, "");
      g_string_append_printf (out, "%s\n%s\n\n", table, text);
    }
}

/* A database of version 1, with an order in it, becomes what a new one is, and keeps the order. */
static void
test_from_version_1 (Fixture      *f,
                     gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "store", "schema-1.sql", NULL);
  g_autofree char *text = NULL;
  g_autofree char *sql = NULL;
  g_autoptr(GString) migrated = g_string_new (NULL);
  g_autoptr(GString) fresh = g_string_new (NULL);
  TestPlace place;
  DspDb *db;
  DspFeed *feed;
  gint64 n;

  g_assert_true (g_file_get_contents (path, &text, NULL, &error));
  sql = test_sql (&f->place, text);
  dsp_db_exec (f->db, sql, &error);
  g_assert_no_error (error);
  feed = dsp_feed_open (f->db, &error);
  g_assert_no_error (error);
  dsp_feed_close (feed);
  describe_all (f->db, migrated);
  g_assert_true (dsp_db_int (f->db, "SELECT count(*) FROM \"order\" WHERE number = '904112' AND excused IS NULL", &n, &error));
  g_assert_cmpint (n, ==, 1);

  test_place_open (&place);
  db = test_db_open (&place, DSP_DB_CREATE);
  feed = dsp_feed_open (db, &error);
  g_assert_no_error (error);
  dsp_feed_close (feed);
  describe_all (db, fresh);
  dsp_db_close (db);
  test_place_close (&place);
  g_assert_cmpstr (migrated->str, ==, fresh->str);
}

/* Today's tables, frozen when they were released: what the next migration starts from. A difference here means a column
 * was added or changed without a migration (or, before the first release, that the frozen text has to follow). */
static void
test_frozen (Fixture      *f,
             gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *path = g_test_build_filename (G_TEST_DIST, "store", "schema-7.txt", NULL);
  g_autofree char *frozen = NULL;
  g_autoptr(GString) now = g_string_new (NULL);
  DspFeed *feed = dsp_feed_open (f->db, &error);

  g_assert_no_error (error);
  dsp_feed_close (feed);
  describe_all (f->db, now);
  if (g_getenv ("DSP_WRITE_FROZEN") != NULL)
    g_assert_true (g_file_set_contents (path, now->str, -1, &error));
  g_assert_true (g_file_get_contents (path, &frozen, NULL, &error));
  if (f->place.postgres)
    {
      /* There a key is never NULL, said or not. */
      g_autoptr(GString) same = g_string_new (frozen);

      g_string_replace (same, " NOT NULL KEY", " KEY", 0);
      g_string_replace (now, " NOT NULL KEY", " KEY", 0);
      g_assert_cmpstr (now->str, ==, same->str);
      return;
    }
  g_assert_cmpstr (now->str, ==, frozen);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/store/schema/migrated-equals-fresh", test_migration);
  ADD ("/store/schema/newer-is-refused", test_newer);
  ADD ("/store/schema/version-1-becomes-what-a-new-one-is", test_from_version_1);
  ADD ("/store/schema/is-the-frozen-one", test_frozen);
  return g_test_run ();
}
