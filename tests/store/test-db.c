/* test-db.c: a file that is missing, locked, foreign, damaged, newer or full gets its own clear answer, and stays whole
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "dsp-feed.h"
#include "dsp-table.h"
#include "store-util.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

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
assert_refused (Fixture      *f,
                DspDbFlags    flags,
                DspStoreError code)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspDb) db = dsp_db_open (f->place.uri, flags, &error);

  g_assert_null (db);
  g_assert_error (error, DSP_STORE_ERROR, (int) code);
  /* The path is what the person has to look at. */
  g_assert_nonnull (strstr (error->message, f->place.path));
}

static void
test_open (Fixture      *f,
           gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspDb) db = NULL;
  g_autoptr(DspDb) reader = NULL;
  GStatBuf status;
  gint64 value;

  g_assert_null (dsp_db_open ("mysql://x", DSP_DB_CREATE, &error));
  g_assert_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_FAILED);
  g_clear_error (&error);
  g_assert_null (dsp_db_open ("nothing", DSP_DB_CREATE, &error));
  g_clear_error (&error);

  assert_refused (f, 0, DSP_STORE_ERROR_NOT_FOUND);
  db = test_db_open (&f->place, DSP_DB_CREATE | DSP_DB_LOCK);
  g_assert_cmpint (g_stat (f->place.path, &status), ==, 0);
  g_assert_cmpint (status.st_mode & 0777, ==, 0600);
  assert_refused (f, DSP_DB_CREATE | DSP_DB_LOCK, DSP_STORE_ERROR_LOCKED);

  g_assert_true (dsp_db_exec (db, "CREATE TABLE t (a INTEGER)", &error));
  reader = test_db_open (&f->place, DSP_DB_READ_ONLY);
  g_assert_true (dsp_db_int (reader, "SELECT count(*) FROM t", &value, &error));
  g_assert_false (dsp_db_exec (reader, "INSERT INTO t VALUES (1)", &error));
  g_assert_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_FAILED);
  g_clear_error (&error);

  /* The lock goes with the connection. */
  g_clear_pointer (&reader, dsp_db_close);
  g_clear_pointer (&db, dsp_db_close);
  db = test_db_open (&f->place, DSP_DB_LOCK);
  g_assert_no_error (error);
}

static void
test_statements (Fixture      *f,
                 gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspDb) db = test_db_open (&f->place, DSP_DB_CREATE);
  const char *sql = "SELECT $2, $1, $2 || $1, $3";
  gint64 n, value;

  g_assert_true (dsp_db_exec (db, "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT)", &error));
  {
    /* By number, whatever the order in the text. The same text twice at once is two statements. */
    g_autoptr(DspStmt) one = dsp_db_prepare (db, sql, &error);
    g_autoptr(DspStmt) two = dsp_db_prepare (db, sql, &error);

    g_assert_true (one != two);
    dsp_stmt_bind_text (one, 1, "first", -1);
    dsp_stmt_bind_text (one, 2, "second", 3);
    g_assert_cmpint (dsp_stmt_step (one, &error), ==, DSP_STEP_ROW);
    g_assert_cmpint (dsp_stmt_step (two, &error), ==, DSP_STEP_ROW);
    g_assert_cmpstr (dsp_stmt_text (one, 0, NULL), ==, "sec");
    g_assert_cmpstr (dsp_stmt_text (one, 1, NULL), ==, "first");
    g_assert_cmpstr (dsp_stmt_text (one, 2, NULL), ==, "secfirst");
    g_assert_true (dsp_stmt_is_null (one, 3));
    g_assert_true (dsp_stmt_is_null (two, 0));
    g_assert_cmpint (dsp_stmt_step (one, &error), ==, DSP_STEP_DONE);
  }
  {
    /* Asked for again, it knows nothing of the values before. */
    g_autoptr(DspStmt) again = dsp_db_prepare (db, sql, &error);

    g_assert_cmpint (dsp_stmt_step (again, &error), ==, DSP_STEP_ROW);
    g_assert_true (dsp_stmt_is_null (again, 0));
  }
  {
    g_autoptr(DspStmt) insert = dsp_db_prepare (db, "INSERT INTO t (a, b) VALUES ($1, $2)", &error);
    g_autoptr(DspStmt) update = dsp_db_prepare (db, "UPDATE t SET b = $1", &error);

    for (gint64 i = 1; i <= 3; i++)
      {
        dsp_stmt_bind_int (insert, 1, i);
        g_assert_true (dsp_stmt_run (insert, &n, &error));
        g_assert_cmpint (n, ==, 1);
      }
    g_assert_false (dsp_stmt_run (insert, &n, &error));
    g_assert_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_CONFLICT);
    g_clear_error (&error);
    g_assert_true (dsp_stmt_run (update, &n, &error));
    g_assert_cmpint (n, ==, 3);
  }
  /* A name that is no column is an error, never a text. */
  g_assert_null (dsp_db_prepare (db, "SELECT \"no_such\" FROM t", &error));
  g_assert_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_FAILED);
  g_clear_error (&error);
  for (guint i = 0; i < 600; i++)
    {
      g_autofree char *many = g_strdup_printf ("SELECT %u", i);

      g_assert_true (dsp_db_int (db, many, &value, &error));
      g_assert_cmpint (value, ==, i);
    }
  g_assert_no_error (error);
}

static void
test_transactions (Fixture      *f,
                   gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspDb) db = test_db_open (&f->place, DSP_DB_CREATE);
  g_autoptr(DspDb) reader = NULL;
  gint64 n;

  g_assert_true (dsp_db_exec (db, "CREATE TABLE t (a INTEGER)", &error));
  reader = test_db_open (&f->place, DSP_DB_READ_ONLY);
  g_assert_true (dsp_db_begin (db, &error));
  g_assert_true (dsp_db_exec (db, "INSERT INTO t VALUES (1)", &error));
  g_assert_true (dsp_db_savepoint (db, &error));
  g_assert_true (dsp_db_exec (db, "INSERT INTO t VALUES (2)", &error));
  dsp_db_savepoint_rollback (db);
  g_assert_true (dsp_db_int (reader, "SELECT count(*) FROM t", &n, &error));
  g_assert_cmpint (n, ==, 0);
  g_assert_true (dsp_db_begin_read (reader, &error));
  g_assert_true (dsp_db_int (reader, "SELECT count(*) FROM t", &n, &error));
  g_assert_true (dsp_db_commit (db, &error));
  if (!f->place.postgres)
    g_assert_cmpint (dsp_db_log_pages (db), >, 0);
  /* The reader stays at its moment. */
  g_assert_true (dsp_db_int (reader, "SELECT count(*) FROM t", &n, &error));
  g_assert_cmpint (n, ==, 0);
  g_assert_true (dsp_db_checkpoint (db, DSP_CHECKPOINT_TRUNCATE, &n, &error));
  g_assert_true (dsp_db_commit (reader, &error));
  g_assert_true (dsp_db_int (reader, "SELECT count(*) FROM t", &n, &error));
  g_assert_cmpint (n, ==, 1);
  g_assert_true (dsp_db_checkpoint (db, DSP_CHECKPOINT_TRUNCATE, &n, &error));
  g_assert_cmpint (n, ==, 0);
  g_assert_cmpint (dsp_db_log_pages (db), ==, 0);
  dsp_db_rollback (db);
  g_assert_false (dsp_db_in_transaction (db));
  g_assert_no_error (error);
}

static gboolean
stop_now (gpointer user_data)
{
  (*(guint *) user_data)++;
  return TRUE;
}

static void
test_stop (Fixture      *f,
           gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspDb) db = test_db_open (&f->place, DSP_DB_CREATE);
  const char *endless = "WITH RECURSIVE n (x) AS (VALUES (1) UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n";
  gint64 value;
  guint n_asked = 0;

  dsp_db_set_stop (db, stop_now, &n_asked);
  g_assert_false (dsp_db_int (db, endless, &value, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_assert_cmpint (n_asked, ==, 1);
  dsp_db_set_stop (db, NULL, NULL);
  g_clear_error (&error);
  g_assert_true (dsp_db_int (db, "SELECT 5", &value, &error));
  g_assert_cmpint (value, ==, 5);
}

static void
write_file (const char *path,
            gsize       offset,
            const char *bytes,
            gsize       length)
{
  FILE *file = g_fopen (path, offset > 0 ? "r+b" : "wb");

  g_assert_nonnull (file);
  g_assert_cmpint (fseek (file, (long) offset, SEEK_SET), ==, 0);
  g_assert_cmpint (fwrite (bytes, 1, length, file), ==, length);
  g_assert_cmpint (fclose (file), ==, 0);
}

static void
fill_orders (Fixture *f,
             DspDb   *db,
             guint    n)
{
  g_autoptr(GError) error = NULL;

  g_assert_true (dsp_db_begin (db, &error));
  for (guint i = 0; i < n; i++)
    {
      g_autoptr(DspOrder) order = test_random_record (f->rand, &dsp_order);

      dsp_table_insert (db, NULL, &dsp_order, order, &error);
      g_assert_no_error (error);
    }
  g_assert_true (dsp_db_commit (db, &error));
  g_assert_true (dsp_db_checkpoint (db, DSP_CHECKPOINT_TRUNCATE, NULL, &error));
}

static void
test_damage (Fixture      *f,
             gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *noise = g_malloc (3 * 4096);
  g_autofree char *text = NULL;
  GStatBuf status;
  DspDb *db;

  for (guint i = 0; i < 3 * 4096; i++)
    noise[i] = (char) g_rand_int_range (f->rand, 0, 256);

  /* Not a database at all. */
  write_file (f->place.path, 0, noise, 3 * 4096);
  assert_refused (f, 0, DSP_STORE_ERROR_DAMAGED);
  g_assert_cmpint (g_unlink (f->place.path), ==, 0);

  /* Pages in the middle overwritten. */
  db = test_db_open (&f->place, DSP_DB_CREATE);
  g_assert_true (dsp_schema_open (db, &dsp_schema_entities, &error));
  fill_orders (f, db, 400);
  g_assert_true (dsp_db_check (db, TRUE, &error));
  dsp_db_close (db);
  g_assert_cmpint (g_stat (f->place.path, &status), ==, 0);
  write_file (f->place.path, (gsize) (status.st_size / 4096 / 2 * 4096), noise, 3 * 4096);
  db = test_db_open (&f->place, 0);
  g_assert_false (dsp_db_check (db, FALSE, &error));
  g_assert_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_DAMAGED);
  g_clear_error (&error);
  dsp_db_close (db);

  /* Cut off. */
  g_assert_true (g_file_get_contents (f->place.path, &text, NULL, &error));
  write_file (f->place.path, 0, text, 4096 * 5);
  db = dsp_db_open (f->place.uri, 0, &error);
  if (db != NULL)
    g_assert_false (dsp_db_check (db, FALSE, &error));
  g_assert_error (error, DSP_STORE_ERROR, DSP_STORE_ERROR_DAMAGED);
  g_clear_pointer (&db, dsp_db_close);
}

static void
test_backup (Fixture      *f,
             gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autofree char *copy = g_strconcat (f->place.path, ".copy", NULL);
  g_autofree char *uri = g_strconcat ("sqlite:", copy, NULL);
  g_autofree char *nowhere = g_build_filename (f->place.directory, "no", "such", NULL);
  g_autoptr(DspDb) db = test_db_open (&f->place, DSP_DB_CREATE | DSP_DB_LOCK);
  g_autoptr(DspDb) opened = NULL;
  gint64 n;

  g_assert_true (dsp_schema_open (db, &dsp_schema_entities, &error));
  fill_orders (f, db, 50);
  /* What is not committed is not in it; an older copy is replaced. */
  write_file (copy, 0, "old", 3);
  g_assert_true (dsp_db_begin (db, &error));
  g_assert_true (dsp_db_exec (db, "DELETE FROM \"order\"", &error));
  g_assert_true (dsp_db_backup (db, copy, &error));
  g_assert_true (dsp_db_commit (db, &error));
  opened = dsp_db_open (uri, DSP_DB_READ_ONLY, &error);
  g_assert_no_error (error);
  g_assert_true (dsp_table_count (opened, NULL, &dsp_order, &n, &error));
  g_assert_cmpint (n, ==, 50);
  g_assert_false (dsp_db_backup (db, nowhere, &error));
  g_assert_nonnull (error);
}

/* Runs @step with files limited to @bytes, as if the disk ended there. */
static void
with_limit (rlim_t bytes,
            void (*step) (gpointer),
            gpointer data)
{
  struct rlimit before, now;

  signal (SIGXFSZ, SIG_IGN);
  g_assert_cmpint (getrlimit (RLIMIT_FSIZE, &before), ==, 0);
  now = before;
  now.rlim_cur = bytes;
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &now), ==, 0);
  step (data);
  g_assert_cmpint (setrlimit (RLIMIT_FSIZE, &before), ==, 0);
}

typedef struct {
  Fixture *fixture;
  DspDb   *db;
  GError  *error;
} Full;

static void
insert_until_full (gpointer data)
{
  Full *full = data;

  for (guint i = 0; i < 100000 && full->error == NULL; i++)
    {
      g_autoptr(DspOrder) order = test_random_record (full->fixture->rand, &dsp_order);

      if (!dsp_db_begin (full->db, &full->error) || !dsp_table_insert (full->db, NULL, &dsp_order, order, &full->error) ||
          !dsp_table_insert (full->db, "twin_", &dsp_order, order, &full->error) || !dsp_db_commit (full->db, &full->error))
        dsp_db_rollback (full->db);
    }
}

static void
checkpoint_when_full (gpointer data)
{
  Full *full = data;

  dsp_db_checkpoint (full->db, DSP_CHECKPOINT_TRUNCATE, NULL, &full->error);
}

static void
test_full (Fixture      *f,
           gconstpointer data)
{
  g_autoptr(GError) error = NULL;
  g_autoptr(DspDb) db = test_db_open (&f->place, DSP_DB_CREATE);
  Full full = { .fixture = f, .db = db };
  gint64 one, other;

  g_assert_true (dsp_schema_open (db, &dsp_schema_replica, &error));
  g_assert_true (dsp_schema_create_table (db, "twin_", &dsp_order, &error));
  with_limit (1 << 20, insert_until_full, &full);
  g_assert_error (full.error, DSP_STORE_ERROR, DSP_STORE_ERROR_FULL);
  g_clear_error (&full.error);
  g_assert_false (dsp_db_in_transaction (db));

  /* Nothing half done, and it goes on when there is room. */
  g_assert_true (dsp_db_check (db, TRUE, &error));
  g_assert_true (dsp_table_count (db, NULL, &dsp_order, &one, &error));
  g_assert_true (dsp_table_count (db, "twin_", &dsp_order, &other, &error));
  g_assert_cmpint (one, >, 0);
  g_assert_cmpint (one, ==, other);
  with_limit (100 << 10, checkpoint_when_full, &full);
  g_assert_error (full.error, DSP_STORE_ERROR, DSP_STORE_ERROR_FULL);
  g_clear_error (&full.error);
  fill_orders (f, db, 10);
  g_assert_true (dsp_table_count (db, NULL, &dsp_order, &other, &error));
  g_assert_cmpint (other, ==, one + 10);
  g_assert_true (dsp_db_check (db, TRUE, &error));
  g_assert_no_error (error);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, function) g_test_add (path, Fixture, NULL, set_up, function, tear_down)
  ADD ("/store/db/binds-by-number-and-keeps-statements", test_statements);
  ADD ("/store/db/readers-see-one-moment", test_transactions);
  ADD ("/store/db/a-statement-can-be-stopped", test_stop);
  if (g_getenv ("DESPACHO_TEST_POSTGRES") != NULL) /* the rest is about a file */
    return g_test_run ();
  ADD ("/store/db/opens-locks-and-refuses", test_open);
  ADD ("/store/db/damage-is-said-to-be-damage", test_damage);
  ADD ("/store/db/backup-is-what-was-committed", test_backup);
  ADD ("/store/db/full-disk-leaves-it-whole", test_full);
  return g_test_run ();
}
