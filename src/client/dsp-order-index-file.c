/* dsp-order-index-file.c: the index in a file, so that a large cache opens at once
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The columns as they lie in memory, in this machine's byte order: the file is made anew whenever it does not fit. A sum
 * over all of it is at the end; whoever wrote it half finds that it is refused.
 */
#define G_LOG_DOMAIN "dsp-order-index"

#include "config.h"
#include "dsp-client-error.h"
#include "dsp-order-index-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAGIC G_GUINT64_CONSTANT (0x0431584449505344) /* DSPIDX1 4, and tells the byte order */

typedef struct {
  FILE   *file;
  guint64 sum;
  guint64 size;   /* of a file that is read: no number in it can mean more than this */
  bool    failed;
} Stream;

static inline guint64
mix (guint64 sum,
     guint64 word)
{
  sum = (sum ^ word) * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15);
  return sum ^ sum >> 29;
}

static guint64
add_up (guint64      sum,
        const guint8 *bytes,
        gsize         n)
{
  guint64 word;

  for (; n >= 8; bytes += 8, n -= 8)
    {
      memcpy (&word, bytes, 8);
      sum = mix (sum, word);
    }
  word = 0;
  if (n > 0)
    memcpy (&word, bytes, n);
  return mix (sum, word ^ n << 56);
}

static void
put (Stream       *s,
     gconstpointer data,
     gsize         n)
{
  if (n > 0 && fwrite (data, 1, n, s->file) != n)
    s->failed = true;
  s->sum = add_up (s->sum, data, n);
}

static void
put_number (Stream *s,
            guint64 number)
{
  put (s, &number, sizeof number);
}

static bool
get (Stream  *s,
     gpointer data,
     gsize    n)
{
  if (s->failed || (n > 0 && fread (data, 1, n, s->file) != n))
    {
      s->failed = true;
      return false;
    }
  s->sum = add_up (s->sum, data, n);
  return true;
}

static guint64
get_number (Stream *s,
            guint64 max)
{
  guint64 number = 0;

  if (get (s, &number, sizeof number) && number > max)
    s->failed = true;
  return s->failed ? 0 : number;
}

static void
put_text (Stream     *s,
          const char *text)
{
  gsize n = strlen (text);

  put_number (s, n);
  put (s, text, n);
}

static char *
get_text (Stream *s)
{
  gsize n = get_number (s, 64 * 1024);
  char *text = g_malloc0 (n + 1);

  if (!get (s, text, n))
    g_clear_pointer (&text, g_free);
  return text;
}

static void
put_codes (Stream         *s,
           const DspCodes *column,
           guint           n_rows)
{
  const DspDictionary *dictionary = &column->dictionary;

  put_number (s, dictionary->values->len);
  for (guint code = 1; code < dictionary->values->len; code++)
    if (dictionary->of_ids)
      put (s, g_ptr_array_index (dictionary->values, code), sizeof (DspId));
    else
      put_text (s, g_ptr_array_index (dictionary->values, code));
  put_number (s, column->width);
  put (s, column->codes, (gsize) n_rows * column->width);
}

static bool
get_codes (Stream   *s,
           DspCodes *column,
           guint     n_rows,
           guint     capacity)
{
  DspDictionary *dictionary = &column->dictionary;
  guint n = (guint) get_number (s, MIN (s->size, G_MAXINT32));
  guint width;

  for (guint code = 1; code < n && !s->failed; code++)
    {
      gpointer value = dictionary->of_ids ? g_malloc0 (sizeof (DspId)) : get_text (s);

      if (value == NULL || (dictionary->of_ids && !get (s, value, sizeof (DspId))))
        {
          g_free (value);
          return false;
        }
      g_ptr_array_add (dictionary->values, value);
      g_hash_table_insert (dictionary->codes, value, GUINT_TO_POINTER (code));
    }
  width = (guint) get_number (s, 4);
  if (width != 1 && width != 2 && width != 4)
    return false;
  g_free (column->codes);
  column->width = (guint8) width;
  column->codes = g_malloc0_n (capacity, width);
  if (!get (s, column->codes, (gsize) n_rows * width))
    return false;
  for (guint row = 0; row < n_rows; row++)
    if (dsp_codes_get (column, row) >= dictionary->values->len)
      return false;
  return true;
}

/**
 * dsp_order_index_write:
 * Replaces the file at @path when it is whole. Not flushed to the disk: a file that did not get there is made again.
 */
gboolean
dsp_order_index_write (DspOrderIndex *index,
                       const char    *path,
                       const char    *stamp,
                       GError       **error)
{
  g_autofree char *making = g_strconcat (path, ".new", NULL);
  int fd = g_open (making, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  Stream s = { fd >= 0 ? fdopen (fd, "wb") : NULL, MAGIC, 0, false };
  guint n_words = (index->n_rows + 63) / 64;
  guint64 sum;

  if (s.file == NULL)
    {
      g_set_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_FAILED, "%s: %s", making, g_strerror (errno));
      return FALSE;
    }
  put_number (&s, MAGIC);
  put_text (&s, stamp);
  put_number (&s, index->n_rows);
  put_number (&s, index->n_orders);
  put (&s, index->ids, index->n_rows * sizeof (DspId));
  put (&s, index->alive, n_words * sizeof (guint64));
  put (&s, index->status, index->n_rows);
  put (&s, index->priority, index->n_rows);
  put (&s, index->flags, index->n_rows);
  put (&s, index->numbers, index->n_rows * sizeof (guint64));
  for (int i = 0; i < DSP_N_SECONDS; i++)
    put (&s, index->seconds[i], index->n_rows * sizeof (guint32));
  for (int i = 0; i < DSP_N_CODES; i++)
    put_codes (&s, &index->codes[i], index->n_rows);
  sum = s.sum;
  if (fwrite (&sum, sizeof sum, 1, s.file) != 1)
    s.failed = true;
  if (fclose (s.file) != 0 || s.failed || g_rename (making, path) != 0)
    {
      g_set_error (error, DSP_CLIENT_ERROR, errno == ENOSPC ? DSP_CLIENT_ERROR_FULL : DSP_CLIENT_ERROR_FAILED, "%s: %s", making,
                   g_strerror (errno));
      g_unlink (making);
      return FALSE;
    }
  return TRUE;
}

static bool
read_index (Stream        *s,
            DspOrderIndex *index,
            const char    *stamp)
{
  g_autofree char *there = NULL;
  guint n_rows, n_orders, n_alive = 0;
  guint64 sum, stored;

  if (get_number (s, G_MAXUINT64) != MAGIC || (there = get_text (s)) == NULL || strcmp (there, stamp) != 0)
    return false;
  n_rows = (guint) get_number (s, MIN (s->size / sizeof (DspId), G_MAXINT32));
  n_orders = (guint) get_number (s, n_rows);
  if (s->failed)
    return false;
  dsp_index_grow (index, MAX (n_rows, 64));
  if (!get (s, index->ids, n_rows * sizeof (DspId)) || !get (s, index->alive, (n_rows + 63) / 64 * sizeof (guint64)) ||
      !get (s, index->status, n_rows) || !get (s, index->priority, n_rows) || !get (s, index->flags, n_rows) ||
      !get (s, index->numbers, n_rows * sizeof (guint64)))
    return false;
  for (int i = 0; i < DSP_N_SECONDS; i++)
    if (!get (s, index->seconds[i], n_rows * sizeof (guint32)))
      return false;
  for (int i = 0; i < DSP_N_CODES; i++)
    if (!get_codes (s, &index->codes[i], n_rows, index->capacity))
      return false;
  sum = s->sum;
  if (fread (&stored, sizeof stored, 1, s->file) != 1 || stored != sum)
    return false;

  index->n_rows = n_rows;
  for (guint row = 0; row < n_rows; row++)
    if (dsp_index_is_alive (index, row))
      {
        dsp_index_add_to_table (index, row);
        n_alive++;
      }
    else
      g_array_append_val (index->free_rows, row);
  index->n_orders = n_alive;
  return n_alive == n_orders;
}

/**
 * dsp_order_index_read:
 * Returns: (transfer full) (nullable): the index that was written with @stamp; NULL with an error otherwise
 */
DspOrderIndex *
dsp_order_index_read (const char *path,
                      const char *stamp,
                      GError    **error)
{
  g_autoptr(DspOrderIndex) index = NULL;
  Stream s = { g_fopen (path, "rbe"), MAGIC, 0, false };
  struct stat info;
  bool ok;

  if (s.file == NULL)
    {
      g_set_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_NOT_FOUND, "%s: %s", path, g_strerror (errno));
      return NULL;
    }
  index = dsp_order_index_new ();
  s.size = fstat (fileno (s.file), &info) == 0 ? (guint64) info.st_size : 0;
  ok = read_index (&s, index, stamp);
  fclose (s.file);
  if (ok)
    {
      dsp_index_known_changed (index);
      return g_steal_pointer (&index);
    }
  g_set_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_NOT_FOUND, "%s is not of this cache as it is now", path);
  return NULL;
}
