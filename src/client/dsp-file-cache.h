/* dsp-file-cache.h: the bytes of attachments on this computer, by their hash
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A folder beside the replica, mode 0700: HASH is the file. It is on the disk before the command that refers to it. Blocks
 * on the disk; any thread.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Of a replica's path: (transfer full). */
char    *dsp_file_cache_folder  (const char *replica_path);
char    *dsp_file_cache_path    (const char *folder, const char *hash); /* (transfer full) */
gboolean dsp_file_cache_has     (const char *folder, const char *hash);

/* DSP_CLIENT_ERROR_FAILED: too large, of no kind that is attached, or the disk is full; the message is for people.
 * @media_type: (out): static. */
gboolean dsp_file_cache_put     (const char *folder, GBytes *bytes, char hash[65], const char **media_type, GError **error);

/* Hashes of all that are here: (transfer full), never NULL. */
GPtrArray *dsp_file_cache_list  (const char *folder);

/* "Forget": the folder and all in it. */
void     dsp_file_cache_delete  (const char *folder);

G_END_DECLS
