/* dsp-files.h: the bytes of attachments, by their hash
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One file each, named by the hex of its SHA-256, in a folder of the server's own. A file appears under its name only when
 * all of it is on the disk, and never changes. Nothing that a client names becomes part of a path but 64 hex digits. Any
 * thread.
 */
#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _DspFiles DspFiles;

typedef enum { DSP_FILES_KEPT, DSP_FILES_OTHER_HASH, DSP_FILES_FORBIDDEN, DSP_FILES_FAILED } DspFilesAnswer;

/* Makes the folder, mode 0700. */
DspFiles      *dsp_files_new    (const char *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void           dsp_files_free   (DspFiles *self);
/* For bodies on their way in: the same file system. */
const char    *dsp_files_folder (DspFiles *self);

/* Takes what @fd, a file without a name in that folder, holds, if it is what @hash says and of a kind that may be attached.
 * OTHER_HASH and FORBIDDEN leave nothing behind; FAILED sets @error. */
DspFilesAnswer dsp_files_take   (DspFiles *self, int fd, const char *hash, const char **media_type, GError **error);

gboolean       dsp_files_has    (DspFiles *self, const char *hash);
/* Returns: a file descriptor of the caller's; -1: there is none, or it cannot be read (errno). */
int            dsp_files_open   (DspFiles *self, const char *hash, gint64 *size, const char **media_type);

G_END_DECLS
