/* dsp-files.c: the bytes of attachments, by their hash
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-server"

#include "config.h"
#include "dsp-files.h"

#include "dsp-command.h"
#include "dsp-media-type.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct _DspFiles
{
  char *folder; /* (owned) */
  int   fd;     /* of the folder: paths begin there, whatever happens to what is above it */
};

static gboolean
fail (const char  *what,
      GError     **error)
{
  int code = errno;

  g_set_error (error, G_IO_ERROR, (gint) g_io_error_from_errno (code), "%s: %s", what, g_strerror (code));
  return FALSE;
}

DspFiles *
dsp_files_new (const char *folder,
               GError    **error)
{
  DspFiles *self;
  int fd;

  if (g_mkdir_with_parents (folder, 0700) != 0 || (fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0)
    {
      fail (folder, error);
      return NULL;
    }
  self = g_new0 (DspFiles, 1);
  self->folder = g_strdup (folder);
  self->fd = fd;
  return self;
}

void
dsp_files_free (DspFiles *self)
{
  if (self == NULL)
    return;
  close (self->fd);
  g_free (self->folder);
  g_free (self);
}

const char *
dsp_files_folder (DspFiles *self)
{
  return self->folder;
}

/* Reads from the beginning. */
static gboolean
hash_file (int          fd,
           char         hex[65],
           const char **media_type,
           GError     **error)
{
  crypto_hash_sha256_state state;
  guint8 buffer[65536], digest[crypto_hash_sha256_BYTES];
  gboolean first = TRUE;
  off_t at = 0;
  ssize_t n;

  crypto_hash_sha256_init (&state);
  while ((n = pread (fd, buffer, sizeof buffer, at)) != 0)
    {
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return fail ("reading an attachment", error);
      if (first)
        *media_type = dsp_media_type_of (buffer, MIN ((gsize) n, DSP_MEDIA_TYPE_HEAD));
      first = FALSE;
      crypto_hash_sha256_update (&state, buffer, (unsigned long long) n);
      at += n;
    }
  crypto_hash_sha256_final (&state, digest);
  sodium_bin2hex (hex, 65, digest, sizeof digest);
  return TRUE;
}

/* The whole is on the disk before it has a name, and the name before anybody is told. */
static gboolean
give_name (DspFiles    *self,
           int          fd,
           const char  *hash,
           GError     **error)
{
  g_autofree char *nameless = g_strdup_printf ("/proc/self/fd/%d", fd);

  if (fsync (fd) != 0)
    return fail ("writing an attachment", error);
  if (linkat (AT_FDCWD, nameless, self->fd, hash, AT_SYMLINK_FOLLOW) != 0 && errno != EEXIST)
    return fail ("naming an attachment", error);
  if (fsync (self->fd) != 0)
    return fail (self->folder, error);
  return TRUE;
}

DspFilesAnswer
dsp_files_take (DspFiles    *self,
                int          fd,
                const char  *hash,
                const char **media_type,
                GError     **error)
{
  char is[65];

  *media_type = NULL;
  if (!dsp_attachment_is_hash (hash))
    return DSP_FILES_OTHER_HASH;
  if (!hash_file (fd, is, media_type, error))
    return DSP_FILES_FAILED;
  if (strcmp (is, hash) != 0)
    return DSP_FILES_OTHER_HASH;
  if (*media_type == NULL)
    return DSP_FILES_FORBIDDEN;
  return give_name (self, fd, hash, error) ? DSP_FILES_KEPT : DSP_FILES_FAILED;
}

int
dsp_files_open (DspFiles    *self,
                const char  *hash,
                gint64      *size,
                const char **media_type)
{
  guint8 head[DSP_MEDIA_TYPE_HEAD];
  struct stat st;
  ssize_t n;
  int fd;

  if (!dsp_attachment_is_hash (hash))
    {
      errno = ENOENT;
      return -1;
    }
  fd = openat (self->fd, hash, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0)
    return -1;
  n = fstat (fd, &st) == 0 && S_ISREG (st.st_mode) ? pread (fd, head, sizeof head, 0) : -1;
  *media_type = n >= 0 ? dsp_media_type_of (head, (gsize) n) : NULL;
  if (*media_type == NULL)
    {
      close (fd);
      errno = ENOENT;
      return -1;
    }
  *size = st.st_size;
  return fd;
}

gboolean
dsp_files_has (DspFiles   *self,
               const char *hash)
{
  const char *media_type;
  gint64 size;
  int fd = dsp_files_open (self, hash, &size, &media_type);

  return fd >= 0 && close (fd) == 0;
}
