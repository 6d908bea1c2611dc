/* sim-disk.c: the disks of simulated machines, in memory
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "config.h"
#include "sim-disk.h"

#include <pthread.h>
#include <sqlite3.h>
#include <string.h>

#define SECTOR     512
#define SHM_REGION 32768
#define N_LOCKS    8

/* A write or a truncation that is not on the platter. */
typedef struct {
  gint64  at;
  GBytes *bytes; /* (nullable): NULL: the file ends at "at" */
} Doubt;

typedef struct {
  char      *name;
  SimFaults  faults;
  gboolean   stopped;
  int        n_calls;
} Machine;

typedef struct {
  char       *path;
  Machine    *machine;
  GByteArray *now;       /* as programs see it */
  GByteArray *platter;   /* as it surely is */
  GArray     *doubts;    /* of Doubt, in order */
  gboolean    exists, on_platter;
  guint       n_open;
  guint       n_shared;
  gpointer    reserved, pending, exclusive; /* the handle that has it */
  GPtrArray  *shm;       /* of regions */
  guint       n_mapped;
  int         shm_shared[N_LOCKS];
  gpointer    shm_exclusive[N_LOCKS];
} File;

typedef struct {
  sqlite3_file base;
  File        *file;
  int          level;
  gboolean     mapped;
  gboolean     through;  /* reads on when the machine has stopped */
  guint8       shm_shared; /* bits */
} Handle;

/* A lock of the system's own: nobody may be interrupted while SQLite waits for an answer. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static GHashTable *files;    /* path -> File */
static GHashTable *machines; /* name -> Machine */
static GRand *chance;
static __thread gboolean look_through;

/* ---- files and machines ---- */

static Machine *
machine_of (const char *name)
{
  Machine *machine = g_hash_table_lookup (machines, name);

  if (machine == NULL)
    {
      machine = g_new0 (Machine, 1);
      machine->name = g_strdup (name);
      g_hash_table_insert (machines, machine->name, machine);
    }
  return machine;
}

static void
doubt_clear (gpointer data)
{
  g_clear_pointer (&((Doubt *) data)->bytes, g_bytes_unref);
}

static File *
file_of (const char *path)
{
  File *file = path != NULL ? g_hash_table_lookup (files, path) : NULL;

  if (file == NULL)
    {
      g_autofree char *folder = path != NULL ? g_path_get_dirname (path) : g_strdup ("");

      file = g_new0 (File, 1);
      file->path = g_strdup (path);
      file->machine = machine_of (folder);
      file->now = g_byte_array_new ();
      file->platter = g_byte_array_new ();
      file->doubts = g_array_new (FALSE, FALSE, sizeof (Doubt));
      g_array_set_clear_func (file->doubts, doubt_clear);
      file->shm = g_ptr_array_new_with_free_func (g_free);
      if (path != NULL)
        g_hash_table_insert (files, file->path, file);
    }
  return file;
}

static void
file_free (File *file)
{
  g_byte_array_unref (file->now);
  g_byte_array_unref (file->platter);
  g_array_unref (file->doubts);
  g_ptr_array_unref (file->shm);
  g_free (file->path);
  g_free (file);
}

static void
put (GByteArray   *array,
     gint64        at,
     gconstpointer bytes,
     gsize         length)
{
  if (array->len < (gsize) at + length)
    {
      guint before = array->len;

      g_byte_array_set_size (array, (guint) ((gsize) at + length));
      if (at > before)
        memset (array->data + before, 0, (gsize) at - before);
    }
  memcpy (array->data + at, bytes, length);
}

static void
cut (GByteArray *array,
     gint64      length)
{
  if (array->len > length)
    g_byte_array_set_size (array, (guint) length);
}

static void
forget (File *file)
{
  g_byte_array_set_size (file->now, 0);
  g_byte_array_set_size (file->platter, 0);
  g_array_set_size (file->doubts, 0);
  file->exists = file->on_platter = FALSE;
}

/* The names that are in a folder. SQLite synchronises it with the first flush of a new file. */
static void
settle_folder (Machine *machine)
{
  GHashTableIter iter;
  File *file;

  g_hash_table_iter_init (&iter, files);
  while (g_hash_table_iter_next (&iter, NULL, (gpointer *) &file))
    if (file->machine == machine && !file->exists)
      forget (file);
    else if (file->machine == machine)
      file->on_platter = TRUE;
}

static void
settle (File *file)
{
  for (guint i = 0; i < file->doubts->len; i++)
    {
      const Doubt *doubt = &g_array_index (file->doubts, Doubt, i);
      gsize length = 0;
      gconstpointer bytes = doubt->bytes != NULL ? g_bytes_get_data (doubt->bytes, &length) : NULL;

      if (bytes != NULL)
        put (file->platter, doubt->at, bytes, length);
      else
        cut (file->platter, doubt->at);
    }
  g_array_set_size (file->doubts, 0);
  if (!file->on_platter)
    settle_folder (file->machine);
}

/* Each write that is in doubt is there, is not, or is there in some of its sectors. */
static void
lose_power (File *file)
{
  for (guint i = 0; i < file->doubts->len; i++)
    {
      const Doubt *doubt = &g_array_index (file->doubts, Doubt, i);
      int what = g_rand_int_range (chance, 0, 3);
      gsize length = 0;
      const guint8 *bytes = doubt->bytes != NULL ? g_bytes_get_data (doubt->bytes, &length) : NULL;

      if (what == 0)
        continue;
      if (bytes == NULL)
        cut (file->platter, doubt->at);
      else if (what == 1)
        put (file->platter, doubt->at, bytes, length);
      else
        for (gsize at = 0; at < length; at += SECTOR)
          if (g_rand_boolean (chance))
            put (file->platter, doubt->at + (gint64) at, bytes + at, MIN (SECTOR, length - at));
    }
  g_array_set_size (file->doubts, 0);
  if (file->exists != file->on_platter && g_rand_boolean (chance))
    file->on_platter = file->exists;
  file->exists = file->on_platter;
  g_byte_array_set_size (file->now, 0);
  if (file->exists)
    g_byte_array_append (file->now, file->platter->data, file->platter->len);
  else
    g_byte_array_set_size (file->platter, 0);
}

/* ---- faults ---- */

/* With the lock. What a call that changes something ends with; SQLITE_OK: it is done. */
static int
judge (Handle *handle,
       int     failed,
       gboolean grows)
{
  Machine *machine = handle->file->machine;

  if (machine->stopped)
    return failed;
  machine->n_calls++;
  if (machine->faults.stop_at == machine->n_calls)
    {
      machine->stopped = TRUE;
      return failed;
    }
  if (machine->faults.fail_at == machine->n_calls)
    return failed;
  return grows && machine->faults.full ? SQLITE_FULL : SQLITE_OK;
}

/* ---- what SQLite calls ---- */

#define HANDLE(base) ((Handle *) (base))

static int
disk_close (sqlite3_file *base)
{
  Handle *handle = HANDLE (base);
  File *file = handle->file;

  pthread_mutex_lock (&lock);
  file->n_open--;
  if (handle->level > SQLITE_LOCK_NONE)
    file->n_shared--;
  if (file->reserved == handle)
    file->reserved = NULL;
  if (file->pending == handle)
    file->pending = NULL;
  if (file->exclusive == handle)
    file->exclusive = NULL;
  if (file->path == NULL)
    file_free (file);
  pthread_mutex_unlock (&lock);
  return SQLITE_OK;
}

static int
disk_read (sqlite3_file *base,
           void         *to,
           int           n,
           sqlite3_int64 at)
{
  Handle *handle = HANDLE (base);
  GByteArray *now = handle->file->now;
  int code = SQLITE_OK;

  pthread_mutex_lock (&lock);
  if (handle->file->machine->stopped && !handle->through)
    code = SQLITE_IOERR_READ;
  else
    {
      gsize there = at < now->len ? MIN ((gsize) n, now->len - (gsize) at) : 0;

      if (there > 0)
        memcpy (to, now->data + at, there);
      memset ((guint8 *) to + there, 0, (gsize) n - there);
      code = there == (gsize) n ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
    }
  pthread_mutex_unlock (&lock);
  return code;
}

static void
change (File         *file,
        gint64        at,
        gconstpointer bytes, /* (nullable): it ends there */
        gsize         length)
{
  Doubt doubt = { at, bytes != NULL ? g_bytes_new (bytes, length) : NULL };

  if (bytes != NULL)
    put (file->now, at, bytes, length);
  else
    cut (file->now, at);
  g_array_append_val (file->doubts, doubt);
}

static int
disk_write (sqlite3_file *base,
            const void   *from,
            int           n,
            sqlite3_int64 at)
{
  Handle *handle = HANDLE (base);
  int code;

  pthread_mutex_lock (&lock);
  code = judge (handle, SQLITE_IOERR_WRITE, TRUE);
  if (code == SQLITE_OK)
    change (handle->file, at, from, (gsize) n);
  pthread_mutex_unlock (&lock);
  return code;
}

static int
disk_truncate (sqlite3_file *base,
               sqlite3_int64 n)
{
  Handle *handle = HANDLE (base);
  int code;

  pthread_mutex_lock (&lock);
  code = judge (handle, SQLITE_IOERR_TRUNCATE, FALSE);
  if (code == SQLITE_OK)
    change (handle->file, n, NULL, 0);
  pthread_mutex_unlock (&lock);
  return code;
}

static int
disk_sync (sqlite3_file *base,
           int           flags)
{
  Handle *handle = HANDLE (base);
  int code;

  pthread_mutex_lock (&lock);
  code = judge (handle, SQLITE_IOERR_FSYNC, FALSE);
  if (code == SQLITE_OK && !handle->file->machine->faults.lies)
    settle (handle->file);
  pthread_mutex_unlock (&lock);
  return code;
}

static int
disk_size (sqlite3_file  *base,
           sqlite3_int64 *n)
{
  pthread_mutex_lock (&lock);
  *n = HANDLE (base)->file->now->len;
  pthread_mutex_unlock (&lock);
  return SQLITE_OK;
}

static gboolean
may_have (File    *file,
          Handle  *handle,
          int      level)
{
  guint others = file->n_shared - (handle->level > SQLITE_LOCK_NONE ? 1 : 0);

  switch (level)
    {
    case SQLITE_LOCK_SHARED:
      return (file->pending == NULL || file->pending == handle) && (file->exclusive == NULL || file->exclusive == handle);
    case SQLITE_LOCK_RESERVED:
      return file->reserved == NULL || file->reserved == handle;
    default:
      return (file->reserved == NULL || file->reserved == handle) && (file->pending == NULL || file->pending == handle) &&
             (level < SQLITE_LOCK_EXCLUSIVE || others == 0);
    }
}

static int
disk_lock (sqlite3_file *base,
           int           level)
{
  Handle *handle = HANDLE (base);
  File *file = handle->file;
  int code = SQLITE_OK;

  pthread_mutex_lock (&lock);
  if (level > handle->level)
    {
      if (!may_have (file, handle, level))
        {
          code = SQLITE_BUSY;
          if (level == SQLITE_LOCK_EXCLUSIVE && may_have (file, handle, SQLITE_LOCK_PENDING))
            {
              file->pending = handle;
              handle->level = SQLITE_LOCK_PENDING;
            }
        }
      else
        {
          if (handle->level == SQLITE_LOCK_NONE)
            file->n_shared++;
          if (level >= SQLITE_LOCK_RESERVED)
            file->reserved = handle;
          if (level >= SQLITE_LOCK_PENDING)
            file->pending = handle;
          if (level == SQLITE_LOCK_EXCLUSIVE)
            file->exclusive = handle;
          handle->level = level;
        }
    }
  pthread_mutex_unlock (&lock);
  return code;
}

static int
disk_unlock (sqlite3_file *base,
             int           level)
{
  Handle *handle = HANDLE (base);
  File *file = handle->file;

  pthread_mutex_lock (&lock);
  if (level < handle->level)
    {
      if (file->reserved == handle)
        file->reserved = NULL;
      if (file->pending == handle)
        file->pending = NULL;
      if (file->exclusive == handle)
        file->exclusive = NULL;
      if (level == SQLITE_LOCK_NONE)
        file->n_shared--;
      handle->level = level;
    }
  pthread_mutex_unlock (&lock);
  return SQLITE_OK;
}

static int
disk_reserved (sqlite3_file *base,
               int          *is)
{
  pthread_mutex_lock (&lock);
  *is = HANDLE (base)->file->reserved != NULL;
  pthread_mutex_unlock (&lock);
  return SQLITE_OK;
}

static int disk_control (sqlite3_file *base, int op, void *arg) { return SQLITE_NOTFOUND; }
static int disk_sector (sqlite3_file *base) { return 4096; }
/* What SQLite takes of a Linux file system: bytes beside a write stay. */
static int disk_device (sqlite3_file *base) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }

static int
disk_shm_map (sqlite3_file   *base,
              int             region,
              int             n,
              int             extend,
              void volatile **to)
{
  Handle *handle = HANDLE (base);
  File *file = handle->file;

  pthread_mutex_lock (&lock);
  g_assert (n == SHM_REGION);
  if (!handle->mapped)
    {
      handle->mapped = TRUE;
      file->n_mapped++;
    }
  while (extend && file->shm->len <= (guint) region)
    g_ptr_array_add (file->shm, g_malloc0 (SHM_REGION));
  *to = (guint) region < file->shm->len ? file->shm->pdata[region] : NULL;
  pthread_mutex_unlock (&lock);
  return SQLITE_OK;
}

static int
disk_shm_lock (sqlite3_file *base,
               int           offset,
               int           n,
               int           flags)
{
  Handle *handle = HANDLE (base);
  File *file = handle->file;
  int code = SQLITE_OK;

  pthread_mutex_lock (&lock);
  for (int i = offset; i < offset + n && (flags & SQLITE_SHM_LOCK) != 0; i++)
    {
      guint8 bit = (guint8) (1u << i);
      int others = file->shm_shared[i] - ((handle->shm_shared & bit) != 0);

      if ((file->shm_exclusive[i] != NULL && file->shm_exclusive[i] != handle) || ((flags & SQLITE_SHM_EXCLUSIVE) != 0 && others > 0))
        code = SQLITE_BUSY;
    }
  for (int i = offset; i < offset + n && code == SQLITE_OK; i++)
    {
      guint8 bit = (guint8) (1u << i);

      if ((flags & SQLITE_SHM_LOCK) == 0)
        {
          if (file->shm_exclusive[i] == handle)
            file->shm_exclusive[i] = NULL;
          if (handle->shm_shared & bit)
            file->shm_shared[i]--;
          handle->shm_shared &= (guint8) ~bit;
        }
      else if ((flags & SQLITE_SHM_EXCLUSIVE) != 0)
        file->shm_exclusive[i] = handle;
      else if (!(handle->shm_shared & bit))
        {
          handle->shm_shared |= bit;
          file->shm_shared[i]++;
        }
    }
  pthread_mutex_unlock (&lock);
  return code;
}

static void
disk_shm_barrier (sqlite3_file *base)
{
  __sync_synchronize ();
}

static int
disk_shm_unmap (sqlite3_file *base,
                int           drop)
{
  Handle *handle = HANDLE (base);
  File *file = handle->file;

  pthread_mutex_lock (&lock);
  if (handle->mapped)
    {
      handle->mapped = FALSE;
      for (int i = 0; i < N_LOCKS; i++)
        {
          if (file->shm_exclusive[i] == handle)
            file->shm_exclusive[i] = NULL;
          if (handle->shm_shared & (1u << i))
            file->shm_shared[i]--;
        }
      handle->shm_shared = 0;
      if (--file->n_mapped == 0)
        g_ptr_array_set_size (file->shm, 0);
    }
  pthread_mutex_unlock (&lock);
  return SQLITE_OK;
}

static const sqlite3_io_methods methods = {
  2, disk_close, disk_read, disk_write, disk_truncate, disk_sync, disk_size, disk_lock, disk_unlock, disk_reserved, disk_control,
  disk_sector, disk_device, disk_shm_map, disk_shm_lock, disk_shm_barrier, disk_shm_unmap, NULL, NULL,
};

static int
disk_open (sqlite3_vfs  *vfs,
           const char   *path,
           sqlite3_file *base,
           int           flags,
           int          *out_flags)
{
  Handle *handle = HANDLE (base);

  memset (handle, 0, sizeof *handle);
  pthread_mutex_lock (&lock);
  handle->file = file_of (path);
  handle->through = look_through;
  if (handle->file->machine->stopped && !handle->through)
    {
      pthread_mutex_unlock (&lock);
      return SQLITE_CANTOPEN;
    }
  handle->file->n_open++;
  if (!handle->file->exists)
    forget (handle->file); /* what may be on the platter was another file of that name */
  handle->file->exists = TRUE;
  handle->base.pMethods = &methods;
  pthread_mutex_unlock (&lock);
  if (out_flags != NULL)
    *out_flags = flags;
  return SQLITE_OK;
}

static int
disk_delete (sqlite3_vfs *vfs,
             const char  *path,
             int          sync_folder)
{
  File *file;
  int code = SQLITE_OK;

  pthread_mutex_lock (&lock);
  file = file_of (path);
  if (file->machine->stopped)
    code = SQLITE_IOERR_DELETE;
  else
    {
      g_byte_array_set_size (file->now, 0);
      file->exists = FALSE;
      g_array_set_size (file->doubts, 0);
      if (sync_folder)
        forget (file);
    }
  pthread_mutex_unlock (&lock);
  return code;
}

static int
disk_access (sqlite3_vfs *vfs,
             const char  *path,
             int          flags,
             int         *is)
{
  pthread_mutex_lock (&lock);
  *is = file_of (path)->exists;
  if (flags == SQLITE_ACCESS_EXISTS && file_of (path)->now->len == 0)
    *is = FALSE;
  pthread_mutex_unlock (&lock);
  return SQLITE_OK;
}

static int
disk_full_name (sqlite3_vfs *vfs,
                const char  *path,
                int          n,
                char        *to)
{
  g_strlcpy (to, path, (gsize) n);
  return SQLITE_OK;
}

static int
disk_random (sqlite3_vfs *vfs,
             int          n,
             char        *to)
{
  for (int i = 0; i < n; i++)
    to[i] = (char) g_rand_int (chance);
  return n;
}

static int
disk_sleep (sqlite3_vfs *vfs,
            int          us)
{
  g_usleep ((gulong) us);
  return us;
}

void
sim_disk_install (guint64 seed)
{
  static sqlite3_vfs vfs;

  files = g_hash_table_new (g_str_hash, g_str_equal);
  machines = g_hash_table_new (g_str_hash, g_str_equal);
  sim_disk_set_seed (seed);
  vfs = *sqlite3_vfs_find (NULL); /* its clock */
  vfs.zName = "sim";
  vfs.szOsFile = sizeof (Handle);
  vfs.xOpen = disk_open;
  vfs.xDelete = disk_delete;
  vfs.xAccess = disk_access;
  vfs.xFullPathname = disk_full_name;
  vfs.xRandomness = disk_random;
  vfs.xSleep = disk_sleep;
  g_assert_cmpint (sqlite3_vfs_register (&vfs, 1), ==, SQLITE_OK);
}

/* ---- what tests call ---- */

void
sim_disk_set_seed (guint64 seed)
{
  guint32 words[] = { (guint32) seed, (guint32) (seed >> 32) };

  if (chance == NULL)
    chance = g_rand_new_with_seed_array (words, 2);
  else
    g_rand_set_seed_array (chance, words, 2);
}

int
sim_disk_n_calls (const char *machine)
{
  int n;

  pthread_mutex_lock (&lock);
  n = machine_of (machine)->n_calls;
  pthread_mutex_unlock (&lock);
  return n;
}

void
sim_disk_arm (const char      *machine,
              const SimFaults *faults)
{
  pthread_mutex_lock (&lock);
  machine_of (machine)->faults = *faults;
  machine_of (machine)->n_calls = 0;
  pthread_mutex_unlock (&lock);
}

void
sim_disk_stop (const char *machine)
{
  pthread_mutex_lock (&lock);
  machine_of (machine)->stopped = TRUE;
  pthread_mutex_unlock (&lock);
}

gboolean
sim_disk_has_stopped (const char *machine)
{
  gboolean stopped;

  pthread_mutex_lock (&lock);
  stopped = machine_of (machine)->stopped;
  pthread_mutex_unlock (&lock);
  return stopped;
}

static int
by_path (gconstpointer a,
         gconstpointer b)
{
  return strcmp ((*(File *const *) a)->path, (*(File *const *) b)->path);
}

void
sim_disk_start (const char *name,
                gboolean    power_lost)
{
  g_autoptr(GPtrArray) lost = g_ptr_array_new ();
  GHashTableIter iter;
  Machine *machine;
  File *file;

  pthread_mutex_lock (&lock);
  machine = machine_of (name);
  g_hash_table_iter_init (&iter, files);
  while (power_lost && g_hash_table_iter_next (&iter, NULL, (gpointer *) &file))
    if (file->machine == machine)
      {
        g_assert_cmpuint (file->n_open, ==, 0);
        g_ptr_array_add (lost, file);
      }
  g_ptr_array_sort (lost, by_path); /* the same seed, the same loss */
  for (guint i = 0; i < lost->len; i++)
    lose_power (lost->pdata[i]);
  machine->stopped = FALSE;
  machine->faults = (SimFaults) { .lies = machine->faults.lies };
  machine->n_calls = 0;
  pthread_mutex_unlock (&lock);
}

void
sim_disk_look_through (gboolean on)
{
  look_through = on;
}

void
sim_disk_copy (const char *from,
               const char *to)
{
  File *source, *target;

  sim_disk_remove (to);
  pthread_mutex_lock (&lock);
  source = file_of (from);
  target = file_of (to);
  put (target->now, 0, source->now->data, source->now->len);
  put (target->platter, 0, source->now->data, source->now->len);
  target->exists = target->on_platter = TRUE;
  pthread_mutex_unlock (&lock);
}

void
sim_disk_remove (const char *path)
{
  File *file;

  pthread_mutex_lock (&lock);
  file = file_of (path);
  g_assert_cmpuint (file->n_open, ==, 0);
  forget (file);
  pthread_mutex_unlock (&lock);
}
