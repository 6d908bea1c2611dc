/* dsp-file-cache.c: the bytes of attachments on this computer, by their hash
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-file-cache"

#include "config.h"
#include "dsp-file-cache.h"

#include "dsp-client-error.h"
#include "dsp-command.h"
#include "dsp-media-type.h"

#include <glib/gi18n-lib.h>
#include <glib/gstdio.h>

char *
dsp_file_cache_folder (const char *replica_path)
{
  return g_strconcat (replica_path, ".files", NULL);
}

char *
dsp_file_cache_path (const char *folder,
                     const char *hash)
{
  return g_build_filename (folder, hash, NULL);
}

gboolean
dsp_file_cache_has (const char *folder,
                    const char *hash)
{
  g_autofree char *path = dsp_file_cache_path (folder, hash);

  return g_file_test (path, G_FILE_TEST_IS_REGULAR);
}

static gboolean
write_file (const char  *path,
            gconstpointer bytes,
            gsize         n,
            GError      **error)
{
  return g_file_set_contents_full (path, bytes, (gssize) n, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, error);
}

gboolean
dsp_file_cache_put (const char  *folder,
                    GBytes      *bytes,
                    char         hash[65],
                    const char **media_type,
                    GError     **error)
{
  gsize n;
  gconstpointer data = g_bytes_get_data (bytes, &n);
  g_autofree char *hex = g_compute_checksum_for_bytes (G_CHECKSUM_SHA256, bytes);
  g_autofree char *path = dsp_file_cache_path (folder, hex);
  g_autoptr(GError) local = NULL;

  g_strlcpy (hash, hex, 65);
  *media_type = n > 0 ? dsp_media_type_of (data, MIN (n, DSP_MEDIA_TYPE_HEAD)) : NULL;
  if (n > DSP_ATTACHMENT_MAX)
    g_set_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_FAILED, _("The file has %.1f MB; at most %.0f are attached."),
                 (double) n / (1 << 20), (double) DSP_ATTACHMENT_MAX / (1 << 20));
  else if (*media_type == NULL)
    g_set_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_FAILED,
                 _("This is not a JPEG, PNG or WebP picture, a PDF or plain text, whatever its name says."));
  else if (g_mkdir_with_parents (folder, 0700) != 0 || !write_file (path, data, n, &local))
    g_set_error (error, DSP_CLIENT_ERROR, DSP_CLIENT_ERROR_FAILED, _("The file cannot be kept on this computer: %s"),
                 local != NULL ? local->message : folder);
  else
    return TRUE;
  return FALSE;
}

GPtrArray *
dsp_file_cache_list (const char *folder)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  GPtrArray *hashes = g_ptr_array_new_with_free_func (g_free);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (dsp_attachment_is_hash (name))
      g_ptr_array_add (hashes, g_strdup (name));
  return hashes;
}

void
dsp_file_cache_delete (const char *folder)
{
  g_autoptr(GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);

      g_unlink (path);
    }
  g_rmdir (folder);
}
