/* slow-flush.c: preloaded into despachod, makes every flush of its disk take 2 ms longer
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#include <dlfcn.h>
#include <time.h>
#include <unistd.h>

static int
flush_slowly (const char *name,
              int         fd)
{
  const struct timespec wait = { 0, 2000000 };
  int (*flush) (int) = (int (*) (int)) dlsym (RTLD_NEXT, name);

  nanosleep (&wait, NULL);
  return flush (fd);
}

int
fsync (int fd)
{
  return flush_slowly ("fsync", fd);
}

int
fdatasync (int fd)
{
  return flush_slowly ("fdatasync", fd);
}
