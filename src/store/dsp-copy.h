/* dsp-copy.h: all of a server's database into another one, of whichever store
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-db.h"

G_BEGIN_DECLS

/* @checking: what was written is being read back. FALSE: stop; nothing stays in the target. */
typedef gboolean (*DspCopyProgress) (const char *table, gint64 n_done, gint64 n_all, gboolean checking, gpointer user_data);

/* Copies every row of every table of @from into @to, whose tables must be there and the same, and all empty (CONFLICT): in one
 * transaction, from one snapshot. Before it is committed every table is read back, and its rows and their hash are compared
 * with what was read (DAMAGED). The feed has another epoch then. @n_rows (out): of all tables. */
gboolean dsp_copy_rows (DspDb          *from,
                        DspDb          *to,
                        DspCopyProgress progress,
                        gpointer        user_data,
                        gint64         *n_rows,
                        GError        **error);
/* Is there nothing yet, not even a feed? Tables may be there. */
gboolean dsp_copy_is_empty (DspDb      *db,
                            gboolean   *empty,
                            GError    **error);

G_END_DECLS
