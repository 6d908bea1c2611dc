/* dsp-keep.h: copies of a database, and databases from copies
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-link.h"

G_BEGIN_DECLS

#define DSP_RECOVERY_MINUTES 10

/* Prints each finding to standard error; FALSE as well if there is one. */
gboolean dsp_keep_verify   (const char *database, GError **error);
/* Copies the database into the file @path while servers go on, proves the copy whole, and tells the server which commands of
 * each device need not be kept for a restore any more. */
gboolean dsp_keep_backup   (const DspPlace *place, const char *path, GCancellable *cancellable, GError **error);
/* Makes @database, of which nothing may be there, from the backup @path; NULL: it was put back by other means. Either way it
 * has another epoch then, and a server that opens it first waits @minutes for what clients bring back. */
gboolean dsp_keep_restore  (const char *database, const char *path, guint minutes, GError **error);
/* All of @from into @to, where nothing may be yet: no row, or no file. What was written is read back and compared; a copy that
 * was stopped leaves nothing. No server may run on either. The feed goes on under another epoch. */
gboolean dsp_keep_copy     (const char *from, const char *to, GCancellable *cancellable, GError **error);
/* How that waiting goes; @end: it is over. */
gboolean dsp_keep_recovery (const DspPlace *place, gboolean end, gboolean json, GCancellable *cancellable, GError **error);

G_END_DECLS
