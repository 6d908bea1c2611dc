/* dsp-readers.h: threads that read the database for requests
 * SPDX-License-Identifier: GPL-3.0-or-later
 */
#pragma once

#include "dsp-db.h"

G_BEGIN_DECLS

typedef struct _DspReaders DspReaders;

/* Runs on a thread of the pool, with that thread's own connection, outside of any transaction. */
typedef void (*DspReadFunc) (DspDb *db, gpointer data);

DspReaders *dsp_readers_new  (const char *name, const char *uri, guint n_threads, guint max_queue, guint limit_ms,
                              GError **error) G_GNUC_WARN_UNUSED_RESULT;
void        dsp_readers_free (DspReaders *self);
gboolean    dsp_readers_push (DspReaders *self, DspReadFunc func, gpointer data);
guint       dsp_readers_get_n_waiting (DspReaders *self);

G_END_DECLS
