/* fault-shim.c: preloaded into despachod, makes the k-th call that changes a file fail, or be the last
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The test and the shim share a file in memory, named by DESPACHO_FAULTS: see fault-shim.h.
 */
#include "fault-shim.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

static Faults *
faults (void)
{
  static Faults *shared;
  const char *path = shared == NULL ? getenv ("DESPACHO_FAULTS") : NULL;
  int fd;

  if (path == NULL)
    return shared;
  fd = open (path, O_RDWR | O_CLOEXEC);
  if (fd >= 0)
    {
      void *at = mmap (NULL, sizeof (Faults), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

      shared = at != MAP_FAILED ? at : NULL;
      close (fd);
    }
  return shared;
}

static int
fails (void)
{
  Faults *f = faults ();
  int n;

  if (f == NULL || f->at == 0)
    return 0;
  n = __atomic_add_fetch (&f->n_calls, 1, __ATOMIC_SEQ_CST);
  if (f->forever ? n < f->at : n != f->at)
    return 0;
  f->failed = 1;
  if (f->kills)
    kill (getpid (), SIGKILL);
  errno = f->forever ? ENOSPC : EIO;
  return 1;
}

/* Files are large here: the names that programs link are those with 64. */
#define NEXT(name) ((__typeof__ (&name)) dlsym (RTLD_NEXT, name##_WORD))
#define pwrite_WORD    "pwrite64"
#define ftruncate_WORD "ftruncate64"
#define fsync_WORD     "fsync"
#define fdatasync_WORD "fdatasync"

ssize_t
pwrite (int         fd,
        const void *from,
        size_t      n,
        off_t       at)
{
  return fails () ? -1 : NEXT (pwrite) (fd, from, n, at);
}

int
fsync (int fd)
{
  return fails () ? -1 : NEXT (fsync) (fd);
}

int
fdatasync (int fd)
{
  return fails () ? -1 : NEXT (fdatasync) (fd);
}

int
ftruncate (int   fd,
           off_t n)
{
  return fails () ? -1 : NEXT (ftruncate) (fd, n);
}
