/* test-db-postgres.c: what only a database server does: it goes away, keeps others waiting, is set up wrongly
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-feed.h"
#include "dsp-table.h"
#include "store-util.h"

#include <string.h>

typedef struct {
  TestPlace place;
  GRand    *rand;
} Fixture;

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  test_place_open (&f->place);
  f->rand = g_rand_new_with_seed (g_test_rand_int ());
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  g_rand_free (f->rand);
  test_place_close (&f->place);
}

static void
run (DspDb      *db,
     const char *sql)
{
  g_autoptr(GError) error = NULL;

  dsp_db_exec (db, sql, &error);
  g_assert_no_error (error);
}

static gint64
number (DspDb      *db,
        const char *sql)
{
  g_autoptr(GError) error = NULL;
  gint64 value = 0;

  dsp_db_int (db, sql, &value, &error);
  g_assert_no_error (error);
  return value;
}

static void
test_addresses (Fixture      *f,
                gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspDb) db = NULL;

  /* What is secret is neither taken from an address nor said again. */
  g_assert_null (dsp_db_open ("postgresql://ana:s3cret@127.0.0.1:1/office", 0, &error));
  g_assert_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_FAILED);
  g_assert_null (strstr (error->message, "s3cret"));
  g_assert_nonnull (strstr (error->message, "passfile"));
  g_assert_nonnull (strstr (error->message, "127.0.0.1:1/office"));
  g_clear_error (&error);
  g_assert_null (dsp_db_open ("postgresql://127.0.0.1:1/office", 0, &error));
  g_assert_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_AWAY);
  g_clear_error (&error);
  g_assert_null (dsp_db_open ("postgresql://127.0.0.1/office?no_such=1", 0, &error));
  g_assert_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_FAILED);
  g_clear_error (&error);

  /* Only CREATE makes a schema: a mistyped name must not. */
  g_assert_null (dsp_db_open (f->place.uri, 0, &error));
  g_assert_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  db = test_db_open (&f->place, DSP_DB_CREATE | DSP_DB_LOCK);
  g_assert_null (dsp_db_open (f->place.uri, DSP_DB_LOCK, &error));
  g_assert_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_LOCKED);
  g_clear_error (&error);
  g_assert_true (dsp_db_check (db, TRUE, &error));
  g_assert_false (dsp_db_backup (db, f->place.path, &error));
  g_assert_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_FAILED);
}

/* Answers that could be taken back by a power cut are refused. */
static void
test_settings (Fixture      *f,
               gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *careless = g_strconcat (f->place.uri, "%20-csynchronous_commit%3Doff", NULL);
  g_autoptr(DspDb) db = test_db_open (&f->place, DSP_DB_CREATE);
  g_autoptr(DspDb) reader = NULL;

  g_assert_null (dsp_db_open (careless, 0, &error));
  g_assert_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "synchronous_commit is off"));
  g_clear_error (&error);
  reader = dsp_db_open (careless, DSP_DB_READ_ONLY, &error);
  g_assert_no_error (error);
  run (db, "CREATE TABLE t (a INTEGER)");
  g_assert_false (dsp_db_exec (reader, "INSERT INTO t VALUES (1)", &error));
  g_assert_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_FAILED);
}

static void
cut (DspDb *by,
     DspDb *victim)
{
  g_autofree char *sql = g_strdup_printf ("SELECT pg_terminate_backend(%" G_GINT64_FORMAT ")", number (victim, "SELECT pg_backend_pid()"));

  g_assert_cmpint (number (by, sql), ==, 1);
  g_usleep (50000); /* until the other side has closed, which nobody tells */
}

/* In the middle of a transaction a lost connection is an error until it is rolled back; nothing runs outside of it. After
 * that the same connection works, with statements that were prepared before. */
static void
test_lost (Fixture      *f,
           gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspDb) db = test_db_open (&f->place, DSP_DB_CREATE);
  g_autoptr(DspDb) other = test_db_open (&f->place, DSP_DB_CREATE);
  DspStmt *insert;

  run (db, "CREATE TABLE t (a INTEGER)");
  insert = dsp_db_prepare (db, "INSERT INTO t (a) VALUES ($1)", &error);
  dsp_stmt_bind_int (insert, 1, 1);
  g_assert_true (dsp_stmt_run (insert, NULL, &error));

  cut (other, db);
  /* Not in a transaction nobody notices. */
  g_assert_true (dsp_stmt_run (insert, NULL, &error));
  g_assert_no_error (error);
  g_assert_cmpint (number (other, "SELECT count(*) FROM t"), ==, 2);

  g_assert_true (dsp_db_begin (db, &error));
  g_assert_true (dsp_stmt_run (insert, NULL, &error));
  g_assert_cmpint (number (db, "SELECT count(*) FROM t"), ==, 3);
  {
    g_autofree char *sql = g_strdup_printf ("SELECT pg_terminate_backend(%" G_GINT64_FORMAT ")", number (db, "SELECT pg_backend_pid()"));

    g_assert_cmpint (number (other, sql), ==, 1);
  }
  dsp_stmt_run (insert, NULL, NULL); /* may be on its way already */
  g_assert_false (dsp_db_commit (db, &error));
  g_assert_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_AWAY);
  g_clear_error (&error);
  g_assert_true (dsp_db_in_transaction (db));
  g_assert_false (dsp_stmt_run (insert, NULL, &error));
  g_clear_error (&error);
  dsp_db_rollback (db);
  g_assert_cmpint (number (other, "SELECT count(*) FROM t"), ==, 2);

  g_assert_true (dsp_db_begin (db, &error));
  g_assert_true (dsp_stmt_run (insert, NULL, &error));
  g_assert_true (dsp_db_commit (db, &error));
  g_assert_no_error (error);
  g_assert_cmpint (number (other, "SELECT count(*) FROM t"), ==, 3);
  dsp_stmt_done (insert);
}

/* A statement that was only sent fails no later than the commit, and takes its transaction along; a part can be undone. */
static void
test_queued (Fixture      *f,
             gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspDb) db = test_db_open (&f->place, DSP_DB_CREATE);
  g_autoptr(DspStmt) insert = NULL;
  gint64 n;

  run (db, "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)");
  insert = dsp_db_prepare (db, "INSERT INTO t (a) VALUES ($1)", &error);
  for (guint round = 0; round < 2; round++)
    {
      g_assert_true (dsp_db_begin (db, &error));
      for (gint64 i = 0; i < 1000; i++) /* more than are kept waiting */
        {
          dsp_stmt_bind_int (insert, 1, i);
          g_assert_true (dsp_stmt_run (insert, NULL, &error));
        }
      g_assert_true (round == 0 ? (dsp_db_rollback (db), TRUE) : dsp_db_commit (db, &error));
    }
  g_assert_cmpint (number (db, "SELECT count(*) FROM t"), ==, 1000);

  dsp_stmt_bind_int (insert, 1, 7);
  for (guint how = 0; how < 2; how++)
    {
      g_assert_true (dsp_db_begin (db, &error));
      run (db, "INSERT INTO t (a) VALUES (5000)");
      g_assert_true (dsp_stmt_run (insert, NULL, &error));
      if (how == 0)
        g_assert_false (dsp_db_commit (db, &error));
      else
        g_assert_false (dsp_db_int (db, "SELECT 1", &n, &error));
      g_assert_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_CONFLICT);
      g_clear_error (&error);
      dsp_db_rollback (db);
      g_assert_cmpint (number (db, "SELECT count(*) FROM t"), ==, 1000);
    }

  g_assert_true (dsp_db_begin (db, &error));
  run (db, "INSERT INTO t (a) VALUES (5000)");
  g_assert_true (dsp_db_savepoint (db, &error));
  g_assert_true (dsp_stmt_run (insert, NULL, &error));
  dsp_db_savepoint_rollback (db);
  g_assert_true (dsp_db_commit (db, &error));
  g_assert_no_error (error);
  g_assert_cmpint (number (db, "SELECT count(*) FROM t"), ==, 1001);
}

/* Who waits too long for the lock on all writing is told to come again. */
static void
test_busy (Fixture      *f,
           gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *hasty = g_strconcat (f->place.uri, "%20-clock_timeout%3D100ms", NULL);
  g_autoptr(DspDb) one = test_db_open (&f->place, DSP_DB_CREATE);
  g_autoptr(DspDb) two = NULL;
  DspFeed *first = dsp_feed_open (one, &error), *second;

  g_assert_no_error (error);
  two = dsp_db_open (hasty, 0, &error);
  second = dsp_feed_open (two, &error);
  g_assert_no_error (error);
  run (two, "SET SESSION lock_timeout = '100ms'");
  g_assert_true (dsp_feed_begin (first, &error));
  g_assert_false (dsp_feed_begin (second, &error));
  g_assert_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_BUSY);
  g_clear_error (&error);
  dsp_feed_rollback (second);
  g_assert_true (dsp_feed_commit (first, &error));
  g_assert_true (dsp_feed_begin (second, &error));
  dsp_feed_rollback (second);
  g_assert_no_error (error);
  dsp_feed_close (first);
  dsp_feed_close (second);
}

static void
on_told (const char *what,
         gpointer    user_data)
{
  g_string_append_printf (user_data, "%s ", what != NULL ? what : "(anew)");
}

/* A word is told when its transaction is committed, and only then; a connection that was lost says so. */
static void
test_words (Fixture      *f,
            gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspDb) db = test_db_open (&f->place, DSP_DB_CREATE | DSP_DB_LOCK);
  g_autoptr(DspDb) waiting = test_db_open (&f->place, DSP_DB_READ_ONLY);
  g_autoptr(DspDb) other = NULL;
  g_autoptr(GString) told = g_string_new (NULL);

  g_assert_true (dsp_db_is_shared (db));
  g_assert_true (dsp_db_share (db, &error));
  other = dsp_db_open (f->place.uri, DSP_DB_LOCK, &error);
  g_assert_no_error (error);

  g_assert_true (dsp_db_wait (waiting, 0, on_told, told, &error));
  g_assert_true (dsp_db_begin (db, &error));
  g_assert_true (dsp_db_notify (db, "one", &error));
  g_assert_true (dsp_db_wait (waiting, 50, on_told, told, &error));
  dsp_db_rollback (db);
  g_assert_true (dsp_db_begin (db, &error));
  g_assert_true (dsp_db_notify (db, "two", &error));
  g_assert_true (dsp_db_commit (db, &error));
  g_assert_true (dsp_db_wait (waiting, 5000, on_told, told, &error));
  g_assert_cmpstr (told->str, ==, "(anew) two ");
  cut (other, waiting);
  g_assert_true (dsp_db_wait (waiting, 0, on_told, told, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (told->str, ==, "(anew) two (anew) ");
}

/* Texts are compared by their bytes, whatever language the database sorts by; a place without a value comes first. */
static void
test_order (Fixture      *f,
            gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspDb) db = test_db_open (&f->place, DSP_DB_CREATE);

  g_assert_true (dsp_schema_open (db, &dsp_schema_entities, &error));
  run (db, "INSERT INTO \"crew\" (\"id\", \"scope\", \"version\", \"code\") VALUES ('\\x01', '\\x00', 1, 'a'), ('\\x02', '\\x00', 1, 'B'),"
           " ('\\x03', '\\x00', 1, 'ñ'), ('\\x04', '\\x00', 1, 'z'), ('\\x05', '\\x00', 1, NULL)");
  g_assert_cmpint (number (db, "SELECT count(*) FROM \"crew\" WHERE \"code\" >= 'a'"), ==, 3);
  g_assert_cmpint (number (db, "SELECT 1 FROM (SELECT \"code\" FROM \"crew\" ORDER BY \"code\" NULLS FIRST LIMIT 2) AS part WHERE \"code\" = 'B'"),
                   ==, 1);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/store/db-postgres/addresses-and-schemas", test_addresses);
  ADD ("/store/db-postgres/careless-settings-are-refused", test_settings);
  ADD ("/store/db-postgres/a-lost-connection-is-made-again", test_lost);
  ADD ("/store/db-postgres/what-was-only-sent-fails-with-its-transaction", test_queued);
  ADD ("/store/db-postgres/one-writes-the-other-waits", test_busy);
  ADD ("/store/db-postgres/words-are-told-with-the-commit", test_words);
  ADD ("/store/db-postgres/bytes-order-texts", test_order);
  return g_test_run ();
}
