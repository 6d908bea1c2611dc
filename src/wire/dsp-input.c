/* dsp-input.c: a file to import, as it was downloaded
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Plain, .xz, .gz or .zip, known by their first bytes and not by their name. A stream of UTF-8 comes out, bounded in
 * size and in how much it may swell, so that a small hostile archive fills neither memory nor disk.
 *
 *   file --(libarchive)--> raw bytes in a block --(byte order mark, ISO-8859-1)--> dsp_input_read()
 */
#define G_LOG_DOMAIN "dsp-wire"

#include "config.h"
#include "dsp-input.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "dsp-wire-error.h"

#define BLOCK             (64 * 1024)
#define DEFAULT_MAX_BYTES (G_GUINT64_CONSTANT (2) << 30)
#define DEFAULT_MAX_RATIO 400
#define RATIO_FLOOR       (G_GUINT64_CONSTANT (16) << 20)

typedef struct archive Archive;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Archive, archive_read_free)

struct _DspInput
{
  char         *name;        /* (owned): for messages; of a .zip with its member */
  GCancellable *cancellable; /* (owned) (nullable) */
  GBytes       *bytes;       /* (owned) (nullable): text in memory, in place of a file */
  int           fd;          /* -1 for text in memory */
  Archive      *archive;     /* (owned) (nullable): unpacks what is read from fd */
  guint64       packed_size;
  guint64       n_raw;       /* raw bytes taken so far, unpacked */
  guint64       max_bytes;
  guint64       max_ratio;
  gboolean      latin1;
  gboolean      started;     /* the byte order mark has been looked for */
  gboolean      ended;
  gsize         block_at;
  gsize         block_length;
  char          block[BLOCK];
};

/* libarchive has no error code for a file that just ends; these are what its unpackers say then. */
static gboolean
says_cut (const char *message)
{
  static const char *const signs[] = { "truncated", "end of file", "no progress is possible", "decompression failed (-5)" };

  for (guint i = 0; i < G_N_ELEMENTS (signs); i++)
    if (strstr (message, signs[i]) != NULL)
      return TRUE;

  return FALSE;
}

static gboolean
set_archive_error (DspInput  *self,
                   Archive   *archive,
                   GError   **error)
{
  const char *text = archive_error_string (archive);
  g_autofree char *lower = g_ascii_strdown (text != NULL ? text : "no details", -1);

  if (archive_errno (archive) == ENOMEM)
    g_set_error (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_LIMIT, "%s: needs more memory to unpack than there is",
                 self->name);
  else if (says_cut (lower) || (text == NULL && lseek (self->fd, 0, SEEK_CUR) >= (off_t) self->packed_size))
    g_set_error (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_TRUNCATED, "%s: the archive is cut off (%s)", self->name, lower);
  else
    g_set_error (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_INVALID, "%s: the archive is damaged (%s)", self->name, lower);

  return FALSE;
}

/* Goes on to the member that is asked for, or to the first one that is a file. */
static gboolean
find_member (DspInput    *self,
             Archive     *archive,
             const char  *member,
             GError     **error)
{
  struct archive_entry *entry;
  int result;

  while ((result = archive_read_next_header (archive, &entry)) == ARCHIVE_OK || result == ARCHIVE_WARN)
    {
      const char *path = archive_entry_pathname_utf8 (entry);
      g_autofree char *shown = NULL;

      if (path == NULL)
        path = archive_entry_pathname (entry);
      if (path == NULL || archive_entry_filetype (entry) != AE_IFREG)
        continue;
      if (member != NULL ? strcmp (path, member) != 0 : g_str_has_prefix (path, "__MACOSX/"))
        continue;

      if (archive_format (archive) != ARCHIVE_FORMAT_RAW)
        {
          g_autofree char *archive_name = g_steal_pointer (&self->name);

          shown = g_utf8_make_valid (path, -1);
          self->name = g_strdup_printf ("%s (%s)", archive_name, shown);
        }

      return TRUE;
    }

  if (result != ARCHIVE_EOF)
    return set_archive_error (self, archive, error);

  if (member != NULL)
    g_set_error (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_INVALID, "%s: there is no file %s in the archive", self->name,
                 member);
  else
    g_set_error (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_INVALID, "%s: there is no file in the archive", self->name);
  return FALSE;
}

static gboolean
open_archive (DspInput    *self,
              gboolean     is_zip,
              const char  *member,
              GError     **error)
{
  g_autoptr(Archive) archive = archive_read_new ();

  g_return_val_if_fail (archive != NULL, FALSE);

  if (is_zip)
    {
      archive_read_support_format_zip (archive);
    }
  else
    {
      archive_read_support_filter_xz (archive);
      archive_read_support_filter_gzip (archive);
      archive_read_support_format_raw (archive);
    }

  if (archive_read_open_fd (archive, self->fd, BLOCK) != ARCHIVE_OK)
    return set_archive_error (self, archive, error);
  if (!find_member (self, archive, is_zip ? member : NULL, error))
    return FALSE;

  self->archive = g_steal_pointer (&archive);
  return TRUE;
}

static DspInput *
open_path (const char             *path,
           const DspInputOptions  *options,
           GCancellable           *cancellable,
           GError                **error)
{
  g_autoptr(DspInput) self = g_new0 (DspInput, 1);
  g_autofree char *shown = g_filename_display_name (path);
  guint8 magic[6] = { 0 };
  struct stat about;
  gboolean is_zip;
  ssize_t n;

  self->name = g_steal_pointer (&shown);
  self->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  self->max_bytes = options->max_bytes != 0 ? options->max_bytes : DEFAULT_MAX_BYTES;
  self->max_ratio = options->max_ratio != 0 ? options->max_ratio : DEFAULT_MAX_RATIO;
  self->latin1 = options->encoding == DSP_INPUT_LATIN1;

  /* A pipe or a device given by mistake must not hang us. */
  self->fd = g_open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK, 0);
  if (self->fd < 0 || fstat (self->fd, &about) != 0)
    {
      int code = errno;

      g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s", self->name, g_strerror (code));
      return NULL;
    }
  if (!S_ISREG (about.st_mode))
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_REGULAR_FILE, "%s: not an ordinary file", self->name);
      return NULL;
    }
  self->packed_size = (guint64) about.st_size;

  n = pread (self->fd, magic, sizeof magic, 0);
  is_zip = n >= 4 && memcmp (magic, "PK", 2) == 0 && (magic[2] == 3 || magic[2] == 5) && magic[3] == magic[2] + 1;
  if (is_zip || (n >= 2 && memcmp (magic, "\x1f\x8b", 2) == 0) || (n >= 6 && memcmp (magic, "\xfd" "7zXZ", 6) == 0))
    {
      if (!open_archive (self, is_zip, options->member, error))
        return NULL;
    }

  return g_steal_pointer (&self);
}

/* Raw bytes of the file, unpacked. Returns their number, 0 at the end, -1 on error. */
static gssize
read_raw (DspInput  *self,
          char      *buffer,
          gsize      size,
          GError   **error)
{
  gssize n;

  if (g_cancellable_set_error_if_cancelled (self->cancellable, error))
    return -1;

  if (self->bytes != NULL)
    {
      gsize length;
      const char *data = g_bytes_get_data (self->bytes, &length);

      n = (gssize) MIN (size, length - (gsize) self->n_raw);
      if (n > 0)
        memcpy (buffer, data + self->n_raw, (gsize) n);
      self->n_raw += (guint64) n;
      return n;
    }

  if (self->archive != NULL)
    {
      do
        n = archive_read_data (self->archive, buffer, size);
      while (n == ARCHIVE_RETRY);

      if (n < 0)
        {
          set_archive_error (self, self->archive, error);
          return -1;
        }
    }
  else
    {
      do
        n = read (self->fd, buffer, size);
      while (n < 0 && errno == EINTR);

      if (n < 0)
        {
          int code = errno;

          g_set_error (error, G_IO_ERROR, g_io_error_from_errno (code), "%s: %s", self->name, g_strerror (code));
          return -1;
        }
    }

  self->n_raw += (guint64) n;
  if (self->n_raw > self->max_bytes)
    {
      g_set_error (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_LIMIT, "%s: is larger than %" G_GUINT64_FORMAT " bytes",
                   self->name, self->max_bytes);
      return -1;
    }

  if (self->archive != NULL && self->n_raw > RATIO_FLOOR)
    {
      guint64 packed = (guint64) MAX (archive_filter_bytes (self->archive, -1), 1);

      if (self->n_raw / packed > self->max_ratio)
        {
          g_set_error (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_LIMIT,
                       "%s: unpacks to more than %" G_GUINT64_FORMAT " times its size", self->name, self->max_ratio);
          return -1;
        }
    }

  return n;
}

/* Takes the next block of raw bytes; the first one loses its byte order mark. */
static gboolean
fill_block (DspInput  *self,
            GError   **error)
{
  gssize n;

  self->block_at = 0;
  self->block_length = 0;

  /* An archive may give its first bytes one by one; the mark needs three. */
  do
    {
      n = read_raw (self, self->block + self->block_length, BLOCK - self->block_length, error);
      if (n < 0)
        return FALSE;
      if (n == 0)
        self->ended = TRUE;
      self->block_length += (gsize) n;
    }
  while (!self->started && !self->ended && self->block_length < 3);

  if (!self->started)
    {
      self->started = TRUE;
      if (self->block_length >= 3 && memcmp (self->block, "\xef\xbb\xbf", 3) == 0)
        {
          self->block_at = 3;
        }
      else if (self->block_length >= 2
               && (memcmp (self->block, "\xff\xfe", 2) == 0 || memcmp (self->block, "\xfe\xff", 2) == 0))
        {
          g_set_error (error, DSP_WIRE_ERROR, DSP_WIRE_ERROR_INVALID,
                       "%s: is UTF-16; UTF-8 or ISO-8859-1 is needed", self->name);
          return FALSE;
        }
    }

  return TRUE;
}

/* Looks through everything. A character that the end of the file cuts is no sign of another encoding. */
static gboolean
detect_latin1 (DspInput  *self,
               gboolean  *latin1,
               GError   **error)
{
  gsize kept = 0;

  *latin1 = FALSE;
  while (!self->ended)
    {
      const char *p, *end;
      gssize n = read_raw (self, self->block + kept, BLOCK - kept, error);

      if (n < 0)
        return FALSE;
      if (n == 0)
        break;

      p = self->block;
      end = self->block + kept + n;
      kept = 0;
      while (p < end && !g_utf8_validate_len (p, (gsize) (end - p), &p))
        {
          if (*p == '\0')
            {
              p++;
            }
          else if (end - p < 4 && g_utf8_get_char_validated (p, end - p) == (gunichar) -2)
            {
              kept = (gsize) (end - p);
              memmove (self->block, p, kept);
              break;
            }
          else
            {
              *latin1 = TRUE;
              return TRUE;
            }
        }
    }

  return TRUE;
}

/**
 * dsp_input_open:
 * @path: an ordinary file: plain, or packed as .xz, .gz or .zip
 * @options: (nullable)
 * @cancellable: (nullable): looked at on each read, too
 *
 * Blocks; with %DSP_INPUT_AUTO for as long as it takes to read the file once.
 *
 * Returns: (transfer full): the input, or %NULL with a #GIOErrorEnum or a #DspWireError that names the file
 */
DspInput *
dsp_input_open (const char             *path,
                const DspInputOptions  *options,
                GCancellable           *cancellable,
                GError                **error)
{
  DspInputOptions used = options != NULL ? *options : (DspInputOptions) { 0 };

  g_return_val_if_fail (path != NULL, NULL);

  if (used.encoding == DSP_INPUT_AUTO)
    {
      g_autoptr(DspInput) first = open_path (path, &used, cancellable, error);
      gboolean latin1;

      if (first == NULL || !detect_latin1 (first, &latin1, error))
        return NULL;
      used.encoding = latin1 ? DSP_INPUT_LATIN1 : DSP_INPUT_UTF8;
    }

  return open_path (path, &used, cancellable, error);
}

/**
 * dsp_input_new_for_bytes:
 * @name: what messages call it
 * @bytes: plain text; a reference is taken
 *
 * Returns: (transfer full): an input over text that is already in memory
 */
DspInput *
dsp_input_new_for_bytes (const char       *name,
                         GBytes           *bytes,
                         DspInputEncoding  encoding)
{
  DspInput *self = g_new0 (DspInput, 1);

  self->name = g_strdup (name);
  self->bytes = g_bytes_ref (bytes);
  self->packed_size = g_bytes_get_size (bytes);
  self->fd = -1;
  self->latin1 = encoding == DSP_INPUT_LATIN1;
  if (encoding == DSP_INPUT_AUTO)
    {
      detect_latin1 (self, &self->latin1, NULL);
      self->n_raw = 0;
      self->ended = FALSE;
    }

  return self;
}

void
dsp_input_free (DspInput *self)
{
  if (self == NULL)
    return;

  g_clear_pointer (&self->archive, archive_read_free);
  if (self->fd >= 0)
    close (self->fd);
  g_clear_pointer (&self->bytes, g_bytes_unref);
  g_clear_object (&self->cancellable);
  g_free (self->name);
  g_free (self);
}

/* The path, with the member in parentheses if it is inside a .zip: for messages. */
const char *
dsp_input_get_name (DspInput *self)
{
  return self->name;
}

/**
 * dsp_input_get_progress:
 * @done: (out): bytes of the file consumed, packed as they are on disk
 * @total: (out): bytes of the file
 */
void
dsp_input_get_progress (DspInput *self,
                        guint64  *done,
                        guint64  *total)
{
  *total = self->packed_size;
  *done = self->archive != NULL ? (guint64) MAX (archive_filter_bytes (self->archive, -1), 0) : self->n_raw;
  *done = MIN (*done, *total);
}

/**
 * dsp_input_read:
 * @buffer: (out): room for @size bytes, at least 2
 *
 * Returns: how many bytes were read (of ISO-8859-1: already as UTF-8, no character cut), 0 at the end, -1 on error
 */
gssize
dsp_input_read (DspInput  *self,
                char      *buffer,
                gsize      size,
                GError   **error)
{
  gsize n = 0;

  g_return_val_if_fail (size >= 2, -1);

  while (self->block_at == self->block_length)
    {
      if (self->ended)
        return 0;
      if (!fill_block (self, error))
        {
          self->ended = TRUE;
          self->block_at = self->block_length;
          return -1;
        }
    }

  if (!self->latin1)
    {
      n = MIN (size, self->block_length - self->block_at);
      memcpy (buffer, self->block + self->block_at, n);
      self->block_at += n;
      return (gssize) n;
    }

  while (self->block_at < self->block_length && n + 2 <= size)
    {
      guint8 c = (guint8) self->block[self->block_at++];

      if (c < 0x80)
        {
          buffer[n++] = (char) c;
        }
      else
        {
          buffer[n++] = (char) (0xc0 | c >> 6);
          buffer[n++] = (char) (0x80 | (c & 0x3f));
        }
    }

  return (gssize) n;
}
