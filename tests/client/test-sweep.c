/* test-sweep.c: the k-th write to the disk, or piece of SQLite's memory, fails, for every k, once or from then on (T4)
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A shim stands between SQLite and the disk. Whatever fails: what the keeper said is so, in memory and in the file; and once
 * the disk works again the same succeeds, without the program being started anew. Beyond the first, only some calls are tried
 * unless DESPACHO_SWEEP_ALL is set.
 */
#include "config.h"
#include "office-steps.h"

#include "failing-memory.h"

#include <sqlite3.h>

/* ---- the shim ---- */

typedef struct {
  sqlite3_file  base;
  sqlite3_file *real; /* behind this struct */
} ShimFile;

static sqlite3_vfs *real_vfs;
static int n_calls;      /* since armed */
static int fail_at;      /* 0: never */
static bool from_then_on, reads_too;
static bool has_failed;

static void
arm (int  k,
     bool forever,
     bool reads)
{
  n_calls = 0;
  fail_at = k;
  from_then_on = forever;
  reads_too = reads;
  has_failed = false;
}

static bool
fails (void)
{
  n_calls++;
  if (fail_at == 0 || (from_then_on ? n_calls < fail_at : n_calls != fail_at))
    return false;
  has_failed = true;
  return true;
}

#define REAL(file) (((ShimFile *) (file))->real)
static int shim_close (sqlite3_file *f) { return REAL (f)->pMethods->xClose (REAL (f)); }
static int shim_read (sqlite3_file *f, void *to, int n, sqlite3_int64 at) { return reads_too && fails () ? SQLITE_IOERR_READ : REAL (f)->pMethods->xRead (REAL (f), to, n, at); }
static int shim_write (sqlite3_file *f, const void *from, int n, sqlite3_int64 at) { return fails () ? SQLITE_FULL : REAL (f)->pMethods->xWrite (REAL (f), from, n, at); }
static int shim_truncate (sqlite3_file *f, sqlite3_int64 n) { return fails () ? SQLITE_IOERR_TRUNCATE : REAL (f)->pMethods->xTruncate (REAL (f), n); }
static int shim_sync (sqlite3_file *f, int flags) { return fails () ? SQLITE_IOERR_FSYNC : REAL (f)->pMethods->xSync (REAL (f), flags); }
static int shim_size (sqlite3_file *f, sqlite3_int64 *n) { return REAL (f)->pMethods->xFileSize (REAL (f), n); }
static int shim_lock (sqlite3_file *f, int lock) { return REAL (f)->pMethods->xLock (REAL (f), lock); }
static int shim_unlock (sqlite3_file *f, int lock) { return REAL (f)->pMethods->xUnlock (REAL (f), lock); }
static int shim_reserved (sqlite3_file *f, int *is) { return REAL (f)->pMethods->xCheckReservedLock (REAL (f), is); }
static int shim_control (sqlite3_file *f, int op, void *arg) { return REAL (f)->pMethods->xFileControl (REAL (f), op, arg); }
static int shim_sector (sqlite3_file *f) { return REAL (f)->pMethods->xSectorSize (REAL (f)); }
static int shim_device (sqlite3_file *f) { return REAL (f)->pMethods->xDeviceCharacteristics (REAL (f)); }
static int shim_shm_map (sqlite3_file *f, int region, int n, int extend, void volatile **to) { return REAL (f)->pMethods->xShmMap (REAL (f), region, n, extend, to); }
static int shim_shm_lock (sqlite3_file *f, int offset, int n, int flags) { return REAL (f)->pMethods->xShmLock (REAL (f), offset, n, flags); }
static void shim_shm_barrier (sqlite3_file *f) { REAL (f)->pMethods->xShmBarrier (REAL (f)); }
static int shim_shm_unmap (sqlite3_file *f, int drop) { return REAL (f)->pMethods->xShmUnmap (REAL (f), drop); }

static const sqlite3_io_methods shim_methods = {
  2, shim_close, shim_read, shim_write, shim_truncate, shim_sync, shim_size, shim_lock, shim_unlock, shim_reserved, shim_control, shim_sector,
  shim_device, shim_shm_map, shim_shm_lock, shim_shm_barrier, shim_shm_unmap, NULL, NULL,
};

static int
shim_open (sqlite3_vfs  *vfs,
           const char   *name,
           sqlite3_file *file,
           int           flags,
           int          *out_flags)
{
  ShimFile *shim = (ShimFile *) file;
  int code;

  shim->real = (sqlite3_file *) (shim + 1);
  shim->base.pMethods = NULL;
  code = real_vfs->xOpen (real_vfs, name, shim->real, flags, out_flags);
  if (code == SQLITE_OK)
    shim->base.pMethods = &shim_methods;
  return code;
}

static void
install_shim (void)
{
  static sqlite3_vfs shim;

  real_vfs = sqlite3_vfs_find (NULL);
  shim = *real_vfs;
  shim.zName = "shim";
  shim.szOsFile = (int) sizeof (ShimFile) + real_vfs->szOsFile;
  shim.xOpen = shim_open;
  g_assert_cmpint (sqlite3_vfs_register (&shim, 1), ==, SQLITE_OK);
}

/* The next call to try. Each costs a file. */
static int
next_call (int k)
{
  return k < 24 || g_getenv ("DESPACHO_SWEEP_ALL") != NULL ? k + 1 : k + 23;
}

/* ---- scenarios ---- */

typedef struct {
  const char *name;
  Step        before[4]; /* what has happened */
  Step        step;      /* what is tried */
  bool        by_server; /* nobody waits for its answer: it is tried again until it was done */
} Scenario;

static const Scenario scenarios[] = {
  { "give", { NULL }, assign },
  { "feed-page", { NULL }, feed_lines, true },
  { "generate-pre-invoice", { feed_lines }, bill },
  { "applied", { assign }, applied, true },
  { "rejected", { assign }, rejected, true },
  { "rejected-pre-invoice", { feed_lines, bill }, rejected, true },
  { "settled", { feed_lines, assign, applied }, settled, true },
  { "scope-taken-away", { feed_lines, assign }, taken_away, true },
};

static void
close_keeper (Fixture *f)
{
  g_clear_pointer (&f->keeper, dsp_keeper_close);
}

/* The file as it is before the step, to begin from again and again. (transfer full) */
static char *
prepare (Fixture        *f,
         const Scenario *scenario,
         gsize          *length)
{
  g_autoptr(GError) error = NULL;
  char *bytes;

  office_remove_dir (f->dir);
  g_assert_cmpint (g_mkdir (f->dir, 0700), ==, 0);
  open_keeper (f);
  office_enrol (f->keeper);
  office_fill (f->keeper, 5);
  for (guint i = 0; i < G_N_ELEMENTS (scenario->before) && scenario->before[i] != NULL; i++)
    {
      scenario->before[i] (f, &error);
      g_assert_no_error (error);
    }
  close_keeper (f);
  g_file_get_contents (f->path, &bytes, length, &error);
  g_assert_no_error (error);
  return bytes;
}

static void
begin_from (Fixture    *f,
            const char *bytes,
            gsize       length)
{
  g_autoptr(GError) error = NULL;

  office_remove_dir (f->dir);
  g_assert_cmpint (g_mkdir (f->dir, 0700), ==, 0);
  g_file_set_contents (f->path, bytes, (gssize) length, &error);
  g_assert_no_error (error);
}

static void
expect (Fixture        *f,
        const Scenario *scenario,
        int             k,
        bool            forever,
        const char     *when,
        const char     *wanted)
{
  g_autofree char *text = describe (f);

  if (strcmp (text, wanted) != 0)
    g_error ("%s, call %d%s, %s:\n%snot\n%s", scenario->name, k, forever ? " and on" : "", when, text, wanted);
}

/* What fails. */
typedef enum { WRITES, MEMORY } What;

static void
sweep (Fixture        *f,
       const Scenario *scenario,
       bool            forever,
       What            what)
{
  gsize length;
  g_autofree char *bytes = prepare (f, scenario, &length), *before = NULL, *after = NULL;
  guint n_refused = 0;
  int k = 1;

  begin_from (f, bytes, length);
  open_keeper (f);
  before = describe (f);
  g_assert_true (scenario->step (f, NULL));
  after = describe (f);
  close_keeper (f);
  for (;; k = what == MEMORY && k >= 24 ? next_call (next_call (next_call (k))) : next_call (k))
    {
      g_autoptr(GError) error = NULL;
      gboolean done;

      begin_from (f, bytes, length);
      open_keeper (f);
      arm (what == WRITES ? k : 0, forever, false);
      memory_arm (what == MEMORY ? k : 0, forever);
      done = scenario->step (f, &error);
      fail_at = 0;
      has_failed = has_failed || memory_failed;
      memory_arm (0, false);
      /* Without memory something may fail after it was stored. */
      if (done || what == WRITES || !scenario->by_server)
        expect (f, scenario, k, forever, done ? "said done" : "said failed", done ? after : before);
      n_refused += !done;
      if (!done)
        {
          g_assert_true (has_failed);
          g_clear_error (&error);
          /* The disk works again. */
          scenario->step (f, &error);
          g_assert_no_error (error);
          expect (f, scenario, k, forever, "tried again", after);
        }
      close_keeper (f);
      open_keeper (f);
      expect (f, scenario, k, forever, "started again", after);
      close_keeper (f);
      if (!has_failed)
        break;
    }
  g_test_message ("%s, %s%s: up to call %d, %u times refused", scenario->name, what == WRITES ? "writes" : "memory", forever ? ", and on" : "", k,
                  n_refused);
  g_assert_cmpuint (n_refused, >, 0);
}

static void
set_up (Fixture      *f,
        gconstpointer data)
{
  f->dir = office_temp_dir ();
  f->path = g_build_filename (f->dir, "cache.sqlite", NULL);
}

static void
tear_down (Fixture      *f,
           gconstpointer data)
{
  office_remove_dir (f->dir);
  g_free (f->dir);
  g_free (f->path);
}

static void
every_write (Fixture      *f,
             gconstpointer data)
{
  sweep (f, data, false, WRITES);
  sweep (f, data, true, WRITES);
}

static void
every_piece_of_memory (Fixture      *f,
                       gconstpointer data)
{
  sweep (f, data, false, MEMORY);
  sweep (f, data, true, MEMORY);
}

/* A file that could not be opened is not taken for a damaged one: what waits in it is there when the disk works again. */
static void
opening (Fixture      *f,
         gconstpointer data)
{
  static const Scenario waiting = { "open", { feed_lines, bill, assign }, NULL };
  gsize length;
  g_autofree char *bytes = prepare (f, &waiting, &length), *before = NULL;
  guint n_refused = 0;

  begin_from (f, bytes, length);
  open_keeper (f);
  before = describe (f);
  close_keeper (f);
  for (int k = 1;; k = next_call (k))
    {
      g_autoptr(GError) error = NULL;

      begin_from (f, bytes, length);
      arm (k, true, true);
      n_refused += !try_open (f, &error);
      fail_at = 0;
      close_keeper (f);
      open_keeper (f);
      expect (f, &waiting, k, true, "opened again", before);
      close_keeper (f);
      if (!has_failed)
        break;
    }
  g_assert_cmpuint (n_refused, >, 0);
}

int
main (int   argc,
      char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_log_set_always_fatal (G_LOG_LEVEL_ERROR); /* the log tells of each fault, as it should */
  memory_install ();
  install_shim ();
  for (guint i = 0; i < G_N_ELEMENTS (scenarios); i++)
    {
      g_autofree char *path = g_strconcat ("/sweep/T4/", scenarios[i].name, NULL);

      g_test_add (path, Fixture, &scenarios[i], set_up, every_write, tear_down);
      g_free (path);
      path = g_strconcat ("/sweep/T4/memory/", scenarios[i].name, NULL);
      g_test_add (path, Fixture, &scenarios[i], set_up, every_piece_of_memory, tear_down);
    }
  g_test_add ("/sweep/T4/opening", Fixture, NULL, set_up, opening, tear_down);
  return g_test_run ();
}
