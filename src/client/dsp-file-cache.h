/* dsp-file-cache.h: the bytes of attachments on this computer, by their hash
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A folder beside the replica, mode 0700: HASH is the file, HASH.send says that the server does not have it yet. Both are on
 * the disk before the command that refers to them. Blocks on the disk; any thread.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Of a replica's path: (transfer full). */
char    *dsp_file_cache_folder  (const char *replica_path);
char    *dsp_file_cache_path    (const char *folder, const char *hash); /* (transfer full) */
gboolean dsp_file_cache_has     (const char *folder, const char *hash);

/* @to_send: the server has to get it. DSP_CLIENT_ERROR_FAILED: too large, of no kind that is attached, or the disk is full;
 * the message is for people. @media_type: (out): static. */
gboolean dsp_file_cache_put     (const char *folder, GBytes *bytes, gboolean to_send, char hash[65], const char **media_type, GError **error);

/* Hashes of what the server has to get: (transfer full), never NULL. */
GStrv    dsp_file_cache_to_send (const char *folder);
void     dsp_file_cache_sent    (const char *folder, const char *hash);

/* "Forget": the folder and all in it. */
void     dsp_file_cache_delete  (const char *folder);

G_END_DECLS
