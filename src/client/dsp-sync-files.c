/* dsp-sync-files.c: the bytes of attachments on their way to the server
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#define G_LOG_DOMAIN "dsp-sync"

#include "config.h"
#include "dsp-file-cache.h"
#include "dsp-sync-private.h"

static gboolean
send_file (DspSync    *self,
           DspChannel *channel,
           const char *folder,
           const char *hash,
           DspAnswer  *answer,
           GError    **error)
{
  g_autofree char *file = dsp_file_cache_path (folder, hash);
  g_autofree char *path = g_strconcat ("v1/files/", hash, NULL);
  g_autoptr(GMappedFile) mapped = g_mapped_file_new (file, FALSE, NULL);
  g_autoptr(GBytes) bytes = mapped != NULL ? g_mapped_file_get_bytes (mapped) : NULL;

  if (bytes == NULL)
    g_warning ("the file %s is gone before it was sent", hash);
  else if (!dsp_channel_put (channel, path, bytes, self->all, answer, error))
    return FALSE;
  else if (answer->status == 401 || answer->status == 429 || answer->status >= 500)
    return FALSE;
  else if (answer->status != 200)
    g_warning ("the server does not take the file %s: %u %s", hash, answer->status, answer->message != NULL ? answer->message : "");
  dsp_file_cache_sent (folder, hash);
  return TRUE;
}

gboolean
dsp_sync_send_files (DspSync    *self,
                     DspChannel *channel,
                     DspAnswer  *answer,
                     GError    **error)
{
  g_autofree char *folder = dsp_file_cache_folder (self->replica->path);
  g_auto(GStrv) hashes = dsp_file_cache_to_send (folder);

  for (guint i = 0; hashes[i] != NULL; i++)
    {
      dsp_answer_clear (answer);
      if (!send_file (self, channel, folder, hashes[i], answer, error))
        return FALSE;
    }
  dsp_answer_clear (answer);
  return TRUE;
}
